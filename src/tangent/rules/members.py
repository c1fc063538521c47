"""Methods of the arrays of other libraries than NumPy, which Tangent knows by their names alone."""

from __future__ import annotations

from tangent.rules.registry import adjoint, d, linear, method, nondifferentiable, tangent_
from tangent.runtime import array_of, numbers_of


# What is computed with the numbers has a derivative as well, which goes back to the array.
@adjoint(method("numpy"))
def numpy_(y, a):
    d[a] = array_of(d[y], a)


@tangent_(method("numpy"))
def numpy_tangent(y, a):
    d[y] = numbers_of(d[a])


@linear(array_of, constant=("like",))
def array_of_(y, b, like):
    d[b] = numbers_of(d[y])


@linear(numbers_of)
def numbers_of_(y, x):
    d[x] = array_of(d[y], x)


@linear(method("read_value"))
def read_value(y, a):
    d[a] = d[y]


nondifferentiable(method("get_shape"))
