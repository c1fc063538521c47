"""Arithmetic of lists and tuples under names of its own, which have other derivatives than that of numbers.

    a + b       concatenate(a, b)          a += b      for v in b: a.append(v)
    a * n       repeat(a, n)               t += u      concatenate(t, u)

and operands of NumPy's elementwise functions and products as the arrays that these make of them:

    np.dot(a, w)    np.dot(np.array(a), w)

That is for operands which surely are lists or tuples; the derivative of the sum of a list and something unknown is
refused.
"""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from tangent.analysis.calls import bind, function_of, is_call_of, rule_of
from tangent.analysis.lists import Lists, makes_sequences
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, Function, Lib, Statement, Var
from tangent.ir.walk import with_blocks

__all__ = ["name_list_arithmetic"]


def name_list_arithmetic(function: Function) -> Function:
    """The program with sums and products of lists and tuples as such."""
    if not makes_sequences(function):
        return function
    return replace(function, body=in_block(function.body, Lists(function)))


def in_block(block: Block, lists: Lists) -> Block:
    statements: list[Statement] = []
    for statement in block.statements:
        if type(statement) is Assign:
            statements += named(statement, lists)
        else:
            statements.append(with_blocks(statement, lambda b: in_block(b, lists)))
    return replace(block, statements=tuple(statements))


def named(statement: Assign, lists: Lists) -> list[Statement]:
    call = statement.value
    if is_call_of(call, operator.iadd) and lists.is_list(call.args[0]):
        return extension(statement, call, lists)
    if is_call_of(call, operator.add, operator.iadd) and (
        all(map(lists.is_list, call.args)) or all(map(lists.is_tuple, call.args))
    ):
        return [replace(statement, value=Call(Lib(primitives.concatenate), call.args))]
    repeated = lists.repeated(call) if is_call_of(call, operator.mul) else None
    if repeated is not None and (lists.is_list(repeated[0]) or lists.is_tuple(repeated[0])):
        return [replace(statement, value=Call(Lib(primitives.repeat), repeated))]
    return with_arrays(statement, call, lists) if type(call) is Call else [statement]


def array_operands(call: Call) -> list[Expr]:
    """The arguments of which a function of NumPy's makes arrays, and knows them as arrays only."""
    rule, fn = rule_of(call), function_of(call)
    module = getattr(fn, "__module__", None) or type(fn).__module__
    if rule is None or rule.signature is None or module.partition(".")[0] != "numpy" or fn in _OF_SEQUENCES:
        return []
    if rule.form in ("partials", "bilinear"):
        return list(call.args)
    arguments = bind(rule, call) or {}
    return [arg for name in _OPERANDS if isinstance(arg := arguments.get(name), Var)]


_OPERANDS = ("a", "b", "x", "y", "v", "m")
"""The names that NumPy has for operands, as against shapes, axes and sequences of arrays."""

_OF_SEQUENCES = (
    np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.copy, np.atleast_1d, np.atleast_2d, np.atleast_3d,
)


def with_arrays(statement: Assign, call: Call, lists: Lists) -> list[Statement]:
    """The call with arrays in the place of lists and tuples."""
    arrays: dict[Expr, Var] = {}
    for arg in array_operands(call):
        if lists.is_list(arg) or lists.is_tuple(arg):
            arrays[arg] = Var("array_" + name_of(arg)[0])
    if not arrays:
        return [statement]
    out: list[Statement] = [
        Assign((array,), Call(Lib(np.array, "numpy.array"), (arg,)), statement.origin) for arg, array in arrays.items()
    ]
    return [*out, replace(statement, value=replace(call, args=tuple([arrays.get(a, a) for a in call.args])))]


def extension(statement: Assign, call: Call, lists: Lists) -> list[Statement]:
    """`items += values`: the values appended one by one."""
    items, values = call.args
    made = lists.made.get(values) if type(values) is Var else None
    origin, out = statement.origin, list[Statement]()
    if made is not None and is_call_of(made, primitives.make_list, primitives.make_tuple) and made.args:
        for value in made.args:
            longer = Var(*name_of(items))
            out.append(Assign((longer,), Call(Lib(primitives.list_append), (items, value)), origin))
            items = longer
        out[-1] = replace(out[-1], targets=statement.targets)  # type: ignore[arg-type]
        return out
    param, longer, index, value = Var(*name_of(items)), Var(*name_of(items)), Var("i"), Var("value")
    length = Var("length")
    out.append(Assign((length,), Call(Lib(len), (values,)), origin))
    body = Block((
        Assign((value,), Call(Lib(primitives.element), (values, index)), origin),
        Assign((longer,), Call(Lib(primitives.list_append), (param, value)), origin),
    ), (longer,))
    return [*out, For(index, (Const(0), length, Const(1)), (param,), (items,), body, statement.targets, origin)]


def name_of(value: Expr) -> tuple[str, bool]:
    return (value.hint, value.named) if type(value) is Var else ("items", False)
