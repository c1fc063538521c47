"""What the user's code makes of derivatives: `as_derivative` for what it assigns, `stop_gradient`."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from tangent.errors import SeedError
from tangent.runtime.arrays import shape_of
from tangent.runtime.broadcast import stretch
from tangent.runtime.scalars import SCALAR
from tangent.runtime.structure import is_structure, map_leaves, parts_of

__all__ = ["as_derivative", "stop_gradient"]

T = TypeVar("T")


def as_derivative(value: Any, like: Any) -> Any:
    """`value` as the derivative of `like`: in its shape, if it can be stretched to that.

    Args:
        value: a number or an array, or a structure of them as `like` is.
        like: the number, array or structure whose derivative it is to be.

    Raises:
        SeedError: the shape or the structure of `value` does not fit.

    >>> import numpy as np, tangent
    >>> tangent.as_derivative(1.0, np.zeros(2))
    array([1., 1.])
    """
    if not is_structure(like):
        return _as_leaf(value, like)
    if isinstance(value, SCALAR):
        return map_leaves(lambda leaf: _as_leaf(value, leaf), like)
    if not is_structure(value) or len(_parts(value)) != len(_parts(like)):
        raise SeedError(
            f"a block assigns {_described(value)} to the derivative of {_described(like)}",
            "assign a structure of derivatives, as the value is one",
        )
    return map_leaves(lambda leaf, given: as_derivative(given, leaf), like, value)


def _parts(x: Any) -> Any:
    parts = parts_of(x)
    return () if parts is None else parts


def _as_leaf(value: Any, like: Any) -> Any:
    if isinstance(value, SCALAR) and isinstance(like, SCALAR):
        return value
    own, wanted = shape_of(value), shape_of(like)
    if own == wanted:
        return value
    try:
        fits = np.broadcast_shapes(own, wanted) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise SeedError(
            f"a block assigns {_described(value)} to the derivative of {_described(like)}",
            "assign a number, or an array of that shape",
        )
    return stretch(value, like)


def _described(x: Any) -> str:
    if is_structure(x):
        return f"a {type(x).__name__} of {len(_parts(x))} values"
    return f"an array of shape {shape_of(x)}" if shape_of(x) else "a number"


def stop_gradient(x: T) -> T:
    """`x`, as a constant: no derivative goes through it, in either mode.

    Args:
        x: a number, an array, or a structure of them.

    Returns:
        `x` itself.

    >>> import tangent
    >>> def f(x):
    ...     return x * tangent.stop_gradient(x)
    >>> tangent.grad(f)(3.0)
    3.0
    """
    return x
