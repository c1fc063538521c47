"""Every rule of TensorFlow, in both modes and twice, against TensorFlow's own derivatives."""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from tangent import runtime
from tangent.analysis.calls import rule_of
from tangent.ir.nodes import Call, Lib, Var
from tangent.rules import registry
from tangent.rules.libraries import LIBRARIES
from tests.from_text import function_from
from tests.tensorflow.samples import SAMPLES, Sample

pytestmark = pytest.mark.filterwarnings("ignore:Converting sparse")


def function_of(sample: Sample, tf: types.ModuleType) -> Any:
    text = f"def f({', '.join(sample.args)}):\n    return {sample.text}\n"
    fixed = {name: tf.constant(value) for name, value in sample.fixed.items()}
    return function_from(text, tf=tf, runtime=runtime, **fixed)


def tensors(sample: Sample, tf: types.ModuleType, dtype: str = "float64") -> list[Any]:
    return [tf.constant(value, dtype) for value in sample.args.values()]


SINGLE = ("tf.zeros", "float32")
"""What makes a sample one of single precision."""


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_derivatives_are_those_of_the_tape(sample: Sample, tf: types.ModuleType) -> None:
    checking = importlib.import_module("tests.tensorflow.checking")
    is_single = any(word in sample.text for word in SINGLE)
    dtype, rtol = ("float32", 1e-4) if is_single else ("float64", 1e-6)
    order = 1 if sample.text in WRONG_TWICE else 2
    if "softmax_cross_entropy" in sample.text:
        against_formula(sample, tf)
    else:
        checking.compare(function_of(sample, tf), tensors(sample, tf, dtype), order, rtol)


WRONG_TWICE: tuple[str, ...] = ()
"""Samples whose second derivatives TensorFlow does not have."""


def against_formula(sample: Sample, tf: types.ModuleType) -> None:
    """TensorFlow's own derivative by the logits takes the sum of the labels to be 1."""
    checking = importlib.import_module("tests.tensorflow.checking")
    axis = 0 if "axis=0" in sample.text else -1
    f, args = function_of(sample, tf), tensors(sample, tf)
    formula = function_from(f"""
        def formula(x, y):
            return -tf.reduce_sum(x * tf.nn.log_softmax(y, {axis}), {axis})
    """, tf=tf)
    seed = checking.like(f(*args))
    for found, want in zip(tangent.vjp(f, (0, 1))(*args, seed), checking.by_tape(formula, args, seed), strict=True):
        np.testing.assert_allclose(found, want, 1e-6)
    tangents = [checking.like(a) for a in args]
    moved = tangent.jvp(f, (0, 1))(*args, *tangents)
    np.testing.assert_allclose(moved, checking.by_accumulator(formula, args, tangents), 1e-6)
    found = tangent.jvp(tangent.vjp(f, (0, 1)), (0, 1))(*args, seed, *tangents)
    want = tangent.jvp(tangent.vjp(formula, (0, 1)), (0, 1))(*args, seed, *tangents)
    np.testing.assert_allclose(found[0], want[0], 1e-6)
    np.testing.assert_allclose(found[1], want[1], 1e-6)


ELEMENTWISE = [s for s in SAMPLES if len(s.args) < 3 and not any(word in s.text for word in ("tf.zeros", "constant"))]


@pytest.mark.parametrize("sample", ELEMENTWISE[::3], ids=str)
def test_single_precision_stays(sample: Sample, tf: types.ModuleType) -> None:
    f, args = function_of(sample, tf), tensors(sample, tf, "float32")
    seed = tf.ones_like(f(*args))
    wrt = tuple(range(len(args)))
    found = tangent.vjp(f, wrt)(*args, seed)
    for gradient in found if len(args) > 1 else [found]:
        assert gradient.dtype == tf.float32
    assert tangent.jvp(f, wrt)(*args, *args).dtype == seed.dtype


# --- no rule without a sample


def calls(sample: Sample, tf: types.ModuleType) -> Iterator[Call]:
    """The calls of functions in a sample."""
    space = {"tf": tf, "runtime": runtime}
    for node in ast.walk(ast.parse(sample.text)):
        if isinstance(node, ast.Call):
            function = eval(ast.unparse(node.func), space)
            names = tuple((k.arg or "", Var("x")) for k in node.keywords)
            yield Call(Lib(function, "path"), tuple(Var("x") for _ in node.args), names)


def test_every_rule_has_a_sample(tf: types.ModuleType) -> None:
    registry.load_for(tf.sin)
    covered = {rule_of(call) for sample in SAMPLES for call in calls(sample, tf)}
    rules = [r for r in registry.registered() if r.library is LIBRARIES["tensorflow"] or r.key in OF_ARRAYS]
    rules = [r for r in rules if r.form != "nondifferentiable"]
    assert len(rules) > 60
    assert [r.name for r in rules if r not in covered] == []


OF_ARRAYS = (runtime.avg_pool2d_transpose, runtime.conv2d_filters, runtime.gather_transpose, runtime.item_transpose)


def test_every_sample_has_a_rule(tf: types.ModuleType) -> None:
    missing = [str(s) for s in SAMPLES for call in calls(s, tf) if call.args and rule_of(call) is None]
    assert missing == []


def test_every_template_rule_has_both_modes(tf: types.ModuleType) -> None:
    registry.load_for(tf.sin)
    rules = [r for r in registry.registered() if r.library is not None and r.form == "templates"]
    assert [r.name for r in rules if not (r.forward and r.reverse)] == []


PROMISED = """
    matmul tanh sinh cosh exp math.log negative add subtract multiply divide maximum minimum math.squared_difference
    math.rsqrt sqrt square sigmoid math.sigmoid nn.sigmoid reduce_sum reduce_mean reduce_max expand_dims squeeze reshape
    transpose shape cast concat stack clip_by_value where nn.relu nn.softmax nn.softmax_cross_entropy_with_logits
    nn.conv2d nn.max_pool2d nn.avg_pool2d sin cos pow abs zeros_like ones_like zeros ones constant convert_to_tensor
    identity
"""


@pytest.mark.parametrize("path", PROMISED.split())
def test_the_functions_of_2017_are_there(path: str, tf: types.ModuleType) -> None:
    assert registry.find(LIBRARIES["tensorflow"].object(path))


# --- the spelling


@pytest.mark.parametrize("sample", [s for s in SAMPLES if len(s.args) == 1][::2], ids=str)
def test_derivatives_call_nothing_of_numpy(sample: Sample, tf: types.ModuleType) -> None:
    checking = importlib.import_module("tests.tensorflow.checking")
    f = function_of(sample, tf)
    if sample.text.startswith("tf."):
        assert "np." not in checking.generated(tangent.vjp(f))
        assert "np." not in checking.generated(tangent.jvp(f))


def test_a_function_without_rule_is_an_error(tf: types.ModuleType) -> None:
    f = function_from("def f(x):\n    return tf.math.bessel_i0e(x)\n", tf=tf)
    with pytest.raises(tangent.errors.MissingRuleError) as raised:
        tangent.grad(f)
    assert raised.value.what == (
        "tf.math.bessel_i0e has no derivative rule, and functions of TensorFlow are not looked into"
    )
    assert "`@tangent.trace`" in raised.value.instead


def test_a_function_of_keras_is_not_looked_into(tf: types.ModuleType) -> None:
    f = function_from("def f(x):\n    return tf.keras.activations.gelu(x)\n", tf=tf)
    with pytest.raises(tangent.errors.MissingRuleError, match="gelu has no derivative rule"):
        tangent.grad(f)


def test_kinks(tf: types.ModuleType) -> None:
    one = tf.ones(2)
    for text, want in (
        ("tf.maximum(x, 1.0)", 0.5), ("tf.abs(x - 1.0)", 0.0), ("tf.nn.relu(x - 1.0)", 0.0),
        ("tf.clip_by_value(x, 1.0, 2.0)", 1.0), ("(x - 1.0) ** 2.0", 0.0), ("tf.reduce_max(x)", 0.5),
    ):
        f = function_from(f"def f(x):\n    return tf.reduce_sum({text})\n", tf=tf)
        np.testing.assert_array_equal(tangent.grad(f)(one), np.full(2, want, np.float32))
