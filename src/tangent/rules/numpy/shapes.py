"""Rules of functions that rearrange, repeat, join and convert elements."""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import adjoint, attribute, d, linear, method, partials, tangent_
from tangent.runtime import (
    cast,
    inverse_permutation,
    pad_transpose,
    padding,
    repeat_transpose,
    split_blocks_like,
    split_columns_like,
    split_layers_like,
    split_like,
    split_rows_like,
    split_stacked_columns_like,
    tile_transpose,
    unarray,
    unbroadcast,
    uncast,
    unstack_like,
)

# --- the same elements in the same order


@linear(np.reshape, shares=("a",))
def reshape(y, a, shape):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(method("reshape"), shares=("a",))
def reshape_method(y, a, *shape):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(np.ravel, method("ravel"), shares=("a",))
def ravel(y, a):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(method("flatten"))
def flatten(y, a):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(np.squeeze, method("squeeze"), shares=("a",))
def squeeze(y, a, axis=None):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(np.expand_dims, shares=("a",))
def expand_dims(y, a, axis):
    d[a] = np.reshape(d[y], np.shape(a))


@linear(np.atleast_1d, np.atleast_2d, np.atleast_3d, shares=("a",))
def atleast(y, a):
    d[a] = np.reshape(d[y], np.shape(a))


# --- the same elements in another order


@linear(attribute("T"), shares=("a",))
def transpose_attribute(y, a):
    d[a] = np.transpose(d[y])


@linear(np.transpose, shares=("a",))
def transpose(y, a, axes=None):
    if axes is None:
        d[a] = np.transpose(d[y])
    else:
        d[a] = np.transpose(d[y], inverse_permutation(axes))


@linear(method("transpose"), shares=("a",))
def transpose_method(y, a):
    d[a] = np.transpose(d[y])


@linear(method("transpose"), shares=("a",))
def transpose_method_axes(y, a, *axes):
    d[a] = np.transpose(d[y], inverse_permutation(axes))


@linear(np.swapaxes, method("swapaxes"), shares=("a",))
def swapaxes(y, a, axis1, axis2):
    d[a] = np.swapaxes(d[y], axis1, axis2)


@linear(np.moveaxis, shares=("a",))
def moveaxis(y, a, source, destination):
    d[a] = np.moveaxis(d[y], destination, source)


@linear(np.roll)
def roll(y, a, shift, axis=None):
    d[a] = np.roll(d[y], np.negative(shift), axis)


@linear(np.flip, shares=("m",))
def flip(y, m, axis=None):
    d[m] = np.flip(d[y], axis)


@linear(np.fliplr, shares=("m",))
def fliplr(y, m):
    d[m] = np.fliplr(d[y])


@linear(np.flipud, shares=("m",))
def flipud(y, m):
    d[m] = np.flipud(d[y])


@linear(np.rot90, shares=("m",))
def rot90(y, m, k=1, axes=(0, 1)):
    d[m] = np.rot90(d[y], -k, axes)


@linear(np.rollaxis, shares=("a",))
def rollaxis(y, a, axis, start=0):
    source = axis % np.ndim(a)
    destination = start if start >= 0 else start + np.ndim(a)
    d[a] = np.moveaxis(d[y], destination - (destination > source), source)


# --- some elements, or the same several times


@linear(np.triu)
def triu(y, m, k=0):
    d[m] = np.triu(d[y], k)


@linear(np.tril)
def tril(y, m, k=0):
    d[m] = np.tril(d[y], k)


@linear(np.broadcast_to, shares=("array",))
def broadcast_to(y, array, shape):
    d[array] = unbroadcast(d[y], array)


@linear(np.tile)
def tile(y, A, reps):
    d[A] = tile_transpose(d[y], A, reps)


@linear(np.repeat, method("repeat"))
def repeat(y, a, repeats, axis=None):
    d[a] = repeat_transpose(d[y], a, repeats, axis)


@adjoint(np.pad)
def pad(y, array, pad_width, mode="constant"):
    d[array] = pad_transpose(d[y], array, pad_width, mode)


@tangent_(np.pad)
def pad_tangent(y, array, pad_width, mode="constant"):
    d[y] = np.pad(d[array], pad_width, padding(mode))


@adjoint(np.pad)
def pad_with(y, array, pad_width, mode="constant", *, constant_values):
    d[array] = pad_transpose(d[y], array, pad_width, mode)


@tangent_(np.pad)
def pad_with_tangent(y, array, pad_width, mode="constant", *, constant_values):
    d[y] = np.pad(d[array], pad_width, padding(mode))


# --- several arrays


@linear(np.concatenate)
def concatenate(y, arrays, axis=0):
    d[arrays] = split_like(d[y], arrays, axis)


@linear(np.stack)
def stack(y, arrays, axis=0):
    d[arrays] = unstack_like(d[y], arrays, axis)


@linear(np.hstack)
def hstack(y, tup):
    d[tup] = split_columns_like(d[y], tup)


@linear(np.column_stack)
def column_stack(y, tup):
    d[tup] = split_stacked_columns_like(d[y], tup)


@linear(np.vstack, *(getattr(np, name) for name in ("row_stack",) if hasattr(np, name)))
def vstack(y, tup):
    d[tup] = split_rows_like(d[y], tup)


@linear(np.dstack)
def dstack(y, tup):
    d[tup] = split_layers_like(d[y], tup)


@linear(np.block)
def block(y, arrays):
    d[arrays] = split_blocks_like(d[y], arrays)


@linear(np.split, np.array_split, shares=("ary",), container=True)
def split(y, ary, indices_or_sections, axis=0):
    d[ary] = np.concatenate(d[y], axis)


@linear(np.hsplit, shares=("ary",), container=True)
def hsplit(y, ary, indices_or_sections):
    d[ary] = np.hstack(d[y])


@linear(np.vsplit, shares=("ary",), container=True)
def vsplit(y, ary, indices_or_sections):
    d[ary] = np.vstack(d[y])


@linear(np.dsplit, shares=("ary",), container=True)
def dsplit(y, ary, indices_or_sections):
    d[ary] = np.dstack(d[y])


# --- conversions


@linear(np.copy, np.array)
def array(y, object):
    d[object] = unarray(d[y], object)


@linear(np.asarray, np.asanyarray, np.ascontiguousarray, shares=("a",))
def asarray(y, a):
    d[a] = unarray(d[y], a)


@linear(np.real_if_close, shares=("a",))
def real_if_close(y, a):
    d[a] = unarray(d[y], a)


@linear(method("copy"))
def copy(y, a):
    d[a] = d[y]


@adjoint(np.array)
def array_of(y, object, dtype):
    d[object] = unarray(uncast(d[y], y, object), object)


@tangent_(np.array)
def array_of_tangent(y, object, dtype):
    d[y] = cast(np.array(d[object]), object, y)


@adjoint(np.asarray, np.asanyarray, np.ascontiguousarray, shares=("a",))
def asarray_of(y, a, dtype):
    d[a] = unarray(uncast(d[y], y, a), a)


@tangent_(np.asarray, np.asanyarray, np.ascontiguousarray, shares=("a",))
def asarray_of_tangent(y, a, dtype):
    d[y] = cast(np.array(d[a]), a, y)


# The order of elements in memory changes no value; the result may be the argument itself.
@adjoint(np.array, shares=("object",))
def array_with_axes(y, object, dtype=None, *, copy=True, order="K", ndmin=0):
    d[object] = unarray(np.reshape(uncast(d[y], y, object), np.shape(object)), object)


@tangent_(np.array, shares=("object",))
def array_with_axes_tangent(y, object, dtype=None, *, copy=True, order="K", ndmin=0):
    d[y] = np.reshape(cast(np.array(d[object]), object, y), np.shape(y))


@adjoint(np.asarray, np.asanyarray, np.asarray_chkfinite, np.asfortranarray, np.require, shares=("a",))
def asarray_in_order(y, a, dtype=None, order=None, *, copy=None, requirements=None):
    d[a] = unarray(uncast(d[y], y, a), a)


@tangent_(np.asarray, np.asanyarray, np.asarray_chkfinite, np.asfortranarray, np.require, shares=("a",))
def asarray_in_order_tangent(y, a, dtype=None, order=None, *, copy=None, requirements=None):
    d[y] = cast(np.array(d[a]), a, y)


@linear(np.copy)
def copy_in_order(y, a, order):
    d[a] = unarray(d[y], a)


ASTYPE = (method("astype"), *(getattr(np, name) for name in ("astype",) if hasattr(np, name)))


@adjoint(*ASTYPE)
def astype(y, a, dtype):
    d[a] = uncast(d[y], y, a)


@tangent_(*ASTYPE)
def astype_tangent(y, a, dtype):
    d[y] = cast(d[a], a, y)


@adjoint(method("astype"), shares=("a",))
def astype_or_itself(y, a, dtype, *, copy=True, order="K", casting="unsafe"):
    d[a] = uncast(d[y], y, a)


@tangent_(method("astype"), shares=("a",))
def astype_or_itself_tangent(y, a, dtype, *, copy=True, order="K", casting="unsafe"):
    d[y] = cast(d[a], a, y)


@partials(np.float64, np.float32, shares=("x",))
def float64(y, x):
    return 1.0


@linear(method("item"))
def item(y, a):
    d[a] = unbroadcast(d[y], a)


@linear(method("tolist"))
def tolist(y, a):
    d[a] = np.array(d[y])
