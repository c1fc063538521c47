"""Rules of `scipy.linalg`.

Of a matrix of which SciPy reads one triangle alone, the other one has the derivative 0.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent.rules.definitions import defines
from tangent.rules.numpy import linear_algebra
from tangent.rules.registry import adjoint, d, tangent_
from tangent.runtime import (
    banded_product,
    banded_product_transpose,
    beside,
    cholesky_tangent,
    cholesky_transpose,
    eigh_tangent,
    eigh_transpose,
    folded,
    multiply_each,
    multiply_each_transpose,
    opposite,
    pinv_tangent,
    pinv_transpose,
    real_beside,
    symmetric,
    transposed_bands,
    triangle,
    unbroadcast,
)

# --- what NumPy has as well

adjoint(linalg.solve)(linear_algebra.solve)
tangent_(linalg.solve)(linear_algebra.solve_tangent)
adjoint(linalg.inv)(linear_algebra.inv)
tangent_(linalg.inv)(linear_algebra.inv_tangent)
adjoint(linalg.det)(linear_algebra.det)
tangent_(linalg.det)(linear_algebra.det_tangent)
adjoint(linalg.norm, reduction=True)(linear_algebra.norm)
tangent_(linalg.norm, reduction=True)(linear_algebra.norm_tangent)
adjoint(linalg.svd, container=True)(linear_algebra.svd)
tangent_(linalg.svd, container=True)(linear_algebra.svd_forward)


@adjoint(linalg.pinv)
def pinv(y, a):
    d[a] = pinv_transpose(a, y, d[y])


@tangent_(linalg.pinv)
def pinv_forward(y, a):
    d[y] = pinv_tangent(a, y, d[a])


@defines(linalg.svdvals)
def svdvals(a):
    return np.linalg.svd(a, compute_uv=False)


# --- symmetric matrices


@adjoint(linalg.cholesky)
def cholesky(y, a, lower=False):
    if lower:
        d[a] = folded(cholesky_transpose(y, d[y]))
    else:
        d[a] = folded(cholesky_transpose(np.swapaxes(y, -1, -2), np.swapaxes(d[y], -1, -2)), False)


@tangent_(linalg.cholesky)
def cholesky_forward(y, a, lower=False):
    if lower:
        d[y] = cholesky_tangent(y, symmetric(d[a]))
    else:
        d[y] = np.swapaxes(cholesky_tangent(np.swapaxes(y, -1, -2), symmetric(d[a], False)), -1, -2)


# The other triangle of the factor holds what SciPy leaves there; here it is 0.
@defines(linalg.cho_factor)
def cho_factor(a, lower=False):
    return linalg.cholesky(a, lower=lower), lower


@defines(linalg.cho_solve)
def cho_solve(c_and_lower, b):
    factor, lower = c_and_lower
    if lower:
        return linalg.solve_triangular(factor, linalg.solve_triangular(factor, b, 0, True), 1, True)
    return linalg.solve_triangular(factor, linalg.solve_triangular(factor, b, 1, False), 0, False)


@adjoint(linalg.eigh, container=True)
def eigh(y, a, *, lower=True):
    d[a] = folded(eigh_transpose(y[0], y[1], d[y][0], d[y][1]), lower)


@tangent_(linalg.eigh, container=True)
def eigh_forward(y, a, *, lower=True):
    d[y] = eigh_tangent(y[0], y[1], symmetric(d[a], lower))


@adjoint(linalg.eigvalsh)
def eigvalsh(y, a, *, lower=True):
    v = linalg.eigh(a, lower=lower)[1]
    d[a] = folded((v * d[y][..., None, :]) @ np.swapaxes(v, -1, -2), lower)


@tangent_(linalg.eigvalsh)
def eigvalsh_tangent(y, a, *, lower=True):
    v = linalg.eigh(a, lower=lower)[1]
    d[y] = np.sum(v * (symmetric(d[a], lower) @ v), -2)


# --- other systems of equations


@adjoint(linalg.solve_sylvester)
def solve_sylvester(y, a, b, q):
    residual = linalg.solve_sylvester(np.transpose(a), np.transpose(b), d[y])
    d[a] = -residual @ np.transpose(y)
    d[b] = -np.transpose(y) @ residual
    d[q] = residual


@tangent_(linalg.solve_sylvester)
def solve_sylvester_tangent(y, a, b, q):
    d[y] = linalg.solve_sylvester(a, b, d[q] - d[a] @ y - y @ d[b])


@adjoint(linalg.solve_banded)
def solve_banded(y, l_and_u, ab, b):
    residual = linalg.solve_banded((l_and_u[1], l_and_u[0]), transposed_bands(l_and_u, ab), d[y])
    d[ab] = -banded_product_transpose(l_and_u, residual, y)
    d[b] = residual


@tangent_(linalg.solve_banded)
def solve_banded_tangent(y, l_and_u, ab, b):
    d[y] = linalg.solve_banded(l_and_u, ab, d[b] - banded_product(l_and_u, d[ab], y))


# --- triangular matrices


@adjoint(linalg.solve_triangular)
def solve_triangular(y, a, b, *, lower=False, unit_diagonal=False):
    residual = linalg.solve_triangular(np.swapaxes(a, -1, -2), d[y], lower=not lower, unit_diagonal=unit_diagonal)
    d[a] = -triangle(multiply_each_transpose(residual, a, y), lower, unit_diagonal)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve_triangular)
def solve_triangular_tangent(y, a, b, *, lower=False, unit_diagonal=False):
    change = multiply_each(triangle(d[a], lower, unit_diagonal), y)
    d[y] = linalg.solve_triangular(a, d[b] - change, lower=lower, unit_diagonal=unit_diagonal)


@adjoint(linalg.solve_triangular)
def solve_triangular_trans(y, a, b, trans, lower=False, unit_diagonal=False):
    residual = linalg.solve_triangular(a, d[y], opposite(trans), lower, unit_diagonal)
    left, right = (residual, y) if opposite(trans) == "T" else (y, residual)
    d[a] = -triangle(multiply_each_transpose(left, a, right), lower, unit_diagonal)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve_triangular)
def solve_triangular_trans_tangent(y, a, b, trans, lower=False, unit_diagonal=False):
    change = triangle(d[a], lower, unit_diagonal)
    moved = change if opposite(trans) == "T" else np.swapaxes(change, -1, -2)
    d[y] = linalg.solve_triangular(a, d[b] - multiply_each(moved, y), trans, lower, unit_diagonal)


# --- functions of matrices: the derivative is a block of the function of a block matrix (Higham, 3.2)


@adjoint(linalg.expm)
def expm(y, A):
    n = np.shape(A)[-1]
    d[A] = linalg.expm(beside(np.swapaxes(A, -1, -2), d[y]))[..., :n, n:]


@tangent_(linalg.expm)
def expm_tangent(y, A):
    n = np.shape(A)[-1]
    d[y] = linalg.expm(beside(A, d[A]))[..., :n, n:]


@adjoint(linalg.sqrtm)
def sqrtm(y, A):
    n = np.shape(A)[-1]
    d[A] = linalg.sqrtm(real_beside(np.swapaxes(A, -1, -2), d[y], y))[..., :n, n:]


@tangent_(linalg.sqrtm)
def sqrtm_tangent(y, A):
    n = np.shape(A)[-1]
    d[y] = linalg.sqrtm(real_beside(A, d[A], y))[..., :n, n:]


# --- matrices of given elements


@defines(linalg.block_diag)
def block_diag(*arrs):
    blocks = [np.atleast_2d(array) for array in arrs]
    width = sum(np.shape(block)[1] for block in blocks)
    rows, before = [], 0
    for block in blocks:
        height, own = np.shape(block)
        left = np.zeros((height, before), block.dtype)
        right = np.zeros((height, width - before - own), block.dtype)
        rows.append(np.concatenate((left, block, right), 1))
        before += own
    return np.concatenate(rows)


@defines(linalg.toeplitz)
def toeplitz(c, r=None):
    if np.ndim(c) != 1 or (r is not None and np.ndim(r) != 1):
        raise NotImplementedError("the derivative of several Toeplitz matrices at once")
    row = c if r is None else r
    values = np.concatenate((np.flip(c), row[1:]))
    return values[len(c) - 1 - np.arange(len(c))[:, None] + np.arange(len(row))]


@defines(linalg.circulant)
def circulant(c):
    if np.ndim(c) != 1:
        raise NotImplementedError("the derivative of several circulant matrices at once")
    return np.asarray(c)[(np.arange(len(c))[:, None] - np.arange(len(c))) % len(c)]
