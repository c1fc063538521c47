"""Each fact of `docs/edges.md`, in both modes, for numbers and for arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tangent
from tests.numeric import assert_same
from tests.rules.test_transforms import with_source

NAN, INF = np.nan, np.inf


def slopes(text: str, *arguments: Any) -> list[Any]:
    """The derivatives of an elementwise function by each of its arguments, by reverse and by forward mode."""
    names = "xyz"[: len(arguments)]
    f = with_source(text, tuple(names))
    found = []
    with np.errstate(all="ignore"):
        result = f(*arguments)
        for i, argument in enumerate(arguments):
            seed = np.ones_like(result) if np.ndim(result) else 1.0
            direction = np.ones(np.shape(argument)) if np.ndim(argument) else 1.0
            reverse = tangent.vjp(f, wrt=i)(*arguments, seed)
            forward = tangent.jvp(f, wrt=i)(*arguments, direction)
            np.testing.assert_array_equal(np.asarray(reverse), np.asarray(forward))
            found.append(reverse)
    return found


ELEMENTWISE = [
    ("abs(x)", (0.0,), (0.0,)),
    ("np.abs(x)", (0.0,), (0.0,)),
    ("np.fabs(x)", (0.0,), (0.0,)),
    ("np.maximum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("np.minimum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("max(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("min(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("np.clip(x, 0.0, 3.0)", (0.0,), (1.0,)),
    ("np.clip(x, 0.0, 3.0)", (3.0,), (1.0,)),
    ("np.clip(x, 0.0, 3.0)", (3.1,), (0.0,)),
    ("np.sqrt(x)", (0.0,), (INF,)),
    ("x ** 0", (0.0,), (0.0,)),
    ("x ** 1", (0.0,), (1.0,)),
    ("x ** 2", (0.0,), (0.0,)),
    ("x ** y", (0.0, 0.0), (0.0, 0.0)),
    ("x ** y", (0.0, 2.0), (0.0, 0.0)),
    ("np.hypot(x, y)", (0.0, 0.0), (NAN, NAN)),
    ("np.floor(x) + x", (2.0,), (1.0,)),
    ("np.sign(x) + x", (0.0,), (1.0,)),
    ("np.round(x) + x", (0.5,), (1.0,)),
    ("np.where(x > 0.0, x, y)", (0.0, 3.0), (0.0, 1.0)),
    ("x * y", (2.0, INF), (INF, 2.0)),
    ("x * y", (2.0, NAN), (NAN, 2.0)),
    ("np.exp(x)", (NAN,), (NAN,)),
    ("np.log(x)", (INF,), (0.0,)),
    ("np.tanh(x)", (INF,), (0.0,)),
]


@pytest.mark.parametrize("shape", [None, (), (1,), (2, 1)])
@pytest.mark.parametrize(("text", "arguments", "want"), ELEMENTWISE)
def test_slope(text: str, arguments: tuple[float, ...], want: tuple[float, ...], shape: Any) -> None:
    if shape is not None and ("max(" in text or "min(" in text) and "np" not in text:
        pytest.skip("Python's own functions are of numbers")
    values = arguments if shape is None else tuple(np.full(shape, a) for a in arguments)
    for found, expected in zip(slopes(text, *values), want, strict=True):
        assert np.shape(found) == (shape or ())
        np.testing.assert_array_equal(found, np.full(shape or (), expected))


@pytest.mark.parametrize(("text", "arguments"), [
    ("x ** 0.5", (np.zeros(2),)), ("x / y", (np.zeros(2), np.zeros(2))),
    ("np.arctan2(x, y)", (np.zeros(2), np.zeros(2))),
])
def test_what_is_infinite_for_arrays_is_an_error_for_numbers(text: str, arguments: tuple[Any, ...]) -> None:
    assert not any(np.isfinite(found).any() for found in slopes(text, *arguments))
    with pytest.raises(ZeroDivisionError):
        slopes(text, *(0.0 for _ in arguments))


@pytest.mark.parametrize("text", ["np.linalg.norm(x)", "np.std(x)", "np.linalg.norm(x, 2)"])
def test_a_norm_has_no_derivative_at_zero(text: str) -> None:
    f = with_source(text, ("x",))
    with np.errstate(all="ignore"):
        assert np.isnan(tangent.grad(f)(np.zeros(3))).all()
        assert np.isnan(tangent.jvp(f)(np.zeros(3), np.ones(3)))


@pytest.mark.parametrize(("text", "want"), [
    ("np.max(x)", [0.5, 0.0, 0.5]), ("max(x[0], x[1], x[2])", [0.5, 0.0, 0.5]),
    ("np.max(x, keepdims=True)[0]", [0.5, 0.0, 0.5]),
    ("np.ptp(x)", [0.5, -1.0, 0.5]), ("-np.min(-x)", [0.5, 0.0, 0.5]),
])
def test_equal_extrema_share_equally(text: str, want: list[float]) -> None:
    f, x = with_source(text, ("x",)), np.array([2.0, 1.0, 2.0])
    np.testing.assert_array_equal(tangent.grad(f)(x), want)
    for i, slope in enumerate(want):
        assert tangent.jvp(f)(x, np.eye(3)[i]) == slope


def test_the_side_that_is_not_chosen_is_computed() -> None:
    bad = with_source("np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))", ("x",))
    good = with_source("np.sum(np.where(x > 0.0, np.sqrt(np.where(x > 0.0, x, 1.0)), 0.0))", ("x",))
    x = np.array([0.0, 4.0])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(tangent.grad(bad)(x), [NAN, 0.25])
        assert tangent.jvp(bad)(x, np.ones(2)) == 0.25
    np.testing.assert_array_equal(tangent.grad(good)(x), [0.0, 0.25])
    assert tangent.jvp(good)(x, np.ones(2)) == 0.25


# --- shapes, axes and order in memory

ANY_SHAPE = (
    "np.sum(x)", "np.mean(x, axis=-1)", "np.sum(x, axis=(0, -1))", "np.cumsum(x, -1)", "np.sin(x) * x", "x[..., ::-1]",
    "np.prod(x, axis=0)", "np.transpose(x)", "np.concatenate((x, x), -1)", "np.max(x, axis=-2)", "np.squeeze(x)",
    "np.linalg.norm(x, axis=-1)", "np.fft.irfft(np.fft.rfft(x, axis=-1) * 2.0, np.shape(x)[-1])", "np.flip(x, (0, -1))",
    "np.roll(x, (1, 1), (0, -1))", "np.moveaxis(x, -1, 0)", "np.expand_dims(x, (0, -1))", "np.var(x, axis=(0, -1))",
)
LAYOUTS = {
    "rows": lambda x: x, "columns": np.asfortranarray, "reversed": lambda x: x[::-1, ..., ::-1],
    "every second": lambda x: np.repeat(np.repeat(x, 2, 0), 2, -1)[::2, ..., ::2], "transposed": lambda x: x.T.copy().T,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("text", ANY_SHAPE)
def test_views_of_any_order_in_memory(text: str, layout: str) -> None:
    x = LAYOUTS[layout](np.arange(1.0, 13.0).reshape(3, 4) + 0.3 * np.sin(np.arange(12.0)).reshape(3, 4))
    before = x.copy()
    f = with_source(text, ("x",))
    tangent.check_grads(f, (x,), rtol=1e-4)
    np.testing.assert_array_equal(x, before)
    gradient = tangent.vjp(f)(x, np.ones_like(f(x)))
    assert not np.shares_memory(gradient, x)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 1, 3)])
@pytest.mark.parametrize("text", ANY_SHAPE)
def test_axes_of_length_one(text: str, shape: tuple[int, ...]) -> None:
    size = math.prod(shape)
    x = (np.arange(1.0, size + 1.0) + 0.3 * np.sin(np.arange(size))).reshape(shape)
    if "var" in text and size == 1:
        pytest.skip("a single number")
    tangent.check_grads(with_source(text, ("x",)), (x,), rtol=1e-4)


@pytest.mark.parametrize("text", [
    "np.sum(np.sin(x))", "np.sum(x * x, axis=0)", "np.mean(x[:0]) * 0.0 + np.sum(x)", "np.concatenate((x, x))",
    "x @ x if np.ndim(x) == 1 else x", "np.cumsum(x)", "np.sort(x)", "np.where(x > 0.0, x, -x)",
])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arrays_of_no_length(text: str) -> None:
    f, x = with_source(text, ("x",)), np.zeros(0)
    gradient = tangent.vjp(f)(x, np.ones_like(f(x)))
    assert gradient.shape == (0,)
    assert np.shape(tangent.jvp(f)(x, x)) == np.shape(f(x))


@pytest.mark.parametrize("text", ["np.sum(np.sin(x) * x)", "np.sum(x ** 2)", "np.sum(np.exp(x) / (1.0 + x))"])
def test_integers_count_as_real_numbers(text: str) -> None:
    f = with_source(text, ("x",))
    for x in (2, np.array(2), np.array([1, 2]), np.array([[3]], np.int32)):
        want = tangent.grad(f)(np.asarray(x, float))
        got = tangent.grad(f)(x)
        assert_same(np.asarray(got, float), np.asarray(want, float), 1e-12, 1e-12)
        assert np.asarray(got).dtype == np.float64
        assert np.shape(got) == np.shape(x)


@pytest.mark.parametrize("text", [
    "np.sum(np.sin(x) * 2.0)", "np.sum(x ** 2)", "np.linalg.norm(x)", "np.mean(np.abs(x))", "np.max(x)",
    "np.sum(np.where(x > 0, x, 0.0))", "np.sum(np.cumsum(x))", "np.std(x)", "np.dot(x, x)",
])
def test_single_precision_stays(text: str) -> None:
    f, x = with_source(text, ("x",)), np.array([0.5, -1.5, 2.0], np.float32)
    assert tangent.grad(f)(x).dtype == np.float32
    assert np.asarray(tangent.jvp(f)(x, x)).dtype == np.float32
