"""Rules of the integrals and the hypergeometric functions of `scipy.special`."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent.rules.holomorphic import holomorphic
from tangent.rules.registry import adjoint, d, partials, tangent_
from tangent.rules.scipy.versions import present
from tangent.runtime import in_precision_of, unbroadcast

# --- elliptic integrals; the derivatives of the complete ones as hypergeometric functions, which hold at 0 as well


@partials(special.ellipk)
def ellipk(y, m):
    return in_precision_of(math.pi / 8.0 * special.hyp2f1(0.5, 0.5, 2.0, m) / (1.0 - m), m)


@partials(special.ellipkm1)
def ellipkm1(y, p):
    return in_precision_of(-math.pi / 8.0 * special.hyp2f1(0.5, 0.5, 2.0, 1.0 - p) / p, p)


@partials(special.ellipe)
def ellipe(y, m):
    return in_precision_of(-math.pi / 8.0 * special.hyp2f1(0.5, 1.5, 2.0, m), m)


@partials(special.ellipkinc)
def ellipkinc(y, phi, m):
    # In `m` the quotient 0 / 0 at 0.
    root = np.sqrt(1.0 - m * np.sin(phi) ** 2)
    rest = special.ellipeinc(phi, m) / m - np.sin(phi) * np.cos(phi) / root
    return 1.0 / root, 0.5 * (rest / (1.0 - m) - y / m)


@partials(special.ellipeinc)
def ellipeinc(y, phi, m):
    # In `m` the quotient 0 / 0 at 0.
    return np.sqrt(1.0 - m * np.sin(phi) ** 2), 0.5 * (y - special.ellipkinc(phi, m)) / m


# sn, cn, dn and the amplitude; in `m` the quotient 0 / 0 at 0.
@adjoint(special.ellipj, container=True)
def ellipj(y, u, m):
    along = d[y][3] + d[y][0] * y[1] - d[y][1] * y[0]
    slope = (y[0] * y[1] - (special.ellipeinc(y[3], m) / m - u * (1.0 - m) / m) * y[2]) / (2.0 * (1.0 - m))
    d[u] = unbroadcast(along * y[2] - d[y][2] * m * y[0] * y[1], u)
    d[m] = unbroadcast(along * slope - d[y][2] * y[0] * (0.5 * y[0] + m * y[1] * slope) / y[2], m)


@tangent_(special.ellipj, container=True)
def ellipj_tangent(y, u, m):
    slope = (y[0] * y[1] - (special.ellipeinc(y[3], m) / m - u * (1.0 - m) / m) * y[2]) / (2.0 * (1.0 - m))
    change = y[2] * d[u] + slope * d[m]
    d[y] = (y[1] * change, -y[0] * change, -y[0] * (m * y[1] * change + 0.5 * y[0] * d[m]) / y[2], change)


# The symmetric integrals of Carlson (DLMF 19.18); those of R_C and R_D have the quotient 0 / 0 where two arguments
# are equal, and that of R_D where `y` is 0.
@partials(special.elliprc)
def elliprc(z, x, y):
    by_x = 0.5 * (z - 1.0 / np.sqrt(x)) / (y - x)
    return by_x, -(0.5 * z + x * by_x) / y


@partials(special.elliprf)
def elliprf(w, x, y, z):
    return -special.elliprd(y, z, x) / 6.0, -special.elliprd(x, z, y) / 6.0, -special.elliprd(x, y, z) / 6.0


@partials(special.elliprd)
def elliprd(w, x, y, z):
    by_y = 0.5 * (special.elliprd(x, z, y) - w) / (y - z)
    x_by_x = 0.5 * (3.0 * np.sqrt(x / (y * z)) - 2.0 * x * w - x * special.elliprd(x, z, y)) / (x - z)
    return 0.5 * (special.elliprd(y, z, x) - w) / (x - z), by_y, -(1.5 * w + x_by_x + y * by_y) / z


@partials(special.agm)
def agm(y, a, b):
    factor = 2.0 / (3.0 * math.pi) * y * y
    return (
        factor * np.abs(a) * special.elliprd(0.0, b * b, a * a),
        factor * np.abs(b) * special.elliprd(0.0, a * a, b * b),
    )


# --- exponential and trigonometric integrals


@partials(special.exp1)
def exp1(y, x):
    return -np.exp(-x) / x


@partials(special.expi)
def expi(y, x):
    return np.exp(x) / x


@partials(special.expn)
def expn(y, n, x):
    return None, -special.expn(n - 1, x)


@adjoint(special.sici, container=True)
def sici(y, x):
    d[x] = d[y][0] * np.sinc(x / math.pi) + d[y][1] * np.cos(x) / x


@tangent_(special.sici, container=True)
def sici_tangent(y, x):
    d[y] = (np.sinc(x / math.pi) * d[x], np.cos(x) / x * d[x])


@adjoint(special.shichi, container=True)
def shichi(y, x):
    d[x] = d[y][0] * in_precision_of(special.spherical_in(0, x), x) + d[y][1] * np.cosh(x) / x


@tangent_(special.shichi, container=True)
def shichi_tangent(y, x):
    d[y] = (in_precision_of(special.spherical_in(0, x), x) * d[x], np.cosh(x) / x * d[x])


@adjoint(special.fresnel, container=True)
def fresnel(y, z):
    angle = 0.5 * math.pi * z * z
    d[z] = d[y][0] * np.sin(angle) + d[y][1] * np.cos(angle)


@tangent_(special.fresnel, container=True)
def fresnel_tangent(y, z):
    angle = 0.5 * math.pi * z * z
    d[y] = (np.sin(angle) * d[z], np.cos(angle) * d[z])


@partials(special.spence)
def spence(y, z):
    return -1.0 / special.exprel(np.log(z))


@partials(special.exprel)
def exprel(y, x):
    return 0.5 * special.hyp1f1(2.0, 3.0, x)


# --- hypergeometric functions, by the argument


@partials(special.hyp0f1)
def hyp0f1(y, v, z):
    return None, special.hyp0f1(v + 1.0, z) / v


@partials(special.hyp1f1)
def hyp1f1(y, a, b, x):
    return None, None, a / b * special.hyp1f1(a + 1.0, b + 1.0, x)


@partials(special.hyp2f1)
def hyp2f1(y, a, b, c, z):
    return None, None, None, a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)


@partials(special.hyperu)
def hyperu(y, a, b, x):
    return None, None, -a * special.hyperu(a + 1.0, b + 1.0, x)


@partials(special.wright_bessel)
def wright_bessel(y, a, b, x):
    return None, None, special.wright_bessel(a, a + b, x)


@partials(*present(special, "log_wright_bessel"))
def log_wright_bessel(y, a, b, x):
    return None, None, np.exp(special.log_wright_bessel(a, a + b, x) - y)


holomorphic(special.exp1, special.expi, special.hyp0f1, special.hyp1f1, special.hyp2f1)

# --- inverse functions of products with exponentials


@partials(special.lambertw)
def lambertw(w, z, k=0, tol=1e-8):
    return 1.0 / (z + np.exp(w)), None, None


@partials(special.wrightomega)
def wrightomega(w, z):
    return w / (1.0 + w)


holomorphic(special.wrightomega)
holomorphic(special.lambertw, gives_complex=True)
