"""Loops that run through a sequence and its tangent: what they print, and which are left alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tests.from_text import dedented, function_from
from tests.numeric import assert_same


def after(text: str, wrt: tuple[int, ...] = (0,), optimized: bool = True) -> str:
    """What is printed in forward mode, without the header."""
    df = tangent.jvp(function_from(text), wrt, optimized=optimized, check_dims=False)
    return "\n".join(line.removeprefix("    ") for line in inspect.getsource(df).splitlines()[1:])


HORNER = """
    def f(c, x):
        y = 0.0
        for a in c:
            y = y * x + a
        return y
"""


def test_the_tangent_alone() -> None:
    assert after(HORNER) == dedented("""
        dy = 0.0
        for da in dc:
            dy = dy * x + da
        return dy
    """)


def test_the_sequence_and_its_tangent() -> None:
    assert after(HORNER, (0, 1)) == dedented("""
        y = 0.0
        dy = 0.0
        for a, da in zip(c, dc):
            dy = dy * x + y * dx + da
            y = y * x + a
        return dy
    """)


def test_the_sequence_alone_stays_as_it_was() -> None:
    assert "for a in c:" in after(HORNER, (1,))


def test_with_an_index() -> None:
    assert after("""
        def f(c, x):
            y = 0.0
            for i, a in enumerate(c):
                y = y + a * a * i
            return y
    """) == dedented("""
        dy = 0.0
        for i, (a, da) in enumerate(zip(c, dc)):
            dy = dy + 2.0 * a * da * i
        return dy
    """)


def test_several_sequences() -> None:
    text = """
        def f(c, x):
            y = 0.0
            for a, b in zip(c, x):
                y = y + a * b
            return y
    """
    assert "for da, b in zip(dc, x):" in after(text)
    assert "for a, db in zip(c, dx):" in after(text, (1,))
    assert "for a, da, b, db in zip(c, dc, x, dx):" in after(text, (0, 1))


def test_a_sequence_beside_itself() -> None:
    text = """
        def f(c):
            y = 0.0
            for a, b in zip(c, c):
                y = y + a * b
            return y
    """
    assert "for a, da in zip(c, dc):" in after(text)


def test_rows_and_their_elements() -> None:
    text = after("""
        def f(A):
            y = 0.0
            for row in A:
                for a in row:
                    y = y + a * a
            return y
    """)
    assert "for drow, row" not in text
    assert "for row, drow in zip(A, dA):" in text
    assert "for a, da in zip(row, drow):" in text


def test_lists_that_the_function_makes() -> None:
    text = after("""
        def f(x, n):
            items = []
            for i in range(n):
                items.append(x * i)
            total = 0.0
            for item in items:
                total += item * item
            return total
    """)
    assert "for item, ditem in zip(items, ditems):" in text


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("for i in range(len(c)):\n        y = y + c[i]", "for i in range(len(c)):"),
        ("for a in reversed(c):\n        y = y * x + a", "for i in range(len(c) - 1, -1, -1):"),
        ("for _ in c:\n        y = y * x + c[0]", "for _ in range(len(c)):"),
        ("for _, b in zip(c, c[1:]):\n        y = y * x + b", "for i in range(min(len(c), len(c[1:]))):"),
    ],
    ids=["an index", "from the end", "no element", "no element of one"],
)
def test_what_is_left_alone(text: str, head: str) -> None:
    assert head in after(f"def f(c, x):\n    y = 0.0\n    {text}\n    return y\n")


def squares(c, x):
    y = 0.0
    for a in c:
        y = y * x + a * a
    return y


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
def test_numbers(optimized: bool) -> None:
    c, dc = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.25, -2.0])
    got = tangent.jvp(squares, optimized=optimized)(c, 0.3, dc)
    assert_same(got, 2.0 * np.polyval(c * dc, 0.3), rtol=1e-12)
    assert_same(tangent.jvp(squares, optimized=optimized)(list(c), 0.3, list(dc)), got, rtol=1e-12)


@pytest.mark.parametrize("call", [list, tuple, np.array])
def test_numbers_of_a_pair_of_different_lengths(call: Callable[..., Any]) -> None:
    def pairs(c, x):
        y = 0.0
        for a, b in zip(c, x):
            y = y + a * b * b
        return y

    c, x, dc, dx = call([0.5, -1.0, 2.0]), call([1.5, 0.5]), call([1.0, 0.25, -2.0]), call([2.0, -1.0])
    want = 1.0 * 1.5**2 + 0.25 * 0.5**2 + 2.0 * (0.5 * 1.5 * 2.0 + 1.0 * 0.5)
    assert_same(tangent.jvp(pairs, wrt=(0, 1))(c, x, dc, dx), want, rtol=1e-12)
