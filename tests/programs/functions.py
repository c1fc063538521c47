"""Small programs with functions as values, and with parameters and arguments of all kinds."""

import functools
import math
import operator
from collections import namedtuple

import numpy as np

import tangent
from tests.programs.case import Corpus

FUNCTIONS, UNKNOWN = Corpus(), Corpus()
add, unknown = FUNCTIONS.add, UNKNOWN.add

X = 0.7
V = np.array([0.3, -0.7, 1.1])
WEIGHTS = np.array([1.0, 2.0, -0.5])
OFFSET = 0.25


# Functions that are passed


def midpoint(f, a, b, n=4):
    h = (b - a) / n
    total = 0.0
    for i in range(n):
        total = total + f(a + (i + 0.5) * h)
    return total * h


def square(t):
    return t * t


def lambda_passed(x):
    return midpoint(lambda t: t * t * x, 0.0, x)


add(lambda_passed, X)


def library_functions_passed(x):
    return midpoint(np.sin, 0.0, x) + midpoint(math.exp, x, 2.0) + midpoint(square, x, 2.0 * x)


add(library_functions_passed, X)


def passed_on(x):
    def twice(f, y):
        return f(f(y))

    def thrice(f, y):
        return f(twice(f, y))

    return thrice(lambda t: t * x + 0.1, x)


add(passed_on, X)


def root(f, x0, args=(), steps=6):
    x = x0
    for _ in range(steps):
        x = x - f(x, *args) / tangent.grad(f)(x, *args)
    return x


def newton_with_arguments(x):
    return root(lambda t, k: t * t - k, 1.0, args=(x,)) + root(cubic, 1.0, (x, 2.0 * x))


def cubic(t, a, b):
    return t**3 - a * t - b


add(newton_with_arguments, X)


def callback_is_none(x, n):
    def run(y, callback=None):
        for i in range(n):
            y = y * np.sin(y + i)
            if callback is not None:
                y = callback(y)
        return y

    return run(x) + run(x, lambda y: y * x)


add(callback_is_none, X, 3)


def passed_in_a_loop_and_a_branch(x, n):
    total = 0.0
    for i in range(n):
        if i % 2 == 0:
            total = total + midpoint(lambda t: t * i * x, 0.0, x, n=2)
        else:
            total = total + midpoint(np.cos, total, x, n=2)
    return total


add(passed_in_a_loop_and_a_branch, X, 3)
add(passed_in_a_loop_and_a_branch, X, 0, label="no_iterations")


def writes_what_it_captured(x):
    table = np.zeros(3)

    def each(f):
        for i in range(3):
            f(i)

    def put(i):
        table[i] = x * i + np.sum(table)

    each(put)
    return np.sum(table * table)


add(writes_what_it_captured, X)


def module_passed(x):
    def wave(xp, y):
        return xp.sin(y) + xp.sqrt(y)

    return wave(np, x) * wave(math, x)


add(module_passed, X)


# Functions that are returned


def make_polynomial(coefficients):
    def polynomial(t):
        total = 0.0
        for c in coefficients:
            total = total * t + c
        return total

    return polynomial


def several_closures_of_one_factory(x):
    f = make_polynomial([x, 2.0 * x, 1.0])
    g = make_polynomial([1.0, x])
    return f(2.0) * g(x) + f(g(x))


add(several_closures_of_one_factory, X)


def make_pair(k):
    def up(t):
        return t * k

    def down(t):
        return up(t) / (1.0 + k * k)

    return up, down


def returned_in_a_tuple(x):
    up, down = make_pair(x)
    other, _ = make_pair(3.0)
    return up(down(x)) + other(x)


add(returned_in_a_tuple, X)


def compose(*functions):
    def composed(y):
        for f in functions:
            y = f(y)
        return y

    return composed


def composed_of_several(x):
    return compose(np.sin, lambda t: t * x, compose(np.exp, square))(x)


add(composed_of_several, X)


def returned_from_a_loop(x, n):
    total = 0.0
    for i in range(n):
        f = make_polynomial([x, i, total])
        total = total + f(0.5)
    return total


add(returned_from_a_loop, X, 3)

cubed = make_polynomial([1.0, 0.0, 0.5, OFFSET])


def closure_from_outside(x):
    return cubed(x) * midpoint(cubed, 0.0, x)


add(closure_from_outside, X)


# Functions that are chosen


def chosen_by_a_branch(x):
    f = np.sin if x > 0.5 else np.cos
    g = (lambda t: t * x) if x > 1.0 else (lambda t: t + x)
    if x > 0.1:

        def h(t):
            return t * t * x

    else:

        def h(t):
            return t

    return f(x) * g(x) * h(x)


add(chosen_by_a_branch, X)
add(chosen_by_a_branch, 0.05, label="else")


def chosen_among_three(x, kind):
    if kind == "linear":
        f = lambda t: t * x
    elif kind == "square":
        f = square
    else:
        f = np.tanh
    return midpoint(f, 0.0, x) + f(x)


add(chosen_among_three, X, "linear")
add(chosen_among_three, X, "square", label="square")
add(chosen_among_three, X, "tanh", label="tanh")


def table_of_functions(x, name):
    table = {"double": lambda t: 2.0 * t, "scaled": lambda t: t * t * x, "sin": np.sin}
    return table[name](x) + table["double"](x)


add(table_of_functions, X, "scaled")
add(table_of_functions, X, "sin", label="sin")


def list_of_functions(x, i):
    fs = [lambda t: 2.0 * t, lambda t: t * t * x]
    return fs[i](x) + fs[-1](x)


add(list_of_functions, X, 1)
add(list_of_functions, X, -2, label="from_the_end")


def loop_over_functions(x, n):
    y = x
    for f in (lambda t: t * x, np.sin, lambda t: t + n, square):
        if n == 1:
            continue
        y = f(y)
        if y > 1.5:
            break
    else:
        y = y * 3.0
    return y


add(loop_over_functions, X, 3)
add(loop_over_functions, X, 1, label="all_skipped")
add(loop_over_functions, 0.2, 0, label="to_the_end")


def first_that_fits(x):
    for f, limit in [(lambda t: t * x, 0.1), (lambda t: t * t * x, 2.0)]:
        if x < limit:
            return f(x)
    return x


add(first_that_fits, X)
add(first_that_fits, 3.0, label="none")


# Functions that are made of others


def scaled_power(x, factor, exponent=2.0, offset=0.0):
    return factor * x**exponent + offset


tripled = functools.partial(scaled_power, factor=3.0)
weighted = functools.partial(np.dot, WEIGHTS)


def partial_functions(x):
    cube = functools.partial(scaled_power, exponent=3.0)
    nested = functools.partial(cube, factor=x, offset=x)
    return tripled(x) + nested(x) + nested(2.0, offset=1.0) + midpoint(functools.partial(scaled_power, x), 0.0, 1.0)


add(partial_functions, X)


def partial_with_an_array(x):
    return weighted(x) * weighted(np.sin(x))


add(partial_with_an_array, V)


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        return result

    return wrapper


def scaled_by(factor):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return factor * function(*args)

        return wrapper

    return decorate


@traced
def traced_power(x, n=2):
    return x**n


@scaled_by(3.0)
@traced
def scaled_and_traced(x, y):
    return x * np.sin(y)


def decorated_functions(x):
    @traced
    @scaled_by(x)
    def inside(y, k=2.0):
        return y * k

    return traced_power(x) + traced_power(x, n=3) + scaled_and_traced(x, x) + inside(x)


add(decorated_functions, X)
add(traced_power, X, 2)
add(scaled_and_traced, X, 0.3, wrt=(0, 1))


@functools.lru_cache(maxsize=32)
def cached_cube(x):
    return x * x * x


@functools.cache
def cached_sum(f, x):
    return f(x) + x


def cached_functions(x):
    return cached_cube(x) + cached_sum(lambda t: t * x, x)


add(cached_functions, X)

second = operator.itemgetter(1)


def functions_of_operator(x):
    pair = (x, x * x)
    first, both = operator.itemgetter(0), operator.itemgetter(1, 0)
    a, b = both(pair)
    return operator.mul(second(pair), first(pair)) + operator.add(a, b) + reduced(operator.mul, [x, a, b])


def reduced(f, items):
    total = items[0]
    for item in items[1:]:
        total = f(total, item)
    return total


add(functions_of_operator, X)


# Parameters and arguments


def any_number(*args, scale=1.0, **options):
    total = 0.0
    for arg in args:
        total = total + arg * scale
    return total * options["k"] + len(options)


def arguments_unpacked(x):
    v = (x, 2.0 * x)
    options = {"scale": x, "k": 3.0}
    return any_number(*v, x, **options) + any_number(k=x) + np.hypot(*v)


add(arguments_unpacked, X)


def three(a, b, c):
    return a * b * b + c


def unpacked_by_the_parameters(x, v):
    return three(*v) + three(x, *v[1:]) + three(x, *[x, 2.0]) + (lambda a, b: a * b)(*v[:2])


add(unpacked_by_the_parameters, X, V, wrt=(0, 1))


def kinds_of_parameters(x, /, y, *, z=2.0, w):
    return x * y**2 + z * w


def matched_to_parameters(x):
    return kinds_of_parameters(x, y=x, w=x) + kinds_of_parameters(x, 2.0, z=x, w=1.0)


add(matched_to_parameters, X)


def with_defaults(x, w=WEIGHTS, f=np.tanh, limits=(0.0, OFFSET)):
    low, high = limits
    return f(np.sum(w * x)) * (high - low)


def defaults_are_objects(x):
    return with_defaults(x) * with_defaults(x, f=np.sin) * with_defaults(x, limits=(x, 2.0))


add(defaults_are_objects, X)


# Functions that only the run knows


def applied(f, x):
    return f(x) * x


def cubed_slowly(x):
    y = x
    for _ in range(2):
        y = y * x
    return y


unknown(applied, np.sin, X, wrt=(1,))
unknown(applied, cubed_slowly, X, wrt=(1,), label="from_source")
unknown(applied, np.sum, V, wrt=(1,), label="of_an_array")
unknown(applied, cubed, X, wrt=(1,), label="closure")
unknown(applied, traced_power, X, wrt=(1,), label="decorated")
unknown(applied, math.exp, X, wrt=(1,), label="builtin")


def layer_by_layer(layers, x):
    for layer in layers:
        x = layer(x)
    return np.sum(x)


unknown(layer_by_layer, [np.sin, square, np.tanh], V, wrt=(1,))
unknown(layer_by_layer, [], V, wrt=(1,), label="none")


def step_by_step(f, x, h, n):
    t = 0.0
    while t < n:
        x = x + h * f(t, x)
        t = t + 1.0
    return x


def decay(t, x):
    return -x * (1.0 + t)


unknown(step_by_step, decay, X, 0.1, 3, wrt=(1, 2))


def unknown_in_a_branch(f, x):
    if x > 0.5:
        y = f(x)
    else:
        y = x
    return y * y


unknown(unknown_in_a_branch, square, X, wrt=(1,))
unknown(unknown_in_a_branch, square, 0.3, wrt=(1,), label="not_called")


def both(x):
    return x * x, np.sin(x)


def several_results_of_an_unknown_function(f, x):
    a, b = f(x)
    c = f(b)
    return a * b + c[0]


unknown(several_results_of_an_unknown_function, both, X, wrt=(1,))


def named_arguments_of_an_unknown_function(f, x, y):
    return f(x, factor=y) + f(2.0, x, offset=x * y)


unknown(named_arguments_of_an_unknown_function, scaled_power, X, 1.3, wrt=(1, 2))

TABLE = {"sin": np.sin, "square": square}


def table_from_outside(x, name):
    return TABLE[name](x) * x


unknown(table_from_outside, X, "sin")
unknown(table_from_outside, X, "square", label="source")


def unknown_function_in_a_helper(f, x):
    return midpoint(f, 0.0, x) + root_mean(f, x)


def root_mean(f, x):
    return np.sqrt(1.0 + f(x) * f(x))


unknown(unknown_function_in_a_helper, np.exp, X, wrt=(1,))


def slope_of_an_unknown_function(f, x):
    return tangent.grad(f)(x) * x


unknown(slope_of_an_unknown_function, cubed_slowly, X, wrt=(1,))


# Closures, recursion, and what is passed on


def late_binding(x):
    k = 2.0
    f = lambda t: t * k
    k = 3.0 * x
    return f(x)


add(late_binding, 0.7)


def lambda_in_loop(x, n):
    total = 0.0
    for i in range(n):
        f = lambda t: t * i
        total = total + f(x) * x
    return total


add(lambda_in_loop, 0.7, 3)


def appended(x):
    fs = []
    fs.append(lambda t: t * x)
    fs.append(np.sin)
    total = 0.0
    for f in fs:
        total += f(x)
    return total


add(appended, 0.7)


def make(k):
    scale = [k]

    def f(t):
        return t * scale[0]

    def put(v):
        scale[0] = v

    return f, put


def closure_state(x):
    f, put = make(x)
    a = f(2.0)
    put(x * x)
    return a + f(3.0)


add(closure_state, 0.7)


def chosen_closure(x):
    if x > 0:
        f, _ = make(x)
    else:
        f, _ = make(x * x)
    return f(x)


add(chosen_closure, 0.7)
add(chosen_closure, -0.7, label="2")


def outer(x):
    def helper(y):
        return y * x

    def make2():
        def inner(z):
            return helper(z) * x

        return inner

    return make2


def deep_chosen(x):
    m = outer(x) if x > 0 else outer(2.0)
    return m()(x)


add(deep_chosen, 0.7)
add(deep_chosen, -0.7, label="2")


def shadow(x):
    def total(t):
        return t * x

    def apply(f, x):
        total = f(x)
        return total * x

    return apply(total, x * x)


add(shadow, 0.7)


def kwargs_forward(x):
    def base(a, b=2.0, *rest, c=1.0, **kw):
        s = a * b * c
        for r in rest:
            s = s + r
        if "d" in kw:
            s = s * kw["d"]
        return s

    def wrap(*args, **kw):
        return base(*args, **kw)

    return wrap(x) + wrap(x, x, x, 1.0, c=x, d=x) + wrap(x, b=x)


add(kwargs_forward, 0.7)


def opts_written(x):
    opts = {}
    opts["c"] = x
    opts["b"] = 2.0

    def base(a, b=1.0, c=1.0):
        return a * b * c

    return base(x, **opts)


add(opts_written, 0.7)


def while_condition(x):
    f = lambda t: t * t * x
    y = 2.0
    while f(y) > 0.1:
        y = y * 0.5
    return y * x


add(while_condition, 0.7)


def apply_twice(f, x, *args, **kw):
    return f(f(x, *args, **kw), *args, **kw)


def star_passed(x):
    return apply_twice(lambda t, a, b=1.0: t * a + b * x, x, x, b=2.0)


add(star_passed, 0.7)


def bisect(f, a, b, tol=1e-3):
    fa = f(a)
    while b - a > tol:
        m = 0.5 * (a + b)
        fm = f(m)
        if fa * fm <= 0:
            b = m
        else:
            a = m
            fa = fm
    return 0.5 * (a + b)


def rk4(f, y, t, h, *args):
    k1 = f(t, y, *args)
    k2 = f(t + h / 2, y + h / 2 * k1, *args)
    k3 = f(t + h / 2, y + h / 2 * k2, *args)
    k4 = f(t + h, y + h * k3, *args)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def osc(t, y, k):
    return np.array([y[1], -k * y[0]])


def ode(y, k):
    for i in range(3):
        y = rk4(osc, y, 0.1 * i, 0.1, k)
    return np.sum(y * y)


add(ode, np.array([1.0, 0.3]), 1.3, wrt=(0, 1))


def adaptive(f, a, b, eps):
    m = 0.5 * (a + b)
    whole = (b - a) * f(m)
    halves = (b - a) / 2 * (f(0.5 * (a + m)) + f(0.5 * (m + b)))
    if abs(whole - halves) < eps:
        return halves
    return adaptive(f, a, m, eps / 2) + adaptive(f, m, b, eps / 2)


def adaptive_quad(x):
    return adaptive(lambda t: np.exp(t * x), 0.0, x + 1.0, 1e-3)


add(adaptive_quad, 0.7)


def adaptive_quad_global(x):
    return adaptive(np.exp, 0.0, x + 1.0, 1e-3)


add(adaptive_quad_global, 0.7)


def inner_recursion(x, n):
    def fact(k):
        if k <= 1:
            return x
        return k * x * fact(k - 1)

    return fact(n)


add(inner_recursion, 0.7, 4)


def y_combinator_like(x):
    def run(f, n):
        return f(run, n)

    def step(self, n):
        return x if n == 0 else x * self(step, n - 1)

    return run(step, 3)


add(y_combinator_like, 0.7)


def run_time_list(x, fs):
    return sum_of(fs, x)


unknown(run_time_list, 0.7, [np.sin, np.cos])


def sum_of(fs, x):
    total = 0.0
    for i in range(len(fs)):
        total = total + fs[i](x) * i + fs[-1](x)
    return total


def config(x, cfg):
    act = cfg["act"]
    return act(cfg["w"] * x)


unknown(config, 0.7, {"act": np.tanh, "w": 2.0})


def default_or(x, f=None):
    if f is None:
        f = np.cos
    return f(x)


unknown(default_or, 0.7, np.sin)


def ufunc2(x, f):
    return f(x, 0.3 * x) + f(0.1, x)


unknown(ufunc2, 0.7, np.maximum)


def axis(x, f):
    return f(x, axis=0)


unknown(axis, np.array([0.3, 0.2]), np.sum)


def returned_partial(x):
    def mk(a):
        return functools.partial(lambda p, q: p * q * q, a)

    return mk(x)(x)


add(returned_partial, 0.7)


def conditional_call_expr(x):
    return (np.sin if x > 1 else lambda t: t * x)(x)


add(conditional_call_expr, 0.7)


def and_or(x):
    f = None
    g = f or np.sin
    return g(x)


add(and_or, 0.7)


def tuple_in(v):
    return (lambda a, b: a * b)(*v)


add(tuple_in, (0.7, 0.2))


# Generators


def halves(x):
    while x > 0.1:
        yield x
        x = 0.5 * x


def simple(x):
    total = 0.0
    for h in halves(x):
        total = total + h * h
    return total


add(simple, 0.7)


def with_break(x):
    total = 0.0
    for h in halves(x):
        total = total + h * h
        if total > 0.5:
            break
    else:
        total = total * 2.0
    return total * h


add(with_break, 0.7)


def none(x):
    total = 1.0
    for h in halves(x):
        total = total + h * h
    else:
        total = total * x
    return total


add(none, 0.01)


def with_return(x):
    for h in halves(x):
        if h < 0.3:
            return h * x
    return x


add(with_return, 0.7)


def summed(x):
    return sum(halves(x)) * len(list(halves(x))) + max(halves(x)) + np.sum(np.array(list(halves(x))))


add(summed, 0.7)


def pairs_(a, n):
    for i in range(n):
        if i % 2 == 0:
            yield i, a * i
        else:
            yield i, a
    yield n, a * a


def pairs(x, n):
    total = 0.0
    for i, p in pairs_(x, n):
        if i == 1:
            continue
        total = total + p * i * x
    return total


add(pairs, 0.7, 3)


def chained(a, n):
    yield a
    yield from halves(a)
    yield from [a, a * a]
    for i, p in pairs_(a, n):
        if i == 2:
            return
        yield p


def chain(x, n):
    total = 0.0
    for p in chained(x, n):
        total = total + p * (1.0 + total)
    return total


add(chain, 0.7, 3)


def inner_gen(x):
    k = 1.0

    def g(n):
        for i in range(n):
            yield k * i * x

    total = 0.0
    for v in g(4):
        k = k + v
        total = total + v * k
    return total


add(inner_gen, 0.7)


def forever(x):
    while True:
        yield x
        x = x * 0.5


def infinite(x):
    total = 0.0
    for i, v in enumerate(halves(x)):
        total = total + v * i
    for v in forever(x):
        if v < 0.1:
            break
        total = total + v
    return total


add(infinite, 0.7)


def nested(x):
    total = 0.0
    for a in halves(x):
        for b in halves(a):
            if b < 0.2:
                break
            total = total + a * b
    return total


add(nested, 0.7)


def arrays(x):
    buf = np.zeros(3)

    def fill():
        for i in range(3):
            buf[i] = x[i] * 2.0
            yield i

    total = 0.0
    for i in fill():
        total = total + np.sum(buf * buf)
        buf[0] = total
    return total + buf[0]


add(arrays, np.array([0.1, 0.5, 0.3]))


def lists(x):
    items = [x]

    def grow():
        while len(items) < 4:
            yield items[-1]

    for v in grow():
        items.append(v * x)
    return items[-1]


add(lists, 0.7)


def raising(x):
    def g():
        yield x
        if x > 1:
            raise ValueError("no")
        yield x * x

    t = 0.0
    for v in g():
        if v > 5:
            raise ValueError("big")
        t = t + v * v
    return t


add(raising, 0.7)


def without_derivative(p, n=3):
    return 1.0


def tangent_of_a_call_that_two_values_have(p, n):
    made = {"y": without_derivative(p)}
    d = made["y"] - n
    return d * 2.0 + 1.3 * (p["a"] + made["y"])


add(tangent_of_a_call_that_two_values_have, {"a": 0.4}, 2.0)


# A function that is given functions, called so often that it becomes a program of its own


def shifted_four_times(g, x):
    return g(x) + g(x + 0.1) * g(x + 0.2) - g(x + 0.3)


def eight_times(g, x):
    return shifted_four_times(g, x) * shifted_four_times(g, 0.5 * x)


def thirty_times(g, x, scale=2.0):
    return eight_times(g, x) + scale * eight_times(g, -x) + eight_times(g, x * scale) - eight_times(g, x / scale)


def given_a_library_function_often(x):
    return thirty_times(np.sin, x) + thirty_times(np.cos, x, scale=3.0)


def given_an_inner_function_often(x, y):
    z = x * y

    def inner(t):
        return t * z + y

    return thirty_times(inner, x) * thirty_times(lambda t: t * t * z, y)


def given_functions_in_loops_and_branches_often(x, n):
    total = 0.0
    for i in range(n):
        if i % 2 == 0:
            total = total + thirty_times(np.sin, x + i)
        else:
            total = total - thirty_times(lambda t: t * total, x)
    return total


def written_by(g, a, x):
    a[0] = g(x) + a[1]
    return a[0]


def written_by_often(g, a, x):
    for _ in range(2):
        x = written_by(g, a, x) + written_by(g, a, x) * written_by(g, a, 0.5 * x)
    return x + written_by(g, a, x) + written_by(g, a, 2.0 * x) - written_by(g, a, -x)


def writes_with_a_function_often(x):
    a = np.array([0.1, 0.2])
    y = written_by_often(np.sin, a, x) * written_by_often(np.cos, a, x)
    return y + a[0] * a[1]


def times(g, k):
    return lambda t: k * g(t)


def returns_a_function_often(x):
    y = x
    for _ in range(2):
        y = times(np.sin, y)(times(np.cos, y)(y)) + times(np.sin, x)(y) + times(np.tanh, y)(x)
        y = times(np.sin, y)(times(np.cos, y)(y)) + times(np.sin, x)(y) + times(np.tanh, y)(x)
        y = times(np.sin, y)(times(np.cos, y)(y)) * times(np.sin, x)(y)
    return y


def two_results(g, x):
    return g(x), g(g(x))


def two_results_often(x):
    a, b = two_results(np.sin, x)
    for _ in range(2):
        a, b = two_results(np.sin, a * b)
        a, b = two_results(np.cos, a - b)
        c, _ = two_results(np.sin, a + b)
        a, b = two_results(np.sin, a + c)
        a, b = two_results(np.sin, a * c)
        a, b = two_results(np.sin, b)
        a, b = two_results(np.sin, b + c)
        a, b = two_results(np.sin, b - c)
        a, b = two_results(np.sin, b * a)
        _, b = two_results(np.sin, b * x)
    return a * b


add(given_a_library_function_often, 0.4)
add(given_an_inner_function_often, 0.4, 0.3, wrt=(0, 1))
add(given_functions_in_loops_and_branches_often, 0.1, 3)
add(writes_with_a_function_often, 0.4)
add(returns_a_function_often, 0.4)
add(two_results_often, 0.4)


def flow(q, width=None):
    """Solves for the width by a call of itself, where it is not given."""
    if width is None:
        return root_by_secants(missing_flow, 0.9, (q,))
    return width**2.5 + 0.1 * width


def missing_flow(width, q):
    return q - flow(q, width=width)


def root_by_secants(f, x, args):
    other, y = 1.1 * x, f(x, *args)
    for _ in range(6):
        y_other = f(other, *args)
        x, other, y = other, other - y_other * (other - x) / (y_other - y), y_other
    return other


add(flow, 0.7, None)


# Variables of the enclosing function that are written


def outer_number_written_in_a_loop(x):
    t = 0.0

    def add(v):
        nonlocal t
        t += v * v

    for i in range(3):
        add(x[i])
    return t * t


add(outer_number_written_in_a_loop, V)


def outer_variable_written_two_levels_up(x):
    t = x[0]

    def g(v):
        def h(w):
            nonlocal t
            t = t * w + v
            return t

        a = h(v * 2.0)
        return a * t

    s = g(x[1])
    return s + t * g(x[2])


add(outer_variable_written_two_levels_up, V)


def outer_variable_read_between_two_writes(x):
    t = x[0]

    def read():
        return t * 2.0

    def write(v):
        nonlocal t
        t = t * v
        return read() * t

    a = write(x[1])
    b = read()
    c = write(x[2])
    return a * b + c * t


add(outer_variable_read_between_two_writes, V)


def outer_variables_written_in_a_branch(x):
    t = x[0]
    n = 0

    def bump(v):
        nonlocal t, n
        if v > 1.0:
            t = t * v
            n += 1
            return t
        t = t + v
        return -t

    s = 0.0
    for v in x:
        s += bump(v) * n
    return s * t


add(outer_variables_written_in_a_branch, V)


def closures_with_a_state_of_their_own(x):

    def make(k):
        total = k

        def inc(v):
            nonlocal total
            total = total * v
            return total

        return inc

    a = make(x[0])
    b = make(x[1])
    return a(x[1]) * b(x[2]) * a(x[2]) + b(x[0])


add(closures_with_a_state_of_their_own, V)


def outer_variable_written_by_a_function_that_is_passed(x):
    best = x[0]

    def visit(v):
        nonlocal best
        if v > best:
            best = v * v

    def each(f, xs):
        for v in xs:
            f(v)

    each(visit, x)
    return best * x[1]


add(outer_variable_written_by_a_function_that_is_passed, V)


def outer_array_written_and_rebound(x):
    y = x * 1.0

    def step(i):
        nonlocal y
        y[i] += y[i - 1] ** 2
        y = y * 2.0

    step(1)
    step(2)
    return np.sum(y * x)


add(outer_array_written_and_rebound, V)


def outer_list_rebound(x):
    xs = [x[0]]

    def push(v):
        nonlocal xs
        xs = [*xs, v * xs[-1]]

    for v in x:
        push(v)
    return xs[-1] * xs[1]


add(outer_list_rebound, V)


def outer_variable_written_in_a_comprehension(x):
    t = 1.0

    def nxt(v):
        nonlocal t
        t = t * v
        return t

    return sum([nxt(v) for v in x]) * t


add(outer_variable_written_in_a_comprehension, V)


def outer_variable_written_beside_a_generator(x):
    t = x[0]

    def items():
        for v in x:
            yield (v * t)

    def w(v):
        nonlocal t
        t = t + v

    s = 0.0
    for v in items():
        w(v)
        s += v
    return s * t


add(outer_variable_written_beside_a_generator, V)


def outer_variable_written_in_the_test_of_a_loop(x):
    k = 0
    s = x[0]

    def more():
        nonlocal k
        k += 1
        return k < 4

    while more():
        s = s * x[1] + k
    return s


add(outer_variable_written_in_the_test_of_a_loop, V)


def outer_variable_written_before_a_return(x):
    t = x[0]

    def w(v):
        nonlocal t
        for i in range(3):
            t = t * v
            if t > 1.2:
                return t
        return -t

    return w(x[1]) + w(x[2]) * t


add(outer_variable_written_before_a_return, V)


def outer_view_rebound(x):
    y = x * x
    part = y[1:]

    def w(v):
        nonlocal part
        part = part * v

    w(x[0])
    y[1] = x[2]
    return np.sum(part) * y[1]


add(outer_view_rebound, V)


def outer_array_with_two_names_written(x):
    y = x * x
    z = y

    def w():
        nonlocal y
        y[0] = x[1] * 2.0

    w()
    return z[0] * y[1]


add(outer_array_with_two_names_written, V)


def outer_variables_swapped(x):
    a, b = (x[0], x[1])

    def s():
        nonlocal a, b
        a, b = (b * 2.0, a)

    s()
    s()
    s()
    return a * b * b


add(outer_variables_swapped, V)


def outer_variable_written_in_a_condition(x):
    t = x[0]

    def w(v):
        nonlocal t
        t = t * v
        return t > 0.5

    if w(x[1]) and w(x[2]):
        return t * t
    return t


add(outer_variable_written_in_a_condition, V)


def outer_variable_written_in_finally(x):
    t = x[0]

    def w(v):
        nonlocal t
        t = t * v

    try:
        w(x[1])
    finally:
        w(x[2])
    return t * t


add(outer_variable_written_in_finally, V)


def outer_variable_written_by_a_callback(x):
    t = x[0]

    def run(f, n):
        for _ in range(n):
            f()

    def body():
        nonlocal t
        t = np.sin(t) * x[1]

    run(body, 3)
    return t


add(outer_variable_written_by_a_callback, V)


def outer_variable_written_through_a_lambda(x):
    t = x[0]

    def w(v):
        nonlocal t
        t *= v
        return t

    f = lambda v: w(v) + w(v)
    return f(x[1]) * t


add(outer_variable_written_through_a_lambda, V)


def first_only(a):
    yield a


def return_in_a_loop_behind_a_generator(x, n):
    q = sum(first_only(x))
    for _ in range(n):
        return q * x
    return 0.4


add(return_in_a_loop_behind_a_generator, 0.7, 2)
add(return_in_a_loop_behind_a_generator, 0.7, 0, label="no_steps")


# Calls that unpack what only the run knows the length or the keys of


def decay(t, a, b, c=1.0):
    return a * np.exp(-b * t) + c


def fitted(p, t):
    return np.sum(decay(t, *p) ** 2)


add(fitted, np.array([1.0, 0.5, 0.2]), np.linspace(0.0, 1.0, 4))
add(fitted, np.array([1.0, 0.5]), np.linspace(0.0, 1.0, 4), label="default")
add(fitted, [1.0, 0.5], 0.3, label="list")
add(fitted, (1.0, 0.5, 0.2), 0.3, label="tuple")


def fitted_by_names(p, t):
    return np.sum(decay(t, **p) ** 2)


add(fitted_by_names, {"a": 1.0, "b": 0.5}, np.linspace(0.0, 1.0, 4))
add(fitted_by_names, {"c": 0.3, "a": 1.0, "b": 0.5}, 0.3, label="all")


def fitted_by_places_and_names(p, q):
    return decay(0.3, *p, **q) * decay(0.3, *p[1:], b=p[0], **q)


add(fitted_by_places_and_names, [0.5, 1.2], {"c": 0.1}, wrt=(0, 1), label="c")
add(fitted_by_places_and_names, np.array([0.5, 1.2]), {}, label="array")


def scaled_total(x, *rest):
    return x * sum(r * r for r in rest)


def any_number_of_arguments(p):
    return scaled_total(*p) + scaled_total(p[0], p[1], *p)


add(any_number_of_arguments, [1.0, 2.0, 0.5])
add(any_number_of_arguments, np.array([1.0, 2.0, 0.5]), label="array")


def passed_on_by_an_inner_function(p):
    def g(*xs):
        return decay(xs[0], *xs[1:])

    return g(*p)


add(passed_on_by_an_inner_function, [0.3, 2.0, 0.5])


def unpacked_into_library_functions(p):
    return max(*p) * min(*p) + np.hypot(*p[1:])


add(unpacked_into_library_functions, np.array([1.0, 2.0, 0.5]))


class Beam:
    def __init__(self, stiffness, load=2.0):
        self.stiffness, self.load = stiffness, load

    def sag(self, length, factor=0.5):
        return factor * self.load * length**3 / self.stiffness


def unpacked_into_classes_and_methods(p, q):
    return Beam(*p).sag(*q)


add(unpacked_into_classes_and_methods, [1.5, 0.7], [0.8], wrt=(0, 1))
add(unpacked_into_classes_and_methods, [1.5], [0.8, 0.3], wrt=(0, 1), label="defaults")


def applied_to(f, x, args=()):
    return f(x, *args)


def arguments_in_an_array(p):
    return applied_to(decay, 0.5, args=p)


add(arguments_in_an_array, np.array([1.0, 0.3]))


def display_of_several_parts(x):
    items = [0.5, *x, *x[:1]]
    return sum(v * v for v in items)


add(display_of_several_parts, V)


# Functions that a loop makes and keeps


def functions_made_in_a_loop(x):
    steps = []
    for i in range(3):
        steps.append(lambda v, i=i: v * x + i)
    result = x
    for step in steps:
        result = step(result)
    return result


add(functions_made_in_a_loop, 0.7)


def functions_made_in_comprehensions(x):
    powers = [functools.partial(np.power, i + 1.0) for i in range(3)]
    scaled = [lambda v, k=k: v * k for k in (0.5, 2.0)]
    return sum(f(x) for f in powers) + sum(f(x) for f in scaled)


add(functions_made_in_comprehensions, 0.7)


def last_of_the_loop(x):
    fs = [lambda v: v * i for i in range(3)]  # all read the last i
    return sum(f(x) for f in fs)


add(last_of_the_loop, 0.7)


def functions_of_a_table(x):
    terms = {"square": lambda v: v * x, "shift": lambda v: v + x}
    total = 0.0
    for name, term in terms.items():
        total = total + term(x) * len(name)
    return total + sum(term(x) for term in terms.values())


add(functions_of_a_table, 0.7)


# A variable of the function around, written in a loop over a generator


def rising(a, n):
    for i in range(n):
        a = np.sin(a) + 0.3 * i
        yield a


def outer_variable_written_in_a_loop_over_a_generator(x):
    t = x

    def scaled(v):
        nonlocal x
        for w in rising(0.5, 2):
            x = x * w
        return x * v

    return scaled(0.3) + x * t


add(outer_variable_written_in_a_loop_over_a_generator, 0.7)


def outer_variables_written_in_loops_over_generators(x):
    def scaled(v):
        nonlocal x

        def again(k):
            nonlocal x
            for w in rising(0.2, 2):
                x = x * k * w

        for w in rising(0.5, 2):
            x = np.tanh(v + w) * x
            again(w)
            if x > 5.0:
                break
        return v

    return scaled(x) * x


add(outer_variables_written_in_loops_over_generators, 0.7)


# Arguments that are unpacked from iterators

Pair = namedtuple("Pair", "first second")


def unpacked_generator(x):
    pair = Pair(*(k * x for k in (x, x + 1.0)))
    return pair.first * pair.second + max(*(k * x for k in [1.0, 2.0]))


def unpacked_map_in_a_closure(x):
    def add(p, q):
        return Pair(*map(lambda a, b: a + x * b, p, q))

    total = functools.reduce(add, [Pair(x, 1.0), Pair(2.0, x)], Pair(0.0, x))
    return total.first * total.second


def halved(f, a, b, *args, width=0.3):
    if b - a < width:
        return f(0.5 * (a + b), *args) * (b - a)
    middle = 0.5 * (a + b)
    return halved(f, a, middle, *args, width=width) + halved(f, middle, b, *args, width=width)


def one_argument_passed_on_by_recursion(x):
    return halved(lambda t, k: np.exp(-k * t), 0.0, 1.0, x) + halved(np.arctan2, 0.0, x, x)


add(one_argument_passed_on_by_recursion, 0.7)
add(unpacked_generator, 0.7)
add(unpacked_map_in_a_closure, 0.7)


# Derivatives inside of functions that read objects


class Spring:
    rate = 3.0

    def __init__(self, rate):
        self.rate, self.damper = rate, [rate * rate]

    def force(self, k):
        return self.rate * k + self.damper[0] * k**3


def slope_reads_an_attribute(x):
    spring = Spring(x + x)
    return tangent.grad(lambda k: k * k * spring.rate)(x)


def slope_of_a_method_of_an_object_that_changes(x):
    spring = Spring(x)
    force = lambda k: spring.force(k * k)
    before = tangent.grad(force)(x)
    spring.rate = x * x
    return before + tangent.grad(force)(x)


add(slope_reads_an_attribute, 0.7)
add(slope_of_a_method_of_an_object_that_changes, 0.7)


def generator_in_a_branch_of_another(x, q):
    table = {"a": x, "b": 0.5}

    def halves(v):
        if v >= 1.3:
            table["b"] = sum(squares_below(v, 3)) * table["a"]
        yield 0.5 * v

    total = sum(halves(sum(q)))
    return q[1] * total + table["b"]


def squares_below(x, n):
    for i in range(n):
        yield x * x / (i + 1.0)


add(generator_in_a_branch_of_another, X, [0.4, 0.3], wrt=(0, 1))
add(generator_in_a_branch_of_another, X, [1.4, 0.3], wrt=(0, 1), label="taken")
