"""An expression for each rule of TensorFlow, and the arguments to try it with.

The rule that a sample tests is that of the outermost call, or of the one `covers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.rules.samples import array

__all__ = ["SAMPLES", "Sample"]


@dataclass(frozen=True)
class Sample:
    """An expression and its arguments, all of which are differentiated but for `fixed`."""

    text: str
    args: dict[str, Any]
    fixed: dict[str, Any] = field(default_factory=dict)
    covers: str = ""

    def __str__(self) -> str:
        values = ", ".join(f"{name}: {list(np.shape(value))}" for name, value in self.args.items())
        return f"{self.text} [{values}]"


ANY = (-2.0, 2.0)
POSITIVE = (0.3, 2.0)
SMALL = (-0.8, 0.8)
ABOVE_ONE = (1.2, 3.0)

UNARY: dict[tuple[float, float], tuple[str, ...]] = {
    ANY: (
        "tf.abs(x)", "tf.atan(x)", "tf.asinh(x)", "tf.cos(x)", "tf.cosh(x)", "tf.exp(x)", "tf.math.expm1(x)",
        "tf.negative(x)", "tf.sin(x)", "tf.sinh(x)", "tf.square(x)", "tf.tan(x)", "tf.tanh(x)", "tf.sigmoid(x)",
        "tf.math.sigmoid(x)", "tf.nn.sigmoid(x)", "tf.math.log_sigmoid(x)", "tf.math.softplus(x)", "tf.math.erf(x)",
        "tf.nn.relu(x)", "tf.nn.softplus(x)", "tf.identity(x)", "abs(x)", "-x", "x ** 3", "x ** 2.0", "2.0 ** x",
        "1.0 - x", "2.0 * x", "x / 3.0", "tf.cast(x, tf.float32)", "tf.convert_to_tensor(x)",
        "tf.math.tanh(x, name='y')",
    ),
    POSITIVE: (
        "tf.math.log(x)", "tf.math.log1p(x)", "tf.sqrt(x)", "tf.math.rsqrt(x)", "tf.math.reciprocal(x)", "1.0 / x",
        "x ** 0.5",
    ),
    SMALL: ("tf.acos(x)", "tf.asin(x)", "tf.atanh(x)"),
    ABOVE_ONE: ("tf.acosh(x)",),
}
BINARY: dict[tuple[float, float], tuple[str, ...]] = {
    ANY: (
        "tf.add(x, y)", "tf.subtract(x, y)", "tf.multiply(x, y)", "tf.maximum(x, y)", "tf.minimum(x, y)",
        "tf.math.squared_difference(x, y)", "x + y", "x - y", "x * y", "tf.where(m, x, y)",
    ),
    POSITIVE: ("tf.divide(x, y)", "tf.atan2(x, y)", "tf.pow(x, y)", "x / y", "tf.identity(x) ** y", "x % y"),
}
SHAPES = (((), ()), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 1)), ((), (2,)))


def elementwise() -> Iterator[Sample]:
    for (low, high), texts in UNARY.items():
        for text in texts:
            for shape in ((), (2, 3)):
                yield Sample(text, {"x": array(*shape, low=low, high=high, key=text)})
    mask = {"m": np.array([True])}
    for (low, high), texts in BINARY.items():
        for text in texts:
            for first, second in SHAPES:
                x, y = (array(*s, low=low, high=high, key=text + k) for k, s in (("x", first), ("y", second)))
                yield Sample(text, {"x": x, "y": y + 0.05}, mask if "m" in text.split("(")[-1].split(",")[0] else {})


def of_x(*texts: str, shape: tuple[int, ...] = (2, 3), covers: str = "") -> Iterator[Sample]:
    for text in texts:
        yield Sample(text, {"x": array(*shape, key=text)}, covers=covers)


def of_two(*texts: str, x: tuple[int, ...], y: tuple[int, ...], covers: str = "") -> Iterator[Sample]:
    for text in texts:
        yield Sample(text, {"x": array(*x, key=text + "x"), "y": array(*y, key=text + "y")}, covers=covers)


SAMPLES: tuple[Sample, ...] = (
    *elementwise(),
    # --- reductions
    *of_x(*(
        f"tf.{f}(x{axis})"
        for f in ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_logsumexp")
        for axis in ("", ", 1", ", axis=-1, keepdims=True", ", axis=[0, 1]", ", keepdims=True")
    )),
    *of_x("tf.add_n([x, x * x, 2.0 * x])"),
    # --- products
    *of_two("tf.matmul(x, y)", "x @ y", x=(2, 3), y=(3, 4)),
    *of_two("tf.matmul(x, y, transpose_a=True)", x=(3, 2), y=(3, 4)),
    *of_two("tf.matmul(x, y, transpose_b=True)", x=(2, 3), y=(4, 3)),
    *of_two("tf.matmul(x, y, transpose_a=True, transpose_b=True)", x=(3, 2), y=(4, 3)),
    *of_two("tf.matmul(x, y)", "x @ y", x=(2, 2, 3), y=(3, 4)),
    *of_two("tf.linalg.matvec(x, y)", "tf.linalg.matvec(tf.transpose(x), y, transpose_a=True)", x=(2, 3), y=(3,)),
    # --- shapes
    *of_x(
        "tf.reshape(x, (3, 2))", "tf.reshape(x, [-1])", "tf.reshape(x, tf.shape(tf.transpose(x)))", "tf.transpose(x)",
        "tf.transpose(x, perm=[1, 0])", "tf.expand_dims(x, 1)", "tf.expand_dims(x, axis=-1)",
        "tf.broadcast_to(x, (4, 2, 3))", "tf.stack([x, x * x])", "tf.stack([x, x * x], axis=-1)",
        "tf.concat([x, x * x], 0)", "tf.concat([x, x * x], axis=-1)", "tf.concat((x, x[:, :1]), 1)",
    ),
    *of_x("tf.squeeze(x)", "tf.squeeze(x, axis=[1])", "tf.squeeze(x, 1)", shape=(2, 1, 3)),
    *of_x("tf.transpose(x, (2, 0, 1))", shape=(2, 1, 3)),
    *of_x(
        "tf.unstack(x)[1]", "tf.unstack(x, axis=-1)[0]", "tf.split(x, 3, axis=1)[2]", "tf.split(x, [1, 2], 1)[1]",
        "tf.reverse(x, [0, 1])", "tf.cumsum(x)", "tf.cumsum(x, 1, exclusive=True, reverse=True)",
        "tf.gather(x, [1, 0, 1])", "tf.gather(x, [[2, 0], [2, 2]], axis=1)", "tf.gather(x, tf.constant(1))",
        "tf.gather(x, [0], axis=None)",
    ),
    *of_x("tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]])", "tf.scatter_nd([[2], [0]], x, (4, 3))"),
    # --- subscripts
    *of_x(
        "x[0]", "x[-1, 2]", "x[:, 1]", "x[..., 1:]", "x[:, ::2]", "x[::-1]", "x[1:, tf.newaxis, :2]", "x[:, None]",
        "x[x > 0.0]", "x[tf.constant(1)]", covers="getitem",
    ),
    # --- choices
    *of_x("tf.clip_by_value(x, -0.5, 0.7)", shape=(5,)),
    Sample("tf.clip_by_value(x, y, z)", {"x": np.array([0.1, 0.5, 0.9]), "y": np.array(0.3), "z": np.array(0.8)}),
    # --- neural networks
    *of_x(
        "tf.nn.softmax(x)", "tf.nn.softmax(x, axis=0)", "tf.nn.softmax(x, axis=None)", "tf.nn.log_softmax(x)",
        "tf.nn.log_softmax(x, 0)", "tf.nn.log_softmax(x, axis=None)",
    ),
    *of_two(
        "tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=y)",
        "tf.nn.softmax_cross_entropy_with_logits(x, y, axis=0)", x=(2, 3), y=(2, 3),
    ),
    *of_two(
        "tf.nn.conv2d(x, y, 1, 'VALID')", "tf.nn.conv2d(x, y, strides=2, padding='SAME')",
        "tf.nn.conv2d(x, y, [1, 2, 1, 1], 'VALID', dilations=1)",
        "tf.nn.conv2d(x, y, 1, [[0, 0], [1, 0], [0, 1], [0, 0]])", x=(1, 4, 5, 2), y=(2, 2, 2, 3),
    ),
    *of_two("tf.nn.conv2d_transpose(x, y, (1, 8, 10, 3), 2)", x=(1, 4, 5, 2), y=(2, 2, 3, 2)),
    *of_x("tf.nn.avg_pool2d(x, 2, 2, 'VALID')", "tf.nn.avg_pool2d(x, (2, 3), 1, 'SAME')", shape=(1, 4, 5, 2)),
    *of_x("tf.nn.max_pool2d(x, 2, 2, 'VALID')", "tf.nn.max_pool2d(x, [2, 3], 1, 'SAME')", shape=(1, 4, 5, 2)),
    # --- what the derivatives of others call
    *of_two("runtime.conv2d_filters(x, y, tf.zeros((2, 2, 2, 3)), 1, 'VALID')", x=(1, 3, 4, 3), y=(1, 4, 5, 2)),
    *of_x("runtime.avg_pool2d_transpose(x, tf.zeros((1, 4, 4, 1)), 2, 2, 'VALID')", shape=(1, 2, 2, 1)),
    *of_x("runtime.gather_transpose(x, tf.zeros((4, 3)), [1, 1])"),
    *of_x("runtime.item_transpose(x, tf.zeros((4, 3)), np.s_[1:3])"),
)
