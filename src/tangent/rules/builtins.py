"""Rules of Python's built-in functions; `abs` and `pow` are with the operators, `list` and its like in `containers`."""

from __future__ import annotations

from tangent.rules.registry import adjoint, d, linear, nondifferentiable, partials, tangent_
from tangent.runtime import greater, spread, unbroadcast


@partials(max, shares=("x", "y"))
def maximum(z, x, y):
    return greater(x, y), greater(y, x)


@partials(min, shares=("x", "y"))
def minimum(z, x, y):
    return greater(y, x), greater(x, y)


@linear(sum)
def sum_(y, items):
    d[items] = spread(d[y], items)


@adjoint(sum)
def sum_from(y, items, start):
    d[items] = spread(d[y], items)
    d[start] = unbroadcast(d[y], start)


@tangent_(sum)
def sum_from_tangent(y, items, start):
    d[y] = sum(d[items], d[start])


@linear(float)
def float_(y, x):
    d[x] = unbroadcast(d[y], x)


nondifferentiable(
    int, round, len, bool, isinstance, issubclass, range, any, all, type, id, hash, callable,
    hasattr, ord, chr, format, bin, hex, oct,
)
