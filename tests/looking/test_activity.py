"""Which variables carry a derivative, and why the others do not."""

from __future__ import annotations

from typing import Any

import numpy as np

import tangent
from tests.from_text import function_from


def activities(text: str, wrt: Any = (0,), **names: Any) -> dict[str, str]:
    """What is said of each variable of a function."""
    (section, *_) = tangent.explain(tangent.grad(function_from(text, **names), wrt=wrt, check_dims=False)).sections
    return {v.name: f"{v.activity}: {v.why}" for v in section.variables}


def test_what_depends_on_the_argument_and_matters_is_active() -> None:
    assert activities("""
        def f(x, k):
            y = x * k
            side = y * 2.0
            return y * y
    """) == {
        "x": "active: differentiated with respect to it",
        "k": "constant: an argument; the derivative is with respect to x",
        "y": "active: depends on x, and the result depends on it",
        "side": "constant: depends on x, but the result does not depend on it",
    }


def test_several_arguments_are_named() -> None:
    found = activities("""
        def f(x, y, n):
            c = n * 2.0
            return x * y * c
    """, wrt=("x", "y"))
    assert found["c"] == "constant: does not depend on x and y"
    assert found["n"] == "constant: an argument; the derivative is with respect to x and y"


def test_what_cuts_the_derivative_off_is_named() -> None:
    found = activities("""
        def f(x):
            down = np.floor(x)
            far = down * 3.0
            big = x > 2.0
            text = f"{x}"
            for i in range(int(x)):
                x = x * 2.0
            return x * far + big + len(text)
    """)
    assert found["down"] == "not differentiated: `np.floor` has the derivative zero wherever it has one"
    assert found["far"] == found["down"]
    assert found["big"] == "not differentiated: `>` has the derivative zero wherever it has one"
    assert found["text"] == "not differentiated: a string has the derivative zero wherever it has one"
    assert found["i"] == "constant: counts iterations"


def test_what_a_condition_chooses_is_no_derivative() -> None:
    found = activities("""
        def f(x):
            if x > 1.0:
                scale = 2.0
            else:
                scale = 3.0
            return x * scale
    """)
    assert found["scale"] == (
        "not differentiated: the branches that assign it are chosen by a condition, which has no derivative"
    )


def test_an_argument_that_does_not_matter() -> None:
    assert activities("""
        def f(x, y):
            return y * 2.0
    """)["x"] == "constant: the result does not depend on it: its derivative is zero"


def test_lines_are_those_that_assign() -> None:
    f = function_from("""
        def f(x, n):
            y, z = x, x * x
            for i in range(n):
                y = y * z
                y += 1.0
            return y
    """)
    (section,) = tangent.explain(tangent.grad(f)).sections
    assert {v.name: v.lines for v in section.variables} == {
        "x": (), "n": (), "y": (2, 4, 5), "z": (2,), "i": (3,)
    }


def test_a_part_of_an_argument() -> None:
    def f(p: Any) -> Any:
        return np.sum(p["w"] * p["b"])

    (section,) = tangent.explain(tangent.grad(f, wrt="p['w']")).sections
    assert section.variables[0].name == "p"
