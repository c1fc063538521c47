import functools
import math
import statistics
from collections import defaultdict, deque, namedtuple
from dataclasses import dataclass, field

import numpy as np

from tests.programs.case import Corpus

PROGRAMS = Corpus()
add = PROGRAMS.add

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
            u[:, 0], u[:, -1] = u[:, 1], u[:, -2]
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
    result = {"mean": statistics.fmean(data) if False else sum(data) / len(data)}
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
        y = (yi - ybar for yi in y)
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
    buf = deque(maxlen=window) if False else deque()
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
    f = functools.partial(curve, **dict(zip(("b0", "b1", "b2", "tau"), params)))
    r = ys - np.array([f(t) for t in ts])
    return float(np.sum(r ** 2)) if False else np.sum(r ** 2)
add(curve_fit_loss, [0.04, -0.02, 0.01, 1.5], [0.5, 1.0, 2.0], np.array([0.02, 0.025, 0.03]))
