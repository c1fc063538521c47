"""Code for the backward pass in programs: where there is any, and programs without it, as forward mode takes them."""

from __future__ import annotations

from dataclasses import replace

from tangent.ir.nodes import Assign, Block, Call, Expr, Insertion, Statement, Var
from tangent.ir.walk import all_statements, substitute, with_blocks

__all__ = ["holds_insertion", "without_insertions"]


def holds_insertion(block: Block) -> bool:
    """Whether there is code for the backward pass in a block, or in those inside of it."""
    return any(map(_is_insertion, all_statements(block)))


def without_insertions(block: Block) -> Block:
    """The block with each value that code is inserted for in the place of what the insertion calls it."""
    same: dict[Var, Expr] = {}
    for statement in all_statements(block):
        if type(statement) is Assign and type(statement.value) is Call and _is_insertion(statement):
            for target, value in zip(statement.targets, statement.value.args, strict=False):
                same[target] = same.get(value, value) if type(value) is Var else value
    return substitute(_dropped(block), same) if same else block


def _dropped(block: Block) -> Block:
    kept = [with_blocks(s, _dropped) for s in block.statements if not _is_insertion(s)]
    return replace(block, statements=tuple(kept))


def _is_insertion(statement: Statement) -> bool:
    value = statement.value if type(statement) is Assign else None
    return type(value) is Call and type(value.fn) is Insertion
