"""Piecewise polynomials and B-splines, as SciPy evaluates them, and what their derivatives need.

A piecewise polynomial has the coefficients `c[j, i]` of `(at - x[i]) ** (k - j)` between `x[i]` and `x[i + 1]`; a
B-spline of the degree `k` has those of the B-splines on the knots `t`.  Both are linear in their coefficients, and
their derivatives by the place are of the same kind.  Coefficients may have more axes, those of the values; `axis` says
before how many of them the axes of the places come in the result.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangent.errors import UnsupportedError

__all__ = [
    "akima_slopes", "at_rest", "bspline", "bspline_derivative", "bspline_integral", "bspline_transpose", "cell_of",
    "corners_of", "cubic_slopes", "cubic_slopes_transpose", "degree_of", "fitpack_knots",
    "grid_value", "hermite_coefficients", "interval_of", "is_outside", "lagrange_basis", "linear_coefficients",
    "moved_by", "number_outside", "outside_of", "over_values", "pchip_slopes", "piecewise", "piecewise_derivative",
    "piecewise_integral", "piecewise_knot_transpose", "piecewise_transpose", "rbf_value", "spline_coefficients",
    "spline_coefficients_transpose", "spline_knots", "surface_at", "to_values", "value_axes",
]


def piecewise(c: Any, x: Any, at: Any, nu: int = 0, extrapolate: Any = True, axis: int = 0) -> Any:
    """The derivative of order `nu` of a piecewise polynomial at some places."""
    from scipy import interpolate

    coefficients = np.ascontiguousarray(c, np.result_type(c, float))
    return interpolate.PPoly.construct_fast(coefficients, np.asarray(x, float), extrapolate, axis)(at, nu)


def bspline(t: Any, c: Any, k: int, at: Any, nu: int = 0, extrapolate: Any = True, axis: int = 0) -> Any:
    """The derivative of order `nu` of a B-spline at some places."""
    from scipy import interpolate

    coefficients = np.ascontiguousarray(c, np.result_type(c, float))
    return interpolate.BSpline.construct_fast(np.asarray(t, float), coefficients, k, extrapolate, axis)(at, nu)


def to_values(t: Any, y: Any, axis: int = 0) -> Any:
    """`t`, of the shape of the places, beside the values `y` at these places."""
    return np.reshape(t, (1,) * axis + np.shape(t) + (1,) * (np.ndim(y) - axis - np.ndim(t)))


def over_values(b: Any, at: Any, axis: int = 0) -> Any:
    """The sums of `b`, of the shape of values at the places `at`, over the axes of a value."""
    others = (*range(axis), *range(axis + np.ndim(at), np.ndim(b)))
    return np.reshape(np.sum(b, others), np.shape(at))


def places_first(b: Any, at: Any, axis: int) -> Any:
    """`b` as a matrix: a row for each place, a column for each number of a value."""
    moved = np.moveaxis(b, range(axis, axis + np.ndim(at)), range(np.ndim(at)))
    return np.reshape(moved, (np.size(at), math.prod(np.shape(moved)[np.ndim(at) :])))


def moved_by(x: Any, at: Any, extrapolate: Any) -> Any:
    """How far a periodic function moves each place."""
    x, flat = np.asarray(x), np.ravel(np.asarray(at, dtype=float))
    if isinstance(extrapolate, str):
        return x[0] + (flat - x[0]) % (x[-1] - x[0]) - flat
    return np.zeros(len(flat))


def interval_of(x: Any, at: Any, extrapolate: Any) -> Any:
    """The number of the interval that each place is in."""
    x = np.asarray(x)
    moved = np.ravel(np.asarray(at, dtype=float)) + moved_by(x, at, extrapolate)
    if x[0] <= x[-1]:
        index = np.searchsorted(x, moved, "right") - 1
    else:
        index = len(x) - 1 - np.searchsorted(x[::-1], moved, "left")
    return np.clip(index, 0, len(x) - 2)


def piecewise_transpose(b: Any, c: Any, x: Any, at: Any, nu: int, extrapolate: Any, axis: int) -> Any:
    """The adjoint of the coefficients, which count by their shape, from that of `piecewise`."""
    index = interval_of(x, at, extrapolate)
    local = np.ravel(at) + moved_by(x, at, extrapolate) - x[index]
    changes = places_first(b, at, axis)
    if extrapolate is False:
        inside = (local >= 0.0) & (local <= (x[1:] - x[:-1])[index])
        changes = changes * inside[:, None]
    order, rows = len(c) - 1, []
    for j in range(len(c)):
        row = np.zeros((np.shape(c)[1], np.shape(changes)[1]))
        if order - j >= nu:
            np.add.at(row, index, math.perm(order - j, nu) * local[:, None] ** (order - j - nu) * changes)
        rows.append(row)
    return np.reshape(np.stack(rows), np.shape(c))


def piecewise_knot_transpose(b: Any, c: Any, x: Any, at: Any, nu: int, extrapolate: Any, axis: int) -> Any:
    """The adjoint of the places between which the polynomials are, from that of `piecewise`."""
    index = interval_of(x, at, extrapolate)
    slope = over_values(b * piecewise(c, x, at, nu + 1, extrapolate, axis), at, axis)
    result = np.zeros(len(x))
    np.add.at(result, index, -np.ravel(slope))
    return result


def bspline_transpose(b: Any, t: Any, c: Any, k: int, at: Any, nu: int, extrapolate: Any, axis: int) -> Any:
    """The adjoint of the coefficients, which count by their shape, from that of `bspline`."""
    basis = bspline(t, np.eye(len(t) - k - 1), k, np.ravel(at), nu, extrapolate)
    known = np.where(np.isnan(basis), 0.0, basis)
    change = np.transpose(known) @ places_first(b, at, axis)
    rest = np.zeros((len(c) - len(change), np.shape(change)[1]))
    return np.reshape(np.concatenate((change, rest)), np.shape(c))


# --- the coefficients of interpolants


def hermite_coefficients(x: Any, y: Any, slopes: Any) -> Any:
    """The coefficients of the cubic polynomials that have the values `y` and the slopes at the places `x`."""
    step = beside_values(np.diff(x), y)
    secant = np.diff(y, 1, 0) / step
    bend = (slopes[:-1] + slopes[1:] - 2.0 * secant) / step
    return np.stack((bend / step, (secant - slopes[:-1]) / step - bend, slopes[:-1], y[:-1]))


def beside_values(step: Any, y: Any) -> Any:
    """Numbers along the first axis of `y`."""
    return np.reshape(step, (-1,) + (1,) * (np.ndim(y) - 1))


def cubic_slopes(x: Any, y: Any, bc_type: Any) -> Any:
    """The slopes of the cubic spline through the values `y` at the places `x`, along the first axis."""
    from scipy import interpolate

    return interpolate.CubicSpline(x, y, 0, bc_type)(x, 1)


def cubic_slopes_transpose(b: Any, x: Any, bc_type: Any) -> Any:
    """The adjoint of the values from that of `cubic_slopes`."""
    count = len(x)
    if bc_type == "periodic":  # the last value is the first one
        unit = np.eye(count)
        unit[-1] = unit[0]
        return np.tensordot(cubic_slopes(x, unit, bc_type), b, ((0,), (0,)))
    unit = np.eye(count)
    return np.tensordot(cubic_slopes(x, unit, at_rest(bc_type, unit)), b, ((0,), (0,)))


def at_rest(bc_type: Any, y: Any) -> Any:
    """The conditions at the ends of a spline for a change `y` of its values: the same derivatives, but 0."""
    if isinstance(bc_type, str):
        return bc_type
    return tuple(end if isinstance(end, str) else (end[0], np.zeros(np.shape(y)[1:])) for end in bc_type)


def spline_coefficients(x: Any, y: Any, k: int, t: Any, bc_type: Any) -> Any:
    """The coefficients of the B-spline of the degree `k` through the values `y` at the places `x`, along axis 0."""
    from scipy import interpolate

    return np.array(interpolate.make_interp_spline(x, y, k, t, bc_type).c)


def spline_coefficients_transpose(b: Any, x: Any, k: int, t: Any, bc_type: Any) -> Any:
    """The adjoint of the values from that of `spline_coefficients`."""
    unit = np.eye(len(x))
    if bc_type == "periodic":
        unit[-1] = unit[0]
    return np.tensordot(spline_coefficients(x, unit, k, t, bc_type), b, ((0,), (0,)))


def spline_knots(x: Any, k: int, t: Any, bc_type: Any) -> Any:
    """The knots of a B-spline through values at the places `x`.

    Raises:
        UnsupportedError: derivatives at the ends are given.
    """
    from scipy import interpolate

    if not (bc_type is None or isinstance(bc_type, str)):
        raise UnsupportedError(
            "unsupported: make_interp_spline with given derivatives at the ends", "use interpolate.CubicSpline"
        )
    return interpolate.make_interp_spline(x, np.zeros(len(x)), k, t, bc_type).t


def pchip_slopes(x: Any, y: Any) -> Any:
    """The slopes of the interpolant that is monotone where the values are (Fritsch and Butland 1984)."""
    step = beside_values(np.diff(x), y)
    secant = np.diff(y, 1, 0) / step
    if len(secant) == 1:
        return np.concatenate((secant, secant))
    left, right = secant[:-1], secant[1:]
    before, after = 2.0 * step[1:] + step[:-1], step[1:] + 2.0 * step[:-1]
    turns = (np.sign(left) != np.sign(right)) | (left == 0.0) | (right == 0.0)
    harmonic = (before + after) / (before / np.where(turns, 1.0, left) + after / np.where(turns, 1.0, right))
    first = pchip_end(step[0], step[1], secant[0], secant[1])
    last = pchip_end(step[-1], step[-2], secant[-1], secant[-2])
    return np.concatenate((first[None], np.where(turns, 0.0, harmonic), last[None]))


def pchip_end(near: Any, far: Any, secant: Any, other: Any) -> Any:
    """The slope at an end, by the steps and the secants next to it."""
    slope = ((2.0 * near + far) * secant - near * other) / (near + far)
    jumps = (np.sign(secant) != np.sign(other)) & (np.abs(slope) > 3.0 * np.abs(secant))
    return np.where(np.sign(slope) != np.sign(secant), 0.0, np.where(jumps, 3.0 * secant, slope))


def akima_slopes(x: Any, y: Any, method: str) -> Any:
    """The slopes of Akima's interpolant (1970), or with the method "makima" of the modified one."""
    secant = np.diff(y, 1, 0) / beside_values(np.diff(x), y)
    if len(secant) == 1:
        return np.concatenate((secant, secant))
    before = 2.0 * secant[:1] - secant[1:2]
    after = 2.0 * secant[-1:] - secant[-2:-1]
    first, last = 2.0 * before - secant[:1], 2.0 * after - secant[-1:]
    every = np.concatenate((first, before, secant, after, last))
    turn = np.abs(every[1:] - every[:-1])
    if method == "makima":
        turn = turn + 0.5 * np.abs(every[1:] + every[:-1])
    left, right = turn[2:], turn[:-2]
    total = left + right
    is_straight = total <= 1e-9 * np.max(total)
    weighted = (left * every[1:-2] + right * every[2:-1]) / np.where(is_straight, 1.0, total)
    return np.where(is_straight, 0.0 if method == "makima" else 0.5 * (every[3:] + every[:-3]), weighted)


def lagrange_basis(x: Any, at: Any) -> Any:
    """The values of Lagrange's polynomials for the places `x`: a row for each of the places `at`."""
    rest = np.reshape(at, (-1, 1, 1)) - np.reshape(x, (1, 1, -1))
    own = np.eye(len(x), dtype=bool)
    gaps = np.reshape(x, (-1, 1)) - np.reshape(x, (1, -1)) + own
    return np.prod(np.where(own, 1.0, rest / gaps), -1)


# --- derivatives and integrals of piecewise polynomials


def piecewise_derivative(c: Any, nu: int) -> Any:
    """The coefficients of the derivative of order `nu`; of the integral, where it is negative."""
    degree = len(c) - 1
    if nu <= 0:
        return c
    if nu > degree:
        return np.zeros_like(c[:1])
    factors = np.array([float(math.perm(degree - j, nu)) for j in range(degree + 1 - nu)])
    return c[: degree + 1 - nu] * beside_values(factors, c)


def piecewise_integral(c: Any, x: Any) -> Any:
    """The coefficients of the integral that is 0 at the first place, and continuous."""
    factors = 1.0 / np.arange(len(c), 0, -1.0)
    inner = c * beside_values(factors, c)
    step = np.reshape(np.diff(x), (-1,) + (1,) * (np.ndim(c) - 2))
    powers = np.stack([step ** (len(c) - j) for j in range(len(c))])
    whole = np.sum(inner * powers, 0)
    start = np.concatenate((np.zeros_like(whole[:1]), np.cumsum(whole[:-1], 0)))
    return np.concatenate((inner, start[None]))


def bspline_derivative(t: Any, c: Any, k: int, nu: int) -> Any:
    """The coefficients of the derivative of order `nu`, of the degree `k - nu`, on the knots `t[nu:-nu]`."""
    c = c[: len(t) - k - 1]
    for _ in range(nu):
        width = t[k + 1 : -1] - t[1 : len(t) - k - 1]
        c = k * np.diff(c, 1, 0) / beside_values(np.where(width == 0.0, 1.0, width), c)
        t, k = t[1:-1], k - 1
    return c


def bspline_integral(t: Any, c: Any, k: int) -> Any:
    """The coefficients of the integral, of the degree `k + 1`, on the knots with the first and the last once more."""
    c = c[: len(t) - k - 1]
    parts = np.cumsum(c * beside_values((t[k + 1 :] - t[: len(t) - k - 1]) / (k + 1.0), c), 0)
    return np.concatenate((np.zeros_like(parts[:1]), parts))


# --- other interpolants of one variable


def fitpack_knots(x: Any, k: int) -> Any:
    """The knots of the spline of FITPACK through values at the places `x`."""
    from scipy import interpolate

    return interpolate.splrep(x, np.zeros(len(x)), k=k)[0]


def linear_coefficients(x: Any, y: Any) -> Any:
    """The coefficients of the straight lines between the values `y` at the places `x`, along the first axis."""
    return np.stack((np.diff(y, 1, 0) / beside_values(np.diff(x), y), y[:-1]))


def degree_of(kind: Any) -> int:
    """The degree of the spline of a kind of `interp1d`.

    Raises:
        UnsupportedError: it is neither linear nor a spline.
    """
    if isinstance(kind, str) and kind not in ("quadratic", "cubic"):
        raise UnsupportedError(f"unsupported: interp1d of the kind {kind!r}", "use a linear or a cubic one")
    return {"quadratic": 2, "cubic": 3}[kind] if isinstance(kind, str) else int(kind)


def outside_of(x: Any, at: Any, fill_value: Any, bounds_error: Any) -> Any:
    """Which places `interp1d` gives `fill_value` for; none where it extrapolates.

    Raises:
        ValueError: there is such a place, and an error is asked for.
    """
    at = np.asarray(at)
    if isinstance(fill_value, str):
        return np.zeros(at.shape, bool)
    outside = (at < x[0]) | (at > x[-1])
    is_error = bool(np.all(np.isnan(fill_value))) if bounds_error is None else bounds_error
    if is_error and np.any(outside):
        raise ValueError("A value in x_new is outside the interpolation range.")
    return outside


def number_outside(fill_value: Any) -> Any:
    """The number that `interp1d` gives for places outside.

    Raises:
        UnsupportedError: there are two.
    """
    if isinstance(fill_value, tuple):
        raise UnsupportedError("unsupported: interp1d with two numbers for places outside", "choose with np.where")
    return 0.0 if isinstance(fill_value, str) else fill_value


def value_axes(at: Any, result: Any) -> tuple[int, ...]:
    """The order of axes in which those of the values come before those of the places."""
    return (*range(np.ndim(at), np.ndim(result)), *range(np.ndim(at)))


# --- radial functions


def rbf_value(
    x: Any, y: Any, kernel: str, epsilon: Any, powers: Any, shift: Any, scale: Any, coefficients: Any
) -> Any:
    """The values of an interpolant of radial functions around the points `y`, and a polynomial, at the points `x`."""
    difference = x[:, None, :] - y[None, :, :]
    squares = np.sum(difference * difference, -1) * epsilon**2
    kernels = radial(kernel, squares)
    moved = (x - shift) / scale
    monomials = np.ones((len(x), len(powers)))
    for d in range(np.shape(powers)[1]):
        for power in range(np.max(powers, initial=0)):
            monomials = monomials * np.where(powers[:, d] > power, moved[:, d : d + 1], 1.0)
    return np.concatenate((kernels, monomials), 1) @ coefficients


def radial(kernel: str, squares: Any) -> Any:
    """A radial function, of the squares of the distances; its slope at 0 is 0."""
    if kernel == "gaussian":
        return np.exp(-squares)
    if kernel in ("multiquadric", "inverse_multiquadric", "inverse_quadratic"):
        near = squares + 1.0
        return 1.0 / near if kernel == "inverse_quadratic" else (
            -np.sqrt(near) if kernel == "multiquadric" else 1.0 / np.sqrt(near)
        )
    is_zero = squares == 0.0
    distance = np.where(is_zero, 0.0, np.sqrt(np.where(is_zero, 1.0, squares)))
    if kernel == "linear":
        return -distance
    if kernel == "cubic":
        return distance * squares
    if kernel == "quintic":
        return -distance * squares * squares
    return 0.5 * squares * np.log(np.where(is_zero, 1.0, squares))


# --- grids


def grid_value(points: Any, values: Any, xi: Any, fill_value: Any, bounds_error: bool) -> Any:
    """The multilinear interpolation of values on a rectangular grid at the places `xi`, whose last axis is of the grid.

    Places outside get `fill_value`, or for None what the nearest cell gives.

    Raises:
        ValueError: `bounds_error`, and a place is outside.
    """
    count, values = len(points), np.asarray(values)
    cells = [cell_of(points[d], xi[..., d]) for d in range(count)]
    outside = is_outside(points, xi, bounds_error)
    parts = [
        (xi[..., d] - np.asarray(points[d])[cells[d]]) / np.diff(points[d])[cells[d]] for d in range(count)
    ]
    total: Any = 0.0
    for corner in corners_of(count):
        weight: Any = 1.0
        for d in range(count):
            weight = weight * (parts[d] if corner[d] else 1.0 - parts[d])
        for _ in range(np.ndim(values) - count):
            weight = weight[..., None]
        total = total + weight * values[tuple([cells[d] + corner[d] for d in range(count)])]
    for _ in range(np.ndim(values) - count):
        outside = outside[..., None]
    return total if fill_value is None else np.where(outside, fill_value, total)


def cell_of(points: Any, at: Any) -> Any:
    """The number of the interval of a grid that each place is in, or next to."""
    return np.clip(np.searchsorted(points, at, "right") - 1, 0, len(points) - 2)


def corners_of(count: int) -> Any:
    """The corners of a cell of so many dimensions: 0 or 1 along each."""
    return [tuple((number >> d) & 1 for d in range(count)) for number in range(2**count)]


def is_outside(points: Any, at: Any, bounds_error: bool) -> Any:
    """Which places are outside of a grid."""
    lower, upper = (np.array([p[end] for p in points]) for end in (0, -1))
    outside = np.any((at < lower) | (at > upper), -1)
    if bounds_error and np.any(outside):
        raise ValueError("One of the requested xi is out of bounds")
    return outside


def surface_at(x: Any, y: Any, tck: Any, dx: int = 0, dy: int = 0) -> Any:
    """The partial derivative of a spline surface at places whose coordinates are `x` and `y`, one beside the other."""
    from tangent.runtime.splines import _basis

    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    tx, ty, c, kx, ky = tck
    along_x, along_y = _basis(np.ravel(x), tx, kx, dx), _basis(np.ravel(y), ty, ky, dy)
    heights = np.reshape(c, (along_x.shape[1], along_y.shape[1]))
    return np.reshape(np.sum((along_x @ heights) * along_y, 1), np.shape(x))
