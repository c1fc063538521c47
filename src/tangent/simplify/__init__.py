"""Simplification: programs to smaller programs that compute the same."""

from __future__ import annotations

from tangent.analysis.shapes import Shapes
from tangent.ir.nodes import Block, Statement
from tangent.simplify.algebra import simplify_algebra
from tangent.simplify.common_subexpressions import merge_common_subexpressions
from tangent.simplify.copies import propagate_copies
from tangent.simplify.dead_code import remove_dead_code

__all__ = ["propagate_copies", "remove_dead_code", "simplify_backward", "tidy"]


def tidy(block: Block) -> Block:
    """Drop copies and dead code: what every program goes through, optimized or not."""
    return remove_dead_code(propagate_copies(block))


def simplify_backward(
    forward: tuple[Statement, ...], backward: Block, shapes: Shapes
) -> tuple[tuple[Statement, ...], Block]:
    """What the passes of an optimized derivative go through."""
    forward, backward = merge_common_subexpressions(forward, backward)
    return merge_common_subexpressions(forward, simplify_algebra(backward, forward, shapes))
