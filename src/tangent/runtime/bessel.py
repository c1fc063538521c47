"""Modified Bessel functions, of which NumPy has the one of order 0 alone."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["bessel_i"]

NODES = 128


def bessel_i(order: int, x: Any) -> Any:
    """The modified Bessel function of the first kind, of an integer order.

    By the midpoint rule for its integral over a circle (Abramowitz & Stegun 9.6.19), which is as exact as a float up to
    where the function is infinite.

    >>> float(bessel_i(1, 2.0).round(12))
    1.590636854637
    """
    x = np.asarray(x)
    angles = ((np.arange(NODES) + 0.5) * (np.pi / 2.0 / NODES)).astype(np.result_type(x.dtype, np.float32))
    grown = (np.sinh if order % 2 else np.cosh)(x[..., None] * np.cos(angles))
    return np.mean(grown * np.cos(order * angles), axis=-1)
