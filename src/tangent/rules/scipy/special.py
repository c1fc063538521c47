"""Rules of `scipy.special`.

Where the derivative towards a parameter has no closed form, an order of a Bessel function, say, the rule has None
for it, and what depends on that is refused.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent.rules import math_
from tangent.rules.numpy import elementwise
from tangent.rules.registry import adjoint, d, nondifferentiable, partials, tangent_
from tangent.runtime import expand, unbroadcast

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
def zeta(y, x, q):
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


@partials(special.gammainc)
def gammainc(y, a, x):
    return None, np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


@partials(special.gammaincc)
def gammaincc(y, a, x):
    return None, -np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


@partials(special.betainc)
def betainc(y, a, b, x):
    return None, None, np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


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
    return np.maximum(np.abs(r) - delta, 0.0), np.clip(r, -delta, delta)


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


# --- Bessel functions


@partials(special.j0)
def j0(y, x):
    return -special.j1(x)


@partials(special.j1)
def j1(y, x):
    return 0.5 * (special.j0(x) - special.jv(2, x))


@partials(special.jv)
def jv(y, v, x):
    return None, 0.5 * (special.jv(v - 1, x) - special.jv(v + 1, x))


@partials(special.y0)
def y0(y, x):
    return -special.y1(x)


@partials(special.y1)
def y1(y, x):
    return 0.5 * (special.y0(x) - special.yv(2, x))


@partials(special.yv)
def yv(y, v, x):
    return None, 0.5 * (special.yv(v - 1, x) - special.yv(v + 1, x))


@partials(special.i0)
def i0(y, x):
    return special.i1(x)


@partials(special.i1)
def i1(y, x):
    return 0.5 * (special.i0(x) + special.iv(2, x))


@partials(special.iv)
def iv(y, v, x):
    return None, 0.5 * (special.iv(v - 1, x) + special.iv(v + 1, x))


@partials(special.i0e)
def i0e(y, x):
    return special.i1e(x) - np.sign(x) * y


@partials(special.i1e)
def i1e(y, x):
    return 0.5 * (special.i0e(x) + special.ive(2, x)) - np.sign(x) * y


@partials(special.ive)
def ive(y, v, x):
    return None, 0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x)) - np.sign(x) * y


@partials(special.k0)
def k0(y, x):
    return -special.k1(x)


@partials(special.k1)
def k1(y, x):
    return -0.5 * (special.k0(x) + special.kv(2, x))


@partials(special.kv)
def kv(y, v, x):
    return None, -0.5 * (special.kv(v - 1, x) + special.kv(v + 1, x))


@partials(special.k0e)
def k0e(y, x):
    return y - special.k1e(x)


@partials(special.k1e)
def k1e(y, x):
    return y - 0.5 * (special.k0e(x) + special.kve(2, x))


@partials(special.kve)
def kve(y, v, x):
    return None, y - 0.5 * (special.kve(v - 1, x) + special.kve(v + 1, x))


# --- integrals


@partials(special.ellipk)
def ellipk(y, m):
    # The quotient 0 / 0 at 0.
    return (special.ellipe(m) / (1.0 - m) - y) / (2.0 * m)


@partials(special.ellipe)
def ellipe(y, m):
    # The quotient 0 / 0 at 0.
    return (y - special.ellipk(m)) / (2.0 * m)


@partials(special.exp1)
def exp1(y, x):
    return -np.exp(-x) / x


@partials(special.expi)
def expi(y, x):
    return np.exp(x) / x


@partials(special.expn)
def expn(y, n, x):
    return None, -special.expn(n - 1, x)


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


@partials(special.sindg)
def sindg(y, x):
    return math.pi / 180.0 * special.cosdg(x)


@partials(special.cosdg)
def cosdg(y, x):
    return -math.pi / 180.0 * special.sindg(x)


# --- transformations of statistics


@partials(special.boxcox)
def boxcox(y, x, lmbda):
    return x ** (lmbda - 1.0), None


@partials(special.inv_boxcox)
def inv_boxcox(x, y, lmbda):
    return x ** (1.0 - lmbda), None


@partials(special.pseudo_huber)
def pseudo_huber(z, delta, r):
    ratio = np.sqrt(1.0 + (r / delta) ** 2)
    return 2.0 * delta * (ratio - 1.0) - r * r / (delta * ratio), r / ratio


nondifferentiable(special.gammasgn, special.round)
