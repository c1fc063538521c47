"""Rules of `scipy.linalg` for matrices of given elements, as plain formulas."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tangent.rules.definitions import defines
from tangent.rules.registry import nondifferentiable
from tangent.runtime import require


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
    row = c if r is None else r
    require((np.ndim(c), np.ndim(row)) == (1, 1), "several Toeplitz matrices at once", "write one call for each")
    values = np.concatenate((np.flip(c), row[1:]))
    return values[len(c) - 1 - np.arange(len(c))[:, None] + np.arange(len(row))]


@defines(linalg.hankel)
def hankel(c, r=None):
    require(np.ndim(c) == 1 and (r is None or np.ndim(r) == 1), "several Hankel matrices at once", "write one for each")
    values = np.concatenate((c, np.zeros_like(c)[1:] if r is None else r[1:]))
    return values[np.arange(len(c))[:, None] + np.arange(len(values) - len(c) + 1)]


@defines(linalg.circulant)
def circulant(c):
    require(np.ndim(c) == 1, "several circulant matrices at once", "write one call for each")
    return np.asarray(c)[(np.arange(len(c))[:, None] - np.arange(len(c))) % len(c)]


@defines(linalg.companion)
def companion(a):
    require(np.ndim(a) == 1, "several companion matrices at once", "write one call for each")
    row = -a[1:] / a[0]
    return np.concatenate((row[None, :], np.eye(len(a) - 2, len(a) - 1)))


@defines(linalg.fiedler_companion)
def fiedler_companion(a):
    require(np.ndim(a) == 1 and len(a) > 2, "this Fiedler companion matrix", "use `linalg.companion`")
    row, size = a / a[0], len(a) - 1
    matrix = np.zeros((size, size), row.dtype)
    matrix[0, 0] = -row[1]
    matrix[1, 0] = 1.0
    matrix[np.arange(0, size - 1, 2), np.arange(1, size, 2)] = -row[2::2]
    matrix[np.arange(0, size - 2, 2), np.arange(2, size, 2)] = 1.0
    matrix[np.arange(2, size, 2), np.arange(1, size - 1, 2)] = -row[3::2]
    matrix[np.arange(3, size, 2), np.arange(1, size - 2, 2)] = 1.0
    return matrix


@defines(linalg.leslie)
def leslie(f, s):
    require(np.ndim(f) == 1, "several Leslie matrices at once", "write one call for each")
    return np.concatenate((np.asarray(f)[None, :], np.eye(len(f) - 1, len(f)) * np.asarray(s)[:, None]))


@defines(linalg.convolution_matrix)
def convolution_matrix(a, n, mode="full"):
    require(np.ndim(a) == 1, "several convolution matrices at once", "write one call for each")
    size = len(a)
    offset, length = 0, size + n - 1
    if mode == "same":
        length = max(size, n)
        offset = (min(size, n) - 1) // 2
    if mode == "valid":
        length = max(size, n) - min(size, n) + 1
        offset = min(size, n) - 1
    padded = np.concatenate((a, np.zeros(1, np.asarray(a).dtype)))
    places = np.arange(length)[:, None] + offset - np.arange(n)
    return padded[np.where((places >= 0) & (places < size), places, size)]


@defines(linalg.khatri_rao)
def khatri_rao(a, b):
    products = a[..., :, None, :] * b[..., None, :, :]
    return np.reshape(products, np.shape(products)[:-3] + (np.shape(a)[-2] * np.shape(b)[-2], np.shape(a)[-1]))


@defines(linalg.diagsvd)
def diagsvd(s, M, N):
    return np.eye(M, len(s)) * np.asarray(s) @ np.eye(len(s), N)


@defines(linalg.fiedler)
def fiedler(a):
    values = np.asarray(a)
    return np.abs(values[..., :, None] - values[..., None, :])


if hasattr(linalg, "kron"):

    @defines(linalg.kron)
    def kron(a, b):
        return np.kron(a, b)


nondifferentiable(
    linalg.hadamard, linalg.hilbert, linalg.invhilbert, linalg.pascal, linalg.invpascal, linalg.helmert, linalg.dft,
    linalg.bandwidth, linalg.issymmetric, linalg.ishermitian,
)
