"""Dead code: what nothing reads, and has no effect, is dropped.

    for i in range(0, n, 1) with y = 0.0, t = undefined:       for i in range(0, n, 1) with y = 0.0:
        t.2 = mul(y, 2.0)                                ->        y.2 = add(y, i)
        y.2 = add(y, i)                                            yield y.2
        yield y.2, t.2

Loop-carried values are kept only where a result or the next iteration reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, assert_never

from tangent.ir.nodes import Assign, Block, Expr, For, If, Statement, Var, While
from tangent.ir.walk import all_statements, bound, expr_vars, nested_blocks

__all__ = ["remove_dead_code"]


def remove_dead_code(block: Block, is_wanted: Callable[[Assign], bool] = lambda s: s.effect) -> Block:
    """Drop the statements, results and loop-carried values that do not matter for what `block` yields.

    `is_wanted` names the statements that matter by themselves.
    """
    return _DeadCode(is_wanted).block(block, set(), range(len(block.yields)))


def carried(loop: For | While) -> Iterator[Var]:
    """The values that a loop and the loops in it carry from one iteration to the next."""
    for statement in (loop, *all_statements(loop.body)):
        if isinstance(statement, For | While):
            yield from statement.params


class _DeadCode:
    def __init__(self, is_wanted: Callable[[Assign], bool]) -> None:
        self.is_wanted = is_wanted

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
        match statement:
            case Assign(targets=targets, value=value):
                if not self.is_wanted(statement) and not any(t in needed for t in targets):
                    return None
                needed.update(expr_vars(value))
                return statement
            case If():
                return self.if_(statement, needed)
            case For() | While():
                return self.loop(statement, needed)
        assert_never(statement)

    def if_(self, statement: If, needed: set[Var]) -> Statement | None:
        keep = [i for i, r in enumerate(statement.results) if r in needed]
        then = self.block(statement.then, needed, keep)
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
        while True:
            inside = set(needed)
            positions = sorted(keep)
            body = self.block(statement.body, inside, positions)
            header = self.block(statement.header, inside, [0]) if isinstance(statement, While) else None
            more = {i for i, p in enumerate(statement.params) if p in inside} - keep
            if not more:
                break
            keep |= more
        needed |= inside

        def kept(items: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple([items[i] for i in positions])

        inits: tuple[Expr, ...] = kept(statement.inits)
        for expr in inits:
            needed.update(expr_vars(expr))
        params, results = kept(statement.params), kept(statement.results)
        if isinstance(statement, For):
            for expr in statement.bounds:
                needed.update(expr_vars(expr))
            return replace(statement, params=params, inits=inits, body=body, results=results)
        assert header is not None
        return replace(statement, header=header, params=params, inits=inits, body=body, results=results)

    def matters(self, statement: For | While, needed: set[Var]) -> bool:
        """Whether a loop has an effect, or binds a value that is needed outside (by the backward pass)."""
        return any(
            any(v in needed for v in bound(s)) or (isinstance(s, Assign) and self.is_wanted(s))
            for block in nested_blocks(statement)
            for s in all_statements(block)
        ) or any(v in needed for v in carried(statement))
