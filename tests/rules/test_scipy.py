"""What is refused of SciPy's functions, and when their rules are loaded."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import interpolate, stats
from scipy.spatial import distance

import tangent
from tangent.errors import MissingRuleError, UnsupportedError


def tail_by_shape(kappa):
    return stats.vonmises.cdf(1.0, kappa)


def test_a_distribution_function_has_no_derivative_by_its_shape() -> None:
    with pytest.raises(MissingRuleError, match="cdf has no derivative with respect to `kappa`"):
        tangent.grad(tail_by_shape)


def by_hamming(x):
    return np.sum(distance.cdist(x, x + 1.0, "hamming"))


def test_a_metric_without_a_formula_is_refused_when_it_is_met() -> None:
    with pytest.raises(UnsupportedError, match="by this metric"):
        tangent.grad(by_hamming)(np.eye(2))


def test_no_more_of_scipy_is_loaded_than_the_user_has() -> None:
    text = (
        "import sys, tangent\nfrom scipy import special\nfrom tangent.rules import find\n"
        "assert find(special.erf)\nassert 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", text], check=True)


def by_knots(t):
    return interpolate.splev(0.5, (t, np.array([1.0, 2.0]), 1))


def test_a_spline_has_no_derivative_by_its_knots() -> None:
    knots = np.array([0.0, 0.0, 1.0, 1.0])
    assert np.isnan(tangent.vjp(by_knots)(knots, np.array(1.0))).all()
    with pytest.raises(UnsupportedError, match="splev by its knots"):
        tangent.jvp(by_knots)(knots, knots)


SPLINE = interpolate.BSpline(*interpolate.splrep(np.linspace(0.0, 3.0, 9), np.sin(np.linspace(0.0, 3.0, 9))))


def by_object(x):
    return interpolate.splev(x, SPLINE)


def test_a_spline_may_be_an_object() -> None:
    tangent.check_grads(by_object, (np.array([0.4, 1.3, 3.5]),), order=2)
