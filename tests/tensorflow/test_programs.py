"""Functions of TensorFlow: their derivatives against the tape's, and as text."""

from __future__ import annotations

import ast
import importlib
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangent
from tests.from_text import dedented

FILE = Path(__file__).with_name("programs.py")


def names() -> list[str]:
    """The functions in the table of `programs`, which is not imported for that."""
    tree = ast.parse(FILE.read_text())
    table = next(n for n in tree.body if isinstance(n, ast.AnnAssign) and ast.unparse(n.target) == "SHAPES")
    assert isinstance(table.value, ast.Dict)
    return [key.id for key in table.value.keys if isinstance(key, ast.Name)]


@pytest.fixture(scope="module")
def programs(tf: types.ModuleType) -> types.ModuleType:
    return importlib.import_module("tests.tensorflow.programs")


@pytest.mark.parametrize("name", names())
def test_program(name: str, programs: types.ModuleType) -> None:
    tf = programs.tf
    checking = importlib.import_module("tests.tensorflow.checking")
    f = getattr(programs, name)
    rng = np.random.default_rng(11)
    args = [tf.constant(rng.uniform(0.2, 1.3, shape), tf.float64) for shape in programs.SHAPES[f]]
    if name == "network":
        checking.compare(f, args, order=1)
    else:
        checking.compare(f, args)


@pytest.mark.parametrize("name", ["of_the_readme", "loop", "operators", "joined"])
def test_without_optimization(name: str, programs: types.ModuleType) -> None:
    tf, f = programs.tf, getattr(programs, name)
    rng = np.random.default_rng(12)
    args = [tf.constant(rng.uniform(0.2, 1.3, shape), tf.float32) for shape in programs.SHAPES[f]]
    wrt = tuple(range(len(args)))
    plain, optimized = tangent.grad(f, wrt, optimized=False)(*args), tangent.grad(f, wrt)(*args)
    for one, other in zip(plain, optimized, strict=True):
        np.testing.assert_allclose(one, other, 1e-5)
        assert one.dtype == tf.float32


# --- as text


def golden(df: Any) -> str:
    return importlib.import_module("tests.tensorflow.checking").generated(df)


def test_the_text_of_a_layer(programs: types.ModuleType) -> None:
    assert golden(tangent.grad(programs.layer, (1, 2))) == dedented("""
        def dlayerdwb(x, w, b, blayer=1.0):
            product = x @ w
            h = tf.nn.sigmoid(product + b)
            tangent.check_seed(blayer)

            bh = 2.0 * tangent.expand(blayer / tangent.size_along(h), h) * h
            btotal = bh * h * (1.0 - h)
            bb = tangent.unbroadcast(btotal, b)
            matmul_a = tf.matmul(x, tangent.unbroadcast(btotal, product), transpose_a=True)
            bw = tangent.unbroadcast(matmul_a, w)
            return bw, bb
    """)


def test_the_text_of_forward_mode(programs: types.ModuleType) -> None:
    assert golden(tangent.jvp(programs.of_the_readme)) == dedented("""
        def dof_the_readme(W, x, dW):
            tangent.check_tangent(dW, W)
            dh1 = tf.matmul(x, dW)
            h1 = tf.matmul(x, W)
            h2 = tf.tanh(h1)
            dh2 = (1.0 - h2 * h2) * dh1
            dout = tf.reduce_sum(dh2)
            return dout
    """)


def test_the_text_of_a_traced_function(programs: types.ModuleType) -> None:
    text = golden(tangent.grad(programs.no_arrays))
    assert "traced_layer_forward, traced_layer_backward = tangent.derivatives(traced_layer, (0, 1), 2)" in text
    assert "traced_layer_backward(no_arrays_saved, bno_arrays)" in text


# --- variables, numbers, attributes


def test_variables_are_arguments(programs: types.ModuleType) -> None:
    tf = programs.tf
    w, x = tf.Variable(tf.ones((3, 4))), tf.ones((2, 3))
    found = tangent.grad(programs.of_the_readme)(w, x)
    np.testing.assert_array_equal(found, tangent.grad(programs.of_the_readme)(tf.ones((3, 4)), x))
    v = tf.Variable([1.0, 2.0, -3.0])
    np.testing.assert_array_equal(tangent.grad(programs.annotated)(v), [2.0, 1.0, -1.0])
    np.testing.assert_allclose(tangent.hvp(programs.annotated)(v, tf.ones(3)), [1.0, 1.0, 0.0])


def test_a_structure_of_tensors(programs: types.ModuleType) -> None:
    tf = programs.tf
    from tests.from_text import function_from

    f = function_from("""
        def f(params, x):
            for layer in params["layers"]:
                x = tf.tanh(x @ layer["w"] + layer["b"])
            return tf.reduce_sum(x * x)
    """, tf=tf)
    params = {"layers": [{"w": tf.ones((2, 2)) * s, "b": tf.zeros(2)} for s in (0.1, 0.3)]}
    x = tf.constant([[1.0, -2.0]])
    with tf.GradientTape() as tape:
        tape.watch(params)
        result = f(params, x)
    want = tape.gradient(result, params)
    found = tangent.grad(f)(params, x)
    tf.nest.map_structure(lambda a, b: np.testing.assert_allclose(a, b, 1e-5), found, want)


def test_attributes_are_constants(programs: types.ModuleType) -> None:
    x = programs.tf.ones((2, 3), programs.tf.float64)
    np.testing.assert_array_equal(tangent.grad(programs.attributes)(x), np.full((2, 3), 10.0))


def test_numpy_and_back(programs: types.ModuleType) -> None:
    """No tape follows that."""
    x = programs.tf.constant([1.0, 2.0])
    found = tangent.grad(programs.through_numpy)(x)
    np.testing.assert_allclose(found, 3.0 * x * x)
    assert tangent.jvp(programs.through_numpy)(x, programs.tf.ones(2)) == 15.0
    np.testing.assert_allclose(tangent.hvp(programs.through_numpy)(x, programs.tf.ones(2)), 6.0 * x)


def test_a_power_of_what_the_text_says_nothing_about(programs: types.ModuleType) -> None:
    checking = importlib.import_module("tests.tensorflow.checking")
    args = [programs.tf.constant(numbers, "float64") for numbers in ([1.0, 2.0], [0.5, 3.0])]
    checking.compare(programs.unknown_power, args)
    x, y = np.array([0.0, 2.0]), np.array([2.0, 3.0])
    bx, by = tangent.vjp(programs.unknown_power, (0, 1))(x, y, np.ones(2))
    np.testing.assert_array_equal(bx, [0.0, 12.0])
    np.testing.assert_array_equal(by, [0.0, 8.0 * np.log(2.0)])


@pytest.mark.parametrize("mode", ["forward", "reverse", None])
def test_jacobian(mode: str | None, programs: types.ModuleType) -> None:
    tf = programs.tf
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = programs.vector(x)
    found = tangent.jacobian(programs.vector, mode=mode)(x)
    np.testing.assert_allclose(found, tape.jacobian(y, x), 1e-6)
    assert found.dtype == tf.float32


def test_hessian(programs: types.ModuleType) -> None:
    x = programs.tf.constant([1.0, 2.0, 3.0], programs.tf.float64)
    found = tangent.hessian(programs.annotated)(x)
    np.testing.assert_allclose(found, [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_check_grads(programs: types.ModuleType) -> None:
    tf = programs.tf
    x = tf.constant([0.3, 0.5, 0.7], tf.float64)
    tangent.check_grads(programs.vector, (x,), order=2)
    with pytest.raises(ValueError, match="double precision"):
        tangent.check_grads(programs.vector, (tf.cast(x, tf.float32),))
    with pytest.raises(tangent.errors.GradientCheckError):
        tangent.check_grads(lambda x: x * tangent.stop_gradient(x), (x,))


def test_methods_of_variables(programs: types.ModuleType) -> None:
    tf = programs.tf
    v = tf.Variable([1.0, 2.0])
    np.testing.assert_array_equal(tangent.grad(programs.methods)(v), [8.0, 16.0])


# --- what is refused


def test_a_jacobian_of_an_unknown_function_is_refused(programs: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.UnsupportedError, match="leaves open what it computes") as raised:
        tangent.jacobian(programs.square)(programs.tf.ones(2))
    assert "x: tf.Tensor" in raised.value.instead

def test_a_change_of_a_variable_is_refused(programs: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.UnsupportedError, match="`assign`, which changes its object in place"):
        tangent.grad(programs.changes_a_variable, 1)


def test_a_result_that_is_not_a_scalar_is_refused(programs: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.SeedError, match=r"reduce the result to a scalar \(tf.reduce_sum\)"):
        tangent.grad(programs.not_reduced)(programs.tf.ones(3))


def test_complex_tensors_are_refused(programs: types.ModuleType) -> None:
    tf = programs.tf
    with pytest.raises(tangent.errors.UnsupportedError, match="complex"):
        tangent.grad(programs.not_reduced)(tf.complex(1.0, 2.0))
    for f in (programs.absolute, programs.real_part):
        with pytest.raises(tangent.errors.UnsupportedError, match="imaginary part"):
            tangent.grad(f)(tf.complex(1.0, 2.0))


def test_a_shape_that_a_graph_does_not_know_is_refused(programs: types.ModuleType) -> None:
    tf = programs.tf
    df = tangent.grad(programs.unbroadcast_scalars, (0, 1))
    signature = [tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32)]
    graph = tf.function(lambda x, s: df(x, s), input_signature=signature, autograph=False)
    x, s = tf.ones(2), tf.constant(2.0)
    with pytest.raises(tangent.errors.UnsupportedError, match="not known while a graph is made"):
        graph(x, s)
    for found, want in zip(tf.function(df, autograph=False)(x, s), df(x, s), strict=True):
        np.testing.assert_array_equal(found, want)


@pytest.mark.parametrize("x", [2.0, np.ones((2, 2))])
def test_a_traced_function_without_tensors_is_refused(x: Any, programs: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.UnsupportedError) as raised:
        tangent.vjp(programs.no_arrays)(x, x)
    assert "the derivative of traced_layer is to be taken by the tape of TensorFlow" in str(raised.value)
    assert "tf.constant(x)" in raised.value.instead


@pytest.mark.parametrize("name", ["passed_on", "in_a_loop"])
def test_traced_functions_in_other_places(name: str, programs: types.ModuleType) -> None:
    checking = importlib.import_module("tests.tensorflow.checking")
    checking.compare(getattr(programs, name), [programs.tf.constant([[0.5, 0.2], [0.1, 0.3]], "float64")])


def test_a_traced_function_is_an_argument(programs: types.ModuleType) -> None:
    x = programs.tf.constant([[0.5, 0.2], [0.1, 0.3]])
    found = tangent.grad(programs.applied, "x")(programs.traced_layer, x)
    np.testing.assert_allclose(found, tangent.grad(programs.passed_on)(x))


def test_a_traced_method(programs: types.ModuleType) -> None:
    tf = programs.tf
    x, w = tf.constant([1.0, 2.0]), tf.constant([0.5, 0.25])
    bl, bx = tangent.grad(programs.of_an_object, (0, 1))(programs.Layer(w), x)
    np.testing.assert_allclose(bl.w, x * tf.cos(w * x), 1e-6)
    np.testing.assert_allclose(bx, w * tf.cos(w * x), 1e-6)


def test_a_traced_function_that_is_defined_inside_is_refused(programs: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.UnsupportedError, match="defined inside of a function"):
        tangent.grad(programs.defined_inside)


def test_the_result_of_a_traced_function_is_its_own(programs: types.ModuleType) -> None:
    tf = programs.tf
    x = tf.ones((2, 2))
    np.testing.assert_array_equal(programs.traced_layer(x, x, scale=1.0), tf.tanh(x @ x))
    assert programs.traced_layer.__name__ == "traced_layer"


def test_a_traced_function_itself_is_differentiated(programs: types.ModuleType) -> None:
    tf = programs.tf
    x = tf.constant([[0.5, 0.2], [0.1, 0.3]])
    found = tangent.vjp(programs.traced_layer, (0, 1))(x, x, 2.0, tf.ones((2, 2)))
    with tf.GradientTape() as tape:
        a, b = tf.identity(x), tf.identity(x)
        tape.watch([a, b])
        result = programs.traced_layer(a, b)
    for one, want in zip(found, tape.gradient(result, [a, b]), strict=True):
        np.testing.assert_allclose(one, want, 1e-6)
