"""Lines: chains of branches, comments, and what is too deep for Python."""

from __future__ import annotations

import textwrap

import pytest

import tangent
from tangent.errors import UnsupportedError
from tests.from_text import dedented, function_from


def chain(count: int, returns: bool = False) -> str:
    """A function that looks for the interval that x is in."""
    lines = []
    for i in range(count):
        word, does = "if" if returns or not i else "elif", "return" if returns else "y ="
        lines += [f"{word} x < {i}.0:", f"    {does} x * {i}.5"]
    lines += ["return 0.0"] if returns else ["else:", "    y = 0.0", "return y"]
    return "def f(x):\n" + textwrap.indent("\n".join(lines), "    ")


def test_a_chain_of_tests_that_the_backward_pass_needs_is_a_chain() -> None:
    text = tangent.source(tangent.grad(function_from(chain(3))))
    assert dedented(text).startswith(dedented("""
        def dfdx(x, by=1.0):
            cond = x < 0.0
            if cond:
                y = x * 0.5
            elif cond2 := x < 1.0:
                y = x * 1.5
            elif cond3 := x < 2.0:
                y = x * 2.5
            else:
                y = 0.0
    """))


@pytest.mark.parametrize("returns", [False, True], ids=["assignments", "returns"])
def test_a_chain_may_be_of_any_length(returns: bool) -> None:
    derivative = tangent.grad(function_from(chain(150, returns)))
    assert [derivative(x) for x in (-1.0, 0.5, 148.5, 1000.0)] == [0.5, 1.5, 149.5, 0.0]


def test_comments_deep_inside_are_short_but_there() -> None:
    loops = "".join(f"{'    ' * i}if x > {i}.0:\n" for i in range(1, 24))
    body = f"{'    ' * 24}x = x * 2.0 + {' + '.join(map(str, range(30)))}"
    text = tangent.source(tangent.grad(function_from(f"def f(x):\n{loops}{body}\n    return x")))
    comments = [line.strip() for line in text.splitlines() if line.lstrip().startswith("# x = x")]
    assert comments == ["# x = x * 2.0 + 0 +"]


def test_what_is_too_deep_for_python_is_refused() -> None:
    pieces = "".join(f"    if x < {i}.0:\n        return x\n    x = x * 0.5\n" for i in range(120))
    with pytest.raises(UnsupportedError, match="too many blocks inside each other") as caught:
        tangent.grad(function_from(f"def f(x):\n{pieces}    return x"))
    assert "split the function" in str(caught.value)
