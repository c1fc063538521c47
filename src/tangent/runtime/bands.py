"""Matrices of which only bands next to the diagonal are stored, as SciPy has them: `ab[upper + i - j, j] = a[i, j]`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError

__all__ = ["banded_product", "banded_product_transpose", "transposed_bands"]


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
