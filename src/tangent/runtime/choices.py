"""Derivatives of functions that choose, convert or raise to a power: where a case distinction is needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import kind_of, library_of, shape_of
from tangent.runtime.broadcast import keep_axes
from tangent.runtime.scalars import SCALAR, is_integral
from tangent.runtime.structure import zeros_like

__all__ = [
    "cast", "check_kinds", "greater", "joined_pieces", "nonzero", "pieces_apart", "power", "power_slope",
    "shares_of_numbers", "ties", "uncast",
]  # fmt: skip


def greater(x: Any, y: Any) -> Any:
    """1 where `x` is greater than `y`, 0.5 where they are equal, 0 elsewhere."""
    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        return 1.0 if x > y else 0.5 if x == y else 0.0
    if (library := library_of(x, y)) is not None:
        like = library.array_like(x, y)
        return 0.5 * (library.in_precision_of(x > y, like) + library.in_precision_of(x >= y, like))
    dtype = np.result_type(x, y)
    wins = np.multiply(np.greater(x, y), 0.5, dtype=dtype if dtype.kind == "f" else np.float64)
    return wins + np.multiply(np.greater_equal(x, y), 0.5, dtype=wins.dtype)


def ties(a: Any, y: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The share of each element of `a` in `y`, its maximum or minimum over `axis`: ties share equally."""
    if (library := library_of(a)) is not None:
        of_library = library.in_precision_of(a == keep_axes(y, axis, keepdims), a)
        axes = range(len(shape_of(a))) if axis is None else axis if np.ndim(axis) else (axis,)
        return of_library / library.sum(of_library, tuple(axes))
    chosen = np.equal(a, keep_axes(y, axis, keepdims))
    dtype = a.dtype if getattr(a, "dtype", None) is not None and a.dtype.kind == "f" else np.float64
    return np.divide(chosen, np.sum(chosen, axis=axis, keepdims=True), dtype=dtype)


def shares_of_numbers(a: Any, axis: Any = None, ddof: int = 0) -> Any:
    """`1 / (n - ddof)` for each element, where `n` of those along `axis` are not NaN; 0 for a NaN."""
    valid = ~np.isnan(a)
    dtype = a.dtype if getattr(a, "dtype", None) is not None and a.dtype.kind == "f" else np.float64
    return np.divide(valid, np.sum(valid, axis=axis, keepdims=True) - ddof, dtype=dtype)


def power_slope(x: Any, p: Any) -> Any:
    """`p * x ** (p - 1)`, the derivative of `x ** p` with respect to `x`; 0 where `p` is 0."""
    if isinstance(p, (int, float)):
        return p * x ** (p - 1.0) if p else zeros_like(x)
    if (library := library_of(x, p)) is not None:
        return library.where(p == 0, 0.0, p * x ** (p - 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(p, 0), 0.0, p * x ** (p - 1.0))[()]


def power(x: Any, p: Any) -> Any:
    """`x ** p`, of arrays of whatever library: its rule serves the operator where the library is not known."""
    return x**p


def nonzero(x: Any) -> Any:
    """`x`, and 1 where it is 0."""
    library = library_of(x)
    return x + (x == 0) if library is None else library.where(x == 0, 1.0, x)


def uncast(b: Any, y: Any, x: Any) -> Any:
    """The adjoint of `x`, of which `y` is a conversion to another dtype, from the adjoint of `y`.

    It has the precision of `x`; where the conversion rounds to integers, it is zero.
    """
    if is_integral(y) and not is_integral(x):
        return zeros_like(b)
    return _in_precision_of(b, x)


def cast(t: Any, x: Any, y: Any) -> Any:
    """The tangent of `y`, a conversion of `x` to another dtype, from the tangent of `x`."""
    if is_integral(y) and not is_integral(x):
        return zeros_like(t)
    return _in_precision_of(t, y)


def _in_precision_of(b: Any, like: Any) -> Any:
    if (library := library_of(b, like)) is not None:
        if kind_of(like) == "c":
            raise UnsupportedError("unsupported: the real part of a complex tensor, by a conversion",
                                   "compute with its real and its imaginary part")
        return library.in_precision_of(b, like) if hasattr(like, "dtype") else b
    dtype = getattr(like, "dtype", None)
    if dtype is None or dtype.kind != "f" or getattr(b, "dtype", dtype) == dtype:
        return b
    return dtype.type(b) if isinstance(b, SCALAR) else b.astype(dtype)


def check_kinds(results: Any) -> None:
    """Refuse results of a vectorized function the first of which is an integer and another a float.

    Raises:
        UnsupportedError: as `np.vectorize` makes integers of all of them.
    """
    if len(results) and is_integral(results[0]) and not all(map(is_integral, results)):
        raise UnsupportedError(
            "unsupported: np.vectorize makes integers of all results, as the first one is an integer",
            "return a float everywhere: `0.0` instead of `0`",
        )


def joined_pieces(pieces: Any, x: Any) -> Any:
    """The result of `np.piecewise` for `x`, from an array that the pieces were written into."""
    return np.reshape(pieces, np.shape(x))


def pieces_apart(b: Any, x: Any) -> Any:
    """The adjoint of the pieces from that of `joined_pieces`.

    Raises:
        UnsupportedError: `x` holds integers, to which `np.piecewise` cuts off the values.
    """
    if is_integral(x):
        raise UnsupportedError(
            "unsupported: the derivative of np.piecewise of integers, which drops what is behind the point",
            "pass floats: `np.asarray(x, float)`",
        )
    return np.atleast_1d(b)
