"""Generators: the body of the loop that consumes one is put in the place of its `yield`.

    def halves(x):                    while x > 0.1:
        while x > 0.1:                    total = total + x * x
            yield x             ->        x = 0.5 * x
            x = 0.5 * x
    for h in halves(x):
        total = total + h * h

The two bodies take turns, each with its own variables; the other's are in its environment under `scope:name`.
A `yield` after which the consumer may leave its loop is followed by a `return` of the generator.
"""

from __future__ import annotations

import ast
import copy
import inspect
import types
from typing import Any, TypeVar

import numpy as np

from tangent.analysis.calls import is_foreign, is_one_of
from tangent.frontend.classes import in_classes
from tangent.frontend.comprehensions import call_of, placed
from tangent.frontend.control import RETURNED, SKIP, STOP
from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.inner import InnerFunction
from tangent.frontend.loops import Iteration
from tangent.frontend.objects import BoundMethod
from tangent.frontend.scopes import ScopeLowering
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import contains_return, names_from_outside, walk_scope
from tangent.ir.nodes import UNDEFINED, Atom, Const, Global
from tangent.runtime.structure import is_user_class

__all__ = ["GeneratorLowering"]

Syntax = TypeVar("Syntax", bound=ast.stmt)

LEFT = "%left"
"""The name in a generator for whether the loop that consumes it was left."""
CONSUMERS: frozenset[Any] = frozenset({list, tuple, sum, min, max, sorted, enumerate, np.fromiter})
"""Functions that take all that a generator gives."""


class GeneratorLowering(ScopeLowering):
    """Lowers loops over what generators give."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.consumer: GeneratorLowering | None = None
        """The function whose loop consumes what this one, a generator, gives; `loop` is that loop."""
        self.loop_of_consumer: ast.For | None = None

    def apply(self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint = None) -> Atom:
        if is_generator(fn):
            self.refuse(node, "unsupported: a generator as a value",
                        "loop over the call itself, or make a list of it: `list(...)`")
        return super().apply(node, fn, args, kwargs, hint)

    def generator_called(self, node: ast.expr) -> Atom | None:
        """The generator that an expression calls."""
        if not isinstance(node, ast.Call):
            return None
        fn: Atom | None = self.resolve(node.func)
        if fn is None and isinstance(node.func, ast.Name):
            fn = self.env.get(node.func.id)
        elif fn is None and isinstance(node.func, ast.Attribute):
            fn = self.generator_method(node.func)
        return fn if fn is not None and is_generator(fn) else None

    def generator_method(self, node: ast.Attribute) -> Atom | None:
        """The method that an attribute is of an object of a known class, or of a class, if it is a generator."""
        owner = self.known_owner(node.value)
        if owner is None:
            return None
        if type(owner) is Global and isinstance(owner.value, type):
            cls: type | None = owner.value
        else:
            cls = self.class_of(owner)
        if cls is None:
            return None
        name = self.mangled(node.attr)
        found = in_classes(cls.__mro__, name)
        if not inspect.isgeneratorfunction(getattr(found, "__func__", found)):
            return None
        self.evaluated.pop(node.value, None)
        return self.member(node, owner, name)

    # --- objects that say how to go through them ---------------------------------------------

    def gone_through(self, node: ast.expr) -> ast.expr:
        """What is gone through where an object of a class with `__iter__` is; other expressions as they are."""
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not self.makes_object(node):
            return node
        owner = self.known_owner(node)
        cls = self.class_of(owner) if owner is not None else None
        function = in_classes(cls.__mro__, "__iter__") if cls is not None else None
        if owner is None or not isinstance(function, types.FunctionType):
            return node
        if inspect.isgeneratorfunction(function):
            return ast.copy_location(ast.Call(ast.Attribute(node, "__iter__", ast.Load()), [], []), node)
        self.evaluated.pop(node, None)
        source = read(function)
        match source.node.body:
            case [*before, ast.Return(value=ast.Call(func=ast.Name(id="iter"), args=[items])) as last]:
                giving = copy.copy(source.node)
                assert isinstance(giving, ast.FunctionDef)
                given = placed(call_of(tuple, items), last) if isinstance(items, ast.Call) else items
                giving.body = [*before, ast.copy_location(ast.Return(given), last)]
            case _:
                self.refuse(
                    node, "unsupported: a loop over an object whose class makes an iterator in its own way",
                    "let `__iter__` be a generator, or return `iter(...)` of a list",
                )
        name = self.own_name("items")
        body = type(self)(source.inner(giving), (*self.active_functions, function))
        self.env[name] = self.run_in_place(node, body, [owner], [])
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def makes_object(self, node: ast.expr) -> bool:
        """Whether an expression is a call of a class of the user's."""
        found = self.resolve(node.func) if isinstance(node, ast.Call) else None
        return found is not None and isinstance(found.value, type) and is_user_class(found.value)

    def iteration(self, node: ast.expr, loop: ast.For) -> Iteration:
        return super().iteration(self.gone_through(node), loop)

    def as_list(self, node: ast.expr) -> ast.expr:
        node = self.gone_through(node)
        if self.generator_called(node) is not None:
            return placed(call_of(tuple, node), node)
        return super().as_list(node)

    def call(self, node: ast.Call, found: Global | None, hint: Hint) -> Atom:
        takes_all = found is not None and is_one_of(found.value, CONSUMERS) and bool(node.args)
        if takes_all:
            items = self.gone_through(node.args[0])
            if items is not node.args[0]:
                node = ast.copy_location(ast.Call(node.func, [items, *node.args[1:]], node.keywords), node)
        if not takes_all or self.generator_called(node.args[0]) is None:
            return super().call(node, found, hint)
        name, item = self.own_name("items"), self.own_name("item")
        self.env[name] = self.display_of(node, ())
        loop = parsed(ast.For, "for item in all: items.append(item)", node, items=name, item=item)
        loop.iter = node.args[0]
        self.for_loop(loop)
        items = parsed(ast.Expr, "items", node, items=name).value
        whole = ast.copy_location(ast.Call(node.func, [items, *node.args[1:]], node.keywords), node)
        made = self.env[name] if found is not None and found.value is list else super().call(whole, found, hint)
        del self.env[name]
        return made

    def own_name(self, name: str) -> str:
        """A name of the environment that no variable has."""
        return f"i{len(self.env)}:%{name}"

    def for_loop(self, node: ast.For) -> None:
        node = self.counted_loop(self.over(self.gone_through(node.iter), node))
        fn = self.generator_called(node.iter)
        if fn is None:
            super().for_loop(node)
            return
        assert isinstance(node.iter, ast.Call)
        outer = {flag: self.env[flag] for flag in (STOP, SKIP)}
        self.consume(node, fn, *self.arguments(node.iter, fn))
        stopped = self.env[STOP]
        self.env |= outer
        if contains_return(node):
            self.env[SKIP] = self.env[RETURNED]
            if self.loop_depth:
                self.env[STOP] = self.env[RETURNED]
        if node.orelse:
            self.fork(node, stopped, lambda: None, lambda: self.block(node.orelse))

    def over(self, items: ast.expr, loop: ast.For) -> ast.For:
        """A loop over other items; the very loop where they are those that it goes through."""
        if items is loop.iter:
            return loop
        other = ast.For(loop.target, ast.copy_location(items, loop.iter), loop.body, loop.orelse)
        self.part_of[other] = self.part_of.get(loop, loop)
        return ast.copy_location(other, loop)

    def counted_loop(self, node: ast.For) -> ast.For:
        """A loop over `enumerate` of a generator as one over the generator, which counts."""
        match node.iter:
            case ast.Call(func=func, args=[items, *starts], keywords=[]) if (
                (found := self.resolve(func)) is not None and found.value is enumerate
            ):
                items = self.gone_through(items)
                if self.generator_called(items) is None:
                    same = items is node.iter.args[0]
                    return node if same else self.over(ast.Call(func, [items, *starts], []), node)
                count, item = self.own_name("count"), self.own_name("item")
                self.env[count] = self.expression(starts[0]) if starts else Const(0)
                taken = parsed(ast.Assign, "target = (count, item)", node, count=count, item=item)
                taken.targets = [node.target]
                one = parsed(ast.Assign, "count = count + 1", node, count=count)
                target = parsed(ast.Assign, "item = 0", node, item=item).targets[0]
                loop = ast.For(target, items, [taken, one, *node.body], node.orelse)
                return ast.copy_location(loop, node)
        return node

    def consume(self, node: ast.For, fn: Atom, args: Arguments, kwargs: Keywords) -> None:
        """Put a generator in the place of the loop that consumes it."""
        assert isinstance(node.iter, ast.Call)
        if type(fn) is Global:
            self.depend_on(fn)
            body, given = self.lowering_of_global(fn.value), self.given_to_global(node.iter, fn.value, args, kwargs)
            if fn.value in self.active_functions:
                self.refuse(node.iter, f"unsupported: the generator {fn.path} calls itself", "return lists instead")
        elif type(fn) is Const and isinstance(fn.value, BoundMethod):
            method = fn.value.function
            body = self.lowering_of_global(method)
            given = self.given_to_global(node.iter, method, (fn.value.owner, *args), kwargs)
        else:
            assert type(fn) is Const
            self.refuse_recursion(node.iter, fn.value)
            body, given = self.lowering_of(fn.value), self.given_to(node.iter, fn.value, args, kwargs)
        assert isinstance(body, GeneratorLowering)
        functions = [f for atom in (fn, *given.values()) for f in self.known_functions(atom)]
        body.body = with_exits(body.body)
        body.consumer, body.loop_of_consumer = self, node
        body.share(self)
        body.capture(self.captured(functions))
        atoms = list(given.values())
        body.start(atoms)
        body.from_parameter = self.from_parameter
        self.env |= {STOP: Const(False), SKIP: Const(False)}
        body.env |= {LEFT: Const(False), **self.seen_from(body, self.env)}
        missing = [n for n in self.locals if n not in self.env]
        body.env |= {f"{self.scope}:{name}": UNDEFINED for name in missing}
        with self.in_place(body):
            body.run()
        self.take_turns(body)
        self.has_effects |= body.has_effects
        self.dependencies += body.dependencies
        self.augmented_parameters |= body.augmented_parameters
        self.unreachable = body.unreachable
        prefix = f"{body.scope}:"
        for position, atom in enumerate(atoms):
            self.replace(atom, self.env[f"{prefix}%argument{position}"])
        unassigned = {name for name in missing if self.env.get(name) is UNDEFINED}
        self.env = {n: a for n, a in self.env.items() if not n.startswith(prefix) and n not in unassigned}

    def seen_from(self, other: GeneratorLowering, env: dict[str, Atom]) -> dict[str, Atom]:
        """An environment of this function as the other has it."""
        theirs = f"{other.scope}:"

        def seen(name: str) -> str:
            if name.startswith("@"):  # an attribute of an object
                return name
            return name.removeprefix(theirs) if name.startswith(theirs) else f"{self.scope}:{name}"

        return {seen(name): atom for name, atom in env.items()}

    def take_turns(self, other: GeneratorLowering) -> None:
        """Go on in this function, where the other one is now."""
        other.note_outer()
        self.env = other.seen_from(self, other.env)
        self.out = other.out
        read = names_from_outside(self.source.node)
        for name, atom in list(self.env.items()):
            scope, _, variable = name.partition(":")  # what is read of the enclosing function
            if scope == self.outer_scope and (variable in read or variable in self.env) and variable not in self.locals:
                self.env[variable] = atom

    def yield_(self, node: ast.Yield) -> None:
        consumer, loop = self.consumer, self.loop_of_consumer
        if consumer is None or loop is None:
            self.unsupported(node)
        value = Const(None) if node.value is None else self.expression(node.value)
        consumer.take_turns(self)
        consumer.statement = loop
        consumer.env |= {STOP: Const(False), SKIP: Const(False)}
        consumer.loop_depth += 1
        outer_is_loop, consumer.is_loop = consumer.is_loop, False
        consumer.assign(loop.target, value)
        consumer.block(loop.body)
        consumer.is_loop = outer_is_loop
        consumer.loop_depth -= 1
        left = consumer.env[STOP]
        self.take_turns(consumer)
        self.env[LEFT] = left
        self.unreachable, consumer.unreachable = consumer.unreachable, False


def is_generator(fn: Atom) -> bool:
    """Whether a function is a generator with source."""
    match fn:
        case Const(value=InnerFunction(node=node)):
            body = node.body if isinstance(node.body, list) else [node.body]
            return any(isinstance(n, ast.Yield | ast.YieldFrom) for part in body for n in walk_scope(part))
        case Const(value=BoundMethod(function=function)):
            return inspect.isgeneratorfunction(function)
        case Global(value=types.FunctionType() as function):
            return inspect.isgeneratorfunction(function) and not is_foreign(function)
    return False


def parsed(kind: type[Syntax], text: str, like: ast.AST, **names: str) -> Syntax:
    """A statement in the place of other syntax; `names` are put for those of the text."""
    statement = ast.parse(text).body[0]
    assert isinstance(statement, kind)
    for part in ast.walk(statement):
        if isinstance(part, ast.Name):
            part.id = names.get(part.id, part.id)
        if hasattr(part, "lineno"):
            ast.copy_location(part, like)
    return statement


def with_exits(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a generator, which returns after a `yield` if the loop that consumes it was left."""
    return [s for statement in body for s in _with_exits(statement)]


def _with_exits(statement: ast.stmt) -> list[ast.stmt]:
    match statement:
        case ast.Expr(value=ast.Yield()):
            return [statement, parsed(ast.If, "if left: return", statement, left=LEFT)]
        case ast.Expr(value=ast.YieldFrom(value=items)):
            loop = parsed(ast.For, "for item in items: yield item", statement, item="%item")
            loop.iter = items
            return _with_exits(loop)
        case ast.If() | ast.For() | ast.While():
            changed: Any = copy.copy(statement)
            changed.body, changed.orelse = with_exits(statement.body), with_exits(statement.orelse)
            return [changed]
    return [statement]
