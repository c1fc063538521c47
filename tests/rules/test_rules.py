"""Every rule, in both modes, against numerical derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tangent import rules, runtime
from tests.numeric import as_float64, assert_same, leaves, map_leaves, seed_for, weighted
from tests.rules.evaluate import Use, call, function_of, numerical, pullback, pushforward, use_of
from tests.rules.samples import Sample
from tests.rules.samples_complex import COMPLEX
from tests.rules.table import SAMPLES, by_text, concerning


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float64


DIFFERENTIABLE = [
    s for s in SAMPLES if (use := use_of(s)) is not None and use.rule.form != "nondifferentiable"
]
# NumPy takes the logarithm of a number of Python, the base of a power, in double precision.
POWERS = ("2.0 ** x", "x ** y", "pow(x, y)", "np.power(x, y)", "runtime.power_slope(x, y)")
HAS_PRECISION = np.lib.NumpyVersion(np.__version__) >= "2.0.0"
"""Whether numbers of Python and arrays of float32 make float32; in NumPy 1, that depends on the number."""


def used(sample: Sample) -> Use:
    use = use_of(sample)
    assert use is not None
    return use


def numbers(value: Any) -> Any:
    """What an array of numbers may stand for: lists as arrays, tuples as lists."""
    return list(map(numbers, value)) if isinstance(value, (list, tuple)) else value


def expected(sample: Sample) -> dict[str, Any]:
    """The numerical adjoints of a sample's arguments."""
    return {name: numbers(part) for name, part in zip(sample.wrt, numerical(sample)[1], strict=True)}


def seed_of(sample: Sample) -> Any:
    return numbers(seed_for(function_of(sample)(*sample.args.values()), np.random.default_rng(7)))


def shipped() -> list[rules.Rule]:
    """The rules of libraries, but for solvers, see `tests.solvers`, and for other arrays, see `tests.tensorflow`.

    The derivative of `stop_gradient` is by purpose not that of its value.
    """
    others = [r for r in rules.registered() if r.form != "solver" and r.key is not runtime.stop_gradient]
    return [r for r in others if r.library is None and r.key not in OF_OTHER_ARRAYS]


OF_OTHER_ARRAYS = (
    runtime.avg_pool2d_transpose, runtime.conv2d_filters, runtime.gather_transpose, runtime.max_pool2d_places,
    runtime.array_of, runtime.numbers_of, *(rules.method(name) for name in ("numpy", "read_value", "get_shape")),
)


def test_every_rule_has_a_sample_and_every_sample_a_rule() -> None:
    uses = {str(s): use_of(s) for s in (*SAMPLES, *COMPLEX)}
    assert [text for text, use in uses.items() if use is None] == []
    covered = {(use.rule.key, str(use.rule.signature)) for use in uses.values() if use is not None}
    missing = [r for r in shipped() if r.form != "opaque" and (r.key, str(r.signature)) not in covered]
    assert [f"{r.name}{r.signature or ''}" for r in missing] == []


def test_every_template_rule_has_both_modes() -> None:
    incomplete = [r.name for r in shipped() if r.form == "templates" and not (r.forward and r.reverse)]
    assert incomplete == []


def is_checked_in_single_precision(sample: Sample) -> bool:
    values = sample.args.values()
    if sample.covers or not all(isinstance(v, float) or is_array(v) for v in values) or not any(map(is_array, values)):
        return False
    return sample.text not in POWERS or ("y" in sample.args and is_array(sample.args["x"]))


TEXTS = by_text(DIFFERENTIABLE)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.filterwarnings("ignore:logm result may be inaccurate")
def test_rule(text: str) -> None:
    for sample in TEXTS[text]:
        with concerning(sample):
            check_declared_memory(sample)
            if not sample.covers:
                check_adjoint(sample)
                check_tangent(sample)
                check_that_arguments_are_left_alone(sample)
            if HAS_PRECISION and is_checked_in_single_precision(sample):
                check_single_precision(sample)


def check_declared_memory(sample: Sample) -> None:
    """A result shares memory with an argument only where that is declared."""
    if "shallow_copy" in sample.text:
        return  # what it shares with its operand, its items, is followed by the analysis itself
    use = used(sample)
    result = call(use)
    declared = [use.arguments[name] for name in use.rule.shares if name in use.arguments]
    for argument in use.arguments.values():
        pairs = [(r, a) for _, r in leaves(result) for _, a in leaves(argument)]
        if any(isinstance(r, np.ndarray) and np.shares_memory(r, a) for r, a in pairs):
            assert any(argument is other for other in declared)


def check_adjoint(sample: Sample) -> None:
    adjoints = pullback(used(sample), numbers(numerical(sample)[0]))
    for name, want in expected(sample).items():
        got = adjoints.get(name, runtime.zeros_like(sample.args[name]))
        assert_same(numbers(got), want, rtol=1e-5, atol=1e-6)


def check_tangent(sample: Sample) -> None:
    """The tangent is the transpose of the adjoint."""
    seed, use = seed_of(sample), used(sample)
    rng = np.random.default_rng(3)
    tangents = {
        name: seed_for(as_float64(sample.args[name]), rng)
        for name in use.names.values()
        if name in sample.wrt
    }
    adjoints = pullback(use, seed)
    pushed = pushforward(use, {name: t for name, t in tangents.items() if name in adjoints})
    left = weighted(numbers(pushed), seed)
    right = sum(
        weighted(numbers(adjoints[name]), numbers(t)) for name, t in tangents.items() if name in adjoints
    )
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


WITH_LOGARITHM = ("special.xlogy(x, y)", "special.xlog1py(x, y)")
"""The logarithm of a number of Python is one of NumPy's, of double precision."""


def check_single_precision(sample: Sample) -> None:
    """Arrays of float32 have derivatives of float32.

    Numbers of Python have no precision of their own, and take that of the arrays beside them.
    """

    def single(value: Any) -> Any:
        return value.astype(np.float32) if is_array(value) else value

    narrow = Sample(sample.text, {name: single(v) for name, v in sample.args.items()}, fixed=sample.fixed)
    result = function_of(narrow)(*narrow.args.values())
    takes_logarithm = sample.text in WITH_LOGARITHM and not all(map(is_array, narrow.args.values()))
    if takes_logarithm or any(np.asarray(leaf).dtype != np.float32 for _, leaf in leaves(result)):
        return
    is_helper = "runtime." in sample.text  # whose result is of the derivative, where nothing is a number of Python
    seed = map_leaves(lambda leaf: np.ones_like(leaf) if np.ndim(leaf) or is_helper else 1.0, result)
    adjoints = pullback(used(narrow), seed)
    tangents = {name: np.ones_like(narrow.args[name]) for name in adjoints if is_array(sample.args[name])}
    found = [adjoints[name] for name in tangents if name in narrow.wrt]
    if tangents:
        found += [leaf for _, leaf in leaves(pushforward(used(narrow), tangents))]
    assert [np.asarray(v).dtype for v in found if np.ndim(v)] == [np.float32 for v in found if np.ndim(v)]


def check_that_arguments_are_left_alone(sample: Sample) -> None:
    seed, before = seed_of(sample), [np.array(leaf) for _, leaf in leaves(list(sample.args.values()))]
    kept = [np.array(leaf) for _, leaf in leaves(seed)]
    pullback(used(sample), seed)
    for old, (_, new) in zip(
        before + kept, [*leaves(list(sample.args.values())), *leaves(seed)], strict=True
    ):
        np.testing.assert_array_equal(old, new)


# --- at points without a derivative


@pytest.mark.parametrize(
    ("text", "args", "want"),
    [
        ("abs(x)", {"x": 0.0}, [0.0]),
        ("np.abs(x)", {"x": np.zeros(2)}, [np.zeros(2)]),
        ("np.maximum(x, y)", {"x": np.ones(2), "y": np.ones(2)}, [np.full(2, 0.5), np.full(2, 0.5)]),
        ("np.minimum(x, y)", {"x": -np.inf, "y": -np.inf}, [0.5, 0.5]),
        ("max(x, y)", {"x": 1.0, "y": 1.0}, [0.5, 0.5]),
        ("min(x, y)", {"x": 1.0, "y": 1.0}, [0.5, 0.5]),
        ("max(x)", {"x": [1.0, 2.0, 2.0]}, [[0.0, 0.5, 0.5]]),
        ("np.max(x)", {"x": np.array([3.0, 3.0, 1.0, 3.0])}, [np.array([1.0, 1.0, 0.0, 1.0]) / 3.0]),
        (
            "np.min(x, axis=0)",
            {"x": np.array([[1.0, 2.0], [1.0, 3.0]])},
            [np.array([[0.5, 1.0], [0.5, 0.0]])],
        ),
        ("x ** y", {"x": 0.0, "y": 0}, [0.0, 0.0]),
        ("x ** y", {"x": 0.0, "y": 1}, [1.0, 0.0]),
        ("x ** y", {"x": 0.0, "y": 2.0}, [0.0, 0.0]),
        (
            "x ** y",
            {"x": np.zeros(3), "y": np.array([0.0, 1.0, 2.0])},
            [np.array([0.0, 1.0, 0.0]), np.zeros(3)],
        ),
        (
            "x ** y",
            {"x": np.array([0, 2]), "y": np.array([0, 0])},
            [np.zeros(2), np.array([0.0, np.log(2.0)])],
        ),
        ("np.clip(x, 1.0, 2.0)", {"x": np.array([1.0, 2.0, 2.5])}, [np.array([1.0, 1.0, 0.0])]),
        ("np.float32(x)", {"x": 0.1}, [1.0]),
        (
            "np.where(x > 0, x, y)",
            {"x": np.array([0.0, 1.0]), "y": np.array([np.inf, np.nan])},
            [np.array([0.0, 1.0]), np.array([1.0, 0.0])],
        ),
    ],
)
def test_kink(text: str, args: dict[str, Any], want: list[Any]) -> None:
    sample = Sample(text, args)
    result = function_of(sample)(*args.values())
    adjoints = pullback(used(sample), np.ones(np.shape(result)) if np.ndim(result) else 1.0)
    for name, part in zip(args, want, strict=True):
        assert_same(np.asarray(adjoints[name], dtype=float), np.asarray(part, dtype=float))


@pytest.mark.parametrize("text", ["np.std(x)", "np.linalg.norm(x)"])
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:divide by zero")
def test_the_root_of_nothing_has_no_derivative(text: str) -> None:
    adjoints = pullback(used(Sample(text, {"x": np.zeros(3)})), np.float64(1.0))
    assert np.isnan(adjoints["x"]).all()


# --- the tester itself


def wrong_value(y: Any, x: Any) -> Any:
    return np.sin(x)


def wrong_shape(y: Any, x: Any) -> Any:
    return np.cos(x)[..., None]


@pytest.mark.parametrize("template", [wrong_value, wrong_shape])
def test_a_wrong_rule_is_caught(template: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    (rule,) = rules.find(np.sin)
    wrong = rules.Rule(rule.key, rule.form, rule.signature, rule.result, template)
    monkeypatch.setattr(rules, "find", lambda key: (wrong,))
    sample = Sample("np.sin(x)", {"x": np.array([0.3, 0.4])})
    with pytest.raises((AssertionError, ValueError)):
        check_adjoint(sample)


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3)])
def test_the_partial_derivative_of_a_power_has_the_shape_of_the_power(shape: tuple[int, ...]) -> None:
    x = np.ones(shape)
    for p in (0, 0.0, 2, np.zeros(shape), np.float64(0.0)):
        assert np.shape(runtime.power_slope(x, p)) == shape
