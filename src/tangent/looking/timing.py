"""Running a derivative with a clock between its statements, and counting what it keeps.

Behind each statement of a copy of the generated functions stand the lines

    now = clock()
    spent[12] += now - last[0]
    count[12] += 1
    last[0] = now

so that each moment of a run belongs to one line, in whatever function it is, with all that the line calls.  What these
lines take themselves, some hundred nanoseconds, is taken off again: as much for each as makes up for the difference to
a run without them.
"""

from __future__ import annotations

import ast
import gc
import inspect
import sys
import time
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tangent.emit.functions import reachable

__all__ = ["Clock", "Keeper", "Place", "Position", "Watch", "sizes_kept", "timed", "watched", "with_clock"]

LONG, MANY = 0.4, 500
"""For how many seconds, and how often at most, a short run is repeated."""
Position = tuple[str, int]
"""A generated function and a line of it."""
Reading = dict[int, tuple[float, int]]
"""The seconds that a clock gives for each of its places, and how often it was there."""
Place = tuple[int, tuple[str, int] | None]
"""A function of the user's, by its number, and the file and the line of a statement of it."""
Watch = Mapping[Position, Sequence[tuple[Place, str]]]
"""What is kept where: for a line, whose values it keeps, and what they are called there."""


@dataclass(slots=True)
class Clock:
    """How long the lines have taken, by their numbers in `places`."""

    places: list[Position] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    last: list[float] = field(default_factory=lambda: [0.0])

    def place(self, position: Position) -> int:
        self.places.append(position)
        self.spent.append(0.0)
        self.count.append(0)
        return len(self.places) - 1

    def start(self) -> None:
        for i in range(len(self.places)):
            self.spent[i], self.count[i] = 0.0, 0
        self.last[0] = time.perf_counter()

    def names(self) -> dict[str, Any]:
        """What the names in the inserted lines stand for."""
        return {CLOCK: time.perf_counter, SPENT: self.spent, COUNT: self.count, LAST: self.last}

    def read(self) -> Reading:
        """The seconds and the runs of each place, with what the inserted lines take."""
        return dict(enumerate(zip(self.spent, self.count, strict=True)))


NOW, CLOCK, SPENT, COUNT, LAST = "_now_", "_clock_", "_spent_", "_count_", "_last_"
KEEP, RESULT = "_keep_", "_result_"


def watched(
    functions: Sequence[types.FunctionType], edit: Callable[[types.FunctionType, ast.FunctionDef], None],
    names: Mapping[str, Any],
) -> tuple[types.FunctionType, ...]:
    """Copies of functions, and of the generated functions that they call, whose definitions `edit` has changed.

    `names` are those that the changed definitions read besides.
    """
    cells: dict[types.FunctionType, types.CellType] = {f: types.CellType() for f in reachable(functions)}
    own = {name: types.CellType(value) for name, value in names.items()}
    for function, cell in cells.items():
        tree = ast.parse(inspect.getsource(function))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        edit(function, definition)
        cell.cell_contents = _made(function, definition, own, cells)
    return tuple([cells[function].cell_contents for function in functions])


def _made(
    function: types.FunctionType, definition: ast.FunctionDef, own: Mapping[str, types.CellType],
    cells: Mapping[types.FunctionType, types.CellType],
) -> types.FunctionType:
    closure = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    definition.args.defaults = [ast.Constant(None) for _ in definition.args.defaults]
    definition.args.kw_defaults = [d and ast.Constant(None) for d in definition.args.kw_defaults]
    arguments = ast.arguments([], [ast.arg(name) for name in (*closure, *own)], None, [], [], None, [])
    factory = ast.FunctionDef("factory", arguments, [definition, ast.Return(_read(definition.name))], [], None, None)
    module = ast.fix_missing_locations(ast.Module([factory], []))
    compiled = compile(module, function.__code__.co_filename, "exec")
    outer = next(c for c in compiled.co_consts if isinstance(c, types.CodeType))
    code = next(c for c in outer.co_consts if isinstance(c, types.CodeType) and c.co_name == definition.name)

    def cell(name: str) -> types.CellType:
        if name in own:
            return own[name]
        content = _content(closure[name])
        return cells[content] if isinstance(content, types.FunctionType) and content in cells else closure[name]

    made = types.FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, tuple(map(cell, code.co_freevars))
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # empty: a name that the user has not assigned yet
        return None


# --- time ----------------------------------------------------------------------------------------


def with_clock(clock: Clock) -> Callable[[types.FunctionType, ast.FunctionDef], None]:
    """The insertion of the clock's lines into the definition of a function."""

    def edit(function: types.FunctionType, definition: ast.FunctionDef) -> None:
        clocked = _Clocked(function.__name__, clock)
        definition.body = [*clocked.tick(definition.lineno), *clocked.block(definition.body)]

    return edit


class _Clocked:
    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock

    def tick(self, line: int) -> list[ast.stmt]:
        number = self.clock.place((self.name, line))
        return ast.parse(
            f"{NOW} = {CLOCK}()\n{SPENT}[{number}] += {NOW} - {LAST}[0]\n{COUNT}[{number}] += 1\n{LAST}[0] = {NOW}"
        ).body

    def block(self, statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        return [s for statement in statements for s in self.statement(statement)]

    def statement(self, statement: ast.stmt) -> list[ast.stmt]:
        line = statement.lineno
        match statement:
            case ast.For() | ast.While():
                statement.body = [*self.tick(line), *self.block(statement.body)]
                statement.orelse = self.block(statement.orelse)
                return [statement, *self.tick(line)]
            case ast.If():
                statement.body = [*self.tick(line), *self.block(statement.body)]
                statement.orelse = [*self.tick(line), *self.block(statement.orelse)]
                return [statement]
            case ast.With():
                statement.body = [*self.tick(line), *self.block(statement.body)]
                return [statement, *self.tick(line)]
            case ast.Try():
                statement.body = self.block(statement.body)
                statement.orelse = self.block(statement.orelse)
                statement.finalbody = self.block(statement.finalbody)
                for handler in statement.handlers:
                    handler.body = [*self.tick(handler.lineno), *self.block(handler.body)]
                return [statement]
            case ast.Return(value=value):
                bound = ast.Assign([ast.Name(RESULT, ast.Store())], value or ast.Constant(None))
                return [bound, *self.tick(line), ast.Return(_read(RESULT))]
            case ast.Break() | ast.Continue() | ast.Raise() | ast.FunctionDef():
                return [statement]
        return [statement, *self.tick(line)]


def cost_of_a_tick() -> float:
    """How many seconds the inserted lines take, where nothing else is in the caches."""
    clock = Clock()
    ticking = _Clocked("empty", clock)
    number = 200
    body = [s for _ in range(number) for s in ticking.tick(1)]
    arguments = ast.arguments([], [ast.arg(name) for name in clock.names()], None, [], [], None, [])
    module = ast.Module([ast.FunctionDef("empty", arguments, body, [], None, None)], [])
    space: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(module), "<clock>", "exec"), space)
    costs = []
    for _ in range(30):
        clock.start()
        space["empty"](*clock.names().values())
        costs.append(sum(clock.spent) / number)
    return min(costs)


@dataclass(frozen=True, slots=True)
class Timed:
    """Several runs, with as little as possible of what other programs take that the machine runs meanwhile."""

    seconds: float
    """Of the fastest run without a clock."""
    lines: dict[Position, tuple[float, int]]
    """The seconds and the runs of each line: the least of several runs."""
    runs: int
    result: Any


def timed(plain: Callable[[], Any], clocked: Callable[[], Any], clock: Clock) -> Timed:
    """Run a function without and with a clock in turn, until it has had some time; three times, if it is not slow."""
    result, total = None, 0.0
    taken: list[float] = []
    read: list[Reading] = []
    collects = gc.isenabled()
    gc.disable()
    try:
        while (total < LONG and len(taken) < MANY) or (len(taken) < 3 and total < 5 * LONG):
            before = time.perf_counter()
            result = plain()
            taken.append(time.perf_counter() - before)
            clock.start()
            clocked()
            read.append(clock.read())
            total += time.perf_counter() - before
    finally:
        if collects:
            gc.enable()
    seconds = min(taken)
    least: Reading = {n: (min([one[n][0] for one in read]), read[-1][n][1]) for n in read[0]}
    cost = cost_in(least, seconds)
    lines: dict[Position, tuple[float, int]] = {}
    for number, (spent, count) in least.items():
        before_, times = lines.get(clock.places[number], (0.0, 0))
        lines[clock.places[number]] = before_ + max(spent - count * cost, 0.0), max(times, count)
    return Timed(seconds, lines, len(taken), result)


def cost_in(read: Reading, without_clock: float) -> float:
    """What a tick takes in a program, by bisection: the lines take together what a run takes without a clock.

    It takes longer than alone, where all is in the caches, but not ten times as long.
    """
    alone = cost_of_a_tick()
    low, high = alone / 3, 10 * alone
    for _ in range(30):
        cost = (low + high) / 2
        total = sum(max(spent - count * cost, 0.0) for spent, count in read.values())
        low, high = (cost, high) if total > without_clock else (low, cost)
    return low


# --- memory --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Keeper:
    """The bytes that are kept, by the lines that bind them; what is kept twice counts once."""

    seen: dict[int, Any] = field(default_factory=dict)
    """What has been counted, by its identity; held, so that the identity stays its own."""
    bytes: dict[Place, int] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    """The places, by the numbers that stand for them in the code."""

    def number(self, place: Place) -> int:
        self.places.append(place)
        return len(self.places) - 1

    def keep(self, number: int, value: Any, is_item: bool) -> None:
        place = self.places[number]
        slot = sys.getsizeof([None]) - sys.getsizeof([]) if is_item else 0
        self.bytes[place] = self.bytes.get(place, 0) + slot + self.size(value)

    def size(self, value: Any) -> int:
        """The bytes of a value that were not counted yet."""
        owner = value
        while isinstance(owner, np.ndarray) and isinstance(owner.base, np.ndarray):
            owner = owner.base
        if id(owner) in self.seen or owner is None or isinstance(owner, bool | type | types.FunctionType):
            return 0
        self.seen[id(owner)] = owner
        if isinstance(owner, int) and -5 <= owner <= 256:  # one object for all
            return 0
        if (of_array := _bytes_of_array(owner)) is not None:
            return of_array
        inside: Iterable[Any] = ()
        if isinstance(owner, dict):
            inside = (*owner.keys(), *owner.values())
        elif isinstance(owner, list | tuple | set | frozenset):
            inside = owner
        elif hasattr(owner, "__dict__") and not isinstance(owner, types.ModuleType):
            inside = vars(owner).values()
        return sys.getsizeof(owner) + sum(map(self.size, inside))


def _bytes_of_array(value: Any) -> int | None:
    """The bytes of the elements of an array of any library; None for anything else, a number of NumPy included."""
    kind = type(value)
    if not all(hasattr(kind, name) for name in ("shape", "dtype")) or isinstance(value, np.generic):
        return None
    if hasattr(kind, "nbytes"):
        return int(value.nbytes)
    item = getattr(value.dtype, "itemsize", getattr(value.dtype, "size", 0))
    return int(np.prod(tuple(value.shape)) * item)


def with_keeper(keeper: Keeper, watch: Watch) -> Callable[[types.FunctionType, ast.FunctionDef], None]:
    """The insertion of what counts the values that are kept into the definition of a function."""

    def edit(function: types.FunctionType, definition: ast.FunctionDef) -> None:
        definition.body = _Keeping(function.__name__, keeper, watch).block(definition.body)

    return edit


class _Keeping:
    def __init__(self, name: str, keeper: Keeper, watch: Watch) -> None:
        self.name = name
        self.keeper = keeper
        self.watch = watch

    def block(self, statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in statements:
            for place, expression in self.watch.get((self.name, statement.lineno), ()):
                pushed = expression.endswith("[-1]")
                call = f"{KEEP}({self.keeper.number(place)}, {expression}, {pushed})"
                if pushed:
                    found += [statement, *ast.parse(call).body]
                    break
                found += ast.parse(f"try:\n    {call}\nexcept NameError:\n    pass").body
            else:
                for part in ("body", "orelse", "finalbody"):
                    if isinstance(inner := getattr(statement, part, None), list):
                        setattr(statement, part, self.block(inner))
                for handler in getattr(statement, "handlers", ()):
                    handler.body = self.block(handler.body)
                found.append(statement)
        return found


def sizes_kept(
    functions: Sequence[types.FunctionType], watch: Watch, run: Callable[[Sequence[types.FunctionType]], Any],
    not_counted: Any,
) -> dict[Place, int]:
    """The bytes that a run keeps for its backward pass, by the user's lines that bind them."""
    keeper = Keeper()
    keeper.size(not_counted)
    run(watched(functions, with_keeper(keeper, watch), {KEEP: keeper.keep}))
    return keeper.bytes


def _read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())
