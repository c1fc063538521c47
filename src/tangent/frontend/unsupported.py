"""What lies outside of the language: what it is, why, and what to write instead.

The errors are made from these tables, and so is the page on what is supported.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

__all__ = ["LIMITS", "SYNTAX", "Limit", "explain", "limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A piece of Python that is refused."""

    what: str
    why: str
    instead: str

    def message(self, what: str = "") -> tuple[str, str]:
        """What an error says of it: (what, instead); `what` names the piece of code that it is about."""
        reason = f": {self.why}" if self.why else ""
        return f"unsupported: {what or self.what}{reason}", self.instead


SYNTAX: dict[type[ast.AST], Limit] = {
    ast.AsyncFunctionDef: Limit(
        "an asynchronous function", "an event loop decides when its parts run",
        "compute in a plain function and call that, await what it needs before",
    ),
    ast.ClassDef: Limit(
        "a class defined inside of a function", "each call would make another class",
        "define it at the top of the module",
    ),
    ast.TryStar: Limit("`except*`", "it handles several exceptions at once", "handle them one by one, with `except`"),
    ast.Global: Limit("a `global` declaration", "", "return the value instead of writing it to a global"),
    ast.Nonlocal: Limit(
        "a `nonlocal` declaration in a function that calls itself, is differentiated or comes from outside", "",
        "return the value instead of writing it to an outer variable",
    ),
    ast.Yield: Limit("a generator", "who calls it decides when its parts run", "append to a list and return that"),
    ast.YieldFrom: Limit("a generator", "who calls it decides when its parts run", "append to a list and return that"),
    ast.Starred: Limit("unpacking with `*` here", "", "write out the arguments"),
}
"""Syntax that is refused wherever it stands."""

LIMITS: dict[str, Limit] = {
    "reflection": Limit(
        "`eval`, `exec`, `vars`, `globals`, `locals`", "it reaches variables by their names",
        "write the code out, with the values in variables or in a dict",
    ),
    "attribute by name": Limit(
        "`getattr` and `setattr` with a name that is computed", "which attribute it is decides what the code does",
        "choose with `if` and write the names out, or keep the values in a dict",
    ),
    "complex": Limit(
        "a complex result", "a derivative is that of a real number",
        "return its real part, its imaginary part or its absolute value; or give `tangent.vjp` a complex seed",
    ),
    "integers": Limit(
        "numbers written into an array of integers", "it drops what is behind the point",
        "make it with `dtype=float`, or from floats (`np.full(n, 0.0)`)",
    ),
    "no rule": Limit(
        "a function of a library", "has no derivative rule and no Python source that could be differentiated",
        "give it a rule, with `@tangent.grads.adjoint` and `@tangent.tangents.tangent_`",
    ),
}
"""What is refused for what the code does."""


def limit(name: str, what: str = "") -> tuple[str, str]:
    """What to say where a limit is met, by what is written there: (what, instead)."""
    return LIMITS[name].message(what)


def explain(node: ast.AST) -> tuple[str, str]:
    """What to say of a piece of syntax that is not supported: (what, instead)."""
    known = SYNTAX.get(type(node))
    return (known or Limit(f"{type(node).__name__} syntax", "", "write it with plain statements")).message()
