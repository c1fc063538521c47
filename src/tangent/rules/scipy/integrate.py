"""Rules of `scipy.integrate`: the integral of a function, and that of samples of one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import integrate

from tangent.rules.definitions import defines
from tangent.rules.registry import nondifferentiable
from tangent.rules.solvers import WHOLE, Given, Meaning, Place, Solver, declare, meaning
from tangent.runtime import simpson_of_samples, simpson_weights, times_between

nondifferentiable(np.polynomial.legendre.leggauss)


def first_item(given: Given) -> Mapping[Place, Meaning]:
    return {0: "integral"}


def refuse_complex(given: Given) -> tuple[str, str] | None:
    if given.get("complex_func", False) is False:
        return None
    return "of a function whose values are complex", "integrate the real and the imaginary part"


declare(
    Solver(
        "func", first_item, operands=("a", "b"), is_scalar=True, refused=refuse_complex,
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


declare(Solver("func", lambda given: {}, refused=refuse_nested), integrate.nquad)


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
    if x is None:
        widths = dx
    elif axis == -1:
        widths = np.diff(x)
    else:
        widths = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum((last[..., 1:] + last[..., :-1]) * widths, -1) * 0.5


@defines(integrate.cumulative_trapezoid)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    last = np.moveaxis(y, axis, -1)
    if x is None:
        widths = dx
    elif axis == -1:
        widths = np.diff(x)
    else:
        widths = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    total = np.cumsum((last[..., 1:] + last[..., :-1]) * widths, -1) * 0.5
    if initial is not None:
        total = np.concatenate((np.full(np.shape(total[..., :1]), 1.0 * initial), total), -1)
    return np.moveaxis(total, -1, axis)


@defines(integrate.simpson)
def simpson(y, *, dx=1.0, axis=-1):
    return np.sum(np.moveaxis(y, axis, -1) * simpson_weights(np.shape(y)[axis]), -1) * dx


@defines(integrate.simpson)
def simpson_at(y, *, x, axis=-1):
    if axis == -1:
        return simpson_of_samples(y, np.diff(x))
    widths = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return simpson_of_samples(np.moveaxis(y, axis, -1), widths)


# --- ordinary differential equations -----------------------------------------------------------------


@meaning
def given_times(found, t_span, t_eval=None):
    if t_eval is None:
        return np.concatenate((np.array([t_span[0]]), times_between(found, t_span), np.array([t_span[1]])))
    return np.array(t_eval)


@meaning
def problem_of_ivp(result, t_span, y0, t_eval=None):
    if t_eval is None:
        times = np.concatenate((np.array([t_span[0]]), times_between(result.t, t_span), np.array([t_span[1]])))
    else:
        times = np.array(t_eval)
    start = np.array(y0)
    return t_span[0], times, start


@meaning
def problem_of_odeint(y0, t):
    times, start = np.array(t), np.ravel(np.array(y0))
    return t[0], times, start


def why_no_path(given: Given) -> tuple[str, str] | None:
    if given.get("events") is not None:
        return "with events, on which the times depend", "find the time of the event with brentq"
    if given.get("dense_output", False) is not False:
        return "with `dense_output`", "give the times at which the solution is wanted in `t_eval`"
    if given.get("vectorized", False) is not False:
        return "with a function of several states at once", "leave `vectorized` out"
    return None


def why_no_path_of_odeint(given: Given) -> tuple[str, str] | None:
    if given.get("tfirst", False) is not False:
        return "with `tfirst`", "use solve_ivp, or a function of y and t"
    return None


declare(
    Solver(
        "fun", lambda given: {"y": "path", "t": given_times}, count=2, others={"jac": 2}, place=1,
        operands=problem_of_ivp, options=("method", "rtol", "atol", "max_step", "first_step", "min_step"),
        takes_array=True, refused=why_no_path,
    ),
    integrate.solve_ivp,
)
declare(
    Solver(
        "func", lambda given: {0 if given.get("full_output") else WHOLE: "path"}, count=2, others={"Dfun": 2}, place=0,
        operands=problem_of_odeint,
        options=("rtol", "atol", "tcrit", "h0", "hmax", "hmin", "mxstep", "mxordn", "mxords"),
        takes_array=True, refused=why_no_path_of_odeint,
    ),
    integrate.odeint,
)
