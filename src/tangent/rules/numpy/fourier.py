"""Rules of `numpy.fft`.

The matrix of a Fourier transform is symmetric, so the transform is its own transpose.  Elements that the transform
leaves out, or fills up with zeros, are put back or dropped.
"""

from __future__ import annotations

import numpy as np

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
