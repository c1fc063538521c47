"""Tangents that are zero, in the template of a rule: what they make superfluous is left out.

The tangent of `np.linalg.solve(a, b)` is `solve(a, d[b] - d[a] @ y)`.  Where only `b` has a tangent, that is

    dy = np.linalg.solve(a, db)

A template is linear in the tangents that it reads, so nearly all of its operations give zero for zero, or their
other operand.  Where one does neither, the zeros are written out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.calls import bind, function_of, rule_of
from tangent.ir.nodes import Assign, Atom, Block, Call, Const, Expr, Lib, Statement, Var
from tangent.ir.walk import replaced, statement_vars, substitute, used_vars
from tangent.transform.templates import differentiated

__all__ = ["Tangent", "without_zeros"]

ZERO_IN: dict[Any, tuple[int, ...]] = {
    operator.mul: (0, 1), operator.truediv: (0,), operator.neg: (0,), operator.getitem: (0,), np.linalg.solve: (1,),
    runtime.cast: (0,), runtime.uncast: (0,), runtime.solve_each: (1,), runtime.multiply_each: (0, 1),
    runtime.cumprod_tangent: (0,), runtime.piecewise: (0,), runtime.bspline: (1,), runtime.to_values: (0,),
    runtime.cubic_slopes: (1,), runtime.spline_coefficients: (1,), runtime.splev_change: (0,), runtime.symmetric: (0,),
    runtime.hermitian_product: (0,), runtime.toeplitz_solution: (2,), runtime.assumed: (0,),
    runtime.gradient_spacing_tangent: (0,),
}
"""The functions that are zero where one of these arguments is; those with a linear rule are as well."""


@dataclass(frozen=True, slots=True)
class Tangent:
    """What is left of a template."""

    statements: tuple[Statement, ...]
    value: Atom | None
    """The tangent of the result; None for zero."""
    is_smaller: bool
    """Whether a summand was left out, to whose shape the tangent might be broadcast."""


class _NotAbsorbed(Exception):
    """An operation that needs its zero operand written out."""

    def __init__(self, zero: Var) -> None:
        self.zero = zero


def without_zeros(
    statements: Iterable[Statement], result: Expr, zeros: Iterable[Var], written_out: Callable[[Var], Atom]
) -> Tangent:
    """Leave out what depends on `zeros` alone; `written_out` gives one of them as a value where it is needed."""
    block = Block(tuple(statements), (result,))
    unknown = {z for z in zeros if z in set(used_vars(block))}
    while True:
        try:
            return _propagated(block, {z: z for z in unknown})
        except _NotAbsorbed as needed:
            unknown.remove(needed.zero)
            block = substitute(block, {needed.zero: written_out(needed.zero)})


def _propagated(block: Block, zeros: dict[Expr, Var]) -> Tangent:
    """`zeros` gives for every value that is zero one of the zeros that it stems from."""
    known: dict[Expr, Expr] = {}
    out: list[Statement] = []
    is_smaller = False
    for statement in block.statements:
        if type(statement) is not Assign or type(statement.value) is not Call or len(statement.targets) != 1:
            for var in (*statement_vars(statement), *used_vars(Block((statement,)))):
                if var in zeros:
                    raise _NotAbsorbed(zeros[var])
            out.append(statement)
            continue
        call = replaced(statement.value, known)
        assert type(call) is Call
        positions = [i for i, a in enumerate(call.args) if a in zeros]
        if not positions:
            out.append(Assign(statement.targets, call, statement.origin, statement.effect))
            continue
        left = _absorbed(call, positions)
        is_smaller |= function_of(call) in (operator.add, operator.sub, np.where)
        if left is None:
            zeros[statement.targets[0]] = zeros[call.args[positions[0]]]
        elif left is call:
            raise _NotAbsorbed(zeros[call.args[positions[0]]])
        elif type(left) is Call:
            out.append(Assign(statement.targets, left, statement.origin))
        else:
            known[statement.targets[0]] = left
    (result,) = block.yields
    result = known.get(result, result)
    assert type(result) is not Call
    return Tangent(tuple(out), None if result in zeros else result, is_smaller)  # type: ignore[arg-type]


def _absorbed(call: Call, positions: list[int]) -> Expr | None:
    """What a call with zeros at some positions is: None for zero, the call itself where that is not known."""
    fn, args = function_of(call), call.args
    if fn in (operator.add, operator.sub, runtime.add):
        if len(positions) == 2:
            return None
        if positions == [1]:
            return args[0]
        return Call(Lib(operator.neg), args[1:]) if fn is operator.sub else args[1]
    if fn is np.where:
        return Call(call.fn, tuple([Const(0.0) if i in positions else a for i, a in enumerate(args)]), call.kwargs)
    if any(i in _zero_in(call, fn) for i in positions):
        return None
    return call


def _zero_in(call: Call, fn: Any) -> tuple[int, ...]:
    """The arguments of which each makes a call zero."""
    if fn in ZERO_IN:
        return ZERO_IN[fn]
    rule = rule_of(call)
    if rule is None or rule.form not in ("linear", "bilinear"):
        return ()
    names: Mapping[str, Any] = bind(rule, call) or {}
    return tuple(i for i, name in enumerate(names) if name in differentiated(rule) and i < len(call.args))
