"""Rules of the splines of FITPACK in `scipy.interpolate`, by the points at which they are evaluated.

Those of one variable have a derivative by their coefficients as well, and none by their knots.  Where a spline goes on
as a constant (`ext=3`), its derivative is 0; SciPy's derivatives go on as polynomials there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from tangent.rules.registry import adjoint, d, tangent_
from tangent.rules.scipy import interpolation
from tangent.runtime import (
    splev_change,
    splev_transpose,
    spline_slope,
    surface_slope,
    unarray,
    unbroadcast,
)

__all__ = ["interpolation"]


def _same_functions(name: str) -> list[Any]:
    """The functions of a name that `scipy.interpolate` and its modules have: one may be written by another."""
    modules = [getattr(interpolate, module, None) for module in ("_fitpack_py", "_fitpack_impl")]
    return list(dict.fromkeys(getattr(m, name) for m in (interpolate, *modules) if hasattr(m, name)))


@adjoint(*_same_functions("splev"), container=True)
def splev(y, x, tck, der=0, ext=0):
    outside = 1 if der == 0 and ext == 3 else ext
    d[x] = unbroadcast(np.array(d[y]) * spline_slope(x, tck, der + 1, outside), x)
    d[tck] = splev_transpose(d[y], x, tck, der, ext)


@tangent_(*_same_functions("splev"), container=True)
def splev_tangent(y, x, tck, der=0, ext=0):
    outside = 1 if der == 0 and ext == 3 else ext
    d[y] = unarray(spline_slope(x, tck, der + 1, outside) * d[x] + splev_change(d[tck], x, tck, der, ext), y)


@adjoint(*_same_functions("bisplev"))
def bisplev(z, x, y, tck, dx=0, dy=0):
    change = np.reshape(d[z], (np.size(x), np.size(y)))
    d[x] = unarray(np.reshape(np.sum(change * surface_slope(x, y, tck, dx + 1, dy), 1), np.shape(x)), x)
    d[y] = unarray(np.reshape(np.sum(change * surface_slope(x, y, tck, dx, dy + 1), 0), np.shape(y)), y)


@tangent_(*_same_functions("bisplev"))
def bisplev_tangent(z, x, y, tck, dx=0, dy=0):
    by_x = surface_slope(x, y, tck, dx + 1, dy) * np.reshape(d[x], (-1, 1))
    by_y = surface_slope(x, y, tck, dx, dy + 1) * np.reshape(d[y], (1, -1))
    d[z] = unarray(np.reshape(by_x + by_y, np.shape(z)), z)
