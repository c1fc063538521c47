"""Factorizations of matrices, and what is defined by them, in both modes and to the second order."""

from __future__ import annotations

import numpy as np
import pytest

import tangent
from tangent.errors import UnsupportedError
from tests.rules.samples import Sample, array, factorizations
from tests.rules.samples_scipy import factorizations_of_scipy
from tests.rules.test_transforms import function_of

FACTORS = [s for s in (*factorizations(), *factorizations_of_scipy()) if s.covers]
SQUARE = array(3, 3) + np.diag([2.0, 4.0, 7.0])
NAMED = ("slogdet(x).logabsdet", "eigh(x).eigenvalues", "svd(x).S", "qr(x).R ** 2")
DEFINED = [
    Sample("np.linalg.multi_dot([x, y, x.T])", {"x": array(2, 3), "y": array(3, 3, key="y")}),
    Sample("np.linalg.multi_dot((y, x, y))", {"x": array(3, 3), "y": array(3, key="y")}),
    Sample("np.linalg.tensorsolve(np.reshape(x, (3, 1, 3)), y)", {"x": SQUARE, "y": array(3, 1)}),
    Sample("np.linalg.tensorinv(x, ind=1)", {"x": SQUARE}),
    Sample("np.linalg.tensorinv(np.reshape(x, (3, 1, 3)))", {"x": SQUARE}),
    *(Sample(f"np.linalg.cond(x{p})", {"x": SQUARE}) for p in ("", ", 2", ", -2", ", 'fro'", ", p=1", ", np.inf")),
    Sample("np.linalg.cond(x)", {"x": array(2, 4, 3)}),
    *(Sample(f"np.linalg.{of}", {"x": SQUARE}) for of in NAMED if np.lib.NumpyVersion(np.__version__) >= "1.25.0"),
    Sample("linalg.svdvals(x)", {"x": array(3, 2)}),
    *(
        Sample(f"linalg.cho_solve(linalg.cho_factor(x{lower}), y)", {"x": SQUARE @ SQUARE.T, "y": b})
        for lower in ("", ", True", ", lower=False")
        for b in (array(3, key="b"), array(3, 2, key="b"))
    ),
    Sample("linalg.cho_solve((x, True), y)", {"x": SQUARE, "y": array(3, key="b")}),
    Sample("linalg.block_diag(x, y, 1.5)", {"x": array(2, 3), "y": array(2, key="y")}),
    Sample("linalg.toeplitz(x)", {"x": array(4)}),
    Sample("linalg.toeplitz(x, y)", {"x": array(4), "y": array(3, key="y")}),
    Sample("linalg.circulant(x)", {"x": array(4)}),
]
COMPLEX = {"x": array(4, 3), "y": array(4, 3, key="y")}
TRANSFORMS = [
    *(
        Sample(f"np.fft.{name}((x + 1j * y) ** 2{options})", COMPLEX)
        for name in ("irfft", "hfft")
        for options in ("", ", 3", ", 6, 0", ", 5, axis=0, norm='ortho'", ", norm='forward'")
    ),
    *(
        Sample(f"np.fft.{name}((x + 1j * y) ** 2{options})", COMPLEX)
        for name in ("irfft2", "irfftn")
        for options in ("", ", norm='ortho'", *((", axes=(1, 0)",) if name == "irfftn" else ()))
    ),
    *(
        Sample(f"np.abs(np.fft.{name}(x{options})) ** 2", {"x": array(4, 3)})
        for name in ("rfft2", "rfftn")
        for options in ("", ", norm='ortho'", *((", axes=(1, 0)",) if name == "rfftn" else ()))
    ),
    Sample("np.fft.irfft(x, 5)", {"x": array(4)}),
    Sample("np.fft.irfft(np.fft.rfft(x) * y)", {"x": array(6), "y": array(4)}),
]


@pytest.mark.parametrize("sample", [*FACTORS, *DEFINED, *TRANSFORMS], ids=str)
def test_derivatives(sample: Sample) -> None:
    tangent.check_grads(function_of(sample), list(sample.args.values()), wrt=sample.wrt, order=2, rtol=1e-4)


def of_factors(y):
    return np.sum(y[0] ** 2) * np.sum(y[1])


def by_singular_values(x):
    return of_factors(np.linalg.svd(x, full_matrices=False))


def test_factors_may_be_handed_to_a_function() -> None:
    tangent.check_grads(by_singular_values, (array(4, 3),), order=2, rtol=1e-4)


@pytest.mark.parametrize("sample", [*DEFINED, *TRANSFORMS], ids=str)
def test_values(sample: Sample) -> None:
    f, arguments = function_of(sample), list(sample.args.values())
    df = tangent.autodiff(f, wrt=sample.wrt, preserve_result=True)
    want = f(*arguments)
    np.testing.assert_allclose(df(*arguments, np.ones_like(want))[-1], want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("text", "why"), [
    ("np.sum(np.linalg.svd(x)[0])", "singular vectors"),
    ("np.sum(np.linalg.qr(x, 'complete')[0])", "complete factor"),
    ("np.sum(np.linalg.pinv(x, 0.9))", "singular values that are not 0"),
    ("np.sum(np.linalg.lstsq(x, np.ones(4), 0.9)[0])", "singular values that are not 0"),
])
def test_what_a_matrix_does_not_determine_has_no_derivative(text: str, why: str) -> None:
    with pytest.raises(UnsupportedError, match=why):
        tangent.grad(function_of(Sample(text, {"x": 0.0})))(array(4, 3))


def test_a_complex_root_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="complex"):
        tangent.grad(function_of(Sample("np.sum(linalg.sqrtm(x)).real", {"x": 0.0})))(-SQUARE)
