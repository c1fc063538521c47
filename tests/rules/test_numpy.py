"""NumPy's functions that are no rules but formulas, loops or other calls, in both modes and twice."""

from __future__ import annotations

import pytest

from tests.rules.samples import Sample
from tests.rules.samples_numpy import formulas_of_numpy
from tests.rules.test_formulas import test_formula as check_formula


@pytest.mark.parametrize("sample", list(formulas_of_numpy()), ids=str)
def test_function(sample: Sample) -> None:
    check_formula(sample)
