"""The samples of SciPy's rules; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import interpolate

from tests.rules.samples import PAIRS, POSITIVE, REAL, UNIT, Sample, array, value

__all__ = ["SCIPY_SAMPLES"]

# --- special functions

SPECIAL_ONE: dict[str, tuple[float, float]] = {
    "special.erf(x)": REAL, "special.erfc(x)": REAL, "special.erfcx(x)": REAL, "special.erfi(x)": REAL,
    "special.erfinv(x)": UNIT, "special.erfcinv(x)": (0.2, 1.8), "special.dawsn(x)": REAL, "special.ndtr(x)": REAL,
    "special.log_ndtr(x)": REAL, "special.ndtri(x)": (0.1, 0.9), "special.gamma(x)": POSITIVE,
    "special.gammaln(x)": POSITIVE, "special.loggamma(x)": POSITIVE, "special.rgamma(x)": POSITIVE,
    "special.digamma(x)": POSITIVE, "special.polygamma(1, x)": POSITIVE, "special.zeta(2.5, x)": POSITIVE,
    "special.gammainc(1.7, x)": POSITIVE, "special.gammaincc(1.7, x)": POSITIVE,
    "special.betainc(1.3, 2.1, x)": (0.1, 0.9), "special.expit(x)": REAL, "special.log_expit(x)": REAL,
    "special.logit(x)": (0.1, 0.9), "special.entr(x)": POSITIVE, "special.huber(0.9, x)": (-2.0, 2.1),
    "special.j0(x)": POSITIVE, "special.j1(x)": POSITIVE, "special.jv(2, x)": POSITIVE, "special.y0(x)": POSITIVE,
    "special.y1(x)": POSITIVE, "special.yv(2, x)": POSITIVE, "special.i0(x)": REAL, "special.i1(x)": REAL,
    "special.iv(2, x)": POSITIVE, "special.i0e(x)": REAL, "special.i1e(x)": REAL, "special.ive(2, x)": POSITIVE,
    "special.k0(x)": POSITIVE, "special.k1(x)": POSITIVE, "special.kv(2, x)": POSITIVE,
    "special.ellipk(x)": (0.1, 0.8), "special.ellipe(x)": (0.1, 0.8), "special.exp1(x)": POSITIVE,
    "special.expi(x)": POSITIVE, "special.expn(2, x)": POSITIVE, "special.exp2(x)": REAL, "special.expm1(x)": REAL,
    "special.log1p(x)": UNIT, "special.cbrt(x)": POSITIVE, "special.exp10(x)": (-1.0, 1.0), "special.cosm1(x)": REAL,
    "special.k0e(x)": POSITIVE, "special.k1e(x)": POSITIVE, "special.kve(2, x)": POSITIVE,
    "special.multigammaln(x, 2)": (1.2, 3.0), "special.sindg(x)": (10.0, 80.0), "special.cosdg(x)": (10.0, 80.0),
    "special.boxcox(x, 0.7)": POSITIVE, "special.inv_boxcox(x, 0.7)": POSITIVE,
    "special.gammasgn(x)": POSITIVE, "special.round(x)": POSITIVE,
}
SPECIAL_TWO: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "special.poch(x, y)": (POSITIVE, POSITIVE), "special.beta(x, y)": (POSITIVE, POSITIVE),
    "special.betaln(x, y)": (POSITIVE, POSITIVE), "special.xlogy(x, y)": (REAL, POSITIVE),
    "special.xlog1py(x, y)": (REAL, UNIT), "special.rel_entr(x, y)": (POSITIVE, POSITIVE),
    "special.kl_div(x, y)": (POSITIVE, POSITIVE), "special.huber(x, y)": (POSITIVE, (-2.0, 2.1)),
    "special.pseudo_huber(x, y)": (POSITIVE, REAL),
}


def special_functions() -> Iterator[Sample]:
    for text, domain in SPECIAL_ONE.items():
        for shape in (None, (3,)):
            yield Sample(text, {"x": value(shape, domain, text)})
    for text, (first, second) in SPECIAL_TWO.items():
        for left, right in (PAIRS[0], PAIRS[2], PAIRS[4]):
            yield Sample(text, {"x": value(left, first, text), "y": value(right, second, text + "y")})


# --- sums of exponentials


def sums_of_exponentials() -> Iterator[Sample]:
    for axis in ("", ", axis=0", ", axis=-1, keepdims=True", ", keepdims=True"):
        yield Sample(f"special.logsumexp(x{axis})", {"x": array(2, 3)})
        for shape in ((2, 3), (3,)):
            weights = array(*shape, low=0.3, high=2.0)
            yield Sample(f"special.logsumexp(x{axis}, b=y)", {"x": array(2, 3), "y": weights})
    for name in ("softmax", "log_softmax"):
        yield Sample(f"special.{name}(x)", {"x": array(4)})
        yield Sample(f"special.{name}(x, axis=0)", {"x": array(2, 3)})
        yield Sample(f"special.{name}(x, axis=-1)", {"x": array(2, 3)})


# --- distributions

LOCATED = ("norm", "cauchy", "logistic", "laplace", "gumbel_r", "expon", "uniform", "rayleigh")
SHAPED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(LOCATED, ()), "t": ("4.5",), "chi2": ("3.5",), "gamma": ("2.3",), "beta": ("1.7", "2.4"),
}
FUNCTIONS = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf")
COUNTED = {
    "poisson": ("{}", POSITIVE), "bernoulli": ("{}", (0.2, 0.8)), "geom": ("{}", (0.2, 0.8)),
    "binom": ("5, {}", (0.2, 0.8)), "nbinom": ("2.5, {}", (0.2, 0.8)),
}
LESS_FUNCTIONS = {"beta": ("logpdf", "pdf", "cdf", "logcdf")}


def distributions() -> Iterator[Sample]:
    inside = (0.55, 0.95)
    for name, shapes in SHAPED.items():
        for function in LESS_FUNCTIONS.get(name, FUNCTIONS):
            call = f"stats.{name}.{function}"
            for shape in (None, (3,)):
                yield Sample(f"{call}({', '.join(('x', *shapes))})", {"x": value(shape, inside, name)})
            text = f"{call}({', '.join(('x', *shapes, 'y', 'z'))})"
            for shape in ((3,), (2, 3)):
                yield Sample(text, {
                    "x": value(shape, inside, name), "y": value((3,), (0.1, 0.4), name),
                    "z": value((2, 1), (1.1, 1.9), name),
                })
        for function in ("ppf", "isf") if not shapes else ("ppf",):
            if name != "beta":
                text = f"stats.{name}.{function}({', '.join(('x', *shapes, 'y', 'z'))})"
                yield Sample(text, {
                    "x": value((3,), (0.2, 0.8), name), "y": value((3,), REAL, name), "z": value(None, POSITIVE, name),
                })
    for function in ("logpdf", "pdf"):
        for name in ("t", "chi2", "gamma"):
            yield Sample(f"stats.{name}.{function}(x, y, scale=z)", {
                "x": value((3,), inside, name), "y": value((2, 1), (1.3, 4.5), name), "z": 1.3,
            })
        x, a, b = value((3,), inside, "x"), value((2, 1), (1.3, 4.5), "a"), value((3,), (1.2, 3.3), "b")
        yield Sample(f"stats.beta.{function}(x, y, z)", {"x": x, "y": a, "z": b})
    for name, (form, domain) in COUNTED.items():
        for function in ("logpmf", "pmf", *(("cdf", "sf") if name == "poisson" else ())):
            for shape in (None, (2, 1)):
                text = f"stats.{name}.{function}(y, {form.format('x')})"
                counts = np.array([1, 0, 1]) if name == "bernoulli" else np.array([1, 4, 2])
                yield Sample(text, {"x": value(shape, domain, name), "y": counts}, fixed=("y",))
    for function in ("logpmf", "pmf"):
        yield Sample(f"stats.nbinom.{function}(3, x, y)", {"x": value((3,), POSITIVE, "n"), "y": 0.4})


# --- linear algebra


def matrices() -> Iterator[Sample]:
    a = array(3, 3, key="a") + 3.0 * np.eye(3)
    for b in (array(3), array(3, 2)):
        yield Sample("linalg.solve(x, y)", {"x": a, "y": b})
        for options in ("", ", lower=True", ", 1", ", 'T', lower=True", ", 'N', True, True", ", unit_diagonal=True"):
            yield Sample(f"linalg.solve_triangular(x, y{options})", {"x": a, "y": b})
    yield Sample("linalg.inv(x)", {"x": a})
    yield Sample("linalg.det(x)", {"x": a})
    for options in ("", ", axis=1", ", 1, axis=0", ", axis=0, keepdims=True"):
        yield Sample(f"linalg.norm(x{options})", {"x": a})
    for shape in ((1, 1), (3, 3), (2, 2, 2)):
        yield Sample("linalg.expm(x)", {"x": array(*shape)})
    yield from factorizations_of_scipy()
    for left, right in ((3, 3), (3, 2), (1, 4)):
        args = {"x": array(left, left) + 3.0 * np.eye(left), "y": array(right, right, key="y") + 3.0 * np.eye(right)}
        yield Sample("linalg.solve_sylvester(x, y, z)", {**args, "z": array(left, right, key="z")})
    for bands in ((1, 1), (1, 2), (2, 0), (0, 0)):
        ab = array(sum(bands) + 1, 5)
        ab[bands[1]] += 6.0
        for b in (array(5), array(5, 2)):
            yield Sample(f"linalg.solve_banded({bands}, x, y)", {"x": ab, "y": b})
    yield Sample("(runtime.opposite(0) == 'T') * x", {"x": 1.5}, covers="runtime.opposite(0)")


def factorizations_of_scipy() -> Iterator[Sample]:
    square = array(3, 3) + np.diag([2.0, 4.0, 7.0])
    definite = square @ square.T
    for options in ("", ", True", ", lower=False"):
        yield Sample(f"linalg.cholesky(x{options})", {"x": definite})
    for options in ("", ", lower=False"):
        yield Sample(f"linalg.eigvalsh(x{options})", {"x": square})
        for part in ("[0]", "[1] ** 2"):
            call = f"linalg.eigh(x{options})"
            yield Sample(call + part, {"x": square}, covers=call)
    for a in (array(4, 3), array(3, 4), square):
        yield Sample("linalg.pinv(x)", {"x": a})
        yield Sample("linalg.svd(x, compute_uv=False)", {"x": a})
        for part in ("[0] ** 2", "[1]", "[2] ** 2"):
            call = "linalg.svd(x, full_matrices=False)"
            yield Sample(call + part, {"x": a}, covers=call)
    for a in (definite, square + 3.0 * np.eye(3)):
        yield Sample("linalg.sqrtm(x)", {"x": a})


# --- splines

GRIDS: tuple[tuple[tuple[int, ...] | None, tuple[int, ...] | None], ...] = (
    (None, None), (None, (3,)), ((3,), None), ((3,), (2,)), ((1,), (3,)), ((2,), (1,)), ((1,), ()),
)


def increasing(shape: tuple[int, ...] | None, domain: tuple[float, float], key: str) -> Any:
    return value(shape, domain, key) if not shape else np.sort(value(shape, domain, key))


def splines() -> Iterator[Sample]:
    points = np.linspace(0.0, 3.0, 9)
    inside, across = (0.2, 2.9), (-0.7, 3.6)
    for degree in (1, 2, 3):
        tck = interpolate.splrep(points, np.sin(points), k=degree)
        for shape in (None, (), (3,), (2, 3)):
            for options in ("", ", 1") if degree > 1 else ("",):
                args = {"x": value(shape, inside, f"{degree}"), "y": tck}
                yield Sample(f"interpolate.splev(x, y{options})", args, fixed=("y",))
        args = {"x": value((4,), across, f"{degree}"), "y": tck}
        for options in ("", ", ext=1", ", ext=3", ", 1, 3"):
            yield Sample(f"interpolate.splev(x, y{options})", args, fixed=("y",))
        for options in ("", ", 2", ", 1, 1", ", 2, 0"):
            yield Sample(f"runtime.spline_slope(x, y{options})", args, fixed=("y",))
    (t, c, k), other = tck, interpolate.splrep(points, np.cos(points))
    for x in (value(None, inside, "curve"), value((3,), inside, "curve")):
        yield Sample("interpolate.splev(x, y)", {"x": x, "y": (t, [c, other[1]], k)}, fixed=("y",))
        if hasattr(interpolate, "_fitpack_impl"):
            yield Sample("interpolate._fitpack_impl.splev(x, y)", {"x": x, "y": tck}, fixed=("y",))
    grid = np.meshgrid(points, points, indexing="ij")
    for degrees in ((3, 3), (1, 2)):
        heights = np.sin(grid[0]) * np.cos(0.7 * grid[1])
        surface = interpolate.RectBivariateSpline(points, points, heights, kx=degrees[0], ky=degrees[1])
        tck = [*surface.tck, *degrees]
        for left, right in GRIDS:
            for domain in (inside, across):
                args = {"x": increasing(left, domain, "x"), "y": increasing(right, domain, "y"), "z": tck}
                for options in ("", ", 1", ", dy=1") if min(degrees) > 1 and domain == inside else ("",):
                    yield Sample(f"interpolate.bisplev(x, y, z{options})", args, fixed=("z",))
                for options in ("", ", 1", ", 0, 1"):
                    yield Sample(f"runtime.surface_slope(x, y, z{options})", args, fixed=("z",))


SCIPY_SAMPLES: tuple[Sample, ...] = (
    *special_functions(), *sums_of_exponentials(), *distributions(), *matrices(), *splines(),
)
