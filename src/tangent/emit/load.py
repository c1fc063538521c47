"""From text to a function.

The text is compiled inside of a factory whose parameters are Tangent's own names and the free names of the
user's function.  The function is then built from the inner code object with the user's `__globals__` and
cells, which are thus read live, and with cells of its own for Tangent's names, which the user's module
never sees.  The text is registered with `linecache`: `inspect.getsource`, tracebacks and `pdb` find it.
"""

from __future__ import annotations

import inspect
import itertools
import linecache
import types
from collections.abc import Mapping
from inspect import Parameter as P
from typing import Any

from tangent.ir.nodes import Function, Namespace

__all__ = ["is_generated", "load", "load_program"]

_numbers = itertools.count(1)
PREFIX = "<tangent "


def is_generated(function: types.FunctionType) -> bool:
    """Whether a function was made by `load`."""
    return function.__code__.co_filename.startswith(PREFIX)


def load(
    name: str, text: str, home: Namespace, own: Mapping[str, Any], defaults: tuple[Any, ...],
    kwdefaults: dict[str, Any] | None, filename: str | None = None,
) -> types.FunctionType:
    """Make the function that `text` defines.

    Args:
        name: its name.
        text: its source, a single `def`.
        home: the namespace of the user's function.
        own: Tangent's own names and what they stand for: a value, or the cell that holds it.
        defaults: the default values of its last positional parameters.
        kwdefaults: those of its keyword-only parameters.
        filename: the name under which debuggers know the text.
    """
    filename = filename or f"{PREFIX}{name} {next(_numbers)}>"
    free = [*own, *(n for n in home.cells if n not in own)]
    code = _inner_code(name, text, free, filename)
    cells = {n: v if isinstance(v, types.CellType) else types.CellType(v) for n, v in own.items()}
    closure = tuple(cells[n] if n in cells else home.cells[n] for n in code.co_freevars)
    function = types.FunctionType(code, home.globals, name, defaults or None, closure)
    function.__kwdefaults__ = kwdefaults or None
    function.__module__ = home.globals.get("__name__", "__main__")
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return function


def load_program(program: Function, text: str, own: Mapping[str, Any], name: str = "") -> types.FunctionType:
    """Make the function that `text`, the source of a program, defines: with its defaults, annotations and seeds."""
    optional = [p for p in program.parameters if p.default is not None]
    defaults = tuple(p.default_value for p in optional if p.kind is not P.KEYWORD_ONLY)
    kwdefaults = {p.var.hint: p.default_value for p in optional if p.kind is P.KEYWORD_ONLY}
    function = load(name or program.name, text, program.namespace, own, defaults, kwdefaults)
    parameters = list(zip(inspect.signature(function).parameters, program.parameters, strict=True))
    function.__annotations__ = {n: p.annotation for n, p in parameters if p.annotation is not P.empty}
    function.__seeds__ = tuple([n for n, p in parameters if p.is_seed])  # type: ignore[attr-defined]
    return function


def _inner_code(name: str, text: str, free: list[str], filename: str) -> types.CodeType:
    """Compile the text with `free` as free variables, keeping its line numbers."""
    body = "\n".join("    " + line if line else line for line in text.splitlines())
    compiled = compile(f"def factory({', '.join(free)}):\n{body}\n    return {name}\n", filename, "exec")
    factory = next(c for c in compiled.co_consts if isinstance(c, types.CodeType))
    code = next(c for c in factory.co_consts if isinstance(c, types.CodeType) and c.co_name == name)
    return _shift_lines(code, -1)


def _shift_lines(code: types.CodeType, by: int) -> types.CodeType:
    return code.replace(co_firstlineno=code.co_firstlineno + by, co_qualname=code.co_name)
