"""Memory: which values may share it, and which are needed after a statement.

Every value has a set of *roots*: the places of the program where memory that it may refer to was allocated,
an argument or a global.  A view has the roots of its base, a number none; of a list, its own memory and that
of its items are told apart, since appending to a list changes none of its items.  Two values may share
memory if they have a root in common.
"""

from __future__ import annotations

import copy
import operator
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.calls import (
    bind,
    changes_operand,
    function_of,
    in_one_direction,
    is_call_of,
    is_of_runtime,
    is_structural,
    rule_of,
)
from tangent.analysis.kinds import Kinds
from tangent.analysis.reads import bound_inside
from tangent.analysis.shapes import Shapes
from tangent.analysis.stacks import Stacks
from tangent.ir import primitives
from tangent.ir.attempts import certain_end, is_attempt
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    Global,
    If,
    Insertion,
    Lib,
    Statement,
    Var,
    While,
    record,
)
from tangent.ir.walk import expr_vars, statement_vars
from tangent.rules.registry import MemberKey, Rule

__all__ = [
    "NONE", "STORED", "VIEWS", "Apart", "Held", "Liveness", "Memory", "Numbers", "Roots", "given", "putting_into",
    "written_back",
]  # fmt: skip

Roots = frozenset[Any]
NONE: Roots = frozenset()

SHAPE_ONLY: dict[Any, tuple[int, ...]] = {
    runtime.unbroadcast: (1,), runtime.fit: (1,), runtime.zeros_like: (0,), runtime.expand: (1,),
    np.shape: (0,), np.ndim: (0,), np.size: (0,), len: (0,),
    runtime.matmul_transpose_left: (1,), runtime.matmul_transpose_right: (2,),
    runtime.dot_transpose_left: (1,), runtime.dot_transpose_right: (2,), np.zeros_like: (0,), np.ones_like: (0,),
    np.empty_like: (0,), runtime.refuse_view: (0, 1), runtime.check_view: (0, 1),
    runtime.refuse_shared_items: (0,), runtime.check_seed: (0, 1), runtime.check_alike: (0, 1),
    runtime.check_tangent: (0, 1), runtime.stretch: (1,), runtime.place_in: (0,),
    runtime.real_transpose: (1,), runtime.imag_transpose: (1,),
    runtime.size_along: (0,), runtime.item_transpose: (1,), runtime.conv2d_filters: (2,),
    runtime.gather_transpose: (1,),
    runtime.avg_pool2d_transpose: (1,),
    runtime.take_transpose: (1,), runtime.take_along_transpose: (1,),
    runtime.diagonal_transpose: (1,), runtime.pad_transpose: (1,),
    runtime.place_written: (0, 2), runtime.einsum_like: (1,), runtime.as_derivative: (1,),
    runtime.convolve_transpose: (1,), runtime.einsum_transposed: (2, 3, 4, 5), runtime.joined_pieces: (1,),
}
"""The arguments of which a function reads nothing but the shape, or where they are in memory."""


_HOLD_ITEMS: frozenset[Any] = frozenset({
    list, tuple, sorted, dict, primitives.concatenate, primitives.repeat, operator.or_, runtime.items_of,
    runtime.from_items, runtime.joined, runtime.repeated_items, runtime.picked, runtime.unpicked, runtime.merged,
    runtime.unmerged, runtime.from_extreme, runtime.unrepeated,
})
"""Functions whose result is a new container, of the items of others."""

VIEWS = frozenset({
    runtime.align, runtime.align_each, runtime.align_item, runtime.array_each, runtime.one_direction,
})
"""Functions of directions whose result shares memory with the first argument alone."""
_OWN = frozenset({runtime.all_directions, runtime.zero_each})
"""Functions whose result shares memory with nothing."""
_SHALLOW = frozenset({runtime.shallow_copy, copy.copy})
_READS = frozenset({operator.getitem, primitives.element, primitives.unpack})
_SAME_CONTAINER = frozenset({
    primitives.pass_through, primitives.solution, primitives.dict_remove, primitives.add_item, runtime.add_at,
})
_PUTS_IN = frozenset({primitives.list_append, primitives.list_insert, primitives.set_add, primitives.set_discard})


@record
class Held:
    """The memory of an object, and that of the objects in it."""

    own: Roots = NONE
    inner: Roots = NONE
    all: Roots = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.all = self.own | self.inner if self.inner else self.own  # type: ignore[misc]  # what the others make

    def aged(self, inside: set[Var]) -> Held:
        """The same memory in the next iteration: what a loop allocated before is not what it allocates now."""
        return Held(_aged(self.own, inside), _aged(self.inner, inside))

    def __or__(self, other: Held) -> Held:
        return Held(self.own | other.own, self.inner | other.inner)


def _aged(roots: Roots, inside: set[Var]) -> Roots:
    return frozenset([("before", _place(root)) if _place(root) in inside else root for root in roots])


def _place(root: Any) -> Any:
    """The value at whose binding memory was allocated: its own, or that of its items."""
    return root[1] if isinstance(root, tuple) and root[0] == "items" else root


EACH = "each"
"""Marks the memory of the items of a stack, each of which has its own."""


def _taken(roots: Roots) -> Roots:
    """The memory of an item that was taken from a stack, where that on it is `roots`."""
    return frozenset([("taken", root) if isinstance(root, tuple) and root[0] == EACH else root for root in roots])


NOTHING = Held()


STORED = {
    primitives.update_item: 2, primitives.list_append: 1, primitives.list_insert: 2, primitives.make_list: 0,
    primitives.make_tuple: 0, primitives.make_dict: 0, primitives.make_object: 0, primitives.set_add: 1,
}
"""The primitives that put values into containers, with the position of the first value."""


class Numbers:
    """The values of a program that surely are immutable numbers."""

    def __init__(self, function: Function, kinds: Kinds | None = None) -> None:
        self.shapes = Shapes.of(function)
        self.kinds = kinds or Kinds(function)
        self.ranks = Ranks(function, self.kinds)

    def __contains__(self, value: object) -> bool:
        assert type(value) is Var
        return value in self.kinds.integers or (self.shapes.is_scalar(value) and self.kinds.is_numeric(value)) or (
            self.ranks.of(value) == 0
        )

    def note_copy(self, copy: Var, value: Expr) -> None:
        """Let what is known of a value be known of a copy of it."""
        self.kinds.note_copy(copy, value)
        self.shapes.known[copy] = self.shapes[value]
        rank = self.ranks.of(value)
        if rank is not None:
            self.ranks.known[copy] = rank


class Memory:
    """The roots of the values of a program."""

    def __init__(self, function: Function, numbers: Numbers | None = None) -> None:
        self.numbers = numbers or Numbers(function)
        self.kinds = self.numbers.kinds
        self.stacks = Stacks(function)
        self.held: dict[Var, Held] = {}
        self.own: dict[Var, Held] = {}
        """What values have that share memory with no other."""
        self.foreign: set[Any] = set(function.params)
        """The roots that belong to the caller."""
        for param in function.params:
            scalar = function.facts.get(param) in ("scalar", "int") or param in self.kinds.integers
            root: Roots = frozenset({param})
            self.held[param] = NOTHING if scalar else Held(root, NONE if self.kinds.is_numeric(param) else root)
        self.block(function.body)

    def __getitem__(self, expr: Expr) -> Held:
        if type(expr) is Var:
            return self.held.get(expr, NOTHING)
        match expr:
            case Global(path=path, value=value):
                if isinstance(value, int | float | complex | str | type(None)) or callable(value):
                    return NOTHING
                self.foreign.add(path)
                return Held(frozenset({path}), frozenset({path}))
            case Call():
                return self.of_call(expr, Var("nested"))
        return NOTHING

    def written(self, update: Assign) -> Roots:
        """The memory that an update changes."""
        assert type(update.value) is Call
        fn, container = function_of(update.value), self[update.value.args[0]]
        if fn in (primitives.add_item, runtime.add_at):
            return container.all  # the items of a list are changed as well
        return container.own

    def may_read(self, value: Var, written: Roots) -> bool:
        """Whether reading a value may touch some memory."""
        return not self[value].all.isdisjoint(written)

    def could_read(self, value: Var, written: Roots) -> bool:
        """Whether reading what a value was in an earlier iteration may touch some memory."""
        return not self[value].aged({_place(root) for root in self[value].all}).all.isdisjoint(written)

    @cached_property
    def readers(self) -> Mapping[Any, Set[Var]]:
        """The values that reading may touch the memory of a root, by the root."""
        found: dict[Any, set[Var]] = defaultdict(set)
        for value, held in self.held.items():
            for root in held.all:
                found[root].add(value)
        return found

    @cached_property
    def position(self) -> Mapping[Var, int]:
        """The places of values in the order of the program."""
        return {value: position for position, value in enumerate(self.held)}

    def touching(self, written: Roots, among: Set[Var]) -> Set[Var]:
        """The values `among` some that reading may touch some memory."""
        return set[Var]().union(*(self.readers[root] & among for root in written if root in self.readers))

    def reading(self, written: Roots, among: Set[Var]) -> list[Var]:
        """The values `among` some that reading may touch some memory, by their names."""
        found = self.touching(written, among)
        return sorted(found, key=lambda v: (v.hint, self.position[v]))

    # --- propagation -------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        for statement in block.statements:
            self.statement(statement)

    def statement(self, statement: Statement) -> None:
        if type(statement) is Assign:
            self.assign(statement.targets, statement.value)
        elif type(statement) is If:
            then, orelse = statement.then, statement.orelse
            self.block(then)
            self.block(orelse)
            for result, a, b in zip(statement.results, then.yields, orelse.yields, strict=True):
                self.held[result] = self[a] | self[b]
        else:
            self.loop(statement)

    def loop(self, statement: For | While) -> None:
        if type(statement) is For:
            self.held[statement.index] = NOTHING
        for param, init in zip(statement.params, statement.inits, strict=True):
            self.held[param] = self[init]
        inside = bound_inside(statement)
        changed = True
        while changed:
            changed = False
            if type(statement) is While:
                self.block(statement.header)
            self.block(statement.body)
            for param, end in zip(statement.params, statement.body.yields, strict=True):
                joined = self.held[param] | self[end].aged(inside)
                if joined != self.held[param]:
                    self.held[param] = joined
                    changed = True
        for param, result in zip(statement.params, statement.results, strict=True):
            self.held[result] = self.held[param]

    def assign(self, targets: tuple[Var, ...], value: Expr) -> None:
        if not targets:
            return
        if type(value) is Call and type(value.fn) is Insertion:
            self.held.update((t, self[a]) for t, a in zip(targets, value.args, strict=False))
            return
        if type(value) is not Call:
            self.held[targets[0]] = self[value]
            return
        if function_of(value) is primitives.list_pop:
            items = self[value.args[0]]
            inner = _taken(items.inner) if value.args[0] in self.stacks else items.inner
            self.held[targets[0]] = items
            self.held[targets[1]] = NOTHING if targets[1] in self.numbers else Held(inner, inner)
            return
        if is_call_of(value, primitives.list_append) and value.args[1] in self.stacks.put_once:
            items, put = self[value.args[0]], self[value.args[1]]
            if value.args[0] in self.stacks and all(_place(root) is value.args[1] for root in put.all):
                self.held[targets[0]] = Held(items.own, items.inner | {(EACH, value.args[1])})
                return
        for target in targets:
            held = NOTHING if target in self.numbers else self.of_call(value, target)
            self.held[target] = Held(held.all) if self.kinds.is_numeric(target) else held

    def own_of(self, target: Var) -> Held:
        if target not in self.own:
            self.own[target] = Held(frozenset({target}), frozenset({("items", target)}))  # of a container
        return self.own[target]

    def of_call(self, call: Call, target: Var) -> Held:
        own = self.own_of(target)
        call = in_one_direction(call)
        fn, args = function_of(call), call.args
        if isinstance(call.fn, GeneratedFunction):
            return self.anything_in(own, given(call.fn, call))
        if isinstance(fn, MemberKey) and fn.name == "copy" and not fn.is_attribute:
            return Held(own.own, NONE if self.kinds.is_numeric(args[0]) else self[args[0]].inner)
        if isinstance(fn, MemberKey) or fn is None:
            rule = rule_of(call)
            if rule is not None:
                return self.shared(own, rule, call)
            return self.anything_in(own, (*args, *(v for _, v in call.kwargs)))
        if is_structural(call):
            return self.of_structural(own, fn, args)
        if fn in _HOLD_ITEMS:
            return Held(own.own, NONE.union(*(self.items(a) for a in args)))
        if fn in _OWN:
            return own
        if fn in VIEWS:
            return own | self[args[0]]
        if fn in _SHALLOW:
            return Held(own.own, NONE if self.kinds.is_numeric(args[0]) else self[args[0]].inner)
        rule = rule_of(call)
        if rule is not None and rule.form == "partials" and not self.kinds.containers.isdisjoint(args):
            return self.anything_in(own, args)  # the sum of two lists holds the items of both
        if rule is not None:
            return self.shared(own, rule, call)
        if type(call.fn) is Lib and not is_of_runtime(fn) or isinstance(fn, type):
            return own
        return self.anything_in(own, (*args, *(v for _, v in call.kwargs)))

    def items(self, container: Expr) -> Roots:
        """The memory of the items of a container."""
        held = self[container]
        return held.inner if container in self.kinds.containers else held.all

    def of_structural(self, own: Held, fn: Any, args: tuple[Expr, ...]) -> Held:
        container = self[args[0]] if args else NOTHING
        if fn in _READS:
            if self.kinds.is_numeric(args[0]):
                return Held(container.own)
            if args[0] in self.kinds.containers:
                return Held(container.inner, container.inner)
            return Held(container.all, container.inner)
        if fn in _SAME_CONTAINER:
            return container
        if fn is primitives.update_item:
            stored = NONE if self.kinds.is_numeric(args[0]) else self[args[2]].all
            return Held(container.own, container.inner | stored)
        if fn in _PUTS_IN:
            return Held(container.own, container.inner | self[args[-1]].all)
        return Held(own.own, NONE.union(*(self[a].all for a in args)))

    def anything_in(self, own: Held, args: Iterable[Expr]) -> Held:
        """A result that may be any of the arguments, or hold them."""
        inner = own.inner.union(*(self[a].all for a in args))
        return Held(own.own | inner, inner)

    def shared(self, own: Held, rule: Rule, call: Call) -> Held:
        if not rule.shares:
            return own
        if rule.signature is None:
            return self.anything_in(own, (*call.args, *(v for _, v in call.kwargs)))
        arguments = bind(rule, call)
        for name in rule.shares:
            if isinstance(arg := (arguments or {}).get(name), Var):
                own |= self[arg]
        return own


def given(fn: GeneratedFunction, call: Call) -> tuple[Expr, ...]:
    """The arguments that the results of a generated function may hold: not what is saved for a backward pass."""
    return call.args[1:] if fn.name.partition("_backward")[1] else call.args


class Apart:
    """The memory of a program of which `analysis.ownership` tells what each change in place writes into."""

    def __init__(self, changes: Mapping[Assign, Roots | None]) -> None:
        self.written_for = {s.targets[0]: written for s, written in changes.items() if written is not None}

    def written(self, update: Assign) -> Roots:
        """The values that have the memory which a change writes into."""
        return self.written_for.get(update.targets[0], NONE)

    def may_read(self, value: Var, written: Roots) -> bool:
        return value in written


def written_back(
    update: Assign, definitions: Mapping[Var, Assign], putting: Mapping[Expr, Sequence[Assign]],
    live: Mapping[Statement, frozenset[Var]],
) -> dict[Var, Expr]:
    """The containers that are read only to put the changed item back into them, with its index: `a[i][j] = v`."""
    containers: dict[Var, Expr] = {}
    assert type(update.value) is Call
    changed, value = update.value.args[0], update.targets[0]
    while type(changed) is Var:
        put = _put_back(putting.get(value, ()), value, changed, definitions)
        if put is None:
            break
        back, container, index = put
        if type(container) is not Var or container in live.get(back, ()) or container not in live[update]:
            break
        containers[container] = index
        changed, value = container, back.targets[0]
    return containers


def putting_into(updates: Iterable[Assign], definitions: Mapping[Var, Assign]) -> Mapping[Expr, Sequence[Assign]]:
    """The updates that put a value, or a rearranged view of it, into a container."""
    found: dict[Expr, list[Assign]] = defaultdict(list)
    for update in updates:
        if is_call_of(update.value, primitives.update_item):
            item = update.value.args[2]
            found[item].append(update)
            base = _rearranged(definitions, item)
            if base is not None:
                found[base].append(update)
    return found


def _put_back(
    updates: Iterable[Assign], value: Expr, changed: Var, definitions: Mapping[Var, Assign]
) -> tuple[Assign, Expr, Expr] | None:
    """The update `container[index] = value` of what held `changed`, with the container and the index."""
    for update in updates:
        assert type(update.value) is Call
        container, index, item = update.value.args
        if item is value and container is not value and _holds(container, changed, definitions):
            return update, container, index
        if _rearranged(definitions, changed) is container:
            return update, container, index
    return None


def _rearranged(definitions: Mapping[Var, Assign], value: Expr) -> Expr | None:
    """What a value is a reshaped or transposed view of."""
    made = definitions.get(value) if type(value) is Var else None
    rule = rule_of(made.value) if made is not None and type(made.value) is Call else None
    if made is None or rule is None or rule.form != "linear" or not rule.shares:
        return None
    assert type(made.value) is Call
    return made.value.args[0]


def _holds(container: Expr, item: Var, definitions: Mapping[Var, Assign]) -> bool:
    """Whether an item was taken from a container, or put into it when that was written out."""
    taken, made = definitions.get(item), definitions.get(container) if type(container) is Var else None
    read = taken.value if taken is not None else None
    if is_call_of(read, operator.getitem, primitives.element, primitives.unpack) and read.args[0] is container:  # type: ignore[arg-type]
        return True
    return made is not None and type(made.value) is Call and function_of(made.value) in STORED and (
        any(a is item for a in made.value.args)
    )


_OF_SHAPE: frozenset[Any] = frozenset({np.zeros, np.ones, np.empty, np.full})
_LIKE_FIRST = frozenset({
    primitives.update_item, primitives.add_item, primitives.pass_through, runtime.add_at, runtime.zeros_like,
    runtime.copy, np.sin,
})
"""Functions whose result has as many dimensions as the first argument."""
_LIKE_SECOND = frozenset({
    runtime.unbroadcast, runtime.fit, runtime.expand, runtime.stretch, runtime.as_derivative,
})
_NUMBERS = frozenset({float, int, len})


class Ranks:
    """The number of dimensions of values, where the program says it: 0 is that of a number alone.

    An array without dimensions can be written into; nothing is known of it.
    """

    def __init__(self, function: Function, kinds: Kinds) -> None:
        self.kinds = kinds
        self.known: dict[Var, int] = {}
        self.tuples: dict[Var, tuple[Expr, ...]] = {}
        for var, fact in function.facts.items():
            if fact in ("scalar", "int"):
                self.known[var] = 0
        self.block(function.body)

    def of(self, expr: Expr) -> int | None:
        if type(expr) is Const and isinstance(expr.value, int | float):
            return 0
        if type(expr) is Var:
            return 0 if expr in self.kinds.integers else self.known.get(expr)
        return None

    def block(self, block: Block) -> None:
        for statement in block.statements:
            match statement:
                case Assign(targets=(target,), value=Call() as call):
                    rank = self.of_call(call, target)
                    if rank is not None:
                        self.known[target] = rank
                case If(then=then, orelse=orelse, results=results):
                    self.block(then)
                    self.block(orelse)
                    for result, a, b in zip(results, then.yields, orelse.yields, strict=True):
                        self.join(result, self.of(a), self.of(b))
                case For() | While():
                    self.loop(statement)

    def join(self, result: Var, a: int | None, b: int | None) -> None:
        if a is not None and a == b:
            self.known[result] = a
        else:
            self.known.pop(result, None)

    def loop(self, statement: For | While) -> None:
        for param, init in zip(statement.params, statement.inits, strict=True):
            rank = self.of(init)
            if rank is not None:
                self.known[param] = rank
        stable = False
        while not stable:
            stable = True
            self.block(statement.body)
            for param, end in zip(statement.params, statement.body.yields, strict=True):
                if param in self.known and self.of(end) != self.known[param]:
                    del self.known[param]
                    stable = False
        for param, result in zip(statement.params, statement.results, strict=True):
            if param in self.known:
                self.known[result] = self.known[param]

    def of_call(self, call: Call, target: Var) -> int | None:
        fn, args = function_of(call), call.args
        if fn is primitives.make_tuple:
            self.tuples[target] = args
            return None
        if fn in _OF_SHAPE and args:
            shape = args[0]
            if type(shape) is Var and shape in self.tuples:
                return len(self.tuples[shape]) or None
            return 1 if self.kinds.is_integer(shape) else None
        if fn in _LIKE_FIRST:
            return self.of(args[0])
        if fn in _LIKE_SECOND:
            return self.of(args[1])
        if fn is operator.getitem or fn is primitives.element:
            return self.of_item(self.of(args[0]), args[1])
        if getattr(fn, "__module__", "") == "math" or fn in _NUMBERS:
            return 0
        if fn is np.arange or fn is np.linspace:
            return 1
        if fn is np.zeros_like or fn is np.copy:
            return self.of(args[0]) or None
        rule = rule_of(call)
        if rule is not None and rule.form == "partials" and not call.kwargs:
            ranks = [self.of(a) for a in args]
            return max(r for r in ranks if r is not None) if ranks and None not in ranks else None
        if rule is not None and rule.reduction and len(args) == 1 and not call.kwargs:
            return 0
        return None

    def of_item(self, rank: int | None, index: Expr) -> int | None:
        if rank is None:
            return None
        parts = self.tuples.get(index, (index,)) if type(index) is Var else (index,)
        for part in parts:
            if self.kinds.is_integer(part):
                rank -= 1
            elif type(part) is Const and part.value is None:
                rank += 1
            elif not self.kinds.is_basic(part):
                return None
        is_view = any(type(part) is Const and part.value is Ellipsis for part in parts)
        return rank or None if is_view else rank


class Liveness:
    """What is needed after each change in place: by later statements, by further iterations, or as a result."""

    def __init__(self, body: Block, kinds: Kinds | None) -> None:
        self.kinds = kinds
        """What tells of which values the shape is enough; without it, all that is read is needed."""
        self.after: dict[Statement, frozenset[Var]] = {}
        self.block(body, {v for y in body.yields for v in expr_vars(y)})

    def block(self, block: Block, live: set[Var], failing: Collection[Var] = ()) -> None:
        """Note what is live after each change; `live` is turned into what is live before the block.

        `failing` is what is needed where the block raises an exception.
        """
        end = certain_end(block.statements) if failing else 0
        for position, statement in reversed(list(enumerate(block.statements))):
            is_branch = type(statement) is If and not is_attempt(statement)  # its sides say when they may raise
            if position == end - 1 and type(statement) is not Assign and not is_branch or position == end - 2:
                live.update(failing)
            match statement:
                case Assign(targets=targets, value=value):
                    if changes_operand(value):
                        self.after[statement] = frozenset(live)
                    live.difference_update(targets)
                    live.update(content_vars(value, self.kinds))
                    continue
                case If(then=then, orelse=orelse, results=results):
                    live.difference_update(results)
                    before: set[Var] = set()
                    for side in (orelse, then):  # what the handler of an attempt needs is needed where its body raises
                        inner = live | {v for y in side.yields for v in expr_vars(y)}
                        self.block(side, inner, before if is_attempt(statement) else failing)
                        before = before | inner
                    live |= before
                case For() | While():
                    self.loop(statement, live)
            live.update(statement_vars(statement))

    def loop(self, statement: For | While, live: set[Var]) -> None:
        live.difference_update(statement.results)
        through = live | content_of_block(statement.body, self.kinds)
        if type(statement) is While:
            through |= content_of_block(statement.header, self.kinds)
        inside = bound_inside(statement)
        through -= inside
        ends = through | {v for y in statement.body.yields for v in expr_vars(y)}
        if statement.body.stop is not None:
            ends |= set(expr_vars(statement.body.stop))
        self.block(statement.body, ends)
        if type(statement) is While:
            ends |= set(expr_vars(statement.header.yields[0])) | set(statement.params)
            self.block(statement.header, ends)
        live |= (ends - inside) | through


def shape_only_positions(expr: Expr) -> tuple[int, ...]:
    """The arguments of a call of which nothing is read but the shape (or where they are in memory)."""
    if type(expr) is not Call:
        return ()
    fn = function_of(expr)
    if type(fn) is MemberKey:
        return (0,) if fn.is_attribute and fn.name in ("shape", "size", "ndim", "dtype") else ()
    return SHAPE_ONLY.get(fn, ())


def content_vars(expr: Expr, kinds: Kinds | None) -> Sequence[Var]:
    """The values whose content an expression reads: not those of which the shape is enough.

    Writing into an array does not change its shape; a list is another matter.
    """
    ignored = shape_only_positions(expr)
    if not ignored or type(expr) is not Call:
        return expr_vars(expr)
    only_place = is_call_of(expr, *_PLACE_ONLY)
    def is_needed(operand: Expr) -> bool:
        return not only_place and (kinds is None or not kinds.is_numeric(operand))

    read = [a for i, a in enumerate(expr.args) if i not in ignored or is_needed(a)]
    return [v for part in (*read, *(value for _, value in expr.kwargs)) for v in expr_vars(part)]


_PLACE_ONLY = (
    runtime.refuse_view, runtime.refuse_shared_items, runtime.check_view, runtime.check_seed, runtime.check_tangent,
)


def content_of_block(block: Block, kinds: Kinds | None) -> set[Var]:
    found: set[Var] = set()
    for statement in block.statements:
        if type(statement) is Assign:
            found.update(content_vars(statement.value, kinds))
        else:
            found.update(statement_vars(statement))
            blocks = (statement.then, statement.orelse) if type(statement) is If else (statement.body,)
            for inner in blocks:
                found |= content_of_block(inner, kinds)
            if type(statement) is While:
                found |= content_of_block(statement.header, kinds)
    for expr in (*block.yields, *([block.stop] if block.stop is not None else [])):
        found.update(content_vars(expr, kinds))
    return found

