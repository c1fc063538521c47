"""Lowering of what Python does with lists, tuples, dicts and strings, in terms of a few operations on them.

    items.extend(more)             for v in more: items.append(v)
    items.sort(key=f)              items[:] = sorted(items, key=f)
    [*a, b]                        list(a) + [b]
    table.get(key, default)        table[key] if key in table else default
    max(x, key=f)                  x[k] at the position k of the largest of [f(v) for v in x]

Methods that change a list or a dict are rewritten as statements, which are lowered as if they had been written.
"""

from __future__ import annotations

import ast
import collections
import functools
import itertools
import operator
from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np

from tangent import runtime
from tangent.analysis.calls import is_one_of
from tangent.frontend.comprehensions import (
    ITERATORS,
    ComprehensionLowering,
    Renaming,
    call_of,
    placed,
    private,
)
from tangent.frontend.expressions import Hint
from tangent.frontend.loops import ENDLESS, Iteration, named_after
from tangent.frontend.syntax import is_keyed
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, FString, Global, Lib, Method, Var

__all__ = ["DataLowering"]

SELECTIONS: frozenset[Any] = frozenset({
    itertools.combinations, itertools.combinations_with_replacement, itertools.permutations, itertools.product,
})
"""Functions whose elements are tuples of elements of their arguments, chosen by position."""


def is_text(node: ast.expr) -> bool:
    """Whether an expression is written as a string."""
    return isinstance(node, ast.JoinedStr) or isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_default_set(node: ast.expr) -> bool:
    """Whether an expression is a call of `setdefault`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"


class DataLowering(ComprehensionLowering):
    """Lowers displays, f-strings, and the methods and functions of containers."""

    def other_expression(self, node: ast.expr, hint: Hint) -> Atom:
        if type(node) is ast.Set:
            items = self.display(ast.List(node.elts, ast.Load()), node.elts, None)
            return self.emit(node, Lib(set), items, hint=hint)
        return super().other_expression(node, hint)

    def binary(self, node: ast.BinOp, hint: Hint) -> Atom:
        if type(node.op) is ast.Mod and is_text(node.left):
            args = self.expression(node.left), self.expression(node.right)
            return self.emit(node, primitives.format_percent, *args, hint=hint or "text")
        return super().binary(node, hint)

    # --- displays ----------------------------------------------------------------------------

    def display(self, node: ast.expr, items: list[ast.expr], hint: Hint) -> Atom:
        """A list or a tuple; where items are unpacked, a sum of such."""
        if not any(isinstance(item, ast.Starred) for item in items):
            return super().display(node, items, hint)
        kind = tuple if isinstance(node, ast.Tuple) else list
        total: Atom | None = None
        for is_starred, group in itertools.groupby(items, lambda item: isinstance(item, ast.Starred)):
            members = list(group)
            starred = [i.value for i in members if isinstance(i, ast.Starred)]
            parts = [self.emit(i, Lib(kind), self.starred(i), hint="items") for i in starred]
            for part in parts if is_starred else [super().display(node, members, None)]:
                total = part if total is None else self.emit(node, primitives.concatenate, total, part, hint=hint)
        assert total is not None
        return total

    def starred(self, node: ast.expr) -> Atom:
        return self.expression(node if node in self.evaluated else self.as_list(node))

    def dict_display(
        self, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr], hint: Hint
    ) -> Atom:
        if None not in keys:
            return super().dict_display(node, keys, values, hint)
        first = keys.index(None)
        name = private(hint.hint if type(hint) is Var else hint or "items")
        if first == 0:
            self.env[name] = self.emit(node, Method("copy"), self.expression(values[0]), hint=hint)
            first = 1
        else:
            self.env[name] = super().dict_display(node, keys[:first], values[:first], hint)
        table = ast.Name(name, ast.Load())
        for key, value in zip(keys[first:], values[first:], strict=True):
            if key is None:
                self.lower_all(node, self.entered(table, value))
            else:
                self.lower_all(node, [ast.Assign([ast.Subscript(table, key, ast.Store())], value)])
        return self.env.pop(name)

    def fstring(self, node: ast.JoinedStr) -> Atom:
        """An f-string; a computed format is that of a call of `format`."""
        values: list[ast.expr] = []
        formatted: list[str] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue) and isinstance(value.format_spec, ast.JoinedStr) and any(
                isinstance(part, ast.FormattedValue) for part in value.format_spec.values
            ):
                shown = self.expression(value.value)
                if value.conversion != -1:
                    conversion = FString(("", ""), (("!" + chr(value.conversion), ""),))
                    shown = self.emit(value, conversion, shown, hint="text")
                name = private("text")
                spec = self.fstring(value.format_spec)
                self.env[name] = self.emit(value, Lib(format), shown, spec, hint="text")
                formatted.append(name)
                value = placed(ast.FormattedValue(ast.Name(name, ast.Load()), -1, None), value)
            values.append(value)
        text = super().fstring(ast.copy_location(ast.JoinedStr(values), node))
        for name in formatted:
            del self.env[name]
        return text

    # --- methods -----------------------------------------------------------------------------

    def call_of_value(self, node: ast.Call, hint: Hint) -> Atom:
        is_item = isinstance(node.func, ast.Attribute) and is_default_set(node.func.value)
        if isinstance(node.func, ast.Attribute) and not is_item and self.known_owner(node.func.value) is not None:
            return super().call_of_value(node, hint)  # a method of the user's
        if isinstance(node.func, ast.Attribute) and not any(isinstance(a, ast.Starred) for a in node.args):
            base, name = node.func.value, node.func.attr
            if is_place(base):
                self.evaluated.pop(base, None)
            if isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute) and (
                base.func.attr == "setdefault" and len(base.args) == 2 and is_place(base.func.value)
            ):  # `groups.setdefault(key, []).append(value)`
                key = self.named(base.args[0])
                self.lower_all(node, self.set_default(base.func.value, key, base.args[1]))
                base = placed(ast.Subscript(base.func.value, key, ast.Load()), base)
                func = ast.copy_location(ast.Attribute(base, name, ast.Load()), node.func)
                return self.call_of_value(ast.copy_location(ast.Call(func, node.args, node.keywords), node), hint)
            if name == "get" and len(node.args) in (1, 2) and not node.keywords:
                return self.get(node, base, hint)
            if name == "popleft" and not node.args:
                func = ast.copy_location(ast.Attribute(base, "pop", ast.Load()), node.func)
                return self.call_of_value(placed(ast.Call(func, [ast.Constant(0)], []), node), hint)
            if name == "pop" and not node.keywords and self.is_pop_of_dict(base, node.args):
                return self.popped(node, base, hint)
            if name in STATEMENTS and is_place(base):
                statements = STATEMENTS[name](self, base, node.args, node.keywords)
                if statements is not None:
                    self.lower_all(node, statements)
                    if name == "setdefault":
                        return self.expression(placed(ast.Subscript(base, node.args[0], ast.Load()), node), hint)
                    return Const(None)
        return super().call_of_value(node, hint)

    def lower_all(self, node: ast.expr, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.lower_part(statement, node)

    def named(self, node: ast.expr) -> ast.expr:
        """An expression for the value of `node`, to be evaluated more than once."""
        if isinstance(node, ast.Name | ast.Constant):
            return node
        name = private("key")
        self.env[name] = self.expression(node)
        return ast.Name(name, ast.Load())

    def get(self, node: ast.Call, base: ast.expr, hint: Hint) -> Atom:
        table, key = self.expression(base), self.expression(node.args[0])
        default = self.expression(node.args[1]) if len(node.args) == 2 else Const(None)
        found = self.emit(node, operator.contains, table, key, hint="found")
        return self.branch(node, found, lambda: self.item(node, table, key), lambda: default, hint or "item")

    def is_pop_of_dict(self, base: ast.expr, args: list[ast.expr]) -> bool:
        """Whether `base.pop` is that of a dict: a name, or a default, is none of a list."""
        if not is_place(base):
            return False
        if len(args) == 1 and not (isinstance(args[0], ast.Constant) and isinstance(args[0].value, str)):
            return isinstance(base, ast.Name) and is_keyed(base.id, self.body)
        return len(args) in (1, 2)

    def popped(self, node: ast.Call, base: ast.expr, hint: Hint) -> Atom:
        """`table.pop(key, default)`"""
        key = self.expression(node.args[0])
        default = self.expression(node.args[1]) if len(node.args) == 2 else None

        def take() -> Atom:
            table = self.expression(base)
            value = self.item(node, table, key, hint if default is None else None)
            self.change(node, base, primitives.dict_remove, key)
            return value

        if default is None:
            return take()
        found = self.emit(node, operator.contains, self.expression(base), key, hint="found")
        return self.branch(node, found, take, lambda: default, hint or "item")

    def extended(
        self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]
    ) -> list[ast.stmt] | None:
        if len(args) != 1 or keywords:
            return None
        value = private("value")
        append = ast.Call(ast.Attribute(items, "append", ast.Load()), [ast.Name(value, ast.Load())], [])
        return [ast.For(ast.Name(value, ast.Store()), args[0], [ast.Expr(append)], [])]

    def removed(self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if len(args) != 1 or keywords:
            return None
        place = ast.Call(ast.Attribute(items, "index", ast.Load()), args, [])
        return [ast.Expr(ast.Call(ast.Attribute(items, "pop", ast.Load()), [place], []))]

    def cleared(self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if args or keywords:
            return None
        length, number = call_of(len, items), ast.Name(private("i"), ast.Store())
        pop = ast.Call(ast.Attribute(items, "pop", ast.Load()), [], [])
        return [ast.For(number, call_of(range, length), [ast.Expr(pop)], [])]

    def put_first(self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        insert = ast.Attribute(items, "insert", ast.Load())
        return [ast.Expr(ast.Call(insert, [ast.Constant(0), *args], keywords))]

    def backwards(self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if args or keywords:
            return None
        whole = ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
        return [ast.Assign([ast.Subscript(items, ast.Slice(), ast.Store())], ast.Subscript(items, whole, ast.Load()))]

    def in_order(self, items: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if args or any(k.arg not in ("key", "reverse") for k in keywords):
            return None
        ordered = call_of(sorted, items, keywords=keywords)
        return [ast.Assign([ast.Subscript(items, ast.Slice(), ast.Store())], ordered)]

    def updated(self, table: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if len(args) > 1 or any(k.arg is None for k in keywords):
            return None
        values = [self.named(keyword.value) for keyword in keywords]  # all of them before the dict is changed
        statements = self.entered(table, args[0]) if args else []
        for keyword, value in zip(keywords, values, strict=True):
            place = ast.Subscript(table, ast.Constant(keyword.arg), ast.Store())
            statements.append(ast.Assign([place], value))
        return statements

    def entered(self, table: ast.expr, other: ast.expr) -> list[ast.stmt]:
        """The statements that put the items of another dict, or of pairs, into a dict."""
        key, value, whole = private("key"), private("value"), private("table")
        place = ast.Subscript(table, ast.Name(key, ast.Load()), ast.Store())
        if isinstance(other, ast.GeneratorExp | ast.ListComp | ast.List | ast.Tuple) or (
            self.iterator(other)[0] is not None
        ):
            target = ast.Tuple([ast.Name(key, ast.Store()), ast.Name(value, ast.Store())], ast.Store())
            return [ast.For(target, other, [ast.Assign([place], ast.Name(value, ast.Load()))], [])]
        self.env[whole] = self.expression(other)
        keys = ast.Call(ast.Attribute(ast.Name(whole, ast.Load()), "keys", ast.Load()), [], [])
        item = ast.Subscript(ast.Name(whole, ast.Load()), ast.Name(key, ast.Load()), ast.Load())
        return [ast.For(ast.Name(key, ast.Store()), keys, [ast.Assign([place], item)], [])]

    def default_set(self, table: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> list[ast.stmt] | None:
        if len(args) != 2 or keywords:
            return None
        return self.set_default(table, self.named(args[0]), args[1])

    def set_default(self, table: ast.expr, key: ast.expr, value: ast.expr) -> list[ast.stmt]:
        assign = ast.Assign([ast.Subscript(table, key, ast.Store())], value)
        return [ast.If(ast.Compare(key, [ast.NotIn()], [table]), [assign], [])]

    # --- functions ---------------------------------------------------------------------------

    def call(self, node: ast.Call, found: Global | None, hint: Hint) -> Atom:
        value = found.value if found is not None else None
        keywords = {k.arg: k.value for k in node.keywords}
        args = [a for a in node.args if not isinstance(a, ast.Starred)]
        if len(args) == len(node.args) and None not in keywords:
            if value is np.broadcast_arrays and not keywords:
                return self.broadcast(node, args)
            if (value is max or value is min) and len(args) > 1 and keywords:
                args = [placed(ast.List(args, ast.Load()), node)]
            is_ordering = value is sorted or value is max or value is min
            if is_ordering and len(args) == 1 and keywords.keys() & {"key", "default"}:
                return self.by_key(node, value, args[0], keywords, hint)
            if value is np.fromiter and len(args) <= 2 and not keywords.keys() - {"dtype"}:
                items, *dtype = [self.expression(arg) for arg in (self.as_list(args[0]), *args[1:], *keywords.values())]
                kwargs = (("dtype", dtype[0]),) if dtype else ()
                return self.emit(node, Lib(np.array, "numpy.array"), items, kwargs=kwargs, hint=hint or "array")
            if value is sum and len(args) == 2 and isinstance(args[1], ast.List | ast.Tuple) and not args[1].elts:
                whole = self.chained(node, [ast.Starred(args[0], ast.Load())])
                whole = call_of(tuple, whole) if isinstance(args[1], ast.Tuple) else whole
                return self.expression(placed(whole, node), hint)
            if value is divmod and len(args) == 2:
                first, second = self.expression(args[0]), self.expression(args[1])
                parts = [self.emit(node, f, first, second) for f in (operator.floordiv, operator.mod)]
                return self.pack(node, tuple(parts))
            if value is collections.deque and len(args) <= 1 and not keywords:
                return self.emit(node, Lib(list), *map(self.expression, map(self.as_list, args)), hint=hint or "items")
            if value is collections.deque:
                self.refuse(node, "unsupported: the `maxlen` of a deque",
                            "leave it out, and write what it does: `if len(items) > n: items.popleft()`")
            if value is dict:
                return self.dict_call(node, args, node.keywords, hint)
            if value is functools.reduce and len(args) in (2, 3) and not keywords:
                return self.reduced(node, args, hint)
        if is_one_of(value, ITERATORS):
            self.refuse(
                node, f"unsupported: an iterator that is kept: `{found.path if found else ''}`",
                f"make a list of it: `list({ast.unparse(node)})`",
            )
        return super().call(node, found, hint)

    def broadcast(self, node: ast.Call, args: list[ast.expr]) -> Atom:
        """`np.broadcast_arrays`"""
        arrays = [self.expression(arg) for arg in args]
        shapes = [self.emit(node, Lib(np.shape, "numpy.shape"), array) for array in arrays]
        shape = self.emit(node, Lib(np.broadcast_shapes, "numpy.broadcast_shapes"), *shapes, hint="shape")
        to = Lib(np.broadcast_to, "numpy.broadcast_to")
        return self.pack(node, tuple(self.emit(node, to, array, shape) for array in arrays))

    def by_key(
        self, node: ast.Call, function: Any, items: ast.expr, keywords: dict[Any, ast.expr], hint: Hint
    ) -> Atom:
        """`sorted`, `max` and `min` with `key=` or `default=`."""
        given = private("items")
        self.env[given] = self.expression(self.as_list(items))
        read = ast.Name(given, ast.Load())
        if "default" in keywords:
            default = self.expression(keywords.pop("default"))
            length = self.emit(node, Lib(len), self.env[given])
            return self.branch(
                node, length, lambda: self.by_key(node, function, read, keywords, hint), lambda: default,
                hint or "chosen",
            )
        key = keywords.get("key")
        if key is None or isinstance(key, ast.Constant):
            if function is not sorted:
                return self.emit(node, Lib(function), self.env.pop(given), hint=hint)
            reverse = ("reverse", self.expression(keywords.get("reverse", ast.Constant(False))))
            return self.emit(node, Lib(sorted), self.env.pop(given), hint=hint, kwargs=(reverse,))
        keys = self.expression(self.mapped_list(node, key, read))
        reverse_: Atom = Const(function is max)
        if function is sorted and "reverse" in keywords:
            reverse_ = self.expression(keywords["reverse"])
        order = self.emit(node, Lib(runtime.order, "tangent.order"), keys, reverse_, hint="order")
        if function is not sorted:
            first = self.emit(node, operator.getitem, order, Const(0), hint="first")
            return self.emit(node, operator.getitem, self.env.pop(given), first, hint=hint)
        positions, index = private("order"), private("i")
        self.env[positions] = order
        item = ast.Subscript(read, ast.Name(index, ast.Load()), ast.Load())
        generator = ast.comprehension(ast.Name(index, ast.Store()), ast.Name(positions, ast.Load()), [], 0)
        result = self.expression(placed(ast.ListComp(item, [generator]), node), hint)
        del self.env[positions], self.env[given]
        return result

    def mapped_list(self, node: ast.expr, function: ast.expr, items: ast.expr) -> ast.expr:
        """`[function(item) for item in items]`"""
        name, item = private("key"), private("item")
        self.env[name] = self.expression(function)
        call = ast.Call(ast.Name(name, ast.Load()), [ast.Name(item, ast.Load())], [])
        generator = ast.comprehension(ast.Name(item, ast.Store()), items, [], 0)
        return placed(ast.ListComp(call, [generator]), node)

    def dict_call(self, node: ast.Call, args: list[ast.expr], keywords: list[ast.keyword], hint: Hint) -> Atom:
        """`dict(...)` as the display of a dict."""
        if args and (isinstance(args[0], ast.GeneratorExp | ast.ListComp) or self.iterator(args[0])[0] is not None):
            key, value = private("key"), private("value")
            target = ast.Tuple([ast.Name(key, ast.Store()), ast.Name(value, ast.Store())], ast.Store())
            generator = ast.comprehension(target, args[0], [], 0)
            pairs = ast.DictComp(ast.Name(key, ast.Load()), ast.Name(value, ast.Load()), [generator])
            args = [placed(pairs, node)]
        keys: list[ast.expr | None] = [None] * len(args)
        keys += [placed(ast.Constant(k.arg), node) for k in keywords]
        if len(args) == 1 and not keywords and isinstance(args[0], ast.DictComp):
            return self.expression(args[0], hint)
        return self.dict_display(node, keys, [*args, *(k.value for k in keywords)], hint)

    def reduced(self, node: ast.Call, args: list[ast.expr], hint: Hint) -> Atom:
        """`functools.reduce` as a loop."""
        function, items = private("function"), private("items")
        result, item = private(hint.hint if type(hint) is Var else hint or "result"), private("item")
        self.env[function], self.env[items] = self.expression(args[0]), self.expression(self.as_list(args[1]))
        rest: ast.expr = ast.Name(items, ast.Load())
        if len(args) == 3:
            self.env[result] = self.expression(args[2])
        else:
            self.env[result] = self.item(node, self.env[items], Const(0))
            rest = ast.Subscript(rest, ast.Slice(ast.Constant(1)), ast.Load())
        operands: list[ast.expr] = [ast.Name(result, ast.Load()), ast.Name(item, ast.Load())]
        step = ast.Assign([ast.Name(result, ast.Store())], ast.Call(ast.Name(function, ast.Load()), operands, []))
        self.lower_all(node, [ast.For(ast.Name(item, ast.Store()), rest, [step], [])])
        return self.env.pop(result)

    # --- iterators ---------------------------------------------------------------------------

    def iterator(self, node: ast.expr) -> tuple[Any, list[ast.expr]]:
        value, args = super().iterator(node)
        if value is None and isinstance(node, ast.Call) and not node.keywords:
            found = self.resolve(node.func)
            if found is None and is_chain_of_one(node, self.resolve):
                return itertools.chain, [ast.copy_location(ast.Starred(node.args[0], ast.Load()), node)]
            known = SELECTIONS | LISTS_OF_ITEMS.keys() | {itertools.count, itertools.repeat}
            if found is not None and is_one_of(found.value, known):
                return found.value, node.args
        return value, args

    def as_list(self, node: ast.expr) -> ast.expr:
        value, args = self.iterator(node)
        if is_one_of(value, LISTS_OF_ITEMS):
            return placed(LISTS_OF_ITEMS[value](self, node, args), node)
        if value is zip and len(args) == 1 and isinstance(args[0], ast.Starred):
            return self.transposed(node, args[0].value)
        return super().as_list(node)

    def transposed(self, node: ast.expr, rows: ast.expr) -> ast.expr:
        """The list for `zip(*rows)`."""
        whole, row, column = private("rows"), private("row"), private("j")
        self.env[whole] = self.expression(self.as_list(rows))
        read = ast.Name(whole, ast.Load())

        def for_each_row(item: ast.expr) -> ast.ListComp:
            return ast.ListComp(item, [ast.comprehension(ast.Name(row, ast.Store()), read, [], 0)])

        one = ast.Name(row, ast.Load())
        items = call_of(tuple, for_each_row(ast.Subscript(one, ast.Name(column, ast.Load()), ast.Load())))
        shortest = call_of(min, for_each_row(call_of(len, one)))
        columns = ast.comprehension(ast.Name(column, ast.Store()), call_of(range, shortest), [], 0)
        return placed(ast.ListComp(items, [columns]), node)

    def iteration(self, node: ast.expr, loop: ast.For) -> Iteration:
        value, args = self.iterator(node)
        if is_one_of(value, LISTS_OF_ITEMS) or (value is zip and isinstance(args[0], ast.Starred)):
            return self.listed(node, args, loop)
        if is_one_of(value, SELECTIONS):
            return self.selection(node, args)
        if value is itertools.count and len(args) <= 2:
            return self.counting(node, args)
        if value is itertools.repeat and len(args) in (1, 2):
            item = self.expression(args[0])
            times = self.expression(args[1]) if len(args) == 2 else ENDLESS
            return Iteration((Const(0), times, Const(1)), lambda index, target: item)
        return super().iteration(node, loop)

    def selection(self, node: ast.expr, args: list[ast.expr]) -> Iteration:
        """The positions are chosen among integers, and the elements taken from there."""
        assert isinstance(node, ast.Call)
        fn = self.resolve(node.func)
        assert fn is not None
        is_product = fn.value is itertools.product
        sequences = [self.expression(self.as_list(a)) for a in (args if is_product else args[:1])]
        count = args[1] if len(args) > 1 and not is_product else None
        if count is None and not is_product or count is not None and not (
            isinstance(count, ast.Constant) and type(count.value) is int
        ):
            self.refuse(node, f"unsupported: `{fn.path}` of a number of elements that is not written out",
                        "write the number out, or write the loops")
        if count is not None:
            assert isinstance(count, ast.Constant) and isinstance(count.value, int)
            sequences *= count.value
        ranges: dict[Atom, Atom] = {}
        for sequence in sequences:
            if sequence not in ranges:
                ranges[sequence] = self.emit(node, Lib(range), self.emit(node, Lib(len), sequence), hint="positions")
        given = [ranges[s] for s in sequences] if is_product else [ranges[sequences[0]], Const(len(sequences))]
        choices = self.emit(node, Lib(list), self.emit(node, fn, *given), hint="choices")
        length = self.emit(node, Lib(len), choices)

        def element(index: Var, target: ast.expr | None) -> tuple[Atom, ...]:
            chosen = self.emit(node, primitives.element, choices, index, hint="chosen")
            places = [self.emit(node, operator.getitem, chosen, Const(k), hint="place") for k in range(len(sequences))]
            return tuple(self.item(node, s, p) for s, p in zip(sequences, places, strict=True))

        return Iteration((Const(0), length, Const(1)), element)

    def counting(self, node: ast.expr, args: list[ast.expr]) -> Iteration:
        """`itertools.count`"""
        given = [self.expression(arg) for arg in args]
        start = given[0] if given else Const(0)
        step = given[1] if len(given) == 2 else Const(1)

        def element(index: Var, target: ast.expr | None) -> Atom:
            offset = index if is_one(step) else self.emit(node, operator.mul, index, step)
            return self.emit(node, operator.add, start, offset, hint=named_after(target, "count"))

        return Iteration((Const(0), ENDLESS, Const(1)), element)

    def chained(self, node: ast.expr, args: list[ast.expr]) -> ast.expr:
        if len(args) == 1 and isinstance(args[0], ast.Starred):  # `itertools.chain(*rows)`
            row, item = private("row"), private("item")
            rows = ast.comprehension(ast.Name(row, ast.Store()), args[0].value, [], 0)
            items = ast.comprehension(ast.Name(item, ast.Store()), ast.Name(row, ast.Load()), [], 0)
            return ast.ListComp(ast.Name(item, ast.Load()), [rows, items])
        return ast.List([ast.Starred(a, ast.Load()) for a in args], ast.Load())

    def accumulated(self, node: ast.expr, args: list[ast.expr]) -> ast.expr:
        """The list of partial results, of sums or of another function of two arguments."""
        items, total, result, item = private("items"), private("total"), private("totals"), private("item")
        function = private("function")
        self.env[items] = self.expression(self.as_list(args[0]))
        self.env[result] = self.emit(node, primitives.make_list, hint="totals")
        self.env[total] = Const(None)
        self.env[function] = self.expression(args[1]) if len(args) > 1 else Lib(operator.add)
        operands: list[ast.expr] = [ast.Name(total, ast.Load()), ast.Name(item, ast.Load())]
        both = ast.Call(ast.Name(function, ast.Load()), operands, []) if len(args) > 1 else (
            ast.BinOp(operands[0], ast.Add(), operands[1])
        )
        totals = ast.Name(result, ast.Load())
        first = ast.Subscript(ast.Name(items, ast.Load()), ast.Constant(0), ast.Load())
        rest = ast.Subscript(ast.Name(items, ast.Load()), ast.Slice(ast.Constant(1)), ast.Load())
        append = ast.Call(ast.Attribute(totals, "append", ast.Load()), [ast.Name(total, ast.Load())], [])
        step = [ast.Assign([ast.Name(total, ast.Store())], both), ast.Expr(append)]
        loop = ast.For(ast.Name(item, ast.Store()), rest, [*step], [])
        begin: list[ast.stmt] = [ast.Assign([ast.Name(total, ast.Store())], first), ast.Expr(append), loop]
        self.lower_all(node, [ast.If(call_of(len, ast.Name(items, ast.Load())), begin, [])])
        return totals

    def sliced(self, node: ast.expr, args: list[ast.expr]) -> ast.expr:
        bounds = args[1:] if len(args) > 2 else [ast.Constant(None), *args[1:]]
        return ast.Subscript(self.as_list(args[0]), ast.Slice(*bounds), ast.Load())

    def paired(self, node: ast.expr, args: list[ast.expr]) -> ast.expr:
        items = private("items")
        self.env[items] = self.expression(self.as_list(args[0]))
        rest = ast.Subscript(ast.Name(items, ast.Load()), ast.Slice(ast.Constant(1)), ast.Load())
        return self.as_list(placed(call_of(zip, ast.Name(items, ast.Load()), rest), node))

    # --- unpacking ---------------------------------------------------------------------------

    def to_unpack(self, value: ast.expr, count: int) -> ast.expr:
        """What `a, b = value` unpacks: an iterator over elements that are written out is written out itself."""
        function, args = self.iterator(value)
        if function is map and len(args) == 2 and is_display(args[1], count):
            name = private("function")
            self.env[name] = self.expression(args[0])
            calls: list[ast.expr] = [ast.Call(ast.Name(name, ast.Load()), [e], []) for e in args[1].elts]
            return placed(ast.Tuple(calls, ast.Load()), value)
        if function is zip and len(args) == 1 and isinstance(args[0], ast.Starred):
            rows, row = private("rows"), private("row")
            self.env[rows] = self.expression(self.as_list(args[0].value))
            generator = ast.comprehension(ast.Name(row, ast.Store()), ast.Name(rows, ast.Load()), [], 0)
            parts = [ast.Subscript(ast.Name(row, ast.Load()), ast.Constant(k), ast.Load()) for k in range(count)]
            columns: list[ast.expr] = [call_of(tuple, ast.ListComp(part, [generator])) for part in parts]
            return placed(ast.Tuple(columns, ast.Load()), value)
        if isinstance(value, ast.GeneratorExp | ast.ListComp) and len(value.generators) == 1:
            only = value.generators[0]
            if isinstance(only.target, ast.Name) and not only.ifs and is_display(only.iter, count):
                names = [private(only.target.id) for _ in range(count)]
                for name, element in zip(names, only.iter.elts, strict=True):
                    self.env[name] = self.expression(element)
                items: list[ast.expr] = [Renaming({only.target.id: name}).visit(value.elt) for name in names]
                return ast.copy_location(ast.Tuple(items, ast.Load()), value)
        return self.as_list(value)


Rewriting = Callable[[DataLowering, ast.expr, list[ast.expr], list[ast.keyword]], "list[ast.stmt] | None"]

STATEMENTS: dict[str, Rewriting] = {
    "extend": DataLowering.extended, "remove": DataLowering.removed, "clear": DataLowering.cleared,
    "reverse": DataLowering.backwards, "appendleft": DataLowering.put_first,
    "sort": DataLowering.in_order, "update": DataLowering.updated, "setdefault": DataLowering.default_set,
}
"""Methods that change a list or a dict, and what gives the statements that do the same."""

LISTS_OF_ITEMS: dict[Any, Callable[[DataLowering, ast.expr, list[ast.expr]], ast.expr]] = {
    itertools.chain: DataLowering.chained, itertools.accumulate: DataLowering.accumulated,
    itertools.islice: DataLowering.sliced, itertools.pairwise: DataLowering.paired,
}
"""Functions of `itertools`, and what gives an expression for the list of their elements."""


def is_place(node: ast.expr) -> bool:
    """Whether an expression names an object, or an item of one, and can be evaluated several times."""
    while isinstance(node, ast.Attribute) or (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.Constant)
    ):
        node = node.value
    return isinstance(node, ast.Name)


def is_chain_of_one(node: ast.Call, resolve: Callable[[ast.expr], Global | None]) -> bool:
    """Whether a call is one of `itertools.chain.from_iterable`."""
    match node:
        case ast.Call(func=ast.Attribute(value=base, attr="from_iterable"), args=[_]):
            owner = resolve(base)
            return owner is not None and owner.value is itertools.chain
    return False


def is_one(atom: Atom) -> bool:
    return type(atom) is Const and type(atom.value) is int and atom.value == 1


def is_display(node: ast.expr, count: int) -> TypeGuard[ast.Tuple | ast.List]:
    """Whether an expression is a tuple or a list of so many elements that are written out."""
    return isinstance(node, ast.Tuple | ast.List) and len(node.elts) == count and not any(
        isinstance(e, ast.Starred) for e in node.elts
    )
