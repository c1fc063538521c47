"""Small functions, one for each construct of Python whose derivative one may want to look at.

`CONSTRUCTS` is the list of them; what their derivatives look like is in `golden/constructs`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

CONSTRUCTS: list[Callable[..., Any]] = []


def construct(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add a function to the constructs."""
    CONSTRUCTS.append(function)
    return function


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


@construct
def closures_of_a_factory(x: float, a: float):
    def power(n):
        def apply(t):
            return a * t**n

        return apply

    square, cube = power(2), power(3)
    return square(x) + cube(x)


@construct
def functions_in_a_table(x: float, name: str):
    table = {"sine": math.sin, "square": lambda t: t * t, "damped": lambda t, rate=0.5: t * math.exp(-rate * t)}
    return table[name](x) + table["square"](2.0 * x)


@construct
def defaults_and_stars(x: float):
    def weighted(*terms, weight=2.0, **options):
        return weight * sum(terms) + options["offset"]

    return weighted(x, x * x, **{"offset": math.sin(x)})


@construct
def recursion(x: float, n: int):
    if n == 0:
        return 1.0
    return x * recursion(math.sin(x), n - 1) + n


class Spring:
    """A spring, as a user would write it."""

    def __init__(self, stiffness, length=1.0):
        self.stiffness, self.length = stiffness, length

    @property
    def compliance(self):
        return 1.0 / self.stiffness

    def energy(self, x):
        return 0.5 * self.stiffness * (x - self.length) ** 2

    def __add__(self, other):
        return Spring(self.stiffness + other.stiffness, self.length)


@construct
def object_built_inside(k: float, x: float):
    both = Spring(k) + Spring(2.0 * k, 0.5)
    return both.energy(x) * both.compliance


@construct
def object_passed_in(spring: Spring, x: float):
    return spring.energy(x) + spring.compliance


@construct
def state_of_an_object(x: float, steps: int):
    particle = Particle(x)
    for _ in range(steps):
        particle.step(0.1)
    return particle.position


class Particle:
    def __init__(self, position):
        self.position, self.velocity = position, 0.0

    def step(self, dt):
        self.velocity -= dt * math.sin(self.position)
        self.position += dt * self.velocity


@construct
def comprehensions(x: np.ndarray, t: float):
    powers = [t**k for k in range(4) if k != 2]
    table = {name: value * t for name, value in zip("abc", powers)}
    return sum(v * v for v in x if v > 0.0) + table["b"]


@construct
def generator_consumed(x: float):
    def halves(t):
        while t > 1e-3:
            yield t
            t = 0.5 * t

    return sum(t * t for t in halves(x))


@construct
def views_written(A: np.ndarray):
    B = A.copy()
    for row in B:
        row -= np.mean(row)
    B[:, 0] *= 2.0
    return np.sum(B * B)


@construct
def written_to_out(x: np.ndarray):
    y = np.empty(3)
    np.multiply(x, x, out=y)
    y += 1.0
    return np.sum(np.log(y, out=y))


@construct
def list_filled_in_a_loop(x: np.ndarray):
    path = [0.0]
    for v in x:
        path.append(0.9 * path[-1] + v)
    return np.array(path) @ np.array(path)
