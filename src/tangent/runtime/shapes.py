"""Transposes of functions that move, repeat or join elements.  Each is linear in `b`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import library_of, shape_of
from tangent.runtime.broadcast import expand, unbroadcast
from tangent.runtime.scalars import SCALAR, float_dtype
from tangent.runtime.structure import SEQUENCES, Record, copy, map_leaves, sequence_like

__all__ = [
    "axes_last", "diff_transpose", "inverse_permutation", "pad_transpose", "padding", "repeat_transpose",
    "split_blocks_like", "split_columns_like", "split_layers_like", "split_like", "split_rows_like",
    "split_stacked_columns_like", "spread", "tile_transpose", "trace_transpose", "unarray", "unstack_like",
]


def inverse_permutation(axes: Any) -> tuple[int, ...]:
    """The axes of the transposition that undoes a transposition to `axes`."""
    if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
        axes = axes[0]
    inverse = [0] * len(axes)
    for position, axis in enumerate(axes):
        inverse[axis] = position
    return tuple(inverse)


def axes_last(ndim: int, axis: Any) -> tuple[int, ...]:
    """All `ndim` axes, the given ones (None: all) last."""
    if axis is None:
        return tuple(range(ndim))
    last = [one % ndim for one in (axis if isinstance(axis, tuple) else (axis,))]
    return (*(one for one in range(ndim) if one not in last), *last)


def split_like(b: Any, arrays: Any, axis: int | None = 0) -> Any:
    """The adjoints of `arrays`, which were joined along `axis` (None: flattened first)."""
    if axis is None:
        return _split(b, arrays, [np.size(array) for array in arrays], 0)
    return _split(b, arrays, [shape_of(array)[axis] for array in arrays], int(axis))


def split_columns_like(b: Any, arrays: Any) -> Any:
    """The adjoints of `arrays` from that of `np.hstack(arrays)`."""
    axis = 0 if np.ndim(arrays[0]) <= 1 else 1
    return _split(b, arrays, [np.atleast_1d(array).shape[axis] for array in arrays], axis)


def split_stacked_columns_like(b: Any, arrays: Any) -> Any:
    """The adjoints of `arrays` from that of `np.column_stack(arrays)`."""
    return _split(b, arrays, [np.shape(array)[1] if np.ndim(array) > 1 else 1 for array in arrays], 1)


def split_rows_like(b: Any, arrays: Any) -> Any:
    """The adjoints of `arrays` from that of `np.vstack(arrays)`."""
    return _split(b, arrays, [np.atleast_2d(array).shape[0] for array in arrays], 0)


def split_layers_like(b: Any, arrays: Any) -> Any:
    """The adjoints of `arrays` from that of `np.dstack(arrays)`."""
    return _split(b, arrays, [np.atleast_3d(array).shape[2] for array in arrays], 2)


def split_blocks_like(b: Any, arrays: Any) -> Any:
    """The adjoints of `arrays` from that of `np.block(arrays)`."""
    depth, first = 0, arrays
    while isinstance(first, list):
        depth, first = depth + 1, first[0]
    return _split_blocks(np.atleast_1d(b), arrays, depth)


def _split_blocks(b: Any, arrays: Any, depth: int) -> Any:
    if not isinstance(arrays, list):
        return unarray(np.reshape(b, np.shape(arrays)), arrays)
    ends = np.cumsum([_block_size(item, depth) for item in arrays])
    parts = np.split(b, ends[:-1], axis=-depth)
    return [_split_blocks(part, item, depth - 1) for part, item in zip(parts, arrays, strict=True)]


def _block_size(item: Any, depth: int) -> int:
    """The size of a block along the axis `-depth`, along which it is joined to others."""
    while isinstance(item, list):
        item = item[0]
    return np.shape(item)[-depth] if np.ndim(item) >= depth else 1


def _split(b: Any, arrays: Any, sizes: list[int], axis: int) -> Any:
    if (library := library_of(b)) is not None:
        of_library = library.split(b, sizes, axis)
        return of_library if isinstance(arrays, (list, tuple)) else library.stack(of_library)
    parts = np.split(b, np.cumsum(sizes)[:-1], axis=axis)
    if isinstance(arrays, np.ndarray):
        return np.reshape(np.stack(parts), arrays.shape)
    pairs = zip(parts, arrays, strict=True)
    return [unarray(np.reshape(part, np.shape(array)), array) for part, array in pairs]


def unstack_like(b: Any, arrays: Any, axis: int = 0) -> Any:
    """The adjoints of `arrays`, which were stacked along a new `axis`."""
    if (library := library_of(b)) is not None:
        of_library = library.unstack(b, int(axis))
        return of_library if isinstance(arrays, (list, tuple)) else library.stack(of_library)
    parts = np.moveaxis(b, axis, 0)
    if isinstance(arrays, np.ndarray):
        return parts
    return [unarray(part, array) for part, array in zip(parts, arrays, strict=True)]


def unarray(b: Any, like: Any) -> Any:
    """The adjoint of `like`, a number, an array or a nested list of them, from that of `np.array(like)`."""
    if isinstance(like, Record) and isinstance(b, Record):
        return map_leaves(unarray, b, like)
    if isinstance(like, SEQUENCES):
        return sequence_like(like, [unarray(part, item) for part, item in zip(b, like, strict=True)])
    return _scalar_or_array(b, like)


def _scalar_or_array(b: Any, like: Any) -> Any:
    return b[()] if isinstance(like, SCALAR) and isinstance(b, np.ndarray) else b


def repeat_transpose(b: Any, a: Any, repeats: Any, axis: int | None = None) -> Any:
    """The adjoint of `a` from that of `np.repeat(a, repeats, axis)`."""
    shape = np.shape(a)
    if axis is None:
        return unarray(np.reshape(repeat_transpose(b, np.ravel(a), repeats, 0), shape), a)
    axis %= len(shape)
    if np.size(repeats) == 1:
        times = int(np.reshape(repeats, ()))
        return np.sum(np.reshape(b, (*shape[: axis + 1], times, *shape[axis + 1 :])), axis=axis + 1)
    sources = np.repeat(np.arange(shape[axis]), repeats)
    result = np.zeros(shape, b.dtype)
    np.add.at(np.moveaxis(result, axis, 0), sources, np.moveaxis(b, axis, 0))
    return result


PADDINGS = ("constant", "edge", "reflect", "symmetric", "wrap")
"""The modes of `np.pad` that repeat elements, or put constants."""


def padding(mode: Any) -> Any:
    """The mode of `np.pad` in which the derivative of the padded array is padded: the same.

    Raises:
        UnsupportedError: the elements that are put are computed from others.
    """
    if mode not in PADDINGS:
        raise UnsupportedError(f"the derivative of np.pad in the mode {mode!r} is not known")
    return mode


def pad_transpose(b: Any, array: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The adjoint of `array` from that of `np.pad(array, pad_width, mode)`.

    Raises:
        UnsupportedError: as in `padding`.
    """
    padding(mode)
    shape = np.shape(array)
    widths = np.broadcast_to(pad_width, (len(shape), 2))
    if mode == "constant":
        inside = tuple(slice(before, before + n) for n, (before, _) in zip(shape, widths, strict=True))
        return unarray(np.array(b[inside]), array)
    for axis, (n, width) in enumerate(zip(shape, widths, strict=True)):
        padded, result = np.moveaxis(b, axis, 0), np.zeros((n, *b.shape[:axis], *b.shape[axis + 1 :]), b.dtype)
        np.add.at(result, np.pad(np.arange(n), width, mode), padded)
        b = np.moveaxis(result, 0, axis)
    return unarray(b, array)


def tile_transpose(b: Any, a: Any, reps: Any) -> Any:
    """The adjoint of `a` from that of `np.tile(a, reps)`."""
    reps = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    shape = np.shape(a)
    ndim = max(len(reps), len(shape))
    full = (1,) * (ndim - len(shape)) + shape
    reps = (1,) * (ndim - len(reps)) + reps
    pairs = tuple(n for pair in zip(reps, full, strict=True) for n in pair)
    summed = np.sum(np.reshape(b, pairs), axis=tuple(range(0, 2 * ndim, 2)))
    return unarray(np.reshape(summed, shape), a)


def trace_transpose(b: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `a` from that of `np.trace(a, offset, axis1, axis2)`: `b` along the diagonal."""
    result = np.zeros(np.shape(a), float_dtype(b, a))
    moved = np.moveaxis(result, (axis1, axis2), (-2, -1))
    rows, columns = moved.shape[-2:]
    index = np.arange(max(min(rows + min(offset, 0), columns - max(offset, 0)), 0))
    moved[..., index - min(offset, 0), index + max(offset, 0)] = np.asarray(b)[..., None]
    return result


def diff_transpose(b: Any, a: Any, n: int = 1, axis: int = -1) -> Any:
    """The adjoint of `a` from that of `np.diff(a, n, axis)`."""
    if np.shape(a)[axis] <= n:
        return np.zeros(np.shape(a), b.dtype)
    b = np.moveaxis(b, axis, -1)
    for _ in range(n):
        longer = np.zeros((*b.shape[:-1], b.shape[-1] + 1), b.dtype)
        longer[..., 1:] = b
        longer[..., :-1] -= b
        b = longer
    return np.moveaxis(b, -1, axis)


def spread(b: Any, items: Any) -> Any:
    """The adjoint of the elements of `items` from that of their sum."""
    if isinstance(items, np.ndarray):
        return expand(b, items, 0)
    return sequence_like(items, [copy(unbroadcast(b, item)) for item in items])
