"""No function of NumPy is forgotten, and none that other libraries differentiate is missing."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import numpy as np
import pytest

import tangent
from tangent.errors import MissingRuleError
from tangent.rules import definitions, registry
from tangent.rules.refused import refusal, refused
from tests.rules import coverage
from tests.rules.coverage import Entry, missing, numpy_functions, scipy_functions
from tests.rules.evaluate import _operation
from tests.rules.samples import Sample
from tests.rules.samples_numpy import formulas_of_numpy
from tests.rules.test_factorizations import DEFINED, TRANSFORMS
from tests.rules.test_formulas import formulas
from tests.rules.test_transforms import with_source

TABLE = list(numpy_functions())


def test_every_function_of_numpy_is_differentiated_or_listed() -> None:
    assert [entry.path for entry in TABLE if entry.status == "unknown"] == []


def test_a_function_that_is_not_listed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np.linalg, "__all__", [*np.linalg.__all__, "new"], raising=False)
    monkeypatch.setattr(np.linalg, "new", lambda x: x, raising=False)
    assert [entry.path for entry in numpy_functions() if entry.status == "unknown"] == ["numpy.linalg.new"]


def test_what_is_refused_has_a_reason_and_no_function_has_two() -> None:
    found = [function for _, function, _ in refused()]
    assert all(refusal(function) for function in found)
    reasons = {(id(function), why) for _, function, why in refused()}
    assert len({function for function, _ in reasons}) == len(reasons)


def test_the_tables_know_each_part_of_scipy() -> None:
    places = {entry.place for entry in scipy_functions() if entry.status == "differentiated"}
    assert {"scipy.special", "scipy.stats", "scipy.linalg"} <= places


@pytest.mark.parametrize("title", [f"Autograd, {place}" for place in coverage.AUTOGRAD])
def test_every_function_that_autograd_differentiates_is_differentiated(title: str) -> None:
    assert missing(coverage.shares()[title]) == []


def test_nearly_every_function_that_jax_differentiates_is_differentiated() -> None:
    entries = coverage.jax_entries()
    assert len(entries) > 200
    assert len(missing(entries)) <= 0.05 * len(entries)


# --- every formula has a sample


def defined() -> list[definitions.Definition]:
    """The formulas of NumPy's functions; those that write into an argument are with the programs."""
    every = {f for found in definitions._definitions.values() for f in found}
    elsewhere = (*WRITERS, *METHODS)
    return [f for f in every if f.__module__.startswith("tangent.rules.numpy.") and f.__name__ not in elsewhere]


WRITERS = ("putmask", "put_along_axis")
METHODS = ("make_series", "evaluate_series", "derivative_of_series", "integral_of_series")
"""The formulas of methods: the samples call them by the objects."""


def samples() -> Iterator[Sample]:
    yield from formulas_of_numpy()
    yield from formulas()
    yield from (*DEFINED, *TRANSFORMS)


def used(sample: Sample) -> Iterator[str]:
    """The formulas that the calls in a sample may stand for."""
    for node in ast.walk(ast.parse(sample.text)):
        if not isinstance(node, ast.Call):
            continue
        operation = node
        if isinstance(node.func, ast.Call):  # `np.vectorize(f)(x)`
            maker = ast.parse("np.vectorize.__call__", mode="eval").body
            operation = ast.Call(maker, [*node.func.args, *node.args], node.keywords)
        try:
            key, args, kwargs = _operation(operation)
        except AttributeError:
            continue
        if any(r.signature is not None and binds(r.signature, args, kwargs) for r in registry.find(key)):
            continue
        fitting = [f for f in definitions.find(key) if binds(inspect.signature(f), args, kwargs)]
        yield from (f.__name__ for f in fitting[:1])


def binds(signature: inspect.Signature, args: list[ast.expr], kwargs: dict[str, ast.expr]) -> bool:
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        return False
    return True


def test_every_formula_has_a_sample() -> None:
    covered = {name for sample in samples() for name in used(sample)}
    assert sorted({f.__name__ for f in defined()} - covered) == []


# --- what is refused says so

CALLS = ("np.unique(x)", "np.histogram(x)[0]", "np.union1d(x, x)", "np.subtract.reduce(x)", "np.loadtxt(x)",
         "np.polynomial.chebyshev.chebadd(x, x)", "np.bmat(x)")


@pytest.mark.parametrize("call", CALLS)
def test_a_refused_function_says_what_to_write_instead(call: str) -> None:
    with pytest.raises(MissingRuleError) as raised:
        tangent.grad(with_source(f"np.sum({call})", ["x"]))
    assert raised.value.instead
    assert "give it a rule" not in raised.value.instead


def entry(path: str) -> Entry:
    return next(e for e in TABLE if e.path == path)


@pytest.mark.parametrize(
    ("path", "status"),
    [("numpy.sin", "differentiated"), ("numpy.select", "differentiated"), ("numpy.floor", "zero"), ("numpy.unique",
        "refused"),
     ("numpy.subtract.outer", "differentiated"), ("numpy.subtract.reduce", "refused"),
     ("numpy.polynomial.legendre.legfit", "differentiated")],
)
def test_the_status_of_a_function(path: str, status: str) -> None:
    assert entry(path).status == status
