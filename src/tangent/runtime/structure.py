"""Derivatives of nested values: zeros, sums, copies, and the checks on what a caller passes in.

The derivative of a list is a list, of a dict a dict of its values.  The derivative of a tuple is a list while it is
accumulated, element by element, and that of an object a `Record` of its attributes; `match_structure` makes a tuple and
an object of that class of them.  What holds no numbers (None, a string, a function) has the derivative 0.0.  Where all
elements of a list are numbers, an array of them may stand for the list until `match_structure`.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import sys
import types
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar, overload

import numpy as np

from tangent.errors import SeedError, UnsupportedError
from tangent.runtime.arrays import is_array, kind_of, library_of, shape_of
from tangent.runtime.scalars import SCALAR
from tangent.runtime.sparse import check_factors

__all__ = [
    "Record", "add", "as_lists", "as_record", "check_class", "check_scalars", "check_seed", "check_tangent", "copy",
    "fields_of", "is_user_class", "make_object", "makes_itself", "match_structure", "parts_of", "register_pytree",
    "shallow_copy", "writable", "zeros_like",
]


class Record:
    """The derivative of an object: its attributes; those that objects share, as their class has them, are zero.

    Of a named tuple, the attributes are items as well.  What the items of another object are, its class decides.
    """

    __slots__ = ("__dict__", "_class")

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)
        self._class: type = Record

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_class":
            raise AttributeError(name)
        if not vars(self) and self._class is not Record and not is_user_class(self._class):
            return 0.0  # of an enum, a date: no attribute has a derivative
        found = getattr(self._class, name, None)
        if isinstance(found, (np.ndarray, *SCALAR)):
            return zeros_like(found)
        raise UnsupportedError(
            f"unsupported: {name} of an object of {self._class.__name__}, which is no variable that the object holds, "
            "where the class of the object is known to the run alone",
            f"annotate the parameter with the class, `: {self._class.__name__}`, or compute it in the function",
        )

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [*self][key]
        return getattr(self, key if isinstance(key, str) else self._names()[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, slice):
            self.__dict__.update(zip(self._names()[key], value, strict=True))
        else:
            setattr(self, key if isinstance(key, str) else self._names()[key], value)

    def __iter__(self) -> Iterator[Any]:
        return map(vars(self).__getitem__, self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> list[str]:
        """The attributes in the order of the items."""
        if self._class is not Record and not issubclass(self._class, tuple):
            raise UnsupportedError(
                f"unsupported: items of an object of {self._class.__name__}, whose class is known to the run alone",
                f"annotate the parameter with the class, `: {self._class.__name__}`",
            )
        return [*vars(self)]

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


SEQUENCES = (list, tuple, Record)
"""What derivatives of lists, tuples and named tuples are."""

_registered: dict[type, tuple[str, ...] | None] = {}

Class = TypeVar("Class", bound=type)


@overload
def register_pytree(cls: Class, fields: Iterable[str] | None = None) -> Class: ...
@overload
def register_pytree(cls: None = None, fields: Iterable[str] | None = None) -> Callable[[Class], Class]: ...
def register_pytree(cls: type | None = None, fields: Iterable[str] | None = None) -> Any:
    """Let derivatives with respect to objects of a class be objects of that class.

    Dataclasses and named tuples need no registration.  With respect to an object of another class, a derivative is a
    `tangent.Record` with its attributes.  With registration it is a copy of the object, made
    without a call of `__init__`, with the derivatives in the place of its attributes.

    Args:
        cls: the class; without it, the call gives a decorator.
        fields: the attributes that hold what is differentiated; all that an object has, where they are left out.
            Others are what they are in the object itself.

    Returns:
        The class.

    >>> import tangent
    >>> @tangent.register_pytree
    ... class Line:
    ...     def __init__(self, slope, offset):
    ...         self.slope, self.offset = slope, offset
    >>> def height(line, x):
    ...     return line.slope * x + line.offset
    >>> tangent.grad(height)(Line(2.0, 1.0), 3.0).slope
    3.0
    """
    if cls is None:
        return lambda cls: register_pytree(cls, fields)
    if not isinstance(cls, type):
        raise TypeError(f"register_pytree takes a class, not {cls!r}")
    _registered[cls] = None if fields is None else tuple(fields)
    return cls


def fields_of(x: Any) -> tuple[str, ...] | None:
    """The attributes of an object; None for what is none: numbers, arrays, lists, functions."""
    cls = type(x)
    if cls in _LEAVES:
        return None
    if cls in _registered and (fields := _registered[cls]) is not None:
        return fields
    if isinstance(x, tuple):
        return getattr(cls, "_fields", None)
    if dataclasses.is_dataclass(x):
        return tuple([field.name for field in dataclasses.fields(cls)])
    if cls is Record or cls is types.SimpleNamespace:
        return tuple(vars(x))
    if cls in _registered or is_user_class(cls):
        slots = [name for c in cls.__mro__ for name in _slots(c) if hasattr(x, name)]
        return (*slots, *getattr(x, "__dict__", ()))
    return None


def parts_of(x: Any) -> Collection[Any] | None:
    """What a container or an object holds; None for what is none of the two."""
    if isinstance(x, dict):
        return x.values()
    if (names := fields_of(x)) is not None:
        return [getattr(x, name) for name in names if hasattr(x, name)]
    return x if isinstance(x, (list, tuple)) else None


def _is_made(cls: type) -> bool:
    """Whether derivatives with respect to objects of a class are objects of that class."""
    return cls in _registered or dataclasses.is_dataclass(cls) or issubclass(cls, (tuple, types.SimpleNamespace))


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    names = (slots,) if isinstance(slots, str) else slots
    return tuple([name for name in names if name not in ("__dict__", "__weakref__")])


def is_user_class(cls: Any) -> bool:
    """Whether something is a class of objects with attributes that is written in Python, and of no known library.

    So are the classes of rules, which stand for those of a library.
    """
    if not isinstance(cls, type) or not cls.__flags__ & _HEAP_TYPE or issubclass(cls, _NO_OBJECTS):
        return False
    if cls.__module__.startswith("tangent.rules.scipy."):
        return True
    package = cls.__module__.partition(".")[0]
    return package not in _LIBRARIES and not package.startswith("_cython")  # the class of compiled functions


_HEAP_TYPE = 1 << 9
_NO_OBJECTS = (
    type, BaseException, list, dict, set, frozenset, str, bytes, int, float, complex, np.ndarray, enum.Enum
)
_PLAIN = (
    type(None), str, bytes, *SCALAR, complex, list, tuple, dict, set, frozenset, range, slice, type, types.ModuleType,
    types.FunctionType, types.BuiltinFunctionType, types.MethodType,
)
"""What has no attributes that a program computes with, or is gone through item by item."""
_LEAVES = frozenset({float, int, bool, complex, str, type(None), np.ndarray, np.float64, list, dict, tuple})
_LIBRARIES = frozenset({"numpy", "scipy", "torch", "jax", "jaxlib", "tensorflow", "tangent"}) | (
    sys.stdlib_module_names - {"__main__"}
)


def make_object(cls: type, **fields: Any) -> Any:
    """An object of a class with these attributes; its `__init__` is not called."""
    if issubclass(cls, tuple):
        return cls(**fields)
    made = object.__new__(cls)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def check_scalars(*values: Any) -> None:
    """Refuse arrays where a function is annotated to take numbers: its derivative was made for numbers.

    Raises:
        SeedError: one of the values, a seed, a tangent or an argument, is an array or a container, or complex.
    """
    for value in values:
        if value is None:
            raise SeedError("a number was left out that the derivative needs", "pass all arguments and tangents")
        if type(value) is not float and isinstance(value, complex):
            raise SeedError("a complex number was passed, and the function is annotated to take real ones",
                            "pass its real and its imaginary part")
        if type(value) is not float and not isinstance(value, SCALAR) and getattr(value, "ndim", 1) != 0:
            got = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
            raise SeedError(
                f"{got} was passed, and the function is annotated to take numbers",
                "pass numbers, or annotate the arguments as arrays (`np.ndarray`), or not at all",
            )


def check_class(x: Any, cls: type) -> None:
    """Refuse an object of another class than the one whose methods a derivative was made of.

    Raises:
        UnsupportedError: the class is another one.
    """
    if type(x) is not cls:
        raise UnsupportedError(
            f"unsupported: an object of {type(x).__qualname__}, where the derivative was made for {cls.__qualname__}",
            "annotate the parameter with the class of the object",
        )


def makes_itself(cls: type, fields: Iterable[str]) -> bool:
    """Whether a call of a class with these attributes makes just an object with these attributes."""
    names = list(fields)
    if cls is Record or hasattr(cls, "_fields"):
        return True
    if not dataclasses.is_dataclass(cls) or hasattr(cls, "__post_init__"):
        return False
    return [f.name for f in dataclasses.fields(cls) if f.init] == names == [f.name for f in dataclasses.fields(cls)]


def as_record(x: Any) -> Any:
    """A derivative whose objects, at any depth, are records, which have no properties."""
    if isinstance(x, list):
        return [as_record(item) for item in x]
    if isinstance(x, dict):
        return {key: as_record(item) for key, item in x.items()}
    if (names := fields_of(x)) is not None:
        return _record(_class_of(x), {name: as_record(getattr(x, name)) for name in names})
    if isinstance(x, tuple):
        return tuple([as_record(item) for item in x])
    return _record(type(x), {}) if _is_other_object(x) else x


def _is_other_object(x: Any) -> bool:
    """Whether a value is an object of a library, or of an enum: one that no derivative goes through."""
    return not isinstance(x, _PLAIN) and not hasattr(x, "__array_function__") and library_of(x) is None


def _record(cls: type, values: dict[str, Any]) -> Record:
    """The derivative of an object of a class."""
    made = Record(**values)
    made._class = cls
    return made


def _class_of(x: Any) -> type:
    """The class of an object, or of the one that a derivative belongs to."""
    return x._class if isinstance(x, Record) else type(x)


def sequence_like(like: Any, items: Any) -> Any:
    """The derivative of a list, a tuple or a named tuple, of those of its items."""
    names = fields_of(like)
    if names is None:
        return list(items)
    made = _record(_class_of(like), dict.fromkeys(names))
    made[:] = items
    return made


def _with_fields(x: Any, values: dict[str, Any]) -> Any:
    """A copy of an object with other values of its attributes."""
    if isinstance(x, tuple):
        return type(x)(**values)
    made = _twin(x)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def _twin(x: Any) -> Any:
    """Another object with the attributes of `x`: `copy.copy` may give `x` itself, as the class decides."""
    made = object.__new__(type(x))
    for name in (*(n for cls in type(x).__mro__ for n in _slots(cls)), *getattr(x, "__dict__", ())):
        if hasattr(x, name):
            object.__setattr__(made, name, getattr(x, name))
    return made


def zeros_like(x: Any) -> Any:
    """A floating-point zero for every number in `x`, in the same structure, with lists for tuples."""
    if type(x) is float:
        return 0.0
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, x.dtype if x.dtype.kind in "fc" else np.float64)
    if isinstance(x, np.generic):
        return x.dtype.type(0) if x.dtype.kind in "fc" else 0.0
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return [zeros_like(item) for item in x]
    if isinstance(x, dict):
        return _like_dict(x, {key: zeros_like(item) for key, item in x.items()}, zeros_like)
    if (names := fields_of(x)) is not None:
        return _record(_class_of(x), {name: zeros_like(getattr(x, name)) for name in names})
    if hasattr(x, "__array_function__"):
        return np.zeros_like(x)
    if (library := library_of(x)) is not None:
        return library.zeros_like(x)
    if _is_other_object(x):
        return _record(type(x), {})
    return 0j if isinstance(x, complex) else 0.0


def add(a: Any, b: Any) -> Any:
    """The sum of two derivatives of one value; of a dict, those keys may be left out that get none."""
    if (names := fields_of(a)) is not None or (names := fields_of(b)) is not None:
        a, b = as_record(a), as_record(b)
        return _record(a._class, {name: add(getattr(a, name), getattr(b, name)) for name in names})
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        items = [add(x, y) for x, y in zip(a, b, strict=True)]
        return tuple(items) if isinstance(a, tuple) and isinstance(b, tuple) else items
    if isinstance(a, dict):
        return {**a, **b, **{key: add(a[key], b[key]) for key in a if key in b}}
    return a + b


def copy(x: Any) -> Any:
    """A copy of `x` that shares no memory with it."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, SCALAR):
        return x
    if isinstance(x, list):
        return [copy(item) for item in x]
    if isinstance(x, tuple):
        return _like_tuple(x, [copy(item) for item in x])
    if isinstance(x, set):
        return set(x)
    if isinstance(x, dict):
        return _like_dict(x, {key: copy(item) for key, item in x.items()}, copy)
    names = fields_of(x)
    return x if names is None else _with_fields(x, {name: copy(getattr(x, name)) for name in names})


def shallow_copy(x: Any) -> Any:
    """A copy of `x` whose items, where it is a list, a dict or a set, are the same objects."""
    if isinstance(x, (np.ndarray, list, dict, set)):
        return x.copy()
    if isinstance(x, tuple) or fields_of(x) is None:
        return x
    return _twin(x)


def writable(b: Any) -> Any:
    """A derivative to be written in place: an array for a number, which arithmetic makes of arrays without axes."""
    return np.array(b) if isinstance(b, SCALAR) else b


def as_lists(b: Any) -> Any:
    """A derivative with lists in the place of tuples and records in that of objects, to be accumulated item by item."""
    if (names := fields_of(b)) is not None:
        return _record(_class_of(b), {name: as_lists(getattr(b, name)) for name in names})
    if isinstance(b, (list, tuple)):
        return [as_lists(item) for item in b]
    if isinstance(b, dict):
        return {key: as_lists(item) for key, item in b.items()}
    return b


def match_structure(gradient: Any, like: Any) -> Any:
    """Turn the lists in `gradient` into tuples and named tuples where `like` has such.

    Of a dict, the items are those that `like` has.
    """
    if isinstance(like, SCALAR) or is_array(like):
        return gradient
    if (names := fields_of(like)) is not None:
        is_record = fields_of(gradient) is not None
        given = as_record(gradient) if is_record else Record(**dict(zip(names, gradient, strict=True)))
        values = {name: match_structure(getattr(given, name), getattr(like, name)) for name in names}
        return _with_fields(like, values) if _is_made(type(like)) else _record(type(like), values)
    if isinstance(like, tuple):
        return _like_tuple(like, _match_items(gradient, like))
    if isinstance(like, list):
        return _match_items(gradient, like)
    if isinstance(like, dict):
        return {k: match_structure(gradient[k], v) if k in gradient else zeros_like(v) for k, v in like.items()}
    return gradient


def _match_items(gradient: Any, like: Any) -> list[Any]:
    return [match_structure(item, element) for item, element in zip(gradient, like, strict=True)]


def check_seed(seed: Any, result: Any = 0.0, of_complex: bool = False) -> None:
    """Refuse a seed that does not have the shape and structure of the result (a scalar where it is left out).

    Raises:
        SeedError: the shapes differ, or the seed is an array of integers.
        UnsupportedError: the result is complex, and the derivative is not `of_complex` numbers.
    """
    if (isinstance(result, float) and isinstance(seed, float)) or _agrees(seed, result):
        return
    if is_structure(result):
        for part, item in _parts(seed, result, f"the function returned a {type(result).__name__}", "seed"):
            check_seed(part, item, of_complex)
        return
    if not of_complex:
        _refuse_complex(result, "the function returned a complex value of what is not declared as complex")
    _check_leaf(seed, result, "seed", _explain_seed)


def check_tangent(tangent: Any, argument: Any, of_complex: bool = False) -> None:
    """Refuse a tangent that does not have the shape and structure of the argument that it belongs to.

    Raises:
        SeedError: the shapes differ, or the tangent is an array of integers.
        UnsupportedError: the argument is complex, and the derivative is not `of_complex` numbers.
    """
    if (isinstance(argument, float) and isinstance(tangent, float)) or _agrees(tangent, argument):
        return
    if is_structure(argument):
        for part, item in _parts(tangent, argument, f"the argument is a {type(argument).__name__}", "tangent"):
            check_tangent(part, item, of_complex)
        return
    if not of_complex:
        _refuse_complex(argument, "the argument is complex and not declared so")
    _check_leaf(tangent, argument, "tangent", _explain_tangent)


def _refuse_complex(value: Any, what: str) -> None:
    if isinstance(value, complex) or kind_of(value) == "c":
        raise UnsupportedError(f"unsupported: {what}", "annotate it: `z: complex`, or `z: NDArray[np.complex128]`")


def _check_leaf(given: Any, value: Any, word: str, explain: Callable[[Any, Any], tuple[str, str]]) -> None:
    """Refuse what is not a number or an array of the shape of `value`."""
    check_factors(given, value)
    if isinstance(given, SCALAR) and isinstance(value, SCALAR):
        return
    if given is None:
        raise SeedError(f"the {word} was left out", f"pass the {word} after the arguments, or by its name")
    if is_structure(given) or shape_of(given) != shape_of(value):
        raise SeedError(*explain(given, value))
    if kind_of(given) not in "fc":
        raise SeedError(f"the {word} is an array of integers; a derivative is real", "pass an array of floats")


def _agrees(given: Any, value: Any) -> bool:
    """Whether a seed or a tangent needs no closer look: floats, arrays of floats of one shape, or lists of those."""
    if isinstance(value, float):
        return isinstance(given, float)
    if isinstance(value, np.ndarray):
        return (
            isinstance(given, np.ndarray) and type(value) is not np.matrix and given.shape == value.shape
            and given.dtype.kind == "f" and value.dtype.kind != "c"
        )
    if isinstance(value, (list, tuple)) and isinstance(given, (list, tuple)):
        return len(given) == len(value) and all(map(_agrees, given, value))
    return False


def _explain_seed(seed: Any, result: Any) -> tuple[str, str]:
    if isinstance(seed, SCALAR):
        what = f"the function returned an array of shape {shape_of(result)}"
        library = library_of(result)
        sums = "np.sum, np.mean" if library is None else library.SUM
        return f"{what}, and a gradient needs a scalar-valued function", (
            f"reduce the result to a scalar ({sums}), or pass a seed of the shape of the result "
            "(tangent.autodiff, tangent.vjp)"
        )
    got = type(seed).__name__ if is_structure(seed) else f"array of shape {shape_of(seed)}"
    returned = "a scalar" if isinstance(result, SCALAR) else f"an array of shape {shape_of(result)}"
    what = f"the seed is of another shape than the result: {got} for {returned}"
    return what, "pass a seed of the same shape"


def _explain_tangent(tangent: Any, argument: Any) -> tuple[str, str]:
    got = type(tangent).__name__ if is_structure(tangent) else f"of shape {shape_of(tangent)}"
    what = f"a tangent is of another shape than its argument: {got} for {shape_of(argument)}"
    return what, "pass a tangent of the same shape"


def _parts(seed: Any, value: Any, what: str, word: str) -> list[tuple[Any, Any]]:
    """The parts of a seed, each with the part of the value that it belongs to, if that holds numbers."""
    if isinstance(value, dict):
        if not isinstance(seed, dict) or seed.keys() != value.keys():
            raise SeedError(f"{what} with the keys {list(value)}", f"pass a dict of {word}s with these keys")
        pairs = [(seed[key], item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        if not isinstance(seed, (list, tuple)) or len(seed) != len(value):
            raise SeedError(f"{what} of {len(value)} values", f"pass a {word} for each of them")
        pairs = list(zip(seed, value, strict=True))
    else:
        if type(seed) is not type(value) and not isinstance(seed, Record):
            raise SeedError(what, f"pass an object of this class that holds the {word}s")
        pairs = [(getattr(seed, name), getattr(value, name)) for name in fields_of(value) or ()]
    return [(part, item) for part, item in pairs if isinstance(item, SCALAR) or is_array(item) or is_structure(item)]


def map_leaves(function: Callable[..., Any], value: Any, *others: Any) -> Any:
    """The structure of `value` with `function` of each leaf, and of the leaves of `others` at the same place."""
    if isinstance(value, (list, tuple)):
        items = [map_leaves(function, *parts) for parts in zip(value, *others, strict=True)]
        return _like_tuple(value, items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        made = {key: map_leaves(function, item, *(o[key] for o in others)) for key, item in value.items()}
        return made if others else _like_dict(value, made, lambda item: map_leaves(function, item))
    if (names := fields_of(value)) is not None:
        parts = {n: map_leaves(function, *(getattr(x, n) for x in (value, *others))) for n in names}
        return _with_fields(value, parts)
    return function(value, *others)


def is_structure(x: Any) -> bool:
    return isinstance(x, (list, tuple, dict)) or fields_of(x) is not None


def _like_dict(like: dict[Any, Any], items: dict[Any, Any], function: Callable[[Any], Any]) -> dict[Any, Any]:
    """The dict of `items`, with a default value where `like` has one: `function` of that."""
    make = getattr(like, "default_factory", None)
    return items if make is None else collections.defaultdict(lambda: function(make()), items)


def _like_tuple(like: tuple[Any, ...], items: list[Any]) -> tuple[Any, ...]:
    make = getattr(type(like), "_make", None)
    return make(items) if make is not None else tuple(items)
