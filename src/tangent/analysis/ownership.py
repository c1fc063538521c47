"""Ownership: programs of which their own text tells which values may be changed in place.

Most programs are so: what they change are sums of adjoints, and lists of saved values, which they made themselves and
which one name alone stands for at that time.  They need no copies, and no analysis of which values share memory
(`analysis.memory`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Set
from functools import cached_property
from typing import Literal

from tangent import runtime
from tangent.analysis.calls import (
    changes_operand,
    function_of,
    in_one_direction,
    is_augmented,
    is_call_of,
    is_of_runtime,
    is_structural,
    rule_of,
)
from tangent.analysis.kinds import Kinds
from tangent.analysis.memory import NONE, VIEWS, Liveness, Numbers, Roots, given, shape_only_positions
from tangent.analysis.reads import reads_on_a_path
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    Function,
    GeneratedFunction,
    If,
    Statement,
    Undefined,
    Var,
)
from tangent.ir.walk import all_statements, assignments, expr_vars, joined, nested_blocks, statement_vars

__all__ = ["changes_of_its_own", "changes_only_its_own", "closure"]

_LISTS = (primitives.list_append, primitives.list_pop)
_FITTED = frozenset({runtime.unbroadcast, runtime.fit, runtime.match_structure, runtime.as_derivative})
"""Functions whose result may be the first argument itself."""


def changes_only_its_own(function: Function) -> bool:
    """Whether each value that a program changes in place was made by it, and is read by nothing afterwards."""
    found = changes_of_its_own(function)
    return found is not None and None not in found.values()


def changes_of_its_own(function: Function) -> dict[Assign, Roots | None] | None:
    """The changes in place that a program may make, each with the values that have the memory it writes into.

    Those of an operator that is to make a new value, for the old one is needed afterwards, have None.  The whole is
    None where that can't be told, and where a value that is not its own is changed by more than an operator.
    """
    changes = [s for s in all_statements(function.body) if type(s) is Assign and changes_operand(s.value)]
    if not all(is_augmented(s.value) or is_call_of(s.value, *_LISTS) for s in changes):
        return None
    owned = _Owned(function) if changes else None
    found: dict[Assign, Roots | None] = {}
    for statement in changes:
        written = owned.written(statement) if owned is not None else None
        if written is None or written is False and not is_augmented(statement.value):
            return None
        found[statement] = None if written is False else written
    return found


Written = Roots | Literal[False] | None
"""The values that have the memory that a change writes into; False where it may not write into it, None if unknown."""


class _Owned:
    def __init__(self, function: Function) -> None:
        self.reads = reads_on_a_path(function.body)
        self.joins = joined(function.body)
        self.definitions = assignments(function.body)
        self.known: dict[Var, bool] = {}
        self.decided: dict[Assign, Written] = {}
        self.block_of: dict[Assign, Block] = {}
        self.position: dict[Assign, int] = {}
        self.readers: dict[Var, list[Assign | None]] = defaultdict(list)
        """The statements that read a value, in order; None for branches, loops and what blocks yield."""
        self.note_readers(function.body)
        self.function = function

    @cached_property
    def handed(self) -> _Handed:
        return _Handed(self.function, self.joins)

    def note_readers(self, block: Block) -> None:
        for statement in block.statements:
            if type(statement) is Assign:
                self.block_of[statement] = block
                self.position[statement] = len(self.position)
                for var in expr_vars(statement.value):
                    self.readers[var].append(statement)
                continue
            for var in statement_vars(statement):
                self.readers[var].append(None)
            for inner in nested_blocks(statement):
                self.note_readers(inner)
        for expr in (*block.yields, *([] if block.stop is None else [block.stop])):
            for var in expr_vars(expr):
                self.readers[var].append(None)

    def written(self, statement: Assign) -> Written:
        """What a statement writes into that may change its first operand in place."""
        if statement not in self.decided:
            self.decided[statement] = None  # around a loop
            assert type(statement.value) is Call
            old = statement.value.args[0]
            if self.by_one_name(old):
                self.decided[statement] = frozenset({old})
            elif type(old) is Var:
                written = self.at_last_read(statement, old)
                self.decided[statement] = self.handed.written(statement) if written is None else written
        return self.decided[statement]

    def at_last_read(self, change: Assign, old: Var) -> Written:
        """What a change writes into that is the last statement to read a value, of those of one block.

        The others have to compute something new of it, and the same has to hold of what it is made of.
        """
        names = self.names_in_block(change, old)
        if names is None:
            return None
        for name, maker in names.items():
            for reader in self.readers[name]:
                if reader is change or reader is maker:
                    continue
                if reader is None or self.block_of[reader] is not self.block_of[change]:
                    return None
                if self.position[reader] > self.position[change]:
                    return False if name is old and self.reads_content(reader, old) else None
                if not self.makes_new(reader, name):
                    return None
        return frozenset(names) if self.readers[old].count(change) == 1 else None

    def names_in_block(self, change: Assign, old: Var) -> dict[Var, Assign] | None:
        """The names that memory had before it got to `old`, each with the statement that gave it the next one.

        None where it was not made in the block of the change.
        """
        names = {}
        name, maker = old, change
        while True:
            made = self.definitions.get(name)
            if made is None or self.block_of[made] is not self.block_of[change] or type(made.value) is not Call:
                return None
            names[name] = maker
            value = made.value
            if is_augmented(value):
                if not (written := self.written(made)):
                    return None if written is None else names
            elif function_of(value) not in _FITTED:
                return names if is_of_new_memory(value) else None
            source = value.args[0]
            if type(source) is not Var:
                return names if type(source) is Const else None
            name, maker = source, made

    def reads_content(self, reader: Assign, var: Var) -> bool:
        """Whether a statement surely reads more of a value than its shape."""
        value = reader.value
        if type(value) is not Call:
            return True
        shape_only = shape_only_positions(value)
        return any(a is var and i not in shape_only for i, a in enumerate(value.args))

    def makes_new(self, reader: Assign, var: Var) -> bool:
        """Whether what a statement makes of a value shares no memory with it."""
        value = reader.value
        if type(value) is not Call:
            return False
        if is_augmented(value):
            return value.args[0] is not var or self.written(reader) is False
        if function_of(value) in _FITTED:
            return value.args[0] is not var
        return is_of_new_memory(value)

    def by_one_name(self, expr: Expr) -> bool:
        """Whether a value is new, and read once: nothing else shares its memory."""
        if type(expr) is not Var:
            return type(expr) is Const
        if expr not in self.known:
            self.known[expr] = True  # around a loop: if it is not, what asks for it turns out not to be either
            self.known[expr] = self.reads[expr] <= 1 and self.is_new(expr)
        return self.known[expr]

    def is_new(self, var: Var) -> bool:
        """Whether a value is new, or what one name alone stood for."""
        if var in self.joins:
            return all(map(self.by_one_name, self.joins[var]))
        made = self.definitions.get(var)
        value = made.value if made is not None else None
        if made is None or type(value) is not Call:
            return type(value) is Const
        if is_augmented(value):
            return self.by_one_name(value.args[0]) or self.written(made) is not None
        if changes_operand(value) or function_of(value) in _FITTED:
            return var is made.targets[0] and self.by_one_name(value.args[0])
        return is_of_new_memory(value)


class _Handed:
    """How values are handed on: by branches and loops, fitted to a shape, by functions, as lists with other items."""

    def __init__(self, function: Function, joins: Mapping[Var, Iterable[Expr]]) -> None:
        self.function = function
        self.joins = {value: [s for s in sources if type(s) is Var] for value, sources in joins.items()}
        self.before: dict[Var, list[Var]] = defaultdict(list)
        """The values that a value may be, or have the memory of."""
        self.after: dict[Var, list[Var]] = defaultdict(list)
        """The same, the other way."""
        self.unknown: set[Var] = set()
        """Values that may have the memory of others besides."""
        self.escaping: set[Var] = set()
        """Values whose memory others may have besides."""
        self.carried: set[Var] = set()
        """What loops carry: of that, what was allocated in an earlier iteration is other memory."""
        for statement in all_statements(function.body):
            if type(statement) is Assign:
                self.assign(statement)
            elif type(statement) is not If:
                self.carried.update(statement.params)
        for value, sources in joins.items():
            for source in sources:
                self.hand_on(source, value)

    def assign(self, statement: Assign) -> None:
        value, targets = statement.value, statement.targets
        if type(value) is not Call:
            for target in targets:
                self.hand_on(value, target)
        elif function_of(value) in _FITTED:
            self.hand_on(value.args[0], targets[0])
        elif is_call_of(value, *_LISTS):
            self.hand_on(value.args[0], targets[0])
            self.unknown.update(targets[1:])
            self.escaping.update(a for a in value.args[1:] if type(a) is Var)
        elif isinstance(fn := in_one_direction(value).fn, GeneratedFunction):
            for argument in given(fn, in_one_direction(value)):
                for target in targets:
                    self.hand_on(argument, target)
        elif not is_of_new_memory(value) and not is_check(statement):
            self.unknown.update(targets)
            self.escaping.update(expr_vars(value))

    def hand_on(self, source: Expr, value: Var) -> None:
        if type(source) is Var:
            self.before[value].append(source)
            self.after[source].append(value)
        elif not isinstance(source, Const | Undefined):
            self.unknown.add(value)

    @cached_property
    def kinds(self) -> Kinds:
        return Kinds(self.function)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.function, self.kinds)

    @cached_property
    def arguments(self) -> set[Var]:
        """Those that may have memory."""
        facts = self.function.facts
        return {p for p in self.function.params if facts.get(p) not in ("scalar", "int")}

    @cached_property
    def needed(self) -> Mapping[Statement, Set[Var]]:
        """What is needed after each change, more than that too."""
        return Liveness(self.function.body, None).after

    @cached_property
    def surely_needed(self) -> Mapping[Statement, Set[Var]]:
        return Liveness(self.function.body, self.kinds).after

    def written(self, change: Assign) -> Written:
        """What a change writes into that is not needed afterwards but by the name that it has then."""
        assert type(change.value) is Call
        old = change.value.args[0]
        if type(old) is not Var:
            return None
        connected = self.apart.get(old)
        if connected and connected.isdisjoint(self.needed[change] - {*change.targets}):
            return connected
        if not self.arguments.isdisjoint(closure([old], self.joins)):
            return False  # which takes less time to see
        origins = closure([old], self.before, self.numbers)
        holders = closure(origins, self.after, self.numbers)
        if not self.unknown.isdisjoint(origins) or not self.escaping.isdisjoint(holders):
            return None
        if not self.arguments.isdisjoint(origins):
            return False
        needed = {*holders, old} & (self.surely_needed[change] - {*change.targets})
        if not needed:
            return frozenset(holders)
        return False if old in needed or self.carried.isdisjoint(holders) else None

    @cached_property
    def apart(self) -> Mapping[Var, Roots]:
        """The values that are handed on to one another, by each of them, if these hold memory of their own alone."""
        found: dict[Var, Roots] = {}
        both = {v: (*self.before.get(v, ()), *self.after.get(v, ())) for v in {*self.before, *self.after}}
        others = self.unknown | self.escaping | self.arguments
        for value in both:
            if value not in found:
                connected = frozenset(closure([value], both))
                found.update(dict.fromkeys(connected, connected if others.isdisjoint(connected) else NONE))
        return found


def closure(values: Iterable[Var], edges: Mapping[Var, Iterable[Var]], without: Container[Var] = ()) -> set[Var]:
    """Values, and all that edges lead to from them, but for those that are left out."""
    found: set[Var] = set()
    work = list(values)
    while work:
        value = work.pop()
        if value not in found and value not in without:
            found.add(value)
            work += edges.get(value, ())
    return found


def is_check(statement: Assign) -> bool:
    """Whether a statement is one of Tangent's that looks at values and keeps none."""
    return not statement.targets and type(statement.value) is Call and is_of_runtime(function_of(statement.value))


def is_of_new_memory(call: Call) -> bool:
    """Whether what a call gives surely shares memory with nothing."""
    fn = function_of(call)
    if fn is primitives.make_list or fn is runtime.zeros_like:
        return True
    call = in_one_direction(call)
    rule = rule_of(call)
    is_known = rule is not None and not rule.shares and not is_structural(call)
    return is_known and function_of(call) not in VIEWS
