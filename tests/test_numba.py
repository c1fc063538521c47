"""`numba.njit` compiles generated derivatives as they are, and they give the same numbers."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from examples import pendulum
from tangent import runtime
from tangent.errors import AliasError, SeedError, UnsupportedError
from tests.gallery.pairs import PAIRS, Pair
from tests.numeric import assert_same

numba = pytest.importorskip("numba")
pytest.importorskip("scipy")  # Numba multiplies matrices with SciPy's BLAS

import tangent.numba_support  # noqa: E402

ROWS = np.array([[0.5, -1.5, 2.0], [1.0, 0.25, -0.75]])
VECTOR = np.array([0.5, -1.5, 2.0])


@pytest.fixture(autouse=True)
def reflected_lists_are_expected() -> Iterator[None]:
    """Numba announces that lists which cross its border will change their type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", numba.NumbaPendingDeprecationWarning)
        yield


def check(derivative: Callable[..., Any], *args: Any) -> None:
    """The compiled derivative and the plain one agree."""
    assert_same(numba.njit(derivative)(*args), derivative(*args), rtol=1e-12, atol=1e-14)


def directions(*arguments: Any) -> tuple[Any, ...]:
    """A random tangent for each argument."""
    rng = np.random.default_rng(1)
    return tuple(rng.normal(size=np.shape(a)) if np.ndim(a) else float(rng.normal()) for a in arguments)


def test_the_package_does_not_import_numba() -> None:
    code = "import sys, tangent; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# The gallery and the examples.


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_gallery(pair: Pair) -> None:
    check(tangent.grad(pair.primal, wrt=pair.wrt), *pair.arguments())


@pytest.mark.parametrize("name", ["horner", "collatz_like", "newton_sqrt"])
def test_plain_translation(name: str) -> None:
    pair = next(pair for pair in PAIRS if pair.name == name)
    check(tangent.grad(pair.primal, wrt=pair.wrt, optimized=False), *pair.arguments())
    check(tangent.jvp(pair.primal, wrt=pair.wrt, optimized=False), *pair.arguments(), *pair.tangents())


@pytest.mark.parametrize("name", ["overwrite", "iterpower"])
def test_gallery_on_arrays(name: str) -> None:
    pair = next(pair for pair in PAIRS if pair.name == name)
    args = [np.array([0.5, 1.5]) if isinstance(arg, float) else arg for arg in pair.arguments()]
    check(tangent.vjp(pair.primal, wrt=pair.wrt), *args, np.array([1.0, 2.0]))


PENDULUM = (0.3, 1.2, 1.0, np.cos(np.arange(8.0)))


def test_value_and_gradient_of_the_pendulum() -> None:
    check(tangent.value_and_grad(pendulum.misfit, wrt=pendulum.NAMES), *PENDULUM)


# Forward mode, and second derivatives.


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_gallery_in_forward_mode(pair: Pair) -> None:
    check(tangent.jvp(pair.primal, wrt=pair.wrt), *pair.arguments(), *pair.tangents())


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if len(pair.wrt) == 1], ids=lambda pair: pair.name)
def test_hessian_vector_products_of_the_gallery(pair: Pair) -> None:
    derivative = tangent.jvp(tangent.grad(pair.primal, wrt=pair.wrt), wrt=pair.wrt)
    check(derivative, *pair.arguments(), *pair.tangents())


def test_the_pendulum_in_forward_mode() -> None:
    moved = directions(*PENDULUM[:2])
    check(tangent.jvp(pendulum.misfit, wrt=pendulum.NAMES, preserve_result=True), *PENDULUM, *moved)
    check(tangent.jvp(tangent.grad(pendulum.misfit, wrt=pendulum.NAMES), wrt=pendulum.NAMES), *PENDULUM, *moved)


def sine_powers(x, n):
    y = x
    for _ in range(n):
        y = y * np.sin(x)
    return y


def bouncing(x, n):
    y = x
    for _ in range(n):
        if y > 1.0:
            y = 0.5 * y * y
        elif y < 0.2:
            y = y + x * x
        else:
            y = np.exp(y) * x
    return y


def squares_to_ten(x):
    y = x
    while y < 10.0:
        y = y * y + x
    return y


def recurrence(x):
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i] + np.sqrt(x[i] * x[i - 1])
    return np.sum(y)


def layers(x, n):
    for _ in range(n):
        x = np.tanh(x * x + x[::-1])
    return np.sum(x)


def broadcast_in_a_loop(b, W):
    for _ in range(3):
        W = np.tanh(W + b) * W
    return np.sum(W)


def inserted(x, n):
    items = []
    for i in range(n):
        items.insert(i // 2, x * (i + 1))
    total = 0.0
    for i in range(n):
        total += items[i] ** i
    return total


SECOND_ORDER: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (sine_powers, (0.7, 5)),
    (bouncing, (0.7, 6)),
    (squares_to_ten, (1.1,)),
    (recurrence, (np.linspace(0.5, 1.5, 5),)),
    (layers, (VECTOR, 3)),
    (broadcast_in_a_loop, (VECTOR, ROWS)),
    (inserted, (0.7, 4)),
]


@pytest.mark.parametrize(("f", "args"), SECOND_ORDER, ids=[f.__name__ for f, _ in SECOND_ORDER])
def test_second_order_in_mixed_modes(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    moved = directions(args[0])
    check(tangent.jvp(f), *args, *moved)
    check(tangent.jvp(tangent.grad(f)), *args, *moved)
    check(tangent.grad(tangent.jvp(f)), *args, *moved)


def test_a_tangent_of_the_wrong_shape_is_refused() -> None:
    def f(x, y):
        return x * y

    df = numba.njit(tangent.jvp(f))
    with pytest.raises(SeedError, match="another shape"):
        df(VECTOR, 2.0, np.ones(2))
    with pytest.raises(SeedError, match="an array of 1 dimensions"):
        df(VECTOR, 2.0, 1.0)
    with pytest.raises(SeedError, match="the argument is a scalar"):
        df(2.0, 2.0, VECTOR)
    with pytest.raises(SeedError, match="integers"):
        df(VECTOR, 2.0, np.ones(3, int))
    both = numba.njit(tangent.jvp(f, wrt=("x", "y")))
    with pytest.raises(SeedError, match="another shape"):
        both(VECTOR, 2.0, np.ones(2), 1.0)


# Programs.


def test_split_motion() -> None:
    def f(x, n):
        y = x
        for _ in range(n):
            y = y * np.sin(x)
        return y

    forward, backward = tangent.autodiff(f, motion="split")
    y, saved = numba.njit(forward)(0.7, 3)
    want, plain = forward(0.7, 3)
    assert y == pytest.approx(want)
    assert numba.njit(backward)(saved, 1.0) == pytest.approx(backward(plain, 1.0))


def test_several_results_and_arguments() -> None:
    def f(x, y):
        return x * y, np.sum(x) * y

    check(tangent.vjp(f, wrt=("x", "y")), VECTOR, 2.0, (np.ones(3), 0.5))


def test_tuples_as_arguments() -> None:
    def f(p):
        x, y = p
        return np.sum(x * y) * x[0]

    check(tangent.grad(f), (VECTOR, 2.0 * VECTOR))


def test_indices_in_a_loop() -> None:
    def f(x):
        y = np.zeros(len(x))
        for i in range(1, len(x)):
            y[i] = y[i - 1] * x[i] + np.sqrt(x[i] * x[i - 1])
        return np.sum(y)

    check(tangent.grad(f), np.linspace(0.5, 1.5, 9))


def test_broadcasting() -> None:
    def f(W, b, p):
        z = W / np.sum(W * W) + b
        return np.sum(z**2 * p)

    check(tangent.grad(f, wrt=("W", "b", "p")), ROWS, VECTOR, 0.5)


def test_a_caller_of_functions() -> None:
    def square(x):
        return x * x

    def f(x):
        return square(square(x)) + square(x + 1.0)

    check(tangent.grad(f), 1.5)


def test_second_derivative() -> None:
    def f(x):
        y = x
        for _ in range(3):
            y = y * np.sin(x)
        return y

    check(tangent.grad(tangent.grad(f)), 0.7)


def test_a_seed_of_the_wrong_shape_is_refused() -> None:
    def f(x):
        return x * x

    df = numba.njit(tangent.vjp(f))
    with pytest.raises(SeedError, match="another shape"):
        df(VECTOR, np.ones(2))
    with pytest.raises(SeedError, match="an array of 1 dimensions"):
        df(VECTOR, 1.0)
    with pytest.raises(SeedError, match="integers"):
        df(VECTOR, np.ones(3, int))


# The helpers, one by one.

HELPERS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (runtime.unbroadcast, (2.0, 3.0)),
    (runtime.unbroadcast, (ROWS, 3.0)),
    (runtime.unbroadcast, (2.0, ROWS)),
    (runtime.unbroadcast, (ROWS, ROWS)),
    (runtime.unbroadcast, (ROWS, VECTOR)),
    (runtime.unbroadcast, (ROWS, np.ones((2, 1)))),
    (runtime.unbroadcast, (VECTOR, ROWS)),
    (runtime.unbroadcast, (ROWS[:, :1], ROWS)),
    (runtime.unbroadcast, (np.ones((4, 2, 3)), np.ones((1, 3)))),
    (runtime.unbroadcast, (ROWS.T, np.ones((1, 2)))),
    (runtime.stretch, (2.0, 3.0)),
    (runtime.stretch, (2.0, ROWS)),
    (runtime.stretch, (VECTOR, ROWS)),
    (runtime.stretch, (ROWS[:, :1], ROWS)),
    (runtime.stretch, (ROWS.T, ROWS.T)),
    (runtime.expand, (2.0, VECTOR)),
    (runtime.expand, (2.0, 1.0)),
    (runtime.expand, (VECTOR, ROWS, 0)),
    (runtime.expand, (np.ones(2), ROWS, -1)),
    (runtime.expand, (np.ones((2, 1)), ROWS, 1, True)),
    (runtime.size_along, (ROWS, 1)),
    (runtime.size_along, (ROWS,)),
    (runtime.keep_axes, (VECTOR, 0)),
    (runtime.zeros_like, (ROWS,)),
    (runtime.zeros_like, (3,)),
    (runtime.zeros_like, (np.arange(3),)),
    (runtime.zeros_like, ((1.0, 2.0),)),
    (runtime.copy, ((VECTOR, 1.0),)),
    (runtime.add, ((VECTOR, 1.0), (VECTOR, 2.0))),
    (runtime.match_structure, (VECTOR, ROWS)),
    (runtime.match_structure, ((VECTOR, 1.0), (VECTOR, 2.0))),
    (runtime.match_structure, (VECTOR, (1.0, 2.0, 3.0))),
    (runtime.item_written, (VECTOR, 1)),
    (runtime.write_item, (2.0, VECTOR, 1)),
    (runtime.zero_item, (VECTOR, 1)),
    (runtime.zero_item, (ROWS, 1)),
    (runtime.greater, (1.0, 1.0)),
    (runtime.greater, (VECTOR, 0.5)),
    (runtime.ties, (np.array([1.0, 2.0, 2.0]), 2.0)),
    (runtime.ties, (ROWS, np.max(ROWS, axis=1), 1)),
    (runtime.power_slope, (VECTOR, 3)),
    (runtime.power_slope, (2.0, 0)),
    (runtime.power_slope, (np.abs(VECTOR), np.array([0.0, 0.5, 2.0]))),
    (runtime.uncast, (VECTOR, VECTOR, VECTOR.astype(np.float32))),
    (runtime.cast, (VECTOR.astype(np.float32), VECTOR.astype(np.float32), VECTOR)),
    (runtime.matmul_transpose_left, (np.ones((2, 4)), ROWS, np.ones((3, 4)))),
    (runtime.matmul_transpose_left, (np.ones(4), VECTOR, np.ones((3, 4)))),
    (runtime.matmul_transpose_left, (np.ones(2), ROWS, VECTOR)),
    (runtime.matmul_transpose_left, (2.0, VECTOR, VECTOR)),
    (runtime.matmul_transpose_right, (np.ones((2, 4)), ROWS, np.ones((3, 4)))),
    (runtime.matmul_transpose_right, (np.ones(4), VECTOR, np.ones((3, 4)))),
    (runtime.matmul_transpose_right, (np.ones(2), ROWS, VECTOR)),
    (runtime.matmul_transpose_right, (2.0, VECTOR, VECTOR)),
    (runtime.dot_transpose_right, (ROWS, 2.0, ROWS)),
    (runtime.dot_transpose_right, (np.ones(2), ROWS, VECTOR)),
]


def describe(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return f"({', '.join(map(describe, value))})" if isinstance(value, tuple) else repr(value)


@pytest.mark.parametrize(
    ("helper", "args"), HELPERS, ids=[f"{helper.__name__}{describe(args)}" for helper, args in HELPERS]
)
def test_helper(helper: Callable[..., Any], args: tuple[Any, ...]) -> None:
    literal = [repr(arg) if isinstance(arg, bool | int) else f"args[{i}]" for i, arg in enumerate(args)]
    scope: dict[str, Any] = {"helper": helper}
    exec(f"def call(args): return helper({', '.join(literal)})", scope)
    assert_same(numba.njit(scope["call"])(args), helper(*args), rtol=1e-12, atol=0.0)


@numba.njit
def add_at(b, index, value):
    runtime.add_at(b, index, value)
    return b


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (1, VECTOR),
        (1, 2.0),
        ((1, 2), 2.0),
        (np.array([0, 1, 0]), np.arange(9.0).reshape(3, 3)),
        (np.array([1, 1]), 1.5),
        (np.array([False, True]), np.array([[1.0, 2.0, 3.0]])),
    ],
    ids=["row", "scalar to a row", "element", "rows named twice", "scalar to rows", "mask"],
)
def test_add_at(index: Any, value: Any) -> None:
    want = ROWS.copy()
    runtime.add_at(want, index, value)
    np.testing.assert_array_equal(add_at(ROWS.copy(), index, value), want)


@numba.njit
def place_in(items, index):
    return runtime.place_in(items, index)


@pytest.mark.parametrize("index", [-4, -3, -1, 0, 2, 3, 7])
def test_place_in(index: int) -> None:
    items = [1.0, 2.0, 3.0]
    assert place_in(items, index) == runtime.place_in(items, index)


@numba.njit
def refuse(value, base):
    runtime.refuse_view(value, base, "line 3")


def test_views_are_refused() -> None:
    refuse(ROWS.copy(), ROWS)
    refuse(ROWS[0], ROWS[1])
    refuse(ROWS[1, :0], ROWS)
    refuse((VECTOR, 1.0), ROWS)
    refuse(1.0, ROWS)
    views = [
        (ROWS[1], ROWS), (ROWS[::-1], ROWS[0]), ((1.0, VECTOR), VECTOR[1:]), (VECTOR, (ROWS, VECTOR)),
    ]
    for value, base in views:
        with pytest.raises(AliasError, match="line 3: two names stand for the same memory"):
            refuse(value, base)


def of_a_product(x):
    tangent.runtime.require(x.ndim == 1, "a product of all", "name the axis")
    return np.sum(x * x)


def test_a_case_that_a_formula_leaves_out_is_refused() -> None:
    df = tangent.grad(of_a_product)
    check(df, VECTOR)
    with pytest.raises(UnsupportedError, match="the derivative of a product of all"):
        numba.njit(df)(ROWS)
