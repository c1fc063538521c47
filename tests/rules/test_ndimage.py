"""Functions of `scipy.ndimage` that are defined by formulas, and what is refused of it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import ndimage

import tangent
from tangent.errors import MissingRuleError
from tests.rules.samples import array
from tests.rules.samples_ndimage import MODES, NDIMAGE_FORMULAS
from tests.rules.table import graded
from tests.rules.test_formulas import check_formulas

FORMULAS = graded(NDIMAGE_FORMULAS)


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    check_formulas(FORMULAS[text])


def blurred(image, mode="reflect"):
    return ndimage.gaussian_filter(image, 1.3, mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_the_transpose_of_a_filter_is_exact(mode) -> None:
    matrix = tangent.jacobian(blurred, mode="forward")(array(4, 3), mode).reshape(12, 12)
    transpose = tangent.jacobian(blurred, mode="reverse")(array(4, 3), mode).reshape(12, 12)
    np.testing.assert_allclose(matrix, transpose, atol=1e-15)
    np.testing.assert_allclose(matrix @ np.ones(12), blurred(np.ones((4, 3)), mode).ravel(), atol=1e-15)


def test_the_adjoint_of_a_filter_is_one_call() -> None:
    source = inspect.getsource(tangent.vjp(blurred))
    assert "bimage = tangent.gaussian_transpose(bblurred, 1.3, 0, mode" in source


def by_width(image, sigma):
    return ndimage.gaussian_filter(image, sigma)


def written_elsewhere(image):
    return ndimage.sobel(image, 0, np.zeros((4, 5)))


def beside_a_constant(image):
    return ndimage.gaussian_filter(image, 1.0, mode="constant", cval=1.0)


@pytest.mark.parametrize(
    ("function", "wrt", "message"),
    [(by_width, 1, "`sigma`"), (written_elsewhere, 0, "do not fit"), (beside_a_constant, 0, "do not fit")],
)
def test_what_has_no_derivative_is_refused(function, wrt, message) -> None:
    with pytest.raises(MissingRuleError, match=message):
        tangent.grad(function, wrt=wrt)
