"""Interpolants of `scipy.interpolate`: objects that are evaluated at places, and are made of values at others.

Their methods are formulas of the coefficients that the objects have, and the making of one is a formula for these.  So
derivatives by the places and by the values follow, whether the object is made in the function or outside.
"""

from __future__ import annotations

import numpy as np
from scipy import interpolate

from tangent import runtime
from tangent.rules.definitions import defines, describe_classes
from tangent.rules.registry import adjoint, d, nondifferentiable, refuse, tangent_
from tangent.runtime import (
    at_rest,
    bspline_transpose,
    cubic_slopes_transpose,
    interval_of,
    over_values,
    piecewise_knot_transpose,
    piecewise_transpose,
    require,
    spline_coefficients_transpose,
    to_values,
    unbroadcast,
)


@adjoint(runtime.piecewise)
def piecewise(y, c, x, at, nu=0, extrapolate=True, axis=0):
    d[at] = over_values(d[y] * runtime.piecewise(c, x, at, nu + 1, extrapolate, axis), at, axis)
    d[c] = piecewise_transpose(d[y], c, x, at, nu, extrapolate, axis)
    d[x] = piecewise_knot_transpose(d[y], c, x, at, nu, extrapolate, axis)


@tangent_(runtime.piecewise)
def piecewise_tangent(y, c, x, at, nu=0, extrapolate=True, axis=0):
    slope = runtime.piecewise(c, x, at, nu + 1, extrapolate, axis)
    moved = to_values(d[at] - np.reshape(d[x][interval_of(x, at, extrapolate)], np.shape(at)), y, axis)
    d[y] = slope * moved + runtime.piecewise(d[c], x, at, nu, extrapolate, axis)


@adjoint(runtime.bspline)
def bspline(y, t, c, k, at, nu=0, extrapolate=True, axis=0):
    d[at] = over_values(d[y] * runtime.bspline(t, c, k, at, nu + 1, extrapolate, axis), at, axis)
    d[c] = bspline_transpose(d[y], t, c, k, at, nu, extrapolate, axis)


@tangent_(runtime.bspline)
def bspline_tangent(y, t, c, k, at, nu=0, extrapolate=True, axis=0):
    slope = runtime.bspline(t, c, k, at, nu + 1, extrapolate, axis)
    d[y] = slope * to_values(d[at], y, axis) + runtime.bspline(t, d[c], k, at, nu, extrapolate, axis)


@adjoint(runtime.cubic_slopes)
def cubic_slopes(s, x, y, bc_type):
    d[y] = cubic_slopes_transpose(d[s], x, bc_type)


@tangent_(runtime.cubic_slopes)
def cubic_slopes_tangent(s, x, y, bc_type):
    d[s] = runtime.cubic_slopes(x, d[y], at_rest(bc_type, y))


@adjoint(runtime.spline_coefficients)
def spline_coefficients(c, x, y, k, t, bc_type):
    d[y] = spline_coefficients_transpose(d[c], x, k, t, bc_type)


@tangent_(runtime.spline_coefficients)
def spline_coefficients_tangent(c, x, y, k, t, bc_type):
    d[c] = runtime.spline_coefficients(x, d[y], k, t, bc_type)


nondifferentiable(
    runtime.at_rest, runtime.cell_of, runtime.corners_of, runtime.degree_of, runtime.fitpack_knots,
    runtime.interval_of, runtime.is_outside, runtime.moved_by, runtime.number_outside, runtime.outside_of,
    runtime.spline_knots, runtime.value_axes,
)

# --- piecewise polynomials


@defines(interpolate.PPoly.__init__)
def make_piecewise(self, c, x, extrapolate=None, axis=0):
    require(axis == 0, "a piecewise polynomial along another axis", "move the axis with np.moveaxis")
    self.c, self.x, self.axis = np.asarray(c), np.asarray(x), axis
    self.extrapolate = True if extrapolate is None else extrapolate


@defines(interpolate.PPoly.__call__)
def evaluate_piecewise(self, x, nu=0, extrapolate=None):
    along = self.extrapolate if extrapolate is None else extrapolate
    return runtime.piecewise(self.c, self.x, x, nu, along, self.axis)


@defines(interpolate.PPoly.derivative)
def piecewise_derivative(self, nu=1):
    return interpolate.PPoly(runtime.piecewise_derivative(self.c, nu), self.x, self.extrapolate)


@defines(interpolate.PPoly.antiderivative)
def piecewise_antiderivative(self, nu=1):
    require(nu == 1, "a repeated integral of a piecewise polynomial", "write `.antiderivative()` several times")
    return interpolate.PPoly(runtime.piecewise_integral(self.c, self.x), self.x, self.extrapolate)


@defines(interpolate.PPoly.integrate)
def integrate_piecewise(self, a, b, extrapolate=None):
    along = self.extrapolate if extrapolate is None else extrapolate
    require(along is True or along is False, "an integral of a periodic interpolant", "split it at the periods")
    whole = runtime.piecewise_integral(self.c, self.x)
    return runtime.piecewise(whole, self.x, b, 0, along) - runtime.piecewise(whole, self.x, a, 0, along)


@defines(interpolate.CubicHermiteSpline.__init__)
def make_hermite(self, x, y, dydx, axis=0, extrapolate=None):
    require(axis == 0, "an interpolant along another axis", "move the axis with np.moveaxis")
    self.x, self.axis = np.asarray(x), axis
    self.c = runtime.hermite_coefficients(self.x, np.asarray(y), np.asarray(dydx))
    self.extrapolate = True if extrapolate is None else extrapolate


@defines(interpolate.CubicSpline.__init__)
def make_cubic_spline(self, x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    require(axis == 0, "an interpolant along another axis", "move the axis with np.moveaxis")
    self.x, self.axis = np.asarray(x), axis
    values = np.asarray(y)
    self.c = runtime.hermite_coefficients(self.x, values, runtime.cubic_slopes(self.x, values, bc_type))
    ends = "periodic" if bc_type == "periodic" else True
    self.extrapolate = ends if extrapolate is None else extrapolate


@defines(interpolate.PchipInterpolator.__init__)
def make_pchip(self, x, y, axis=0, extrapolate=None):
    require(axis == 0, "an interpolant along another axis", "move the axis with np.moveaxis")
    self.x, self.axis = np.asarray(x), axis
    values = np.asarray(y)
    self.c = runtime.hermite_coefficients(self.x, values, runtime.pchip_slopes(self.x, values))
    self.extrapolate = True if extrapolate is None else extrapolate


@defines(interpolate.Akima1DInterpolator.__init__)
def make_akima(self, x, y, axis=0, *, method="akima", extrapolate=None):
    require(axis == 0, "an interpolant along another axis", "move the axis with np.moveaxis")
    self.x, self.axis = np.asarray(x), axis
    values = np.asarray(y)
    self.c = runtime.hermite_coefficients(self.x, values, runtime.akima_slopes(self.x, values, method))
    self.extrapolate = False if extrapolate is None else extrapolate


@defines(interpolate.pchip_interpolate)
def pchip_interpolate(xi, yi, x, der=0):
    return interpolate.PchipInterpolator(xi, yi)(x, der)


# --- B-splines


@defines(interpolate.BSpline.__init__)
def make_bspline(self, t, c, k, extrapolate=True, axis=0):
    require(axis == 0, "a B-spline along another axis", "move the axis with np.moveaxis")
    self.t, self.c, self.k = np.asarray(t), np.asarray(c), k
    self.extrapolate, self.axis = extrapolate, axis


@defines(interpolate.BSpline.__call__)
def evaluate_bspline(self, x, nu=0, extrapolate=None):
    along = self.extrapolate if extrapolate is None else extrapolate
    return runtime.bspline(self.t, self.c, self.k, x, nu, along, self.axis)


@defines(interpolate.BSpline.derivative)
def bspline_derivative(self, nu=1):
    knots, change = self.t[nu : len(self.t) - nu], runtime.bspline_derivative(self.t, self.c, self.k, nu)
    return interpolate.BSpline(knots, change, self.k - nu, self.extrapolate)


@defines(interpolate.BSpline.antiderivative)
def bspline_antiderivative(self, nu=1):
    require(nu == 1, "a repeated integral of a B-spline", "write `.antiderivative()` several times")
    knots = np.concatenate((self.t[:1], self.t, self.t[-1:]))
    return interpolate.BSpline(knots, runtime.bspline_integral(self.t, self.c, self.k), self.k + 1, self.extrapolate)


@defines(interpolate.BSpline.integrate)
def integrate_bspline(self, a, b, extrapolate=None):
    along = self.extrapolate if extrapolate is None else extrapolate
    require(along is True, "an integral of a B-spline that does not extrapolate", "integrate inside of its knots")
    knots = np.concatenate((self.t[:1], self.t, self.t[-1:]))
    whole = runtime.bspline_integral(self.t, self.c, self.k)
    return runtime.bspline(knots, whole, self.k + 1, b) - runtime.bspline(knots, whole, self.k + 1, a)


@defines(interpolate.make_interp_spline)
def make_interp_spline(x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True):
    require(axis == 0, "an interpolant along another axis", "move the axis with np.moveaxis")
    knots = runtime.spline_knots(x, k, t, bc_type)
    ends = "periodic" if bc_type == "periodic" else True
    return interpolate.BSpline(knots, runtime.spline_coefficients(x, np.asarray(y), k, t, bc_type), k, ends)


# --- splines of FITPACK, as objects


@defines(interpolate.UnivariateSpline.__call__)
def evaluate_univariate(self, x, nu=0, ext=None):
    return interpolate.splev(x, self._eval_args, nu, self.ext if ext is None else ext)


@defines(interpolate.InterpolatedUnivariateSpline.__init__)
def make_interpolated_univariate(self, x, y, *, k=3, ext=0, check_finite=False):
    self._eval_args, self.ext = interpolate.splrep(x, y, k=k), ext


@defines(interpolate.splrep)
def splrep(x, y, *, k=3, s=0.0):
    require(s == 0, "splrep that smooths", "pass s=0, or make a smoothing spline outside of the function")
    knots = runtime.fitpack_knots(x, k)
    coefficients = runtime.spline_coefficients(x, np.asarray(y), k, knots, None)
    return knots, np.concatenate((coefficients, np.zeros(k + 1))), k


@defines(interpolate.BivariateSpline.__call__)
def evaluate_bivariate(self, x, y, dx=0, dy=0, grid=True):
    tck = self.tck[0], self.tck[1], self.tck[2], self.degrees[0], self.degrees[1]
    if grid:
        across, along = np.reshape(x, (-1, 1)), np.reshape(y, (1, -1))
        return runtime.surface_at(across, along, tck, dx, dy)
    return runtime.surface_at(x, y, tck, dx, dy)


@defines(interpolate.BivariateSpline.ev)
def evaluate_bivariate_at(self, xi, yi, dx=0, dy=0):
    tck = self.tck[0], self.tck[1], self.tck[2], self.degrees[0], self.degrees[1]
    return runtime.surface_at(xi, yi, tck, dx, dy)


@adjoint(runtime.surface_at)
def surface_at(z, x, y, tck, dx=0, dy=0):
    d[x] = unbroadcast(d[z] * runtime.surface_at(x, y, tck, dx + 1, dy), x)
    d[y] = unbroadcast(d[z] * runtime.surface_at(x, y, tck, dx, dy + 1), y)


@tangent_(runtime.surface_at)
def surface_at_tangent(z, x, y, tck, dx=0, dy=0):
    by_x, by_y = runtime.surface_at(x, y, tck, dx + 1, dy), runtime.surface_at(x, y, tck, dx, dy + 1)
    d[z] = by_x * d[x] + by_y * d[y]


# --- others


@defines(interpolate.interp1d.__init__)
def make_interp1d(self, x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=np.nan,
                  assume_sorted=False):
    self.x, self.y, self._kind = x, y, kind
    require(axis == -1 or axis == np.ndim(y) - 1, "interp1d along another axis", "move the axis with np.moveaxis")
    self.axis, self._fill_value_orig, self.bounds_error = np.ndim(y) - 1, fill_value, bounds_error


@defines(interpolate.interp1d.__call__)
def evaluate_interp1d(self, x):
    kind = self._spline.k if hasattr(self, "_spline") else self._kind
    order = np.argsort(self.x)
    places, values = np.asarray(self.x)[order], np.moveaxis(np.asarray(self.y), -1, 0)[order]
    if kind == "linear" or kind == "slinear":
        result = runtime.piecewise(runtime.linear_coefficients(places, values), places, x, 0, True, 0)
    else:
        degree = runtime.degree_of(kind)
        knots = runtime.spline_knots(places, degree, None, None)
        coefficients = runtime.spline_coefficients(places, values, degree, None, None)
        result = runtime.bspline(knots, coefficients, degree, x, 0, True, 0)
    outside = runtime.to_values(runtime.outside_of(places, x, self._fill_value_orig, self.bounds_error), result)
    inside = np.where(outside, runtime.number_outside(self._fill_value_orig), result)
    return np.transpose(inside, runtime.value_axes(x, inside))


@defines(interpolate.RegularGridInterpolator.__init__)
def make_grid(self, points, values, method="linear", bounds_error=True, fill_value=np.nan):
    self._grid, self._values, self.method = points, values, method
    self.bounds_error, self.fill_value = bounds_error, fill_value


@defines(interpolate.RegularGridInterpolator.__call__)
def evaluate_grid(self, xi, method=None, *, nu=None):
    way = self.method if method is None else method
    require(way == "linear" and nu is None, "a grid interpolant that is not linear", "use interpolate.CubicSpline")
    return runtime.grid_value(self._grid, self._values, xi, self.fill_value, self.bounds_error)


@defines(interpolate.interpn)
def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    require(method == "linear", "interpn that is not linear", "use interpolate.CubicSpline")
    return runtime.grid_value(points, values, np.asarray(xi), fill_value, bounds_error)


@defines(interpolate.barycentric_interpolate)
def barycentric_interpolate(xi, yi, x):
    values = np.tensordot(runtime.lagrange_basis(np.asarray(xi), np.asarray(x)), np.asarray(yi), 1)
    return np.reshape(values, np.shape(x) + np.shape(yi)[1:])


@defines(interpolate.krogh_interpolate)
def krogh_interpolate(xi, yi, x):
    values = np.tensordot(runtime.lagrange_basis(np.asarray(xi), np.asarray(x)), np.asarray(yi), 1)
    return np.reshape(values, np.shape(x) + np.shape(yi)[1:])


@defines(interpolate.RBFInterpolator.__call__)
def evaluate_rbf(self, x):
    require(self.neighbors is None, "RBFInterpolator with neighbors", "leave `neighbors` out")
    values = runtime.rbf_value(
        x, self.y, self.kernel, self.epsilon, self.powers, self._shift, self._scale, self._coeffs
    )
    return np.reshape(values, (len(x), *self.d_shape))


refuse(
    interpolate.griddata, why="the triangles that it interpolates in depend on the places",
    instead="use interpolate.RBFInterpolator, or interpolate.RegularGridInterpolator on a grid",
)
refuse(
    interpolate.lagrange, why="it gives a polynomial as an object of NumPy's",
    instead="use interpolate.barycentric_interpolate, which gives the values of the same polynomial",
)
refuse(
    interpolate.splprep, interpolate.bisplrep, interpolate.make_lsq_spline, interpolate.make_smoothing_spline,
    interpolate.insert, interpolate.sproot, interpolate.splantider, interpolate.splder, interpolate.spalde,
    interpolate.approximate_taylor_polynomial, interpolate.pade,
    why="there is no rule for what it makes",
    instead="interpolate: interpolate.make_interp_spline and interpolate.CubicSpline are differentiated by the values",
)

# --- attributes that are computed: an interpolant has them under other names, or in the object that does its work


def coefficients(self):
    return self._c if hasattr(self, "_c") else self._delegate_to.c


def breakpoints(self):
    return self._x if hasattr(self, "_x") else self._delegate_to.x


def knots(self):
    return self._t if hasattr(self, "_t") else self._delegate_to.t


def degree(self):
    return self._k if hasattr(self, "_k") else self._delegate_to.k


def outside(self):
    return self._extrapolate if hasattr(self, "_extrapolate") else self._delegate_to.extrapolate


def axis(self):
    return self._axis if hasattr(self, "_axis") else self._delegate_to.axis


def set_coefficients(self, c):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.c = c
    else:
        self._c = c


def set_breakpoints(self, x):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.x = x
    else:
        self._x = x


def set_knots(self, t):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.t = t
    else:
        self._t = t


def set_degree(self, k):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.k = k
    else:
        self._k = k


def set_outside(self, extrapolate):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.extrapolate = extrapolate
    else:
        self._extrapolate = extrapolate


def set_axis(self, axis):
    if hasattr(self, "_delegate_to"):
        self._delegate_to.axis = axis
    else:
        self._axis = axis


COMPUTED = {
    "c": (coefficients, set_coefficients), "x": (breakpoints, set_breakpoints), "t": (knots, set_knots),
    "k": (degree, set_degree), "extrapolate": (outside, set_outside), "axis": (axis, set_axis),
}
for owner in (*interpolate.PPoly.__mro__, interpolate.BSpline):
    for name, (getter, setter) in COMPUTED.items():
        computed = vars(owner).get(name)
        if isinstance(computed, property) and computed.fget is not None and computed.fset is not None:
            defines(computed.fget)(getter)
            defines(computed.fset)(setter)


describe_classes(
    interpolate.CubicHermiteSpline, interpolate.CubicSpline, interpolate.PchipInterpolator,
    interpolate.Akima1DInterpolator, interpolate.UnivariateSpline, interpolate.InterpolatedUnivariateSpline,
    interpolate.LSQUnivariateSpline,
    interpolate.RectBivariateSpline, interpolate.SmoothBivariateSpline, interpolate.LSQBivariateSpline,
    interpolate.RegularGridInterpolator, interpolate.RBFInterpolator,
    *(
        cls
        for of in (interpolate.PPoly, interpolate.BSpline, interpolate.interp1d, interpolate.BivariateSpline)
        for cls in of.__mro__[:-1]
    ),
)
