"""Reductions of TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import adjoint, d, linear, shared, tangent_
from tangent.runtime import expand, keep_axes, size_along, spread

REDUCTIONS = {"sum": "reduce_sum", "max": "reduce_max", "min": "reduce_min"}

LIBRARIES["tensorflow"].tell(functions=REDUCTIONS, operators={})
shared("tensorflow", REDUCTIONS)


@linear(tf.add_n)
def add_n(y, inputs):
    d[inputs] = spread(d[y], inputs)


@linear(tf.reduce_mean, reduction=True)
def reduce_mean(y, input_tensor, axis=None, keepdims=False):
    d[input_tensor] = expand(d[y] / size_along(input_tensor, axis), input_tensor, axis, keepdims)


@adjoint(tf.reduce_logsumexp, reduction=True)
def reduce_logsumexp(y, input_tensor, axis=None, keepdims=False):
    shares = tf.exp(input_tensor - keep_axes(y, axis, keepdims))
    d[input_tensor] = expand(d[y], input_tensor, axis, keepdims) * shares


@tangent_(tf.reduce_logsumexp, reduction=True)
def reduce_logsumexp_tangent(y, input_tensor, axis=None, keepdims=False):
    shares = tf.exp(input_tensor - keep_axes(y, axis, keepdims))
    d[y] = tf.reduce_sum(d[input_tensor] * shares, axis, keepdims=keepdims)
