"""What the transforms of both modes start from: a program, facts about it, and the statements made so far."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import Any, ClassVar

from tangent import runtime
from tangent.analysis.calls import function_of, rule_of
from tangent.analysis.complex_numbers import is_complex_constant
from tangent.analysis.kinds import Kinds
from tangent.analysis.libraries import Libraries
from tangent.analysis.shapes import Shapes
from tangent.ir.nodes import (
    Assign,
    Atom,
    Call,
    Const,
    Expr,
    Function,
    Global,
    Lib,
    Method,
    Origin,
    Role,
    Statement,
    Var,
    with_role,
)
from tangent.ir.walk import bound
from tangent.rules.registry import Rule
from tangent.transform.facts import definitions_of, users_names
from tangent.transform.integers import Integers
from tangent.transform.solutions import Derive
from tangent.transform.templates import instantiate, runtime_path

__all__ = ["Builder"]


class Builder:
    """Makes the statements of the derivative of a function."""

    prefix: ClassVar[str]
    """What the name of a value's derivative begins with."""
    role: ClassVar[Role]
    """What the statements that are made do."""

    def __init__(self, function: Function, active: set[Var], derive: Derive, optimized: bool) -> None:
        self.function = function
        self.derive = derive
        self.active = active
        self.optimized = optimized
        self.shapes = Shapes.of(function)
        self.kinds = Kinds(function)
        self.libraries = Libraries(function, self.kinds)
        self.definitions = definitions_of(function)
        self.integers = Integers(function, self.kinds, active)
        self.users_names = users_names(function)
        self.out: list[Statement] = []
        self.given: set[Var] = set()
        """The values that a call has given."""
        self.values: dict[Var, Expr] = {}
        """What the derivatives are of."""
        self._origin: Origin | None = None

    @property
    def origin(self) -> Origin | None:
        """Where the statements that are made come from."""
        return self._origin

    @origin.setter
    def origin(self, origin: Origin | None) -> None:
        self._origin = with_role(origin, self.role)

    def is_active(self, expr: Expr) -> bool:
        return type(expr) is Var and expr in self.active

    def facts(self, names: list[str], given: Mapping[str, Any]) -> frozenset[tuple[int, str]]:
        """What is known of the arguments of a call, by their positions.

        They surely are numbers, or may be complex, or are arrays of another library than NumPy.
        """
        found = []
        for position, name in enumerate(names):
            argument = given.get(name)
            if self.is_complex(argument):
                found.append((position, "complex"))
            elif (library := self.libraries.of(argument)) is not None:
                found.append((position, library.name))
            elif isinstance(argument, Var | Const | Global) and self.shapes.is_scalar(argument):
                found += [(position, "scalar")] * self.kinds.is_numeric(argument)
        return frozenset(found)

    def is_complex(self, argument: Any) -> bool:
        items = argument if isinstance(argument, tuple) else (argument,)
        return any(type(a) is Var and a in self.shapes.complex or is_complex_constant(a) for a in items)

    def rule_of(self, call: Call) -> Rule | None:
        """The rule for a call: of an operator on arrays of a library, that of the function that it stands for."""
        own = self.libraries.operator_as_function(call)
        if own is not None:
            library = self.libraries.of_operands(call)
            assert library is not None
            return rule_of(Call(Lib(library.object(own), f"{library.name}.{own}"), call.args))
        if self.libraries.in_use and function_of(call) in (operator.pow, pow):
            return rule_of(Call(Lib(runtime.power, "tangent.power"), call.args))
        return rule_of(call)

    def instantiate(
        self, rule: Rule, template: Any, call: Call, result: Expr, derivatives: Mapping[str, Atom],
        origin: Origin | None,
    ) -> tuple[list[Statement], dict[str, Expr], tuple[Expr, ...]]:
        """The statements of a template for one call, with the functions of the library that the call is of."""
        library = rule.library or self.libraries.of_operands(call)
        return instantiate(rule, template, call, result, derivatives, origin, library)

    def call(self, fn: Any, *args: Expr, hint: Var | str, shape_of: Expr | None = None) -> Var:
        """Append `target = fn(*args)`."""
        target = self.target(hint)
        called = fn if type(fn) is Lib or type(fn) is Method else _lib(fn)
        self.append(Assign((target,), Call(called, args), self._origin), shape_of)
        return target

    def target(self, hint: Var | str) -> Var:
        """A value of a name; the one that is given, unless it is bound."""
        if isinstance(hint, str):
            return Var(hint)
        if hint in self.given:
            again = Var(hint.hint, hint.named)
            if hint in self.values:
                self.values[again] = self.values[hint]
            return again
        self.given.add(hint)
        return hint

    def append(self, statement: Statement, shape_of: Expr | None = None) -> None:
        """Append a statement; what it binds may be known to have the shape of another value."""
        self.out.append(statement)
        if shape_of is None:
            self.shapes.add_statement(statement)
        else:
            self.shapes.known.update(dict.fromkeys(bound(statement), self.shapes[shape_of]))

    def name_of(self, value: Expr) -> Var:
        """A value for the derivative of another, by a name that the user has not given to something else."""
        if type(value) is not Var:
            return Var("zero")
        name = self.prefix + value.hint
        while name in self.users_names:
            name += "_"
        named = Var(name, value.named)
        self.values[named] = value
        return named


@functools.cache
def _lib(fn: Any) -> Lib:
    """A function that statements of derivatives call, and where generated code finds it; nowhere for operators."""
    module = getattr(fn, "__module__", "") or ""
    if module.startswith("tangent.runtime"):
        return Lib(fn, runtime_path(fn))
    return Lib(fn, f"numpy.{fn.__name__}" if module.startswith("numpy") else "")
