"""Names: which values share a Python variable, and what it is called.

Single assignment is undone here.  A loop-carried value, its initial value and what each iteration yields
would all like to be one variable, and are, unless two of them are needed at the same time; the versions
of an array that is written in place always are.  Then every variable gets the name that the user gave it,
with a number where two different ones are alive together.
"""

from __future__ import annotations

import builtins
import keyword
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from tangent.analysis.calls import is_augmented, is_update
from tangent.analysis.reads import bound_inside
from tangent.ir.attempts import caught_error, certain_end, is_attempt
from tangent.ir.nodes import Assign, Block, Expr, For, Function, If, Statement, Var, While
from tangent.ir.walk import all_bound, all_statements, expr_vars, statement_vars, used_vars

__all__ = ["assign_names"]


def assign_names(function: Function, reserved: Collection[str]) -> dict[Var, str]:
    """A Python name for every value of a program; values that share a name are never alive together."""
    return _Naming(function, reserved).run()


Values = int
"""A set of values: a bit for each, by the order in which they are bound.  Most sets have most values in them."""


class _Naming:
    def __init__(self, function: Function, reserved: Collection[str]) -> None:
        self.function = function
        self.reserved = set(reserved)
        self.conflicts: dict[Var, Values] = {}
        self.order: dict[Var, int] = {}
        self.bit: dict[Var, Values] = {}
        self.parent: dict[Var, Var] = {}
        self.members: dict[Var, list[Var]] = {}
        self.member_bits: dict[Var, Values] = {}
        self.joins: list[tuple[Var, Expr]] = []

    def run(self) -> dict[Var, str]:
        for param in self.function.params:
            self.note(param)
        self.number(self.function.body)
        live = self.block(self.function.body, self.read(self.function.body.yields))
        for param in self.function.params:
            self.conflicts[param] |= live | self.bits(self.function.params)
        self.force_unions(self.function.body)
        same_hint = [(a, b) for a, b in self.joins if type(b) is Var and a.hint == b.hint]
        others = [
            (a, b) for a, b in self.joins if type(b) is Var and a.hint != b.hint and not (a.named and b.named)
        ]
        for a, b in (*same_hint, *others):
            self.union(a, b)
        return self.names()

    # --- liveness ----------------------------------------------------------------------------

    def note(self, var: Var) -> None:
        if var not in self.order:
            self.member_bits[var] = self.bit[var] = 1 << len(self.order)
            self.order[var] = len(self.order)
            self.parent[var] = var
            self.members[var] = [var]
            self.conflicts[var] = 0

    def bits(self, values: Iterable[Var]) -> Values:
        """Some values as a set."""
        found = 0
        for value in values:
            found |= self.bit.get(value, 0)
        return found

    def read(self, exprs: Iterable[Expr]) -> Values:
        """The values that expressions read."""
        return self.bits(v for expr in exprs for v in expr_vars(expr))

    def number(self, block: Block) -> None:
        for statement in block.statements:
            match statement:
                case Assign(targets=targets):
                    for target in targets:
                        self.note(target)
                case If(then=then, orelse=orelse, results=results):
                    self.number(then)
                    self.number(orelse)
                    for result in results:
                        self.note(result)
                case For() | While():
                    if type(statement) is For:
                        self.note(statement.index)
                    for param in statement.params:
                        self.note(param)
                    if type(statement) is While:
                        self.number(statement.header)
                    self.number(statement.body)
                    for result in statement.results:
                        self.note(result)
                case _:
                    assert_never(statement)

    def bind(self, values: Sequence[Var], live: Values) -> Values:
        """Note that values are bound where others are needed; returns what is needed before that."""
        bound = self.bits(values)
        for value in values:
            self.conflicts[value] |= live | bound
        return live & ~bound

    def block(self, block: Block, live: Values) -> Values:
        """Go backward through a block; `live` is what is needed after it, the result what is needed before."""
        for statement in reversed(block.statements):
            live = self.statement(statement, live)
        return live

    def statement(self, statement: Statement, live: Values) -> Values:
        match statement:
            case Assign(targets=targets, value=value):
                if len(targets) == 1 and is_augmented(value):
                    self.joins.append((targets[0], value.args[0]))
                live = self.bind(targets, live)
            case If():
                live = self.if_(statement, live)
            case For() | While():
                live = self.loop(statement, live)
            case _:
                assert_never(statement)
        return live | self.bits(statement_vars(statement))

    def if_(self, statement: If, live: Values) -> Values:
        live = self.bind(statement.results, live)
        sides = []
        for block in (statement.then, statement.orelse):
            self.joins += zip(statement.results, block.yields, strict=True)
            sides.append(self.block(block, live | self.read(block.yields)))
        if is_attempt(statement):
            self.attempt(statement, sides[1])
        return live | sides[0] | sides[1]

    def attempt(self, statement: If, failing: Values) -> None:
        """What is needed where the body raises is not overwritten before that."""
        body = statement.then.statements
        end = certain_end(body)
        certain = {v for s in body[max(end - 1, 0) :] if type(s) is Assign for v in s.targets}
        for inner in all_statements(statement.then):
            for var in all_bound(inner):
                if var not in certain:
                    self.conflicts[var] |= failing
        error = caught_error(statement)
        if error is not None:  # Python unbinds its name at the end of the handler
            self.conflicts[error] |= self.bits(self.order)

    def loop(self, statement: For | While, live: Values) -> Values:
        params, results = statement.params, statement.results
        live = self.bind(results, live)
        inner = self.bits(used_vars(statement.body))
        if type(statement) is While:
            inner |= self.bits(used_vars(statement.header))
        through = live | (inner & ~self.bits(bound_inside(statement)))
        body_live = through | self.read(statement.body.yields)
        if statement.body.stop is not None:
            body_live |= self.read([statement.body.stop])
        self.joins += zip(params, statement.inits, strict=True)
        self.joins += zip(params, statement.body.yields, strict=True)
        body_live = self.block(statement.body, body_live)
        if type(statement) is While:
            body_live |= through | self.read(statement.header.yields[:1]) | self.bits(params)
            body_live = self.block(statement.header, body_live)
        head = self.bits(statement_vars(statement)) & ~self.bits(i for i in statement.inits if type(i) is Var)
        before = self.bind(params, body_live | through | head)  # they are bound before the bounds of the range are read
        if type(statement) is For:
            self.conflicts[statement.index] |= body_live | through | self.bits(params)
            before &= ~self.bits([statement.index])
        return live | before | through

    # --- variables ---------------------------------------------------------------------------

    def find(self, var: Var) -> Var:
        while self.parent[var] is not var:
            self.parent[var] = self.parent[self.parent[var]]
            var = self.parent[var]
        return var

    def union(self, a: Var, b: Var, force: bool = False) -> None:
        if a not in self.parent or b not in self.parent:
            return
        a, b = self.find(a), self.find(b)
        if a is b or (not force and self.clash(a, b)):
            return
        if self.order[b] < self.order[a]:
            a, b = b, a
        self.parent[b] = a
        self.members[a] += self.members.pop(b)
        self.member_bits[a] |= self.member_bits[b]
        self.conflicts[a] |= self.conflicts.pop(b)

    def clash(self, a: Var, b: Var) -> bool:
        """Whether of two variables a value of one is bound where one of the other is needed."""
        return bool(self.conflicts[a] & self.member_bits[b] or self.conflicts[b] & self.member_bits[a])

    def force_unions(self, block: Block) -> None:
        for statement in block.statements:
            match statement:
                case Assign(targets=targets, value=value):
                    if is_update(value) and type(value.args[0]) is Var:
                        self.union(targets[0], value.args[0], force=True)
                case If(then=then, orelse=orelse):
                    self.force_unions(then)
                    self.force_unions(orelse)
                case For(body=body) | While(body=body):
                    for param, result in zip(statement.params, statement.results, strict=True):
                        self.union(param, result, force=True)
                    self.force_unions(body)

    # --- names -------------------------------------------------------------------------------

    def names(self) -> dict[Var, str]:
        params = set(self.function.params)
        names: dict[Var, str] = {}
        taken: dict[str, _Name] = {}
        numbered: dict[str, _Alike] = defaultdict(_Alike)
        roots = sorted(self.members, key=lambda v: (v not in params, self.order[v]))
        for root in roots:
            hint = self.hint(root, params)
            alike = numbered[hint]
            members, conflicts = self.member_bits[root], self.conflicts[root]
            is_single = len(self.members[root]) == 1
            # Of the values of a name, one is needed at a time: where as many are as there are names, all are taken.
            is_full = is_single and (alike.single & conflicts).bit_count() >= len(alike.names)
            for name in () if is_full else alike.names:
                if not (name.conflicts & members or name.members & conflicts):
                    break
            else:
                name = self.next_name(hint, alike.names, taken)
                while name.conflicts & members or name.members & conflicts:
                    name = self.next_name(hint, alike.names, taken)
            name.members |= members
            name.conflicts |= conflicts
            if is_single:
                alike.single |= members
            for member in self.members[root]:
                names[member] = name.text
        return names

    def next_name(self, hint: str, alike: list[_Name], taken: dict[str, _Name]) -> _Name:
        """The next of the names `x, x2, x3, ...`, which may be taken as that of something else."""
        valid, count = _valid(hint), len(alike) + 1
        text = valid if count == 1 else f"{valid}{'_' if hint[-1:].isdigit() else ''}{count}"
        if text not in taken:
            is_reserved = -1 if text in self.reserved else 0
            taken[text] = _Name(text, is_reserved, is_reserved)
        alike.append(taken[text])
        return taken[text]

    def hint(self, root: Var, params: set[Var]) -> str:
        members = self.members[root]
        if len(members) > 1:
            members = sorted(members, key=lambda v: self.order[v])
        for member in members:
            if member in params:
                return member.hint
        return next((m.hint for m in members if m.named), members[0].hint)


@dataclass(slots=True)
class _Name:
    """A name, the values that have it, and those that therefore have another one: all, if it is reserved."""

    text: str
    members: Values = 0
    conflicts: Values = 0


@dataclass(slots=True)
class _Alike:
    """The names that begin alike, as far as they were looked at, and the values that share no variable and have one."""

    names: list[_Name] = field(default_factory=list)
    single: Values = 0


_BUILTIN_NAMES = frozenset(dir(builtins))


def _valid(hint: str) -> str:
    if keyword.iskeyword(hint) or hint in _BUILTIN_NAMES:
        return hint + "_"
    return hint

