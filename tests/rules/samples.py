"""The table of samples: an expression for every rule, and the arguments to try it with.

A sample is the text of an expression in `x`, `y`, ... and the values of these.  The rule that it tests is
that of the outermost operation, or of the part `covers`.  Elementwise functions are tried in every
combination of scalars and shapes that broadcast; what else a function takes is written out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy._lib import _array_api as array_api

__all__ = ["SAMPLES", "Sample"]


@dataclass(frozen=True)
class Sample:
    """An expression and its arguments, all of which are differentiated but for `fixed`."""

    text: str
    args: dict[str, Any]
    covers: str = ""
    fixed: tuple[str, ...] = ()

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(name for name in self.args if name not in self.fixed)

    def __str__(self) -> str:
        values = ", ".join(f"{name}: {describe(value)}" for name, value in self.args.items())
        return f"{self.text} [{values}]"


def describe(value: Any) -> str:
    """The type and shape of an argument."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}" + ("" if value.flags.c_contiguous else " strided")
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(describe, value))})"
    return f"{type(value).__name__} {value}"


def array(*shape: int, low: float = -2.0, high: float = 2.0, key: str = "") -> np.ndarray[Any, Any]:
    """Distinct numbers between `low` and `high` in an order that depends on `key`."""
    size = int(np.prod(shape))
    order = np.random.default_rng(zlib.crc32(f"{key}{shape}".encode())).permutation(size)
    return (low + (high - low) * (order + 0.37) / max(size, 1)).reshape(shape)


# --- what NumPy 2 has of the array API standard, and SciPy for it

IS_STANDARD = hasattr(np, "isdtype")
STANDARD_ASTYPE = ("np.astype(x, float)", "np.astype(x, int)") if hasattr(np, "astype") else ()
STANDARD_TESTS = ("np.isdtype(x.dtype, 'integral')", "{x.__array_namespace__()} is np") if IS_STANDARD else ()


def standard() -> Iterator[Sample]:
    namespace = "array_api.array_namespace(x)"
    yield Sample(f"({namespace} is None) * np.sum(x)", {"x": array(3)}, covers=namespace)
    if hasattr(array_api, "xp_promote"):
        for value in (1.5, array(3), np.array([1, 2]), [1.0, 2.0]):
            yield Sample("array_api.xp_promote(x, force_floating=True, xp=np)", {"x": value})
        yield Sample("array_api.xp_promote(x, xp=np)", {"x": array(2, 3)})


# --- elementwise functions

POSITIVE = (0.3, 3.0)
UNIT = (-0.9, 0.9)
BEYOND_ONE = (1.2, 3.0)
REAL = (-2.0, 2.0)

ONE_ARGUMENT: dict[str, tuple[float, float]] = {
    "-x": REAL, "+x": REAL, "abs(x)": REAL, "operator.abs(x)": REAL, "np.abs(x)": REAL, "np.fabs(x)": REAL,
    "np.negative(x)": REAL, "np.positive(x)": REAL, "np.exp(x)": REAL, "np.exp2(x)": REAL,
    "np.expm1(x)": REAL, "np.log(x)": POSITIVE, "np.log2(x)": POSITIVE, "np.log10(x)": POSITIVE,
    "np.log1p(x)": UNIT, "np.sin(x)": REAL, "np.cos(x)": REAL, "np.tan(x)": (-1.2, 1.2), "np.arcsin(x)": UNIT,
    "np.arccos(x)": UNIT, "np.arctan(x)": REAL, "np.sinh(x)": REAL, "np.cosh(x)": REAL, "np.tanh(x)": REAL,
    "np.i0(x)": REAL, "runtime.bessel_i(3, x)": REAL,
    "np.sinc(x)": REAL, "runtime.sinc_derivative(1, x)": REAL, "runtime.sinc_derivative(4, x)": REAL,
    "np.nan_to_num(x)": REAL, "np.real_if_close(x)": REAL, "np.ldexp(x, 3)": REAL, "np.nextafter(x, 9.0)": REAL,
    "np.arcsinh(x)": REAL, "np.arccosh(x)": BEYOND_ONE, "np.arctanh(x)": UNIT, "np.deg2rad(x)": REAL,
    "np.radians(x)": REAL, "np.rad2deg(x)": REAL, "np.degrees(x)": REAL, "np.sqrt(x)": POSITIVE,
    "np.cbrt(x)": POSITIVE, "np.square(x)": REAL, "np.reciprocal(x)": POSITIVE, "np.float64(x)": REAL,
    "np.clip(x, -1.0, 1.1)": REAL, "np.clip(x, None, 0.5)": REAL, "np.clip(x, 0.3, None)": REAL,
    "x ** 2": REAL, "x ** 3.0": REAL, "x ** 0.5": POSITIVE, "x ** -1": POSITIVE, "x ** 1": REAL,
    "x ** 0": REAL, "2.0 ** x": REAL, "x % 0.7": REAL, "1.0 / x": POSITIVE, "np.floor(x)": REAL,
    "np.ceil(x)": REAL, "np.trunc(x)": REAL, "np.rint(x)": REAL, "np.round(x)": REAL, "np.around(x)": REAL,
    "np.fix(x)": REAL, "np.sign(x)": REAL, "np.spacing(x)": REAL, "x // 0.7": REAL, "np.floor_divide(x, 0.7)": REAL,
    "np.copysign(x, -1.0)": REAL, "np.copysign(x, 1.0)": REAL, "runtime.power_slope(x, 3.0)": REAL,
    "runtime.power_slope(x, 0.0)": REAL, "runtime.greater(x, 0.1)": REAL,
}
TWO_ARGUMENTS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "x + y": (REAL, REAL), "x - y": (REAL, REAL), "x * y": (REAL, REAL), "x / y": (REAL, POSITIVE),
    "x % y": (REAL, (0.7, 0.8)), "x ** y": (POSITIVE, REAL), "np.add(x, y)": (REAL, REAL),
    "np.subtract(x, y)": (REAL, REAL), "np.multiply(x, y)": (REAL, REAL), "np.divide(x, y)": (REAL, POSITIVE),
    "np.power(x, y)": (POSITIVE, REAL), "np.float_power(x, y)": (POSITIVE, REAL),
    "pow(x, y)": (POSITIVE, REAL), "np.remainder(x, y)": (REAL, (0.7, 0.8)),
    "np.fmod(x, y)": (REAL, (0.7, 0.8)), "np.arctan2(x, y)": (REAL, POSITIVE),
    "np.hypot(x, y)": (REAL, POSITIVE), "np.logaddexp(x, y)": (REAL, REAL),
    "np.logaddexp2(x, y)": (REAL, REAL), "np.maximum(x, y)": (REAL, (-1.93, 2.1)),
    "np.minimum(x, y)": (REAL, (-1.93, 2.1)), "np.fmax(x, y)": (REAL, (-1.93, 2.1)),
    "np.fmin(x, y)": (REAL, (-1.93, 2.1)), "np.heaviside(x, y)": (REAL, REAL),
    "np.where(x > 0.1, x, y)": (REAL, REAL), "np.where([True, False, True], x, y)": (REAL, REAL),
    "np.clip(x, y, 3.0)": (REAL, (-0.9, 1.0)), "np.clip(x, -3.0, y)": (REAL, (-0.9, 1.0)),
    "runtime.power_slope(x, y)": (POSITIVE, (1.3, 2.9)),
}
MATH_ONE: dict[str, tuple[float, float]] = {
    "math.exp(x)": REAL, "math.exp2(x)": REAL, "math.expm1(x)": REAL, "math.log(x)": POSITIVE,
    "math.log2(x)": POSITIVE, "math.log10(x)": POSITIVE, "math.log1p(x)": UNIT, "math.sin(x)": REAL,
    "math.cos(x)": REAL, "math.tan(x)": (-1.2, 1.2), "math.asin(x)": UNIT, "math.acos(x)": UNIT,
    "math.atan(x)": REAL, "math.sinh(x)": REAL, "math.cosh(x)": REAL, "math.tanh(x)": REAL,
    "math.asinh(x)": REAL, "math.acosh(x)": BEYOND_ONE, "math.atanh(x)": UNIT, "math.sqrt(x)": POSITIVE,
    "math.cbrt(x)": POSITIVE, "math.fabs(x)": REAL, "math.degrees(x)": REAL, "math.radians(x)": REAL,
    "math.erf(x)": REAL, "math.erfc(x)": REAL, "math.hypot(x)": REAL, "math.ldexp(x, 3)": REAL,
    "math.gamma(x)": POSITIVE, "math.lgamma(x)": POSITIVE, "math.nextafter(x, 9.0)": REAL,
    "runtime.polygamma(0, x)": POSITIVE, "runtime.polygamma(2, x)": POSITIVE,
    "math.ceil(x)": REAL, "math.floor(x)": REAL, "math.trunc(x)": REAL, "float(x)": REAL, "int(x)": REAL,
    "round(x)": REAL, "round(x, 1)": (0.11, 0.12), "math.copysign(x, -1.0)": REAL,
}
MATH_TWO: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "math.pow(x, y)": (POSITIVE, REAL), "math.log(x, y)": (POSITIVE, BEYOND_ONE),
    "math.hypot(x, y)": (REAL, REAL), "math.atan2(x, y)": (REAL, REAL), "math.fmod(x, y)": (REAL, (0.7, 0.8)),
    "math.remainder(x, y)": (REAL, (0.7, 0.8)), "max(x, y)": (REAL, (-1.93, 2.1)),
    "min(x, y)": (REAL, (-1.93, 2.1)),
}
SHAPES: tuple[tuple[int, ...] | None, ...] = (None, (), (3,), (2, 3), (0,), (1,))
PAIRS: tuple[tuple[tuple[int, ...] | None, tuple[int, ...] | None], ...] = (
    (None, None), (None, (3,)), ((3,), None), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)),
    ((2, 3), (2, 1)), ((), (3,)), ((0, 3), (3,)), ((1, 3), (2, 3)),
)


def value(shape: tuple[int, ...] | None, domain: tuple[float, float], key: str) -> Any:
    """An array of a shape, or for None a Python float."""
    drawn = array(*(shape or ()), low=domain[0], high=domain[1], key=key)
    return float(drawn) if shape is None else drawn


def elementwise() -> Iterator[Sample]:
    for text, domain in ONE_ARGUMENT.items():
        for shape in SHAPES:
            yield Sample(text, {"x": value(shape, domain, text)})
        yield Sample(text, {"x": value((4, 6), domain, text)[::2, ::-2].T})
    for text, (first, second) in TWO_ARGUMENTS.items():
        for left, right in PAIRS:
            if "[True" in text and 0 in (left or ()):
                continue
            yield Sample(text, {"x": value(left, first, text), "y": value(right, second, text + "y")})
    for text, domain in MATH_ONE.items():
        for key in "abc":
            yield Sample(text, {"x": value(None, domain, text + key)})
        yield Sample(text, {"x": np.float64(value(None, domain, text))})
    for text, (first, second) in MATH_TWO.items():
        yield Sample(text, {"x": value(None, first, text), "y": value(None, second, text + "y")})
        yield Sample(text, {"x": value(None, first, text) * 0.9, "y": value(None, second, text + "z") * 1.01})


def kinks() -> Iterator[Sample]:
    yield Sample("x ** y", {"x": np.array([0.0, 0.0, 0.0]), "y": 2}, fixed=("y",))
    yield Sample("x ** y", {"x": 3, "y": -2})
    yield Sample("x ** y", {"x": np.array([1, 2, 3]), "y": np.array([2, 1, 3])})
    yield Sample("x * y", {"x": np.array([1, 2, 3]), "y": 4})
    yield Sample("x / y", {"x": np.array([1, 2, 3]), "y": np.array([[4], [5]])})
    yield Sample("np.maximum(x, y)", {"x": np.array([1, 2, 3]), "y": 1.5})
    yield Sample("np.sqrt(x)", {"x": np.array([1, 2, 3])})
    yield Sample("np.reciprocal(x)", {"x": 2.0})
    yield Sample("np.heaviside(x, y)", {"x": np.zeros(3), "y": np.ones(3)}, fixed=("x",))
    yield Sample("np.fmax(x, y)", {"x": np.array([1.0, 2.0]), "y": np.array([np.nan, 1.0])}, fixed=("y",))
    yield Sample("np.fmin(x, y)", {"x": np.array([1.0, 2.0]), "y": np.array([np.nan, 1.0])}, fixed=("y",))
    yield Sample("np.sinc(x)", {"x": np.array([0.0, 1e-9, 1.0, -1.0, 2.0, 7.3])})
    yield Sample("np.ldexp(x, y)", {"x": array(2, 3), "y": np.array([1, -2, 0])}, fixed=("y",))
    yield Sample("np.nan_to_num(x, nan=y)", {"x": np.array([1.5, np.nan, 2.5]), "y": 0.5}, fixed=("x",))
    yield Sample("np.nan_to_num(x, posinf=9.0, neginf=-9.0)", {"x": array(2, 3)})
    yield Sample("np.unwrap(x)", {"x": array(7, low=-9.0, high=9.0)})
    yield Sample("np.unwrap(x, axis=0)", {"x": array(5, 2, low=-9.0, high=9.0)})
    for value in (array(2, 3), np.float64(1.3)):
        yield Sample("np.modf(x)[0]", {"x": value}, covers="np.modf(x)")
        yield Sample("np.modf(x)[1] * x", {"x": value}, covers="np.modf(x)")
        yield Sample("np.frexp(x)[0]", {"x": value}, covers="np.frexp(x)")
        yield Sample("np.frexp(x)[1] * x", {"x": value}, covers="np.frexp(x)")
    yield Sample("math.hypot(x, y, z)", {"x": 1.0, "y": 2.0, "z": -0.5})
    yield Sample("float(np.float32(x)) * 0.0 + x", {"x": 0.5}, covers="np.float32(x)")


def polynomials() -> Iterator[Sample]:
    for x in (1.5, array(3), array(2, 3)):
        for p in (array(4), [0.5, -1.0, 2.0], array(1)):
            yield Sample("np.polyval(y, x)", {"x": x, "y": p})


# --- reductions

REDUCTIONS = (
    "np.sum({})", "np.mean({})", "np.prod({})", "np.max({})", "np.min({})", "np.amax({})", "np.amin({})",
    "np.ptp({})", "np.var({})", "np.std({})", "np.nansum({})", "np.nanmean({})", "np.nanprod({})", "np.nanvar({})",
    "np.nanstd({})", "x.sum({})", "x.mean({})", "x.prod({})",
    "x.max({})", "x.min({})", "x.var({})", "x.std({})",
)
AXES = (
    "", "axis=0", "axis=-1", "axis=(0, 2)", "keepdims=True", "axis=1, keepdims=True",
    "axis=(-1, 0), keepdims=True",
)


def reductions() -> Iterator[Sample]:
    for form in REDUCTIONS:
        method = form.startswith("x.")
        for axis in AXES:
            text = form.format(axis if method else f"x, {axis}".rstrip(", "))
            yield Sample(text, {"x": array(2, 3, 4, key=form)})
        short = form.format("" if method else "x")
        yield Sample(short, {"x": array(5, key=form)})
        yield Sample(short, {"x": array(4, 6, key=form)[::2, ::-2].T})
        one = array(3, 1, key=form) if _spread(form) else array(1, 3, key=form) + 0.1
        yield Sample(form.format("axis=0" if method else "x, 0"), {"x": one})
        if not _spread(form) and "mean" not in form:
            yield Sample(short, {"x": np.array(1.5)})
        if "max" not in form and "min" not in form and "ptp" not in form:
            yield Sample(form.format("axis=0" if method else "x, axis=0"), {"x": np.zeros((3, 0))})
        if "var" in form or "std" in form:
            first = "" if method else "x, "
            yield Sample(form.format(f"{first}ddof=1"), {"x": array(5, key=form)})
            yield Sample(form.format(f"{first}axis=0, ddof=1"), {"x": array(5, 2, key=form)})
        if not method and "ptp" not in form:
            yield Sample(short, {"x": 1.7} if not _spread(form) else {"x": array(2, 2, key=form)})
    for text in ("np.sum(x, dtype=float)", "np.sum(x, 0, float)", "np.sum(x, axis=1, dtype=float, keepdims=True)",
                 "x.sum(dtype=float)", "x.sum(-1, np.float64)"):
        yield Sample(text, {"x": array(2, 3, key=text)})
    for text in ("np.sum(x)", "np.sum(x, axis=0)", "x.sum()"):
        yield Sample(text, {"x": np.zeros((0, 3))})
        yield Sample(text, {"x": np.array([[1, 2], [3, 4]])})
    yield Sample("np.sum(x)", {"x": [1.0, 2.0, 3.0]})
    yield Sample("np.mean(x)", {"x": [1.0, 2.0, 3.0]})
    yield Sample("np.nansum(x)", {"x": array(2, 3)})
    for text in ("np.nanmax(x)", "np.nanmin(x)", "np.nanmax(x, 0)", "np.nanmin(x, axis=1, keepdims=True)"):
        yield Sample(text, {"x": array(2, 3)})
    for text in ("np.median(x{})", "np.quantile(x, 0.3{})", "np.percentile(x, 71.0{})",
                 "np.quantile(x, [0.0, 0.4, 1.0]{})", "np.percentile(x, np.array([[10.0, 20.0], [30.0, 100.0]]){})"):
        for axis in AXES:
            yield Sample(text.format(f", {axis}" if axis else ""), {"x": array(2, 3, 4, key=text)})
        yield Sample(text.format(", 0"), {"x": array(5, 2, key=text)})
        yield Sample(text.format(""), {"x": array(4, key=text)})
        yield Sample(text.format(""), {"x": array(5, key=text)})
        yield Sample(text.format(""), {"x": [1.5, 0.5, 2.5, -1.0]})
    for axis in ("", ", 0", ", axis=-1"):
        yield Sample(f"np.nancumsum(x{axis})", {"x": array(3, 4)})
    for zeros in ([2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0]):
        yield Sample("np.prod(x)", {"x": np.array(zeros)})
        yield Sample("np.cumprod(x)", {"x": np.array(zeros)})
        yield Sample("np.prod(x, axis=1)", {"x": np.array([zeros, zeros[::-1]])})
        yield Sample("np.cumprod(x, axis=1)", {"x": np.array([zeros, zeros[::-1]])})
    for text in ("np.cumsum(x{})", "x.cumsum({})", "np.cumprod(x{})", "x.cumprod({})"):
        for axis in ("", "axis=0", "axis=-1"):
            comma = ", " if "(x" in text and axis else ""
            yield Sample(text.format(comma + axis), {"x": array(3, 4, key=text)})
        yield Sample(text.format(""), {"x": np.zeros(0)})
    for extra in ("", ", 2", ", axis=0", ", 2, axis=0", ", 3, 0", ", 5"):
        yield Sample(f"np.diff(x{extra})", {"x": array(3, 4)})
    yield Sample("np.diff(x)", {"x": array(5)})


def _spread(form: str) -> bool:
    """Whether a reduction is smooth only where elements differ."""
    return any(name in form for name in ("std", "ptp"))


# --- products and linear algebra


def products() -> Iterator[Sample]:
    matrices = [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
        ((2, 0), (0, 3)),
    ]
    for left, right in matrices:
        for text in ("x @ y", "np.matmul(x, y)"):
            yield Sample(text, {"x": array(*left), "y": array(*right, key="y")})
        z = array(*np.matmul(array(*left), array(*right)).shape, key="z")
        for side, args in (("left", "z, x, y"), ("right", "z, x, y")):
            fixed = ("x",) if side == "left" else ("y",)
            if z.ndim:
                yield Sample(f"runtime.matmul_transpose_{side}({args})",
                             {"x": array(*left), "y": array(*right, key="y"), "z": z}, fixed=fixed)
    dots = [
        *matrices[:4], ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((5, 2, 3), (6, 3, 4)), ((2, 3), (5, 3, 4)),
        ((), (2, 3)), ((2, 3), ()), ((), ()),
    ]
    inners = [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (4, 3)), ((2, 3), (4, 3)), ((2, 5, 3), (4, 3)), ((), (2, 3)),
        ((2, 3), ()),
    ]
    for name, shapes in (("dot", dots), ("inner", inners)):
        for left, right in shapes:
            x, y = array(*left), array(*right, key="y")
            yield Sample(f"np.{name}(x, y)", {"x": x, "y": y})
            yield Sample(f"np.{name}(x, y)", {"x": x if left else float(x), "y": y if right else float(y)})
            z = array(*getattr(np, name)(x, y).shape, key="z")
            yield Sample(f"runtime.{name}_transpose_left(z, x, y)", {"x": x, "y": y, "z": z}, fixed=("x",))
            yield Sample(f"runtime.{name}_transpose_right(z, x, y)", {"x": x, "y": y, "z": z}, fixed=("y",))
    yield Sample("x.dot(y)", {"x": array(2, 3), "y": array(3, 4, key="y")})
    for left, right in (((3,), (2,)), ((2, 2), (3,)), ((), (3,)), ((3,), (3,))):
        yield Sample("np.outer(x, y)", {"x": array(*left), "y": array(*right, key="y")})
    for mode in ("", ", 'full'", ", mode='same'", ", 'valid'"):
        for left, right in ((5, 3), (2, 5), (3, 3), (6, 2), (1, 4)):
            x, y = array(left), array(right, key="y")
            yield Sample(f"np.convolve(x, y{mode})", {"x": x, "y": y})
            z = array(*eval(f"np.convolve(x, y{mode})").shape, key="z")
            yield Sample(f"runtime.convolve_transpose(z, x, y{mode})", {"x": x, "y": y, "z": z}, fixed=("x",))
        yield Sample(f"np.convolve(x, y{mode})", {"x": array(4), "y": [0.5, 1.0, -0.5]})
    yield Sample("np.vdot(x, y)", {"x": array(3), "y": array(3, key="y")})
    yield Sample("np.vdot(x, y)", {"x": array(2, 3), "y": array(3, 2, key="y")})
    tensors = (
        ((2, 3), (2, 3), "2"), ((2, 3), (3, 4), "1"), ((2, 3), (4,), "0"),
        ((2, 3, 4), (4, 3, 5), "([1, 2], [1, 0])"),
        ((2, 3, 4), (5, 4), "(-1, 1)"), ((2, 3, 4), (3, 5, 2), "((0, 1), (2, 0))"), ((3,), (3,), "1"),
    )
    for left, right, axes in tensors:
        x, y = array(*left), array(*right, key="y")
        yield Sample(f"np.tensordot(x, y, {axes})", {"x": x, "y": y})
        yield Sample(f"np.tensordot(x, y, axes={axes})", {"x": x, "y": y})
        z = array(*np.tensordot(x, y, eval(axes)).shape, key="z")
        args = {"x": x, "y": y, "z": z}
        yield Sample(f"runtime.tensordot_transpose_left(z, x, y, {axes})", args, fixed=("x",))
        yield Sample(f"runtime.tensordot_transpose_right(z, x, y, {axes})", args, fixed=("y",))
    sums = {
        "ij->ji": ((2, 3),), "ij": ((2, 3),), "ba": ((2, 3),), "ii": ((3, 3),), "ii->i": ((3, 3),), "ij->": ((2, 3),),
        "...j->j...": ((2, 3, 4),), "iij -> ij": ((2, 2, 3),), "ij,jk->ik": ((2, 3), (3, 4)), "i, i": ((3,), (3,)),
        "ij,jk": ((2, 3), (3, 4)), "i,j->ji": ((2,), (3,)), "ij,ij->i": ((2, 3), (2, 1)),
        "...i,...i": ((4, 2, 3), (2, 3)),
        "ii,ij->j": ((3, 3), (3, 2)), ",ij->i": ((), (2, 3)), "i,ij,j": ((2,), (2, 3), (3,)), "k,k->": ((3,), (3,)),
        "...ij,jk,...->...ik": ((4, 2, 3), (3, 2), (4,)), "ij,jk,kl,l->i": ((2, 3), (3, 2), (2, 3), (3,)),
    }
    for subscripts, operands in sums.items():
        values = {name: array(*shape, key=name) for name, shape in zip("xyzw", operands, strict=False)}
        yield Sample(f"np.einsum('{subscripts}', {', '.join(values)})", values)
    yield Sample("np.einsum('ij,jk->ik', x, y, optimize=True)", {"x": array(2, 3), "y": array(3, 4)})
    x, y, z = array(2, 3), array(3, key="y"), array(2, key="z")
    yield Sample("runtime.einsum_like('i->ij', y, x)", {"x": z, "y": x}, fixed=("y",))
    yield Sample("runtime.einsum_like('i->ii', y, x)", {"x": y, "y": array(3, 3)}, fixed=("y",))
    yield Sample("runtime.einsum_like('ij,j->i', z, x, y)", {"x": x, "y": y, "z": z}, fixed=("z",))
    yield Sample("runtime.einsum_like('i,j,ij->', 1.0, x, y, z)", {"x": z, "y": y, "z": x})
    yield Sample("runtime.einsum_like('i,j,ij,j->i', np.zeros(2), x, y, z, w)", {"x": z, "y": y, "z": x, "w": array(3)})
    for extra in ("", ", 1", ", offset=-1", ", 0, 1, 0", ", axis1=-1, axis2=0", ", offset=7"):
        yield Sample(f"np.trace(x{extra})", {"x": array(3, 4, 2)})
    yield Sample("np.trace(x)", {"x": array(3, 3)})
    yield Sample("np.trace(x)", {"x": array(3, 2)})
    yield Sample("x.trace()", {"x": array(3, 3)})


def decompositions() -> Iterator[Sample]:
    square, batch = array(3, 3) + 3.0 * np.eye(3), array(2, 3, 3) + 4.0 * np.eye(3)
    for a in (square, batch):
        yield Sample("np.linalg.inv(x)", {"x": a})
        yield Sample("np.linalg.det(x)", {"x": a})
        yield Sample("np.linalg.slogdet(x)[1]", {"x": a}, covers="np.linalg.slogdet(x)")
    yield Sample("np.linalg.slogdet(x)[1]", {"x": -square}, covers="np.linalg.slogdet(x)")
    rights = [(square, (3,)), (square, (3, 2)), (batch, (2, 3, 2)), (square, (2, 3, 2))]
    if np.lib.NumpyVersion(np.__version__) >= "2.0.0":  # NumPy 1 tells vectors by their number of axes
        cube = array(3, 3, 3) + 4.0 * np.eye(3)
        rights += [(batch, (3, 2)), (batch, (3,)), (cube, (3,)), (cube, (3, 3))]
    else:
        rights += [(batch, (2, 3))]
    for a, shape in rights:
        yield Sample("np.linalg.solve(x, y)", {"x": a, "y": array(*shape, key="y")})
    norms = (
        "", ", axis=0", ", axis=1, keepdims=True", ", keepdims=True", ", axis=(0, 1)", ", 'fro'", ", 1",
        ", np.inf", ", -np.inf", ", -1", ", 1, 0", ", 3, 0", ", np.inf, 1", ", 2, axis=-1", ", 0.5, 1, True",
        ", 1, (1, 0)", ", 0, 0", ", -2.5, 0", ", 2", ", -2", ", 'nuc'", ", 2, (1, 0)", ", 'nuc', (0, 1), True",
    )
    for extra in norms:
        yield Sample(f"np.linalg.norm(x{extra})", {"x": array(3, 4)})
    for order in ("None", "1", "2", "3.5", "np.inf", "-np.inf"):
        yield Sample(f"np.linalg.norm(x, {order})", {"x": array(4)})
    yield Sample("np.linalg.norm(x)", {"x": array(2, 3, 2)})
    for order in ("2", "-2", "'nuc'"):
        yield Sample(f"np.linalg.norm(x, {order}, axis=(2, 0))", {"x": array(2, 4, 3)})
    for n in (3, -2, 0):
        yield Sample(f"np.linalg.matrix_power(x, {n})", {"x": square})
    yield Sample("np.linalg.matrix_power(x, 2)", {"x": batch})


def factorizations() -> Iterator[Sample]:
    square, batch = array(3, 3) + np.diag([2.0, 4.0, 7.0]), array(2, 3, 3) + np.diag([4.0, 7.0, 11.0])
    oblong = (array(4, 3), array(3, 4), array(2, 4, 3), array(2, 3, 4))
    for a in (square, batch):
        definite = a @ np.swapaxes(a, -1, -2)
        yield Sample("np.linalg.cholesky(x)", {"x": definite})
        if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
            yield Sample("np.linalg.cholesky(x, upper=True)", {"x": definite})
        for options in ("", ", 'U'", ", UPLO='L'"):
            yield Sample(f"np.linalg.eigvalsh(x{options})", {"x": a})
            for part in ("[0]", "[1] ** 2"):
                call = f"np.linalg.eigh(x{options})"
                yield Sample(call + part, {"x": a}, covers=call)
        yield Sample("np.linalg.svd(x)[0] ** 2", {"x": a}, covers="np.linalg.svd(x)")
    for a in (*oblong, square, batch):
        yield Sample("np.linalg.svd(x, compute_uv=False)", {"x": a})
        yield Sample("np.linalg.pinv(x)", {"x": a})
        for part in ("[0] ** 2", "[1]", "[2] ** 2"):
            call = "np.linalg.svd(x, full_matrices=False)"
            yield Sample(call + part, {"x": a}, covers=call)
        for part in ("[0] ** 2", "[1] ** 2"):
            call = "np.linalg.qr(x)"
            yield Sample(call + part, {"x": a}, covers=call)
        yield Sample("np.linalg.pinv(x, 1e-9)", {"x": a})
    for a, b in ((oblong[0], array(4)), (oblong[0], array(4, 2)), (oblong[1], array(3)), (square, array(3, 2))):
        for options in ("", ", rcond=None", ", -1"):
            for part in ("[0]", "[1]", "[3]"):
                call = f"np.linalg.lstsq(x, y{options})"
                yield Sample(call + part, {"x": a, "y": b}, covers=call)


# --- shapes


def shapes() -> Iterator[Sample]:
    x = array(2, 3, 4)
    texts = [
        "np.reshape(x, (6, 4))", "np.reshape(x, -1)", "x.reshape(4, 6)", "x.reshape((4, -1))",
        "x.reshape(-1)", "np.ravel(x)", "x.ravel()", "x.flatten()", "np.expand_dims(x, 1)",
        "np.expand_dims(x, (0, -1))", "x.T", "np.transpose(x)", "np.transpose(x, (2, 0, 1))",
        "np.transpose(x, (-1, 0, 1))", "np.transpose(x, axes=[1, 2, 0])", "x.transpose()",
        "x.transpose(2, 0, 1)", "x.transpose((1, -1, 0))", "np.swapaxes(x, 0, 2)", "x.swapaxes(1, -1)",
        "np.moveaxis(x, 0, -1)", "np.moveaxis(x, (0, 1), (1, 2))", "np.roll(x, 1)", "np.roll(x, 2, axis=1)",
        "np.roll(x, (1, -2), axis=(0, 2))", "np.flip(x)", "np.flip(x, 1)", "np.flip(x, axis=(0, 2))",
        "np.fliplr(x)", "np.flipud(x)", "np.triu(x)", "np.tril(x, -1)", "np.broadcast_to(x, (5, 2, 3, 4))",
        "np.tile(x, 2)", "np.tile(x, (2, 1, 3))", "np.tile(x, (2, 1, 1, 2))", "np.repeat(x, 3)",
        "np.repeat(x, 2, axis=1)", "np.repeat(x, [1, 0, 3], axis=1)", "x.repeat(2, 0)",
        "np.repeat(x, 2, axis=-1)", "np.copy(x)", "x.copy()", "np.array(x)", "np.array(x, dtype=float)",
        "np.asarray(x)", "np.asanyarray(x)", "np.ascontiguousarray(x)", "np.asarray(x, dtype=float)",
        "np.asanyarray(x, float)", "np.ascontiguousarray(x, dtype=float)", "x.astype(float)",
        "x.astype(np.float64)", "np.atleast_1d(x)", "np.atleast_2d(x)", "np.atleast_3d(x)",
        "x.clip(-1.0, 1.1)", "x.astype(int)", *STANDARD_ASTYPE,
        "np.array(x, dtype=int)", "np.asarray(x, int)", "np.rot90(x)", "np.rot90(x, 2, (1, 2))",
        "np.rot90(x, k=-1, axes=(2, 0))", "np.rollaxis(x, 2)", "np.rollaxis(x, 0, 3)", "np.rollaxis(x, -1, 1)",
        "np.rollaxis(x, 1, -1)", "np.pad(x, 2)", "np.pad(x, ((1, 0), (0, 2), (1, 1)), 'edge')",
        "np.pad(x, (1, 2), mode='reflect')", "np.pad(x, 1, 'symmetric')", "np.pad(x, [(3, 4)], 'wrap')",
        "np.pad(x, 1, constant_values=2.5)",
    ]
    for text in texts:
        yield Sample(text, {"x": x})
        yield Sample(text, {"x": array(4, 3, 8, key="strided")[::2, :, ::-2]})
    yield Sample("np.squeeze(x)", {"x": array(1, 3, 1)})
    yield Sample("np.squeeze(x, 0)", {"x": array(1, 3, 1)})
    yield Sample("x.squeeze(axis=(0, -1))", {"x": array(1, 3, 1)})
    for shape in ((3,), (1,), (2, 1), ()):
        yield Sample("np.broadcast_to(x, (2, 3))", {"x": array(*shape)})
        yield Sample("np.tile(x, 3)", {"x": array(*shape)})
        yield Sample("np.tile(x, (2, 2))", {"x": array(*shape)})
        yield Sample("np.repeat(x, 2)", {"x": array(*shape)})
        yield Sample("np.atleast_2d(x)", {"x": array(*shape)})
    for text in ("np.broadcast_to(x, (2, 3))", "np.tile(x, 3)", "np.repeat(x, 2)", "np.array(x)",
                 "np.asarray(x)"):
        yield Sample(text, {"x": 1.5})
    for text in ("np.reshape(x, (3, 0))", "x.T", "np.ravel(x)", "np.tile(x, 2)", "np.repeat(x, 2, axis=1)",
                 "np.flip(x)"):
        yield Sample(text, {"x": np.zeros((0, 3))})
    selected = [
        "np.take(x, [0, 2, 0])", "np.take(x, [[1, 0]], 1)", "x.take([2, -1], axis=-1)", "np.take(x, 1, axis=2)",
        "np.take_along_axis(x, np.argsort(x, 1), 1)", "np.take_along_axis(x, np.argsort(x, None), None)",
        "np.sort(x)", "np.sort(x, 0)", "np.sort(x, axis=None)", "np.partition(x, 2)", "np.partition(x, (0, 1), 1)",
        "np.partition(x, 7, axis=None)", "np.diagonal(x)", "np.diagonal(x, 1, 0, 2)",
        "x.diagonal(offset=-1, axis1=2, axis2=1)", "np.real(x)", "x.real", "np.imag(x)", "x.imag", "np.conj(x)",
        "np.conjugate(x)", "x.conj()", "x.conjugate()",
    ]
    for text in selected:
        yield Sample(text, {"x": x})
        yield Sample(text, {"x": array(4, 3, 8, key="strided")[::2, :, ::-2]})
    for text in ("np.diag(x)", "np.diag(x, 1)", "np.diag(x, k=-1)"):
        yield Sample(text, {"x": array(3)})
        yield Sample(text, {"x": array(3, 4)})
    for text in ("np.take(x, 1)", "np.take(x, [1, 1, 0])", "np.sort(x)", "np.partition(x, -2)"):
        yield Sample(text, {"x": array(5)})
    for text in ("x.real", "x.imag", "x.conjugate()"):
        yield Sample(text, {"x": 1.5})
    yield Sample("x.item()", {"x": np.array([1.5])})
    yield Sample("x.item()", {"x": np.array(1.5)})
    yield Sample("np.array(x.tolist())", {"x": array(2, 3)}, covers="x.tolist()")


def joined() -> Iterator[Sample]:
    def two() -> list[Any]:
        return [array(2, 3), array(2, 3, key="b")]

    for text in ("np.concatenate(x)", "np.concatenate(x, 1)", "np.concatenate(x, axis=-1)",
                 "np.concatenate(x, axis=None)",
                 "np.stack(x)", "np.stack(x, 1)", "np.stack(x, axis=-1)", "np.hstack(x)", "np.vstack(x)",
                 "np.array(x)",
                 "np.asarray(x)", "np.copy(x)"):
        yield Sample(text, {"x": two()})
        yield Sample(text, {"x": tuple(two())})
        yield Sample(text, {"x": array(2, 3, 4)})
        if "1" not in text:
            yield Sample(text, {"x": [array(3), array(3, key="b")]})
    yield Sample("np.concatenate(x)", {"x": [array(2, 3), array(0, 3), array(4, 3, key="c")]})
    yield Sample("np.concatenate(x, axis=1)", {"x": [array(2, 1), array(2, 3, key="c")]})
    yield Sample("np.concatenate(x, axis=None)", {"x": [array(2, 1), array(3, key="c")]})
    yield Sample("np.hstack(x)", {"x": [array(2), array(3, key="c")]})
    yield Sample("np.hstack(x)", {"x": [1.5, 2.5]})
    yield Sample("np.column_stack(x)", {"x": [array(3), array(3, 2), array(3, key="c")]})
    yield Sample("np.column_stack(x)", {"x": array(2, 3)})
    yield Sample("np.column_stack(x)", {"x": [1.5, 2.5]})
    yield Sample("np.vstack(x)", {"x": [array(3), array(2, 3, key="c")]})
    yield Sample("np.stack(x)", {"x": [1.5, 2.5]})
    for value in (two(), array(2, 3, 4), [array(3), array(1, 3, 2, key="c")], [1.5, 2.5]):
        yield Sample("np.dstack(x)", {"x": value})
    for value in (two(), array(2, 3), [1.5, array(2)], [[array(2, 2), array(2)[:, None]], [array(1, 3, key="c")]],
                  [[[1.5], [2.5]], [[0.5], [-1.0]]], [[array(3)], [array(2, 3)]]):
        yield Sample("np.block(x)", {"x": value})
    for text in ("np.split(x, 2)", "np.split(x, [1, 3])", "np.split(x, 3, axis=1)", "np.array_split(x, 3)",
                 "np.array_split(x, [2, 2], -1)", "np.hsplit(x, [2])", "np.vsplit(x, 2)", "np.dsplit(x, [1, 2])"):
        yield Sample(text, {"x": array(4, 3, 3)})
        yield Sample(f"np.concatenate({text}, axis=None)", {"x": array(4, 3, 3)}, covers=text)
    yield Sample("np.hsplit(x, 2)", {"x": array(4)})
    for text in ("np.array(x)", "np.array(x, dtype=float)", "np.asarray(x)"):
        yield Sample(text, {"x": [1.5, 2.5]})
        yield Sample(text, {"x": [[1.5, 2.5], [0.5, -1.0]]})
        yield Sample(text, {"x": [array(2), array(2, key="c")]})
    yield Sample("sum(x)", {"x": [1.5, 2.5]})
    yield Sample("sum(x)", {"x": two()})
    yield Sample("sum(x)", {"x": array(3)})
    yield Sample("sum(x)", {"x": array(3, 2)})
    yield Sample("sum(x, y)", {"x": [1.5, 2.5], "y": 3.5})
    yield Sample("sum(x, y)", {"x": two(), "y": array(3, key="s")})
    yield Sample("math.fsum(x)", {"x": [1.5, 2.5]})
    yield Sample("math.fsum(x)", {"x": array(3)})
    for text in ("max(x)", "min(x)", "math.prod(x)"):
        yield Sample(text, {"x": [1.5, 2.5, -1.0]})
        yield Sample(text, {"x": (1.5, 2.5)})
        yield Sample(text, {"x": array(3)})
    yield Sample("math.prod(x)", {"x": [1.5, 0.0, -1.0]})
    yield Sample("math.dist(x, y)", {"x": [1.5, 2.5], "y": [0.5, 1.0]})
    yield Sample("math.dist(x, y)", {"x": (1.5, 2.5), "y": (0.5, 1.0)})


def made() -> Iterator[Sample]:
    yield Sample("np.full((2, 3), x)", {"x": 1.5})
    yield Sample("np.full((2, 3), x)", {"x": array(3)})
    yield Sample("np.full((2, 3), x, dtype=float)", {"x": array(3)})
    yield Sample("np.full((2, 3), x, dtype=int)", {"x": array(3)})
    yield Sample("np.full_like(y, x)", {"x": 1.5, "y": array(3)})
    yield Sample("np.full_like(y, x)", {"x": 1.5, "y": np.array([1, 2])}, fixed=("y",))
    yield Sample("np.linspace(x, y, 5)", {"x": 1.5, "y": 2.5})
    yield Sample("np.linspace(x, y)", {"x": 1.5, "y": 2.5})
    yield Sample("np.linspace(x, y, 4, endpoint=False)", {"x": 1.5, "y": array(2)})
    yield Sample("np.linspace(x, y, num=1)", {"x": 1.5, "y": 2.5})
    yield Sample("np.arange(x, 5.0)", {"x": 1.5})
    yield Sample("np.arange(x, 5.0, y)", {"x": 1.6, "y": 0.7})
    yield Sample("np.arange(x, 5.0, dtype=float)", {"x": 1.5})
    yield Sample("np.arange(x)", {"x": 2.5})
    for text in ("np.zeros_like(x)", "np.ones_like(x)", "np.empty_like(x) * 0.0"):
        yield Sample(text, {"x": array(3)}, covers=text.partition(" *")[0])
    for text in ("np.zeros(3)", "np.ones((2, 3))", "np.empty(0)", "np.eye(3)", "np.identity(2)", "np.tri(3)"):
        yield Sample(f"x * np.sum({text})", {"x": 1.5}, covers=text)


# --- integers, booleans and shapes

# In braces, where it is not the whole text: the part whose rule is tested.
WITHOUT_DERIVATIVE = (
    "x < 0.1", "x <= 0.1", "x == 0.1", "x != 0.1", "x >= 0.1", "x > 0.1", "np.less(x, 0.1)",
    "np.less_equal(x, 0.1)", "np.equal(x, 0.1)", "np.not_equal(x, 0.1)", "np.greater_equal(x, 0.1)",
    "np.greater(x, 0.1)", "operator.lt(x, 0.1)", "operator.is_(x, None)", "operator.is_not(x, None)",
    "operator.not_(x is None)", "operator.truth(3)", "operator.contains([1, 2], 1)", "operator.and_(6, 3)",
    "operator.or_(6, 3)", "operator.xor(6, 3)", "operator.invert(6)", "operator.lshift(6, 3)",
    "operator.rshift(6, 3)", "operator.index(6)", "np.bitwise_and(6, 3)", "np.bitwise_or(6, 3)",
    "np.bitwise_xor(6, 3)", "np.invert(6)", "np.left_shift(6, 3)", "np.right_shift(6, 3)", "len(x)",
    "bool(x is None)", "isinstance(x, float)", "issubclass(float, int)", "len({range(3)})",
    "any([x is None])", "all([x is None])", "{type(x)} is float", "{id(x)} > 0", "hash(3)",
    "callable(x)", "hasattr(x, 'y')", "ord('a')", "len({chr(65)})", "len({format(3)})", "len({bin(3)})",
    "len({hex(3)})", "len({oct(3)})", "math.isclose(1.0, x[0])", "math.isfinite(x[0])", "math.isinf(x[0])",
    "math.isnan(x[0])", "math.comb(4, 2)", "math.perm(4, 2)", "math.factorial(3)", "math.gcd(4, 2)",
    "math.lcm(4, 2)", "math.isqrt(5)", "math.ulp(x[0])", "np.signbit(x)", "np.isnan(x)", "np.isinf(x)",
    "np.isfinite(x)", "np.isclose(x, 0.1)", "np.allclose(x, 0.1)", "np.array_equal(x, x)", "np.any(x > 0)",
    "np.all(x > 0)", "np.logical_and(x > 0, x < 1)", "np.logical_or(x > 0, x < 1)", "np.logical_not(x > 0)",
    "np.logical_xor(x > 0, x < 1)", "np.isscalar(x)", "np.iscomplexobj(x)", "np.argmax(x)", "np.argmin(x)",
    "np.argsort(x)", "len({np.nonzero(x)})", "np.flatnonzero(x)", "np.argwhere(x > 0)",
    "np.searchsorted(x, 0.1)", "np.count_nonzero(x)", "len({np.unravel_index(3, (2, 3))})",
    "np.ravel_multi_index((1, 2), (2, 3))", "np.indices((2,))", "len({np.triu_indices(2)})",
    "len({np.tril_indices(2)})", "len({np.diag_indices(2)})", "len({np.shape(x)})", "np.size(x)",
    "np.ndim(x)", "{np.result_type(x)} == float", "len({np.broadcast_shapes((2,), (1,))})",
    "{np.dtype(float)} == float", "{np.finfo(float)}.bits", "{np.iinfo(int)}.bits",
    "np.issubdtype(float, float)", *STANDARD_TESTS, "np.int8(2.5)", "np.int16(2.5)", "np.int32(2.5)", "np.int64(2.5)",
    "np.uint8(2.5)", "np.uint16(2.5)", "np.uint32(2.5)", "np.uint64(2.5)", "np.bool_(2.5)", "x.argmax()",
    "x.argmin(0)", "x.argsort()", "x.round()", "x.any()", "x.all()", "len({x.nonzero()})",
    "x.searchsorted(0.1)", "len({x.shape})", "x.size", "x.ndim", "{x.dtype} == float", "x.itemsize",
    "x.nbytes", "len({x.strides})", "runtime.zeros_like(x)", "runtime.ties(x, np.max(x))",
    "runtime.shares_of_numbers(x)",
    "runtime.size_along(x)", "len({runtime.inverse_permutation((1, 0))})", "len({runtime.axes_last(2, 0)})",
    "{runtime.check_seed(x, x)} is None", "{runtime.check_tangent(x, x)} is None",
    "{runtime.check_view(x, x, '')} is None", "{np.argpartition(x, 1)}[0]", "{np.digitize(x, [0.0])}[0]",
    "{np.isin(x, [5.0])}[0]", "np.array_equiv(x, x)", "{np.isreal(x)}[0]",
    "{runtime.refuse_view(x, 1.0, '')} is None", "{runtime.refuse_shared_items(x, 0, '')} is None",
    "x + len({runtime.derivatives(np.sin, (0,), 1)})", "x + callable({runtime.tangent_of(np.sin, (0,), 1)})",
    "x + callable({runtime.method(np.sin, '__call__')})", "{runtime.check_class([], list)} is None",
    "{runtime.refuse_reader(np.sin, [])} is None",
    "np.linalg.matrix_rank(x)", "{runtime.check_rank(x[:, None], 0.1)} is None",
    "len({runtime.padding('edge')})", "len({runtime.einsum_transposed('ij->ji', 0, x)})",
    "len({runtime.einsum_first('i,ij,jk')}) * x", "len({runtime.einsum_rest('i,ij,jk')}) * x",
    "{runtime.check_scalars(x[0])} is None", "{runtime.check_factors(x)} is None",
    "{runtime.check_alike(x, x, 'shape')} is None", "{runtime.check_finite(x, x)} is None",
    "{runtime.check_given(x, x)} is None", "{runtime.check_precision(x, x)} is None",
    "{runtime.check_shape(x, x)} is None",
    "{runtime.require(True, '', '')} is None", "{runtime.axes_of(2, None)}[0]",
    "{runtime.axes_given((2,), None)}[0]",
    "{runtime.axes_along(x, None, None)}[0]", "{runtime.sizes_along(x, None, None)}[0]",
    "{runtime.check_real(x)} is None",
    "len({list()})", "len({tuple()})", "{runtime.order(x)}[0]", "{runtime.place_written(x, slice(1, 2), x)}.start",
    "len({str(x)}[:1])", "len({repr(x)}[:1])", *(f"len({{'a b'.{call}}})" for call in (
        "lower()", "upper()", "casefold()", "title()", "capitalize()", "swapcase()", "strip()", "lstrip()",
        "rstrip()", "split()", "rsplit()", "splitlines()", "removeprefix('a')", "removesuffix('b')", "join('cd')",
        "format(1)", "replace('a', 'b')", "zfill(5)", "ljust(5)", "rjust(5)", "center(5)", "encode()",
        "partition(' ')", "rpartition(' ')",
    )),
    *(f"{{'a b'.{call}}}" for call in (
        "startswith('a')", "endswith('b')", "isdigit()", "isalpha()", "isalnum()", "isnumeric()", "isspace()",
        "islower()", "isupper()",
    )),
    "len({b'a'.decode()})", "len({dict(a=1).keys()})", "{(1.5).is_integer()}", "{(1.5).as_integer_ratio()}[0]",
    "{(5).bit_length()}",
    "runtime.zero_item(x, 0)", "runtime.place_in(x, -1)", "runtime.same_length(3, 3)",
    "x + callable({runtime.vjp_of(np.sin, (0,), 1)})", "x + callable({runtime.jvp_of(np.sin, (0,), 1)})",
    "{runtime.simpson_weights(3)}[0]", "{runtime.bounds_met(x, [(-9.0, None)] * 3)}[0]",
    "{runtime.check_root(0.0 * x, np.eye(3), x)} is None", "{runtime.times_between(np.arange(3.0), (0.0, 2.0))}[0]",
    "{runtime.active_constraints(x, np.ones((1, 3)), 0.0 * x, x[:1], 1)}[0]",
    "len({runtime.unit_tangents(x, ())})", "{runtime.count_numbers(x)}",
    "{runtime.ends_met(x[0], (0.0, 1.0), x[1], 1.0)}",
    "{np.polynomial.legendre.leggauss(3)}[0][0]",
)


def without_derivative() -> Iterator[Sample]:
    for text in WITHOUT_DERIVATIVE:
        whole = text.replace("{", "").replace("}", "")
        covers = text.partition("{")[2].rpartition("}")[0] or whole
        yield Sample(f"({whole}) * np.sum(x)", {"x": np.array([0.3, 0.7, 1.2])}, covers=covers)


# --- what generated code calls


def helpers() -> Iterator[Sample]:
    x, b = array(2, 3), array(3, key="b")
    yield Sample("runtime.unbroadcast(x, y)", {"x": x, "y": b}, fixed=("y",))
    yield Sample("runtime.unbroadcast(x, y)", {"x": b, "y": x}, fixed=("y",))
    yield Sample("runtime.unbroadcast(x, 1.0)", {"x": x})
    yield Sample("runtime.filled(y, x)", {"x": np.ravel(x), "y": x.copy()}, fixed=("y",))
    yield Sample("runtime.filled(y, x)", {"x": b, "y": {"a": 1.0, "b": [2.0, 3.0]}}, fixed=("y",))
    yield Sample("runtime.vector_of(y, x)", {"x": x, "y": x}, fixed=("y",))
    structure = {"a": 1.0, "b": [2.0, 3.0]}
    yield Sample("runtime.vector_of(y, x)", {"x": structure, "y": structure}, fixed=("y",))
    yield Sample("runtime.stretch(x, y)", {"x": b, "y": x}, fixed=("y",))
    yield Sample("runtime.stretch(x, y)", {"x": 1.5, "y": x}, fixed=("y",))
    yield Sample("runtime.stretch(x, y)", {"x": x, "y": x}, fixed=("y",))
    yield Sample("runtime.fit(x, y)", {"x": x, "y": b}, fixed=("y",))
    yield Sample("runtime.fit(x, 1.0)", {"x": x})
    yield Sample("runtime.as_derivative(x, y)", {"x": b, "y": x}, fixed=("y",))
    yield Sample("runtime.as_derivative(x, y)", {"x": 1.5, "y": x}, fixed=("y",))
    yield Sample("runtime.as_derivative(x, y)", {"x": x, "y": x}, fixed=("y",))
    yield Sample("runtime.expand(x, y)", {"x": 1.5, "y": x}, fixed=("y",))
    yield Sample("runtime.expand(x, y, 0)", {"x": b, "y": x}, fixed=("y",))
    yield Sample("runtime.expand(x, y, 1, True)", {"x": array(2, 1), "y": x}, fixed=("y",))
    yield Sample("runtime.keep_axes(x, 1)", {"x": b})
    yield Sample("runtime.add(x, y)", {"x": b, "y": array(3)})
    yield Sample("runtime.add(x, y)", {"x": [1.0, b], "y": [2.0, array(3)]})
    yield Sample("copy.copy(x)", {"x": b})
    yield Sample("copy.deepcopy(x)", {"x": [1.0, b]})
    yield Sample("runtime.copy(x)", {"x": b})
    yield Sample("runtime.copy(x)", {"x": [1.0, b]})
    yield Sample("runtime.shallow_copy(x)", {"x": b})
    yield Sample("runtime.shallow_copy(x)", {"x": [1.0, b]})
    yield Sample("runtime.match_structure(x, (1.0, 2.0))", {"x": [1.0, 2.0]})
    yield Sample("runtime.writable(x)", {"x": b})
    yield Sample("runtime.writable(x)", {"x": 1.5})
    yield Sample("runtime.writable(x)", {"x": [1.0, b]})
    yield Sample("runtime.as_lists(x)", {"x": [1.0, b]})
    yield Sample("runtime.as_lists(x)", {"x": (1.0, [b])})
    yield Sample("runtime.as_record(x)", {"x": [1.0, b]})
    x1 = array(4, key="i")
    for index in ("1", "slice(1, None)", "[0, 0, 2]"):
        yield Sample(f"runtime.item_written(x, {index})", {"x": x1})
    yield Sample("runtime.write_item(x, y, [0, 0, 2])", {"x": array(3), "y": x1}, fixed=("y",))
    yield Sample("runtime.nonzero(x)", {"x": x1})
    yield Sample("runtime.power(x, y)", {"x": np.abs(x1), "y": array(4)})
    yield Sample("runtime.item_transpose(x, y, [0, 0, 2])", {"x": array(3), "y": x1}, fixed=("y",))
    yield Sample("runtime.take_transpose(x, y, [1, 1, 0])", {"x": array(3), "y": x1}, fixed=("y",))
    yield Sample("runtime.take_transpose(x, y, [1, 0], 1)", {"x": array(2, 2), "y": x}, fixed=("y",))
    yield Sample("runtime.take_along_transpose(x, y, np.argsort(y))", {"x": array(4), "y": x1}, fixed=("y",))
    yield Sample("runtime.diagonal_transpose(x, y, 1)", {"x": array(2), "y": x}, fixed=("y",))
    yield Sample("runtime.real_transpose(x, x)", {"x": b})
    yield Sample("runtime.imag_transpose(x, x)", {"x": b})
    yield Sample("runtime.widened(x)", {"x": b})
    yield Sample("runtime.modulus(x, y)", {"x": b, "y": b + 3.0})
    yield Sample("runtime.uncast(x, x, x)", {"x": b})
    for like in (b, 1.5):
        yield Sample("runtime.joined_pieces(x, y)", {"x": np.atleast_1d(like), "y": like}, fixed=("y",))
        yield Sample("runtime.pieces_apart(x, y)", {"x": like, "y": like}, fixed=("y",))
        yield Sample("runtime.in_precision_of(x, (y, 2.0))", {"x": like, "y": like + 0.5}, fixed=("y",))
    for index in ("1", "[0, 2, 0]", "slice(1, None)"):
        part = np.ones((4, 3))[eval(index)]
        args = {"x": array(*part.shape), "y": array(4, 3)}
        yield Sample(f"runtime.item_transpose(x, y, {index})", args, fixed=("y",))
    for shape, axis in (((3, 2, 4), 0), ((2, 3, 4), -2)):
        yield Sample(f"runtime.rows_along(x, {axis})", {"x": array(*shape)})
        for results in ((8,), (8, 2), (8, 2, 3)):
            yield Sample(f"runtime.placed_along(x, {shape}, {axis})", {"x": array(*results)})
    yield Sample("runtime.taken_along(x, (8,), (2, 3, 4), 1)", {"x": array(2, 4)})
    yield Sample("runtime.taken_along(x, (8, 5), (2, 3, 4), 1)", {"x": array(2, 5, 4)})
    yield Sample("runtime.uncast(x, 1, 2.0)", {"x": 1.5})
    yield Sample("runtime.cast(x, x, x)", {"x": b})
    yield Sample("runtime.cast(x, 1.5, 2)", {"x": 1.5})
    yield Sample("runtime.spread(x, [1.0, 2.0])", {"x": 1.5})
    yield Sample("runtime.spread(x, y)", {"x": 1.5, "y": [1.0, 2.0]}, fixed=("y",))
    yield Sample("runtime.unarray(x, [1.0, [2.0]])[0]", {"x": array(2, 1)},
                 covers="runtime.unarray(x, [1.0, [2.0]])")
    yield Sample("runtime.unarray(x, [1.0, 2.0])", {"x": array(2)})
    yield Sample("runtime.split_like(x, y)", {"x": array(5, 2), "y": [array(3, 2), array(2, 2)]},
                 fixed=("y",))
    yield Sample("runtime.split_like(x, y, 1)", {"x": array(2, 5), "y": [array(2, 2), array(2, 3)]},
                 fixed=("y",))
    yield Sample("runtime.split_rows_like(x, y)", {"x": array(3, 2), "y": [array(2), array(2, 2)]},
                 fixed=("y",))
    yield Sample("runtime.split_columns_like(x, y)", {"x": array(5), "y": [array(2), array(3)]}, fixed=("y",))
    yield Sample("runtime.split_stacked_columns_like(x, y)", {"x": array(3, 3), "y": [array(3), array(3, 2)]},
                 fixed=("y",))
    yield Sample("runtime.split_layers_like(x, y)", {"x": array(1, 3, 3), "y": [array(3), array(1, 3, 2)]},
                 fixed=("y",))
    yield Sample("runtime.split_blocks_like(x, y)", {"x": array(3, 3), "y": [[array(2, 3)], [array(3)]]}, fixed=("y",))
    yield Sample("runtime.pad_transpose(x, y, (2, 1))", {"x": array(5, 6), "y": x}, fixed=("y",))
    yield Sample("runtime.pad_transpose(x, y, 1, 'reflect')", {"x": array(4, 5), "y": x}, fixed=("y",))
    for q, size in (("0.3", 1), ("[0.0, 0.4]", 2)):
        text, seed = f"y, {q}, 1, True", array(2, 1) if size == 1 else array(2, 2, 1)
        yield Sample(f"runtime.quantile_tangent(x, {text})", {"x": array(2, 3, key="t"), "y": x}, fixed=("y",))
        yield Sample(f"runtime.quantile_transpose(x, {text})", {"x": seed, "y": x}, fixed=("y",))
    yield Sample("runtime.unstack_like(x, y)", {"x": array(2, 3), "y": [array(3), array(3)]}, fixed=("y",))
    yield Sample("runtime.repeat_transpose(x, y, 2)", {"x": array(6), "y": b}, fixed=("y",))
    yield Sample("runtime.repeat_transpose(x, y, [1, 2, 0], 0)", {"x": array(3), "y": b}, fixed=("y",))
    yield Sample("runtime.tile_transpose(x, y, (2, 2))", {"x": array(2, 6), "y": b}, fixed=("y",))
    yield Sample("runtime.trace_transpose(x, y, 1)", {"x": 1.5, "y": array(3, 3)}, fixed=("y",))
    yield Sample("runtime.diff_transpose(x, y, 2)", {"x": array(2, 2), "y": array(2, 4)}, fixed=("y",))


# --- lists, tuples and dicts


def containers() -> Iterator[Sample]:
    some, more, three = [1.5, 2.5], [0.5, -1.0, 2.0], array(3)
    table, other = {"a": 1.5, "b": 2.5}, {"b": 0.5, "c": -1.0}
    for value in (some, tuple(some), three, table):
        yield Sample("list(x)" if value is not table else "[list(x), 1.0][1]", {"x": value}, covers="list(x)")
    yield Sample("tuple(x)", {"x": some})
    for value in (more, tuple(more), three):
        yield Sample("sorted(x)", {"x": value})
        yield Sample("sorted(x, reverse=True)", {"x": value})
    for pair in ((some, more), (tuple(some), tuple(more))):
        yield Sample("primitives.concatenate(x, y)", {"x": pair[0], "y": pair[1]})
        yield Sample("runtime.joined(x, y)", {"x": pair[0], "y": pair[1]})
        yield Sample("primitives.repeat(x, 2)", {"x": pair[0]})
        yield Sample("runtime.repeated_items(x, 2)", {"x": pair[0]})
    yield Sample("runtime.unrepeated(x, y)", {"x": [1.5, 0.5, 2.5, -1.0], "y": some}, fixed=("y",))
    yield Sample("x | y", {"x": table, "y": other})
    yield Sample("runtime.merged(x, y, x)", {"x": table, "y": other})
    yield Sample("runtime.unmerged(x, y, z)", {"x": {**table, **other}, "y": table, "z": other}, fixed=("y", "z"))
    yield Sample("runtime.put_in_union(x, y, x, z)", {"x": table, "y": table, "z": other}, fixed=("y", "z"))
    for text in ("max(x)", "min(x)"):
        yield Sample(text, {"x": [(1.5, 0.5), (2.5, 1.0), (-1.0, 2.0)]})
    for value in (more, three):
        yield Sample("runtime.extreme_item(x, y, 2.0)", {"x": value, "y": more}, fixed=("y",))
    yield Sample("runtime.from_extreme(x, y, 2.0)", {"x": 1.5, "y": more}, fixed=("y",))
    yield Sample("runtime.items_of(x, y)", {"x": three, "y": more}, fixed=("y",))
    for value in (more, tuple(more), three):
        yield Sample("runtime.from_items(x, y)", {"x": more, "y": value}, fixed=("y",))
    yield Sample("runtime.picked(x, (2, 0, 1))", {"x": more})
    yield Sample("runtime.unpicked(x, (2, 0, 1))", {"x": more})


SAMPLES: tuple[Sample, ...] = (
    *elementwise(), *kinks(), *polynomials(), *reductions(), *products(), *decompositions(), *factorizations(),
    *shapes(), *joined(), *made(), *without_derivative(), *helpers(), *containers(), *standard(),
)
