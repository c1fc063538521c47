"""Rules of sparse matrices that are made of numbers with a derivative, and of systems of equations with them.

Products with a sparse matrix, `A @ x`, have the rules of products, which know it: see `tangent.runtime.sparse`.  The
solutions of iterative methods are differentiated as those of the equations, to the tolerance of the method.
"""

from __future__ import annotations

from scipy import sparse
from scipy.sparse import linalg

from tangent.rules.registry import adjoint, d, linear, method, tangent_
from tangent.rules.scipy.versions import present
from tangent.runtime import built_tangent, built_transpose, matmul_transpose_left

# --- matrices of given elements

CONSTRUCTORS = present(
    sparse, "csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "csc_array", "coo_array",
)


@adjoint(*CONSTRUCTORS, container=True)
def built(y, arg1, shape=None):
    d[arg1] = built_transpose(d[y], arg1, y)


@tangent_(*CONSTRUCTORS, container=True)
def built_forward(y, arg1, shape=None):
    d[y] = built_tangent(d[arg1], arg1, y)


@linear(method("toarray"), method("todense"))
def toarray(y, a):
    d[a] = d[y]


# --- systems of equations


@adjoint(linalg.spsolve)
def spsolve(x, A, b, permc_spec=None, use_umfpack=True):
    residual = linalg.spsolve(A.T, d[x], permc_spec, use_umfpack)
    d[A] = -matmul_transpose_left(residual, A, x)
    d[b] = residual


@tangent_(linalg.spsolve)
def spsolve_tangent(x, A, b, permc_spec=None, use_umfpack=True):
    d[x] = linalg.spsolve(A, d[b] - d[A] @ x, permc_spec, use_umfpack)


@adjoint(linalg.cg, container=True)
def cg(y, A, b, x0=None, *, rtol=1e-05, atol=0.0, maxiter=None, M=None):
    residual = linalg.cg(A, d[y][0], rtol=rtol, atol=atol, maxiter=maxiter, M=M)[0]
    d[A] = -matmul_transpose_left(residual, A, y[0])
    d[b] = residual


@tangent_(linalg.cg, container=True)
def cg_tangent(y, A, b, x0=None, *, rtol=1e-05, atol=0.0, maxiter=None, M=None):
    d[y] = (linalg.cg(A, d[b] - d[A] @ y[0], rtol=rtol, atol=atol, maxiter=maxiter, M=M)[0], 0)


@adjoint(linalg.gmres, container=True)
def gmres(y, A, b, x0=None, *, rtol=1e-05, atol=0.0, restart=None, maxiter=None):
    residual = linalg.gmres(A.T, d[y][0], rtol=rtol, atol=atol, restart=restart, maxiter=maxiter)[0]
    d[A] = -matmul_transpose_left(residual, A, y[0])
    d[b] = residual


@tangent_(linalg.gmres, container=True)
def gmres_tangent(y, A, b, x0=None, *, rtol=1e-05, atol=0.0, restart=None, maxiter=None):
    change = d[b] - d[A] @ y[0]
    d[y] = (linalg.gmres(A, change, rtol=rtol, atol=atol, restart=restart, maxiter=maxiter)[0], 0)
