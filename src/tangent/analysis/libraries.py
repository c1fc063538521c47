"""Libraries: which values of a program are arrays of another library than NumPy.

    tf.exp(x)               the result, and `x`, which has a derivative there
    2.0 * t, t[0]           what is computed of an array, or taken out of it
    x: tf.Tensor            what an annotation says

It decides how a derivative is spelled, and not what it is: that of `abs(t)` calls `tf.sign`, and that of `t[0]` writes
into no array.  Either is right for NumPy's arrays as well.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable
from typing import Any

from tangent.analysis.calls import bind, function_of, is_of_runtime, is_structural, rule_of, source_function
from tangent.analysis.kinds import Kinds
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Call, Expr, Function, Insertion, Var
from tangent.ir.walk import all_statements, joined
from tangent.rules.libraries import LIBRARIES, Library, in_use, library_of
from tangent.runtime.traced import is_traced

__all__ = ["Libraries"]


class Libraries:
    """The array libraries of the values of a program."""

    def __init__(self, function: Function, kinds: Kinds) -> None:
        self.known: dict[Var, Library] = {
            v: LIBRARIES[fact] for v, fact in function.facts.items() if fact in LIBRARIES
        }
        self.others = kinds.containers | kinds.integers | {v for v, fact in function.facts.items() if fact == "scalar"}
        self.in_use = in_use(function.namespace.globals)
        """Whether the values of which nothing is known may be arrays of a library."""
        self.arrays = {v for v, fact in function.facts.items() if fact in ("array", "list", "dict", "tuple")}
        if self.known or not LIBRARIES.keys().isdisjoint(sys.modules):
            self.propagate(function)

    def of(self, expr: Any) -> Library | None:
        return self.known.get(expr) if type(expr) is Var else None

    def may_be_fixed(self, expr: Expr) -> bool:
        """Whether a value may be an array that can't be written to."""
        return self.in_use and type(expr) is Var and expr not in self.others and expr not in self.arrays

    def of_operands(self, call: Call) -> Library | None:
        """The library of the first operand of a call that is an array of one."""
        return next((self.known[a] for a in call.args if a in self.known), None) if self.known else None

    def operator_as_function(self, call: Call) -> str | None:
        """The path of the function that an operator is on arrays of a library, where it has that function's rule."""
        library = self.of_operands(call)
        return None if library is None else library.operators.get(function_of(call))

    # --- gathering ---------------------------------------------------------------------------

    def propagate(self, function: Function) -> None:
        calls = [
            (s.targets, s.value) for s in all_statements(function.body)
            if type(s) is Assign and type(s.value) is Call and s.targets
        ]
        joins = joined(function.body).items()
        size = -1
        while size < len(self.known):
            size = len(self.known)
            for targets, call in calls:
                self.call(targets, call)
            for result, values in joins:
                alike = (result, *values)
                library = next((found for v in alike if (found := self.of(v)) is not None), None)
                if library is not None:
                    self.add(alike, library)

    def add(self, values: Iterable[Expr], library: Library) -> None:
        for value in values:
            if type(value) is Var and value not in self.others:
                self.known.setdefault(value, library)

    def call(self, targets: tuple[Var, ...], call: Call) -> None:
        fn: Any = function_of(call)
        if type(call.fn) is Insertion:
            for target, value in zip(targets, call.args, strict=False):
                if (library := self.of(target) or self.of(value)) is not None:
                    self.add((target, value), library)
        elif (own := library_of(fn)) is not None:
            self.add(targets, own)
            self.add(operands(call), own)
        elif is_operator(fn) and (library := self.of(targets[0])) is not None:
            self.add(operands(call), library)
        elif (library := self.of_operands(call)) is not None and gives_array(call, fn, len(targets)):
            self.add(targets, library)
            if not is_structural(call) and source_function(call) is None:
                self.add(operands(call), library)


def operands(call: Call) -> list[Expr]:
    """The arguments of a function of a library that are arrays, or may be taken for such."""
    rule = rule_of(call)
    if rule is None or rule.form == "nondifferentiable":
        return []
    arguments = [a for n, a in (bind(rule, call) or {}).items() if n not in rule.constant and n not in OF_SEVERAL]
    count = len(arguments) if rule.form in ("partials", "bilinear") else 1
    return [a for a in arguments[:count] if type(a) is Var]


OF_SEVERAL = ("values", "inputs", "condition")
"""The parameters of functions of a library that are lists of arrays, or conditions."""


def is_operator(fn: Any) -> bool:
    return getattr(fn, "__module__", None) in ("_operator", "builtins")


def gives_array(call: Call, fn: Any, count: int) -> bool:
    """Whether the result of a call of an array of a library is one."""
    if is_structural(call):
        return fn in (operator.getitem, primitives.element, primitives.pass_through, primitives.unpack)
    if source_function(call) is not None:
        return count == 1  # a tuple of several results: not all of them need be arrays
    if is_traced(fn) or is_of_runtime(fn):
        return True
    rule = rule_of(call)
    return rule is not None and (rule.form == "partials" or fn is operator.matmul)
