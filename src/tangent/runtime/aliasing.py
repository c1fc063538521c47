"""The check for values that share memory, where only the run can tell."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.errors import AliasError

__all__ = ["check_view", "refuse_shared_items", "refuse_view"]


def refuse_view(value: Any, base: Any, where: str) -> None:
    """Refuse to go on where `value` shares memory with `base`, one of which is about to be changed.

    Raises:
        AliasError: `value` is `base`, an array whose memory may overlap with that of `base`, or a container
            that holds such an array.
    """
    if isinstance(value, np.ndarray):
        if _overlaps(value, base):
            raise _refusal(where)
    elif isinstance(value, (list, tuple, dict)):
        if value is base and not isinstance(value, tuple):
            raise _refusal(where)
        for item in value.values() if isinstance(value, dict) else value:
            refuse_view(item, base, where)


def refuse_shared_items(container: Any, index: Any, where: str) -> None:
    """Refuse to go on where the item that is about to be changed is in the container a second time.

    Raises:
        AliasError: another item shares memory with `container[index]`.
    """
    if isinstance(container, dict):
        others = [item for key, item in container.items() if key != index]
    elif isinstance(container, (list, tuple)):
        position = range(len(container))[index]
        others = [item for i, item in enumerate(container) if i != position]
    else:
        return
    changed = container[index]
    for other in others:
        refuse_view(other, changed, where)


def check_view(value: Any, base: Any, where: str, of_array: bool = False) -> None:
    """Go on only if `value` shares memory with `base`, so that a change of one is a change of the other.

    Raises:
        AliasError: `value` is a number, or a copy, or `base` is a tuple, which takes no new items.
    """
    if isinstance(base, tuple):
        raise _refusal(where, "an item of a tuple is changed in place", "use a list instead of the tuple")
    if value is base and isinstance(value, (np.ndarray, list, dict)):
        return
    if of_array and not isinstance(base, np.ndarray):
        raise _refusal(where, "an item of a list or a dict is read after a change of the list", "copy the item before")
    if isinstance(base, np.ndarray):
        shared = isinstance(value, np.ndarray) and (value.size == 0 or np.may_share_memory(value, base))
    else:
        items = base.values() if isinstance(base, dict) else base if isinstance(base, list) else ()
        shared = isinstance(value, (np.ndarray, list, dict)) and any(item is value for item in items)
    if not shared:
        raise _refusal(
            where, "a part of an array is changed, or read after a change of the array, and is a number or a copy here",
            "use item assignment: `x[i] = x[i] + v`, or give the copy and the array names of their own",
        )


def _overlaps(value: np.ndarray[Any, Any], base: Any) -> bool:
    if isinstance(base, np.ndarray):
        return value is base or np.may_share_memory(value, base)
    if isinstance(base, dict):
        return any(_overlaps(value, item) for item in base.values())
    return isinstance(base, (list, tuple)) and any(_overlaps(value, item) for item in base)


def _refusal(
    where: str,
    what: str = "two names stand for the same memory, which is changed here, and both are used afterwards",
    instead: str = "copy the array (`x.copy()`) before changing it",
) -> AliasError:
    """The error; `where` is the place that the generated code gives: `model.py, line 12, y[0] = 1.0`."""
    file, _, rest = where.partition(", line ")
    line, _, text = rest.partition(", ")
    return AliasError(f'\nFile "{file}", line {line}\n    {text}\n{what}', instead)
