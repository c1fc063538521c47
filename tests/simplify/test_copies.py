"""Copies, before and after."""

from __future__ import annotations

from dataclasses import replace

from tangent.ir.show import show
from tangent.ir.verify import verify
from tangent.simplify.copies import propagate_copies
from tests.from_text import dedented, program, with_plain_names


def after(text: str) -> str:
    function = program(text)
    function = replace(function, body=propagate_copies(function.body))
    verify(function)
    return show(with_plain_names(function))


def test_what_no_iteration_changes_is_not_carried() -> None:
    assert after("""
        def f(x, n):
            k = x
            y = 0.0
            for i in range(n):
                j = k
                y = y + k
                k = j
            return y, k
    """) == dedented("""
        def f(x, n):
            y.2, i.3, j.2 = for i in range(0, n, 1) with y = 0.0, i.2 = undefined, j = undefined:
                y.3 = add(y, x)
                yield y.3, i, x
            yield y.2, x
    """)


def test_a_branch_on_which_both_sides_agree_has_no_result() -> None:
    assert after("""
        def f(x):
            if x > 0.0:
                y = x
                z = 1.0
                w = 1
            else:
                y = x
                z = 1.0
                w = 1.0
            return y * z * w
    """) == dedented("""
        def f(x):
            t = gt(x, 0.0)
            w = if t:
                yield 1
            else:
                yield 1.0
            t.2 = mul(x, 1.0)
            t.3 = mul(t.2, w)
            yield t.3
    """)


def test_a_known_condition_is_no_branch() -> None:
    assert after("""
        def f(x):
            if not None is None:
                y = x * 2.0
            else:
                y = x
            return y * y
    """) == dedented("""
        def f(x):
            t = mul(x, x)
            yield t
    """)
