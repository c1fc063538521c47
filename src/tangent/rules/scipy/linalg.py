"""Rules of `scipy.linalg` for factorizations, eigenvalues and systems of equations.

Of a matrix of which SciPy reads one triangle alone, the other one has the derivative 0.  Functions of matrices, matrix
equations and matrices of given elements have modules of their own.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent import runtime
from tangent.rules.definitions import defines
from tangent.rules.holomorphic import HOLOMORPHIC, MAY_GIVE_COMPLEX, NOT_HOLOMORPHIC
from tangent.rules.numpy import linear_algebra
from tangent.rules.registry import adjoint, d, refuse, tangent_
from tangent.rules.scipy import matrix_equations, matrix_functions, special_matrices
from tangent.runtime import (
    assumed,
    assumed_transpose,
    bands_transpose,
    cholesky_tangent,
    cholesky_transpose,
    columns_in_order,
    eig_tangent,
    eig_transpose,
    eigenvectors,
    eigh_tangent,
    eigh_transpose,
    expand,
    folded,
    generalized_eigh_tangent,
    generalized_eigh_transpose,
    hermitian_product,
    lstsq_tangent,
    lstsq_transpose,
    lu_tangent,
    lu_transpose,
    multiply_each,
    multiply_each_transpose,
    opposite,
    orthogonal_factor_tangent,
    permutation_of,
    pinv_tangent,
    pinv_transpose,
    qr_tangent,
    qr_transpose,
    require,
    reversed_both,
    reversed_rows,
    row_order,
    rows_in_order,
    solve_each,
    svd_tangent,
    svd_transpose,
    symmetric,
    triangle,
    unbroadcast,
    unit_lower,
)

__all__ = ["matrix_equations", "matrix_functions", "special_matrices"]

HOLOMORPHIC.update({linalg.inv, linalg.det, linalg.solve, linalg.eig, linalg.eigvals, linalg.expm})
MAY_GIVE_COMPLEX.update({linalg.eig, linalg.eigvals})
NOT_HOLOMORPHIC.update({
    linalg.norm, linalg.cholesky, linalg.eigh, linalg.svd, linalg.qr, linalg.rq, linalg.pinv, linalg.pinvh,
    linalg.lstsq, linalg.eig_banded, linalg.solveh_banded, linalg.solve_continuous_lyapunov,
    linalg.solve_discrete_lyapunov,
    linalg.solve_continuous_are, linalg.solve_discrete_are, runtime.orthogonal_factor, runtime.toeplitz_solution,
    linalg.solve_triangular,
})

# --- what NumPy has as well

adjoint(linalg.norm, reduction=True)(linear_algebra.norm)
tangent_(linalg.norm, reduction=True)(linear_algebra.norm_tangent)


@adjoint(linalg.inv)
def inv(y, a, *, check_finite=True):
    yt = np.swapaxes(y, -1, -2)
    d[a] = -yt @ d[y] @ yt


@tangent_(linalg.inv)
def inv_tangent(y, a, *, check_finite=True):
    d[y] = -y @ d[a] @ y


@adjoint(linalg.det)
def det(y, a, *, check_finite=True):
    d[a] = expand(d[y] * y, a, (-2, -1)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@tangent_(linalg.det)
def det_tangent(y, a, *, check_finite=True):
    d[y] = y * np.trace(np.linalg.solve(a, d[a]), axis1=-2, axis2=-1)


@adjoint(linalg.svd, container=True)
def svd(y, a, full_matrices=True, compute_uv=True, *, check_finite=True, lapack_driver="gesdd"):
    if compute_uv:
        d[a] = svd_transpose(y[0], y[1], y[2], d[y][0], d[y][1], d[y][2])
    else:
        vectors = np.linalg.svd(a, full_matrices=False)
        d[a] = (vectors[0] * d[y][..., None, :]) @ vectors[2]


@tangent_(linalg.svd, container=True)
def svd_forward(y, a, full_matrices=True, compute_uv=True, *, check_finite=True, lapack_driver="gesdd"):
    if compute_uv:
        d[y] = svd_tangent(y[0], y[1], y[2], d[a])
    else:
        vectors = np.linalg.svd(a, full_matrices=False)
        d[y] = np.sum(vectors[0] * (d[a] @ np.swapaxes(vectors[2], -1, -2)), -2)


@adjoint(linalg.pinv)
def pinv(y, a, *, check_finite=True):
    d[a] = pinv_transpose(a, y, d[y])


@tangent_(linalg.pinv)
def pinv_forward(y, a, *, check_finite=True):
    d[y] = pinv_tangent(a, y, d[a])


@adjoint(linalg.pinvh)
def pinvh(y, a, *, lower=True, check_finite=True):
    d[a] = folded(pinv_transpose(symmetric(a, lower), y, d[y]), lower)


@tangent_(linalg.pinvh)
def pinvh_forward(y, a, *, lower=True, check_finite=True):
    d[y] = pinv_tangent(symmetric(a, lower), y, symmetric(d[a], lower))


@defines(linalg.svdvals)
def svdvals(a, *, check_finite=True):
    return np.linalg.svd(a, compute_uv=False)


@adjoint(linalg.lstsq, container=True)
def lstsq(y, a, b, cond=None, *, check_finite=True, lapack_driver=None):
    change = lstsq_transpose(a, b, y[0], d[y][0], d[y][1], d[y][3], cond)
    d[a] = change[0]
    d[b] = change[1]


@tangent_(linalg.lstsq, container=True)
def lstsq_forward(y, a, b, cond=None, *, check_finite=True, lapack_driver=None):
    d[y] = lstsq_tangent(a, b, y[0], y[1], d[a], d[b], cond)


# --- systems of equations


@adjoint(linalg.solve)
def solve(y, a, b, *, check_finite=True):
    residual = solve_each(np.swapaxes(a, -1, -2), d[y])
    d[a] = -multiply_each_transpose(residual, a, y)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve)
def solve_tangent(y, a, b, *, check_finite=True):
    d[y] = linalg.solve(a, d[b]) - solve_each(a, multiply_each(d[a], y))


@adjoint(linalg.solve)
def solve_of_kind(y, a, b, lower=False, *, check_finite=True, assume_a=None, transposed=False):
    matrix = assumed(a, assume_a, lower)
    residual = solve_each(matrix if transposed else np.swapaxes(matrix, -1, -2), d[y])
    left, right = (y, residual) if transposed else (residual, y)
    d[a] = -assumed_transpose(multiply_each_transpose(left, a, right), assume_a, lower)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve)
def solve_of_kind_tangent(y, a, b, lower=False, *, check_finite=True, assume_a=None, transposed=False):
    change = assumed(d[a], assume_a, lower)
    moved = multiply_each(np.swapaxes(change, -1, -2) if transposed else change, y)
    d[y] = linalg.solve(a, d[b] - moved, lower=lower, assume_a=assume_a, transposed=transposed)


# --- symmetric matrices


@adjoint(linalg.cholesky)
def cholesky(y, a, lower=False, *, check_finite=True):
    if lower:
        d[a] = folded(cholesky_transpose(y, d[y]))
    else:
        d[a] = folded(cholesky_transpose(np.swapaxes(y, -1, -2), np.swapaxes(d[y], -1, -2)), False)


@tangent_(linalg.cholesky)
def cholesky_forward(y, a, lower=False, *, check_finite=True):
    if lower:
        d[y] = cholesky_tangent(y, symmetric(d[a]))
    else:
        d[y] = np.swapaxes(cholesky_tangent(np.swapaxes(y, -1, -2), symmetric(d[a], False)), -1, -2)


# The other triangle of the factor holds what SciPy leaves there; here it is 0.
@defines(linalg.cho_factor)
def cho_factor(a, lower=False, *, check_finite=True):
    return linalg.cholesky(a, lower=lower), lower


@defines(linalg.cho_solve)
def cho_solve(c_and_lower, b, *, check_finite=True):
    factor, lower = c_and_lower
    if lower:
        return linalg.solve_triangular(factor, linalg.solve_triangular(factor, b, 0, True), 1, True)
    return linalg.solve_triangular(factor, linalg.solve_triangular(factor, b, 1, False), 0, False)


@adjoint(linalg.eigh, container=True)
def eigh(y, a, *, lower=True, eigvals_only=False, check_finite=True):
    if eigvals_only:
        v = linalg.eigh(a, lower=lower)[1]
        d[a] = folded((v * d[y][..., None, :]) @ np.swapaxes(v, -1, -2), lower)
    else:
        d[a] = folded(eigh_transpose(y[0], y[1], d[y][0], d[y][1]), lower)


@tangent_(linalg.eigh, container=True)
def eigh_forward(y, a, *, lower=True, eigvals_only=False, check_finite=True):
    if eigvals_only:
        v = linalg.eigh(a, lower=lower)[1]
        d[y] = np.sum(v * (symmetric(d[a], lower) @ v), -2)
    else:
        d[y] = eigh_tangent(y[0], y[1], symmetric(d[a], lower))


@adjoint(linalg.eigh, container=True)
def eigh_of_two(y, a, b, *, lower=True, eigvals_only=False, check_finite=True):
    if eigvals_only:
        v = linalg.eigh(a, b, lower=lower)[1]
        change = generalized_eigh_transpose(y, v, d[y], np.zeros_like(v))
    else:
        change = generalized_eigh_transpose(y[0], y[1], d[y][0], d[y][1])
    d[a] = folded(change[0], lower)
    d[b] = folded(change[1], lower)


@tangent_(linalg.eigh, container=True)
def eigh_of_two_forward(y, a, b, *, lower=True, eigvals_only=False, check_finite=True):
    if eigvals_only:
        v = linalg.eigh(a, b, lower=lower)[1]
        d[y] = np.sum(v * ((symmetric(d[a], lower) @ v) - (symmetric(d[b], lower) @ v) * y[..., None, :]), -2)
    else:
        d[y] = generalized_eigh_tangent(y[0], y[1], symmetric(d[a], lower), symmetric(d[b], lower))


@defines(linalg.eigvalsh)
def eigvalsh(a, b=None, *, lower=True, check_finite=True):
    if b is None:
        return linalg.eigh(a, lower=lower, eigvals_only=True)
    return linalg.eigh(a, b, lower=lower, eigvals_only=True)


@adjoint(linalg.eig_banded, container=True)
def eig_banded(y, a_band, lower=False, eigvals_only=False, *, check_finite=True):
    if eigvals_only:
        v = linalg.eig_banded(a_band, lower)[1]
        change = (v * d[y]) @ np.transpose(v)
    else:
        change = eigh_transpose(y[0], y[1], d[y][0], d[y][1])
    d[a_band] = bands_transpose(change, len(a_band), lower)


@tangent_(linalg.eig_banded, container=True)
def eig_banded_forward(y, a_band, lower=False, eigvals_only=False, *, check_finite=True):
    if eigvals_only:
        v = linalg.eig_banded(a_band, lower)[1]
        d[y] = np.sum(v * hermitian_product(d[a_band], v, lower), 0)
    else:
        d[y] = eigh_tangent(y[0], y[1], hermitian_product(d[a_band], np.eye(len(y[0])), lower))


@defines(linalg.eigvals_banded)
def eigvals_banded(a_band, lower=False, *, check_finite=True):
    return linalg.eig_banded(a_band, lower, True)


# The two diagonals are the bands of a symmetric matrix, of which the last element of the second is not read.
@defines(linalg.eigh_tridiagonal)
def eigh_tridiagonal(d, e, eigvals_only=False, *, check_finite=True):
    bands = np.stack((d, np.concatenate((e, np.zeros(1)))))
    if eigvals_only:
        return linalg.eig_banded(bands, True, True)
    return linalg.eig_banded(bands, True)


@defines(linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(d, e, *, check_finite=True):
    return linalg.eig_banded(np.stack((d, np.concatenate((e, np.zeros(1))))), True, True)


# --- general matrices


@adjoint(linalg.eig, container=True)
def eig(y, a, *, check_finite=True):
    d[a] = eig_transpose(y[0], y[1], d[y][0], d[y][1])


@tangent_(linalg.eig, container=True)
def eig_forward(y, a, *, check_finite=True):
    d[y] = eig_tangent(y[0], y[1], d[a])


@adjoint(linalg.eigvals)
def eigvals(y, a, *, check_finite=True):
    v = eigenvectors(a, y)
    d[a] = np.linalg.solve(np.swapaxes(v, -1, -2), d[y][..., :, None] * np.swapaxes(v, -1, -2))


@tangent_(linalg.eigvals)
def eigvals_tangent(y, a, *, check_finite=True):
    v = eigenvectors(a, y)
    d[y] = np.diagonal(np.linalg.solve(v, d[a] @ v), 0, -2, -1)


@adjoint(linalg.lu_factor, container=True)
def lu_factor(y, a, *, check_finite=True):
    factors = unit_lower(y[0])
    change = lu_transpose(factors, np.triu(y[0]), d[y][0], d[y][0])
    d[a] = rows_in_order(change, np.argsort(permutation_of(y[1])))


@tangent_(linalg.lu_factor, container=True)
def lu_factor_forward(y, a, *, check_finite=True):
    moved = rows_in_order(d[a], permutation_of(y[1]))
    change = lu_tangent(unit_lower(y[0]), np.triu(y[0]), moved)
    d[y] = change[0] + change[1], np.zeros_like(y[1])


@defines(linalg.lu_solve)
def lu_solve(lu_and_piv, b, trans=0, *, check_finite=True):
    factors, pivots = lu_and_piv
    require(np.ndim(factors) == 2, "lu_solve for several matrices at once", "write one call for each")
    order = runtime.permutation_of(pivots)
    if trans == 0:
        return linalg.solve_triangular(factors, linalg.solve_triangular(factors, b[order], 0, True, True), 0, False)
    half = linalg.solve_triangular(factors, b, 1, False)
    return linalg.solve_triangular(factors, half, 1, True, True)[np.argsort(order)]


@adjoint(linalg.lu, container=True)
def lu(y, a, permute_l=False, *, check_finite=True, p_indices=False):
    order = row_order(a)
    if permute_l:
        back = np.argsort(order)
        factor, change = rows_in_order(y[0], back), rows_in_order(d[y][0], back)
        product = lu_transpose(factor, y[1], change, d[y][1])
    else:
        product = lu_transpose(y[1], y[2], d[y][1], d[y][2])
    d[a] = rows_in_order(product, order)


@tangent_(linalg.lu, container=True)
def lu_forward(y, a, permute_l=False, *, check_finite=True, p_indices=False):
    order = row_order(a)
    back = np.argsort(order)
    moved = rows_in_order(d[a], back)
    if permute_l:
        changes = lu_tangent(rows_in_order(y[0], back), y[1], moved)
        d[y] = rows_in_order(changes[0], order), changes[1]
    else:
        changes = lu_tangent(y[1], y[2], moved)
        d[y] = np.zeros_like(y[0]), changes[0], changes[1]


@adjoint(linalg.qr, container=True)
def qr(y, a, *, mode="full", check_finite=True):
    if mode == "r":
        factors = linalg.qr(a, mode="economic")
        d[a] = qr_transpose(factors[0], factors[1], np.zeros_like(factors[0]), d[y][0][..., : len(factors[1]), :])
    else:
        d[a] = qr_transpose(y[0], y[1], d[y][0], d[y][1])


@tangent_(linalg.qr, container=True)
def qr_forward(y, a, *, mode="full", check_finite=True):
    if mode == "r":
        factors = linalg.qr(a, mode="economic")
        change = qr_tangent(factors[0], factors[1], d[a])[1]
        d[y] = (np.concatenate((change, np.zeros_like(y[0][len(change) :]))),)
    else:
        d[y] = qr_tangent(y[0], y[1], d[a])


@adjoint(linalg.qr, container=True)
def qr_pivoting(y, a, *, mode, pivoting, check_finite=True):
    change = qr_transpose(y[0], y[1], d[y][0], d[y][1])
    d[a] = columns_in_order(change, np.argsort(y[2]))


@tangent_(linalg.qr, container=True)
def qr_pivoting_forward(y, a, *, mode, pivoting, check_finite=True):
    changes = qr_tangent(y[0], y[1], columns_in_order(d[a], y[2]))
    d[y] = changes[0], changes[1], np.zeros_like(y[2])


# With the order of rows reversed in `a`, and that of rows and columns in `r`, it is `qr` of the transposed matrix.
@adjoint(linalg.rq, container=True)
def rq(y, a, *, mode="full", check_finite=True):
    back = qr_transpose(reversed_rows(y[1]), reversed_both(y[0]), reversed_rows(d[y][1]), reversed_both(d[y][0]))
    d[a] = np.flip(np.swapaxes(back, -1, -2), -2)


@tangent_(linalg.rq, container=True)
def rq_forward(y, a, *, mode="full", check_finite=True):
    moved = np.swapaxes(np.flip(d[a], -2), -1, -2)
    changes = qr_tangent(reversed_rows(y[1]), reversed_both(y[0]), moved)
    d[y] = reversed_both(changes[1]), np.swapaxes(np.flip(changes[0], -1), -1, -2)


@defines(linalg.polar)
def polar(a, side="right"):
    factor = runtime.orthogonal_factor(a)
    if side == "left":
        return factor, a @ np.transpose(factor)
    return factor, np.transpose(factor) @ a


@adjoint(runtime.orthogonal_factor)
def orthogonal_factor_(y, a):
    d[a] = orthogonal_factor_tangent(a, d[y])


@tangent_(runtime.orthogonal_factor)
def orthogonal_factor_forward(y, a):
    d[y] = orthogonal_factor_tangent(a, d[a])


@defines(linalg.orthogonal_procrustes)
def orthogonal_procrustes(A, B, *, check_finite=True):
    product = np.transpose(A) @ B
    factor = runtime.orthogonal_factor(product)
    return factor, np.sum(factor * product)


# --- triangular matrices


@adjoint(linalg.solve_triangular)
def solve_triangular(y, a, b, *, lower=False, unit_diagonal=False, check_finite=True):
    residual = linalg.solve_triangular(np.swapaxes(a, -1, -2), d[y], lower=not lower, unit_diagonal=unit_diagonal)
    d[a] = -triangle(multiply_each_transpose(residual, a, y), lower, unit_diagonal)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve_triangular)
def solve_triangular_tangent(y, a, b, *, lower=False, unit_diagonal=False, check_finite=True):
    change = multiply_each(triangle(d[a], lower, unit_diagonal), y)
    d[y] = linalg.solve_triangular(a, d[b] - change, lower=lower, unit_diagonal=unit_diagonal)


@adjoint(linalg.solve_triangular)
def solve_triangular_trans(y, a, b, trans, lower=False, unit_diagonal=False, *, check_finite=True):
    residual = linalg.solve_triangular(a, d[y], opposite(trans), lower, unit_diagonal)
    left, right = (residual, y) if opposite(trans) == "T" else (y, residual)
    d[a] = -triangle(multiply_each_transpose(left, a, right), lower, unit_diagonal)
    d[b] = unbroadcast(residual, b)


@tangent_(linalg.solve_triangular)
def solve_triangular_trans_tangent(y, a, b, trans, lower=False, unit_diagonal=False, *, check_finite=True):
    change = triangle(d[a], lower, unit_diagonal)
    moved = change if opposite(trans) == "T" else np.swapaxes(change, -1, -2)
    d[y] = linalg.solve_triangular(a, d[b] - multiply_each(moved, y), trans, lower, unit_diagonal)


refuse(
    linalg.schur, linalg.qz, linalg.ordqz, linalg.rsf2csf, linalg.hessenberg, linalg.cossin, linalg.cdf2rdf, linalg.ldl,
    why="its factors are not determined by the matrix", instead="use what they are needed for: `linalg.eig`, "
    "`linalg.eigh`, `linalg.lu`, `linalg.solve`, or a function of matrices such as `linalg.expm`",
)
refuse(
    linalg.null_space, linalg.orth, why="the matrix determines the space, and not this basis of it",
    instead="use the projector: `a @ linalg.pinv(a)`, or `np.eye(n) - linalg.pinv(a) @ a` for the null space",
)
refuse(
    linalg.qr_multiply, linalg.qr_insert, linalg.qr_delete, linalg.qr_update,
    why="it changes a factorization that is given",
    instead="factorize the whole matrix, with `linalg.qr(a, mode='economic')`",
)
refuse(
    linalg.matrix_balance, why="its scales are powers of 2 that jump", instead="work with the matrix as it is",
)
refuse(
    linalg.clarkson_woodruff_transform, why="it draws random numbers",
    instead="draw the sketch outside of the function, and multiply by it",
)
refuse(
    linalg.subspace_angles, why="at the smallest angles it takes another formula",
    instead="use `np.arccos` of the singular values of `qa.T @ qb`, of factors of `linalg.qr(a, mode='economic')`",
)
