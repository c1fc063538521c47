"""The solvers of `scipy.optimize`: roots, fixed points and minima.

Where a variable of a minimum is at a bound, it moves with the bound; where a constraint is active, it stays so.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import optimize

from tangent.api import grad, jvp
from tangent.rules.solvers import UNKNOWN, WHOLE, Given, Meaning, Place, Solver, declare, meaning, solution_of
from tangent.runtime import (
    active_constraints,
    bounds_at,
    bounds_met,
    ends_met,
    jacobian_of,
    lagrange_multipliers,
    sides_of,
)

# --- roots


def root_itself(given: Given) -> Mapping[Place, Meaning]:
    return {0 if given.get("full_output") else WHOLE: "root"}


def raises(given: Given) -> bool:
    return given.get("disp", True) is True


@meaning
def first_root(found, f, args=()):
    return solution_of("root", found, lambda x: f(x, *args)[0])


@meaning
def fixed_point(found, f, args=()):
    return solution_of("root", found, lambda x: f(x, *args) - x)


declare(
    Solver("f", root_itself, is_scalar=True, raises=raises),
    optimize.brentq, optimize.brenth, optimize.bisect, optimize.ridder, optimize.toms748,
)
declare(Solver("func", root_itself, others={"fprime": 1, "fprime2": 1}, like="x0", raises=raises), optimize.newton)
declare(Solver("func", root_itself, others={"fprime": 1}, takes_array=True), optimize.fsolve)
declare(
    Solver(
        "fun", lambda given: {"x": first_root if given.get("jac") is True else "root"}, others={"jac": 1},
        takes_array=True,
    ),
    optimize.root,
)
declare(
    Solver(
        "f", lambda given: {"root": first_root if given.get("fprime") is True else "root"},
        others={"fprime": 1, "fprime2": 1}, is_scalar=True,
    ),
    optimize.root_scalar,
)
declare(Solver("func", lambda given: {WHOLE: fixed_point}, like="x0", raises=raises), optimize.fixed_point)


# --- minima


@meaning
def first_minimum(found, f, args=()):
    x, least = found

    def cost(x):
        return f(x, *args)[0]

    x = solution_of("minimum", x, cost)
    return x, solution_of("least value", least, cost, x)


@meaning
def bounded_minimum(found, f, bounds, args=()):
    x, least = found
    sides = bounds_met(x, bounds)
    is_met, bound = sides != 0, bounds_at(sides, bounds)

    def optimality(x):
        return np.where(is_met, x - bound, grad(f)(x, *args))

    x = solution_of("root", x, optimality)
    return x, solution_of("value", least, lambda x: f(x, *args), x)


@meaning
def constrained_minimum(found, f, eq, ineq, bounds=None, args=()):
    x, least = found
    sides = np.zeros(np.size(x)) if bounds is None else bounds_met(x, bounds)
    is_met = sides != 0
    bound = 0.0 if bounds is None else bounds_at(sides, bounds)
    count = np.size(x)

    def values(x):
        return np.concatenate((eq(x), ineq(x)))

    slope, normals = grad(f)(x, *args), jacobian_of(jvp(values), x, ())
    is_active = active_constraints(slope, normals, sides, values(x), np.size(eq(x)))
    multipliers = lagrange_multipliers(slope, normals, sides, is_active)

    def optimality(z):
        x, multipliers = z[:count], z[count:]

        def lagrangian(y):
            return f(y, *args) - np.sum(multipliers * values(y))

        slope = np.where(is_met, x - bound, grad(lagrangian)(x))
        return np.concatenate((slope, np.where(is_active, values(x), multipliers)))

    x = solution_of("root", np.concatenate((x, multipliers)), optimality)[:count]
    return x, solution_of("value", least, lambda x: f(x, *args), x)


INEXACT = ("trust-constr", "COBYLA", "COBYQA", "cobyla", "cobyqa")
"""The methods that end near to a bound or a constraint, not at it."""


def why_no_minimum(given: Given) -> tuple[str, str] | None:
    is_limited = given.get("bounds") is not None or given.get("constraints", ()) not in (None, ())
    method = given.get("method")
    if is_limited and (method in INEXACT or method is UNKNOWN):
        why = "with bounds or constraints by a method that may end next to them"
        return why, "use `SLSQP`, or for bounds `L-BFGS-B`"
    if given.get("constraints", ()) not in (None, ()) and given.get("jac") is True:
        return "with constraints of a function that returns its gradient as well", "give the gradient by `jac`"
    if given.get("callback") is not None:
        return "with a callback", "leave `callback` out"
    return None


def minima(given: Given) -> Mapping[Any, Meaning]:
    if given.get("constraints", ()) not in (None, ()):
        return {("x", "fun"): constrained_minimum}
    if given.get("bounds") is not None:
        return {("x", "fun"): bounded_minimum}
    if given.get("jac") is True:
        return {("x", "fun"): first_minimum}
    return {"x": "minimum", "fun": "least value"}


declare(
    Solver(
        "fun", minima, others={"jac": 1, "hess": 1, "hessp": 2}, takes_array=True, constraints=True,
        refused=why_no_minimum,
    ),
    optimize.minimize,
)


@meaning
def scalar_minimum(found, f, bounds, args=()):
    x, least = found
    side = ends_met(x, bounds, grad(f)(x, *args), grad(lambda x: grad(f)(x, *args))(x))
    x = solution_of("root", x, lambda x: grad(f)(x, *args) if side < 0 else x - bounds[side])
    return x, solution_of("value", least, lambda x: f(x, *args), x)


declare(
    Solver(
        "fun",
        lambda given: {("x", "fun"): scalar_minimum} if given.get("bounds") is not None else {
            "x": "minimum", "fun": "least value"
        },
        is_scalar=True,
    ),
    optimize.minimize_scalar,
)


LEGACY = (
    optimize.fmin, optimize.fmin_powell, optimize.fmin_cg, optimize.fmin_bfgs, optimize.fmin_ncg, optimize.brent,
    optimize.golden,
)
for function in LEGACY:
    name = next(iter(inspect.signature(function).parameters))
    declare(
        Solver(
            name, lambda given: {0 if given.get("full_output") or given.get("retall") else WHOLE: "minimum"},
            others={"fprime": 1, "fhess": 1}, takes_array=function not in (optimize.brent, optimize.golden),
            is_scalar=function in (optimize.brent, optimize.golden),
        ),
        function,
    )
declare(
    Solver("func", lambda given: {("x", "fun"): bounded_minimum}, takes_array=True),
    optimize.differential_evolution, optimize.dual_annealing,
)


def why_not_differentiated(given: Given) -> tuple[str, str] | None:
    return "which has no derivative rule", "use minimize, least_squares or root"


declare(
    Solver("f", lambda given: {}, refused=why_not_differentiated),
    *(getattr(optimize, name) for name in (
        "anderson", "basinhopping", "broyden1", "broyden2", "brute", "curve_fit", "diagbroyden", "direct",
        "excitingmixing", "fmin_cobyla", "fmin_l_bfgs_b", "fmin_slsqp", "fmin_tnc", "fminbound", "leastsq",
        "linearmixing", "linprog", "lsq_linear", "milp", "newton_krylov", "nnls", "shgo",
    ) if hasattr(optimize, name)),
)


# --- least squares


@meaning
def least_squares(found, f, args=()):
    x, least = found

    def cost(x):
        return 0.5 * np.sum(np.square(f(x, *args)))

    x = solution_of("minimum", x, cost)
    return x, solution_of("least value", least, cost, x)


@meaning
def bounded_least_squares(found, result, f, bounds, args=()):
    x, least = found

    def cost(x):
        return 0.5 * np.sum(np.square(f(x, *args)))

    sides = np.sign(result.active_mask)
    is_met, bound = sides != 0, sides_of(sides, bounds)
    x = solution_of("root", x, lambda x: np.where(is_met, x - bound, grad(cost)(x)))
    return x, solution_of("value", least, cost, x)


def why_no_least_squares(given: Given) -> tuple[str, str] | None:
    if given.get("loss", "linear") != "linear":
        return "with another loss than the sum of squares", "use minimize with the loss that is meant"
    if given.get("kwargs") is not None:
        return "with `kwargs`", "pass the values in `args`"
    if given.get("callback") is not None:
        return "with a callback", "leave `callback` out"
    return None


declare(
    Solver(
        "fun",
        lambda given: {("x", "cost"): least_squares if "bounds" not in given else bounded_least_squares},
        others={"jac": 1}, takes_array=True, refused=why_no_least_squares,
    ),
    optimize.least_squares,
)
