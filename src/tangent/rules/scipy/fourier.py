"""Fourier transforms of `scipy.fft`, by those of NumPy."""

from __future__ import annotations

import numpy as np
from scipy import fft

from tangent.rules.definitions import defines
from tangent.rules.registry import nondifferentiable, refuse


@defines(fft.fft)
def fft_(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.fft(x, n, axis, norm)


@defines(fft.ifft)
def ifft(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.ifft(x, n, axis, norm)


@defines(fft.rfft)
def rfft(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.rfft(x, n, axis, norm)


@defines(fft.irfft)
def irfft(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.irfft(x, n, axis, norm)


@defines(fft.hfft)
def hfft(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.hfft(x, n, axis, norm)


@defines(fft.ihfft)
def ihfft(x, n=None, axis=-1, norm=None, *, workers=None):
    return np.fft.ihfft(x, n, axis, norm)


@defines(fft.fft2)
def fft2(x, s=None, axes=(-2, -1), norm=None, *, workers=None):
    return np.fft.fft2(x, s, axes, norm)


@defines(fft.ifft2)
def ifft2(x, s=None, axes=(-2, -1), norm=None, *, workers=None):
    return np.fft.ifft2(x, s, axes, norm)


@defines(fft.rfft2)
def rfft2(x, s=None, axes=(-2, -1), norm=None, *, workers=None):
    return np.fft.rfft2(x, s, axes, norm)


@defines(fft.irfft2)
def irfft2(x, s=None, axes=(-2, -1), norm=None, *, workers=None):
    return np.fft.irfft2(x, s, axes, norm)


@defines(fft.fftn)
def fftn(x, s=None, axes=None, norm=None, *, workers=None):
    return np.fft.fftn(x, s, axes, norm)


@defines(fft.ifftn)
def ifftn(x, s=None, axes=None, norm=None, *, workers=None):
    return np.fft.ifftn(x, s, axes, norm)


@defines(fft.rfftn)
def rfftn(x, s=None, axes=None, norm=None, *, workers=None):
    return np.fft.rfftn(x, s, axes, norm)


@defines(fft.irfftn)
def irfftn(x, s=None, axes=None, norm=None, *, workers=None):
    return np.fft.irfftn(x, s, axes, norm)


@defines(fft.fftshift)
def fftshift(x, axes=None):
    return np.fft.fftshift(x, axes)


@defines(fft.ifftshift)
def ifftshift(x, axes=None):
    return np.fft.ifftshift(x, axes)


nondifferentiable(fft.fftfreq, fft.rfftfreq, fft.next_fast_len)
refuse(
    fft.dct, fft.idct, fft.dst, fft.idst, fft.dctn, fft.idctn, fft.dstn, fft.idstn, fft.fht, fft.ifht, fft.hfft2,
    fft.ihfft2, fft.hfftn, fft.ihfftn,
    why="it has no rule", instead="multiply by its matrix, `fft.dct(np.eye(n), axis=0) @ x`, or use fft.rfft",
)
