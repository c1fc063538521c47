"""Comparison of derivatives with those of TensorFlow's own tape, of first and second order, in every mix of modes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

import tangent
from tests.from_text import function_from

__all__ = ["compare", "generated"]

RNG = np.random.default_rng(5)


def generated(df: Callable[..., Any]) -> str:
    """The text of a derivative without its comments."""
    lines = inspect.getsource(df).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def like(x: Any) -> Any:
    """A random tensor of the shape and dtype of another."""
    return tf.constant(RNG.uniform(0.5, 1.5, x.shape), x.dtype)


def compare(f: Callable[..., Any], args: Sequence[Any], order: int = 2, rtol: float = 1e-6) -> None:
    """Compare all derivatives of a function by all arguments."""
    wrt, args = tuple(range(len(args))), list(args)
    result = f(*args)
    seed, tangents = like(result), [like(a) for a in args]
    own_vjp, own_jvp = tangent.vjp(f, wrt), tangent.jvp(f, wrt)
    expected = by_tape(f, args, seed)
    agree(as_tuple(own_vjp(*args, seed), wrt), expected, args, rtol)
    agree([own_jvp(*args, *tangents)], [by_accumulator(f, args, tangents)], [result], rtol)
    if order < 2:
        return
    with tf.GradientTape() as tape:
        tape.watch(args)
        moved = weighted(by_tape(f, args, seed), tangents)
    second = [tf.convert_to_tensor(g) for g in tape.gradient(moved, args, unconnected_gradients="zero")]
    forward_over_reverse = tangent.jvp(own_vjp, wrt)(*args, seed, *tangents)
    agree(as_tuple(forward_over_reverse, wrt), second, args, 10 * rtol)
    names = [f"a{i}" for i in wrt]
    for name, first, more in (("reverse", own_vjp, [seed]), ("forward", own_jvp, tangents)):
        # the derivative of the number `v J u`, by the arguments
        weights = tangents if name == "reverse" else [seed]
        text = f"""
            def second({', '.join(names)}):
                made = first({', '.join(names)}, *more)
                parts = {'[made]' if name == 'forward' or len(wrt) == 1 else 'made'}
                total = 0.0
                for part, weight in zip(parts, weights):
                    total = total + tf.reduce_sum(part * weight)
                return total
        """
        text = text.replace("*more", ", ".join(f"more[{i}]" for i in range(len(more))))
        made = function_from(text, first=first, more=more, weights=weights, tf=tf)
        agree(as_tuple(tangent.grad(made, wrt)(*args), wrt), second, args, 10 * rtol)


def by_tape(f: Callable[..., Any], args: Sequence[Any], seed: Any) -> list[Any]:
    with tf.GradientTape() as tape:
        tape.watch(args)
        result = f(*args)
    found = tape.gradient(result, args, seed, unconnected_gradients="zero")
    return [tf.convert_to_tensor(g) for g in found]


def by_accumulator(f: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any]) -> Any:
    with tf.autodiff.ForwardAccumulator(list(args), list(tangents)) as accumulator:
        result = f(*args)
    return tf.convert_to_tensor(accumulator.jvp(result, unconnected_gradients="zero"))


def weighted(parts: Sequence[Any], weights: Sequence[Any]) -> Any:
    return tf.add_n([tf.reduce_sum(p * w) for p, w in zip(parts, weights, strict=True)])


def as_tuple(value: Any, wrt: Sequence[int]) -> Sequence[Any]:
    return value if len(wrt) > 1 else (value,)


def agree(found: Sequence[Any], expected: Sequence[Any], likes: Sequence[Any], rtol: float) -> None:
    for one, want, of in zip(found, expected, likes, strict=True):
        assert tuple(one.shape) == tuple(of.shape)
        assert one.dtype == of.dtype
        np.testing.assert_allclose(one, want, rtol, rtol)
