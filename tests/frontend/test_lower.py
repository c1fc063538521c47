"""Lowering: the program that a function becomes, printed."""

from __future__ import annotations

import math

import pytest

from tangent.errors import UnsupportedError
from tangent.frontend.lower import lower
from tests.from_text import dedented, function_from, program, shown

LOWERED = {
    "operands in order": (
        """
        def f(x, i):
            return np.sin(x[i]) * 2.0 - -x.T
        """,
        """
        def f(x, i):
            t = getitem(x, i)
            t.2 = np.sin(t)
            t.3 = mul(t.2, 2.0)
            t.4 = .T(x)
            t.5 = neg(t.4)
            t.6 = sub(t.3, t.5)
            yield t.6
        """,
    ),
    "a name bound twice is two values": (
        """
        def f(x):
            y = x * x
            y = y * y
            return y
        """,
        """
        def f(x):
            y = mul(x, x)
            y.2 = mul(y, y)
            yield y.2
        """,
    ),
    "tuples that are written out leave no trace": (
        """
        def f(x, y):
            (a, *b), c = (x, y, x), y
            x, y = y, x
            return a, b[1], c, x - y
        """,
        """
        def f(x, y):
            t = sub(y, x)
            yield x, x, y, t
        """,
    ),
    "what a branch changes comes out of it": (
        """
        def f(x):
            y = x
            z = 1.0
            if x > 0.0:
                y = x * x
                w = y
            return y * z
        """,
        """
        def f(x):
            t = gt(x, 0.0)
            y = if t:
                y.2 = mul(x, x)
                yield y.2
            else:
                yield x
            t.2 = mul(y, 1.0)
            yield t.2
        """,
    ),
    "short circuits are branches": (
        """
        def f(x, y):
            return 1.0 < x < y and y
        """,
        """
        def f(x, y):
            t = lt(1.0, x)
            t.2 = if t:
                t.3 = lt(x, y)
                yield t.3
            else:
                yield t
            t.4 = if t.2:
                yield y
            else:
                yield t.2
            yield t.4
        """,
    ),
    "an early return puts the rest into the other branch": (
        """
        def f(x):
            if x < 0.0:
                return -x
            y = x * x
            if y > 4.0:
                y = y - x
            else:
                return y
            return y * x
        """,
        """
        def f(x):
            t = lt(x, 0.0)
            t.2 = if t:
                t.3 = neg(x)
                yield t.3
            else:
                y = mul(x, x)
                t.4 = gt(y, 4.0)
                t.5 = if t.4:
                    y.2 = sub(y, x)
                    t.6 = mul(y.2, x)
                    yield t.6
                else:
                    yield y
                yield t.5
            yield t.2
        """,
    ),
    "break says whether this iteration was the last": (
        """
        def f(x, n):
            for i in range(n):
                if x > 9.0:
                    break
                x = x * x
            return x
        """,
        """
        def f(x, n):
            x.3 = for i in range(0, n, 1) with x.2 = x:
                t = gt(x.2, 9.0)
                x.4, t.2 = if t:
                    yield x.2, True
                else:
                    x.5 = mul(x.2, x.2)
                    yield x.5, False
                yield x.4 stop t.2
            yield x.3
        """,
    ),
    "a loop over elements is a loop over positions": (
        """
        def f(xs):
            total = 0.0
            for i, (a, b) in enumerate(zip(xs, xs)):
                total += a * b * i
            return total
        """,
        """
        def f(xs):
            t = len(xs)
            t.2 = len(xs)
            t.3 = min(t, t.2)
            total.2 = for i in range(0, t.3, 1) with total = 0.0:
                a = element(xs, i)
                b = element(xs, i)
                t.4 = mul(a, b)
                t.5 = mul(t.4, i)
                total.3 = iadd(total, t.5)
                yield total.3
            yield total.2
        """,
    ),
    "a write makes a new version, seen by all names": (
        """
        def f(x):
            y = x.copy()
            z = y
            y[0] = 2.0
            z[1:] *= x[:-1]
            return z
        """,
        """
        def f(x):
            y = .copy(x)
            y.2 = update_item(y, 0, 2.0)
            t = slice(1, None, None)
            t.2 = getitem(y.2, t)
            t.3 = slice(None, -1, None)
            t.4 = getitem(x, t.3)
            t.5 = imul(t.2, t.4)
            y.3 = update_item(y.2, t, t.5)
            yield y.3
        """,
    ),
    "appending and popping": (
        """
        def f(x):
            parts = [x]
            parts.append(x * x)
            last = parts.pop()
            return last, parts
        """,
        """
        def f(x):
            parts = make_list(x)
            t = mul(x, x)
            parts.2 = list_append(parts, t)
            parts.3, last = list_pop(parts.2)
            yield last, parts.3
        """,
    ),
    "effects stay where they are": (
        """
        def f(x):
            assert x > 0.0, f"{x:.2f} is not positive"
            print(x)
            if x > 5.0:
                raise ValueError(x)
            return x
        """,
        """
        def f(x):
            t = gt(x, 0.0)
            t.2 = fstring(x)
            assert_(t, t.2)
            print(x)
            t.3 = gt(x, 5.0)
            if t.3:
                t.4 = ValueError(x)
                raise_(t.4)
            else:
                yield
            yield x
        """,
    ),
}


@pytest.mark.parametrize("name", LOWERED)
def test_before_and_after(name: str) -> None:
    before, after = LOWERED[name]
    assert shown(before) == dedented(after)


def test_a_function_that_is_called_binds_all_its_results() -> None:
    text = """
        def g(a, k=2.0):
            return a * k, a

        def f(x):
            u, v = g(x, k=x)
            return u + v
    """
    assert "u, v = g(x, k=x)" in shown(text)
    lowered = lower(function_from(text))
    assert [found.path for found, _ in lowered.dependencies] == ["g"]


def test_the_parameters_that_are_written_are_known() -> None:
    text = """
        def f(a, b, c, d):
            a[0] = 1.0
            b = b + 1.0
            c += 1.0
            e = d
            e[1] = 2.0
            return a, b, c, e
    """
    assert lower(function_from(text)).writes == {0, 2, 3}


@pytest.mark.parametrize(("made", "writes"), [
    ("np.array(x)", set()),
    ("np.array(x, float)", set()),
    ("np.array(x, copy=False)", {0}),
    ("np.asarray(x, float)", {0}),
    ("np.asarray(a=x)", {0}),
])
def test_a_write_into_what_a_call_gives_is_one_into_the_argument_where_that_call_may_give_it(
    made: str, writes: set[int]
) -> None:
    assert lower(function_from(f"""
        def f(x):
            y = {made}
            y[0] = 1.0
            return y
    """)).writes == writes


def test_effects_are_known() -> None:
    assert lower(function_from("def f(x):\n    print(x)\n    return x\n")).has_effects
    assert not lower(function_from("def f(x):\n    return x\n")).has_effects


def test_names_mean_what_they_mean_where_the_function_stands() -> None:
    text = "def f(x):\n    return sqrt(x) + numbers.sqrt(x)\n"
    function = function_from(text, sqrt=abs, numbers=math)
    paths = {
        s.value.fn.path: s.value.fn.value.__name__
        for s in lower(function).function.body.statements
        if hasattr(s.value.fn, "path") and s.value.fn.path and "sqrt" in s.value.fn.path
    }
    assert paths == {"sqrt": "abs", "numbers.sqrt": "sqrt"}


def test_every_statement_knows_its_line_and_text() -> None:
    text = """
        def f(x):
            y = np.sin(
                x * x
            )
            return y if y > 0.0 else -y
    """
    statements = program(text).body.statements
    assert [(s.origin.line, s.origin.text) for s in statements] == [
        (3, "y = np.sin(x * x)"),
        (2, "y = np.sin(x * x)"),
        (5, "return y if y > 0.0 else -y"),
        (5, "return y if y > 0.0 else -y"),
    ]


def test_annotations_are_facts() -> None:
    function = program("def f(x: float, n: int, a: np.ndarray, c):\n    return x\n")
    assert {v.hint: fact for v, fact in function.facts.items()} == {
        "x": "scalar", "n": "int", "a": "array",
    }


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("def f(x):\n    return x + len(v for v in x)\n", 18),
        ("def f(x):\n    y = [eval(v) for v in x]\n    return y\n", 9),
        ("def f(x):\n    α = x; return α + sum(v for v in eval('x'))\n", 37),
    ],
)
def test_a_refusal_points_at_the_expression(text: str, column: int) -> None:
    with pytest.raises(UnsupportedError) as caught:
        lower(function_from(text))
    assert caught.value.origin is not None
    assert caught.value.origin.column == column
