"""What counts as a scalar, and the dtype of a derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.arrays import kind_of

__all__ = ["SCALAR", "float_dtype", "is_integral"]

SCALAR = (int, float, complex, np.generic)


def float_dtype(b: Any, like: Any) -> np.dtype[Any]:
    """The dtype of `b` in the shape of `like`: its own, or for a Python number that of `like`."""
    own = like if isinstance(b, (int, float, complex)) and not isinstance(b, np.generic) else b
    dtype = getattr(own, "dtype", None)
    if dtype is None:
        dtype = np.asarray(own).dtype
    dtype = dtype if dtype.kind in "fc" else np.dtype(np.float64)
    return np.result_type(dtype, np.complex64) if isinstance(b, complex) else dtype


def is_integral(x: Any) -> bool:
    """Whether `x` is an integer or a boolean, or an array of them."""
    if getattr(x, "dtype", None) is not None:
        return kind_of(x) in "biu"
    if isinstance(x, (list, tuple)):
        return np.asarray(x).dtype.kind in "biu"
    return isinstance(x, int)
