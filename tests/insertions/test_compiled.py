"""Derivatives with code of the user's in the backward pass, compiled by Numba."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tangent
from tangent import insert_grad_of

numba = pytest.importorskip("numba")

V = np.array([0.3, -0.7, 1.1])


def clipped(x):
    y = tangent.stop_gradient(x) * x * x
    with insert_grad_of(y) as dy:
        dy = np.minimum(dy, 0.5)
    for _ in range(2):
        y = np.sin(y)
        with insert_grad_of(y) as dy:
            dy = np.ones(1) * dy[0]
    return np.sum(y)


def truncated(w: float, n: int):
    h = 0.5
    for i in range(n):
        with insert_grad_of(h) as dh:
            if i < n - 2:
                break
        h = np.tanh(w * h)
    return h


def test_compiled_derivatives_are_the_same() -> None:
    derivative = tangent.grad(clipped)
    assert "as_derivative" in inspect.getsource(derivative)
    np.testing.assert_allclose(numba.njit(derivative)(V, 1.0), derivative(V))
    derivative = tangent.grad(truncated)
    assert numba.njit(derivative)(1.3, 6, 1.0) == pytest.approx(derivative(1.3, 6))
