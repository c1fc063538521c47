"""Rules of the elementary functions of `scipy.special`, the gamma and the error function, and sums of exponentials.

Others are in modules of their own: `bessel`, `integrals`, `orthogonal`, `probability`.  Where the derivative towards a
parameter is not known, that by the order of a Bessel function, say, the rule has None for it, and what depends on that
is refused.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent.rules import math_
from tangent.rules.holomorphic import holomorphic
from tangent.rules.numpy import elementwise
from tangent.rules.registry import adjoint, d, nondifferentiable, partials, tangent_
from tangent.rules.scipy.versions import present
from tangent.runtime import expand, in_precision_of, unbroadcast

# --- the error function and the normal distribution

partials(special.erf)(math_.erf)
partials(special.erfc)(math_.erfc)


@partials(special.erfcx)
def erfcx(y, x):
    return 2.0 * x * y - 2.0 / math.sqrt(math.pi)


@partials(special.erfi)
def erfi(y, x):
    return 2.0 / math.sqrt(math.pi) * np.exp(x * x)


@partials(special.erfinv)
def erfinv(x, y):
    return 0.5 * math.sqrt(math.pi) * np.exp(x * x)


@partials(special.erfcinv)
def erfcinv(x, y):
    return -0.5 * math.sqrt(math.pi) * np.exp(x * x)


@partials(special.wofz)
def wofz(w, z):
    return 2.0j / math.sqrt(math.pi) - 2.0 * z * w


@partials(special.voigt_profile)
def voigt_profile(y, x, sigma, gamma):
    z = (x + 1j * gamma) / (math.sqrt(2.0) * sigma)
    slope = (1j / math.sqrt(math.pi) - z * special.wofz(z)) / (math.sqrt(math.pi) * sigma * sigma)
    return np.real(slope), -(y + np.real(math.sqrt(2.0) * sigma * z * slope)) / sigma, -np.imag(slope)


@partials(special.dawsn)
def dawsn(y, x):
    return 1.0 - 2.0 * x * y


@partials(special.ndtr)
def ndtr(y, x):
    return np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


@partials(special.log_ndtr)
def log_ndtr(y, x):
    return np.exp(-0.5 * x * x - y) / math.sqrt(2.0 * math.pi)


@partials(special.ndtri)
def ndtri(x, p):
    return math.sqrt(2.0 * math.pi) * np.exp(0.5 * x * x)


holomorphic(special.erf, special.erfc, special.erfcx, special.erfi, special.dawsn)
holomorphic(special.wofz, gives_complex=True)

# --- the gamma function and its relatives


@partials(special.gamma)
def gamma(y, x):
    return y * special.digamma(x)


@partials(special.gammaln, special.loggamma)
def gammaln(y, x):
    return special.digamma(x)


@partials(special.rgamma)
def rgamma(y, x):
    return -y * special.digamma(x)


@partials(special.digamma)
def digamma(y, x):
    return special.zeta(2.0, x)


@partials(special.polygamma)
def polygamma(y, n, x):
    return None, special.polygamma(n + 1, x)


@partials(special.multigammaln)
def multigammaln(y, a, d):
    return np.sum(special.digamma(np.expand_dims(a, -1) - 0.5 * np.arange(d)), -1)


@partials(special.zeta)
def zeta(y, x, q=None):
    return None, -x * special.zeta(x + 1.0, q)


@partials(special.poch)
def poch(y, z, m):
    return y * (special.digamma(z + m) - special.digamma(z)), y * special.digamma(z + m)


@partials(special.beta)
def beta(y, a, b):
    both = special.digamma(a + b)
    return y * (special.digamma(a) - both), y * (special.digamma(b) - both)


@partials(special.betaln)
def betaln(y, a, b):
    both = special.digamma(a + b)
    return special.digamma(a) - both, special.digamma(b) - both


@partials(special.binom)
def binom(y, n, k):
    rest = special.digamma(n - k + 1.0)
    return y * (special.digamma(n + 1.0) - rest), y * (rest - special.digamma(k + 1.0))


@partials(special.comb)
def comb(y, N, k):
    rest = special.digamma(N - k + 1.0)
    return y * (special.digamma(N + 1.0) - rest), y * (rest - special.digamma(k + 1.0))


@partials(special.perm)
def perm(y, N, k):
    rest = special.digamma(N - k + 1.0)
    return y * (special.digamma(N + 1.0) - rest), y * rest


@partials(special.factorial)
def factorial(y, n):
    return y * special.digamma(n + 1.0)


holomorphic(special.gamma, special.loggamma, special.rgamma)

# --- logistic functions, entropies and other sums of logarithms


@partials(special.expit)
def expit(y, x):
    return y * (1.0 - y)


@partials(special.log_expit)
def log_expit(y, x):
    return special.expit(-x)


@partials(special.logit)
def logit(y, x):
    return 1.0 / (x * (1.0 - x))


@partials(*present(special, "softplus"))
def softplus(y, x):
    return special.expit(x)


@partials(special.xlogy)
def xlogy(z, x, y):
    return np.log(y), x / y


@partials(special.xlog1py)
def xlog1py(z, x, y):
    return np.log1p(y), x / (1.0 + y)


@partials(special.entr)
def entr(y, x):
    return -np.log(x) - 1.0


@partials(special.rel_entr)
def rel_entr(z, x, y):
    return np.log(x / y) + 1.0, -x / y


@partials(special.kl_div)
def kl_div(z, x, y):
    return np.log(x / y), 1.0 - x / y


@partials(special.huber)
def huber(z, delta, r):
    return np.maximum(abs(r) - delta, 0.0), in_precision_of(np.clip(r, -delta, delta), (delta, r))


@adjoint(special.logsumexp, reduction=True)
def logsumexp(y, a, axis=None, *, keepdims=False):
    d[a] = expand(d[y], a, axis, keepdims) * np.exp(a - expand(y, a, axis, keepdims))


@tangent_(special.logsumexp, reduction=True)
def logsumexp_tangent(y, a, axis=None, *, keepdims=False):
    d[y] = np.sum(d[a] * np.exp(a - expand(y, a, axis, keepdims)), axis, keepdims=keepdims)


@adjoint(special.logsumexp, reduction=True)
def logsumexp_of_products(y, a, axis=None, *, b, keepdims=False):
    share = expand(d[y], a * b, axis, keepdims) * np.exp(a - expand(y, a * b, axis, keepdims))
    d[a] = unbroadcast(share * b, a)
    d[b] = unbroadcast(share, b)


@tangent_(special.logsumexp, reduction=True)
def logsumexp_of_products_tangent(y, a, axis=None, *, b, keepdims=False):
    share = np.exp(a - expand(y, a * b, axis, keepdims))
    d[y] = np.sum(share * (d[a] * b + d[b]), axis, keepdims=keepdims)


@adjoint(special.logsumexp, reduction=True)
def logsumexp_of_listed_products(y, a, axis, b, keepdims=False):
    share = expand(d[y], a * b, axis, keepdims) * np.exp(a - expand(y, a * b, axis, keepdims))
    d[a] = unbroadcast(share * b, a)
    d[b] = unbroadcast(share, b)


@tangent_(special.logsumexp, reduction=True)
def logsumexp_of_listed_products_tangent(y, a, axis, b, keepdims=False):
    share = np.exp(a - expand(y, a * b, axis, keepdims))
    d[y] = np.sum(share * (d[a] * b + d[b]), axis, keepdims=keepdims)


# The logarithm of the absolute value of the sum, and its sign.
@adjoint(special.logsumexp, container=True)
def logsumexp_with_sign(y, a, axis=None, b=1.0, *, keepdims=False, return_sign):
    if return_sign:
        value, change = y[0], y[1] * d[y][0]
    else:
        value, change = y, d[y]
    share = expand(change, a * b, axis, keepdims) * np.exp(a - expand(value, a * b, axis, keepdims))
    d[a] = unbroadcast(share * b, a)
    d[b] = unbroadcast(share, b)


@tangent_(special.logsumexp, container=True)
def logsumexp_with_sign_tangent(y, a, axis=None, b=1.0, *, keepdims=False, return_sign):
    value = y[0] if return_sign else y
    share = np.exp(a - expand(value, a * b, axis, keepdims))
    change = np.sum(share * (d[a] * b + d[b]), axis, keepdims=keepdims)
    d[y] = (y[1] * change, np.zeros_like(change)) if return_sign else change


@adjoint(special.softmax)
def softmax(y, x, axis=None):
    d[x] = y * (d[y] - np.sum(y * d[y], axis, keepdims=True))


@tangent_(special.softmax)
def softmax_tangent(y, x, axis=None):
    d[y] = y * (d[x] - np.sum(y * d[x], axis, keepdims=True))


@adjoint(special.log_softmax)
def log_softmax(y, x, axis=None):
    d[x] = d[y] - np.exp(y) * np.sum(d[y], axis, keepdims=True)


@tangent_(special.log_softmax)
def log_softmax_tangent(y, x, axis=None):
    d[y] = d[x] - np.sum(np.exp(y) * d[x], axis, keepdims=True)


# --- what NumPy has as well

partials(special.exp2)(elementwise.exp2)
partials(special.expm1)(elementwise.expm1)
partials(special.log1p)(elementwise.log1p)
partials(special.cbrt)(elementwise.cbrt)


@partials(special.exp10)
def exp10(y, x):
    return y * math.log(10.0)


@partials(special.cosm1)
def cosm1(y, x):
    return -np.sin(x)


@partials(special.powm1)
def powm1(z, x, y):
    return y * x ** (y - 1.0), (z + 1.0) * np.log(x)


@partials(special.tandg)
def tandg(y, x):
    return math.pi / 180.0 * (1.0 + y * y)


@partials(special.cotdg)
def cotdg(y, x):
    return -math.pi / 180.0 * (1.0 + y * y)


@partials(special.radian)
def radian(y, d, m, s):
    return math.pi / 180.0, math.pi / 10800.0, math.pi / 648000.0


@partials(special.sindg)
def sindg(y, x):
    return math.pi / 180.0 * special.cosdg(x)


@partials(special.cosdg)
def cosdg(y, x):
    return -math.pi / 180.0 * special.sindg(x)


# --- transformations of statistics


@partials(special.boxcox)
def boxcox(y, x, lmbda):
    log = np.log(x)
    return x ** (lmbda - 1.0), 0.5 * log * log * special.hyp1f1(2.0, 3.0, lmbda * log)


@partials(special.boxcox1p)
def boxcox1p(y, x, lmbda):
    log = np.log1p(x)
    return (1.0 + x) ** (lmbda - 1.0), 0.5 * log * log * special.hyp1f1(2.0, 3.0, lmbda * log)


@partials(special.inv_boxcox)
def inv_boxcox(x, y, lmbda):
    log, slope = np.log(x), x ** (1.0 - lmbda)
    return slope, -0.5 * slope * log * log * special.hyp1f1(2.0, 3.0, lmbda * log)


@partials(special.inv_boxcox1p)
def inv_boxcox1p(x, y, lmbda):
    log, slope = np.log1p(x), (1.0 + x) ** (1.0 - lmbda)
    return slope, -0.5 * slope * log * log * special.hyp1f1(2.0, 3.0, lmbda * log)


@partials(special.pseudo_huber)
def pseudo_huber(z, delta, r):
    ratio = np.sqrt(1.0 + (r / delta) ** 2)
    return 2.0 * delta * (ratio - 1.0) - r * r / (delta * ratio), r / ratio


holomorphic(special.xlogy, special.xlog1py, special.log1p, special.expm1)

nondifferentiable(
    special.gammasgn, special.round, special.bernoulli, special.euler, special.stirling2, special.factorial2,
    special.factorialk,
)
