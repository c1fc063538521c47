"""The checks of a derivative that looks for faults: `tangent.grad(f, debug="nan")`, and `"dtype"` and `"shape"`.

A check stands behind the statement that it is of, and takes the value that this binds and the operands.  What these
are called, and where the statement comes from, is in the text of the generated function, and is looked up where a
check fails.
"""

from __future__ import annotations

import cmath
import linecache
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tangent.errors import NonFiniteError, PrecisionError, ShapeError
from tangent.runtime.scalars import SCALAR
from tangent.runtime.structure import fields_of, parts_of

if TYPE_CHECKING:
    from tangent.ir.nodes import Origin, Role

__all__ = ["check_alike", "check_finite", "check_given", "check_precision", "check_shape"]

Index = tuple[int, ...]
NUMERIC = (np.ndarray, *SCALAR)

FORWARD = (
    "keep the operands where the function is finite: bound them (`np.maximum(x, 1e-12)`), scale them, or choose them "
    "before the call and not its result behind it (`np.log(np.where(x > 0.0, x, 1.0))`)"
)
BACKWARD = (
    "keep the operands away from where the derivative is infinite or not defined: bound them (`np.maximum(x, 1e-12)`), "
    "or choose them before the call and not its result behind it (`np.sqrt(np.where(x > 0.0, x, 1.0))`)"
)


# --- values that are not finite ------------------------------------------------------------------


def check_finite(value: Any, *operands: Any, whole: bool = False) -> None:
    """Refuse a value that is not finite where the operands that it was computed from do not explain that.

    A NaN is explained by a NaN among the operands, an infinity by any operand that is not finite: of arrays at the same
    place, or with `whole` at any place.  So what is infinite on purpose, and what comes of that, is let through.

    Raises:
        NonFiniteError: it arose here.

    >>> import tangent
    >>> tangent.check_finite(float("inf"), float("inf"))
    """
    if _is_finite(value):
        return
    for path, leaf in _leaves(value):
        if not _is_finite(leaf):
            arisen = _arisen(np.asarray(leaf), operands, whole)
            if arisen.any():
                raise _not_finite(_Site.of_caller(len(operands) + 1), path, leaf, arisen, operands)


def check_given(results: Any, *given: Any) -> None:
    """Refuse a result that is NaN where an argument was given as NaN.

    Raises:
        NonFiniteError: there is a NaN in both.
    """
    found = next(_nans(results), None)
    if found is None:
        return
    for position, argument in enumerate(given):
        for path, index in _nans(argument):
            names = _Site.of_caller(len(given) + 1).names
            name = f"{names[position + 1]}{path}{_subscript(index)}"
            raise NonFiniteError(
                f"the argument {name} was given as nan, and so the result is nan",
                "fill it in or leave it out before the call: `np.nan_to_num(x)`, `x[~np.isnan(x)]`",
            )


def _is_finite(value: Any) -> bool:
    """Whether all numbers in a value are finite."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "fc":
            return True
        return bool(np.all(np.ma.filled(np.isfinite(value), True)))  # what is masked does not count
    if isinstance(value, complex):
        return cmath.isfinite(value)
    if (numbers := _numbers_of(value)) is not None:
        return _is_finite(numbers)
    return all(map(_is_finite, parts_of(value) or ()))


def _numbers_of(value: Any) -> Any:
    """The numbers of an array of another library, or of a sparse matrix; None for what is none of these."""
    if hasattr(type(value), "tocoo"):
        return value.data
    return np.asarray(value) if hasattr(type(value), "__array__") else None


def _arisen(leaf: Any, operands: Sequence[Any], whole: bool) -> Any:
    """Where an array has a NaN or an infinity that the operands do not explain."""
    nans, infinities = np.isnan(leaf), np.isinf(leaf)
    for operand in operands:
        for _, part in _leaves(operand):
            if _is_finite(part):
                continue
            has_nan, is_infinite = np.isnan(part), np.logical_not(np.isfinite(part))
            if whole or _broadcast_place(np.shape(part), leaf.shape, (0,) * leaf.ndim) is None:
                has_nan, is_infinite = has_nan.any(), is_infinite.any()
            nans = nans & np.logical_not(has_nan)
            infinities = infinities & np.logical_not(is_infinite)
    return nans | infinities


def _nans(value: Any) -> Iterator[tuple[str, Index]]:
    """The places of NaNs in a value."""
    for path, leaf in _leaves(value):
        if not _is_finite(leaf):
            for index in np.argwhere(np.isnan(leaf)):
                yield path, tuple(index.tolist())


def _not_finite(site: _Site, path: str, leaf: Any, arisen: Any, operands: Sequence[Any]) -> NonFiniteError:
    index: Index = tuple(np.argwhere(arisen)[0].tolist())
    number = _number(leaf[index] if isinstance(leaf, np.ndarray) else leaf)
    described = [
        _at_place(name, operand, np.shape(leaf), index)
        for name, operand in zip(site.names[1:], operands, strict=True)
    ]
    what = f"{site.shown}{path}{_subscript(index)} is {number} in {site.stage}{site.made}"
    shown = list(dict.fromkeys([d for d in (*described, *site.indices) if d]))
    if shown:
        what += f", where {', '.join(shown)}"
    return NonFiniteError(what, FORWARD if site.is_forward else BACKWARD, site.origin)


# --- dtypes and shapes ---------------------------------------------------------------------------


def check_precision(value: Any, *operands: Any) -> None:
    """Refuse a result that has more precision than one of its operands: there float32 has become float64.

    Numbers of Python take the precision of what they are combined with, and integers have none.

    Raises:
        PrecisionError: a result of double precision was computed from an operand of single precision.
    """
    own = _precision(value)
    if own is None or all((_precision(operand) or own) >= own for operand in operands):
        return
    site = _Site.of_caller(len(operands) + 1)
    described = [f"{n} is {_dtype(o)}" for n, o in zip(site.names[1:], operands, strict=True) if _precision(o)]
    raise PrecisionError(
        f"{site.names[0]} is {_dtype(value)} in {site.stage}{site.made}, where {', '.join(described)}",
        "convert the operand of the higher precision (`w.astype(x.dtype)`), or the other one on purpose", site.origin,
    )


def check_shape(value: Any, *operands: Any) -> None:
    """Refuse a result of an elementwise operation that is larger than each operand, where their dimensions differ.

    Axes that are written out (`x[:, None] - y[None, :]`) are no surprise: both operands have as many dimensions then.

    Raises:
        ShapeError: broadcasting has made the result larger than all operands.
    """
    shapes = [o.shape for o in operands if isinstance(o, np.ndarray)]
    if not isinstance(value, np.ndarray) or value.shape in shapes or len({len(s) for s in shapes if s}) < 2:
        return
    site = _Site.of_caller(len(operands) + 1)
    described = [
        f"{n} has {np.shape(o)}" for n, o in zip(site.names[1:], operands, strict=True) if isinstance(o, np.ndarray)
    ]
    raise ShapeError(
        f"{site.names[0]} has the shape {value.shape} in {site.stage}{site.made}, where "
        f"{', '.join(described)}: broadcasting made it larger than each of them",
        "give the operands the same shape (`y[:, 0]`, `y.ravel()`), or write the new axes out "
        "(`x[:, None] - y[None, :]`)", site.origin,
    )


def check_alike(derivative: Any, value: Any, what: str) -> None:
    """Refuse an adjoint or a tangent whose dtype or shape is not that of the value that it belongs to.

    Args:
        derivative: the adjoint or the tangent.
        value: what it belongs to.
        what: 'dtype' or 'shape'.

    Raises:
        PrecisionError: it is of another precision, or complex where the value is real.
        ShapeError: it is of another shape.
    """
    if what == "shape":
        _check_same_shape(derivative, value)
        return
    own, wanted = _precision(derivative), _precision(value)
    if own is not None and wanted is not None and own != wanted:
        site = _Site.of_caller(2)
        raise PrecisionError(
            f"{site.names[0]} is {_dtype(derivative)} in {site.stage}{site.made}, and {site.names[1]}, "
            f"whose derivative it is, {_dtype(value)}",
            "give the seed and all that is combined with the value its precision (`w.astype(x.dtype)`)", site.origin,
        )


def _check_same_shape(derivative: Any, value: Any) -> None:
    """A tangent may be smaller, where it is the same along an axis; nothing of that holds for an adjoint."""
    if not isinstance(derivative, NUMERIC) or not isinstance(value, np.ndarray):
        return
    own, wanted = np.shape(derivative), value.shape
    if own == wanted or not wanted:
        return
    site = _Site.of_caller(2, depth=3)
    is_tangent = bool(site.origins) and site.origins[0].role == "tangent"
    if is_tangent and _broadcast_place(own, wanted, (0,) * len(wanted)) is not None:
        return
    raise ShapeError(
        f"{site.names[0]} has the shape {own} in {site.stage}{site.made}, and {site.names[1]}, whose "
        f"derivative it is, {wanted}",
        "look at what is computed behind this statement: a rule of yours for it may give another shape", site.origin,
    )


def _precision(value: Any) -> int | None:
    """The bits of the floating-point numbers of an array, or of the parts of complex ones; None for others."""
    if not isinstance(value, (np.ndarray, np.generic)) or value.dtype.kind not in "fc":
        return None
    return int(np.finfo(value.dtype).bits)


def _dtype(value: Any) -> str:
    return str(value.dtype)


# --- what the messages say -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Site:
    """The place of a check that has failed."""

    names: tuple[str, ...]
    """What is checked, and the operands, as they are called in the generated function."""
    shown: str
    """What is checked, as a reader knows it: `y[i]`, where it is about to be written there."""
    before: tuple[str, ...]
    """The lines of the generated function up to the check."""
    origins: tuple[Origin, ...]
    """What the statement stems from: the last one is of the user's."""
    indices: tuple[str, ...]
    """The values of the variables in the subscripts of the names: `i = 2`."""

    @classmethod
    def of_caller(cls, count: int, depth: int = 2) -> _Site:
        """The place where a check of this module, of so many values, is called: so many frames up."""
        from tangent.emit.load import origins

        frame = sys._getframe(depth)
        filename, line = frame.f_code.co_filename, frame.f_lineno
        lines = [text.strip() for text in linecache.getlines(filename, frame.f_globals)]
        names = _arguments(lines[line - 1] if line <= len(lines) else "", count)
        target, _, written = (lines[line] if line < len(lines) else "").rpartition(" = ")
        shown = target if target and written == names[0] else names[0]
        return cls(
            names, shown, tuple(lines[: line - 1]), origins(filename, line), _indices((shown, *names), frame.f_locals)
        )

    @property
    def origin(self) -> Origin | None:
        return self.origins[-1] if self.origins else None

    @property
    def is_forward(self) -> bool:
        return all(origin.role == "primal" for origin in self.origins)

    @property
    def stage(self) -> str:
        """`the forward pass`, `the backward pass`, `the tangent of the backward pass`"""
        if not self.origins:
            return "the derivative"
        *outer, last = [origin.role for origin in self.origins]
        said = PASSES.get(last, "the backward pass")
        return "".join(f"the {role} of " for role in outer if role in ("tangent", "adjoint")) + said

    @property
    def made(self) -> str:
        """The statement that has bound the value, unless the message shows it anyway."""
        name = self.names[0]
        start = (f"{name} = ", f"{name} += ", f"{name} -= ")
        found = next((line for line in reversed(self.before) if line.startswith(start)), "")
        said = self.origin is not None and found == self.origin.source_line.strip()
        return f", after `{found}`" if found and not said else ""


PASSES: dict[Role, str] = {"primal": "the forward pass", "tangent": "the tangent"}


def _arguments(text: str, count: int) -> tuple[str, ...]:
    """The texts of the arguments of a call."""
    import ast  # where a check has failed, and not when Tangent is imported

    try:
        call = ast.parse(text, mode="eval").body
    except SyntaxError:
        call = None
    if isinstance(call, ast.Call) and len(call.args) >= count:
        return tuple([ast.unparse(argument) for argument in call.args[:count]])
    return ("value", *(f"operand_{n}" for n in range(1, count)))


def _indices(names: Sequence[str], variables: Mapping[str, Any]) -> tuple[str, ...]:
    """What the variables in the subscripts of some expressions are."""
    import ast

    subscripts = [n.slice for text in names for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Subscript)]
    read = [n.id for subscript in subscripts for n in ast.walk(subscript) if isinstance(n, ast.Name)]
    return tuple([f"{n} = {variables[n]}" for n in dict.fromkeys(read) if isinstance(variables.get(n), int)])


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers and arrays of floating-point numbers in a value, with the texts that lead to them."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind in "fc":
            yield path, value
    elif (numbers := _numbers_of(value)) is not None:
        yield from _leaves(numbers, path)
    elif isinstance(value, (float, complex)):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}[{key!r}]")
    elif (names := fields_of(value)) is not None:
        for name in names:
            if hasattr(value, name):
                yield from _leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for position, part in enumerate(value):
            yield from _leaves(part, f"{path}[{position}]")


def _at_place(name: str, operand: Any, shape: Index, index: Index) -> str:
    """An operand as a message gives it: its value at the place `index` of an array of shape `shape`."""
    if isinstance(operand, (int, float, complex, np.generic)) and not isinstance(operand, bool):
        return f"{name} = {_number(operand)}"
    if not isinstance(operand, np.ndarray) and (numbers := _numbers_of(operand)) is not None:
        operand = numbers
    if isinstance(operand, np.ndarray):
        place = _broadcast_place(operand.shape, shape, index)
        if place is not None:
            return f"{name}{_subscript(place)} = {_number(operand[place])}"
        return f"{name} {_extent(operand)}"
    parts = parts_of(operand)
    return "" if parts is None else f"{name} is a {type(operand).__name__} of {len(parts)} values"


def _broadcast_place(own: Index, shape: Index, index: Index) -> Index | None:
    """The place of an array that is broadcast to the place `index` of a shape; None where it is not."""
    if len(own) > len(shape):
        return None
    behind = range(len(shape) - len(own), len(shape))
    if any(n not in (1, shape[axis]) for n, axis in zip(own, behind, strict=True)):
        return None
    return tuple([0 if n == 1 else index[axis] for n, axis in zip(own, behind, strict=True)])


def _extent(array: Any) -> str:
    if not array.size or array.dtype.kind not in "fiu":
        return f"has the shape {array.shape}"
    return f"has the shape {array.shape}, from {_number(array.min())} to {_number(array.max())}"


def _number(value: Any) -> str:
    return repr(value.item() if isinstance(value, (np.ndarray, np.generic)) else value)


def _subscript(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
