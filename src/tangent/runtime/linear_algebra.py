"""Transposes of products of matrices and tensors, for operands of any number of dimensions.

The transpose of a product with respect to one factor is a product of the adjoint and the other factor, and
so on in a circle of three: the helpers are one another's derivatives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.broadcast import unbroadcast
from tangent.runtime.scalars import float_dtype
from tangent.runtime.shapes import unarray
from tangent.runtime.sparse import is_sparse, product_left, product_right

__all__ = [
    "convolve_transpose", "cross_transpose_left", "cross_transpose_right", "dot_transpose_left",
    "dot_transpose_right", "inner_transpose_left",
    "inner_transpose_right", "kron_transpose_left", "kron_transpose_right", "matmul_transpose_left",
    "matmul_transpose_right", "multiply_each",
    "multiply_each_transpose", "opposite", "solve_each", "tensordot_transpose_left",
    "tensordot_transpose_right", "triangle",
]


def _fitted(b: Any, x: Any, y: Any) -> Any:
    """`b` in the shape of `x @ y`, to which other operands may have been broadcast."""
    left, right = np.shape(x), np.shape(y)
    batch = () if len(left) <= 2 and len(right) <= 2 else np.broadcast_shapes(left[:-2], right[:-2])
    shape = (*batch, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))
    if np.shape(b) == shape and type(b) is not np.matrix:
        return b
    return unbroadcast(b, np.broadcast_to(0.0, shape) if shape else 0.0)


def matmul_transpose_left(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `x` from `b`, that of `x @ y` or of what it was broadcast to.

    `x` counts by its shape alone, and by its elements where it is sparse.
    """
    if is_sparse(x) or is_sparse(y):
        return product_left(b, x, y)
    b = _fitted(b, x, y)
    if np.ndim(x) == 2 and np.ndim(y) == 2:
        return b @ np.transpose(y)
    if np.ndim(y) == 1:
        return b * y if np.ndim(x) == 1 else unbroadcast(b[..., None] * y, x)
    if np.ndim(x) == 1:
        return unbroadcast(np.sum(b[..., None, :] * y, axis=-1), x)
    return unbroadcast(np.matmul(b, np.swapaxes(y, -1, -2)), x)


def matmul_transpose_right(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `y` from `b`, that of `x @ y` or of what it was broadcast to.

    `y` counts by its shape alone, and by its elements where it is sparse.
    """
    if is_sparse(x) or is_sparse(y):
        return product_right(b, x, y)
    b = _fitted(b, x, y)
    if np.ndim(x) == 2 and np.ndim(y) == 2:
        return np.transpose(x) @ b
    if np.ndim(x) == 1:
        column = x if np.ndim(y) == 1 else x[:, None]
        row = b if np.ndim(y) == 1 else b[..., None, :]
        return unbroadcast(column * row, y)
    if np.ndim(y) == 1:
        return unbroadcast(x * b[..., None], y)
    return unbroadcast(np.matmul(np.swapaxes(x, -1, -2), b), y)


def solve_each(a: Any, y: Any) -> Any:
    """`np.linalg.solve(a, y)` for a `y` of the shape of such a result: a vector or a matrix for each `a`."""
    if np.ndim(y) == np.ndim(a) - 1:
        return np.linalg.solve(a, y[..., None])[..., 0]
    return np.linalg.solve(a, y)


def multiply_each(a: Any, y: Any) -> Any:
    """`a @ y` for a `y` of the shape of `np.linalg.solve(a, ...)`."""
    if np.ndim(y) == np.ndim(a) - 1:
        return np.matmul(a, y[..., None])[..., 0]
    return np.matmul(a, y)


def multiply_each_transpose(b: Any, a: Any, y: Any) -> Any:
    """The adjoint of `a` from `b`, that of `multiply_each(a, y)`."""
    if np.ndim(y) == np.ndim(a) - 1:
        return b[..., :, None] * y[..., None, :]
    return matmul_transpose_left(b, a, y)


def opposite(trans: int | str) -> str:
    """The system with the transposed matrix, where `trans` is what SciPy calls the one at hand: 0, 1, "N" or "T"."""
    return "T" if trans in (0, "N") else "N"


def triangle(x: Any, lower: bool, unit_diagonal: bool) -> Any:
    """The part of a matrix that is read as a triangular one; of a diagonal that counts as ones, nothing."""
    return np.tril(x, -int(unit_diagonal)) if lower else np.triu(x, int(unit_diagonal))


def dot_transpose_left(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `x` from `b`, that of `np.dot(x, y)`; `x` counts by its shape alone."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(b * y, x)
    if np.ndim(x) <= 2 and np.ndim(y) <= 2:
        return matmul_transpose_left(b, x, y)
    return tensordot_transpose_left(b, x, y, dot_axes(x, y))


def dot_transpose_right(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `y` from `b`, that of `np.dot(x, y)`; `y` counts by its shape alone."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(b * x, y)
    if np.ndim(x) <= 2 and np.ndim(y) <= 2:
        return matmul_transpose_right(b, x, y)
    return tensordot_transpose_right(b, x, y, dot_axes(x, y))


def dot_axes(x: Any, y: Any) -> tuple[tuple[int], tuple[int]]:
    """The axes of `np.dot(x, y)` as `np.tensordot` takes them."""
    return (np.ndim(x) - 1,), (max(np.ndim(y) - 2, 0),)


def inner_transpose_left(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `x` from `b`, that of `np.inner(x, y)`; `x` counts by its shape alone."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(b * y, x)
    return tensordot_transpose_left(b, x, y, ((-1,), (-1,)))


def inner_transpose_right(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `y` from `b`, that of `np.inner(x, y)`; `y` counts by its shape alone."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(b * x, y)
    return tensordot_transpose_right(b, x, y, ((-1,), (-1,)))


def tensordot_transpose_left(b: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """The adjoint of `x` from `b`, that of `np.tensordot(x, y, axes)`; `x` counts by its shape alone."""
    summed_x, summed_y = contracted(x, y, axes)
    kept_x = [axis for axis in range(np.ndim(x)) if axis not in summed_x]
    kept_y = [axis for axis in range(np.ndim(y)) if axis not in summed_y]
    product = np.tensordot(b, y, (list(range(len(kept_x), np.ndim(b))), kept_y)) if np.ndim(b) else b * y
    pairs = sorted(zip(summed_y, summed_x, strict=True))
    return np.transpose(product, np.argsort([*kept_x, *(axis for _, axis in pairs)]))


def tensordot_transpose_right(b: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """The adjoint of `y` from `b`, that of `np.tensordot(x, y, axes)`; `y` counts by its shape alone."""
    summed_x, summed_y = contracted(x, y, axes)
    kept_x = [axis for axis in range(np.ndim(x)) if axis not in summed_x]
    kept_y = [axis for axis in range(np.ndim(y)) if axis not in summed_y]
    product = np.tensordot(x, b, (kept_x, list(range(len(kept_x))))) if np.ndim(b) else x * b
    pairs = sorted(zip(summed_x, summed_y, strict=True))
    return np.transpose(product, np.argsort([*(axis for _, axis in pairs), *kept_y]))


def contracted(x: Any, y: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The axes of `x` and `y` that `np.tensordot(x, y, axes)` sums over, in pairs and not negative."""
    if isinstance(axes, (int, np.integer)):
        return list(range(np.ndim(x) - axes, np.ndim(x))), list(range(axes))
    of_x, of_y = axes
    return axis_list(of_x, np.ndim(x)), axis_list(of_y, np.ndim(y))


def axis_list(axes: Any, ndim: int) -> list[int]:
    """One axis or several as a list of indices that are not negative."""
    return [int(axes) % ndim] if isinstance(axes, (int, np.integer)) else [axis % ndim for axis in axes]


def convolve_transpose(b: Any, a: Any, v: Any, mode: str = "full") -> Any:
    """The adjoint of `a` from that of `np.convolve(a, v, mode)`, or of `np.convolve(v, a, mode)`.

    `a` counts by its shape alone.
    """
    shorter = min(np.size(a), np.size(v))
    start = {"full": 0, "same": (shorter - 1) // 2, "valid": shorter - 1}[mode]
    full = np.zeros(np.size(a) + np.size(v) - 1, float_dtype(b, a))
    full[start : start + len(b)] = b
    return unarray(np.reshape(np.convolve(full, np.ravel(v)[::-1], "valid"), np.shape(a)), a)


def cross_transpose_left(b: Any, x: Any, y: Any, axis: int = -1) -> Any:
    """The adjoint of `x` from that of `np.cross(x, y, axis=axis)`, of vectors in space or in the plane."""
    return _cross_transpose(y, b, x, np.shape(x)[axis] == 2 and np.shape(y)[axis] == 2, axis)


def cross_transpose_right(b: Any, x: Any, y: Any, axis: int = -1) -> Any:
    """The adjoint of `y` from that of `np.cross(x, y, axis=axis)`, of vectors in space or in the plane."""
    return -_cross_transpose(x, b, y, np.shape(x)[axis] == 2 and np.shape(y)[axis] == 2, axis)


def _cross_transpose(other: Any, b: Any, like: Any, is_plane: bool, axis: int) -> Any:
    vectors = np.moveaxis(other, axis, -1)
    size = np.shape(like)[axis]
    if is_plane:
        turned = np.stack((vectors[..., 1] * b, -vectors[..., 0] * b), -1)
    else:
        if np.shape(vectors)[-1] == 2:
            vectors = np.concatenate((vectors, np.zeros_like(vectors[..., :1])), -1)
        turned = np.cross(vectors, np.moveaxis(b, axis, -1))[..., :size]
    return np.moveaxis(unbroadcast(turned, np.moveaxis(like, axis, -1)), -1, axis)


def kron_transpose_left(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `x` from that of `np.kron(x, y)`."""
    left, right, blocks = _blocks(b, x, y)
    summed = np.sum(blocks * np.expand_dims(np.reshape(y, right), tuple(range(0, 2 * len(right), 2))),
                    tuple(range(1, 2 * len(left), 2)))
    return unarray(np.reshape(summed, np.shape(x)), x)


def kron_transpose_right(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `y` from that of `np.kron(x, y)`."""
    left, right, blocks = _blocks(b, x, y)
    summed = np.sum(blocks * np.expand_dims(np.reshape(x, left), tuple(range(1, 2 * len(left), 2))),
                    tuple(range(0, 2 * len(right), 2)))
    return unarray(np.reshape(summed, np.shape(y)), y)


def _blocks(b: Any, x: Any, y: Any) -> tuple[tuple[int, ...], tuple[int, ...], Any]:
    """The shapes of the factors with as many axes, and `b` with an axis of each of them in turn."""
    ndim = max(np.ndim(x), np.ndim(y))
    left = (1,) * (ndim - np.ndim(x)) + np.shape(x)
    right = (1,) * (ndim - np.ndim(y)) + np.shape(y)
    return left, right, np.reshape(b, [size for pair in zip(left, right, strict=True) for size in pair])
