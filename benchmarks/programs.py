"""The functions that are timed beside the gallery, each with its derivative by hand."""

import numpy as np


def mlp(W1, b1, W2, b2, W3, b3, inputs, targets):
    h1 = np.tanh(inputs @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    errors = h2 @ W3 + b3 - targets
    return np.mean(errors**2)


def mlp_by_hand(W1, b1, W2, b2, W3, b3, inputs, targets, bmlp=1.0):
    h1 = np.tanh(inputs @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    errors = h2 @ W3 + b3 - targets

    berrors = bmlp * 2.0 / errors.size * errors
    bb3 = np.sum(berrors, axis=0)
    bW3 = h2.T @ berrors
    bz2 = berrors @ W3.T * (1.0 - h2 * h2)
    bb2 = np.sum(bz2, axis=0)
    bW2 = h1.T @ bz2
    bz1 = bz2 @ W2.T * (1.0 - h1 * h1)
    bb1 = np.sum(bz1, axis=0)
    bW1 = inputs.T @ bz1
    return bW1, bb1, bW2, bb2, bW3, bb3


def rnn_without_writes(inputs, W):
    """The gallery's `rnn` for Autograd, which has no in-place writes."""
    h = np.zeros(W.shape[1])
    total = 0.0
    for t in range(len(inputs)):
        h = np.tanh(inputs[t] @ W + h)
        total = total + np.sum(h)
    return total


def logistic_map(x: float, r: float, n: int):
    for i in range(n):
        x = r * x * (1.0 - x)
    return x


def logistic_map_by_hand(x: float, r: float, n: int, bx: float = 1.0):
    x_stack = []
    for i in range(n):
        x_stack.append(x)
        x = r * x * (1.0 - x)

    br = 0.0
    for i in range(n - 1, -1, -1):
        x = x_stack.pop()
        # x = r * x * (1.0 - x)
        br += bx * x * (1.0 - x)
        bx = bx * r * (1.0 - x) - bx * r * x
    return bx, br


def index_loop(x):
    y = 0.0
    for i in range(len(x)):
        y = y + x[i] * x[i]
    return y


def index_loop_by_hand(x, by=1.0):
    bx = np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        # y = y + x[i] * x[i]
        bx[i] += 2.0 * by * x[i]
    return bx


def write_loop(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = 0.5 * y[i - 1] + x[i] * x[i]
    return np.sum(y)


def write_loop_by_hand(x, bwrite_loop=1.0):
    by = np.full(len(x), bwrite_loop)
    bx = np.zeros_like(x)
    for i in range(len(x) - 1, 0, -1):
        # y[i] = 0.5 * y[i - 1] + x[i] * x[i]
        by[i - 1] += 0.5 * by[i]
        bx[i] += 2.0 * by[i] * x[i]
    # y[0] = x[0]
    bx[0] += by[0]
    return bx


def elementwise(x):
    return np.sum(np.tanh(x) * np.exp(-x * x))


def elementwise_by_hand(x, belementwise=1.0):
    tanh_x = np.tanh(x)
    exp_x = np.exp(-x * x)

    bx = belementwise * exp_x * (1.0 - tanh_x * tanh_x) - 2.0 * belementwise * tanh_x * exp_x * x
    return bx


def exponentials(parameters, times, values):
    """The squared errors of a sum of exponentials: half of the parameters are rates."""
    half = len(parameters) // 2
    rates, amplitudes = parameters[:half], parameters[half:]
    errors = np.exp(-np.outer(times, rates)) @ amplitudes - values
    return np.sum(errors**2)


def saturating(parameters, inputs, values):
    """The squared errors of a saturating linear model."""
    errors = np.tanh(inputs @ parameters) - values
    return np.sum(errors**2)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def layer(x, W):
    return np.tanh(W @ x)


def relaxed(x, steps):
    y = x
    for _ in range(steps):
        y = 0.5 * np.sin(y) + x
    return y
