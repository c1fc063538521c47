"""Rules of the distributions of `scipy.stats`.

With `z = (x - loc) / scale` and the density `f` of the standard distribution, a distribution is declared by a few
functions of `z` and the shapes:

    slope       the falling of the logarithm of the density, `-d log f / dz`
    by_shape    `d log f / d shape`
    speed       `dF / d shape / f`, where the derivative of the distribution function `F` by the shape is known

The slopes of the logarithm of the density in `x`, `loc` and `scale` are then `-slope / scale`, `slope / scale` and
`(slope * z - 1) / scale`, and those of the distribution function and of its inverse follow from the density.

Where a density is 0, outside of the support, its logarithm has no derivative: the templates go on with the formula for
the inside.  What depends on a distribution function by a shape that has no `speed` is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special, stats

from tangent.rules.definitions import defines
from tangent.rules.registry import partials
from tangent.rules.scipy import frozen, statistics
from tangent.rules.scipy.probability import fisher_speed_of_denominator, fisher_speed_of_numerator, student_speed
from tangent.runtime import beta_speed_of_a, beta_speed_of_b, gamma_speed

__all__ = ["frozen", "statistics"]

Slope = Callable[..., Any]

# --- distributions with a location and a scale


def located(distribution: Any, slope: Slope) -> None:
    """Declare a distribution without shapes."""

    @partials(distribution.logpdf)
    def logpdf(y, x, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z)
        return -s / scale, s / scale, (s * z - 1.0) / scale

    @partials(distribution.pdf)
    def pdf(y, x, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z)
        return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale

    @partials(distribution.cdf)
    def cdf(y, x, loc=0.0, scale=1.0):
        density = distribution.pdf(x, loc, scale)
        return density, -density, -density * (x - loc) / scale

    @partials(distribution.sf)
    def sf(y, x, loc=0.0, scale=1.0):
        density = distribution.pdf(x, loc, scale)
        return -density, density, density * (x - loc) / scale

    @partials(distribution.logcdf)
    def logcdf(y, x, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, loc, scale) - y)
        return rate, -rate, -rate * (x - loc) / scale

    @partials(distribution.logsf)
    def logsf(y, x, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, loc, scale) - y)
        return -rate, rate, rate * (x - loc) / scale

    @partials(distribution.ppf)
    def ppf(y, q, loc=0.0, scale=1.0):
        return 1.0 / distribution.pdf(y, loc, scale), 1.0, (y - loc) / scale

    @partials(distribution.isf)
    def isf(y, q, loc=0.0, scale=1.0):
        return -1.0 / distribution.pdf(y, loc, scale), 1.0, (y - loc) / scale


located(stats.norm, lambda z: z)
located(stats.halfnorm, lambda z: z)
located(stats.cauchy, lambda z: 2.0 * z / (1.0 + z * z))
located(stats.halfcauchy, lambda z: 2.0 * z / (1.0 + z * z))
located(stats.logistic, lambda z: np.tanh(0.5 * z))
located(stats.halflogistic, lambda z: np.tanh(0.5 * z))
located(stats.hypsecant, lambda z: np.tanh(z))
located(stats.laplace, lambda z: np.sign(z))  # at the peak 0, as the derivative of `abs`
located(stats.gumbel_r, lambda z: 1.0 - np.exp(-z))
located(stats.gumbel_l, lambda z: np.exp(z) - 1.0)
located(stats.moyal, lambda z: 0.5 * (1.0 - np.exp(-z)))
located(stats.expon, lambda z: 1.0)
located(stats.uniform, lambda z: 0.0)
located(stats.rayleigh, lambda z: z - 1.0 / z)
located(stats.maxwell, lambda z: z - 2.0 / z)
located(stats.levy, lambda z: (1.5 - 0.5 / z) / z)
located(stats.arcsine, lambda z: 0.5 / z - 0.5 / (1.0 - z))
located(stats.semicircular, lambda z: z / (1.0 - z * z))

# --- distributions with one shape


def densities_of_one(distribution: Any, name: str, slope: Slope, by_shape: Slope) -> None:
    """Declare the density of a distribution with one shape, which SciPy calls `name`."""
    names = ("x", name, "loc", "scale")

    @partials(distribution.logpdf, names=names)
    def logpdf(y, x, shape, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z, shape)
        return -s / scale, by_shape(z, shape), s / scale, (s * z - 1.0) / scale

    @partials(distribution.pdf, names=names)
    def pdf(y, x, shape, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z, shape)
        return -y * s / scale, y * by_shape(z, shape), y * s / scale, y * (s * z - 1.0) / scale


def with_shape(distribution: Any, name: str, slope: Slope, by_shape: Slope) -> None:
    """Declare a distribution with one shape, by which the distribution function has no derivative."""
    densities_of_one(distribution, name, slope, by_shape)
    names, inverse = ("x", name, "loc", "scale"), ("q", name, "loc", "scale")

    @partials(distribution.cdf, names=names)
    def cdf(y, x, shape, loc=0.0, scale=1.0):
        density = distribution.pdf(x, shape, loc, scale)
        return density, None, -density, -density * (x - loc) / scale

    @partials(distribution.sf, names=names)
    def sf(y, x, shape, loc=0.0, scale=1.0):
        density = distribution.pdf(x, shape, loc, scale)
        return -density, None, density, density * (x - loc) / scale

    @partials(distribution.logcdf, names=names)
    def logcdf(y, x, shape, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, shape, loc, scale) - y)
        return rate, None, -rate, -rate * (x - loc) / scale

    @partials(distribution.logsf, names=names)
    def logsf(y, x, shape, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, shape, loc, scale) - y)
        return -rate, None, rate, rate * (x - loc) / scale

    @partials(distribution.ppf, names=inverse)
    def ppf(y, q, shape, loc=0.0, scale=1.0):
        return 1.0 / distribution.pdf(y, shape, loc, scale), None, 1.0, (y - loc) / scale

    @partials(distribution.isf, names=inverse)
    def isf(y, q, shape, loc=0.0, scale=1.0):
        return -1.0 / distribution.pdf(y, shape, loc, scale), None, 1.0, (y - loc) / scale


def with_moving_shape(distribution: Any, name: str, slope: Slope, by_shape: Slope, speed: Slope) -> None:
    """Declare a distribution with one shape, by which the distribution function has a derivative."""
    densities_of_one(distribution, name, slope, by_shape)
    names, inverse = ("x", name, "loc", "scale"), ("q", name, "loc", "scale")

    @partials(distribution.cdf, names=names)
    def cdf(y, x, shape, loc=0.0, scale=1.0):
        z, density = (x - loc) / scale, distribution.pdf(x, shape, loc, scale)
        return density, density * scale * speed(z, shape), -density, -density * z

    @partials(distribution.sf, names=names)
    def sf(y, x, shape, loc=0.0, scale=1.0):
        z, density = (x - loc) / scale, distribution.pdf(x, shape, loc, scale)
        return -density, -density * scale * speed(z, shape), density, density * z

    @partials(distribution.logcdf, names=names)
    def logcdf(y, x, shape, loc=0.0, scale=1.0):
        z, rate = (x - loc) / scale, np.exp(distribution.logpdf(x, shape, loc, scale) - y)
        return rate, rate * scale * speed(z, shape), -rate, -rate * z

    @partials(distribution.logsf, names=names)
    def logsf(y, x, shape, loc=0.0, scale=1.0):
        z, rate = (x - loc) / scale, np.exp(distribution.logpdf(x, shape, loc, scale) - y)
        return -rate, -rate * scale * speed(z, shape), rate, rate * z

    @partials(distribution.ppf, names=inverse)
    def ppf(y, q, shape, loc=0.0, scale=1.0):
        z = (y - loc) / scale
        return 1.0 / distribution.pdf(y, shape, loc, scale), -scale * speed(z, shape), 1.0, z

    @partials(distribution.isf, names=inverse)
    def isf(y, q, shape, loc=0.0, scale=1.0):
        z = (y - loc) / scale
        return -1.0 / distribution.pdf(y, shape, loc, scale), -scale * speed(z, shape), 1.0, z


with_moving_shape(
    stats.t, "df",
    lambda z, df: (df + 1.0) * z / (df + z * z),
    lambda z, df: 0.5 * (
        special.digamma(0.5 * (df + 1.0)) - special.digamma(0.5 * df) - np.log1p(z * z / df)
        + (z * z - 1.0) / (df + z * z)
    ),
    lambda z, df: student_speed(df, z),
)
with_moving_shape(
    stats.chi2, "df",
    lambda z, df: 0.5 - (0.5 * df - 1.0) / z,
    lambda z, df: 0.5 * (np.log(0.5 * z) - special.digamma(0.5 * df)),
    lambda z, df: gamma_speed(0.5 * df, 0.5 * z),
)
with_moving_shape(
    stats.chi, "df",
    lambda z, df: z - (df - 1.0) / z,
    lambda z, df: np.log(z) - 0.5 * (math.log(2.0) + special.digamma(0.5 * df)),
    lambda z, df: 0.5 * gamma_speed(0.5 * df, 0.5 * z * z) / z,
)
with_moving_shape(
    stats.gamma, "a",
    lambda z, a: 1.0 - (a - 1.0) / z,
    lambda z, a: np.log(z) - special.digamma(a),
    lambda z, a: gamma_speed(a, z),
)
with_moving_shape(
    stats.invgamma, "a",
    lambda z, a: (a + 1.0 - 1.0 / z) / z,
    lambda z, a: -np.log(z) - special.digamma(a),
    lambda z, a: -z * z * gamma_speed(a, 1.0 / z),
)
with_moving_shape(
    stats.loggamma, "c",
    lambda z, c: np.exp(z) - c,
    lambda z, c: z - special.digamma(c),
    lambda z, c: np.exp(-z) * gamma_speed(c, np.exp(z)),
)
with_moving_shape(
    stats.nakagami, "nu",
    lambda z, nu: 2.0 * nu * z - (2.0 * nu - 1.0) / z,
    lambda z, nu: np.log(nu * z * z) + 1.0 - special.digamma(nu) - z * z,
    lambda z, nu: 0.5 * (gamma_speed(nu, nu * z * z) + z * z) / (nu * z),
)
with_shape(
    stats.vonmises, "kappa",
    lambda z, kappa: kappa * np.sin(z),
    lambda z, kappa: np.cos(z) - special.i1e(kappa) / special.i0e(kappa),
)
with_shape(
    stats.invgauss, "mu",
    lambda z, mu: 1.5 / z + 0.5 / (mu * mu) - 0.5 / (z * z),
    lambda z, mu: (z - mu) / mu**3,
)
with_moving_shape(
    stats.weibull_min, "c",
    lambda z, c: (c * z**c - c + 1.0) / z,
    lambda z, c: 1.0 / c + np.log(z) * (1.0 - z**c),
    lambda z, c: z * np.log(z) / c,
)
with_moving_shape(
    stats.weibull_max, "c",
    lambda z, c: (c * (-z) ** c - c + 1.0) / z,
    lambda z, c: 1.0 / c + np.log(-z) * (1.0 - (-z) ** c),
    lambda z, c: z * np.log(-z) / c,
)
with_moving_shape(
    stats.invweibull, "c",
    lambda z, c: (c + 1.0 - c * z**-c) / z,
    lambda z, c: 1.0 / c + np.log(z) * (z**-c - 1.0),
    lambda z, c: z * np.log(z) / c,
)
with_moving_shape(
    stats.pareto, "b",
    lambda z, b: (b + 1.0) / z,
    lambda z, b: 1.0 / b - np.log(z),
    lambda z, b: z * np.log(z) / b,
)
with_moving_shape(
    stats.lomax, "c",
    lambda z, c: (c + 1.0) / (1.0 + z),
    lambda z, c: 1.0 / c - np.log1p(z),
    lambda z, c: (1.0 + z) * np.log1p(z) / c,
)
with_moving_shape(
    stats.powerlaw, "a",
    lambda z, a: (1.0 - a) / z,
    lambda z, a: 1.0 / a + np.log(z),
    lambda z, a: z * np.log(z) / a,
)
with_moving_shape(
    stats.lognorm, "s",
    lambda z, s: (1.0 + np.log(z) / (s * s)) / z,
    lambda z, s: np.log(z) ** 2 / s**3 - 1.0 / s,
    lambda z, s: -z * np.log(z) / s,
)
with_moving_shape(
    stats.fisk, "c",
    lambda z, c: (1.0 - c * (1.0 - z**c) / (1.0 + z**c)) / z,
    lambda z, c: 1.0 / c + np.log(z) * (1.0 - z**c) / (1.0 + z**c),
    lambda z, c: z * np.log(z) / c,
)
with_moving_shape(
    stats.gompertz, "c",
    lambda z, c: c * np.exp(z) - 1.0,
    lambda z, c: 1.0 / c - np.expm1(z),
    lambda z, c: -np.expm1(-z) / c,
)
with_moving_shape(
    stats.foldnorm, "c",
    lambda z, c: z - c * np.tanh(c * z),
    lambda z, c: z * np.tanh(c * z) - c,
    lambda z, c: -np.tanh(c * z),
)
with_moving_shape(
    stats.rice, "b",
    lambda z, b: z - 1.0 / z - b * special.i1e(b * z) / special.i0e(b * z),
    lambda z, b: z * special.i1e(b * z) / special.i0e(b * z) - b,
    lambda z, b: -special.i1e(b * z) / special.i0e(b * z),
)
with_moving_shape(
    stats.skewnorm, "a",
    lambda z, a: z - a * np.exp(-0.5 * (a * z) ** 2 - special.log_ndtr(a * z)) / math.sqrt(2.0 * math.pi),
    lambda z, a: z * np.exp(-0.5 * (a * z) ** 2 - special.log_ndtr(a * z)) / math.sqrt(2.0 * math.pi),
    lambda z, a: -np.exp(-0.5 * (a * z) ** 2 - special.log_ndtr(a * z)) / (math.sqrt(2.0 * math.pi) * (1.0 + a * a)),
)
# These two have the quotient 0 / 0 where the shape is 0.
with_moving_shape(
    stats.genextreme, "c",
    lambda z, c: (1.0 - c - (1.0 - c * z) ** (1.0 / c)) / (1.0 - c * z),
    lambda z, c: (
        (1.0 - c - (1.0 - c * z) ** (1.0 / c)) * -(z / (1.0 - c * z) + np.log(1.0 - c * z) / c) / c
        - np.log(1.0 - c * z) / c
    ),
    lambda z, c: (z + (1.0 - c * z) * np.log(1.0 - c * z) / c) / c,
)
with_moving_shape(
    stats.genpareto, "c",
    lambda z, c: (1.0 + c) / (1.0 + c * z),
    lambda z, c: np.log(1.0 + c * z) / (c * c) - (1.0 / c + 1.0) * z / (1.0 + c * z),
    lambda z, c: (z - (1.0 + c * z) * np.log(1.0 + c * z) / c) / c,
)

# --- distributions with two shapes


def densities_of_two(distribution: Any, names: tuple[str, str], slope: Slope, by_a: Slope, by_b: Slope) -> None:
    """Declare the density of a distribution with two shapes, which SciPy calls `names`."""

    @partials(distribution.logpdf, names=("x", *names, "loc", "scale"))
    def logpdf(y, x, a, b, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z, a, b)
        return -s / scale, by_a(z, a, b), by_b(z, a, b), s / scale, (s * z - 1.0) / scale

    @partials(distribution.pdf, names=("x", *names, "loc", "scale"))
    def pdf(y, x, a, b, loc=0.0, scale=1.0):
        z = (x - loc) / scale
        s = slope(z, a, b)
        return -y * s / scale, y * by_a(z, a, b), y * by_b(z, a, b), y * s / scale, y * (s * z - 1.0) / scale


def with_moving_shapes(
    distribution: Any, names: tuple[str, str], slope: Slope, by_a: Slope, by_b: Slope, speed_a: Slope, speed_b: Slope
) -> None:
    """Declare a distribution with two shapes, by which the distribution function has derivatives."""
    densities_of_two(distribution, names, slope, by_a, by_b)
    own, inverse = ("x", *names, "loc", "scale"), ("q", *names, "loc", "scale")

    @partials(distribution.cdf, names=own)
    def cdf(y, x, a, b, loc=0.0, scale=1.0):
        z, density = (x - loc) / scale, distribution.pdf(x, a, b, loc, scale)
        step = density * scale
        return density, step * speed_a(z, a, b), step * speed_b(z, a, b), -density, -density * z

    @partials(distribution.sf, names=own)
    def sf(y, x, a, b, loc=0.0, scale=1.0):
        z, density = (x - loc) / scale, distribution.pdf(x, a, b, loc, scale)
        step = density * scale
        return -density, -step * speed_a(z, a, b), -step * speed_b(z, a, b), density, density * z

    @partials(distribution.logcdf, names=own)
    def logcdf(y, x, a, b, loc=0.0, scale=1.0):
        z, rate = (x - loc) / scale, np.exp(distribution.logpdf(x, a, b, loc, scale) - y)
        step = rate * scale
        return rate, step * speed_a(z, a, b), step * speed_b(z, a, b), -rate, -rate * z

    @partials(distribution.logsf, names=own)
    def logsf(y, x, a, b, loc=0.0, scale=1.0):
        z, rate = (x - loc) / scale, np.exp(distribution.logpdf(x, a, b, loc, scale) - y)
        step = rate * scale
        return -rate, -step * speed_a(z, a, b), -step * speed_b(z, a, b), rate, rate * z

    @partials(distribution.ppf, names=inverse)
    def ppf(y, q, a, b, loc=0.0, scale=1.0):
        z = (y - loc) / scale
        return (
            1.0 / distribution.pdf(y, a, b, loc, scale), -scale * speed_a(z, a, b), -scale * speed_b(z, a, b), 1.0, z,
        )

    @partials(distribution.isf, names=inverse)
    def isf(y, q, a, b, loc=0.0, scale=1.0):
        z = (y - loc) / scale
        return (
            -1.0 / distribution.pdf(y, a, b, loc, scale), -scale * speed_a(z, a, b), -scale * speed_b(z, a, b), 1.0, z,
        )


with_moving_shapes(
    stats.beta, ("a", "b"),
    lambda z, a, b: (b - 1.0) / (1.0 - z) - (a - 1.0) / z,
    lambda z, a, b: np.log(z) - special.digamma(a) + special.digamma(a + b),
    lambda z, a, b: np.log1p(-z) - special.digamma(b) + special.digamma(a + b),
    lambda z, a, b: beta_speed_of_a(a, b, z),
    lambda z, a, b: beta_speed_of_b(a, b, z),
)
with_moving_shapes(
    stats.betaprime, ("a", "b"),
    lambda z, a, b: (a + b) / (1.0 + z) - (a - 1.0) / z,
    lambda z, a, b: np.log(z) - np.log1p(z) - special.digamma(a) + special.digamma(a + b),
    lambda z, a, b: special.digamma(a + b) - np.log1p(z) - special.digamma(b),
    lambda z, a, b: (1.0 + z) ** 2 * beta_speed_of_a(a, b, z / (1.0 + z)),
    lambda z, a, b: (1.0 + z) ** 2 * beta_speed_of_b(a, b, z / (1.0 + z)),
)
with_moving_shapes(
    stats.f, ("dfn", "dfd"),
    lambda z, dfn, dfd: 0.5 * (dfn + dfd) * dfn / (dfd + dfn * z) - (0.5 * dfn - 1.0) / z,
    lambda z, dfn, dfd: 0.5 * (
        np.log(dfn * z / (dfd + dfn * z)) + dfd * (1.0 - z) / (dfd + dfn * z)
        - special.digamma(0.5 * dfn) + special.digamma(0.5 * (dfn + dfd))
    ),
    lambda z, dfn, dfd: 0.5 * (
        np.log(dfd / (dfd + dfn * z)) + dfn * (z - 1.0) / (dfd + dfn * z)
        - special.digamma(0.5 * dfd) + special.digamma(0.5 * (dfn + dfd))
    ),
    lambda z, dfn, dfd: fisher_speed_of_numerator(dfn, dfd, z),
    lambda z, dfn, dfd: fisher_speed_of_denominator(dfn, dfd, z),
)
with_moving_shapes(
    stats.truncnorm, ("a", "b"),
    lambda z, a, b: z,
    lambda z, a, b: stats.truncnorm.pdf(a, a, b),
    lambda z, a, b: -stats.truncnorm.pdf(b, a, b),
    lambda z, a, b: -stats.truncnorm.sf(z, a, b) * stats.truncnorm.pdf(a, a, b) / stats.truncnorm.pdf(z, a, b),
    lambda z, a, b: -stats.truncnorm.cdf(z, a, b) * stats.truncnorm.pdf(b, a, b) / stats.truncnorm.pdf(z, a, b),
)
with_moving_shapes(
    stats.johnsonsu, ("a", "b"),
    lambda z, a, b: z / (1.0 + z * z) + b * (a + b * np.arcsinh(z)) / np.sqrt(1.0 + z * z),
    lambda z, a, b: -a - b * np.arcsinh(z),
    lambda z, a, b: 1.0 / b - (a + b * np.arcsinh(z)) * np.arcsinh(z),
    lambda z, a, b: np.sqrt(1.0 + z * z) / b,
    lambda z, a, b: np.sqrt(1.0 + z * z) * np.arcsinh(z) / b,
)

# --- discrete distributions: no derivative by what is counted


@partials(stats.poisson.logpmf)
def poisson_logpmf(y, k, mu, loc=0):
    return None, (k - loc) / mu - 1.0, None


@partials(stats.poisson.pmf)
def poisson_pmf(y, k, mu, loc=0):
    return None, y * ((k - loc) / mu - 1.0), None


@partials(stats.poisson.cdf)
def poisson_cdf(y, k, mu, loc=0):
    return None, -stats.poisson.pmf(np.floor(k), mu, loc), None


@partials(stats.poisson.sf)
def poisson_sf(y, k, mu, loc=0):
    return None, stats.poisson.pmf(np.floor(k), mu, loc), None


@partials(stats.poisson.logcdf)
def poisson_logcdf(y, k, mu, loc=0):
    return None, -np.exp(stats.poisson.logpmf(np.floor(k), mu, loc) - y), None


@partials(stats.poisson.logsf)
def poisson_logsf(y, k, mu, loc=0):
    return None, np.exp(stats.poisson.logpmf(np.floor(k), mu, loc) - y), None


@partials(stats.bernoulli.logpmf)
def bernoulli_logpmf(y, k, p, loc=0):
    return None, (k - loc) / p - (1.0 - k + loc) / (1.0 - p), None


@partials(stats.bernoulli.pmf)
def bernoulli_pmf(y, k, p, loc=0):
    return None, y * ((k - loc) / p - (1.0 - k + loc) / (1.0 - p)), None


@partials(stats.geom.logpmf)
def geom_logpmf(y, k, p, loc=0):
    return None, 1.0 / p - (k - loc - 1.0) / (1.0 - p), None


@partials(stats.geom.pmf)
def geom_pmf(y, k, p, loc=0):
    return None, y * (1.0 / p - (k - loc - 1.0) / (1.0 - p)), None


@partials(stats.geom.cdf)
def geom_cdf(y, k, p, loc=0):
    return None, stats.geom.pmf(np.floor(k), p, loc) * np.floor(k - loc) / p, None


@partials(stats.geom.sf)
def geom_sf(y, k, p, loc=0):
    return None, -stats.geom.pmf(np.floor(k), p, loc) * np.floor(k - loc) / p, None


@partials(stats.binom.logpmf)
def binom_logpmf(y, k, n, p, loc=0):
    return None, None, (k - loc) / p - (n - k + loc) / (1.0 - p), None


@partials(stats.binom.pmf)
def binom_pmf(y, k, n, p, loc=0):
    return None, None, y * ((k - loc) / p - (n - k + loc) / (1.0 - p)), None


@partials(stats.binom.cdf)
def binom_cdf(y, k, n, p, loc=0):
    return None, None, -stats.binom.pmf(np.floor(k), n, p, loc) * (n - np.floor(k - loc)) / (1.0 - p), None


@partials(stats.binom.sf)
def binom_sf(y, k, n, p, loc=0):
    return None, None, stats.binom.pmf(np.floor(k), n, p, loc) * (n - np.floor(k - loc)) / (1.0 - p), None


@partials(stats.nbinom.logpmf)
def nbinom_logpmf(y, k, n, p, loc=0):
    by_n = special.digamma(k - loc + n) - special.digamma(n) + np.log(p)
    return None, by_n, n / p - (k - loc) / (1.0 - p), None


@partials(stats.nbinom.pmf)
def nbinom_pmf(y, k, n, p, loc=0):
    by_n = special.digamma(k - loc + n) - special.digamma(n) + np.log(p)
    return None, y * by_n, y * (n / p - (k - loc) / (1.0 - p)), None


@partials(stats.nbinom.cdf)
def nbinom_cdf(y, k, n, p, loc=0):
    return None, None, stats.nbinom.pmf(np.floor(k), n, p, loc) * (n + np.floor(k - loc)) / p, None


@partials(stats.nbinom.sf)
def nbinom_sf(y, k, n, p, loc=0):
    return None, None, -stats.nbinom.pmf(np.floor(k), n, p, loc) * (n + np.floor(k - loc)) / p, None


# --- distributions of vectors, the last axis; the covariance counts as the symmetric matrix that it is


@defines(stats.multivariate_normal.logpdf)
def multivariate_normal_logpdf(x, mean, cov):
    residual = x - mean
    distance = np.sum(residual * np.linalg.solve(cov, residual[..., None])[..., 0], axis=-1)
    return -0.5 * (distance + np.linalg.slogdet(2.0 * np.pi * cov)[1])


@defines(stats.multivariate_normal.entropy)
def multivariate_normal_entropy(mean, cov):
    return 0.5 * np.linalg.slogdet(2.0 * np.pi * np.e * cov)[1]


@defines(stats.multivariate_normal.pdf)
def multivariate_normal_pdf(x, mean, cov):
    residual = x - mean
    distance = np.sum(residual * np.linalg.solve(cov, residual[..., None])[..., 0], axis=-1)
    return np.exp(-0.5 * (distance + np.linalg.slogdet(2.0 * np.pi * cov)[1]))


@defines(stats.dirichlet.logpdf)
def dirichlet_logpdf(x, alpha):
    rest = 1.0 - np.sum(x, axis=0, keepdims=True)
    parts = np.concatenate((x, rest)) if np.shape(x)[0] == np.shape(alpha)[0] - 1 else x
    powers = np.sum(np.transpose(special.xlogy(alpha - 1.0, np.transpose(parts))), 0)
    return special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha)) + powers


@defines(stats.dirichlet.pdf)
def dirichlet_pdf(x, alpha):
    return np.exp(stats.dirichlet.logpdf(x, alpha))


@defines(stats.multinomial.logpmf)
def multinomial_logpmf(x, n, p):
    return special.gammaln(n + 1.0) + np.sum(special.xlogy(x, p) - special.gammaln(x + 1.0), axis=-1)


@defines(stats.multinomial.pmf)
def multinomial_pmf(x, n, p):
    return np.exp(stats.multinomial.logpmf(x, n, p))
