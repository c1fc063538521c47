"""Functions of any length, as text: straight lines, branches and loops, arrays in place, helpers and methods."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

__all__ = ["SHAPES", "branching", "calling", "modular", "straight", "writing"]

LINES = (
    "v{0} = math.sin(v{1}) * v{2} + 0.5",
    "v{0} = v{1} / (1.0 + v{2} * v{2})",
    "v{0} = (v{1} - v{2}) * math.exp(-v{1} * v{1})",
    "v{0} = v{1} * v{2} - x / (2.0 + v{2} * v{2})",
)
PIECES = (
    ("v{0} = math.cos(v{1}) * v{2}",),
    ("if v{1} > v{2}:", "    v{0} = v{1} * v{2}", "else:", "    v{0} = v{1} - v{2} * y"),
    ("v{0} = v{1}", "for i in range(3):", "    v{0} = v{0} * 0.5 + v{2} * i", "    if v{0} > 9.0:", "        break"),
    ("v{0} = v{2} * 0.5", "while v{0} > 2.0:", "    v{0} = math.sqrt(v{0}) * y"),
)
WRITES = (
    ("for i in range(1, len(u)):", "    u[i] = u[i] - y * u[i - 1]"),
    ("u[0] = x * u[1]",),
    ("w[1:] += u[:-1] * y",),
    ("u = u + 0.1 * w",),
)
HELPERS = """class Gas:
    def __init__(self, gamma, scale):
        self.gamma, self.scale = gamma, scale

    def pressure(self, density):
        return self.scale * density ** self.gamma

    def sound(self, density):
        return math.sqrt(self.gamma * self.pressure(density) / density)

def limited(a, b):
    return a * b / (1.0 + a * a + b * b)

def mixed(a, b, weight):
    if a > b:
        return weight * a + (1.0 - weight) * b
    return b
"""
CALLS = (
    "v{0} = limited(v{1}, v{2}) + 0.5",
    "v{0} = gas.pressure(1.0 + v{1} * v{1}) - v{2}",
    "v{0} = mixed(v{1}, v{2}, 0.25) * y",
    "v{0} = gas.sound(2.0 + math.sin(v{1}))",
)


def straight(lines: int) -> str:
    """A function of that many assignments."""
    body = [line.format(i, i - 1, max(i - 5, 0)) for i, line in enumerate(islice(cycle(LINES), lines), start=1)]
    return function(body, lines)


def branching(lines: int) -> str:
    """A function of that many lines, half of which are branches and loops."""
    body: list[str] = []
    for count, piece in enumerate(cycle(PIECES), start=1):
        body += [line.format(count, count - 1, max(count - 5, 0)) for line in piece]
        if len(body) >= lines:
            return function(body, count)
    raise AssertionError


def writing(lines: int) -> str:
    """A function of that many lines, most of which change elements or parts of arrays."""
    pieces = islice(cycle(WRITES), lines * len(WRITES) // sum(map(len, WRITES)))
    body = ["u = x * np.arange(1.0, 5.0)", "w = np.zeros(4)", *(line for piece in pieces for line in piece)]
    return "\n    ".join(["def f(x, y):", *body, "return u"]) + "\n"


def calling(helpers: int) -> str:
    """A function that calls that many other functions."""
    texts = [f"def h{i}(a, b):\n    return a * math.sin(b) + {i}.0 * b\n" for i in range(1, helpers + 1)]
    body = [f"v{i} = h{i}(v{i - 1}, y) * 0.1" for i in range(1, helpers + 1)]
    return "\n\n".join([*texts, function(body, helpers)])


def modular(lines: int) -> str:
    """A function of that many lines, all of which call one of a few small functions or methods."""
    body = [line.format(i, i - 1, max(i - 5, 0)) for i, line in enumerate(islice(cycle(CALLS), lines), start=1)]
    return "\n\n".join([HELPERS, function(["gas = Gas(1.4, y)", *body], lines)])


def function(body: list[str], last: int) -> str:
    return "\n    ".join(["def f(x, y):", "v0 = x * y", *body, f"return v{last}"]) + "\n"


SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "straight": (straight, 300), "branches and loops": (branching, 300), "arrays in place": (writing, 300),
    "calls of helpers": (calling, 60), "calls of few helpers": (modular, 300),
}
"""What is timed, with the length."""
