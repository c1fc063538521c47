"""Copies: what is only another name for a value is replaced by the value.

A result on which both branches agree, a loop-carried value that no iteration changes, a branch whose
condition is known, `pass_through(x)`: none of them is worth a name.
"""

from __future__ import annotations

import operator
from collections.abc import Collection
from dataclasses import replace

from tangent.analysis.calls import function_of, primitive_of
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, If, Statement, Var, While
from tangent.ir.walk import replaced, with_value

__all__ = ["TESTS", "propagate_copies"]


def propagate_copies(block: Block) -> Block:
    """Replace every copy by what it is a copy of."""
    return _Copies().block(block)


class _Copies:
    def __init__(self) -> None:
        self.known: dict[Var, Expr] = {}
        self.displays: set[Expr] = set()
        """Tuples, lists and dicts that were written out: none of them is None."""

    def expr(self, expr: Expr) -> Expr:
        return replaced(expr, self.known)

    def atom(self, atom: Expr) -> Expr:
        return self.known.get(atom, atom) if type(atom) is Var else atom

    def block(self, block: Block) -> Block:
        statements: list[Statement] = []
        for statement in block.statements:
            self.statement(statement, statements)
        yields = tuple([self.expr(y) for y in block.yields])
        return Block(tuple(statements), yields, None if block.stop is None else self.expr(block.stop))

    def statement(self, statement: Statement, out: list[Statement]) -> None:
        if type(statement) is Assign:
            value = replaced(statement.value, self.known)
            fn = primitive_of(value)
            if fn in TESTS:
                value = known_test(value, self.displays)
            elif fn in _DISPLAYS:
                self.displays.update(statement.targets)
            if (type(value) is not Call or fn is primitives.pass_through) and (
                len(statement.targets) == 1 and not statement.effect
            ):
                self.known[statement.targets[0]] = value.args[0] if type(value) is Call else value
            else:
                out.append(with_value(statement, value))
        elif type(statement) is If:
            self.if_(statement, out)
        else:
            out.append(self.loop(statement))

    def if_(self, statement: If, out: list[Statement]) -> None:
        test = self.expr(statement.test)
        if type(test) is Const:
            taken = statement.then if test.value else statement.orelse
            for inner in taken.statements:
                self.statement(inner, out)
            for result, value in zip(statement.results, taken.yields, strict=True):
                self.known[result] = self.expr(value)
            return
        then, orelse = self.block(statement.then), self.block(statement.orelse)
        keep = []
        for i, (a, b) in enumerate(zip(then.yields, orelse.yields, strict=True)):
            if a is b or (type(a) is Const and type(b) is Const and same_literal(a, b)):
                self.known[statement.results[i]] = a
            else:
                keep.append(i)
        out.append(
            If(
                test,
                Block(then.statements, tuple([then.yields[i] for i in keep]), then.stop),
                Block(orelse.statements, tuple([orelse.yields[i] for i in keep]), orelse.stop),
                tuple([statement.results[i] for i in keep]),
                statement.origin,
                statement.region,
            )
        )

    def loop(self, statement: For | While) -> Statement:
        inits = [self.expr(i) for i in statement.inits]
        keep = []
        for i, (param, end) in enumerate(zip(statement.params, statement.body.yields, strict=True)):
            if end is param or (type(end) is Var and self.atom(end) is inits[i]) or end is inits[i]:
                self.known[param] = self.known[statement.results[i]] = inits[i]
            else:
                keep.append(i)
        body = self.block(statement.body)
        body = Block(body.statements, tuple([body.yields[i] for i in keep]), body.stop)
        params = tuple([statement.params[i] for i in keep])
        results = tuple([statement.results[i] for i in keep])
        kept_inits = tuple([inits[i] for i in keep])
        if type(statement) is For:
            a, b, c = (self.expr(e) for e in statement.bounds)
            return replace(statement, bounds=(a, b, c), params=params, inits=kept_inits, body=body, results=results)
        header = self.block(statement.header)
        return replace(statement, header=header, params=params, inits=kept_inits, body=body, results=results)


def known_test(value: Expr, displays: Collection[Expr] = ()) -> Expr:
    """What rules ask of arguments, where the run is not needed to tell.

    `axis is None`, where that was left out (`None is None`) or written out (`(0, 1) is None`), `mode == "full"` and
    `UPLO in "Ll"`.
    """
    assert type(value) is Call
    fn, args = function_of(value), value.args
    constants = [a.value for a in args if type(a) is Const]
    if len(constants) == len(args):
        return Const(fn(*constants))
    if fn in (operator.is_, operator.is_not) and args[0] in displays and constants and constants[0] is None:
        return Const(fn is operator.is_not)
    return value


TESTS = frozenset({operator.is_, operator.is_not, operator.not_, operator.eq, operator.ne, operator.contains})
_DISPLAYS = frozenset({primitives.make_tuple, primitives.make_list, primitives.make_dict})


def same_literal(a: Const, b: Const) -> bool:
    """Whether two literals are the same value of the same type (1 is not 1.0, nor True)."""
    return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
