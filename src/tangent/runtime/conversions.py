"""From arrays of other libraries to NumPy's and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.arrays import library_of

__all__ = ["array_of", "numbers_of"]


def array_of(b: Any, like: Any) -> Any:
    """`b` as an array of the library that `like` is of, in its precision."""
    library = library_of(like)
    return b if library is None else library.in_precision_of(library.array_like(b, like), like)


def numbers_of(x: Any) -> Any:
    """The numbers of an array of another library, as `x.numpy()`: an array of NumPy's, or a number."""
    return x if library_of(x) is None else np.asarray(x)[()]
