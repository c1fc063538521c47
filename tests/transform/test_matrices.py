"""Matrices of the classes that take `*` for the product of matrices are refused where the result would be wrong."""

import numpy as np
import pytest

import tangent
from tangent.errors import UnsupportedError
from tests.numeric import numerical_gradient

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

sparse = pytest.importorskip("scipy.sparse")

rng = np.random.default_rng(0)
A, x = rng.random((3, 3)), rng.random((3, 3))
CLASSES = {"matrix": np.matrix, "csr_matrix": sparse.csr_matrix, "coo_matrix": sparse.coo_matrix}


class Model:
    def __init__(self, A):
        self.A = A

    def loss(self, x):
        y = self.A * x
        return np.sum(y * y)


def product(M, x):
    y = M * x
    return np.sum(np.square(y))


def product_from_the_right(M, x):
    return np.sum(np.sin(x * M))


def power_of_a_product(M, x):
    return np.sum((M @ x) ** 2)


def power_of_a_difference(M, x):
    return np.sum((M - x) ** 2)


def helper(M, x):
    return product(2.0 * M, x)


def of_an_object(M, x):
    return Model(M).loss(x)


def of_an_attribute(model, x):
    return np.sum(np.square(model.A * x))


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    "f", [product, product_from_the_right, power_of_a_difference, helper, of_an_object], ids=lambda f: f.__name__
)
def test_a_product_of_an_argument_is_refused_or_exact(f, name):
    M = CLASSES[name](A)
    try:
        gradient = tangent.grad(f, wrt=1)(M, x)
    except UnsupportedError as error:
        assert "which takes `*` for the product of matrices" in str(error)  # noqa: PT017
        return
    np.testing.assert_allclose(gradient, numerical_gradient(f, (M, x), (1,)).gradient[0], rtol=1e-6)


@pytest.mark.parametrize("name", CLASSES)
def test_an_attribute_is_looked_at_where_it_is_multiplied(name):
    with pytest.raises(UnsupportedError, match=f"a {name}, which takes"):
        tangent.grad(of_an_attribute, wrt=1)(Model(CLASSES[name](A)), x)


def test_the_power_of_a_matrix_is_refused():
    with pytest.raises(UnsupportedError, match="a matrix, which takes"):
        tangent.grad(power_of_a_product, wrt=1)(np.matrix(A), x)


@pytest.mark.parametrize("f", [product, product_from_the_right, power_of_a_product, helper], ids=lambda f: f.__name__)
def test_arrays_pass(f):
    np.testing.assert_allclose(tangent.grad(f, wrt=1)(A, x), numerical_gradient(f, (A, x), (1,)).gradient[0], rtol=1e-6)


@pytest.mark.parametrize("cls", [sparse.csr_array, sparse.csr_matrix])
def test_a_product_by_its_own_operator_takes_sparse_matrices(cls):
    gradient = tangent.grad(power_of_a_product, wrt=1)(cls(A), x)
    np.testing.assert_allclose(gradient, numerical_gradient(power_of_a_product, (A, x), (1,)).gradient[0], rtol=1e-6)


def test_a_matrix_as_the_differentiated_argument_is_refused():
    with pytest.raises(UnsupportedError, match="a matrix, which takes"):
        tangent.vjp(product, wrt=(0, 1))(np.matrix(A), np.matrix(x), 1.0)
    with pytest.raises(UnsupportedError, match="a matrix, which takes"):
        tangent.jvp(product, wrt=1)(A, np.matrix(x), np.matrix(x))
