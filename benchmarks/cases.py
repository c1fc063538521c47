"""What is timed: functions with arguments, their derivatives by hand and their twins for Autograd."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import autograd
import autograd.numpy
import numpy as np

import tangent
from benchmarks import programs
from examples import pendulum
from tests.gallery import pairs

__all__ = ["Case", "Matrix", "autograd_gradient", "autograd_matrix", "cases", "matrices"]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table: `primal` and what is compared with its generated derivative."""

    group: str
    name: str
    primal: Callable[..., Any]
    wrt: tuple[str, ...]
    arguments: Callable[[], tuple[Any, ...]]
    by_hand: Callable[..., Any] | None = None
    for_autograd: Callable[..., Any] | None = None
    """What Autograd differentiates instead, None where it has no such thing as the function does."""
    compiles: bool = True
    """Whether Numba compiles the primal, and so should its derivative."""
    tangents: Callable[[], tuple[Any, ...]] | None = None
    """What the derivative in forward mode takes after the arguments; None for the gradient."""

    def derivative(self) -> Callable[..., Any]:
        """The generated derivative."""
        return (tangent.jvp if self.tangents else tangent.grad)(self.primal, wrt=self.wrt)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A Jacobian or a Hessian with respect to the first argument."""

    name: str
    primal: Callable[..., Any]
    mode: str
    """'hessian', or for a Jacobian 'columns' (forward mode) or 'rows' (reverse mode)."""
    arguments: tuple[Any, ...]


def matrices(quick: bool = False) -> Iterator[Matrix]:
    """Hessians of losses of 50 parameters, and Jacobians that are tall, wide and square."""
    rng = np.random.default_rng(0)
    parameters, points = rng.uniform(0.1, 1.0, size=50), 20 if quick else 100
    times, values = np.linspace(0.0, 1.0, points), rng.normal(size=points)
    inputs = rng.normal(size=(points, 50))
    yield Matrix("hessian, tanh model", programs.saturating, "hessian", (parameters, inputs, values))
    yield Matrix("hessian, 25 exponentials", programs.exponentials, "hessian", (parameters, times, values))
    yield Matrix("hessian, Rosenbrock", programs.rosenbrock, "hessian", (parameters,))
    small, large = (10, 100) if quick else (50, 1000)
    narrow, wide = rng.normal(size=(large, small)), rng.normal(size=(small, large)) / 30.0
    yield Matrix(f"jacobian, {large} x {small}", programs.layer, "columns", (rng.normal(size=small), narrow))
    yield Matrix(f"jacobian, {small} x {large}", programs.layer, "rows", (rng.normal(size=large), wide))
    square = rng.normal(size=small * 4)
    for mode in ("columns", "rows"):
        yield Matrix(f"jacobian of a loop, {mode}", programs.relaxed, mode, (square, 20))


def cases(quick: bool = False) -> Iterator[Case]:
    """All cases; `quick` leaves out the large ones."""
    yield from gallery()
    yield from forward()
    yield from networks((64, 256) if quick else (64, 256, 1024, 4096, 8192))
    yield from loops((100, 1000) if quick else (100, 1000, 10_000))
    yield elementwise(10_000 if quick else 1_000_000)


def gallery(size: int = 48) -> Iterator[Case]:
    """The pairs of the gallery, with arrays and loops of `size` elements and steps."""
    for pair in pairs.PAIRS:
        yield Case(
            "gallery",
            pair.name,
            pair.primal,
            pair.wrt,
            lambda pair=pair: pair.arguments(size),  # type: ignore[misc]
            pair.by_hand,
            programs.rnn_without_writes if pair.primal is pairs.rnn else pair.primal,
            pair.compiles,
        )


def forward(size: int = 48) -> Iterator[Case]:
    """The same pairs in forward mode."""
    for pair in pairs.PAIRS:
        yield Case(
            "forward",
            f"{pair.name}, forward",
            pair.primal,
            pair.wrt,
            lambda pair=pair: pair.arguments(size),  # type: ignore[misc]
            pair.forward_by_hand,
            compiles=pair.compiles,
            tangents=lambda pair=pair: pair.tangents(size),  # type: ignore[misc]
        )


def networks(widths: tuple[int, ...]) -> Iterator[Case]:
    """Networks whose hidden layers are as wide as told, and a recurrent one."""
    names = ("W1", "b1", "W2", "b2", "W3", "b3")
    for width in widths:
        yield Case(
            "mlp",
            f"MLP, width {width}",
            programs.mlp,
            names,
            lambda width=width: mlp_arguments(width),  # type: ignore[misc]
            programs.mlp_by_hand,
            programs.mlp,
            compiles=False,
        )
    rng = np.random.default_rng(0)
    inputs, W = rng.normal(size=(128, 64)), rng.normal(scale=0.05, size=(64, 64))
    yield Case(
        "rnn",
        "RNN, 128 steps of 64 units",
        pairs.rnn,
        ("W",),
        lambda: (inputs, W),
        pairs.rnn_by_hand,
        programs.rnn_without_writes,
    )


def mlp_arguments(width: int, batch: int = 32, pixels: int = 64, classes: int = 10) -> tuple[Any, ...]:
    """Random weights, inputs and targets."""
    rng = np.random.default_rng(0)
    sizes = (pixels, width, width, classes)
    weights: list[Any] = []
    for fan_in, fan_out in pairwise(sizes):
        weights += [rng.normal(scale=fan_in**-0.5, size=(fan_in, fan_out)), np.zeros(fan_out)]
    return (*weights, rng.normal(size=(batch, pixels)), rng.normal(size=(batch, classes)))


def loops(lengths: tuple[int, ...]) -> Iterator[Case]:
    """Loops over numbers, over the elements of an array, and the pendulum of the examples."""
    steps = 1000
    yield Case(
        "scalar",
        f"scalar loop, {steps} steps",
        programs.logistic_map,
        ("x", "r"),
        lambda: (0.3, 2.9, steps),
        programs.logistic_map_by_hand,
        programs.logistic_map,
    )
    times = pendulum.STEP * np.arange(200)
    measured = pendulum.measure(times)
    yield Case(
        "pendulum",
        f"pendulum, {len(times)} steps",
        pendulum.misfit,
        pendulum.NAMES,
        lambda: (*pendulum.GUESS, pendulum.START, measured),
    )
    for length in lengths:
        x = np.random.default_rng(0).normal(size=length)
        yield Case(
            "index",
            f"x[i] in a loop of {length}",
            programs.index_loop,
            ("x",),
            lambda x=x: (x,),  # type: ignore[misc]
            programs.index_loop_by_hand,
            programs.index_loop,
        )
        yield Case(
            "index",
            f"y[i] = ... in a loop of {length}",
            programs.write_loop,
            ("x",),
            lambda x=x: (x,),  # type: ignore[misc]
            programs.write_loop_by_hand,
        )


def elementwise(size: int) -> Case:
    """Whole-array arithmetic: memory traffic is what counts."""
    x = np.random.default_rng(0).normal(size=size)
    return Case(
        "elementwise",
        f"elementwise on {size:.0e}",
        programs.elementwise,
        ("x",),
        lambda: (x,),
        programs.elementwise_by_hand,
        programs.elementwise,
    )


def autograd_gradient(case: Case) -> Callable[..., Any] | None:
    """Autograd's gradient of the case, of the same function with Autograd's NumPy in the place of NumPy."""
    if case.for_autograd is None:
        return None
    names = case.primal.__code__.co_varnames
    positions = [names.index(name) for name in case.wrt]
    twin = with_autograd_numpy(case.for_autograd)
    return autograd.grad(twin, positions if len(positions) > 1 else positions[0])  # type: ignore[no-any-return]


def autograd_matrix(matrix: Matrix) -> Callable[..., Any]:
    """Autograd's Hessian or Jacobian, by reverse mode."""
    make = autograd.hessian if matrix.mode == "hessian" else autograd.jacobian
    return make(with_autograd_numpy(matrix.primal), 0)  # type: ignore[no-any-return]


def with_autograd_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a function, and of the functions of its module that it may call, with another `np`."""
    names = dict(function.__globals__)
    for name, value in names.items():
        if isinstance(value, types.FunctionType) and value.__module__ == function.__module__:
            names[name] = types.FunctionType(value.__code__, names, name, value.__defaults__)
    names["np"] = autograd.numpy
    return names[function.__name__]  # type: ignore[no-any-return]
