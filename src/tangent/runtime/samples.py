"""Simpson's rule for samples of a function, as `scipy.integrate.simpson` has it.

An even number of samples leaves one interval over, the last: it is integrated by the parabola through the last three
samples (Cartwright, Simpson's Rule Cumulative Integration with MS Excel and Irregularly-spaced Data, 2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["simpson_of_samples", "simpson_weights"]


def simpson_weights(count: int) -> Any:
    """The factors of `count` samples at distances of 1."""
    from scipy import integrate

    return integrate.simpson(np.eye(count), dx=1.0, axis=0)


def simpson_of_samples(y: Any, h: Any) -> Any:
    """The integral of the samples along the last axis of `y`, taken at places of the distances `h`."""
    count = np.shape(y)[-1]
    if count == 2:
        return 0.5 * h[..., 0] * (y[..., 0] + y[..., 1])
    odd = count - 1 + count % 2
    first, second = h[..., 0 : odd - 1 : 2], h[..., 1 : odd - 1 : 2]
    width = first + second
    total = np.sum(width / 6.0 * (
        y[..., 0 : odd - 2 : 2] * (2.0 - second / first)
        + y[..., 1 : odd - 1 : 2] * width * width / (first * second)
        + y[..., 2:odd:2] * (2.0 - first / second)
    ), -1)
    if count % 2 == 0:
        a, b = h[..., -2], h[..., -1]
        total = total + (
            y[..., -1] * (2.0 * b * b + 3.0 * a * b) / (6.0 * (a + b)) + y[..., -2] * (b * b + 3.0 * a * b) / (6.0 * a)
            - y[..., -3] * b**3 / (6.0 * a * (a + b))
        )
    return total
