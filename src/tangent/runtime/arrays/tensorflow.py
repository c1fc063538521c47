"""What the helpers of derivatives do on the tensors and variables of TensorFlow: see `arrays.Arrays`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tangent.runtime import structure
from tangent.runtime.arrays import kind_of
from tangent.runtime.structure import map_leaves

CLASSES = (tf.Tensor, tf.Variable)
SUM = "tf.reduce_sum"


def kind(x: Any) -> str:
    dtype = x.dtype
    if dtype.is_floating:
        return "f"
    return "c" if dtype.is_complex else "b" if dtype.is_bool else "u" if dtype.is_unsigned else "i"


def zeros_like(x: Any) -> Any:
    return tf.zeros_like(x) if kind(x) in "fc" else tf.zeros(tf.shape(x))


def array_like(b: Any, like: Any) -> Any:
    if isinstance(b, CLASSES):
        return b
    dtype = tf.as_dtype(like.dtype) if hasattr(like, "dtype") and kind_of(like) in "fc" else tf.float32
    return tf.cast(tf.convert_to_tensor(b, None if hasattr(b, "dtype") else dtype), dtype)


def in_precision_of(b: Any, like: Any) -> Any:
    return tf.cast(b, like.dtype) if kind_of(like) == "f" else b


def sum(b: Any, axes: tuple[int, ...] | None = None) -> Any:
    return tf.reduce_sum(b) if axes is None else tf.reduce_sum(b, axes, keepdims=True)


def reshape(b: Any, shape: tuple[int, ...]) -> Any:
    return tf.reshape(b, shape)


def broadcast_to(b: Any, shape: tuple[int, ...]) -> Any:
    return tf.broadcast_to(b, shape)


def where(condition: Any, x: Any, y: Any) -> Any:
    return tf.where(condition, x, y)


def flat_item(value: Any, places: Any, shape: tuple[int, ...]) -> Any:
    size = 1
    for n in shape:
        size *= n
    indices = tf.reshape(tf.constant(places), (-1, 1))
    return tf.reshape(tf.scatter_nd(indices, tf.reshape(value, (-1,)), (size,)), shape)


def padded(value: Any, before_and_after: list[tuple[int, int]]) -> Any:
    return tf.pad(value, before_and_after) if before_and_after else value


def split(b: Any, sizes: list[int], axis: int) -> list[Any]:
    return list(tf.split(b, sizes, axis))


def unstack(b: Any, axis: int) -> list[Any]:
    return list(tf.unstack(b, axis=axis))


def stack(parts: list[Any]) -> Any:
    return tf.stack(parts)


def conv2d_filters(
    b: Any, input: Any, like: Any, strides: Any, padding: Any, data_format: str, dilations: Any
) -> Any:
    explicit = [] if isinstance(padding, str) else [n for pair in padding for n in pair]
    return tf.raw_ops.Conv2DBackpropFilter(
        input=input, filter_sizes=tf.shape(like), out_backprop=b, strides=of_each_axis(strides, data_format),
        padding=padding if isinstance(padding, str) else "EXPLICIT", explicit_paddings=explicit,
        data_format=data_format, dilations=of_each_axis(1 if dilations is None else dilations, data_format),
    )


def avg_pool2d_transpose(b: Any, like: Any, ksize: Any, strides: Any, padding: Any, data_format: str) -> Any:
    return tf.raw_ops.AvgPoolGrad(
        orig_input_shape=tf.shape(like), grad=b, ksize=of_each_axis(ksize, data_format),
        strides=of_each_axis(strides, data_format), padding=padding, data_format=data_format,
    )


def max_pool2d_places(input: Any, ksize: Any, strides: Any, padding: Any) -> Any:
    found = tf.nn.max_pool_with_argmax(input, ksize, strides, padding, include_batch_in_index=True)
    numbers = tf.unravel_index(tf.reshape(tf.cast(found.argmax, tf.int32), (-1,)), tf.shape(input))
    return tf.reshape(tf.transpose(numbers), (*found.argmax.shape, len(input.shape)))


def of_each_axis(sizes: Any, data_format: str) -> list[int]:
    """One size for each axis of images, of one size for both directions, two, or all."""
    given = [int(n) for n in sizes] if hasattr(sizes, "__len__") else [int(sizes)]
    if len(given) == 4:
        return given
    height, width = given * 2 if len(given) == 1 else given
    return [1, height, width, 1] if data_format == "NHWC" else [1, 1, height, width]


# --- tapes


def pullback(f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...]) -> tuple[Any, Any]:
    dtype, watched = dtype_of(args), list[Any]()

    def watch(leaf: Any) -> Any:
        if not is_number(leaf):
            return leaf
        watched.append(of_its_own(leaf, dtype))
        return watched[-1]

    given = [map_leaves(watch, a) if i in wrt else a for i, a in enumerate(args)]
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(watched)
        result = f(*given)

    def pull(seed: Any) -> tuple[Any, ...]:
        targets, seeds = list[Any](), list[Any]()

        def pair(leaf: Any, one: Any) -> None:
            if isinstance(leaf, CLASSES) and kind(leaf) == "f":
                targets.append(leaf)
                seeds.append(tf.broadcast_to(of_dtype(one, leaf.dtype), tf.shape(leaf)))

        map_leaves(pair, result, seed)
        found = iter(tape.gradient(targets, watched, seeds, unconnected_gradients="zero"))

        def gradient(leaf: Any) -> Any:
            return tf.convert_to_tensor(next(found)) if is_number(leaf) else structure.zeros_like(leaf)

        return tuple([map_leaves(gradient, args[i]) for i in wrt])

    return result, pull


def pushforward(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...], tangents: tuple[Any, ...]
) -> tuple[Any, Any]:
    dtype, watched, directions = dtype_of(args), list[Any](), list[Any]()

    def move(leaf: Any, tangent: Any) -> Any:
        if not is_number(leaf):
            return leaf
        watched.append(of_its_own(leaf, dtype))
        directions.append(tf.broadcast_to(of_dtype(tangent, watched[-1].dtype), tf.shape(watched[-1])))
        return watched[-1]

    moving = dict(zip(wrt, tangents, strict=True))
    given = [map_leaves(move, a, moving[i]) if i in moving else a for i, a in enumerate(args)]
    with tf.autodiff.ForwardAccumulator(watched, directions) as accumulator:
        result = f(*given)

        def tangent(leaf: Any) -> Any:
            if isinstance(leaf, CLASSES) and kind(leaf) == "f":
                return accumulator.jvp(leaf, unconnected_gradients="zero")
            return structure.zeros_like(leaf)

        return map_leaves(tangent, result), result


def is_number(leaf: Any) -> bool:
    """Whether a leaf of an argument has a derivative."""
    return isinstance(leaf, float | np.floating) or (isinstance(leaf, (np.ndarray, *CLASSES)) and kind_of(leaf) == "f")


def dtype_of(args: tuple[Any, ...]) -> Any:
    """The dtype of the first tensor of floats among the arguments, in which numbers join them."""
    found = list[Any]()

    def look(leaf: Any) -> None:
        if isinstance(leaf, CLASSES) and kind(leaf) == "f":
            found.append(leaf.dtype)

    map_leaves(look, list(args))
    return found[0] if found else tf.float32


def of_its_own(leaf: Any, dtype: Any) -> Any:
    """A tensor that stands for one place in the arguments alone, as a tensor may be passed twice."""
    return tf.identity(leaf) if isinstance(leaf, CLASSES) else tf.convert_to_tensor(leaf, dtype)


def of_dtype(x: Any, dtype: Any) -> Any:
    return tf.cast(x, dtype)
