"""What functions do in all directions at once is what they do for one after the other; and the other helpers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from tangent import runtime
from tangent.rules.registry import MemberKey
from tangent.runtime.directions import TOGETHER, one_by_one
from tangent.runtime.structure import map_leaves
from tests.numeric import assert_same
from tests.rules.evaluate import use_of
from tests.rules.samples import Sample
from tests.rules.table import SAMPLES

COUNT = 3
MATRIX = np.array([[3.0, 1.0], [1.0, 2.0]])
TRIED_BELOW = [
    (runtime.add, ([1.0, np.ones(2)], (2.0, np.ones(2))), (0, 1)),
    (runtime.add, ([1.0, 2.0], np.ones(2)), (0, 1)),
    (runtime.add, ({"a": 1.0}, {"a": 2.0}), (0, 1)),
    (runtime.copy, ([1.0, (2.0, np.ones(3))],), (0,)),
    (runtime.shallow_copy, ([1.0, np.ones(3)],), (0,)),
    (runtime.match_structure, ([1.0, [2.0, 3.0]], (0.0, (0.0, 1.0))), (0,)),
    (runtime.match_structure, (np.ones(3), [0.0, 1.0, 2.0]), (0,)),
    (runtime.match_structure, ({"a": [1.0], "b": 2.0}, {"a": (1.0,)}), (0,)),
    (runtime.match_structure, ({"a": 1.0}, {"a": 1.0, "b": np.ones(2)}), (0,)),
    (np.array, ([[1.0, 2.0], [3.0, 4.0]],), (0,)),
    (float, (2.0,), (0,)),
    (np.float64, (2.0,), (0,)),
    *[
        (function, (first, second), over)
        for function, first in ((runtime.solve_each, MATRIX), (runtime.multiply_each, MATRIX))
        for second in (np.ones(2), MATRIX, np.ones((2, 3)))
        for over in ((0,), (1,), (0, 1))
    ],
    *[
        (runtime.multiply_each_transpose, (second, MATRIX, second), over)
        for second in (np.ones(2), MATRIX, np.ones((2, 3)))
        for over in ((0,), (2,), (0, 2))
    ],
]
"""Functions without a rule, or whose structures of data matter."""


def calls() -> Iterator[Any]:
    for sample in SAMPLES:
        use = use_of(sample)
        if use is not None and not isinstance(use.rule.key, MemberKey) and use.rule.key in TOGETHER:
            yield pytest.param(sample, id=str(sample))


def in_directions(value: Any, rng: np.random.Generator) -> Any:
    """A value that differs between the directions."""

    def leaf(one: Any) -> Any:
        repeated = runtime.all_directions(one, np.zeros(COUNT))
        return repeated * rng.uniform(0.5, 1.5, repeated.shape).astype(repeated.dtype)

    return map_leaves(leaf, value)


def is_by_name(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.KEYWORD_ONLY


@pytest.mark.parametrize("sample", list(calls()))
def test_together_is_one_by_one(sample: Sample) -> None:
    use = use_of(sample)
    assert use is not None
    assert use.rule.signature is not None
    given = use.arguments
    parameters = use.rule.signature.parameters
    left_out = next((i for i, n in enumerate(parameters) if n not in given), len(parameters))
    by_name = [n for i, n in enumerate(parameters) if i > left_out or is_by_name(parameters[n])]
    named = {n: given[n] for n in by_name if n in given}
    names = [n for n in given if n not in named]
    moving = [i for i, n in enumerate(names) if use.names.get(n) in sample.wrt and n not in use.rule.constant]
    rng = np.random.default_rng(0)
    for size in (1, 2):
        for over in combinations(moving, size):
            args = tuple(in_directions(given[n], rng) if i in over else given[n] for i, n in enumerate(names))
            expected = one_by_one(use.rule.key, over, args, named)  # type: ignore[arg-type]
            found = runtime.each_direction(use.rule.key, over, *args, **named)  # type: ignore[arg-type]
            assert_same(found, expected, 1e-5 if "float32" in str(sample) else 1e-12, 1e-12)


def test_every_function_has_a_sample() -> None:
    tried = {use.rule.key for sample in SAMPLES if (use := use_of(sample)) and not isinstance(use.rule.key, MemberKey)}
    assert set(TOGETHER) - tried <= {function for function, _, _ in TRIED_BELOW}


@pytest.mark.parametrize(("function", "args", "over"), TRIED_BELOW)
def test_together_is_one_by_one_also_for(function: Any, args: tuple[Any, ...], over: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    given = tuple(in_directions(a, rng) if i in over else a for i, a in enumerate(args))
    assert_same(runtime.each_direction(function, over, *given), one_by_one(function, over, given, {}), 1e-12, 1e-12)


INDICES = [
    0, -1, slice(1, None), (0, 1), (slice(None), 0), (Ellipsis, 0), None, (0, None), np.array([1, 0, 1]),
    (np.array([0, 1]), np.array([1, 2])), (slice(None), np.array([2, 0])), (0, slice(None), np.array([0, 1])),
    (np.array([0, 1]), slice(None), np.array([[0, 1], [1, 0]])), (np.array([[0], [1]]), np.array([0, 2])),
    np.arange(24).reshape(2, 3, 4) > 5, (np.array([True, False]), 1), ([0, 1], slice(1, 3), 0),
    (np.array([True, True]), slice(None), np.array([0, 1])), True,
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_an_item_in_each_direction(index: Any) -> None:
    t = np.random.default_rng(0).normal(size=(COUNT, 2, 3, 4))
    place = runtime.place_each(t, index)
    assert_same(t[place], np.stack([one[index] for one in t]), 0.0, 0.0)
    for shape in {t[place].shape[1:], ()}:
        value = np.random.default_rng(1).normal(size=(COUNT, *shape))
        written, expected = t.copy(), t.copy()
        written[place] = runtime.align_item(value, written, place, False)
        for one, part in zip(expected, value, strict=True):
            one[index] = part
        assert_same(written, expected, 0.0, 0.0)


def test_items_of_lists_are_at_their_place() -> None:
    assert runtime.place_each([1.0, 2.0], 1) == 1
    assert runtime.place_each({"a": 1.0}, "a") == "a"


def test_axes_are_put_in_behind_the_first() -> None:
    t = np.ones((COUNT, 2))
    assert runtime.align(t, np.ones((4, 2))).shape == (COUNT, 1, 2)
    assert runtime.align(t, 2.0) is t
    assert runtime.align_each(t, np.ones((COUNT, 5, 4, 2))).shape == (COUNT, 1, 1, 2)
    assert runtime.array_each([t, t]).shape == (COUNT, 2, 2)
    assert_same(runtime.all_directions([1.0, "a", np.ones(2)], np.zeros(2)), [np.ones(2), "a", np.ones((2, 2))])
    assert_same(runtime.one_direction([t, "a"]), [np.ones(2), "a"])


def test_zeros_have_the_lowest_precision() -> None:
    single, double = np.ones((COUNT, 2), np.float32), np.ones(COUNT)
    assert runtime.zero_each([], {"a": [double]}, single).dtype == np.float32
    assert runtime.zero_each([], {"a": [double]}).shape == (COUNT,)
    assert runtime.zero_each([]).shape == (1,)
    assert runtime.all_directions(0.0, runtime.zero_each(single)).dtype == np.float32
