"""Common subexpressions: what a derivative needs is computed once.

    e = np.exp(x)                                 e = np.exp(x)
    ...                                  ->       ...
    bx = by * np.exp(x)                           bx = by * e

Values are merged only where the derivative has a part in it: the primal stays as the user wrote it.  A
value is visible in its block and in the blocks inside of it.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.calls import is_one_of
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Global,
    Lib,
    Method,
    Statement,
    Var,
)
from tangent.ir.primitives import UPDATES
from tangent.ir.walk import (
    all_bound,
    all_statements,
    expr_vars,
    map_statement,
    nested_blocks,
    rename,
    replaced,
    statement_vars,
    used_vars,
    with_replaced,
)

__all__ = ["Keys", "merge_common_subexpressions"]

_FRESH = frozenset({
    primitives.make_list, primitives.make_dict, primitives.make_object, primitives.unpack,
    runtime.zeros_like, runtime.copy, runtime.shallow_copy, runtime.zero_item,
    np.zeros, np.ones, np.empty, np.full, np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.array, np.copy,
    list, dict, np.eye, np.arange, np.linspace,
})
"""Functions whose results may be written into: each has its own."""
_APART = _FRESH | UPDATES | {runtime.add_at}
"""The functions of which no two calls are one."""


Keys = dict[Assign, Any]
"""What makes the calls of statements the same, by these; None for calls that are not merged."""


def merge_common_subexpressions(block: Block, primal: Set[Var], keys: Keys) -> Block:
    """Merge equal calls of which one, or what reads one, is not `primal`, a value of the user's program.

    `keys` keeps what is found of statements, for the next time that this is done to the program.
    """
    merging = _Merging(primal, _read_by_derivative(block, primal), keys)
    return rename(merging.block(block, {}), merging.renamed)


def _read_by_derivative(block: Block, primal: Set[Var]) -> set[Var]:
    """The values that statements read which bind none of the primal's, and those that are returned."""
    found = set(used_vars(Block((), block.yields)))
    for statement in all_statements(block):
        if type(statement) is Assign:
            if primal.isdisjoint(statement.targets):
                found.update(expr_vars(statement.value))
        elif primal.isdisjoint(all_bound(statement)):
            found.update(statement_vars(statement))
            for inner in nested_blocks(statement):
                found.update(used_vars(Block((), inner.yields, inner.stop)))
    return found


class _Merging:
    def __init__(self, primal: Set[Var], wanted: set[Var], keys: Keys) -> None:
        self.primal = primal
        self.wanted = wanted
        self.keys = keys
        self.known: dict[Var, Expr] = {}
        self.renamed: dict[Var, Var] = {}

    def expr(self, expr: Expr) -> Expr:
        return replaced(expr, self.known)

    def statements(self, statements: tuple[Statement, ...], table: dict[Any, Var]) -> tuple[Statement, ...]:
        out = []
        for statement in statements:
            kept = self.statement(statement, table)
            if kept is not None:
                out.append(kept)
        return tuple(out)

    def block(self, block: Block, table: dict[Any, Var]) -> Block:
        statements = self.statements(block.statements, dict(table))
        yields = tuple([self.expr(y) for y in block.yields])
        return Block(statements, yields, None if block.stop is None else self.expr(block.stop))

    def statement(self, statement: Statement, table: dict[Any, Var]) -> Statement | None:
        if type(statement) is not Assign:  # what is computed in a `try` may raise there, and only there
            inside = {} if is_attempt(statement) else table
            return map_statement(statement, self.expr, lambda v: v, lambda b: self.block(b, inside))
        statement = with_replaced(statement, self.known)
        if statement not in self.keys:
            self.keys[statement] = self.key(statement)
        key = self.keys[statement]
        if key is None:
            return statement
        target = statement.targets[0]
        earlier = table.get(key)
        if earlier is None:
            table[key] = target
        elif target not in self.primal or target in self.wanted or earlier in self.wanted:
            self.known[target] = earlier
            if target.named and not earlier.named and earlier not in self.renamed:
                self.renamed[earlier] = Var(target.hint, True)
            if target in self.wanted:
                self.wanted.add(earlier)
            return None
        return statement

    def key(self, statement: Assign) -> Any:
        """What makes two calls the same; None for calls that are not merged."""
        call = statement.value
        if type(call) is not Call or statement.effect or len(statement.targets) != 1:
            return None
        called = call.fn
        if type(called) is Lib or type(called) is Global:
            if is_one_of(called.value, _APART):
                return None
            fn: Any = id(called.value)
        elif type(called) is Method:
            fn = (called.name, called.attribute)
        else:
            return None
        key = (fn, *[a if type(a) is Var else _key(a) for a in call.args])
        return (*key, *[(k, _key(v)) for k, v in call.kwargs]) if call.kwargs else key


def _key(expr: Expr) -> Any:
    if type(expr) is Const:
        return (type(expr.value), repr(expr.value))
    if type(expr) is Global:
        return (expr.path, id(expr.home))
    return id(expr.value) if type(expr) is Lib else expr

