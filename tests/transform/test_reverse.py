"""The backward pass, before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tangent.errors import MissingRuleError
from tangent.ir.nodes import Block
from tangent.ir.show import show
from tangent.transform.saving import split_passes
from tests.from_text import dedented, stages, with_plain_names


def backward(text: str, wrt: tuple[int, ...] = (0,), optimized: bool = True) -> str:
    """The statements of the backward pass."""
    block = stages(text, wrt, optimized)["optimized" if optimized else "backward pass"]
    text = show(with_plain_names(replace(block, statements=split_passes(block)[1])))
    return text.replace("iadd(", "add(")  # in place or not is for the tests of what is printed


def check(before: str, after: str, wrt: tuple[int, ...] = (0,)) -> None:
    assert backward(before, wrt) == dedented(after)


def test_an_adjoint_is_defined_by_the_last_use_and_accumulated_by_the_others() -> None:
    check(
        """
        def f(x: float, y: float):
            z = x * y + x
            return z * np.sin(z)
        """,
        """
        bz = mul(bf, t)
        t.2 = mul(bf, z)
        t.3 = cos(z)
        bz.2 = mul(t.2, t.3)
        bz.3 = add(bz, bz.2)
        bx = mul(bz.3, y)
        bx.2 = add(bz.3, bx)
        by = mul(bz.3, x)
        yield bx.2, by
        """,
        (0, 1),
    )


def test_a_branch_goes_back_through_the_same_branch() -> None:
    check(
        """
        def f(x: float, y: float):
            if x > y:
                z = x * y
            else:
                z = y
            return z
        """,
        """
        bx, by = if t:
            bx.2 = mul(bz, y)
            by.2 = mul(bz, x)
            yield bx.2, by.2
        else:
            yield 0.0, bz
        yield bx, by
        """,
        (0, 1),
    )


def test_a_loop_goes_back_through_the_same_iterations() -> None:
    check(
        """
        def f(x: float, n: int):
            y = 1.0
            for i in range(n):
                y = y * 2.0 + x * i
            return y
        """,
        """
        t = sub(n, 1)
        by.3, bx.2 = for i in range(t, -1, -1) with by = by.2, bx = 0.0:
            bx.3 = mul(by, i)
            bx.4 = add(bx, bx.3)
            by.4 = mul(by, 2.0)
            yield by.4, bx.4
        yield bx.2
        """,
    )


def test_a_loop_with_exits_counts_its_iterations() -> None:
    text = """
        def f(x: float):
            while True:
                x = x * 0.5
                if x < 1.0:
                    break
            return x
    """
    forward, _ = split_passes(stages(text)["optimized"])
    assert "add(n, 1)" in show(Block(forward))
    assert ", -1, -1)" in backward(text)


def test_a_write_takes_the_adjoint_of_what_was_written_and_leaves_zero() -> None:
    check(
        """
        def f(x: np.ndarray, s: float):
            y = x * 2.0
            y[0] = s
            return y
        """,
        """
        bs = getitem(by, 0)
        bs.2 = unbroadcast(bs, 0.0)
        by.2 = update_item(by, 0, 0.0)
        bx = mul(by.2, 2.0)
        yield bx, bs.2
        """,
        (0, 1),
    )


def test_a_read_adds_to_one_element() -> None:
    text = backward("def f(x: np.ndarray, n: int):\n    return x[n] * x[n]\n")
    assert "add_item(" in text
    text = backward("def f(x: np.ndarray, k):\n    return np.sum(x[k])\n")
    assert "add_at(" in text
    assert "add_item(" not in text


def test_what_is_not_asked_for_is_not_computed() -> None:
    text = backward("def f(x: float, y: float):\n    return np.sin(x) * np.exp(y) * y\n", (0,))
    assert "by" not in text
    assert text.count("mul") == 3


def test_a_constant_result_has_zeros_of_the_argument() -> None:
    assert backward("def f(x: float):\n    return 3.0\n") == "yield 0.0"
    assert "zeros_like(x)" in backward("def f(x):\n    return 3.0\n")


def test_broadcasting_is_undone_only_toward_what_may_be_smaller() -> None:
    assert "unbroadcast" not in backward("def f(x, c: float):\n    return np.sum(np.sin(x) * c * x)\n")
    assert backward("def f(x, y):\n    return np.sum(x * y)\n", (0, 1)).count("unbroadcast") == 2
    assert backward("def f(x, c: float):\n    return np.sum(x * c)\n", (1,)).count("unbroadcast") == 1


@pytest.mark.parametrize("call", ["np.unique(x)", "x.choose([1.0])", "np.sort_complex(x)"])
def test_a_function_without_rule_and_source_is_refused(call: str) -> None:
    with pytest.raises(MissingRuleError):
        stages(f"def f(x):\n    return {call} * 2.0\n")


@pytest.mark.parametrize("call", ["np.unique(y)", "y.choose([1.0])", "np.roots(y)[0]"])
def test_but_not_where_no_derivative_goes_through_it(call: str) -> None:
    assert "mul" in backward(f"def f(x, y):\n    return {call} * x\n")
