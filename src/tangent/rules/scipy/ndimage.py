"""Rules of the filters and the interpolation of `scipy.ndimage`.

What follows the parameter `output` of a function has to be passed by name.  A constant behind the edges (`cval`) other
than 0 is known to `correlate` and `convolve` alone: with it the other functions are not linear.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, special

from tangent.rules.definitions import defines
from tangent.rules.registry import adjoint, bilinear, d, linear, nondifferentiable, tangent_
from tangent.runtime import (
    along_points,
    along_points_transpose,
    centre_of,
    correlate1d_taps,
    correlate1d_transpose,
    correlate_taps,
    correlate_transpose,
    gaussian1d_transpose,
    gaussian_laplace_transpose,
    gaussian_transpose,
    grid_points,
    interpolated,
    interpolated_transpose,
    laplace_transpose,
    plane_of_rotation,
    point_gradient,
    prewitt_transpose,
    shape_around,
    shift_transpose,
    sobel_transpose,
    spline1d_transpose,
    spline_transpose,
    unarray,
    uniform_transpose,
    zoom_transpose,
)

# --- correlations


@bilinear(ndimage.correlate1d)
def correlate1d(y, input, weights, axis=-1, *, mode="reflect", origin=0):
    d[input] = correlate1d_transpose(d[y], weights, axis, mode, origin)
    d[weights] = correlate1d_taps(d[y], input, weights, axis, mode, 0.0, origin)


@adjoint(ndimage.correlate1d)
def correlate1d_beside(y, input, weights, axis=-1, *, mode="reflect", cval, origin=0):
    d[input] = correlate1d_transpose(d[y], weights, axis, mode, origin)
    d[weights] = correlate1d_taps(d[y], input, weights, axis, mode, cval, origin)


@tangent_(ndimage.correlate1d)
def correlate1d_beside_tangent(y, input, weights, axis=-1, *, mode="reflect", cval, origin=0):
    change = ndimage.correlate1d(d[input], weights, axis, mode=mode, origin=origin)
    d[y] = change + ndimage.correlate1d(input, d[weights], axis, mode=mode, cval=cval, origin=origin)


@bilinear(ndimage.correlate)
def correlate(y, input, weights, *, mode="reflect", origin=0):
    d[input] = correlate_transpose(d[y], weights, mode, origin)
    d[weights] = correlate_taps(d[y], input, weights, mode, 0.0, origin)


@adjoint(ndimage.correlate)
def correlate_beside(y, input, weights, *, mode="reflect", cval, origin=0):
    d[input] = correlate_transpose(d[y], weights, mode, origin)
    d[weights] = correlate_taps(d[y], input, weights, mode, cval, origin)


@tangent_(ndimage.correlate)
def correlate_beside_tangent(y, input, weights, *, mode="reflect", cval, origin=0):
    change = ndimage.correlate(d[input], weights, mode=mode, origin=origin)
    d[y] = change + ndimage.correlate(input, d[weights], mode=mode, cval=cval, origin=origin)


@defines(ndimage.convolve1d)
def convolve1d(input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0):
    shift = -origin - (len(weights) % 2 == 0)
    return ndimage.correlate1d(input, np.flip(weights), axis, mode=mode, cval=cval, origin=shift)


@defines(ndimage.convolve)
def convolve(input, weights, *, mode="reflect", cval=0.0, origin=0):
    shifts = [-origin - (size % 2 == 0) for size in np.shape(weights)]
    return ndimage.correlate(input, np.flip(weights), mode=mode, cval=cval, origin=shifts)


# --- filters of known weights


@linear(ndimage.gaussian_filter)
def gaussian_filter(y, input, sigma, order=0, *, mode="reflect", truncate=4.0, radius=None):
    d[input] = gaussian_transpose(d[y], sigma, order, mode, truncate, radius)


@linear(ndimage.gaussian_filter1d)
def gaussian_filter1d(y, input, sigma, axis=-1, order=0, *, mode="reflect", truncate=4.0, radius=None):
    d[input] = gaussian1d_transpose(d[y], sigma, axis, order, mode, truncate, radius)


@linear(ndimage.uniform_filter)
def uniform_filter(y, input, size=3, *, mode="reflect", origin=0):
    d[input] = uniform_transpose(d[y], size, mode, origin)


@linear(ndimage.uniform_filter1d)
def uniform_filter1d(y, input, size, axis=-1, *, mode="reflect", origin=0):
    d[input] = correlate1d_transpose(d[y], np.full(size, 1.0 / size), axis, mode, origin)


@linear(ndimage.sobel)
def sobel(y, input, axis=-1, *, mode="reflect"):
    d[input] = sobel_transpose(d[y], axis, mode)


@linear(ndimage.prewitt)
def prewitt(y, input, axis=-1, *, mode="reflect"):
    d[input] = prewitt_transpose(d[y], axis, mode)


@linear(ndimage.laplace)
def laplace(y, input, *, mode="reflect"):
    d[input] = laplace_transpose(d[y], mode)


@linear(ndimage.gaussian_laplace)
def gaussian_laplace(y, input, sigma, *, mode="reflect"):
    d[input] = gaussian_laplace_transpose(d[y], sigma, mode)


@defines(ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(input, sigma, *, mode="reflect"):
    squares = np.zeros(np.shape(input))
    for order in np.eye(np.ndim(input), dtype=int):
        squares = squares + ndimage.gaussian_filter(input, sigma, order, mode=mode) ** 2
    return np.sqrt(squares)


# --- interpolation by splines


@linear(ndimage.spline_filter)
def spline_filter(y, input, order=3, *, mode="mirror"):
    d[input] = spline_transpose(d[y], order, mode)


@linear(ndimage.spline_filter1d)
def spline_filter1d(y, input, order=3, axis=-1, *, mode="mirror"):
    d[input] = spline1d_transpose(d[y], order, axis, mode)


@linear(ndimage.shift)
def shift(y, input, shift, *, order=3, mode="constant", prefilter=True):
    d[input] = shift_transpose(d[y], shift, order, mode, prefilter)


@linear(ndimage.zoom)
def zoom(y, input, zoom, *, order=3, mode="constant", prefilter=True, grid_mode=False):
    d[input] = zoom_transpose(d[y], input, zoom, order, mode, prefilter, grid_mode)


# By the coordinates, a spline of order 1 has the slope to the right at its kinks, and one of order 0 has none.
@adjoint(ndimage.map_coordinates)
def map_coordinates(y, input, coordinates, *, order=3, mode="constant", prefilter=True):
    d[input] = interpolated_transpose(d[y], input, coordinates, order, mode, prefilter)
    d[coordinates] = unarray(point_gradient(d[y], input, coordinates, order, mode, prefilter), coordinates)


@tangent_(ndimage.map_coordinates)
def map_coordinates_tangent(y, input, coordinates, *, order=3, mode="constant", prefilter=True):
    change = interpolated(d[input], coordinates, order, mode, prefilter)
    d[y] = change + along_points(input, coordinates, d[coordinates], order, mode, prefilter)


@defines(ndimage.affine_transform)
def affine_transform(
    input, matrix, offset=0.0, output_shape=None, *, order=3, mode="constant", prefilter=True
):
    count, shape = np.ndim(input), np.shape(input) if output_shape is None else output_shape
    if np.ndim(matrix) == 1:
        square, start = np.diag(matrix), offset + np.zeros(count)
    elif np.shape(matrix)[1] == count + 1:  # homogeneous: the offset is the last column
        square, start = matrix[:count, :count], matrix[:count, count]
    else:
        square, start = matrix, offset + np.zeros(count)
    coordinates = square @ grid_points(shape) + start[:, None]
    values = ndimage.map_coordinates(input, coordinates, order=order, mode=mode, prefilter=prefilter)
    return np.reshape(values, shape)


@defines(ndimage.rotate)
def rotate(input, angle, axes=(1, 0), reshape=True, *, order=3, mode="constant", prefilter=True):
    other, along, across = plane_of_rotation(axes, np.ndim(input))
    matrix = other + special.cosdg(angle) * along + special.sindg(angle) * across
    shape = shape_around(matrix, np.shape(input)) if reshape else np.shape(input)
    coordinates = matrix @ (grid_points(shape) - centre_of(shape)) + centre_of(np.shape(input))
    values = ndimage.map_coordinates(input, coordinates, order=order, mode=mode, prefilter=prefilter)
    return np.reshape(values, shape)


# --- the transposes


@bilinear(correlate1d_transpose)
def correlate1d_transpose_(y, b, weights, axis=-1, mode="reflect", origin=0):
    d[b] = ndimage.correlate1d(d[y], weights, axis, mode=mode, origin=origin)
    d[weights] = correlate1d_taps(b, d[y], weights, axis, mode, 0.0, origin)


@bilinear(correlate_transpose)
def correlate_transpose_(y, b, weights, mode="reflect", origin=0):
    d[b] = ndimage.correlate(d[y], weights, mode=mode, origin=origin)
    d[weights] = correlate_taps(b, d[y], weights, mode, 0.0, origin)


@adjoint(correlate1d_taps, constant=("weights",))
def correlate1d_taps_(y, b, input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    d[b] = ndimage.correlate1d(input, d[y], axis, mode=mode, cval=cval, origin=origin)
    d[input] = correlate1d_transpose(b, d[y], axis, mode, origin)


@tangent_(correlate1d_taps, constant=("weights",))
def correlate1d_taps_tangent(y, b, input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    change = correlate1d_taps(d[b], input, weights, axis, mode, cval, origin)
    d[y] = change + correlate1d_taps(b, d[input], weights, axis, mode, 0.0, origin)


@adjoint(correlate_taps, constant=("weights",))
def correlate_taps_(y, b, input, weights, mode="reflect", cval=0.0, origin=0):
    d[b] = ndimage.correlate(input, d[y], mode=mode, cval=cval, origin=origin)
    d[input] = correlate_transpose(b, d[y], mode, origin)


@tangent_(correlate_taps, constant=("weights",))
def correlate_taps_tangent(y, b, input, weights, mode="reflect", cval=0.0, origin=0):
    change = correlate_taps(d[b], input, weights, mode, cval, origin)
    d[y] = change + correlate_taps(b, d[input], weights, mode, 0.0, origin)


@linear(gaussian_transpose)
def gaussian_transpose_(y, b, sigma, order=0, mode="reflect", truncate=4.0, radius=None):
    d[b] = ndimage.gaussian_filter(d[y], sigma, order, mode=mode, truncate=truncate, radius=radius)


@linear(gaussian1d_transpose)
def gaussian1d_transpose_(y, b, sigma, axis=-1, order=0, mode="reflect", truncate=4.0, radius=None):
    d[b] = ndimage.gaussian_filter1d(d[y], sigma, axis, order, mode=mode, truncate=truncate, radius=radius)


@linear(uniform_transpose)
def uniform_transpose_(y, b, size=3, mode="reflect", origin=0):
    d[b] = ndimage.uniform_filter(d[y], size, mode=mode, origin=origin)


@linear(sobel_transpose)
def sobel_transpose_(y, b, axis=-1, mode="reflect"):
    d[b] = ndimage.sobel(d[y], axis, mode=mode)


@linear(prewitt_transpose)
def prewitt_transpose_(y, b, axis=-1, mode="reflect"):
    d[b] = ndimage.prewitt(d[y], axis, mode=mode)


@linear(laplace_transpose)
def laplace_transpose_(y, b, mode="reflect"):
    d[b] = ndimage.laplace(d[y], mode=mode)


@linear(gaussian_laplace_transpose)
def gaussian_laplace_transpose_(y, b, sigma, mode="reflect"):
    d[b] = ndimage.gaussian_laplace(d[y], sigma, mode=mode)


@linear(spline_transpose)
def spline_transpose_(y, b, order=3, mode="mirror"):
    d[b] = ndimage.spline_filter(d[y], order, mode=mode)


@linear(spline1d_transpose)
def spline1d_transpose_(y, b, order=3, axis=-1, mode="mirror"):
    d[b] = ndimage.spline_filter1d(d[y], order, axis, mode=mode)


@linear(shift_transpose)
def shift_transpose_(y, b, shift, order=3, mode="constant", prefilter=True):
    d[b] = ndimage.shift(d[y], shift, order=order, mode=mode, prefilter=prefilter)


@linear(zoom_transpose, constant=("input",))
def zoom_transpose_(y, b, input, zoom, order=3, mode="constant", prefilter=True, grid_mode=False):
    d[b] = ndimage.zoom(d[y], zoom, order=order, mode=mode, prefilter=prefilter, grid_mode=grid_mode)


@adjoint(interpolated)
def interpolated_(y, input, coordinates, order=3, mode="constant", prefilter=True, orders=()):
    d[input] = interpolated_transpose(d[y], input, coordinates, order, mode, prefilter, orders)
    d[coordinates] = unarray(point_gradient(d[y], input, coordinates, order, mode, prefilter, orders), coordinates)


@tangent_(interpolated)
def interpolated_tangent(y, input, coordinates, order=3, mode="constant", prefilter=True, orders=()):
    change = interpolated(d[input], coordinates, order, mode, prefilter, orders)
    d[y] = change + along_points(input, coordinates, d[coordinates], order, mode, prefilter, orders)


@adjoint(interpolated_transpose, constant=("input",))
def interpolated_transpose_(y, b, input, coordinates, order=3, mode="constant", prefilter=True, orders=()):
    d[b] = interpolated(d[y], coordinates, order, mode, prefilter, orders)
    d[coordinates] = unarray(point_gradient(b, d[y], coordinates, order, mode, prefilter, orders), coordinates)


@tangent_(interpolated_transpose, constant=("input",))
def interpolated_transpose_tangent(y, b, input, coordinates, order=3, mode="constant", prefilter=True, orders=()):
    change = interpolated_transpose(d[b], input, coordinates, order, mode, prefilter, orders)
    d[y] = change + along_points_transpose(
        b, input, coordinates, d[coordinates], order, mode, prefilter, orders
    )


nondifferentiable(
    centre_of, grid_points, plane_of_rotation, shape_around,
    ndimage.label, ndimage.find_objects, ndimage.maximum_position, ndimage.minimum_position, ndimage.binary_dilation,
    ndimage.binary_erosion, ndimage.binary_opening, ndimage.binary_closing, ndimage.binary_fill_holes,
)
