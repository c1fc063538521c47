"""Functions of TensorFlow that convert what they are given."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.registry import adjoint, d, linear, tangent_
from tangent.runtime import cast, unarray, uncast


@adjoint(tf.cast, shape_of="x")
def cast_(y, x, dtype):
    d[x] = uncast(d[y], y, x)


@tangent_(tf.cast, shape_of="x")
def cast_tangent(y, x, dtype):
    d[y] = cast(d[x], x, y)


@adjoint(tf.convert_to_tensor, tf.constant)
def convert_to_tensor(y, value, dtype=None):
    d[value] = unarray(uncast(d[y], y, value), value)


@tangent_(tf.convert_to_tensor, tf.constant)
def convert_to_tensor_tangent(y, value, dtype=None):
    d[y] = cast(tf.convert_to_tensor(d[value]), value, y)


@linear(tf.identity, shape_of="input")
def identity(y, input):
    d[input] = d[y]
