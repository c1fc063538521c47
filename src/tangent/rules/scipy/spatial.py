"""Distances of vectors, of `scipy.spatial.distance`, as plain formulas.

The derivative of a distance that is a root is NaN where the distance is 0, as that of the square root; that of a
quotient of sums where both are 0.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import distance

from tangent.rules.definitions import defines
from tangent.runtime import require

# --- of two vectors


@defines(distance.sqeuclidean)
def sqeuclidean(u, v):
    difference = np.subtract(u, v)
    return np.sum(difference * difference)


@defines(distance.euclidean)
def euclidean(u, v):
    difference = np.subtract(u, v)
    return np.sqrt(np.sum(difference * difference))


@defines(distance.seuclidean)
def seuclidean(u, v, V):
    difference = np.subtract(u, v)
    return np.sqrt(np.sum(difference * difference / V))


@defines(distance.mahalanobis)
def mahalanobis(u, v, VI):
    difference = np.subtract(u, v)
    return np.sqrt(difference @ VI @ difference)


@defines(distance.cityblock)
def cityblock(u, v):
    return np.sum(np.abs(np.subtract(u, v)))


@defines(distance.chebyshev)
def chebyshev(u, v):
    return np.max(np.abs(np.subtract(u, v)))


@defines(distance.minkowski)
def minkowski(u, v, p=2):
    return np.sum(np.abs(np.subtract(u, v)) ** p) ** (1.0 / p)


@defines(distance.cosine)
def cosine(u, v):
    return 1.0 - np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v))


@defines(distance.correlation)
def correlation(u, v):
    a, b = u - np.mean(u), v - np.mean(v)
    return 1.0 - np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b))


@defines(distance.braycurtis)
def braycurtis(u, v):
    return np.sum(np.abs(np.subtract(u, v))) / np.sum(np.abs(np.add(u, v)))


@defines(distance.canberra)
def canberra(u, v):
    sizes = np.abs(u) + np.abs(v)
    return np.sum(np.abs(np.subtract(u, v)) / np.where(sizes == 0.0, 1.0, sizes))


# --- of all pairs: `a` and `b` are arrays of vectors, along the last axis, that broadcast


def by_angle(u, v):
    return 1.0 - np.sum(u * v, -1) / np.sqrt(np.sum(u * u, -1) * np.sum(v * v, -1))


def between(a, b, metric, p):
    if metric == "cosine":
        return by_angle(a, b)
    if metric == "correlation":
        return by_angle(a - np.mean(a, -1, keepdims=True), b - np.mean(b, -1, keepdims=True))
    difference = a - b
    if metric == "sqeuclidean":
        return np.sum(difference * difference, -1)
    if metric == "euclidean":
        return np.sqrt(np.sum(difference * difference, -1))
    sizes = np.abs(difference)
    if metric == "cityblock":
        return np.sum(sizes, -1)
    if metric == "chebyshev":
        return np.max(sizes, -1)
    if metric == "minkowski":
        return np.sum(sizes**p, -1) ** (1.0 / p)
    if metric == "braycurtis":
        return np.sum(sizes, -1) / np.sum(np.abs(a + b), -1)
    require(metric == "canberra", "the distance of all pairs by this metric",
            "write its formula for `x[:, None] - y`, which has the differences of all pairs")
    both = np.abs(a) + np.abs(b)
    return np.sum(sizes / np.where(both == 0.0, 1.0, both), -1)


@defines(distance.cdist)
def cdist(XA, XB, metric="euclidean", *, p=2.0):
    return between(np.expand_dims(XA, 1), np.expand_dims(XB, 0), metric, p)


@defines(distance.pdist)
def pdist(X, metric="euclidean", *, p=2.0):
    first, second = np.triu_indices(np.shape(X)[0], 1)
    return between(np.take(X, first, 0), np.take(X, second, 0), metric, p)


@defines(distance.squareform)
def squareform(X):
    if np.ndim(X) == 2:
        return X[np.triu_indices(np.shape(X)[0], 1)]
    n = int(np.ceil(np.sqrt(2.0 * len(X))))
    result = np.zeros((n, n))
    result[np.triu_indices(n, 1)] = X
    return result + np.transpose(result)
