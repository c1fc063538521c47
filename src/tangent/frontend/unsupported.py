"""What lies outside of the language: the reason, and what to write instead, for each kind of syntax."""

from __future__ import annotations

import ast

__all__ = ["explain"]

_STATEMENTS: dict[type[ast.AST], tuple[str, str]] = {
    ast.ClassDef: ("a class defined inside of a function", "define it outside, and use plain functions of arrays"),
    ast.AsyncFunctionDef: ("an asynchronous function", "compute in a plain function and call that"),
    ast.AsyncFor: ("an asynchronous loop", "collect the values first and loop over a list"),
    ast.AsyncWith: ("an asynchronous context", "compute in a plain function and call that"),
    ast.Await: ("await", "await outside, and pass the value in"),
    ast.TryStar: ("`except*`", "handle the exceptions one by one, with `except`"),
    ast.Global: ("a `global` declaration", "return the value instead of writing it to a global"),
    ast.Nonlocal: ("a `nonlocal` declaration", "return the value instead of writing it to an outer variable"),
    ast.ListComp: ("a list comprehension", "write it as a loop that appends to a list"),
    ast.SetComp: ("a set comprehension", "write it as a loop"),
    ast.DictComp: ("a dict comprehension", "write it as a loop that assigns the items"),
    ast.GeneratorExp: ("a generator expression", "write it as a loop"),
    ast.Yield: ("a generator", "append to a list and return that"),
    ast.YieldFrom: ("a generator", "append to a list and return that"),
    ast.Set: ("a set", "use a list or a tuple"),
    ast.Starred: ("unpacking with `*` here", "write out the arguments"),
}


def explain(node: ast.AST) -> tuple[str, str]:
    """What to say of a piece of syntax that is not supported: (what, instead)."""
    what, instead = _STATEMENTS.get(type(node), (f"{type(node).__name__} syntax", "write it with plain statements"))
    return f"unsupported: {what}", instead
