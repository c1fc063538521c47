"""The samples of the rules of `scipy.stats`; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.rules.samples import POSITIVE, Sample, value

__all__ = ["STATS_SAMPLES"]

FUNCTIONS = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf")
INVERSE = ("ppf", "isf")
INSIDE, BEYOND_ONE, NEGATIVE = (0.55, 0.95), (3.1, 4.7), (-2.1, -0.8)

LOCATED = (
    "norm", "halfnorm", "cauchy", "halfcauchy", "logistic", "halflogistic", "hypsecant", "laplace", "gumbel_r",
    "gumbel_l", "moyal", "expon", "uniform", "rayleigh", "maxwell", "levy", "arcsine", "semicircular",
)
SHAPED: dict[str, tuple[float, ...]] = {"vonmises": (1.7,), "invgauss": (1.3,)}
"""Shapes by which the distribution functions have no derivative."""
MOVING: dict[str, tuple[float, ...]] = {
    "t": (4.5,), "chi2": (3.5,), "chi": (3.5,), "gamma": (2.3,), "invgamma": (2.3,), "loggamma": (2.3,),
    "nakagami": (1.4,), "beta": (1.7, 2.4), "betaprime": (1.7, 2.4), "f": (3.5, 5.5),
    "weibull_min": (1.7,), "weibull_max": (1.7,), "invweibull": (1.7,), "pareto": (1.7,), "lomax": (1.7,),
    "powerlaw": (1.7,), "lognorm": (0.8,), "fisk": (1.7,), "gompertz": (0.8,), "foldnorm": (0.8,), "rice": (0.8,),
    "skewnorm": (1.7,), "genextreme": (0.3,), "genpareto": (0.3,), "truncnorm": (-1.2, 1.5), "johnsonsu": (0.6, 1.4),
}
DOMAINS = {"pareto": BEYOND_ONE, "weibull_max": NEGATIVE}
COUNTED = {
    "poisson": ("{}", POSITIVE), "bernoulli": ("{}", (0.2, 0.8)), "geom": ("{}", (0.2, 0.8)),
    "binom": ("5, {}", (0.2, 0.8)), "nbinom": ("2.5, {}", (0.2, 0.8)),
}
COUNTED_FUNCTIONS = {
    "poisson": ("logpmf", "pmf", "cdf", "sf", "logcdf", "logsf"), "bernoulli": ("logpmf", "pmf"),
    "geom": ("logpmf", "pmf", "cdf", "sf"), "binom": ("logpmf", "pmf", "cdf", "sf"),
    "nbinom": ("logpmf", "pmf", "cdf", "sf"),
}


def distributions() -> Iterator[Sample]:
    """Those of the normal distribution in all shapes; the others are declared as it is."""
    for name, shapes in {**dict.fromkeys(LOCATED, ()), **SHAPED, **MOVING}.items():
        inside = DOMAINS.get(name, INSIDE)
        for function in (*FUNCTIONS, *INVERSE):
            call, domain = f"stats.{name}.{function}", (0.2, 0.8) if function in INVERSE else inside
            first = ", ".join(("x", *map(str, shapes)))
            if function == "logpdf" or name == "norm":
                yield Sample(f"{call}({first})", {"x": value(None, domain, call)})
            for shape in ((3,), (2, 3)) if name == "norm" else ((3,),):
                yield Sample(f"{call}({first}, y, z)", {
                    "x": value(shape, domain, call), "y": value((3,), (0.1, 0.4), call),
                    "z": value((2, 1), (1.1, 1.9), call),
                })
            if name in MOVING or (shapes and function in ("logpdf", "pdf")):
                yield of_shapes(f"stats.{name}.{function}", shapes, domain)


def of_shapes(call: str, shapes: tuple[float, ...], domain: tuple[float, float]) -> Sample:
    names = "ab"[: len(shapes)]
    near = {
        name: value((2, 1), (shape - 0.2, shape + 0.2), call + name)
        for name, shape in zip(names, shapes, strict=True)
    }
    return Sample(f"{call}(x, {', '.join(names)}, scale=z)", {"x": value((3,), domain, call), **near, "z": 1.3})


def discrete_distributions() -> Iterator[Sample]:
    for name, (form, domain) in COUNTED.items():
        for function in COUNTED_FUNCTIONS[name]:
            for shape in (None, (2, 1)):
                text = f"stats.{name}.{function}(y, {form.format('x')})"
                counts = np.array([1, 0, 1]) if name == "bernoulli" else np.array([1, 4, 2])
                yield Sample(text, {"x": value(shape, domain, name), "y": counts}, fixed=("y",))
                if function not in ("logpmf", "pmf"):
                    text = f"stats.{name}.{function}(y, {form.format('x')}, -1)"
                    args = {"x": value(shape, domain, name), "y": np.array([0.7, 2.0, 2.3])}
                    yield Sample(text, args, fixed=("y",))
    for function in ("logpmf", "pmf"):
        yield Sample(f"stats.nbinom.{function}(3, x, y)", {"x": value((3,), POSITIVE, "n"), "y": 0.4})


STATS_SAMPLES: tuple[Sample, ...] = (*distributions(), *discrete_distributions())
