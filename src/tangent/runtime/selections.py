"""Transposes of functions that select elements.  Each is linear in `b`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.arrays import shape_of
from tangent.runtime.items import item_transpose
from tangent.runtime.scalars import float_dtype
from tangent.runtime.shapes import unarray

__all__ = ["diagonal_transpose", "gather_transpose", "take_along_transpose", "take_transpose"]


def take_transpose(b: Any, a: Any, indices: Any, axis: int | None = None) -> Any:
    """The adjoint of `a` from that of `np.take(a, indices, axis)`."""
    result = np.zeros(np.shape(a), float_dtype(b, a))
    if axis is None:
        np.add.at(result.reshape(-1), indices, b)
        return unarray(result, a)
    axis %= result.ndim
    position = (slice(None),) * axis + (indices,)
    np.add.at(result, position, b)
    return unarray(result, a)


def gather_transpose(b: Any, params: Any, indices: Any, axis: int = 0) -> Any:
    """The adjoint of `params` from that of `tf.gather(params, indices, axis=axis)`."""
    return item_transpose(b, params, (slice(None),) * (int(axis) % len(shape_of(params))) + (np.asarray(indices),))


def take_along_transpose(b: Any, arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """The adjoint of `arr` from that of `np.take_along_axis(arr, indices, axis)`."""
    result = np.zeros(np.shape(arr), float_dtype(b, arr))
    if axis is None:
        np.add.at(result.reshape(-1), indices, b)
        return result
    axis %= result.ndim
    position = [np.expand_dims(np.arange(n), tuple(k for k in range(result.ndim) if k != i))
                for i, n in enumerate(result.shape)]
    position[axis] = indices
    np.add.at(result, tuple(position), b)
    return result


def diagonal_transpose(b: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `a` from that of `np.diagonal(a, offset, axis1, axis2)`."""
    result = np.zeros(np.shape(a), float_dtype(b, a))
    moved = np.moveaxis(result, (axis1, axis2), (-2, -1))
    index = np.arange(np.shape(b)[-1])
    moved[..., index - min(offset, 0), index + max(offset, 0)] = b
    return result
