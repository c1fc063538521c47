"""The tangents of the body of a `try`, behind the `try`: what they raise is not for its handlers.

    try:                                  try:
        y = math.sqrt(x)                      y = math.sqrt(x)
        dy = 0.5 / y * dx          ->         completed = True
    except ValueError: ...                except ValueError: ...
                                          if completed:
                                              dy = 0.5 / y * dx

What the tangents read of the body is passed out of it.  Loops and branches, whose values and tangents are computed
together, are run again, without their effects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tangent.analysis.calls import is_call_of, source_function
from tangent.errors import UnsupportedError
from tangent.frontend.lower import lower
from tangent.ir import primitives
from tangent.ir.attempts import is_bracket, is_setting
from tangent.ir.nodes import Assign, Block, Call, Expr, GeneratedFunction, If, Statement, Var
from tangent.ir.walk import all_bound, all_statements, bound, rename, used_vars, with_blocks

__all__ = ["Behind", "behind", "completed", "is_raised"]


@dataclass(frozen=True, slots=True)
class Behind:
    """The statements of a body that can stand behind it."""

    block: Block
    passed: dict[Var, Var]
    """The values of the body that they read, with what these are outside."""
    renamed: dict[Var, Var]
    """All values that have another name outside."""


def behind(body: Block, made: Iterable[Statement], yields: tuple[Expr, ...]) -> Behind:
    """What of `made`, the statements of `body` and those of tangents, computes `yields`, as it stands behind `body`."""
    kept = {s for s in all_statements(body) if is_bracket(s)}
    primal = set(body.statements) - kept
    entered = {
        s.targets[0] for s in kept if type(s) is Assign and s.targets and is_setting(s.value)
    }
    block = _without_effects(Block(tuple([s for s in made if s not in primal]), yields), entered)
    inner = {v for s in all_statements(body) for v in all_bound(s)}
    again = {v for s in all_statements(block) for v in all_bound(s)} & inner
    read = set(used_vars(block)) - again
    passed = {v: Var(v.hint, v.named) for s in body.statements for v in bound(s) if v in read}
    renamed = passed | {v: Var(v.hint, v.named) for v in again}
    return Behind(rename(block, renamed), passed, renamed)


def _without_effects(block: Block, settings: set[Var]) -> Block:
    """A block that can be run once more; of its contexts, those of `settings` stay."""
    statements: list[Statement] = []
    for statement in block.statements:
        if is_raised(Block((statement,))):
            statements.append(statement)
        elif type(statement) is not Assign or not statement.effect:
            statements.append(with_blocks(statement, lambda b: _without_effects(b, settings)))
        elif is_bracket(statement):
            if any(v in settings for v in (*statement.targets, *used_vars(Block((statement,))))):
                statements.append(statement)
        elif statement.targets and not only_raises(statement):
            raise UnsupportedError(
                "unsupported in forward mode: a call with an effect and a derivative, inside of `try`",
                "call it outside of the `try` statement", statement.origin,
            )
        elif statement.targets:
            statements.append(replace(statement, effect=False))
    return replace(block, statements=tuple(statements))


def only_raises(statement: Statement, seen: tuple[Any, ...] = ()) -> bool:
    """Whether a statement has no effect but the exceptions that it may raise."""
    if type(statement) is not Assign or not statement.effect:
        return True
    assert type(statement.value) is Call
    fn = source_function(statement.value)
    if fn is None:
        return is_call_of(statement.value, primitives.raise_, primitives.assert_)
    if isinstance(fn, GeneratedFunction) and fn.function is None:
        fn = fn.primal
    if fn in seen:
        return True
    program = fn.function if isinstance(fn, GeneratedFunction) else lower(fn).function
    assert program is not None
    return all(only_raises(s, (*seen, fn)) for s in all_statements(program.body))


def completed(statement: If) -> tuple[Var, bool] | None:
    """The result of a `try` that says whether its body ran to the end, or (False) whether it did not."""
    for result, then, orelse in zip(statement.results, statement.then.yields, statement.orelse.yields, strict=True):
        said = getattr(then, "value", None), getattr(orelse, "value", None)
        if said in ((True, False), (False, True)) and type(said[0]) is bool:
            return result, said[0]
    return None


def is_raised(block: Block) -> bool:
    """Whether a block always ends by raising an exception."""
    return any(type(s) is Assign and is_call_of(s.value, primitives.raise_) for s in block.statements)
