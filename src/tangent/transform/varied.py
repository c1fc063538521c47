"""What depends on the directions of a derivative: it is *varied*, and has one value for each of many directions.

    def df(x, dx):                  varied: dx
        y = np.sin(x)
        dy = np.cos(x) * dx         dy
        n = len(dy)                 nothing: the shape alone counts
        dz = g_tangent(y, dy)       dz, if the result of g_tangent is for a varied dy

Functions that are called are looked at for each combination of varied arguments; those that call one another until
nothing changes.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from inspect import Parameter as P
from typing import Any, assert_never

import numpy as np

from tangent import runtime
from tangent.analysis.calls import bind, function_of, rule_of
from tangent.analysis.kinds import Kinds
from tangent.analysis.shapes import SCALAR, Shape, Shapes
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, Function, GeneratedFunction, If, Var, While
from tangent.ir.walk import expr_vars, nested_blocks
from tangent.rules.registry import MemberKey
from tangent.transform.facts import definitions_of
from tangent.transform.templates import differentiated

__all__ = ["DirectionShapes", "Functions", "Key", "NotBatched", "Varied", "contents", "takes_shape"]

SHAPE_ONLY = frozenset({
    runtime.zeros_like, runtime.size_along, np.shape, np.ndim, np.size, len, np.zeros_like, np.ones_like, np.empty_like,
})
"""Functions of which the first argument counts by its shape or structure alone."""
SHAPE_ATTRIBUTES = ("shape", "size", "ndim", "dtype")


class NotBatched(Exception):
    """The program can't be run for several directions at once."""


Key = tuple[GeneratedFunction, tuple[bool, ...], tuple[int, ...]]
"""A called function, which of its parameters are varied, and which have the same shape."""


class Functions:
    """The functions that are to be batched together, and which of their results are varied."""

    def __init__(self) -> None:
        self.analyses: dict[Key, Varied] = {}
        self.varied: dict[Key, tuple[bool, ...]] = {}

    def results(self, key: Key) -> tuple[bool, ...]:
        """Which results of a called function are varied, as far as is known."""
        if key not in self.analyses:
            program = key[0].function
            if program is None:
                raise NotBatched(f"{key[0].name} is not known yet")
            params = program.params
            varied = {v for v, is_varied in zip(params, key[1], strict=True) if is_varied}
            shapes: dict[Var, Shape] = {
                v: SCALAR if same < 0 else frozenset({params[same]})
                for v, same in zip(params, key[2], strict=True)
            }
            self.varied[key] = (False,) * len(program.body.yields)
            self.analyses[key] = Varied(self, program, varied, shapes)
        return self.varied[key]

    def complete(self, top: Varied) -> None:
        """Find what is varied in all functions; those that call one another until nothing changes."""
        while True:
            before, count = dict(self.varied), len(self.analyses)
            top.run()
            for key, analysis in list(self.analyses.items()):
                analysis.run()
                self.varied[key] = tuple([analysis.is_varied(y) for y in analysis.program.body.yields])
            if before == self.varied and count == len(self.analyses):
                return


class Varied:
    """What is varied in one program."""

    def __init__(
        self, functions: Functions, program: Function, varied: set[Var], shapes: Mapping[Var, Shape]
    ) -> None:
        self.functions = functions
        self.program = program
        self.start = frozenset(varied)
        self.varied: set[Expr] = set(varied)
        self.definitions = definitions_of(program)
        self.kinds = Kinds(program)
        self.shapes = DirectionShapes(program, self.kinds, self.definitions, shapes)

    def is_varied(self, expr: Any) -> bool:
        return type(expr) is Var and expr in self.varied

    def run(self) -> None:
        """Note what is varied; `Functions.complete` does that until nothing changes."""
        size = -1
        while len(self.varied) != size:
            size = len(self.varied)
            self.block(self.program.body)

    def block(self, block: Block) -> None:
        for statement in block.statements:
            match statement:
                case Assign(targets=targets, value=value):
                    self.assign(targets, value)
                case If(then=then, orelse=orelse, results=results):
                    self.block(then)
                    self.block(orelse)
                    for result, pair in zip(results, zip(then.yields, orelse.yields, strict=True), strict=True):
                        self.join(pair, result)
                case For() | While():
                    for inner in nested_blocks(statement):
                        self.block(inner)
                    ends = statement.body.yields
                    for param, result, init, end in zip(
                        statement.params, statement.results, statement.inits, ends, strict=True
                    ):
                        self.join((init, end), param, result)
                case _:
                    assert_never(statement)

    def join(self, sources: Iterable[Expr], *targets: Var) -> None:
        if any(self.is_varied(s) for s in sources):
            self.varied.update(targets)

    def assign(self, targets: tuple[Var, ...], value: Expr) -> None:
        if type(value) is Call and isinstance(value.fn, GeneratedFunction):
            if any(self.is_varied(v) for v in expr_vars(value)):
                results = self.functions.results(self.key(value))
                self.varied.update(t for t, is_varied in zip(targets, results, strict=True) if is_varied)
        elif any(self.is_varied(v) for v in contents(value)):
            self.varied.update(targets)

    def key(self, call: Call) -> Key:
        """Which parameters of a called function are varied there, and which have the same shape."""
        assert isinstance(call.fn, GeneratedFunction)
        if call.fn.function is None:
            raise NotBatched(f"{call.fn.name} is not known yet")
        given = arguments(call.fn.function, call)
        varied = tuple([self.is_varied(a) for a in given])
        of = [self.shapes[a] if isinstance(a, Var | Const) else frozenset({i}) for i, a in enumerate(given)]
        same = tuple([-1 if not shape else of.index(shape) for shape in of])
        return call.fn, varied, same


def arguments(program: Function, call: Call) -> list[Expr]:
    """The arguments of a call in the order of the parameters; a default as a constant."""
    positional = [p for p in program.parameters if p.kind is not P.KEYWORD_ONLY]
    given = {p.var.hint: a for p, a in zip(positional, call.args, strict=False)} | dict(call.kwargs)
    return [given.get(p.var.hint, Const(p.default_value)) for p in program.parameters]


def contents(value: Expr) -> list[Var]:
    """The values that an expression reads, without those of which it takes the shape."""
    if type(value) is Call and takes_shape(value):
        return [v for arg in (*value.args[1:], *(v for _, v in value.kwargs)) for v in expr_vars(arg)]
    return list(expr_vars(value))


def takes_shape(call: Call) -> bool:
    """Whether a call reads the shape or structure of its first operand alone."""
    fn = function_of(call)
    if isinstance(fn, MemberKey):
        return fn.is_attribute and fn.name in SHAPE_ATTRIBUTES
    return any(fn is known for known in SHAPE_ONLY)


class DirectionShapes(Shapes):
    """Shapes in one direction; what the same operation makes of operands of the same shapes has one shape."""

    def __init__(
        self, program: Function, kinds: Kinds, definitions: dict[Var, Call], known: Mapping[Var, Shape]
    ) -> None:
        super().__init__(program.facts)
        self.kinds = kinds
        self.definitions = definitions
        self.made: dict[Any, Shape] = {}
        for var, shape in known.items():
            if var not in self.known:
                self.known[var] = shape
        self.add(program.body.statements)

    def of_call(self, call: Call, own: Any) -> Shape:
        shape = super().of_call(call, own)
        key = self.key(call) if shape == frozenset({own}) else None
        return shape if key is None else self.made.setdefault(key, shape)

    def key(self, call: Call) -> Any:
        """What the shape of a result follows from; None where that is not known."""
        fn = function_of(call)
        if fn in (operator.getitem, primitives.element):
            return "item", self[call.args[0]], self.value(call.args[1])
        if fn in (primitives.make_list, primitives.make_tuple):
            return fn, tuple([self[a] for a in call.args])
        rule = rule_of(call)
        if rule is None or rule.form not in ("linear", "bilinear"):
            return None
        moving = differentiated(rule)
        parts = []
        for name, arg in (bind(rule, call) or {}).items():
            if isinstance(arg, tuple):
                return None
            parts.append((name, self[arg] if name in moving else self.value(arg)))
        return rule.key, tuple(parts)

    def value(self, expr: Expr) -> Any:
        """What tells the values of two indices or axes apart."""
        if type(expr) is Const:
            return type(expr.value), repr(expr.value)
        definition = self.definitions.get(expr) if type(expr) is Var else None
        if definition is not None and function_of(definition) in (slice, primitives.make_tuple):
            return function_of(definition), tuple([self.value(a) for a in definition.args])
        return expr
