"""The benchmarks run, count what they say they count, and refuse to time wrong numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.run import fresh_copies, length, require_equal, statements
from benchmarks.sources import SHAPES
from benchmarks.timing import race
from tests.gallery.pairs import overwrite


def test_a_short_run_saves_its_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "numbers.json"
    results = main(["--quick", "--only", "rnn", "--only", "forward", "--json", str(saved)])
    assert json.loads(saved.read_text()) == results
    assert {row["group"] for row in results["running"]} == {"rnn", "forward"}
    assert "RNN" in capsys.readouterr().out


def test_jacobians_and_hessians_are_timed_both_ways() -> None:
    rows = main(["--quick", "--only", "hessian"])["hessian"]
    assert {row["name"].partition(",")[0] for row in rows} == {"hessian", "jacobian", "jacobian of a loop"}
    assert all(row["over_one_at_a_time"] > 0.0 and row["over_autograd"] > 0.0 for row in rows)


def test_the_slower_function_has_the_greater_ratio() -> None:
    timings = race({"short": lambda: sum(range(100)), "long": lambda: sum(range(10_000))}, budget=0.1)
    ratio = timings.ratio("long", "short")
    assert ratio is not None
    assert ratio > 10
    assert timings.ratio("long", "absent") is None


def test_wrong_numbers_are_not_timed() -> None:
    with pytest.raises(AssertionError, match="a case"):
        require_equal((np.ones(3), 1.0), (np.ones(3), 1.1), "a case")


def test_statements_are_counted_without_headers_and_docstrings() -> None:
    assert statements('def f(x):\n    """Text."""\n    for i in x:\n        y = i\n    return y\n') == 3


def test_fresh_copies_are_functions_of_their_own() -> None:
    one, other = fresh_copies("overwrite", 2)
    assert len({one, other, overwrite}) == 3
    assert one(0.5) == overwrite(0.5)


@pytest.mark.parametrize("shape", SHAPES)
def test_long_functions_are_timed_against_ones_of_half_the_length(shape: str) -> None:
    timed = length(shape, repeats=1)
    assert timed.name.startswith(shape)
    assert timed.seconds > 0.0
    assert timed.over_half > 0.0
