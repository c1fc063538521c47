"""Samples of `scipy.interpolate`: rules of what interpolants are lowered to, and interpolants as users make them.

In the texts of `INTERPOLANTS` the names of the objects below stand for these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import interpolate

from tests.rules.samples import Sample, array

__all__ = ["INTERPOLANTS", "OBJECTS", "RULES"]

X = np.linspace(0.0, 3.0, 7) + 0.1 * np.sin(3.0 * np.linspace(0.0, 3.0, 7))
Y = np.sin(2.0 * X) + 0.1 * X
Y2 = np.stack([Y, Y**2], 1)
AT = np.array([0.33, 1.77, 2.5])
POINTS = np.array([[0.4, 0.3], [1.3, 1.1]])
HEIGHTS = np.sin(X)[:, None] * np.cos(X)
PIECES = interpolate.CubicSpline(X, Y)
LINE = interpolate.make_interp_spline(X, Y)
SURFACE = interpolate.RectBivariateSpline(X, X, HEIGHTS)
OBJECTS: dict[str, Any] = {
    "X": X, "Y": Y, "cubic": PIECES, "cubic2": interpolate.CubicSpline(X, Y2), "spline": LINE,
    "pchip": interpolate.PchipInterpolator(X, Y), "akima": interpolate.Akima1DInterpolator(X, Y),
    "smooth": interpolate.UnivariateSpline(X, Y, s=0.01), "linear": interpolate.interp1d(X, Y),
    "of_degree_3": interpolate.interp1d(X, Y, kind="cubic"), "surface": SURFACE,
    "grid": interpolate.RegularGridInterpolator((X, X[:4]), HEIGHTS[:, :4]),
    "pieces": interpolate.PPoly(np.arange(12.0).reshape(3, 4) / 7.0, X[:5]),
    "periodic": interpolate.CubicSpline(X, np.append(Y[:-1], Y[0]), bc_type="periodic"),
    **{
        f"radial_{kernel}": interpolate.RBFInterpolator(np.stack([X, Y], 1), X**2, kernel=kernel, epsilon=0.8)
        for kernel in (
            "thin_plate_spline", "linear", "cubic", "quintic", "gaussian", "multiquadric", "inverse_multiquadric",
            "inverse_quadratic",
        )
    },
}


def rules() -> Iterator[Sample]:
    c, t = PIECES.c, np.asarray(LINE.t)
    for options in ("", ", 1", ", 0, 'periodic'"):
        for at in (0.7, np.array(0.7), AT, np.reshape(np.append(AT, 0.9), (2, 2)), np.zeros(0)):
            yield Sample(f"runtime.piecewise(x, y, z{options})", {"x": c, "y": X, "z": at})
    yield Sample("runtime.piecewise(x, y, z)", {"x": OBJECTS["cubic2"].c, "y": X, "z": AT})
    yield Sample("runtime.piecewise(x, y, z, 0, False)", {"x": c, "y": X, "z": AT})
    for options in ("", ", 1"):
        for at in (0.7, AT, np.reshape(np.append(AT, 0.9), (2, 2))):
            args = {"x": t, "y": LINE.c, "z": at}
            yield Sample(f"runtime.bspline(x, y, 3, z{options})", args, fixed=("x",))
    for values in (Y, Y2):
        for ends in ("'natural'", "'clamped'", "'not-a-knot'"):
            yield Sample(f"runtime.cubic_slopes(x, y, {ends})", {"x": X, "y": values}, fixed=("x",))
        for degree in (1, 2, 3):
            text = f"runtime.spline_coefficients(x, y, {degree}, None, None)"
            yield Sample(text, {"x": X, "y": values}, fixed=("x",))
    yield Sample("runtime.cubic_slopes(x, y, ((1, 0.3), (2, -0.2)))", {"x": X, "y": Y}, fixed=("x",))
    tck = (*SURFACE.tck, 3, 3)
    for x, y in ((AT, AT[::-1].copy()), (0.7, AT), (AT[:, None], AT), (0.7, 0.4)):
        yield Sample("runtime.surface_at(x, y, z)", {"x": x, "y": y, "z": tck}, fixed=("z",))
    for text in (
        "{runtime.interval_of(y, x, True)}[0] * x", "{runtime.moved_by(y, x, True)} * x",
        "{runtime.at_rest('natural', x)} == 'natural'",
        "{runtime.spline_knots(y, 3, None, None)}[0] * x", "{runtime.cell_of(y, x)} * x",
        "{runtime.corners_of(1)}[0][0] * x", "{runtime.is_outside([y], x[:, None], False)} * x",
        "{runtime.fitpack_knots(y, 3)}[0] * x",
        "{runtime.degree_of('cubic')} * x", "{runtime.outside_of(y, x, 0.0, False)} * x",
        "{runtime.number_outside(2.0)} * x", "{runtime.value_axes(x, x)}[0] * x",
    ):
        called = text[text.index("{") + 1 : text.index("}")]
        whole = text.replace("{", "(").replace("}", ")") + (" + x" if " is " in text or " == " in text else "")
        whole = f"({whole.removesuffix(' + x')}) + x" if whole.endswith(" + x") else whole
        yield Sample(whole, {"x": AT, "y": X}, covers=called, fixed=("y",))


def interpolants() -> Iterator[Sample]:
    """An interpolant as it is called: evaluated at places, made of values."""
    for name in ("cubic", "pchip", "akima", "spline", "smooth", "pieces"):
        for call in (f"{name}(x)", f"{name}(x, 1)"):
            yield Sample(call, {"x": AT})
            yield Sample(call, {"x": 0.7})
    for call in (
        "linear(x)", "of_degree_3(x)", "periodic(x + 4.0)", "cubic2(x)", "cubic.derivative()(x)",
        "spline.derivative(2)(x)",
        "cubic.antiderivative()(x)", "spline.derivative()(x)", "spline.antiderivative()(x)", "pchip.derivative(2)(x)",
    ):
        yield Sample(call, {"x": AT})
        yield Sample(call, {"x": 0.7})
    for name in ("cubic", "spline", "pchip"):
        yield Sample(f"{name}.integrate(x, y)", {"x": 0.3, "y": 2.2})
    yield Sample("grid(x)", {"x": POINTS})
    yield Sample("surface.ev(x, y)", {"x": AT, "y": AT[::-1].copy()})
    yield Sample("surface(x, y)", {"x": AT, "y": AT[:2].copy()})
    yield Sample("surface(x, y, dx=1, grid=False)", {"x": AT, "y": AT})
    for name in OBJECTS:
        if name.startswith("radial"):
            yield Sample(f"{name}(x)", {"x": POINTS})
    yield from made_of_values()


def made_of_values() -> Iterator[Sample]:
    for made in (
        *(f"CubicSpline(X, y, bc_type={ends})" for ends in (
            "'natural'", "'clamped'", "'not-a-knot'", "((1, 0.3), (2, -0.2))", "('natural', (1, 0.5))",
        )),
        "PchipInterpolator(X, y)", "Akima1DInterpolator(X, y)", "Akima1DInterpolator(X, y, method='makima')",
        *(f"make_interp_spline(X, y, {degree})" for degree in (1, 2, 3, 5)),
        "make_interp_spline(X, y, bc_type='natural')", "InterpolatedUnivariateSpline(X, y)", "interp1d(X, y)",
        "interp1d(X, y, kind='cubic')", "interp1d(X, y, kind='quadratic')", "interp1d(X, y, fill_value='extrapolate')",
        "interp1d(X, y, bounds_error=False, fill_value=2.0)", "interp1d(X[::-1], y)",
    ):
        yield Sample(f"interpolate.{made}(x)", {"x": AT, "y": Y})
    yield Sample("interpolate.interp1d(X, y, bounds_error=False, fill_value=2.0)(x)", {"x": AT + 1.0, "y": Y})
    yield Sample("interpolate.interp1d(X, y)(x)", {"x": AT, "y": Y2.T.copy()})
    for made in ("CubicSpline(X, y)", "PchipInterpolator(X, y)", "make_interp_spline(X, y)"):
        yield Sample(f"interpolate.{made}(x)", {"x": AT, "y": Y2})
    for text in (
        "interpolate.CubicSpline(X, y)(x, 1)", "interpolate.CubicSpline(X, y).derivative()(x)",
        "interpolate.splev(x, interpolate.splrep(X, y))", "interpolate.splev(x, interpolate.splrep(X, y, k=2), 1)",
        "interpolate.barycentric_interpolate(X, y, x)", "interpolate.krogh_interpolate(X, y, x)",
        "interpolate.pchip_interpolate(X, y, x)", "interpolate.pchip_interpolate(X, y, x, der=1)",
    ):
        yield Sample(text, {"x": AT, "y": Y})
    yield Sample("interpolate.CubicSpline(X, y).integrate(0.1, x)", {"x": 1.3, "y": Y})
    yield Sample("interpolate.CubicHermiteSpline(X, y, z)(x)", {"x": AT, "y": Y, "z": array(7)})
    yield Sample("interpolate.PPoly(y, X[:5])(x)", {"x": AT[:2], "y": OBJECTS["pieces"].c})
    yield Sample("interpolate.BSpline(spline.t, y, 3)(x)", {"x": AT, "y": LINE.c})
    for values in (HEIGHTS[:, :4], np.stack([HEIGHTS[:, :4], HEIGHTS[:, :4] ** 2], -1)):
        yield Sample("interpolate.RegularGridInterpolator((X, X[:4]), y)(x)", {"x": POINTS, "y": values})
        yield Sample("interpolate.interpn((X, X[:4]), y, x)", {"x": POINTS, "y": values})
    outside = "interpolate.interpn((X, X[:4]), y, x, bounds_error=False, fill_value={})"
    for number in ("None", "0.5"):
        yield Sample(outside.format(number), {"x": POINTS + 2.0, "y": HEIGHTS[:, :4]})


RULES = tuple(rules())
INTERPOLANTS = tuple(interpolants())
