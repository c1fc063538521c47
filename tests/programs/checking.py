"""Whether the derivative of a function is right, refused or wrong, in every mode, optimized and raw."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangent.errors import TangentError
from tests.numeric import differences, identical, numerical_gradient, quietly, seed_for
from tests.programs.modes import MODES


@dataclass(frozen=True)
class Expected:
    """What a program gives at its arguments: result, printed text, and the derivative for a random seed."""

    result: Any
    printed: str
    seed: Any
    gradient: tuple[Any, ...]
    smooth: bool


def expected_of(f: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...]) -> Expected:
    """Run the primal and differentiate it numerically."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = f(*copy.deepcopy(list(args)))
    seed = seed_for(result, np.random.default_rng(0))
    numerical = numerical_gradient(f, args, wrt, seed)
    return Expected(result, printed.getvalue(), seed, numerical.gradient, numerical.smooth)


def problems(
    f: Callable[..., Any],
    args: Sequence[Any],
    wrt: tuple[int, ...],
    expected: Expected,
    mode: str,
    optimized: bool,
    rtol: float = 1e-6,
) -> list[str]:
    """What is wrong with one derivative: its numbers, its printing, and what it did to its arguments."""
    given, seed, printed = copy.deepcopy(list(args)), copy.deepcopy(expected.seed), io.StringIO()
    with contextlib.redirect_stdout(printed):
        actual = MODES[mode](f, wrt, optimized)(given, seed)
    found = differences(actual, expected.gradient, rtol, rtol)
    if not identical(given, list(args)):
        found.append(f"arguments changed: {given} instead of {list(args)}")
    if not identical(seed, expected.seed):
        found.append(f"seed changed: {seed} instead of {expected.seed}")
    if printed.getvalue() != expected.printed:
        found.append(f"printed {printed.getvalue()!r} instead of {expected.printed!r}")
    return found


def outcome(
    f: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...] = (0,), rtol: float = 1e-6
) -> str:
    """`right` or `refused`: the same in every mode, optimized and raw; anything else fails."""
    expected = expected_of(f, args, wrt)
    assert expected.smooth, "the numerical derivative is not reliable here"
    seen = {}
    for mode in MODES:
        for optimized in (True, False):
            form = f"{mode}-{'optimized' if optimized else 'raw'}"
            try:
                found = problems(f, args, wrt, expected, mode, optimized, rtol)
            except TangentError:
                seen[form] = "refused"
            else:
                assert not found, f"{form}: " + "\n".join(found)
                seen[form] = "right"
    assert len(set(seen.values())) == 1, f"the forms disagree: {seen}"
    return seen["joint-optimized"]


__all__ = ["Expected", "expected_of", "outcome", "problems", "quietly"]
