"""Functions of NumPy and SciPy in use, each with the rule of one function whose derivative one may want to look at.

`FUNCTIONS` is the list of them; what their derivatives look like is in `golden/functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import integrate, linalg, ndimage, optimize, special, stats


def hypotenuses(x, y):
    return np.sum(np.hypot(x, y))


def power_of_two(x):
    return 2.0**x


def mean_of_columns(x):
    return np.mean(x, axis=0)


def deviations(x):
    return np.std(x, axis=1, keepdims=True)


def greatest(x):
    return np.max(x, axis=0)


def log_sum_exp(x):
    return special.logsumexp(x, axis=1)


def soft_maximum(x):
    return special.softmax(x, axis=-1)


def linear_solution(a, b):
    return np.linalg.solve(a, b)


def log_determinant(a):
    return np.linalg.slogdet(a)[1]


def eigenvalues(a):
    return np.linalg.eigh(a)[0]


def lengths_of_rows(x):
    return np.linalg.norm(x, axis=1)


def spectrum(x):
    return np.real(np.fft.rfftn(x))


def in_order(x):
    return np.sort(x)


def running_sum(x):
    return np.cumsum(x, axis=0)


def between_points(x, xp, fp):
    return np.interp(x, xp, fp)


def slopes(y, x):
    return np.gradient(y, x, axis=0)


def slope_along_rows(y):
    return np.gradient(y, 0.1)[1]


def squares_of_rows(x):
    return np.apply_along_axis(lambda row: np.sum(row * row), 1, x)


def weighted_mean(x, w):
    return np.average(x, weights=w)


def chain_of_matrices(a, b, c, e, f):
    return np.einsum("ij,jk,kl,lm,mn->in", a, b, c, e, f)


def value_of_polynomial(p, x):
    return np.polyval(p, x)


def rectified(x):
    return np.where(x > 0.0, x, 0.01 * x)


def log_density(x, mean, scale):
    return np.sum(stats.norm.logpdf(x, mean, scale))


def distribution_of_squares(x):
    return special.chdtr(3.5, x)


def root(p):
    return optimize.brentq(lambda x: x**3 - p, 0.0, 9.0)


def integral(a):
    return integrate.quad(lambda t: np.exp(-a * t), 0.0, 1.0)[0]


def matrix_exponential(a):
    return linalg.expm(a)


def blurred(x):
    return ndimage.gaussian_filter(x, 1.0)


FUNCTIONS: list[Callable[..., Any]] = [
    hypotenuses, power_of_two, mean_of_columns, deviations, greatest, log_sum_exp, soft_maximum, linear_solution,
    log_determinant, eigenvalues, lengths_of_rows, spectrum, in_order, running_sum, between_points, slopes,
    slope_along_rows, squares_of_rows, weighted_mean, chain_of_matrices, value_of_polynomial, rectified, log_density,
    distribution_of_squares, root, integral, matrix_exponential, blurred,
]
