"""Functions of TensorFlow that rearrange, join and pick elements."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import d, linear, shared
from tangent.runtime import gather_transpose

SHAPES = {
    "broadcast_to": "broadcast_to", "concatenate": "concat", "expand_dims": "expand_dims", "reshape": "reshape",
    "squeeze": "squeeze", "stack": "stack", "transpose": "transpose",
}

LIBRARIES["tensorflow"].tell(functions={**SHAPES, "shape": "shape"}, operators={})
shared("tensorflow", SHAPES)


@linear(tf.unstack, container=True)
def unstack(y, value, num=None, axis=0):
    d[value] = tf.stack(d[y], axis)


@linear(tf.split, container=True)
def split(y, value, num_or_size_splits, axis=0):
    d[value] = tf.concat(d[y], axis)


@linear(tf.reverse, shape_of="tensor")
def reverse(y, tensor, axis):
    d[tensor] = tf.reverse(d[y], axis)


@linear(tf.cumsum, shape_of="x")
def cumsum(y, x, axis=0, exclusive=False, reverse=False):
    d[x] = tf.cumsum(d[y], axis, exclusive, not reverse)


@linear(tf.gather, constant=("indices",))
def gather(y, params, indices, validate_indices=None, axis=None):
    d[params] = gather_transpose(d[y], params, indices, 0 if axis is None else axis)


@linear(gather_transpose, constant=("params", "indices"))
def gather_transpose_(y, b, params, indices, axis=0):
    d[b] = tf.gather(d[y], indices, axis=axis)


@linear(tf.gather_nd, constant=("indices",))
def gather_nd(y, params, indices):
    d[params] = tf.scatter_nd(indices, d[y], tf.shape(params))


@linear(tf.scatter_nd, constant=("indices", "shape"))
def scatter_nd(y, indices, updates, shape):
    d[updates] = tf.gather_nd(d[y], indices)
