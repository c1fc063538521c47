"""Functions inside of functions: what they become, and the derivatives that a function makes itself."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.frontend.lower import lower
from tangent.ir.nodes import Call, Derivative
from tangent.ir.walk import all_statements
from tests.from_text import function_from, shown


def derivatives_in(text: str, **names: Any) -> list[Derivative]:
    body = lower(function_from(text, **names)).function.body
    calls = [s.value for s in all_statements(body) if hasattr(s, "value")]
    return [c.fn for c in calls if isinstance(c, Call) and isinstance(c.fn, Derivative)]


def test_the_body_of_an_inner_function_stands_in_the_place_of_its_call() -> None:
    text = """
        def f(x):
            def g(y, k=2.0):
                return y * k
            x = x + 1.0
            return g(x) + g(x, k=x)
    """
    assert shown(text) == (
        "def f(x):\n"
        "    x.2 = add(x, 1.0)\n"
        "    t = mul(x.2, 2.0)\n"
        "    t.2 = mul(x.2, x.2)\n"
        "    t.3 = add(t, t.2)\n"
        "    yield t.3"
    )


def test_a_variable_is_read_when_the_function_is_called() -> None:
    def f(x):
        k = 2.0
        g = lambda y: y * k
        k = 3.0
        return g(x)

    assert tangent.grad(f)(1.0) == 3.0


def test_what_is_differentiated_takes_the_variables_that_it_reads_as_arguments() -> None:
    text = """
        def f(x, n):
            return tangent.grad(lambda y: x * y ** n)(2.0)
    """
    (derivative,) = derivatives_in(text, tangent=tangent)
    program: Any = derivative.of
    assert [p.var.hint for p in program.parameters] == ["y", "x", "n"]
    assert (derivative.mode, derivative.wrt, derivative.optional_seed) == ("reverse", (0,), True)


def test_a_derivative_of_a_derivative_is_nested() -> None:
    text = """
        def f(x):
            g = tangent.grad(lambda y: y ** 3 * x)
            return tangent.jvp(g)(x, 1.0)
    """
    (derivative,) = derivatives_in(text, tangent=tangent)
    assert derivative.mode == "forward"
    assert isinstance(derivative.of, Derivative)
    assert derivative.of.mode == "reverse"


def test_the_names_of_arguments_and_defaults_hold_for_the_derivative() -> None:
    def f(x):
        g = lambda a, b=2.0, *, c=3.0: a * a * b * c * x
        slope = tangent.grad(g, wrt="a")
        return slope(x) + slope(a=x, b=x, c=1.0) + tangent.grad(g, wrt=("c",))(1.0)

    assert tangent.grad(f)(1.5) == pytest.approx(24.0 * 1.5 + 6.0 * 1.5**2 + 2.0)


def test_a_seed_may_be_given_or_left_out() -> None:
    def f(x):
        slope = tangent.grad(lambda y: y * y * x)
        return slope(x) + slope(x, 10.0)

    assert tangent.grad(f)(2.0) == pytest.approx(44.0 * 2.0)


def test_the_check_of_the_seed_holds_inside_as_well() -> None:
    def f(x):
        return tangent.grad(lambda y: y * x)(x)

    with pytest.raises(tangent.errors.SeedError):
        tangent.vjp(f)(np.ones(2), 1.0)


def test_an_inner_function_that_calls_itself_becomes_a_program_of_its_own() -> None:
    def f(x):
        def power(n):
            return x * power(n - 1) if n else 1.0

        return power(3)

    gradient = tangent.grad(f)
    assert gradient(2.0) == 12.0
    assert "power_forward(3, x)" in inspect.getsource(gradient)


def test_a_derivative_inside_has_another_name_than_the_one_around_it() -> None:
    def f(x):
        return tangent.jvp(lambda x: x * x)(x, 1.0)

    assert tangent.jvp(f)(1.5, 1.0) == 2.0
