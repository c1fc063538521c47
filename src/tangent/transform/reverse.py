"""Reverse mode, from a function to the functions of its derivative.

The passes, in order:

    lower            the program of the function                                   frontend.lower
    check_aliases    reference semantics agree with value semantics, or an error   analysis.alias
    active_values    which values carry a derivative                               analysis.activity
    Reverse          the backward pass                                             transform.vjp
    optimize         what needs not be computed                                    simplify
    save_values      how values get from the forward to the backward pass          transform.saving
    protect          copies where both the old and the new value are needed        emit.buffers
    fold             temporaries go back into expressions                          simplify.fold

In joint motion the two passes make one function; in split motion the forward function returns the values
that the backward function reads.  Functions that are called are always taken apart.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any

from tangent import runtime
from tangent.analysis.activity import active_values
from tangent.analysis.calls import Source
from tangent.analysis.complex_numbers import is_complex_constant
from tangent.analysis.shapes import Shapes
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Differentiated,
    Expr,
    For,
    Function,
    GeneratedFunction,
    Lib,
    Origin,
    Parameter,
    Statement,
    Var,
)
from tangent.ir.walk import all_statements, bound, used_vars
from tangent.simplify import propagate_copies, remove_dead_code, simplify_derivative, tidy
from tangent.transform.checks import with_checks_of_derivatives
from tangent.transform.complex_numbers import Results, narrowed, with_complex_numbers
from tangent.transform.derivation import (
    Derivation,
    apart,
    base_name,
    derivative_name,
    packed,
    with_parameters,
)
from tangent.transform.facts import (
    counted_as_scalars,
    definitions_of,
    primal_values,
    refuse_parsed_text,
    with_facts,
)
from tangent.transform.paths import Wanted, focused, unfocused
from tangent.transform.saving import define, save_values, split_passes
from tangent.transform.templates import call_of
from tangent.transform.vjp import Backward, Reverse

__all__ = ["ReverseMode"]


@dataclass(slots=True)
class ReverseMode(Derivation):
    """The making of one derivative in reverse mode: the functions that it consists of."""

    pairs: dict[Any, tuple[GeneratedFunction, GeneratedFunction]] = field(default_factory=dict)

    # --- public results ----------------------------------------------------------------------

    def joint(
        self, function: types.FunctionType, wrt: tuple[Wanted, ...], name: str, seed_default: str | None,
        keep_result: str,
    ) -> Function:
        """One function that runs both passes.

        `keep_result` says where the primal result is returned: 'first', 'last' or '' for not at all.
        """
        self.names.add(name)
        program, positions = focused(self.program(function), wrt)
        return unfocused(self.of_program(program, positions, name, seed_default, keep_result), wrt, program)

    def of_program(
        self, program: Function, wrt: tuple[int, ...], name: str, seed_default: str | None, keep_result: str
    ) -> Function:
        seed, seeds, setup = self.seed(program)
        takes_any = self.options.complex_results and seed_default is None
        passes = self.passes(program, wrt, range(len(seeds)), seeds, "any" if takes_any else "real")
        keeps_primal = bool(keep_result or self.options.debug)
        result = program.body.yields[0] if keeps_primal else self.like_result(program, passes)
        first, checks = self.joint_checks(seed, program, result, passes.shapes) if self.options.check_dims else ([], [])
        gradients, copies = apart(passes.backward.yields)
        results = passes.forward.yields
        block = Block(
            (*first, *passes.forward.statements, *checks, MARKER, *setup, *passes.backward.statements, *copies),
            (*gradients, *results) if keeps_primal else gradients,
        )
        block = self.finish(block, passes)
        yields = block.yields[: len(gradients)]
        if keep_result:
            block, yields = self.with_result(block, len(gradients), program.returns_tuple, keep_result)
        value = float(seed_default) if seed_default is not None else P.empty
        kind = complex if takes_any and self.is_complex(program, passes.shapes) else P.empty
        parameter = Parameter(
            seed, P.POSITIONAL_OR_KEYWORD, seed_default, value, kind, is_seed=seed_default is not None
        )
        parameters = with_parameters(program, (parameter,))
        returns_tuple = len(gradients) > 1 or bool(keep_result)
        return replace(
            program, name=name, parameters=parameters, body=replace(block, yields=yields),
            returns_tuple=returns_tuple, docstring=None, of=self.differentiated(program, wrt),
        )

    def with_result(
        self, block: Block, count: int, is_tuple: bool, where: str
    ) -> tuple[Block, tuple[Expr, ...]]:
        gradients, results = block.yields[:count], packed(block.yields[count:], is_tuple)
        if where == "last":
            return block, (*gradients, *results)
        return block, (*results, *packed(gradients, count > 1))

    def split(
        self, function: types.FunctionType, wrt: tuple[Wanted, ...], name: str
    ) -> tuple[Function, Function]:
        """The forward function `(args) -> (result, saved)` and the backward one `(saved, seed) -> gradient`."""
        program, positions = focused(self.program(function), wrt)
        seed, seeds, setup = self.seed(program)
        passes = self.passes(program, positions, range(len(seeds)), seeds, "any")
        first = first_check(program) if self.options.check_dims else []
        value = program.body.yields[0]
        checks = self.checks(seed, program, value, passes.shapes) if self.options.check_dims else []
        forward, backward = self.taken_apart(
            program, positions, passes, (seed,), (*checks, *setup), f"{name}_forward", f"{name}_backward",
            nested_result=True, first=first,
        )
        return unfocused(forward, wrt, program), backward

    # --- functions that are called -----------------------------------------------------------

    def callees(
        self, fn: Source, active: tuple[int, ...], outputs: tuple[int, ...], facts: frozenset[tuple[int, str]],
        origin: Origin | None,
    ) -> tuple[GeneratedFunction, GeneratedFunction]:
        """The forward and the backward function of a function that is called, where `facts` holds of its arguments."""
        key = (fn, active, outputs, facts)
        if key not in self.pairs:
            suffix = self.unique(fn, active)
            base = base_name(fn)
            pair = (
                GeneratedFunction(f"{base}_forward{suffix}", None, fn),
                GeneratedFunction(f"{base}_backward{suffix}", None, fn),
            )
            self.pairs[key] = pair
            program = with_facts(self.called_program(fn, origin), facts)
            seeds = tuple(self.seed_name(program, i) for i in outputs)
            passes = self.passes(program, active, outputs, seeds, "called")
            pair[0].function, pair[1].function = self.taken_apart(
                program, active, passes, seeds, (), pair[0].name, pair[1].name, nested_result=False
            )
        return self.pairs[key]

    def taken_apart(
        self, program: Function, wrt: tuple[int, ...], passes: Backward, seeds: tuple[Var, ...],
        setup: Iterable[Statement], forward_name: str, backward_name: str, nested_result: bool,
        first: Iterable[Statement] = (),
    ) -> tuple[Function, Function]:
        results = passes.forward.yields
        block = Block(
            (*first, *passes.forward.statements, MARKER, *setup, *passes.backward.statements),
            (*passes.backward.yields, *results),
        )
        block = self.finish(block, passes)
        count = len(passes.backward.yields)
        gradients, results = block.yields[:count], block.yields[count:]
        forward, backward = split_passes(block)
        saved = self.saved(program, forward, backward, gradients)
        forward = define(forward, saved)
        values = packed(results, nested_result and program.returns_tuple)
        of = self.differentiated(program, wrt)
        forward_function = replace(
            program, name=forward_name, body=Block(forward, (*values, *packed(saved, len(saved) != 1))),
            returns_tuple=True, docstring=None, of=of,
        )
        bundle = Var("saved") if len(saved) != 1 else saved[0]
        unpack: tuple[Statement, ...] = ()
        if len(saved) > 1:
            unpack = (Assign(saved, Call(Lib(primitives.unpack), (bundle, Const(len(saved)), Const(None)))),)
        parameters = tuple(Parameter(v, P.POSITIONAL_OR_KEYWORD) for v in (bundle, *seeds))
        backward_function = replace(
            program, name=backward_name, parameters=parameters, body=Block((*unpack, *backward), gradients),
            returns_tuple=count > 1, docstring=None, facts={}, is_backward_pass=True, of=of,
        )
        return forward_function, backward_function

    def saved(
        self, program: Function, forward: tuple[Statement, ...], backward: tuple[Statement, ...],
        gradients: tuple[Expr, ...],
    ) -> tuple[Var, ...]:
        """The values that the backward function reads from the forward function."""
        known = dict.fromkeys((*program.params, *(v for s in forward for v in bound(s))))
        used = set(used_vars(Block(backward, gradients)))
        return tuple(v for v in known if v in used)

    def differentiated(self, program: Function, wrt: tuple[int, ...]) -> Differentiated:
        return Differentiated(program, tuple([program.params[i] for i in wrt]), "reverse")

    # --- stages ------------------------------------------------------------------------------

    def passes(
        self, program: Function, wrt: tuple[int, ...], outputs: Iterable[int], seeds: tuple[Var, ...], results: Results
    ) -> Backward:
        variables = [program.params[i] for i in wrt]
        program = with_complex_numbers(program, variables, results)
        refuse_parsed_text(program.body, variables)
        active = active_values(program.body, variables)
        reverse = Reverse(
            program, active, self.callees, self.derive, self.options.optimized, checks=self.options.check_dims
        )
        passes = reverse.build(variables, outputs, seeds)
        if self.options.debug in ("dtype", "shape"):
            values = {d: v for d, v in reverse.values.items() if v not in reverse.passing_on}  # these are fitted later
            checked = with_checks_of_derivatives(passes.backward, values, passes.kinds, self.options.debug)
            passes = replace(passes, backward=checked)
        return passes

    def finish(self, block: Block, passes: Backward) -> Block:
        self.trace("backward pass", block)
        block = self.without_solutions(narrowed(block))
        indices = {s.index for s in all_statements(block) if type(s) is For}

        def is_wanted(statement: Assign) -> bool:  # indices, for what will be computed again
            return statement.effect or not indices.isdisjoint(statement.targets)

        block = remove_dead_code(propagate_copies(block), is_wanted)
        if self.options.optimized:
            forward, _ = split_passes(block)
            block = simplify_derivative(block, primal_values(Block(forward)) | passes.inserted, passes.shapes)
            block = remove_dead_code(propagate_copies(block), is_wanted)
            self.trace("optimized", block)
        saved = save_values(block, passes.kinds)
        if saved is not block or indices:
            block = tidy(saved)
        self.trace("values saved", block)
        return block

    # --- seeds -------------------------------------------------------------------------------

    def seed_name(self, program: Function, output: int) -> Var:
        result = program.body.yields[output]
        return derivative_name(program, "b", result.hint if type(result) is Var else program.name)

    def seed(self, program: Function) -> tuple[Var, tuple[Var, ...], list[Statement]]:
        """The seed parameter, the seeds of the single results, and the statements that take them from it."""
        if not program.returns_tuple:
            seed = self.seed_name(program, 0)
            return seed, (seed,), []
        seeds = tuple(self.seed_name(program, i) for i in range(len(program.body.yields)))
        seed = derivative_name(program, "b", program.name)
        unpack = Call(Lib(primitives.unpack), (seed, Const(len(seeds)), Const(None)))
        return seed, seeds, [Assign(seeds, unpack)]

    def like_result(self, program: Function, passes: Backward) -> Expr:
        """The result, or an operand of the same shape where the result itself is not needed."""
        result = program.body.yields[0]
        needed = Counter(used_vars(Block((*program.body.statements, *passes.backward.statements))))
        if not self.options.optimized or type(result) is not Var or needed[result]:
            return result
        return passes.shapes.operand_like(result, definitions_of(program).get(result)) or result

    def joint_checks(
        self, seed: Var, program: Function, value: Expr, shapes: Shapes
    ) -> tuple[list[Statement], list[Statement]]:
        """The checks before the forward pass, of what is annotated as a number, and those of the seed behind it."""
        is_number = not program.returns_tuple and shapes.is_scalar(value) and not self.is_complex(program, shapes)
        if counted_as_scalars(program) and is_number:
            return first_check(program, seed), []
        return first_check(program), self.checks(seed, program, value, shapes)

    def checks(self, seed: Var, program: Function, value: Expr, shapes: Shapes) -> list[Statement]:
        """The check of the seed against a value of the shape of the result, or against the results of a tuple."""
        results = program.body.yields
        fn = Lib(runtime.check_seed, "tangent.check_seed")
        option = (("of_complex", Const(True)),) if self.is_complex(program, shapes) else ()
        if not program.returns_tuple and shapes.is_scalar(value) and not option:
            return [Assign((), Call(fn, (seed,)), None, effect=True)]
        statements: list[Statement] = []
        if program.returns_tuple:
            together = Var("results")
            statements.append(Assign((together,), Call(Lib(primitives.make_tuple), results)))
            value = together
        return [*statements, Assign((), Call(fn, (seed, value), option), None, effect=True)]

    def is_complex(self, program: Function, shapes: Shapes) -> bool:
        """Whether a result is complex, and so its seed may be."""
        return any(r in shapes.complex or is_complex_constant(r) for r in program.body.yields)


def first_check(program: Function, *seeds: Var) -> list[Statement]:
    """The check of what is annotated as a number, and of `seeds`."""
    scalars = counted_as_scalars(program)
    return [Assign((), call_of(runtime.check_scalars, *seeds, *scalars), None, effect=True)] if scalars else []


MARKER = Assign((), Call(Lib(primitives.backward_pass), ()), None, effect=True)
