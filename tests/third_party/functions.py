"""The functions of a package, each with arguments that its documentation gives: the cases of the corpus.

The arguments are those of the first example in the docstring that the function is called by with a real number;
where a package has none, they are looked up by the names of the parameters.
"""

from __future__ import annotations

import contextlib
import copy
import doctest
import importlib
import inspect
import io
import logging
import pkgutil
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.numeric import leaves
from tests.third_party.arguments import CHOICES, EXCEPTIONS, VALUES

__all__ = ["CASES", "Case"]

# The modules that define the functions anew for another kind of argument, or test, or ask the network.
SKIPPED = ("numba", "vectorized", "units", "tests", "__main__", "numerics", "design_climate")


@dataclass(frozen=True)
class Case:
    """A function and its arguments by name, those of which that are real numbers are differentiated."""

    function: types.FunctionType
    arguments: dict[str, Any]
    variant: str = ""

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(n for n, value in self.arguments.items() if is_real(value) and (self.name, n) not in CHOICES)

    def result(self) -> Any:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return self.function(**copy.deepcopy(self.arguments))

    def with_argument(self, name: str, value: Any) -> Case:
        return replace(self, arguments={**self.arguments, name: value})

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"

    def __str__(self) -> str:
        return f"{self.name} {self.variant}".strip()


def is_real(value: Any) -> bool:
    """Whether an argument consists of real numbers: counts and switches are integers, or something else."""
    parts = [part for _, part in leaves(value)]
    return bool(parts) and all(np.asarray(part).dtype.kind == "f" and np.size(part) for part in parts)


def has_real(value: Any) -> bool:
    return any(np.asarray(part).dtype.kind == "f" and np.isfinite(part).any() for _, part in leaves(value))


def modules(package: str) -> Iterator[types.ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that of a package that it is old
        root = importlib.import_module(package)
    yield root
    for info in pkgutil.iter_modules(getattr(root, "__path__", ()), package + "."):
        if not any(part in info.name for part in SKIPPED):
            with contextlib.suppress(ImportError):  # it needs a package that is not installed
                yield importlib.import_module(info.name)


def functions(package: str) -> Iterator[types.FunctionType]:
    """The public functions of a package, in the modules that define them."""
    for module in modules(package):
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__ and name[0] != "_":
                yield value


def of_examples(package: str) -> Iterator[Case]:
    """The functions whose docstrings have examples."""
    names = {**vars(importlib.import_module(package)), "np": np}
    for function in functions(package):
        for arguments in calls_in_examples(function, names):
            case = Case(function, arguments)
            if case.wrt:
                yield case
                break


def calls_in_examples(function: types.FunctionType, names: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments of each call of a function in the examples of its docstring."""
    calls: list[dict[str, Any]] = []
    signature = inspect.signature(function)

    def recorded(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        calls.append(dict(bound.arguments))
        return result

    module = importlib.import_module(function.__module__)
    scope = {**names, **vars(module), function.__name__: recorded}
    for example in doctest.DocTestParser().get_examples(function.__doc__ or ""):
        # What fails here shows how the function fails, or draws.
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(example.source, "<example>", "single"), scope)
        scope[function.__name__] = recorded
    return calls


def of_table(package: str, spreads: tuple[tuple[str, Callable[[int, float], Any]], ...]) -> Iterator[Case]:
    """The functions of a package all of whose parameters have a value, with numbers and with arrays."""
    for function in functions(package):
        values = VALUES[package] | EXCEPTIONS.get(f"{function.__module__}.{function.__name__}", {})
        parameters = inspect.signature(function).parameters
        arguments = {name: values.get(name, p.default) for name, p in parameters.items()}
        if inspect.Parameter.empty in arguments.values():
            continue
        for variant, spread in spreads:
            given = {
                name: spread(position, value) if is_real(value) and parameters[name].annotation not in NUMBER else value
                for position, (name, value) in enumerate(arguments.items())
            }
            yield Case(function, given, variant)


NUMBER = (float, "float")
"""The annotations of parameters that are numbers and no arrays."""


def number(position: int, value: float) -> float:
    return value


def array(position: int, value: float) -> Any:
    return value * (1.0 + 0.01 * np.sin(np.arange(3.0) + position))


def mixed(position: int, value: float) -> Any:
    """Numbers and arrays of two shapes, which broadcast against each other."""
    return (value, array(position, value), array(position, value)[:2, None])[position % 3]


ROSENBROCK = ("rosen", "rosen_der", "rosen_hess", "rosen_hess_prod")
SPREADS = (("", number), ("array", array), ("mixed", mixed))


def cases() -> Iterator[Case]:
    """All of the corpus, in a fixed order."""
    yield from of_examples("fluids")
    for package in ("pymap3d", "lmfit.lineshapes", "seawater", "thermofeel"):
        yield from of_table(package, SPREADS)
    yield from (case for case in of_examples("scipy.optimize._optimize") if case.function.__name__ in ROSENBROCK)
    yield from of_table("scipy.optimize._tstutils", SPREADS[:1])


def is_differentiable(case: Case) -> bool:
    """Whether a function takes the arguments, and real numbers go in and come out."""
    try:
        return bool(case.wrt) and has_real(case.result())
    except Exception:  # it does not take arrays, or not of different shapes
        return False


logging.getLogger().setLevel(logging.ERROR)  # pymap3d warns that Astropy is not there
CASES = {str(case): case for case in cases() if is_differentiable(case)}
