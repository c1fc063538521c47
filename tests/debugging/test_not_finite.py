"""`debug="nan"`: the first NaN or infinity that arises is an error, what is infinite on purpose is not."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import NonFiniteError, TangentError
from tests.from_text import dedented, function_from
from tests.numeric import assert_same, quietly
from tests.programs.test_corpus import CASES

FORWARD = (
    "Instead: keep the operands where the function is finite: bound them (`np.maximum(x, 1e-12)`), scale them, or "
    "choose them before the call and not its result behind it (`np.log(np.where(x > 0.0, x, 1.0))`)"
)
BACKWARD = (
    "Instead: keep the operands away from where the derivative is infinite or not defined: bound them "
    "(`np.maximum(x, 1e-12)`), or choose them before the call and not its result behind it "
    "(`np.sqrt(np.where(x > 0.0, x, 1.0))`)"
)
V = np.array([1.0, 0.0, 4.0])


@dataclass
class Box:
    w: Any
    b: Any


def said(error: BaseException) -> str:
    return re.sub(r"<test \d+>", "model.py", str(error)).strip("\n")


def error_of(derivative: Callable[..., Any], *arguments: Any) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught, np.errstate(all="ignore"):
        derivative(*copy.deepcopy(arguments))
    return caught.value


MESSAGES: dict[str, tuple[Callable[..., Any], str, tuple[Any, ...], str, str]] = {
    "forward": (
        tangent.grad, "def f(x):\n    y = np.log(x)\n    return np.sum(y * y)\n", (V,),
        """
        File "model.py", line 2, in f
            y = np.log(x)
                ^^^^^^^^^
        y[1] is -inf in the forward pass, where x[1] = 0.0
        """, FORWARD,
    ),
    "backward": (
        tangent.grad, "def f(x, w):\n    y = np.sqrt(x)\n    return np.sum(w * y)\n", (V, np.ones((2, 3))),
        """
        File "model.py", line 2, in f
            y = np.sqrt(x)
                ^^^^^^^^^^
        bx[1] is inf in the backward pass, after `bx = by * 0.5 / y`, where by[1] = 2.0, y[1] = 0.0
        """, BACKWARD,
    ),
    "tangent": (
        tangent.jvp, "def f(x):\n    y = np.sqrt(x)\n    return y\n", (V, V),
        """
        File "model.py", line 2, in f
            y = np.sqrt(x)
                ^^^^^^^^^^
        dy[1] is nan in the tangent, after `dy = 0.5 / y * dx`, where y[1] = 0.0, dx[1] = 0.0
        """, BACKWARD,
    ),
    "tangent of the backward pass": (
        tangent.hvp, "def f(x):\n    return x ** 1.5\n", (np.float64(0.0), 1.0),
        """
        File "model.py", line 2, in f
            return x ** 1.5
                   ^^^^^^^^
        dbx is inf in the tangent of the backward pass, after `dbx = product * tangent.power_slope(x, 0.5) * dx`, \
where product = 1.5, x = 0.0, dx = 1.0
        """, BACKWARD,
    ),
    "an operand of another shape": (
        tangent.grad, "def f(x, w):\n    y = w @ x\n    return np.sum(y)\n",
        (1e308 * np.ones(2), 9.0 * np.ones((3, 2))),
        """
        File "model.py", line 2, in f
            y = w @ x
                ^^^^^
        y[0] is inf in the forward pass, where w has the shape (3, 2), from 9.0 to 9.0, x has the shape (2,), \
from 1e+308 to 1e+308
        """, FORWARD,
    ),
    "in a loop, in place": (
        tangent.grad,
        """
        def f(x, n):
            y = np.zeros(n)
            for i in range(1, n):
                y[i] = y[i - 1] + 1.0 / x[i]
            return np.sum(y)
        """, (V, 3),
        """
        File "model.py", line 4, in f
            y[i] = y[i - 1] + 1.0 / x[i]
            ^^^^
        y[i] is inf in the forward pass, after `y_item = y[i - 1] + 1.0 / x[i]`, where y[i - 1] = 0.0, x[i] = 0.0, i = 1
        """, FORWARD,
    ),
    "in a function that is called": (
        tangent.grad, "def g(z):\n    return np.log(z)\n\ndef f(x):\n    return np.sum(g(x))\n", (V,),
        """
        File "model.py", line 2, in g
            return np.log(z)
                   ^^^^^^^^^
        g[1] is -inf in the forward pass, after `g = np.log(z)`, where z[1] = 0.0
        """, FORWARD,
    ),
    "complex": (
        tangent.vjp, "def f(z: complex):\n    y = np.log(z)\n    return y\n",
        (np.zeros(1, complex), np.ones(1, complex)),
        """
        File "model.py", line 2, in f
            y = np.log(z)
                ^^^^^^^^^
        y[0] is (-inf+0j) in the forward pass, where z[0] = 0j
        """, FORWARD,
    ),
    "an item of a structure": (
        tangent.grad, "def f(p):\n    q = {'w': [p['w'], np.log(p['w'])]}\n    return q['w'][1][0] * q['w'][1][2]\n",
        ({"w": V},),
        """
        File "model.py", line 2, in f
            q = {'w': [p['w'], np.log(p['w'])]}
                               ^^^^^^^^^^^^^^
        log[1] is -inf in the forward pass, after `log = np.log(p_w)`, where p_w[1] = 0.0
        """, FORWARD,
    ),
    "an attribute of an object": (
        tangent.grad, "def f(box: Box):\n    y = box.w / box.b\n    return np.sum(y)\n", (Box(1.0, V),),
        """
        File "model.py", line 2, in f
            y = box.w / box.b
                ^^^^^^^^^^^^^
        y[1] is inf in the forward pass, after `y = w / b`, where w = 1.0, b[1] = 0.0
        """, FORWARD,
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message(name: str) -> None:
    transform, text, arguments, message, instead = MESSAGES[name]
    error = error_of(transform(function_from(text, Box=Box), debug="nan"), *arguments)
    assert said(error) == dedented(message) + "\n" + instead


def test_an_argument_that_was_given_as_nan() -> None:
    f = function_from("def f(x, w):\n    return np.sum(x * w)\n")
    error = error_of(tangent.grad(f, debug="nan"), V, np.array([1.0, 2.0, np.nan]))
    assert said(error) == (
        "the argument w[2] was given as nan, and so the result is nan\n"
        "Instead: fill it in or leave it out before the call: `np.nan_to_num(x)`, `x[~np.isnan(x)]`"
    )


def test_a_nan_that_the_function_leaves_out_is_no_error() -> None:
    f = function_from("def f(x, w):\n    return np.sum(np.where(np.isnan(w), 0.0, w) * x)\n")
    gradient = tangent.grad(f, debug="nan")(V, np.array([1.0, np.nan, 2.0]))
    np.testing.assert_array_equal(gradient, [1.0, 0.0, 2.0])


ON_PURPOSE = {
    "the best so far": """
        def f(x):
            best = np.inf
            for i in range(3):
                best = min(best, x[i] * x[i])
            return best
        """,
    "a mask": """
        def f(x):
            s = np.where(np.array([True, False, True]), x, -np.inf)
            e = np.exp(s - np.max(s))
            return np.sum(e / np.sum(e) * np.array([1.0, 2.0, 3.0]))
        """,
    "an array of infinities": """
        def f(x):
            low = np.full(3, np.inf)
            low[0] = x[0]
            low[2] = min(low[2], x[2])
            return low[0] * low[2]
        """,
    "counting on from minus infinity": """
        def f(x):
            a = np.zeros(3) - np.inf
            a[0] = 0.0
            for i in range(3):
                a[i] += x[i]
            return a[0]
        """,
    "an argument": """
        def f(x, limit=np.inf):
            return np.sum(np.minimum(x * x, limit))
        """,
    "a global": """
        def f(x):
            return np.min(np.minimum(x, INFINITE))
        """,
    "a test of it": """
        def f(x):
            y = 1.0
            if float("inf") > x[0]:
                y = x[0]
            return y * y
        """,
    "memory that is not written yet": """
        def f(x):
            y = np.empty(3)
            for i in range(3):
                y[i] = x[i] * x[i]
            return np.sum(y)
        """,
}


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", ON_PURPOSE)
def test_what_is_infinite_on_purpose_is_no_error(name: str, mode: str) -> None:
    f = function_from(ON_PURPOSE[name], INFINITE=float("inf"))
    x = np.array([1.0, 3.0, 0.5])
    for_seed = 1.0 if mode == "reverse" else x
    plain = quietly(tangent.autodiff(f, mode=mode), [x, for_seed] if name != "an argument" else [x, np.inf, for_seed])
    found = quietly(
        tangent.autodiff(f, mode=mode, debug="nan"), [x, for_seed] if name != "an argument" else [x, np.inf, for_seed]
    )
    np.testing.assert_array_equal(found, plain)


def test_a_nan_made_of_an_infinity_is_an_error() -> None:
    f = function_from("def f(x):\n    y = np.inf * x\n    return np.sum(y)\n")
    assert "y[1] is nan in the forward pass, where np.inf = inf, x[1] = 0.0" in said(
        error_of(tangent.grad(f, debug="nan"), V)
    )


def test_an_infinity_elsewhere_in_an_operand_hides_nothing() -> None:
    f = function_from("def f(x, mask):\n    y = np.log(x) + mask\n    return np.sum(np.exp(y))\n")
    mask = np.array([-np.inf, 0.0, 0.0])
    error = error_of(tangent.grad(f, debug="nan"), V, mask)
    assert "y[1] is -inf in the forward pass, where x[1] = 0.0, mask[1] = 0.0" in said(error)


def test_the_value_that_only_the_result_needs_is_computed_and_checked() -> None:
    f = function_from("def f(x):\n    return np.sum(np.log(x))\n")
    assert np.isfinite(tangent.grad(f)(-np.ones(2))).all()
    assert "is nan in the forward pass" in said(error_of(tangent.grad(f, debug="nan"), -np.ones(2)))


def test_the_handlers_of_the_function_do_not_catch_it() -> None:
    text = """
        def f(x):
            try:
                y = np.log(x)
            except Exception:
                y = x
            return np.sum(y)
    """
    assert "y[1] is -inf" in said(error_of(tangent.grad(function_from(text), debug="nan"), V))


@pytest.mark.parametrize(
    "arguments", [(np.zeros(0),), (np.arange(3),), (np.ones(2, np.float32),), (np.zeros((0, 2)),)], ids=str
)
def test_empty_arrays_and_integers(arguments: Any) -> None:
    f = function_from("def f(x):\n    y = x * x\n    return np.sum(y + 1.0)\n")
    np.testing.assert_array_equal(tangent.grad(f, debug="nan")(*arguments), tangent.grad(f)(*arguments))


def test_the_checks_can_be_read() -> None:
    f = function_from("def f(x):\n    y = np.log(x)\n    return np.sum(y * y)\n")
    assert inspect.getsource(tangent.grad(f, debug="nan")).rstrip() == dedented("""
        def dfdx(x, bf=1.0):
            y = np.log(x)
            tangent.check_finite(y, x)
            f = np.sum(y * y)
            tangent.check_finite(f, y, whole=True)
            tangent.check_seed(bf)

            # return np.sum(y * y)
            by = 2.0 * bf * y
            tangent.check_finite(by, bf, y)
            # y = np.log(x)
            bx = by / x
            tangent.check_finite(bx, by, x)
            tangent.check_given(bx, x, bf)
            return bx
    """)


def test_counters_are_not_checked() -> None:
    text = """
        def f(x, n):
            k = 0
            while k < n:
                x = x * x
                k += 1
            return x
    """
    source = inspect.getsource(tangent.grad(function_from(text), debug="nan"))
    assert "        k += 1\n" in source
    assert "tangent.check_finite(x3, x2)" in source


def test_blocks_for_the_backward_pass_are_checked() -> None:
    text = """
        def f(x):
            y = x * x
            with insert_grad_of(y) as dy:
                dy = dy / (x - 1.0)
            return np.sum(y)
    """
    f = function_from(text, insert_grad_of=tangent.insert_grad_of)
    assert "dy = dy / (x - 1.0)\n         ^^^^^^^^^^^^^^\nby2[0] is inf in the backward pass" in said(
        error_of(tangent.grad(f, debug="nan"), V)
    )


def test_what_a_function_gives_that_only_the_run_knows_is_checked() -> None:
    f = function_from("def f(g, x):\n    y = g(x)\n    return np.sum(y * x)\n")
    assert "y[1] is -inf in the forward pass, where x[1] = 0.0" in said(
        error_of(tangent.grad(f, wrt="x", debug="nan"), np.log, V)
    )


def test_derivatives_that_the_function_makes_are_checked() -> None:
    f = function_from("def f(x):\n    return tangent.grad(lambda y: np.log(y))(x) * x\n", tangent=tangent)
    assert "in the backward pass" in said(error_of(tangent.grad(f, debug="nan"), np.float64(0.0)))


TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: tangent.grad(f, debug="nan"),
    "value_and_grad": lambda f: tangent.value_and_grad(f, debug="nan"),
    "vjp": lambda f: lambda x: tangent.vjp(f, debug="nan")(x, 1.0),
    "jvp": lambda f: lambda x: tangent.jvp(f, debug="nan")(x, np.ones(3)),
    "hvp": lambda f: lambda x: tangent.hvp(f, debug="nan")(x, np.ones(3)),
    "hessian": lambda f: tangent.hessian(f, debug="nan"),
    "jacobian": lambda f: tangent.jacobian(f, debug="nan"),
    "split": lambda f: lambda x: tangent.autodiff(f, motion="split", debug="nan")[1](
        tangent.autodiff(f, motion="split", debug="nan")[0](x)[1], 1.0
    ),
    "raw": lambda f: tangent.grad(f, optimized=False, debug="nan"),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_has_it(name: str) -> None:
    f = function_from("def f(x):\n    y = np.sqrt(x)\n    return np.sum(y * x)\n")
    derivative = TRANSFORMS[name](f)
    assert_same(quietly(derivative, [V + 1.0]), quietly(TRANSFORMS[name](f), [V + 1.0]), 1e-12, 1e-12)
    assert said(error_of(derivative, V)).startswith('File "model.py", line 2, in f\n    y = np.sqrt(x)')


def test_it_is_differentiated_as_any_derivative() -> None:
    f = function_from("def f(x):\n    return np.sum(x * np.sin(x))\n")
    second = tangent.jacobian(tangent.grad(f, debug="nan"))
    np.testing.assert_allclose(second(V), tangent.hessian(f)(V))


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="debug is 'nan', 'dtype', 'shape' or None, not 'inf'"):
        tangent.grad(function_from("def f(x):\n    return x\n"), debug="inf")  # type: ignore[arg-type]


def test_the_error_is_of_the_family() -> None:
    assert issubclass(NonFiniteError, TangentError)
    assert issubclass(NonFiniteError, FloatingPointError)


SOME = list(CASES)[::11]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("debug", ["nan", "shape"])
@pytest.mark.parametrize("name", SOME)
def test_programs_without_faults_give_the_same(name: str, debug: Any, mode: str) -> None:
    case = CASES[name]
    arguments = case.fresh_arguments()
    like = [quietly(case.function, arguments)] if mode == "reverse" else [arguments[i] for i in case.wrt]
    seeds = [tangent.testing.Space.of(x).build(np.linspace(0.3, 1.1, tangent.testing.Space.of(x).size)) for x in like]
    try:
        plain = quietly(tangent.autodiff(case.function, case.wrt, mode=mode), [*arguments, *seeds])
    except TangentError:
        pytest.skip("refused, as it may be")
    found = quietly(tangent.autodiff(case.function, case.wrt, mode=mode, debug=debug), [*arguments, *seeds])
    assert_same(found, plain, 1e-10, 1e-10)
