"""What of Python is differentiated: a small program for each part of the language, which the documentation shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["ACCEPTED", "Accepted"]

V = np.array([0.3, -0.7, 1.1])
M = np.array([[0.5, 1.2], [1.1, 0.4]])


@dataclass(frozen=True)
class Accepted:
    """A part of the language, a program that has it, and arguments for the program."""

    what: str
    program: str
    arguments: tuple[Any, ...] = (0.7,)


ACCEPTED = (
    Accepted(
        "Branches, conditional expressions, `and`, `or`, `not`, chained comparisons",
        """
        def huber(x, delta=0.5):
            if -delta < x < delta:
                return 0.5 * x * x
            return delta * (abs(x) - 0.5 * delta)
        """,
    ),
    Accepted(
        "Loops over ranges, arrays, lists, tuples, dicts and objects with `__iter__`, `enumerate`, `zip`, `reversed`; "
        "`break`, `continue`, `else`; a `return` anywhere",
        """
        def horner(x, coefficients=(2.0, -1.0, 0.5)):
            total = 0.0
            for i, c in enumerate(reversed(coefficients)):
                if i > 10:
                    break
                total = total * x + c
            return total
        """,
    ),
    Accepted(
        "`while`, on any condition",
        """
        def root(a):
            x = a
            while abs(x * x - a) > 1e-12:
                x = 0.5 * (x + a / x)
            return x
        """,
    ),
    Accepted(
        "Subscripts and slices, integer and boolean arrays as indices; read, written and accumulated",
        """
        def smoothed(x):
            y = x.copy()
            y[1:-1] = (x[:-2] + x[1:-1] + x[2:]) / 3.0
            y[y < 0.0] *= 0.1
            return np.sum(y[[0, 2, 2]] ** 2)
        """,
        (V,),
    ),
    Accepted(
        "Lists, tuples and dicts, nested; as arguments, results and local values",
        """
        def dense(x, layers):
            for w, b in layers:
                x = np.tanh(w @ x + b)
            return {"last": x, "sum": np.sum(x)}
        """,
        (V[:2], [(M, V[:2]), (M, V[1:])]),
    ),
    Accepted(
        "Functions of any module, with defaults and keywords, recursive ones, and ones that return tuples",
        """
        def polar(x, y=0.5):
            return np.hypot(x, y), np.arctan2(y, x)

        def power(x, n):
            return 1.0 if n == 0 else x * power(x, n - 1)

        def spiral(x):
            radius, angle = polar(x, y=2.0 * x * x)
            return radius * power(angle, 3)
        """,
    ),
    Accepted(
        "Functions inside of functions, and `lambda`",
        """
        def area(x, n=8):
            step = x / n
            height = lambda t: np.exp(-t * t) * x

            def strip(i):
                return 0.5 * (height(i * step) + height((i + 1) * step)) * step

            total = 0.0
            for i in range(n):
                total = total + strip(i)
            return total
        """,
    ),
    Accepted(
        "Functions as values: in tables, as arguments and results; closures, `functools.partial`, decorators, `*args` "
        "and `**kwargs`",
        """
        def damped(f, rate=0.5):
            return lambda t: f(t) * np.exp(-rate * t)

        def response(x, kind="sine", **options):
            shapes = {"sine": np.sin, "square": lambda t: t * t}
            f = damped(shapes[kind], **options)
            return sum(f(x + shift) for shift in (0.0, 0.1))
        """,
    ),
    Accepted(
        "`*` and `**` in calls, also of what only the run knows the length or the keys of",
        """
        def decay(t, height, rate=0.5, *, floor=0.0):
            return height * np.exp(-rate * t) + floor

        def misfit(parameters, options):
            return decay(0.5, *parameters) * decay(1.0, **options)
        """,
        ([1.2, 0.3], {"height": 0.7, "floor": 0.1}),
    ),
    Accepted(
        "Comprehensions, `sum`, `min`, `max`, `sorted`, `map`, `zip(*...)`; generators, and methods that are "
        "generators, where a loop consumes them",
        """
        def halvings(x):
            while x > 0.1:
                yield x
                x = 0.5 * x

        def longest(x):
            parts = [t * t for t in halvings(x) if t < 0.5]
            table = {i: np.sin(t) for i, t in enumerate(sorted(parts))}
            return max(parts) + sum(table.values())
        """,
    ),
    Accepted(
        "Classes: methods, properties, operators, inheritance, dataclasses and named tuples; objects made inside, and "
        "passed in; attributes read and written",
        """
        class Body:
            def __init__(self, mass, speed=0.0):
                self.mass, self.speed = mass, speed

            @property
            def energy(self):
                return 0.5 * self.mass * self.speed**2

        class Rocket(Body):
            def burn(self, fuel):
                self.speed += 3.0 * fuel / self.mass
                self.mass -= fuel

        def flight(fuel):
            rocket = Rocket(mass=5.0)
            for _ in range(3):
                rocket.burn(fuel)
            return rocket.energy
        """,
    ),
    Accepted(
        "`try`, `with`, `match`, `:=`, `del`, `import`: the way taken is the way differentiated",
        """
        def parsed(x, text="1.5"):
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    scale = float(text)
                except ValueError:
                    scale = 1.0
            match text.split("."):
                case [whole, _]:
                    return scale * x ** int(whole)
                case _:
                    return scale * x
        """,
    ),
    Accepted(
        "Derivatives inside of functions, to any depth",
        """
        def newton_step(x):
            f = lambda t: t**3 - 2.0 * t - 5.0
            return x - f(x) / tangent.grad(f)(x)
        """,
    ),
    Accepted(
        "`assert`, `raise`, `print` and warnings, which are kept, and done once and in order",
        """
        def drag(speed, density=1.2):
            if speed < 0.0:
                raise ValueError(f"a negative speed: {speed}")
            assert density > 0.0, "no air"
            return 0.5 * density * speed**2
        """,
    ),
)
