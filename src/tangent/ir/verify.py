"""The verifier of the core language: run between passes by the tests.

Every value is bound once (the index of a loop once more by the backward loop that mirrors it), and before it
is read; blocks yield as many values as their holder expects.  The backward pass may read any value of the
forward pass until `transform.saving` has run (`relaxed=True`).
"""

from __future__ import annotations

from tangent.ir.nodes import Block, Expr, For, Function, If, Statement, Var, While
from tangent.ir.walk import all_bound, all_statements, bound, expr_vars, statement_vars

__all__ = ["VerificationError", "verify"]


class VerificationError(AssertionError):
    """A program that is not well-formed: a defect of the pass before."""


def verify(program: Function | Block, params: tuple[Var, ...] = (), relaxed: bool = False) -> None:
    """Check a program.

    Raises:
        VerificationError: the program is not well-formed.
    """
    block = program.body if isinstance(program, Function) else program
    if isinstance(program, Function):
        params = program.params
    verifier = _Verifier(relaxed)
    verifier.bound.update(params)
    if relaxed:
        for statement in all_statements(block):
            verifier.everywhere.update(all_bound(statement))
    verifier.block(block, set(params))


class _Verifier:
    def __init__(self, relaxed: bool) -> None:
        self.relaxed = relaxed
        self.everywhere: set[Var] = set()
        self.bound: set[Var] = set()
        self.indices: set[Var] = set()

    def bind(self, var: Var, scope: set[Var]) -> None:
        if var in self.bound and var not in self.indices:
            raise VerificationError(f"{var} is bound twice")
        self.bound.add(var)
        scope.add(var)

    def read(self, expr: Expr, scope: set[Var]) -> None:
        for var in expr_vars(expr):
            if var not in scope and var not in self.everywhere:
                raise VerificationError(f"{var} is read where it is not bound")

    def block(self, block: Block, scope: set[Var]) -> None:
        scope = set(scope)
        for statement in block.statements:
            self.statement(statement, scope)
        for expr in block.yields:
            self.read(expr, scope)
        if block.stop is not None:
            self.read(block.stop, scope)

    def statement(self, statement: Statement, scope: set[Var]) -> None:
        for var in statement_vars(statement):
            self.read(var, scope)
        match statement:
            case If(then=then, orelse=orelse, results=results):
                for block in (then, orelse):
                    self.same_length(block.yields, results)
                    self.block(block, scope)
            case For() | While():
                self.loop(statement, scope)
        for var in bound(statement):
            self.bind(var, scope)

    def loop(self, statement: For | While, scope: set[Var]) -> None:
        inner = set(scope)
        if type(statement) is For:
            self.indices.add(statement.index)
            self.bind(statement.index, inner)
        for param in statement.params:
            self.bind(param, inner)
        for values in (statement.inits, statement.body.yields, statement.results):
            self.same_length(values, statement.params)
        if type(statement) is While:
            self.block(statement.header, inner)
        self.block(statement.body, inner)

    def same_length(self, a: tuple[Expr, ...], b: tuple[Expr, ...]) -> None:
        if len(a) != len(b):
            raise VerificationError(f"{len(a)} values where {len(b)} are expected")
