"""From text to a function: whose names it sees, and where its text is found."""

from __future__ import annotations

import dis
import inspect
import linecache
import math
import traceback
import types
from typing import Any

import pytest

import tangent
from tangent.emit import notes
from tangent.emit.load import _compiled, _noted_by_syntax, load, plain_code
from tangent.emit.notes import in_attempt, with_notes
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
    "a name like that of the handler": "    x.note = 1.0\n    return x / 0.0\n",
    "many lines": "".join(f"    x{i} = x + {i}.5\n" for i in range(400)) + "    return x399 / 0.0\n",
    "strings of several lines": "    s = '''a\n  b\nc'''\n    return len(s) / 0.0\n",
}


def places(code: types.CodeType) -> list[tuple[str, Any]]:
    """The instructions with their places, without those that do nothing and those that find variables."""
    steps = zip(dis.get_instructions(code, show_caches=True), code.co_positions(), strict=True)
    return [(step.opname, place) for step, place in steps if step.opname not in ("NOP", "COPY_FREE_VARS")]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_handler_changes_no_place_of_the_text(body: str) -> None:
    text = f"def f(x):\n{body}"
    plain = _compiled(text, [], "<text>")
    tried = _compiled(in_attempt(text), [], "<text>")
    noted = with_notes(plain, tried)
    assert noted is not None
    assert places(noted)[: len(places(plain))] == places(plain)
    assert {place[0] for _, place in places(noted)[len(places(plain)) :]} == {1}
    for made, of in zip(noted.co_consts, plain.co_consts, strict=False):
        assert made is of


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_handler_is_the_one_of_the_syntax_tree(body: str) -> None:
    text = f"def f(x):\n{body}"
    plain = _compiled(text, [], "<text>")
    noted, by_syntax = with_notes(plain, _compiled(in_attempt(text), [], "<text>")), _noted_by_syntax(text, plain)
    assert noted is not None
    assert [name for name, _ in places(noted)] == [name for name, _ in places(by_syntax)]
    assert (noted.co_names, noted.co_stacksize) == (by_syntax.co_names, by_syntax.co_stacksize)


def test_a_body_that_is_compiled_otherwise_in_a_try_is_noted_as_well() -> None:
    def f(x: Any) -> Any:
        try:
            return math.sin(x) * x
        finally:
            print("done")

    forward, _ = tangent.autodiff(f, motion="split")
    plain, text = plain_code(forward), inspect.getsource(forward)
    assert with_notes(plain, _compiled(in_attempt(text), plain.co_freevars, "<text>")) is None
    with pytest.raises(TypeError) as caught:
        forward("text")
    assert "return math.sin(x) * x" in caught.value.__notes__[0]


def test_the_places_are_written_as_it_is_known_here() -> None:
    assert notes._writes_places_as_known()


def test_where_places_are_written_in_another_way_exceptions_have_notes_as_well(monkeypatch: Any) -> None:
    monkeypatch.setattr(notes, "_writes_places_as_known", lambda: False)
    with pytest.raises(ZeroDivisionError) as caught:
        tangent.grad(lambda x: x / (x - x))(1.0)
    assert "x / (x - x)" in caught.value.__notes__[0]
