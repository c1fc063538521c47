"""Products with sparse matrices, sparse matrices made of numbers with a derivative, and systems of equations."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import linalg

import tangent
from tangent.errors import MissingRuleError, UnsupportedError
from tests.rules.samples import array

DENSE = np.array([[2.0, 0.0, 1.0], [0.0, 3.0, 0.5], [1.0, 0.5, 4.0]])
ROWS, COLUMNS = np.array([0, 0, 1, 2, 2]), np.array([0, 2, 1, 0, 2])
FORMATS = [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array, sparse.coo_array]


def product(A, x):
    return A @ x


def product_of_method(A, x):
    return A.dot(x)


def product_with_transpose(A, x):
    return A.T @ (2.0 * (A @ x))


def product_from_the_left(A, x):
    return x.T @ A


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("shape", [(3,), (3, 2)])
@pytest.mark.parametrize(
    "function", [product, product_of_method, product_with_transpose, product_from_the_left]
)
def test_products_with_a_sparse_matrix_are_those_with_the_dense_one(function, shape, kind) -> None:
    A, x = kind(DENSE), array(*shape)
    seed = array(*np.shape(function(DENSE, x)), key="seed")
    np.testing.assert_allclose(
        tangent.vjp(function, wrt=1)(A, x, seed), tangent.vjp(function, wrt=1)(DENSE, x, seed), atol=1e-14
    )
    np.testing.assert_allclose(tangent.jvp(function, wrt=1)(A, x, x + 1.0), function(DENSE, x + 1.0), atol=1e-14)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(
            tangent.jacobian(function, wrt=1, mode=mode)(A, x),
            tangent.jacobian(function, wrt=1, mode=mode)(DENSE, x), atol=1e-14,
        )


SYSTEM = sparse.csr_array(DENSE)


def energy(x):
    return 0.5 * x @ (SYSTEM @ x) + np.sum((SYSTEM @ x) ** 3)


def test_second_derivatives_of_products() -> None:
    tangent.check_grads(energy, (array(3),), order=2)
    np.testing.assert_allclose(tangent.hessian(energy)(np.zeros(3)), DENSE, atol=1e-14)


def made(data, x):
    return sparse.csr_matrix((data, (ROWS, COLUMNS)), shape=(3, 3)) @ x


def made_twice(data, x):
    A = sparse.coo_array((data, (ROWS, np.zeros(5, int))), shape=(3, 3))
    return A @ x + A.T @ x


def made_by_rows(data, x):
    return sparse.csr_array((data, COLUMNS, np.array([0, 2, 3, 5])), shape=(3, 3)) @ x


def made_of_a_dense_one(data, x):
    return sparse.csc_matrix(np.outer(data[:3], data[2:])) @ x


def made_dense_again(data, x):
    return sparse.csr_array((data, (ROWS, COLUMNS)), shape=(3, 3)).toarray() @ x


@pytest.mark.parametrize(
    "function", [made, made_twice, made_by_rows, made_of_a_dense_one, made_dense_again]
)
@pytest.mark.parametrize("shape", [(3,), (3, 2)])
def test_a_sparse_matrix_is_differentiated_by_its_elements(function, shape) -> None:
    tangent.check_grads(function, (array(5), array(*shape)), wrt=(0, 1))


def solved(data, b):
    A = sparse.csc_matrix((data, (ROWS, COLUMNS)), shape=(3, 3))
    return linalg.spsolve(A, b)


def solved_with_known(b):
    return linalg.spsolve(sparse.csc_matrix(DENSE), b)


def conjugate_gradients(b):
    x, _ = linalg.cg(SYSTEM, b, rtol=1e-14)
    return x


def minimal_residual(b):
    return linalg.gmres(SYSTEM, b, rtol=1e-14)[0]


def test_a_sparse_system_is_differentiated_by_both_sides() -> None:
    data = np.array([2.0, 0.7, 3.0, 0.4, 4.0])
    tangent.check_grads(solved, (data, array(3)), wrt=(0, 1))


@pytest.mark.parametrize("function", [solved_with_known, conjugate_gradients, minimal_residual])
def test_the_derivative_of_a_solution_is_the_inverse(function) -> None:
    for mode in ("forward", "reverse"):
        jacobian = tangent.jacobian(function, mode=mode)(array(3))
        np.testing.assert_allclose(jacobian, np.linalg.inv(DENSE), rtol=1e-10)
    tangent.check_grads(function, (array(3),), order=2)


def test_the_adjoint_of_a_sparse_system_is_one_with_the_transpose() -> None:
    source = inspect.getsource(tangent.vjp(solved_with_known))
    assert "spsolve(csc_matrix.T, bsolved_with_known" in source


def product_of_two(data):
    A = sparse.csr_array((data, (ROWS, COLUMNS)), shape=(3, 3))
    return np.sum((A @ SYSTEM).toarray())


def elementwise(s):
    return np.sum((s * SYSTEM).toarray())


def by_factors(b):
    return linalg.splu(sparse.csc_matrix(DENSE)).solve(b)


def test_products_of_two_sparse_matrices_and_elementwise_ones_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="two sparse matrices"):
        tangent.grad(product_of_two)(array(5))
    with pytest.raises(UnsupportedError, match="elementwise arithmetic of a sparse matrix"):
        tangent.grad(elementwise)(1.5)
    with pytest.raises((MissingRuleError, UnsupportedError)):
        tangent.vjp(by_factors)(array(3), array(3))


MATRIX = sparse.csr_matrix(DENSE)


def product_of_class(x):
    return MATRIX * x


def multiple_of_made(s):
    A = sparse.csc_matrix(DENSE)
    return (s * A).toarray()


@pytest.mark.parametrize("function", [product_of_class, multiple_of_made])
@pytest.mark.parametrize("transform", [tangent.vjp, tangent.jvp])
def test_a_star_that_is_a_product_of_matrices_is_refused(function, transform) -> None:
    with pytest.raises(UnsupportedError, match=r"`\*` with a cs._matrix"):
        transform(function)
