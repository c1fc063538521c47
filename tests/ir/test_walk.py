"""Going through programs, copying and printing them."""

from __future__ import annotations

import operator

from tangent.ir.nodes import Assign, Block, Call, Cond, Const, Lib, Method, Var
from tangent.ir.show import show
from tangent.ir.verify import verify
from tangent.ir.walk import all_statements, bound, copy_block, expr_vars, substitute, used_vars
from tests.from_text import dedented, program, shown, value

LOOP = """
    def f(x, n):
        y = x
        for i in range(n):
            t = y * x
            if t > 1.0:
                y = t - np.sum(x, axis=0)
        return y
"""


def test_every_kind_of_statement_is_printed() -> None:
    text = """
        def f(x, n):
            y = x
            for i in range(n):
                if y > 1.0:
                    y = y * np.sum(x, axis=0)
                    break
                print(y)
            while x < 2.0:
                x = x.copy()
            return y, x
    """
    assert shown(text) == dedented("""
        def f(x, n):
            y.2 = for i in range(0, n, 1) with y = x:
                t = gt(y, 1.0)
                t.2, y.3 = if t:
                    t.3 = np.sum(x, axis=0)
                    y.4 = mul(y, t.3)
                    yield True, y.4
                else:
                    print(y)
                    yield False, y
                yield y.3 stop t.2
            x.3 = while with x.2 = x:
                t.4 = lt(x.2, 2.0)
                yield t.4
            do:
                x.4 = .copy(x.2)
                yield x.4
            yield y.2, x.3
    """)


def test_the_number_of_a_name_is_that_of_its_printing() -> None:
    a, b = Var("t"), Var("t")
    chosen = Cond(a, Call(Method("copy"), (a,)), Const(None))
    block = Block((Assign((a,), Const(1.0)), Assign((b,), chosen)), (b,))
    assert show(block) == "t = 1.0\nt.2 = (.copy(t) if t else None)\nyield t.2"


def test_a_copy_binds_fresh_values_and_prints_the_same() -> None:
    function = program(LOOP)
    body = function.body
    mapping = {p: Var(p.hint) for p in function.params}
    copied = copy_block(body, dict(mapping))
    verify(copied, params=tuple(mapping.values()))
    everything = {v for s in all_statements(body) for v in bound(s)}
    assert everything.isdisjoint(v for s in all_statements(copied) for v in bound(s))
    assert set(used_vars(copied)).isdisjoint(function.params)
    assert show(copied) == show(body)


def test_substitution_reaches_branches_bounds_keywords_and_results() -> None:
    function = program(LOOP)
    x, n = function.params
    other, count = Var("other"), Const(7)
    changed = substitute(function.body, {x: other, n: count})
    assert x not in set(used_vars(changed))
    assert "range(0, 7, 1)" in show(changed)
    assert "np.sum(other, axis=0)" in show(changed)


def test_operands_come_with_repetitions_and_in_order() -> None:
    function = program("def f(x, y):\n    z = x * x\n    return z + y\n")
    x, y = function.params
    z = value(function, "z")
    assert list(used_vars(function.body)) == [x, x, z, y, value(function, "f")]
    nested = Call(Lib(operator.add), (Call(Lib(operator.mul), (x, y)), Cond(y, x, Const(1))), (("k", x),))
    assert list(expr_vars(nested)) == [x, y, y, x, x]
