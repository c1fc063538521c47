"""Debuggers stop on the generated lines: `pdb`, `ipdb`, and the one of VS Code."""

from __future__ import annotations

import contextlib
import io
import math
import pdb
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tangent
from tests.from_text import function_from

STOPS = """
def f(x):
    y = math.log(x)
    z = y * math.sin(y)
    breakpoint()
    return z * x
"""
STEEP = "def f(x):\n    return math.sqrt(x) * x\n"


class Talk:
    """A session with `pdb`: what is typed, and what is printed."""

    def __init__(self, *commands: str) -> None:
        self.printed = io.StringIO()
        typed = io.StringIO("\n".join(commands) + "\n")
        self.debugger = pdb.Pdb(stdin=typed, stdout=self.printed, readrc=False)
        self.debugger.use_rawinput = False
        self.debugger.prompt = ""

    @property
    def said(self) -> str:
        return re.sub(r"<tangent (\w+) \d+>", r"<\1>", self.printed.getvalue())

    @contextlib.contextmanager
    def answering(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """With `breakpoint()` and `pdb.set_trace()` in this session."""
        trace = sys.gettrace()

        def stop(*_: Any, **__: Any) -> None:
            self.debugger.set_trace(sys._getframe(1))

        monkeypatch.setattr(sys, "breakpointhook", stop)
        monkeypatch.setattr(pdb, "set_trace", stop)
        try:
            yield
        finally:
            sys.settrace(trace)


TO_NEXT_LINE = ["next"] if sys.version_info >= (3, 13) else []
"""Since Python 3.13 the debugger stops at the line of the breakpoint, and not at the next."""


@pytest.mark.parametrize("call", ["breakpoint()", "pdb.set_trace()"])
def test_a_breakpoint_in_the_primal_stops_in_the_derivative(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(*TO_NEXT_LINE, "p y, z", "next", "next", "next", "p bz", "continue")
    with talk.answering(monkeypatch):
        tangent.grad(function_from(STOPS.replace("breakpoint()", call), pdb=pdb))(2.0)
    said = talk.said.splitlines()
    assert said[: 2 * len(TO_NEXT_LINE)] == ["> <dfdx>(5)dfdx()", f"-> {call}"] * len(TO_NEXT_LINE)
    assert said[2 * len(TO_NEXT_LINE) :] == [
        "> <dfdx>(6)dfdx()", "-> tangent.check_seed(bf, x)",
        f"({math.log(2.0)!r}, {math.log(2.0) * math.sin(math.log(2.0))!r})",
        "> <dfdx>(9)dfdx()", "-> bz = tangent.unbroadcast(bf * x, 0.0)",
        "> <dfdx>(10)dfdx()", "-> bx = bf * z",
        "> <dfdx>(12)dfdx()", "-> by = bz * sin_y + bz * y * math.cos(y)",
        "2.0",
    ]


def test_a_breakpoint_on_a_line_and_stepping(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = tangent.grad(function_from(STEEP))
    talk = Talk("break 6", "continue", "p sqrt_x", "next", "p bx", "continue")
    with talk.answering(monkeypatch):
        talk.debugger.runcall(derivative, 4.0)
    assert "-> bx = bf * sqrt_x + bf * x * 0.5 / sqrt_x\n2.0\n" in talk.said
    assert "-> return bx\n3.0\n" in talk.said


def test_a_breakpoint_on_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = tangent.grad(function_from(STEEP))
    talk = Talk("break derivative", "continue", "p x", "continue")
    with talk.answering(monkeypatch):
        talk.debugger.runctx("derivative(4.0)", {"derivative": derivative}, {})
    assert "-> sqrt_x = math.sqrt(x)\n4.0\n" in talk.said


def test_stepping_through_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = tangent.grad(function_from(STEEP))
    talk = Talk("step", *["next"] * 12)
    with talk.answering(monkeypatch), pytest.raises(ZeroDivisionError):
        talk.debugger.runcall(derivative, 0.0)
    assert "ZeroDivisionError: float division by zero\n> <dfdx>(6)dfdx()\n-> bx = " in talk.said
    assert "--Return--" in talk.said


def test_post_mortem_sees_the_names_of_the_user() -> None:
    derivative = tangent.grad(function_from("def f(rate):\n    speed = math.sqrt(rate)\n    return speed * speed\n"))
    with pytest.raises(ZeroDivisionError) as caught:
        derivative(0.0)
    talk = Talk("p rate, speed, bspeed", "p sorted(locals())", "where", "quit")
    talk.debugger.reset()
    talk.debugger.interaction(None, caught.value.__traceback__)
    assert "\n(0.0, 0.0, 0.0)\n['bf', 'bspeed', 'rate', 'speed', 'tangent']\n" in talk.said
    assert "> <dfdrate>(8)dfdrate()\n-> brate = " in talk.said


def test_ipdb_stops_where_pdb_does(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = pytest.importorskip("IPython.core.debugger")
    derivative = tangent.grad(function_from(STOPS))
    printed = io.StringIO()
    session = debugger.Pdb(stdin=io.StringIO("p z\nnext\ncontinue\n"), stdout=printed)
    session.use_rawinput = False
    trace = sys.gettrace()
    monkeypatch.setattr(sys, "breakpointhook", lambda: session.set_trace(sys._getframe(1)))
    try:
        derivative(2.0)
    finally:
        sys.settrace(trace)
    said = re.sub(r"\x1b\[[\d;]*m", "", printed.getvalue())
    assert "tangent.check_seed(bf, x)" in said
    assert repr(math.log(2.0) * math.sin(math.log(2.0))) in said


# --- Visual Studio Code --------------------------------------------------------------------------

SCRIPT = """
import math
import tangent


def f(x):
    y = math.log(x)
    z = y * math.sin(y)
    breakpoint()
    return z * x


derivative = tangent.grad(f)
for x in (2.0, 3.0):
    derivative(x)
"""


def test_the_debugger_of_vs_code(tmp_path: Path) -> None:
    pytest.importorskip("debugpy")
    from tests.debugging.adapter import Session

    script = tmp_path / "model.py"
    script.write_text(SCRIPT)
    with Session(script) as session:
        session.start()
        frame = session.stopped()
        assert (frame["name"], session.line_of(frame)) == ("dfdx", "tangent.check_seed(bf, x)")
        assert float(session.value(frame, "y")) == math.log(2.0)
        assert session.line_of(session.step()) == "bz = tangent.unbroadcast(bf * x, 0.0)"
        made = session.send("setBreakpoints", source=frame["source"], breakpoints=[{"line": 12}])
        assert made["breakpoints"][0]["verified"]
        session.go_on()
        frame = session.stopped()
        assert session.line_of(frame) == "by = bz * sin_y + bz * y * math.cos(y)"
        assert float(session.value(frame, "bz")) == 2.0
        session.send("setFunctionBreakpoints", breakpoints=[{"name": "dfdx"}])
        session.go_on()
        frame = session.stopped()
        assert frame["name"] == "dfdx"
        assert float(session.value(frame, "x")) == 3.0

