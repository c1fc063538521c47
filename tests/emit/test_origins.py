"""Which statements of the user's each generated line stems from, and what it does for them."""

from __future__ import annotations

import gc
import inspect
import pickle
import types
import weakref
from typing import Any

import cloudpickle
import numpy as np

import tangent
from tangent.emit.load import listing, origins
from tests.from_text import dedented, function_from

ITERATED = """
    def f(x: float, n):
        s = 0.0
        for i in range(n):
            y = x * 2.0
            x = x * np.sin(y)
            if n > 3:
                s = s + x
        return s
"""


def marked(function: types.FunctionType) -> str:
    """The text of a function with the roles and lines that each of its lines stems from."""
    lines = []
    for number, line in enumerate(inspect.getsource(function).splitlines(), start=1):
        marks = ", ".join(f"{o.role} {o.line}" for o in origins(function.__code__.co_filename, number))
        lines.append(f"{line:<52}| {marks}".rstrip() if marks else line)
    return "\n".join(lines)


def test_lines_of_both_passes() -> None:
    assert marked(tangent.grad(function_from(ITERATED), check_dims=False)) == dedented("""
        def dfdx(x, n, bs=1.0):
            x_stack, sin_y_stack = [], []                   | saved 5
            for i in range(n):                              | primal 3
                x_stack.append(x)                           | saved 5
                y = x * 2.0                                 | primal 4
                sin_y = np.sin(y)                           | primal 5
                sin_y_stack.append(sin_y)                   | saved 5
                x = x * sin_y                               | primal 5

            bx = 0.0                                        | adjoint 3
            for i in range(n - 1, -1, -1):                  | adjoint 3
                x = x_stack.pop()                           | restored 5
                sin_y = sin_y_stack.pop()                   | restored 5
                y = x * 2.0                                 | recomputed 4
                if n > 3:                                   | adjoint 6
                    # s = s + x                             | adjoint 7
                    bx2 = bx + bs                           | adjoint 7
                else:                                       | adjoint 6
                    bx2 = bx                                | adjoint 6
                # x = x * np.sin(y)                         | adjoint 5
                bx = bx2 * sin_y                            | adjoint 5
                by = bx2 * x * np.cos(y)                    | adjoint 5
                # y = x * 2.0                               | adjoint 4
                bx += by * 2.0                              | adjoint 4
            return bx
    """)


def test_lines_of_forward_mode() -> None:
    assert marked(tangent.jvp(function_from(ITERATED), check_dims=False)) == dedented("""
        def df(x, n, dx):
            ds = 0.0                                        | primal 3
            for i in range(n):                              | primal 3
                dy = dx * 2.0                               | tangent 4
                y = x * 2.0                                 | primal 4
                sin_y = np.sin(y)                           | primal 5
                dx = dx * sin_y + x * np.cos(y) * dy        | tangent 5
                x = x * sin_y                               | primal 5
                if n > 3:                                   | primal 6
                    ds = ds + dx                            | tangent 7
            return ds
    """)


def test_lines_of_a_second_derivative_go_back_to_the_user() -> None:
    f = function_from("""
        def f(x):
            return np.sin(x)
    """)
    hvp = tangent.hvp(f, check_dims=False)
    tangent_of, adjoint_of = origins(hvp.__code__.co_filename, 2)
    assert (tangent_of.role, tangent_of.text) == ("tangent", "bx = bf * np.cos(x)")
    assert (adjoint_of.role, adjoint_of.line, adjoint_of.filename) == ("adjoint", 2, f.__code__.co_filename)


def test_code_of_the_user_in_the_backward_pass_is_told_from_adjoints() -> None:
    text = """
        def f(x):
            y = x * x
            with tangent.insert_grad_of(y) as dy:
                dy = 2.0 * dy
            return np.sin(y)
    """
    roles = [line.split("| ")[-1] for line in marked(tangent.grad(function_from(text, tangent=tangent))).splitlines()]
    assert "inserted 4" in roles
    assert "adjoint 2" in roles


def test_both_functions_of_split_motion_and_those_of_helpers_have_lines() -> None:
    def helper(u: Any) -> Any:
        return np.sin(u) * u

    def f(x: Any) -> Any:
        return helper(x) * 2.0

    here = f.__code__.co_firstlineno
    backward = tangent.autodiff(f, motion="split")[1]
    assert f"bx = helper_backward(helper_x_saved, bf * 2.0)  | adjoint {here + 1}" in marked(backward)
    inner = inspect.getclosurevars(backward).nonlocals["helper_backward"]
    assert f"adjoint {helper.__code__.co_firstlineno + 1}" in marked(inner)


def test_what_is_known_of_a_text_goes_with_its_function_and_no_further() -> None:
    def f(x: Any) -> Any:
        return x * x

    made = tangent.grad(f)
    known = weakref.ref(listing(made.__code__))  # type: ignore[arg-type]
    assert known() is not None
    copied = pickle.loads(cloudpickle.dumps(made))
    assert copied(3.0) == 6.0
    name = made.__code__.co_filename
    del f, made, copied
    gc.collect()
    assert known() is None
    assert origins(name, 2) == ()


def test_files_of_the_user_stem_from_nothing() -> None:
    assert origins(__file__, 1) == ()


def test_what_is_computed_where_it_is_returned_stems_from_its_statement() -> None:
    made = tangent.jvp(function_from("def f(x: float):\n    y = x * x\n    return np.sin(y)"), check_dims=False)
    assert marked(made).splitlines()[-1].split() == ["return", "np.cos(y)", "*", "dy", "|", "tangent", "3"]
