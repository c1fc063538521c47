"""Lowering of `match`: each case is a test of the subject and the names that it binds.

    match p:                         if isinstance(p, Point) and p.y == 0:
        case Point(x, 0):      ->        x = p.x
            return x                     return x
        case _:                      else:
            return 0.0                   return 0.0
"""

from __future__ import annotations

import ast
import collections.abc
import operator
from collections.abc import Callable, Iterator, Sequence

from tangent.frontend.attempts import AttemptLowering
from tangent.frontend.expressions import Hint
from tangent.frontend.syntax import is_irrefutable
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, Lib, Method, Undefined, Var

__all__ = ["MatchLowering"]

ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""The classes whose one positional pattern is for the object itself."""


Condition = Callable[[], Atom]


class Lazy(ast.expr):
    """An expression that is lowered by what it is made of."""

    def __init__(self, node: ast.AST, lower: Callable[[], Atom]) -> None:
        super().__init__()
        ast.copy_location(self, node)
        self.lower = lower


class MatchLowering(AttemptLowering):
    """Lowers `match`."""

    def cases(self, node: ast.Match) -> list[ast.stmt]:
        self.statement = node
        subject = self.expression(node.subject)
        otherwise: list[ast.stmt] = []
        for case in reversed(node.cases):
            pattern = case.pattern
            body = [Bind(pattern, lambda p=pattern: self.bind_pattern(p, subject)), *case.body]  # type: ignore[misc]
            if is_irrefutable(case):
                otherwise = body
            else:
                test = Lazy(pattern, lambda case=case: self.case(case, subject))  # type: ignore[misc]
                otherwise = [ast.copy_location(ast.If(test, body, otherwise), pattern)]
        return otherwise

    def case(self, case: ast.match_case, subject: Atom) -> Atom:
        """Whether a case fits; its names are bound in its body, and where the guard is asked."""
        conditions = list(self.conditions(case.pattern, lambda: subject))
        if case.guard is None:
            return self.all_hold(case.pattern, conditions)
        if not captures(case.pattern):
            return self.all_hold(case.pattern, [*conditions, lambda: self.guard(case, subject)])
        fits = self.all_hold(case.pattern, [lambda: Const(True), *conditions])
        return self.all_hold(case.pattern, [lambda: fits, lambda: self.guard(case, subject)])

    def guard(self, case: ast.match_case, subject: Atom) -> Atom:
        assert case.guard is not None
        self.bind_pattern(case.pattern, subject)
        holds = self.expression(case.guard)
        self.env |= dict.fromkeys(captures(case.pattern), Undefined())
        return holds

    def all_hold(self, node: ast.AST, conditions: Sequence[Condition]) -> Atom:
        first, *rest = conditions
        holds = first()
        if type(holds) is Const and holds.value is True and rest:
            return self.all_hold(node, rest)
        if not rest or type(holds) is Const:
            return holds
        return self.branch(node, holds, lambda: self.all_hold(node, rest), lambda: holds, "fits")

    def other_expression(self, node: ast.expr, hint: Hint) -> Atom:
        return node.lower() if isinstance(node, Lazy) else super().other_expression(node, hint)

    # --- tests -------------------------------------------------------------------------------

    def conditions(self, pattern: ast.pattern, subject: Condition) -> Iterator[Condition]:
        """What has to hold for a pattern to fit, one after the other."""
        match pattern:
            case ast.MatchValue(value=value):
                yield lambda: self.emit(pattern, operator.eq, subject(), self.expression(value), hint="fits")
            case ast.MatchSingleton(value=literal):
                yield lambda: self.emit(pattern, operator.is_, subject(), Const(literal), hint="fits")
            case ast.MatchAs(pattern=inner):
                if inner is not None:
                    yield from self.conditions(inner, subject)
            case ast.MatchOr(patterns=patterns):
                if captures(pattern):
                    self.refuse(
                        pattern, "unsupported: names in a pattern with alternatives",
                        "write a case for each alternative",
                    )
                yield lambda: self.any_fits(pattern, patterns, subject)
            case ast.MatchSequence(patterns=patterns):
                yield from self.sequence_conditions(pattern, subject)
                for position, inner in enumerate(patterns):
                    yield from self.conditions(inner, self.element_of(position, patterns, subject))
            case ast.MatchMapping(keys=keys, patterns=patterns):
                mapping = Lib(collections.abc.Mapping, "collections.abc.Mapping")
                yield lambda: self.emit(pattern, isinstance, subject(), mapping, hint="fits")
                for key in keys:
                    yield lambda key=key: self.emit(  # type: ignore[misc]
                        pattern, operator.contains, subject(), self.expression(key), hint="fits"
                    )
                for key, inner in zip(keys, patterns, strict=True):
                    yield from self.conditions(inner, self.item_at(key, inner, subject))
            case ast.MatchClass(cls=cls):
                yield lambda: self.emit(pattern, isinstance, subject(), self.expression(cls), hint="fits")
                for name, inner in self.attributes(pattern):
                    yield from self.conditions(inner, self.attribute_of(name, inner, subject))

    def any_fits(self, node: ast.AST, patterns: Sequence[ast.pattern], subject: Condition) -> Atom:
        first = self.all_hold(node, [lambda: Const(True), *self.conditions(patterns[0], subject)])
        if len(patterns) == 1 or type(first) is Const and first.value:
            return first
        return self.branch(node, first, lambda: first, lambda: self.any_fits(node, patterns[1:], subject), "fits")

    def sequence_conditions(self, node: ast.MatchSequence, subject: Condition) -> Iterator[Condition]:
        starred = any(isinstance(p, ast.MatchStar) for p in node.patterns)
        count = len(node.patterns) - starred
        value = subject()
        known = self.elements.get(value) if type(value) is Var else None
        if known is not None:
            yield lambda: Const(len(known) >= count if starred else len(known) == count)
            return

        def is_no_text() -> Atom:
            texts = self.emit(node, primitives.make_tuple, Lib(str), Lib(bytes), Lib(bytearray), hint="texts")
            return self.emit(node, operator.not_, self.emit(node, isinstance, subject(), texts, hint="is_text"))

        def has_length() -> Atom:
            length = self.emit(node, Lib(len), subject())
            return self.emit(node, operator.ge if starred else operator.eq, length, Const(count), hint="fits")

        sequence = Lib(collections.abc.Sequence, "collections.abc.Sequence")
        yield lambda: self.emit(node, isinstance, subject(), sequence, hint="fits")
        yield is_no_text
        yield has_length

    # --- parts -------------------------------------------------------------------------------

    def element_of(self, position: int, patterns: Sequence[ast.pattern], subject: Condition) -> Condition:
        star = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), len(patterns))
        pattern = patterns[position]

        def part() -> Atom:
            if position == star:
                bounds = (Const(position), Const(position + 1 - len(patterns) or None), Const(None))
                taken = self.emit(
                    pattern, operator.getitem, subject(), self.emit(pattern, slice, *bounds),
                )
                return self.emit(pattern, Lib(list), taken, hint=named_after(pattern))
            place = Const(position if position < star else position - len(patterns))
            return self.item(pattern, subject(), place, named_after(pattern))

        return part

    def item_at(self, key: ast.expr, pattern: ast.pattern, subject: Condition) -> Condition:
        return lambda: self.item(key, subject(), self.expression(key), named_after(pattern))

    def attribute_of(self, name: str | None, pattern: ast.pattern, subject: Condition) -> Condition:
        if name is None:
            return subject
        member = Method(name, attribute=True)
        return lambda: self.emit(pattern, member, subject(), hint=named_after(pattern))

    def attributes(self, node: ast.MatchClass) -> list[tuple[str | None, ast.pattern]]:
        """The attributes that the patterns of a class are for; None is the object itself."""
        found = self.resolve(node.cls)
        cls = found.value if found is not None else None
        names: Sequence[str | None] = getattr(cls, "__match_args__", ())
        if isinstance(cls, type) and issubclass(cls, ITSELF) and not names:
            names = (None,)
        if len(node.patterns) > len(names):
            self.refuse(node, "unsupported: positional patterns of this class", "name the attributes: `C(x=...)`")
        return [*zip(names, node.patterns, strict=False), *zip(node.kwd_attrs, node.kwd_patterns, strict=True)]

    # --- names -------------------------------------------------------------------------------

    def bind_pattern(self, pattern: ast.pattern, subject: Atom) -> None:
        """Bind the names of a pattern that fits."""
        match pattern:
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self.bind_pattern(inner, subject)
                if name is not None:
                    self.env[name] = subject
            case ast.MatchStar(name=str(name)):
                self.env[name] = subject
            case ast.MatchSequence(patterns=patterns):
                for position, inner in enumerate(patterns):
                    self.bind_part(inner, self.element_of(position, patterns, lambda: subject))
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                if rest is not None:
                    self.refuse(pattern, "unsupported: `**` in a pattern", "take the items out of the dict")
                for key, inner in zip(keys, patterns, strict=True):
                    self.bind_part(inner, self.item_at(key, inner, lambda: subject))
            case ast.MatchClass():
                for attribute, inner in self.attributes(pattern):
                    self.bind_part(inner, self.attribute_of(attribute, inner, lambda: subject))

    def bind_part(self, pattern: ast.pattern, part: Condition) -> None:
        if captures(pattern):
            self.bind_pattern(pattern, part())


def named_after(pattern: ast.pattern) -> Var | None:
    """A variable of the name that a pattern gives to what it fits."""
    name = getattr(pattern, "name", None)
    return Var(name, named=True) if name else None


class Bind(ast.Expr):
    """The statement that binds the names of a pattern."""

    def __init__(self, pattern: ast.pattern, bind: Callable[[], None]) -> None:
        def lower() -> Atom:
            bind()
            return Const(None)

        super().__init__(Lazy(pattern, lower))
        ast.copy_location(self, pattern)


def captures(pattern: ast.pattern) -> list[str]:
    """The names that a pattern binds."""
    nodes = ast.walk(pattern)
    names = [n.rest if isinstance(n, ast.MatchMapping) else getattr(n, "name", None) for n in nodes]
    return [name for name in names if name]
