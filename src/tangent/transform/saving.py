"""Saving: how the backward pass gets the values that it reads from the forward pass.

What the backward pass reads is known only after it has been generated and simplified; nothing else is
kept (this is the to-be-recorded set of Hascoet, Naumann & Pascual 2005, here simply the free variables of
the backward pass).  A value

    bound outside of branches and loops       is still there
    bound in a branch                         is passed out of it
    bound in a loop, cheap to compute again   is computed again in the backward loop, from values at hand
    bound in a loop, read for its shape only  is replaced by a value of the same shape that is still there
    bound in a loop, and put into an array    is read from the array again, where its elements are written
                                              only once
    bound in a loop, otherwise                goes onto a list of its own: appended where it is bound (or
                                              at the start of the one branch that needs it), popped at the
                                              mirrored place

    for i in range(n):                        a_stack = []
        a = a * a                  ->         for i in range(n):
    for i in range(n - 1, -1, -1):                a_stack.append(a)
        ba = 2.0 * ba * a                         a = a * a
                                              for i in range(n - 1, -1, -1):
                                                  a = a_stack.pop()
                                                  ba = 2.0 * ba * a
"""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Any, assert_never

import numpy as np

from tangent import runtime
from tangent.analysis.calls import function_of, is_call_of, is_update
from tangent.analysis.kinds import Kinds
from tangent.analysis.memory import content_vars
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt, is_bracket
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    If,
    Lib,
    Method,
    Origin,
    Region,
    Statement,
    Undefined,
    Var,
    While,
    with_role,
)
from tangent.ir.walk import (
    bound,
    expr_vars,
    joined,
    map_statement,
    replaced,
    statement_vars,
    substitute,
    used_vars,
)

__all__ = ["define", "save_values", "split_passes"]

Path = tuple[tuple[Region, int], ...]
"""The branches and loops around a place, outermost first, each with the number of the block in it."""

_CHEAP = frozenset({
    operator.add, operator.sub, operator.mul, operator.neg, operator.lt, operator.le, operator.gt, operator.ge,
    operator.eq, operator.ne, operator.not_, operator.is_, operator.is_not, slice, len, primitives.make_tuple,
    operator.floordiv, operator.mod, operator.truediv,
})
_READS = frozenset({operator.getitem, primitives.element})


def save_values(block: Block, kinds: Kinds) -> Block:
    """Make every value that the backward pass of `block` reads available to it."""
    return _Saving(block, kinds).run()


def split_passes(block: Block) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements of the forward and of the backward pass."""
    for position, statement in enumerate(block.statements):
        if type(statement) is Assign and statement.effect and is_call_of(statement.value, primitives.backward_pass):
            return block.statements[:position], block.statements[position + 1 :]
    return block.statements, ()


def define(statements: Iterable[Statement], values: Iterable[Var]) -> tuple[Statement, ...]:
    """Let `values` exist on every path: where one was not assigned, it is None."""
    saving = _Saving(Block(tuple(statements)), None)
    saving.mark_defined(values)
    return saving.with_none(tuple(statements))


@dataclass(eq=False, slots=True)
class _Saved:
    """A value on a list of its own, or computed again."""

    var: Var
    home: Path
    place: Path
    recompute: Assign | None = None
    current: Var | None = None
    """The version of the list at the place that is being rebuilt."""
    root: Var = field(default_factory=lambda: Var("stack"))

    @property
    def top(self) -> Var:
        """`current`, where the list has been started."""
        assert self.current is not None
        return self.current


class _Places:
    """Saved values by their places."""

    def __init__(self, saved: Iterable[_Saved] = ()) -> None:
        self.at: dict[Path, list[_Saved]] = defaultdict(list)
        """Those with that very place."""
        self.in_region: dict[Region, list[_Saved]] = defaultdict(list)
        """Those whose place is in a branch or a loop."""
        for one in saved:
            self.at[one.place].append(one)
            for region, _ in one.place:
                self.in_region[region].append(one)


class _Saving:
    def __init__(self, block: Block, kinds: Kinds | None) -> None:
        self.block = block
        self.kinds = kinds
        self.forward, self.backward = split_passes(block)
        self.home: dict[Var, Path] = {}
        self.order: dict[Var, int] = {}
        self.numbers = itertools.count()
        self.definition: dict[Var, Statement | None] = {}
        self.loops: set[Region] = set()
        self.branches: set[Region] = set()
        self.attempts: set[tuple[Region, int]] = set()
        """The bodies of `try`: what is put onto lists there is so at their ends, where nothing may raise any more."""
        self.in_context: set[Var] = set()
        """The values that are bound inside of a `with`, and have to be computed there."""
        self.indices: set[Var] = set()
        self.uses: dict[Var, list[Path]] = {}
        self.exported: dict[Var, Var] = {}
        self.exported_from: dict[Region, list[Var]] = defaultdict(list)
        """What is passed out of a branch."""
        self.make_defined: set[Var] = set()
        self.read_content: set[Var] = set()
        """The values of which the backward pass reads more than the shape."""
        self.stacks = _Places()
        """The lists, by where they are filled and emptied."""
        self.again = _Places()
        """What is computed again, by where."""
        self.updates: list[tuple[Assign, Call, Path]] = []
        self.entries: dict[Var, Expr] = {}
        self.ends: dict[Var, Expr] = {}
        self.first: dict[Var, Var] = {}
        """The first versions of arrays, as far as they are known."""
        self.last: dict[Var, Var] = {}
        """The last ones."""
        self.joins = joined(Block(self.forward))

    def run(self) -> Block:
        self.locate(self.forward, ())
        self.gather(self.backward, ())
        for expr in self.block.yields:
            self.use(expr_vars(expr), ())
        stacks, again = self.decide()
        if not stacks and not again and not self.uses:
            return self.block
        self.mark_defined(s.var for s in stacks)
        self.stacks, self.again = _Places(stacks), _Places(again)
        for var in self.exported:
            for region, _ in self.home[var]:
                self.exported_from[region].append(var)
        forward = self.forward_block(self.forward, ())
        backward = self.backward_block(self.backward, (), dict(self.exported))
        marker = Assign((), Call(Lib(primitives.backward_pass), ()), None, effect=True)
        yields = substitute(Block((), self.block.yields), self.exported).yields
        return Block((*forward, marker, *backward), yields, self.block.stop)

    # --- what is where -----------------------------------------------------------------------

    def bind(self, var: Var, path: Path, definition: Statement | None) -> None:
        self.home[var] = path
        self.order[var] = next(self.numbers)
        self.definition[var] = definition

    def locate(self, statements: Iterable[Statement], path: Path, contexts: int = 0) -> None:
        for statement in statements:
            if type(statement) is Assign:
                if is_bracket(statement):
                    contexts += 1 if statement.targets else -1
                if contexts:
                    self.in_context.update(statement.targets)
                if is_update(statement.value):
                    self.updates.append((statement, statement.value, path))
                for var in statement.targets:
                    self.bind(var, path, statement)
                continue
            if contexts:
                self.in_context.update(statement.results)
            if is_attempt(statement):
                self.attempts.add((statement.region, 0))
            if isinstance(statement, For | While):
                self.loops.add(statement.region)
                self.entries.update(zip(statement.params, statement.inits, strict=True))
                self.ends.update(zip(statement.params, statement.body.yields, strict=True))
                for param in statement.params:
                    self.bind(param, (*path, (statement.region, 0)), None)
                if type(statement) is For:
                    self.bind(statement.index, (*path, (statement.region, 0)), None)
                    self.indices.add(statement.index)
                self.locate(statement.body.statements, (*path, (statement.region, 0)), contexts)
            elif type(statement) is If:
                self.branches.add(statement.region)
                self.locate(statement.then.statements, (*path, (statement.region, 0)), contexts)
                self.locate(statement.orelse.statements, (*path, (statement.region, 1)), contexts)
            for var in statement.results:
                self.bind(var, path, statement)

    def use(self, values: Iterable[Var], path: Path) -> None:
        for var in values:
            if self.home.get(var) and var not in self.indices:  # of what has no region around it, the home is empty
                self.uses.setdefault(var, []).append(path)

    def gather(self, statements: Iterable[Statement], path: Path) -> None:
        """Find the values of the forward pass that backward statements read, and where."""
        assert self.kinds is not None
        for statement in statements:
            self.use(statement_vars(statement), path)
            if type(statement) is Assign:
                self.read_content.update(content_vars(statement.value, self.kinds))
                continue
            self.read_content.update(statement_vars(statement))
            for number, block in enumerate(_blocks(statement)):
                deeper = path
                if statement.region.mirror is not None:
                    deeper = (*path, (statement.region.mirror, number))
                self.gather(block.statements, deeper)
                for expr in (*block.yields, *([block.stop] if block.stop is not None else [])):
                    self.use(expr_vars(expr), deeper)
                    self.read_content.update(expr_vars(expr))

    def bound_at(self, var: Expr) -> Origin | None:
        """Where the user's program binds a value: for what a loop carries, where an iteration binds the next one."""
        seen: set[Expr] = set()
        while type(var) is Var and var in self.ends and var not in seen:
            seen.add(var)
            var = self.ends[var]
        definition = self.definition.get(var) if type(var) is Var else None
        return None if definition is None else definition.origin

    # --- values of the same shape, or the same value ----------------------------------------

    def twin(self, var: Var) -> Call | None:
        """An expression of what is at hand that has the shape of `var`, and its value if that is read."""
        definition = self.definition[var]
        if var not in self.read_content and type(definition) is Assign and type(definition.value) is Call:
            call = definition.value
            if function_of(call) in _READS and type(call.args[0]) is Var and not call.kwargs:
                base = self.still_there(call.args[0])
                if base is not None and all(self.at_hand(v, {var}) for v in expr_vars(call.args[1])):
                    return Call(call.fn, (base, call.args[1]))
        return self.written_once(var)

    def still_there(self, array: Var) -> Var | None:
        """The last version of an array, if it is bound outside of branches and loops; all have one shape.

        Lists have none, nor have their items.
        """
        first = self.first_version(array)
        last = self.last_version(first)
        assert self.kinds is not None
        if self.home.get(first) or (last is not array and not self.kinds.is_numeric(array)):
            return None
        return last

    def first_version(self, array: Var) -> Var:
        """What an array was before it was written, in this iteration and in those before."""
        later: list[Var] = []
        while array not in self.first:
            self.first[array] = array
            later.append(array)
            definition = self.definition.get(array)
            before: Expr | None = None
            if type(definition) is Assign:
                if is_call_of(definition.value, primitives.update_item, primitives.add_item, runtime.add_at):
                    before = definition.value.args[0]
            elif definition is None and array in self.entries and self.is_only_updated(array):
                before = self.entries[array]
            if type(before) is not Var:
                break
            array = before
        first = self.first[array]
        self.first.update((version, first) for version in later)
        return first

    def is_only_updated(self, param: Var) -> bool:
        """Whether the iterations of a loop pass on an array that they got, written in place at most."""
        return self.ends[param] in self.versions_of(param)

    def versions_of(self, param: Var) -> set[Expr]:
        """The versions of an array that updates, branches and inner loops of a loop make of it."""
        versions: set[Expr] = {param}
        work, inside = [param], self.home[param]
        while work:
            for value in self.versions_after.get(work.pop(), ()):
                sources = (self.entries[value],) if value in self.entries else self.joins.get(value, ())
                is_inside = self.home[value][: len(inside)] == inside
                if is_inside and value not in versions and all(e in versions or e is value for e in sources):
                    versions.add(value)
                    work.append(value)
        return versions

    @cached_property
    def versions_after(self) -> dict[Expr, list[Var]]:
        """What updates, branches and loops make of a value, by this."""
        found: dict[Expr, list[Var]] = defaultdict(list)
        for statement, call, _ in self.updates:
            found[call.args[0]].append(statement.targets[0])
        for value, sources in self.joins.items():
            for source in sources:
                found[source].append(value)
        return found

    def written_once(self, var: Var) -> Call | None:
        """`h[t + 1]` for a value that was assigned there, where no element of `h` is assigned twice."""
        stores = self.stores_of[var]
        if len(stores) != 1 or stores[0][2] != self.home[var] or len(self.home[var]) != 1:
            return None
        store, call, _ = stores[0]
        array, index, _ = call.args if len(call.args) == 3 else (None, None, None)
        if type(array) is not Var or not is_call_of(call, primitives.update_item):
            return None
        if not self.is_distinct(index):
            return None
        last = self.still_there(array)
        if last is None or not self.is_new_array(self.first_version(array)):
            return None
        if self.changes_of[last] != [store]:
            return None
        assert index is not None
        return Call(Lib(operator.getitem), (last, index))

    @cached_property
    def stores_of(self) -> dict[Expr, list[tuple[Assign, Call, Path]]]:
        """The updates that store a value, by this."""
        found: dict[Expr, list[tuple[Assign, Call, Path]]] = defaultdict(list)
        for update in self.updates:
            found[update[1].args[-1]].append(update)
        return found

    @cached_property
    def changes_of(self) -> dict[Var | None, list[Assign]]:
        """The updates of an array, by its last version: see `still_there`."""
        found: dict[Var | None, list[Assign]] = defaultdict(list)
        for statement, call, _ in self.updates:
            if isinstance(array := call.args[0], Var):
                found[self.still_there(array)].append(statement)
        return found

    def is_distinct(self, index: Expr | None) -> bool:
        """Whether an index names another element in each iteration: the loop's index, plus a constant."""
        if type(index) is not Var:
            return False
        if index in self.indices:
            return True
        definition = self.definition.get(index)
        if type(definition) is not Assign or not is_call_of(definition.value, operator.add, operator.sub):
            return False
        a, b = definition.value.args
        return a in self.indices and type(b) is Const and type(b.value) is int and b.value >= 0 and (
            is_call_of(definition.value, operator.add)
        )

    def is_new_array(self, array: Var) -> bool:
        """Whether an array was made by `np.zeros(...)` and holds every number exactly."""
        definition = self.definition.get(array)
        return (
            type(definition) is Assign and type(definition.value) is Call
            and function_of(definition.value) in (np.zeros, np.empty, np.ones)
            and len(definition.value.args) == 1 and not definition.value.kwargs
        )

    def last_version(self, array: Var) -> Var:
        """What an array that is bound outside of branches and loops has become at the end of the forward pass."""
        if array not in self.last:
            last = array
            while last in self.next_version:
                last = self.next_version[last]
            self.last[array] = last
        return self.last[array]

    @cached_property
    def next_version(self) -> dict[Expr, Var]:
        """What an array becomes next, outside of branches and loops."""
        found: dict[Expr, Var] = {}
        for statement in self.forward:
            match statement:
                case Assign(value=value) if is_update(value):
                    found.setdefault(value.args[0], statement.targets[0])
                case For() | While():
                    for param, init, result in zip(statement.params, statement.inits, statement.results, strict=True):
                        if init not in found and self.is_only_updated(param):
                            found[init] = result
        return found

    # --- decisions ---------------------------------------------------------------------------

    def decide(self) -> tuple[list[_Saved], list[_Saved]]:
        """What goes onto lists, and what is computed again."""
        again: dict[Var, _Saved] = {}
        done: set[Var] = set()
        # What is computed again reads its operands: those of which the backward pass reads the content come first.
        waiting = [self.urgency(v) for v in self.uses if self.in_loop(v)]
        heapify(waiting)
        while waiting:
            *_, var = heappop(waiting)
            if var in done:
                continue
            done.add(var)
            twin = self.twin(var)
            if twin is not None:
                self.definition[var] = Assign((var,), twin, self.bound_at(var))
            if twin is not None or self.is_cheap(var, set()):
                for operand in self.compute_again(var, again):
                    if operand not in done and self.in_loop(operand):
                        heappush(waiting, self.urgency(operand))
        stacks = []
        for var in sorted(self.uses, key=lambda v: self.order[v]):
            if var in again:
                continue
            if self.in_loop(var):
                saved = _Saved(var, self.home[var], self.place_of(var))
                saved.root = Var(f"{var.hint}_stack")
                stacks.append(saved)
            else:
                self.exported[var] = var
        for saved in again.values():
            saved.place = self.place_of(saved.var)
        return stacks, self.in_order(again.values())

    def urgency(self, var: Var) -> tuple[bool, int, Var]:
        """The place of a value in the order in which is decided what is computed again."""
        return var not in self.read_content, -self.order[var], var

    def in_order(self, again: Iterable[_Saved]) -> list[_Saved]:
        """What is computed again, each value after those that it is computed from."""
        waiting = {s.var: s for s in sorted(again, key=lambda s: self.order[s.var])}
        ordered: list[_Saved] = []

        def visit(saved: _Saved) -> None:
            assert saved.recompute is not None
            for var in expr_vars(saved.recompute.value):
                if var in waiting:
                    visit(waiting.pop(var))
            ordered.append(saved)

        while waiting:
            visit(waiting.pop(next(iter(waiting))))
        return ordered

    def in_loop(self, var: Var) -> bool:
        return any(region in self.loops for region, _ in self.home[var])

    def compute_again(self, var: Var, again: dict[Var, _Saved]) -> list[Var]:
        """Note that a value is computed again; gives the operands that are read for that."""
        definition = self.definition[var]
        assert type(definition) is Assign
        again[var] = _Saved(var, self.home[var], (), definition)
        place = self.place_of(var)
        read = [v for v in expr_vars(definition.value) if self.home.get(v) and v not in self.indices]
        for operand in read:
            self.uses.setdefault(operand, []).append(place)
            self.read_content.add(operand)
        return read

    def is_cheap(self, var: Var, visiting: set[Var]) -> bool:
        """Whether a value can be had again from what is at hand in the backward loop."""
        definition = self.definition[var]
        if type(definition) is not Assign or definition.effect or len(definition.targets) != 1:
            return False
        if var in self.in_context:
            return False
        call = definition.value
        if type(call) is not Call or call.kwargs or var in visiting:
            return False
        fn = function_of(call)
        if type(call.fn) is Method:
            if not (call.fn.attribute and call.fn.name in ("shape", "size", "ndim")):
                return False
        elif fn not in _CHEAP | _READS:
            return False
        visiting = visiting | {var}
        return all(self.at_hand(v, visiting) for v in expr_vars(call))

    def at_hand(self, var: Var, visiting: set[Var]) -> bool:
        if not self.home.get(var) or var in self.indices or not self.in_loop(var):
            return True
        if self.is_cheap(var, visiting):
            return True
        return var in self.uses

    def place_of(self, var: Var) -> Path:
        """The innermost place, in the loop in which `var` is bound, that all its uses are in."""
        home, paths = self.home[var], self.uses[var]
        common = paths[0]
        for path in paths[1:]:
            length = next((i for i, (a, b) in enumerate(zip(common, path, strict=False)) if a != b), None)
            common = common[: min(len(common), len(path)) if length is None else length]
        assert common[: len(home)] == home, (var, home, common)
        for length in range(len(home), len(common)):
            if common[length][0] not in self.branches:  # a loop, or what the forward pass does not need any more
                return common[:length]
        return common

    def mark_defined(self, values: Iterable[Var]) -> None:
        """What is appended to a list must exist: where a variable was not assigned, it is None."""
        work = list(values)
        while work:
            var = work.pop()
            if var in self.joins and var not in self.make_defined:
                self.make_defined.add(var)
                work += [e for e in self.joins[var] if type(e) is Var]

    def with_none(self, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(self.with_none_in(s) for s in statements)

    def with_none_in(self, statement: Statement) -> Statement:
        match statement:
            case If(then=then, orelse=orelse):
                sides = [
                    Block(self.with_none(b.statements), self.defined(b.yields, statement.results), b.stop)
                    for b in (then, orelse)
                ]
                return replace(statement, then=sides[0], orelse=sides[1])
            case For(body=body) | While(body=body):
                inits = self.defined(self.defined(statement.inits, statement.params), statement.results)
                body = replace(body, statements=self.with_none(body.statements))
                return replace(statement, inits=inits, body=body)
        return statement

    def defined(self, values: tuple[Expr, ...], results: tuple[Var, ...]) -> tuple[Expr, ...]:
        return tuple(
            Const(None) if isinstance(v, Undefined) and r in self.make_defined else v
            for v, r in zip(values, results, strict=True)
        )

    # --- the forward pass --------------------------------------------------------------------

    def forward_block(self, statements: Iterable[Statement], path: Path) -> list[Statement]:
        out: list[Statement] = []
        last: list[Statement] = []
        pushes = last if path and path[-1] in self.attempts else out
        here = self.stacks.at.get(path, ())
        bound_here = {saved.var: saved for saved in here if saved.home == path}
        for saved in here:
            if saved.home != path or self.definition[saved.var] is None:
                self.push(saved, pushes)
        for statement in statements:
            if not path:
                for saved in self.through(statement):
                    saved.current = saved.root
                    origin = with_role(self.bound_at(saved.var), "saved")
                    out.append(Assign((saved.root,), Call(Lib(primitives.make_list), ()), origin))
            out.append(self.forward_statement(statement, path))
            for var in bound(statement):
                if var in bound_here:
                    self.push(bound_here[var], pushes)
        return [*out, *last]

    def through(self, statement: Statement) -> list[_Saved]:
        """The lists that are filled or emptied in a statement."""
        return [] if type(statement) is Assign else self.stacks.in_region.get(statement.region, [])

    def push(self, saved: _Saved, out: list[Statement]) -> None:
        longer = Var(saved.root.hint)
        origin = with_role(self.bound_at(saved.var), "saved")
        out.append(Assign((longer,), Call(Lib(primitives.list_append), (saved.top, saved.var)), origin))
        saved.current = longer

    def forward_statement(self, statement: Statement, path: Path) -> Statement:
        if type(statement) is Assign:
            return statement
        if type(statement) is If:
            return self.forward_if(statement, path)
        return self.thread_loop(statement, self.through(statement), lambda: self.inner_forward(statement, path))

    def inner_forward(self, statement: For | While, path: Path) -> For | While:
        inner = self.forward_block(statement.body.statements, (*path, (statement.region, 0)))
        inits = self.defined(self.defined(statement.inits, statement.params), statement.results)
        return replace(statement, inits=inits, body=replace(statement.body, statements=tuple(inner)))

    def thread_loop(
        self, statement: For | While, through: list[_Saved], rebuild: Callable[[], For | While]
    ) -> For | While:
        """Carry the lists through a loop."""
        inits = [s.top for s in through]
        params = tuple(Var(s.root.hint) for s in through)
        for saved, param in zip(through, params, strict=True):
            saved.current = param
        inner = rebuild()
        ends = tuple(s.top for s in through)
        results = tuple(Var(s.root.hint) for s in through)
        for saved, result in zip(through, results, strict=True):
            saved.current = result
        return replace(
            inner,
            params=(*inner.params, *params), inits=(*inner.inits, *inits), results=(*inner.results, *results),
            body=replace(inner.body, yields=(*inner.body.yields, *ends)),
        )

    def forward_if(self, statement: If, path: Path) -> If:
        through = self.through(statement)
        start = {s: s.current for s in through}
        blocks = []
        exports = self.exported_from[statement.region]
        for number, block in enumerate((statement.then, statement.orelse)):
            for saved in through:
                saved.current = start[saved]
            inner = self.forward_block(block.statements, (*path, (statement.region, number)))
            ends = [s.top for s in through]
            here = (statement.region, number)
            inside = [self.exported[v] if self.home[v][len(path)] == here else UNDEFINED for v in exports]
            yields = self.defined(block.yields, statement.results)
            blocks.append(Block(tuple(inner), (*yields, *ends, *inside), block.stop))
        results = [Var(s.root.hint) for s in through]
        for saved, result in zip(through, results, strict=True):
            saved.current = result
        for var in exports:
            self.exported[var] = out = Var(var.hint, var.named)
            results.append(out)
        return replace(statement, then=blocks[0], orelse=blocks[1], results=(*statement.results, *results))

    # --- the backward pass -------------------------------------------------------------------

    def backward_block(
        self, statements: Iterable[Statement], path: Path, known: dict[Var, Var]
    ) -> tuple[Statement, ...]:
        statements = list(statements)
        out: list[Statement] = []
        if path:
            start = 1 + max(
                (i for i, s in enumerate(statements) if any(t in self.indices for t in bound(s))), default=-1
            )
            for statement in statements[:start]:  # what binds the index
                out.append(self.backward_statement(statement, path, known))
            statements = statements[start:]
        for saved in self.stacks.at.get(path, ()):
            rest, value = Var(saved.root.hint), Var(saved.var.hint, saved.var.named)
            origin = with_role(self.bound_at(saved.var), "restored")
            out.append(Assign((rest, value), Call(Lib(primitives.list_pop), (saved.top,)), origin))
            saved.current, known[saved.var] = rest, value
        for saved in self.again.at.get(path, ()):
            assert saved.recompute is not None
            fresh = Var(saved.var.hint, saved.var.named)
            value_ = replaced(saved.recompute.value, known)
            out.append(Assign((fresh,), value_, with_role(saved.recompute.origin, "recomputed")))
            known[saved.var] = fresh
        for statement in statements:
            out.append(self.backward_statement(statement, path, known))
        return tuple(out)

    def backward_statement(self, statement: Statement, path: Path, known: dict[Var, Var]) -> Statement:
        mirrors = dict.fromkeys(mirrored(statement))
        if not mirrors:
            return map_statement(statement, lambda e: replaced(e, known), lambda v: v, lambda b: substitute(b, known))
        assert type(statement) is not Assign
        mirror = statement.region.mirror
        through = [saved for region in mirrors for saved in self.stacks.in_region.get(region, ())]

        def rebuild(block: Block, number: int, extra: list[Any]) -> Block:
            inner = dict(known)
            if mirror is None:  # a branch of the backward pass alone, around regions that mirror some
                body = tuple([self.backward_statement(s, path, inner) for s in block.statements])
            else:
                body = self.backward_block(block.statements, (*path, (mirror, number)), inner)
            extra[:] = [s.current for s in through]
            renamed = substitute(Block((), block.yields, block.stop), inner)
            return Block(body, renamed.yields, renamed.stop)

        match statement:
            case If(then=then, orelse=orelse):
                start = {s: s.current for s in through}
                blocks = []
                for number, block in enumerate((then, orelse)):
                    for saved in through:
                        saved.current = start[saved]
                    extra: list[Any] = []
                    rebuilt = rebuild(block, number, extra)
                    blocks.append(replace(rebuilt, yields=(*rebuilt.yields, *extra)))
                results = tuple(Var(s.root.hint) for s in through)
                for saved, result in zip(through, results, strict=True):
                    saved.current = result
                test = replaced(statement.test, known)
                return replace(
                    statement, test=test, then=blocks[0], orelse=blocks[1], results=(*statement.results, *results)
                )
            case For():
                first, last, step = (replaced(b, known) for b in statement.bounds)
                inits = tuple(replaced(i, known) for i in statement.inits)
                loop = replace(statement, bounds=(first, last, step), inits=inits)
                threaded = self.thread_loop(
                    loop, through, lambda: replace(loop, body=rebuild(loop.body, 0, []))
                )
                assert mirror is not None
                return self.until_empty(threaded, path, through, mirror)
        raise AssertionError(statement)

    def until_empty(self, loop: For | While, path: Path, through: list[_Saved], mirror: Region) -> For | While:
        """`for k in range(n - 1, -1, -1)` with one pop in each iteration: `while stack`."""
        assert type(loop) is For
        popped = [i for i, s in enumerate(through) if s.place == (*path, (mirror, 0))]
        outer_loops = any(region in self.loops for region, _ in path)
        if loop.index.hint != "k" or loop.index in self.indices or outer_loops or not popped:
            return loop
        if loop.index in set(used_vars(loop.body)):
            return loop
        stack = loop.params[len(loop.params) - len(through) + popped[0]]
        header = Block((), (stack,))
        return While(header, loop.params, loop.inits, loop.body, loop.results, loop.origin, loop.region)


def mirrored(statement: Statement) -> Iterator[Region]:
    """The regions of the forward pass that a statement goes back through, without those inside of them."""
    if type(statement) is Assign:
        return
    if statement.region.mirror is not None:
        yield statement.region.mirror
        return
    for block in _blocks(statement):
        for inner in block.statements:
            yield from mirrored(inner)


def _blocks(statement: Statement) -> tuple[Block, ...]:
    match statement:
        case Assign():
            return ()
        case If(then=then, orelse=orelse):
            return (then, orelse)
        case For(body=body) | While(body=body):
            return (body,)
    assert_never(statement)

