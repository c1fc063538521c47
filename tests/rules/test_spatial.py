"""Distances, which are defined by formulas."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.spatial import distance

import tangent
from tangent.errors import UnsupportedError
from tests.rules.samples import Sample, array
from tests.rules.table import graded
from tests.rules.test_formulas import check_formulas

METRICS = (
    "sqeuclidean", "euclidean", "cityblock", "chebyshev", "minkowski", "cosine", "correlation", "braycurtis",
    "canberra",
)


def distances() -> Iterator[Sample]:
    u, v = array(4, key="u"), array(4, low=-1.7, high=2.9, key="v")
    for name in METRICS:
        yield Sample(f"distance.{name}(x, y)", {"x": u, "y": v})
        args = {"x": array(3, 4), "y": array(2, 4, key="y")}
        yield Sample(f"distance.cdist(x, y, '{name}')", args)
        yield Sample(f"distance.pdist(x, '{name}')", {"x": array(4, 3) ** 3})
    yield Sample("distance.minkowski(x, y, z)", {"x": u, "y": v, "z": 3.0})
    yield Sample("distance.cdist(x, y, 'minkowski', p=z)", {"x": array(3, 4), "y": array(2, 4, key="y"), "z": 2.5})
    yield Sample("distance.seuclidean(x, y, z)", {"x": u, "y": v, "z": array(4, low=0.5, high=1.5)})
    inverse = array(4, 4, key="w")
    yield Sample("distance.mahalanobis(x, y, z @ z.T)", {"x": u, "y": v, "z": inverse + 2.0 * np.eye(4)})
    yield Sample("distance.squareform(x)", {"x": array(6)})
    yield Sample("distance.squareform(x + x.T - 2.0 * np.diag(np.diag(x)))", {"x": array(3, 3)})


FORMULAS = graded(distances())


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    check_formulas(FORMULAS[text])


def by_similarity(x):
    return np.sum(distance.cdist(x, x + 1.0, "jensenshannon"))


def of_pairs(x, metric):
    return np.sum(distance.pdist(x, metric))


def test_a_metric_without_a_formula_is_refused_when_it_is_met() -> None:
    with pytest.raises(UnsupportedError, match="Instead: write its formula"):
        tangent.grad(by_similarity)(np.eye(2))
    with pytest.raises(UnsupportedError, match="by this metric"):
        tangent.grad(of_pairs)(np.eye(2), "hamming")


def by_weight(x, w):
    return distance.euclidean(x, 2.0 * x, w)


def test_a_weighted_distance_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="does not fit the known parameters"):
        tangent.grad(by_weight)


def kernel(x, y):
    return np.exp(-0.5 * distance.cdist(x, y, "sqeuclidean"))


def test_the_derivative_has_the_formula_of_one_metric() -> None:
    source = inspect.getsource(tangent.vjp(kernel))
    assert "np.abs" not in source
    assert "if" not in source.replace("difference", "")
