"""Rules of functions that move, repeat or drop elements, by the places that these had."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, attribute, d, linear, method, nondifferentiable, tangent_
from tangent.runtime import diagonal_transpose, places, put_back, slab, unbroadcast, uncast

# --- the order of elements in memory


@linear(np.reshape, shares=("a",))
def reshape_in_order(y, a, shape, order):
    d[a] = put_back(d[y], np.reshape(places(a), shape, order), a)


@linear(method("reshape"), shares=("a",))
def reshape_method_in_order(y, a, *shape, order):
    d[a] = put_back(d[y], np.reshape(places(a), shape[0] if np.size(shape) != len(shape) else shape, order), a)


@linear(np.ravel, method("ravel"), shares=("a",))
def ravel_in_order(y, a, order):
    d[a] = put_back(d[y], np.ravel(places(a), order), a)


@linear(method("flatten"))
def flatten_in_order(y, a, order):
    d[a] = put_back(d[y], np.ravel(places(a), order), a)


MATRIX_TRANSPOSE = tuple(
    owner.matrix_transpose for owner in (np, np.linalg) if hasattr(owner, "matrix_transpose")
)


@linear(*MATRIX_TRANSPOSE, attribute("mT"), shares=("a",))
def matrix_transpose(y, a):
    d[a] = np.swapaxes(d[y], -1, -2)


# --- fewer or more elements


@linear(np.delete)
def delete(y, arr, obj, axis=None):
    d[arr] = put_back(d[y], np.delete(places(arr), obj, axis), arr)


@adjoint(np.insert)
def insert(y, arr, obj, values, axis=None):
    d[arr] = put_back(d[y], np.insert(places(arr), obj, 0, axis), arr)
    d[values] = uncast(put_back(d[y], np.insert(np.zeros_like(places(arr)), obj, places(values), axis), values), y, arr)


@tangent_(np.insert)
def insert_tangent(y, arr, obj, values, axis=None):
    d[y] = np.insert(d[arr], obj, d[values], axis)


@linear(np.resize)
def resize(y, a, new_shape):
    d[a] = put_back(d[y], np.resize(places(a), new_shape), a)


@linear(np.diagflat)
def diagflat(y, v, k=0):
    d[v] = put_back(d[y], np.diagflat(places(v), k), v)


@linear(np.take, method("take"))
def take_in_mode(y, a, indices, axis=None, *, mode):
    d[a] = put_back(d[y], np.take(places(a), indices, axis, mode=mode), a)


@defines(np.append)
def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(values)))
    return np.concatenate((arr, values), axis)


@defines(np.trim_zeros)
def trim_zeros(filt, trim="fb"):
    kept = np.flatnonzero(filt)
    if trim == "f":
        return filt[np.min(kept, initial=len(filt)):]
    if trim == "b":
        return filt[: np.max(kept, initial=-1) + 1]
    return filt[np.min(kept, initial=len(filt)) : np.max(kept, initial=-1) + 1]


@linear(slab, shares=("value",), constant=("a", "axis"))
def slab_(y, value, a, axis=-1):
    d[value] = unbroadcast(d[y], value)


@defines(np.diff)
def diff_behind(a, n=1, axis=-1, *, prepend):
    return np.diff(np.concatenate((slab(prepend, a, axis), a), axis), n, axis)


@defines(np.diff)
def diff_before(a, n=1, axis=-1, *, append):
    return np.diff(np.concatenate((a, slab(append, a, axis)), axis), n, axis)


@defines(np.diff)
def diff_between(a, n=1, axis=-1, *, prepend, append):
    return np.diff(np.concatenate((slab(prepend, a, axis), a, slab(append, a, axis)), axis), n, axis)


# --- several arrays from one, or from several


if hasattr(np, "unstack"):

    @linear(np.unstack, shares=("x",), container=True)
    def unstack(y, x, *, axis=0):
        d[x] = np.stack(d[y], axis)


@adjoint(np.meshgrid, container=True)
def meshgrid_of_one(y, a, *, indexing="xy", sparse=False):
    d[a] = np.reshape(d[y][0], np.shape(a))


@tangent_(np.meshgrid, container=True)
def meshgrid_of_one_tangent(y, a, *, indexing="xy", sparse=False):
    d[y] = np.meshgrid(d[a], indexing=indexing, sparse=sparse)


@adjoint(np.meshgrid, container=True)
def meshgrid_of_two(y, a, b, *, indexing="xy", sparse=False):
    if indexing == "xy":
        d[a] = np.reshape(np.sum(d[y][0], 0), np.shape(a))
        d[b] = np.reshape(np.sum(d[y][1], 1), np.shape(b))
    else:
        d[a] = np.reshape(np.sum(d[y][0], 1), np.shape(a))
        d[b] = np.reshape(np.sum(d[y][1], 0), np.shape(b))


@tangent_(np.meshgrid, container=True)
def meshgrid_of_two_tangent(y, a, b, *, indexing="xy", sparse=False):
    d[y] = np.meshgrid(d[a], d[b], indexing=indexing, sparse=sparse)


@adjoint(np.meshgrid, container=True)
def meshgrid_of_three(y, a, b, c, *, indexing="xy", sparse=False):
    if indexing == "xy":
        d[a] = np.reshape(np.sum(d[y][0], (0, 2)), np.shape(a))
        d[b] = np.reshape(np.sum(d[y][1], (1, 2)), np.shape(b))
    else:
        d[a] = np.reshape(np.sum(d[y][0], (1, 2)), np.shape(a))
        d[b] = np.reshape(np.sum(d[y][1], (0, 2)), np.shape(b))
    d[c] = np.reshape(np.sum(d[y][2], (0, 1)), np.shape(c))


@tangent_(np.meshgrid, container=True)
def meshgrid_of_three_tangent(y, a, b, c, *, indexing="xy", sparse=False):
    d[y] = np.meshgrid(d[a], d[b], d[c], indexing=indexing, sparse=sparse)


@defines(np.broadcast_arrays)
def broadcast_arrays_of_two(x, y):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y))
    return np.broadcast_to(x, shape), np.broadcast_to(y, shape)


@defines(np.broadcast_arrays)
def broadcast_arrays_of_three(x, y, z):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z))
    return np.broadcast_to(x, shape), np.broadcast_to(y, shape), np.broadcast_to(z, shape)


# --- sums by position


@linear(np.bincount)
def bincount(y, x, weights, minlength=0):
    d[weights] = np.take(d[y], x)


nondifferentiable(np.bincount)  # without weights


if hasattr(np.linalg, "diagonal"):

    @linear(np.linalg.diagonal, shares=("x",))
    def diagonal(y, x, *, offset=0):
        d[x] = diagonal_transpose(d[y], x, offset, -2, -1)


@defines(np.putmask)
def putmask(a, mask, values):
    chosen = np.asarray(mask)
    a[chosen] = np.resize(values, np.shape(a))[chosen]
