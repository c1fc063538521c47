"""Ownership: programs that change nothing but what they made themselves and what one name alone stands for.

Most programs are so: what they change are sums of adjoints, and lists of saved values.  They need no copies, and no
analysis of which values share memory (`analysis.memory`).
"""

from __future__ import annotations

from collections import Counter

from tangent import runtime
from tangent.analysis.calls import (
    changes_operand,
    function_of,
    in_one_direction,
    is_augmented,
    is_one_of,
    is_structural,
    rule_of,
)
from tangent.analysis.memory import VIEWS, bound_inside
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, Function, If, Var, While
from tangent.ir.walk import all_statements, assignments, expr_vars, joined, statement_vars

__all__ = ["changes_only_its_own"]

_LISTS = frozenset({primitives.list_append, primitives.list_pop})
_FITTED = frozenset({runtime.unbroadcast, runtime.fit, runtime.match_structure, runtime.as_derivative})
"""Functions whose result may be the first argument itself."""


def changes_only_its_own(function: Function) -> bool:
    """Whether each value that a program changes in place was made by it, and is read by nothing but the change."""
    changes = [
        s.value for s in all_statements(function.body) if isinstance(s, Assign) and changes_operand(s.value)
    ]
    if not all(is_augmented(change) or function_of(change) in _LISTS for change in changes):
        return False
    owned = _Owned(function) if changes else None
    return owned is None or all(owned.by_one_name(change.args[0]) for change in changes)


class _Owned:
    def __init__(self, function: Function) -> None:
        self.reads = reads_on_a_path(function.body)
        self.joins = joined(function.body)
        self.definitions = assignments(function.body)
        self.known: dict[Var, bool] = {}

    def by_one_name(self, expr: Expr) -> bool:
        """Whether a value is new, and read once: nothing else shares its memory."""
        if not isinstance(expr, Var):
            return isinstance(expr, Const)
        if expr not in self.known:
            self.known[expr] = True  # around a loop: if it is not, what asks for it turns out not to be either
            self.known[expr] = self.reads[expr] <= 1 and self.is_new(expr)
        return self.known[expr]

    def is_new(self, var: Var) -> bool:
        if var in self.joins:
            return all(map(self.by_one_name, self.joins[var]))
        made = self.definitions.get(var)
        value = made.value if made is not None else None
        if made is None or not isinstance(value, Call):
            return isinstance(value, Const)
        fn = function_of(value)
        if changes_operand(value) or is_one_of(fn, _FITTED):
            return var is made.targets[0] and self.by_one_name(value.args[0])
        if fn is primitives.make_list:
            return True
        value = in_one_direction(value)
        rule = rule_of(value)
        is_known = rule is not None and not rule.shares and not is_structural(value)
        return is_known and not is_one_of(function_of(value), VIEWS)


def reads_on_a_path(block: Block) -> Counter[Var]:
    """How often values are read on one way through a block: what a loop reads from outside counts twice.

    The handler of an attempt may run behind its body.
    """
    found: Counter[Var] = Counter()
    for statement in block.statements:
        found.update(statement_vars(statement))
        if isinstance(statement, If):
            then, orelse = reads_on_a_path(statement.then), reads_on_a_path(statement.orelse)
            found.update(then + orelse if is_attempt(statement) else then | orelse)
        elif not isinstance(statement, Assign):
            inside = bound_inside(statement)
            for part in (statement.body, *([statement.header] if isinstance(statement, While) else [])):
                for var, count in reads_on_a_path(part).items():
                    found[var] += count if var in inside else 2 * count
    for expr in (*block.yields, *([] if block.stop is None else [block.stop])):
        found.update(expr_vars(expr))
    return found
