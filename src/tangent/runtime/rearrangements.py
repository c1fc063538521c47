"""The transpose of any function that moves, repeats or drops elements, found by what it does to their numbers.

    by = d[np.delete(x, 2)]
    bx = put_back(by, np.delete(places(x), 2), x)

`places` numbers the elements from 1 on, so that 0 is a place of none: of an element that the function has put there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.scalars import float_dtype
from tangent.runtime.shapes import unarray

__all__ = [
    "as_column", "at_end", "placed_along", "places", "put_back", "rows_along", "slab", "taken_along", "taken_from",
]


def places(a: Any) -> Any:
    """The numbers of the elements of `a`, from 1 on, in its shape."""
    return np.reshape(np.arange(1, np.size(a) + 1), np.shape(a))


def put_back(b: Any, where: Any, like: Any) -> Any:
    """The adjoint of `like`, of which the elements at the places `where` were taken, from that of what was taken."""
    sums = np.zeros(np.size(like) + 1, float_dtype(b, like))
    np.add.at(sums, where, b)
    return unarray(np.reshape(sums[1:], np.shape(like)), like)


def taken_from(t: Any, where: Any) -> Any:
    """The elements of `t` at the places `where`, and 0 where that is 0: the transpose of `put_back`."""
    return np.concatenate((np.zeros_like(np.ravel(t)[:1]), np.ravel(t)))[where]


def as_column(a: Any) -> Any:
    """An array of at least two axes: of a vector a column, of a number a matrix of one element."""
    return np.asarray(a) if np.ndim(a) > 1 else np.reshape(a, (-1, 1))


def at_end(b: Any, like: Any) -> Any:
    """The adjoint of the coefficients `like` that were aligned at their end: the last ones of `b`.

    Where `b` has fewer, there are zeros before them.
    """
    missing = np.size(like) - np.size(b)
    last = np.concatenate((np.zeros(missing, b.dtype), np.ravel(b))) if missing > 0 else np.ravel(b)[-missing:]
    return unarray(np.reshape(last, np.shape(like)), like)


def slab(value: Any, a: Any, axis: int = -1) -> Any:
    """`value` as an array that can be joined to `a` along `axis`: a number fills a slab of length 1."""
    if np.ndim(value):
        return np.asarray(value)
    shape = list(np.shape(a))
    shape[axis] = 1
    return np.broadcast_to(value, shape)


# --- the vectors along an axis, as `np.apply_along_axis` takes them


def rows_along(a: Any, axis: int) -> Any:
    """The vectors of `a` along an axis, as the rows of a matrix."""
    last = np.moveaxis(a, axis, -1)
    return np.reshape(last, (-1, np.shape(last)[-1]))


def placed_along(results: Any, shape: tuple[int, ...], axis: int) -> Any:
    """What was made of each of `rows_along(a, axis)`, in the place of this axis of `a`, which has the given shape."""
    start, count = axis % len(shape), np.ndim(results) - 1
    kept = np.reshape(results, (*shape[:start], *shape[start + 1 :], *np.shape(results)[1:]))
    return np.moveaxis(kept, range(-count, 0), range(start, start + count))


def taken_along(b: Any, like: tuple[int, ...], shape: tuple[int, ...], axis: int) -> Any:
    """The adjoint of `results`, of the shape `like`, from that of `placed_along(results, shape, axis)`."""
    start, count = axis % len(shape), len(like) - 1
    return np.reshape(np.moveaxis(b, range(start, start + count), range(-count, 0)), like)
