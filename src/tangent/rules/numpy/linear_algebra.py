"""Rules of products of matrices and tensors, and of `numpy.linalg`.

The derivatives of `det`, `slogdet` and `inv` use the inverse and fail, as that does, where it does not
exist.  The derivative of a norm where the norm is 0 is NaN, as that of the square root.
"""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import adjoint, bilinear, d, linear, method, tangent_
from tangent.runtime import (
    convolve_transpose,
    dot_transpose_left,
    dot_transpose_right,
    einsum_like,
    einsum_transposed,
    expand,
    inner_transpose_left,
    inner_transpose_right,
    multiply_each,
    multiply_each_transpose,
    norm_slope,
    solve_each,
    tensordot_transpose_left,
    tensordot_transpose_right,
    trace_transpose,
    unbroadcast,
)


@bilinear(np.dot, method("dot"))
def dot(z, a, b):
    d[a] = dot_transpose_left(d[z], a, b)
    d[b] = dot_transpose_right(d[z], a, b)


@bilinear(np.vdot)
def vdot(z, a, b):
    d[a] = d[z] * np.reshape(b, np.shape(a))
    d[b] = d[z] * np.reshape(a, np.shape(b))


@bilinear(np.convolve)
def convolve(z, a, v, mode="full"):
    d[a] = convolve_transpose(d[z], a, v, mode)
    d[v] = convolve_transpose(d[z], v, a, mode)


@bilinear(np.inner)
def inner(z, a, b):
    d[a] = inner_transpose_left(d[z], a, b)
    d[b] = inner_transpose_right(d[z], a, b)


@bilinear(np.outer)
def outer(z, a, b):
    d[a] = np.reshape(np.dot(d[z], np.ravel(b)), np.shape(a))
    d[b] = np.reshape(np.dot(np.ravel(a), d[z]), np.shape(b))


@bilinear(np.tensordot)
def tensordot(z, a, b, axes=2):
    d[a] = tensordot_transpose_left(d[z], a, b, axes)
    d[b] = tensordot_transpose_right(d[z], a, b, axes)


@linear(np.einsum, shares=("a",))
def einsum(z, subscripts, a, *, optimize=False):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a), a, d[z])


@bilinear(np.einsum)
def einsum_of_two(z, subscripts, a, b, *, optimize=False):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b), a, d[z], b)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b), b, a, d[z])


@bilinear(np.einsum)
def einsum_of_three(z, subscripts, a, b, c, *, optimize=False):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b, c), a, d[z], b, c)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b, c), b, a, d[z], c)
    d[c] = einsum_like(einsum_transposed(subscripts, 2, a, b, c), c, a, b, d[z])


@bilinear(np.einsum)
def einsum_of_four(z, subscripts, a, b, c, e, *, optimize=False):
    d[a] = einsum_like(einsum_transposed(subscripts, 0, a, b, c, e), a, d[z], b, c, e)
    d[b] = einsum_like(einsum_transposed(subscripts, 1, a, b, c, e), b, a, d[z], c, e)
    d[c] = einsum_like(einsum_transposed(subscripts, 2, a, b, c, e), c, a, b, d[z], e)
    d[e] = einsum_like(einsum_transposed(subscripts, 3, a, b, c, e), e, a, b, c, d[z])


@linear(np.trace, method("trace"))
def trace(y, a, offset=0, axis1=0, axis2=1):
    d[a] = trace_transpose(d[y], a, offset, axis1, axis2)


@adjoint(np.linalg.inv)
def inv(y, a):
    yt = np.swapaxes(y, -1, -2)
    d[a] = -yt @ d[y] @ yt


@tangent_(np.linalg.inv)
def inv_tangent(y, a):
    d[y] = -y @ d[a] @ y


@adjoint(np.linalg.solve)
def solve(y, a, b):
    residual = solve_each(np.swapaxes(a, -1, -2), d[y])
    d[a] = -multiply_each_transpose(residual, a, y)
    d[b] = unbroadcast(residual, b)


@tangent_(np.linalg.solve)
def solve_tangent(y, a, b):
    d[y] = np.linalg.solve(a, d[b]) - solve_each(a, multiply_each(d[a], y))


@adjoint(np.linalg.det)
def det(y, a):
    d[a] = expand(d[y] * y, a, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@tangent_(np.linalg.det)
def det_tangent(y, a):
    d[y] = y * np.trace(np.linalg.solve(a, d[a]), axis1=-2, axis2=-1)


@adjoint(np.linalg.slogdet)
def slogdet(y, a):
    d[a] = expand(d[y][1], a, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@tangent_(np.linalg.slogdet)
def slogdet_tangent(y, a):
    change = np.trace(np.linalg.solve(a, d[a]), axis1=-2, axis2=-1)
    d[y] = (np.zeros_like(change), change)


@adjoint(np.linalg.norm, reduction=True)
def norm(y, x, ord=None, axis=None, keepdims=False):
    if ord is None:
        d[x] = expand(d[y] / y, x, axis, keepdims) * x
    else:
        d[x] = expand(d[y], x, axis, keepdims) * norm_slope(x, y, ord, axis, keepdims)


@tangent_(np.linalg.norm, reduction=True)
def norm_tangent(y, x, ord=None, axis=None, keepdims=False):
    if ord is None:
        d[y] = np.sum(x * d[x], axis, keepdims=keepdims) / y
    else:
        d[y] = np.sum(norm_slope(x, y, ord, axis, keepdims) * d[x], axis, keepdims=keepdims)
