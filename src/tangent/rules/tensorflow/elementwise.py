"""Elementwise functions of TensorFlow: those that NumPy has as well have NumPy's rules."""

from __future__ import annotations

import operator

import tensorflow as tf

from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import adjoint, d, nondifferentiable, partials, shared, tangent_
from tangent.runtime import power_slope, unbroadcast

ELEMENTWISE = {
    "abs": "abs", "add": "add", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh",
    "arctan": "atan", "arctan2": "atan2", "arctanh": "atanh", "cos": "cos", "cosh": "cosh", "divide": "divide",
    "exp": "exp", "expm1": "math.expm1", "log": "math.log", "log1p": "math.log1p", "maximum": "maximum",
    "minimum": "minimum", "multiply": "multiply", "negative": "negative", "reciprocal": "math.reciprocal", "sin": "sin",
    "sinh": "sinh", "sqrt": "sqrt", "square": "square", "subtract": "subtract", "tan": "tan", "tanh": "tanh",
    "where": "where",
}
"""NumPy's functions, and those of TensorFlow with the same meaning and the same parameters."""

STEPS = {"ceil": "math.ceil", "floor": "floor", "rint": "round", "sign": "sign"}

LIBRARIES["tensorflow"].tell(
    functions={**ELEMENTWISE, **STEPS},
    operators={operator.pow: "pow", pow: "pow", operator.abs: "abs", abs: "abs"},
)
shared("tensorflow", {**ELEMENTWISE, **STEPS})
nondifferentiable(tf.where)  # of a condition alone: the places where it holds


@partials(tf.pow)
def power(z, x, y):
    # The logarithm at x == 0 is taken as 0: the limit of x ** y * log(x) for every y > 0.
    return power_slope(x, y), z * tf.math.log(tf.where(x == 0.0, 1.0, x))


@partials(tf.math.squared_difference)
def squared_difference(z, x, y):
    return 2.0 * (x - y), 2.0 * (y - x)


@partials(tf.math.rsqrt)
def rsqrt(y, x):
    return -0.5 * y / x


@partials(tf.sigmoid)
def sigmoid(y, x):
    return y * (1.0 - y)


@partials(tf.math.log_sigmoid)
def log_sigmoid(y, x):
    return tf.sigmoid(-x)


@partials(tf.math.softplus)
def softplus(y, features):
    return tf.sigmoid(features)


@partials(tf.math.erf)
def erf(y, x):
    return 1.1283791670955126 * tf.exp(-x * x)


@partials(tf.nn.relu)
def relu(y, features):
    return tf.cast(y > 0.0, y.dtype)


# At the bounds the derivative is that of the inside, in both modes.
@adjoint(tf.clip_by_value)
def clip_by_value(y, t, clip_value_min, clip_value_max):
    d[t] = unbroadcast(tf.where(y == t, d[y], 0.0), t)
    d[clip_value_min] = unbroadcast(tf.where((t < clip_value_min) & (y == clip_value_min), d[y], 0.0), clip_value_min)
    d[clip_value_max] = unbroadcast(tf.where(t > clip_value_max, d[y], 0.0), clip_value_max)


@tangent_(tf.clip_by_value)
def clip_by_value_tangent(y, t, clip_value_min, clip_value_max):
    below, above = (t < clip_value_min) & (y == clip_value_min), t > clip_value_max
    by_bounds = tf.cast(below, y.dtype) * d[clip_value_min] + tf.cast(above, y.dtype) * d[clip_value_max]
    d[y] = tf.cast(y == t, y.dtype) * d[t] + by_bounds
