"""Linearity: whether what a block yields is linear in some of the values that it reads.

A value is *moving* if it depends on one of them.  Sums of moving values are linear in them, and products of one
moving value and others that are not; a function that is linear by its rule is; all else is taken for not linear.  A
sum of a moving value and one that is not is linear but for a constant, and not linear.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tangent.analysis.activity import differentiable_operands
from tangent.analysis.calls import bind, function_of, is_nondifferentiable, is_structural, rule_of
from tangent.analysis.memory import shape_only_positions
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, If, Origin, Statement, Undefined, Var, While
from tangent.ir.walk import expr_vars
from tangent.rules.registry import MemberKey, Rule

__all__ = ["where_not_linear"]

_SUMS: frozenset[Any] = frozenset({
    operator.add, operator.sub, np.add, np.subtract, operator.neg, operator.pos, np.negative, np.positive,
})
_PRODUCTS: frozenset[Any] = frozenset({operator.mul, np.multiply})
_QUOTIENTS: frozenset[Any] = frozenset({operator.truediv, np.divide, np.true_divide})
_LINEAR_IN: dict[Any, tuple[str, ...]] = {np.where: ("x", "y"), np.linalg.solve: ("b",)}
"""Functions whose rules do not say that they are linear in some parameters together."""
_MAKES_ZEROS: frozenset[Any] = frozenset({np.zeros, np.zeros_like})


class _NotLinear(Exception):
    def __init__(self, origin: Origin | None) -> None:
        self.origin = origin


def where_not_linear(block: Block, values: Iterable[Var], transposed: Any) -> tuple[bool, Origin | None]:
    """Whether the yields of a block are not linear in `values`, and the place that is not.

    `transposed` gives the parameters in which a function is linear by its rule.
    """
    check = _Check(set(values), transposed)
    try:
        check.block(block)
        for expr in block.yields:
            check.same(expr)
    except _NotLinear as found:
        return True, found.origin
    return False, None


class _Check:
    def __init__(self, moving: set[Var], transposed: Any) -> None:
        self.moving = moving
        self.transposed = transposed
        self.zeros: set[Var] = set()
        self.origin: Origin | None = None

    def moves(self, expr: Expr) -> bool:
        return any(v in self.moving for v in expr_vars(expr))

    def refuse_if(self, is_wrong: bool) -> None:
        if is_wrong:
            raise _NotLinear(self.origin)

    def same(self, expr: Expr) -> None:
        """Refuse what does not move and is not zero, where something linear is to stand."""
        is_zero = type(expr) is Const and type(expr.value) in (int, float) and expr.value == 0
        nothing = isinstance(expr, Undefined) or expr in self.zeros
        self.refuse_if(not (self.moves(expr) or is_zero or nothing))

    def block(self, block: Block) -> None:
        for statement in block.statements:
            self.origin = statement.origin or self.origin
            self.statement(statement)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=targets, value=value):
                self.assign(targets, value)
            case If(test=test, then=then, orelse=orelse, results=results):
                self.refuse_if(self.moves(test))
                self.block(then)
                self.block(orelse)
                self.join(results, then.yields, orelse.yields)
            case For() | While():
                self.loop(statement)

    def join(self, results: Sequence[Var], first: Sequence[Expr], second: Sequence[Expr]) -> None:
        for result, a, b in zip(results, first, second, strict=True):
            if self.moves(a) or self.moves(b):
                self.same(a)
                self.same(b)
                self.moving.add(result)

    def loop(self, statement: For | While) -> None:
        if type(statement) is For:
            self.refuse_if(any(map(self.moves, statement.bounds)))
        size = -1
        self.moving.update(p for p, i in zip(statement.params, statement.inits, strict=True) if self.moves(i))
        while size < len(self.moving):
            size = len(self.moving)
            if type(statement) is While:
                self.block(statement.header)
                self.refuse_if(any(map(self.moves, statement.header.yields)))
            self.block(statement.body)
            ends = zip(statement.params, statement.body.yields, strict=True)
            self.moving.update(p for p, end in ends if self.moves(end))
        self.refuse_if(statement.body.stop is not None and self.moves(statement.body.stop))
        for param, init, end in zip(statement.params, statement.inits, statement.body.yields, strict=True):
            if param in self.moving:
                self.same(init)
                self.same(end)
        self.moving.update(r for r, p in zip(statement.results, statement.params, strict=True) if p in self.moving)

    def assign(self, targets: tuple[Var, ...], value: Expr) -> None:
        if type(value) is not Call:
            self.moving.update(targets if self.moves(value) else ())
            return
        if function_of(value) in _MAKES_ZEROS:
            self.zeros.update(targets)
            return
        if not targets or not self.moves(value):
            return
        if is_structural(value):
            self.structural(value)
        elif is_nondifferentiable(value):  # the shape of what moves, which does not, or a test of it
            ignored = shape_only_positions(value)
            self.refuse_if(any(self.moves(a) for i, a in enumerate(value.args) if i not in ignored))
            return
        else:
            self.by_rule(value)
        self.moving.update(targets)

    def structural(self, call: Call) -> None:
        fn, args = function_of(call), call.args
        linear = set(differentiable_operands(call))
        self.refuse_if(any(v in self.moving and v not in linear for v in expr_vars(call)))
        if fn in (primitives.make_tuple, primitives.make_list):
            for arg in args:
                self.same(arg)
        elif fn is primitives.make_dict:
            for arg in args[1::2]:
                self.same(arg)
        elif fn in (primitives.update_item, primitives.add_item):
            self.same(args[0])
            self.same(args[2])

    def by_rule(self, call: Call) -> None:
        fn, rule = function_of(call), rule_of(call)
        if fn in _SUMS:
            for arg in call.args:
                self.same(arg)
        elif fn in _PRODUCTS:
            self.refuse_if(all(map(self.moves, call.args)))
        elif fn in _QUOTIENTS:
            self.refuse_if(self.moves(call.args[1]))
        elif rule is not None and rule.form in ("linear", "bilinear"):
            self.linear(rule, call)
        elif rule is not None and fn in _LINEAR_IN:
            for name, operand in (bind(rule, call) or {}).items():
                assert not isinstance(operand, tuple)
                if name in _LINEAR_IN[fn]:
                    self.same(operand)
                else:
                    self.refuse_if(self.moves(operand))
        else:
            self.refuse_if(not isinstance(fn, MemberKey) or not fn.is_attribute or fn.name not in ("T", "real"))

    def linear(self, rule: Rule, call: Call) -> None:
        """A function that is linear in one of some arguments."""
        linear = self.transposed(rule)
        moving = []
        for name, arg in (bind(rule, call) or {}).items():
            items = arg if isinstance(arg, tuple) else (arg,)
            if any(map(self.moves, items)) and name not in rule.constant:
                moving.append(name)
        self.refuse_if(any(name not in linear for name in moving) or len(moving) > 1)
