"""The derivatives by hand of the gallery are right, by numerical differentiation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.gallery.pairs import PAIRS, Pair

STEP = 1e-6


def numerical_gradient(function: Callable[..., Any], arguments: tuple[Any, ...], position: int) -> Any:
    """Central differences of `function` with respect to the argument at `position`."""
    value = np.array(arguments[position], dtype=float)
    gradient = np.zeros_like(value)
    for index in np.ndindex(*value.shape):
        ends = []
        for sign in (1, -1):
            moved = value.copy()
            moved[index] += sign * STEP
            argument = moved if moved.ndim else float(moved)
            ends.append(function(*arguments[:position], argument, *arguments[position + 1 :]))
        gradient[index] = (ends[0] - ends[1]) / (2 * STEP)
    return gradient


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_by_hand_agrees_with_numerical_derivatives(pair: Pair) -> None:
    arguments = pair.arguments()
    names = pair.primal.__code__.co_varnames
    gradients = pair.by_hand(*arguments)
    if len(pair.wrt) == 1:
        gradients = (gradients,)
    for name, gradient in zip(pair.wrt, gradients, strict=True):
        expected = numerical_gradient(pair.primal, arguments, names.index(name))
        assert np.shape(gradient) == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)


def numerical_tangent(pair: Pair) -> float:
    """Central differences of a pair's primal along its tangents."""
    ends = []
    for sign in (1, -1):
        moved = list(pair.arguments())
        for name, tangent in zip(pair.wrt, pair.tangents(), strict=True):
            moved[pair.primal.__code__.co_varnames.index(name)] += sign * STEP * tangent
        ends.append(pair.primal(*moved))
    return (ends[0] - ends[1]) / (2 * STEP)  # type: ignore[no-any-return]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_forward_by_hand_agrees_with_numerical_derivatives(pair: Pair) -> None:
    got = pair.forward_by_hand(*pair.arguments(), *pair.tangents())
    assert np.shape(got) == ()
    np.testing.assert_allclose(got, numerical_tangent(pair), rtol=1e-5, atol=1e-7)
