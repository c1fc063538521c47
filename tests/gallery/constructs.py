"""Small functions, one for each construct of Python whose derivative one may want to look at.

`CONSTRUCTS` is the list of them; what their derivatives look like is in `golden/constructs`.
"""

from __future__ import annotations

import math

import numpy as np

CONSTRUCTS = []
construct = CONSTRUCTS.append


@construct
def handled_exception(x: float, text: str):
    y = x
    try:
        y = float(text) * x
    except ValueError:
        y = math.sin(x)
    return y * x


@construct
def exits_from_a_try(x: float, texts):
    total = x
    for text in texts:
        try:
            factor = float(text)
        except ValueError:
            continue
        if factor > 100.0:
            return total
        total = total * factor + x
    return total


@construct
def silenced_warnings(x: np.ndarray):
    with np.errstate(divide="ignore"):
        y = np.log(x) / x
    return np.sum(y)


@construct
def exits_from_loops(x: float, limit: float):
    for i in range(10):
        if i == 3:
            continue
        x = x * math.cos(x)
        if x > limit:
            break
    else:
        return x
    return x * limit


@construct
def matched_cases(x: float, shape):
    match shape:
        case ("circle", radius):
            return math.pi * radius * radius * x
        case ("square", side) if side > 0.0:
            return side * x * x
        case None:
            return x
        case _:
            raise ValueError("no such shape")


@construct
def assigned_in_a_condition(x: float):
    while (step := math.sin(x)) > 1e-3:
        x = x - step * x
    return x * step
