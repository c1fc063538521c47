"""Shapes: which values surely have the same shape.

A dynamic language hides which values are scalars.  Every value gets the set of *broadcast symbols* that
its shape stems from:

    x               {x}
    2.0             {}
    sin(x)          {x}
    x * y           {x, y}
    sum(x)          {}
    x[i]            {x_i}     an unknown shape is a symbol of its own

Equal sets mean equal shapes, and the empty set a scalar.  Where branches or iterations disagree, the
value gets a symbol of its own: it equals nothing but itself.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any, assert_never

import numpy as np

from tangent import runtime
from tangent.analysis.calls import bind, function_of, rule_of
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Call, Const, Expr, For, Function, Global, If, Insertion, Statement, Var, While
from tangent.rules.registry import MemberKey, attribute, method

__all__ = ["Shape", "Shapes"]

Shape = frozenset[Any]
SCALAR: Shape = frozenset()

_SCALAR_FUNCTIONS = frozenset({
    len, float, int, bool, isinstance, np.size, np.ndim,
    operator.contains, operator.is_, operator.is_not, operator.not_,
})
_CHECKS = (runtime.check_seed, runtime.check_tangent)
_OF_FIRST: frozenset[Any] = frozenset({
    primitives.update_item, primitives.add_item, primitives.pass_through,
    attribute("real"), attribute("imag"), method("conj"), np.real, np.imag, np.conj,
})
_ELEMENTWISE = frozenset({
    operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge, operator.floordiv,
    operator.invert, operator.and_, operator.or_, operator.xor, np.clip, method("clip"),
})
"""Elementwise functions that are not known as such by their rules."""
_ARITHMETIC = frozenset({operator.add, operator.sub, operator.mul, operator.truediv, operator.neg, operator.pow})
"""Those that most programs consist of."""


class Shapes:
    """The shapes of the values of a program; new statements can be added as they are generated."""

    def __init__(self, facts: Mapping[Var, str] | None = None) -> None:
        self.known: dict[Var, Shape] = {}
        for var, fact in (facts or {}).items():
            if fact in ("scalar", "int"):
                self.known[var] = SCALAR
        self.complex = {var for var, fact in (facts or {}).items() if fact == "complex"}

    @classmethod
    def of(cls, function: Function) -> Shapes:
        shapes = cls(function.facts)
        shapes.add(function.body.statements)
        return shapes

    def __getitem__(self, expr: Expr) -> Shape:
        if type(expr) is Var:
            known = self.known.get(expr)
            return frozenset({expr}) if known is None else known
        if type(expr) is Const:
            return SCALAR
        if type(expr) is Global:
            return SCALAR if isinstance(expr.value, int | float) else frozenset({expr.path})
        return self.of_call(expr, expr) if type(expr) is Call else frozenset({expr})

    def is_scalar(self, expr: Expr) -> bool:
        return not self[expr]

    def operand_like(self, value: Expr, call: Call | None) -> Var | None:
        """An operand of an elementwise call that has the shape of its result, and is real or complex as that."""
        rule = rule_of(call) if call is not None else None
        if call is None or rule is None or rule.form != "partials":
            return None
        alike = [a for a in call.args if type(a) is Var and (a in self.complex) == (value in self.complex)]
        return next((a for a in alike if self[a] == self[value]), None)

    def add(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.add_statement(statement)

    def add_statement(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=targets, value=value):
                if type(value) is not Call:
                    self.known.update((t, self[value]) for t in targets)
                elif type(value.fn) is Insertion:
                    self.known.update((t, self[a]) for t, a in zip(targets, value.args, strict=False))
                    self.complex.update(t for t, a in zip(targets, value.args, strict=False) if a in self.complex)
                elif len(targets) == 1:
                    self.known[targets[0]] = self.of_call(value, targets[0])
                elif targets and function_of(value) is primitives.list_pop:
                    self.known[targets[0]] = self[value.args[0]]
                elif function_of(value) in _CHECKS:
                    self.add_check(value.args)
            case If(then=then, orelse=orelse, results=results):
                self.add(then.statements)
                self.add(orelse.statements)
                for result, a, b in zip(results, then.yields, orelse.yields, strict=True):
                    if self[a] == self[b]:
                        self.known[result] = self[a]
            case For() | While():
                self.add_loop(statement)
            case _:
                assert_never(statement)

    def add_check(self, args: tuple[Expr, ...]) -> None:
        """What passes `check_seed(seed, value)` has the shape of the value; a scalar, where there is none."""
        if type(args[0]) is Var:
            self.known[args[0]] = self[args[1]] if len(args) > 1 else SCALAR

    def add_loop(self, statement: For | While) -> None:
        if type(statement) is For:
            self.known[statement.index] = SCALAR
        for param, init in zip(statement.params, statement.inits, strict=True):
            self.known[param] = self[init]
        stable = False
        while not stable:
            if type(statement) is While:
                self.add(statement.header.statements)
            self.add(statement.body.statements)
            stable = True
            for param, end in zip(statement.params, statement.body.yields, strict=True):
                if self[param] != self[end] and self.known.get(param) != frozenset({param}):
                    self.known[param] = frozenset({param})
                    stable = False
        for param, result in zip(statement.params, statement.results, strict=True):
            if self.known[param] != frozenset({param}):
                self.known[result] = self.known[param]

    def of_call(self, call: Call, own: Any) -> Shape:
        """The shape of a call's result; `own` is the symbol of a shape that is not known."""
        fn = function_of(call)
        if fn in _ARITHMETIC and not call.kwargs:
            return SCALAR.union(*[self[a] for a in call.args])
        unknown = frozenset({own})
        if fn is None:
            return unknown
        if fn in _OF_FIRST:
            return self[call.args[0]]
        if fn is primitives.solution:
            like = dict(call.kwargs).get("like")
            return self[call.args[0]] if like is None else self[like]
        if isinstance(fn, MemberKey):
            if fn.is_attribute and fn.name in ("size", "ndim"):
                return SCALAR
        elif fn in _SCALAR_FUNCTIONS:
            return SCALAR
        else:
            module = getattr(fn, "__module__", None) or ""
            if module == "math" and hasattr(math, fn.__name__):
                return SCALAR
            known = self.of_runtime(fn.__name__, call) if module.startswith("tangent.runtime") else None
            if known is not None:
                return known
        rule = rule_of(call)
        if rule is not None and rule.shape_of:
            operand = (bind(rule, call) or {})[rule.shape_of]
            return unknown if isinstance(operand, tuple) else self[operand]
        of_numpy = fn if rule is None or rule.like is None else rule.like
        if rule is not None and rule.form == "partials" or fn in _ELEMENTWISE or (
            isinstance(of_numpy, np.ufunc) and of_numpy.signature is None and not call.kwargs
        ):
            return SCALAR.union(*[self[a] for a in call.args], *[self[v] for _, v in call.kwargs])
        if rule is not None and rule.reduction:
            arguments = bind(rule, call) or {}
            if all(_is_absent(arguments.get(name)) for name in ("axis", "keepdims")):
                return SCALAR
        return unknown

    def of_runtime(self, name: str, call: Call) -> Shape | None:
        match name:
            case "unbroadcast" | "fit" | "expand" | "stretch" | "as_derivative":
                return self[call.args[1]]
            case "item_transpose" | "gather_transpose" | "avg_pool2d_transpose":
                return self[call.args[1]]
            case (
                "zeros_like" | "add_at" | "copy" | "add" | "as_lists" | "writable" | "widened" | "written"
                | "as_complex" | "stop_gradient" | "real_transpose" | "imag_transpose" | "in_precision_of"
            ):
                return self[call.args[0]]
        return None


def _is_absent(value: Any) -> bool:
    return value is None or (type(value) is Const and (value.value is None or value.value is False))
