"""Dead code, before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tangent
from tangent.ir.show import show
from tangent.ir.verify import verify
from tangent.simplify.dead_code import remove_dead_code
from tests.from_text import dedented, function_from, program, with_plain_names


def after(text: str) -> str:
    function = program(text)
    function = replace(function, body=remove_dead_code(function.body))
    verify(function)
    return show(with_plain_names(function))


def test_what_nothing_reads_is_dropped_and_effects_are_kept() -> None:
    assert after("""
        def f(x):
            a = x * x
            b = a * a
            print(a)
            if x > 0.0:
                c = b * b
            return x
    """) == dedented("""
        def f(x):
            a = mul(x, x)
            print(a)
            yield x
    """)


def test_a_loop_carries_what_the_next_iteration_reads() -> None:
    assert after("""
        def f(x, n):
            a = b = c = 0.0
            for i in range(n):
                c = c + a
                a = b * 2.0
                b = b + x
            return a
    """) == dedented("""
        def f(x, n):
            a.2, b.2 = for i in range(0, n, 1) with a = 0.0, b = 0.0:
                a.3 = mul(b, 2.0)
                b.3 = add(b, x)
                yield a.3, b.3
            yield a.2
    """)


def test_a_branch_keeps_the_results_that_are_read() -> None:
    assert after("""
        def f(x):
            if x > 0.0:
                a = x * x
                b = a * a
            else:
                a = b = x
            return a
    """) == dedented("""
        def f(x):
            t = gt(x, 0.0)
            a = if t:
                a.2 = mul(x, x)
                yield a.2
            else:
                yield x
            yield a
    """)


def test_a_loop_for_its_effect_stays() -> None:
    assert after("""
        def f(x, n):
            y = x
            for i in range(n):
                y = y * 2.0
                print(i, y)
            while y > 0.0:
                y = y - 1.0
            return x
    """) == dedented("""
        def f(x, n):
            y.2 = for i in range(0, n, 1) with y = x:
                y.3 = mul(y, 2.0)
                print(i, y.3)
                yield y.3
            yield x
    """)


NESTED = """
    def f(x: float, n):
        for i in range(n):
            {outer}
                x = np.sin(x) * 1.1
        return x
"""


@pytest.mark.parametrize("outer", ["for j in range(i):", "while x > 0.9:", "if x > 0.1:"])
def test_a_loop_of_which_only_the_backward_pass_reads_something_stays(outer: str) -> None:
    f = function_from(NESTED.format(outer=outer))
    numerical = (f(0.7 + 1e-6, 4) - f(0.7 - 1e-6, 4)) / 2e-6
    for optimized in (True, False):
        assert tangent.grad(f, optimized=optimized)(0.7, 4) == pytest.approx(numerical)
