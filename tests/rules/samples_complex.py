"""Samples of complex numbers: real functions of real arguments, with complex numbers in between.

In the expressions of the tables, `z` and `w` are complex numbers that depend on the arguments, `X` a real one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.rules.samples import Sample, array

__all__ = ["COMPLEX"]

PARTS = {"z": "(x + 0.5j * y)", "w": "(y - (2.5 - 2j) * x)", "X": "(x * y)"}

ELEMENTWISE = (
    "z + X", "X - w", "z * X", "z * w", "X / z", "z / X", "-z", "+z", "z ** 2", "z ** 1.5", "X ** (1j + 1)",
    "2.0 ** z",
    "z ** w",
    "np.add(z, X)", "np.subtract(z, w)", "np.multiply(X, z)", "np.divide(z, w)", "np.negative(z)", "np.positive(z)",
    "np.power(z, 3)", "np.exp(z)", "np.expm1(z)", "np.exp2(z)", "np.log(z)", "np.log2(z)", "np.log10(z)",
    "np.log1p(z)",
    "np.sqrt(z)", "np.square(z)", "np.reciprocal(z)", "np.sin(z)", "np.cos(z)", "np.tan(z)", "np.sinh(z)",
    "np.cosh(z)",
    "np.tanh(z)", "np.arcsin(z)", "np.arccos(z)", "np.arctan(z)", "np.arcsinh(z)", "np.arccosh(z)", "np.arctanh(z)",
    "np.conj(z)", "np.conjugate(z)", "np.real(z)", "np.imag(z)", "runtime.written(z)",
    "runtime.as_complex(z)", "runtime.as_complex(X)", "runtime.copy(z)", "runtime.add(z, X)",
    "runtime.power_slope(z, 2.5)", "runtime.real_transpose(X, z)", "runtime.imag_transpose(X, z)",
    "runtime.real_transpose(z, w)", "runtime.imag_transpose(z, w)", "np.where(x > 0.5, z, X)",
)
SPECIAL = (
    *(f"special.{name}(z)" for name in (
        "erf", "erfc", "erfcx", "erfi", "dawsn", "wofz", "exp1", "expi", "wrightomega", "lambertw", "log1p", "expm1",
    )),
    "special.wofz(X)", "special.lambertw(X)", "special.lambertw(X - 2.0)", "special.lambertw(-0.1 * X, -1)",
    "special.lambertw(z, k=2)", "special.xlogy(z, w)", "special.xlogy(X, z)", "special.xlog1py(z, w)",
    *(f"special.{name}({v}, z)" for name in ("jv", "yv", "iv", "kv", "kve") for v in (1, 0.4)),
    *(f"special.{name}(0.4, {argument})" for name in (
        "hankel1", "hankel1e", "hankel2", "hankel2e", "h1vp", "h2vp",
    ) for argument in "zX"),
    *(f"special.{name}(0.4, z)" for name in ("jvp", "yvp", "ivp", "kvp")),
    *(f"special.spherical_{kind}n(2, z{option})" for kind in "jyik" for option in ("", ", True")),
    "special.hyp0f1(1.4, z)", "special.hyp1f1(0.4, 1.3, z)", "special.hyp2f1(0.4, 1.3, 2.2, 0.3 * z)",
    *(f"special.eval_{name}(3, z)" for name in (
        "legendre", "sh_legendre", "chebyt", "chebyu", "chebyc", "chebys", "sh_chebyt", "sh_chebyu", "laguerre",
    )),
    "special.eval_gegenbauer(3, 0.7, z)", "special.eval_jacobi(3, 0.7, 1.4, z)", "special.eval_genlaguerre(3, 0.7, z)",
)
GAMMA = ("special.gamma(z)", "special.loggamma(z)", "special.rgamma(z)")
"""Their derivative is of a function whose own derivative SciPy has for real numbers alone."""
VECTORS = (
    "z.real", "z.imag", "z.conj()", "z.conjugate()", "np.sum(z)", "z.sum()", "np.mean(z)", "z.mean()", "np.cumsum(z)",
    "z.cumsum()", "np.dot(z, X)", "z.dot(w)", "np.inner(z, X)", "np.outer(X, z)", "z[:, None] * X",
    "np.expand_dims(z, 0)", "np.squeeze(z[:, None])", "np.broadcast_to(z, (2, 3))", "np.flip(z)", "np.roll(z, 1)",
    "np.take(z, [0, 2, 0])", "np.diff(z)", "np.diag(z)", "np.concatenate((z, X))", "np.stack((X, z))",
    "np.reshape(z, (3, 1))", "z.reshape(3, 1)", "np.fft.fft(z)", "np.fft.fft(X)", "np.fft.fft(z, 5)",
    "np.fft.fft(X, 2)", "np.fft.fft(z, norm='ortho')", "np.fft.ifft(z)", "np.fft.ifft(X, 5, norm='forward')",
    "np.fft.ifft(w, 2)", "np.fft.rfft(X)", "np.fft.rfft(X, 6)", "np.fft.rfft(X, 2, norm='ortho')",
    "np.fft.fftshift(z)", "np.fft.ifftshift(z)", "runtime.resized(z, 5)", "runtime.resized(z, 2)",
    "runtime.resized_to(z, (5,))", "runtime.resized_to(z, (2,))",
    "runtime.unbroadcast(z, 1.0)", "runtime.stretch(z, np.zeros((2, 3)))", "runtime.expand(z, np.zeros((2, 3)), 0)",
    "np.take_along_axis(z, np.array([2, 0]), 0)", "z.take([1, 1])", "np.repeat(z, 2)", "z.repeat([1, 0, 2])",
    "np.tile(z, 2)", "np.pad(z, 1)", "np.pad(z, 1, 'reflect')", "np.vstack((z, X))", "np.hstack((X, z))",
    "np.dstack((z, w))", "np.column_stack((z, X))", "np.block([z, X])", "np.flipud(z)", "np.atleast_1d(z)",
    "np.atleast_2d(z)", "np.atleast_3d(z)",
    "z.squeeze()", "z.flatten()", "np.array([z, X])", "np.asarray(z)", "np.copy(z)", "z.copy()", "np.prod(z)",
    "z.prod()", "np.cumprod(z)", "z.cumprod()", "np.polyval(z, w)", "np.polyval(X, z)", "np.einsum('i,i->', z, X)",
    "np.einsum('i->i', z)", "np.convolve(z, X)", "np.roots(z)",
    "runtime.keep_axes(z, 0)", "runtime.writable(z)",
    "runtime.item_written(z, [0, 0, 2])", "runtime.write_item(z[0], w, 1)",
)
MATRICES = (
    "z @ w", "X @ z", "np.matmul(z, X)", "np.tensordot(z, w, 1)", "np.trace(z)", "z.trace()", "np.linalg.inv(z)",
    "np.linalg.solve(z, X)", "np.linalg.solve(X, z)", "np.linalg.det(z)", "np.ravel(z)", "z.ravel()",
    "np.transpose(z)", "z.transpose()", "z.T", "np.swapaxes(z, 0, 1)", "z.swapaxes(0, 1)", "np.moveaxis(z, 0, 1)",
    "np.diagonal(z, 1)", "z.diagonal()", "np.tril(z)", "np.triu(z, 1)", "np.rot90(z)", "np.fliplr(z)",
    "np.rollaxis(z, 1)", "np.linalg.eigvals(z)", "linalg.inv(z)", "linalg.det(z)",
    "linalg.solve(z, w)", "linalg.expm(z)", "linalg.eigvals(z)", "np.linalg.matrix_power(z, 3)",
    "np.einsum('ij,kj->ik', z, w)", "np.einsum('ij,jk,kl->il', z, X, w)",
    "np.fft.fft(z, axis=0)", "np.fft.rfft(X, 5, axis=0)", "np.fft.rfft2(X)", "np.fft.rfft2(X, (2, 5))",
    "np.fft.rfftn(X)", "np.fft.rfftn(X, (2, 5), (1, 0), 'ortho')", "np.fft.rfftn(X, axes=(0,))",
    "np.fft.fft2(z)", "np.fft.ifft2(X)",
    "np.fft.fft2(z, (4, 2))", "np.fft.ifft2(z, (2, 5), norm='ortho')", "np.fft.fft2(z, (4, 2), (1, 0))",
    "np.fft.fftn(z, (4,), (0,))", "np.fft.ifftn(z, (2, 4), (1, 0), 'forward')", "np.fft.fftn(z, axes=(0,))",
    "np.fft.ifftn(z, norm='ortho')", "np.fft.fftshift(z, 0)", "np.dot(z, w)",
    "runtime.matmul_transpose_left(z, X, w)", "runtime.matmul_transpose_right(z, w, X)",
    "runtime.dot_transpose_left(z, X, w)", "runtime.dot_transpose_right(z, w, X)",
    "runtime.inner_transpose_left(z, X, w)", "runtime.inner_transpose_right(z, w, X)",
    "runtime.tensordot_transpose_left(z, X, w, 1)", "runtime.tensordot_transpose_right(z, w, X, 1)",
)
CONTAINERS = (
    "np.linalg.eig(z)[0]", "np.linalg.eig(z)[1]", "linalg.eig(z)[1]", "np.split(z, [1])[0]", "np.array_split(z, 2)[1]",
)
"""Parts of results that are tuples or lists."""
REAL_RESULTS = (
    "np.abs(z)", "abs(z)", "np.absolute(z * w)", "np.angle(z)", "abs(X)", "runtime.modulus(X, y)",
)


def samples() -> Iterator[Sample]:
    numbers = {"x": 0.7, "y": 1.2}
    vectors = {"x": array(3, low=0.3, high=0.9), "y": array(3, low=0.6, high=1.5)}
    matrices = {"x": array(3, 3, low=0.3, high=0.9), "y": array(3, 3, low=-1.5, high=1.5)}
    for expression in (*ELEMENTWISE, *SPECIAL, *GAMMA):
        for arguments in (numbers, vectors):
            yield of_parts(expression, arguments)
    for expression in VECTORS:
        yield of_parts(expression, vectors)
    for expression in MATRICES:
        yield of_parts(expression, matrices)
    for expression in CONTAINERS:
        yield of_parts(expression, matrices, expression.rpartition("[")[0])
    for expression in REAL_RESULTS:
        for arguments in (numbers, vectors):
            yield Sample(written_out(f"{expression} * X"), arguments)


def of_parts(expression: str, arguments: dict[str, Any], covers: str | None = None) -> Sample:
    text = written_out(expression)
    return Sample(f"np.real({text}) - 0.7 * np.imag({text}) ** 2", arguments, covers=written_out(covers or expression))


def written_out(expression: str) -> str:
    return re.sub(r"\b[zwX]\b", lambda found: PARTS[found[0]], expression)


COMPLEX = tuple(samples())

