"""From a function object to the syntax tree of its definition.

Guarantees that the tree is the one the function's code object was compiled from: each definition that
begins at the function's line is compiled again and compared, so that several lambdas on one line are told
apart and a file edited after its import is refused.
"""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import textwrap
import tokenize
import types
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from tangent.emit.load import plain_code
from tangent.errors import SourceError, UnsupportedError
from tangent.frontend.blocks import Inserted, set_apart, without_blocks
from tangent.frontend.evidence import Evidence
from tangent.frontend.syntax import all_nodes, bound_names, count_loads, names_declared_outer
from tangent.frontend.unsupported import explain
from tangent.ir.nodes import Definition, Namespace, Origin

__all__ = ["FunctionSource", "called_without_blocks", "code_without_blocks", "read"]

_FUTURE_FEATURES = 0xFE0000
"""The compiler flags of code objects that `compile` accepts."""
_PROBE = "__compiled_alone__"
_COMPOUND = (ast.For, ast.While, ast.If, ast.FunctionDef, ast.With, ast.Try, ast.ExceptHandler, ast.Match)


@dataclass(frozen=True, eq=False)
class FunctionText:
    """The text of a function, and what it tells by itself."""

    node: ast.FunctionDef | ast.Lambda
    filename: str
    lines: tuple[str, ...]
    """The lines of the file from the one that `first_line` numbers."""
    first_line: int

    @property
    def name(self) -> str:
        return "function" if isinstance(self.node, ast.Lambda) else self.node.name

    @cached_property
    def body(self) -> list[ast.stmt]:
        """The statements of the function."""
        node = self.node
        if isinstance(node, ast.Lambda):
            return [ast.copy_location(ast.Return(node.body), node.body)]
        return node.body

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names that the statements bind for the function alone."""
        in_expressions = any(type(node) is ast.NamedExpr for node in self.nodes)
        return frozenset(bound_names(self.body, in_expressions)) - names_declared_outer(self.body)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the statements."""
        return all_nodes(self.body)

    @cached_property
    def loads(self) -> Counter[str]:
        """How often the statements read each name."""
        return count_loads(self.nodes)

    @cached_property
    def evidence(self) -> Evidence:
        """What the text suggests about the variables."""
        return Evidence(self.nodes)

    def origin(self, node: ast.AST, statement: ast.AST | None = None) -> Origin:
        """The place of `node`; the text is that of the whole `statement`."""
        line, column = getattr(node, "lineno", self.first_line), getattr(node, "col_offset", 0)
        same_line = getattr(node, "end_lineno", line) == line
        source_line = self.lines[line - self.first_line] if 0 <= line - self.first_line < len(self.lines) else ""
        end = getattr(node, "end_col_offset", column + 1) if same_line else len(source_line.rstrip())
        statement = statement if statement is not None else node
        return Origin(
            self.filename, self.name, line, _characters(source_line, column), _characters(source_line, end),
            _on_one_line(self, statement), source_line, getattr(statement, "lineno", line),
        )

    def statement(self, node: ast.AST) -> str:
        """The source of a statement on one line, as the user wrote it."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        if isinstance(node, Inserted):
            return node.text
        if isinstance(node, _COMPOUND):
            return ""  # its statements speak for themselves
        if first == last and 0 <= first - self.first_line < len(self.lines):
            encoded = self.lines[first - self.first_line].encode()
            return encoded[node.col_offset : node.end_col_offset].decode()  # type: ignore[attr-defined]
        return ast.unparse(node) if first else ""


@lru_cache(maxsize=64)
def _on_one_line(text: FunctionText, statement: ast.AST) -> str:
    return text.statement(statement)  # each operation of a statement asks for it


@dataclass(frozen=True)
class FunctionSource:
    """A function and the text of its definition."""

    function: types.FunctionType
    text: FunctionText

    @property
    def node(self) -> ast.FunctionDef | ast.Lambda:
        return self.text.node

    def inner(self, node: ast.FunctionDef | ast.Lambda) -> FunctionSource:
        """A function that is defined inside of this one."""
        return replace(self, text=replace(self.text, node=node))

    def namespace(self) -> Namespace:
        """The globals of the function and what its free variables are bound to now."""
        function = self.function
        free = function.__code__.co_freevars
        return Namespace(function.__globals__, dict(zip(free, function.__closure__ or (), strict=True)))

    def definition(self) -> Definition:
        """The lines of the definition, decorators included."""
        text = self.text
        last = self.node.end_lineno or text.first_line
        return Definition(text.filename, text.first_line, text.lines[: last - text.first_line + 1])

    def origin(self, node: ast.AST, statement: ast.AST | None = None) -> Origin:
        """The place of `node`; the text is that of the whole `statement`."""
        return self.text.origin(node, statement)


def _characters(line: str, byte_offset: int) -> int:
    return byte_offset if line.isascii() else len(line.encode()[:byte_offset].decode(errors="replace"))


@dataclass(frozen=True, eq=False)
class _Read:
    """A definition that was read, and what it depends on beside the code."""

    lines: list[str]
    globals: dict[str, Any]
    text: FunctionText


_read: weakref.WeakKeyDictionary[types.CodeType, _Read] = weakref.WeakKeyDictionary()
"""Definitions by their code; equal codes may stand in several files."""


def read(function: types.FunctionType) -> FunctionSource:
    """Find the definition of `function`; blocks for the backward pass are set apart in it.

    Raises:
        SourceError: there is no source, or it is not what the function was compiled from.
    """
    code, lines = function.__code__, _lines_of_file(function)
    known = _read.get(code)
    if known is None or known.lines is not lines or known.globals is not function.__globals__:
        found = _find(function, lines)
        known = _Read(lines, function.__globals__, replace(found, node=set_apart(found.node, function)))
        if not code.co_freevars:  # which may say what the blocks are
            _read[code] = known
    return FunctionSource(function, known.text)


def code_without_blocks(function: types.FunctionType) -> types.CodeType:
    """The code of a function as it is without its blocks for the backward pass, which other variables do not need.

    Raises:
        SourceError: there is no source, or it is not what the function was compiled from.
    """
    node, code = _find(function, _lines_of_file(function)).node, function.__code__
    if isinstance(node, ast.Lambda):
        return code
    stripped, found = without_blocks(node, function)
    made = _compile_alone(stripped, code, function.__globals__, stripped.decorator_list) if found else None
    if made is None:
        return code
    return _at_home(made, code.co_filename).replace(co_name=code.co_name, co_qualname=code.co_qualname)


def called_without_blocks(function: types.FunctionType) -> types.FunctionType:
    """The function as it is when it is called: without its blocks for the backward pass."""
    made = types.FunctionType(
        code_without_blocks(function), function.__globals__, function.__name__, function.__defaults__,
        function.__closure__,
    )
    made.__kwdefaults__ = function.__kwdefaults__
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    return made


def _at_home(code: types.CodeType, filename: str) -> types.CodeType:
    """A code object, and those in it, as of a file."""
    constants = tuple([_at_home(c, filename) if isinstance(c, types.CodeType) else c for c in code.co_consts])
    return code.replace(co_filename=filename, co_consts=constants)


def _lines_of_file(function: types.FunctionType) -> list[str]:
    """The lines of the file as it is now: the same list as long as it is the same."""
    linecache.checkcache(function.__code__.co_filename)
    return linecache.getlines(function.__code__.co_filename, function.__globals__)


def _find(function: types.FunctionType, lines: list[str]) -> FunctionText:
    code = function.__code__
    filename, first = code.co_filename, code.co_firstlineno
    within = first <= len(lines)
    candidates = list(_definitions(lines, first, code.co_name == "<lambda>", filename)) if within else []
    for source_lines, start, node in candidates:
        if _same_code(node, function):
            return FunctionText(node, filename, tuple(source_lines), start)
    if not within or filename == "<string>":  # what `python -c` runs and what `exec` is given have one name
        raise SourceError(
            f"the source of {function.__qualname__} is not available (it was compiled from {filename!r})",
            "define the function in a file or a notebook cell; for text of your own, "
            "put it in `linecache.cache` before `exec`",
        )
    if not candidates:
        raise SourceError(
            f"no definition of {function.__qualname__} at line {first} of {filename!r}",
            "import the module again if the file was edited",
        )
    raise SourceError(
        f"the source of {function.__qualname__} in {filename!r} is not what the function was compiled from",
        "the file was edited after the import: import it again",
    )


def _definitions(
    lines: list[str], first: int, is_lambda: bool, filename: str
) -> Iterator[tuple[list[str], int, ast.FunctionDef | ast.Lambda]]:
    """The definitions that begin at line `first`, with positions as in the file."""
    if is_lambda:
        tree, block, start = _statement_around(lines, first)
        if tree is not None:
            for node in ast.walk(tree):
                if isinstance(node, ast.Lambda) and node.lineno == first:
                    yield block, start, node
        return
    block = _indented(lines[first - 1 :])
    tree = _parse(block, first)
    if tree is None:  # a string or an expression goes on at the margin
        try:
            block = inspect.getblock(lines[first - 1 :])
        except (tokenize.TokenError, SyntaxError):
            return  # no Python any more: the file was edited
        tree = _parse(block, first)
    if tree is not None and tree.body and isinstance(tree.body[0], ast.FunctionDef):
        yield block, first, tree.body[0]
    elif tree is not None and tree.body and isinstance(tree.body[0], ast.AsyncFunctionDef):
        node = tree.body[0]
        place = Origin(filename, node.name, node.lineno, node.col_offset, len(block[0]), "", block[0])
        raise UnsupportedError(*explain(node), place)


def _indented(lines: list[str]) -> list[str]:
    """The first line, and those that follow it up to the end of what is deeper: a tenth of the time of `getblock`."""
    margin = len(lines[0]) - len(lines[0].lstrip())
    was_deeper = False
    for number, line in enumerate(lines):
        text = line.lstrip()
        if len(line) - len(text) > margin:
            was_deeper = was_deeper or bool(text)
        elif was_deeper and text and text[0] not in "#)]}":
            return lines[:number]
    return lines


def _statement_around(lines: list[str], first: int) -> tuple[ast.Module | None, list[str], int]:
    """The smallest run of whole lines around line `first` that parses."""
    for start in range(first - 1, max(first - 30, -1), -1):
        for end in range(first, min(first + 60, len(lines)) + 1):
            tree = _parse(lines[start:end], start + 1)
            if tree is not None:
                return tree, lines[start:end], start + 1
    try:
        return ast.parse("".join(lines)), lines, 1
    except SyntaxError:
        return None, lines, 1


def _parse(block: list[str], first: int) -> ast.Module | None:
    """Parse indented lines; positions are those in the file."""
    text = "".join(block)
    indent = len(text) - len(text.lstrip(" \t"))
    # An `if` around an indented block keeps columns, and strings over several lines, as they are.
    try:
        if not indent:
            return ast.parse("\n" * (first - 1) + text)
        tree = ast.parse("\n" * (first - 2) + "if 1:\n" + text)
    except SyntaxError:
        try:
            return ast.parse("\n" * (first - 1) + textwrap.dedent(text))
        except SyntaxError:
            return None
    return ast.Module(tree.body[0].body, []) if isinstance(tree.body[0], ast.If) else tree


def _same_code(node: ast.FunctionDef | ast.Lambda, function: types.FunctionType) -> bool:
    """Whether compiling `node` gives the function's code."""
    code = plain_code(function)
    for home in (function.__globals__, {}):  # in a notebook another cell imports them
        compiled = _compile_alone(node, code, home)
        if compiled is None or _is_the_same(compiled, code):
            return True  # what can't be compiled alone (a method with `super()`) can't be compared
    if compiled is not None and _equal_code(compiled, code):
        return True
    if isinstance(node, ast.FunctionDef):
        node, found = without_blocks(node, function)  # as `@tangent.tangent` has compiled it
        compiled = _compile_alone(node, code, function.__globals__) if found else None
        if compiled is not None and _equal_code(compiled, code):
            return True
    # pytest rewrites assert statements when it imports a test module
    return "@pytest_ar" in function.__globals__ and any(isinstance(n, ast.Assert) for n in ast.walk(node))


def _compile_alone(
    node: ast.FunctionDef | ast.Lambda, code: types.CodeType, home: Mapping[str, Any],
    decorators: Sequence[ast.expr] = (),
) -> types.CodeType | None:
    """The code of a definition in the module with the globals `home`.

    `decorators` are those whose lines count as the function's first.
    """
    free = [name for name in code.co_freevars if name != "__class__"]
    outer = code.co_qualname.rpartition(".")[0].rpartition(".")[2]
    if isinstance(node, ast.Lambda):
        inner: ast.stmt = ast.copy_location(ast.Expr(node), node)
    else:
        definition = ast.FunctionDef(_PROBE, _without_defaults(node), node.body, list(decorators), None, None)
        inner = ast.copy_location(definition, node)
    if "__class__" in code.co_freevars:  # which `super()` reads: the cell of a class around the function
        inner = ast.copy_location(ast.ClassDef(outer, [], [], [inner], []), node)
    body: ast.stmt = _in_factory(inner, free)
    if outer.isidentifier():  # the names of private attributes have that of the class in them
        body = ast.copy_location(ast.ClassDef(outer, [], [], [body], []), node)
    # The compiler calls `np.sin` in another way where it has seen that `np` is imported.
    imported = [name for name in _names_in(code) if name in home and _is_from_elsewhere(home[name], home)]
    imports = [ast.copy_location(ast.Import([ast.copy_location(ast.alias(name), node)]), node) for name in imported]
    module = ast.Module([*imports, body], [])
    try:
        compiled = compile(module, "<source>", "exec", code.co_flags & _FUTURE_FEATURES, dont_inherit=True)
    except SyntaxError:
        return None
    inside = compiled
    while inside.co_name != "factory":
        inside = next(c for c in inside.co_consts if isinstance(c, types.CodeType))
    if "__class__" in code.co_freevars:
        inside = next(c for c in inside.co_consts if isinstance(c, types.CodeType))
    name = code.co_name if isinstance(node, ast.Lambda) else _PROBE
    return next((c for c in inside.co_consts if isinstance(c, types.CodeType) and c.co_name == name), None)


def _in_factory(definition: ast.stmt, free: Sequence[str]) -> ast.FunctionDef:
    """A function around a definition, with the free variables of that for parameters; it has a place in the file."""
    parameters = [ast.copy_location(ast.arg(name), definition) for name in free]
    arguments = ast.arguments([], parameters, None, [], [], None, [])
    return ast.copy_location(ast.FunctionDef("factory", arguments, [definition], [], None, None), definition)


def _names_in(code: types.CodeType) -> set[str]:
    """The names of globals and attributes in a code object and those inside of it."""
    return set(code.co_names).union(*(_names_in(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _is_from_elsewhere(value: Any, home: Mapping[str, Any]) -> bool:
    """Whether a global is likely to have been imported."""
    if isinstance(value, types.ModuleType):
        return True
    return getattr(value, "__module__", None) not in (None, home.get("__name__"))


def _without_defaults(node: ast.FunctionDef) -> ast.arguments:
    """The parameters of a definition without what is evaluated outside of the function."""

    def plain(parameter: ast.arg) -> ast.arg:
        return ast.copy_location(ast.arg(parameter.arg), node)

    given = node.args
    groups = [[*map(plain, group)] for group in (given.posonlyargs, given.args, given.kwonlyargs)]
    star = plain(given.vararg) if given.vararg else None
    kwarg = plain(given.kwarg) if given.kwarg else None
    return ast.arguments(groups[0], groups[1], star, groups[2], [None] * len(groups[2]), kwarg, [])


def _is_the_same(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two codes have the same instructions, and those inside of them: that is quickly seen."""
    return a.co_code == b.co_code and a.co_names == b.co_names and a.co_varnames == b.co_varnames and (
        len(a.co_consts) == len(b.co_consts)
    ) and all(
        _is_the_same(c, d) if isinstance(c, types.CodeType) and isinstance(d, types.CodeType) else _equal_constant(c, d)
        for c, d in zip(a.co_consts, b.co_consts, strict=True)
    )


def _equal_code(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two codes do the same: the compiler calls methods in two ways, as an object is imported or not."""
    if a.co_varnames != b.co_varnames or len(a.co_consts) != len(b.co_consts):
        return False
    if not all(map(_equal_constant, a.co_consts, b.co_consts)):
        return False
    return _operations(a) == _operations(b)


def _operations(code: types.CodeType) -> list[tuple[str, Any]]:
    """What the instructions do."""
    return [
        ("LOAD_ATTR" if i.opname == "LOAD_METHOD" else i.opname, _argument(i))
        for i in dis.get_instructions(code)
        if i.opname not in ("PUSH_NULL", "NOP", "CACHE", "PRECALL", "EXTENDED_ARG")
    ]


_JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))


def _argument(instruction: dis.Instruction) -> Any:
    if instruction.opcode in _JUMPS or isinstance(instruction.argval, types.CodeType):
        return None
    return type(instruction.argval), repr(instruction.argval)


def _equal_constant(a: Any, b: Any) -> bool:
    if isinstance(a, types.CodeType) and isinstance(b, types.CodeType):
        if not a.co_flags & inspect.CO_OPTIMIZED:  # a class body, which holds its own qualified name
            return a.co_names == b.co_names
        return len(a.co_consts) == len(b.co_consts) and _operations(a) == _operations(b)
    return type(a) is type(b) and repr(a) == repr(b)
