"""Adjoints of subscripts with repeated indices, and of elements of containers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangent.runtime import add_at, item_written, write_item
from tests.numeric import assert_same

INDICES: list[Any] = [
    1,
    -1,
    np.int64(1),
    slice(1, None),
    slice(None, None, -2),
    Ellipsis,
    None,
    (1, 2),
    (slice(None), 1),
    [0, 0, 2],
    np.array([2, 2, 2]),
    ([0, 0, 1], [1, 1, 2]),
    (slice(None), [1, 1]),
    np.array([True, False, True]),
    [[0, 1], [1, 0]],
    (Ellipsis, None, 1),
    [],
    (np.array([1]), slice(1, 3)),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_add_at_is_the_transpose_of_reading(index: Any) -> None:
    rng = np.random.default_rng(0)
    x, bx = rng.normal(size=(3, 4)), np.zeros((3, 4))
    b = rng.normal(size=np.shape(x[index]))
    add_at(bx, index, b)
    assert np.isclose(np.sum(bx * x), np.sum(b * x[index]))


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_item_written_and_write_item_are_transposes_of_writing(index: Any) -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(size=np.zeros((3, 4))[index].shape)
    b = rng.normal(size=(3, 4))
    written = np.zeros((3, 4))
    written[index] = value
    assert np.isclose(np.sum(b * written), np.sum(item_written(b, index) * value))
    np.testing.assert_array_equal(write_item(value, b, index), written)


def test_add_at_containers() -> None:
    items: list[Any] = [1.0, [2.0], np.ones(2)]
    add_at(items, 0, 1.5)
    add_at(items, 1, [1.0])
    add_at(items, -1, np.ones(2))
    add_at(items, slice(0, 2), [1.0, [1.0]])
    assert_same(items, [3.5, [4.0], np.full(2, 2.0)])
    table = {"a": 1.0}
    add_at(table, "a", 2.0)
    assert table == {"a": 3.0}
