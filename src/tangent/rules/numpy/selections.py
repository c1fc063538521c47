"""Rules of functions that select or order elements."""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import adjoint, attribute, d, linear, method, nondifferentiable, tangent_
from tangent.runtime import (
    copy,
    diagonal_transpose,
    imag_transpose,
    real_transpose,
    take_along_transpose,
    take_transpose,
)


@linear(np.take, method("take"))
def take(y, a, indices, axis=None):
    d[a] = take_transpose(d[y], a, indices, axis)


@linear(np.take_along_axis)
def take_along_axis(y, arr, indices, axis=-1):
    d[arr] = take_along_transpose(d[y], arr, indices, axis)


@adjoint(np.sort)
def sort(y, a, axis=-1, kind=None, *, stable=None):
    # Equal elements keep the order that `argsort` gives them.
    d[a] = np.reshape(take_along_transpose(d[y], a, np.argsort(a, axis), axis), np.shape(a))


@tangent_(np.sort)
def sort_tangent(y, a, axis=-1, kind=None, *, stable=None):
    d[y] = np.take_along_axis(d[a], np.argsort(a, axis), axis)


@adjoint(np.partition)
def partition(y, a, kth, axis=-1):
    # The elements of the result are those of the argument in some order.
    ordered = np.take_along_axis(d[y], np.argsort(y, axis), axis)
    d[a] = np.reshape(take_along_transpose(ordered, a, np.argsort(a, axis), axis), np.shape(a))


@tangent_(np.partition)
def partition_tangent(y, a, kth, axis=-1):
    ordered = np.take_along_axis(d[a], np.argsort(a, axis), axis)
    d[y] = np.take_along_axis(ordered, np.argsort(np.argsort(y, axis), axis), axis)


@linear(np.diagonal, method("diagonal"), shares=("a",))
def diagonal(y, a, offset=0, axis1=0, axis2=1):
    d[a] = diagonal_transpose(d[y], a, offset, axis1, axis2)


@linear(np.diag, shares=("v",))
def diag(y, v, k=0):
    if np.ndim(v) == 1:
        d[v] = copy(np.diagonal(d[y], k))  # which can't be written
    else:
        d[v] = diagonal_transpose(d[y], v, k)


@linear(np.real, attribute("real"), shares=("val",))
def real(y, val):
    d[val] = real_transpose(d[y], val)


@linear(np.conj, np.conjugate, method("conj"), method("conjugate"), shares=("x",))
def conjugate(y, x):
    d[x] = np.conj(d[y])


@linear(np.imag, attribute("imag"), shares=("val",))
def imag(y, val):
    d[val] = imag_transpose(d[y], val)


nondifferentiable(np.argpartition, np.digitize, np.isin, np.array_equiv, np.isreal)
