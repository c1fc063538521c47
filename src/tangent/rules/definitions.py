"""Functions that are defined by others: by a body in plain operations, which the frontend puts in the place of a call.

So are functions and methods that write into an argument (`x.fill(v)` is `x[...] = v`).  A function with several calling
conventions may have several definitions; the first whose parameters fit the call is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.rules.registry import Key, has_own, load_for, method
from tangent.runtime import add_at
from tangent.runtime.structure import is_user_class

__all__ = ["defines", "declared", "describe_classes", "find", "is_definition", "is_known_class"]

Definition = Callable[..., Any]

_definitions: dict[Key, list[Definition]] = {}
_declared: set[int] = set()
"""The functions in these lists, by their identities: they live as long as the table."""
_classes: set[type] = set()
"""The classes of libraries whose objects are followed as those of the user's are."""


def defines(*keys: Key) -> Callable[[Definition], Definition]:
    """Declare functions by one that does the same in plain operations."""

    def declare(function: Definition) -> Definition:
        for key in keys:
            _definitions.setdefault(key, []).append(function)
        _declared.add(id(function))
        return function

    return declare


def find(key: Any) -> tuple[Definition, ...]:
    """The definitions of a function, one for each calling convention; empty where there is none."""
    load_for(key)
    try:
        found = _definitions.get(key)
    except TypeError:  # an unhashable callable
        return ()
    return () if found is None or has_own(key) else tuple(found)


def declared() -> tuple[Key, ...]:
    """The functions and methods that have definitions."""
    return tuple(_definitions)


def describe_classes(*classes: type) -> None:
    """Declare classes of a library whose methods are definitions, or have source that can be differentiated."""
    _classes.update(classes)


def is_known_class(cls: Any) -> bool:
    """Whether the objects of a class are followed: it is the user's, or one of a library that is described here."""
    if is_user_class(cls):
        return True
    if not isinstance(cls, type):
        return False
    load_for(cls)
    return cls in _classes


def is_definition(function: Any) -> bool:
    """Whether a function is one that is declared here, or says what several rules or definitions have in common.

    A derivative of such a function is none: it is generated, and called as any other.
    """
    is_of_rules = (getattr(function, "__module__", None) or "").startswith("tangent.rules.")
    return (is_of_rules and not hasattr(function, "__seeds__")) or id(function) in _declared


@defines(method("fill"))
def fill(a, value):
    a[...] = value


@defines(method("sort"))
def sort(a, axis=-1):
    a[:] = np.sort(a, axis)


@defines(np.copyto)
def copyto(dst, src, casting="same_kind"):
    dst[...] = src


@defines(np.copyto)
def copyto_where(dst, src, casting="same_kind", *, where):
    shape = np.shape(dst)
    chosen = np.broadcast_to(where, shape)
    dst[chosen] = np.broadcast_to(src, shape)[chosen]


@defines(np.place)
def place(arr, mask, vals):
    arr[mask] = vals


@defines(np.put, method("put"))
def put(a, ind, v):
    flat = np.ravel(a).copy()
    flat[ind] = v
    a[...] = np.reshape(flat, np.shape(a))


@defines(np.fill_diagonal)
def fill_diagonal(a, val):
    a[np.diag_indices(min(np.shape(a)), np.ndim(a))] = val


@defines(np.add.at)
def add_at_(a, indices, b):
    add_at(a, indices, b)


@defines(np.subtract.at)
def subtract_at(a, indices, b):
    add_at(a, indices, -b)
