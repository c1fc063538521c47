"""Comparison of derivatives with numerical differentiation.

With J the Jacobian of a function, seeds v for its result and directions u for an argument, both modes give
numbers v J u: reverse mode computes v J for each seed, forward mode J u for each direction.  Differences of
the function along each direction give J u as well.  Small problems take all unit vectors for u and v, so that
each number of the Jacobian is compared by itself; large ones take a random choice of them and random vectors.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tangent import runtime
from tangent.api import Wrt, autodiff
from tangent.errors import GradientCheckError, MissingRuleError, RuleError
from tangent.pytree import Space, Vector, holds_floats, is_double, zero
from tangent.runtime.arrays import library_of

if TYPE_CHECKING:
    from tangent.ir.nodes import Origin

__all__ = ["check_grads", "check_rule"]

MOST_DIRECTIONS = 500
"""Arguments of more numbers than this are moved along randomly chosen directions."""
MOST_SEEDS = 50
"""The same for results."""


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    wrt: Wrt | None = None,
    modes: Sequence[str] = ("forward", "reverse"),
    order: int = 1,
    rtol: float | None = None,
    atol: float | None = None,
    eps: float = 1e-4,
    optimized: bool = True,
) -> None:
    """Compare the derivatives of a function with numerical ones.

    The result of `f` may be a number, an array, or a structure of them.  The numerical derivatives are
    fourth-order central differences in double precision.  NaN equals only NaN, and structure and shapes
    of a derivative have to be those of its argument.  `f` is called often, each time with copies of `args`.

    Args:
        f: the function.
        args: where to differentiate it.
        wrt: positions or names of the arguments to check; all that hold floats where it is left out.
        modes: 'forward', 'reverse' or both.
        order: 2 checks the derivatives of the derivatives as well, in every mix of the modes, and so on.
        rtol: the relative tolerance; 1e-5, or 1e-3 where an argument is of less than double precision.
        atol: the absolute tolerance; as large as `rtol` where it is left out.
        eps: the step of the differences, for numbers of absolute value 1 and less; it grows with the number.
        optimized: whether to check the simplified derivative or the plain translation.

    Raises:
        GradientCheckError: at the first disagreement, with the name of the function, the place in the
            argument, and both numbers.
        TangentError: `f` can't be differentiated.

    >>> import numpy as np, tangent
    >>> def f(x, y):
    ...     return np.sum(np.sin(x) * y)
    >>> tangent.check_grads(f, (np.array([0.5, 1.5]), 2.0))
    """
    from tangent.frontend.entry import with_so_many  # loaded when it is needed, as by `api`

    _check_options(modes, order, eps)
    f = with_so_many(f, len(args))
    function = _Checked(f, (*args, *_defaults(f, len(args))), tuple(inspect.signature(f).parameters))
    positions = function.positions(range(len(args)), wrt)
    if any(library_of(leaf) is not None and not is_double(leaf) for i in positions for leaf in [function.args[i]]):
        raise ValueError("numerical derivatives need double precision: pass `tf.constant(x, tf.float64)`")
    if rtol is None:
        rtol = 1e-5 if all(is_double(function.args[i]) for i in positions) else 1e-3
    tolerance = _Tolerance(rtol, rtol if atol is None else atol)
    result = Space.of(function.result())
    arguments = [_Argument.of(function, position, result, eps) for position in positions]
    for mode in modes:
        _compare(function, arguments, result, mode, tolerance, optimized)
    if order > 1:
        for mode in modes:
            derivative, more = function.derivative(positions, mode, optimized)
            check_grads(derivative, more, positions, modes, order - 1, rtol, atol, eps, optimized)


def check_rule(
    g: Callable[..., Any], *args: Any, wrt: Wrt | None = None, order: int = 1, rtol: float | None = None,
    atol: float | None = None, **kwargs: Any,
) -> None:
    """Compare the rule of a function with numerical derivatives, in each mode that it has.

    The derivatives have to be in the shape and structure of the arguments.  A rule that is declared for one mode is
    checked in the other one as well, if that is to be had from it.

    Args:
        g: a function with a rule.
        args: where to check it.
        wrt: positions or names of the arguments to check; all that hold floats where it is left out.
        order: 2 checks the derivatives of the derivatives as well, and so on.
        rtol: the relative tolerance, as of `check_grads`.
        atol: the absolute tolerance.
        kwargs: arguments that are passed by name, and not checked.

    Raises:
        RuleError: the function has no rule, or not for this call.
        GradientCheckError: at the first disagreement, with the place of the template.

    >>> import numpy as np, tangent
    >>> from tangent.grads import adjoint, d
    >>> def cube(x):
    ...     return x * x * x
    >>> @adjoint(cube)
    ... def dcube(y, x):
    ...     d[x] = d[y] * 3 * x * x
    >>> tangent.testing.check_rule(cube, np.array([0.5, -2.0]))
    """
    from tangent.rules import registry

    name = getattr(g, "__name__", repr(g))
    rules = registry.find(g)
    if not rules:
        raise RuleError(f"{name} has no rule", "declare one: `@tangent.grads.adjoint` on a template")
    f = functools.partial(g, **kwargs) if kwargs else g
    modes: list[str] = []
    errors: list[MissingRuleError] = []
    for mode in ("reverse", "forward"):
        try:
            check_grads(f, args, wrt, (mode,), 1, rtol, atol)
        except MissingRuleError as error:
            errors.append(error)
            continue
        except GradientCheckError as error:
            template = rules[0].reverse if mode == "reverse" else rules[0].forward
            place = _place(template or rules[0].reverse or rules[0].forward)
            raise GradientCheckError(f"the rule of {name} is wrong: {error.what}", error.instead, place) from None
        modes.append(mode)
    if not modes:
        raise RuleError(f"no rule of {name} fits this call: {errors[0].what}", errors[0].instead)
    if order > 1:
        check_grads(f, args, wrt, modes, order, rtol, atol)


def _place(template: Any) -> Origin | None:
    """The line of the template of a rule."""
    from tangent.frontend.source import read

    if template is None:
        return None
    source = read(template)
    return source.origin(source.node)


def _check_options(modes: Sequence[str], order: int, eps: float) -> None:
    if isinstance(modes, str) or not modes or any(mode not in ("reverse", "forward") for mode in modes):
        raise ValueError(f"modes is a sequence of 'reverse' and 'forward', not {modes!r}")
    if order < 1:
        raise ValueError(f"order is 1 or more, not {order!r}")
    if not eps > 0:
        raise ValueError(f"eps is positive, not {eps!r}")


@dataclass(frozen=True, slots=True)
class _Tolerance:
    relative: float
    absolute: float

    def agree(self, analytic: float, numerical: float) -> bool:
        return bool(np.isclose(analytic, numerical, self.relative, self.absolute, equal_nan=True))


# --- the function under test ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Checked:
    """A function with the arguments at which it is differentiated."""

    call: Callable[..., Any]
    args: tuple[Any, ...]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return getattr(self.call, "__name__", repr(self.call))

    def result(self, position: int | None = None, argument: Any = None) -> Any:
        """The result, with the argument at `position` replaced."""
        args = [runtime.copy(arg) for arg in self.args]
        if position is not None:
            args[position] = argument
        return self.call(*args)

    def positions(self, given: Iterable[int], wrt: Wrt | None) -> tuple[int, ...]:
        """The positions of the arguments to check, by default of the `given` ones that hold floats."""
        if wrt is None:
            positions = tuple(i for i in given if holds_floats(self.args[i]))
            if not positions:
                raise ValueError(f"no argument of {self.name} holds floats: say by `wrt` which to check")
            return positions
        chosen = (wrt,) if isinstance(wrt, int | str) else tuple(wrt)
        count = len(self.args)
        for one in chosen:
            if one not in self.names if isinstance(one, str) else not -count <= one < count:
                raise ValueError(f"{self.name} is called without the argument {one!r}")
        return tuple(self.names.index(one) if isinstance(one, str) else one % count for one in chosen)

    def gradients(self, positions: tuple[int, ...], seed: Any, optimized: bool) -> tuple[Any, ...]:
        """The derivatives with respect to the arguments, by reverse mode."""
        df = autodiff(self.call, positions, optimized)
        gradient = self.extended(df, (seed,))
        return gradient if len(positions) > 1 else (gradient,)

    def tangent(self, positions: tuple[int, ...], tangents: tuple[Any, ...], optimized: bool) -> Any:
        """The derivative along `tangents` of the arguments, by forward mode."""
        return self.extended(autodiff(self.call, positions, optimized, mode="forward"), tangents)

    def extended(self, df: Callable[..., Any], more: tuple[Any, ...]) -> Any:
        """The result of a derivative, whose own parameters take `more`."""
        names = [name for name in inspect.signature(df).parameters if name not in self.names]
        return df(*(runtime.copy(arg) for arg in self.args), **dict(zip(names, more, strict=True)))

    def derivative(
        self, positions: tuple[int, ...], mode: str, optimized: bool
    ) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The function of the derivative, and its arguments with random seeds or tangents."""
        if mode == "reverse":
            df = autodiff(self.call, positions, optimized)
            likes = [self.result()]
        else:
            df = autodiff(self.call, positions, optimized, mode="forward")
            likes = [self.args[i] for i in positions]
        rng = np.random.default_rng(1)
        spaces = [Space.of(like) for like in likes]
        more = [space.build(rng.uniform(0.5, 1.5, space.size), zero) for space in spaces]
        return df, (*self.args, *more)


def _defaults(f: Callable[..., Any], given: int) -> list[Any]:
    """The default values of the positional parameters that are left out."""
    parameters = list(inspect.signature(f).parameters.values())[given:]
    return [p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is not p.empty]


# --- comparison ----------------------------------------------------------------------------------

Labeled = list[tuple[str, Vector]]


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument, the directions in which it is moved, and what that does to the result."""

    position: int
    name: str
    space: Space
    directions: Labeled
    numerical: list[tuple[Vector, Vector]]
    """The derivative along each direction, by differences of second and of fourth order."""

    @classmethod
    def of(cls, function: _Checked, position: int, result: Space, eps: float) -> _Argument:
        space = Space.of(function.args[position])
        directions = _unit_and_random(space, MOST_DIRECTIONS)
        numerical = [_differences(function, position, space, result, u, eps) for _, u in directions]
        return cls(position, function.names[position], space, directions, numerical)


def _compare(
    function: _Checked, arguments: list[_Argument], result: Space, mode: str, tolerance: _Tolerance,
    optimized: bool,
) -> None:
    """Compare the derivatives by one mode with the numerical ones, number by number."""
    seeds = _unit_and_random(result, MOST_SEEDS)
    products = _reverse if mode == "reverse" else _forward
    analytic = products(function, arguments, result, [v for _, v in seeds], optimized)
    for argument, product in zip(arguments, analytic, strict=True):
        for j, (output, seed) in enumerate(seeds):
            for i, (place, _) in enumerate(argument.directions):
                rough, numerical = (_dot(seed, change) for change in argument.numerical[i])
                if not tolerance.agree(product[j, i], numerical):
                    what = f"the derivative of {function.name}{output} with respect to {argument.name}{place}"
                    numbers = f"{float(product[j, i])!r} in {mode} mode, {numerical!r} numerically"
                    unsure = "" if tolerance.agree(rough, numerical) else _UNSURE
                    raise GradientCheckError(f"{what} is {numbers}", unsure)


_UNSURE = "check another point; the differences with smaller and with larger steps disagree, as at a kink"


def _dot(v: Vector, u: Vector) -> float:
    """The inner product, where a zero of `v` hides an infinity or NaN of `u`."""
    return float(v[v != 0] @ u[v != 0])


def _unit_and_random(space: Space, most: int) -> Labeled:
    """Unit vectors, each with its place, and a random vector, which tells a seed of 1 from any other."""
    rng = np.random.default_rng(0)
    places = list(space.places())
    chosen = range(space.size) if space.size <= most else np.sort(rng.choice(space.size, most, replace=False))
    vectors = []
    for index in chosen:
        vector = np.zeros(space.size)
        vector[index] = 1.0
        vectors.append((places[index], vector))
    return [*vectors, (" (along a random vector)", rng.uniform(0.5, 1.5, space.size))]


def _differences(
    function: _Checked, position: int, space: Space, result: Space, direction: Vector, eps: float
) -> tuple[Vector, Vector]:
    """The derivative along a direction, by differences of second and of fourth order."""
    centre = space.vector(function.args[position])
    step = eps * max(1.0, float(np.max(np.abs(centre[direction != 0]), initial=0.0)))

    def at(offset: float) -> Vector:
        value = function.result(position, space.build(centre + offset * direction))
        problem = result.mismatch(value)
        if problem:
            raise GradientCheckError(
                f"the result of {function.name} changes its form near this point: {problem}",
                "check another point",
            )
        return result.vector(value)

    near = (at(step) - at(-step)) / (2.0 * step)
    far = (at(2.0 * step) - at(-2.0 * step)) / (4.0 * step)
    return near, (4.0 * near - far) / 3.0


def _reverse(
    function: _Checked, arguments: list[_Argument], result: Space, seeds: list[Vector], optimized: bool
) -> list[Vector]:
    """The products of all seeds and directions with the Jacobian of each argument, by reverse mode."""
    positions = tuple(argument.position for argument in arguments)
    products = [np.empty((len(seeds), len(argument.directions))) for argument in arguments]
    for j, seed in enumerate(seeds):
        gradients = function.gradients(positions, result.dual_build(seed, zero), optimized)
        for argument, gradient, product in zip(arguments, gradients, products, strict=True):
            _check_form(function, argument.space, gradient, f"with respect to {argument.name}")
            vector = argument.space.dual_vector(gradient)
            product[j] = [_dot(direction, vector) for _, direction in argument.directions]
    return products


def _forward(
    function: _Checked, arguments: list[_Argument], result: Space, seeds: list[Vector], optimized: bool
) -> list[Vector]:
    """The same by forward mode: one argument is moved at a time."""
    positions = tuple(argument.position for argument in arguments)
    products = [np.empty((len(seeds), len(argument.directions))) for argument in arguments]
    for k, argument in enumerate(arguments):
        tangents = [a.space.build(np.zeros(a.space.size), zero) for a in arguments]
        for i, (_, direction) in enumerate(argument.directions):
            tangents[k] = argument.space.build(direction, zero)
            tangent = function.tangent(positions, tuple(tangents), optimized)
            _check_form(function, result, tangent, f"along {argument.name}")
            vector = result.vector(tangent)
            products[k][:, i] = [_dot(seed, vector) for seed in seeds]
    return products


def _check_form(function: _Checked, space: Space, value: Any, which: str) -> None:
    problem = space.mismatch(value)
    if problem:
        raise GradientCheckError(f"the derivative of {function.name} {which} has the wrong form: {problem}")
