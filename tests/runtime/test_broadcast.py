"""`unbroadcast` and `expand`: shapes, types and dtypes, and that each is the other's transpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangent.errors import UnsupportedError
from tangent.runtime import expand, keep_axes, size_along, unbroadcast

SHAPES: list[tuple[int, ...]] = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 2, 3), (1, 1), (0,), (0, 3)]


def compatible() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    pairs = []
    for a in SHAPES:
        for b in SHAPES:
            try:
                np.broadcast_shapes(a, b)
            except ValueError:
                continue
            pairs.append((a, b))
    return pairs


@pytest.mark.parametrize(("shape", "like"), compatible())
def test_unbroadcast_is_the_transpose_of_broadcasting(shape: tuple[int, ...], like: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    full = np.broadcast_shapes(shape, like)
    b, x = rng.normal(size=full), rng.normal(size=like)
    found = unbroadcast(b, x)
    assert np.shape(found) == like
    assert np.isclose(np.sum(found * x), np.sum(b * np.broadcast_to(x, full)))


@pytest.mark.parametrize(("shape", "like"), compatible())
def test_unbroadcast_gives_the_shape_that_it_is_asked_for(
    shape: tuple[int, ...], like: tuple[int, ...]
) -> None:
    assert np.shape(unbroadcast(np.ones(shape), np.ones(like))) == like
    assert np.shape(unbroadcast(np.ones(shape), 2.0)) == ()


@pytest.mark.parametrize("like", [2.0, 2, True, np.float64(2.0), np.float32(2.0), np.int64(2)])
def test_the_adjoint_of_a_scalar_is_a_scalar(like: Any) -> None:
    assert unbroadcast(1.5, like) == 1.5
    assert type(unbroadcast(1.5, like)) is float
    assert isinstance(unbroadcast(np.ones((2, 3)), like), np.float64)
    assert isinstance(unbroadcast(np.array(2.0), like), np.float64)
    assert isinstance(expand(np.array(2.0), like), np.float64)


def test_equal_shapes_pass_through() -> None:
    b = np.ones((2, 3))
    assert unbroadcast(b, np.zeros((2, 3))) is b


def test_a_number_is_stretched_to_a_new_array() -> None:
    found = unbroadcast(1.5, np.zeros(3, np.float32))
    assert found.dtype == np.float32
    found[0] = 2.0
    np.testing.assert_array_equal(found, np.float32([2.0, 1.5, 1.5]))


@pytest.mark.parametrize(
    ("b", "like", "want"),
    [
        (1.0, np.zeros(2, np.float32), np.float32),
        (1, np.zeros(2, int), np.float64),
        (1.0, np.zeros(2, bool), np.float64),
        (np.float32(1.0), np.zeros(2), np.float32),
        (np.ones(1, np.float32), np.zeros(2, np.float32), np.float32),
        (np.int64(1), np.zeros(2), np.float64),
    ],
)
def test_dtype(b: Any, like: Any, want: Any) -> None:
    assert unbroadcast(b, like).dtype == want
    assert expand(b, like).dtype == want


@pytest.mark.parametrize("like", [[1.0, 2.0], (1.0, 2.0), {"a": 1.0}])
def test_arithmetic_on_a_container_is_refused(like: Any) -> None:
    with pytest.raises(UnsupportedError, match=f"unsupported: arithmetic on a {type(like).__name__}"):
        unbroadcast(np.ones(2), like)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (-1, 0), ()])
@pytest.mark.parametrize("keepdims", [False, True])
def test_expand_is_the_transpose_of_a_sum(axis: Any, keepdims: bool) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4))
    y = np.sum(x, axis=axis, keepdims=keepdims)
    b = rng.normal(size=np.shape(y))
    found = expand(b if b.ndim else float(b), x, axis, keepdims)
    assert found.shape == x.shape
    assert np.isclose(np.sum(found * x), np.sum(b * y))
    assert found.flags.writeable
    assert size_along(x, axis) * np.size(y) == x.size


def test_expand_of_lists_and_empty_arrays() -> None:
    assert expand(2.0, [1.0, 2.0]) == [2.0, 2.0]
    assert expand(2.0, np.zeros((0, 3))).shape == (0, 3)
    assert expand(np.ones(3), np.zeros((0, 3)), 0).shape == (0, 3)


def test_keep_axes() -> None:
    assert keep_axes(np.ones(3), 0).shape == (1, 3)
    assert keep_axes(np.ones((1, 3)), 0, True).shape == (1, 3)
    assert keep_axes(2.0, 0) == 2.0
