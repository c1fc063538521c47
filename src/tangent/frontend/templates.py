"""Lowering of the templates of rules: functions in which `d[x]` is a variable."""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass
from typing import Any, cast

from tangent.frontend.control import RETURNED, SKIP, STOP
from tangent.frontend.expressions import MISSING, Hint
from tangent.frontend.functions import FunctionLowering, Lowered
from tangent.frontend.lower import Lowering
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import all_arguments
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Atom, Call, Const, Global, Method, Statement, Var
from tangent.rules import registry

__all__ = ["Template", "lower_template"]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The program of a rule's template."""

    params: dict[str, Var]
    derivatives_in: dict[str, Var]
    derivatives_out: dict[str, Atom]
    statements: tuple[Statement, ...]
    returns: tuple[Atom, ...]
    namespace: Any


class TemplateLowering(Lowering):
    """Lowers the template of a rule: `d[x]` is a variable."""

    def __init__(self, source: FunctionSource) -> None:
        super().__init__(source, ())
        self.inputs: dict[str, Var] = {}
        self.derivatives: set[str] = set()

    def derivative_name(self, node: ast.expr) -> str | None:
        match node:
            case ast.Subscript(value=marker, slice=ast.Name(id=name)) if self.is_marker(marker):
                return f"d[{name}]"
        return None

    def is_marker(self, node: ast.expr) -> bool:
        """Whether an expression is the `d` of `d[x]`: a name that nothing else has, or that of `registry.d`."""
        if not isinstance(node, ast.Name) or node.id in self.locals:
            return False
        return self.lookup(node.id) is registry.d or (node.id == "d" and self.lookup("d") is MISSING)

    def subscript(self, node: ast.Subscript, hint: Hint) -> Atom:
        name = self.derivative_name(node)
        if name is None:
            return super().subscript(node, hint)
        if name not in self.env:
            self.refuse(node, f"{name} is read before it is assigned", "assign it first")
        return self.env[name]

    def assign(self, target: ast.expr, value: Atom) -> None:
        name = self.derivative_name(target)
        if name is None:
            super().assign(target, value)
        else:
            self.env[name] = value
            self.derivatives.add(name)

    def emit(
        self, node: ast.AST, fn: Any, *args: Atom, hint: Hint = None, effect: bool = False,
        kwargs: tuple[tuple[str, Atom], ...] = (),
    ) -> Var:
        """A call for its result, which a template makes only where the result is needed."""
        return super().emit(node, fn, *args, hint=hint, kwargs=kwargs)

    def expression_statement(self, node: ast.expr) -> None:
        """A call for its effect, as `print` is one."""
        before = len(self.out)
        if isinstance(node, ast.Call):
            self.expression(node)
        last = self.out[-1] if len(self.out) > before else None
        call = last.value if type(last) is Assign else None
        if type(last) is Assign and type(call) is Call and isinstance(call.fn, Global | Var | Method):
            self.out[-1] = Assign((), last.value, last.origin, effect=True)

    def target_hint(self, target: ast.expr) -> Hint:
        return Var(target.id) if isinstance(target, ast.Name) else None

    def return_(self, value: ast.expr | None) -> None:
        items = value.elts if isinstance(value, ast.Tuple) else [value] if value is not None else []
        self.env["%returns"] = self.emit(value or self.statement, primitives.make_tuple, *map(self.expression, items))

    def callee(self, fn: Any) -> Lowered | None:
        return None

    def lowering_of_global(self, fn: types.FunctionType) -> FunctionLowering:
        return Lowering(read(fn), (fn,))

    def derivatives_read(self) -> list[str]:
        """The derivatives that the template reads and does not assign."""
        nodes = [n for s in self.body for n in ast.walk(s) if isinstance(n, ast.Subscript)]
        names = {(self.derivative_name(n), type(n.ctx)) for n in nodes}
        assigned = {name for name, ctx in names if ctx is ast.Store}
        return sorted(name for name, _ in names if name is not None and name not in assigned)

    def template(self) -> Template:
        names = [a.arg for a in all_arguments(self.source.node.args)]
        params = {name: Var(name) for name in names}
        self.env.update(params)
        self.env[SKIP] = self.env[STOP] = self.env[RETURNED] = Const(False)
        for name in self.derivatives_read():
            self.env[name] = self.inputs[name] = Var("b" + name[2:-1])
        self.block(self.body)
        returned = self.env.get("%returns")
        returns = self.elements.get(returned) if type(returned) is Var else None
        if type(returned) is Var and returns is None:
            value = next(s.value for s in self.out if type(s) is Assign and s.targets == (returned,))
            assert type(value) is Call
            returns = cast("tuple[Atom, ...]", value.args)
        outputs = {
            n[2:-1]: value for n, value in self.env.items() if n.startswith("d[") and value is not self.inputs.get(n)
        }
        inputs = {n[2:-1]: var for n, var in self.inputs.items()}
        return Template(params, inputs, outputs, tuple(self.out), tuple(returns or ()), self.namespace)


def lower_template(template: types.FunctionType) -> Template:
    """The program of a rule's template."""
    return TemplateLowering(read(template)).template()
