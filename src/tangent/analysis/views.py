"""Views: what the frontend took for a view is proven to be one, or checked when the code runs.

    y_2 = put_back(y, part, v_2, v)              check_view(v, y)
    w_2 = same_view(w_1, w, y)            ->     y_2 = update_item(y, part, v_2)
                                                 (w_2 is w_1; w is surely a view of y)
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tangent import runtime
from tangent.analysis.calls import changes_operand, function_of, is_call_of, is_update, rule_of
from tangent.analysis.kinds import Kinds
from tangent.analysis.memory import Ranks
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, Function, Lib, Origin, Statement, Var
from tangent.ir.walk import all_statements, assignments, joined, with_blocks
from tangent.simplify.copies import propagate_copies

__all__ = ["with_proven_views"]

MAY_COPY = frozenset({
    np.reshape, np.ravel, np.asarray, np.asanyarray, np.ascontiguousarray,
})
"""Functions whose result is a view of their argument or a copy of it, by its layout or its type."""


def with_proven_views(function: Function) -> Function:
    """The program in plain operations, with checks of what the text does not prove to be a view."""
    if not any(is_assumption(s) for s in all_statements(function.body)):
        return function
    plain = replace(function, body=propagate_copies(without_checks(function.body)))
    proof = _Proof(plain, assumptions(function.body), Rereadings(function.body))
    return replace(function, body=propagate_copies(proof.with_doubts(proof.block(function.body))))


def is_assumption(statement: Statement) -> bool:
    return type(statement) is Assign and is_call_of(statement.value, primitives.put_back, primitives.same_view)


def assumptions(block: Block) -> dict[Expr, Expr]:
    """What `same_view` gives another name, by that name."""
    return {
        s.targets[0]: s.value.args[0] for s in all_statements(block)
        if type(s) is Assign and is_call_of(s.value, primitives.same_view)
    }


def without_checks(block: Block) -> Block:
    return Block(
        tuple(plain(s) if is_assumption(s) else with_blocks(s, without_checks) for s in block.statements),
        block.yields, block.stop,
    )


def plain(statement: Statement) -> Statement:
    """An assumption as the operation that it is."""
    assert type(statement) is Assign
    assert type(statement.value) is Call
    args = statement.value.args
    if is_call_of(statement.value, primitives.same_view):
        return replace(statement, value=args[0])
    return replace(statement, value=Call(Lib(primitives.update_item), args[:3]))


class Rereadings:
    """Where views are read again, from new versions of what they are a part of."""

    def __init__(self, block: Block) -> None:
        self.definitions: dict[Expr, Expr] = {t: s.value for t, s in assignments(block).items()}
        self.joins: Mapping[Expr, Sequence[Expr]] = joined(block)  # type: ignore[assignment]
        self.of: dict[Expr, list[Expr]] = defaultdict(list)
        for value in self.definitions.values():
            if is_call_of(value, primitives.same_view):
                self.of[value.args[1]].append(value.args[0])

    def find_what_was_there(self, view: Expr, base: Expr) -> bool:
        """Whether an item is read again from containers only whose items were changed, and none was replaced."""
        reads = [self.definitions[again] for again in self.of[view] if again in self.definitions]
        return all(
            is_call_of(read, operator.getitem, primitives.element) and self.has_items_of(read.args[0], base)
            for read in reads
        )

    def has_items_of(self, value: Expr, base: Expr) -> bool:
        """Whether the items of a container are those of an earlier version, though they may have changed."""
        seen: set[Expr] = {base}
        work = [value]
        while work:
            current = work.pop()
            if current in seen:
                continue
            seen.add(current)
            definition = self.definitions.get(current, current)
            if is_call_of(definition, primitives.put_back, primitives.same_view):
                work.append(definition.args[0])
            elif current in self.joins:
                work += self.joins[current]
            else:
                return False
        return True


class _Proof:
    def __init__(self, function: Function, same: dict[Expr, Expr], rereadings: Rereadings) -> None:
        self.same = same
        self.rereadings = rereadings
        self.kinds = Kinds(function)
        self.ranks = Ranks(function, self.kinds)
        self.definitions = {t: s.value for t, s in assignments(function.body).items()}
        self.doubted: dict[Expr, Assign] = {}
        """The views that may be copies or numbers, with the check that follows their definition."""

    def block(self, block: Block) -> Block:
        statements: list[Statement] = []
        for statement in block.statements:
            if not is_assumption(statement):
                statements.append(with_blocks(statement, self.block))
                continue
            assert type(statement) is Assign
            assert type(statement.value) is Call
            *_, view, base = args = [self.known(arg) for arg in statement.value.args]
            if is_call_of(statement.value, primitives.put_back):
                base, _, changed, view = args
                proven = self.is_view(view, base, statement.origin, self.is_written_by_item(changed, view))
            else:
                items_stay = self.rereadings.find_what_was_there(statement.targets[0], statement.value.args[2])
                proven = type(base) is Const or view is not base and (
                    self.is_view(view, base, statement.origin, of_array=not items_stay)
                )
            if not proven:
                statements.append(self.check(view, base, statement.origin))
            statements.append(plain(statement))
        return Block(tuple(statements), block.yields, block.stop)

    def with_doubts(self, block: Block) -> Block:
        """The program with the checks of views behind their definitions."""
        statements: list[Statement] = []
        for statement in block.statements:
            statements.append(with_blocks(statement, self.with_doubts))
            if type(statement) is Assign:
                statements += [self.doubted[t] for t in statement.targets if t in self.doubted]
        return Block(tuple(statements), block.yields, block.stop)

    def known(self, value: Expr) -> Expr:
        while value in self.same:
            value = self.same[value]
        return value

    def check(self, view: Expr, base: Expr, origin: Origin | None, of_array: bool = False) -> Assign:
        where = origin.place if origin else ""
        args = (view, base, Const(where), *([Const(True)] if of_array else []))
        call = Call(Lib(runtime.check_view, "tangent.check_view"), args)
        return Assign((), call, origin, effect=True)

    def is_written_by_item(self, changed: Expr, view: Expr) -> bool:
        """Whether a view was changed as only an object with items can be."""
        definition = self.definitions.get(changed) if type(changed) is Var else None
        return is_update(definition) and definition.args[0] is view if definition is not None else False

    def is_view(
        self, view: Expr, base: Expr, origin: Origin | None, has_items: bool = False, of_array: bool = False
    ) -> bool:
        """Whether a value shares the memory of another one, of which it is a part: surely, or if it passes a check.

        An item of a list may be changed through it, but is not replaced where the list gets another one: what is read
        again has to be `of_array` then.
        """
        while view is not base:
            definition = self.definitions.get(view) if type(view) is Var else None
            if type(definition) is not Call:
                return False
            if changes_operand(definition):
                view = definition.args[0]
                continue
            if not definition.args or type(definition.args[0]) is not Var:
                return False
            if not self.takes_view(definition, view, has_items, of_array) and (of_array or view not in self.doubted):
                self.doubted[view] = self.check(view, definition.args[0], origin, of_array)
            view, has_items = definition.args[0], True
        return True

    def takes_items(self, base: Expr) -> bool:
        """Whether items can be put back into a value: it is surely no tuple."""
        while type(base) is Var and not self.kinds.is_numeric(base):
            definition = self.definitions.get(base)
            if is_call_of(definition, primitives.make_list, primitives.make_dict):  # type: ignore[arg-type]
                return True
            if definition is None or not is_update(definition):
                return False
            base = definition.args[0]
        return True

    def takes_view(self, call: Call, result: Expr, has_items: bool, of_array: bool) -> bool:
        fn, base = function_of(call), call.args[0] if call.args else None
        if base is None:
            return False
        if fn in (operator.getitem, primitives.element):
            index = call.args[1]
            if self.kinds.is_element(index) or type(index) is Const and isinstance(index.value, int):
                items_are_put_back = not of_array and self.takes_items(base)
                return bool(self.ranks.of(result)) or (
                    has_items and (self.kinds.is_numeric(base) or items_are_put_back)
                )
            return self.kinds.is_basic(index) and self.kinds.is_numeric(base)
        rule = rule_of(call)
        if rule is None or not rule.shares or rule.form != "linear" or rule.name in ("reshape", "ravel"):
            return False
        return fn not in MAY_COPY and self.kinds.is_numeric(base)
