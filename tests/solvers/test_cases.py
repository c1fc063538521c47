"""Every function that calls solvers: all modes, optimized and raw, and all mixes of two, against differences."""

from __future__ import annotations

import functools

import pytest

from tests.numeric import differences
from tests.programs.checking import Expected, expected_of, outcome
from tests.programs.second_order import MIXES, numerical, point_of
from tests.programs.second_order import expected_of as expected_product
from tests.solvers.cases import CASES

TWICE = [name for name, case in CASES.items() if case.twice]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore")
def test_derivative(name: str) -> None:
    case = CASES[name]
    assert outcome(case.function, case.args, case.wrt, case.rtol) == "right"


@functools.cache
def seed(name: str) -> Expected:
    case = CASES[name]
    return expected_of(case.function, case.args, case.wrt)


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("name", TWICE)
@pytest.mark.filterwarnings("ignore")
def test_second_derivative(name: str, mix: str) -> None:
    case = CASES[name]
    where = point_of(case.function, case.args, case.wrt, seed(name).seed)
    product, smooth = numerical(where)
    assert smooth, "the numerical derivative is not reliable here"
    actual = MIXES[mix](where, True)
    found = differences(actual, expected_product(where, mix, product), 1e-4, 1e-4)
    assert not found, "\n".join(found)
