"""`debug="dtype"` and `debug="shape"`: single precision that becomes double, results and derivatives that grow."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import PrecisionError, ShapeError, TangentError
from tests.from_text import dedented, function_from

X = np.ones(3, np.float32)
PRECISION = (
    "Instead: convert the operand of the higher precision (`w.astype(x.dtype)`), or the other one on purpose"
)
SHAPE = (
    "Instead: give the operands the same shape (`y[:, 0]`, `y.ravel()`), or write the new axes out "
    "(`x[:, None] - y[None, :]`)"
)


def said(error: BaseException) -> str:
    return re.sub(r"<test \d+>", "model.py", str(error)).strip("\n")


def error_of(kind: type[TangentError], derivative: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(kind) as caught:
        derivative(*arguments)
    return said(caught.value)


def test_single_precision_becomes_double_in_the_forward_pass() -> None:
    f = function_from("def f(x, w):\n    y = x * 2.0\n    z = y * w\n    return np.sum(z)\n")
    assert error_of(PrecisionError, tangent.grad(f, debug="dtype"), X, np.ones(3)) == dedented("""
        File "model.py", line 3, in f
            z = y * w
                ^^^^^
        z is float64 in the forward pass, where y is float32, w is float64
    """) + "\n" + PRECISION
    assert tangent.grad(f, debug="dtype")(X, X).dtype == np.float32
    assert tangent.grad(f, debug="dtype")(X.astype(float), np.ones(3)).dtype == np.float64


def test_single_precision_becomes_double_in_the_backward_pass() -> None:
    f = function_from("def f(x):\n    y = x * x\n    return y\n")
    assert error_of(PrecisionError, tangent.vjp(f, debug="dtype"), X, np.ones(3)) == dedented("""
        File "model.py", line 2, in f
            y = x * x
                ^^^^^
        bx is float64 in the backward pass, after `bx = 2.0 * by * x`, where by is float64, x is float32
    """) + "\n" + PRECISION


def test_an_adjoint_of_another_precision_than_its_value() -> None:
    def g(x: Any) -> Any:
        return x * 2

    @tangent.grads.adjoint(g)
    def dg(y, x):
        d[x] = np.full(3, 2.0)  # noqa: F821

    f = function_from("def f(x):\n    y = g(x)\n    return np.sum(y)\n", g=g)
    assert error_of(PrecisionError, tangent.grad(f, debug="dtype"), X) == dedented("""
        File "model.py", line 2, in f
            y = g(x)
                ^^^^
        bx is float64 in the backward pass, after `bx = np.full(3, 2.0)`, and x, whose derivative it is, float32
    """) + "\nInstead: give the seed and all that is combined with the value its precision (`w.astype(x.dtype)`)"


def test_what_is_converted_on_purpose_is_no_surprise() -> None:
    f = function_from("def f(x):\n    y = x.astype(np.float64)\n    return np.sum(y * y)\n")
    assert tangent.grad(f, debug="dtype")(X).dtype == np.float32


def test_numbers_of_python_and_integers_have_no_precision() -> None:
    f = function_from("def f(x, n):\n    y = x * 2 + 0.5\n    return np.mean(y) * n\n")
    np.testing.assert_allclose(tangent.grad(f, debug="dtype")(X, 3), 2.0)


def test_a_result_that_broadcasting_has_made_larger() -> None:
    f = function_from("def f(p, y):\n    e = p - y\n    return np.sum(e * e)\n")
    assert error_of(ShapeError, tangent.grad(f, debug="shape"), np.ones((3, 1)), np.ones(3)) == dedented("""
        File "model.py", line 2, in f
            e = p - y
                ^^^^^
        e has the shape (3, 3) in the forward pass, where p has (3, 1), y has (3,): broadcasting made it larger than \
each of them
    """) + "\n" + SHAPE


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("x + y", [(2, 3), (3,)]), ("x * y", [(3,), ()]), ("x[:, None] - y[None, :]", [(3,), (2,)]),
        ("x @ y", [(2, 3), (3,)]), ("np.sum(x) + y", [(4,), (2,)]), ("x - y", [(2, 1), (1, 3)]),
    ],
)
def test_broadcasting_as_it_is_meant_is_no_surprise(text: str, shapes: list[tuple[int, ...]]) -> None:
    f = function_from(f"def f(x, y):\n    z = {text}\n    return np.sum(z * z)\n")
    arguments = [np.full(shape, 0.5) for shape in shapes]
    np.testing.assert_array_equal(tangent.grad(f, debug="shape")(*arguments), tangent.grad(f)(*arguments))


def test_an_adjoint_of_another_shape_than_its_value() -> None:
    def g(x: Any) -> Any:
        return x * 2.0

    @tangent.grads.adjoint(g)
    def dg(y, x):
        d[x] = 2.0 * np.sum(d[y])  # noqa: F821

    f = function_from("def f(x):\n    y = g(x)\n    return np.sum(y)\n", g=g)
    message = error_of(ShapeError, tangent.grad(f, debug="shape"), np.ones(3))
    assert message.startswith(dedented("""
        File "model.py", line 2, in f
            y = g(x)
                ^^^^
        bx has the shape () in the backward pass, after `bx = 2.0 * np.sum(by)`, and x, whose derivative it is, (3,)
    """))


def test_a_tangent_may_be_smaller_than_its_value() -> None:
    f = function_from("def f(x, c):\n    y = 2.0 * (x + c)\n    return np.sum(y)\n")
    assert tangent.jvp(f, debug="shape")(np.ones(3), np.ones((2, 3)), np.ones(3)) == 12.0


def test_the_checks_can_be_read() -> None:
    f = function_from("def f(x, w):\n    y = x * w\n    return np.sum(np.sin(y))\n")
    assert inspect.getsource(tangent.grad(f, debug="shape", check_dims=False)).rstrip() == dedented("""
        def dfdx(x, w, bf=1.0):
            y = x * w
            tangent.check_shape(y, x, w)
            f = np.sum(np.sin(y))

            # return np.sum(np.sin(y))
            by = bf * np.cos(y)
            tangent.check_shape(by, bf, y)
            tangent.check_alike(by, y, 'shape')
            # y = x * w
            bx = tangent.unbroadcast(by * w, x)
            tangent.check_shape(bx, by, w)
            tangent.check_alike(bx, x, 'shape')
            return bx
    """)


def test_the_errors_are_of_the_family() -> None:
    assert issubclass(PrecisionError, TangentError)
    assert issubclass(ShapeError, (TangentError, ValueError))
