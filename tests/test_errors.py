"""What errors say, word by word: file, line, the source line with a caret, what, what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import (
    AliasError,
    GradientCheckError,
    MissingRuleError,
    NonFiniteError,
    PrecisionError,
    RuleError,
    SeedError,
    ShapeError,
    SourceError,
    TangentError,
    UnsupportedError,
)
from tangent.ir.nodes import Origin
from tests.from_text import dedented, function_from, module_from, rewrite

V = np.array([0.3, -0.7, 1.1])


def said(error: BaseException) -> str:
    """The message, with the name of the test's text made the same in every run."""
    return re.sub(r"<test \d+>", "model.py", str(error)).strip("\n")


WHEN_IT_IS_MADE: dict[str, tuple[type[TangentError], str, str]] = {
    "syntax": (
        UnsupportedError,
        """
        def f(x):
            y = x * 2.0
            return y + eval("x * x")
        """,
        """
        File "model.py", line 3, in f
            return y + eval("x * x")
                       ^^^^^^^^^^^^^
        unsupported: `eval`: it reaches variables by their names
        Instead: write the code out, with the values in variables or in a dict
        """,
    ),
    "a statement over several lines": (
        UnsupportedError,
        """
        def f(x):
            if x > 0.0:
                try:
                    x = x * x
                except* ValueError:
                    x = 2.0
            return x
        """,
        """
        File "model.py", line 3, in f
            try:
            ^^^^
        unsupported: `except*`: it handles several exceptions at once
        Instead: handle them one by one, with `except`
        """,
    ),
    "a character of several bytes before it": (
        UnsupportedError,
        """
        def f(x):
            α, β = x, 2.0; return α * eval("β")
        """,
        """
        File "model.py", line 2, in f
            α, β = x, 2.0; return α * eval("β")
                                      ^^^^^^^^^
        unsupported: `eval`: it reaches variables by their names
        Instead: write the code out, with the values in variables or in a dict
        """,
    ),
    "a missing rule": (
        MissingRuleError,
        """
        def f(x):
            y = math.modf(x)
            return y[0] * y[0]
        """,
        """
        File "model.py", line 2, in f
            y = math.modf(x)
                ^^^^^^^^^^^^
        math.modf has no derivative rule and no Python source that could be differentiated
        Instead: give it a rule: `@tangent.grads.adjoint(modf)` on a template such as \
`def dmodf(y, x): d[x] = d[y] * ...`
        """,
    ),
    "in a function that is called": (
        MissingRuleError,
        """
        def g(x):
            return math.modf(x)[0]

        def f(x):
            return g(x) * 2.0
        """,
        """
        File "model.py", line 2, in g
            return math.modf(x)[0]
                   ^^^^^^^^^^^^
        math.modf has no derivative rule and no Python source that could be differentiated
        Instead: give it a rule: `@tangent.grads.adjoint(modf)` on a template such as \
`def dmodf(y, x): d[x] = d[y] * ...`
        """,
    ),
    "a method": (
        MissingRuleError,
        """
        def f(x):
            return x.choose([1.0])
        """,
        """
        File "model.py", line 2, in f
            return x.choose([1.0])
                   ^^^^^^^^^^^^^^^
        the method `choose` has no derivative rule
        Instead: use a NumPy function, or an operator
        """,
    ),
    "a write to a global": (
        UnsupportedError,
        """
        def f(x):
            box[0] = x
            return x * x
        """,
        """
        File "model.py", line 2, in f
            box[0] = x
            ^^^^^^
        unsupported: a write to the global box
        Instead: pass it as an argument
        """,
    ),
}

WHEN_IT_RUNS: dict[str, tuple[type[TangentError], str, Callable[..., Any], tuple[Any, ...], str]] = {
    "no scalar": (
        SeedError, "def f(x):\n    return x * x\n", tangent.grad, (V,),
        """
        the function returned an array of shape (3,), and a gradient needs a scalar-valued function
        Instead: reduce the result to a scalar (np.sum, np.mean), or pass a seed of the shape of \
the result (tangent.autodiff, tangent.vjp)
        """,
    ),
    "a seed of another shape": (
        SeedError, "def f(x):\n    return x * x\n", tangent.vjp, (V, np.ones(2)),
        """
        the seed is of another shape than the result: array of shape (2,) for an array of shape (3,)
        Instead: pass a seed of the same shape
        """,
    ),
    "two names for one row": (
        AliasError,
        "def f(x, i, j):\n    first = x[i]\n    x[i] = x[j]\n    x[j] = first\n    return np.sum(x * x)\n",
        tangent.grad, (np.ones((3, 2)), 0, 2),
        """
        File "model.py", line 3
            x[i] = x[j]
        two names stand for the same memory, which is changed here, and both are used afterwards
        Instead: copy the array (`x.copy()`) before changing it
        """,
    ),
}


@pytest.mark.parametrize("name", WHEN_IT_IS_MADE)
def test_when_the_derivative_is_made(name: str) -> None:
    kind, text, message = WHEN_IT_IS_MADE[name]
    with pytest.raises(kind) as caught:
        tangent.grad(function_from(text, box=[0.0]))
    assert said(caught.value) == dedented(message)


@pytest.mark.parametrize("name", WHEN_IT_RUNS)
def test_when_the_derivative_runs(name: str) -> None:
    kind, text, transform, arguments, message = WHEN_IT_RUNS[name]
    derivative = transform(function_from(text))
    with pytest.raises(kind) as caught:
        derivative(*arguments)
    assert said(caught.value) == dedented(message)


def test_an_edited_file(tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    module = module_from(path, "def f(x):\n    return x * x\n")
    rewrite(path, "def f(x):\n    return x * x * x\n")
    with pytest.raises(SourceError) as caught:
        tangent.grad(module.f)
    assert str(caught.value).replace(str(tmp_path), "folder") == (
        "the source of f in 'folder/edited.py' is not what the function was compiled from\n"
        "Instead: the file was edited after the import: import it again"
    )


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (
            np.random.rand,
            """
            RandomState.rand is written in C and has no Python source
            Instead: give it a rule, or write it in Python
            """,
        ),
        (3, "3 is not a Python function\nInstead: pass a function defined by `def` or `lambda`"),
    ],
)
def test_what_is_no_function(thing: Any, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        tangent.grad(thing)
    assert str(caught.value) == dedented(message)


def three_times(x):
    return np.sin(x)


@tangent.grads.adjoint(three_times)
def dthree_times(y, x):
    d[x] = d[y] * 3.0 + 0.0 * abs(d[y])  # noqa: F821


def test_a_wrong_rule() -> None:
    def f(x, y):
        return np.sum(three_times(y)) * x

    with pytest.raises(GradientCheckError) as caught:
        tangent.check_grads(f, (1.0, np.array([0.5, 0.0])), wrt=(0, 1), modes=("reverse",))
    text = re.sub(r"(0\.8775)\d*", r"\1...", str(caught.value))
    assert text == "the derivative of f with respect to y[0] is 3.0 in reverse mode, 0.8775... numerically"


def test_a_rule_for_the_other_mode_alone() -> None:
    def f(x):
        return three_times(x) * x  # here

    with pytest.raises(MissingRuleError) as caught:
        tangent.jvp(f)
    assert "three_times has a rule for reverse mode only" in str(caught.value)
    assert "@tangent.tangents.tangent_(three_times)" in str(caught.value)
    assert tangent.grad(f)(0.0) == 0.0


def test_a_rule_that_is_not_well_formed() -> None:
    def g(x):
        return x

    with pytest.raises(RuleError):

        @tangent.grads.adjoint(g)
        def dg(y, x):
            d[z] = d[y]  # noqa: F821


def test_every_error_is_of_the_family_and_of_the_kind_that_python_has_for_it() -> None:
    kinds = {
        UnsupportedError: NotImplementedError,
        MissingRuleError: NotImplementedError,
        RuleError: TypeError,
        SourceError: OSError,
        AliasError: RuntimeError,
        SeedError: ValueError,
        GradientCheckError: AssertionError,
        NonFiniteError: FloatingPointError,
        PrecisionError: TypeError,
        ShapeError: ValueError,
    }
    for kind, general in kinds.items():
        assert issubclass(kind, TangentError)
        assert issubclass(kind, general)


def test_the_parts_of_an_error_can_be_had() -> None:
    with pytest.raises(UnsupportedError) as caught:
        tangent.grad(function_from("def f(x):\n    return eval('x')\n"))
    error = caught.value
    assert error.what == "unsupported: `eval`: it reaches variables by their names"
    assert error.instead == "write the code out, with the values in variables or in a dict"
    assert error.origin is not None
    assert (error.origin.line, error.origin.function, error.origin.text) == (2, "f", "return eval('x')")


@pytest.mark.parametrize(
    ("line", "columns", "shown"),
    [
        ("    y = np.unwrap(x)\n", (8, 20), "    y = np.unwrap(x)\n        ^^^^^^^^^^^^"),
        ("\ty = g(x)", (5, 9), "    y = g(x)\n        ^^^^"),
        ("f(x,\n", (0, 900), "    f(x,\n    ^^^^"),
        ("f(x)\n", (2, 2), "    f(x)\n      ^"),
    ],
)
def test_the_caret_stands_under_the_place(line: str, columns: tuple[int, int], shown: str) -> None:
    error = TangentError("what", "instead", Origin("model.py", "f", 7, *columns, "", line))
    assert str(error) == f'\nFile "model.py", line 7, in f\n{shown}\nwhat\nInstead: instead'


def test_without_a_place_only_what_and_instead_are_said() -> None:
    assert str(TangentError("what")) == "what"
    assert str(TangentError("what", "instead")) == "what\nInstead: instead"
    empty = Origin("model.py", "f", 7, 0, 1, "", "")
    assert str(TangentError("what", "", empty)) == '\nFile "model.py", line 7, in f\nwhat'
