"""Programs of the corpus: all their derivatives can be explained, and run with a clock give what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError
from tangent.looking import timing
from tests.programs.case import Case
from tests.programs.test_corpus import CASES

MADE: dict[str, Callable[[Case], Any]] = {
    "reverse": lambda case: tangent.grad(case.function, wrt=case.wrt, check_dims=False),
    "forward": lambda case: tangent.jvp(case.function, wrt=case.wrt),
    "split": lambda case: tangent.autodiff(case.function, wrt=case.wrt, motion="split"),
    "second": lambda case: tangent.hvp(case.function, wrt=case.wrt, check_dims=False),
}
SOME = sorted(CASES)[::40]


@pytest.mark.parametrize("name", SOME)
def test_derivatives_are_explained(name: str) -> None:
    for make in MADE.values():
        try:
            df = make(CASES[name])
        except TangentError:  # a program that has no second derivative
            continue
        explained = tangent.explain(df)
        assert str(explained).startswith(explained.name)
        assert explained.html().endswith("</html>\n")
        assert all(section.primal for section in explained.sections)


@pytest.mark.parametrize("name", SOME)
def test_a_clock_does_not_change_what_is_computed(name: str) -> None:
    case = CASES[name]
    df = MADE["reverse"](case)
    seed = {df.__seeds__[0]: case.function(*case.fresh_arguments())}
    clock = timing.Clock()
    (clocked,) = timing.watched((df,), timing.with_clock(clock), clock.names())
    np.testing.assert_equal(clocked(*case.fresh_arguments(), **seed), df(*case.fresh_arguments(), **seed))
    assert sum(clock.count) > 0
