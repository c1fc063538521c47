"""Rules of functions of polynomials, which are given by their coefficients, the highest first."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, tangent_
from tangent.runtime import (
    at_end,
    convolve_transpose,
    polynomial_slope,
    polyval_transpose,
    require,
    unarray,
    unbroadcast,
)


@adjoint(np.polyval)
def polyval(y, p, x):
    d[p] = polyval_transpose(d[y], p, x)
    d[x] = unbroadcast(d[y] * polynomial_slope(p, x), x)


@tangent_(np.polyval)
def polyval_tangent(y, p, x):
    d[y] = np.polyval(d[p], x) + polynomial_slope(p, x) * d[x]


# --- arithmetic


@adjoint(np.polyadd)
def polyadd(y, a1, a2):
    d[a1] = at_end(d[y], a1)
    d[a2] = at_end(d[y], a2)


@tangent_(np.polyadd)
def polyadd_tangent(y, a1, a2):
    d[y] = np.polyadd(d[a1], d[a2])


@adjoint(np.polysub)
def polysub(y, a1, a2):
    d[a1] = at_end(d[y], a1)
    d[a2] = at_end(-d[y], a2)


@tangent_(np.polysub)
def polysub_tangent(y, a1, a2):
    d[y] = np.polysub(d[a1], d[a2])


# The leading zeros of the factors are left out in the product.
@adjoint(np.polymul)
def polymul(y, a1, a2):
    full = at_end(d[y], np.zeros(np.size(a1) + np.size(a2) - 1))
    d[a1] = unarray(convolve_transpose(full, a1, a2), a1)
    d[a2] = unarray(convolve_transpose(full, a2, a1), a2)


@tangent_(np.polymul)
def polymul_tangent(y, a1, a2):
    d[y] = at_end(np.convolve(d[a1], a2) + np.convolve(a1, d[a2]), y)


@defines(np.polydiv)
def polydiv(u, v):
    remainder, divisor = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    count = len(remainder) - len(divisor) + 1
    quotient = np.zeros(max(count, 1))
    for k in range(count):
        quotient[k] = remainder[k] / divisor[0]
        remainder[k : k + len(divisor)] -= quotient[k] * divisor
    while np.allclose(remainder[0], 0, rtol=1e-14) and len(remainder) > 1:
        remainder = remainder[1:]
    return quotient, remainder


# --- derivatives and integrals


@defines(np.polyder)
def polyder(p):
    return np.multiply(p[:-1], np.arange(len(p) - 1, 0, -1))


@defines(np.polyder)
def polyder_of_order(p, m):
    slopes = np.asarray(p)
    for _ in range(m):
        slopes = slopes[:-1] * np.arange(len(slopes) - 1, 0, -1)
    return slopes


@defines(np.polyint)
def polyint(p):
    return np.append(np.divide(p, np.arange(len(p), 0, -1)), 0.0)


@defines(np.polyint)
def polyint_of_order(p, m):
    integral = np.asarray(p)
    for _ in range(m):
        integral = np.append(integral / np.arange(len(integral), 0, -1), 0.0)
    return integral


@defines(np.polyint)
def polyint_from(p, *, k):
    return np.append(np.divide(p, np.arange(len(p), 0, -1)), k)


# --- polynomials from points and zeros


@defines(np.vander)
def vander(x):
    return np.expand_dims(x, -1) ** np.arange(len(x) - 1, -1, -1)


@defines(np.vander)
def vander_of_size(x, N, increasing=False):
    powers = np.arange(N) if increasing else np.arange(N - 1, -1, -1)
    return np.expand_dims(x, -1) ** powers


@defines(np.vander)
def vander_increasing(x, *, increasing):
    powers = np.arange(len(x)) if increasing else np.arange(len(x) - 1, -1, -1)
    return np.expand_dims(x, -1) ** powers


@defines(np.polyfit)
def polyfit(x, y, deg):
    points = np.asarray(x) + 0.0
    powers = np.vander(points, deg + 1)
    scale = np.sqrt(np.sum(powers * powers, 0))
    found = np.linalg.lstsq(powers / scale, y, len(x) * np.finfo(points.dtype).eps)[0]
    return np.transpose(np.transpose(found) / scale)


@defines(np.polyfit)
def polyfit_weighted(x, y, deg, *, w):
    points, weights = np.asarray(x) + 0.0, np.asarray(w)
    powers = np.vander(points, deg + 1) * weights[:, None]
    scale = np.sqrt(np.sum(powers * powers, 0))
    found = np.linalg.lstsq(powers / scale, np.transpose(np.transpose(y) * weights),
                            len(x) * np.finfo(points.dtype).eps)[0]
    return np.transpose(np.transpose(found) / scale)


@defines(np.poly)
def poly(seq_of_zeros):
    require(np.ndim(seq_of_zeros) == 1, "the characteristic polynomial of a matrix", "give np.poly the eigenvalues")
    coefficients = np.ones(1)
    for zero in np.asarray(seq_of_zeros):
        coefficients = np.append(coefficients, 0.0) - np.append(0.0, coefficients * zero)
    return coefficients
