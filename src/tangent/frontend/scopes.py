"""Lowering of what changes the meaning of names: `import`, `del`, and names of enclosing scopes."""

from __future__ import annotations

import ast
import importlib
from typing import Any

from tangent.frontend.comprehensions import placed
from tangent.frontend.solvers import SolverLowering
from tangent.frontend.syntax import bound_names
from tangent.ir import primitives
from tangent.ir.nodes import UNDEFINED, Atom, Const, Global, Lib, Namespace

__all__ = ["ScopeLowering"]


class ScopeLowering(SolverLowering):
    """Lowers imports and declarations."""

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        """Modules are imported now; what can't be imported raises the same error when the code runs."""
        try:
            found = self.imported(node)
        except ImportError as error:
            kind = type(error)
            made = self.emit(node, Lib(kind, f"builtins.{kind.__name__}"), Const(str(error)), hint="error")
            self.perform(node, primitives.raise_, made)
            self.has_effects = True
            self.unreachable = True
            return
        self.env |= found

    def imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, Atom]:
        found: dict[str, Atom] = {}
        for alias in node.names:
            if isinstance(node, ast.Import):
                module: Any = importlib.import_module(alias.name)
                root, _, rest = alias.name.partition(".")
                name = alias.asname or root
                if rest and alias.asname is None:
                    module = importlib.import_module(root)
                found[name] = Global(name, module, Namespace({name: module}, {}))
            else:
                package = self.namespace.globals.get("__package__") or ""
                module = importlib.import_module("." * node.level + (node.module or ""), package)
                name = alias.asname or alias.name
                if hasattr(module, alias.name):
                    found[name] = Global(alias.name, getattr(module, alias.name), Namespace(module.__dict__, {}))
                else:
                    try:
                        inner = importlib.import_module(f"{module.__name__}.{alias.name}")
                    except ModuleNotFoundError as error:
                        what = f"cannot import name {alias.name!r} from {module.__name__!r}"
                        raise ImportError(what) from error
                    found[name] = Global(name, inner, Namespace({name: inner}, {}))
        return found

    def delete(self, target: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self.defined(target, name, self.read(target))
                self.env[name] = UNDEFINED
            case ast.Subscript(value=base, slice=index) if not isinstance(index, ast.Slice | ast.Tuple):
                call = placed(ast.Call(ast.Attribute(base, "pop", ast.Load()), [index], []), target)
                if self.is_pop_of_dict(base, [index]):
                    self.popped(call, base, None)
                else:
                    self.list_method(call, base, "pop", None)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for inner in targets:
                    self.delete(inner)
            case ast.Attribute():
                self.refuse(target, "unsupported: `del` of an attribute", "leave it, or set it to None")
            case _:
                what = "unsupported: `del` of several items"
                self.refuse(target, what, "make a new list of what is left: `x = x[:a] + x[b:]`")

    def declare_outer(self, node: ast.Global | ast.Nonlocal, names: list[str]) -> None:
        """Names of enclosing scopes may be read; a function whose body is put in the place of a call may write them."""
        for name in names:
            if name in bound_names(self.body) and (isinstance(node, ast.Global) or name not in self.writable):
                self.unsupported(node)
            if name in self.writable and name not in self.env:
                self.refuse(node, f"{name} is not assigned on the way to this call", f"assign {name} first")
