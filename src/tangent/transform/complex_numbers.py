"""Complex numbers: in a function of real numbers, as annotated arguments, and as results that are given a seed.

The derivative of a real result with respect to a complex value `z = x + iy` is `df/dx - i df/dy`, as in Autograd and
JAX.  With this convention the rules of holomorphic functions hold as they are, without a conjugate.  What else there
is to know stands in the program before it is differentiated:

    z = x * 2j              w = widened(x)             where a real value enters complex arithmetic: the adjoint of
    z[0] = x         ->     z = w * 2j                 `x` is the real part of that of `w`, which is `x` itself
    a = abs(z)              z = written(z); z[0] = x   where a complex array is written: its tangent is to be complex
                            real = np.real(z)
                            imag = np.imag(z)
                            a = modulus(real, imag)

Functions of complex numbers that are not known to be holomorphic are refused.  Where a program without complex numbers
calls a function that has a meaning for them, and another derivative, its arguments are checked to be real.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from tangent import runtime
from tangent.analysis.activity import active_values, varied_values
from tangent.analysis.calls import (
    bind,
    function_of,
    is_augmented,
    is_call_of,
    is_nondifferentiable,
    is_one_of,
    is_structural,
    places,
    rule_of,
    source_function,
)
from tangent.analysis.complex_numbers import (
    ABSOLUTE,
    IMAGINARY,
    REAL,
    complex_values,
    is_complex_constant,
)
from tangent.analysis.kinds import Kinds
from tangent.errors import UnsupportedError
from tangent.frontend.unsupported import limit
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Expr,
    For,
    Function,
    If,
    Insertion,
    Lib,
    Origin,
    Statement,
    Var,
    While,
)
from tangent.ir.walk import all_statements, expr_vars, with_blocks, with_statements, with_value
from tangent.rules.holomorphic import HOLOMORPHIC, NOT_HOLOMORPHIC
from tangent.rules.registry import Rule
from tangent.transform.function_values import is_of_object
from tangent.transform.templates import runtime_path

__all__ = ["Results", "narrowed", "with_complex_numbers"]

Results = Literal["real", "any", "called"]
"""What the results of a program are: real ones, any ones, or those of a function that is called."""

STORES = (primitives.update_item, primitives.add_item, runtime.add_at, primitives.list_append, primitives.list_insert)
"""The primitives that put a value into what is their first operand."""


def with_complex_numbers(program: Function, wrt: Iterable[Var], results: Results) -> Function:
    """The program to differentiate: one without complex numbers as it is.

    Raises:
        UnsupportedError: it computes with complex numbers what has no derivative, or returns one and must not.
    """
    wrt = list(wrt)
    found = complex_values(program, wrt)
    reads_parts = any(
        function_of(s.value) in REAL | IMAGINARY for s in all_statements(program.body)
        if type(s) is Assign and type(s.value) is Call
    )
    if not found and not reads_parts and not any(map(is_complex_constant, program.body.yields)):
        return with_checks(program, wrt)
    return _Widening(program, found, wrt).program(results)


def with_checks(program: Function, wrt: list[Var]) -> Function:
    """A program that refuses complex arguments where the derivative is another one for them."""
    unknown = [p for p in program.params if program.facts.get(p) not in ("scalar", "int")]
    read = {
        v for s in all_statements(program.body)
        if type(s) is Assign and type(s.value) is Call and is_one_of(as_of_numpy(s.value), NOT_HOLOMORPHIC)
        for v in expr_vars(s.value)
    }
    if not read or not unknown or read.isdisjoint(varied_values(program.body, wrt)):
        return program
    checked = _checked(program.body)
    reaching = [p for p in unknown if p not in checked and not read.isdisjoint(varied_values(program.body, [p]))]
    if not reaching:
        return program
    statements = (_check(*reaching), *program.body.statements)
    return replace(program, body=replace(program.body, statements=statements))


def as_of_numpy(call: Call) -> Any:
    """The function that is called, or the one of NumPy that it is in another library."""
    rule = rule_of(call)
    return function_of(call) if rule is None or rule.like is None else rule.like


def _checked(block: Block) -> set[Var]:
    """What a program checks to be real."""
    return {
        v for s in block.statements if type(s) is Assign and is_call_of(s.value, runtime.check_real)
        for v in expr_vars(s.value)
    }


def _check(*values: Expr) -> Assign:
    return Assign((), _call(runtime.check_real, *values), None, effect=True)


class _Widening:
    def __init__(self, program: Function, found: set[Var], wrt: list[Var]) -> None:
        self.wrt = wrt
        self.function = program
        self.found = found
        self.kinds = Kinds(program)
        self.active = active_values(program.body, wrt)
        self.varied = varied_values(program.body, wrt)
        self.out: list[Statement] = []
        self.origin: Origin | None = program.origin

    def program(self, results: Results) -> Function:
        facts = self.function.facts
        body = self.block(self.function.body)
        if results == "called" and "complex" in facts.values():
            body = self.with_widened_yields(body, [True] * len(body.yields))  # the caller takes them for complex
        elif results != "any":
            body = self.with_real_yields(body)
        known = _checked(body) | self.found
        arguments = [p for p in self.function.params if facts.get(p) != "int" and p not in known]
        if arguments:
            body = replace(body, statements=(_check(*arguments), *body.statements))
        return replace(self.function, body=body, facts={**facts, **dict.fromkeys(self.found, "complex")})

    def with_real_yields(self, body: Block) -> Block:
        """Refuse complex results; where only the run knows what a function that is called gives, let it."""
        surely = complex_values(self.function, self.wrt, of_calls=False)
        if any(is_complex_constant(y) or y in surely for y in body.yields):
            raise UnsupportedError(*limit("complex"), self.function.origin)
        self.out, yields = list(body.statements), []
        for value in body.yields:
            if self.is_complex(value):
                self.out.append(_check(value))
                value = self.let(_call(np.real, value), "real") if self.kinds.is_numeric(value) else value
            yields.append(value)
        return replace(body, statements=tuple(self.out), yields=tuple(yields))

    def is_complex(self, expr: Expr) -> bool:
        return is_complex_constant(expr) or (type(expr) is Var and expr in self.found)

    # --- statements --------------------------------------------------------------------------

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for statement in block.statements:
            self.statement(statement)
        done = replace(block, statements=tuple(self.out))
        self.out = outer
        return done

    def joined(self, block: Block, into: tuple[Var, ...]) -> Block:
        """A block whose yields become those values."""
        return self.with_widened_yields(self.block(block), [v in self.found for v in into])

    def with_widened_yields(self, block: Block, are_complex: Iterable[bool]) -> Block:
        outer, self.out = self.out, list(block.statements)
        yields = [self.widened_item(y) if c else y for y, c in zip(block.yields, are_complex, strict=True)]
        done = replace(block, statements=tuple(self.out), yields=tuple(yields))
        self.out = outer
        return done

    def statement(self, statement: Statement) -> None:
        self.origin = statement.origin
        match statement:
            case Assign(value=Call() as call):
                self.assign(statement, call)
            case If():
                then, orelse = (self.joined(b, statement.results) for b in (statement.then, statement.orelse))
                self.out.append(replace(statement, then=then, orelse=orelse))
            case For() | While():
                inits = tuple([
                    self.widened_item(i) if p in self.found else i
                    for p, i in zip(statement.params, statement.inits, strict=True)
                ])
                self.out.append(replace(statement, inits=inits, body=self.joined(statement.body, statement.params)))
            case _:
                self.out.append(statement)

    def assign(self, statement: Assign, call: Call) -> None:
        reads_complex = any(self.is_complex(a) for a in _operands(call))
        makes_complex = any(t in self.found for t in statement.targets)
        if not reads_complex and not makes_complex or type(call.fn) is Insertion:
            self.out.append(statement)
            return
        self.refuse_store(call)
        fn = function_of(call)
        if fn is np.sign and any(v in self.varied for v in expr_vars(call)):
            raise self.refusal("np.sign")
        if not any(t in self.active for t in statement.targets) or is_nondifferentiable(call):
            self.out.append(statement)
            return
        if reads_complex and len(call.args) == 1 and not call.kwargs and not is_structural(call):
            value = self.defined(fn, call.args[0])
            if value is not None:
                self.out.append(with_value(statement, value))
                return
        if is_structural(call):
            self.out.append(with_value(statement, self.stored(call) if makes_complex else call))
            return
        rule = rule_of(call)
        if rule is None and source_function(call) is not None and not is_of_object(call):
            self.out.append(statement)
            return
        if rule is None or rule.key not in HOLOMORPHIC or "dtype" in (bind(rule, call) or {}):
            raise self.refusal(rule.name if rule is not None else _name(call))
        self.out.append(with_value(statement, self.with_widened(rule, call) if makes_complex else call))

    def defined(self, fn: Any, z: Expr) -> Call | None:
        """The absolute value, the angle and the norm of complex numbers, in terms of their parts."""
        if fn not in ABSOLUTE and fn is not np.angle and fn is not np.linalg.norm:
            return None
        real, imag = self.let(_call(np.real, z), "real"), self.let(_call(np.imag, z), "imag")
        if fn is np.angle:
            return _call(np.arctan2, imag, real)
        modulus = _call(runtime.modulus, real, imag)
        return _call(np.linalg.norm, self.let(modulus, "modulus")) if fn is np.linalg.norm else modulus

    def let(self, value: Call, hint: str) -> Var:
        target = Var(hint)
        self.out.append(Assign((target,), value, self.origin))
        return target

    # --- operands ----------------------------------------------------------------------------

    def with_widened(self, rule: Rule, call: Call) -> Call:
        """A call whose real operands are widened, but for those that have no derivative."""
        found = places(rule, call) or {}
        fixed = {found[name] for name in rule.constant if name in found}
        args = tuple([a if i in fixed else self.widened(a) for i, a in enumerate(call.args)])
        kwargs = tuple([(name, value if name in fixed else self.widened(value)) for name, value in call.kwargs])
        args = (self.written(args[0]), *args[1:]) if is_augmented(call) else args
        return replace(call, args=args, kwargs=kwargs)

    def stored(self, call: Call) -> Call:
        """A primitive whose operands are widened."""
        args = tuple([self.widened_item(a) for a in call.args])
        return replace(call, args=(self.written(args[0]), *args[1:]) if function_of(call) in STORES else args)

    def widened(self, operand: Expr) -> Expr:
        """An operand of something complex."""
        if type(operand) is not Var or operand not in self.active or self.is_complex(operand):
            return operand
        return self.let(_call(runtime.widened, operand), operand.hint)

    def widened_item(self, operand: Expr) -> Expr:
        """What becomes a part of something complex, or is joined with it: a number or an array."""
        widened = self.widened(operand)
        if widened is not operand and not self.kinds.is_numeric(operand):
            assert type(operand) is Var
            raise UnsupportedError(
                f"unsupported: `{operand.hint}`, which may be a container of real numbers, beside complex numbers",
                "keep real and complex numbers apart", self.origin,
            )
        return widened

    def written(self, array: Expr) -> Expr:
        """A complex array that is written in place."""
        if type(array) is not Var or array not in self.active or array in self.kinds.containers:
            return array
        return self.let(_call(runtime.written, array), array.hint)

    def refuse_store(self, call: Call) -> None:
        """Refuse a complex number that is written into what may hold real ones."""
        if not is_structural(call) or function_of(call) not in STORES or self.is_complex(call.args[0]):
            return
        made = call.args[0]
        if type(made) is Var and (made not in self.kinds.containers or made in self.active):
            raise UnsupportedError(
                f"unsupported: a complex number written into `{made.hint}`, which may be of real numbers",
                "make it complex (`np.zeros(n, complex)`)", self.origin,
            )

    def refusal(self, name: str) -> UnsupportedError:
        return UnsupportedError(
            f"unsupported: the derivative of {name} for complex numbers",
            "write it with arithmetic, np.real, np.imag and abs", self.origin,
        )


def narrowed(block: Block) -> Block:
    """A derivative without the marks of real values in complex arithmetic: each is the value itself."""
    return with_statements(block, map(_narrowed, block.statements))


def _narrowed(statement: Statement) -> Statement:
    if type(statement) is not Assign:
        return with_blocks(statement, narrowed)
    value = statement.value
    return with_value(statement, value.args[0]) if is_call_of(value, runtime.widened, runtime.written) else statement


def _operands(call: Call) -> Iterable[Expr]:
    return (*call.args, *(value for _, value in call.kwargs))


def _name(call: Call) -> str:
    fn = source_function(call) or function_of(call)
    return str(getattr(fn, "__name__", None) or getattr(fn, "name", "a function that only the run knows"))


def _call(fn: Any, *args: Expr) -> Call:
    module = getattr(fn, "__module__", "") or ""
    if isinstance(fn, np.ufunc) or module.startswith("numpy"):
        path = "numpy.linalg" if fn is np.linalg.norm else "numpy"
        return Call(Lib(fn, f"{path}.{fn.__name__}"), args)
    return Call(Lib(fn, runtime_path(fn) if module.startswith("tangent") else ""), args)
