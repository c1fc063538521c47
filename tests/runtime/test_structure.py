"""Derivatives of nested values, and the checks of what a caller passes in."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tangent.errors import AliasError, SeedError, UnsupportedError
from tangent.runtime import Record, add, cast, check_seed, copy, match_structure, refuse_view, uncast, zeros_like
from tests.numeric import assert_same

Pair = namedtuple("Pair", "first second")


@dataclass(frozen=True)
class Layer:
    W: Any
    name: str = "layer"


@pytest.mark.parametrize(
    ("x", "want"),
    [
        (2, 0.0),
        (2.0, 0.0),
        (True, 0.0),
        (None, 0.0),
        ("a", 0.0),
        (len, 0.0),
        (np.float32(2), np.float32(0)),
        (np.int64(2), 0.0),
        (np.array([1, 2]), np.zeros(2)),
        (np.array([True]), np.zeros(1)),
        (np.array(1.0), np.array(0.0)),
        (np.ones((0, 2)), np.ones((0, 2))),
        (np.ones(2, np.float32), np.zeros(2, np.float32)),
        ([1, (2.0, {"a": np.ones(2)})], [0.0, [0.0, {"a": np.zeros(2)}]]),
        ((), []),
    ],
)
def test_zeros_like(x: Any, want: Any) -> None:
    found = zeros_like(x)
    assert_same(found, want)
    assert np.asarray(found, dtype=object).dtype == object
    if isinstance(x, np.ndarray):
        assert found.dtype == want.dtype
        assert isinstance(found, np.ndarray)


def test_zeros_like_an_object_is_a_record_of_zeros() -> None:
    found = zeros_like(Layer(np.ones(2)))
    assert isinstance(found, Record)
    np.testing.assert_array_equal(found.W, np.zeros(2))
    np.testing.assert_array_equal(match_structure(found, Layer(np.ones(2))).W, np.zeros(2))
    assert match_structure(zeros_like(Pair(1.0, [2])), Pair(1.0, [2])) == Pair(0.0, [0.0])


def test_a_record_has_items_as_a_named_tuple_has_and_no_properties() -> None:
    record = Record(x=1.0, y=2.0)
    record[1] += 3.0
    record.x = 4.0
    assert [*record] == [4.0, 5.0] == record[:]
    assert (len(record), record["y"], record[-2]) == (2, 5.0, 4.0)
    with pytest.raises(UnsupportedError, match="area of an object"):
        record.area


def test_match_structure_turns_lists_into_the_tuples_that_they_stand_for() -> None:
    like = (1.0, [2.0, (3.0,)], {"a": (4.0, 5.0)}, Pair(6.0, (7.0,)))
    gradient = [1.0, [2.0, [3.0]], {"a": [4.0, 5.0]}, [6.0, [7.0]]]
    found = match_structure(gradient, like)
    assert found == like
    assert isinstance(found[3], Pair)


def test_match_structure_lets_arrays_and_numbers_through() -> None:
    x = np.ones(2)
    assert match_structure(x, x) is x
    assert match_structure(2.0, 1) == 2.0
    assert match_structure(np.array([1.0, 2.0]), [3.0, 4.0]) == [1.0, 2.0]
    with pytest.raises(ValueError):
        match_structure([1.0], (1.0, 2.0))


@pytest.mark.parametrize(
    ("a", "b", "want"),
    [
        (1.0, 2.0, 3.0),
        (np.ones(2), 1.0, np.full(2, 2.0)),
        ([1.0, [2.0]], [3.0, [4.0]], [4.0, [6.0]]),
        ({"a": 1.0}, {"a": 2.0}, {"a": 3.0}),
        ((1.0,), (2.0,), (3.0,)),
        ([1.0, 2.0], np.ones(2), [2.0, 3.0]),
    ],
)
def test_add(a: Any, b: Any, want: Any) -> None:
    assert_same(add(a, b), want)


def test_add_refuses_lists_of_different_lengths() -> None:
    with pytest.raises(ValueError):
        add([1.0], [1.0, 2.0])


def test_copy_shares_nothing() -> None:
    x = np.ones(2)
    original = [x, {"a": (x, 2.0)}, Pair(x, None), Layer(x)]
    found = copy(original)
    assert isinstance(found[2], Pair)
    for part in (found[0], found[1]["a"][0], found[2].first, found[3].W):
        np.testing.assert_array_equal(part, x)
        assert not np.shares_memory(part, x)


@pytest.mark.parametrize(
    ("seed", "result"),
    [
        (1.0, 2.0),
        (1, 2.0),
        (1.0, np.float64(2.0)),
        (1.0, np.float32(2.0)),
        (np.array(1.0), 2.0),
        (1.0, np.array(2.0)),
        (np.ones(2), np.zeros(2)),
        ((1.0, np.ones(2)), (2.0, np.zeros(2))),
        ([1.0], (2.0,)),
        ({"a": 1.0}, {"a": 2.0}),
        (1.0, 3),
        (1.0, True),
        ((1.0, None), (2.0, "text")),
        (Layer(1.0), Layer(2.0)),
        (np.ones((0, 2)), np.ones((0, 2))),
    ],
)
def test_seeds_that_fit(seed: Any, result: Any) -> None:
    check_seed(seed, result)


@pytest.mark.parametrize(
    ("seed", "result", "message"),
    [
        (
            1.0,
            np.zeros((2, 3)),
            r"of shape \(2, 3\), and a gradient needs a scalar-valued function\nInstead: reduce the result",
        ),
        (1.0, np.zeros(1), r"array of shape \(1,\)"),
        (np.ones(2), 1.0, r"array of shape \(2,\) for a scalar"),
        (np.ones(2), np.zeros(3), r"array of shape \(2,\) for an array of shape \(3,\)"),
        (np.ones((2, 1)), np.zeros(2), r"of another shape"),
        (1.0, (1.0, 2.0), "returned a tuple of 2 values"),
        ((1.0,), (1.0, 2.0), "returned a tuple of 2 values"),
        ((1.0, 1.0), (1.0, np.ones(2)), r"returned an array of shape \(2,\)"),
        ({"b": 1.0}, {"a": 2.0}, r"returned a dict with the keys \['a'\]"),
        ([1.0, 2.0], np.ones(2), "list for an array"),
        (1.0, Layer(2.0), "returned a Layer"),
        (np.ones(2, int), np.ones(2), "the seed is an array of integers"),
    ],
)
def test_seeds_that_do_not_fit(seed: Any, result: Any, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        check_seed(seed, result)


@pytest.mark.parametrize("result", [1j, np.complex64(1), np.ones(2, complex)])
def test_complex_results_are_refused(result: Any) -> None:
    with pytest.raises(UnsupportedError, match="complex"):
        check_seed(np.ones(np.shape(result)), result)


def test_views_are_refused() -> None:
    base = np.ones((3, 2))
    for value in (base, base[1:], base.T, base.reshape(-1), [base[0]], {"a": (1.0, base[:, 0])}):
        with pytest.raises(AliasError, match=r'File "m\.py", line 3\n    y = x\ntwo names'):
            refuse_view(value, base, "m.py, line 3, y = x")
    with pytest.raises(AliasError):
        refuse_view(base[0], [1.0, {"a": base}], "here")
    items: list[float] = []
    with pytest.raises(AliasError):
        refuse_view(items, items, "here")
    for other in (2.0, None, base.copy(), base + 1.0, base[[0, 1]], [1.0], np.float64(1.0)):
        refuse_view(other, base, "here")


def test_conversions_to_integers_have_no_derivative() -> None:
    x = np.array([1.5, 2.5])
    np.testing.assert_array_equal(uncast(np.ones(2), x.astype(int), x), np.zeros(2))
    np.testing.assert_array_equal(cast(np.ones(2), x, x.astype(int)), np.zeros(2))
    np.testing.assert_array_equal(uncast(np.ones(2), np.array([1, 2]), np.array([1, 2])), np.ones(2))
    assert uncast(np.ones(2), x, x.astype(np.float32)).dtype == np.float32
    assert cast(np.ones(2), x, x.astype(np.float32)).dtype == np.float32
