"""Functions of NumPy that are defined by a formula, in both modes and twice, against numerical derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from tests.numeric import assert_same, numerical_gradient, seed_for, weighted
from tests.rules import test_transforms
from tests.rules.samples import Sample, array
from tests.rules.table import concerning, graded


def formulas() -> Iterator[Sample]:
    rising, weights = np.array([-1.1, -0.4, 0.3, 1.5, 1.9]), array(3, low=0.5, high=1.5)
    pairs = (((2, 3), (2, 2)), ((3,), (2,)), ((2, 2), (3,)), ((2,), (2, 1, 3)), ((2, 3), ()), ((0, 2), (3, 1)))
    for left, right in pairs:
        yield Sample("np.kron(x, y)", {"x": array(*left), "y": array(*right, key="y")})
    for left, right in (((3,), (3,)), ((4, 3), (3,)), ((3,), (2, 3)), ((2, 1, 3), (4, 3))):
        yield Sample("np.cross(x, y)", {"x": array(*left), "y": array(*right, key="y")})
    yield Sample("np.cross(x, y, axis=0)", {"x": array(3, 2), "y": array(3, 2, key="y")})
    for mode in ("", ", 'valid'", ", mode='same'", ", 'full'"):
        for left, right in ((5, 3), (2, 5), (3, 3), (6, 2), (4, 5)):
            yield Sample(f"np.correlate(x, y{mode})", {"x": array(left), "y": array(right, key="y")})
    many = {name: array(2, 3 if name == "x" else 2, key=name) for name in "xyzuvw"}
    for subscripts in ("ji,jk,kl,lm,mn,no->io", "...ji,jk,kl,lm,mn,no->...o", "ji,jk,kl,lm,mn,no"):
        yield Sample(f"np.einsum('{subscripts}', x, y, z, u, v, w, optimize=True)", many)
    yield Sample("np.einsum('i,i,i,i,i', x, y, x, x, y)", {"x": array(3), "y": array(3, key="y")})
    for x in (array(5), array(2, 3)):
        yield Sample("np.ediff1d(x)", {"x": x})
        yield Sample("np.ediff1d(x, to_begin=y)", {"x": x, "y": 1.5})
        yield Sample("np.ediff1d(x, to_end=y)", {"x": x, "y": array(2)})
        yield Sample("np.ediff1d(x, y, z)", {"x": x, "y": 2.5, "z": array(2)})
    for f in (array(5), array(2)):
        yield Sample("np.gradient(x)", {"x": f})
        yield Sample("np.gradient(x, y)", {"x": f, "y": 0.7})
        yield Sample("np.gradient(x, y)", {"x": f, "y": rising[: len(f)]})
    for axis in (0, 1, -1):
        yield Sample(f"np.gradient(x, axis={axis})", {"x": array(5, 5)})
        yield Sample(f"np.gradient(x, y, axis={axis})", {"x": array(5, 5), "y": rising})
    for x in (array(7, key="interp"), array(2, 3, key="interp"), 0.7, -3.0):
        yield Sample("np.interp(x, y, z)", {"x": x, "y": rising, "z": array(5, key="z")})
    yield Sample("np.interp(x, [0.0, 1.0, 2.0], [0.5, -0.5, y])", {"x": array(4), "y": 1.5})
    for axis in ("", ", 0", ", axis=-1", ", axis=(0, 1)", ", 1, keepdims=True"):
        yield Sample(f"np.average(x{axis})", {"x": array(2, 3)})
    yield Sample("np.average(x, weights=y)", {"x": array(3), "y": weights})
    yield Sample("np.average(x, axis=1, weights=y)", {"x": array(2, 3), "y": weights})
    yield Sample("np.average(x, 0, y)", {"x": array(3, 2), "y": weights})
    yield Sample("np.average(x, axis=0, weights=y)", {"x": array(2, 3), "y": array(2, 3, low=0.5, high=1.5)})
    yield Sample("np.average(x, axis=None, weights=y)", {"x": array(2, 3), "y": array(2, 3, low=0.5, high=1.5)})
    for extra in ("", ", rowvar=False", ", bias=True", ", ddof=0"):
        yield Sample(f"np.cov(x{extra})", {"x": array(3, 4)})
        yield Sample(f"np.cov(x{extra})", {"x": array(5)})
        if "rowvar" not in extra:
            yield Sample(f"np.cov(x, y{extra})", {"x": array(5), "y": array(5, key="y")})
    yield Sample("np.cov(x, y)", {"x": array(2, 5), "y": array(3, 5, key="y")})
    yield Sample("np.corrcoef(x)", {"x": array(3, 4)})
    yield Sample("np.corrcoef(x, rowvar=False)", {"x": array(4, 3)})
    yield Sample("np.corrcoef(x, y)", {"x": array(5), "y": array(5, key="y")})
    yield Sample("np.compress([True, False, True], x, axis=1)", {"x": array(2, 3)})
    yield Sample("np.compress(x > 0, x)", {"x": array(5)})
    yield Sample("x.compress([False, True], 0)", {"x": array(2, 3)})
    yield Sample("np.extract(x > 0, x)", {"x": array(2, 3)})
    yield Sample("np.choose([0, 2, 1], [x, y, 2.0])", {"x": array(3), "y": 1.5})
    yield Sample("np.choose([[0], [2]], (x, y, x * y))", {"x": array(3), "y": 1.5})
    yield Sample("np.choose([1, 0, 1], x)", {"x": array(2, 3)})
    yield Sample("np.select([x > 1.0, x > 0.0], [x * 2.0, x**2])", {"x": array(2, 3)})
    yield Sample("np.select([x > 1.0, x > 0.0, x > -1.0], [2.0, x**2, y], y)", {"x": array(5), "y": 1.5})


FORMULAS = graded(formulas())


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    check_formulas(FORMULAS[text])


def check_formulas(samples: list[tuple[Sample, int]]) -> None:
    """Both modes, optimized and not, for samples with the order of the derivatives to check."""
    for sample, order in samples:
        with concerning(sample):
            check_formula(sample)
            if order == 2:
                test_transforms.check_second_derivative(sample)


def check_formula(sample: Sample) -> None:
    f, values = test_transforms.function_of(sample), list(sample.args.values())
    result, rng = f(*values), np.random.default_rng(7)
    seed = seed_for(result, rng)
    want = numerical_gradient(f, values, [list(sample.args).index(name) for name in sample.wrt], seed).gradient
    *pulled, value = tangent.autodiff(f, wrt=sample.wrt, preserve_result=True)(*values, seed)
    assert_same(value, result, rtol=1e-12, atol=1e-12)
    raw = tangent.autodiff(f, wrt=sample.wrt, optimized=False)(*values, seed)
    for gradient in (pulled, test_transforms.as_parts(raw, sample)):
        for got, expected in zip(gradient, want, strict=True):
            assert_same(got, expected, rtol=1e-5, atol=1e-6)
    pushed_is_pulled(sample, f, seed, pulled)


def pushed_is_pulled(sample: Sample, f: Any, seed: Any, pulled: Any) -> None:
    """The tangent is the transpose of the adjoint."""
    values, rng = list(sample.args.values()), np.random.default_rng(8)
    tangents = [seed_for(sample.args[name], rng) for name in sample.wrt]
    pushed = tangent.jvp(f, wrt=sample.wrt)(*values, *tangents)
    np.testing.assert_allclose(
        weighted(pushed, seed), sum(map(weighted, pulled, tangents)), rtol=1e-9, atol=1e-9
    )


def put_along(A, v):
    B = A * 1.0
    np.put_along_axis(B, np.argmax(A, 1, keepdims=True), v, 1)
    return np.sum(B * B * A)


def filled_diagonal(A, v):
    B = A * 1.0
    np.fill_diagonal(B, v)
    return np.sum(B * B * A)


def masked(A, v):
    B = A * 1.0
    np.putmask(B, A > 0.0, v)
    return np.sum(B * B * A)


@pytest.mark.parametrize("function", [put_along, filled_diagonal, masked])
@pytest.mark.parametrize("value", [1.5, array(3)])
def test_what_is_written_into_an_array(function, value) -> None:
    A, v = array(3, 3), np.reshape(value, (3, 1)) if function is put_along and np.ndim(value) else value
    want = numerical_gradient(function, [A, v], [0, 1], 1.0).gradient
    for got, expected in zip(tangent.grad(function, wrt=(0, 1))(A, v), want, strict=True):
        assert_same(got, expected, rtol=1e-5, atol=1e-6)


def product_of_matrices(x, y):
    return np.sum(np.einsum("ij,jk", x, y))


def test_the_subscripts_of_an_adjoint_are_written_out() -> None:
    source = inspect.getsource(tangent.grad(product_of_matrices, wrt=(0, 1)))
    assert "einsum_like('ik,jk->ij'" in source
    assert "einsum_like('ij,ik->jk'" in source
