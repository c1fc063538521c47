"""Programs in the style of packages, as they are written where nobody thinks of derivatives.

Steam tables, orbits, options, filters, solar position, splines, integrators with step control, units, equations of
state, particles, finite differences, statistics, polynomials, quaternions.
"""

import bisect
import functools
import inspect
import math
from collections import defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from tests.programs.case import Corpus

PACKAGES = Corpus()


def add(function, *arguments, **options):
    """Add a program with the defaults of the parameters that are left out."""
    bound = inspect.signature(function).bind(*arguments)
    bound.apply_defaults()
    PACKAGES.add(function, *bound.args, **options)


# steam: region tables of (I, J, n)
REGION1 = [(0, -2, 0.14632971213167), (0, -1, -0.84548187169114), (1, 0, -0.00283), (2, -3, 0.0471), (3, 4, -1e-4)]
P_STAR, T_STAR, R_GAS = 16.53, 1386.0, 0.461526

def _gamma1(pi, tau):
    return sum(n * (7.1 - pi) ** i * (tau - 1.222) ** j for i, j, n in REGION1)

def _gamma1_pi(pi, tau):
    return sum(-n * i * (7.1 - pi) ** (i - 1) * (tau - 1.222) ** j for i, j, n in REGION1)

def _region(T, P):
    if not 273.15 <= T <= 2273.15:
        raise ValueError("temperature out of range: %g" % T)
    if P < 0.000611:
        return 2
    return 1 if T < 623.15 else 5

class Steam:
    """Properties at T in K and P in MPa."""
    _cache = {}
    def __init__(self, T, P=None, x=None, **kwargs):
        self.T = T
        self.P = P if P is not None else kwargs.get("pressure", 0.1)
        self.region = _region(T, self.P)
        self._calculate()
    def _calculate(self):
        {1: self._region1, 5: self._region5}[self.region]()
    def _region1(self):
        pi, tau = self.P / P_STAR, T_STAR / self.T
        self.v = pi * _gamma1_pi(pi, tau) * R_GAS * self.T / self.P / 1000.0
        self.g = R_GAS * self.T * _gamma1(pi, tau)
    def _region5(self):
        self.v = R_GAS * self.T / self.P
        self.g = 0.0
    @property
    def rho(self):
        return 1.0 / self.v

def steam_density(T, P):
    s = Steam(T, P=P)
    return s.rho + 1e-3 * s.g
add(steam_density, 300.0, 3.0, wrt=(0, 1))

# two-body propagator
def stumpff(psi):
    if psi > 1e-6:
        s = math.sqrt(psi)
        return (1 - math.cos(s)) / psi, (s - math.sin(s)) / s ** 3
    elif psi < -1e-6:
        s = math.sqrt(-psi)
        return (1 - math.cosh(s)) / psi, (math.sinh(s) - s) / s ** 3
    else:
        return 1 / 2.0, 1 / 6.0

def kepler_universal(r0, v0, dt, mu=1.0, tol=1e-13, maxiter=50):
    r0 = np.asarray(r0, dtype=float)
    v0 = np.asarray(v0, dtype=float)
    r = np.linalg.norm(r0)
    vr = np.dot(r0, v0) / r
    alpha = 2 / r - np.dot(v0, v0) / mu
    chi = math.sqrt(mu) * abs(alpha) * dt
    ratio, n = 1.0, 0
    while abs(ratio) > tol:
        if n >= maxiter:
            raise RuntimeError(f"no convergence after {n} iterations")
        c, s = stumpff(alpha * chi ** 2)
        F = r * vr / np.sqrt(mu) * chi ** 2 * c + (1 - alpha * r) * chi ** 3 * s + r * chi - np.sqrt(mu) * dt
        dF = r * vr / np.sqrt(mu) * chi * (1 - alpha * chi ** 2 * s) + (1 - alpha * r) * chi ** 2 * c + r
        ratio = F / dF
        chi = chi - ratio
        n += 1
    c, s = stumpff(alpha * chi ** 2)
    f = 1 - chi ** 2 / r * c
    g = dt - chi ** 3 * s / np.sqrt(mu)
    rn = f * r0 + g * v0
    return rn
add(kepler_universal, np.array([1.0, 0.1, 0.05]), np.array([0.05, 0.95, 0.1]), 0.7, wrt=(0, 1, 2))

# option pricing
class OptionType(Enum):
    CALL = 1
    PUT = -1

def norm_cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2.0))

def black_scholes(S, K, r, sigma, T, kind="call", model=None):
    kind = kind.lower().strip()
    if kind not in ("call", "put", "straddle"):
        raise ValueError(f"unknown option: {kind!r}")
    d1 = (math.log(S / K) + (r + sigma ** 2 / 2) * T) / (sigma * math.sqrt(T))
    d2 = d1 - sigma * math.sqrt(T)
    pricers = {
        "call": lambda: S * norm_cdf(d1) - K * math.exp(-r * T) * norm_cdf(d2),
        "put": lambda: K * math.exp(-r * T) * norm_cdf(-d2) - S * norm_cdf(-d1),
    }
    if kind == "straddle":
        return pricers["call"]() + pricers["put"]()
    return pricers[kind]()
add(black_scholes, 100.0, 95.0, 0.03, 0.2, 0.5, wrt=(0, 1, 2, 3, 4))
add(black_scholes, 100.0, 95.0, 0.03, 0.2, 0.5, " Straddle", wrt=(0, 1, 2, 3, 4), label="straddle")

def binomial_tree(S, K, T, r, sigma, N=6, american=True, opttype=OptionType.PUT):
    dt = T / N
    u = np.exp(sigma * np.sqrt(dt))
    d = 1.0 / u
    q = (np.exp(r * dt) - d) / (u - d)
    disc = np.exp(-r * dt)
    prices = S * d ** np.arange(N, -1, -1) * u ** np.arange(0, N + 1, 1)
    sign = opttype.value
    V = np.maximum(0, sign * (prices - K))
    for i in np.arange(N - 1, -1, -1):
        prices = S * d ** np.arange(i, -1, -1) * u ** np.arange(0, i + 1, 1)
        V[: i + 1] = disc * (q * V[1 : i + 2] + (1 - q) * V[0 : i + 1])
        V = V[:-1]
        if american:
            V = np.maximum(V, sign * (prices - K))
    return V[0]
add(binomial_tree, 100.0, 103.0, 1.0, 0.06, 0.3, wrt=(0, 1, 2, 3, 4))

# Kalman filter class
class KalmanFilter:
    def __init__(self, F, H, Q, R, x0=None, P0=None):
        self.n = F.shape[1]
        self.m = H.shape[0]
        self.F, self.H = F, H
        self.Q = np.eye(self.n) if Q is None else Q
        self.R = np.eye(self.m) if R is None else R
        self.P = np.eye(self.n) if P0 is None else P0
        self.x = np.zeros(self.n) if x0 is None else x0
        self.log_likelihood = 0.0
    def predict(self, u=0):
        self.x = self.F @ self.x + u
        self.P = self.F @ self.P @ self.F.T + self.Q
        return self.x
    def update(self, z):
        if z is None:
            return
        y = z - self.H @ self.x
        S = self.R + self.H @ self.P @ self.H.T
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x = self.x + K @ y
        I = np.eye(self.n)
        self.P = (I - K @ self.H) @ self.P @ (I - K @ self.H).T + K @ self.R @ K.T
        self.log_likelihood -= 0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(S)) + len(y) * np.log(2 * np.pi))

def filter_likelihood(q, r, zs, dt=0.1):
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    Q = q * np.array([[dt ** 4 / 4, dt ** 3 / 2], [dt ** 3 / 2, dt ** 2]])
    kf = KalmanFilter(F, H, Q, np.array([[r]]))
    predictions = []
    for z in zs:
        predictions.append((H @ kf.predict())[0])
        kf.update(z)
    return kf.log_likelihood + 0.1 * sum(p ** 2 for p in predictions)
add(filter_likelihood, 0.5, 0.2, np.array([[0.1], [0.3], [0.2], [0.5]]), wrt=(0, 1, 2))

# solar position
def julian_day(year, month, day, hour=0.0):
    if month <= 2:
        year -= 1
        month += 12
    A = int(year / 100)
    B = 2 - A + int(A / 4)
    return int(365.25 * (year + 4716)) + int(30.6001 * (month + 1)) + day + hour / 24.0 + B - 1524.5

def sun_position(lat, lon, hour, year=2021, month=6, day=12, refraction=True):
    n = julian_day(year, month, day, hour) - 2451545.0
    L = (280.460 + 0.9856474 * n) % 360
    g = math.radians((357.528 + 0.9856003 * n) % 360)
    lam = math.radians(L + 1.915 * math.sin(g) + 0.020 * math.sin(2 * g))
    eps = math.radians(23.439 - 4e-7 * n)
    ra = math.atan2(math.cos(eps) * math.sin(lam), math.cos(lam))
    dec = math.asin(math.sin(eps) * math.sin(lam))
    gmst = (6.697375 + 0.0657098242 * n + hour) % 24
    lmst = math.radians((gmst * 15 + lon) % 360)
    ha = lmst - ra
    if not -math.pi < ha <= math.pi:
        ha -= math.copysign(2 * math.pi, ha)
    phi = math.radians(lat)
    el = math.asin(math.sin(dec) * math.sin(phi) + math.cos(dec) * math.cos(phi) * math.cos(ha))
    az = math.atan2(-math.sin(ha), math.tan(dec) * math.cos(phi) - math.sin(phi) * math.cos(ha))
    el = math.degrees(el)
    if refraction and el > -0.5:
        el += 1.02 / math.tan(math.radians(el + 10.3 / (el + 5.11))) / 60
    return {"elevation": el, "azimuth": math.degrees(az) % 360}
add(sun_position, 48.1, 11.6, 10.3, wrt=(0, 1, 2))

# natural cubic spline by hand
def spline_coefficients(x, y):
    n = len(x) - 1
    h = [x[i + 1] - x[i] for i in range(n)]
    alpha = [0.0] + [3 * (y[i + 1] - y[i]) / h[i] - 3 * (y[i] - y[i - 1]) / h[i - 1] for i in range(1, n)]
    l, mu, z = [1.0] + n * [0.0], [0.0] * (n + 1), [0.0] * (n + 1)
    for i in range(1, n):
        l[i] = 2 * (x[i + 1] - x[i - 1]) - h[i - 1] * mu[i - 1]
        mu[i] = h[i] / l[i]
        z[i] = (alpha[i] - h[i - 1] * z[i - 1]) / l[i]
    l[n], z[n] = 1.0, 0.0
    c = [0.0] * (n + 1)
    b, d = [None] * n, [None] * n
    for j in reversed(range(n)):
        c[j] = z[j] - mu[j] * c[j + 1]
        b[j] = (y[j + 1] - y[j]) / h[j] - h[j] * (c[j + 1] + 2 * c[j]) / 3
        d[j] = (c[j + 1] - c[j]) / (3 * h[j])
    return list(zip(y[:-1], b, c[:-1], d))

def spline(xq, x, y, extrapolate=False):
    coefs = spline_coefficients(x, y)
    i = bisect.bisect_right(x, xq) - 1
    if i < 0 or i >= len(coefs):
        if not extrapolate:
            return float("nan")
        i = min(max(i, 0), len(coefs) - 1)
    a, b, c, d = coefs[i]
    t = xq - x[i]
    return a + t * (b + t * (c + t * d))
add(spline, 1.3, [0.0, 1.0, 2.0, 3.5], [0.5, -0.2, 1.0, 0.3], wrt=(0, 1, 2))
add(spline, 4.3, [0.0, 1.0, 2.0, 3.5], [0.5, -0.2, 1.0, 0.3], True, wrt=(0, 1, 2), label="beyond")

# embedded RK with step control
class Tableau:
    c = [0, 1 / 2, 3 / 4, 1]
    a = [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]]
    b = [2 / 9, 1 / 3, 4 / 9, 0]
    bh = [7 / 24, 1 / 4, 1 / 3, 1 / 8]

def rk_step(f, t, y, h, args=(), tableau=Tableau):
    k = []
    for ci, ai in zip(tableau.c, tableau.a):
        yi = y + h * sum((aij * kj for aij, kj in zip(ai, k)), start=0 * y)
        k.append(f(t + ci * h, yi, *args))
    y1 = y + h * sum(b * kj for b, kj in zip(tableau.b, k))
    err = h * sum((b - bh) * kj for b, bh, kj in zip(tableau.b, tableau.bh, k))
    return y1, err

def solve_ode(f, y0, t_span, args=(), rtol=1e-3, atol=1e-5, h0=0.1, max_steps=100, callback=None):
    t, tf = t_span
    y = np.array(y0, dtype=float)
    h = h0
    ts, ys = [t], [y]
    rejected = 0
    for _ in range(max_steps):
        if t >= tf:
            break
        h = min(h, tf - t)
        y1, err = rk_step(f, t, y, h, args)
        scale = atol + rtol * np.maximum(np.abs(y), np.abs(y1))
        e = np.sqrt(np.mean((err / scale) ** 2))
        if e <= 1:
            t += h
            y = y1
            ts.append(t)
            ys.append(y)
            if callback is not None:
                callback(t, y)
        else:
            rejected += 1
        h *= min(5.0, max(0.2, 0.9 * (1 / max(float(e), 1e-10)) ** (1 / 3)))
    else:
        raise RuntimeError("too many steps")
    return np.array(ts), np.array(ys)

def lotka(t, z, a, b, c, d):
    x, y = z
    return np.array([a * x - b * x * y, -c * y + d * x * y])

def lotka_volterra(a, b, y0):
    ts, ys = solve_ode(lotka, y0, (0, 1.0), args=(a, b, 1.0, 0.3))
    return ys[-1]
add(lotka_volterra, 1.1, 0.4, np.array([2.0, 1.0]), wrt=(0, 1, 2))

# unit conversion
_UNITS = {"length": {"m": 1.0, "ft": 0.3048, "in": 0.0254, "km": 1e3}, "mass": {"kg": 1.0, "lb": 0.45359237}}
_OFFSETS = {("C", "K"): lambda t: t + 273.15, ("F", "K"): lambda t: (t + 459.67) * 5 / 9, ("K", "C"): lambda t: t - 273.15}

def convert(value, from_unit, to_unit):
    if from_unit == to_unit:
        return value
    if (from_unit, to_unit) in _OFFSETS:
        return _OFFSETS[from_unit, to_unit](value)
    for quantity, table in _UNITS.items():
        if from_unit in table:
            try:
                return value * table[from_unit] / table[to_unit]
            except KeyError:
                raise ValueError(f"cannot convert {from_unit} to {to_unit}: no {quantity}") from None
    raise ValueError(f"unknown unit {from_unit}")

def bmi(weight, height, units=("lb", "in")):
    w, h = (convert(v, u, t) for v, u, t in zip((weight, height), units, ("kg", "m")))
    return w / h ** 2 + convert(weight, "F", "K") * 0.01
add(bmi, 165.0, 70.0, wrt=(0, 1))

# cubic equation of state class hierarchy
class EOS:
    R = 8.314462618
    kwargs = {}
    def __init__(self, Tc, Pc, omega, T=None, P=None, **kwargs):
        self.Tc, self.Pc, self.omega, self.T, self.P = Tc, Pc, omega, T, P
        self.b = self.c2R * Tc / Pc
        self.ac = self.c1R2 * Tc * Tc / Pc
        self.solve()
    def alpha(self, T):
        raise NotImplementedError("alpha")
    def solve(self):
        a = self.ac * self.alpha(self.T)
        A = a * self.P / (self.R * self.T) ** 2
        B = self.b * self.P / (self.R * self.T)
        self.A, self.B = A, B
        self.Z = self._compressibility(A, B)
        self.phi = math.exp(self.Z - 1 - math.log(self.Z - B) - A / (self.d * B) * math.log((self.Z + self.e1 * B) / (self.Z + self.e2 * B)))
    def _compressibility(self, A, B):
        c2 = B * (self.u - 1) - 1
        c1 = A + self.w * B * B - self.u * B - self.u * B * B
        c0 = -(A * B + self.w * B * B + self.w * B ** 3)
        Z = 1.0
        for _ in range(100):
            f = ((Z + c2) * Z + c1) * Z + c0
            df = (3 * Z + 2 * c2) * Z + c1
            step = f / df
            Z -= step
            if abs(step) < 1e-13:
                break
        return Z

class PR(EOS):
    c1R2 = 0.45724 * EOS.R ** 2
    c2R = 0.0778 * EOS.R
    u, w = 2, -1
    e1, e2, d = 1 + 2 ** 0.5, 1 - 2 ** 0.5, 2 * 2 ** 0.5
    def __init__(self, *args, **kwargs):
        omega = kwargs.get("omega", args[2] if len(args) > 2 else 0.0)
        self.kappa = 0.37464 + omega * (1.54226 - 0.26992 * omega)
        super().__init__(*args, **kwargs)
    def alpha(self, T):
        return (1 + self.kappa * (1 - math.sqrt(T / self.Tc))) ** 2

def fugacity(T, P, Tc, Pc, omega):
    eos = PR(Tc, Pc, omega, T=T, P=P)
    return eos.phi * eos.P
add(fugacity, 350.0, 2e6, 425.1, 37.96e5, 0.2, wrt=(0, 1, 2, 3, 4), rtol=1e-4)

# particle system
@dataclass
class Particle:
    x: np.ndarray
    v: np.ndarray
    m: float = 1.0
    history: list = field(default_factory=list)
    def kinetic(self):
        return 0.5 * self.m * np.dot(self.v, self.v)
    def kick(self, f, dt):
        self.v = self.v + f * dt / self.m
    def drift(self, dt):
        self.x = self.x + self.v * dt
        self.history.append(self.x)

def energy_after(k, dt, x0):
    a, b = Particle(x0, np.zeros(2), 1.5), Particle(-x0, np.array([0.1, -0.2]))
    for _ in range(3):
        d = a.x - b.x
        f = -k * d * (1 - 1.0 / np.linalg.norm(d))
        a.kick(f, dt)
        b.kick(-f, dt)
        for p in (a, b):
            p.drift(dt)
    return a.kinetic() + b.kinetic() + 0.1 * np.sum(a.history[0] * b.history[-1])
add(energy_after, 2.0, 0.1, np.array([0.8, 0.3]), wrt=(0, 1, 2))

# PDE in place
def heat2d(u, alpha, nt=4, bc="dirichlet"):
    u = u.copy()
    nx, ny = u.shape
    dx = 1.0 / (nx - 1)
    dt = 0.2 * dx ** 2 / alpha
    un = np.empty_like(u)
    for n in range(nt):
        un[:] = u
        u[1:-1, 1:-1] = un[1:-1, 1:-1] + alpha * dt / dx ** 2 * (un[2:, 1:-1] + un[:-2, 1:-1] + un[1:-1, 2:] + un[1:-1, :-2] - 4 * un[1:-1, 1:-1]) + dt * np.sin(un[1:-1, 1:-1])
        if bc == "neumann":
            u[0, :] = u[1, :]
            u[-1, :] = u[-2, :]
            u[:, 0] = u[:, 1]
            u[:, -1] = u[:, -2]
        else:
            u[0, :] = u[-1, :] = 0
    return u
add(heat2d, np.arange(16.0).reshape(4, 4) / 10, 0.7, wrt=(0, 1))
add(heat2d, np.arange(16.0).reshape(4, 4) / 10, 0.7, 3, "neumann", wrt=(0, 1), label="neumann")

def thomas(a, b, c, d):
    n = len(d)
    cp, dp = np.zeros(n - 1), np.zeros(n)
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i - 1] * cp[i - 1]
        if i < n - 1:
            cp[i] = c[i] / m
        dp[i] = (d[i] - a[i - 1] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x

def crank_nicolson(u0, D, steps=2):
    n = u0.size
    r = D * 0.1
    u = np.array(u0)
    for _ in range(steps):
        rhs = u.copy()
        rhs[1:-1] += 0.5 * r * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = thomas(-0.5 * r * np.ones(n - 1), (1 + r) * np.ones(n), -0.5 * r * np.ones(n - 1), rhs)
    return u
add(crank_nicolson, np.array([0.1, 0.5, 0.9, 0.2]), 0.8, wrt=(0, 1))

# statistics-like
def _ss(data, c=None):
    if c is None:
        c = sum(data) / len(data)
    total = sum((x - c) ** 2 for x in data)
    total2 = sum((x - c) for x in data)
    total -= total2 ** 2 / len(data)
    assert total >= 0, "negative sum of square deviations: %f" % total
    return total

class StatisticsError(ValueError):
    pass

def variance(data, xbar=None):
    if iter(data) is data:
        data = list(data)
    n = len(data)
    if n < 2:
        raise StatisticsError("variance requires at least two data points")
    return _ss(data, xbar) / (n - 1)

def median(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n % 2 == 1:
        return data[n // 2]
    i = n // 2
    return (data[i - 1] + data[i]) / 2

def quantiles(data, *, n=4, method="exclusive"):
    data = sorted(data)
    ld = len(data)
    if method == "inclusive":
        m = ld - 1
        result = []
        for i in range(1, n):
            j, delta = divmod(i * m, n)
            interpolated = (data[j] * (n - delta) + data[j + 1] * delta) / n
            result.append(interpolated)
        return result
    if method == "exclusive":
        m = ld + 1
        result = []
        for i in range(1, n):
            j = i * m // n
            j = 1 if j < 1 else ld - 1 if j > ld - 1 else j
            delta = i * m - j * n
            interpolated = (data[j - 1] * (n - delta) + data[j] * delta) / n
            result.append(interpolated)
        return result
    raise ValueError(f"Unknown method: {method!r}")

def describe(data):
    result = {"mean": sum(data) / len(data)}
    result["var"] = variance(data)
    result["median"] = median(data)
    result.update(zip(("q1", "q2", "q3"), quantiles(data)))
    result["iqr"] = result["q3"] - result["q1"]
    lo, *_, hi = sorted(data)
    result["range"] = hi - lo
    return result
add(describe, [1.2, 0.3, 2.5, 1.9, 0.7])

def linear_regression(x, y, /, *, proportional=False):
    n = len(x)
    if len(y) != n:
        raise StatisticsError("linear regression requires that both inputs have same number of data points")
    if not proportional:
        xbar = math.fsum(x) / n
        ybar = math.fsum(y) / n
        x = [xi - xbar for xi in x]
        y = [yi - ybar for yi in y]
    sxy = sum(xi * yi for xi, yi in zip(x, y)) + 0.0
    sxx = sum(xi * xi for xi in x)
    try:
        slope = sxy / sxx
    except ZeroDivisionError:
        raise StatisticsError("x is constant")
    intercept = 0.0 if proportional else ybar - slope * xbar
    return LinearRegression(slope=slope, intercept=intercept)
LinearRegression = namedtuple("LinearRegression", ("slope", "intercept"))
def fit(x, y):
    r = linear_regression(x, y)
    return r.slope ** 2 + r.intercept
add(fit, [1.0, 2.0, 3.5, 4.0], [0.3, 0.9, 1.2, 2.2], wrt=(0, 1))

# polynomial class with operators
class Poly:
    def __init__(self, coef):
        self.coef = list(coef)
    def __call__(self, x):
        out = 0.0
        for c in self.coef[::-1]:
            out = out * x + c
        return out
    def __add__(self, other):
        if not isinstance(other, Poly):
            other = Poly([other])
        a, b = self.coef, other.coef
        if len(a) < len(b):
            a, b = b, a
        return Poly([ai + (b[i] if i < len(b) else 0) for i, ai in enumerate(a)])
    __radd__ = __add__
    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return Poly([c * other for c in self.coef])
        out = [0.0] * (len(self.coef) + len(other.coef) - 1)
        for i, a in enumerate(self.coef):
            for j, b in enumerate(other.coef):
                out[i + j] += a * b
        return Poly(out)
    __rmul__ = __mul__
    def __neg__(self):
        return -1 * self
    def __sub__(self, other):
        return self + (-other)
    def deriv(self):
        return Poly([i * c for i, c in enumerate(self.coef)][1:])
    def __len__(self):
        return len(self.coef)
    def __getitem__(self, i):
        return self.coef[i]

def poly_work(a, b, x):
    p = Poly([1.0, a, b])
    q = 2.0 * p * p - p.deriv() + 1.5
    return q(x) + q[1] * len(q)
add(poly_work, 0.4, -0.7, 1.3, wrt=(0, 1, 2))

# quaternion rotation
class Quaternion(namedtuple("Quaternion", "w x y z")):
    __slots__ = ()
    @classmethod
    def from_axis_angle(cls, axis, angle):
        ax = np.asarray(axis) / np.linalg.norm(axis)
        s = math.sin(angle / 2)
        return cls(math.cos(angle / 2), ax[0] * s, ax[1] * s, ax[2] * s)
    def __mul__(self, o):
        return Quaternion(
            self.w * o.w - self.x * o.x - self.y * o.y - self.z * o.z,
            self.w * o.x + self.x * o.w + self.y * o.z - self.z * o.y,
            self.w * o.y - self.x * o.z + self.y * o.w + self.z * o.x,
            self.w * o.z + self.x * o.y - self.y * o.x + self.z * o.w)
    @property
    def conj(self):
        return Quaternion(self.w, -self.x, -self.y, -self.z)
    def rotate(self, v):
        r = self * Quaternion(0.0, *v) * self.conj
        return np.array([r.x, r.y, r.z])

def rotated(axis, angle, v):
    return Quaternion.from_axis_angle(axis, angle).rotate(v)
add(rotated, np.array([1.0, 0.5, -0.2]), 0.7, np.array([0.3, -0.4, 1.0]), wrt=(0, 1, 2))

# moving window statistics with deque and defaultdict
def rolling(xs, window=3):
    buf = deque()
    sums = defaultdict(float)
    out = []
    for i, x in enumerate(xs):
        buf.append(x)
        if len(buf) > window:
            buf.popleft()
        m = sum(buf) / len(buf)
        sums["odd" if i % 2 else "even"] += m * m
        out.append(m)
    return out[-1] + sums["odd"] * sums["even"]
add(rolling, [0.3, 0.5, -0.2, 0.9, 1.1])

# bond pricing and root finding
def bisect_newton(f, df, lo, hi, tol=1e-12, maxiter=60, args=(), full_output=False):
    flo, fhi = f(lo, *args), f(hi, *args)
    if flo * fhi > 0:
        raise ValueError("root not bracketed")
    x = 0.5 * (lo + hi)
    for it in range(maxiter):
        fx = f(x, *args)
        if abs(fx) < tol:
            break
        if flo * fx < 0:
            hi = x
        else:
            lo, flo = x, fx
        step = fx / df(x, *args)
        new = x - step
        x = new if lo < new < hi else 0.5 * (lo + hi)
    else:
        raise RuntimeError(f"failed after {maxiter}")
    x = x - f(x, *args) / df(x, *args)
    if full_output:
        return x, {"iterations": it, "residual": f(x, *args)}
    return x

def price(y, face, coupon, n):
    return sum(face * coupon / (1 + y) ** k for k in range(1, n + 1)) + face / (1 + y) ** n

def bond_yield(p, coupon):
    f = lambda y, c: price(y, 100.0, c, 5) - p
    df = lambda y, c, h=1e-6: (f(y + h, c) - f(y - h, c)) / (2 * h)
    y, info = bisect_newton(f, df, 0.001, 0.5, args=(coupon,), full_output=True)
    return y
add(bond_yield, 97.0, 0.04, wrt=(0, 1), rtol=1e-3)

# Nelder-Siegel, with dispatch by dict of lambdas & partial
CURVES = {
    "ns": lambda t, b0, b1, b2, tau: b0 + b1 * (1 - np.exp(-t / tau)) / (t / tau) + b2 * ((1 - np.exp(-t / tau)) / (t / tau) - np.exp(-t / tau)),
    "flat": lambda t, b0, *_: b0 + 0 * t,
}
def curve_fit_loss(params, ts, ys, model="ns"):
    curve = CURVES[model]
    level, *shape = params
    f = functools.partial(curve, b0=level, b1=shape[0], b2=shape[1], tau=shape[2])
    r = ys - np.array([f(t) for t in ts])
    return np.sum(r ** 2)
add(curve_fit_loss, [0.04, -0.02, 0.01, 1.5], [0.5, 1.0, 2.0], np.array([0.02, 0.025, 0.03]))
