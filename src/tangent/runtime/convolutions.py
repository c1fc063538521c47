"""Parts of the derivatives of convolutions and of pooling, which array libraries have by different names."""

from __future__ import annotations

from typing import Any

from tangent.runtime.arrays import Arrays, library_of

__all__ = ["avg_pool2d_transpose", "conv2d_filters", "max_pool2d_places"]


def conv2d_filters(
    b: Any, input: Any, like: Any, strides: Any, padding: Any, data_format: str = "NHWC", dilations: Any = None
) -> Any:
    """The adjoint of the filters `like` from `b`, that of the convolution of `input` with them."""
    return _library(b, input, like).conv2d_filters(b, input, like, strides, padding, data_format, dilations)


def avg_pool2d_transpose(
    b: Any, like: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC"
) -> Any:
    """The adjoint of `like` from `b`, that of the averages of windows of it."""
    return _library(b, like).avg_pool2d_transpose(b, like, ksize, strides, padding, data_format)


def max_pool2d_places(input: Any, ksize: Any, strides: Any, padding: Any) -> Any:
    """For each window the index of the largest element, along a last axis."""
    return _library(input).max_pool2d_places(input, ksize, strides, padding)


def _library(*arrays: Any) -> Arrays:
    library = library_of(*arrays)
    assert library is not None, "such functions are of other libraries than NumPy"
    return library
