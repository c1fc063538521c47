"""What counts as a scalar, and the dtype of a derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.arrays import kind_of

__all__ = ["SCALAR", "float_dtype", "in_precision_of", "is_integral"]

SCALAR = (int, float, complex, np.generic)


def float_dtype(b: Any, like: Any) -> np.dtype[Any]:
    """The dtype of `b` in the shape of `like`: its own, or for a Python number that of `like`."""
    own = like if isinstance(b, (int, float, complex)) and not isinstance(b, np.generic) else b
    dtype = getattr(own, "dtype", None)
    if dtype is None:
        dtype = np.asarray(own).dtype
    dtype = dtype if dtype.kind in "fc" else np.dtype(np.float64)
    return np.result_type(dtype, np.complex64) if isinstance(b, complex) else dtype


def in_precision_of(value: Any, like: Any) -> Any:
    """`value` in the precision of `like`, an operand or a tuple of all, where it came out in double precision.

    Some functions of SciPy give double precision for numbers of Python beside arrays of single precision.

    >>> in_precision_of(np.ones(1), (2.5, np.ones(1, np.float32))).dtype
    dtype('float32')
    """
    operands = like if isinstance(like, tuple) else (like,)
    dtype = np.result_type(*[a if isinstance(a, SCALAR) else np.asarray(a) for a in operands])
    return value.astype(np.float32) if dtype == np.float32 and value.dtype == np.float64 else value


def is_integral(x: Any) -> bool:
    """Whether `x` is an integer or a boolean, or an array of them."""
    if getattr(x, "dtype", None) is not None:
        return kind_of(x) in "biu"
    if isinstance(x, (list, tuple)):
        return np.asarray(x).dtype.kind in "biu"
    return isinstance(x, int)
