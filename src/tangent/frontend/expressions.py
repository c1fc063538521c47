"""Lowering of expressions: every operation becomes a call, every intermediate result a value.

`z = np.sin(x[i]) * 2.0` becomes

    x_i = x[i]
    sin_x_i = np.sin(x_i)
    z = sin_x_i * 2.0

Operands are evaluated in Python's order; `and`, `or`, chained comparisons and conditional expressions
become branches, so that what Python does not evaluate is not evaluated.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import operator
import types
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from tangent import runtime
from tangent.errors import UnsupportedError
from tangent.frontend.source import FunctionSource
from tangent.frontend.unsupported import explain, limit
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Call,
    Const,
    FString,
    Global,
    Lib,
    Method,
    Namespace,
    Origin,
    Statement,
    Undefined,
    Var,
    is_unknown,
)
from tangent.rules import definitions, registry
from tangent.rules.libraries import changes_array, library_of

__all__ = ["Arguments", "ExpressionLowering", "Keywords", "MISSING", "name_of_result"]

Hint = Var | str | None
Arguments = tuple[Atom, ...]
Keywords = tuple[tuple[str, Atom], ...]

MISSING = object()
"""The value of a global name that is not bound (yet)."""

BINARY: dict[type[ast.operator], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.MatMult: operator.matmul,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
}
UNARY: dict[type[ast.unaryop], Any] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_, ast.Invert: operator.invert,
}
COMPARE: dict[type[ast.cmpop], Any] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}
DECIDED = frozenset({*COMPARE.values(), operator.not_})
"""The operators of which the result is known where the operands are."""
Literal = int | float | str | bytes | None
NAMES_OF_RESULTS: dict[Any, str] = {
    operator.add: "total", operator.sub: "difference", operator.mul: "product", operator.truediv: "ratio",
    operator.pow: "power", operator.matmul: "product", operator.mod: "remainder",
    operator.floordiv: "quotient", primitives.make_tuple: "items", primitives.make_list: "items",
    primitives.make_dict: "items", slice: "part",
}
MUTATING_METHODS = frozenset({
    "extend", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem",
    "at", "fill", "put", "itemset", "resize", "partition", "setflags", "setfield", "byteswap", "__setitem__",
})

CHECKS = (
    runtime.check_class, runtime.check_kinds, runtime.check_real, runtime.check_root, runtime.check_scalars,
    runtime.check_seed, runtime.check_tangent, runtime.check_view, runtime.refuse_shared_items, runtime.refuse_view,
    runtime.refuse_reader, runtime.require, runtime.check_alike, runtime.check_finite, runtime.check_given,
    runtime.check_precision, runtime.check_shape,
)
"""The checks of a derivative, which hold in the derivatives of it as well."""

WRITERS = frozenset({"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "shuffle"})

NUMPY = Namespace(np.__dict__, {})
"""The names of NumPy's functions, for those that are called through an array namespace."""


class ExpressionLowering:
    """The state of lowering one function, and the lowering of its expressions."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.namespace: Namespace = source.namespace()
        self.locals: frozenset[str] = frozenset()
        self.enclosing: frozenset[str] = frozenset()
        """The variables of the functions around this one."""
        self.env: dict[str, Atom] = {}
        self.out: list[Statement] = []
        self.given: set[Var] = set()
        """The values that an expression was asked for and that a call has given."""
        self.elements: dict[Var, tuple[Atom, ...]] = {}
        """The elements of the tuples and lists that were written out, by the value that holds them."""
        self.tuples: set[Var] = set()
        """Tuples that were written out."""
        self.entries: dict[Var, dict[Any, Atom | None]] = {}
        """The same for the dicts whose keys are literals; None for an item that has to be read."""
        self.slices: set[Atom] = set()
        """Slices, and tuples of them and of integers: indices that take a view of an array."""
        self.namespaces: set[Atom] = set()
        """The values that are the array namespace of some arrays: what `xp = array_namespace(x)` binds."""
        self.integers: set[Var] = set()
        """The values that are known to be Python integers: indices of loops."""
        self.statement: ast.AST = source.node
        self.evaluated: dict[ast.expr, Atom] = {}
        """The values of expressions that were evaluated to see what they are, until they are asked for."""
        self.read_later: dict[str, Atom] = {}
        """What the iterator of a loop reads each time when it is asked for an item, as it is before the loop."""
        self.part_of: dict[ast.AST, ast.AST] = {}
        """For the statements that an expression of the user's was taken apart into: the statement that it is in."""

    # --- building ----------------------------------------------------------------------------

    def begin(self, statement: ast.AST) -> None:
        """Let comments and errors name this statement from now on."""
        self.statement = self.part_of.get(statement, statement)

    def refuse(self, node: ast.AST, what: str, instead: str) -> NoReturn:
        raise UnsupportedError(what, instead, self.origin(node))

    def unsupported(self, node: ast.AST) -> NoReturn:
        self.refuse(node, *explain(node))

    def origin(self, node: ast.AST) -> Origin:
        return self.source.origin(node, self.statement)

    def emit(
        self, node: ast.AST, fn: Any, *args: Atom, hint: Hint = None, effect: bool = False,
        kwargs: tuple[tuple[str, Atom], ...] = (),
    ) -> Var:
        """Append `target = fn(*args)` and return the target."""
        fn, args, kwargs = self.prepared(node, fn, args, kwargs)
        target = self.target(hint) if type(hint) is Var else Var(hint or name_of_result(fn, args))
        call = Call(callee(fn), args, kwargs)
        self.out.append(Assign((target,), call, self.origin(node), effect))
        self.note_result(node, target, call, args, kwargs)
        return target

    def prepared(
        self, node: ast.AST, fn: Any, args: Arguments, kwargs: Keywords
    ) -> tuple[Any, Arguments, Keywords]:
        """The function and the arguments with which a call is made."""
        return fn, args, kwargs

    def note_result(
        self, node: ast.AST, target: Var, call: Call, args: Arguments, kwargs: Keywords
    ) -> None:
        """Note what is known of the result of a call of atoms."""

    def target(self, hint: Var) -> Var:
        """The value that is asked for; another by its name where a call of the same expression has bound that."""
        if hint in self.given:
            return Var(hint.hint, hint.named)
        self.given.add(hint)
        return hint

    def perform(self, node: ast.AST, fn: Any, *args: Atom, kwargs: tuple[tuple[str, Atom], ...] = ()) -> None:
        """Append a call for its effect."""
        self.out.append(Assign((), Call(callee(fn), args, kwargs), self.origin(node), effect=True))

    def branch(
        self, node: ast.AST, test: Atom, then: Callable[[], Atom], orelse: Callable[[], Atom], hint: Hint
    ) -> Atom:
        """`then() if test else orelse()`; `lower.Lowering` joins what they change."""
        raise NotImplementedError

    # --- names -------------------------------------------------------------------------------

    def resolve(self, node: ast.expr) -> Global | None:
        """What a chain `module.name` of names outside of the function stands for.

        The array namespace of arguments (`xp.sum`, as the array API standard has it) is NumPy's.
        """
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if self.env.get(name) in self.namespaces:
                return Global(attr, getattr(np, attr, MISSING), NUMPY)
            case ast.Name(id=name) if name not in self.env and not self.is_local(name):
                return Global(name, self.lookup(name), self.namespace)
            case ast.Name(id=name) if isinstance(atom := self.env.get(name), Global):
                return atom
            case ast.Attribute(value=base, attr=attr):
                outer = self.resolve(base) or self.known_module(base)
                if outer is not None and has_functions(outer.value, attr):
                    if isinstance(outer.value, types.ModuleType) and outer.home is not self.namespace:  # imported here
                        home = Namespace(outer.value.__dict__, {})
                        return Global(attr, getattr(outer.value, attr, MISSING), home)
                    return Global(f"{outer.path}.{attr}", getattr(outer.value, attr, MISSING), outer.home)
        return None

    def is_local(self, name: str) -> bool:
        """Whether a name is a variable of this function or of one around it."""
        return name in self.locals or name in self.enclosing

    def known_module(self, node: ast.expr) -> Global | None:
        """The module that a variable holds."""
        value = self.env.get(node.id) if isinstance(node, ast.Name) else None
        return value if type(value) is Global and isinstance(value.value, types.ModuleType) else None

    def lookup(self, name: str) -> Any:
        if name in self.namespace.cells:
            try:
                return self.namespace.cells[name].cell_contents
            except ValueError:
                return MISSING
        if name in self.namespace.globals:
            return self.namespace.globals[name]
        return getattr(builtins, name, MISSING)

    def read(self, node: ast.Name) -> Atom:
        if node.id in self.env:
            return self.env[node.id]
        if self.is_local(node.id):
            return UNDEFINED
        found = self.resolve(node)
        assert found is not None
        return found

    # --- expressions -------------------------------------------------------------------------

    def expression(self, node: ast.expr, hint: Hint = None) -> Atom:
        """Lower an expression to an atom; `hint` is the variable that is to hold it, or a name for that."""
        if node in self.evaluated:
            return self.evaluated.pop(node)
        if type(node) is ast.Name:
            return self.defined(node, node.id, self.read(node))
        if type(node) is ast.Constant:
            return Const(node.value)
        if type(node) is ast.BinOp:
            return self.binary(node, hint)
        if type(node) is ast.Call:
            return self.call(node, self.resolve(node.func), hint)
        return self.other_expression(node, hint)

    def binary(self, node: ast.BinOp, hint: Hint) -> Atom:
        left = node.left
        if type(left) is ast.BinOp and type(left.left) is ast.BinOp:
            return self.chain(node, hint)
        args = self.expression(left), self.expression(node.right)
        return self.operate(node, BINARY[type(node.op)], *args, hint=hint)

    def other_expression(self, node: ast.expr, hint: Hint) -> Atom:
        """Lower an expression that is no name, constant, binary operation or call."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value) | float(value))) if (
                type(value) is not bool
            ):
                return Const(-value)
            case ast.UnaryOp(op=op, operand=operand):
                return self.operate(node, UNARY[type(op)], self.expression(operand), hint=hint)
            case ast.Compare():
                return self.comparison(node)
            case ast.BoolOp(op=op, values=values):
                return self.short_circuit(node, isinstance(op, ast.And), values)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.branch(
                    node, self.expression(test), lambda: self.expression(body),
                    lambda: self.expression(orelse), hint or "chosen",
                )
            case ast.Subscript():
                return self.subscript(node, hint)
            case ast.Attribute():
                return self.attribute(node, hint)
            case ast.Lambda():
                return self.inner_function(node)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.display(node, items, hint)
            case ast.Dict(keys=keys, values=values):
                return self.dict_display(node, keys, values, hint)
            case ast.JoinedStr():
                return self.fstring(node)
            case ast.NamedExpr(target=target, value=value):
                atom = self.expression(value, Var(target.id.rpartition(":")[2], named=True))
                self.env[target.id] = atom
                return atom
            case ast.Slice(lower=lower, upper=upper, step=step):
                bounds = [Const(None) if b is None else self.expression(b) for b in (lower, upper, step)]
                return self.emit(node, slice, *bounds)
        self.unsupported(node)

    def operate(self, node: ast.AST, fn: Any, *args: Atom, hint: Hint = None) -> Atom:
        """The value of an operator; `objects.ObjectLowering` knows those of classes."""
        if fn in DECIDED and all(type(a) is Const and isinstance(a.value, Literal) for a in args):
            with contextlib.suppress(TypeError):
                return Const(fn(*(a.value for a in args if type(a) is Const)))
        return self.emit(node, fn, *args, hint=hint)

    def chain(self, node: ast.BinOp, hint: Hint) -> Atom:
        """`a + b + c + ...`, of any length, without a call of this function for each operator."""
        parts, first = [node], node.left
        while isinstance(first, ast.BinOp) and isinstance(first.left, ast.BinOp) and first not in self.evaluated:
            parts.append(first)
            first = first.left
        value = self.expression(first)
        for part in reversed(parts):
            own = hint if part is node else None
            value = self.operate(part, BINARY[type(part.op)], value, self.expression(part.right), hint=own)
        return value

    def defined(self, node: ast.AST, name: str, value: Atom) -> Atom:
        """What a variable or an attribute stands for, where that is one value."""
        if is_unknown(value):
            self.refuse(
                node, f"{name} may or may not have been changed on the way to this place",
                f"assign {name} here; where it is assigned in a `try`, let nothing follow that may raise",
            )
        if isinstance(value, Undefined):
            self.refuse(node, f"{name} is not assigned on the way to this place", f"assign {name} first")
        return value

    def display(self, node: ast.expr, items: list[ast.expr], hint: Hint) -> Atom:
        for item in items:
            if isinstance(item, ast.Starred):
                self.refuse(item, "unsupported: unpacking with `*` in a display", "write out the elements")
        atoms = tuple(self.expression(item) for item in items)
        return self.display_of(node, atoms, hint, primitives.make_tuple if isinstance(node, ast.Tuple) else None)

    def display_of(self, node: ast.AST, items: Arguments, hint: Hint = None, make: Any = None) -> Var:
        """A list of values, or what else `make` makes of them."""
        result = self.emit(node, make or primitives.make_list, *items, hint=hint)
        self.elements[result] = items
        return result

    def dict_display(
        self, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr], hint: Hint
    ) -> Atom:
        atoms: list[Atom] = []
        for key, value in zip(keys, values, strict=True):
            if key is None:
                self.refuse(node, "unsupported: unpacking with `**` in a dict", "write out the items")
            atoms += [self.expression(key), self.expression(value)]
        return self.dict_of(node, atoms, hint)

    def dict_of(self, node: ast.AST, atoms: Sequence[Atom], hint: Hint = None) -> Atom:
        """A dict of keys and values in turn."""
        result = self.emit(node, primitives.make_dict, *atoms, hint=hint)
        keys = [key.value for key in atoms[::2] if type(key) is Const]
        if 2 * len(keys) == len(atoms):
            self.entries[result] = dict(zip(keys, atoms[1::2], strict=True))
        return result

    def comparison(self, node: ast.Compare) -> Atom:
        left = self.expression(node.left)

        def compare(position: int, left: Atom) -> Atom:
            right = self.expression(node.comparators[position])
            result = self.compare_once(node, node.ops[position], left, right)
            if position + 1 == len(node.ops):
                return result
            return self.branch(node, result, lambda: compare(position + 1, right), lambda: result, "holds")

        return compare(0, left)

    def compare_once(self, node: ast.AST, op: ast.cmpop, left: Atom, right: Atom) -> Atom:
        match op:
            case ast.Is() | ast.IsNot() if type(left) is Const and type(right) is Const:
                return Const((left.value is right.value) == isinstance(op, ast.Is))
            case ast.In():
                return self.operate(node, operator.contains, right, left, hint="found")
            case ast.NotIn():
                found = self.operate(node, operator.contains, right, left, hint="found")
                return self.emit(node, operator.not_, found, hint="missing")
        return self.operate(node, COMPARE[type(op)], left, right, hint="cond")

    def short_circuit(self, node: ast.AST, is_and: bool, values: list[ast.expr]) -> Atom:
        first = self.expression(values[0])
        if len(values) == 1:
            return first

        def rest() -> Atom:
            return self.short_circuit(node, is_and, values[1:])

        def same() -> Atom:
            return first

        return self.branch(node, first, rest if is_and else same, same if is_and else rest, "cond")

    def subscript(self, node: ast.Subscript, hint: Hint) -> Atom:
        container = self.expression(node.value)
        index = self.expression(node.slice)
        return self.item(node, container, index, hint)

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        """`container[index]`; elements of a tuple, list or dict that was written out are taken directly."""
        entries = self.entries.get(container) if type(container) is Var else None
        entry = entries.get(index.value) if entries is not None and type(index) is Const else None
        if entry is not None:
            self.note_read(node, container)
            return entry
        known = self.elements.get(container) if type(container) is Var else None
        position = index.value if type(index) is Const and type(index.value) is int else None
        if known is not None and position is not None and -len(known) <= position < len(known):
            self.note_read(node, container)
            return known[position]
        return self.operate(node, operator.getitem, container, index, hint=hint)

    def known_elements(self, node: ast.AST, items: Atom) -> tuple[Atom, ...] | None:
        """The elements of a sequence that was written out, to be taken instead of reading it."""
        known = self.elements.get(items) if type(items) is Var else None
        if known:
            self.note_read(node, items)
        return known

    def holds_known(self, atom: Atom) -> bool:
        """Whether a value is, or holds, something that is known while lowering alone: see `functions`."""
        raise NotImplementedError

    def note_read(self, node: ast.AST, container: Atom) -> None:
        """Have it checked that a container, of which an item is taken directly, still is as it was written out."""
        was_just_made = self.out and isinstance(last := self.out[-1], Assign) and container in last.targets
        if was_just_made or container in self.tuples or self.holds_known(container):
            return  # functions and objects are not changed, but replaced
        self.out.append(Assign((), Call(Lib(primitives.read), (container,)), self.origin(node), effect=True))

    def attribute(self, node: ast.Attribute, hint: Hint) -> Atom:
        found = self.resolve(node)
        if found is not None:
            return found
        return self.array_attribute(node, self.expression(node.value), node.attr, hint)

    def array_attribute(self, node: ast.AST, owner: Atom, name: str, hint: Hint) -> Atom:
        """`owner.name`, where that is a function of an array."""
        return self.emit(node, Method(name, attribute=True), owner, hint=hint)

    def fstring(self, node: ast.JoinedStr) -> Atom:
        pieces, formats, args = [""], [], []
        for value in node.values:
            match value:
                case ast.Constant(value=str(text)):
                    pieces[-1] += text
                case ast.FormattedValue(value=inner, conversion=conversion, format_spec=spec):
                    parts = spec.values if isinstance(spec, ast.JoinedStr) else []
                    literals = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
                    if len(literals) < len(parts):
                        self.refuse(node, "unsupported: a computed format in an f-string", "write the format out")
                    args.append(self.expression(inner))
                    formats.append(("" if conversion == -1 else "!" + chr(conversion), "".join(literals)))
                    pieces.append("")
        return self.emit(node, FString(tuple(pieces), tuple(formats)), *args, hint="text")

    # --- calls -------------------------------------------------------------------------------

    def arguments(self, node: ast.Call, fn: Atom | None = None) -> tuple[Arguments, Keywords]:
        """The arguments of a call; what is unpacked is written out, as the parameters of `fn` have it."""
        args: list[Atom] = []
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                args += self.unpacked(arg, self.starred(arg.value), node, fn, len(args))
            else:
                args.append(self.expression(arg))
        kwargs: list[tuple[str, Atom]] = []
        for keyword in node.keywords:
            if keyword.arg is None:
                kwargs += self.unpacked_items(keyword.value, self.expression(keyword.value), fn, len(args), kwargs)
            else:
                kwargs.append((keyword.arg, self.expression(keyword.value)))
        return tuple(args), tuple(kwargs)

    def starred(self, node: ast.expr) -> Atom:
        """The value of `items` in `f(*items)`."""
        return self.expression(node)

    def unpacked(
        self, node: ast.Starred, items: Atom, call: ast.Call, fn: Atom | None, before: int
    ) -> Sequence[Atom]:
        """The arguments that `*items` stands for, after `before` others: see `unpacking`."""
        raise NotImplementedError

    def unpacked_items(
        self, node: ast.expr, items: Atom, fn: Atom | None, before: int, kwargs: Sequence[tuple[str, Atom]]
    ) -> Sequence[tuple[str, Atom]]:
        """The arguments that `**items` stands for, after `before` positional ones and `kwargs`."""
        known = self.entries.get(items) if type(items) is Var else None
        if known is not None:
            return [(key, self.item(node, items, Const(key))) for key in known]
        if type(items) is Global and isinstance(items.value, dict):
            self.check_keys(node, items)
            return [(key, self.item(node, items, Const(key))) for key in items.value]
        self.refuse(node, "unsupported: unpacking with `**` here", "write out the arguments")

    def check_keys(self, node: ast.AST, table: Global) -> None:
        """A dict of the module has the keys that it has now; one that is a default is not changed, see `write`."""
        if table.home.globals:
            keys = self.emit(node, Lib(list), table, hint="keys")
            now = self.emit(node, primitives.make_list, *map(Const, table.value))
            test = self.emit(node, operator.eq, keys, now, hint="same")
            self.perform(node, primitives.assert_, test, Const(f"{table.path} has other keys now"))

    def call(self, node: ast.Call, found: Global | None, hint: Hint) -> Atom:
        """The value of a call of `found`, which is None for what is no name outside of the function: see `resolve`."""
        if found is None:
            return self.call_of_value(node, hint)
        if found.value is MISSING:
            return self.undefined(node.func, found)
        if is_transform(found.value):
            return self.derivative_of(node, found)
        self.refuse_writers(node, found)
        return self.called(node, found, hint)

    def called(self, node: ast.Call, fn: Atom, hint: Hint) -> Atom:
        """The value of a call of a function that is given as a value, with the arguments that are written there."""
        args, kwargs = self.arguments(node, fn)
        return self.apply(node, fn, args, kwargs, hint)

    def apply(
        self, node: ast.Call, fn: Atom, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...], hint: Hint = None
    ) -> Atom:
        """The value of a call of a function that is given as a value; `inner.InnerLowering` knows all of them."""
        if type(fn) is Var:
            return self.emit(node, fn, *args, kwargs=kwargs, hint=hint or "result", effect=True)
        if type(fn) is not Global:
            return self.fails(node, TypeError, "what is called here is not a function")
        if fn.value in (max, min) and len(args) > 2 and not kwargs:
            result: Atom = args[0]
            for arg in args[1:-1]:
                result = self.emit(node, fn, result, arg, hint=fn.path)
            return self.emit(node, fn, result, args[-1], hint=hint)
        return self.call_of_function(node, fn, args, kwargs, hint)

    def fails(self, node: ast.AST, error: type[Exception], *args: Any) -> Atom:
        """The place of a value where the run would raise an exception."""
        raise NotImplementedError

    def refuse_writers(self, node: ast.Call, fn: Global) -> None:
        """Functions whose effect is not in their result."""
        value = fn.value
        reach = (eval, exec, vars, globals, locals)
        if isinstance(value, types.BuiltinFunctionType | type) and value in reach:
            self.refuse(node, *limit("reflection", f"`{fn.path}`"))
        writes = any(
            k.arg == "out" and not (isinstance(k.value, ast.Constant) and k.value.value is None) for k in node.keywords
        )
        is_writer = getattr(value, "__name__", "") in WRITERS
        if writes or is_writer and getattr(value, "__module__", "") in ("numpy", "random"):
            self.refuse(
                node, f"unsupported: `{fn.path}` writes into one of its arguments here",
                "assign to the array: `y[...] = ...`, or use the function's result",
            )

    def call_of_function(
        self, node: ast.Call, fn: Global, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...],
        hint: Hint,
    ) -> Atom:
        """A call of a known object; `lower.Lowering` adds the functions that write into their arguments."""
        result = self.emit(node, fn, *args, kwargs=kwargs, hint=hint, effect=not is_pure(fn.value))
        if any(rule.gives_namespace for rule in registry.find(fn.value)):
            self.namespaces.add(result)
        return result

    def inner_function(self, node: ast.FunctionDef | ast.Lambda) -> Atom:
        """The value of a function that is defined inside of the function."""
        raise NotImplementedError

    def undefined(self, node: ast.expr, found: Global) -> Atom:
        """What a name stands for that is not bound: an error, where it is reached."""
        raise NotImplementedError

    def derivative_of(self, node: ast.Call, transform: Global) -> Atom:
        """The value of a call such as `tangent.grad(g)`."""
        raise NotImplementedError

    def call_of_value(self, node: ast.Call, hint: Hint) -> Atom:
        match node.func:
            case ast.Attribute(value=base, attr=name):
                if name in ("append", "insert", "pop", "add", "discard"):
                    return self.list_method(node, base, name, hint)
                if (name in MUTATING_METHODS or changes_array(name)) and not is_of_text(node):
                    self.refuse(
                        node, f"unsupported: the method `{name}`, which changes its object in place",
                        "use item assignment, `append`, `insert` or `pop`, or a function that returns a new value",
                    )
                owner = self.expression(base)
                if type(owner) is Global and owner.value is MISSING:
                    return self.undefined(base, owner)
                return self.method_call(node, owner, name, hint)
        return self.called(node, self.expression(node.func), hint)

    def method_call(self, node: ast.Call, owner: Atom, name: str, hint: Hint) -> Atom:
        """`owner.name(...)`"""
        args, kwargs = self.arguments(node)
        rules = registry.find(registry.method(name))
        result = self.emit(node, Method(name), owner, *args, kwargs=kwargs, hint=hint, effect=not rules)
        if any(rule.gives_namespace for rule in rules):
            self.namespaces.add(result)
        return result

    def list_method(self, node: ast.Call, base: ast.expr, name: str, hint: Hint) -> Atom:
        raise NotImplementedError

    def change(
        self, node: ast.Call, base: ast.expr, fn: Callable[..., Any], *args: Atom, result: Var | None = None
    ) -> None:
        """Change a container in place; `lower.Lowering` knows how."""
        raise NotImplementedError


def is_transform(fn: Any) -> bool:
    """Whether a function is one of Tangent's that takes a function to its derivative."""
    return getattr(fn, "__module__", None) == "tangent.api"


def has_functions(owner: Any, name: str) -> bool:
    """Whether an attribute of a global is as good as a global: of a module, or a method that there is a rule of."""
    if isinstance(owner, types.ModuleType | np.ufunc):
        return True
    found = inspect.getattr_static(type(owner), name, None)
    if not isinstance(found, types.FunctionType):
        return False
    bound = types.MethodType(found, owner)
    return bool(registry.find(bound) or definitions.find(bound))


def is_of_library(fn: Any) -> bool:
    """Whether a function is one of an array library by its path, whatever the library itself calls it inside."""
    return isinstance(fn, Global | Lib) and bool(fn.path) and library_of(fn.value) is not None


def callee(fn: Any) -> Any:
    if type(fn) is types.BuiltinFunctionType:
        return _operator(fn)
    return fn if isinstance(fn, Var | Global | Method | FString | Lib) else Lib(fn)


_operator = functools.cache(Lib)


def is_pure(fn: Any) -> bool:
    """Whether calls may be dropped, repeated or moved: there is a rule, or it makes an exception."""
    return (bool(registry.find(fn)) and fn not in CHECKS) or (isinstance(fn, type) and issubclass(fn, BaseException))


def is_of_text(call: ast.Call) -> bool:
    """Whether the arguments of a method are texts: `partition` is a method of strings, and one of arrays."""
    return any(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args)


def name_of_result(fn: Any, args: tuple[Atom, ...]) -> str:
    """A name for an intermediate result: `exp_x`, `x_i`, `product`."""
    value = fn.value if isinstance(fn, Global | Lib) else fn
    operand = next((a.hint for a in args if type(a) is Var), None)
    if value is operator.getitem or value is primitives.element:
        container, index = args[0], args[1]
        operand = container.path.rpartition(".")[2] if type(container) is Global else getattr(container, "hint", None)
        if operand is None or not operand.isidentifier():
            return "item"
        if type(index) is Var and len(index.hint) <= 8 and index.hint not in ("part", "items", "total"):
            return f"{operand}_{index.hint}"
        if type(index) is Const and isinstance(index.value, int | str) and str(index.value).isidentifier():
            return f"{operand}_{index.value}"
        if type(index) is Const and type(index.value) is int and index.value >= 0:
            return f"{operand}_{index.value}"
        return f"{operand}_part"
    try:
        known = NAMES_OF_RESULTS.get(value)
    except TypeError:
        known = None
    if known is not None:
        return known
    if value is operator.neg and operand is not None:
        return operand
    if value is len:
        return f"len_{operand}" if operand is not None and len(operand) <= 10 else "length"
    name = fn.path.rpartition(".")[2] if is_of_library(fn) else getattr(value, "__name__", "value")
    name = value.name if type(value) is Method else name
    name = name.strip("_").lower()
    if not name.isidentifier():
        name = "value"
    short = operand is not None and len(name) + len(operand) <= 14 and "_" not in operand
    return f"{name}_{operand}" if short else name
