"""Buffers: value semantics becomes writing in place.

An update such as `a2 = update_item(a, i, v)` is printed as `a[i] = v`, which is right if nothing that shares
the memory of `a` is read afterwards, and if the memory is the function's own.  Where that is not so, a copy
is put where the sharing begins:

    the argument of a caller, or a value that is still needed     a = x.copy(), before the first write
    an item that may be a view                                    row = a[i].copy()
    a value that was put on a list                                stack.append(a.copy())

A sum that is accumulated in a buffer of its own is accumulated in place.
"""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from tangent import runtime
from tangent.analysis.calls import function_of, is_augmented, is_call_of, is_update
from tangent.analysis.memory import STORED, Apart, Liveness, Memory, Numbers, Roots, putting_into, written_back
from tangent.analysis.outside import changes_globals, reading_globals, taking_globals
from tangent.analysis.ownership import changes_of_its_own, closure
from tangent.errors import UnsupportedError
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Expr,
    For,
    Function,
    Lib,
    Statement,
    Var,
    While,
    for_one_statement,
)
from tangent.ir.walk import (
    all_statements,
    assignments,
    expr_vars,
    joined,
    substitute,
    used_vars,
    with_blocks,
    with_value,
)

__all__ = ["protect"]


def protect(function: Function) -> tuple[Function, Memory | Apart]:
    """Insert the copies without which writing in place would change a value that is still needed.

    Returns the program and what is known of the memory of its values.
    """
    if changes_globals(function):
        return _protect_outside(function)
    own = changes_of_its_own(function)
    if own is not None:
        return replace(function, body=accumulate_in_place(function, own)), Apart(own)
    function = with_own_arguments(replace(function, body=sink_updates(function.body)))
    numbers: Numbers | None = None
    for attempt in range(2 * MOST_STEPS):
        step = _Step(function, numbers)
        if not attempt and changes_globals(function, step.memory):
            return _protect_outside(function)
        if not step.find(thorough=attempt >= MOST_STEPS):
            return replace(function, body=accumulate_in_place(function, step)), step.memory
        function = replace(function, body=step.body())
        numbers = step.memory.numbers
    raise UnsupportedError(
        f"unsupported: {function.name} shares arrays between too many names that are written",
        "copy the arrays where they are put into containers, or given a second name",
    )


def _protect_outside(function: Function) -> tuple[Function, Memory | Apart]:
    """The copies of a program that changes what its globals stand for."""
    function, taken = taking_globals(function)
    function, memory = protect(function)
    return reading_globals(function, taken), memory


LISTS = (primitives.list_append, primitives.list_insert, primitives.list_pop)
VIEW_CHECKS = (runtime.refuse_view, runtime.check_view)
MOST_STEPS = 60
"""How often copies are looked for where they cost least; after that, each update gets its own."""


# --- updates as late as possible -----------------------------------------------------------------


def sink_updates(block: Block) -> Block:
    """Move an update down to where its result is needed: what reads the old value then comes before it."""
    statements = list(block.statements)
    updated = {s.targets[0] for s in statements if type(s) is Assign and s.targets and is_update(s.value)}
    for position in range(len(statements) - 1, -1, -1):
        statement = statements[position]
        if type(statement) is not Assign or type(statement.value) is not Call:
            continue
        if function_of(statement.value) is not primitives.update_item or statement.value.args[2] in updated:
            continue
        end = position + 1
        while end < len(statements) and _may_pass(statement, statements[end]):
            end += 1
        statements.insert(end, statement)
        del statements[position]
    rebuilt = [with_blocks(s, sink_updates) for s in statements]
    return Block(tuple(rebuilt), block.yields, block.stop)


def _may_pass(update: Assign, other: Statement) -> bool:
    """Whether an update may be done after another statement."""
    if type(other) is not Assign or other.effect:
        return False
    if is_update(other.value):
        return False
    return update.targets[0] not in set(expr_vars(other.value))


# --- copies --------------------------------------------------------------------------------------


class _Step:
    """Finds the conflicts of a program, and the copies that resolve them."""

    def __init__(self, function: Function, numbers: Numbers | None) -> None:
        self.function = function
        self.memory = Memory(function, numbers)
        self.live = Liveness(function.body, self.memory.kinds).after
        self.definitions: dict[Var, Assign] = {}
        self.joins = joined(function.body)
        self.entry: dict[Var, tuple[For | While, int]] = {}
        self.updates: list[Assign] = []
        for statement in all_statements(function.body):
            self.note(statement)
        self.putting = putting_into(self.updates, self.definitions)
        self.copied: list[Var] = []
        """The values that are copies, or hold them, by what was last decided."""
        self.settled: set[Var] = set()
        """The values whose memory may be another when this step has made its copies."""
        self.shared: dict[Var, Var] = {}
        """What a copied value was before: a check for views looks at that."""
        self.copy_result: set[Var] = set()
        self.copy_operand: set[tuple[Statement, int]] = set()
        self.copy_entry: set[tuple[Statement, int]] = set()
        self.copy_params: set[Var] = set()

    @cached_property
    def traced(self) -> set[Var]:
        """The operands of checks for views, and all that they share memory with by the way they were made."""
        found: set[Var] = set()
        work = [
            v
            for s in all_statements(self.function.body)
            if type(s) is Assign and type(s.value) is Call and function_of(s.value) in VIEW_CHECKS
            for v in expr_vars(s.value)
        ]
        while work:
            var = work.pop()
            if var not in found:
                found.add(var)
                work += self.shared_sources(var)
        return found

    @cached_property
    def checked(self) -> set[Var]:
        """What may be no copy, for a check for views would not find what it is to find.

        Of an operand that no other is made of, the check is given what it was before the copy.
        """
        sources = {source for var in self.traced for source in self.shared_sources(var)}
        return sources | (self.traced & self.joins.keys())

    def shared_sources(self, var: Var) -> list[Var]:
        """The operands of a value, or what it was on entering a loop or a branch, that it shares memory with."""
        definition = self.definitions.get(var)
        sources = self.joins.get(var, ()) if definition is None else expr_vars(definition.value)
        return [v for v in sources if type(v) is Var and self.memory[v].all & self.memory[var].all]

    @cached_property
    def compared(self) -> set[Expr]:
        """The containers whose items a check compares, in all their versions."""
        checks = (
            s.value for s in all_statements(self.function.body)
            if type(s) is Assign and is_call_of(s.value, runtime.refuse_shared_items)
        )
        return versions((c.args[0] for c in checks), self.definitions, self.joins)

    def hides_sharing(self, storing: Assign, position: int) -> bool:
        """Whether a copy of what is stored would hide from a check that another value shares its memory."""
        assert type(storing.value) is Call
        if storing.targets[0] in self.traced:
            return True
        if storing.targets[0] not in self.compared:
            return False
        stored = storing.value.args[position]
        others = (a for i, a in enumerate(storing.value.args) if i != position and type(a) is Var)
        return any(a is stored or self.memory[a].all & self.memory[stored].all for a in others)

    def note(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=targets):
                for target in targets:
                    self.definitions[target] = statement
                if is_update(statement.value):
                    self.updates.append(statement)
            case For() | While():
                for i, param in enumerate(statement.params):
                    self.entry[param] = (statement, i)

    def find(self, thorough: bool = False) -> bool:
        for statement in self.updates:
            self.look_at(statement)
            if thorough and self.settled:
                self.copy_result, self.copy_entry, self.copy_params = set(), set(), set()
                self.copy_operand.add((statement, 0))
                self.settled.clear()
        return bool(self.copy_result or self.copy_operand or self.copy_entry or self.copy_params)

    def look_at(self, update: Assign) -> None:
        assert type(update.value) is Call
        changed = update.value.args[0]
        if type(changed) is not Var:
            self.copy_operand.add((update, 0))
            return
        if changed in self.settled:
            return  # a copy may have settled this as well: look again afterwards
        written = self.memory.written(update)
        foreign = [p for p in self.function.params if p in written]
        if foreign:
            self.copy_params.update(foreign)
            self.settle(foreign)
            return
        put_back = written_back(update, self.definitions, self.putting, self.live)
        others = [
            v for v in self.memory.reading(written, self.live[update])
            if v not in update.targets and v not in put_back and v not in self.settled
        ]
        if others:
            self.separate(update, changed, others, written)
            self.settle(self.copied)
            self.copied.clear()

    def settle(self, copied: Iterable[Var]) -> None:
        """Note that values are copies, and so all that is made of them has other memory."""
        self.settled |= closure(copied, self.sharing, self.settled)

    @cached_property
    def sharing(self) -> Mapping[Var, Sequence[Var]]:
        """The values that share memory with a value by the way they were made, by this."""
        found: dict[Var, list[Var]] = defaultdict(list)
        for value in (*self.definitions, *self.joins):
            memory = self.memory[value].all
            for source in self.made_of(value) if memory else ():
                if self.memory.may_read(source, memory):
                    found[source].append(value)
        return found

    def separate(self, update: Assign, changed: Var, others: list[Var], written: Roots) -> None:
        """Have what an update changes share no memory with others."""
        views = [v for v in others if self.memory[v].own & written]
        for other in views or others:
            if other is changed or not self.cut(other, changed, written, set()):
                self.own(changed, update, written)
                return

    def own(self, changed: Var, update: Assign, written: Roots) -> None:
        """Let the value that is changed be a copy, made before the loops that carry it."""
        if changed in self.entry:
            loop, position = self.entry[changed]
            init = loop.inits[position]
            made = self.definitions.get(init) if type(init) is Var else None
            is_copy = made is not None and is_call_of(made.value, runtime.copy, runtime.shallow_copy)
            if type(init) is Var and not is_copy and self.memory.may_read(init, written):
                self.copy_entry.add((loop, position))
                self.copied.append(changed)
                return
        self.copy_argument(update, 0)

    def copy_argument(self, statement: Assign, position: int) -> None:
        """Let a call have a copy of an operand."""
        self.copy_operand.add((statement, position))
        self.copied.append(statement.targets[0])

    def cut(self, other: Var, changed: Var, written: Roots, seen: set[Var]) -> bool:
        """Let `other` hold a copy where it came to share memory; False where it is the very value."""
        if other in seen or other is changed or other in self.checked or self.derives(changed, other, written):
            return False
        seen.add(other)
        definition = self.definitions.get(other)
        if not (self.memory[other].all - {other, ("items", other)}) & written:
            return self.cut_storing(other)  # the memory is its own: others came to share it
        if definition is not None and type(definition.value) is Call:
            return self.cut_definition(other, definition, definition.value, changed, written, seen)
        found = False
        for source in self.joins.get(other, ()):
            if type(source) is Var and self.memory.may_read(source, written):
                found |= self.cut(source, changed, written, seen)
        return found

    def derives(self, value: Var, base: Var, written: Roots) -> bool:
        """Whether a value is a view of another, or an item of it."""
        seen: set[Var] = set()
        work = [base]
        while work:
            current = work.pop()
            if current is value:
                return True
            if current not in seen and self.memory.may_read(current, written):
                seen.add(current)
                work += self.sharing.get(current, ())
        return False

    def made_of(self, var: Var) -> list[Var]:
        """The values from which a value may have memory: what is written into an array is copied into it."""
        definition = self.definitions.get(var)
        sources: Iterable[Expr] = self.joins.get(var, ())
        if definition is not None:
            value = definition.value
            is_copied = is_call_of(value, primitives.add_item, runtime.add_at) or (
                is_update(value) and self.memory.kinds.is_numeric(value.args[0])
            )
            sources = value.args[:1] if is_copied and type(value) is Call else expr_vars(value)
        return [v for v in sources if type(v) is Var]

    def cut_storing(self, value: Var) -> bool:
        """Let containers hold a copy of a value; False where none holds it."""
        found = False
        for statement in self.definitions.values():
            if type(statement.value) is Call and function_of(statement.value) in STORED:
                first = STORED[function_of(statement.value)]
                for position, arg in enumerate(statement.value.args[first:], first):
                    if arg is value and not self.hides_sharing(statement, position):
                        self.copy_argument(statement, position)
                        found = True
        return found

    def cut_definition(
        self, other: Var, definition: Assign, call: Call, changed: Var, written: Roots, seen: set[Var]
    ) -> bool:
        fn = function_of(call)
        if fn in (
            primitives.list_append, primitives.list_insert,
            primitives.make_list, primitives.make_tuple, primitives.make_dict, primitives.make_object,
        ):
            found = False
            for position, arg in enumerate(call.args):
                if type(arg) is Var and self.memory.may_read(arg, written):
                    if fn in (primitives.list_append, primitives.list_insert) and position == 0:
                        found |= self.cut(arg, changed, written, seen)
                    elif not self.hides_sharing(definition, position):
                        self.copy_argument(definition, position)
                        found = True
            return found
        if is_update(definition.value):
            return False
        self.copy_result.add(other)
        self.copied.append(other)
        return True

    # --- rebuilding --------------------------------------------------------------------------

    def body(self) -> Block:
        """The program with the copies."""
        block = self.apply(self.function.body)
        if not self.copy_params:
            return block
        copies = {p: self.note_copy(Var(p.hint, p.named), p) for p in self.function.params if p in self.copy_params}
        return with_copies(replace(self.function, body=block), copies).body

    def apply(self, block: Block) -> Block:
        statements: list[Statement] = []
        for statement in block.statements:
            self.rebuild(statement, statements)
        return Block(tuple(statements), block.yields, block.stop)

    def rebuild(self, statement: Statement, out: list[Statement]) -> None:
        if type(statement) is Assign:
            self.rebuild_assign(statement, out)
            return
        original = statement
        statement = with_blocks(statement, self.apply)
        if isinstance(statement, For | While):
            inits = list(statement.inits)
            for position, init in enumerate(inits):
                if (original, position) in self.copy_entry:
                    inits[position] = self.copied_value(init, statement.params[position], out)
            statement = replace(statement, inits=tuple(inits))
        out.append(statement)

    def rebuild_assign(self, statement: Assign, out: list[Statement]) -> None:
        value = statement.value
        if type(value) is Call and any((statement, i) in self.copy_operand for i in range(len(value.args))):
            args = list(value.args)
            for position, arg in enumerate(args):
                if (statement, position) in self.copy_operand:
                    like = statement.targets[0] if position == 0 else arg
                    # to change a list is not to change its items, of which checks have to find who else holds them
                    items_too = not (position == 0 and is_call_of(value, primitives.update_item, *LISTS))
                    name = like if type(like) is Var else Var("value")
                    args[position] = self.copied_value(arg, name, out, items_too)
            value = Call(value.fn, tuple(args), value.kwargs)
        if type(value) is Call and function_of(value) in VIEW_CHECKS:
            value = Call(value.fn, tuple(self.shared.get(a, a) if type(a) is Var else a for a in value.args))
        targets, late = list(statement.targets), []
        for position, target in enumerate(targets):
            if target in self.copy_result:
                shared = self.note_copy(Var(target.hint), target)
                targets[position] = self.shared[target] = shared
                late.append(Assign((target,), _copy_of(shared), statement.origin))
        out.append(Assign(tuple(targets), value, statement.origin, statement.effect))
        out += late

    def note_copy(self, copy: Var, value: Expr) -> Var:
        """Let the next step know of a copy what this one knows of the value."""
        self.memory.numbers.note_copy(copy, value)
        return copy

    def copied_value(self, value: Expr, like: Var, out: list[Statement], items_too: bool = True) -> Var:
        copied = self.note_copy(Var(like.hint, like.named), value)
        copy = runtime.copy if items_too or self.memory.kinds.is_numeric(value) else runtime.shallow_copy
        out.append(Assign((copied,), Call(Lib(copy, f"tangent.{copy.__name__}"), (value,))))
        return copied


def _copy_of(value: Expr) -> Call:
    return Call(Lib(runtime.copy, "tangent.copy"), (value,))


def versions(
    containers: Iterable[Expr], definitions: Mapping[Var, Assign], joins: Mapping[Var, Iterable[Expr]]
) -> set[Expr]:
    """Containers, and what they were before they were changed."""
    found: set[Expr] = set()
    work = list(containers)
    while work:
        container = work.pop()
        if type(container) is Var and container not in found:
            found.add(container)
            work += joins.get(container, ())
            definition = definitions.get(container)
            if definition is not None and is_update(definition.value):
                work.append(definition.value.args[0])
    return found


# --- copies of arguments -------------------------------------------------------------------------


def with_own_arguments(function: Function) -> Function:
    """A program that changes copies of its arguments."""
    definitions = assignments(function.body)
    containers = [s.value.args[0] for s in definitions.values() if is_update(s.value)]
    changed = versions(containers, definitions, joined(function.body)).intersection(function.params)
    copies = {p: Var(p.hint, p.named) for p in function.params if p in changed}
    return with_copies(function, copies, is_whole=True) if copies else function


def with_copies(function: Function, copies: Mapping[Var, Var], is_whole: bool = False) -> Function:
    """A program with copies of arguments, which come first, so that all that follows sees them.

    Before them stand the checks that compare the arguments themselves.  Where it is these that are changed, and not a
    part of them, gradients have the structure of the arguments before that.
    """
    block = function.body
    statements = [Assign((own,), _copy_of(param)) for param, own in copies.items()]
    checks = [s for s in block.statements if _compares_arguments(s, function)]
    others = tuple([s for s in block.statements if not _compares_arguments(s, function)])
    body = substitute(replace(block, statements=others), copies)
    arguments: dict[Expr, Expr] = {own: param for param, own in copies.items()} if is_whole else {}
    rest = [_matched(s, arguments) for s in body.statements] if is_whole else body.statements
    return replace(function, body=replace(body, statements=(*checks, *statements, *rest)))


def _matched(statement: Statement, arguments: Mapping[Expr, Expr]) -> Statement:
    """A statement that gives a gradient the structure of an argument, and not that of its copy."""
    if type(statement) is not Assign or not is_call_of(statement.value, runtime.match_structure):
        return statement
    gradient, like = statement.value.args
    return with_value(statement, Call(statement.value.fn, (gradient, arguments.get(like, like))))


def _compares_arguments(statement: Statement, function: Function) -> bool:
    """Whether a statement checks at the entry that two arguments share no memory."""
    return type(statement) is Assign and is_call_of(statement.value, runtime.refuse_view) and all(
        arg in function.params for arg in statement.value.args[:2]
    )


# --- sums in place -------------------------------------------------------------------------------


def accumulate_in_place(function: Function, known: _Step | Mapping[Assign, Roots | None]) -> Block:
    """`bx = bx + v` becomes `bx += v` where `bx` is the function's own and is not needed any more.

    `known` tells where that is so.
    """
    return _Accumulation(function, known).block(function.body)


class _Accumulation:
    def __init__(self, function: Function, known: _Step | Mapping[Assign, Roots | None]) -> None:
        self.function = function
        self.params = frozenset(function.params)
        self.own = {} if isinstance(known, _Step) else known
        step = self.step = known if isinstance(known, _Step) else None
        self.definitions = assignments(function.body) if step is None else step.definitions
        self.nested: set[Var] = set()
        """What becomes a part of the change of an element."""
        self.changed_in_place = {} if step is None else {
            s: changed for s in step.updates
            if is_call_of(s.value, primitives.update_item) and (changed := self.in_place(step, s)) is not None
        }

    def block(self, block: Block) -> Block:
        nested = self.nested
        kept = [s for s in block.statements if not (type(s) is Assign and not nested.isdisjoint(s.targets))]
        return Block(tuple([self.statement(s) for s in kept]), block.yields, block.stop)

    def statement(self, statement: Statement) -> Statement:
        if type(statement) is not Assign or type(statement.value) is not Call:
            return with_blocks(statement, self.block)
        if is_augmented(statement.value):
            old = statement.value.args[0]
            if self.belongs_to(old, statement) or not self.is_owned(statement, old):
                plain = Lib(function_of(statement.value))
                return with_value(statement, Call(plain, statement.value.args))
        return self.changed_in_place.get(statement, statement)

    def is_owned(self, statement: Assign, old: Expr) -> bool:
        if type(old) is not Var or old in self.params:
            return False
        if self.step is None:
            return self.own[statement] is not None
        memory, live = self.step.memory, self.step.live[statement]
        written = memory[old].own
        if written & memory.foreign:
            return False
        return old not in live and not memory.touching(written, live.difference(statement.targets))

    def belongs_to(self, old: Expr, statement: Assign) -> bool:
        """Whether an adjoint's first part stems from the same statement of the user: they become one expression."""
        if type(old) is not Var or old.hint != statement.targets[0].hint:
            return False
        first = self.definitions.get(old)
        return first is not None and for_one_statement(first, statement)

    def in_place(self, step: _Step, update: Assign) -> Assign | None:
        """The change of an element in place, `a[i] += v`, where its new value serves for nothing else."""
        assert type(update.value) is Call
        array, index, new = update.value.args
        made = self.used_once(new)
        if made is None or not is_augmented(made.value) or not step.memory.kinds.is_numeric(array):
            return None
        old, change = made.value.args
        taken = self.used_once(old)
        if taken is None or not is_call_of(taken.value, operator.getitem) or taken.value.args != (array, index):
            return None
        self.nested.update((*made.targets, *taken.targets))
        element = Call(made.value.fn, (taken.value, change))
        return with_value(update, Call(update.value.fn, (array, index, element), update.value.kwargs))

    def used_once(self, value: Expr) -> Assign | None:
        """The statement that binds a value which serves for one thing alone."""
        return self.definitions.get(value) if type(value) is Var and self.uses[value] == 1 else None

    @cached_property
    def uses(self) -> Counter[Var]:
        return Counter(used_vars(self.function.body))
