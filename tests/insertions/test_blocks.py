"""Blocks for the backward pass: what they read, what they assign, where they stand, and what else they do."""

from __future__ import annotations

import dis
import inspect
import io
import math
import pdb
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangent
from tangent import insert_grad_of
from tests.from_text import dedented

V = np.array([0.3, -0.7, 1.1])
NOTES: list[Any] = []


@pytest.fixture(autouse=True)
def no_notes() -> None:
    NOTES.clear()


def text(function: Callable[..., Any], **options: Any) -> str:
    return inspect.getsource(tangent.grad(function, check_dims=False, **options)).rstrip()


def both(function: Callable[..., Any], *args: Any, wrt: Any = (0,)) -> Any:
    """The gradient, which is the same without simplification."""
    plain = tangent.grad(function, wrt, optimized=False)(*args)
    before = list(NOTES)
    NOTES.clear()
    gradient = tangent.grad(function, wrt)(*args)
    np.testing.assert_equal(_numbers(NOTES), _numbers(before))
    pairs = zip(gradient, plain, strict=True) if isinstance(gradient, tuple) else [(gradient, plain)]
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-13)
    return gradient


def _numbers(notes: list[Any]) -> list[Any]:
    return [np.asarray(n, dtype=float) for n in notes]


# --- reading and assigning -----------------------------------------------------------------------


@tangent.tangent
def seen(x):
    y = np.sin(x)
    with insert_grad_of(y) as dy:
        NOTES.append(dy)
    return np.sum(y * y)


def test_a_block_that_only_looks_leaves_the_derivative_as_it_is() -> None:
    np.testing.assert_allclose(both(seen, V), 2.0 * np.sin(V) * np.cos(V))
    np.testing.assert_allclose(NOTES[-1], 2.0 * np.sin(V))
    tangent.check_grads(seen, (V,), order=2)


@tangent.tangent
def clipped(x):
    y = x * x
    with insert_grad_of(y) as dy:
        dy = np.clip(dy, -0.5, 0.5)
    return np.sum(y**3)


def test_what_a_block_assigns_is_the_adjoint_that_the_statements_before_it_get() -> None:
    np.testing.assert_allclose(both(clipped, V), np.clip(3.0 * V**4, -0.5, 0.5) * 2.0 * V)
    assert clipped(V) == pytest.approx(np.sum(V**6))


def test_text_of_a_clipped_derivative() -> None:
    assert text(clipped) == dedented("""
        def dclippeddx(x, bclipped=1.0):
            y = x * x

            # return np.sum(y**3)
            by = 3.0 * bclipped * y ** 2
            # with insert_grad_of(y) as dy:
            by = np.clip(by, -0.5, 0.5)
            # y = x * x
            bx = 2.0 * by * x
            return bx
    """)


def swapped(x, y):
    a, b = x * y, x + y
    with insert_grad_of(a, b) as (da, db):
        da, db = 2.0 * db, da
    return a * b


def test_several_variables() -> None:
    x, y = 2.0, 3.0
    da, db = 2.0 * x * y, x + y
    assert both(swapped, x, y, wrt=(0, 1)) == (da * y + db, da * x + db)


def normalised(x):
    y = 2.0 * x
    with insert_grad_of(y) as dy:
        norm = np.linalg.norm(dy)
        if norm > 1.0:
            dy *= 1.0 / norm
        dy[0] = 0.0
    return np.sum(y**3)


def test_writing_into_the_adjoint() -> None:
    dy = 3.0 * (2.0 * V) ** 2
    expected = dy / np.linalg.norm(dy) * 2.0
    expected[0] = 0.0
    np.testing.assert_allclose(both(normalised, V), expected)


def test_text_of_a_block_with_a_branch() -> None:
    assert text(normalised) == dedented("""
        def dnormaliseddx(x, bnormalised=1.0):
            y = 2.0 * x

            # return np.sum(y**3)
            by = 3.0 * bnormalised * y ** 2
            # with insert_grad_of(y) as dy:
            norm = np.linalg.norm(by)
            if norm > 1.0:
                by = by * (1.0 / norm)
            by[0] = 0.0
            # y = 2.0 * x
            bx = by * 2.0
            return bx
    """)


def predicted(x, w):
    h = np.tanh(x)
    with insert_grad_of(h) as dh:
        dh = w @ h
    return np.sum(h)


def test_a_derivative_that_is_replaced_by_a_prediction_from_the_forward_pass() -> None:
    w = np.arange(9.0).reshape(3, 3)
    np.testing.assert_allclose(both(predicted, V, w), (w @ np.tanh(V)) * (1.0 - np.tanh(V) ** 2))


def shared(x, y):
    with insert_grad_of(x) as dx:
        dx *= 2.0
    with insert_grad_of(y) as dy:
        dy[0] = 0.0
    z = x + y
    with insert_grad_of(z) as dz:
        NOTES.append(dz)
    return np.sum(z * z)


def test_an_adjoint_that_is_that_of_others_as_well_is_changed_for_itself() -> None:
    bx, by = both(shared, V, V, wrt=(0, 1))
    np.testing.assert_allclose(bx, 8.0 * V)
    np.testing.assert_allclose(by, [0.0, *(4.0 * V[1:])])
    np.testing.assert_allclose(NOTES[-1], 4.0 * V)


def replaced(x):
    y = x * x
    with insert_grad_of(y) as dy:
        dy = 1.0
    return np.sum(y**3)


@pytest.mark.parametrize("x", [V, np.float32([0.5, 2.0]), np.array(2.0), np.zeros((0, 2)), 2.0, 3, np.array([1, 2])])
def test_a_number_stands_for_all_elements(x: Any) -> None:
    gradient = both(replaced, x)
    np.testing.assert_allclose(gradient, 2.0 * np.asarray(x, dtype=float))
    assert np.shape(gradient) == np.shape(x)
    if getattr(x, "dtype", None) == np.float32:
        assert gradient.dtype == np.float32


def other_shape(x, given):
    y = x * x
    with insert_grad_of(y) as dy:
        dy = given
    return np.sum(y)


def test_an_adjoint_of_another_shape_is_refused() -> None:
    with pytest.raises(tangent.errors.SeedError) as caught:
        tangent.grad(other_shape)(V, np.ones(7))
    assert str(caught.value) == dedented("""
        a block assigns an array of shape (7,) to the derivative of an array of shape (3,)
        Instead: assign a number, or an array of that shape
    """)
    np.testing.assert_allclose(tangent.grad(other_shape)(np.ones((2, 3)), V), 2.0 * np.broadcast_to(V, (2, 3)))


def of_dict(p):
    with insert_grad_of(p) as dp:
        dp = {"w": 0.5 * dp["w"], "b": 0.0 * dp["b"]}
    return np.sum(3.0 * p["w"]) + p["b"]


def test_the_adjoint_of_a_dict() -> None:
    gradient = tangent.grad(of_dict)({"w": V, "b": 1.0})
    np.testing.assert_allclose(gradient["w"], 1.5)
    assert gradient["b"] == 0.0


def test_nan_passes() -> None:
    assert np.isnan(both(clipped, np.array([np.nan, 1.0]))).tolist() == [True, False]


# --- values of the forward pass ------------------------------------------------------------------


def places(x):
    y = np.exp(x)
    for i in range(3):
        y = y * x
        with insert_grad_of(y) as dy:
            NOTES.append((i, y, dy))
            dy = 0.5 * dy
    y = -y
    return y


def test_names_stand_for_what_they_stood_for_at_the_place() -> None:
    x, y = 2.0, np.exp(2.0)
    values = [y * x, y * x**2, y * x**3]
    gradient = both(places, x)
    expected = [(2, values[2], -1.0), (1, values[1], -0.5 * x), (0, values[0], -0.25 * x * x)]
    np.testing.assert_allclose(NOTES, expected)
    by = [-0.5, -0.25 * x, -0.125 * x * x]
    assert gradient == pytest.approx(by[0] * values[1] + by[1] * values[0] + by[2] * y + by[2] * x * y)


def overwritten(x):
    y = 2.0 * x
    before = y[0]
    with insert_grad_of(y) as dy:
        dy = dy * y[0]
    y[0] = 100.0
    return np.sum(y * x) + before


def test_values_that_are_overwritten_in_place_are_kept() -> None:
    dy = np.array([0.0, *V[1:]]) * 2.0 * V[0]
    expected = dy * 2.0 + np.array([100.0, *(2.0 * V[1:])]) + np.array([2.0, 0.0, 0.0])
    x = V.copy()
    np.testing.assert_allclose(both(overwritten, x), expected)
    np.testing.assert_array_equal(x, V)


def accumulated(x):
    a = 3.0 * x
    with insert_grad_of(x) as dx:
        NOTES.append(dx)
    b = x * x
    return np.sum(a) + np.sum(b)


def test_the_adjoint_is_that_of_the_statements_behind_the_place() -> None:
    np.testing.assert_allclose(both(accumulated, V), 3.0 + 2.0 * V)
    np.testing.assert_allclose(NOTES[-1], 2.0 * V)


# --- where blocks may stand ----------------------------------------------------------------------


def in_branch(x):
    if x > 0.0:
        y = x * x
        with insert_grad_of(y) as dy:
            dy = 10.0 * dy
    else:
        y = x
    return 3.0 * y


def in_attempt(x):
    try:
        y = math.sqrt(x)
        with insert_grad_of(y) as dy:
            dy = 10.0 * dy
    except ValueError:
        y = x
    return 3.0 * y


def in_while(x):
    while x > 1.0:
        with insert_grad_of(x) as dx:
            dx = 3.0 * dx
        x = 0.5 * x
    return x


def squashed(t):
    y = np.tanh(t)
    with insert_grad_of(y) as dy:
        dy = 10.0 * dy
    return y


def in_subroutine(x):
    return squashed(squashed(x))


def in_inner_function(x):
    def scaled(t):
        s = t * x
        with insert_grad_of(s) as ds:
            NOTES.append(x)
            ds = 10.0 * ds
        return s

    return scaled(2.0)


def in_recursion(x, n):
    if n == 0:
        return x
    y = x * in_recursion(x, n - 1)
    with insert_grad_of(y) as dy:
        NOTES.append((n, y, dy))
    return y


class Cell:
    def __init__(self, w):
        self.w = w

    @tangent.tangent
    def loss(self, x):
        h = self.w * x
        with insert_grad_of(h) as dh:
            dh = self.__scaled(dh)
        return h * h

    def __scaled(self, dh):
        return 10.0 * dh


def in_method(w, x):
    return Cell(w).loss(x)


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        (in_branch, (2.0,), 120.0),
        (in_branch, (-2.0,), 3.0),
        (in_attempt, (4.0,), 7.5),
        (in_attempt, (-4.0,), 3.0),
        (in_while, (8.0,), 27.0 / 8.0),
        (in_subroutine, (0.5,), 100.0 * (1.0 - np.tanh(np.tanh(0.5)) ** 2) * (1.0 - np.tanh(0.5) ** 2)),
        (in_inner_function, (3.0,), 20.0),
        (in_recursion, (2.0, 3), 32.0),
        (in_method, (2.0, 3.0), 10.0 * 2.0 * 6.0 * 3.0),
        (Cell(2.0).loss, (3.0,), 10.0 * 2.0 * 6.0 * 2.0),
    ],
)
def test_places(function: Callable[..., Any], args: tuple[Any, ...], expected: float) -> None:
    assert both(function, *args) == pytest.approx(expected)


def test_a_recursion_sees_its_blocks_from_the_outside_in() -> None:
    both(in_recursion, 2.0, 3)
    assert NOTES == [(3, 16.0, 1.0), (2, 8.0, 2.0), (1, 4.0, 4.0)]


def unused(x):
    y = x * x
    with insert_grad_of(y) as dy:
        NOTES.append(dy)
    return 3.0 * x


def test_the_adjoint_of_what_the_result_does_not_depend_on_is_zero() -> None:
    assert both(unused, 2.0) == 3.0
    assert NOTES == [0.0]


def constant(x, c):
    with insert_grad_of(c) as dc:
        NOTES.append(dc)
    return x * c


def test_the_adjoint_of_what_is_not_differentiated_is_the_right_one() -> None:
    assert both(constant, 2.0, 5.0) == 5.0
    assert NOTES == [2.0]


# --- leaving a loop ------------------------------------------------------------------------------


def truncated(w, x, n, steps):
    h = x
    for i in range(n):
        with insert_grad_of(h) as dh:
            if i < n - steps:
                break
        h = np.tanh(w * h)
    return h


def by_stopping(w, x, n, steps):
    h = x
    for i in range(n):
        if i == n - steps:
            h = tangent.stop_gradient(h)
        h = np.tanh(w * h)
    return h


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 5])
def test_break_ends_the_backward_pass_of_the_loop(steps: int) -> None:
    got = both(truncated, 1.3, 0.7, 5, steps, wrt=(0, 1))
    np.testing.assert_allclose(got, tangent.grad(by_stopping, (0, 1))(1.3, 0.7, 5, steps + 1))


def test_text_of_a_truncated_loop() -> None:
    assert text(truncated, wrt="w") == dedented("""
        def dtruncateddw(w, x, n, steps, bh=1.0):
            h_stack, h_stack2 = [], []
            h = x
            for i in range(n):
                h_stack.append(h)
                h = np.tanh(w * h)
                h_stack2.append(h)

            bw = tangent.zeros_like(w)
            for i in range(n - 1, -1, -1):
                h = h_stack.pop()
                h2 = h_stack2.pop()
                # h = np.tanh(w * h)
                bproduct = bh * (1.0 - h2 * h2)
                bw += tangent.unbroadcast(bproduct * h, w)
                bh = tangent.unbroadcast(bproduct * w, h)
                # with insert_grad_of(h) as dh:
                if i < n - steps:
                    bh = tangent.zeros_like(h)
                    break
            return bw
    """)


def truncated_in_branch(w, x, n):
    h = x
    for i in range(n):
        if i % 2 == 0:
            z = w * h
            with insert_grad_of(z) as dz:
                NOTES.append((i, dz))
                if i < 2:
                    break
            h = np.sin(z)
        else:
            h = np.cos(w * h)
    return h


def stopped_in_branch(w, x, n):
    h = x
    for i in range(n):
        if i % 2 == 0:
            z = w * h
            if i == 0:
                z = tangent.stop_gradient(z)
            h = np.sin(z)
        else:
            h = np.cos(w * h)
    return h


def test_break_inside_of_a_branch_skips_what_comes_before_it() -> None:
    got = both(truncated_in_branch, 1.3, 0.7, 5, wrt=(0, 1))
    np.testing.assert_allclose(got, tangent.grad(stopped_in_branch, (0, 1))(1.3, 0.7, 5))
    assert [i for i, _ in NOTES] == [4, 2, 0]


def truncated_behind_loops(w, x, n, k):
    h = x
    for i in range(n):
        for _ in range(2):
            h = np.tanh(w * h)
        if i % 2 == 0:
            h = h * np.exp(h)
        with insert_grad_of(h) as dh:
            if i < k:
                break
        h = np.sin(h) * w
    return h


def stopped_behind_loops(w, x, n, k):
    h, held = x, tangent.stop_gradient(w)
    for i in range(n):
        for _ in range(2):
            h = np.tanh((held if i < k else w) * h)
        if i % 2 == 0:
            h = h * np.exp(h)
        if i < k:
            h = tangent.stop_gradient(h)
        h = np.sin(h) * (held if i < k - 1 else w)
    return h


@pytest.mark.parametrize("k", range(6))
def test_break_skips_the_loops_and_branches_before_it_in_the_iteration(k: int) -> None:
    got = both(truncated_behind_loops, 1.3, 0.7, 5, k, wrt=(0, 1))
    np.testing.assert_allclose(got, tangent.grad(stopped_behind_loops, (0, 1))(1.3, 0.7, 5, k))


def in_nested_loops(w, x):
    total = 0.0
    for i in range(3):
        h = x
        for _ in range(2):
            with insert_grad_of(h) as dh:
                dh = 0.5 * dh
            h = np.tanh(w * h)
        with insert_grad_of(total, h) as (dtotal, dh):
            NOTES.append((i, dtotal, dh))
        total = total + h * h
    return total


def test_blocks_in_nested_loops() -> None:
    w, x = 1.3, 0.7
    first = np.tanh(w * x)
    second = np.tanh(w * first)
    dsecond = 2.0 * second
    dfirst = 0.5 * dsecond * (1.0 - second**2) * w
    got = both(in_nested_loops, w, x, wrt=(0, 1))
    by_w = dsecond * (1.0 - second**2) * first + dfirst * (1.0 - first**2) * x
    np.testing.assert_allclose(got, (3.0 * by_w, 3.0 * 0.5 * dfirst * (1.0 - first**2) * w))
    np.testing.assert_allclose(NOTES, [(i, 1.0, dsecond) for i in (2, 1, 0)])


def truncated_while(x):
    n = 0
    while x > 1.0:
        with insert_grad_of(x) as dx:
            if n < 1:
                break
        x, n = x * 0.5, n + 1
    return x


def test_break_in_a_while_loop() -> None:
    assert both(truncated_while, 9.0) == 0.0


def with_own_loop(x):
    y = x * x
    with insert_grad_of(y) as dy:
        for j in range(4):
            if j == 2:
                break
            dy = 0.5 * dy
    return y


def test_a_loop_in_a_block_is_its_own() -> None:
    assert both(with_own_loop, 3.0) == 1.5


# --- what else blocks do -------------------------------------------------------------------------


class Log:
    def __init__(self) -> None:
        self.values: list[Any] = []


LOG = Log()


def watch(name, value):
    print(name, value)


def keep(value):
    NOTES.append(value)


def with_effects(x):
    y = x * x
    with insert_grad_of(y) as dy:
        print("dc/dy = %2.2f" % dy[0])
        watch("dy", float(dy[1]))
        keep(dy)
        LOG.values.append(dy)
        NOTES.append(np.linalg.norm(dy))
        assert np.isfinite(dy).all(), "not finite"
    z = y[0] * x
    return np.sum(y) + np.sum(z)


def test_effects_come_in_order_and_what_is_kept_is_not_changed_later(capsys: pytest.CaptureFixture[str]) -> None:
    tangent.grad(with_effects)(V)
    assert capsys.readouterr().out == "dc/dy = 1.70\ndy 1.0\n"
    dy = np.array([1.0 + np.sum(V), 1.0, 1.0])
    np.testing.assert_allclose(NOTES[0], dy)
    np.testing.assert_allclose(LOG.values[-1], dy)
    assert pytest.approx(np.linalg.norm(dy)) == NOTES[1]
    with pytest.raises(AssertionError, match="not finite"):
        tangent.grad(with_effects)(np.array([np.inf, 1.0, 1.0]))


def test_text_of_a_block_with_effects() -> None:
    assert text(with_effects) == dedented("""
        def dwith_effectsdx(x, bwith_effects=1.0):
            y = x * x
            y_0 = y[0]
            z = y_0 * x

            # z = y[0] * x
            bz = tangent.expand(bwith_effects, z)
            bx = tangent.unbroadcast(bz * y_0, x)
            by = tangent.expand(bwith_effects, y)
            by[0] += tangent.unbroadcast(bz * x, y_0)
            # with insert_grad_of(y) as dy:
            print('dc/dy = %2.2f' % by[0])
            watch('dy', float(by[1]))
            keep(tangent.copy(by))
            LOG.values.append(tangent.copy(by))
            NOTES.append(np.linalg.norm(by))
            assert np.isfinite(by).all(), 'not finite'
            # y = x * x
            bx += 2.0 * by * x
            return bx
    """)


def with_breakpoints(x):
    y = x * x
    with insert_grad_of(y) as dy:
        pdb.set_trace()
    with insert_grad_of(y) as dy:
        breakpoint()
    return 3.0 * y


def test_the_debugger_stops_in_the_backward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: stopped.append(sys._getframe(1).f_locals["by"]))
    to_next_line = "next\n" if sys.version_info >= (3, 13) else ""  # which stops at the line of the breakpoint
    commands, said = io.StringIO(f"{to_next_line}p by, x\nlist .\ncontinue\n"), io.StringIO()
    debugger = pdb.Pdb(stdin=commands, stdout=said)
    monkeypatch.setattr(pdb, "set_trace", lambda: debugger.set_trace(sys._getframe(1)))
    derivative = tangent.grad(with_breakpoints)
    assert derivative(2.0) == 12.0
    assert stopped == [3.0]
    shown = said.getvalue()
    assert "(3.0, 2.0)" in shown
    assert "->\t    bx = 2.0 * by * x" in shown


def in_loop(x, n):
    total = 0.0
    for i in range(n):
        with insert_grad_of(x, total) as (dx, dtotal):
            NOTES.append((i, dx, dtotal))
        total = total + x * x
    return total


def test_the_adjoint_of_what_a_loop_only_reads_is_what_has_come_together_so_far() -> None:
    assert both(in_loop, 2.0, 3) == 12.0
    assert NOTES == [(2, 4.0, 1.0), (1, 8.0, 1.0), (0, 12.0, 1.0)]


# --- other transforms ----------------------------------------------------------------------------


def test_forward_mode_leaves_blocks_out() -> None:
    direction = np.array([1.0, 2.0, 3.0])
    assert tangent.jvp(clipped)(V, direction) == pytest.approx(np.sum(6.0 * V**5 * direction))
    assert "np.clip" not in inspect.getsource(tangent.jvp(clipped))
    assert "insert_grad_of" not in inspect.getsource(tangent.jvp(in_attempt))
    assert tangent.jvp(in_attempt)(4.0, 1.0) == 0.75


def gated(x):
    y = x**3
    with insert_grad_of(y) as dy:
        dy = np.clip(dy, -1.0, 1.0) * y
    return 2.0 * y


def test_a_derivative_of_a_derivative_goes_through_the_block() -> None:
    assert tangent.grad(gated)(2.0) == 96.0  # 3 x^5
    assert tangent.hessian(gated)(2.0) == 240.0
    assert tangent.hvp(gated)(2.0, 2.0) == 480.0
    assert tangent.grad(tangent.grad(gated))(2.0) == 240.0


def rowwise(x):
    y = x * x
    with insert_grad_of(y) as dy:
        NOTES.append(dy)
        dy = np.clip(dy, -1.0, 1.0)
    return y * np.array([1.0, 2.0, 0.5])


def test_a_jacobian_by_rows_runs_the_block_for_each_row() -> None:
    np.testing.assert_allclose(tangent.jacobian(rowwise, mode="reverse")(V), np.diag(2.0 * V * [1.0, 1.0, 0.5]))
    np.testing.assert_allclose(NOTES, np.diag([1.0, 2.0, 0.5]))
    np.testing.assert_allclose(tangent.jacobian(rowwise, mode="forward")(V), np.diag(2.0 * V * [1.0, 2.0, 0.5]))


def test_split_motion_has_the_block_in_the_backward_function() -> None:
    forward, backward = tangent.autodiff(clipped, motion="split")
    result, saved = forward(V)
    assert result == pytest.approx(np.sum(V**6))
    np.testing.assert_allclose(backward(saved, 1.0), tangent.grad(clipped)(V))
    assert "np.clip" not in inspect.getsource(forward)


# --- calls ---------------------------------------------------------------------------------------


def undecorated(x):
    with insert_grad_of(x) as dx:
        NOTES.append(dx)
    return x


def test_a_call_without_the_decorator_says_so() -> None:
    with pytest.raises(tangent.errors.UnsupportedError) as caught:
        undecorated(1.0)
    line = undecorated.__code__.co_firstlineno + 1
    assert str(caught.value).strip() == dedented(f"""
        File "{__file__}", line {line}, in undecorated
            with insert_grad_of(x) as dx:
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        undecorated is called, and has code for its backward pass, which runs in a derivative alone
        Instead: put `@tangent.tangent` in front of `def undecorated`: calls then leave such blocks out
    """)


def made(k):
    @tangent.tangent
    def inner(x, y=1.0, *, z=2.0):
        with insert_grad_of(x) as dx:
            dx = dx * k
        return x * x * y * z

    return inner


class Derived(Cell):
    @tangent.tangent
    def loss(self, x):
        y = super().loss(x)
        with insert_grad_of(y) as dy:
            dy = 2.0 * dy
        return y


def test_a_decorated_function_is_called_as_usual() -> None:
    assert seen(V) == pytest.approx(np.sum(np.sin(V) ** 2))
    assert seen.__name__ == "seen"
    assert "with insert_grad_of(y) as dy:" in inspect.getsource(seen)
    assert made(4.0)(2.0) == 8.0
    assert made(4.0)(2.0, 3.0, z=1.0) == 12.0
    assert tangent.grad(made(4.0))(2.0) == 32.0
    assert Derived(2.0).loss(3.0) == 36.0
    assert not NOTES


def test_the_decorator_costs_nothing_and_takes_functions_alone() -> None:
    names = {i.argval for i in dis.get_instructions(clipped)}
    assert not names & {"insert_grad_of", "clip"}
    assert tangent.tangent(squash_alone).__code__ is squash_alone.__code__
    with pytest.raises(tangent.errors.UnsupportedError, match="takes a Python function"):
        tangent.tangent(3)


def squash_alone(x):
    return np.tanh(x)


def test_a_traceback_of_a_decorated_function_has_its_lines() -> None:
    @tangent.tangent
    def fails(x):
        with insert_grad_of(x) as dx:
            NOTES.append(dx)
        return x / 0.0

    with pytest.raises(ZeroDivisionError) as caught:
        fails(1.0)
    entry = caught.traceback[-1]
    assert str(entry.statement).strip() == "return x / 0.0"


# --- stop_gradient -------------------------------------------------------------------------------


def held(x):
    return np.sum(x * tangent.stop_gradient(np.sin(x)))


def test_stop_gradient_in_both_modes() -> None:
    np.testing.assert_allclose(tangent.grad(held)(V), np.sin(V))
    assert tangent.jvp(held)(V, np.ones(3)) == pytest.approx(np.sum(np.sin(V)))
    assert tangent.stop_gradient(3.0) == 3.0
    structure = {"w": V, "b": (1.0, [2.0])}
    assert tangent.stop_gradient(structure) is structure


def written_behind(x):
    y = 2.0 * x
    z = tangent.stop_gradient(y)
    y[0] = 5.0
    return np.sum(y * z)


def test_what_is_stopped_is_the_value_itself() -> None:
    with pytest.raises(tangent.errors.AliasError):
        tangent.grad(written_behind)(V)
