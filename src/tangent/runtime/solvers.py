"""What the derivatives of solvers consist of: Jacobians at a root, and integrals of derivatives.

Each is made of differentiable operations, or is a solver itself.  SciPy is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["integral", "jacobian_of", "solve_jacobian", "solve_jacobian_transposed"]


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


def integral(
    f: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...] = (), epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8, limit: int = 50, points: Any = None,
) -> Any:
    """The integral of a number or an array `f(t, *args)` over `t` from `a` to `b`."""
    from scipy import integrate

    return integrate.quad_vec(
        lambda t: f(t, *args), a, b, epsabs=epsabs, epsrel=epsrel, limit=limit, points=points, norm="max"
    )[0]
