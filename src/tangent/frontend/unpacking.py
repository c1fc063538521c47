"""Lowering of calls that unpack what only the run knows the length or the keys of.

    def line(t, a, b=1.0): ...

    line(t, *p)           ->     a, b = tuple(p) + (1.0,)[len(p) - 1:]
                                 line(t, a, b)
    line(t, **p)          ->     line(t, p["a"], b=p["b"] if "b" in p else 1.0)

    line(t, *p, **q)      ->     a branch for each number of values that `p` may have

The parameters of the function say how many values there are and what they are called; a call that does not fit
them raises an error, as it does in Python.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import operator
import types
from collections.abc import Container, Sequence
from inspect import Parameter as P

import numpy as np

from tangent.frontend.data import DataLowering
from tangent.frontend.expressions import Hint
from tangent.frontend.functions import Rest
from tangent.frontend.inner import InnerFunction, PartialFunction, own_parameters
from tangent.frontend.objects import BoundMethod
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, Global, Lib, Var
from tangent.rules import registry
from tangent.rules.definitions import is_known_class

__all__ = ["UnpackingLowering"]

BY_POSITION = (P.POSITIONAL_ONLY, P.POSITIONAL_OR_KEYWORD)
BY_NAME = (P.POSITIONAL_OR_KEYWORD, P.KEYWORD_ONLY)
TAKE_MORE = (P.VAR_POSITIONAL, P.VAR_KEYWORD)


class UnpackingLowering(DataLowering):
    """Lowers `*` and `**` in calls."""

    def called(self, node: ast.Call, fn: Atom, hint: Hint) -> Atom:
        parameters = parameters_of(fn)
        if parameters is None or not ends_in_both(node) or any(p.kind in TAKE_MORE for p in parameters):
            return super().called(node, fn, hint)
        args = [self.expression(a) for a in node.args[:-1]]
        kwargs: list[tuple[str, Atom]] = []
        starred = node.args[-1]
        assert isinstance(starred, ast.Starred)
        items = self.starred(starred.value)
        for keyword in node.keywords[:-1]:
            assert keyword.arg is not None
            kwargs.append((keyword.arg, self.expression(keyword.value)))
        table = self.expression(node.keywords[-1].value)
        if items in self.elements or table in self.entries or type(table) is Global:
            self.evaluated |= dict(zip(node.args, args, strict=False)) | {starred.value: items}
            self.evaluated |= {k.value: a for k, a in zip(node.keywords, [*(a for _, a in kwargs), table], strict=True)}
            return super().called(node, fn, hint)
        left = [p.name for p in left_by_position(parameters, len(args), {name for name, _ in kwargs})]
        count = self.emit(node, Lib(len), items, hint="count")

        def taking(number: int) -> Atom:
            bound = tuple(Var(name) for name in left[:number])
            self.unpack_into(node, bound, items)
            others = self.unpacked_items(node, table, fn, len(args) + number, kwargs)
            return self.apply(node, fn, (*args, *bound), (*kwargs, *others))

        def from_(number: int) -> Atom:
            """The call, where there are so many values, or more."""
            if number == len(left):
                return taking(number)
            test = self.emit(node, operator.eq, count, Const(number), hint="fits")
            return self.branch(node, test, lambda: taking(number), lambda: from_(number + 1), hint or "result")

        return from_(0)

    def unpacked(
        self, node: ast.Starred, items: Atom, call: ast.Call, fn: Atom | None, before: int
    ) -> Sequence[Atom]:
        known = self.known_elements(node, items)
        if known is not None:
            return known
        if type(fn) is Global and fn.value in (max, min) and len(call.args) == 1:
            return (items,)
        parameters = parameters_of(fn)
        behind = call.args[call.args.index(node) + 1 :]
        if parameters is None or any(isinstance(a, ast.Starred) for a in behind):
            self.unsupported(node)
        named = self.names_given(node, call)
        left = left_by_position(parameters, before, named)
        left = left[: len(left) - len(behind)]
        required = [p for p in left if p.default is P.empty]
        takes_more = any(p.kind is P.VAR_POSITIONAL for p in parameters)
        if len(required) < len(left) and (behind or takes_more) or takes_more and behind:
            self.unsupported(node)
        if takes_more:
            return self.with_rest(node, items, [p.name for p in required])
        if len(required) < len(left):
            items = self.with_defaults(node, items, len(required), left[len(required) :])
        bound = tuple(Var(p.name) for p in left)
        self.unpack_into(node, bound, items)
        return bound

    def names_given(self, node: ast.Starred, call: ast.Call) -> set[str]:
        """The parameters that a call gives by name."""
        names: set[str] = set()
        for keyword in call.keywords:
            if keyword.arg is not None:
                names.add(keyword.arg)
                continue
            table = self.evaluated[keyword.value] = self.expression(keyword.value)
            entries = self.entries.get(table) if type(table) is Var else None
            if entries is None:
                self.unsupported(node)
            names.update(entries)
        return names

    def with_rest(self, node: ast.Starred, items: Atom, names: Sequence[str]) -> Sequence[Atom]:
        """The values for named parameters, and the others, of which there may be any number."""
        if not names:
            return (Const(Rest(self.emit(node, Lib(tuple), items, hint="rest"))),)
        bound, others = tuple(Var(name) for name in names), Var("others")
        self.unpack_into(node, (*bound, others), items, len(names), 0)
        return (*bound, Const(Rest(self.emit(node, Lib(tuple), others, hint="rest"))))

    def with_defaults(
        self, node: ast.Starred, items: Atom, required: int, optional: Sequence[inspect.Parameter]
    ) -> Atom:
        """The items, and the defaults of those parameters for which there is none."""
        values = [self.default_of(node, p) for p in optional]
        defaults = self.emit(node, primitives.make_tuple, *values, hint="defaults")
        count = self.emit(node, Lib(len), items, hint="count")
        first = self.emit(node, operator.sub, count, Const(required), hint="first") if required else count
        part = self.emit(node, Lib(slice), first, Const(None), Const(None), hint="part")
        rest = self.emit(node, operator.getitem, defaults, part, hint="rest")
        given = self.emit(node, Lib(tuple), items, hint="given")
        return self.emit(node, primitives.concatenate, given, rest, hint="items")

    def unpacked_items(
        self, node: ast.expr, items: Atom, fn: Atom | None, before: int, kwargs: Sequence[tuple[str, Atom]]
    ) -> Sequence[tuple[str, Atom]]:
        parameters = parameters_of(fn)
        known = self.entries.get(items) if type(items) is Var else items
        if type(items) is not Var or known is not None or parameters is None or any(
            p.kind is P.VAR_KEYWORD for p in parameters
        ):
            return super().unpacked_items(node, items, fn, before, kwargs)
        positional = [p for p in parameters if p.kind in BY_POSITION]
        given = {p.name for p in positional[:before]} | {name for name, _ in kwargs}
        wanted = [p for p in parameters if p.kind in BY_NAME and p.name not in given]
        self.check_names(node, items, tuple(p.name for p in wanted))
        return [(p.name, self.item_for(node, items, p)) for p in wanted]

    def check_names(self, node: ast.expr, items: Var, names: tuple[str, ...]) -> None:
        """Let the run stop where a dict has a key that is no parameter."""
        keys = self.emit(node, Lib(set), items, hint="keys")
        allowed = self.emit(node, Lib(set), self.emit(node, primitives.make_tuple, *map(Const, names)), hint="names")
        fit = self.emit(node, operator.le, keys, allowed, hint="fit")
        self.perform(node, primitives.assert_, fit, Const("a name that is unpacked is no parameter"))

    def item_for(self, node: ast.expr, items: Var, parameter: inspect.Parameter) -> Atom:
        """The item for a parameter, or its default."""
        key = Const(parameter.name)
        if parameter.default is P.empty:
            return self.item(node, items, key)
        found = self.emit(node, operator.contains, items, key, hint="found")
        held = self.default_of(node, parameter)
        return self.branch(node, found, lambda: self.item(node, items, key), lambda: held, parameter.name)

    def default_of(self, node: ast.AST, parameter: inspect.Parameter) -> Atom:
        """The default of a parameter: of a function that is defined inside, a value of the program."""
        default = parameter.default
        return default if isinstance(default, Var | Const | Global) else self.held(node, parameter.name, default)


def left_by_position(
    parameters: Sequence[inspect.Parameter], before: int, named: Container[str]
) -> list[inspect.Parameter]:
    """The parameters that are left for values by position, after so many, and before one that is given by its name."""
    positional = [p for p in parameters if p.kind in BY_POSITION][before:]
    return list(itertools.takewhile(lambda p: p.name not in named, positional))


def ends_in_both(node: ast.Call) -> bool:
    """Whether a call ends in `*items, **table` and unpacks nothing else."""
    stars = [i for i, a in enumerate(node.args) if isinstance(a, ast.Starred)]
    doubles = [i for i, k in enumerate(node.keywords) if k.arg is None]
    return stars == [len(node.args) - 1] and doubles == [len(node.keywords) - 1]


def parameters_of(fn: Atom | None) -> Sequence[inspect.Parameter] | None:
    """The parameters of a function that is called, if they are known."""
    match fn:
        case Const(value=InnerFunction() as inner):
            return own_parameters(inner)
        case Const(value=PartialFunction(of=of, args=args, kwargs=kwargs)):
            given, parameters = {name for name, _ in kwargs}, parameters_of(of)
            return parameters and [p for p in parameters[len(args) :] if p.name not in given]
        case Const(value=BoundMethod(function=function)):
            return list(inspect.signature(function, follow_wrapped=False).parameters.values())[1:]
        case Global(value=np.ufunc() as ufunc):
            return [P(f"x{i}", P.POSITIONAL_ONLY) for i in range(ufunc.nin)]
        case Global(value=value) if isinstance(value, types.FunctionType) or is_known_class(value):
            return list(inspect.signature(value, follow_wrapped=False).parameters.values())
        case Global(value=value) if len(rules := registry.find(value)) == 1 and rules[0].signature is not None:
            return list(rules[0].signature.parameters.values())
    return None
