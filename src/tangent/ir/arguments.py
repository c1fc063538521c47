"""Arguments that say what a function does anyway, which a person would leave out.

    np.delete(x, 2, None)                      np.delete(x, 2)
    np.sum(x, axis=0, keepdims=False)          np.sum(x, axis=0)
    tangent.expand(b, x, None, False)          tangent.expand(b, x)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangent.ir.nodes import Const, Expr

__all__ = ["without_defaults"]

_KNOWN = ("numpy", "tangent.runtime", "tensorflow.")
Keywords = tuple[tuple[str, Expr], ...]


def without_defaults(fn: Any, args: Sequence[Expr], kwargs: Keywords = ()) -> tuple[tuple[Expr, ...], Keywords]:
    """The arguments of a call without those, at the end and by name, that are the defaults of the parameters.

    What is not the default in every version of NumPy is kept.
    """
    parameters = _parameters(fn)
    if not parameters:
        return tuple(args), tuple(kwargs)
    kept = tuple([(name, value) for name, value in kwargs if not _is_default(parameters.get(name), value)])
    plain = list(args)
    names = [name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    while plain and len(plain) <= len(names) and _is_default(parameters[names[len(plain) - 1]], plain[-1]):
        plain.pop()
    return tuple(plain), kept


@functools.cache
def _parameters(fn: Any) -> dict[str, inspect.Parameter]:
    """The parameters that can be left out, by their names; none where they are not known."""
    module = getattr(fn, "__module__", None) or ""
    if not module.startswith(_KNOWN) or isinstance(fn, type) or fn is np.take_along_axis:
        return {}
    try:
        found = inspect.signature(fn).parameters
    except (TypeError, ValueError):  # written in C, without a signature
        return {}
    if any(p.kind is p.VAR_POSITIONAL for p in found.values()):
        return {name: p for name, p in found.items() if p.kind is p.KEYWORD_ONLY}
    return dict(found)


def _is_default(parameter: inspect.Parameter | None, value: Expr) -> bool:
    if parameter is None or type(value) is not Const:
        return False
    default, given = parameter.default, value.value
    if default is np._NoValue:
        return given is False and parameter.name == "keepdims"
    return given is default if given is None else (
        type(given) in (int, float, str, bool) and type(given) is type(default) and given == default
    )
