"""Find the friction and the length of a damped pendulum from noisy measurements of its angle.

The equation of motion is

    angle'' = -friction * angle' - GRAVITY / length * sin(angle)

`misfit` follows it by a loop of classical Runge-Kutta steps, writes the angles into an array and compares
them with the measurements.  Tangent differentiates through the whole loop, and SciPy's L-BFGS does the
rest.  Where Numba is installed, `--compile` runs the same derivative as machine code.

    python examples/pendulum.py
    python examples/pendulum.py --compile
"""

import argparse
import inspect
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import Progress
from rich.syntax import Syntax
from rich.table import Table
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

import tangent

GRAVITY = 9.81
START = 1.2
STEP = 0.05
NOISE = 0.08
TRUE = (0.23, 1.37)
GUESS = (0.6, 1.0)
NAMES = ("friction", "length")


def misfit(friction: float, length: float, start: float, measured: np.ndarray) -> float:
    """Mean squared difference between `measured` and a pendulum that is let go at the angle `start`."""
    simulated = np.zeros(len(measured))
    angle = start
    speed = 0.0
    for k in range(len(measured)):
        simulated[k] = angle
        a1 = -friction * speed - GRAVITY / length * math.sin(angle)
        v2 = speed + 0.5 * STEP * a1
        a2 = -friction * v2 - GRAVITY / length * math.sin(angle + 0.5 * STEP * speed)
        v3 = speed + 0.5 * STEP * a2
        a3 = -friction * v3 - GRAVITY / length * math.sin(angle + 0.5 * STEP * v2)
        v4 = speed + STEP * a3
        a4 = -friction * v4 - GRAVITY / length * math.sin(angle + STEP * v3)
        angle += STEP / 6.0 * (speed + 2.0 * v2 + 2.0 * v3 + v4)
        speed += STEP / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
    return np.mean((simulated - measured) ** 2)


def motion(_: float, state: np.ndarray, friction: float, length: float) -> tuple[float, float]:
    """The equation of motion as SciPy's integrators want it."""
    angle, speed = state
    return speed, -friction * speed - GRAVITY / length * math.sin(angle)


def reference(parameters: Sequence[float], times: np.ndarray) -> np.ndarray:
    """The angles at `times` by SciPy's adaptive integrator: the measurements and the picture use it."""
    span = (times[0], times[-1])
    options = {"t_eval": times, "rtol": 1e-9, "atol": 1e-9}
    return solve_ivp(motion, span, (START, 0.0), args=tuple(parameters), **options).y[0]


def measure(times: np.ndarray) -> np.ndarray:
    """Angles of the true pendulum with normal noise, the same in every run."""
    noise = np.random.default_rng(0).normal(scale=NOISE, size=len(times))
    return reference(TRUE, times) + noise


def fit(
    derivative: Callable[..., Any], measured: np.ndarray, iterations: int, console: Console
) -> tuple[np.ndarray, list[float]]:
    """The parameters with the least misfit, and the misfit after each iteration."""
    history: list[float] = []

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        friction, length = parameters.tolist()
        value, gradient = derivative(friction, length, START, measured)
        return value, np.array(gradient)

    with Progress(console=console) as progress:
        task = progress.add_task("fitting", total=iterations)

        def record(intermediate_result: Any) -> None:
            history.append(intermediate_result.fun)
            progress.update(task, advance=1)

        result = minimize(
            objective,
            np.array(GUESS),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None), (0.1, None)],
            callback=record,
            options={"maxiter": iterations},
        )
        progress.update(task, total=len(history))
    return result.x, history


def compile_with_numba(
    derivative: Callable[..., Any], measured: np.ndarray, console: Console
) -> Callable[..., Any]:
    """The derivative as machine code; prints what one gradient costs before and after."""
    import numba

    compiled = numba.njit(derivative)
    compiled(*GUESS, START, measured)
    before, after = (cost(call, measured) for call in (derivative, compiled))
    console.print(f"one gradient: {before * 1e6:.0f} us in CPython, {after * 1e6:.0f} us compiled by Numba")
    return compiled


def cost(call: Callable[..., Any], measured: np.ndarray, repeats: int = 20) -> float:
    """Seconds for one gradient, the fastest of a few."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        call(*GUESS, START, measured)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def report(parameters: np.ndarray, console: Console) -> None:
    """Print the fitted parameters beside the true ones."""
    table = Table("parameter", "first guess", "fitted", "true")
    for name, guess, fitted, true in zip(NAMES, GUESS, parameters, TRUE, strict=True):
        table.add_row(name, f"{guess:.3f}", f"{fitted:.3f}", f"{true:.3f}")
    console.print(table)


def draw(
    path: Path, times: np.ndarray, measured: np.ndarray, parameters: np.ndarray, history: list[float]
) -> None:
    """Save the measurements with the first guess and the fit, and the misfit as it falls."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[2, 1])
    smooth = np.linspace(times[0], times[-1], 1000)
    above.plot(times, measured, ".", color="gray", markersize=4, label="measured")
    above.plot(smooth, reference(GUESS, smooth), ":", color="tab:orange", label="first guess")
    above.plot(smooth, reference(parameters, smooth), color="tab:blue", label="fitted")
    above.set(xlabel="time (s)", ylabel="angle (rad)")
    above.legend(loc="upper right", frameon=False, ncols=3)
    below.semilogy(np.arange(1, len(history) + 1), history, "o-", color="black", markersize=4)
    below.axhline(NOISE**2, color="gray", linewidth=0.8, linestyle=":", label="variance of the noise")
    below.set(xlabel="L-BFGS iteration", ylabel="misfit")
    below.legend(loc="upper right", frameon=False)
    for panel in (above, below):
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    """Fit, report, draw; returns the fitted parameters."""
    parser = argparse.ArgumentParser(description="Fit friction and length of a damped pendulum.")
    parser.add_argument("--iterations", type=int, default=40, help="L-BFGS iterations at most (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the measurement (%(default)s)")
    parser.add_argument("--compile", action="store_true", help="compile the derivative with Numba")
    parser.add_argument("--output", type=Path, default=Path("pendulum.png"), help="the picture (%(default)s)")
    options = parser.parse_args(arguments)

    console = Console()
    derivative = tangent.value_and_grad(misfit, wrt=NAMES)
    console.print(Syntax(inspect.getsource(derivative), "python", background_color="default"))

    times = STEP * np.arange(round(options.seconds / STEP))
    measured = measure(times)
    if options.compile:
        derivative = compile_with_numba(derivative, measured, console)
    parameters, history = fit(derivative, measured, options.iterations, console)
    report(parameters, console)
    draw(options.output, times, measured, parameters, history)
    console.print(f"see {options.output}")
    return dict(zip(NAMES, parameters.tolist(), strict=True))


if __name__ == "__main__":
    main()
