"""The measurements: running time, time to generate, Numba, import.  Each returns the rows of one table."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import tangent
from benchmarks.cases import Case, Matrix, autograd_gradient, autograd_matrix
from benchmarks.sources import SHAPES
from benchmarks.timing import median_seconds, once, race
from tangent.api import _second
from tests.from_text import function_from
from tests.gallery import pairs

__all__ = [
    "Compiled", "Directions", "Generation", "Length", "Run", "compiled", "directions", "generation",
    "geometric_mean", "importing", "length", "running",
]  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One derivative as it runs; ratios are of the generated derivative's time over the other's."""

    group: str
    name: str
    seconds: float
    over_by_hand: float | None
    over_autograd: float | None
    over_primal: float | None


@dataclass(frozen=True)
class Generation:
    """Making one derivative: seconds for the first time and again, statements against those by hand."""

    name: str
    first_seconds: float
    again_seconds: float
    statements: int
    statements_by_hand: int


@dataclass(frozen=True)
class Length:
    """Making the derivative of a long function: seconds, and against one of half the length."""

    name: str
    seconds: float
    over_half: float


@dataclass(frozen=True)
class Compiled:
    """One derivative compiled by Numba; `problem` says why it isn't."""

    name: str
    seconds: float | None = None
    over_primal: float | None = None
    over_python: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Directions:
    """One Jacobian or Hessian, with its directions together; the ratios are of its time over the other's."""

    name: str
    seconds: float
    over_one_at_a_time: float | None
    over_autograd: float | None


def directions(matrix: Matrix, budget: float) -> Directions:
    """Check that both ways and Autograd agree, then time them in turn."""
    functions = {
        "together": _second(matrix.primal, (0,), matrix.mode, True, True, 0, together=True),
        "one at a time": _second(matrix.primal, (0,), matrix.mode, True, True, 0, together=False),
        "Autograd": autograd_matrix(matrix),
    }
    calls = {
        name: lambda function=function: function(*matrix.arguments)  # type: ignore[misc]
        for name, function in functions.items()
    }
    for name in ("one at a time", "Autograd"):
        require_equal(calls["together"](), calls[name](), f"{matrix.name}: together and {name}")
    timings = race(calls, budget)
    ratios = (timings.ratio("together", other) for other in ("one at a time", "Autograd"))
    return Directions(matrix.name, timings.seconds("together"), *ratios)


def running(case: Case, budget: float) -> Run:
    """Check that all derivatives of the case agree, then time them in turn."""
    arguments = case.arguments()
    given = (*arguments, *case.tangents()) if case.tangents else arguments
    functions = {
        "generated": (case.derivative(), given),
        "by hand": (case.by_hand, given),
        "Autograd": (autograd_gradient(case), arguments),
        "primal": (case.primal, arguments),
    }
    calls = {
        name: lambda function=function, given=given: function(*given)  # type: ignore[misc]
        for name, (function, given) in functions.items()
        if function is not None
    }
    for name in calls.keys() & {"by hand", "Autograd"}:
        require_equal(calls["generated"](), calls[name](), f"{case.name}: generated and {name}")
    timings = race(calls, budget)
    return Run(
        case.group,
        case.name,
        timings.seconds("generated"),
        *(timings.ratio("generated", other) for other in ("by hand", "Autograd", "primal")),
    )


def require_equal(ours: Any, theirs: Any, what: str) -> None:
    """A benchmark of wrong numbers is worth nothing."""
    ours, theirs = (value if isinstance(value, tuple) else (value,) for value in (ours, theirs))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.squeeze(a), np.squeeze(b), rtol=1e-6, atol=1e-9, err_msg=what)


def compiled(case: Case, budget: float) -> Compiled:
    """The generated derivative compiled by Numba against the compiled primal."""
    import numba

    derivative = case.derivative()
    arguments = case.arguments()
    given = (*arguments, *case.tangents()) if case.tangents else arguments
    fast, fast_primal = numba.njit(derivative), numba.njit(case.primal)
    try:
        require_equal(fast(*given), derivative(*given), f"{case.name}: compiled and interpreted")
    except numba.core.errors.NumbaError as error:
        reasons = [line for line in str(error).splitlines() if line and not line.startswith("Failed in")]
        return Compiled(case.name, problem=reasons[0])
    calls = {
        "compiled": lambda: fast(*given),
        "primal": lambda: fast_primal(*arguments),
        "python": lambda: derivative(*given),
    }
    timings = race(calls, budget)
    return Compiled(
        case.name,
        timings.seconds("compiled"),
        timings.ratio("compiled", "primal"),
        timings.ratio("compiled", "python"),
    )


def generation(pair: pairs.Pair, repeats: int) -> Generation:
    """Make the derivative of fresh copies of the function, then of one of them again and again."""
    name = pair.name

    def first() -> Iterator[Callable[[], Any]]:
        for copy in fresh_copies(name, repeats):
            yield lambda copy=copy: tangent.grad(copy, wrt=pair.wrt)  # type: ignore[misc]

    derivative = tangent.grad(pair.primal, wrt=pair.wrt)
    again = median(once(lambda: tangent.grad(pair.primal, wrt=pair.wrt), 100) for _ in range(repeats))
    by_hand = (pair.by_hand, *pair.helpers)
    return Generation(
        name,
        median_seconds(first()),
        again,
        sum(statements(inspect.getsource(function)) for function in generated(derivative)),
        sum(statements(inspect.getsource(function)) for function in by_hand),
    )


def length(shape: str, repeats: int) -> Length:
    """Time making the derivative of a long function of some shape."""
    make, lines = SHAPES[shape]
    whole, half = (min(making(make(n)) for _ in range(repeats)) for n in (lines, lines // 2))
    return Length(f"{shape}, {lines}", whole, whole / half)


def making(text: str) -> float:
    """Seconds of the processor for the gradient of a function that is given as text."""
    function = function_from(text)
    start = time.process_time()
    tangent.grad(function, wrt=(0, 1))
    return time.process_time() - start


def generated(function: types.FunctionType) -> set[types.FunctionType]:
    """A derivative and the forward and backward functions that it calls."""
    found, pending = {function}, [function]
    while pending:
        for cell in pending.pop().__closure__ or ():
            callee = cell.cell_contents
            if isinstance(callee, types.FunctionType) and callee not in found and is_generated(callee):
                found.add(callee)
                pending.append(callee)
    return found


def is_generated(function: types.FunctionType) -> bool:
    """Whether Tangent made the function, in the place of a file."""
    return function.__code__.co_filename.startswith("<tangent ")


def fresh_copies(name: str, count: int) -> Iterator[Callable[..., Any]]:
    """The function as newly imported copies of its module hold it: nothing about them is in a cache."""
    for index in range(count):
        yield getattr(load(Path(pairs.__file__), f"{pairs.__name__}_copy_{index}"), name)


def load(path: Path, name: str) -> types.ModuleType:
    """A module of the given name from a file."""
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def statements(source: str) -> int:
    """The number of statements in the functions of a text, without headers and docstrings."""
    tree = ast.parse(textwrap.dedent(source))
    counted = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return sum(not isinstance(node, ast.FunctionDef) and not is_docstring(node) for node in counted)


def is_docstring(node: ast.stmt) -> bool:
    """Whether the statement is nothing but a string."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def importing(repeats: int) -> float:
    """Seconds that `import tangent` costs on top of `import numpy`, the median over fresh processes."""
    code = "import time, numpy; t = time.perf_counter(); import tangent; print(time.perf_counter() - t)"
    with tempfile.TemporaryDirectory() as compiled_modules:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": compiled_modules}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def measure() -> float:
            command = [sys.executable, "-c", code]
            done = subprocess.run(command, env=environment, capture_output=True, check=True)
            return float(done.stdout)

        measure()  # the first one compiles
        return median(measure() for _ in range(repeats))


def geometric_mean(ratios: Iterable[float | None]) -> float | None:
    """The geometric mean of the ratios that there are."""
    present = [ratio for ratio in ratios if ratio is not None]
    return float(np.exp(np.mean(np.log(present)))) if present else None
