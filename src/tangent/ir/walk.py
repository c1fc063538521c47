"""Going through programs: operands, uses, substitution, copies with fresh values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Const,
    Expr,
    For,
    Global,
    If,
    Lib,
    Statement,
    Undefined,
    Var,
    While,
)

__all__ = [
    "all_bound", "all_statements", "bound", "copy_block", "expr_vars", "joined", "map_block", "map_expr",
    "map_statement", "nested_blocks", "rename", "statement_vars", "substitute", "used_vars", "with_blocks",
]


def expr_vars(expr: Expr) -> Iterator[Var]:
    """The values that an expression reads, with repetitions."""
    match expr:
        case Var():
            yield expr
        case Call(fn=fn, args=args, kwargs=kwargs):
            if isinstance(fn, Var | Call | Cond):
                yield from expr_vars(fn)
            for arg in args:
                if isinstance(arg, Var):
                    yield arg
                elif isinstance(arg, Call | Cond):
                    yield from expr_vars(arg)
            for _, value in kwargs:
                yield from expr_vars(value)
        case Cond(test=test, then=then, orelse=orelse):
            yield from expr_vars(test)
            yield from expr_vars(then)
            yield from expr_vars(orelse)


def statement_vars(statement: Statement) -> Iterator[Var]:
    """The values that a statement reads itself, without those that its blocks read."""
    match statement:
        case Assign(value=value):
            yield from expr_vars(value)
        case If(test=test):
            yield from expr_vars(test)
        case For(bounds=bounds, inits=inits):
            for expr in (*bounds, *inits):
                yield from expr_vars(expr)
        case While(inits=inits):
            for expr in inits:
                yield from expr_vars(expr)


def nested_blocks(statement: Statement) -> tuple[Block, ...]:
    match statement:
        case Assign():
            return ()
        case If(then=then, orelse=orelse):
            return (then, orelse)
        case For(body=body):
            return (body,)
        case While(header=header, body=body):
            return (header, body)
    assert_never(statement)


def bound(statement: Statement) -> tuple[Var, ...]:
    """The values that a statement binds in the block in which it stands."""
    return statement.targets if isinstance(statement, Assign) else statement.results


def all_bound(statement: Statement) -> tuple[Var, ...]:
    """The values that a statement binds, those of its blocks' heads included."""
    if isinstance(statement, For):
        return (*statement.results, *statement.params, statement.index)
    if isinstance(statement, While):
        return (*statement.results, *statement.params)
    return bound(statement)


def all_statements(block: Block) -> Iterator[Statement]:
    """All statements of a block, nested ones included, outer before inner."""
    for statement in block.statements:
        yield statement
        for inner in nested_blocks(statement):
            yield from all_statements(inner)


def used_vars(block: Block) -> Iterator[Var]:
    """All values that are read in a block, those bound in it included."""
    for statement in block.statements:
        yield from statement_vars(statement)
        for inner in nested_blocks(statement):
            yield from used_vars(inner)
    for expr in block.yields:
        yield from expr_vars(expr)
    if block.stop is not None:
        yield from expr_vars(block.stop)


def joined(block: Block) -> dict[Var, tuple[Expr, Expr]]:
    """The two values that each result of a branch or a loop, and each parameter of a loop, may be."""
    found: dict[Var, tuple[Expr, Expr]] = {}
    for statement in all_statements(block):
        match statement:
            case If(then=then, orelse=orelse, results=results):
                found.update((r, (a, b)) for r, a, b in zip(results, then.yields, orelse.yields, strict=True))
            case For(params=params, inits=inits) | While(params=params, inits=inits):
                ends = zip(inits, statement.body.yields, strict=True)
                for param, result, pair in zip(params, statement.results, ends, strict=True):
                    found[param] = found[result] = pair
    return found


def map_expr(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Rebuild an expression with `change` applied to its atoms."""
    match expr:
        case Call(fn=fn, args=args, kwargs=kwargs):
            new_fn = map_expr(fn, change) if isinstance(fn, Var | Call | Cond) else fn
            new_args = tuple([map_expr(a, change) for a in args])
            new_kwargs = tuple([(k, map_expr(v, change)) for k, v in kwargs]) if kwargs else kwargs
            return Call(new_fn, new_args, new_kwargs)  # type: ignore[arg-type]
        case Cond(test=test, then=then, orelse=orelse):
            return Cond(map_expr(test, change), map_expr(then, change), map_expr(orelse, change))
        case Var() | Const() | Global() | Lib() | Undefined():
            return change(expr)
    assert_never(expr)


def map_statement(
    statement: Statement, change: Callable[[Expr], Expr], bind: Callable[[Var], Var], block: Callable[[Block], Block]
) -> Statement:
    """Rebuild a statement: operands through `change`, bound values through `bind`, blocks through `block`."""

    def exprs(items: Iterable[Expr]) -> tuple[Expr, ...]:
        return tuple([map_expr(e, change) for e in items])

    match statement:
        case Assign(targets=targets, value=value, origin=origin, effect=effect):
            return Assign(tuple([bind(t) for t in targets]), map_expr(value, change), origin, effect)
        case If(then=then, orelse=orelse, results=results):
            test = map_expr(statement.test, change)
            results = tuple([bind(r) for r in results])
            return If(test, block(then), block(orelse), results, statement.origin, statement.region)
        case For(bounds=bounds, params=params, results=results):
            a, b, c = exprs(bounds)
            inits = exprs(statement.inits)
            index, params = bind(statement.index), tuple([bind(p) for p in params])
            body, results = block(statement.body), tuple([bind(r) for r in results])
            return For(index, (a, b, c), params, inits, body, results, statement.origin, statement.region)
        case While(params=params, results=results):
            inits = exprs(statement.inits)
            params = tuple([bind(p) for p in params])
            header, body = block(statement.header), block(statement.body)
            results = tuple([bind(r) for r in results])
            return While(header, params, inits, body, results, statement.origin, statement.region)
    assert_never(statement)


def with_blocks(statement: Statement, change: Callable[[Block], Block]) -> Statement:
    """A statement with other blocks: those of a branch or a loop through `change`, the rest as it is."""
    match statement:
        case Assign():
            return statement
        case If(then=then, orelse=orelse):
            return replace(statement, then=change(then), orelse=change(orelse))
        case For(body=body):
            return replace(statement, body=change(body))
        case While(header=header, body=body):
            return replace(statement, header=change(header), body=change(body))
    assert_never(statement)


def map_block(block: Block, change: Callable[[Expr], Expr], bind: Callable[[Var], Var]) -> Block:
    """Rebuild a block and those in it, in the order of the text: see `map_statement`."""

    def inner(block: Block) -> Block:
        statements = tuple([map_statement(s, change, bind, inner) for s in block.statements])
        yields = tuple([map_expr(y, change) for y in block.yields])
        return Block(statements, yields, None if block.stop is None else map_expr(block.stop, change))

    return inner(block)


def substitute(block: Block, mapping: Mapping[Var, Expr]) -> Block:
    """Replace values by atoms (or other expressions) throughout a block."""
    if not mapping:
        return block

    def change(expr: Expr) -> Expr:
        return mapping.get(expr, expr) if isinstance(expr, Var) else expr

    return map_block(block, change, lambda v: v)


def rename(block: Block, names: Mapping[Var, Var]) -> Block:
    """Replace values throughout a block, where they are bound as well as where they are read."""
    if not names:
        return block

    def change(expr: Expr) -> Expr:
        return names.get(expr, expr) if isinstance(expr, Var) else expr

    return map_block(block, change, lambda v: names.get(v, v))


def copy_block(block: Block, mapping: dict[Var, Expr]) -> Block:
    """A copy in which everything bound is fresh; `mapping` says what free values become, and is extended."""

    def change(expr: Expr) -> Expr:
        return mapping.get(expr, expr) if isinstance(expr, Var) else expr

    def bind(var: Var) -> Var:
        fresh = Var(var.hint, var.named)
        mapping[var] = fresh
        return fresh

    return map_block(block, change, bind)
