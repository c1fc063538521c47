"""Functions whose derivative is taken by the tape of an array library, when they are called: `tangent.trace`.

The two passes of such a function, and its tangent, are traced functions themselves: so their derivatives are taken by
the tape as well.  Then the forward pass keeps the arguments alone, and the backward pass runs the function again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import Arrays, library_of
from tangent.runtime.structure import map_leaves

__all__ = ["is_traced", "trace", "traced_passes", "traced_tangent"]

F = TypeVar("F", bound=Callable[..., Any])


def trace(f: F) -> F:
    """Let the derivative of a function be taken by the tape of the library whose arrays it is called with.

    Tangent does not look into the function: so it may do what Tangent has no rule for, or refuses.  Its derivative is
    not code to read, but what `tf.GradientTape` and `tf.autodiff.ForwardAccumulator` find, in a function of TensorFlow.

    Args:
        f: a function that computes with the operations of one library: TensorFlow.

    Returns:
        A function that does the same.

    Raises:
        UnsupportedError: when a derivative is run, and no argument is an array of such a library.

    >>> import tangent
    >>> @tangent.trace
    ... def layer(x, w):
    ...     return x @ w
    >>> layer.__name__
    'layer'
    """
    return _traced(f, f)  # type: ignore[no-any-return]


def _traced(f: Any, for_derivatives: Any) -> Any:
    """A function that calls `f`; the tape follows `for_derivatives`, which gives the same numbers."""

    @functools.wraps(f)
    def traced(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    traced.__traced__ = for_derivatives  # type: ignore[attr-defined]
    return traced


def is_traced(f: Any) -> bool:
    """Whether the derivative of a function is taken by a tape."""
    return callable(f) and hasattr(f, "__traced__")


class _Pullback:
    """What the forward pass keeps of a tape; its own derivative is zero, that of the arguments beside it is not."""

    def __init__(self, call: Callable[[Any], tuple[Any, ...]]) -> None:
        self.call = call


def traced_passes(f: Any, wrt: tuple[int, ...], count: int, keywords: Sequence[str]) -> tuple[Any, Any]:
    """The forward and the backward function of a traced function, see `functions.derivatives`."""
    called = _by_position(f, count, keywords)

    def forward(*values: Any) -> Any:
        result, pull = _library(f, values).pullback(called, values, wrt)
        return result, (values, _Pullback(pull))

    def forward_again(*values: Any) -> Any:
        return called(*values), (values, None)

    def backward(saved: Any, seed: Any) -> Any:
        gradients = saved[1].call(seed)
        return gradients if len(wrt) > 1 else gradients[0]

    def backward_again(saved: Any, seed: Any) -> Any:
        gradients = _library(f, saved[0]).pullback(called, saved[0], wrt)[1](seed)
        return gradients if len(wrt) > 1 else gradients[0]

    return _traced(forward, forward_again), _traced(backward, backward_again)


def traced_tangent(f: Any, wrt: tuple[int, ...], count: int, keywords: Sequence[str]) -> Any:
    """The function of the arguments and of tangents that gives the tangent and the result of a traced function."""
    called, number = _by_position(f, count, keywords), count + len(keywords)

    def tangent(*values: Any) -> Any:
        arguments, tangents = values[:number], values[number:]
        return _library(f, arguments).pushforward(called, arguments, wrt, tangents)

    return _traced(tangent, tangent)


def _by_position(f: Any, count: int, keywords: Sequence[str]) -> Callable[..., Any]:
    """What the tape follows of a function, as one that takes all arguments by position."""
    follow = f.__traced__
    return lambda *values: follow(*values[:count], **dict(zip(keywords, values[count:], strict=True)))


def _library(f: Any, values: Any) -> Arrays:
    """The library whose arrays are among the arguments of a function."""
    found: list[Arrays] = []

    def look(leaf: Any) -> None:
        if (library := library_of(leaf)) is not None:
            found.append(library)

    map_leaves(look, list(values))
    if not found:
        name = getattr(f, "__name__", repr(f))
        raise UnsupportedError(
            f"unsupported: the derivative of {name} is to be taken by the tape of TensorFlow, of arguments that are no "
            "tensors",
            "pass tensors (`tf.constant(x)`), or take away `@tangent.trace`",
        )
    return found[0]
