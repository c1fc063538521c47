"""The check for values that share memory, where only the run can tell."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import AliasError
from tangent.runtime.structure import fields_of, parts_of

__all__ = ["check_view", "refuse_shared_items", "refuse_view"]


def refuse_view(value: Any, base: Any, where: str) -> None:
    """Refuse to go on where `value` shares memory with `base`, one of which is about to be changed.

    Raises:
        AliasError: `value` is `base`, an array whose memory may overlap with that of `base`, an object that `base` is
            or holds, or a container or an object that holds such an array or object.
    """
    if isinstance(value, np.ndarray):
        if _overlaps(value, base):
            raise _refusal(where)
    elif (items := parts_of(value)) is not None:
        if not isinstance(value, tuple) and _holds(base, value):
            raise _refusal(where)
        for item in items:
            refuse_view(item, base, where)


def refuse_shared_items(container: Any, index: Any, where: str) -> None:
    """Refuse to go on where the item that is about to be changed is in the container a second time.

    Raises:
        AliasError: another item shares memory with `container[index]`.
    """
    changed: Any
    if isinstance(container, dict):
        others, changed = [item for key, item in container.items() if key != index], container[index]
    elif isinstance(container, (list, tuple)) and not hasattr(container, "_fields"):
        position = range(len(container))[index]
        others, changed = [item for i, item in enumerate(container) if i != position], container[index]
    elif (names := fields_of(container)) is not None:
        others, changed = [getattr(container, n) for n in names if n != index], getattr(container, index, None)
    else:
        return
    for other in others:
        refuse_view(other, changed, where)


def check_view(value: Any, base: Any, where: str, of_array: bool = False) -> None:
    """Go on only if `value` shares memory with `base`, so that a change of one is a change of the other.

    Raises:
        AliasError: `value` is a number, or a copy, or `base` is a tuple or a frozen object, which takes no new items.
    """
    if isinstance(base, tuple):
        raise _refusal(where, "an item of a tuple is changed in place", "use a list instead of the tuple")
    if fields_of(base) is not None and type(base).__setattr__ is not vars(object)["__setattr__"]:
        raise _refusal(where, "an array that a frozen object holds is changed in place", "copy it before: `x.copy()`")
    is_mutable = isinstance(value, np.ndarray) or not isinstance(value, tuple) and parts_of(value) is not None
    if value is base and is_mutable:
        return
    if of_array and not isinstance(base, np.ndarray):
        raise _refusal(where, "an item of a list or a dict is read after a change of the list", "copy the item before")
    if isinstance(base, np.ndarray):
        shared = isinstance(value, np.ndarray) and (value.size == 0 or np.may_share_memory(value, base))
    else:
        shared = is_mutable and any(item is value for item in parts_of(base) or ())
    if not shared:
        raise _refusal(
            where, "a part of an array is changed, or read after a change of the array, and is a number or a copy here",
            "use item assignment: `x[i] = x[i] + v`, or give the copy and the array names of their own",
        )


def _overlaps(value: np.ndarray[Any, Any], base: Any) -> bool:
    if isinstance(base, np.ndarray):
        return value is base or np.may_share_memory(value, base)
    return any(_overlaps(value, item) for item in parts_of(base) or ())


def _holds(base: Any, value: Any) -> bool:
    """Whether `base` is a container or an object, or holds it at some depth."""
    return base is value or any(_holds(item, value) for item in parts_of(base) or ())


def _refusal(
    where: str,
    what: str = "two names stand for the same memory, which is changed here, and both are used afterwards",
    instead: str = "copy the array (`x.copy()`) before changing it",
) -> AliasError:
    """The error; `where` is the place that the generated code gives: `model.py, line 12, y[0] = 1.0`."""
    file, _, rest = where.partition(", line ")
    line, _, text = rest.partition(", ")
    return AliasError(f'\nFile "{file}", line {line}\n    {text}\n{what}', instead)
