"""NumPy's functions of integers, booleans, shapes and steps: their derivative is zero wherever it exists."""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import attribute, method, nondifferentiable

STEPS = (np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.sign, np.signbit, np.spacing)
TESTS = (
    np.isnan, np.isinf, np.isfinite, np.isclose, np.allclose, np.array_equal, np.any, np.all, np.logical_and,
    np.logical_or, np.logical_not, np.logical_xor, np.isscalar, np.iscomplexobj,
)
POSITIONS = (
    np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.argwhere, np.searchsorted,
    np.count_nonzero, np.unravel_index, np.ravel_multi_index, np.indices, np.triu_indices, np.tril_indices,
    np.diag_indices,
)
SHAPES = (
    np.shape, np.size, np.ndim, np.result_type, np.broadcast_shapes, np.dtype, np.finfo, np.iinfo,
    np.issubdtype, *(getattr(np, name) for name in ("isdtype",) if hasattr(np, name)),
)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_)
METHODS = ("argmax", "argmin", "argsort", "round", "any", "all", "nonzero", "searchsorted")
ATTRIBUTES = ("shape", "size", "ndim", "dtype", "itemsize", "nbytes", "strides")

nondifferentiable(*STEPS, *TESTS, *POSITIONS, *SHAPES, *INTEGERS)
nondifferentiable(*(method(name) for name in METHODS))
nondifferentiable(*(attribute(name) for name in ATTRIBUTES))
nondifferentiable(method("__array_namespace__"), gives_namespace=True)
