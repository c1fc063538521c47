"""Derivatives of the solutions of ordinary differential equations, by their sensitivities.

A solution y(t) of dy/dt = f(t, y, p) moves with p and with its start as s(t) does (Hairer, Nørsett & Wanner, Solving
Ordinary Differential Equations I, 2nd ed., section I.14):

    ds/dt = df/dy s + df/dp dp,     s(t0) = dy0 - f(t0, y0) dt0

The equations of y and s are solved together, by the solver of y and with its tolerances.  In reverse mode there is an s
for each number of y0 and of the parameters.  The other way, to go back along y, is cheaper where these are many, but
has no bound for its error where the equations forget their start, as those of chemical kinetics do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.errors import ConvergenceError
from tangent.runtime.blocks import Places, count_numbers, unit_vectors
from tangent.runtime.structure import map_leaves, zeros_like

__all__ = [
    "filled", "ivp_adjoint", "ivp_speeds", "ivp_tangent", "odeint_adjoint", "odeint_speeds", "odeint_tangent",
    "times_between", "unit_tangents", "vector_of",
]


def ivp_tangent(
    f: Callable[..., Any], df: Callable[..., Any], t0: Any, t: Any, y0: Any, args: tuple[Any, ...], dy0: Any,
    dargs: tuple[Any, ...], **options: Any,
) -> Any:
    """The tangent of `solve_ivp(f, (t0, t[-1]), y0, t_eval=t, args=args, **options).y`, the times being fixed.

    `df(t, y, *args, dy, *dargs)` is the tangent of `f`.
    """
    from scipy.integrate import solve_ivp

    count = np.size(y0)

    def both(s, z):  # type: ignore[no-untyped-def]
        y, dy = z[:count], z[count:]
        return np.concatenate((np.ravel(np.array(f(s, y, *args))), np.ravel(df(s, y, *args, dy, *dargs))))

    return solve_ivp(both, (t0, t[-1]), np.concatenate((y0, dy0)), t_eval=t, **options).y[count:]


def odeint_tangent(
    f: Callable[..., Any], df: Callable[..., Any], t0: Any, t: Any, y0: Any, args: tuple[Any, ...], dy0: Any,
    dargs: tuple[Any, ...], **options: Any,
) -> Any:
    """The tangent of `odeint(f, y0, t, args, **options)`, the times being fixed."""
    from scipy.integrate import odeint

    count = np.size(y0)

    def both(z, s):  # type: ignore[no-untyped-def]
        y, dy = z[:count], z[count:]
        return np.concatenate((np.ravel(np.array(f(y, s, *args))), np.ravel(df(y, s, *args, dy, *dargs))))

    return odeint(both, np.concatenate((y0, dy0)), t, **options)[:, count:]


def ivp_adjoint(
    f: Callable[..., Any], df: Callable[..., Any], t0: Any, t: Any, y0: Any, args: tuple[Any, ...], active: Any,
    by: Any, **options: Any,
) -> tuple[Any, Any]:
    """The gradients of a function of the same by `y0` and by the values `active` among `args`, from that by y."""
    from scipy.integrate import solve_ivp

    count, directions = np.size(y0), unit_tangents(y0, active)
    rows = len(directions) + 1

    def all_rows(s, z):  # type: ignore[no-untyped-def]
        paths = np.reshape(z, (rows, count))
        y = paths[0]
        speeds = [np.ravel(np.array(f(s, y, *args)))]
        for k in range(rows - 1):
            speeds.append(np.ravel(df(s, y, *args, paths[k + 1], *directions[k])))
        return np.concatenate(speeds)

    starts = np.concatenate((y0, np.ravel(np.eye(rows - 1, count))))
    z = solve_ivp(all_rows, (t0, t[-1]), starts, t_eval=t, **options).y
    return parts_of_gradient(np.reshape(z, (rows, count, np.size(t)))[1:], by, active, count)


def odeint_adjoint(
    f: Callable[..., Any], df: Callable[..., Any], t0: Any, t: Any, y0: Any, args: tuple[Any, ...], active: Any,
    by: Any, **options: Any,
) -> tuple[Any, Any]:
    """The gradients of a function of the same by `y0` and by the values `active` among `args`, from that by y."""
    from scipy.integrate import odeint

    count, directions = np.size(y0), unit_tangents(y0, active)
    rows = len(directions) + 1

    def all_rows(z, s):  # type: ignore[no-untyped-def]
        paths = np.reshape(z, (rows, count))
        y = paths[0]
        speeds = [np.ravel(np.array(f(y, s, *args)))]
        for k in range(rows - 1):
            speeds.append(np.ravel(df(y, s, *args, paths[k + 1], *directions[k])))
        return np.concatenate(speeds)

    starts = np.concatenate((y0, np.ravel(np.eye(rows - 1, count))))
    z = odeint(all_rows, starts, t, **options).T
    return parts_of_gradient(np.reshape(z, (rows, count, np.size(t)))[1:], by.T, active, count)


def parts_of_gradient(sensitivities: Any, by: Any, active: Any, count: int) -> tuple[Any, Any]:
    """The gradient by `count` numbers of a start, and those by values, from sensitivities of all their numbers."""
    gradient = np.sum(sensitivities * by, (1, 2))
    parts, first = [], count
    for value in active:
        last = first + count_numbers(value)
        parts.append(filled(value, gradient[first:last]))
        first = last
    return gradient[:count], parts


def unit_tangents(y0: Any, active: Any) -> list[tuple[Any, ...]]:
    """For each number of a start and of some values the tangents of the values where this number moves alone."""
    still = [zeros_like(value) for value in active]
    found = [tuple(still)] * np.size(y0)
    for place, value in enumerate(active):
        if count_numbers(value):
            found += [(*still[:place], unit, *still[place + 1 :]) for unit in unit_vectors(value)]
    return found


def filled(value: Any, numbers: Any) -> Any:
    """A vector of numbers in the structure of a value."""
    places = Places()
    return map_leaves(lambda leaf: np.reshape(numbers[places.of(leaf)], np.shape(leaf))[()], value)


def vector_of(value: Any, structure: Any) -> Any:
    """The numbers in a structure that is that of a value, as a vector."""
    parts: list[Any] = []
    map_leaves(lambda leaf, part: parts.append(np.ravel(part)) if count_numbers(leaf) else None, value, structure)
    return np.concatenate(parts) if parts else np.zeros(0)


def ivp_speeds(f: Callable[..., Any], t: Any, y: Any, args: tuple[Any, ...]) -> Any:
    """dy/dt at the times `t`, in the shape of `y`."""
    return np.stack([np.ravel(np.array(f(t[i], y[:, i], *args))) for i in range(len(t))], -1)


def odeint_speeds(f: Callable[..., Any], t: Any, y: Any, args: tuple[Any, ...]) -> Any:
    """dy/dt at the times `t`, in the shape of `y`."""
    return np.stack([np.ravel(np.array(f(y[i], t[i], *args))) for i in range(len(t))])


def times_between(t: Any, t_span: Any) -> Any:
    """The times between the first and the last that a solver chose.

    Raises:
        ConvergenceError: it did not get to the end.
    """
    if t[-1] != t_span[1]:
        raise ConvergenceError(
            "what a solver found has no derivative: it did not get to the last time",
            "look at what the solver says of its success",
        )
    return np.array(t[1:-1])
