"""Rules of piecewise linear interpolation, of finite differences and of integrals by trapezoids."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, linear, tangent_
from tangent.runtime import (
    add,
    along,
    gradient_spacing_tangent,
    gradient_spacing_transpose,
    gradient_transpose,
    interp_slope,
    interp_transpose,
    unarray,
    unbroadcast,
)


@adjoint(np.interp)
def interp(y, x, xp, fp):
    # At a node the slope is that of the piece to its right, and outside of all pieces it is 0.
    slope = interp_slope(x, xp, fp)
    d[x] = unbroadcast(d[y] * slope, x)
    d[xp] = unarray(-interp_transpose(d[y] * slope, x, xp), xp)
    d[fp] = unarray(interp_transpose(d[y], x, xp), fp)


@tangent_(np.interp)
def interp_tangent(y, x, xp, fp):
    d[y] = np.interp(x, xp, d[fp]) + interp_slope(x, xp, fp) * (d[x] - np.interp(x, xp, d[xp]))


@defines(np.interp)
def interp_to_left(x, xp, fp, left):
    return np.where(np.less(x, xp[0]), left, np.interp(x, xp, fp))


@defines(np.interp)
def interp_to_right(x, xp, fp, *, right):
    return np.where(np.greater(x, xp[-1]), right, np.interp(x, xp, fp))


@defines(np.interp)
def interp_to_both(x, xp, fp, left, right):
    return np.where(np.less(x, xp[0]), left, np.where(np.greater(x, xp[-1]), right, np.interp(x, xp, fp)))


@defines(np.interp)
def interp_periodic(x, xp, fp, *, period):
    places = np.mod(xp, period)
    order = np.argsort(places)
    at, values = places[order], np.asarray(fp)[order]
    around = np.concatenate((at[-1:] - period, at, at[:1] + period))
    return np.interp(np.mod(x, period), around, np.concatenate((values[-1:], values, values[:1])))


@linear(np.gradient, container=True)
def gradient(y, f, *, axis=None, edge_order=1):
    d[f] = gradient_transpose(d[y], f, axis=axis, edge_order=edge_order)


@adjoint(np.gradient, container=True)
def gradient_by_spacing(y, f, spacing, *, axis=None, edge_order=1):
    d[f] = gradient_transpose(d[y], f, spacing, axis=axis, edge_order=edge_order)
    d[spacing] = gradient_spacing_transpose(d[y], y, f, spacing, axis, edge_order)


@tangent_(np.gradient, container=True)
def gradient_by_spacing_tangent(y, f, spacing, *, axis=None, edge_order=1):
    moved = np.gradient(d[f], spacing, axis=axis, edge_order=edge_order)
    d[y] = add(moved, gradient_spacing_tangent(d[spacing], y, f, spacing, axis, edge_order))


@linear(np.gradient, container=True)
def gradient_along_two(y, f, first, second, *, axis=None, edge_order=1):
    d[f] = gradient_transpose(d[y], f, (first, second), axis=axis, edge_order=edge_order)


@linear(np.gradient, container=True)
def gradient_along_three(y, f, first, second, third, *, axis=None, edge_order=1):
    d[f] = gradient_transpose(d[y], f, (first, second, third), axis=axis, edge_order=edge_order)


TRAPEZOID = tuple(getattr(np, name) for name in ("trapezoid", "trapz") if hasattr(np, name))


@defines(*TRAPEZOID)
def trapezoid(y, *, dx=1.0):
    values = np.asarray(y)
    return np.sum((values[..., 1:] + values[..., :-1]) * dx, -1) * 0.5


@defines(*TRAPEZOID)
def trapezoid_along(y, *, dx=1.0, axis):
    last = np.moveaxis(y, axis, -1)
    return np.sum((last[..., 1:] + last[..., :-1]) * dx, -1) * 0.5


@defines(*TRAPEZOID)
def trapezoid_at(y, x):
    values = np.asarray(y)
    return np.sum((values[..., 1:] + values[..., :-1]) * np.diff(x), -1) * 0.5


@defines(*TRAPEZOID)
def trapezoid_at_along(y, x, *, axis):
    last, places = np.moveaxis(y, axis, -1), np.moveaxis(along(x, y, axis), axis, -1)
    return np.sum((last[..., 1:] + last[..., :-1]) * np.diff(places), -1) * 0.5
