"""What the making of derivatives in both modes has in common: options, programs, names."""

from __future__ import annotations

import inspect
import keyword
import types
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any

from tangent.analysis.alias import changed_in_place, check_aliases
from tangent.emit.load import is_generated
from tangent.errors import TangentError
from tangent.frontend.lower import Lowered, lower
from tangent.ir import primitives
from tangent.ir.nodes import Block, Call, Expr, Function, Lib, Origin, Parameter, Var
from tangent.simplify import propagate_copies, remove_dead_code, tidy
from tangent.transform.facts import users_names

__all__ = ["Derivation", "Options", "base_name", "derivative_name", "packed", "with_parameters"]


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
    lowered: list[Lowered] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def program(self, function: types.FunctionType) -> Function:
        """The program of a function, of which values and references are known to agree.

        What Tangent has printed itself agrees: where two names share memory that is written, only one is read.
        """
        lowered = lower(function)
        self.lowered.append(lowered)
        body = propagate_copies(lowered.function.body)
        body = remove_dead_code(body, lambda s: s.effect or changed_in_place(s) is not None)
        program = replace(lowered.function, body=body)
        if not is_generated(function):
            program = check_aliases(program)
        program = replace(program, body=tidy(program.body))
        self.trace("lowered", program.body)
        return program

    def called_program(self, function: types.FunctionType, origin: Origin | None) -> Function:
        """The program of a function that is called at `origin`, where errors without a place are reported."""
        try:
            return self.program(function)
        except TangentError as error:
            if error.origin is None:
                raise type(error)(error.what, error.instead, origin) from error
            raise

    def trace(self, stage: str, block: Block) -> None:
        if self.options.trace is not None:
            self.options.trace(stage, block)

    # --- names -------------------------------------------------------------------------------

    def unique(self, fn: types.FunctionType, active: tuple[int, ...]) -> str:
        """What tells the functions of one name apart: the arguments that are differentiated, or a number."""
        names = list(inspect.signature(fn, follow_wrapped=False).parameters)
        suffixes = ["", "_" + "_".join(names[i] for i in active), *(f"_{n}" for n in range(2, 1000))]
        name = next(fn.__name__ + suffix for suffix in suffixes if fn.__name__ + suffix not in self.names)
        self.names.add(name)
        return name.removeprefix(fn.__name__)


def base_name(fn: types.FunctionType) -> str:
    """The name of a function in those of the functions that are made of it."""
    return fn.__name__ if fn.__name__.isidentifier() else "function"


def derivative_name(program: Function, prefix: str, of: str) -> Var:
    """A parameter for the derivative of `of`, by a name that the user has not given to something else."""
    name, taken = prefix + of, users_names(program)
    while name in taken or keyword.iskeyword(name):
        name += "_"
    return Var(name, named=True)


def with_parameters(program: Function, new: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """The parameters and, after the positional ones, new ones.

    Required parameters after optional arguments make these required as well, all but the seeds of earlier
    derivatives, which come last.
    """
    new = tuple(new)
    positional = [p for p in program.parameters if p.kind is not P.KEYWORD_ONLY]
    rest = program.parameters[len(positional) :]
    seeds = [p for p in positional if p.is_seed]
    positional = [p for p in positional if not p.is_seed]
    if any(p.default is None for p in new):
        positional = [replace(p, default=None, default_value=P.empty) for p in positional]
    return (*positional, *new, *seeds, *rest)


def packed(values: tuple[Expr, ...], is_tuple: bool) -> tuple[Expr, ...]:
    """Values as one result among several: a tuple, where they are the items of one."""
    return (Call(Lib(primitives.make_tuple), values),) if is_tuple else values
