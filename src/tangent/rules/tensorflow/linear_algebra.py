"""Products of TensorFlow."""

from __future__ import annotations

import operator

import tensorflow as tf

from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import bilinear, d
from tangent.runtime import unbroadcast

LIBRARIES["tensorflow"].tell(functions={"matmul": "matmul"}, operators={operator.matmul: "matmul"})


@bilinear(tf.matmul)
def matmul(y, a, b, transpose_a=False, transpose_b=False):
    if transpose_a:
        if transpose_b:
            d[a] = unbroadcast(tf.matmul(b, d[y], transpose_a=True, transpose_b=True), a)
        else:
            d[a] = unbroadcast(tf.matmul(b, d[y], transpose_b=True), a)
    elif transpose_b:
        d[a] = unbroadcast(tf.matmul(d[y], b), a)
    else:
        d[a] = unbroadcast(tf.matmul(d[y], b, transpose_b=True), a)
    if transpose_b:
        if transpose_a:
            d[b] = unbroadcast(tf.matmul(d[y], a, transpose_a=True, transpose_b=True), b)
        else:
            d[b] = unbroadcast(tf.matmul(d[y], a, transpose_a=True), b)
    elif transpose_a:
        d[b] = unbroadcast(tf.matmul(a, d[y]), b)
    else:
        d[b] = unbroadcast(tf.matmul(a, d[y], transpose_a=True), b)


@bilinear(tf.linalg.matvec)
def matvec(y, a, b, transpose_a=False):
    if transpose_a:
        d[a] = unbroadcast(b[..., :, None] * d[y][..., None, :], a)
        d[b] = unbroadcast(tf.linalg.matvec(a, d[y]), b)
    else:
        d[a] = unbroadcast(d[y][..., :, None] * b[..., None, :], a)
        d[b] = unbroadcast(tf.linalg.matvec(a, d[y], transpose_a=True), b)
