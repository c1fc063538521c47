"""From the programs of a derivative to its functions: protect, fold, print, load, and tie together."""

from __future__ import annotations

import inspect
import itertools
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tangent.emit.buffers import protect
from tangent.emit.checks import Debug, with_checks
from tangent.emit.codegen import Generated, generate
from tangent.emit.load import is_generated, load_generated
from tangent.emit.spelling import references
from tangent.ir.nodes import Block, Function, GeneratedFunction, Global, Statement
from tangent.ir.walk import bound
from tangent.simplify import propagate_copies
from tangent.simplify.fold import fold_temporaries
from tangent.transform.solutions import without_solutions

__all__ = ["make_functions", "printed", "reachable"]


def make_functions(
    programs: Sequence[Function], optimized: bool, debug: Debug = ""
) -> tuple[types.FunctionType, ...]:
    """The Python functions of `programs`; the functions that they call are made as well."""
    linker = _Linker(optimized, debug, rename_functions(programs))
    functions = tuple(linker.make(program) for program in programs)
    linker.tie()
    return functions


def printed(functions: Sequence[types.FunctionType]) -> str:
    """The source of functions, and of the generated functions that they call."""
    return "\n\n".join(inspect.getsource(f) for f in reversed(reachable(functions)))


def reachable(functions: Sequence[types.FunctionType]) -> list[types.FunctionType]:
    """Functions, and the generated functions that they call, callers first."""
    seen: dict[types.FunctionType, None] = {}

    def visit(function: types.FunctionType) -> None:
        if function in seen:
            return
        seen[function] = None
        for cell in function.__closure__ or ():
            inner = cell.cell_contents
            if isinstance(inner, types.FunctionType) and is_generated(inner):
                visit(inner)

    for function in functions:
        visit(function)
    return list(seen)


def folded_into_return(block: Block, folded: Block) -> Statement | None:
    """The last statement whose value became an expression that is returned."""
    pairs = zip(block.yields, folded.yields, strict=True)
    values = {before for before, after in pairs if before is not after}
    return next((s for s in reversed(block.statements) if not values.isdisjoint(bound(s))), None) if values else None


Calls = Mapping[Block, Sequence[GeneratedFunction]]
"""The generated functions that programs call, by their bodies."""


def rename_functions(programs: Sequence[Function]) -> Calls:
    """Give the generated functions other names than those that the programs read of the user's; say who calls which."""
    reached: dict[GeneratedFunction, None] = {}
    calls: dict[Block, list[GeneratedFunction]] = {}
    taken: set[str] = set()
    work = list(programs)
    while work:
        body = work.pop().body
        called = calls[body] = []
        for found in references(body):
            if type(found) is Global:
                taken.add(found.path.partition(".")[0])
            elif isinstance(found, GeneratedFunction):
                called.append(found)
                if found not in reached:
                    assert found.function is not None
                    reached[found] = None
                    work.append(found.function)
    names = taken | {function.name for function in reached}
    for function in reached:
        if function.name in taken:
            numbered = (f"{function.name}{count}" for count in itertools.count(2))
            function.name = next(name for name in numbered if name not in names)
            names.add(function.name)
            assert function.function is not None
            function.function = replace(function.function, name=function.name)
    return calls


class _Linker:
    """Makes functions that call one another."""

    def __init__(self, optimized: bool, debug: Debug, calls: Calls) -> None:
        self.calls = calls
        self.optimized = optimized
        self.debug = debug
        self.made: dict[str, types.FunctionType] = {}
        self.texts: dict[str, str] = {}
        self.primals: dict[str, Any] = {}
        self.named: set[str] = set()
        """The functions whose names are in a text already: by a second call, or by what they call themselves."""
        self.open: list[tuple[types.CellType, str]] = []

    def make(self, program: Function) -> types.FunctionType:
        self.make_called(program)
        return self.load(self.generate(program, is_called=False))

    def make_called(self, program: Function) -> None:
        """Make the functions that a program calls; those that read the same are one."""
        for called in self.calls[program.body]:
            if called.name in self.texts:
                self.named.add(called.name)
                continue
            assert called.function is not None
            self.texts[called.name] = ""  # it may call itself
            self.make_called(called.function)
            generated = self.generate(called.function, is_called=True)
            text = generated.text.replace(f"def {called.name}(", "def (", 1)
            same = next((n for n, t in self.texts.items() if t == text and self.primals[n] is called.primal), None)
            if same is not None and called.name not in self.named:
                called.name = same
                continue
            self.texts[called.name], self.primals[called.name] = text, called.primal
            self.load(generated)

    def load(self, generated: Generated) -> types.FunctionType:
        function = load_generated(generated)
        self.made[generated.program.name] = function
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name in generated.functions:
                self.open.append((cell, generated.functions[name].name))
        return function

    def generate(self, program: Function, is_called: bool) -> Generated:
        body = without_solutions(program.body)
        if body is not program.body:
            program = replace(program, body=propagate_copies(body))
        program, memory = protect(program)
        body = fold_temporaries(program.body, memory) if self.optimized else program.body
        before, program = program.body, replace(program, body=body)
        if self.debug:
            program = with_checks(program, before, self.debug, is_called)
        return generate(program, returned=folded_into_return(before, program.body))

    def tie(self) -> None:
        for cell, name in self.open:
            cell.cell_contents = self.made[name]
