"""Functions of NumPy as plain formulas, which the frontend puts in the place of a call."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import method

__all__: list[str] = []

# --- products


@defines(np.kron)
def kron(a, b):
    ndim = max(np.ndim(a), np.ndim(b))
    left = np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
    right = np.reshape(b, (1,) * (ndim - np.ndim(b)) + np.shape(b))
    blocks = np.expand_dims(left, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(right, tuple(range(0, 2 * ndim, 2)))
    return np.reshape(blocks, np.multiply(np.shape(left), np.shape(right)))


@defines(np.cross)
def cross(a, b):
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise NotImplementedError("the derivative of the product of vectors that do not have three components")
    return np.roll(a, -1, -1) * np.roll(b, -2, -1) - np.roll(a, -2, -1) * np.roll(b, -1, -1)


@defines(np.cross)
def cross_along(a, b, *, axis):
    x, y = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    if np.shape(x)[-1] != 3 or np.shape(y)[-1] != 3:
        raise NotImplementedError("the derivative of the product of vectors that do not have three components")
    product = np.roll(x, -1, -1) * np.roll(y, -2, -1) - np.roll(x, -2, -1) * np.roll(y, -1, -1)
    return np.moveaxis(product, -1, axis)


@defines(np.correlate)
def correlate(a, v, mode="valid"):
    if mode == "same" and len(a) < len(v):
        return np.convolve(v, a[::-1], mode)[::-1]
    return np.convolve(a, v[::-1], mode)


# --- differences and interpolation


@defines(np.ediff1d)
def ediff1d(ary):
    return np.diff(np.ravel(ary))


@defines(np.ediff1d)
def ediff1d_after(ary, *, to_begin):
    return np.concatenate((np.ravel(to_begin), np.diff(np.ravel(ary))))


@defines(np.ediff1d)
def ediff1d_before(ary, to_end):
    return np.concatenate((np.diff(np.ravel(ary)), np.ravel(to_end)))


@defines(np.ediff1d)
def ediff1d_between(ary, to_end, to_begin):
    return np.concatenate((np.ravel(to_begin), np.diff(np.ravel(ary)), np.ravel(to_end)))


@defines(np.gradient)
def gradient(f, spacing=1.0, *, axis=None):
    if axis is None and np.ndim(f) != 1:
        raise NotImplementedError("the gradient along several axes at once; write one call for each `axis`")
    along = -1 if axis is None else axis
    y = np.moveaxis(f, along, -1)
    if np.ndim(spacing) == 0:
        inner = (y[..., 2:] - y[..., :-2]) / (2.0 * spacing)
        first, last = (y[..., 1:2] - y[..., :1]) / spacing, (y[..., -1:] - y[..., -2:-1]) / spacing
    else:
        step, slope = np.diff(spacing), np.diff(y) / np.diff(spacing)
        before, after = step[:-1], step[1:]
        inner = (slope[..., :-1] * after + slope[..., 1:] * before) / (before + after)
        first, last = slope[..., :1], slope[..., -1:]
    return np.moveaxis(np.concatenate((first, inner, last), -1), -1, along)


@defines(np.interp)
def interp(x, xp, fp):
    at, values = np.asarray(xp), np.asarray(fp)
    right = np.clip(np.searchsorted(at, x, "right"), 1, len(at) - 1)
    left = right - 1
    part = np.clip((x - at[left]) / (at[right] - at[left]), 0.0, 1.0)
    return values[left] + part * (values[right] - values[left])


# --- averages and covariances


@defines(np.average)
def average(a, axis=None, *, keepdims=False):
    return np.mean(a, axis, keepdims=keepdims)


@defines(np.average)
def average_of_all(a, *, weights):
    return np.sum(a * weights) / np.sum(weights)


@defines(np.average)
def average_along(a, axis, weights):
    if np.shape(a) == np.shape(weights):
        return np.sum(a * weights, axis) / np.sum(weights, axis)
    return np.sum(np.moveaxis(a, axis, -1) * weights, -1) / np.sum(weights)


@defines(np.cov)
def cov(m, *, rowvar=True, bias=False, ddof=None):
    rows = np.atleast_2d(m)
    if not rowvar and np.ndim(m) > 1:
        rows = np.transpose(rows)
    centered = rows - np.mean(rows, 1, keepdims=True)
    correction = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(centered @ np.transpose(centered) / (np.shape(rows)[1] - correction))


@defines(np.cov)
def cov_of_two(m, y, *, bias=False, ddof=None):
    rows = np.concatenate((np.atleast_2d(m), np.atleast_2d(y)))
    centered = rows - np.mean(rows, 1, keepdims=True)
    correction = (0 if bias else 1) if ddof is None else ddof
    return centered @ np.transpose(centered) / (np.shape(rows)[1] - correction)


@defines(np.corrcoef)
def corrcoef(x, *, rowvar=True):
    rows = np.atleast_2d(x)
    if not rowvar and np.ndim(x) > 1:
        rows = np.transpose(rows)
    centered = rows - np.mean(rows, 1, keepdims=True)
    units = centered / np.sqrt(np.sum(centered * centered, 1, keepdims=True))
    return np.squeeze(units @ np.transpose(units))


@defines(np.corrcoef)
def corrcoef_of_two(x, y):
    rows = np.concatenate((np.atleast_2d(x), np.atleast_2d(y)))
    centered = rows - np.mean(rows, 1, keepdims=True)
    units = centered / np.sqrt(np.sum(centered * centered, 1, keepdims=True))
    return units @ np.transpose(units)


# --- selections


@defines(np.compress)
def compress(condition, a, axis=None):
    return np.take(a, np.flatnonzero(condition), axis)


@defines(method("compress"))
def compress_method(a, condition, axis=None):
    return np.take(a, np.flatnonzero(condition), axis)


@defines(np.extract)
def extract(condition, arr):
    return np.take(arr, np.flatnonzero(condition))


@defines(np.select)
def select(condlist, choicelist, default=0):
    result = np.where(condlist[-1], choicelist[-1], default)
    for i in range(len(condlist) - 2, -1, -1):
        result = np.where(condlist[i], choicelist[i], result)
    return result


@defines(np.choose)
def choose(a, choices):
    index, count = np.asarray(a), len(choices)
    if np.any(index < 0) or np.any(index >= count):
        raise ValueError("invalid entry in choice array")
    result = np.where(index == 0, choices[0], choices[-1])
    for i in range(1, count - 1):
        result = np.where(index == i, choices[i], result)
    return result


@defines(np.put_along_axis)
def put_along_axis(arr, indices, values, axis):
    places = np.take_along_axis(np.reshape(np.arange(np.size(arr)), np.shape(arr)), indices, axis)
    flat = np.ravel(arr).copy()
    flat[places] = values
    arr[...] = np.reshape(flat, np.shape(arr))
