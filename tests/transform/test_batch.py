"""Derivatives in several directions at once: the whole corpus against one direction at a time, and what is refused."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.api import _second
from tangent.emit.functions import printed
from tangent.errors import TangentError
from tests.numeric import as_float64, assert_same, quietly
from tests.programs.case import Case
from tests.programs.complex_numbers import COMPLEX
from tests.programs.kinds import SeededChooser
from tests.programs.random_programs import load, write_program
from tests.programs.test_corpus import CASES, expected, skip_if_optional

WAYS = ["columns", "rows", "columns of the gradient"]


def both(f: Any, wrt: Any, mode: str, optimized: bool = True) -> tuple[types.FunctionType, types.FunctionType]:
    """The Jacobian with the directions together, and one at a time."""
    together, apart = (_second(f, wrt, mode, optimized, True, 0, way) for way in (True, False))
    return together, apart


APART = {"composed_of_several", "real_part", "selections"}
"""Programs with an effect, or a method, of what depends on a direction: they take one direction at a time."""


def is_complex(case: Case) -> bool:
    return any(case is one for one in COMPLEX)


def calls_what_only_the_run_knows(jacobian: types.FunctionType) -> bool:
    text = printed([jacobian])
    return "tangent.tangent_of(" in text or "tangent.derivatives(" in text


def is_together(jacobian: types.FunctionType) -> bool:
    return "unit_directions(" in inspect.getsource(jacobian)


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_together_is_apart(name: str, way: str, optimized: bool) -> None:
    case = CASES[name]
    f, args = case.function, [as_float64(a) if i in case.wrt else a for i, a in enumerate(case.arguments)]
    try:
        if way == "columns of the gradient":
            f = tangent.vjp(f, wrt=case.wrt, optimized=optimized)
            args.append(expected(name).seed)
        together, apart = both(f, case.wrt, way.partition(" ")[0], optimized)
        single = quietly(apart, args)
    except TangentError as error:
        skip_if_optional(case, error)
        return
    assert is_together(together) or name in APART or calls_what_only_the_run_knows(apart) or is_complex(case)
    assert_same(quietly(together, args), single, 1e-9, 1e-9)


@pytest.mark.parametrize("batch", range(3))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_random_programs_together_and_apart(batch: int) -> None:
    compared = 0
    for number in range(20):
        program = write_program(SeededChooser(5000 * (batch + 1) + number))
        args = [as_float64(a) if i in program.wrt else a for i, a in enumerate(program.arguments)]
        for mode in ("columns", "rows"):
            try:
                together, apart = both(load(program.source), program.wrt, mode)
                single = quietly(apart, args)
            except (TangentError, IndexError, ValueError, TypeError, ZeroDivisionError, OverflowError):
                continue
            assert_same(quietly(together, args), single, 1e-7, 1e-9)
            compared += 1
    assert compared > 20


# --- what depends on a direction -----------------------------------------------------------------


def source_of_tangent(f: Any, wrt: Any = (0,)) -> str:
    """The text of what a Jacobian calls for a block of directions."""
    return printed([tangent.jacobian(f, wrt=wrt, mode="forward")])


def test_only_what_depends_on_a_direction_has_the_leading_axis() -> None:
    def f(x: np.ndarray, w: np.ndarray):
        return np.tanh(w @ x) * np.sum(w)

    source = source_of_tangent(f)
    assert "tangent.each_direction(np.matmul, (1,), w, dx)" in source
    assert "np.tanh(w @ x)" in source
    assert "np.sum(w)" in source


def test_items_of_arrays_come_after_the_directions() -> None:
    def f(x: np.ndarray):
        return x[1:] * x[0]

    source = source_of_tangent(f)
    assert "dx[:, 1:]" in source
    assert "dx[:, 0]" in source


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_operands_of_fewer_dimensions_broadcast_within_a_direction(size: int) -> None:
    """Also where there are as many directions as elements, so that a wrong broadcast would pass unnoticed."""

    def f(x, s, w):
        return (x[0] * w + x) * s + np.outer(x, x)[0] * w * x[-1]

    x, s, w = np.linspace(1.0, 2.0, size), 3.0, np.linspace(0.5, 1.0, size)
    for wrt in ((0,), (1,), (0, 1, 2)):
        for mode in ("columns", "rows"):
            together, apart = both(f, wrt, mode)
            assert is_together(together)
            assert_same(together(x, s, w), apart(x, s, w), 1e-12, 1e-12)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_lists_in_the_place_of_arrays(size: int) -> None:
    def elementwise(x):
        return np.sum(np.sin(x) * np.arange(1.0, 1.0 + len(x)))

    def nested(p):
        return np.sin(p[0]) * np.cos(p[1])

    def joined(p):
        y = np.zeros(len(p))
        y[:] = [p[0] * p[0], *p[1:]]
        return y * np.array(p)

    numbers = [0.3 + 0.1 * i for i in range(size)]
    for f, arg in ((elementwise, numbers), (nested, [numbers, numbers]), (joined, numbers)):
        for mode in ("columns", "rows"):
            try:
                together, apart = both(f, (0,), mode)
                single = apart(arg)
            except TangentError:
                continue
            assert_same(together(arg), single, 1e-12, 1e-12)


def test_values_without_a_direction_in_branches_and_loops() -> None:
    def f(x, n):
        y, parts = 0.0, []
        for i in range(n):
            y = y * 2.0 if i % 2 else x[i] + y
            parts.append(y)
        z = np.zeros(2)
        if n > 2:
            z = x[:2] * 3.0
        return [z, parts]

    for n in (0, 1, 3):
        for mode in ("columns", "rows"):
            together, apart = both(f, (0,), mode)
            assert is_together(together)
            assert_same(together(np.ones(3), n), apart(np.ones(3), n), 1e-12, 1e-12)


def test_functions_that_call_themselves() -> None:
    def power(x, n):
        return x if n == 0 else x * power(x, n - 1) + n

    together, apart = both(power, (0,), "columns")
    assert is_together(together)
    assert_same(together(np.array([1.0, 2.0]), 3), apart(np.array([1.0, 2.0]), 3), 1e-12, 1e-12)


# --- what is left to one direction at a time -----------------------------------------------------


def threshold(x):
    return x * 2.0


threshold.__module__ = None  # type: ignore[assignment]


@tangent.tangents.tangent_(threshold)
def threshold_tangent(y, x):
    factor = 2.0 if np.sum(d[x]) > 0.0 else 3.0  # type: ignore[name-defined]  # noqa: F821
    d[y] = factor * d[x]  # type: ignore[name-defined]  # noqa: F821


def test_a_rule_that_branches_on_a_direction_takes_one_at_a_time() -> None:
    def f(x):
        return threshold(x)

    jacobian = tangent.jacobian(f, mode="forward")
    assert not is_together(jacobian)
    assert_same(jacobian(np.array([1.0, 2.0])), 2.0 * np.eye(2))
