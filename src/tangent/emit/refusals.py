"""Which bodies of `try` Tangent itself may leave by an exception: that is not for the handlers of the user's."""

from __future__ import annotations

from typing import Any

from tangent import errors, runtime
from tangent.analysis.calls import is_call_of
from tangent.emit.spelling import references
from tangent.errors import TangentError
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Expr, GeneratedFunction, Global, If, Lib, Var
from tangent.ir.walk import all_statements, operands

__all__ = ["may_catch", "may_refuse"]

SILENT: tuple[Any, ...] = (
    runtime.copy, runtime.shallow_copy, runtime.add, runtime.zeros_like, runtime.make_object, runtime.as_record,
)
"""Functions of generated code that refuse nothing."""
FAMILY: tuple[type[TangentError], ...] = tuple([getattr(errors, name) for name in errors.__all__])


def may_refuse(block: Block, called: tuple[GeneratedFunction, ...] = ()) -> bool:
    """Whether what a block calls may raise an error of Tangent's: a check, a derivative that is made at the run."""
    for found in references(block):
        if isinstance(found, GeneratedFunction):
            if found in called:
                continue
            if found.function is None or may_refuse(found.function.body, (*called, found)):
                return True
        elif type(found) is Lib and is_of_tangent(found.value) and found.value not in SILENT:
            return True
    return any(
        calls_value(s.value if type(s) is Assign else s.test)
        for s in all_statements(block) if type(s) is Assign or type(s) is If
    )


def is_of_tangent(value: Any) -> bool:
    return (getattr(value, "__module__", None) or "").partition(".")[0] == "tangent"


def calls_value(expr: Expr) -> bool:
    """Whether an expression calls a function that is a value, which may be one that was generated at the run."""
    if type(expr) is not Call:
        return False
    return type(expr.fn) is Var or any(calls_value(part) for part in operands(expr))


def may_catch(attempt: If) -> bool:
    """Whether the handlers of a `try` may keep an error of Tangent's to themselves."""
    assert type(attempt.test) is Call
    for last in attempt.orelse.statements[-1:]:
        if type(last) is Assign and is_call_of(last.value, primitives.raise_) and not operands(last.value):
            return False  # it goes on
    classes = [e.value if type(e) is Global or type(e) is Lib else None for e in attempt.test.args]
    return not classes or any(
        not isinstance(c, type) or any(issubclass(error, c) for error in FAMILY) for c in classes
    )
