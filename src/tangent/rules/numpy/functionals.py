"""Functions of NumPy that apply a function, as loops over what they apply it to."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import d, linear
from tangent.runtime import check_kinds, placed_along, rows_along, taken_along

VECTORIZED = np.vectorize.__call__
"""What an object of `np.vectorize` does with its function and the arguments of a call."""


@defines(VECTORIZED)
def vectorized_of_one(pyfunc, x):
    results = [pyfunc(item) for item in np.ravel(x)]
    check_kinds(results)
    return np.reshape(np.array(results), np.shape(x))


@defines(VECTORIZED)
def vectorized_of_two(pyfunc, x, y):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y))
    first, second = np.ravel(np.broadcast_to(x, shape)), np.ravel(np.broadcast_to(y, shape))
    results = [pyfunc(first[i], second[i]) for i in range(len(first))]
    check_kinds(results)
    return np.reshape(np.array(results), shape)


@defines(VECTORIZED)
def vectorized_of_three(pyfunc, x, y, z):
    shape = np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z))
    first, second = np.ravel(np.broadcast_to(x, shape)), np.ravel(np.broadcast_to(y, shape))
    third = np.ravel(np.broadcast_to(z, shape))
    results = [pyfunc(first[i], second[i], third[i]) for i in range(len(first))]
    check_kinds(results)
    return np.reshape(np.array(results), shape)


@defines(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr):
    results = [func1d(row) for row in rows_along(arr, axis)]
    return placed_along(np.array(results), np.shape(arr), axis)


@linear(rows_along, shares=("a",))
def rows_along_(y, a, axis):
    d[a] = placed_along(d[y], np.shape(a), axis)


@linear(placed_along, shares=("results",))
def placed_along_(y, results, shape, axis):
    d[results] = taken_along(d[y], np.shape(results), shape, axis)


@linear(taken_along, shares=("b",))
def taken_along_(y, b, like, shape, axis):
    d[b] = placed_along(d[y], shape, axis)


@defines(np.apply_over_axes)
def apply_over_axes(func, a, axes):
    result = a
    for axis in np.ravel(axes):
        reduced = func(result, axis)
        result = reduced if np.ndim(reduced) == np.ndim(result) else np.expand_dims(reduced, axis)
    return result
