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

__all__ = ["COMPLEX_RESULTS", "HOLOMORPHIC", "holomorphic"]

HOLOMORPHIC: set[Any] = {
    operator.add, operator.sub, operator.mul, operator.truediv, operator.neg, operator.pos, operator.pow,
    operator.matmul, np.add, np.subtract, np.multiply, np.divide, np.negative, np.positive, np.power, np.matmul,
    np.exp, np.expm1, np.exp2, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.square, np.reciprocal,
    np.sin, np.cos, np.tan, np.sinh, np.cosh, np.tanh, np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh,
    np.arctanh,
    np.sum, method("sum"), np.mean, method("mean"), np.cumsum, method("cumsum"),
    np.dot, method("dot"), np.inner, np.outer, np.tensordot, np.trace, method("trace"),
    np.linalg.inv, np.linalg.solve, np.linalg.det,
    np.reshape, method("reshape"), np.ravel, method("ravel"), np.transpose, method("transpose"), attribute("T"),
    np.swapaxes, method("swapaxes"), np.moveaxis, np.expand_dims, np.squeeze, np.broadcast_to, np.flip, np.roll,
    np.concatenate, np.stack, np.where, np.take, np.diff, np.diagonal, np.diag,
    np.real, attribute("real"), np.imag, attribute("imag"), np.conj, np.conjugate, method("conj"), method("conjugate"),
    np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn,
    np.fft.fftshift, np.fft.ifftshift,
    runtime.unbroadcast, runtime.stretch, runtime.fit, runtime.match_structure,
    runtime.expand, runtime.keep_axes, runtime.copy, runtime.add,
    runtime.widened, runtime.resized, runtime.resized_to, runtime.matmul_transpose_left, runtime.matmul_transpose_right,
    runtime.dot_transpose_left, runtime.dot_transpose_right, runtime.inner_transpose_left,
    runtime.inner_transpose_right, runtime.tensordot_transpose_left, runtime.tensordot_transpose_right,
    runtime.solve_each, runtime.multiply_each, runtime.multiply_each_transpose, runtime.power_slope,
    runtime.trace_transpose, runtime.split_like, runtime.unstack_like, runtime.take_transpose, runtime.diff_transpose,
    runtime.diagonal_transpose, runtime.writable, runtime.written, runtime.as_complex,
    runtime.real_transpose, runtime.imag_transpose, runtime.item_written, runtime.write_item,
}

COMPLEX_RESULTS: set[Any] = set()
"""The functions whose results are complex, whatever their arguments are, of libraries that are loaded later."""


def holomorphic(*keys: Key, gives_complex: bool = False) -> None:
    """Declare that the rules of functions hold for complex numbers, and maybe that all their results are complex."""
    HOLOMORPHIC.update(keys)
    if gives_complex:
        COMPLEX_RESULTS.update(keys)
