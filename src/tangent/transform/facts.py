"""What the backward pass has to know of a primal before it is built."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tangent.analysis.activity import varied_values
from tangent.analysis.calls import function_of, rule_of
from tangent.analysis.kinds import Kinds
from tangent.analysis.libraries import Libraries
from tangent.analysis.shapes import Shapes
from tangent.errors import UnsupportedError
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Expr, For, FString, Function, Global, Origin, Var, While
from tangent.ir.walk import all_bound, all_statements, expr_vars, joined, nested_blocks, statement_vars, used_vars
from tangent.rules import registry
from tangent.rules.libraries import LIBRARIES
from tangent.runtime.sparse import is_class_of_matrices

__all__ = [
    "counted_as_scalars", "definitions_of", "passing_on", "primal_values", "refuse_containers",
    "products_with_constants", "refuse_matrices", "refuse_parsed_text", "refuse_set", "users_names", "with_facts",
]


def counted_as_scalars(function: Function) -> list[Var]:
    """The parameters that are taken for numbers by their annotations, where that matters: not those of ranges alone."""
    annotated = {v for v, fact in function.facts.items() if fact in ("scalar", "int")}
    uses = Counter(used_vars(function.body))
    for statement in all_statements(function.body):
        match statement:
            case For(bounds=bounds):
                uses.subtract(v for bound in bounds for v in expr_vars(bound))
            case Assign(value=Call() as call) if function_of(call) is range:
                uses.subtract(expr_vars(call))
    return [v for v in function.params if v in annotated and uses[v] > 0]


def with_facts(function: Function, known: frozenset[tuple[int, str]]) -> Function:
    """The program of a function that is called: what its annotations say of numbers holds where the call shows it."""
    facts = {v: fact for v, fact in function.facts.items() if fact not in ("scalar", "int")}
    for position, fact in known:
        parameter = function.parameters[position]
        if fact == "complex" or fact in LIBRARIES:
            facts[parameter.var] = fact
        elif parameter.kind not in (parameter.kind.VAR_POSITIONAL, parameter.kind.VAR_KEYWORD):
            facts[parameter.var] = function.facts.get(parameter.var, fact)
    return replace(function, facts=facts)


def passing_on(function: Function, active: set[Var], libraries: Libraries) -> set[Var]:
    """The intermediate results whose adjoint may keep a larger shape than theirs.

    They have one use, in the same block, and their operands fit the adjoint to their own shapes: summing over
    the elements to which a value was broadcast can be left to those.  The same holds for what a loop carries
    from a start that has no derivative.
    """
    uses = Counter(used_vars(function.body))
    found: set[Var] = set()
    compound = [s for s in all_statements(function.body) if type(s) is not Assign]
    for block in (function.body, *(b for s in compound for b in nested_blocks(s))):
        here, fitting = read_and_fitting(block, libraries)
        found.update(v for v in fitting if not v.named and uses[v] == 1 and v in here)
    for loop in (s for s in compound if isinstance(s, For | While)):
        here, fitting = read_and_fitting(loop.body, libraries)
        for param, init, end in zip(loop.params, loop.inits, loop.body.yields, strict=True):
            if init not in active and end in fitting and uses[param] == uses[end] == 1 and param in here:
                found.add(param)
    return found


def read_and_fitting(block: Block, libraries: Libraries) -> tuple[set[Var], set[Var]]:
    """What the statements of a block read, and what those of them bind whose operands fit its adjoint."""
    plain = [s for s in block.statements if type(s) is Assign]
    fitting = {
        s.targets[0] for s in plain
        if type(s.value) is Call and len(s.targets) == 1 and fits_by_itself(s.value)
        and libraries.operator_as_function(s.value) is None
    }
    return {v for s in plain for v in statement_vars(s)}, fitting


def fits_by_itself(call: Call) -> bool:
    """Whether the operands of a call fit an adjoint of a larger shape to their own shapes."""
    rule = rule_of(call)
    return function_of(call) in (operator.matmul, np.matmul) or (rule is not None and rule.form == "partials")


def definitions_of(function: Function) -> dict[Var, Call]:
    """The calls by which the values of a program are bound, where each binds one."""
    return {
        s.targets[0]: s.value
        for s in all_statements(function.body)
        if type(s) is Assign and len(s.targets) == 1 and type(s.value) is Call
    }


def refuse_containers(
    call: Call, target: Var, kinds: Kinds, is_active: Callable[[Expr], bool], origin: Origin | None
) -> None:
    """Refuse arithmetic on lists, tuples, dicts and objects that have a derivative."""
    if kinds.has_fields(target):
        raise UnsupportedError(
            f"unsupported: arithmetic that gives `{target.hint}`, an object of a class that only the run knows",
            "say which class it is, by an annotation of the argument or by making the object in the function", origin,
        )
    for arg in call.args:
        if type(arg) is Var and arg in kinds.containers and is_active(arg):
            raise UnsupportedError(
                f"unsupported: arithmetic on `{arg.hint}`, a list, a tuple or a dict",
                "loop over its items, or make an array of it with np.array", origin,
            )


def refuse_matrices(call: Call, definitions: Mapping[Var, Call], origin: Origin | None) -> None:
    """Refuse `*` with a matrix of a class that takes it for a product of matrices, where that is known."""
    if function_of(call) not in (operator.mul, np.multiply):
        return
    for arg in call.args:
        made = definitions.get(arg) if type(arg) is Var else None
        cls = type(arg.value) if type(arg) is Global else function_of(made) if made is not None else None
        if is_class_of_matrices(cls):
            raise UnsupportedError(
                f"unsupported: `*` with a {cls.__name__}, which is a product of matrices, or a multiple of one",
                "write the product as `A @ x`, or take an array instead of the matrix", origin,
            )


def products_with_constants(call: Call, is_active: Callable[[Expr], bool], kinds: Kinds, shapes: Shapes) -> list[Var]:
    """The factors without a derivative that may be matrices, which take `*` for a product of matrices."""
    if function_of(call) not in (operator.mul, np.multiply) or any(shapes.is_scalar(a) for a in call.args):
        return []
    constants = [a for a in call.args if type(a) is Var and not is_active(a)]
    return [a for a in constants if not kinds.is_integer(a) and a not in kinds.arrays]


def refuse_set(fn: object, origin: Origin | None) -> None:
    """Refuse a set that has a derivative."""
    if fn in (primitives.set_add, primitives.set_discard):
        raise UnsupportedError("unsupported: a set of values that have a derivative", "keep them in a list", origin)


def refuse_parsed_text(body: Block, wrt: Iterable[Var]) -> None:
    """Refuse numbers that are read from text which was made of values that have a derivative: `float(str(x))`."""
    calls = [s for s in all_statements(body) if type(s) is Assign and type(s.value) is Call]
    writing = [s for s in calls if type(s.value) is Call and (type(s.value.fn) is FString or (
        function_of(s.value) in WRITERS))]
    if not writing:
        return
    varied = varied_values(body, wrt)
    texts: set[Expr] = {t for s in writing if not varied.isdisjoint(expr_vars(s.value)) for t in s.targets}
    sources = joined(body)
    size = -1
    while size < len(texts):
        size = len(texts)
        texts |= {v for v, both in sources.items() if any(b in texts for b in both)}
        for statement in calls:
            if texts.isdisjoint(expr_vars(statement.value)):
                continue
            texts.update(statement.targets)
            if function_of(statement.value) in PARSERS:  # type: ignore[arg-type]
                raise UnsupportedError(
                    "unsupported: a number that is read from the text of a value that has a derivative",
                    "use the number itself", statement.origin,
                )


WRITERS: frozenset[Any] = frozenset({str, repr, format, ascii, primitives.format_percent, registry.method("format")})
PARSERS: frozenset[Any] = frozenset({float, int, complex, np.float64, np.float32, np.array, np.asarray})


def primal_values(block: Block) -> set[Var]:
    """The values that a primal binds, but for the indices of loops, which a backward pass binds again."""
    statements = list(all_statements(block))
    return {v for s in statements for v in all_bound(s)} - {s.index for s in statements if type(s) is For}


def users_names(function: Function) -> set[str]:
    """The names of the user's variables."""
    bound_vars = {v for s in all_statements(function.body) for v in all_bound(s)}
    return {v.hint for v in (*function.params, *bound_vars) if v.named}
