"""What may share memory, and what is still needed, as the fact beside each line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tangent.analysis.calls import is_call_of
from tangent.analysis.kinds import Kinds
from tangent.analysis.memory import Liveness, Memory
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Function, Var
from tangent.ir.walk import all_statements
from tangent.simplify import tidy
from tests.from_text import dedented, program, value, with_facts


def roots(function: Function) -> Callable[[Var], str]:
    """The arguments whose memory a value may share."""
    memory = Memory(function)
    return lambda v: " ".join(sorted(p.hint for p in function.params if p in memory[v].all)) or "own"


def check(text: str, fact: Callable[[Function], Callable[[Var], str]]) -> None:
    function = program(text)
    assert with_facts(text, function, fact(function)) == dedented(text)


def test_views_share_and_results_of_arithmetic_do_not() -> None:
    check(
        """
        def f(W: np.ndarray, x: np.ndarray):
            a = W[1:]               # W
            b = W.T                 # W
            c = np.reshape(W, 6)    # W
            d = a[0]                # W
            e = W.ravel()           # W
            g = np.asarray(x)       # x
            h = W * 2.0             # own
            i = W.copy()            # own
            j = np.sum(W)           # own
            k = W @ x               # own
            l = np.concatenate([W, x])  # own
            return a
        """,
        roots,
    )


def test_lists_share_the_memory_of_what_is_in_them() -> None:
    check(
        """
        def f(x: np.ndarray, y: np.ndarray, n: int):
            a = [x, x * 2.0]       # x
            a.append(y)            # x y
            b = (a, 1.0)           # x y
            c = np.sin(a[n])       # own
            d = a[n]               # x y
            e = {"k": y}           # y
            e["l"] = x             # x y
            return b
        """,
        roots,
    )


def test_what_a_branch_or_a_loop_may_give() -> None:
    function = program("""
        def f(x: np.ndarray, y: np.ndarray, n: int):
            if n > 0:
                a = x
            else:
                a = y * 2.0
            b = y
            c = x
            for i in range(n):
                c = b
                b = a
            return c
    """)
    memory = Memory(function)
    x, y, _ = function.params
    assert {x, y} & memory[value(function, "a")].all == {x}
    assert {x, y} & memory[value(function, "b")].all == {x, y}
    assert {x, y} & memory[value(function, "c")].all == {x, y}


def test_appending_changes_the_list_and_not_its_items() -> None:
    function = program("""
        def f(x: np.ndarray):
            items = [x]
            items.append(x)
            x[0] = 1.0
            return items
    """)
    memory = Memory(function)
    append, write = (s for s in function.body.statements[1:] if isinstance(s, Assign))
    x = function.params[0]
    assert not memory.may_read(x, memory.written(append))
    assert memory.may_read(x, memory.written(write))
    assert memory.may_read(value(function, "items"), memory.written(write))


def test_what_is_live_after_each_change_in_place() -> None:
    function = program("""
        def f(x, y, n):
            a = x * y
            a += x
            b = np.zeros_like(y)
            for i in range(n):
                t = a * x
                t -= i
                b += t
            b *= 2.0
            return a + b
    """)
    body = tidy(function.body)
    after = Liveness(body, Kinds(function)).after
    live = {
        s.origin.line: " ".join(sorted({v.hint for v in after[s]}))
        for s in all_statements(body)
        if s in after
    }
    assert live == {3: "a n x", 7: "a b t x", 8: "a b x", 9: "a b"}


def test_of_an_array_whose_shape_is_read_the_content_is_not_needed() -> None:
    function = program("""
        def f(x):
            y = np.sin(x)
            y *= 2.0
            n = np.zeros_like(y)
            return n * len(x) * x.size
    """)
    after = Liveness(function.body, Kinds(function)).after
    assert [{v.hint for v in live} & {"x", "y"} for live in after.values()] == [set()]


def kind(function: Function) -> Callable[[Var], str]:
    kinds = Kinds(function)

    def fact(v: Var) -> str:
        if kinds.is_integer(v):
            return "integer"
        return "basic index" if kinds.is_basic(v) else "numeric" if kinds.is_numeric(v) else "unknown"

    return fact


def test_kinds_come_from_what_values_are_used_for() -> None:
    check(
        """
        def f(x, i, p, q, n: int):
            a = x[i]          # numeric
            b = np.sin(x)     # numeric
            c = p["w"]        # numeric
            d = c @ b         # numeric
            e = q["w"]        # unknown
            k = len(x)        # integer
            m = k * 2 - n     # integer
            s = x.shape[0]    # integer
            o = k / 2         # numeric
            g = [a, d]        # unknown
            return e
        """,
        kind,
    )


def test_only_an_index_that_surely_names_everything_once_is_basic() -> None:
    function = program("""
        def f(x, i, n: int):
            for k in range(n):
                x[k] = 0.0
            a = x[1:n]
            b = x[i]
            c = x[[0, 0]]
            d = x[x > 0.0]
            e = x[n, 1:]
            return a, b, c, d, e
    """)
    kinds = Kinds(function)
    indices = {
        s.targets[0].hint: kinds.is_basic(s.value.args[1])
        for s in all_statements(function.body)
        if isinstance(s, Assign) and s.targets[0].hint in "abcde" and len(s.value.args) == 2
    }
    assert indices == {"a": True, "b": False, "c": False, "d": False, "e": True}


TAKEN = """
    def f(x: np.ndarray, y, n: int):
        first, second, kept = [], [], []
        for i in range(n):
            first.append(x * i)
            shared = y[i] + 0.0
            second.append(shared)
            kept.append(shared)
        a, b = x, x
        for i in range(n):
            a = first.pop()
            b = second.pop()
            {use}
        return a, b, kept, {more}
"""


def shared_with_rest(use: str, more: str) -> dict[str, bool]:
    """Whether what was taken from a list may share memory with what is still on it, or on another."""
    function = program(TAKEN.format(use=use, more=more))
    memory = Memory(function)
    pops = [
        s for s in all_statements(function.body)
        if isinstance(s, Assign) and is_call_of(s.value, primitives.list_pop)
    ]
    return {s.targets[1].hint: bool(memory[s.targets[1]].all & memory[s.targets[0]].all) for s in pops}


def test_what_was_taken_from_a_list_is_no_longer_on_it() -> None:
    assert shared_with_rest("pass", "n") == {"a": False, "b": True}


@pytest.mark.parametrize(("use", "more"), [
    ("e = first[0]", "n"), ("e = first + []", "n"), ("e = list(first)", "n"), ("pass", "first"), ("e = [first]", "e"),
])
def test_what_was_taken_from_a_list_that_is_read_otherwise_may_be_on_another(use: str, more: str) -> None:
    assert shared_with_rest(use, more)["a"]
