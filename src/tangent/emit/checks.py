"""Checks behind the statements of a derivative, for `debug="nan"`, `"dtype"` and `"shape"`.

    y = np.log(x)                  ->   y = np.log(x)
    z[i] += y * np.sin(y)               tangent.check_finite(y, x)
                                        z_item = z[i] + y * np.sin(y)
                                        tangent.check_finite(z_item, z[i], y)
                                        z[i] = z_item

The pass comes after folding: what is checked is what a reader sees as a statement, and the operands are the values that
it reads.  What a statement writes in place is computed by one of its own, so that its operands are there when the check
runs.  Nothing that could be out of place without a computation is checked: items that are read, values from lists, what
functions return that are generated and have checks inside.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from tangent import runtime
from tangent.analysis.calls import (
    changes_operand,
    function_of,
    is_augmented,
    is_call_of,
    is_nondifferentiable,
    rule_of,
)
from tangent.analysis.memory import shape_only_positions
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Cond,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    Global,
    Lib,
    Method,
    Statement,
    Var,
    While,
)
from tangent.ir.walk import all_statements, expr_vars, joined, with_blocks

__all__ = ["Debug", "with_checks"]

Debug = Literal["", "nan", "dtype", "shape"]
"""What a derivative looks for when it runs."""

PARTS_OF_ANOTHER = (
    primitives.make_tuple, primitives.make_list, primitives.make_dict, primitives.make_object, primitives.and_then,
    primitives.or_else,
)
HANDED_ON = (
    primitives.pass_through, primitives.same_view, runtime.copy, runtime.shallow_copy, runtime.writable,
    runtime.match_structure, runtime.as_lists, runtime.as_record, runtime.expand, runtime.stretch, runtime.as_block,
    runtime.align, runtime.array_each, np.copy,
)
"""What gives the numbers that it takes."""
NOT_COMPUTED = (
    primitives.element, primitives.caught, primitives.unpack, primitives.list_pop, primitives.enter, primitives.leave,
    primitives.backward_pass, primitives.inserted, np.empty, np.empty_like, runtime.derivatives, slice,
)
"""What reads numbers that were there before, or gives some that have no meaning yet."""
ELEMENTWISE = (
    np.where, np.clip, operator.neg, operator.pos, np.negative, np.positive, operator.and_, operator.or_,
    operator.invert, runtime.unbroadcast, runtime.greater, runtime.power_slope, *HANDED_ON,
)
"""What is elementwise without being declared by partial derivatives.  A sum over an axis has another shape than what it
sums, and is told by that."""
CONVERSIONS = frozenset({"astype", "float32", "float64", "asarray", "array", "single", "double", "cast"})
"""What has another precision on purpose."""


def with_checks(program: Function, before: Block, debug: Debug, is_called: bool) -> Function:
    """The program with checks.

    Args:
        program: a program that has been folded.
        before: its body before that: there the results are values with names.
        debug: what to look for.
        is_called: whether other generated functions call it.
    """
    body = _with_results(program.body, before)
    body = _Checks(debug, integers_of(body)).block(body)
    if debug == "nan" and not is_called:
        body = replace(body, statements=(*body.statements, *_of_results(body, program.params)))
    return replace(program, body=body)


def _with_results(body: Block, before: Block) -> Block:
    """The body with a statement for each result that has been folded into what is returned."""
    definitions = {t: s for s in before.statements if type(s) is Assign for t in s.targets}
    statements, yields = list(body.statements), []
    for old, new in zip(before.yields, body.yields, strict=True):
        if type(old) is Var and isinstance(new, Call | Cond) and old in definitions:
            statements.append(Assign((old,), new, definitions[old].origin))
            new = old
        yields.append(new)
    return replace(body, statements=tuple(statements), yields=tuple(yields))


def _of_results(body: Block, params: Iterable[Var]) -> Iterator[Statement]:
    """`tangent.check_given(bx, x, by)`, of all results and arguments."""
    results = tuple([y for y in body.yields if type(y) is Var])
    if results:
        whole = results[0] if len(results) == 1 else Call(Lib(primitives.make_tuple), results)
        yield _check(runtime.check_given, whole, params)


def _check(fn: Any, value: Expr, operands: Iterable[Expr], like: Statement | None = None, **options: Any) -> Assign:
    kwargs = tuple([(name, Const(given)) for name, given in options.items()])
    call = Call(Lib(fn, f"tangent.{fn.__name__}"), (value, *operands), kwargs)
    return Assign((), call, like.origin if like is not None else None, effect=True)


class _Checks:
    def __init__(self, debug: Debug, integers: set[Expr]) -> None:
        self.integers = integers
        self.behind: Callable[[Assign, Var], Iterator[Assign]] = {
            "nan": self.of_finite, "dtype": self.of_precision, "shape": self.of_shape,
        }[debug]

    def block(self, block: Block) -> Block:
        return replace(block, statements=tuple([new for s in block.statements for new in self.statement(s)]))

    def statement(self, statement: Statement) -> Iterator[Statement]:
        if type(statement) is While and not statement.header.statements:  # its test stays in the line of the loop
            yield replace(statement, body=self.block(statement.body))
        elif type(statement) is not Assign:
            yield with_blocks(statement, self.block)
        elif changes_operand(statement.value) and not is_augmented(statement.value):
            yield from self.update(statement, statement.value)
        else:
            yield statement
            yield from self.checks(statement)

    def checks(self, statement: Assign) -> Iterator[Assign]:
        value = statement.value
        if statement.targets and is_computed(value) and self.integers.isdisjoint(statement.targets):
            called = type(value) is Call and type(value.fn) is Var
            if len(statement.targets) == 1 or called:  # the first result of a function that only the run knows
                yield from self.behind(statement, statement.targets[0])

    def update(self, statement: Assign, call: Call) -> Iterator[Statement]:
        """A change in place: what is written is a statement of its own, and checked."""
        container, *others = call.args
        fn = call.fn
        if not others:
            yield statement
            return
        if is_call_of(call, primitives.add_item):
            old = Call(Lib(operator.getitem), (container, others[0]))
            fn, others[1] = Lib(primitives.update_item), Call(Lib(operator.add), (old, others[1]))
        *places, written = others
        if isinstance(written, Call | Cond) and is_computed(written) and list(operands(written)):
            item = Var(f"{container.hint if type(container) is Var else 'container'}_item")
            computed = Assign((item,), written, statement.origin)
            yield computed
            yield from self.checks(computed)
            written = item
        yield replace(statement, value=Call(fn, (container, *places, written), call.kwargs))

    # --- what is looked for ------------------------------------------------------------------

    def of_finite(self, statement: Assign, target: Var) -> Iterator[Assign]:
        read = list(operands(statement.value))
        if read and not has_infinite_constant(statement.value):
            options = {} if is_elementwise(statement.value) else {"whole": True}
            yield _check(runtime.check_finite, target, read, statement, **options)

    def of_precision(self, statement: Assign, target: Var) -> Iterator[Assign]:
        read = list(operands(statement.value))
        if read and not is_conversion(statement.value):
            yield _check(runtime.check_precision, target, read, statement)

    def of_shape(self, statement: Assign, target: Var) -> Iterator[Assign]:
        read = list(operands(statement.value))
        if len(read) > 1 and is_elementwise(statement.value):
            yield _check(runtime.check_shape, target, read, statement)


# --- expressions ---------------------------------------------------------------------------------


def is_computed(value: Expr) -> bool:
    """Whether an expression computes numbers, and does not only hand them on."""
    if type(value) is Cond:
        return is_computed(value.then) or is_computed(value.orelse)
    if type(value) is not Call or isinstance(value.fn, GeneratedFunction):
        return False
    fn = function_of(value)
    if fn in NOT_COMPUTED or is_path(value) or type(value.fn) is Method and value.fn.attribute:
        return False
    if fn in HANDED_ON or fn in PARTS_OF_ANOTHER:
        return any(map(is_computed, value.args))
    return not is_of_integers(value)


COUNTING = (operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.iadd, operator.isub)


def integers_of(body: Block) -> set[Expr]:
    """The values that surely are integers: indices of loops, and what is counted from integers in steps of integers."""
    parts: dict[Any, Sequence[Expr]] = dict(joined(body))
    for statement in all_statements(body):
        if type(statement) is For:
            parts[statement.index] = ()
        elif type(statement) is Assign and type(statement.value) is Call:
            if is_call_of(statement.value, *COUNTING):
                parts[statement.targets[0]] = statement.value.args
            elif function_of(statement.value) is len:
                parts[statement.targets[0]] = ()
    while others := [v for v, made_of in parts.items() if not all(p in parts or is_integer(p) for p in made_of)]:
        for value in others:
            del parts[value]
    return set(parts)


def is_integer(expr: Expr) -> bool:
    return type(expr) is Const and type(expr.value) is int


def is_of_integers(call: Call) -> bool:
    """Whether a function of a library gives no floating-point numbers that could be anything but its operands."""
    package = (getattr(function_of(call), "__module__", None) or "numpy").partition(".")[0]
    return is_nondifferentiable(call) and package in ("numpy", "scipy", "math", "builtins", "tangent", "_operator")


def is_path(value: Expr) -> bool:
    """Whether an expression only says where a value is: `x`, `x[i]`, `params['w'][0]`."""
    if type(value) is Var:
        return True
    return (
        is_call_of(value, operator.getitem, primitives.element) and is_path(value.args[0])
        and all(is_index(a) for a in value.args[1:])
    )


def is_index(value: Expr) -> bool:
    if type(value) is Call:
        plain = (slice, primitives.make_tuple, operator.add, operator.sub, operator.getitem)
        return is_call_of(value, *plain) and all(map(is_index, value.args))
    return type(value) is not Cond


def operands(value: Expr) -> Iterator[Expr]:
    """The values that an expression reads, each once, as a reader finds them in the text."""
    found: dict[Any, Expr] = {}
    for operand in _operands(value):
        found.setdefault(_key(operand), operand)
    yield from found.values()


def _key(expr: Expr) -> Any:
    match expr:
        case Call(args=args):
            return (function_of(expr), *map(_key, args))
        case Const(value=value):
            return repr(value)
        case Global(path=path):
            return path
    return expr


def _operands(value: Expr) -> Iterator[Expr]:
    if is_path(value):
        yield value
    elif type(value) is Global:
        if isinstance(value.value, (int, float, complex, np.generic, np.ndarray, list, tuple, dict)):
            yield value
    elif type(value) is Cond or is_call_of(value, primitives.and_then, primitives.or_else):
        parts = (value.then, value.orelse) if type(value) is Cond else value.args
        for part in parts:  # whose items there may not be
            yield from dict.fromkeys(expr_vars(part))
    elif type(value) is Call:
        ignored = shape_only_positions(value)
        for position, part in enumerate(value.args):
            if position not in ignored:
                yield from _operands(part)
        for _, part in value.kwargs:
            yield from _operands(part)


def is_elementwise(value: Expr) -> bool:
    """Whether each element of the result is computed from the elements of the operands at its place."""
    if is_path(value) or not isinstance(value, Call | Cond):
        return True
    if type(value) is Cond:
        return is_elementwise(value.then) and is_elementwise(value.orelse)
    rule = rule_of(value)
    known = rule is not None and rule.form == "partials" or function_of(value) in ELEMENTWISE
    return known and all(map(is_elementwise, value.args))


def has_infinite_constant(value: Expr) -> bool:
    if type(value) is Const:
        return isinstance(value.value, (float, complex)) and not np.isfinite(value.value)
    if type(value) is Call:
        return any(map(has_infinite_constant, (*value.args, *(v for _, v in value.kwargs))))
    return type(value) is Cond and any(map(has_infinite_constant, (value.then, value.orelse)))


def is_conversion(value: Expr) -> bool:
    """Whether an expression has another precision on purpose."""
    if type(value) is not Call:
        return False
    fn = function_of(value)
    name = getattr(fn, "name", None) or getattr(fn, "__name__", "")
    return name in CONVERSIONS or any(k == "dtype" for k, _ in value.kwargs) or any(map(is_conversion, value.args))
