"""Derivatives of products and norms, as plain differentiable NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.broadcast import keep_axes, size_along
from tangent.runtime.choices import ties
from tangent.runtime.scalars import float_dtype, in_precision_of
from tangent.runtime.shapes import axes_last, inverse_permutation, unarray

__all__ = [
    "cumprod_tangent", "cumprod_transpose", "extreme_places", "norm_slope", "products_of_others", "quantile_tangent",
    "quantile_transpose", "segment_places",
]


def products_of_others(a: Any, axis: Any = None) -> Any:
    """For each element of `a`, the product of all others along `axis`."""
    order = axes_last(np.ndim(a), axis)
    moved = np.transpose(a, order)
    count = size_along(a, axis)
    rows = np.reshape(moved, (np.size(a) // max(count, 1), count))
    others = products_before(rows) * np.flip(products_before(np.flip(rows, 1)), 1)
    return np.transpose(np.reshape(others, np.shape(moved)), inverse_permutation(order))


def products_before(rows: Any) -> Any:
    """For each element of each row, the product of those before it."""
    return np.concatenate([np.ones_like(rows[:, :1]), np.cumprod(rows[:, :-1], 1)], 1)


def cumprod_transpose(b: Any, a: Any, y: Any, axis: Any = None) -> Any:
    """The adjoint of `a` from that of `y = np.cumprod(a, axis)`."""
    if axis is None:
        return np.reshape(cumprod_transpose(b, np.ravel(a), y, 0), np.shape(a))
    if np.all(a):
        return np.flip(np.cumsum(np.flip(b * y, axis), axis), axis) / a
    last = np.moveaxis(a, axis, 0)
    bs = np.moveaxis(b, axis, 0)
    before = np.ones_like(last)
    before[1:] = np.moveaxis(y, axis, 0)[:-1]
    result = np.zeros_like(bs)
    total = np.zeros_like(bs[0])
    for i in range(len(last) - 1, -1, -1):
        total = total + bs[i]
        result[i] = before[i] * total
        total = total * last[i]
    return np.moveaxis(result, 0, axis)


def cumprod_tangent(t: Any, a: Any, y: Any, axis: Any = None) -> Any:
    """The tangent of `y = np.cumprod(a, axis)` from `t`, that of `a`."""
    if axis is None:
        return cumprod_tangent(np.ravel(t), np.ravel(a), y, 0)
    if np.all(a):
        return y * np.cumsum(t / a, axis)
    values, last, ts = np.moveaxis(y, axis, 0), np.moveaxis(a, axis, 0), np.moveaxis(t, axis, 0)
    result = np.zeros_like(ts)
    for i in range(len(last)):
        result[i] = result[i - 1] * last[i] + values[i - 1] * ts[i] if i > 0 else ts[i]
    return np.moveaxis(result, 0, axis)


def norm_slope(x: Any, y: Any, order: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The derivative of `y = np.linalg.norm(x, order, axis)` with respect to each element of `x`.

    Raises:
        UnsupportedError: the norm of a matrix by its singular values.
    """
    if order == "fro":
        return x / keep_axes(y, axis, keepdims)
    if (np.ndim(x) == 2 and axis is None) or (isinstance(axis, tuple) and len(axis) == 2):
        return _matrix_norm_slope(x, y, order, axis, keepdims)
    if order == 0:
        return np.zeros_like(x)
    if order == 1:
        return np.sign(x)
    if order == 2:
        return x / keep_axes(y, axis, keepdims)
    if order == np.inf or order == -np.inf:
        return np.sign(x) * ties(np.abs(x), y, axis, keepdims)
    return np.sign(x) * (np.abs(x) / keep_axes(y, axis, keepdims)) ** (order - 1.0)


def _matrix_norm_slope(x: Any, y: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    rows, columns = (0, 1) if axis is None else axis
    if order == 2 or order == -2 or order == "nuc":
        u, _, vt = np.linalg.svd(np.moveaxis(x, (rows, columns), (-2, -1)), full_matrices=False)
        place = 0 if order == 2 else -1
        slope = u @ vt if order == "nuc" else u[..., :, place, None] * vt[..., place, None, :]
        return np.moveaxis(slope, (-2, -1), (rows, columns))
    if order == 1 or order == -1:
        summed = rows
    elif order == np.inf or order == -np.inf:
        summed = columns
    else:
        raise UnsupportedError(f"the matrix norm of order {order!r} is not differentiated")
    sums = np.sum(np.abs(x), axis=summed, keepdims=True)
    return np.sign(x) * ties(sums, y, axis, keepdims)


def quantile_tangent(
    t: Any, a: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", omit: bool = False
) -> Any:
    """The tangent of `np.quantile(a, q, axis)` from `t`, that of `a`; with `omit`, of `np.nanquantile`.

    Equal elements keep their order.
    """
    rows = _rows(a, axis)
    moved = np.take_along_axis(_rows(t, axis), np.argsort(rows, -1), -1)
    lower, upper, part = _places(q, rows, method, omit)
    result = np.take_along_axis(moved, lower, -1) * (1.0 - part) + np.take_along_axis(moved, upper, -1) * part
    result = result + _missing(rows, omit)[..., None]
    sizes = [1 if i in _reduced(a, axis) else n for i, n in enumerate(np.shape(a))]
    kept = sizes if keepdims else np.shape(rows)[:-1]
    return np.reshape(np.moveaxis(result, -1, 0), (*np.shape(q), *kept))[()]


def quantile_transpose(
    b: Any, a: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", omit: bool = False
) -> Any:
    """The adjoint of `a` from that of `np.quantile(a, q, axis)`; with `omit`, of `np.nanquantile`."""
    rows = _rows(a, axis)
    lower, upper, part = _places(q, rows, method, omit)
    adjoints = np.moveaxis(np.reshape(b, (np.size(q), *np.shape(rows)[:-1])), 0, -1)
    moved = np.zeros(np.shape(rows), float_dtype(b, a))
    others = np.ix_(*map(np.arange, np.shape(rows)[:-1]), np.zeros(1, int))[:-1]
    np.add.at(moved, (*others, lower), adjoints * (1.0 - part))
    np.add.at(moved, (*others, upper), adjoints * part)
    result = np.empty_like(moved)
    np.put_along_axis(result, np.argsort(rows, -1), moved + _missing(rows, omit)[..., None], -1)
    order = axes_last(np.ndim(a), axis)
    unmoved = np.reshape(result, [np.shape(a)[i] for i in order])
    return unarray(np.transpose(unmoved, inverse_permutation(order)), a)


def _rows(a: Any, axis: Any) -> Any:
    """The elements that a reduction over `axis` combines, along a last axis."""
    order = axes_last(np.ndim(a), axis)
    kept = [np.shape(a)[i] for i in order if i not in _reduced(a, axis)]
    return np.reshape(np.transpose(a, order), (*kept, size_along(a, axis)))


def _reduced(a: Any, axis: Any) -> set[int]:
    axes = range(np.ndim(a)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return {one % np.ndim(a) for one in axes}


def _places(q: Any, rows: Any, method: str, omit: bool) -> tuple[Any, Any, Any]:
    """For each row the two ordered elements between which each quantile is, and the part of the way to the second."""
    full = np.shape(rows)[-1]
    counts = np.sum(~np.isnan(rows), -1) if omit else np.full(np.shape(rows)[:-1], full)
    place = np.empty((*np.shape(counts), np.size(q)))
    for count in np.unique(counts):  # the quantiles of 0, 1, 2, ... are the places themselves
        place[counts == count] = np.quantile(np.arange(max(count, 1)), np.ravel(q), method=method)  # type: ignore[call-overload]
    lower = np.floor(place).astype(int)
    upper = np.minimum(lower + 1, np.maximum(counts[..., None] - 1, 0))
    return lower, upper, in_precision_of(place - lower, rows)


def extreme_places(y: Any, axis: int) -> Any:
    """For each element of `y`, a running maximum or minimum, the place along `axis` at which it was first met."""
    values = np.moveaxis(y, axis, 0)
    is_new = np.ones(np.shape(values), bool)
    is_new[1:] = values[1:] != values[:-1]
    numbers = np.reshape(np.arange(len(values)), (-1, *[1] * (np.ndim(values) - 1)))
    return np.moveaxis(np.maximum.accumulate(np.where(is_new, numbers, 0), axis=0), 0, axis)


def segment_places(indices: Any, size: int) -> tuple[Any, Any]:
    """The elements of the segments of `np.add.reduceat(a, indices)`, and for each the number of its segment."""
    starts = np.asarray(indices)
    ends = np.append(starts[1:], size)
    counts = np.where(starts < ends, ends - starts, 1)
    owners = np.repeat(np.arange(len(starts)), counts)
    return np.arange(len(owners)) + (starts - np.cumsum(counts) + counts)[owners], owners


def _missing(rows: Any, omit: bool) -> Any:
    """NaN for each row in which there is a NaN, or with `omit` nothing else, and 0 for the others."""
    return np.where(np.all(np.isnan(rows), -1) if omit else np.any(np.isnan(rows), -1), np.float32(np.nan),
                    np.float32(0.0))
