"""Rules of eigenvalues of general matrices, of roots of polynomials, and of what the array API adds to `numpy.linalg`.

The derivatives of eigenvectors are those of the vectors that LAPACK gives: of length 1, with the component of the
largest absolute value real.  Those of an eigenvalue or a root that is there several times do not exist.
"""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, tangent_
from tangent.runtime import eig_tangent, eig_transpose, eigenvectors, match_structure, require


@adjoint(np.linalg.eig, container=True)
def eig(y, a):
    d[a] = eig_transpose(y[0], y[1], d[y][0], d[y][1])


@tangent_(np.linalg.eig, container=True)
def eig_forward(y, a):
    d[y] = match_structure(eig_tangent(y[0], y[1], d[a]), y)


@adjoint(np.linalg.eigvals)
def eigvals(y, a):
    v = eigenvectors(a, y)
    d[a] = np.linalg.solve(np.swapaxes(v, -1, -2), d[y][..., :, None] * np.swapaxes(v, -1, -2))


@tangent_(np.linalg.eigvals)
def eigvals_tangent(y, a):
    v = eigenvectors(a, y)
    d[y] = np.diagonal(np.linalg.solve(v, d[a] @ v), 0, -2, -1)


# A change of a coefficient moves a root by the change of the polynomial there, over its slope.
@adjoint(np.roots)
def roots(y, p):
    powers = y[:, None] ** np.arange(len(p) - 1, -1, -1)
    slope = powers[:, 1:] @ (p[:-1] * np.arange(len(p) - 1, 0, -1))
    d[p] = -((d[y] / slope) @ powers)


@tangent_(np.roots)
def roots_tangent(y, p):
    powers = y[:, None] ** np.arange(len(p) - 1, -1, -1)
    slope = powers[:, 1:] @ (p[:-1] * np.arange(len(p) - 1, 0, -1))
    d[y] = -(powers @ d[p]) / slope


# --- functions of the array API standard

if hasattr(np.linalg, "vector_norm"):

    @defines(np.linalg.cross)
    def cross(x1, x2, /, *, axis=-1):
        return np.cross(x1, x2, axis=axis)

    @defines(np.linalg.diagonal)
    def diagonal(x, /, *, offset=0):
        return np.diagonal(x, offset, -2, -1)

    @defines(np.linalg.matmul)
    def matmul(x1, x2, /):
        return np.matmul(x1, x2)

    @defines(np.linalg.matrix_norm)
    def matrix_norm(x, /, *, keepdims=False, ord="fro"):
        return np.linalg.norm(x, ord, (-2, -1), keepdims)

    @defines(np.linalg.matrix_transpose)
    def matrix_transpose(x, /):
        return np.swapaxes(x, -1, -2)

    @defines(np.linalg.outer)
    def outer(x1, x2, /):
        return np.outer(x1, x2)

    @defines(np.linalg.svdvals)
    def svdvals(x, /):
        return np.linalg.svd(x, compute_uv=False)

    @defines(np.linalg.tensordot)
    def tensordot(x1, x2, /, *, axes=2):
        return np.tensordot(x1, x2, axes)

    @defines(np.linalg.trace)
    def trace(x, /, *, offset=0):
        return np.trace(x, offset, -2, -1)

    @defines(np.linalg.vecdot)
    def vecdot(x1, x2, /, *, axis=-1):
        return np.sum(np.conj(x1) * x2, axis=axis)

    @defines(np.linalg.vector_norm)
    def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
        require(axis is None or np.ndim(axis) == 0, "vector_norm along several axes", "reshape them to one")
        if axis is None:
            norm = np.linalg.norm(np.ravel(x), ord)
            return np.reshape(norm, (1,) * np.ndim(x)) if keepdims else norm
        return np.linalg.norm(x, ord, axis, keepdims)
