"""Derivatives of functions that only the run knows: an argument, an item of a list, the result of a call.

They are made when they are first asked for, and kept.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangent.errors import TangentError, UnsupportedError
from tangent.runtime.scalars import SCALAR
from tangent.runtime.structure import is_user_class
from tangent.runtime.traced import is_traced, traced_passes, traced_tangent

__all__ = ["MethodOf", "derivatives", "jvp_of", "method", "refuse_reader", "tangent_of", "vjp_of"]


@dataclass(frozen=True, slots=True)
class MethodOf:
    """A method as a function of the object, for the objects of a class."""

    cls: type
    name: str

    def __call__(self, owner: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(owner, self.name)(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class CallOf:
    """A function that holds no numbers, as one that takes itself as its first argument."""

    f: Callable[..., Any]

    def __call__(self, f: Any, *args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)


def method(owner: Any, name: str) -> MethodOf | CallOf:
    """A method as a function of its object: the derivative is one with respect to the object as well.

    Raises:
        UnsupportedError: the class of the object is not written in Python.
    """
    if is_user_class(type(owner)):
        return MethodOf(type(owner), name)
    if name == "__call__":
        _refuse_numbers(owner)
        return CallOf(owner)
    raise UnsupportedError(
        f"unsupported: the method {name} of a {type(owner).__qualname__}, which has no rule and no source",
        "give the method a rule, or write it in Python",
    )


def derivatives(
    f: Callable[..., Any], wrt: tuple[int, ...], count: int, keywords: tuple[str, ...] = ()
) -> tuple[types.FunctionType, types.FunctionType]:
    """The two passes of the derivative of a function with respect to the arguments at `wrt`.

    They are those of a call with `count` positional arguments, and with those named by `keywords` after them: the
    forward function takes all of them by position, and gives the result and what the backward function needs.
    """
    if is_traced(f):
        return traced_passes(f, wrt, count, keywords)
    forward, backward = _made(f, "reverse", "split", wrt, count, keywords)
    return forward, backward


def tangent_of(
    f: Callable[..., Any], wrt: tuple[int, ...], count: int, keywords: tuple[str, ...] = ()
) -> types.FunctionType:
    """The function of the arguments of such a call, then of the tangents of those at `wrt`: `(tangent, result)`."""
    if is_traced(f):
        return traced_tangent(f, wrt, count, keywords)  # type: ignore[no-any-return]
    return _made(f, "forward", "last", wrt, count, keywords)[0]


def vjp_of(f: Callable[..., Any], wrt: tuple[int, ...], count: int) -> types.FunctionType:
    """The function of `count` arguments of `f` and a seed that gives the gradients by the arguments at `wrt`.

    The seed is 1.0 where it is left out.
    """
    return _made(f, "reverse", "", wrt, count, (), optional_seed=True)[0]


def jvp_of(f: Callable[..., Any], wrt: tuple[int, ...], count: int) -> types.FunctionType:
    """The function of `count` arguments of `f` and the tangents of those at `wrt` that gives the tangent of `f`."""
    return _made(f, "forward", "", wrt, count, ())[0]


def _made(
    f: Callable[..., Any], mode: str, keep: str, wrt: tuple[int, ...], count: int, keywords: tuple[str, ...],
    optional_seed: bool = False,
) -> tuple[types.FunctionType, ...]:
    from tangent.derive import Request, derivative
    from tangent.frontend.entry import called_as
    from tangent.frontend.lower import lower

    function = called_as(f, count, keywords)
    lowered = lower(function)
    if lowered.changes_something:
        what = "its arguments" if lowered.writes else "an object that is not its own, such as its `self`"
        raise UnsupportedError(
            f"unsupported: {function.__name__}, which only the run knows, writes into {what}",
            "return the new value instead, or annotate the parameter with the class of what is passed",
        )
    return derivative(function, Request(mode, tuple(wrt), True, keep, False, optional_seed), 0)


def refuse_reader(f: Callable[..., Any], *objects: Any) -> None:
    """Refuse a function that only the run knows, and that reads an object which the function that calls it has changed.

    What is written to objects that are known when a derivative is made is seen by the derivative alone.

    Raises:
        UnsupportedError: it reads one of `objects`.
    """
    from tangent.frontend.entry import plain_function
    from tangent.frontend.lower import depends_on, lower

    try:
        function = plain_function(f)
        lower(function)
    except TangentError:
        return  # an error only where its derivative is asked for
    if depends_on(function, objects):
        raise UnsupportedError(
            f"unsupported: {function.__name__}, which only the run knows, reads an object that its caller changes",
            "pass what it reads as an argument",
        )


def _refuse_numbers(f: Any) -> None:
    """Refuse to go on where a function that is part of what is differentiated holds numbers itself.

    Raises:
        UnsupportedError: it is a method or an object, or a closure over numbers.
    """
    if isinstance(f, types.FunctionType):
        held: list[Any] = [] if hasattr(f, "__seeds__") else [c.cell_contents for c in f.__closure__ or ()]
    elif isinstance(f, functools.partial):
        held = [f.func, *f.args, *f.keywords.values()]
    elif isinstance(f, types.BuiltinFunctionType | np.ufunc | type):
        held = []
    else:
        held = [f]
    for value in held:
        if callable(value) and value is not f:
            _refuse_numbers(value)
        elif isinstance(value, bool | int | str | types.ModuleType | types.NoneType):
            continue
        elif value is f or isinstance(value, (np.ndarray, *SCALAR, list, tuple, dict)) or hasattr(value, "__dict__"):
            raise UnsupportedError(
                f"unsupported: the derivative with respect to what {getattr(f, '__name__', 'a function')} holds, "
                "which only the run knows",
                "leave the function out of what `wrt` names, and pass the numbers as arguments",
            )
