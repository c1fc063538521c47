"""Rules: what Tangent knows of a function that it does not differentiate from source.

A rule is declared by a *template*, a function that is never called.  Its first parameter is the result,
the others are the parameters of the function, by the same names.  There are six forms.

    @partials(np.multiply, operator.mul)      elementwise: the partial derivatives, in the order of the
    def multiply(z, x, y):                    parameters; both modes and broadcasting follow
        return y, x

    @linear(np.sum)                           linear in `a`: the template gives the transpose, the tangent
    def sum_(y, a, axis=None):                is the function itself, applied to the tangent
        d[a] = expand(d[y], a, axis)

    @bilinear(np.matmul)                      linear in each of two parameters: likewise, with the product
    def matmul(z, x, y):                      rule for the tangent
        d[x] = matmul_transpose_left(d[z], x, y)
        d[y] = matmul_transpose_right(d[z], x, y)

    @adjoint(np.prod)                         anything else: one template for each mode, in which `d[x]`
    def prod(y, a, axis=None): ...            is the derivative of `x`
    @tangent_(np.prod)
    def prod(y, a, axis=None): ...

    nondifferentiable(np.floor, np.argmax)    the derivative is zero wherever it exists

    opaque(signal.butter)                     called, and not read: a derivative through it is refused

Solvers, which take functions, are declared in `rules.solvers`.  A function that has no exact derivative, or none that
could be given, is refused with a reason: `refuse`.

A template may use temporaries and `if` on arguments (`if axis is None`), and calls functions of its own
module's globals: NumPy's, or helpers of `tangent.runtime`.  The body of a function that is itself in a module of
rules is put in the place of its call.  What a template reads is what the derivative keeps from the forward pass, so
it reads the cheaper one of arguments and result.

Several functions, and methods (`method("sum")`) and attributes (`attribute("T")`) of arrays, may share one
template.  A function with several calling conventions may have several rules; the first whose parameters
fit the call is used.

Users declare rules by the same forms, see `rules.users`, where they are checked.  Theirs come before those of
libraries, the latest first, and those of a scope (`with tangent.rules(...)`) before both.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from tangent.rules import refused
from tangent.rules.libraries import LIBRARIES, Library, library_of
from tangent.rules.refused import Refusal

__all__ = [
    "Form", "Key", "Refusal", "Rule", "adjoint", "attribute", "bilinear", "d", "declare", "find", "has_own", "hashable",
    "is_known", "linear", "load_for", "load_later", "method", "nondifferentiable", "opaque", "partials", "refusal",
    "refuse", "registered", "replaced", "scope", "shared", "solver", "tangent_", "version",
]

Form = Literal["partials", "linear", "bilinear", "templates", "nondifferentiable", "opaque", "solver"]
Template = Callable[..., Any]
Declaration = Callable[[Template], Template]


class _Derivative:
    """`d[x]` in a template: the derivative of `x`.  It has no meaning outside of templates."""

    def __getitem__(self, key: object) -> Any:
        raise TypeError("d[...] has a meaning only inside the template of a rule")

    __setitem__ = __getitem__


d = _Derivative()


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A method or an attribute of the first argument, whatever that is."""

    name: str
    is_attribute: bool


def method(name: str) -> MemberKey:
    """The method `name` of arrays, as a function of the array and the method's arguments."""
    return MemberKey(name, is_attribute=False)


def attribute(name: str) -> MemberKey:
    """The attribute `name` of arrays, as a function of the array."""
    return MemberKey(name, is_attribute=True)


Key = Callable[..., Any] | MemberKey


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What is known of one calling convention of a function."""

    key: Key
    form: Form
    signature: inspect.Signature | None
    """The parameters of the function, without the result; None fits every call."""
    result: str = "y"
    reverse: Template | None = None
    """The template of the adjoint; for `partials`, of the partial derivatives."""
    forward: Template | None = None
    shares: tuple[str, ...] = ()
    """The parameters whose memory the result may share (a view, or the argument itself)."""
    reduction: bool = False
    """Whether the result is a scalar unless `axis` or `keepdims` is given."""
    shape_of: str = ""
    """The parameter whose shape the result has."""
    constant: tuple[str, ...] = ()
    """The parameters without derivative: the result depends on their shape, dtype or structure alone."""
    container: bool = False
    """Whether the result may be a tuple or a list."""
    instead: str = ""
    """Of a solver: what of its result has a derivative."""
    library: Library | None = None
    """The array library of the function: the template names NumPy's functions, the derivative those of the library."""
    like: Any = None
    """The function of NumPy whose rule a function of another library shares."""
    gives_namespace: bool = False
    """Whether the result is the module of functions for the arguments (`xp`, in the array API standard)."""

    @property
    def name(self) -> str:
        if isinstance(self.key, MemberKey):
            return self.key.name
        return getattr(self.key, "__name__", repr(self.key))


class Identity:
    """A function that can't be hashed, as the key of a table: it is what it is."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and other.value is self.value

    def __getattr__(self, name: str) -> Any:
        return getattr(self.value, name)


def hashable(key: Any) -> Any:
    """What stands in tables for a function."""
    try:
        hash(key)
    except TypeError:
        return Identity(key)
    return key


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Rules by their functions."""

    rules: dict[Any, list[Rule]] = field(default_factory=dict)

    def get(self, key: Any) -> list[Rule]:
        return self.rules.get(hashable(key), [])

    def to_change(self, key: Any) -> list[Rule]:
        return self.rules.setdefault(hashable(key), [])


_built_in = _Table()
_of_users = _Table()
_scopes: ContextVar[tuple[_Table, ...]] = ContextVar("scopes of rules", default=())
_found: dict[Any, tuple[Rule, ...]] = {}
"""What was found outside of scopes, until another rule is declared: of functions that have rules, and of those that
live as long as the process."""
_LASTING = frozenset({"_operator", "builtins", "math", "numpy", "tangent"})
"""The packages of the latter."""
_refusals: dict[Any, Refusal] = {}
_later: dict[str, str] = {}
_changes = itertools.count(1)
_version = 0


def version() -> tuple[Any, ...]:
    """What changes whenever the rules do: what was derived before may be out of date."""
    return (_version, *_scopes.get())


def registered() -> tuple[Rule, ...]:
    """The rules of libraries, in the order in which they were declared; not those of users."""
    return tuple(rule for rules in _built_in.rules.values() for rule in rules)


def find(key: Key) -> tuple[Rule, ...]:
    """The rules of a function, in the order in which they are tried; empty where there is none.

    The rules of a library that was declared by `load_later` are loaded when one of its functions is asked for.
    """
    return find_hashable(hashable(key))


def find_hashable(key: Any) -> tuple[Rule, ...]:
    """The same, of what `hashable` gave."""
    scopes = _scopes.get()
    found = None if scopes else _found.get(key)
    if found is None:
        load_for(key)
        found = tuple([rule for table in (*scopes, _of_users, _built_in) for rule in table.rules.get(key, ())])
        if not scopes and (found or _package(key) in _LASTING):
            _found[key] = found
    return found


def _package(key: Key) -> str:
    return (getattr(key, "__module__", None) or "").partition(".")[0]


def has_own(key: Key) -> bool:
    """Whether a user has declared a rule of a function."""
    return any(table.get(key) for table in (*_scopes.get(), _of_users))


def declare(rule: Rule) -> None:
    """Add a rule of a user's, in place of the one that says the same of the function."""
    global _version
    _add(_of_users, rule)
    _found.clear()
    _version = next(_changes)


def _add(table: _Table, rule: Rule) -> None:
    rules = table.to_change(rule.key)
    merged = rule
    for other in [r for r in rules if _is_same_call(r, rule)]:
        rules.remove(other)
        if other.form == rule.form == "templates":
            merged = _merged(other, rule)
    rules.insert(0, merged)


def _is_same_call(a: Rule, b: Rule) -> bool:
    return str(a.signature) == str(b.signature)


@contextmanager
def scope(rules: Iterable[Rule]) -> Iterator[None]:
    """Let some rules hold in the body of a `with` statement, in this thread alone."""
    table = _Table()
    for rule in rules:
        _add(table, rule)
    token = _scopes.set((table, *_scopes.get()))
    try:
        yield
    finally:
        _scopes.reset(token)


def refusal(key: Any) -> Refusal | None:
    """Why a function is refused, if it is."""
    load_for(key)
    return _refusals.get(hashable(key)) or refused.refusal(key)


def is_known(key: Any) -> bool:
    """Whether a function has rules or is refused: it is not looked into."""
    return bool(find(key)) or refusal(key) is not None


def load_for(key: Key) -> None:
    """Load the rules and definitions of the library of a function, if they are still to be loaded."""
    while (library := _library_of(key)) is not None:
        importlib.import_module(_later.pop(library))


def _library_of(key: Key) -> str | None:
    """The library whose rules are still to be loaded that a function may belong to."""
    if isinstance(key, np.ufunc):  # does not say where it comes from
        return next((library for library in _later if library in sys.modules and library not in LIBRARIES), None)
    module = f"{getattr(key, '__module__', None)}."
    return next((library for library in _later if module.startswith(f"{library}.")), None)


def load_later(library: str, module: str) -> None:
    """Let `module`, which declares the rules of a library, be imported when they are first needed."""
    _later[library] = module


def _rules_to_change(key: Key) -> list[Rule]:
    global _version
    _found.clear()
    _version = next(_changes)
    return _built_in.to_change(key)


def _declare(rule: Rule) -> None:
    _rules_to_change(rule.key).append(replace(rule, library=library_of(rule.key)))


def _template_signature(template: Template) -> tuple[str, inspect.Signature]:
    signature = inspect.signature(template)
    result, *parameters = signature.parameters.values()
    return result.name, inspect.Signature(parameters)


def _declares(form: Form, keys: tuple[Key, ...], names: tuple[str, ...] = (), **options: Any) -> Declaration:
    def declare(template: Template) -> Template:
        result, signature = _template_signature(template)
        if names:
            own = zip(signature.parameters.values(), names, strict=True)
            signature = inspect.Signature([parameter.replace(name=name) for parameter, name in own])
        for key in keys:
            _declare(Rule(key, form, signature, result, reverse=template, **options))
        return template

    return declare


def partials(*keys: Key, shares: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Declaration:
    """Declare the partial derivatives of elementwise functions.

    The template returns one expression, or a tuple with one for each parameter, None where the function
    has no derivative with respect to it.  `shares` names the parameters whose memory the result may share.
    `names` are the functions' names of the parameters, where the template, which serves others too, has its own.
    """
    return _declares("partials", keys, names, shares=shares)


def linear(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False, shape_of: str = "",
) -> Declaration:
    """Declare functions that are linear in the one parameter `a` for which the template gives `d[a]`.

    `shares` names the parameters whose memory the result may share; `reduction` says that the result is
    a scalar unless `axis` or `keepdims` is given; `constant` names the parameters that have no derivative
    because the result depends on their shape, dtype or structure alone; `container` says that the result may be
    a tuple or a list; `shape_of` names the parameter whose shape the result has.
    """
    return _declares(
        "linear", keys, shares=shares, reduction=reduction, constant=constant, container=container, shape_of=shape_of
    )


def bilinear(*keys: Key, constant: tuple[str, ...] = ()) -> Declaration:
    """Declare functions that are linear in each of the two parameters whose `d[...]` the template gives."""
    return _declares("bilinear", keys, constant=constant)


def _declares_mode(keys: tuple[Key, ...], mode: Literal["reverse", "forward"], **options: Any) -> Declaration:
    def declare(template: Template) -> Template:
        result, signature = _template_signature(template)
        for key in keys:
            rule = Rule(key, "templates", signature, result, **options)
            _merge(replaced(rule, mode, template))
        return template

    return declare


def adjoint(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False, shape_of: str = "",
) -> Declaration:
    """Declare the reverse-mode rule of functions: the template assigns `d[argument]` from `d[result]`."""
    return _declares_mode(
        keys, "reverse", shares=shares, reduction=reduction, constant=constant, container=container, shape_of=shape_of
    )


def tangent_(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False, shape_of: str = "",
) -> Declaration:
    """Declare the forward-mode rule of functions: the template assigns `d[result]` from `d[argument]`s."""
    return _declares_mode(
        keys, "forward", shares=shares, reduction=reduction, constant=constant, container=container, shape_of=shape_of
    )


def nondifferentiable(*keys: Key, shares: tuple[str, ...] = (), gives_namespace: bool = False) -> None:
    """Declare functions whose derivative is zero wherever it exists: integers, booleans, shapes, steps.

    `gives_namespace` says that they return the module of functions for their arguments, as the array API
    standard has it: NumPy's.
    """
    for key in keys:
        _declare(Rule(key, "nondifferentiable", None, shares=shares, gives_namespace=gives_namespace))


def refuse(*keys: Key, why: str, instead: str) -> None:
    """Declare functions that are not differentiated, not even from source, and say why.

    They may be called with what has no derivative.
    """
    for key in keys:
        _refusals[key] = Refusal(why, instead)


def opaque(*keys: Key) -> None:
    """Declare functions with source that are called and not read, and have a derivative by none of their arguments."""
    for key in keys:
        _declare(Rule(key, "opaque", None, container=True))


def solver(key: Key, instead: str) -> None:
    """Declare a function that is given functions: what of its result has a derivative says `rules.solvers`.

    The rest has none; `instead` says what to take of it.
    """
    _declare(Rule(key, "solver", None, container=True, instead=instead))


def _merge(rule: Rule) -> None:
    """Add one mode's template to the rule that has the other mode's, if its parameters are the same."""
    rules = _rules_to_change(rule.key)
    for position, other in enumerate(rules):
        if other.form == "templates" and _is_same_call(other, rule):
            rules[position] = _merged(other, rule)
            return
    rules.append(replace(rule, library=library_of(rule.key)))


def shared(library: str, functions: Mapping[str, str]) -> None:
    """Let functions of a library have the rules of NumPy's, whose parameters are theirs, in the same order.

    `functions` gives for NumPy's functions those of the library, by their paths.  The parameters keep the names that
    they have in the library.  Of several rules it is the one with the fewest parameters.
    """
    for path, own in functions.items():
        of_numpy: Any = functools.reduce(getattr, path.split("."), np)
        key = LIBRARIES[library].object(own)
        parameters = list(inspect.signature(key).parameters.values())
        rules = [(len(r.signature.parameters), r) for r in find(of_numpy) if r.signature is not None]
        if not rules:
            _declare(Rule(key, "nondifferentiable", None, like=of_numpy))
            continue
        count, rule = min(rules, key=lambda pair: pair[0])
        assert rule.signature is not None
        pairs = list(zip(rule.signature.parameters.items(), parameters[:count], strict=True))
        signature = inspect.Signature([o.replace(default=p.default, annotation=o.empty) for (_, p), o in pairs])
        names = {old: new.name for (old, _), new in pairs}
        constant = tuple(names[name] for name in rule.constant)
        _declare(replace(rule, key=key, signature=signature, constant=constant, shares=(), like=of_numpy))


def replaced(rule: Rule, mode: Literal["reverse", "forward"], template: Template) -> Rule:
    """A rule with the template of a mode."""
    return replace(rule, reverse=template) if mode == "reverse" else replace(rule, forward=template)


def _merged(other: Rule, rule: Rule) -> Rule:
    """A rule with what another says for the other mode."""
    return replace(
        other,
        reverse=rule.reverse or other.reverse,
        forward=rule.forward or other.forward,
        shares=rule.shares or other.shares,
        reduction=rule.reduction or other.reduction,
        constant=rule.constant or other.constant,
        container=rule.container or other.container,
        shape_of=rule.shape_of or other.shape_of,
    )
