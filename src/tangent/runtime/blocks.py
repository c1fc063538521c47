"""Jacobians from the products with unit vectors: the directions to take, and the blocks that they give.

The numbers of a value are those of its leaves, in order.  A *block of directions* has the structure of the value,
and in each leaf a leading axis: one direction each.  What a function makes of a block has a leading axis in each
leaf as well, and `columns` or `rows` puts that into the layout of NumPy: the shape of the result, then the shape
of the argument.

    x of shape (2,)      unit_directions(x)   [[1, 0], [0, 1]]
    y of shape (3,)      what they give       of shape (2, 3)
                         columns(..., x)      of shape (3, 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import is_array, kind_of, library_of, shape_of
from tangent.runtime.conversions import array_of, numbers_of
from tangent.runtime.scalars import SCALAR
from tangent.runtime.structure import map_leaves

__all__ = ["as_block", "columns", "count_numbers", "rows", "unit_directions", "unit_vectors"]

NUMERIC = (np.ndarray, *SCALAR)
MOST_NUMBERS = 2**22
"""How many numbers a block of directions holds at most, where one direction holds fewer."""


def count_numbers(value: Any) -> int:
    """How many real numbers there are in a value; integers count as such."""
    places = Places()
    map_leaves(places.of, value)
    return places.end


def unit_directions(value: Any, beside: Any = ()) -> Iterator[Any]:
    """The unit vectors in the structure of `value`, in blocks that fit into memory.

    A value without numbers gets one block of a single direction, zero.

    Args:
        value: a number, an array, or a structure of them.
        beside: other arguments of the function that the blocks are meant for: what it computes is about as large.

    Raises:
        TypeError: there is a complex number in it.
        UnsupportedError: there is an array of another library than NumPy in it.
    """
    map_leaves(_refuse_other_arrays, value)
    count = count_numbers(value)
    length = max(1, MOST_NUMBERS // max(count, count_numbers(beside), 1))
    for start in range(0, max(count, 1), length):
        yield _block(value, start, max(min(start + length, count), start + 1))


def _refuse_other_arrays(leaf: Any) -> None:
    if library_of(leaf) is not None:
        raise UnsupportedError(
            f"unsupported: a Jacobian or a Hessian by a {type(leaf).__name__}, where the text of the function leaves "
            "open what it computes with", "annotate the argument: `x: tf.Tensor`",
        )


def unit_vectors(value: Any) -> Iterator[Any]:
    """The unit vectors in the structure of `value`, one by one."""
    for number in range(max(count_numbers(value), 1)):
        yield map_leaves(_only, _block(map_leaves(numbers_of, value), number, number + 1), value)


def _only(direction: Any, leaf: Any) -> Any:
    """The one direction in a block."""
    if not isinstance(direction, np.ndarray):
        return direction
    if library_of(leaf) is not None:
        return array_of(direction[0], leaf)
    return direction[0] if isinstance(leaf, (np.ndarray, np.generic)) else float(direction[0])


def _block(value: Any, start: int, stop: int) -> Any:
    """The unit vectors from number `start` to number `stop`."""
    places = Places()

    def leaf(like: Any) -> Any:
        if not isinstance(like, NUMERIC):
            return like
        if np.asarray(like).dtype.kind == "c":
            raise UnsupportedError(
                "unsupported: the Jacobian by a complex argument", "take its real and imaginary parts as two arguments"
            )
        dtype = like.dtype if isinstance(like, (np.ndarray, np.generic)) and like.dtype.kind == "f" else np.float64
        directions = np.zeros((stop - start, np.size(like)), dtype)
        place = places.of(like)
        numbers = np.arange(max(start, place.start), max(start, min(stop, place.stop)))
        directions[numbers - start, numbers - place.start] = 1.0
        return directions.reshape(stop - start, *np.shape(like))

    return map_leaves(leaf, value)


def as_block(value: Any) -> Any:
    """A block of one direction."""
    return map_leaves(lambda leaf: np.asarray(leaf)[None] if _is_numeric(leaf) else leaf, value)


def _is_numeric(leaf: Any) -> bool:
    return isinstance(leaf, SCALAR) or is_array(leaf)


def columns(blocks: Iterable[Any], argument: Any) -> Any:
    """The Jacobian from what a function makes of the unit directions of `argument`, in blocks.

    The outer structure is that of the result, the inner one that of the argument.
    """
    return map_leaves(lambda leaf: _of_argument(leaf, argument), _joined(blocks))


def _of_argument(tangents: Any, argument: Any) -> Any:
    """The derivatives of one leaf of the result."""
    places = Places()

    def leaf(like: Any) -> Any:
        if not isinstance(tangents, np.ndarray) or not _is_numeric(like):
            return 0.0
        part = np.moveaxis(tangents[places.of(like)], 0, -1)
        return _laid_out(part, like, (*tangents.shape[1:], *shape_of(like)))

    return map_leaves(leaf, argument)


def rows(blocks: Iterable[Any], result: Any) -> Any:
    """The Jacobian from what a function makes of the unit directions of `result`, in blocks.

    The outer structure is that of the result, the inner one that of the argument.
    """
    gradients, places = _joined(blocks), Places()

    def leaf(like: Any) -> Any:
        if not _is_numeric(like):
            return map_leaves(lambda gradient: 0.0, gradients)
        place = places.of(like)
        return map_leaves(lambda gradient: of_argument(gradient, like, place), gradients)

    def of_argument(gradient: Any, like: Any, place: slice) -> Any:
        if not isinstance(gradient, np.ndarray):
            return 0.0
        return _laid_out(gradient[place], like, (*shape_of(like), *gradient.shape[1:]))

    return map_leaves(leaf, result)


def _laid_out(part: Any, like: Any, shape: tuple[int, ...]) -> Any:
    """The numbers of a part in an array of their own; zeros where `like` has no real numbers."""
    if not _is_number(like):
        return np.zeros(shape, part.dtype)[()]
    return array_of(np.array(part, order="C").reshape(shape)[()], like)


def _joined(blocks: Iterable[Any]) -> Any:
    """The blocks as one."""
    first, *others = blocks
    return map_leaves(lambda *parts: np.concatenate(parts) if isinstance(parts[0], np.ndarray) else parts[0],
                      first, *others)


class Places:
    """Where the numbers of leaf after leaf are."""

    def __init__(self) -> None:
        self.end = 0

    def of(self, leaf: Any) -> slice:
        start, self.end = self.end, self.end + (np.size(leaf) if _is_number(leaf) else 0)
        return slice(start, self.end)


def _is_number(leaf: Any) -> bool:
    """Whether a leaf holds real numbers."""
    if library_of(leaf) is not None:
        return kind_of(leaf) in "fiu"
    return isinstance(leaf, NUMERIC) and np.asarray(leaf).dtype.kind in "fiu"
