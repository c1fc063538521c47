"""What solvers find: its derivatives by the implicit function theorem, and by differentiating under the integral.

A root is differentiated as what it is, not as what the solver did to find it (Griewank & Walther, Evaluating
Derivatives, 2nd ed., chapter 15; Blondel et al., Efficient and Modular Implicit Differentiation, 2022):

    f(x, p) = 0                  df/dx dx + df/dp dp = 0

    x = brentq(f, a, b, args=(p,))         slope = dfdx(x, p)
                                           bp = dfdp(x, p, -bx / slope)             dx = -df(x, p, dp) / slope

    y = integral of f(t, p) from a to b    bp = by * quad(dfdp, a, b, args=(p,))    ba = -by * f(a, p)
                                           bb = by * f(b, p)

`dfdx` and its like are derivatives of the function that the solver was given, made as any other derivative; where only
the run knows the function, they are made then.  What comes out calls solvers and these functions, so it is
differentiated again by the same equations.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tangent import runtime
from tangent.analysis.calls import missing_rule, rule_of, signature_of
from tangent.errors import MissingRuleError, UnsupportedError
from tangent.frontend.entry import plain_function
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    GeneratedFunction,
    Lib,
    Method,
    Origin,
    Statement,
    Var,
)
from tangent.ir.walk import with_blocks, with_statements
from tangent.rules.registry import Rule
from tangent.transform.templates import call_of, runtime_path

if TYPE_CHECKING:
    from tangent.transform.builder import Builder
    from tangent.transform.jvp import Forward
    from tangent.transform.vjp import Reverse

__all__ = [
    "Derive", "Form", "adjoint_of_solution", "is_of_solver", "tangent_of_solution", "used_as_whole",
    "without_solutions",
]

Form = Literal["array", "number", "any"]
"""As what the result of a function is taken: an array, also where it is a list; a number, also where it is an array of
one; or as it is."""

Derive = Callable[[Any, str, tuple[int, ...], frozenset[tuple[int, str]], Form, Origin | None], GeneratedFunction]
"""Gives the derivative of a function in a mode, by the arguments at some positions, where something is known of its
arguments."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The operands of `primitives.solution` by name."""

    found: Var
    """The solution as it is known to be one: its name is that of the result."""
    what: str
    f: Any
    operands: tuple[Expr, ...]
    """Those on which the solution depends besides: the limits of an integral."""
    items: tuple[Expr, ...]
    """What is passed on to the function."""
    options: dict[str, Any]

    @property
    def is_least(self) -> bool:
        return self.what == "least value"

    @property
    def is_value(self) -> bool:
        """Whether it is the value of the function at a point that a solver found."""
        return self.what in ("value", "least value")

    @property
    def point(self) -> tuple[Expr, ...]:
        """Where the function is differentiated that has this value; at a minimum, the place of it does not matter."""
        return (self.options["at"] if self.is_least else self.operands[0], *self.items)


OPERANDS = {"integral": 2, "value": 1, "path": 3}
"""How many operands a solution has besides what is passed on to the function."""


def solution_of(builder: Builder, statement: Assign, call: Call) -> Solution:
    _, what, f, *rest = call.args
    assert type(what) is Const
    count = OPERANDS.get(what.value, 0)
    options = dict(call.kwargs)
    solution = Solution(statement.targets[0], what.value, f, tuple(rest[:count]), tuple(rest[count:]), options)
    if builder.is_active(f):
        raise UnsupportedError(
            "unsupported: the derivative of what a solver found with respect to what its function holds, which only "
            "the run knows", "pass the numbers to the function in `args`", builder.origin,
        )
    if "packed" in options and any(builder.is_active(i) for i in solution.items):
        raise UnsupportedError(
            "unsupported: values for `args` of a solver that are not written out there",
            "write the tuple out: `args=(a, b)`", builder.origin,
        )
    if any(builder.is_complex(v) for v in (statement.targets[0], call.args[0], *solution.operands, *solution.items)):
        raise UnsupportedError(
            "unsupported: a solver that is given complex numbers", "solve for the real and the imaginary part",
            builder.origin,
        )
    for name in ("wvar", "weight"):
        if builder.is_active(options.get(name, Const(None))):
            raise UnsupportedError(
                f"unsupported: the derivative of an integral by `{name}`", "multiply the integrand by the weight",
                builder.origin,
            )
    return solution


# --- reverse mode ------------------------------------------------------------------------------------


def adjoint_of_solution(builder: Reverse, statement: Assign, call: Call) -> None:
    """Add to the adjoints of what a solution depends on."""
    by = builder.take(statement.targets[0])
    solution = solution_of(builder, statement, call)
    active = [i for i, item in enumerate(solution.items) if builder.is_active(item)]
    if solution.what == "integral":
        adjoint_of_integral(builder, solution, active, by)
        return
    if solution.what == "path":
        adjoint_of_path(builder, solution, active, by)
        return
    if solution.is_value:
        adjoint_of_value(builder, solution, by)
        return
    if not active:
        return
    point = (solution.found, *solution.items)
    if builder.shapes.is_scalar(statement.targets[0]):
        slope = slope_at(builder, solution)
        seed = builder.call(operator.truediv, builder.call(operator.neg, by, hint="slope"), slope, hint="seed")
    else:
        jacobian = jacobian_at(builder, solution)
        solved = builder.call(runtime.solve_jacobian_transposed, jacobian, by, hint="seed")
        seed = builder.call(operator.neg, solved, hint="seed")
    form: Form = "any" if builder.shapes.is_scalar(statement.targets[0]) else "array"
    add_gradients(builder, solution, [i + 1 for i in active], point, seed, form)


def adjoint_of_value(builder: Reverse, solution: Solution, by: Atom) -> None:
    point = solution.point
    active = [i for i, value in enumerate(point) if builder.is_active(value) and (i or not solution.is_least)]
    if active:
        add_gradients(builder, solution, active, point, by, "number")


def add_gradients(
    builder: Reverse, solution: Solution, wrt: Sequence[int], point: tuple[Expr, ...], seed: Expr, form: Form
) -> None:
    names = tuple(builder.name_of(point[i]) for i in wrt)
    gradients = derived(builder, solution.f, "reverse", tuple(wrt), point, (seed,), names, form)
    for i, gradient in zip(wrt, gradients, strict=True):
        builder.accumulate(point[i], gradient)


def adjoint_of_integral(builder: Reverse, solution: Solution, active: Sequence[int], by: Atom) -> None:
    is_scalar = builder.shapes.is_scalar(by)
    for limit, sign in zip(solution.operands, (operator.neg, None), strict=True):
        if builder.is_active(limit):
            value = value_at(builder, solution, limit)
            seed = by if sign is None else builder.call(sign, by, hint="seed")
            product = builder.call(operator.mul, seed, value, hint=Var(builder.name_of(limit).hint))
            builder.accumulate(limit, product if is_scalar else builder.call(
                runtime.unbroadcast, product, limit, hint=builder.name_of(limit)
            ))
    for i in active:
        item = solution.items[i]
        name = builder.name_of(item)
        is_factor = is_scalar and builder.kinds.is_numeric(item)  # one integral, which the seed is multiplied by
        seeds = () if is_factor else (by,)
        function = function_of_derivative(
            builder, solution.f, "reverse", (i + 1,), (None, *solution.items),
            "any" if is_scalar else "array",
        )
        plain = is_scalar and builder.shapes.is_scalar(item)
        value = integrated(builder, solution, function, seeds, plain, Var(name.hint) if is_factor else name)
        builder.accumulate(item, builder.call(operator.mul, by, value, hint=name) if is_factor else value)


def adjoint_of_path(builder: Reverse, solution: Solution, active: Sequence[int], by: Atom) -> None:
    helpers = HELPERS[name_of_solver(solution)]
    t0, t, y0 = solution.operands
    if active or builder.is_active(y0) or builder.is_active(t0):
        function = function_of_path(builder, solution, active)
        args = builder.call(primitives.make_tuple, *solution.items, hint="args")
        numbers = builder.call(primitives.make_tuple, *(solution.items[i] for i in active), hint="active")
        targets = Var(builder.name_of(y0).hint), Var("bargs")
        call = Call(
            lib_of(helpers.adjoint), (solution.f, function, t0, t, y0, args, numbers, by), options_of(solution)
        )
        builder.append(Assign(targets, call, builder.origin))
        builder.accumulate(y0, targets[0])
        for position, i in enumerate(active):
            item = solution.items[i]
            gradient = builder.call(operator.getitem, targets[1], Const(position), hint=builder.name_of(item))
            builder.accumulate(item, gradient)
        if builder.is_active(t0):
            product = builder.call(operator.mul, speed_at(builder, solution, t0, y0), targets[0], hint="product")
            total = builder.call(lib_of_numpy("sum"), product, hint="total")
            builder.accumulate(t0, builder.call(operator.neg, total, hint=builder.name_of(t0)))
    if builder.is_active(t):
        product = builder.call(operator.mul, by, speeds_of(builder, solution, helpers), hint="product")
        axis = Const(helpers.axis_of_states)
        builder.accumulate(t, builder.call(lib_of_numpy("sum"), product, axis, hint=builder.name_of(t)))


# --- forward mode ------------------------------------------------------------------------------------


def tangent_of_solution(builder: Forward, statement: Assign, call: Call) -> None:
    """Bind the tangent of a solution."""
    target = statement.targets[0]
    solution = solution_of(builder, statement, call)
    moving = [i for i, item in enumerate(solution.items) if builder.moves(item)]
    tangents = tuple(builder.full(solution.items[i]) for i in moving)
    builder.out.append(statement)
    if solution.what == "integral":
        made = tangent_of_integral(builder, solution, moving, tangents, target)
    elif solution.what == "path":
        made = tangent_of_path(builder, solution, moving, tangents, target)
    elif solution.is_value:
        point = solution.point
        wrt = [i for i, value in enumerate(point) if builder.moves(value) and (i or not solution.is_least)]
        if not wrt:
            return
        directions = tuple(builder.full(point[i]) for i in wrt)
        names = (builder.name_of(target),)
        made = derived(builder, solution.f, "forward", tuple(wrt), point, directions, names, "number")[0]
    elif not moving:
        return
    else:
        made = tangent_of_root(builder, solution, moving, tangents, target)
    builder.define(target, made)


def tangent_of_root(
    builder: Forward, solution: Solution, moving: Sequence[int], tangents: tuple[Expr, ...], target: Var
) -> Atom:
    point = (solution.found, *solution.items)
    wrt = tuple(i + 1 for i in moving)
    name = builder.name_of(target)
    is_scalar = builder.shapes.is_scalar(target)
    form: Form = "any" if is_scalar else "array"
    change = derived(builder, solution.f, "forward", wrt, point, tangents, ("change",), form)[0]
    if is_scalar:
        slope = slope_at(builder, solution)
        change = builder.call(operator.neg, change, hint="change")
        return builder.call(operator.truediv, change, slope, hint=name, shape_of=target)
    solved = builder.call(runtime.solve_jacobian, jacobian_at(builder, solution), change, hint="solved")
    return builder.call(operator.neg, solved, hint=name, shape_of=target)


def tangent_of_integral(
    builder: Forward, solution: Solution, moving: Sequence[int], tangents: tuple[Expr, ...], target: Var
) -> Atom:
    is_scalar = builder.shapes.is_scalar(target)
    name = builder.name_of(target)
    total: Atom | None = None
    if moving:
        function = function_of_derivative(
            builder, solution.f, "forward", tuple(i + 1 for i in moving), (None, *solution.items),
            "any" if is_scalar else "array",
        )
        total = integrated(builder, solution, function, tangents, is_scalar, name)
    for limit, add in reversed(list(zip(solution.operands, (operator.sub, operator.add), strict=True))):
        if builder.moves(limit):
            value = value_at(builder, solution, limit)
            term = builder.call(operator.mul, value, builder.tangents[limit], hint=Var(name.hint))
            if total is None:
                total = term if add is operator.add else builder.call(operator.neg, term, hint=Var(name.hint))
            else:
                total = builder.call(add, total, term, hint=Var(name.hint))
    assert type(total) is Var
    if is_scalar:
        builder.shapes.known[total] = frozenset()
    return total


def tangent_of_path(
    builder: Forward, solution: Solution, moving: Sequence[int], tangents: tuple[Expr, ...], target: Var
) -> Atom:
    helpers = HELPERS[name_of_solver(solution)]
    t0, t, y0 = solution.operands
    name = builder.name_of(target)
    total: Atom | None = None
    if moving or builder.moves(y0) or builder.moves(t0):
        start = builder.full(y0)
        if builder.moves(t0):
            speed = builder.call(operator.mul, speed_at(builder, solution, t0, y0), builder.tangents[t0], hint="speed")
            start = builder.call(operator.sub, start, speed, hint="start")
        function = function_of_path(builder, solution, moving)
        args = builder.call(primitives.make_tuple, *solution.items, hint="args")
        dargs = builder.call(primitives.make_tuple, *tangents, hint="dargs")
        call = Call(
            lib_of(helpers.tangent), (solution.f, function, t0, t, y0, args, start, dargs), options_of(solution)
        )
        total = builder.target(name)
        builder.append(Assign((total,), call, builder.origin))
    if builder.moves(t):
        times: Expr = builder.tangents[t]
        if not helpers.axis_of_states:
            speeds = speeds_of(builder, solution, helpers)
        else:
            speeds = builder.call(Method("T", attribute=True), speeds_of(builder, solution, helpers), hint="speeds")
        moved = builder.call(operator.mul, speeds, times, hint="moved")
        if helpers.axis_of_states:
            moved = builder.call(Method("T", attribute=True), moved, hint="moved")
        total = moved if total is None else builder.call(operator.add, total, moved, hint=Var(name.hint))
    assert type(total) is Var
    builder.shapes.known[total] = builder.shapes[target]
    return total


# --- both modes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathHelpers:
    """The functions that solve for the derivatives of the solution of a differential equation."""

    tangent: Any
    adjoint: Any
    speeds: Any
    place: int
    """Which argument of the function is the state."""
    axis_of_states: int


HELPERS = {
    "solve_ivp": PathHelpers(runtime.ivp_tangent, runtime.ivp_adjoint, runtime.ivp_speeds, 1, 0),
    "odeint": PathHelpers(runtime.odeint_tangent, runtime.odeint_adjoint, runtime.odeint_speeds, 0, 1),
}


def name_of_solver(solution: Solution) -> str:
    return str(solution.options["by"].value.__name__)


def options_of(solution: Solution) -> tuple[tuple[str, Any], ...]:
    """The options of a solver, for the problem of the derivative."""
    return tuple((k, v) for k, v in solution.options.items() if k not in ("by", "packed", "like", "sure"))


def function_of_path(builder: Builder, solution: Solution, active: Sequence[int]) -> Any:
    """The tangent of the right-hand side, by the state and by some of the values that are passed on to it."""
    place = HELPERS[name_of_solver(solution)].place
    t, y = solution.operands[0], solution.operands[2]
    point = (t, y, *solution.items) if place else (y, t, *solution.items)
    wrt = (place, *(i + 2 for i in active))
    return function_of_derivative(builder, solution.f, "forward", wrt, point, "array", place)


def speed_at(builder: Builder, solution: Solution, t: Expr, y: Expr) -> Var:
    """dy/dt at one time."""
    point = (t, y) if HELPERS[name_of_solver(solution)].place else (y, t)
    speed = Var("speed")
    builder.append(Assign((speed,), Call(solution.f, (*point, *solution.items)), builder.origin))
    array = builder.call(lib_of_numpy("array"), speed, hint="speed")
    return builder.call(lib_of_numpy("ravel"), array, hint="speed")


def speeds_of(builder: Builder, solution: Solution, helpers: PathHelpers) -> Var:
    """dy/dt at all times."""
    args = builder.call(primitives.make_tuple, *solution.items, hint="args")
    return builder.call(helpers.speeds, solution.f, solution.operands[1], solution.found, args, hint="speeds")


def lib_of(helper: Any) -> Lib:
    return Lib(helper, runtime_path(helper))


def lib_of_numpy(name: str) -> Lib:
    return Lib(getattr(np, name), f"numpy.{name}")


def jacobian_at(builder: Builder, solution: Solution) -> Var:
    """The derivative of the function by its first argument, where that is no number."""
    point = (solution.found, *solution.items)
    function = function_of_derivative(builder, solution.f, "forward", (0,), point, "array")
    items = builder.call(primitives.make_tuple, *solution.items, hint="args")
    jacobian = builder.call(runtime.jacobian_of, function, solution.found, items, hint="jacobian")
    check_root(builder, solution, jacobian)
    return jacobian


def slope_at(builder: Builder, solution: Solution) -> Var:
    """The derivative of the function by its first argument, where that is a number."""
    point = (solution.found, *solution.items)
    slope = derived(builder, solution.f, "reverse", (0,), point, (), ("slope",), "any")[0]
    check_root(builder, solution, slope)
    return slope


def check_root(builder: Builder, solution: Solution, jacobian: Var) -> None:
    """Have it checked that a solution is one, unless the solver sees to it."""
    if "sure" in solution.options:
        return
    value = Var("value")
    builder.append(Assign((value,), Call(solution.f, (solution.found, *solution.items)), builder.origin))
    call = call_of(runtime.check_root, value, jacobian, solution.found)
    builder.append(Assign((), call, builder.origin, effect=True))


def derived(
    builder: Builder, f: Any, mode: str, wrt: tuple[int, ...], point: tuple[Expr, ...], directions: tuple[Expr, ...],
    names: Sequence[Var | str], form: Form,
) -> tuple[Var, ...]:
    """The gradients of a function at a point, or its tangent, for the seed or the tangents in `directions`."""
    function = function_of_derivative(builder, f, mode, wrt, point, form)
    targets = tuple(builder.target(name) for name in names)
    builder.append(Assign(targets, Call(function, (*point, *directions)), builder.origin))
    return targets


def function_of_derivative(
    builder: Builder, f: Any, mode: str, wrt: tuple[int, ...], point: Sequence[Expr | None], form: Form,
    place: int = 0,
) -> Any:
    """The function of the derivative of a function at `point`, whose value at `place` is only known as what it is."""
    if type(f) is Var:
        make = runtime.jvp_of if mode == "forward" else runtime.vjp_of
        return builder.call(make, f, Const(wrt), Const(len(point)), hint=f"d{f.hint}")
    source = f if isinstance(f, GeneratedFunction) else plain_function(f.value)
    names = list(signature_of(source).parameters)
    facts = builder.facts(names, dict(zip(names, point, strict=False)))
    if point[place] is None:
        facts |= {(place, "scalar")}
    elif form == "array":
        facts |= {(place, "array")}
    return builder.derive(source, mode, wrt, facts, form, builder.origin)


def value_at(builder: Builder, solution: Solution, limit: Expr) -> Var:
    """The integrand at a limit."""
    if any(option in solution.options for option in ("weight",)):
        raise UnsupportedError(
            "unsupported: the derivative of an integral with a weight function by its limits",
            "multiply the integrand by the weight", builder.origin,
        )
    value = Var("value")
    builder.append(Assign((value,), Call(solution.f, (limit, *solution.items)), builder.origin))
    if builder.shapes.is_scalar(solution.options.get("like", value)):
        builder.shapes.known[value] = frozenset()
    return value


def integrated(
    builder: Builder, solution: Solution, function: Any, more: tuple[Expr, ...], is_plain: bool, name: Var
) -> Var:
    """The integral of a derivative, by the same solver where it is a number."""
    solver = solution.options["by"]
    options = tuple((k, v) for k, v in solution.options.items() if k not in ("by", "packed", "like", "sure"))
    args = builder.call(primitives.make_tuple, *solution.items, *more, hint="args")
    kwargs = (("args", args), *options) if solution.items or more else options
    if not is_plain:
        if "weight" in solution.options:
            raise UnsupportedError(
                "unsupported: the derivative of an integral with a weight function by an array",
                "multiply the integrand by the weight", builder.origin,
            )
        solver = Lib(runtime.integral, runtime_path(runtime.integral))
        kwargs = tuple((k, v) for k, v in kwargs if k in ("args", "epsabs", "epsrel", "limit", "points"))
    call = Call(solver, (function, *solution.operands), kwargs)
    if not is_plain:
        total = builder.target(name)
        builder.append(Assign((total,), call, builder.origin))
        return total
    found = Var("found")
    builder.append(Assign((found,), call, builder.origin))
    total = builder.call(operator.getitem, found, Const(0), hint=name)
    builder.shapes.known[total] = frozenset()
    return total


def is_of_solver(value: Expr) -> bool:
    """Whether an expression is a call of a solver."""
    rule = rule_of(value) if type(value) is Call else None
    return rule is not None and rule.form == "solver"


def used_as_whole(rule: Rule, call: Call, origin: Origin | None, mode: Any) -> MissingRuleError:
    """The error for a result of a solver that is used as a whole, or in a part without derivative."""
    error = missing_rule(
        call, origin, mode,
        f"of what {rule.name} returns, a part is used here that has no derivative, or all of it",
    )
    return MissingRuleError(error.what, f"take {rule.instead} of it where it is made", origin)


def without_solutions(block: Block) -> Block:
    """A block in which what solvers found has no other name."""

    def change(statement: Statement) -> Statement:
        if type(statement) is not Assign:
            return with_blocks(statement, without_solutions)
        value = statement.value
        if type(value) is Call and type(value.fn) is Lib and value.fn.value is primitives.solution:
            same = Call(Lib(primitives.pass_through), value.args[:1])
            return Assign(statement.targets, same, statement.origin)
        return statement

    return with_statements(block, map(change, block.statements))
