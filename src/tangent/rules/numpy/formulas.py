"""Functions of NumPy as plain formulas, which the frontend puts in the place of a call."""

from __future__ import annotations

import numpy as np

from tangent.rules.definitions import defines
from tangent.rules.registry import method
from tangent.runtime import along

__all__: list[str] = []

PLANE_PRODUCT = "write `a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]`"

# --- products


@defines(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1):
    return np.moveaxis(np.cross(np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)), -1, axisc)


@defines(np.correlate)
def correlate(a, v, mode="valid"):
    if mode == "same" and len(a) < len(v):
        return np.convolve(np.conj(v), a[::-1], mode)[::-1]
    return np.convolve(a, np.conj(v[::-1]), mode)


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


# --- averages and covariances


@defines(np.average)
def average(a, axis=None, *, keepdims=False):
    return np.mean(a, axis, keepdims=keepdims)


@defines(np.average)
def average_of_all(a, *, weights):
    return np.sum(a * weights) / np.sum(weights)


@defines(np.average)
def average_along(a, axis, weights, *, keepdims=False):
    shares = along(weights, a, axis)
    return np.sum(a * shares, axis, keepdims=keepdims) / np.sum(shares, axis, keepdims=keepdims)


@defines(np.cov)
def cov(m, *, rowvar=True, bias=False, ddof=None):
    rows = np.atleast_2d(m)
    if not rowvar and np.ndim(m) > 1:
        rows = np.transpose(rows)
    centered = rows - np.mean(rows, 1, keepdims=True)
    correction = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(centered @ np.conj(np.transpose(centered)) / (np.shape(rows)[1] - correction))


@defines(np.cov)
def cov_of_two(m, y, *, bias=False, ddof=None):
    rows = np.concatenate((np.atleast_2d(m), np.atleast_2d(y)))
    centered = rows - np.mean(rows, 1, keepdims=True)
    correction = (0 if bias else 1) if ddof is None else ddof
    return centered @ np.conj(np.transpose(centered)) / (np.shape(rows)[1] - correction)


@defines(np.corrcoef)
def corrcoef(x, *, rowvar=True):
    rows = np.atleast_2d(x)
    if not rowvar and np.ndim(x) > 1:
        rows = np.transpose(rows)
    centered = rows - np.mean(rows, 1, keepdims=True)
    units = centered / np.sqrt(np.sum(np.abs(centered) ** 2, 1, keepdims=True))
    return np.squeeze(units @ np.conj(np.transpose(units)))


@defines(np.corrcoef)
def corrcoef_of_two(x, y):
    rows = np.concatenate((np.atleast_2d(x), np.atleast_2d(y)))
    centered = rows - np.mean(rows, 1, keepdims=True)
    units = centered / np.sqrt(np.sum(np.abs(centered) ** 2, 1, keepdims=True))
    return units @ np.conj(np.transpose(units))


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
