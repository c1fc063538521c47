"""Random programs: the right number or the documented error, in every mode, optimized and raw."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.programs.checking import outcome
from tests.programs.kinds import SeededChooser
from tests.programs.random_programs import Program, judge, load, write_program
from tests.programs.shrinking import shrink


class DrawnChooser:
    """Decisions of Hypothesis, which makes failing programs smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Programs over the whole language."""
    return write_program(DrawnChooser(draw))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(programs())
def test_drawn_programs(program: Program) -> None:
    verdict = judge(program)
    assume(verdict.outcome != "discarded")
    assert verdict.outcome in ("right", "refused"), f"{verdict.reason}\n{program.arguments}\n{program.source}"


@pytest.mark.parametrize("batch", range(4))
def test_seeded_programs(batch: int) -> None:
    counts: dict[str, int] = {}
    for number in range(25):
        program = write_program(SeededChooser(1000 * batch + number))
        verdict = judge(program, order=2)
        counts[verdict.outcome] = counts.get(verdict.outcome, 0) + 1
        assert verdict.outcome in ("right", "refused", "discarded"), (
            f"{verdict.outcome}: {verdict.reason}\n{program.arguments}\n{program.source}"
        )
    assert counts.get("right", 0) > 12, counts


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_most_programs_run() -> None:
    good = 0
    for seed in range(100):
        program = write_program(SeededChooser(seed))
        good += judge(program, [("forward", False)]).outcome != "discarded"
    assert good > 85


def test_programs_are_reproducible() -> None:
    first, again = write_program(SeededChooser(7)), write_program(SeededChooser(7))
    assert first.source == again.source


def test_shrinking_keeps_what_fails() -> None:
    source = (
        "def f(x):\n    for i in range(3):\n        if x > 0:\n            x = bad(x) + 1\n    return x\n"
    )
    assert shrink(source, lambda text: "bad(" in text).count("\n") <= 3


def test_judge_finds_a_wrong_number(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.programs import modes

    def off(f: object, wrt: tuple[int, ...], optimized: bool) -> object:
        return lambda args, seed: tuple(args[i] * 1.001 for i in wrt)

    monkeypatch.setattr(modes, "MODES", {"joint": off})
    monkeypatch.setattr("tests.programs.checking.MODES", {"joint": off})
    program = Program("def f(x):\n    return 0.5 * x * x\n", (0.7,), (0,))
    assert judge(program).outcome == "wrong"
    with pytest.raises(AssertionError):
        outcome(load(program.source), (0.7,))
