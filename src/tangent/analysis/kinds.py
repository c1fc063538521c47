"""Kinds: which values are numbers or arrays, which are containers, and which indices are basic.

A dynamic language does not say whether `x[0]` reads an array or a list of arrays.  What a value is used
for does: an operand of arithmetic is numeric.  Values of which nothing is known are treated as either.

An index is *basic* if it surely names every element once (integers, slices, strings): then `b[i] += v`
adds what it says.  An index array may name an element twice.
"""

from __future__ import annotations

import copy
import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never, cast

import numpy as np

from tangent import runtime
from tangent.analysis.calls import function_of, in_one_direction, is_structural, rule_of
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
    Global,
    If,
    Insertion,
    Statement,
    Var,
    While,
    is_field,
)
from tangent.rules import registry
from tangent.rules.libraries import LIBRARIES
from tangent.rules.registry import MemberKey

__all__ = ["Kinds", "may_return_container"]

_MEASURES = ("shape", "T", "size", "ndim", "dtype")
"""The attributes that arrays have."""
_OF_INTEGERS = frozenset({
    operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.neg, min, max,
})
"""Functions that give an integer for integers."""
_INTEGER = frozenset({len, int, round, np.size, np.ndim, runtime.place_in, runtime.same_length})
_LOGICAL = frozenset({
    operator.and_, operator.or_, operator.xor, operator.invert, np.logical_not, np.logical_and, np.logical_or,
})
_ORDER = frozenset({operator.lt, operator.le, operator.gt, operator.ge})
_TESTS = _ORDER | frozenset({
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal,
    np.not_equal, np.isnan, np.isinf, np.isfinite, np.isclose, np.isin, np.signbit,
})
_MAKES_ARRAY: frozenset[Any] = frozenset({
    np.zeros, np.ones, np.full, np.empty, np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.arange,
    np.linspace, np.array, np.asarray, np.eye, np.copy, runtime.align, runtime.align_each, runtime.array_each,
    runtime.zero_each,
})


_NUMERIC = {"scalar", "int", "array"} | LIBRARIES.keys()
_MAKES_CONTAINER: frozenset[Any] = frozenset({list, tuple, dict, sorted, primitives.concatenate, primitives.repeat})
_LIKE: dict[Any, int] = {
    runtime.zeros_like: 0, runtime.as_complex: 0, runtime.writable: 0, runtime.copy: 0, runtime.shallow_copy: 0,
    copy.copy: 0, copy.deepcopy: 0, runtime.expand: 1, runtime.match_structure: 1,
    runtime.as_derivative: 1, runtime.stop_gradient: 0, registry.method("copy"): 0,
}
"""The functions whose result has the structure of an argument, and which that is."""
_CHECKS = frozenset({runtime.check_seed, runtime.check_tangent})
"""Functions that let a derivative pass that has the structure of a value."""
_MAY_RETURN_CONTAINER: frozenset[Any] = _MAKES_CONTAINER | _LIKE.keys() | {
    max, min, operator.or_, runtime.fit, runtime.item_written,
}


class Kinds:
    """What is known of the values of a program."""

    def __init__(self, function: Function) -> None:
        self.integers: set[Var] = {v for v, fact in function.facts.items() if fact == "int"}
        self.arrays: set[Var] = {v for v, fact in function.facts.items() if fact == "array"}
        self.numeric: set[Var] = {v for v, fact in function.facts.items() if fact in _NUMERIC}
        self.containers: set[Var] = {v for v, fact in function.facts.items() if fact in ("list", "dict", "tuple")}
        self._shapes: set[Var] = set()
        self._basic: set[Var] = set()
        self._lists_of_integers: set[Var] = set()
        self._masks: set[Expr] = set()
        """Comparisons."""
        self._lists: set[Expr] = set()
        """Lists that are written out."""
        self._sequences: set[Var] = set()
        """What a helper makes that works on lists as on arrays: a list may be assigned to a part of an array."""
        self._objects: set[Var] = set()
        """What attributes are read of: objects, or what a branch on the class says are none."""
        self._joined: list[tuple[Var, Expr]] = []
        self._items: list[tuple[Var, Expr]] = []
        """The items of containers, and the containers."""
        self._sliced: list[tuple[Var, Expr]] = []
        """The parts of containers that were taken by slices or several indices, and the containers."""
        self._viewed: list[tuple[Expr, Expr]] = []
        """The values that a check lets pass only as views of others, and these."""
        self._alike: list[tuple[Var, Expr]] = []
        """Derivatives and copies, and the values whose structure they have."""
        self._block(function.body)
        self._propagate()

    # --- answers -----------------------------------------------------------------------------

    def is_numeric(self, expr: Expr) -> bool:
        """Whether a value surely is a number or an array."""
        if isinstance(expr, Const | Global):
            return isinstance(expr.value, int | float | complex)
        return type(expr) is Var and expr in self.numeric

    def is_object(self, expr: Expr) -> bool:
        """Whether a value surely is an object with attributes."""
        return type(expr) is Var and expr in self._objects and expr in self.containers

    def has_fields(self, expr: Expr) -> bool:
        """Whether the program reads or writes an attribute of a value that no array has."""
        return expr in self._objects

    def is_integer(self, expr: Expr) -> bool:
        if type(expr) is Const:
            return type(expr.value) is int
        return type(expr) is Var and expr in self.integers

    def is_mask(self, expr: Expr) -> bool:
        """Whether a value surely is True or False, or an array of them."""
        return expr in self._masks

    def names_once(self, index: Expr) -> bool:
        """Whether an index surely names every element at most once."""
        return self.is_basic(index) or self.is_mask(index)

    def is_basic(self, expr: Expr) -> bool:
        """Whether an index consists of integers and slices: what it reads of an array is a view."""
        if type(expr) is Const:
            return not isinstance(expr.value, bool)
        return type(expr) is Var and (expr in self.integers or expr in self._basic)

    def is_element(self, expr: Expr) -> bool:
        """Whether an index is an integer or a key: no slice."""
        return self.is_integer(expr) or (type(expr) is Const and isinstance(expr.value, str))

    def note_copy(self, copy: Var, value: Expr) -> None:
        """Note that a new value is a copy of another one."""
        if self.is_numeric(value):
            self.numeric.add(copy)
        if value in self.containers:
            self.containers.add(copy)

    # --- gathering ---------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        for statement in block.statements:
            self._statement(statement)

    def _statement(self, statement: Statement) -> None:
        match statement:
            case Assign(targets=targets, value=value):
                if type(value) is Call:
                    self._call(targets, value)
            case If(then=then, orelse=orelse, results=results):
                self._block(then)
                self._block(orelse)
                for block in (then, orelse):
                    self._joined += zip(results, block.yields, strict=True)
            case For(index=index, bounds=bounds):
                self.integers.add(index)
                self.integers.update(b for b in bounds if type(b) is Var)
                self._loop(statement)
            case While(header=header):
                self._block(header)
                self._loop(statement)
            case _:
                assert_never(statement)

    def _loop(self, statement: For | While) -> None:
        self._block(statement.body)
        for values in (statement.inits, statement.body.yields):
            self._joined += zip(statement.params, values, strict=True)
            self._joined += zip(statement.results, values, strict=True)

    def _call(self, targets: tuple[Var, ...], call: Call) -> None:
        if type(call.fn) is Insertion:
            self._joined += zip(targets, call.args, strict=False)
            return
        call = in_one_direction(call)
        fn = function_of(call)
        if is_structural(call):
            self._structural(targets, call, fn)
        elif isinstance(fn, MemberKey):
            self._member(targets, call, fn)
        elif fn is slice:
            self._basic.update(targets)
        elif fn is range:
            self.integers.update(a for a in call.args if type(a) is Var)
        elif fn in _INTEGER or fn in _OF_INTEGERS and all(map(self.is_integer, call.args)):
            self.integers.update(targets)
        elif fn is np.shape:
            self._shapes.update(targets)
        if getattr(fn, "__module__", None) == "tangent.runtime.sequences":
            self._sequences.update(targets)
        if fn is runtime.widened or fn is runtime.written:
            self.numeric.update(a for a in call.args if type(a) is Var)
        if fn in _CHECKS and type(call.args[0]) is Var and len(call.args) > 1:
            self._alike.append((call.args[0], call.args[1]))
        if fn is runtime.check_view:
            self._viewed.append((call.args[0], call.args[1]))
        if fn in _LIKE:
            self._alike.append((targets[0], call.args[_LIKE[fn]]))
        if fn in _MAKES_CONTAINER:
            self.containers.update(targets)
        self._by_rule(targets, call, fn)
        if fn in _ORDER and any(map(self.is_numeric, call.args)):
            self.numeric.update(a for a in call.args if type(a) is Var)
        if fn in _TESTS or fn in _LOGICAL and any(a in self._masks for a in call.args):
            self._masks.update(targets)

    def _member(self, targets: tuple[Var, ...], call: Call, member: MemberKey) -> None:
        """What the name of an attribute says."""
        if member.is_attribute and member.name in _MEASURES:
            if member.name == "shape":
                self._shapes.update(targets)
            elif member.name in ("size", "ndim"):
                self.integers.update(targets)
            self.numeric.update(a for a in call.args if type(a) is Var)

    def _by_rule(self, targets: tuple[Var, ...], call: Call, fn: Any) -> None:
        rule = rule_of(call)
        repeated = self._repeated(call) if fn is operator.mul else None
        if repeated is not None:
            self._alike.append((targets[0], repeated))  # `2 * x` may be a list that is repeated
        elif rule is not None and rule.form == "partials":
            if not self.containers.isdisjoint(call.args):
                self.containers.update(targets)  # the sum of two lists is a list
                return
            self.numeric.update(targets)
            self.numeric.update([a for a in call.args if type(a) is Var])
        elif rule is not None and rule.form in ("linear", "bilinear", "templates"):
            if not may_return_container(fn):
                self.numeric.update(targets)
            if rule.form == "bilinear":
                self.numeric.update(a for a in call.args if type(a) is Var)
        elif fn in _MAKES_ARRAY or fn in _TESTS:
            self.numeric.update(targets)

    def _repeated(self, product: Call) -> Expr | None:
        """The value that a product with an integer is a multiple of, which may be a list or a tuple."""
        first, second = product.args
        if self.is_integer(first) == self.is_integer(second):
            return None
        return first if self.is_integer(second) else second

    def _structural(self, targets: tuple[Var, ...], call: Call, fn: Any) -> None:
        args = call.args
        if len(args) > 1 and is_field(args[1]):
            self._objects.update(a for a in (args[0], *targets[: fn is not operator.getitem]) if type(a) is Var)
        is_items = fn in (operator.getitem, primitives.update_item, primitives.add_item)
        if is_items and args[1] in self._lists:  # an index that only arrays take
            self.numeric.update(a for a in (args[0], targets[0]) if type(a) is Var)
        if fn in (operator.getitem, primitives.element):
            if args[0] in self._shapes and self.is_integer(args[1]):
                self.integers.update(targets)
            if type(args[0]) is Var and args[0] in self._lists_of_integers:
                self.integers.update(targets)
            self._items.append((targets[0], args[0]))
            if args[1] in self._basic:
                self._sliced.append((targets[0], args[0]))
        elif fn is primitives.make_tuple:
            if all(self.is_basic(a) for a in args):
                self._basic.update(targets)
            self.containers.update(targets)
        elif fn is primitives.solution:
            self.numeric.update(targets)
            self._solution(args)
        elif fn is primitives.unpack:
            if args[0] in self._shapes:
                self.integers.update(targets)
        elif fn in (primitives.make_list, primitives.make_dict, primitives.make_object):
            self.containers.update(targets)
            if fn is primitives.make_object:
                self._objects.update(targets)
            if fn is primitives.make_list:
                self._lists.update(targets)
            if fn is primitives.make_list and args and all(self.is_integer(a) for a in args):
                self._lists_of_integers.update(targets)
        elif fn in (primitives.list_append, primitives.list_insert):
            self.containers.update(targets)
            if type(args[0]) is Var:
                self.containers.add(args[0])
        elif fn is primitives.list_pop:
            self.containers.add(targets[0])
        elif fn is primitives.dict_remove:
            self.containers.update(v for v in (args[0], targets[0]) if type(v) is Var)
        elif fn in (primitives.update_item, primitives.add_item):
            self._joined.append((targets[0], args[0]))
            if type(args[2]) is Var:
                self._items.append((args[2], args[0]))

    def _solution(self, args: tuple[Expr, ...]) -> None:
        """What the function of a solver does with the values that are passed on to it."""
        what, f = args[1], cast("Any", args[2])
        if type(what) is Const and what.value == "integral":
            self.numeric.update(limit for limit in args[3:5] if type(limit) is Var)
        if isinstance(f, GeneratedFunction) and f.function is not None:
            inner, params = Kinds(f.function), f.function.params
            passed = zip(reversed(args[3:]), reversed(params), strict=False)
            self.numeric.update(a for a, p in passed if type(a) is Var and inner.is_numeric(p))

    def _propagate(self) -> None:
        """What is joined is of one kind: branches, iterations, versions of a container."""
        self.containers |= self._objects - self.numeric
        alike = defaultdict[Expr, list[Var]](list)
        _link(alike, self._joined)
        _link(alike, self._alike)
        _spread(self.containers, self.containers, alike)
        _link(alike, self._sliced)
        if self._viewed:  # a part of a list is a copy, and would not pass
            sliced = set(self._sliced)
            self.numeric.update(v for pair in self._viewed if pair in sliced for v in pair if type(v) is Var)
        new: Iterable[Var] = self.numeric
        while new:
            _spread(self.numeric, new, alike)
            items = {item for item, container in self._items if container in self.numeric}
            new = items - self.numeric - self.containers - self._sequences
            self.numeric |= new
        self.numeric -= self._objects
        self.numeric -= self.containers  # NumPy's functions take lists as well
        groups: dict[Var, list[Expr]] = {}
        for a, b in self._joined:
            groups.setdefault(a, []).append(b)
        changed = True
        while changed:
            changed = False
            for a, values in groups.items():
                if a not in self.integers and all(self.is_integer(v) for v in values):
                    self.integers.add(a)
                    changed = True


def _link(alike: dict[Expr, list[Var]], pairs: Iterable[tuple[Var, Expr]]) -> None:
    """Note of what is of one kind that it is."""
    for a, b in pairs:
        if type(b) is Var:
            alike[a].append(b)
            alike[b].append(a)


def _spread(facts: set[Var], new: Iterable[Var], alike: Mapping[Expr, Sequence[Var]]) -> None:
    """Let what holds of `new` values hold of all that are of one kind with these."""
    work = list(new)
    while work:
        for other in alike.get(work.pop(), ()):
            if other not in facts:
                facts.add(other)
                work.append(other)


def may_return_container(fn: Any) -> bool:
    """Whether a function with a rule may return a list, a tuple or a dict."""
    module = getattr(fn, "__module__", None) or ""
    if isinstance(fn, MemberKey):
        return fn.name in ("tolist", "copy")
    if module in _OF_CONTAINERS or fn in _MAY_RETURN_CONTAINER:
        return True
    return any(rule.container for rule in registry.find(fn))


_OF_CONTAINERS = ("tangent.runtime.structure", "tangent.runtime.shapes", "tangent.runtime.sequences")
