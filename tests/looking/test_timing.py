"""The clock between the statements of a derivative, and the counting of what it keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangent
from tangent.looking import timing
from tests.from_text import function_from

EVERYTHING = """
    def f(x, n):
        s = 0.0
        k = 0
        while True:
            k = k + 1
            if k > n:
                break
            if k % 2:
                continue
            try:
                s = s + float(str(k)) * x
            except ValueError:
                s = s + x
            with np.errstate(all="ignore"):
                s = s + np.sin(x)
        for a in (x, x * x):
            if a > 1.0:
                s = s + a
            elif a > 0.5:
                s = s - a
            else:
                s = s * a
        return s
"""


def clocked(function: Any) -> tuple[Any, timing.Clock]:
    clock = timing.Clock()
    (made,) = timing.watched((function,), timing.with_clock(clock), clock.names())
    clock.start()
    return made, clock


@pytest.mark.parametrize("x", [0.3, 0.8, 2.0])
def test_a_function_with_a_clock_gives_the_same(x: float) -> None:
    f = function_from(EVERYTHING)
    for df, arguments in ((tangent.grad(f), (x, 7)), (tangent.jvp(f), (x, 7, 1.0)), (tangent.hvp(f), (x, 7, 1.0))):
        made, clock = clocked(df)
        assert made(*arguments) == df(*arguments)
        assert sum(clock.count) > 10


def test_all_of_a_run_belongs_to_lines() -> None:
    made, clock = clocked(tangent.grad(function_from(EVERYTHING)))
    clock.start()
    started = clock.last[0]
    made(2.0, 300)
    assert sum(clock.spent) == pytest.approx(clock.last[0] - started, rel=1e-6)


def test_defaults_globals_and_cells_are_those_of_the_function() -> None:
    factor = 2.0

    def f(x: float, *, k: float = 3.0) -> float:
        return factor * k * x * SQUARE(x)

    made, _ = clocked(tangent.grad(f))
    assert made(1.0) == tangent.grad(f)(1.0) == 18.0
    factor = 4.0
    assert made(1.0) == 36.0
    assert made(1.0, k=1.0, bf=2.0) == 24.0


SQUARE = np.square


def test_a_recursive_function_calls_the_copy_of_itself() -> None:
    f = function_from("""
        def f(x, n):
            if n == 0:
                return x
            return f(x * x, n - 1)
    """)
    made, clock = clocked(tangent.grad(f))
    assert made(1.1, 3) == tangent.grad(f)(1.1, 3)
    heads = [clock.count[i] for i, (name, line) in enumerate(clock.places) if line == 1 and "forward" in name]
    assert heads == [3]


def test_what_is_kept_twice_counts_once() -> None:
    keeper = timing.Keeper()
    a = np.zeros(1000)
    for number in range(3):
        keeper.number((number, None))
    keeper.keep(0, a, is_item=False)
    keeper.keep(1, a[3:], is_item=True)
    keeper.keep(2, (a, a.T, np.ones(10)), is_item=False)
    assert keeper.bytes[0, None] == 8000
    assert keeper.bytes[1, None] == 8
    assert 80 < keeper.bytes[2, None] < 300


def test_arrays_of_other_libraries_count_their_elements() -> None:
    class Tensor:
        dtype = np.dtype(np.float32)
        shape = (10, 20)

    assert timing.Keeper().size(Tensor()) == 800


def test_a_view_keeps_the_whole_array_and_numbers_are_objects() -> None:
    assert timing.Keeper().size(np.zeros(1000)[:2]) == 8000
    assert timing.Keeper().size(1.5) == 24
    assert timing.Keeper().size(None) == timing.Keeper().size(True) == timing.Keeper().size(7) == 0
