"""Functions and programs of the core language from source text, for the tests of single passes."""

from __future__ import annotations

import importlib.util
import itertools
import linecache
import math
import os
import re
import textwrap
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from tangent.emit.buffers import protect
from tangent.emit.codegen import generate
from tangent.frontend.lower import lower
from tangent.ir.nodes import Assign, Block, Expr, Function, Var
from tangent.ir.show import show
from tangent.ir.walk import all_statements, bound, map_expr, map_statement
from tangent.simplify import tidy
from tangent.simplify.fold import fold_temporaries
from tangent.transform.derivation import Options
from tangent.transform.reverse import ReverseMode

__all__ = [
    "dedented", "function_from", "module_from", "printed", "program", "rewrite", "shown", "stages", "value",
    "with_facts", "with_plain_names",
]

Program = TypeVar("Program", Block, Function)

_numbers = itertools.count(1)


def dedented(text: str) -> str:
    return textwrap.dedent(text).strip("\n").rstrip()


def function_from(text: str, **names: Any) -> types.FunctionType:
    """The last function that `text` defines, with its source where `inspect` finds it."""
    text = dedented(text) + "\n"
    filename = f"<test {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"__name__": "written", "np": np, "math": math, **names}
    exec(compile(text, filename, "exec"), space)
    defined = [v for v in space.values() if isinstance(v, types.FunctionType)]
    return [f for f in defined if f.__code__.co_filename == filename][-1]


def module_from(path: Path, text: str) -> types.ModuleType:
    """The module whose file has that text."""
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rewrite(path: Path, text: str) -> None:
    """Edit a file so that its time differs."""
    path.write_text(text)
    os.utime(path, (1.0, 1.0))


def program(text: str, **names: Any) -> Function:
    """What a function is lowered to."""
    return lower(function_from(text, **names)).function


def shown(text: str, **names: Any) -> str:
    """The printed program of a function, without copies and dead code."""
    function = program(text, **names)
    return show(with_plain_names(replace(function, body=tidy(function.body))))


def printed(text: str, **names: Any) -> str:
    """The text of a function that has gone to a program and back, without comments."""
    function = program(text, **names)
    function, memory = protect(replace(function, body=tidy(function.body)))
    function = replace(function, body=fold_temporaries(function.body, memory))
    lines = generate(function).text.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def with_plain_names(program: Program) -> Program:
    """The same program with `t` for every value that has no name of the user's and is no list of saved ones.

    What intermediate results are called is for the golden derivatives to say, not for the tests of passes.
    """
    renamed: dict[Var, Expr] = {}

    def change(expr: Expr) -> Expr:
        return plain(expr) if isinstance(expr, Var) else expr

    def plain(var: Var) -> Var:
        found = renamed.setdefault(var, var if var.named or var.hint.endswith("_stack") else Var("t"))
        assert isinstance(found, Var)
        return found

    def inner(block: Block) -> Block:
        statements = tuple(map_statement(s, lambda e: map_expr(e, change), plain, inner) for s in block.statements)
        yields = tuple(map_expr(y, change) for y in block.yields)
        return Block(statements, yields, None if block.stop is None else map_expr(block.stop, change))

    return inner(program) if isinstance(program, Block) else replace(program, body=inner(program.body))


def value(function: Function, name: str) -> Var:
    """What the name `name` stands for at the end of a function."""
    found = [p for p in function.params if p.hint == name]
    statements = [s for s in function.body.statements if name in [v.hint for v in bound(s)]]
    statements = statements or list(all_statements(function.body))
    return [*found, *(v for s in statements for v in bound(s) if v.hint == name)][-1]


def with_facts(text: str, function: Function, fact: Callable[[Var], str]) -> str:
    """The text with the comment of each line replaced by the fact about what the line binds.

    Beside an assignment stands the fact about its target, beside a branch or a loop those about its
    results, as `name: fact; ...`.  Lines without a comment are left alone.
    """
    facts: dict[int, str] = {}
    for statement in all_statements(function.body):
        if isinstance(statement, Assign):
            if statement.targets and statement.origin is not None:
                facts[statement.origin.line] = fact(statement.targets[-1])
        elif statement.origin is not None:
            joined = [f"{r.hint}: {fact(r)}" for r in statement.results if not r.hint.startswith("%")]
            facts[statement.origin.line] = "; ".join(joined)
    lines = dedented(text).splitlines()
    return "\n".join(
        re.sub(r"# .*", f"# {facts.get(number, '')}".rstrip(), line)
        for number, line in enumerate(lines, start=1)
    )


def stages(text: str, wrt: tuple[int, ...] = (0,), optimized: bool = True, **names: Any) -> dict[str, Block]:
    """The programs after each stage of making a derivative that does not check its seed.

    Of several functions, they are those of the first.
    """
    seen: dict[str, Block] = {}
    derivation = ReverseMode(Options(optimized, check_dims=False, trace=seen.setdefault))
    derivation.joint(function_from(text, **names), wrt, "derivative", "1.0", "")
    return seen
