"""Samples of the functions of `numpy.linalg` and `scipy.linalg`: factorizations, equations, functions of matrices.

Those of a part of a result, `linalg.lu(x)[1]`, are tested through the transforms.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.rules.samples import Sample, array

__all__ = ["DEFINED", "FACTORS", "MATRICES"]

SQUARE = array(3, 3) + np.diag([2.0, 4.0, 7.0])
OTHER = array(3, 3, key="other") + np.diag([5.0, 3.0, 2.0])
STACK = np.stack([SQUARE, OTHER])
DEFINITE = SQUARE @ SQUARE.T
VECTOR, COLUMNS = array(3, key="b"), array(3, 2, key="b")
TURNING = np.array([[0.3, -1.4, 0.2], [1.1, 0.5, 0.1], [0.3, 0.2, 2.0]])
"""A matrix with two complex eigenvalues."""


def factors() -> Iterator[Sample]:
    """Parts of results that are tuples."""
    for call, parts, arguments in (
        ("linalg.lu(x)", (1, 2), (SQUARE, array(4, 3), array(3, 4), STACK)),
        ("linalg.lu(x, p_indices=True)", (1, 2), (SQUARE,)),
        ("linalg.lu(x, permute_l=True)", (0, 1), (SQUARE, array(4, 3))),
        ("linalg.lu_factor(x, check_finite=False)", (0,), (SQUARE, STACK)),
        ("linalg.qr(x, mode='economic')", (0, 1), (SQUARE, array(4, 3), array(3, 4))),
        ("linalg.qr(x)", (0, 1), (SQUARE,)),
        ("linalg.qr(x, mode='r')", (0,), (SQUARE, array(4, 3), array(3, 4))),
        ("linalg.qr(x, mode='economic', pivoting=True)", (0, 1), (SQUARE, array(4, 3))),
        ("linalg.rq(x, mode='economic')", (0, 1), (SQUARE, array(3, 4))),
        ("linalg.eigh(x, lower=False, check_finite=False)", (0, 1), (DEFINITE,)),
        ("linalg.eig_banded(x)", (0, 1), (array(2, 4),)),
        ("linalg.eig_banded(x, True)", (0, 1), (array(3, 4),)),
        ("np.linalg.eig(x)", (0, 1), (SQUARE, STACK)),
        ("linalg.eig(x, check_finite=False)", (1,), (SQUARE,)),
        ("linalg.svd(x, False, lapack_driver='gesvd')", (1,), (array(3, 4),)),
    ):
        for argument in arguments:
            for part in parts:
                squared = " ** 2" if "eig" in call or "svd" in call else ""
                yield Sample(f"np.real({call}[{part}]{squared})", {"x": argument}, covers=call)
    call = "linalg.eigh(x, y)"
    for options in ("", ", lower=False"):
        call = f"linalg.eigh(x, y{options})"
        for part in ("[0]", "[1] ** 2"):
            yield Sample(call + part, {"x": DEFINITE - np.eye(3), "y": OTHER @ OTHER.T}, covers=call)
    for a in (array(4, 2), SQUARE):
        call = "linalg.lstsq(x, y)"
        for b in (array(len(a)), array(len(a), 3)):
            for part in (0, 3):
                yield Sample(f"{call}[{part}]", {"x": a, "y": b}, covers=call)
    for call in ("np.linalg.eig(x)", "linalg.eig(x)"):
        for part in ("np.real({}[0])", "np.imag({}[1]) ** 2", "np.real({}[1])", "np.abs({}[1])"):
            yield Sample(part.format(call), {"x": TURNING}, covers=call)
    for call in ("np.linalg.eigvals(x)", "linalg.eigvals(x, check_finite=False)"):
        for matrix in (SQUARE, TURNING):
            yield Sample(f"np.real({call})", {"x": matrix}, covers=call)
            yield Sample(f"np.abs({call})", {"x": matrix}, covers=call)
    for coefficients in ([1.0, -6.0, 11.0, -6.0], [2.0, 0.3, 1.5], [0.5, 1.0, -3.0, 0.4, 1.2], [1.0, -3.0, 2.0, 0.0]):
        yield Sample("np.real(np.roots(x))", {"x": np.array(coefficients)}, covers="np.roots(x)")
        yield Sample("np.abs(np.roots(x) + 1.0)", {"x": np.array(coefficients)}, covers="np.roots(x)")


def matrices() -> Iterator[Sample]:
    """Whole results."""
    for b in (VECTOR, COLUMNS):
        for options in (
            ", check_finite=False", ", lower=True, assume_a='pos'", ", assume_a='sym'",
            ", assume_a='gen', transposed=True",
            ", assume_a='upper triangular'", ", assume_a='lower triangular', transposed=True", ", assume_a='diagonal'",
            ", assume_a='tridiagonal'",
        ):
            yield Sample(f"linalg.solve(x, y{options})", {"x": DEFINITE if "pos" in options else SQUARE, "y": b})
        yield Sample("linalg.solve(x, y)", {"x": STACK, "y": b})
        yield Sample("linalg.solve_triangular(x, y, check_finite=False)", {"x": SQUARE, "y": b})
    for options in ("", ", check_finite=False"):
        yield Sample(f"linalg.inv(x{options})", {"x": SQUARE})
        yield Sample(f"linalg.det(x{options})", {"x": STACK})
        yield Sample(f"linalg.pinv(x{options})", {"x": array(4, 3)})
        yield Sample(f"linalg.pinvh(x{options})", {"x": DEFINITE})
        yield Sample(f"linalg.eigh(x, eigvals_only=True{options})", {"x": SQUARE})
        yield Sample(f"linalg.eigh(x, y, eigvals_only=True{options})", {"x": SQUARE, "y": DEFINITE})
    yield Sample("linalg.pinvh(x, lower=False)", {"x": DEFINITE})
    for name in ("expm", "sqrtm", "logm", "cosm", "sinm", "signm"):
        for a in (np.eye(1) * 0.7, DEFINITE * 0.1 + array(3, 3, key="c") * 0.1):
            yield Sample(f"linalg.{name}(x)", {"x": a})
    yield Sample("linalg.signm(x)", {"x": SQUARE - np.diag([0.0, 9.0, 0.0])})
    for power in ("0.5", "-1.3", "2"):
        yield Sample(f"linalg.fractional_matrix_power(x, {power})", {"x": DEFINITE * 0.1})
    for method in ("", ", 'direct'", ", method='bilinear'"):
        yield Sample(f"linalg.solve_discrete_lyapunov(x, y{method})", {"x": TURNING * 0.3, "y": SQUARE})
    yield Sample("linalg.solve_continuous_lyapunov(x, y)", {"x": SQUARE, "y": OTHER})
    for lower in ("", ", lower=True"):
        ab = array(3, 5)
        ab[0 if lower else 2] += 6.0
        for b in (array(5), array(5, 2)):
            yield Sample(f"linalg.solveh_banded(x, y{lower})", {"x": ab, "y": b})
        yield Sample("linalg.solveh_banded(x, y)", {"x": np.array([[3.0, 4.0]]), "y": np.array([1.5, 2.0])})
        yield Sample(f"linalg.eig_banded(x, {bool(lower)}, True)", {"x": array(3, 5)})
    for b in (array(4), array(4, 2)):
        args = {"x": array(4) + [5.0, 0.0, 0.0, 0.0], "y": array(4, key="r"), "z": b}
        yield Sample("runtime.toeplitz_solution(x, y, z)", args)
    yield Sample("runtime.diagonal_sums(x, y)", {"x": array(4), "y": array(4, key="y")})
    yield Sample("runtime.diagonal_sums(x, y)", {"x": array(4, 2), "y": array(4, 2, key="y")})
    for a in (SQUARE, array(4, 3), array(2, 4), STACK):
        yield Sample("runtime.orthogonal_factor(x)", {"x": a})
    for text in (
        "np.eye(3) * {linalg.hadamard(4)}[0, 0] * x", "{linalg.hilbert(3)} * x", "{linalg.invhilbert(3)} * x",
        "{linalg.pascal(3)} * x", "{linalg.invpascal(3)} * x", "{linalg.helmert(3, True)} * x",
        "{linalg.dft(3)}.real * x", "{linalg.bandwidth(x)}[0] * x", "{linalg.issymmetric(x)} * x",
        "{linalg.ishermitian(x)} * x", "{runtime.permutation_of([1, 1])}[0] * x", "{runtime.largest(x)} * x",
        "{runtime.same_order(x, x)} * x",
        "{runtime.row_order(x)}[0] * x", "{runtime.places_in_order([1, 0])}[0] * x",
        "{fft.fftfreq(3)} * x", "{fft.rfftfreq(5)} * x", "{fft.next_fast_len(5)} * x",
    ):
        called = text[text.index("{") + 1 : text.index("}")]
        yield Sample(text.replace("{", "(").replace("}", ")"), {"x": SQUARE}, covers=called)


CONTROL = {"x": TURNING * 0.4, "y": array(3, 2, key="y"), "z": DEFINITE, "w": np.array([[2.0, 0.3], [0.3, 1.5]])}
"""Riccati's equations are those of symmetric matrices: they are given as such, whatever the argument is."""


def equations_of_symmetric_matrices() -> Iterator[Sample]:
    for name in ("solve_continuous_are", "solve_discrete_are"):
        call = f"linalg.{name}(x, y, z, w)"
        yield Sample(call.replace("z, w", "z + z.T, w + w.T"), CONTROL, covers=call)
        yield Sample(call.replace("z, w", "z + z.T, w + w.T, balanced=False"), CONTROL, covers=call)


def defined() -> Iterator[Sample]:
    """What is a formula."""
    for text in (
        "linalg.coshm(x)", "linalg.sinhm(x)", "linalg.tanhm(x)", "linalg.tanm(x * 0.1)",
        "linalg.expm_frechet(x, y)[0]",
        "linalg.expm_frechet(x, y)[1]", "linalg.expm_frechet(x, y, compute_expm=False)",
        "linalg.polar(x)[0]",
        "linalg.polar(x)[1]", "linalg.polar(x, side='left')[1]",
        "linalg.orthogonal_procrustes(x, y)[0]", "linalg.orthogonal_procrustes(x, y)[1]", "linalg.khatri_rao(x, y)",
        "linalg.eigvalsh(x, check_finite=False)",
        "linalg.eigvalsh(x, y @ y.T)", "linalg.eigvalsh(x, lower=False)", "linalg.lu_solve(linalg.lu_factor(x), y)",
        "linalg.svdvals(x, check_finite=False)",
        "linalg.lu_solve(linalg.lu_factor(x), y[0], trans=1)", "linalg.lu_solve(linalg.lu_factor(x), y, 1)",
        "linalg.solve_toeplitz(x[0], y[0])", "linalg.solve_toeplitz((x[0], y[0]), y)",
        "np.triu(linalg.cho_factor(y @ y.T)[0])",
        "linalg.matmul_toeplitz(x[0], y[0])", "linalg.matmul_toeplitz((x[0], y[0]), y)",
        "linalg.solve_circulant(x[0], y[0])", "linalg.solve_circulant(x[0], y)", "linalg.toeplitz(x[0], y[0, :2])",
        "linalg.hankel(x[0])", "linalg.hankel(x[0], y[0])", "linalg.hankel(x[0], y[0, :2])", "linalg.companion(x[0])",
        "linalg.leslie(x[0], y[0, :2])", "linalg.convolution_matrix(x[0], 4)", "linalg.diagsvd(x[0], 4, 3)",
        "linalg.convolution_matrix(x[0], 4, 'same')", "linalg.convolution_matrix(x[0], 4, mode='valid')",
        "linalg.convolution_matrix(x[0], 2, 'same')", "linalg.convolution_matrix(x[0], 2, 'valid')",
        "linalg.fiedler(x[0])", "linalg.fiedler_companion(np.ravel(x))", "linalg.fiedler_companion(np.ravel(x)[:6])",
        "linalg.fiedler_companion(x[0])", "linalg.eigh_tridiagonal(x[0], y[0, :2])[0]",
        "linalg.eigh_tridiagonal(x[0], y[0, :2])[1] ** 2", "linalg.eigvalsh_tridiagonal(x[0], y[0, :2])",
        "linalg.eigh_tridiagonal(x[0], y[0, :2], eigvals_only=True)", "linalg.eigvals_banded(x[:2])",
        "linalg.eigvals_banded(x[:2], lower=True)",
    ):
        yield Sample(text, {"x": SQUARE, "y": OTHER})
    if hasattr(np.linalg, "vector_norm"):
        for text in (
            "np.linalg.vector_norm(x)", "np.linalg.vector_norm(x, axis=0)", "np.linalg.vector_norm(x, keepdims=True)",
            "np.linalg.vector_norm(x, axis=-1, ord=1)", "np.linalg.matrix_norm(x)", "np.linalg.matrix_norm(x, ord=1)",
            "np.linalg.matrix_transpose(x)", "np.linalg.svdvals(x)", "np.linalg.trace(x, offset=1)",
            "np.linalg.vecdot(x, y)", "np.linalg.vecdot(x, y, axis=0)", "np.linalg.diagonal(x, offset=1)",
            "np.linalg.cross(x, y)", "np.linalg.cross(x, y, axis=0)", "np.linalg.outer(x[0], y[1])",
            "np.linalg.matmul(x, y)", "np.linalg.tensordot(x, y, axes=1)",
        ):
            yield Sample(text, {"x": SQUARE, "y": OTHER})


FACTORS = (*factors(), *equations_of_symmetric_matrices())
MATRICES = tuple(matrices())
DEFINED = tuple(defined())
