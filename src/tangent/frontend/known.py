"""What is known of objects that are values of the program: their classes, and those of the items of containers.

    balls = [Ball(x, 0.0) for x in xs]           the items of `balls` are of class Ball: so their methods are known,
    for ball in balls:                           and put in the place of their calls
        ball.fall(0.1)

What an annotation says is checked when the code runs, if a method or a property was chosen by it:

    def output(layers: list[Layer], x):          for layer in layers:
        for layer in layers:              ->         tangent.check_class(layer, Layer)
            x = layer(x)                             x = np.tanh(layer.W @ x)
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tangent import runtime
from tangent.frontend.classes import Described, Items, class_global, described, described_attribute
from tangent.frontend.expressions import Arguments, Keywords
from tangent.frontend.functions import FunctionLowering, Lowered
from tangent.frontend.recursion import RecursionLowering
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Global,
    Lib,
    Parameter,
    Statement,
    Undefined,
    Var,
    is_field,
)
from tangent.ir.walk import with_blocks

__all__ = ["KnownLowering"]

ITEM_OF = (operator.getitem, primitives.element)
SAME_OBJECT = (primitives.put_back, primitives.same_view, primitives.pass_through)
SAME_ITEMS = (
    builtins.list, builtins.tuple, builtins.sorted, primitives.concatenate, primitives.repeat, operator.add,
    operator.mul, operator.iadd,
)
"""Functions whose result has items of the first argument, and of the others if those are lists."""


class KnownLowering(RecursionLowering):
    """Knows the classes of objects that are values of the program."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.classes: dict[Var, Described | None] = {}
        """The classes of objects, and what is known of the items of containers."""
        self.optional: set[Var] = set()
        """The objects that may be None instead."""
        self.undecided: dict[Var, bool] = {}
        """What loops carry that begins as None and of which no more is known yet; whether it was taken for None."""
        self.promised: dict[Var, Var] = {}
        """The objects whose class only an annotation says, with the value whose class is checked for them."""
        self.trusted: set[Var] = set()
        """Those of the latter whose class decided what a method or a property is."""

    def parameters(self) -> tuple[tuple[Parameter, ...], dict[Var, str]]:
        parameters, facts = super().parameters()
        for parameter in parameters:
            known = described(parameter.annotation, self.namespace.globals)
            if known is not None:
                self.classes[parameter.var] = known
                self.promised[parameter.var] = parameter.var
        return parameters, facts

    def lower(self) -> Lowered:
        lowered = super().lower()
        parameters = [p.var for p in lowered.function.parameters if p.var in self.trusted]
        checks = tuple([self.check_of(var, cls) for var in parameters if (cls := self.class_of(var)) is not None])
        body = self.without_needless_checks(lowered.function.body)
        body = replace(body, statements=(*checks, *body.statements))
        return replace(lowered, function=replace(lowered.function, body=body))

    def check_of(self, var: Var, cls: type) -> Assign:
        check = Lib(runtime.check_class, "tangent.check_class")
        return Assign((), Call(check, (var, class_global(cls))), None, effect=True)

    def without_needless_checks(self, block: Block) -> Block:
        """A block without the checks of objects whose class decided nothing."""
        if not self.promised:
            return block

        def is_needless(statement: Statement) -> bool:
            match statement:
                case Assign(value=Call(fn=Lib(value=runtime.check_class), args=(Var() as var, _))):
                    return self.promised.get(var) is var and var not in self.trusted
            return False

        kept = [with_blocks(s, self.without_needless_checks) for s in block.statements if not is_needless(s)]
        return replace(block, statements=tuple(kept))

    # --- what is known -----------------------------------------------------------------------

    def class_of(self, atom: Atom) -> type | None:
        """The user's class that a value is an instance of, where that is known."""
        if type(atom) is Var and atom not in self.classes and atom not in self.elements:
            return None
        found = self.described(atom)
        return found if isinstance(found, type) else None

    def described(self, atom: Atom) -> Described | None:
        """What is known of a value that is an object, or a container of objects."""
        if type(atom) is not Var:
            return None
        if atom in self.classes or atom not in self.elements:
            return self.classes.get(atom)
        known: Described | None = Items(None)
        for item in self.elements[atom]:
            known = self.with_item(known, item)
        return known

    def with_item(self, container: Described | None, item: Atom) -> Described | None:
        """What is known of a container that has got one more item."""
        inner = self.described(item)
        if not isinstance(container, Items) or inner is None or container.of not in (None, inner):
            return None
        if type(item) is Var:
            self.trust(item)
        return replace(container, of=inner)

    def trust(self, atom: Atom) -> None:
        """Have the class of an object checked where the program gets the object."""
        if type(atom) is Var and atom in self.promised:
            self.trusted.add(self.promised[atom])

    def is_known_argument(self, atom: Atom) -> bool:
        found = self.described(atom)
        return super().is_known_argument(atom) or (found.of if isinstance(found, Items) else found) is not None

    # --- where values come from --------------------------------------------------------------

    def note_result(
        self, node: ast.AST, target: Var, call: Call, args: Arguments, kwargs: Keywords
    ) -> None:
        super().note_result(node, target, call, args, kwargs)
        fn = call.fn
        key = fn.value if type(fn) is Lib or type(fn) is Global else fn
        if not args:
            if key is primitives.make_list or key is primitives.make_dict:
                self.classes[target] = Items(None, key is primitives.make_dict)
        elif type(args[0]) is Var:
            self.know_result(node, target, key, args[0], args[1:])

    def know_result(self, node: ast.AST, target: Var, fn: Any, first: Var, rest: Sequence[Atom]) -> None:
        known = self.described(first)
        if known is None:
            return
        if fn in SAME_OBJECT:
            self.know_as(target, first)
        elif fn in ITEM_OF and isinstance(known, Items):
            if self.is_slice(rest[0]):
                self.classes[target] = known
            else:
                self.know_item(node, target, known, known.in_dict or fn is primitives.element or self.is_index(rest[0]))
        elif fn is operator.getitem and is_field(rest[0]):
            self.know(node, target, described_attribute(known, rest[0].value), is_promised=True)  # type: ignore[arg-type]
        elif fn in SAME_ITEMS and isinstance(known, Items) and not known.in_dict:
            others = [other for a in rest if (other := self.described(a)) is not None]
            if all(other == known for other in others) and (fn not in CONCATENATING or others):
                self.classes[target] = known

    def know_item(self, node: ast.AST, target: Var, container: Items, is_sure: bool) -> None:
        self.know(node, target, container.of, container.is_promised or not is_sure)

    def know(self, node: ast.AST, target: Var, known: Described | None, is_promised: bool) -> None:
        """Note what a value is; what is promised is checked at this place."""
        if isinstance(known, Items) and is_promised:
            known = replace(known, is_promised=True)
        self.classes[target] = known
        if isinstance(known, type) and is_promised:
            self.promised[target] = target
            self.out.append(replace(self.check_of(target, known), origin=self.origin(node)))

    def know_as(self, new: Atom, old: Atom) -> None:
        """Note that a value is of the same class as another one."""
        if type(new) is Var and type(old) is Var and old in self.classes and new not in self.classes:
            self.classes[new] = self.classes[old]
            if old in self.promised:
                self.promised[new] = self.promised[old]

    def replace(self, old: Atom, new: Atom) -> None:
        self.know_as(new, old)
        super().replace(old, new)

    def know_changed(
        self, node: ast.AST, fn: Callable[..., Any], items: Var, args: Sequence[Atom], updated: Var, result: Var | None
    ) -> None:
        """Note what a container is after a change: `updated`, and what was taken out: `result`."""
        known = self.described(items)
        if fn in (primitives.list_append, primitives.list_insert, primitives.update_item) and isinstance(known, Items):
            known = self.with_item(known, args[-1])
        if known is not None or items in self.classes:
            self.classes[updated] = known
        if result is not None and isinstance(known, Items):
            self.know_item(node, result, known, is_sure=not known.in_dict)

    def unpack_into(
        self, node: ast.AST, targets: tuple[Var, ...], value: Atom, before: int | None = None, after: int | None = None
    ) -> None:
        super().unpack_into(node, targets, value, before, after)
        known = self.described(value)
        if isinstance(known, Items) and not known.in_dict:
            for position, target in enumerate(targets):
                if position == before:
                    self.classes[target] = known
                else:
                    self.know_item(node, target, known, is_sure=True)

    # --- branches and loops ------------------------------------------------------------------

    def join_facts(self, joint: Var, a: Atom, b: Atom) -> None:
        known = self.joined(a, b)
        if known is not None:
            self.know_joined(joint, known, a, b)

    def know_joined(self, joint: Var, known: Described | None, *values: Atom) -> None:
        self.classes[joint] = known
        if known is None:
            return
        for value in values:
            self.trust(value)
            if is_none(value) or value in self.optional or value in self.undecided:
                self.optional.add(joint)

    def joined(self, a: Atom, b: Atom) -> Described | None:
        """What is known of a value that is one of two."""
        self.undecided |= {x: True for x in (a, b) if type(x) is Var and x in self.undecided}
        known = [x for x in (a, b) if not isinstance(x, Undefined) and not is_none(x) and x not in self.undecided]
        found = [self.described(x) for x in known]
        one, other = found if len(found) == 2 else found * 2 or [None, None]
        if isinstance(one, Items) and isinstance(other, Items) and one.in_dict == other.in_dict and (
            None in (one.of, other.of) or one.of == other.of
        ):
            return Items(one.of or other.of, one.in_dict, one.is_promised or other.is_promised)
        return one if one == other else None

    def begin_carrying(self, parameter: Var, name: str, init: Atom, facts: Mapping[str, Any]) -> None:
        known = facts[name] if name in facts else self.joined(init, init)
        self.know_joined(parameter, known, init)
        if name not in facts and is_none(init):
            self.undecided[parameter] = False

    def is_settled(self, parameter: Var, name: str, init: Atom, end: Atom, facts: dict[str, Any]) -> bool:
        was_taken = self.undecided.get(parameter, False)
        known = self.joined(init, end)
        if known == self.classes.get(parameter) and not was_taken:
            self.know_joined(parameter, known, end)
            return True
        if name in facts:
            known = None
        is_new = name not in facts or facts[name] != known
        facts[name] = known
        return not is_new

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, KnownLowering)
        self.classes, self.optional, self.undecided = outer.classes, outer.optional, outer.undecided
        self.promised, self.trusted = outer.promised, outer.trusted

    def is_slice(self, index: Atom) -> bool:
        """Whether an index takes several items."""
        raise NotImplementedError

    def is_index(self, index: Atom) -> bool:
        """Whether an index is an integer."""
        raise NotImplementedError


CONCATENATING = (primitives.concatenate, operator.add, operator.iadd)


def is_none(atom: Atom) -> bool:
    return type(atom) is Const and atom.value is None
