"""The classes of `numpy.polynomial`: objects with coefficients, and methods that are formulas of these."""

from __future__ import annotations

import numpy as np
from numpy.polynomial._polybase import ABCPolyBase

from tangent.rules.definitions import defines, describe_classes
from tangent.runtime import require

CLASSES = (
    np.polynomial.Polynomial, np.polynomial.Chebyshev, np.polynomial.Hermite, np.polynomial.HermiteE,
    np.polynomial.Laguerre, np.polynomial.Legendre,
)


@defines(ABCPolyBase.__init__)
def make_series(self, coef, domain=None, window=None, symbol="x"):
    require(np.ndim(coef) == 1, "coefficients that are no vector", "pass a list of numbers, or a vector")
    self.coef = np.asarray(coef) + 0.0
    self.domain = self.domain if domain is None else np.asarray(domain) + 0.0
    self.window = self.window if window is None else np.asarray(window) + 0.0
    self._symbol = symbol


def scale_of(series):
    """By how much places are stretched: from the domain to the window."""
    return (series.window[1] - series.window[0]) / (series.domain[1] - series.domain[0])


@defines(ABCPolyBase.__call__)
def evaluate_series(self, arg):
    return self._val(self.window[0] + scale_of(self) * (arg - self.domain[0]), self.coef)


@defines(ABCPolyBase.deriv)
def derivative_of_series(self, m=1):
    coef = self._der(self.coef) * scale_of(self)
    if m > 1:
        for _ in range(1, m):
            coef = self._der(coef) * scale_of(self)
    return self.__class__(coef, self.domain, self.window)


@defines(ABCPolyBase.integ)
def integral_of_series(self):
    return self.__class__(self._int(self.coef) / scale_of(self), self.domain, self.window)


describe_classes(ABCPolyBase, *CLASSES)
