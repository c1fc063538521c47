"""Dead code: what nothing reads, and has no effect, is dropped.

    for i in range(0, n, 1) with y = 0.0, t = undefined:       for i in range(0, n, 1) with y = 0.0:
        t.2 = mul(y, 2.0)                                ->        y.2 = add(y, i)
        y.2 = add(y, i)                                            yield y.2
        yield y.2, t.2

Loop-carried values are kept only where a result or the next iteration reads them.  In the body of a `try`, whatever
may raise decides which way is taken, and is kept as long as the `try` is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from tangent.ir.attempts import is_attempt, may_raise
from tangent.ir.nodes import Assign, Block, Expr, For, If, Statement, Var, While
from tangent.ir.walk import all_statements, bound, expr_vars, nested_blocks

__all__ = ["remove_dead_code"]


def remove_dead_code(block: Block, is_wanted: Callable[[Assign], bool] = lambda s: s.effect) -> Block:
    """Drop the statements, results and loop-carried values that do not matter for what `block` yields.

    `is_wanted` names the statements that matter by themselves.
    """
    return _DeadCode(is_wanted).block(block, set(), range(len(block.yields)))


def carried(statement: Statement) -> Iterator[Var]:
    """The values that loops in a statement carry from one iteration to the next."""
    if isinstance(statement, For | While):
        yield from statement.params
    for block in nested_blocks(statement):
        for inner in block.statements:
            yield from carried(inner)


class _DeadCode:
    def __init__(self, is_wanted: Callable[[Assign], bool]) -> None:
        self.is_wanted = is_wanted
        self.attempts = 0
        """How many bodies of `try` there are around the statement that is looked at."""

    def matters_itself(self, statement: Assign) -> bool:
        return self.is_wanted(statement) or (self.attempts > 0 and may_raise(statement))

    def block(self, block: Block, needed: set[Var], keep: Iterable[int]) -> Block:
        """Adds to `needed` what the block reads; `keep` are the positions of the yields that matter."""
        yields = tuple([block.yields[i] for i in keep])
        for expr in yields:
            needed.update(expr_vars(expr))
        if block.stop is not None:
            needed.update(expr_vars(block.stop))
        statements: list[Statement] = []
        for statement in reversed(block.statements):
            kept = self.statement(statement, needed)
            if kept is not None:
                statements.append(kept)
        statements.reverse()
        return Block(tuple(statements), yields, block.stop)

    def statement(self, statement: Statement, needed: set[Var]) -> Statement | None:
        if type(statement) is Assign:
            if needed.isdisjoint(statement.targets) and not self.matters_itself(statement):
                return None
            needed.update(expr_vars(statement.value))
            return statement
        return self.if_(statement, needed) if type(statement) is If else self.loop(statement, needed)

    def if_(self, statement: If, needed: set[Var]) -> Statement | None:
        keep = [i for i, r in enumerate(statement.results) if r in needed]
        if is_attempt(statement) and not keep and not self.matters(statement, needed):
            return None
        self.attempts += is_attempt(statement)
        then = self.block(statement.then, needed, keep)
        self.attempts -= is_attempt(statement)
        orelse = self.block(statement.orelse, needed, keep)
        if not keep and not then.statements and not orelse.statements:
            return None
        needed.update(expr_vars(statement.test))
        results = tuple([statement.results[i] for i in keep])
        return If(statement.test, then, orelse, results, statement.origin, statement.region)

    def loop(self, statement: For | While, needed: set[Var]) -> Statement | None:
        keep = {i for i, r in enumerate(statement.results) if r in needed}
        if not keep and not self.matters(statement, needed):
            return None
        while True:  # what was needed once is needed when more is kept
            positions = sorted(keep)
            body = self.block(statement.body, needed, positions)
            header = self.block(statement.header, needed, [0]) if type(statement) is While else None
            more = {i for i, p in enumerate(statement.params) if p in needed} - keep
            if not more:
                break
            keep |= more

        def kept(items: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple([items[i] for i in positions])

        inits: tuple[Expr, ...] = kept(statement.inits)
        for expr in inits:
            needed.update(expr_vars(expr))
        params, results = kept(statement.params), kept(statement.results)
        if type(statement) is For:
            for expr in statement.bounds:
                needed.update(expr_vars(expr))
            return replace(statement, params=params, inits=inits, body=body, results=results)
        assert header is not None
        return replace(statement, header=header, params=params, inits=inits, body=body, results=results)

    def matters(self, statement: If | For | While, needed: set[Var]) -> bool:
        """Whether a statement has an effect, or binds a value that is needed outside (by the backward pass)."""
        return any(
            not needed.isdisjoint(bound(s)) or (type(s) is Assign and self.matters_itself(s))
            for block in nested_blocks(statement)
            for s in all_statements(block)
        ) or any(v in needed for v in carried(statement))
