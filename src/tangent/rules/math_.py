"""Rules of `math`; functions that NumPy has by the same name are with NumPy's."""

from __future__ import annotations

import math

import numpy as np

from tangent.rules.registry import adjoint, d, linear, nondifferentiable, partials, tangent_
from tangent.runtime import polygamma, power_slope, products_of_others, spread, unarray


@partials(math.pow)
def power(z, x, y):
    return power_slope(x, y), z * np.log(x + (x == 0))


@partials(math.log)
def log(y, x):
    return 1.0 / x


@partials(math.log)
def log_to_base(y, x, base):
    return 1.0 / (x * np.log(base)), -y / (base * np.log(base))


@partials(math.hypot)
def hypot_of_one(z, x):
    return np.sign(x)


@partials(math.hypot)
def hypot_of_three(z, x, y, w):
    return x / z, y / z, w / z


@partials(math.erf)
def erf(y, x):
    return 2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@partials(math.erfc)
def erfc(y, x):
    return -2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@partials(math.gamma)
def gamma(y, x):
    return y * polygamma(0, x)


@partials(math.lgamma)
def lgamma(y, x):
    return polygamma(0, x)


@partials(math.remainder)
def remainder(z, x, y):
    return 1.0, (z - x) / y


@linear(math.fsum)
def fsum(y, seq):
    d[seq] = spread(d[y], seq)


@adjoint(math.prod)
def prod(y, iterable):
    d[iterable] = unarray(d[y] * products_of_others(iterable), iterable)


@tangent_(math.prod)
def prod_tangent(y, iterable):
    d[y] = np.dot(np.array(d[iterable]), products_of_others(iterable))


@adjoint(math.dist)
def dist(y, p, q):
    d[p] = unarray(d[y] / y * np.subtract(p, q), p)
    d[q] = unarray(d[y] / y * np.subtract(q, p), q)


@tangent_(math.dist)
def dist_tangent(y, p, q):
    d[y] = np.dot(np.subtract(p, q), d[p]) / y + np.dot(np.subtract(q, p), d[q]) / y


nondifferentiable(
    math.ceil, math.floor, math.trunc, math.isclose, math.isfinite, math.isinf, math.isnan, math.comb,
    math.perm, math.factorial, math.gcd, math.lcm, math.isqrt, math.ulp,
)
