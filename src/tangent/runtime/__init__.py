"""The functions that generated code may call, as `tangent.unbroadcast(...)`.

All are plain functions of NumPy values, and each has a derivative itself: a rule (`tangent.rules.runtime`),
or source made of differentiable NumPy.
"""

from tangent.runtime import together as _together  # noqa: F401
from tangent.runtime.aliasing import check_view, refuse_shared_items, refuse_view
from tangent.runtime.bands import banded_product, banded_product_transpose, transposed_bands
from tangent.runtime.blocks import as_block, columns, count_numbers, rows, unit_directions, unit_vectors
from tangent.runtime.broadcast import along, expand, fit, keep_axes, size_along, stretch, unbroadcast
from tangent.runtime.choices import cast, check_kinds, greater, power_slope, shares_of_numbers, ties, uncast
from tangent.runtime.complex_numbers import (
    as_complex,
    check_real,
    imag_transpose,
    modulus,
    real_transpose,
    resized,
    widened,
    written,
)
from tangent.runtime.directions import (
    align,
    align_each,
    align_item,
    all_directions,
    array_each,
    each_direction,
    items_each,
    one_direction,
    place_each,
    zero_each,
)
from tangent.runtime.einsum import einsum_like, einsum_transposed
from tangent.runtime.factorizations import (
    beside,
    check_rank,
    cholesky_tangent,
    cholesky_transpose,
    eigh_tangent,
    eigh_transpose,
    folded,
    lstsq_tangent,
    lstsq_transpose,
    pinv_tangent,
    pinv_transpose,
    qr_tangent,
    qr_transpose,
    real_beside,
    svd_tangent,
    svd_transpose,
    symmetric,
)
from tangent.runtime.filters import (
    correlate1d_taps,
    correlate1d_transpose,
    correlate_taps,
    correlate_transpose,
    gaussian1d_transpose,
    gaussian_laplace_transpose,
    gaussian_transpose,
    laplace_transpose,
    prewitt_transpose,
    savgol_transpose,
    shift_transpose,
    sobel_transpose,
    spline1d_transpose,
    spline_transpose,
    uniform_transpose,
    zoom_transpose,
)
from tangent.runtime.functions import derivatives, jvp_of, method, tangent_of, vjp_of
from tangent.runtime.gamma import polygamma
from tangent.runtime.interpolation import (
    axes_of,
    gradient_spacing_tangent,
    gradient_spacing_transpose,
    gradient_transpose,
    interp_slope,
    interp_transpose,
)
from tangent.runtime.items import add_at, item_written, place_in, place_written, write_item, zero_item
from tangent.runtime.linear_algebra import (
    convolve_transpose,
    cross_transpose_left,
    cross_transpose_right,
    dot_transpose_left,
    dot_transpose_right,
    inner_transpose_left,
    inner_transpose_right,
    kron_transpose_left,
    kron_transpose_right,
    matmul_transpose_left,
    matmul_transpose_right,
    multiply_each,
    multiply_each_transpose,
    opposite,
    solve_each,
    tensordot_transpose_left,
    tensordot_transpose_right,
    triangle,
)
from tangent.runtime.paths import (
    filled,
    ivp_adjoint,
    ivp_speeds,
    ivp_tangent,
    odeint_adjoint,
    odeint_speeds,
    odeint_tangent,
    times_between,
    unit_tangents,
    vector_of,
)
from tangent.runtime.polynomials import polynomial_slope, polyval_transpose
from tangent.runtime.rearrangements import as_column, at_end, places, put_back, resized_to, slab, taken_from
from tangent.runtime.reductions import (
    cumprod_tangent,
    cumprod_transpose,
    extreme_places,
    norm_slope,
    products_of_others,
    quantile_tangent,
    quantile_transpose,
    segment_places,
)
from tangent.runtime.resampling import (
    along_points,
    along_points_transpose,
    interpolated,
    interpolated_transpose,
    point_gradient,
)
from tangent.runtime.samples import simpson_of_samples, simpson_weights
from tangent.runtime.selections import diagonal_transpose, take_along_transpose, take_transpose
from tangent.runtime.sequences import (
    extreme_item,
    from_extreme,
    from_items,
    items_of,
    joined,
    merged,
    order,
    picked,
    put_in_union,
    repeated_items,
    unmerged,
    unpicked,
    unrepeated,
)
from tangent.runtime.shapes import (
    axes_last,
    diff_transpose,
    inverse_permutation,
    pad_transpose,
    padding,
    repeat_transpose,
    split_blocks_like,
    split_columns_like,
    split_layers_like,
    split_like,
    split_rows_like,
    split_stacked_columns_like,
    spread,
    tile_transpose,
    trace_transpose,
    unarray,
    unstack_like,
)
from tangent.runtime.signals import cropped, fir, fir_taps, uncropped
from tangent.runtime.sinc import sinc_derivative
from tangent.runtime.solvers import (
    active_constraints,
    bounds_at,
    bounds_met,
    check_root,
    ends_met,
    integral,
    jacobian_of,
    lagrange_multipliers,
    sides_of,
    solve_jacobian,
    solve_jacobian_transposed,
)
from tangent.runtime.sparse import built_tangent, built_transpose
from tangent.runtime.splines import spline_slope, surface_slope
from tangent.runtime.structure import (
    Record,
    add,
    as_lists,
    as_record,
    check_class,
    check_scalars,
    check_seed,
    check_tangent,
    copy,
    make_object,
    makes_itself,
    match_structure,
    shallow_copy,
    writable,
    zeros_like,
)
from tangent.runtime.surgery import as_derivative, stop_gradient

__all__ = [
    "Record", "active_constraints", "add", "add_at", "align", "align_each", "align_item", "all_directions", "along",
    "along_points", "along_points_transpose", "array_each", "as_block", "as_column", "as_complex", "as_derivative",
    "as_lists", "as_record", "at_end", "axes_last", "axes_of", "banded_product", "banded_product_transpose", "beside",
    "bounds_at", "bounds_met", "built_tangent", "built_transpose", "cast", "check_class", "check_kinds", "check_rank",
    "check_real", "check_root", "check_scalars", "check_seed", "check_tangent", "check_view", "cholesky_tangent",
    "cholesky_transpose", "columns", "convolve_transpose", "copy", "correlate1d_taps", "correlate1d_transpose",
    "correlate_taps", "correlate_transpose", "count_numbers", "cropped", "cross_transpose_left",
    "cross_transpose_right", "cumprod_tangent", "cumprod_transpose", "derivatives", "diagonal_transpose",
    "diff_transpose", "dot_transpose_left", "dot_transpose_right", "each_direction", "eigh_tangent", "eigh_transpose",
    "einsum_like", "einsum_transposed", "ends_met", "expand", "extreme_item", "extreme_places", "filled", "fir",
    "fir_taps", "fit", "folded", "from_extreme", "from_items", "gaussian1d_transpose", "gaussian_laplace_transpose",
    "gaussian_transpose", "gradient_spacing_tangent", "gradient_spacing_transpose", "gradient_transpose", "greater",
    "imag_transpose", "inner_transpose_left", "inner_transpose_right", "integral", "interp_slope", "interp_transpose",
    "interpolated", "interpolated_transpose", "inverse_permutation", "item_written", "items_each", "items_of",
    "ivp_adjoint", "ivp_speeds", "ivp_tangent", "jacobian_of", "joined", "jvp_of", "keep_axes", "kron_transpose_left",
    "kron_transpose_right", "lagrange_multipliers", "laplace_transpose", "lstsq_tangent", "lstsq_transpose",
    "make_object", "makes_itself", "match_structure", "matmul_transpose_left", "matmul_transpose_right", "merged",
    "method", "modulus", "multiply_each", "multiply_each_transpose", "norm_slope", "odeint_adjoint", "odeint_speeds",
    "odeint_tangent", "one_direction", "opposite", "order", "pad_transpose", "padding", "picked", "pinv_tangent",
    "pinv_transpose", "place_each", "place_in", "place_written", "places", "point_gradient", "polygamma",
    "polynomial_slope", "polyval_transpose", "power_slope", "prewitt_transpose", "products_of_others", "put_back",
    "put_in_union", "qr_tangent", "qr_transpose", "quantile_tangent", "quantile_transpose", "real_beside",
    "real_transpose", "refuse_shared_items", "refuse_view", "repeat_transpose", "repeated_items", "resized",
    "resized_to", "rows", "savgol_transpose", "segment_places", "shallow_copy", "shares_of_numbers", "shift_transpose",
    "sides_of", "simpson_of_samples", "simpson_weights", "sinc_derivative", "size_along", "slab", "sobel_transpose",
    "solve_each", "solve_jacobian", "solve_jacobian_transposed", "spline1d_transpose", "spline_slope",
    "spline_transpose", "split_blocks_like", "split_columns_like", "split_layers_like", "split_like", "split_rows_like",
    "split_stacked_columns_like", "spread", "stop_gradient", "stretch", "surface_slope", "svd_tangent", "svd_transpose",
    "symmetric", "take_along_transpose", "take_transpose", "taken_from", "tangent_of", "tensordot_transpose_left",
    "tensordot_transpose_right", "ties", "tile_transpose", "times_between", "trace_transpose", "transposed_bands",
    "triangle", "unarray", "unbroadcast", "uncast", "uncropped", "uniform_transpose", "unit_directions",
    "unit_tangents", "unit_vectors", "unmerged", "unpicked", "unrepeated", "unstack_like", "vector_of", "vjp_of",
    "widened", "writable", "write_item", "written", "zero_each", "zero_item", "zeros_like", "zoom_transpose",
]
