"""Numba overloads of the functions that generated code calls, as `tangent.unbroadcast(...)`.

Importing this module is all there is to do: after that `numba.njit` compiles derivatives whose primal it
compiles.

    import numba, tangent, tangent.numba_support

    df = numba.njit(tangent.grad(f))

Generated functions that call one another are compiled together.  Cases that differ by types and numbers
of dimensions are told apart when Numba types a call.  What Numba has no types for (dicts, tuples of axes,
lists of values of different types) has no overload, and Numba says so.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import njit, typeof, types
from numba.extending import overload, register_jitable, typeof_impl
from numba.np.numpy_support import as_dtype

from tangent import runtime
from tangent.errors import AliasError, SeedError, UnsupportedError

__all__: list[str] = []

Implementation = Callable[..., Any] | None
Overload = Callable[[Callable[..., Implementation]], Callable[..., Implementation]]


def _overload(function: Callable[..., Any]) -> Overload:
    """Declare what a function compiles to, for given types of the arguments."""
    return overload(function, strict=False)  # strict: annotations would have to agree as well


@typeof_impl.register(FunctionType)
def _type_of_function(function: FunctionType, _: Any) -> Any:
    """Let generated code call generated functions: they are compiled when they are called."""
    if not function.__code__.co_filename.startswith("<tangent "):
        return None
    if function not in _compiled:
        _compiled[function] = njit(function)
    return typeof(_compiled[function])  # type: ignore[no-untyped-call]


_compiled: WeakKeyDictionary[FunctionType, Any] = WeakKeyDictionary()

# --- what is known of a value when a call is typed -----------------------------------------------


def _is_scalar(t: Any) -> bool:
    return isinstance(t, types.Number | types.Boolean | bool | int | float)


def _is_array(t: Any) -> bool:
    return isinstance(t, types.Array)


def _is_none(t: Any) -> bool:
    return t is None or isinstance(t, types.NoneType) or (isinstance(t, types.Omitted) and t.value is None)


def _is_integer(t: Any) -> bool:
    return isinstance(t, types.Integer | int) and not isinstance(t, bool)


def _ndim(t: Any) -> int:
    return int(getattr(t, "ndim", 0))


def _dtype(t: Any) -> Any:
    """The dtype of a derivative of a value: its own, or double precision."""
    element = t.dtype if _is_array(t) else t
    return as_dtype(element) if isinstance(element, types.Float | types.Complex) else np.dtype(np.float64)


def _is_integral(t: Any) -> bool:
    element = t.dtype if _is_array(t) else t
    return isinstance(element, types.Integer | types.Boolean | int)


# --- broadcasting --------------------------------------------------------------------------------


@_overload(runtime.unbroadcast)
def unbroadcast(b: Any, like: Any) -> Implementation:
    if _is_scalar(like):
        return (lambda b, like: b) if _is_scalar(b) else (lambda b, like: b.sum())
    if not _is_array(like):
        return None
    dtype = _dtype(like if _is_scalar(b) else b)
    if _is_scalar(b):
        return lambda b, like: np.full(like.shape, b, dtype)
    if b.ndim == 0 or like.ndim == 0:
        return lambda b, like: np.full(like.shape, b.sum(), dtype)

    @register_jitable
    def fit(b: Any, like: Any) -> Any:
        result = np.zeros(like.shape, dtype)
        _add_broadcast(result.reshape(result.size), like.shape, np.ascontiguousarray(b), b.shape)
        return result

    drop = _sum_leading(b.ndim - like.ndim)

    def drop_and_fit(b: Any, like: Any) -> Any:
        fewer = drop(b)
        return fewer if fewer.shape == like.shape else fit(fewer, like)

    return drop_and_fit if b.ndim >= like.ndim else lambda b, like: fit(b, like)


@_overload(runtime.stretch)
def stretch(t: Any, like: Any) -> Implementation:
    if _is_scalar(like):
        return lambda t, like: t
    if not _is_array(like):
        return None
    full = _stretch(t, like)
    if _ndim(t) != like.ndim or _is_scalar(t):
        return lambda t, like: full(t, like)
    return lambda t, like: t if t.shape == like.shape else full(t, like)


@_overload(runtime.as_derivative)
def as_derivative(value: Any, like: Any) -> Implementation:
    if _is_scalar(like):
        return (lambda value, like: value) if _is_scalar(value) else None
    if not _is_array(like):
        return None
    full = _stretch(value, like)
    if _ndim(value) != like.ndim or _is_scalar(value):
        return lambda value, like: full(value, like)
    return lambda value, like: value if value.shape == like.shape else full(value, like)


@_overload(runtime.stop_gradient)
def stop_gradient(x: Any) -> Implementation:
    return lambda x: x


@_overload(runtime.expand)
def expand(b: Any, like: Any, axis: Any = None, keepdims: Any = False) -> Implementation:
    if _is_scalar(like):
        if _is_scalar(b):
            return lambda b, like, axis=None, keepdims=False: b
        return lambda b, like, axis=None, keepdims=False: b.sum()
    if not _is_array(like):
        return None
    full = _stretch(b, like)
    if _is_none(axis) or _is_scalar(b) or b.ndim == like.ndim:
        return lambda b, like, axis=None, keepdims=False: full(b, like)
    if not _is_integer(axis):
        return None
    return lambda b, like, axis=None, keepdims=False: full(np.expand_dims(b, axis), like)


@_overload(runtime.keep_axes)
def keep_axes(b: Any, axis: Any, keepdims: Any = False) -> Implementation:
    if _is_none(axis) or _is_scalar(b):
        return lambda b, axis, keepdims=False: b
    if _is_integer(axis) and (keepdims is False or getattr(keepdims, "value", None) is False):
        return lambda b, axis, keepdims=False: np.expand_dims(b, axis)
    return None


@_overload(runtime.size_along)
def size_along(a: Any, axis: Any = None) -> Implementation:
    if _is_none(axis):
        return (lambda a, axis=None: 1) if _is_scalar(a) else (lambda a, axis=None: a.size)
    return (lambda a, axis=None: a.shape[axis]) if _is_integer(axis) else None


def _stretch(b: Any, like: Any) -> Callable[..., Any]:
    """Code for `b`, a scalar or an array, in the shape of the array `like`."""
    dtype = _dtype(like if _is_scalar(b) else b)

    @register_jitable
    def scalar(b: Any, like: Any) -> Any:
        return np.full(like.shape, b, dtype)

    @register_jitable
    def array(b: Any, like: Any) -> Any:
        result = np.empty(like.shape, dtype)
        result[...] = b
        return result

    return scalar if _is_scalar(b) or _ndim(like) == 0 else array


def _sum_leading(count: int) -> Callable[..., Any]:
    """Code for the sum over the first `count` axes."""

    @register_jitable
    def none(b: Any) -> Any:
        return b

    if count <= 0:
        return none
    rest = _sum_leading(count - 1)

    @register_jitable
    def one(b: Any) -> Any:
        return rest(b.sum(0))

    return one


@register_jitable
def _add_broadcast(target: Any, shape: Any, b: Any, b_shape: Any) -> None:
    """Add each element of `b` to those elements of `target`, an array of `shape` laid flat, that it meets."""
    source = b.reshape(b.size)
    count = 1
    for axis in range(1, len(shape) + 1):
        size = b_shape[len(b_shape) - axis] if axis <= len(b_shape) else 1
        count *= shape[len(shape) - axis] if size == 1 else size
    for number in range(count):
        at = to = 0
        stride = to_stride = 1
        for axis in range(1, len(shape) + 1):
            to_size = shape[len(shape) - axis]
            size = b_shape[len(b_shape) - axis] if axis <= len(b_shape) else 1
            index = number % (to_size if size == 1 else size)
            number //= to_size if size == 1 else size
            at += index * stride if size != 1 else 0
            to += index * to_stride if to_size != 1 else 0
            stride *= size
            to_stride *= to_size
        target[to] += source[at]


# --- structure -----------------------------------------------------------------------------------


@_overload(runtime.zeros_like)
def zeros_like(x: Any) -> Implementation:
    if _is_array(x):
        dtype = _dtype(x)
        return lambda x: np.zeros(x.shape, dtype)
    if _is_scalar(x):
        zero = _dtype(x).type(0)
        return lambda x: zero
    if isinstance(x, types.List | types.UniTuple):
        return lambda x: [runtime.zeros_like(item) for item in x]
    return None


@_overload(runtime.add)
def add(a: Any, b: Any) -> Implementation:
    if isinstance(a, types.BaseTuple) and isinstance(b, types.BaseTuple):
        if len(a) == 0:
            return lambda a, b: a
        return lambda a, b: (runtime.add(a[0], b[0]),) + runtime.add(a[1:], b[1:])
    if isinstance(a, types.List | types.UniTuple):
        return lambda a, b: [runtime.add(a[i], b[i]) for i in range(len(a))]
    return lambda a, b: a + b


@_overload(runtime.shallow_copy)
def shallow_copy(x: Any) -> Implementation:
    if _is_array(x) or isinstance(x, types.List):
        return lambda x: x.copy()
    return lambda x: x


@_overload(runtime.writable)
def writable(b: Any) -> Implementation:
    return (lambda b: np.array(b)) if isinstance(b, types.Number) else (lambda b: b)


@_overload(runtime.copy)
def copy(x: Any) -> Implementation:
    if _is_array(x):
        return lambda x: x.copy()
    if isinstance(x, types.List):
        return lambda x: [runtime.copy(item) for item in x]
    if isinstance(x, types.BaseTuple) and len(x):
        return lambda x: (runtime.copy(x[0]),) + runtime.copy(x[1:])
    return lambda x: x


@_overload(runtime.match_structure)
def match_structure(gradient: Any, like: Any) -> Implementation:
    if isinstance(like, types.BaseTuple):
        if not len(like):
            return lambda gradient, like: ()
        take = _take(len(like))
        if isinstance(gradient, types.BaseTuple):
            match = runtime.match_structure
            return lambda gradient, like: (match(gradient[0], like[0]),) + match(gradient[1:], like[1:])
        return lambda gradient, like: runtime.match_structure(take(gradient), like)
    if isinstance(like, types.List):
        return lambda gradient, like: [runtime.match_structure(g, x) for g, x in zip(gradient, like)]  # noqa: B905
    return lambda gradient, like: gradient


def _take(count: int) -> Callable[..., Any]:
    """Code for a tuple of the first `count` items of a list or an array."""

    @register_jitable
    def one(items: Any) -> Any:
        return (items[0],)

    if count == 1:
        return one
    rest, last = _take(count - 1), count - 1

    @register_jitable
    def more(items: Any) -> Any:
        return rest(items) + (items[last],)

    return more


@_overload(runtime.check_seed)
def check_seed(seed: Any, result: Any = 0.0) -> Implementation:
    if isinstance(result, types.Omitted | float):
        return _passes if _is_scalar(seed) else _refuses("the function returned a scalar", "seed")
    return _checks(runtime.check_seed, seed, result, "the function returned", "seed")


@_overload(runtime.check_tangent)
def check_tangent(tangent: Any, argument: Any) -> Implementation:
    return _checks(runtime.check_tangent, tangent, argument, "the argument is", "tangent")


@_overload(runtime.check_scalars)
def check_scalars(*values: Any) -> Implementation:
    what, instead = "an array was passed, and the function is annotated to take numbers", "pass numbers"
    are_numbers = all(_is_scalar(value) for value in values)

    def check(*values: Any) -> None:
        if not are_numbers:
            raise SeedError(what, instead)

    return check


@_overload(runtime.check_factors)
def check_factors(*factors: Any) -> Implementation:
    def check(*factors: Any) -> None:
        pass  # compiled code has no matrices of these classes

    return check


def _checks(check: Callable[..., None], given: Any, value: Any, value_is: str, word: str) -> Implementation:
    """Code that refuses a seed or a tangent of another shape or structure than the value it belongs to."""
    if isinstance(value, types.BaseTuple):
        if not isinstance(given, types.BaseTuple) or len(given) != len(value):
            return _refuses(f"{value_is} a tuple of {len(value)} values", word)
        return _checks_tuple(check, len(value))
    if isinstance(value, types.List) and isinstance(given, types.List):
        return _checks_list(check, f"the {word} is a list of another length", f"pass a {word} for each value")
    if _is_scalar(value):
        return _passes if _is_scalar(given) else _refuses(f"{value_is} a scalar", word)
    if not _is_array(value):
        return None
    if not _is_array(given) or given.ndim != value.ndim:
        return _refuses(f"{value_is} an array of {value.ndim} dimensions", word)
    if _is_integral(given):
        return _refuses(f"the {word} is an array of integers; a derivative is real", word)
    return _checks_shape(f"{value_is} an array of another shape than the {word}", f"pass a {word} of the same shape")


def _passes(given: Any, value: Any = 0.0) -> None:
    pass


def _refuses(what: str, word: str) -> Callable[..., None]:
    instead = f"pass a {word} of the same shape and structure, of floating-point numbers"

    def refuse(given: Any, value: Any = 0.0) -> None:
        raise SeedError(what, instead)

    return refuse


def _checks_tuple(check: Callable[..., None], count: int) -> Callable[..., None]:
    if not count:
        return _passes

    def check_items(given: Any, value: Any = 0.0) -> None:
        check(given[0], value[0])
        check(given[1:], value[1:])

    return check_items


def _checks_list(check: Callable[..., None], what: str, instead: str) -> Callable[..., None]:
    def check_items(given: Any, value: Any = 0.0) -> None:
        if len(given) != len(value):
            raise SeedError(what, instead)
        for i in range(len(value)):
            check(given[i], value[i])

    return check_items


def _checks_shape(what: str, instead: str) -> Callable[..., None]:
    def check_shape(given: Any, value: Any = 0.0) -> None:
        if given.shape != value.shape:
            raise SeedError(what, instead)

    return check_shape


# --- aliasing ------------------------------------------------------------------------------------


@_overload(runtime.refuse_view)
def refuse_view(value: Any, base: Any, where: Any) -> Implementation:
    if _is_array(value) and _is_array(base):

        def check(value: Any, base: Any, where: Any) -> None:
            if value.size and base.size:
                first, end = _bounds(value)
                base_first, base_end = _bounds(base)
                if first < base_end and base_first < end:
                    raise AliasError(
                        where + ": two names stand for the same memory, and one of them is changed in place",
                        "copy the array (`x.copy()`) before changing it",
                    )

        return check
    if isinstance(value, types.BaseTuple) and len(value):

        def check_parts(value: Any, base: Any, where: Any) -> None:
            runtime.refuse_view(value[0], base, where)
            runtime.refuse_view(value[1:], base, where)

        return check_parts
    if isinstance(base, types.BaseTuple) and len(base) and _is_array(value):

        def check_against_parts(value: Any, base: Any, where: Any) -> None:
            runtime.refuse_view(value, base[0], where)
            runtime.refuse_view(value, base[1:], where)

        return check_against_parts
    if isinstance(value, types.List) or isinstance(base, types.List):
        return None
    return lambda value, base, where: None


@_overload(runtime.check_view)
def check_view(value: Any, base: Any, where: Any, of_array: Any = False) -> Implementation:
    if not (_is_array(value) and _is_array(base)):
        return None

    def check(value: Any, base: Any, where: Any, of_array: Any = False) -> None:
        if value.size:
            first, end = _bounds(value)
            base_first, base_end = _bounds(base)
            if first >= base_end or base_first >= end:
                raise AliasError(
                    where + ": a part of an array is changed, and is a copy here",
                    "use item assignment: `x[i] = x[i] + v`",
                )

    return check


@_overload(runtime.require)
def require(holds: Any, what: Any, instead: Any, where: Any = "") -> Implementation:
    def check(holds: Any, what: Any, instead: Any, where: Any = "") -> None:
        if not holds:
            raise UnsupportedError(where + ": unsupported: the derivative of " + what, instead)

    return check


@register_jitable
def _bounds(x: Any) -> tuple[int, int]:
    """The addresses between which the elements of an array lie."""
    first = end = x.ctypes.data
    for axis in range(x.ndim):
        extent = (x.shape[axis] - 1) * x.strides[axis]
        if extent < 0:
            first += extent
        else:
            end += extent
    return first, end + x.itemsize


# --- items ---------------------------------------------------------------------------------------


def _names_once(index: Any) -> bool:
    if isinstance(index, types.BaseTuple):
        parts: Any = index
        return all(_names_once(part) for part in parts)
    if _is_array(index):
        return isinstance(index.dtype, types.Boolean)
    return not isinstance(index, types.List)


@_overload(runtime.add_at)
def add_at(b: Any, index: Any, value: Any) -> Implementation:
    if isinstance(b, types.List) and _is_integer(index):

        def add_to_item(b: Any, index: Any, value: Any) -> None:
            b[index] = runtime.add(b[index], value)

        return add_to_item
    if not _is_array(b):
        return None
    if _names_once(index):

        def add_once(b: Any, index: Any, value: Any) -> None:
            b[index] += value

        return add_once
    if isinstance(index, types.BaseTuple) or (_is_array(index) and index.ndim != 1):
        return None
    each = _is_array(value) and value.ndim == b.ndim

    def add_each(b: Any, index: Any, value: Any) -> None:
        for k in range(len(index)):
            b[index[k]] += value[k]

    def add_same(b: Any, index: Any, value: Any) -> None:
        for k in range(len(index)):
            b[index[k]] += value

    return add_each if each else add_same


@_overload(runtime.item_written)
def item_written(b: Any, index: Any) -> Implementation:
    return (lambda b, index: b[index]) if _names_once(index) else None


@_overload(runtime.write_item)
def write_item(value: Any, like: Any, index: Any) -> Implementation:
    def write(value: Any, like: Any, index: Any) -> Any:
        result = runtime.zeros_like(like)
        result[index] = value
        return result

    return write


@_overload(runtime.zero_item)
def zero_item(container: Any, index: Any) -> Implementation:
    return lambda container, index: runtime.zeros_like(container[index])


@_overload(runtime.place_in)
def place_in(items: Any, index: Any) -> Implementation:
    return lambda items, index: max(index + len(items), 0) if index < 0 else min(index, len(items))


# --- choices, powers, conversions ----------------------------------------------------------------


@_overload(runtime.greater)
def greater(x: Any, y: Any) -> Implementation:
    return lambda x, y: 0.5 * (x > y) + 0.5 * (x >= y)


@_overload(runtime.ties)
def ties(a: Any, y: Any, axis: Any = None, keepdims: Any = False) -> Implementation:
    if not _is_array(a):
        return None
    dtype = _dtype(a)
    if _is_none(axis):

        def over_all(a: Any, y: Any, axis: Any = None, keepdims: Any = False) -> Any:
            chosen = (a == y).astype(dtype)
            return chosen / chosen.sum()

        return over_all
    if not _is_integer(axis) or a.ndim < 2:
        return None
    dropped = _ndim(y) < a.ndim

    def along(a: Any, y: Any, axis: Any = None, keepdims: Any = False) -> Any:
        chosen = (a == (np.expand_dims(y, axis) if dropped else y)).astype(dtype)
        return chosen / np.expand_dims(chosen.sum(axis), axis)

    return along


@_overload(runtime.power_slope)
def power_slope(x: Any, p: Any) -> Implementation:
    if _is_scalar(p):

        def by_number(x: Any, p: Any) -> Any:
            return p * x ** (p - 1.0) if p else 0.0 * runtime.zeros_like(x)

        return by_number
    return lambda x, p: np.where(p == 0, 0.0, p * x ** (p - 1.0))


@_overload(runtime.uncast)
def uncast(b: Any, y: Any, x: Any) -> Implementation:
    if _is_integral(y) and not _is_integral(x):
        return lambda b, y, x: runtime.zeros_like(b)
    convert = _to_precision_of(b, x)
    return lambda b, y, x: convert(b)


@_overload(runtime.cast)
def cast(t: Any, x: Any, y: Any) -> Implementation:
    if _is_integral(y) and not _is_integral(x):
        return lambda t, x, y: runtime.zeros_like(t)
    convert = _to_precision_of(t, y)
    return lambda t, x, y: convert(t)


def _to_precision_of(b: Any, like: Any) -> Callable[..., Any]:
    dtype = _dtype(like)
    scalar = dtype.type

    @register_jitable
    def same(b: Any) -> Any:
        return b

    @register_jitable
    def convert_array(b: Any) -> Any:
        return b.astype(dtype)

    @register_jitable
    def convert_scalar(b: Any) -> Any:
        return scalar(b)

    if _is_integral(like) or _dtype(b) == dtype:
        return same
    return convert_array if _is_array(b) else convert_scalar


# --- products ------------------------------------------------------------------------------------


@_overload(runtime.matmul_transpose_left)
def matmul_transpose_left(b: Any, x: Any, y: Any) -> Implementation:
    match _ndim(x), _ndim(y):
        case 2, 2:
            return lambda b, x, y: b @ y.T
        case 1, 1:
            return lambda b, x, y: b * y
        case 1, 2:
            return lambda b, x, y: y @ b
        case 2, 1:
            return lambda b, x, y: np.outer(b, y)
    return None


@_overload(runtime.matmul_transpose_right)
def matmul_transpose_right(b: Any, x: Any, y: Any) -> Implementation:
    match _ndim(x), _ndim(y):
        case (2, 2) | (2, 1):
            return lambda b, x, y: x.T @ b
        case 1, 1:
            return lambda b, x, y: b * x
        case 1, 2:
            return lambda b, x, y: np.outer(x, b)
    return None


@_overload(runtime.dot_transpose_left)
def dot_transpose_left(b: Any, x: Any, y: Any) -> Implementation:
    if _ndim(x) == 0 or _ndim(y) == 0:
        return lambda b, x, y: runtime.unbroadcast(b * y, x)
    return lambda b, x, y: runtime.matmul_transpose_left(b, x, y)


@_overload(runtime.dot_transpose_right)
def dot_transpose_right(b: Any, x: Any, y: Any) -> Implementation:
    if _ndim(x) == 0 or _ndim(y) == 0:
        return lambda b, x, y: runtime.unbroadcast(b * x, y)
    return lambda b, x, y: runtime.matmul_transpose_right(b, x, y)


@_overload(runtime.fit)
def fit(b: Any, like: Any) -> Implementation:
    if _is_scalar(like) or _is_array(like):
        return lambda b, like: runtime.unbroadcast(b, like)
    return lambda b, like: b


def register() -> None:
    """What Numba calls when it starts, by the entry point `numba_extensions`: importing this module did it all."""
