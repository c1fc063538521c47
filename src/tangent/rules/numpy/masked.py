"""Reductions of the elements that a mask chooses, and reductions that start from a value, by plain ones."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import method
from tangent.runtime import size_along

# --- sums and products


@defines(np.sum, method("sum"))
def sum_from(a, axis=None, *, keepdims=False, initial):
    return initial + np.sum(a, axis, keepdims=keepdims)


@defines(np.sum, method("sum"))
def sum_where(a, axis=None, *, keepdims=False, where):
    return np.sum(np.where(where, a, 0), axis, keepdims=keepdims)


@defines(np.sum, method("sum"))
def sum_where_from(a, axis=None, *, keepdims=False, initial, where):
    return initial + np.sum(np.where(where, a, 0), axis, keepdims=keepdims)


@defines(np.prod, method("prod"))
def prod_from(a, axis=None, *, keepdims=False, initial):
    return initial * np.prod(a, axis, keepdims=keepdims)


@defines(np.prod, method("prod"))
def prod_where(a, axis=None, *, keepdims=False, where):
    return np.prod(np.where(where, a, 1), axis, keepdims=keepdims)


@defines(np.prod, method("prod"))
def prod_where_from(a, axis=None, *, keepdims=False, initial, where):
    return initial * np.prod(np.where(where, a, 1), axis, keepdims=keepdims)


# --- extrema


@defines(np.max, np.amax, method("max"))
def max_from(a, axis=None, *, keepdims=False, initial):
    if axis is None and not keepdims:
        return np.max(np.append(a, initial))
    return np.maximum(np.max(a, axis, keepdims=keepdims), initial)


@defines(np.max, np.amax, method("max"))
def max_where_from(a, axis=None, *, keepdims=False, initial, where):
    return np.max(np.where(where, a, initial), axis, keepdims=keepdims, initial=initial)


@defines(np.min, np.amin, method("min"))
def min_from(a, axis=None, *, keepdims=False, initial):
    if axis is None and not keepdims:
        return np.min(np.append(a, initial))
    return np.minimum(np.min(a, axis, keepdims=keepdims), initial)


@defines(np.min, np.amin, method("min"))
def min_where_from(a, axis=None, *, keepdims=False, initial, where):
    return np.min(np.where(where, a, initial), axis, keepdims=keepdims, initial=initial)


# --- averages


@defines(np.mean, method("mean"))
def mean_where(a, axis=None, *, keepdims=False, where):
    count = np.sum(np.broadcast_to(where, np.shape(a)), axis, keepdims=keepdims)
    return np.sum(np.where(where, a, 0), axis, keepdims=keepdims) / count


@defines(np.var, method("var"))
def var_where(a, axis=None, *, ddof=0, keepdims=False, where):
    deviation = np.where(where, a - np.mean(a, axis, keepdims=True, where=where), 0)
    count = np.sum(np.broadcast_to(where, np.shape(a)), axis, keepdims=keepdims)
    return np.sum(deviation * deviation, axis, keepdims=keepdims) / (count - ddof if ddof else count)


@defines(np.var, method("var"))
def var_corrected(a, axis=None, *, keepdims=False, correction):
    return np.var(a, axis, ddof=correction, keepdims=keepdims)


@defines(np.var, method("var"))
def var_about(a, axis=None, *, ddof=0, keepdims=False, mean):
    deviation = a - mean
    count = np.size(a) if axis is None else size_along(a, axis)
    return np.sum(deviation * deviation, axis, keepdims=keepdims) / (count - ddof if ddof else count)


@defines(np.std, method("std"))
def std_where(a, axis=None, *, ddof=0, keepdims=False, where):
    return np.sqrt(np.var(a, axis, ddof=ddof, keepdims=keepdims, where=where))


@defines(np.std, method("std"))
def std_corrected(a, axis=None, *, keepdims=False, correction):
    return np.std(a, axis, ddof=correction, keepdims=keepdims)


@defines(np.std, method("std"))
def std_about(a, axis=None, *, ddof=0, keepdims=False, mean):
    return np.sqrt(np.var(a, axis, ddof=ddof, keepdims=keepdims, mean=mean))


# --- reductions that leave out NaN


@defines(np.nansum)
def nansum_where(a, axis=None, *, keepdims=False, where):
    return np.nansum(np.where(where, a, 0), axis, keepdims=keepdims)


@defines(np.nansum)
def nansum_from(a, axis=None, *, keepdims=False, initial):
    return initial + np.nansum(a, axis, keepdims=keepdims)


@defines(np.nanprod)
def nanprod_where(a, axis=None, *, keepdims=False, where):
    return np.nanprod(np.where(where, a, 1), axis, keepdims=keepdims)


@defines(np.nanprod)
def nanprod_from(a, axis=None, *, keepdims=False, initial):
    return initial * np.nanprod(a, axis, keepdims=keepdims)


@defines(np.nanmean)
def nanmean_where(a, axis=None, *, keepdims=False, where):
    return np.nanmean(np.where(where, a, np.nan), axis, keepdims=keepdims)


@defines(np.nanvar)
def nanvar_where(a, axis=None, *, ddof=0, keepdims=False, where):
    return np.nanvar(np.where(where, a, np.nan), axis, ddof=ddof, keepdims=keepdims)


@defines(np.nanstd)
def nanstd_where(a, axis=None, *, ddof=0, keepdims=False, where):
    return np.nanstd(np.where(where, a, np.nan), axis, ddof=ddof, keepdims=keepdims)


@defines(np.nancumprod)
def nancumprod(a, axis=None):
    return np.cumprod(np.where(np.isnan(a), 1, a), axis)
