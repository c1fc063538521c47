"""Functions that random programs call: their text is copied into the program."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.programs.kinds import FUNCTION, NUMBER, V2, V3, WORD, Kind, dict_of, list_of, tuple_of


@dataclass(frozen=True)
class Helper:
    """A function that programs call: its text, and what it takes and gives."""

    name: str
    parameters: tuple[Kind, ...]
    result: Kind | None
    source: str


def smooth(a):
    return np.tanh(a) * a


def both(a, b):
    return a * np.cos(b), a - b


def affine(a, b=0.3, c=1.5):
    return a * c + b


def power(a, n=3):
    if n == 0:
        return 1.0
    return np.sin(a) * power(a, n - 1) + a


def even(a, n=3):
    if n == 0:
        return a
    return odd(np.sin(a), n - 1) * a


def odd(a, n):
    if n == 0:
        return a * a
    return even(a * 0.7, n - 1)


def start(a):
    return even(a) + odd(a, 2)


def search(v):
    for i in range(len(v)):
        if v[i] > 0.1:
            return v[i] * v[i] + i
    return np.sum(v)


def write(v, a):
    v[0] = a * v[1]
    v[1:] *= a


def scaled(v, a):
    v *= a
    return v


def passed(v):
    return v


def tail(v):
    return v[1:]


def cross(v, w):
    v[0] = w[1] * w[2]
    w[2] = v[1] + v[0]


def maybe(v, a):
    if a > 0.0:
        v[0] *= a
        return v
    return v * a


def ahead(v):
    y = np.zeros(3)
    for i in range(3):
        y[i] = np.sin(v[i]) + y[i - 1] * v[0]
    return y


def push(parts, a):
    parts.append(np.sin(a) * a)


def total(parts):
    y = 0.0
    for part in parts:
        y = y * 0.5 + part * part
    return y


def update(p, a):
    p["a"] = p["c"] * a
    p["c"] += a


def checked(a):
    if a > 0.2:
        raise ValueError(f"{a} is too large")
    return a * a + 0.1


def guarded(a):
    try:
        y = checked(a)
    except ValueError:
        y = np.sin(a)
    else:
        y = y * 2.0
    return y


def summed(*parts, scale=1.0):
    y = 0.0
    for part in parts:
        y = y * scale + part
    return y


def tuned(a, **options):
    y = a * options.get("gain", 0.7)
    if "shift" in options:
        y += options["shift"]
    return y


def twice(f, a):
    return f(f(a))


def scaler(a):
    def scale(b):
        return a * b + 0.2

    return scale


def counter(a):
    state = a

    def more(b):
        nonlocal state
        state = state * 0.5 + b
        return state

    return more


def steps(a, n):
    for i in range(n):
        a = np.sin(a) + 0.3 * i
        yield a


def windows(v):
    yield v[:2]
    yield v[1:]


def by_name(kind, a):
    if kind == "square":
        return a * a
    elif kind == "wave":
        return np.sin(a)
    return a


def _helper(result: Kind | None, parameters: list[Kind], *functions: Callable[..., Any]) -> Helper:
    text = "\n\n".join(inspect.getsource(f) for f in functions)
    return Helper(functions[-1].__name__, tuple(parameters), result, text)


HELPERS = [
    _helper(NUMBER, [NUMBER], smooth),
    _helper(tuple_of(NUMBER, NUMBER), [NUMBER, NUMBER], both),
    _helper(NUMBER, [NUMBER, NUMBER], affine),
    _helper(NUMBER, [NUMBER], power),
    _helper(NUMBER, [NUMBER], even, odd, start),
    _helper(NUMBER, [V3], search),
    _helper(None, [V3, NUMBER], write),
    _helper(V3, [V3, NUMBER], scaled),
    _helper(V3, [V3], passed),
    _helper(V2, [V3], tail),
    _helper(None, [V3, V3], cross),
    _helper(V3, [V3, NUMBER], maybe),
    _helper(V3, [V3], ahead),
    _helper(NUMBER, [NUMBER], checked, guarded),
    _helper(NUMBER, [FUNCTION, NUMBER], twice),
    _helper(FUNCTION, [NUMBER], scaler),
    _helper(FUNCTION, [NUMBER], counter),
    _helper(NUMBER, [WORD, NUMBER], by_name),
    _helper(None, [list_of(NUMBER), NUMBER], push),
    _helper(NUMBER, [list_of(NUMBER)], total),
    _helper(None, [dict_of(a=NUMBER, c=NUMBER), NUMBER], update),
]

CALLED = {h.name: h for h in (_helper(None, [], f) for f in (checked, summed, tuned, steps, windows))}
"""Functions that one construct calls in its own way."""
