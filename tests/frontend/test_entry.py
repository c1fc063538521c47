"""Whatever can be called can be differentiated: by a function with source that calls it."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError


class Model:
    def __init__(self, w: float) -> None:
        self.w = w

    def predict(self, x, n=2):
        return self.w * x**n

    def __call__(self, x):
        return self.predict(x)


def star(*xs):
    return xs[0] * xs[1] * xs[1]


def named(**p):
    return p["a"] * p["b"]


def power(a, b, c=2.0):
    return a * b**c


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (Model(3.0).predict, 12.0), (Model(3.0), 12.0), (functools.partial(power, 3.0), 12.0),
        (math.exp, math.exp(2.0)),
        (np.sin, np.cos(2.0)), (functools.partial(operator.mul, 5.0), 5.0), (functools.partial(np.sum, axis=None), 1.0),
    ],
)
def test_callables(f: Any, slope: float) -> None:
    assert tangent.grad(f)(2.0) == pytest.approx(slope)
    assert tangent.grad(f) is tangent.grad(f)
    tangent.check_grads(f, (2.0,))


def test_any_number_of_arguments() -> None:
    assert tangent.grad(star)(2.0, 3.0) == (9.0, 12.0)
    assert tangent.grad(star)(2.0, 3.0, bstar=2.0) == (18.0, 24.0)
    assert tangent.grad(named)(a=2.0, b=3.0) == {"a": 3.0, "b": 2.0}
    assert tangent.jvp(star)(2.0, 3.0, dxs=(1.0, 0.0)) == 9.0
    assert tangent.jacobian(star)(2.0, 3.0) == (9.0, 12.0)
    assert tangent.hessian(star)(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))
    tangent.check_grads(star, (2.0, 3.0))


def applied(f, x):
    return f(x) * x


def overwrites(x):
    x[0] = 2.0
    return np.sum(x)


@pytest.mark.parametrize(
    ("f", "x", "wrt", "message"),
    [
        (len, 2.0, 1, "written in C"),
        (overwrites, np.ones(2), 1, "writes into its arguments"),
        (Model(3.0).predict, 2.0, (0, 1), "with respect to what predict holds"),
    ],
)
def test_functions_that_only_the_run_knows_are_refused(f: Any, x: Any, wrt: Any, message: str) -> None:
    derivative = tangent.grad(applied, wrt=wrt)
    with pytest.raises(TangentError, match=message):
        derivative(f, x)
