"""The functions of Jacobians: what they take, the derivatives that they call, and their text.

    def jacobian_of_f(x, n):
        result = f(x, n)
        if tangent.count_numbers(x) <= tangent.count_numbers(result):
            blocks = [df(x, n, dx) for dx in tangent.unit_directions(x)]
            return tangent.columns(blocks, x)
        blocks = [dfdx(x, n, seeds) for seeds in tangent.unit_directions(result)]
        return tangent.rows(blocks, result)

Where only one mode is asked for, or has rules for all that the function calls, the text has only that one.
A derivative that takes one direction at a time is called with unit vectors, and gives blocks of one.
"""

from __future__ import annotations

import inspect
import keyword
import types
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import Parameter as P

import tangent
from tangent.emit.codegen import STARS, signature
from tangent.emit.load import load_program
from tangent.ir.nodes import Function

__all__ = ["Half", "make_jacobian"]


@dataclass(frozen=True, slots=True)
class Half:
    """The derivative by which a Jacobian is computed in one mode."""

    function: types.FunctionType
    takes_blocks: bool
    """Whether it takes directions with a leading axis, and not one at a time."""


def make_jacobian(
    program: Function, primal: types.FunctionType, wrt: tuple[int, ...], name: str, forward: Half | None,
    reverse: Half | None, written: Iterable[int] = (),
) -> types.FunctionType:
    """The function of the arguments of a function that gives a Jacobian.

    Args:
        program: the function of which it takes the arguments.
        primal: that function; `written` are the positions of the arguments that it changes.
        wrt: the positions of the arguments to differentiate with respect to.
        name: the name of the result.
        forward: the derivative in forward mode; None where there is none, or none is to be used.
        reverse: the same for reverse mode.
    """
    text = _Text(program, wrt, primal, forward, reverse)
    lines = text.lines(frozenset(written))
    header = f"def {name}({signature(program.parameters, {p.var: p.var.hint for p in program.parameters})}):\n"
    body = "".join(f"    {line}\n" for line in lines)
    return load_program(program, header + body, text.own, name)


def copy_of(function: types.FunctionType) -> types.FunctionType:
    """The same function: a Jacobian that held the user's own one would keep it in the cache for ever."""
    copy = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


class _Text:
    """The text of one function, and what its own names stand for."""

    def __init__(
        self, program: Function, wrt: tuple[int, ...], primal: types.FunctionType, forward: Half | None,
        reverse: Half | None,
    ) -> None:
        self.program = program
        self.names = [p.var.hint for p in program.parameters]
        self.wrt = [self.names[i] for i in wrt]
        self.taken = set(self.names)
        self.own: dict[str, object] = {}
        self.tangent = self.bind("tangent", tangent)
        self.blocks = self.fresh("blocks")
        self.forward, self.reverse, self.primal = forward, reverse, primal

    def fresh(self, name: str) -> str:
        while name in self.taken or keyword.iskeyword(name):
            name += "_"
        self.taken.add(name)
        return name

    def bind(self, name: str, value: object) -> str:
        name = self.fresh(name if name.isidentifier() else "f")
        self.own[name] = value
        return name

    def lines(self, written: frozenset[int]) -> list[str]:
        moving = self.wrt[0] if len(self.wrt) == 1 else f"({', '.join(self.wrt)})"
        if self.reverse is None:
            return self.columns(moving)
        primal = self.bind(self.primal.__name__, copy_of(self.primal))
        arguments = self.arguments([
            f"{self.tangent}.copy({n})" if i in written else n for i, n in enumerate(self.names)
        ])
        result = self.fresh("result")
        lines = [f"{result} = {primal}({arguments})"]
        if self.forward is not None:
            counts = [f"{self.tangent}.count_numbers({value})" for value in (moving, result)]
            lines += [f"if {' <= '.join(counts)}:", *("    " + line for line in self.columns(moving))]
        return [*lines, *self.rows(result)]

    def columns(self, moving: str) -> list[str]:
        assert self.forward is not None
        directions = [self.fresh(f"d{name}") for name in self.wrt]
        return self.products("columns", self.forward, directions, moving)

    def rows(self, result: str) -> list[str]:
        assert self.reverse is not None
        seed = self.fresh("seeds" if self.reverse.takes_blocks else "seed")
        return self.products("rows", self.reverse, [seed], result)

    def products(self, layout: str, half: Half, directions: list[str], value: str) -> list[str]:
        """`blocks = [df(x, n, dx) for dx in tangent.unit_directions(x)]`, and what to make of them."""
        derivative = self.bind(half.function.__name__, half.function)
        given = directions
        if any(p.kind is P.VAR_POSITIONAL for p in self.program.parameters):
            others = (*self.names, *half.function.__seeds__)  # type: ignore[attr-defined]
            own = [n for n in inspect.signature(half.function).parameters if n not in others]
            given = [f"{name}={direction}" for name, direction in zip(own, directions, strict=True)]
        call = f"{derivative}({self.arguments(self.names, given)})"
        if not half.takes_blocks:
            call = f"{self.tangent}.as_block({call})"
        units = f"unit_directions({self.with_others(value)})" if half.takes_blocks else f"unit_vectors({value})"
        return [
            f"{self.blocks} = [{call} for {', '.join(directions)} in {self.tangent}.{units}]",
            f"return {self.tangent}.{layout}({self.blocks}, {value})",
        ]

    def with_others(self, value: str) -> str:
        """The value that moves and, where there are any, the arguments that may be larger."""
        facts = self.program.facts
        others = [
            p.var.hint for p in self.program.parameters
            if facts.get(p.var) not in ("scalar", "int") and not p.is_seed and p.var.hint not in self.wrt
        ]
        if not others:
            return value
        return f"{value}, beside={others[0] if len(others) == 1 else '(' + ', '.join(others) + ')'}"

    def arguments(self, values: list[str], directions: Iterable[str] = ()) -> str:
        """The arguments of a call, the directions after those that are positional; seeds come last, by name."""
        pairs = list(zip(self.program.parameters, values, strict=True))
        by_name = (P.KEYWORD_ONLY, P.VAR_KEYWORD)
        positional = [STARS.get(p.kind, "") + v for p, v in pairs if not p.is_seed and p.kind not in by_name]
        named = [f"{p.var.hint}={v}" for p, v in pairs if p.is_seed or p.kind is P.KEYWORD_ONLY]
        named += [f"**{v}" for p, v in pairs if p.kind is P.VAR_KEYWORD]
        return ", ".join([*positional, *directions, *named])
