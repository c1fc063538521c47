"""The text of the gallery's derivatives: compared with the stored one, run by itself, and counted.

A change in what people read shows in review as a change of `tests/gallery/golden/`.  This writes the files
anew:

    python -m tests.gallery.test_golden

`f.py` holds what `tangent.grad(f, wrt, verbose=1)` prints, `f_forward.py` what `tangent.jvp` prints, below the
imports that it needs.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import tangent
from tests.gallery.pairs import PAIRS, Pair
from tests.numeric import assert_same

FOLDER = Path(__file__).parent / "golden"
HEADER = "import numpy as np\n\nimport tangent\n\n\n"
MOST_STATEMENTS = 1.25
"""How many statements of generated code there may be for each one by hand, over all pairs."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative of a pair in one of the modes."""

    pair: Pair
    forward: bool

    @property
    def name(self) -> str:
        return self.pair.name + "_forward" * self.forward

    @property
    def arguments(self) -> tuple[Any, ...]:
        return self.pair.arguments() + self.pair.tangents() * self.forward

    @property
    def by_hand(self) -> Callable[..., Any]:
        return self.pair.forward_by_hand if self.forward else self.pair.by_hand

    @property
    def all_by_hand(self) -> tuple[Callable[..., Any], ...]:
        """The functions that the derivative by hand consists of."""
        return (self.by_hand, *(self.pair.forward_helpers if self.forward else self.pair.helpers))

    def generated(self) -> str:
        """What is printed for the derivative of the pair's primal."""
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            (tangent.jvp if self.forward else tangent.grad)(self.pair.primal, wrt=self.pair.wrt, verbose=1)
        return text.getvalue().strip() + "\n"

    def file(self) -> Path:
        """Where the derivative is stored."""
        return FOLDER / f"{self.name}.py"


DERIVATIVES = [Derivative(pair, forward) for forward in (False, True) for pair in PAIRS]


def write_golden_files() -> None:
    """Store the derivatives as they are now, and drop what is not the name of one."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.py"):
        path.unlink()
    for derivative in DERIVATIVES:
        derivative.file().write_text(with_imports(derivative.generated()))


def with_imports(text: str) -> str:
    """The text below the part of `HEADER` that it uses."""
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    lines = [line for line in HEADER.split("\n") if line and line.split()[-1] in names]
    return "\n\n".join(lines) + "\n\n\n" + text


def statements(text: str) -> int:
    """The number of statements in the functions of a source, without `def` lines and docstrings."""
    nodes = list(ast.walk(ast.parse(text)))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    docstrings = sum(ast.get_docstring(function) is not None for function in functions)
    return sum(isinstance(node, ast.stmt) for node in nodes) - len(functions) - docstrings


@pytest.mark.parametrize("derivative", DERIVATIVES, ids=lambda derivative: derivative.name)
def test_text_is_the_stored_one(derivative: Derivative) -> None:
    assert derivative.file().exists(), "run python -m tests.gallery.test_golden"
    assert with_imports(derivative.generated()) == derivative.file().read_text()


@pytest.mark.parametrize("derivative", DERIVATIVES, ids=lambda derivative: derivative.name)
def test_stored_text_runs_by_itself(derivative: Derivative) -> None:
    module = types.ModuleType(derivative.name)
    exec(compile(derivative.file().read_text(), str(derivative.file()), "exec"), module.__dict__)
    function = list(module.__dict__.values())[-1]
    arguments = derivative.arguments
    assert_same(function(*arguments), derivative.by_hand(*arguments), rtol=1e-10)


def test_the_text_is_the_same_on_every_run() -> None:
    assert [d.generated() for d in DERIVATIVES] == [d.generated() for d in DERIVATIVES]


@pytest.mark.parametrize("forward", [False, True], ids=["reverse", "forward"])
def test_there_are_few_more_statements_than_by_hand(forward: bool) -> None:
    total = total_by_hand = 0
    print(f"\n{'statements':<21}{'generated':>10}{'by hand':>10}{'ratio':>8}")
    for derivative in DERIVATIVES:
        if derivative.forward is forward:
            count = statements(derivative.generated())
            by_hand = sum(statements(inspect.getsource(function)) for function in derivative.all_by_hand)
            total, total_by_hand = total + count, total_by_hand + by_hand
            print(f"{derivative.name:<21}{count:>10}{by_hand:>10}{count / by_hand:>8.2f}")
    print(f"{'all':<21}{total:>10}{total_by_hand:>10}{total / total_by_hand:>8.2f}")
    assert total / total_by_hand <= MOST_STATEMENTS


if __name__ == "__main__":
    write_golden_files()
