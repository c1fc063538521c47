"""Blocks of code for the backward pass, in syntax trees: `with insert_grad_of(x) as dx: ...`.

Such a block is no part of the function that it stands in: what it binds, reads and leaves is not what the function
does.  So it is set apart before anything looks at the tree, as a statement of its own kind.
"""

from __future__ import annotations

import ast
import builtins
import copy
import importlib
import types
from typing import Any

from tangent.frontend.syntax import statements_inside
from tangent.insertions import insert_grad_of

__all__ = ["Inserted", "set_apart", "without_blocks"]


class Inserted(ast.stmt):
    """`with insert_grad_of(values) as names: body`

    To who walks the tree it reads the values and the names that the body reads, and binds the values anew.
    """

    _fields = ("values", "rebound", "reads")

    values: list[ast.expr]
    rebound: list[ast.Name]
    reads: list[ast.Name]
    call: ast.Call
    target: ast.expr | None
    body: list[ast.stmt]

    @classmethod
    def of(cls, node: ast.With) -> Inserted:
        (item,) = node.items
        assert isinstance(item.context_expr, ast.Call)
        made = cls()
        made.call, made.target, made.body = item.context_expr, item.optional_vars, node.body
        made.values = made.call.args
        named_values = [v for v in made.values if isinstance(v, ast.Name)]
        made.rebound = [ast.copy_location(ast.Name(v.id, ast.Store()), v) for v in named_values]
        named = [n for s in node.body for n in ast.walk(s) if isinstance(n, ast.Name)]
        own = {n.id for n in named if isinstance(n.ctx, ast.Store)}
        made.reads = [n for n in named if isinstance(n.ctx, ast.Load) and n.id not in own]
        return ast.copy_location(made, node)

    @property
    def text(self) -> str:
        """The line that begins the block."""
        target = f" as {ast.unparse(self.target)}" if self.target is not None else ""
        return f"with {ast.unparse(self.call)}{target}:".replace(" as (", " as (")


def set_apart(node: ast.FunctionDef | ast.Lambda, function: types.FunctionType) -> ast.FunctionDef | ast.Lambda:
    """The definition of a function with its blocks for the backward pass as statements `Inserted`; changes `node`."""
    if isinstance(node, ast.FunctionDef) and any(isinstance(n, ast.With) for n in statements_inside([node])):
        _Transformer(node, function, Inserted.of).visit(node)
    return node


def without_blocks(node: ast.FunctionDef, function: types.FunctionType) -> tuple[ast.FunctionDef, bool]:
    """The definition with `if False:` in the place of its blocks, and whether it has any.

    What the blocks mention stays known to the compiler, so that the function has the same variables as before.
    """
    transformer = _Transformer(node, function, _never)
    return transformer.visit(copy.deepcopy(node)), transformer.found


def _never(node: ast.With) -> ast.If:
    (item,) = node.items
    target = item.optional_vars
    bound = [] if target is None else [ast.copy_location(ast.Assign([target], ast.Constant(None)), target)]
    return ast.fix_missing_locations(ast.copy_location(ast.If(ast.Constant(False), [*bound, *node.body], []), node))


class _Transformer(ast.NodeTransformer):
    """Puts something else in the place of each block."""

    def __init__(self, node: ast.FunctionDef, function: types.FunctionType, replace: Any) -> None:
        self.replace = replace
        self.found = False
        code = function.__code__
        cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
        self.names = {**vars(builtins), **function.__globals__}
        for name, cell in cells.items():
            try:
                self.names[name] = cell.cell_contents
            except ValueError:  # not assigned yet
                self.names.pop(name, None)
        self.names |= _imported(node)

    def visit_With(self, node: ast.With) -> Any:
        self.generic_visit(node)
        if len(node.items) != 1 or not self.is_block(node.items[0].context_expr):
            return node
        self.found = True
        return self.replace(node)

    def is_block(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.resolve(node.func) is insert_grad_of

    def resolve(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute(value=base, attr=attr):
                return getattr(self.resolve(base), attr, None)
        return None


def _imported(node: ast.FunctionDef) -> dict[str, Any]:
    """What a function imports of Tangent itself."""
    found: dict[str, Any] = {}
    for inner in ast.walk(node):
        match inner:
            case ast.ImportFrom(module="tangent", names=names):
                tangent = importlib.import_module("tangent")
                found |= {a.asname or a.name: getattr(tangent, a.name, None) for a in names}
            case ast.Import(names=names):
                found |= {a.asname or a.name: importlib.import_module(a.name) for a in names if a.name == "tangent"}
    return found
