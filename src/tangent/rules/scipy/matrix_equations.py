"""Rules of `scipy.linalg` for systems of equations with matrices of a known structure, and for matrix equations.

The derivatives of the solutions follow from the equations: those of Riccati's are in Kao and Hennequin (2020),
"Automatic differentiation of Sylvester, Lyapunov, and algebraic Riccati equations".
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent import runtime
from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, bilinear, d, refuse, tangent_
from tangent.runtime import (
    banded_product,
    banded_product_transpose,
    diagonal_sums,
    hermitian_product,
    hermitian_product_transpose,
    require,
    toeplitz_matrix,
    transposed_bands,
)


@adjoint(linalg.solve_sylvester)
def solve_sylvester(y, a, b, q):
    residual = linalg.solve_sylvester(np.transpose(a), np.transpose(b), d[y])
    d[a] = -residual @ np.transpose(y)
    d[b] = -np.transpose(y) @ residual
    d[q] = residual


@tangent_(linalg.solve_sylvester)
def solve_sylvester_tangent(y, a, b, q):
    d[y] = linalg.solve_sylvester(a, b, d[q] - d[a] @ y - y @ d[b])


@adjoint(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(y, a, q):
    residual = linalg.solve_continuous_lyapunov(np.transpose(a), d[y])
    d[a] = -residual @ np.transpose(y) - np.transpose(residual) @ y
    d[q] = residual


@tangent_(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov_tangent(y, a, q):
    d[y] = linalg.solve_continuous_lyapunov(a, d[q] - d[a] @ y - y @ np.transpose(d[a]))


@adjoint(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(y, a, q, method=None):
    residual = linalg.solve_discrete_lyapunov(np.transpose(a), d[y], method)
    d[a] = residual @ a @ np.transpose(y) + np.transpose(residual) @ a @ y
    d[q] = residual


@tangent_(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov_tangent(y, a, q, method=None):
    change = d[a] @ y @ np.transpose(a)
    moved = d[q] + change + a @ y @ np.transpose(d[a])
    d[y] = linalg.solve_discrete_lyapunov(a, moved, method)


@adjoint(linalg.solve_continuous_are)
def solve_continuous_are(y, a, b, q, r, *, balanced=True):
    gain = np.linalg.solve(r, np.transpose(b) @ y)
    closed = a - b @ gain
    change = linalg.solve_continuous_lyapunov(closed, -0.5 * (d[y] + np.transpose(d[y])))
    d[a] = 2.0 * y @ change
    d[b] = -2.0 * y @ change @ np.transpose(gain)
    d[q] = change
    d[r] = gain @ change @ np.transpose(gain)


@tangent_(linalg.solve_continuous_are)
def solve_continuous_are_tangent(y, a, b, q, r, *, balanced=True):
    gain = np.linalg.solve(r, np.transpose(b) @ y)
    closed = a - b @ gain
    half = y @ (d[a] - d[b] @ gain)
    change = d[q] + half + np.transpose(half) + np.transpose(gain) @ d[r] @ gain
    d[y] = linalg.solve_continuous_lyapunov(np.transpose(closed), -change)


@adjoint(linalg.solve_discrete_are)
def solve_discrete_are(y, a, b, q, r, *, balanced=True):
    across = np.transpose(b) @ y
    gain = np.linalg.solve(r + across @ b, across @ a)
    closed = a - b @ gain
    change = linalg.solve_discrete_lyapunov(closed, 0.5 * (d[y] + np.transpose(d[y])))
    moved = 2.0 * y @ closed @ change
    d[a] = moved
    d[b] = -moved @ np.transpose(gain)
    d[q] = change
    d[r] = gain @ change @ np.transpose(gain)


@tangent_(linalg.solve_discrete_are)
def solve_discrete_are_tangent(y, a, b, q, r, *, balanced=True):
    across = np.transpose(b) @ y
    gain = np.linalg.solve(r + across @ b, across @ a)
    closed = a - b @ gain
    half = np.transpose(closed) @ y @ (d[a] - d[b] @ gain)
    change = d[q] + half + np.transpose(half) + np.transpose(gain) @ d[r] @ gain
    d[y] = linalg.solve_discrete_lyapunov(np.transpose(closed), change)


# --- bands


@adjoint(linalg.solve_banded)
def solve_banded(y, l_and_u, ab, b, *, check_finite=True):
    residual = linalg.solve_banded((l_and_u[1], l_and_u[0]), transposed_bands(l_and_u, ab), d[y])
    d[ab] = -banded_product_transpose(l_and_u, residual, y)
    d[b] = residual


@tangent_(linalg.solve_banded)
def solve_banded_tangent(y, l_and_u, ab, b, *, check_finite=True):
    d[y] = linalg.solve_banded(l_and_u, ab, d[b] - banded_product(l_and_u, d[ab], y))


@adjoint(linalg.solveh_banded)
def solveh_banded(y, ab, b, *, lower=False, check_finite=True):
    residual = linalg.solveh_banded(ab, d[y], lower=lower)
    d[ab] = -hermitian_product_transpose(residual, ab, y, lower)
    d[b] = residual


@tangent_(linalg.solveh_banded)
def solveh_banded_tangent(y, ab, b, *, lower=False, check_finite=True):
    d[y] = linalg.solveh_banded(ab, d[b] - hermitian_product(d[ab], y, lower), lower=lower)


refuse(
    linalg.cholesky_banded, linalg.cho_solve_banded, why="its factor has no rule",
    instead="solve with `linalg.solveh_banded`, or factorize the full matrix with `linalg.cholesky`",
)


# --- equal diagonals


@defines(linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr, b, *, check_finite=True):
    if isinstance(c_or_cr, tuple):
        return runtime.toeplitz_solution(c_or_cr[0], c_or_cr[1], b)
    return runtime.toeplitz_solution(c_or_cr, c_or_cr, b)


@adjoint(runtime.toeplitz_solution)
def toeplitz_solution(y, c, r, b):
    residual = runtime.toeplitz_solution(np.concatenate((c[:1], r[1:])), c, d[y])
    sums = diagonal_sums(residual, y)
    d[c] = -sums[len(y) - 1 :]
    d[r] = -np.flip(sums[: len(y)]) * (np.arange(len(y)) > 0)
    d[b] = residual


@tangent_(runtime.toeplitz_solution)
def toeplitz_solution_tangent(y, c, r, b):
    d[y] = runtime.toeplitz_solution(c, r, d[b] - toeplitz_matrix(d[c], d[r]) @ y)


@bilinear(runtime.diagonal_sums)
def diagonal_sums_(y, b, x):
    d[b] = toeplitz_matrix(d[y][len(b) - 1 :], np.flip(d[y][: len(b)])) @ x
    d[x] = np.transpose(toeplitz_matrix(d[y][len(b) - 1 :], np.flip(d[y][: len(b)]))) @ b


@defines(linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr, x, *, check_finite=False, workers=None):
    if isinstance(c_or_cr, tuple):
        return linalg.toeplitz(c_or_cr[0], c_or_cr[1]) @ x
    return linalg.toeplitz(c_or_cr) @ x


@defines(linalg.solve_circulant)
def solve_circulant(c, b):
    require(np.ndim(c) == 1, "several circulant matrices at once", "write one call for each")
    spectrum = np.fft.rfft(b, axis=0)
    kernel = np.reshape(np.fft.rfft(c), (-1,) + (1,) * (np.ndim(b) - 1))
    return np.fft.irfft(spectrum / kernel, len(c), axis=0)
