"""Folding of temporaries into expressions, as the text that is printed."""

from __future__ import annotations

import pytest

from tests.from_text import dedented, printed

SAME = {
    "nested expressions": """
        def f(x, y):
            z = 1.0 / (1.0 + np.exp(-x)) - (x - y) ** 2
            w = x ** y ** 2 + (-x) ** 2 - (x ** y) ** 2
            v = x.T[0, 1:, None]
            return z * w - (v - (z - w)) * y[-1]
    """,
    "what has a name keeps it": """
        def f(x):
            y = np.exp(x)
            return y * y + y
    """,
    "short circuits and conditional expressions": """
        def f(x, c):
            if x > 0.0 and c or x < -1.0:
                x = x * 2.0
            return (x + 1.0 if c else -x) * 2.0
    """,
    "elif": """
        def f(x):
            if x > 1.0:
                y = x * 3.0
            elif x > 0.0:
                y = 2.0
            else:
                y = np.sin(x)
            return y
    """,
    "a loop in place": """
        def f(x):
            y = x.copy()
            for i in range(1, len(y)):
                z = y[i] * 2.0
                y[i] = z + y[i - 1]
            return y
    """,
    "while with a condition": """
        def f(x):
            while x > 1.0 or x < -1.0:
                x = x / 2.0
            return x
    """,
    "an item is read before it is overwritten": """
        def f(x):
            y = x * 2.0
            a = y[0] + 1.0
            y[0] = 5.0
            return y * a
    """,
    "effects keep their order": """
        def f(x):
            assert x > 0.0, f"{x!r} is {x:.2f}"
            print(x, end='')
            if x > 5.0:
                raise ValueError(x)
            return x
    """,
    "calls with keywords": """
        def f(x, n):
            y = np.sum(x, axis=0, keepdims=True)
            return {'a': [y, x.sum(axis=n)], 'b': (x.shape[0],)}
    """,
}


def bodies(text: str) -> list[str]:
    """The lines without the name of the result, which is not what is looked at here."""
    lines = dedented(text).splitlines()
    if len(lines) > 2 and lines[-1].startswith("    return ") and lines[-2].startswith("    "):
        name, eq, value = lines[-2].strip().partition(" = ")
        if eq and lines[-1] == f"    return {name}":
            return [*lines[:-2], f"    return {value}"]
    return lines


@pytest.mark.parametrize("name", SAME)
def test_the_text_of_the_user_comes_back(name: str) -> None:
    assert bodies(printed(SAME[name])) == bodies(SAME[name])


def test_a_read_is_not_moved_across_a_write() -> None:
    text = printed("""
        def f(x, i):
            y = x * 2.0
            a = float(y[0]) + float(y[i])
            y[0] = 5.0
            y[i] = a
            return y, y[0] * a
    """)
    assert text.index("a = ") < text.index("y[0] = 5.0") < text.index("y[i] = a") < text.index("y[0] * a")
