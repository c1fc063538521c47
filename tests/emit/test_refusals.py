"""What Tangent raises in the body of a `try` is not for the handlers of the user's."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import Any

import pytest

import tangent
from tangent.errors import MissingRuleError


class ByFraction:
    """A model whose method is not known before the run, and has no derivative."""

    def value(self, x: float) -> float:
        return float(Fraction(x)) * 2


class BySquare:
    def value(self, x: float) -> float:
        return x * x


def by_except(x: float, model: Any) -> float:
    try:
        y = model.value(x)
    except Exception:
        y = x * 3.0
    return y


def by_classes(x: float, model: Any) -> float:
    try:
        return model.value(x)
    except (KeyError, NotImplementedError):
        return x * 3.0


def by_bare_except(x: float, model: Any) -> float:
    try:
        y = helper(x, model)
    except:  # noqa: E722
        y = x * 3.0
    return y


def helper(x: float, model: Any) -> float:
    return model.value(x) * 2.0


def by_suppress(x: float, model: Any) -> float:
    y = x * 3.0
    with contextlib.suppress(Exception):
        return model.value(x)
    return y


@pytest.mark.parametrize("function", [by_except, by_classes, by_bare_except, by_suppress], ids=lambda f: f.__name__)
def test_a_refusal_at_the_run_is_not_handled_by_the_users_code(function: Any) -> None:
    derivative = tangent.grad(function, preserve_result=True)
    slope, value = derivative(0.75, BySquare())
    assert value == function(0.75, BySquare())
    assert slope == pytest.approx(2 * value / 0.75)
    with pytest.raises(MissingRuleError):
        derivative(0.75, ByFraction())


def by_key(x: float, model: Any) -> float:
    try:
        y = model.value(x)
    except KeyError:
        y = x * 3.0
    return y


def by_numbers(x: float, y: float) -> float:
    try:
        z = x / y
    except Exception:
        z = x
    return z


@pytest.mark.parametrize("function", [by_key, by_numbers], ids=lambda f: f.__name__)
def test_handlers_that_can_not_catch_a_refusal_stand_alone(function: Any) -> None:
    assert "TangentError" not in tangent.source(tangent.grad(function))
