"""What there is to say about a derivative, as plain data: its lines, what it keeps, which values carry a derivative.

A derivative consists of functions that call one another.  Those that were made of one function of the user's stand
beside it, as one `Section`.  Where a derivative was differentiated again, each line goes back through all of them to
the user's function.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tangent.emit.functions import reachable
from tangent.emit.load import Listing, listing, origins
from tangent.frontend.entry import CALL
from tangent.ir.nodes import Definition, Differentiated, Origin
from tangent.looking.activity import Variable, variables_of
from tangent.looking.keeping import BACKWARD, Kept, kept_by

__all__ = ["CodeLine", "Fragment", "Panel", "PrimalLine", "Section", "sections_of"]


@dataclass(frozen=True, slots=True)
class PrimalLine:
    """A line of the user's function."""

    number: int
    text: str
    statement: int
    """The line at which its statement begins; 0 where it is part of none: a comment, an empty line."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Lines of a file of the user's: a function, or what was taken over from another one."""

    name: str
    filename: str
    lines: tuple[PrimalLine, ...]
    is_whole: bool = True
    """Whether it is a definition, and not only the lines of one that something stems from."""

    def has(self, number: int) -> bool:
        return any(line.number == number for line in self.lines)

    @property
    def head(self) -> int:
        """The line with the name and the parameters."""
        return next((line.number for line in self.lines if line.number == line.statement), self.lines[0].number)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of a generated function."""

    number: int
    text: str
    role: str
    """What it does for the statement that it stems from; empty where it stems from none."""
    place: tuple[str, int] | None
    """The file and the line of that statement."""
    through: tuple[str, ...]
    """What it does for the lines of the derivatives in between, where it was differentiated more than once."""
    is_backward: bool
    """Whether it belongs to a backward pass."""

    @property
    def kind(self) -> str:
        """The role by which it is coloured: the tangent of a value is a tangent."""
        return "tangent" if self.role == "primal" and "tangent" in self.through else self.role

    @property
    def description(self) -> str:
        """`adjoint`, `tangent of the adjoint`, `saving of the tangent`, ..."""
        if not self.role:
            return ""
        own = (ROLES[self.role],)
        if self.role in ("saved", "restored", "recomputed"):
            return " of the ".join((*own, *self.through))
        return " of the ".join((*self.through, *own) if self.role != "primal" or not self.through else self.through)


ROLES = {
    "primal": "value", "tangent": "tangent", "adjoint": "adjoint", "saved": "saving", "restored": "restoring",
    "recomputed": "recomputation", "inserted": "code for the backward pass",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A generated function."""

    name: str
    lines: tuple[CodeLine, ...]

    @property
    def is_backward_pass(self) -> bool:
        """Whether it is a backward pass as a whole."""
        return all(line.is_backward for line in self.lines if line.role)


@dataclass(frozen=True, slots=True)
class Section:
    """A function of the user's, and the generated functions that were made of it."""

    name: str
    wrt: tuple[str, ...]
    primal: tuple[Fragment, ...]
    """Its definition first."""
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...]
    kept: tuple[Kept, ...]
    functions: tuple[types.FunctionType, ...] = field(repr=False, compare=False)

    def partners(self) -> dict[tuple[str, int], list[tuple[Panel, CodeLine]]]:
        """The generated lines that stem from each statement."""
        found: dict[tuple[str, int], list[tuple[Panel, CodeLine]]] = {}
        for panel in self.panels:
            for line in panel.lines:
                if line.place is not None:
                    found.setdefault(line.place, []).append((panel, line))
        return found


def sections_of(functions: Sequence[types.FunctionType]) -> tuple[Section, ...]:
    """The sections of a derivative: that of the function that was asked for first, those of its helpers behind it."""
    groups: dict[Differentiated, list[tuple[types.FunctionType, Listing]]] = {}
    for function in reachable(functions):
        known = listing(function.__code__)
        if known is not None and (of := root_of(known)) is not None:
            groups.setdefault(of, []).append((function, known))
    for members in groups.values():
        members.sort(key=lambda member: member[1].program.is_backward_pass)
    definitions = [of.program.definition for of in groups if of.program.definition is not None]
    return tuple([_section(of, members, definitions) for of, members in groups.items()])


def root_of(known: Listing) -> Differentiated | None:
    """What the user's function is in a derivative, which may be one of a derivative."""
    of = known.program.of
    while of is not None and of.program.origin is not None:
        inner = known.made_of.get(of.program.origin.filename)
        if inner is None or inner.program.of is None:
            break
        known, of = inner, inner.program.of
    return of


def _section(
    of: Differentiated, members: list[tuple[types.FunctionType, Listing]], definitions: list[Definition]
) -> Section:
    program = of.program
    found = {function: _chains(function, known) for function, known in members}
    last = [chain[-1] for chains in found.values() for chain in chains if chain]
    definition = program.definition or _around(program.origin, definitions)
    primal = _fragments(program.name, definition, last)
    definition = _definition(primal[0]) if primal else definition
    starts = {
        (fragment.filename, line.number): (fragment.filename, line.statement or line.number)
        for fragment in primal for line in fragment.lines
    }
    panels = tuple([
        Panel(known.program.name, tuple(_lines(function, known, found[function], starts)))
        for function, known in members
    ])
    return Section(
        program.name, tuple([v.hint for v in of.wrt]), primal, panels, variables_of(of, definition),
        kept_by(of, [(panel, known) for panel, (_, known) in zip(panels, members, strict=True)]),
        tuple([function for function, _ in members]),
    )


def _chains(function: types.FunctionType, known: Listing) -> list[tuple[Origin, ...]]:
    """The origins of each line of a generated function: none where there is none in the user's."""
    chains = [origins(function.__code__.co_filename, number) for number in range(1, len(known.lines) + 1)]
    between = set(_files_between(known))
    return [() if chain and chain[-1].filename in between else chain for chain in chains]


def _files_between(known: Listing) -> Iterator[str]:
    for name, inner in known.made_of.items():
        yield name
        yield from _files_between(inner)


def _lines(
    function: types.FunctionType, known: Listing, chains: list[tuple[Origin, ...]],
    starts: dict[tuple[str, int], tuple[str, int]],
) -> Iterator[CodeLine]:
    texts = inspect.getsource(function).splitlines()
    for number, (text, chain) in enumerate(zip(texts, chains, strict=True), start=1):
        if not chain:
            is_backward = known.lines[number - 1].role in BACKWARD
            yield CodeLine(number, text, "", None, (), is_backward)
            continue
        origin = chain[-1]
        first = origin.line if origin.role == "inserted" else origin.statement_line or origin.line
        place = starts.get((origin.filename, first))
        through = tuple([ROLES[o.role] for o in chain[:-1] if o.role != "primal"])
        yield CodeLine(number, text, origin.role, place, through, any(o.role in BACKWARD for o in chain))


def _around(origin: Origin | None, definitions: Iterable[Definition]) -> Definition | None:
    """The function that another one is written inside of."""
    for d in definitions:
        if origin is not None and d.filename == origin.filename and 0 <= origin.line - d.first_line < len(d.lines):
            return d
    return None


def _fragments(name: str, definition: Definition | None, origins: list[Origin]) -> tuple[Fragment, ...]:
    """The lines of a function, and those of others that were taken over into it."""
    fragments: list[Fragment] = [] if definition is None else [_fragment(name, definition)]
    others: dict[tuple[str, str], dict[int, str]] = {}
    for origin in origins:
        if any(f.filename == origin.filename and f.has(origin.line) for f in fragments):
            continue
        if (found := enclosing(origin)) is not None:
            fragments.append(_fragment(origin.function, found))
        else:
            others.setdefault((origin.filename, origin.function), {})[origin.line] = origin.source_line.rstrip("\n")
    for (filename, function), texts in others.items():
        lines = tuple([PrimalLine(number, texts[number], number) for number in sorted(texts)])
        fragments.append(Fragment(function, filename, lines, is_whole=False))
    users = [f for f in fragments if not f.filename.startswith(CALL)]  # and not what calls a method for them
    return tuple(users or fragments)


def _fragment(name: str, definition: Definition) -> Fragment:
    starts = statement_starts(definition)
    lines = tuple([
        PrimalLine(number, text.rstrip("\n"), starts.get(number, 0))
        for number, text in enumerate(definition.lines, start=definition.first_line)
    ])
    return Fragment(name, definition.filename, lines)


def _definition(fragment: Fragment) -> Definition:
    return Definition(fragment.filename, fragment.lines[0].number, tuple([line.text + "\n" for line in fragment.lines]))


def enclosing(origin: Origin) -> Definition | None:
    """The function around a statement; None where the file is another one by now."""
    lines = linecache.getlines(origin.filename)
    if not 0 < origin.line <= len(lines) or lines[origin.line - 1].rstrip() != origin.source_line.rstrip():
        return None
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return None
    found = None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno <= origin.line <= (node.end_lineno or 0):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found = Definition(origin.filename, first, tuple(lines[first - 1 : node.end_lineno]))
    return found


def statement_starts(definition: Definition) -> dict[int, int]:
    """The line at which the statement of each line begins; of a compound one, only its head counts."""
    try:
        tree = ast.parse(textwrap.dedent("".join(definition.lines)))
    except SyntaxError:  # a lambda in the middle of an expression
        return {n: n for n in range(definition.first_line, definition.first_line + len(definition.lines))}
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            heads = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt | ast.excepthandler)]
            ends = [n.end_lineno for n in heads if isinstance(n, ast.expr) and n.end_lineno is not None]
            end = max([node.lineno, *ends]) if hasattr(node, "body") else node.end_lineno or node.lineno
            for line in range(node.lineno, end + 1):
                found[line + definition.first_line - 1] = node.lineno + definition.first_line - 1
    return found
