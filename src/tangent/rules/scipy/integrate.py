"""Rules of `scipy.integrate`: the integral of a function, and that of samples of one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import integrate

from tangent.rules.definitions import defines
from tangent.rules.registry import nondifferentiable
from tangent.rules.solvers import Given, Meaning, Place, Solver, declare
from tangent.runtime import simpson_of_samples, simpson_weights, widths_along

nondifferentiable(np.polynomial.legendre.leggauss)


def first_item(given: Given) -> Mapping[Place, Meaning]:
    return {0: "integral"}


declare(
    Solver(
        "func", first_item, operands=("a", "b"), is_scalar=True,
        options=("epsabs", "epsrel", "limit", "points", "weight", "wvar", "wopts", "maxp1", "limlst"),
    ),
    integrate.quad,
)
declare(
    Solver("f", first_item, operands=("a", "b"), options=("epsabs", "epsrel", "limit", "points")),
    integrate.quad_vec,
)


def refuse_nested(given: Given) -> tuple[str, str] | None:
    return "of which the ranges may be functions of each other", "use quad, inside of the function that quad is given"


declare(Solver("func", first_item, refused=refuse_nested), integrate.nquad)


@defines(integrate.dblquad)
def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    def over_y(x):
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        return integrate.quad(lambda y: func(y, x, *args), low, high, epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(over_y, a, b, epsabs=epsabs, epsrel=epsrel)


@defines(integrate.tplquad)
def tplquad(func, a, b, gfun, hfun, qfun, rfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    def over_z(y, x):
        low = qfun(x, y) if callable(qfun) else qfun
        high = rfun(x, y) if callable(rfun) else rfun
        return integrate.quad(lambda z: func(z, y, x, *args), low, high, epsabs=epsabs, epsrel=epsrel)[0]

    def over_y(x):
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        return integrate.quad(lambda y: over_z(y, x), low, high, epsabs=epsabs, epsrel=epsrel)[0]

    return integrate.quad(over_y, a, b, epsabs=epsabs, epsrel=epsrel)


@defines(integrate.fixed_quad)
def fixed_quad(func, a, b, args=(), n=5):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    values = func((b - a) * (nodes + 1.0) / 2.0 + a, *args)
    return (b - a) / 2.0 * np.sum(weights * values, -1), None


# --- samples -----------------------------------------------------------------------------------------

@defines(integrate.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    last = np.moveaxis(y, axis, -1)
    widths = dx if x is None else np.diff(x) if axis == -1 else widths_along(x, axis)
    return np.sum((last[..., 1:] + last[..., :-1]) * widths, -1) * 0.5


@defines(integrate.cumulative_trapezoid)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    last = np.moveaxis(y, axis, -1)
    widths = dx if x is None else np.diff(x) if axis == -1 else widths_along(x, axis)
    total = np.cumsum((last[..., 1:] + last[..., :-1]) * widths, -1) * 0.5
    if initial is not None:
        total = np.concatenate((np.full(np.shape(total[..., :1]), 1.0 * initial), total), -1)
    return np.moveaxis(total, -1, axis)


@defines(integrate.simpson)
def simpson(y, *, dx=1.0, axis=-1):
    return np.sum(np.moveaxis(y, axis, -1) * simpson_weights(np.shape(y)[axis]), -1) * dx


@defines(integrate.simpson)
def simpson_at(y, *, x, axis=-1):
    return simpson_of_samples(np.moveaxis(y, axis, -1), np.diff(x) if axis == -1 else widths_along(x, axis))
