"""Small functions, one or more for each construct of the language, with arguments to differentiate them at.

`CORPUS` is the list of cases; those of comprehensions, containers and strings are in `data.py`,
realistic little programs in `realistic.py`.
"""

import math
import math as m
from math import exp as e_to_the

import numpy
import numpy as np
from numpy import sin
from numpy import tanh as hyperbolic_tangent
from scipy import linalg, special, stats
from scipy.optimize import rosen
from scipy.spatial import distance
from scipy.special import gamma as gamma_function

import tangent
from tests.programs import other_module
from tests.programs.case import Corpus
from tests.programs.other_module import scaled as scaled_elsewhere

CORPUS = Corpus()
add = CORPUS.add

X = 0.7
V = np.array([0.3, -0.7, 1.1])
V4 = np.array([0.9, -0.4, 0.6, 1.3])
M = np.array([[0.5, -1.2, 0.8], [1.1, 0.4, -0.6]])
SQUARE = np.array([[2.0, 0.3, -0.1], [0.4, 1.5, 0.2], [-0.3, 0.1, 1.8]])

scale = 0.5
table = [1.0, 2.0, 0.25]


# Straight line


def identity(x):
    return x


add(identity, X)
add(identity, V, label="array")


def constant_result(x):
    return 3.0


add(constant_result, X)
add(constant_result, V, label="array")


def unused_argument(x, y):
    return x * 2.0


add(unused_argument, X, V, wrt=(0, 1))


def same_argument_twice_in_wrt_order(x, y):
    return x * y * y


add(same_argument_twice_in_wrt_order, X, 1.3, wrt=(1, 0))


def arithmetic(x, y):
    return (x + y) * (x - y) / (2.0 + x * y) - (-x) ** 2 + (+y)


add(arithmetic, X, 1.3, wrt=(0, 1))
add(arithmetic, V, 1.3, wrt=(0, 1), label="vector_and_scalar")
add(arithmetic, X, M, wrt=(0, 1), label="scalar_and_matrix")
add(arithmetic, V, M, wrt=(0, 1), label="vector_and_matrix")


def powers(x, y):
    return x**y + x**2 + x**-1.5 + 2.0**y + pow(x, 3) + x**0


add(powers, X, 1.3, wrt=(0, 1))
add(powers, np.abs(V), np.abs(M), wrt=(0, 1), label="broadcast")


def power_with_integer_base(n, x):
    return n**x


add(power_with_integer_base, 3, X, wrt=(0, 1))


def floor_division_and_modulo(x):
    return x // 0.4 * x + (x % 0.4) * x


add(floor_division_and_modulo, 1.05)


def rebinding(x):
    y = x * x
    y = y * np.sin(y)
    y = np.tanh(y)
    return y


add(rebinding, X)
add(rebinding, M, label="matrix")


def rebinding_the_argument(x):
    x = x * x
    x = np.sin(x) + x
    return x * x


add(rebinding_the_argument, X)


def chained_assignment(x):
    a = b = x * x
    a = a + 1.0
    return a * b


add(chained_assignment, X)


def tuple_assignment(x, y):
    a, b = x * y, x + y
    (a, b) = b, a
    return a * a * b


add(tuple_assignment, X, 1.3, wrt=(0, 1))


def swap(x, y):
    x, y = y, x
    return x * x + 3.0 * y


add(swap, X, 1.3, wrt=(0, 1))


def rotate_three(x, y):
    a, b, c = x, y, x * y
    a, b, c = b, c, a
    a, b, c = b, c, a
    return a + 2.0 * b + b * c * c


add(rotate_three, X, 1.3, wrt=(0, 1))


def nested_tuple_assignment(x):
    a, (b, (c, d)) = x, (x * x, (np.sin(x), 2.0))
    return a * b + c * d * a


add(nested_tuple_assignment, X)


def list_target(x):
    [a, b] = [x, x * x]
    return a + a * b


add(list_target, X)


def starred_assignment(x):
    first, *rest = [x, x * x, x * x * x, 2.0 * x]
    *init, last = rest
    a, *middle, b = (x, 3.0 * x, x + 1.0, x * x)
    return first * rest[1] + init[0] * last + a * b * middle[1]


add(starred_assignment, X)


def starred_empty(x):
    a, *rest = [x]
    return a * a + len(rest)


add(starred_empty, X)


def unpack_an_array(x):
    a, b, c = x
    return a * b + c * c


add(unpack_an_array, V)


def starred_array(x):
    a, *rest = x
    return a * rest[0] * rest[1]


add(starred_array, V)


def unpack_rows(w):
    a, b = w
    return np.sum(a * b * b)


add(unpack_rows, M)


def assignment_to_several_subscripts(x):
    y = np.zeros(3)
    y[0], y[1] = x[1] * x[1], x[0]
    y[2], z = x[2], x[0] * x[2]
    return np.sum(y * y) * z


add(assignment_to_several_subscripts, V)


def swap_elements(x):
    y = x * 1.0
    y[0], y[2] = y[2], y[0]
    return y[0] * y[0] * y[1] + 3.0 * y[2]


add(swap_elements, V)


def annotated_assignment(x):
    y: float = x * x
    z: float
    z = y * x
    return z


add(annotated_assignment, X)


def annotated_parameters(x: float, n: int = 3) -> float:
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


add(annotated_parameters, X, 3)


def annotated_array(x: np.ndarray, s: float) -> float:
    return np.sum(x * s) * s


add(annotated_array, V, X, wrt=(0, 1))


def augmented_names(x):
    y = x
    y += x * x
    y -= np.sin(x)
    y *= y
    y /= x + 2.0
    y **= 2
    return y


add(augmented_names, X)
add(augmented_names, 2, label="integer")


def augmented_array_name(x):
    y = x * 1.0
    y += x * x
    y *= x
    y -= 2.0
    y /= 1.0 + x * x
    return np.sum(y * y)


add(augmented_array_name, V)
add(augmented_array_name, M, label="matrix")


def augmented_scalar_broadcast_into_array(x, s):
    y = x * 2.0
    y += s
    y *= s
    return np.sum(y * y)


add(augmented_scalar_broadcast_into_array, V, X, wrt=(0, 1))


def augmented_matmul(x, w):
    y = w * 1.0
    y = y @ w
    y @= w
    return np.sum(y * x)


add(augmented_matmul, X, SQUARE, wrt=(0, 1))


def augmented_argument(x):
    x += 1.0
    x *= x
    return np.sum(x)


add(augmented_argument, V)
add(augmented_argument, X, label="scalar")


def expression_used_twice(x):
    y = np.exp(x)
    return y * y + np.exp(x) * np.exp(x)


add(expression_used_twice, X)


def deep_expression(x):
    return np.sin(np.cos(np.exp(-x * x) + 1.0 / (1.0 + x)) * x) ** 2


add(deep_expression, X)


def statements_without_effect(x):
    """A docstring."""
    "a string"
    x + 1.0
    pass
    ...
    y = x * x
    return y


add(statements_without_effect, X)


def deleted_name(x):
    y = x * x
    z = y * x
    del y
    return z


add(deleted_name, X, optional=True)


# Names and modules


def import_aliases(x):
    return m.sin(x) * math.cos(x) + e_to_the(x) + numpy.tanh(x) + sin(x) * hyperbolic_tangent(x)


add(import_aliases, X)


def math_functions(x):
    y = math.sqrt(x) + math.log(x) + math.log2(x) + math.log10(x) + math.log1p(x) + math.expm1(x)
    y = y + math.sinh(x) + math.cosh(x) + math.tanh(x) + math.asin(x) + math.acos(x) + math.atan(x)
    y = y + math.asinh(x) + math.acosh(1.0 + x) + math.atanh(x) + math.hypot(x, 2.0) + math.atan2(x, 2.0)
    return y + math.pow(x, 2.5) + math.fabs(x) + math.tan(x) + math.pi * math.e * x


add(math_functions, X)


def math_without_derivative(x):
    return x * math.floor(x * 10.0) + math.ceil(x) * x + math.trunc(x * 5.0) * x


add(math_without_derivative, 0.73)


def builtins_on_numbers(x, y):
    return abs(x) * abs(y) + min(x, y) * 2.0 + max(x, y, 0.1) ** 2 + float(x) * y


add(builtins_on_numbers, -X, 1.3, wrt=(0, 1))


def builtins_on_sequences(x):
    parts = [x[0] * x[1], x[2], x[1]]
    return sum(parts) + max(parts) * min(parts) + sum(parts, 2.0) * len(parts) + sum(x) * max(x)


add(builtins_on_sequences, V)


def builtins_that_give_integers(x):
    k = int(x * 10.0)
    r = round(x)
    return x * k + x * r + len([x, x]) * x


add(builtins_that_give_integers, 0.73)


def global_number(x):
    return x * scale


add(global_number, V)


def global_list(x):
    y = 0.0
    for c in table:
        y = y * x + c
    return y


add(global_list, X)


def local_named_like_a_module_function(x):
    exp = x * x
    sum = exp + x
    return sum * exp


add(local_named_like_a_module_function, X)


def names_like_adjoints(x, bx, dx):
    by = x * bx
    y = by * dx
    bbx = y * by
    return bbx * y


add(names_like_adjoints, X, 1.3, 0.4, wrt=(0, 1, 2))


def names_of_helpers(x, np_zeros, tangent, numpy_sum):
    by_stack = x * np_zeros
    y_stack = by_stack * tangent
    for i in range(3):
        y_stack = y_stack * x
    cond = y_stack > 0.0
    if cond:
        y_stack = y_stack * numpy_sum
    return y_stack


add(names_of_helpers, X, 1.3, 0.4, 2.0, wrt=(0, 1, 2, 3))


def argument_named_like_the_seed(x, by, y):
    y = x * by * y
    return y


add(argument_named_like_the_seed, X, 1.3, 0.4, wrt=(0, 1, 2))


def default_arguments(x, y=2.0, n=3):
    for _ in range(n):
        x = x * y
    return x


add(default_arguments, X, 1.3, 2, wrt=(0, 1))


def keyword_only(x, *, power=2.0):
    return x**power


add(keyword_only, X)

square = lambda x: x * x
square.__name__ = "lambda_square"
add(square, X)


def make_scaled(factor):
    def by_factor(x):
        return factor * x * x

    return by_factor


add(make_scaled(3.0), X)
add(make_scaled(-2.0), V, label="another_closure")


# Branches


def if_else(x):
    if x > 0.5:
        y = x * x
    else:
        y = np.sin(x)
    return y * x


add(if_else, X, label="then")
add(if_else, 0.2, label="else")


def if_without_else(x):
    y = x
    if x > 0.5:
        y = y * x * x
    return y * y


add(if_without_else, X, label="taken")
add(if_without_else, 0.2, label="not_taken")


def elif_chain(x):
    if x < 0.0:
        y = -x * x
    elif x < 0.5:
        y = np.cos(x)
    elif x < 1.0:
        y = x**3
    else:
        y = 2.0 * x
    return y


add(elif_chain, -0.4, label="first")
add(elif_chain, 0.2, label="second")
add(elif_chain, 0.7, label="third")
add(elif_chain, 1.7, label="last")


def condition_overwritten_in_the_branch(x):
    c = x > 0.5
    y = x * x
    if c:
        c = False
        y = y * x
    if c:
        y = y + x
    else:
        y = y * np.sin(x)
    return y


add(condition_overwritten_in_the_branch, X)


def operand_of_condition_overwritten(x):
    y = x
    if y > 0.5:
        y = y * 0.1
        if y > 0.5:
            y = y + 5.0 * x
    else:
        y = y * y
    return y * y


add(operand_of_condition_overwritten, X)


def nested_ifs(x, y):
    z = x
    if x > 0.0:
        if y > 1.0:
            z = z * y
        else:
            z = z + y
        z = z * z
    elif y > 0.0:
        z = y
    return z * x


add(nested_ifs, X, 1.3, wrt=(0, 1), label="both")
add(nested_ifs, X, 0.3, wrt=(0, 1), label="outer")
add(nested_ifs, -X, 0.3, wrt=(0, 1), label="elif")
add(nested_ifs, -X, -0.3, wrt=(0, 1), label="none")


def different_names_in_branches(x):
    if x > 0.5:
        a = x * x
        y = a * a
    else:
        b = np.sin(x)
        y = b * x
    return y


add(different_names_in_branches, X, label="then")
add(different_names_in_branches, 0.1, label="else")


def active_in_one_branch_only(x, flag):
    if flag:
        y = x * x
    else:
        y = 3.0
    return y


add(active_in_one_branch_only, X, True, label="active")
add(active_in_one_branch_only, X, False, label="constant")
add(active_in_one_branch_only, V, False, label="array_constant")


def shape_differs_between_branches(x, flag):
    if flag:
        y = 2.0
    else:
        y = x
    return np.sum(y * x)


add(shape_differs_between_branches, V, True, label="scalar")
add(shape_differs_between_branches, V, False, label="array")


def branch_binds_nothing(x):
    if x > 0.0:
        pass
    else:
        x = x * 5.0
    return x * x


add(branch_binds_nothing, X)


def conditional_expression(x):
    y = x * x if x > 0.5 else np.sin(x)
    return y * (x if y > 0.1 else 2.0)


add(conditional_expression, X, label="then")
add(conditional_expression, 0.2, label="else")


def nested_conditional_expression(x):
    return x if x < 0.0 else (x * x if x < 1.0 else x**3)


add(nested_conditional_expression, -X, label="first")
add(nested_conditional_expression, X, label="second")
add(nested_conditional_expression, 1.7, label="third")


def conditional_expression_is_lazy(x):
    return np.sqrt(x) if x > 0.0 else [1.0][1]


add(conditional_expression_is_lazy, X)


def short_circuit_conditions(x, y):
    if x > 0.0 and y / x > 1.0 or not x < 5.0:
        return x * y
    if x == 0.0 or 1.0 / x > 100.0:
        return y
    return x - y * y


add(short_circuit_conditions, X, 1.3, wrt=(0, 1))
add(short_circuit_conditions, 0.0, 1.3, wrt=(1,), label="no_division")
add(short_circuit_conditions, X, 0.3, wrt=(0, 1), label="last")


def short_circuit_guards_an_index(x, i):
    if i < len(x) and x[i] > 0.0:
        return x[i] * x[i]
    return x[0]


add(short_circuit_guards_an_index, V, 2)
add(short_circuit_guards_an_index, V, 7, label="out_of_range")


def and_or_give_values(x, y):
    a = x and y
    b = x or y
    return a * a + b * y


add(and_or_give_values, X, 1.3, wrt=(0, 1))
add(and_or_give_values, 0.0, 1.3, wrt=(1,), label="falsy")


def chained_comparison(x, y):
    if 0.0 < x < y <= 2.0:
        return x * y
    return x + y


add(chained_comparison, X, 1.3, wrt=(0, 1), label="true")
add(chained_comparison, X, 0.3, wrt=(0, 1), label="false")


def boolean_values(x, verbose, mode):
    big = x > 0.5
    z = x * big + x * (not big) * 2.0
    if verbose is None and mode == "square" and mode in ("square", "cube"):
        z = z * x
    return z


add(boolean_values, X, None, "square")


# Loops


def for_range(x, n):
    y = x
    for i in range(n):
        y = y * x + i
    return y


add(for_range, X, 4)
add(for_range, X, 1, label="once")
add(for_range, X, 0, label="zero_trip")


def linear_loop(coefficients, x):
    y = 0.0
    for c in coefficients:
        y = y * x + c
    return y


add(linear_loop, V, X, wrt=(0, 1))
add(linear_loop, [0.3, 0.4], X, wrt=(0, 1), label="list")
add(linear_loop, (0.3, 0.4), X, wrt=(0, 1), label="tuple")
add(linear_loop, np.zeros(0), X, wrt=(0, 1), label="empty")
add(linear_loop, [], X, wrt=(1,), label="empty_list")


def range_start_stop(x):
    y = 1.0
    for i in range(2, 5):
        y = y * np.sin(x * i)
    return y


add(range_start_stop, X)


def range_with_step(x, start, stop, step):
    y = x
    for i in range(start, stop, step):
        y = y * x + np.sin(i * x)
    return y


add(range_with_step, X, 1, 8, 3)
add(range_with_step, X, 8, 1, -3, label="backward")
add(range_with_step, X, 7, -1, -1, label="to_zero")
add(range_with_step, X, 1, 8, -3, label="zero_trip")


def index_after_the_loop(x, n):
    i = 10
    y = x
    for i in range(n):
        y = y * x
    return y * i


add(index_after_the_loop, X, 3)
add(index_after_the_loop, X, 0, label="zero_trip")


def index_changed_in_the_loop(x):
    y = x
    for i in range(4):
        i = i * 2
        y = y * x + i
        i = 0
    return y * (i + 1)


add(index_changed_in_the_loop, X)


def bound_changed_in_the_loop(x):
    n = 3
    y = x
    for i in range(n):
        n = n + i
        y = y * x
    return y * n


add(bound_changed_in_the_loop, X)


def loop_variable_reused_as_value(x):
    t = x
    for t in (t, t * t, 2.0 * t):
        t = np.sin(t)
    return t * t


add(loop_variable_reused_as_value, X)


def nested_loops(x, n):
    y = x[0]
    for i in range(n):
        for j in range(i):
            y = y * np.cos(x[j]) + x[i]
        y = y * x[i]
    return y


add(nested_loops, V4, 4)
add(nested_loops, V4, 0, label="zero_trip")


def inner_value_used_after_the_loops(x):
    y = 0.0
    t = 0.0
    for i in range(3):
        for j in range(2):
            t = x[i] * x[j] + t
            y = y + t * t
        y = y * t
    return y * t


add(inner_value_used_after_the_loops, V)


def loop_carried_pair(x, n):
    a, b = x, 1.0
    for _ in range(n):
        a, b = b * x, a + b
    return a * b


add(loop_carried_pair, X, 5)


def constant_until_the_second_iteration(x):
    y = 1.0
    z = 2.0
    for _ in range(3):
        z = z * y
        y = x
    return z


add(constant_until_the_second_iteration, X)


def shape_changes_in_the_loop(x):
    y = 1.0
    for _ in range(3):
        y = y * x + 0.5
    return np.sum(y)


add(shape_changes_in_the_loop, V)
add(shape_changes_in_the_loop, M, label="matrix")


def branches_in_a_loop(x, n):
    y = x * 2.0
    for i in range(n):
        if y > 1.0:
            y = y * np.sin(y)
        else:
            y = y + x
    return y


add(branches_in_a_loop, X, 7)


def parity_branch(x):
    y = x
    for i in range(5):
        if i % 2 == 0:
            y = y * x
        elif i == 3:
            y = np.sin(y)
    return y


add(parity_branch, X)


def loop_in_a_branch(x, flag):
    y = x
    if flag:
        for i in range(3):
            y = y * x
    else:
        while y < 3.0:
            y = y * 2.0
    return y


add(loop_in_a_branch, X, True, label="for")
add(loop_in_a_branch, X, False, label="while")


def loop_over_an_array(x):
    y = 0.0
    for v in x:
        y = y * v + v * v
    return y


add(loop_over_an_array, V)
add(loop_over_an_array, np.zeros(0), label="empty")
add(loop_over_an_array, [1.0, 2.0, 3.0], label="list")


def loop_over_rows(w):
    y = 1.0
    for row in w:
        y = y * np.sum(row * row) + row[0]
    return y


add(loop_over_rows, M)


def loop_over_a_computed_array(x):
    y = 1.0
    for v in np.sin(x) * x:
        y = y * v + 1.0
    return y


add(loop_over_a_computed_array, V)


def loop_over_a_constant_tuple(x):
    y = x
    for c in (1.0, 2.0, 3.0):
        y = y * c + x * c
    return y


add(loop_over_a_constant_tuple, X)


def loop_over_a_built_list(x):
    parts = [x, x * x, np.sin(x)]
    y = 1.0
    for p in parts:
        y = y * p + p
    return y


add(loop_over_a_built_list, X)


def loop_over_dict_keys(p):
    y = 1.0
    for key in p:
        y = y * np.sum(p[key]) + 1.0
    return y


add(loop_over_dict_keys, {"a": V, "b": X})


def loop_over_dict_items(p):
    y = 1.0
    for key, value in p.items():
        y = y * np.sum(value * value)
    for value in p.values():
        y = y + np.sum(value)
    for key in p.keys():
        y = y * np.sum(p[key])
    return y


add(loop_over_dict_items, {"a": V, "b": X}, optional=True)


def loop_over_layers(x, layers):
    for w, b in layers:
        x = np.tanh(w @ x + b)
    return np.sum(x)


add(loop_over_layers, V, [(SQUARE, V), (M, np.array([0.1, 0.2]))], wrt=(0, 1))


def loop_enumerate(x):
    y = 0.0
    for i, v in enumerate(x):
        y = y + (i + 1) * v * v * y + v
    return y


add(loop_enumerate, V)
add(loop_enumerate, [0.3, 0.2], label="list")


def loop_enumerate_start(x):
    y = 0.0
    for i, v in enumerate(x, 2):
        y = y + v**i
    for i, v in enumerate(x, start=1):
        y = y * v**i
    return y


add(loop_enumerate_start, np.abs(V))


def loop_zip(a, b):
    y = 0.0
    for u, v in zip(a, b):
        y = y * u + u * v
    return y


add(loop_zip, V, V4[:3], wrt=(0, 1))
add(loop_zip, V, V4, wrt=(0, 1), label="unequal_lengths")
add(loop_zip, [0.3, 0.4], V, wrt=(0, 1), label="list_and_array")


def loop_reversed(x):
    y = 1.0
    for v in reversed(x):
        y = y * v + v
    for i in reversed(range(len(x))):
        y = y * x[i]
    return y


add(loop_reversed, V)
add(loop_reversed, [0.3, 0.4], label="list")


def loop_enumerate_zip(a, b):
    y = 0.0
    for i, (u, v) in enumerate(zip(a, b)):
        y = y + i * u * v
    return y


add(loop_enumerate_zip, V, V4[:3], wrt=(0, 1))


def loop_over_slices(x):
    y = 0.0
    for v in x[1:]:
        y = y + v * v * x[0]
    for u in x[::-1]:
        y = y * u
    return y


add(loop_over_slices, V)


def array_written_while_iterated_elsewhere(x):
    y = x * 1.0
    s = 0.0
    for v in x:
        y[0] = y[0] * v
        s = s + y[0] * v
    return s


add(array_written_while_iterated_elsewhere, V)


def while_loop(x):
    y = x
    while y < 10.0:
        y = y * (1.0 + x)
    return y


add(while_loop, X)
add(while_loop, 20.0, label="zero_trip")


def while_counter(x, n):
    y = x
    while n > 0:
        y = y * x
        n -= 1
    return y


add(while_counter, X, 4)
add(while_counter, X, 0, label="zero_trip")


def while_true_break(x):
    y = x
    i = 0
    while True:
        y = y * np.sin(x) + x
        i += 1
        if i >= 4:
            break
    return y


add(while_true_break, X)


def while_true_return(x):
    y = x
    while True:
        y = y * 1.7
        if y > 5.0:
            return y * x


add(while_true_return, X)


def while_one_break_first(x):
    y = x
    while 1:
        if y > 5.0:
            break
        y = y * y + 1.0
    return y


add(while_one_break_first, X)


def while_with_short_circuit(x):
    i = 0
    s = 1.0
    while i < len(x) and x[i] > 0.0:
        s = s * x[i]
        i += 1
    return s * s


add(while_with_short_circuit, V4)
add(while_with_short_circuit, np.abs(V), label="to_the_end")


def while_in_for(x):
    y = 0.0
    for v in x:
        t = v * v
        while t < 2.0:
            t = t * 1.5 + v * v
        y = y + t * v
    return y


add(while_in_for, V)


def while_over_a_list(x):
    queue = [x, x * x, 3.0 * x]
    y = 1.0
    while queue:
        y = y * queue.pop() + 1.0
    return y


add(while_over_a_list, X)


# Exits


def break_in_for(x):
    y = 1.0
    for v in x:
        if v < 0.0:
            break
        y = y * v + v
    return y


add(break_in_for, V4)
add(break_in_for, np.abs(V4), label="never")
add(break_in_for, -np.abs(V4), label="at_once")


def break_after_update(x):
    y = x
    for i in range(10):
        y = y * (1.0 + x)
        if y > 3.0:
            break
        y = y + 0.1 * i
    return y


add(break_after_update, X)


def index_after_break(x):
    y = x
    for i in range(10):
        y = y * 1.5
        if y > 3.0:
            break
    return y * i


add(index_after_break, X)


def continue_in_for(x):
    y = 1.0
    for v in x:
        if v < 0.0:
            continue
        y = y * v + v
    return y


add(continue_in_for, V4)


def continue_in_while(x):
    y = x
    i = 0
    while i < 6:
        i += 1
        if i % 2 == 0:
            continue
        y = y * x + i
    return y


add(continue_in_while, X)


def break_and_continue(x):
    y = x[0]
    for i in range(len(x)):
        if x[i] < 0.0:
            y = y + x[i] * x[i]
            continue
        y = y * x[i]
        if y > 0.5:
            break
        y = y + 0.1
    return y


add(break_and_continue, V4)


def break_in_nested_loops(x):
    y = 1.0
    for i in range(len(x)):
        for j in range(len(x)):
            if j > i:
                break
            if x[j] < 0.0:
                continue
            y = y * x[j] + x[i]
        if y > 50.0:
            break
    return y


add(break_in_nested_loops, V4)


def break_in_loop_of_changing_start(x):
    for i in range(4):
        for j in reversed(range(i + 1)):
            if j * x > 1.0:
                break
            x = x * np.cos(x + j)
    return x


add(break_in_loop_of_changing_start, X)


def break_in_loop_of_changing_bounds(x):
    for i in range(4):
        m = i + 1
        for j in range(m, 0, -1):
            if j * x > 1.0:
                break
            x = x * np.cos(x + j)
        m = 7
    return x * m


add(break_in_loop_of_changing_bounds, X)


def continue_in_loop_of_changing_length(x):
    n = 3
    for _ in range(4):
        n = (n * 2) % 5 + 1
        for j in range(0, n, 2):
            if j * x > 1.0:
                continue
            x = x * np.cos(x + j)
    return x


add(continue_in_loop_of_changing_length, X)


def break_in_for_in_while(x):
    n = 3
    while n > 0:
        k = n
        for j in range(k, 0, -1):
            x = x * np.cos(x + j)
            k = k - 1
            if k == 1:
                break
        n -= 1
    return x


add(break_in_for_in_while, X)


def break_in_loop_over_indices(x, index):
    y = np.zeros(3)
    for i in index:
        for j in range(i):
            y[j] += x[i] * x[j]
            if y[j] > 1.0:
                break
        else:
            y[i] *= x[j]
    return np.sum(y * y)


add(break_in_loop_over_indices, V, [2, 1, 2])


def exit_in_else_branch(x):
    y = x
    for i in range(8):
        if y < 2.0:
            y = y * 1.6
        else:
            break
        y = y + 0.1 * x
    return y


add(exit_in_else_branch, X)


def exits_in_both_branches(x):
    y = x
    for i in range(8):
        if i < 3:
            y = y * x + 1.0
            continue
        else:
            y = np.sin(y)
            break
    return y * x


add(exits_in_both_branches, X)


def code_after_exit(x):
    y = x * x
    return y
    y = y * 3.0
    return y


add(code_after_exit, X)


def early_return(x):
    if x > 0.5:
        return x * x
    y = np.sin(x)
    return y * y


add(early_return, X, label="early")
add(early_return, 0.2, label="late")


def early_return_in_else(x):
    if x > 0.5:
        y = x * x
    else:
        return x
    return y * x


add(early_return_in_else, X, label="late")
add(early_return_in_else, 0.2, label="early")


def returns_in_all_branches(x):
    if x > 1.0:
        return x
    elif x > 0.5:
        return x * x
    else:
        return x * x * x


add(returns_in_all_branches, 1.5, label="first")
add(returns_in_all_branches, X, label="second")
add(returns_in_all_branches, 0.2, label="third")


def return_in_loop(x):
    y = 1.0
    for v in x:
        y = y * v
        if y < 0.0:
            return y * y + v
    return y


add(return_in_loop, V4, label="early")
add(return_in_loop, np.abs(V4), label="never")
add(return_in_loop, np.zeros(0), label="zero_trip")


def return_in_nested_loops(x, limit):
    y = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            y = y + x[i] * x[j]
            if y > limit:
                return y * x[i]
        y = y * 1.1
    return y


add(return_in_nested_loops, V4, 1.0, label="early")
add(return_in_nested_loops, V4, 1e9, label="never")
add(return_in_nested_loops, V4, -1e9, label="at_once")


def return_in_while_in_for(x):
    for v in x:
        t = v
        while t < 3.0:
            t = t + v * v
            if t > 2.5:
                return t * v
    return x[0]


add(return_in_while_in_for, V4, label="early")
add(return_in_while_in_for, V4 + 10.0, label="never")


def for_else(x, limit):
    y = 1.0
    for v in x:
        if v > limit:
            y = y + v
            break
        y = y * v
    else:
        y = y * y + x[0]
    return y


add(for_else, V4, 10.0, label="else_runs")
add(for_else, V4, 0.5, label="broken")


def while_else(x, limit):
    y = x
    while y < 5.0:
        y = y * 1.7
        if y > limit:
            break
    else:
        y = y * x
    return y


add(while_else, X, 100.0, label="else_runs")
add(while_else, X, 2.0, label="broken")


def for_else_return(x, limit):
    for v in x:
        if v > limit:
            return v * v
    else:
        return x[0] * x[1]


add(for_else_return, V4, 10.0, label="else_runs")
add(for_else_return, V4, 0.5, label="early")


def nested_for_else_continue(x):
    y = 0.0
    for i in range(3):
        for j in range(3):
            if x[i] * x[j] < 0.0:
                break
            y = y + x[i] * x[j]
        else:
            y = y * 2.0
            continue
        y = y + x[i]
    return y


add(nested_for_else_continue, V)
add(nested_for_else_continue, np.abs(V), label="else_runs")


# Arrays: reading


def subscripts_read(w):
    a = w[0, 1] * w[1, -1] + w[-1][0] * w[-2, -3]
    b = np.sum(w[0] * w[1]) + np.sum(w[:, 1] * w[:, 2]) + np.sum(w[1:, :-1] ** 2)
    c = np.sum(w[..., 0] ** 2) + np.sum(w[None, :, 1] ** 3) + np.sum(w[::-1, ::2] * w[:, 1:])
    return a + b * c


add(subscripts_read, M)


def slices_read(x, i):
    y = x[i:] * 2.0
    z = x[:i] * x[:i]
    return np.sum(y) * np.sum(z) + np.sum(x[-i:] ** 3) + np.sum(x[i : i + 1]) + np.sum(x[9:])


add(slices_read, V4, 2)


def integer_array_index(x):
    index = np.array([2, 0, 2, 1])
    return np.sum(x[index] * np.array([1.0, 2.0, 3.0, 4.0]) ** 2 * x[index])


add(integer_array_index, V)


def integer_list_index(x):
    return np.sum(x[[0, 0, 1]] ** 2) + np.sum(x[[-1, 0]] ** 3)


add(integer_list_index, V)


def integer_array_index_in_two_dimensions(w):
    rows = np.array([0, 1, 1, 0])
    columns = np.array([2, 2, 2, 0])
    return np.sum(w[rows, columns] ** 2) + np.sum(w[rows] ** 3) + np.sum(w[:, columns] * w[0, 0])


add(integer_array_index_in_two_dimensions, M)


def boolean_mask(x):
    return np.sum(x[x > 0.0] ** 2) * np.sum(x[~(x > 0.0)])


add(boolean_mask, V)


def boolean_mask_in_two_dimensions(w):
    return np.sum(w[w > 0.0] ** 2) + np.sum(w[np.array([True, False])] ** 3)


add(boolean_mask_in_two_dimensions, M)


def index_that_changes(x):
    y = 0.0
    i = 0
    for _ in range(3):
        y = y * x[i] + x[i] * x[i]
        i = (i + 2) % 3
    return y


add(index_that_changes, V)


def index_by_argmax(x):
    i = np.argmax(x)
    return x[i] * x[i] * x[0]


add(index_by_argmax, V)


def shape_and_size(w):
    rows, columns = w.shape
    y = 0.0
    for i in range(rows):
        for j in range(columns):
            y = y + w[i, j] ** 2 * w.size * w.ndim
    return y / w.shape[0] / len(w)


add(shape_and_size, M)


# Arrays: writing


def write_elements(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[i] * x[i]
    return np.sum(y * y)


add(write_elements, V)


def write_overwrites_used(x):
    y = x * x
    s = np.sum(y * y)
    y[1] = 0.0
    return s + np.sum(y * y * y)


add(write_overwrites_used, V)


def write_twice(x):
    y = np.zeros(2)
    y[0] = x[0] * x[1]
    a = y[0] * y[0]
    y[0] = a * x[2]
    return y[0] * a


add(write_twice, V)


def write_recurrence(x):
    y = np.zeros(5)
    y[0] = x[0]
    for i in range(1, 5):
        y[i] = y[i - 1] * x[i % 3] + np.sin(y[i - 1])
    return y[4] * y[2]


add(write_recurrence, V)


def write_slices(x):
    y = np.zeros(6)
    y[:3] = x * x
    y[3:] = y[:3] * x
    y[::2] = y[1::2]
    return np.sum(y * y)


add(write_slices, V)


def write_scalar_into_slice(x, s):
    y = x * 1.0
    y[1:] = s * s
    return np.sum(y * x)


add(write_scalar_into_slice, V, X, wrt=(0, 1))


def write_broadcast_rows(w, x):
    y = w * 2.0
    y[:] = x * x
    y[0] = y[0] * w[1]
    return np.sum(y * w)


add(write_broadcast_rows, M, V, wrt=(0, 1))


def write_with_none_and_ellipsis(w):
    y = w * 1.0
    y[..., 1] = w[:, 0] * w[:, 0]
    y[None, 0] = y[1]
    y[...] = y * w
    return np.sum(y * y)


add(write_with_none_and_ellipsis, M)


def write_integer_array(x):
    y = np.zeros(5)
    y[np.array([1, 3, 4])] = x * x
    y[[0, 1]] = y[[1, 3]]
    return np.sum(y * y * np.arange(5.0))


add(write_integer_array, V)


def write_boolean_mask(x):
    y = x * x
    y[x < 0.0] = 0.0
    y[y > 1.0] = y[y > 1.0] * 2.0
    return np.sum(y * y)


add(write_boolean_mask, V4)


def write_through_two_subscripts(w):
    y = w * 1.0
    y[0][1] = w[1, 1] * w[1, 1]
    y[1][:2] = w[0, 1:]
    return np.sum(y * y)


add(write_through_two_subscripts, M)


def write_index_overwritten(x):
    y = np.zeros(3)
    i = 0
    for v in x:
        y[i] = v * v
        i = i + 1
    i = 0
    return np.sum(y * y) * y[i]


add(write_index_overwritten, V)


def write_index_array_changed_later(x):
    index = np.array([0, 1])
    y = x[index] * x[index]
    index[0] = 2
    z = x[index]
    return np.sum(y * z)


add(write_index_array_changed_later, V)


def write_inactive_then_active(x):
    y = np.ones(3)
    y[0] = 2.0
    y[1] = x[0]
    y[0] = y[1] * y[2]
    return np.sum(y * y)


add(write_inactive_then_active, V)


def write_inactive_value(x):
    y = x * x
    y[0] = 3.0
    y[1:2] = np.array([4.0])
    return np.sum(y * y * y)


add(write_inactive_value, V)


def write_own_element(x):
    y = x * 1.0
    y[0] = y[0] * y[0]
    y[0] = np.sin(y[0]) * y[1]
    return y[0] * y[0]


add(write_own_element, V)


def write_the_argument(x):
    x[0] = x[1] * x[1]
    x[1] = x[0] * x[2]
    return np.sum(x * x)


add(write_the_argument, V)


def write_the_argument_in_a_loop(x):
    for i in range(1, len(x)):
        x[i] = x[i] + np.sin(x[i - 1]) * x[i]
    return x[-1]


add(write_the_argument_in_a_loop, V4)


def write_in_a_branch(x, flag):
    y = x * x
    if flag:
        y[0] = y[1] * y[2]
    else:
        y[1:] = 0.5
    return np.sum(y * y)


add(write_in_a_branch, V, True, label="then")
add(write_in_a_branch, V, False, label="else")


def write_only_sometimes(x):
    y = np.zeros(4)
    for i in range(4):
        if x[i] > 0.0:
            y[i] = x[i] * x[i]
            if x[i] > 1.0:
                break
    return np.sum(y * y)


add(write_only_sometimes, V4)


def row_writes(w):
    h = np.zeros((3, 3))
    for t in range(2):
        h[t + 1] = np.tanh(w[t] * h[t] + w[t])
    return np.sum(h[1:] * h[1:])


add(row_writes, M)


# Arrays: accumulating


def accumulate_elements(x):
    y = np.zeros(2)
    for i in range(len(x)):
        y[i % 2] += x[i] * x[i]
    return y[0] * y[1]


add(accumulate_elements, V4)


def accumulate_product_of_elements(x):
    y = x * 1.0
    y[0] *= x[1]
    y[0] *= y[0]
    y[2] /= y[0] + 3.0
    y[1] -= y[2]
    y[1] **= 2
    return np.sum(y)


add(accumulate_product_of_elements, V)


def accumulate_slices(x):
    y = x * 1.0
    y[1:] += x[:-1] * x[1:]
    y[:2] *= y[2:]
    y[::2] -= 0.5
    return np.sum(y * y)


add(accumulate_slices, V4)


def accumulate_overlapping_slices(x):
    y = x * 1.0
    y[1:] += y[:-1]
    y[:-1] *= y[1:]
    return np.sum(y * y)


add(accumulate_overlapping_slices, V4)


def accumulate_scalar_into_slice(x, s):
    y = x * x
    y[1:] += s
    y[:2] *= s
    return np.sum(y * y)


add(accumulate_scalar_into_slice, V, X, wrt=(0, 1))


def accumulate_integer_array(x):
    y = np.zeros(4)
    y[np.array([0, 2, 3])] += x * x
    y[[0, 1]] *= x[:2] + 1.0
    return np.sum(y * y)


add(accumulate_integer_array, V)


def accumulate_repeated_index(x):
    y = np.ones(3)
    y[[0, 0, 1]] += x
    return np.sum(y * y)


add(accumulate_repeated_index, V)


def accumulate_boolean_mask(x):
    y = x * x
    y[x > 0.0] += x[x > 0.0]
    y[x < 0.0] *= 3.0
    return np.sum(y * y)


add(accumulate_boolean_mask, V4)


def accumulate_in_two_dimensions(w):
    y = np.zeros((3, 3))
    for i in range(2):
        for j in range(3):
            y[i, j] += w[i, j] * w[1 - i, j]
            y[j, i] += y[i, j]
    y[1] += w[0]
    y[:, 2] -= y[:, 0]
    return np.sum(y * y)


add(accumulate_in_two_dimensions, M)


def read_in_a_loop(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i - 1]
    return s


add(read_in_a_loop, V4)


def element_read_twice(x, p):
    return x[1] * x[1] + p["a"] * p["a"]


add(element_read_twice, V, {"a": X}, wrt=(0, 1))


# Lists, tuples, dicts


def append_and_index(x):
    parts = []
    for i in range(3):
        parts.append(x * (i + 1))
    return parts[0] * parts[1] + parts[-1] * parts[-1]


add(append_and_index, X)


def append_arrays_and_stack(x):
    rows = []
    for i in range(3):
        rows.append(np.sin(x * i) * x)
    return np.sum(np.stack(rows) ** 2) + np.sum(np.array(rows))


add(append_arrays_and_stack, V)


def pop_in_order(x):
    stack = [x, x * x]
    stack.append(np.sin(x))
    a = stack.pop()
    b = stack.pop()
    stack.append(a * b)
    return stack[1] * stack[0] + a


add(pop_in_order, X)


def pop_the_first(x):
    queue = [x, x * x, 3.0 * x]
    a = queue.pop(0)
    b = queue.pop(0)
    return a * a + b * queue[0]


add(pop_the_first, X)


def pop_in_a_loop(x):
    stack = []
    for v in x:
        stack.append(v * v)
    y = 1.0
    for v in x:
        y = y * stack.pop() + v
    return y


add(pop_in_a_loop, V)


def insert_at_the_front(x):
    kept = [x]
    for i in range(3):
        kept.insert(0, np.sin(x) * (i + 1))
    return kept[0] * kept[1] + kept[3]


add(insert_at_the_front, X)


def insert_in_the_middle_and_behind_the_end(x):
    kept = [x[0], x[1]]
    kept.insert(1, x[2] * x[0])
    kept.insert(9, x[1] * x[1])
    return kept[1] * kept[3] + kept[2]


add(insert_in_the_middle_and_behind_the_end, V)


def insert_and_pop_counted_from_the_end(x):
    kept = [x[0], x[1], x[2] * x[0]]
    kept.insert(-1, x[2] * x[1])
    first = kept.pop(-2)
    kept.insert(-9, first * first)
    return kept[0] * kept[1] + kept[3] * kept.pop(-3)


add(insert_and_pop_counted_from_the_end, V)


def insert_where_the_loop_says(x):
    kept = [x[0]]
    for i in range(3):
        kept.insert(i // 2, x[i] * kept[0])
    return kept[0] + kept[1] * kept.pop(len(kept) // 2)


add(insert_where_the_loop_says, V)


def append_in_a_branch(x):
    kept = []
    for v in x:
        if v > 0.0:
            kept.append(v * v)
    y = 1.0
    for k in kept:
        y = y * k
    return y * len(kept)


add(append_in_a_branch, V4)


def append_inactive(x):
    parts = [1.0]
    parts.append(x)
    parts.append(2.0)
    return parts[0] * parts[1] * parts[2] * parts[1]


add(append_inactive, X)


def list_element_written(x):
    parts = [x, x * x, 1.0]
    parts[0] = parts[1] * x
    parts[2] = parts[0] * parts[0]
    parts[1] += parts[2]
    return parts[0] + parts[1] * parts[2]


add(list_element_written, X)


def list_of_arrays_written(x):
    parts = [x * 1.0, x * x]
    parts[0][1] = x[0] * x[0]
    parts[1][1:] += parts[0][:-1]
    return np.sum(parts[0] * parts[1])


add(list_of_arrays_written, V)


def nested_list(x):
    grid = [[x, x * x], [1.0, np.sin(x)]]
    grid[1][0] = grid[0][1] * x
    return grid[0][0] * grid[1][1] + grid[1][0]


add(nested_list, X)


def list_slices_and_sums(x):
    parts = [x, x * x, np.sin(x)]
    more = parts[1:] + [x, 2.0] * 2
    return parts[-1] * more[0] * more[2] + len(more)


add(list_slices_and_sums, X, optional=True)


def tuple_values(x):
    pair = (x * x, np.sin(x))
    triple = pair + (x,)
    return pair[0] * pair[1] * triple[-1]


add(tuple_values, X, optional=True)


def tuple_in_a_loop(x, n):
    state = (x, 1.0)
    for _ in range(n):
        state = (state[1] * x, state[0] + state[1])
    return state[0] * state[1]


add(tuple_in_a_loop, X, 4)
add(tuple_in_a_loop, X, 0, label="zero_trip")


def dict_values(x):
    p = {"a": x * x, "b": 2.0}
    p["c"] = p["a"] * p["b"]
    p["a"] = p["a"] * p["c"]
    p["b"] += x
    return p["a"] * p["b"] + p["c"]


add(dict_values, X)


def dict_of_arrays(x):
    p = {"w": x * 1.0, "n": 2}
    p["w"][0] = x[1] * x[1]
    p["w"][1:] *= p["n"]
    return np.sum(p["w"] ** 2)


add(dict_of_arrays, V)


def dict_integer_keys(x):
    memo = {0: 1.0, 1: x}
    for i in range(2, 6):
        memo[i] = memo[i - 1] * x + memo[i - 2]
    return memo[5]


add(dict_integer_keys, X)


def membership(x, p):
    y = x
    if "a" in p:
        y = y * p["a"]
    if "b" not in p:
        y = y * y
    return y


add(membership, X, {"a": 1.3}, wrt=(0, 1))


# Gradients with respect to structures


def wrt_list(parts):
    return parts[0] * parts[1] * parts[0] + np.sum(parts[2])


add(wrt_list, [X, 1.3, V])


def wrt_tuple(parts):
    a, b = parts
    return np.sum(a * b)


add(wrt_tuple, (X, V))


def wrt_dict(p):
    return np.sum(np.tanh(p["w"] @ p["x"] + p["b"]) ** 2)


add(wrt_dict, {"w": M, "x": V, "b": X})


def wrt_dict_unused_entry(p):
    return p["a"] * p["a"]


add(wrt_dict_unused_entry, {"a": X, "b": V, "c": [1.0, (2.0, V)]})


def wrt_nested(p):
    y = 0.0
    for layer in p["layers"]:
        y = y + np.sum(layer["w"] * layer["b"]) * p["scale"][0]
    return y * p["scale"][1]


add(wrt_nested, {"layers": [{"w": M, "b": V}, {"w": V, "b": 2.0}], "scale": (X, 1.3)})


def wrt_list_of_lists(grid):
    y = 1.0
    for row in grid:
        for v in row:
            y = y * v + v
    return y


add(wrt_list_of_lists, [[0.1, 0.2], [0.3], []])


def wrt_list_appended(parts):
    parts.append(parts[0] * parts[1])
    return parts[-1] * parts[0]


add(wrt_list_appended, [X, 1.3])


def wrt_list_popped(parts):
    y = 1.0
    while parts:
        y = y * parts.pop() + 1.0
    return y


add(wrt_list_popped, [X, 1.3, 0.4])


def wrt_list_written(parts):
    parts[0] = parts[1] * parts[1]
    return parts[0] * parts[1]


add(wrt_list_written, [X, 1.3])


def wrt_dict_written(p):
    p["a"] = p["b"] * p["b"]
    p["c"] = p["a"] * p["b"]
    return p["c"]


add(wrt_dict_written, {"a": X, "b": 1.3})


def wrt_structure_passed_through(p):
    q = p
    return q["a"] * q["b"]["c"]


add(wrt_structure_passed_through, {"a": X, "b": {"c": 1.3}})


# Calls


def helper(x):
    return np.tanh(x) * x


def two_results(x, y):
    return x * y, x + y


def affine(x, w=2.0, b=0.5):
    return w * x + b


def calls_helper(x):
    return helper(x) * helper(helper(x) + 1.0)


add(calls_helper, X)
add(calls_helper, V, label="array")


def calls_with_keywords(x, y):
    return affine(x, b=y) * affine(b=x, w=y, x=y) + affine(x) + affine(y, x)


add(calls_with_keywords, X, 1.3, wrt=(0, 1))


def calls_two_results(x, y):
    p, s = two_results(x, y)
    q, _ = two_results(p, s)
    pair = two_results(q, x)
    return p * s + pair[0]


add(calls_two_results, X, 1.3, wrt=(0, 1))


def calls_in_a_loop(x, n):
    y = x
    for _ in range(n):
        y = helper(y) + x
    return y


add(calls_in_a_loop, X, 3)
add(calls_in_a_loop, X, 0, label="zero_trip")


def calls_with_inactive_arguments(x):
    return affine(x, 3.0, 1.0) + affine(2.0, x) * affine(1.0)


add(calls_with_inactive_arguments, X)


def factorial_like(x, n):
    if n <= 1:
        return x
    return factorial_like(x, n - 1) * (n + x)


add(factorial_like, X, 4)
add(factorial_like, X, 1, label="base")


def fibonacci_like(x, n):
    if n < 2:
        return x * n + 1.0
    return fibonacci_like(x, n - 1) * x + fibonacci_like(x, n - 2)


add(fibonacci_like, X, 5)


def even_step(x, n):
    if n == 0:
        return x * x
    return odd_step(np.sin(x), n - 1) * x


def odd_step(x, n):
    if n == 0:
        return x
    return even_step(x * 1.5, n - 1) + x


add(even_step, X, 5)


def tree_sum(tree):
    y = tree["value"] * tree["value"]
    for child in tree["children"]:
        y = y * tree_sum(child)
    return y


add(
    tree_sum,
    {"value": X, "children": [{"value": 1.3, "children": []}, {"value": 0.4, "children": []}]},
)


def inner_early_return(x):
    for i in range(3):
        if x > 0.5:
            return x * (i + 1.0)
        x = x * 1.5
    return x


def calls_early_return(x):
    return inner_early_return(x) * inner_early_return(x * 0.5)


add(calls_early_return, X)


def fill(a, value):
    a[0] = value
    a[1] *= value


def calls_that_write(x):
    y = x * x
    fill(y, x[2] * y[0])
    return np.sum(y * y)


add(calls_that_write, V)


def add_in_place(a, b):
    a += b
    return a


def calls_returning_their_argument(x):
    y = x * x
    z = add_in_place(y, x)
    return np.sum(z * y)


add(calls_returning_their_argument, V, optional=True)


def push(stack, value):
    stack.append(value * value)


def calls_that_append(x):
    stack = [x]
    push(stack, x)
    push(stack, stack[1])
    return stack[0] * stack[2]


add(calls_that_append, X)


def calls_another_module(x):
    return np.sum(other_module.scaled(x) * scale + scaled_elsewhere(x)) + np.sum(other_module.shifted(x))


add(calls_another_module, V)


def calls_another_module_that_writes(x):
    y = x * 1.0
    other_module.write_first(y, x[1] * scale)
    return np.sum(y * y)


add(calls_another_module_that_writes, V)


def calls_closure(x):
    return doubled(x) * tripled(x)


doubled = make_scaled(2.0)
tripled = make_scaled(3.0)
add(calls_closure, X)


def calls_lambda(x):
    return cube(x) + cube(x=x * 2.0)


cube = lambda x: x * x * x
add(calls_lambda, X)


def callee_with_loop_and_state(x, n):
    y = np.zeros(n)
    y[0] = x
    for i in range(1, n):
        y[i] = np.sin(y[i - 1]) * x
    return y


def calls_loop(x):
    y = callee_with_loop_and_state(x, 4)
    z = callee_with_loop_and_state(y[3], 3)
    return np.sum(y) * z[2]


add(calls_loop, X)


def callee_result_ignored(x):
    helper(x)
    two_results(x, x)
    return x * x


add(callee_result_ignored, X)


# Results


def returns_array(x):
    return np.sin(x) * x


add(returns_array, V)
add(returns_array, M, label="matrix")


def returns_tuple(x):
    return x * x, np.sum(x), x[0] * x[1]


add(returns_tuple, V)


def returns_list_and_dict(x):
    parts = [x * x, x[0]]
    return {"parts": parts, "sum": np.sum(x)}


add(returns_list_and_dict, V)


def returns_argument_twice(x):
    return x, x


add(returns_argument_twice, V)


def returns_inactive_parts(x, n):
    return np.sin(x), n * 2.0, 1.0


add(returns_inactive_parts, X, 3)


# Effects


def prints(x):
    print("start", x)
    y = x * x
    for i in range(2):
        print(i, y)
        y = y * x
    print("end")
    return y


add(prints, X)


def prints_in_callee(x):
    y = noisy(x) * x
    print("between")
    return noisy(y)


def noisy(x):
    print("noisy", x)
    return x * x


add(prints_in_callee, X)


def prints_with_inactive_call(x):
    noisy(2.0)
    if x > 0.0:
        print(f"positive {x:.2f}", end="!\n")
    return x * x


add(prints_with_inactive_call, X)


def asserts(x):
    assert x > 0.0, "must be positive"
    y = x * x
    assert y < 100.0
    return y


add(asserts, X)


def raises_not_reached(x):
    if x < 0.0:
        raise ValueError("negative")
    return np.sqrt(x)


add(raises_not_reached, X)


# Kinds of numbers


def numeric_program(x):
    y = x * x
    for _ in range(3):
        y = y * 0.5 + np.sin(x)
    return np.sum(y * x)


add(numeric_program, 2, label="int")
add(numeric_program, 0.3, label="float")
add(numeric_program, np.float64(0.3), label="float64")
add(numeric_program, np.float32(0.3), label="float32_scalar", rtol=1e-4)
add(numeric_program, np.array(0.3), label="zero_dimensional")
add(numeric_program, np.array([0.3, 0.4], dtype=np.float32), label="float32_array", rtol=1e-4)
add(numeric_program, np.array([1, 2, 3]), label="integer_array")
add(numeric_program, np.zeros(0), label="empty")
add(numeric_program, np.zeros((2, 0)), label="empty_matrix")
add(numeric_program, np.ones((2, 3, 2)) * 0.3, label="three_dimensional")
add(numeric_program, M[:, ::2], label="not_contiguous")
add(numeric_program, M.T, label="fortran_order")


def integer_array_elements(x):
    return x[0] * x[1] * 0.5 + x[2] / 3


add(integer_array_elements, np.array([1, 2, 3]))
add(integer_array_elements, [1, 2, 3], label="list_of_ints")


def copies_are_float(x):
    y = x.astype(float)
    y[0] = y[1] * 0.5
    return np.sum(y * y)


add(copies_are_float, np.array([1, 2, 3]))
add(copies_are_float, V, label="float")


# Library functions in programs


def reductions(w):
    a = np.sum(w, axis=0) * np.mean(w, axis=0) + np.prod(w, axis=0)
    b = np.max(w, axis=1) * np.min(w, axis=-1) + np.var(w, axis=1) + np.std(w, axis=1)
    c = np.sum(w * np.sum(w, axis=1, keepdims=True)) + np.sum(w, axis=(0, 1))
    return np.sum(a) * np.sum(b) + c + np.mean(w) * np.prod(w)


add(reductions, M)


def array_methods(w):
    a = w.sum() + w.mean(axis=0).sum() + w.max() * w.min() + w.prod() + w.std() * w.var()
    b = (w.T @ w).trace() + w.reshape(3, 2)[1, 1] ** 2 + w.reshape((6,))[4] + w.ravel()[0] ** 2
    c = w.copy()
    c[0, 0] = w.ravel()[3] * w.transpose()[0, 0]
    return a * b + c.dot(np.ones(3)).sum() + np.sum(c.clip(-0.7, 0.7))


add(array_methods, M)


def linear_algebra(a, x):
    y = np.dot(a, x) + a @ x + x @ a + np.matmul(a, x)
    z = np.inner(x, y) + np.sum(np.outer(x, y)) + np.trace(a) + np.sum(np.tensordot(a, a, axes=1))
    s, logdet = np.linalg.slogdet(a)
    return (
        z
        + np.linalg.norm(x)
        + np.linalg.det(a)
        + logdet * s
        + np.sum(np.linalg.inv(a) @ np.linalg.solve(a, x))
    )


add(linear_algebra, SQUARE, V, wrt=(0, 1))


def joins(x, y):
    a = np.concatenate([x, y, x])
    b = np.stack([x, x * y], axis=1)
    c = np.hstack((x, y)) * np.vstack([x, y]).ravel()
    d = np.tile(x, 2) * np.repeat(y, 2)
    return (
        np.sum(a * a) + np.sum(b**3) + np.sum(c * c) + np.sum(d) + np.sum(np.roll(x, 1) * x + np.flip(y) * y)
    )


add(joins, V, V4[:3], wrt=(0, 1))


def elementwise_choice(x):
    a = np.where(x > 0.0, x * x, np.sin(x))
    b = np.maximum(x, 0.2) * np.minimum(x, 0.5) + np.clip(x, -0.5, 0.5) ** 2
    return np.sum(a * b + np.abs(x) * np.sign(x))


add(elementwise_choice, V4)


def cumulative(x):
    return np.sum(np.cumsum(x) ** 2) + np.sum(np.diff(x) ** 3)


add(cumulative, V4)


def built_from_scalars(x):
    a = np.array([x, x * x, 1.0])
    b = np.array([[x, 2.0], [np.sin(x), x]])
    c = np.asarray([a[0], a[1]])
    return np.sum(a * a) + np.sum(b @ b) + np.sum(c * np.arange(2.0) + np.full(2, x))


add(built_from_scalars, X)


def likes(x):
    y = np.zeros_like(x) + np.ones_like(x) * x + np.full_like(x, 2.0)
    z = np.empty(3)
    z[:] = y * x
    z[1] = x[0]
    return np.sum(z * y) + np.sum(np.eye(3) @ x * np.linspace(0.0, 1.0, 3))


add(likes, V)


def broadcasting(x, w, s):
    y = w * x + s - w / (x + 3.0) + x[:, None][:2] * w
    z = (w - np.mean(w, axis=1, keepdims=True)) / (np.std(w, axis=1, keepdims=True) + s)
    return np.sum(y * z)


add(broadcasting, V, M, X, wrt=(0, 1, 2))


def reshapes(w):
    a = np.reshape(w, (3, 2)) @ w
    b = np.expand_dims(w, 0) * np.squeeze(w[None], axis=0) + np.broadcast_to(w[0], (2, 3))
    return np.sum(a * a) + np.sum(b * np.transpose(w.T)) + np.sum(np.ravel(w) ** 3)


add(reshapes, M)


def one_value_written_by_every_iteration(w):
    bounds = (np.cos(w[1, 0]), 1.0)
    for _ in range(2):
        w[w > 1.1] = bounds[0]
    return w


add(one_value_written_by_every_iteration, M + 1.0)


def chained_comparison_that_is_no_expression(s):
    grown = (s, np.exp(np.tanh(np.array([s, s, s]))))
    steps, level = (np.diff(np.array([s, grown[0], grown[0], s])), s + grown[0])
    if -0.9 < steps[1] - level < grown[1].sum() + 0.2:
        return np.sum(steps * steps) + level + s
    return s


add(chained_comparison_that_is_no_expression, X)


# Functions inside of functions, and derivatives that the function makes itself


def lambda_that_reads_an_argument(x):
    g = lambda y, k=3: y**k * x
    return g(x) + g(2.0, k=2) + (lambda t: t * t)(x)


add(lambda_that_reads_an_argument, X)


def inner_function_reads_variables_when_it_is_called(x):
    factor = x

    def scaled_by_factor(y):
        return y * factor

    first = scaled_by_factor(x)
    factor = np.sin(x)
    return first * scaled_by_factor(2.0)


add(inner_function_reads_variables_when_it_is_called, X)


def inner_function_in_a_loop(x):
    total = 0.0
    for i in range(3):

        def term(y):
            return y**i * x

        total += term(np.cos(x))
    return total


add(inner_function_in_a_loop, X)


def inner_function_with_exits(x):
    def first_above(limit):
        for v in x:
            if v > limit:
                return v * limit
        return limit

    return first_above(0.5 * x[0]) * first_above(9.0) + first_above(x[2] * 0.9)


add(inner_function_with_exits, V)


def inner_function_appends(x):
    seen = []

    def keep(y):
        seen.append(y * x)
        return len(seen)

    n = keep(2.0) + keep(x)
    return seen[0] * seen[1] * n


add(inner_function_appends, X)


def inner_function_calls_another(x):
    def square(y):
        return y * y

    def fourth(y):
        return square(square(y)) * x

    return fourth(x) + square(x), fourth(1.0)


add(inner_function_calls_another, X)


def function_by_another_name(x):
    f = np.sin
    g = np.tanh
    return f(x) * g(x)


add(function_by_another_name, V)


def slope_of_a_lambda(x):
    return x * tangent.grad(lambda y: x * y)(1.0)


add(slope_of_a_lambda, X)


def perturbations_apart(x):
    inner = lambda u: u * tangent.grad(lambda v: u + v)(1.0)
    return x * tangent.grad(inner)(x * x)


add(perturbations_apart, X)


def slope_of_an_inner_function_with_branches(x):
    def g(y):
        for _ in range(3):
            if y > 0.5:
                y = y * np.sin(y * x)
            else:
                return y * x
        return y

    return g(x) * tangent.grad(g)(x + 1.0) + tangent.grad(g)(0.3 * x)


add(slope_of_an_inner_function_with_branches, X)


def potential(u, v=2.0):
    return np.sum(u * u * np.sin(v * u))


def value_and_slope_of_a_helper(x):
    value, slope = tangent.value_and_grad(potential)(x)
    return value * np.sum(slope) + tangent.grad(potential, wrt="v")(x, x[0])


add(value_and_slope_of_a_helper, V)


def several_slopes(x):
    p, q = tangent.grad(lambda p, q: p * p * q * x, wrt=("p", "q"))(x, 2.0)
    return p * q, tangent.vjp(lambda y: y * y * x)(x, np.cos(x))


add(several_slopes, X)


def directional_derivative_inside(x):
    along = tangent.jvp(lambda y, k: x[0] * y**2 * k)
    return along(x, 3.0, np.sin(x)), tangent.autodiff(lambda y: y * x, mode="forward", preserve_result=True)(x, x)


add(directional_derivative_inside, V)


def second_slope_of_a_lambda(x):
    return tangent.grad(tangent.grad(lambda y: x * y**3))(np.sin(x))


add(second_slope_of_a_lambda, X)


def newton_by_slopes(a):
    def residual(y):
        return y * y - a

    y = a
    for _ in range(6):
        y = y - residual(y) / tangent.grad(residual)(y)
    return y


add(newton_by_slopes, 2.0)


gradient_of_potential = tangent.grad(potential)


def gradient_made_outside(x):
    return gradient_of_potential(x) * tangent.grad(gradient_scaled)(x[0])


def gradient_scaled(s):
    return np.sum(gradient_of_potential(s * V)) * s


add(gradient_made_outside, V)


def product_of_pair(t):
    return t[0] * t[1]


def tuple_read_besides_a_call(t):
    first = t[0]
    return first * product_of_pair(t)


add(tuple_read_besides_a_call, (X, 1.5))
add(tuple_read_besides_a_call, [X, 1.5], label="list")


def tuple_returned_besides_its_items(t):
    return t[0] * t[1], t


add(tuple_returned_besides_its_items, (X, (1.5)))


def nested_tuples_through_a_loop(t):
    total = 0.0
    for _ in range(2):
        a, b = t
        total += a * product_of_pair(b)
        t = (np.sin(a), (b[1], a * b[0]))
    return total + t[0], t


add(nested_tuples_through_a_loop, (X, (1.5, 0.4)))


def negated_twice_on_the_way_into_a_call(x):
    a = -x[1]
    return product_of_pair((x[0], -a)) + a, product_of_pair((product_of_pair((a, x[0])), -a))


add(negated_twice_on_the_way_into_a_call, V)


# Functions that are called through the array namespace of their arguments


def array_namespace_of_an_argument(x, w):
    xp = x.__array_namespace__()
    y = xp.asarray(xp.tanh(x), dtype=xp.float64) * xp.pi
    return xp.linalg.norm(w @ y) + xp.sum(y, dtype=y.dtype) + xp.mean(xp.astype(y, x.dtype) ** 2)


if hasattr(V, "__array_namespace__"):  # NumPy 2
    add(array_namespace_of_an_argument, V, M, wrt=(0, 1))

add(rosen, V4)
add(rosen, [0.9, -0.4, 0.6, 1.3], label="list")
add(rosen, M.T, label="columns")


def sums_in_a_dtype(w):
    return np.sum(w, axis=0, dtype=np.float64) @ w.sum(0, float) + np.sum(w * w, dtype=float)


add(sums_in_a_dtype, M)


def curvature_along_a_direction(x):
    curved = tangent.hvp(lambda y: np.sum(np.sin(y) * y) * x[0])
    return curved(x, np.cos(x))


add(curvature_along_a_direction, V)


def norm_of_an_order_that_the_run_decides(x, order):
    return np.linalg.norm(x, order) * x[0]


add(norm_of_an_order_that_the_run_decides, V, None)
add(norm_of_an_order_that_the_run_decides, V, 3, label="three")


def inner_function_read_by_another_one(x):
    def scaled_by_x(k):
        return k * x

    total = 0.0
    for i in range(4):
        if i == 2:
            continue
        f = lambda x, t=1.0: t * x * scaled_by_x(i)
        total += tangent.grad(f)(x) * f(1.0, x) + f(x)
    return total


add(inner_function_read_by_another_one, X)


def variables_of_one_name_in_several_functions(x):
    def outer(y):
        k = y * x

        def inner(z):
            k = z * z
            return k * reader() * x

        def reader():
            return k + x

        return tangent.grad(inner)(y) * k

    return tangent.grad(outer)(x) + outer(np.sin(x))


add(variables_of_one_name_in_several_functions, X)


def inner_function_writes_what_others_read(x):
    table = np.zeros(3)

    def put(i, v):
        table[i] = v * x

    def total():
        return np.sum(table * table)

    for i in range(3):
        put(i, np.cos(x * i) + total())
    return total()


add(inner_function_writes_what_others_read, X)


# Functions of SciPy and of `math`, constants that are products


def normal_likelihood(x, sigma):
    return np.sum(special.log_ndtr(x / sigma)) - special.gammaln(sigma) + special.xlogy(sigma, 2.0)


add(normal_likelihood, V, 1.3, wrt=(0, 1))


def mixture_of_exponentials(x, w):
    total = 0.0
    for i in range(3):
        p = special.softmax(w * x[i])
        total = total + special.logsumexp(w, b=p) * gamma_function(x[i] * x[i] + 1.0)
    return total


add(mixture_of_exponentials, V, np.array([0.4, 1.1]), wrt=(0, 1))


def bessel_series(x):
    total = special.j0(x)
    for n in range(1, 4):
        total = total + special.jv(n, x) * special.expit(n * x) / math.gamma(n + x)
    return total * math.lgamma(x + 2.0)


add(bessel_series, X)


def regression_with_heavy_tails(x, slope, log_scale):
    residual = np.array([0.1, 0.9, 1.4]) - slope * x
    likelihood = stats.t.logpdf(residual, df=4.0, scale=np.exp(log_scale))
    return np.sum(likelihood) + stats.norm.logpdf(slope, scale=2.0) + stats.expon.logpdf(np.exp(log_scale))


add(regression_with_heavy_tails, V, 0.7, -0.3, wrt=(0, 1, 2))


def censored_counts(rates, p):
    total = 0.0
    for k, rate in enumerate(rates):
        if k == 2:
            total = total + np.log(stats.poisson.sf(k, rate))
        else:
            total = total + stats.poisson.logpmf(k, mu=rate) + stats.binom.logpmf(k, 5, p)
    return total


add(censored_counts, np.array([0.4, 1.3, 2.2]), 0.35, wrt=(0, 1))


def quantiles(p, loc, scale):
    median = stats.norm.ppf(p, loc=loc, scale=scale)
    return stats.norm.cdf(median * median) * stats.gamma.cdf(scale, 1.5) + stats.beta.logpdf(p, 2.0, b=loc + 3.0)


add(quantiles, 0.3, 0.4, 1.2, wrt=(0, 1, 2))


def decay_of_a_chain(rates, t):
    generator = np.diag(-rates) + np.diag(rates[:-1], 1)
    state = np.array([1.0, 0.0, 0.0])
    total = 0.0
    for _ in range(2):
        state = state @ linalg.expm(generator * t)
        total = total + state[-1] * linalg.det(generator)
    return total


add(decay_of_a_chain, V * V + 0.3, 0.6, wrt=(0, 1))


def whitened(a, b):
    root = np.tril(a) + 2.0 * np.eye(2)
    z = linalg.solve_triangular(root, b, lower=True)
    w = linalg.solve_triangular(root, z, trans="T", lower=True)
    return np.sum(z * z) + w @ linalg.solve(root, b) + linalg.inv(root)[1, 0]


add(whitened, np.array([[0.3, 0.1], [0.7, -0.2]]), np.array([1.1, 0.4]), wrt=(0, 1))


def distances(u, v):
    total = distance.euclidean(u, v) + distance.sqeuclidean(u, 2.0 * v) * distance.cosine(u, v)
    return total + distance.cityblock(u, v) - distance.chebyshev(v, u)


add(distances, V, np.array([0.4, 1.1, -0.3]), wrt=(0, 1))


def kernel_of_distances(points, centers, width):
    return np.sum(np.exp(-distance.cdist(points, centers) / width) * np.array([1.0, 2.0]))


add(kernel_of_distances, np.array([[0.1, 0.4], [-0.3, 1.2], [0.8, 0.2]]), np.array([[0.5, 0.9], [1.5, -0.4]]), 0.7,
    wrt=(0, 1, 2))


def other_metrics(points, squared):
    metric = "sqeuclidean" if squared else "cityblock"
    return np.sum(distance.cdist(points, points[:1] + 2.5, metric) ** 2)


add(other_metrics, np.array([[0.1, 0.4], [-0.3, 1.2]]), True)
add(other_metrics, np.array([[0.1, 0.4], [-0.3, 1.2]]), False, label="cityblock")


def gaussian_vectors(points, mean, root):
    covariance = root @ root.T + np.eye(2)
    total = np.sum(stats.multivariate_normal.logpdf(points, mean, covariance))
    return total + stats.multivariate_normal.pdf(points[0], mean=mean, cov=covariance)


add(gaussian_vectors, np.array([[0.1, 0.4], [-0.3, 1.2], [0.8, 0.2]]), np.array([0.2, 0.5]),
    np.array([[1.1, 0.0], [0.4, 0.7]]), wrt=(0, 1, 2))


def constants_multiplied(x):
    y = (x - 3.0) / (x - 2.0)
    return 1.004 * 6.1121 * np.exp(1.5 * y) + 2.0 * (3.0 * 4.0) * (x / (2.0 * 3.0))


add(constants_multiplied, X)
add(constants_multiplied, V, label="array")


def horner_by_numpy(x, p):
    y = np.polyval([0.5, -1.0, 2.0], x) + np.array(p, dtype=float, copy=True) @ np.ones(3)
    return np.sum(np.column_stack((x, y)) ** 2) + np.polyval(p, 0.5)


add(horner_by_numpy, V, np.array([0.4, 1.1, -0.3]), wrt=(0, 1))


def negative_like_terms(x, c):
    r = 2.0 * x
    bell = np.exp(-0.5 * r * r - np.sin(r))
    return bell - r * c


add(negative_like_terms, X, 1.3, wrt=(0, 1))
add(negative_like_terms, V, 1.3, wrt=(0, 1), label="array")


def undefined_in_what_is_not_reached(x, fast=False):
    y = no_such_module.sin(x) if fast else x * x  # noqa: F821
    for _ in range(2):
        if fast:
            return no_such_function(x, y)  # noqa: F821
        y = y * x
    return np.no_such_function(y) if fast else y + undefined_in_a_helper(x)


def undefined_in_a_helper(x):
    if x > 100.0:
        return no_such_function(x)  # noqa: F821
    return x * x


add(undefined_in_what_is_not_reached, X, False)


def number_of_an_array(x):
    y = np.asarray(x * x)
    z = np.sum(y)[()] + np.squeeze(y)[()]
    return np.sum(z * y[()])


add(number_of_an_array, X)
add(number_of_an_array, np.array([0.4]), label="one")
add(number_of_an_array, V, label="array")
