"""Rules of the runtime helpers, by which derivatives are differentiated again.

`products_of_others`, `cumprod_transpose`, `norm_slope` and the derivatives of factorizations and of banded systems have
none: they are differentiated from source.
"""

from __future__ import annotations

import numpy as np

from tangent import runtime
from tangent.rules.registry import adjoint, bilinear, d, linear, nondifferentiable, partials, tangent_
from tangent.rules.solvers import WHOLE, Solver, declare
from tangent.runtime import (
    as_complex,
    at_end,
    bessel_i,
    cast,
    convolve_transpose,
    copy,
    cropped,
    cross_transpose_left,
    cross_transpose_right,
    dot_transpose_left,
    dot_transpose_right,
    einsum_like,
    einsum_transposed,
    fir,
    fir_taps,
    fit,
    imag_transpose,
    inner_transpose_left,
    inner_transpose_right,
    item_written,
    joined_pieces,
    kron_transpose_left,
    kron_transpose_right,
    match_structure,
    matmul_transpose_left,
    matmul_transpose_right,
    nonzero,
    pieces_apart,
    polygamma,
    power_slope,
    put_back,
    quantile_tangent,
    quantile_transpose,
    resized,
    resized_to,
    sinc_derivative,
    splev_change,
    splev_transpose,
    spline_slope,
    stretch,
    surface_slope,
    taken_from,
    tensordot_transpose_left,
    tensordot_transpose_right,
    unarray,
    unbroadcast,
    uncast,
    uncropped,
    vector_of,
    write_item,
)


@linear(runtime.unbroadcast, shares=("b",), constant=("like",))
def unbroadcast_(y, b, like):
    d[b] = unbroadcast(d[y], b)


@linear(runtime.stretch, shares=("t",), constant=("like",))
def stretch_(y, t, like):
    d[t] = unbroadcast(d[y], t)


@linear(runtime.fit, shares=("b",), constant=("like",))
def fit_(y, b, like):
    d[b] = fit(d[y], b)


@linear(runtime.expand, constant=("like", "axis", "keepdims"))
def expand_(y, b, like, axis=None, keepdims=False):
    d[b] = unbroadcast(np.sum(d[y], axis, keepdims=keepdims), b)


@linear(runtime.as_derivative, shares=("value",), constant=("like",))
def as_derivative_(y, value, like):
    d[value] = fit(d[y], value)


@linear(runtime.keep_axes, shares=("b",), constant=("axis", "keepdims"))
def keep_axes(y, b, axis, keepdims=False):
    d[b] = np.reshape(d[y], np.shape(b))


@adjoint(runtime.add)
def add(y, a, b):
    d[a] = d[y]
    d[b] = copy(d[y])


@tangent_(runtime.add)
def add_tangent(y, a, b):
    d[y] = runtime.add(d[a], d[b])


@linear(runtime.copy, runtime.shallow_copy)
def copy_(y, x):
    d[x] = d[y]


@linear(runtime.match_structure, shares=("gradient",), constant=("like",))
def match_structure_(y, gradient, like):
    d[gradient] = match_structure(d[y], gradient)


@linear(runtime.writable, shares=("b",))
def writable_(y, b):
    d[b] = d[y]


@linear(runtime.as_lists, shares=("b",))
def as_lists(y, b):
    d[b] = match_structure(d[y], b)


@linear(runtime.as_record, shares=("x",))
def as_record(y, x):
    d[x] = match_structure(d[y], x)


@partials(runtime.power_slope)
def power_slope_(s, x, p):
    return p * power_slope(x, p - 1.0), x ** (p - 1.0) + s * np.log(np.where(x == 0, 1.0, x))


@partials(runtime.power)
def power_(z, x, p):
    return power_slope(x, p), z * np.log(nonzero(x))


@partials(runtime.nonzero)
def nonzero_(y, x):
    return 1.0


@partials(runtime.bessel_i)
def bessel_i_(y, order, x):
    return None, 0.5 * (bessel_i(order - 1, x) + bessel_i(order + 1, x))


@partials(runtime.polygamma)
def polygamma_(y, order, x):
    return None, polygamma(order + 1, x)


@adjoint(runtime.spline_slope)
def spline_slope_(s, x, tck, der=1, ext=0):
    d[x] = unbroadcast(d[s] * spline_slope(x, tck, der + 1, ext), x)
    d[tck] = splev_transpose(d[s], x, tck, der, ext)


@tangent_(runtime.spline_slope)
def spline_slope_tangent(s, x, tck, der=1, ext=0):
    d[s] = spline_slope(x, tck, der + 1, ext) * d[x] + splev_change(d[tck], x, tck, der, ext)


@adjoint(runtime.surface_slope)
def surface_slope_(s, x, y, tck, dx=0, dy=0):
    d[x] = unarray(np.reshape(np.sum(d[s] * surface_slope(x, y, tck, dx + 1, dy), 1), np.shape(x)), x)
    d[y] = unarray(np.reshape(np.sum(d[s] * surface_slope(x, y, tck, dx, dy + 1), 0), np.shape(y)), y)


@tangent_(runtime.surface_slope)
def surface_slope_tangent(s, x, y, tck, dx=0, dy=0):
    by_x = surface_slope(x, y, tck, dx + 1, dy) * np.reshape(d[x], (-1, 1))
    d[s] = by_x + surface_slope(x, y, tck, dx, dy + 1) * np.reshape(d[y], (1, -1))


@partials(runtime.sinc_derivative)
def sinc_derivative_(y, order, x):
    return None, sinc_derivative(order + 1, x)


@linear(runtime.in_precision_of, shares=("value",), constant=("like",))
def in_precision_of_(y, value, like):
    d[value] = d[y]


@adjoint(runtime.joined_pieces, shares=("pieces",), constant=("x",))
def joined_pieces_(y, pieces, x):
    d[pieces] = pieces_apart(d[y], x)


@tangent_(runtime.joined_pieces, constant=("x",))
def joined_pieces_tangent(y, pieces, x):
    d[y] = joined_pieces(pieces_apart(d[pieces], x), x)


@linear(runtime.pieces_apart, shares=("b",), constant=("x",))
def pieces_apart_(y, b, x):
    d[b] = joined_pieces(d[y], x)


@adjoint(runtime.uncast, shares=("b",), constant=("y", "x"))
def uncast_(z, b, y, x):
    d[b] = cast(d[z], x, y)


@tangent_(runtime.uncast, shares=("b",), constant=("y", "x"))
def uncast_tangent(z, b, y, x):
    d[z] = uncast(d[b], y, x)


@adjoint(runtime.cast, shares=("t",), constant=("x", "y"))
def cast_(z, t, x, y):
    d[t] = uncast(d[z], y, x)


@tangent_(runtime.cast, shares=("t",), constant=("x", "y"))
def cast_tangent(z, t, x, y):
    d[z] = cast(d[t], x, y)


@linear(runtime.spread, constant=("items",))
def spread_(y, b, items):
    d[b] = unbroadcast(sum(d[y]), b)


@linear(runtime.unarray, shares=("b",), constant=("like",))
def unarray_(y, b, like):
    d[b] = np.array(d[y])


@linear(runtime.split_like, shares=("b",), constant=("arrays", "axis"))
def split_like(y, b, arrays, axis=0):
    d[b] = np.concatenate(d[y], axis)


@linear(runtime.split_rows_like, shares=("b",), constant=("arrays",))
def split_rows_like(y, b, arrays):
    d[b] = np.vstack(d[y])


@linear(runtime.split_columns_like, shares=("b",), constant=("arrays",))
def split_columns_like(y, b, arrays):
    d[b] = np.hstack(d[y])


@linear(runtime.split_stacked_columns_like, shares=("b",), constant=("arrays",))
def split_stacked_columns_like(y, b, arrays):
    d[b] = np.column_stack(d[y])


@linear(runtime.split_layers_like, shares=("b",), constant=("arrays",))
def split_layers_like(y, b, arrays):
    d[b] = np.dstack(d[y])


@linear(runtime.split_blocks_like, shares=("b",), constant=("arrays",))
def split_blocks_like(y, b, arrays):
    d[b] = np.block(d[y])


@linear(runtime.pad_transpose, constant=("array", "pad_width", "mode"))
def pad_transpose(y, b, array, pad_width, mode="constant"):
    d[b] = np.pad(d[y], pad_width, mode)


@linear(runtime.unstack_like, shares=("b",), constant=("arrays", "axis"))
def unstack_like(y, b, arrays, axis=0):
    d[b] = np.stack(d[y], axis)


@linear(runtime.repeat_transpose, constant=("a", "repeats", "axis"))
def repeat_transpose(y, b, a, repeats, axis=None):
    d[b] = np.repeat(d[y], repeats, axis)


@linear(runtime.tile_transpose, constant=("a",))
def tile_transpose(y, b, a, reps):
    d[b] = np.tile(d[y], reps)


@linear(runtime.trace_transpose, constant=("a", "offset", "axis1", "axis2"))
def trace_transpose(y, b, a, offset=0, axis1=0, axis2=1):
    d[b] = np.trace(d[y], offset, axis1, axis2)


@linear(runtime.take_transpose, constant=("a", "indices", "axis"))
def take_transpose(y, b, a, indices, axis=None):
    d[b] = np.take(d[y], indices, axis)


@linear(runtime.take_along_transpose, constant=("arr", "indices", "axis"))
def take_along_transpose(y, b, arr, indices, axis=-1):
    d[b] = np.take_along_axis(d[y], indices, axis)


@linear(runtime.diagonal_transpose, constant=("a", "offset", "axis1", "axis2"))
def diagonal_transpose(y, b, a, offset=0, axis1=0, axis2=1):
    d[b] = np.diagonal(d[y], offset, axis1, axis2)


@linear(runtime.real_transpose, shares=("b",), constant=("x",))
def real_transpose(y, b, x):
    d[b] = d[y]


@linear(runtime.imag_transpose, constant=("x",))
def imag_transpose_(y, b, x):
    d[b] = imag_transpose(d[y], x)


@linear(runtime.diff_transpose, constant=("a", "n", "axis"))
def diff_transpose(y, b, a, n=1, axis=-1):
    d[b] = np.diff(d[y], n, axis)


@bilinear(runtime.matmul_transpose_left, constant=("x",))
def matmul_left(z, b, x, y):
    d[b] = stretch(d[z] @ y, b)  # which may have the shape of what the product was broadcast to
    d[y] = matmul_transpose_right(b, d[z], y)


@bilinear(runtime.matmul_transpose_right, constant=("y",))
def matmul_right(z, b, x, y):
    d[b] = stretch(x @ d[z], b)
    d[x] = matmul_transpose_left(b, x, d[z])


@bilinear(runtime.dot_transpose_left, constant=("x",))
def dot_left(z, b, x, y):
    d[b] = np.dot(d[z], y)
    d[y] = dot_transpose_right(b, d[z], y)


@bilinear(runtime.dot_transpose_right, constant=("y",))
def dot_right(z, b, x, y):
    d[b] = np.dot(x, d[z])
    d[x] = dot_transpose_left(b, x, d[z])


@bilinear(runtime.inner_transpose_left, constant=("x",))
def inner_left(z, b, x, y):
    d[b] = np.inner(d[z], y)
    d[y] = inner_transpose_right(b, d[z], y)


@bilinear(runtime.inner_transpose_right, constant=("y",))
def inner_right(z, b, x, y):
    d[b] = np.inner(x, d[z])
    d[x] = inner_transpose_left(b, x, d[z])


@bilinear(runtime.tensordot_transpose_left, constant=("x",))
def tensordot_left(z, b, x, y, axes=2):
    d[b] = np.tensordot(d[z], y, axes)
    d[y] = tensordot_transpose_right(b, d[z], y, axes)


@bilinear(runtime.tensordot_transpose_right, constant=("y",))
def tensordot_right(z, b, x, y, axes=2):
    d[b] = np.tensordot(x, d[z], axes)
    d[x] = tensordot_transpose_left(b, x, d[z], axes)


@linear(runtime.einsum_like, constant=("like",))
def einsum_like_(z, subscripts, like, a):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a), a, d[z])


@bilinear(runtime.einsum_like, constant=("like",))
def einsum_like_of_two(z, subscripts, like, a, b):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b), a, d[z], b)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b), b, a, d[z])


@bilinear(runtime.einsum_like, constant=("like",))
def einsum_like_of_three(z, subscripts, like, a, b, c):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b, c), a, d[z], b, c)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b, c), b, a, d[z], c)
    d[c] = einsum_like(einsum_transposed(subscripts, 2, a, b, c), c, a, b, d[z])


@bilinear(runtime.einsum_like, constant=("like",))
def einsum_like_of_four(z, subscripts, like, a, b, c, e):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b, c, e), a, d[z], b, c, e)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b, c, e), b, a, d[z], c, e)
    d[c] = einsum_like(einsum_transposed(subscripts, 2, a, b, c, e), c, a, b, d[z], e)
    d[e] = einsum_like(einsum_transposed(subscripts, 3, a, b, c, e), e, a, b, c, d[z])


@bilinear(runtime.convolve_transpose, constant=("a",))
def convolve_transpose_(z, b, a, v, mode="full"):
    d[b] = np.convolve(d[z], v, mode)
    d[v] = convolve_transpose(b, v, d[z], mode)


@linear(runtime.quantile_transpose, constant=("a", "axis", "keepdims"))
def quantile_transpose_(y, b, a, q, axis=None, keepdims=False, method="linear", omit=False):
    d[b] = quantile_tangent(d[y], a, q, axis, keepdims, method, omit)


@linear(runtime.quantile_tangent, constant=("a", "axis", "keepdims"))
def quantile_tangent_(y, t, a, q, axis=None, keepdims=False, method="linear", omit=False):
    d[t] = quantile_transpose(d[y], a, q, axis, keepdims, method, omit)


@linear(runtime.put_back, constant=("where", "like"))
def put_back_(y, b, where, like):
    d[b] = taken_from(d[y], where)


@linear(runtime.taken_from, constant=("where",))
def taken_from_(y, t, where):
    d[t] = put_back(d[y], where, t)


@linear(runtime.as_column, shares=("a",))
def as_column_(y, a):
    d[a] = unarray(np.reshape(d[y], np.shape(a)), a)


@linear(runtime.at_end, shares=("b",), constant=("like",))
def at_end_(y, b, like):
    d[b] = at_end(d[y], b)


@bilinear(runtime.cross_transpose_left, constant=("x",))
def cross_left(z, b, x, y, axis=-1):
    d[b] = np.cross(d[z], y, axis=axis)
    d[y] = cross_transpose_right(b, d[z], y, axis)


@bilinear(runtime.cross_transpose_right, constant=("y",))
def cross_right(z, b, x, y, axis=-1):
    d[b] = np.cross(x, d[z], axis=axis)
    d[x] = cross_transpose_left(b, x, d[z], axis)


@bilinear(runtime.kron_transpose_left, constant=("x",))
def kron_left(z, b, x, y):
    d[b] = np.kron(d[z], y)
    d[y] = kron_transpose_right(b, d[z], y)


@bilinear(runtime.kron_transpose_right, constant=("y",))
def kron_right(z, b, x, y):
    d[b] = np.kron(x, d[z])
    d[x] = kron_transpose_left(b, x, d[z])


@linear(runtime.along, shares=("weights",), constant=("a", "axis"))
def along_(y, weights, a, axis):
    d[weights] = np.reshape(d[y], np.shape(weights))


@linear(runtime.item_written, shares=("b",), constant=("index",))
def item_written_(y, b, index):
    d[b] = write_item(d[y], b, index)


@linear(runtime.item_transpose, constant=("x", "index"))
def item_transpose_(y, b, x, index):
    d[b] = d[y][index]


@linear(runtime.write_item, constant=("like", "index"))
def write_item_(y, value, like, index):
    d[value] = item_written(d[y], index)


@linear(runtime.widened, shares=("x",))
def widened(y, x):
    d[x] = np.real(d[y])


@adjoint(runtime.written, shares=("z",))
def written(y, z):
    d[z] = d[y]


@tangent_(runtime.written, shares=("z",))
def written_tangent(y, z):
    d[y] = as_complex(d[z])


@linear(runtime.as_complex, shares=("t",))
def as_complex_(y, t):
    d[t] = d[y]


@linear(runtime.uncropped, constant=("in1", "in2"))
def uncropped_(y, b, in1, in2, mode):
    d[b] = cropped(d[y], in1, in2, mode)


@linear(runtime.cropped, shares=("z",), constant=("in1", "in2"))
def cropped_(y, z, in1, in2, mode):
    d[z] = uncropped(d[y], in1, in2, mode)


@bilinear(runtime.fir)
def fir_(y, h, x, axis=-1):
    d[h] = fir_taps(d[y], x, h, axis)
    d[x] = np.flip(fir(h, np.flip(d[y], axis), axis), axis)


@bilinear(runtime.fir_taps, constant=("h",))
def fir_taps_(y, b, x, h, axis=-1):
    d[b] = fir(d[y], x, axis)
    d[x] = np.flip(fir(d[y], np.flip(b, axis), axis), axis)


@partials(runtime.modulus)
def modulus(z, x, y):
    # At 0 + 0j the derivative is taken as 0, as that of the absolute value of a real number.
    return x / (z + (z == 0)), y / (z + (z == 0))


@linear(runtime.resized_to, shares=("b",), constant=("shape",))
def resized_to_(y, b, shape):
    d[b] = resized_to(d[y], np.shape(b))


@linear(runtime.resized, shares=("b",))
def resized_(y, b, size, axis=-1):
    d[b] = resized(d[y], np.shape(b)[axis], axis)


@adjoint(runtime.filled, shares=("numbers",), constant=("value",), container=True)
def filled(y, value, numbers):
    d[numbers] = vector_of(value, d[y])


@tangent_(runtime.filled, shares=("numbers",), constant=("value",), container=True)
def filled_tangent(y, value, numbers):
    d[y] = runtime.filled(value, d[numbers])


@adjoint(runtime.vector_of, constant=("value",))
def vector_of_(y, value, structure):
    d[structure] = runtime.filled(value, d[y])


@tangent_(runtime.vector_of, constant=("value",))
def vector_of_tangent(y, value, structure):
    d[y] = vector_of(value, d[structure])


declare(
    Solver(
        "f", lambda given: {WHOLE: "integral"}, operands=("a", "b"), options=("epsabs", "epsrel", "limit", "points"),
    ),
    runtime.integral,
)

nondifferentiable(
    runtime.zeros_like, runtime.greater, runtime.ties, runtime.size_along, runtime.inverse_permutation,
    runtime.axes_last, runtime.check_seed, runtime.check_tangent, runtime.refuse_view, runtime.refuse_shared_items,
    runtime.zero_item, runtime.place_in, runtime.place_written, runtime.check_class, runtime.check_scalars,
    runtime.refuse_reader, runtime.check_real, runtime.check_view, runtime.check_rank, runtime.opposite,
    runtime.derivatives, runtime.tangent_of, runtime.vjp_of, runtime.jvp_of, runtime.method, runtime.padding,
    runtime.einsum_transposed,
    runtime.einsum_first, runtime.einsum_rest,
    runtime.shares_of_numbers, runtime.simpson_weights, runtime.bounds_met, runtime.check_root,
    runtime.active_constraints, runtime.times_between, runtime.unit_tangents, runtime.count_numbers, runtime.ends_met,
    runtime.axes_of, runtime.check_factors, runtime.check_kinds, runtime.places, runtime.extreme_places,
    runtime.segment_places, runtime.require, runtime.permutation_of, runtime.largest, runtime.same_order,
    runtime.row_order, runtime.places_in_order, runtime.axes_given, runtime.axes_along, runtime.sizes_along,
    runtime.check_alike, runtime.check_finite, runtime.check_given, runtime.check_precision, runtime.check_shape,
    runtime.same_length,
)
nondifferentiable(runtime.stop_gradient, shares=("x",))
