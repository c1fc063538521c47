"""What is a number or an array, and what a container, as the fact beside each line."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

import tangent
from tangent.analysis.kinds import Kinds
from tangent.ir.nodes import Function, Var
from tests.from_text import dedented, program, with_facts


def kind(function: Function) -> Callable[[Var], str]:
    kinds = Kinds(function)
    return lambda v: "numeric" if kinds.is_numeric(v) else "container" if v in kinds.containers else "unknown"


def check(text: str) -> None:
    function = program(text, tangent=tangent)
    assert with_facts(text, function, kind(function)) == dedented(text)


def test_what_is_calculated_with_is_numeric() -> None:
    check("""
        def f(x, y, n):
            a = x[0]              # unknown
            b = np.zeros(n)       # numeric
            c = b[0]              # numeric
            d = [y, y]            # container
            e = y[0]              # unknown
            g = np.sin(y[1])      # numeric
            return a, c, d, e, g
    """)


def test_derivatives_and_copies_are_of_the_kind_of_their_value() -> None:
    check("""
        def f(x, n):
            y = np.zeros(n)                    # numeric
            a = tangent.zeros_like(y)          # numeric
            b = tangent.expand(1.0, y)         # numeric
            c = tangent.copy(a)                # numeric
            d = tangent.zeros_like([x, x])     # container
            e = tangent.zeros_like(x)          # unknown
            g = tangent.copy(e)                # unknown
            return a, b, c, d, e, g
    """)


def running(x):
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i]
    return np.sum(y)


def test_an_adjoint_array_is_not_copied_in_the_loop_that_writes_it() -> None:
    text = inspect.getsource(tangent.grad(tangent.jvp(running)))
    assert "tangent.copy(bdy)" not in text
    assert "zero_item" not in text
