"""What the libraries before this one get wrong without an error, each class with several programs.

Every program gives the right number in every mode, optimized and raw.  Programs added with `refused=True`
share mutable values in a way that may be refused instead; which of them are is fixed in `REFUSED`.
"""

import copy
import functools
import importlib
import linecache
import sys

import numpy as np
import pytest

import tangent
from tangent.errors import AliasError, TangentError, UnsupportedError
from tests.from_text import function_from
from tests.numeric import identical
from tests.programs import another_module, other_module
from tests.programs.case import Corpus
from tests.programs.checking import outcome
from tests.programs.modes import MODES

X = 0.7
V = np.array([0.3, -0.7, 1.1])
V4 = np.array([0.9, -0.4, 0.6, 1.3])
P = np.array([1.3, 0.7, 2.1])
M = np.array([[0.5, 1.2, 0.8], [1.1, 0.4, 0.6]])

CLASSES: dict[str, Corpus] = {}


def add(kind, function, *arguments, wrt=(0,), refused=False, label=""):
    CLASSES.setdefault(kind, Corpus()).add(function, *arguments, wrt=wrt, label=label, optional=refused)


# A divisor or an exponent that was broadcast

BROADCAST = "broadcast operand"


def normalized_by_the_sum_of_another(w, x):
    return np.sum(w / np.sum(x))


def normalized_rows(x):
    return np.sum((x / np.sum(x, axis=1, keepdims=True)) ** 2)


def scalar_exponent(x, p):
    return np.sum(x**p)


def vector_over_matrix(x, w):
    return np.sum(x / w) + np.sum(w / x)


def column_divisor(w):
    return np.sum(w / w[:, :1]) + np.sum(w[:1] ** w)


def scalar_minus_and_compare(x, w):
    return np.sum((x - w) ** 2) + np.sum(np.maximum(x, w)) + np.sum(np.where(w > 0.7, x, w) ** 2)


def augmented_broadcast(w, x, s):
    y = w * 1.0
    y /= x
    y **= s
    y -= x * s
    return np.sum(y * w)


def broadcast_bias_in_a_loop(x, b):
    y = b
    for _ in range(2):
        y = np.tanh(x * y + b)
    return np.sum(y)


def power_of_arrays_both_ways(x, w):
    return np.sum(x**w) + np.sum(w**x) + np.sum(np.power(2.0, x))


def matrix_product_kinds(w, x, y):
    return x @ x + np.sum(w @ x) + np.sum(y @ w) + np.sum(y @ w @ x * x) + np.sum((w.T @ w) @ x)


add(BROADCAST, normalized_by_the_sum_of_another, M, P, wrt=(0, 1))
add(BROADCAST, normalized_by_the_sum_of_another, P, M, wrt=(0, 1), label="smaller")
add(BROADCAST, normalized_rows, M)
add(BROADCAST, scalar_exponent, P, 1.7, wrt=(0, 1))
add(BROADCAST, scalar_exponent, M, P, wrt=(0, 1), label="vector")
add(BROADCAST, scalar_exponent, 1.7, M, wrt=(0, 1), label="base")
add(BROADCAST, vector_over_matrix, P, M, wrt=(0, 1))
add(BROADCAST, vector_over_matrix, X, M, wrt=(0, 1), label="scalar")
add(BROADCAST, vector_over_matrix, np.array([[0.4], [0.9]]), M, wrt=(0, 1), label="column")
add(BROADCAST, vector_over_matrix, np.array([[0.4], [0.9]]), P, wrt=(0, 1), label="outer")
add(BROADCAST, column_divisor, M)
add(BROADCAST, scalar_minus_and_compare, X, M, wrt=(0, 1))
add(BROADCAST, scalar_minus_and_compare, P, M + 0.01, wrt=(0, 1), label="vector")
add(BROADCAST, augmented_broadcast, M, P, 1.3, wrt=(0, 1, 2))
add(BROADCAST, broadcast_bias_in_a_loop, M, X, wrt=(0, 1))
add(BROADCAST, broadcast_bias_in_a_loop, M, P, wrt=(0, 1), label="vector")
add(BROADCAST, power_of_arrays_both_ways, P, M, wrt=(0, 1))
add(BROADCAST, matrix_product_kinds, M, P, np.array([0.4, 0.9]), wrt=(0, 1, 2))


# Overwriting part of an array that was already used

OVERWRITE = "partial overwrite"


def overwrite_square(x):
    y = x * x
    y[1] = 0.0
    return np.sum(y * y)


def overwrite_between_uses(x):
    y = x * x
    a = np.sum(y * y)
    y[1] = x[0]
    return a * np.sum(y * y)


def multiply_element(x):
    y = x * x
    y[0] *= x[1]
    return y[0] * y[0] + y[1]


def shifted_products(x):
    y = x * x
    y[1:] += x[:-1] * x[1:]
    return np.sum(y * y)


def overwrite_what_exp_saved(x):
    y = np.exp(x)
    z = y * y
    y[0] = 2.0
    return np.sum(z * y)


def overwrite_what_the_product_saved(x, w):
    a = w * 2.0
    y = a @ x
    a[0] = 0.0
    return np.sum(y * y) + np.sum(a)


def overwrite_in_a_loop(x):
    y = x * 1.0
    s = 0.0
    for i in range(3):
        s += np.sum(y * y)
        y[i] = s * x[i]
    return s


def overwrite_the_argument_of_a_kept_view(x):
    y = x * 1.0
    s = y[1:] * y[:-1]
    y[1] = 5.0
    return np.sum(s) * y[0]


def overwrite_after_list(x):
    y = x * x
    parts = [np.sum(y), np.sum(y * y)]
    y[0] = 1.0
    return parts[0] * parts[1] * np.sum(y * y)


def augment_whole_array_used_before(x):
    y = x * x
    z = np.sin(y) * y
    y += 1.0
    y *= z
    return np.sum(y * z)


def overwrite_under_condition(x, flag):
    y = x * x
    z = y * y
    if flag:
        y[1] = z[0]
    return np.sum(z * y)


def multiply_by_itself_shifted(x):
    y = x * 1.0
    y[1:] *= y[:-1]
    y[0] = y[2] ** 2
    return np.sum(y * y)


for f in (
    overwrite_square,
    overwrite_between_uses,
    multiply_element,
    shifted_products,
    overwrite_what_exp_saved,
    overwrite_in_a_loop,
    overwrite_the_argument_of_a_kept_view,
    overwrite_after_list,
    augment_whole_array_used_before,
    multiply_by_itself_shifted,
):
    add(OVERWRITE, f, V)
add(OVERWRITE, overwrite_what_the_product_saved, V, M, wrt=(0, 1))
add(OVERWRITE, overwrite_under_condition, V, True, label="written")
add(OVERWRITE, overwrite_under_condition, V, False, label="kept")


# An alias or a view that is written through

ALIAS = "alias"


def alias_written(x):
    y = x * x
    z = y
    z[0] = x[1] * x[2]
    return np.sum(y * z)


def alias_of_the_argument(x):
    y = x
    y[0] = y[1] * y[1]
    return np.sum(x * y)


def alias_read_after_source_written(x):
    y = x * x
    z = y
    y[0] = 2.0
    return np.sum(z * z)


def alias_augmented(x):
    y = x * x
    z = y
    z += x
    return np.sum(y * y)


def alias_augmented_by_scalar(x):
    y = x * x
    z = y
    z *= 2.0
    y[0] = z[1] * z[1]
    return np.sum(y * z)


def rebinding_is_no_alias(x):
    y = x * x
    z = y
    z = z + x
    z[0] = 7.0
    return np.sum(y * z)


def augmented_scalar_is_no_alias(x):
    y = x[0] * x[1]
    z = y
    z += x[2]
    return y * z


def copy_is_no_alias(x):
    y = x * x
    z = y.copy()
    w = np.array(y)
    z[0] = x[1]
    w[1] *= x[0]
    return np.sum(y * z * w)


def view_written(x):
    y = x * x
    v = y[1:]
    v[0] = x[0] * x[0]
    return np.sum(y * y)


def view_read_after_base_written(x):
    y = x * x
    v = y[1:]
    y[1] = 3.0 * x[0]
    return np.sum(v * v) * y[0]


def view_augmented(x):
    y = x * x
    v = y[:2]
    v += x[1:]
    v *= v
    return np.sum(y * y)


def view_of_a_view(x):
    y = x * x
    v = y[1:]
    u = v[::-1]
    u[0] = x[0]
    u[1] *= 2.0
    return np.sum(y * y) + np.sum(v)


def row_view(w):
    y = w * w
    row = y[0]
    row[1] = w[1, 1] * w[1, 2]
    return np.sum(y * y)


def transposed_view(w):
    y = w * w
    t = y.T
    t[0] = np.array([w[0, 0], 2.0])
    return np.sum(y * y)


def reshaped_view(w):
    y = w * w
    flat = y.reshape(6)
    flat[2] = w[0, 0] * w[1, 1]
    rows = np.ravel(y)
    rows[0] *= w[1, 0]
    return np.sum(y * y)


def new_axis_view(x):
    y = x * x
    column = y[:, None]
    column[0] = x[1] * x[1]
    return np.sum(y * y)


def fancy_index_is_no_view(x):
    y = x * x
    v = y[[0, 1]]
    v[0] = x[2]
    u = y[y > 0.2]
    u[0] = 5.0
    return np.sum(y * y) * np.sum(v) * np.sum(u)


def alias_in_a_branch(x, flag):
    y = x * x
    z = x * 2.0
    if flag:
        z = y
    z[0] = x[1]
    return np.sum(y * z)


def increments(y):
    y += 1.0
    return np.sum(y)


def doubles_what_increments(x):
    return increments(x) * 2.0


def argument_changed_two_calls_away(x):
    y = x * 1.0
    total = doubles_what_increments(y)
    return total + np.sum(y * y)


def increments_inside(x):
    def increment(y):
        y += 1.0
        return np.sum(y)

    return increment(x)


def argument_changed_by_an_inner_function(x):
    y = x * 1.0
    total = increments_inside(y)
    return total + np.sum(y * y)


def part_changed_by_an_inner_function(x):
    def tail():
        return x[1:]

    part = tail()
    part += 1.0
    return np.sum(part)


def argument_changed_through_a_part(x):
    y = x * 1.0
    total = part_changed_by_an_inner_function(y)
    return total + np.sum(y * y)


def alias_of_a_value_without_a_name(x):
    parts = [x * 2.0, np.exp(np.tanh(x))]
    chosen = np.array([x[0], x[1], 1.0]) if x[0] > 5.0 else parts[1]
    chosen[1] += 1.5
    return np.sum(chosen) + np.sum(parts[1] * parts[1])


def alias_by_conditional_expression(x, flag):
    y = x * x
    z = x * 2.0
    w = y if flag else z
    w[0] = x[1]
    return np.sum(y * z)


def alias_in_a_loop(x):
    y = x * x
    z = x * 3.0
    for i in range(3):
        z[i] = y[i] * x[i]
        y = z
    return np.sum(y * z)


def alias_swapped_buffers(x):
    a = x * x
    b = np.zeros(3)
    for i in range(3):
        b[i] = np.sum(a) * x[i]
        a, b = b, a
    return np.sum(a * a) + np.sum(b)


def array_in_two_lists(x):
    y = x * x
    first = [y, x]
    second = [y]
    second[0][1] = x[0]
    return np.sum(first[0] * first[0])


def array_in_a_list_and_a_name(x):
    y = x * x
    parts = [y]
    y[0] = x[1] * x[1]
    return np.sum(parts[0] * parts[0]) + y[0]


def array_in_a_tuple_and_a_name(x):
    y = x * x
    pair = (y, x)
    y[0] = x[1] * x[1]
    return np.sum(pair[0] * pair[0])


def array_in_a_dict_and_a_name(x):
    y = x * x
    p = {"a": y}
    p["a"][0] = x[1] * x[1]
    return np.sum(y * y)


def array_appended_twice(x):
    y = x * x
    parts = []
    parts.append(y)
    parts.append(y)
    parts[0][0] = x[1]
    return np.sum(parts[1] * parts[1])


def array_appended_then_written(x):
    y = np.zeros(3)
    history = []
    for i in range(3):
        y[i] = x[i] * x[i]
        history.append(y)
    return np.sum(history[0] * history[2])


def array_appended_as_copy(x):
    y = np.zeros(3)
    history = []
    for i in range(3):
        y[i] = x[i] * x[i]
        history.append(y.copy())
    return np.sum(history[0] * history[2]) + np.sum(history[1] ** 2)


def list_alias(x):
    a = [x, x * x]
    b = a
    b[0] = 3.0 * x
    b.append(np.sin(x))
    return a[0] * a[1] * a[2]


def list_alias_augmented(x):
    a = [x, x * x]
    b = a
    b += [np.sin(x)]
    return a[2] * a[1]


def list_in_a_list(x):
    inner = [x]
    outer = [inner, inner]
    outer[0].append(x * x)
    return outer[1][1] * inner[0]


def list_multiplied(x):
    rows = [[x, 1.0]] * 2
    rows[0][1] = x * x
    return rows[1][1] * rows[0][0]


def dict_alias(x):
    p = {"a": x * x}
    q = p
    q["a"] = np.sin(x)
    q["b"] = x
    return p["a"] * p["b"]


def same_row_twice(w):
    rows = [w[0] * 1.0] * 2
    rows[0][0] = w[1, 0]
    return np.sum(rows[1] * rows[1])


def loop_variable_is_a_view(w):
    y = w * w
    for row in y:
        row[0] = row[1] * row[2]
    return np.sum(y * y)


def unpacked_rows_are_views(w):
    y = w * w
    a, b = y
    a[0] = b[1] * b[1]
    return np.sum(y * y)


def loop_over_arrays_in_a_list(x):
    parts = [x * 1.0, x * x]
    for p in parts:
        p[0] *= p[1]
    return np.sum(parts[0] * parts[1])


def asarray_is_an_alias(x):
    y = x * x
    z = np.asarray(y)
    z[0] = x[1]
    return np.sum(y * y)


def written_with_itself(x):
    y = x * x
    y[:] = y
    y[1:] = y[:-1]
    return np.sum(y * y * x)


def reversed_in_place(x):
    y = x * x
    y[:] = y[::-1]
    return np.sum(y * x)


def same_array_as_both_operands_of_the_write(x):
    y = x * x
    y[0], y[1] = y[1], y[0]
    y[:2], y[1:] = y[1:] * 1.0, y[:2] * 2.0
    return np.sum(y * y * x)


def alias_of_a_scalar_zero_dimensional(x):
    y = x * x
    z = y
    z += 1.0
    return y * z


def row_aliases_in_a_list(w):
    y = w * w
    rows = [y[0], y[1]]
    rows[0][0] = rows[1][1] * rows[1][1]
    y[1, 2] = rows[0][0]
    return np.sum(rows[0] * rows[1])


def item_augmented_in_place(x):
    y = x * x
    parts = [y]
    parts[0] += x
    return np.sum(y * y)


def dict_item_augmented_in_place(x):
    y = x * x
    p = {"a": y}
    p["a"] *= x
    return np.sum(y * p["a"])


def items_augmented_in_a_loop(x):
    y = x * 1.0
    parts = [y, x * 2.0]
    a = sum(parts)
    for i in range(len(parts)):
        parts[i] *= sum(parts)
    return np.sum(a * y)


def dict_array_written_in_a_loop(x):
    y = x * 1.0
    p = {"a": y, "b": 1.0}
    a = p["a"] * p["b"]
    for i in range(2):
        p["a"][i] = 2.0
    return np.sum(a * y)


def zero_dimensional_items_augmented_in_a_loop(x):
    parts = [1.0, x]
    a = sum(parts)
    for i in range(len(parts)):
        parts[i] *= sum(parts)
    return a + x


def popped_from_the_argument_and_written(parts):
    z = np.square(parts[0])
    y = parts.pop()
    y[:-1] *= z[1:]
    return np.sum(y * y)


def two_items_of_one_list(parts):
    parts[0] = parts[1]
    parts[0][0] = 2.0
    return np.sum(parts[1] * parts[0])


def element_of_the_argument_written(parts):
    y = parts[0]
    y[0] = y[1] * y[1]
    return np.sum(parts[0] * y) + np.sum(parts[1])


def zero_dimensional_item_augmented(x):
    p = {"a": x, "c": x}
    p["c"] += x * x
    return p["a"] * p["c"]


def nested_list_filled_after_append(x):
    grid = []
    for i in range(3):
        row = []
        grid.append(row)
        row.append(x * i)
    return grid[2][0] * grid[1][0]


def element_list_appended(x):
    grid = [[x], [x * x]]
    row = grid[0]
    row.append(x * 2.0)
    return len(grid[0]) * x * grid[0][1]


def list_in_a_dict(x):
    p = {"a": [x]}
    p["a"].append(x * x)
    q = p["a"]
    q[0] = 5.0 * x
    return p["a"][0] * p["a"][1]


for f in (
    alias_written,
    item_augmented_in_place,
    dict_item_augmented_in_place,
    alias_of_the_argument,
    alias_read_after_source_written,
    alias_augmented,
    alias_augmented_by_scalar,
    rebinding_is_no_alias,
    augmented_scalar_is_no_alias,
    copy_is_no_alias,
    view_written,
    view_read_after_base_written,
    view_augmented,
    view_of_a_view,
    new_axis_view,
    fancy_index_is_no_view,
    alias_in_a_loop,
    alias_swapped_buffers,
    array_in_two_lists,
    array_in_a_list_and_a_name,
    array_in_a_tuple_and_a_name,
    array_in_a_dict_and_a_name,
    array_appended_twice,
    array_appended_then_written,
    array_appended_as_copy,
    loop_over_arrays_in_a_list,
    asarray_is_an_alias,
    written_with_itself,
    reversed_in_place,
    same_array_as_both_operands_of_the_write,
):
    exact = (
        "is_no_alias",
        "is_no_view",
        "as_copy",
        "with_itself",
        "reversed_in_place",
        "augmented_scalar",
        "both_operands",
    )
    add(ALIAS, f, V, refused=not any(word in f.__name__ for word in exact))
for f in (row_view, transposed_view, reshaped_view, loop_variable_is_a_view, unpacked_rows_are_views):
    add(ALIAS, f, M, refused=True)
for f in (same_row_twice, row_aliases_in_a_list):
    add(ALIAS, f, M, refused=True)
for f in (items_augmented_in_a_loop, dict_array_written_in_a_loop):
    add(ALIAS, f, V, refused=True)
for f in (popped_from_the_argument_and_written, two_items_of_one_list, element_of_the_argument_written):
    add(ALIAS, f, [V, V4[:3]], refused=True)
add(ALIAS, zero_dimensional_items_augmented_in_a_loop, np.array(X), refused=True)
add(ALIAS, zero_dimensional_items_augmented_in_a_loop, X, label="number")
add(ALIAS, zero_dimensional_item_augmented, np.array(X), refused=True)
add(ALIAS, zero_dimensional_item_augmented, X, label="number")
for f in (nested_list_filled_after_append, element_list_appended, list_in_a_dict):
    add(ALIAS, f, X, refused=True)
for f in (list_alias, list_alias_augmented, list_in_a_list, list_multiplied, dict_alias):
    add(ALIAS, f, X, refused=True)
for flag in (True, False):
    add(ALIAS, alias_in_a_branch, V, flag, refused=True, label=str(flag))
    add(ALIAS, alias_by_conditional_expression, V, flag, refused=True, label=str(flag))
add(ALIAS, alias_of_a_value_without_a_name, V, refused=True)
for f in (
    argument_changed_two_calls_away, argument_changed_by_an_inner_function, argument_changed_through_a_part,
):
    add(ALIAS, f, V, refused=True)
add(ALIAS, alias_of_a_scalar_zero_dimensional, np.array(X), refused=True)
add(ALIAS, alias_of_a_scalar_zero_dimensional, X, refused=True, label="number")


# A callee that writes into its argument

CALLEE = "callee writes"


def set_first(a, value):
    a[0] = value


def square_in_place(a):
    for i in range(len(a)):
        a[i] = a[i] * a[i]


def scale_in_place(a, s):
    a *= s
    return a


def grow(stack, value):
    stack.append(value * value)
    return len(stack)


def put(p, value):
    p["a"] = p["b"] * value


def first_view(a):
    return a[:2]


def passes(a):
    return a


def cross(a, b):
    a[0] = b[1] * b[1]
    b[2] = a[0]


def set_deeper(a, value):
    set_first(a, value * a[1])


def set_or_not(a, value):
    if value > 0.0:
        a[0] = value
        return a[0]
    return value


def callee_writes_element(x):
    y = x * x
    z = y * y
    set_first(y, x[1] * x[2])
    return np.sum(y * z)


def callee_squares(x):
    y = x * x
    s = np.sum(y * y)
    square_in_place(y)
    square_in_place(y)
    return np.sum(y) * s


def callee_scales_and_returns(x):
    y = x * x
    z = scale_in_place(y, x[0])
    return np.sum(y * z)


def callee_appends(x):
    stack = []
    for i in range(3):
        n = grow(stack, x * i)
    return stack[1] * stack[2] * n


def callee_writes_a_dict(x):
    p = {"a": x, "b": x * x}
    put(p, np.sin(x))
    put(p, p["a"])
    return p["a"] * p["b"]


def callee_returns_a_view(x):
    y = x * x
    v = first_view(y)
    v[0] = x[2] * x[2]
    return np.sum(y * y)


def callee_returns_its_argument(x):
    y = x * x
    z = passes(y)
    z[0] = x[2] * x[2]
    return np.sum(y * y)


def callee_gets_one_array_twice(x):
    y = x * x
    cross(y, y)
    return np.sum(y * y)


def callee_gets_overlapping_views(x):
    y = x * x
    cross(y, y[::-1])
    return np.sum(y * y)


def callee_writes_a_row(w):
    y = w * w
    set_first(y[1], w[0, 0] * w[0, 1])
    square_in_place(y[0])
    return np.sum(y * y)


def callee_writes_the_caller_argument(x):
    set_first(x, x[1] * x[1])
    square_in_place(x)
    return np.sum(x * x)


def callee_of_callee_writes(x):
    y = x * x
    set_deeper(y, x[2])
    set_deeper(y, y[0])
    return np.sum(y * y)


def callee_writes_an_inactive_array(x):
    y = np.zeros(3)
    set_first(y, x * x)
    square_in_place(y)
    return y[0] * x


def callee_writes_in_a_branch(x, sign):
    y = x * x
    r = set_or_not(y, x[0] * sign)
    return np.sum(y * y) * r


def callee_writes_a_list_element(x):
    parts = [x * 1.0, x * x]
    set_first(parts[1], x[0] * x[0])
    return np.sum(parts[1] * parts[0])


def callee_scales_by_name(x):
    y = x * x
    scale_in_place(y, x[0])
    y = y * 3.0
    scale_in_place(y, x[1])
    return np.sum(y * y)


def rebinds_sometimes(a, sign):
    if sign > 0.0:
        a = a * 2.0
    a[0] = 7.0 * sign
    return np.sum(a * a)


def callee_rebinds_sometimes(x):
    y = x * x
    s = rebinds_sometimes(y, 1.0) + np.sum(y * y)
    return s * rebinds_sometimes(y, -1.0) + np.sum(y * y)


def rebinds_then_writes(a):
    a = a * 2.0
    a[0] = 7.0
    return np.sum(a)


def callee_rebinds(x):
    y = x * x
    return rebinds_then_writes(y) * np.sum(y * y)


def stores(parts, a):
    parts.append(a)
    a[0] = 3.0


def callee_stores_what_it_writes(x):
    parts = []
    y = x * x
    stores(parts, y)
    return np.sum(parts[0] * y)


def only_reads(a):
    for i in range(len(a)):
        if a[i] < 0.0:
            return a[i] * i
    return a[0]


def callee_only_reads(x):
    y = x * x
    y[0] *= only_reads(x)
    y[1] = only_reads(y - 0.5) * y[0]
    return np.sum(y * y)


for f in (
    callee_writes_element,
    callee_scales_by_name,
    callee_rebinds_sometimes,
    callee_rebinds,
    callee_stores_what_it_writes,
    callee_only_reads,
    callee_squares,
    callee_scales_and_returns,
    callee_returns_a_view,
    callee_returns_its_argument,
    callee_gets_one_array_twice,
    callee_gets_overlapping_views,
    callee_writes_the_caller_argument,
    callee_of_callee_writes,
    callee_writes_a_list_element,
):
    may = ("returns", "by_name", "sometimes", "stores", "twice", "overlapping", "list_element")
    add(CALLEE, f, V, refused=any(word in f.__name__ for word in may))
for f in (callee_appends, callee_writes_a_dict, callee_writes_an_inactive_array):
    add(CALLEE, f, X, refused=f is callee_writes_a_dict)
add(CALLEE, callee_writes_a_row, M, refused=True)
add(CALLEE, callee_writes_in_a_branch, V, 1.0, label="written")
add(CALLEE, callee_writes_in_a_branch, V, -1.0, label="kept")


# Writes in the middle of an expression or a condition

ORDER = "order of evaluation"


def put_first(a, value):
    a[0] = value
    return value


def write_in_a_conditional_expression(x, sign):
    y = x * x
    z = put_first(y, x[1]) if x[0] * sign > 0.0 else 1.0
    return np.sum(y * y) * z


def write_after_and(x, sign):
    y = x * x
    if x[0] * sign > 0.0 and put_first(y, x[1]) < 0.0:
        return np.sum(y * y)
    return np.sum(y) * 3.0


def write_in_a_while_condition(x):
    y = x * x
    n = 0
    while put_first(y, y[0] * 0.5) > 0.001:
        n += 1
    return np.sum(y * y) * n


def write_on_the_right_of_an_element(x):
    y = x * x
    y[1] += put_first(y, x[2])
    return np.sum(y * y)


def write_on_the_right_of_a_name(x):
    y = x * x
    y += put_first(y, x[2])
    return np.sum(y * y)


def write_in_an_operand(x):
    y = x * x
    return np.sum(y * put_first(y, x[2])) + np.sum(put_first(y, x[1]) * y)


def write_in_an_argument(x):
    y = x * x
    return np.dot(y, put_first(y, x[2]) * x)


def write_in_a_subscript(x):
    y = x * x
    z = y[int(put_first(y, 0.7 + 0.0 * x[0]) > 0.0)]
    return np.sum(y * y) * z


def write_in_a_display(x):
    y = x * x
    parts = [y[0], put_first(y, x[2]), y[0]]
    return parts[0] + parts[1] * parts[2] * np.sum(y)


def pop_twice(x):
    parts = [x, x * x, 3.0]
    return parts.pop() * parts.pop() ** 2 + parts[0]


def pop_in_a_conditional_expression(x):
    parts = [x, x * x, 3.0]
    a = parts.pop() if x > 0.0 else 1.0
    b = parts.pop() if x > 5.0 else 1.0
    return a * len(parts) * x + b * parts[-1]


def pop_in_a_while_condition(x):
    parts = [x, x * x, 3.0]
    y = x
    while parts and parts.pop() > 0.6:
        y = y * x + len(parts)
    return y * x


def pop_in_a_display(x):
    parts = [x, x * x, 3.0]
    others = [parts.pop(), parts.pop(0), len(parts)]
    parts.append(others.pop(0) * parts.pop())
    return others[0] * parts[0]


def index_before_pop(x):
    parts = [x, x * x, 3.0]
    return parts[0] * parts.pop(0) + parts[0]


for f in (
    write_in_a_while_condition,
    write_on_the_right_of_an_element,
    write_on_the_right_of_a_name,
    write_in_an_operand,
    write_in_an_argument,
    write_in_a_subscript,
    write_in_a_display,
):
    add(ORDER, f, V, refused=True)
for f in (write_in_a_conditional_expression, write_after_and):
    add(ORDER, f, V, 1.0, refused=True, label="written")
    add(ORDER, f, V, -1.0, refused=True, label="kept")
for f in (
    pop_twice,
    pop_in_a_conditional_expression,
    pop_in_a_while_condition,
    pop_in_a_display,
    index_before_pop,
):
    add(ORDER, f, X, refused=True)


# Repeated indices; the same element read twice

REPEATED = "repeated reads"


def repeated_list_index(x):
    return np.sum(x[[0, 0, 1]] ** 2)


def repeated_array_index(x):
    i = np.array([0, 2, 0, 0])
    return np.sum(x[i] * np.array([1.0, 2.0, 3.0, 4.0]))


def repeated_rows(w):
    return np.sum(w[[1, 1]] * w[[0, 1]]) + np.sum(w[[0, 0], [1, 1]])


def repeated_index_then_write(x):
    y = x[[0, 0, 1]]
    y[0] = y[1] * y[2]
    return np.sum(y * y)


def repeated_index_written(x):
    y = np.zeros(2)
    y[[0, 0, 1]] = x
    return np.sum(y * y)


def repeated_index_accumulated(x):
    y = np.ones(2)
    y[[0, 0, 1]] += x
    y[[1, 1, 0]] *= x
    return np.sum(y * y)


def element_twice(x):
    return x[1] * x[1]


def element_twice_in_a_loop(x):
    s = 0.0
    for i in range(3):
        s += x[i] * x[i] * x[-1]
    return s


def key_twice(p):
    return p["a"] * p["a"]


def key_twice_after_write(p):
    y = p["a"] * p["a"]
    p["a"] = y * p["b"]
    return p["a"] * p["a"] * y


def item_twice(parts):
    return parts[0] * parts[0] + parts[-2] * parts[1]


def slice_twice(x):
    return np.sum(x[1:] * x[1:]) * np.sum(x[1:] * x[:-1])


def argument_twice(x):
    return pair(x, x) + pair(x, pair(x, x))


def pair(a, b):
    return a * a * b


def list_of_the_same(x):
    parts = [x, x, x]
    return parts[0] * parts[1] * parts[2]


def zip_of_the_same(x):
    s = 1.0
    for a, b in zip(x, x):
        s = s * a + b * a
    return s


for f in (repeated_list_index, repeated_array_index, repeated_index_then_write, repeated_index_written):
    add(REPEATED, f, V)
for f in (repeated_index_accumulated, element_twice, element_twice_in_a_loop, slice_twice, zip_of_the_same):
    add(REPEATED, f, V)
add(REPEATED, repeated_rows, M)
add(REPEATED, key_twice, {"a": X, "b": 1.3})
add(REPEATED, key_twice, {"a": V, "b": [1.3]}, label="array")
add(REPEATED, key_twice_after_write, {"a": X, "b": 1.3})
add(REPEATED, item_twice, [X, 1.3])
add(REPEATED, argument_twice, X)
add(REPEATED, list_of_the_same, X)


# Integer arguments

INTEGER = "integer arguments"


def half(x):
    return np.sum(x * 0.5)


def mean_of_squares(x):
    return np.mean(x * x)


def elements_of(x):
    return x[0] * x[1] * 0.3 + 0.7 * x[2]


def loop_over_integers(x):
    y = 0.5
    for v in x:
        y = y * v + 0.5 * v
    return y


def integers_into_a_float_array(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[i] * 0.5
    y[0] *= x[1]
    return np.sum(y * y)


def integer_number(n):
    return n * 0.3 + n / 4


def integer_divided(n, x):
    return n / x + x / n


for f in (half, mean_of_squares, elements_of, loop_over_integers, integers_into_a_float_array):
    add(INTEGER, f, np.array([1, 2, 3]))
for f in (elements_of, loop_over_integers, integers_into_a_float_array):
    add(INTEGER, f, [1, 2, 3], label="list")
add(INTEGER, integer_number, 3)
add(INTEGER, integer_number, np.int64(3), label="numpy")
add(INTEGER, integer_divided, 3, 2, wrt=(0, 1))
add(INTEGER, integer_divided, np.array([3, 4]), 2, wrt=(0, 1), label="array")
add(INTEGER, half, np.array([1, 2, 3], dtype=np.int8), label="int8")
add(INTEGER, half, np.array([[1, 2], [3, 4]], dtype=np.uint8), label="uint8")


# Names: modules with the same globals, closures of one factory, one name for two functions

NAMES = "names"

scale = 10.0


def helper(x):
    return x * scale


def same_names_in_three_modules(x):
    return np.sum(other_module.scaled(x) * another_module.scaled(x) * helper(x))


def same_helpers_in_three_modules(x):
    return np.sum(other_module.shifted(x)) * np.sum(another_module.shifted(x)) + np.sum(helper(x)) * scale


def make_power(n, factor):
    def power(x):
        y = factor
        for _ in range(n):
            y = y * x
        return y

    return power


square, cube = make_power(2, 3.0), make_power(3, -1.5)


def closures_of_one_factory(x):
    return square(x) * cube(x) + cube(square(x))


def make_nested(inner):
    def outer(x):
        return inner(x) * scale * x

    return outer


nested_square, nested_cube = make_nested(square), make_nested(cube)


def closures_that_hold_closures(x):
    return nested_square(x) + nested_cube(x) * x


def make_lambdas():
    return [lambda x: x * x, lambda x: x * x * x], (lambda x: 2.0 * x, lambda x: x**4)


(l_square, l_cube), (l_double, l_fourth) = make_lambdas()


def lambdas_on_one_line(x):
    return l_square(x) + 2.0 * l_cube(x) + 3.0 * l_double(x) + 4.0 * l_fourth(x)


def shadowing(x, scale):
    np_sum = np.sum
    sum = np_sum(x)
    return helper(sum) * scale


def bound_by_default(x, f=2.0, scale=0.1):
    return x * f * scale


def calls_with_a_default(x):
    return bound_by_default(x) * bound_by_default(x, scale=x)


for f in (same_names_in_three_modules, same_helpers_in_three_modules):
    add(NAMES, f, V)
for f in (square, cube):
    add(NAMES, f, X, label=str(f.__closure__[1].cell_contents))
for f in (closures_of_one_factory, closures_that_hold_closures, lambdas_on_one_line, calls_with_a_default):
    add(NAMES, f, X)
add(NAMES, nested_square, X, label="nested_square")
add(NAMES, nested_cube, X, label="nested_cube")
add(NAMES, shadowing, V, X, wrt=(0, 1), refused=True)


# A list or a dict that is reached by two ways, one of which changes it

REACHED_TWICE = "reached by two ways"


def stored_and_changed(x):
    p = [x, 1.0]
    a = [p]
    p[0] = x * x
    return a[0][0] * a[0][1]


def changed_where_it_is_stored(x):
    p = [x, 1.0]
    a = {"k": p}
    a["k"][0] = x * x
    return p[0]


def dicts_changed_in_a_loop(x):
    p = {"v": x}
    a = [p, {"v": 2.0}]
    for d in a:
        d["v"] *= x
    return p["v"] + a[1]["v"]


def unpacked_and_changed(x):
    a = [[x, 2.0]]
    [first] = a
    first[0] = x * x
    return a[0][0]


def sorted_and_changed(x):
    a = [[x], [x]]
    s = sorted(a, key=lambda r: -r[0])
    s[0][0] = x * x
    return a[0][0] + a[1][0]


def in_a_tuple_and_changed(x):
    p = [x, 1.0]
    t = (p, 3.0)
    p[0] = x * x
    return t[0][0] * t[1]


def exchanged_and_changed(x):
    a = [[x], [x]]
    a[0], a[1] = a[1], a[0]
    a[0][0] = x * x
    return a[0][0] + a[1][0]


def passed(v):
    return v


def part_in_a_list_by_a_function(x):
    f1 = [x, x, passed(x[:-1])]
    for i in range(2, 1, -1):
        f1[-3][i] *= np.sin(x[0])
    return f1[-1] * f1[-1]


def row_replaced_between_changes(x):
    rows = [[x], [x * x]]
    for i in range(2):
        row = rows[i]
        for k in range(3):
            row[0] = row[0] * x
            if k == 1:
                rows[i] = [x * k]
    return rows[0][0] + rows[1][0] * row[0]


def appended_again_and_changed(parts, n):
    p = parts.pop()
    parts.append(p)
    p[0] = 1.0
    items = np.exp(np.array([p[0], n, p[1]])).copy()
    largest = max([0.1, *(parts[-1][1] * k for k in range(3))])
    return np.sum(items) + largest + 2.0 * parts[-1][0]


def row_in_a_list_and_its_array_changed(w, s):
    parts = [s, w[0][::-1]]
    scaled = {"a": s - w[-1, -3], "b": np.cumsum(np.array([s, 1.1, s]))}
    w[[0, 1], [1, 0]] = 2
    return 2.0 * (scaled["a"] + np.sum(scaled["b"] * scaled["b"])) + w[-2, 0] + np.sum(parts[-1])


add(REACHED_TWICE, part_in_a_list_by_a_function, V4, refused=True)
add(REACHED_TWICE, appended_again_and_changed, [[0.2, 0.4], [-0.1, 0.9]], 2, refused=True)
add(REACHED_TWICE, row_in_a_list_and_its_array_changed, M, 0.9, refused=True)
for f in (stored_and_changed, changed_where_it_is_stored, dicts_changed_in_a_loop, unpacked_and_changed,
          sorted_and_changed, in_a_tuple_and_changed, exchanged_and_changed, row_replaced_between_changes):
    add(REACHED_TWICE, f, X, refused=True)


COPIES_OF_DICTS = ("copy.copy(a)", "dict(a)", "a.copy()", "{**a}", "{k: v for k, v in a.items()}", "a | {}",
                   "dict(a.items())", "dict(p=a['p'])", "dict(zip(a, a.values()))", "a")
COPIES_OF_LISTS = ("copy.copy(a)", "list(a)", "a.copy()", "a[:]", "[*a]", "[r for r in a]", "a + []", "a * 1",
                   "sorted(a, key=lambda r: 0)", "[a[0], a[1]]", "list(map(lambda r: r, a))", "a", "(a[0], a[1])",
                   "list(filter(lambda r: True, a))", "[r.copy() for r in a]")
CHANGED_COPIES = [
    *(("{'p': [x, 1.0]}", text, "'p'") for text in COPIES_OF_DICTS),
    *(("[[x, 1.0], [x, x]]", text, "0") for text in COPIES_OF_LISTS),
    *(("[x * np.ones(2), x * np.ones(2)]", text, "0") for text in COPIES_OF_LISTS),
]


@pytest.mark.parametrize(("made", "copied", "item"), CHANGED_COPIES)
def test_what_a_copy_shares_with_its_original_is_followed_or_refused(made, copied, item):
    f = function_from(f"""
        def f(x):
            a = {made}
            b = {copied}
            b[{item}][0] = x * x
            return a[{item}][0] + 0.5 * b[{item}][1] * b[{item}][0]
    """, copy=copy)
    assert outcome(f, (X,)) in ("right", "refused")


# A part of an array that is assigned what it was in an operation is not changed in place by it

ASSIGNED_PARTS = "parts that are assigned"


def part_times_a_matrix(x, w):
    x[:2] = x[:2] @ w[:, :2]
    x[:-1] = x[:-1] @ np.array([w[0, 0], w[1, 1]])
    return np.sum(x * x)


def part_of_integers_times_a_fraction(x):
    n = np.arange(3)
    n[:2] = n[:2] * 1.5
    n[2] = n[2] / 2
    return np.sum(x * n)


def part_with_fewer_axes_than_what_is_assigned(x):
    y = x.copy()
    y[:1] = y[:1] * np.ones((1, 1))
    return np.sum(x * y)


add(ASSIGNED_PARTS, part_times_a_matrix, V, M, wrt=(0, 1))
for f in (part_of_integers_times_a_fraction, part_with_fewer_axes_than_what_is_assigned):
    add(ASSIGNED_PARTS, f, V)


# Loops without a condition; lists built by append

LOOPS = "loops and lists"


def while_true(x):
    y = x
    n = 0
    while True:
        n += 1
        y = y * x + np.sin(y)
        if n == 4:
            break
        y = y * 0.5
    return y


def while_true_data_dependent(x):
    y = x
    while True:
        if y > 10.0:
            break
        y = y * 1.9
        if y < 2.0:
            continue
        y = y + x
    return y * y


def while_true_nested(x):
    total = 0.0
    i = 0
    while True:
        j = 0
        while True:
            total = total + x**j * i
            j += 1
            if j > i:
                break
        i += 1
        if i == 3:
            return total


def appended(x):
    parts = []
    for i in range(4):
        parts.append(x**i)
    return parts[1] * parts[3] + parts[2]


def appended_running(x):
    parts = [x]
    for i in range(3):
        parts.append(parts[-1] * x + parts[i])
    return parts[-1] * parts[2]


def appended_then_summed(x):
    parts = []
    for v in x:
        parts.append(v * v)
    y = 0.0
    for p in parts:
        y = y * 0.5 + p * p
    return y + sum(parts)


def appended_and_popped(x):
    stack = [x, x * x]
    y = 1.0
    for i in range(3):
        a = stack.pop()
        stack.append(a * x)
        stack.append(np.sin(a))
        y = y + stack.pop() * a
    return y * stack[-1]


def appended_lists(x):
    rows = []
    for i in range(2):
        row = []
        for j in range(2):
            row.append(x ** (i + j + 1))
        rows.append(row)
    rows[0][1] = rows[1][1] * x
    return rows[0][0] * rows[0][1] + rows[1][0]


def appended_nothing(x):
    parts = []
    for v in x:
        if v > 100.0:
            parts.append(v)
    return x[0] * x[0] + len(parts)


for f in (while_true, while_true_data_dependent, while_true_nested):
    add(LOOPS, f, X)
for f in (appended, appended_running, appended_and_popped, appended_lists):
    add(LOOPS, f, X)
for f in (appended_then_summed, appended_nothing):
    add(LOOPS, f, V)


# State that is kept between calls, by an object from outside of the function

STATE = "state between calls"


class Filter:
    """What it gives depends on what it was given before."""

    def __init__(self):
        self.last = 0.5
        self.seen = [0.5, 0.5]
        self.total = np.zeros(2)

    def __call__(self, v):
        given = self.last * v
        self.last = v
        return given

    def by_items(self, v):
        self.seen[1] = self.seen[0] * v
        self.seen[0] = v
        return self.seen[1]

    def by_array(self, v):
        self.total[0] += v
        return self.total[0] * v


FILTER = Filter()


def reset():
    FILTER.last, FILTER.seen, FILTER.total = 0.5, [0.5, 0.5], np.zeros(2)


def filtered(v):
    return FILTER(v)


def filtered_by_items(v):
    return FILTER.by_items(v)


def filtered_by_array(v):
    return FILTER.by_array(v)


def last_given():
    return FILTER.last


def square(v):
    return v * v


def calls_in_a_row(x):
    reset()
    return filtered(x[0]) + filtered(x[1]) * filtered(x[2])


def calls_in_a_loop(x):
    reset()
    total = 0.0
    for v in x:
        total += filtered(v) ** 2 + filtered_by_items(v) + filtered_by_array(v)
    return total


def calls_in_a_comprehension(x):
    reset()
    return sum([filtered(v) ** 2 for v in x]) + sum(map(filtered_by_items, x))


def call_before_the_object_is_read(x):
    reset()
    first = filtered(x[0])
    return first + FILTER(x[1]) + FILTER.last * x[2]


def call_for_its_effect(x):
    reset()
    filtered(x[0])
    return last_given() * x[1]


def reader_before_the_change_in_a_loop(x):
    reset()
    total = 0.0
    for v in x:
        total += last_given() * v
        filtered(v * v)
    return total


def reader_in_the_condition_of_a_loop(x):
    reset()
    total, i = 0.0, 0
    while last_given() < 1.5 and i < 3:
        total += x[i]
        filtered(x[i] ** 2 + last_given())
        i += 1
    return total * last_given()


def change_in_a_branch(x):
    reset()
    if x[0] > 0.5:
        filtered(x[0])
    return last_given() * x[1]


def change_by_a_function_that_is_passed(x):
    reset()

    def twice(f, v):
        return f(v) + f(2.0 * v)

    return twice(filtered, x[0]) + twice(filtered, x[1])


def change_by_a_generator(x):
    reset()

    def values():
        for v in x:
            yield filtered(v)

    return sum(values()) * last_given()


def more_calls_than_are_put_in_place(x):
    reset()

    def apply(f, v):
        return f(v)

    total = 0.0
    total += apply(filtered, x[0]) + apply(filtered, x[1]) + apply(filtered, x[2]) + apply(filtered, x[0])
    total += apply(filtered, x[1]) + apply(filtered, x[2]) + apply(filtered, x[0]) + apply(filtered, x[1])
    total += apply(filtered, x[2]) + apply(filtered, x[0]) + apply(filtered, x[1]) + apply(filtered, x[2])
    return total * last_given()


def recursion_that_changes(n, v):
    if n == 0:
        return v
    given = FILTER(v)
    return recursion_that_changes(n - 1, given + v) + FILTER.last


def change_in_a_recursion(x):
    reset()
    return recursion_that_changes(3, x[0]) * x[1]


def one_of_two(n, v):
    FILTER.last = FILTER.last * v
    return the_other(n - 1, v)


def the_other(n, v):
    return v if n <= 0 else one_of_two(n, v * v)


def change_in_a_mutual_recursion(x):
    reset()
    return one_of_two(3, x[0]) + FILTER.last * x[1]


def change_below_in_a_mutual_recursion(x):
    reset()
    return the_other(3, x[0]) + FILTER.last * x[1]


def writes_and_calls(n, q):
    q[0] = q[0] * q[1]
    return calls_the_writer(n - 1, q)


def calls_the_writer(n, q):
    return q[0] if n <= 0 else writes_and_calls(n, q)


def write_in_a_mutual_recursion(x):
    y = x.copy()
    return writes_and_calls(3, y) + y[0]


def write_below_in_a_mutual_recursion(x):
    y = x.copy()
    return calls_the_writer(3, y) + y[0]


for _state in (
    calls_in_a_row, calls_in_a_loop, calls_in_a_comprehension, call_before_the_object_is_read, call_for_its_effect,
    reader_before_the_change_in_a_loop, reader_in_the_condition_of_a_loop, change_in_a_branch,
    change_by_a_function_that_is_passed, change_by_a_generator, more_calls_than_are_put_in_place,
):
    add(STATE, _state, P)
for _state in (
    change_in_a_recursion, change_in_a_mutual_recursion, change_below_in_a_mutual_recursion,
    write_in_a_mutual_recursion, write_below_in_a_mutual_recursion,
):
    add(STATE, _state, P, refused=True)


def filtered_by(f, x):
    total = 0.0
    for v in x:
        total += f(v) ** 2
    return total


@pytest.mark.parametrize("f", [FILTER, FILTER.by_items, FILTER.by_array])
@pytest.mark.parametrize("transform", [tangent.grad, tangent.jvp])
def test_a_function_that_keeps_state_and_that_only_the_run_knows_is_refused(transform, f):
    arguments = (f, P) if transform is tangent.grad else (f, P, P)
    with pytest.raises(UnsupportedError, match="which only the run knows, writes into"):
        transform(filtered_by, wrt="x")(*arguments)


def after_a_change(f, x):
    FILTER.last = x * x
    return f(x)


@pytest.mark.parametrize("transform", [tangent.grad, tangent.jvp])
def test_a_function_that_only_the_run_knows_may_not_read_what_its_caller_has_changed(transform):
    derivative = transform(after_a_change, wrt="x")
    seeds = () if transform is tangent.grad else (1.0,)
    with pytest.raises(UnsupportedError, match="reads an object that its caller changes"):
        derivative(lambda v: v * last_given(), 1.5, *seeds)
    assert derivative(square, 1.5, *seeds) == 3.0



REFUSED = frozenset({
    "alias_augmented", "alias_by_conditional_expression-False",
    "alias_by_conditional_expression-True", "alias_of_a_value_without_a_name",
    "alias_in_a_branch-True",
    "array_appended_then_written",
    "array_appended_twice", "array_in_a_list_and_a_name",
    "array_in_a_tuple_and_a_name", "array_in_two_lists",
    "callee_returns_a_view",
    "callee_returns_its_argument", "callee_scales_and_returns", "callee_scales_by_name",
    "callee_stores_what_it_writes", "callee_writes_a_list_element",
    "dict_item_augmented_in_place", "element_list_appended", "item_augmented_in_place",
    "list_in_a_list", "list_multiplied",
    "nested_list_filled_after_append", "row_aliases_in_a_list",
    "same_row_twice", "appended_again_and_changed", "row_replaced_between_changes",
    "row_in_a_list_and_its_array_changed",
    "write_in_a_subscript",
    "write_in_an_argument", "write_in_an_operand",
    "write_on_the_right_of_a_name", "zero_dimensional_item_augmented",
    "items_augmented_in_a_loop",
    "dict_array_written_in_a_loop",
    "two_items_of_one_list",
    "stored_and_changed", "dicts_changed_in_a_loop", "unpacked_and_changed", "sorted_and_changed",
    "in_a_tuple_and_changed", "part_in_a_list_by_a_function",
    "zero_dimensional_items_augmented_in_a_loop",
    "change_in_a_recursion", "change_in_a_mutual_recursion", "change_below_in_a_mutual_recursion",
    "write_in_a_mutual_recursion", "write_below_in_a_mutual_recursion",
})
"""What is refused, when the derivative is made or when it runs, and not followed."""

CASES = {case.name: case for cases in CLASSES.values() for case in cases}


@pytest.mark.parametrize(
    "name",
    [pytest.param(case.name, id=f"{kind}-{case.name}") for kind, cases in CLASSES.items() for case in cases],
)
def test_right_or_refused(name):
    case = CASES[name]
    assert case.optional or name not in REFUSED
    expected = "refused" if name in REFUSED else "right"
    assert outcome(case.function, case.arguments, case.wrt, case.rtol) == expected


# The same lambda name bound in both branches


def lambda_in_both_branches(x, flag):
    if flag:
        f = lambda v: v * v
    else:
        f = lambda v: v * v * v
    return f(x)


def module_lambda_in_both_branches(x, flag):
    if flag:
        f = l_square
    else:
        f = l_cube
    return f(x)


def module_lambda_by_conditional_expression(x, flag):
    f = l_square if flag else l_cube
    y = f(x)
    f = l_double
    return y * f(x)


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize(
    "f", [lambda_in_both_branches, module_lambda_in_both_branches, module_lambda_by_conditional_expression]
)
def test_one_name_for_a_function_in_each_branch(f, flag):
    assert outcome(f, (X, flag)) in ("right", "refused")


# `grad` of a function that is not scalar-valued


def elementwise(x):
    return x * x


def one_element(x):
    return x[:1] * x[:1]


def a_pair(x):
    return x[0], x[1]


def a_list(x):
    return [x[0] * x[1]]


def a_dict(x):
    return {"y": x[0]}


@pytest.mark.parametrize("f", [elementwise, one_element, a_pair, a_list, a_dict])
@pytest.mark.parametrize("optimized", [True, False])
def test_grad_of_a_non_scalar_function_is_an_error(f, optimized):
    with pytest.raises((TangentError, ValueError, TypeError)):
        tangent.grad(f, optimized=optimized)(V)


@pytest.mark.parametrize("optimized", [True, False])
def test_a_seed_of_the_wrong_shape_is_an_error(optimized):
    derivative = tangent.vjp(elementwise, optimized=optimized)
    for seed in (1.0, np.ones(2), np.ones((3, 1)), np.ones((1, 3))):
        with pytest.raises((TangentError, ValueError, TypeError)):
            derivative(V, seed)


# The caller's seed, argument and globals


def identity(x):
    return x


def written(x):
    y = x
    y[0] = y[1] * y[1]
    y[1:] *= 2.0
    return y


def view_returned(x):
    return x[1:]


def twice(x):
    return x, x


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("optimized", [True, False])
@pytest.mark.parametrize("f", [identity, written, view_returned])
def test_the_seed_and_the_argument_are_not_written(f, mode, optimized):
    x, seed = V.copy(), np.ones(len(f(V.copy())))
    MODES[mode](f, (0,), optimized)([x], seed)
    assert identical(x, V)
    assert identical(seed, np.ones(len(seed)))


# One array for two arguments, one of which is written


def one_written(a, b):
    a[0] = a[1] * b[2]
    return np.sum(a * b)


def written_in_a_loop(u, v, dt: float):
    for i in range(1, len(u)):
        u[i] = u[i] + dt * v[i - 1] * u[i - 1]
    return np.sum(u * u)


def written_in_a_list(rows, row):
    rows[0][0] = 2.0 * row[1]
    return rows[0][0] * row[0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("optimized", [True, False])
def test_one_array_for_two_arguments_is_refused_where_it_is_written(mode, optimized):
    derivative = functools.partial(MODES[mode], optimized=optimized)
    for f, arguments, seed in (
        (one_written, [V, V], 1.0),
        (one_written, [V[::-1], V], 1.0),
        (written_in_a_loop, [V, V[:], 0.5], 1.0),
        (written_in_a_list, [[V], V], 1.0),
    ):
        with pytest.raises(AliasError, match="two names stand for the same memory"):
            derivative(f, (0, 1))(arguments, seed)


def counting(x):
    parts = table
    y = x
    for t in parts:
        y = y * t
    return y


table = [2.0, 3.0]


def test_globals_are_read_live_and_not_written(monkeypatch):
    derivative = tangent.grad(counting)
    before = set(globals())
    assert derivative(X) == pytest.approx(6.0)
    monkeypatch.setitem(globals(), "table", [5.0])
    assert derivative(X) == pytest.approx(5.0)
    monkeypatch.setitem(globals(), "scale", 2.0)
    assert tangent.grad(helper)(X) == pytest.approx(2.0)
    assert set(globals()) == before


def test_closure_cells_are_read_live():
    factor = 2.0

    def f(x):
        return factor * x * x

    derivative = tangent.grad(f)
    assert derivative(1.0) == pytest.approx(4.0)
    factor = 5.0
    assert derivative(1.0) == pytest.approx(10.0)


# An attribute of an object from outside, which is changed in place


class Inner:
    def __init__(self):
        self.array, self.items, self.k = np.array([0.5, 1.0]), [1.5], 0


class Changed:
    """Methods that change what the object has."""

    def __init__(self):
        self.array, self.table, self.items = np.array([0.5, 1.0, 2.0]), {"a": 1.5}, [0.5, [1.0, 2.0]]
        self.inner, self.buffer = Inner(), np.zeros(2)

    def an_item(self, v):
        self.array[0] += v
        return self.array[0] * v + self.array[1]

    def an_entry(self, v):
        self.table["a"] *= v
        return self.table["a"] * v

    def an_item_of_an_item(self, v):
        self.items[1][0] += v
        return self.items[1][0] * v

    def an_item_of_an_attribute(self, v):
        self.inner.array[0] += v
        return self.inner.array[0] * v

    def items_by_each_other(self, v):
        self.array[0], self.array[1] = v, self.array[0]
        return self.array[0] * v + self.array[1] * v

    def lists_that_grow(self, v):
        self.items.append(v)
        self.items[1].append(v)
        return self.items[-1] * v + self.items.pop() + self.items[1].pop()

    def the_whole(self, v):
        self.array += v
        return np.sum(self.array * v)

    def several(self, v):
        self.inner.array[:] = v
        self.inner.items.append(v)
        self.inner.items[0] += v
        return self.inner.array[1] * v + self.inner.items[1] * v * self.inner.items[0]

    def by_functions(self, v):
        self.array.fill(v)
        np.add.at(self.inner.array, [0, 0], v)
        np.multiply(self.inner.array, v, out=self.buffer)
        return self.array[1] * v + self.inner.array[0] + np.sum(self.buffer)

    def at_a_place_that_moves(self, v):
        self.items[1][self.inner.k] += v * v
        self.inner.k += 1
        return self.items[1][0] * v

    def by_a_name(self, v):
        array = self.array
        array[0] += v
        return self.array[0] * v

    def that_has_a_name(self, v):
        array = self.array
        self.array[0] += v
        return array[0] * v

    def that_grows_by_a_name(self, v):
        items = self.items
        items.append(v)
        return self.items[-1] * v

    def by_a_name_in_a_loop(self, v):
        array = self.array
        for i in range(3):
            array[i] = v * i
        return np.sum(self.array) * v

    def by_a_function(self, v):
        def put(places):
            places[0] = v * v

        put(self.array)
        put(self.items)
        return self.array[0] * v + self.items[0]

    def deep_by_a_name(self, v):
        items = self.items
        items[1][0] += v
        return self.items[1][0] * v


class Twice:
    """Attributes that are one array, or one list."""

    def __init__(self):
        self.array = np.array([0.5, 1.0, 2.0])
        self.same, self.view, self.holder = self.array, self.array[:2], [self.array, 1.0]
        self.inner, self.items = Inner(), [1.0, 2.0]
        self.inner.array, self.same_items = self.array, self.items

    def changed_and_read_by_the_other(self, v):
        self.array[0] += v
        return self.same[0] * v

    def view_changed(self, v):
        self.view[0] += v
        return self.array[0] * v

    def held_and_changed(self, v):
        self.holder[0][0] += v
        return self.array[0] * v

    def changed_and_held(self, v):
        self.array[0] += v
        return self.holder[0][0] * v

    def changed_in_another_object(self, v):
        self.inner.array[0] += v
        return self.array[0] * v

    def list_that_grows(self, v):
        self.items.append(v)
        return self.same_items[-1] * v

    def whole_changed(self, v):
        self.array += v
        return self.same[0] * v

    def changed_by_the_name_of_a_loop(self, v):
        for row in [self.array]:
            row[0] = v
        return self.array[0] * v

    def changed_by_an_operator_on_a_name(self, v):
        array = self.array
        array *= v
        return np.sum(self.array)


def methods_of(cls):
    return [name for name in vars(cls) if not name.startswith("_")]


def slope_of(cls, name, v):
    def at(v):
        return getattr(cls(), name)(v)

    return (at(v + 1e-6) - at(v - 1e-6)) / 2e-6


def state_of(owner):
    return {k: state_of(v) if isinstance(v, Inner) else copy.deepcopy(v) for k, v in vars(owner).items()}


@pytest.mark.parametrize("optimized", [True, False])
@pytest.mark.parametrize("name", methods_of(Changed))
def test_an_attribute_that_is_changed_in_place(name, optimized):
    owner = Changed()
    method, before = getattr(owner, name), state_of(owner)
    expected = pytest.approx(slope_of(Changed, name, 2.0), rel=1e-6)
    assert tangent.grad(method, optimized=optimized)(2.0) == expected
    assert tangent.jvp(method, optimized=optimized)(2.0, 1.0) == expected
    assert str(state_of(owner)) == str(before)


@pytest.mark.parametrize("transform", [tangent.grad, tangent.jvp])
@pytest.mark.parametrize("name", methods_of(Twice))
def test_an_attribute_that_is_changed_and_read_by_another_name_is_refused(name, transform):
    seeds = () if transform is tangent.grad else (1.0,)
    with pytest.raises(AliasError):
        transform(getattr(Twice(), name))(2.0, *seeds)


@pytest.mark.parametrize("name", methods_of(Twice)[:5])
def test_attributes_that_are_apart_are_fine(name):
    class Apart(Twice):
        def __init__(self):
            super().__init__()
            self.same, self.view = self.array + 0.0, self.array[:2] + 0.0
            self.holder, self.inner.array = [self.array + 0.0, 1.0], self.array + 0.0

    assert tangent.grad(getattr(Apart(), name))(2.0) == pytest.approx(slope_of(Apart, name, 2.0), rel=1e-6)


# A source file that was edited after the import

ORIGINAL = """
import numpy as np


def f(x):
    return x * x


def g(x):
    return np.sin(x)
"""

EDITS = {
    "body": ORIGINAL.replace("x * x", "x * x * x"),
    "constant": ORIGINAL.replace("return x * x", "return x * 2"),
    "operator": ORIGINAL.replace("x * x", "x + x"),
    "line inserted": ORIGINAL.replace(
        "import numpy as np", "import numpy as np\n\n\ndef e(x):\n    return 3.0 * x\n"
    ),
    "lines removed": "def g(x):\n    return x\n",
    "function replaced": ORIGINAL.replace("def f", "def h"),
}


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """A function that imports a module, and then changes its file."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    names = []

    def edit(after):
        name = f"edited_{len(names)}_{tmp_path.name}".replace("-", "_")
        names.append(name)
        path = tmp_path / f"{name}.py"
        path.write_text(ORIGINAL)
        importlib.invalidate_caches()
        module = importlib.import_module(name)
        if after is not None:
            path.write_text(after)
            linecache.checkcache()
        return module

    yield edit
    for name in names:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_source_is_refused_or_still_right(edited, edit):
    module = edited(EDITS[edit])
    try:
        value = tangent.grad(module.f)(X)
    except TangentError as error:
        text = str(error)
        assert "edited" in text or "source" in text, text
    else:
        assert value == pytest.approx(2 * X)


@pytest.mark.parametrize("edit", ["body", "constant", "operator"])
def test_an_edited_body_is_refused(edited, edit):
    module = edited(EDITS[edit])
    with pytest.raises(TangentError):
        tangent.grad(module.f)


def test_a_source_that_was_not_edited_is_fine(edited):
    module = edited(None)
    assert tangent.grad(module.f)(X) == pytest.approx(2 * X)


def test_an_edited_source_of_a_callee_is_refused(edited):
    module = edited(EDITS["body"])
    namespace = {"callee": module.f}
    text = "def caller(x):\n    return callee(x) * x\n"
    filename = "<caller of an edited function>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), namespace)
    with pytest.raises(TangentError):
        tangent.grad(namespace["caller"])(X)


# Functions in disguise: either the derivative of what would be called, or an error


def doubling(f):
    @functools.wraps(f)
    def wrapper(x):
        return 2.0 * f(x)

    return wrapper


@doubling
def decorated(x):
    return x * x


@functools.lru_cache
def cached(x):
    return x * x * x


partial = functools.partial(pair, 2.0)


class Model:
    weight = 3.0

    def predict(self, x):
        return x * x

    @staticmethod
    def static(x):
        return x * x * 0.5

    def __call__(self, x):
        return x * 7.0


def calls_disguised(x):
    return decorated(x) * cached(x) + partial(x)


DISGUISED = {
    "wraps": decorated,
    "lru_cache": cached,
    "partial": partial,
    "bound": Model().predict,
    "static": Model.static,
    "instance": Model(),
    "caller": calls_disguised,
    "C": np.sin,
    "builtin": abs,
}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_function_in_disguise_is_right_or_refused(name):
    f = DISGUISED[name]
    numerical = (f(X + 1e-6) - f(X - 1e-6)) / 2e-6
    try:
        value = tangent.grad(f)(X)
    except TangentError:
        return
    assert value == pytest.approx(numerical, rel=1e-6)
