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
import logging
import operator
import types
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tangent.analysis.calls import is_foreign
from tangent.errors import TangentError, UnsupportedError
from tangent.frontend.blocks import Inserted
from tangent.frontend.control import (
    RETURNED,
    SKIP,
    STOP,
    display_name,
    variable,
)
from tangent.frontend.expressions import Hint
from tangent.frontend.functions import Lowered
from tangent.frontend.insertions import InsertionLowering
from tangent.frontend.source import read
from tangent.frontend.views import Step
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Call,
    Const,
    Field,
    Global,
    Lib,
    Var,
)
from tangent.rules import registry

__all__ = ["Lowering", "current", "depends_on", "lower"]
INPLACE: dict[type[ast.operator], Any] = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul, ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv, ast.Mod: operator.imod, ast.Pow: operator.ipow, ast.MatMult: operator.imatmul,
    ast.LShift: operator.ilshift, ast.RShift: operator.irshift, ast.BitOr: operator.ior, ast.BitXor: operator.ixor,
    ast.BitAnd: operator.iand,
}



CHANGES: dict[str, Callable[..., Any]] = {
    "append": primitives.list_append, "insert": primitives.list_insert, "add": primitives.set_add,
    "discard": primitives.set_discard,
}
"""Methods that change a list or a set, and the functions that give what it is then."""


class Lowering(InsertionLowering):
    """Lowers the statements of one function."""

    # --- statements --------------------------------------------------------------------------

    def lower_statement(self, node: ast.stmt) -> None:
        self.begin(node)
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
                if isinstance(node, ast.Break):
                    self.leave_loop(node)
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
            case ast.Try():
                self.try_(node)
            case ast.With():
                self.with_(node)
            case Inserted():
                self.insert(node)
            case ast.Delete(targets=targets):
                for deleted in targets:
                    self.delete(deleted)
            case ast.Import() | ast.ImportFrom():
                self.import_(node)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self.declare_outer(node, names)
            case ast.FunctionDef(name=name):
                self.env[name] = self.inner_function(node)
            case ast.Pass():
                pass
            case _:
                self.unsupported(node)

    def raise_(self, node: ast.Raise, exception: ast.expr | None, cause: ast.expr | None) -> None:
        if exception is None and self.handling is None:
            self.refuse(node, "unsupported: `raise` without an exception, where none is handled", "name the exception")
        args = [self.expression(e) for e in (exception, cause) if e is not None]
        self.perform(node, primitives.raise_, *args)
        self.has_effects = True
        self.unreachable = True

    def undefined(self, node: ast.expr, found: Global) -> Atom:
        module, _, name = found.path.rpartition(".")
        error = AttributeError(f"{module} has no attribute {name!r}") if module else NameError(
            f"name {name!r} is not defined"
        )
        self.perform(node, primitives.raise_, self.emit(node, type(error), Const(str(error)), hint="error"))
        self.has_effects = True
        self.unreachable = True
        return Const(None)

    def expression_statement(self, node: ast.expr) -> None:
        found = None
        if isinstance(node, ast.Constant):
            return  # a docstring, or `...`
        if isinstance(node, ast.Yield):
            self.yield_(node)
            return
        if isinstance(node, ast.Call):
            found = self.resolve(node.func)
            if found is not None and found.value is print:
                args, kwargs = self.arguments(node)
                self.has_effects = True
                self.perform(node, found, *args, kwargs=kwargs)
                return
        if self.effect_in_block(node):
            return
        before = len(self.out)
        self.expression(node)
        if len(self.out) > before and isinstance(last := self.out[-1], Assign) and last.effect and last.targets:
            reads = type(last.value) is Call and any(type(a) is Var for a in last.value.args)
            if reads and not is_report(found) and not self.is_of_logger(node):
                self.refuse(
                    node, "unsupported: a call of a function without rule or source, for its effect alone",
                    "use a function that returns its result",
                )
            self.has_effects = True
            self.out[-1] = Assign((), last.value, last.origin, effect=True)

    def is_of_logger(self, node: ast.expr) -> bool:
        """Whether an expression is a call of a method of a logger."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        owner = self.resolve(node.func.value)
        return owner is not None and isinstance(owner.value, logging.Logger)

    def return_(self, value: ast.expr | None) -> None:
        names = self.output_names()
        if self.outputs is not None:
            assert isinstance(value, ast.Tuple)
            atoms = [self.expression(item) for item in value.elts]
        else:
            hint = self.result_hint(value) if value is not None else None
            atoms = [Const(None) if value is None else self.expression(value, hint)]
        self.env.update(zip(names, atoms, strict=True))
        self.env[SKIP] = Const(True)
        if self.loop_depth:
            self.env[STOP] = self.env[RETURNED] = Const(True)

    def result_name(self, value: ast.expr) -> str:
        text = self.source.text
        return "result" if isinstance(text.node, ast.Lambda) else text.name.strip("_") or "result"

    # --- assignment --------------------------------------------------------------------------

    def assign_all(self, targets: list[ast.expr], value: ast.expr) -> None:
        first = targets[0]
        if len(targets) == 1:
            value = self.items_for(first, value)
        if (
            len(targets) == 1
            and isinstance(first, ast.Tuple | ast.List)
            and isinstance(value, ast.Tuple | ast.List)
            and len(first.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in (*first.elts, *value.elts))
        ):  # `a, b = b, a`
            values = {
                f"%assigned:{i}": self.expression(self.items_for(t, v), self.target_hint(t))
                for i, (t, v) in enumerate(zip(first.elts, value.elts, strict=True))
            }
            self.env.update(values)  # a view sees what the assignments before its own change
            for name, target in zip(values, first.elts, strict=True):
                self.assign(target, self.env.pop(name))
            return
        self.result_targets = self.names_of_results(first, value)
        atom = self.expression(value, self.target_hint(first))
        self.result_targets = ()
        for target in targets:
            self.assign(target, atom)

    def items_for(self, target: ast.expr, value: ast.expr) -> ast.expr:
        """What is assigned to a target, which may be several: the items of an iterator that they take."""
        return self.to_unpack(value, len(target.elts)) if isinstance(target, ast.Tuple | ast.List) else value

    def names_of_results(self, target: ast.expr, value: ast.expr) -> tuple[Var, ...]:
        """The values that `a, b = f(x)` is to bind."""
        if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Call) or value.args and any(
            isinstance(n, ast.Call) for a in value.args for n in ast.walk(a)
        ):
            return ()
        return tuple(variable(t.id) if isinstance(t, ast.Name) else Var("item") for t in target.elts)

    def target_hint(self, target: ast.expr) -> Hint:
        return variable(target.id) if isinstance(target, ast.Name) else None

    def assign(self, target: ast.expr, value: Atom) -> None:
        match target:
            case ast.Name(id=name):
                self.env[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(target, targets, value)
            case ast.Subscript() if (owner := self.owner_of_items(target)) is not None:
                self.set_item(target, owner, self.expression(target.slice), value)
            case ast.Subscript():
                self.write(target, self.place(target), value)
            case ast.Attribute() if (owner := self.variable_owner(target)) is not None:
                self.set_attribute(target, owner, self.mangled(target.attr), value)
            case ast.Attribute():
                self.write(target, self.place(target), value)
            case _:
                self.unsupported(target)

    def unpack(self, node: ast.expr, targets: list[ast.expr], value: Atom) -> None:
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        plain = [t.value if isinstance(t, ast.Starred) else t for t in targets]
        known = self.known_elements(node, value)
        if known is not None and star is None and len(known) == len(targets):
            parts: list[Atom] = list(known)
        elif known is not None and star is not None and len(known) >= len(targets) - 1:
            after = len(targets) - star - 1
            middle = self.emit(node, primitives.make_list, *known[star : len(known) - after])
            self.elements[middle] = known[star : len(known) - after]
            parts = [*known[:star], middle, *known[len(known) - after :]]
        else:
            hints = [self.target_hint(t) for t in plain]
            bound = tuple(h if type(h) is Var else Var("item") for h in hints)
            before, after_ = (star, len(targets) - star - 1) if star is not None else (len(targets), None)
            self.unpack_into(node, bound, value, before, after_)
            if star is None:
                for position, item in enumerate(bound):
                    self.note_view(item, value, Step(Lib(operator.getitem), (Const(position),), (), node))
            parts = list(bound)
        for target, part in zip(plain, parts, strict=True):
            self.assign(target, part)

    def augmented(self, node: ast.AugAssign) -> None:
        op = INPLACE[type(node.op)]
        match node.target:
            case ast.Name(id=name) as target:
                old = self.defined(target, name, self.read(target))
                value = self.expression(node.value)
                new = self.operate(node, op, old, value, hint=variable(name))
                self.from_parameter[new] = self.parameters_of(old)
                self.augmented_parameters |= self.from_parameter[new]
                self.changed_by_name(name, old, new)
            case ast.Attribute(attr=attr) as target if (owner := self.variable_owner(target)) is not None:
                name = self.mangled(attr)
                old = self.member(target, owner, name)
                value = self.expression(node.value)
                self.set_attribute(target, owner, name, self.operate(node, op, old, value, hint=Var(attr, named=True)))
            case ast.Subscript() as target if (owner := self.owner_of_items(target)) is not None:
                index = self.expression(target.slice)
                old = self.item(target, owner, index)
                self.set_item(target, owner, index, self.operate(node, op, old, self.expression(node.value)))
            case ast.Subscript() | ast.Attribute() as target:
                place = self.place(target)
                old = self.item(target, *place[-1])
                value = self.expression(node.value)
                self.write(target, self.again(target, place), self.operate(node, op, old, value))
            case _:
                self.unsupported(node.target)

    def place(self, node: ast.Subscript | ast.Attribute) -> list[tuple[Atom, Atom]]:
        """The containers and indices on the way to what `node` names, outermost first."""
        outer: list[tuple[Atom, Atom]] = []
        match node.value:
            case ast.Name(id=name) as base:
                container = self.own_variable(base)
                if type(container) is Global:
                    self.refuse(node, f"unsupported: a write to the global {name}", "pass it as an argument")
            case ast.Attribute() as base if (owner := self.variable_owner(base)) is not None:
                container = self.own_value(base, owner)
            case ast.Subscript() | ast.Attribute() as base if not is_view_of_array(base):
                outer = self.place(base)
                if outer[-1][0] in self.tuples:
                    self.refuse(node, "unsupported: an item of a tuple is changed in place",
                                "use a list instead of the tuple")
                container = self.item(base, *outer[-1])
                is_element = self.is_element(outer[-1][1])
                if not is_element:
                    self.assume_view(base, container, *outer[-1])
                if container in self.views:
                    outer = []
                elif not is_element:
                    self.refuse(
                        node, "unsupported: a write through two subscripts, the first of which may make a copy",
                        "write it with one subscript: `a[i, j] = v`",
                    )
            case base:
                container, outer = self.expression(base), []
                if container not in self.views:
                    self.refuse(node, "unsupported: a write into the result of an expression", "name the array first")
        if isinstance(node, ast.Attribute):
            return [*outer, (container, Const(Field(node.attr)))]
        return [*outer, (container, self.expression(node.slice))]

    def own_variable(self, node: ast.Name) -> Atom:
        """What a variable stands for that is to be changed in place."""
        atom = self.defined(node, node.id, self.read(node))
        return self.made_own(node, atom) or atom

    def again(self, node: ast.Subscript | ast.Attribute, place: list[tuple[Atom, Atom]]) -> list[tuple[Atom, Atom]]:
        """The same place, after an expression that may have changed the containers."""
        root: ast.expr = node
        while isinstance(root, ast.Subscript) or isinstance(root, ast.Attribute) and self.variable_owner(root) is None:
            root = root.value
        container: Atom = self.expression(root)
        first = place[0][0]
        if first in self.views and container is not first:
            if self.root(first) not in self.env.values():
                self.refuse(node, "unsupported: a part of an array that changes while the new value is computed",
                            "compute the new value in a statement of its own")
            return place
        if container is first:
            return place
        current = []
        for _, index in place:
            current.append((container, index))
            container = self.item(node, container, index)
        return current

    def is_element(self, index: Atom) -> bool:
        """Whether an index surely names one element or a view, never a copy of several elements."""
        if type(index) is Const:
            return not isinstance(index.value, bool)
        return type(index) is Var and index in self.integers

    def write(self, node: ast.expr, place: list[tuple[Atom, Atom]], value: Atom) -> None:
        """`place = value`: new versions of the container, and of those that it is in."""
        value = self.as_value(node, value)
        for container, index in reversed(place):
            assert type(container) is Var
            self.augmented_parameters |= self.parameters_of(container)
            updated = Var(container.hint, container.named)
            self.from_parameter[updated] = self.parameters_of(container)
            call = Call(Lib(primitives.update_item), (container, index, value))
            self.out.append(Assign((updated,), call, self.origin(node)))
            self.know_written(container, updated, index, value)
            self.know_changed(node, primitives.update_item, container, (index, value), updated, None)
            if container.hint not in self.evidence.tables:
                self.forget_items(container)
            self.replace(container, updated)
            if container in self.views:
                break  # it was put back into what it is a part of
            value = updated

    def know_written(self, container: Var, updated: Var, index: Atom, value: Atom) -> None:
        """What is known of a dict that was written out, after one of its items was written: functions, and the keys."""
        entries = self.entries.get(container)
        if entries is not None and type(index) is Const:
            items = {**entries, index.value: value}.items()
            self.entries[updated] = {k: a if a is not None and self.is_known_function(a) else None for k, a in items}

    def list_method(self, node: ast.Call, base: ast.expr, name: str, hint: Hint) -> Atom:
        """A method that puts an item into a list or a set, or takes one out: `items.pop(index)`."""
        args, kwargs = self.arguments(node)
        if kwargs:
            self.refuse(node, f"`{name}` takes no keyword arguments", "leave them out")
        if name != "pop":
            self.change(node, base, CHANGES[name], *args)
            return Const(None)
        name = f"{display_name(base.id)}_item" if isinstance(base, ast.Name) else "item"
        result = self.target(hint) if type(hint) is Var else Var(name)
        self.change(node, base, primitives.list_pop, *args, result=result)
        return result

    def change(
        self, node: ast.Call, base: ast.expr, fn: Callable[..., Any], *args: Atom, result: Var | None = None
    ) -> None:
        """Change the container that `base` names; where `fn` also gives a value, that is `result`."""
        if isinstance(base, ast.Name):
            self.own_variable(base)
        owner = self.variable_owner(base) if isinstance(base, ast.Attribute) else None
        place = self.place(base) if isinstance(base, ast.Subscript | ast.Attribute) and owner is None else []
        if not place and owner is None and not (isinstance(base, ast.Name) and isinstance(self.read(base), Var)):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else "method"
            self.refuse(node, f"unsupported: `{method}` on something that is not a local list", "use a local list")
        if owner is not None and isinstance(base, ast.Attribute):
            items = self.own_value(base, owner)
        else:
            items = self.item(base, *place[-1]) if place else self.expression(base)
        assert type(items) is Var
        self.augmented_parameters |= self.parameters_of(items)
        known = self.elements.get(items)
        if fn is primitives.list_append and known is not None and len(args) == 1:
            longer = (*known, *args)
            if any(self.holds_known(atom) for atom in longer):  # what holds functions is not changed, but made anew
                self.replace(items, self.display_of(node, longer, items.hint))
                return
        args = tuple([self.as_value(node, a) for a in args])
        updated = Var(items.hint, items.named)
        targets = (updated,) if result is None else (updated, result)
        self.out.append(Assign(targets, Call(Lib(fn), (items, *args)), self.origin(node)))
        self.know_changed(node, fn, items, args, updated, result)
        self.forget_items(items)
        self.replace(items, updated)
        if place and items not in self.views:
            self.write(base, place, updated)

    # --- calls -------------------------------------------------------------------------------

    def callee(self, fn: Any) -> Lowered | None:
        """The program of a function that has source and no rule."""
        if not isinstance(fn, types.FunctionType) or registry.is_known(fn) or fn in self.active_functions:
            return None
        if is_foreign(fn):
            return None
        try:
            return lower(fn, self.active_functions)
        except TangentError:
            return None  # an error only where the call is active


_lowered: weakref.WeakKeyDictionary[types.FunctionType, tuple[Any, Lowered]] = weakref.WeakKeyDictionary()


def lower(function: types.FunctionType, active: tuple[types.FunctionType, ...] = ()) -> Lowered:
    """The program of a Python function.

    Raises:
        SourceError: the source can't be found.
        UnsupportedError: the function uses a construct outside of the language.
    """
    state = (function.__code__, function.__defaults__, function.__kwdefaults__, registry.version())
    known = _lowered.get(function)
    if known is not None and _same_state(known[0], state) and current(known[1]):
        return known[1]
    lowering = Lowering(read(function), (*active, function))
    lowered = lowering.lower()
    if hasattr(function, "__seeds__"):  # a derivative, which changes nothing of its caller's
        lowered = replace(lowered, writes=frozenset())
    _lowered[function] = (state, lowered)
    if lowered.changes_something and depends_on(function, [function]):
        del _lowered[function]
        what = "its argument" if lowered.writes else "an object that is not its own"
        raise UnsupportedError(
            f"unsupported: {function.__name__} writes into {what} and calls itself",
            "return the new value instead", lowered.function.origin,
        )
    return lowered


def _same_state(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return a[-1] == b[-1] and all(x is y for x, y in zip(a[:-1], b[:-1], strict=True))


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


def depends_on(function: types.FunctionType, values: Sequence[Any]) -> bool:
    """Whether a program that was lowered, or one that it calls, reads or calls one of some global objects."""
    seen, work = {function}, [function]
    while work:
        _, lowered = _lowered.get(work.pop(), (None, None))
        for _, value in lowered.dependencies if lowered is not None else ():
            if any(value is one for one in values):
                return True
            if isinstance(value, types.FunctionType) and value not in seen:
                seen.add(value)
                work.append(value)
    return False


def is_view_of_array(node: ast.expr) -> bool:
    """Whether an expression is `x.T` or `x.flat`, as arrays have it."""
    return isinstance(node, ast.Attribute) and node.attr in ("T", "flat")


def is_report(fn: Global | None) -> bool:
    """Whether a function only tells the user something."""
    module = getattr(fn.value, "__module__", None) if fn is not None else None
    return module in ("warnings", "_warnings", "logging") or (module or "").startswith("tangent.runtime")
