"""Rules of the Bessel functions of `scipy.special` and of their relatives: Airy, Kelvin, Struve, parabolic cylinder.

They are differentiated by the argument; an order has no derivative in closed form.  (DLMF, chapters 9 to 12.)
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from tangent.rules.holomorphic import holomorphic
from tangent.rules.registry import adjoint, d, nondifferentiable, partials, tangent_
from tangent.runtime import in_precision_of, unbroadcast

# --- Bessel functions of integer and of real order


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


@partials(special.jve)
def jve(y, v, z):
    return None, 0.5 * (special.jve(v - 1, z) - special.jve(v + 1, z))


@partials(special.yn)
def yn(y, n, x):
    return None, 0.5 * (special.yn(n - 1, x) - special.yn(n + 1, x))


@partials(special.yve)
def yve(y, v, z):
    return None, 0.5 * (special.yve(v - 1, z) - special.yve(v + 1, z))


@partials(special.kn)
def kn(y, n, x):
    return None, -0.5 * (special.kn(n - 1, x) + special.kn(n + 1, x))


@partials(special.hankel1)
def hankel1(y, v, z):
    return None, 0.5 * (special.hankel1(v - 1, z) - special.hankel1(v + 1, z))


@partials(special.hankel1e)
def hankel1e(y, v, z):
    return None, 0.5 * (special.hankel1e(v - 1, z) - special.hankel1e(v + 1, z)) - 1j * y


@partials(special.hankel2)
def hankel2(y, v, z):
    return None, 0.5 * (special.hankel2(v - 1, z) - special.hankel2(v + 1, z))


@partials(special.hankel2e)
def hankel2e(y, v, z):
    return None, 0.5 * (special.hankel2e(v - 1, z) - special.hankel2e(v + 1, z)) + 1j * y


# --- their derivatives of order `n`


@partials(special.jvp)
def jvp(y, v, z, n=1):
    return None, 0.5 * (special.jvp(v - 1, z, n) - special.jvp(v + 1, z, n)), None


@partials(special.yvp)
def yvp(y, v, z, n=1):
    return None, special.yvp(v, z, n + 1), None


@partials(special.ivp)
def ivp(y, v, z, n=1):
    return None, special.ivp(v, z, n + 1), None


@partials(special.kvp)
def kvp(y, v, z, n=1):
    return None, special.kvp(v, z, n + 1), None


@partials(special.h1vp)
def h1vp(y, v, z, n=1):
    return None, special.h1vp(v, z, n + 1), None


@partials(special.h2vp)
def h2vp(y, v, z, n=1):
    return None, special.h2vp(v, z, n + 1), None


holomorphic(
    special.jv, special.yv, special.iv, special.kv, special.kve, special.jvp, special.yvp, special.ivp, special.kvp,
)
holomorphic(
    special.hankel1, special.hankel1e, special.hankel2, special.hankel2e, special.h1vp, special.h2vp,
    gives_complex=True,
)

# --- spherical Bessel functions; `derivative` asks for the derivative of the function (DLMF 10.51)


@partials(special.spherical_jn)
def spherical_jn(y, n, z):
    return None, special.spherical_jn(n, z, True)


@partials(special.spherical_jn)
def spherical_jn_derivative(y, n, z, derivative):
    lower, upper = special.spherical_jn(abs(n - 1), z, derivative), special.spherical_jn(n + 1, z, derivative)
    return None, (n * lower - (n + 1) * upper) / (2 * n + 1), None


@partials(special.spherical_yn)
def spherical_yn(y, n, z):
    return None, special.spherical_yn(n, z, True)


@partials(special.spherical_yn)
def spherical_yn_derivative(y, n, z, derivative):
    lower, upper = special.spherical_yn(abs(n - 1), z, derivative), special.spherical_yn(n + 1, z, derivative)
    return None, (n * lower - (n + 1) * upper) / (2 * n + 1), None


@partials(special.spherical_in)
def spherical_in(y, n, z):
    return None, special.spherical_in(n, z, True)


@partials(special.spherical_in)
def spherical_in_derivative(y, n, z, derivative):
    lower, upper = special.spherical_in(abs(n - 1), z, derivative), special.spherical_in(n + 1, z, derivative)
    return None, (n * lower + (n + 1) * upper) / (2 * n + 1), None


@partials(special.spherical_kn)
def spherical_kn(y, n, z):
    return None, special.spherical_kn(n, z, True)


@partials(special.spherical_kn)
def spherical_kn_derivative(y, n, z, derivative):
    lower, upper = special.spherical_kn(abs(n - 1), z, derivative), special.spherical_kn(n + 1, z, derivative)
    return None, -(n * lower + (n + 1) * upper) / (2 * n + 1), None


holomorphic(special.spherical_jn, special.spherical_yn, special.spherical_in, special.spherical_kn)

# --- Airy functions: Ai, Ai', Bi and Bi', with Ai'' = z Ai


@adjoint(special.airy, container=True)
def airy(y, z):
    d[z] = d[y][0] * y[1] + d[y][1] * z * y[0] + d[y][2] * y[3] + d[y][3] * z * y[2]


@tangent_(special.airy, container=True)
def airy_tangent(y, z):
    d[y] = (y[1] * d[z], z * y[0] * d[z], y[3] * d[z], z * y[2] * d[z])


# Of real numbers, with exponential factors: for `z` < 0 there is none for Ai, and its derivative is NaN.
@adjoint(special.airye, container=True)
def airye(y, z):
    root = np.sqrt(z)
    first = d[y][0] * (y[1] + root * y[0]) + d[y][1] * (z * y[0] + root * y[1])
    d[z] = first + d[y][2] * (y[3] - root * y[2]) + d[y][3] * (z * y[2] - root * y[3])


@tangent_(special.airye, container=True)
def airye_tangent(y, z):
    root = np.sqrt(z)
    first, slope = (y[1] + root * y[0]) * d[z], (z * y[0] + root * y[1]) * d[z]
    d[y] = (first, slope, (y[3] - root * y[2]) * d[z], (z * y[2] - root * y[3]) * d[z])


@adjoint(special.itairy, container=True)
def itairy(y, x):
    up, down = special.airy(x), special.airy(-x)
    d[x] = d[y][0] * up[0] + d[y][1] * up[2] + d[y][2] * down[0] + d[y][3] * down[2]


@tangent_(special.itairy, container=True)
def itairy_tangent(y, x):
    up, down = special.airy(x), special.airy(-x)
    d[y] = (up[0] * d[x], up[2] * d[x], down[0] * d[x], down[2] * d[x])


# --- integrals of Bessel functions


@adjoint(special.itj0y0, container=True)
def itj0y0(y, x):
    d[x] = d[y][0] * special.j0(x) + d[y][1] * special.y0(x)


@tangent_(special.itj0y0, container=True)
def itj0y0_tangent(y, x):
    d[y] = (special.j0(x) * d[x], special.y0(x) * d[x])


@adjoint(special.iti0k0, container=True)
def iti0k0(y, x):
    d[x] = d[y][0] * special.i0(x) + d[y][1] * special.k0(x)


@tangent_(special.iti0k0, container=True)
def iti0k0_tangent(y, x):
    d[y] = (special.i0(x) * d[x], special.k0(x) * d[x])


@adjoint(special.it2j0y0, container=True)
def it2j0y0(y, x):
    d[x] = (d[y][0] * (1.0 - special.j0(x)) - d[y][1] * special.y0(x)) / x


@tangent_(special.it2j0y0, container=True)
def it2j0y0_tangent(y, x):
    d[y] = ((1.0 - special.j0(x)) / x * d[x], -special.y0(x) / x * d[x])


@adjoint(special.it2i0k0, container=True)
def it2i0k0(y, x):
    d[x] = (d[y][0] * (special.i0(x) - 1.0) - d[y][1] * special.k0(x)) / x


@tangent_(special.it2i0k0, container=True)
def it2i0k0_tangent(y, x):
    d[y] = ((special.i0(x) - 1.0) / x * d[x], -special.k0(x) / x * d[x])


# --- Kelvin functions


@partials(special.ber)
def ber(y, x):
    return special.berp(x)


@partials(special.bei)
def bei(y, x):
    return special.beip(x)


@partials(special.berp)
def berp(y, x):
    return -special.bei(x) - y / x


@partials(special.beip)
def beip(y, x):
    return special.ber(x) - y / x


@partials(special.ker)
def ker(y, x):
    return special.kerp(x)


@partials(special.kei)
def kei(y, x):
    return special.keip(x)


@partials(special.kerp)
def kerp(y, x):
    return -special.kei(x) - y / x


@partials(special.keip)
def keip(y, x):
    return special.ker(x) - y / x


# --- Struve functions (DLMF 11.4)


@partials(special.struve)
def struve(y, v, x):
    power = (0.5 * x) ** v / in_precision_of(math.sqrt(math.pi) * special.gamma(v + 1.5), y)
    return None, 0.5 * (special.struve(v - 1, x) - special.struve(v + 1, x) + power)


@partials(special.modstruve)
def modstruve(y, v, x):
    power = (0.5 * x) ** v / in_precision_of(math.sqrt(math.pi) * special.gamma(v + 1.5), y)
    return None, 0.5 * (special.modstruve(v - 1, x) + special.modstruve(v + 1, x) + power)


@partials(special.itstruve0)
def itstruve0(y, x):
    return in_precision_of(special.struve(0, x), x)


@partials(special.itmodstruve0)
def itmodstruve0(y, x):
    return in_precision_of(special.modstruve(0, x), x)


@partials(special.it2struve0)
def it2struve0(y, x):
    return in_precision_of(-special.struve(0, x) / x, x)


# --- parabolic cylinder functions, with their derivatives: y'' = (x ** 2 / 4 - v - 1 / 2) y (DLMF 12.2)


@adjoint(special.pbdv, special.pbvv, container=True)
def pbdv(y, v, x):
    d[x] = unbroadcast(d[y][0] * y[1] + d[y][1] * (0.25 * x * x - v - 0.5) * y[0], x)


@tangent_(special.pbdv, special.pbvv, container=True)
def pbdv_tangent(y, v, x):
    d[y] = (y[1] * d[x], (0.25 * x * x - v - 0.5) * y[0] * d[x])


@adjoint(special.pbwa, container=True)
def pbwa(y, a, x):
    d[x] = unbroadcast(d[y][0] * y[1] + d[y][1] * (a - 0.25 * x * x) * y[0], x)


@tangent_(special.pbwa, container=True)
def pbwa_tangent(y, a, x):
    d[y] = (y[1] * d[x], (a - 0.25 * x * x) * y[0] * d[x])


nondifferentiable(
    special.ai_zeros, special.bi_zeros, special.bei_zeros, special.beip_zeros, special.ber_zeros, special.berp_zeros,
    special.kei_zeros, special.keip_zeros, special.ker_zeros, special.kerp_zeros, special.kelvin_zeros,
    special.jn_zeros, special.jnp_zeros, special.jnyn_zeros, special.jnjnp_zeros, special.yn_zeros, special.ynp_zeros,
    special.y0_zeros, special.y1_zeros, special.y1p_zeros,
)
