"""What the transforms make of every rule: the samples through `tangent`, against numerical derivatives."""

from __future__ import annotations

import itertools
import linecache
import types
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import tangent
from tests.numeric import assert_same, is_container, numerical_gradient, seed_for
from tests.rules.evaluate import NAMESPACE, numerical, use_of
from tests.rules.samples import Sample
from tests.rules.table import SAMPLES, by_text, concerning

_numbers = itertools.count()


def with_source(text: str, names: Sequence[str], **scope: Any) -> types.FunctionType:
    """A function that returns the value of an expression, with source that `inspect` finds."""
    filename = f"<sample {next(_numbers)}>"
    source = f"def sample({', '.join(names)}):\n    return {text}\n"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope = {**NAMESPACE, **scope}
    exec(compile(source, filename, "exec"), scope)
    function: types.FunctionType = scope["sample"]
    return function


_functions: dict[tuple[str, ...], types.FunctionType] = {}


def function_of(sample: Sample) -> types.FunctionType:
    """The sample as a function of its arguments: one for each text, whose derivatives are made once."""
    key = (sample.text, *sample.args)
    if key not in _functions:
        _functions[key] = with_source(sample.text, tuple(sample.args))
    return _functions[key]


def as_parts(gradient: Any, sample: Sample) -> Sequence[Any]:
    return gradient if len(sample.wrt) > 1 else (gradient,)


TEXTS = by_text(SAMPLES)


@pytest.mark.parametrize("text", TEXTS)
def test_gradient(text: str) -> None:
    for sample in TEXTS[text]:
        with concerning(sample):
            check_gradient(sample)


def check_gradient(sample: Sample) -> None:
    f, (seed, want) = function_of(sample), numerical(sample)
    for optimized in (True, False):
        df = tangent.autodiff(f, wrt=sample.wrt, optimized=optimized)
        gradient = as_parts(df(*sample.args.values(), seed), sample)
        for got, expected in zip(gradient, want, strict=True):
            assert_same(got, expected, rtol=1e-5, atol=1e-6)


def one_of_each_rule() -> list[Sample]:
    """For every differentiable rule, the first sample of at least one number, all of them plain."""
    chosen: dict[Any, Sample] = {}
    for sample in SAMPLES:
        use = use_of(sample)
        plain = not any(is_container(v) or np.size(v) == 0 for v in sample.args.values())
        if use is not None and use.rule.form != "nondifferentiable" and plain and not sample.covers:
            chosen.setdefault((use.rule.key, str(use.rule.signature)), sample)
    return list(chosen.values())


@pytest.mark.parametrize("sample", one_of_each_rule(), ids=str)
def test_second_derivative(sample: Sample) -> None:
    check_second_derivative(sample)


def check_second_derivative(sample: Sample) -> None:
    f = function_of(sample)
    seed = seed_for(f(*sample.args.values()), np.random.default_rng(7))
    df = tangent.vjp(f, wrt=sample.wrt)
    names = [*sample.args, "seed"]
    parts = [
        f"np.sum(df({', '.join(names)}){f'[{i}]' if len(sample.wrt) > 1 else ''} * w{i})"
        for i in range(len(sample.wrt))
    ]
    rng = np.random.default_rng(8)
    weights = {f"w{i}": seed_for(sample.args[name], rng) for i, name in enumerate(sample.wrt)}
    g = with_source(" + ".join(parts), names, df=df, **weights)
    positions = [list(sample.args).index(name) for name in sample.wrt]
    values = [*sample.args.values(), seed]
    want = numerical_gradient(g, values, positions, 1.0).gradient
    got = as_parts(tangent.grad(g, wrt=sample.wrt)(*values), sample)
    for one, expected in zip(got, want, strict=True):
        assert_same(one, expected, rtol=1e-5, atol=1e-5)
