"""Functions of TensorFlow that rearrange, join and pick elements."""

from __future__ import annotations

import tensorflow as tf

from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import d, linear, shared

SHAPES = {
    "broadcast_to": "broadcast_to", "concatenate": "concat", "expand_dims": "expand_dims", "reshape": "reshape",
    "squeeze": "squeeze", "stack": "stack", "transpose": "transpose",
}

LIBRARIES["tensorflow"].tell(functions={**SHAPES, "shape": "shape"}, operators={})
shared("tensorflow", SHAPES)


@linear(tf.gather_nd, constant=("indices",))
def gather_nd(y, params, indices):
    d[params] = tf.scatter_nd(indices, d[y], tf.shape(params))


@linear(tf.scatter_nd, constant=("indices", "shape"))
def scatter_nd(y, indices, updates, shape):
    d[updates] = tf.gather_nd(d[y], indices)
