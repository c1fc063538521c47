"""The text of derivatives through solvers: what people read."""

from __future__ import annotations

import inspect
import textwrap

import numpy as np
from scipy.integrate import odeint, quad
from scipy.optimize import brentq, root

import tangent
from tangent.emit.functions import printed


def text_of(derivative) -> str:
    return printed((derivative,)).strip()


def lines(text: str) -> str:
    return textwrap.dedent(text).strip()


def root_of_cubic(p: float, k: float):
    x = brentq(lambda x: x**3 + k * x - p, 0.0, 5.0)
    return x


def test_a_root_is_differentiated_by_the_implicit_function_theorem() -> None:
    assert text_of(tangent.grad(root_of_cubic, wrt=("p", "k"))) == lines("""
        def f(x, p, k):
            return x ** 3 + k * x - p


        def dfdx(x, p, k, bresult=1.0):
            # x**3 + k * x - p
            bx = bresult * k + 3.0 * bresult * x ** 2
            return bx


        def dfdpk(x, p, k, bresult=1.0):
            # x**3 + k * x - p
            bp = -bresult
            bk = bresult * x
            return bp, bk


        def droot_of_cubicdpk(p, k, bx=1.0):
            tangent.check_scalars(bx, p, k)
            x = brentq(f, 0.0, 5.0, args=(p, k))

            # x = brentq(lambda x: x**3 + k * x - p, 0.0, 5.0)
            slope = dfdx(x, p, k)
            bp, bk = dfdpk(x, p, k, -(bx / slope))
            return bp, bk
    """)


def decay(p: float, end: float):
    return quad(lambda t: np.exp(-p * t), 0.0, end)[0]


def test_an_integral_is_differentiated_under_its_sign() -> None:
    assert text_of(tangent.jvp(decay, wrt=("p", "end"))) == lines("""
        def f(t, p):
            return np.exp(-p * t)


        def df(t, p, dp):
            return -(np.exp(-p * t) * dp * t)


        def ddecay(p, end, dp, dend):
            tangent.check_scalars(dp, dend, p, end)
            value = f(end, p)
            return quad(df, 0.0, end, args=(p, dp))[0] + value * dend
    """)
    assert "bp = bdecay * quad(dfdp, 0.0, end, args=(p,))[0]" in inspect.getsource(tangent.grad(decay))


def balance(x, p):
    return np.array([x[0] ** 2 - p[0], x[0] * x[1] - p[1]])


def balanced(p):
    return root(balance, np.ones(2), args=(p,)).x


def test_a_vector_is_differentiated_by_one_linear_system() -> None:
    text = inspect.getsource(tangent.vjp(balanced))
    assert text == lines("""
        def dbalanceddp(p, bx):
            x = root(balance, np.ones(2), args=(p,)).x
            tangent.check_seed(bx, x)

            # return root(balance, np.ones(2), args=(p,)).x
            jacobian = tangent.jacobian_of(dbalance, x, (p,))
            tangent.check_root(balance(x, p), jacobian, x)
            bp = dbalancedp(x, p, -tangent.solve_jacobian_transposed(jacobian, bx))
            return bp
    """) + "\n"


def growth(y, t, rate):
    return rate * y


def grown(rate: float):
    return odeint(growth, np.ones(2), np.linspace(0.0, 1.0, 3), args=(rate,))[-1]


def test_a_path_is_differentiated_by_its_sensitivities() -> None:
    assert text_of(tangent.jvp(grown)) == lines("""
        def dgrowth(y, t, rate, dy, drate):
            return drate * y + rate * dy


        def dgrown(rate, drate):
            tangent.check_scalars(drate, rate)
            t = np.linspace(0.0, 1.0, 3)
            times = np.array(t)
            start = np.ravel(np.array(np.ones(2)))
            t_0 = t[0]
            dstart = tangent.zeros_like(start)
            dfound = tangent.odeint_tangent(growth, dgrowth, t_0, times, start, (rate,), dstart, (drate,))
            return dfound[-1]
    """)


def no_parameters(x: float):
    return x * brentq(lambda t: t * t - 2.0, 0.0, 2.0)


def test_a_root_that_does_not_move_costs_nothing() -> None:
    assert text_of(tangent.grad(no_parameters)) == lines("""
        def f(t):
            return t * t - 2.0


        def dno_parametersdx(x, bno_parameters=1.0):
            tangent.check_scalars(bno_parameters, x)

            # return x * brentq(lambda t: t * t - 2.0, 0.0, 2.0)
            bx = bno_parameters * brentq(f, 0.0, 2.0)
            return bx
    """)
