"""Rules of the distribution functions of `scipy.special`, by the variable and by what else has a closed form."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent.rules.registry import partials

# --- of the gamma function


@partials(special.gdtr)
def gdtr(y, a, b, x):
    density = np.exp(special.xlogy(b - 1.0, a * x) - a * x - special.gammaln(b))
    return x * density, None, a * density


@partials(special.gdtrc)
def gdtrc(y, a, b, x):
    density = np.exp(special.xlogy(b - 1.0, a * x) - a * x - special.gammaln(b))
    return -x * density, None, -a * density


@partials(special.gdtrix)
def gdtrix(x, a, b, p):
    return -x / a, None, np.exp(a * x + special.gammaln(b) - special.xlogy(b - 1.0, a * x)) / a


@partials(special.gdtria)
def gdtria(a, p, b, x):
    return np.exp(a * x + special.gammaln(b) - special.xlogy(b - 1.0, a * x)) / x, None, -a / x


@partials(special.chdtr)
def chdtr(y, v, x):
    return None, 0.5 * np.exp(special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v))


@partials(special.chdtrc)
def chdtrc(y, v, x):
    return None, -0.5 * np.exp(special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v))


@partials(special.chdtri)
def chdtri(x, v, p):
    return None, -2.0 * np.exp(0.5 * x + special.gammaln(0.5 * v) - special.xlogy(0.5 * v - 1.0, 0.5 * x))


@partials(special.chndtr)
def chndtr(y, x, df, nc):
    distance = (np.sqrt(x) - np.sqrt(nc)) ** 2
    bessel = special.ive(0.5 * df - 1.0, np.sqrt(nc * x))
    density = 0.5 * np.exp(-0.5 * distance) * (x / nc) ** (0.25 * df - 0.5) * bessel
    return density, None, 0.5 * (special.chndtr(x, df + 2.0, nc) - y)


@partials(special.pdtr)
def pdtr(y, k, m):
    return None, -np.exp(special.xlogy(np.floor(k), m) - m - special.gammaln(np.floor(k) + 1.0))


@partials(special.pdtrc)
def pdtrc(y, k, m):
    return None, np.exp(special.xlogy(np.floor(k), m) - m - special.gammaln(np.floor(k) + 1.0))


@partials(special.pdtri)
def pdtri(m, k, y):
    return None, -np.exp(m + special.gammaln(k + 1.0) - special.xlogy(k, m))


# --- of the beta function


@partials(special.bdtr)
def bdtr(y, k, n, p):
    count = np.floor(k)
    weight = special.xlogy(count, p) + special.xlog1py(n - count - 1.0, -p) - special.betaln(n - count, count + 1.0)
    return None, None, -np.exp(weight)


@partials(special.bdtrc)
def bdtrc(y, k, n, p):
    count = np.floor(k)
    weight = special.xlogy(count, p) + special.xlog1py(n - count - 1.0, -p) - special.betaln(n - count, count + 1.0)
    return None, None, np.exp(weight)


@partials(special.bdtri)
def bdtri(p, k, n, y):
    count = np.floor(k)
    weight = special.xlogy(count, p) + special.xlog1py(n - count - 1.0, -p) - special.betaln(n - count, count + 1.0)
    return None, None, -np.exp(-weight)


@partials(special.nbdtr)
def nbdtr(y, k, n, p):
    return None, None, np.exp(special.xlogy(n - 1.0, p) + special.xlog1py(k, -p) - special.betaln(n, k + 1.0))


@partials(special.nbdtrc)
def nbdtrc(y, k, n, p):
    return None, None, -np.exp(special.xlogy(n - 1.0, p) + special.xlog1py(k, -p) - special.betaln(n, k + 1.0))


@partials(special.nbdtri)
def nbdtri(p, k, n, y):
    return None, None, np.exp(special.betaln(n, k + 1.0) - special.xlogy(n - 1.0, p) - special.xlog1py(k, -p))


@partials(special.fdtr)
def fdtr(y, dfn, dfd, x):
    a, b = 0.5 * dfn, 0.5 * dfd
    powers = special.xlogy(a, dfn) + special.xlogy(b, dfd) + special.xlogy(a - 1.0, x)
    return None, None, np.exp(powers - (a + b) * np.log(dfd + dfn * x) - special.betaln(a, b))


@partials(special.fdtrc)
def fdtrc(y, dfn, dfd, x):
    a, b = 0.5 * dfn, 0.5 * dfd
    powers = special.xlogy(a, dfn) + special.xlogy(b, dfd) + special.xlogy(a - 1.0, x)
    return None, None, -np.exp(powers - (a + b) * np.log(dfd + dfn * x) - special.betaln(a, b))


@partials(special.fdtri)
def fdtri(x, dfn, dfd, p):
    a, b = 0.5 * dfn, 0.5 * dfd
    powers = special.xlogy(a, dfn) + special.xlogy(b, dfd) + special.xlogy(a - 1.0, x)
    return None, None, np.exp(special.betaln(a, b) + (a + b) * np.log(dfd + dfn * x) - powers)


@partials(special.stdtr)
def stdtr(y, df, t):
    power = 0.5 * (df + 1.0) * np.log1p(t * t / df)
    return None, np.exp(-power - 0.5 * np.log(df) - special.betaln(0.5, 0.5 * df))


@partials(special.stdtrit)
def stdtrit(t, df, p):
    power = 0.5 * (df + 1.0) * np.log1p(t * t / df)
    return None, np.exp(power + 0.5 * np.log(df) + special.betaln(0.5, 0.5 * df))


# --- of the normal distribution, and others


@partials(special.ndtri_exp)
def ndtri_exp(x, y):
    return math.sqrt(2.0 * math.pi) * np.exp(y + 0.5 * x * x)


@partials(special.nrdtrimn)
def nrdtrimn(y, p, std, x):
    quotient = (x - y) / std
    return -std * math.sqrt(2.0 * math.pi) * np.exp(0.5 * quotient * quotient), -quotient, 1.0


@partials(special.nrdtrisd)
def nrdtrisd(y, mn, p, x):
    quotient = (x - mn) / y
    by_p = -y / quotient * math.sqrt(2.0 * math.pi) * np.exp(0.5 * quotient * quotient)
    return -1.0 / quotient, by_p, 1.0 / quotient


@partials(special.owens_t)
def owens_t(y, h, a):
    by_h = -np.exp(-0.5 * h * h) * special.erf(a * h / math.sqrt(2.0)) / (2.0 * math.sqrt(2.0 * math.pi))
    return by_h, np.exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * math.pi * (1.0 + a * a))


@partials(special.tklmbda)
def tklmbda(y, x, lmbda):
    return 1.0 / (y ** (lmbda - 1.0) + (1.0 - y) ** (lmbda - 1.0)), None
