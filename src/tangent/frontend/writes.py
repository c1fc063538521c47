"""Functions that write into an argument: `np.add(a, b, out=c)`, `x.fill(v)`, `np.copyto(x, v)`.

    np.add(a, b, out=c)         c[...] = np.add(a, b)
    x.fill(v)                   x[...] = v                  (what `rules.definitions` says of `fill`)
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from typing import Any

import numpy as np

from tangent import runtime
from tangent.frontend.expressions import MISSING, Arguments, Hint, Keywords, has_functions, name_of_result
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.inner import InnerFunction, InnerLowering
from tangent.frontend.source import FunctionSource
from tangent.frontend.views import ViewLowering
from tangent.ir.arguments import without_defaults
from tangent.ir.nodes import Atom, Const, Global, Lib, Method, Namespace, Origin, Var
from tangent.rules import definitions, registry, solvers
from tangent.rules.registry import method

__all__ = ["WriteLowering"]

Given = tuple[Arguments, Keywords]


class WriteLowering(ViewLowering):
    """Lowers calls that write into their arguments."""

    def __init__(self, source: FunctionSource, active: tuple[Any, ...]) -> None:
        super().__init__(source, active)
        self.place_of_call: Origin | None = None
        """The call in whose place the body of a definition is put: it is what the user wrote."""
        self.stands_for: Origin | None = None
        """What the user wrote, where the function is made of something else."""
        self.home: Namespace = self.namespace
        """The names of the function in which the body of this one is put."""

        self.wanted_result: Hint = None
        """What the value of a call is to be called, in the place of which the body of a definition is put."""

    def result_hint(self, value: ast.expr) -> Hint:
        """The variable that is to hold the value of the function."""
        if self.place_of_call is None:
            return Var(self.result_name(value))
        hint = self.wanted_result
        if type(hint) is Var:  # each `return` binds a value of its own
            self.wanted_result = Var(hint.hint, hint.named)
        return hint

    def result_name(self, value: ast.expr) -> str:
        """A name for the value of the function; `lower.Lowering` knows it."""
        raise NotImplementedError

    def origin(self, node: ast.AST) -> Origin:
        return self.place_of_call or self.stands_for or super().origin(node)

    def lend(self, inner: FunctionLowering) -> None:
        super().lend(inner)
        assert isinstance(inner, WriteLowering)
        inner.home = self.home
        if is_from_rules(inner.source.function):
            inner.place_of_call, inner.wanted_result = self.origin(self.statement), self.wanted_result

    def lowering_of(self, inner: InnerFunction) -> InnerLowering:
        lowering = super().lowering_of(inner)
        assert isinstance(lowering, WriteLowering)
        lowering.home, lowering.stands_for = self.home, inner.stands_for
        if is_from_rules(inner.source.function):
            lowering.place_of_call = self.place_of_call or self.origin(self.statement)
        return lowering

    def call(self, node: ast.Call, found: Global | None, hint: Hint) -> Atom:
        if found is None or found.value is MISSING:
            return super().call(node, found, hint)
        is_formula = isinstance(found.value, types.FunctionType) and definitions.is_definition(found.value)
        if is_formula and found.value is not solvers.solution_of:
            return self.inline(node, found.value, *self.arguments(node))
        if found.value is runtime.require and self.holds(node):
            return Const(None)
        position = position_of_out(found.value)
        if position is not None and (len(node.args) > position or any(k.arg == "out" for k in node.keywords)):
            args, kwargs = self.arguments(node)
            return self.with_out(node, found, position, (args, kwargs), hint)
        if definitions.find(found.value):
            return self.called(node, found, hint)
        return super().call(node, found, hint)

    def apply(self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint = None) -> Atom:
        if type(fn) is Global and (known := definitions.find(fn.value)):
            fitting = self.fitting(node, known, (args, kwargs), registry.find(fn.value))
            if fitting is not None:
                return self.by_definition(node, fitting, args, kwargs, hint or name_of_result(fn, args))
        return super().apply(node, fn, args, kwargs, hint)

    def of_unknown(self, node: ast.AST, owner: Atom, name: str, hint: Hint) -> Atom:
        if name == "flat" and owner not in self.objects:  # the elements, and a place to write them
            return self.emit(node, Lib(np.ravel, "numpy.ravel"), owner, hint=hint or "flat")
        return super().of_unknown(node, owner, name, hint)

    def holds(self, node: ast.Call) -> bool:
        """Whether what is required is known to hold."""
        known = self.expression(node.args[0])
        self.evaluated[node.args[0]] = known
        return type(known) is Const and known.value is True

    def call_of_value(self, node: ast.Call, hint: Hint) -> Atom:
        match node.func:
            case ast.Attribute(value=base, attr=name) if not self.is_list(base) and self.known_owner(base) is None:
                known = definitions.find(method(name))
                has_out = any(k.arg == "out" for k in node.keywords)
                if known or has_out:
                    owner = self.expression(base)
                    args, kwargs = self.arguments(node)
                    if has_out:
                        return self.with_out(node, Method(name), len(args) + 1, ((owner, *args), kwargs), hint)
                    return self.applied_method(node, name, (owner, *args), kwargs, hint)
        return super().call_of_value(node, hint)

    def method_call(self, node: ast.Call, owner: Atom, name: str, hint: Hint) -> Atom:
        if type(owner) is Global and has_functions(owner.value, name):
            fn = Global(f"{owner.path}.{name}", getattr(owner.value, name), owner.home)
            return self.called(node, fn, hint)
        return super().method_call(node, owner, name, hint)

    def is_list(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.evidence.lists

    def applied_method(self, node: ast.Call, name: str, args: Arguments, kwargs: Keywords, hint: Hint) -> Atom:
        """A call of a method of an array."""
        rules = registry.find(method(name))
        fitting = self.fitting(node, definitions.find(method(name)), (args, kwargs), rules)
        if fitting is not None:
            return self.by_definition(node, fitting, args, kwargs, hint or name_of_result(Method(name), args))
        return self.emit(node, Method(name), *args, kwargs=kwargs, hint=hint, effect=not rules)

    def by_definition(
        self, node: ast.Call, fitting: types.FunctionType, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        """The body of a definition, in the place of a call."""
        outer, self.wanted_result = self.wanted_result, hint
        result = self.inline(node, fitting, args, kwargs)
        self.wanted_result = outer
        return result

    def fitting(
        self, node: ast.Call, known: tuple[Any, ...], given: Given, rules: tuple[registry.Rule, ...]
    ) -> types.FunctionType | None:
        """The definition that fits a call, whose body is put in its place; None where there is a rule instead."""
        if any(rule.signature is not None and fits(rule.signature, *given) for rule in rules):
            return None
        found = next((d for d in known if fits(inspect.signature(d), *given)), None)
        if found is None and known and not rules:
            signatures = "; ".join(str(inspect.signature(d)) for d in known)
            self.refuse(node, f"unsupported: this call does not fit the known parameters: {signatures}",
                        "pass only these arguments, in this order or by these names")
        assert found is None or isinstance(found, types.FunctionType)
        return found

    def prepared(
        self, node: ast.AST, fn: Any, args: Arguments, kwargs: Keywords
    ) -> tuple[Any, Arguments, Keywords]:
        if self.place_of_call is not None:
            fn, args = self.of_library(fn), tuple(map(self.of_library, args))
            if type(fn) is Lib and fn.value is runtime.require:
                fn, args = Lib(runtime.require, "tangent.require"), (*args, Const(self.place_of_call.place))
            elif type(fn) is Lib:
                plain, named = without_defaults(fn.value, args, kwargs)
                args, kwargs = args[: len(plain)], tuple(pair for pair in kwargs if pair in named)
        return super().prepared(node, fn, args, kwargs)

    def of_library(self, atom: Any) -> Any:
        """What a definition calls or reads, by the name that its own module has for it, as an object of the library."""
        if type(atom) is not Global or atom.home is not self.namespace:
            return atom
        root, *names = atom.path.split(".")
        module = self.lookup(root)
        if (getattr(atom.value, "__module__", None) or "").startswith("tangent.runtime."):
            return Lib(atom.value, f"tangent.{atom.value.__name__}")
        known = isinstance(module, types.ModuleType) and names
        return Lib(atom.value, ".".join([module.__name__, *names]) if known else "")

    def with_out(self, node: ast.Call, fn: Global | Method, position: int, given: Given, hint: Hint) -> Atom:
        """A call with an array for the result: the value of the call is assigned to its elements."""
        args, named = given[0], dict(given[1])
        out = named.pop("out", args[position] if len(args) > position else Const(None))
        if type(out) is Var and len(known := self.elements.get(out, ())) == 1:
            out = known[0]
        args, where = args[:position], named.pop("where", None) if is_ufunc(fn) else None
        if type(out) is Const and out.value is None and where is None:
            return self.value_of_call(node, fn, (args, tuple(named.items())), hint)
        if (own := self.made_own(node, out)) is not None:
            args = tuple([own if a is out else a for a in args])
            named = {k: own if a is out else a for k, a in named.items()}
            out = own
        if type(out) is not Var:
            self.refuse(node, "unsupported: `out=` with something that is not a local array", "use the result")
        index: Atom = Const(...)
        if where is not None:
            shape = self.emit(node, Lib(np.shape, "numpy.shape"), out)
            full = Lib(np.broadcast_to, "numpy.broadcast_to")
            index = self.emit(node, full, where, shape, hint="chosen")
            args = tuple(self.item(node, self.emit(node, full, arg, shape), index) for arg in args)
        value = self.value_of_call(node, fn, (args, tuple(named.items())), None)
        name = next((name for name, atom in self.env.items() if atom is out), None)
        self.write(node, [(out, index)], value)
        return self.env[name] if name is not None else out

    def value_of_call(self, node: ast.Call, fn: Global | Method, given: Given, hint: Hint) -> Atom:
        if type(fn) is Global:
            return self.apply(node, fn, *given, hint)
        return self.applied_method(node, fn.name, *given, hint)

    def write(self, node: ast.expr, place: list[tuple[Atom, Atom]], value: Atom) -> None:
        """`place = value`; `lower.Lowering` knows how."""
        raise NotImplementedError


def is_from_rules(function: Any) -> bool:
    """Whether a function is one by which another, or a part of its result, is defined."""
    return definitions.is_definition(function) or solvers.is_meaning(function)


def fits(signature: inspect.Signature, args: Arguments, kwargs: Keywords) -> bool:
    """Whether a call fits the parameters of a function."""
    try:
        signature.bind(*args, **dict(kwargs))
    except TypeError:
        return False
    return True


def position_of_out(fn: Any) -> int | None:
    """The position of the parameter `out` of one of NumPy's functions; out of reach where it has but a name."""
    if isinstance(fn, np.ufunc):
        return fn.nin if fn.nout == 1 else None
    if getattr(fn, "__module__", None) != "numpy":
        return None
    try:
        parameters = inspect.signature(fn).parameters
    except (TypeError, ValueError):  # written in C, without a signature
        return {np.dot: 2}.get(fn)
    if "out" not in parameters:
        return None
    by_name = parameters["out"].kind is inspect.Parameter.KEYWORD_ONLY
    return sys.maxsize if by_name else list(parameters).index("out")


def is_ufunc(fn: Global | Method) -> bool:
    return type(fn) is Global and isinstance(fn.value, np.ufunc)
