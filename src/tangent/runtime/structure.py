"""Derivatives of nested values: zeros, sums, copies, and the checks on what a caller passes in.

The derivative of a list is a list, of a dict a dict of its values, of a dataclass an object of that class.
The derivative of a tuple is a list while it is accumulated, element by element; `match_structure` turns it
into a tuple again.  What holds no numbers (None, a string, a function) has the derivative 0.0.  Where all
elements of a list are numbers, an array of them may stand for the list until `match_structure`.
"""

from __future__ import annotations

import collections
import copy as copy_module
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from tangent.errors import SeedError
from tangent.runtime.scalars import SCALAR

__all__ = ["add", "as_lists", "check_seed", "check_tangent", "copy", "match_structure", "shallow_copy", "zeros_like"]


def zeros_like(x: Any) -> Any:
    """A floating-point zero for every number in `x`, in the same structure, with lists for tuples."""
    if type(x) is float:
        return 0.0
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, x.dtype if x.dtype.kind in "fc" else np.float64)
    if isinstance(x, np.generic):
        return x.dtype.type(0) if x.dtype.kind in "fc" else 0.0
    if isinstance(x, (list, tuple)):
        return [zeros_like(item) for item in x]
    if isinstance(x, dict):
        return _like_dict(x, {key: zeros_like(item) for key, item in x.items()}, zeros_like)
    if _is_record(x):
        return _map_fields(zeros_like, x)
    if hasattr(x, "__array_function__"):
        return np.zeros_like(x)
    return 0j if isinstance(x, complex) else 0.0


def add(a: Any, b: Any) -> Any:
    """The sum of two derivatives of one value."""
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        items = [add(x, y) for x, y in zip(a, b, strict=True)]
        return tuple(items) if isinstance(a, tuple) and isinstance(b, tuple) else items
    if isinstance(a, dict):
        return {key: add(a[key], b[key]) for key in a}
    if _is_record(a):
        return _map_fields(add, a, b)
    return a + b


def copy(x: Any) -> Any:
    """A copy of `x` that shares no memory with it."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, SCALAR):
        return x
    if isinstance(x, list):
        return [copy(item) for item in x]
    if isinstance(x, tuple):
        return _like_tuple(x, [copy(item) for item in x])
    if isinstance(x, set):
        return set(x)
    if isinstance(x, dict):
        return _like_dict(x, {key: copy(item) for key, item in x.items()}, copy)
    return _map_fields(copy, x) if _is_record(x) else x


def shallow_copy(x: Any) -> Any:
    """A copy of `x` whose items, where it is a list, a dict or a set, are the same objects."""
    return x.copy() if isinstance(x, (np.ndarray, list, dict, set)) else x


def as_lists(b: Any) -> Any:
    """A derivative with lists in the place of tuples, so that it can be accumulated item by item."""
    if isinstance(b, (list, tuple)):
        return [as_lists(item) for item in b]
    if isinstance(b, dict):
        return {key: as_lists(item) for key, item in b.items()}
    return b


def match_structure(gradient: Any, like: Any) -> Any:
    """Turn the lists in `gradient` into tuples and named tuples where `like` has such.

    Of a dict, the items are those that `like` has.
    """
    if isinstance(like, (np.ndarray, *SCALAR)):
        return gradient
    if isinstance(like, tuple):
        return _like_tuple(like, _match_items(gradient, like))
    if isinstance(like, list):
        return _match_items(gradient, like)
    if isinstance(like, dict):
        return {k: match_structure(gradient[k], v) if k in gradient else zeros_like(v) for k, v in like.items()}
    return _map_fields(match_structure, gradient, like) if _is_record(like) else gradient


def _match_items(gradient: Any, like: Any) -> list[Any]:
    return [match_structure(item, element) for item, element in zip(gradient, like, strict=True)]


def check_seed(seed: Any, result: Any = 0.0) -> None:
    """Refuse a seed that does not have the shape and structure of the result (a scalar where it is left out).

    Raises:
        SeedError: the shapes differ, or the seed is an array of integers.
        TypeError: the result is complex.
    """
    if (isinstance(result, float) and isinstance(seed, float)) or _agrees(seed, result):
        return
    if _is_structure(result):
        for part, item in _parts(seed, result, f"the function returned a {type(result).__name__}", "seed"):
            check_seed(part, item)
        return
    _check_leaf(seed, result, "seed", "the function returned a complex value", _explain_seed)


def check_tangent(tangent: Any, argument: Any) -> None:
    """Refuse a tangent that does not have the shape and structure of the argument that it belongs to.

    Raises:
        SeedError: the shapes differ, or the tangent is an array of integers.
        TypeError: the argument is complex.
    """
    if (isinstance(argument, float) and isinstance(tangent, float)) or _agrees(tangent, argument):
        return
    if _is_structure(argument):
        for part, item in _parts(tangent, argument, f"the argument is a {type(argument).__name__}", "tangent"):
            check_tangent(part, item)
        return
    _check_leaf(tangent, argument, "tangent", "the argument is complex", _explain_tangent)


def _check_leaf(
    given: Any, value: Any, word: str, complex_: str, explain: Callable[[Any, Any], tuple[str, str]]
) -> None:
    """Refuse what is not a number or an array of the shape of `value`."""
    if isinstance(value, complex) or getattr(value, "dtype", _FLOAT).kind == "c":
        raise TypeError(f"{complex_}; complex numbers are not differentiated")
    if isinstance(given, SCALAR) and isinstance(value, SCALAR):
        return
    if _is_structure(given) or np.shape(given) != np.shape(value):
        raise SeedError(*explain(given, value))
    if getattr(given, "dtype", _FLOAT).kind not in "fc":
        raise SeedError(f"the {word} is an array of integers; a derivative is real", "pass an array of floats")


_FLOAT = np.dtype(np.float64)


def _agrees(given: Any, value: Any) -> bool:
    """Whether a seed or a tangent needs no closer look: floats, arrays of floats of one shape, or lists of those."""
    if isinstance(value, float):
        return isinstance(given, float)
    if isinstance(value, np.ndarray):
        return (
            isinstance(given, np.ndarray) and given.shape == value.shape
            and given.dtype.kind == "f" and value.dtype.kind != "c"
        )
    if isinstance(value, (list, tuple)) and isinstance(given, (list, tuple)):
        return len(given) == len(value) and all(map(_agrees, given, value))
    return False


def _explain_seed(seed: Any, result: Any) -> tuple[str, str]:
    if isinstance(seed, SCALAR):
        what = f"the function returned an array of shape {np.shape(result)}"
        return f"{what}, and a gradient needs a scalar-valued function", (
            "reduce the result to a scalar (np.sum, np.mean), or pass a seed of the shape of the result "
            "(tangent.autodiff, tangent.vjp)"
        )
    got = type(seed).__name__ if _is_structure(seed) else f"array of shape {np.shape(seed)}"
    returned = "a scalar" if isinstance(result, SCALAR) else f"an array of shape {np.shape(result)}"
    what = f"the seed is of another shape than the result: {got} for {returned}"
    return what, "pass a seed of the same shape"


def _explain_tangent(tangent: Any, argument: Any) -> tuple[str, str]:
    got = type(tangent).__name__ if _is_structure(tangent) else f"of shape {np.shape(tangent)}"
    what = f"a tangent is of another shape than its argument: {got} for {np.shape(argument)}"
    return what, "pass a tangent of the same shape"


def _parts(seed: Any, value: Any, what: str, word: str) -> list[tuple[Any, Any]]:
    """The parts of a seed, each with the part of the value that it belongs to, if that holds numbers."""
    if isinstance(value, dict):
        if not isinstance(seed, dict) or seed.keys() != value.keys():
            raise SeedError(f"{what} with the keys {list(value)}", f"pass a dict of {word}s with these keys")
        pairs = [(seed[key], item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        if not isinstance(seed, (list, tuple)) or len(seed) != len(value):
            raise SeedError(f"{what} of {len(value)} values", f"pass a {word} for each of them")
        pairs = list(zip(seed, value, strict=True))
    else:
        if type(seed) is not type(value):
            raise SeedError(what, f"pass an object of this class that holds the {word}s")
        pairs = [(getattr(seed, f.name), getattr(value, f.name)) for f in dataclasses.fields(value)]
    return [(part, item) for part, item in pairs if isinstance(item, (np.ndarray, *SCALAR)) or _is_structure(item)]


def map_leaves(function: Callable[..., Any], value: Any, *others: Any) -> Any:
    """The structure of `value` with `function` of each leaf, and of the leaves of `others` at the same place."""
    if isinstance(value, (list, tuple)):
        items = [map_leaves(function, *parts) for parts in zip(value, *others, strict=True)]
        return _like_tuple(value, items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {key: map_leaves(function, item, *(o[key] for o in others)) for key, item in value.items()}
    if _is_record(value):
        return _map_fields(lambda *parts: map_leaves(function, *parts), value, *others)
    return function(value, *others)


def _is_structure(x: Any) -> bool:
    return isinstance(x, (list, tuple, dict)) or _is_record(x)


def _is_record(x: Any) -> bool:
    return dataclasses.is_dataclass(x) and not isinstance(x, type)


def _map_fields(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    result = copy_module.copy(first)
    for field in dataclasses.fields(first):
        parts = [getattr(record, field.name) for record in (first, *others)]
        object.__setattr__(result, field.name, function(*parts))
    return result


def _like_dict(like: dict[Any, Any], items: dict[Any, Any], function: Callable[[Any], Any]) -> dict[Any, Any]:
    """The dict of `items`, with a default value where `like` has one: `function` of that."""
    make = getattr(like, "default_factory", None)
    return items if make is None else collections.defaultdict(lambda: function(make()), items)


def _like_tuple(like: tuple[Any, ...], items: list[Any]) -> tuple[Any, ...]:
    make = getattr(type(like), "_make", None)
    return make(items) if make is not None else tuple(items)
