"""What is refused of functions that have rules: arguments by which there is no derivative, modes that are not known."""

from __future__ import annotations

import numpy as np
import pytest

import tangent
from tangent.errors import MissingRuleError, UnsupportedError


def by_order(x, p):
    return np.linalg.norm(x, p)


@pytest.mark.parametrize("transform", [tangent.grad, tangent.jvp])
def test_an_argument_that_a_template_gives_no_derivative_for_is_refused_in_both_modes(transform) -> None:
    with pytest.raises(MissingRuleError, match="norm has no derivative with respect to `ord`"):
        transform(by_order, wrt=("x", "p"))


def padded_by_maximum(x):
    return np.sum(np.pad(x, 1, "maximum") ** 2)


def test_padding_with_what_is_computed_is_refused_when_it_is_met() -> None:
    with pytest.raises(UnsupportedError, match="mode 'maximum'"):
        tangent.grad(padded_by_maximum)(np.ones(3))
    with pytest.raises(UnsupportedError, match="mode 'maximum'"):
        tangent.jvp(padded_by_maximum)(np.ones(3), np.ones(3))
