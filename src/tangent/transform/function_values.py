"""Calls of functions that only the run knows, as the transforms of both modes see them.

    y = model.predict(x)                    ->           predict = tangent.method(model, "predict")
                                                         y = predict(model, x)

    y = f(x, k=z)     forward, backward = tangent.derivatives(f, (0, 1), 1, ("k",))     df = tangent.tangent_of(f, ...)
                      y, y_saved = forward(x, z)                                     dy, y = df(x, z, dx, dz)
                      bx, bz = backward(y_saved, by)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tangent import runtime
from tangent.analysis.calls import function_of
from tangent.ir.nodes import Assign, Call, Const, Expr, Global, Lib, Method, Origin, Var
from tangent.runtime.traced import is_traced

__all__ = ["described", "hint_of", "is_known_to_the_run", "is_of_object", "operands_of", "with_owner"]

NO_OBJECTS = (np.ndarray, np.generic, list, tuple, dict, set, str, bytes, float, int, complex)
"""The classes whose methods need a rule."""


def is_of_object(call: Call) -> bool:
    """Whether a call is one of a method of an object whose class only the run knows."""
    fn = call.fn
    return type(fn) is Method and not fn.attribute and not any(hasattr(cls, fn.name) for cls in NO_OBJECTS)


def is_known_to_the_run(call: Call) -> bool:
    """Whether the derivative of what is called is made when it is called, or is taken by a tape."""
    return type(call.fn) is Var or is_of_object(call) or is_traced(function_of(call))


def with_owner(call: Call, is_active: bool, origin: Origin | None) -> tuple[list[Assign], Call]:
    """A call whose function is part of what is differentiated, as one that takes it as an argument."""
    if type(call.fn) is Method:
        owner, name, rest = call.args[0], call.fn.name, call.args[1:]
    elif is_active:
        assert type(call.fn) is Var
        owner, name, rest = call.fn, "__call__", call.args
    else:
        return [], call
    method = Var(name.strip("_"))
    found = Call(Lib(runtime.method, "tangent.method"), (owner, Const(name)))
    return [Assign((method,), found, origin)], Call(method, (owner, *rest), call.kwargs)


def operands_of(call: Call) -> tuple[Expr, ...]:
    """The arguments of a call, those that are given by name last."""
    return (*call.args, *(value for _, value in call.kwargs))


def described(call: Call, active: Sequence[int]) -> tuple[Expr, ...]:
    """The function of a call, the active ones of its arguments, and how they are given."""
    assert isinstance(call.fn, Var | Global)
    names = tuple(name for name, _ in call.kwargs)
    return (call.fn, Const(tuple(active)), Const(len(call.args)), *([Const(names)] if names else []))


def hint_of(call: Call) -> str:
    """A name for what is made of the function of a call."""
    if type(call.fn) is Global:
        return call.fn.path.rpartition(".")[2]
    return call.fn.hint if type(call.fn) is Var else "function"
