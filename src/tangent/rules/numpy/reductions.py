"""Rules of NumPy's reductions and cumulative sums."""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import adjoint, d, linear, method, tangent_
from tangent.runtime import (
    cast,
    cumprod_tangent,
    cumprod_transpose,
    diff_transpose,
    expand,
    products_of_others,
    quantile_tangent,
    quantile_transpose,
    shares_of_numbers,
    size_along,
    ties,
    uncast,
)


@linear(np.sum, method("sum"), reduction=True)
def sum_(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims)


@adjoint(np.sum, method("sum"), reduction=True)
def sum_in_dtype(y, a, axis=None, dtype=None, *, keepdims=False):
    d[a] = expand(uncast(d[y], y, a), a, axis, keepdims)


@tangent_(np.sum, method("sum"), reduction=True)
def sum_in_dtype_tangent(y, a, axis=None, dtype=None, *, keepdims=False):
    d[y] = cast(np.sum(d[a], axis, keepdims=keepdims), a, y)


@linear(np.mean, method("mean"), reduction=True)
def mean(y, a, axis=None, *, keepdims=False):
    count = np.size(a) if axis is None else size_along(a, axis)
    d[a] = expand(d[y] / count, a, axis, keepdims)


@adjoint(np.prod, method("prod"), reduction=True)
def prod(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims) * products_of_others(a, axis)


@tangent_(np.prod, method("prod"), reduction=True)
def prod_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = np.sum(d[a] * products_of_others(a, axis), axis, keepdims=keepdims)


@adjoint(np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin, method("max"), method("min"), reduction=True)
def max_(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims) * ties(a, y, axis, keepdims)


@tangent_(np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin, method("max"), method("min"), reduction=True)
def max_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = np.sum(d[a] * ties(a, y, axis, keepdims), axis, keepdims=keepdims)


@adjoint(np.ptp, reduction=True)
def ptp(y, a, axis=None, *, keepdims=False):
    most, least = np.max(a, axis, keepdims=True), np.min(a, axis, keepdims=True)
    d[a] = expand(d[y], a, axis, keepdims) * (ties(a, most, axis, True) - ties(a, least, axis, True))


@tangent_(np.ptp, reduction=True)
def ptp_tangent(y, a, axis=None, *, keepdims=False):
    most, least = np.max(a, axis, keepdims=True), np.min(a, axis, keepdims=True)
    d[y] = np.sum(d[a] * (ties(a, most, axis, True) - ties(a, least, axis, True)), axis, keepdims=keepdims)


@adjoint(np.var, method("var"), reduction=True)
def var(y, a, axis=None, *, ddof=0, keepdims=False):
    count = np.size(a) if axis is None else size_along(a, axis)
    slope = 2.0 * (a - np.mean(a, axis, keepdims=True)) / (count - ddof)
    d[a] = expand(d[y], a, axis, keepdims) * slope


@tangent_(np.var, method("var"), reduction=True)
def var_tangent(y, a, axis=None, *, ddof=0, keepdims=False):
    count = np.size(a) if axis is None else size_along(a, axis)
    slope = 2.0 * (a - np.mean(a, axis, keepdims=True)) / (count - ddof)
    d[y] = np.sum(d[a] * slope, axis, keepdims=keepdims)


@adjoint(np.std, method("std"), reduction=True)
def std(y, a, axis=None, *, ddof=0, keepdims=False):
    # NaN where all elements are equal, as for the square root of 0.
    count = np.size(a) if axis is None else size_along(a, axis)
    deviation = (a - np.mean(a, axis, keepdims=True)) / (count - ddof)
    d[a] = expand(d[y] / y, a, axis, keepdims) * deviation


@tangent_(np.std, method("std"), reduction=True)
def std_tangent(y, a, axis=None, *, ddof=0, keepdims=False):
    count = np.size(a) if axis is None else size_along(a, axis)
    deviation = (a - np.mean(a, axis, keepdims=True)) / (count - ddof)
    d[y] = np.sum(d[a] * deviation, axis, keepdims=keepdims) / y


@adjoint(np.nansum, reduction=True)
def nansum(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims) * ~np.isnan(a)


@tangent_(np.nansum, reduction=True)
def nansum_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = np.sum(d[a] * ~np.isnan(a), axis, keepdims=keepdims)


@adjoint(np.nanmean, reduction=True)
def nanmean(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims) * shares_of_numbers(a, axis)


@tangent_(np.nanmean, reduction=True)
def nanmean_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = np.sum(d[a] * shares_of_numbers(a, axis), axis, keepdims=keepdims)


@adjoint(np.nanprod, reduction=True)
def nanprod(y, a, axis=None, *, keepdims=False):
    factors = np.where(np.isnan(a), 1.0, a)
    d[a] = expand(d[y], a, axis, keepdims) * products_of_others(factors, axis) * ~np.isnan(a)


@tangent_(np.nanprod, reduction=True)
def nanprod_tangent(y, a, axis=None, *, keepdims=False):
    factors = np.where(np.isnan(a), 1.0, a)
    d[y] = np.sum(d[a] * products_of_others(factors, axis) * ~np.isnan(a), axis, keepdims=keepdims)


@adjoint(np.nanvar, reduction=True)
def nanvar(y, a, axis=None, *, ddof=0, keepdims=False):
    deviation = np.where(np.isnan(a), 0.0, a - np.nanmean(a, axis, keepdims=True)) * shares_of_numbers(a, axis, ddof)
    d[a] = expand(2.0 * d[y], a, axis, keepdims) * deviation


@tangent_(np.nanvar, reduction=True)
def nanvar_tangent(y, a, axis=None, *, ddof=0, keepdims=False):
    deviation = np.where(np.isnan(a), 0.0, a - np.nanmean(a, axis, keepdims=True)) * shares_of_numbers(a, axis, ddof)
    d[y] = 2.0 * np.sum(d[a] * deviation, axis, keepdims=keepdims)


@adjoint(np.nanstd, reduction=True)
def nanstd(y, a, axis=None, *, ddof=0, keepdims=False):
    deviation = np.where(np.isnan(a), 0.0, a - np.nanmean(a, axis, keepdims=True)) * shares_of_numbers(a, axis, ddof)
    d[a] = expand(d[y] / y, a, axis, keepdims) * deviation


@tangent_(np.nanstd, reduction=True)
def nanstd_tangent(y, a, axis=None, *, ddof=0, keepdims=False):
    deviation = np.where(np.isnan(a), 0.0, a - np.nanmean(a, axis, keepdims=True)) * shares_of_numbers(a, axis, ddof)
    d[y] = np.sum(d[a] * deviation, axis, keepdims=keepdims) / y


@adjoint(np.median, reduction=True)
def median(y, a, axis=None, *, keepdims=False):
    d[a] = quantile_transpose(d[y], a, 0.5, axis, keepdims)


@tangent_(np.median, reduction=True)
def median_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = quantile_tangent(d[a], a, 0.5, axis, keepdims)


@adjoint(np.nanmedian, reduction=True)
def nanmedian(y, a, axis=None, *, keepdims=False):
    d[a] = quantile_transpose(d[y], a, 0.5, axis, keepdims, omit=True)


@tangent_(np.nanmedian, reduction=True)
def nanmedian_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = quantile_tangent(d[a], a, 0.5, axis, keepdims, omit=True)


@adjoint(np.quantile)
def quantile(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[a] = quantile_transpose(d[y], a, q, axis, keepdims, method)


@tangent_(np.quantile)
def quantile_forward(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[y] = quantile_tangent(d[a], a, q, axis, keepdims, method)


@adjoint(np.percentile)
def percentile(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[a] = quantile_transpose(d[y], a, np.divide(q, 100.0), axis, keepdims, method)


@tangent_(np.percentile)
def percentile_tangent(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[y] = quantile_tangent(d[a], a, np.divide(q, 100.0), axis, keepdims, method)


@adjoint(np.nanquantile)
def nanquantile(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[a] = quantile_transpose(d[y], a, q, axis, keepdims, method, omit=True)


@tangent_(np.nanquantile)
def nanquantile_tangent(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[y] = quantile_tangent(d[a], a, q, axis, keepdims, method, omit=True)


@adjoint(np.nanpercentile)
def nanpercentile(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[a] = quantile_transpose(d[y], a, np.divide(q, 100.0), axis, keepdims, method, omit=True)


@tangent_(np.nanpercentile)
def nanpercentile_tangent(y, a, q, axis=None, *, method="linear", keepdims=False):
    d[y] = quantile_tangent(d[a], a, np.divide(q, 100.0), axis, keepdims, method, omit=True)


@adjoint(np.nancumsum)
def nancumsum(y, a, axis=None):
    d[a] = np.reshape(np.flip(np.cumsum(np.flip(d[y], axis), axis), axis), np.shape(a)) * ~np.isnan(a)


@tangent_(np.nancumsum)
def nancumsum_tangent(y, a, axis=None):
    d[y] = np.cumsum(d[a] * ~np.isnan(a), axis)


@linear(np.cumsum, method("cumsum"))
def cumsum(y, a, axis=None):
    d[a] = np.reshape(np.flip(np.cumsum(np.flip(d[y], axis), axis), axis), np.shape(a))


@adjoint(np.cumprod, method("cumprod"))
def cumprod(y, a, axis=None):
    d[a] = cumprod_transpose(d[y], a, y, axis)


@tangent_(np.cumprod, method("cumprod"))
def cumprod_forward(y, a, axis=None):
    d[y] = cumprod_tangent(d[a], a, y, axis)


@linear(np.diff)
def diff(y, a, n=1, axis=-1):
    d[a] = diff_transpose(d[y], a, n, axis)
