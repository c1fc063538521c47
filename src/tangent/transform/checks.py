"""Checks that derivatives are like the values that they belong to, for `debug="dtype"` and `"shape"`.

    bx = mul(by, w)          ->        bx = mul(by, w)
                                       check_alike(bx, x, 'shape')

They are put into a backward pass before what it reads is saved: the values are then there, at every iteration.  In
forward mode a tangent may come before its value, and waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from tangent import runtime
from tangent.analysis.calls import is_call_of
from tangent.analysis.kinds import Kinds
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, Lib, Statement, Var
from tangent.ir.walk import all_statements, bound, with_blocks

__all__ = ["with_checks_of_derivatives"]


def with_checks_of_derivatives(block: Block, values: Mapping[Var, Expr], kinds: Kinds, what: str) -> Block:
    """The block with a check behind each statement that binds a derivative.

    Args:
        block: a backward pass, or the program of a tangent.
        values: the value that each derivative belongs to.
        kinds: what is a number or an array among them.
        what: 'dtype' or 'shape'.
    """
    incomplete = _incomplete(block, values)
    checked = {
        d: v for d, v in values.items() if d not in incomplete and type(v) is Var and v not in kinds.containers
    }
    return _checked(block, checked, what)


FITTING = (runtime.unbroadcast, runtime.fit, runtime.unarray, runtime.expand, runtime.stretch, runtime.as_derivative)
"""What brings a derivative to the shape of its value: before that it may have another one."""


def _incomplete(block: Block, values: Mapping[Var, Expr]) -> set[Expr]:
    """What is not yet the derivative of a value: what will be fitted to its shape, and the terms of sums."""
    found: set[Expr] = set()
    for statement in all_statements(block):
        if type(statement) is not Assign or type(statement.value) is not Call:
            continue
        operands = statement.value.args
        if is_call_of(statement.value, *FITTING):
            found.add(operands[0])
        for target in statement.targets:
            if target in values:
                found |= {o for o in operands if type(o) is Var and values.get(o) is values[target]}
    return found


def _checked(block: Block, values: Mapping[Var, Var], what: str) -> Block:
    """The block with checks behind the statements that bind derivatives, or behind those that then bind the values."""
    check = Lib(runtime.check_alike, "tangent.check_alike")
    places = {v: position for position, s in enumerate(block.statements) for v in bound(s)}
    checks: dict[int, list[Statement]] = defaultdict(list)
    for position, statement in enumerate(block.statements):
        for target in statement.targets if type(statement) is Assign else ():
            if target in values:
                call = Call(check, (target, values[target], Const(what)))
                behind = max(position, places.get(values[target], 0))
                checks[behind].append(Assign((), call, statement.origin, effect=True))
    statements: list[Statement] = []
    for position, statement in enumerate(block.statements):
        statements += [with_blocks(statement, lambda inner: _checked(inner, values, what)), *checks[position]]
    return replace(block, statements=tuple(statements))
