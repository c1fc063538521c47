"""The comparator and the numerical derivatives, shown to fail where they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.numeric import assert_same, differences, identical, numerical_gradient, seed_for


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (float("nan"), 0.0),
        (0.0, float("nan")),
        (np.array([1.0, np.nan]), np.array([1.0, 0.0])),
        (1.0, 1.0001),
        (np.ones(3), 1.0),
        (np.ones((1, 3)), np.ones(3)),
        (np.ones(1), 1.0),
        (np.ones(3, dtype=int), np.ones(3)),
        (1, 1.0),
        ((1.0, 2.0), (1.0,)),
        ((1.0,), 1.0),
        (1.0, (1.0,)),
        ([1.0], (1.0,)),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0, "b": 1.0}, {"a": 1.0}),
        ({"a": [1.0, np.ones(2)]}, {"a": [1.0, np.zeros(2)]}),
        (None, 0.0),
        (float("inf"), float("-inf")),
    ],
    ids=repr,
)
def test_the_comparator_can_fail(actual: Any, expected: Any) -> None:
    assert differences(actual, expected)
    with pytest.raises(AssertionError):
        assert_same(actual, expected)


def test_the_comparator_accepts_equal_gradients() -> None:
    gradient = {"a": [np.ones(2), (1.0, np.float64(2.0))], "b": np.array([np.nan])}
    assert differences(gradient, gradient) == []
    assert differences(np.array(1.0), 1.0) == []
    assert differences(np.float32(1.0), 1.0) == []


def test_identical_counts_bits_and_dtypes() -> None:
    assert identical([np.array([1.0, np.nan])], [np.array([1.0, np.nan])])
    assert not identical(np.array([1.0]), np.array([1.0 + 1e-16 * 4]))
    assert not identical(np.array([1]), np.array([1.0]))


def test_numerical_gradient_of_nested_arguments() -> None:
    def f(p: Any, n: int) -> Any:
        return p["a"][0] ** n * np.sum(p["b"] ** 2)

    p = {"a": [2.0], "b": np.array([1.0, 3.0])}
    found = numerical_gradient(f, (p, 3), (0,))
    assert found.smooth
    assert_same(found.gradient, ({"a": [120.0], "b": np.array([16.0, 48.0])},))


def test_numerical_gradient_weighs_a_structured_result() -> None:
    def f(x: Any) -> Any:
        return x * x, [np.sum(x)]

    x = np.array([1.0, 2.0])
    seed = seed_for(f(x), np.random.default_rng(0))
    found = numerical_gradient(f, (x,), (0,), seed)
    assert_same(found.gradient[0], 2 * x * seed[0] + seed[1][0])


@pytest.mark.parametrize("f", [abs, lambda x: x if x > 0 else x + 1.0, lambda x: x * np.inf])
def test_numerical_gradient_knows_where_it_cannot_be_trusted(f: Any) -> None:
    assert not numerical_gradient(f, (0.0,), (0,)).smooth
