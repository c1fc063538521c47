"""Objects: instances of the user's classes, their attributes, methods and operators.

An object that the function makes is a value of the lowering and not of the program: its attributes are variables,
and a method is put in the place of its call.

    ball = Ball(0.0, v)              height = 0.0
    ball.fall(0.1)            ->     height_1 = height + v * 0.1
    return ball.height               return height_1

So what one name does to an object is seen by all others.  Where an object has to be a value (an element of a list, a
result), it is made as one, and from there on has the semantics of containers: its attributes are items, with a `Field`
as index.  So are those of an object that is an argument.  An object that is known when the derivative is made, such as
the `self` of a bound method, is read live; what the function writes to it is seen by the function alone.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import functools
import inspect
import itertools
import operator
import sys
import types
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from tangent import runtime
from tangent.analysis.calls import is_call_of, is_foreign
from tangent.frontend.classes import (
    Described,
    behind,
    class_global,
    field_names,
    fields_of_tuple,
    has_stored,
    in_classes,
    is_computed,
    is_data_descriptor,
    is_field_of_tuple,
    is_named_tuple,
    is_slot,
    why_not_made,
)
from tangent.frontend.control import Side
from tangent.frontend.expressions import MISSING, Arguments, Hint, Keywords, Literal
from tangent.frontend.functions import MUTATORS, FunctionLowering
from tangent.frontend.inner import FunctionValue
from tangent.frontend.known import KnownLowering
from tangent.frontend.matching import Condition, named_after
from tangent.frontend.unsupported import limit
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Call,
    Const,
    Field,
    Global,
    Lib,
    Method,
    Namespace,
    Undefined,
    Var,
    is_field,
    is_unknown,
)
from tangent.rules import definitions, registry
from tangent.rules.definitions import is_known_class
from tangent.runtime.structure import is_user_class

__all__ = ["BoundMethod", "Instance", "ObjectLowering"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Instance:
    """An object that is made in the function; the environment has its attributes under `@id.name`."""

    cls: type
    id: str
    names: dict[str, None] = dataclasses.field(default_factory=dict)
    """The attributes that it has anywhere in the function, in the order in which they were first asked for."""

    def place(self, name: str) -> str:
        """What the environment has an attribute under."""
        self.names[name] = None
        return f"@{self.id}.{name}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BoundMethod:
    """A method with the object that it belongs to."""

    function: types.FunctionType
    owner: Atom


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Super:
    """What `super()` gives: the attributes of `owner` by the classes behind `cls`."""

    cls: type
    owner: Atom


OPERATORS: dict[Any, tuple[str, str]] = {
    operator.add: ("__add__", "__radd__"), operator.sub: ("__sub__", "__rsub__"),
    operator.mul: ("__mul__", "__rmul__"), operator.truediv: ("__truediv__", "__rtruediv__"),
    operator.floordiv: ("__floordiv__", "__rfloordiv__"), operator.mod: ("__mod__", "__rmod__"),
    operator.pow: ("__pow__", "__rpow__"), operator.matmul: ("__matmul__", "__rmatmul__"),
    operator.and_: ("__and__", "__rand__"), operator.or_: ("__or__", "__ror__"),
    operator.xor: ("__xor__", "__rxor__"), operator.lshift: ("__lshift__", "__rlshift__"),
    operator.rshift: ("__rshift__", "__rrshift__"),
    operator.lt: ("__lt__", "__gt__"), operator.le: ("__le__", "__ge__"), operator.gt: ("__gt__", "__lt__"),
    operator.ge: ("__ge__", "__le__"), operator.eq: ("__eq__", "__eq__"), operator.ne: ("__ne__", "__ne__"),
}
"""The methods of an operator: of its left operand and, reflected, of its right one."""

IN_PLACE = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.iand: operator.and_,
    operator.ior: operator.or_, operator.ixor: operator.xor, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift,
}

UNARY_METHODS: dict[Any, str] = {
    operator.neg: "__neg__", operator.pos: "__pos__", operator.invert: "__invert__", len: "__len__", abs: "__abs__",
    float: "__float__", int: "__int__", bool: "__bool__", round: "__round__",
}
SETTERS: tuple[Any, ...] = (setattr, object.__setattr__)
ITEMS: tuple[Any, ...] = (operator.getitem, primitives.element, primitives.unpack)
ITEM_METHODS: dict[Any, str] = {operator.getitem: "__getitem__", operator.contains: "__contains__"}


class ObjectLowering(KnownLowering):
    """Lowers what is done with objects."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.merged: set[str] = set()
        """The objects that may be one object under two identities: they are not changed any more."""
        self.values_made: dict[Any, Atom] | None = None
        """What has become a value while a value is made of an object: others that hold it have the same one."""
        self.objects: set[Atom] = set()
        """The values that are no arrays, since they have attributes that arrays have not."""
        self.originals: dict[str, Atom] = {}
        """The attributes of objects that are known when the function is lowered, which it assigns to."""
        self.changed_objects: dict[int, Global] = {}
        """These objects, by their identity."""
        self.read_live: dict[Global, tuple[Atom, str]] = {}
        """What was read of such objects while the function had not assigned to it: the object, and the attribute."""
        self.live_atoms: dict[str, Global] = {}
        """These, by what the environment has an attribute under."""
        self.born = 0
        """The number of the first object that can be made in a program of its own."""
        self.moved: dict[str, Atom] = {}
        """The names that a loop binds to another object in each iteration, with the object that stands for all."""

    def as_value(self, node: ast.AST, atom: Atom) -> Atom:
        return self.boxed(node, atom)

    # --- what is known -----------------------------------------------------------------------

    def is_read_live(self, atom: Atom) -> bool:
        return atom in self.read_live

    def changes_known(self) -> bool:
        return bool(self.originals)

    def set_apart(self, outer: FunctionLowering) -> None:
        super().set_apart(outer)
        assert isinstance(outer, ObjectLowering)
        self.originals, self.changed_objects = dict(outer.originals), dict(outer.changed_objects)
        self.born = next(_numbers)

    def leave_unknown(self, body: FunctionLowering, taken: Mapping[str, Atom], read: Set[Any]) -> bool:
        assert isinstance(body, ObjectLowering)
        changed = self.changed_in(body, taken)
        if any(atom in read and self.key(*place) in changed for atom, place in body.read_live.items()):
            return False
        self.originals |= {name: atom for name, atom in body.originals.items() if name in changed}
        self.changed_objects |= body.changed_objects
        return super().leave_unknown(body, taken, read)

    def changed_in(self, body: FunctionLowering, taken: Mapping[str, Atom]) -> dict[str, str]:
        assert isinstance(body, ObjectLowering)
        new = [
            name for name in body.env if name.startswith("@") and name not in taken
            and (name in body.originals or self.belongs_outside(name, body.born))
        ]
        unknown = [name for name in taken if is_unknown(self.env.get(name))]
        return super().changed_in(body, taken) | {name: name for name in (*new, *unknown)}

    def holds_known(self, atom: Atom) -> bool:
        is_object = self.class_of(atom) is not None and atom not in self.optional
        return super().holds_known(atom) or bool(self.known_objects(atom)) or is_object

    def known_objects(self, atom: Atom) -> list[Instance | BoundMethod]:
        """The objects that a value is or holds and that are known while lowering alone, and their methods."""
        if type(atom) is Var and atom not in self.elements and atom not in self.entries:
            return []
        found: dict[Instance | BoundMethod, None] = {}
        work = [atom]
        while work:
            match work.pop():
                case Const(value=Instance() as known) if known not in found:
                    found[known] = None
                    work += self.fields(known).values()
                case Const(value=BoundMethod() as method):
                    found[method] = None
                    work.append(method.owner)
                case Var() as var:
                    work += self.elements.get(var, ())
                    work += [item for item in self.entries.get(var, {}).values() if item is not None]
        return list(found)

    def known_functions(self, atom: Atom) -> Sequence[FunctionValue]:
        fields = (a for one in self.known_objects(atom) if isinstance(one, Instance) for a in self.fields(one).values())
        return [f for a in (atom, *fields) for f in super(ObjectLowering, self).known_functions(a)]

    def described(self, atom: Atom) -> Described | None:
        match atom:
            case Const(value=Instance(cls=cls)):
                return cls
            case Global(value=value) if is_known_class(type(value)):
                return type(value)
        return super().described(atom)

    def key(self, owner: Atom, name: str) -> str:
        """What the environment has an attribute under, of an object that is not a value of the program."""
        instance = instance_of(owner)
        if instance is not None:
            return instance.place(name)
        assert type(owner) is Global
        return f"@g{id(owner.value)}.{name}"

    def attributes_of(self, atoms: Sequence[Atom]) -> dict[str, Atom]:
        ids = {str(one.id) for atom in atoms for one in self.known_objects(atom) if isinstance(one, Instance)}
        names = ((name, name[1:].partition(".")[0]) for name in self.env if name.startswith("@"))
        return {name: self.env[name] for name, owner in names if owner in ids or owner.startswith("g")}

    def fields(self, instance: Instance) -> dict[str, Atom]:
        """The attributes of an object that is made in the function, in the order of their first assignment."""
        return fields_in(self.env, instance)

    # --- attributes --------------------------------------------------------------------------

    def attribute(self, node: ast.Attribute, hint: Hint) -> Atom:
        found = self.resolve(node)
        if found is not None:
            return found
        return self.member(node, self.expression(node.value), self.mangled(node.attr), hint)

    def mangled(self, name: str) -> str:
        """The name of an attribute; that of a private one has the name of its class in it."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        outer = self.source.function.__qualname__.rpartition(".")[0].rpartition(".")[2]
        return f"_{outer.lstrip('_')}{name}" if outer else name

    def member(self, node: ast.AST, owner: Atom, name: str, hint: Hint = None) -> Atom:
        """`owner.name`"""
        if type(owner) is Const and isinstance(owner.value, Super):
            found, owner = owner.value, owner.value.owner
            return self.by_class(node, owner, name, behind(self.class_of(owner) or object, found.cls), hint)
        if type(owner) is Global and isinstance(owner.value, type):
            return self.of_class(node, owner, name)
        cls = self.class_of(owner)
        if cls is None:
            return self.of_unknown(node, owner, name, hint)
        found = in_classes(cls.__mro__, name)
        if name == "__class__":
            return class_global(cls)
        if is_field_of_tuple(cls, name) and owner in self.elements:
            return self.elements[owner][field_names(cls).index(name)]
        if is_data_descriptor(found) and not is_field_of_tuple(cls, name):
            return self.by_class(node, owner, name, cls.__mro__, hint)
        stored = self.stored(node, owner, name, found, cls, hint)
        return self.by_class(node, owner, name, cls.__mro__, hint) if stored is None else stored

    def stored(
        self, node: ast.AST, owner: Atom, name: str, found: Any, cls: type, hint: Hint
    ) -> Atom | None:
        """An attribute that the object itself has."""
        if type(owner) is Var:
            if name in field_names(cls) or not is_computed(found):
                return self.emit(node, operator.getitem, owner, Const(Field(name)), hint=hint or name)
            return None
        written = self.env.get(self.key(owner, name))
        if written is not None:
            return self.defined(node, f"the attribute {name}", written)
        if type(owner) is Global and has_stored(owner.value, name):
            self.dependencies.append((owner, owner.value))
            return self.live(owner, name, Global(f"{owner.path}.{name}", getattr(owner.value, name), owner.home))
        return None

    def live(self, owner: Atom, name: str, atom: Global) -> Global:
        """An attribute that is read live: one atom for all who read it."""
        known = self.live_atoms.setdefault(self.key(owner, name), atom)
        if known.value is atom.value and known.path == atom.path:
            atom = known
        self.read_live[atom] = owner, name
        return atom

    def by_class(
        self, node: ast.AST, owner: Atom, name: str, classes: tuple[type, ...], hint: Hint
    ) -> Atom:
        """An attribute that the class of an object gives it."""
        self.trust(owner)
        found = in_classes(classes, name)
        match found:
            case property(fget=types.FunctionType() as getter):
                return self.inline(self.as_call(node), as_defined(getter), (owner,), ())
            case functools.cached_property(func=types.FunctionType() as getter):
                value = self.inline(self.as_call(node), getter, (owner,), ())
                self.set_attribute(node, owner, name, value)
                return value
            case staticmethod(__func__=function):
                outer = class_global(next(c for c in classes if name in c.__dict__))
                return Global(f"{outer.path}.{name}", function, outer.home)
            case classmethod(__func__=types.FunctionType() as function):
                cls = self.class_of(owner)
                assert cls is not None
                return Const(BoundMethod(function, class_global(cls)))
            case types.FunctionType():
                return Const(BoundMethod(as_defined(found), owner))
        cls = self.class_of(owner) or type
        if found is MISSING:
            what = f"{cls.__name__} has no attribute {name} here"
            self.refuse(node, what, "assign it in `__init__`, or read it under another name")
        if hasattr(type(found), "__get__") and not isinstance(found, type):
            what = f"unsupported: the attribute {name} of {cls.__name__}, which is computed by a {type(found).__name__}"
            self.refuse(node, what, "make it a property, or a method")
        if type(owner) is Global and classes[0] is type(owner.value):
            outer = owner
        else:
            outer = class_global(next(c for c in classes if name in c.__dict__))
        atom = Global(f"{outer.path}.{name}", found, outer.home)
        return self.live(owner, name, atom) if type(owner) is Global or instance_of(owner) is not None else atom

    def of_class(self, node: ast.AST, owner: Global, name: str) -> Atom:
        """`Class.name`"""
        found = in_classes(owner.value.__mro__, name)
        if isinstance(found, classmethod) and isinstance(found.__func__, types.FunctionType):
            return Const(BoundMethod(found.__func__, owner))
        value = getattr(owner.value, name, MISSING)
        if value is MISSING:
            self.refuse(node, f"{owner.path}.{name} is not defined", "define it before making the derivative")
        if isinstance(value, str) and name in ("__name__", "__qualname__"):
            return Const(value)
        return Global(f"{owner.path}.{name}", value, owner.home)

    def of_unknown(self, node: ast.AST, owner: Atom, name: str, hint: Hint) -> Atom:
        """An attribute of an array, or of an object of a class that only the run knows."""
        if type(owner) is Global and has_stored(owner.value, name):
            return Global(f"{owner.path}.{name}", getattr(owner.value, name), owner.home)
        if registry.find(registry.attribute(name)) and owner not in self.objects:
            return self.array_attribute(node, owner, name, hint)
        return self.emit(node, operator.getitem, owner, Const(Field(name)), hint=hint or name)

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        if is_field(index):  # no matter for a `__getitem__` of the class
            return self.emit(node, operator.getitem, container, index, hint=hint)
        return super().item(node, container, index, hint)

    def set_attribute(self, node: ast.AST, owner: Atom, name: str, value: Atom) -> None:
        """`owner.name = value`"""
        cls = self.class_of(owner)
        if cls is None:
            assert type(owner) is not Var  # of an object of a class that only the run knows: an item
            self.refuse(node, "unsupported: a write to an attribute of a global", "pass the object as an argument")
        found = in_classes(cls.__mro__, name)
        if isinstance(found, property):
            if not isinstance(found.fset, types.FunctionType):
                self.refuse(node, f"{name} of {cls.__name__} can't be assigned to", "give the property a setter")
            self.inline(self.as_call(node), as_defined(found.fset), (owner, value), ())
            return
        if is_data_descriptor(found) and not is_slot(found):
            what = f"unsupported: the attribute {name} of {cls.__name__}, which is set by a {type(found).__name__}"
            self.refuse(node, what, "make it a property, or a method")
        instance = instance_of(owner)
        if instance is not None and instance.id in self.merged:
            self.refuse(
                node, "unsupported: an object is changed that may be one of several, chosen by a branch or a loop",
                "make a new object instead of changing it",
            )
        key = self.key(owner, name)
        if type(owner) is Global and key not in self.originals:
            self.originals[key] = self.stored(node, owner, name, MISSING, cls, None) or UNDEFINED
            self.changed_objects[id(owner.value)] = owner
        self.env[key] = value

    def attribute_of(self, name: str | None, pattern: ast.pattern, subject: Condition) -> Condition:
        return subject if name is None else lambda: self.member(pattern, subject(), name, named_after(pattern))

    def own_value(self, node: ast.Attribute, owner: Atom) -> Atom:
        """The attribute of an object that is to be changed in place; of one that is read live, a value of its own."""
        name = self.mangled(node.attr)
        atom = self.member(node, owner, name)
        self.evaluated.pop(node, None)
        return self.made_own(node, atom) or atom

    def made_own(self, node: ast.AST, atom: Atom) -> Atom | None:
        if type(atom) is not Global or atom not in self.read_live:
            return None
        owner, name = self.read_live[atom]
        own = self.emit(node, primitives.pass_through, atom, hint=Var(name, named=True))
        if self.key(owner, name) not in self.env:
            self.set_attribute(node, owner, name, own)
        self.replace(atom, own)
        return own

    # --- making objects ----------------------------------------------------------------------

    def construct(
        self, node: ast.Call, cls: type, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        """`Class(...)`"""
        if is_named_tuple(cls):
            given = self.matched(node, cls.__name__, tuple(fields_of_tuple(cls)), args, kwargs)
            defaults = cls._field_defaults  # type: ignore[attr-defined]
            values = {n: given[n] if n in given else self.held(node, n, defaults[n]) for n in field_names(cls)}
            return self.make_object(node, cls, values, hint)
        reason = why_not_made(cls)
        if reason:
            self.refuse(node, f"unsupported: making an object of {cls.__name__}, {reason}", "make it outside")
        instance = Const(Instance(cls, str(next(_numbers))))
        init = in_classes(cls.__mro__, "__init__")
        if isinstance(init, types.FunctionType) and init.__code__.co_filename.startswith("<") and (
            dataclasses.is_dataclass(cls)
        ):
            self.initialize(node, instance, cls, args, kwargs)
        elif isinstance(init, types.FunctionType):
            self.inline(node, as_defined(init), (instance, *args), kwargs)
        elif args or kwargs:
            self.refuse(node, f"{cls.__name__}() takes no arguments", "give the class an `__init__`")
        return instance

    def initialize(
        self, node: ast.Call, instance: Const, cls: type, args: tuple[Atom, ...],
        kwargs: tuple[tuple[str, Atom], ...],
    ) -> None:
        """What the `__init__` of a dataclass does."""
        parameters = tuple(inspect.signature(cls).parameters.values())
        given = self.matched(node, cls.__name__, parameters, args, kwargs)
        late = []
        for name, field in cls.__dataclass_fields__.items():  # type: ignore[attr-defined]
            if field.init:
                if name in given:
                    atom = given[name]
                elif field.default_factory is not dataclasses.MISSING:
                    atom = self.made_by(node, field.default_factory)
                else:
                    atom = self.held(node, name, field.default)
            elif field.default_factory is not dataclasses.MISSING:
                atom = self.made_by(node, field.default_factory)
            elif field.default is not dataclasses.MISSING:
                atom = self.held(node, name, field.default)
            else:
                continue
            kind = field._field_type.name
            if kind == "_FIELD_INITVAR":
                late.append(atom)
            elif kind == "_FIELD":
                self.env[self.key(instance, name)] = atom
        after = in_classes(cls.__mro__, "__post_init__")
        if isinstance(after, types.FunctionType):
            self.inline(node, after, (instance, *late), ())

    def made_by(self, node: ast.Call, factory: Any) -> Atom:
        """The default that a `default_factory` gives."""
        if factory in (list, dict):
            return self.emit(node, primitives.make_list if factory is list else primitives.make_dict)
        if isinstance(factory, types.FunctionType):
            return self.inline(node, factory, (), ())
        return self.apply(node, Global(factory.__name__, factory, BUILTINS), (), ())

    def make_object(self, node: ast.AST, cls: type, values: Mapping[str, Atom], hint: Hint) -> Var:
        """An object as a value of the program."""
        atoms = {name: self.boxed(node, atom) for name, atom in values.items()}
        pairs = itertools.chain.from_iterable((Const(Field(name)), atom) for name, atom in atoms.items())
        call = Call(Lib(primitives.make_object), (class_global(cls), *pairs))
        result = self.target(hint) if type(hint) is Var else Var(cls.__name__.lower())
        self.out.append(Assign((result,), call, self.origin(node)))
        self.from_parameter[result] = frozenset[int]().union(*map(self.parameters_of, atoms.values()))
        self.classes[result] = cls
        if is_named_tuple(cls):
            self.elements[result] = tuple(values.values())
        return result

    def boxed(self, node: ast.AST, atom: Atom, hint: Hint = None) -> Atom:
        """An atom that a program can hold: an object that is made in the function becomes a value.

        So do the lists, tuples and dicts that hold it.
        """
        known = instance_of(atom) or atom
        if self.values_made is not None and known in self.values_made:
            return self.values_made[known]
        holds_objects = type(atom) is Var and any(isinstance(one, Instance) for one in self.known_objects(atom))
        if not isinstance(known, Instance) and not holds_objects:
            return atom
        outermost = self.values_made is None
        made = self.values_made = {} if self.values_made is None else self.values_made
        try:
            if isinstance(known, Instance):
                result: Atom = self.box(node, known, hint)
                made[known] = result
                for other in dict.fromkeys(a for a in self.env.values() if type(a) is Var):
                    if known in self.known_objects(other):
                        self.boxed(node, other)
            else:
                assert type(atom) is Var
                result = made.setdefault(atom, self.with_boxes(node, atom))
                self.replace(atom, result)
        finally:
            if outermost:
                self.values_made = None
        return result

    def box(self, node: ast.AST, instance: Instance, hint: Hint) -> Var:
        """A value for an object, in the place of its attributes."""
        if instance.id in self.merged:
            self.refuse(node, "unsupported: an object that may be one of several is stored", "store its attributes")
        fields = self.fields(instance)
        for name, atom in fields.items():
            if is_unknown(atom):
                self.defined(node, f"the attribute {name}", atom)
        result = self.make_object(node, instance.cls, fields, hint)
        self.env |= dict.fromkeys((n for n, a in self.env.items() if instance_of(a) is instance), result)
        for name in fields:
            del self.env[f"@{instance.id}.{name}"]
        return result

    def with_boxes(self, node: ast.AST, display: Var) -> Atom:
        """A list, a tuple or a dict that was written out, with values in the place of objects."""
        if display in self.elements:
            items = tuple([self.boxed(node, item) for item in self.elements[display]])
            made = Var(display.hint, display.named)
            make = primitives.make_tuple if display in self.tuples else primitives.make_list
            self.out.append(Assign((made,), Call(Lib(make), items), self.origin(node)))
            self.elements[made] = items
            return made
        entries = {
            k: self.boxed(node, super(ObjectLowering, self).item(node, display, Const(k)) if a is None else a)
            for k, a in self.entries[display].items()
        }
        return self.dict_of(node, [a for k, v in entries.items() for a in (Const(k), v)], display.hint)

    # --- calls -------------------------------------------------------------------------------

    def call_of_value(self, node: ast.Call, hint: Hint) -> Atom:
        if isinstance(node.func, ast.Attribute):
            owner = self.known_owner(node.func.value)
            if owner is not None:
                self.evaluated.pop(node.func.value, None)
                return self.method_call(node, owner, node.func.attr, hint)
        return super().call_of_value(node, hint)

    def method_call(self, node: ast.Call, owner: Atom, name: str, hint: Hint) -> Atom:
        if not self.has_attributes(owner):
            return super().method_call(node, owner, name, hint)
        return self.called(node, self.member(node.func, owner, self.mangled(name)), hint)

    def known_owner(self, node: ast.expr) -> Atom | None:
        """The value of an expression that is an object of a known class, or a class."""
        atom = self.evaluated_owner(node)
        return atom if atom is not None and self.has_attributes(atom) else None

    def evaluated_owner(self, node: ast.expr) -> Atom | None:
        """The value of an expression that may be an object of a known class, or hold such objects.

        What has to be evaluated for that is not evaluated again.
        """
        atom: Atom | None = self.evaluated.get(node)
        match node:
            case ast.Name() if atom is None and (node.id in self.env or node.id not in self.locals):
                atom = self.read(node)
            case ast.Attribute(value=base) if atom is None:
                outer = self.known_owner(base)
                if outer is not None:
                    self.evaluated.pop(base, None)
                    atom = self.evaluated[node] = self.member(node, outer, self.mangled(node.attr))
            case ast.Subscript(value=base) if atom is None:
                outer = self.evaluated_owner(base)
                if outer is not None and self.holds_objects(outer):
                    atom = self.evaluated[node] = self.expression(node)
            case ast.Call() if atom is None:
                atom = self.evaluated[node] = self.expression(node)
        return atom

    def holds_objects(self, atom: Atom) -> bool:
        """Whether a value is a container of objects of a known class, or an object whose class gives it items."""
        return bool(self.known_objects(atom)) or self.described(atom) is not None

    def has_attributes(self, atom: Atom) -> bool:
        """Whether the attributes of a value are known by its class."""
        if self.class_of(atom) is not None or type(atom) is Const and isinstance(atom.value, Super):
            return True
        return type(atom) is Global and is_known_class(atom.value)

    def variable_owner(self, node: ast.Attribute) -> Atom | None:
        """The object of an attribute that is a variable of the lowering, or will be by an assignment to it."""
        owner = self.known_owner(node.value)
        if owner is None or type(owner) is Var and not self.is_computed(owner, node.attr):
            return None
        self.evaluated.pop(node.value, None)
        return owner

    def owner_of_items(self, node: ast.Subscript) -> Atom | None:
        """The object whose class says what is done with `node`, an item of it."""
        owner = self.known_owner(node.value)
        if owner is not None:
            self.evaluated.pop(node.value, None)
        return owner

    def set_item(self, node: ast.AST, owner: Atom, index: Atom, value: Atom) -> None:
        """`owner[index] = value`, of an object of a known class."""
        call = self.as_call(node)
        self.apply(call, self.member(node, owner, "__setitem__"), (index, value), ())

    def check_operands(self, node: ast.AST, fn: Any, args: tuple[Atom, ...]) -> None:
        """Refuse a function that takes an object apart, in a way that the methods of its class decide."""
        called = fn.value if type(fn) is Global or type(fn) is Lib else fn
        is_attribute = len(args) > 1 and is_field(args[1])
        if is_attribute or not (any(map(self.class_of, args)) and (called in ITEMS or takes_apart(called))):
            return
        for arg in args[:1] if called in ITEMS else args:
            cls = self.class_of(arg)
            if type(arg) is Global and not is_user_class(cls):
                continue  # an object of the library that the function is of
            if cls is not None and arg not in self.optional and not issubclass(cls, (tuple, runtime.Record)):
                name = getattr(called, "__name__", "this")
                what = "its items are read" if called in ITEMS else f"`{name}` takes it apart"
                self.refuse(
                    node, f"unsupported: an object of {cls.__name__}, where {what} by methods of the class",
                    "call a method that gives a list or an array of what the object holds",
                )

    def is_computed(self, owner: Var, name: str) -> bool:
        """Whether the class of an object that is a value of the program has a property of a name."""
        return is_data_descriptor(in_classes((self.class_of(owner) or object).__mro__, name))

    def apply(
        self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint = None
    ) -> Atom:
        if type(fn) is Const and isinstance(fn.value, BoundMethod):
            if registry.has_own(fn.value.function):
                return self.by_rule_of_method(node, fn.value.owner, fn.value.function, args, kwargs, hint)
            cls = self.class_of(fn.value.owner)
            if cls is not None and is_named_tuple(cls) and fn.value.function.__name__ == "_replace":
                return self.replaced(node, fn.value.owner, cls, field_names(cls), kwargs)
            return self.inline(node, fn.value.function, (fn.value.owner, *args), kwargs)
        if type(fn) is Global and registry.has_own(fn.value):
            return super().apply(node, fn, args, kwargs, hint)
        cls = self.class_of(fn)
        if cls is not None:
            return self.apply(node, self.member(node, fn, "__call__"), args, kwargs, hint)
        if type(fn) is Var and fn not in self.choices and self.changed_objects:
            check = Lib(runtime.refuse_reader, "tangent.refuse_reader")
            self.perform(node, check, fn, *self.changed_objects.values())
        if type(fn) is Global:
            value = fn.value
            is_method = isinstance(value, types.MethodType) and isinstance(value.__func__, types.FunctionType)
            if is_method and registry.has_own(value.__func__):
                owner = Global(f"{fn.path}.__self__", value.__self__, fn.home)
                return self.by_rule_of_method(node, owner, value.__func__, args, kwargs, hint)
            if is_method and not registry.is_known(value):
                owner = Global(f"{fn.path}.__self__", value.__self__, fn.home)
                return self.inline(node, value.__func__, (owner, *args), kwargs)
            if value is runtime.Record or value is runtime.make_object:
                made = args[0].value if args and type(args[0]) is Global else runtime.Record
                return self.make_object(node, made, dict(kwargs), hint)
            if is_known_class(value) and not issubclass(value, BaseException) and not registry.is_known(value):
                return self.construct(node, value, args, kwargs, hint)
            if value is setattr and (not args or self.class_of(args[0]) is None):
                what = "unsupported: `setattr` on an object of a class that only the run knows"
                self.refuse(node, what, "assign to the attribute by its name: `x.name = value`")
            if (answer := self.known_answer(node, value, args, kwargs)) is not None:
                self.trust(args[0] if args else UNDEFINED)
                return answer
            if self.originals and isinstance(value, types.FunctionType) and not (
                registry.is_known(value) or value in MUTATORS or is_foreign(value)
            ):
                return self.inline(node, value, args, kwargs)  # it may read what the function has assigned to
        return super().apply(node, fn, args, kwargs, hint)

    def by_rule_of_method(
        self, node: ast.Call, owner: Atom, function: types.FunctionType, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        """A call of a method that has a rule: of the function in the class, with the object as its first argument."""
        name = function.__name__
        classes = (self.class_of(owner) or type(getattr(owner, "value", None))).__mro__
        place = class_global(next(c for c in classes if c.__dict__.get(name) is function))
        found = Global(f"{place.path}.{name}", function, place.home)
        return super().apply(node, found, (self.as_value(node, owner), *args), kwargs, hint)

    def known_answer(
        self, node: ast.Call, fn: Any, args: Arguments, kwargs: Keywords
    ) -> Atom | None:
        """What functions such as `isinstance` say of an object whose class is known."""
        if fn is super:
            return self.super_(node, args)
        if not args:
            return None
        if fn is callable and (is_static(args[0]) or type(args[0]) is Global):
            return Const(type(args[0]) is not Global or callable(args[0].value))
        if fn is isinstance and is_literal(args[0]) and type(args[1]) is Global:
            return Const(isinstance(args[0].value, args[1].value))  # type: ignore[union-attr]
        owner, cls = args[0], self.class_of(args[0])
        if cls is None or owner in self.optional:
            return None
        names = [a.value if type(a) is Const else None for a in args[1:2]]
        name = names[0] if names and isinstance(names[0], str) else None
        match fn, args[1:]:
            case builtin, (Global(value=classes),) if builtin is isinstance:
                return Const(issubclass(cls, classes))
            case builtin, (Var() as several,) if builtin is isinstance and several in self.elements:
                return Const(any(issubclass(cls, c.value) for c in self.elements[several] if type(c) is Global))
            case builtin, () if builtin is type:
                return class_global(cls)
            case builtin, () if builtin is callable:
                return Const(in_classes(cls.__mro__, "__call__") is not MISSING)
            case builtin, (_,) if builtin is hasattr and name:
                return Const(self.has(owner, cls, name))
            case builtin, (_, *default) if builtin is getattr and name:
                if default and not self.has(owner, cls, name):
                    return default[0]
                return self.member(node, owner, name)
            case builtin, (_, value) if builtin in SETTERS and name and type(owner) is not Var:
                self.set_attribute(node, owner, name, value)
                return Const(None)
            case replaced, () if replaced is dataclasses.replace:
                return self.replaced(node, owner, cls, tuple(f.name for f in dataclasses.fields(cls) if f.init), kwargs)
            case copied, () if copied in (copy.copy, copy.deepcopy) and (made := instance_of(owner)) is not None:
                return self.twin(node, made, copied is copy.deepcopy, {})
        if fn in (getattr, hasattr, *SETTERS) and type(owner) is not Var:
            self.refuse(node, *limit("attribute by name", f"`{fn.__name__}` with a name that only the run knows"))
        method = UNARY_METHODS.get(fn) if isinstance(fn, type | types.BuiltinFunctionType) else None
        if method and isinstance(in_classes(cls.__mro__, method), types.FunctionType):
            return self.apply(node, self.member(node, owner, method), args[1:], kwargs)
        return None

    def twin(self, node: ast.AST, instance: Instance, is_deep: bool, twins: dict[Instance, Const]) -> Const:
        """A copy of an object; a deep one has copies of the objects and arrays in it."""
        if instance not in twins:
            twins[instance] = twin = Const(Instance(instance.cls, str(next(_numbers))))
            for name, atom in self.fields(instance).items():
                inner = instance_of(atom)
                if is_deep and inner is not None:
                    atom = self.twin(node, inner, is_deep, twins)
                elif is_deep and type(atom) is Var:
                    atom = self.emit(node, Lib(runtime.copy, "tangent.copy"), atom, hint=Var(name, named=True))
                self.env[self.key(twin, name)] = atom
        return twins[instance]

    def has(self, owner: Atom, cls: type, name: str) -> bool:
        if in_classes(cls.__mro__, name) is not MISSING:
            return True
        if type(owner) is Var:
            return name in field_names(cls)
        return self.key(owner, name) in self.env or type(owner) is Global and has_stored(owner.value, name)

    def replaced(self, node: ast.Call, owner: Atom, cls: type, names: tuple[str, ...], kwargs: Keywords) -> Atom:
        """An object like `owner`, with other values of some of its attributes."""
        changes = dict(kwargs)
        values = {n: changes[n] if n in changes else self.member(node, owner, n) for n in names}
        return self.construct(node, cls, (), tuple(values.items()), None)

    def super_(self, node: ast.Call, args: tuple[Atom, ...]) -> Atom:
        if args:
            first, owner = args
            cls = first.value if type(first) is Global else None
        else:
            cell = self.namespace.cells.get("__class__")
            cls = cell.cell_contents if cell is not None else None
            owner = self.env[next(a.arg for a in (*self.source.node.args.posonlyargs, *self.source.node.args.args))]
        if not isinstance(cls, type) or self.class_of(owner) is None:
            self.refuse(node, "unsupported: `super()` of an object of unknown class", "call the method of the class")
        return Const(Super(cls, owner))

    # --- operators ---------------------------------------------------------------------------

    def operate(self, node: ast.AST, fn: Any, *args: Atom, hint: Hint = None) -> Atom:
        classes = [None if a in self.optional else self.class_of(a) for a in args]
        if not any(classes):
            return super().operate(node, fn, *args, hint=hint)
        if fn in (operator.is_, operator.is_not):
            same = all(type(a) is Const for a in args) and args[0].value is args[1].value  # type: ignore[union-attr]
            if any(isinstance(a, Var | Global) for a in args):
                return super().operate(node, fn, *(self.boxed(node, a) for a in args), hint=hint)
            return Const(same == (fn is operator.is_))
        if fn is operator.not_:
            return self.negated(node, args[0], hint)
        for position, cls in enumerate(classes):
            for name in methods_of(fn, position):
                found = in_classes(cls.__mro__, name) if cls is not None else MISSING
                if not isinstance(found, types.FunctionType) or found.__code__.co_filename.startswith("<"):
                    continue
                others = args[:position] + args[position + 1 :]
                self.trust(args[position])
                result = self.inline(self.as_call(node), found, (args[position], *others), ())
                if not (type(result) is Global and result.value is NotImplemented):
                    return result
        if fn in (operator.eq, operator.ne) and all(type(a) is Const for a in args):
            known = [c for c in classes if c is not None and in_classes(c.__mro__, "__eq__") is not object.__eq__]
            if not known:
                return Const((args[0] is args[1]) == (fn is operator.eq))
        return super().operate(node, fn, *(self.boxed(node, a) for a in args), hint=hint)

    def negated(self, node: ast.AST, atom: Atom, hint: Hint) -> Atom:
        truth = self.truth(node, atom)
        return Const(not truth.value) if type(truth) is Const else super().operate(
            node, operator.not_, truth, hint=hint
        )

    def truth(self, node: ast.AST, atom: Atom) -> Atom:
        cls = self.class_of(atom)
        if cls is None or atom in self.optional:
            return super().truth(node, atom)
        self.trust(atom)
        for name in ("__bool__", "__len__"):
            if isinstance(in_classes(cls.__mro__, name), types.FunctionType):
                return self.apply(self.as_call(node), self.member(node, atom, name), (), ())
        return super().truth(node, atom) if type(atom) is Var else Const(True)

    def as_call(self, node: ast.AST) -> ast.Call:
        """A node for errors about a call that the text has in another form."""
        call = ast.Call(ast.Name("", ast.Load()), [], [])
        return ast.copy_location(call, node)

    def prepared(
        self, node: ast.AST, fn: Any, args: Arguments, kwargs: Keywords
    ) -> tuple[Any, Arguments, Keywords]:
        if fn is not primitives.make_tuple and fn is not primitives.make_list and fn is not primitives.make_dict:
            args = tuple([self.boxed(node, a) for a in args])  # what is in a container is one when that is read
            kwargs = tuple([(name, self.boxed(node, a)) for name, a in kwargs]) if kwargs else kwargs
            self.check_operands(node, fn, args)
        return super().prepared(node, fn, args, kwargs)

    def note_result(
        self, node: ast.AST, target: Var, call: Call, args: Arguments, kwargs: Keywords
    ) -> None:
        super().note_result(node, target, call, args, kwargs)
        if is_call_of(call, primitives.make_tuple):
            self.tuples.add(target)

    def unpack_into(
        self, node: ast.AST, targets: tuple[Var, ...], value: Atom, before: int | None = None, after: int | None = None
    ) -> None:
        self.check_operands(node, primitives.unpack, (value,))
        super().unpack_into(node, targets, value, before, after)

    def call_with_results(
        self, node: ast.Call, fn: Global, args: Arguments, kwargs: Keywords, count: int, effect: bool
    ) -> Atom:
        args = tuple([self.boxed(node, a) for a in args])
        kwargs = tuple([(name, self.boxed(node, a)) for name, a in kwargs])
        return super().call_with_results(node, fn, args, kwargs, count, effect)

    # --- branches and loops ------------------------------------------------------------------

    def reconcile(self, node: ast.AST, sides: tuple[Side, Side]) -> None:
        """Let names that stand for different objects behind a branch stand for one whose attributes it yields."""
        first, second = sides
        self.box_on_both(node, sides)
        pairs: dict[tuple[Instance, Instance], Const] = {}
        names = [*first.env]
        for name in names:
            if name not in first.env or name not in second.env or first.env[name] is second.env[name]:
                continue
            one, other = (instance_of(side.env[name]) for side in sides)
            if one is not None and other is not None and one.cls is other.cls:
                if (one, other) not in pairs:
                    pairs[one, other] = self.joined_object(first.env, one, second.env, other)
                    names += [n for n in first.env if n not in names]  # its attributes may be objects as well
                first.env[name] = second.env[name] = pairs[one, other]
            else:
                for side, made in zip(sides, (one, other), strict=True):
                    if made is not None and fields_in(self.env, made):  # before the branch: it stays what it is
                        side.env[name] = Undefined()
                    else:
                        side.env[name] = self.box_in(node, side, side.env[name])
        for name in [n for n in self.env if n.startswith("@")]:
            lost = [side for side in sides if name not in side.env]
            if len(lost) == 2:
                del self.env[name]
            for side in lost[:1] if len(lost) == 1 else []:
                side.env[name] = Undefined()
        super().reconcile(node, sides)

    def box_on_both(self, node: ast.AST, sides: tuple[Side, Side]) -> None:
        """What has become a value on one side of a branch becomes one on the other."""
        for made in dict.fromkeys(one for atom in self.env.values() for one in self.known_objects(atom)):
            if isinstance(made, Instance) and fields_in(self.env, made):
                whole = [side for side in sides if fields_in(side.env, made)]
                if len(whole) == 1:
                    self.box_in(node, whole[0], Const(made))

    def joined_object(self, first: dict[str, Atom], a: Instance, second: dict[str, Atom], b: Instance) -> Const:
        joint = Instance(a.cls, str(next(_numbers)))
        for env, one in ((first, a), (second, b)):
            env |= {joint.place(name): atom for name, atom in fields_in(env, one).items()}
        self.merged |= {a.id, b.id, joint.id}
        return Const(joint)

    def box_in(self, node: ast.AST, side: Side, atom: Atom) -> Atom:
        """Make a value of an object at the end of one side of a branch."""
        outer = self.env, self.out
        self.env, self.out = side.env, side.out
        value = self.boxed(node, atom)
        self.env, self.out = outer
        return value

    def relocate(self, before: dict[str, Atom], after: dict[str, Atom], names: set[str]) -> bool:
        """Prepare another attempt at a loop, if that binds a name to another object: one object stands for all.

        Its attributes are what the loop carries.
        """
        for name in sorted(names):
            old, new = instance_of(before[name]), instance_of(after.get(name))
            if old is new or old is None or name in self.moved:
                continue
            if new is None or new.cls is not old.cls:
                return False
            joint = Instance(old.cls, str(next(_numbers)))
            before |= {joint.place(n): atom for n, atom in fields_in(before, old).items()}
            before[name] = self.moved[name] = Const(joint)
            self.merged |= {old.id, new.id, joint.id}
            return True
        return False

    def values_before(self, after: Mapping[str, Atom]) -> bool:
        for made in dict.fromkeys(one for atom in self.env.values() for one in self.known_objects(atom)):
            if isinstance(made, Instance) and any(f"@{made.id}.{name}" not in after for name in self.fields(made)):
                self.boxed(self.statement, Const(made))
                return True
        return False

    def absent(self, name: str) -> Atom:
        return self.originals.get(name, UNDEFINED)

    def mark(self) -> int:
        return next(_numbers)

    def belongs_outside(self, name: str, mark: int) -> bool:
        if not name.startswith("@"):
            return False
        number = name[1:].partition(".")[0]
        return number.startswith("g") or int(number) < mark

    def is_kept(self, atom: Atom) -> bool:
        return is_static(atom)

    def end_iteration(self, kept: set[str], carried: list[str], new: set[str], mark: int) -> None:
        for name in [n for n in self.moved if n in kept]:  # an object before those that are its attributes
            joint, last = instance_of(self.moved.get(name)), instance_of(self.env[name])
            if joint is not None and last is not None and last is not joint and last.cls is joint.cls:
                self.env |= {joint.place(n): atom for n, atom in fields_in(self.env, last).items()}
                self.env[name] = self.moved[name]
        for name in carried:
            made = instance_of(self.env.get(name))
            if made is not None:
                can_be_stored = made.id not in self.merged and (name not in new or int(made.id) >= mark)
                self.env[name] = self.boxed(self.statement, Const(made)) if can_be_stored else UNDEFINED

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, ObjectLowering)
        self.merged, self.objects = outer.merged, outer.objects
        self.originals, self.changed_objects = outer.originals, outer.changed_objects
        self.read_live, self.live_atoms = outer.read_live, outer.live_atoms
        self.env |= {name: atom for name, atom in outer.env.items() if name.startswith("@")}

    def taken_over(
        self, node: ast.AST, inner: FunctionLowering, given: Mapping[int, Atom], values: tuple[Atom, ...]
    ) -> Atom:
        self.env |= {name: atom for name, atom in inner.env.items() if name.startswith("@")}
        return super().taken_over(node, inner, given, values)


_numbers = itertools.count()
BUILTINS = Namespace({}, {})


def as_defined(method: types.FunctionType) -> types.FunctionType:
    """The method of a library's class by what it is defined by, any other method itself."""
    known = definitions.find(method)
    return known[0] if known and isinstance(known[0], types.FunctionType) else method


def methods_of(fn: Any, position: int) -> Iterator[str]:
    """The methods of an operand of an operator, in the order in which they are tried."""
    if fn in IN_PLACE:
        if position == 0:
            yield f"__i{IN_PLACE[fn].__name__.strip('_')}__"
        fn = IN_PLACE[fn]
    if fn in OPERATORS:
        yield OPERATORS[fn][position]
    elif position == 0:
        yield from (table[fn] for table in (UNARY_METHODS, ITEM_METHODS) if fn in table)


def takes_apart(fn: Any) -> bool:
    """Whether a function of Python or of a library has a derivative that depends on what an argument holds."""
    library = (getattr(fn, "__module__", None) or "builtins").partition(".")[0]
    if library in ("copy", "tangent") or type(fn) is Method:
        return False
    return (library in ("numpy", "scipy") or library in sys.stdlib_module_names) and any(
        rule.form != "nondifferentiable" for rule in registry.find(fn)
    )


def fields_in(env: Mapping[str, Atom], instance: Instance) -> dict[str, Atom]:
    """The attributes of an object that is made in the function."""
    return {name: env[key] for name in instance.names if (key := f"@{instance.id}.{name}") in env}


def instance_of(atom: Atom | None) -> Instance | None:
    """The object that is made in the function which a value stands for."""
    return atom.value if type(atom) is Const and isinstance(atom.value, Instance) else None


def is_static(atom: Atom) -> bool:
    """Whether a program can't hold a value: an object that is made in the function, a method of one, a function."""
    return type(atom) is Const and isinstance(atom.value, Instance | BoundMethod | Super | FunctionValue)


def is_literal(atom: Atom) -> bool:
    return type(atom) is Const and isinstance(atom.value, Literal)
