"""Going through programs: operands, uses, substitution, copies with fresh values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, assert_never

from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Expr,
    For,
    If,
    Insertion,
    Role,
    Statement,
    Var,
    While,
    with_role,
)

__all__ = [
    "VALUES", "all_bound", "all_statements", "assignments", "bound", "copy_block", "expr_vars", "in_role",
    "joined", "map_block", "map_expr", "map_statement", "nested_blocks", "rename", "replaced", "statement_vars",
    "substitute", "used_vars", "with_blocks", "with_replaced", "with_statements", "with_value",
]


_COMPOUND = frozenset((Call, Cond))
"""What operands are where expressions were folded into each other."""
VALUES = frozenset((Var, Call, Cond))
"""What a called function is where it is not known by itself."""

# These functions are called a few hundred times for each operation of a program.


def expr_vars(expr: Expr) -> Sequence[Var]:
    """The values that an expression reads, with repetitions."""
    if type(expr) is Var:
        return (expr,)
    if type(expr) is Call:
        if expr.reads is None:
            expr.reads = _operand_vars(expr)  # type: ignore[misc]  # a fact about the node, kept on it
        return expr.reads
    return _operand_vars(expr) if type(expr) is Cond else ()


def _operand_vars(expr: Call | Cond) -> tuple[Var, ...]:
    found: list[Var] = []
    for part in operands(expr):
        if type(part) is Var:
            found.append(part)
        elif type(part) in _COMPOUND:
            found += expr_vars(part)
    return tuple(found)


def operands(expr: Call | Cond) -> Sequence[Any]:
    """The function of a call, where it is a value, and the operands."""
    if type(expr) is Cond:
        return (expr.test, expr.then, expr.orelse)
    args: Sequence[Any] = expr.args
    if expr.kwargs:
        args = [*args, *(value for _, value in expr.kwargs)]
    return (expr.fn, *args) if type(expr.fn) in VALUES else args


def statement_vars(statement: Statement) -> Sequence[Var]:
    """The values that a statement reads itself, without those that its blocks read."""
    match statement:
        case Assign():
            return expr_vars(statement.value)
        case If():
            return expr_vars(statement.test)
        case For():
            return [v for expr in (*statement.bounds, *statement.inits) for v in expr_vars(expr)]
        case While():
            return [v for expr in statement.inits for v in expr_vars(expr)]
    assert_never(statement)


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
    return statement.targets if type(statement) is Assign else statement.results


def all_bound(statement: Statement) -> tuple[Var, ...]:
    """The values that a statement binds, those of its blocks' heads included."""
    if type(statement) is Assign:
        return statement.targets
    if type(statement) is For:
        return (*statement.results, *statement.params, statement.index)
    if type(statement) is While:
        return (*statement.results, *statement.params)
    return statement.results


def all_statements(block: Block) -> Sequence[Statement]:
    """All statements of a block, nested ones included, outer before inner."""
    if block.all is None:
        found: list[Statement] = []
        _collect(block, found)
        block.all = found  # type: ignore[misc]  # a fact about the node, kept on it
    return block.all


def _collect(block: Block, found: list[Statement]) -> None:
    for statement in block.statements:
        found.append(statement)
        if type(statement) is not Assign:
            for inner in nested_blocks(statement):
                _collect(inner, found)


def assignments(block: Block) -> dict[Var, Assign]:
    """The statements of a block that bind values by an expression, by these; nested ones included."""
    return {t: s for s in all_statements(block) if type(s) is Assign for t in s.targets}


def used_vars(block: Block) -> list[Var]:
    """All values that are read in a block, those bound in it included, with repetitions."""
    found: list[Var] = []
    for statement in block.statements:
        if type(statement) is Assign:
            found += expr_vars(statement.value)
        else:
            found += statement_vars(statement)
            for inner in nested_blocks(statement):
                found += used_vars(inner)
    for expr in block.yields:
        found += expr_vars(expr)
    if block.stop is not None:
        found += expr_vars(block.stop)
    return found


def atoms_in(block: Block) -> Set[Expr]:
    """All atoms that a block and those in it read."""
    found: set[Expr] = set()

    def note(atom: Expr) -> Expr:
        found.add(atom)
        return atom

    map_block(block, lambda expr: map_expr(expr, note), lambda var: var)
    return found


def joined(block: Block) -> Mapping[Var, tuple[Expr, Expr]]:
    """The two values that each result of a branch or a loop, and each parameter of a loop, may be.

    A value that code is inserted for is itself, under another name.
    """
    if block.joins is None:
        block.joins = _joined(block)  # type: ignore[misc]  # a fact about the node, kept on it
    return block.joins


def _joined(block: Block) -> dict[Var, tuple[Expr, Expr]]:
    found: dict[Var, tuple[Expr, Expr]] = {}
    for statement in all_statements(block):
        match statement:
            case Assign(value=value):
                if type(value) is Call and type(value.fn) is Insertion:
                    found.update((t, (a, a)) for t, a in zip(statement.targets, value.args, strict=False))
            case If(then=then, orelse=orelse, results=results):
                found.update((r, (a, b)) for r, a, b in zip(results, then.yields, orelse.yields, strict=True))
            case For(params=params, inits=inits) | While(params=params, inits=inits):
                ends = zip(inits, statement.body.yields, strict=True)
                for param, result, pair in zip(params, statement.results, ends, strict=True):
                    found[param] = found[result] = pair
    return found


def map_expr(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """An expression with `change` applied to its atoms; the very expression where none changes."""
    if type(expr) is Call:
        fn = map_expr(expr.fn, change) if type(expr.fn) in VALUES else expr.fn  # type: ignore[arg-type]
        args = tuple([map_expr(a, change) if type(a) in _COMPOUND else change(a) for a in expr.args])
        kwargs = tuple([(k, map_expr(v, change)) for k, v in expr.kwargs]) if expr.kwargs else expr.kwargs
        if fn is expr.fn and args == expr.args and kwargs == expr.kwargs:
            return expr
        return Call(fn, args, kwargs)
    if type(expr) is Cond:
        return Cond(map_expr(expr.test, change), map_expr(expr.then, change), map_expr(expr.orelse, change))
    return change(expr)


def replaced(expr: Expr, by: Mapping[Any, Expr]) -> Expr:
    """An expression with values replaced by atoms (or other expressions); the very expression where none is."""
    if not by:
        return expr
    if type(expr) is not Call:
        return map_expr(expr, lambda atom: by.get(atom, atom)) if type(expr) is Cond else by.get(expr, expr)
    if by.keys().isdisjoint(expr_vars(expr)):
        return expr
    args = tuple([replaced(a, by) if type(a) in _COMPOUND else by.get(a, a) for a in expr.args])
    kwargs = tuple([(k, replaced(v, by)) for k, v in expr.kwargs]) if expr.kwargs else expr.kwargs
    fn = replaced(expr.fn, by) if type(expr.fn) in VALUES else expr.fn  # type: ignore[arg-type]
    return Call(fn, args, kwargs)


def map_statement(
    statement: Statement, change: Callable[[Expr], Expr], bind: Callable[[Var], Var], block: Callable[[Block], Block]
) -> Statement:
    """Rebuild a statement: expressions through `change`, bound values through `bind`, blocks through `block`."""
    if type(statement) is Assign:
        targets = tuple([bind(t) for t in statement.targets])
        return Assign(targets, change(statement.value), statement.origin, statement.effect)

    def exprs(items: Iterable[Expr]) -> tuple[Expr, ...]:
        return tuple([change(e) for e in items])

    match statement:
        case If(then=then, orelse=orelse, results=results):
            test = change(statement.test)
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


def with_value(statement: Assign, value: Expr) -> Assign:
    """A statement that binds its targets to another value; the very statement where it is what it was."""
    if value is statement.value:
        return statement
    return Assign(statement.targets, value, statement.origin, statement.effect)


def with_replaced(statement: Assign, by: Mapping[Any, Expr]) -> Assign:
    """A statement whose expression has values replaced; the very statement where none is."""
    value = statement.value
    if not by or type(value) is Call and by.keys().isdisjoint(expr_vars(value)):
        return statement
    return with_value(statement, replaced(value, by))


def with_blocks(statement: Statement, change: Callable[[Block], Block]) -> Statement:
    """A statement with other blocks: those of a branch or a loop through `change`, the rest as it is.

    It is the very statement where these are the very blocks.
    """
    if type(statement) is Assign:
        return statement
    results, origin, region = statement.results, statement.origin, statement.region
    if type(statement) is If:
        then, orelse = change(statement.then), change(statement.orelse)
        if then is statement.then and orelse is statement.orelse:
            return statement
        return If(statement.test, then, orelse, results, origin, region)
    params, inits, body = statement.params, statement.inits, change(statement.body)
    if type(statement) is For:
        if body is statement.body:
            return statement
        return For(statement.index, statement.bounds, params, inits, body, results, origin, region)
    header = change(statement.header)
    if body is statement.body and header is statement.header:
        return statement
    return While(header, params, inits, body, results, origin, region)


def with_statements(block: Block, statements: Iterable[Statement]) -> Block:
    """A block with other statements; the very block where these are the very statements."""
    statements = tuple(statements)
    return block if statements == block.statements else Block(statements, block.yields, block.stop)


def in_role(block: Block, role: Role) -> Block:
    """A block whose statements, and those inside of them, have another role."""

    def change(statement: Statement) -> Statement:
        origin = with_role(statement.origin, role)
        if type(statement) is Assign:
            return Assign(statement.targets, statement.value, origin, statement.effect)
        return replace(with_blocks(statement, lambda inner: in_role(inner, role)), origin=origin)

    return Block(tuple([change(s) for s in block.statements]), block.yields, block.stop)


def map_block(block: Block, change: Callable[[Expr], Expr], bind: Callable[[Var], Var]) -> Block:
    """Rebuild a block and those in it, in the order of the text: see `map_statement`."""

    def inner(block: Block) -> Block:
        return map_block(block, change, bind)

    statements = tuple([map_statement(s, change, bind, inner) for s in block.statements])
    yields = tuple([change(y) for y in block.yields])
    return Block(statements, yields, None if block.stop is None else change(block.stop))


def substitute(block: Block, mapping: Mapping[Var, Expr]) -> Block:
    """Replace values by atoms (or other expressions) throughout a block."""
    return _with_others(block, mapping, {}) if mapping else block


def rename(block: Block, names: Mapping[Var, Var]) -> Block:
    """Replace values throughout a block, where they are bound as well as where they are read."""
    return _with_others(block, names, names) if names else block


def _with_others(block: Block, read: Mapping[Var, Expr], bound: Mapping[Var, Var]) -> Block:
    """A block that reads, and binds, other values in the place of some; its statements are the same where none does."""

    def bind(var: Var) -> Var:
        return bound.get(var, var)

    statements: list[Statement] = []
    for statement in block.statements:
        if type(statement) is not Assign:
            statements.append(map_statement(
                statement, lambda e: replaced(e, read), bind, lambda b: _with_others(b, read, bound)
            ))
            continue
        statement = with_replaced(statement, read)
        if not bound.keys().isdisjoint(statement.targets):
            targets = tuple(map(bind, statement.targets))
            statement = Assign(targets, statement.value, statement.origin, statement.effect)
        statements.append(statement)
    yields = tuple([replaced(y, read) for y in block.yields])
    return Block(tuple(statements), yields, None if block.stop is None else replaced(block.stop, read))


def copy_block(block: Block, mapping: dict[Var, Expr]) -> Block:
    """A copy in which everything bound is fresh; `mapping` says what free values become, and is extended."""

    def bind(var: Var) -> Var:
        mapping[var] = fresh = Var(var.hint, var.named)
        return fresh

    return map_block(block, lambda e: replaced(e, mapping), bind)
