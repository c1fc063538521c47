"""Distances of vectors, of `scipy.spatial.distance`, as plain formulas.

The derivative of a distance that is a root is NaN where the distance is 0, as that of the square root.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import distance

from tangent.rules.definitions import defines


@defines(distance.sqeuclidean)
def sqeuclidean(u, v):
    difference = np.subtract(u, v)
    return np.sum(difference * difference)


@defines(distance.euclidean)
def euclidean(u, v):
    difference = np.subtract(u, v)
    return np.sqrt(np.sum(difference * difference))


@defines(distance.cityblock)
def cityblock(u, v):
    return np.sum(np.abs(np.subtract(u, v)))


@defines(distance.chebyshev)
def chebyshev(u, v):
    return np.max(np.abs(np.subtract(u, v)))


@defines(distance.cosine)
def cosine(u, v):
    return 1.0 - np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v))


@defines(distance.cdist)
def cdist(XA, XB, metric="euclidean"):
    difference = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    if metric == "cityblock":
        return np.sum(np.abs(difference), axis=-1)
    squares = np.sum(difference * difference, axis=-1)
    if metric == "sqeuclidean":
        return squares
    if metric == "euclidean":
        return np.sqrt(squares)
    raise NotImplementedError("the derivative of this metric; write its formula out")
