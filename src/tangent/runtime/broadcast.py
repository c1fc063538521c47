"""Broadcasting and its transpose.

`unbroadcast(b, like)` takes an adjoint to the shape of the value that it belongs to: it sums over the axes
along which the value was stretched, and stretches where the adjoint is the smaller one.  `expand` is the
transpose of a sum over axes, `stretch` broadcasts a tangent.  All are linear in their first argument and depend
on `like` by its shape alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import Arrays, library_of, shape_of
from tangent.runtime.scalars import SCALAR, float_dtype
from tangent.runtime.sparse import check_factors, is_sparse
from tangent.runtime.structure import SEQUENCES, fields_of, sequence_like

__all__ = ["along", "expand", "fit", "keep_axes", "size_along", "stretch", "unbroadcast"]


def unbroadcast(b: Any, like: Any) -> Any:
    """Sum or stretch `b` to the shape of `like`.

    The result is `b` itself where the shapes agree, and a scalar where `like` is one.

    Raises:
        UnsupportedError: `like` is a list, a tuple or a dict.
    """
    if isinstance(like, np.ndarray):
        if isinstance(b, np.ndarray) and b.shape == like.shape and type(b) is not np.matrix:
            return b
    elif isinstance(like, SCALAR) and not is_sparse(b):
        return b if isinstance(b, SCALAR) else _total(b)
    return _fit(b, like, _shape_of_array(like))


def fit(b: Any, like: Any) -> Any:
    """`unbroadcast`, where `like` may also be a list, a tuple, a dict or an object, whose derivative is `b` itself."""
    if isinstance(like, (list, tuple, dict)) or fields_of(like) is not None:
        return b
    return unbroadcast(b, like)


def _fit(b: Any, like: Any, shape: tuple[int, ...]) -> Any:
    check_factors(b, like)
    old = shape_of(b)
    if old == shape:
        return b
    if is_sparse(b):
        raise UnsupportedError(
            "unsupported: elementwise arithmetic of a sparse matrix and what has another shape",
            "multiply vectors by the matrix (`A @ x`), or make it dense (`A.toarray()`)",
        )
    extra = len(old) - len(shape)
    axes = tuple(
        axis for axis, size in enumerate(old) if axis < extra or (size != 1 and shape[axis - extra] == 1)
    )
    library = library_of(b)
    if axes:
        b = b.sum(axis=axes, keepdims=True) if library is None else library.sum(b, axes)
    if extra > 0:
        b = b.reshape(b.shape[extra:]) if library is None else library.reshape(b, shape_of(b)[extra:])
    return b if shape_of(b) == shape else _stretch(b, like, shape)


def _total(b: Any) -> Any:
    library = library_of(b)
    return np.sum(b) if library is None else library.sum(b)


def stretch(t: Any, like: Any) -> Any:
    """Copy `t`, the tangent of a part of an elementwise expression, to the shape of the whole.

    The result is `t` itself where the shapes agree.

    Raises:
        UnsupportedError: `like` is a list, a tuple or a dict.
    """
    if isinstance(like, SCALAR):
        return t
    shape = like.shape if isinstance(like, np.ndarray) else _shape_of_array(like)
    own = t.shape if isinstance(t, np.ndarray) else shape_of(t)
    return t if own == shape else _stretch(t, like, shape)


def expand(b: Any, like: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Copy `b`, the adjoint of a sum of `like` over `axis`, to every element that was summed.

    The result is a new array of the shape of `like`, a list where `like` is a list or a tuple, and `b` itself
    where `like` is a scalar.
    """
    if isinstance(like, SCALAR):
        return b if isinstance(b, SCALAR) else _total(b)
    shape = like.shape if isinstance(like, np.ndarray) else shape_of(like)
    result = _stretch(keep_axes(b, axis, keepdims), like, shape)
    return sequence_like(like, result) if isinstance(like, SEQUENCES) else result


def keep_axes(b: Any, axis: Any, keepdims: bool = False) -> Any:
    """Put the axes that a reduction over `axis` dropped back, with length 1."""
    if axis is None or keepdims or isinstance(b, SCALAR):
        return b
    library = library_of(b)
    return np.expand_dims(b, axis) if library is None else _expand_dims(library, b, axis)


def _expand_dims(library: Arrays, b: Any, axis: Any) -> Any:
    given = tuple(axis) if np.ndim(axis) else (axis,)
    shape = list(shape_of(b))
    for one in sorted(int(one) % (len(shape) + len(given)) for one in given):
        shape.insert(one, 1)
    return library.reshape(b, tuple(shape))


def along(weights: Any, a: Any, axis: Any) -> Any:
    """Weights of the elements of `a`, or of the places along one axis of it, in a shape that broadcasts with `a`."""
    if np.shape(weights) == np.shape(a):
        return weights
    shape = [1] * np.ndim(a)
    shape[axis] = np.shape(a)[axis]
    return np.reshape(weights, shape)


def size_along(a: Any, axis: Any = None) -> int:
    """The number of elements that a reduction of `a` over `axis` combines."""
    shape = shape_of(a)
    if axis is None:
        axis = range(len(shape))
    elif isinstance(axis, (int, np.integer)):
        return int(shape[axis])
    size = 1
    for one in axis:
        size *= shape[one]
    return size


def _shape_of_array(like: Any) -> tuple[int, ...]:
    """The shape of an operand of elementwise arithmetic, which lists are not."""
    if isinstance(like, (list, tuple, dict)) or fields_of(like) is not None:
        raise UnsupportedError(
            f"unsupported: arithmetic on a {type(like).__name__}", "make an array of it with np.array"
        )
    return shape_of(like)


def _stretch(b: Any, like: Any, shape: tuple[int, ...]) -> Any:
    if (library := library_of(b, like)) is not None:
        return library.broadcast_to(library.array_like(b, like), shape)
    result = np.empty(shape, float_dtype(b, like))
    result[...] = b
    return result
