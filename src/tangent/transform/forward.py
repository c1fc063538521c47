"""Forward mode, from a function to the function of its tangent.

The passes, in order:

    lower            the program of the function                                   frontend.lower
    check_aliases    reference semantics agree with value semantics, or an error   analysis.alias
    active_values    which values carry a derivative                               analysis.activity
    Forward          a tangent beside each of them                                 transform.jvp
    optimize         what needs not be computed                                    simplify
    run_through_tangents   loops over a sequence and its tangent                   transform.sequences
    protect          copies where both the old and the new value are needed        emit.buffers
    fold             temporaries go back into expressions                          simplify.fold

A function that is called becomes one that gives the tangents and the results.  Which of its results are needed
is known when the caller has been simplified, so it is made then.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any

from tangent import runtime
from tangent.analysis.activity import active_values
from tangent.analysis.calls import Source, is_call_of
from tangent.analysis.kinds import Kinds
from tangent.frontend.classes import described
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Differentiated,
    Function,
    GeneratedFunction,
    Lib,
    Origin,
    Parameter,
    Statement,
    Var,
    is_field,
)
from tangent.ir.walk import all_statements, statement_vars, substitute, used_vars, with_blocks
from tangent.simplify import propagate_copies, remove_dead_code, simplify_derivative, tidy
from tangent.transform.checks import with_checks_of_derivatives
from tangent.transform.complex_numbers import Results, narrowed, with_complex_numbers
from tangent.transform.derivation import (
    Derivation,
    apart,
    base_name,
    derivative_name,
    packed,
    takes_keywords,
    with_parameters,
)
from tangent.transform.facts import counted_as_scalars, primal_values, refuse_parsed_text, with_facts
from tangent.transform.insertions import without_insertions
from tangent.transform.jvp import Callee, Forward
from tangent.transform.paths import Wanted, focused, unfocused
from tangent.transform.saving import define
from tangent.transform.sequences import run_through_tangents
from tangent.transform.solutions import is_of_solver
from tangent.transform.templates import call_of

__all__ = ["ForwardMode"]


@dataclass(slots=True)
class ForwardMode(Derivation):
    """The making of one derivative in forward mode: the functions that it consists of."""

    made: dict[Any, GeneratedFunction] = field(default_factory=dict)

    def function(
        self, function: types.FunctionType, wrt: tuple[Wanted, ...], name: str, keep_result: bool
    ) -> Function:
        """The function of the arguments and the tangents of those at `wrt`."""
        self.names.add(name)
        program, positions = focused(self.program(function), wrt)
        return unfocused(self.of_program(program, positions, name, keep_result), wrt, program)

    def of_program(self, program: Function, wrt: tuple[int, ...], name: str, keep_result: bool) -> Function:
        variables = [program.params[i] for i in wrt]
        tangents = tangents_of(program, variables)
        outputs = range(len(program.body.yields))
        keeps_primal = bool(keep_result or self.options.debug)
        results: Results = "any" if self.options.complex_results else "real"
        block = self.tangents(program, wrt, tangents, outputs, outputs if keeps_primal else (), results)
        if any(has_objects(p) for p in (program, *(made.function for made in self.lowered))):
            block = self.with_classes(program, block, wrt, tangents, keeps_primal)
        made, copies = apart(block.yields[: len(outputs)])
        block = Block((*block.statements, *copies), (*made, *block.yields[len(outputs) :]))
        if self.options.check_dims:
            of_complex = any(program.facts.get(v) == "complex" for v in variables)
            checks = check(tangents, variables, counted_as_scalars(program), of_complex)
            block = replace(block, statements=(*checks, *block.statements))
        yields, count = block.yields, len(outputs)
        if keep_result:
            yields = (*packed(yields[:count], program.returns_tuple), *packed(yields[count:], program.returns_tuple))
        else:
            yields = yields[:count]
        own = tuple([replace(p, is_seed=p.is_seed and p.var not in variables) for p in program.parameters])
        new = [parameter_of(t, program.parameters[i]) for i, t in zip(wrt, tangents, strict=True)]
        return replace(
            program, name=name, parameters=with_parameters(replace(program, parameters=own), new),
            body=replace(block, yields=yields), returns_tuple=program.returns_tuple or keep_result, docstring=None,
            facts=with_tangents(program, variables, tangents),
            of=Differentiated(program, tuple(variables), "forward"),
        )

    def with_classes(
        self, program: Function, block: Block, wrt: tuple[int, ...], tangents: list[Var], keep_result: bool
    ) -> Block:
        """Take tangents of objects as records, which have no properties, and give those of results in their classes."""
        kinds, results = Kinds(program), program.body.yields
        objects = [i for i, result in enumerate(results) if not kinds.is_numeric(result)]
        if objects and not keep_result:
            block = self.tangents(program, wrt, tangents, range(len(results)), range(len(results)), "real")
        taken = [t for t, i in zip(tangents, wrt, strict=True) if not kinds.is_numeric(program.params[i])]
        inside = {t: Var(t.hint, named=True) for t in taken}
        block = substitute(block, dict(inside))
        before = [Assign((inside[t],), call_of(runtime.as_record, t)) for t in taken]
        yields, after = list(block.yields), []
        for i in objects:
            tangent = yields[i]
            matched = Var(tangent.hint if type(tangent) is Var else "d" + program.name)
            after.append(Assign((matched,), call_of(runtime.match_structure, yields[i], yields[len(results) + i])))
            yields[i] = matched
        count = 2 * len(results) if keep_result else len(results)
        return Block((*before, *block.statements, *after), tuple(yields[:count]))

    # --- functions that are called -----------------------------------------------------------

    def callee(
        self, fn: Source, wrt: tuple[int, ...], outputs: tuple[int, ...], keep: tuple[int, ...],
        facts: frozenset[tuple[int, str]], origin: Origin | None,
    ) -> GeneratedFunction:
        """The function that gives the tangents of some results of a function, and some of the results."""
        key = (fn, wrt, outputs, keep, facts)
        if key not in self.made:
            name = f"{base_name(fn)}_tangent{self.unique(fn, wrt)}"
            self.made[key] = GeneratedFunction(name, None, fn)
            program = with_facts(self.called_program(fn, origin), facts)
            variables = [program.params[i] for i in wrt]
            tangents = tangents_of(program, variables)
            block = self.tangents(program, wrt, tangents, outputs, keep, "called")
            kind = P.KEYWORD_ONLY if takes_keywords(program) else P.POSITIONAL_OR_KEYWORD
            new = [parameter_of(t, program.parameters[i], kind) for i, t in zip(wrt, tangents, strict=True)]
            self.made[key].function = replace(
                program, name=name, parameters=(*program.parameters, *new),
                body=block, returns_tuple=len(block.yields) > 1, docstring=None,
                facts=with_tangents(program, variables, tangents),
                of=Differentiated(program, tuple(variables), "forward"),
            )
        return self.made[key]

    # --- stages ------------------------------------------------------------------------------

    def tangents(
        self, program: Function, wrt: tuple[int, ...], tangents: Iterable[Var], outputs: Iterable[int],
        keep: Iterable[int], of: Results,
    ) -> Block:
        """The program of the tangents of the results at `outputs`, and of the results at `keep`."""
        variables = [program.params[i] for i in wrt]
        program = replace(program, body=without_insertions(program.body))
        program = with_complex_numbers(program, variables, of)
        refuse_parsed_text(program.body, variables)
        active = active_values(program.body, variables)
        calls = _Calls(self)
        forward = Forward(program, active, calls.placeholder, self.derive, self.options.optimized)
        outputs = tuple(outputs)
        block = forward.build(variables, tangents, outputs)
        if self.options.debug in ("dtype", "shape"):
            block = with_checks_of_derivatives(block, forward.values, forward.kinds, self.options.debug)
        results = block.yields[len(outputs) :]
        block = replace(block, yields=(*block.yields[: len(outputs)], *(results[i] for i in keep)))
        self.trace("tangents", block)
        block = self.without_solutions(narrowed(block))
        block = remove_dead_code(propagate_copies(block))
        if self.options.optimized:
            block = simplify_derivative(block, primal_values(program.body), forward.shapes)
            self.trace("optimized", block)
        block = tidy(run_through_tangents(tidy(block), forward.sequences))
        block = calls.resolved(block)
        return replace(block, statements=define(block.statements, read_by_helpers(block) | forward.of_handlers))


class _Calls:
    """The calls of functions with source, until it is known which of their results are needed."""

    def __init__(self, derivation: ForwardMode) -> None:
        self.derivation = derivation
        self.asked: dict[Any, tuple[Call, Source, tuple[int, ...], frozenset[tuple[int, str]], Origin | None]] = {}

    def placeholder(
        self, call: Call, fn: Source, wrt: tuple[int, ...], facts: frozenset[tuple[int, str]], origin: Origin | None
    ) -> Callee:
        placeholder = GeneratedFunction(base_name(fn), None, fn)
        self.asked[placeholder] = (call, fn, wrt, facts, origin)
        program = self.derivation.called_program(fn, origin)
        names = tuple([t.hint for t in tangents_of(program, [program.params[i] for i in wrt])])
        return Callee(placeholder, names if takes_keywords(program) else None)

    def resolved(self, block: Block) -> Block:
        """The program with functions that give what is used of the tangents and results."""
        if not self.asked:
            return block
        used = set(used_vars(block))

        def statement(statement: Statement) -> Statement:
            if type(statement) is not Assign:
                return with_blocks(statement, inner)
            call = statement.value
            if type(call) is Call and call.fn in self.asked:
                return self.with_function(statement, call, used)
            return statement

        def inner(block: Block) -> Block:
            return replace(block, statements=tuple([statement(s) for s in block.statements]))

        return inner(block)

    def with_function(self, statement: Assign, call: Call, used: set[Var]) -> Assign:
        primal, fn, wrt, facts, origin = self.asked[call.fn]
        count = len(statement.targets) // 2
        outputs = tuple([i for i in range(count) if statement.targets[i] in used])
        keep = tuple([i for i in range(count) if statement.targets[count + i] in used])
        if not outputs:
            return replace(statement, targets=statement.targets[count:] if keep else (), value=primal)
        function = self.derivation.callee(fn, wrt, outputs, keep, facts, origin)
        targets = (*(statement.targets[i] for i in outputs), *(statement.targets[count + i] for i in keep))
        return replace(statement, targets=targets, value=replace(call, fn=function))


def check(
    tangents: list[Var], variables: list[Var], scalars: list[Var], of_complex: bool = False
) -> list[Statement]:
    """`tangent.check_tangent(dx, x)`, or of tuples; those of `scalars`, and these, have to be numbers."""
    if scalars:
        moving = [t for t, v in zip(tangents, variables, strict=True) if v in scalars]
        others = [(t, v) for t, v in zip(tangents, variables, strict=True) if v not in scalars]
        are_numbers = Assign((), call_of(runtime.check_scalars, *moving, *scalars), None, effect=True)
        rest = check([t for t, _ in others], [v for _, v in others], [], of_complex) if others else []
        return [are_numbers, *rest]
    fn = Lib(runtime.check_tangent, "tangent.check_tangent")
    option = (("of_complex", Const(True)),) if of_complex else ()
    if len(tangents) == 1:
        return [Assign((), Call(fn, (tangents[0], variables[0]), option), None, effect=True)]
    left, right = Var("tangents"), Var("arguments")
    return [
        Assign((left,), Call(Lib(primitives.make_tuple), tuple(tangents))),
        Assign((right,), Call(Lib(primitives.make_tuple), tuple(variables))),
        Assign((), Call(fn, (left, right), option), None, effect=True),
    ]


def has_objects(program: Function) -> bool:
    """Whether a program reads attributes of objects, or makes objects; what solvers return is none of these."""
    if program.namespace.globals.get("__name__", "").startswith("tangent.runtime"):
        return False
    calls = [s for s in all_statements(program.body) if type(s) is Assign and type(s.value) is Call]
    solved = {s.targets[0] for s in calls if s.targets and is_of_solver(s.value)}
    return any(
        is_call_of(s.value, primitives.make_object)
        or any(map(is_field, s.value.args)) and s.value.args[0] not in solved
        for s in calls if type(s.value) is Call
    )


def read_by_helpers(block: Block) -> set[Var]:
    """The values that are read where the user's program may not read them: they have to exist on every path."""
    helpers = (runtime.zeros_like, runtime.stretch, runtime.refuse_view, runtime.check_view)
    return {
        v for s in all_statements(block)
        if type(s) is Assign and is_call_of(s.value, *helpers)
        for v in statement_vars(s)
    }


def tangents_of(program: Function, variables: Iterable[Var]) -> list[Var]:
    """The parameters for the tangents of parameters."""
    tangents: list[Var] = []
    for variable in variables:
        taken = {t.hint for t in tangents}
        tangents.append(derivative_name(program, "d", variable.hint, taken))
    return tangents


def parameter_of(tangent: Var, of: Parameter, kind: Any = P.POSITIONAL_OR_KEYWORD) -> Parameter:
    """The parameter that takes the tangent of another parameter."""
    is_object = described(of.annotation, {}) is not None  # whose tangent may be a record
    annotation = P.empty if is_object else float if of.annotation is int else of.annotation
    return Parameter(tangent, kind, annotation=annotation)


def with_tangents(program: Function, variables: Iterable[Var], tangents: Iterable[Var]) -> dict[Var, str]:
    """The facts of a program, and those of the tangents of its parameters."""
    facts = dict(program.facts)
    for variable, tangent in zip(variables, tangents, strict=True):
        if variable in facts:
            facts[tangent] = "scalar" if facts[variable] == "int" else facts[variable]
    return facts
