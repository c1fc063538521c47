"""Explanations in a terminal, by `rich`: lines that belong together have a bar of one colour."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group
from rich.panel import Panel as Frame
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from tangent.looking import chart, text
from tangent.looking.facts import CodeLine, Section

if TYPE_CHECKING:
    from tangent.looking.explanation import Explanation
    from tangent.looking.profiling import Profile

__all__ = ["coloured", "explained", "profiled"]

BARS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_cyan", "bright_magenta", "bright_yellow",
        "bright_green", "bright_blue", "bright_red")
NARROW = 110
"""With fewer columns, the functions stand below one another."""
ROLES = {"saved": "dim", "restored": "dim", "recomputed": "dim italic", "inserted": "bold"}
ACTIVITIES = {"active": "green", "constant": "dim", "not differentiated": "yellow"}


def coloured(shown: Any) -> str:
    """What `rich` makes of something for the terminal."""
    width = shutil.get_terminal_size().columns
    console = Console(file=io.StringIO(), force_terminal=True, width=width)
    with console.capture() as capture:
        console.print(shown)
    return capture.get().rstrip("\n")


def explained(explanation: Explanation, width: int) -> Iterator[Any]:
    """What `rich` prints of an explanation, in a terminal of that many columns."""
    yield Text.assemble((explanation.name, "bold"), "  ", (explanation.title, "dim"))
    for section in explanation.sections:
        yield _code_of(section, side_by_side=width >= NARROW)
        if section.kept:
            rows = [text.kept_row(kept, section) for kept in section.kept]
            yield _table("For the backward pass", text.KEPT_HEADER, rows)
        yield _variables(section)


def profiled(profile: Profile) -> Iterator[Any]:
    """What `rich` prints of a profile."""
    yield Text(profile.summary, style="bold")
    for function in profile.functions:
        table = Table(
            title=f"{function.name} · {text.file_name(function.filename)}", title_justify="left", title_style="dim",
            box=box.SIMPLE_HEAD, header_style="dim",
        )
        for name in chart.HEADER:
            is_figure = name not in ("", "share")
            table.add_column(name, justify="right" if is_figure else "left", no_wrap=is_figure)
        for row in function.rows:
            line, code, forward, backward, kept, times, share = chart.cells(row, profile)
            code_ = _highlighted(code) if row.line is not None else Text(code, style="dim italic")
            table.add_row(
                Text(line, style="dim"), code_, forward, Text(backward, style="magenta"), Text(kept, style="yellow"),
                Text(times, style="dim"), Text(share, style="cyan"),
            )
        yield table


def _highlighted(code: str) -> Text:
    written = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
    written.rstrip()
    return written


def _code_of(section: Section, side_by_side: bool) -> Any:
    bars = dict(zip(_places(section), cycle(BARS)))
    primal = [
        Frame(
            Group(*(
                _line(line.number, line.text, bars.get((fragment.filename, line.statement)), "")
                for line in fragment.lines
            )),
            title=f"{fragment.name} · {text.file_name(fragment.filename)}", title_align="left", border_style="dim",
            box=box.ROUNDED, padding=0,
        )
        for fragment in section.primal
    ]
    made = [
        Frame(
            _code(panel.lines, bars), title=panel.name, title_align="left", border_style="dim", box=box.ROUNDED,
            padding=0,
        )
        for panel in section.panels
    ]
    if not side_by_side:
        return Group(*primal, *made)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=2)
    grid.add_column(ratio=3)
    grid.add_row(Group(*primal), Group(*made))
    return grid


def _places(section: Section) -> list[tuple[str, int]]:
    """The statements that something stems from, in their order."""
    partners = section.partners()
    return [
        (fragment.filename, line.number) for fragment in section.primal for line in fragment.lines
        if line.number == line.statement and (fragment.filename, line.number) in partners
    ]


def _code(lines: Sequence[CodeLine], bars: dict[tuple[str, int], str]) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=1)
    for line in lines:
        bar = bars.get(line.place) if line.place is not None else None
        grid.add_row(Text(text.mark(line), style="dim"), _line(line.number, line.text, bar, ROLES.get(line.role, "")))
    return grid


def _line(number: int, code: str, bar: str | None, style: str) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=1)
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1)
    written = _highlighted(code)
    written.stylize(style)
    grid.add_row(Text("▌" if bar else " ", style=bar or ""), Text(str(number), style="dim"), written)
    return grid


def _variables(section: Section) -> Table:
    table = _empty("Variables", text.VARIABLES_HEADER)
    for variable in section.variables:
        name, lines, activity, why = text.variable_row(variable)
        table.add_row(Text(name, style="bold"), lines, Text(activity, style=ACTIVITIES[activity]), why)
    return table


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table with the first column in bold."""
    table = _empty(title, header)
    for first, *others in rows:
        table.add_row(Text(first, style="bold"), *others)
    return table


def _empty(title: str, header: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, header_style="dim")
    for name in header:
        table.add_column(name)
    return table
