"""The orthogonal factor of a matrix, which is the nearest orthogonal one, and its derivative.

With the singular values `s` of `a = u @ diag(s) @ vt` the change of the factor `u @ vt` is a rotation by what is
antisymmetric in `u^T @ da @ v`, over the sums of two singular values, so equal ones do no harm (Higham 2008, 8.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["orthogonal_factor", "orthogonal_factor_tangent"]


def transposed(a: Any) -> Any:
    """The transposed matrices."""
    return np.swapaxes(a, -1, -2)


def orthogonal_factor(a: Any) -> Any:
    """The matrix with orthonormal columns, or rows where there are fewer of them, that is nearest to `a`."""
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u @ vt


def orthogonal_factor_tangent(a: Any, t: Any) -> Any:
    """The tangent of the factor in the direction `t`; as a function of `t` it is its own transpose.

    It is NaN, or without bounds, where the rank is not full.
    """
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    inner = transposed(u) @ t @ transposed(vt)
    turn = (inner - transposed(inner)) / (s[..., :, None] + s[..., None, :])
    result = u @ turn @ vt
    if np.shape(a)[-2] > np.shape(s)[-1]:
        across = t @ transposed(vt)
        result = result + (across - u @ inner) / s[..., None, :] @ vt
    if np.shape(a)[-1] > np.shape(s)[-1]:
        along = transposed(u) @ t
        result = result + u @ ((along - inner @ vt) / s[..., :, None])
    return result
