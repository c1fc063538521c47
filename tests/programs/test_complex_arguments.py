"""Complex arguments, by annotation, and complex results, with complex seeds: both modes, to the second order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import tangent
from tangent.errors import UnsupportedError

Complex = NDArray[np.complex128]

Z = np.array([0.7 - 0.3j, -1.2 + 0.4j, 0.2 + 1.5j])
W = np.array([-0.4 + 0.9j, 0.8 - 1.1j, 1.3 + 0.2j])
M = np.array([[1.5 + 0.2j, 0.3j, -0.7], [0.4, 2.0 - 1.0j, 0.1 + 0.1j], [-0.2j, 0.5, 0.9 + 0.6j]])


def squares(z: NDArray[np.complex128]):
    return np.sum(np.abs(z) ** 2)


def square(z: NDArray[np.complex128]):
    return z * z


def wave(z: complex, x: float):
    return np.exp(z * x)


def length(z: NDArray[np.complex128]):
    return np.linalg.norm(z)


def several(z: NDArray[np.complex128], w: NDArray[np.complex128]):
    return np.real(np.dot(np.conj(z), w)), z / w, np.angle(z)


def vectors(m: NDArray[np.complex128]):
    return np.linalg.eig(m)[1]


def gram(m: NDArray[np.complex128]):
    return np.linalg.inv(m) @ np.conj(m.T)


def map_in_place(z: NDArray[np.complex128], n: int):
    for _ in range(n):
        z = z * z + 0.3 * np.conj(z)
        z[0] += 1j * z[1]
    return z


def spectrum(x):
    return np.fft.fft(x) * np.exp(1j * x)


def magnitude(z, x):
    return np.abs(z) * x + np.real(z * 1j)


def by_helper(z: NDArray[np.complex128], x):
    return np.sum(magnitude(z * x, x))


def roots(p: NDArray[np.complex128]):
    return np.roots(p)


def filled(z: NDArray[np.complex128]):
    out = np.zeros(3, complex)
    for i in range(3):
        out[i] = np.exp(z[i]) * (1.0 if i else z[2])
    return np.sum(out)


def branch(z: complex, x: float):
    if x > 0.5:
        return z * z
    return x * 1.0j


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (squares, (Z,)), (square, (Z,)), (wave, (0.5 + 0.3j, 0.7)), (length, (Z,)), (several, (Z, W)), (vectors, (M,)),
    (gram, (M,)), (map_in_place, (Z * 0.3, 2)), (spectrum, (Z.real,)), (by_helper, (Z, W.real)),
    (roots, (np.append(1.0, Z),)), (filled, (Z,)), (branch, (0.5 + 0.3j, 0.7)), (branch, (0.5 + 0.3j, 0.2)),
]


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_derivatives(function: Callable[..., Any], arguments: tuple[Any, ...], optimized: bool) -> None:
    tangent.check_grads(function, arguments, order=2, rtol=1e-4, optimized=optimized)


def test_the_gradient_is_that_of_the_convention() -> None:
    step, gradient = 1e-6, tangent.grad(squares)(Z)
    by_real = (squares(Z + [step, 0, 0]) - squares(Z - [step, 0, 0])) / (2 * step)
    by_imaginary = (squares(Z + [1j * step, 0, 0]) - squares(Z - [1j * step, 0, 0])) / (2 * step)
    np.testing.assert_allclose(gradient[0], by_real - 1j * by_imaginary, rtol=1e-6)


def test_a_holomorphic_function_has_its_complex_derivative() -> None:
    np.testing.assert_allclose(tangent.vjp(square)(Z, np.ones(3)), 2.0 * Z)
    np.testing.assert_allclose(tangent.jvp(square)(Z, 1j * np.ones(3)), 2j * Z)


def test_split_motion_takes_a_complex_seed() -> None:
    forward, backward = tangent.autodiff(square, motion="split")
    result, saved = forward(Z)
    np.testing.assert_array_equal(result, Z * Z)
    np.testing.assert_allclose(backward(saved, 1j * np.ones(3)), 2j * Z)


def test_the_hessian_of_complex_arguments_has_products() -> None:
    np.testing.assert_allclose(tangent.hvp(squares)(Z, W), 2.0 * np.conj(W))


# --- what is refused


def test_a_complex_result_has_no_gradient() -> None:
    with pytest.raises(UnsupportedError, match=re.escape("a complex result") + "(.|\n)*a complex seed"):
        tangent.grad(square)


@pytest.mark.parametrize("transform", [tangent.jacobian, tangent.hessian])
def test_a_jacobian_by_complex_arguments_is_refused(transform: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedError, match="with respect to the complex argument z"):
        transform(squares)


def unannotated(z):
    return np.sum(np.abs(z) ** 2)


def of_unannotated(z):
    return unannotated(z) * 2.0


def deviation(z):
    return np.std(z)


def norm(z):
    return np.linalg.norm(z)


def product(z, w):
    return np.real(np.vdot(z, w))


def weighted(z, w):
    return np.sum(np.abs(z * w))


@pytest.mark.parametrize("function", [unannotated, of_unannotated, deviation, norm])
def test_a_complex_argument_that_is_not_annotated_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedError, match="a complex number as an argument"):
        tangent.grad(function)(Z)
    with pytest.raises((UnsupportedError, TypeError), match="complex"):
        tangent.jvp(function)(Z, Z)
    tangent.check_grads(function, (Z.real,), order=2, rtol=1e-4)


@pytest.mark.parametrize("function", [product, weighted])
def test_a_complex_argument_beside_those_of_the_derivative_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedError, match="a complex number as an argument"):
        tangent.grad(function)(Z.real, W)
    tangent.check_grads(function, (Z.real, W.real), order=2, rtol=1e-4)


def test_a_jacobian_through_an_absolute_value_is_made_in_many_directions_at_once() -> None:
    np.testing.assert_allclose(tangent.jacobian(np.abs)(Z.real), np.diag(np.sign(Z.real)))
    np.testing.assert_allclose(tangent.hessian(unannotated)(Z.real), 2.0 * np.eye(3))
