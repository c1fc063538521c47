"""Questions about classes and objects that exist when a derivative is made."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tangent.frontend.expressions import MISSING
from tangent.ir.nodes import Global, Namespace
from tangent.rules.definitions import is_known_class
from tangent.runtime.structure import Record

__all__ = [
    "Described", "Items", "behind", "class_global", "described", "described_attribute", "field_names",
    "fields_of_tuple", "has_stored", "in_classes", "is_computed", "is_data_descriptor", "is_field_of_tuple",
    "is_named_tuple", "is_slot", "why_not_made",
]


@dataclass(frozen=True, slots=True)
class Items:
    """A container whose items are all of one class, or such containers themselves."""

    of: Described | None
    """None for a container without items."""
    in_dict: bool = False
    is_promised: bool = False
    """Whether an annotation alone says so."""


Described = type | Items

SEQUENCES = (
    list, tuple, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Iterable,
    collections.abc.Collection,
)
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def described(annotation: Any, names: Mapping[str, Any]) -> Described | None:
    """What an annotation says of an object or of the objects in a container; as a text it is of these names."""
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, dict(names))
        except (NameError, AttributeError, TypeError, SyntaxError):  # names for type checkers alone
            return None
    if is_known_class(annotation):
        is_general = getattr(annotation, "__abstractmethods__", None) or getattr(annotation, "_is_protocol", False)
        return None if is_general else annotation
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    inner = None
    if origin in SEQUENCES and (len(args) == 1 or args[1:] == (...,)):
        inner = described(args[0], names)
    elif origin in MAPPINGS:
        inner = described(args[1], names)
    return Items(inner, origin in MAPPINGS, is_promised=True) if inner is not None else None


def described_attribute(cls: type, name: str) -> Described | None:
    """What a class says of an attribute of its objects, by an annotation."""
    for c in cls.__mro__:
        found = inspect.get_annotations(c).get(name)
        if found is not None:
            module = sys.modules.get(c.__module__)
            return described(found, vars(module) if module is not None else {})
    return None


def in_classes(classes: tuple[type, ...], name: str) -> Any:
    """What the first of some classes that has an attribute has for it; what records have is a matter of the run."""
    return next((vars(c)[name] for c in classes if name in vars(c) and c is not Record), MISSING)


def behind(cls: type, first: type) -> tuple[type, ...]:
    """The classes in which `super()` of an object of a class looks, where it is called in a method of `first`."""
    return cls.__mro__[cls.__mro__.index(first) + 1 :]


def is_slot(found: Any) -> bool:
    return isinstance(found, types.MemberDescriptorType)


def is_computed(found: Any) -> bool:
    """Whether what a class has for an attribute is no value of the attribute: a method, a property and their like."""
    return found is not MISSING and hasattr(type(found), "__get__") and not is_slot(found)


def is_data_descriptor(found: Any) -> bool:
    return found is not MISSING and hasattr(type(found), "__set__") and not is_slot(found)


def has_stored(value: Any, name: str) -> bool:
    """Whether an object itself has an attribute, which is not computed when it is read."""
    if name in getattr(value, "__dict__", ()):
        return True
    found = in_classes(type(value).__mro__, name)
    return (is_slot(found) or is_field_of_tuple(type(value), name)) and hasattr(value, name)


def is_named_tuple(cls: type) -> bool:
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


def is_field_of_tuple(cls: type, name: str) -> bool:
    return is_named_tuple(cls) and name in cls._fields  # type: ignore[attr-defined]


def fields_of_tuple(cls: type) -> Iterator[inspect.Parameter]:
    for name in cls._fields:  # type: ignore[attr-defined]
        default = cls._field_defaults.get(name, inspect.Parameter.empty)  # type: ignore[attr-defined]
        yield inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)


def field_names(cls: type) -> tuple[str, ...]:
    if dataclasses.is_dataclass(cls):
        return tuple(f.name for f in dataclasses.fields(cls))
    return tuple(getattr(cls, "_fields", ()))


def why_not_made(cls: type) -> str:
    """Why the making of an object can't be followed; empty where it can."""
    if in_classes(cls.__mro__, "__new__") is not vars(object)["__new__"]:
        return "which has a `__new__` of its own"
    if type(cls).__call__ is not type.__call__:
        return "whose metaclass makes it"
    if getattr(cls, "__abstractmethods__", None):
        return "which is abstract"
    if in_classes(cls.__mro__, "__setattr__") is not object.__setattr__ and not (
        dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    ):
        return "which has a `__setattr__` of its own"
    if hasattr(cls, "__getattr__"):
        return "which has a `__getattr__` of its own"
    if in_classes(cls.__mro__, "__getattribute__") is not vars(object)["__getattribute__"]:
        return "which has a `__getattribute__` of its own"
    if any(not is_known_class(c) and c is not object for c in cls.__mro__ if c.__module__ not in ("abc", "typing")):
        return "which inherits from a class that is not written in Python"
    return ""


def class_global(cls: type) -> Global:
    """A class by the name that its module has for it."""
    module = sys.modules.get(cls.__module__)
    found: Any = module
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    if found is cls and module is not None:
        return Global(cls.__qualname__, cls, Namespace(module.__dict__, {}))
    return Global(cls.__name__, cls, Namespace({cls.__name__: cls}, {}))
