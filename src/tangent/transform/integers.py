"""Arrays of integers: they drop what is assigned to them behind the point, and with it the derivative."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from tangent.analysis.calls import function_of, is_call_of, rule_of
from tangent.analysis.kinds import Kinds
from tangent.errors import UnsupportedError
from tangent.frontend.unsupported import limit
from tangent.ir import primitives
from tangent.ir.nodes import Call, Const, Expr, Function, Global, Lib, Origin, Var
from tangent.ir.walk import joined
from tangent.transform.facts import definitions_of

__all__ = ["Integers"]

FLOATS = (float, np.float64, np.float32, np.float16, np.longdouble)


class Integers:
    """What is known of the arrays of integers of a program."""

    def __init__(self, function: Function, kinds: Kinds, active: Collection[Expr]) -> None:
        self.function = function
        self.kinds = kinds
        self.active = active
        self.definitions = definitions_of(function)

    @cached_property
    def joins(self) -> Mapping[Var, tuple[Expr, Expr]]:
        """What branches and loops join, by the result."""
        return joined(self.function.body)

    def refuse(self, array: Var, origin: Origin | None) -> None:
        """Refuse the assignment of a value with a derivative to what may be an array of integers."""
        seen: set[Expr] = set()
        work: list[Expr] = [array]
        while work:
            value = work.pop()
            if type(value) is not Var or value in seen:
                continue
            seen.add(value)
            work += self.joins.get(value, ())
            call = self.definitions.get(value)
            if call is not None and is_call_of(call, primitives.update_item, primitives.add_item):
                work.append(call.args[0])
            elif call is not None and self.may_hold_integers(call):
                raise UnsupportedError(*limit("integers", f"`{array.hint}` may be an array of integers"), origin)

    def may_hold_integers(self, call: Call) -> bool:
        """Whether a call makes an array whose dtype may be one of integers."""
        fn, args = function_of(call), call.args
        dtype = dict(call.kwargs).get("dtype")
        if dtype is not None:
            return isinstance(dtype, Global | Lib) and dtype.value not in FLOATS and isinstance(dtype.value, type)
        if fn is np.arange:
            return not any(self.is_float(a) for a in args)
        if fn is np.full:
            return len(args) == 2 and not self.is_float(args[1]) and args[1] not in self.active
        if fn in (np.array, np.asarray) and len(args) == 1:
            items = self.definitions.get(args[0]) if type(args[0]) is Var else None
            return items is not None and bool(items.args) and all(self.kinds.is_integer(a) for a in items.args)
        return False

    def is_float(self, expr: Expr) -> bool:
        """Whether a value surely is a float, or computed of one: `-np.inf`, `2.0 * n`."""
        if isinstance(expr, Const | Global):
            return isinstance(expr.value, float)
        made = self.definitions.get(expr) if type(expr) is Var else None
        rule = rule_of(made) if made is not None else None
        return made is not None and rule is not None and rule.form == "partials" and any(map(self.is_float, made.args))
