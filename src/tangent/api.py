"""The public transforms: from a function to the function of its derivative.

The way of one function through the stages can be read in `transform.reverse.Derivation` and, from there to
Python, in `emit.functions`.
"""

from __future__ import annotations

import enum
import inspect
import types
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tangent.emit.functions import make_functions, printed
from tangent.errors import UnsupportedError
from tangent.frontend.lower import Lowered, current
from tangent.frontend.source import plain_function
from tangent.ir.nodes import Block
from tangent.ir.show import show
from tangent.rules import registry
from tangent.transform.reverse import Derivation, Options

__all__ = ["INPUT_DERIVATIVE", "Wrt", "autodiff", "grad", "value_and_grad", "vjp"]

Wrt = int | str | Iterable[int | str]
"""Which arguments to differentiate: positions or names, one or several."""


class INPUT_DERIVATIVE(enum.Enum):
    """How the seed of a derivative in reverse mode is passed."""

    Required = "required"
    """The seed is a required argument."""
    DefaultOne = "default_one"
    """The seed is optional and 1.0 where it is left out."""


def grad(
    f: Callable[..., Any],
    wrt: Wrt = (0,),
    optimized: bool = True,
    preserve_result: bool = False,
    check_dims: bool = True,
    verbose: int = 0,
) -> types.FunctionType:
    """The gradient of a scalar-valued function, by reverse mode.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them, that returns a scalar.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the result; the plain translation gives the same numbers.
        preserve_result: whether to return the value of `f` as well, after the gradients.
        check_dims: whether the result checks that `f` returned a scalar.
        verbose: 1 prints the generated source, 2 every stage on the way to it.

    Returns:
        A function of the arguments of `f` and the seed, which is optional and 1.0.  It returns the
        gradient, in the shape and structure of the argument, or a tuple of gradients where `wrt` names
        several arguments.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.

    >>> import tangent
    >>> def f(x):
    ...     return x * x * x
    >>> tangent.grad(f)(2.0)
    12.0
    """
    request = _Request("grad", _positions(f, wrt), optimized, "last" if preserve_result else "", check_dims, True)
    return _derivative(f, request, verbose)[0]


def value_and_grad(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, check_dims: bool = True, verbose: int = 0
) -> types.FunctionType:
    """The value of a scalar-valued function and its gradient, from one run: `(value, gradient)`.

    The arguments are those of `grad`.

    >>> import tangent
    >>> def f(x):
    ...     return x * x * x
    >>> tangent.value_and_grad(f)(2.0)
    (8.0, 12.0)
    """
    request = _Request("value_and_grad", _positions(f, wrt), optimized, "first", check_dims, True)
    return _derivative(f, request, verbose)[0]


def vjp(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, preserve_result: bool = False,
    check_dims: bool = True, verbose: int = 0,
) -> types.FunctionType:
    """The product of a vector and the Jacobian of a function, by reverse mode.

    Returns:
        A function of the arguments of `f` and the seed: a vector of the shape and structure of the result.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     return x * x
    >>> tangent.vjp(f)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    keep = "last" if preserve_result else ""
    request = _Request("vjp", _positions(f, wrt), optimized, keep, check_dims, False)
    return _derivative(f, request, verbose)[0]


def autodiff(
    f: Callable[..., Any],
    wrt: Wrt = (0,),
    optimized: bool = True,
    motion: Literal["joint", "split"] = "joint",
    mode: Literal["reverse", "forward"] = "reverse",
    preserve_result: bool = False,
    check_dims: bool = True,
    input_derivative: INPUT_DERIVATIVE = INPUT_DERIVATIVE.Required,
    verbose: int = 0,
) -> Any:
    """The derivative of a function, in the general form.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the result.
        motion: 'joint' for one function; 'split' for a forward function `(args) -> (result, saved)` and a
            backward function `(saved, seed) -> gradient`.
        mode: 'reverse'.
        preserve_result: whether to return the value of `f` as well, last.
        check_dims: whether the result checks the shape of the seed.
        input_derivative: whether the seed is required, or 1.0 where it is left out.
        verbose: 1 prints the generated source, 2 every stage on the way to it.

    Returns:
        A function, or for `motion='split'` a pair of functions.

    >>> import tangent
    >>> def f(x, y):
    ...     return x * y
    >>> tangent.autodiff(f, wrt=("x", "y"))(2.0, 3.0, 1.0)
    (3.0, 2.0)
    """
    if mode != "reverse":
        if mode == "forward":
            raise UnsupportedError("unsupported: mode='forward'", "use mode='reverse'")
        raise ValueError(f"mode is 'reverse' or 'forward', not {mode!r}")
    if motion not in ("joint", "split"):
        raise ValueError(f"motion is 'joint' or 'split', not {motion!r}")
    optional = input_derivative is INPUT_DERIVATIVE.DefaultOne
    keep = "split" if motion == "split" else "last" if preserve_result else ""
    request = _Request("autodiff", _positions(f, wrt), optimized, keep, check_dims, optional)
    made = _derivative(f, request, verbose)
    return made if motion == "split" else made[0]


# --- making and remembering ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for: the key of the cache."""

    transform: str
    wrt: tuple[int, ...]
    optimized: bool
    keep_result: str
    check_dims: bool
    optional_seed: bool


@dataclass(frozen=True, slots=True)
class _Made:
    functions: tuple[types.FunctionType, ...]
    code: types.CodeType
    defaults: tuple[Any, Any]
    rules: int
    lowered: tuple[Lowered, ...]

    def is_current(self, function: types.FunctionType) -> bool:
        """Whether the function and those that it calls are still the same."""
        defaults = function.__defaults__, function.__kwdefaults__
        return (
            function.__code__ is self.code
            and self.rules == registry.version()
            and all(a is b for a, b in zip(defaults, self.defaults, strict=True))
            and all(current(lowered) for lowered in self.lowered)
        )


_cache: weakref.WeakKeyDictionary[types.FunctionType, dict[_Request, _Made]] = weakref.WeakKeyDictionary()


def _derivative(f: Callable[..., Any], request: _Request, verbose: int) -> tuple[types.FunctionType, ...]:
    function = plain_function(f)
    made = _cache.get(function, {}).get(request)
    if made is None or verbose or not made.is_current(function):
        made = _make(function, request, verbose)
        _cache.setdefault(function, {})[request] = made
    return made.functions


def _make(function: types.FunctionType, request: _Request, verbose: int) -> _Made:
    derivation = Derivation(Options(request.optimized, request.check_dims, _print_stage if verbose > 1 else None))
    name = derivative_name(function, request.wrt)
    programs: tuple[Function, ...]
    if request.keep_result == "split":
        programs = derivation.split(function, request.wrt, name)
    else:
        seed = "1.0" if request.optional_seed else None
        programs = (derivation.joint(function, request.wrt, name, seed, request.keep_result),)
    functions = make_functions(programs, request.optimized, _description(function, request))
    if verbose:
        print(printed(functions))
    defaults = function.__defaults__, function.__kwdefaults__
    return _Made(functions, function.__code__, defaults, registry.version(), tuple(derivation.lowered))


def _print_stage(stage: str, block: Block) -> None:
    print(f"# {stage}\n{show(block)}\n")


def derivative_name(function: types.FunctionType, wrt: tuple[int, ...]) -> str:
    """`dfdx`"""
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    name = function.__name__ if function.__name__.isidentifier() else "f"
    return f"d{name}d{''.join(names[i] for i in wrt)}"


def _description(function: types.FunctionType, request: _Request) -> str:
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    of = ", ".join(names[i] for i in request.wrt)
    what = {"first": "Value and derivative", "last": "Derivative and value"}.get(request.keep_result, "Derivative")
    return f"{what} of {function.__qualname__} with respect to {of}, by reverse mode; generated by Tangent."


def _positions(f: Callable[..., Any], wrt: Wrt) -> tuple[int, ...]:
    """The positions of the arguments that `wrt` names."""
    function = plain_function(f)
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    given = (wrt,) if isinstance(wrt, int | str) else tuple(wrt)
    if not given:
        raise ValueError("wrt names no argument")
    positions = []
    for one in given:
        if isinstance(one, str):
            if one not in names:
                raise ValueError(f"{function.__name__} has no argument {one!r}; it has {', '.join(names)}")
            positions.append(names.index(one))
        elif not isinstance(one, int) or isinstance(one, bool):
            raise TypeError(f"wrt takes positions and names of arguments, not {one!r}")
        elif not -len(names) <= one < len(names):
            raise ValueError(f"{function.__name__} has no argument {one}; it has {len(names)}: {', '.join(names)}")
        else:
            positions.append(one % len(names))
    if len(set(positions)) != len(positions):
        raise ValueError(f"wrt names an argument twice: {given}")
    return tuple(positions)


