"""The ways to ask for a derivative that every program is put through, behind one signature.

A mode is a function `(f, wrt, optimized) -> gradient`, where `gradient(args, seed)` gives a tuple with one
part for each of `wrt`.  To test another mode on all programs, add it to `MODES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import tangent
from tests.numeric import differences, leaves, map_leaves, put, quietly, weighted, zeros

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


def forward(f: Callable[..., Any], wrt: tuple[int, ...], optimized: bool) -> Gradient:
    """Forward mode, one number of the arguments at a time; only the first run prints."""
    derivative = tangent.autodiff(f, wrt=wrt, optimized=optimized, mode="forward")

    def gradient(args: Sequence[Any], seed: Any) -> tuple[Any, ...]:
        still = {i: zeros(args[i]) for i in wrt}
        parts = dict(still)
        run: Callable[[Sequence[Any]], Any] = lambda all_args: derivative(*all_args)
        for position in wrt:
            for leaf, (_, value) in enumerate(leaves(args[position])):
                for element in np.ndindex(np.shape(value)):
                    tangents = {**still, position: put(still[position], leaf, element, 1.0)}
                    moved = run([*args, *(tangents[i] for i in wrt)])
                    run = lambda all_args: quietly(derivative, all_args)
                    parts[position] = put(parts[position], leaf, element, product(moved, seed))
        return tuple(parts[i] for i in wrt)

    return gradient


def product(moved: Any, seed: Any) -> float:
    """The inner product of the tangent of a result and a seed, which have to agree in structure and shape."""
    zero = map_leaves(lambda leaf: leaf * 0.0, seed)
    wrong = [line for line in differences(moved, zero, 0.0, 1e300) if "nan" not in line]
    assert not wrong, f"the tangent is not of the result's form: {wrong}"
    return weighted(moved, seed)


MODES: dict[str, Mode] = {"joint": joint, "split": split, "forward": forward}
