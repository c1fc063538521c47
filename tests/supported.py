"""The parts of `docs/supported.md` that are made from the tables that the library works by."""

from __future__ import annotations

import builtins
import math
import textwrap
import types
from collections.abc import Iterable, Iterator

import numpy as np
from scipy import integrate, linalg, optimize, special, stats

from tangent.frontend.unsupported import SYNTAX
from tangent.rules import solvers
from tangent.rules.registry import Key, MemberKey, find, registered
from tangent.transform.templates import library_path
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


LIBRARIES = {
    "built-in": builtins, "`math`": math, "`numpy`": np, "`numpy.fft`": np.fft, "`numpy.linalg`": np.linalg,
    "`scipy.integrate`": integrate, "`scipy.linalg`": linalg, "`scipy.optimize`": optimize,
    "`scipy.special`": special, "`scipy.stats`": stats,
}


def functions() -> Iterator[str]:
    """The functions, methods and attributes with a rule, by the library."""
    for function in (special.erf, linalg.inv, stats.norm.pdf, optimize.brentq, integrate.quad):
        find(function)  # loads the rules of SciPy
    names: dict[str, tuple[set[str], set[str]]] = {}
    for rule in registered():
        if rule.form == "solver" and not solvers.find(rule.key).parts({}):  # it is only known to be refused
            continue
        for place, name in places(rule.key):
            names.setdefault(place, (set(), set()))[rule.form == "nondifferentiable"].add(name)
    yield "| | differentiated | derivative zero |\n|---|---|---|"
    for place in (*LIBRARIES, "methods of arrays", "attributes of arrays"):
        differentiated, zero = names[place]
        yield f"| {place} | {listed(differentiated)} | {listed(zero - differentiated)} |"


def places(key: Key) -> Iterator[tuple[str, str]]:
    """The libraries that a function belongs to, and its name there."""
    if isinstance(key, MemberKey):
        if not key.name.startswith("_"):
            yield ("attributes of arrays" if key.is_attribute else "methods of arrays"), key.name
        return
    name = getattr(key, "__name__", "")
    if isinstance(key, types.MethodType):
        place, _, owner = library_path(key.__self__).rpartition(".")
        yield f"`{place}`", f"{owner}.{name}"
    for place, module in LIBRARIES.items():
        if vars(module).get(name) is key:
            yield place, name


def listed(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in sorted(names))


def code(text: str) -> str:
    return f"```python\n{dedented(text)}\n```"


def filled(text: str) -> str:
    return textwrap.fill(text, 116, break_long_words=False, break_on_hyphens=False)


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


PARTS = {part.__name__: part for part in (accepted, refused, refused_for_now, functions)}
