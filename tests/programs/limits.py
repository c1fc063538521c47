"""What lies outside of the language, and how to write it instead: programs in pairs, for each limit.

The names are those of `tangent.frontend.unsupported`. Both programs of a pair compute the same.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from tangent.frontend.unsupported import LIMITS, SYNTAX, Limit

__all__ = ["PAIRS", "Pair"]


@dataclass(frozen=True)
class Pair:
    """A program that is refused, what to write instead, and an argument for both."""

    limit: Limit
    refused: str
    instead: str
    argument: Any = 0.7


PAIRS = (
    Pair(
        SYNTAX[ast.AsyncFunctionDef],
        """
        async def cost(x):
            weight = await fetch()
            return weight * x * x
        """,
        """
        def cost(x, weight=2.0):
            return weight * x * x
        """,
    ),
    Pair(
        SYNTAX[ast.ClassDef],
        """
        def spring(x):
            class Spring:
                stiffness = 3.0

            return 0.5 * Spring.stiffness * x * x
        """,
        """
        class Spring:
            stiffness = 3.0

        def spring(x):
            return 0.5 * Spring.stiffness * x * x
        """,
    ),
    Pair(
        SYNTAX[ast.Yield],
        """
        def powers(x):
            power = 1.0
            for _ in range(3):
                power = power * x
                yield power
        """,
        """
        def powers(x):
            power, found = 1.0, []
            for _ in range(3):
                power = power * x
                found.append(power)
            return found
        """,
    ),
    Pair(
        LIMITS["reflection"],
        """
        def correlation(x, formula="2.0 * x ** 0.5"):
            return eval(formula)
        """,
        """
        def correlation(x, formula="square root"):
            if formula == "square root":
                return 2.0 * x**0.5
            return 2.0 * x
        """,
    ),
    Pair(
        LIMITS["complex"],
        """
        def response(x):
            return 1.0 / (1.0 + x * 2.0j)
        """,
        """
        def response(x):
            z = 1.0 / (1.0 + x * 2.0j)
            return z.real, z.imag
        """,
    ),
    Pair(
        LIMITS["integers"],
        """
        def padded(x):
            y = np.full(3, 0)
            y[1] = x
            return y
        """,
        """
        def padded(x):
            y = np.full(3, 0.0)
            y[1] = x
            return y
        """,
    ),
    Pair(
        LIMITS["attribute by name"],
        """
        class Spring:
            def __init__(self, k):
                self.linear, self.cubic = 0.5 * k, 0.25 * k

        def energies(x):
            spring, total = Spring(x), 0.0
            for kind in NAMES:
                total = total + getattr(spring, kind.lower()) * x * x
            return total

        NAMES = ["Linear", "Cubic"]
        """,
        """
        def energies(x):
            spring, total = {"linear": 0.5 * x, "cubic": 0.25 * x}, 0.0
            for kind in NAMES:
                total = total + spring[kind.lower()] * x * x
            return total

        NAMES = ["Linear", "Cubic"]
        """,
    ),
    Pair(
        LIMITS["no rule"],
        """
        def weighted_fraction(x):
            return math.modf(x)[0] * x
        """,
        """
        from tangent.grads import adjoint
        from tangent.tangents import tangent_

        def fraction(x):
            return math.modf(x)[0]

        @adjoint(fraction)
        def dfraction(y, x):
            d[x] = d[y]

        @tangent_(fraction)
        def dfraction_forward(y, x):
            d[y] = d[x]

        def weighted_fraction(x):
            return fraction(x) * x
        """,
    ),
)
