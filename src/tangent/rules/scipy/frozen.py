"""Distributions of `scipy.stats` with given parameters: `norm(m, s).logpdf(x)` is `norm.logpdf(x, m, s)`."""

from __future__ import annotations

from typing import Any

from scipy import stats

from tangent.rules.definitions import defines


class Frozen:
    """A distribution with given parameters, while a function that makes it is lowered."""

    def __init__(self, distribution, *args, **kwds):
        self.dist, self.args, self.kwds = distribution, args, kwds

    def pdf(self, x):
        return self.dist.pdf(x, *self.args, **self.kwds)

    def logpdf(self, x):
        return self.dist.logpdf(x, *self.args, **self.kwds)

    def pmf(self, k):
        return self.dist.pmf(k, *self.args, **self.kwds)

    def logpmf(self, k):
        return self.dist.logpmf(k, *self.args, **self.kwds)

    def cdf(self, x):
        return self.dist.cdf(x, *self.args, **self.kwds)

    def logcdf(self, x):
        return self.dist.logcdf(x, *self.args, **self.kwds)

    def sf(self, x):
        return self.dist.sf(x, *self.args, **self.kwds)

    def logsf(self, x):
        return self.dist.logsf(x, *self.args, **self.kwds)

    def ppf(self, q):
        return self.dist.ppf(q, *self.args, **self.kwds)

    def isf(self, q):
        return self.dist.isf(q, *self.args, **self.kwds)


def frozen(distribution: Any) -> None:
    """Declare a call of a distribution."""

    @defines(distribution)
    def of_parameters(*args, **kwds):
        return Frozen(distribution, *args, **kwds)


for each in vars(stats).values():
    if isinstance(each, stats.rv_continuous | stats.rv_discrete):
        frozen(each)
for each in (stats.multivariate_normal, stats.dirichlet, stats.multinomial):
    frozen(each)
