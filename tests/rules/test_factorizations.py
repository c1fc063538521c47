"""Factorizations of matrices, and what is defined by them, in both modes and to the second order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

import tangent
from tangent import rules
from tangent.errors import MissingRuleError, UnsupportedError
from tangent.rules import definitions
from tests.rules import samples_matrices
from tests.rules.samples import Sample, array, factorizations
from tests.rules.samples_scipy import factorizations_of_scipy
from tests.rules.table import by_text, concerning, graded
from tests.rules.test_transforms import function_of

FACTORS = [s for s in (*factorizations(), *factorizations_of_scipy(), *samples_matrices.FACTORS) if s.covers]
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
    *samples_matrices.DEFINED,
]
COMPLEX = {"x": array(4, 3), "y": array(4, 3, key="y")}
SIZES = ("(3, 5)", "(6, 2), (1, 0)", "s=(4, 4), axes=(0, 1), norm='ortho'")
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
    *(
        Sample(f"np.fft.{name}((x + 1j * y) ** 2, {options})", COMPLEX)
        for name in ("irfft2", "irfftn") for options in SIZES
    ),
    *(
        Sample(f"np.abs(np.fft.{name}(x, {options})) ** 2", {"x": array(4, 3)})
        for name in ("rfft2", "rfftn") for options in SIZES
    ),
    *(
        Sample(f"np.abs(np.fft.ihfft(x{options})) ** 2", {"x": array(4, 3)})
        for options in ("", ", 5", ", 2, 0", ", norm='ortho'", ", norm='forward'")
    ),
    *(
        Sample(f"np.real(fft.{name}(x ** 2{options}) * (1.0 - 0.5j))", {"x": array(4, 3)})
        for name in ("fft", "ifft", "rfft", "ihfft", "irfft", "hfft")
        for options in ("", ", 5, axis=0", ", norm='ortho', workers=1")
    ),
    *(
        Sample(f"np.real(fft.{name}(x ** 2{options}) * (1.0 - 0.5j))", {"x": array(4, 3)})
        for name in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
        for options in ("", ", (3, 5)", ", s=(4, 4), axes=(0, 1), norm='ortho'")
    ),
    Sample("np.real(fft.fftshift(fft.fft(x)) * fft.ifftshift(x) * fft.fftfreq(4))", {"x": array(4)}),
    Sample("np.fft.irfft(x, 5)", {"x": array(4)}),
    Sample("np.fft.irfft(np.fft.rfft(x) * y)", {"x": array(6), "y": array(4)}),
]


CASES = graded([*FACTORS, *DEFINED, *TRANSFORMS])


@pytest.mark.parametrize("text", CASES)
def test_derivatives(text: str) -> None:
    for sample, order in CASES[text]:
        with concerning(sample):
            tangent.check_grads(function_of(sample), list(sample.args.values()), wrt=sample.wrt, order=order, rtol=1e-4)


def of_factors(y):
    return np.sum(y[0] ** 2) * np.sum(y[1])


def by_singular_values(x):
    return of_factors(np.linalg.svd(x, full_matrices=False))


def test_factors_may_be_handed_to_a_function() -> None:
    tangent.check_grads(by_singular_values, (array(4, 3),), order=2, rtol=1e-4)


VALUES = by_text([*DEFINED, *TRANSFORMS])


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    for sample in VALUES[text]:
        with concerning(sample):
            check_value(sample)


def check_value(sample: Sample) -> None:
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


REFUSED = {
    "linalg.funm(x, np.exp)": "single eigenvalues", "linalg.expm_cond(x)": "largest singular value",
    "linalg.schur(x)[0]": "not determined by the matrix", "linalg.hessenberg(x)": "not determined by the matrix",
    "linalg.qz(x, x)[0]": "not determined", "linalg.ldl(x)[0]": "not determined", "linalg.null_space(x)": "this basis",
    "linalg.orth(x)": "this basis", "linalg.qr_multiply(x, x)[0]": "a factorization that is given",
    "linalg.matrix_balance(x)[0]": "jump", "linalg.clarkson_woodruff_transform(x, 2)": "random numbers",
    "linalg.subspace_angles(x, x + 1.0)": "another formula", "linalg.cholesky_banded(x)": "its factor has no rule",
    "linalg.cho_solve_banded((x, True), x)": "its factor has no rule",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_has_no_derivative_is_refused_with_the_reason(text: str) -> None:
    function = function_of(Sample(f"np.sum({text})", {"x": 0.0}))
    for transform in (tangent.grad, tangent.jvp):
        with pytest.raises(MissingRuleError, match=f"is not differentiated: .*{REFUSED[text]}(.|\n)*Instead: "):
            transform(function)


def test_what_is_refused_may_be_called_with_constants() -> None:
    basis = function_of(Sample("np.sum(x * linalg.null_space(np.ones((1, 3))))", {"x": 0.0}))
    tangent.check_grads(basis, (array(3, 2),))


def test_every_function_of_linalg_is_differentiated_or_constant_or_refused() -> None:
    others = {"LinAlgError", "LinAlgWarning", "find_best_blas_type", "get_blas_funcs", "get_lapack_funcs"}
    for module in (np.linalg, linalg):
        names = [n for n in module.__all__ if callable(getattr(module, n)) and n not in others]
        unknown = [
            n for n in names
            if not rules.find(f := getattr(module, n)) and not definitions.find(f) and rules.refusal(f) is None
        ]
        assert unknown == []


# --- eigenvalues that are there several times


SEVERAL = np.diag([2.0, 2.0, 2.0, 5.0])
TURNED = np.linalg.qr(array(4, 4))[0]


@pytest.mark.parametrize("text", [
    "np.sum(np.linalg.eigvalsh(x + x.T) ** 3)", "np.sum(np.exp(np.linalg.eigh(x + x.T)[0]))",
    "np.sum(linalg.eigvalsh(x + x.T) ** 2)", "np.sum(np.linalg.svd(x, compute_uv=False))", "np.linalg.norm(x, 'nuc')",
    "np.sum(np.linalg.eigvals(x).real ** 2)", "np.prod(np.linalg.svd(x)[1])", "np.sum(linalg.eig(x)[0].real ** 3)",
])
def test_a_symmetric_function_of_equal_eigenvalues_has_its_derivative(text: str) -> None:
    for matrix in (SEVERAL, TURNED @ SEVERAL @ TURNED.T):
        f = function_of(Sample(text, {"x": matrix}))
        with np.errstate(invalid="ignore", divide="ignore"):
            tangent.check_grads(f, (matrix,), rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_eigenvectors_of_equal_eigenvalues_have_no_derivative() -> None:
    f = function_of(Sample("np.sum(np.linalg.eigh(x)[1] @ np.arange(4.0))", {"x": SEVERAL}))
    assert not np.isfinite(tangent.grad(f)(SEVERAL)).all()
    assert not np.isfinite(tangent.jvp(f)(SEVERAL, array(4, 4)))


# --- shapes and dtypes

ANY_SIZE = (
    "np.linalg.inv(x)", "np.linalg.det(x)", "np.linalg.cholesky(x)", "np.linalg.eigh(x)[0]", "np.linalg.eigvalsh(x)",
    "np.linalg.qr(x)[1]", "np.linalg.svd(x, compute_uv=False)", "np.linalg.solve(x, x)", "np.linalg.slogdet(x)[1]",
)


@pytest.mark.parametrize("text", ANY_SIZE)
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 0, 0), (0, 2, 2), (2, 1, 3, 3)])
def test_stacks_of_matrices_and_empty_ones(text: str, shape: tuple[int, ...]) -> None:
    x = np.zeros(shape) + 3.0 * np.eye(shape[-1]) * np.arange(1.0, shape[-1] + 1) + 0.1
    tangent.check_grads(function_of(Sample(text, {"x": x})), (x,), rtol=1e-4)


@pytest.mark.parametrize("text", [*ANY_SIZE, "linalg.lu(x)[2]", "linalg.expm(x)", "linalg.qr(x)[1]", "linalg.inv(x)"])
def test_matrices_of_single_precision_keep_it(text: str) -> None:
    x = (SQUARE @ SQUARE.T).astype(np.float32)
    f = function_of(Sample(text, {"x": x}))
    assert tangent.vjp(f)(x, np.ones_like(f(x))).dtype == np.float32
    assert tangent.jvp(f)(x, x).dtype == np.float32
