"""The making of derivatives, and the cache of those that were made.

The way of one function through the stages can be read in `transform.reverse` and `transform.forward` and, from
there to Python, in `emit.functions`.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
import keyword
import types
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tangent.emit.checks import Debug
from tangent.emit.functions import make_functions, printed
from tangent.emit.jacobians import Half, make_jacobian
from tangent.errors import TangentError, UnsupportedError
from tangent.frontend.entry import plain_function
from tangent.frontend.functions import Lowered
from tangent.frontend.lower import current, lower
from tangent.frontend.source import called_without_blocks
from tangent.ir.nodes import Block, Function, Var
from tangent.ir.show import show
from tangent.rules import registry
from tangent.transform.batch import NotBatched, batched
from tangent.transform.derivation import Options
from tangent.transform.forward import ForwardMode
from tangent.transform.insertions import holds_insertion
from tangent.transform.paths import Path, Wanted, parsed
from tangent.transform.reverse import ReverseMode

__all__ = ["Request", "derivative", "derivative_name", "positions"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the key of the cache."""

    mode: str
    """'reverse', 'forward', 'hvp', 'hessian', or for a Jacobian 'jacobian', 'columns' or 'rows'."""
    wrt: tuple[Wanted, ...]
    optimized: bool
    keep_result: str
    """Where the primal result is returned: 'first', 'last', 'split' for two functions, or '' for not at all."""
    check_dims: bool
    optional_seed: bool = False
    together: bool = True
    """Whether the directions of a Jacobian are pushed through together, where that is possible."""
    debug: Debug = ""
    """What the derivative looks for when it runs."""


@dataclass(frozen=True, slots=True)
class Made:
    functions: tuple[types.FunctionType, ...]
    code: types.CodeType
    defaults: tuple[Any, Any]
    rules: tuple[Any, ...]
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


_cache: weakref.WeakKeyDictionary[types.FunctionType, dict[Request, Made]] = weakref.WeakKeyDictionary()


def derivative(f: Callable[..., Any], request: Request, verbose: int) -> tuple[types.FunctionType, ...]:
    return _derivative(plain_function(f), request, verbose).functions


def _derivative(function: types.FunctionType, request: Request, verbose: int) -> Made:
    made = _cache.get(function, {}).get(request)
    if made is None or verbose or not made.is_current(function):
        made = _make(function, request, verbose)
        _cache.setdefault(function, {})[request] = made
    return made


def _make(function: types.FunctionType, request: Request, verbose: int) -> Made:
    takes_seed = request.mode in ("forward", "hvp") or (request.mode == "reverse" and not request.optional_seed)
    trace = _print_stage if verbose > 1 else None
    options = Options(
        request.optimized, request.check_dims, complex_results=takes_seed, debug=request.debug, trace=trace
    )
    with _without_collections():
        functions, lowered = _makers.get(request.mode, _jacobian)(function, request, options)
    for made in functions:
        made.__doc__ = _description(function, request)
    if verbose:
        print(printed(functions))
    defaults = function.__defaults__, function.__kwdefaults__
    return Made(functions, function.__code__, defaults, registry.version(), tuple(lowered))


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Without the search for cyclic garbage, which goes through all objects of the process again and again.

    A program is made of many small objects, nearly none of which is garbage before the derivative has been made; what
    is left lives as long as that does.  So it belongs to the oldest generation: frozen objects go there when they thaw,
    and nothing is gone through for it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():  # the program itself has frozen none
                gc.freeze()
                gc.unfreeze()
            gc.enable()


Functions = tuple[tuple[types.FunctionType, ...], list[Lowered]]


def _forward(function: types.FunctionType, request: Request, options: Options) -> Functions:
    derivation = ForwardMode(options)
    program = derivation.function(function, request.wrt, _tangent_name(function), bool(request.keep_result))
    return make_functions((program,), request.optimized, request.debug), derivation.lowered


def _reverse(function: types.FunctionType, request: Request, options: Options) -> Functions:
    derivation = ReverseMode(options)
    name = derivative_name(function, request.wrt)
    if request.keep_result == "split":
        programs: tuple[Function, ...] = derivation.split(function, request.wrt, name)
    else:
        seed = "1.0" if request.optional_seed else None
        programs = (derivation.joint(function, request.wrt, name, seed, request.keep_result),)
    return make_functions(programs, request.optimized, request.debug), derivation.lowered


# --- products with the Hessian, Jacobians and Hessians -------------------------------------------


def _gradient(function: types.FunctionType, request: Request) -> Made:
    return _derivative(function, replace(request, mode="reverse", optional_seed=True, together=True, debug=""), 0)


def _hvp(function: types.FunctionType, request: Request, options: Options) -> Functions:
    """The tangent of the gradient."""
    gradient = _gradient(function, request)
    derivation = ForwardMode(options)
    program = derivation.function(gradient.functions[0], request.wrt, f"hvp_of_{_name(function)}", keep_result=False)
    return make_functions((program,), request.optimized, request.debug), [*gradient.lowered, *derivation.lowered]


def _hessian(function: types.FunctionType, request: Request, options: Options) -> Functions:
    """The columns of the Jacobian of the gradient."""
    wrt = _whole_arguments(request)
    gradient = _gradient(function, request)
    primal = _of_real_numbers(function, wrt)
    half, lowered = _forward_half(gradient.functions[0], request, options)
    made = make_jacobian(primal.function, function, wrt, f"hessian_of_{_name(function)}", half, None)
    return (made,), [*gradient.lowered, *lowered, primal]


def _jacobian(function: types.FunctionType, request: Request, options: Options) -> Functions:
    """The Jacobian by columns or by rows; where both will do, the run decides by the sizes."""
    wrt = _whole_arguments(request)
    primal = _of_real_numbers(function, wrt)
    lowered = [primal]
    halves: dict[str, Half] = {}
    errors: list[TangentError] = []
    makers = {"columns": _forward_half, "rows": _reverse_half}
    for way, maker in makers.items():
        if request.mode not in ("jacobian", way):
            continue
        try:
            halves[way], used = maker(function, request, options)
        except TangentError as error:
            errors.append(error)
        else:
            lowered += used
    if not halves:
        raise errors[0]
    name = f"jacobian_of_{_name(function)}"
    called = called_without_blocks(function) if holds_insertion(primal.function.body) else function
    made = make_jacobian(
        primal.function, called, wrt, name, halves.get("columns"), halves.get("rows"), primal.writes
    )
    return (made,), lowered


def _of_real_numbers(function: types.FunctionType, wrt: tuple[int, ...]) -> Lowered:
    """The program of a function whose arguments at `wrt` are real numbers, as the columns of a Jacobian are."""
    lowered = lower(function)
    program = lowered.function
    for position in wrt:
        if program.facts.get(program.params[position]) == "complex":
            name = program.params[position].hint
            raise UnsupportedError(
                f"unsupported: a Jacobian or a Hessian with respect to the complex argument {name}",
                "differentiate a function of its parts: `lambda re, im: f(re + 1j * im)`; or use tangent.jvp",
            )
    return lowered


def _whole_arguments(request: Request) -> tuple[int, ...]:
    """The positions to differentiate with respect to, where they can't be parts of arguments."""
    for one in request.wrt:
        if isinstance(one, Path):
            raise UnsupportedError(
                f"unsupported: a Jacobian or a Hessian with respect to a part of an argument, {one.text}",
                f"differentiate a function that takes the part: `lambda {one.name}, ...: f(...)`",
            )
    return tuple([one for one in request.wrt if isinstance(one, int)])


def _forward_half(function: types.FunctionType, request: Request, options: Options) -> tuple[Half, list[Lowered]]:
    derivation = ForwardMode(options)
    program = derivation.function(function, request.wrt, _tangent_name(function), keep_result=False)
    tangents = _new_parameters(program, function)
    like = {t: _parameter(program, function, i) for t, i in zip(tangents, _whole_arguments(request), strict=True)}
    return _half(program, tangents, like, request, options), derivation.lowered


def _reverse_half(function: types.FunctionType, request: Request, options: Options) -> tuple[Half, list[Lowered]]:
    derivation = ReverseMode(options)
    program = derivation.joint(function, request.wrt, derivative_name(function, request.wrt), None, "")
    return _half(program, _new_parameters(program, function), {}, request, options), derivation.lowered


def _new_parameters(program: Function, function: types.FunctionType) -> list[Var]:
    """The parameters of a derivative that the function does not have: its tangents, or its seed."""
    names = inspect.signature(function, follow_wrapped=False).parameters
    return [p.var for p in program.parameters if p.var.hint not in names]


def _parameter(program: Function, function: types.FunctionType, position: int) -> Var:
    """The parameter of a derivative for an argument of the function."""
    name = list(inspect.signature(function, follow_wrapped=False).parameters)[position]
    return next(v for v in program.params if v.hint == name)


def _half(
    program: Function, directions: Sequence[Var], like: dict[Var, Var], request: Request, options: Options
) -> Half:
    """The function of a derivative, for many directions at once if that is possible."""
    takes_blocks = request.together
    if takes_blocks:
        try:
            program = batched(program, directions, like)
        except NotBatched:
            takes_blocks = False
        else:
            if options.trace is not None:
                options.trace("in several directions", program.body)
    return Half(make_functions((program,), request.optimized, request.debug)[0], takes_blocks)


_makers: dict[str, Callable[[types.FunctionType, Request, Options], Functions]] = {
    "forward": _forward, "reverse": _reverse, "hvp": _hvp, "hessian": _hessian,
}


def _print_stage(stage: str, block: Block) -> None:
    print(f"# {stage}\n{show(block)}\n")


def derivative_name(function: types.FunctionType, wrt: tuple[Wanted, ...]) -> str:
    """`dfdx`"""
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    return f"d{_name(function)}d{''.join(names[i] if isinstance(i, int) else i.name for i in wrt)}"


def _tangent_name(function: types.FunctionType) -> str:
    """`df`"""
    name = f"d{_name(function)}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _name(function: types.FunctionType) -> str:
    return function.__name__ if function.__name__.isidentifier() else "f"


def _description(function: types.FunctionType, request: Request) -> str:
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    of = ", ".join(names[i] if isinstance(i, int) else i.text for i in request.wrt)
    if request.mode in ("jacobian", "columns", "rows"):
        return f"Jacobian of {function.__qualname__} with respect to {of}; generated by Tangent."
    if request.mode == "hessian":
        return f"Hessian of {function.__qualname__} with respect to {of}; generated by Tangent."
    if request.mode == "hvp":
        return f"Hessian of {function.__qualname__} with respect to {of}, times a vector; generated by Tangent."
    what = {"first": "Value and derivative", "last": "Derivative and value"}.get(request.keep_result, "Derivative")
    return f"{what} of {function.__qualname__} with respect to {of}, by {request.mode} mode; generated by Tangent."


def positions(f: Callable[..., Any], wrt: int | str | Iterable[int | str]) -> tuple[Wanted, ...]:
    """The positions of the arguments that `wrt` names, and the paths to parts of them."""
    function = plain_function(f)
    names = list(inspect.signature(function, follow_wrapped=False).parameters)
    given = (wrt,) if isinstance(wrt, int | str) else tuple(wrt)
    if not given:
        raise ValueError("wrt names no argument")
    positions: list[Wanted] = []
    for one in given:
        if isinstance(one, str) and not one.isidentifier():
            positions.append(parsed(one, names))
        elif isinstance(one, str):
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


