"""Complex numbers: which values of a program may be complex.

A complex number is written out (`2j`), read from a global, made by a function that gives complex results
(`np.fft.fft`, `complex`) or by a dtype, a default or an argument of a function that is called, or computed from one.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tangent.analysis.activity import varied_values
from tangent.analysis.calls import (
    Source,
    function_of,
    is_nondifferentiable,
    is_of_runtime,
    is_one_of,
    is_structural,
    rule_of,
    source_function,
)
from tangent.ir.nodes import Assign, Call, Const, Expr, Function, GeneratedFunction, Global, Lib, Var
from tangent.ir.walk import all_statements, expr_vars, joined
from tangent.rules import registry
from tangent.rules.holomorphic import GIVE_COMPLEX, MAY_GIVE_COMPLEX
from tangent.rules.registry import attribute, method

__all__ = ["ABSOLUTE", "IMAGINARY", "REAL", "complex_values", "is_complex_constant", "names_complex_dtype"]

REAL: frozenset[Any] = frozenset({np.real, attribute("real")})
IMAGINARY: frozenset[Any] = frozenset({np.imag, attribute("imag")})
ABSOLUTE: frozenset[Any] = frozenset({operator.abs, abs, np.abs})

_GIVE_REAL = REAL | IMAGINARY | ABSOLUTE | {np.angle, np.iscomplexobj, np.linalg.norm, np.var, np.std}
_COMPLEX_MODULES = frozenset({"cmath", "numpy.lib.scimath", "numpy.lib._scimath_impl", "scipy.fft", "scipy.fftpack"})
_NAMES = frozenset({
    "complex", "complex64", "complex128", "cmath", "emath", "fft", "ifft", "rfft", "roots", "eig", "eigvals", "conj",
    "lambertw", "wofz", "hankel1", "hankel1e", "hankel2", "hankel2e", "h1vp", "h2vp", "hilbert",
})
"""What is named in the text of functions that may give complex numbers."""
_DTYPES: frozenset[Any] = frozenset({complex, np.complex64, np.complex128})
_LIKE_OPERAND: frozenset[Any] = frozenset({
    np.zeros_like, np.ones_like, np.empty_like, np.sign, np.round, np.around, method("round"),
})
"""Functions without derivative whose results are of the dtype of their operand."""


def complex_values(function: Function, wrt: Iterable[Var], of_calls: bool = True) -> set[Var]:
    """The values of a program that may be complex, or hold what is; with or without what calls make of complex values.

    A function with source that gets complex numbers may give such, or not.  One that gets none and is differentiated
    gives none; one that is not differentiated may, where its text mentions them.
    """
    wrt, varied = tuple(wrt), set[Var]()
    facts = function.facts
    found = {p.var for p in function.parameters if facts.get(p.var) == "complex" or _holds_complex(p.default_value)}
    statements = list(all_statements(function.body))
    joins = joined(function.body)
    mentioning = functools.cache(mentions_complex_numbers)
    size = -1
    while size < len(found):
        size = len(found)
        for statement in statements:
            if type(statement) is not Assign or not (of_calls or _is_known(statement.value)):
                continue
            fn = source_function(statement.value) if type(statement.value) is Call else None
            if _may_be_complex(statement.value, found):
                found.update(statement.targets)
            elif fn is not None and mentioning(fn):
                varied = varied or varied_values(function.body, wrt)
                if varied.isdisjoint(expr_vars(statement.value)):
                    found.update(statement.targets)
        found.update(v for v, both in joins.items() if any(_may_be_complex(b, found) for b in both))
    return found


def _may_be_complex(value: Expr, found: set[Var]) -> bool:
    if type(value) is not Call:
        return value in found or is_complex_constant(value)
    fn = function_of(value)
    if fn in _GIVE_REAL:
        return False
    registry.find_hashable(fn)  # its library says with the rules what may give complex numbers
    if fn in GIVE_COMPLEX or fn in MAY_GIVE_COMPLEX or getattr(fn, "__module__", None) in _COMPLEX_MODULES:
        return True
    fixed = [a for a in (*value.args, *(v for _, v in value.kwargs)) if type(a) is not Var]
    if any(is_complex_constant(a) or names_complex_dtype(a) for a in fixed):
        return True
    if not found or found.isdisjoint(expr_vars(value)):
        return False
    return not is_nondifferentiable(value) or is_of_runtime(fn) or fn in _LIKE_OPERAND


def mentions_complex_numbers(fn: Source) -> bool:
    """Whether a function, or one that it calls, has a complex literal, or names what makes complex numbers."""
    seen, work = set[Source](), [fn]
    while work:
        fn = work.pop()
        if fn in seen or is_of_runtime(fn):  # Tangent's own: of complex numbers where they are given such
            continue
        seen.add(fn)
        making = GIVE_COMPLEX | MAY_GIVE_COMPLEX | _DTYPES
        used = list(_used_by_program(fn) if isinstance(fn, GeneratedFunction) else _used_by_code(fn))
        if any(_holds_complex(u) or is_one_of(u, _NAMES) or is_one_of(u, making) for u in used):
            return True
        work += [u for u in used if isinstance(u, types.FunctionType | GeneratedFunction)]
    return False


def _used_by_code(fn: types.FunctionType) -> Iterator[Any]:
    """The literals and the names in a function, and what the names stand for."""
    codes = [fn.__code__]
    while codes:
        code = codes.pop()
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        yield from code.co_consts
        yield from code.co_names
        yield from (fn.__globals__.get(name) for name in code.co_names)


def _used_by_program(fn: GeneratedFunction) -> Iterator[Any]:
    """The literals in a program, and what it refers to."""
    for statement in all_statements(fn.function.body) if fn.function is not None else ():
        if type(statement) is Assign and type(statement.value) is Call:
            call = statement.value
            yield call.fn
            for part in (call.fn, *call.args, *(v for _, v in call.kwargs)):
                if isinstance(part, Const | Global | Lib):
                    yield part.value


def _is_known(value: Expr) -> bool:
    if type(value) is not Call or is_structural(value):
        return True
    return rule_of(value) is not None and function_of(value) not in MAY_GIVE_COMPLEX


def is_complex_constant(expr: Expr) -> bool:
    """Whether an expression is a literal or a global that is complex, or holds what is."""
    return isinstance(expr, Const | Global) and _holds_complex(expr.value)


def _holds_complex(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_complex, value))
    if isinstance(value, dict):
        return any(map(_holds_complex, value.values()))
    return isinstance(value, complex) or (isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "c")


def names_complex_dtype(expr: Expr) -> bool:
    """Whether an expression is the name of a complex type, or asks for the zeros and the poles of a filter."""
    return isinstance(expr, Global | Lib | Const) and (
        is_one_of(expr.value, _DTYPES)
        or (isinstance(expr.value, str) and (expr.value.startswith("complex") or expr.value == "zpk"))
    )
