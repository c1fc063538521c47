"""Derivatives of polynomials that are given by their coefficients, the highest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.runtime.shapes import unarray

__all__ = ["polynomial_slope", "polyval_transpose"]


def polynomial_slope(p: Any, x: Any) -> Any:
    """The derivative of `np.polyval(p, x)` towards `x`."""
    value = slope = 0.0
    for coefficient in p:
        slope = slope * x + value
        value = value * x + coefficient
    return slope


def polyval_transpose(b: Any, p: Any, x: Any) -> Any:
    """The adjoints of the coefficients from that of `np.polyval(p, x)`."""
    power = 1.0
    sums = []
    for _ in range(len(p)):
        sums.append(np.sum(b * power))
        power = power * x
    return unarray(np.flip(np.array(sums)), p)
