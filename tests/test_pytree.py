"""Structures of numbers as vectors."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from tangent.pytree import Space, zero

Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Model:
    """Numbers next to what has no derivative."""

    weights: np.ndarray
    scales: tuple[float, int, np.float32]
    name: str


VALUE = {
    "a": [1.0, np.array([[2.0, 3.0]])],
    "b": Model(np.array([4.0]), (5.0, 7, np.float32(6.0)), "m"),
    "c": Point(8.0, None),
}


def test_places_and_numbers() -> None:
    space = Space.of(VALUE)
    assert list(space.places()) == [
        "['a'][0]", "['a'][1][0, 0]", "['a'][1][0, 1]", "['b'].weights[0]", "['b'].scales[0]",
        "['b'].scales[2]", "['c'][0]",
    ]
    np.testing.assert_array_equal(space.vector(VALUE), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])


def test_from_numbers_to_the_structure_and_back() -> None:
    space = Space.of(VALUE)
    vector = np.arange(7.0)
    value = space.build(vector)
    assert space.mismatch(value) == ""
    np.testing.assert_array_equal(space.vector(value), vector)
    assert type(value["b"]) is Model
    assert value["b"].scales[1:] == (7, 5.0)
    assert value["c"] == Point(6.0, None)
    assert space.build(vector, zero)["b"].scales[1] == 0.0


def test_keys_may_come_in_another_order() -> None:
    space = Space.of({"a": 1.0, "b": 2.0})
    other = {"b": 4.0, "a": 3.0}
    assert space.mismatch(other) == ""
    np.testing.assert_array_equal(space.vector(other), [3.0, 4.0])


def test_integers_count_where_there_are_no_floats() -> None:
    assert Space.of([1, np.array([2, 3])]).size == 3
    assert Space.of([1, 2.0]).size == 1
    assert Space.of([True, "text", None]).size == 0


def test_a_complex_number_is_two_real_ones() -> None:
    space = Space.of([1.0, np.array([1.0 + 2.0j, 3.0])])
    assert list(space.places()) == ["[0]", "[1][0].real", "[1][1].real", "[1][0].imag", "[1][1].imag"]
    vector = space.vector([0.5, np.array([1.0 - 2.0j, 4.0j])])
    np.testing.assert_array_equal(vector, [0.5, 1.0, 0.0, -2.0, 4.0])
    np.testing.assert_array_equal(space.build(vector)[1], [1.0 - 2.0j, 4.0j])
    np.testing.assert_array_equal(space.dual_build(vector)[1], [1.0 + 2.0j, -4.0j])
    np.testing.assert_array_equal(space.dual_vector(space.dual_build(vector)), vector)
    assert space.mismatch([1.0, np.zeros(2)]) == ""
    assert space.mismatch([1.0j, np.zeros(2)]) == "a value of type complex for a value of type float at [0]"


ARRAY = "an array of shape {} and dtype float64"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([1.0], "a list of 1 for a list of 2"),
        ((1.0, np.zeros(2)), "a tuple of 2 for a list of 2"),
        ([1.0, np.zeros((2, 1))], f"{ARRAY.format('(2, 1)')} for {ARRAY.format('(2,)')} at [1]"),
        ([np.zeros(1), np.zeros(2)], f"{ARRAY.format('(1,)')} for a value of type float at [0]"),
        ([1j, np.zeros(2)], "a value of type complex for a value of type float at [0]"),
        ({"a": 1.0}, "a dict with the keys ['a'] for a list of 2"),
        (None, "a value of type NoneType for a list of 2"),
    ],
)
def test_mismatch(value: object, problem: str) -> None:
    assert Space.of([1.0, np.zeros(2)]).mismatch(value) == problem
