"""Derivatives that the user's code makes itself: each becomes a function of its own, which the program calls.

    slope = Derivative(of g)(1.0, x)     ->     slope = dgdy(1.0, x)

The inner derivative is made first, as a program like any other, and is differentiated as such.  So the two
directions are different values, and can't be confused (Siskind & Pearlmutter, Perturbation Confusion and
Referential Transparency, 2005).
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from tangent.errors import UnsupportedError
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Derivative,
    Expr,
    For,
    Function,
    GeneratedFunction,
    If,
    Origin,
    Statement,
    While,
)
from tangent.ir.walk import map_expr, with_blocks, with_statements
from tangent.transform.derivation import Derivation
from tangent.transform.forward import ForwardMode
from tangent.transform.reverse import ReverseMode

__all__ = ["with_derivatives"]


def with_derivatives(program: Function, derivation: Derivation) -> Function:
    """The program with functions in the place of the derivatives that it calls.

    Raises:
        UnsupportedError: a function is used in another way than being called or differentiated.
    """
    for result in program.body.yields:
        refuse_function(result, program.origin)
    return replace(program, body=in_block(program.body, derivation))


def in_block(block: Block, derivation: Derivation) -> Block:
    return with_statements(block, [in_statement(s, derivation) for s in block.statements])


def in_statement(statement: Statement, derivation: Derivation) -> Statement:
    refuse_functions(statement)
    if type(statement) is not Assign:
        return with_blocks(statement, lambda b: in_block(b, derivation))
    call = statement.value
    if type(call) is Call and isinstance(call.fn, Derivative):
        return replace(statement, value=replace(call, fn=made(call.fn, derivation)))
    if type(call) is Call and isinstance(call.fn, GeneratedFunction):
        return replace(statement, value=replace(call, fn=owned(call.fn, derivation)))
    if type(call) is Call and any(type(a) in FUNCTIONS for a in (*call.args, *(v for _, v in call.kwargs))):
        return replace(statement, value=map_expr(call, lambda e: operand(e, derivation)))
    return statement


def operand(expr: Any, derivation: Derivation) -> Any:
    """The function of this derivation for one that a solver is given."""
    if isinstance(expr, Derivative):
        return made(expr, derivation)
    return owned(expr, derivation) if isinstance(expr, GeneratedFunction) else expr


def refuse_functions(statement: Statement) -> None:
    """Refuse functions as operands."""

    def look(expr: Expr) -> Expr:
        refuse_function(expr, statement.origin)
        return expr

    match statement:
        case Assign(value=value):
            map_expr(value, look)
        case If(test=test, then=then, orelse=orelse):
            for expr in (test, *then.yields, *orelse.yields):
                map_expr(expr, look)
        case For(inits=inits, body=body) | While(inits=inits, body=body):
            for expr in (*inits, *body.yields):
                map_expr(expr, look)


def refuse_function(expr: Expr, origin: Origin | None) -> None:
    """Refuse a function or a method as a value: what it stands for is known only while the program is lowered."""
    if type(expr) is Const and not isinstance(expr.value, LITERALS):
        raise UnsupportedError(
            "unsupported: a function that is defined inside of a function, or a method of an object, as a value",
            "call it where it is, or define it at the top level of the module", origin,
        )


FUNCTIONS = frozenset({Derivative, GeneratedFunction})

LITERALS = (int, float, complex, str, bytes, type(None), type(Ellipsis))


def made(derivative: Derivative, derivation: Derivation) -> GeneratedFunction:
    """The function of a derivative."""
    program = source(derivative, derivation)
    seed = "1.0" if derivative.optional_seed else None
    return made_of(
        program, derivative.mode, derivative.wrt, derivation, derivative.check_dims, derivative.keep_result, seed
    )


def made_of(
    program: Function, mode: str, wrt: tuple[int, ...], derivation: Derivation, check_dims: bool = False,
    keep: str = "", seed: str | None = "1.0",
) -> GeneratedFunction:
    """The function of a derivative of a program."""
    options = replace(derivation.options, check_dims=check_dims, keeps_solutions=True, trace=None)
    shared = derivation.lowered, derivation.names
    if mode == "forward":
        name = unique(f"d{program.name}", derivation)
        result = ForwardMode(options, *shared).of_program(program, wrt, name, bool(keep))
    else:
        name = unique(f"d{program.name}d{''.join(program.params[i].hint for i in wrt)}", derivation)
        result = ReverseMode(options, *shared).of_program(program, wrt, name, seed, keep)
    return GeneratedFunction(name, result)


def owned(fn: GeneratedFunction, derivation: Derivation) -> GeneratedFunction:
    """The function of this derivation for one that calls itself, which the frontend has made a program."""
    if fn not in derivation.owned:
        assert fn.function is not None
        derivation.owned[fn] = own = GeneratedFunction(own_name(fn.name, derivation), None, fn.primal)
        own.function = replace(derivation.checked(fn.function), name=own.name)
    return derivation.owned[fn]


def own_name(name: str, derivation: Derivation) -> str:
    """A name that no other function of the derivation has."""
    taken = {own.name for own in derivation.owned.values()} | derivation.names
    names = itertools.chain([name], (f"{name}{i}" for i in itertools.count(2)))
    return next(n for n in names if n not in taken)


def source(derivative: Derivative, derivation: Derivation) -> Function:
    """The program of what is differentiated."""
    match derivative.of:
        case Function() as program:
            return derivation.checked(program)
        case Derivative() as inner:
            return derivation.program(made(inner, derivation))
    return derivation.program(derivative.of)  # type: ignore[arg-type]


def unique(name: str, derivation: Derivation) -> str:
    count = 1
    while (found := name if count == 1 else f"{name}{count}") in derivation.names:
        count += 1
    derivation.names.add(found)
    return found
