"""What the derivatives of solvers consist of: Jacobians at a root, and integrals of derivatives.

Each is made of differentiable operations, or is a solver itself.  SciPy is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.errors import ConvergenceError
from tangent.runtime.blocks import NUMERIC
from tangent.runtime.paths import filled, vector_of

__all__ = [
    "active_constraints", "bounds_at", "bounds_met", "check_root", "ends_met", "integral", "jacobian_of",
    "lagrange_multipliers", "sides_of", "solve_jacobian", "solve_jacobian_transposed",
]


def jacobian_of(df: Callable[..., Any], x: Any, args: tuple[Any, ...]) -> Any:
    """The Jacobian at `x` of a function of which `df(x, *args, dx)` gives the tangents.

    Its shape is that of the result followed by that of `x`.
    """
    shape = np.shape(x)
    columns = [df(x, *args, np.reshape(dx, shape)) for dx in np.eye(np.size(x))]
    return np.reshape(np.stack(columns, -1), np.shape(columns[0]) + shape)


def solve_jacobian(jacobian: Any, dr: Any) -> Any:
    """The `dx` of which the product with a Jacobian is `dr`."""
    count = np.size(dr)
    dx = np.linalg.solve(np.reshape(jacobian, (count, count)), np.reshape(dr, count))
    return np.reshape(dx, np.shape(jacobian)[np.ndim(dr) :])


def solve_jacobian_transposed(jacobian: Any, bx: Any) -> Any:
    """The `br` of which the product with a transposed Jacobian is `bx`."""
    count = np.size(bx)
    br = np.linalg.solve(np.reshape(jacobian, (count, count)).T, np.reshape(bx, count))
    return np.reshape(br, np.shape(jacobian)[: np.ndim(jacobian) - np.ndim(bx)])


def check_root(value: Any, jacobian: Any, x: Any) -> None:
    """See that a function, of which `value` and `jacobian` are those at `x`, has a root there, and no other near to it.

    Raises:
        ConvergenceError: Newton's method would go somewhere else from there, or nowhere.
    """
    count = np.size(x)
    try:
        step = np.linalg.solve(np.reshape(jacobian, (count, count)), np.reshape(value, count))
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "what a solver found has no derivative: the Jacobian is singular there", "see that the solution is unique"
        ) from None
    if not np.linalg.norm(step) <= NEAR * (1.0 + np.linalg.norm(x)):
        raise ConvergenceError(
            "what a solver found has no derivative: it is no solution, or not near enough to one",
            "look at what the solver says of its success, and let it go on for longer, or from somewhere else",
        )


NEAR = 1e-2
"""How long a step of Newton's method from a solution may be, in relation to the solution."""


def active_constraints(slope: Any, normals: Any, sides: Any, values: Any, equations: int) -> Any:
    """Which constraints are active at a minimum.

    `slope` is the gradient of the objective, `normals` the Jacobian of the constraints and `values` their values, of
    which the first `equations` are to be 0 and the others not negative; `sides` is what `bounds_met` gives.
    An inequality is active where it is met as an equation and its multiplier is positive (Nocedal & Wright,
    Numerical Optimization, 2nd ed., section 12.3).
    """
    is_equation = np.arange(np.size(values)) < equations
    is_active = is_equation | (np.abs(values) <= 1e-6)
    while True:
        multipliers = lagrange_multipliers(slope, normals, sides, is_active)
        is_wrong = is_active & ~is_equation & (multipliers <= 1e-9 * (1.0 + np.max(np.abs(slope))))
        if not np.any(is_wrong):
            return is_active
        is_active = is_active & ~is_wrong


def lagrange_multipliers(slope: Any, normals: Any, sides: Any, is_active: Any) -> Any:
    """The Lagrange multipliers at a minimum: 0.0 for the constraints that are not active.

    They solve the normal equations of `slope = normals.T @ multipliers`, in the variables that are at no bound.
    """
    among = np.where(np.outer(is_active, np.equal(sides, 0)), normals, 0.0)
    return np.linalg.solve(among @ among.T + np.diag(np.where(is_active, 0.0, 1.0)), among @ slope)


def integral(
    f: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...] = (), epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8, limit: int = 50, points: Any = None,
) -> Any:
    """The integral of a number, an array or a structure of them, `f(t, *args)`, over `t` from `a` to `b`."""
    from scipy import integrate

    last: list[Any] = []

    def numbers(t: float) -> Any:
        value = f(t, *args)
        if isinstance(value, NUMERIC):
            return value
        last[:] = [value]
        return vector_of(value, value)

    found = integrate.quad_vec(
        numbers, a, b, epsabs=epsabs, epsrel=epsrel, limit=limit, points=points, norm="max"
    )[0]
    return filled(last[0], found) if last else found


def bounds_met(x: Any, bounds: Any) -> Any:
    """For each variable of a minimum -1 where it is at its lower bound, 1 at its upper one, and 0 between them.

    Bounds are given as to `scipy.optimize.minimize`.
    """
    low, high = low_and_high(bounds, np.size(x))
    near = 1e-9 * (1.0 + np.abs(x))
    return np.where(np.abs(x - low) <= near, -1, np.where(np.abs(x - high) <= near, 1, 0))


def bounds_at(sides: Any, bounds: Any) -> Any:
    """The bounds at which variables are that are at one, as `bounds_met` says; 0.0 for the others."""
    low, high = low_and_high(bounds, np.size(sides))
    return np.where(sides < 0, low, np.where(sides > 0, high, 0.0))


def sides_of(sides: Any, bounds: Any) -> Any:
    """The same, with bounds as `scipy.optimize.least_squares` has them: the lower and the upper ones."""
    low, high = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else (np.array(bounds[0]), np.array(bounds[1]))
    return np.where(sides < 0, low, np.where(sides > 0, high, 0.0))


def ends_met(x: Any, bounds: Any, slope: Any, curvature: Any) -> int:
    """0 if a minimum at `x`, a number, is one at the lower bound, 1 at the upper one, and -1 between them.

    The solver ends next to a bound that is met, and Newton's method would go on beyond it.
    """
    near = 1e-4 * (bounds[1] - bounds[0])
    beyond = x - slope / curvature if curvature > 0.0 else -np.inf if slope > 0.0 else np.inf
    if x - bounds[0] <= near and beyond <= bounds[0]:
        return 0
    return 1 if bounds[1] - x <= near and beyond >= bounds[1] else -1


def low_and_high(bounds: Any, count: int) -> tuple[Any, Any]:
    """The bounds of each variable, infinite where there is none."""
    if hasattr(bounds, "lb"):
        return np.broadcast_to(bounds.lb, count), np.broadcast_to(bounds.ub, count)
    low = np.array([-np.inf if pair[0] is None else pair[0] for pair in bounds])
    return low, np.array([np.inf if pair[1] is None else pair[1] for pair in bounds])
