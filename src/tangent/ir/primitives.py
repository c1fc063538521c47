"""The operations of the core language that are neither operators nor library functions.

Each is given by its meaning on values, as a function that could be called.  Updates return the new value
and leave the old one alone; `emit` prints them as Python's in-place statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from tangent import runtime

__all__ = [
    "UPDATES", "add_item", "and_then", "assert_", "attempt", "backward_pass", "caught", "concatenate", "dict_remove",
    "element", "enter", "format_percent", "inserted", "leave", "list_append", "list_insert", "list_pop", "make_dict",
    "make_list", "make_object", "make_tuple", "or_else", "pass_through", "put_back", "raise_", "repeat", "same_view",
    "set_add", "set_discard", "solution", "unpack", "update_item",
]


def make_tuple(*items: Any) -> tuple[Any, ...]:
    """`(a, b)`"""
    return items


def make_list(*items: Any) -> list[Any]:
    """`[a, b]`"""
    return list(items)


def make_dict(*keys_and_values: Any) -> dict[Any, Any]:
    """`{k: v, ...}`, from keys and values in turn."""
    return dict(zip(keys_and_values[::2], keys_and_values[1::2], strict=True))


def make_object(cls: type, *fields_and_values: Any) -> Any:
    """An object of a class with these attributes, from fields and values in turn."""
    return runtime.make_object(cls, **make_dict(*fields_and_values))


def element(sequence: Sequence[Any], index: int) -> Any:
    """The `index`-th element met by `for element in sequence`."""
    return sequence[index]


def unpack(sequence: Sequence[Any], before: int, after: int | None) -> tuple[Any, ...]:
    """`a, b = sequence`; where `after` is not None, `a, *b, c = sequence`."""
    items = list(sequence)
    if after is None:
        return tuple(items)
    return (*items[:before], items[before : len(items) - after], *items[len(items) - after :])


def concatenate(a: Any, b: Any) -> Any:
    """`a + b`, of two lists or two tuples."""
    return a + b


def format_percent(text: str, values: Any) -> Any:
    """`text % values`"""
    return text % values


def repeat(items: Any, times: int) -> Any:
    """`items * times`, of a list or a tuple."""
    return items * times


def update_item(container: Any, index: Any, value: Any) -> Any:
    """`container[index] = value`"""
    container = copy(container)
    container[index] = value
    return container


def add_item(container: Any, index: Any, value: Any) -> Any:
    """`container[index] += value`, for an index that names no element twice."""
    container = copy(container)
    container[index] = container[index] + value
    return container


def dict_remove(table: dict[Any, Any], key: Any) -> dict[Any, Any]:
    """`table.pop(key, None)`, for what it changes."""
    return {k: v for k, v in table.items() if k != key}


def list_append(items: list[Any], value: Any) -> list[Any]:
    """`items.append(value)`"""
    return [*items, value]


def list_insert(items: list[Any], index: int, value: Any) -> list[Any]:
    """`items.insert(index, value)`"""
    return [*items[:index], value, *items[index:]]


def list_pop(items: list[Any], index: int = -1) -> tuple[list[Any], Any]:
    """`value = items.pop(index)`: the list that is left, and the value."""
    items = list(items)
    value = items.pop(index)
    return items, value


def set_add(items: set[Any], value: Any) -> set[Any]:
    """`items.add(value)`"""
    return {*items, value}


def set_discard(items: set[Any], value: Any) -> set[Any]:
    """`items.discard(value)`"""
    return items - {value}


def raise_(exception: Any, cause: Any = None) -> None:
    """`raise exception from cause`; without an exception, the one that is handled again."""
    raise exception from cause


def attempt(*exceptions: Any) -> bool:
    """Whether the block that follows raises none of `exceptions`: the test of the branch that `try` is.

    Its `then` is the body, its `orelse` is what runs from the state before the body where the body raises one of them;
    none named means any.
    """
    raise NotImplementedError("only Python itself can try")


def caught() -> BaseException:
    """The exception that is handled: the first statement of the `orelse` of an attempt."""
    raise NotImplementedError("only Python itself can catch")


def enter(context: Any, is_setting: bool) -> Any:
    """`with context as result:`, around the statements up to `leave(result)` in the same block.

    The context is the call that makes it.  A setting holds in the backward pass of these statements as well.
    """
    return context.__enter__()


def leave(entered: Any) -> None:
    """The end of the statements that a context is around."""


def assert_(condition: Any, message: Any = None) -> None:
    """`assert condition, message`"""
    assert condition, message


def put_back(base: Any, index: Any, value: Any, view: Any) -> Any:
    """`base[index] = value`, of which `view` is a view that was changed to `value`.  Only in lowered programs."""
    del view
    return update_item(base, index, value)


def same_view(value: Any, view: Any, base: Any) -> Any:
    """`value`, if `view` shares the memory of `base`.  Only in lowered programs."""
    del view, base
    return value


def pass_through(value: Any) -> Any:
    """`value`, under another name."""
    return value


def solution(value: Any, what: str, f: Any, *operands: Any) -> Any:
    """`value`, which a solver found for a function `f` and what else the problem consists of.

    See `transform.solutions`.  Only in programs that may still be differentiated.
    """
    del what, f, operands
    return value


def read(container: Any) -> None:
    """Nothing: an item of `container` is read here, but what it was made of is taken instead.

    The container may have been changed by another name since.  Until aliases are checked.
    """
    del container


UPDATES: frozenset[Any] = frozenset({
    update_item, add_item, list_append, list_insert, list_pop, set_add, set_discard, dict_remove,
})
"""Primitives whose first argument is replaced by their first result, in place."""


def backward_pass() -> None:
    """Nothing: the place where the forward pass ends and the backward pass begins."""


def inserted() -> None:
    """Nothing: a place where code that the user has inserted into a backward pass begins or ends.

    It is put around code that does more than compute an adjoint; nothing is moved across it.
    """


def and_then(a: Any, b: Any) -> Any:
    """`a and b`; `b` is evaluated only if needed.  Only after folding."""
    return a and b


def or_else(a: Any, b: Any) -> Any:
    """`a or b`; `b` is evaluated only if needed.  Only after folding."""
    return a or b
