"""Programs in the style of small packages."""
import bisect
import math
from enum import Enum

import numpy as np

from tests.programs.case import Corpus

PROGRAMS = Corpus()
add = PROGRAMS.add

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
        method = getattr(self, "_region%d" % self.region)
        method()
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
