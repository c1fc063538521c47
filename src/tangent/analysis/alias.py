"""Aliases: where Python's references and the value semantics of the core language might differ.

    tmp = x[i]          a number, or a view of a row?  If it is a view, the next statement changes it,
    x[i] = x[j]         and the program reads something else than the core language says.
    x[j] = tmp

An in-place change is harmless if no other value that may share the memory is read afterwards.  Where one is,
and the program does not say whether it does share, a check at that point of the run decides; where it surely
does, the program is refused.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

from tangent import runtime
from tangent.analysis.calls import changes_operand, function_of, is_call_of
from tangent.analysis.memory import STORED, Liveness, Memory, Roots, putting_into, written_back
from tangent.analysis.outside import changes_globals, is_mutable, reading_globals, taking_globals
from tangent.analysis.ownership import changes_only_its_own
from tangent.analysis.reads import bound_inside
from tangent.analysis.views import with_proven_views
from tangent.errors import AliasError
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    Global,
    If,
    Lib,
    Origin,
    Statement,
    Var,
    While,
)
from tangent.ir.primitives import UPDATES
from tangent.ir.walk import all_statements, assignments, joined, with_blocks, with_statements

__all__ = ["check_aliases", "may_change", "without_reads"]


def check_aliases(function: Function) -> Function:
    """Put a check in front of each in-place change that another value might see.

    Raises:
        AliasError: a view is written through, or its base is, and both are used afterwards.
    """
    if changes_globals(function):
        return _checked_outside(function)
    if changes_only_its_own(function):
        return function
    function = with_proven_views(function)
    checker = _Checker(function)
    if changes_globals(function, checker.memory):
        return _checked_outside(function)
    return replace(function, body=checker.block(function.body))


def _checked_outside(function: Function) -> Function:
    """The checks of a program that changes what its globals stand for."""
    function, taken = taking_globals(function)
    function = with_proven_views(function)
    return reading_globals(replace(function, body=_Checker(function).block(function.body)), taken)


def without_reads(block: Block) -> Block:
    """The block without the notes on what is read of containers that were written out."""
    return with_statements(block, [with_blocks(s, without_reads) for s in block.statements if not is_note(s)])


def is_note(statement: Statement) -> bool:
    return type(statement) is Assign and statement.effect and is_call_of(statement.value, primitives.read)


def may_change(statement: Statement) -> bool:
    """Whether a statement of the user may change something in place."""
    if type(statement) is not Assign or not statement.targets or not changes_operand(statement.value):
        return False
    first = statement.value.args[0]
    return type(first) is Var or type(first) is Global and is_mutable(first)


def changed_in_place(statement: Statement) -> Var | None:
    """The value that a statement of the user changes in place, in a program that takes its globals."""
    if type(statement) is not Assign or not may_change(statement):
        return None
    assert type(statement.value) is Call
    first = statement.value.args[0]
    return first if type(first) is Var else None


class _Checker:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.memory = Memory(function)
        self.live = Liveness(function.body, self.memory.kinds).after
        self.definitions = assignments(function.body)
        updates = [
            s for s in all_statements(function.body) if type(s) is Assign and changed_in_place(s) is not None
        ]
        self.putting = putting_into(updates, self.definitions)
        self.early: dict[Statement, list[Assign]] = {}
        """The checks in front of statements."""
        loops = [s for s in all_statements(function.body) if isinstance(s, For | While)]
        self.entries: dict[Var, tuple[For | While, int]] = {
            p: (loop, i) for loop in loops for i, p in enumerate(loop.params)
        }
        self.joins = joined(function.body)
        self.bound_in = {loop: bound_inside(loop) for loop in loops}
        for statement in all_statements(function.body):
            self.look_at(statement)

    def block(self, block: Block) -> Block:
        statements: list[Statement] = []
        before = self.early
        for statement in block.statements:
            statements += before.get(statement, ())
            match statement:
                case If(then=then, orelse=orelse):
                    statements.append(replace(statement, then=self.block(then), orelse=self.block(orelse)))
                case For(body=body) | While(body=body):
                    statements.append(replace(statement, body=self.block(body)))
                case _:
                    statements.append(statement)
        return Block(tuple(statements), block.yields, block.stop)

    def look_at(self, statement: Statement) -> None:
        changed = changed_in_place(statement)
        if changed is None:
            return
        assert type(statement) is Assign
        written = self.memory.written(statement)
        put_back = written_back(statement, self.definitions, self.putting, self.live)
        others = [
            w for w in self.memory.reading(written, self.live[statement])
            if w not in statement.targets and w not in put_back
        ]
        self.look_at_arguments(statement, written)
        for container, index in put_back.items():
            if not self.memory.kinds.is_numeric(container):
                self.add_check(statement, runtime.refuse_shared_items, container, index, statement.origin)
        for other in others:
            self.refuse_if_certain(other, changed, statement)
            if not (self.memory[other].own & written) and self.captures(other, changed, written, statement, set()):
                continue
            self.guard(other, changed, statement)

    def look_at_arguments(self, statement: Assign, written: Roots) -> None:
        """Check at the entry that an argument that is changed is none of those that are read afterwards."""
        entry, params = self.function.body.statements[0], self.function.params
        for changed in (p for p in params if p in written):
            for other in (p for p in params if p is not changed):
                if self.memory.reading(frozenset({other}), self.live[statement]):
                    self.add_check(entry, runtime.refuse_view, other, changed, statement.origin)

    def captures(
        self, other: Var, changed: Var, written: Roots, statement: Assign, seen: set[Var]
    ) -> bool:
        """Check what was put into a container of the function itself; False where it is another's."""
        if other in seen:
            return True
        seen.add(other)
        definition = self.definitions.get(other)
        if definition is None or type(definition.value) is not Call:
            sources = [e for e in self.joins.get(other, ()) if type(e) is Var]
            known = [
                self.captures(e, changed, written, statement, seen)
                for e in sources if self.memory.may_read(e, written)
            ]
            return bool(sources) and all(known)
        fn = function_of(definition.value)
        if fn not in STORED:
            return False
        first = STORED[fn]
        for position, value in enumerate(definition.value.args):
            if type(value) is not Var or not self.memory.may_read(value, written):
                if position >= first and type(value) is Var and self.memory.could_read(value, written):
                    return False  # it was put there in an earlier iteration
                continue
            if position < first:
                if not self.captures(value, changed, written, statement, seen):
                    return False
            elif not self.check_capture(value, changed, written, statement, definition, seen):
                return False
        return True

    def check_capture(
        self, value: Var, changed: Var, written: Roots, statement: Assign, capture: Assign, seen: set[Var]
    ) -> bool:
        """A value that was put into a container, and may be changed later by another name."""
        definition = self.definitions.get(value)
        call = definition.value if definition is not None else None
        if type(call) is Call and function_of(call) in (operator.getitem, primitives.element):
            self.add_check(capture, runtime.refuse_view, value, call.args[0], statement.origin)
            return True
        if type(call) is Call and function_of(call) in STORED and not self.memory[value].own & written:
            return self.captures(value, changed, written, statement, seen)
        if type(call) is Call and value not in written:
            return False
        if self.is_mutable(changed, statement):
            raise AliasError(
                f"`{changed.hint}` was put into a container, and both are used after this change of one of them",
                f"put a copy into the container: `{changed.hint}.copy()`", statement.origin,
            )
        return False

    def is_mutable(self, changed: Var, statement: Assign) -> bool:
        """Whether the value surely is an object that is changed in place: one written by its items."""
        return type(statement.value) is Call and type(statement.value.fn) is Lib and (
            statement.value.fn.value in UPDATES
        )

    def refuse_if_certain(self, other: Var, changed: Var, statement: Assign) -> None:
        for view, base in ((other, changed), (changed, other)):
            definition = self.definitions.get(view)
            if definition is None or type(definition.value) is not Call:
                continue
            call = definition.value
            if function_of(call) is operator.getitem and call.args[0] is base and self.memory.kinds.is_numeric(base):
                definition = self.definitions.get(call.args[1]) if type(call.args[1]) is Var else None
                index = definition.value if definition is not None else None
                if type(index) is Call and function_of(index) is slice:
                    raise AliasError(
                        f"`{view.hint}` is a view of `{base.hint}`, and both are used after this change of one of them",
                        "write into the array itself, or copy the part that is kept: `x[1:].copy()`",
                        statement.origin,
                    )

    def guard(self, other: Var, changed: Var, statement: Assign) -> None:
        origin = statement.origin
        outside: Expr = other
        for loop, init in self.entered_with(changed):
            if type(outside) is Var and (root := self.origin_of(outside)) in loop.params:
                outside = loop.inits[loop.params.index(root)]
            if type(outside) is not Var or type(init) is not Var or outside in self.bound_in[loop]:
                break
            if self.memory.may_read(outside, self.memory[init].all):
                self.add_check(loop, runtime.refuse_view, outside, init, origin)
        loops = self.entered_with(changed)
        if not loops or other in self.bound_in[loops[0][0]] or not self.only_updated(changed, loops[0][0]):
            self.add_check(statement, runtime.refuse_view, other, changed, origin)

    def entered_with(self, changed: Var) -> list[tuple[For | While, Expr]]:
        """The loops that carry a value, innermost first, and what each begins with."""
        found: list[tuple[For | While, Expr]] = []
        value: Expr = changed
        while type(value) is Var:
            root = self.container_of(self.origin_of(value))
            if root not in self.entries:
                break
            loop, position = self.entries[root]
            value = loop.inits[position]
            found.append((loop, value))
        return found

    def container_of(self, value: Var) -> Var:
        """What a loop carries, of which `value` is an item."""
        while value not in self.entries and (definition := self.definitions.get(value)) is not None:
            call = definition.value
            if type(call) is not Call or function_of(call) not in (operator.getitem, primitives.element):
                break
            if type(call.args[0]) is not Var:
                break
            value = self.origin_of(call.args[0])
        return value

    def origin_of(self, value: Var) -> Var:
        """The value of which `value` is an updated version."""
        while (definition := self.definitions.get(value)) is not None:
            changed = changed_in_place(definition)
            if changed is None:
                break
            value = changed
        return value

    def only_updated(self, changed: Var, loop: For | While) -> bool:
        """Whether each iteration passes on the value that it got, changed in place at most."""
        root = self.origin_of(changed)
        position = next((i for i, p in enumerate(loop.params) if p is root), None)
        if position is None:
            return False
        end = loop.body.yields[position]
        return type(end) is Var and self.origin_of(end) is root

    def add_check(self, at: Statement, check: Any, value: Var, base: Expr, origin: Origin | None) -> None:
        """Put a check in front of a statement."""
        where = origin.place if origin else ""
        call = Call(Lib(check, f"tangent.{check.__name__}"), (value, base, Const(where)))
        checks = self.early.setdefault(at, [])
        if not any(type(c.value) is Call and c.value.args[:2] == call.args[:2] for c in checks):
            checks.append(Assign((), call, origin, effect=True))
