"""What the making of derivatives in both modes has in common: options, programs, names."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.alias import check_aliases, may_change, without_reads
from tangent.analysis.calls import Source, is_call_of, signature_of
from tangent.analysis.kinds import Kinds
from tangent.analysis.shapes import Shapes
from tangent.emit.load import is_generated
from tangent.errors import TangentError, UnsupportedError
from tangent.frontend.functions import Lowered
from tangent.frontend.lower import lower
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Expr,
    Function,
    GeneratedFunction,
    Lib,
    Origin,
    Parameter,
    Region,
    Statement,
    Var,
)
from tangent.ir.walk import copy_block, with_blocks
from tangent.simplify import propagate_copies, remove_dead_code, tidy
from tangent.transform.facts import users_names, with_facts
from tangent.transform.lists import name_list_arithmetic
from tangent.transform.solutions import Form, without_solutions

__all__ = ["Derivation", "Options", "apart", "base_name", "derivative_name", "packed", "takes_keywords",
           "with_parameters"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a derivative is made."""

    optimized: bool = True
    check_dims: bool = True
    keeps_solutions: bool = False
    """Whether what solvers found is known as that in the result, which is differentiated as a program."""
    complex_results: bool = False
    """Whether results may be complex: where a seed or a tangent is passed, and not where a gradient is asked for."""
    debug: str = ""
    """What it looks for when it runs: 'nan', 'dtype' or 'shape'.  Then it computes the primal result as well."""
    trace: Any = None
    """Called with the name of a stage and its program, after each stage."""


@dataclass(slots=True)
class Derivation:
    """The making of one derivative: the functions that it consists of."""

    options: Options
    lowered: list[Lowered] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    owned: dict[GeneratedFunction, GeneratedFunction] = field(default_factory=dict)
    """The functions of this derivation for those that the frontend has made programs."""
    derived: dict[Any, GeneratedFunction] = field(default_factory=dict)
    """The derivatives of the functions that solvers are given."""

    def program(self, function: Source) -> Function:
        """The program of a function, of which values and references are known to agree.

        What Tangent has made itself agrees: where two names share memory that is written, only one is read.
        """
        if isinstance(function, GeneratedFunction):
            assert function.function is not None
            return as_program(function.function)
        lowered = lower(function)
        self.lowered.append(lowered)
        program = self.checked(lowered.function, is_generated(function))
        self.trace("lowered", program.body)
        return replace(program, lowered=lowered.function)

    def checked(self, program: Function, is_trusted: bool = False) -> Function:
        """A lowered program with the derivatives that it calls, without copies, aliases being looked for."""
        from tangent.transform.nested import with_derivatives  # the modes are built on this module

        program = name_list_arithmetic(program)
        for_nothing: list[Assign] = []

        def is_wanted(statement: Assign) -> bool:
            if not statement.effect and may_change(statement):
                for_nothing.append(statement)  # but an alias is refused there as well
                return True
            return statement.effect

        tidied = remove_dead_code(propagate_copies(program.body), is_wanted)
        program = with_derivatives(replace(program, body=tidied), self)
        if not is_trusted:
            program = check_aliases(program)
        body = without_reads(program.body)
        return replace(program, body=body if body is tidied and not for_nothing else tidy(body))

    def called_program(self, function: Source, origin: Origin | None) -> Function:
        """The program of a function that is called at `origin`, where errors without a place are reported."""
        try:
            program = self.program(function)
        except TangentError as error:
            if error.origin is None:
                raise type(error)(error.what, error.instead, origin) from error
            raise
        if not isinstance(function, GeneratedFunction) and lower(function).changes_something:
            raise UnsupportedError(
                f"unsupported: {program.name} changes what is not its own, and is called by a function that it calls",
                "return the new value instead", origin,
            )
        if any(p.kind in (P.VAR_POSITIONAL, P.VAR_KEYWORD) for p in program.parameters):
            raise UnsupportedError(
                f"unsupported: a call of {program.name}, which takes any number of arguments, with arguments that only "
                "the run knows", "write out the arguments", origin,
            )
        return program

    def without_solutions(self, block: Block) -> Block:
        """A block in which what solvers found is nothing special, unless it is differentiated again."""
        return block if self.options.keeps_solutions else without_solutions(block)

    def trace(self, stage: str, block: Block) -> None:
        if self.options.trace is not None:
            self.options.trace(stage, block)

    def derive(
        self, fn: Source, mode: str, wrt: tuple[int, ...], facts: frozenset[tuple[int, str]], form: Form,
        origin: Origin | None,
    ) -> GeneratedFunction:
        """The derivative of a function that a solver is given, by the arguments at `wrt`: see `transform.solutions`."""
        from tangent.transform.nested import made_of  # the modes are built on this module

        key = (fn, mode, wrt, facts, form)
        if key not in self.derived:
            program = with_facts(self.called_program(fn, origin), facts)
            if mode == "forward" or not is_written_out(program):  # the items of a seed are those of an array as well
                program = with_array_result(program)
            if form == "number" and not Shapes.of(program).is_scalar(program.body.yields[0]):
                program = with_number_for_result(program)
            self.derived[key] = made_of(program, mode, wrt, self)
        return self.derived[key]

    # --- names -------------------------------------------------------------------------------

    def unique(self, fn: Source, active: tuple[int, ...]) -> str:
        """What tells the functions of one name apart: the arguments that are differentiated, or a number."""
        base, names = base_name(fn), list(signature_of(fn).parameters)
        suffixes = ["", "_" + "_".join(names[i] for i in active), *(f"_{n}" for n in range(2, 1000))]
        name = next(base + suffix for suffix in suffixes if base + suffix not in self.names)
        self.names.add(name)
        return name.removeprefix(base)


def base_name(fn: Source) -> str:
    """The name of a function in those of the functions that are made of it."""
    name = fn.name if isinstance(fn, GeneratedFunction) else fn.__name__
    return name if name.isidentifier() else "function"


def derivative_name(program: Function, prefix: str, of: str, others: Collection[str] = ()) -> Var:
    """A parameter for the derivative of `of`, by a name that the user, or `others`, have not for something else."""
    name, taken = prefix + of, users_names(program) | set(others)
    while name in taken or keyword.iskeyword(name):
        name += "_"
    return Var(name, named=True)


def with_parameters(program: Function, new: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters and, after the positional ones, new ones.

    Required parameters after optional arguments have the default None, which `check_seed` and `check_tangent`
    refuse.  The seeds of earlier derivatives come last.
    """
    new = tuple(new)
    named = [p for p in program.parameters if p.kind in (P.KEYWORD_ONLY, P.VAR_KEYWORD)]
    positional = [p for p in program.parameters if p not in named]
    if any(p.kind is P.VAR_POSITIONAL for p in positional):  # what follows is passed by name
        new = tuple([replace(p, kind=P.KEYWORD_ONLY) for p in new])
        others = [p for p in named if p.kind is P.VAR_KEYWORD]
        return (*positional, *(p for p in named if p not in others), *new, *others)
    seeds = [p for p in positional if p.is_seed]
    positional = [p for p in positional if not p.is_seed]
    if any(p.default is not None for p in positional):
        new = tuple([replace(p, default="None", default_value=None) if p.default is None else p for p in new])
    return (*positional, *new, *seeds, *named)


def apart(derivatives: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], list[Statement]]:
    """Derivatives that are one array become two, so that the caller can change one without the other."""
    seen: set[Expr] = set()
    result: list[Expr] = []
    copies: list[Statement] = []
    for derivative in derivatives:
        if derivative in seen and type(derivative) is Var:
            copied = Var(derivative.hint)
            copies.append(Assign((copied,), Call(Lib(runtime.copy, "tangent.copy"), (derivative,))))
            derivative = copied
        seen.add(derivative)
        result.append(derivative)
    return tuple(result), copies


def packed(values: tuple[Expr, ...], is_tuple: bool) -> tuple[Expr, ...]:
    """Values as one result among several: a tuple, where they are the items of one."""
    return (Call(Lib(primitives.make_tuple), values),) if is_tuple else values


def takes_keywords(program: Function) -> bool:
    """Whether new parameters can't simply follow those of a function that is called: they are passed by name."""
    return any(p.default is not None or p.kind is P.KEYWORD_ONLY for p in program.parameters)


def as_program(function: Function) -> Function:
    """A derivative as a program to differentiate: two passes no more, its results values, every value bound once."""
    copied = copy_block(without_marks(function.body), {})
    statements, yields = list(copied.statements), []
    for result in copied.yields:
        if type(result) is Call:
            bound = Var("result")
            statements.append(Assign((bound,), result))
            result = bound
        yields.append(result)
    return replace(function, body=Block(tuple(statements), tuple(yields)))


def is_written_out(program: Function) -> bool:
    """Whether the result of a program is a tuple or a list that is written out."""
    result = program.body.yields[0]
    return program.returns_tuple or any(
        type(s) is Assign and s.targets == (result,) and is_call_of(s.value, primitives.make_list)
        for s in program.body.statements
    )


def with_array_result(program: Function) -> Function:
    """A program whose result is an array: what is a list or a tuple in it is made one, as SciPy does."""
    results = program.body.yields
    kinds = Kinds(program)
    if not program.returns_tuple and results[0] not in kinds.containers:
        return program
    statements = list(program.body.statements)
    items, array = Var("items"), Var("values")
    if program.returns_tuple:
        statements.append(Assign((items,), Call(Lib(primitives.make_list), results)))
    source = items if program.returns_tuple else results[0]
    statements.append(Assign((array,), Call(Lib(np.array, "numpy.array"), (source,))))
    return replace(program, body=Block(tuple(statements), (array,)), returns_tuple=False)


def with_number_for_result(program: Function) -> Function:
    """A program whose result is a number: of an array of one number, this."""
    number, shape = Var("number"), Var("shape")
    added = (
        Assign((shape,), Call(Lib(primitives.make_tuple), ())),
        Assign((number,), Call(Lib(np.reshape, "numpy.reshape"), (program.body.yields[0], shape))),
    )
    return replace(program, body=Block((*program.body.statements, *added), (number,)), returns_tuple=False)


def without_marks(block: Block) -> Block:
    """A block without the marks of two passes: the place where the second begins, and which region mirrors which."""
    statements: list[Statement] = []
    for statement in block.statements:
        if type(statement) is Assign:
            call = statement.value
            if not is_call_of(call, primitives.backward_pass, primitives.inserted):
                statements.append(statement)
            continue
        region = Region(is_expression=statement.region.is_expression)
        statements.append(with_blocks(replace(statement, region=region), without_marks))
    return replace(block, statements=tuple(statements))
