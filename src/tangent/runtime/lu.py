"""Derivatives of the factors `l` and `u` of a matrix, and the permutations that pivots stand for.

With `a = l @ u`, `l` of ones on the diagonal, the changes of the factors are those of

    l^-1 @ da @ u^-1 = l^-1 @ dl + du @ u^-1,        the first strictly lower triangular, the second upper triangular

and where the matrix is not square, its other rows or columns follow (de Hoog, Anderssen and Lukas 2011,
"Differentiation of matrix functionals using triangular factorization").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError

__all__ = [
    "columns_in_order", "lu_tangent", "lu_transpose", "permutation_of", "places_in_order", "row_order", "rows_in_order",
    "unit_lower",
]


def transposed(a: Any) -> Any:
    """The transposed matrices."""
    return np.swapaxes(a, -1, -2)


def lu_tangent(factor_l: Any, factor_u: Any, t: Any) -> Any:
    """The tangents of the factors from that of their product."""
    size = np.shape(factor_u)[-2]
    first_l, first_u = factor_l[..., :size, :], factor_u[..., :, :size]
    inner = np.linalg.solve(first_l, transposed(np.linalg.solve(transposed(first_u), transposed(t[..., :size, :size]))))
    tl, tu = first_l @ np.tril(inner, -1), np.triu(inner) @ first_u
    if np.shape(factor_l)[-2] > size:
        rest = t[..., size:, :] - factor_l[..., size:, :] @ tu
        tl = np.concatenate((tl, transposed(np.linalg.solve(transposed(first_u), transposed(rest)))), -2)
    if np.shape(factor_u)[-1] > size:
        rest = t[..., :, size:] - tl @ factor_u[..., :, size:]
        tu = np.concatenate((tu, np.linalg.solve(first_l, rest)), -1)
    return tl, tu


def lu_transpose(factor_l: Any, factor_u: Any, bl: Any, bu: Any) -> Any:
    """The adjoint of the product from those of its factors."""
    size = np.shape(factor_u)[-2]
    first_l, first_u = factor_l[..., :size, :], factor_u[..., :, :size]
    bl_first, bu_first = bl[..., :size, :], bu[..., :, :size]
    if np.shape(factor_l)[-2] > size:
        below = transposed(np.linalg.solve(first_u, transposed(bl[..., size:, :])))
        bu_first = bu_first - transposed(factor_l[..., size:, :]) @ below
    if np.shape(factor_u)[-1] > size:
        beside = np.linalg.solve(transposed(first_l), bu[..., :, size:])
        bl_first = bl_first - beside @ transposed(factor_u[..., :, size:])
    inner = np.tril(transposed(first_l) @ bl_first, -1) + np.triu(bu_first @ transposed(first_u))
    outer = np.linalg.solve(transposed(first_l), transposed(np.linalg.solve(first_u, transposed(inner))))
    if np.shape(factor_l)[-2] > size:
        return np.concatenate((outer, below), -2)
    if np.shape(factor_u)[-1] > size:
        return np.concatenate((outer, beside), -1)
    return outer


def permutation_of(pivots: Any) -> Any:
    """The order of the rows after the exchanges that LAPACK's `pivots` stand for: `a[permutation_of(pivots)] == l @ u`.

    With leading axes there is an order for each matrix.
    """
    pivots = np.asarray(pivots)
    order = np.broadcast_to(np.arange(pivots.shape[-1]), pivots.shape).copy()
    for step in range(pivots.shape[-1]):
        other = pivots[..., step : step + 1]
        moved = np.take_along_axis(order, other, -1)
        np.put_along_axis(order, other, order[..., step : step + 1].copy(), -1)
        order[..., step : step + 1] = moved
    return order


def row_order(a: Any) -> Any:
    """Which row of `l @ u` each row of `a` is, as SciPy factorizes it."""
    from scipy import linalg

    return linalg.lu(a, p_indices=True)[0]


def rows_in_order(a: Any, order: Any) -> Any:
    """The rows of `a` in an order, which has no derivative."""
    return np.take_along_axis(a, places_in_order(order)[..., :, None], -2)


def columns_in_order(a: Any, order: Any) -> Any:
    """The columns of `a` in an order, which has no derivative."""
    return np.take_along_axis(a, places_in_order(order)[..., None, :], -1)


def places_in_order(order: Any) -> Any:
    """The numbers of an order, which have no derivative."""
    return np.asarray(order)


def unit_lower(factors: Any) -> Any:
    """The factor `l` of the two that are stored in one square matrix.

    Raises:
        UnsupportedError: it is not square.
    """
    if np.shape(factors)[-1] != np.shape(factors)[-2]:
        raise UnsupportedError("unsupported: lu_factor of a matrix that is not square", "use `linalg.lu`")
    return np.tril(factors, -1) + np.eye(np.shape(factors)[-1], dtype=factors.dtype)
