"""Activity: which values carry a derivative.

A value is *varied* if it depends on an argument that is differentiated, *useful* if a result depends on
it, by a path of differentiable operations in both cases; *active* if both (Griewank & Walther, Evaluating
Derivatives, 2nd ed., section 6.2).  A value whose adjoint the user has inserted code for is active in any case.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import assert_never

from tangent import runtime
from tangent.analysis.calls import function_of, is_nondifferentiable, is_structural
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Expr, For, If, Insertion, Statement, Var, While
from tangent.ir.walk import expr_vars

__all__ = ["TAKES", "active_values", "useful_values", "varied_values"]

TAKES = (operator.getitem, primitives.element, primitives.list_pop, primitives.dict_remove, primitives.unpack)
"""The primitives that take out what their second argument names, or the rest."""


def active_values(body: Block, wrt: Iterable[Var]) -> set[Var]:
    """The values that depend on `wrt` and on which a result depends."""
    varied = varied_values(body, wrt)
    return varied & useful_values(body, varied)


def varied_values(body: Block, wrt: Iterable[Var]) -> set[Var]:
    varied = set(wrt)
    _varied(body, varied)
    return varied


def _varied(block: Block, varied: set[Var]) -> None:
    for statement in block.statements:
        match statement:
            case Assign(targets=targets, value=value):
                reads_varied = targets and not varied.isdisjoint(differentiable_operands(value))
                if is_inserted(value) or reads_varied and not (type(value) is Call and is_nondifferentiable(value)):
                    varied.update(targets)
            case If(then=then, orelse=orelse, results=results):
                _varied(then, varied)
                _varied(orelse, varied)
                for result, a, b in zip(results, then.yields, orelse.yields, strict=True):
                    if a in varied or b in varied:
                        varied.add(result)
            case For() | While():
                _varied_loop(statement, varied)
            case _:
                assert_never(statement)


def differentiable_operands(value: Expr) -> Iterable[Var]:
    """The operands of an expression that may carry a derivative: an index does not."""
    if type(value) is Call and type(value.fn) is Insertion:
        return (v for a in value.args[: len(value.fn.derivatives)] for v in expr_vars(a))
    if type(value) is Call and is_structural(value):
        fn, args = function_of(value), value.args
        if fn in TAKES:
            args = args[:1]
        elif fn in (primitives.update_item, primitives.add_item, runtime.add_at):
            args = (args[0], args[2])
        elif fn is primitives.solution:
            args = (*args[2:], *(v for name, v in value.kwargs if name == "wvar"))
        elif fn is primitives.make_dict:
            args = args[1::2]
        elif fn is primitives.make_object:
            args = args[2::2]
        return (v for a in args for v in expr_vars(a))
    return expr_vars(value)


def is_inserted(value: Expr) -> bool:
    """Whether a value has code for its adjoint: it is to have one, whatever it depends on and is used for."""
    return type(value) is Call and type(value.fn) is Insertion


def _varied_loop(statement: For | While, varied: set[Var]) -> None:
    carried = list(zip(statement.params, statement.inits, statement.body.yields, statement.results, strict=True))
    varied.update(p for p, init, _, _ in carried if init in varied)
    while True:
        before = len(varied)
        _varied(statement.body, varied)
        varied.update(p for p, _, end, _ in carried if end in varied)
        if len(varied) == before:
            break
    varied.update(r for p, init, end, r in carried if p in varied or end in varied)


def useful_values(body: Block, varied: set[Var]) -> set[Var]:
    """The varied values on which what `body` yields depends."""
    useful: set[Var] = {y for y in body.yields if type(y) is Var}
    _useful(body, useful, varied)
    return useful


def _useful(block: Block, useful: set[Var], varied: set[Var]) -> None:
    for statement in reversed(block.statements):
        _useful_statement(statement, useful, varied)


def _useful_statement(statement: Statement, useful: set[Var], varied: set[Var]) -> None:
    match statement:
        case Assign(targets=targets, value=value):
            if is_inserted(value):
                useful.update(targets)
                useful.update(differentiable_operands(value))
            elif any(t in useful and t in varied for t in targets):
                useful.update(differentiable_operands(value))
        case If(then=then, orelse=orelse, results=results):
            for result, a, b in zip(results, then.yields, orelse.yields, strict=True):
                if result in useful:
                    useful.update(v for v in (a, b) if type(v) is Var)
            _useful(then, useful, varied)
            _useful(orelse, useful, varied)
        case For() | While():
            carried = list(
                zip(statement.params, statement.inits, statement.body.yields, statement.results, strict=True)
            )
            useful.update(end for _, _, end, r in carried if r in useful and type(end) is Var)
            while True:
                before = len(useful)
                _useful(statement.body, useful, varied)
                useful.update(end for p, _, end, _ in carried if p in useful and type(end) is Var)
                if len(useful) == before:
                    break
            useful.update(
                init for p, init, _, r in carried if (p in useful or r in useful) and type(init) is Var
            )
        case _:
            assert_never(statement)
