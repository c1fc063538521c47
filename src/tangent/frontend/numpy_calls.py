"""Calls of NumPy's functions that are written out as others: by what is known of their arguments while lowering.

    np.subtract.outer(x, y)           np.subtract(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)
    np.mean(x, dtype=float)           np.mean(np.asarray(x, dtype=float))
    np.select([p, q], [a, b])         np.where(p, a, np.where(q, b, 0))
    np.piecewise(x, [p], [f, 0.0])    y = np.zeros_like(x); y[p] = f(x[p])
    np.r_[x, 1.0]                     np.concatenate((np.atleast_1d(x), np.atleast_1d(1.0)))
    np.einsum("ij,j,jk,kl,l", ...)    np.einsum("ik,kl,l->i", np.einsum("ij,j,jk->ik", ...), ...), for more than four
    np.vectorize(f)(x)                a loop over the elements of x (`rules.numpy.functionals`)
    p(x), for a polynomial p          np.polyval(p.coeffs, x), or the value of a series at offset + scale * x
"""

from __future__ import annotations

import ast
import operator
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.polynomial._polybase import ABCPolyBase

from tangent import runtime
from tangent.analysis.calls import GRIDS, JOINS
from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.inner import PartialFunction
from tangent.frontend.writes import WriteLowering
from tangent.ir import primitives
from tangent.ir.nodes import Atom, Const, Global, Lib, Method, Namespace, Var
from tangent.rules.numpy.functionals import VECTORIZED

__all__ = ["NumpyCallLowering", "is_written_out", "ufunc_of"]

IN_DTYPE: frozenset[Any] = frozenset({
    np.mean, np.prod, np.cumsum, np.cumprod, np.var, np.std, np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd,
    np.nancumsum, np.nancumprod, np.trace, np.add.reduce, np.multiply.reduce, np.add.accumulate,
    np.multiply.accumulate, *(getattr(np, name) for name in ("cumulative_sum", "cumulative_prod") if hasattr(np, name)),
})
"""Functions that convert their argument to `dtype` first."""
MOST_OPERANDS = 4
"""The greatest number of operands for which `np.einsum` has a rule."""
METHODS_IN_DTYPE = frozenset({"mean", "prod", "cumsum", "cumprod", "var", "std", "trace"})


class NumpyCallLowering(WriteLowering):
    """Lowers calls of NumPy's functions of functions, and calls with arguments that stand for other calls."""

    def apply(self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint = None) -> Atom:
        if type(fn) is Global:
            value = fn.value
            if isinstance(value, np.vectorize):
                self.depend_on(fn)
                return self.apply(node, self.vectorized(node, value), args, kwargs, hint)
            if isinstance(value, ABCPolyBase):
                return self.series(node, fn, args, hint)
            if isinstance(value, np.poly1d):
                self.depend_on(fn)
                coefficients = self.emit(node, Method("coeffs", attribute=True), fn)
                return self.emit(node, Lib(np.polyval, "numpy.polyval"), coefficients, *args, kwargs=kwargs, hint=hint)
            if (ufunc := ufunc_of(value, "outer")) is not None and len(args) == 2:
                return self.outer(node, fn, ufunc, args, kwargs, hint)
            if value is np.select and (found := self.selected(node, args, dict(kwargs), hint)) is not None:
                return found
            if value is np.piecewise and len(args) >= 3 and not kwargs:
                return self.piecewise(node, args, hint)
            if value is np.einsum and len(args) > 1 + MOST_OPERANDS:
                return self.einsum(node, fn, args, kwargs, hint)
            if is_in_dtype(value) and any(name == "dtype" for name, _ in kwargs):
                count = value.nin if isinstance(value, np.ufunc) else 1
                args, kwargs = self.in_dtype(node, args, kwargs, count)
        return super().apply(node, fn, args, kwargs, hint)

    def made_of(self, node: ast.Call, fn: Any, args: Arguments, kwargs: Keywords) -> Atom | None:
        if fn is np.vectorize and args:
            known = all(type(v) is Const and v.value is None or name in ("otypes", "doc") for name, v in kwargs)
            if len(args) > 1 or not known:
                self.refuse(node, "unsupported: np.vectorize with `excluded`, `cache` or a signature", WRITE_A_LOOP)
            return Const(PartialFunction(applied(), (args[0],), ()))
        return super().made_of(node, fn, args, kwargs)

    def vectorized(self, node: ast.AST, value: np.vectorize) -> Atom:
        """An object of `np.vectorize` as a function."""
        if value.excluded or value.signature or value.cache:
            self.refuse(node, "unsupported: np.vectorize with `excluded`, `cache` or a signature", WRITE_A_LOOP)
        return Const(PartialFunction(applied(), (self.named_function(node, value.pyfunc),), ()))

    def series(self, node: ast.Call, fn: Global, args: Arguments, hint: Hint) -> Atom:
        """The value of a series of `numpy.polynomial`, which first maps its domain to its window."""
        self.depend_on(fn)
        mapping = self.emit(node, Method("mapparms"), fn, hint="mapping")
        offset, scale = (self.item(node, mapping, Const(i), name) for i, name in enumerate(("offset", "scale")))
        place = self.emit(node, operator.add, offset, self.emit(node, operator.mul, scale, args[0]), hint="place")
        module = sys.modules[type(fn.value).__module__]
        value = getattr(module, f"{fn.value._val.__name__}")
        coefficients = self.emit(node, Method("coef", attribute=True), fn, hint="coefficients")
        path = f"{module.__name__}.{value.__name__}"
        return self.emit(node, Lib(value, path), place, coefficients, hint=hint)

    def subscript(self, node: ast.Subscript, hint: Hint) -> Atom:
        found = self.resolve(node.value) if isinstance(node.value, ast.Attribute | ast.Name) else None
        if found is not None and isinstance(found.value, GRIDS):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if any(isinstance(p, ast.Slice) and depends_on_bounds(p) for p in parts):
                return self.of_ranges(node, found, parts, hint)
        return super().subscript(node, hint)

    def of_ranges(self, node: ast.Subscript, grid: Global, parts: Sequence[ast.expr], hint: Hint) -> Atom:
        """`np.r_[0.0:x:5j]` and its like, whose elements depend on the bounds."""
        atoms = tuple(self.range_of(p) if isinstance(p, ast.Slice) else self.expression(p) for p in parts)
        if grid.value is np.r_ or grid.value is np.c_:
            return self.joined_parts(node, atoms, grid.value is np.c_, hint)
        if grid.value is not np.mgrid:
            self.refuse(node, f"unsupported: `{grid.path}` with bounds that are computed",
                        "use np.meshgrid of np.linspace or np.arange")
        if len(atoms) == 1:
            return atoms[0]
        mesh = self.emit(node, Lib(np.meshgrid, "numpy.meshgrid"), *atoms, kwargs=(("indexing", Const("ij")),))
        return self.emit(node, Lib(np.array, "numpy.array"), mesh, hint=hint)

    def range_of(self, node: ast.Slice) -> Atom:
        """The numbers from a lower bound to an upper one: so many, or by steps."""
        lower = Const(0) if node.lower is None else self.expression(node.lower)
        assert node.upper is not None
        upper = self.expression(node.upper)
        if (count := count_of(node)) is not None:
            return self.emit(node, Lib(np.linspace, "numpy.linspace"), lower, upper, Const(count))
        step = () if node.step is None else (self.expression(node.step),)
        return self.emit(node, Lib(np.arange, "numpy.arange"), lower, upper, *step)

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        if type(container) is Global and isinstance(container.value, JOINS):
            parts = self.elements.get(index, (index,)) if type(index) is Var else (index,)
            if not any(part in self.slices or is_text(part) for part in parts):
                return self.joined_parts(node, parts, container.value is np.c_, hint)
        return super().item(node, container, index, hint)

    def joined_parts(self, node: ast.AST, parts: Arguments, as_columns: bool, hint: Hint) -> Atom:
        """`np.r_[x, y]` and `np.c_[x, y]`."""
        one = Lib(runtime.as_column, "tangent.as_column") if as_columns else Lib(np.atleast_1d, "numpy.atleast_1d")
        arrays = self.emit(node, primitives.make_tuple, *(self.emit(node, one, part) for part in parts))
        axis = (("axis", Const(-1)),) if as_columns else ()
        return self.emit(node, Lib(np.concatenate, "numpy.concatenate"), arrays, kwargs=axis, hint=hint)

    def outer(
        self, node: ast.Call, fn: Global, ufunc: np.ufunc, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        first, second = args
        ndim = self.emit(node, Lib(np.ndim, "numpy.ndim"), second)
        ones = self.emit(node, operator.mul, self.emit(node, primitives.make_tuple, Const(1)), ndim)
        shape = self.emit(node, operator.add, self.shape(node, first), ones)
        column = self.emit(node, Lib(np.reshape, "numpy.reshape"), first, shape)
        called = Global(fn.path.rpartition(".")[0], ufunc, fn.home)
        return self.apply(node, called, (column, second), kwargs, hint)

    def in_dtype(self, node: ast.Call, args: Arguments, kwargs: Keywords, count: int) -> tuple[Arguments, Keywords]:
        """The arguments of a call without `dtype`, the first ones converted to it."""
        named = dict(kwargs)
        dtype = named.pop("dtype")
        if not (type(dtype) is Const and dtype.value is None):
            asarray = Lib(np.asarray, "numpy.asarray")
            converted = tuple(self.emit(node, asarray, a, kwargs=(("dtype", dtype),)) for a in args[:count])
            args = (*converted, *args[count:])
        return args, tuple(named.items())

    def applied_method(self, node: ast.Call, name: str, args: Arguments, kwargs: Keywords, hint: Hint) -> Atom:
        if name in METHODS_IN_DTYPE and any(keyword == "dtype" for keyword, _ in kwargs):
            args, kwargs = self.in_dtype(node, args, kwargs, 1)
        return super().applied_method(node, name, args, kwargs, hint)

    def method_call(self, node: ast.Call, owner: Atom, name: str, hint: Hint) -> Atom:
        if name in METHODS_IN_DTYPE and any(k.arg == "dtype" for k in node.keywords):
            args, kwargs = self.arguments(node)
            return self.applied_method(node, name, (owner, *args), kwargs, hint)
        return super().method_call(node, owner, name, hint)

    def selected(self, node: ast.Call, args: Arguments, named: dict[str, Atom], hint: Hint) -> Atom | None:
        """`np.select` of lists that are written out."""
        given = dict(zip(("condlist", "choicelist", "default"), args, strict=False)) | named
        lists = [self.known_elements(node, given[name]) for name in ("condlist", "choicelist") if name in given]
        if len(lists) < 2 or not lists[0] or not lists[1] or len(lists[0]) != len(lists[1]):
            return None
        result = given.get("default", Const(0))
        where = Lib(np.where, "numpy.where")
        for position, (condition, choice) in enumerate(reversed(list(zip(lists[0], lists[1], strict=True))), start=1):
            own = hint if position == len(lists[0]) else None
            result = self.emit(node, where, condition, choice, result, hint=own)
        return result

    def piecewise(self, node: ast.Call, args: Arguments, hint: Hint) -> Atom:
        (x, conditions, functions), extra = args[:3], args[3:]
        tests, values = self.known_elements(node, conditions), self.known_elements(node, functions)
        if not tests or not values or len(values) - len(tests) not in (0, 1):
            self.refuse(node, "unsupported: np.piecewise of conditions or functions that are not written out",
                        "write lists of them in the call")
        at_least = Lib(np.atleast_1d, "numpy.atleast_1d")  # of a number as well there are pieces to write into
        array = self.emit(node, at_least, x)
        result: Var = self.emit(node, Lib(np.zeros_like, "numpy.zeros_like"), array, hint="pieces")
        pairs: list[tuple[Atom, Atom]] = list(zip(tests, values, strict=False))
        if len(values) > len(tests):  # where no condition holds
            some: Atom = tests[0]
            for test in tests[1:]:
                some = self.emit(node, Lib(np.logical_or, "numpy.logical_or"), some, test, hint="some")
            pairs.append((self.emit(node, Lib(np.logical_not, "numpy.logical_not"), some, hint="rest"), values[-1]))
        name = f"@pieces:{len(self.out)}"
        self.env[name] = result
        for test, value in pairs:
            index = self.emit(node, at_least, test, hint="chosen")
            if self.is_known_function(value):
                value = self.apply(node, value, (self.item(node, array, index), *extra), ())
            self.write(node, [(self.env[name], index)], value)
        joined = Lib(runtime.joined_pieces, "tangent.joined_pieces")
        return self.emit(node, joined, self.env.pop(name), x, hint=hint)

    def einsum(self, node: ast.Call, fn: Atom, args: Arguments, kwargs: Keywords, hint: Hint) -> Atom:
        """A sum of products of many operands, by the product of the first two."""
        subscripts, first, second, *others = args
        product = self.apply(node, fn, (self.subscripts(node, runtime.einsum_first, subscripts), first, second), ())
        rest = self.subscripts(node, runtime.einsum_rest, subscripts)
        return self.apply(node, fn, (rest, product, *others), kwargs, hint)

    def subscripts(self, node: ast.Call, part: Callable[[str], str], whole: Atom) -> Atom:
        """Subscripts of a part of an `einsum`: written out, if those of the whole are."""
        if type(whole) is Const and isinstance(whole.value, str):
            return Const(part(whole.value))
        return self.emit(node, Lib(part, f"tangent.{part.__name__}"), whole)

    def shape(self, node: ast.AST, array: Atom) -> Atom:
        return self.emit(node, Lib(np.shape, "numpy.shape"), array)


def depends_on_bounds(node: ast.Slice) -> bool:
    """Whether the elements of a range depend on what only the run knows, and not just their number."""
    bounds = [node.lower, node.step, *([node.upper] if count_of(node) is not None else [])]
    return node.upper is not None and any(b is not None and not is_number(b) for b in bounds)


def count_of(node: ast.Slice) -> int | None:
    """The number of elements that a range is to have: `0.0:1.0:5j`."""
    step = node.step
    return int(abs(step.value)) if isinstance(step, ast.Constant) and isinstance(step.value, complex) else None


def is_number(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def is_text(atom: Atom) -> bool:
    return type(atom) is Const and isinstance(atom.value, str)


WRITE_A_LOOP = "write the loop: `np.array([f(v) for v in x])`"


def applied() -> Global:
    """What an object of `np.vectorize` does, as a function of its function and of the arguments."""
    return Global("vectorize.__call__", VECTORIZED, Namespace(np.__dict__, {}))


def is_written_out(fn: Any) -> bool:
    """Whether calls of a function are written out as calls of others, or as loops."""
    return fn is np.select or fn is np.piecewise


def ufunc_of(fn: Any, name: str) -> np.ufunc | None:
    """The ufunc of which a function is the method of this name."""
    if isinstance(fn, types.BuiltinMethodType) and fn.__name__ == name and isinstance(fn.__self__, np.ufunc):
        return fn.__self__
    return None


def is_in_dtype(fn: Any) -> bool:
    """Whether a function converts its arguments to `dtype` first."""
    try:
        return isinstance(fn, np.ufunc) or fn in IN_DTYPE
    except TypeError:
        return False

