"""The work of making a derivative grows as the function does, whatever it consists of.

What is counted are the calls of functions, which are the same each time.
"""

from __future__ import annotations

import cProfile
import textwrap

import pytest

import tangent
from benchmarks.sources import SHAPES
from tests.from_text import function_from

BODIES = {
    "one name": ("", "x = np.sin(x) * y + 0.1"),
    "many names": ("x0 = x", "x{next} = np.sin(x{here}) * y + x0\nx = x{next}"),
    "swapped names": ("", "x, y = y * x, x + np.sin(y)"),
    "branches": ("", "if x > {here}.0:\n    x = x - y * {here}.0\nelse:\n    x = np.exp(-x) + y"),
    "loops": ("", "for i in range(3):\n    x = x * y + np.sin(x)\ny = y + x"),
    "nested loops": ("", "for i in range(3):\n    for j in range(2):\n        x = x * y + np.sin(x)\ny = y + x"),
    "loops with exits": ("", "for i in range(9):\n    x = x * y\n    if x > {here}.0:\n        break"),
    "while": ("", "while x > {here}.0:\n    x = x * 0.5 * y\ny = y + x"),
    "attempts": ("", "try:\n    x = x * y / (x - {here}.0)\nexcept ZeroDivisionError:\n    x = y"),
    "elements": ("z = np.zeros(10)", "z[3] = z[2] * y + np.sin(x)\nx = z[3] + z[4]"),
    "elements of a copy": ("z = x.copy()", "z[3] = z[2] * y + np.sin(z[1])\nx = z"),
    "parts": ("z = x.copy()", "z[1:] += z[:-1] * y\nx = z"),
    "views": ("z = x.copy()", "v = z[1:]\nv[0] = v[1] * y\nx = z"),
    "elements in loops": ("", "for i in range(3):\n    x[i] = x[i] * y + np.sin(x[1])\ny = y + x[2]"),
    "rows in loops": ("z = np.zeros((4, 4))", "for i in range(4):\n    z[i, 2] = x[i] * y + z[0, 1]\nx = z[0]"),
    "lists": ("out = []", "out.append(np.sin(x) * y)\nx = x + out[{here}]"),
    "lists in loops": ("out = []", "for i in range(3):\n    out.append(np.sin(x) * y)\nx = x + out[{here}]"),
    "dicts": ("d = {{'a': x}}", "d['a'] = d['a'] * y + np.sin(x)\nx = d['a']"),
    "objects": ("p = Point(x)", "p.step(y)\nx = p.v"),
    "closures": ("", "def g{here}(a):\n    return a * y\nx = g{here}(x)"),
    "comprehensions": ("", "x = sum([x * y * i for i in range(3)])"),
}
POINT = """
class Point:
    def __init__(self, v):
        self.v = v

    def step(self, y):
        self.v = self.v * y + 0.5
"""
COUNT = 12


def calls(text: str) -> int:
    """How many calls the making of the gradient of a function takes."""
    function = function_from(text)
    profile = cProfile.Profile()
    profile.enable()
    try:
        tangent.grad(function, wrt=(0, 1))
    finally:
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def of_pieces(name: str, count: int) -> str:
    """The text of a function with so many pieces."""
    first, piece = BODIES[name]
    lines = [first.format(), *(piece.format(here=i, next=i + 1) for i in range(count)), "return x"]
    return POINT + "def f(x, y):\n" + textwrap.indent("\n".join(lines), "    ")


@pytest.mark.parametrize("name", BODIES)
def test_the_work_grows_as_the_function_does(name: str) -> None:
    calls(of_pieces(name, 1))  # what is made once
    once, twice, four_times = (calls(of_pieces(name, count * COUNT)) for count in (1, 2, 4))
    assert four_times < 2.2 * twice < 2.2 * 2.2 * once


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_grows_as_long_functions_do(shape: str) -> None:
    make, lines = SHAPES[shape]
    assert calls(make(lines)) < 2.2 * calls(make(lines // 2))


def test_a_long_function_takes_as_many_calls_as_go_into_a_part_of_a_second() -> None:
    """On a usual machine, 7 million of these calls take a second: 300 lines take less than 150 milliseconds."""
    body = "    x = np.sin(x) * y + 0.1\n" * 300
    assert calls(f"def f(x, y):\n{body}    return x\n") < 1_050_000
