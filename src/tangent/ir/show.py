"""The printer of the core language, for `verbose=2`, tests and debugging.

Every value is numbered in the order of its binding: `y_2 = mul(y_1, t_3)`.
"""

from __future__ import annotations

from typing import assert_never

from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Const,
    Derivative,
    Expr,
    For,
    FString,
    Function,
    GeneratedFunction,
    Global,
    If,
    Insertion,
    Lib,
    Method,
    Statement,
    Undefined,
    Var,
    While,
)

__all__ = ["show"]


class _Printer:
    def __init__(self) -> None:
        self.names: dict[Var, str] = {}
        self.counts: dict[str, int] = {}
        self.lines: list[str] = []
        self.depth = 0

    def name(self, var: Var) -> str:
        if var not in self.names:
            count = self.counts[var.hint] = self.counts.get(var.hint, 0) + 1
            self.names[var] = var.hint if count == 1 else f"{var.hint}.{count}"
        return self.names[var]

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def expr(self, expr: Expr) -> str:
        match expr:
            case Var():
                return self.name(expr)
            case Const(value=value):
                return repr(value)
            case Global(path=path):
                return path
            case Lib(value=value):
                return getattr(value, "__name__", repr(value))
            case GeneratedFunction() | Derivative():
                return self.callee(expr)
            case Undefined():
                return "undefined"
            case Cond(test=test, then=then, orelse=orelse):
                return f"({self.expr(then)} if {self.expr(test)} else {self.expr(orelse)})"
            case Call(fn=fn, args=args, kwargs=kwargs):
                parts = [self.expr(a) for a in args] + [f"{k}={self.expr(v)}" for k, v in kwargs]
                return f"{self.callee(fn)}({', '.join(parts)})"
        assert_never(expr)

    def callee(self, fn: Expr | Method | FString | GeneratedFunction | Derivative | Insertion) -> str:
        match fn:
            case Method(name=name):
                return f".{name}"
            case FString():
                return "fstring"
            case GeneratedFunction(name=name):
                return name
            case Derivative(mode=mode):
                return f"derivative in {mode} mode"
            case Insertion():
                return "insert_grad_of"
        return self.expr(fn)

    def exprs(self, exprs: tuple[Expr, ...]) -> str:
        return ", ".join(self.expr(e) for e in exprs)

    def block(self, block: Block) -> None:
        self.depth += 1
        for statement in block.statements:
            self.statement(statement)
        if block.yields or block.stop is not None or not block.statements:
            stop = f" stop {self.expr(block.stop)}" if block.stop is not None else ""
            self.line(f"yield {self.exprs(block.yields)}{stop}".rstrip())
        self.depth -= 1

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=targets, value=value):
                text = self.expr(value)
                self.line(f"{self.exprs(targets)} = {text}" if targets else text)
                if type(value) is Call and type(value.fn) is Insertion:
                    self.inserted(value.fn)
            case If(test=test, then=then, orelse=orelse, results=results):
                self.line(f"{self.exprs(results)} = if {self.expr(test)}:".removeprefix(" = "))
                self.block(then)
                self.line("else:")
                self.block(orelse)
            case For(index=index, bounds=bounds, params=params, inits=inits, body=body, results=results):
                head = f"for {self.name(index)} in range({self.exprs(bounds)})"
                self.loop(head, params, inits, results)
                self.block(body)
            case While(header=header, params=params, inits=inits, body=body, results=results):
                self.loop("while", params, inits, results)
                self.block(header)
                self.line("do:")
                self.block(body)
            case _:
                assert_never(statement)

    def inserted(self, insertion: Insertion) -> None:
        """The block of code for the backward pass, with the names of what it takes."""
        self.depth += 1
        self.line(f"in the backward pass, of {self.exprs((*insertion.derivatives, *insertion.reads))}:")
        self.block(insertion.block)
        self.depth -= 1

    def loop(self, head: str, params: tuple[Var, ...], inits: tuple[Expr, ...], results: tuple[Var, ...]) -> None:
        carried = ", ".join(f"{self.name(p)} = {self.expr(i)}" for p, i in zip(params, inits, strict=True))
        text = f"{head} with {carried}:" if carried else f"{head}:"
        self.line(f"{self.exprs(results)} = {text}" if results else text)


def show(program: Function | Block) -> str:
    """The text of a program."""
    printer = _Printer()
    if type(program) is Block:
        printer.depth = -1
        printer.block(program)
        return "\n".join(printer.lines)
    params = ", ".join(printer.name(p) for p in program.params)
    printer.line(f"def {program.name}({params}):")
    printer.block(program.body)
    return "\n".join(printer.lines)
