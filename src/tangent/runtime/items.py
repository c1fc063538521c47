"""Adjoints of reading and writing items, for indices that may name an element more than once."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.structure import add, fields_of, zeros_like

__all__ = ["add_at", "item_written", "place_in", "place_written", "write_item", "zero_item"]


def add_at(b: Any, index: Any, value: Any) -> None:
    """`b[index] += value` in place, where an element named twice receives both contributions.

    `b` is an array, a list or a dict; elements of lists and dicts may be nested themselves.
    """
    if isinstance(b, np.ndarray):
        if _names_once(index):
            b[index] += value
        else:
            np.add.at(b, index, value)
    elif isinstance(index, slice):
        for position, item in zip(range(*index.indices(len(b))), value, strict=True):
            b[position] = add(b[position], item)
    else:
        b[index] = add(b[index], value)


def item_written(b: Any, index: Any) -> Any:
    """`b[index]`, the adjoint of what was assigned there.

    Where `index` names an element more than once, the assignment kept the last value: the others get zero.
    """
    if not isinstance(b, np.ndarray) or _names_once(index):
        return b[index]
    taken = b[index]
    numbers = np.arange(taken.size).reshape(taken.shape)
    written = np.full(b.shape, -1)
    written[index] = numbers
    return np.where(written[index] == numbers, taken, taken.dtype.type(0))


def write_item(value: Any, like: Any, index: Any) -> Any:
    """Zeros in the structure of `like`, with `value` assigned at `index`: the transpose of `item_written`."""
    result = zeros_like(like)
    result[index] = value
    return result


def zero_item(container: Any, index: Any) -> Any:
    """The zero derivative of `container[index]`, also where a dict has no such item yet."""
    if isinstance(container, dict) and index not in container:
        return 0.0
    is_attribute = isinstance(index, str) and fields_of(container) is not None
    return zeros_like(getattr(container, index) if is_attribute else container[index])


def place_written(items: Any, index: slice, new: Any) -> slice:
    """Where the values `new` will stand in a list after `items[index] = new`."""
    start, _, step = index.indices(len(items))
    return slice(start, start + len(new)) if step == 1 and isinstance(items, list) else index


def _names_once(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(_names_once(part) for part in index)
    if isinstance(index, np.ndarray):
        return bool(index.dtype == np.bool_)
    return not isinstance(index, list)


def place_in(items: Any, index: int) -> int:
    """Where `items.insert(index, ...)` puts an item, and `items.pop(index)` finds it, counted from the front.

    Raises:
        UnsupportedError: `items` is a dict, of which the text of the function does not tell.
    """
    if isinstance(items, dict):
        raise UnsupportedError("unsupported: an item of a dict is taken here as if it were one of a list",
                               "read it first, then take it out by `items.pop(key, None)`")
    return slice(index, None).indices(len(items))[0]
