"""The same names as in `other_module`, with other values and another body."""

import numpy as np

scale = -2.0
offset = np.array([0.1, 0.2, 0.3])


def scaled(x):
    return np.cos(x) * scale


def shifted(x):
    return helper(x * offset)


def helper(x):
    return x * x + scale
