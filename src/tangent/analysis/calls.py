"""What a call is to the transforms: a rule, a function to be differentiated from source, or neither."""

from __future__ import annotations

import functools
import inspect
import operator
import sys
import types
from collections.abc import Container, Mapping
from typing import Any, Literal, TypeGuard

import numpy as np

from tangent import runtime
from tangent.errors import MissingRuleError
from tangent.frontend.unsupported import LIMITS
from tangent.ir import primitives
from tangent.ir.nodes import Call, Const, Expr, FString, GeneratedFunction, Global, Lib, Method, Origin
from tangent.ir.primitives import UPDATES
from tangent.rules import registry
from tangent.rules.libraries import library_of
from tangent.rules.refused import refusal
from tangent.rules.registry import Key, Rule
from tangent.runtime.traced import is_traced

__all__ = [
    "GRIDS", "JOINS", "PLAIN_OPERATORS", "STRUCTURAL", "Source", "bind", "changes_operand", "function_of",
    "in_one_direction", "is_augmented", "is_foreign", "is_nondifferentiable", "is_of_runtime", "is_one_of", "is_update",
    "missing_rule", "primitive_of", "rule_of", "signature_of", "source_function", "without_derivative",
]

Source = types.FunctionType | GeneratedFunction
"""A function that is differentiated from what it says."""

PLAIN_OPERATORS: dict[Any, Any] = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv, operator.imod: operator.mod,
    operator.ipow: operator.pow, operator.imatmul: operator.matmul, operator.ilshift: operator.lshift,
    operator.irshift: operator.rshift, operator.ior: operator.or_, operator.ixor: operator.xor,
    operator.iand: operator.and_,
}
"""In-place operators, as values the same as the plain ones."""

_UPDATES: frozenset[Any] = UPDATES | {runtime.add_at}

_CHANGING = _UPDATES | PLAIN_OPERATORS.keys()

STRUCTURAL: frozenset[Any] = _UPDATES | {
    operator.getitem, primitives.element, primitives.make_tuple, primitives.make_list, primitives.make_dict,
    primitives.make_object,
    primitives.unpack, primitives.pass_through, primitives.solution,
}
"""The primitives whose derivatives the transforms themselves know."""

UNREAD = ("tangent.api", "tangent.runtime.traced")
"""Modules of Tangent's whose functions are called and not read."""
_WITHOUT_SOURCE = frozenset({types.BuiltinFunctionType, np.ufunc, type})
_ALWAYS_HASHABLE = (types.FunctionType, np.ufunc, type)

JOINS: tuple[type, ...] = type(np.r_).__mro__[1:2]
"""The class of `np.r_` and `np.c_`."""
GRIDS: tuple[type, ...] = (*JOINS, *type(np.mgrid).__mro__[1:2])
"""Theirs, and that of `np.mgrid` and `np.ogrid`."""

_NO_DERIVATIVE = frozenset({
    slice, primitives.format_percent, primitives.raise_, primitives.assert_, primitives.caught, primitives.enter,
    primitives.leave, print,
})


def function_of(call: Call) -> Any:
    """The object that is called: a function, or the key of a method or an attribute."""
    fn = call.fn
    if type(fn) is not Lib and type(fn) is not Global and type(fn) is not Method:
        return None
    if fn.key is None:
        fn.key = _key_of(fn)  # type: ignore[misc]  # a fact about the node, kept on it
    return fn.key


def _key_of(fn: Lib | Global | Method) -> Any:
    if type(fn) is Method:
        return registry.MemberKey(fn.name, fn.attribute)
    value = fn.value
    if type(value) is types.BuiltinFunctionType:
        return PLAIN_OPERATORS.get(value, value)
    return value if isinstance(value, _ALWAYS_HASHABLE) else registry.hashable(value)


def rule_of(call: Call) -> Rule | None:
    """The first rule of the function whose parameters fit the call."""
    key: Key | None = function_of(call)
    rules = () if key is None else registry.find_hashable(key)
    if not call.kwargs:
        return _fitting(rules, len(call.args)) if rules else None
    return next((r for r in rules if r.form != "opaque" and (r.signature is None or places(r, call) is not None)), None)


@functools.cache
def _fitting(rules: tuple[Rule, ...], count: int) -> Rule | None:
    """The first of some rules that fits a call with so many arguments."""
    fit = (r for r in rules if r.form != "opaque" and (r.signature is None or _places(r, count, ()) is not None))
    return next(fit, None)


def bind(rule: Rule, call: Call) -> dict[str, Expr | tuple[Expr, ...]] | None:
    """The arguments of a call by the names of the rule's parameters; None where they do not fit."""
    if not call.kwargs and (names := _in_order(rule, len(call.args))) is not None:
        return dict(zip(names, call.args, strict=True))
    found = places(rule, call)
    if found is None:
        return None
    args, given = call.args, dict(call.kwargs)
    return {
        name: args[place] if isinstance(place, int) else given[place] if isinstance(place, str)
        else tuple([args[i] for i in place])
        for name, place in found.items()
    }


def places(rule: Rule, call: Call) -> Places | None:
    """Which arguments of a call the parameters of a rule take; None where they do not fit."""
    names: tuple[str, ...] = () if not call.kwargs else tuple([
        name for name, value in call.kwargs
        if rule.signature is None or name in rule.signature.parameters
        or not (_is_default(rule.key, name, value) or rule.library is not None and name in rule.library.ignored)
    ])
    return _places(rule, len(call.args), names)


Places = Mapping[str, int | str | tuple[int, ...]]
"""For each parameter the argument that it takes: its position, its name, or several positions."""


@functools.cache
def _places(rule: Rule, count: int, names: tuple[str, ...]) -> Places | None:
    assert rule.signature is not None
    try:
        return rule.signature.bind(*range(count), **{name: name for name in names}).arguments
    except TypeError:
        return None


@functools.cache
def _in_order(rule: Rule, count: int) -> tuple[str, ...] | None:
    """The parameters that take so many arguments one by one; None where one takes several, or they do not fit."""
    found = _places(rule, count, ())
    return None if found is None or tuple(found.values()) != tuple(range(count)) else tuple(found)


def _is_default(key: registry.Key, name: str, value: Expr) -> bool:
    """Whether an argument is what it would be if it were left out: `np.array(x, copy=True)`."""
    if type(value) is not Const or isinstance(key, registry.MemberKey):
        return False
    try:
        parameter = inspect.signature(key).parameters.get(name)
    except (TypeError, ValueError):  # written in C, without a signature
        return False
    return parameter is not None and type(parameter.default) is type(value.value) and parameter.default == value.value


def is_nondifferentiable(call: Call) -> bool:
    """Whether the result has no derivative: by rule, or because it is a piece of syntax."""
    key = function_of(call)
    if key is None:
        return type(call.fn) is FString
    if key in _NO_DERIVATIVE:
        return True
    if isinstance(key, type) and issubclass(key, BaseException):
        return True
    rule = rule_of(call)
    return rule is not None and rule.form == "nondifferentiable"


def source_function(call: Call) -> Source | None:
    """The function to differentiate, where there is no rule: from source, or from its program."""
    fn = call.fn
    if isinstance(fn, GeneratedFunction):
        return fn
    if type(fn) is not Global and type(fn) is not Lib or type(fn.value) in _WITHOUT_SOURCE:
        return None
    if not registry.is_known(fn.value):
        value = fn.value
        while isinstance(value, types.FunctionType) is False and hasattr(value, "cache_info"):
            value = inspect.unwrap(value, stop=lambda f: isinstance(f, types.FunctionType))
        if isinstance(value, types.FunctionType) and not is_foreign(value):
            return value
    return None


def is_foreign(fn: types.FunctionType) -> bool:
    """Whether a function is called and not read: one that makes derivatives, or refused.

    So are those of the standard library, and of array libraries, and those that are followed by a tape.
    """
    module = fn.__module__
    if module is None or module in UNREAD or module.partition(".")[0] in sys.stdlib_module_names:
        return True
    if library_of(fn) is not None or is_traced(fn):
        return True
    return refusal(fn) is not None


def signature_of(function: Source) -> inspect.Signature:
    """The parameters of a function with source or with a program."""
    if isinstance(function, types.FunctionType):
        return inspect.signature(function, follow_wrapped=False)
    assert function.function is not None
    parameters = function.function.parameters
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [inspect.Parameter(p.var.hint, p.kind, default=empty if p.default is None else p) for p in parameters]
    )


def in_one_direction(call: Call) -> Call:
    """The call that `each_direction` makes for each direction; any other call itself."""
    if type(call.fn) is Lib and call.fn.value is runtime.each_direction and isinstance(call.args[0], Lib | Global):
        return Call(call.args[0], call.args[2:], call.kwargs)
    return call


def missing_rule(
    call: Call, origin: Origin | None, mode: Literal["forward", "reverse"], why: str = ""
) -> MissingRuleError:
    """The error for a function that can't be differentiated."""
    fn = function_of(call)
    if fn is operator.getitem:
        return MissingRuleError(
            "unsupported: an array that a subscript of `np.r_`, `np.mgrid` or the like makes of active bounds",
            "use np.concatenate, np.linspace, np.arange or np.meshgrid", origin,
        )
    if fn is None:
        return MissingRuleError(
            "unsupported: a call of a function that is only known when the code runs",
            "call functions by their global names", origin,
        )
    if isinstance(fn, registry.MemberKey):
        kind = "attribute" if fn.is_attribute else "method"
        what = why or f"the {kind} `{fn.name}` has no derivative rule"
        return MissingRuleError(what, "use a NumPy function, or an operator", origin)
    module, name = getattr(fn, "__module__", None), getattr(fn, "__name__", repr(fn))
    refused = registry.refusal(fn)
    if refused is not None and refused.instead:
        return MissingRuleError(f"{name} is not differentiated: {refused.why}", refused.instead, origin)
    if not why and any(rule.form == "opaque" for rule in registry.find(fn)):
        why = f"{name} is known as a constant: it has no derivative with respect to its arguments"
    if not why and (rules := registry.find(fn)):
        expected = "; ".join(f"({', '.join(r.signature.parameters)})" for r in rules if r.signature is not None)
        return MissingRuleError(
            f"the arguments of this call of {name} do not fit the parameters of its rule: {expected}",
            "pass only these arguments, in this order or by these names", origin,
        )
    if (library := library_of(fn)) is not None:
        written = call.fn.path if isinstance(call.fn, Global | Lib) and call.fn.path else name
        return MissingRuleError(
            why or f"{written} has no derivative rule, and functions of {library.title} are not looked into",
            f"call it in a function of your own under `@tangent.trace`, or give it a rule: "
            f"`@tangent.grads.adjoint({written})`", origin,
        )
    path = f"{module}.{name}" if module and module not in ("builtins", "_operator") else name
    what = why or f"{path} {LIMITS['no rule'].why}"
    template = f"d{name}" if name.isidentifier() else "dg"
    given = name if name.isidentifier() else "g"
    rule = f"`@tangent.grads.adjoint({given})` on a template such as `def {template}(y, x): d[x] = d[y] * ...`"
    if mode == "forward":
        rule = f"`@tangent.tangents.tangent_({given})` on a template such as `def {template}(y, x): d[y] = d[x] * ...`"
    return MissingRuleError(what, f"give it a rule: {rule}", origin)


def without_derivative(
    rule: Rule, name: str, call: Call, origin: Origin | None, mode: Literal["forward", "reverse"]
) -> MissingRuleError:
    """The error for a function that has a derivative, but not with respect to one of its arguments."""
    what = f"{rule.name} has no derivative with respect to `{name}`"
    if rule.form == "templates" and registry.has_own(rule.key):
        return MissingRuleError(what, f"assign `d[{name}]` in the template of its rule", origin)
    return missing_rule(call, origin, mode, what)


def is_one_of(fn: Any, functions: Container[Any]) -> bool:
    """Whether what is called is one of some functions; an object that can't be hashed is none."""
    try:
        return fn in functions
    except TypeError:
        return False


def is_of_runtime(fn: Any) -> bool:
    """Whether a function is one of those that generated code calls."""
    return (getattr(fn, "__module__", None) or "").startswith("tangent.runtime")


def is_structural(call: Call) -> bool:
    """Whether a call is of a primitive whose derivative the transforms know."""
    return type(call.fn) is Lib and is_one_of(call.fn.value, STRUCTURAL) and not computes_by_subscript(call)


def computes_by_subscript(call: Call) -> bool:
    """Whether a subscript is no reading of an item, but computes something: `np.r_[x, y]`."""
    if type(call.fn) is not Lib or call.fn.value is not operator.getitem:
        return False
    container = call.args[0]
    return isinstance(container, Global | Lib) and isinstance(container.value, GRIDS)


def primitive_of(expr: Expr) -> Any:
    """The primitive, or another object that Tangent itself refers to, that an expression is a call of."""
    return expr.fn.value if type(expr) is Call and type(expr.fn) is Lib else None


def is_call_of(expr: Expr, *functions: Any) -> TypeGuard[Call]:
    """Whether an expression is a call of one of some primitives."""
    if type(expr) is Call and type(expr.fn) is Lib:
        called = expr.fn.value
        for function in functions:
            if called is function:
                return True
    return False


def is_update(expr: Expr) -> TypeGuard[Call]:
    """Whether an expression is its first operand with an item changed, or with one more or less."""
    return type(expr) is Call and type(expr.fn) is Lib and expr.fn.value in _UPDATES


def is_augmented(expr: Expr) -> TypeGuard[Call]:
    """Whether an expression is that of an augmented assignment: `x` after `x += v`."""
    return type(expr) is Call and type(expr.fn) is Lib and expr.fn.value in PLAIN_OPERATORS


def changes_operand(expr: Expr) -> TypeGuard[Call]:
    """Whether an expression is printed as a change of its first operand in place."""
    return type(expr) is Call and type(expr.fn) is Lib and expr.fn.value in _CHANGING

