"""Containers, strings and comprehensions: what the corpus can't hold, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import AliasError, TangentError

V = np.array([0.3, -0.7, 1.1])


def returns_a_name_as_well(x):
    return (x * x, "name")


def returns_a_dict_with_a_name(x):
    return {"v": x * x, "name": "a"}


def list_of_an_array(x):
    y = x.tolist()
    return y[0] * y[1]


def converted_and_taken_out(x):
    y = x.astype(float)
    return np.sum(y * y).item()


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("f", [list_of_an_array, converted_and_taken_out])
def test_methods_that_give_python_numbers(f: Callable[..., Any], optimized: bool) -> None:
    tangent.check_grads(f, (V,), order=2, optimized=optimized)


@pytest.mark.parametrize("f", [returns_a_name_as_well, returns_a_dict_with_a_name])
def test_results_beside_numbers(f: Callable[..., Any]) -> None:
    tangent.check_grads(f, (0.7,), order=2)


def shared_row(x):
    rows = [[0.0] * 3] * 2
    rows[0][1] = x[0]
    return rows[1][1] * x[1]


def list_extended_by_one_of_two_names(x):
    a = [x[0]]
    b = a
    a += [x[1]]
    return b[0] * len(b)


def item_of_a_shallow_copy(x):
    a = [[x[0]], [x[1]]]
    b = list(a)
    b[0].append(x[2])
    return a[0][1] * a[0][0]


@pytest.mark.parametrize("f", [shared_row, list_extended_by_one_of_two_names, item_of_a_shallow_copy])
def test_a_change_that_another_name_sees_is_refused(f: Callable[..., Any]) -> None:
    with pytest.raises(AliasError):
        tangent.grad(f)(V)


def set_of_values(x):
    found = set()
    for v in x:
        found.add(v)
    return sum(found)


def set_display(x):
    return sum({x[0], x[1]})


def generator_kept(x):
    squares = (v * v for v in x)
    return sum(squares) + sum(squares)


def generator_for_a_function(x):
    return np.sum(v * v for v in x)


def iterator_kept(x):
    pairs = zip(x, x)
    return sum(a * b for a, b in pairs) + len(list(pairs))


def list_plus_something(x):
    return sum([x[0]] + as_it_is(x))


def as_it_is(x):
    return x


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (set_of_values, "a set of values that have a derivative"),
        (set_display, "set has no derivative rule"),
        (generator_kept, "a generator expression that is kept"),
        (generator_for_a_function, "a generator expression that is kept"),
        (iterator_kept, "an iterator that is kept"),
        (list_plus_something, "a list, a tuple or a dict"),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_is_refused(f: Callable[..., Any], words: str, mode: str) -> None:
    with pytest.raises(TangentError) as caught:
        tangent.autodiff(f, mode=mode)(V, *([V] if mode == "forward" else []))
    assert words in str(caught.value)
    assert "Instead: " in str(caught.value)


def test_the_maximum_of_tuples_is_one_of_them() -> None:
    def f(x):
        best = max([(np.sin(v), v * v) for v in x])
        return best[0] * best[1]

    tangent.check_grads(f, (V,), order=2)


def test_keys_of_a_dict_have_no_derivative() -> None:
    def f(table):
        keys = list(table)
        return keys[0] * table[2.0] + sum(table[k] * k for k in table)

    assert tangent.grad(f)({2.0: 3.0, 4.0: 5.0}) == {2.0: 4.0, 4.0: 4.0}
