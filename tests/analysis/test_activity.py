"""Activity, as the fact beside each line: varied (depends on the argument), active (and matters)."""

from __future__ import annotations

from collections.abc import Callable

from tangent.analysis.activity import active_values, varied_values
from tangent.ir.nodes import Function, Var
from tests.from_text import dedented, program, value, with_facts


def activity(function: Function, *names: str) -> Callable[[Var], str]:
    wrt = [p for p in function.params if p.hint in names]
    active, varied = active_values(function.body, wrt), varied_values(function.body, wrt)
    return lambda v: "active" if v in active else "varied" if v in varied else "passive"


def check(text: str, *wrt: str) -> None:
    function = program(text)
    assert with_facts(text, function, activity(function, *wrt)) == dedented(text)


def test_straight_line() -> None:
    check(
        """
        def f(x, w):
            a = x * 2.0         # active
            b = w * 2.0         # passive
            c = np.sin(a) * b   # active
            d = np.cos(a)       # varied
            e = a * b           # varied
            w = x
            return c + w        # active
        """,
        "x",
    )


def test_what_has_no_derivative_is_passive() -> None:
    check(
        """
        def f(x):
            n = len(x)              # passive
            s = np.sign(x)          # passive
            m = np.argmax(x)        # passive
            c = x > 0.0             # passive
            h = x.shape             # passive
            k = int(x[0])           # passive
            a = x[m]                # active
            b = n * s[k]            # passive
            return a * b            # active
        """,
        "x",
    )


def test_an_index_carries_no_derivative() -> None:
    check(
        """
        def f(x, table):
            a = table[x]        # passive
            b = table.copy()    # passive
            b[x] = 1.0          # passive
            b[0] = x            # active
            return b
        """,
        "x",
    )


def test_loops_are_followed_to_the_end() -> None:
    check(
        """
        def f(x, n):
            a = b = c = 0.0
            for i in range(n):
                c = c + b         # active
                b = b + a         # active
                a = x * i         # active
                unused = a * 2.0  # varied
            return c
        """,
        "x",
    )


def test_a_branch_makes_its_result_vary_if_one_side_does() -> None:
    text = """
        def f(x, y):
            if y > 0.0:
                z = x * x
                u = 1.0
            else:
                z = 1.0
                u = y
            return z * u
    """
    function = program(text)
    fact = activity(function, "x")
    assert fact(value(function, "z")) == "active"
    assert fact(value(function, "u")) == "passive"


def test_lists_carry_what_is_in_them() -> None:
    check(
        """
        def f(x, y):
            a = []                 # passive
            a.append(y)            # passive
            b = {"k": y}           # passive
            b["k"] = x             # active
            c = (y, x)             # varied
            a.append(x)            # active
            return a, b
        """,
        "x",
    )


def test_only_what_is_asked_for() -> None:
    text = """
        def f(x, y):
            a = x * x    # passive
            b = y * y    # active
            return a, b
    """
    check(text, "y")
