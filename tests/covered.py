"""The parts of `docs/functions.md`, which are made from the registry of rules."""

from __future__ import annotations

import builtins
import importlib
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import scipy as sp

from tangent.rules.libraries import LIBRARIES
from tangent.rules.refused import refused
from tangent.rules.registry import MemberKey, Rule, load_for, registered
from tests.rules.coverage import NUMPY, SCIPY, Entry, numpy_functions, scipy_functions

__all__ = ["PARTS"]

METHODS_OF_UFUNCS = "methods of ufuncs"


def versions() -> Iterator[str]:
    """The versions of the libraries that the tables are of."""
    modules = (np, sp, importlib.import_module("tensorflow"))
    numpy, scipy, tensorflow = (".".join(module.__version__.split(".")[:2]) for module in modules)
    yield f"The tables are of NumPy {numpy}, SciPy {scipy} and TensorFlow {tensorflow}."


def functions_of_numpy() -> Iterator[str]:
    """What of NumPy is differentiated, and what has the derivative zero."""
    yield from table(numpy_functions(), [*NUMPY, METHODS_OF_UFUNCS])


def functions_of_python() -> Iterator[str]:
    """The same of Python's own functions, and of the methods and attributes of arrays, numbers and texts."""
    yield from table(of_python(), ["built-in functions", "math", "methods", "attributes"])


def functions_of_scipy() -> Iterator[str]:
    """The same of SciPy."""
    yield from table(scipy_functions(), SCIPY)


def functions_of_tensorflow() -> Iterator[str]:
    """The same of TensorFlow."""
    yield from table(tensorflow_functions(), TENSORFLOW)


def not_in_numpy() -> Iterator[str]:
    """What is refused of NumPy, why, and what to write instead."""
    yield "| | why | instead |\n|---|---|---|"
    paths: dict[tuple[str, str], list[str]] = {}
    for path, _, refusal in refused():
        paths.setdefault((refusal.why, refusal.instead), []).append(path)
    for (why, instead), names in paths.items():
        yield f"| {shortened(names)} | {why} | {instead} |"


def not_in_scipy() -> Iterator[str]:
    """What of SciPy has no derivative of its own."""
    missing = [entry for entry in scipy_functions() if entry.status == "unknown"]
    yield "| | no rule |\n|---|---|"
    for place in SCIPY:
        names = [entry.name for entry in missing if entry.place == place]
        whole = {name.partition(".")[0] for name in names if "." in name} - {
            entry.name.partition(".")[0] for entry in scipy_functions() if entry.status == "differentiated"
        }
        kept = [name for name in names if name.partition(".")[0] not in whole]
        yield f"| `{place}` | {listed([*kept, *(f'{name}.*' for name in whole)])} |"


TENSORFLOW = ("tf", "tf.linalg", "tf.math", "tf.nn")


def tensorflow_functions() -> Iterator[Entry]:
    """The functions of TensorFlow that have rules, by all names that they have."""
    tensorflow = importlib.import_module("tensorflow")
    load_for(tensorflow.sin)
    known: dict[int, list[Rule]] = {}
    for rule in registered():
        if rule.library is LIBRARIES["tensorflow"]:
            known.setdefault(id(rule.key), []).append(rule)
    for place in TENSORFLOW:
        module = tensorflow if place == "tf" else getattr(tensorflow, place.removeprefix("tf."))
        for name in dir(module):
            if (rules := known.get(id(getattr(module, name, None)))) is not None:
                is_zero = all(rule.form == "nondifferentiable" for rule in rules)
                yield Entry(place, name, rules[0].key, "zero" if is_zero else "differentiated")


def table(entries: Iterable[Entry], places: Iterable[str]) -> Iterator[str]:
    yield "| | differentiated | derivative zero |\n|---|---|---|"
    every = list(entries)
    for place in places:
        names = {
            status: {e.name for e in every if place_of(e) == place and e.status == status}
            for status in ("differentiated", "zero")
        }
        if any(names.values()):
            title = place if " " in place or place in ("methods", "attributes") else f"`{place}`"
            yield f"| {title} | {listed(names['differentiated'])} | {listed(names['zero'] - names['differentiated'])} |"


def place_of(entry: Entry) -> str:
    return METHODS_OF_UFUNCS if entry.place == "numpy" and "." in entry.name else entry.place


def of_python() -> Iterator[Entry]:
    for rule in registered():
        status = "zero" if rule.form == "nondifferentiable" else "differentiated"
        if isinstance(rule.key, MemberKey):
            if not rule.key.name.startswith("_"):
                yield Entry("attributes" if rule.key.is_attribute else "methods", rule.key.name, rule.key, status)
            continue
        name = getattr(rule.key, "__name__", "")
        for place, module in (("built-in functions", builtins), ("math", math)):
            if vars(module).get(name) is rule.key:
                yield Entry(place, name, rule.key, status)


def shortened(paths: Iterable[str]) -> str:
    """The names of functions; those of the six kinds of series once, with a star for the kind."""
    return listed(path if path.count(".") < 2 else f"polynomial.*.{star(path)}" for path in paths)


def star(path: str) -> str:
    """`*val2d` for `polynomial.legendre.legval2d`."""
    name = path.rpartition(".")[2]
    prefixes = ("poly2", "herme", "poly", "cheb", "herm", "leg", "lag")
    prefix = next((p for p in prefixes if name.startswith(p)), "")
    return "poly2*" if prefix == "poly2" else f"*{name.removeprefix(prefix)}"


def listed(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in sorted(set(names)))


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    part.__name__: part
    for part in (
        versions, functions_of_numpy, functions_of_python, functions_of_scipy, functions_of_tensorflow, not_in_numpy,
        not_in_scipy,
    )
}
