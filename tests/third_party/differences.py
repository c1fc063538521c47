"""Directional derivatives of a function that nobody has prepared, by differences of several step sizes.

Arguments may be tiny or huge, and results too: a direction changes each number in proportion to its size, a weight of a
result is one over its size, and what does not change the whole by a part in 10^9 counts as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.numeric import leaves, map_leaves

__all__ = ["direction", "estimates", "inner", "moved", "weights"]

STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)


def is_float(leaf: Any) -> bool:
    return bool(np.asarray(leaf).dtype.kind == "f")


def of_shape(leaf: Any, numbers: np.ndarray[Any, Any]) -> Any:
    return numbers if isinstance(leaf, np.ndarray) else float(numbers)


def direction(argument: Any, rng: np.random.Generator) -> Any:
    """A random direction, in proportion to the size of each number of an argument."""

    def one(leaf: Any) -> Any:
        size = np.abs(leaf) + 1e-3 * (np.asarray(leaf) == 0)
        return of_shape(leaf, size * rng.uniform(0.5, 1.5, np.shape(leaf)))

    return map_leaves(one, argument)


def weights(result: Any, rng: np.random.Generator) -> Any:
    """A weight for each number of a result; what is not a real number counts as nothing."""

    def one(leaf: Any) -> Any:
        if not is_float(leaf):
            return np.zeros(np.shape(leaf)) if isinstance(leaf, np.ndarray) else 0.0
        size = np.where(np.isfinite(leaf) & (np.asarray(leaf) != 0), np.abs(leaf), 1.0)
        return of_shape(leaf, rng.uniform(0.5, 1.5, np.shape(leaf)) / size * np.isfinite(leaf))

    return map_leaves(one, result)


def inner(left: Any, right: Any) -> float:
    """The inner product of the real numbers in two values of one structure."""
    pairs = zip(leaves(left), leaves(right), strict=True)
    return float(sum(np.sum(np.asarray(a) * b) for (_, a), (_, b) in pairs if is_float(a) and is_float(b)))


def moved(argument: Any, along: Any, step: float) -> Any:
    """The argument plus `step` times a direction."""
    steps = iter([part for _, part in leaves(along)])
    return map_leaves(lambda leaf: leaf + step * next(steps), argument)


def estimates(at: Callable[[float], float], one_sided: bool) -> Sequence[float]:
    """What the derivative of `at` at 0 is, by central differences, or by those to the left and to the right."""
    found = []
    for step in STEPS:
        for h in (step, -step) if one_sided else (step,):
            try:
                if one_sided:
                    found.append((-3.0 * at(0.0) + 4.0 * at(h) - at(2.0 * h)) / (2.0 * h))
                else:
                    found.append((8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h))
            except (ArithmeticError, ValueError, TypeError):
                continue  # it is not defined there
    return [float(number) for number in found if np.isfinite(number)]
