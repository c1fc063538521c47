"""Derivatives of the logarithm of the gamma function, which `math` has and they are not in."""

from __future__ import annotations

import math

__all__ = ["polygamma"]

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
"""The Bernoulli numbers B_2, B_4, ..."""
FAR = 16.0
"""Where the asymptotic series is as exact as a float."""


def polygamma(order: int, x: float) -> float:
    """The derivative of order `order + 1` of the logarithm of the gamma function of a real number.

    By recurrence towards large numbers, and there by the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.11).
    It is NaN at the poles.
    """
    if x <= 0.0 and x == math.floor(x):
        return math.nan
    factor = math.factorial(order)
    near = 0.0
    while x < FAR:
        near += factor / x ** (order + 1)
        x += 1.0
    far = -math.log(x) if order == 0 else math.factorial(order - 1) / x**order
    far += factor / (2.0 * x ** (order + 1))
    for k, number in enumerate(BERNOULLI, start=1):
        far += number * math.factorial(2 * k + order - 1) / math.factorial(2 * k) / x ** (2 * k + order)
    return (near + far) * (-1.0) ** (order + 1)
