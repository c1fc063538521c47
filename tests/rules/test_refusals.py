"""What is refused of functions that have rules: arguments by which there is no derivative, modes that are not known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

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


# --- notations that hold in part, and functions of functions


def gradient_by_places_of_second_order(x, places):
    return np.sum(np.gradient(x, places, edge_order=2))


def test_what_a_rule_leaves_out_is_refused_when_it_is_met() -> None:
    with pytest.raises(UnsupportedError, match="edge_order=2"):
        tangent.grad(gradient_by_places_of_second_order, wrt=1)(np.ones(3), np.arange(3.0))


def integers_first(x):
    return np.sum(np.vectorize(lambda v: v * v if v > 0.0 else 0)(x))


def test_a_vectorized_function_whose_first_result_is_an_integer_is_refused() -> None:
    tangent.grad(integers_first)(np.array([1.0, -1.0]))
    with pytest.raises(UnsupportedError, match="makes integers of all results"):
        tangent.grad(integers_first)(np.array([-1.0, 1.0]))


def open_grid(x):
    return np.sum(np.ogrid[0.0:x:3j])


def vectorized_in_part(x):
    return np.vectorize(lambda v, w: v * w, excluded={"w"})(x, 2.0)


def pieces_of_a_list(x, functions):
    return np.piecewise(x, [x > 0.0, x <= 0.0], functions)


@pytest.mark.parametrize(
    ("function", "message"), [(vectorized_in_part, "excluded"), (open_grid, "meshgrid"), (pieces_of_a_list,
    "written out")]
)
def test_a_function_of_functions_that_are_not_known_is_refused(function, message) -> None:
    with pytest.raises(UnsupportedError, match=message):
        tangent.grad(function)


def in_two_pieces(x):
    return np.sum(np.piecewise(x, [x < 1, x >= 1], [lambda t: 0.7 * t, lambda t: t * t]))


def test_pieces_of_integers_drop_what_is_behind_the_point_and_are_refused() -> None:
    for x in (np.array([0, 1, 2]), 3):
        for run in (lambda x: tangent.grad(in_two_pieces)(x), lambda x: tangent.jvp(in_two_pieces)(x, x * 1.0)):
            with pytest.raises(UnsupportedError, match="piecewise of integers"):
                run(x)


def of_subscripts(subscripts, x):
    return np.sum(np.einsum(subscripts, x, x, x, x, x))


def test_the_subscripts_of_many_operands_may_be_an_argument() -> None:
    tangent.check_grads(of_subscripts, ("i,i,i,j,i->j", np.array([0.5, 2.0])), wrt=1)


def several_toeplitz(x):
    return np.sum(linalg.toeplitz(x, x[0]))


@pytest.mark.parametrize(("function", "message", "line"), [
    (several_toeplitz, "several Toeplitz matrices at once", "return np.sum(linalg.toeplitz(x, x[0]))"),
])
def test_a_case_that_a_formula_leaves_out_is_refused_when_it_is_met(function, message, line) -> None:
    place = f'File "test_refusals.py", line {function.__code__.co_firstlineno + 1}'
    for run in (lambda x: tangent.grad(function)(x), lambda x: tangent.jvp(function)(x, x),
                lambda x: tangent.jacobian(function)(x), lambda x: tangent.hvp(function)(x, x)):
        with pytest.raises(UnsupportedError) as caught:
            run(np.ones((2, 2)))
        for part in (f"unsupported: the derivative of {message}", line, place, "Instead: write "):
            assert part in str(caught.value)


def by_lists_of_axes(x):
    return np.sum(np.einsum(x, [0, 0]))


def weighted_quantile(x):
    return np.quantile(x, 0.3, method="inverted_cdf", weights=np.ones(3))


def padded_by_reflection_at_the_edge(x):
    return np.sum(np.pad(x, 1, "reflect", reflect_type="odd"))


@pytest.mark.parametrize("function", [by_lists_of_axes, weighted_quantile, padded_by_reflection_at_the_edge])
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
