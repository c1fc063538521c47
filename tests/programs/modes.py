"""The ways to ask for a derivative that every program is put through, behind one signature.

A mode is a function `(f, wrt, optimized) -> gradient`, where `gradient(args, seed)` gives a tuple with one
part for each of `wrt`.  To test another mode on all programs, add it to `MODES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tangent

Gradient = Callable[[Sequence[Any], Any], tuple[Any, ...]]
Mode = Callable[[Callable[..., Any], tuple[int, ...], bool], Gradient]


def as_tuple(gradient: Any, wrt: tuple[int, ...]) -> tuple[Any, ...]:
    """The gradient as a tuple, also where `wrt` names one argument."""
    if len(wrt) == 1:
        return (gradient,)
    assert type(gradient) is tuple, f"{type(gradient).__name__} instead of a tuple of {len(wrt)} gradients"
    assert len(gradient) == len(wrt), f"{len(gradient)} gradients instead of {len(wrt)}"
    return gradient


def joint(f: Callable[..., Any], wrt: tuple[int, ...], optimized: bool) -> Gradient:
    """Reverse mode as one function."""
    derivative = tangent.autodiff(f, wrt=wrt, optimized=optimized)
    return lambda args, seed: as_tuple(derivative(*args, seed), wrt)


def split(f: Callable[..., Any], wrt: tuple[int, ...], optimized: bool) -> Gradient:
    """Reverse mode as a forward and a backward function."""
    forward, backward = tangent.autodiff(f, wrt=wrt, optimized=optimized, motion="split")

    def gradient(args: Sequence[Any], seed: Any) -> tuple[Any, ...]:
        _, saved = forward(*args)
        return as_tuple(backward(saved, seed), wrt)

    return gradient


MODES: dict[str, Mode] = {"joint": joint, "split": split}
