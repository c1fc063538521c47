"""Derivatives of piecewise linear interpolation and of finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.scalars import float_dtype

__all__ = ["axes_of", "gradient_spacing_tangent", "gradient_spacing_transpose", "gradient_transpose", "interp_slope",
           "interp_transpose"]


def interp_slope(x: Any, xp: Any, fp: Any) -> Any:
    """The derivative of `np.interp(x, xp, fp)` towards `x`: the slope of the piece that `x` is in, 0 outside of all."""
    xs, values = np.asarray(xp), np.asarray(fp)
    right = np.clip(np.searchsorted(xs, x, "right"), 1, len(xs) - 1)
    inside = (np.greater_equal(x, xs[0])) & (np.less_equal(x, xs[-1]))
    slopes = (values[right] - values[right - 1]) / (xs[right] - xs[right - 1])
    return np.where(inside, slopes, 0.0)[()]


def interp_transpose(b: Any, x: Any, xp: Any) -> Any:
    """The adjoint of `fp` from that of `np.interp(x, xp, fp)`: that of a value goes to both ends of its piece."""
    xs = np.asarray(xp)
    right = np.clip(np.searchsorted(xs, x, "right"), 1, len(xs) - 1)
    part = np.clip((x - xs[right - 1]) / (xs[right] - xs[right - 1]), 0.0, 1.0)
    result = np.zeros(len(xs))
    np.add.at(result, right - 1, b * (1.0 - part))
    np.add.at(result, right, b * part)
    return result


def gradient_transpose(b: Any, f: Any, spacing: Any = 1.0, axis: Any = None, edge_order: int = 1) -> Any:
    """The adjoint of `f` from that of `np.gradient(f, spacing)`: of one array, or of one for each axis.

    `spacing` is one for all axes, or a tuple of one for each.
    """
    axes = axes_of(np.ndim(f), axis)
    steps = spacing if isinstance(spacing, tuple) else (spacing,) * len(axes)
    parts = b if isinstance(b, (list, tuple)) else (b,)
    result = np.zeros(np.shape(f), float_dtype(parts[0], f))
    for i in range(len(axes)):
        part = _along_last(np.moveaxis(parts[i], axes[i], -1), steps[i], edge_order)
        result += np.moveaxis(part, -1, axes[i])
    return result


def axes_of(ndim: int, axis: Any) -> tuple[int, ...]:
    """The axes that an argument `axis` of a function of an array of `ndim` axes stands for: None for all of them."""
    return tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)


def _along_last(b: Any, spacing: Any, edge_order: int) -> Any:
    """The transpose of the differences along the last axis, each of which is a sum of up to three elements."""
    size = np.shape(b)[-1]
    edge = min(edge_order, size - 1) + 1
    first, last, inner = _weights(spacing, size, edge)
    result = np.zeros_like(b)
    result[..., :edge] += b[..., :1] * first
    result[..., -edge:] += b[..., -1:] * last
    for place, weight in enumerate(inner):
        result[..., place : size - 2 + place] += b[..., 1:-1] * weight
    return result


def _weights(spacing: Any, size: int, edge: int) -> tuple[Any, Any, Any]:
    """The weights of the elements in the differences at both ends, and in those between (Fornberg 1988)."""
    steps = np.full(size - 1, spacing) if np.ndim(spacing) == 0 else np.diff(spacing)
    before, after = steps[:-1], steps[1:]
    both = before + after
    inner = (-after / (before * both), (after - before) / (before * after), before / (after * both))
    if edge == 2:
        return np.array([-1.0, 1.0]) / steps[0], np.array([-1.0, 1.0]) / steps[-1], inner
    a, b, c, d = steps[0], steps[1], steps[-2], steps[-1]
    first = np.array([-(2.0 * a + b) / (a * (a + b)), (a + b) / (a * b), -a / (b * (a + b))])
    last = np.array([d / (c * (c + d)), -(c + d) / (c * d), (2.0 * d + c) / (d * (c + d))])
    return first, last, inner


def gradient_spacing_transpose(
    b: Any, y: Any, f: Any, spacing: Any, axis: Any = None, edge_order: int = 1
) -> Any:
    """The adjoint of `spacing` from that of `y = np.gradient(f, spacing)`.

    Raises:
        UnsupportedError: several axes have one array of places, or the differences at the edges are of second order.
    """
    parts, values = (b, y) if isinstance(y, (list, tuple)) else ((b,), (y,))
    if np.ndim(spacing) == 0:
        return -sum([np.sum(parts[i] * values[i]) for i in range(len(parts))]) / spacing
    slope, by_slope, by_step = _by_steps(y, f, spacing, axis, edge_order)
    bs = np.moveaxis(b, axes_of(np.ndim(f), axis)[0], -1)
    total = np.concatenate((bs[..., :1], bs[..., 1:-1] * by_slope[1]), -1)
    total += np.concatenate((bs[..., 1:-1] * by_slope[0], bs[..., -1:]), -1)
    bsteps = -total * slope / np.diff(spacing)
    bsteps[..., :-1] += bs[..., 1:-1] * by_step[0]
    bsteps[..., 1:] += bs[..., 1:-1] * by_step[1]
    bsteps = np.sum(bsteps, tuple(range(np.ndim(bsteps) - 1)))
    return np.concatenate((-bsteps[:1], bsteps[:-1] - bsteps[1:], bsteps[-1:]))


def gradient_spacing_tangent(
    t: Any, y: Any, f: Any, spacing: Any, axis: Any = None, edge_order: int = 1
) -> Any:
    """The tangent of `y = np.gradient(f, spacing)` from `t`, that of `spacing`.

    Raises:
        UnsupportedError: as in `gradient_spacing_transpose`.
    """
    if np.ndim(spacing) == 0:
        if isinstance(y, (list, tuple)):
            return tuple([-t * value / spacing for value in y])
        return -t * y / spacing
    slope, by_slope, by_step = _by_steps(y, f, spacing, axis, edge_order)
    steps = np.diff(t)
    change = -slope * steps / np.diff(spacing)
    inner = change[..., :-1] * by_slope[0] + change[..., 1:] * by_slope[1]
    inner = inner + by_step[0] * steps[:-1] + by_step[1] * steps[1:]
    return np.moveaxis(np.concatenate((change[..., :1], inner, change[..., -1:]), -1), -1, axes_of(np.ndim(f), axis)[0])


def _by_steps(y: Any, f: Any, spacing: Any, axis: Any, edge_order: int) -> tuple[Any, Any, Any]:
    """The slope of each piece, and the derivatives of the differences inside by the slopes and steps beside them."""
    axes = axes_of(np.ndim(f), axis)
    if len(axes) > 1 or edge_order != 1:
        raise UnsupportedError(
            "unsupported: the derivative of np.gradient towards places, along several axes or with edge_order=2",
            "call np.gradient for each axis, with edge_order=1",
        )
    steps = np.diff(spacing)
    slope = np.diff(np.moveaxis(f, axes[0], -1)) / steps
    both = steps[:-1] + steps[1:]
    inner = np.moveaxis(y, axes[0], -1)[..., 1:-1]
    by_step = (slope[..., 1:] - inner) / both, (slope[..., :-1] - inner) / both
    return slope, (steps[1:] / both, steps[:-1] / both), by_step
