"""Derivatives of eigenvalues and eigenvectors, but for those of one symmetric matrix.

The formulas are those of Magnus (1985), "On differentiating eigenvalues and eigenvectors", and of de Leeuw (2007),
"Derivatives of generalized eigen systems with applications".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.factorizations import over_gaps

__all__ = [
    "bands_of", "bands_transpose", "eig_tangent", "eig_transpose", "eigenvectors", "generalized_eigh_tangent",
    "generalized_eigh_transpose", "largest", "same_order",
]


def transposed(a: Any) -> Any:
    """The transposed matrices."""
    return np.swapaxes(a, -1, -2)


def diagonals(a: Any) -> Any:
    """The diagonal of each matrix, as a row that scales its columns."""
    return np.diagonal(a, 0, -2, -1)[..., None, :]


def generalized_eigh_transpose(w: Any, v: Any, bw: Any, bv: Any) -> Any:
    """The adjoints of the symmetric matrices `a` and `b` of `a v = b v diag(w)`, where `v^T b v` is the identity."""
    across = transposed(v) @ bv
    inner = over_gaps(across, w) + np.eye(np.shape(w)[-1], dtype=w.dtype) * bw[..., None, :]
    change = inner * w[..., None, :] + 0.5 * np.eye(np.shape(w)[-1], dtype=w.dtype) * across
    return v @ inner @ transposed(v), -(v @ change @ transposed(v))


def generalized_eigh_tangent(w: Any, v: Any, ta: Any, tb: Any) -> Any:
    """The tangents of eigenvalues and eigenvectors from those of the two symmetric matrices."""
    scale = transposed(v) @ tb @ v
    inner = transposed(v) @ ta @ v - scale * w[..., None, :]
    return np.diagonal(inner, 0, -2, -1), v @ over_gaps(inner, w) - 0.5 * v * diagonals(scale)


def bands_of(a: Any, count: int, lower: bool) -> Any:
    """The diagonals of a symmetric matrix as SciPy stores them: `count` of them, one in a row."""
    size = np.shape(a)[-1]
    rows = []
    for row in range(count):
        offset = row if lower else count - 1 - row
        diagonal, nothing = np.diagonal(a, -offset), np.zeros(min(offset, size), a.dtype)
        rows.append(np.concatenate((diagonal, nothing) if lower else (nothing, diagonal)))
    return np.stack(rows)


def bands_transpose(b: Any, count: int, lower: bool) -> Any:
    """The adjoint of the stored diagonals from `b`, that of the symmetric matrix that they stand for."""
    size = np.shape(b)[-1]
    both = b + transposed(b) - b * np.eye(size, dtype=b.dtype)
    return bands_of(both, count, lower)


def eig_transpose(w: Any, v: Any, bw: Any, bv: Any) -> Any:
    """The adjoint of a matrix from those of its eigenvalues and eigenvectors, as LAPACK scales the latter.

    Their length is 1, and the component of each that has the largest absolute value is real.
    """
    along, place = np.sum(bv * v, -2), largest(v)
    turned = -1j * place * (np.imag(along) / np.sum(place * v, -2))[..., None, :] if np.iscomplexobj(v) else 0.0
    across = transposed(v) @ (bv - np.real(along)[..., None, :] * np.conj(v) + turned)
    inner = over_gaps(across, w) + np.eye(np.shape(w)[-1], dtype=w.dtype) * bw[..., None, :]
    return np.linalg.solve(transposed(v), inner @ transposed(v))


def eig_tangent(w: Any, v: Any, t: Any) -> Any:
    """The tangents of eigenvalues and eigenvectors from that of the matrix, as LAPACK scales the latter."""
    inner, place = np.linalg.solve(v, t @ v), largest(v)
    free = v @ over_gaps(inner, w)
    scale = -np.real(np.sum(np.conj(v) * free, -2))
    if np.iscomplexobj(v):
        scale = scale - 1j * (np.imag(np.sum(place * free, -2)) / np.real(np.sum(place * v, -2)))
    return np.diagonal(inner, 0, -2, -1), free + v * scale[..., None, :]


def largest(v: Any) -> Any:
    """1 for the component of each column that has the largest absolute value, 0 for the others."""
    return 1.0 * (np.arange(np.shape(v)[-2])[:, None] == np.argmax(np.abs(v), -2)[..., None, :])


def eigenvectors(a: Any, w: Any) -> Any:
    """The eigenvectors of a matrix, in the order of its eigenvalues `w`."""
    values, vectors = np.linalg.eig(a)
    return np.take_along_axis(vectors, same_order(values, w)[..., None, :], -1)


def same_order(values: Any, w: Any) -> Any:
    """Where in `values` the numbers of `w` are, which are the same but for rounding and their order."""
    values, w = np.asarray(values), np.asarray(w)
    order = np.broadcast_to(np.arange(w.shape[-1]), w.shape).copy()
    for index in np.ndindex(w.shape[:-1]):
        if np.allclose(values[index], w[index], rtol=1e-9, atol=0.0):
            continue
        left = list(range(w.shape[-1]))
        for i, value in enumerate(w[index]):
            order[(*index, i)] = left.pop(int(np.argmin(np.abs(values[index][left] - value))))
    return order
