"""Copies: where values become buffers that are written in place, and only there."""

from __future__ import annotations

import copy
import re
import textwrap
from typing import Any

import numpy as np
import pytest

import tangent
from tests.from_text import function_from, printed
from tests.numeric import identical

NO_COPY = {
    "a result of arithmetic": "y = x * 2.0\ny[0] = 1.0\nreturn y",
    "many writes": "y = np.zeros_like(x)\nfor i in range(len(x)):\n    y[i] = x[i]\nreturn y",
    "a read before the write": "y = x * 2.0\nz = y + 1.0\ny[0] = 1.0\nreturn y + z",
    "an augmented name": "x += 1.0\nreturn x",
    "a list of its own": "y = [x]\ny.append(x)\nreturn y[0] + y[1]",
}
COPIED = {
    "an argument": "x[0] = 1.0\nreturn x",
    "an argument under another name": "y = x\ny[1:] = 0.0\nreturn y",
    "an argument in a loop": "for i in range(len(x)):\n    x[i] = x[i] * 2.0\nreturn x",
    "an argument in a branch": "if n > 0:\n    x[0] = 1.0\nreturn x * 2.0",
    "an argument in a list": "y = [x, x]\nz = y[0]\nz[0] = 1.0\nreturn z",
}


def body(text: str) -> str:
    return "def f(x: np.ndarray, n: int):\n" + "".join(f"    {line}\n" for line in text.splitlines())


def run(text: str, arguments: list[Any]) -> Any:
    return function_from(text, tangent=tangent)(*arguments)


@pytest.mark.parametrize("name", NO_COPY)
def test_what_is_its_own_is_not_copied(name: str) -> None:
    assert ".copy(" not in printed(body(NO_COPY[name]))


@pytest.mark.parametrize("name", COPIED)
def test_what_is_the_callers_is_copied_once_and_left_alone(name: str) -> None:
    text = printed(body(COPIED[name]))
    assert text.count("copy(") == 1
    x = np.array([1.0, 2.0, 3.0])
    expected = run(body(COPIED[name]), [x.copy(), 1])
    given = [x, 1]
    before = copy.deepcopy(given)
    assert identical(run(text, given), expected)
    assert identical(given, before)


IN_LOOPS = {
    "of unknown rank": "for i in range(n):\n    x[i] = x[i] * y + np.sin(x[1])\nreturn x",
    "of unknown rank, in two loops":
        "for k in range(n):\n    for i in range(1, n):\n        x[i] = x[i] * y + x[i - 1]\nreturn x",
    "a copy": "u = x.copy()\nfor k in range(n):\n    for i in range(1, n):\n        u[i] -= y * u[i - 1]\nreturn u",
    "a view": "for i in range(n):\n    v = x[1:]\n    v[0] = v[1] * y\nreturn x",
    "parts": "for i in range(n):\n    x[1:] += x[:-1] * y\nreturn np.sum(x)",
}


@pytest.mark.parametrize("name", IN_LOOPS)
def test_an_array_that_is_changed_in_a_loop_is_not_copied_in_each_iteration(name: str) -> None:
    text = "def f(x, y, n=3):\n" + textwrap.indent(IN_LOOPS[name], "    ")
    function = function_from(text)
    source = tangent.source(tangent.grad(function, wrt=(0, 1)))
    whole = r"b?[xu]\d*"
    assert not re.findall(rf"^ {{8,}}{whole} = tangent\.(?:shallow_)?copy\({whole}\)", source, re.MULTILINE)
    tangent.check_grads(function, (np.array([0.3, -0.7, 1.1]), 0.8), order=2, modes=("forward", "reverse"))


def test_a_sum_in_a_buffer_of_its_own_is_accumulated_in_place() -> None:
    text = """
        def f(x: np.ndarray, n: int):
            y = np.zeros_like(x)
            for i in range(n):
                y[0] += x[i]
            return y
    """
    assert "y[0] += x[i]" in printed(text)
