"""Rules of `numpy.fft`.

The matrix of a Fourier transform is symmetric, so the transform is its own transpose.  Elements that the transform
leaves out, or fills up with zeros, are put back or dropped.
"""

from __future__ import annotations

import numpy as np

from tangent import runtime
from tangent.rules.definitions import defines
from tangent.rules.registry import d, linear
from tangent.runtime import resized


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
def fft2(y, a, *, norm=None):
    d[a] = np.fft.fft2(d[y], norm=norm)


@linear(np.fft.ifft2)
def ifft2(y, a, *, norm=None):
    d[a] = np.fft.ifft2(d[y], norm=norm)


@linear(np.fft.fftn)
def fftn(y, a, *, axes=None, norm=None):
    d[a] = np.fft.fftn(d[y], axes=axes, norm=norm)


@linear(np.fft.ifftn)
def ifftn(y, a, *, axes=None, norm=None):
    d[a] = np.fft.ifftn(d[y], axes=axes, norm=norm)


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


@defines(np.fft.rfft2)
def rfft2(a, *, norm=None):
    return np.fft.fft(np.fft.rfft(a, norm=norm), axis=-2, norm=norm)


@defines(np.fft.rfftn)
def rfftn(a, *, axes=None, norm=None):
    along = range(np.ndim(a)) if axes is None else axes
    result = np.fft.rfft(a, axis=along[-1], norm=norm)
    for axis in along[:-1]:
        result = np.fft.fft(result, axis=axis, norm=norm)
    return result


@defines(np.fft.irfft2)
def irfft2(a, *, norm=None):
    return np.fft.irfft(np.fft.ifft(a, axis=-2, norm=norm), norm=norm)


@defines(np.fft.irfftn)
def irfftn(a, *, axes=None, norm=None):
    along = range(np.ndim(a)) if axes is None else axes
    result = a
    for axis in along[:-1]:
        result = np.fft.ifft(result, axis=axis, norm=norm)
    return np.fft.irfft(result, axis=along[-1], norm=norm)
