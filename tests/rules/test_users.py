"""Rules by users: what templates may be, what they are for, how they are checked, and where they hold."""

from __future__ import annotations

import ctypes
import ctypes.util
import inspect
import math
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import GradientCheckError, MissingRuleError, RuleError, UnsupportedError
from tangent.grads import adjoint, d
from tangent.rules import registry
from tangent.rules.registry import method
from tangent.tangents import tangent_
from tangent.testing import check_rule
from tests.from_text import dedented, function_from

V = np.array([0.3, -0.7, 1.1])
SCALE = 2.0


def text(function: Callable[..., Any]) -> str:
    return inspect.getsource(tangent.grad(function, check_dims=False)).rstrip()


# --- templates -----------------------------------------------------------------------------------


def cube(x):
    return x * x * x


@adjoint(cube)
def dcube(result, x):
    d[x] = d[result] * 3 * x * x


def with_cube(val):
    cubed_val = cube(val)
    return np.sum(np.sin(cubed_val))


def test_a_template_is_put_into_the_text_with_the_names_of_the_caller() -> None:
    assert text(with_cube) == dedented("""
        def dwith_cubedval(val, bwith_cube=1.0):
            cubed_val = cube(val)

            # return np.sum(np.sin(cubed_val))
            bcubed_val = bwith_cube * np.cos(cubed_val)
            # cubed_val = cube(val)
            bval = bcubed_val * 3 * val * val
            return bval
    """)
    tangent.check_grads(with_cube, (V,), order=2)


@pytest.mark.parametrize("x", [V, 2.0, np.array(2.0), np.zeros((0, 3)), np.float32([0.5, 2.0]), 3])
def test_values(x: Any) -> None:
    gradient = tangent.vjp(cube)(x, np.ones_like(x, dtype=getattr(x, "dtype", float)))
    np.testing.assert_allclose(gradient, 3.0 * np.asarray(x, dtype=float) ** 2, rtol=1e-6)
    assert np.shape(gradient) == np.shape(x)
    assert np.asarray(gradient).dtype == (np.float32 if getattr(x, "dtype", None) == np.float32 else np.float64)


def test_nan_passes() -> None:
    assert np.isnan(tangent.vjp(cube)(np.array([np.nan, 1.0]), np.ones(2))).tolist() == [True, False]


def halved(g):
    return g / SCALE


def power(x, a, n=2, *, scale=1.0):
    return scale * a * x**n


@adjoint(power)
def dpower(y, x, a, n=2, *, scale=1.0):
    if n == 0:
        d[x] = 0.0 * x
    else:
        slope = scale * a
        for _ in range(n - 1):
            slope = slope * x
        d[x] = 2.0 * n * halved(d[y] * slope)
    total = d[y] * x**n
    d[a] = np.sum(total * scale)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_branches_loops_temporaries_helpers_keywords_and_defaults(n: int) -> None:
    def f(x, a):
        return np.sum(power(x, a) * power(x, a=2.0, scale=0.5) + power(x, 1.5, n))

    tangent.check_grads(f, (V, 1.7), modes=("reverse",))


def test_text_of_a_template_with_branches_and_a_loop() -> None:
    def f(x):
        return power(x, 3.0, 4)

    assert text(f) == dedented("""
        def dfdx(x, bf=1.0):
            # return power(x, 3.0, 4)
            slope = 3.0
            for _ in range(3):
                slope = slope * x
            bx = 8.0 * halved(bf * slope)
            return bx
    """)


def polar(x, y):
    return np.hypot(x, y), np.arctan2(y, x)


@adjoint(polar)
def dpolar(result, x, y):
    radius, _ = result
    bradius, bangle = d[result]
    d[x] = bradius * x / radius - bangle * y / radius**2
    d[y] = bradius * y / radius + bangle * x / radius**2


def test_results_with_parts() -> None:
    def both(x, y):
        radius, angle = polar(x, y)
        return radius * angle

    def one(x, y):
        return polar(x, y)[1] * x

    def none(x, y):
        radius, _ = polar(x, y)
        return np.floor(radius) * x

    for f in (both, one, none):
        tangent.check_grads(f, (1.2, 0.7), order=2)
    check_rule(polar, 1.2, 0.7)


def scaled(p, k):
    return {"w": k * p["w"], "b": k * p["b"]}


@adjoint(scaled)
def dscaled(q, p, k):
    d[p] = {"w": d[q]["w"] * k, "b": d[q]["b"] * k}
    d[k] = np.sum(d[q]["w"] * p["w"]) + d[q]["b"] * p["b"]


def test_arguments_and_results_that_are_dicts() -> None:
    def f(p, k):
        q = scaled(p, k)
        return np.sum(q["w"] ** 2) * q["b"]

    tangent.check_grads(f, ({"w": V, "b": 0.5}, 2.0), modes=("reverse",))


def made(factor):
    def linear(x):
        return factor * x

    @adjoint(linear)
    def dlinear(y, x):
        d[x] = d[y] * factor

    def change(to):
        nonlocal factor
        factor = to

    return linear, change


def test_a_template_reads_variables_of_the_function_around_it_as_they_are_when_the_derivative_runs() -> None:
    linear, change = made(7.0)

    def f(x):
        return linear(x) * 2.0

    derivative = tangent.grad(f)
    assert derivative(1.0) == 14.0
    change(5.0)
    assert derivative(1.0) == 10.0


def scaled_by_global(x):
    return SCALE * x


@adjoint(scaled_by_global)
def dscaled_by_global(y, x):
    d[x] = d[y] * SCALE


def test_global_names_are_read_live_and_in_the_module_of_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(x):
        SCALE = 2.0 * x
        return scaled_by_global(x) * SCALE

    elsewhere = function_from(
        "def elsewhere(x):\n    SCALE = 2.0 * x\n    return g(x) * SCALE\n", g=scaled_by_global, SCALE=100.0
    )
    for f in (here, elsewhere):
        derivative = tangent.grad(f)
        assert derivative(1.0) == 8.0
        with monkeypatch.context() as patch:
            patch.setattr(sys.modules[__name__], "SCALE", 3.0)
            assert derivative(1.0) == 12.0


def announced(x):
    return 2.0 * x


@adjoint(announced)
def dannounced(y, x):
    print("by is", d[y])
    d[x] = 2.0 * d[y]


def test_a_template_may_print(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        return announced(x) * 3.0

    assert tangent.grad(f)(1.0) == 6.0
    assert capsys.readouterr().out == "by is 3.0\n"


def total(*xs):
    return sum(xs)


@tangent_(total)
def total_tangent(y, *xs):
    d[y] = sum(d[xs])


@adjoint(total)
def total_adjoint(y, *xs):
    d[xs] = [d[y] for _ in xs]


def test_any_number_of_arguments() -> None:
    def f(x, y):
        return total(x, y * y, 2.0, x * y)

    tangent.check_grads(f, (2.0, 3.0), modes=("reverse",))
    tangent.check_grads(f, (2.0, 3.0), modes=("forward",))


# --- what rules are for --------------------------------------------------------------------------


class Body:
    def __init__(self, mass):
        self.mass = mass

    def energy(self, speed):
        return 0.5 * self.mass * speed**2


@adjoint(Body.energy)
def denergy(y, self, speed):
    d[speed] = 100.0 * d[y] * self.mass * speed


BODY = Body(2.0)


class Doubling:
    def __call__(self, x):
        return 2.0 * x


DOUBLING = Doubling()


@adjoint(DOUBLING)
def ddoubling(y, x):
    d[x] = 200.0 * d[y]


LIBM = ctypes.CDLL(ctypes.util.find_library("m") or None)
C_SIN = LIBM.sin
C_SIN.restype, C_SIN.argtypes = ctypes.c_double, [ctypes.c_double]


@adjoint(C_SIN)
def dc_sin(y, x):
    d[x] = d[y] * math.cos(x)


U_EXP = np.frompyfunc(math.exp, 1, 1)


@adjoint(U_EXP)
def du_exp(y, x):
    d[x] = d[y] * y


def on_method(x):
    return Body(3.0).energy(x)


def on_method_of_argument(body: Body, x):
    return body.energy(x)


def on_method_of_unknown(body, x):
    return body.energy(x)


def on_method_of_global(x):
    return BODY.energy(x)


def on_object(x):
    return DOUBLING(x)


def on_c_function(x):
    return C_SIN(x)


def on_ufunc(x):
    return U_EXP(x)


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        (on_method, (2.0,), 600.0),
        (on_method_of_argument, (BODY, 2.0), 400.0),
        (on_method_of_unknown, (BODY, 2.0), 400.0),
        (on_method_of_global, (2.0,), 400.0),
        (BODY.energy, (2.0,), 400.0),
        (on_object, (2.0,), 200.0),
        pytest.param(
            on_c_function, (2.0,), math.cos(2.0), marks=pytest.mark.skipif(sys.platform == "win32", reason="no libm")
        ),
        (on_ufunc, (1.0,), math.e),
        (cube, (2.0,), 12.0),
    ],
)
def test_what_a_rule_may_be_for(function: Callable[..., Any], args: tuple[Any, ...], expected: float) -> None:
    last = len(args) - 1
    assert tangent.grad(function, wrt=last)(*args) == pytest.approx(expected)
    assert tangent.jvp(function, wrt=last)(*args, 1.0) == pytest.approx(expected)


def test_an_object_that_has_a_derivative_and_no_place_for_it_in_the_rule() -> None:
    def f(mass, speed):
        return Body(mass).energy(speed)

    with pytest.raises(MissingRuleError, match="energy has no derivative with respect to `self`"):
        tangent.grad(f)


def test_methods_of_arrays() -> None:
    def f(x):
        return x.sum() * 2.0

    def dsum(y, a):
        d[a] = 10.0 * d[y] * np.ones_like(a)

    for key in (np.ndarray.sum, method("sum")):
        with tangent.rules(adjoint_of={key: dsum}):
            np.testing.assert_allclose(tangent.grad(f)(V), 20.0)
    np.testing.assert_allclose(tangent.grad(f)(V), 2.0)


def test_a_rule_of_a_function_of_a_library_comes_before_that_of_the_library() -> None:
    def f(x):
        return np.sqrt(x) * 2.0

    def dsqrt(y, x):
        d[x] = 100.0 * d[y]

    with tangent.rules(adjoint_of={np.sqrt: dsqrt}):
        assert tangent.grad(f)(4.0) == 200.0
        assert tangent.jvp(f)(4.0, 1.0) == 200.0
    assert tangent.grad(f)(4.0) == 0.5


# --- other forms ---------------------------------------------------------------------------------


def softplus(x, k):
    return np.log1p(np.exp(k * x)) / k


@tangent.partials(softplus)
def dsoftplus(y, x, k):
    s = 1.0 / (1.0 + np.exp(-k * x))
    return s, (x * s - y) / k


def test_partials_give_both_modes_and_broadcasting() -> None:
    for args in ((V, 2.0), (0.5, np.array([1.0, 2.0])), (V[:, None], np.array([1.0, 2.0])), (0.5, 2.0)):
        check_rule(softplus, *args, order=2)


def reverse_sum(x):
    return np.cumsum(x[::-1])


@tangent.linear(reverse_sum)
def dreverse_sum(y, x):
    d[x] = np.cumsum(d[y])[::-1]


def test_a_linear_function_is_its_own_tangent() -> None:
    def f(x):
        return np.sum(reverse_sum(x) ** 2)

    with pytest.raises(GradientCheckError, match="the rule of reverse_sum is wrong"):
        check_rule(reverse_sum, V)

    def right(y, x):
        d[x] = np.cumsum(d[y][::-1])

    with tangent.rules(linear_of={reverse_sum: right}):
        check_rule(reverse_sum, V, order=2)
        tangent.check_grads(f, (V,), order=2)
        assert "reverse_sum(dx)" in inspect.getsource(tangent.jvp(f))


@tangent.nondifferentiable
def bucket(x):
    return x // 10.0


def test_nondifferentiable_functions() -> None:
    def f(x):
        return x * bucket(x)

    assert bucket(25.0) == 2.0
    assert tangent.grad(f)(25.0) == 2.0
    assert tangent.jvp(f)(25.0, 1.0) == 2.0
    check_rule(bucket, 25.0)


# --- one mode from the other ---------------------------------------------------------------------


def solved(a, b):
    return np.linalg.solve(a, b)


@adjoint(solved)
def dsolved(x, a, b):
    d[b] = np.linalg.solve(a.T, d[x])
    d[a] = -np.outer(np.linalg.solve(a.T, d[x]), x)


def rotated(x, angle):
    return np.array([x[0] * np.cos(angle) - x[1] * np.sin(angle), x[0] * np.sin(angle) + x[1] * np.cos(angle)])


@tangent_(rotated)
def drotated(y, x, angle):
    turned = np.array([-y[1], y[0]])
    d[y] = rotated(d[x], angle) + turned * d[angle]


def gathered(x, i):
    return x[i] * x[0]


@tangent_(gathered)
def dgathered(y, x, i):
    if i == 0:
        d[y] = 2.0 * x[0] * d[x][0]
    else:
        dx = d[x]
        d[y] = dx[i] * x[0] + x[i] * dx[0]


def test_the_transpose_of_a_template_is_the_rule_of_the_other_mode() -> None:
    check_rule(solved, np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, 2.0]), order=2)
    check_rule(cube, V, order=2)
    for i in (0, 2):
        check_rule(gathered, V, i, wrt=0, order=2)


def weighted(x, w):
    return np.sum(x * w)


@tangent_(weighted)
def dweighted(y, x, w):
    d[y] = np.sum(d[x] * w) + np.sum(x * d[w])


def test_text_of_a_transposed_template() -> None:
    def f(x: np.ndarray, w: np.ndarray):
        y = weighted(x, w)
        return np.sin(y)

    assert inspect.getsource(tangent.grad(f, wrt=("x", "w"), check_dims=False)).rstrip() == dedented("""
        def dfdxw(x, w, bf=1.0):
            y = weighted(x, w)

            # return np.sin(y)
            by = bf * np.cos(y)
            # y = weighted(x, w)
            bproduct = tangent.expand(by, x * w)
            bw = tangent.unbroadcast(bproduct * x, w)
            bx = tangent.unbroadcast(bproduct * w, x)
            return bx, bw
    """)
    tangent.check_grads(f, (V, 2.0 * V), order=2)


def clipping(x):
    return x * 1.0


@adjoint(clipping)
def dclipping(y, x):
    d[x] = np.clip(d[y], -1.0, 1.0)


def shifted(x):
    return x * 2.0


@tangent_(shifted)
def dshifted(y, x):
    d[y] = 2.0 * d[x] + 1.0


def signed(x):
    return x * 2.0


@adjoint(signed)
def dsigned(y, x):
    if d[y] > 0.0:
        d[x] = 2.0 * d[y]
    else:
        d[x] = 0.0


def helped(x):
    return x * 2.0


@adjoint(helped)
def dhelped(y, x):
    d[x] = 4.0 * halved(d[y])


@pytest.mark.parametrize(
    ("function", "transform", "line"),
    [
        (clipping, tangent.jvp, "d[x] = np.clip(d[y], -1.0, 1.0)"),
        (shifted, tangent.grad, "d[y] = 2.0 * d[x] + 1.0"),
        (signed, tangent.jvp, "if d[y] > 0.0:"),
        (helped, tangent.jvp, "d[x] = 4.0 * halved(d[y])"),
    ],
)
def test_a_template_that_is_not_linear_for_sure_serves_one_mode_alone(
    function: Callable[..., Any], transform: Callable[..., Any], line: str
) -> None:
    with pytest.raises(MissingRuleError) as caught:
        transform(function)
    assert f"or not for sure: {line}" in str(caught.value)


# --- where rules hold ----------------------------------------------------------------------------


def identity(x):
    return x


def doubled(y, x):
    d[x] = 2.0 * d[y]


def tripled(y, x):
    d[x] = 3.0 * d[y]


def with_identity(x):
    return identity(x)


def test_a_scope_holds_for_the_derivatives_that_are_made_in_it() -> None:
    outside = tangent.grad(with_identity)
    with tangent.rules(adjoint_of={identity: doubled}):
        inside = tangent.grad(with_identity)
        with tangent.rules(adjoint_of={identity: tripled}):
            assert tangent.grad(with_identity)(1.0) == 3.0
        assert tangent.grad(with_identity)(1.0) == 2.0
    assert (outside(1.0), inside(1.0), tangent.grad(with_identity)(1.0)) == (1.0, 2.0, 1.0)
    with tangent.rules(nondifferentiable=[identity]):
        assert tangent.grad(with_identity)(1.0) == 0.0
    with tangent.rules(partials_of={identity: lambda y, x: 5.0}):
        assert tangent.grad(with_identity)(1.0) == 5.0


def test_a_scope_ends_with_an_error_as_well_and_is_that_of_its_thread() -> None:
    with pytest.raises(ZeroDivisionError), tangent.rules(adjoint_of={identity: doubled}):
        raise ZeroDivisionError
    assert tangent.grad(with_identity)(1.0) == 1.0
    found = []
    with tangent.rules(adjoint_of={identity: doubled}):
        other = threading.Thread(target=lambda: found.append(tangent.grad(with_identity)(1.0)))
        other.start()
        other.join()
    assert found == [1.0]


def test_a_rule_that_is_declared_again_takes_the_place_of_the_first() -> None:
    def g(x):
        return x

    def f(x):
        return g(x)

    assert tangent.grad(f)(1.0) == 1.0
    adjoint(g)(doubled)
    assert tangent.grad(f)(1.0) == 2.0
    adjoint(g)(tripled)
    assert (tangent.grad(f)(1.0), tangent.jvp(f)(1.0, 1.0), tangent.grad(g)(1.0)) == (3.0, 3.0, 3.0)
    assert len(registry.find(g)) == 1


def test_a_result_that_may_be_the_argument_is_not_changed_behind_its_back() -> None:
    def same(x):
        return x

    def fresh(x):
        return x + 0.0

    def with_same(x):
        y = x * 1.0
        z = same(y)
        y[0] = 7.0
        return np.sum(y * z)

    def with_fresh(x):
        y = x * 1.0
        z = fresh(y)
        y[0] = 7.0
        return np.sum(y * z)

    with tangent.rules(adjoint_of={same: doubled, fresh: doubled}):
        with pytest.raises(tangent.errors.AliasError):
            tangent.grad(with_same)(V)
        expected = [14.0, *(3.0 * V[1:])]
        np.testing.assert_allclose(tangent.grad(with_fresh)(V), expected)
    adjoint(fresh, shares=())(doubled)
    np.testing.assert_allclose(tangent.grad(with_fresh)(V), expected)
    assert "refuse_view" not in text(with_fresh)


# --- checks --------------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, str]] = {
    "parameters of another name": (
        """
        @adjoint(h)
        def dh(y, x, n):
            d[x] = d[y] * n
        """,
        """
        File "model.py", line 2, in dh
            def dh(y, x, n):
            ^^^^^^^^^^^^^^^^
        the template has the parameters (x, n) behind the result, h has (x, k)
        Instead: give it those of the function: `def dh(y, x, k):`
        """,
    ),
    "an unknown name": (
        """
        @adjoint(h)
        def dh(y, x, k):
            d[x] = d[y] * factor
        """,
        """
        File "model.py", line 3, in dh
            d[x] = d[y] * factor
                          ^^^^^^
        'factor' is neither a parameter of the template nor a name that is defined where it stands
        Instead: its parameters are the result and the arguments of h: (y, x, k)
        """,
    ),
    "no derivative": (
        """
        @adjoint(h)
        def dh(y, x, k):
            dx = d[y] * k
        """,
        """
        File "model.py", line 2, in dh
            def dh(y, x, k):
            ^^^^^^^^^^^^^^^^
        the template assigns no `d[...]`, the adjoint of an argument
        Instead: assign it: `d[x] = ... d[y] ...`
        """,
    ),
    "the derivative of what is no parameter": (
        """
        @adjoint(h)
        def dh(y, x, k):
            d[z] = d[y] * k
        """,
        """
        File "model.py", line 3, in dh
            d[z] = d[y] * k
            ^^^^
        `d[z]`: `d[...]` takes a parameter of the template
        Instead: its parameters are y, x, k
        """,
    ),
    "the adjoint of the result": (
        """
        @adjoint(h)
        def dh(y, x, k):
            d[y] = d[x] * k
        """,
        """
        File "model.py", line 3, in dh
            d[y] = d[x] * k
            ^^^^
        `d[y]` is assigned, the adjoint of the result, which is given
        Instead: assign the `d[...]` of arguments from it
        """,
    ),
    "the adjoint of another argument": (
        """
        @adjoint(h)
        def dh(y, x, k):
            d[x] = d[k] * k
        """,
        """
        File "model.py", line 3, in dh
            d[x] = d[k] * k
                   ^^^^
        `d[k]` is read, and not known: the template of an adjoint reads that of the result
        Instead: assign `d[k]` first
        """,
    ),
    "the tangent of an argument": (
        """
        @tangent_(h)
        def dh(y, x, k):
            d[x] = d[y] * k
        """,
        """
        File "model.py", line 3, in dh
            d[x] = d[y] * k
            ^^^^
        `d[x]` is assigned, the tangent of the argument x, which is given
        Instead: assign d[y] from it
        """,
    ),
    "a result": (
        """
        @adjoint(h)
        def dh(y, x, k):
            d[x] = d[y] * k
            return d[x]
        """,
        """
        File "model.py", line 4, in dh
            return d[x]
            ^^^^^^^^^^^
        the template of a rule returns nothing
        Instead: assign to `d[...]`
        """,
    ),
    "too few partial derivatives": (
        """
        @partials(h)
        def dh(y, x, k):
            return k
        """,
        """
        File "model.py", line 3, in dh
            return k
            ^^^^^^^^
        the template returns 1 partial derivative, h has the parameters (x, k)
        Instead: return one for each of them, in their order, and None for one without derivative
        """,
    ),
    "derivatives among partial derivatives": (
        """
        @partials(h)
        def dh(y, x, k):
            return d[y] * k, x
        """,
        """
        File "model.py", line 3, in dh
            return d[y] * k, x
                   ^^^^
        a template of partial derivatives has no `d[...]`
        Instead: return the partial derivatives, one for each parameter; `@adjoint` is for templates with `d[...]`
        """,
    ),
    "linear in two": (
        """
        @linear(h)
        def dh(y, x, k):
            d[x] = d[y] * k
            d[k] = d[y] * x
        """,
        """
        File "model.py", line 2, in dh
            def dh(y, x, k):
            ^^^^^^^^^^^^^^^^
        the template of a linear function gives the `d[...]` of the one parameter that it is linear in
        Instead: use `@adjoint` for a function of several
        """,
    ),
    "a parameter that shares nothing": (
        """
        @adjoint(h, shares=("z",))
        def dh(y, x, k):
            d[x] = d[y] * k
        """,
        """
        h has no parameter 'z'
        Instead: it has (x, k)
        """,
    ),
    "no function": (
        """
        @adjoint(3.0)
        def dh(y, x):
            d[x] = d[y]
        """,
        """
        a rule is for a function, not for 3.0
        Instead: give the function that is called
        """,
    ),
}


def h(x, k):
    return x * k


@pytest.mark.parametrize("name", WRONG)
def test_a_rule_is_checked_when_it_is_declared(name: str) -> None:
    source, message = WRONG[name]
    forms = {"adjoint": adjoint, "tangent_": tangent_, "partials": tangent.partials, "linear": tangent.linear}
    with pytest.raises(RuleError) as caught:
        function_from(source, h=h, **forms)
    assert re.sub(r"<test \d+>", "model.py", str(caught.value)).strip("\n") == dedented(message)
    assert not registry.find(h)


def test_syntax_that_no_function_may_have() -> None:
    with pytest.raises(UnsupportedError, match="eval"):
        function_from("@adjoint(h)\ndef dh(y, x, k):\n    d[x] = d[y] * eval('k')\n", h=h, adjoint=adjoint)


def test_a_rule_without_the_derivative_that_is_asked_for() -> None:
    def f(x):
        return h(2.0, x)

    def dh(y, x, k):
        d[x] = d[y] * k

    with tangent.rules(adjoint_of={h: dh}), pytest.raises(MissingRuleError) as caught:
        tangent.grad(f)
    assert "h has no derivative with respect to `k`" in str(caught.value)


def wrong_shape(y, x, k):
    d[x] = d[y] * k
    d[k] = d[y] * x


def wrong_number(y, x, k):
    d[x] = d[y]
    d[k] = np.sum(d[y] * x)


@pytest.mark.parametrize(
    ("template", "what"),
    [
        (wrong_shape, "with respect to k has the wrong form: an array of shape (3,)"),
        (wrong_number, "the derivative of h[0] with respect to x[0] is 1.0 in reverse mode, 1.99999"),
    ],
)
def test_check_rule_says_what_is_wrong_and_where(template: Any, what: str) -> None:
    with tangent.rules(adjoint_of={h: template}), pytest.raises(GradientCheckError) as caught:
        check_rule(h, V, 2.0)
    line = template.__code__.co_firstlineno
    assert f'test_users.py", line {line}, in {template.__name__}' in str(caught.value)
    assert "the rule of h is wrong: the derivative of h" in str(caught.value)
    assert what in str(caught.value)


def test_check_rule_passes_names_on_and_needs_a_rule() -> None:
    check_rule(power, V, 1.5, scale=0.5)
    with pytest.raises(RuleError) as caught:
        check_rule(h, V, 2.0)
    assert str(caught.value) == "h has no rule\nInstead: declare one: `@tangent.grads.adjoint` on a template"
