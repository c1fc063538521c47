"""Jacobians, Hessians and products with them: layout, structure, modes, dtypes, and what the functions are."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cloudpickle
import numpy as np
import pytest

import tangent
from tangent.api import _second
from tangent.errors import SeedError, TangentError, UnsupportedError
from tangent.runtime import blocks
from tests.numeric import assert_same, numerical_gradient

RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(3, 4))
VECTOR = RNG.normal(size=4)
WAYS = [None, "forward", "reverse"]


def numerical_jacobian(f: Callable[..., Any], args: tuple[Any, ...], position: int) -> Any:
    """The Jacobian of an array-valued function by one of its arguments, row by row, by differences."""
    result = np.asarray(f(*args))
    rows = []
    for row in range(result.size):
        seed = np.zeros(result.size)
        seed[row] = 1.0
        given = seed.reshape(result.shape) if result.shape else float(seed[0])
        rows.append(numerical_gradient(f, args, (position,), given).gradient[0])
    return np.stack(rows).reshape(*result.shape, *np.shape(args[position]))


def layer(x: Any, w: Any) -> Any:
    return np.tanh(w @ x)


def total(x: Any, w: Any) -> Any:
    return np.sum(np.tanh(w @ x) ** 2) + np.prod(x)


def rosen(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


# --- layout --------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimized", [True, False])
@pytest.mark.parametrize("mode", WAYS)
@pytest.mark.parametrize("position", [0, 1])
def test_the_shape_of_the_result_comes_before_that_of_the_argument(mode: Any, position: int, optimized: bool) -> None:
    jacobian = tangent.jacobian(layer, wrt=position, mode=mode, optimized=optimized)
    assert_same(jacobian(VECTOR, MATRIX), numerical_jacobian(layer, (VECTOR, MATRIX), position), 1e-6, 1e-8)


@pytest.mark.parametrize("mode", WAYS)
def test_numbers_have_the_shape_of_nothing(mode: Any) -> None:
    def powers(x):
        return np.array([x, x * x, x**3])

    def square(x):
        return x * x

    assert_same(tangent.jacobian(powers, mode=mode)(2.0), np.array([1.0, 4.0, 12.0]))
    assert_same(tangent.jacobian(total, mode=mode)(VECTOR, MATRIX), tangent.grad(total)(VECTOR, MATRIX))
    assert_same(tangent.jacobian(square, mode=mode)(3.0), 6.0)
    assert_same(tangent.jacobian(square, mode=mode)(3), 6.0)
    assert np.ndim(tangent.jacobian(square, mode=mode)(3.0)) == 0


@pytest.mark.parametrize("mode", WAYS)
def test_several_arguments_give_a_tuple_of_blocks(mode: Any) -> None:
    both = tangent.jacobian(layer, wrt=("w", "x"), mode=mode)(VECTOR, MATRIX)
    expected = tuple(numerical_jacobian(layer, (VECTOR, MATRIX), position) for position in (1, 0))
    assert_same(both, expected, 1e-6, 1e-8)


def structured(p, weights):
    return {"products": [p["x"] * weights[0], p["y"] * np.sum(weights[1])], "sum": p["x"] + p["y"]}


@pytest.mark.parametrize("mode", WAYS)
def test_structures_of_the_result_hold_structures_of_the_argument(mode: Any) -> None:
    weights = (2.0, np.array([1.0, 3.0]))
    point = {"x": np.array([1.0, 2.0, 3.0]), "y": 5.0}
    found = tangent.jacobian(structured, wrt=(0, 1), mode=mode)(point, weights)
    no_weights = (np.zeros(3), np.zeros((3, 2)))
    assert_same(found, {
        "products": [
            ({"x": 2.0 * np.eye(3), "y": np.zeros(3)}, (point["x"], np.zeros((3, 2)))),
            ({"x": np.zeros(3), "y": 4.0}, (0.0, np.array([5.0, 5.0]))),
        ],
        "sum": ({"x": np.eye(3), "y": np.ones(3)}, no_weights),
    })


@dataclass
class Point:
    x: Any
    y: Any
    name: str = "a point"


def test_records_are_structures() -> None:
    point = Point(np.array([1.0, 2.0]), 3)
    (block,) = tangent.unit_directions(point)
    assert_same((block.x, block.y), (np.eye(3)[:, :2], np.eye(3)[:, 2]))
    found = tangent.columns([block], point)
    assert_same((found.x.x, found.x.y, found.y.x, found.y.y), (np.eye(2), np.zeros(2), np.zeros(2), 1.0))


@pytest.mark.parametrize("mode", WAYS)
def test_single_precision_stays(mode: Any) -> None:
    found = tangent.jacobian(layer, mode=mode)(VECTOR.astype(np.float32), MATRIX.astype(np.float32))
    assert found.dtype == np.float32
    assert_same(found, numerical_jacobian(layer, (VECTOR, MATRIX), 0), 1e-4, 1e-4)
    assert tangent.hessian(rosen)(VECTOR.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("mode", WAYS)
def test_numbers_beside_single_precision_do_not_raise_it(mode: Any) -> None:
    def f(x):
        y = 0.0
        for i in range(len(x)):
            y += x[i] * x[i]
        return y

    x = np.arange(3, dtype=np.float32)
    assert tangent.jacobian(f, mode=mode)(x).dtype == np.float32
    assert tangent.hessian(f)(x).dtype == np.float32


@pytest.mark.parametrize("mode", WAYS)
def test_integers_are_taken_as_real(mode: Any) -> None:
    def f(x):
        return x * x * 0.5

    assert_same(tangent.jacobian(f, mode=mode)(np.array([1, 2, 3])), np.diag([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("mode", WAYS)
@pytest.mark.parametrize(("x", "shape"), [(np.zeros(0), (0, 0)), (np.zeros((2, 0)), (2, 0, 2, 0))])
def test_empty_arrays(mode: Any, x: Any, shape: tuple[int, ...]) -> None:
    def f(x):
        return np.sin(x) * 2.0

    def g(x, y):
        return y * np.sum(x)

    assert tangent.jacobian(f, mode=mode)(x).shape == shape
    assert tangent.jacobian(g, mode=mode)(x, np.ones(3)).shape == (3, *x.shape)
    assert tangent.jacobian(g, wrt=1, mode=mode)(np.ones(2), x).shape == (*x.shape, *x.shape)
    assert tangent.hessian(lambda x: np.sum(x**3))(x).shape == shape


def test_complex_arguments_are_refused() -> None:
    for mode in WAYS:
        with pytest.raises(UnsupportedError, match="complex"):
            tangent.jacobian(layer, mode=mode)(VECTOR * 1j, MATRIX)


# --- modes ---------------------------------------------------------------------------------------


def test_the_mode_follows_from_the_sizes() -> None:
    source = inspect.getsource(tangent.jacobian(layer))
    assert "columns" in source
    assert "rows" in source
    assert "rows" not in inspect.getsource(tangent.jacobian(layer, mode="forward"))
    assert "columns" not in inspect.getsource(tangent.jacobian(layer, mode="reverse"))
    with pytest.raises(ValueError, match="'forward', 'reverse' or None"):
        tangent.jacobian(layer, mode="both")  # type: ignore[arg-type]


def cube(x):
    return np.array([float(number) ** 3 for number in np.ravel(x)])


cube.__module__ = None  # type: ignore[assignment]


@tangent.grads.adjoint(cube)
def cube_adjoint(y, x):
    d[x] = 3.0 * d[y] * x * x  # type: ignore[name-defined]  # noqa: F821


def calls_cube(x):
    return cube(x) + 1.0


def test_where_one_mode_lacks_a_rule_it_comes_from_that_of_the_other() -> None:
    for mode in (None, "reverse", "forward"):
        assert_same(tangent.jacobian(calls_cube, mode=mode)(np.array([1.0, 2.0])), np.diag([3.0, 12.0]))  # type: ignore[arg-type]


def test_many_directions_go_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tangent.jacobian(layer, wrt=(0, 1))(VECTOR, MATRIX)
    for most in (1, 20, 40):
        monkeypatch.setattr(blocks, "MOST_NUMBERS", most)
        for mode in WAYS:
            assert_same(tangent.jacobian(layer, wrt=(0, 1), mode=mode)(VECTOR, MATRIX), whole, 1e-12, 1e-12)


def test_arguments_are_not_changed() -> None:
    def doubled(x):
        x *= 2.0
        return x * x

    for mode in WAYS:
        x = np.array([1.0, 2.0])
        assert_same(tangent.jacobian(doubled, mode=mode)(x), np.diag([8.0, 16.0]))
        assert_same(x, np.array([1.0, 2.0]))


# --- second derivatives --------------------------------------------------------------------------


@pytest.mark.parametrize("optimized", [True, False])
def test_the_hessian_is_the_derivative_of_the_gradient(optimized: bool) -> None:
    hessian = tangent.hessian(total, optimized=optimized)(VECTOR, MATRIX)
    assert_same(hessian, numerical_jacobian(tangent.grad(total), (VECTOR, MATRIX), 0), 1e-5, 1e-6)
    assert_same(hessian, hessian.T, 1e-12, 1e-12)
    for mode in WAYS:
        assert_same(tangent.jacobian(tangent.grad(total), mode=mode)(VECTOR, MATRIX), hessian, 1e-10, 1e-10)


def test_the_hessian_by_several_arguments() -> None:
    (xx, xw), (wx, ww) = tangent.hessian(total, wrt=(0, 1))(VECTOR, MATRIX)
    assert (xx.shape, xw.shape, wx.shape, ww.shape) == ((4, 4), (4, 3, 4), (3, 4, 4), (3, 4, 3, 4))
    assert_same(xw, np.moveaxis(wx, -1, 0), 1e-12, 1e-12)
    assert_same(ww, np.transpose(ww, (2, 3, 0, 1)), 1e-12, 1e-12)
    assert_same(xw, numerical_jacobian(tangent.grad(total), (VECTOR, MATRIX), 1), 1e-5, 1e-6)


def test_the_hessian_of_a_structure() -> None:
    def f(p):
        return p["a"] * p["a"] * np.sum(p["b"])

    found = tangent.hessian(f)({"a": 2.0, "b": np.array([1.0, 3.0])})
    assert_same(found["a"], {"a": 8.0, "b": np.array([4.0, 4.0])})
    assert_same(found["b"], {"a": np.array([4.0, 4.0]), "b": np.zeros((2, 2))})


def test_the_hessian_needs_a_scalar() -> None:
    with pytest.raises(SeedError, match="scalar"):
        tangent.hessian(layer)(VECTOR, MATRIX)


@pytest.mark.parametrize("optimized", [True, False])
def test_products_with_the_hessian(optimized: bool) -> None:
    product = tangent.hvp(total, optimized=optimized)
    v = RNG.normal(size=4)
    assert_same(product(VECTOR, MATRIX, v), tangent.hessian(total)(VECTOR, MATRIX) @ v, 1e-10, 1e-10)
    w = RNG.normal(size=(3, 4))
    (xx, xw), (wx, ww) = tangent.hessian(total, wrt=(0, 1))(VECTOR, MATRIX)
    expected = xx @ v + np.tensordot(xw, w), wx @ v + np.tensordot(ww, w)
    assert_same(tangent.hvp(total, wrt=(0, 1), optimized=optimized)(VECTOR, MATRIX, v, w), expected, 1e-10, 1e-10)
    with pytest.raises(SeedError, match="shape"):
        product(VECTOR, MATRIX, np.ones(3))


def test_trust_region_minimization_takes_the_product() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    jac, hessp = tangent.grad(rosen), tangent.hvp(rosen)
    found = optimize.minimize(rosen, np.zeros(4), method="trust-ncg", jac=jac, hessp=hessp)
    assert found.success
    assert_same(found.x, np.ones(4), 1e-4, 1e-4)
    dense = optimize.minimize(rosen, np.zeros(4), method="trust-exact", jac=jac, hess=tangent.hessian(rosen))
    assert_same(dense.x, np.ones(4), 1e-4, 1e-4)


# --- what the functions are ----------------------------------------------------------------------


def with_options(x, n=2, *, scale=3.0):
    return x**n * scale


def test_they_have_the_signature_of_the_function() -> None:
    jacobian = tangent.jacobian(with_options)
    assert inspect.signature(jacobian) == inspect.signature(with_options)
    assert jacobian.__name__ == "jacobian_of_with_options"
    assert jacobian.__doc__ == "Jacobian of with_options with respect to x; generated by Tangent."
    assert_same(jacobian(VECTOR), np.diag(6.0 * VECTOR))
    assert_same(jacobian(VECTOR, 3, scale=1.0), np.diag(3.0 * VECTOR**2))
    assert list(inspect.signature(tangent.hessian(rosen)).parameters) == ["x"]
    assert "of rosen with respect to x" in (tangent.hvp(rosen).__doc__ or "")
    assert list(inspect.signature(tangent.hvp(rosen)).parameters)[:2] == ["x", "dx"]


@pytest.mark.parametrize("make", [tangent.jacobian, tangent.hessian, tangent.hvp])
def test_they_have_source_and_survive_pickling(make: Callable[..., Any]) -> None:
    made = make(rosen)
    assert inspect.getsource(made).startswith("def ")
    copied = cloudpickle.loads(cloudpickle.dumps(made))
    args = (VECTOR, VECTOR) if make is tangent.hvp else (VECTOR,)
    assert_same(copied(*args), made(*args), 0.0, 0.0)
    assert make(rosen) is made


@pytest.mark.parametrize("make", [tangent.jacobian, tangent.hessian, tangent.hvp])
def test_they_do_not_keep_the_function_alive(make: Callable[..., Any]) -> None:
    def f(x):
        return x * x

    reference = weakref.ref(f)
    make(f)
    del f
    gc.collect()
    assert reference() is None


def test_differentiating_them_is_refused() -> None:
    jacobian = tangent.jacobian(rosen)
    globals()["jacobian_of_rosen"] = jacobian
    with pytest.raises(TangentError, match="unsupported"):
        tangent.grad(calls_jacobian)


def calls_jacobian(x):
    return np.sum(jacobian_of_rosen(x))  # type: ignore[name-defined]  # noqa: F821


def test_names_of_the_user_are_left_alone() -> None:
    def f(tangent, result, blocks):
        return tangent * result * blocks

    assert_same(tangent.jacobian(f, wrt=(0, 1, 2))(2.0, 3.0, 5.0), (15.0, 10.0, 6.0))


def test_names_of_derivatives_are_no_keywords() -> None:
    def el(el):
        return el * el

    assert_same(tangent.jvp(el)(3.0, 1.0), 6.0)
    assert_same(tangent.jacobian(el)(3.0), 6.0)
    assert_same(tangent.hessian(el)(3.0), 2.0)


def test_verbose_prints_the_derivatives_too(capsys: pytest.CaptureFixture[str]) -> None:
    tangent.jacobian(layer, mode="forward", verbose=1)
    printed = capsys.readouterr().out
    assert "def dlayer(" in printed
    assert "def jacobian_of_layer(" in printed


def test_one_direction_at_a_time_gives_the_same() -> None:
    for mode in ("columns", "rows", "jacobian", "hessian"):
        together, apart = (_second(total, (0, 1), mode, True, True, 0, way)(VECTOR, MATRIX) for way in (True, False))
        assert_same(together, apart, 1e-12, 1e-12)
