"""What is refused of SciPy's functions, and when their rules are loaded."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import interpolate, stats

import tangent
from tangent.errors import MissingRuleError


def tail_by_shape(df):
    return stats.t.cdf(1.0, df)


def test_a_distribution_function_has_no_derivative_by_its_shape() -> None:
    with pytest.raises(MissingRuleError, match="cdf has no derivative with respect to `df`"):
        tangent.grad(tail_by_shape)


def test_no_more_of_scipy_is_loaded_than_the_user_has() -> None:
    text = (
        "import sys, tangent\nfrom scipy import special\nfrom tangent.rules import find\n"
        "assert find(special.erf)\nassert 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", text], check=True)


def by_coefficients(c):
    return interpolate.splev(0.5, (np.array([0.0, 0.0, 1.0, 1.0]), c, 1))


def test_a_spline_has_no_derivative_by_its_coefficients() -> None:
    with pytest.raises(MissingRuleError, match="splev has no derivative with respect to `tck`"):
        tangent.grad(by_coefficients)


SPLINE = interpolate.BSpline(*interpolate.splrep(np.linspace(0.0, 3.0, 9), np.sin(np.linspace(0.0, 3.0, 9))))


def by_object(x):
    return interpolate.splev(x, SPLINE)


def test_a_spline_may_be_an_object() -> None:
    tangent.check_grads(by_object, (np.array([0.4, 1.3, 3.5]),), order=2)
