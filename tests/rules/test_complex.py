"""Every rule that holds for complex numbers, with complex operands and with mixed ones."""

from __future__ import annotations

import pytest

import tangent
from tangent.rules.holomorphic import HOLOMORPHIC
from tests.rules.evaluate import use_of
from tests.rules.samples import Sample
from tests.rules.samples_complex import COMPLEX
from tests.rules.test_transforms import function_of


def test_every_function_that_is_taken_for_holomorphic_has_a_sample() -> None:
    uses = [use_of(s) for s in COMPLEX]
    covered = {use.rule.key for use in uses if use is not None}
    helpers = {key for key in HOLOMORPHIC if getattr(key, "__module__", "").startswith("tangent.runtime")}
    assert HOLOMORPHIC - covered - helpers == set()


@pytest.mark.parametrize("sample", COMPLEX, ids=str)
def test_derivatives(sample: Sample) -> None:
    arguments = list(sample.args.values())
    tangent.check_grads(function_of(sample), arguments, wrt=sample.wrt, order=2, rtol=1e-4)
