"""NumPy's functions and methods that write into an argument, by what they write.

A writer is given the arguments of a call and says where its first parameter is written, and with what: index and
value of an assignment `target[index] = value`.  The frontend takes it for a function in plain operations, which stand
in the place of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.rules.registry import Key, method
from tangent.runtime import add_at

__all__ = ["find", "is_writer"]

Writer = Callable[..., None]

_writers: dict[Key, Writer] = {}


def writer(*keys: Key) -> Callable[[Writer], Writer]:
    """Declare what functions do to their arguments, by a function that does the same in assignments."""

    def declare(function: Writer) -> Writer:
        _writers.update(dict.fromkeys(keys, function))
        return function

    return declare


def find(key: Any) -> Writer | None:
    """What a function does that writes into its arguments."""
    try:
        return _writers.get(key)
    except TypeError:
        return None


def is_writer(function: Any) -> bool:
    """Whether a function is one that is declared here."""
    return function in _writers.values()


@writer(method("fill"))
def fill(a, value):
    a[...] = value


@writer(method("sort"))
def sort(a, axis=-1):
    a[...] = np.sort(a, axis)


@writer(np.copyto)
def copyto(dst, src, casting="same_kind", where=None):
    if where is None:
        dst[...] = src
    else:
        shape = np.shape(dst)
        chosen = np.broadcast_to(where, shape)
        dst[chosen] = np.broadcast_to(src, shape)[chosen]


@writer(np.place)
def place(arr, mask, vals):
    arr[mask] = vals


@writer(np.put, method("put"))
def put(a, ind, v):
    flat = np.ravel(a).copy()
    flat[ind] = v
    a[...] = np.reshape(flat, np.shape(a))


@writer(np.fill_diagonal)
def fill_diagonal(a, val):
    a[np.diag_indices(min(np.shape(a)), np.ndim(a))] = val


@writer(np.add.at)
def add_at_(a, indices, b):
    add_at(a, indices, b)


@writer(np.subtract.at)
def subtract_at(a, indices, b):
    add_at(a, indices, -b)
