"""Adjoints of reading and writing items, for indices that may name an element more than once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangent.errors import UnsupportedError
from tangent.runtime.arrays import library_of, shape_of
from tangent.runtime.structure import add, fields_of, zeros_like

__all__ = ["add_at", "item_transpose", "item_written", "place_in", "place_written", "same_length", "write_item",
           "zero_item"]


def add_at(b: Any, index: Any, value: Any) -> Any:
    """`b[index] += value` in place, where an element named twice receives both contributions.

    `b` is an array, a list or a dict; elements of lists and dicts may be nested themselves.  The result is `b`, or
    another array where `b` is one of a library whose arrays can't be written to.
    """
    if isinstance(b, np.ndarray):
        if _names_once(index):
            b[index] += value
        else:
            np.add.at(b, index, value)
    elif library_of(b) is not None:
        return b + item_transpose(value, b, index)
    elif isinstance(index, slice):
        for position, item in zip(range(*index.indices(len(b))), value, strict=True):
            b[position] = add(b[position], item)
    else:
        b[index] = add(b[index], value)
    return b


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


def item_transpose(b: Any, x: Any, index: Any) -> Any:
    """The adjoint of `x` from `b`, that of `x[index]`, where `x` is of a library whose arrays can't be written to.

    An element that is named twice receives both contributions.
    """
    library = library_of(x)
    if library is None:
        result = zeros_like(x)
        add_at(result, index, b)
        return result
    shape = shape_of(x)
    part = _contiguous(index, shape)
    if part is None:
        places = np.arange(math.prod(shape)).reshape(shape)[_of_numpy(index)]
        value = library.broadcast_to(library.array_like(b, x), places.shape)
        return library.flat_item(value, places.ravel(), shape)
    value, sizes = library.array_like(b, x), tuple([stop - start for start, stop in part])
    if not shape_of(value):  # a scalar that stands for all elements
        value = library.broadcast_to(value, sizes)
    value = library.reshape(value, sizes)
    return library.padded(value, [(start, n - stop) for (start, stop), n in zip(part, shape, strict=True)])


def _contiguous(index: Any, shape: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """Where along each axis an index begins and ends; None where it has steps, or arrays in it."""
    given = [one for one in (index if isinstance(index, tuple) else (index,)) if one is not None]
    if any(one is Ellipsis for one in given):
        place = next(i for i, one in enumerate(given) if one is Ellipsis)
        given[place : place + 1] = [slice(None)] * (len(shape) - len(given) + 1)
    part = []
    for one, n in zip(given + [slice(None)] * (len(shape) - len(given)), shape, strict=True):
        if isinstance(one, slice):
            start, stop, step = slice(*map(_number, (one.start, one.stop, one.step))).indices(n)
            if step != 1:
                return None
            part.append((start, max(start, stop)))
        elif isinstance(one, (bool, np.bool_)) or np.ndim(one):
            return None
        else:
            place = int(one) % n
            part.append((place, place + 1))
    return part


def _number(bound: Any) -> int | None:
    return None if bound is None else int(bound)


def _of_numpy(index: Any) -> Any:
    """An index with arrays of another library as one with NumPy's."""
    if isinstance(index, tuple):
        return tuple([_of_numpy(part) for part in index])
    if isinstance(index, slice):
        return slice(*map(_number, (index.start, index.stop, index.step)))
    return np.asarray(index) if library_of(index) is not None else index


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


def same_length(*lengths: int) -> int:
    """The length of what `zip(..., strict=True)` goes through.

    Raises:
        ValueError: as `zip` does, if the lengths differ.
    """
    for number, length in enumerate(lengths[1:], start=2):
        if length != lengths[0]:
            relation = "shorter" if length < lengths[0] else "longer"
            others = "argument 1" if number == 2 else f"arguments 1-{number - 1}"
            raise ValueError(f"zip() argument {number} is {relation} than {others}")
    return lengths[0]
