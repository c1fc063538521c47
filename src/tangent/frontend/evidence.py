"""What the text of a function suggests about its variables: which are arrays, which are lists, which are indices.

It decides what is assumed of a value of which the program does not say what it is.  Every assumption that matters is
checked, by an analysis or at run time.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator

__all__ = ["Evidence"]

OF_LISTS = frozenset({"append", "extend", "insert", "pop", "items", "keys", "values"})
OF_ARRAYS = frozenset({"shape", "ndim", "size", "T", "fill", "copy", "sum", "dot", "reshape", "ravel", "mean"})


TELLING = frozenset({ast.Assign, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.For, ast.Slice})
"""The nodes that suggest anything."""


class Evidence:
    """What the nodes of a function suggest."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.lists: set[str] = set()
        """Names of lists and dicts: a slice of such a value is a copy."""
        self.arrays: set[str] = set()
        """Names of values with items."""
        self.tables: set[str] = set()
        """Names of arrays with more than one dimension."""
        self.indices: set[str] = set()
        """Names of integers."""
        for node in nodes:
            if type(node) in TELLING:
                self.look_at(node)

    def with_arrays(self, names: Iterable[str]) -> Evidence:
        """The same, and some names of values with items."""
        other = copy.copy(self)
        other.arrays = {*self.arrays, *names}
        return other

    def look_at(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if makes_container(value):
                self.lists.add(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in OF_LISTS:
                self.lists.add(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in OF_ARRAYS:
                self.arrays.add(name)
            case ast.Subscript(value=value, slice=index):
                self.subscripted(value, index)
            case ast.Call(func=ast.Name(id="range"), args=args):
                self.indices.update(names(args))
            case ast.Call(func=ast.Name(id="len" | "enumerate" | "reversed"), args=[ast.Name(id=name)]):
                self.arrays.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy")), args=args):
                self.arrays.update(names(map(without_functions, args[:1])) if is_reduction(node) else ())
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                self.arrays.update(names([left, right]))
            case ast.For(target=target, iter=iterable, body=body):
                self.arrays.update(changed_for_its_own_sake(target, body))
                if isinstance(iterable, ast.Name):
                    self.arrays.add(iterable.id)
            case ast.Slice(lower=lower, upper=upper, step=step):
                self.indices.update(names(bound for bound in (lower, upper, step) if bound is not None))

    def subscripted(self, value: ast.expr, index: ast.expr) -> None:
        parts = index.elts if isinstance(index, ast.Tuple) else []
        if isinstance(value, ast.Name):
            self.arrays.add(value.id)
            if len([p for p in parts if not (isinstance(p, ast.Constant) and p.value in (None, ...))]) > 1:
                self.tables.add(value.id)


REDUCTIONS = frozenset({"sum", "mean", "max", "min", "dot", "prod", "cumsum", "std", "var", "trapezoid", "outer"})


def is_reduction(call: ast.AST) -> bool:
    """Whether a call of NumPy's takes an array for its first argument, as people use it."""
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in REDUCTIONS


def without_functions(node: ast.expr) -> ast.expr:
    """`x` of `np.abs(np.sin(x))`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        node = node.args[0]
    return node if isinstance(node, ast.Name) else ast.Constant(None)


def changed_for_its_own_sake(target: ast.expr, body: list[ast.stmt]) -> Iterator[str]:
    """The names of elements that a loop changes and does not read: those of numbers would be lost."""
    inside = [node for statement in body for node in ast.walk(statement)]
    read = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    changed = {n.target.id for n in inside if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    targets = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    yield from targets & changed - read


def makes_container(value: ast.expr) -> bool:
    """Whether an expression surely makes a list or a dict."""
    match value:
        case ast.List() | ast.Dict() | ast.ListComp() | ast.DictComp() | ast.Call(func=ast.Name(id="list" | "dict")):
            return True
        case ast.BinOp(left=left, right=right):
            return makes_container(left) or makes_container(right)
    return False


def names(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """The names that some expressions consist of, not those in calls and subscripts."""
    for node in nodes:
        match node:
            case ast.Name(id=name):
                yield name
            case ast.BinOp(left=left, right=right):
                yield from names([left, right])
            case ast.UnaryOp(operand=operand):
                yield from names([operand])
