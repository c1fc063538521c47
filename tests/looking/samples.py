"""Functions to look at the derivatives of.  The stored texts hold the numbers of their lines: add at the end."""

from __future__ import annotations

import numpy as np

import tangent


def step(state, x, W):
    """One step of a network."""
    hidden = np.tanh(W @ state + x)
    return 0.9 * state + 0.1 * hidden


def loss(W, xs, target, n):
    state = np.zeros(len(target))
    worst = np.argmax(target)  # an index
    norm = np.sum(W * W)
    for t in range(n):
        state = step(state, xs[t], W)
        if np.sum(state) > 10.0:
            state = state / np.sum(state)
    error = state - target
    return (np.sum(error * error)
            + error[worst])


def chosen(x, k: int):
    best = np.argmax(x)
    level = np.floor(np.sum(x))
    big = level > 3.0
    part = x[best]
    size = len(x)
    if big:
        scale = 2.0
    else:
        scale = 3.0
    last = part * part
    unused = last + size
    part = part * scale
    return part * k


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, x):
        stretched = x - 1.0
        return 0.5 * self.stiffness * stretched * stretched


def damped(rate):
    def decay(x: float, n: int):
        for _ in range(n):
            x = x * np.exp(-rate * x)
        return x

    return decay


@tangent.tangent
def clipped(x: float):
    y = x * x
    with tangent.insert_grad_of(y) as dy:
        dy = min(dy, 1.0)
    return np.sin(y)


def fill(a, value):
    a[0] = value


def written(x: float):
    a = np.zeros(2)
    fill(a, x * x)
    return np.sum(a * a)


cubed = lambda x: x ** 3
