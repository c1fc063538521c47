"""Rules of products of matrices and tensors, and of `numpy.linalg`.

Of a symmetric matrix of which one triangle is read, the other one has the derivative 0.  The derivatives of
eigenvectors and singular vectors do not exist where two of the values are the same, and those of a pseudo-inverse and
of a least-squares solution are those among matrices of the same rank.

The derivatives of `det`, `slogdet` and `inv` use the inverse and fail, as that does, where it does not exist.  The
derivative of a norm where the norm is 0 is NaN, as that of the square root.
"""

from __future__ import annotations

import math

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, bilinear, d, linear, method, nondifferentiable, tangent_
from tangent.runtime import (
    beside,
    cholesky_tangent,
    cholesky_transpose,
    convolve_transpose,
    cross_transpose_left,
    cross_transpose_right,
    dot_transpose_left,
    dot_transpose_right,
    eigh_tangent,
    eigh_transpose,
    einsum_like,
    einsum_transposed,
    expand,
    folded,
    inner_transpose_left,
    inner_transpose_right,
    kron_transpose_left,
    kron_transpose_right,
    lstsq_tangent,
    lstsq_transpose,
    match_structure,
    multiply_each,
    multiply_each_transpose,
    norm_slope,
    pinv_tangent,
    pinv_transpose,
    qr_tangent,
    qr_transpose,
    solve_each,
    svd_tangent,
    svd_transpose,
    symmetric,
    tensordot_transpose_left,
    tensordot_transpose_right,
    trace_transpose,
    unbroadcast,
)


def both(name):
    """A function that NumPy 2 has in `numpy.linalg` as well."""
    return (getattr(np, name), *([getattr(np.linalg, name)] if hasattr(np.linalg, name) else []))


CROSS, OUTER = both("cross"), both("outer")


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


@bilinear(*CROSS)
def cross(z, a, b, *, axis=-1):
    d[a] = cross_transpose_left(d[z], a, b, axis)
    d[b] = cross_transpose_right(d[z], a, b, axis)


@bilinear(np.kron)
def kron(z, a, b):
    d[a] = kron_transpose_left(d[z], a, b)
    d[b] = kron_transpose_right(d[z], a, b)


@bilinear(*OUTER)
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


@adjoint(np.linalg.slogdet, container=True)
def slogdet(y, a):
    d[a] = expand(d[y][1], a, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@tangent_(np.linalg.slogdet, container=True)
def slogdet_tangent(y, a):
    change = np.trace(np.linalg.solve(a, d[a]), axis1=-2, axis2=-1)
    d[y] = match_structure((np.zeros_like(change), change), y)


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


# --- factorizations


@adjoint(np.linalg.cholesky)
def cholesky(y, a, *, upper=False):
    if upper:
        d[a] = folded(cholesky_transpose(np.swapaxes(y, -1, -2), np.swapaxes(d[y], -1, -2)), False)
    else:
        d[a] = folded(cholesky_transpose(y, d[y]))


@tangent_(np.linalg.cholesky)
def cholesky_forward(y, a, *, upper=False):
    if upper:
        d[y] = np.swapaxes(cholesky_tangent(np.swapaxes(y, -1, -2), symmetric(d[a], False)), -1, -2)
    else:
        d[y] = cholesky_tangent(y, symmetric(d[a]))


@adjoint(np.linalg.eigh, container=True)
def eigh(y, a, UPLO="L"):
    d[a] = folded(eigh_transpose(y[0], y[1], d[y][0], d[y][1]), UPLO in "Ll")


@tangent_(np.linalg.eigh, container=True)
def eigh_forward(y, a, UPLO="L"):
    d[y] = match_structure(eigh_tangent(y[0], y[1], symmetric(d[a], UPLO in "Ll")), y)


@adjoint(np.linalg.eigvalsh)
def eigvalsh(y, a, UPLO="L"):
    v = np.linalg.eigh(a, UPLO)[1]
    d[a] = folded((v * d[y][..., None, :]) @ np.swapaxes(v, -1, -2), UPLO in "Ll")


@tangent_(np.linalg.eigvalsh)
def eigvalsh_tangent(y, a, UPLO="L"):
    v = np.linalg.eigh(a, UPLO)[1]
    d[y] = np.sum(v * (symmetric(d[a], UPLO in "Ll") @ v), -2)


@adjoint(np.linalg.svd, container=True)
def svd(y, a, full_matrices=True, compute_uv=True):
    if compute_uv:
        d[a] = svd_transpose(y[0], y[1], y[2], d[y][0], d[y][1], d[y][2])
    else:
        vectors = np.linalg.svd(a, full_matrices=False)
        d[a] = (vectors[0] * d[y][..., None, :]) @ vectors[2]


@tangent_(np.linalg.svd, container=True)
def svd_forward(y, a, full_matrices=True, compute_uv=True):
    if compute_uv:
        d[y] = match_structure(svd_tangent(y[0], y[1], y[2], d[a]), y)
    else:
        vectors = np.linalg.svd(a, full_matrices=False)
        d[y] = np.sum(vectors[0] * (d[a] @ np.swapaxes(vectors[2], -1, -2)), -2)


@adjoint(np.linalg.qr, container=True)
def qr(y, a, mode="reduced"):
    d[a] = qr_transpose(y[0], y[1], d[y][0], d[y][1])


@tangent_(np.linalg.qr, container=True)
def qr_forward(y, a, mode="reduced"):
    d[y] = match_structure(qr_tangent(y[0], y[1], d[a]), y)


@adjoint(np.linalg.pinv, constant=("rcond",))
def pinv(y, a, rcond=None):
    d[a] = pinv_transpose(a, y, d[y], rcond)


@tangent_(np.linalg.pinv, constant=("rcond",))
def pinv_forward(y, a, rcond=None):
    d[y] = pinv_tangent(a, y, d[a], rcond)


@adjoint(np.linalg.lstsq, constant=("rcond",), container=True)
def lstsq(y, a, b, rcond=None):
    change = lstsq_transpose(a, b, y[0], d[y][0], d[y][1], d[y][3], rcond)
    d[a] = change[0]
    d[b] = change[1]


@tangent_(np.linalg.lstsq, constant=("rcond",), container=True)
def lstsq_forward(y, a, b, rcond=None):
    d[y] = lstsq_tangent(a, b, y[0], y[1], d[a], d[b], rcond)


# --- functions of matrices


# The derivative is a block of the function of a block matrix (Higham 2008, 3.2).
@adjoint(np.linalg.matrix_power)
def matrix_power(y, a, n):
    size = np.shape(a)[-1]
    d[a] = np.linalg.matrix_power(beside(np.swapaxes(a, -1, -2), d[y]), n)[..., :size, size:]


@tangent_(np.linalg.matrix_power)
def matrix_power_tangent(y, a, n):
    size = np.shape(a)[-1]
    d[y] = np.linalg.matrix_power(beside(a, d[a]), n)[..., :size, size:]


nondifferentiable(np.linalg.matrix_rank)


# --- what follows from others


@defines(np.linalg.multi_dot)
def multi_dot(arrays):
    product = arrays[0]
    for array in arrays[1:]:
        product = product @ array
    return product


@defines(np.linalg.tensorsolve)
def tensorsolve(a, b):
    shape = np.shape(a)[np.ndim(b):]
    return np.reshape(np.linalg.solve(np.reshape(a, (np.size(b), np.size(b))), np.ravel(b)), shape)


@defines(np.linalg.tensorsolve)
def tensorsolve_with_axes(a, b, axes):
    return np.linalg.tensorsolve(np.moveaxis(a, axes, range(-len(axes), 0)), b)


@defines(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    shape = np.shape(a)
    size = math.prod(shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (size, size))), shape[ind:] + shape[:ind])


@defines(np.linalg.cond)
def cond(x, p=None):
    if p is None or p == 2 or p == -2:
        values = np.linalg.svd(x, compute_uv=False)
        return values[..., -1] / values[..., 0] if p == -2 else values[..., 0] / values[..., -1]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(inverse, p, axis=(-2, -1))
