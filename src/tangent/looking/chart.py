"""Profiles as tables and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tangent.looking import text
from tangent.looking.page import asset, document, highlighted, in_frame

if TYPE_CHECKING:
    from tangent.looking.profiling import Profile, Row

__all__ = ["HEADER", "cells", "draw", "in_notebook", "memory", "page_of", "svg", "time"]

HEADER = ("line", "", "forward", "backward", "kept", "times", "share")
LONGEST = 52
"""How many characters of a line a table shows."""
BLOCKS = " ▏▎▍▌▋▊▉█"
FORWARD, BACKWARD, KEPT = "#8a857a", "#7a3fd0", "#c06a00"


def time(seconds: float) -> str:
    """`1.2 ms`"""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 1000 else f"{seconds / size:.0f} {unit}"
    return f"{seconds * 1e9:.0f} ns" if seconds else ""


def memory(size: int) -> str:
    """`1.2 MB`"""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_:
            return f"{size / bytes_:.3g} {unit}"
    return f"{size} B" if size else ""


def bar(share: float, width: int = 10) -> str:
    """A bar of blocks for a part of one."""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def cells(row: Row, profile: Profile) -> tuple[str, ...]:
    """A row of the table."""
    shown = row.text if len(row.text) <= LONGEST else row.text[: LONGEST - 1] + "…"
    whole = profile.forward + profile.backward
    share = row.seconds / whole if whole else 0.0
    return (
        "" if row.line is None else str(row.line), shown, time(row.forward), time(row.backward), memory(row.saved),
        str(row.count) if row.count else "", f"{100 * share:3.0f}% {bar(share)}".rstrip(),
    )


# --- a page --------------------------------------------------------------------------------------


def page_of(profile: Profile) -> str:
    """The page of a profile."""
    return document(f"{profile.name}: profile", f"<main>{''.join(_tables(profile))}</main>", style=asset("profile.css"))


def in_notebook(profile: Profile) -> str:
    """The page as a part of a notebook."""
    lines = sum(len(function.rows) + 3 for function in profile.functions)
    return in_frame(page_of(profile), 130 + 30 * lines, "tangent.profile")


def _tables(profile: Profile) -> Iterator[str]:
    name, _, rest = profile.summary.partition(": ")
    yield f"<header><h1>{escape(name)}</h1><p>{escape(rest)}</p></header>"
    longest = max([row.seconds for row in profile.rows], default=0.0) or 1.0
    largest = max([row.saved for row in profile.rows], default=0) or 1
    has_backward, has_saved = bool(profile.backward), bool(profile.saved)
    yield (
        '<ul class="legend">'
         f'<li style="--role: var(--primal)"><i></i>forward {time(profile.forward)}</li>'
        + (f'<li style="--role: var(--adjoint)"><i></i>backward {time(profile.backward)}</li>' if has_backward else "")
        + (f'<li style="--role: var(--saved)"><i></i>kept {memory(profile.saved)}</li>' if has_saved else "")
        + "</ul>"
    )
    for function in profile.functions:
        marked = [highlighted([row.text])[0] if row.line is not None else escape(row.text) for row in function.rows]
        body = "".join(
            _row(row, code, longest, largest) for row, code in zip(function.rows, marked, strict=True)
        )
        yield (
            f'<h2><code>{escape(function.name)}</code> <span>{escape(text.file_name(function.filename))}</span></h2>'
            '<table class="profile"><thead><tr><th></th><th></th><th class="figure">times</th><th>time</th>'
            '<th class="figure">forward</th><th class="figure">backward</th><th>kept</th><th class="figure"></th></tr>'
            f"</thead><tbody>{body}</tbody></table>"
        )


def _row(row: Row, code: str, longest: float, largest: int) -> str:
    number = "" if row.line is None else str(row.line)
    kind = ' class="other"' if row.line is None else ""
    time_bar = (
        f'<i class="bar forward" style="width: {100 * row.forward / longest:.2f}%"></i>'
        f'<i class="bar backward" style="width: {100 * row.backward / longest:.2f}%"></i>'
    )
    kept_bar = f'<i class="bar kept" style="width: {100 * row.saved / largest:.2f}%"></i>'
    return (
        f'<tr{kind}><td class="number">{number}</td><td class="text"><code>{code}</code></td>'
        f'<td class="figure">{row.count or ""}</td><td class="bars">{time_bar}</td>'
        f'<td class="figure">{time(row.forward)}</td><td class="figure">{time(row.backward)}</td>'
        f'<td class="bars">{kept_bar}</td><td class="figure">{memory(row.saved)}</td></tr>\n'
    )


# --- pictures ------------------------------------------------------------------------------------


def svg(profile: Profile) -> str:
    """The picture: a bar for the time of each line, and one for what it keeps."""
    rows = profile.rows
    height = 76 + sum(34 + 24 * len(function.rows) for function in profile.functions)
    longest = max([row.seconds for row in rows], default=0.0) or 1.0
    largest = max([row.saved for row in rows], default=0) or 1
    size = f'width="1000" height="{height}" viewBox="0 0 1000 {height}"'
    font = 'font-family="Georgia, DejaVu Serif, serif" font-size="14"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} fill="#1d1c1a">',
        f'<rect width="1000" height="{height}" fill="#fbfaf7"/>',
        f'<text x="24" y="36" font-size="18">{escape(profile.summary)}</text>',
    ]
    for x, colour, what in ((24, FORWARD, "forward"), (110, BACKWARD, "backward"), (206, KEPT, "kept")):
        parts.append(f'<rect x="{x}" y="50" width="12" height="12" rx="2" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="61" fill="#6d6961">{what}</text>')
    y = 76
    mono = 'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="12"'
    for function in profile.functions:
        y += 34
        where = text.file_name(function.filename)
        parts.append(
            f'<text x="24" y="{y - 10}" font-weight="bold">{escape(function.name)}'
            f'<tspan font-weight="normal" fill="#6d6961">  {escape(where)}</tspan></text>'
        )
        for row in function.rows:
            shown = row.text if len(row.text) <= LONGEST else row.text[: LONGEST - 1] + "…"
            number = "" if row.line is None else str(row.line)
            colour = "#1d1c1a" if row.line is not None else "#8f8a7d"
            first, second = 290 * row.forward / longest, 290 * row.backward / longest
            kept = 90 * row.saved / largest
            note = 'font-size="12" fill="#6d6961"'
            parts += [
                f'<text x="56" y="{y + 12}" text-anchor="end" fill="#a9a498" {mono}>{number}</text>',
                f'<text x="68" y="{y + 12}" fill="{colour}" {mono}>{escape(shown)}</text>',
                f'<rect x="450" y="{y + 1}" width="{first:.1f}" height="14" fill="{FORWARD}"/>',
                f'<rect x="{450 + first:.1f}" y="{y + 1}" width="{second:.1f}" height="14" fill="{BACKWARD}"/>',
                f'<text x="{456 + first + second:.1f}" y="{y + 13}" {note}>{time(row.seconds)}</text>',
                f'<rect x="820" y="{y + 1}" width="{kept:.1f}" height="14" fill="{KEPT}"/>',
                f'<text x="{826 + kept:.1f}" y="{y + 13}" {note}>{memory(row.saved)}</text>',
            ]
            y += 24
    return "\n".join([*parts, "</svg>"]) + "\n"


def draw(profile: Profile, path: Path) -> None:
    """The picture by Matplotlib, in the format that the name of the file asks for."""
    from matplotlib.figure import Figure

    rows = [row for row in profile.rows if row.seconds or row.saved]
    labels = [f"{row.text[:LONGEST]}  {row.line or '':>3}" for row in rows]
    places = range(len(rows))
    figure = Figure(figsize=(11, 1.3 + 0.29 * len(rows)), layout="constrained")
    times, kept = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    forward = [1e3 * row.forward for row in rows]
    times.barh(places, forward, color=FORWARD, label="forward")
    times.barh(places, [1e3 * row.backward for row in rows], left=forward, color=BACKWARD, label="backward")
    times.set_xlabel("milliseconds")
    times.tick_params(axis="y", length=0)
    times.set_yticks(places, labels, family="monospace", fontsize=9)
    times.invert_yaxis()
    times.legend(frameon=False)
    kept.barh(places, [row.saved / 1e3 for row in rows], color=KEPT)
    kept.set_xlabel("kilobytes kept")
    kept.tick_params(axis="y", length=0)
    for axes in (times, kept):
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(profile.summary, fontsize=11)
    figure.savefig(path, dpi=150)
