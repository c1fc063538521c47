"""What a derivative keeps of its forward pass for the backward pass, and which adjoint statements read it.

What is kept is decided in `transform.saving`, from what the backward pass reads; here it is read off the programs:
the values that are bound in the forward pass and read in the backward one, those that are taken from a list again,
and those that are computed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tangent import runtime
from tangent.analysis.calls import is_call_of
from tangent.emit.load import Listing
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Call, Differentiated, For, Function, Statement, Var, While
from tangent.ir.walk import all_bound, all_statements, expr_vars, nested_blocks, statement_vars

if TYPE_CHECKING:
    from tangent.looking.facts import CodeLine, Panel

__all__ = ["BACKWARD", "Kept", "Reader", "bindings_of", "kept_by", "returned_for_backward"]

BACKWARD = frozenset({"adjoint", "restored", "recomputed", "inserted"})
"""The roles of lines in a backward pass."""

How = Literal["argument", "variable", "returned", "list", "recomputed"]


@dataclass(frozen=True, slots=True)
class Reader:
    """A line of the backward pass."""

    panel: str
    line: int
    text: str
    what: str
    """What it is of the user's function: `adjoint of line 12`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A value of the forward pass that the backward pass reads."""

    name: str
    how: How
    place: tuple[str, int] | None
    """The file and the line of the statement that binds it; None for an argument."""
    at: tuple[str, int] | None
    """The generated line that keeps it, or computes it again."""
    readers: tuple[Reader, ...]
    stack: str = ""
    """The list that it is put onto."""

    @property
    def bound(self) -> int | None:
        """The line of the statement that binds it; None for an argument."""
        return None if self.place is None else self.place[1]

    @property
    def means(self) -> str:
        """How the backward pass gets it."""
        return {
            "argument": "an argument, which is still there", "variable": "a variable, which is still there",
            "returned": "returned by the forward function", "list": "a list, with a value for each iteration",
            "recomputed": "computed again",
        }[self.how]


def kept_by(of: Differentiated, panels: Sequence[tuple[Panel, Listing]]) -> tuple[Kept, ...]:
    """What the functions of a derivative of `of` keep."""
    return tuple(_Keeping(of, panels).all())


@dataclass(frozen=True, slots=True)
class _Printed:
    """A line with the statement of the program that it is."""

    panel: Panel
    line: CodeLine
    statement: Statement


class _Keeping:
    def __init__(self, of: Differentiated, panels: Sequence[tuple[Panel, Listing]]) -> None:
        self.panels = panels
        self.arguments = {v.hint for v in of.program.params}
        self.names = {var: name for _, known in panels for var, name in known.names.items()}
        self.printed = [
            _Printed(panel, line, statement)
            for panel, known in panels
            for line, of in zip(panel.lines, known.lines, strict=True)
            if (statement := of.statement) is not None and not line.text.lstrip().startswith("#")
        ]
        lines: dict[Statement, tuple[str, int] | None] = {}
        for printed in self.printed:
            lines.setdefault(printed.statement, printed.line.place)
        self.places = {
            v: lines[statement] for _, known in panels if not known.program.is_backward_pass
            for v, statement in bindings_of(known.program).items() if statement in lines
        }
        self.parameters = {
            v for _, known in panels if not known.program.is_backward_pass
            for v in known.program.params if v.hint in self.arguments
        }
        self.lists = {
            self.names[v] for p in self.printed
            if p.line.role == "saved" and _calls(p.statement, primitives.make_list, primitives.list_append)
            for v in all_bound(p.statement) if v in self.names
        }

    def all(self) -> Iterator[Kept]:
        yield from self.still_there()
        yield from self.on_lists()
        yield from self.computed_again()

    def still_there(self) -> Iterator[Kept]:
        """What is bound outside of loops: in one function it is there, of two the first returns it."""
        passed = dict(self.passed())
        forward = self.of_forward_pass()
        found: dict[Var, list[_Printed]] = {}
        for printed in self.backward():
            for var in _reads(printed.statement):
                var = passed.get(var, var)
                if var in forward and printed not in found.setdefault(var, []):
                    found[var].append(printed)
        returned = set(passed.values())
        for var, readers in found.items():
            how: How = "returned" if var in returned else "argument" if var in self.parameters else "variable"
            name = self.names.get(var, var.hint)
            if name not in self.lists:
                yield Kept(name, how, self.places.get(var), self.printed_at(var), _readers(readers))

    def passed(self) -> Iterator[tuple[Var, Var]]:
        """What the backward function calls the values that the forward function returns for it."""
        forward = next((k.program for _, k in self.panels if k.program.of and not k.program.is_backward_pass), None)
        backward = next((k.program for _, k in self.panels if k.program.is_backward_pass), None)
        if forward is None or backward is None:
            return
        given = returned_for_backward(forward)
        taken: Sequence[Var] = backward.params[:1]
        for statement in all_statements(backward.body):
            if type(statement) is not Assign:
                continue
            if is_call_of(statement.value, primitives.unpack) and backward.params[0] in expr_vars(statement.value):
                taken = statement.targets
        names = dict(zip(taken, given, strict=False)) if len(taken) == len(given) else {}
        yield from names.items()
        for statement in all_statements(backward.body):  # a copy, of what the backward pass writes into
            if type(statement) is Assign and is_call_of(statement.value, runtime.copy, runtime.writable):
                for var in expr_vars(statement.value):
                    if var in names:
                        names[statement.targets[0]] = names[var]
                        yield statement.targets[0], names[var]

    def of_forward_pass(self) -> set[Var]:
        """The values that the forward pass binds: the index of a loop is bound again by the loop that goes back."""
        found = set(self.parameters)
        for printed in self.printed:
            if not printed.line.is_backward:
                found.update(all_bound(printed.statement))
        return found - {p.statement.index for p in self.backward() if type(p.statement) is For}

    def backward(self) -> Iterator[_Printed]:
        return (p for p in self.printed if p.line.is_backward)

    def on_lists(self) -> Iterator[Kept]:
        pushed: dict[tuple[Any, ...], _Printed] = {}
        for printed in self.printed:
            if printed.line.role == "saved" and _calls(printed.statement, primitives.list_append):
                for key in self.keys(printed):
                    pushed.setdefault(key, printed)
        for printed in self.printed:
            if printed.line.role == "restored" and _calls(printed.statement, primitives.list_pop):
                assert type(printed.statement) is Assign
                value = printed.statement.targets[1]
                push = next((pushed[key] for key in self.keys(printed) if key in pushed), None)
                at = (push.panel.name, push.line.number) if push else None
                stack = self.stack_of(push) if push else ""
                name, readers = self.names.get(value, value.hint), self.readers_of(value)
                yield Kept(name, "list", printed.line.place, at, readers, stack)

    def keys(self, printed: _Printed) -> Iterator[tuple[Any, ...]]:
        """What the two lines have in common that put a value onto a list and take it off.

        That is the line that binds the value, and what the list is called, or at least the value.
        """
        statement = printed.statement
        assert type(statement) is Assign
        assert type(statement.value) is Call
        yield ("list", self.stack_of(printed), printed.line.place)
        value = statement.value.args[1] if len(statement.value.args) > 1 else statement.targets[1]
        if type(value) is Var:
            yield ("value", value.hint, printed.line.place)

    def stack_of(self, printed: _Printed) -> str:
        """The name of the list that a line changes."""
        assert type(printed.statement) is Assign
        assert type(printed.statement.value) is Call
        (stack,) = expr_vars(printed.statement.value.args[0])
        return self.names[stack]

    def computed_again(self) -> Iterator[Kept]:
        for printed in self.printed:
            if printed.line.role == "recomputed" and type(printed.statement) is Assign:
                for value in printed.statement.targets:
                    name, at = self.names.get(value, value.hint), (printed.panel.name, printed.line.number)
                    yield Kept(name, "recomputed", printed.line.place, at, self.readers_of(value))

    def readers_of(self, value: Var) -> tuple[Reader, ...]:
        return _readers([p for p in self.backward() if value in _reads(p.statement)])

    def printed_at(self, var: Var) -> tuple[str, int] | None:
        """The generated line that binds a value."""
        for printed in self.printed:
            if var in all_bound(printed.statement) and not printed.line.is_backward:
                return printed.panel.name, printed.line.number
        return None


def returned_for_backward(forward: Function) -> tuple[Var, ...]:
    """The values that a forward function returns for its backward function."""
    last = forward.body.yields[-1] if forward.body.yields else None
    if type(last) is Call and is_call_of(last, primitives.make_tuple):
        return tuple([v for a in last.args for v in expr_vars(a)])
    return (last,) if type(last) is Var else ()


def bindings_of(program: Function) -> dict[Var, Statement]:
    """The statement that binds each value; for what a loop carries, that in the loop which binds the next one."""
    definitions: dict[Var, Statement] = {}
    ends: dict[Var, Any] = {}
    for statement in all_statements(program.body):
        definitions.update(dict.fromkeys(all_bound(statement), statement))
        if isinstance(statement, For | While):
            for param, end, result in zip(statement.params, statement.body.yields, statement.results, strict=True):
                ends[param] = ends[result] = end
    found: dict[Var, Statement] = {}
    for var in definitions:
        value: Any = var
        seen: set[Any] = set()
        while value in ends and value not in seen:
            seen.add(value)
            value = ends[value]
        found[var] = definitions.get(value, definitions[var])
    return found


def _reads(statement: Statement) -> list[Var]:
    """What the line of a statement reads; what a block yields is assigned at its end."""
    found = list(statement_vars(statement))
    for block in nested_blocks(statement):
        for expr in (*block.yields, *(() if block.stop is None else (block.stop,))):
            found += expr_vars(expr)
    return found


def _readers(printed: Iterable[_Printed]) -> tuple[Reader, ...]:
    lines: dict[tuple[str, int], Reader] = {}
    for p in printed:
        text = p.line.text.strip()
        what = f"{p.line.description} of line {p.line.place[1]}" if p.line.place is not None else ""
        lines.setdefault((p.panel.name, p.line.number), Reader(p.panel.name, p.line.number, text, what))
    return tuple(lines.values())


def _calls(statement: Statement, *functions: object) -> bool:
    return type(statement) is Assign and is_call_of(statement.value, *functions)
