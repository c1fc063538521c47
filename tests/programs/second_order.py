"""Second derivatives of programs: every mix of the two modes, against differences of the first derivative.

With a seed s for the result of f and a direction u of the arguments, H is the Hessian of the inner product of s
and f.  Every mix gives H u, forward over forward its product with u.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import tangent
from tests.numeric import as_float64, leaves, map_leaves, quietly, weighted
from tests.programs.modes import as_tuple

STEP = 1e-4
Parts = tuple[Any, ...]


@dataclass(frozen=True)
class Point:
    """Where a program is differentiated twice."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: tuple[int, ...]
    seed: Any
    direction: Parts

    def moved(self, offset: float) -> list[Any]:
        """The arguments, moved along the direction."""
        args = list(self.args)
        for position, step in zip(self.wrt, self.direction, strict=True):
            args[position] = combined(args[position], step, offset)
        return args


def point_of(function: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...], seed: Any) -> Point:
    """A point with a random direction; the arguments that move are real."""
    args = tuple(as_float64(arg) if i in wrt else arg for i, arg in enumerate(args))
    rng = np.random.default_rng(2)
    direction = tuple(map_leaves(lambda leaf: random_like(leaf, rng), args[i]) for i in wrt)
    return Point(function, args, wrt, seed, direction)


def random_like(leaf: Any, rng: np.random.Generator) -> Any:
    numbers = rng.uniform(0.5, 1.5, np.shape(leaf)) * rng.choice([-1.0, 1.0], np.shape(leaf))
    return numbers if isinstance(leaf, np.ndarray) else float(numbers)


def combined(value: Any, step: Any, factor: float) -> Any:
    """`value + factor * step`, in the structure of both."""
    steps = iter([leaf for _, leaf in leaves(step)])
    return map_leaves(lambda leaf: leaf + factor * next(steps), value)


def numerical(point: Point) -> tuple[Parts, bool]:
    """H u by differences of the gradient, and whether those of two step sizes agree."""
    gradient = tangent.autodiff(point.function, wrt=point.wrt)

    def at(offset: float) -> Any:
        return as_tuple(quietly(gradient, [*point.moved(offset), point.seed]), point.wrt)

    right, left, right2, left2 = at(STEP), at(-STEP), at(2 * STEP), at(-2 * STEP)
    near = scaled(combined(right, left, -1.0), 0.5 / STEP)
    far = scaled(combined(right2, left2, -1.0), 0.25 / STEP)
    apart = [
        np.max(np.abs(a - b) / (1.0 + np.abs(a)), initial=0.0)
        for (_, a), (_, b) in zip(leaves(near), leaves(far), strict=True)
    ]
    smooth = all(np.isfinite(a) and a < 1e-4 for a in apart)
    return scaled(combined(near, far, -0.25), 4.0 / 3.0), smooth


def scaled(value: Any, factor: float) -> Any:
    return map_leaves(lambda leaf: leaf * factor, value)


def forward_over_reverse(point: Point, optimized: bool) -> Parts:
    gradient = tangent.autodiff(point.function, wrt=point.wrt, optimized=optimized)
    product = tangent.autodiff(gradient, wrt=point.wrt, optimized=optimized, mode="forward")
    return as_tuple(quietly(product, [*point.args, point.seed, *point.direction]), point.wrt)


def reverse_over_forward(point: Point, optimized: bool) -> Parts:
    pushed = tangent.autodiff(point.function, wrt=point.wrt, optimized=optimized, mode="forward")
    product = tangent.autodiff(pushed, wrt=point.wrt, optimized=optimized)
    return as_tuple(quietly(product, [*point.args, *point.direction, point.seed]), point.wrt)


def reverse_over_reverse(point: Point, optimized: bool) -> Parts:
    gradient = tangent.autodiff(point.function, wrt=point.wrt, optimized=optimized)
    product = tangent.autodiff(gradient, wrt=point.wrt, optimized=optimized)
    seed = point.direction if len(point.wrt) > 1 else point.direction[0]
    return as_tuple(quietly(product, [*point.args, point.seed, seed]), point.wrt)


def forward_over_forward(point: Point, optimized: bool) -> float:
    pushed = tangent.autodiff(point.function, wrt=point.wrt, optimized=optimized, mode="forward")
    twice = tangent.autodiff(pushed, wrt=point.wrt, optimized=optimized, mode="forward")
    return weighted(quietly(twice, [*point.args, *point.direction, *point.direction]), point.seed)


MIXES: dict[str, Callable[[Point, bool], Any]] = {
    "forward over reverse": forward_over_reverse,
    "reverse over forward": reverse_over_forward,
    "reverse over reverse": reverse_over_reverse,
    "forward over forward": forward_over_forward,
}


def expected_of(point: Point, mix: str, product: Parts) -> Any:
    """What a mix is to give, from H u."""
    return weighted(product, point.direction) if mix == "forward over forward" else product
