"""Matrices of which only bands next to the diagonal are stored, as SciPy has them: `ab[upper + i - j, j] = a[i, j]`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError

__all__ = [
    "banded_product", "banded_product_transpose", "diagonal_sums", "hermitian_product", "hermitian_product_transpose",
    "toeplitz_matrix", "toeplitz_solution", "transposed_bands",
]


def transposed_bands(l_and_u: Any, ab: Any) -> Any:
    """The bands of the transposed matrix.

    Raises:
        UnsupportedError: several matrices at once.
    """
    if np.ndim(ab) != 2:
        raise UnsupportedError("unsupported: several banded matrices at once", "solve for one after the other")
    lower, upper = l_and_u
    return np.stack([np.roll(ab[lower + upper - row], lower - row) for row in range(lower + upper + 1)])


def in_matrix(row: int, upper: int, size: int) -> Any:
    """Which elements of a row of the bands are elements of the matrix."""
    places = np.arange(size) + row - upper
    return (places >= 0) & (places < size)


def banded_product(l_and_u: Any, ab: Any, x: Any) -> Any:
    """The product of a banded matrix and the columns of `x`."""
    columns = np.reshape(x, (len(x), -1))
    lower, upper = l_and_u
    parts = [
        np.roll((ab[row] * in_matrix(row, upper, len(columns)))[:, None] * columns, row - upper, 0)
        for row in range(lower + upper + 1)
    ]
    return np.reshape(np.sum(np.stack(parts), 0), np.shape(x))


def banded_product_transpose(l_and_u: Any, b: Any, x: Any) -> Any:
    """The adjoint of the bands from `b`, that of `banded_product(l_and_u, ab, x)`."""
    columns, changes = np.reshape(x, (len(x), -1)), np.reshape(b, (len(x), -1))
    lower, upper = l_and_u
    return np.stack([
        np.sum(np.roll(changes, upper - row, 0) * columns, 1) * in_matrix(row, upper, len(columns))
        for row in range(lower + upper + 1)
    ])


def hermitian_product(ab: Any, x: Any, lower: bool) -> Any:
    """The product of a symmetric banded matrix, of which one triangle is stored, and the columns of `x`."""
    return banded_product((len(ab) - 1, len(ab) - 1), both_triangles(ab, lower), x)


def hermitian_product_transpose(b: Any, ab: Any, x: Any, lower: bool) -> Any:
    """The adjoint of the stored bands `ab`, read for their number, from that of `hermitian_product(ab, x, lower)`."""
    count = len(ab)
    whole = banded_product_transpose((count - 1, count - 1), b, x)
    rows = []
    for row in range(count):
        offset = row if lower else count - 1 - row
        below, above = whole[count - 1 + offset], whole[count - 1 - offset]
        own, other = (below, np.roll(above, -offset)) if lower else (above, np.roll(below, offset))
        rows.append(own if offset == 0 else own + other)
    return np.stack(rows)


def both_triangles(ab: Any, lower: bool) -> Any:
    """All bands of a symmetric matrix of which those of one triangle are stored."""
    count = len(ab)
    above: list[Any] = []
    below: list[Any] = []
    for offset in range(1, count):
        if lower:
            below.append(ab[offset])
            above.insert(0, np.roll(ab[offset], offset))
        else:
            above.insert(0, ab[count - 1 - offset])
            below.append(np.roll(ab[count - 1 - offset], -offset))
    return np.stack([*above, ab[0 if lower else count - 1], *below])


def toeplitz_solution(c: Any, r: Any, b: Any) -> Any:
    """The solution of a system with the matrix of equal diagonals that has the first column `c` and the first row `r`.

    Raises:
        UnsupportedError: they are matrices.
    """
    from scipy import linalg

    if np.ndim(c) != 1 or np.ndim(r) != 1:
        raise UnsupportedError("unsupported: several Toeplitz matrices at once", "solve for one after the other")
    return linalg.solve_toeplitz((c, r), b)


def toeplitz_matrix(c: Any, r: Any) -> Any:
    """The matrix of equal diagonals that has the first column `c` and, but for its first element, the first row `r`."""
    values = np.concatenate((np.flip(c), r[1:]))
    return values[len(c) - 1 - np.arange(len(c))[:, None] + np.arange(len(r))]


def diagonal_sums(b: Any, x: Any) -> Any:
    """The sums of the diagonals of `b @ x^T`, from the upper right corner to the lower left one."""
    columns, changes = np.reshape(x, (len(x), -1)), np.reshape(b, (len(b), -1))
    return np.sum(np.stack([np.convolve(changes[:, i], columns[::-1, i]) for i in range(columns.shape[1])]), 0)
