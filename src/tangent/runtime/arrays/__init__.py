"""Arrays of other libraries than NumPy, for the helpers of derivatives.

A helper works on NumPy's arrays and on numbers by itself.  For an array of another library it asks `library_of`, which
gives a module with that library's way of doing the few things that helpers do (`arrays.tensorflow` is one).  It is
imported when the first such array is met, and so after the library itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np

from tangent.errors import UnsupportedError

__all__ = ["Arrays", "is_array", "kind_of", "library_of", "shape_of"]

MODULES = {"tensorflow": "tangent.runtime.arrays.tensorflow"}
"""The modules for the arrays of the package of a name."""


class Arrays(Protocol):
    """What such a module has; `b` and `t` stand for adjoints and tangents, which may be numbers."""

    CLASSES: tuple[type, ...]
    """The classes of the library's arrays."""
    SUM: str
    """The function that sums all elements, as users write it."""

    def kind(self, x: Any) -> str:
        """What NumPy calls the kind of a dtype: f, c, i, u or b."""

    def zeros_like(self, x: Any) -> Any:
        """Floating-point zeros of the shape of `x`."""

    def array_like(self, b: Any, like: Any) -> Any:
        """`b` as an array of the library; in the precision of `like`, if it was none."""

    def in_precision_of(self, b: Any, like: Any) -> Any:
        """`b` in the floating-point dtype of `like`."""

    def sum(self, b: Any, axes: tuple[int, ...] | None = None) -> Any:
        """The sum over all axes, or over some, which stay with length 1."""

    def reshape(self, b: Any, shape: tuple[int, ...]) -> Any: ...

    def broadcast_to(self, b: Any, shape: tuple[int, ...]) -> Any: ...

    def where(self, condition: Any, x: Any, y: Any) -> Any: ...

    def flat_item(self, value: Any, places: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of a shape, to which `value` is added at `places`, the numbers of the elements in order."""

    def padded(self, value: Any, before_and_after: list[tuple[int, int]]) -> Any:
        """`value` with zeros around it."""

    def split(self, b: Any, sizes: list[int], axis: int) -> list[Any]: ...

    def unstack(self, b: Any, axis: int) -> list[Any]: ...

    def stack(self, parts: list[Any]) -> Any:
        """Arrays of one shape along a new first axis."""

    def conv2d_filters(
        self, b: Any, input: Any, like: Any, strides: Any, padding: Any, data_format: str, dilations: Any
    ) -> Any:
        """See `runtime.convolutions`."""

    def avg_pool2d_transpose(
        self, b: Any, like: Any, ksize: Any, strides: Any, padding: Any, data_format: str
    ) -> Any: ...

    def max_pool2d_places(self, input: Any, ksize: Any, strides: Any, padding: Any) -> Any: ...

    def pullback(self, f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...]) -> tuple[Any, Any]:
        """The result of a function, and the function of its adjoint that gives those of the arguments at `wrt`."""

    def pushforward(
        self, f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...], tangents: tuple[Any, ...]
    ) -> tuple[Any, Any]:
        """The tangent and the result of a function, by the library's forward mode."""


def library_of(*values: Any) -> Arrays | None:
    """The module for the first of some values that is an array of another library; None where there is none."""
    for value in values:
        name = MODULES.get(type(value).__module__.partition(".")[0])
        if name is not None:
            found = cast("Arrays", importlib.import_module(name))
            if isinstance(value, found.CLASSES):
                return found
    return None


def is_array(x: Any) -> bool:
    """Whether a value is an array, of whatever library."""
    return isinstance(x, np.ndarray) or library_of(x) is not None


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array of whatever library, or of what NumPy makes an array of.

    Raises:
        UnsupportedError: it is not known before the run of a graph.
    """
    if library_of(x) is None:
        return np.shape(x)
    shape = tuple(x.shape)
    if None in shape:
        raise UnsupportedError(
            f"unsupported: an array of the shape {shape}, which is not known while a graph is made",
            "call the derivative eagerly, or make the graph for one shape (`input_signature` of `tf.function`)",
        )
    return shape


def kind_of(x: Any) -> str:
    """The kind of the dtype of an array of whatever library; 'f' for what has no dtype."""
    if (library := library_of(x)) is not None:
        return library.kind(x)
    dtype = getattr(x, "dtype", None)
    return "f" if dtype is None else str(dtype.kind)
