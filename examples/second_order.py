"""Minimise with second derivatives that Tangent generates: Hessian-vector products, and whole Hessians.

Rosenbrock's function is SciPy's own `scipy.optimize.rosen`, differentiated where it stands.  Its gradient and the
products of its Hessian with vectors go to SciPy's trust-region method, which never forms the Hessian.

The logistic regression tells malignant from benign tumours by the 30 measurements of the breast cancer data that
come with scikit-learn.  Newton's method solves with the Hessian of its 31 weights, and needs a few steps.  The
inverse of the Hessian at the end says how certain each weight is.

    python examples/second_order.py
    python examples/second_order.py --dimensions 100 --output second_order.png
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
from rich.syntax import Syntax
from rich.table import Table
from scipy.optimize import minimize, rosen, rosen_hess_prod
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import tangent

Array = np.ndarray

DECAY = 1.0
STEPS = 30
CLOSE = 1e-8


def negative_log_likelihood(weights: Array, features: Array, labels: Array, decay: float) -> float:
    """Of logistic regression, with a normal prior on the weights; labels are -1 and 1, the first weight the bias."""
    margins = labels * (weights[0] + features @ weights[1:])
    return np.sum(np.logaddexp(0.0, -margins)) + 0.5 * decay * np.sum(weights[1:] ** 2)


@dataclass
class Tumours:
    """Measurements, each with mean 0 and deviation 1, and whether the tumour is malignant (-1) or benign (1)."""

    names: list[str]
    train_features: Array
    test_features: Array
    train_labels: Array
    test_labels: Array


@dataclass
class History:
    """What is plotted: the norm of the gradient before the first step and after each one."""

    gradient: list[float] = field(default_factory=list)


def load() -> Tumours:
    """The bundled data, a quarter of them for testing."""
    data = load_breast_cancer()
    features = (data.data - np.mean(data.data, axis=0)) / np.std(data.data, axis=0)
    labels = 2.0 * data.target - 1.0
    parts = train_test_split(features, labels, test_size=0.25, random_state=0, stratify=labels)
    return Tumours([str(name) for name in data.feature_names], *parts)


def minimise_rosenbrock(dimensions: int) -> tuple[dict[str, History], Array]:
    """The way of two methods of SciPy to the minimum, and where the second one ends."""
    gradient, product = tangent.grad(rosen), tangent.hvp(rosen)
    start = np.where(np.arange(dimensions) % 2, 1.0, -1.2)
    methods: dict[str, dict[str, Any]] = {
        "L-BFGS-B": {"options": {"gtol": CLOSE, "ftol": 0.0}},
        "trust-ncg": {"options": {"gtol": CLOSE}, "hessp": product},
    }
    histories = {}
    for method, arguments in methods.items():
        history = histories[method] = History([float(np.linalg.norm(gradient(start)))])
        callback = recorder(history, gradient)
        result = minimize(rosen, start, jac=gradient, method=method, callback=callback, **arguments)
    return histories, result.x


def recorder(history: History, gradient: Callable[[Array], Array]) -> Callable[..., None]:
    """What SciPy calls after each iteration."""

    def record(intermediate_result: Any) -> None:
        history.gradient.append(float(np.linalg.norm(gradient(intermediate_result.x))))

    return record


def newton(tumours: Tumours) -> tuple[Array, Array, History]:
    """The weights with the least loss, their Hessian, and the way there."""
    value_and_grad = tangent.value_and_grad(negative_log_likelihood)
    hessian = tangent.hessian(negative_log_likelihood)
    data = (tumours.train_features, tumours.train_labels, DECAY)
    weights = np.zeros(1 + tumours.train_features.shape[1])
    history = History()
    for _ in range(STEPS):
        value, gradient = value_and_grad(weights, *data)
        history.gradient.append(float(np.linalg.norm(gradient)))
        if history.gradient[-1] < CLOSE:
            break
        step = np.linalg.solve(hessian(weights, *data), gradient)
        while negative_log_likelihood(weights - step, *data) > value + CLOSE:
            step = 0.5 * step
        weights = weights - step
    return weights, hessian(weights, *data), history


def accuracy(weights: Array, features: Array, labels: Array) -> float:
    """The fraction of tumours that are told apart rightly."""
    return float(np.mean(np.sign(weights[0] + features @ weights[1:]) == labels))


def report(histories: dict[str, History], minimum: Array, console: Console) -> None:
    """Print how the methods went, and what the generated product is beside SciPy's own by hand."""
    table = Table("Rosenbrock", "derivatives", "iterations", "gradient at the end")
    for method, history in histories.items():
        derivatives = "gradient, Hessian times vector" if method == "trust-ncg" else "gradient"
        table.add_row(method, derivatives, str(len(history.gradient) - 1), f"{history.gradient[-1]:.1e}")
    console.print(table)
    vector = np.sin(np.arange(len(minimum)))
    difference = np.max(np.abs(tangent.hvp(rosen)(minimum, vector) - rosen_hess_prod(minimum, vector)))
    console.print(f"largest difference from scipy.optimize.rosen_hess_prod: {difference:.1e}")


def draw(
    path: Path, histories: dict[str, History], regression: History, weights: Array, deviations: Array, names: list[str]
) -> None:
    """Save how the gradients fall, and the largest weights with their standard deviations."""
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    curves, bars = figure.subfigures(1, 2, width_ratios=[1, 1.1])
    above, below = curves.subplots(2, 1)
    for method, history in histories.items():
        above.semilogy(history.gradient, label=method)
    above.set_title("Rosenbrock", fontsize=10)
    above.set_ylabel("norm of the gradient")
    above.legend(loc="lower left", frameon=False)
    below.semilogy(regression.gradient, "o-", color="black", markersize=4)
    below.set_title("logistic regression, Newton's method", fontsize=10)
    below.set(xlabel="iteration", ylabel="norm of the gradient")
    axes = bars.subplots()
    largest = np.argsort(np.abs(weights[1:]))[-12:]
    axes.barh([names[i] for i in largest], weights[1:][largest], xerr=deviations[1:][largest], ecolor="gray")
    axes.axvline(0.0, color="black", linewidth=0.8)
    bars.suptitle("largest weights (negative: malignant) and their standard deviations", fontsize=10)
    for panel in (above, below, axes):
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str] | None = None) -> float:
    """Minimise both functions, report, draw; returns the accuracy on the test data."""
    parser = argparse.ArgumentParser(description="Minimise with second derivatives that Tangent generates.")
    parser.add_argument("--dimensions", type=int, default=20, help="of Rosenbrock's function (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path("second_order.png"), help="the picture (%(default)s)")
    options = parser.parse_args(arguments)

    console = Console()
    console.print(Syntax(inspect.getsource(tangent.hvp(rosen)), "python", background_color="default"))
    histories, minimum = minimise_rosenbrock(options.dimensions)
    report(histories, minimum, console)

    tumours = load()
    weights, hessian, regression = newton(tumours)
    reached = accuracy(weights, tumours.test_features, tumours.test_labels)
    steps = len(regression.gradient) - 1
    console.print(f"logistic regression: {steps} Newton steps, gradient {regression.gradient[-1]:.1e}")
    deviations = np.sqrt(np.diag(np.linalg.inv(hessian)))
    draw(options.output, histories, regression, weights, deviations, tumours.names)
    console.print(f"test accuracy {reached:.1%}; see {options.output}")
    return reached


if __name__ == "__main__":
    main()
