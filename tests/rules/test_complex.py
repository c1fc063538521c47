"""Every rule that holds for complex numbers, with complex operands and with mixed ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

import tangent
from tangent.errors import UnsupportedError
from tangent.rules.holomorphic import HOLOMORPHIC
from tests.rules.evaluate import use_of
from tests.rules.samples_complex import COMPLEX, GAMMA
from tests.rules.table import concerning, graded
from tests.rules.test_transforms import function_of


def test_every_function_that_is_taken_for_holomorphic_has_a_sample() -> None:
    uses = [use_of(s) for s in COMPLEX]
    covered = {use.rule.key for use in uses if use is not None}
    helpers = {key for key in HOLOMORPHIC if getattr(key, "__module__", "").startswith("tangent.runtime")}
    assert HOLOMORPHIC - covered - helpers == set()


CASES = graded(COMPLEX)


@pytest.mark.parametrize("text", CASES)
def test_derivatives(text: str) -> None:
    for sample, order in CASES[text]:
        known = 1 if any(name[:-2] in text for name in GAMMA) else order
        with concerning(sample):
            tangent.check_grads(function_of(sample), list(sample.args.values()), wrt=sample.wrt, order=known, rtol=1e-4)


def of_gamma(x):
    return np.real(special.loggamma(x + 0.5j))


def test_the_second_derivative_of_the_gamma_function_of_complex_numbers_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="the derivative of psi for complex numbers"):
        tangent.grad(tangent.grad(of_gamma))
