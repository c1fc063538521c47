"""Functions of `scipy.signal` that are defined by formulas; what is refused of it; windows are constants."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import signal

import tangent
from tangent.errors import MissingRuleError
from tests.rules.samples import array
from tests.rules.samples_signal import SIGNAL_FORMULAS
from tests.rules.table import graded
from tests.rules.test_formulas import check_formulas

FORMULAS = graded(SIGNAL_FORMULAS)


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    check_formulas(FORMULAS[text])


def smoothed(x, n=5):
    b, a = signal.butter(2, 0.3)
    window = signal.windows.hann(n)
    return signal.lfilter(b, a, signal.convolve(x, window / np.sum(window), "same"))


def test_windows_and_designs_are_constants() -> None:
    tangent.check_grads(smoothed, (array(9),), order=2)
    jacobian = tangent.jacobian(smoothed)(array(9))
    np.testing.assert_allclose(jacobian @ array(9), smoothed(array(9)), atol=1e-12)


def test_the_adjoint_of_a_filter_is_the_filter_run_backward() -> None:
    source = inspect.getsource(tangent.vjp(smoothed))
    assert "signal.lfilter(b, a, np.flip(bsmoothed, -1), -1), -1)" in source


def with_state(x):
    return signal.lfilter([1.0], [1.0, 0.5], x, zi=np.zeros(1))[0]


def along_one_axis(x):
    return signal.fftconvolve(x, x, axes=0)


def with_value_around(x):
    return signal.convolve2d(x, x, fillvalue=1.0)


@pytest.mark.parametrize("function", [with_state, along_one_axis])
def test_a_call_that_no_rule_fits_is_refused(function) -> None:
    with pytest.raises(MissingRuleError, match="do not fit the parameters"):
        tangent.grad(function)


def test_a_call_that_no_formula_fits_is_refused() -> None:
    with pytest.raises(tangent.errors.UnsupportedError, match="does not fit the known parameters"):
        tangent.grad(with_value_around)


def by_frequency(x):
    b, a = signal.butter(2, x)
    return signal.lfilter(b, a, np.ones(5))


@pytest.mark.parametrize("transform", [tangent.vjp, tangent.jvp])
def test_a_design_has_no_derivative_by_its_frequency(transform) -> None:
    with pytest.raises(MissingRuleError, match="butter is known as a constant"):
        transform(by_frequency)


def by_poles(x):
    _, p, k = signal.butter(2, 0.3, output="zpk")
    return np.real(k * np.sum(1.0 - x * p * p))


def test_poles_are_complex() -> None:
    tangent.check_grads(by_poles, (0.3,))
