"""Attempts: the branches that `try` becomes, and what may raise in them.

    y = if attempt(ValueError):            try:
        y.2 = sqrt(x)                          y = math.sqrt(x)
        yield y.2                    is    except ValueError:
    else:                                      y = 0.0
        yield 0.0

The `orelse` of an attempt may begin after any statement of its `then` that may raise.  It reads values from before
the attempt alone; so these are needed as long as something in the `then` may still raise.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, TypeGuard

from tangent.ir import primitives
from tangent.ir.nodes import Assign, Call, Const, Expr, If, Lib, Statement, Var

__all__ = ["caught_error", "certain_end", "is_attempt", "is_bracket", "is_setting", "may_raise"]

_SAFE: tuple[Any, ...] = (
    primitives.make_tuple, primitives.make_list, primitives.list_append, primitives.pass_through, operator.is_,
    operator.is_not, primitives.same_view, primitives.read, slice,
)


def is_attempt(statement: Statement) -> TypeGuard[If]:
    """Whether a statement is a `try`."""
    return type(statement) is If and _calls(statement.test, primitives.attempt)


def caught_error(statement: If) -> Var | None:
    """The exception that the `orelse` of an attempt handles, where that reads it."""
    match statement.orelse.statements:
        case (Assign(targets=(error,), value=value), *_) if _calls(value, primitives.caught):
            return error
    return None


def may_raise(statement: Statement) -> bool:
    """Whether a statement may raise an exception: nearly all may."""
    return not (type(statement) is Assign and _is_safe(statement.value))


def certain_end(statements: Sequence[Statement]) -> int:
    """The position from which on no statement may raise."""
    return max((i + 1 for i, s in enumerate(statements) if may_raise(s)), default=0)


def is_bracket(statement: Statement) -> bool:
    """Whether a statement is the beginning or the end of a `with`."""
    return type(statement) is Assign and _calls(statement.value, primitives.enter, primitives.leave)


def is_setting(entered: Expr) -> bool:
    """Whether an `enter` is of a context that changes nothing but how the statements in it are run."""
    return _calls(entered, primitives.enter) and type(entered) is Call and (
        type(entered.args[1]) is Const and entered.args[1].value is True
    )


def _is_safe(value: Expr) -> bool:
    if type(value) is not Call:
        return True
    return _calls(value, *_SAFE) and all(map(_is_safe, value.args))


def _calls(expr: Expr, *functions: Any) -> bool:
    if type(expr) is Call and type(expr.fn) is Lib:
        called = expr.fn.value
        for function in functions:
            if called is function:
                return True
    return False
