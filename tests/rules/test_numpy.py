"""NumPy's functions that are no rules but formulas, loops or other calls, in both modes and twice."""

from __future__ import annotations

import pytest

from tests.rules.samples_numpy import formulas_of_numpy
from tests.rules.table import graded
from tests.rules.test_formulas import check_formulas

FORMULAS = graded(formulas_of_numpy())


@pytest.mark.parametrize("text", FORMULAS)
def test_function(text: str) -> None:
    check_formulas(FORMULAS[text])
