"""Rules of the series of `numpy.polynomial`, whose coefficients are given the lowest first.

Six kinds of polynomials have the same functions, and one set of rules: the value of a series is linear in the
coefficients, its derivative is the value of the series that `der` gives, and the matrix `vander` has the polynomials
themselves in its columns.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, d, linear, tangent_
from tangent.runtime import in_precision_of, unarray, unbroadcast


def declare(val, der, integral, vander):
    """Declare the rules of one kind of polynomials."""

    @adjoint(val)
    def series(y, x, c):
        d[x] = unbroadcast(d[y] * val(x, der(c)), x)
        transposed = np.ravel(d[y]) @ np.reshape(vander(x, len(c) - 1), (-1, len(c)))
        d[c] = unarray(np.reshape(in_precision_of(transposed, (x, c)), np.shape(c)), c)

    @tangent_(val)
    def series_tangent(y, x, c):
        d[y] = val(x, np.asarray(d[c])) + val(x, der(c)) * d[x]

    @linear(der)
    def derivative(y, c):
        d[c] = unarray(d[y] @ der(np.eye(len(c), dtype=y.dtype)), c)

    @adjoint(integral)
    def antiderivative(y, c):
        d[c] = unarray(d[y] @ integral(np.eye(len(c), dtype=y.dtype)), c)

    @tangent_(integral)
    def antiderivative_tangent(y, c):
        d[y] = integral(d[c])

    # The derivative of each polynomial is a sum of those of lower degree.
    @adjoint(vander, constant=("deg",))
    def polynomials(y, x, deg):
        slopes = y[..., : max(deg, 1)] @ der(np.eye(deg + 1, dtype=y.dtype))
        d[x] = unarray(np.reshape(np.sum(d[y] * slopes, -1), np.shape(x)), x)

    @tangent_(vander, constant=("deg",))
    def polynomials_tangent(y, x, deg):
        slopes = y[..., : max(deg, 1)] @ der(np.eye(deg + 1, dtype=y.dtype))
        d[y] = slopes * np.reshape(d[x], (*np.shape(y)[:-1], 1))


declare(polynomial.polyval, polynomial.polyder, polynomial.polyint, polynomial.polyvander)
declare(chebyshev.chebval, chebyshev.chebder, chebyshev.chebint, chebyshev.chebvander)
declare(legendre.legval, legendre.legder, legendre.legint, legendre.legvander)
declare(hermite.hermval, hermite.hermder, hermite.hermint, hermite.hermvander)
declare(hermite_e.hermeval, hermite_e.hermeder, hermite_e.hermeint, hermite_e.hermevander)
declare(laguerre.lagval, laguerre.lagder, laguerre.lagint, laguerre.lagvander)


@defines(polynomial.polyvalfromroots)
def polyvalfromroots(x, r):
    return np.prod(np.expand_dims(x, -1) - r, -1)
