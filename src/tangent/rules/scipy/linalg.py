"""Rules of `scipy.linalg`.

Of a matrix of which SciPy reads one triangle alone, the other one has the derivative 0.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent.rules.numpy import linear_algebra
from tangent.rules.registry import adjoint, d, tangent_
from tangent.runtime import multiply_each, multiply_each_transpose, opposite, triangle, unbroadcast

# --- what NumPy has as well

adjoint(linalg.solve)(linear_algebra.solve)
tangent_(linalg.solve)(linear_algebra.solve_tangent)
adjoint(linalg.inv)(linear_algebra.inv)
tangent_(linalg.inv)(linear_algebra.inv_tangent)
adjoint(linalg.det)(linear_algebra.det)
tangent_(linalg.det)(linear_algebra.det_tangent)
adjoint(linalg.norm, reduction=True)(linear_algebra.norm)
tangent_(linalg.norm, reduction=True)(linear_algebra.norm_tangent)


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
    n, transposed = np.shape(A)[-1], np.swapaxes(A, -1, -2)
    above = np.concatenate((transposed, d[y]), -1)
    below = np.concatenate((np.zeros_like(A), transposed), -1)
    d[A] = linalg.expm(np.concatenate((above, below), -2))[..., :n, n:]


@tangent_(linalg.expm)
def expm_tangent(y, A):
    n = np.shape(A)[-1]
    above = np.concatenate((A, d[A]), -1)
    below = np.concatenate((np.zeros_like(A), A), -1)
    d[y] = linalg.expm(np.concatenate((above, below), -2))[..., :n, n:]
