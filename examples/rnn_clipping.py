"""Train a recurrent network on the Zen of Python, whose gradients explode unless its backward pass clips them.

The network reads a character at a time and predicts the next one.  Its state passes through the same weights at each
character; these are large enough for the network to remember, and what flows back through 50 characters grows by
orders of magnitude: gradient descent takes steps that destroy what it has learned.
`insert_grad_of` puts one line into the backward pass, which holds the adjoint of the state within limits: the same
function with the limit infinity is the network without it.

The text is that of the module `this`, which comes with Python.

    python examples/rnn_clipping.py
    python examples/rnn_clipping.py --steps 100 --limit 0.0003 --output rnn_clipping.png
"""

import argparse
import codecs
import contextlib
import importlib
import inspect
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

import tangent
from tangent import insert_grad_of

Array = np.ndarray
Parameters = tuple[Array, ...]

HIDDEN = 64
LENGTH = 50
BATCH = 24
RATE = 0.3
MOMENTUM = 0.9
GAIN = 2.0
"""How much the recurrent weights may enlarge a small state."""


@tangent.tangent
def loss(U: Array, W: Array, b: Array, V: Array, c: Array, characters: Array, limit: float) -> float:
    """Mean cross-entropy of the next character; `characters` has a row for each piece of text."""
    batch, length = characters.shape
    h = np.zeros((batch, W.shape[0]))
    total = 0.0
    for t in range(length - 1):
        with insert_grad_of(h) as dh:
            dh = np.clip(dh, -limit, limit)
        h = np.tanh(U[characters[:, t]] + h @ W + b)
        scores = h @ V + c
        shifted = scores - np.max(scores, axis=1, keepdims=True)
        log_probability = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        total = total - np.mean(log_probability[np.arange(batch), characters[:, t + 1]])
    return total / (length - 1)


@dataclass
class Text:
    """A text as numbers, and the characters that they stand for."""

    characters: str
    numbers: Array

    def pieces(self, rng: np.random.Generator) -> Array:
        """A batch of pieces of the text, from anywhere in it."""
        starts = rng.integers(0, len(self.numbers) - LENGTH, size=BATCH)
        return self.numbers[starts[:, None] + np.arange(LENGTH)]


@dataclass
class History:
    """What is plotted: the loss and the norm of the gradient at each step."""

    loss: list[float] = field(default_factory=list)
    norm: list[float] = field(default_factory=list)


def zen() -> Text:
    """The Zen of Python, in small letters."""
    with contextlib.redirect_stdout(io.StringIO()):  # the module prints it
        text = codecs.decode(importlib.import_module("this").s, "rot13").lower()
    characters = "".join(sorted(set(text)))
    return Text(characters, np.array([characters.index(letter) for letter in text]))


def initial_parameters(letters: int) -> Parameters:
    """Random weights: large ones for the recurrence, small ones for the scores."""
    rng = np.random.default_rng(0)
    return (
        rng.normal(scale=0.5, size=(letters, HIDDEN)),
        rng.normal(scale=GAIN * HIDDEN**-0.5, size=(HIDDEN, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(scale=0.1, size=(HIDDEN, letters)),
        np.zeros(letters),
    )


def train(derivative: Callable[..., Any], text: Text, steps: int, limit: float) -> tuple[Parameters, History]:
    """Gradient descent with momentum."""
    rng = np.random.default_rng(1)
    parameters = initial_parameters(len(text.characters))
    velocities = tuple(np.zeros_like(p) for p in parameters)
    history = History()
    for _ in range(steps):
        value, gradients = derivative(*parameters, text.pieces(rng), limit)
        history.loss.append(float(value))
        history.norm.append(float(np.sqrt(sum(np.sum(g * g) for g in gradients))))
        velocities = tuple(MOMENTUM * v - RATE * g for v, g in zip(velocities, gradients, strict=True))
        parameters = tuple(p + v for p, v in zip(parameters, velocities, strict=True))
    return parameters, history


def write(parameters: Parameters, text: Text, start: str, count: int) -> str:
    """What the network goes on with: the most likely character each time."""
    U, W, b, V, c = parameters
    h, written = np.zeros(HIDDEN), start
    for position in range(len(start) + count - 1):
        h = np.tanh(U[text.characters.index(written[position])] + h @ W + b)
        if position + 1 == len(written):
            written += text.characters[int(np.argmax(h @ V + c))]
    return written


def draw(path: Path, histories: dict[str, History]) -> None:
    """Save the losses beside the norms of the gradients."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (name, history), color in zip(histories.items(), ("crimson", "black"), strict=True):
        left.plot(history.loss, color=color, label=name)
        right.semilogy(history.norm, color=color)
    left.set(xlabel="step", ylabel="cross-entropy of the next character", ylim=(0.0, None))
    right.set(xlabel="step", ylabel="norm of the gradient")
    left.legend(frameon=False)
    for panel in (left, right):
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def report(histories: dict[str, History], console: Console) -> None:
    """The numbers at the first and at the last step."""
    table = Table("backward pass", "largest gradient", "first loss", "last loss")
    for name, history in histories.items():
        table.add_row(name, f"{max(history.norm):.3g}", f"{history.loss[0]:.3f}", f"{history.loss[-1]:.3f}")
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train without and with clipping, report, write some text, draw."""
    parser = argparse.ArgumentParser(description="Train a recurrent network whose backward pass clips its gradients.")
    parser.add_argument("--steps", type=int, default=200, help="steps of gradient descent (%(default)s)")
    parser.add_argument("--limit", type=float, default=1e-3, help="of each number of an adjoint (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path("rnn_clipping.png"), help="the picture (%(default)s)")
    options = parser.parse_args(arguments)

    console = Console()
    derivative = tangent.value_and_grad(loss, wrt=("U", "W", "b", "V", "c"))
    console.print(Syntax(inspect.getsource(derivative), "python", background_color="default"))

    text = zen()
    _, exploding = train(derivative, text, options.steps, np.inf)
    parameters, clipped = train(derivative, text, options.steps, options.limit)
    histories = {"as it is": exploding, f"clipped at {options.limit:g}": clipped}
    report(histories, console)
    console.print("It goes on:", repr(write(parameters, text, "beautiful is ", 60)))
    draw(options.output, histories)
    console.print(f"See {options.output}")


if __name__ == "__main__":
    main()
