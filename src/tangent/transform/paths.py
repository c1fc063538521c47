"""Derivatives with respect to a part of an argument: `wrt='model.W'`, `wrt='layers[0].b'`.

The part becomes a parameter of the program, the derivative is made with respect to that, and in the derivative it is
again what stands in the argument.

    def loss(model, x):                def loss(model, x, *, W):
        W = model.W              ->        product = W @ x
        product = W @ x                    ...
        ...
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from inspect import Parameter as P
from typing import Any

from tangent import runtime
from tangent.analysis.calls import is_call_of
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, Field, Function, Lib, Parameter, Statement, Var
from tangent.ir.walk import all_statements, expr_vars, substitute, used_vars, with_blocks

__all__ = ["Path", "Wanted", "focused", "parsed", "unfocused"]


@dataclass(frozen=True, slots=True)
class Path:
    """A part of the argument at a position, by the attributes and items on the way to it."""

    position: int
    keys: tuple[Any, ...]
    text: str

    @property
    def name(self) -> str:
        """A name for the part: the last of the attributes, `W` for `model.W`."""
        names = [key for key in self.keys if isinstance(key, str) and key.isidentifier()]
        return names[-1] if names else "part"


Wanted = int | Path
"""An argument, or a part of one, to differentiate with respect to."""


def parsed(text: str, names: list[str]) -> Path:
    """The path that `model.layers[0].W` spells.

    Raises:
        ValueError: it is none, or does not begin with the name of an argument.
    """
    keys: list[Any] = []
    node: ast.expr | None
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        node = None
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            keys.append(Field(node.attr))
        else:
            try:
                keys.append(ast.literal_eval(node.slice))
            except ValueError:
                break
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names or not keys:
        raise ValueError(
            f"wrt={text!r} names no argument and no part of one, such as 'model.W' or 'params[0]'; "
            f"the arguments are {', '.join(names)}"
        )
    return Path(names.index(node.id), tuple(reversed(keys)), text)


def focused(program: Function, wrt: Iterable[Wanted]) -> tuple[Function, tuple[int, ...]]:
    """The program with a parameter for each path, and the positions to differentiate with respect to."""
    positions: list[int] = []
    for one in wrt:
        if isinstance(one, Path):
            program = _with_part(program, one)
            positions.append(len(program.parameters) - 1)
        else:
            positions.append(one)
    return program, tuple(positions)


def unfocused(made: Function, wrt: Iterable[Wanted], program: Function) -> Function:
    """A derivative of a focused program, where parts are taken from the arguments again."""
    paths = [one for one in wrt if isinstance(one, Path)]
    if not paths:
        return made
    parts = dict(zip(program.params[-len(paths) :], paths, strict=True))
    used = set(used_vars(made.body))
    taken: list[Statement] = []
    for part, path in parts.items():
        if part in used:
            taken += _taken(program.params[path.position], path.keys, part)
    body = replace(made.body, statements=(*taken, *made.body.statements))
    return replace(made, body=body, parameters=tuple([p for p in made.parameters if p.var not in parts]))


def _taken(container: Expr, keys: tuple[Any, ...], part: Var) -> list[Statement]:
    """The statements that take a part from an argument."""
    statements: list[Statement] = []
    for key in keys:
        target = part if len(statements) == len(keys) - 1 else _inner(key)
        statements.append(Assign((target,), Call(Lib(operator.getitem), (container, Const(key)))))
        container = target
    return statements


def _inner(key: Any) -> Var:
    return Var(key if isinstance(key, str) and key.isidentifier() else "item")


def _with_part(program: Function, path: Path) -> Function:
    argument = program.params[path.position]
    part = Var(path.name, named=True)
    block = _without_reads(program.body, argument, path.keys, part)
    if _may_reach(block, argument, path.keys):
        changed, statements = _changed(argument, path.keys, part)
        block = substitute(block, {argument: changed})
        block = replace(block, statements=(*statements, *block.statements))
    parameter = Parameter(part, P.KEYWORD_ONLY)
    return replace(program, parameters=(*program.parameters, parameter), body=block)


def _without_reads(block: Block, container: Expr, keys: tuple[Any, ...], part: Var) -> Block:
    """A block in which the part of the argument is not read from it, where it is read by this very path."""
    statements: list[Statement] = []
    replaced: dict[Var, Expr] = {}
    inner: list[Var] = []
    for statement in block.statements:
        if type(statement) is Assign and _reads(statement.value, container, keys[0]):
            if len(keys) == 1:
                replaced[statement.targets[0]] = part
                continue
            inner.append(statement.targets[0])
        elif type(statement) is not Assign:
            statement = with_blocks(statement, lambda b: _without_reads(b, container, keys, part))
        statements.append(statement)
    block = substitute(replace(block, statements=tuple(statements)), replaced)
    for one in inner:
        block = _without_reads(block, one, keys[1:], part)
    return block


def _reads(value: Expr, container: Expr, key: Any) -> bool:
    if type(value) is not Call or type(value.fn) is not Lib or value.fn.value is not operator.getitem:
        return False
    index = value.args[1]
    return value.args[0] is container and type(index) is Const and (type(index.value), index.value) == (
        type(key), key
    )


def _may_reach(block: Block, container: Var, keys: tuple[Any, ...]) -> bool:
    """Whether a part is reached by another way than the path: by a function that is called, or by a loop."""
    harmless = 0
    for statement in all_statements(block):
        if type(statement) is not Assign:
            continue
        value = statement.value
        if _reads(value, container, keys[0]):
            harmless += len(keys) > 1 and not _may_reach(block, statement.targets[0], keys[1:])
        elif _is_elsewhere(value, container, keys[0]) or is_call_of(value, runtime.check_class):
            harmless += any(v is container for v in expr_vars(value))
    return sum(v is container for v in used_vars(block)) > harmless


def _is_elsewhere(value: Expr, argument: Var, key: Any) -> bool:
    """Whether an expression reads another attribute or item of the argument."""
    if type(value) is not Call or type(value.fn) is not Lib or value.fn.value is not operator.getitem:
        return False
    index = value.args[1]
    return value.args[0] is argument and type(index) is Const and type(index.value) is type(key) and (
        index.value != key and not (isinstance(key, int) and (key < 0 or index.value < 0))
    )


def _changed(argument: Var, keys: tuple[Any, ...], part: Var) -> tuple[Var, list[Statement]]:
    """The argument with the parameter in the place of its part."""
    containers: list[Var] = [argument]
    statements: list[Statement] = []
    for key in keys[:-1]:
        inner = _inner(key)
        statements.append(Assign((inner,), Call(Lib(operator.getitem), (containers[-1], Const(key)))))
        containers.append(inner)
    value: Expr = part
    for container, key in zip(reversed(containers), reversed(keys), strict=True):
        updated = Var(container.hint, container.named)
        statements.append(Assign((updated,), Call(Lib(primitives.update_item), (container, Const(key), value))))
        value = updated
    return updated, statements
