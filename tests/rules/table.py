"""The whole table of samples, and how tests go through it.

Samples of one text differ in their arguments alone.  They are one test, which makes the derivatives of that text once;
`concerning` tells with which arguments it fails.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Iterator

import numpy as np

from tests.rules import samples, samples_interpolation, samples_matrices
from tests.rules.samples import Sample
from tests.rules.samples_numpy import NUMPY_SAMPLES
from tests.rules.samples_scipy import SCIPY_SAMPLES

__all__ = ["SAMPLES", "by_text", "concerning", "graded"]

SAMPLES: tuple[Sample, ...] = (
    *samples.SAMPLES, *NUMPY_SAMPLES, *SCIPY_SAMPLES, *samples_matrices.MATRICES, *samples_matrices.FACTORS,
    *samples_interpolation.RULES,
)
"""Every rule, in both modes, against numerical derivatives."""


def by_text(table: Iterable[Sample]) -> dict[str, list[Sample]]:
    """The samples of each text."""
    groups: dict[str, list[Sample]] = {}
    for sample in table:
        groups.setdefault(sample.text, []).append(sample)
    return groups


@contextlib.contextmanager
def concerning(sample: Sample) -> Iterator[None]:
    """Names the sample in what is raised."""
    try:
        yield
    except Exception as error:
        error.add_note(f"The sample is {sample}")
        raise


def graded(table: Iterable[Sample]) -> dict[str, list[tuple[Sample, int]]]:
    """The samples of each text, each with the order of the derivatives to check.

    Derivatives of derivatives take the most time: of the samples that differ in arguments, options and other
    constants alone, they are checked for the first one.
    """
    kinds: set[str] = set()
    groups: dict[str, list[tuple[Sample, int]]] = {}
    for sample in table:
        kind = ast.dump(_WithoutOptions().visit(ast.parse(sample.text)))
        is_empty = any(isinstance(v, np.ndarray) and v.size == 0 for v in sample.args.values())
        order = 1 if kind in kinds or is_empty else 2
        kinds.update([kind] * (order == 2))
        groups.setdefault(sample.text, []).append((sample, order))
    return groups


class _WithoutOptions(ast.NodeTransformer):
    """A call of a function by its operands alone."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.args = [arg for arg in node.args if any(isinstance(part, ast.Name) for part in ast.walk(arg))]
        node.keywords = []
        return node
