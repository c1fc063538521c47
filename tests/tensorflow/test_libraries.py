"""The mechanism: how derivatives are spelled for the arrays of a library, and that it is loaded when it is used."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import tangent
from tangent import runtime
from tangent.analysis.kinds import Kinds
from tangent.analysis.libraries import Libraries
from tangent.frontend.functions import fact_of
from tangent.rules.libraries import LIBRARIES, MATH
from tests.from_text import dedented, function_from, program, value

CHECK = """
import sys
import numpy as np
import tangent
def f(x):
    return np.sin(x) * abs(x)
assert tangent.grad(f)(0.5) > 0
assert "tensorflow" not in sys.modules
assert "tangent.rules.tensorflow" not in sys.modules
"""


def test_tensorflow_is_not_imported_without_need(tmp_path: Path) -> None:
    (tmp_path / "check.py").write_text(CHECK)
    subprocess.run([sys.executable, str(tmp_path / "check.py")], check=True)


def test_mathematical_functions_are_spelled_as_those_of_math() -> None:
    assert MATH.spelled("cos") == (__import__("math").cos, "math.cos")
    assert MATH.spelled("linalg.inv") is None


def test_the_alias_is_the_users(tf: types.ModuleType) -> None:
    f = function_from("def f(x):\n    return flow.reduce_sum(flow.cos(x))\n", flow=tf)
    assert "-(bf * flow.sin(x))" in __import__("inspect").getsource(tangent.grad(f))


def test_a_function_that_is_imported_by_itself(tf: types.ModuleType) -> None:
    f = function_from("def f(x):\n    return reduce_sum(cos(x))\n", reduce_sum=tf.reduce_sum, cos=tf.cos)
    assert "tf.sin(x)" in __import__("inspect").getsource(tangent.grad(f))
    np.testing.assert_allclose(tangent.grad(f)(tf.zeros(2)), [0.0, 0.0])


def known(text: str, *names: str, **objects: object) -> list[bool]:
    function = program(text, **objects)
    libraries = Libraries(function, Kinds(function))
    return [libraries.of(value(function, name)) is LIBRARIES["tensorflow"] for name in names]


def test_what_is_an_array_of_a_library(tf: types.ModuleType) -> None:
    text = dedented("""
        def f(x, y, n):
            a = tf.exp(x)
            b = 2.0 * a
            c = a[0]
            d = np.sum(y)
            for i in range(3):
                b = b * x
            e = abs(b)
            return c, d, e, y * d
    """)
    assert known(text, "x", "a", "c", "e", tf=tf) == [True] * 4
    assert known(text, "y", "n", "d", tf=tf) == [False] * 3


def test_an_annotation_says_so(tf: types.ModuleType) -> None:
    for annotation in ("tf.Tensor", "tf.Variable", "tensorflow.Tensor"):
        assert known(f"def f(x: {annotation}):\n    return abs(x)\n", "x", tf=tf) == [True]
    assert fact_of(tf.Tensor) == fact_of(tf.Variable) == "tensorflow"
    assert fact_of(tf.TensorShape) is None


def test_arrays_that_can_not_be_written_to_are_made_anew(tf: types.ModuleType) -> None:
    zeros = tf.zeros((2, 3))
    for index in (0, (1, 2), np.s_[:, 1:], np.s_[..., 0], np.s_[::-1], np.s_[None, 1], np.s_[:0], np.s_[0, ::2]):
        part = np.zeros((2, 3))[index]
        given = np.arange(part.size, dtype=np.float32).reshape(part.shape) + 1.0
        want = np.zeros((2, 3), np.float32)
        want[index] += given
        np.testing.assert_array_equal(runtime.item_transpose(tf.constant(given), zeros, index), want)
        np.testing.assert_array_equal(runtime.add_at(zeros, index, tf.constant(given)), want)
        np.testing.assert_array_equal(runtime.item_transpose(given, np.zeros((2, 3), np.float32), index), want)
    np.testing.assert_array_equal(zeros, np.zeros((2, 3)))


def test_an_element_that_is_named_twice_gets_both(tf: types.ModuleType) -> None:
    index = np.array([0, 2, 0])
    for x in (tf.zeros(3), np.zeros(3)):
        found = runtime.item_transpose(np.array([1.0, 2.0, 4.0]) if isinstance(x, np.ndarray) else tf.constant(
            [1.0, 2.0, 4.0]), x, index)
        np.testing.assert_array_equal(found, [5.0, 0.0, 2.0])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1, 3), (4, 2, 3)])
def test_unbroadcast_and_stretch(shape: tuple[int, ...], tf: types.ModuleType) -> None:
    b = tf.reshape(tf.range(24.0), (4, 2, 3))
    like = tf.ones(shape)
    want = runtime.unbroadcast(np.asarray(b), np.ones(shape, np.float32))
    np.testing.assert_array_equal(runtime.unbroadcast(b, like), want)
    assert runtime.unbroadcast(b, like).shape == like.shape
    np.testing.assert_array_equal(runtime.stretch(like, b), np.ones((4, 2, 3)))
    if shape:
        assert runtime.unbroadcast(2.0, like).dtype == tf.float32
    assert runtime.unbroadcast(b, 0.0) == 276.0


def test_zeros_and_integers(tf: types.ModuleType) -> None:
    assert runtime.zeros_like(tf.ones(2, tf.float64)).dtype == tf.float64
    assert runtime.zeros_like(tf.constant([1, 2])).dtype == tf.float32
    assert runtime.zeros_like(tf.Variable([1.0])).shape == (1,)


def test_a_seed_of_another_shape_is_refused(tf: types.ModuleType) -> None:
    with pytest.raises(tangent.errors.SeedError, match="of another shape than the result"):
        runtime.check_seed(tf.ones(3), tf.ones(2))
    with pytest.raises(tangent.errors.SeedError, match="a tangent is of another shape"):
        runtime.check_tangent(tf.ones(3), tf.ones(2))
    with pytest.raises(tangent.errors.SeedError, match="an array of integers"):
        runtime.check_seed(tf.constant([1, 2]), tf.ones(2))
    runtime.check_seed(1.0, tf.constant(2.0))
