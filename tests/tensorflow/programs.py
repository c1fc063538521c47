"""Functions of TensorFlow, each with the shapes of the tensors to differentiate it at."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

import tangent
from tangent import insert_grad_of

__all__ = ["SHAPES"]


def of_the_readme(W, x):
    h1 = tf.matmul(x, W)
    h2 = tf.tanh(h1)
    out = tf.reduce_sum(h2)
    return out


def parts(x):
    y = tf.exp(x)
    return tf.reduce_sum(y[1:, ::2] * 2.0) + y[0, 1] * y[-1, 2] + tf.reduce_sum(y[..., 1, tf.newaxis] ** 2)


def parts_of_an_argument(x):
    return x[0] * tf.sin(x[1]) + tf.reduce_sum(x[1:3] * x[::-1][:2])


def annotated(x: tf.Tensor):
    return x[0] * x[1] + abs(x[2])


def operators(x, y):
    return tf.reduce_sum(abs(x) ** y - x / y + (1.0 - x) * -y) + tf.reduce_sum(x @ tf.transpose(y))


def loop(x):
    s = tf.reduce_sum(x)
    for i in range(3):
        s = tf.sin(s) * x[i]
    return s


def while_loop(x):
    total, y = 0.0, x
    while tf.reduce_sum(y * y) > 1.0:
        total = total + tf.reduce_sum(y**3)
        y = y / 2.0
    return total


def branch(x):
    if tf.reduce_sum(x) > 0.0:
        y = x * x
    else:
        y = tf.exp(-x)
    return tf.reduce_mean(y)


def recurrent(w, u, x):
    h = tf.zeros(3, tf.float64)
    states = []
    for i in range(4):
        h = tf.tanh(tf.linalg.matvec(w, h) + tf.linalg.matvec(u, x[i]))
        states.append(h)
    return tf.reduce_sum(tf.stack(states) ** 2)


def helper(x, scale):
    return abs(x) * x[0] * scale


def with_helper(x):
    return tf.reduce_sum(helper(tf.exp(x), 3.0) + helper(x * x, 0.5))


def network(w1, b1, w2, b2, x):
    h = tf.nn.relu(x @ w1 + b1)
    logits = h @ w2 + b2
    labels = tf.constant([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], tf.float64)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits))


def convolutions(x, k):
    y = tf.nn.conv2d(x, k, 1, "SAME")
    y = tf.nn.max_pool2d(y, 2, 2, "VALID")
    return tf.reduce_sum(tf.nn.avg_pool2d(y, 2, 1, "SAME") ** 2)


def joined(x, y):
    z = tf.concat([x, y * 2.0], 0)
    first, second, _ = x
    return tf.reduce_sum(z * z) + first * second + tf.reduce_sum(tf.stack([x, x * y], axis=1) ** 3)


def norm(x):
    return tf.sqrt(tf.reduce_sum(tf.square(x), axis=1, keepdims=True)) * tf.ones((1, 2), tf.float64)


def with_python_numbers(x):
    return tf.reduce_sum(max(x[0], x[1]) * sum([x[2], x[3]]) + float(2) * x)


def by_name(x):
    return tf.reduce_max(input_tensor=tf.reshape(tensor=x, shape=(2, 2)), axis=1) ** 2.0


def unbroadcast_scalars(x, s):
    return tf.reduce_sum((x * s + s) / s)


def squares(x):
    return [t * t for t in (x, 2.0 * x)]


def comprehension(x):
    return tf.add(squares(x)[0], squares(x)[1])


@tangent.trace
def traced_layer(x, w, scale=2.0):
    return tf.tanh(x @ w) * scale


def with_traced(x, w):
    y = traced_layer(x, w, scale=3.0)
    return tf.reduce_sum(tf.exp(y) * traced_layer(x, w)) + traced_layer(x, w)[0, 0]


@tangent.trace
def traced_pair(p, x):
    return p["w"] * x, {"sum": tf.reduce_sum(p["b"] * x)}


def with_traced_structures(w, b, x):
    product, rest = traced_pair({"w": w, "b": b}, x)
    return tf.reduce_sum(tf.exp(product)) * rest["sum"]


SHAPES: dict[Any, tuple[tuple[int, ...], ...]] = {
    of_the_readme: ((3, 4), (2, 3)), parts: ((3, 4),), parts_of_an_argument: ((4,),), annotated: ((3,),),
    operators: ((2, 3), (2, 3)), loop: ((3,),), while_loop: ((3,),), branch: ((3,),),
    recurrent: ((3, 3), (3, 2), (4, 2)), with_helper: ((3,),),
    network: ((4, 5), (5,), (5, 2), (2,), (3, 4)), convolutions: ((1, 6, 6, 2), (3, 3, 2, 3)),
    joined: ((3,), (3,)), norm: ((3, 2),), with_python_numbers: ((4,),), by_name: ((4,),),
    unbroadcast_scalars: ((3,), ()), comprehension: ((3,),), with_traced: ((2, 3), (3, 2)),
    with_traced_structures: ((3,), (3,), (3,)),
}


# --- traced functions, in other places than a plain call


def applied(f, x):
    return tf.reduce_sum(f(x, x))


def passed_on(x):
    return applied(traced_layer, x)


class Layer:
    def __init__(self, w):
        self.w = w

    @tangent.trace
    def __call__(self, x):
        return tf.sin(self.w * x)


def of_an_object(layer: Layer, x):
    return tf.reduce_sum(layer(x))


def in_a_loop(x):
    total = 0.0
    for i in range(3):
        total = total + tf.reduce_sum(traced_layer(x * i, x))
    return total


def defined_inside(x):
    @tangent.trace
    def inner(y):
        return y * y

    return inner(x)


# --- golden derivatives


def layer(x, w, b):
    h = tf.nn.sigmoid(x @ w + b)
    return tf.reduce_mean(tf.square(h))


def clipped(params, x, rnn):
    h = x
    for i in range(5):
        with insert_grad_of(h) as g:
            g = tf.clip_by_value(g, -1, 1)
        h = rnn(params, h)
    return h


def rnn(params, h):
    return tf.tanh(params * h)


def changes_a_variable(v, x):
    v.assign(x)
    return v * x


def through_numpy(x):
    return tf.reduce_sum(x * tf.constant(x.numpy() ** 2))


def no_arrays(x):
    return traced_layer(x, x)


def not_reduced(x):
    return tf.exp(x)


def unknown_power(x, y):
    return x**y


def vector(x):
    return tf.sin(x) * x[0]


def absolute(z):
    return tf.abs(z)


def real_part(z):
    return tf.cast(z, tf.float32) ** 2


def square(x):
    return x * x


def methods(v):
    return tf.reduce_sum(v.read_value() ** 2) * 2.0 * v.get_shape()[0]


def attributes(x):
    n, size = x.shape
    return tf.reduce_sum(x * float(n * size + x.ndim + x.shape[0])) * (1.0 if x.dtype == tf.float64 else 0.0)
