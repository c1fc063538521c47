"""Derivatives of `np.sinc`, which has no simple ones where its argument is small."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["sinc_derivative"]

TERMS = 16
"""How many terms of the power series are as exact as a float where the argument is at most 1."""


def sinc_derivative(order: int, x: Any) -> Any:
    """The derivative of `np.sinc` of an order, elementwise.

    By the power series where `abs(x) < 1`, elsewhere by `x * s[n] + n * s[n - 1] == s[n] of np.sin(pi * x) / pi`.
    """
    near = np.abs(x) < 1.0
    small, large = np.where(near, x, 0.0), np.where(near, 1.0, x)
    first = (order + 1) // 2
    series = np.zeros_like(small)
    for k in range(first, first + TERMS):
        factor = (-1.0) ** k * math.pi ** (2 * k) / (2 * k + 1) / math.factorial(2 * k - order)
        series = series + factor * small ** (2 * k - order)
    values = np.sinc(large)
    for n in range(1, order + 1):
        values = (math.pi ** (n - 1) * np.sin(math.pi * large + n * math.pi / 2) - n * values) / large
    return np.where(near, series, values)[()]
