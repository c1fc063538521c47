"""How other libraries spell NumPy's functions and Python's operators: by this, one rule serves several of them.

The template of a rule names NumPy's functions.  Where the rule is that of a function of another library, or of an
operator on its arrays, the derivative calls the functions of that library instead:

    np.cos(x)                       by * -np.sin(x)
    tf.cos(x)                       by * -tf.sin(x)
    abs(x), on a tensor             by * tf.sign(x)
    math.cos(x)                     by * -math.sin(x)

The tables of an array library are filled by the package with its rules, which is loaded when a function that is
differentiated uses the library.
"""

from __future__ import annotations

import functools
import importlib
import math
import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = [
    "LIBRARIES", "MATH", "Library", "changes_array", "facts_of_annotations", "in_use",
    "library_of",
]


@dataclass(frozen=True, eq=False)
class Library:
    """A library, and what its functions are called there."""

    name: str
    alias: str
    title: str = ""
    """The name that people know it by."""
    packages: tuple[str, ...] = ()
    """Other packages whose functions are as good as its own."""
    functions: dict[str, str] = field(default_factory=dict)
    """For NumPy's functions, by their paths (`linalg.inv`), those of the library."""
    operators: dict[Any, str] = field(default_factory=dict)
    """For Python's operators the functions that they are on arrays of the library, where rules differ from NumPy's."""
    ignored: frozenset[str] = frozenset()
    """The parameters that functions of the library have besides, and that make no difference to the result."""
    arrays: frozenset[str] = frozenset()
    """The names of the classes of arrays, as annotations have them."""
    changing: frozenset[str] = frozenset()
    """The methods by which one of these is changed in place."""

    def __repr__(self) -> str:
        return f"Library({self.name!r})"

    def object(self, path: str) -> Any:
        """What is found in the library at a path: `nn.relu`."""
        return functools.reduce(getattr, path.split("."), importlib.import_module(self.name))

    def spelled(self, path: str) -> tuple[Any, str] | None:
        """The library's own for one of NumPy's functions, and its full path."""
        own = self.functions.get(path)
        return None if own is None else (self.object(own), f"{self.name}.{own}")

    def tell(self, functions: Mapping[str, str], operators: Mapping[Any, str]) -> None:
        """Fill the tables."""
        self.functions.update(functions)
        self.operators.update(operators)


MATH = Library(
    "math", "math", functions={name: name for name in dir(math) if hasattr(np, name) and not name.startswith("_")}
)

LIBRARIES: dict[str, Library] = {
    library.name: library for library in (
        Library(
            "tensorflow", "tf", "TensorFlow", ("keras",), ignored=frozenset({"name"}),
            arrays=frozenset({"Tensor", "Variable"}),
            changing=frozenset({"assign", "assign_add", "assign_sub", "scatter_add", "scatter_sub", "scatter_update"}),
        ),
    )
}
"""The array libraries beside NumPy, by their packages."""
_PACKAGES = {package: library for library in LIBRARIES.values() for package in (library.name, *library.packages)}


def library_of(thing: Any) -> Library | None:
    """The array library that a function or a class belongs to."""
    module = getattr(thing, "__module__", None)
    return _PACKAGES.get(module.partition(".")[0]) if isinstance(module, str) else None


def in_use(namespace: Mapping[str, Any]) -> bool:
    """Whether a module, of which these are the globals, imports an array library, or a function of one."""
    if LIBRARIES.keys().isdisjoint(sys.modules):
        return False
    return any(
        value.__name__.partition(".")[0] in LIBRARIES if isinstance(value, types.ModuleType) else
        isinstance(value, types.FunctionType) and library_of(value) is not None
        for value in namespace.values()
    )


def changes_array(method: str) -> bool:
    """Whether a method changes an array of a library that is in use."""
    return any(method in library.changing and library.name in sys.modules for library in LIBRARIES.values())


def facts_of_annotations() -> Iterable[tuple[str, str]]:
    """What is written for the arrays of each library, and the name of the library: `tf.Tensor`."""
    for library in LIBRARIES.values():
        for cls in library.arrays:
            yield from ((f"{prefix}.{cls}", library.name) for prefix in {library.alias, library.name})
