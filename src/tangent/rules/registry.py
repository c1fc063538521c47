"""Rules: what Tangent knows of a function that it does not differentiate from source.

A rule is declared by a *template*, a function that is never called.  Its first parameter is the result,
the others are the parameters of the function, by the same names.  There are five forms.

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

A template may use temporaries and `if` on arguments (`if axis is None`), and calls functions of its own
module's globals: NumPy's, or helpers of `tangent.runtime`.  What a template reads is what the derivative
keeps from the forward pass, so it reads the cheaper one of arguments and result.

Several functions, and methods (`method("sum")`) and attributes (`attribute("T")`) of arrays, may share one
template.  A function with several calling conventions may have several rules; the first whose parameters
fit the call is used.
"""

from __future__ import annotations

import builtins
import dis
import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from tangent.errors import RuleError

__all__ = [
    "Form", "Key", "Rule", "adjoint", "attribute", "bilinear", "d", "find", "linear", "load_for", "load_later",
    "method", "checked", "nondifferentiable", "partials", "registered", "tangent_", "version",
]

Form = Literal["partials", "linear", "bilinear", "templates", "nondifferentiable"]
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
    constant: tuple[str, ...] = ()
    """The parameters without derivative: the result depends on their shape, dtype or structure alone."""
    container: bool = False
    """Whether the result may be a tuple or a list."""
    gives_namespace: bool = False
    """Whether the result is the module of functions for the arguments (`xp`, in the array API standard)."""

    @property
    def name(self) -> str:
        if isinstance(self.key, MemberKey):
            return self.key.name
        return getattr(self.key, "__name__", repr(self.key))


_rules: dict[Any, list[Rule]] = {}
_later: dict[str, str] = {}
_version = 0


def version() -> int:
    """A number that changes whenever a rule is declared: what was derived before may be out of date."""
    return _version


def registered() -> tuple[Rule, ...]:
    """All rules, in the order in which they were declared."""
    return tuple(rule for rules in _rules.values() for rule in rules)


def find(key: Key) -> tuple[Rule, ...]:
    """The rules of a function, one for each calling convention; empty where there is none.

    The rules of a library that was declared by `load_later` are loaded when one of its functions is asked for.
    """
    load_for(key)
    try:
        return tuple(_rules.get(key, ()))
    except TypeError:  # an unhashable callable has no rule
        return ()


def load_for(key: Key) -> None:
    """Load the rules and definitions of the library of a function, if they are still to be loaded."""
    while (library := _library_of(key)) is not None:
        importlib.import_module(_later.pop(library))


def _library_of(key: Key) -> str | None:
    """The library whose rules are still to be loaded that a function may belong to."""
    if isinstance(key, np.ufunc):  # does not say where it comes from
        return next((library for library in _later if library in sys.modules), None)
    module = f"{getattr(key, '__module__', None)}."
    return next((library for library in _later if module.startswith(f"{library}.")), None)


def load_later(library: str, module: str) -> None:
    """Let `module`, which declares the rules of a library, be imported when they are first needed."""
    _later[library] = module


def _rules_to_change(key: Key) -> list[Rule]:
    global _version
    _version += 1
    return _rules.setdefault(key, [])


def _declare(rule: Rule) -> None:
    _rules_to_change(rule.key).append(rule)


def _template_signature(template: Template) -> tuple[str, inspect.Signature]:
    signature = inspect.signature(template)
    result, *parameters = signature.parameters.values()
    return result.name, inspect.Signature(parameters)


def _declares(form: Form, keys: tuple[Key, ...], **options: Any) -> Declaration:
    def declare(template: Template) -> Template:
        result, signature = _template_signature(template)
        for key in keys:
            _declare(Rule(key, form, signature, result, reverse=template, **options))
        return template

    return declare


def partials(*keys: Key, shares: tuple[str, ...] = ()) -> Declaration:
    """Declare the partial derivatives of elementwise functions.

    The template returns one expression, or a tuple with one for each parameter, None where the function
    has no derivative with respect to it.  `shares` names the parameters whose memory the result may share.
    """
    return _declares("partials", keys, shares=shares)


def linear(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False,
) -> Declaration:
    """Declare functions that are linear in the one parameter `a` for which the template gives `d[a]`.

    `shares` names the parameters whose memory the result may share; `reduction` says that the result is
    a scalar unless `axis` or `keepdims` is given; `constant` names the parameters that have no derivative
    because the result depends on their shape, dtype or structure alone; `container` says that the result may be
    a tuple or a list.
    """
    return _declares("linear", keys, shares=shares, reduction=reduction, constant=constant, container=container)


def bilinear(*keys: Key, constant: tuple[str, ...] = ()) -> Declaration:
    """Declare functions that are linear in each of the two parameters whose `d[...]` the template gives."""
    return _declares("bilinear", keys, constant=constant)


def _declares_mode(keys: tuple[Key, ...], mode: Literal["reverse", "forward"], **options: Any) -> Declaration:
    def declare(template: Template) -> Template:
        result, signature = _template_signature(template)
        for key in keys:
            rule = Rule(key, "templates", signature, result, **options)
            _merge(replace(rule, reverse=template) if mode == "reverse" else replace(rule, forward=template))
        return template

    return declare


def adjoint(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False,
) -> Declaration:
    """Declare the reverse-mode rule of functions: the template assigns `d[argument]` from `d[result]`."""
    return _declares_mode(
        keys, "reverse", shares=shares, reduction=reduction, constant=constant, container=container
    )


def tangent_(
    *keys: Key, shares: tuple[str, ...] = (), reduction: bool = False, constant: tuple[str, ...] = (),
    container: bool = False,
) -> Declaration:
    """Declare the forward-mode rule of functions: the template assigns `d[result]` from `d[argument]`s."""
    return _declares_mode(
        keys, "forward", shares=shares, reduction=reduction, constant=constant, container=container
    )


def nondifferentiable(*keys: Key, shares: tuple[str, ...] = (), gives_namespace: bool = False) -> None:
    """Declare functions whose derivative is zero wherever it exists: integers, booleans, shapes, steps.

    `gives_namespace` says that they return the module of functions for their arguments, as the array API
    standard has it: NumPy's.
    """
    for key in keys:
        _declare(Rule(key, "nondifferentiable", None, shares=shares, gives_namespace=gives_namespace))


def checked(template: Template, keys: tuple[Key, ...]) -> Template:
    """The template of a user's rule, if it can be used.

    Raises:
        RuleError: it reads a name that is not defined, or its parameters are not those of the function.
    """
    known = {*template.__globals__, *dir(builtins), "d"}
    unknown = [i.argval for i in dis.get_instructions(template) if i.opname == "LOAD_GLOBAL" and i.argval not in known]
    if unknown:
        raise RuleError(
            f"the rule {template.__name__} reads {unknown[0]!r}, which is neither a parameter nor a global name",
            f"its parameters are the result and the arguments of the function: {inspect.signature(template)}",
        )
    _, parameters = _template_signature(template)
    for key in keys:
        try:
            own = list(inspect.signature(key).parameters) if not isinstance(key, MemberKey) else None
        except (TypeError, ValueError):  # written in C, without a signature
            own = None
        names = list(parameters.parameters)
        if own is not None and own[: len(names)] != names and "args" not in own:
            raise RuleError(
                f"the rule {template.__name__} has the parameters ({', '.join(names)}) after the result, "
                f"the function ({', '.join(own)})",
                "give the parameters the function's names, in its order",
            )
    return template


def _merge(rule: Rule) -> None:
    """Add one mode's template to the rule that has the other mode's, if its parameters are the same."""
    rules = _rules_to_change(rule.key)
    for position, other in enumerate(rules):
        if other.form == "templates" and str(other.signature) == str(rule.signature):
            rules[position] = replace(
                other,
                reverse=rule.reverse or other.reverse,
                forward=rule.forward or other.forward,
                shares=rule.shares or other.shares,
                reduction=rule.reduction or other.reduction,
                constant=rule.constant or other.constant,
                container=rule.container or other.container,
            )
            return
    rules.append(rule)
