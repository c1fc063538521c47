"""Shapes, as the set of broadcast symbols beside each line."""

from __future__ import annotations

from collections.abc import Callable

from tangent.analysis.shapes import Shapes
from tangent.ir.nodes import Const, Function, Var
from tests.from_text import dedented, program, value, with_facts


def symbols(function: Function) -> Callable[[Var], str]:
    shapes = Shapes.of(function)
    return lambda v: "{" + ", ".join(sorted("own" if s is v else s.hint for s in shapes[v])) + "}"


def check(text: str) -> None:
    function = program(text)
    assert with_facts(text, function, symbols(function)) == dedented(text)


def test_elementwise_and_reductions() -> None:
    check("""
        def f(x, y, c: float):
            a = np.sin(x)              # {x}
            b = 2.0 * a * c - x ** 2   # {x}
            d = a * y                  # {x, y}
            e = d > 0.0                # {x, y}
            g = np.sum(d)              # {}
            h = np.sum(d, axis=0)      # {own}
            i = np.sum(d, keepdims=True)  # {own}
            j = np.mean(x) * g         # {}
            k = math.sin(c)            # {}
            n = float(x)               # {}
            m = x.size + len(x)        # {}
            o = np.maximum(x, 0.0)     # {x}
            return a
    """)


def test_what_is_not_known_has_a_symbol_of_its_own() -> None:
    check("""
        def f(x, i):
            a = x[i]             # {own}
            b = x[i]             # {own}
            c = x @ a            # {own}
            d = x.T              # {own}
            e = np.reshape(x, 6) # {own}
            h = np.array([x])    # {own}
            return a
    """)


def test_updates_keep_the_shape() -> None:
    check("""
        def f(x, y):
            a = x + 0.0      # {x}
            a[0] = 1.0       # {x}
            a[1:] += y       # {x}
            return a
    """)


def test_where_branches_disagree_the_shape_is_unknown() -> None:
    function = program("""
        def f(x, c):
            if c:
                same = np.sin(x)
                other = x
            else:
                same = -x
                other = 1.0
            return same, other
    """)
    shapes = Shapes.of(function)
    x, same, other = function.params[0], value(function, "same"), value(function, "other")
    assert shapes[same] == {x}
    assert shapes[other] == {other}


def test_where_iterations_disagree_the_shape_is_unknown() -> None:
    function = program("""
        def f(x, y, n):
            kept = x
            grown = 0.0
            late = 0.0
            for i in range(n):
                kept = np.tanh(kept)
                late = late + grown
                grown = grown + y
            return kept, grown, late
    """)
    shapes = Shapes.of(function)
    x = function.params[0]
    kept, grown, late = (value(function, name) for name in ("kept", "grown", "late"))
    assert shapes[kept] == {x}
    assert x not in shapes[grown]
    assert not shapes.is_scalar(grown)
    assert not shapes.is_scalar(late)
    assert shapes.is_scalar(Const(2.0))


def test_a_parameter_that_is_annotated_as_an_array_is_no_scalar() -> None:
    function = program("def f(x: np.ndarray, y: float, n: int, z):\n    return x\n")
    shapes = Shapes.of(function)
    assert [shapes.is_scalar(p) for p in function.params] == [False, True, True, False]
