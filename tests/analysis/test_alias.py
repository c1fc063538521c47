"""Aliases: what is refused at once, what is left to the run, and what needs neither."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tangent
from tangent.analysis.alias import check_aliases
from tangent.errors import AliasError
from tangent.ir.nodes import Assign, Lib
from tangent.ir.walk import all_statements
from tests.from_text import function_from, program


def checks(text: str) -> list[int]:
    """The lines in front of which a check for views is put."""
    function = check_aliases(program(text))
    return [
        s.origin.line
        for s in all_statements(function.body)
        if isinstance(s, Assign) and isinstance(s.value.fn, Lib) and s.value.fn.value is tangent.refuse_view
    ]


FOLLOWED = {
    "a view that is written through": "v = y[1:]\nv[0] = 5.0\nreturn np.sum(y)",
    "a view of what is written": "v = y[1:]\ny[2] = 5.0\nreturn np.sum(v * v)",
    "a view that is accumulated into": "v = y[:2]\nv += 1.0\nreturn np.sum(y * v)",
}
CERTAIN = {
    "an array in a container": "items = []\nfor i in range(2):\n    items.append(y)\ny[0] = 5.0\nreturn sum(items)",
}
NOTHING_TO_SEE = {
    "one name": "y[0] = 5.0\nreturn np.sum(y)",
    "a second name": "z = y\nz[0] = 5.0\nreturn np.sum(y * z)",
    "a copy": "v = y[1:].copy()\nv[0] = 5.0\nreturn np.sum(y) + np.sum(v)",
    "arithmetic": "v = y[1:] * 1.0\ny[1] = 5.0\nreturn np.sum(v)",
    "a view that is not read again": "v = y[1:] * 2.0\ny[1:] = v\nreturn np.sum(y)",
    "an update of a slice": "y[1:] += y[:-1] * 2.0\nreturn np.sum(y)",
}


def body(text: str) -> str:
    lines = ["y = x * 2.0", *text.splitlines()]
    return "def f(x: np.ndarray):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize("name", CERTAIN)
def test_is_refused_when_the_derivative_is_made(name: str) -> None:
    with pytest.raises(AliasError, match="was put into a container"):
        check_aliases(program(body(CERTAIN[name])))


@pytest.mark.parametrize("made", ["np.zeros(())", "np.zeros_like(n)", "np.copy(n)", "np.zeros(3)[0, ...]"])
def test_an_array_without_dimensions_is_no_number(made: str) -> None:
    text = f"def f(n: float):\n    t = {made}\n    items = [t]\n    t[...] = n * n\n    return items[0] * n\n"
    with pytest.raises(AliasError, match=r"was put into a container|two names"):
        tangent.grad(function_from(text))(3.0)


@pytest.mark.parametrize("name", FOLLOWED)
def test_is_followed(name: str) -> None:
    assert checks(body(FOLLOWED[name])) == []


@pytest.mark.parametrize("name", NOTHING_TO_SEE)
def test_needs_no_check(name: str) -> None:
    assert checks(body(NOTHING_TO_SEE[name])) == []


MAYBE = """
def f(x, i, j):
    y = x * 1.0
    first = y[i]
    y[i] = y[j]
    y[j] = first
    return np.sum(y * y * x)
"""


def test_is_left_to_the_run_where_only_the_run_can_tell() -> None:
    assert checks(MAYBE) == [4]
    derivative = tangent.grad(function_from(MAYBE))
    # y = (x2, x1, x0): the derivative of x2 * x2 * x0 + x1 ** 3 + x0 * x0 * x2
    np.testing.assert_allclose(derivative(np.array([1.0, 2.0, 4.0]), 0, 2), [16.0 + 8.0, 12.0, 8.0 + 1.0])
    with pytest.raises(AliasError, match=r"line 4\n    y\[i\] = y\[j\]"):
        derivative(np.ones((3, 2)), 0, 2)


def test_the_text_of_the_check_is_one_statement() -> None:
    derivative = tangent.grad(function_from(MAYBE))
    assert inspect.getsource(derivative).count("tangent.refuse_view(") == 1
