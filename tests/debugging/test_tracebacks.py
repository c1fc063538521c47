"""Notes of exceptions: which of the user's statements a generated line stems from, and what that costs."""

from __future__ import annotations

import dis
import inspect
import math
import re
import subprocess
import sys
import traceback
import types
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import tangent
from tests.from_text import function_from, module_from


def notes(error: BaseException) -> list[str]:
    return [re.sub(r"<(tangent \w+|test) \d+>", r"<\1>", note) for note in getattr(error, "__notes__", ())]


def raised(call: Any, *arguments: Any) -> BaseException:
    with pytest.raises(ArithmeticError) as caught:
        call(*arguments)
    return caught.value


TWO_STEPS = """
def f(x):
    y = math.log(x)
    return math.sqrt(y) * x
"""


def test_a_line_of_the_forward_pass() -> None:
    f = function_from("def f(x):\n    y = 1.0 / x\n    return y * y\n")
    assert notes(raised(tangent.grad(f), 0.0)) == ["in dfdx: line 2 of <test>: y = 1.0 / x"]


def test_a_line_of_the_backward_pass() -> None:
    f = function_from(TWO_STEPS)
    assert notes(raised(tangent.grad(f), 1.0)) == ["in dfdx: the adjoint of line 3 of <test>: return math.sqrt(y) * x"]


def test_a_tangent() -> None:
    f = function_from(TWO_STEPS)
    error = raised(tangent.jvp(f), 1.0, 1.0)
    assert notes(error) == ["in df: the tangent of line 3 of <test>: return math.sqrt(y) * x"]


def test_a_derivative_of_a_derivative_names_both() -> None:
    f = function_from("def f(x):\n    y = x * x\n    return y ** 1.5\n")
    assert notes(raised(tangent.hvp(f), 0.0, 1.0)) == [
        """in hvp_of_f: the tangent of line 6 of <tangent dfdx>: by = 1.5 * bf * y ** 0.5
    which is the adjoint of line 3 of <test>: return y ** 1.5"""
    ]


def test_functions_that_are_called_speak_in_turn() -> None:
    text = """
        def inverse(y):
            return 1.0 / y

        def f(x):
            for _ in range(2):
                x = inverse(x) * x
            return x
    """
    assert notes(raised(tangent.grad(function_from(text)), 0.0)) == [
        "in inverse_forward: line 2 of <test>: return 1.0 / y",
        "in dfdx: line 6 of <test>: x = inverse(x) * x",
    ]


def test_a_function_that_calls_itself_speaks_once() -> None:
    text = """
        def f(x, n):
            if n == 0:
                return 1.0 / x
            return f(x * x, n - 1)
    """
    assert len(notes(raised(tangent.grad(function_from(text)), 0.0, 20))) < 6


def test_lines_inside_of_branches_and_loops() -> None:
    text = """
        def f(x, n):
            y = x
            if n > 2:
                for i in range(n):
                    if i == 1:
                        y = y / (x - x)
                    else:
                        y = y * x
            return y
    """
    assert notes(raised(tangent.grad(function_from(text)), 1.0, 3)) == [
        "in dfdx: line 6 of <test>: y = y / (x - x)"
    ]


def test_the_traceback_shows_the_generated_line_once_and_the_note_last(tmp_path: Path) -> None:
    module = module_from(tmp_path / "model.py", "import math\n\n\ndef f(x):\n    return math.sqrt(x) * x\n")
    error = raised(tangent.grad(module.f), 0.0)
    said = "".join(traceback.format_exception(error))
    said = said[said.index("  File \"<tangent") :]
    assert re.sub(r"dfdx \d+", "dfdx", said).splitlines() == [
        '  File "<tangent dfdx>", line 6, in dfdx',
        "    bx = bf * sqrt_x + bf * x * 0.5 / sqrt_x",
        "                       ~~~~~~~~~~~~~^~~~~~~~",
        "ZeroDivisionError: float division by zero",
        "in dfdx: the adjoint of line 5 of model.py: return math.sqrt(x) * x",
    ]


def test_what_the_function_catches_itself_is_its_own() -> None:
    text = """
        def f(x):
            try:
                y = 1.0 / x
            except ZeroDivisionError as error:
                y = x + len(getattr(error, "__notes__", ()))
            return y * x
    """
    assert tangent.grad(function_from(text))(0.0) == 0.0


def test_a_request_to_stop_is_not_annotated() -> None:
    def stop(x: float) -> float:
        raise KeyboardInterrupt

    f = function_from("def f(x):\n    print(stop(1.0))\n    return x * x\n", stop=tangent.nondifferentiable(stop))
    with pytest.raises(KeyboardInterrupt) as caught:
        tangent.grad(f)(1.0)
    assert notes(caught.value) == []


# --- what it costs -------------------------------------------------------------------------------


def steps(code: types.CodeType) -> list[tuple[str, str]]:
    """The instructions up to the handler of exceptions; which variables are free is said before the first line."""
    found = [(i.opname, i.argrepr) for i in dis.get_instructions(code)]
    start = found.index(("RESUME", ""))
    end = next((n for n, (name, _) in enumerate(found) if name == "PUSH_EXC_INFO"), len(found))
    return [step for step in found[start:end] if step[0] not in ("NOP", "CACHE")]


def test_a_call_that_raises_nothing_runs_the_instructions_of_the_text() -> None:
    derivative = tangent.grad(function_from(
        "def f(x, n: int):\n    for i in range(n):\n        x = math.sin(x) * i\n    return x\n"
    ))
    space: dict[str, Any] = {}
    exec(inspect.getsource(derivative), space)
    noted, plain = steps(derivative.__code__), steps(space["dfdx"].__code__)
    assert [name for name, _ in noted if "LOAD" not in name] == [name for name, _ in plain if "LOAD" not in name]
    assert len(noted) == len(plain)


def test_the_source_is_the_text_and_differentiable() -> None:
    derivative = tangent.grad(function_from(TWO_STEPS))
    assert "try" not in inspect.getsource(derivative)
    assert tangent.grad(derivative)(3.0) == pytest.approx(tangent.hessian(function_from(TWO_STEPS))(3.0))


def test_it_survives_being_pickled() -> None:
    derivative = cloudpickle.loads(cloudpickle.dumps(tangent.grad(function_from(TWO_STEPS))))
    assert derivative(3.0) == tangent.grad(function_from(TWO_STEPS))(3.0)
    program = "import sys, cloudpickle; print(cloudpickle.load(sys.stdin.buffer)(3.0))"
    sent = cloudpickle.dumps(tangent.grad(function_from(TWO_STEPS)))
    done = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, timeout=60, check=True)
    assert float(done.stdout) == derivative(3.0)


def test_numba_compiles_it() -> None:
    numba = pytest.importorskip("numba")
    derivative = tangent.grad(function_from(TWO_STEPS))
    assert numba.njit(derivative)(3.0) == pytest.approx(derivative(3.0))
    assert derivative(3.0) == pytest.approx(math.sqrt(math.log(3.0)) + 0.5 / math.sqrt(math.log(3.0)))


def test_arrays_raise_as_numbers_do() -> None:
    f = function_from("def f(x, w):\n    y = x @ w\n    return np.sum(y)\n")
    with pytest.raises(ValueError) as caught:
        tangent.grad(f)(np.ones(3), np.ones((2, 2)))
    assert notes(caught.value)[-1].startswith("in dfdx: ")
