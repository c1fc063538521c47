"""Stacks: lists that are only appended to and taken from, as those are that save values for the backward pass.

    stack = []
    for i in range(n):                  each `zero` is put on it once, and is nowhere else:
        stack.append(zeros_like(x))     what was taken from it shares memory with nothing that is still on it
    for i in range(n):
        zero = stack.pop()
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tangent.analysis.calls import function_of
from tangent.analysis.reads import reads_on_a_path
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Expr, For, Function, If, Var, While
from tangent.ir.walk import all_statements, expr_vars, joined, nested_blocks, used_vars

__all__ = ["Stacks"]


@dataclass(slots=True, eq=False)
class _Stack:
    """One list in all its versions; `items` are the lists on it, if it holds lists."""

    is_stack: bool = True
    items: _Stack | None = None


class Stacks:
    """The stacks of a program."""

    def __init__(self, function: Function) -> None:
        self.stack_of: dict[Any, _Stack] = {}
        """The lists, by all their versions."""
        self.put_once: set[Var] = set()
        """The values that are put on a list in the block that binds them, and read nowhere else."""
        body = function.body
        if not any(type(s) is Assign and _is_pop(s.value) for s in all_statements(body)):
            return
        self.uses = Counter(used_vars(body))
        self.follow(body)
        for result, ends in joined(body).items():
            stacks = {self.stack_of.get(v) for v in (result, *ends)}
            if len(stacks) > 1:
                _refuse(stacks)
        _refuse(map(self.stack_of.get, body.yields))
        reads = reads_on_a_path(body, self.stack_of)
        _refuse(self.stack_of[version] for version, count in reads.items() if count > 1)

    def __contains__(self, value: Expr) -> bool:
        stack = self.stack_of.get(value)
        return stack is not None and stack.is_stack

    def follow(self, block: Block) -> None:
        """Note the versions of lists in a block."""
        bound_here: set[Var] = set()
        for statement in block.statements:
            if type(statement) is Assign:
                self.assign(statement, bound_here)
                bound_here.update(statement.targets)
            else:
                self.follow_blocks(statement)
        if block.stop is not None:
            self.read(block.stop)

    def follow_blocks(self, statement: If | For | While) -> None:
        if type(statement) is If:
            self.read(statement.test)
        else:
            self.take_over(statement.params, statement.inits)
        for inner in nested_blocks(statement):
            self.follow(inner)
        if type(statement) is While:
            self.read(statement.header.yields[0])
        ends = statement.then.yields if type(statement) is If else statement.inits
        self.take_over(statement.results, ends)

    def read(self, expr: Expr) -> None:
        """Note that something else is done with the lists that an expression reads."""
        _refuse(map(self.stack_of.get, expr_vars(expr)))

    def take_over(self, values: Iterable[Var], others: Iterable[Expr]) -> None:
        """Note that values may be others; `joined` tells whether they may be anything else."""
        for value, other in zip(values, others, strict=True):
            if (stack := self.stack_of.get(other)) is not None:
                self.stack_of[value] = stack

    def assign(self, statement: Assign, bound_here: set[Var]) -> None:
        call, targets = statement.value, statement.targets
        fn = function_of(call) if type(call) is Call else None
        stack = self.stack_of.get(call.args[0]) if type(call) is Call and call.args else None
        if fn is primitives.make_list and type(call) is Call and not call.args:
            self.stack_of[targets[0]] = _Stack()
        elif type(call) is Call and stack is not None and fn is primitives.list_append:
            self.stack_of[targets[0]] = stack
            self.put(stack, call.args[1], bound_here)
        elif type(call) is Call and stack is not None and _is_pop(call):
            self.stack_of[targets[0]] = stack
            if stack.items is not None:
                self.stack_of[targets[1]] = stack.items
        else:
            self.read(call)

    def put(self, stack: _Stack, item: Expr, bound_here: set[Var]) -> None:
        inner = self.stack_of.get(item)
        if inner is not None and stack.items is not None and stack.items is not inner:
            _refuse((inner, stack.items))
        stack.items = inner or stack.items
        if type(item) is Var and item in bound_here and self.uses[item] == 1:
            self.put_once.add(item)


def _is_pop(value: Expr) -> bool:
    """Whether an expression takes the last item from a list."""
    return type(value) is Call and function_of(value) is primitives.list_pop and len(value.args) == 1


def _refuse(stacks: Iterable[_Stack | None]) -> None:
    for stack in stacks:
        if stack is not None:
            stack.is_stack = False
