"""From text to a function: whose names it sees, and where its text is found."""

from __future__ import annotations

import inspect
import linecache
import traceback
import types
from typing import Any

import pytest

from tangent.emit.load import load
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
