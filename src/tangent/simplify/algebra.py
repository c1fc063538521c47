"""Algebra: derivatives as a person would simplify them.

    x * 1.0, x / 1.0                      x               (-a) * b      -(a * b), and so on outward
    by * (1.0 / x)                        by / x          a + (-b)      a - b
    a + a, x * y + y * x                  2.0 * a         power_slope(x, 2)   2.0 * x
    a * (b * c)                           a * b * c       a / d - b / d * c   (a - b * c) / d
    a + (b - c)                           a + b - c     1 + 1         2
    expand(b, like) * y  (y of that shape)   b * y
    b[i] = 0.0, and then b[i] += y        b[i] = y

The primal is left as the user wrote it.  Only rules that hold for all floating-point values, up to rounding,
are used: nothing that turns NaN or infinity into a number.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Set
from typing import Any

import numpy as np

from tangent import runtime
from tangent.analysis.calls import function_of, is_augmented, is_call_of
from tangent.analysis.memory import shape_only_positions
from tangent.analysis.shapes import Shapes
from tangent.ir import primitives
from tangent.ir.arguments import without_defaults
from tangent.ir.nodes import Assign, Block, Call, Const, Expr, Lib, Statement, Var
from tangent.ir.walk import map_statement, rename, replaced, used_vars, with_replaced, with_value

__all__ = ["simplify_algebra"]


def simplify_algebra(block: Block, primal: Set[Var], shapes: Shapes) -> Block:
    """Simplify what is not `primal`, the values of the user's program."""
    algebra = _Algebra(primal, shapes, Counter(used_vars(block)))
    return rename(algebra.block(block), algebra.renamed)


class _Algebra:
    def __init__(self, primal: Set[Var], shapes: Shapes, uses: Counter[Expr]) -> None:
        self.primal = primal
        self.shapes = shapes
        self.uses = uses
        self.definitions: dict[Var, Call] = {}
        self.known: dict[Var, Expr] = {}
        self.items: dict[tuple[Expr, Any], Var] = {}
        """The values of the primal that are items of others, by these and their places."""
        self.reciprocals: dict[Expr, Var] = {}
        """The values of the primal that are 1.0 divided by another, by that."""
        self.negative: dict[Expr, Expr] = {}
        """What the negated values are the negatives of."""
        self.renamed: dict[Var, Var] = {}
        """Intermediate results that turned out to be what has a name."""
        self.out: list[Statement] = []

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for statement in block.statements:
            if type(statement) is Assign:
                self.assign(statement)
            else:
                self.out.append(map_statement(statement, self.expr, lambda v: v, self.block))
        yields = tuple([self.expr(y) for y in block.yields])
        stop = None if block.stop is None else self.expr(block.stop)
        result = Block(tuple(self.out), yields, stop)
        self.out = outer
        return result

    def expr(self, expr: Expr) -> Expr:
        return replaced(expr, self.known)

    def note_primal(self, statement: Assign) -> None:
        call = statement.value
        if is_call_of(call, operator.getitem, primitives.element) and type(call.args[1]) is Const:
            self.items[call.args[0], call.args[1].value] = statement.targets[0]
        elif is_call_of(call, primitives.unpack) and type(call.args[2]) is Const and call.args[2].value is None:
            self.items |= {(call.args[0], place): target for place, target in enumerate(statement.targets)}
        if len(statement.targets) == 1 and type(call) is Call:
            target = statement.targets[0]
            self.definitions[target] = call
            if function_of(call) is operator.neg:
                self.negative[target] = call.args[0]
            if function_of(call) is operator.truediv and _is(call.args[0], 1.0):
                self.reciprocals[call.args[1]] = target

    def assign(self, statement: Assign) -> None:
        if not self.primal.isdisjoint(statement.targets):  # a call may give tangents besides
            self.note_primal(statement)
            self.out.append(with_replaced(statement, self.known))
            return
        value = self.with_smaller_likes(replaced(statement.value, self.known))
        if type(value) is Call and type(value.fn) is Lib:
            args, kwargs = without_defaults(value.fn.value, value.args, value.kwargs)
            if args != value.args or kwargs != value.kwargs:
                value = Call(value.fn, args, kwargs)
        if len(statement.targets) != 1 or statement.effect or type(value) is not Call:
            self.out.append(with_value(statement, value))
            return
        target = statement.targets[0]
        result = self.simplified(value, target, statement)
        if type(result) is not Call:
            self.known[target] = result
            if target.named and type(result) is Var and not result.named and result not in self.primal:
                self.renamed[result] = target
            return
        self.definitions[target] = result
        self.out.append(with_value(statement, result))

    def with_smaller_likes(self, value: Expr) -> Expr:
        """Where only the shape of an intermediate result is read, that of an operand of the same shape does."""
        positions = shape_only_positions(value)
        if not positions or type(value) is not Call or is_call_of(value, *ALIAS_CHECKS):
            return value
        args = list(value.args)
        for position in positions:
            if position < len(args):
                args[position] = self.smaller_like(args[position])
        return Call(value.fn, tuple(args), value.kwargs)

    def smaller_like(self, like: Expr) -> Expr:
        while type(like) is Var and not like.named:
            operand = self.shapes.operand_like(like, self.definitions.get(like))
            if operand is None:
                break
            like = operand
        return like

    # --- rules -------------------------------------------------------------------------------

    def simplified(self, call: Call, target: Var, statement: Assign) -> Expr:
        if type(call.fn) is not Lib:
            return call
        fn, args = function_of(call), call.args
        if fn in REDUCTIONS:
            return with_named_axis(call)
        if call.kwargs:
            return call
        if fn is primitives.add_item:
            return self.added_item(call)
        if fn is operator.neg:
            return self.negation(call, args[0], target)
        if fn is operator.mul:
            return self.product(args[0], args[1], target, statement)
        if fn is operator.truediv:
            return self.quotient(args[0], args[1], target, statement)
        if fn is operator.add:
            return self.sum(call, target, statement)
        if fn is operator.sub:
            return self.difference(call, target, statement)
        if fn is operator.getitem:
            return self.item(call, statement)
        if fn is np.log and type(args[0]) is Const and isinstance(args[0].value, float | int) and args[0].value > 0:
            return Call(Lib(math.log, "math.log"), args)
        if fn is runtime.power_slope:
            return self.power_slope(call, statement)
        if fn is runtime.einsum_transposed:
            return self.subscripts(call)
        if fn is np.negative and type(args[0]) is Const and isinstance(args[0].value, float | int):
            return Const(-args[0].value)
        if fn is operator.pow and type(args[1]) is Const and _is(args[1], 1.0):
            return args[0]
        return call

    def subscripts(self, call: Call) -> Expr:
        """The subscripts of `np.einsum`, where no `...` is in them that stands for axes of the operands."""
        text, place = call.args[:2]
        known = type(text) is Const and isinstance(text.value, str) and "." not in text.value
        if type(text) is Const and type(place) is Const and known:
            return Const(runtime.einsum_transposed(text.value, place.value))
        return call

    def added_item(self, call: Call) -> Call:
        """`b[i] = 0.0` and `b[i] += v` is `b[i] = v`."""
        container, index, value = call.args
        cleared = self.definitions.get(container) if type(container) is Var and self.uses[container] == 1 else None
        if cleared is None or not is_call_of(cleared, primitives.update_item):
            return call
        if not self.same(cleared.args[1], index) or not _is(cleared.args[2], 0.0):
            return call
        return Call(cleared.fn, (cleared.args[0], index, value))

    def item(self, call: Call, statement: Assign) -> Expr:
        """`b[i]`, where `b` is zeros to which items were added: what was added there, or the zeros of that item."""
        container, index = call.args
        wanted, found = literal(index), None
        definition = self.definitions.get(container) if type(container) is Var else None
        while definition is not None and is_call_of(definition, primitives.add_item, runtime.add_at):
            container, place, value = definition.args
            known = literal(place)
            if wanted is None or known is None or min(wanted, known) < 0 or (known == wanted and found is not None):
                return call
            found = value if known == wanted else found
            definition = self.definitions.get(container) if type(container) is Var else None
        if container is call.args[0] or definition is None or not is_call_of(definition, runtime.zeros_like):
            return call
        if found is not None:
            item = self.items.get((definition.args[0], wanted))  # what was added may be smaller than the item
            return call if item is None or self.shapes[found] != self.shapes[item] else found
        like = self.bind(Var("item"), Call(Lib(operator.getitem), (definition.args[0], index)), statement)
        return Call(definition.fn, (like,))

    def negation(self, call: Call, operand: Expr, target: Var) -> Expr:
        if type(operand) is Const and isinstance(operand.value, float | int):
            return Const(-operand.value)
        if operand in self.negative:
            return self.negative[operand]
        self.negative[target] = operand
        return call

    def product(self, a: Expr, b: Expr, target: Var, statement: Assign) -> Expr:
        if type(a) is Const or type(b) is Const:
            if _is(b, 1.0):
                return a
            if _is(a, 1.0):
                return b
            if _is(b, -1.0) or _is(a, -1.0):
                other = a if _is(b, -1.0) else b
                return self.negation(Call(_NEG, (other,)), other, target)
            if type(a) is Const and type(b) is Const:
                return Const(a.value * b.value)
            scaled = self.scaled(b, target) if type(a) is Const else None
            if type(a) is Const and scaled is not None:  # 2.0 * (3.0 * b) = 6.0 * b
                return self.times_all(a.value * scaled[0], scaled[1], target, statement)
        if a in self.negative or b in self.negative:
            return self.signed(self.product, a, b, target, statement)
        if (reciprocal := self.reciprocal_of(b)) is not None:
            return self.quotient(a, reciprocal, target, statement)
        if (reciprocal := self.reciprocal_of(a)) is not None:
            return self.quotient(b, reciprocal, target, statement)
        made = self.made(b)
        if made is None:
            return Call(_MUL, (a, b))
        if function_of(made) is operator.truediv:  # a * (n / d) = a * n / d
            top = self.new(made.args[0], target=target, first=a, statement=statement)
            return self.quotient(top, made.args[1], target, statement)
        if function_of(made) is operator.mul:
            if type(made.args[0]) is Const:  # a * (2.0 * x) = 2.0 * a * x
                top = self.new(a, target=target, first=made.args[0], statement=statement)
                return Call(_MUL, (top, made.args[1]))
            if self.uses[b] == 1 and (type(a) is Const or not self.is_small(b, a)):  # a * (b * c) = a * b * c
                top = self.new(made.args[0], target=target, first=a, statement=statement)
                return Call(_MUL, (top, made.args[1]))
        return Call(_MUL, (a, b))

    def quotient(self, a: Expr, b: Expr, target: Var, statement: Assign) -> Expr:
        if _is(b, 1.0):
            return a
        if a in self.negative or b in self.negative:
            return self.signed(self.quotient, a, b, target, statement)
        reciprocal = self.reciprocals.get(b)
        if reciprocal is not None and self.has_factor(a, reciprocal):
            return Call(_MUL, (a, reciprocal))
        return Call(_DIV, (a, b))

    def has_factor(self, expr: Expr, factor: Var) -> bool:
        inner = self.inner(expr, operator.mul)
        return expr is factor or (inner is not None and (inner[1] is factor or self.has_factor(inner[0], factor)))

    def sum(self, call: Call, target: Var, statement: Assign) -> Expr:
        a, b = call.args
        if (known := number(operator.add, a, b)) is not None:
            return known
        if a in self.negative and b in self.negative:
            positive = Var(target.hint)
            total = self.sum(Call(call.fn, (self.negative[a], self.negative[b])), positive, statement)
            if type(total) is Call:
                self.negative[target] = self.bind(positive, total, statement)
                return Call(_NEG, (positive,))
        if b in self.negative:
            return self.difference(Call(_SUB, (a, self.negative[b])), target, statement)
        if a in self.negative:
            return self.difference(Call(_SUB, (b, self.negative[a])), target, statement)
        alike = self.like_terms(a, b, target)
        if alike is not None:
            return self.times_all(*alike, target, statement)
        if type(a) is Var and self.same(a, b):
            self.uses[a] = 1  # both uses become this one
            return Call(_MUL, (Const(2.0), a))
        nested = self.inner(a, operator.add, target) if self.uses[a] == 1 else None
        if nested is not None and (alike := self.like_terms(nested[1], b, target)) is not None:
            temporary = Var(target.hint)  # (a + b) + b = a + 2.0 * b
            term = self.times_all(*alike, temporary, statement)
            if type(term) is Call:
                term = self.bind(temporary, term, statement)
            return self.sum(Call(call.fn, (nested[0], term)), target, statement)
        made = self.made(b) if self.uses[b] == 1 else None
        inner_fn = None if made is None else function_of(made)
        if made is not None and (inner_fn is operator.add or inner_fn is operator.sub) and not (
            self.is_small(b, a) or self.is_place(a, call)
        ):  # a + (b - c) = a + b - c
            first = self.bind(Var(target.hint), Call(_ADD, (a, made.args[0])), statement)
            return Call(_ADD if inner_fn is operator.add else _SUB, (first, made.args[1]))
        return self.over_one_denominator(call, target, statement)

    def difference(self, call: Call, target: Var, statement: Assign) -> Expr:
        a, b = call.args
        if (known := number(operator.sub, a, b)) is not None:
            return known
        if literal(b) == 0:
            return a
        if b in self.negative:
            return self.sum(Call(_ADD, (a, self.negative[b])), target, statement)
        return self.over_one_denominator(call, target, statement)

    def over_one_denominator(self, call: Call, target: Var, statement: Assign) -> Expr:
        """`a / d - b / d = (a - b) / d`, also for `b / d * c`."""
        first, second = (self.fraction(a) for a in call.args)
        if first is None or second is None or first[1] is not second[1]:
            return call
        tops = []
        for factors, _ in (first, second):
            top = factors[0]
            for factor in factors[1:]:
                top = self.new(factor, target=target, first=top, statement=statement)
            tops.append(top)
        total = self.bind(Var(target.hint), Call(call.fn, tuple(tops)), statement)
        return Call(_DIV, (total, first[1]))

    def fraction(self, expr: Expr) -> tuple[tuple[Expr, ...], Expr] | None:
        """The factors above a denominator, if an intermediate with one use has such."""
        if self.uses[expr] != 1:
            return None
        made = self.made(expr)
        if made is None:
            return None
        if function_of(made) is operator.truediv:
            return made.args[:1], made.args[1]
        quotient = self.inner(made.args[0], operator.truediv) if function_of(made) is operator.mul else None
        if quotient is None or self.uses[made.args[0]] != 1:
            return None
        return (quotient[0], made.args[1]), quotient[1]

    def power_slope(self, call: Call, statement: Assign) -> Expr:
        x, p = call.args
        if type(p) is not Const or isinstance(p.value, bool) or not isinstance(p.value, int | float):
            return call
        if p.value == 2:
            return Call(_MUL, (Const(2.0), x))
        if p.value > 1:
            power = Var("power")
            exponent = Const(p.value - 1)
            self.bind(power, Call(Lib(operator.pow), (x, exponent)), statement)
            return Call(_MUL, (Const(float(p.value)), power))
        return call

    def like_terms(self, a: Expr, b: Expr, target: Var) -> tuple[float, tuple[Expr, ...]] | None:
        """`2.0 * x * y + y * x = 3.0 * x * y`: the number and the factors of a sum of like terms."""
        if type(b) is not Var or type(a) is not Var or b not in self.definitions or a not in self.definitions:
            return None  # one of them is no product
        first, factors = self.monomial(b, target, expanded=True)
        if len(factors) < 2:
            return None
        second, others = self.monomial(a, target, expanded=True)
        if len(factors) != len(others) or Counter(factors) != Counter(others):
            return None
        number, shortest = min((self.monomial(e, target, expanded=False) for e in (b, a)), key=lambda m: len(m[1]))
        if first == second and len(shortest) < len(factors):
            return 2.0 * number, shortest
        return first + second, factors

    def monomial(self, expr: Expr, part_of: Var, expanded: bool) -> tuple[float, tuple[Expr, ...]]:
        """An intermediate as a number times factors.

        What the primal computes is a factor of its own, unless it has a number among its factors or `expanded`.
        """
        if type(expr) is Const and type(expr.value) in (int, float):
            return expr.value, ()
        call = self.definitions.get(expr) if type(expr) is Var else None
        if call is None or function_of(call) is not operator.mul:
            return 1.0, (expr,)
        assert type(expr) is Var
        is_primal = expr in self.primal
        if expr.named and (is_primal or part_of.hint != expr.hint):
            return 1.0, (expr,)
        number, factors = self.monomial(call.args[0], part_of, expanded)
        second, others = self.monomial(call.args[1], part_of, expanded)
        if is_primal and not expanded and number * second == 1.0:
            return 1.0, (expr,)
        return number * second, (*factors, *others)

    # --- helpers -----------------------------------------------------------------------------

    def scaled(self, expr: Expr, part_of: Var) -> tuple[float, tuple[Expr, ...]] | None:
        """An intermediate result that has a number among its factors: the number and the others."""
        number, factors = self.monomial(expr, part_of, expanded=True)
        plain = self.monomial(expr, part_of, expanded=False)[1]
        if number == 1.0 or len(factors) > len(plain) or (len(factors) > 1 and self.uses[expr] > 1):
            return None
        return number, factors

    def times_all(self, number: float, factors: tuple[Expr, ...], target: Var, statement: Assign) -> Expr:
        """`number * a * b * ...`"""
        if not factors:
            return Const(number)
        *first, last = factors
        product: Expr = Const(number)
        for factor in first:
            product = self.new(factor, target=target, first=product, statement=statement)
        return self.product(product, last, target, statement)

    def signed(
        self, simple: Callable[[Expr, Expr, Var, Assign], Expr], a: Expr, b: Expr, target: Var, statement: Assign
    ) -> Expr:
        """A product or a quotient, which `simple` gives, with the signs of both operands outside."""
        has_sign = (a in self.negative) is not (b in self.negative)
        a, b = self.negative.get(a, a), self.negative.get(b, b)
        if not has_sign:
            return simple(a, b, target, statement)
        positive = Var(target.hint)
        result = simple(a, b, positive, statement)
        if type(result) is not Call:
            self.negative[target] = result
            return Call(_NEG, (result,))
        self.negative[target] = self.bind(positive, result, statement)
        return Call(_NEG, (positive,))

    def bind(self, temporary: Var, value: Call, statement: Assign) -> Var:
        """Append the statement that binds a new intermediate, which has one use."""
        self.out.append(Assign((temporary,), value, statement.origin))
        self.definitions[temporary] = value
        self.uses[temporary] = 1
        self.shapes.add_statement(self.out[-1])
        return temporary

    def new(self, second: Expr, *, target: Var, first: Expr, statement: Assign) -> Expr:
        """A new intermediate `first * second`, simplified."""
        temporary = Var(target.hint)
        value = self.product(first, second, temporary, statement)
        return self.bind(temporary, value, statement) if type(value) is Call else value

    def made(self, expr: Expr, part_of: Var | None = None) -> Call | None:
        """What computes an intermediate of the backward pass, or of `part_of`."""
        call = self.definitions.get(expr) if type(expr) is Var else None
        if call is None or type(expr) is not Var or expr in self.primal:
            return None
        return None if expr.named and (part_of is None or part_of.hint != expr.hint) else call

    def inner(self, expr: Expr, fn: Any, part_of: Var | None = None) -> tuple[Expr, Expr] | None:
        """The operands of such an intermediate, if it is a call of `fn`, an operator."""
        call = self.made(expr, part_of)
        return None if call is None or function_of(call) is not fn else (call.args[0], call.args[1])

    def is_small(self, part: Expr, whole: Expr) -> bool:
        """Whether `part` is a number and `whole` may be an array: it is better computed by itself."""
        return self.shapes.is_scalar(part) and not self.shapes.is_scalar(whole)

    def is_place(self, first: Expr, total: Call) -> bool:
        """Whether a sum is assigned to what its first operand was read from: `x += v`, `x[i] += v`."""
        definition = self.definitions.get(first) if type(first) is Var else None
        return is_augmented(total) or (definition is not None and function_of(definition) is operator.getitem)

    def reciprocal_of(self, expr: Expr) -> Expr | None:
        inner = self.inner(expr, operator.truediv)
        return inner[1] if inner is not None and _is(inner[0], 1.0) else None

    def same(self, a: Expr, b: Expr) -> bool:
        """Whether two values were computed in the same way."""
        if a is b:
            return True
        if type(a) is Const and type(b) is Const:
            return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
        if type(a) is not Var or type(b) is not Var or a in self.primal or b in self.primal:
            return False
        x, y = self.definitions.get(a), self.definitions.get(b)
        if x is None or y is None or function_of(x) is not function_of(y) or x.kwargs or y.kwargs:
            return False
        if function_of(x) not in (operator.mul, operator.truediv, operator.add, operator.sub, operator.neg):
            return False
        if all(self.same(p, q) for p, q in zip(x.args, y.args, strict=True)):
            return True
        commutes = function_of(x) in (operator.mul, operator.add)
        return commutes and self.same(x.args[0], y.args[1]) and self.same(x.args[1], y.args[0])


ALIAS_CHECKS = (runtime.refuse_view, runtime.refuse_shared_items, runtime.check_view)
"""What reads the place of a value in memory: no other value will do."""

REDUCTIONS = frozenset({np.sum, np.mean, np.max, np.min, np.prod})
_MUL, _NEG, _ADD, _SUB, _DIV = (
    Lib(fn) for fn in (operator.mul, operator.neg, operator.add, operator.sub, operator.truediv)
)


def with_named_axis(call: Call) -> Call:
    """`np.sum(a, axis=0)` for `np.sum(a, 0, keepdims=False)`, and `np.sum(a)` where the axis is None."""
    given = [*call.kwargs, *(("axis", axis) for axis in call.args[1:2])]
    kept = [(k, v) for k, v in given if not (type(v) is Const and (v.value is None or v.value is False))]
    return Call(call.fn, call.args[:1], tuple(sorted(kept, key=lambda k: k[0])))


def _is(expr: Expr, value: float) -> bool:
    return type(expr) is Const and isinstance(expr.value, (float, int)) and type(expr.value) is not bool and (
        expr.value == value
    )


def number(fn: Callable[[Any, Any], Any], *operands: Expr) -> Const | None:
    """The result for literal numbers as a literal, if it is short enough to be written out."""
    values = [a.value for a in operands if type(a) is Const and isinstance(a.value, int | float)]
    if len(values) < len(operands):
        return None
    result = fn(*values)
    return Const(result) if len(repr(result)) <= 8 else None


def literal(expr: Expr) -> int | None:
    """The value of a literal integer."""
    return expr.value if type(expr) is Const and type(expr.value) is int else None
