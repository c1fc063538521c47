"""The code of the 2017 README on usage and on TensorFlow, as it is written there; the rest is in `tests.insertions`."""

from __future__ import annotations

import types

import numpy as np
import pytest

import tangent
from tests.from_text import function_from
from tests.insertions.test_readme_of_2017 import SURGERY, adjoint_of_params

USAGE = """
import tangent
df = tangent.grad(f)
"""

VERBOSE = """
import tangent
df = tangent.grad(f, verbose=1)
"""

TF_EAGER = """
def f(W,x):
  h1 = tf.matmul(x,W)
  h2 = tf.tanh(h1)
  out = tf.reduce_sum(h2)
  return out
dfdW = tangent.grad(f)
"""


def test_usage(capsys: pytest.CaptureFixture[str], tf: types.ModuleType) -> None:
    f = function_from("def f(x):\n    return tf.reduce_sum(x * x)\n", tf=tf)
    for text in (USAGE, VERBOSE):
        names = {"f": f}
        exec(text, names)
        np.testing.assert_array_equal(names["df"](tf.constant([1.0, 2.0])), [2.0, 4.0])
    assert capsys.readouterr().out.startswith("def dfdx(x, bf=1.0):\n")


def test_tf_eager(tf: types.ModuleType) -> None:
    f = function_from(TF_EAGER, tf=tf, tangent=tangent)
    rng = np.random.default_rng(0)
    W, x = (tf.constant(rng.normal(size=shape), tf.float32) for shape in ((3, 4), (2, 3)))
    with tf.GradientTape() as tape:
        tape.watch(W)
        out = f(W, x)
    found = f.__globals__["dfdW"](W, x)
    np.testing.assert_allclose(found, tape.gradient(out, W), 1e-6)
    assert found.dtype == tf.float32


def test_derivative_surgery(tf: types.ModuleType) -> None:
    rnn = function_from("def rnn(params, h):\n    return tf.tanh(params * h)\n", tf=tf)
    f = function_from(SURGERY, insert_grad_of=tangent.insert_grad_of, rnn=rnn, tf=tf, tangent=tangent)
    found = f.__globals__["dfdparams"](tf.constant(3.0), tf.constant(0.01))
    np.testing.assert_allclose(found, adjoint_of_params(3.0, 0.01), 1e-5)


def test_the_clipping_makes_a_difference(tf: types.ModuleType) -> None:
    rnn = function_from("def rnn(params, h):\n    return tf.tanh(params * h)\n", tf=tf)
    names = {"insert_grad_of": tangent.insert_grad_of, "rnn": rnn, "tf": tf, "tangent": tangent}
    clipped, free = (
        function_from(text, **names).__globals__["dfdparams"](tf.constant(3.0), tf.constant(0.0001))
        for text in (SURGERY, SURGERY.replace("-1, 1", "-1e9, 1e9"))
    )
    assert abs(free) > 2.0 * abs(clipped)
