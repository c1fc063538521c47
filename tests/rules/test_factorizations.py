"""Factorizations of matrices, and what is defined by them, in both modes and to the second order."""

from __future__ import annotations

import numpy as np
import pytest

import tangent
from tangent.errors import UnsupportedError
from tests.rules.samples import Sample, array, factorizations
from tests.rules.test_transforms import function_of

FACTORS = [s for s in factorizations() if s.covers]
SQUARE = array(3, 3) + np.diag([2.0, 4.0, 7.0])
DEFINED = [
    Sample("np.linalg.multi_dot([x, y, x.T])", {"x": array(2, 3), "y": array(3, 3, key="y")}),
    Sample("np.linalg.multi_dot((y, x, y))", {"x": array(3, 3), "y": array(3, key="y")}),
    Sample("np.linalg.tensorsolve(np.reshape(x, (3, 1, 3)), y)", {"x": SQUARE, "y": array(3, 1)}),
    Sample("np.linalg.tensorinv(x, ind=1)", {"x": SQUARE}),
    Sample("np.linalg.tensorinv(np.reshape(x, (3, 1, 3)))", {"x": SQUARE}),
    *(Sample(f"np.linalg.cond(x{p})", {"x": SQUARE}) for p in ("", ", 2", ", -2", ", 'fro'", ", p=1", ", np.inf")),
    Sample("np.linalg.cond(x)", {"x": array(2, 4, 3)}),
]


@pytest.mark.parametrize("sample", [*FACTORS, *DEFINED], ids=str)
def test_derivatives(sample: Sample) -> None:
    tangent.check_grads(function_of(sample), list(sample.args.values()), wrt=sample.wrt, order=2, rtol=1e-4)


@pytest.mark.parametrize(("text", "why"), [
    ("np.sum(np.linalg.svd(x)[0])", "singular vectors"),
    ("np.sum(np.linalg.qr(x, 'complete')[0])", "complete factor"),
    ("np.sum(np.linalg.pinv(x, 0.9))", "singular values that are not 0"),
    ("np.sum(np.linalg.lstsq(x, np.ones(4), 0.9)[0])", "singular values that are not 0"),
])
def test_what_a_matrix_does_not_determine_has_no_derivative(text: str, why: str) -> None:
    with pytest.raises(UnsupportedError, match=why):
        tangent.grad(function_of(Sample(text, {"x": 0.0})))(array(4, 3))
