"""Rules of functions that make lists, tuples and dicts of the items of others; `max`, `min` and `sum` are builtins'.

The derivatives of keys are zero, as those of indices are.
"""

from __future__ import annotations

import copy
import operator

from tangent.ir import primitives
from tangent.rules.registry import adjoint, d, linear, method, nondifferentiable, tangent_
from tangent.runtime import (
    extreme_item,
    from_extreme,
    from_items,
    items_of,
    joined,
    merged,
    order,
    picked,
    put_in_union,
    repeated_items,
    unmerged,
    unpicked,
    unrepeated,
)


@adjoint(list, tuple)
def list_(y, iterable):
    d[iterable] = from_items(d[y], iterable)


@tangent_(list)
def list_tangent(y, iterable):
    d[y] = items_of(d[iterable], iterable)


@tangent_(tuple)
def tuple_tangent(y, iterable):
    d[y] = tuple(items_of(d[iterable], iterable))


nondifferentiable(list, tuple)  # the empty ones


@linear(copy.copy, copy.deepcopy)
def copied(y, x):
    d[x] = d[y]


@linear(items_of, constant=("like",))
def items_of_(y, b, like):
    d[b] = from_items(d[y], b)


@linear(from_items, constant=("like",))
def from_items_(y, b, like):
    d[b] = items_of(d[y], like)


@adjoint(primitives.concatenate)
def concatenate(y, a, b):
    d[a] = d[y][: len(a)]
    d[b] = d[y][len(a) :]


@tangent_(primitives.concatenate)
def concatenate_tangent(y, a, b):
    d[y] = joined(d[a], d[b])


@adjoint(joined)
def joined_(y, a, b):
    d[a] = d[y][: len(a)]
    d[b] = d[y][len(a) :]


@tangent_(joined)
def joined_tangent(y, a, b):
    d[y] = joined(d[a], d[b])


@adjoint(primitives.repeat, constant=("times",))
def repeat(y, items, times):
    d[items] = unrepeated(d[y], items)


@tangent_(primitives.repeat, constant=("times",))
def repeat_tangent(y, items, times):
    d[y] = repeated_items(d[items], times)


@linear(repeated_items, constant=("times",))
def repeated_items_(y, b, times):
    d[b] = unrepeated(d[y], b)


@adjoint(unrepeated, constant=("items",))
def unrepeated_(y, b, items):
    d[b] = repeated_items(d[y], len(b) // max(len(items), 1))


@tangent_(unrepeated, constant=("items",))
def unrepeated_tangent(y, b, items):
    d[y] = unrepeated(d[b], items)


@adjoint(sorted)
def sorted_(y, iterable, *, reverse=False):
    d[iterable] = from_items(unpicked(d[y], order(iterable, reverse)), iterable)


@tangent_(sorted)
def sorted_tangent(y, iterable, *, reverse=False):
    d[y] = picked(d[iterable], order(iterable, reverse))


@linear(picked, constant=("positions",))
def picked_(y, items, positions):
    d[items] = from_items(unpicked(d[y], positions), items)


@linear(unpicked, constant=("positions",))
def unpicked_(y, items, positions):
    d[items] = picked(d[y], positions)


@adjoint(operator.or_)
def union(y, a, b):
    d[a] = unmerged(d[y], a, b)
    d[b] = unmerged(d[y], b, ())


@tangent_(operator.or_)
def union_tangent(y, a, b):
    d[y] = merged(d[a], d[b], y)


@adjoint(merged, constant=("like",))
def merged_(y, da, db, like):
    d[da] = unmerged(d[y], da, db)
    d[db] = unmerged(d[y], db, ())


@tangent_(merged, constant=("like",))
def merged_tangent(y, da, db, like):
    d[y] = merged(d[da], d[db], like)


@linear(unmerged, constant=("part", "other"))
def unmerged_(y, b, part, other):
    d[b] = put_in_union(d[y], b, part, other)


@linear(put_in_union, constant=("b", "part", "other"))
def put_in_union_(y, t, b, part, other):
    d[t] = unmerged(d[y], part, other)


@adjoint(max, min, shares=("items",))
def extreme(y, items):
    d[items] = from_extreme(d[y], items, y)


@tangent_(max, min, shares=("items",))
def extreme_tangent(y, items):
    d[y] = extreme_item(d[items], items, y)


@linear(extreme_item, shares=("b",), constant=("items", "y"))
def extreme_item_(z, b, items, y):
    d[b] = from_items(from_extreme(d[z], items, y), b)


@linear(from_extreme, constant=("items", "y"))
def from_extreme_(z, b, items, y):
    d[b] = extreme_item(d[z], items, y)


nondifferentiable(order)

STRING_METHODS = (
    "lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "split", "rsplit",
    "splitlines", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix", "join", "format",
    "replace", "zfill", "ljust", "rjust", "center", "isdigit", "isalpha", "isalnum", "isnumeric", "isspace", "islower",
    "isupper", "encode", "decode", "keys", "is_integer", "as_integer_ratio", "bit_length",
)
nondifferentiable(*(method(name) for name in STRING_METHODS), str, repr)
