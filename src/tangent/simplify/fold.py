"""Folding: intermediate results go back into the expressions that they came from.

    t = np.exp(x)
    u = 1.0 + t       ->    p = 1.0 / (1.0 + np.exp(x))
    p = 1.0 / u

The inverse of A-normal form.  A value is folded into its use if it has no name of its own and just one use,
in the same block, and nothing that it reads is changed in place in between.  The steps of an adjoint that
stem from one statement of the user become one statement as well.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from tangent import runtime
from tangent.analysis.calls import changes_operand, function_of, is_call_of, primitive_of
from tangent.analysis.memory import Apart, Memory, Roots
from tangent.ir import primitives
from tangent.ir.attempts import certain_end, is_attempt, is_bracket
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Const,
    Expr,
    For,
    GeneratedFunction,
    If,
    Lib,
    Statement,
    Var,
    While,
    computed_for,
    for_one_statement,
)
from tangent.ir.walk import all_statements, bound, expr_vars, map_expr, statement_vars, used_vars, with_value

__all__ = ["fold_temporaries"]

LONGEST = 76
"""About how many characters a folded expression may have."""


def fold_temporaries(block: Block, memory: Memory | Apart) -> Block:
    """Nest expressions; `memory` says which values may share it."""
    uses = Counter(used_vars(block))
    for statement in all_statements(block):
        if short_circuit(statement) is not None:
            assert type(statement) is If and type(statement.test) is Var
            uses[statement.test] -= 1
    return _Folding(uses, memory).function_body(block)


def short_circuit(statement: Statement) -> bool | None:
    """Whether a branch is `a and b` (True), `a or b` (False), or neither (None)."""
    if type(statement) is not If or not statement.region.is_expression or type(statement.test) is not Var:
        return None
    if not statement.orelse.statements and statement.orelse.yields == (statement.test,):
        return True
    if not statement.then.statements and statement.then.yields == (statement.test,):
        return False
    return None


class _Folding:
    def __init__(self, uses: Counter[Var], memory: Memory | Apart) -> None:
        self.uses = uses
        self.memory = memory
        self.pending: dict[Var, tuple[Assign, list[Statement | None], int]] = {}
        """The definitions that may still be folded, and where they stand in `out` if they are not."""
        self.out: list[Statement | None] = []
        self.sunk: set[Statement] = set()
        self.sizes = Sizes()

    # --- blocks ------------------------------------------------------------------------------

    def function_body(self, block: Block) -> Block:
        for statement in block.statements:
            self.statement(statement)
        yields = tuple([self.expr(y) for y in block.yields])
        return Block(tuple([s for s in self.out if s is not None]), yields)

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        outer_pending, self.pending = self.pending, dict(self.pending)
        for statement in self.results_last(block):
            self.statement(statement)
        self.keep_used_by(block.yields)
        stop = None if block.stop is None else self.expr(block.stop)
        result = Block(tuple([s for s in self.out if s is not None]), block.yields, stop)
        self.out, self.pending = outer, {v: p for v, p in outer_pending.items() if v in self.pending}
        return result

    def attempted(self, block: Block) -> Block:
        """The body of a `try`: nothing that may raise comes behind the place from which on nothing raises."""
        outer, self.out = self.out, []
        end = certain_end(block.statements)
        for statement in block.statements[:end]:
            self.statement(statement)
        self.flush()
        for statement in block.statements[end:]:
            self.out.append(statement)
        result = Block(tuple([s for s in self.out if s is not None]), block.yields, block.stop)
        self.out = outer
        return result

    def results_last(self, block: Block) -> list[Statement]:
        """The statements, with those that only compute what the block yields at the end.

        A new value of a variable then does not take the name from the old one while that is needed.
        """
        statements = list(block.statements)
        if any(map(is_bracket, statements)):
            return statements
        end = len(statements)
        if block.stop is not None and statements and block.stop in bound(statements[-1]):
            end -= 1  # the exit stays the last thing
        for statement in [s for s in reversed(statements) if type(s) is Assign]:
            if len(statement.targets) != 1 or statement.effect or changes_operand(statement.value) or not isinstance(
                statement.value, Call
            ):
                continue
            target = statement.targets[0]
            if not target.named or self.uses[target] != 1 or target not in block.yields:
                continue
            position = statements.index(statement)
            later = statements[position + 1 :]
            if not reads_other_version(target, statements[:position], later):
                continue
            written = self.written_in(later)
            if not any(self.memory.may_read(v, written) for v in expr_vars(statement.value)):
                first = next((i for i, s in enumerate(statements) if s in self.sunk), end)
                statements.remove(statement)
                statements.insert(first - 1, statement)
                self.sunk.add(statement)
        return statements

    def written_in(self, statements: list[Statement]) -> Roots:
        """The memory that statements change."""
        inside = all_statements(Block(tuple(statements)))
        updates = [s for s in inside if type(s) is Assign and changes_operand(s.value)]
        return frozenset[Any]().union(*(self.memory.written(s) for s in updates))

    def keep_used_by(self, yields: tuple[Expr, ...]) -> None:
        for expr in yields:
            for var in expr_vars(expr):
                self.release(var)

    def release(self, var: Var) -> None:
        """Let a pending value be a statement after all, where it stands."""
        self.pending.pop(var, None)

    def flush(self, which: Callable[[Assign], bool] = lambda _: True) -> None:
        for var, (statement, _, _) in list(self.pending.items()):
            if which(statement):
                self.release(var)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign():
                self.assign(statement)
            case If():
                self.if_(statement)
            case For(bounds=(start, stop, step)):
                bounds = (self.expr(start), self.expr(stop), self.expr(step))
                self.before_blocks(statement)
                self.out.append(replace(statement, bounds=bounds, body=self.block(statement.body)))
            case While(header=header, body=body):
                self.before_blocks(statement)
                self.out.append(replace(statement, header=self.header(header), body=self.block(body)))
            case _:
                assert_never(statement)

    def before_blocks(self, statement: If | For | While) -> None:
        """Only what may be repeated is folded into the blocks of a statement."""
        written = self.written_in([statement])
        self.flush(
            lambda s: not is_plain(s.value) or any(self.memory.may_read(v, written) for v in expr_vars(s.value))
        )

    def header(self, header: Block) -> Block:
        """The test of a `while`: one expression where possible."""
        outer, self.out = self.out, []
        outer_pending, self.pending = self.pending, dict(self.pending)
        for statement in header.statements:
            self.statement(statement)
        test = self.expr(header.yields[0])
        result = Block(tuple([s for s in self.out if s is not None]), (test,))
        self.out, self.pending = outer, {v: p for v, p in outer_pending.items() if v in self.pending}
        return result

    # --- statements --------------------------------------------------------------------------

    def assign(self, statement: Assign) -> None:
        changes = changes_operand(statement.value)
        if changes:  # what is changed in place has a name
            assert type(statement.value) is Call
            for var in expr_vars(statement.value.args[0]):
                self.release(var)
        folded = with_value(statement, self.expr(statement.value, statement))
        if statement.effect and (is_bracket(statement) or is_call_of(folded.value, primitives.inserted)):
            self.flush()
        if changes:
            self.release_readers(folded)
        elif self.is_foldable(folded):
            self.pending[folded.targets[0]] = folded, self.out, len(self.out)
        self.out.append(folded)

    def release_readers(self, update: Assign) -> None:
        """What reads the memory that is about to change comes before the change."""
        written = self.memory.written(update)
        self.flush(lambda s: any(self.memory.may_read(v, written) for v in expr_vars(s.value)))

    def is_foldable(self, statement: Assign) -> bool:
        if len(statement.targets) != 1 or statement.effect:
            return False
        target, value = statement.targets[0], statement.value
        uses = self.uses[target]
        if not uses or uses != 1 and (target.named or not is_plain(value)):
            return False
        if type(value) is not Call:
            return type(value) is Cond
        if isinstance(value.fn, GeneratedFunction):
            return False
        fn = function_of(value)
        if fn is primitives.caught or fn is primitives.unpack:
            return False
        if fn is primitives.element and computed_for(statement):
            return False  # the variable of a `for` loop
        return bool(value.args) or fn is not primitives.make_list and fn is not primitives.make_dict

    def if_(self, statement: If) -> None:
        kind = short_circuit(statement)
        if kind is not None and self.fold_short_circuit(statement, kind):
            return
        test = self.expr(statement.test)
        if is_attempt(statement):
            self.flush()
            then, orelse = self.attempted(statement.then), self.block(statement.orelse)
            self.out.append(replace(statement, test=test, then=then, orelse=orelse))
            return
        self.before_blocks(statement)
        then, orelse = self.block(statement.then), self.block(statement.orelse)
        if statement.region.is_expression and len(statement.results) == 1:
            a, b = self.as_expression(then), self.as_expression(orelse)
            if a is not None and b is not None:
                self.assign(Assign(statement.results, Cond(test, a, b), statement.origin))
                return
        self.out.append(replace(statement, test=test, then=then, orelse=orelse))

    def fold_short_circuit(self, statement: If, is_and: bool) -> bool:
        uses, pending, sunk = Counter(self.uses), dict(self.pending), set(self.sunk)
        rest = self.as_expression(self.block(statement.then if is_and else statement.orelse))
        if rest is None:  # the block stays, and is folded again with the other
            self.uses, self.pending, self.sunk = uses, pending, sunk
            for definition, place, position in pending.values():
                place[position] = definition
            if type(statement.test) is Var:
                self.release(statement.test)
            return False
        test = self.expr(statement.test)
        call = Call(Lib(primitives.and_then if is_and else primitives.or_else), (test, rest))
        self.assign(Assign(statement.results, call, statement.origin))
        return True

    def as_expression(self, block: Block) -> Expr | None:
        """The one value that a block yields, if it needs no statement."""
        if not block.statements:
            return block.yields[0]
        match block.statements:
            case (Assign(targets=(target,), value=value, effect=False) as only,):
                if target is block.yields[0] and self.uses[target] == 1 and not changes_operand(only.value):
                    return value
        return None

    # --- expressions -------------------------------------------------------------------------

    def expr(self, expr: Expr, into: Assign | None = None) -> Expr:
        pending = self.pending
        if pending.keys().isdisjoint(expr_vars(expr)):
            return expr

        def change(atom: Expr) -> Expr:
            if atom in pending:
                assert type(atom) is Var
                if self.fits(atom, into):
                    return self.taken(atom)
                self.release(atom)
            return atom

        return map_expr(expr, change)

    def taken(self, var: Var) -> Expr:
        """The expression of a pending value; its statement goes with the last use."""
        statement, place, position = self.pending[var]
        self.uses[var] -= 1
        if not self.uses[var]:
            del self.pending[var]
            place[position] = None
        return statement.value

    def fits(self, var: Var, into: Assign | None) -> bool:
        """Whether a pending value belongs into the expression that reads it."""
        pending, _, _ = self.pending[var]
        if is_plain(pending.value):
            return True
        if var.named and computed_for(pending) is None and is_item(pending.value):
            return True  # an item that was read again
        if var.named and not (into is not None and is_added_to_item(var, into, pending)):
            if into is None or not into.targets:
                return False
            same = into.targets[0].hint == var.hint and into.targets[0].named and into.value is not var
            if not same or not (is_call_of(into.value, runtime.writable) or is_next_step(pending, into)):
                return False
        return self.sizes[pending.value] + (self.sizes[into.value] if into is not None else 0) <= LONGEST


def is_next_step(first: Assign, second: Assign) -> bool:
    """Whether a statement adds to what another computes, and both stem from one statement of the user."""
    return is_accumulation(second) and for_one_statement(first, second)


def is_plain(value: Expr, nested: bool = False) -> bool:
    """Whether an expression may be repeated: an index such as `i + 1`, `1:` or `(:, 0)`, or a length."""
    if type(value) is not Call:
        return nested
    fn, args = function_of(value), value.args
    if fn is len:
        return type(args[0]) is Var
    if fn in (operator.add, operator.sub):
        return type(args[1]) is Const and type(args[1].value) is int and (
            type(args[0]) is Var or (type(args[0]) is Call and function_of(args[0]) is len)
        )
    if fn is slice or fn is primitives.make_tuple:
        return bool(args) and all(is_plain(a, nested=True) for a in args) and Sizes()[value] < 24
    return False


def reads_other_version(target: Var, earlier: list[Statement], later: list[Statement]) -> bool:
    """Whether statements read another value of a variable, or what was computed from it before."""
    read = set(used_vars(Block(tuple(later))))
    read |= {v for s in earlier if any(t in read for t in bound(s)) for v in statement_vars(s)}
    return any(v.hint == target.hint and v is not target for v in read)


def is_item(value: Expr) -> bool:
    return type(value) is Call and function_of(value) in (operator.getitem, primitives.element)


def is_added_to_item(var: Var, into: Assign, pending: Assign) -> bool:
    """Whether `bv = ...` is only what an item of an adjoint gets: `bx[i] += ...`."""
    value = into.value
    return (
        type(value) is Call and function_of(value) is primitives.add_item and value.args[2] is var
        and computed_for(pending) is not None
    )


def is_accumulation(statement: Assign) -> bool:
    value = statement.value
    return type(value) is Call and function_of(value) in (operator.add, operator.sub)


class Sizes(dict[Expr, int]):
    """About how many characters expressions take, each counted once."""

    def __missing__(self, expr: Expr) -> int:
        self[expr] = found = self.of(expr)
        return found

    def of(self, expr: Expr) -> int:
        if type(expr) is Var:
            return len(expr.hint)
        if type(expr) is Const:
            return len(repr(expr.value))
        if type(expr) is Cond:
            return self[expr.test] + self[expr.then] + self[expr.orelse] + 10
        if type(expr) is not Call:
            return len(getattr(expr, "path", ""))
        args, called = expr.args, primitive_of(expr)
        if called is slice:
            return sum([self[a] + 1 for a in args if not (type(a) is Const and a.value is None)])
        inner = sum([self[a] for a in args])
        if expr.kwargs:
            inner += sum([len(k) + 1 + self[v] for k, v in expr.kwargs])
        if called is operator.getitem or called is primitives.element:
            return inner + 2
        if called is primitives.make_tuple or called is primitives.make_list:
            return inner + 2 * len(args)
        if called is primitives.add_item or called is primitives.update_item:
            return inner + 6
        named = getattr(expr.fn, "value", expr.fn)
        signs = 3 * max(len(args) - 1, 0)
        if getattr(named, "__module__", "") == "_operator":
            return inner + signs
        return inner + signs + len(getattr(named, "__name__", "")) + 5
