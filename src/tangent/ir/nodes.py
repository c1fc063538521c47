"""The core language: a handful of small node types.

A program is a `Function`: parameters and a `Block`.  A block is a sequence of statements that ends by
yielding values to whatever holds it.  Control flow is structured, and every `Var` is bound exactly once
(static single assignment): what a branch or a loop changes is passed in and out explicitly, so that
"the value that `y` had at that place" is a node and not a question.

    If      binds its `results` to what the branch that was taken yields
    For     runs `body` once for each element of range(start, stop, step); `params` are the loop-carried
    While   values (first `inits`, then what the last iteration yielded), `results` their last values

A loop body yields one value for each parameter; where `Block.stop` is set, it also says whether this
iteration was the last one (a `break`).

Values have value semantics: an in-place write `a[i] = v` is `a2 = update_item(a, i, v)`.  The frontend
proves that Python's reference semantics agree (or refuses), and `emit.buffers` turns updates back into
in-place writes, with a copy where both the old and the new value are needed.

In *normal form* every operand is an atom (`Var`, `Const`, `Global`, `Lib`); `simplify.fold` nests
expressions again at the end, `Cond` and its like exist only there.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard, TypeVar, dataclass_transform, final

__all__ = [
    "Assign", "Atom", "Block", "Call", "Cond", "Const", "Definition", "Derivative", "Differentiated", "Expr",
    "FString", "Field", "For", "Function", "Global", "If", "GeneratedFunction", "Insertion", "Lib", "Method",
    "Namespace", "Origin", "Parameter", "Region", "Role", "Statement", "Undefined", "UNDEFINED", "Var", "While",
    "computed_for", "for_one_statement", "is_field", "is_unknown", "node", "record", "with_role",
]


T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """A class whose objects are compared by identity and never changed.

    None has subclasses: `type(a) is Var` asks for all that `isinstance` does, in a third of the time.  The type checker
    sees to both; at run time, that would take most of the time in which a node is made.
    """
    return dataclass(slots=True, eq=False)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A class whose objects are compared by what they hold and never changed."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


Role = Literal["primal", "tangent", "adjoint", "saved", "restored", "recomputed", "inserted"]
"""What a statement of a derivative does for the user's statement that it comes from: compute its value, its tangent
or its adjoint; save a value that it binds for the backward pass, restore it there or compute it again; or it is code
of the user's for the backward pass."""


@record
class Origin:
    """The place in the user's source that a statement comes from."""

    filename: str
    function: str
    line: int
    column: int
    end_column: int
    text: str
    """The user's statement on one line, as the comments of the output show it."""
    source_line: str
    """The line of the file, as the error messages show it."""
    statement_line: int = 0
    """The line at which the statement of that text begins."""
    role: Role = "primal"

    @property
    def place(self) -> str:
        """The place as generated code names it, for an error at run time: `model.py, line 12, y[0] = 1.0`."""
        return f"{self.filename.rpartition('/')[2]}, line {self.line}, {self.text}"


def with_role(origin: Origin | None, role: Role) -> Origin | None:
    """The same place, of a statement with another role."""
    if origin is None or origin.role == role:
        return origin
    return Origin(
        origin.filename, origin.function, origin.line, origin.column, origin.end_column, origin.text,
        origin.source_line, origin.statement_line, role,
    )


@node
class Namespace:
    """Where the global and free names of a function live; compared by identity."""

    globals: dict[str, Any]
    cells: Mapping[str, Any]


# --- atoms ---------------------------------------------------------------------------------------


@final
@node
class Var:
    """A value, bound once.  `hint` is the name that it would like to have in the output."""

    hint: str
    named: bool = False
    """Whether the user gave the name (to the variable, or to the one whose derivative this is)."""

    def __repr__(self) -> str:
        return f"{self.hint}@{id(self) % 9973}"


@final
@node
class Const:
    """A literal: None, a bool, a number, a string, bytes or Ellipsis."""

    value: Any


class Field(str):
    """The name of an attribute as an index: `getitem(x, Const(Field("W")))` is `x.W`."""

    __slots__ = ()


def is_field(index: Any) -> TypeGuard[Const]:
    """Whether an index is the name of an attribute."""
    return isinstance(index, Const) and isinstance(index.value, Field)


@final
@node
class Global:
    """A global or free name of the user's function, with attributes of modules: `np.linalg.inv`.

    `value` is what it was bound to when the derivative was made; the generated code reads it live.
    """

    path: str
    value: Any
    home: Namespace
    key: Any = field(default=None, init=False)
    """What `analysis.calls.function_of` gives for a call of it, from the first time on that it is asked."""


@final
@node
class Lib:
    """An object that Tangent itself refers to: an operator, a library function, a runtime helper.

    `path` says where it is found, by the true name of its module: `numpy.linalg.inv`.
    """

    value: Any
    path: str = ""
    key: Any = field(default=None, init=False)
    """What `analysis.calls.function_of` gives for a call of it, from the first time on that it is asked."""


@final
@node
class Method:
    """The method or attribute `name` of the first argument, as the function of a call."""

    name: str
    attribute: bool = False
    key: Any = field(default=None, init=False)
    """What `analysis.calls.function_of` gives for a call of it, from the first time on that it is asked."""


@final
@node
class FString:
    """An f-string as the function of a call: literal pieces, and (conversion, format) of each argument."""

    pieces: tuple[str, ...]
    formats: tuple[tuple[str, str], ...]


@node
class Undefined:
    """The value of a variable on a path on which it was never assigned."""


UNDEFINED = Undefined()


def is_unknown(atom: Any) -> bool:
    """Whether a variable may be one of several values at the place that is lowered: each such is an `Undefined`."""
    return isinstance(atom, Undefined) and atom is not UNDEFINED


Atom = Var | Const | Global | Lib | Undefined
"""What a call may be applied to.  One of a solver takes a `GeneratedFunction` or a `Derivative` besides."""


# --- expressions ---------------------------------------------------------------------------------


@final
@node
class Call:
    """`fn(*args, **kwargs)`; operators, subscripts, attributes and displays are calls as well."""

    fn: Expr | Method | FString | GeneratedFunction | Derivative | Insertion
    """No expression before `simplify.fold` puts a value that is called into the call."""
    args: tuple[Expr, ...]
    kwargs: tuple[tuple[str, Expr], ...] = ()
    reads: tuple[Var, ...] | None = field(default=None, init=False)
    """What `walk.expr_vars` gives, from the first time on that it is asked."""


@final
@node
class Cond:
    """`then if test else orelse`, with Python's evaluation order; only after `simplify.fold`."""

    test: Expr
    then: Expr
    orelse: Expr


Expr = Atom | Call | Cond


@dataclass(slots=True, eq=False)
class GeneratedFunction:
    """A function that Tangent generates: a part of a derivative, or a derivative that the user's code makes."""

    name: str
    function: Function | None = None
    """The program, set once it has been generated: recursion refers to it before that."""
    primal: Any = None
    """What it was made of: two functions of one text and one primal are the same."""


@node
class Derivative:
    """The derivative of a function, as the function of a call that the user's code makes of it.

    It becomes a `GeneratedFunction` when the program is transformed.
    """

    of: Function | types.FunctionType | Derivative
    mode: Literal["reverse", "forward"]
    wrt: tuple[int, ...]
    keep_result: str
    """Where the primal result is returned: 'first', 'last' or '' for not at all."""
    check_dims: bool
    optional_seed: bool


@final
@node
class Insertion:
    """Code of the user's for a place of the backward pass, as the function of a call: `with insert_grad_of(x) as dx`.

    The call binds its targets to its first operands, one for each of `derivatives`: it is the identity.  In the
    backward pass the block stands in its place.  It yields the adjoints of these operands, from those of the targets;
    where it has a `stop`, that says whether the backward pass of the loop around it ends there.  The operands that
    follow are what the block reads of the forward pass, by the parameters `reads`; so it is closed, and what an
    analysis, a substitution or saving has to know of it are the operands of a call.
    """

    derivatives: tuple[Var, ...]
    reads: tuple[Var, ...]
    block: Block
    has_effects: bool
    """Whether it does something besides: prints, raises, stops in a debugger."""


# --- statements ----------------------------------------------------------------------------------


@node
class Region:
    """The identity of a branch or a loop, kept by the passes that rebuild it.

    `mirror` is set in a backward pass: the region of the forward pass that it goes back through.
    """

    mirror: Region | None = None
    is_expression: bool = False
    """Whether the user wrote an expression: `a if c else b`, `a and b`."""


@final
@node
class Assign:
    """Bind `targets` to the results of `value`.

    No target: a statement for its effect (`print`, `raise`).  Several: the call returns that many values.
    `effect` statements are never dropped, repeated or moved across each other.
    """

    targets: tuple[Var, ...]
    value: Expr
    origin: Origin | None = None
    effect: bool = False


@final
@node
class Block:
    """Statements in order, then the values that the block yields."""

    statements: tuple[Statement, ...]
    yields: tuple[Expr, ...] = ()
    stop: Expr | None = None
    all: Sequence[Statement] | None = field(default=None, init=False)
    """What `walk.all_statements` gives, from the first time on that it is asked."""
    joins: Mapping[Var, tuple[Expr, Expr]] | None = field(default=None, init=False)
    """The same for `walk.joined`."""


@final
@node
class If:
    test: Expr
    then: Block
    orelse: Block
    results: tuple[Var, ...] = ()
    origin: Origin | None = None
    region: Region = field(default_factory=Region)


@final
@node
class For:
    index: Var
    bounds: tuple[Expr, Expr, Expr]
    """start, stop, step of the range."""
    params: tuple[Var, ...]
    inits: tuple[Expr, ...]
    body: Block
    results: tuple[Var, ...]
    origin: Origin | None = None
    region: Region = field(default_factory=Region)


@final
@node
class While:
    header: Block
    """Runs before each test and yields the condition."""
    params: tuple[Var, ...]
    inits: tuple[Expr, ...]
    body: Block
    results: tuple[Var, ...]
    origin: Origin | None = None
    region: Region = field(default_factory=Region)


Statement = Assign | If | For | While


def computed_for(statement: Statement) -> Origin | None:
    """The user's statement of which a statement computes something; none where it hands on a value."""
    origin = statement.origin
    return None if origin is None or origin.role in ("saved", "restored", "recomputed") else origin


def for_one_statement(first: Statement, second: Statement) -> bool:
    """Whether two statements compute something of one statement of the user's."""
    one, other = computed_for(first), computed_for(second)
    return one is not None and other is not None and (one.line, one.text) == (other.line, other.text)


@node
class Parameter:
    var: Var
    kind: Any
    """An `inspect` parameter kind."""
    default: str | None = None
    """The source of the default, for the printed signature."""
    default_value: Any = None
    annotation: Any = inspect.Parameter.empty
    is_seed: bool = False
    """Whether it is the optional seed of a derivative."""


@record
class Definition:
    """The lines of a function in the user's file."""

    filename: str
    first_line: int
    lines: tuple[str, ...]


@node
class Differentiated:
    """What a program is a derivative of."""

    program: Function
    wrt: tuple[Var, ...]
    mode: Literal["reverse", "forward"]


@node
class Function:
    """A program.  `body.yields` are the values returned; `returns_tuple` says whether as a tuple."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    returns_tuple: bool
    namespace: Namespace
    origin: Origin | None = None
    docstring: str | None = None
    facts: Mapping[Var, str] = field(default_factory=dict)
    """What annotations say of parameters: 'scalar', 'int', 'array', ..."""
    is_backward_pass: bool = False
    """Whether it consists of adjoint statements alone."""
    definition: Definition | None = None
    """Where the user wrote it; none for what is written inside of another function."""
    lowered: Function | None = None
    """The program as it was lowered: with what the result does not need."""
    of: Differentiated | None = None

    @property
    def params(self) -> tuple[Var, ...]:
        return tuple(p.var for p in self.parameters)
