"""Forward mode as a user meets it: parameters, results, structures, errors and what the text says."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import SeedError
from tangent.grads import d
from tests.from_text import dedented

V = np.array([0.5, -1.5, 2.0])


def text(derivative: Any) -> str:
    return inspect.getsource(derivative)


# --- parameters and results


def test_tangents_follow_the_arguments_in_the_order_of_wrt() -> None:
    def f(x, n, y):
        return x**n * y

    assert list(inspect.signature(tangent.jvp(f, wrt=("y", "x"))).parameters) == ["x", "n", "y", "dy", "dx"]
    assert tangent.jvp(f, wrt=("y", "x"))(2.0, 3, 5.0, 1.0, 10.0) == 8.0 + 3 * 4.0 * 5.0 * 10.0


def test_optional_arguments_and_keywords_stay() -> None:
    def f(x, n=3, *, scale=2.0):
        return scale * x**n

    derivative = tangent.autodiff(f, mode="forward")
    assert str(inspect.signature(derivative)) == "(x, n=3, dx=None, *, scale=2.0)"
    assert derivative(2.0, 3, 1.0) == 24.0
    assert derivative(2.0, 3, 1.0, scale=1.0) == 12.0
    assert derivative(2.0, dx=1.0) == 24.0


def test_a_tangent_that_is_left_out_is_refused() -> None:
    def f(x, n=3):
        return x**n

    def g(x: float, n=3):
        return x**n

    for function in (f, g):
        with pytest.raises(SeedError, match="left out"):
            tangent.jvp(function)(2.0)
    with pytest.raises(SeedError, match="left out"):
        tangent.vjp(f)(V)


def test_the_value_comes_last() -> None:
    def f(x):
        return x * x, np.sin(x)

    (square, sine), value = tangent.jvp(f, preserve_result=True)(2.0, 1.0)
    assert (square, sine) == (4.0, np.cos(2.0))
    assert value == (4.0, np.sin(2.0))
    assert tangent.autodiff(lambda x: x * x, mode="forward", preserve_result=True)(3.0, 1.0) == (6.0, 9.0)


def test_an_optional_seed_stays_optional_and_last() -> None:
    def f(x):
        return np.sum(x**3)

    product = tangent.autodiff(tangent.grad(f), mode="forward")
    assert list(inspect.signature(product).parameters) == ["x", "dx", "bf"]
    np.testing.assert_allclose(product(V, np.ones(3)), 6.0 * V)
    np.testing.assert_allclose(product(V, np.ones(3), 2.0), 12.0 * V)


def test_a_required_seed_stays_an_argument() -> None:
    def f(x):
        y = x * x * x
        return y

    product = tangent.autodiff(tangent.autodiff(f), mode="forward")
    assert list(inspect.signature(product).parameters) == ["x", "by", "dx"]
    np.testing.assert_allclose(product(V, np.ones(3), np.ones(3)), 6.0 * V)


def test_a_seed_can_be_moved_itself() -> None:
    def f(x):
        return x * x

    moved = tangent.jvp(tangent.grad(f), wrt="bf")
    assert list(inspect.signature(moved).parameters) == ["x", "bf", "dbf"]
    assert moved(3.0, 1.0, 10.0) == 60.0


def test_the_value_and_the_gradient_move_together() -> None:
    def f(x):
        return np.sum(np.sin(x))

    value, gradient = tangent.jvp(tangent.value_and_grad(f))(V, np.ones(3))
    np.testing.assert_allclose(value, np.sum(np.cos(V)))
    np.testing.assert_allclose(gradient, -np.sin(V))


def test_a_result_that_does_not_move_has_a_zero_tangent() -> None:
    def f(x, y):
        return (x, [y, 2.0 * y]), y

    (moved, still), other = tangent.jvp(f)(1.0, V, 3.0)
    assert moved == 3.0
    assert [list(part) for part in still] == [[0.0] * 3] * 2
    np.testing.assert_array_equal(other, np.zeros(3))


@dataclass
class Pair:
    first: Any
    second: Any


def first_of(pair):
    return pair


def test_structures() -> None:
    def f(p):
        a, (b, c) = p["a"], p["b"]
        return {"sum": a + b * c, "parts": [a * b, (c, b)]}

    moved = tangent.jvp(f)({"a": 2.0, "b": (3.0, V)}, {"a": 1.0, "b": (0.0, np.ones(3))})
    np.testing.assert_allclose(moved["sum"], 4.0)
    assert moved["parts"][0] == 3.0
    np.testing.assert_array_equal(moved["parts"][1][0], np.ones(3))
    assert type(moved["parts"][1]) is tuple


def test_single_precision_and_integers() -> None:
    def f(x, k):
        return np.sum(x * x) * k

    single = np.float32([1.0, 2.0])
    assert tangent.jvp(f)(single, np.float32(1.0), single).dtype == np.float32
    assert tangent.jvp(f, wrt=("x", "k"))(np.array([1, 2]), 3, np.ones(2), 1.0) == 18.0 + 5.0


def test_the_arguments_are_not_changed() -> None:
    def f(x):
        x[0] = x[1] * 3.0
        y = x
        y += 1.0
        return y

    x, dx = V.copy(), np.ones(3)
    np.testing.assert_array_equal(tangent.jvp(f)(x, dx), [3.0, 1.0, 1.0])
    np.testing.assert_array_equal(x, V)
    np.testing.assert_array_equal(dx, np.ones(3))


def test_tangents_of_two_results_are_two_arrays() -> None:
    first, second = tangent.jvp(lambda x: (x + 1.0, x + 2.0))(V, np.ones(3))
    assert not np.shares_memory(first, second)


# --- errors


@pytest.mark.parametrize(
    ("argument", "direction", "message"),
    [
        (V, 1.0, "a tangent is of another shape than its argument: of shape () for (3,)"),
        (V, np.ones(2), "of shape (2,) for (3,)"),
        (1.0, V, "of shape (3,) for ()"),
        (V, np.array([1, 2, 3]), "an array of integers"),
        ([1.0, 2.0], [1.0], "the argument is a list of 2 values"),
        ({"a": 1.0}, {"b": 1.0}, "the argument is a dict with the keys ['a']"),
        (Pair(1.0, V), (1.0, V), "the argument is a Pair"),
        ((1.0, [V]), (1.0, [np.ones(2)]), "of shape (2,) for (3,)"),
    ],
)
def test_a_tangent_of_another_form_is_an_error(argument: Any, direction: Any, message: str) -> None:
    with pytest.raises(SeedError) as caught:
        tangent.jvp(first_of)(argument, direction)
    assert message in str(caught.value)


def test_the_check_can_be_left_out() -> None:
    assert "check" not in text(tangent.jvp(lambda x: x * x, check_dims=False))


def test_a_dataclass_with_the_right_tangent() -> None:
    moved = tangent.jvp(first_of)(Pair(1.0, V), Pair(2.0, np.ones(3)))
    assert moved.first == 2.0


# --- the text


def test_each_tangent_stands_before_its_statement() -> None:
    def polynomial(x):
        a = x * x
        b = x * a
        c = a + b
        return c

    assert text(tangent.jvp(polynomial)) == dedented("""
        def dpolynomial(x, dx):
            tangent.check_tangent(dx, x)
            da = 2.0 * x * dx
            a = x * x
            db = dx * a + x * da
            dc = da + db
            return dc
    """) + "\n"


def test_what_the_tangent_does_not_need_is_not_computed() -> None:
    def f(x: np.ndarray, y: np.ndarray):
        return np.sum(np.exp(y)) + np.sum(3.0 * x)

    assert text(tangent.jvp(f)).splitlines()[2:] == ["    return np.sum(3.0 * dx)"]
    assert "np.exp(y)" in text(tangent.jvp(f, preserve_result=True))


def test_of_a_helper_only_what_is_read_is_computed(capsys: pytest.CaptureFixture[str]) -> None:
    tangent.jvp(calls_helper, verbose=1)
    printed = capsys.readouterr().out
    assert "def helper_tangent(x, k=2.0, *, dx):\n    return np.cos(k * x) * k * dx\n" in printed


def helper(x, k=2.0):
    return np.sin(k * x)


def calls_helper(x):
    return 3.0 * helper(x)


def test_effects_happen_once_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        print("x is", x)
        y = x * x
        print("y is", y)
        return y

    assert tangent.jvp(f)(2.0, 1.0) == 4.0
    assert capsys.readouterr().out == "x is 2.0\ny is 4.0\n"


def test_verbose_prints_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    tangent.jvp(lambda x: np.sin(x), verbose=2)
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("#")] == ["# lowered", "# tangents", "# optimized"]


# --- rules by users


def cubed(x):
    return np.asarray(x) ** 3


def scaled_by(x, factor):
    return np.asarray(x) * factor


@pytest.fixture
def rules() -> Iterator[None]:
    def cubed_adjoint(y, x):
        d[x] = d[y] * 3.0 * x * x

    def cubed_tangent(y, x):
        d[y] = 3.0 * x * x * d[x]

    def scaled_by_tangent(y, x, factor):
        d[y] = d[x] * factor + x * d[factor]

    tangents = {cubed: cubed_tangent, scaled_by: scaled_by_tangent}
    with tangent.rules(adjoint_of={cubed: cubed_adjoint}, tangent_of=tangents):
        yield


@pytest.mark.usefixtures("rules")
def test_rules_by_users_are_put_into_the_text_with_the_names_of_the_caller() -> None:
    def f(val):
        z = cubed(val)
        return z * 2.0

    assert "dz = 3.0 * val * val * dval" in text(tangent.jvp(f))
    tangent.check_grads(f, (V,), order=2)


@pytest.mark.usefixtures("rules")
def test_tangents_that_are_zero_are_left_out_of_a_rule() -> None:
    def f(x, k):
        return scaled_by(x, k)

    assert text(tangent.jvp(f, check_dims=False)).splitlines()[-1].strip() in (
        "return dx * k", "return tangent.stretch(dx * k, scaled_by(x, k))",
    )
    assert tangent.jvp(f)(2.0, 3.0, 1.0) == 3.0
    assert tangent.jvp(f, wrt="k")(2.0, 3.0, 1.0) == 2.0


@pytest.mark.usefixtures("rules")
def test_a_rule_for_forward_mode_alone_serves_reverse_mode_by_its_transpose() -> None:
    def f(x, k):
        return scaled_by(x, k)

    assert tangent.jvp(f)(1.0, 2.0, 1.0) == 2.0
    assert tangent.grad(f, wrt=("x", "k"))(3.0, 2.0) == (2.0, 3.0)
