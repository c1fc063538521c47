"""Functions of neural networks."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.registry import adjoint, bilinear, d, linear, tangent_
from tangent.runtime import avg_pool2d_transpose, conv2d_filters, max_pool2d_places, unbroadcast

# --- probabilities


@adjoint(tf.nn.softmax, shape_of="logits")
def softmax(y, logits, axis=None):
    last = -1 if axis is None else axis
    d[logits] = (d[y] - tf.reduce_sum(d[y] * y, last, keepdims=True)) * y


@tangent_(tf.nn.softmax, shape_of="logits")
def softmax_tangent(y, logits, axis=None):
    last = -1 if axis is None else axis
    d[y] = (d[logits] - tf.reduce_sum(d[logits] * y, last, keepdims=True)) * y


@adjoint(tf.nn.log_softmax, shape_of="logits")
def log_softmax(y, logits, axis=None):
    last = -1 if axis is None else axis
    d[logits] = d[y] - tf.exp(y) * tf.reduce_sum(d[y], last, keepdims=True)


@tangent_(tf.nn.log_softmax, shape_of="logits")
def log_softmax_tangent(y, logits, axis=None):
    last = -1 if axis is None else axis
    d[y] = d[logits] - tf.reduce_sum(tf.exp(y) * d[logits], last, keepdims=True)


@adjoint(tf.nn.softmax_cross_entropy_with_logits)
def softmax_cross_entropy_with_logits(y, labels, logits, axis=-1):
    by = tf.expand_dims(d[y], axis)
    total = tf.reduce_sum(labels, axis, keepdims=True)
    d[labels] = unbroadcast(-by * tf.nn.log_softmax(logits, axis), labels)
    d[logits] = unbroadcast(by * (total * tf.nn.softmax(logits, axis) - labels), logits)


@tangent_(tf.nn.softmax_cross_entropy_with_logits)
def softmax_cross_entropy_with_logits_tangent(y, labels, logits, axis=-1):
    total = tf.reduce_sum(labels, axis, keepdims=True)
    by_logits = (total * tf.nn.softmax(logits, axis) - labels) * d[logits]
    d[y] = tf.reduce_sum(by_logits - tf.nn.log_softmax(logits, axis) * d[labels], axis)


# --- convolutions and pooling


@bilinear(tf.nn.conv2d)
def conv2d(y, input, filters, strides, padding, data_format="NHWC", dilations=None):
    d[input] = tf.nn.conv2d_transpose(d[y], filters, tf.shape(input), strides, padding, data_format, dilations)
    d[filters] = conv2d_filters(d[y], input, filters, strides, padding, data_format, dilations)


@bilinear(tf.nn.conv2d_transpose)
def conv2d_transpose(y, input, filters, output_shape, strides, padding="SAME", data_format="NHWC", dilations=None):
    d[input] = tf.nn.conv2d(d[y], filters, strides, padding, data_format, dilations)
    d[filters] = conv2d_filters(input, d[y], filters, strides, padding, data_format, dilations)


@bilinear(conv2d_filters, constant=("like",))
def conv2d_filters_(y, b, input, like, strides, padding, data_format="NHWC", dilations=None):
    d[b] = tf.nn.conv2d(input, d[y], strides, padding, data_format, dilations)
    d[input] = tf.nn.conv2d_transpose(b, d[y], tf.shape(input), strides, padding, data_format, dilations)


@linear(tf.nn.avg_pool2d)
def avg_pool2d(y, input, ksize, strides, padding, data_format="NHWC"):
    d[input] = avg_pool2d_transpose(d[y], input, ksize, strides, padding, data_format)


@linear(avg_pool2d_transpose, constant=("like",))
def avg_pool2d_transpose_(y, b, like, ksize, strides, padding, data_format="NHWC"):
    d[b] = tf.nn.avg_pool2d(d[y], ksize, strides, padding, data_format)


# Of equal elements of a window, the first has the derivative, as in TensorFlow.
@adjoint(tf.nn.max_pool2d)
def max_pool2d(y, input, ksize, strides, padding):
    places = max_pool2d_places(input, ksize, strides, padding)
    d[input] = tf.scatter_nd(places, d[y], tf.shape(input))


@tangent_(tf.nn.max_pool2d)
def max_pool2d_tangent(y, input, ksize, strides, padding):
    d[y] = tf.gather_nd(d[input], max_pool2d_places(input, ksize, strides, padding))
