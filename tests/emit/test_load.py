"""From text to a function: whose names it sees, and where its text is found."""

from __future__ import annotations

import inspect
import linecache
import math
import sys
import traceback
import types
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.emit import notes
from tangent.emit.load import _compiled, load
from tangent.emit.notes import with_notes
from tangent.ir.nodes import Namespace

TEXT = """def f(x, y=2.0, *, z=3.0):
    a = x * own(y)
    return a + free + outer + z
"""


def made(text: str = TEXT, **globals_: Any) -> types.FunctionType:
    cell = types.CellType(10.0)
    home = Namespace({"__name__": "somewhere", "outer": 100.0, **globals_}, {"free": cell})
    return load("f", text, home, {"own": abs}, (2.0,), {"z": 3.0})


def test_globals_and_cells_are_those_of_the_user_and_live() -> None:
    f = made()
    assert f(1.0) == 1.0 * 2.0 + 10.0 + 100.0 + 3.0
    f.__globals__["outer"] = 200.0
    f.__closure__[f.__code__.co_freevars.index("free")].cell_contents = 20.0  # type: ignore[index]
    assert f(1.0, -1.0, z=0.0) == 1.0 + 20.0 + 200.0


def test_own_names_are_not_put_into_the_globals() -> None:
    f = made(own="the user's")
    assert f(1.0) == 115.0
    assert f.__globals__["own"] == "the user's"
    assert set(f.__globals__) - {"__builtins__"} == {"__name__", "outer", "own"}


def test_it_looks_like_any_function() -> None:
    f = made()
    assert type(f) is types.FunctionType
    assert (f.__name__, f.__qualname__, f.__module__) == ("f", "f", "somewhere")
    assert str(inspect.signature(f)) == "(x, y=2.0, *, z=3.0)"
    assert inspect.getsource(f) == TEXT
    assert inspect.getsourcelines(f)[1] in (0, 1)


def test_a_traceback_shows_the_line() -> None:
    f = made()
    with pytest.raises(TypeError) as caught:
        f(1.0, "text")
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.line, last.lineno, last.name) == ("a = x * own(y)", 2, "f")


def test_every_function_has_a_file_of_its_own() -> None:
    first, second = made(), made(TEXT.replace("a +", "a -"))
    assert first.__code__.co_filename != second.__code__.co_filename
    linecache.checkcache()
    assert "a + free" in inspect.getsource(first)
    assert "a - free" in inspect.getsource(second)


# --- with a handler that adds notes ---------------------------------------------------------------

BODIES = {
    "one line": "    return x / 0.0\n",
    "a loop": "    for i in range(3):\n        x = x * (\n            2.0 + i\n        )\n    return x / 0.0\n",
    "a function inside": "    g = lambda a: [\n        a + b for b in (x, x)\n    ]\n    return g(x)[0] / 0.0\n",
    "a name like that of the handler": "    note = x\n    return note / 0.0\n",
    "many lines": "".join(f"    x{i} = x + {i}.5\n" for i in range(400)) + "    return x399 / 0.0\n",
    "strings of several lines": "    s = '''a\n  b\nc'''\n    return len(s) / 0.0\n",
    "a try": "    try:\n        y = x / 0.0\n    except TypeError:\n        y = x\n    return y\n",
    "a finally": "    for i in x,:\n        try:\n            i /= 0.0\n        finally:\n            x = 2.0\n",
    "an error in a handler": "    try:\n        x.y\n    except AttributeError as e:\n        return x / 0.0\n",
    "contexts": "    with np.errstate(all='ignore'), np.errstate():\n        return [i / 0.0 for i in (x, x)]\n",
}


def function_of(code: types.CodeType) -> types.FunctionType:
    return types.FunctionType(code, {"np": np})


def lines_of(function: types.FunctionType) -> list[int | None]:
    """The lines of the traceback that an error has which leaves a function."""
    with pytest.raises(ZeroDivisionError) as caught:
        function(1.5)
    return [line for _, line in traceback.walk_tb(caught.value.__traceback__)][1:]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_handler_stands_behind_the_function_and_changes_nothing_in_it(body: str) -> None:
    plain = _compiled(f"def f(x):\n{body}", [], "<text>")
    noted = with_notes(plain)
    before, places = [*plain.co_positions()], [*noted.co_positions()]
    assert noted.co_code.startswith(plain.co_code)
    assert places[: len(before)] == before
    assert {place[0] for place in places[len(before) :]} == {1}
    assert noted.co_consts == (*plain.co_consts, notes.note)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_handler_is_called_once_and_the_error_goes_on_as_it_does_without_it(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(notes, "note", lambda: called.append(sys.exception()))
    plain = _compiled(f"def f(x):\n{body}", [], "<text>")
    assert lines_of(function_of(with_notes(plain))) == lines_of(function_of(plain))
    assert [type(error) for error in called] == [ZeroDivisionError]


def test_errors_that_are_caught_are_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(notes, "note", lambda: called.append(sys.exception()))
    text = "def f(x):\n    try:\n        return x / 0.0\n    except ZeroDivisionError:\n        return 2.0 * x\n"
    assert function_of(with_notes(_compiled(text, [], "<text>")))(1.5) == 3.0
    assert called == []


def test_a_body_with_handlers_is_noted_as_well() -> None:
    def f(x: Any) -> Any:
        try:
            return math.sin(x) * x
        finally:
            print("done")

    forward, _ = tangent.autodiff(f, motion="split")
    with pytest.raises(TypeError) as caught:
        forward("text")
    assert "return math.sin(x) * x" in caught.value.__notes__[0]


def test_a_python_that_writes_code_in_another_way_runs_it_without_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_handler", lambda: None)
    with pytest.raises(ZeroDivisionError) as caught:
        tangent.grad(lambda x: x / (x - x))(1.0)
    assert not hasattr(caught.value, "__notes__")
