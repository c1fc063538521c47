"""From text to a function.

The text is compiled inside of a factory whose parameters are Tangent's own names and the free names of the
user's function.  The function is then built from the inner code object with the user's `__globals__` and
cells, which are thus read live, and with cells of its own for Tangent's names, which the user's module
never sees.  The text is registered with `linecache`: `inspect.getsource`, tracebacks and `pdb` find it.

Likewise by the name of the file, `origins` finds the statements of the user's that a line of the text stems from.
"""

from __future__ import annotations

import inspect
import itertools
import linecache
import types
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter as P
from typing import TYPE_CHECKING, Any

from tangent.emit.notes import with_notes
from tangent.errors import UnsupportedError
from tangent.ir.nodes import Function, Namespace, Origin, Var

if TYPE_CHECKING:
    from tangent.emit.codegen import Generated, Line

__all__ = ["Listing", "is_generated", "listing", "load", "load_generated", "load_program", "origins", "plain_code"]

_numbers = itertools.count(1)
PREFIX = "<tangent "


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Listing:
    """What is known of the text of a generated function: it lives as long as the function."""

    program: Function
    lines: tuple[Line, ...]
    names: Mapping[Var, str]
    """What the values of the program are called in the text."""
    made_of: Mapping[str, Listing]
    """The listings of the generated functions that it is a derivative of, by the names of their files."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process has the function without it."""
        return type(None), ()


_listings: weakref.WeakValueDictionary[str, Listing] = weakref.WeakValueDictionary()


def listing(code: types.CodeType) -> Listing | None:
    """What is known of the text that a code object, of a generated function or inside of one, was compiled from."""
    return _listings.get(code.co_filename)


def origins(filename: str, line: int) -> tuple[Origin, ...]:
    """The statements that a line of a generated text stems from, with what the line does for each.

    The first one is of the function that was differentiated.  If that was generated as well, the second one is that
    which the first one stems from, and so on: the last one is the user's.  There is none for what belongs to no
    statement: the signature, checks of arguments, the result; and for what was not generated.
    """
    found: list[Origin] = []
    source = _listings.get(filename)
    while source is not None and 0 < line <= len(source.lines):
        origin = source.lines[line - 1].origin
        if origin is None:
            break
        found.append(origin)
        source, line = source.made_of.get(origin.filename), origin.line
    return tuple(found)


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

    Raises:
        UnsupportedError: it has more blocks inside each other than Python compiles.
    """
    filename = filename or f"{PREFIX}{name} {next(_numbers)}>"
    free = [*own, *(n for n in home.cells if n not in own)]
    try:
        code = _compiled(text, free, filename)
    except SyntaxError as error:
        raise UnsupportedError(
            f"unsupported: {name} has too many blocks inside each other for Python: {error.msg}",
            "split the function into several; of many `if ...: return ...` in a row make one `elif` chain",
        ) from error
    cells = {n: v if isinstance(v, types.CellType) else types.CellType(v) for n, v in own.items()}
    closure = tuple(cells[n] if n in cells else home.cells[n] for n in code.co_freevars)
    function = types.FunctionType(code, home.globals, name, defaults or None, closure)
    function.__kwdefaults__ = kwdefaults or None
    function.__module__ = home.globals.get("__name__", "__main__")
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return function


def load_generated(generated: Generated) -> types.FunctionType:
    """Make the function of a program that was printed; the functions that it calls are tied to it later."""
    own = {**generated.own, **dict.fromkeys(generated.functions)}
    function = _with_notes(load_program(generated.program, generated.text, own))
    files = dict.fromkeys([line.origin.filename for line in generated.lines if line.origin is not None])
    made_of = {name: _listings[name] for name in files if name in _listings}
    known = Listing(generated.program, generated.lines, generated.names, made_of)
    function.__listing__ = _listings[function.__code__.co_filename] = known  # type: ignore[attr-defined]
    return function


def load_program(program: Function, text: str, own: Mapping[str, Any], name: str = "") -> types.FunctionType:
    """Make the function that `text`, the source of a program, defines: with its defaults, annotations and seeds."""
    optional = [p for p in program.parameters if p.default is not None]
    defaults = tuple(p.default_value for p in optional if p.kind is not P.KEYWORD_ONLY)
    kwdefaults = {p.var.hint: p.default_value for p in optional if p.kind is P.KEYWORD_ONLY}
    function = load(name or program.name, text, program.namespace, own, defaults, kwdefaults)
    parameters = list(zip(parameter_names(function.__code__), program.parameters, strict=True))
    function.__annotations__ = {n: p.annotation for n, p in parameters if p.annotation is not P.empty}
    function.__seeds__ = tuple([n for n, p in parameters if p.is_seed])  # type: ignore[attr-defined]
    return function


def _with_notes(plain: types.FunctionType) -> types.FunctionType:
    """The function whose exceptions say what the lines of its text stem from; Numba compiles the one without that."""
    code = with_notes(plain.__code__)
    function = types.FunctionType(code, plain.__globals__, plain.__name__, plain.__defaults__, plain.__closure__)
    function.__kwdefaults__, function.__module__ = plain.__kwdefaults__, plain.__module__
    function.__annotations__ = plain.__annotations__
    function.__dict__ |= plain.__dict__ | {"__plain__": plain, "__numba__": "__plain__"}
    return function


def parameter_names(code: types.CodeType) -> tuple[str, ...]:
    """The names of the parameters, in the order of the signature."""
    count, flags = code.co_argcount, code.co_flags
    end = count + code.co_kwonlyargcount
    rest = end + bool(flags & inspect.CO_VARARGS)
    last = rest + bool(flags & inspect.CO_VARKEYWORDS)
    names = code.co_varnames
    return (*names[:count], *names[end:rest], *names[count:end], *names[rest:last])


def plain_code(function: types.FunctionType) -> types.CodeType:
    """The code that the text of a function is compiled to, without what Tangent adds to it."""
    plain: types.FunctionType = getattr(function, "__plain__", function)
    return plain.__code__


def _compiled(text: str, free: Sequence[str], filename: str) -> types.CodeType:
    """Compile a definition with `free` as free variables."""
    # Only its first line stands deeper than before: the columns of the others are those of the text.
    module = compile(f"def factory({', '.join(free)}):\n {text}", filename, "exec")
    return _moved_up(_code_in(_code_in(module, "factory"), text[len("def ") : text.index("(")]))


def _code_in(outer: types.CodeType, name: str) -> types.CodeType:
    """The code of a definition in what stands around it."""
    return next(c for c in outer.co_consts if isinstance(c, types.CodeType) and c.co_name == name)


def _moved_up(code: types.CodeType) -> types.CodeType:
    """A code object, and those in it, as of the line before."""
    constants = tuple([_moved_up(c) if isinstance(c, types.CodeType) else c for c in code.co_consts])
    name = code.co_qualname.removeprefix("factory.<locals>.")
    return code.replace(co_firstlineno=code.co_firstlineno - 1, co_consts=constants, co_qualname=name)
