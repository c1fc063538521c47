"""TensorFlow's functions of integers, booleans, shapes and steps: their derivative is zero wherever it exists."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.registry import nondifferentiable
from tangent.runtime import max_pool2d_places

TESTS = (
    tf.equal, tf.not_equal, tf.less, tf.less_equal, tf.greater, tf.greater_equal, tf.math.is_nan, tf.math.is_inf,
    tf.math.is_finite, tf.logical_and, tf.logical_or, tf.logical_not, tf.reduce_all, tf.reduce_any,
)
POSITIONS = (tf.argmax, tf.argmin, tf.argsort, tf.one_hot)
SHAPES = (tf.shape, tf.rank, tf.size)
CONSTANTS = (tf.zeros, tf.ones, tf.zeros_like, tf.ones_like, tf.eye)

nondifferentiable(*TESTS, *POSITIONS, *SHAPES, *CONSTANTS, tf.stop_gradient, max_pool2d_places)
