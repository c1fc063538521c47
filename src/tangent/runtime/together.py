"""What functions do in all directions at once: the entries of `directions.TOGETHER`.

Each takes the arguments of the function, of which those at the positions `over` have a leading axis, and gives the
result with one; or None, where that case is left to a loop over the directions.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.runtime import broadcast, choices, linear_algebra, shapes, sparse, structure
from tangent.runtime.directions import TOGETHER, align_each, items_each, one_by_one, with_axes
from tangent.runtime.scalars import SCALAR, float_dtype

__all__: list[str] = []

Together = Callable[..., Any]


def _both(*functions: Any) -> Callable[[Together], Together]:
    """Declare what functions do; called with `over` and their arguments."""

    def declare(together: Together) -> Together:
        TOGETHER.update(dict.fromkeys(functions, together))
        return together

    return declare


def _first(*functions: Any) -> Callable[[Together], Together]:
    """Declare what functions do where their first argument alone has directions, and is an array."""

    def declare(together: Together) -> Together:
        def only(over: tuple[Any, ...], first: Any, *args: Any, **kwargs: Any) -> Any:
            if over != (0,) or not isinstance(first, np.ndarray) or not _takes(together, len(args), tuple(kwargs)):
                return None
            return together(first, *args, **kwargs)

        _both(*functions)(only)
        return together

    return declare


@functools.cache
def _takes(together: Together, count: int, names: tuple[str, ...]) -> bool:
    """Whether a call has no more arguments, after the first, than what is known of the function."""
    try:
        inspect.signature(together).bind(None, *range(count), **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def _later(axis: Any) -> Any:
    """An axis, or several, behind the leading one."""
    if isinstance(axis, (tuple, list)):
        return tuple([_later(one) for one in axis])
    return axis + 1 if axis >= 0 else axis


def _flat(a: Any) -> Any:
    return a.reshape(len(a), math.prod(a.shape[1:]))


# --- sums ----------------------------------------------------------------------------------------


def _reduces(function: Any) -> None:
    def reduction(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
        axes = tuple(range(1, a.ndim)) if axis is None else _later(axis)
        return function(a, axis=axes, dtype=dtype, keepdims=keepdims)

    _first(function)(reduction)


_reduces(np.sum)
_reduces(np.mean)


@_first(np.cumsum)
def _cumsum(a: Any, axis: Any = None) -> Any:
    return np.cumsum(_flat(a), 1) if axis is None else np.cumsum(a, _later(axis))


@_first(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    return np.diff(a, n, _later(axis))


@_first(np.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.trace(a, offset, _later(axis1), _later(axis2))


@_first(sum)
def _sum(a: Any) -> Any:
    return np.sum(a, axis=1)


@_both(structure.add)
def _add(over: tuple[Any, ...], a: Any, b: Any) -> Any:
    return _sum_of(a, b) if over == (0, 1) else None


def _sum_of(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return align_each(a, b) + align_each(b, a)
    if isinstance(a, dict):
        return {**a, **b, **{key: _sum_of(a[key], b[key]) for key in a if key in b}}
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        items = [_sum_of(x, y) for x, y in zip(items_each(a), items_each(b), strict=True)]
        return tuple(items) if isinstance(a, tuple) and isinstance(b, tuple) else items
    return one_by_one(structure.add, (0, 1), (a, b), {})


# --- broadcasting --------------------------------------------------------------------------------


@_first(broadcast.unbroadcast)
def _unbroadcast(b: Any, like: Any) -> Any:
    return None if isinstance(like, (list, tuple, dict)) else _fitted(b, np.shape(like), like)


@_first(broadcast.fit)
def _fit(b: Any, like: Any) -> Any:
    return b if isinstance(like, (list, tuple, dict)) else _fitted(b, np.shape(like), like)


def _fitted(b: Any, shape: tuple[int, ...], like: Any) -> Any:
    """Sum or stretch `b` to a shape, in each direction."""
    old = b.shape[1:]
    if old == shape:
        return b
    extra = len(old) - len(shape)
    axes = tuple(
        axis + 1 for axis, size in enumerate(old) if axis < extra or (size != 1 and shape[axis - extra] == 1)
    )
    if axes:
        b = b.sum(axis=axes, keepdims=True)
    if extra > 0:
        b = b.reshape(len(b), *b.shape[extra + 1 :])
    return b if b.shape[1:] == shape else _stretched(b, shape, like)


def _stretched(b: Any, shape: tuple[int, ...], like: Any) -> Any:
    result = np.empty((len(b), *shape), float_dtype(b, like))
    result[...] = with_axes(b, len(shape) + 1)
    return result


@_first(broadcast.stretch)
def _stretch(t: Any, like: Any) -> Any:
    if isinstance(like, SCALAR) or t.shape[1:] == np.shape(like):
        return t
    return None if isinstance(like, (list, tuple, dict)) else _stretched(t, np.shape(like), like)


@_first(broadcast.expand)
def _expand(b: Any, like: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if isinstance(like, SCALAR):
        return _flat(b).sum(axis=1)
    shape = np.shape(like)
    result = _stretched(_keep_axes(b, axis, keepdims), shape, like)
    return items_each(result) if isinstance(like, (list, tuple)) else result


@_first(broadcast.keep_axes)
def _keep_axes(b: Any, axis: Any, keepdims: bool = False) -> Any:
    return b if axis is None or keepdims or b.ndim == 1 else np.expand_dims(b, _later(axis))


@_first(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return np.broadcast_to(with_axes(array, len(shape) + 1), (len(array), *shape))


# --- shapes --------------------------------------------------------------------------------------


@_first(np.reshape)
def _reshape(a: Any, shape: Any, order: str = "C") -> Any:
    if order != "C":
        return None
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return np.reshape(a, (len(a), *shape)) if a.size else None


@_first(np.ravel)
def _ravel(a: Any, order: str = "C") -> Any:
    return _flat(a) if order == "C" else None


@_first(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    if axis is not None:
        return np.squeeze(a, _later(axis))
    return a.reshape(len(a), *(size for size in a.shape[1:] if size != 1))


@_first(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    return np.expand_dims(a, _later(axis))


@_first(np.transpose)
def _transpose(a: Any, axes: Any = None) -> Any:
    axes = range(a.ndim - 2, -1, -1) if axes is None else [axis % (a.ndim - 1) for axis in axes]
    return np.transpose(a, (0, *(axis + 1 for axis in axes)))


@_first(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return np.swapaxes(a, _later(axis1), _later(axis2))


@_first(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return np.moveaxis(a, _later(source), _later(destination))


@_first(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    return np.flip(m, tuple(range(1, m.ndim)) if axis is None else _later(axis))


@_first(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    return np.roll(_flat(a), shift, 1).reshape(a.shape) if axis is None else np.roll(a, shift, _later(axis))


@_first(np.triu)
def _triu(m: Any, k: int = 0) -> Any:
    return np.triu(m, k) if m.ndim > 2 else None


@_first(np.tril)
def _tril(m: Any, k: int = 0) -> Any:
    return np.tril(m, k) if m.ndim > 2 else None


@_first(np.repeat)
def _repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    return np.repeat(_flat(a), repeats, 1) if axis is None else np.repeat(a, repeats, _later(axis))


@_first(np.tile)
def _tile(a: Any, reps: Any) -> Any:
    reps = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    a = with_axes(a, len(reps) + 1)
    return np.tile(a, (*(1,) * (a.ndim - len(reps)), *reps))


# --- structures ----------------------------------------------------------------------------------


@_both(choices.cast)
def _cast(over: tuple[Any, ...], t: Any, x: Any, y: Any) -> Any:
    return choices.cast(t, x, y) if over == (0,) and isinstance(t, np.ndarray) else None


@_both(choices.uncast)
def _uncast(over: tuple[Any, ...], b: Any, y: Any, x: Any) -> Any:
    return choices.uncast(b, y, x) if over == (0,) and isinstance(b, np.ndarray) else None


@_first(float, np.float64)
def _float(x: Any) -> Any:
    return x.astype(np.float64)


@_both(structure.copy, structure.shallow_copy)
def _copy(over: tuple[Any, ...], x: Any) -> Any:
    return structure.copy(x)


@_both(structure.match_structure)
def _match_structure(over: tuple[Any, ...], gradient: Any, like: Any) -> Any:
    return _matched(gradient, like) if over == (0,) else None


def _matched(gradient: Any, like: Any) -> Any:
    if isinstance(like, (list, tuple)):
        items = [_matched(item, part) for item, part in zip(items_each(gradient), like, strict=True)]
        return structure._like_tuple(like, items) if isinstance(like, tuple) else items
    if isinstance(like, dict) and isinstance(gradient, dict) and gradient.keys() >= like.keys():
        return {key: _matched(gradient[key], part) for key, part in like.items()}
    if isinstance(like, (np.ndarray, *SCALAR)):
        return gradient
    return one_by_one(structure.match_structure, (0,), (gradient, like), {})


@_both(np.array, np.asarray, np.asanyarray, np.ascontiguousarray)
def _array(over: tuple[Any, ...], a: Any, dtype: Any = None, **options: Any) -> Any:
    return _arrayed(a) if over == (0,) and dtype is None and not options else None


def _arrayed(a: Any) -> Any:
    """A nested list as an array, the directions first; a copy of an array."""
    if isinstance(a, np.ndarray):
        return a.copy()
    if isinstance(a, (list, tuple)) and a:
        return np.stack([_arrayed(item) for item in a], axis=1)
    return one_by_one(np.array, (0,), (a,), {})


@_first(shapes.unarray)
def _unarray(b: Any, like: Any) -> Any:
    if isinstance(like, (list, tuple)):
        return [_unarray(part, item) for part, item in zip(items_each(b), like, strict=True)]
    return b


def _joins(over: tuple[Any, ...], arrays: Any) -> bool:
    return over == (0,) and isinstance(arrays, (list, tuple)) and all(isinstance(a, np.ndarray) for a in arrays)


@_both(np.concatenate)
def _concatenate(over: tuple[Any, ...], arrays: Any, axis: Any = 0) -> Any:
    if not _joins(over, arrays):
        return None
    return np.concatenate([_flat(a) for a in arrays], 1) if axis is None else np.concatenate(arrays, _later(axis))


@_both(np.stack)
def _stack(over: tuple[Any, ...], arrays: Any, axis: int = 0) -> Any:
    return np.stack(arrays, _later(axis)) if _joins(over, arrays) else None


@_both(np.hstack)
def _hstack(over: tuple[Any, ...], tup: Any) -> Any:
    if not _joins(over, tup):
        return None
    parts = [with_axes(a, 2) for a in tup]
    return np.concatenate(parts, 1 if parts[0].ndim == 2 else 2)


@_both(np.vstack)
def _vstack(over: tuple[Any, ...], tup: Any) -> Any:
    if not _joins(over, tup):
        return None
    return np.concatenate([with_axes(a, 3) for a in tup], 1)


@_first(shapes.split_like)
def _split_like(b: Any, arrays: Any, axis: Any = 0) -> Any:
    if isinstance(arrays, np.ndarray) or axis is None:
        return None
    ends = np.cumsum([np.shape(array)[axis] for array in arrays])[:-1]
    parts = zip(np.split(b, ends, axis=_later(axis)), arrays, strict=True)
    return [part.reshape(len(b), *np.shape(array)) for part, array in parts]


@_first(shapes.unstack_like)
def _unstack_like(b: Any, arrays: Any, axis: int = 0) -> Any:
    parts = np.moveaxis(b, _later(axis), 1)
    return parts if isinstance(arrays, np.ndarray) else items_each(parts)


@_first(shapes.spread)
def _spread(b: Any, items: Any) -> Any:
    if isinstance(items, np.ndarray):
        return _expand(b, items, 0)
    return structure.sequence_like(items, [_fitted(b, np.shape(item), item).copy() for item in items])


# --- products ------------------------------------------------------------------------------------


def _product(a: Any, a_moves: bool, b: Any, b_moves: bool) -> Any:
    """`a @ b` in each direction."""
    left, right = np.ndim(a) - a_moves, np.ndim(b) - b_moves
    if not a_moves and left <= 2 and right == 1:  # a matrix and a vector in each direction
        return b @ np.transpose(a)
    if not b_moves and left == 2 and right == 2 and a.size:
        return (a.reshape(-1, a.shape[-1]) @ b).reshape(*a.shape[:-1], b.shape[-1])
    if not b_moves and right <= 2:
        return a @ b
    a, b = a[..., None, :] if left == 1 else a, b[..., :, None] if right == 1 else b
    ndim = max(left, right, 2) + 1
    product = np.matmul(with_axes(a, ndim) if a_moves else a, with_axes(b, ndim) if b_moves else b)
    if right == 1:
        product = product[..., 0]
    return product if left > 1 else product[..., 0] if right == 1 else product[..., 0, :]


def _flags(over: tuple[Any, ...]) -> tuple[bool, bool]:
    return 0 in over, 1 in over


@_both(np.matmul)
def _matmul(over: tuple[Any, ...], x: Any, y: Any) -> Any:
    if sparse.is_sparse(x) or sparse.is_sparse(y):
        return sparse.each_product(x, y)
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        return None
    x_moves, y_moves = _flags(over)
    return _product(x, x_moves, y, y_moves)


@_both(np.dot)
def _dot(over: tuple[Any, ...], a: Any, b: Any) -> Any:
    if sparse.is_sparse(a) or sparse.is_sparse(b):
        return sparse.each_product(a, b)
    a_moves, b_moves = _flags(over)
    if not isinstance(a, (np.ndarray, *SCALAR)) or not isinstance(b, (np.ndarray, *SCALAR)):
        return None
    left, right = np.ndim(a) - a_moves, np.ndim(b) - b_moves
    if left == 0 or right == 0:
        ndim = max(left, right) + 1
        return np.multiply(with_axes(a, ndim) if a_moves else a, with_axes(b, ndim) if b_moves else b)
    return _product(a, a_moves, b, b_moves) if left <= 2 and right <= 2 else None


@_both(np.inner)
def _inner(over: tuple[Any, ...], a: Any, b: Any) -> Any:
    a_moves, b_moves = _flags(over)
    one = np.ndim(a) - a_moves == 1 and np.ndim(b) - b_moves == 1
    return _product(a, a_moves, b, b_moves) if one else None


@_both(np.outer)
def _outer(over: tuple[Any, ...], a: Any, b: Any) -> Any:
    a_moves, b_moves = _flags(over)
    a = _flat(a) if a_moves else np.ravel(a)
    b = _flat(b) if b_moves else np.ravel(b)
    return a[..., :, None] * b[..., None, :]


@_both(linear_algebra.matmul_transpose_left)
def _matmul_left(over: tuple[Any, ...], b: Any, x: Any, y: Any) -> Any:
    if sparse.is_sparse(x) or sparse.is_sparse(y):
        return sparse.each_product(b, y.T) if over == (0,) and sparse.is_sparse(y) else None
    b_moves, y_moves = 0 in over, 2 in over
    ranks = np.ndim(x), np.ndim(y) - y_moves
    b = _of_product(b, b_moves, np.shape(x), np.shape(y)[y_moves:])
    if 1 in over or b is None:
        return None
    if ranks == (2, 2):
        return _product(b, b_moves, np.swapaxes(y, -1, -2), y_moves)
    if ranks == (1, 1):
        return (b[:, None] if b_moves else b) * y
    if ranks == (2, 1):
        return b[..., :, None] * y[..., None, :]
    return _product(y, y_moves, b, b_moves) if ranks == (1, 2) else None


@_both(linear_algebra.matmul_transpose_right)
def _matmul_right(over: tuple[Any, ...], b: Any, x: Any, y: Any) -> Any:
    if sparse.is_sparse(x) or sparse.is_sparse(y):
        return sparse.each_product(x.T, b) if over == (0,) and sparse.is_sparse(x) else None
    b_moves, x_moves = 0 in over, 1 in over
    ranks = np.ndim(x) - x_moves, np.ndim(y)
    b = _of_product(b, b_moves, np.shape(x)[x_moves:], np.shape(y))
    if 2 in over or b is None:
        return None
    if ranks == (2, 2):
        return _product(np.swapaxes(x, -1, -2), x_moves, b, b_moves)
    if ranks == (1, 1):
        return (b[:, None] if b_moves else b) * x
    if ranks == (1, 2):
        return x[..., :, None] * b[..., None, :]
    return _product(b, b_moves, x, x_moves) if ranks == (2, 1) else None


def _of_product(b: Any, moves: bool, left: tuple[int, ...], right: tuple[int, ...]) -> Any:
    """`b` in the shape of the product of two operands of at most two axes; None where that is not so."""
    if len(left) > 2 or len(right) > 2:
        return None
    shape = (*left[:-1], *right[1:])
    if np.shape(b)[moves:] == shape:
        return b
    return _fitted(b, shape, b) if moves else None


@_both(linear_algebra.dot_transpose_left)
def _dot_left(over: tuple[Any, ...], b: Any, x: Any, y: Any) -> Any:
    return _matmul_left(over, b, x, y) if np.ndim(x) and np.ndim(y) - (2 in over) else None


@_both(linear_algebra.dot_transpose_right)
def _dot_right(over: tuple[Any, ...], b: Any, x: Any, y: Any) -> Any:
    return _matmul_right(over, b, x, y) if np.ndim(x) - (1 in over) and np.ndim(y) else None


@_both(np.linalg.solve, linear_algebra.solve_each)
def _solve(over: tuple[Any, ...], a: Any, b: Any) -> Any:
    if over != (1,) or np.ndim(a) != 2:
        return None
    return np.linalg.solve(a, b.T).T if b.ndim == 2 else np.linalg.solve(a, b)


@_both(linear_algebra.multiply_each)
def _multiply_each(over: tuple[Any, ...], a: Any, y: Any) -> Any:
    a_moves, y_moves = _flags(over)
    return _product(a, a_moves, y, y_moves) if np.ndim(a) - a_moves == 2 else None


@_both(linear_algebra.multiply_each_transpose)
def _multiply_each_transpose(over: tuple[Any, ...], b: Any, a: Any, y: Any) -> Any:
    return _matmul_left(over, b, a, y) if np.ndim(a) == 2 else None


@_both(np.tensordot)
def _tensordot(over: tuple[Any, ...], a: Any, b: Any, axes: Any = 2) -> Any:
    if len(over) != 1 or not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return None
    a_moves, b_moves = _flags(over)
    like_a, like_b = (a[0] if a_moves else a), (b[0] if b_moves else b)
    of_a, of_b = linear_algebra.contracted(like_a, like_b, axes)
    summed = [axis + a_moves for axis in of_a], [axis + b_moves for axis in of_b]
    product = np.tensordot(a, b, summed)
    return product if a_moves else np.moveaxis(product, a.ndim - len(of_a), 0)
