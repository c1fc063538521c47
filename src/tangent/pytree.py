"""Structures of numbers as vectors: lists, tuples, dicts, named tuples and dataclasses, nested."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangent import runtime
from tangent.runtime.arrays import kind_of, library_of, shape_of

__all__ = ["Space", "Vector", "holds_floats", "is_double", "zero"]

Vector = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Space:
    """The real numbers in a structure, as a vector: its floats or, where it has none, its integers.

    A complex number is two of them, its real and its imaginary part.  Where the structure is that of derivatives, which
    are `df/dx - i df/dy`, the second is the negative of the imaginary part: the `dual` vector.
    """

    like: Any
    keep_integers: bool
    size: int

    @classmethod
    def of(cls, like: Any) -> Space:
        keep_integers = not holds_floats(like)
        leaves = [leaf for _, leaf in _leaves(like) if _real(leaf, keep_integers)]
        size = sum(np.size(leaf) * (2 if _kind(leaf) == "c" else 1) for leaf in leaves)
        return cls(like, keep_integers, size)

    def vector(self, value: Any) -> Vector:
        """The numbers of a value of this structure."""
        parts: list[Any] = [np.zeros(0)]
        self._collect(self.like, value, parts)
        return np.concatenate(parts)

    def _collect(self, like: Any, value: Any, parts: list[Any]) -> None:
        items = _items(like)
        if items is not None:
            others = dict(_items(value) or ())
            for key, part in items:
                self._collect(part, others[key], parts)
        elif _kind(like) == "c":
            numbers = np.ravel(np.asarray(value, dtype=complex))
            parts += [numbers.real, numbers.imag]
        elif _real(like, self.keep_integers):
            parts.append(np.ravel(np.asarray(value, dtype=float)))

    def dual_vector(self, derivative: Any) -> Vector:
        """The derivatives by each of the numbers, of which `derivative` is the structure."""
        return self.vector(_conjugated(derivative))

    def dual_build(self, vector: Vector, rest: Callable[[Any], Any] = runtime.copy) -> Any:
        """The structure of derivatives of which `vector` has the numbers."""
        return _conjugated(self.build(vector, rest))

    def build(self, vector: Vector, rest: Callable[[Any], Any] = runtime.copy) -> Any:
        """The structure with the numbers of `vector`, and with `rest` of everything else."""
        numbers = iter(vector.tolist())

        def leaf(value: Any) -> Any:
            if not _real(value, self.keep_integers):
                return rest(value)
            if _kind(value) == "c":
                real, imag = ([next(numbers) for _ in range(np.size(value))] for _ in range(2))
                made = np.reshape(np.array(real) + 1j * np.array(imag), np.shape(value))
                return made if isinstance(value, np.ndarray) else type(value)(made[()])
            if isinstance(value, np.ndarray):
                return np.array([next(numbers) for _ in range(value.size)], dtype=float).reshape(value.shape)
            if library_of(value) is not None:
                made = np.array([next(numbers) for _ in range(np.size(value))]).reshape(shape_of(value))
                return runtime.array_of(made, value)
            number = next(numbers)
            return np.float64(number) if isinstance(value, np.floating) else number

        return _map(leaf, self.like)

    def places(self) -> Iterator[str]:
        """The subscripts of each of the numbers."""
        for path, leaf in _leaves(self.like):
            if not _real(leaf, self.keep_integers):
                continue
            for part in (".real", ".imag") if _kind(leaf) == "c" else ("",):
                for index in np.ndindex(shape_of(leaf)):
                    yield path + (f"[{', '.join(map(str, index))}]" if index else "") + part

    def mismatch(self, value: Any) -> str:
        """How a value differs in structure or shape; empty where it doesn't."""
        return _mismatch(self.like, value, self.keep_integers, "")


def _conjugated(value: Any) -> Any:
    return _map(lambda leaf: np.conj(leaf) if _kind(leaf) == "c" else leaf, value)


def _items(value: Any) -> list[tuple[str, Any]] | None:
    """The parts of a container with the text of their subscripts; None for a leaf."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", value[key]) for key in value]
    if isinstance(value, list | tuple):
        return [(f"[{index}]", part) for index, part in enumerate(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(f".{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]
    return None


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    items = _items(value)
    if items is None:
        yield path, value
        return
    for key, part in items:
        yield from _leaves(part, path + key)


def _map(function: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _map(function, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_map(function, part) for part in value]
        if isinstance(value, list):
            return parts
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if _items(value) is None:
        return function(value)
    result = copy.copy(value)
    for field in dataclasses.fields(value):
        object.__setattr__(result, field.name, _map(function, getattr(value, field.name)))
    return result


def _kind(leaf: Any) -> str:
    """The letter of NumPy for the kind of a number; `O` for what is none."""
    if isinstance(leaf, np.ndarray | np.generic) or library_of(leaf) is not None:
        return kind_of(leaf)
    return {float: "f", int: "i", complex: "c", bool: "b"}.get(type(leaf), "O")


def _real(leaf: Any, keep_integers: bool) -> bool:
    return _kind(leaf) in ("fciu" if keep_integers else "fc")


def zero(leaf: Any) -> Any:
    """The derivative of what has none: of integers and of what is no number."""
    return runtime.zeros_like(leaf) if _kind(leaf) != "O" else leaf


def holds_floats(value: Any) -> bool:
    """Whether there is a float in a structure."""
    return any(_kind(leaf) in "fc" for _, leaf in _leaves(value))


def is_double(value: Any) -> bool:
    """Whether all floats in a structure are of double precision at least."""
    sizes = {"f": 8, "c": 16}
    leaves = [runtime.numbers_of(leaf) for _, leaf in _leaves(value)]
    return all(getattr(leaf, "itemsize", 16) >= sizes.get(_kind(leaf), 0) for leaf in leaves)


def _mismatch(like: Any, value: Any, keep_integers: bool, path: str) -> str:
    items = _items(like)
    if items is None:
        kinds = "fciu" if _kind(like) == "c" else "fiu"
        if not _real(like, keep_integers) or (_kind(value) in kinds and shape_of(value) == shape_of(like)):
            return ""
        return f"{_describe(value)} for {_describe(like)}{f' at {path}' if path else ''}"
    others = _items(value)
    if type(value) is not type(like) or others is None or {k for k, _ in others} != {k for k, _ in items}:
        return f"{_describe(value)} for {_describe(like)}{f' at {path}' if path else ''}"
    by_key = dict(others)
    return next(filter(None, (_mismatch(v, by_key[k], keep_integers, path + k) for k, v in items)), "")


def _describe(value: Any) -> str:
    items = _items(value)
    if isinstance(value, dict):
        return f"a dict with the keys {list(value)}"
    if items is not None:
        return f"a {type(value).__name__} of {len(items)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    return f"a value of type {type(value).__name__}"
