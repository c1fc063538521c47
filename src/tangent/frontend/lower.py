"""Lowering of statements: from a Python function to a program of the core language.

Variables become values (static single assignment): `self.env` says which value each name stands for at
this place.  A branch or a loop is lowered with a copy of it, and what it changed comes out as results.

    y = x                       y_1 = if x > 0.0:
    if x > 0.0:                     t = sin(x); yield t
        y = np.sin(y)      ->   else:
    return y                        yield x
                                return y_1

Names that stand for one mutable value share it, so that an in-place write through one is seen through
all.  Exits (`break`, `continue`, `return`) set a flag, and the rest of their block moves to where it is
not set; where one branch always exits this is the other branch, and no flag is left.
"""

from __future__ import annotations

import ast
import inspect
import operator
import sys
import types
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tangent import runtime
from tangent.errors import TangentError, UnsupportedError
from tangent.frontend.control import (
    RETURNED,
    SKIP,
    STOP,
    all_arguments,
    outputs,
    return_of,
)
from tangent.frontend.expressions import Hint
from tangent.frontend.loops import LoopLowering
from tangent.frontend.source import read
from tangent.frontend.syntax import (
    can_fall_through,
)
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
    Parameter,
    Var,
)
from tangent.rules import registry

__all__ = ["Lowered", "Lowering", "current", "is_foreign", "lower"]
INPLACE: dict[type[ast.operator], Any] = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul, ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv, ast.Mod: operator.imod, ast.Pow: operator.ipow, ast.MatMult: operator.imatmul,
    ast.LShift: operator.ilshift, ast.RShift: operator.irshift, ast.BitOr: operator.ior, ast.BitXor: operator.ixor,
    ast.BitAnd: operator.iand,
}
ANNOTATIONS = {
    float: "scalar", int: "int", bool: "int", np.ndarray: "array", "float": "scalar", "int": "int",
    "np.ndarray": "array", "numpy.ndarray": "array", np.float64: "scalar", list: "list", dict: "dict",
    "list": "list", "dict": "dict", tuple: "tuple", "tuple": "tuple",
}


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A program, and what a caller has to know of it."""

    function: Function
    writes: frozenset[int] = frozenset()
    """The positions of the parameters whose value it changes in place."""
    has_effects: bool = False
    dependencies: tuple[tuple[Global, Any], ...] = field(default=())
    """The functions that it calls, as they were bound when it was lowered."""


class Lowering(LoopLowering):
    """Lowers the statements of one function."""

    def parameters(self) -> tuple[tuple[Parameter, ...], dict[Var, str]]:
        args = self.source.node.args
        if args.vararg or args.kwarg:
            star = args.vararg or args.kwarg
            assert star is not None
            self.refuse(star, f"unsupported: the parameter *{star.arg}", "name the parameters one by one")
        function = self.source.function
        parameters, facts = [], {}
        signature = inspect.signature(function, follow_wrapped=False)
        defaults = {a.arg: d for a, d in _defaults(args)}
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
            self.from_parameter[atom] = frozenset({position})
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

    # --- statements --------------------------------------------------------------------------

    def lower_statement(self, node: ast.stmt) -> None:
        self.statement = node
        match node:
            case ast.Assign(targets=targets, value=value):
                self.assign_all(targets, value)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.assign_all([target], value)
            case ast.AugAssign():
                self.augmented(node)
            case ast.If(test=test, body=body, orelse=orelse):
                atom = self.expression(test)
                self.fork(node, atom, lambda: self.block(body), lambda: self.block(orelse))
            case ast.For():
                self.for_loop(node)
            case ast.While():
                self.while_loop(node)
            case ast.Return(value=value):
                self.return_(value)
            case ast.Break() | ast.Continue():
                self.env[SKIP] = Const(True)
                if isinstance(node, ast.Break):
                    self.env[STOP] = Const(True)
            case ast.Expr(value=value):
                self.expression_statement(value)
            case ast.Assert(test=test, msg=message):
                args = [self.expression(test)] + ([self.expression(message)] if message else [])
                self.has_effects = True
                self.perform(node, primitives.assert_, *args)
            case ast.Raise(exc=exception, cause=cause):
                self.raise_(node, exception, cause)
            case ast.Pass():
                pass
            case _:
                self.unsupported(node)

    def raise_(self, node: ast.Raise, exception: ast.expr | None, cause: ast.expr | None) -> None:
        if exception is None:
            self.refuse(node, "unsupported: `raise` without an exception", "name the exception")
        args = [self.expression(e) for e in (exception, cause) if e is not None]
        self.perform(node, primitives.raise_, *args)
        self.has_effects = True
        self.unreachable = True

    def expression_statement(self, node: ast.expr) -> None:
        found = None
        if isinstance(node, ast.Constant):
            return  # a docstring, or `...`
        if isinstance(node, ast.Call):
            found = self.resolve(node.func)
            if found is not None and found.value is print:
                args, kwargs = self.arguments(node)
                self.has_effects = True
                self.perform(node, found, *args, kwargs=kwargs)
                return
        before = len(self.out)
        self.expression(node)
        if len(self.out) > before and isinstance(last := self.out[-1], Assign) and last.effect:
            reads = isinstance(last.value, Call) and any(isinstance(a, Var) for a in last.value.args)
            if reads and not is_report(found):
                self.refuse(
                    node, "unsupported: a call of a function without rule or source, for its effect alone",
                    "use a function that returns its result",
                )
            self.has_effects = True
            self.out[-1] = Assign((), last.value, last.origin, effect=True)

    def return_(self, value: ast.expr | None) -> None:
        names = self.output_names()
        if self.outputs is not None:
            assert isinstance(value, ast.Tuple)
            atoms = [self.expression(item) for item in value.elts]
        else:
            hint = Var(self.result_name(value)) if value is not None else None
            atoms = [Const(None) if value is None else self.expression(value, hint)]
        self.env.update(zip(names, atoms, strict=True))
        self.env[SKIP] = Const(True)
        if self.loop_depth:
            self.env[STOP] = self.env[RETURNED] = Const(True)

    def result_name(self, value: ast.expr) -> str:
        return "result" if isinstance(self.source.node, ast.Lambda) else self.source.name

    # --- assignment --------------------------------------------------------------------------

    def assign_all(self, targets: list[ast.expr], value: ast.expr) -> None:
        first = targets[0]
        if (
            len(targets) == 1
            and isinstance(first, ast.Tuple | ast.List)
            and isinstance(value, ast.Tuple | ast.List)
            and len(first.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in (*first.elts, *value.elts))
        ):  # `a, b = b, a`
            atoms = [self.expression(v, self.target_hint(t)) for t, v in zip(first.elts, value.elts, strict=True)]
            for target, atom in zip(first.elts, atoms, strict=True):
                self.assign(target, atom)
            return
        self.result_targets = self.names_of_results(first, value)
        atom = self.expression(value, self.target_hint(first))
        self.result_targets = ()
        for target in targets:
            self.assign(target, atom)

    def names_of_results(self, target: ast.expr, value: ast.expr) -> tuple[Var, ...]:
        """The values that `a, b = f(x)` is to bind."""
        if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Call) or value.args and any(
            isinstance(n, ast.Call) for a in value.args for n in ast.walk(a)
        ):
            return ()
        return tuple(Var(t.id, named=True) if isinstance(t, ast.Name) else Var("item") for t in target.elts)

    def target_hint(self, target: ast.expr) -> Hint:
        return Var(target.id, named=True) if isinstance(target, ast.Name) else None

    def assign(self, target: ast.expr, value: Atom) -> None:
        match target:
            case ast.Name(id=name):
                self.env[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(target, targets, value)
            case ast.Subscript():
                self.write(target, self.place(target), value)
            case ast.Attribute():
                self.refuse(target, "unsupported: assignment to an attribute", "keep the value in a local variable")
            case _:
                self.unsupported(target)

    def unpack(self, node: ast.expr, targets: list[ast.expr], value: Atom) -> None:
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        plain = [t.value if isinstance(t, ast.Starred) else t for t in targets]
        known = self.elements.get(value) if isinstance(value, Var) else None
        if known is not None and star is None and len(known) == len(targets):
            parts: list[Atom] = list(known)
        elif known is not None and star is not None and len(known) >= len(targets) - 1:
            after = len(targets) - star - 1
            middle = self.emit(node, primitives.make_list, *known[star : len(known) - after])
            self.elements[middle] = known[star : len(known) - after]
            parts = [*known[:star], middle, *known[len(known) - after :]]
        else:
            hints = [self.target_hint(t) for t in plain]
            bound = tuple(h if isinstance(h, Var) else Var("item") for h in hints)
            before, after_ = (star, len(targets) - star - 1) if star is not None else (len(targets), None)
            call = Call(Lib(primitives.unpack), (value, Const(before), Const(after_)))
            self.out.append(Assign(bound, call, self.origin(node)))
            for item in bound:
                self.from_parameter[item] = self.parameters_of(value)
            parts = list(bound)
        for target, part in zip(plain, parts, strict=True):
            self.assign(target, part)

    def augmented(self, node: ast.AugAssign) -> None:
        op = INPLACE[type(node.op)]
        match node.target:
            case ast.Name(id=name) as target:
                old = self.defined(target, self.read(target))
                value = self.expression(node.value)
                self.env[name] = new = self.emit(node, op, old, value, hint=Var(name, named=True))
                self.from_parameter[new] = self.parameters_of(old)
                self.augmented_parameters |= self.from_parameter[new]
            case ast.Subscript() as target:
                place = self.place(target)
                old = self.item(target, *place[-1])
                value = self.expression(node.value)
                self.write(target, self.again(target, place), self.emit(node, op, old, value))
            case _:
                self.refuse(node, "unsupported: assignment to an attribute", "keep the value in a local variable")

    def place(self, node: ast.Subscript) -> list[tuple[Atom, Atom]]:
        """The containers and indices on the way to what `node` names, outermost first."""
        match node.value:
            case ast.Name() as base:
                container = self.defined(base, self.read(base))
                if isinstance(container, Global):
                    self.refuse(node, f"unsupported: a write to the global {base.id}", "pass it as an argument")
                outer: list[tuple[Atom, Atom]] = []
            case ast.Subscript() as base:
                outer = self.place(base)
                if not self.is_element(outer[-1][1]):
                    self.refuse(
                        node, "unsupported: a write through two subscripts, the first of which may make a copy",
                        "write it with one subscript: `a[i, j] = v`",
                    )
                container = self.item(base, *outer[-1])
            case _:
                self.refuse(node, "unsupported: a write into the result of an expression", "name the array first")
        return [*outer, (container, self.expression(node.slice))]

    def again(self, node: ast.Subscript, place: list[tuple[Atom, Atom]]) -> list[tuple[Atom, Atom]]:
        """The same place, after an expression that may have changed the containers."""
        root: ast.expr = node
        while isinstance(root, ast.Subscript):
            root = root.value
        assert isinstance(root, ast.Name)
        container: Atom = self.read(root)
        if container is place[0][0]:
            return place
        current = []
        for _, index in place:
            current.append((container, index))
            container = self.item(node, container, index)
        return current

    def is_element(self, index: Atom) -> bool:
        """Whether an index surely names one element or a view, never a copy of several elements."""
        if isinstance(index, Const):
            return not isinstance(index.value, bool)
        return isinstance(index, Var) and index in self.integers

    def write(self, node: ast.expr, place: list[tuple[Atom, Atom]], value: Atom) -> None:
        """`place = value`: new versions of the container, and of those that it is in."""
        for container, index in reversed(place):
            assert isinstance(container, Var)
            self.augmented_parameters |= self.parameters_of(container)
            updated = Var(container.hint, container.named)
            self.from_parameter[updated] = self.parameters_of(container)
            call = Call(Lib(primitives.update_item), (container, index, value))
            self.out.append(Assign((updated,), call, self.origin(node)))
            self.replace(container, updated)
            value = updated

    def replace(self, old: Atom, new: Atom) -> None:
        """Let all names of the mutable value `old` stand for its new version."""
        for name, atom in self.env.items():
            if atom is old:
                self.env[name] = new

    def list_method(self, node: ast.Call, base: ast.expr, name: str, hint: Hint) -> Atom:
        """`items.append(value)`, `items.insert(index, value)` and `items.pop(index)`."""
        args, kwargs = self.arguments(node)
        if kwargs:
            self.refuse(node, f"`{name}` takes no keyword arguments", "leave them out")
        place = self.place(base) if isinstance(base, ast.Subscript) else []
        if not place and not (isinstance(base, ast.Name) and isinstance(self.read(base), Var)):
            self.refuse(node, f"unsupported: `{name}` on something that is not a local list", "use a local list")
        items = self.item(base, *place[-1]) if place else self.expression(base)
        assert isinstance(items, Var)
        self.augmented_parameters |= self.parameters_of(items)
        updated = Var(items.hint, items.named)
        result: Atom = Const(None)
        if name != "pop":
            targets: tuple[Var, ...] = (updated,)
            fn = primitives.list_append if name == "append" else primitives.list_insert
            call = Call(Lib(fn), (items, *args))
        else:
            result = hint if isinstance(hint, Var) else Var(f"{items.hint}_item")
            targets = (updated, result)
            call = Call(Lib(primitives.list_pop), (items, *args))
        self.out.append(Assign(targets, call, self.origin(node)))
        self.replace(items, updated)
        if place:
            self.write(base, place, updated)
        return result

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

    def callee(self, fn: Any) -> Lowered | None:
        """The program of a function that has source and no rule."""
        if not isinstance(fn, types.FunctionType) or registry.find(fn) or fn in self.active_functions:
            return None
        if is_foreign(fn):
            return None
        try:
            return lower(fn, self.active_functions)
        except TangentError:
            return None  # an error only where the call is active

    def inline(
        self, node: ast.Call, fn: types.FunctionType, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...]
    ) -> Atom:
        """Put the body of a function that writes into its arguments in the place of its call."""
        inner = Lowering(read(fn), (*self.active_functions, fn))
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
        self.has_effects |= inner.has_effects
        self.dependencies += inner.dependencies
        for position, atom in enumerate(atoms):
            self.replace(atom, inner.env[f"%argument{position}"])
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


MUTATORS: frozenset[Any] = frozenset({runtime.add_at})
"""Functions that write into their first argument."""

_lowered: weakref.WeakKeyDictionary[types.FunctionType, tuple[Any, Lowered]] = weakref.WeakKeyDictionary()


def lower(function: types.FunctionType, active: tuple[types.FunctionType, ...] = ()) -> Lowered:
    """The program of a Python function.

    Raises:
        SourceError: the source can't be found.
        UnsupportedError: the function uses a construct outside of the language.
    """
    state = (function.__code__, function.__defaults__, function.__kwdefaults__, registry.version())
    known = _lowered.get(function)
    if known is not None and all(a is b for a, b in zip(known[0], state, strict=True)) and current(known[1]):
        return known[1]
    lowering = Lowering(read(function), (*active, function))
    lowered = lowering.lower()
    if lowered.writes and _calls_itself(lowered, function):
        raise UnsupportedError(
            f"unsupported: {function.__name__} writes into its argument and calls itself",
            "return the new value instead", lowered.function.origin,
        )
    _lowered[function] = (state, lowered)
    return lowered


def current(lowered: Lowered) -> bool:
    """Whether the functions that a program calls are still bound to the same names."""
    for name, value in lowered.dependencies:
        root, *rest = name.path.split(".")
        cells = name.home.cells
        found = cells[root].cell_contents if root in cells else name.home.globals.get(root, value)
        for attribute in rest:
            found = getattr(found, attribute, None)
        if found is not value:
            return False
    return True


def _calls_itself(lowered: Lowered, function: types.FunctionType) -> bool:
    return any(value is function for _, value in lowered.dependencies)


def is_foreign(fn: types.FunctionType) -> bool:
    """Whether a function belongs to the standard library, whose functions are called and not read."""
    return fn.__module__ is None or fn.__module__.partition(".")[0] in sys.stdlib_module_names


def _defaults(args: ast.arguments) -> Iterable[tuple[ast.arg, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    if args.defaults:
        yield from zip(positional[-len(args.defaults) :], args.defaults, strict=True)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            yield arg, default


def is_report(fn: Global | None) -> bool:
    """Whether a function only tells the user something."""
    module = getattr(fn.value, "__module__", None) if fn is not None else None
    return module in ("warnings", "logging") or (module or "").startswith("tangent.runtime")


def outputs_of(function: types.FunctionType) -> int | None:
    body = read(function).node.body
    return outputs(body if isinstance(body, list) else [return_of(body)])


def _hashable(annotation: Any) -> Any:
    try:
        hash(annotation)
    except TypeError:
        return None
    return annotation
