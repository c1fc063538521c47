"""Rules of convolutions and digital filters of `scipy.signal`, of real numbers.

A convolution is taken apart into the full one and the part of it that `mode` leaves.  The adjoint of a filter is the
filter run backward in time.  What has no rule here is a constant (a window, the design of a filter) or refused.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, bilinear, d, linear, nondifferentiable, opaque, tangent_
from tangent.runtime import fir, fir_taps, savgol_transpose, uncropped

# --- convolutions


@bilinear(signal.convolve)
def convolve(z, in1, in2, mode="full", method="auto"):
    whole = d[z] if mode == "full" else uncropped(d[z], in1, in2, mode)
    d[in1] = signal.correlate(whole, in2, "valid")
    d[in2] = signal.correlate(whole, in1, "valid")


@bilinear(signal.correlate)
def correlate(z, in1, in2, mode="full", method="auto"):
    whole = d[z] if mode == "full" else uncropped(d[z], in1, in2, mode)
    d[in1] = signal.convolve(whole, in2, "valid")
    d[in2] = np.flip(signal.correlate(whole, in1, "valid"))


@bilinear(signal.fftconvolve)
def fftconvolve(z, in1, in2, mode="full"):
    whole = d[z] if mode == "full" else uncropped(d[z], in1, in2, mode)
    d[in1] = signal.fftconvolve(whole, np.flip(in2), "valid")
    d[in2] = signal.fftconvolve(whole, np.flip(in1), "valid")


@bilinear(signal.oaconvolve)
def oaconvolve(z, in1, in2, mode="full"):
    whole = d[z] if mode == "full" else uncropped(d[z], in1, in2, mode)
    d[in1] = signal.oaconvolve(whole, np.flip(in2), "valid")
    d[in2] = signal.oaconvolve(whole, np.flip(in1), "valid")


@defines(signal.convolve2d)
def convolve2d(in1, in2, mode="full", boundary="fill"):
    if boundary in ("fill", "pad"):
        return signal.convolve(in1, in2, mode, "direct")
    (n1, n2), (m1, m2) = np.shape(in1), np.shape(in2)
    around = np.pad(in1, ((m1 - 1, m1 - 1), (m2 - 1, m2 - 1)), "symmetric" if boundary[:4] == "symm" else "wrap")
    full = signal.convolve(around, in2, "valid", "direct")
    if mode == "full":
        return full
    if mode == "same":
        return full[(m1 - 1) // 2 : (m1 - 1) // 2 + n1, (m2 - 1) // 2 : (m2 - 1) // 2 + n2]
    return full[min(n1, m1) - 1 : max(n1, m1), min(n2, m2) - 1 : max(n2, m2)]


@defines(signal.correlate2d)
def correlate2d(in1, in2, mode="full", boundary="fill"):
    if mode != "same":
        return signal.convolve2d(in1, np.flip(in2), mode, boundary)
    (n1, n2), (m1, m2) = np.shape(in1), np.shape(in2)
    full = signal.convolve2d(in1, np.flip(in2), "full", boundary)
    return full[m1 // 2 : m1 // 2 + n1, m2 // 2 : m2 // 2 + n2]


# --- filters: with `A(1 / t) y = B(1 / t) x`, in delays, `A dy = dB x + B dx - dA y`


@adjoint(signal.lfilter)
def lfilter(y, b, a, x, axis=-1):
    residual = np.flip(signal.lfilter(np.ones(1, y.dtype), a, np.flip(d[y], axis), axis), axis)
    d[b] = fir_taps(residual, x, b, axis)
    d[a] = -fir_taps(residual, y, a, axis)
    d[x] = np.flip(signal.lfilter(b, a, np.flip(d[y], axis), axis), axis)


@tangent_(signal.lfilter)
def lfilter_tangent(y, b, a, x, axis=-1):
    change = fir(d[b], x, axis) + fir(b, d[x], axis) - fir(d[a], y, axis)
    d[y] = signal.lfilter(np.ones(1, y.dtype), a, change, axis)


@defines(signal.sosfilt)
def sosfilt(sos, x, axis=-1):
    y = x
    for i in range(len(sos)):
        y = signal.lfilter(sos[i][:3], sos[i][3:], y, axis)
    return y


# The filter starts as if its first input had been there for ever: what remains after that starts from zero.
@defines(signal.filtfilt)
def filtfilt(b, a, x, axis=-1):
    edge = 3 * max(np.size(a), np.size(b))
    rows = np.moveaxis(x, axis, -1)
    before = 2.0 * rows[..., :1] - rows[..., edge:0:-1]
    after = 2.0 * rows[..., -1:] - rows[..., -2 : -edge - 2 : -1]
    y, gain = np.concatenate((before, rows, after), -1), np.sum(b) / np.sum(a)
    for _ in range(2):
        first = y[..., :1]
        y = np.flip(signal.lfilter(b, a, y - first) + gain * first, -1)
    return np.moveaxis(y[..., edge:-edge], -1, axis)


@defines(signal.sosfiltfilt)
def sosfiltfilt(sos, x, axis=-1):
    sections = np.asarray(sos)
    zeros = min(np.sum(sections[:, 2] == 0.0), np.sum(sections[:, 5] == 0.0))
    edge = 3 * (2 * len(sections) + 1 - zeros)
    rows = np.moveaxis(x, axis, -1)
    before = 2.0 * rows[..., :1] - rows[..., edge:0:-1]
    after = 2.0 * rows[..., -1:] - rows[..., -2 : -edge - 2 : -1]
    y = np.concatenate((before, rows, after), -1)
    gain = np.prod(np.sum(sections[:, :3], 1) / np.sum(sections[:, 3:], 1))
    for _ in range(2):
        first = y[..., :1]
        y = np.flip(signal.sosfilt(sections, y - first) + gain * first, -1)
    return np.moveaxis(y[..., edge:-edge], -1, axis)


@linear(signal.detrend)
def detrend(y, data, axis=-1, type="linear", bp=0):
    d[data] = signal.detrend(d[y], axis, type, bp)


@linear(signal.savgol_filter)
def savgol_filter(y, x, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode="interp"):
    d[x] = savgol_transpose(d[y], window_length, polyorder, deriv, delta, axis, mode)


@linear(savgol_transpose)
def savgol_transpose_(y, b, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode="interp"):
    d[b] = signal.savgol_filter(d[y], window_length, polyorder, deriv, delta, axis, mode)


# --- by Fourier transforms


@defines(signal.hilbert)
def hilbert(x, N=None, axis=-1):
    n = np.shape(x)[axis] if N is None else N
    spectrum = np.moveaxis(np.fft.fft(x, n, axis), axis, -1)
    places = np.arange(n)
    weights = np.where((places == 0) | (2 * places == n), 1.0, np.where(2 * places < n, 2.0, 0.0))
    return np.moveaxis(np.fft.ifft(spectrum * weights), -1, axis)


@defines(signal.resample)
def resample(x, num, *, axis=0):
    n = np.shape(x)[axis]
    least = min(n, num)
    half, spectrum = (least + 1) // 2, np.fft.fft(np.moveaxis(x, axis, -1))
    low, high = spectrum[..., :half], spectrum[..., n - (least - 1) // 2 :]
    if least % 2 == 1:
        middle = np.zeros((*np.shape(low)[:-1], num - least))
    elif num < n:
        middle = spectrum[..., half : half + 1] + spectrum[..., n - half : n - half + 1]
    elif num == n:
        middle = spectrum[..., half : half + 1]
    else:
        edge = 0.5 * spectrum[..., half : half + 1]
        middle = np.concatenate((edge, np.zeros((*np.shape(low)[:-1], num - least - 1)), edge), -1)
    parts = np.concatenate((low, middle, high), -1)
    return np.moveaxis(np.real(np.fft.ifft(parts)) * (num / n), -1, axis)


opaque(
    signal.butter, signal.cheby1, signal.cheby2, signal.ellip, signal.bessel, signal.iirfilter, signal.iirdesign,
    signal.iirnotch, signal.iirpeak, signal.firwin, signal.firwin2, signal.firls, signal.remez, signal.savgol_coeffs,
    signal.get_window, signal.lfilter_zi, signal.sosfilt_zi, signal.tf2sos,
)
nondifferentiable(signal.argrelextrema, signal.argrelmax, signal.argrelmin)
