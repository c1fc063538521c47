"""Values in several directions at once: with a leading axis, one direction each.

A value that depends on the directions has that axis in each of its leaves: an array of shape (k, *s) for one of
shape s, (k,) for a number, a list of such arrays for a list.  A value that does not is as it was.  So `a[i]`, in
every leaf, is the value in direction `i`, and that is what each of these functions means:

    each_direction(f, (0,), a, b)[i]   is   f(a[i], b)

`each_direction` knows for most functions of NumPy how to do that in one call (`runtime.together`), and else calls the
function for one direction after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.runtime.scalars import SCALAR
from tangent.runtime.structure import map_leaves

__all__ = [
    "TOGETHER", "align", "align_each", "align_item", "all_directions", "array_each", "each_direction", "items_each",
    "one_by_one", "one_direction", "place_each", "zero_each",
]

TOGETHER: dict[Any, Callable[..., Any]] = {}
"""What functions do in all directions at once: called as `each_direction`, and None where only a loop will do."""


def each_direction(fn: Callable[..., Any], over: tuple[int | str, ...], *args: Any, **kwargs: Any) -> Any:
    """`fn(*args, **kwargs)` in each direction; `over` says which arguments have one value for each."""
    together = TOGETHER.get(fn)
    if together is not None:
        result = together(over, *args, **kwargs)
        if result is not None:
            return result
    return one_by_one(fn, over, args, kwargs)


def one_by_one(
    fn: Callable[..., Any], over: tuple[int | str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """`each_direction` by a call for each of them."""
    moving = [kwargs[place] if isinstance(place, str) else args[place] for place in over]
    results = []
    for direction in range(len(zero_each(*moving))):
        given = [one_direction(a, direction) if i in over else a for i, a in enumerate(args)]
        named = {n: one_direction(a, direction) if n in over else a for n, a in kwargs.items()}
        results.append(fn(*given, **named))
    return map_leaves(lambda *leaves: np.stack(leaves) if isinstance(leaves[0], (np.ndarray, *SCALAR)) else leaves[0],
                      *results)


def one_direction(value: Any, direction: int = 0) -> Any:
    """The value in one direction."""
    return map_leaves(lambda leaf: leaf[direction] if isinstance(leaf, np.ndarray) else leaf, value)


def zero_each(*values: Any) -> Any:
    """A zero for each direction of some values, in the lowest precision of their arrays."""
    found: list[Any] = []
    for value in values:
        map_leaves(lambda leaf: found.append(leaf) if isinstance(leaf, np.ndarray) else None, value)
    dtypes = [leaf.dtype for leaf in found if leaf.dtype.kind == "f"]
    return np.zeros(len(found[0]) if found else 1, min(dtypes, key=lambda dtype: dtype.itemsize, default=np.float64))


def all_directions(value: Any, zeros: Any) -> Any:
    """A value that is the same in all directions, of which `zeros` has one number each; in memory of its own.

    A Python number gets the precision of `zeros`, so that it does not raise that of what is added to it.
    """

    def leaf(one: Any) -> Any:
        if isinstance(one, (int, float)) and not isinstance(one, (bool, np.generic)):
            return np.full(len(zeros), one, zeros.dtype)
        return np.repeat(np.asarray(one)[None], len(zeros), 0) if isinstance(one, (np.ndarray, *SCALAR)) else one

    return map_leaves(leaf, value)


def align(t: Any, like: Any) -> Any:
    """`t` with axes of length 1 after the first one, for arithmetic with `like`, which has no directions."""
    return with_axes(t, np.ndim(like) + 1)


def align_each(t: Any, other: Any) -> Any:
    """`t` with axes of length 1 after the first one, for arithmetic with `other`, which has directions as well."""
    return with_axes(t, np.ndim(other))


def align_item(t: Any, container: Any, index: Any, added: bool) -> Any:
    """`t` with axes of length 1 after the first one, to be stored as `container[index]`, or added to it."""
    if not isinstance(container, np.ndarray) and not added:
        return t  # an item of a list is replaced, whatever it was
    item = container[index]
    return with_axes(array_each(t), np.ndim(item)) if isinstance(item, np.ndarray) else t


def array_each(t: Any) -> Any:
    """An array in each direction, for a list of numbers or arrays; else `t` itself."""
    if isinstance(t, (list, tuple)):
        return np.stack([array_each(item) for item in t], axis=1)
    return t


def with_axes(t: Any, ndim: int) -> Any:
    missing = ndim - t.ndim
    return t[(slice(None), *(None,) * missing)] if missing > 0 else t


def place_each(container: Any, index: Any) -> Any:
    """The index by which what is at `index` in each direction is read and written in all of them."""
    if not isinstance(container, np.ndarray):
        return index
    parts = index if isinstance(index, tuple) else (index,)
    if not _leads(parts):
        return (slice(None), *parts)
    ndim = max(1 if np.asarray(p).dtype == np.bool_ else np.ndim(p) for p in parts if _is_advanced(p))
    return (np.arange(len(container)).reshape(-1, *(1,) * ndim), *parts)


def _leads(parts: tuple[Any, ...]) -> bool:
    """Whether NumPy puts the axes of the index arrays in front: there is something else between them."""
    places = [i for i, part in enumerate(parts) if _is_advanced(part) or isinstance(part, (int, np.integer))]
    arrays = any(_is_advanced(part) for part in parts)
    return arrays and places[-1] - places[0] + 1 != len(places)


def _is_advanced(part: Any) -> bool:
    return isinstance(part, (np.ndarray, list, bool, np.bool_))


def items_each(sequence: Any) -> list[Any]:
    """The items of a sequence, in all directions each."""
    return list(np.moveaxis(sequence, 1, 0)) if isinstance(sequence, np.ndarray) else list(sequence)
