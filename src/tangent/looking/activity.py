"""What the variables of a function are to its derivative, and why."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tangent.analysis.activity import active_values, differentiable_operands, varied_values
from tangent.analysis.calls import is_nondifferentiable
from tangent.emit.expressions import INPLACE
from tangent.frontend.syntax import bound_names
from tangent.ir.nodes import (
    Assign,
    Call,
    Definition,
    Differentiated,
    Expr,
    For,
    Global,
    If,
    Lib,
    Method,
    Statement,
    Var,
    While,
)
from tangent.ir.walk import all_bound, all_statements, bound, joined, statement_vars

__all__ = ["Activity", "Variable", "variables_of"]

Activity = Literal["active", "constant", "not differentiated"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the user's function."""

    name: str
    activity: Activity
    why: str
    lines: tuple[int, ...]
    """The lines of the statements that bind it; none for a parameter that nothing is assigned to."""


def variables_of(of: Differentiated, definition: Definition | None) -> tuple[Variable, ...]:
    """The variables of a function, in the order in which they are bound."""
    return tuple(_Variables(of).all(definition))


class _Variables:
    def __init__(self, of: Differentiated) -> None:
        self.wrt = " and ".join([v.hint for v in of.wrt])
        names = {v.hint for v in of.wrt}
        lowered = of.program.lowered
        params = () if lowered is None else tuple([p for p in lowered.params if p.hint in names])
        has_all = lowered is not None and len(params) == len(of.wrt)
        self.program = lowered if lowered is not None and has_all else of.program
        self.arguments = params if has_all else of.wrt
        body = self.program.body
        self.varied = varied_values(body, self.arguments)
        self.active = active_values(body, self.arguments)
        self.bound: dict[str, list[Var]] = {}
        self.statements: dict[Var, Statement] = {}
        for param in self.program.params:
            self.bound.setdefault(param.hint, []).append(param)
        for statement in all_statements(body):
            for var in all_bound(statement):
                self.statements.setdefault(var, statement)
                if var.named:
                    self.bound.setdefault(var.hint, []).append(var)
        self.at_line: dict[int, Var] = {}
        """The value that the statement of each line binds last, which may have no name."""
        for statement in all_statements(body):
            if type(statement) is Assign and statement.targets and statement.origin is not None:
                self.at_line[statement.origin.statement_line or statement.origin.line] = statement.targets[-1]
        self.reached = self.depending()

    def depending(self) -> set[Expr]:
        """The values that depend on the arguments in question in any way."""
        found: set[Expr] = set(self.arguments)
        joins = joined(self.program.body)
        size = -1
        while size != len(found):
            size = len(found)
            for statement in all_statements(self.program.body):
                if not isinstance(statement, For | While) and not found.isdisjoint(statement_vars(statement)):
                    found.update(bound(statement))
            found.update(v for v, both in joins.items() if not found.isdisjoint(both))
        return found

    def all(self, definition: Definition | None) -> Iterator[Variable]:
        assigned = _assigned(definition)
        params = [p.hint for p in self.program.params]
        for name in dict.fromkeys([*params, *assigned]):
            values = self.bound.get(name) or [self.at_line[n] for n in assigned[name] if n in self.at_line]
            yield Variable(name, *self.activity(values), tuple(assigned.get(name, ())))

    def activity(self, values: list[Var]) -> tuple[Activity, str]:
        if any(v in self.active for v in values):
            if any(v in self.arguments for v in values):
                return "active", "differentiated with respect to it"
            return "active", f"depends on {self.wrt}, and the result depends on it"
        if any(v in self.arguments for v in values):
            return "constant", "the result does not depend on it: its derivative is zero"
        if any(v in self.varied for v in values):
            return "constant", f"depends on {self.wrt}, but the result does not depend on it"
        for value in values:
            if value in self.reached and (why := self.lost_at(value)):
                return "not differentiated", why
        if any(isinstance(s := self.statements.get(v), For) and v is s.index for v in values):
            return "constant", "counts iterations"
        if any(v in self.program.params for v in values):
            return "constant", f"an argument; the derivative is with respect to {self.wrt}"
        return "constant", f"does not depend on {self.wrt}"

    def lost_at(self, value: Var) -> str:
        """Where the derivative of a value is lost, by the last call on the way to it that has none."""
        seen: set[Var] = set()
        work = [value]
        while work:
            var = work.pop(0)
            statement = self.statements.get(var)
            if var in seen or statement is None:
                continue
            seen.add(var)
            if type(statement) is Assign and type(statement.value) is Call:
                call = statement.value
                if any(v in self.varied for v in statement_vars(statement)):
                    if is_nondifferentiable(call):
                        return f"{_name(call)} has the derivative zero wherever it has one"
                    if not any(v in self.varied for v in differentiable_operands(call)):
                        return f"chosen by {self.wrt}, which counts as an index here"
                work += [v for v in statement_vars(statement) if v in self.reached]
            elif type(statement) is not Assign:
                if type(statement) is If and any(v in self.reached for v in statement_vars(statement)):
                    return "the branches that assign it are chosen by a condition, which has no derivative"
                work += [e for b in _yields(statement) for e in b if type(e) is Var and e in self.reached]
        return ""


def _yields(statement: Statement) -> list[tuple[Expr, ...]]:
    match statement:
        case If(then=then, orelse=orelse):
            return [then.yields, orelse.yields]
        case For(body=body) | While(body=body):
            return [body.yields]
    return []


def _name(call: Call) -> str:
    """What the user calls a function, or its operator."""
    match call.fn:
        case Global(path=path):
            return f"`{path}`"
        case Method(name=name):
            return f"`.{name}`"
        case Lib(value=value, path=path):
            sign = INPLACE.get(value) or _SIGNS.get(getattr(value, "__name__", ""))
            return f"`{sign}`" if sign else f"`{path or getattr(value, '__name__', 'a call')}`"
    return "a string"


_SIGNS = {
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "not_": "not", "is_": "is",
    "is_not": "is not", "floordiv": "//", "contains": "in",
}


def _assigned(definition: Definition | None) -> dict[str, list[int]]:
    """The names that a definition assigns, with the lines where it does."""
    if definition is None:
        return {}
    try:
        tree = ast.parse(textwrap.dedent("".join(definition.lines)))
    except SyntaxError:
        return {}
    if not tree.body or not isinstance(tree.body[0], ast.FunctionDef):
        return {}
    found: dict[str, list[int]] = {}
    own = set(bound_names(tree.body[0].body))
    for node in _without_blocks(tree.body[0]):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in own:
            lines = found.setdefault(node.id, [])
            if (line := node.lineno + definition.first_line - 1) not in lines:
                lines.append(line)
    return dict(sorted(found.items(), key=lambda item: item[1][0]))


def _without_blocks(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function in the order of the text, without its blocks for the backward pass."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.With) and any(map(_is_insertion, child.items))):
            yield from _without_blocks(child)


def _is_insertion(item: ast.withitem) -> bool:
    call = item.context_expr
    called = call.func if isinstance(call, ast.Call) else None
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "insert_grad_of"
