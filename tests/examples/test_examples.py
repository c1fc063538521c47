"""The examples run as a user runs them, reach what they promise and leave a picture."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tangent
from examples import digits, pendulum, rnn_clipping, second_order, synthetic_gradients

ROOT = Path(__file__).resolve().parents[2]
PNG = b"\x89PNG\r\n\x1a\n"


def run(script: str, *arguments: str) -> str:
    """What the example prints."""
    command = [sys.executable, str(ROOT / "examples" / script), *arguments]
    environment = os.environ | {"COLUMNS": "120"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_digits_reaches_its_accuracy_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "digits.png"
    printed = run("digits.py", "--iterations", "40", "--output", str(picture))
    reached = re.search(r"test accuracy ([\d.]+)%", printed)
    assert reached is not None
    assert float(reached[1]) >= 95.0
    assert "def dloss" in printed
    assert picture.read_bytes().startswith(PNG)


@pytest.mark.parametrize("compiled", [False, True])
def test_pendulum_finds_friction_and_length_and_draws(tmp_path: Path, compiled: bool) -> None:
    picture = tmp_path / "pendulum.png"
    printed = run("pendulum.py", "--output", str(picture), *(["--compile"] if compiled else []))
    fitted = re.findall(r"(?:friction|length) +│ +[\d.]+ +│ +([\d.]+)", printed)
    assert [float(number) for number in fitted] == pytest.approx(pendulum.TRUE, abs=0.02)
    assert ("compiled by Numba" in printed) == compiled
    assert picture.read_bytes().startswith(PNG)


def test_second_order_minimises_and_draws(tmp_path: Path) -> None:
    picture = tmp_path / "second_order.png"
    printed = run("second_order.py", "--output", str(picture))
    ends = dict(re.findall(r"(L-BFGS-B|trust-ncg).*│ +(\S+) +│", printed))
    assert float(ends["trust-ncg"]) < 1e-8
    assert float(ends["L-BFGS-B"]) < 1e-6
    difference = re.search(r"rosen_hess_prod: (\S+)", printed)
    assert difference is not None
    assert float(difference[1]) < 1e-9
    newton = re.search(r"(\d+) Newton steps, gradient (\S+)", printed)
    assert newton is not None
    assert int(newton[1]) <= 12
    assert float(newton[2]) < 1e-8
    reached = re.search(r"test accuracy ([\d.]+)%", printed)
    assert reached is not None
    assert float(reached[1]) >= 95.0
    assert picture.read_bytes().startswith(PNG)


def test_gradients_of_the_digits_loss() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((6, 5), (5,), (5, 3), (3,))]
    images, labels = rng.normal(size=(4, 6)), np.array([0, 2, 1, 2])
    tangent.check_grads(
        digits.loss, (*weights, images, labels, 0.1), wrt=("W1", "b1", "W2", "b2"), modes=("reverse",)
    )


def test_gradients_of_the_pendulum_misfit() -> None:
    measured = np.cos(np.arange(8.0))
    tangent.check_grads(
        pendulum.misfit, (0.3, 1.2, 1.0, measured), wrt=("friction", "length", "start"), modes=("reverse",)
    )


def test_derivatives_of_the_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    weights, features, labels = rng.normal(size=4), rng.normal(size=(5, 3)), np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    tangent.check_grads(second_order.negative_log_likelihood, (weights, features, labels, 0.5), wrt="weights")


def test_rnn_clipping_explodes_without_and_learns_with_clipping(tmp_path: Path) -> None:
    picture = tmp_path / "rnn_clipping.png"
    printed = run("rnn_clipping.py", "--output", str(picture))
    row = r"│ {}.*│ +(\S+) +│ +(\S+) +│ +(\S+) +│"
    exploding, clipped = (re.search(row.format(name), printed) for name in ("as it is", "clipped"))
    assert exploding is not None
    assert clipped is not None
    assert float(exploding[1]) > 10.0 * float(clipped[1])  # how much larger depends on the last digits of the processor
    assert float(exploding[3]) > 2.5
    assert float(clipped[1]) < 10.0
    assert float(clipped[3]) < 0.5
    assert "bh = np.clip(bh, -limit, limit)" in printed
    assert "beautiful is better than " in printed
    assert picture.read_bytes().startswith(PNG)


def test_gradients_of_the_recurrent_loss() -> None:
    rng = np.random.default_rng(0)
    U, W, b, V, c = (rng.normal(scale=0.5, size=s) for s in ((5, 4), (4, 4), (4,), (4, 5), (5,)))
    characters = np.array([[0, 1, 4, 2], [3, 3, 0, 1]])
    tangent.check_grads(rnn_clipping.loss, (U, W, b, V, c, characters, np.inf), wrt=("U", "W", "b", "V", "c"))


def test_synthetic_gradients_train_the_lower_layer(tmp_path: Path) -> None:
    picture = tmp_path / "synthetic_gradients.png"
    printed = run("synthetic_gradients.py", "--output", str(picture))
    reached = {
        mode: float(percent) for mode, percent in re.findall(r"│ ([a-z ]+gradients[a-z ]*?) +│ +([\d.]+)% ", printed)
    }
    assert reached.keys() == set(synthetic_gradients.MODES)
    assert reached["synthetic gradients"] > 94.0
    assert reached["synthetic gradients"] > reached["no gradients below"] + 3.0
    assert "bhidden = features(hidden, targets) @ P" in printed
    assert picture.read_bytes().startswith(PNG)


def test_gradients_of_the_loss_with_the_predictor() -> None:
    rng = np.random.default_rng(0)
    W1, b1, W2, b2, P = (rng.normal(scale=0.5, size=s) for s in ((6, 4), (4,), (4, 3), (3,), (8, 4)))
    images, targets = rng.normal(size=(5, 6)), np.eye(3)[[0, 2, 1, 1, 0]]
    true, synthetic, none = (
        tangent.grad(synthetic_gradients.loss, wrt="W1")(W1, b1, W2, b2, P, images, targets, mode)
        for mode in synthetic_gradients.MODES
    )
    hidden = np.tanh(images @ W1 + b1)
    predicted = synthetic_gradients.features(hidden, targets) @ P
    np.testing.assert_allclose(synthetic, images.T @ (predicted * (1.0 - hidden * hidden)))
    assert not none.any()
    arguments = (W1, b1, W2, b2, P, images, targets, "true gradients")
    tangent.check_grads(synthetic_gradients.loss, arguments, wrt=("W1", "b1", "W2", "b2"))
    assert np.abs(true).max() > 0.0


SCRIPTS = ["digits.py", "pendulum.py", "rnn_clipping.py", "second_order.py", "synthetic_gradients.py"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_help(script: str) -> None:
    assert "--output" in run(script, "--help")
