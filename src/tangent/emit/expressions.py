"""Expressions of the core language as Python text, with the parentheses that they need and no others."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from tangent import runtime
from tangent.analysis.calls import PLAIN_OPERATORS
from tangent.ir import primitives
from tangent.ir.nodes import (
    Call,
    Cond,
    Const,
    Expr,
    FString,
    GeneratedFunction,
    Global,
    Lib,
    Method,
    Undefined,
    Var,
    is_field,
)
from tangent.ir.walk import VALUES

__all__ = ["MAKE_OBJECT", "Expressions", "is_made_by_call"]

COND, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, UNARY, POWER, PRIMARY = range(1, 15)

BINARY: dict[Any, tuple[str, int]] = {
    operator.add: ("+", SUM), operator.sub: ("-", SUM), operator.mul: ("*", PRODUCT),
    operator.truediv: ("/", PRODUCT), operator.floordiv: ("//", PRODUCT), operator.mod: ("%", PRODUCT),
    operator.matmul: ("@", PRODUCT), operator.pow: ("**", POWER), operator.lshift: ("<<", SHIFT),
    operator.rshift: (">>", SHIFT), operator.or_: ("|", BIT_OR), operator.xor: ("^", BIT_XOR),
    operator.and_: ("&", BIT_AND), operator.lt: ("<", COMPARE), operator.le: ("<=", COMPARE),
    operator.gt: (">", COMPARE), operator.ge: (">=", COMPARE), operator.eq: ("==", COMPARE),
    operator.ne: ("!=", COMPARE), operator.is_: ("is", COMPARE), operator.is_not: ("is not", COMPARE),
    primitives.concatenate: ("+", SUM), primitives.repeat: ("*", PRODUCT),
    primitives.format_percent: ("%", PRODUCT),
    primitives.and_then: ("and", AND), primitives.or_else: ("or", OR),
}
INPLACE: dict[Any, str] = {
    operator.iadd: "+", operator.isub: "-", operator.imul: "*", operator.itruediv: "/", operator.ifloordiv: "//",
    operator.imod: "%", operator.ipow: "**", operator.imatmul: "@", operator.ilshift: "<<", operator.irshift: ">>",
    operator.ior: "|", operator.ixor: "^", operator.iand: "&",
}
UNARY_SIGNS: dict[Any, tuple[str, int]] = {
    operator.neg: ("-", UNARY), operator.pos: ("+", UNARY), operator.invert: ("~", UNARY), operator.not_: ("not ", NOT),
}


MAKE_OBJECT = Lib(runtime.make_object, "tangent.make_object")


def is_made_by_call(args: Sequence[Expr]) -> bool:
    """Whether a call of the class makes an object of these fields."""
    return runtime.makes_itself(args[0].value, [k.value for k in args[1::2]])  # type: ignore[union-attr]


class Expressions:
    """Prints expressions; `name` spells variables, `spell` library objects and foreign globals."""

    def __init__(self, name: Callable[[Var], str], spell: Callable[[Global | Lib | GeneratedFunction], str]) -> None:
        self.name = name
        self.spell = spell

    def text(self, expr: Expr, level: int = COND) -> str:
        """The text of an expression as an operand of an operator of precedence `level`."""
        if type(expr) is Var:
            return self.name(expr)
        if type(expr) is Call:
            return self.call(expr, level)
        if type(expr) is Const:
            return constant(expr.value, level)
        match expr:
            case Global() | Lib() | GeneratedFunction():
                return self.spell(expr)
            case Cond(test=test, then=then, orelse=orelse):
                text = f"{self.text(then, OR)} if {self.text(test, OR)} else {self.text(orelse, COND)}"
                return parenthesized(text, COND, level)
            case Undefined():
                return "None"
        assert_never(expr)

    def call(self, call: Call, level: int) -> str:
        fn = call.fn
        if type(fn) is Method:
            owner = self.text(call.args[0], PRIMARY)
            return f"{owner}.{fn.name}" if fn.attribute else f"{owner}.{fn.name}({self.arguments(call, 1)})"
        if type(fn) is FString:
            return self.fstring(fn, call)
        if type(fn) is Lib:
            special = self.special(fn.value, call, level)
            if special is not None:
                return special
        spelled = self.text(fn, PRIMARY) if type(fn) in VALUES else self.spell(fn)  # type: ignore[arg-type]
        return f"{spelled}({self.arguments(call)})"

    def arguments(self, call: Call, start: int = 0) -> str:
        parts = [self.text(a) for a in call.args[start:]] + [f"{k}={self.text(v)}" for k, v in call.kwargs]
        return ", ".join(parts)

    def special(self, fn: Any, call: Call, level: int) -> str | None:
        """Operators, subscripts and displays."""
        args = call.args
        try:
            fn = PLAIN_OPERATORS.get(fn, fn)
            binary, unary = BINARY.get(fn), UNARY_SIGNS.get(fn)
        except TypeError:
            return None
        if binary is not None:
            sign, own = binary
            left, right = (own + 1, own) if sign == "**" else (own, own + 1)
            if own == COMPARE:
                left = own + 1
            if own in (AND, OR):
                right = own
            return parenthesized(f"{self.text(args[0], left)} {sign} {self.text(args[1], right)}", own, level)
        if unary is not None:
            return parenthesized(f"{unary[0]}{self.text(args[0], unary[1])}", unary[1], level)
        if fn is operator.contains:
            return parenthesized(f"{self.text(args[1], BIT_OR)} in {self.text(args[0], BIT_OR)}", COMPARE, level)
        if fn is primitives.unpack:  # of one item
            return self.place(args[0], Const(0))
        if fn is operator.getitem or fn is primitives.element:
            return self.place(args[0], args[1])
        if fn is primitives.make_tuple:
            inner = ", ".join(self.text(a) for a in args)
            return f"({inner},)" if len(args) == 1 else f"({inner})"
        if fn is primitives.make_list:
            return f"[{', '.join(self.text(a) for a in args)}]"
        if fn is primitives.make_object:
            values = zip(args[1::2], args[2::2], strict=True)
            given = ", ".join(f"{k.value}={self.text(v)}" for k, v in values if type(k) is Const)
            cls = self.text(args[0])
            return f"{cls}({given})" if is_made_by_call(args) else f"{self.spell(MAKE_OBJECT)}({cls}, {given})"
        if fn is primitives.make_dict:
            items = zip(args[::2], args[1::2], strict=True)
            return f"{{{', '.join(f'{self.text(k)}: {self.text(v)}' for k, v in items)}}}"
        return None

    def place(self, container: Expr, index: Expr) -> str:
        """An item of a container, or an attribute of an object."""
        if is_field(index):
            return f"{self.text(container, PRIMARY)}.{index.value}"
        return f"{self.text(container, PRIMARY)}[{self.index(index)}]"

    def index(self, expr: Expr) -> str:
        """What stands between the brackets of a subscript."""
        match expr:
            case Call(fn=Lib(value=value), args=args) if value is slice:
                return self.slice(args)
            case Call(fn=Lib(value=value), args=args) if value is primitives.make_tuple and args:
                inner = ", ".join(self.index(a) for a in args)
                return f"{inner}," if len(args) == 1 else inner
        return self.text(expr)

    def slice(self, args: tuple[Expr, ...]) -> str:
        start, stop, step = ("" if _is_none(a) else self.text(a) for a in args)
        return f"{start}:{stop}" + (f":{step}" if step else "")

    def fstring(self, fn: FString, call: Call) -> str:
        parts = [_escaped(fn.pieces[0])]
        for arg, (conversion, form), piece in zip(call.args, fn.formats, fn.pieces[1:], strict=True):
            parts.append(f"{{{self.text(arg)}{conversion}{':' + form if form else ''}}}{_escaped(piece)}")
        text = "".join(parts)
        quote = '"' if '"' not in text else "'" if "'" not in text else '"""'
        return f"f{quote}{text}{quote}"


def constant(value: Any, level: int) -> str:
    if isinstance(value, float) and value != value:
        return 'float("nan")'
    if isinstance(value, float) and value in (float("inf"), -float("inf")):
        return 'float("inf")' if value > 0 else '-float("inf")'
    if value is Ellipsis:
        return "..."
    text = repr(value)
    negative = isinstance(value, int | float) and text.startswith("-")
    if type(value) is int and level == PRIMARY:
        return f"({text})"  # `(5).bit_length()`
    return parenthesized(text, UNARY, level) if negative else text


def parenthesized(text: str, own: int, level: int) -> str:
    return f"({text})" if own < level else text


def _escaped(piece: str) -> str:
    return piece.replace("\\", "\\\\").replace("\n", "\\n").replace("{", "{{").replace("}", "}}")


def _is_none(expr: Expr) -> bool:
    return type(expr) is Const and expr.value is None
