"""Rules of what NumPy 2 has by the names of the array API standard, where it is no other name of an older function.

A rule is declared for the functions that there are.
"""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import bilinear, d, linear
from tangent.runtime import (
    keep_axes,
    tensordot_transpose_left,
    tensordot_transpose_right,
    trace_transpose,
    unbroadcast,
)


def present(*paths):
    """The functions of NumPy, of those that are named, that this version of it has."""
    found = []
    for path in paths:
        owner, _, name = path.rpartition(".")
        holder = getattr(np, owner) if owner else np
        if hasattr(holder, name):
            found.append(getattr(holder, name))
    return found


# --- products of vectors and matrices along the last axes


@bilinear(*present("vecdot", "linalg.vecdot"))
def vecdot(z, a, b, *, axis=-1):
    d[a] = unbroadcast(keep_axes(d[z], axis) * b, a)
    d[b] = unbroadcast(keep_axes(d[z], axis) * a, b)


@bilinear(*present("matvec"))
def matvec(z, a, b):
    d[a] = unbroadcast(np.expand_dims(d[z], -1) * np.expand_dims(b, -2), a)
    d[b] = unbroadcast(np.vecmat(d[z], a), b)


@bilinear(*present("vecmat"))
def vecmat(z, a, b):
    d[a] = unbroadcast(np.matvec(b, d[z]), a)
    d[b] = unbroadcast(np.expand_dims(a, -1) * np.expand_dims(d[z], -2), b)


@bilinear(*present("linalg.tensordot"))
def tensordot(z, a, b, *, axes=2):
    d[a] = tensordot_transpose_left(d[z], a, b, axes)
    d[b] = tensordot_transpose_right(d[z], a, b, axes)


@linear(*present("linalg.trace"))
def trace(y, a, *, offset=0):
    d[a] = trace_transpose(d[y], a, offset, -2, -1)


@defines(*present("linalg.matmul"))
def matmul(x1, x2):
    return np.matmul(x1, x2)


# --- norms and singular values


@defines(*present("linalg.vector_norm"))
def vector_norm_of_all(x, *, keepdims=False, ord=2):
    norm = np.linalg.norm(np.ravel(x), ord)
    return np.reshape(norm, (1,) * np.ndim(x)) if keepdims else norm


@defines(*present("linalg.vector_norm"))
def vector_norm(x, *, axis, keepdims=False, ord=2):
    return np.linalg.norm(x, ord, axis, keepdims)


@defines(*present("linalg.matrix_norm"))
def matrix_norm(x, *, keepdims=False, ord="fro"):
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@defines(*present("linalg.svdvals"))
def svdvals(x):
    return np.linalg.svd(x, compute_uv=False)


# --- cumulative sums and products


@defines(*present("cumulative_sum"))
def cumulative_sum(x, *, axis=0, include_initial=False):
    if include_initial:
        return np.insert(np.cumsum(x, axis), 0, 0.0, axis)
    return np.cumsum(x, axis)


@defines(*present("cumulative_prod"))
def cumulative_prod(x, *, axis=0, include_initial=False):
    if include_initial:
        return np.insert(np.cumprod(x, axis), 0, 1.0, axis)
    return np.cumprod(x, axis)
