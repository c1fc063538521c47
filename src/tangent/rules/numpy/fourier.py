"""Rules of `numpy.fft`.

The matrix of a Fourier transform is symmetric, so the transform is its own transpose.  Elements that the transform
leaves out, or fills up with zeros, are put back or dropped.
"""

from __future__ import annotations

import numpy as np

from tangent import runtime
from tangent.rules.definitions import defines
from tangent.rules.registry import d, linear
from tangent.runtime import axes_along, axes_given, resized, resized_to, sizes_along


@linear(np.fft.fft)
def fft(y, a, n=None, axis=-1, norm=None):
    d[a] = resized(np.fft.fft(d[y], axis=axis, norm=norm), np.shape(a)[axis], axis)


@linear(np.fft.ifft)
def ifft(y, a, n=None, axis=-1, norm=None):
    d[a] = resized(np.fft.ifft(d[y], axis=axis, norm=norm), np.shape(a)[axis], axis)


@linear(np.fft.rfft)
def rfft(y, a, n=None, axis=-1, norm=None):
    size = np.shape(a)[axis] if n is None else n
    d[a] = resized(np.real(np.fft.fft(d[y], size, axis, norm)), np.shape(a)[axis], axis)


@linear(np.fft.fft2)
def fft2(y, a, s=None, axes=(-2, -1), norm=None):
    d[a] = resized_to(np.fft.fft2(d[y], axes=axes, norm=norm), np.shape(a))


@linear(np.fft.ifft2)
def ifft2(y, a, s=None, axes=(-2, -1), norm=None):
    d[a] = resized_to(np.fft.ifft2(d[y], axes=axes, norm=norm), np.shape(a))


@linear(np.fft.fftn)
def fftn(y, a, s=None, axes=None, norm=None):
    d[a] = resized_to(np.fft.fftn(d[y], axes=axes_given(s, axes), norm=norm), np.shape(a))


@linear(np.fft.ifftn)
def ifftn(y, a, s=None, axes=None, norm=None):
    d[a] = resized_to(np.fft.ifftn(d[y], axes=axes_given(s, axes), norm=norm), np.shape(a))


@linear(np.fft.rfft2)
def rfft2(y, a, s=None, axes=(-2, -1), norm=None):
    d[a] = resized_to(np.real(np.fft.fft2(d[y], sizes_along(a, s, axes), axes, norm)), np.shape(a))


@linear(np.fft.rfftn)
def rfftn(y, a, s=None, axes=None, norm=None):
    whole = np.fft.fftn(d[y], sizes_along(a, s, axes), axes_along(a, s, axes), norm)
    d[a] = resized_to(np.real(whole), np.shape(a))


@linear(np.fft.fftshift)
def fftshift(y, x, axes=None):
    d[x] = np.fft.ifftshift(d[y], axes)


@linear(np.fft.ifftshift)
def ifftshift(y, x, axes=None):
    d[x] = np.fft.fftshift(d[y], axes)


# --- transforms of real numbers, by those of complex ones


@defines(np.fft.irfft)
def irfft(a, n=None, axis=-1, norm=None):
    size = 2 * (np.shape(a)[axis] - 1) if n is None else n
    half = runtime.resized(np.moveaxis(a, axis, -1), size // 2 + 1)
    whole = np.concatenate((half, np.conj(np.flip(half[..., 1 : (size + 1) // 2], -1))), -1)
    return np.moveaxis(np.real(np.fft.ifft(whole, norm=norm)), -1, axis)


@defines(np.fft.hfft)
def hfft(a, n=None, axis=-1, norm=None):
    size = 2 * (np.shape(a)[axis] - 1) if n is None else n
    half = np.conj(runtime.resized(np.moveaxis(a, axis, -1), size // 2 + 1))
    whole = np.concatenate((half, np.conj(np.flip(half[..., 1 : (size + 1) // 2], -1))), -1)
    return np.moveaxis(np.real(np.fft.fft(np.conj(whole), norm=norm)), -1, axis)


@defines(np.fft.ihfft)
def ihfft(a, n=None, axis=-1, norm=None):
    scaling = "ortho" if norm == "ortho" else "backward" if norm == "forward" else "forward"
    return np.conj(np.fft.rfft(a, n, axis, scaling))


@defines(np.fft.irfft2)
def irfft2(a, s=None, axes=(-2, -1), norm=None):
    first = np.fft.ifft(a, None if s is None else s[0], axes[0], norm)
    return np.fft.irfft(first, None if s is None else s[-1], axes[-1], norm)


@defines(np.fft.irfftn)
def irfftn(a, s=None, axes=None, norm=None):
    along = axes_along(a, s, axes)
    first = np.fft.ifftn(a, None if s is None else s[:-1], along[:-1], norm)
    return np.fft.irfft(first, None if s is None else s[-1], along[-1], norm)


# --- frequencies


@defines(np.fft.fftfreq)
def fftfreq(n, d=1.0):
    return np.fft.ifftshift(np.arange(-(n // 2), (n + 1) // 2)) / (n * d)


@defines(np.fft.rfftfreq)
def rfftfreq(n, d=1.0):
    return np.arange(n // 2 + 1) / (n * d)
