"""From a function object to the syntax tree that it was compiled from, or a refusal."""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tangent.errors import SourceError
from tangent.frontend.entry import plain_function
from tangent.frontend.source import read
from tests.from_text import module_from, rewrite

first, second = (lambda x: x * 2.0), (lambda x: x * 3.0)
same_text = [lambda x: x + 1.0, lambda x: x + 1.0]
over_lines = (
    lambda x:
    x * 5.0
)
in_call = functools.reduce(lambda f, g: f, [lambda x: x * 6.0, lambda x: (x * 7.0)])  # fmt: skip


def unparsed(f: Callable[..., Any]) -> str:
    node = read(plain_function(f)).node
    body = node.body if isinstance(node, ast.Lambda) else node.body[-1]
    return ast.unparse(body)


def test_lambdas_on_one_line_are_told_apart() -> None:
    assert [unparsed(f) for f in (first, second, *same_text, over_lines, in_call)] == [
        "x * 2.0", "x * 3.0", "x + 1.0", "x + 1.0", "x * 5.0", "x * 6.0",
    ]


def test_definitions_in_functions_and_classes() -> None:
    class Holder:
        @staticmethod
        def static(x):
            text = """
   not indented"""
            return x * len(text)

    def inner(x):
        return x * 8.0

    assert unparsed(inner) == "return x * 8.0"
    assert unparsed(Holder.static) == "return x * len(text)"


@pytest.mark.parametrize("text", [
    "def f(x): return x * 8.0\ny = 1\n",
    "def f(\n    x,\n):\n    return x * 8.0\ny = 1\n",
    "def f(x):\n    y = (x *\n1.0)\n\n# at the margin\n    return x * 8.0\ny = 1\n",
    "def f(x):\n    y = 1 + \\\n2\n    return x * 8.0\n",
    "@twice(\n    2,\n)\n@twice(3)\ndef f(x):\n    return x * 8.0\n",
    "if True:\n  def f(x):\n     return x * 8.0\nelse:\n  f = None\n",
    "if True:\n\tdef f(x):\n\t\treturn x * 8.0",
])
def test_a_definition_ends_where_it_does_for_python(text: str, tmp_path: Path) -> None:
    text = "def twice(n):\n    return lambda f: f\n\n\n" + text
    assert unparsed(module_from(tmp_path / "laid_out.py", text).f) == "return x * 8.0"


def test_positions_are_those_of_the_file() -> None:
    def inner(x):
        return (
            x
            * 2.0
        )  # fmt: skip

    source = read(inner)
    statement = source.node.body[0]
    line = inner.__code__.co_firstlineno + 1
    origin = source.origin(statement.value.right, statement)
    assert (origin.line, origin.function) == (line + 2, "inner")
    assert Path(__file__).read_text().splitlines()[origin.line - 1] == origin.source_line.rstrip("\n")
    assert origin.source_line[origin.column : origin.end_column] == "2.0"
    assert origin.text == "return x * 2.0"


def test_defaults_and_decorators_do_not_disturb() -> None:
    @functools.cache
    def cached(x, y=len("abc"), *, z=[1]):
        """Documented."""
        return x * y

    assert unparsed(cached) == "return x * y"


@pytest.mark.parametrize(
    "edited",
    [
        "def f(x):\n    return x * 3.0\n",
        "def f(x, y):\n    return x * 2.0\n",
        "def f(x):\n    return y * 2.0\n",
        "f = 3\n",
        "",
        "def f(x:\n",
    ],
)
def test_an_edited_file_is_refused(tmp_path: Path, edited: str) -> None:
    module = module_from(tmp_path / "edited.py", "def f(x):\n    return x * 2.0\n")
    assert unparsed(module.f) == "return x * 2.0"
    rewrite(tmp_path / "edited.py", edited)
    with pytest.raises(SourceError):
        read(module.f)


def test_a_change_elsewhere_in_the_line_is_no_edit(tmp_path: Path) -> None:
    module = module_from(tmp_path / "spaced.py", "def f(x):\n    return x * 2.0\n")
    rewrite(tmp_path / "spaced.py", "def f(x):  # why\n    return x*2.0\n")
    assert unparsed(module.f) == "return x * 2.0"


def test_text_that_is_registered_is_found() -> None:
    text = "def f(x):\n    return x * 4.0\n"
    space: dict[str, Any] = {}
    exec(compile(text, "<cell 1>", "exec"), space)
    with pytest.raises(SourceError, match="not available"):
        read(space["f"])
    linecache.cache["<cell 1>"] = (len(text), None, text.splitlines(keepends=True), "<cell 1>")
    assert unparsed(space["f"]) == "return x * 4.0"


class Callme:
    def __call__(self, x):
        return x

    def method(self, x):
        return x


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (Callme, "class"),
        (np.random.rand, "written in C"),
        ({}.get, "written in C"),
        (3.0, "not a Python function"),
    ],
)
def test_what_is_no_plain_function(thing: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(plain_function(thing))
    assert caught.value.instead
