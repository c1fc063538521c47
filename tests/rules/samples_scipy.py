"""The samples of SciPy's rules; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import interpolate

from tests.rules.samples import Sample, array, value
from tests.rules.samples_ndimage import NDIMAGE_SAMPLES
from tests.rules.samples_signal import SIGNAL_SAMPLES
from tests.rules.samples_special import SPECIAL_SAMPLES
from tests.rules.samples_stats import STATS_SAMPLES

__all__ = ["SCIPY_SAMPLES"]

# --- linear algebra


def matrices() -> Iterator[Sample]:
    a = array(3, 3, key="a") + 3.0 * np.eye(3)
    for b in (array(3), array(3, 2)):
        yield Sample("linalg.solve(x, y)", {"x": a, "y": b})
        for options in ("", ", lower=True", ", 1", ", 'T', lower=True", ", 'N', True, True", ", unit_diagonal=True"):
            yield Sample(f"linalg.solve_triangular(x, y{options})", {"x": a, "y": b})
    yield Sample("linalg.inv(x)", {"x": a})
    yield Sample("linalg.det(x)", {"x": a})
    for options in ("", ", axis=1", ", 1, axis=0", ", axis=0, keepdims=True"):
        yield Sample(f"linalg.norm(x{options})", {"x": a})
    for shape in ((1, 1), (3, 3), (2, 2, 2)):
        yield Sample("linalg.expm(x)", {"x": array(*shape)})
    yield from factorizations_of_scipy()
    for left, right in ((3, 3), (3, 2), (1, 4)):
        args = {"x": array(left, left) + 3.0 * np.eye(left), "y": array(right, right, key="y") + 3.0 * np.eye(right)}
        yield Sample("linalg.solve_sylvester(x, y, z)", {**args, "z": array(left, right, key="z")})
    for bands in ((1, 1), (1, 2), (2, 0), (0, 0)):
        ab = array(sum(bands) + 1, 5)
        ab[bands[1]] += 6.0
        for b in (array(5), array(5, 2)):
            yield Sample(f"linalg.solve_banded({bands}, x, y)", {"x": ab, "y": b})
    yield Sample("(runtime.opposite(0) == 'T') * x", {"x": 1.5}, covers="runtime.opposite(0)")


def factorizations_of_scipy() -> Iterator[Sample]:
    square = array(3, 3) + np.diag([2.0, 4.0, 7.0])
    definite = square @ square.T
    for options in ("", ", True", ", lower=False"):
        yield Sample(f"linalg.cholesky(x{options})", {"x": definite})
    for options in ("", ", lower=False"):
        for part in ("[0]", "[1] ** 2"):
            call = f"linalg.eigh(x{options})"
            yield Sample(call + part, {"x": square}, covers=call)
    for a in (array(4, 3), array(3, 4), square):
        yield Sample("linalg.pinv(x)", {"x": a})
        yield Sample("linalg.svd(x, compute_uv=False)", {"x": a})
        for part in ("[0] ** 2", "[1]", "[2] ** 2"):
            call = "linalg.svd(x, full_matrices=False)"
            yield Sample(call + part, {"x": a}, covers=call)
    for a in (definite, square + 3.0 * np.eye(3)):
        yield Sample("linalg.sqrtm(x)", {"x": a})


# --- splines

GRIDS: tuple[tuple[tuple[int, ...] | None, tuple[int, ...] | None], ...] = (
    (None, None), (None, (3,)), ((3,), None), ((3,), (2,)), ((1,), (3,)), ((2,), (1,)), ((1,), ()),
)


def increasing(shape: tuple[int, ...] | None, domain: tuple[float, float], key: str) -> Any:
    return value(shape, domain, key) if not shape else np.sort(value(shape, domain, key))


def splines() -> Iterator[Sample]:
    points = np.linspace(0.0, 3.0, 9)
    inside, across = (0.2, 2.9), (-0.7, 3.6)
    for degree in (1, 2, 3):
        tck = interpolate.splrep(points, np.sin(points), k=degree)
        for shape in (None, (), (3,), (2, 3)):
            for options in ("", ", 1") if degree > 1 else ("",):
                args = {"x": value(shape, inside, f"{degree}"), "y": tck}
                yield Sample(f"interpolate.splev(x, y{options})", args, fixed=("y",))
        args = {"x": value((4,), across, f"{degree}"), "y": tck}
        for options in ("", ", ext=1", ", ext=3", ", 1, 3"):
            yield Sample(f"interpolate.splev(x, y{options})", args, fixed=("y",))
        for options in ("", ", 2", ", 1, 1", ", 2, 0"):
            yield Sample(f"runtime.spline_slope(x, y{options})", args, fixed=("y",))
    (t, c, k), other = tck, interpolate.splrep(points, np.cos(points))
    for x in (value(None, inside, "curve"), value((3,), inside, "curve")):
        curve = {"x": x, "y": (t, [c, other[1]], k)}
        yield Sample("interpolate.splev(x, y)", curve, covers="interpolate.splev(x, y)", fixed=("y",))
        if hasattr(interpolate, "_fitpack_impl"):
            yield Sample("interpolate._fitpack_impl.splev(x, y)", {"x": x, "y": tck}, fixed=("y",))
    grid = np.meshgrid(points, points, indexing="ij")
    for degrees in ((3, 3), (1, 2)):
        heights = np.sin(grid[0]) * np.cos(0.7 * grid[1])
        surface = interpolate.RectBivariateSpline(points, points, heights, kx=degrees[0], ky=degrees[1])
        tck = [*surface.tck, *degrees]
        for left, right in GRIDS:
            for domain in (inside, across):
                args = {"x": increasing(left, domain, "x"), "y": increasing(right, domain, "y"), "z": tck}
                for options in ("", ", 1", ", dy=1") if min(degrees) > 1 and domain == inside else ("",):
                    yield Sample(f"interpolate.bisplev(x, y, z{options})", args, fixed=("z",))
                for options in ("", ", 1", ", 0, 1"):
                    yield Sample(f"runtime.surface_slope(x, y, z{options})", args, fixed=("z",))


# --- sparse matrices


def sparse_matrices() -> Iterator[Sample]:
    rows, columns = np.array([0, 0, 1, 2, 2]), np.array([0, 2, 1, 0, 2])
    elements = {"x": np.array([2.0, 0.7, 3.0, 0.4, 4.0]), "y": rows, "z": columns}
    for kind in ("csr", "csc", "coo"):
        for name in (f"{kind}_matrix", f"{kind}_array"):
            call = f"sparse.{name}((x, (y, z)), shape=(3, 3))"
            yield Sample(f"{call} @ np.arange(3.0)", elements, covers=call, fixed=("y", "z"))
            yield Sample(f"{call}.toarray()", elements, covers=f"{call}.toarray()", fixed=("y", "z"))
    call = "sparse.csr_array((x, (y, z))).todense()"
    yield Sample(call, elements, covers=call, fixed=("y", "z"))
    matrix = "sparse.csc_matrix((x, (y, z)), shape=(3, 3))"
    call = f"sparse_linalg.spsolve({matrix}, w)"
    yield Sample(call, {**elements, "w": array(3, 2)}, covers=call, fixed=("x", "y", "z"))
    yield Sample(call, {**elements, "w": array(3)}, covers=call, fixed=("y", "z"))
    dense = array(3, 3) + 3.0 * np.eye(3)
    for call in ("sparse_linalg.cg(x @ x.T, y, rtol=1e-14)", "sparse_linalg.gmres(x, y, rtol=1e-14)"):
        yield Sample(f"{call}[0]", {"x": dense, "y": array(3)}, covers=call)


SCIPY_SAMPLES: tuple[Sample, ...] = (
    *SPECIAL_SAMPLES, *STATS_SAMPLES, *SIGNAL_SAMPLES, *NDIMAGE_SAMPLES, *matrices(), *splines(), *sparse_matrices(),
)
