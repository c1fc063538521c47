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
import types
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tangent import runtime
from tangent.errors import TangentError, UnsupportedError
from tangent.frontend.expressions import ExpressionLowering, Hint
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import (
    bound_names,
    can_fall_through,
    contains_exit,
    contains_return,
    keys_of,
    written_names,
)
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    Global,
    If,
    Lib,
    Method,
    Parameter,
    Region,
    Statement,
    Undefined,
    Var,
    While,
)
from tangent.ir.walk import substitute
from tangent.rules import registry

__all__ = ["Lowered", "Lowering", "all_arguments", "current", "is_foreign", "lower"]

STOP, SKIP, RETURNED, CHOSEN = "%stop", "%skip", "%returned", "%chosen"
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


@dataclass(frozen=True, slots=True)
class Iteration:
    """How a `for` loop runs: a range, and the loop target's value for each index."""

    bounds: tuple[Atom, Atom, Atom]
    element: Callable[[Var], Any]
    """The element as an atom, or a tuple of elements (nested)."""
    index_is_target: bool = False


class Lowering(ExpressionLowering):
    """Lowers the statements of one function."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source)
        self.active_functions = active
        body = source.node.body
        self.body: list[ast.stmt] = body if isinstance(body, list) else [_return_of(body)]
        self.locals = frozenset(bound_names(self.body)) | {a.arg for a in all_arguments(source.node.args)}
        self.loop_depth = 0
        self.unreachable = False
        self.outputs = _outputs(self.body)
        self.has_effects = False
        self.dependencies: list[tuple[Global, Any]] = []
        self.result_targets: tuple[Var, ...] = ()
        """The values that the tuple assignment being lowered is to bind."""
        self.from_parameter: dict[Atom, frozenset[int]] = {}
        """The values that may be the very object passed as a parameter, with the parameter's position."""
        self.augmented_parameters: frozenset[int] = frozenset()

    # --- functions ---------------------------------------------------------------------------

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
            parameters.append(Parameter(var, parameter.kind, text, parameter.default))
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

    def output_names(self) -> list[str]:
        return [f"%value{i}" for i in range(self.outputs if self.outputs is not None else 1)]

    def run(self) -> tuple[Atom, ...]:
        """Lower the body; returns the function's values."""
        self.block(self.body)
        return tuple(self.env[name] for name in self.output_names())

    # --- blocks and exits --------------------------------------------------------------------

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for position, statement in enumerate(statements):
            if self.unreachable or self.is_set(SKIP):
                return
            rest = statements[position + 1 :]
            if isinstance(statement, ast.If) and contains_exit(statement):
                self.exit_if(statement, rest)
                return
            self.lower_statement(statement)
            if isinstance(statement, ast.For | ast.While) and (
                contains_return(statement) or any(contains_exit(s) for s in statement.orelse)
            ):
                self.guarded(statement, rest)
                return

    def is_set(self, flag: str) -> bool:
        value = self.env[flag]
        return isinstance(value, Const) and value.value is True

    def exit_if(self, node: ast.If, rest: Sequence[ast.stmt]) -> None:
        """An `if` with an exit in it, and the statements after it."""
        self.statement = node
        test = self.expression(node.test)
        then_falls, else_falls = can_fall_through(node.body), can_fall_through(node.orelse)
        if then_falls and else_falls:
            self.fork(node, test, lambda: self.block(node.body), lambda: self.block(node.orelse))
            self.guarded(node, rest)
        else:
            then = [*node.body, *rest] if then_falls else node.body
            orelse = [*node.orelse, *rest] if else_falls else node.orelse
            self.fork(node, test, lambda: self.block(then), lambda: self.block(orelse))

    def guarded(self, node: ast.stmt, rest: Sequence[ast.stmt]) -> None:
        """The statements after one that may have left the block."""
        skip = self.env[SKIP]
        if isinstance(skip, Const):
            self.block(rest)
        elif rest:

            def left() -> None:
                self.env[SKIP] = Const(True)

            def stayed() -> None:
                self.env |= {SKIP: Const(False), STOP: Const(False), RETURNED: Const(False)}
                self.block(rest)

            self.fork(node, skip, left, stayed)

    def branch(
        self, node: ast.AST, test: Atom, then: Callable[[], Atom], orelse: Callable[[], Atom], hint: Hint
    ) -> Atom:
        def value_of(lower: Callable[[], Atom]) -> Callable[[], None]:
            def run() -> None:
                self.env[CHOSEN] = lower()

            return run

        outer = self.env.get(CHOSEN)
        result = hint if isinstance(hint, Var) else Var(hint or "chosen")
        self.fork(node, test, value_of(then), value_of(orelse), result)
        value = self.env.pop(CHOSEN)
        if outer is not None:
            self.env[CHOSEN] = outer
        return value

    def fork(
        self, node: ast.AST, test: Atom, then: Callable[[], None], orelse: Callable[[], None],
        chosen: Var | None = None,
    ) -> None:
        """A branch: lower both sides from the same environment and join what they changed.

        `chosen` is what the value of a conditional expression is bound to.
        """
        if isinstance(test, Const):
            (then if test.value else orelse)()
            return
        before, origin = self.env, self.origin(node)
        sides = []
        for lower in (then, orelse):
            outer, self.out, self.env = self.out, [], dict(before)
            lower()
            sides.append((self.out, self.env, self.unreachable))
            self.out, self.unreachable = outer, False
        (then_out, then_env, then_dead), (else_out, else_env, else_dead) = sides
        self.unreachable = then_dead and else_dead
        self.env, results = dict(before), {}
        for name in {**then_env, **else_env}:
            a, b = then_env.get(name, UNDEFINED), else_env.get(name, UNDEFINED)
            if then_dead or else_dead:
                flag = b if then_dead else a
                if isinstance(flag, Const) and name.startswith("%"):
                    a = b = flag
                if a is not b:
                    a, b = (UNDEFINED, b) if then_dead else (a, UNDEFINED)
            if a is b or _same_constant(a, b):
                self.env[name] = a
                continue
            key = (_key(a), _key(b))
            if key not in results:
                joint = Var(_display_name(name), named=not name.startswith("%"))
                if name == CHOSEN and chosen is not None:
                    joint = chosen
                results[key] = (joint, a, b)
                self.from_parameter[joint] = self.parameters_of(a) | self.parameters_of(b)
            self.env[name] = results[key][0]
        joined = list(results.values())
        then_block = Block(tuple(then_out), tuple(a for _, a, _ in joined))
        else_block = Block(tuple(else_out), tuple(b for _, _, b in joined))
        region = Region(is_expression=chosen is not None)
        self.out.append(If(test, then_block, else_block, tuple(v for v, _, _ in joined), origin, region))

    def emit(
        self, node: ast.AST, fn: Any, *args: Atom, hint: Hint = None, effect: bool = False,
        kwargs: tuple[tuple[str, Atom], ...] = (),
    ) -> Var:
        target = super().emit(node, fn, *args, hint=hint, effect=effect, kwargs=kwargs)
        sources = frozenset[int]().union(*(self.parameters_of(a) for a in args))
        if sources and may_be_argument(fn):
            self.from_parameter[target] = sources
        return target

    def parameters_of(self, atom: Atom) -> frozenset[int]:
        return self.from_parameter.get(atom, frozenset())

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
        """`items.append(value)` and `items.pop(index)`."""
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
        if name == "append":
            targets: tuple[Var, ...] = (updated,)
            call = Call(Lib(primitives.list_append), (items, *args))
        else:
            result = hint if isinstance(hint, Var) else Var(f"{items.hint}_item")
            targets = (updated, result)
            call = Call(Lib(primitives.list_pop), (items, *args))
        self.out.append(Assign(targets, call, self.origin(node)))
        self.replace(items, updated)
        if place:
            self.write(base, place, updated)
        return result

    # --- loops -------------------------------------------------------------------------------

    def for_loop(self, node: ast.For) -> None:
        iteration = self.iteration(node.iter, node)
        hint = node.target.id if iteration.index_is_target and isinstance(node.target, ast.Name) else "i"
        index = Var(hint, named=iteration.index_is_target)
        self.integers.add(index)

        def body() -> None:
            self.statement = node
            self.assign_element(node.target, iteration.element(index))
            self.block(node.body)

        def build(params: Any, inits: Any, block: Block, results: Any, _: Any) -> Statement:
            return For(index, iteration.bounds, params, inits, block, results, self.source.origin(node))

        self.loop(node, body, build)

    def assign_element(self, target: ast.expr, element: Any) -> None:
        if not isinstance(element, tuple):
            self.assign(target, element)
        elif isinstance(target, ast.Tuple | ast.List) and len(target.elts) == len(element) and not any(
            isinstance(t, ast.Starred) for t in target.elts
        ):
            for inner, part in zip(target.elts, element, strict=True):
                self.assign_element(inner, part)
        else:
            self.assign(target, self.pack(target, element))

    def pack(self, node: ast.AST, element: Any) -> Atom:
        if not isinstance(element, tuple):
            atom: Atom = element
            return atom
        atoms = tuple(self.pack(node, e) for e in element)
        result = self.emit(node, primitives.make_tuple, *atoms)
        self.elements[result] = atoms
        return result

    def iteration(self, node: ast.expr, loop: ast.For) -> Iteration:
        """How to run through an iterable by an index."""
        if isinstance(node, ast.Call) and not node.keywords or isinstance(node, ast.Call) and len(node.keywords) == 1:
            found = self.resolve(node.func)
            value = found.value if found is not None else None
            if value is range and not node.keywords:
                bounds = [self.expression(a) for a in node.args]
                if len(bounds) in (1, 2, 3):
                    start, stop, step = [Const(0), *bounds, Const(1)] if len(bounds) == 1 else (
                        [*bounds, Const(1)] if len(bounds) == 2 else bounds
                    )
                    return Iteration((start, stop, step), lambda i: i, index_is_target=True)
            if value is enumerate and node.args:
                return self.enumerate_(node, loop)
            if value is zip and node.args and not node.keywords:
                return self.zip_(node, loop)
            if value is reversed and len(node.args) == 1:
                return self.reversed_(node, loop)
            method = node.func if isinstance(node.func, ast.Attribute) and not node.args and found is None else None
            if method is not None and method.attr in ("items", "keys", "values"):
                return self.dict_view(node, method)
        return self.sequence(node, self.expression(node), loop)

    def sequence(self, node: ast.expr, items: Atom, loop: ast.For) -> Iteration:
        if node is loop.iter and isinstance(node, ast.Name) and keys_of(loop, node.id):
            # `for key in table: ... table[key] ...`
            items = self.emit(node, Lib(list), items, hint="keys")
        length = self.emit(node, Lib(len), items)

        def element(index: Var) -> Atom:
            hint = Var(loop.target.id, named=True) if isinstance(loop.target, ast.Name) else None
            return self.emit(node, primitives.element, items, index, hint=hint)

        return Iteration((Const(0), length, Const(1)), element)

    def enumerate_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inner = self.from_zero(node.args[0], self.iteration(node.args[0], loop), loop)
        starts = [*node.args[1:], *(k.value for k in node.keywords)]
        start = self.expression(starts[0]) if starts else Const(0)
        if isinstance(start, Const) and start.value == 0:
            return Iteration(inner.bounds, lambda i: (i, inner.element(i)))
        return Iteration(
            inner.bounds, lambda i: (self.emit(node, operator.add, i, start, hint="count"), inner.element(i))
        )

    def zip_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inners = [self.from_zero(a, self.iteration(a, loop), loop) for a in node.args]
        length = inners[0].bounds[1]
        for inner in inners[1:]:
            length = self.emit(node, Lib(min), length, inner.bounds[1], hint="length")
        return Iteration((Const(0), length, Const(1)), lambda i: tuple(inner.element(i) for inner in inners))

    def from_zero(self, node: ast.expr, iteration: Iteration, loop: ast.For) -> Iteration:
        """The same iteration over range(length)."""
        start, _, step = iteration.bounds
        if isinstance(start, Const) and start.value == 0 and isinstance(step, Const) and step.value == 1:
            return iteration
        steps = self.emit(node, Lib(range), *iteration.bounds, hint="steps")
        length = self.emit(node, Lib(len), steps)
        return Iteration(
            (Const(0), length, Const(1)),
            lambda i: iteration.element(self.emit(node, operator.getitem, steps, i, hint="step")),
        )

    def reversed_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inner = self.from_zero(node.args[0], self.iteration(node.args[0], loop), loop)
        last = self.emit(node, operator.sub, inner.bounds[1], Const(1), hint="last")
        return Iteration((last, Const(-1), Const(-1)), inner.element)

    def dict_view(self, node: ast.Call, view: ast.Attribute) -> Iteration:
        table = self.expression(view.value)
        keys = self.emit(node, Lib(list), table, hint="keys")
        length = self.emit(node, Lib(len), keys)

        def element(index: Var) -> Any:
            key = self.emit(node, primitives.element, keys, index, hint="key")
            if view.attr == "keys":
                return key
            value = self.emit(node, operator.getitem, table, key, hint="value")
            return value if view.attr == "values" else (key, value)

        return Iteration((Const(0), length, Const(1)), element)

    def while_loop(self, node: ast.While) -> None:
        header = Block(())

        def body() -> None:
            nonlocal header
            outer, self.out = self.out, []
            self.statement = node
            before = dict(self.env)
            test = self.expression(node.test)
            if any(self.env[name] is not atom for name, atom in before.items()):
                self.refuse(
                    node.test, "unsupported: the condition of a `while` changes a container",
                    "write `while True:`, and test and `break` in the body",
                )
            header, self.out = Block(tuple(self.out), (test,)), outer
            self.block(node.body)

        def build(params: Any, inits: Any, block: Block, results: Any, unchanged: Any) -> Statement:
            return While(substitute(header, unchanged), params, inits, block, results, self.source.origin(node))

        self.loop(node, body, build)

    def loop(
        self, node: ast.For | ast.While, body: Callable[[], None],
        build: Callable[[Any, Any, Block, Any, Any], Statement],
    ) -> None:
        """Lower a loop: find out which names it carries from one iteration to the next."""
        outer_flags = {flag: self.env[flag] for flag in (STOP, SKIP)}
        names = set(bound_names([node]) + written_names([node]))
        written = {self.env[n] for n in written_names([node]) if isinstance(self.env.get(n), Var)}
        names |= {n for n, atom in self.env.items() if atom in written}
        if contains_return(node):
            names |= {RETURNED, *self.output_names()}
        has_exit = any(isinstance(n, ast.Break | ast.Return) for n in ast.walk(node))
        broke = Var("broke") if node.orelse and has_exit else None
        share = True
        for _ in range(50):
            attempt = self.attempt_loop(names, share, body, broke)
            if isinstance(attempt, set):
                names |= attempt
            elif attempt is None:
                share = False
            else:
                break
        else:
            self.refuse(node, "unsupported: a loop whose names for mutable values change too often", "split the loop")
        params, inits, block, results, env, unchanged = attempt
        self.out.append(build(params, inits, block, results, unchanged))
        stopped = env.pop("%broke", Const(False))
        self.env = {**env, **outer_flags}
        if contains_return(node):
            self.env[SKIP] = self.env[RETURNED]
            if self.loop_depth:
                self.env[STOP] = self.env[RETURNED]
        if node.orelse:
            self.fork(node, stopped, lambda: None, lambda: self.block(node.orelse))

    def attempt_loop(
        self, names: set[str], share: bool, body: Callable[[], None], broke: Var | None
    ) -> tuple[Any, Any, Block, Any, dict[str, Atom], dict[Var, Expr]] | set[str] | None:
        """Lower the body once; returns the loop's parts, further names to carry, or None for 'do not share'."""
        before, outer = self.env, self.out
        carried = sorted((n for n in names if n in before or n in self.locals), key=_order(before))
        groups: dict[Any, list[str]] = {}
        for name in carried:
            init = before.get(name, UNDEFINED)
            groups.setdefault(init if share and isinstance(init, Var) else name, []).append(name)
        params = {key: Var(_display_name(group[0]), not group[0].startswith("%")) for key, group in groups.items()}
        for key, group in groups.items():
            self.from_parameter[params[key]] = self.parameters_of(before.get(group[0], UNDEFINED))
        inside = dict(before)
        for key, group in groups.items():
            inside.update(dict.fromkeys(group, params[key]))
        inside |= {STOP: Const(False), SKIP: Const(False)}
        entry = dict(inside)
        self.env, self.out = inside, []
        self.loop_depth += 1
        body()
        self.loop_depth -= 1
        after, statements = self.env, self.out
        self.env, self.out, self.unreachable = before, outer, False
        changed = {
            n for n, atom in entry.items() if after.get(n) is not atom and n not in names and n not in (STOP, SKIP)
        }
        if changed:
            return changed
        if any(len({_key(after.get(n, UNDEFINED)) for n in group}) > 1 for group in groups.values()):
            return None
        unchanged: dict[Var, Expr] = {}
        for key, group in list(groups.items()):
            init = before.get(group[0], UNDEFINED)
            if after.get(group[0]) is params[key] and not isinstance(init, Undefined):
                unchanged[params.pop(key)] = init
                del groups[key]
        inits = [before.get(group[0], UNDEFINED) for group in groups.values()]
        yields = [after.get(group[0], UNDEFINED) for group in groups.values()]
        parameters = list(params.values())
        stop = after[STOP]
        if broke is not None:
            parameters.append(broke)
            inits.append(Const(False))
            yields.append(stop)
        results = tuple(Var(p.hint, p.named) for p in parameters)
        env = dict(before)
        for result, init, end, group in zip(results, inits, yields, groups.values(), strict=False):
            env.update(dict.fromkeys(group, result))
            self.from_parameter[result] = self.parameters_of(init) | self.parameters_of(end)
        if broke is not None:
            env["%broke"] = results[-1]
        no_stop = isinstance(stop, Const) and stop.value is False
        block = substitute(Block(tuple(statements), tuple(yields), None if no_stop else stop), unchanged)
        return tuple(parameters), tuple(inits), block, results, env, unchanged

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
            if fn.value in self.active_functions and (count := _outputs_of(fn.value)) is not None:
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
        self.out.append(Assign((updated,), Call(Lib(fn.value), args), self.origin(node)))
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
    import sys

    return fn.__module__ is None or fn.__module__.partition(".")[0] in sys.stdlib_module_names


# --- small helpers -------------------------------------------------------------------------------


def _return_of(body: ast.expr) -> ast.Return:
    return ast.copy_location(ast.Return(body), body)


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """The parameters that have names of their own."""
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _defaults(args: ast.arguments) -> Iterable[tuple[ast.arg, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    if args.defaults:
        yield from zip(positional[-len(args.defaults) :], args.defaults, strict=True)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            yield arg, default


def _outputs(body: list[ast.stmt]) -> int | None:
    """The number of values, where every `return` gives a tuple of that many."""
    returns = [n for s in body for n in ast.walk(s) if isinstance(n, ast.Return)]
    lengths = {
        len(r.value.elts)
        if isinstance(r.value, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in r.value.elts) else None
        for r in returns
    }
    return lengths.pop() if len(lengths) == 1 and not can_fall_through(body) else None


def may_be_argument(fn: Any) -> bool:
    """Whether a call may return (a view of) one of its arguments."""
    key = fn.value if isinstance(fn, Global | Lib) else registry.MemberKey(fn.name, fn.attribute) if isinstance(
        fn, Method
    ) else fn
    if key in (operator.getitem, primitives.element, *STORES):
        return True
    rules = registry.find(key)
    return any(rule.shares for rule in rules) or (not rules and isinstance(key, types.FunctionType))


STORES = (primitives.make_tuple, primitives.make_list, primitives.make_dict)


def is_report(fn: Global | None) -> bool:
    """Whether a function only tells the user something."""
    module = getattr(fn.value, "__module__", None) if fn is not None else None
    return module in ("warnings", "logging") or (module or "").startswith("tangent.runtime")


def _outputs_of(function: types.FunctionType) -> int | None:
    body = read(function).node.body
    return _outputs(body if isinstance(body, list) else [_return_of(body)])


def _hashable(annotation: Any) -> Any:
    try:
        hash(annotation)
    except TypeError:
        return None
    return annotation


def _key(atom: Atom) -> Any:
    return (type(atom.value), repr(atom.value)) if isinstance(atom, Const) else atom


def _same_constant(a: Atom, b: Atom) -> bool:
    return isinstance(a, Const) and isinstance(b, Const) and _key(a) == _key(b)


def _display_name(name: str) -> str:
    return name.strip("%") if not name.startswith("%value") else "result"


def _order(env: dict[str, Atom]) -> Callable[[str], tuple[int, str]]:
    positions = {name: i for i, name in enumerate(env)}
    return lambda name: (positions.get(name, len(positions)), name)
