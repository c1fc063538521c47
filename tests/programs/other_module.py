"""Helpers that live in another module than their callers, with globals of the same names as there."""

import numpy as np

scale = 3.0
offset = np.array([1.0, 2.0, 3.0])


def scaled(x):
    return scale * x * x


def shifted(x):
    return helper(x + offset)


def helper(x):
    return np.sin(x) * scale


def write_first(a, value):
    a[0] = value * scale
