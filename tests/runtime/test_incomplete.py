"""The speeds of the incomplete gamma and beta functions, against numbers of forty digits."""

from __future__ import annotations

import numpy as np
import pytest

from tangent.runtime import beta_speed_of_a, beta_speed_of_b, gamma_speed
from tests.runtime.incomplete_numbers import BETA, GAMMA


@pytest.mark.parametrize(("a", "x", "want"), GAMMA)
def test_the_speed_of_the_gamma_function(a, x, want) -> None:
    np.testing.assert_allclose(gamma_speed(a, x), want, rtol=1e-11)


@pytest.mark.parametrize(("a", "b", "x", "by_a", "by_b"), BETA)
def test_the_speeds_of_the_beta_function(a, b, x, by_a, by_b) -> None:
    np.testing.assert_allclose(beta_speed_of_a(a, b, x), by_a, rtol=1e-10)
    np.testing.assert_allclose(beta_speed_of_b(a, b, x), by_b, rtol=1e-10)


def test_arrays_of_both_sides_of_the_mean() -> None:
    x = np.linspace(0.1, 9.0, 7)
    np.testing.assert_allclose(gamma_speed(2.5, x), [gamma_speed(2.5, one) for one in x], rtol=1e-12)
    assert gamma_speed(2.5, x.astype(np.float32)).dtype == np.float32
    assert gamma_speed(np.ones((2, 0)), 1.0).shape == (2, 0)
    x = np.linspace(0.01, 0.99, 7)
    np.testing.assert_allclose(beta_speed_of_a(2.5, 3.0, x), [beta_speed_of_a(2.5, 3.0, p) for p in x], rtol=1e-12)
