"""From anything that can be called to a plain function with source, which calls it.

    functools.partial(model, 2.0)     ->     def model(x, n=...):
                                                 return model_partial(x, n)

What is called is in a cell of that function, and keeps its defaults.  So there is one kind of thing to differentiate.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import keyword
import operator
import types
from collections import OrderedDict
from collections.abc import Callable, Sequence
from inspect import Parameter as P
from typing import Any

from tangent.emit.load import load
from tangent.errors import SourceError
from tangent.ir.nodes import Namespace
from tangent.rules import registry
from tangent.runtime.functions import CallOf, MethodOf

CALL = "<call of "
"""How the names of the files begin that hold functions which call something else."""

__all__ = ["called_as", "plain_function", "with_so_many"]

_numbers = itertools.count(1)
_made: OrderedDict[Any, tuple[Any, types.FunctionType]] = OrderedDict()
"""The functions made lately, by the identity of what they call, which they keep alive."""
_KEPT = 256


def plain_function(f: Callable[..., Any]) -> types.FunctionType:
    """The Python function behind a callable, or one that calls it.

    Raises:
        SourceError: it is no function, or written in C without a rule.
    """
    if isinstance(f, functools._lru_cache_wrapper):
        return plain_function(f.__wrapped__)
    if isinstance(f, types.FunctionType) and not registry.find(f) and not (
        takes_anything(f) and hasattr(f, "__wrapped__")
    ):
        return f
    return _remembered((*_identity(f),), f, lambda: _calling(f, _parameters(f)))


def called_as(f: Callable[..., Any], count: int, keywords: Sequence[str]) -> types.FunctionType:
    """A function of `count` positional arguments, and of more by the names `keywords`, all of them required."""
    if isinstance(f, MethodOf | CallOf):
        return _remembered((f, count, *keywords), f, lambda: _taking_owner(f, count - 1, keywords))
    function = plain_function(f)
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    if len(names) == count + len(keywords) and names[count:] == tuple(keywords) and not (
        takes_anything(function) or code.co_kwonlyargcount or function.__defaults__
    ):
        return function
    return _remembered((*_identity(f), count, *keywords), f, lambda: _calling(f, _given(f, count, keywords)))


def with_so_many(f: Callable[..., Any], count: int) -> types.FunctionType:
    """The function behind a callable; one that takes any number of arguments as a function of `count` of them."""
    function = plain_function(f)
    return called_as(f, count, ()) if takes_anything(function) else function


def takes_anything(f: types.FunctionType) -> bool:
    """Whether a function has a `*` or a `**` parameter."""
    return bool(f.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS))


def _identity(f: Any) -> tuple[Any, ...]:
    """What tells a callable from others; bound methods are made anew whenever they are read."""
    return (id(f.__self__), id(f.__func__)) if isinstance(f, types.MethodType) else (id(f),)


def _remembered(key: Any, f: Any, make: Callable[[], types.FunctionType]) -> types.FunctionType:
    if key not in _made:
        _made[key] = f, make()
    _made.move_to_end(key)
    if len(_made) > _KEPT:
        _made.popitem(last=False)
    return _made[key][1]


def _parameters(f: Any) -> list[P]:
    """The parameters of a callable.

    Raises:
        SourceError: it can't be differentiated.
    """
    name = getattr(f, "__qualname__", None) or repr(f)
    rules = registry.find(f)
    if rules and isinstance(f, types.FunctionType):
        return list(inspect.signature(f).parameters.values())
    if rules and rules[0].signature is not None:
        return [p for p in rules[0].signature.parameters.values() if p.default is p.empty]
    if isinstance(f, functools.partial) and registry.find(f.func):
        return [p for p in inspect.signature(f).parameters.values() if p.default is p.empty]
    if isinstance(f, operator.itemgetter | operator.attrgetter):
        return [P("value", P.POSITIONAL_OR_KEYWORD)]
    if not callable(f):
        raise SourceError(f"{name} is not a Python function", "pass a function defined by `def` or `lambda`")
    if isinstance(f, type):
        raise SourceError(f"{name} is a class, not a function", "differentiate a function that uses it")
    if not _is_python(f):
        raise SourceError(f"{name} is written in C and has no Python source",
                          "give it a rule, or write it in Python")
    return list(inspect.signature(f).parameters.values())


def _is_python(f: Any) -> bool:
    """Whether what is called has source, or is made of something that has."""
    inner = f.__func__ if isinstance(f, types.MethodType) else f
    known = (types.FunctionType, functools.partial, operator.itemgetter, operator.attrgetter)
    return isinstance(inner, known) or isinstance(type(inner).__call__, types.FunctionType)


def _given(f: Any, count: int, keywords: Sequence[str]) -> list[P]:
    """Parameters for so many positional arguments and for those named, by the names that they have in the function."""
    try:
        known = [p.name for p in _parameters(f) if p.kind in (P.POSITIONAL_ONLY, P.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        known = []
    names = [*known[:count], *(f"argument_{i}" for i in range(len(known), count))]
    positional = [P(name, P.POSITIONAL_OR_KEYWORD) for name in names]
    return [*positional, *(P(name, P.POSITIONAL_OR_KEYWORD, annotation="by name") for name in keywords)]


def _calling(f: Any, parameters: Sequence[P]) -> types.FunctionType:
    """The function of some parameters that calls `f` with them."""
    name, called = _names(f, {p.name for p in parameters})
    cell, held = called, f
    if isinstance(f, types.MethodType) and getattr(f.__self__, name, None) == f:
        called, held = f"{cell}.{name}", f.__self__
    shown = [p.replace(default=_Shown(p.default) if p.default is not p.empty else p.empty, annotation=P.empty)
             for p in parameters]
    text = f"def {name}{inspect.Signature(shown)}:\n    return {called}({', '.join(map(_passed, parameters))})\n"
    inner = inspect.unwrap(getattr(f, "__func__", getattr(f, "func", f)))
    home = Namespace(getattr(inner, "__globals__", {"__name__": "__main__"}), {})
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
    by_name = {p.name for p in parameters if p.kind is P.KEYWORD_ONLY}
    function = load(
        name, text, home, {cell: held}, tuple(v for n, v in defaults.items() if n not in by_name),
        {n: v for n, v in defaults.items() if n in by_name}, f"<call of {name} {next(_numbers)}>",
    )
    function.__doc__ = getattr(f, "__doc__", None)
    function.__annotations__ = {
        p.name: p.annotation for p in parameters if p.annotation not in (P.empty, "by name")
    }
    return function


def _taking_owner(f: MethodOf | CallOf, count: int, keywords: Sequence[str]) -> types.FunctionType:
    """The function of an object and the arguments of a method that calls the method.

    The class of the object is known by an annotation.  A function is called in the place of the method.
    """
    held: dict[str, Any] = {}
    inner: Any
    if isinstance(f, CallOf):
        inner = f.f
        called, held = "called_", {"called_": f.f}
    else:
        inner = getattr(f.cls, f.name, None)
        called = "self" if f.name == "__call__" else f"self.{f.name}"
    known = list(inspect.signature(inner).parameters)[isinstance(f, MethodOf) :] if _is_python(inner) else []
    names = [n for n in known[:count] if n not in ("self", "called_")]
    names += [f"argument_{i}" for i in range(len(names), count)]
    given = ", ".join([*names, *(f"{k}={k}" for k in keywords)])
    name = f.name.strip("_") if isinstance(f, MethodOf) else "call"
    text = f"def {name}({', '.join(['self', *names, *keywords])}):\n    return {called}({given})\n"
    home = Namespace(getattr(inner, "__globals__", {"__name__": "__main__"}), {})
    function = load(name, text, home, held, (), {}, f"{CALL}{name} {next(_numbers)}>")
    if isinstance(f, MethodOf):
        function.__annotations__ = {"self": f.cls}
    return function


class _Shown:
    """A default as the text shows it: what is not a literal is left out."""

    def __init__(self, value: Any) -> None:
        literal = value is None or type(value) in (bool, int, float, str)
        self.text = repr(value) if literal else "..."

    def __repr__(self) -> str:
        return self.text


def _passed(parameter: P) -> str:
    """A parameter as the argument of the call."""
    name = parameter.name
    if parameter.kind is P.VAR_POSITIONAL:
        return f"*{name}"
    if parameter.kind is P.VAR_KEYWORD:
        return f"**{name}"
    return f"{name}={name}" if parameter.kind is P.KEYWORD_ONLY or parameter.annotation == "by name" else name


def _names(f: Any, taken: set[str]) -> tuple[str, str]:
    """A name for the function, and one for what it calls."""
    of = getattr(f, "func", f)
    name = getattr(of, "__name__", type(of).__name__.lower())
    if not name.isidentifier() or keyword.iskeyword(name):
        name = "f"
    owner = getattr(f, "__self__", None)
    kind = owner if isinstance(owner, type) else type(owner)
    called = kind.__name__.lower() if isinstance(f, types.MethodType) else f"{name}_"
    while called in taken or called == name:
        called += "_"
    return name, called
