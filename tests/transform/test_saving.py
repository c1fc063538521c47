"""Saving: how the backward pass gets what it reads, as programs."""

from __future__ import annotations

import pytest

from tangent.ir.show import show
from tests.from_text import dedented, stages, with_plain_names

SAVED = {
    "straight line: nothing": (
        """
        def f(x: float):
            y = np.sin(x)
            y = y * y
            return y
        """,
        """
        y = np.sin(x)
        backward_pass()
        t = mul(2.0, by)
        by.2 = mul(t, y)
        t.2 = cos(x)
        bx = mul(by.2, t.2)
        yield bx
        """,
    ),
    "a loop: the value that is overwritten": (
        """
        def f(a: float, n):
            for i in range(n):
                a = a * a
            return a
        """,
        """
        a_stack = make_list()
        a.3, a_stack.3 = for i in range(0, n, 1) with a = a.2, a_stack.2 = a_stack:
            a_stack.4 = list_append(a_stack.2, a)
            a.4 = mul(a, a)
            yield a.4, a_stack.4
        backward_pass()
        t = sub(n, 1)
        ba.3, a_stack.6 = for i in range(t, -1, -1) with ba = ba.2, a_stack.5 = a_stack.3:
            a_stack.7, a.5 = list_pop(a_stack.5)
            t.2 = mul(2.0, ba)
            ba.4 = mul(t.2, a.5)
            yield ba.4, a_stack.7
        yield ba.3
        """,
    ),
    "a linear loop: nothing": (
        """
        def f(x: float, n: int):
            for i in range(n):
                x = x * 3.0 + i
            return x
        """,
        """
        backward_pass()
        t = sub(n, 1)
        bx.3 = for i in range(t, -1, -1) with bx = bx.2:
            bx.4 = mul(bx, 3.0)
            yield bx.4
        yield bx.3
        """,
    ),
    "a branch: what it computed is passed out of it": (
        """
        def f(x: float, c):
            y = x
            if c:
                t = np.exp(x)
                y = t * x
            return y
        """,
        """
        t = if c:
            t.2 = np.exp(x)
            yield t.2
        else:
            yield undefined
        """,
    ),
    "a while loop: as long as there is something on the list": (
        """
        def f(x: float):
            while x > 1.0:
                x = x * x / 3.0
            return x
        """,
        """
        do:
            x_stack.7, x.5 = list_pop(x_stack.5)
        """,
    ),
}


def after(text: str, optimized: bool = True) -> str:
    return show(with_plain_names(stages(text, optimized=optimized)["values saved"]))


@pytest.mark.parametrize("name", SAVED)
def test_before_and_after(name: str) -> None:
    before, expected = SAVED[name]
    assert dedented(expected) in after(before)


def loop(statement: str, result: str = "y") -> str:
    return after(f"""
        def f(x: np.ndarray, w: float, n: int):
            y = 0.0
            for i in range(n):
                {statement}
            return {result}
    """)


def test_what_is_cheap_is_computed_again() -> None:
    text = loop("y = y + x[i] * x[i] * (2.0 * i + 1.0)")
    assert "list_append" not in text


def test_what_is_dear_is_saved_and_its_cheap_arguments_are_not() -> None:
    text = loop("y = y + np.exp(x[i] * 2.0)")
    assert text.count("list_append") == 1
    assert text.count("np.exp") == 1


def test_what_no_adjoint_reads_is_not_saved() -> None:
    assert "list_append" not in loop("y = y + w * np.cos(i)")


@pytest.mark.parametrize("side", ["then", "else"])
def test_what_one_branch_needs_is_appended_in_that_branch(side: str) -> None:
    dear, linear = "y = y * np.exp(y)", "y = y * 2.0"
    first, second = (dear, linear) if side == "then" else (linear, dear)
    text = after(f"""
        def f(y: float, c, n: int):
            for i in range(n):
                if c[i]:
                    {first}
                else:
                    {second}
            return y
    """)
    lines = text.splitlines()
    appended = [line for line in lines if "list_append" in line]
    popped = [line for line in lines if "list_pop" in line]
    assert appended
    assert len(appended) == len(popped)
    assert all(line.startswith(" " * 8) for line in (*appended, *popped))
    assert text.count("np.exp(") == 1
    assert "exp(" not in text[text.index("backward_pass") :]


def test_an_inner_loop_has_a_list_of_its_own_for_all_iterations() -> None:
    text = after("""
        def f(x: float, n: int):
            y = x
            for i in range(n):
                for j in range(i):
                    y = np.sin(y) * j
            return y * 1.0
    """)
    assert text.count("make_list()") == text.count("list_append") == text.count("list_pop") == 1


def test_lists_are_read_backwards_in_the_mirrored_loop() -> None:
    text = loop("y = np.sin(y + x[i])")
    forward, backward = text.split("backward_pass()")
    assert "range(0, n, 1)" in forward
    assert ", -1, -1)" in backward
    assert forward.count("list_append") == backward.count("list_pop") == 1


@pytest.mark.parametrize("inner", ["for j in range(i)", "if i > 1", "while w > 7.0"])
def test_what_the_forward_pass_does_not_need_is_no_place_to_save_in(inner: str) -> None:
    """Only the backward pass goes through the inner loop or branch: it needs no value that is changed there."""
    text = after(f"""
        def f(x: float, w: float, n: int):
            y = x
            for i in range(n):
                dear = np.exp(i * w)
                {inner}:
                    y = y * dear
            return y
    """)
    forward, backward = text.split("backward_pass()")
    assert forward.count("list_append") == backward.count("list_pop") >= 1
    assert "mul(y" not in forward
