"""Functions of NumPy that are refused: why, and what to write instead.

They stand by their names, as not every version of NumPy has all of them.  A function that has a rule is not refused,
whether it stands here or not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["REFUSED", "Refusal", "refusal", "refused"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why functions have no derivative here, and what to write instead of them."""

    why: str
    instead: str = ""


SERIES = {
    "polynomial": "poly", "chebyshev": "cheb", "legendre": "leg", "hermite": "herm", "hermite_e": "herme",
    "laguerre": "lag",
}
"""The modules of `numpy.polynomial`, and how the names of their functions begin."""
FILES = Refusal("it reads or writes files or bytes", "read the data before, and pass it as an argument")
SETTINGS = Refusal("it tells or changes a setting", "do it outside of the function that is differentiated")
DATES = Refusal("it works on dates", "compute with numbers of days or seconds")
SETS = Refusal("it counts equal elements once",
               "take the elements by an index from outside: `x[np.unique(x, return_index=True)[1]]`")
BINS = Refusal("it gives counts, which are constant, and edges, which depend on the extremes",
               "bin with `np.searchsorted` on edges of your own, and sum weights with `np.bincount`")
ITERATORS = Refusal("it is an iterator or a view of elements", "loop over an index, or over the array itself")
COMPLEX_ROOTS = Refusal("it gives complex numbers in an order that changes",
                        "solve for the root that you need with Newton's method, from a start near it")
UNKNOWN_FUNCTION = Refusal("it makes a function of Python objects", "call the function in a loop")
SUMS_OF_POWERS = Refusal("it is a product or sum over a grid of polynomials",
                         "multiply the matrices of `vander` with the coefficients by `np.einsum`")
COEFFICIENTS = Refusal("it works on coefficients whose trailing zeros are cut off",
                       "add arrays of coefficients of one length, multiply them with `np.convolve`")
OLD_MATRICES = Refusal("it makes a matrix object", "use two-dimensional arrays and `@`")

REFUSED: dict[Refusal, tuple[str, ...]] = {
    FILES: (
        "fromfile", "frombuffer", "fromregex", "fromstring", "from_dlpack", "genfromtxt", "load", "loadtxt", "save",
        "savetxt", "savez", "savez_compressed",
    ),
    SETTINGS: (
        "get_include", "get_printoptions", "getbufsize", "geterr", "geterrcall", "printoptions", "set_printoptions",
        "setbufsize",
        "seterr", "seterrcall", "show_config", "show_runtime", "info", "test", "linalg.test", "fft.test",
        "array2string", "array_repr", "array_str", "format_float_positional", "format_float_scientific",
    ),
    DATES: ("busday_count", "busday_offset", "datetime_as_string", "datetime_data", "is_busday", "isnat"),
    SETS: (
        "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values", "union1d", "intersect1d",
        "setdiff1d", "setxor1d",
    ),
    BINS: ("histogram", "histogram2d", "histogramdd", "histogram_bin_edges"),
    ITERATORS: ("nested_iters",),
    COMPLEX_ROOTS: ("roots", "sort_complex", "linalg.eig", "linalg.eigvals", *(
        f"polynomial.{module}.{prefix}roots"
        for module, prefix in SERIES.items()
    )),
    UNKNOWN_FUNCTION: ("frompyfunc",),
    OLD_MATRICES: ("asmatrix", "bmat"),
    SUMS_OF_POWERS: tuple(
        f"polynomial.{module}.{prefix}{name}"
        for module, prefix in SERIES.items()
        for name in ("val2d", "val3d", "valnd", "grid2d", "grid3d", "vander2d", "vander3d")
    ),
    COEFFICIENTS: tuple(
        f"polynomial.{module}.{name}"
        for module, prefix in SERIES.items()
        for name in (
            *(prefix + end for end in (
                "add", "sub", "mul", "mulx", "div", "pow", "fromroots", "companion", "line", "trim", "gauss", "weight",
                "interpolate", "pts1", "pts2",
            )),
            f"{prefix}2poly", f"poly2{prefix}",
        )
    ),
}
"""For each reason the functions, by their paths in NumPy."""

METHOD_OF_UFUNC = Refusal("it is a method of a ufunc",
                          "write the loop, or use a function such as `np.cumsum` or `np.dot`")


def refused() -> Iterator[tuple[str, Any, Refusal]]:
    """The paths and the functions that this version of NumPy has, with the reasons."""
    for why, paths in REFUSED.items():
        for path in paths:
            owner: Any = np
            found = None
            for name in path.split("."):
                found = owner = getattr(owner, name, None)
            if found is not None:
                yield path, found, why


@functools.cache
def _by_identity() -> dict[int, tuple[Any, Refusal]]:
    return {id(fn): (fn, why) for _, fn, why in refused()}


def refusal(fn: Any) -> Refusal | None:
    """Why a function is refused; None where it is not in the table."""
    if isinstance(getattr(fn, "__self__", None), np.ufunc):
        return METHOD_OF_UFUNC
    return _by_identity().get(id(fn), (None, None))[1]
