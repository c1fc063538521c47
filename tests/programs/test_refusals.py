"""What lies outside of the language is refused at its line, with a caret, the reason and a rewrite."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import inspect
import math
import random
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError
from tests.programs.classes import Pair

counter = 0
lock = threading.Lock()
box = np.zeros(3)
registry: list[Any] = []


class Point:
    """A mutable object."""

    def __init__(self, x: float) -> None:
        self.x = x


point = Point(1.0)


def class_inside(x):
    class Local:  # here
        pass

    return x * x


def read_in_the_next_iteration(x):
    y = x
    for s in ("1", "two", "3"):
        try:
            y = y * x  # here
            z = float(s)
        except ValueError:
            continue
        x = x * z
    return x


def changed_by_an_inner_function_that_raises(x):
    y = x

    def scale(by):
        nonlocal y
        y = y * by
        return math.sqrt(by)

    try:
        scale(x)
    except ValueError:
        pass
    return y * x  # here


def changed_by_a_loop_over_a_generator_that_raises(x):
    def roots(values):
        for v in values:
            yield v
            math.sqrt(v)

    y = x
    try:
        for v in roots([4.0, -1.0]):
            y = y * v
    except ValueError:
        pass
    return y * x  # here


def stored_after_a_function_that_raises(x):
    points = [Point(x)]
    try:
        moved(points[0], x)
    except ValueError:
        pass
    for _ in range(2):
        points.append(Point(x))  # here
    return points[0].x


def moved(point, x):
    point.x = point.x * x
    return math.sqrt(x)


def left_in_finally(x):
    try:
        y = x * x
    finally:
        return x  # here
    return y


def several_exceptions_at_once(x):
    try:  # here
        y = x * x
    except* ValueError:
        y = x
    return y


class Swallowing:
    """A context that keeps exceptions to itself."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return True


def context_that_swallows(x):
    y = x
    with Swallowing():  # here
        y = y * float("two")
    return y


@contextlib.contextmanager
def handled():
    with contextlib.suppress(ValueError):
        yield


def generator_that_swallows(x):
    y = x
    with handled():  # here
        y = y * float("two")
    return y


def raise_outside_of_a_handler(x):
    if x > 100.0:
        raise  # here
    return x * x


def alternatives_with_names(x):
    match x:
        case [y] | [y, _]:  # here
            return y
    return x


def rest_of_a_mapping(x, options):
    match options:
        case {"a": a, **rest}:  # here
            return a * len(rest)
    return x


def name_of_a_guard_that_fails(x):
    y = 2.0
    match x:
        case y if y > 100.0:
            pass
    return x * y  # here


def generator(x):
    yield x * x  # here


def generator_from(x):
    yield from [x]  # here


async def coroutine(x):
    return x * x


async def awaits(x):
    y = await coroutine(x)
    return y


def global_write(x):
    global counter  # here
    counter = counter + 1
    return x * x


def nonlocal_factory():
    count = 0

    def nonlocal_write(x):
        nonlocal count  # here
        count += 1
        return x * x

    return nonlocal_write


nonlocal_write = nonlocal_factory()


def global_array_written(x):
    box[0] = x  # here
    return box[0] * x


def global_list_appended(x):
    registry.append(x)  # here
    return x * x


def unknown_function(x):
    return math.modf(x[0])[0] * x[1]  # here


def unknown_c_function(x):
    return x * random.random()  # here


def unknown_method(x):
    return x.searchsorted(0.1) * x[0]  # here


def undefined_name(x):
    return not_defined_anywhere(x)  # noqa: F821


def undefined_attribute(x):
    return np.no_such_function(x)


def undefined_module(x):
    return no_such_module.sin(x)  # noqa: F821


def calls_exec(x):
    exec("y = x * x")  # here
    return x


def calls_eval(x):
    return eval("x * x")  # here


def imports_inside(x):
    import math  # here

    return math.sin(x)


def complex_result(x):  # here
    return x + 1j * x


def maximum_of_complex_numbers(x):
    return np.real(np.maximum(x * 1j, x))  # here


def sign_of_complex_numbers(x):
    return np.real(np.sign(x * 1j + x))  # here


def complex_number_in_array_of_reals(x):
    y = np.zeros(2)
    y[0] = x * 1j  # here
    return y[0] * 2.0


def keyword_arguments(**p):  # here
    return p["x"] * p["x"]


def parsed_text(x):
    return float(f"{x:.3f}") * x  # here


def slice_deleted(x):
    parts = [x, x * x]
    del parts[0:1]  # here
    return parts[0]


def fills_in_place(x):
    y = x * 1.0
    np.random.shuffle(y)  # here
    return y[0] * y[1]


def ufunc_at(x):
    y = np.zeros(2)
    np.multiply.at(y, [0, 0], x)  # here
    return y[0] * y[1]


def iter_next(x):
    it = iter([x, x])
    return next(it) * next(it)  # here


V = np.array([0.3, -0.7])

def inner_function_as_a_value(x):
    g = lambda y: y * x
    parts = [x, g]  # here
    return parts[0] * len(parts)


def inner_function_that_does_not_fit(x):
    g = lambda y: y * x
    return g(x, x)  # here


def derivative_in_split_motion(x):
    return tangent.autodiff(lambda y: y * x, motion="split")(x)  # here


def derivative_that_writes_outside(x):
    parts = [x]

    def g(y):
        parts.append(y)
        return y * parts[0]

    return tangent.grad(g)(x) + parts[-1]  # here


def derivative_with_respect_to_nothing(x):
    return tangent.grad(lambda y: y * x, wrt="z")(x)  # here


def outer_variable_written_in_recursion(x):
    t = x

    def grow(v):
        nonlocal t
        t = t * v

    def again(v, n):
        grow(v)
        return again(v, n - 1) if n > 0 else v

    return again(x, 2) * t  # here


def deque_with_a_length(x):
    last = collections.deque(maxlen=2)  # here
    for i in range(3):
        last.append(x * i)
    return last[0] * last[1]


def filter_that_reads_what_its_loop_changes(x):
    bound, total = [x], 0.0
    for v in filter(lambda k: bound[0] < k, (1.0, 2.0, 3.0)):  # here
        bound[0] = bound[0] + v * x
        total += v * bound[0]
    return total


def functions_changed_by_their_loop(x):
    functions, total = [lambda v: v * x, lambda v: v + x], 0.0
    for f in functions:  # here
        total += f(x)
        functions[1] = lambda v: v * v
    return total


@dataclasses.dataclass(frozen=True)
class Frame:
    origin: Any


def moved_origin(frame):
    frame.origin[0] += 1.0
    return np.sum(frame.origin)


def product_of_unknown_objects(pairs):
    square = pairs[0] * pairs[0]  # here
    return square.u


REFUSED = {
    f.__name__: (f, arguments)
    for f, *arguments in [
        (class_inside, 0.7),
        (read_in_the_next_iteration, 0.7),
        (changed_by_an_inner_function_that_raises, 0.7),
        (changed_by_a_loop_over_a_generator_that_raises, 0.7),
        (stored_after_a_function_that_raises, 0.7),
        (left_in_finally, 0.7),
        (several_exceptions_at_once, 0.7),
        (context_that_swallows, 0.7),
        (generator_that_swallows, 0.7),
        (raise_outside_of_a_handler, 0.7),
        (alternatives_with_names, 0.7),
        (rest_of_a_mapping, 0.7, {"a": 1.0}),
        (name_of_a_guard_that_fails, 0.7),
        (generator, 0.7),
        (generator_from, 0.7),
        (coroutine, 0.7),
        (awaits, 0.7),
        (global_write, 0.7),
        (nonlocal_write, 0.7),
        (global_array_written, 0.7),
        (global_list_appended, 0.7),
        (unknown_function, V),
        (calls_eval, 0.7),
        (complex_result, 0.7),
        (maximum_of_complex_numbers, 0.7),
        (sign_of_complex_numbers, 0.7),
        (complex_number_in_array_of_reals, 0.7),
        (parsed_text, 0.7),
        (slice_deleted, 0.7),
        (deque_with_a_length, 0.7),
        (filter_that_reads_what_its_loop_changes, 0.7),
        (functions_changed_by_their_loop, 0.7),
        (product_of_unknown_objects, [Pair(0.7, 1.2)]),
        (outer_variable_written_in_recursion, 0.7),
        (fills_in_place, V),
        (ufunc_at, V),
        (iter_next, 0.7),
        (inner_function_as_a_value, 0.7),
        (inner_function_that_does_not_fit, 0.7),
        (derivative_in_split_motion, 0.7),
        (derivative_that_writes_outside, 0.7),
        (derivative_with_respect_to_nothing, 0.7),
    ]
}

RIGHT_OR_REFUSED = {
    f.__name__: (f, arguments, derivative)
    for f, derivative, *arguments in [
        (unknown_c_function, None, 0.7),  # a random number
        (unknown_method, np.array([1.0, 0.0]), np.array([-0.7, 0.3])),
        (calls_exec, 1.0, 0.7),
        (imports_inside, np.cos(0.7), 0.7),
    ]
}


def marked_line(f: Callable[..., Any]) -> int:
    """The line of the file that carries the comment `# here`, or that of the function."""
    lines, first = inspect.getsourcelines(f)
    marked = [i for i, line in enumerate(lines) if "# here" in line]
    return first + (marked[0] if marked else 0)


def message(f: Callable[..., Any], arguments: list[Any], optimized: bool = True) -> str:
    with pytest.raises(TangentError) as caught:
        tangent.grad(f, optimized=optimized)(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_place_reason_and_rewrite(name: str, optimized: bool) -> None:
    f, arguments = REFUSED[name]
    text = message(f, arguments, optimized)
    source = inspect.getsource(f)
    assert f'File "{__file__}", line {marked_line(f)}, in {name}' in text, text
    lines = text.strip().splitlines()
    assert lines[1].strip() in source, text
    assert set(lines[2].strip()) == {"^"}, text
    assert len(lines[3]) > 10, text
    assert "Instead: " in text, text


@pytest.mark.parametrize("name", RIGHT_OR_REFUSED)
def test_is_right_or_refused(name: str) -> None:
    f, arguments, derivative = RIGHT_OR_REFUSED[name]
    try:
        value = tangent.grad(f)(*arguments)
    except TangentError as error:
        text = str(error)
        assert "Instead: " in text
    else:
        assert derivative is None or value == pytest.approx(derivative)


def test_an_array_of_a_frozen_argument_is_not_changed_in_place() -> None:
    with pytest.raises(TangentError, match="a frozen object holds is changed in place"):
        tangent.grad(moved_origin)(Frame(np.array([0.7, 1.0])))


def test_a_refusal_in_a_callee_names_the_callee() -> None:
    text = message(calls_what_is_refused, [0.7])
    assert f"line {marked_line(class_inside)}, in class_inside" in text


def calls_what_is_refused(x):
    return class_inside(x) * x


def not_reached(x):
    if x > 100.0:
        raise ValueError(f"too large: {x}")
    assert x > 0.0, "negative"
    return x * x


def test_errors_of_the_user_stay_those_of_the_user() -> None:
    derivative = tangent.grad(not_reached)
    with pytest.raises(ValueError, match="too large"):
        derivative(200.0)
    with pytest.raises(AssertionError, match="negative"):
        derivative(-1.0)


@pytest.mark.parametrize("f", [undefined_name, undefined_attribute, undefined_module])
def test_a_name_that_is_not_defined_is_an_error_where_it_is_reached(f: Callable[..., Any]) -> None:
    with pytest.raises(Exception) as raised:
        f(0.7)
    for derivative in (tangent.grad(f), tangent.jvp(f)):
        with pytest.raises(raised.type, match=re.escape(str(raised.value).replace("module 'numpy'", "np"))):
            derivative(0.7, 1.0)


def division(x, n):
    return x / n if n > 0 else [x][n + 5]


def test_runtime_errors_are_those_of_the_primal() -> None:
    derivative = tangent.grad(division)
    with pytest.raises(IndexError):
        derivative(0.7, 0)


@pytest.mark.parametrize("wrt", [(3,), ("y",), ("x", "nope"), (0, 7), (-5,)])
def test_wrt_that_names_no_argument_is_an_error(wrt: tuple[Any, ...]) -> None:
    with pytest.raises((TangentError, ValueError, TypeError, IndexError)):
        tangent.grad(not_reached, wrt=wrt)


@pytest.mark.parametrize("thing", [3, None, "f", [1], np.zeros(3)])
def test_what_is_no_function_is_an_error(thing: Any) -> None:
    with pytest.raises((TangentError, TypeError)):
        tangent.grad(thing)


def test_a_function_without_source_is_an_error_that_says_so() -> None:
    namespace: dict[str, Any] = {}
    exec("def f(x):\n    return x * x\n", namespace)
    with pytest.raises(TangentError, match="source"):
        tangent.grad(namespace["f"])


@dataclasses.dataclass
class Swapped:
    """An object whose items are not its attributes in their order."""

    u: float
    v: float

    def __getitem__(self, i: int) -> float:
        return self.v if i == 0 else self.u

    def __setitem__(self, i: int, value: float) -> None:
        self.v = value

    def __iter__(self) -> Iterator[float]:
        return iter((2.0 * self.v, self.u))


def summed_items(o: Swapped):
    return sum(o) * o.u


def looped_items(o: Swapped):
    total = 0.0
    for item in o:
        total += item * item
    return total


def unpacked_items(o: Swapped):
    a, b = o
    return a * b * b


def listed_items_of_an_unknown_class(o):
    return list(o)[0] * o.u


def read_item_of_an_unknown_class(o):
    return o[0] * o.u


def written_item_of_an_unknown_class(o):
    o[0] = o.u * 3.0
    return o.u * o.v


def looped_items_of_an_unknown_class(o):
    total = 0.0
    for item in [*o]:
        total += item * item
    return total


@pytest.mark.parametrize(("f", "expected"), [
    (summed_items, (-1.4, 0.8)), (looped_items, (0.8, -8.8)), (unpacked_items, (-1.76, 0.32)),
])
def test_items_of_a_known_class_are_those_of_its_iterator(
    f: Callable[..., Any], expected: tuple[float, float]
) -> None:
    gradient = tangent.grad(f)(Swapped(0.4, -1.1))
    assert (gradient.u, gradient.v) == pytest.approx(expected)
    pushed = tangent.jvp(f)(Swapped(0.4, -1.1), Swapped(1.0, 2.0))
    assert pushed == pytest.approx(expected[0] + 2.0 * expected[1])


@pytest.mark.parametrize("f", [
    listed_items_of_an_unknown_class, read_item_of_an_unknown_class, written_item_of_an_unknown_class,
    looped_items_of_an_unknown_class,
])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_items_that_a_class_defines_are_refused(f: Callable[..., Any], mode: str) -> None:
    seed = Swapped(1.0, 1.0) if mode == "forward" else 1.0
    with pytest.raises(TangentError, match="an object of Swapped"):
        tangent.autodiff(f, mode=mode)(Swapped(0.4, -1.1), seed)


@pytest.mark.parametrize("row", [np.array([1]), [1], np.array([False, True, False])])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_write_into_a_copy_of_rows_is_refused_where_the_run_tells(row: Any, mode: str) -> None:
    def written(x, row):
        A = np.zeros((3, 3))
        A[row][0] = x
        return np.sum(A)

    with pytest.raises(TangentError, match=r"line \d+\n *A\[row\]\[0\] = x"):
        tangent.autodiff(written, mode=mode)(0.3, row, 1.0)


def test_random_numbers_are_constants() -> None:
    def noisy(x):
        return x * np.random.default_rng(0).standard_normal()

    tangent.check_grads(noisy, (0.3,), order=2)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_what_max_gives_is_its_argument(mode: str) -> None:
    def halved(pair):
        largest = max(pair[0], pair[1])
        largest *= 0.5
        return largest * pair[1]

    derivative = tangent.autodiff(halved, mode=mode)
    derivative([0.3, 0.7], [1.0, 1.0] if mode == "forward" else 1.0)
    with pytest.raises(TangentError, match="two names stand for the same memory"):
        derivative([np.array(0.3), np.array(0.7)], [1.0, 1.0] if mode == "forward" else 1.0)
