"""Rules of the orthogonal polynomials of `scipy.special`, by the point at which they are evaluated (DLMF 18.9)."""

from __future__ import annotations

import numpy as np
from scipy import special

from tangent.rules.holomorphic import holomorphic
from tangent.rules.registry import nondifferentiable, partials


@partials(special.eval_legendre)
def eval_legendre(y, n, x):
    return None, 0.5 * (n + 1) * special.eval_jacobi(n - 1, 1.0, 1.0, x)


@partials(special.eval_sh_legendre)
def eval_sh_legendre(y, n, x):
    return None, (n + 1) * special.eval_jacobi(n - 1, 1.0, 1.0, 2.0 * x - 1.0)


@partials(special.eval_chebyt)
def eval_chebyt(y, n, x):
    return None, n * special.eval_chebyu(n - 1, x)


@partials(special.eval_chebyu)
def eval_chebyu(y, n, x):
    return None, 2.0 * special.eval_gegenbauer(n - 1, 2.0, x)


@partials(special.eval_chebyc)
def eval_chebyc(y, n, x):
    return None, n * special.eval_chebys(n - 1, x)


@partials(special.eval_chebys)
def eval_chebys(y, n, x):
    return None, special.eval_gegenbauer(n - 1, 2.0, 0.5 * x)


@partials(special.eval_sh_chebyt)
def eval_sh_chebyt(y, n, x):
    return None, 2.0 * n * special.eval_chebyu(n - 1, 2.0 * x - 1.0)


@partials(special.eval_sh_chebyu)
def eval_sh_chebyu(y, n, x):
    return None, 4.0 * special.eval_gegenbauer(n - 1, 2.0, 2.0 * x - 1.0)


@partials(special.eval_gegenbauer)
def eval_gegenbauer(y, n, alpha, x):
    return None, None, 2.0 * alpha * special.eval_gegenbauer(n - 1, alpha + 1.0, x)


@partials(special.eval_jacobi)
def eval_jacobi(y, n, alpha, beta, x):
    slope = 0.5 * (n + alpha + beta + 1.0) * special.eval_jacobi(n - 1, alpha + 1.0, beta + 1.0, x)
    return None, None, None, slope


@partials(special.eval_sh_jacobi)
def eval_sh_jacobi(y, n, p, q, x):
    return None, None, None, n * special.eval_sh_jacobi(abs(n - 1), p + 2.0, q + 1.0, x)


@partials(special.eval_laguerre)
def eval_laguerre(y, n, x):
    return None, -special.eval_genlaguerre(n - 1, 1.0, x)


@partials(special.eval_genlaguerre)
def eval_genlaguerre(y, n, alpha, x):
    return None, None, -special.eval_genlaguerre(n - 1, alpha + 1.0, x)


@partials(special.eval_hermite)
def eval_hermite(y, n, x):
    return None, 2.0 * n * special.eval_hermite(abs(n - 1), x)


@partials(special.eval_hermitenorm)
def eval_hermitenorm(y, n, x):
    return None, n * special.eval_hermitenorm(abs(n - 1), x)


@partials(special.lpmv)
def lpmv(y, m, v, x):
    # The quotient 0 / 0 at the ends.
    return None, None, (v * x * y - (v + m) * special.lpmv(m, v - 1, x)) / (x * x - 1.0)


@partials(special.diric)
def diric(y, x, n):
    return -np.sin(0.5 * x) * special.eval_gegenbauer(n - 2, 2.0, np.cos(0.5 * x)) / n, None


holomorphic(
    special.eval_legendre, special.eval_sh_legendre, special.eval_chebyt, special.eval_chebyu, special.eval_chebyc,
    special.eval_chebys, special.eval_sh_chebyt, special.eval_sh_chebyu, special.eval_gegenbauer, special.eval_jacobi,
    special.eval_laguerre, special.eval_genlaguerre,
)

nondifferentiable(
    special.roots_legendre, special.roots_sh_legendre, special.roots_chebyt, special.roots_chebyu, special.roots_chebyc,
    special.roots_chebys, special.roots_sh_chebyt, special.roots_sh_chebyu, special.roots_hermite,
    special.roots_hermitenorm, special.roots_laguerre, special.erf_zeros, special.fresnel_zeros, special.fresnelc_zeros,
    special.fresnels_zeros,
)
