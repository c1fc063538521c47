"""The samples of the rules of `scipy.ndimage`; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.rules.samples import Sample, array

__all__ = ["NDIMAGE_FORMULAS", "NDIMAGE_SAMPLES"]

MODES = ("reflect", "grid-mirror", "nearest", "mirror", "wrap", "grid-wrap", "constant", "grid-constant")


def filters() -> Iterator[Sample]:
    matrix = array(4, 5)
    for mode in MODES:
        for options in ("", ", origin=-1"):
            args = {"x": matrix, "y": array(4, key="w")}
            for text in ("correlate1d(x, y", "correlate1d(x, y, 0"):
                yield Sample(f"ndimage.{text}, mode='{mode}'{options})", args)
                yield Sample(f"ndimage.{text}, mode='{mode}', cval=0.3{options})", args)
            yield Sample(f"runtime.correlate1d_transpose(x, y, 0, '{mode}')", args)
            args = {"x": matrix, "y": array(3, 2, key="w")}
            yield Sample(f"ndimage.correlate(x, y, mode='{mode}'{options})", args)
            yield Sample(f"ndimage.correlate(x, y, mode='{mode}', cval=0.3{options})", args)
            yield Sample(f"runtime.correlate_transpose(x, y, '{mode}')", args)
        args = {"x": matrix, "y": array(4, 5, key="y"), "z": array(3, 2)}
        yield Sample(f"runtime.correlate_taps(x, y, z, '{mode}', 0.3)", args, fixed=("z",))
        args = {"x": matrix, "y": array(4, 5, key="y"), "z": array(4)}
        yield Sample(f"runtime.correlate1d_taps(x, y, z, 0, '{mode}', 0.3)", args, fixed=("z",))
        for call, transpose in (
            ("gaussian_filter(x, 0.8", "gaussian_transpose(x, 0.8, 0"),
            ("gaussian_filter(x, (0.8, 0.4), order=(1, 2), truncate=2.0", "gaussian_transpose(x, (0.8, 0.4), (1, 2)"),
            ("gaussian_filter1d(x, 0.8, 0, 1", "gaussian1d_transpose(x, 0.8, 0, 1"),
            ("uniform_filter(x, (3, 2)", "uniform_transpose(x, (3, 2)"),
            ("sobel(x", "sobel_transpose(x, 1"), ("prewitt(x, 0", "prewitt_transpose(x, 0"),
            ("laplace(x", "laplace_transpose(x"), ("gaussian_laplace(x, 0.7", "gaussian_laplace_transpose(x, 0.7"),
        ):
            yield Sample(f"ndimage.{call}, mode='{mode}')", {"x": matrix})
            yield Sample(f"runtime.{transpose}, '{mode}')", {"x": matrix})
        yield Sample(f"ndimage.uniform_filter1d(x, 4, 0, mode='{mode}', origin=1)", {"x": matrix})
    yield Sample("ndimage.gaussian_filter(x, 0.8, radius=1)", {"x": matrix})
    yield Sample("ndimage.gaussian_filter(x, 0.8, mode=('wrap', 'nearest'))", {"x": matrix})
    yield Sample("ndimage.gaussian_filter(x, 1.5)", {"x": array(7)})
    yield Sample("ndimage.sobel(x)", {"x": array(2, 3, 4)})


def splines() -> Iterator[Sample]:
    matrix = array(4, 5)
    for mode in MODES:
        for order in (0, 1, 2, 3, 5):
            settings = f"order={order}, mode='{mode}'"
            yield Sample(f"ndimage.shift(x, (0.7, -1.2), {settings})", {"x": matrix})
            yield Sample(f"ndimage.zoom(x, 1.6, {settings})", {"x": matrix})
            places = np.stack([array(6, low=-2.3, high=5.8, key="u"), array(6, low=-3.1, high=6.9, key="v")])
            args = {"x": matrix, "y": places}
            yield Sample(f"ndimage.map_coordinates(x, y, {settings})", args)
            yield Sample(f"ndimage.map_coordinates(x, y, {settings}, prefilter=False)", args)
        settings = f"3, '{mode}'"
        yield Sample(f"runtime.shift_transpose(x, (0.7, -1.2), {settings})", {"x": matrix})
        yield Sample(f"runtime.zoom_transpose(x, y, 2, {settings})", {"x": array(4, 6), "y": array(2, 3)}, fixed=("y",))
        for orders in ("", ", orders=(1, 0)"):
            args = {"x": matrix, "y": places, "z": array(6)}
            yield Sample(f"runtime.interpolated(x, y, {settings}{orders})", {"x": matrix, "y": places})
            yield Sample(f"runtime.interpolated_transpose(z, x, y, {settings}{orders})", args, fixed=("x",))
    yield Sample("ndimage.map_coordinates(x, y)", {"x": array(9), "y": np.array([[[0.3, 2.6], [3.4, 7.1]]])})
    args = {"x": matrix, "y": [np.array([0.3, 2.6]), np.array([3.1, 0.7])]}
    yield Sample("ndimage.map_coordinates(x, y, order=1)", args)
    yield Sample("ndimage.zoom(x, (0.6, 1.4), grid_mode=True, mode='grid-wrap')", {"x": matrix})
    for order in (2, 3, 4):
        for mode in ("mirror", "reflect", "grid-wrap"):
            yield Sample(f"ndimage.spline_filter(x, {order}, mode='{mode}')", {"x": matrix})
            yield Sample(f"ndimage.spline_filter1d(x, {order}, 0, mode='{mode}')", {"x": matrix})
            yield Sample(f"runtime.spline_transpose(x, {order}, '{mode}')", {"x": matrix})
            yield Sample(f"runtime.spline1d_transpose(x, {order}, 0, '{mode}')", {"x": matrix})
    for call in (
        "label(x > 0)[0]", "maximum_position(x)[0]", "minimum_position(x)[0]", "binary_dilation(x > 0)",
        "binary_erosion(x > 0)", "binary_opening(x > 0)", "binary_closing(x > 0)", "binary_fill_holes(x > 0)",
    ):
        yield Sample(f"ndimage.{call} * x", {"x": matrix}, covers=f"ndimage.{call.removesuffix('[0]')}")
    for call, item in (
        ("centre_of((2, 3))", "[0, 0]"), ("grid_points((2, 3))", "[0, 4]"),
        ("plane_of_rotation((1, 0), 2)", "[0][0, 0]"), ("shape_around(x[:2, :2], (2, 3))", "[0]"),
    ):
        yield Sample(f"runtime.{call}{item} * x", {"x": matrix}, covers=f"runtime.{call}")
    yield Sample("len(ndimage.find_objects(np.array([1, 2]))) * x", {"x": matrix}, covers="ndimage.find_objects(x)")


def formulas() -> Iterator[Sample]:
    matrix = array(4, 5)
    for mode in ("reflect", "constant", "wrap"):
        for size in (3, 4):
            for options in ("", ", cval=0.3", ", origin=1"):
                args = {"x": matrix, "y": array(size, key="w")}
                yield Sample(f"ndimage.convolve1d(x, y, 0, mode='{mode}'{options})", args)
                args = {"x": matrix, "y": array(size, 2, key="w")}
                if not options.startswith(", origin"):
                    yield Sample(f"ndimage.convolve(x, y, mode='{mode}'{options})", args)
        yield Sample(f"ndimage.gaussian_gradient_magnitude(x, 0.8, mode='{mode}')", {"x": matrix})
    for order in (1, 3):
        for options in ("", ", reshape=False"):
            for angle in (20.0, 131.0):
                text = f"ndimage.rotate(x, y, order={order}, mode='reflect'{options})"
                yield Sample(text, {"x": matrix, "y": angle})
        turn = np.array([[0.9, -0.2], [0.3, 0.8]])
        for mode in ("reflect", "nearest"):
            text = f"ndimage.affine_transform(x, y, z, order={order}, mode='{mode}')"
            yield Sample(text, {"x": matrix, "y": turn, "z": np.array([0.13, 0.27])})
        text = f"ndimage.affine_transform(x, y, order={order}, mode='nearest')"
        yield Sample(text, {"x": matrix, "y": np.array([[0.9, -0.2, 0.13], [0.3, 0.8, 0.27]])})
        for axes in ("(0, 2)", "(-1, 1), False"):
            text = f"ndimage.rotate(x, y, {axes}, order={order}, mode='mirror')"
            yield Sample(text, {"x": array(3, 2, 4), "y": 25.0})
        text = f"ndimage.affine_transform(x, y, output_shape=(3, 2), order={order}, mode='mirror')"
        yield Sample(text, {"x": matrix, "y": np.array([0.93, 0.87])})


NDIMAGE_SAMPLES: tuple[Sample, ...] = (*filters(), *splines())
NDIMAGE_FORMULAS: tuple[Sample, ...] = tuple(formulas())
