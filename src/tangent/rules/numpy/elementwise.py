"""Rules of NumPy's elementwise functions, and of their namesakes in `math`, by their partial derivatives.

Arithmetic is with the operators.
"""

from __future__ import annotations

import math

import numpy as np

from tangent.rules.registry import adjoint, d, method, nondifferentiable, partials, tangent_
from tangent.runtime import bessel_i, greater, sinc_derivative, stop_gradient, unbroadcast

# --- exponentials and logarithms


@partials(np.exp, math.exp)
def exp(y, x):
    return y


@partials(np.exp2, math.exp2)
def exp2(y, x):
    return y * math.log(2.0)


@partials(np.expm1, math.expm1)
def expm1(y, x):
    return y + 1.0


@partials(np.log)
def log(y, x):
    return 1.0 / x


@partials(np.log2, math.log2)
def log2(y, x):
    return 1.0 / (x * math.log(2.0))


@partials(np.log10, math.log10)
def log10(y, x):
    return 1.0 / (x * math.log(10.0))


@partials(np.log1p, math.log1p)
def log1p(y, x):
    return 1.0 / (1.0 + x)


@partials(np.logaddexp)
def logaddexp(z, x, y):
    return np.exp(x - z), np.exp(y - z)


@partials(np.logaddexp2)
def logaddexp2(z, x, y):
    return np.exp2(x - z), np.exp2(y - z)


# --- trigonometric and hyperbolic functions


@partials(np.sin, math.sin)
def sin(y, x):
    return np.cos(x)


@partials(np.cos, math.cos)
def cos(y, x):
    return -np.sin(x)


@partials(np.tan, math.tan)
def tan(y, x):
    return 1.0 + y * y


@partials(np.arcsin, math.asin)
def arcsin(y, x):
    return 1.0 / np.sqrt(1.0 - x * x)


@partials(np.arccos, math.acos)
def arccos(y, x):
    return -1.0 / np.sqrt(1.0 - x * x)


@partials(np.arctan, math.atan)
def arctan(y, x):
    return 1.0 / (1.0 + x * x)


@partials(np.arctan2, math.atan2)
def arctan2(z, y, x):
    return x / (x * x + y * y), -y / (x * x + y * y)


@partials(np.sinh, math.sinh)
def sinh(y, x):
    return np.cosh(x)


@partials(np.cosh, math.cosh)
def cosh(y, x):
    return np.sinh(x)


@partials(np.tanh, math.tanh)
def tanh(y, x):
    return 1.0 - y * y


@partials(np.arcsinh, math.asinh)
def arcsinh(y, x):
    return 1.0 / np.sqrt(x * x + 1.0)


@partials(np.arccosh, math.acosh)
def arccosh(y, x):
    return 1.0 / np.sqrt(x * x - 1.0)


@partials(np.arctanh, math.atanh)
def arctanh(y, x):
    return 1.0 / (1.0 - x * x)


@partials(np.deg2rad, np.radians, math.radians)
def deg2rad(y, x):
    return math.pi / 180.0


@partials(np.rad2deg, np.degrees, math.degrees)
def rad2deg(y, x):
    return 180.0 / math.pi


@partials(np.sinc)
def sinc(y, x):
    return sinc_derivative(1, x)


@partials(np.i0)
def i0(y, x):
    return bessel_i(1, x)


@partials(np.unwrap)
def unwrap(y, p, discont=None, axis=-1, *, period=2.0 * math.pi):
    return 1.0, None, None, None


# --- powers and roots


@partials(np.sqrt, math.sqrt)
def sqrt(y, x):
    return 0.5 / y


@partials(np.cbrt, math.cbrt)
def cbrt(y, x):
    return 1.0 / (3.0 * y * y)


@partials(np.square)
def square(y, x):
    return 2.0 * x


@partials(np.reciprocal)
def reciprocal(y, x):
    return -y * y


@partials(np.hypot, math.hypot)
def hypot(z, x, y):
    # The quotient 0 / 0 where both are 0: there is a kink in every direction.
    return x / z, y / z


# --- pieces: signs, extrema, choices


@partials(math.fabs)
def fabs(y, x):
    return np.sign(x)


@partials(np.copysign, math.copysign)
def copysign(z, x, y):
    return np.sign(x) * np.sign(z), 0.0


@partials(np.ldexp, math.ldexp)
def ldexp(z, x, i):
    return 2.0**i, None


@partials(np.nextafter, math.nextafter)
def nextafter(z, x, y):
    return 1.0, 0.0


@partials(np.nan_to_num)
def nan_to_num(y, x, *, nan=0.0, posinf=None, neginf=None):
    return np.isfinite(x), np.isnan(x), None, None


@adjoint(np.modf)
def modf(y, x):
    d[x] = d[y][0]


@tangent_(np.modf)
def modf_tangent(y, x):
    d[y] = (d[x], np.zeros_like(d[x]))


@adjoint(np.frexp)
def frexp(y, x):
    d[x] = np.ldexp(d[y][0], stop_gradient(-y[1]))


@tangent_(np.frexp)
def frexp_tangent(y, x):
    d[y] = (np.ldexp(d[x], stop_gradient(-y[1])), np.zeros_like(d[x]))


@partials(np.angle)
def angle(y, z):
    return 0.0


@partials(np.heaviside)
def heaviside(z, x, y):
    return 0.0, x == 0


@partials(np.fmod, math.fmod)
def fmod(z, x, y):
    return 1.0, (z - x) / y


@partials(np.maximum)
def maximum(z, x, y):
    return greater(x, y), greater(y, x)


@partials(np.minimum)
def minimum(z, x, y):
    return greater(y, x), greater(x, y)


@partials(np.fmax)
def fmax(z, x, y):
    return greater(x, y) + np.isnan(y), greater(y, x) + np.isnan(x)


@partials(np.fmin)
def fmin(z, x, y):
    return greater(y, x) + np.isnan(y), greater(x, y) + np.isnan(x)


@partials(np.clip, method("clip"))
def clip(z, a, a_min=None, a_max=None):
    # At the bounds the derivative is that of the inside.
    return z == a, (a < a_min) & (z == a_min), a > a_max


@partials(np.clip, method("clip"))
def clip_by_name(z, a, *, min=None, max=None):
    return z == a, (a < min) & (z == min), a > max


@adjoint(np.where, constant=("condition",))
def where(z, condition, x, y):
    d[x] = unbroadcast(np.where(condition, d[z], 0.0), x)
    d[y] = unbroadcast(np.where(condition, 0.0, d[z]), y)


@tangent_(np.where, constant=("condition",))
def where_tangent(z, condition, x, y):
    d[z] = np.where(condition, d[x], d[y])


nondifferentiable(np.where)  # of a condition alone: the places where it holds
