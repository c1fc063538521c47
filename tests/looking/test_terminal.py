"""Explanations in a terminal."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

import tangent
from tests.looking import samples


def printed(width: int) -> list[str]:
    """The lines of an explanation in a terminal of that width."""
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(tangent.explain(tangent.grad(samples.loss)))
    return console.export_text().splitlines()


def test_derivative_stands_beside_the_primal() -> None:
    line = next(line for line in printed(150) if "norm = np.sum(W * W)" in line)
    assert "state_stack, state_saved_stack, sum_state_stack" in line


def test_in_a_narrow_terminal_one_stands_below_the_other() -> None:
    lines = printed(90)
    assert max(map(len, lines)) <= 90
    line = next(line for line in lines if "norm = np.sum(W * W)" in line)
    assert "state_stack" not in line
    assert any("state_stack, state_saved_stack, sum_state_stack" in line for line in lines)


def test_lines_that_belong_together_have_a_bar_of_one_colour() -> None:
    console = Console(file=io.StringIO(), width=150, force_terminal=True, color_system="standard")
    console.print(tangent.explain(tangent.grad(samples.loss)))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    primal = next(line for line in lines if "step" in line and "xs" in line)
    bar = primal[: primal.index("▌")].rpartition("\x1b")[2]
    adjoint = next(line for line in lines if "step_backward" in line)
    assert f"{bar}▌" in adjoint


def test_it_has_colours_where_a_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = tangent.explain(tangent.grad(samples.loss))
    assert repr(explained) == str(explained)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in repr(explained)
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr("tangent.looking.explanation.find_spec", lambda name: None)
    assert repr(explained) == str(explained)
