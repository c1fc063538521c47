"""Derivatives of functions that put the items of lists, tuples and dicts into others.

A derivative of a sequence is a list, a tuple or an array; these give lists (or what `like` asks for), so that
either may be passed on.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangent.runtime.choices import ties
from tangent.runtime.scalars import SCALAR
from tangent.runtime.shapes import unarray
from tangent.runtime.structure import add, as_record, fields_of, sequence_like, zeros_like

__all__ = [
    "extreme_item", "from_extreme", "from_items", "items_of", "joined", "merged", "order", "picked", "put_in_union",
    "repeated_items",    "unmerged", "unpicked", "unrepeated",
]


def items_of(d: Any, like: Any) -> list[Any]:
    """The derivative of `list(like)`, from that of `like`; that of the keys of a dict is zero."""
    if isinstance(like, dict):
        return [zeros_like(key) for key in like]
    if fields_of(like) is not None:
        return list(as_record(d))
    return list(d) if isinstance(like, (list, tuple, np.ndarray)) else [0.0 for _ in like]


def from_items(b: Sequence[Any], like: Any) -> Any:
    """The adjoint of `like` from that of `list(like)`."""
    if isinstance(like, dict):
        return zeros_like(like)
    if isinstance(like, np.ndarray):
        return np.array(b, like.dtype if like.dtype.kind == "f" else np.float64).reshape(like.shape)
    is_sequence = isinstance(like, (list, tuple)) or fields_of(like) is not None
    return sequence_like(like, b) if is_sequence else 0.0


def joined(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """The derivative of the concatenation of two sequences, from theirs."""
    both = [*a, *b]
    return tuple(both) if isinstance(a, tuple) and isinstance(b, tuple) else both


def repeated_items(d: Sequence[Any], times: Any) -> Any:
    """The derivative of `items * times`, from that of the list or tuple `items`."""
    repeated = list(d) * operator.index(times)
    return tuple(repeated) if isinstance(d, tuple) else repeated


def unrepeated(b: Sequence[Any], items: Sequence[Any]) -> Any:
    """The adjoint of a list or tuple `items` from that of `items * times`."""
    result: list[Any] = zeros_like(list(items))
    for position, item in enumerate(b):
        place = position % len(items)
        result[place] = add(result[place], item)
    return sequence_like(items, result)


def order(items: Sequence[Any], reverse: bool = False) -> list[int]:
    """The positions of the items in the order in which `sorted` puts them."""
    return sorted(range(len(items)), key=items.__getitem__, reverse=reverse)


def picked(items: Sequence[Any], positions: Sequence[int]) -> list[Any]:
    """The items at some positions, each of which is named once."""
    return [items[position] for position in positions]


def unpicked(items: Sequence[Any], positions: Sequence[int]) -> list[Any]:
    """The list of which `picked` at all positions gives `items`."""
    result: list[Any] = [0.0] * len(positions)
    for position, item in zip(positions, items, strict=True):
        result[position] = item
    return result


def merged(da: Any, db: Any, like: Any) -> Any:
    """The derivative of `a | b`, from those of two dicts; of integers, zero."""
    return {**da, **db} if isinstance(like, dict) else 0.0


def unmerged(b: Any, part: Any, other: Any) -> Any:
    """The adjoint of the dict `part` from that of its union with `other`, whose items count where both have one."""
    if not isinstance(part, dict):
        return zeros_like(part)
    return {key: zeros_like(item) if key in other else b[key] for key, item in part.items()}


def put_in_union(t: Any, b: Any, part: Any, other: Any) -> Any:
    """The transpose of `unmerged`: what it takes out of `b` from `t`, and zeros."""
    if not isinstance(part, dict):
        return zeros_like(b)
    return {key: t[key] if key in part and key not in other else zeros_like(item) for key, item in b.items()}


def extreme_item(d: Any, items: Sequence[Any], y: Any) -> Any:
    """The derivative of `y`, the largest or smallest of some items, from theirs: numbers that tie share equally."""
    if isinstance(y, (*SCALAR, np.ndarray)):
        return np.dot(d, ties(items, y))
    return d[items.index(y)]


def from_extreme(b: Any, items: Sequence[Any], y: Any) -> Any:
    """The adjoint of the items from that of `y`, the largest or smallest of them."""
    if isinstance(y, (*SCALAR, np.ndarray)):
        return unarray(b * ties(items, y), items)
    result = [zeros_like(item) for item in items]
    result[items.index(y)] = b
    return sequence_like(items, result)
