"""Derivatives by numerical differences, and a strict comparison of gradients, independent of Tangent.

`numerical_gradient` perturbs every number in the chosen arguments and reports whether the differences of
two step sizes and the two one-sided differences agree, that is, whether the function is smooth there.
`differences` compares a gradient with the expected one: structure, lengths, shapes and the dtype kind
count, and NaN equals only NaN.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

STEP = 1e-4


@dataclass(frozen=True)
class Numerical:
    """A gradient found by differences; `smooth` is false where the differences can't be trusted."""

    gradient: tuple[Any, ...]
    smooth: bool


def is_container(value: object) -> bool:
    """Whether `value` is a list, tuple, dict or dataclass, and so not a leaf."""
    return isinstance(value, (list, tuple, dict)) or is_record(value)


def is_record(value: object) -> bool:
    """Whether `value` is an object of a dataclass."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def items(value: Any) -> list[tuple[str, Any]]:
    """The parts of a container, each with the text of its subscript."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", part) for key, part in value.items()]
    if is_record(value):
        return [(f".{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(f"[{index}]", part) for index, part in enumerate(value)]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested containers in order, each with its path."""
    if not is_container(value):
        yield path, value
        return
    for key, part in items(value):
        yield from leaves(part, path + key)


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with `function` applied to every leaf."""
    if isinstance(value, dict):
        return {key: map_leaves(function, part) for key, part in value.items()}
    if isinstance(value, list):
        return [map_leaves(function, part) for part in value]
    if isinstance(value, tuple):
        parts = [map_leaves(function, part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if is_record(value):
        made = copy.copy(value)
        for field in dataclasses.fields(value):
            object.__setattr__(made, field.name, map_leaves(function, getattr(value, field.name)))
        return made
    return function(value)


def as_float64(value: Any) -> Any:
    """A copy of `value` whose numbers are float64: arrays stay arrays, NumPy's numbers NumPy's."""

    def one(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return np.array(leaf, dtype=float)
        return np.float64(leaf) if isinstance(leaf, np.generic) else float(leaf)

    return map_leaves(one, value)


def zeros(value: Any) -> Any:
    """Float zeros in the structure and shapes of `value`."""
    return map_leaves(lambda v: np.zeros(np.shape(v)) if isinstance(v, np.ndarray) else 0.0, value)


def seed_for(result: Any, rng: np.random.Generator) -> Any:
    """A random adjoint in the structure and shapes of `result`."""

    def one(leaf: Any) -> Any:
        draws = rng.uniform(0.5, 1.5, np.shape(leaf))
        return draws if isinstance(leaf, np.ndarray) else float(draws)

    return map_leaves(one, result)


def weighted(result: Any, seed: Any) -> float:
    """The inner product of a result and a seed of the same structure."""
    pairs = zip(leaves(result), leaves(seed), strict=True)
    return float(sum(np.sum(np.asarray(r, dtype=float) * s) for (_, r), (_, s) in pairs))


def quietly(f: Callable[..., Any], args: Sequence[Any]) -> Any:
    """The result of `f` on copies of `args`, its printing swallowed."""
    with contextlib.redirect_stdout(io.StringIO()):
        return f(*copy.deepcopy(list(args)))


def numerical_gradient(
    f: Callable[..., Any], args: Sequence[Any], wrt: Sequence[int], seed: Any = 1.0, step: float = STEP
) -> Numerical:
    """The gradient of the inner product of `seed` and `f(*args)`, a tuple with one part for each of `wrt`.

    Fourth-order differences in float64.  `args` are not changed.
    """
    args = [as_float64(arg) if i in wrt else arg for i, arg in enumerate(args)]
    centre = weighted(quietly(f, args), seed)
    gradient = {i: zeros(args[i]) for i in wrt}
    smooth = bool(np.isfinite(centre))
    for position in wrt:
        for leaf_index, (_, leaf) in enumerate(leaves(args[position])):
            for element in np.ndindex(np.shape(leaf)):

                def at(
                    offset: float, where: tuple[int, int, tuple[int, ...]] = (position, leaf_index, element)
                ) -> float:
                    return weighted(quietly(f, moved(args, where, offset)), seed)

                number, good = difference(at, centre, step)
                smooth = smooth and good
                gradient[position] = put(gradient[position], leaf_index, element, number)
    return Numerical(tuple(gradient[i] for i in wrt), smooth)


def difference(at: Callable[[float], float], centre: float, step: float) -> tuple[float, bool]:
    """The derivative of `at` at 0 and whether the estimates for it agree."""
    right, left, right2, left2 = at(step), at(-step), at(2 * step), at(-2 * step)
    near, far = (right - left) / (2 * step), (right2 - left2) / (4 * step)
    bend = abs((right - centre) - (centre - left)) / step
    scale = 1.0 + abs(near)
    good = bool(np.isfinite(near + far) and abs(near - far) < 1e-5 * scale and bend < 2e-2 * scale)
    return (4 * near - far) / 3, good


def moved(args: Sequence[Any], where: tuple[int, int, tuple[int, ...]], offset: float) -> list[Any]:
    """`args` with `offset` added to one number of one leaf of one argument."""
    position, leaf_index, element = where
    old = list(leaves(args[position]))[leaf_index][1]
    number = old[element] if isinstance(old, np.ndarray) else old
    result = list(args)
    result[position] = put(args[position], leaf_index, element, number + offset)
    return result


def put(value: Any, leaf_index: int, element: tuple[int, ...], number: float) -> Any:
    """A copy of `value` with one number of one leaf replaced."""
    counter = iter(range(10**9))

    def one(leaf: Any) -> Any:
        if next(counter) != leaf_index:
            return leaf
        if not isinstance(leaf, np.ndarray):
            return type(leaf)(number) if isinstance(leaf, np.floating) else number
        leaf = leaf.copy()
        leaf[element] = number
        return leaf

    return map_leaves(one, value)


def differences(
    actual: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-7, path: str = "gradient"
) -> list[str]:
    """What distinguishes two gradients, one line each; empty where they agree."""
    if is_container(expected) or is_container(actual):
        if type(actual) is not type(expected):
            return [f"{path}: {type(actual).__name__} instead of {type(expected).__name__}"]
        if is_record(expected):
            pairs = zip(items(actual), items(expected), strict=True)
            return [line for (k, a), (_, e) in pairs for line in differences(a, e, rtol, atol, path + k)]
        if len(actual) != len(expected):
            return [f"{path}: length {len(actual)} instead of {len(expected)}"]
        if isinstance(expected, dict) and set(actual) != set(expected):
            return [f"{path}: keys {list(actual)} instead of {list(expected)}"]
        parts = (
            [(key, actual[key], expected[key]) for key in expected]
            if isinstance(expected, dict)
            else [(index, a, e) for index, (a, e) in enumerate(zip(actual, expected, strict=True))]
        )
        return [line for k, a, e in parts for line in differences(a, e, rtol, atol, f"{path}[{k!r}]")]
    return leaf_differences(actual, expected, rtol, atol, path)


def leaf_differences(actual: Any, expected: Any, rtol: float, atol: float, path: str) -> list[str]:
    """What distinguishes two numbers or arrays."""
    got, want = np.asarray(actual), np.asarray(expected)
    if got.dtype.kind != want.dtype.kind:
        return [f"{path}: dtype {got.dtype} instead of {want.dtype}"]
    if got.shape != want.shape:
        return [f"{path}: shape {got.shape} instead of {want.shape}"]
    if want.dtype.kind not in "biufc":
        return [] if np.array_equal(got, want) else [f"{path}: {actual!r} instead of {expected!r}"]
    if np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True):
        return []
    return [f"{path}: {got.tolist()} instead of {want.tolist()}"]


def assert_same(actual: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-7) -> None:
    """Fails with every difference between two gradients."""
    found = differences(actual, expected, rtol, atol)
    assert not found, "\n".join(found)


def identical(actual: Any, expected: Any) -> bool:
    """Whether two values agree bit for bit, dtypes included."""
    pairs = list(zip(leaves(actual), leaves(expected), strict=True))
    return all(
        p == q and np.asarray(a).dtype == np.asarray(e).dtype and np.array_equal(a, e, equal_nan=_floating(a))
        for (p, a), (q, e) in pairs
    )


def _floating(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "fc"
