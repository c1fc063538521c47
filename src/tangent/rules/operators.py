"""Rules of Python's operators, and of the NumPy functions of the same meaning.

Subscripts, displays and in-place operators belong to the core language and have no rule here.
"""

from __future__ import annotations

import operator

import numpy as np

from tangent.rules.registry import bilinear, d, nondifferentiable, partials
from tangent.runtime import matmul_transpose_left, matmul_transpose_right, power_slope


@partials(operator.add, np.add)
def add(z, x, y):
    return 1.0, 1.0


@partials(operator.sub, np.subtract)
def subtract(z, x, y):
    return 1.0, -1.0


@partials(operator.mul, np.multiply)
def multiply(z, x, y):
    return y, x


@partials(operator.truediv, np.divide)
def divide(z, x, y):
    return 1.0 / y, -z / y


@partials(operator.mod, np.remainder)
def remainder(z, x, y):
    return 1.0, -(x // y)


@partials(operator.pow, pow, np.power, np.float_power)
def power(z, x, p):
    # The logarithm at x == 0 is taken as 0: the limit of x ** p * log(x) for every p > 0.
    return power_slope(x, p), z * np.log(x + (x == 0))


@partials(operator.neg, np.negative)
def negative(y, x):
    return -1.0


@partials(operator.pos, np.positive)
def positive(y, x):
    return 1.0


@partials(operator.abs, abs, np.abs, np.fabs)
def absolute(y, x):
    return np.sign(x)


@bilinear(operator.matmul, np.matmul)
def matmul(z, x, y):
    d[x] = matmul_transpose_left(d[z], x, y)
    d[y] = matmul_transpose_right(d[z], x, y)


nondifferentiable(
    operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt, operator.not_,
    operator.truth, operator.is_, operator.is_not, operator.contains, operator.and_, operator.xor,
    operator.invert, operator.lshift, operator.rshift, operator.floordiv, operator.index,
    np.less, np.less_equal, np.equal, np.not_equal, np.greater_equal, np.greater, np.floor_divide,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift,
)
