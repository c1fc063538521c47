"""Rules of the distributions of `scipy.stats`.

With `z = (x - loc) / scale` and `-s`, the slope of the logarithm of the standard density in `z`, the slopes of the
logarithm of the density in `x`, `loc` and `scale` are `-s / scale`, `s / scale` and `(s * z - 1) / scale`.  The slope
of a distribution function is the density, so one template serves all distributions with the same parameters.

Where a density is 0, outside of the support, its logarithm has no derivative: the templates go on with the formula for
the inside.  The derivative of a distribution function by a shape has no closed form, and what depends on it is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from tangent.rules.definitions import defines
from tangent.rules.registry import partials

# --- distributions with a location and a scale


def distribution_functions(distribution: Any) -> None:
    """Declare what follows from the density, for a distribution without shapes."""

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


for each in (
    stats.norm, stats.cauchy, stats.logistic, stats.laplace, stats.gumbel_r, stats.expon, stats.uniform, stats.rayleigh,
):
    distribution_functions(each)


@partials(stats.norm.logpdf)
def norm_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    return -z / scale, z / scale, (z * z - 1.0) / scale


@partials(stats.norm.pdf)
def norm_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    return -y * z / scale, y * z / scale, y * (z * z - 1.0) / scale


@partials(stats.cauchy.logpdf)
def cauchy_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 2.0 * z / (1.0 + z * z)
    return -s / scale, s / scale, (s * z - 1.0) / scale


@partials(stats.cauchy.pdf)
def cauchy_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 2.0 * z / (1.0 + z * z)
    return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale


@partials(stats.logistic.logpdf)
def logistic_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = np.tanh(0.5 * z)
    return -s / scale, s / scale, (s * z - 1.0) / scale


@partials(stats.logistic.pdf)
def logistic_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = np.tanh(0.5 * z)
    return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale


# At the peak: the slope 0, as that of `abs`.
@partials(stats.laplace.logpdf)
def laplace_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = np.sign(z)
    return -s / scale, s / scale, (s * z - 1.0) / scale


@partials(stats.laplace.pdf)
def laplace_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = np.sign(z)
    return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale


@partials(stats.gumbel_r.logpdf)
def gumbel_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 1.0 - np.exp(-z)
    return -s / scale, s / scale, (s * z - 1.0) / scale


@partials(stats.gumbel_r.pdf)
def gumbel_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 1.0 - np.exp(-z)
    return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale


@partials(stats.expon.logpdf)
def expon_logpdf(y, x, loc=0.0, scale=1.0):
    return -1.0 / scale, 1.0 / scale, ((x - loc) / scale - 1.0) / scale


@partials(stats.expon.pdf)
def expon_pdf(y, x, loc=0.0, scale=1.0):
    return -y / scale, y / scale, y * ((x - loc) / scale - 1.0) / scale


@partials(stats.uniform.logpdf)
def uniform_logpdf(y, x, loc=0.0, scale=1.0):
    return 0.0, 0.0, -1.0 / scale


@partials(stats.uniform.pdf)
def uniform_pdf(y, x, loc=0.0, scale=1.0):
    return 0.0, 0.0, -y / scale


@partials(stats.rayleigh.logpdf)
def rayleigh_logpdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = z - 1.0 / z
    return -s / scale, s / scale, (s * z - 1.0) / scale


@partials(stats.rayleigh.pdf)
def rayleigh_pdf(y, x, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = z - 1.0 / z
    return -y * s / scale, y * s / scale, y * (s * z - 1.0) / scale


# --- distributions with shapes


def distribution_functions_of_df(distribution: Any) -> None:
    """Declare what follows from the density, for a distribution with degrees of freedom."""

    @partials(distribution.cdf)
    def cdf(y, x, df, loc=0.0, scale=1.0):
        density = distribution.pdf(x, df, loc, scale)
        return density, None, -density, -density * (x - loc) / scale

    @partials(distribution.sf)
    def sf(y, x, df, loc=0.0, scale=1.0):
        density = distribution.pdf(x, df, loc, scale)
        return -density, None, density, density * (x - loc) / scale

    @partials(distribution.logcdf)
    def logcdf(y, x, df, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, df, loc, scale) - y)
        return rate, None, -rate, -rate * (x - loc) / scale

    @partials(distribution.logsf)
    def logsf(y, x, df, loc=0.0, scale=1.0):
        rate = np.exp(distribution.logpdf(x, df, loc, scale) - y)
        return -rate, None, rate, rate * (x - loc) / scale

    @partials(distribution.ppf)
    def ppf(y, q, df, loc=0.0, scale=1.0):
        return 1.0 / distribution.pdf(y, df, loc, scale), None, 1.0, (y - loc) / scale


for each in (stats.t, stats.chi2):
    distribution_functions_of_df(each)


@partials(stats.t.logpdf)
def t_logpdf(y, x, df, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = (df + 1.0) * z / (df + z * z)
    growth = special.digamma(0.5 * (df + 1.0)) - special.digamma(0.5 * df)
    return (
        -s / scale,
        0.5 * (growth - 1.0 / df - np.log1p(z * z / df) + s * z / df),
        s / scale,
        (s * z - 1.0) / scale,
    )


@partials(stats.t.pdf)
def t_pdf(y, x, df, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = (df + 1.0) * z / (df + z * z)
    growth = special.digamma(0.5 * (df + 1.0)) - special.digamma(0.5 * df)
    return (
        -y * s / scale,
        0.5 * y * (growth - 1.0 / df - np.log1p(z * z / df) + s * z / df),
        y * s / scale,
        y * (s * z - 1.0) / scale,
    )


@partials(stats.chi2.logpdf)
def chi2_logpdf(y, x, df, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 0.5 - (0.5 * df - 1.0) / z
    return -s / scale, 0.5 * (np.log(0.5 * z) - special.digamma(0.5 * df)), s / scale, (s * z - 1.0) / scale


@partials(stats.chi2.pdf)
def chi2_pdf(y, x, df, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 0.5 - (0.5 * df - 1.0) / z
    by_df = 0.5 * y * (np.log(0.5 * z) - special.digamma(0.5 * df))
    return -y * s / scale, by_df, y * s / scale, y * (s * z - 1.0) / scale


@partials(stats.gamma.logpdf)
def gamma_logpdf(y, x, a, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 1.0 - (a - 1.0) / z
    return -s / scale, np.log(z) - special.digamma(a), s / scale, (s * z - 1.0) / scale


@partials(stats.gamma.pdf)
def gamma_pdf(y, x, a, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = 1.0 - (a - 1.0) / z
    return -y * s / scale, y * (np.log(z) - special.digamma(a)), y * s / scale, y * (s * z - 1.0) / scale


@partials(stats.gamma.cdf)
def gamma_cdf(y, x, a, loc=0.0, scale=1.0):
    density = stats.gamma.pdf(x, a, loc, scale)
    return density, None, -density, -density * (x - loc) / scale


@partials(stats.gamma.sf)
def gamma_sf(y, x, a, loc=0.0, scale=1.0):
    density = stats.gamma.pdf(x, a, loc, scale)
    return -density, None, density, density * (x - loc) / scale


@partials(stats.gamma.logcdf)
def gamma_logcdf(y, x, a, loc=0.0, scale=1.0):
    rate = np.exp(stats.gamma.logpdf(x, a, loc, scale) - y)
    return rate, None, -rate, -rate * (x - loc) / scale


@partials(stats.gamma.logsf)
def gamma_logsf(y, x, a, loc=0.0, scale=1.0):
    rate = np.exp(stats.gamma.logpdf(x, a, loc, scale) - y)
    return -rate, None, rate, rate * (x - loc) / scale


@partials(stats.gamma.ppf)
def gamma_ppf(y, q, a, loc=0.0, scale=1.0):
    return 1.0 / stats.gamma.pdf(y, a, loc, scale), None, 1.0, (y - loc) / scale


@partials(stats.beta.logpdf)
def beta_logpdf(y, x, a, b, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = (b - 1.0) / (1.0 - z) - (a - 1.0) / z
    both = special.digamma(a + b)
    return (
        -s / scale,
        np.log(z) - special.digamma(a) + both,
        np.log1p(-z) - special.digamma(b) + both,
        s / scale,
        (s * z - 1.0) / scale,
    )


@partials(stats.beta.pdf)
def beta_pdf(y, x, a, b, loc=0.0, scale=1.0):
    z = (x - loc) / scale
    s = (b - 1.0) / (1.0 - z) - (a - 1.0) / z
    both = special.digamma(a + b)
    return (
        -y * s / scale,
        y * (np.log(z) - special.digamma(a) + both),
        y * (np.log1p(-z) - special.digamma(b) + both),
        y * s / scale,
        y * (s * z - 1.0) / scale,
    )


@partials(stats.beta.cdf)
def beta_cdf(y, x, a, b, loc=0.0, scale=1.0):
    density = stats.beta.pdf(x, a, b, loc, scale)
    return density, None, None, -density, -density * (x - loc) / scale


@partials(stats.beta.logcdf)
def beta_logcdf(y, x, a, b, loc=0.0, scale=1.0):
    rate = np.exp(stats.beta.logpdf(x, a, b, loc, scale) - y)
    return rate, None, None, -rate, -rate * (x - loc) / scale


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


@partials(stats.binom.logpmf)
def binom_logpmf(y, k, n, p, loc=0):
    return None, None, (k - loc) / p - (n - k + loc) / (1.0 - p), None


@partials(stats.binom.pmf)
def binom_pmf(y, k, n, p, loc=0):
    return None, None, y * ((k - loc) / p - (n - k + loc) / (1.0 - p)), None


@partials(stats.nbinom.logpmf)
def nbinom_logpmf(y, k, n, p, loc=0):
    by_n = special.digamma(k - loc + n) - special.digamma(n) + np.log(p)
    return None, by_n, n / p - (k - loc) / (1.0 - p), None


@partials(stats.nbinom.pmf)
def nbinom_pmf(y, k, n, p, loc=0):
    by_n = special.digamma(k - loc + n) - special.digamma(n) + np.log(p)
    return None, y * by_n, y * (n / p - (k - loc) / (1.0 - p)), None


# --- distributions of vectors, the last axis; the covariance counts as the symmetric matrix that it is


@defines(stats.multivariate_normal.logpdf)
def multivariate_normal_logpdf(x, mean, cov):
    residual = x - mean
    distance = np.sum(residual * np.linalg.solve(cov, residual[..., None])[..., 0], axis=-1)
    return -0.5 * (distance + np.linalg.slogdet(2.0 * np.pi * cov)[1])


@defines(stats.multivariate_normal.pdf)
def multivariate_normal_pdf(x, mean, cov):
    residual = x - mean
    distance = np.sum(residual * np.linalg.solve(cov, residual[..., None])[..., 0], axis=-1)
    return np.exp(-0.5 * (distance + np.linalg.slogdet(2.0 * np.pi * cov)[1]))
