"""Algebra on derivatives, before and after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import tangent
from tangent.analysis.shapes import Shapes
from tangent.ir.show import show
from tangent.ir.verify import verify
from tangent.ir.walk import bound
from tangent.simplify import tidy
from tangent.simplify.algebra import simplify_algebra
from tests.from_text import function_from, program, with_plain_names


def after(expression: str) -> list[str]:
    """The statements of the simplified expression of a, b, c, and the intermediate results of it."""
    function = program(f"def f(a, b, c):\n    return {expression}\n")
    body = tidy(simplify_algebra(tidy(function.body), set(), Shapes.of(function)))
    return show(with_plain_names(replace(function, body=body))).replace("    ", "").splitlines()[1:]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("a * 1.0", ["yield a"]),
        ("1.0 * a", ["yield a"]),
        ("a / 1.0", ["yield a"]),
        ("a ** 1.0", ["yield a"]),
        ("-(-a)", ["yield a"]),
        ("a + a", ["t = mul(2.0, a)", "yield t"]),
        ("a * b + a * b", ["t = mul(2.0, a)", "t.2 = mul(t, b)", "yield t.2"]),
        ("a * -1.0", ["t = neg(a)", "yield t"]),
        ("(-a) * b", ["t = mul(a, b)", "t.2 = neg(t)", "yield t.2"]),
        ("(-a) * (-b)", ["t = mul(a, b)", "yield t"]),
        ("(-a) / b", ["t = truediv(a, b)", "t.2 = neg(t)", "yield t.2"]),
        ("a + (-b)", ["t = sub(a, b)", "yield t"]),
        ("(-a) + b", ["t = sub(b, a)", "yield t"]),
        ("a - (-b)", ["t = add(a, b)", "yield t"]),
        ("a * (1.0 / b)", ["t = truediv(a, b)", "yield t"]),
        ("(1.0 / b) * a", ["t = truediv(a, b)", "yield t"]),
        ("2.0 * 3.0", ["yield 6.0"]),
        ("b * a + a * b", ["t = mul(2.0, a)", "t.2 = mul(t, b)", "yield t.2"]),
        ("a * (b * c)", ["t = mul(a, b)", "t.2 = mul(t, c)", "yield t.2"]),
        ("a + (b - c)", ["t = add(a, b)", "t.2 = sub(t, c)", "yield t.2"]),
        ("a / c - b / c", ["t = sub(a, b)", "t.2 = truediv(t, c)", "yield t.2"]),
        ("a / c + a / c * b", ["t = mul(a, b)", "t.2 = add(a, t)", "t.3 = truediv(t.2, c)", "yield t.3"]),
    ],
)
def test_is_simplified(before: str, expected: list[str]) -> None:
    assert after(before) == expected


LEFT_ALONE = ["a * 0.0", "a - a", "a / a", "0.0 / a", "a ** 0.0", "a + 0", "a * True"]


@pytest.mark.parametrize("expression", LEFT_ALONE)
def test_what_may_be_nan_or_change_the_type_is_left_alone(expression: str) -> None:
    assert len(after(expression)) == 2


def test_the_primal_is_left_as_it_was_written() -> None:
    function = program("def f(a, b):\n    c = 1.0 / b\n    return a * c\n")
    primal = set(bound(function.body.statements[0]))
    after = simplify_algebra(function.body, primal, Shapes.of(function))
    assert show(with_plain_names(after)) == "c = truediv(1.0, b)\nt = mul(a, c)\nyield t"


def test_a_product_of_negatives_in_a_branch_does_not_use_what_is_not_bound_there() -> None:
    function = program("""
        def f(a, b, c):
            if c:
                d = (-a) * b
            else:
                d = (-b) * a
            return a + d
    """)
    verify(replace(function, body=simplify_algebra(function.body, set(), Shapes.of(function))))


@pytest.mark.parametrize("part", ["np.modf(x)[0]", "np.modf(x)[1]", "np.frexp(x)[0]", "np.divmod(x, 0.4)[1]"])
@pytest.mark.parametrize("use", ["np.sum({})", "np.sum(np.sin({}))", "np.mean({}) * np.sum(x)"])
def test_what_is_added_to_a_part_of_a_result_has_the_shape_of_that_part(part: str, use: str) -> None:
    f = function_from(f"def f(x):\n    return {use.format(part)}\n")
    tangent.check_grads(f, (np.array([0.51, 1.23, 0.77]),), order=2)
