"""Every program of the corpus, through every mix of two modes, optimized and raw, against differences."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from tangent.errors import TangentError
from tests.numeric import differences
from tests.programs.second_order import MIXES, Parts, Point, expected_of, numerical, point_of
from tests.programs.test_corpus import CASES, expected, skip_if_optional


@functools.cache
def point(name: str) -> tuple[Point, Parts, bool]:
    """A program with its arguments, the expected product with the Hessian, and whether that is reliable."""
    case = CASES[name]
    where = point_of(case.function, case.arguments, case.wrt, expected(name).seed)
    with np.errstate(all="ignore"):
        return where, *numerical(where)


COMPLEX_BY_TYPE = {("complex_helpers", "forward over reverse"), ("complex_helpers-arrays", "forward over reverse")}
"""The derivatives that are complex numbers whose imaginary part is zero."""


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_second_derivative(name: str, mix: str, optimized: bool) -> None:
    try:
        where, product, smooth = point(name)
        assert smooth, "the numerical derivative is not reliable here"
        actual = MIXES[mix](where, optimized)
    except TangentError as error:
        skip_if_optional(CASES[name], error)
    else:
        if (name, mix) in COMPLEX_BY_TYPE:
            assert all(np.iscomplexobj(a) and not np.any(np.imag(a)) for a in actual[:1])
            actual = tuple(np.real(a) for a in actual)
        found = differences(actual, expected_of(where, mix, product), 1e-4, 1e-4)
        assert not found, "\n".join(found)
