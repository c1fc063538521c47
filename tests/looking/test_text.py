"""Explanations as text: the stored ones.  `python -m tests.looking.test_text` stores them anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tangent
from tangent.looking.text import table
from tests.looking import samples

FOLDER = Path(__file__).parent / "golden"
EXPLAINED: dict[str, Callable[[], Any]] = {
    "loop_with_a_helper": lambda: tangent.grad(samples.loss),
    "split": lambda: tangent.autodiff(samples.damped(0.5), motion="split"),
    "forward": lambda: tangent.jvp(samples.loss),
    "second_order": lambda: tangent.hvp(samples.damped(0.5)),
    "constants": lambda: tangent.grad(samples.chosen),
    "method": lambda: tangent.grad(samples.Spring(2.0).energy),
    "block_for_the_backward_pass": lambda: tangent.grad(samples.clipped),
    "lines_of_another_function": lambda: tangent.grad(samples.written),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_text_is_the_stored_one(name: str) -> None:
    assert (FOLDER / f"{name}.txt").exists(), "run python -m tests.looking.test_text"
    assert str(tangent.explain(EXPLAINED[name]())) == (FOLDER / f"{name}.txt").read_text()


def test_a_table_is_as_wide_as_its_cells() -> None:
    assert table(("a", "long"), [("value", "b"), ("", "c")]) == "a      long\n-----  ----\nvalue  b\n       c"


def write_golden_files() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, make in EXPLAINED.items():
        (FOLDER / f"{name}.txt").write_text(str(tangent.explain(make())))


if __name__ == "__main__":
    write_golden_files()
