"""Train the lower layer of a network by synthetic gradients: what another model predicts, in place of what flows back.

A network of two layers tells handwritten digits apart.  What its lower layer learns from is not the adjoint of the
hidden values, which needs the layer above to have run and gone back, but a prediction of it from the hidden values and
the labels alone (Jaderberg et al., Decoupled Neural Interfaces using Synthetic Gradients, 2017).  `insert_grad_of`
puts the prediction into the backward pass, and keeps the true adjoint, from which the predictor learns.

The same function with other modes is the network without the exchange, and one whose lower layer learns nothing.

    python examples/synthetic_gradients.py
    python examples/synthetic_gradients.py --epochs 10 --output synthetic_gradients.png
"""

import argparse
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tangent
from tangent import insert_grad_of

Array = np.ndarray
Parameters = tuple[Array, ...]

HIDDEN = 24
BATCH = 50
RATE = 0.5
MODES = ("true gradients", "synthetic gradients", "no gradients below")

TRUE_ADJOINTS: list[Array] = []
"""What flowed back to the hidden values, for the predictor to learn from."""


def features(hidden: Array, targets: Array) -> Array:
    """What the adjoint of the hidden values is predicted from: these, the labels, and a one, for each image."""
    return np.concatenate([hidden, targets, np.ones((len(hidden), 1))], axis=1)


@tangent.tangent
def loss(W1: Array, b1: Array, W2: Array, b2: Array, P: Array, images: Array, targets: Array, mode: str) -> float:
    """Mean cross-entropy; `targets` has a one for the label of each image, `P` are the weights of the predictor."""
    hidden = np.tanh(images @ W1 + b1)
    with insert_grad_of(hidden) as dhidden:
        TRUE_ADJOINTS.append(dhidden)
        if mode == "synthetic gradients":
            dhidden = features(hidden, targets) @ P
        elif mode == "no gradients below":
            dhidden = 0.0
    scores = hidden @ W2 + b2
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probability = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.sum(targets * log_probability) / len(images)


def misfit(P: Array, inputs: Array, adjoints: Array) -> float:
    """The squared error of the predicted adjoints, as a mean over the images."""
    return np.sum((inputs @ P - adjoints) ** 2) / len(inputs)


def initial_parameters(pixels: int, classes: int) -> Parameters:
    """Random weights; a predictor that predicts zeros."""
    rng = np.random.default_rng(0)
    return (
        rng.normal(scale=pixels**-0.5, size=(pixels, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(scale=HIDDEN**-0.5, size=(HIDDEN, classes)),
        np.zeros(classes),
        np.zeros((HIDDEN + classes + 1, HIDDEN)),
    )


def train(
    dloss: Callable[..., Parameters], dmisfit: Callable[..., Array], data: Sequence[Array], epochs: int, mode: str
) -> list[float]:
    """Gradient descent on both models at once; returns the accuracy on the test images after each epoch."""
    train_images, test_images, train_labels, test_labels = data
    one_hot = np.eye(10)
    *weights, P = initial_parameters(train_images.shape[1], 10)
    rng = np.random.default_rng(1)
    accuracies = []
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(train_images)), len(train_images) // BATCH):
            images, targets = train_images[rows], one_hot[train_labels[rows]]
            hidden = np.tanh(images @ weights[0] + weights[1])
            TRUE_ADJOINTS.clear()
            gradients = dloss(*weights, P, images, targets, mode)
            weights = [w - RATE * g for w, g in zip(weights, gradients, strict=True)]
            P = P - 0.05 * dmisfit(P, features(hidden, targets), TRUE_ADJOINTS[0])
        hidden = np.tanh(test_images @ weights[0] + weights[1])
        guesses = np.argmax(hidden @ weights[2] + weights[3], axis=1)
        accuracies.append(float(np.mean(guesses == test_labels)))
    return accuracies


def draw(path: Path, accuracies: dict[str, list[float]]) -> None:
    """Save the accuracies against the epochs."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for (mode, values), color in zip(accuracies.items(), ("black", "crimson", "gray"), strict=True):
        axes.plot(np.arange(1, len(values) + 1), values, color=color, label=mode)
    axes.set(xlabel="epoch", ylabel="accuracy on test images")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train in each of the modes, report, draw."""
    parser = argparse.ArgumentParser(description="Train the lower layer of a network by synthetic gradients.")
    parser.add_argument("--epochs", type=int, default=40, help="passes through the training images (%(default)s)")
    picture = Path("synthetic_gradients.png")
    parser.add_argument("--output", type=Path, default=picture, help="the picture (%(default)s)")
    options = parser.parse_args(arguments)

    console = Console()
    dloss = tangent.grad(loss, wrt=("W1", "b1", "W2", "b2"))
    console.print(Syntax(inspect.getsource(dloss), "python", background_color="default"))

    images, labels = load_digits(return_X_y=True)
    data = train_test_split(images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels)
    accuracies = {mode: train(dloss, tangent.grad(misfit), data, options.epochs, mode) for mode in MODES}
    table = Table("the lower layer learns from", "test accuracy")
    for mode, values in accuracies.items():
        table.add_row(mode, f"{values[-1]:.1%}")
    console.print(table)
    draw(options.output, accuracies)
    console.print(f"See {options.output}")


if __name__ == "__main__":
    main()
