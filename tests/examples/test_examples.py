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
from examples import digits, pendulum, second_order

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


@pytest.mark.parametrize("script", ["digits.py", "pendulum.py", "second_order.py"])
def test_help(script: str) -> None:
    assert "--output" in run(script, "--help")
