"""From programs to Python text: statements, comments and layout.

Assumes that `emit.buffers` has made in-place updates safe and `emit.names` has named every value.  What a
loop or a branch yields becomes assignments at its ends, most of which vanish because both sides have the
same name.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter as P
from typing import Any, NamedTuple, assert_never

from tangent.analysis.calls import function_of, is_call_of
from tangent.emit.expressions import INPLACE, Expressions
from tangent.emit.names import assign_names
from tangent.emit.refusals import may_catch, may_refuse
from tangent.emit.spelling import Spelling
from tangent.errors import TangentError
from tangent.ir import primitives
from tangent.ir.attempts import caught_error, is_attempt
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    If,
    Lib,
    Origin,
    Parameter,
    Role,
    Statement,
    Undefined,
    Var,
    While,
    computed_for,
    with_role,
)
from tangent.ir.walk import expr_vars, used_vars, with_blocks
from tangent.rules.libraries import in_use

__all__ = ["Generated", "Line", "generate"]

WIDTH = 100
SHORTEST = 20
"""How much is left of a comment, however deep it stands."""
TANGENT_ERROR = Lib(TangentError, "tangent.errors.TangentError")
STARS = {P.VAR_POSITIONAL: "*", P.VAR_KEYWORD: "**"}


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of a function, and what Tangent's own names in it stand for."""

    text: str
    own: dict[str, Any]
    functions: dict[str, GeneratedFunction]
    program: Function
    lines: tuple[Line, ...]
    """What each line of the text is of the program."""
    names: Mapping[Var, str]
    """What the values of the program are called in the text."""


class Line(NamedTuple):
    """A line of generated code."""

    text: str
    statement: Statement | None
    """The statement of the program that it is, or belongs to."""
    role: Role

    @property
    def origin(self) -> Origin | None:
        """The statement that was differentiated, and what this line does for it."""
        return None if self.statement is None else with_role(self.statement.origin, self.role)


def generate(
    function: Function, docstring: str | None = None, comments: bool = True, returned: Statement | None = None
) -> Generated:
    """The Python source of a program; `returned` is the statement whose value is computed where it is returned."""
    function = replace(function, body=elements_first(function.body))
    spelling = Spelling(function)
    names = assign_names(function, spelling.reserved)
    writer = _Writer(function, names, spelling, comments)
    writer.write(docstring, returned)
    lines = tuple(map(shortened, writer.lines))
    text = "\n".join([line.text for line in lines]) + "\n"
    return Generated(text, spelling.own, spelling.functions, function, lines, names)


def shortened(line: Line) -> Line:
    """A line whose comment is no longer than a line should be."""
    if len(line.text) <= WIDTH or not (comment := line.text.lstrip()).startswith("#"):
        return line
    return line._replace(text=line.text[: max(WIDTH, len(line.text) - len(comment) + SHORTEST)].rstrip())


class _Writer:
    def __init__(self, function: Function, names: dict[Var, str], spelling: Spelling, comments: bool) -> None:
        self.function = function
        self.names = names
        self.expressions = Expressions(names.__getitem__, spelling.spell)
        self.lines: list[Line] = []
        self.depth = 0
        self.opened: list[int] = []
        """The numbers of lines up to the beginnings of the contexts that are open."""
        self.in_backward = function.is_backward_pass
        self.commented: tuple[Any, ...] | None = None
        self.comments = comments
        self.rebinds = in_use(function.namespace.globals)
        """Whether there may be arrays that can't be written to: then `add_at` gives another one."""
        self.uses: dict[Var, int] = {}
        for var in used_vars(function.body):
            self.uses[var] = self.uses.get(var, 0) + 1

    def name(self, var: Var) -> str:
        return self.names[var]

    def text(self, expr: Expr, level: int = 1) -> str:
        return self.expressions.text(expr, level)

    def line(self, text: str, statement: Statement | None = None) -> None:
        self.lines.append(Line("    " * self.depth + text if text else "", statement, self.role(statement)))

    def role(self, statement: Statement | None) -> Role:
        """What a statement does; all that is not said to do something else in a backward pass computes adjoints."""
        role = statement.origin.role if statement is not None and statement.origin is not None else "primal"
        return "adjoint" if self.in_backward and role == "primal" else role

    # --- the function ------------------------------------------------------------------------

    def write(self, docstring: str | None, returned: Statement | None) -> None:
        function = self.function
        self.line(f"def {function.name}({signature(function.parameters, self.names)}):")
        self.depth = 1
        if docstring:
            self.line(f'"""{docstring}"""')
        self.statements(function.body.statements)
        values = [self.text(y) for y in function.body.yields]
        if function.returns_tuple:
            self.line(f"return {', '.join(values)}" + ("," if len(values) == 1 else ""), returned)
        else:
            self.line(f"return {values[0]}", returned)

    # --- statements --------------------------------------------------------------------------

    def statements(self, statements: Iterable[Statement]) -> None:
        stacks: list[Assign] = []
        for statement in statements:
            if type(statement) is Assign and is_empty_list(statement):
                stacks.append(statement)
                continue
            self.start_stacks(stacks)
            self.statement(statement)
            self.indent(statement)
        self.start_stacks(stacks)

    def indent(self, statement: Statement) -> None:
        """Statements inside of a context stand under it."""
        if type(statement) is Assign and is_call_of(statement.value, primitives.enter):
            self.depth += 1
            self.opened.append(len(self.lines))
        elif type(statement) is Assign and is_call_of(statement.value, primitives.leave):
            if self.opened.pop() == len(self.lines):
                self.line("pass")
            self.depth -= 1

    def start_stacks(self, stacks: list[Assign]) -> None:
        """`x_stack, y_stack = [], []`; of more than three Python makes a tuple first, which Numba can't type."""
        while stacks:
            names = [self.name(s.targets[0]) for s in stacks]
            count = next(n for n in range(min(len(names), 3), 0, -1) if n == 1 or sum(map(len, names[:n])) + 6 * n < 80)
            self.line(f"{', '.join(names[:count])} = {', '.join(['[]'] * count)}", stacks[0])
            del stacks[:count]

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign():
                if is_call_of(statement.value, primitives.backward_pass):
                    self.start_backward()
                elif is_call_of(statement.value, primitives.leave):
                    self.commented = None
                else:
                    self.comment(statement)
                    self.assign(statement)
            case If():
                self.if_(statement, (), None, ())
            case For():
                self.for_(statement)
            case While():
                self.while_(statement)
            case _:
                assert_never(statement)

    def comment_region(self, statement: If | For | While) -> None:
        if is_part(statement):
            self.comment(statement)

    def commented_inside(self, statement: If | For | While) -> tuple[Any, ...] | None:
        """What a comment has said already where the blocks of a statement begin."""
        origin = statement.origin
        if self.commented is None or origin is None or not is_part(statement):
            return None
        is_same = self.commented[:3] == (origin.filename, origin.statement_line, origin.text)
        return (*self.commented[:3], self.depth) if is_same else None

    def start_backward(self) -> None:
        self.in_backward = True
        if self.lines and len(self.lines) > 1:
            self.line("")

    def comment(self, statement: Statement) -> None:
        """In the backward pass, say which statement of the user an adjoint statement belongs to."""
        origin = computed_for(statement)
        if origin is None or not self.in_backward or not self.comments or not origin.text:
            return
        place = (origin.filename, origin.statement_line, origin.text, self.depth)
        if place != self.commented:
            self.commented = place
            self.line(f"# {origin.text}", statement)

    def assign(self, statement: Assign) -> None:
        value, targets = statement.value, statement.targets
        if type(value) is Call and type(value.fn) is Lib:
            text = self.special(statement, value)
            if text is not None:
                if text:
                    self.line(text, statement)
                return
        text = self.text(value)
        if not targets:
            self.line(text, statement)
            return
        names = [self.name(t) for t in targets]
        if len(targets) == 1 and names[0] == text:
            return
        trailing = "," if len(targets) == 1 and type(value) is Call and is_unpack(value) else ""
        self.line(f"{', '.join(names)}{trailing} = {text}", statement)

    def special(self, statement: Assign, call: Call) -> str | None:
        """Primitives that are statements in Python; an empty text for nothing at all."""
        assert type(call.fn) is Lib
        fn, args = call.fn.value, call.args
        targets = statement.targets
        if fn is primitives.update_item:
            return self.item_assignment(args)
        if fn is primitives.add_item:
            return f"{self.expressions.place(args[0], args[1])} += {self.text(args[2])}"
        if fn is primitives.list_append:
            return f"{self.text(args[0], 14)}.append({self.text(args[1])})"
        if fn is primitives.dict_remove:
            return f"{self.text(args[0], 14)}.pop({self.text(args[1])}, None)"
        if fn is primitives.set_add or fn is primitives.set_discard:
            return f"{self.text(args[0], 14)}.{fn.__name__.removeprefix('set_')}({self.text(args[1])})"
        if fn is primitives.list_insert:
            return f"{self.text(args[0], 14)}.insert({self.text(args[1])}, {self.text(args[2])})"
        if fn is primitives.list_pop:
            pop = f"{self.text(args[0], 14)}.pop({', '.join(self.text(a) for a in args[1:])})"
            return f"{self.name(targets[1])} = {pop}" if targets[1] in self.uses else pop
        if fn is primitives.caught or fn is primitives.inserted:
            return ""
        if fn is primitives.enter:
            target = f" as {self.name(targets[0])}" if self.uses.get(targets[0], 0) > 1 else ""
            return f"with {self.text(args[0])}{target}:"
        if fn is primitives.raise_ and not args:
            return "raise"
        if fn is primitives.raise_:
            cause = f" from {self.text(args[1])}" if len(args) > 1 else ""
            return f"raise {self.text(args[0])}{cause}"
        if fn is primitives.assert_:
            return f"assert {', '.join(self.text(a) for a in args)}"
        if fn is primitives.unpack:
            return self.unpack(targets, args)
        if getattr(fn, "__name__", "") == "add_at":
            return f"{self.name(targets[0])} = {self.text(call)}" if self.rebinds else self.text(call)
        updates = isinstance(fn, type(operator.iadd)) and fn in INPLACE and type(args[0]) is Var
        if updates and self.text(args[0]) == self.name(targets[0]):
            return f"{self.name(targets[0])} {INPLACE[fn]}= {self.text(args[1])}"
        return None

    def item_assignment(self, args: tuple[Expr, ...]) -> str:
        place = self.expressions.place(args[0], args[1])
        value = args[2]
        if type(value) is Call and type(value.fn) is Lib and len(value.args) == 2:
            sign = INPLACE.get(value.fn.value)
            if sign and self.text(value.args[0]) == place:
                return f"{place} {sign}= {self.text(value.args[1])}"
        return f"{place} = {self.text(value)}"

    def unpack(self, targets: tuple[Var, ...], args: tuple[Expr, ...]) -> str:
        names = [self.name(t) if t in self.uses else "_" for t in targets]
        before, after = args[1], args[2]
        if type(after) is Const and after.value is not None and type(before) is Const:
            names[before.value] = "*" + names[before.value]
        trailing = "," if len(names) == 1 else ""
        return f"{', '.join(names)}{trailing} = {self.text(args[0])}"

    # --- copies at the ends of blocks --------------------------------------------------------

    def copies(self, targets: Iterable[Var], values: Iterable[Expr], statement: Statement | None = None) -> None:
        """Assign all values to all targets at once."""
        moves: list[tuple[str, Expr]] = []
        for target, value in zip(targets, values, strict=True):
            name = self.name(target)
            if isinstance(value, Undefined) or (type(value) is Var and self.name(value) == name):
                continue
            if name not in (m[0] for m in moves):
                moves.append((name, value))
        while moves:
            free = next((m for m in moves if not any(m[0] in self.read(v) for n, v in moves if n != m[0])), None)
            if free is None:
                names, values = zip(*moves, strict=True)
                self.line(f"{', '.join(names)} = {', '.join(self.text(v) for v in values)}", statement)
                return
            self.line(f"{free[0]} = {self.text(free[1])}", statement)
            moves.remove(free)

    def read(self, expr: Expr) -> set[str]:
        return {self.name(v) for v in expr_vars(expr)}

    # --- branches ----------------------------------------------------------------------------

    def if_(self, statement: If, params: tuple[Var, ...], stop: Expr | None, ends: tuple[Expr, ...]) -> None:
        """A branch.  Where it ends the body of a loop, `stop` says whether the loop is left, and `ends` is
        what is assigned to `params` before that."""
        self.comment_region(statement)
        sides = []
        for block in (statement.then, statement.orelse):
            outer, self.lines = self.lines, []
            commented = self.commented
            self.depth += 1
            self.commented = self.commented_inside(statement)
            start = len(outer)
            leaves = self.side(statement, block, params, stop, ends)
            self.depth -= 1
            self.commented = commented
            sides.append((self.lines, leaves, start))
            self.lines = outer
        self.commented = self.commented if is_part(statement) else None
        (then, then_leaves, _), (orelse, _, _) = sides
        if is_attempt(statement):
            self.try_(statement, then, orelse)
            return
        if then:
            self.line(f"if {self.text(statement.test)}:", statement)
            self.lines += then
            if orelse and then_leaves:
                self.lines += outdented(orelse)
            elif (test := elif_test(statement.orelse, orelse)) is not None:
                self.line(f"elif {test}:", orelse[0].statement)
                self.lines += outdented(orelse[len(statement.orelse.statements) :])
            elif orelse:
                self.line("else:", statement)
                self.lines += orelse
        elif orelse:
            self.line(f"if {negated(self.expressions, statement.test)}:", statement)
            self.lines += orelse

    def try_(self, statement: If, then: list[Line], orelse: list[Line]) -> None:
        """`try: ... except E: ...`; what Tangent itself raises in the body is not for the user's handlers."""
        nothing = [Line("    " * (self.depth + 1) + "pass", statement, self.role(statement))]
        self.line("try:", statement)
        self.lines += then or nothing
        assert type(statement.test) is Call
        if may_catch(statement) and may_refuse(statement.then):
            self.line(f"except {self.text(TANGENT_ERROR)}:", statement)
            self.line("    raise", statement)
        exceptions = [self.text(e) for e in statement.test.args]
        caught = caught_error(statement)
        name = f" as {self.name(caught)}" if caught is not None and caught in self.uses else ""
        if name and not exceptions:
            exceptions = [self.text(Lib(BaseException, "builtins.BaseException"))]
        named = exceptions[0] if len(exceptions) == 1 else f"({', '.join(exceptions)})" if exceptions else ""
        self.line(f"except {named}".rstrip() + name + ":", statement)
        self.lines += orelse or nothing

    def side(
        self, statement: If, block: Block, params: tuple[Var, ...], stop: Expr | None, ends: tuple[Expr, ...]
    ) -> bool:
        """One side of a branch; returns whether it ends by leaving the loop."""
        position = next((i for i, r in enumerate(statement.results) if r is stop), None)
        if position is None:
            self.statements(block.statements)
            self.copies(self.live(statement.results), self.live_values(statement.results, block.yields), statement)
            return False
        flag = block.yields[position]
        results = statement.results[:position] + statement.results[position + 1 :]
        values = block.yields[:position] + block.yields[position + 1 :]
        if type(flag) is Const:
            self.statements(block.statements)
            self.copies(self.live(results), self.live_values(results, values), statement)
            if flag.value:
                self.copies(params, with_flag(ends, stop, flag), statement)
                self.line("break", statement)
            return bool(flag.value)
        *first, last = block.statements or (None,)
        mapping = dict(zip(results, values, strict=True))
        if type(last) is If and any(r is flag for r in last.results):
            self.statements(first)
            inner_ends = tuple(mapping.get(e, e) if type(e) is Var else e for e in with_flag(ends, stop, flag))
            self.if_(last, params, flag, inner_ends)
            self.copies(self.live(results), self.live_values(results, with_flag(values, flag, Const(False))), statement)
            return False
        self.statements(block.statements)
        self.copies(self.live(results), self.live_values(results, values), statement)
        self.line(f"if {self.text(flag)}:", statement)
        self.depth += 1
        self.copies(params, with_flag(ends, stop, flag), statement)
        self.line("break", statement)
        self.depth -= 1
        return False

    def live(self, results: tuple[Var, ...]) -> list[Var]:
        return [r for r in results if r in self.uses]

    def live_values(self, results: tuple[Var, ...], values: tuple[Expr, ...]) -> list[Expr]:
        return [v for r, v in zip(results, values, strict=True) if r in self.uses]

    # --- loops -------------------------------------------------------------------------------

    def for_(self, statement: For) -> None:
        self.comment_region(statement)
        self.copies(statement.params, statement.inits, statement)
        head, taken = self.head(statement)
        self.line(f"for {head}:", statement)
        self.body(statement, tuple(s for s in statement.body.statements if s not in taken))

    def while_(self, statement: While) -> None:
        self.comment_region(statement)
        self.copies(statement.params, statement.inits, statement)
        header = statement.header
        if not header.statements:
            self.line(f"while {self.text(header.yields[0])}:", statement)
            self.body(statement, statement.body.statements)
            return
        self.line("while True:", statement)
        self.depth += 1
        self.statements(header.statements)
        self.line(f"if {negated(self.expressions, header.yields[0])}:", statement)
        self.line("    break", statement)
        self.depth -= 1
        self.body(statement, statement.body.statements)

    def body(self, statement: For | While, statements: tuple[Statement, ...]) -> None:
        before, outer = len(self.lines), self.commented
        self.depth += 1
        self.commented = self.commented_inside(statement)
        stop, params, ends = statement.body.stop, statement.params, statement.body.yields
        *first, last = statements or (None,)
        if stop is not None and type(last) is If and any(r is stop for r in last.results):
            self.statements(first)
            self.if_(last, params, stop, ends)
            self.copies(params, with_flag(ends, stop, Const(False)), statement)
        else:
            self.statements(statements)
            self.copies(params, ends, statement)
            if type(stop) is Const and stop.value is True:
                self.line("break", statement)
            elif stop is not None:
                self.line(f"if {self.text(stop)}:", statement)
                self.line("    break", statement)
        if len(self.lines) == before:
            self.line("pass", statement)
        self.depth -= 1
        self.commented = outer if is_part(statement) else None

    def head(self, statement: For) -> tuple[str, list[Statement]]:
        """`i in range(n)` or `c in items`, and the statements of the body which that makes superfluous."""
        elements = elements_of(statement)
        if elements:
            targets = [self.name(s.targets[0]) for s in elements]
            items = [self.text(s.value.args[0]) for s in elements if type(s.value) is Call]
            taken: list[Statement] = list(elements)
            used = self.index_uses(statement) > len(elements)
            target, item = targets[0], items[0]
            if len(elements) > 1:
                target, item = ", ".join(targets), f"zip({', '.join(items)})"
            if used:
                inner = f"({target})" if len(elements) > 1 else target
                return f"{self.name(statement.index)}, {inner} in enumerate({item})", taken
            return f"{target} in {item}", taken
        start, stop, step = statement.bounds
        parts = [self.text(stop)]
        if not _is(start, 0) or not _is(step, 1):
            parts.insert(0, self.text(start))
        if not _is(step, 1):
            parts.append(self.text(step))
        used = self.index_uses(statement) > 0
        name = self.name(statement.index) if used or statement.index.named else "_"
        return f"{name} in range({', '.join(parts)})", []

    def index_uses(self, statement: For) -> int:
        """How often the index is read in the loop (a backward loop binds that of its forward loop again)."""
        return sum(v is statement.index for v in used_vars(statement.body))


def elements_of(loop: For) -> list[Assign]:
    """The elements that the loop's target takes, where the bounds say that it runs through sequences."""
    start, stop, step = loop.bounds
    if not _is(start, 0) or not _is(step, 1):
        return []
    lengths = list(_lengths(stop))
    found: list[Assign] = []
    for inner in loop.body.statements:
        if type(inner) is Assign and is_call_of(inner.value, primitives.element) and len(found) < len(lengths):
            items, index = inner.value.args
            if index is loop.index and lengths[len(found)] is items:
                found.append(inner)
    return found if len(found) == len(lengths) else []


def elements_first(block: Block) -> Block:
    """The elements that the targets of loops take are bound before anything else is, as they will be printed."""

    def change(statement: Statement) -> Statement:
        statement = with_blocks(statement, elements_first)
        if type(statement) is not For or not (taken := elements_of(statement)):
            return statement
        others = [s for s in statement.body.statements if s not in taken]
        return replace(statement, body=replace(statement.body, statements=(*taken, *others)))

    return replace(block, statements=tuple([change(s) for s in block.statements]))


def with_flag(ends: tuple[Expr, ...], stop: Expr | None, flag: Expr) -> tuple[Expr, ...]:
    """What a loop yields at a place where it is known whether it is left."""
    return tuple(flag if e is stop else e for e in ends)


def _lengths(stop: Expr) -> Iterable[Expr | None]:
    """The sequences whose (smallest) length a bound is."""
    if type(stop) is Call and function_of(stop) is len:
        yield stop.args[0]
    elif type(stop) is Call and function_of(stop) is min and len(stop.args) == 2:
        for arg in stop.args:
            yield from _lengths(arg)
    else:
        yield None


def signature(parameters: tuple[Parameter, ...], names: dict[Var, str]) -> str:
    """The parameters of a function, as text."""
    parts: list[str] = []
    for position, p in enumerate(parameters):
        default = f"={p.default}" if p.default is not None else ""
        if p.kind is p.kind.KEYWORD_ONLY and not any(
            q.kind in (q.kind.KEYWORD_ONLY, q.kind.VAR_POSITIONAL) for q in parameters[:position]
        ):
            parts.append("*")
        parts.append(f"{STARS.get(p.kind, '')}{names[p.var]}{default}")
        if p.kind is p.kind.POSITIONAL_ONLY and (
            position + 1 == len(parameters) or parameters[position + 1].kind is not p.kind.POSITIONAL_ONLY
        ):
            parts.append("/")
    return ", ".join(parts)


def is_part(statement: If | For | While) -> bool:
    """Whether a branch or a loop is not one of the user's, but a part of what one statement of the user stands for.

    It is of a rule's template, or of a block that the user has inserted.
    """
    origin = statement.origin
    return statement.region.mirror is None and origin is not None and bool(origin.text)


def negated(expressions: Expressions, test: Expr) -> str:
    opposite = {operator.lt: ">=", operator.ge: "<", operator.gt: "<=", operator.le: ">", operator.is_: "is not",
                operator.is_not: "is", operator.eq: "!=", operator.ne: "=="}
    if type(test) is Call and type(test.fn) is Lib and test.fn.value is operator.not_:
        return expressions.text(test.args[0])
    if type(test) is Call and type(test.fn) is Lib and test.fn.value in (
        operator.is_, operator.is_not, operator.eq, operator.ne,
    ):
        left, right = (expressions.text(a, 6) for a in test.args)
        return f"{left} {opposite[test.fn.value]} {right}"
    return f"not {expressions.text(test, 4)}"


def elif_test(block: Block, lines: list[Line]) -> str | None:
    """The test of an `elif` that stands for an `else` with one `if` in it, whose test may have a name."""
    count = len(block.statements)
    if not lines or count not in (1, 2) or not is_one_if(lines[count - 1 :]):
        return None
    texts = [line.text.strip() for line in lines[:count]]
    if count == 1:
        return texts[0].removeprefix("if ").removesuffix(":") if texts[0].startswith("if ") else None
    name, _, value = texts[0].partition(" = ")
    return f"{name} := {value}" if texts[1] == f"if {name}:" else None


def is_one_if(lines: list[Line]) -> bool:
    """Whether lines are a single `if` statement."""
    first, *others = [line.text for line in lines]
    indent = len(first) - len(first.lstrip())
    return all(
        len(text) - len(text.lstrip()) > indent or text.lstrip().startswith(("elif ", "else:")) for text in others
    )


def outdented(lines: Iterable[Line]) -> list[Line]:
    return [line._replace(text=line.text.removeprefix("    ")) for line in lines]


def is_empty_list(statement: Assign) -> bool:
    value = statement.value
    return is_call_of(value, primitives.make_list) and not value.args and not statement.targets[0].named


def is_unpack(call: Call) -> bool:
    return is_call_of(call, primitives.unpack)


def _is(expr: Expr, value: int) -> bool:
    return type(expr) is Const and type(expr.value) is int and expr.value == value
