"""Simplification: programs to smaller programs that compute the same."""

from __future__ import annotations

from collections.abc import Set

from tangent.analysis.shapes import Shapes
from tangent.ir.nodes import Block, Var
from tangent.simplify.algebra import simplify_algebra
from tangent.simplify.common_subexpressions import Keys, merge_common_subexpressions
from tangent.simplify.copies import propagate_copies
from tangent.simplify.dead_code import remove_dead_code

__all__ = ["propagate_copies", "remove_dead_code", "simplify_derivative", "tidy"]


def tidy(block: Block) -> Block:
    """Drop copies and dead code: what every program goes through, optimized or not."""
    return remove_dead_code(propagate_copies(block))


def simplify_derivative(block: Block, primal: Set[Var], shapes: Shapes) -> Block:
    """What an optimized derivative goes through; `primal` are the values that the user's program binds."""
    keys: Keys = {}
    block = merge_common_subexpressions(block, primal, keys)
    return merge_common_subexpressions(simplify_algebra(block, primal, shapes), primal, keys)
