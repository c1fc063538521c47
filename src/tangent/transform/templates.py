"""The use of a rule: its template's statements, with the arguments of a call in place of its parameters."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.calls import bind, function_of, is_call_of
from tangent.errors import RuleError
from tangent.frontend.templates import Template, lower_template
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    Global,
    Lib,
    Namespace,
    Origin,
    Statement,
    Var,
)
from tangent.ir.walk import (
    all_statements,
    bound,
    copy_block,
    expr_vars,
    map_expr,
    map_statement,
    nested_blocks,
    replaced,
    statement_vars,
    used_vars,
    with_blocks,
)
from tangent.rules.libraries import MATH, Library
from tangent.rules.registry import Rule
from tangent.simplify.copies import TESTS, propagate_copies
from tangent.simplify.dead_code import remove_dead_code

__all__ = [
    "differentiated", "instantiate", "lib_of", "library_path", "needed", "runtime_path", "template_program",
]


@functools.cache
def template_program(rule: Rule, template: Any) -> Template:
    """The program of a rule's template, which may be one already, with the names that the rule has for parameters."""
    program = _lowered(template)
    assert rule.signature is not None
    own = (rule.result, *rule.signature.parameters)
    names = dict(zip(program.params, own, strict=True))
    if (*program.params,) == own:
        return program
    return replace(
        program, params={names[n]: v for n, v in program.params.items()},
        derivatives_in={names[n]: v for n, v in program.derivatives_in.items()},
        derivatives_out={names[n]: v for n, v in program.derivatives_out.items()},
    )


@functools.cache
def _lowered(template: Any) -> Template:
    """The lowered template of a rule, which may be one already; made once."""
    return template if isinstance(template, Template) else lower_template(template)


def differentiated(rule: Rule) -> frozenset[str]:
    """The parameters for which the template of the adjoint gives a derivative."""
    return frozenset(template_program(rule, rule.reverse).derivatives_out)


def needed(statements: Sequence[Statement], outputs: Iterable[Expr]) -> list[Statement]:
    """The statements on which some outputs depend, and those that have an effect."""
    if not statements:
        return []
    wanted = {v for e in outputs for v in expr_vars(e)}
    kept = []
    for statement in reversed(statements):
        inner = (s for b in nested_blocks(statement) for s in all_statements(b))
        has_effect = any(type(s) is Assign and s.effect for s in (statement, *inner))
        if has_effect or any(v in wanted for v in bound(statement)):
            kept.append(statement)
            wanted.update(statement_vars(statement))
            for block in nested_blocks(statement):
                wanted.update(used_vars(block))
    return kept[::-1]


def instantiate(
    rule: Rule, template: Any, call: Call, result: Expr, derivatives: Mapping[str, Atom], origin: Origin | None,
    library: Library | None = None,
) -> tuple[list[Statement], dict[str, Expr], tuple[Expr, ...]]:
    """The statements of a template for one call, with functions of `library` in the place of NumPy's.

    Returns:
        the statements, what they assign to `d[name]` by name, and what the template returns.
    """
    program = template_program(rule, template)
    arguments = bind(rule, call)
    assert arguments is not None and rule.signature is not None
    mapping: dict[Var, Expr] = {}
    before: list[Statement] = []
    for name, var in zip((rule.result, *rule.signature.parameters), program.params.values(), strict=True):
        if name == rule.result:
            mapping[var] = result
        elif name in arguments:
            mapping[var] = _argument(arguments[name], before)
        else:
            mapping[var] = _default(rule, name, before)
    for name, var in program.derivatives_in.items():
        if name not in derivatives:
            raise RuleError(f"the rule of {rule.name} reads d[{name}], which is not known there")
        mapping[var] = derivatives[name]
    body = _body(template, MATH if getattr(function_of(call), "__module__", None) == "math" else library)
    if body.block.statements:
        copied = copy_block(body.block, mapping)
        if body.asks:
            copied = propagate_copies(copied)
        statements, yields = before + [_at(s, origin) for s in copied.statements], copied.yields
    else:
        statements, yields = before, tuple([replaced(y, mapping) for y in body.block.yields])
    names = program.derivatives_out
    return statements, dict(zip(names, yields, strict=False)), yields[len(names) :]


@dataclass(frozen=True, slots=True)
class _Body:
    """The statements of a template, which yield what it assigns to `d[name]` and what it returns."""

    block: Block
    asks: bool
    """Whether it has branches or tests, which the arguments of a call may decide."""


@functools.cache
def _body(template: Any, library: Library | None) -> _Body:
    program = _lowered(template)
    block = Block(program.statements, (*program.derivatives_out.values(), *program.returns))
    block = remove_dead_code(propagate_copies(_libraries(block, library)))
    asks = any(type(s) is not Assign or is_call_of(s.value, *TESTS) for s in block.statements)
    return _Body(block, asks)


def _argument(value: Expr | tuple[Expr, ...], before: list[Statement]) -> Expr:
    if not isinstance(value, tuple):
        return value
    packed = Var("arguments")  # `*args` of the template
    before.append(Assign((packed,), Call(Lib(primitives.make_tuple), value)))
    return packed


def _default(rule: Rule, name: str, before: list[Statement]) -> Expr:
    assert rule.signature is not None
    parameter = rule.signature.parameters[name]
    if parameter.kind is parameter.VAR_POSITIONAL:
        return _argument((), before)
    value = parameter.default
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return Const(value)
    return Global(name, value, Namespace({}, {name: types.CellType(value)}))


def _at(statement: Statement, origin: Origin | None) -> Statement:
    """A statement of a template as one of the user's statement at `origin`."""
    if type(statement) is Assign:
        return Assign(statement.targets, statement.value, origin, statement.effect)

    def block(block: Block) -> Block:
        return replace(block, statements=tuple([_at(s, origin) for s in block.statements]))

    return replace(with_blocks(statement, block), origin=origin)


def _libraries(block: Block, library: Library | None) -> Block:
    """Names of the template's module become references to objects of the library that the user's code uses."""

    def change(expr: Expr) -> Expr:
        return lib_of(expr, library) if type(expr) is Global else expr

    statements: list[Statement] = []
    for statement in block.statements:
        if type(statement) is Assign:
            value = map_expr(statement.value, change)
            if type(value) is Call and type(value.fn) is Global:
                value = Call(lib_of(value.fn, library), value.args, value.kwargs)
            statements.append(Assign(statement.targets, value, statement.origin, statement.effect))
        else:
            statements.append(map_statement(
                statement, lambda e: map_expr(e, change), lambda v: v, lambda b: _libraries(b, library)
            ))
    return Block(tuple(statements), tuple(map_expr(y, change) for y in block.yields), block.stop)


def lib_of(name: Global, library: Library | None = None) -> Lib | Global:
    """A library object that a template names, by the true name of its module.

    What a user's template finds in its own module, or in a function around it, is read there when the derivative runs.
    """
    root, *attributes = name.path.split(".")
    module = name.home.globals.get(root) if root not in name.home.cells else name.home.cells[root].cell_contents
    is_own = root in name.home.globals or root in name.home.cells
    if is_own and not isinstance(module, types.ModuleType) and not _is_of_tangent(name.home):
        return name
    if isinstance(module, types.ModuleType):
        if library is not None and module is np and (own := library.spelled(".".join(attributes))) is not None:
            return Lib(*own)
        if module is runtime:
            return Lib(name.value, runtime_path(name.value))
        return Lib(name.value, ".".join([module.__name__, *attributes]))
    if root in name.home.cells:
        return Lib(name.value, ".".join([library_path(name.home.cells[root].cell_contents), *attributes]))
    return Lib(name.value, runtime_path(name.value))


def _is_of_tangent(home: Namespace) -> bool:
    return str(home.globals.get("__name__", "")).partition(".")[0] == "tangent"


def library_path(value: Any) -> str:
    """Where an object of a library is found: `scipy.stats.norm`."""
    if isinstance(value, types.FunctionType):
        return f"{value.__module__}.{value.__name__}"
    module = type(value).__module__.partition("._")[0]
    return next(f"{module}.{name}" for name, found in vars(sys.modules[module]).items() if found is value)


def call_of(fn: Any, *args: Expr) -> Call:
    """A call of one of the functions that generated code calls."""
    return Call(Lib(fn, runtime_path(fn)), args)


def runtime_path(value: Any) -> str:
    """Where generated code finds a helper: `tangent.unbroadcast`."""
    module = getattr(value, "__module__", "") or ""
    if module.startswith("tangent."):
        return f"tangent.{value.__name__}"
    return f"{module}.{getattr(value, '__name__', '')}"
