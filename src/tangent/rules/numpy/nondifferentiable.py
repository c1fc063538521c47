"""NumPy's functions of integers, booleans, shapes and steps: their derivative is zero wherever it exists."""

from __future__ import annotations

import numpy as np

from tangent.rules.registry import attribute, method, nondifferentiable

STEPS = (np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.sign, np.signbit, np.spacing)
TESTS = (
    np.isnan, np.isinf, np.isfinite, np.isclose, np.allclose, np.array_equal, np.any, np.all, np.logical_and,
    np.logical_or, np.logical_not, np.logical_xor, np.isscalar, np.iscomplexobj, np.isrealobj, np.iscomplex,
    np.isneginf, np.isposinf, np.isfortran, np.iterable, np.shares_memory, np.may_share_memory,
)
POSITIONS = (
    np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.argwhere, np.searchsorted,
    np.count_nonzero, np.unravel_index, np.ravel_multi_index, np.indices, np.triu_indices, np.tril_indices,
    np.diag_indices, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from, np.mask_indices, np.ix_,
    np.nanargmax, np.nanargmin, np.lexsort, np.einsum_path,
)
SHAPES = (
    np.shape, np.size, np.ndim, np.result_type, np.broadcast_shapes, np.dtype, np.finfo, np.iinfo,
    np.issubdtype, np.can_cast, np.common_type, np.min_scalar_type, np.mintypecode, np.promote_types, np.typename,
    *(getattr(np, name) for name in ("isdtype",) if hasattr(np, name)),
)
WINDOWS = (np.bartlett, np.blackman, np.hamming, np.hanning)
BITS = (
    np.gcd, np.lcm, np.packbits, np.unpackbits, np.base_repr, np.binary_repr,
    *(getattr(np, name) for name in ("bitwise_count",) if hasattr(np, name)),
)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_)
METHODS = ("argmax", "argmin", "argsort", "round", "any", "all", "nonzero", "searchsorted")
ATTRIBUTES = ("shape", "size", "ndim", "dtype", "itemsize", "nbytes", "strides")

nondifferentiable(*STEPS, *TESTS, *POSITIONS, *SHAPES, *WINDOWS, *BITS, *INTEGERS)
nondifferentiable(*(method(name) for name in METHODS))
nondifferentiable(*(attribute(name) for name in ATTRIBUTES))
nondifferentiable(method("__array_namespace__"), gives_namespace=True)
