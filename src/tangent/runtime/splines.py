"""Derivatives of splines in the form of FITPACK, by the point at which they are evaluated.

A spline is a piecewise polynomial of the degree `k`: its derivatives of higher orders are 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError

__all__ = ["splev_change", "splev_transpose", "spline_slope", "surface_slope"]


def spline_slope(x: Any, tck: Any, der: int = 1, ext: int = 0) -> Any:
    """The derivative of order `der` >= 1 of a spline: `splev(x, tck, der, ext)`, and 0 for the highest.

    Those of the coordinates of a curve are in one array, along its first axis.
    """
    from scipy import interpolate

    t, c, k = (tck.t, tck.c, tck.k) if isinstance(tck, interpolate.BSpline) else tck
    if np.ndim(c[0]):
        return np.stack([spline_slope(x, (t, coordinate, k), der, ext) for coordinate in c])
    if der > k:
        return np.zeros(np.shape(x))
    return interpolate.splev(x, (t, c, k), der, ext)


def surface_slope(x: Any, y: Any, tck: Any, dx: int = 0, dy: int = 0) -> Any:
    """The partial derivative of orders `dx` and `dy` of `bisplev(x, y, tck)`: a matrix on the grid of `x` and `y`.

    Outside of the knots the surface is constant in the direction that leaves them.
    """
    tx, ty, c, kx, ky = tck
    along_x, along_y = _basis(np.atleast_1d(x), tx, kx, dx), _basis(np.atleast_1d(y), ty, ky, dy)
    return along_x @ np.reshape(c, (along_x.shape[1], along_y.shape[1])) @ along_y.T


def _basis(x: Any, t: Any, k: int, der: int) -> Any:
    """The derivatives of order `der` of the B-splines on the knots `t`, one in a column, at the points `x`."""
    from scipy import interpolate

    t = np.asarray(t)
    count = len(t) - k - 1
    if der > k:
        return np.zeros((len(x), count))
    first, last = t[k], t[count]
    values = interpolate.BSpline(t, np.eye(count), k)(np.clip(x, first, last), der)
    return values if der == 0 else np.where(((x >= first) & (x <= last))[:, None], values, 0.0)


def splev_transpose(b: Any, x: Any, tck: Any, der: int, ext: int) -> Any:
    """The adjoint of a spline with its knots, its coefficients and its degree, from that of `splev`.

    That of the knots is not known: it is NaN.
    """
    t, c, k = coefficients_of(tck)
    return [np.full(np.shape(t), np.nan), np.ravel(b) @ _every_basis(x, t, c, k, der, ext), 0.0]


def splev_change(t_tck: Any, x: Any, tck: Any, der: int, ext: int) -> Any:
    """The tangent of `splev` from that of the spline.

    Raises:
        UnsupportedError: the knots move.
    """
    t, c, k = coefficients_of(tck)
    if np.any(t_tck[0]):
        raise UnsupportedError("unsupported: the derivative of splev by its knots", "keep the knots constant")
    return np.reshape(_every_basis(x, t, c, k, der, ext) @ t_tck[1], np.shape(x))


def coefficients_of(tck: Any) -> Any:
    """The knots, the coefficients and the degree of a spline.

    Raises:
        UnsupportedError: it is a curve with several coordinates, or an object.
    """
    if not isinstance(tck, (tuple, list)) or np.ndim(tck[1]) != 1:
        raise UnsupportedError(
            "unsupported: splev by the coefficients of a curve", "evaluate the coordinates one after the other"
        )
    return tck


def _every_basis(x: Any, t: Any, c: Any, k: int, der: int, ext: int) -> Any:
    """The B-splines of which `c` has the coefficients, one in a column, as `splev` evaluates them."""
    from scipy import interpolate

    columns = []
    for i in range(len(c)):
        unit = np.zeros(len(c))
        unit[i] = 1.0
        column = spline_slope(x, (t, unit, k), der, ext) if der else interpolate.splev(x, (t, unit, k), 0, ext)
        columns.append(np.ravel(column))
    return np.stack(columns, -1)
