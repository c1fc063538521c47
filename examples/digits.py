"""Train a two-layer network on handwritten digits with the derivative that Tangent generates.

The data are the 1,797 images of 8 x 8 pixels that come with scikit-learn; a quarter of them is kept
for testing.  SciPy's L-BFGS minimises the cross-entropy; `loss` is ordinary NumPy code.

    python examples/digits.py
    python examples/digits.py --iterations 50 --output digits.png
"""

import argparse
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tangent

Array = np.ndarray
Parameters = tuple[Array, ...]

HIDDEN = 48
DECAY = 1e-3


def network(W1: Array, b1: Array, W2: Array, b2: Array, images: Array) -> Array:
    """The scores of the ten digits, one row for each image."""
    hidden = np.tanh(images @ W1 + b1)
    return hidden @ W2 + b2


def loss(W1: Array, b1: Array, W2: Array, b2: Array, images: Array, labels: Array, decay: float) -> float:
    """Mean cross-entropy of the softmax of the scores, and `decay` times the squared weights."""
    scores = network(W1, b1, W2, b2, images)
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probability = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    cross_entropy = -np.mean(log_probability[np.arange(len(labels)), labels])
    return cross_entropy + decay * (np.sum(W1**2) + np.sum(W2**2))


@dataclass
class Digits:
    """Images, one flattened to a row of numbers between 0 and 1, and their labels."""

    train_images: Array
    test_images: Array
    train_labels: Array
    test_labels: Array


@dataclass
class History:
    """What is plotted: the loss and the accuracies after each iteration."""

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)


def load() -> Digits:
    """The bundled images, a quarter of them for testing, every digit in the same proportion."""
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels)
    return Digits(*parts)


def initial_parameters(pixels: int, classes: int) -> Parameters:
    """Small random weights and zero biases."""
    rng = np.random.default_rng(0)
    return (
        rng.normal(scale=pixels**-0.5, size=(pixels, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(scale=HIDDEN**-0.5, size=(HIDDEN, classes)),
        np.zeros(classes),
    )


def flatten(arrays: Sequence[Array]) -> Array:
    """One vector of all numbers, as SciPy wants them."""
    return np.concatenate([array.ravel() for array in arrays])


def unflatten(vector: Array, like: Sequence[Array]) -> Parameters:
    """The inverse of `flatten`."""
    ends = np.cumsum([array.size for array in like])
    pieces = np.split(vector, ends[:-1])
    return tuple(piece.reshape(array.shape) for piece, array in zip(pieces, like, strict=True))


def predict(parameters: Parameters, images: Array) -> Array:
    """The most likely digit of each image."""
    return np.argmax(network(*parameters, images), axis=1)


def accuracy(parameters: Parameters, images: Array, labels: Array) -> float:
    """The fraction of images that are recognised."""
    return float(np.mean(predict(parameters, images) == labels))


def train(
    derivative: Callable[..., Any], digits: Digits, iterations: int, console: Console
) -> tuple[Parameters, History]:
    """Minimise the loss on the training images; `derivative` returns its value and its gradients."""
    start = initial_parameters(digits.train_images.shape[1], classes=10)
    history = History()
    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
    )

    def objective(vector: Array) -> tuple[float, Array]:
        parameters = unflatten(vector, start)
        value, gradients = derivative(*parameters, digits.train_images, digits.train_labels, DECAY)
        return value, flatten(gradients)

    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=iterations, loss=np.nan)

        def record(intermediate_result: Any) -> None:
            parameters = unflatten(intermediate_result.x, start)
            history.loss.append(intermediate_result.fun)
            history.train_accuracy.append(accuracy(parameters, digits.train_images, digits.train_labels))
            history.test_accuracy.append(accuracy(parameters, digits.test_images, digits.test_labels))
            progress.update(task, advance=1, loss=intermediate_result.fun)

        result = minimize(
            objective,
            flatten(start),
            jac=True,
            method="L-BFGS-B",
            callback=record,
            options={"maxiter": iterations},
        )
        progress.update(task, total=len(history.loss))
    return unflatten(result.x, start), history


def draw(path: Path, history: History, parameters: Parameters, digits: Digits) -> None:
    """Save the learning curves beside some test images, the ones that are missed first."""
    guesses = predict(parameters, digits.test_images)
    missed_first = np.argsort(guesses == digits.test_labels, kind="stable")
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    curves, gallery = figure.subfigures(1, 2, width_ratios=[1.15, 1])
    draw_curves(curves.subplots(2, 1, sharex=True), history)
    gallery.suptitle("test images, the missed ones first: predicted (true)", fontsize=10)
    for axes, index in zip(gallery.subplots(4, 6).flat, missed_first, strict=False):
        right = guesses[index] == digits.test_labels[index]
        axes.imshow(digits.test_images[index].reshape(8, 8), cmap="gray_r")
        title = f"{guesses[index]} ({digits.test_labels[index]})"
        axes.set_title(title, fontsize=9, color="black" if right else "crimson")
        axes.set_axis_off()
    figure.savefig(path, dpi=150)


def draw_curves(axes: Sequence[Any], history: History) -> None:
    """The loss above the accuracies, both against the iteration."""
    iteration = np.arange(1, len(history.loss) + 1)
    above, below = axes
    above.semilogy(iteration, history.loss, color="black")
    above.set_ylabel("loss")
    below.plot(iteration, history.train_accuracy, label="training images")
    below.plot(iteration, history.test_accuracy, label="test images")
    below.axhline(0.95, color="gray", linewidth=0.8, linestyle=":")
    below.set(xlabel="L-BFGS iteration", ylabel="accuracy", ylim=(0.5, 1.01))
    below.legend(loc="lower right", frameon=False)
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, report, draw; returns the accuracy on the test images."""
    parser = argparse.ArgumentParser(description="Train a two-layer network on handwritten digits.")
    parser.add_argument("--iterations", type=int, default=100, help="L-BFGS iterations at most (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path("digits.png"), help="the picture (%(default)s)")
    options = parser.parse_args(arguments)

    console = Console()
    derivative = tangent.value_and_grad(loss, wrt=("W1", "b1", "W2", "b2"))
    console.print(Syntax(inspect.getsource(derivative), "python", background_color="default"))

    digits = load()
    parameters, history = train(derivative, digits, options.iterations, console)
    reached = accuracy(parameters, digits.test_images, digits.test_labels)
    draw(options.output, history, parameters, digits)
    console.print(f"test accuracy {reached:.1%} after {len(history.loss)} iterations; see {options.output}")
    return reached


if __name__ == "__main__":
    main()
