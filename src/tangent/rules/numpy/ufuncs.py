"""The methods `reduce`, `accumulate` and `reduceat` of NumPy's ufuncs; `outer` is with the calls of the ufuncs."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, linear, nondifferentiable, tangent_
from tangent.runtime import extreme_places, places, put_back, segment_places, take_along_transpose

# --- reductions, which run along the first axis unless another is given


@defines(np.add.reduce)
def add_reduce(array, axis=0, *, keepdims=False):
    return np.sum(array, axis, keepdims=keepdims)


@defines(np.add.reduce)
def add_reduce_from(array, axis=0, *, keepdims=False, initial):
    return np.sum(array, axis, keepdims=keepdims, initial=initial)


@defines(np.add.reduce)
def add_reduce_where(array, axis=0, *, keepdims=False, where):
    return np.sum(array, axis, keepdims=keepdims, where=where)


@defines(np.multiply.reduce)
def multiply_reduce(array, axis=0, *, keepdims=False):
    return np.prod(array, axis, keepdims=keepdims)


@defines(np.multiply.reduce)
def multiply_reduce_from(array, axis=0, *, keepdims=False, initial):
    return np.prod(array, axis, keepdims=keepdims, initial=initial)


@defines(np.multiply.reduce)
def multiply_reduce_where(array, axis=0, *, keepdims=False, where):
    return np.prod(array, axis, keepdims=keepdims, where=where)


@defines(np.maximum.reduce)
def maximum_reduce(array, axis=0, *, keepdims=False):
    return np.max(array, axis, keepdims=keepdims)


@defines(np.maximum.reduce)
def maximum_reduce_from(array, axis=0, *, keepdims=False, initial):
    return np.max(array, axis, keepdims=keepdims, initial=initial)


@defines(np.minimum.reduce)
def minimum_reduce(array, axis=0, *, keepdims=False):
    return np.min(array, axis, keepdims=keepdims)


@defines(np.minimum.reduce)
def minimum_reduce_from(array, axis=0, *, keepdims=False, initial):
    return np.min(array, axis, keepdims=keepdims, initial=initial)


@defines(np.logaddexp.reduce)
def logaddexp_reduce(array, axis=0, *, keepdims=False):
    most = np.max(array, axis, keepdims=True)
    total = np.log(np.sum(np.exp(array - most), axis, keepdims=True)) + most
    return total if keepdims else np.squeeze(total, axis)


@defines(np.hypot.reduce)
def hypot_reduce(array, axis=0, *, keepdims=False):
    return np.sqrt(np.sum(array * array, axis, keepdims=keepdims))


nondifferentiable(*(
    getattr(ufunc, name)
    for ufunc in (np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor)
    for name in ("reduce", "accumulate", "reduceat")
))

# --- running sums, products and extrema


@defines(np.add.accumulate)
def add_accumulate(array, axis=0):
    return np.cumsum(array, axis)


@defines(np.multiply.accumulate)
def multiply_accumulate(array, axis=0):
    return np.cumprod(array, axis)


@adjoint(np.maximum.accumulate, np.minimum.accumulate)
def accumulate(y, array, axis=0):
    # Of equal elements the first one is the extreme.
    d[array] = take_along_transpose(d[y], array, extreme_places(y, axis), axis)


@tangent_(np.maximum.accumulate, np.minimum.accumulate)
def accumulate_tangent(y, array, axis=0):
    d[y] = np.take_along_axis(d[array], extreme_places(y, axis), axis)


# --- sums of segments


@linear(np.add.reduceat)
def add_reduceat(y, array, indices, axis=0):
    elements, owners = segment_places(indices, np.shape(array)[axis])
    d[array] = put_back(np.take(d[y], owners, axis), np.take(places(array), elements, axis), array)


# --- two results


@defines(divmod, np.divmod)
def divmod_(x, y):
    return x // y, x % y
