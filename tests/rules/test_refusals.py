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


def chosen_beyond(x):
    return np.sum(np.choose([0, 2], [x, x * x]))


def test_a_choice_that_there_is_not_is_an_error_as_in_numpy() -> None:
    with pytest.raises(ValueError, match="invalid entry"):
        tangent.grad(chosen_beyond)(np.ones(2))


# --- formulas and notations that hold in part


def product_of_plane_vectors(x):
    return np.sum(np.cross(x, x + 1.0))


def gradient_along_all_axes(x):
    return np.sum(np.gradient(x)[0])


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors")
@pytest.mark.parametrize(
    ("function", "message"),
    [(product_of_plane_vectors, "three components"), (gradient_along_all_axes, "several axes")],
)
def test_a_case_that_a_formula_leaves_out_is_refused_when_it_is_met(function, message) -> None:
    with pytest.raises(NotImplementedError, match=message):
        tangent.grad(function)(np.ones((2, 2)))


def by_lists_of_axes(x):
    return np.sum(np.einsum(x, [0, 0]))


def lower_quantile(x):
    return np.quantile(x, 0.3, method="lower")


def padded_by_reflection_at_the_edge(x):
    return np.sum(np.pad(x, 1, "reflect", reflect_type="odd"))


def of_many(x):
    return np.sum(np.einsum("i,i,i,i,i->i", x, x, x, x, x))


@pytest.mark.parametrize(
    "function", [by_lists_of_axes, lower_quantile, padded_by_reflection_at_the_edge, of_many]
)
def test_a_call_that_no_rule_fits_is_refused(function) -> None:
    with pytest.raises(MissingRuleError):
        tangent.grad(function)
    with pytest.raises(MissingRuleError):
        tangent.jvp(function)


def by_level(x, q):
    return np.quantile(x, q) ** 2


def slope_by_level(x, q):
    return np.sum(first_slope(x, q))


first_slope = tangent.grad(by_level)


def test_a_quantile_has_no_derivative_by_its_level() -> None:
    for function in (by_level, slope_by_level):
        with pytest.raises(MissingRuleError, match="with respect to `q`"):
            tangent.grad(function, wrt="q")
