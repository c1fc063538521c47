"""Statistics and distributions of vectors, which are defined by formulas, and distributions with given parameters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats
from scipy.stats import gamma as gamma_distribution

import tangent
from tangent.errors import MissingRuleError, UnsupportedError
from tests.rules.samples import Sample, array
from tests.rules.table import graded
from tests.rules.test_formulas import check_formulas


def statistics() -> Iterator[Sample]:
    matrix, weights = array(4, 3, low=0.4, high=2.0), array(4, 3, low=0.5, high=1.5, key="w")
    for name in ("gmean", "hmean", "zscore", "sem", "variation", "skew", "kurtosis"):
        for options in ("", ", axis=1", ", axis=None"):
            yield Sample(f"stats.{name}(x{options})", {"x": matrix})
    for name in ("gmean", "hmean"):
        yield Sample(f"stats.{name}(x, weights=y)", {"x": matrix, "y": weights})
        yield Sample(f"stats.{name}(x, 1, weights=y)", {"x": matrix, "y": weights})
    yield Sample("stats.pmean(x, y)", {"x": matrix, "y": 2.5})
    yield Sample("stats.zscore(x, ddof=1)", {"x": array(4)})
    yield Sample("stats.zmap(x, y)", {"x": array(2, 3), "y": matrix})
    yield Sample("stats.moment(x, 3)", {"x": matrix})
    yield Sample("stats.moment(x, order=2, axis=1, center=y)", {"x": matrix, "y": 0.7})
    yield Sample("stats.skew(x, bias=False)", {"x": matrix})
    yield Sample("stats.kurtosis(x, 0, False, False)", {"x": matrix})
    x, y = array(5), array(5, key="y")
    for part in ("[0]", ".statistic", ".pvalue"):
        yield Sample(f"stats.pearsonr(x, y){part}", {"x": x, "y": y})
    for part in ("[0]", ".intercept", ".rvalue", ".pvalue", ".stderr"):
        yield Sample(f"stats.linregress(x, y){part}", {"x": x, "y": y})


def distributions_of_vectors() -> Iterator[Sample]:
    a = array(3, 3)
    covariance = a @ a.T + 3.0 * np.eye(3)
    for x in (array(3), array(2, 3)):
        for name in ("logpdf", "pdf"):
            args = {"x": x, "y": array(3, key="mean"), "z": covariance}
            yield Sample(f"stats.multivariate_normal.{name}(x, y, z + z.T)", args, fixed=("z",))
            yield Sample(f"stats.multivariate_normal(y, z @ z.T).{name}(x)", args)
    args = {"x": array(3), "y": covariance}
    yield Sample("stats.multivariate_normal.entropy(x, y + y.T)", args, fixed=("x",))
    parts = np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]])
    for name in ("logpdf", "pdf"):
        for x in (parts[:, 0], parts):
            args = {"x": x, "y": np.array([1.4, 2.3, 0.8])}
            yield Sample(f"stats.dirichlet.{name}(x, y)", args, fixed=("x",))
            yield Sample(f"stats.dirichlet.{name}(x[:-1], y)", args)
    for name in ("logpmf", "pmf"):
        args = {"x": np.array([1, 2, 2]), "y": np.array([0.2, 0.3, 0.5])}
        yield Sample(f"stats.multinomial.{name}(x, 5, y / np.sum(y))", args, fixed=("x",))


FORMULAS = graded([*statistics(), *distributions_of_vectors()])


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    check_formulas(FORMULAS[text])


# --- distributions with given parameters


def by_mean(m):
    return stats.norm(m, 2.0).logpdf(0.3)


def by_names(m, s):
    prior = stats.norm(loc=m, scale=s)
    x = np.array([0.3, 0.4])
    return np.sum(prior.logpdf(x) * prior.cdf(x)) + prior.ppf(0.3)


def by_shape(a, s):
    waiting = gamma_distribution(a, scale=s)
    return waiting.logpdf(0.7) + stats.weibull_min(a, 0.0, s).logsf(0.7)


def of_counts(rate):
    return stats.poisson(rate).logpmf(3) + stats.binom(5, 0.1 * rate).pmf(2)


@pytest.mark.parametrize(
    ("function", "args"),
    [(by_mean, (0.7,)), (by_names, (0.7, 1.3)), (by_shape, (1.7, 1.3)), (of_counts, (1.7,))],
)
def test_a_distribution_with_given_parameters_is_the_distribution(function, args) -> None:
    tangent.check_grads(function, args, wrt=tuple(range(len(args))), order=2)


def test_the_derivative_of_a_distribution_with_given_parameters_reads_as_that_of_its_density() -> None:
    source = inspect.getsource(tangent.grad(by_mean))
    assert "# return stats.norm(m, 2.0).logpdf(0.3)" in source
    assert "bm = blogpdf_m * (0.3 - m) / 2.0 / 2.0" in source


def mean_of_given(m):
    return stats.norm(m, 2.0).mean()


def test_what_else_a_distribution_with_given_parameters_has_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="no attribute mean"):
        tangent.grad(mean_of_given)


def tail_by_shape(mu):
    return stats.invgauss.sf(1.0, mu)


def test_the_name_of_a_shape_is_that_of_scipy() -> None:
    with pytest.raises(MissingRuleError, match="sf has no derivative with respect to `mu`"):
        tangent.grad(tail_by_shape)


def by_keyword(c):
    return stats.weibull_min.logpdf(0.7, c=c, scale=1.3)


def test_a_shape_is_passed_by_its_name() -> None:
    tangent.check_grads(by_keyword, (1.7,), order=2)
