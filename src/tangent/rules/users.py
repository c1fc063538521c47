"""Rules by users: the forms of `rules.registry`, checked when they are declared.

Each form takes the functions that the rule is for and is a decorator of the template:

    @adjoint(cube)                              the adjoint: `d[x]` from `d[y]`
    def dcube(y, x):
        d[x] = d[y] * 3.0 * x * x

The first parameter of a template is the result, the others are the parameters of the function by their names.  It is
never called: its statements are put into the derivative, with the values of the call in place of its parameters.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal

import numpy as np

from tangent.errors import RuleError
from tangent.rules import registry
from tangent.rules.registry import Form, Key, MemberKey, Rule, Template, d

__all__ = ["adjoint", "d", "linear", "nondifferentiable", "partials", "rules", "tangent_"]

Declaration = Callable[[Template], Template]
Mode = Literal["reverse", "forward"]


def adjoint(
    *functions: Any, shares: tuple[str, ...] | None = None, constant: tuple[str, ...] = (),
    container: bool | None = None,
) -> Declaration:
    """Declare the derivative of functions for reverse mode, by a template.

    The template assigns to `d[x]`, for the parameters `x` that the function has a derivative with respect to, the
    adjoint of `x` that stems from the call, in the shape and structure of `x`.  It reads `d[y]`, where `y` is its
    first parameter: the adjoint of the result.  It may have several statements, branches on arguments, loops, and
    call functions; names that are no parameters are looked up where the template stands.

    A rule on a function that has Python source is used in place of the source.  Forward mode uses it as well where the
    template is linear in `d[y]`, by its transpose.

    Args:
        functions: functions, methods (`Class.method`, `np.ndarray.sum`), ufuncs, or anything else that is called.
        shares: the parameters whose memory the result may share; all of them where this is left out, none for ufuncs.
        constant: the parameters without derivative, because only their shape, dtype or structure matters.
        container: whether the result may be a tuple, a list or a dict; where this is left out, the template and
            the function's `return` tell.

    Raises:
        RuleError: the parameters are not those of the function, a name is not defined, or no `d[...]` is assigned;
            the error has the line of the template.

    >>> import tangent
    >>> from tangent.grads import adjoint, d
    >>> def cube(x):
    ...     return x * x * x
    >>> @adjoint(cube)
    ... def dcube(result, x):
    ...     d[x] = d[result] * 3 * x * x
    >>> def f(val):
    ...     return cube(val)
    >>> tangent.grad(f)(2.0)
    12.0
    """
    return _declares("templates", functions, "reverse", shares, constant=constant, container=container)


def tangent_(
    *functions: Any, shares: tuple[str, ...] | None = None, constant: tuple[str, ...] = (),
    container: bool | None = None,
) -> Declaration:
    """Declare the derivative of functions for forward mode, by a template.

    The template assigns to `d[y]`, where `y` is its first parameter, the tangent of the result, from the tangents
    `d[x]` of the arguments.  Where an argument has no tangent, `d[x]` is zero.  All else is as in `adjoint`: reverse
    mode uses the rule as well, by the transpose of the template.

    >>> import tangent
    >>> from tangent.tangents import tangent_, d
    >>> def cube(x):
    ...     return x * x * x
    >>> @tangent_(cube)
    ... def dcube(result, x):
    ...     d[result] = 3 * x * x * d[x]
    >>> def f(val):
    ...     return cube(val)
    >>> tangent.jvp(f)(2.0, 1.0), tangent.grad(f)(2.0)
    (12.0, 12.0)
    """
    return _declares("templates", functions, "forward", shares, constant=constant, container=container)


def partials(*functions: Any, shares: tuple[str, ...] | None = None) -> Declaration:
    """Declare the partial derivatives of elementwise functions: both modes, and broadcasting, follow.

    The template returns the partial derivative with respect to each parameter, in their order; None for a parameter
    without derivative.

    Raises:
        RuleError: as of `adjoint`, or the number of partial derivatives is not that of the parameters.

    >>> import numpy as np, tangent
    >>> def softplus(x, k):
    ...     return np.log1p(np.exp(k * x)) / k
    >>> @tangent.partials(softplus)
    ... def dsoftplus(y, x, k):
    ...     s = 1.0 / (1.0 + np.exp(-k * x))
    ...     return s, (x * s - y) / k
    >>> tangent.testing.check_rule(softplus, np.array([0.5, -1.0]), 2.0)
    """
    return _declares("partials", functions, "reverse", shares)


def linear(
    *functions: Any, shares: tuple[str, ...] | None = None, constant: tuple[str, ...] = ()
) -> Declaration:
    """Declare functions that are linear in one parameter `x`, by the transpose: the template assigns `d[x]`.

    The tangent of the result is the function itself, of the tangent of `x`.

    Raises:
        RuleError: as of `adjoint`, or the template does not assign the `d[...]` of just one parameter.

    >>> import numpy as np, tangent
    >>> def reversed_sum(x):
    ...     return np.cumsum(x[::-1])
    >>> @tangent.linear(reversed_sum)
    ... def dreversed_sum(y, x):
    ...     d[x] = np.cumsum(d[y][::-1])
    >>> tangent.testing.check_rule(reversed_sum, np.array([1.0, 2.0, 3.0]))
    """
    return _declares("linear", functions, "reverse", shares, constant=constant)


def nondifferentiable(*functions: Any) -> Any:
    """Declare functions whose derivative is zero wherever it exists: integers, booleans, shapes, steps.

    Returns:
        The function, where one is given: `nondifferentiable` is also a decorator.

    >>> import tangent
    >>> @tangent.nondifferentiable
    ... def bucket(x):
    ...     return x // 10.0
    >>> def f(x):
    ...     return x * bucket(x)
    >>> tangent.grad(f)(25.0)
    2.0
    """
    for function in functions:
        registry.declare(_rule_of_constant(function))
    return functions[0] if len(functions) == 1 else None


def rules(
    adjoint_of: Mapping[Any, Template] | None = None,
    tangent_of: Mapping[Any, Template] | None = None,
    partials_of: Mapping[Any, Template] | None = None,
    linear_of: Mapping[Any, Template] | None = None,
    nondifferentiable: Iterable[Any] = (),
) -> AbstractContextManager[None]:
    """Rules that hold in the body of a `with` statement: for the derivatives that are made there.

    A derivative keeps the rules that it was made with.  Before all other rules, these are tried.

    Args:
        adjoint_of: templates of adjoints by the functions that they are for, as of `tangent.grads.adjoint`.
        tangent_of: templates of tangents, as of `tangent.tangents.tangent_`.
        partials_of: templates of partial derivatives, as of `tangent.partials`.
        linear_of: templates of transposes, as of `tangent.linear`.
        nondifferentiable: functions whose derivative is taken for zero.

    Raises:
        RuleError: as of these.

    >>> import numpy as np, tangent
    >>> def straight_through(y, a):
    ...     d[a] = d[y]
    >>> def f(x):
    ...     return np.round(x) * 3.0
    >>> with tangent.rules(adjoint_of={np.round: straight_through}):
    ...     df = tangent.grad(f)
    >>> df(1.2), tangent.grad(f)(1.2)
    (3.0, 0.0)
    """
    made: list[Rule] = []
    for function, template in (adjoint_of or {}).items():
        made.append(_rule("templates", function, template, "reverse", None))
    for function, template in (tangent_of or {}).items():
        made.append(_rule("templates", function, template, "forward", None))
    for function, template in (partials_of or {}).items():
        made.append(_rule("partials", function, template, "reverse", None))
    for function, template in (linear_of or {}).items():
        made.append(_rule("linear", function, template, "reverse", None))
    made += map(_rule_of_constant, nondifferentiable)
    return registry.scope(made)


def _declares(
    form: Form, functions: tuple[Any, ...], mode: Mode, shares: tuple[str, ...] | None, **options: Any
) -> Declaration:
    if not functions:
        raise RuleError("the rule is for no function", "name it: `@adjoint(g)` on the template")

    def declare(template: Template) -> Template:
        made = [_rule(form, function, template, mode, shares, **options) for function in functions]
        for rule in made:
            registry.declare(rule)
        return template

    return declare


def _rule(
    form: Form, function: Any, template: Template, mode: Mode, shares: tuple[str, ...] | None,
    constant: tuple[str, ...] = (), container: bool | None = None,
) -> Rule:
    from tangent.frontend.rules import checked_template

    key = _key(function)
    own = _signature(key)
    checked = checked_template(form, mode, template, key, own)
    parameters = checked.signature.parameters
    for name in (*(shares or ()), *constant):
        if name not in parameters:
            raise RuleError(f"{_name(key)} has no parameter {name!r}", f"it has ({', '.join(parameters)})")
    if shares is None:
        shares = () if isinstance(function, np.ufunc) else tuple(parameters)
    rule = Rule(
        key, form, checked.signature, checked.result, shares=shares, constant=constant,
        container=checked.container if container is None else container,
    )
    return registry.replaced(rule, mode, template)


def _rule_of_constant(function: Any) -> Rule:
    key = _key(function)
    shares = () if isinstance(function, np.ufunc) else ("all",)
    return Rule(key, "nondifferentiable", None, shares=shares)


def _key(function: Any) -> Key:
    """What a rule is found by: methods and attributes of arrays by their names."""
    if isinstance(function, MemberKey):
        return function
    owner = getattr(function, "__objclass__", None)
    if owner is np.ndarray and isinstance(function, types.MethodDescriptorType):
        return registry.method(function.__name__)
    if owner is np.ndarray and isinstance(function, types.GetSetDescriptorType):
        return registry.attribute(function.__name__)
    if not callable(function):
        raise RuleError(f"a rule is for a function, not for {function!r}", "give the function that is called")
    return function  # type: ignore[no-any-return]


def _signature(key: Key) -> inspect.Signature | None:
    """The parameters of a function; None where it does not say."""
    if isinstance(key, MemberKey):
        return None
    try:
        return inspect.signature(key, follow_wrapped=isinstance(key, types.FunctionType) is False)
    except (TypeError, ValueError):  # written in C, without a signature
        return None


def _name(key: Key) -> str:
    return key.name if isinstance(key, MemberKey) else getattr(key, "__name__", repr(key))
