"""Loops that run through sequences and their tangents together.

Forward mode reads the elements of a tangent beside those of its sequence, in a loop that runs through the
sequence alone.  A tangent is as long as its sequence, so the loop may as well run through those of the two that
it reads, which `emit.codegen` prints as Python's `for dc in dx` and `for c, dc in zip(x, dx)`:

    length = len(x)                           length = len(x)
    ... = for i in range(0, length, 1):       length_2 = len(dx)
        dc = element(dx, i)              ->   length_3 = min(length, length_2)
        c = element(x, i)                     ... = for i in range(0, length_3, 1):
        ...                                       c = element(x, i)
                                                  dc = element(dx, i)
                                                  ...

A loop that reads no element of one of its sequences, or a tangent that changes in the loop, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tangent.analysis.calls import function_of, is_call_of
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, Lib, Statement, Var
from tangent.ir.walk import all_bound, all_statements, map_statement

__all__ = ["run_through_tangents"]


def run_through_tangents(block: Block, sequences: Mapping[Var, Expr]) -> Block:
    """The program with the bounds of its loops changed; `sequences` says what each tangent belongs to."""
    if not sequences:
        return block
    definitions = {s.targets[0]: s.value for s in all_statements(block) if type(s) is Assign and s.targets}

    def inner(block: Block) -> Block:
        out: list[Statement] = []
        for statement in block.statements:
            changed = map_statement(statement, lambda e: e, lambda v: v, inner)
            out += with_tangents(changed, definitions, sequences) if type(changed) is For else [changed]
        return replace(block, statements=tuple(out))

    return inner(block)


def with_tangents(loop: For, definitions: Mapping[Var, Expr], sequences: Mapping[Var, Expr]) -> list[Statement]:
    """The loop, behind the lengths that its new bound takes."""
    start, stop, step = loop.bounds
    old = lengths(stop, definitions) if is_number(start, 0) and is_number(step, 1) else []
    elements = elements_read(loop)
    new: list[Var] = []
    first: list[Statement] = []
    for sequence in dict.fromkeys(old):
        read = [v for v in elements if v is sequence or sequences.get(v) is sequence]
        if not read:
            return [loop]
        for one in sorted(read, key=lambda v: v is not sequence):
            new.append(one)
            first.append(elements[one])
    if all(v in old for v in new):
        return [loop]
    rest = [s for s in loop.body.statements if s not in first]
    out, length = shortest(new)
    return [*out, replace(loop, bounds=(start, length, step), body=replace(loop.body, statements=(*first, *rest)))]


def lengths(stop: Expr, definitions: Mapping[Var, Expr]) -> list[Var]:
    """The sequences whose smallest length a bound is; none where it is something else."""
    made = definitions.get(stop) if type(stop) is Var else None
    if type(made) is not Call or made.kwargs:
        return []
    if function_of(made) is len:
        return [arg for arg in made.args if type(arg) is Var]
    if function_of(made) is min and len(made.args) == 2:
        parts = [lengths(arg, definitions) for arg in made.args]
        return [v for part in parts for v in part] if all(parts) else []
    return []


def elements_read(loop: For) -> dict[Var, Assign]:
    """What every iteration reads by the loop's index, by the sequences, which are bound outside of the loop."""
    inside = {v for s in all_statements(loop.body) for v in all_bound(s)} | set(loop.params)
    found: dict[Var, Assign] = {}
    for statement in loop.body.statements:
        if type(statement) is Assign and is_call_of(statement.value, primitives.element):
            sequence, index = statement.value.args
            if index is loop.index and type(sequence) is Var and sequence not in inside:
                found.setdefault(sequence, statement)
    return found


def shortest(sequences: Iterable[Var]) -> tuple[list[Statement], Var]:
    """The statements that compute the smallest length of some sequences, and that length."""
    out: list[Statement] = []
    shortest: Var | None = None
    for sequence in sequences:
        length = Var("length")
        out.append(Assign((length,), Call(Lib(len), (sequence,))))
        if shortest is not None:
            both = Var("length")
            out.append(Assign((both,), Call(Lib(min), (shortest, length))))
            length = both
        shortest = length
    assert shortest is not None
    return out, shortest


def is_number(expr: Expr, value: int) -> bool:
    return type(expr) is Const and type(expr.value) is int and expr.value == value
