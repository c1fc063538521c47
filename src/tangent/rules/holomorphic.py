"""The functions whose rules hold for complex numbers as they are: holomorphic and linear ones.

A function that takes the real part, or the conjugate, has a rule that is linear over the real numbers.  Modules of
rules that are loaded later add theirs by `holomorphic`.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tangent import runtime
from tangent.rules.registry import Key, attribute, method

__all__ = ["GIVE_COMPLEX", "HOLOMORPHIC", "MAY_GIVE_COMPLEX", "NOT_HOLOMORPHIC", "holomorphic"]

MAY_GIVE_COMPLEX: set[Any] = {np.roots, np.linalg.eig, np.linalg.eigvals}
"""The functions of which only the run knows whether their results are complex for real arguments."""

GIVE_COMPLEX: set[Any] = {complex, runtime.as_complex} | {
    getattr(np.fft, name) for name in np.fft.__all__ if name not in ("irfft", "irfft2", "irfftn", "hfft", "fftfreq",
                                                                     "rfftfreq", "fftshift", "ifftshift")
}
"""The functions whose results are complex for real arguments."""

HOLOMORPHIC: set[Any] = {
    operator.add, operator.sub, operator.mul, operator.truediv, operator.neg, operator.pos, operator.pow,
    operator.matmul, np.add, np.subtract, np.multiply, np.divide, np.negative, np.positive, np.power, np.matmul,
    np.exp, np.expm1, np.exp2, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.square, np.reciprocal,
    np.sin, np.cos, np.tan, np.sinh, np.cosh, np.tanh, np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh,
    np.arctanh,
    np.sum, method("sum"), np.mean, method("mean"), np.cumsum, method("cumsum"),
    np.dot, method("dot"), np.inner, np.outer, np.tensordot, np.trace, method("trace"),
    np.linalg.inv, np.linalg.solve, np.linalg.det, np.linalg.eig, np.linalg.eigvals, np.roots, np.linalg.matrix_power,
    np.reshape, method("reshape"), np.ravel, method("ravel"), np.transpose, method("transpose"), attribute("T"),
    np.swapaxes, method("swapaxes"), np.moveaxis, np.expand_dims, np.squeeze, np.broadcast_to, np.flip, np.roll,
    np.concatenate, np.stack, np.where, np.take, np.diff, np.diagonal, np.diag, method("diagonal"), np.tril, np.triu,
    np.take_along_axis, method("take"), np.repeat, method("repeat"), np.tile, np.pad, np.vstack, np.hstack, np.dstack,
    np.column_stack, np.block, np.split, np.array_split, np.rot90, np.fliplr, np.flipud, np.rollaxis, np.atleast_1d,
    np.atleast_2d, np.atleast_3d, method("squeeze"), method("flatten"), np.array, np.asarray, np.copy, method("copy"),
    np.prod, method("prod"), np.cumprod, method("cumprod"), np.polyval, np.einsum, np.convolve,
    np.real, attribute("real"), np.imag, attribute("imag"), np.conj, np.conjugate, method("conj"), method("conjugate"),
    np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.fftn, np.fft.ifftn,
    np.fft.rfftn, np.fft.fftshift, np.fft.ifftshift,
    runtime.unbroadcast, runtime.stretch, runtime.fit, runtime.match_structure,
    runtime.expand, runtime.keep_axes, runtime.copy, runtime.add,
    runtime.widened, runtime.resized, runtime.resized_to, runtime.matmul_transpose_left, runtime.matmul_transpose_right,
    runtime.dot_transpose_left, runtime.dot_transpose_right, runtime.inner_transpose_left,
    runtime.inner_transpose_right, runtime.tensordot_transpose_left, runtime.tensordot_transpose_right,
    runtime.solve_each, runtime.multiply_each, runtime.multiply_each_transpose, runtime.power_slope,
    runtime.trace_transpose, runtime.split_like, runtime.unstack_like, runtime.take_transpose, runtime.diff_transpose,
    runtime.diagonal_transpose, runtime.take_along_transpose, runtime.repeat_transpose, runtime.tile_transpose,
    runtime.pad_transpose, runtime.split_rows_like, runtime.split_columns_like, runtime.split_layers_like,
    runtime.split_stacked_columns_like, runtime.split_blocks_like, runtime.unarray, runtime.spread,
    runtime.polyval_transpose, runtime.einsum_like, runtime.convolve_transpose, runtime.writable, runtime.written,
    runtime.as_complex, runtime.real_transpose, runtime.imag_transpose, runtime.item_written, runtime.write_item,
}
NOT_HOLOMORPHIC: set[Any] = {
    operator.abs, abs, np.abs, np.sign, np.vdot, np.var, method("var"), np.std, method("std"), np.nanvar, np.nanstd,
    np.linalg.norm, np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.svd, np.linalg.qr, np.linalg.pinv,
    np.linalg.lstsq,
}
"""The functions that take complex numbers as well, for which their rules do not hold."""


def holomorphic(*keys: Key, gives_complex: bool = False) -> None:
    """Declare that the rules of functions hold for complex numbers, and maybe that all their results are complex."""
    HOLOMORPHIC.update(keys)
    if gives_complex:
        GIVE_COMPLEX.update(keys)
