"""Rules of eigenvalues of general matrices and of roots of polynomials.

The derivatives of eigenvectors are those of the vectors that LAPACK gives: of length 1, with the component of the
largest absolute value real.  Those of an eigenvalue or a root that is there several times do not exist.
"""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import adjoint, d, tangent_
from tangent.runtime import eig_tangent, eig_transpose, eigenvectors, match_structure


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
