"""Views: names for a part of an array, through which the array is written.

    row = A[i]                  row = A[i]
    row[0] = v          ->      row_2 = update_item(row, 0, v)
    use(A, row)                 A_2 = put_back(A, i, row_2)
                                row_3 = A_2[i]
                                use(A_2, row_3)

A view is remembered with the call that read it.  Where it is changed, it is put back into what it is a part of, and
all other views of that are read again: so every name sees the change.  What is not read afterwards is removed
as dead code.  That a value is a view is an assumption where only the run can tell; `put_back` and `same_view` carry it,
and `analysis.alias` proves it or puts a check there.

A branch or a loop passes on the array, and its views are read again behind it.
"""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tangent.frontend.control import same_constant
from tangent.frontend.expressions import Arguments, Keywords
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.objects import ObjectLowering
from tangent.frontend.source import FunctionSource
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Call, Const, Global, Lib, Method, Var, node
from tangent.rules import registry
from tangent.rules.registry import attribute, method

__all__ = ["ViewLowering"]

RESHAPED = frozenset({
    np.reshape, np.ravel, np.squeeze, np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d,
    *map(method, ("reshape", "ravel", "squeeze")),
})
"""Functions that give the same elements in the same order, in another shape."""

UNDONE_BY_THEMSELVES = frozenset({np.swapaxes, method("swapaxes"), np.flip, np.fliplr, np.flipud})
SAME = frozenset({np.asarray, np.asanyarray, np.ascontiguousarray})
TRANSPOSED = frozenset({np.transpose, method("transpose"), attribute("T")})
ITEMS = frozenset({operator.getitem, primitives.element})
VIEWS = RESHAPED | UNDONE_BY_THEMSELVES | SAME | TRANSPOSED | {np.moveaxis}


@node
class Step:
    """How a view is read from what it is a part of."""

    fn: Any
    rest: tuple[Atom, ...]
    """The arguments after the first."""
    kwargs: tuple[tuple[str, Atom], ...]
    node: ast.AST

    @property
    def key(self) -> Any:
        return key_of(self.fn)

    def is_same(self, other: Step) -> bool:
        if self.key is not other.key and self.key != other.key or len(self.rest) != len(other.rest):
            return False
        return not self.kwargs and not other.kwargs and all(map(same_atom, self.rest, other.rest))


@node
class View:
    """A value that is a part of another one's memory."""

    base: Var
    step: Step


@node
class KeptView:
    """A name that is the same view before and after a branch or a loop."""

    holder: str
    """The name of what it is a part of."""
    before: Atom
    assumed: Atom | None = None


Kept = dict[str, KeptView]


class ViewLowering(ObjectLowering):
    """Lowers what is written through views."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.views: dict[Atom, View] = {}
        self.items: dict[Atom, View] = {}
        """Items that may be numbers."""
        self.evidence = source.text.evidence
        self.follows = not source.text.filename.startswith("<tangent ")
        """Whether views have to be followed: what Tangent has made itself says where it puts them back."""

    # --- what is a view ----------------------------------------------------------------------

    def note_result(
        self, node: ast.AST, target: Var, call: Call, args: Arguments, kwargs: Keywords
    ) -> None:
        super().note_result(node, target, call, args, kwargs)
        key = key_of(call.fn)
        if key is slice or (key is primitives.make_tuple and self.is_slicing(args)):
            self.slices.add(target)
        elif key in ARITHMETIC and all(map(self.is_index, args)) or key is len:
            self.integers.add(target)
        elif args and (key in ITEMS or key in VIEWS):
            self.note_view(target, args[0], Step(call.fn, args[1:], kwargs, node))

    def note_view(self, value: Var, base: Atom, step: Step) -> None:
        if not self.follows or type(base) is not Var:
            return
        if self.is_view(value, base, step):
            self.views[value] = View(base, step)
        elif step.key in ITEMS and self.is_item(step.rest[0]):
            self.items[value] = View(base, step)

    def start(self, args: Sequence[Atom]) -> None:
        super().start(args)
        for name, atom in self.env.items():
            if name in self.evidence.arrays:
                self.take_for_view(atom)

    def take_for_view(self, value: Atom) -> None:
        """Take an item that has items itself for a view, and not for a number."""
        item = self.items.get(value)
        if item is not None and self.root(item.base) in self.env.values():
            self.views[value] = item

    def assume_view(self, node: ast.AST, value: Atom, base: Atom, index: Atom) -> None:
        """Take an item for a view, whatever the index is: the run is to tell."""
        if value not in self.views and type(base) is Var and self.root(base) in self.env.values():
            self.views[value] = View(base, Step(Lib(operator.getitem), (index,), (), node))

    def replace(self, old: Atom, new: Atom) -> None:
        if old is new:
            return
        self.take_for_view(old)
        super().replace(old, new)
        self.follow(old, new)

    def is_slicing(self, parts: tuple[Atom, ...]) -> bool:
        return any(p in self.slices or is_filler(p) for p in parts) and all(
            p in self.slices or is_filler(p) or self.is_index(p) for p in parts
        )

    def is_index(self, atom: Atom) -> bool:
        """Whether an atom is an integer, as far as the text tells."""
        if type(atom) is Const:
            return type(atom.value) is int
        return type(atom) is Var and (atom in self.integers or (atom.named and atom.hint in self.evidence.indices))

    def is_view(self, value: Var, base: Var, step: Step) -> bool:
        """Whether a value is taken for a view of another one."""
        key = step.key
        if key not in ITEMS and key not in VIEWS:
            return False
        index = step.rest[0] if key in ITEMS else None
        if index not in self.slices and self.is_mutable(value):
            return True
        if index in self.slices and self.described(base) is not None:
            return False  # a part of a list is a copy
        if index is not None and index not in self.slices and not is_filler(index):
            return self.is_item(index) and (self.has_items(value) or base.hint in self.evidence.tables)
        if base.hint in self.evidence.lists - self.evidence.tables:
            return False  # a part of a list is a copy
        return index is not None or not step.kwargs and (key not in SAME or not step.rest)

    def is_mutable(self, value: Var) -> bool:
        """Whether a value is known to be an object, or a container of objects, that is changed in place."""
        known = self.described(value)
        return known is not None and not (isinstance(known, type) and issubclass(known, tuple))

    def is_item(self, index: Atom) -> bool:
        return type(index) is Const and isinstance(index.value, str) or self.is_index(index)

    def is_slice(self, index: Atom) -> bool:
        return index in self.slices

    def has_items(self, value: Var) -> bool:
        return value.named and value.hint in self.evidence.arrays

    def lend(self, inner: FunctionLowering) -> None:
        super().lend(inner)
        assert isinstance(inner, ViewLowering)
        inner.views, inner.items, inner.slices = self.views, self.items, self.slices
        inner.evidence = inner.evidence.with_arrays(f"%outer:{name}" for name in self.evidence.arrays)

    # --- changes -----------------------------------------------------------------------------

    def follow(self, old: Atom, new: Atom) -> None:
        """After `old` was changed in place to `new`: change what it is a view of, and read all other views again."""
        root = self.root(old)
        parts = {a: a for a in self.env.values() if a in self.views and a is not old and self.root(a) is root}
        assumed = {atom: made for atom in parts if (made := self.assumed(atom)) is not None}
        base, changed = old, new
        while (view := self.views.get(base)) is not None:
            changed = self.put_back(view, base, changed)
            base = view.base
        memo: dict[Atom, Atom] = {root: changed}
        if root is not old:
            memo[new] = self.read_again(old, memo, assumed)
        for name, atom in list(self.env.items()):
            self.env[name] = self.read_again(atom, memo, assumed)

    def assumed(self, atom: Atom) -> Atom | None:
        """A view, on the assumption that it is one; None for an object, which surely is what the container holds."""
        if self.described(atom) is not None:
            return None
        root = self.root(atom)
        assert type(atom) is Var
        return self.emit(self.statement, primitives.same_view, atom, atom, root, hint=copied(atom))

    def read_again(self, atom: Atom, memo: dict[Atom, Atom], assumed: Mapping[Atom, Atom]) -> Atom:
        """A value, after some others were replaced by their new versions."""
        if atom in memo:
            return memo[atom]
        view = self.views.get(atom)
        base = self.read_again(view.base, memo, assumed) if view is not None else atom
        if view is None or base is view.base:
            memo[atom] = atom
        else:
            assert type(atom) is Var
            assert type(base) is Var
            step = view.step
            read = self.emit(step.node, step.fn, base, *step.rest, kwargs=step.kwargs, hint=copied(atom))
            if (known := assumed.get(atom)) is not None:  # what is read again is right if that was a view
                read = self.emit(self.statement, primitives.same_view, read, known, Const(None), hint=copied(atom))
            self.views[read] = View(base, step)
            memo[atom] = read
        return memo[atom]

    def put_back(self, view: View, old: Atom, new: Atom) -> Var:
        """The new version of what `old` is a view of, after `old` was changed to `new`."""
        step, base = view.step, view.base
        index: Atom = Const(...)
        if step.key in ITEMS:
            index = step.rest[0]
        else:
            new = self.undone(step, base, new)
        changed = copied(base)
        self.from_parameter[changed] = self.parameters_of(base)
        self.augmented_parameters |= self.parameters_of(base)
        return self.emit(self.statement, primitives.put_back, base, index, new, old, hint=changed)

    def undone(self, step: Step, base: Var, new: Atom) -> Atom:
        """The elements of a view in the places that they have in what it is a view of."""
        node, key = self.statement, step.key
        if key in SAME:
            return new
        if key in RESHAPED:
            shape = self.emit(node, Lib(np.shape, "numpy.shape"), base)
            return self.emit(node, Lib(np.reshape, "numpy.reshape"), new, shape)
        if key in UNDONE_BY_THEMSELVES:
            return self.emit(node, step.fn, new, *step.rest)
        if key is np.moveaxis:
            return self.emit(node, step.fn, new, *reversed(step.rest))
        if not step.rest:
            return self.emit(node, Lib(np.transpose, "numpy.transpose"), new)
        axes = step.rest[0] if len(step.rest) == 1 else self.emit(node, primitives.make_tuple, *step.rest)
        inverse = self.emit(node, Lib(np.argsort, "numpy.argsort"), axes)
        return self.emit(node, Lib(np.transpose, "numpy.transpose"), new, inverse)

    def changed_by_name(self, name: str, old: Atom, new: Atom) -> None:
        """`name` was changed by an augmented assignment: an array changes in place, a number does not."""
        if old in self.views:
            self.replace(old, new)
            return
        others = [n for n, atom in self.env.items() if atom is old and n != name and not n.startswith("%argument")]
        has_views = any(atom in self.views and self.root(atom) is old for atom in self.env.values())
        self.env[name] = new
        if type(new) is not Var:
            return
        if has_views or (others and not self.evidence.arrays.isdisjoint([name, *others])):
            if others:
                new = self.emit(self.statement, primitives.same_view, new, old, old, hint=copied(new))
                self.env.update(dict.fromkeys([name, *others], new))
            self.follow(old, new)

    def forget_items(self, items: Atom) -> None:
        """Follow items no longer: those of a list may have other indices, or be replaced, from now on."""
        for atom in self.env.values():
            base = atom
            while (view := self.views.get(base)) is not None:
                base = view.base
                if base is items and view.step.key in ITEMS and view.step.rest[0] not in self.slices:
                    del self.views[atom]
                    break
            if (item := self.items.get(atom)) is not None and item.base is items:
                del self.items[atom]

    def root(self, atom: Atom) -> Atom:
        """What a value is a view of, of a view of, ..."""
        while (view := self.views.get(atom)) is not None:
            atom = view.base
        return atom

    # --- branches and loops ------------------------------------------------------------------

    def steps(self, atom: Atom) -> list[Step]:
        """The steps from the root of a view to it."""
        found: list[Step] = []
        while (view := self.views.get(atom)) is not None:
            found.insert(0, view.step)
            atom = view.base
        return found

    def kept_views(self, before: Mapping[str, Atom], after: Sequence[Mapping[str, Atom]]) -> Kept:
        """The names that are the same view of one other name's value before and after."""
        holders: dict[Atom, str] = {atom: name for name, atom in reversed(list(before.items()))}
        found: Kept = {}
        for name, atom in before.items():
            if atom not in self.views or (holder := holders.get(self.root(atom))) is None:
                continue
            steps = self.steps(atom)
            if all(self.is_part(env.get(name), env.get(holder), steps) for env in after):
                found[name] = KeptView(holder, atom)
        return found

    def is_part(self, atom: Atom | None, root: Atom | None, steps: list[Step]) -> bool:
        if atom is None or atom not in self.views or self.root(atom) is not root:
            return False
        own = self.steps(atom)
        return len(own) == len(steps) and all(a.is_same(b) for a, b in zip(own, steps, strict=True))

    def assume(self, kept: Kept) -> Kept:
        """Note the assumption that these are views, before what they are a part of is changed."""
        return {name: replace(view, assumed=self.assumed(view.before)) for name, view in kept.items()}

    def read_views(self, kept: Kept) -> None:
        """Read views from what now holds their elements."""
        for name, view in kept.items():
            root = self.root(view.before)
            if view.before in self.views and self.env[view.holder] is not root:
                known = {} if view.assumed is None else {view.before: view.assumed}
                self.env[name] = self.read_again(view.before, {root: self.env[view.holder]}, known)


ARITHMETIC = frozenset({operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod})


def is_filler(atom: Atom) -> bool:
    """Whether an index is `None` or `...`."""
    return type(atom) is Const and (atom.value is None or atom.value is ...)


def copied(var: Var) -> Var:
    """Another value of the same name."""
    return Var(var.hint, var.named)


def same_atom(a: Atom, b: Atom) -> bool:
    return a is b or same_constant(a, b)


def key_of(fn: Any) -> Any:
    """What tables of functions have under `fn`, the function of a call."""
    if type(fn) is Method:
        return (attribute if fn.attribute else method)(fn.name)
    return registry.hashable(fn.value if type(fn) is Global or type(fn) is Lib else fn)
