"""Rules of functions that make arrays from numbers."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, linear, nondifferentiable, tangent_
from tangent.runtime import cast, in_precision_of, unbroadcast, uncast


@linear(np.full, constant=("shape",))
def full(y, shape, fill_value):
    d[fill_value] = unbroadcast(d[y], fill_value)


@adjoint(np.full, constant=("shape",))
def full_of(y, shape, fill_value, dtype):
    d[fill_value] = unbroadcast(uncast(d[y], y, fill_value), fill_value)


@tangent_(np.full, constant=("shape",))
def full_of_tangent(y, shape, fill_value, dtype):
    d[y] = np.full(shape, cast(d[fill_value], fill_value, y))


@adjoint(np.full_like, constant=("a",))
def full_like(y, a, fill_value):
    d[fill_value] = unbroadcast(uncast(d[y], y, fill_value), fill_value)


@tangent_(np.full_like, constant=("a",))
def full_like_tangent(y, a, fill_value):
    d[y] = np.full(np.shape(a), cast(d[fill_value], fill_value, y))


@adjoint(np.full_like, constant=("a",))
def full_like_of(y, a, fill_value, dtype=None, *, shape=None):
    d[fill_value] = unbroadcast(uncast(d[y], y, fill_value), fill_value)


@tangent_(np.full_like, constant=("a",))
def full_like_of_tangent(y, a, fill_value, dtype=None, *, shape=None):
    d[y] = np.full(np.shape(y), cast(d[fill_value], fill_value, y))


@adjoint(np.linspace, constant=("num",))
def linspace(y, start, stop, num=50, endpoint=True):
    t = in_precision_of(np.linspace(0.0, 1.0, num, endpoint), (start, stop))
    d[start] = unbroadcast(np.tensordot(1.0 - t, d[y], 1), start)
    d[stop] = unbroadcast(np.tensordot(t, d[y], 1), stop)


@tangent_(np.linspace, constant=("num",))
def linspace_tangent(y, start, stop, num=50, endpoint=True):
    d[y] = np.linspace(d[start], d[stop], num, endpoint)


@defines(np.linspace)
def linspace_along(start, stop, num=50, endpoint=True, *, axis):
    return np.moveaxis(np.linspace(start, stop, num, endpoint), 0, axis)


@defines(np.linspace)
def linspace_with_step(start, stop, num=50, endpoint=True, *, retstep):
    if not retstep:
        return np.linspace(start, stop, num, endpoint)
    return np.linspace(start, stop, num, endpoint), (stop - start) / (num - 1 if endpoint else num)


@adjoint(np.geomspace, constant=("num",))
def geomspace(y, start, stop, num=50, endpoint=True):
    t = in_precision_of(np.linspace(0.0, 1.0, num, endpoint), (start, stop))
    d[start] = unbroadcast(np.tensordot(1.0 - t, d[y] * y, 1) / start, start)
    d[stop] = unbroadcast(np.tensordot(t, d[y] * y, 1) / stop, stop)


@tangent_(np.geomspace, constant=("num",))
def geomspace_tangent(y, start, stop, num=50, endpoint=True):
    d[y] = y * np.linspace(d[start] / start, d[stop] / stop, num, endpoint)


@defines(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return np.power(base, np.linspace(start, stop, num, endpoint))


@defines(np.kaiser)
def kaiser(M, beta):
    if M == 1:
        return np.ones(1)
    return np.i0(beta * np.sqrt(1.0 - np.linspace(-1.0, 1.0, M) ** 2)) / np.i0(beta)


@defines(np.fromfunction)
def fromfunction(function, shape):
    return function(*np.indices(shape, dtype=float))


@defines(np.fromiter)
def fromiter(iter, dtype):
    return np.array(list(iter), dtype)


@adjoint(np.arange, constant=("stop",))
def arange(y, start, stop, step=1, dtype=None):
    d[start] = np.sum(uncast(d[y], y, start))
    d[step] = np.sum(uncast(d[y], y, step) * np.arange(np.size(y)))


@tangent_(np.arange, constant=("stop",))
def arange_tangent(y, start, stop, step=1, dtype=None):
    d[y] = cast(d[start] + d[step] * np.arange(np.size(y)), start + step, y)


# The upper end of a range decides how many elements there are, and of which values.
nondifferentiable(np.arange)

nondifferentiable(
    np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.zeros_like, np.ones_like, np.empty_like,
)
