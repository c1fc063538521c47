"""The parts of `docs/supported.md` that are made from the tables that the library works by."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tangent.frontend.unsupported import SYNTAX
from tests.from_text import dedented
from tests.programs.accepted import ACCEPTED
from tests.programs.limits import PAIRS

__all__ = ["PARTS"]


def accepted() -> Iterator[str]:
    """What is differentiated, with an example each."""
    for case in ACCEPTED:
        yield f"{filled(case.what)}:\n\n{code(case.program)}\n"


def refused() -> Iterator[str]:
    """What is refused for good, why, and what to write instead."""
    for pair in PAIRS:
        limit = pair.limit
        yield filled(f"**{capitalized(limit.what)}**: {limit.why}. Instead: {limit.instead}.") + "\n"
        yield f"{code(pair.refused)}\n\n{code(pair.instead)}\n"


def refused_for_now() -> Iterator[str]:
    """What is refused and could be followed."""
    shown = [pair.limit for pair in PAIRS]
    rows = {limit.what: limit.instead for limit in SYNTAX.values() if limit not in shown}
    if rows:
        yield "| refused for now | instead |\n|---|---|"
    yield from (f"| {what} | {instead} |" for what, instead in rows.items())


def code(text: str) -> str:
    return f"```python\n{dedented(text)}\n```"


def filled(text: str) -> str:
    return textwrap.fill(text, 116, break_long_words=False, break_on_hyphens=False)


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


PARTS = {part.__name__: part for part in (accepted, refused, refused_for_now)}
