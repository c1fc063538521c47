"""Comprehensions, generator expressions and iterators, as the loops that they stand for.

    y = [f(v) for v in x if v > 0.0]   ->   y = []
                                            for v in x:
                                                if v > 0.0:
                                                    y.append(f(v))

The variables of a comprehension are its own: they get names that no variable has.  `any`, `all` and `next` leave the
loop where Python does, and `sum` adds as it goes; other functions that go once through what they are given get a list.
"""

from __future__ import annotations

import ast
import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from tangent.analysis.calls import is_one_of
from tangent.frontend.expressions import Hint
from tangent.frontend.loops import Iteration, named_after
from tangent.frontend.numpy_calls import NumpyCallLowering
from tangent.frontend.syntax import all_arguments
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, Global, Lib, Namespace, Var

__all__ = ["ITERATORS", "ComprehensionLowering", "Renaming", "call_of", "placed", "private"]

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Node = TypeVar("Node", bound=ast.AST)

ITERATORS = frozenset({zip, enumerate, map, filter, reversed})
"""Functions whose result gives its elements once."""

CONSUMERS: frozenset[Any] = frozenset({
    list, tuple, sorted, sum, min, max, set, frozenset, dict, any, all, np.fromiter, math.fsum, math.prod,
    functools.reduce,
})
"""Functions that go once through the iterables that they are given."""

CONSUMING_METHODS = ("join",)


class ComprehensionLowering(NumpyCallLowering):
    """Lowers comprehensions, generator expressions and what iterators are given to."""

    def other_expression(self, node: ast.expr, hint: Hint) -> Atom:
        if type(node) is ast.ListComp:
            return self.list_comprehension(node, hint)
        if type(node) is ast.DictComp:
            return self.dict_comprehension(node, hint)
        if type(node) is ast.SetComp:
            items = self.list_comprehension(ast.copy_location(ast.ListComp(node.elt, node.generators), node), None)
            return self.emit(node, Lib(set), items, hint=hint or "items")
        if type(node) is ast.GeneratorExp:
            self.refuse(
                node, "unsupported: a generator expression that is kept, or given to a function that may keep it",
                "write a list: `[... for ...]`",
            )
        return super().other_expression(node, hint)

    # --- comprehensions ----------------------------------------------------------------------

    def list_comprehension(self, node: ast.ListComp, hint: Hint) -> Atom:
        own = with_own_names(node)
        items = self.begin_result(node, primitives.make_list, hint)
        append = ast.Call(ast.Attribute(ast.Name(items, ast.Load()), "append", ast.Load()), [own.elt], [])
        self.go_through(node, own.generators, [ast.Expr(append)])
        return self.env.pop(items)

    def dict_comprehension(self, node: ast.DictComp, hint: Hint) -> Atom:
        own = with_own_names(node)
        items = self.begin_result(node, primitives.make_dict, hint)
        key, value = private("key"), private("value")
        both = ast.Assign([pair(key, value, ast.Store())], ast.Tuple([own.key, own.value], ast.Load()))
        place = ast.Subscript(ast.Name(items, ast.Load()), ast.Name(key, ast.Load()), ast.Store())
        self.go_through(node, own.generators, [both, ast.Assign([place], ast.Name(value, ast.Load()))])
        return self.env.pop(items)

    def begin_result(self, node: ast.expr, make: Any, hint: Hint) -> str:
        """Bind an empty container that a loop is to fill; returns its name in the environment."""
        wanted = Var(hint.hint, hint.named) if type(hint) is Var else Var(hint or "items")
        name = private(wanted.hint)
        self.env[name] = made = self.emit(node, make, hint=wanted)
        if make is primitives.make_list:
            self.elements[made] = ()
        else:
            self.entries[made] = {}
        return name

    def go_through(
        self, node: ast.expr, generators: Sequence[ast.comprehension], step: list[ast.stmt],
        leave: ast.expr | None = None,
    ) -> None:
        """Lower the loops of a comprehension around `step`; `leave` says whether to leave the outer ones."""
        body = step
        for position, generator in enumerate(reversed(generators)):
            if generator.is_async:
                self.refuse(node, "unsupported: an asynchronous comprehension", "collect the values first")
            if position and leave is not None:
                body = [*body, ast.If(leave, [ast.Break()], [])]
            for test in reversed(generator.ifs):
                body = [ast.If(test, body, [])]
            body = [ast.For(generator.target, generator.iter, body, [])]
        self.lower_part(body[0], node)

    def lower_part(self, statement: ast.stmt, node: ast.expr) -> None:
        """Lower a statement that stands for a part of the user's statement, for the expression `node` in it."""
        for inner in ast.walk(statement):
            if isinstance(inner, ast.stmt):
                self.part_of[inner] = self.statement
        placed(statement, node)
        whole = self.statement
        self.lower_statement(statement)
        self.statement = whole

    # --- functions of generators -------------------------------------------------------------

    def call(self, node: ast.Call, found: Global | None, hint: Hint) -> Atom:
        value = found.value if found is not None else None
        first = node.args[0] if node.args else None
        if isinstance(first, ast.GeneratorExp) and not node.keywords:
            if (value is any or value is all) and len(node.args) == 1:
                return self.any_or_all(node, first, value is any)
            if value is next and len(node.args) <= 2:
                return self.next_of(node, first, node.args[1:], hint)
            if value is sum and len(node.args) <= 2:
                return self.sum_of(node, first, node.args[1:], hint)
        if is_one_of(value, CONSUMERS) or (
            found is None and isinstance(node.func, ast.Attribute) and node.func.attr in CONSUMING_METHODS
        ):
            node = ast.copy_location(ast.Call(node.func, [self.as_list(a) for a in node.args], node.keywords), node)
        return super().call(node, found, hint)

    def as_list(self, node: ast.expr) -> ast.expr:
        """A list of what an iterator gives; other expressions as they are."""
        if isinstance(node, ast.GeneratorExp):
            return ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        value, args = self.iterator(node)
        if value is filter and len(args) == 2:
            return self.filtered(node, *args)
        if value is reversed and self.iterator(args[0])[0] is None:
            backwards = ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
            return placed(ast.Subscript(args[0], backwards, ast.Load()), node)
        if value is not None:
            item = private("item")
            generator = ast.comprehension(ast.Name(item, ast.Store()), node, [], 0)
            return placed(ast.ListComp(ast.Name(item, ast.Load()), [generator]), node)
        return node

    def iterator(self, node: ast.expr) -> tuple[Any, list[ast.expr]]:
        """The function that makes an iterator, or the name of the view of a dict, with the arguments; or None."""
        if not isinstance(node, ast.Call):
            return None, []
        found = self.resolve(node.func)
        if found is not None and is_one_of(found.value, ITERATORS | {range}):
            return found.value, node.args
        if found is None and isinstance(node.func, ast.Attribute) and not node.args and (
            node.func.attr in ("items", "keys", "values") and self.known_owner(node.func.value) is None
        ):
            return node.func.attr, []
        return None, []

    def filtered(self, node: ast.expr, function: ast.expr, items: ast.expr) -> ast.expr:
        """`[item for item in items if function(item)]`"""
        item = private("item")
        test: ast.expr = ast.Name(item, ast.Load())
        if not (isinstance(function, ast.Constant) and function.value is None):
            test = ast.Call(function, [test], [])
        generator = ast.comprehension(ast.Name(item, ast.Store()), items, [test], 0)
        return placed(ast.ListComp(ast.Name(item, ast.Load()), [generator]), node)

    def any_or_all(self, node: ast.Call, generator: ast.GeneratorExp, is_any: bool) -> Atom:
        own, name = with_own_names(generator), private("found" if is_any else "holds")
        self.env[name] = Const(not is_any)
        test = own.elt if is_any else ast.UnaryOp(ast.Not(), own.elt)
        decide = ast.Assign([ast.Name(name, ast.Store())], ast.Constant(is_any))
        read: ast.expr = ast.Name(name, ast.Load())
        leave = read if is_any else ast.UnaryOp(ast.Not(), read)
        self.go_through(node, own.generators, [ast.If(test, [decide, ast.Break()], [])], leave)
        return self.env.pop(name)

    def next_of(self, node: ast.Call, generator: ast.GeneratorExp, default: list[ast.expr], hint: Hint) -> Atom:
        own, name, found = with_own_names(generator), private(hint_text(hint) or "item"), private("found")
        self.env[found] = Const(False)
        self.env[name] = self.expression(default[0]) if default else Const(None)
        step: list[ast.stmt] = [
            ast.Assign([ast.Name(name, ast.Store())], own.elt),
            ast.Assign([ast.Name(found, ast.Store())], ast.Constant(True)), ast.Break(),
        ]
        self.go_through(node, own.generators, step, ast.Name(found, ast.Load()))
        was_found = self.env.pop(found)
        if not default:
            missing = self.emit(node, Lib(StopIteration), hint="error")
            self.fork(node, was_found, lambda: None, lambda: self.perform(node, primitives.raise_, missing))
            self.has_effects = True
        return self.env.pop(name)

    def sum_of(self, node: ast.Call, generator: ast.GeneratorExp, start: list[ast.expr], hint: Hint) -> Atom:
        own, name = with_own_names(generator), private(hint_text(hint) or "total")
        self.env[name] = self.expression(start[0]) if start else Const(0)
        added = ast.BinOp(ast.Name(name, ast.Load()), ast.Add(), own.elt)
        self.go_through(node, own.generators, [ast.Assign([ast.Name(name, ast.Store())], added)])
        return self.env.pop(name)

    # --- iterators ---------------------------------------------------------------------------

    def resolve(self, node: ast.expr) -> Global | None:
        if isinstance(node, ast.Name) and node.id in BUILTINS:
            return BUILTINS[node.id]
        return super().resolve(node)

    def iteration(self, node: ast.expr, loop: ast.For) -> Iteration:
        value, args = self.iterator(node)
        if isinstance(node, ast.GeneratorExp):
            if len(node.generators) == 1 and not node.generators[0].ifs and not node.generators[0].is_async:
                return self.generated(node, loop)
            later = [node.elt, *(test for g in node.generators for test in g.ifs)]
            return self.listed(node, [*later, *(g.iter for g in node.generators[1:])], loop)
        if value is filter:
            return self.listed(node, args, loop)
        if value is map and len(args) >= 2:
            return self.mapped(node, args[0], args[1:], loop)
        return super().iteration(node, loop)

    def listed(self, node: ast.expr, parts: Sequence[ast.expr], loop: ast.For) -> Iteration:
        """The items of an iterator in a list, if what its `parts` read is not changed by the loop."""
        for part in parts:
            self.note_read_later(part)
        return super().iteration(self.as_list(node), loop)

    def generated(self, node: ast.GeneratorExp, loop: ast.For) -> Iteration:
        """Each item of a generator expression is computed where the loop asks for it."""
        own = with_own_names(node)
        inner = self.iteration(own.generators[0].iter, loop)

        def element(index: Var, target: ast.expr | None) -> Atom:
            self.assign_element(own.generators[0].target, inner.element(index, None))
            return self.expression(own.elt, named_after(target))

        return Iteration(inner.bounds, element)

    def mapped(self, node: ast.expr, function: ast.expr, sequences: list[ast.expr], loop: ast.For) -> Iteration:
        fn = self.expression(function)
        inner = self.zip_(ast.Call(function, sequences, []), loop)
        call = placed(ast.Call(function, [], []), node)

        def element(index: Var, target: ast.expr | None) -> Atom:
            args = tuple(self.pack(node, e) for e in inner.element(index, None))
            return self.apply(call, fn, args, (), named_after(target))

        return Iteration(inner.bounds, element)


# --- names ---------------------------------------------------------------------------------------

_numbers = itertools.count(1)


def private(name: str) -> str:
    """A name of the environment that no variable has; it is shown as `name`."""
    return f"{next(_numbers)}:{name.rpartition(':')[2]}"


BUILTINS = {f"0:{f.__name__}": Global(f.__name__, f, Namespace({}, {})) for f in (len, min, range, sorted, tuple, zip)}
"""Built-in functions by names that the user can't take for something else."""


def call_of(function: Any, *args: ast.expr, keywords: Sequence[ast.keyword] = ()) -> ast.Call:
    """A call of one of some built-in functions."""
    return ast.Call(ast.Name(f"0:{function.__name__}", ast.Load()), list(args), list(keywords))


def hint_text(hint: Hint) -> str:
    return hint.hint if type(hint) is Var else hint or ""


def pair(first: str, second: str, context: ast.expr_context) -> ast.Tuple:
    return ast.Tuple([ast.Name(first, context), ast.Name(second, context)], context)


def placed(node: Node, at: ast.AST) -> Node:
    """Let what has no place in the source stand at the place of another node."""
    for inner in ast.walk(node):
        if "lineno" in inner._attributes and not hasattr(inner, "lineno"):
            ast.copy_location(inner, at)
    return node


Own = TypeVar("Own", bound=Comprehension)


def with_own_names(node: Own) -> Own:
    """A comprehension whose variables have private names."""
    targets = targets_of(node)
    return Renaming({name: private(name) for name in targets}).comprehension(node)


def targets_of(node: Comprehension) -> list[str]:
    names = (n for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name))
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]


class Renaming(ast.NodeTransformer):
    """Copies an expression, with other names for variables of a comprehension around it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        fields = {}
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                value = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
            fields[field] = self.visit(value) if isinstance(value, ast.AST) else value
        return ast.copy_location(type(node)(**fields), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def without(self, names: Sequence[str]) -> Renaming:
        return Renaming({old: new for old, new in self.names.items() if old not in names})

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        inner = self.without([a.arg for a in all_arguments(node.args)])
        return ast.copy_location(ast.Lambda(self.visit(node.args), inner.visit(node.body)), node)

    def comprehension(self, node: Own) -> Own:
        """The comprehension itself: its first iterable is outside of its scope."""
        copy: Own = self.generic_visit(node)  # type: ignore[assignment]
        copy.generators[0].iter = node.generators[0].iter
        return copy

    def nested(self, node: Comprehension) -> ast.AST:
        copy = self.without(targets_of(node)).generic_visit(node)
        assert isinstance(copy, Comprehension)
        copy.generators[0].iter = self.visit(node.generators[0].iter)
        return copy

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = nested
