"""Rules of `scipy.linalg` for functions of matrices.

The derivative of such a function is a block of the function of a block matrix (Higham 2008, "Functions of matrices",
3.2), and its adjoint the same of the transposed matrix.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, refuse, tangent_
from tangent.runtime import beside, cast, real_beside, uncast


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


@adjoint(linalg.logm)
def logm(y, A):
    n = np.shape(A)[-1]
    d[A] = uncast(linalg.logm(real_beside(np.swapaxes(A, -1, -2), d[y], y))[..., :n, n:], y, A)


@tangent_(linalg.logm)
def logm_tangent(y, A):
    n = np.shape(A)[-1]
    d[y] = cast(linalg.logm(real_beside(A, d[A], y))[..., :n, n:], A, y)


@adjoint(linalg.fractional_matrix_power)
def fractional_matrix_power(y, A, t):
    n = np.shape(A)[-1]
    d[A] = np.real(linalg.fractional_matrix_power(real_beside(np.swapaxes(A, -1, -2), d[y], y), t))[..., :n, n:]


@tangent_(linalg.fractional_matrix_power)
def fractional_matrix_power_tangent(y, A, t):
    n = np.shape(A)[-1]
    d[y] = np.real(linalg.fractional_matrix_power(real_beside(A, d[A], y), t))[..., :n, n:]


@adjoint(linalg.cosm)
def cosm(y, A):
    n = np.shape(A)[-1]
    d[A] = linalg.cosm(beside(np.swapaxes(A, -1, -2), d[y]))[..., :n, n:]


@tangent_(linalg.cosm)
def cosm_tangent(y, A):
    n = np.shape(A)[-1]
    d[y] = linalg.cosm(beside(A, d[A]))[..., :n, n:]


@adjoint(linalg.sinm)
def sinm(y, A):
    n = np.shape(A)[-1]
    d[A] = linalg.sinm(beside(np.swapaxes(A, -1, -2), d[y]))[..., :n, n:]


@tangent_(linalg.sinm)
def sinm_tangent(y, A):
    n = np.shape(A)[-1]
    d[y] = linalg.sinm(beside(A, d[A]))[..., :n, n:]


# --- what follows from the exponential function, the sine and the cosine


@defines(linalg.coshm)
def coshm(A):
    return 0.5 * (linalg.expm(A) + linalg.expm(-A))


@defines(linalg.sinhm)
def sinhm(A):
    return 0.5 * (linalg.expm(A) - linalg.expm(-A))


@defines(linalg.tanhm)
def tanhm(A):
    grown, shrunk = linalg.expm(A), linalg.expm(-A)
    return linalg.solve(grown + shrunk, grown - shrunk)


@defines(linalg.tanm)
def tanm(A):
    return linalg.solve(linalg.cosm(A), linalg.sinm(A))


@defines(linalg.expm_frechet)
def expm_frechet(A, E, *, method=None):
    n = np.shape(A)[-1]
    blocks = linalg.expm(beside(A, E))
    return blocks[:n, :n], blocks[:n, n:]


@defines(linalg.expm_frechet)
def expm_frechet_alone(A, E, *, method=None, compute_expm):
    n = np.shape(A)[-1]
    blocks = linalg.expm(beside(A, E))
    if compute_expm:
        return blocks[:n, :n], blocks[:n, n:]
    return blocks[:n, n:]


# --- the sign: with the positive root n = s @ a of a @ a, n @ ds + ds @ n = da - s @ da @ s (Higham 2008, 5.3)


@adjoint(linalg.signm)
def signm(y, A):
    root = np.transpose(y @ A)
    change = linalg.solve_sylvester(root, root, d[y])
    d[A] = change - np.transpose(y) @ change @ np.transpose(y)


@tangent_(linalg.signm)
def signm_tangent(y, A):
    root = y @ A
    d[y] = linalg.solve_sylvester(root, root, d[A] - y @ d[A] @ y)


refuse(
    linalg.funm, why="it is computed from a decomposition that only holds for single eigenvalues",
    instead="use the function of matrices that it stands for (`expm`, `logm`, `sqrtm`, `cosm`), or powers",
)
refuse(
    linalg.expm_cond, why="it is the largest singular value of a matrix that SciPy does not give",
    instead="use the norm of `linalg.expm_frechet`",
)
