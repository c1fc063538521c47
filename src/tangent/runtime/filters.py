"""The transposes of the linear filters of `scipy.ndimage`, exact for each way to go on behind the edges.

A filter along an axis is a correlation of the array, extended on both sides.  Its transpose spreads each element over
the extended array and adds what lies behind the edges to the elements that the extension repeats.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "correlate1d_taps", "correlate1d_transpose", "correlate_taps", "correlate_transpose", "gaussian1d_transpose",
    "gaussian_laplace_transpose", "gaussian_transpose", "laplace_transpose", "prewitt_transpose", "savgol_transpose",
    "shift_transpose",
    "sobel_transpose", "spline1d_transpose", "spline_transpose", "uniform_transpose", "zoom_transpose",
]

PADDING = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "nearest": "edge", "mirror": "reflect", "wrap": "wrap",
    "grid-wrap": "wrap",
}
"""What `np.pad` calls the ways to go on; what is not here goes on with a constant."""


def correlate_transpose(b: Any, weights: Any, mode: Any = "reflect", origin: Any = 0) -> Any:
    """The adjoint of `input` in `ndimage.correlate(input, weights, mode=mode, origin=origin)`."""
    weights = np.asarray(weights)
    sizes, shape = weights.shape, np.shape(b)
    spread = np.zeros([n + size - 1 for n, size in zip(shape, sizes, strict=True)], np.result_type(b, weights))
    for place in itertools.product(*map(range, sizes)):
        spread[tuple([slice(k, k + n) for k, n in zip(place, shape, strict=True)])] += weights[place] * b
    for axis, (n, size, one, shift) in enumerate(
        zip(shape, sizes, _each(mode, b), _each(origin, b), strict=True)
    ):
        spread = _folded(spread, _extension(n, size, shift, one), n, axis)
    return spread.astype(b.dtype, copy=False)


def correlate_taps(b: Any, input: Any, weights: Any, mode: Any = "reflect", cval: float = 0.0, origin: Any = 0) -> Any:
    """The adjoint of `weights` in `ndimage.correlate(input, weights, mode=mode, cval=cval, origin=origin)`."""
    sizes, shape = np.shape(weights), np.shape(b)
    extended = np.asarray(input)
    for axis, (n, size, one, shift) in enumerate(
        zip(shape, sizes, _each(mode, b), _each(origin, b), strict=True)
    ):
        places = _extension(n, size, shift, one)
        inside = (places >= 0).reshape(-1, *(1,) * (extended.ndim - axis - 1))
        extended = np.where(inside, np.take(extended, places, axis), cval)
    result = np.empty(sizes, b.dtype)
    for place in itertools.product(*map(range, sizes)):
        result[place] = np.sum(b * extended[tuple([slice(k, k + n) for k, n in zip(place, shape, strict=True)])])
    return result


def correlate1d_transpose(b: Any, weights: Any, axis: int = -1, mode: str = "reflect", origin: int = 0) -> Any:
    """The adjoint of `input` in `ndimage.correlate1d(input, weights, axis, mode=mode, origin=origin)`."""
    sizes = [1] * np.ndim(b)
    sizes[axis] = len(weights)
    shifts = [0] * np.ndim(b)
    shifts[axis] = origin
    return correlate_transpose(b, np.reshape(weights, sizes), mode, shifts)


def correlate1d_taps(
    b: Any, input: Any, weights: Any, axis: int = -1, mode: str = "reflect", cval: float = 0.0, origin: int = 0
) -> Any:
    """The adjoint of `weights` in `ndimage.correlate1d`."""
    sizes = [1] * np.ndim(b)
    sizes[axis] = len(weights)
    shifts = [0] * np.ndim(b)
    shifts[axis] = origin
    return correlate_taps(b, input, np.reshape(weights, sizes), mode, cval, shifts).reshape(len(weights))


def gaussian_transpose(
    b: Any, sigma: Any, order: Any = 0, mode: Any = "reflect", truncate: float = 4.0, radius: Any = None
) -> Any:
    """The adjoint of `input` in `ndimage.gaussian_filter`."""
    settings = zip(*(_each(value, b) for value in (sigma, order, mode, radius)), strict=True)
    for axis, (width, degree, one, reach) in enumerate(settings):
        if width > 1e-15:
            b = gaussian1d_transpose(b, width, axis, degree, one, truncate, reach)
    return b


def gaussian1d_transpose(
    b: Any, sigma: float, axis: int = -1, order: int = 0, mode: str = "reflect", truncate: float = 4.0,
    radius: int | None = None,
) -> Any:
    """The adjoint of `input` in `ndimage.gaussian_filter1d`, whose kernel is its answer to an impulse."""
    from scipy import ndimage

    reach = int(truncate * float(sigma) + 0.5) if radius is None else radius
    impulse = np.zeros(2 * reach + 1)
    impulse[reach] = 1.0
    kernel = ndimage.gaussian_filter1d(impulse, sigma, order=order, mode="constant", radius=reach)
    return correlate1d_transpose(b, kernel[::-1], axis, mode)


def uniform_transpose(b: Any, size: Any = 3, mode: Any = "reflect", origin: Any = 0) -> Any:
    """The adjoint of `input` in `ndimage.uniform_filter`."""
    for axis, (count, one, shift) in enumerate(zip(_each(size, b), _each(mode, b), _each(origin, b), strict=True)):
        if count > 1:
            b = correlate1d_transpose(b, np.full(count, 1.0 / count), axis, one, shift)
    return b


def sobel_transpose(b: Any, axis: int = -1, mode: Any = "reflect") -> Any:
    """The adjoint of `input` in `ndimage.sobel`."""
    return _difference_transpose(b, axis, mode, [1.0, 2.0, 1.0])


def prewitt_transpose(b: Any, axis: int = -1, mode: Any = "reflect") -> Any:
    """The adjoint of `input` in `ndimage.prewitt`."""
    return _difference_transpose(b, axis, mode, [1.0, 1.0, 1.0])


def _difference_transpose(b: Any, axis: int, mode: Any, across: list[float]) -> Any:
    for each, one in enumerate(_each(mode, b)):
        b = correlate1d_transpose(b, [-1.0, 0.0, 1.0] if each == axis % b.ndim else across, each, one)
    return b


def laplace_transpose(b: Any, mode: Any = "reflect") -> Any:
    """The adjoint of `input` in `ndimage.laplace`."""
    parts = [correlate1d_transpose(b, [1.0, -2.0, 1.0], axis, one) for axis, one in enumerate(_each(mode, b))]
    return sum(parts[1:], parts[0])


def gaussian_laplace_transpose(b: Any, sigma: Any, mode: Any = "reflect") -> Any:
    """The adjoint of `input` in `ndimage.gaussian_laplace`."""
    orders = 2 * np.eye(b.ndim, dtype=int)
    parts = [gaussian_transpose(b, sigma, list(order), mode) for order in orders]
    return sum(parts[1:], parts[0])


def savgol_transpose(
    b: Any, window_length: int, polyorder: int, deriv: int = 0, delta: float = 1.0, axis: int = -1, mode: str = "interp"
) -> Any:
    """The adjoint of `x` in `signal.savgol_filter`: at the edges a polynomial is fitted to the last window."""
    from scipy import signal

    weights = signal.savgol_coeffs(window_length, polyorder, deriv, delta, use="dot")
    origin = -(window_length % 2 == 0)
    if mode != "interp":
        return correlate1d_transpose(b, weights, axis, mode, origin)
    rows, half = np.moveaxis(b, axis, -1), window_length // 2
    inner = rows.copy()
    inner[..., :half] = inner[..., rows.shape[-1] - half :] = 0.0
    result = correlate1d_transpose(inner, weights, -1, "constant", origin)
    for i in range(half):
        first = signal.savgol_coeffs(window_length, polyorder, deriv, delta, i, "dot")
        last = signal.savgol_coeffs(window_length, polyorder, deriv, delta, window_length - half + i, "dot")
        result[..., :window_length] += rows[..., i, None] * first
        result[..., rows.shape[-1] - window_length :] += rows[..., rows.shape[-1] - half + i, None] * last
    return np.moveaxis(result, -1, axis)


def shift_transpose(b: Any, shift: Any, order: int = 3, mode: str = "constant", prefilter: bool = True) -> Any:
    """The adjoint of `input` in `ndimage.shift`."""
    from scipy import ndimage

    shifts = _each(shift, b)
    return _along_each_axis(
        b, np.shape(b),
        lambda x, axis: ndimage.shift(x, shifts[axis], order=order, mode=mode, prefilter=prefilter),
    )


def zoom_transpose(
    b: Any, input: Any, zoom: Any, order: int = 3, mode: str = "constant", prefilter: bool = True,
    grid_mode: bool = False,
) -> Any:
    """The adjoint of `input` in `ndimage.zoom`."""
    from scipy import ndimage

    factors = _each(zoom, b)
    return _along_each_axis(
        b, np.shape(input),
        lambda x, axis: ndimage.zoom(
            x, factors[axis], order=order, mode=mode, prefilter=prefilter, grid_mode=grid_mode
        ),
    )


def spline_transpose(b: Any, order: int = 3, mode: str = "mirror") -> Any:
    """The adjoint of `input` in `ndimage.spline_filter`."""
    from scipy import ndimage

    b = np.asarray(b, float)  # as `spline_filter` has it, whatever its input
    return _along_each_axis(b, np.shape(b), lambda x, axis: ndimage.spline_filter1d(x, order, mode=mode))


def spline1d_transpose(b: Any, order: int = 3, axis: int = -1, mode: str = "mirror") -> Any:
    """The adjoint of `input` in `ndimage.spline_filter1d`."""
    from scipy import ndimage

    filters = ndimage.spline_filter1d(np.eye(np.shape(b)[axis]), order, 0, mode=mode)
    return np.moveaxis(np.tensordot(filters, b, (0, axis)), 0, axis)


def _along_each_axis(b: Any, shape: tuple[int, ...], along: Callable[[Any, int], Any]) -> Any:
    """The adjoint of an array of a shape from that of what is done to it along one axis after the other.

    `along(x, axis)` does it to a vector in the place of one along the axis.
    """
    for axis, n in enumerate(shape):
        rows = np.stack([along(unit, axis) for unit in np.eye(n)])
        b = np.moveaxis(np.tensordot(rows.astype(b.dtype), b, (1, axis)), 0, axis)
    return b


def _extension(n: int, size: int, origin: int, mode: str) -> Any:
    """For each place of an extended line the place of a line of `n` elements that it repeats; -1 for a constant."""
    before = size // 2 + origin
    if mode in PADDING:
        return np.pad(np.arange(n), (before, size - 1 - before), PADDING[mode])  # type: ignore[call-overload]
    return np.pad(np.arange(n), (before, size - 1 - before), constant_values=-1)


def _folded(spread: Any, places: Any, n: int, axis: int) -> Any:
    """The sums of the elements of an extended array that stand for the same one."""
    lines = np.moveaxis(spread, axis, 0)
    result = np.zeros((n, *lines.shape[1:]), spread.dtype)
    np.add.at(result, places[places >= 0], lines[places >= 0])
    return np.moveaxis(result, 0, axis)


def _each(value: Any, b: Any) -> list[Any]:
    """A setting for each axis."""
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else [value] * np.ndim(b)
