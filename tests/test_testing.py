"""`tangent.check_grads` accepts right derivatives, and fails on each way in which one can be wrong."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import GradientCheckError, UnsupportedError
from tangent.grads import d

# Functions whose rules, given below, are wrong.


def scaled(x):
    return 3.0 * np.asarray(x)


def halved(x):
    return 0.5 * x


def ones_like(x):
    return x + 1.0


def logarithm(x):
    return np.log(x)


@pytest.fixture(autouse=True)
def wrong_rules() -> Iterator[None]:
    """Rules with one mistake each, for the time of a test."""

    def wrong_element(y, x):
        d[x] = 3.0 * d[y] * (np.arange(len(x)) != 2)

    def seed_ignored(y, x):
        d[x] = 0.5

    def wrong_shape(y, x):
        d[x] = np.sum(d[y])

    def infinite(y, x):
        d[x] = d[y] * np.nan

    templates = {scaled: wrong_element, halved: seed_ignored, ones_like: wrong_shape, logarithm: infinite}
    with tangent.rules(adjoint_of=templates):
        yield


def message(*args: Any, **options: Any) -> str:
    """What is said of wrong derivatives by reverse mode, for which there are rules above."""
    with pytest.raises(GradientCheckError) as caught:
        tangent.check_grads(*args, **{"modes": ("reverse",), **options})
    return str(caught.value)


Pair = namedtuple("Pair", "first second")


# Right derivatives.


def test_scalars_and_arrays() -> None:
    def f(x, y, n):
        for _ in range(n):
            x = np.sin(x) * y
        return np.sum(x)

    tangent.check_grads(f, (np.array([[0.1, 0.2, 0.3]]), 1.5, 3))


def test_results_that_are_arrays_and_structures() -> None:
    def f(x):
        return x * x, {"sum": np.sum(x), "outer": [np.outer(x, x)]}

    tangent.check_grads(f, (np.array([0.5, -1.5]),))


def test_structured_arguments() -> None:
    def f(p, q):
        return p["a"] * q[0] + p["b"][1] * q[1]

    tangent.check_grads(f, ({"a": 2.0, "b": [1, np.ones(2)]}, Pair(0.5, np.array([1.0, 2.0]))))


def test_integers_are_checked_where_wrt_names_them() -> None:
    def f(x, n):
        return x * n * n

    tangent.check_grads(f, (2.0, 3), wrt=("x", "n"))
    tangent.check_grads(f, (2.0, 3), wrt=1)


def test_single_precision() -> None:
    def f(x):
        return np.sum(np.exp(x))

    tangent.check_grads(f, (np.array([0.5, 1.0], np.float32),))


def test_defaults_and_keyword_only_arguments() -> None:
    def f(x, scale=2.0, *, power=3):
        return scale * x**power

    def g(x, scale=2.0):
        return scale * x

    tangent.check_grads(f, (np.array([0.5, 1.5]),))
    tangent.check_grads(g, (np.array([0.5, 1.5]),))
    tangent.check_grads(g, (1.5,), order=2)


def test_more_numbers_than_are_checked_one_by_one() -> None:
    def f(x):
        return x * x

    tangent.check_grads(f, (np.linspace(-1.0, 1.0, 600),))


def test_second_order() -> None:
    def f(x, y):
        return np.sum(np.sin(x) * y)

    tangent.check_grads(f, (np.array([0.5, 1.5]), 2.0), order=2)


def test_empty_arguments_and_results() -> None:
    def f(x):
        return x * 2.0

    tangent.check_grads(f, (np.zeros((0, 3)),))


def test_nan_equals_nan() -> None:
    def f(x):
        return x * np.nan

    tangent.check_grads(f, (np.array([1.0, 2.0]),))


def test_arguments_stay_as_they_are() -> None:
    def f(x):
        x[0] = 2.0 * x[1]
        return np.sum(x * x)

    x = np.array([1.0, 2.0])
    tangent.check_grads(f, (x,))
    np.testing.assert_array_equal(x, [1.0, 2.0])


# Wrong derivatives.


def test_the_function_the_index_and_both_numbers_are_named() -> None:
    def loss(x):
        return np.sum(scaled(x))

    text = message(loss, (np.ones(4),))
    start, _, numerical = text.removesuffix(" numerically").rpartition(", ")
    assert start == "the derivative of loss with respect to x[2] is 0.0 in reverse mode"
    assert float(numerical) == pytest.approx(3.0)


def test_the_place_in_a_structure_is_named() -> None:
    def loss(p):
        return [p["a"], scaled(p["b"][0])]

    text = message(loss, ({"a": 1.0, "b": [np.ones(3)]},))
    assert "derivative of loss[1][2] with respect to p['b'][0][2] is 0.0" in text


def test_the_item_of_a_named_tuple_is_named() -> None:
    def loss(pair):
        return scaled(pair[1])

    assert "with respect to pair[1][2] is 0.0" in message(loss, (Pair(1.0, np.ones(3)),))


def test_only_the_arguments_of_wrt_are_checked() -> None:
    def loss(x, y):
        return np.sum(scaled(x)) * y

    tangent.check_grads(loss, (np.ones(3), 2.0), wrt="y", modes=("reverse",))
    assert "x[2]" in message(loss, (np.ones(3), 2.0), wrt=("y", "x"))


def test_a_seed_that_is_ignored() -> None:
    def f(x):
        return halved(x)

    assert "derivative of f (along a random vector) with respect to x is 0.5" in message(f, (1.0,))


def test_wrong_shape() -> None:
    def f(x):
        return ones_like(x)

    text = message(f, (np.ones(3),))
    assert "wrong form: a value of type float64 for an array of shape (3,)" in text


def test_nan_where_there_is_a_number() -> None:
    def f(x):
        return logarithm(x)

    assert "is nan in reverse mode, 0.49" in message(f, (2.0,))


def test_a_number_where_there_is_nan() -> None:
    def f(x):
        return x + (np.nan if x != 1.0 else 0.0)

    assert "is 1.0 in reverse mode, nan" in message(f, (1.0,))


def test_a_kink_is_pointed_out() -> None:
    def f(x):
        return np.abs(x) ** 0.5

    assert "as at a kink" in message(f, (1e-5,))


def test_a_result_that_changes_its_form() -> None:
    def f(x):
        return [x] if x > 1.0 else [x, x]

    assert "changes its form near this point: a list of 2 for a list of 1" in message(f, (1.00001,))


def test_second_derivative_that_is_wrong() -> None:
    def f(x):
        return np.sum(x * scaled(x))

    assert "with respect to x[2]" in message(f, (np.array([1.0, 2.0, 3.0]),), order=2)


# Requests that make no sense.


def test_options_are_checked() -> None:
    def f(x, n):
        return x * n

    with pytest.raises(ValueError, match="modes"):
        tangent.check_grads(f, (1.0, 2), modes="reverse")
    with pytest.raises(ValueError, match="order"):
        tangent.check_grads(f, (1.0, 2), order=0)
    with pytest.raises(ValueError, match="eps"):
        tangent.check_grads(f, (1.0, 2), eps=0.0)
    with pytest.raises(ValueError, match="no argument of f holds floats"):
        tangent.check_grads(f, (1, 2))
    with pytest.raises(ValueError, match="without the argument 'z'"):
        tangent.check_grads(f, (1.0, 2), wrt="z")


def test_a_function_that_cannot_be_differentiated() -> None:
    def f(x):
        yield x

    with pytest.raises(UnsupportedError):
        tangent.check_grads(f, (1.0,))
