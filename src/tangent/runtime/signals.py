"""What the derivatives of convolutions and of digital filters need."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cropped", "fir", "fir_taps", "uncropped"]


def uncropped(b: Any, in1: Any, in2: Any, mode: str) -> Any:
    """The adjoint of the full convolution of `in1` and `in2` from that of the part that `mode` leaves of it."""
    result = np.zeros(_full_shape(in1, in2), b.dtype)
    result[_kept(in1, in2, mode)] = b
    return result


def cropped(z: Any, in1: Any, in2: Any, mode: str) -> Any:
    """The part of the full convolution of `in1` and `in2` that `mode` leaves: the transpose of `uncropped`."""
    return z[_kept(in1, in2, mode)]


def _full_shape(in1: Any, in2: Any) -> tuple[int, ...]:
    return tuple(n + m - 1 for n, m in zip(np.shape(in1), np.shape(in2), strict=True))


def _kept(in1: Any, in2: Any, mode: str) -> tuple[slice, ...]:
    parts = []
    for n, m in zip(np.shape(in1), np.shape(in2), strict=True):
        count = {"full": n + m - 1, "same": n, "valid": abs(n - m) + 1}[mode]
        start = min(n, m) - 1 if mode == "valid" else (n + m - 1 - count) // 2
        parts.append(slice(start, start + count))
    return tuple(parts)


def fir(h: Any, x: Any, axis: int = -1) -> Any:
    """The filter of finite impulse response `h`: `sum(h[k] * x[i - k])` along `axis`."""
    from scipy import signal

    taps = np.atleast_1d(h)
    return signal.lfilter(taps, np.ones(1, taps.dtype), x, axis)


def fir_taps(b: Any, x: Any, h: Any, axis: int = -1) -> Any:
    """The adjoint of `h` in `fir(h, x, axis)`, from that of the result: `sum(b[i] * x[i - k])`."""
    last, values = np.moveaxis(np.asarray(b), axis, -1), np.moveaxis(np.asarray(x), axis, -1)
    n = last.shape[-1]
    sums = [np.sum(last[..., k:] * values[..., : max(n - k, 0)]) for k in range(np.size(h))]
    return np.array(sums, last.dtype).reshape(np.shape(h))
