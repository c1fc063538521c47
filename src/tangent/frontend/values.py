"""Functions as values: what is passed, returned, chosen, kept in a display, or made of another function.

    def integrate(f, a, b):                      mid = 0.5 * (a + b)
        mid = 0.5 * (a + b)               ->     area = (b - a) * (mid * mid * k)
        return (b - a) * f(mid)
    area = integrate(lambda t: t * t * k, a, b)

A function is known while the program is lowered, and only there: a function that it is passed to is put in the
place of the call, and a call of one of several becomes a branch around the calls.
"""

from __future__ import annotations

import ast
import functools
import inspect
import operator
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tangent.frontend.control import RETURNED, SKIP, STOP
from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.inner import (
    DerivedFunction,
    FunctionValue,
    InnerFunction,
    InnerLowering,
    PartialFunction,
)
from tangent.frontend.source import FunctionSource
from tangent.frontend.syntax import contains_return, names_read
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, Global, If, Lib, Namespace, Undefined, Var

__all__ = ["ValueLowering"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One function or the other, as a test says."""

    test: Atom
    then: Atom
    orelse: Atom


class ValueLowering(InnerLowering):
    """Lowers what is done with functions as values."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.choices: dict[Atom, Choice] = {}
        """The values that are one of several known functions."""

    # --- what is known -----------------------------------------------------------------------

    def known_functions(self, atom: Atom) -> Sequence[FunctionValue]:
        found: list[FunctionValue] = []
        work: list[Any] = [atom]
        while work:
            match work.pop():
                case Const(value=InnerFunction() as inner):
                    found.append(inner)
                    work += inner.defaults.values()
                case Const(value=DerivedFunction() as derived):
                    found.append(derived)
                    work.append(Const(derived.of))
                case Const(value=PartialFunction() as partial):
                    found.append(partial)
                    work += [partial.of, *partial.args, *(v for _, v in partial.kwargs)]
                case Var() as var if var in self.choices:
                    work += [self.choices[var].then, self.choices[var].orelse]
                case Var() as var:
                    work += [*self.elements.get(var, ()), *self.entries.get(var, {}).values()]
        return found

    # --- calls -------------------------------------------------------------------------------

    def apply(self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint = None) -> Atom:
        if type(fn) is Var and fn in self.choices:
            choice = self.choices[fn]
            return self.branch(
                node, choice.test, lambda: self.apply(node, choice.then, args, kwargs),
                lambda: self.apply(node, choice.orelse, args, kwargs), hint or "chosen",
            )
        if type(fn) is Lib and fn.value is primitives.pass_through:
            return args[0]
        if type(fn) is Global:
            if isinstance(fn.value, functools.partial):
                return self.apply(node, self.of_partial(node, fn), args, kwargs, hint)
            if isinstance(fn.value, operator.itemgetter | operator.attrgetter):
                self.depend_on(fn)
                getter = self.getter(node, type(fn.value), fn.value.__reduce__()[1])
                return self.apply(node, getter, args, kwargs, hint)
            if is_wrapped(fn.value) and any(self.is_known_function(a) for a in (*args, *(v for _, v in kwargs))):
                inner = Global(f"{fn.path}.__wrapped__", fn.value.__wrapped__, fn.home)
                return self.apply(node, inner, args, kwargs, hint)
            made = self.made_of(node, fn.value, args, kwargs)
            if made is not None:
                return made
        return super().apply(node, fn, args, kwargs, hint)

    def is_known_function(self, atom: Atom) -> bool:
        return atom in self.choices or super().is_known_function(atom)

    def of_partial(self, node: ast.AST, fn: Global) -> Atom:
        """A `functools.partial` from outside, as one of the function."""
        self.depend_on(fn)
        of = fn.value.func
        names = list(all_names(of))
        named = [names[i] if i < len(names) else f"argument_{i}" for i in range(len(fn.value.args))]
        args = tuple(self.held(node, n, v) for n, v in zip(named, fn.value.args, strict=True))
        kwargs = tuple((n, self.held(node, n, v)) for n, v in fn.value.keywords.items())
        return Const(PartialFunction(self.named_function(node, of), args, kwargs))

    def named_function(self, node: ast.AST, fn: Callable[..., Any]) -> Atom:
        """A function from outside, by its name in its module if it has one."""
        name = getattr(fn, "__name__", type(fn).__name__)
        if isinstance(fn, types.FunctionType) and fn.__globals__.get(name) is fn:
            return Global(name, fn, Namespace(fn.__globals__, {}))
        return self.held(node, name, fn)

    def made_of(self, node: ast.Call, fn: Any, args: Arguments, kwargs: Keywords) -> Atom | None:
        """The function that `functools.partial`, a decorator of `functools` or a getter of `operator` makes."""
        if fn is functools.partial:
            return Const(PartialFunction(args[0], args[1:], kwargs))
        if fn in (functools.wraps, functools.lru_cache) and not (args and fn is not functools.wraps):
            return Const(PartialFunction(Lib(primitives.pass_through), (), ()))
        if fn in (functools.lru_cache, functools.cache) and self.known_functions(args[0]):
            return args[0]
        if fn in (operator.itemgetter, operator.attrgetter) and all(type(a) is Const for a in args):
            return self.getter(node, fn, [a.value for a in args if type(a) is Const])
        return None

    def getter(self, node: ast.AST, kind: Any, places: Sequence[Any]) -> Atom:
        """`operator.itemgetter(1, 2)` as `lambda value: (value[1], value[2])`."""
        items = [f"value[{p!r}]" if kind is operator.itemgetter else f"value.{p}" for p in places]
        text = items[0] if len(items) == 1 else f"({', '.join(items)})"
        definition = ast.parse(f"lambda value: {text}", mode="eval").body
        assert isinstance(definition, ast.Lambda)
        for part in ast.walk(definition):
            ast.copy_location(part, node)
        return Const(InnerFunction(definition, {}, self.scope, self.source, frozenset(), frozenset()))

    # --- functions that are chosen -----------------------------------------------------------

    def fork(
        self, node: ast.AST, test: Atom, then: Callable[[], None], orelse: Callable[[], None],
        chosen: Var | None = None,
    ) -> None:
        super().fork(node, test, then, orelse, chosen)
        joined = self.out[-1] if self.out else None
        if type(test) is Const or type(joined) is not If:
            return
        for result, a, b in zip(joined.results, joined.then.yields, joined.orelse.yields, strict=True):
            atoms = [cast("Atom", e) for e in (a, b) if not isinstance(e, Undefined)]
            if all(self.is_known_function(atom) for atom in atoms):
                self.choices[result] = Choice(test, atoms[0], atoms[-1])

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        known = self.table_of_functions(container)
        if type(index) is Const or index in self.slices or not known:
            return super().item(node, container, index, hint)
        return self.looked_up(node, list(known.items()), container, index)

    def table_of_functions(self, container: Atom) -> Mapping[tuple[Any, ...], Atom]:
        """The functions in a display of which some are known while lowering alone, by the indices of each."""
        if type(container) is not Var or not self.holds_known(container):
            return {}
        items = self.elements.get(container, ())
        table = self.entries.get(container, {})
        entries: dict[tuple[Any, ...], Atom] = {(key,): atom for key, atom in table.items() if atom is not None}
        if len(entries) < len(table):
            return {}
        return entries or {(i, i - len(items)): item for i, item in enumerate(items)}

    def looked_up(
        self, node: ast.AST, left: Sequence[tuple[tuple[Any, ...], Atom]], container: Atom, index: Atom
    ) -> Atom:
        """One of the functions of a display, by an index that only the run knows."""
        if not left:
            return self.fails(node, LookupError, index)
        (keys, value), *rest = left
        if len(keys) == 1:
            test = self.emit(node, operator.eq, index, Const(keys[0]), hint="found")
        else:
            test = self.emit(node, operator.contains, self.emit(node, primitives.make_tuple, *map(Const, keys)), index)
        return self.branch(node, test, lambda: value, lambda: self.looked_up(node, rest, container, index), "chosen")

    def compare_once(self, node: ast.AST, op: ast.cmpop, left: Atom, right: Atom) -> Atom:
        is_none = type(right) is Const and right.value is None
        if is_none and isinstance(op, ast.Is | ast.IsNot) and (type(left) is Const or self.is_known_function(left)):
            found = type(left) is Const and left.value is None
            return Const(found is isinstance(op, ast.Is))
        return super().compare_once(node, op, left, right)

    def is_fixed(self, value: Atom | None) -> bool:
        return super().is_fixed(value) or (value is not None and self.is_known_function(value))

    # --- loops over functions ----------------------------------------------------------------

    def for_loop(self, node: ast.For) -> None:
        items = self.items_with_functions(node)
        if items is None:
            super().for_loop(node)
            return
        outer = {flag: self.env[flag] for flag in (STOP, SKIP)}
        self.env |= {STOP: Const(False), SKIP: Const(False)}
        before = {name: atom for name in names_read(node.iter) if (atom := self.env.get(name)) is not None}
        self.iterations(node, items)
        if any(self.env.get(name) is not atom for name, atom in before.items()):
            self.refuse(node.iter, "unsupported: a loop that changes the functions it goes through",
                        "loop over a copy: `list(functions)`")
        broke, self.env = self.env[STOP], {**self.env, **outer}
        if contains_return(node):
            self.env[SKIP] = self.env[RETURNED]
            if self.loop_depth:
                self.env[STOP] = self.env[RETURNED]
        if node.orelse:
            self.fork(node, broke, lambda: None, lambda: self.block(node.orelse))

    def items_with_functions(self, loop: ast.For) -> Sequence[Atom] | None:
        """The items of a loop each iteration of which is written out.

        Those are known functions, or names of attributes, or each iteration makes a function that is kept.
        """
        node = loop.iter
        if names_attributes(loop):
            return self.names_of_attributes(node)
        if isinstance(node, ast.Call) and (is_part_of_table(node) or self.keeps_functions(loop)):
            return self.items_of_call(node, only_functions=not self.keeps_functions(loop))
        if not isinstance(node, ast.Name | ast.Tuple | ast.List):
            return None
        if isinstance(node, ast.Name) and node.id not in self.env:
            return None
        items = self.expression(node)
        known = self.known_elements(node, items)
        return known if known and (self.holds_known(items) or self.keeps_functions(loop)) else None

    def items_of_call(self, node: ast.Call, only_functions: bool) -> Sequence[Atom] | None:
        """The items of `table.values()`, `table.items()` and `range(3)`, where they are known."""
        match node:
            case ast.Call(func=ast.Name(), args=[*_], keywords=[]) if self.is_builtin(node.func, range):
                bounds = [self.expression(a) for a in node.args]
                if all(type(b) is Const and type(b.value) is int for b in bounds):
                    numbers = range(*(b.value for b in bounds if type(b) is Const))
                    return [Const(i) for i in numbers] if len(numbers) <= MANY else None
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=part), args=[], keywords=[]):
                table = self.env.get(name)
                entries = self.entries.get(table) if type(table) is Var else None
                if table is None or not entries or only_functions and not self.holds_known(table):
                    return None
                values = [self.item(node, table, Const(key)) for key in entries]
                if part == "values":
                    return values
                pairs = [(Const(key), value) for key, value in zip(entries, values, strict=True)]
                return [self.display_of(node, pair, make=primitives.make_tuple) for pair in pairs]
        return None

    def is_builtin(self, node: ast.expr, function: Any) -> bool:
        found = self.resolve(node)
        return found is not None and found.value is function

    def keeps_functions(self, loop: ast.For) -> bool:
        """Whether an iteration of a loop makes a function and puts it into a container."""
        made = {n.name for n in ast.walk(loop) if isinstance(n, ast.FunctionDef)}
        for node in ast.walk(loop):
            match node:
                case ast.Call(func=ast.Attribute(attr="append"), args=[value]):
                    pass
                case ast.Assign(targets=[ast.Subscript()], value=value):
                    pass
                case _:
                    continue
            if self.gives_function(value) or isinstance(value, ast.Name) and value.id in made:
                return True
        return False

    def gives_function(self, node: ast.expr) -> bool:
        """Whether an expression makes a function that is known while lowering alone."""
        match node:
            case ast.Lambda():
                return True
            case ast.Call(func=ast.Name(id=name)) if isinstance(inner := self.env.get(name), Const):
                return isinstance(inner.value, InnerFunction) and makes_function(inner.value)
            case ast.Call(func=ast.Name() | ast.Attribute() as func) if (found := self.resolve(func)) is not None:
                if found.value is functools.partial:
                    return True
                callee = self.callee(found.value) if isinstance(found.value, types.FunctionType) else None
                return callee is not None and callee.gives_known
        return False

    def names_of_attributes(self, node: ast.expr) -> Sequence[Atom] | None:
        """The items of a loop over the names of attributes, or over a dict of such, where they are known."""
        part = ""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="items" | "keys" as part), args=[], keywords=[]):
                node = base
        match self.expression(node):
            case Var() as table if (entries := self.entries.get(table)) is not None:
                if part != "items":
                    return [Const(key) for key in entries]
                pairs = [(Const(key), self.item(node, table, Const(key))) for key in entries]
                return [self.display_of(node, pair, make=primitives.make_tuple) for pair in pairs]
            case Var() as items:
                return self.elements.get(items)
            case Global(value=tuple(names)) if all(isinstance(name, str) for name in names):
                return [Const(name) for name in names]
        return None

    def iterations(self, node: ast.For, items: Sequence[Atom]) -> None:
        """The body of a loop for each of the items, as long as it is not left."""
        if not items:
            return
        self.statement = node
        self.assign(node.target, items[0])
        self.loop_depth += 1
        outer_is_loop, self.is_loop = self.is_loop, False
        self.block(node.body)
        self.is_loop = outer_is_loop
        self.loop_depth -= 1

        def others() -> None:
            self.env |= {STOP: Const(False), SKIP: Const(False), RETURNED: Const(False)}
            self.iterations(node, items[1:])

        self.fork(node, self.env[STOP], lambda: None, others)

    # --- functions that are returned ---------------------------------------------------------

    def taken_over(
        self, node: ast.AST, inner: FunctionLowering, given: Mapping[int, Atom], values: tuple[Atom, ...]
    ) -> Atom:
        assert isinstance(inner, ValueLowering)
        if any(self.known_functions(value) for value in values):  # they read the variables of the function
            for name, atom in inner.env.items():
                if ":" in name:
                    self.env.setdefault(name, atom)
                elif not name.startswith("%"):
                    self.env[f"{inner.scope}:{name}"] = atom
        return super().taken_over(node, inner, given, values)

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, ValueLowering)
        self.choices = outer.choices


MANY = 100
"""How many iterations are written out at the most."""


def is_part_of_table(node: ast.Call) -> bool:
    """Whether a call is `table.values()` or `table.items()`."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("values", "items") and not node.args


def makes_function(inner: InnerFunction) -> bool:
    """Whether an inner function returns a function that it defines."""
    if isinstance(inner.node, ast.Lambda):
        return isinstance(inner.node.body, ast.Lambda)
    made = {n.name for n in ast.walk(inner.node) if isinstance(n, ast.FunctionDef)}
    returned = [n.value for n in ast.walk(inner.node) if isinstance(n, ast.Return)]
    return any(isinstance(r, ast.Lambda) or isinstance(r, ast.Name) and r.id in made for r in returned)


def names_attributes(loop: ast.For) -> bool:
    """Whether the target of a loop is used for the names of attributes."""
    targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    calls = (n for statement in loop.body for n in ast.walk(statement) if isinstance(n, ast.Call))
    return any(
        isinstance(call.func, ast.Name) and call.func.id in ("getattr", "setattr", "hasattr") and len(call.args) > 1
        and isinstance(call.args[1], ast.Name) and call.args[1].id in targets for call in calls
    )


def all_names(fn: Any) -> Sequence[str]:
    """The parameters of a function, if it says which they are."""
    try:
        return list(inspect.signature(fn).parameters)
    except (TypeError, ValueError):
        return ()


def is_wrapped(fn: Any) -> bool:
    """Whether a function is one with a cache of its results."""
    return isinstance(fn, functools._lru_cache_wrapper)
