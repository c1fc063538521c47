"""Calls of functions that only the run knows, as the transforms of both modes see them.

    y = f(x, k=z)     forward, backward = tangent.derivatives(f, (0, 1), 1, ("k",))     df = tangent.tangent_of(f, ...)
                      y, y_saved = forward(x, z)                                     dy, y = df(x, z, dx, dz)
                      bx, bz = backward(y_saved, by)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangent import runtime
from tangent.ir.nodes import Assign, Call, Const, Expr, Lib, Var

__all__ = ["checks_of", "described", "hint_of", "operands_of"]


def operands_of(call: Call) -> tuple[Expr, ...]:
    """The arguments of a call, those that are given by name last."""
    return (*call.args, *(value for _, value in call.kwargs))


def described(call: Call, active: Sequence[int]) -> tuple[Expr, ...]:
    """The function of a call, the active ones of its arguments, and how they are given."""
    assert isinstance(call.fn, Var)
    names = tuple(name for name, _ in call.kwargs)
    return (call.fn, Const(tuple(active)), Const(len(call.args)), *([Const(names)] if names else []))


def checks_of(fn: Any, is_active: bool) -> list[Assign]:
    """The check that a function which is part of what is differentiated holds no numbers itself."""
    check = Call(Lib(runtime.refuse_numbers, "tangent.refuse_numbers"), (fn,))
    return [Assign((), check, effect=True)] if is_active else []


def hint_of(call: Call) -> str:
    """A name for what is made of the function of a call."""
    return call.fn.hint if isinstance(call.fn, Var) and call.fn.named else "function"
