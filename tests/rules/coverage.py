"""What of NumPy and SciPy is differentiated, found in the registry, and how that compares with other libraries.

    python -m tests.rules.coverage             (the shares, and what is missing)

`numpy_functions` and `scipy_functions` say of every public function how it is differentiated, or that it is not;
`docs/functions.md` shows it.
"""

from __future__ import annotations

import ast
import functools
import importlib
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import fft, integrate, interpolate, linalg, ndimage, optimize, signal, special, stats

from tangent.frontend.numpy_calls import is_written_out, ufunc_of
from tangent.rules import definitions, registry, solvers
from tangent.rules.refused import refusal
from tests.rules import jax_functions
from tests.rules.evaluate import NAMESPACE
from tests.rules.samples_numpy import formulas_of_numpy

__all__ = ["AUTOGRAD", "Entry", "autograd_functions", "numpy_functions", "scipy_functions", "shares"]

Status = Literal["differentiated", "zero", "refused", "unknown"]

POLYNOMIALS = ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre")
NUMPY = {
    "numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft,
    **{f"numpy.polynomial.{name}": getattr(np.polynomial, name) for name in POLYNOMIALS},
}
SCIPY = {
    "scipy.special": special, "scipy.stats": stats, "scipy.linalg": linalg, "scipy.fft": fft, "scipy.signal": signal,
    "scipy.interpolate": interpolate, "scipy.ndimage": ndimage, "scipy.optimize": optimize,
    "scipy.integrate": integrate,
}
METHODS = ("reduce", "accumulate", "reduceat", "outer", "at")
DISTRIBUTION = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf", "entropy")


@dataclass(frozen=True)
class Entry:
    """A function, and what is known of its derivative."""

    place: str
    name: str
    function: Any
    status: Status

    @property
    def path(self) -> str:
        return f"{self.place}.{self.name}"


def status(function: Any) -> Status:
    """What is known of the derivative of a function of NumPy or SciPy."""
    rules = registry.find(function)
    if rules and all(rule.form == "solver" and not solvers.find(rule.key).parts({}) for rule in rules):
        return "refused"
    if any(rule.form != "nondifferentiable" for rule in rules) or definitions.find(function):
        return "differentiated"
    if (ufunc := ufunc_of(function, "outer")) is not None:
        return status(ufunc)
    if is_written_out(function) or function in from_source():
        return "differentiated"
    if rules:
        return "zero"
    return "refused" if refusal(function) is not None else "unknown"


@functools.cache
def from_source() -> tuple[Any, ...]:
    """The functions without rule or formula that a sample shows to be differentiated from source."""
    found = []
    for sample in formulas_of_numpy():
        for node in ast.walk(ast.parse(sample.text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                try:
                    function = eval(ast.unparse(node.func), {**NAMESPACE, **sample.args})
                except AttributeError:  # a method of a value in between
                    continue
                if isinstance(function, types.FunctionType):
                    found.append(function)
    return tuple(found)


def functions_of(place: str, module: types.ModuleType) -> Iterator[Entry]:
    """The public functions of a module; classes are none."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    for name in sorted(names):
        function = getattr(module, name, None)
        if callable(function) and not isinstance(function, type) and not isinstance(function, stats.rv_continuous):
            yield Entry(place, name, function, status(function))


def methods_of_ufuncs() -> Iterator[Entry]:
    for name, ufunc in sorted(vars(np).items()):
        if isinstance(ufunc, np.ufunc) and ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
            for method in METHODS:
                function = getattr(ufunc, method)
                if ufunc.__name__ == name:
                    yield Entry("numpy", f"{name}.{method}", function, status(function))


def numpy_functions() -> Iterator[Entry]:
    """The public functions of NumPy, and the methods of its ufuncs of two arguments."""
    for place, module in NUMPY.items():
        yield from functions_of(place, module)
    yield from methods_of_ufuncs()


def scipy_functions() -> Iterator[Entry]:
    """The public functions of SciPy's parts, and the methods of its distributions."""
    for place, module in SCIPY.items():
        for entry in functions_of(place, module):
            if not hasattr(entry.function, "rvs") and not isinstance(entry.function, types.ModuleType):
                yield entry
    for name in sorted(stats.__all__):
        distribution = getattr(stats, name)
        if hasattr(distribution, "rvs") and not isinstance(distribution, type):
            for method in DISTRIBUTION:
                if (function := getattr(distribution, method, None)) is not None:
                    yield Entry("scipy.stats", f"{name}.{method}", function, status(function))


# --- other libraries

AUTOGRAD = {
    "numpy": ("numpy.numpy_vjps", "numpy.numpy_wrapper"), "numpy.linalg": ("numpy.linalg",),
    "numpy.fft": ("numpy.fft",),
    "scipy.special": ("scipy.special",), "scipy.stats": ("scipy.stats",), "scipy.linalg": ("scipy.linalg",),
    "scipy.signal": ("scipy.signal",), "scipy.integrate": ("scipy.integrate",),
}
"""The modules of Autograd with the derivatives of each part."""


def autograd_functions() -> dict[str, list[Entry]]:
    """The functions for which Autograd has a derivative, by the part that they belong to."""
    from autograd import core

    for modules in AUTOGRAD.values():
        for module in modules:
            importlib.import_module(f"autograd.{module}")
    for module in ("beta", "chi2", "gamma", "norm", "poisson", "t", "multivariate_normal", "dirichlet"):
        importlib.import_module(f"autograd.scipy.stats.{module}")
    wrapped = {*core.primitive_vjps, *core.primitive_jvps}
    found: dict[str, list[Entry]] = {place: [] for place in AUTOGRAD}
    for function in {id(f := getattr(one, "fun", one)): f for one in wrapped}.values():
        place, name = place_of(function)
        if place in found:
            found[place].append(Entry(place, name, function, status(function)))
    return {place: sorted(entries, key=lambda e: e.name) for place, entries in found.items()}


def place_of(function: Callable[..., Any]) -> tuple[str, str]:
    """The part of a library that a function belongs to, and its name there."""
    owner = getattr(function, "__self__", None)
    if isinstance(function, types.MethodType) and hasattr(owner, "rvs"):
        name = next(name for name, one in vars(stats).items() if one is owner)
        return "scipy.stats", f"{name}.{function.__name__}"
    for place, module in {**NUMPY, **SCIPY}.items():
        name = next((n for n, one in vars(module).items() if one is function), None)
        if name is not None:
            return place, name
    return "", getattr(function, "__name__", "")


def jax_entries() -> list[Entry]:
    """The functions that `jax.numpy` has with a derivative, of those that NumPy has."""
    try:
        names = list(jax_functions.names())
    except ImportError:
        names = jax_functions.PATH.read_text().split()
    found = []
    for path in names:
        owner, _, name = path.rpartition(".")
        module = getattr(np, owner) if owner else np
        if hasattr(module, name):
            function = getattr(module, name)
            place = f"numpy.{owner}" if owner else "numpy"
            found.append(Entry(place, name, function, "differentiated" if name == "vectorize" else status(function)))
    return found


def shares() -> dict[str, list[Entry]]:
    """The functions that another library differentiates, by the library and the part."""
    return {
        **{f"Autograd, {place}": entries for place, entries in autograd_functions().items()},
        "JAX, numpy": jax_entries(),
    }


def missing(entries: list[Entry]) -> list[str]:
    return [entry.path for entry in entries if entry.status not in ("differentiated", "zero")]


if __name__ == "__main__":
    for title, entries in shares().items():
        left = missing(entries)
        print(f"{title:26} {len(entries) - len(left):3} of {len(entries):3}  {' '.join(left)}")
    unknown = [entry.path for entry in numpy_functions() if entry.status == "unknown"]
    print(f"{'NumPy, not listed':26} {' '.join(unknown) or 'none'}")
