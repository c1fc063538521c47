"""Reads: how often values are read, and which values a loop binds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable

from tangent.ir.attempts import is_attempt
from tangent.ir.nodes import Assign, Block, For, If, Var, While
from tangent.ir.walk import bound, expr_vars, statement_vars

__all__ = ["bound_inside", "reads_on_a_path"]


def reads_on_a_path(block: Block, among: Container[Var] | None = None) -> Counter[Var]:
    """How often values, or those `among` some, are read on one way through a block.

    What a loop reads from outside counts twice.  The handler of an attempt may run behind its body.
    """
    found: Counter[Var] = Counter()
    for statement in block.statements:
        _add(found, statement_vars(statement), among)
        if type(statement) is If:
            then, orelse = reads_on_a_path(statement.then, among), reads_on_a_path(statement.orelse, among)
            for var in {**then, **orelse}:
                found[var] += then[var] + orelse[var] if is_attempt(statement) else max(then[var], orelse[var])
        elif type(statement) is not Assign:
            inside = bound_inside(statement)
            for part in (statement.body, *([statement.header] if type(statement) is While else [])):
                for var, count in reads_on_a_path(part, among).items():
                    found[var] += count if var in inside else 2 * count
    for expr in (*block.yields, *([] if block.stop is None else [block.stop])):
        _add(found, expr_vars(expr), among)
    return found


def _add(found: Counter[Var], read: Iterable[Var], among: Container[Var] | None) -> None:
    for var in read:  # `Counter.update` and `|` take several times as long
        if among is None or var in among:
            found[var] = found.get(var, 0) + 1


def bound_inside(statement: For | While) -> set[Var]:
    """The values that a loop binds in its blocks, nested ones included."""
    inside = set(statement.params)
    if type(statement) is For:
        inside.add(statement.index)
    blocks = [statement.body, *([statement.header] if type(statement) is While else [])]
    while blocks:
        for inner in blocks.pop().statements:
            inside.update(bound(inner))
            if isinstance(inner, For | While):
                inside |= bound_inside(inner)
            elif type(inner) is If:
                blocks += [inner.then, inner.orelse]
    return inside
