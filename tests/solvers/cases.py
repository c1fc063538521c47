"""Functions that call SciPy's solvers, each with arguments at which its derivative is compared with differences.

The solvers are asked for more digits than by default, so that the differences can be trusted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import integrate, optimize
from scipy.integrate import odeint, quad, quad_vec, solve_ivp
from scipy.optimize import (
    brentq,
    fixed_point,
    fsolve,
    least_squares,
    minimize,
    minimize_scalar,
    newton,
    root,
    root_scalar,
)

import tangent

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


@dataclass(frozen=True)
class Case:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    twice: bool = True
    """Whether it is differentiated twice as well."""
    rtol: float = 1e-6

    @property
    def wrt(self) -> tuple[int, ...]:
        return tuple(range(len(self.args)))


CASES: dict[str, Case] = {}


def case(*args: Any, twice: bool = True, rtol: float = 1e-6) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        CASES[function.__name__] = Case(function, args, twice, rtol)
        return function

    return declare


# --- roots


@case(2.0, 1.5)
def root_of_a_lambda(p, k):
    return k * brentq(lambda x: x**3 + k * x - p, 0.0, 5.0)


def lambert(x, p, q):
    return x * np.exp(p * x) - q


@case(0.5, 2.0)
def root_of_a_global_function(p, q):
    return brentq(lambert, 0.0, 5.0, args=(p, q)) * p


@case(0.5, 2.0)
def root_of_a_partial_function(p, q):
    return brentq(functools.partial(lambert, p=p * p, q=q), 0.0, 5.0)


class Cubic:
    def __init__(self, slope):
        self.slope = slope

    def value(self, x):
        return x**3 + self.slope * x - 2.0


@case(1.5)
def root_of_a_method(slope):
    return brentq(Cubic(slope).value, 0.0, 3.0)


@case(1.5)
def root_of_a_function_with_a_default(p):
    def f(x, q=p * p):
        return x**3 - q

    return brentq(f, 0.0, 3.0)


@case(1.5)
def root_of_a_derivative(p):
    def energy(x):
        return (x - p) ** 4 + p * x * x

    return brentq(tangent.grad(energy), -3.0, 3.0)


@case(2.0)
def root_inside_of_a_root(p):
    def outer(x):
        return brentq(lambda y: y**3 + x * y - p, 0.0, 5.0) - x

    return brentq(outer, 0.0, 3.0)


@case(3.0)
def roots_by_other_brackets(p):
    a = optimize.bisect(lambda x: x**3 - p, 0.0, 5.0, xtol=1e-14)
    b = optimize.brenth(lambda x: x**3 - p, 0.0, 5.0)
    c, report = optimize.ridder(lambda x: x**3 - p * p, 0.0, 5.0, full_output=True)
    d = optimize.toms748(lambda x, k: x**3 - p * k, 0.0, 5.0, args=(2.0,))
    return a * b + (c if report.converged else 0.0) * d


@case(0.3)
def root_by_newton(p):
    return newton(lambda x: x - p * np.sin(x) - 1.0, 1.0, fprime=lambda x: 1.0 - p * np.cos(x), tol=1e-13)


@case(np.array([0.1, 0.2, 0.3]))
def roots_by_newton_of_an_array(p):
    return newton(lambda x: x - p * np.sin(x) - 1.0, np.ones(3), tol=1e-13)


@case(1.2, 0.7)
def root_of_a_list(p, q):
    def equations(z):
        x, y = z
        return [x**2 + y * p - 3.0, x * y - q]

    x, y = fsolve(equations, [1.0, 1.0], xtol=1e-13)
    return 3.0 * x + y


@case(np.array([0.3, 0.7]))
def root_of_a_vector(p):
    def equations(x):
        return np.array([x[0] + p[0] * x[1] ** 3 - 1.0, x[1] - p[1] * x[0]])

    found = root(equations, np.array([0.5, 0.5]), tol=1e-13)
    return found.x if found.success else 0.0 * p


@case(np.array([2.0, 3.0]))
def root_that_is_written_into(p):
    x = root(lambda x: np.array([x[0] ** 3 - p[0], x[1] - p[1] * x[0]]), np.ones(2), tol=1e-13).x
    x[0] = x[0] * x[1]
    x[1] += p[0]
    return x


@case(0.3)
def root_with_a_jacobian(p):
    def equations(x):
        return np.array([x[0] + p * x[1] ** 3 - 1.0, x[1] - p * x[0]])

    def jacobian(x):
        return np.array([[1.0, 3.0 * p * x[1] ** 2], [-p, 1.0]])

    return root(equations, np.array([0.5, 0.5]), jac=jacobian, tol=1e-13).x[0]


@case(0.3)
def root_with_its_jacobian_beside_it(p):
    def equations(x):
        values = np.array([x[0] + p * x[1] ** 3 - 1.0, x[1] - p * x[0]])
        return values, np.array([[1.0, 3.0 * p * x[1] ** 2], [-p, 1.0]])

    return root(equations, np.array([0.5, 0.5]), jac=True, tol=1e-13).x[0]


@case(3.0)
def roots_of_root_scalar(p):
    a = root_scalar(lambda x: x**3 - p, bracket=[0.0, 4.0], method="brentq", xtol=1e-13).root
    b = root_scalar(lambda x: x**3 - p * p, x0=1.5, fprime=lambda x: 3.0 * x**2, method="newton", xtol=1e-13).root
    c = root_scalar(lambda x: (x**3 - p, 3.0 * x**2), x0=1.5, fprime=True, method="newton", xtol=1e-13)
    return a * b * c.root


@case(np.array([0.8, 0.6]))
def point_that_is_fixed(p):
    return fixed_point(lambda x: np.cos(p * x), np.array([0.5, 0.5]), xtol=1e-13)


@case(np.array([1.0, 2.0, 3.0]))
def roots_in_a_loop(p):
    total = 0.0
    for k in range(len(p)):
        total = total + brentq(lambda x: x**3 - p[k], 0.0, 5.0) * p[k]
    return total


@case(np.array([1.0, 2.0]))
def roots_in_a_comprehension(p):
    return np.array([brentq(lambda x: x**3 - q, 0.0, 5.0) for q in p])


@case(2.0)
def root_of_a_function_that_a_branch_chose(p):
    f = (lambda x: x**3 - p) if p > 1.0 else (lambda x: x**2 - p)
    return brentq(f, 0.0, 5.0)


@case(2.0)
def root_by_a_bracket_that_moves(p):
    return brentq(lambda x: x**3 - p, 0.1 * p, 5.0 * p)


@case({"slope": 1.0, "rest": [2.0]})
def root_with_numbers_of_a_dict(d):
    return brentq(lambda x: x**3 - d["slope"] * x - d["rest"][0], 0.0, 5.0)


def solved(p):
    return root(lambda x: x**3 - p, [1.0], tol=1e-13)


@case(2.0)
def result_of_a_helper(p):
    return solved(p).x[0] * p


@case(2.0)
def derivative_of_a_root_inside(x):
    return tangent.grad(lambda p: brentq(lambda y: y**3 - p * x, 0.0, 5.0))(2.0)


# --- integrals


@case(0.7, 2.0)
def integral_with_a_limit(p, b):
    return quad(lambda t: np.exp(-p * t), 0.0, b)[0]


@case(0.7)
def integral_without_limits(p):
    value, error = quad(lambda t: np.exp(-p * t**2), -np.inf, np.inf)
    return value * p if error < 1.0 else p


@case(np.array([0.5, 1.5, 2.0]))
def integral_by_an_array(w):
    return quad(lambda t: np.sum(w * np.sin(w * t)), 0.0, 1.0, epsabs=1e-11)[0]


def wave(t, a, b):
    return a * np.cos(b * t)


@case(1.2, 0.7, 0.1, 2.0)
def integral_of_a_global_function(a: float, b: float, low: float, high: float):
    return quad(wave, low, high, args=(a, b))[0] ** 2


@case({"rate": 0.5, "others": [2.0, np.array([1.0, 3.0])]}, twice=False)
def integral_by_numbers_of_a_dict(d):
    return quad(lambda t: np.exp(-d["rate"] * t) * d["others"][0] * np.sum(d["others"][1] ** t), 0.0, 1.0)[0] ** 2


@case(np.array([0.5, 1.5, 2.0]), 2.0)
def integral_of_an_array(w, b):
    return quad_vec(lambda t: np.exp(-w * t), 0.0, b)[0]


@case(1.2)
def integral_with_a_weight(p: float):
    return quad(lambda t: np.exp(p * t), 0.0, 1.0, weight="cos", wvar=3.0)[0]


@case(0.7)
def integral_of_a_singularity(p):
    return quad(lambda t: np.log(p * t) / np.sqrt(t), 0.0, 1.0)[0]


@case(0.7)
def integral_inside_of_a_root(p):
    return brentq(lambda x: quad(lambda t: np.exp(-p * t), 0.0, x)[0] - 0.5, 0.0, 5.0)


@case(0.7, 1.5)
def double_integral(p, b):
    return integrate.dblquad(lambda y, x, k: np.exp(-k * x * y), 0.0, b, 0.0, lambda x: p * x, args=(p,))[0]


@case(0.7, twice=False)
def triple_integral(p):
    return integrate.tplquad(lambda z, y, x: np.exp(-p * x * y * z), 0.0, 1.0, 0.0, lambda x: x, 0.0, 0.5)[0]


@case(0.7, 0.3)
def integral_by_a_fixed_rule(p, a):
    return integrate.fixed_quad(lambda t: np.exp(-p * t), a, 2.0, n=7)[0]


X, Y = np.array([0.0, 0.5, 0.7, 1.5, 2.0]), np.array([1.0, 2.0, 0.5, 3.0, 2.0])


@case(Y, X)
def integrals_of_samples(y, x):
    first = integrate.trapezoid(y * y, x) + integrate.simpson(y * y, x=x) + integrate.simpson(y[1:] ** 2, x=x[1:])
    second = integrate.trapezoid(y * y, dx=0.1) + integrate.simpson(y * y, dx=0.2) + integrate.romb(y * y, dx=0.2)
    return first * second


@case(Y, X)
def running_integrals_of_samples(y, x):
    first = integrate.cumulative_trapezoid(np.outer(y, y), x, axis=0, initial=0)
    return np.sum(first**2, axis=0)[1:] * integrate.cumulative_trapezoid(y, dx=0.5)


@case(Y, X)
def integrals_of_samples_along_an_axis(y, x):
    rows = np.outer(y, y)
    first = integrate.trapezoid(rows, x, axis=0) + integrate.simpson(rows, x=x, axis=0)
    return first + integrate.simpson(rows[1:], axis=0)


# --- minima


def bowl(x, p, q):
    return (x[0] - p) ** 4 + (x[0] - p) ** 2 + np.exp(q * x[1]) - x[1] * p + 0.3 * x[0] * x[1]


def slope_of_bowl(x, p, q):
    difference = x[0] - p
    return np.array([4.0 * difference**3 + 2.0 * difference + 0.3 * x[1], q * np.exp(q * x[1]) - p + 0.3 * x[0]])


def curvature_of_bowl(x, p, q):
    return np.array([[12.0 * (x[0] - p) ** 2 + 2.0, 0.3], [0.3, q * q * np.exp(q * x[1])]])


@case(0.7, 1.3)
def minimum_of_a_global_function(p, q):
    found = minimize(bowl, np.zeros(2), (p, q), "Newton-CG", slope_of_bowl, curvature_of_bowl, options={"xtol": 1e-14})
    return found.x * found.fun


@case(0.7, 1.3)
def minimum_of_a_lambda(p, q):
    found = minimize(
        lambda x: bowl(x, p, q), [0.0, 0.0], method="Newton-CG", jac=lambda x: slope_of_bowl(x, p, q),
        hess=lambda x: curvature_of_bowl(x, p, q), options={"xtol": 1e-14},
    )
    return found.x[0] * found.fun


@case(0.7, 1.3, rtol=1e-4)
def minimum_of_a_function_with_its_gradient(p, q):
    def cost(x):
        return bowl(x, p, q), slope_of_bowl(x, p, q)

    found = minimize(cost, [0.0, 0.0], jac=True, method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-13})
    return found.x[0] * found.fun


@case(1.5, rtol=1e-4)
def minimum_of_an_array_of_one_number(p):
    found = minimize(lambda x: (x - p) ** 2 + x**4, 0.0, jac=lambda x: 2.0 * (x - p) + 4.0 * x**3, tol=1e-12)
    return found.x[0] + found.fun


@case(0.7, 1.3, 0.4)
def minimum_at_a_bound(p, q, high):
    found = minimize(
        bowl, np.zeros(2), args=(p, q), jac=slope_of_bowl, bounds=[(0.0, high), (None, 5.0)], method="L-BFGS-B",
        options={"ftol": 1e-16, "gtol": 1e-13},
    )
    return found.fun + 3.0 * found.x[0] + found.x[1] ** 2


@case(0.7, 1.3)
def minimum_at_bounds_that_an_object_holds(p, q):
    found = minimize(
        bowl, np.zeros(2), args=(p, q), jac=slope_of_bowl, bounds=optimize.Bounds(0.0, [0.4, 5.0]), method="L-BFGS-B",
        options={"ftol": 1e-16, "gtol": 1e-13},
    )
    return found.x[1]


COVARIANCE = np.array([[0.1, 0.02, 0.01], [0.02, 0.08, 0.0], [0.01, 0.0, 0.12]])


@case(np.array([0.1, 0.12, 0.02]), 2.0, rtol=1e-5)
def minimum_with_an_equation(mean, aversion):
    count = len(mean)
    found = minimize(
        lambda w: 0.5 * aversion * w @ COVARIANCE @ w - mean @ w, np.full(count, 1.0 / count), method="SLSQP",
        jac=lambda w: aversion * COVARIANCE @ w - mean, bounds=[(0.0, 1.0)] * count,
        constraints={"type": "eq", "fun": lambda w: np.sum(w) - 1.0, "jac": lambda w: np.ones(count)},
        options={"ftol": 1e-15},
    )
    return found.fun + 2.0 * found.x[0] + found.x[1] ** 2


@case(1.0, 2.0, 1.5, rtol=1e-5)
def minimum_with_inequalities(p, q, c):
    found = minimize(
        lambda x, k: (x[0] - k) ** 2 + (x[1] - q) ** 2, [0.1, 0.1], args=(p,), method="SLSQP",
        jac=lambda x, k: np.array([2.0 * (x[0] - k), 2.0 * (x[1] - q)]), options={"ftol": 1e-16},
        constraints=[
            {"type": "ineq", "fun": lambda x, c: c - x[0] ** 2 - x[1] ** 2, "args": (c,),
             "jac": lambda x, c: np.array([-2.0 * x[0], -2.0 * x[1]])},
            {"type": "ineq", "fun": lambda x: 10.0 - x[0], "jac": lambda x: np.array([-1.0, 0.0])},
        ],
    )
    return found.x[0] * 2.0 + found.x[1] ** 2


@case(1.0, 2.0, 0.2)
def minimum_of_a_number_at_an_end(p, q, end):
    found = minimize_scalar(
        lambda x: (x - p) ** 2 + q * x * x, bounds=(0.0, end), method="bounded", options={"xatol": 1e-12},
    )
    return found.x + found.fun


SAMPLES = np.linspace(0.0, 2.0, 9)
NOISY = 2.0 * np.exp(-0.7 * SAMPLES) + 0.1 * np.sin(9.0 * SAMPLES)


@case(NOISY, 0.01, rtol=1e-4)
def least_squares_by_the_data(y, c):
    def jacobian(k):
        decay = np.exp(-k[1] * SAMPLES)
        return np.stack([decay + 2.0 * c * k[0], -k[0] * SAMPLES * decay], 1)

    found = least_squares(
        lambda k: k[0] * np.exp(-k[1] * SAMPLES) + c * k[0] ** 2 - y, [1.0, 1.0], jac=jacobian,
        ftol=1e-15, xtol=1e-15, gtol=1e-15,
    )
    return found.x[0] + found.x[1] ** 2 + found.cost


@case(NOISY, 0.6)
def least_squares_at_a_bound(y, high):
    found = least_squares(
        lambda k: k[0] * np.exp(-k[1] * SAMPLES) - y, [1.0, 0.5], bounds=([0.0, 0.0], [5.0, high]), method="dogbox",
        jac=lambda k: np.stack([np.exp(-k[1] * SAMPLES), -k[0] * SAMPLES * np.exp(-k[1] * SAMPLES)], 1),
        ftol=1e-15, xtol=1e-15, gtol=1e-15,
    )
    return found.x[0] + found.x[1] ** 2 + found.cost


# --- differential equations


def predators(z, t, a, b, c, d):
    x, y = z
    return [a * x - b * x * y, -c * y + d * x * y]


TIMES = np.linspace(0.0, 3.0, 5)


@case(1.0, 0.4, 2.0)
def path_of_a_global_function(a, b, x0):
    return odeint(predators, [x0, 1.0], TIMES, args=(a, b, 1.0, 0.5), **TIGHT)[1:, 0]


@case(np.array([1.0, 0.4, 1.0, 0.5]))
def path_of_parameters_in_an_array(theta):
    return odeint(predators, [2.0, 1.0], TIMES, args=tuple(theta), rtol=1e-12, atol=1e-12)[-1]


@case(0.5, 2.0, 1.0)
def path_of_a_number(k, start, end):
    def speed(y, t):
        return -k * t * float(y[0])

    return odeint(speed, start, np.array([0.1, end]), rtol=1e-12, atol=1e-12)[-1][0]


@case(np.array([0.3, 0.1]), np.array([1.0, 0.5]), TIMES[1:])
def path_at_times_that_move(p, y0, t):
    return odeint(lambda y, s: p[0] * y - p[1] * s * y**2, y0, t, rtol=1e-12, atol=1e-12)


@case(1.0, 0.4, 2.0, 1.5)
def end_of_a_path(a, b, x0, end):
    found = solve_ivp(
        lambda t, z: [a * z[0] - b * z[0] * z[1] * np.cos(t), -z[1] + 0.5 * z[0] * z[1]], (0.0, end), [x0, 1.0],
        method="DOP853", rtol=1e-12, atol=1e-12,
    )
    return found.y[:, -1] * found.t[-1]


@case(1.3, np.array([1.0, 0.5]), TIMES[1:], rtol=1e-5)
def stiff_path(k, y0, t):
    found = solve_ivp(
        lambda t, y, k: -k * y + np.sin(t), (t[0], 4.0), y0, t_eval=t, args=(k,), method="LSODA", rtol=1e-12, atol=1e-12
    )
    return found.y


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def motion(self, t, y):
        return np.array([y[1], -self.stiffness * y[0]])


@case(1.7)
def path_of_an_object(stiffness):
    spring = Spring(stiffness)
    start = np.array([1.0, 0.0])
    return solve_ivp(spring.motion, (0.0, 2.0), start, t_eval=np.array([1.0, 2.0]), method="DOP853", **TIGHT).y[0, -1]


# Functions that keep a record of their calls, which nothing depends on


class Tank:
    """A tank that notes how it was asked."""

    asked = 0

    def __init__(self, k):
        self.k = k
        self.levels = []
        self.last = None

    def balance(self, level, inflow):
        self.asked += 1
        self.levels.append(level)
        self.last = level**3 + self.k * level - inflow
        return self.last

    def level(self, inflow):
        self.levels = []
        return brentq(self.balance, 0.0, 5.0, args=(inflow,), xtol=1e-14)


TANK = Tank(2.0)


def balance_of_the_tank(level, inflow):
    TANK.asked += 1
    return level**3 + TANK.k * level - inflow


@case(3.7, 1.3)
def that_count_their_calls(p, q):
    count, places = [0], []

    def f(x):
        count[0] += 1
        places.append(x)
        return x**3 + x - p

    return brentq(f, 0.0, 5.0, xtol=1e-14) * q


@case(3.7, 1.3)
def a_method_of_an_object_from_outside(p, q):
    return TANK.level(p) * q + TANK.level(q)


@case(3.7, 1.3)
def a_method_of_an_object_of_its_own(p, q):
    tank, total = Tank(q), 0.0
    for inflow in (p, q):
        total += tank.level(inflow) ** 2
    return total


@case(3.7, 1.3)
def a_function_that_changes_an_object_from_outside(p, q):
    total = brentq(balance_of_the_tank, 0.0, 5.0, args=(p,), xtol=1e-14)
    return total * quad(balance_of_the_tank, 0.0, 1.0, args=(q,))[0]


@case(3.7, 1.3)
def an_object_that_was_changed_before(p, q):
    TANK.k = q
    total = brentq(lambda level: level**3 + TANK.k * level - p, 0.0, 5.0, xtol=1e-14)
    TANK.k = 2.0
    return total
