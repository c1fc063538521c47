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

import inspect
import types
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any

from tangent import runtime
from tangent.analysis.activity import active_values
from tangent.analysis.alias import changed_in_place, check_aliases
from tangent.analysis.shapes import Shapes
from tangent.errors import TangentError
from tangent.frontend.lower import Lowered, lower
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
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
from tangent.simplify import propagate_copies, remove_dead_code, simplify_backward, tidy
from tangent.transform.facts import users_names
from tangent.transform.saving import define, save_values, split_passes
from tangent.transform.vjp import Backward, Reverse

__all__ = ["Derivation", "Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a derivative is made."""

    optimized: bool = True
    check_dims: bool = True
    trace: Any = None
    """Called with the name of a stage and its program, after each stage."""


@dataclass(slots=True)
class Derivation:
    """The making of one derivative: the functions that it consists of."""

    options: Options
    pairs: dict[Any, tuple[GeneratedFunction, GeneratedFunction]] = field(default_factory=dict)
    lowered: list[Lowered] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    # --- public results ----------------------------------------------------------------------

    def joint(
        self, function: types.FunctionType, wrt: tuple[int, ...], name: str, seed_default: str | None,
        keep_result: str,
    ) -> Function:
        """One function that runs both passes.

        `keep_result` says where the primal result is returned: 'first', 'last' or '' for not at all.
        """
        program = self.program(function)
        seed, seeds, setup = self.seed(program)
        passes = self.passes(program, wrt, range(len(seeds)), seeds)
        checks = self.checks(seed, program) if self.options.check_dims else []
        gradients, copies = apart(passes.backward.yields)
        results = passes.forward.yields
        block = Block(
            (*passes.forward.statements, *checks, MARKER, *setup, *passes.backward.statements, *copies),
            (*gradients, *results) if keep_result else gradients,
        )
        block = self.finish(block, passes)
        yields = block.yields
        if keep_result:
            block, yields = self.with_result(block, len(gradients), program.returns_tuple, keep_result)
        parameters = self.with_seed(program, seed, seed_default)
        returns_tuple = len(gradients) > 1 or bool(keep_result)
        return replace(
            program, name=name, parameters=parameters, body=replace(block, yields=yields),
            returns_tuple=returns_tuple, docstring=None,
        )

    def with_result(
        self, block: Block, count: int, is_tuple: bool, where: str
    ) -> tuple[Block, tuple[Expr, ...]]:
        gradients, results = block.yields[:count], block.yields[count:]
        if is_tuple:
            results = (Call(Lib(primitives.make_tuple), results),)
        if where == "last":
            return block, (*gradients, *results)
        if count > 1:
            gradients = (Call(Lib(primitives.make_tuple), gradients),)
        return block, (*results, *gradients)

    def split(
        self, function: types.FunctionType, wrt: tuple[int, ...], name: str
    ) -> tuple[Function, Function]:
        """The forward function `(args) -> (result, saved)` and the backward one `(saved, seed) -> gradient`."""
        program = self.program(function)
        seed, seeds, setup = self.seed(program)
        passes = self.passes(program, wrt, range(len(seeds)), seeds)
        checks = self.checks(seed, program) if self.options.check_dims else []
        forward, backward = self.taken_apart(
            program, passes, (seed,), (*checks, *setup), f"{name}_forward", f"{name}_backward", nested_result=True
        )
        return forward, backward

    # --- functions that are called -----------------------------------------------------------

    def callees(
        self, fn: types.FunctionType, active: tuple[int, ...], outputs: tuple[int, ...], origin: Origin | None
    ) -> tuple[GeneratedFunction, GeneratedFunction]:
        """The forward and the backward function of a function that is called."""
        key = (fn, active, outputs)
        if key not in self.pairs:
            suffix = self.unique(fn, active)
            base = fn.__name__ if fn.__name__.isidentifier() else "function"
            pair = (
                GeneratedFunction(f"{base}_forward{suffix}", None, fn),
                GeneratedFunction(f"{base}_backward{suffix}", None, fn),
            )
            self.pairs[key] = pair
            try:
                program = self.program(fn)
            except TangentError as error:
                if error.origin is None:
                    raise type(error)(error.what, error.instead, origin) from error
                raise
            seeds = tuple(self.seed_name(program, i) for i in outputs)
            passes = self.passes(program, active, outputs, seeds)
            pair[0].function, pair[1].function = self.taken_apart(
                program, passes, seeds, (), pair[0].name, pair[1].name, nested_result=False
            )
        return self.pairs[key]

    def unique(self, fn: types.FunctionType, active: tuple[int, ...]) -> str:
        """What tells the functions of one name apart: the arguments that are differentiated, or a number."""
        names = list(inspect.signature(fn, follow_wrapped=False).parameters)
        suffixes = ["", "_" + "_".join(names[i] for i in active), *(f"_{n}" for n in range(2, 1000))]
        name = next(fn.__name__ + suffix for suffix in suffixes if fn.__name__ + suffix not in self.names)
        self.names.add(name)
        return name.removeprefix(fn.__name__)

    def taken_apart(
        self, program: Function, passes: Backward, seeds: tuple[Var, ...], setup: Iterable[Statement],
        forward_name: str, backward_name: str, nested_result: bool,
    ) -> tuple[Function, Function]:
        results = passes.forward.yields
        block = Block(
            (*passes.forward.statements, MARKER, *setup, *passes.backward.statements),
            (*passes.backward.yields, *results),
        )
        block = self.finish(block, passes)
        count = len(passes.backward.yields)
        gradients, results = block.yields[:count], block.yields[count:]
        forward, backward = split_passes(block)
        saved = self.saved(program, forward, backward, gradients)
        forward = define(forward, saved)
        values: tuple[Expr, ...] = results
        if nested_result and program.returns_tuple:
            values = (Call(Lib(primitives.make_tuple), results),)
        packed = Call(Lib(primitives.make_tuple), saved) if len(saved) != 1 else saved[0]
        forward_function = replace(
            program, name=forward_name, body=Block(forward, (*values, packed)), returns_tuple=True, docstring=None
        )
        bundle = Var("saved") if len(saved) != 1 else saved[0]
        unpack: tuple[Statement, ...] = ()
        if len(saved) > 1:
            unpack = (Assign(saved, Call(Lib(primitives.unpack), (bundle, Const(len(saved)), Const(None)))),)
        parameters = tuple(Parameter(v, P.POSITIONAL_OR_KEYWORD) for v in (bundle, *seeds))
        backward_function = replace(
            program, name=backward_name, parameters=parameters, body=Block((*unpack, *backward), gradients),
            returns_tuple=count > 1, docstring=None, facts={}, is_backward_pass=True,
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

    # --- stages ------------------------------------------------------------------------------

    def program(self, function: types.FunctionType) -> Function:
        lowered = lower(function)
        self.lowered.append(lowered)
        body = propagate_copies(lowered.function.body)
        body = remove_dead_code(body, lambda s: s.effect or changed_in_place(s) is not None)
        program = check_aliases(replace(lowered.function, body=body))
        program = replace(program, body=tidy(program.body))
        self.trace("lowered", program.body)
        return program

    def passes(
        self, program: Function, wrt: tuple[int, ...], outputs: Iterable[int], seeds: tuple[Var, ...]
    ) -> Backward:
        variables = [program.params[i] for i in wrt]
        active = active_values(program.body, variables)
        return Reverse(program, active, self.callees, self.options.optimized).build(variables, outputs, seeds)

    def finish(self, block: Block, passes: Backward) -> Block:
        self.trace("backward pass", block)
        indices = {s.index for s in all_statements(block) if isinstance(s, For)}

        def is_wanted(statement: Assign) -> bool:  # indices, for what will be computed again
            return statement.effect or any(t in indices for t in statement.targets)

        block = remove_dead_code(propagate_copies(block), is_wanted)
        if self.options.optimized:
            forward, backward = split_passes(block)
            forward, simpler = simplify_backward(forward, Block(backward, block.yields), passes.shapes)
            block = Block((*forward, MARKER, *simpler.statements), simpler.yields)
            block = remove_dead_code(propagate_copies(block), is_wanted)
            self.trace("optimized", block)
        block = tidy(save_values(block, passes.kinds))
        self.trace("values saved", block)
        return block

    def trace(self, stage: str, block: Block) -> None:
        if self.options.trace is not None:
            self.options.trace(stage, block)

    # --- seeds -------------------------------------------------------------------------------

    def seed_name(self, program: Function, output: int) -> Var:
        result = program.body.yields[output]
        return self.adjoint_name(program, result.hint if isinstance(result, Var) else program.name)

    def adjoint_name(self, program: Function, of: str) -> Var:
        name, taken = "b" + of, users_names(program)
        while name in taken:
            name += "_"
        return Var(name, named=True)

    def seed(self, program: Function) -> tuple[Var, tuple[Var, ...], list[Statement]]:
        """The seed parameter, the seeds of the single results, and the statements that take them from it."""
        if not program.returns_tuple:
            seed = self.seed_name(program, 0)
            return seed, (seed,), []
        seeds = tuple(self.seed_name(program, i) for i in range(len(program.body.yields)))
        seed = self.adjoint_name(program, program.name)
        unpack = Call(Lib(primitives.unpack), (seed, Const(len(seeds)), Const(None)))
        return seed, seeds, [Assign(seeds, unpack)]

    def with_seed(self, program: Function, seed: Var, default: str | None) -> tuple[Parameter, ...]:
        """The parameters and, after the positional ones, the seed.

        A required seed after optional arguments makes these required as well.
        """
        positional = [p for p in program.parameters if p.kind is not P.KEYWORD_ONLY]
        rest = program.parameters[len(positional) :]
        if default is None:
            positional = [replace(p, default=None, default_value=P.empty) for p in positional]
        value = float(default) if default is not None else P.empty
        return (*positional, Parameter(seed, P.POSITIONAL_OR_KEYWORD, default, value), *rest)

    def checks(self, seed: Var, program: Function) -> list[Statement]:
        results = program.body.yields
        path = "tangent.check_seed"
        value: Expr = results[0]
        if not program.returns_tuple and Shapes.of(replace(program, facts={})).is_scalar(value):  # whatever is passed
            call = Call(Lib(runtime.check_seed, path), (seed,))
            return [Assign((), call, None, effect=True)]
        statements: list[Statement] = []
        if program.returns_tuple:
            packed = Var("results")
            statements.append(Assign((packed,), Call(Lib(primitives.make_tuple), results)))
            value = packed
        call = Call(Lib(runtime.check_seed, path), (seed, value))
        return [*statements, Assign((), call, None, effect=True)]


def apart(gradients: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], list[Statement]]:
    """Gradients that are one array become two, so that the caller can change one without the other."""
    seen: set[Expr] = set()
    result: list[Expr] = []
    copies: list[Statement] = []
    for gradient in gradients:
        if gradient in seen and isinstance(gradient, Var):
            copied = Var(gradient.hint)
            copies.append(Assign((copied,), Call(Lib(runtime.copy, "tangent.copy"), (gradient,))))
            gradient = copied
        seen.add(gradient)
        result.append(gradient)
    return tuple(result), copies


MARKER = Assign((), Call(Lib(primitives.backward_pass), ()), None, effect=True)
