"""The statistics of `scipy.stats`, as plain formulas; the results with names have those of SciPy and no methods."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from tangent.rules.definitions import defines


@defines(stats.gmean)
def gmean(a, axis=0, *, keepdims=False):
    return np.exp(np.mean(np.log(a), axis, keepdims=keepdims))


@defines(stats.gmean)
def weighted_gmean(a, axis=0, *, weights):
    return np.exp(np.sum(weights * np.log(a), axis) / np.sum(weights + np.zeros(np.shape(a)), axis))


@defines(stats.hmean)
def hmean(a, axis=0, *, keepdims=False):
    return 1.0 / np.mean(np.divide(1.0, a), axis, keepdims=keepdims)


@defines(stats.hmean)
def weighted_hmean(a, axis=0, *, weights):
    return np.sum(weights + np.zeros(np.shape(a)), axis) / np.sum(np.divide(weights, a), axis)


@defines(stats.pmean)
def pmean(a, p, *, axis=0, keepdims=False):
    return np.mean(np.power(a, p), axis, keepdims=keepdims) ** (1.0 / p)


@defines(stats.zscore)
def zscore(a, axis=0, ddof=0):
    return (a - np.mean(a, axis, keepdims=True)) / np.std(a, axis, ddof=ddof, keepdims=True)


@defines(stats.zmap)
def zmap(scores, compare, axis=0, ddof=0):
    return (scores - np.mean(compare, axis, keepdims=True)) / np.std(compare, axis, ddof=ddof, keepdims=True)


@defines(stats.sem)
def sem(a, axis=0, ddof=1):
    count = np.size(a) if axis is None else np.shape(a)[axis]
    return np.std(a, axis, ddof=ddof) / np.sqrt(count)


@defines(stats.variation)
def variation(a, axis=0, *, ddof=0):
    return np.std(a, axis, ddof=ddof) / np.mean(a, axis)


@defines(stats.moment)
def moment(a, order=1, axis=0):
    return np.mean((a - np.mean(a, axis, keepdims=True)) ** order, axis)


@defines(stats.moment)
def moment_about(a, order=1, axis=0, *, center):
    return np.mean((a - np.asarray(center)) ** order, axis)


@defines(stats.skew)
def skew(a, axis=0, bias=True):
    centered = a - np.mean(a, axis, keepdims=True)
    biased = np.mean(centered**3, axis) / np.mean(centered**2, axis) ** 1.5
    if bias:
        return biased
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return np.sqrt(n * (n - 1.0)) / (n - 2.0) * biased


@defines(stats.kurtosis)
def kurtosis(a, axis=0, fisher=True, bias=True):
    centered = a - np.mean(a, axis, keepdims=True)
    ratio = np.mean(centered**4, axis) / np.mean(centered**2, axis) ** 2
    if not bias:
        n = np.size(a) if axis is None else np.shape(a)[axis]
        ratio = ((n * n - 1.0) * ratio - 3.0 * (n - 1.0) ** 2) / ((n - 2.0) * (n - 3.0)) + 3.0
    return ratio - 3.0 if fisher else ratio


class Correlation(NamedTuple):
    """The result of `pearsonr`."""

    statistic: Any
    pvalue: Any


@defines(stats.pearsonr)
def pearsonr(x, y):
    u, v = x - np.mean(x), y - np.mean(y)
    r = np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v))
    shape = 0.5 * len(x) - 1.0
    return Correlation(r, 2.0 * stats.beta.sf(np.abs(r), shape, shape, -1.0, 2.0))


class Line(NamedTuple):
    """The result of `linregress`, without the error of the intercept."""

    slope: Any
    intercept: Any
    rvalue: Any
    pvalue: Any
    stderr: Any


@defines(stats.linregress)
def linregress(x, y):
    u, v = x - np.mean(x), y - np.mean(y)
    xx, xy, yy = np.dot(u, u), np.dot(u, v), np.dot(v, v)
    slope, r, freedom = xy / xx, xy / np.sqrt(xx * yy), len(x) - 2.0
    error = np.sqrt((yy - slope * xy) / (freedom * xx))
    pvalue = 2.0 * stats.t.sf(np.abs(slope / error), freedom)
    return Line(slope, np.mean(y) - slope * np.mean(x), r, pvalue, error)
