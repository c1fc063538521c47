"""Spelling: how generated code refers to what is not a local variable.

The user's globals are read by the names that the user's code has for them.  A library function is spelled
with the alias that the user's module has for its module (`np.cos`), or with Tangent's own one.  Own names
are bound apart from the user's globals, see `emit.load`.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from typing import Any

from tangent.emit.expressions import MAKE_OBJECT, is_made_by_call
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    Global,
    If,
    Lib,
    Namespace,
    Var,
    While,
)
from tangent.ir.walk import all_statements
from tangent.rules.libraries import LIBRARIES

__all__ = ["Spelling", "references"]

ALIASES = {"numpy": "np", **{library.name: library.alias for library in LIBRARIES.values()}}


class Spelling:
    """The names of one generated function that are not its variables."""

    def __init__(self, function: Function) -> None:
        self.home = function.namespace
        self.own: dict[str, Any] = {}
        self.functions: dict[str, GeneratedFunction] = {}
        self.parameters = {p.var.hint for p in function.parameters}
        self.modules: dict[str, str] = {}
        self.reserved: set[str] = set()
        for atom in references(function.body):
            self.spell(atom)

    def spell(self, atom: Global | Lib | GeneratedFunction) -> str:
        match atom:
            case GeneratedFunction(name=name):
                self.functions[name] = atom
                self.reserved.add(name)
                return name
            case Global(path=path, home=home):
                if home is self.home or _same(home, self.home):
                    self.reserved.add(path.partition(".")[0])
                    return path
                return self.foreign(atom)
            case Lib(value=value, path=path):
                return self.library(value, path)

    def foreign(self, atom: Global) -> str:
        """A global of another module (of a function whose body was put here)."""
        root = atom.path.partition(".")[0]
        if root not in atom.home.globals and root not in atom.home.cells:
            return atom.path  # a builtin
        if isinstance(atom.value, types.ModuleType):
            return self.module(atom.value.__name__)
        if root in atom.home.cells:  # the cell itself, so that it is read live
            return atom.path.replace(root, self.bind(root, atom.home.cells[root]), 1)
        module = atom.home.globals[root]
        if isinstance(module, types.ModuleType):
            return f"{self.module(module.__name__)}.{atom.path.partition('.')[2]}"
        name = atom.home.globals.get("__name__", "")
        if sys.modules.get(name) is not None and sys.modules[name].__dict__ is atom.home.globals:
            return f"{self.module(name)}.{atom.path}"
        return self.bind(atom.path.replace(".", "_"), atom.value)

    def library(self, value: Any, path: str) -> str:
        if isinstance(value, types.ModuleType):
            return self.module(value.__name__)
        module, _, name = path.rpartition(".")
        if not module or module == "builtins":
            name = name or getattr(value, "__name__", repr(value))
            self.reserved.add(name)
            shadowed = self.lookup(name) is not value and hasattr(builtins, name)
            return f"{self.module('builtins')}.{name}" if shadowed else name
        top, _, inner = module.partition(".")
        return ".".join(filter(None, [self.module(top), inner, name]))

    def module(self, name: str) -> str:
        """The name of a module: the user's alias for it, or one of Tangent's own."""
        if name not in self.modules:
            self.modules[name] = self.find_alias(importlib.import_module(name), name)
        return self.modules[name]

    def find_alias(self, module: types.ModuleType, name: str) -> str:
        preferred = ALIASES.get(name, name.rpartition(".")[2])
        for alias in (preferred, name, *self.home.globals):
            if alias not in self.parameters and self.lookup(alias) is module:
                self.reserved.add(alias)
                return alias
        return self.bind(preferred, module)

    def bind(self, name: str, value: Any) -> str:
        """A name of Tangent's own."""
        while name in self.parameters or (name in self.own and self.own[name] is not value) or (
            name in self.reserved and name not in self.own
        ):
            name += "_"
        self.own[name] = value
        self.reserved.add(name)
        return name

    def lookup(self, name: str) -> Any:
        if name in self.home.cells:
            return getattr(self.home.cells[name], "cell_contents", None)
        if name in self.home.globals:
            return self.home.globals[name]
        return getattr(builtins, name, None)


def _same(a: Namespace, b: Namespace) -> bool:
    return a.globals is b.globals and all(b.cells.get(k) is v for k, v in a.cells.items())


def references(block: Block) -> list[Any]:
    """The globals, library functions and generated functions that a program names."""
    found: list[Any] = []
    for statement in all_statements(block):
        match statement:
            case Assign(value=value):
                _look_at(value, found)
            case If(test=test, then=then, orelse=orelse):
                for e in (test, *then.yields, *orelse.yields):
                    _look_at(e, found)
            case For(bounds=bounds, inits=inits, body=body):
                for e in (*bounds, *inits, *body.yields):
                    _look_at(e, found)
            case While(header=header, inits=inits, body=body):
                for e in (*header.yields, *inits, *body.yields):
                    _look_at(e, found)
    for e in block.yields:
        _look_at(e, found)
    # the user's own names come first: they are not to be taken by others
    found.sort(key=lambda a: type(a) is not Global)
    return found


def _look_at(expr: Expr, found: list[Any]) -> None:
    """Append what an expression names."""
    match expr:
        case Call(fn=fn, args=args, kwargs=kwargs):
            if type(fn) is Lib:
                if fn.path:
                    found.append(fn)
                elif fn.value is primitives.make_object and not is_made_by_call(args):
                    found.append(MAKE_OBJECT)
            elif type(fn) is Global or isinstance(fn, GeneratedFunction):
                found.append(fn)
            elif isinstance(fn, (Call, Cond)):
                _look_at(fn, found)
            for a in args:
                if type(a) is not Var and type(a) is not Const:
                    _look_at(a, found)
            for _, v in kwargs:
                _look_at(v, found)
        case Cond(test=test, then=then, orelse=orelse):
            for part in (test, then, orelse):
                _look_at(part, found)
        case Global() | GeneratedFunction():
            found.append(expr)
        case Lib(path=path) if path:
            found.append(expr)
