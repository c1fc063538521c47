"""Derivatives of factorizations of matrices and of least squares, as plain differentiable NumPy.

The formulas are those of Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation"; of Murray (2016), "Differentiation of the Cholesky decomposition"; of Walter and Lehmann (2010),
"Algorithmic differentiation of linear algebra functions"; and of Golub and Pereyra (1973), "The differentiation of
pseudo-inverses and nonlinear least squares problems whose variables separate".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.complex_numbers import check_real

__all__ = [
    "assumed", "assumed_transpose", "reversed_both", "reversed_rows",
    "beside", "check_rank", "cholesky_tangent", "cholesky_transpose", "eigh_tangent", "eigh_transpose", "folded",
    "lstsq_tangent", "lstsq_transpose", "pinv_tangent", "pinv_transpose", "qr_tangent", "qr_transpose", "real_beside",
    "svd_tangent", "svd_transpose", "symmetric",
]


def transposed(a: Any) -> Any:
    """The transposed matrices."""
    return np.swapaxes(a, -1, -2)


def symmetric(a: Any, lower: bool = True) -> Any:
    """The symmetric matrix of which `a` has one triangle."""
    return np.tril(a) + transposed(np.tril(a, -1)) if lower else np.triu(a) + transposed(np.triu(a, 1))


def folded(b: Any, lower: bool = True) -> Any:
    """The adjoint of `a` from that of `symmetric(a, lower)`."""
    return np.tril(b) + np.tril(transposed(b), -1) if lower else np.triu(b) + np.triu(transposed(b), 1)


def lower_half(a: Any) -> Any:
    """The lower triangle, the diagonal halved."""
    return 0.5 * (np.tril(a) + np.tril(a, -1))


def beside(a: Any, e: Any) -> Any:
    """The block matrix `[[a, e], [0, a]]`: a function of it has the derivative in the direction `e` in place of `e`."""
    return np.concatenate((np.concatenate((a, e), -1), np.concatenate((np.zeros_like(a), a), -1)), -2)


def real_beside(a: Any, e: Any, y: Any) -> Any:
    """`beside(a, e)`, where the function `y` of the matrix is real.

    Raises:
        UnsupportedError: it is complex.
    """
    check_real(y)
    return beside(a, e)


def cholesky_transpose(factor: Any, b: Any) -> Any:
    """The adjoint of a symmetric matrix from that of its lower factor."""
    across = transposed(factor)
    half = np.linalg.solve(across, lower_half(across @ b))
    return np.linalg.solve(across, transposed(half))


def cholesky_tangent(factor: Any, t: Any) -> Any:
    """The tangent of the lower factor from that of the symmetric matrix."""
    half = np.linalg.solve(factor, t)
    return factor @ lower_half(np.linalg.solve(factor, transposed(half)))


def over_gaps(x: Any, w: Any) -> Any:
    """`x` off the diagonal, divided by the differences `w[j] - w[i]`; what is 0 stays 0."""
    off = np.tril(x, -1) + np.triu(x, 1)
    gaps = w[..., None, :] - w[..., :, None]
    return off / (gaps + ((gaps == 0) & (off == 0)))


def eigh_transpose(w: Any, v: Any, bw: Any, bv: Any) -> Any:
    """The adjoint of a symmetric matrix from those of its eigenvalues and eigenvectors."""
    return (v @ over_gaps(transposed(v) @ bv, w) + v * bw[..., None, :]) @ transposed(v)


def eigh_tangent(w: Any, v: Any, t: Any) -> Any:
    """The tangents of the eigenvalues and eigenvectors from that of the symmetric matrix."""
    across = t @ v
    return np.sum(v * across, -2), v @ over_gaps(transposed(v) @ across, w)


def check_reduced(u: Any, s: Any, vt: Any) -> None:
    """Refuse singular vectors without a singular value: they are not determined by the matrix.

    Raises:
        UnsupportedError: there are such.
    """
    if np.shape(u)[-1] != np.shape(s)[-1] or np.shape(vt)[-2] != np.shape(s)[-1]:
        raise UnsupportedError(
            "the singular vectors of a matrix that is not square have no derivative", "pass full_matrices=False"
        )


def svd_transpose(u: Any, s: Any, vt: Any, bu: Any, bs: Any, bvt: Any) -> Any:
    """The adjoint of a matrix from those of its singular values and vectors."""
    check_reduced(u, s, vt)
    scale = s[..., None, :]
    left, right = transposed(u) @ bu, vt @ transposed(bvt)
    x, y = over_gaps(left, s * s), over_gaps(right, s * s)
    inner = (x + transposed(x)) * scale + transposed(scale) * (y + transposed(y))
    result = (u @ inner + u * bs[..., None, :]) @ vt
    if np.shape(u)[-2] > np.shape(s)[-1]:
        result = result + ((bu - u @ left) / scale) @ vt
    if np.shape(vt)[-1] > np.shape(s)[-1]:
        result = result + u @ ((bvt - transposed(right) @ vt) / transposed(scale))
    return result


def svd_tangent(u: Any, s: Any, vt: Any, t: Any) -> Any:
    """The tangents of singular values and vectors from that of the matrix."""
    check_reduced(u, s, vt)
    scale = s[..., None, :]
    across, along = t @ transposed(vt), transposed(u) @ t
    inner = transposed(u) @ across
    tu = u @ over_gaps(inner * scale + transposed(scale) * transposed(inner), s * s)
    tv = over_gaps(transposed(scale) * inner + transposed(inner) * scale, s * s)
    tvt = transposed(tv) @ vt
    if np.shape(u)[-2] > np.shape(s)[-1]:
        tu = tu + (across - u @ inner) / scale
    if np.shape(vt)[-1] > np.shape(s)[-1]:
        tvt = tvt + (along - inner @ vt) / transposed(scale)
    return tu, np.sum(u * across, -2), tvt


def check_rank(a: Any, rcond: Any) -> None:
    """Refuse to leave out singular values that are not 0 up to rounding: the formulas do not hold for what is left.

    Raises:
        UnsupportedError: `rcond`, as `np.linalg.pinv` takes it, is larger than such a value.
    """
    if rcond is None:
        return
    values = np.linalg.svd(a, compute_uv=False)
    smallest = np.finfo(values.dtype).eps * max(np.shape(a)[-2:])
    ratios = values / (values[..., :1] + (values[..., :1] == 0))
    if np.any((ratios <= np.asarray(rcond)[..., None]) & (ratios > smallest)):
        raise UnsupportedError(
            "unsupported: a pseudo-inverse without singular values that are not 0", "pass a smaller rcond, or none"
        )


def pinv_transpose(a: Any, y: Any, b: Any, rcond: Any = None) -> Any:
    """The adjoint of `a` from `b`, that of its pseudo-inverse `y`; the rank is taken to be constant."""
    check_rank(a, rcond)
    yt, bt = transposed(y), transposed(b)
    outside, beyond = bt - a @ (y @ bt), bt - (bt @ y) @ a
    return -yt @ b @ yt + outside @ (y @ yt) + (yt @ y) @ beyond


def pinv_tangent(a: Any, y: Any, t: Any, rcond: Any = None) -> Any:
    """The tangent of the pseudo-inverse `y` from `t`, that of `a`; the rank is taken to be constant."""
    check_rank(a, rcond)
    yt, tt = transposed(y), transposed(t)
    outside, beyond = tt - (tt @ a) @ y, tt - y @ (a @ tt)
    return -y @ t @ y + (y @ yt) @ outside + beyond @ (yt @ y)


def least_squares_inverse(a: Any, rcond: float | None) -> Any:
    """The pseudo-inverse of `a`, of the rank that `np.linalg.lstsq` takes it to have."""
    check_rank(a, rcond)
    smallest = np.finfo(np.result_type(a, np.float32)).eps
    if rcond is None:
        return np.linalg.pinv(a, smallest * max(np.shape(a)))
    return np.linalg.pinv(a, smallest if rcond < 0.0 else rcond)


def lstsq_transpose(a: Any, b: Any, x: Any, bx: Any, bsquares: Any, bs: Any, rcond: float | None = None) -> Any:
    """The adjoints of `a` and `b` from those of the solution, the squares of residuals and the singular values."""
    inverse, columns = least_squares_inverse(a, rcond), np.reshape(x, (np.shape(a)[1], -1))
    rest = np.reshape(b, (np.shape(a)[0], -1)) - a @ columns
    change = np.reshape(bx, (np.shape(a)[1], -1))
    bb = np.transpose(inverse) @ change
    beyond = np.transpose(inverse) @ columns @ np.transpose(change - np.transpose(a) @ bb)
    ba = rest @ np.transpose(inverse @ bb) + beyond
    if np.size(bsquares):
        bb = bb + 2.0 * rest * bsquares
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return ba - bb @ np.transpose(columns) + (u * bs) @ vt, np.reshape(bb, np.shape(b))


def lstsq_tangent(a: Any, b: Any, x: Any, squares: Any, ta: Any, tb: Any, rcond: float | None = None) -> Any:
    """The tangents of the solution, the squares of residuals, the rank and the singular values."""
    inverse, columns = least_squares_inverse(a, rcond), np.reshape(x, (np.shape(a)[1], -1))
    rest = np.reshape(b, (np.shape(a)[0], -1)) - a @ columns
    moved = np.reshape(tb, np.shape(rest)) - ta @ columns
    across, before = np.transpose(ta) @ rest, np.transpose(ta) @ (np.transpose(inverse) @ columns)
    tx = inverse @ (moved + np.transpose(inverse) @ across) + before - inverse @ (a @ before)
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    changes = 2.0 * np.sum(rest * moved, 0) if np.size(squares) else np.zeros_like(squares)
    return np.reshape(tx, np.shape(x)), changes, 0.0, np.sum(u * (ta @ np.transpose(vt)), 0)


def qr_transpose(q: Any, r: Any, bq: Any, br: Any) -> Any:
    """The adjoint of a matrix from those of its reduced factors."""
    size = np.shape(q)[-1]
    check_qr(q, r)
    if np.shape(r)[-1] > size:  # the columns beyond the first ones follow from these
        rest, after = r[..., :, size:], br[..., :, size:]
        bq = bq + (q @ rest) @ transposed(after)
        first = tall_qr_transpose(q, r[..., :, :size], bq, br[..., :, :size])
        return np.concatenate((first, q @ after), -1)
    return tall_qr_transpose(q, r, bq, br)


def tall_qr_transpose(q: Any, r: Any, bq: Any, br: Any) -> Any:
    """`qr_transpose` of a matrix that has not more columns than rows."""
    inner = r @ transposed(br) - transposed(bq) @ q
    change = bq + q @ symmetric(inner)
    return transposed(np.linalg.solve(r, transposed(change)))


def qr_tangent(q: Any, r: Any, t: Any) -> Any:
    """The tangents of the reduced factors from that of the matrix."""
    size = np.shape(q)[-1]
    check_qr(q, r)
    first = r[..., :, :size]
    change = transposed(np.linalg.solve(transposed(first), transposed(t[..., :, :size])))
    inner = transposed(q) @ change
    turn = np.tril(inner, -1) - transposed(np.tril(inner, -1))
    tq, tr = change - q @ (inner - turn), (inner - turn) @ first
    if np.shape(r)[-1] > size:
        rest = transposed(tq) @ (q @ r[..., :, size:]) + transposed(q) @ t[..., :, size:]
        return tq, np.concatenate((tr, rest), -1)
    return tq, tr


def check_qr(q: Any, r: Any) -> None:
    """Refuse the columns of `q` that are not determined by the matrix.

    Raises:
        UnsupportedError: there are such.
    """
    if np.shape(q)[-1] > np.shape(r)[-1]:
        raise UnsupportedError("the complete factor q of a matrix has no derivative", 'pass mode="reduced"')


def reversed_rows(q: Any) -> Any:
    """The factor `q` of `rq`, as that of the transposed matrix with its columns in reverse."""
    return np.flip(transposed(q), -1)


def reversed_both(r: Any) -> Any:
    """The factor `r` of `rq`, as that of the transposed matrix with its columns in reverse; and the other way round."""
    return transposed(np.flip(r, (-2, -1)))


def assumed(a: Any, assume_a: Any, lower: bool) -> Any:
    """The matrix that `scipy.linalg.solve` takes `a` for, of which it may read a part alone.

    Raises:
        UnsupportedError: the part is not known.
    """
    if assume_a in (None, "gen", "general"):
        return a
    if assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite"):
        return symmetric(a, lower)
    if assume_a in ("lower triangular", "upper triangular"):
        return np.tril(a) if assume_a == "lower triangular" else np.triu(a)
    if assume_a == "diagonal":
        return a * np.eye(np.shape(a)[-1], dtype=a.dtype)
    if assume_a in ("banded", "tridiagonal"):
        return np.triu(np.tril(a, 1), -1) if assume_a == "tridiagonal" else a
    raise UnsupportedError(f"unsupported: solve(..., assume_a={assume_a!r})", "leave it out")


def assumed_transpose(b: Any, assume_a: Any, lower: bool) -> Any:
    """The adjoint of `a` from that of `assumed(a, assume_a, lower)`."""
    if assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite"):
        return folded(b, lower)
    return assumed(b, assume_a, lower)
