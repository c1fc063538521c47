"""Interpolants of SciPy: evaluated at places, made of values, in the function or outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import interpolate

import tangent
from tangent.errors import MissingRuleError, UnsupportedError
from tests.rules.samples import Sample
from tests.rules.samples_interpolation import AT, INTERPOLANTS, OBJECTS, PIECES, X, Y
from tests.rules.table import concerning, graded
from tests.rules.test_transforms import with_source

CASES = graded(INTERPOLANTS)


@pytest.mark.parametrize("text", CASES)
def test_derivatives_and_values(text: str) -> None:
    f = with_source(text, tuple(CASES[text][0][0].args), **OBJECTS)
    for sample, order in CASES[text]:
        with concerning(sample):
            check_interpolant(f, sample, order)


def check_interpolant(f: Callable[..., Any], sample: Sample, order: int) -> None:
    arguments = list(sample.args.values())
    tangent.check_grads(f, arguments, wrt=sample.wrt, order=order, rtol=1e-4)
    want = f(*arguments)
    found = tangent.autodiff(f, wrt=sample.wrt, preserve_result=True)(*arguments, np.ones_like(want))[-1]
    np.testing.assert_allclose(found, want, rtol=1e-10, atol=1e-12)


def at_argument(spline, x):
    return np.sum(spline(x) ** 2)


def at_annotated_argument(spline: interpolate.CubicSpline, x):
    return np.sum(spline(x) ** 2)


@pytest.mark.parametrize("function", [at_argument, at_annotated_argument])
def test_an_interpolant_may_be_an_argument(function) -> None:
    want = 2.0 * PIECES(AT) * PIECES(AT, 1)
    np.testing.assert_allclose(tangent.grad(function, wrt="x")(PIECES, AT), want)


def beyond(x):
    return pieces_that_end(x)


pieces_that_end = interpolate.CubicSpline(X, Y, extrapolate=False)


def test_where_an_interpolant_ends_it_is_nan() -> None:
    derivative = tangent.vjp(beyond)(np.array([-1.0, 0.5]), np.ones(2))
    assert np.isnan(derivative[0])
    np.testing.assert_allclose(derivative[1], PIECES(0.5, 1))


REFUSED = {
    "interpolate.griddata(np.stack([X, Y], 1), y, AT[:2])": "the triangles",
    "interpolate.lagrange(X, y)(0.3)": "a polynomial as an object",
    "interpolate.make_smoothing_spline(X, y)(0.3)": "no rule for what it makes",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_differentiated_is_refused_with_the_reason(text: str) -> None:
    function = with_source(f"np.sum({text})", ("y",), **OBJECTS, AT=AT)
    with pytest.raises(MissingRuleError, match=f"is not differentiated: .*{REFUSED[text]}(.|\\n)*Instead: "):
        tangent.grad(function)


WHEN_MET = {
    "interpolate.interp1d(X, y, kind='nearest')(0.3)": "interp1d of the kind 'nearest'",
    "interpolate.CubicSpline(X, y[None], axis=1)(0.3)": "an interpolant along another axis",
    "interpolate.splev(0.3, interpolate.splrep(X, y, s=0.5))": "splrep that smooths",
    "interpolate.make_interp_spline(X, y, bc_type=([(2, 0.0)], [(2, 0.0)]))(0.3)": "given derivatives at the ends",
    "interpolate.interpn((X,), y, np.array([[0.4]]), 'cubic')": "interpn that is not linear",
}


@pytest.mark.parametrize("text", WHEN_MET)
def test_what_a_formula_leaves_out_is_refused_when_it_is_met(text: str) -> None:
    function = with_source(f"np.sum({text})", ("y",), **OBJECTS)
    for run in (lambda: tangent.grad(function)(Y), lambda: tangent.jvp(function)(Y, Y)):
        with pytest.raises(UnsupportedError, match=WHEN_MET[text]):
            run()


def test_the_points_of_values_have_no_derivative() -> None:
    function = with_source("np.sum(interpolate.CubicSpline(x, Y)(0.3))", ("x",), **OBJECTS)
    with pytest.raises(MissingRuleError, match="cubic_slopes has no derivative with respect to `x`"):
        tangent.grad(function)
