"""Products with the sparse matrices of SciPy.

The adjoint of a sparse matrix has values where the matrix has elements.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np

from tangent.errors import UnsupportedError

__all__ = ["built_tangent", "built_transpose", "check_factors", "each_product", "is_sparse", "product_left",
           "product_right"]


def is_sparse(x: Any) -> bool:
    """Whether `x` is a sparse matrix or array of SciPy."""
    return type(x).__module__.startswith("scipy.sparse")


def is_class_of_matrices(cls: Any) -> TypeGuard[type]:
    """Whether a class takes `*` for the product of matrices."""
    of_scipy = isinstance(cls, type) and cls.__module__.startswith("scipy.sparse") and cls.__name__.endswith("_matrix")
    return cls is np.matrix or of_scipy


def check_factors(*factors: Any) -> None:
    """Refuse matrices of the classes that take `*` for a product of matrices: their derivative was made elementwise.

    Raises:
        UnsupportedError: one of the values is a `np.matrix`, or a sparse matrix that is no sparse array.
    """
    for factor in factors:
        if type(factor) is not np.ndarray and is_class_of_matrices(type(factor)):
            raise UnsupportedError(
                f"unsupported: arithmetic with a {type(factor).__name__}, which takes `*` for the product of matrices",
                "write the product as `A @ x`, and take an array instead (np.asarray, scipy.sparse.csr_array)",
            )


def product_left(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `x` in `x @ y`, one of which is sparse."""
    _refuse_two(b, x, y)
    if is_sparse(x):
        return _at_elements_of(x, b, y)
    return b @ y.T


def product_right(b: Any, x: Any, y: Any) -> Any:
    """The adjoint of `y` in `x @ y`, one of which is sparse."""
    _refuse_two(b, x, y)
    if is_sparse(y):
        return _at_elements_of(y, np.transpose(x), np.transpose(b)) if np.ndim(x) == 2 else _at_elements_of(y, x, b)
    return x.T @ b


def each_product(x: Any, y: Any) -> Any:
    """`x @ y` in each direction of the one that is not sparse."""
    if is_sparse(y):
        rows = x.reshape(-1, x.shape[-1])
        return np.asarray(rows @ y).reshape(*x.shape[:-1], y.shape[1])
    columns = np.moveaxis(y, 0, -1)
    product = np.asarray(x @ columns.reshape(len(columns), -1))
    return np.moveaxis(product.reshape(x.shape[0], *columns.shape[1:]), -1, 0)


def _at_elements_of(matrix: Any, left: Any, right: Any) -> Any:
    """`left @ right.T`, or the outer product of vectors, where a sparse matrix has elements."""
    from scipy import sparse

    places = matrix.tocoo()
    rows, columns = np.divmod(np.unique(places.row.astype(int) * matrix.shape[1] + places.col), matrix.shape[1])
    values = left[rows] * right[columns]
    if values.ndim > 1:
        values = values.sum(axis=tuple(range(1, values.ndim)))
    return sparse.csr_array((values, (rows, columns)), matrix.shape)


def _refuse_two(*operands: Any) -> None:
    """Refuse products of which more than one factor is sparse.

    Raises:
        UnsupportedError: there are such.
    """
    if sum(map(is_sparse, operands)) > 1:
        raise UnsupportedError(
            "unsupported: the derivative of a product of two sparse matrices", "multiply vectors by one after the other"
        )


def built_transpose(b: Any, arg1: Any, y: Any) -> Any:
    """The adjoint of what a sparse matrix `y` is made of, from that of the matrix."""
    if not isinstance(arg1, (tuple, list)):
        return b.toarray() if is_sparse(b) else np.asarray(b)
    rows, columns = _places(arg1, y)
    values = np.asarray(b[rows, columns]) if not is_sparse(b) else np.asarray(b.tocsr()[rows, columns])
    return [values.reshape(np.shape(arg1[0])), *(np.zeros(1) for _ in arg1[1:])]


def built_tangent(change: Any, arg1: Any, y: Any) -> Any:
    """The tangent of a sparse matrix `y` from that of what it is made of."""
    if not isinstance(arg1, (tuple, list)):
        return type(y)(change)
    return type(y)((np.asarray(change[0]), _places(arg1, y)), shape=y.shape)


def _places(arg1: Any, y: Any) -> tuple[Any, Any]:
    """The rows and the columns of the elements that a sparse matrix is made of."""
    if len(arg1) == 2:
        return np.asarray(arg1[1][0]), np.asarray(arg1[1][1])
    along, starts = np.asarray(arg1[1]), np.asarray(arg1[2])
    across = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return (across, along) if y.format == "csr" else (along, across)
