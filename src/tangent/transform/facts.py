"""What the backward pass has to know of a primal before it is built."""

from __future__ import annotations

import operator
from collections import Counter

import numpy as np

from tangent.analysis.calls import function_of, rule_of
from tangent.ir.nodes import Assign, Call, For, Function, Statement, Var, While
from tangent.ir.walk import all_statements, bound, used_vars

__all__ = ["all_bound", "passing_on", "users_names"]


def passing_on(function: Function, active: set[Var]) -> set[Var]:
    """The intermediate results whose adjoint may keep a larger shape than theirs.

    They have one use, and their operands fit the adjoint to their own shapes: summing over the elements to
    which a value was broadcast can be left to those.  The same holds for what a loop carries from a start that
    has no derivative.
    """
    uses = Counter(used_vars(function.body))
    found = set()
    definitions: dict[Var, Call] = {}
    carried: list[tuple[Var, Var]] = []
    for statement in all_statements(function.body):
        if isinstance(statement, For | While):
            for param, init, end in zip(statement.params, statement.inits, statement.body.yields, strict=True):
                if init not in active and isinstance(end, Var) and uses[param] == uses[end] == 1:
                    carried.append((param, end))
        if isinstance(statement, Assign) and isinstance(call := statement.value, Call) and len(statement.targets) == 1:
            target = statement.targets[0]
            definitions[target] = call
            if not target.named and uses[target] == 1 and fits_by_itself(call):
                found.add(target)
    found.update(p for p, end in carried if end in definitions and fits_by_itself(definitions[end]))
    return found


def fits_by_itself(call: Call) -> bool:
    """Whether the operands of a call fit an adjoint of a larger shape to their own shapes."""
    rule = rule_of(call)
    return function_of(call) in (operator.matmul, np.matmul) or (rule is not None and rule.form == "partials")


def users_names(function: Function) -> set[str]:
    """The names of the user's variables."""
    bound_vars = {v for s in all_statements(function.body) for v in all_bound(s)}
    return {v.hint for v in (*function.params, *bound_vars) if v.named}


def all_bound(statement: Statement) -> tuple[Var, ...]:
    """The values that a statement binds, those of its blocks' heads included."""
    if isinstance(statement, For):
        return (*statement.results, *statement.params, statement.index)
    if isinstance(statement, While):
        return (*statement.results, *statement.params)
    return bound(statement)
