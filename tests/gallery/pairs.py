"""Functions, each beside the derivatives that a careful person would write by hand.

This is the readability bar of the output, in reverse and in forward mode: the same statements in much the same
order, and no bookkeeping that a person would have left out.  `PAIRS` lists the functions with what a test or a
benchmark needs to call them; `tests/gallery/test_pairs.py` checks the derivatives by hand against numerical ones.

    bx        the adjoint of x, dx its tangent
    x_stack   a plain list: values of x that the backward pass needs back
    # y = ... in the backward pass: the primal statement whose adjoint follows

In forward mode each tangent stands right above the statement that it belongs to, or right below it where it
reads the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import tangent

# Straight line: nothing is saved, nothing is initialised.


def polynomial(x):
    a = x * x
    b = x * a
    c = a + b
    return c


def polynomial_by_hand(x, bc=1.0):
    a = x * x

    # b = x * a
    bx = bc * a
    ba = bc + bc * x
    # a = x * x
    bx = bx + 2.0 * ba * x
    return bx


def polynomial_forward_by_hand(x, dx):
    da = 2.0 * x * dx
    a = x * x
    db = dx * a + x * da
    dc = da + db
    return dc


def sigmoid_loss(x, y):
    p = 1.0 / (1.0 + np.exp(-x))
    return np.sum((p - y) ** 2)


def sigmoid_loss_by_hand(x, y, bsigmoid_loss=1.0):
    exp_x = np.exp(-x)
    p = 1.0 / (1.0 + exp_x)

    # return np.sum((p - y) ** 2)
    bp = tangent.unbroadcast(bsigmoid_loss * 2.0 * (p - y), p)
    # p = 1.0 / (1.0 + np.exp(-x))
    bx = bp * p * p * exp_x
    return bx


def sigmoid_loss_forward_by_hand(x, y, dx):
    exp_x = np.exp(-x)
    p = 1.0 / (1.0 + exp_x)
    dp = p * p * exp_x * dx
    return np.sum(2.0 * (p - y) * dp)


# A name bound twice in straight-line code is renamed, not saved.


def overwrite(x):
    y = x * x
    y = y * np.sin(y)
    y = np.tanh(y)
    return y


def overwrite_by_hand(x, by=1.0):
    y = x * x
    sin_y = np.sin(y)
    y2 = y * sin_y
    y3 = np.tanh(y2)

    # y = np.tanh(y)
    by2 = by * (1.0 - y3 * y3)
    # y = y * np.sin(y)
    by1 = by2 * sin_y + by2 * y * np.cos(y)
    # y = x * x
    bx = 2.0 * by1 * x
    return bx


def overwrite_forward_by_hand(x, dx):
    dy = 2.0 * x * dx
    y = x * x
    sin_y = np.sin(y)
    dy = dy * sin_y + y * np.cos(y) * dy
    y = y * sin_y
    y = np.tanh(y)
    dy = (1.0 - y * y) * dy
    return dy


# A loop: one plain list for each variable whose old value is needed, and only for those.


def iterpower(a, n):
    for i in range(n):
        a = a * a
    return a


def iterpower_by_hand(a, n, ba=1.0):
    a_stack = []
    for i in range(n):
        a_stack.append(a)
        a = a * a

    for i in range(n - 1, -1, -1):
        a = a_stack.pop()
        # a = a * a
        ba = 2.0 * ba * a
    return ba


def iterpower_forward_by_hand(a, n, da):
    for i in range(n):
        da = 2.0 * a * da
        a = a * a
    return da


# A loop that is linear in what is differentiated needs no list at all.


def horner(coefficients, x):
    y = 0.0
    for c in coefficients:
        y = y * x + c
    return y


def horner_by_hand(coefficients, x, by=1.0):
    bcoefficients = np.zeros_like(coefficients)
    for i in range(len(coefficients) - 1, -1, -1):
        # y = y * x + c
        bcoefficients[i] += by
        by = by * x
    return bcoefficients


def horner_forward_by_hand(coefficients, x, dcoefficients):
    dy = 0.0
    for dc in dcoefficients:
        dy = dy * x + dc
    return dy


# Control flow that depends on the data.


def collatz_like(x, n):
    y = x * 2.0
    for i in range(n):
        if y > 1.0:
            y = y * np.sin(y)
        else:
            y = y + x
    return y


def collatz_like_by_hand(x, n, by=1.0):
    y = x * 2.0
    y_stack, cond_stack = [], []
    for i in range(n):
        cond = y > 1.0
        cond_stack.append(cond)
        if cond:
            y_stack.append(y)
            y = y * np.sin(y)
        else:
            y = y + x

    bx = tangent.zeros_like(x)
    for i in range(n - 1, -1, -1):
        if cond_stack.pop():
            y = y_stack.pop()
            # y = y * np.sin(y)
            by = by * np.sin(y) + by * y * np.cos(y)
        else:
            # y = y + x
            bx = bx + by
    # y = x * 2.0
    bx = bx + by * 2.0
    return bx


def collatz_like_forward_by_hand(x, n, dx):
    dy = dx * 2.0
    y = x * 2.0
    for i in range(n):
        if y > 1.0:
            sin_y = np.sin(y)
            dy = dy * sin_y + y * np.cos(y) * dy
            y = y * sin_y
        else:
            dy = dy + dx
            y = y + x
    return dy


def newton_sqrt(a):
    x = a
    while np.abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def newton_sqrt_by_hand(a, bx=1.0):
    x = a
    x_stack = []
    while np.abs(x * x - a) > 1e-12:
        x_stack.append(x)
        x = 0.5 * (x + a / x)

    ba = tangent.zeros_like(a)
    while x_stack:
        x = x_stack.pop()
        # x = 0.5 * (x + a / x)
        bsum = 0.5 * bx
        ba = ba + bsum / x
        bx = bsum - bsum * a / (x * x)
    # x = a
    ba = ba + bx
    return ba


def newton_sqrt_forward_by_hand(a, da):
    x = a
    dx = da
    while np.abs(x * x - a) > 1e-12:
        ratio = a / x
        dx = 0.5 * (dx + (da - ratio * dx) / x)
        x = 0.5 * (x + ratio)
    return dx


# Arrays that are written in place: the adjoint is written in place as well, at the same cost.


def rnn(inputs, W):
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    for t in range(len(inputs)):
        h[t + 1] = np.tanh(inputs[t] @ W + h[t])
    return np.sum(h[1:])


def rnn_by_hand(inputs, W, brnn=1.0):
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    for t in range(len(inputs)):
        h[t + 1] = np.tanh(inputs[t] @ W + h[t])

    # return np.sum(h[1:])
    bh = np.zeros_like(h)
    bh[1:] += brnn
    bW = np.zeros_like(W)
    for t in range(len(inputs) - 1, -1, -1):
        # h[t + 1] = np.tanh(inputs[t] @ W + h[t])
        btanh = bh[t + 1] * (1.0 - h[t + 1] * h[t + 1])
        bh[t + 1] = 0.0
        bW += np.outer(inputs[t], btanh)
        bh[t] += btanh
    return bW


def rnn_forward_by_hand(inputs, W, dW):
    h = np.zeros((len(inputs) + 1, W.shape[1]))
    dh = np.zeros_like(h)
    for t in range(len(inputs)):
        h[t + 1] = np.tanh(inputs[t] @ W + h[t])
        dh[t + 1] = (1.0 - h[t + 1] * h[t + 1]) * (inputs[t] @ dW + dh[t])
    return np.sum(dh[1:])


# A function that calls another: a forward and a backward function, named after it.


def layer(x, W, b):
    return np.tanh(x @ W + b)


def two_layers(x, W1, b1, W2, b2):
    h = layer(x, W1, b1)
    y = layer(h, W2, b2)
    return np.sum(y)


def layer_forward(x, W, b):
    y = np.tanh(x @ W + b)
    return y, (x, W, b, y)


def layer_backward(saved, by):
    x, W, b, y = saved
    btanh = by * (1.0 - y * y)
    bb = tangent.unbroadcast(btanh, b)
    bW = x.T @ btanh
    bx = btanh @ W.T
    return bx, bW, bb


def two_layers_by_hand(x, W1, b1, W2, b2, btwo_layers=1.0):
    h, h_saved = layer_forward(x, W1, b1)
    y, y_saved = layer_forward(h, W2, b2)

    # return np.sum(y)
    by = np.full_like(y, btwo_layers)
    # y = layer(h, W2, b2)
    bh, bW2, bb2 = layer_backward(y_saved, by)
    # h = layer(x, W1, b1)
    _, bW1, bb1 = layer_backward(h_saved, bh)
    return bW1, bb1, bW2, bb2


def first_layer_tangent(x, W, b, dW, db):
    y = np.tanh(x @ W + b)
    dy = (1.0 - y * y) * (x @ dW + db)
    return dy, y


def layer_tangent(x, W, b, dx, dW, db):
    y = np.tanh(x @ W + b)
    dy = (1.0 - y * y) * (dx @ W + x @ dW + db)
    return dy, y


def two_layers_forward_by_hand(x, W1, b1, W2, b2, dW1, db1, dW2, db2):
    dh, h = first_layer_tangent(x, W1, b1, dW1, db1)
    dy, _ = layer_tangent(h, W2, b2, dh, dW2, db2)
    return np.sum(dy)


@dataclass(frozen=True, slots=True)
class Pair:
    """A function, its derivatives by hand with respect to `wrt`, and arguments to call them with.

    `sized` makes arguments as large as the given number says: steps, elements or units.
    """

    primal: Callable[..., Any]
    by_hand: Callable[..., Any]
    forward_by_hand: Callable[..., Any]
    wrt: tuple[str, ...]
    sized: Callable[[np.random.Generator, int], tuple[Any, ...]]
    helpers: tuple[Callable[..., Any], ...] = ()
    """The further functions that the derivative by hand consists of."""
    forward_helpers: tuple[Callable[..., Any], ...] = ()
    compiles: bool = True
    """Whether the primal is within what `numba.njit` compiles without help."""

    @property
    def name(self) -> str:
        return self.primal.__name__

    def arguments(self, size: int = 4) -> tuple[Any, ...]:
        """The same arguments in every run."""
        return self.sized(np.random.default_rng(0), size)

    def tangents(self, size: int = 4) -> tuple[Any, ...]:
        """Tangents of the arguments that `wrt` names, the same in every run."""
        rng = np.random.default_rng(1)
        names = self.primal.__code__.co_varnames
        shapes = [np.shape(self.arguments(size)[names.index(name)]) for name in self.wrt]
        return tuple(rng.normal(size=shape) if shape else float(rng.normal()) for shape in shapes)


def _layers(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    shapes = ((size, size), (size, size), (1, size), (size, 3), (1, 3))
    return tuple(rng.normal(scale=size**-0.5, size=shape) for shape in shapes)


PAIRS = (
    Pair(polynomial, polynomial_by_hand, polynomial_forward_by_hand, ("x",), lambda rng, n: (0.7,)),
    Pair(
        sigmoid_loss,
        sigmoid_loss_by_hand,
        sigmoid_loss_forward_by_hand,
        ("x",),
        lambda rng, n: (rng.normal(size=n), rng.normal(size=n)),
    ),
    Pair(overwrite, overwrite_by_hand, overwrite_forward_by_hand, ("x",), lambda rng, n: (0.7,)),
    Pair(iterpower, iterpower_by_hand, iterpower_forward_by_hand, ("a",), lambda rng, n: (1.0 + 2.0**-n, n)),
    Pair(horner, horner_by_hand, horner_forward_by_hand, ("coefficients",), lambda rng, n: (rng.normal(size=n), 0.3)),
    Pair(collatz_like, collatz_like_by_hand, collatz_like_forward_by_hand, ("x",), lambda rng, n: (0.7, n)),
    Pair(newton_sqrt, newton_sqrt_by_hand, newton_sqrt_forward_by_hand, ("a",), lambda rng, n: (2.0,)),
    Pair(
        rnn,
        rnn_by_hand,
        rnn_forward_by_hand,
        ("W",),
        lambda rng, n: (rng.normal(size=(n, 3)), rng.normal(size=(3, 3))),
    ),
    Pair(
        two_layers,
        two_layers_by_hand,
        two_layers_forward_by_hand,
        ("W1", "b1", "W2", "b2"),
        _layers,
        helpers=(layer_forward, layer_backward),
        forward_helpers=(first_layer_tangent, layer_tangent),
        compiles=False,
    ),
)
