"""Explanations as a page: one HTML file that needs nothing from elsewhere.

The lines that belong together light up together, by mouse, by touch and by keyboard; the script is `page.js`, the style
`page.css`, light and dark.  Without the script the page is the text with its tables.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from tangent.looking import text
from tangent.looking.facts import Fragment, Panel, Section
from tangent.looking.keeping import Kept, Reader

if TYPE_CHECKING:
    from tangent.looking.explanation import Explanation

__all__ = ["asset", "document", "explained", "highlighted", "in_frame"]

LEGEND = (
    ("primal", "value"), ("tangent", "tangent"), ("adjoint", "adjoint"),
    ("saved", "saved, restored or computed again"), ("inserted", "code for the backward pass"),
)
STORIES = {
    "argument": "is an argument, which is still there", "variable": "is a variable, which is still there",
    "returned": "is returned by the forward function", "list": "is on a list, with a value for each iteration",
    "recomputed": "is computed again in the backward pass",
}
HELP = (
    "Point at a line, or tap it: its partners light up. <kbd>Tab</kbd> goes to the next function or table, "
    "<kbd>↑</kbd> <kbd>↓</kbd> from line to line, <kbd>←</kbd> <kbd>→</kbd> to a partner; <kbd>Enter</kbd> holds a "
    "line, <kbd>Esc</kbd> lets it go."
)


def explained(explanation: Explanation) -> str:
    """The page of an explanation."""
    roles = {line.kind for section in explanation.sections for panel in section.panels for line in panel.lines}
    legend = "".join(
        f'<li data-role="{role}"><i></i>{what}</li>' for role, what in LEGEND
        if role in roles or (role == "saved" and roles & {"saved", "restored", "recomputed"})
    )
    sections = "".join(_Section(number, section).html() for number, section in enumerate(explanation.sections))
    header = (
        f"<header><h1>{escape(explanation.name)}</h1><p>{escape(explanation.title)}</p>"
        '<button id="theme" type="button">Dark</button></header>'
    )
    main = f'<main><ul class="legend">{legend}</ul>{sections}</main>'
    return document(explanation.name, f"{header}\n{main}\n<footer>{HELP}</footer>", script=asset("page.js"))


def document(title: str, body: str, script: str = "", style: str = "") -> str:
    """A whole page with the style of explanations."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{asset('page.css')}{style}</style>\n</head>\n<body>\n{body}\n"
        + (f"<script>\n{script}</script>\n" if script else "") + "</body>\n</html>\n"
    )


def in_frame(page: str, height: int, title: str) -> str:
    """A page as a part of another one, in which its style is its own."""
    return (
        f'<iframe srcdoc="{escape(page)}" style="width: 100%; height: {min(height, 760)}px; border: 0" '
        f'title="{title}"></iframe>'
    )


@cache
def asset(name: str) -> str:
    return files("tangent.looking").joinpath(name).read_text(encoding="utf-8")


class _Section:
    """The part of a page about one function of the user's."""

    def __init__(self, number: int, section: Section) -> None:
        self.number = number
        self.section = section
        self.partners = section.partners()
        own = {v.name for v in section.variables}
        self.derivatives = re.compile(rf"[bd]+({'|'.join(map(re.escape, own | {section.name}))})_?\d*$")
        """The names of derivatives of variables."""

    def html(self) -> str:
        section = self.section
        wrt = ", ".join(f"<code>{escape(name)}</code>" for name in section.wrt)
        primal = "".join(map(self.fragment, section.primal))
        panels = "".join(map(self.panel, section.panels))
        tables = self.kept_table() + self.variables_table()
        return (
            f'<section id="s{self.number}">'
            f"<h2><code>{escape(section.name)}</code> <span>with respect to {wrt}</span></h2>"
            f'<div class="pair"><svg class="ties" aria-hidden="true"></svg><div class="pane primal">'
            f'<div class="functions">{primal}</div><div class="details" aria-live="polite">{self.summary()}</div></div>'
            f'<div class="pane derived"><div class="functions">{panels}</div></div></div>'
            f'<div class="tables">{tables}</div></section>'
        )

    def summary(self) -> str:
        """What is said while no line is pointed at."""
        kept = [k for k in self.section.kept if k.how in ("list", "variable", "returned") and k.bound is not None]
        if not self.section.kept:
            return "Point at a line to see what stems from it."
        what = f"{len(kept)} {'values' if len(kept) != 1 else 'value'} kept for the backward pass"
        return f"{what}. Point at a line to see what stems from it."

    # --- code --------------------------------------------------------------------------------

    def fragment(self, fragment: Fragment) -> str:
        texts = [line.text for line in fragment.lines]
        marked = highlighted(texts) if fragment.is_whole else list(map(escape, texts))
        lines = []
        for line, code in zip(fragment.lines, marked, strict=True):
            place = (fragment.filename, line.statement)
            attributes = ""
            if place in self.partners:
                label = f"Line {line.number}: {line.text.strip()}"
                attributes = self.usable(place, label) + ' class="line"'
            lines.append(self.line(self.primal_id(fragment.filename, line.number), line.number, code, attributes))
        return self.function(fragment.name, text.file_name(fragment.filename), lines)

    def panel(self, panel: Panel) -> str:
        marked = highlighted([line.text for line in panel.lines], self.derivatives)
        lines = []
        for line, code in zip(panel.lines, marked, strict=True):
            quiet = " quiet" if not line.role or line.role in ("saved", "restored") else ""
            attributes = f' class="line{quiet}"'
            if line.role:
                attributes += f' data-role="{line.kind}" data-what="{line.description}"'
            if line.place is not None:
                attributes += self.usable(line.place, f"{text.mark(line)}: {line.text.strip()}")
            lines.append(self.line(self.code_id(panel.name, line.number), line.number, code, attributes))
        return self.function(panel.name, "", lines)

    def function(self, name: str, where: str, lines: Iterable[str]) -> str:
        title = f"{escape(name)} <span>{escape(where)}</span>"
        return f'<div class="function"><h3>{title}</h3><div class="code">{"".join(lines)}</div></div>'

    def line(self, id_: str, number: int, code: str, attributes: str) -> str:
        plain = re.sub(r"<[^>]*>", "", code)
        indent = len(plain) - len(plain.lstrip(" "))
        attributes = attributes or ' class="line quiet"'
        return (
            f'<div id="{id_}"{attributes}><span class="number">{number}</span>'
            f'<code style="--indent: {indent}">{code or " "}</code></div>\n'
        )

    def usable(self, place: tuple[str, int], label: str) -> str:
        """The attributes of a line that lights up with others."""
        return (
            f' data-of="{self.primal_id(*place)}" tabindex="0" role="button" aria-pressed="false" '
            f'aria-label="{escape(label)}"'
        )

    def primal_id(self, filename: str, number: int) -> str:
        files = [fragment.filename for fragment in self.section.primal]
        return f"s{self.number}-{files.index(filename) if filename in files else 0}-{number}"

    def code_id(self, panel: str, number: int) -> str:
        names = [p.name for p in self.section.panels]
        return f"s{self.number}-{'abcdefgh'[names.index(panel) % 8]}{number}"

    # --- tables ------------------------------------------------------------------------------

    def kept_table(self) -> str:
        if not self.section.kept:
            return ""
        return table("For the backward pass", text.KEPT_HEADER, map(self.kept_row, self.section.kept))

    def kept_row(self, kept: Kept) -> str:
        ids = [self.code_id(r.panel, r.line) for r in kept.readers]
        if kept.at is not None:
            ids.append(self.code_id(*kept.at))
        bound = ""
        if kept.place is not None:
            ids.append(self.primal_id(*kept.place))
            bound = f'<a href="#{self.primal_id(*kept.place)}">{kept.bound}</a>'
        readers = ", ".join(map(self.reader, kept.readers)) or "the result"
        of = f", of line {kept.bound}," if kept.bound is not None else ""
        story = f"<b><code>{escape(kept.name)}</code></b>{of} {STORIES[kept.how]}"
        return (
            f'<tr data-lights="{" ".join(ids)}" tabindex="0"><td><code>{escape(kept.name)}</code>'
            f'<template>{story}, and is read by {self.read_by(kept.readers)}.</template></td>'
            f'<td data-name="line">{bound}</td><td>{kept.means}</td><td data-name="read by">{readers}</td></tr>'
        )

    def reader(self, reader: Reader) -> str:
        where = text.numbered(reader, with_panel=len(self.section.panels) > 1)
        return f'<a href="#{self.code_id(reader.panel, reader.line)}" title="{escape(reader.text)}">{where}</a>'

    def read_by(self, readers: Iterable[Reader]) -> str:
        return "; ".join(
            f"{f'the {r.what}, ' if r.what else ''}<code>{escape(r.text)}</code>" for r in readers
        ) or "what is returned"

    def variables_table(self) -> str:
        first = self.section.primal[0].filename if self.section.primal else ""
        rows = []
        for v in self.section.variables:
            lines = ", ".join(f'<a href="#{self.primal_id(first, n)}">{n}</a>' for n in v.lines)
            ids = " ".join(self.primal_id(first, n) for n in v.lines)
            lights = f' data-lights="{ids}" tabindex="0"' if ids else ""
            why = re.sub(r"`(.*?)`", r"<code>\1</code>", escape(v.why))
            story = f"<b><code>{escape(v.name)}</code></b> is {v.activity}: {why}."
            rows.append(
                f"<tr{lights}><td><code>{escape(v.name)}</code><template>{story}</template></td>"
                f'<td data-name="line">{lines}</td><td class="activity {v.activity.split()[0]}">{v.activity}</td>'
                f"<td>{why}</td></tr>"
            )
        return table("Variables", text.VARIABLES_HEADER, rows)


def table(title: str, header: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{name}</th>" for name in header)
    body = "".join(rows)
    return f"<div><h3>{title}</h3><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


# --- colours -------------------------------------------------------------------------------------


def highlighted(lines: list[str], derivatives: re.Pattern[str] | None = None) -> list[str]:
    """The lines of a function as HTML, with classes for what they consist of."""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    source = "".join(line[indent:] + "\n" for line in lines)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return [escape(line) for line in lines]
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for token in tokens:
        kind = _kind(token, derivatives)
        if kind:
            for row, start, end in _by_row(token, lines, indent):
                spans.setdefault(row, []).append((start, end, kind))
    return [_spanned(line, spans.get(row, [])) for row, line in enumerate(lines, start=1)]


def _kind(token: tokenize.TokenInfo, derivatives: re.Pattern[str] | None) -> str:
    match token.type:
        case tokenize.COMMENT:
            return "c"
        case tokenize.STRING:
            return "s"
        case tokenize.NUMBER:
            return "n"
        case tokenize.NAME if keyword.iskeyword(token.string):
            return "k"
        case tokenize.NAME if derivatives is not None and derivatives.fullmatch(token.string):
            return "d"
    return "s" if tokenize.tok_name[token.type].startswith("FSTRING") else ""


def _by_row(token: tokenize.TokenInfo, lines: list[str], indent: int) -> Iterator[tuple[int, int, int]]:
    """The part of a token in each line, which may go over several."""
    (first, start), (last, end) = token.start, token.end
    for row in range(first, last + 1):
        if row <= len(lines):
            from_ = start + indent if row == first else 0
            to = end + indent if row == last else len(lines[row - 1])
            yield row, from_, to


def _spanned(line: str, spans: list[tuple[int, int, str]]) -> str:
    parts, position = [], 0
    for start, end, kind in sorted(spans):
        parts += [escape(line[position:start]), f'<span class="{kind}">{escape(line[start:end])}</span>']
        position = end
    return "".join([*parts, escape(line[position:])])
