"""Rules of the distribution functions of `scipy.special`, by the variable and by parameters that are real numbers."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent import runtime
from tangent.rules.registry import partials
from tangent.runtime import beta_speed_of_a, beta_speed_of_b, gamma_speed, in_precision_of

# --- the speeds: the derivatives by a parameter, over those by the variable


@partials(runtime.gamma_speed)
def gamma_speed_(s, a, x):
    rate = in_precision_of(np.log(x) - special.digamma(a), (a, x))
    return None, rate - s * ((a - 1.0) / x - 1.0)


@partials(runtime.beta_speed_of_a)
def beta_speed_of_a_(s, a, b, x):
    rate = in_precision_of(np.log(x) - special.digamma(a) + special.digamma(a + b), (a, b, x))
    return None, None, rate - s * ((a - 1.0) / x - (b - 1.0) / (1.0 - x))


@partials(runtime.beta_speed_of_b)
def beta_speed_of_b_(s, a, b, x):
    rate = in_precision_of(np.log1p(-x) - special.digamma(b) + special.digamma(a + b), (a, b, x))
    return None, None, rate - s * ((a - 1.0) / x - (b - 1.0) / (1.0 - x))


def fisher_speed_of_numerator(dfn, dfd, x):
    """Of `fdtr(dfn, dfd, x) = betainc(dfn / 2, dfd / 2, dfn * x / (dfn * x + dfd))`, by `dfn`."""
    whole = dfn * x + dfd
    return x / dfn + 0.5 * beta_speed_of_a(0.5 * dfn, 0.5 * dfd, dfn * x / whole) * whole * whole / (dfn * dfd)


def fisher_speed_of_denominator(dfn, dfd, x):
    """The same by `dfd`."""
    whole = dfn * x + dfd
    return 0.5 * beta_speed_of_b(0.5 * dfn, 0.5 * dfd, dfn * x / whole) * whole * whole / (dfn * dfd) - x / dfd


def student_speed(df, t):
    """Of `stdtr(df, t) = (1 + sign(t) * betainc(1 / 2, df / 2, t**2 / (df + t**2))) / 2`, by `df`."""
    whole = df + t * t
    change = 0.25 * beta_speed_of_b(0.5, 0.5 * df, t * t / whole) * whole * whole - 0.5 * t * t
    return change / (df * (t + (t == 0)))


# --- of the gamma function


def gamma_density(a, x):
    """The slope of `gammainc(a, x)`."""
    return in_precision_of(np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a)), (a, x))


def gamma_spacing(a, x):
    """The inverse of `gamma_density`: the slope of the inverse function."""
    return in_precision_of(np.exp(x + special.gammaln(a) - special.xlogy(a - 1.0, x)), (a, x))


@partials(special.gammainc)
def gammainc(y, a, x):
    density = gamma_density(a, x)
    return gamma_speed(a, x) * density, density


@partials(special.gammaincc)
def gammaincc(y, a, x):
    density = gamma_density(a, x)
    return -gamma_speed(a, x) * density, -density


@partials(special.gammaincinv)
def gammaincinv(x, a, y):
    return -gamma_speed(a, x), gamma_spacing(a, x)


@partials(special.gammainccinv)
def gammainccinv(x, a, y):
    return -gamma_speed(a, x), -gamma_spacing(a, x)


@partials(special.gdtr)
def gdtr(y, a, b, x):
    density = gamma_density(b, a * x)
    return x * density, gamma_speed(b, a * x) * density, a * density


@partials(special.gdtrc)
def gdtrc(y, a, b, x):
    density = gamma_density(b, a * x)
    return -x * density, -gamma_speed(b, a * x) * density, -a * density


@partials(special.gdtrix)
def gdtrix(x, a, b, p):
    return -x / a, -gamma_speed(b, a * x) / a, gamma_spacing(b, a * x) / a


@partials(special.gdtria)
def gdtria(a, p, b, x):
    return gamma_spacing(b, a * x) / x, -gamma_speed(b, a * x) / x, -a / x


@partials(special.chdtr)
def chdtr(y, v, x):
    density = 0.5 * gamma_density(0.5 * v, 0.5 * x)
    return gamma_speed(0.5 * v, 0.5 * x) * density, density


@partials(special.chdtrc)
def chdtrc(y, v, x):
    density = 0.5 * gamma_density(0.5 * v, 0.5 * x)
    return -gamma_speed(0.5 * v, 0.5 * x) * density, -density


@partials(special.chdtri)
def chdtri(x, v, p):
    return -gamma_speed(0.5 * v, 0.5 * x), -2.0 * gamma_spacing(0.5 * v, 0.5 * x)


@partials(special.chndtr)
def chndtr(y, x, df, nc):
    distance = (np.sqrt(x) - np.sqrt(nc)) ** 2
    bessel = special.ive(0.5 * df - 1.0, np.sqrt(nc * x))
    density = 0.5 * np.exp(-0.5 * distance) * (x / nc) ** (0.25 * df - 0.5) * bessel
    return in_precision_of(density, (x, df, nc)), None, 0.5 * (special.chndtr(x, df + 2.0, nc) - y)


@partials(special.pdtr)
def pdtr(y, k, m):
    return None, -gamma_density(k // 1 + 1.0, m)


@partials(special.pdtrc)
def pdtrc(y, k, m):
    return None, gamma_density(k // 1 + 1.0, m)


@partials(special.pdtri)
def pdtri(m, k, y):
    return None, -gamma_spacing(k + 1.0, m)


# --- of the beta function


def beta_density(a, b, x):
    """The slope of `betainc(a, b, x)`."""
    power = special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x)
    return in_precision_of(np.exp(power - special.betaln(a, b)), (a, b, x))


def beta_spacing(a, b, x):
    """The inverse of `beta_density`: the slope of the inverse function."""
    power = special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x)
    return in_precision_of(np.exp(special.betaln(a, b) - power), (a, b, x))


@partials(special.betainc)
def betainc(y, a, b, x):
    density = beta_density(a, b, x)
    return beta_speed_of_a(a, b, x) * density, beta_speed_of_b(a, b, x) * density, density


@partials(special.betaincc)
def betaincc(y, a, b, x):
    density = beta_density(a, b, x)
    return -beta_speed_of_a(a, b, x) * density, -beta_speed_of_b(a, b, x) * density, -density


@partials(special.betaincinv)
def betaincinv(x, a, b, y):
    return -beta_speed_of_a(a, b, x), -beta_speed_of_b(a, b, x), beta_spacing(a, b, x)


@partials(special.betainccinv)
def betainccinv(x, a, b, y):
    return -beta_speed_of_a(a, b, x), -beta_speed_of_b(a, b, x), -beta_spacing(a, b, x)


@partials(special.bdtr)
def bdtr(y, k, n, p):
    return None, None, -beta_density(k // 1 + 1.0, n - k // 1, p)


@partials(special.bdtrc)
def bdtrc(y, k, n, p):
    return None, None, beta_density(k // 1 + 1.0, n - k // 1, p)


@partials(special.bdtri)
def bdtri(p, k, n, y):
    return None, None, -beta_spacing(k // 1 + 1.0, n - k // 1, p)


@partials(special.nbdtr)
def nbdtr(y, k, n, p):
    return None, None, beta_density(n, k + 1.0, p)


@partials(special.nbdtrc)
def nbdtrc(y, k, n, p):
    return None, None, -beta_density(n, k + 1.0, p)


@partials(special.nbdtri)
def nbdtri(p, k, n, y):
    return None, None, beta_spacing(n, k + 1.0, p)


def f_log_density(dfn, dfd, x):
    """The logarithm of the slope of `fdtr(dfn, dfd, x)`."""
    a, b = 0.5 * dfn, 0.5 * dfd
    powers = special.xlogy(a, dfn) + special.xlogy(b, dfd) + special.xlogy(a - 1.0, x)
    return powers - (a + b) * np.log(dfd + dfn * x) - special.betaln(a, b)


@partials(special.fdtr)
def fdtr(y, dfn, dfd, x):
    density = in_precision_of(np.exp(f_log_density(dfn, dfd, x)), (dfn, dfd, x))
    by_dfn = fisher_speed_of_numerator(dfn, dfd, x) * density
    return by_dfn, fisher_speed_of_denominator(dfn, dfd, x) * density, density


@partials(special.fdtrc)
def fdtrc(y, dfn, dfd, x):
    density = in_precision_of(np.exp(f_log_density(dfn, dfd, x)), (dfn, dfd, x))
    by_dfn = -fisher_speed_of_numerator(dfn, dfd, x) * density
    return by_dfn, -fisher_speed_of_denominator(dfn, dfd, x) * density, -density


@partials(special.fdtri)
def fdtri(x, dfn, dfd, p):
    spacing = in_precision_of(np.exp(-f_log_density(dfn, dfd, x)), (dfn, dfd, x))
    return -fisher_speed_of_numerator(dfn, dfd, x), -fisher_speed_of_denominator(dfn, dfd, x), spacing


def t_log_density(df, t):
    """The logarithm of the slope of `stdtr(df, t)`."""
    power = 0.5 * (df + 1.0) * np.log1p(t * t / df)
    return -power - 0.5 * np.log(df) - special.betaln(0.5, 0.5 * df)


@partials(special.stdtr)
def stdtr(y, df, t):
    density = in_precision_of(np.exp(t_log_density(df, t)), (df, t))
    return student_speed(df, t) * density, density


@partials(special.stdtrit)
def stdtrit(t, df, p):
    return -student_speed(df, t), in_precision_of(np.exp(-t_log_density(df, t)), (df, t))


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
