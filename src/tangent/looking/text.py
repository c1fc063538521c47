"""Explanations as plain text: primal and derivative side by side, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from tangent.looking.activity import Variable
from tangent.looking.facts import CodeLine, Fragment, Section
from tangent.looking.keeping import Kept, Reader

if TYPE_CHECKING:
    from tangent.looking.explanation import Explanation

__all__ = ["explained", "file_name", "height", "kept_row", "listed", "mark", "numbered", "table", "variable_row"]

KEPT_HEADER = ("kept", "line", "how", "read by")
VARIABLES_HEADER = ("variable", "lines", "activity", "why")


def explained(explanation: Explanation) -> str:
    """The text of an explanation."""
    parts = [f"{explanation.name}: {explanation.title}"]
    for section in explanation.sections:
        parts.append(beside(section))
        if section.kept:
            parts.append("For the backward pass\n" + table(KEPT_HEADER, [kept_row(k, section) for k in section.kept]))
        parts.append("Variables\n" + table(VARIABLES_HEADER, [variable_row(v) for v in section.variables]))
    return "\n\n".join(parts) + "\n"


def beside(section: Section) -> str:
    """The function and what was made of it, side by side; between them, which line the one at the right stems from."""
    left = [line for fragment in section.primal for line in _primal(fragment)]
    right: list[tuple[str, str]] = []
    for panel in section.panels:
        right += [("", "")] * bool(right)
        right += [("", panel.name)]
        right += [(mark(line), f"{line.number:>3}  {line.text}") for line in panel.lines]
    wide = max(map(len, left))
    marks = max(len(m) for m, _ in right)
    count = max(len(left), len(right))
    left += [""] * (count - len(left))
    right += [("", "")] * (count - len(right))
    rows = zip(left, right, strict=True)
    return "\n".join([f"{one:<{wide}}   {of:<{marks}}  {other}".rstrip() for one, (of, other) in rows])


def _primal(fragment: Fragment) -> Iterable[str]:
    yield f"{fragment.name}, {file_name(fragment.filename)}"
    for line in fragment.lines:
        yield f"{line.number:>3}  {line.text}"


def mark(line: CodeLine) -> str:
    """What a line is, and the line that it stems from: `adjoint 12`."""
    return f"{line.description} {line.place[1]}" if line.place is not None else ""


def kept_row(kept: Kept, section: Section) -> tuple[str, str, str, str]:
    several = len(section.panels) > 1
    return (
        kept.name, "" if kept.bound is None else str(kept.bound), kept.means,
        "; ".join([numbered(reader, several) for reader in kept.readers]),
    )


def numbered(reader: Reader, with_panel: bool) -> str:
    """`line 27 (adjoint of line 12)`"""
    what = f" ({reader.what})" if reader.what else ""
    return f"line {reader.line}{f' of {reader.panel}' if with_panel else ''}{what}"


def variable_row(variable: Variable) -> tuple[str, str, str, str]:
    return variable.name, listed(variable.lines), variable.activity, variable.why


def listed(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under a header, as text."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [header, ["-" * w for w in widths], *rows]
    return "\n".join(["  ".join([c.ljust(w) for c, w in zip(row, widths, strict=True)]).rstrip() for row in lines])


def file_name(filename: str) -> str:
    """The name of a file without its folder; a cell of a notebook has none."""
    if "ipykernel" in filename or filename.startswith("<ipython"):
        return "this notebook"
    return filename if filename.startswith("<") else PurePath(filename).name


def height(explanation: Explanation) -> int:
    """About how many pixels the page of an explanation is high."""
    section = explanation.sections[0]
    lines = max(sum(len(f.lines) for f in section.primal), sum(len(p.lines) + 2 for p in section.panels))
    return 260 + 23 * lines
