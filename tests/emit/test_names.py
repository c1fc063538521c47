"""Names: single assignment is undone, and no name means two things at once."""

from __future__ import annotations

import builtins
import inspect
import keyword
import re

import numpy as np
import pytest

import tangent
from tests.from_text import dedented, function_from, printed
from tests.numeric import assert_same, numerical_gradient

COLLISIONS = {
    "adjoints of other names": """
        def f(x, bx, by, dx):
            y = x * bx
            bby = y * by + dx
            return np.sum(bby * bx * y)
    """,
    "names of intermediate results": """
        def f(x, bx, by, dx):
            sin_x = x * bx
            total = np.sin(x) * (sin_x + by)
            product = np.sin(sin_x) * dx * total
            return np.sum(product * np.sin(x) + np.sin(x))
    """,
    "numbered names": """
        def f(x, bx, by, dx):
            y = x * bx
            y2 = y * by
            y = y * y2
            y3 = y2 * dx
            y = y * y3 * y2
            return np.sum(y)
    """,
    "stacks": """
        def f(x, bx, by, dx):
            x_stack = bx
            for i in range(3):
                x_stack = x_stack * x
                x = x * x_stack + by * dx
            return np.sum(x * x_stack)
    """,
    "libraries": """
        def f(x, bx, by, dx):
            tangent = x * bx
            operator = tangent * by
            return np.sum(tangent * operator * dx)
    """,
    "built-in names and keywords": """
        def f(x, bx, by, dx):
            len = x * bx
            lambda_ = len * by
            range = lambda_ * dx
            return np.sum(len * range)
    """,
}


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("name", COLLISIONS)
def test_names_of_the_user_do_not_collide_with_generated_ones(name: str, optimized: bool) -> None:
    f = function_from(COLLISIONS[name])
    arguments = [np.array([0.3, -0.7]), np.array([1.1, 0.4]), np.array([0.6, 0.9]), 0.8]
    wrt = (0, 1, 2, 3)
    expected = numerical_gradient(f, arguments, wrt, 1.0).gradient
    assert_same(tangent.grad(f, wrt=wrt, optimized=optimized)(*arguments), expected, 1e-6, 1e-6)


def test_the_target_of_a_loop_does_not_collide_with_a_version_of_an_array() -> None:
    f = function_from("""
        def f(x, v):
            v = np.exp(v)
            for v2 in x:
                w = np.outer(v, np.array([0.5, v2]))
                v[1:] *= np.sum(w)
            return np.sum(v)
    """)
    arguments = [np.array([0.3, -0.7]), np.array([1.1, 0.4])]
    expected = numerical_gradient(f, arguments, (0,), 1.0).gradient
    assert_same((tangent.grad(f)(*arguments),), expected, 1e-6, 1e-6)


def test_a_parameter_is_not_used_for_the_adjoint_of_another() -> None:
    f = function_from("def f(x, bx):\n    return x * x * bx\n")
    assert "bx = " not in inspect.getsource(tangent.grad(f))


def test_a_loop_carried_variable_has_one_name() -> None:
    text = """
        def f(x, n):
            y = x
            for i in range(n):
                y = y * x
                if y > 4.0:
                    y = y - 1.0
            return y
    """
    assert printed(text) == dedented(text)


def test_values_that_are_needed_together_have_two_names() -> None:
    text = printed("""
        def f(x, n):
            a, b = x, 1.0
            for i in range(n):
                a, b = b * x, a + b
            return a * b
    """)
    space: dict[str, object] = {}
    exec(text, space)
    assert space["f"](2.0, 5) == function_from("""
        def f(x, n):
            a, b = x, 1.0
            for i in range(n):
                a, b = b * x, a + b
            return a * b
    """)(2.0, 5)  # type: ignore[operator]


def test_no_name_hides_a_keyword_or_a_built_in() -> None:
    text = printed("def f(x):\n    max = x + 1.0\n    len = max * max\n    return len - max\n")
    names = set(re.findall(r"^ +(\w+) = ", text, re.MULTILINE))
    assert not any(keyword.iskeyword(n) or hasattr(builtins, n) for n in names)
