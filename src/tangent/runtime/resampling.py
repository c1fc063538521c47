"""Interpolation of arrays by splines, as `scipy.ndimage.map_coordinates` has it, as a product with a sparse matrix.

The spline has coefficients `c = F x`, with the filter `F`, and at a point the value `sum(w[k] * c[i + k])`, where the
weights are B-splines of the distance of the point from the elements (Unser, Splines: a perfect fit, 1999).  So the
derivatives by the array and by the points are those of the matrix of the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "along_points", "along_points_transpose", "centre_of", "grid_points", "interpolated", "interpolated_transpose",
    "plane_of_rotation", "point_gradient", "shape_around",
]

MARGIN = 12
"""By how many elements SciPy extends an array before it is filtered."""


def interpolated(
    input: Any, coordinates: Any, order: int = 3, mode: str = "constant", prefilter: bool = True, orders: Any = ()
) -> Any:
    """`ndimage.map_coordinates(input, coordinates, order=order, mode=mode, prefilter=prefilter)`, or a derivative.

    `orders` are the orders of the derivative by the coordinates, one for each axis of `input`.
    """
    values, places = np.asarray(input), np.asarray(coordinates)
    coefficients, margin = _filtered(values, order, mode, prefilter)
    matrix = _matrix(coefficients.shape, margin, places.reshape(len(places), -1), order, mode, orders)
    return (matrix @ coefficients.ravel()).reshape(places.shape[1:]).astype(_dtype(values), copy=False)


def interpolated_transpose(
    b: Any, input: Any, coordinates: Any, order: int = 3, mode: str = "constant", prefilter: bool = True,
    orders: Any = (),
) -> Any:
    """The adjoint of `input` in `interpolated`."""
    shape, places = np.shape(input), np.asarray(coordinates)
    margin = _margin(order, mode, prefilter)
    extended = tuple(n + 2 * margin for n in shape)
    matrix = _matrix(extended, margin, places.reshape(len(places), -1), order, mode, orders)
    result = (matrix.T @ np.ravel(b)).reshape(extended)
    for axis, n in enumerate(shape):
        if prefilter and order > 1:
            filters = _filters(n + 2 * margin, order, mode)
            result = np.moveaxis(np.tensordot(filters, result, (0, axis)), 0, axis)
        if margin:
            result = _without_margin(result, n, margin, axis, mode)
    return result.astype(np.asarray(b).dtype, copy=False)


def point_gradient(
    b: Any, input: Any, coordinates: Any, order: int = 3, mode: str = "constant", prefilter: bool = True,
    orders: Any = (),
) -> Any:
    """The adjoint of `coordinates` in `interpolated`."""
    return np.stack([
        b * interpolated(input, coordinates, order, mode, prefilter, one) for one in _next(orders, np.ndim(input))
    ])


def along_points(
    input: Any, coordinates: Any, change: Any, order: int = 3, mode: str = "constant", prefilter: bool = True,
    orders: Any = (),
) -> Any:
    """The tangent of `interpolated` from that of `coordinates`: the transpose of `point_gradient`."""
    result = 0.0
    for part, one in zip(change, _next(orders, np.ndim(input)), strict=True):
        result = result + part * interpolated(input, coordinates, order, mode, prefilter, one)
    return result


def along_points_transpose(
    b: Any, input: Any, coordinates: Any, change: Any, order: int = 3, mode: str = "constant",
    prefilter: bool = True, orders: Any = (),
) -> Any:
    """The adjoint of `input` in `along_points`."""
    result = 0.0
    for part, one in zip(change, _next(orders, np.ndim(input)), strict=True):
        result = result + interpolated_transpose(b * part, input, coordinates, order, mode, prefilter, one)
    return result


def _next(orders: Any, count: int) -> list[tuple[int, ...]]:
    """The orders of derivatives by `count` coordinates, with one more by each of them."""
    known = tuple(orders) or (0,) * count
    return [(*known[:axis], known[axis] + 1, *known[axis + 1 :]) for axis in range(count)]


def _dtype(values: Any) -> Any:
    return values.dtype if values.dtype.kind == "f" else np.float64


def _margin(order: int, mode: str, prefilter: bool) -> int:
    return MARGIN if prefilter and order > 1 and mode in ("nearest", "grid-constant") else 0


def _filtered(values: Any, order: int, mode: str, prefilter: bool) -> tuple[Any, int]:
    """The coefficients of the spline, and by how many elements they reach over the array."""
    from scipy import ndimage

    margin = _margin(order, mode, prefilter)
    if margin:
        values = np.pad(values, margin, "edge" if mode == "nearest" else "constant")
    if prefilter and order > 1:
        values = ndimage.spline_filter(values, order, output=np.float64, mode=mode)
    return values, margin


def _filters(n: int, order: int, mode: str) -> Any:
    """The matrix that makes coefficients of a line of `n` elements."""
    from scipy import ndimage

    return ndimage.spline_filter1d(np.eye(n), order, 0, mode=mode)


def _without_margin(b: Any, n: int, margin: int, axis: int, mode: str) -> Any:
    """The adjoint of an array from that of the array extended along an axis."""
    lines = np.moveaxis(b, axis, 0)
    inner = lines[margin : margin + n].copy()
    if mode == "nearest":
        inner[0] += np.sum(lines[:margin], 0)
        inner[-1] += np.sum(lines[margin + n :], 0)
    return np.moveaxis(inner, 0, axis)


# --- the matrix of the weights


def _matrix(shape: tuple[int, ...], margin: int, places: Any, order: int, mode: str, orders: Any) -> Any:
    """The matrix that takes coefficients to the values at some points: a row for each point."""
    from scipy import sparse

    count = places.shape[1]
    columns, weights = np.zeros((count, 1), int), np.ones((count, 1))
    for axis, n in enumerate(shape):
        der = orders[axis] if orders else 0
        own, factors = _line(places[axis].astype(float) + margin, n, order, mode, der)
        columns = (columns[:, :, None] * n + own[:, None, :]).reshape(count, -1)
        weights = (weights[:, :, None] * factors[:, None, :]).reshape(count, -1)
    rows = np.repeat(np.arange(count), columns.shape[1])
    return sparse.csr_array((weights.ravel(), (rows, columns.ravel())), (count, int(np.prod(shape))))


def _line(at: Any, n: int, order: int, mode: str, der: int) -> tuple[Any, Any]:
    """The elements of a line that points on it read, `order + 1` for each, and the derivatives of their weights."""
    goes_on = mode in ("nearest", "grid-constant")  # behind the edges there are coefficients, as many as needed
    place, slope = (at, np.ones_like(at)) if goes_on else _inside(at, n, mode)
    first = np.floor(place if order % 2 else place + 0.5) - order // 2
    elements = (first[:, None] + np.arange(order + 1)).astype(int)
    weights = _b_spline(place[:, None] - elements, order, der) * slope[:, None] ** der
    if mode == "constant":
        weights[(at < 0) | (at > n - 1)] = 0.0
    if mode == "grid-constant":
        weights[(elements < 0) | (elements >= n)] = 0.0
        return np.clip(elements, 0, n - 1), weights
    beyond = "mirror" if mode in ("constant", "wrap") else mode
    return _inside(elements, n, beyond)[0].astype(int), weights


def _inside(at: Any, n: int, mode: str) -> tuple[Any, Any]:
    """The places on a line of `n` elements that places beyond it stand for, and how fast these move with them."""
    rising = np.ones(np.shape(at))
    if mode in ("nearest", "constant") or n == 1:
        return np.clip(at, 0, n - 1), np.where((at < 0) | (at > n - 1), 0.0, rising)
    if mode in ("mirror", "reflect", "grid-mirror"):
        half = 0.0 if mode == "mirror" else 0.5
        period = 2 * (n - 1) if mode == "mirror" else 2 * n
        turned = np.mod(at + half, period)
        falls = turned > 0.5 * period
        return np.where(falls, period - turned, turned) - half, np.where(falls, -1.0, rising)
    period = n - 1 if mode == "wrap" else n
    outside = (at < 0) | (at > n - 1)
    return np.where(outside, np.mod(at, period), at), rising


def _b_spline(t: Any, order: int, der: int) -> Any:
    """The derivative of the centered B-spline of a degree, from the divided differences of truncated powers."""
    if der > order:
        return np.zeros(np.shape(t))
    if der:
        return _b_spline(t + 0.5, order - 1, der - 1) - _b_spline(t - 0.5, order - 1, der - 1)
    if order == 0:
        return np.where((t >= -0.5) & (t < 0.5), 1.0, 0.0)
    reach = 0.5 * (order + 1)
    return ((reach + t) * _b_spline(t + 0.5, order - 1, 0) + (reach - t) * _b_spline(t - 0.5, order - 1, 0)) / order


# --- the geometry of `ndimage.affine_transform` and `ndimage.rotate`


def grid_points(shape: Any) -> Any:
    """The indices of all elements of an array, as columns: for the shape `(2, 3)` in a matrix of shape `(2, 6)`."""
    return np.indices(shape).reshape(len(shape), -1)


def centre_of(shape: Any) -> Any:
    """The point in the middle of an array, as a column."""
    return 0.5 * (np.array(shape, float)[:, None] - 1.0)


def plane_of_rotation(axes: Any, ndim: int) -> tuple[Any, Any, Any]:
    """Three matrices, `(a, b, c)`, of which `a + cos(angle) * b + sin(angle) * c` rotates in the plane of two axes."""
    first, second = sorted(axis % ndim for axis in axes)
    along, across = np.zeros((2, ndim, ndim))
    along[first, first] = along[second, second] = 1.0
    across[first, second], across[second, first] = 1.0, -1.0
    return np.eye(ndim) - along, along, across


def shape_around(matrix: Any, shape: Any) -> tuple[int, ...]:
    """The shape of an array that has room for one of `shape`, rotated by a matrix."""
    return tuple(int(size + 0.5) for size in np.abs(matrix) @ np.array(shape))
