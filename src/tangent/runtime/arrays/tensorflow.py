"""What the helpers of derivatives do on the tensors and variables of TensorFlow: see `arrays.Arrays`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

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
    dtype = tf.float32 if kind(like) not in "fc" else like.dtype
    return tf.cast(tf.convert_to_tensor(b, None if hasattr(b, "dtype") else dtype), dtype)


def in_precision_of(b: Any, like: Any) -> Any:
    return tf.cast(b, like.dtype) if kind(like) == "f" else b


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
