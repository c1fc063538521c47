"""What running a derivative costs: a few times what running the function costs, whatever the size.

What is counted are the calls of functions in a run, and the elements of the arrays that it copies or makes.
"""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent


def of_lists(a, x):
    total = 0.0
    for i in range(len(a)):
        for j in range(len(x)):
            total += a[i][j] * x[j]
    return total


def of_arrays(a: np.ndarray, x: np.ndarray):
    total = 0.0
    for i in range(len(a)):
        for j in range(len(x)):
            total += a[i][j] * x[j]
    return total


def in_place(u, k):
    u = u.copy()
    for i in range(1, len(u)):
        u[i] = u[i] - k * (u[i] - u[i - 1])
    return np.sum(u * u)


def in_place_of_unknown_rank(x, y):
    for i in range(len(x)):
        x[i] = x[i] * y + np.sin(x[0])
    return x


def calls(function: Callable[..., Any], *arguments: Any) -> int:
    profile = cProfile.Profile()
    profile.runcall(function, *arguments)
    return sum(entry.callcount for entry in profile.getstats())


def rows(count: int) -> list[list[float]]:
    return np.linspace(0.1, 0.9, 3 * count).reshape(3, count).tolist()


def test_an_element_of_a_list_in_a_list_costs_the_same_in_a_long_one():
    derivative = tangent.grad(of_lists, wrt=(0, 1))
    few, many = (calls(derivative, rows(n), [0.5] * n) for n in (40, 160))
    assert many < 4.4 * few


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (of_arrays, lambda n: (np.full((2, n), 0.3), np.full(n, 0.5))),
        (in_place, lambda n: (np.full(n, 0.3), 0.5)),
        (in_place_of_unknown_rank, lambda n: (np.full(n, 0.3), 0.5, np.ones(n))),
    ],
)
def test_an_element_of_an_array_costs_no_array(function, arguments):
    derivative = tangent.grad(function, wrt=(0, 1))
    few, many = (made(derivative, *arguments(n)) for n in (50, 400))
    assert many < 10 * few


def made(derivative: Callable[..., Any], *arguments: Any) -> int:
    """How many elements the arrays have together that are copied, or made like others."""
    total = 0

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(tangent, name)

        def count(value: Any, *others: Any) -> Any:
            nonlocal total
            total += np.size(value)
            return original(value, *others)

        return count

    with pytest.MonkeyPatch.context() as patch:
        for name in ("copy", "shallow_copy", "zeros_like"):
            patch.setattr(tangent, name, counted(name))
        derivative(*arguments)
    return total
