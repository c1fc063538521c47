"""Functions of public packages are differentiated exactly in both modes, or refused for a recorded reason.

`python -m tests.third_party.test_third_party` records anew what is refused, in `refused.txt`, and prints what is wrong.
"""

from __future__ import annotations

import contextlib
import copy
import io
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError
from tests.third_party.arguments import AT_A_KINK, VALUES
from tests.third_party.differences import direction, estimates, inner, moved, weights

for package in ("fluids", *VALUES):
    pytest.importorskip(package)

from tests.third_party.functions import CASES, Case  # noqa: E402

RECORD = Path(__file__).with_name("refused.txt")
REFUSED = dict(line.split(": ", 1) for line in RECORD.read_text().splitlines())
"""What is refused, by the name of the case and the mode, and the first line of the reason."""
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


ALL = [(name, mode) for name in CASES for mode in MODES]


def key(name: str, mode: str) -> str:
    return f"{name} ({mode})"


ILL_CONDITIONED = {
    "fluids.drag.time_v_terminal_Stokes": "the logarithm of a difference near the precision of numbers",
    "fluids.piping.gauge_from_t": "a step: look-up in a table",
    "fluids.piping.t_from_gauge": "a step: look-up in a table",
    "pymap3d.los.lookAtSpheroid mixed": "a difference of squares of lengths in metres",
}
"""Functions for which numerical derivatives decide nothing, and why."""


@pytest.fixture(autouse=True)
def _without_optional_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused does not depend on whether a package is installed that `fluids` uses where it finds it."""
    monkeypatch.setitem(sys.modules, "mpmath", None)


@pytest.mark.parametrize(("name", "mode"), [pair for pair in ALL if key(*pair) not in REFUSED])
def test_derivative_is_exact(name: str, mode: str) -> None:
    with quietly():
        wrong = disagreements(CASES[name], mode)
    assert wrong == [] or name in ILL_CONDITIONED


@pytest.mark.parametrize(("name", "mode"), [pair for pair in ALL if key(*pair) in REFUSED])
def test_refusal_says_why(name: str, mode: str) -> None:
    with quietly(), pytest.raises(TangentError) as error:
        disagreements(CASES[name], mode)
    assert reason(error.value) == REFUSED[key(name, mode)]
    assert error.value.instead


def reason(error: TangentError) -> str:
    what = error.what.strip().splitlines()[0]
    return what.replace("scipy._external.", "scipy._lib.")  # where SciPy 1.18 has what others wrote


def test_nearly_all_is_differentiated() -> None:
    names = {case.name for case in CASES.values()}
    refused = {case.name for name, case in CASES.items() if any(key(name, mode) in REFUSED for mode in MODES)}
    assert len(names) >= 700
    assert len(refused) <= 0.13 * len(names)
    assert set(REFUSED) <= {key(*pair) for pair in ALL}


def main() -> None:
    refused = []
    for name, mode in ALL:
        try:
            with quietly():
                wrong = "; ".join(disagreements(CASES[name], mode))
        except TangentError as error:
            refused.append(f"{key(name, mode)}: {reason(error)}\n")
        except Exception as error:
            print(f"{key(name, mode)}: {type(error).__name__}: {error}")
        else:
            print(f"{key(name, mode)}: {wrong}\n" * bool(wrong), end="")
    RECORD.write_text("".join(refused))


if __name__ == "__main__":
    main()
