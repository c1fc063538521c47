"""Samples of NumPy's functions: those with rules, for the table, and those that are formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.rules.samples import Sample, array

__all__ = ["NUMPY_SAMPLES", "formulas_of_numpy"]

VERSION = np.lib.NumpyVersion(np.__version__)
SQUARE = array(3, 3) + np.diag([2.0, 4.0, 7.0])


def with_array(texts: tuple[str, ...], *values: Any) -> Iterator[Sample]:
    for text in texts:
        for value in values:
            yield Sample(text, {"x": value})


def with_two(texts: tuple[str, ...], x: Any, y: Any) -> Iterator[Sample]:
    for text in texts:
        yield Sample(text, {"x": x, "y": y})


# --- rules


def rearranged() -> Iterator[Sample]:
    yield from with_array((
        "np.reshape(x, (3, 4), order='F')", "x.reshape((3, 4), order='F')", "x.reshape(4, 3, order='F')",
        "np.ravel(x, order='F')", "x.ravel(order='F')", "x.flatten(order='F')",
        "np.delete(x, 1)", "np.delete(x, [0, 2, 2])", "np.delete(x, slice(1, None, 2), axis=0)", "np.delete(x, -1, 1)",
        "np.resize(x, 5)", "np.resize(x, (3, 5))", "np.diagflat(x)", "np.diagflat(x, -1)",
        "np.take(x, [-1, 13], mode='wrap')", "np.take(x, [[0, 9]], 1, mode='clip')", "x.take([7], mode='wrap')",
    ), array(2, 6), array(4, 12, key="strided")[::2, ::-2])
    yield from with_two(("np.insert(x, 1, y)", "np.insert(x, [0, 3], y)", "np.insert(x, 0, y, axis=1)"), array(2, 3),
                        0.5)
    yield Sample("np.insert(x, [1, 2], y)", {"x": array(4), "y": array(2, key="y")})
    yield Sample("np.insert(x, 1, y, axis=0)", {"x": array(2, 3), "y": array(3, key="y")})
    yield Sample("runtime.put_back(x, [2, 0, 2], y)", {"x": array(3), "y": array(2)}, fixed=("y",))
    yield Sample("runtime.taken_from(x, np.array([[2, 0], [1, 2]]))", {"x": array(2)})
    yield Sample("np.sum(x) + np.sum({runtime.places(x)})".replace("{", "").replace("}", ""), {"x": array(2)},
                 covers="runtime.places(x)")
    for value in (1.5, array(3), array(2, 3), array(2, 3, 2)):
        yield Sample("runtime.as_column(x)", {"x": value})
    yield Sample("runtime.slab(x, y)", {"x": 1.5, "y": array(2, 3)}, fixed=("y",))
    yield Sample("runtime.slab(x, y, 0)", {"x": array(1, 3), "y": array(2, 3)}, fixed=("y",))
    for size in (2, 5):
        yield Sample("runtime.at_end(x, y)", {"x": array(3), "y": array(size)}, fixed=("y",))
    yield Sample("runtime.resized_to(x, (3, 2))", {"x": array(2, 4)})
    yield Sample("runtime.along(x, y, 1)", {"x": array(3), "y": array(2, 3, 2)}, fixed=("y",))
    yield Sample("runtime.along(x, y, 1)", {"x": array(3), "y": array(3)}, fixed=("y",))
    yield Sample("np.bincount([0, 2, 2, 1], x)", {"x": array(4)})
    yield Sample("np.bincount(y, weights=x, minlength=5)", {"x": array(3), "y": np.array([1, 1, 0])}, fixed=("y",))
    yield Sample("len(runtime.axes_of(2, None)) * x", {"x": array(3)}, covers="runtime.axes_of(2, None)")


def grids() -> Iterator[Sample]:
    values = {"x": array(3), "y": array(2, key="y"), "z": array(4, key="z")}
    for options in ("", ", indexing='ij'", ", sparse=True", ", indexing='ij', sparse=True"):
        for count in (1, 2, 3):
            args = dict(list(values.items())[:count])
            call = f"np.meshgrid({', '.join(args)}{options})"
            for place in range(count):
                yield Sample(f"{call}[{place}] * 1.0", args, covers=call)
            parts = " * ".join(f"{call}[{place}]" for place in range(count))
            yield Sample(parts, args, covers=call)
    yield Sample("np.meshgrid(x, y)[1] * 1.0", {"x": array(3), "y": 1.5}, covers="np.meshgrid(x, y)")


def interpolated() -> Iterator[Sample]:
    rising = np.array([-1.1, -0.4, 0.3, 1.5, 1.9])
    for x in (array(7, key="interp"), array(2, 3, key="interp"), 0.7, -3.0):
        yield Sample("np.interp(x, y, z)", {"x": x, "y": rising, "z": array(5, key="z")})
    yield Sample("np.interp(x, [0.0, 1.0, 2.0], [0.5, -0.5, y])", {"x": array(4), "y": 1.5},
                 covers="np.interp(x, [0.0, 1.0, 2.0], [0.5, -0.5, y])")
    for f in (array(5), array(2), array(4, 5), array(3, 2, 4)):
        for options in ("", ", edge_order=2"):
            if options and 2 in f.shape:
                continue
            index = "" if f.ndim == 1 else "[-1]"
            call = f"np.gradient(x{options})"
            yield Sample(call + index, {"x": f}, covers=call)
            call = f"np.gradient(x, y{options})"
            yield Sample(call + index, {"x": f, "y": 0.7}, covers=call)
            yield Sample(f"np.gradient(x, y, axis=-1{options})", {"x": f, "y": 0.7})
            yield Sample(f"np.gradient(x, axis=0{options})", {"x": f})
        places = np.sort(array(f.shape[-1], key="places"))
        yield Sample("np.gradient(x, y, axis=-1)", {"x": f, "y": places})
    yield Sample("np.gradient(x, y, axis=0)", {"x": array(5, 3), "y": rising})
    yield Sample("np.gradient(x, y)", {"x": array(5), "y": rising})
    call = "np.gradient(x, y, edge_order=2)"
    yield Sample(call, {"x": array(5), "y": rising}, covers=call, fixed=("y",))
    for extra in ("", ", edge_order=2", ", axis=(1, 0)"):
        spacing = "2.0, y" if "axis" not in extra else "y, 2.0"
        call = f"np.gradient(x, {spacing}{extra})"
        for place in (0, 1):
            yield Sample(f"{call}[{place}]", {"x": array(4, 5), "y": rising}, covers=call, fixed=("y",))
    call = "np.gradient(x, 2.0, 0.5, 3.0)"
    yield Sample(f"{call}[1] * {call}[2]", {"x": array(2, 3, 2)}, covers=call)


def of_quantiles() -> Iterator[Sample]:
    holes = array(3, 5)
    holes[0, 1] = holes[2, 3] = holes[2, 0] = np.nan
    for text in ("np.nanmedian(x{})", "np.nanquantile(x, 0.3{})", "np.nanpercentile(x, [10.0, 64.0]{})"):
        for axis in ("", ", 0", ", axis=1, keepdims=True", ", axis=(0, 1)"):
            yield Sample(text.format(axis), {"x": array(3, 4)})
        yield Sample("np.sum(" + text.format(", 1") + ") * np.nansum(x)", {"x": holes}, covers=text.format(", 1"))
    for method in ("lower", "higher", "nearest", "midpoint", "hazen", "weibull", "median_unbiased", "inverted_cdf",
                   "averaged_inverted_cdf", "closest_observation", "normal_unbiased", "interpolated_inverted_cdf"):
        yield Sample(f"np.quantile(x, [0.0, 0.37, 0.5, 1.0], method='{method}')", {"x": array(7)})
        yield Sample(f"np.percentile(x, 41.0, axis=0, method='{method}')", {"x": array(6, 2)})
    yield Sample("runtime.quantile_tangent(x, y, 0.3, 1, False, 'hazen', True)", {"x": array(2, 3), "y": array(2, 3)},
                 fixed=("y",))


def of_ufuncs() -> Iterator[Sample]:
    for name in ("maximum", "minimum"):
        yield from with_array((f"np.{name}.accumulate(x)",), array(5), array(4, 3))
        yield from with_array((f"np.{name}.accumulate(x, axis=1)",), array(4, 3))
    yield from with_array((
        "np.add.reduceat(x, [0, 2, 1, 3])", "np.add.reduceat(x, [1, 4])", "np.add.reduceat(x, [0, 3, 5], axis=0)",
    ), array(6))
    yield from with_array(("np.add.reduceat(x, [0, 1], axis=1)",), array(2, 3))
    for ufunc in ("logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor"):
        for method, extra in (("reduce", ""), ("accumulate", ""), ("reduceat", ", [0]")):
            call = f"np.{ufunc}.{method}(x > 0.0{extra})"
            yield Sample(f"np.sum({call}) * x", {"x": array(3)}, covers=call)
    yield Sample("np.sum(runtime.extreme_places(x, 0)) * x", {"x": array(3)}, covers="runtime.extreme_places(x, 0)")
    yield Sample("len(runtime.segment_places([0, 2], 4)) * x", {"x": array(3)},
                 covers="runtime.segment_places([0, 2], 4)")
    yield Sample("(runtime.check_kinds([x]) is None) * x", {"x": 1.5}, covers="runtime.check_kinds([x])")


def of_polynomials() -> Iterator[Sample]:
    short, long = array(2, key="short"), array(4, key="long")
    for name in ("polyadd", "polysub", "polymul"):
        for left, right in ((short, long), (long, short), (long, [0.5, 1.5]), (short, 1.5), ([1.5], long)):
            yield Sample(f"np.{name}(x, y)", {"x": left, "y": right})
        yield Sample(f"np.{name}(x, y)", {"x": np.array([0.0, 1.5, 2.5]), "y": short}, fixed=("x",))


def of_series() -> Iterator[Sample]:
    kinds = {"polynomial": "poly", "chebyshev": "cheb", "legendre": "leg", "hermite": "herm", "hermite_e": "herme",
             "laguerre": "lag"}
    for module, prefix in kinds.items():
        name = f"polynomial.{module}.{prefix}"
        for x in (array(3, low=-0.9, high=0.9), array(2, 2, low=-0.9, high=0.9), 0.3):
            yield Sample(f"{name}val(x, y)", {"x": x, "y": array(4, key="y")})
            yield Sample(f"{name}val(x, y)", {"x": x, "y": array(1, key="y")})
            for degree in (0, 3):
                yield Sample(f"{name}vander(x, {degree})", {"x": x})
        yield Sample(f"{name}val(x, y)", {"x": 0.3, "y": [0.5, 1.5, 2.5]})
        for size in (1, 4):
            yield from with_array((f"{name}der(x)", f"{name}int(x)"), array(size))


def products_of_numpy() -> Iterator[Sample]:
    pairs = (((2, 3), (2, 2)), ((3,), (2,)), ((2, 2), (3,)), ((2,), (2, 1, 3)), ((2, 3), ()), ((0, 2), (3, 1)))
    for left, right in pairs:
        yield Sample("np.kron(x, y)", {"x": array(*left), "y": array(*right, key="y")})
    for left, right in (((3,), (3,)), ((4, 3), (3,)), ((3,), (2, 3)), ((2, 1, 3), (4, 3))):
        yield Sample("np.cross(x, y)", {"x": array(*left), "y": array(*right, key="y")})
        if VERSION >= "2.0.0" and len(left) == len(right):
            yield Sample("np.linalg.cross(x, y)", {"x": array(*left), "y": array(*right, key="y")})
        z = array(*np.broadcast_shapes(left, right), key="z")
        for side, fixed in (("left", "x"), ("right", "y")):
            args = {"x": array(*left), "y": array(*right, key="y"), "z": z}
            yield Sample(f"runtime.cross_transpose_{side}(z, x, y)", args, fixed=(fixed,))
    for side, fixed in (("left", "x"), ("right", "y")):
        args = {"x": array(2, 3), "y": array(2, 2, key="y"), "z": array(4, 6, key="z")}
        yield Sample(f"runtime.kron_transpose_{side}(z, x, y)", args, fixed=(fixed,))
    yield Sample("np.cross(x, y, axis=0)", {"x": array(3, 2), "y": array(3, 2, key="y")})
    if VERSION < "2.0.0":
        return
    yield from with_two(("np.linalg.outer(x, y)",), array(3), array(2, key="y"))
    yield from with_two(("np.linalg.tensordot(x, y, axes=1)",), array(2, 3), array(3, 2, key="y"))
    yield from with_array(("np.matrix_transpose(x)", "np.linalg.matrix_transpose(x)", "x.mT"), array(2, 3), array(4,
        2, 3))
    for extra in ("", ", offset=1", ", offset=-1"):
        yield from with_array((f"np.linalg.diagonal(x{extra})", f"np.linalg.trace(x{extra})"), array(3, 3), array(2,
            3, 4))
    for left, right in (((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))):
        args = {"x": array(*left), "y": array(*right, key="y")}
        yield Sample("np.vecdot(x, y)", args)
        yield Sample("np.linalg.vecdot(x, y)", args)
    yield from with_two(("np.vecdot(x, y, axis=0)", "np.linalg.vecdot(x, y, axis=0)"), array(2, 3), array(2, 3,
                                                                                                          key="y"))
    if VERSION >= "2.1.0":
        call = "np.unstack(x, axis=1)"
        yield Sample(f"{call}[0] * {call}[2]", {"x": array(2, 3)}, covers=call)
        call = "np.unstack(x)"
        yield Sample(f"{call}[1]", {"x": array(2, 3)}, covers=call)
    if VERSION >= "2.2.0":
        for left, right in (((2, 3), (3,)), ((4, 2, 3), (3,)), ((2, 3), (4, 3)), ((4, 2, 3), (4, 3))):
            args = {"x": array(*left), "y": array(*right, key="y")}
            yield Sample("np.matvec(x, y)", args)
            swapped = {"y": np.swapaxes(args["x"], -1, -2), "x": args["y"]}
            yield Sample("np.vecmat(x, y)", {"x": swapped["x"], "y": swapped["y"]})


def spaced() -> Iterator[Sample]:
    for options in ("", ", 5", ", num=4, endpoint=False"):
        yield Sample(f"np.geomspace(x, y{options})", {"x": 1.5, "y": 4.5})
    yield Sample("np.geomspace(x, y, 4)", {"x": array(2, low=1.0, high=3.0), "y": 9.5})
    yield Sample("np.geomspace(x, y, 4)", {"x": -1.5, "y": -4.5})


def clipped() -> Iterator[Sample]:
    yield from with_array(("np.angle(x)",), array(2, 3), 1.5)
    if VERSION < "2.0.0" or hasattr(np, "row_stack"):
        yield Sample("np.row_stack(x)", {"x": [array(3), array(2, 3, key="c")]})
    yield from with_array(("np.array(x, ndmin=3)", "np.array(x, dtype=float, copy=True, order='F')",
                           "np.array(x, copy=None, ndmin=1)" if VERSION >= "2.0.0" else "np.array(x, ndmin=1)",
                           "np.asarray(x, order='F')", "np.asanyarray(x, order='C')", "np.asarray_chkfinite(x)",
                           "np.asfortranarray(x)",
                           "np.require(x, float)", "np.copy(x, order='F')", "np.sort(x, kind='stable')"),
                          array(2, 3))
    yield from with_array(("x.astype(float, copy=False)",), array(2, 3))
    yield from with_array(("np.array(x, ndmin=2)", "np.full_like(x, 2.0, dtype=float)"), 1.5)
    yield Sample("np.full_like(y, x, dtype=float)", {"x": 1.5, "y": np.array([1, 2])}, fixed=("y",))
    yield Sample("np.full_like(y, x, shape=(2, 3))", {"x": array(3), "y": array(2)}, fixed=("y",))
    if VERSION >= "2.1.0":
        yield from with_array(("np.clip(x, min=-1.0, max=1.1)", "np.clip(x, max=0.5)", "np.clip(x, min=0.3)"),
                              array(5), 1.5)
    yield from with_array(("x.clip(min=-1.0, max=1.1)", "x.clip(max=0.5)", "x.clip(min=0.3)"), array(5))
    yield from with_array(("np.unwrap(x, 3.5)", "np.unwrap(x, period=3.0)"), array(7, low=-9.0, high=9.0))


def transformed() -> Iterator[Sample]:
    for name in ("fft2", "ifft2", "fftn", "ifftn"):
        for options in ("(2, 5)", "s=(4, 2), axes=(0, 1)", "(3, 3), (1, 0), 'ortho'"):
            if "axes" not in options and "(1, 0)" not in options and name.endswith("n"):
                options += ", axes=(-2, -1)"
            call = f"np.fft.{name}(x, {options})"
            yield Sample(f"np.abs({call}) ** 2", {"x": array(3, 4)}, covers=call)


ZERO = (
    "np.isrealobj(x)", "np.iscomplex(x)", "np.isneginf(x)", "np.isposinf(x)", "np.isfortran(x)", "np.iterable(x)",
    "np.shares_memory(x, x)", "np.may_share_memory(x, x)", "len({np.diag_indices_from(np.outer(x, x))})",
    "len({np.tril_indices_from(np.outer(x, x))})", "len({np.triu_indices_from(np.outer(x, x))})",
    "len({np.mask_indices(3, np.triu)})", "len({np.ix_([1], [0, 1])})", "np.nanargmax(x)", "np.nanargmin(x)",
    "np.lexsort((x,))", "np.bincount([0, 1, 1, 2])[1:]", "len({np.einsum_path('i,i', x, x)})",
    "np.can_cast(int, float)",
    "{np.common_type(x)} is np.float64", "{np.min_scalar_type(3)} == float", "len({np.mintypecode('fd')})",
    "{np.promote_types(int, float)} == float", "len({np.typename('f')})", "np.bartlett(3)", "np.blackman(3)",
    "np.hamming(3)", "np.hanning(3)", "np.gcd(4, 6)", "np.lcm(4, 6)", "{np.packbits(x > 0.0)}[0]",
    "{np.unpackbits(np.array([3], dtype=np.uint8))}[0]", "len({np.base_repr(5)})", "len({np.binary_repr(5)})",
    *(("np.bitwise_count(7)",) if VERSION >= "2.0.0" else ()), "len({np.where(x > 0.5)})",
)


def without_derivative() -> Iterator[Sample]:
    for text in ZERO:
        whole = text.replace("{", "").replace("}", "")
        covers = text.partition("{")[2].rpartition("}")[0] or whole.partition("[1:]")[0]
        yield Sample(f"({whole}) * np.sum(x)", {"x": np.array([0.3, 0.7, 1.2])}, covers=covers)


NUMPY_SAMPLES: tuple[Sample, ...] = (
    *rearranged(), *grids(), *interpolated(), *of_quantiles(), *of_ufuncs(), *of_polynomials(), *products_of_numpy(),
    *of_series(), *spaced(), *clipped(), *transformed(), *without_derivative(),
)

# --- formulas


def formulas_of_numpy() -> Iterator[Sample]:
    yield from masked()
    yield from written_out()
    yield from with_functions()
    yield from of_coefficients()
    yield from joined_and_cut()
    yield from of_the_standard()
    yield from in_the_frequency_domain()


def masked() -> Iterator[Sample]:
    x = array(3, 4)
    for axis in ("", ", axis=0", ", axis=1, keepdims=True"):
        for name in ("sum", "prod", "mean", "var", "std", "nansum", "nanprod", "nanmean", "nanvar", "nanstd"):
            yield Sample(f"np.{name}(x{axis}, where=x > -1.6)", {"x": x})
        for name in ("sum", "prod", "nansum", "nanprod", "max", "min"):
            yield Sample(f"np.{name}(x{axis}, initial=y)", {"x": x, "y": 0.25})
        for name in ("sum", "prod", "max", "min"):
            yield Sample(f"np.{name}(x{axis}, initial=y, where=x < 1.2)", {"x": x, "y": 0.25})
        for name in ("sum", "mean", "var", "std", "prod"):
            yield Sample(f"x.{name}({axis.removeprefix(', ')}{axis and ', '}where=x > -1.6)", {"x": x})
    yield Sample("x.max(initial=y)", {"x": x, "y": 5.0})
    yield Sample("np.max(x, initial=y)", {"x": np.zeros(0), "y": 5.0})
    yield from with_array(("np.var(x, mean=np.mean(x))", "np.std(x, 0, mean=np.mean(x, 0), ddof=1)",
                           "np.var(x, correction=1)",
                           "np.std(x, axis=1, correction=1)"), x)
    for text in ("np.mean(x, dtype=float)", "np.prod(x, 0, dtype=np.float64)", "np.cumsum(x, dtype=float)",
                 "x.mean(dtype=float)", "x.std(dtype=float, axis=0)", "np.add(x, x * x, dtype=float)",
                 "np.exp(x, dtype=float)", "np.sum(x, where=True)", "np.mean(x, dtype=None)"):
        yield Sample(text, {"x": array(2, 3)})
    yield Sample("np.nancumprod(x)", {"x": array(4)})
    yield Sample("np.nancumprod(x, axis=1)", {"x": array(2, 3)})


def written_out() -> Iterator[Sample]:
    for name in ("add", "subtract", "multiply", "divide", "power", "maximum", "logaddexp", "arctan2"):
        yield Sample(f"np.{name}.outer(x, y)", {"x": array(3, low=0.3, high=2.0), "y": array(2, low=0.4, high=2.1,
                                                                                             key="y")})
    yield Sample("np.add.outer(x, y)", {"x": 1.5, "y": array(2, 2)})
    yield Sample("np.multiply.outer(x, y)", {"x": array(2, 2), "y": array(2, 3, key="y")})
    for name, more in (("add", ", initial=2.0"), ("multiply", ", initial=2.0"), ("maximum", ", initial=0.1"),
                       ("minimum", ", initial=0.1"), ("logaddexp", ""), ("hypot", ", keepdims=True")):
        yield from with_array((f"np.{name}.reduce(x)", f"np.{name}.reduce(x, axis=1)", f"np.{name}.reduce(x{more})"),
                              array(3, 4))
    yield from with_array(("np.add.reduce(x, where=x > 0)", "np.multiply.reduce(x, where=x > 0)",
                           "np.add.accumulate(x)",
                           "np.multiply.accumulate(x, axis=1)", "np.add.reduce(x, axis=None)",
                           "np.add.reduce(x, dtype=float)"), array(3, 4))
    yield Sample("np.select([x > 1.0, x > 0.0], [x * 2.0, x**2])", {"x": array(2, 3)})
    yield Sample("np.select([x > 1.0, x > 0.0, x > -1.0], [2.0, x**2, y], y)", {"x": array(5), "y": 1.5})
    yield Sample("np.select([x > 1.0], [y], default=x)", {"x": array(5), "y": 1.5})
    for text in ("divmod(x, y)", "np.divmod(x, y)"):
        yield Sample(f"{text}[0] * {text}[1]", {"x": 2.5, "y": 0.7})
    yield Sample("np.divmod(x, y)[1]", {"x": array(3), "y": 0.7})


def with_functions() -> Iterator[Sample]:
    yield Sample("np.piecewise(x, [x < 0.0, x >= 0.0], [lambda t: -y * t, lambda t: t * t])", {"x": array(5), "y": 1.5})
    yield Sample("np.piecewise(x, [x < -1.0, x > 1.0], [lambda t: t ** 3, np.sin, 0.5])", {"x": array(2, 3)})
    yield Sample("np.piecewise(x, [x < 0.0], [lambda t, k: k * t, lambda t, k: t / k], y)", {"x": array(5), "y": 1.5})
    yield Sample("np.piecewise(x, [x < 0.0, x >= 0.0], [np.exp, np.cos])", {"x": 0.7})
    yield from with_two(("np.vectorize(lambda v: v * v if v > 0.0 else y * v)(x)",), array(2, 3), 1.5)
    yield from with_two(("np.vectorize(lambda v, w: v * math.sin(w))(x, y)", "np.vectorize(math.pow)(x * x + 1.0, y)"),
                        array(2, 3), array(3, key="y"))
    yield Sample("np.vectorize(lambda v, w, u: v * w - u)(x, 2.0, y)", {"x": 0.5, "y": array(3)})
    yield from with_array(("np.apply_along_axis(lambda row: np.sum(row * row), 0, x)",
                           "np.apply_along_axis(np.cumsum, 1, x)",
                           "np.apply_along_axis(lambda row: row * row[0], 0, x)",
                           "np.apply_along_axis(np.sort, -1, x)", "np.apply_over_axes(np.sum, x, (0, 1))",
                           "np.apply_over_axes(np.mean, x * x, [1])"), array(3, 4))
    yield Sample("np.apply_along_axis(lambda row: row[1:] * row[:-1], 1, x)", {"x": array(2, 4, 3)})
    yield Sample("np.fromfunction(lambda i, j: x * i + j * x ** 2, (2, 3))", {"x": 1.5})
    yield Sample("np.fromiter((x * i for i in range(4)), float)", {"x": 1.5})


def of_coefficients() -> Iterator[Sample]:
    yield from with_array(("np.polyder(x)", "np.polyder(x, 2)", "np.polyder(x, m=0)", "np.polyint(x)",
                           "np.polyint(x, 2)",
                           "np.polyint(x, k=1.5)", "np.vander(x)", "np.vander(x, 3)",
                           "np.vander(x, 3, increasing=True)",
                           "np.vander(x, increasing=True)", "np.poly(x)"), array(4))
    yield Sample("np.polyint(x, k=y)", {"x": array(3), "y": 0.5})
    for part in ("[0]", "[1]"):
        yield Sample(f"np.polydiv(x, y){part}", {"x": array(5), "y": array(3, key="y")})
    yield from with_two(("np.polyfit(x, y, 1)", "np.polyfit(x, y, 2)", "np.polyfit(x, y, 1, w=y * y)"), array(6),
                        array(6, key="y"))
    yield Sample("np.polyfit(x, y, 1)", {"x": array(5), "y": array(5, 2, key="y")})
    yield Sample("np.poly1d([1.0, -2.0, 3.0])(x)", {"x": array(3)})
    for module, name in (("polynomial", "polyfit"), ("chebyshev", "chebfit"), ("legendre", "legfit"),
                         ("hermite", "hermfit"), ("hermite_e", "hermefit"), ("laguerre", "lagfit")):
        yield Sample(f"polynomial.{module}.{name}(x, y, 1)", {"x": array(4), "y": array(4, key="y")})
    for x in (array(3), array(2, 2), 0.5):
        yield Sample("polynomial.polynomial.polyvalfromroots(x, y)", {"x": x, "y": array(3, key="y")})


def joined_and_cut() -> Iterator[Sample]:
    yield from with_two(("np.r_[x, y]", "np.r_[y, 2.0, x]", "np.c_[x, x * x]"), array(3), 1.5)
    yield from with_two(("np.r_[x, y]", "np.c_[x, y]", "np.c_[y, x, y]"), array(2, 3), array(2, 3, key="y"))
    yield Sample("np.c_[x, y]", {"x": array(2, 3), "y": array(2, key="y")})
    yield Sample("np.c_[x, x]", {"x": array(2, 3, 2)})
    for place in ("np.r_[0.0:x:3j, y]", "np.r_[x:9.0:2.0]", "np.mgrid[x:9.0:4j]", "np.mgrid[x:9.0:4j, 0:2][0]",
                  "np.mgrid[0:1, x:9.0:y][1]", "np.c_[0.0:y:3j, x:5.0]"):
        yield Sample(place, {"x": 2.5, "y": 1.7})
    yield Sample("x * np.mgrid[0:3] + np.ogrid[1.0:3.0:3j] * np.r_[0:3]", {"x": array(3)})
    yield from with_two(("np.append(x, y)", "np.append(x, y, axis=0)", "np.diff(x, prepend=y)", "np.diff(x, append=y)",
                         "np.diff(x, 2, prepend=y, append=y, axis=1)"), array(2, 3), array(2, 3, key="y"))
    yield from with_two(("np.diff(x, prepend=y)", "np.diff(x, append=y)", "np.diff(x, prepend=0.0, append=y)",
                         "np.append(x, y)", "np.diff(x, axis=0, prepend=y)"), array(2, 3), 1.5)
    padded = np.array([0.0, 0.0, 1.5, 0.0, -2.5, 0.0])
    for trim in ("", ", 'f'", ", trim='b'"):
        yield Sample(f"np.trim_zeros(x * (y > 0.1){trim})", {"x": array(6), "y": padded}, fixed=("y",))
    for text in ("np.broadcast_arrays(x, y)[0] * 1.0", "np.broadcast_arrays(x, y)[1] * 1.0",
                 "np.broadcast_arrays(x, y, x * 2.0)[2] * 1.0"):
        yield Sample(text, {"x": array(3), "y": array(2, 1)})
    yield from with_array(("np.trapezoid(x)", "np.trapezoid(x, dx=0.5)", "np.trapezoid(x, dx=0.5, axis=0)",
                           "np.trapezoid(x, axis=-1)") if VERSION >= "2.0.0" else (), array(3, 4))
    if VERSION >= "2.0.0":
        yield from with_two(("np.trapezoid(y, x)", "np.trapezoid(y, x, axis=0)"), np.sort(array(3)), array(3, key="y"))
        yield from with_two(("np.trapezoid(y, x, axis=0)",), np.sort(array(3)), array(3, 2, key="y"))
        yield from with_two(("np.trapezoid(y, x, axis=0)",), array(3, 2), array(3, 2, key="y"))
    yield from with_two(("np.interp(x, [0.0, 1.0], [y, 2.0], left=-1.0)", "np.interp(x, [0.0, 1.0], [y, 2.0], right=y)",
                         "np.interp(x, [0.0, 1.0], [y, 2.0], y, -y)"), array(7), 1.5)
    yield Sample("np.interp(x, y, z, period=4.0)", {"x": array(7, low=-9.0, high=9.0), "y": array(4), "z": array(4,
        key="z")})
    for axes in ("axisa=0", "axisb=0", "axisc=0", "-1, 0, 0"):
        yield Sample(f"np.cross(x, y, {axes})", {"x": array(3, 3), "y": array(3, 3, key="y")})
    yield from with_two(("np.linspace(x, y, 4, axis=1)",), array(2), array(2, key="y"))
    for part in ("[0]", "[1]"):
        yield Sample(f"np.linspace(x, y, 4, retstep=True){part}", {"x": 1.5, "y": 4.5})
    for made in ("Polynomial(x)", "Chebyshev(x, [0.0, 2.0])", "Legendre(x, domain=[-1.0, 3.0], window=[0.0, 1.0])"):
        for use in ("(y)", ".deriv()(y)", ".deriv(2)(y)", ".integ()(y)", ".coef"):
            places = {"y": array(3, key="y")} if "y" in use else {}
            yield Sample(f"np.polynomial.{made}{use}", {"x": array(4), **places})
    yield Sample("np.kaiser(6, x)", {"x": 2.5})
    yield Sample("np.kaiser(1, x)", {"x": 2.5})
    yield Sample("np.logspace(x, y, 4)", {"x": 0.5, "y": 0.9})
    yield Sample("np.logspace(x, y, 4, endpoint=False, base=z)", {"x": 0.5, "y": 0.9, "z": 2.5})
    yield from with_two(("np.average(x, axis=1, weights=y, keepdims=True)",), array(2, 3), array(3, low=0.5, high=1.5))


def of_the_standard() -> Iterator[Sample]:
    if VERSION >= "2.0.0":
        yield from with_array(("np.linalg.vector_norm(x)", "np.linalg.vector_norm(x, axis=1, ord=3)",
                               "np.linalg.vector_norm(x, axis=0, keepdims=True)", "np.linalg.matrix_norm(x)",
                               "np.linalg.matrix_norm(x, ord=2)", "np.linalg.matrix_norm(x, keepdims=True, ord='nuc')",
                               "np.linalg.svdvals(x)"), array(3, 4))
        yield from with_two(("np.linalg.matmul(x, y)",), array(2, 3), array(3, 2, key="y"))
    if VERSION >= "2.1.0":
        yield from with_array(("np.cumulative_sum(x)", "np.cumulative_prod(x)",
                               "np.cumulative_sum(x, include_initial=True)",
                               "np.cumulative_prod(x, include_initial=True)"),
                              array(4))
        yield from with_array(("np.cumulative_sum(x, axis=1)", "np.cumulative_prod(x, axis=0)",
                               "np.cumulative_prod(x, axis=1, include_initial=True)"), array(2, 3))
    yield Sample("np.linalg.tensorsolve(np.reshape(x, (3, 3, 1)), y, axes=(0, 2))", {"x": SQUARE, "y": array(3)})


def in_the_frequency_domain() -> Iterator[Sample]:
    x = array(4, 5)
    for name in ("rfft2", "rfftn"):
        for options in ("", ", (3, 6)", ", s=(5, 4), axes=(1, 0)", ", None, (0, 1), 'ortho'"):
            if options == ", (3, 6)" and name == "rfftn":
                continue
            yield Sample(f"np.abs(np.fft.{name}(x{options})) ** 2", {"x": x})
            yield Sample(f"np.fft.i{name}((x + 1j * x) ** 2{options})", {"x": x})
    for options in ("", ", 3", ", norm='ortho'", ", norm='forward'"):
        yield Sample(f"np.abs(np.fft.ihfft(x{options})) ** 2", {"x": array(5)})
    yield Sample("np.fft.fftfreq(4, x)", {"x": 1.5})
    yield Sample("np.fft.rfftfreq(5, d=x)", {"x": 1.5})
