"""Lists and tuples: which values surely are such, by how they were made.

    a = [x] if c else []          a list
    t = (x, y)                    a tuple
    b = a + t                     neither: an error when the code runs
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from tangent.analysis.calls import function_of
from tangent.analysis.kinds import Kinds
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Call, Expr, Function, Var
from tangent.ir.walk import all_statements, joined

__all__ = ["Lists", "makes_sequences"]

_LISTS: tuple[Any, ...] = (
    primitives.make_list, primitives.list_append, primitives.list_insert, primitives.list_pop, list, sorted,
)
_TUPLES: tuple[Any, ...] = (primitives.make_tuple, tuple)
_MAKERS = frozenset((*_LISTS, *_TUPLES))
_SEQUENCES = frozenset(("list", "tuple"))
_SAME: tuple[Any, ...] = (
    primitives.update_item, primitives.add_item, primitives.concatenate, primitives.repeat, primitives.pass_through,
)
"""Functions whose result is of the type of their first argument, if that is a list or a tuple."""


def makes_sequences(function: Function) -> bool:
    """Whether any value of a program surely is a list or a tuple."""
    calls = (s.value for s in all_statements(function.body) if type(s) is Assign and type(s.value) is Call)
    return not _SEQUENCES.isdisjoint(function.facts.values()) or any(function_of(c) in _MAKERS for c in calls)


class Lists:
    """The types of the values of a program that are lists or tuples."""

    def __init__(self, function: Function) -> None:
        self.kinds = Kinds(function)
        self.facts = {v: f for v, f in function.facts.items() if f in _SEQUENCES}
        self.joins = joined(function.body)
        self.made: Mapping[Var, Expr] = {
            s.targets[0]: s.value for s in all_statements(function.body) if type(s) is Assign and s.targets
        }
        self.types: dict[Expr, set[str]] = defaultdict(set)
        """The types that values may have."""
        self.propagate({*self.facts, *self.joins, *self.made})

    def is_list(self, value: Expr) -> bool:
        return self.types.get(value) == {"list"}

    def is_tuple(self, value: Expr) -> bool:
        return self.types.get(value) == {"tuple"}

    def propagate(self, values: Set[Var]) -> None:
        typed_as: dict[Expr, list[Var]] = defaultdict(list)
        work: list[tuple[Var, str]] = []
        for value in values:
            sources = self.sources(value)
            if isinstance(sources, str):
                work.append((value, sources))
                continue
            for source in sources:
                typed_as[source].append(value)
                if source not in values:
                    work.append((value, "other"))
        while work:
            value, type_ = work.pop()
            if type_ not in self.types[value]:
                self.types[value].add(type_)
                work += [(other, type_) for other in typed_as.get(value, ())]

    def sources(self, value: Var) -> str | Sequence[Expr]:
        """The type of a value, or the values of which it has one."""
        if value in self.facts:
            return self.facts[value]
        if value in self.joins:
            return self.joins[value]
        made = self.made[value]
        fn = function_of(made) if type(made) is Call else None
        if type(made) is not Call or fn is None:
            return "other"
        if fn in _LISTS:
            return "list"
        if fn in _TUPLES:
            return "tuple"
        if fn is operator.add:
            return made.args
        if fn is operator.mul and (repeated := self.repeated(made)) is not None:
            return repeated[:1]
        if fn in _SAME or (fn is operator.getitem and self.is_slice(made.args[1])):
            return made.args[:1]
        return "other"

    def repeated(self, product: Call) -> tuple[Expr, Expr] | None:
        """The operand of a product that may be a list or a tuple, and the integer that says how often."""
        first, second = product.args
        if self.kinds.is_integer(second):
            return first, second
        return (second, first) if self.kinds.is_integer(first) else None

    def is_slice(self, index: Expr) -> bool:
        made = self.made.get(index) if type(index) is Var else None
        return type(made) is Call and function_of(made) is slice
