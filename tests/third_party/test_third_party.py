"""Functions of public packages are differentiated exactly in both modes, or refused for a known reason.

`python -m tests.third_party.test_third_party` prints what does not pass, without the lists of `expected`.
"""

from __future__ import annotations

import contextlib
import copy
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError
from tests.third_party.differences import direction, estimates, inner, moved, weights
from tests.third_party.expected import AT_A_KINK, REFUSED
from tests.third_party.functions import CASES, Case

REASONS = {name: reason for reason, names in REFUSED.items() for name in names}
MODES = ("reverse", "forward")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def derivatives(case: Case, mode: str, directions: dict[str, Any], weight: Any) -> dict[str, float]:
    """The derivative of the weighted result for a step in the direction of each argument."""
    arguments = copy.deepcopy(case.arguments)
    if mode == "reverse":
        pullback = tangent.vjp(case.function, wrt=case.wrt)
        gradient = pullback(**arguments, **named(pullback, case, [weight]))
        parts = gradient if len(case.wrt) > 1 else (gradient,)
        return {name: inner(part, directions[name]) for name, part in zip(case.wrt, parts, strict=True)}
    pushforward = tangent.jvp(case.function, wrt=case.wrt)
    found = {}
    for name in case.wrt:
        tangents = [moved(d, d, -1.0 if n != name else 0.0) for n, d in directions.items()]
        found[name] = inner(pushforward(**arguments, **named(pushforward, case, tangents)), weight)
    return found


def named(derivative: Any, case: Case, values: list[Any]) -> dict[str, Any]:
    """The seeds of a derivative by their names, which are those that the function does not have."""
    names = [n for n in derivative.__code__.co_varnames[: derivative.__code__.co_argcount] if n not in case.arguments]
    return dict(zip(names, values, strict=True))


def disagreements(case: Case, mode: str) -> list[str]:
    """The arguments for which a derivative is not that of the function, with both."""
    rng = np.random.default_rng(0)
    weight = weights(case.result(), rng)
    directions = {name: direction(case.arguments[name], rng) for name in case.wrt}
    found = derivatives(case, mode, directions, weight)
    wrong = []
    for name, along in directions.items():

        def at(step: float, name: str = name, along: Any = along) -> float:
            return inner(case.with_argument(name, moved(case.arguments[name], along, step)).result(), weight)

        expected = estimates(at, one_sided=case.name in AT_A_KINK)
        if not any(abs(e - found[name]) <= 1e-5 * max(abs(e), abs(found[name])) + 1e-9 for e in expected):
            wrong.append(f"{name}: {found[name]} instead of one of {expected}")
    return wrong


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.name not in REASONS])
def test_derivative_is_exact(name: str, mode: str) -> None:
    with quietly():
        assert disagreements(CASES[name], mode) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.name in REASONS])
def test_refusal_says_why(name: str, mode: str) -> None:
    case = CASES[name]
    with quietly(), pytest.raises(TangentError) as error:
        disagreements(case, mode)
    assert REASONS[case.name] in error.value.what
    assert error.value.instead


def test_nearly_all_is_differentiated() -> None:
    names = {case.name for case in CASES.values()}
    assert len(names) >= 700
    assert len(REASONS) <= 0.1 * len(names)
    assert set(REASONS) <= names


def main() -> None:
    for name, case in CASES.items():
        for mode in MODES:
            try:
                with quietly():
                    found = "; ".join(disagreements(case, mode))
            except TangentError as error:
                found = f"refused: {error.what}"
                if error.origin is not None:
                    found += f" [{error.origin.source_line.strip()}]"
            except Exception as error:
                found = f"{type(error).__name__}: {error}"
            if found:
                print(f"{name} ({mode}): {found}")


if __name__ == "__main__":
    main()
