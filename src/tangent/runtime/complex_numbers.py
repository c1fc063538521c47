"""What complex numbers need: the place where a real number becomes one, and the transposes of Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import kind_of
from tangent.runtime.structure import fields_of

__all__ = [
    "as_complex", "axes_along", "axes_given", "check_real", "imag_transpose", "modulus", "real_transpose", "resized",
    "resized_to", "sizes_along", "widened", "written",
]


def widened(x: Any) -> Any:
    """A real value as an operand of complex arithmetic: itself.  Its adjoint is a real part."""
    return x


def written(z: Any) -> Any:
    """A complex array that is written in place: itself.  Its tangent is complex as well."""
    return z


def as_complex(t: Any) -> Any:
    """A derivative that may be real, or a list or a dict of such, as a complex one."""
    if isinstance(t, (list, tuple)):
        return [as_complex(item) for item in t]
    if isinstance(t, dict):
        return {key: as_complex(item) for key, item in t.items()}
    if fields_of(t) is not None:
        return t
    return t if np.iscomplexobj(t) else t + 0j


def real_transpose(b: Any, x: Any) -> Any:
    """The adjoint of `x` from that of its real part."""
    return as_complex(b) if np.iscomplexobj(x) else b


def imag_transpose(b: Any, x: Any) -> Any:
    """The adjoint of `x` from that of its imaginary part."""
    return -1j * b if np.iscomplexobj(x) else 0.0 * b


def modulus(x: Any, y: Any) -> Any:
    """The absolute value of the complex number `x + iy`."""
    return np.hypot(x, y)


def check_real(*values: Any) -> None:
    """Refuse complex arguments and results, where a function is differentiated as one of real numbers.

    Raises:
        UnsupportedError: one of the values is complex, or holds what is.
    """
    for value in values:
        if isinstance(value, complex) or kind_of(value) == "c":
            raise UnsupportedError(
                "unsupported: a complex number as an argument or a result", "take its real and its imaginary part"
            )
        if isinstance(value, dict):
            check_real(*value.values())
        elif isinstance(value, (list, tuple)):
            check_real(*value)
        elif (names := fields_of(value)) is not None:
            check_real(*(getattr(value, name) for name in names))


def resized(b: Any, size: int, axis: int = -1) -> Any:
    """`b` cut off behind `size` elements along `axis`, or filled up with zeros."""
    part = [slice(None)] * np.ndim(b)
    part[axis] = slice(size)
    if size <= np.shape(b)[axis]:
        return b[tuple(part)]
    shape = list(np.shape(b))
    part[axis] = slice(shape[axis])
    shape[axis] = size
    result = np.zeros(shape, b.dtype)
    result[tuple(part)] = b
    return result


def resized_to(b: Any, shape: tuple[int, ...]) -> Any:
    """`b` cut off, or filled up with zeros, along each axis to a shape."""
    for axis, size in enumerate(shape):
        if np.shape(b)[axis] != size:
            b = resized(b, size, axis)
    return b


def axes_given(s: Any, axes: Any) -> Any:
    """The axes along which a Fourier transform goes: the last ones where only their sizes are given."""
    return tuple(range(-len(s), 0)) if axes is None and s is not None else axes


def axes_along(a: Any, s: Any = None, axes: Any = None) -> tuple[int, ...]:
    """The axes along which a Fourier transform of `a` goes, one by one."""
    known = axes_given(s, axes)
    return tuple(range(np.ndim(a))) if known is None else tuple(known)


def sizes_along(a: Any, s: Any = None, axes: Any = None) -> tuple[int, ...]:
    """The sizes to which a Fourier transform of `a` cuts it off, or fills it up with zeros, along its axes."""
    return tuple(s) if s is not None else tuple(np.shape(a)[axis] for axis in axes_along(a, s, axes))
