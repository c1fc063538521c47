"""Lowering of functions: their parameters and results, and calls of functions that are known.

A call of a function with source stays a call, and the function is differentiated on its own; only where it writes
into its arguments is its body put in the place of the call.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tangent import runtime
from tangent.frontend.control import RETURNED, SKIP, STOP, all_arguments, outputs, return_of
from tangent.frontend.expressions import Hint
from tangent.frontend.matching import MatchLowering
from tangent.frontend.source import read
from tangent.frontend.syntax import can_fall_through
from tangent.ir import primitives
from tangent.ir.nodes import UNDEFINED, Assign, Atom, Block, Call, Const, Function, Global, Lib, Parameter, Var

__all__ = ["ANNOTATIONS", "FunctionLowering", "Lowered", "defaults_of", "is_foreign"]

ANNOTATIONS = {
    float: "scalar", int: "int", bool: "int", np.ndarray: "array", "float": "scalar", "int": "int",
    "np.ndarray": "array", "numpy.ndarray": "array", np.float64: "scalar", list: "list", dict: "dict",
    "list": "list", "dict": "dict", tuple: "tuple", "tuple": "tuple",
}
MUTATORS: frozenset[Any] = frozenset({runtime.add_at})
"""Functions that write into their first argument."""


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A program, and what a caller has to know of it."""

    function: Function
    writes: frozenset[int] = frozenset()
    """The positions of the parameters whose value it changes in place."""
    has_effects: bool = False
    dependencies: tuple[tuple[Global, Any], ...] = field(default=())
    """The functions that it calls, as they were bound when it was lowered."""


class FunctionLowering(MatchLowering):
    """Lowers one function, and the calls in it."""

    def parameters(self) -> tuple[tuple[Parameter, ...], dict[Var, str]]:
        args = self.source.node.args
        if args.vararg or args.kwarg:
            star = args.vararg or args.kwarg
            assert star is not None
            self.refuse(star, f"unsupported: the parameter *{star.arg}", "name the parameters one by one")
        function = self.source.function
        parameters, facts = [], {}
        signature = inspect.signature(function, follow_wrapped=False)
        defaults = {a.arg: d for a, d in defaults_of(args)}
        for name, parameter in signature.parameters.items():
            var = Var(name, named=True)
            fact = ANNOTATIONS.get(_hashable(parameter.annotation))
            if fact:
                facts[var] = fact
            default = defaults.get(name)
            text = ast.unparse(default) if default is not None else None
            is_seed = name in getattr(function, "__seeds__", ())
            parameters.append(Parameter(var, parameter.kind, text, parameter.default, parameter.annotation, is_seed))
        return tuple(parameters), facts

    def lower(self) -> Lowered:
        parameters, facts = self.parameters()
        params = [p.var for p in parameters]
        self.start(params)
        values = self.run()
        node = self.source.node
        docstring = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
        function = Function(
            self.source.name, parameters, Block(tuple(self.out), values), self.outputs is not None,
            self.namespace, self.source.origin(node), docstring, facts,
        )
        return Lowered(function, self.written(params), self.has_effects, tuple(self.dependencies))

    def start(self, args: Sequence[Atom]) -> None:
        """Bind the parameters to `args`, and the flags of exits."""
        names = [a.arg for a in all_arguments(self.source.node.args)]
        for position, (name, atom) in enumerate(zip(names, args, strict=True)):
            self.env[name] = atom
            self.env[f"%argument{position}"] = atom
            self.from_parameter[atom] = self.parameters_of(atom) | {position}
        self.env[SKIP] = self.env[STOP] = self.env[RETURNED] = Const(False)
        falls = can_fall_through(self.body)
        for name in self.output_names():
            self.env[name] = Const(None) if falls else UNDEFINED

    def written(self, args: Sequence[Atom]) -> frozenset[int]:
        changed = frozenset(i for i, arg in enumerate(args) if self.env[f"%argument{i}"] is not arg)
        return changed | self.augmented_parameters

    def run(self) -> tuple[Atom, ...]:
        """Lower the body; returns the function's values."""
        self.block(self.body)
        return tuple(self.env[name] for name in self.output_names())

    # --- calls -------------------------------------------------------------------------------

    def call_of_function(
        self, node: ast.Call, fn: Global, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...], hint: Hint
    ) -> Atom:
        if fn.value in MUTATORS:
            return self.mutator(node, fn, args)
        callee = self.callee(fn.value)
        if fn.path.partition(".")[0] in (*self.namespace.globals, *self.namespace.cells):
            self.dependencies.append((fn, fn.value))
        if callee is None:
            if fn.value in self.active_functions and (count := outputs_of(fn.value)) is not None:
                return self.call_with_results(node, fn, args, kwargs, count, effect=False)
            return super().call_of_function(node, fn, args, kwargs, hint)
        self.has_effects |= callee.has_effects
        if callee.writes:
            return self.inline(node, fn.value, args, kwargs)
        if callee.function.returns_tuple:
            count = len(callee.function.body.yields)
            return self.call_with_results(node, fn, args, kwargs, count, callee.has_effects)
        return self.emit(node, fn, *args, kwargs=kwargs, hint=hint, effect=callee.has_effects)

    def call_with_results(
        self, node: ast.Call, fn: Global, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...],
        count: int, effect: bool,
    ) -> Atom:
        """A call of a function that returns a tuple: each result is a value of its own."""
        results = self.result_targets or tuple(Var(f"{fn.value.__name__}_{i}") for i in range(count))
        if len(results) != count:
            results = tuple(Var(f"{fn.value.__name__}_{i}") for i in range(count))
        self.result_targets = ()
        self.out.append(Assign(results, Call(fn, args, kwargs), self.origin(node), effect))
        packed = self.emit(node, primitives.make_tuple, *results)
        self.elements[packed] = results
        return packed

    def mutator(self, node: ast.Call, fn: Global, args: tuple[Atom, ...]) -> Atom:
        """A function that writes into its first argument: `tangent.add_at`."""
        target = args[0]
        assert isinstance(target, Var)
        updated = Var(target.hint, target.named)
        lib = Lib(fn.value, f"tangent.{fn.value.__name__}")
        self.out.append(Assign((updated,), Call(lib, args), self.origin(node)))
        self.replace(target, updated)
        return Const(None)

    def inline(
        self, node: ast.Call, fn: types.FunctionType, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...]
    ) -> Atom:
        """Put the body of a function that writes into its arguments in the place of its call."""
        inner = type(self)(read(fn), (*self.active_functions, fn))
        inner.integers = self.integers
        parameters, _ = inner.parameters()
        try:
            bound = inspect.signature(fn).bind(*args, **dict(kwargs))
        except TypeError as error:
            self.refuse(node, f"the call does not fit {fn.__name__}: {error}", "call it with its parameters")
        atoms = [
            bound.arguments[p.var.hint] if p.var.hint in bound.arguments else self.default(node, p) for p in parameters
        ]
        inner.out, inner.elements, inner.loop_depth = self.out, self.elements, 0
        inner.start(atoms)
        values = inner.run()
        return self.taken_over(node, inner, dict(enumerate(atoms)), values)

    def taken_over(
        self, node: ast.AST, inner: FunctionLowering, given: Mapping[int, Atom], values: tuple[Atom, ...]
    ) -> Atom:
        """What a call gives whose body was put in its place, and what that did to the values that were `given`."""

        def parameters(positions: Iterable[int]) -> frozenset[int]:
            return frozenset[int]().union(*(self.parameters_of(given[p]) for p in positions))

        self.has_effects |= inner.has_effects
        self.dependencies += inner.dependencies
        self.augmented_parameters |= parameters(inner.augmented_parameters)
        for value in values:
            self.from_parameter[value] = self.parameters_of(value) | parameters(inner.parameters_of(value))
        for position, atom in given.items():
            self.replace(atom, inner.env[f"%argument{position}"])
        self.note_changes()
        if inner.outputs is None:
            return values[0]
        result = self.emit(node, primitives.make_tuple, *values)
        self.elements[result] = values
        return result

    def default(self, node: ast.AST, parameter: Parameter) -> Atom:
        value = parameter.default_value
        if value is None or isinstance(value, bool | int | float | str):
            return Const(value)
        self.refuse(node, f"the default of {parameter.var.hint} is not a literal", "pass the argument")

    def callee(self, fn: Any) -> Lowered | None:
        """The program of a function that has source and no rule."""
        raise NotImplementedError


def is_foreign(fn: types.FunctionType) -> bool:
    """Whether a function belongs to the standard library, whose functions are called and not read."""
    return fn.__module__ is None or fn.__module__.partition(".")[0] in sys.stdlib_module_names


def outputs_of(function: types.FunctionType) -> int | None:
    body = read(function).node.body
    return outputs(body if isinstance(body, list) else [return_of(body)])


def defaults_of(args: ast.arguments) -> Iterable[tuple[ast.arg, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    if args.defaults:
        yield from zip(positional[-len(args.defaults) :], args.defaults, strict=True)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            yield arg, default


def _hashable(annotation: Any) -> Any:
    try:
        hash(annotation)
    except TypeError:
        return None
    return annotation
