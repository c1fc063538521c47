"""`tangent.profile`: where the time of a derivative goes, and what it keeps, by the lines of the user's function."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tangent.looking import chart, text, timing
from tangent.looking.explanation import Shown, looked_at
from tangent.looking.facts import Section
from tangent.looking.timing import Place, Position

__all__ = ["Function", "Profile", "Row", "profile"]

REST = "checks, zeros, copies, results"
"""What belongs to no line of the user's."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of the user's costs."""

    line: int | None
    """Its number; None for what belongs to no line: checks of arguments, zeros, copies, results."""
    text: str
    forward: float
    """The seconds of its forward pass, or in forward mode of its value and its tangent."""
    backward: float
    """The seconds of its backward pass."""
    saved: int
    """The bytes of values of this line that the backward pass reads and that were not there anyway."""
    count: int
    """How often it was run."""

    @property
    def seconds(self) -> float:
        return self.forward + self.backward


@dataclass(frozen=True, slots=True)
class Function:
    """What a function of the user's costs in a derivative."""

    name: str
    filename: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Profile(Shown):
    """What the lines of a function cost in its derivative.

    It prints as a table; in a notebook it has bars.
    """

    name: str
    functions: tuple[Function, ...]
    total: float
    """The seconds of the fastest run, without a clock."""
    runs: int
    """How many runs with a clock there were; the time of a line is the least of them."""
    result: Any
    """What the derivative returned."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The lines of all functions."""
        return tuple([row for function in self.functions for row in function.rows])

    @property
    def forward(self) -> float:
        return sum(row.forward for row in self.rows)

    @property
    def backward(self) -> float:
        return sum(row.backward for row in self.rows)

    @property
    def saved(self) -> int:
        """The bytes that are kept for the backward pass."""
        return sum(row.saved for row in self.rows)

    @property
    def summary(self) -> str:
        """`dfdx: 1.2 ms, forward 0.5 ms and backward 0.7 ms; 12 kB kept for the backward pass`"""
        passes = ""
        if self.backward:
            passes = f", forward {chart.time(self.forward)} and backward {chart.time(self.backward)}"
        kept = f"; {chart.memory(self.saved)} kept for the backward pass" if self.saved else ""
        return f"{self.name}: {chart.time(self.total)}{passes}{kept}"

    def __str__(self) -> str:
        parts = [self.summary]
        for function in self.functions:
            rows = [chart.cells(row, self) for row in function.rows]
            title = f"{function.name}, {text.file_name(function.filename)}"
            parts.append(f"{title}\n{text.table(chart.HEADER, rows)}")
        return "\n\n".join(parts) + "\n"

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        from tangent.looking import terminal

        yield from terminal.profiled(self)

    def html(self) -> str:
        """The page: HTML that needs nothing from elsewhere."""
        return chart.page_of(self)

    def _repr_html_(self) -> str:
        return chart.in_notebook(self)

    def save(self, path: str | Path) -> None:
        """Write the picture, or the page, to a file.

        Args:
            path: a file whose name ends in `.svg`, in `.html`, or in what Matplotlib can write: `.png`, `.pdf`.

        >>> import tangent, tempfile, pathlib
        >>> def f(x):
        ...     return x * x
        >>> file = pathlib.Path(tempfile.mkdtemp(), "f.svg")
        >>> tangent.profile(tangent.grad(f), 2.0).save(file)
        >>> file.read_text().startswith("<svg")
        True
        """
        path = Path(path)
        if path.suffix == ".html":
            path.write_text(self.html(), encoding="utf-8")
        elif path.suffix == ".svg":
            path.write_text(chart.svg(self), encoding="utf-8")
        else:
            chart.draw(self, path)


def profile(df: types.FunctionType | Sequence[types.FunctionType], /, *args: Any, **kwargs: Any) -> Profile:
    """Run a derivative, and tell what each line of the function costs in it: time and memory, forward and backward.

    It is run a few times: with a clock between its statements, without, and once more to count what it keeps.

    Args:
        df: a function that Tangent made, or the pair of functions of `motion='split'`, which get the seed last.
        args: what it is called with.
        kwargs: what it is called with by name.

    Returns:
        Something to look at: it prints as a table, and `save` draws a picture.  Its `rows` are the numbers.

    Raises:
        TypeError: the function was not made by Tangent, or in another process.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     y = np.linalg.inv(x)
    ...     return np.sum(y * y)
    >>> profiled = tangent.profile(tangent.grad(f), np.eye(50))
    >>> max(profiled.rows, key=lambda row: row.seconds).text
    'y = np.linalg.inv(x)'
    >>> profiled.saved  # y
    20000
    """
    functions, sections = looked_at(df, "profile")

    def run(made: Sequence[types.FunctionType]) -> Any:
        if len(made) == 1:
            return made[0](*args, **kwargs)
        forward, backward = made
        result, saved = forward(*args[:-1], **kwargs)
        return result, backward(saved, args[-1])

    clock = timing.Clock()
    clocked = timing.watched(functions, timing.with_clock(clock), clock.names())
    timed = timing.timed(lambda: run(functions), lambda: run(clocked), clock)
    sizes = timing.sizes_kept(functions, _watch(sections), run, (args, kwargs))
    made = tuple([_function(number, section, timed.lines, sizes) for number, section in enumerate(sections)])
    name = " and ".join([function.__name__ for function in functions])
    return Profile(name, made, timed.seconds, timed.runs, timed.result)


# --- what is kept where --------------------------------------------------------------------------


def _watch(sections: Sequence[Section]) -> timing.Watch:
    found: dict[Position, list[tuple[Place, str]]] = {}
    for number, section in enumerate(sections):
        lines = {(panel.name, line.number): line for panel in section.panels for line in panel.lines}
        for kept in section.kept:
            if kept.at is None or kept.how == "recomputed":
                continue
            bound = (number, kept.place or lines[kept.at].place)
            if kept.how == "list":
                found.setdefault(kept.at, []).append((bound, f"{kept.stack}[-1]"))
            elif (end := _end_of_forward_pass(section, kept.at[0])) is not None:
                found.setdefault((kept.at[0], end), []).append((bound, kept.name))
    return found


def _end_of_forward_pass(section: Section, name: str) -> int | None:
    """The line of a function that comes when its forward pass is over."""
    panel = next(p for p in section.panels if p.name == name)
    code = [line for line in panel.lines if line.text.strip() and not line.text.lstrip().startswith("#")]
    behind = (line.number for line in code if line.is_backward or line.text.startswith("    return "))
    return next(behind, None)


# --- from generated lines to those of the user ---------------------------------------------------


def _function(
    number: int, section: Section, lines: dict[Position, tuple[float, int]], sizes: dict[Place, int]
) -> Function:
    costs: dict[tuple[str, int] | None, list[float]] = {}
    counts: dict[tuple[str, int] | None, int] = {}
    first = section.primal[0]
    head = (first.filename, first.head)
    for panel in section.panels:
        for line in panel.lines:
            position = (panel.name, line.number)
            seconds, count = lines.get(position, (0.0, 0))
            place = head if line.number == 1 else line.place
            cost = costs.setdefault(place, [0.0, 0.0])
            cost[line.is_backward or panel.is_backward_pass] += seconds
            counts[place] = max(counts.get(place, 0), count)
    rows = []
    for fragment in section.primal:
        for primal in fragment.lines:
            place = (fragment.filename, primal.number)
            if place in costs:
                saved = sizes.get((number, place), 0)
                forward, backward = costs[place]
                rows.append(Row(primal.number, primal.text.strip(), forward, backward, saved, counts[place]))
    if None in costs:
        forward, backward = costs[None]
        rows.append(Row(None, REST, forward, backward, sizes.get((number, None), 0), counts[None]))
    return Function(first.name, first.filename, tuple([r for r in rows if r.count or r.saved]))
