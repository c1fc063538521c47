"""Lowering of functions: their parameters and results, and calls of functions that are known.

A call of a function with source stays a call, and the function is differentiated on its own; only where it writes
into its arguments is its body put in the place of the call.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter as P
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tangent import runtime
from tangent.analysis.calls import is_foreign
from tangent.errors import TangentError
from tangent.frontend.control import RETURNED, SKIP, STOP, outputs
from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.matching import MatchLowering
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import all_arguments, can_fall_through
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Function,
    Global,
    Lib,
    Namespace,
    Parameter,
    Var,
)
from tangent.rules import registry
from tangent.rules.libraries import facts_of_annotations, library_of

__all__ = ["ANNOTATIONS", "FunctionLowering", "Lowered", "Rest", "defaults_of"]

ANNOTATIONS: dict[Any, str] = {
    float: "scalar", int: "int", bool: "int", np.ndarray: "array", "float": "scalar", "int": "int",
    "np.ndarray": "array", "numpy.ndarray": "array", np.float64: "scalar", list: "list", dict: "dict",
    "list": "list", "dict": "dict", tuple: "tuple", "tuple": "tuple", complex: "complex", "complex": "complex",
    np.complex128: "complex", np.complex64: "complex", NDArray[np.complex128]: "complex",
    NDArray[np.complex64]: "complex", NDArray[np.complexfloating]: "complex",
    **dict.fromkeys(("NDArray[np.complex128]", "NDArray[np.complex64]", "npt.NDArray[np.complex128]"), "complex"),
    **dict(facts_of_annotations()),
}
"""What annotations say of an argument; a complex one may be a number or an array."""
STARS: dict[Any, str] = {P.VAR_POSITIONAL: "tuple", P.VAR_KEYWORD: "dict"}
"""What `*args` and `**kwargs` are."""
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
    gives_known: bool = False
    """Whether a result is, or holds, a function that is known while lowering alone."""
    changes_known: bool = False
    """Whether it changes an object that is known when it is lowered: what later calls give depends on this one."""

    @property
    def changes_something(self) -> bool:
        """Whether what it does is seen outside: then it is put in the place of its calls."""
        return bool(self.writes) or self.changes_known


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """The last arguments of a call, as a tuple of which only the run knows how long it is."""

    items: Var


class FunctionLowering(MatchLowering):
    """Lowers one function, and the calls in it."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.sources: dict[types.FunctionType, FunctionSource] = {}
        """What was read of the functions that were put in the place of their calls."""

    def parameters(self) -> tuple[tuple[Parameter, ...], dict[Var, str]]:
        function = self.source.function
        parameters, facts = [], {}
        signature = inspect.signature(function, follow_wrapped=False)
        defaults = {a.arg: d for a, d in defaults_of(self.source.node.args)}
        for name, parameter in signature.parameters.items():
            var = Var(name, named=True)
            fact = STARS.get(parameter.kind) or fact_of(parameter.annotation)
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
        node = self.source.node
        results = self.run()
        gives_known = any(self.is_known_argument(value) for value in results)
        values = tuple([self.as_value(node, value) for value in results])
        docstring = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
        function = Function(
            self.source.text.name, parameters, Block(tuple(self.out), values), self.outputs is not None,
            self.namespace, self.source.origin(node), docstring, facts, definition=self.source.definition(),
        )
        return Lowered(
            function, self.written(params), self.has_effects, tuple(self.dependencies), gives_known,
            self.changes_known(),
        )

    def changes_known(self) -> bool:
        """Whether the function changes an object that is known when it is lowered."""
        raise NotImplementedError

    def made_own(self, node: ast.AST, atom: Atom) -> Atom | None:
        """A value of the program for what is read live of an object: what all names of it stand for from here on."""
        raise NotImplementedError

    def set_apart(self, outer: FunctionLowering) -> None:
        """Let the body be a program of its own, which is called in `outer`."""
        self.namespaces = outer.namespaces

    def holds_known(self, atom: Atom) -> bool:
        """Whether a value is, or holds, something that is known while lowering alone: a function, an object."""
        return bool(self.known_functions(atom))

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
        if any(fn.value is mutator for mutator in MUTATORS):
            return self.mutator(node, fn, args)
        self.depend_on(fn)
        if self.is_put_in_place(fn.value, args, kwargs):
            return self.in_place_or_called(node, fn, args, kwargs, hint)
        return self.call_of_known(node, fn, args, kwargs, hint)

    def depend_on(self, fn: Global) -> None:
        """Note what a name stands for, on which the program depends."""
        root = fn.path.partition(".")[0]
        if root in fn.home.globals or root in fn.home.cells:
            self.dependencies.append((fn, fn.value))

    def is_put_in_place(self, fn: Any, args: Arguments, kwargs: Keywords) -> bool:
        """Whether the arguments of a function with source are to be known in its body."""
        if not isinstance(fn, types.FunctionType) or registry.is_known(fn) or is_foreign(fn):
            return False
        if fn.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
            return True
        given = dict(zip(fn.__code__.co_varnames, args, strict=False)) | dict(kwargs)
        left = [v for name, v in all_defaults(fn).items() if name not in given]
        return any(self.is_known_argument(a) for a in given.values()) or any(map(is_function, left))

    def is_known_argument(self, atom: Atom) -> bool:
        """Whether what is known of a value is to be known in the functions that it is passed to."""
        return self.is_known_function(atom)

    def is_known_function(self, atom: Atom) -> bool:
        """Whether a value is a function or a module that is known while lowering, or holds such a function."""
        return type(atom) is Global and is_function(atom.value) or self.holds_known(atom)

    def in_place_or_called(
        self, node: ast.Call, fn: Global, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        """Put a function in the place of its call; where that can't be done, an error only if the call is active."""
        before = len(self.out)
        try:
            return self.inline(node, fn.value, args, kwargs)
        except TangentError:
            if any(self.holds_known(a) or is_rest(a) for a in (*args, *(v for _, v in kwargs))):
                raise
            del self.out[before:]
            return self.emit(node, fn, *args, kwargs=kwargs, hint=hint, effect=True)

    def call_of_known(
        self, node: ast.Call, fn: Global, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        callee = self.callee(fn.value)
        if callee is None:
            if fn.value in self.active_functions and (count := outputs_of(fn.value)) is not None:
                return self.call_with_results(node, fn, args, kwargs, count, effect=False)
            return super().call_of_function(node, fn, args, kwargs, hint)
        self.has_effects |= callee.has_effects
        if callee.changes_something or callee.gives_known:
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
        target = self.made_own(node, args[0]) or args[0]
        if type(target) is not Var:
            self.refuse(node, "unsupported: a write to a global", "pass it as an argument")
        updated = Var(target.hint, target.named)
        lib = Lib(fn.value, f"tangent.{fn.value.__name__}")
        self.out.append(Assign((updated,), Call(lib, (target, *args[1:])), self.origin(node)))
        self.replace(target, updated)
        return updated

    def inline(
        self, node: ast.Call, fn: types.FunctionType, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...]
    ) -> Atom:
        """Put the body of a function in the place of its call: what it is given, or writes into, is the caller's."""
        if fn in self.active_functions:
            self.refuse(
                node, f"unsupported: {fn.__name__}, which works on objects or writes into its arguments, calls itself",
                "pass and return numbers and arrays",
            )
        atoms = list(self.given_to_global(node, fn, args, kwargs).values())
        functions = [f for atom in atoms for f in self.known_functions(atom)]
        return self.run_in_place(node, self.lowering_of_global(fn), atoms, functions)

    def lowering_of_global(self, fn: types.FunctionType) -> FunctionLowering:
        """The lowering of the body of a function."""
        if fn not in self.sources:
            self.sources[fn] = read(fn)
        return type(self)(self.sources[fn], (*self.active_functions, fn))

    def given_to_global(
        self, node: ast.AST, fn: types.FunctionType, args: Arguments, kwargs: Keywords
    ) -> dict[str, Atom]:
        """The values of the parameters of a function in a call."""
        parameters = inspect.signature(fn, follow_wrapped=False).parameters.values()
        given = self.matched(node, fn.__name__, tuple(parameters), args, kwargs)
        return {p.name: given[p.name] if p.name in given else self.held(node, p.name, p.default) for p in parameters}

    def run_in_place(
        self, node: ast.AST, body: FunctionLowering, atoms: Sequence[Atom], functions: Sequence[Any]
    ) -> Atom:
        """What a call gives whose body is put in its place; `functions` are those that the body may call."""
        body.share(self)
        captured = self.captured(functions)
        body.capture(captured)
        self.lend(body)
        body.start(atoms)
        for position, atom in enumerate(captured.values(), start=len(atoms)):  # as if they were passed
            body.env[f"%argument{position}"] = atom
            body.from_parameter[atom] = body.parameters_of(atom) | {position}
        with self.in_place(body):
            values = body.run()
            result = self.taken_over(node, body, dict(enumerate([*atoms, *captured.values()])), values)
            body.give_back(captured, self)
        return result

    def capture(self, captured: Mapping[tuple[str, str], Atom]) -> None:
        """Let the variables of other scopes be known."""
        raise NotImplementedError

    def give_back(self, captured: Mapping[tuple[str, str], Atom], outer: FunctionLowering) -> None:
        """Let the function whose call this one stands for have the captured variables as they are now."""
        raise NotImplementedError

    def share(self, outer: FunctionLowering) -> None:
        """Let the body be put in the place of a call in `outer`."""
        self.out, self.elements, self.entries = outer.out, outer.elements, outer.entries
        self.integers, self.namespaces, self.tuples = outer.integers, outer.namespaces, outer.tuples
        self.sources = outer.sources

    def bound(
        self, node: ast.AST, name: str, parameters: Sequence[inspect.Parameter], args: Arguments, kwargs: Keywords
    ) -> dict[str, Any]:
        """The arguments of a call by the names of the parameters, and the defaults as they are."""
        given = self.matched(node, name, parameters, args, kwargs)
        return {p.name: given.get(p.name, p.default) for p in parameters}

    def matched(
        self, node: ast.AST, name: str, parameters: Sequence[inspect.Parameter], args: Arguments, kwargs: Keywords
    ) -> dict[str, Atom]:
        """The arguments of a call by the names of the parameters, without defaults."""
        try:
            given = inspect.Signature(parameters).bind(*args, **dict(kwargs))
        except TypeError as error:
            self.refuse(node, f"the call does not fit {name}: {error}", "call it with its parameters")
        found = dict(given.arguments)
        for parameter in parameters:
            if parameter.kind is P.VAR_POSITIONAL:
                found[parameter.name] = self.packed(node, found.get(parameter.name, ()), parameter.name)
            elif parameter.kind is P.VAR_KEYWORD:
                pairs = [(Const(key), value) for key, value in found.get(parameter.name, {}).items()]
                found[parameter.name] = self.dict_of(node, [a for pair in pairs for a in pair], parameter.name)
        return found

    def packed(self, node: ast.AST, items: Sequence[Atom], name: str) -> Atom:
        """The tuple that `*name` is."""
        last = items[-1].value if items and type(items[-1]) is Const else None
        if isinstance(last, Rest):
            if len(items) == 1:
                return last.items
            first = self.emit(node, primitives.make_tuple, *items[:-1], hint=name)
            return self.emit(node, primitives.concatenate, first, last.items, hint=name)
        packed = self.emit(node, primitives.make_tuple, *items, hint=name)
        self.elements[packed] = tuple(items)
        return packed

    def unpack_into(
        self, node: ast.AST, targets: tuple[Var, ...], value: Atom, before: int | None = None, after: int | None = None
    ) -> None:
        """`a, b = value`, or `a, *b = value` with so many values before and after those of `b`."""
        count = len(targets) if before is None else before
        call = Call(Lib(primitives.unpack), (value, Const(count), Const(after)))
        self.out.append(Assign(targets, call, self.origin(node)))
        for item in targets:
            self.from_parameter[item] = self.parameters_of(value)

    def held(self, node: ast.AST, name: str, value: Any) -> Atom:
        """A value that the program is to have, this very object, by a name that is its own."""
        if value is None or type(value) in (bool, int, float, str):
            return Const(value)
        if type(value) is tuple:
            items = tuple(self.held(node, f"{name}_{i}", item) for i, item in enumerate(value))
            result = self.emit(node, primitives.make_tuple, *items, hint=name)
            self.elements[result] = items
            return result
        return Global(name, value, Namespace({}, {name: types.CellType(value)}))

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
        self.take_back(inner)
        if inner.outputs is None:
            return values[0]
        result = self.emit(node, primitives.make_tuple, *values)
        self.elements[result] = values
        return result

    def lend(self, inner: FunctionLowering) -> None:
        """Let a function whose body is put in the place of its call know the variables that it may change."""
        values = {
            name: atom for name, atom in self.env.items()
            if (type(atom) is Var or self.is_read_live(atom)) and not name.startswith("@")
        }
        inner.env.update({f"%outer:{name}": atom for name, atom in values.items()})

    def take_back(self, inner: FunctionLowering) -> None:
        """The variables as the function left them."""
        for name, atom in self.env.items():
            self.env[name] = inner.env.get(f"%outer:{name}", atom)

    def callee(self, fn: Any) -> Lowered | None:
        """The program of a function that has source and no rule."""
        raise NotImplementedError


def is_rest(atom: Atom) -> bool:
    return type(atom) is Const and isinstance(atom.value, Rest)


def is_function(value: Any) -> bool:
    """Whether a value is something to call, or a module of functions."""
    return callable(value) or isinstance(value, types.ModuleType)


def all_defaults(fn: types.FunctionType) -> dict[str, Any]:
    """The defaults of a function, by the names of its parameters."""
    code, defaults = fn.__code__, fn.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    return {**dict(zip(reversed(positional), reversed(defaults), strict=False)), **(fn.__kwdefaults__ or {})}


def outputs_of(function: types.FunctionType) -> int | None:
    return outputs(read(function).text.body)


def defaults_of(args: ast.arguments) -> Iterable[tuple[ast.arg, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    if args.defaults:
        yield from zip(positional[-len(args.defaults) :], args.defaults, strict=True)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            yield arg, default


def fact_of(annotation: Any) -> str | None:
    """What an annotation says of an argument; of an array of another library than NumPy, the name of the library."""
    library = library_of(annotation) if isinstance(annotation, type) else None
    if library is not None and annotation.__name__ in library.arrays:
        return library.name
    return ANNOTATIONS.get(_hashable(annotation))


def _hashable(annotation: Any) -> Any:
    try:
        hash(annotation)
    except TypeError:
        return None
    return annotation
