"""The text of the gallery's derivatives: compared with the stored one, run by itself, and counted.

A change in what people read shows in review as a change of `tests/gallery/golden/`.  This writes the files
anew:

    python -m tests.gallery.test_golden

Each holds what `tangent.grad(f, wrt, verbose=1)` prints, below the imports that it needs.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import types
from collections.abc import Callable, Iterable
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


def generated(pair: Pair) -> str:
    """What is printed for the gradient of a pair's primal."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        tangent.grad(pair.primal, wrt=pair.wrt, verbose=1)
    return text.getvalue().strip() + "\n"


def golden(pair: Pair) -> Path:
    """The file in which the derivative of a pair is stored."""
    return FOLDER / f"{pair.name}.py"


def write_golden_files() -> None:
    """Store the derivatives as they are now, and drop what no pair is named after."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.py"):
        path.unlink()
    for pair in PAIRS:
        golden(pair).write_text(imports_of(pair) + generated(pair))


def imports_of(pair: Pair) -> str:
    """The part of `HEADER` that the derivative uses."""
    names = {node.id for node in ast.walk(ast.parse(generated(pair))) if isinstance(node, ast.Name)}
    lines = [line for line in HEADER.split("\n") if line and line.split()[-1] in names]
    return "\n\n".join(lines) + "\n\n\n"


def statements(text: str) -> int:
    """The number of statements in the functions of a source, without `def` lines and docstrings."""
    nodes = list(ast.walk(ast.parse(text)))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    docstrings = sum(ast.get_docstring(function) is not None for function in functions)
    return sum(isinstance(node, ast.stmt) for node in nodes) - len(functions) - docstrings


def by_hand(pair: Pair) -> Iterable[Callable[..., Any]]:
    """The functions that the derivative by hand consists of."""
    return (pair.by_hand, *pair.helpers)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_text_is_the_stored_one(pair: Pair) -> None:
    assert golden(pair).exists(), "run python -m tests.gallery.test_golden"
    assert imports_of(pair) + generated(pair) == golden(pair).read_text()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_stored_text_runs_by_itself(pair: Pair) -> None:
    module = types.ModuleType(pair.name)
    exec(compile(golden(pair).read_text(), str(golden(pair)), "exec"), module.__dict__)
    derivative = list(module.__dict__.values())[-1]
    arguments = pair.arguments()
    assert_same(derivative(*arguments), pair.by_hand(*arguments), rtol=1e-10)


def test_the_text_is_the_same_on_every_run() -> None:
    assert [generated(pair) for pair in PAIRS] == [generated(pair) for pair in PAIRS]


def test_there_are_few_more_statements_than_by_hand() -> None:
    total = total_by_hand = 0
    print(f"\n{'statements':<16}{'generated':>10}{'by hand':>10}{'ratio':>8}")
    for pair in PAIRS:
        count = statements(generated(pair))
        count_by_hand = sum(statements(inspect.getsource(function)) for function in by_hand(pair))
        total, total_by_hand = total + count, total_by_hand + count_by_hand
        print(f"{pair.name:<16}{count:>10}{count_by_hand:>10}{count / count_by_hand:>8.2f}")
    print(f"{'all':<16}{total:>10}{total_by_hand:>10}{total / total_by_hand:>8.2f}")
    assert total / total_by_hand <= MOST_STATEMENTS


if __name__ == "__main__":
    write_golden_files()
