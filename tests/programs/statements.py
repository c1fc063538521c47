"""Programs for the statements that change the way through a function: `try`, `with`, `match`, exits, names.

`STATEMENTS` is the list of cases; see `corpus.py` for the rest of the language.
"""

import contextlib
import math
import threading
import warnings
from dataclasses import dataclass

import numpy as np

from tests.programs.case import Corpus

STATEMENTS = Corpus()
add = STATEMENTS.add

X = 0.7
V = np.array([0.3, -0.7, 1.1])
V4 = np.array([0.9, -0.4, 0.6, 1.3])

lock = threading.Lock()


class OutOfRange(ValueError):
    """An exception of the user."""

    def __init__(self, value, limit=1.0):
        super().__init__(f"{value} is out of range")
        self.value = value
        self.limit = limit


# try: the path that is taken


def assigned_or_kept(x, s):
    y = x
    try:
        y = float(s) * x
    except ValueError:
        pass
    return y * x


add(assigned_or_kept, X, "3")
add(assigned_or_kept, X, "three", label="handled")


def returned_from_both(x):
    try:
        return math.sqrt(x) * x
    except ValueError:
        return x * 3.0


add(returned_from_both, X)
add(returned_from_both, -X, label="handled")


def returned_from_body_alone(x, s):
    y = x * x
    try:
        return y * float(s)
    except ValueError:
        y = y * x
    z = np.sin(y)
    return z * y


add(returned_from_body_alone, X, "2")
add(returned_from_body_alone, X, "two", label="handled")


def returned_from_handler_alone(x, s):
    try:
        v = float(s)
        w = math.log(v) * x
    except ValueError:
        return x * x * x
    w = w * x
    return np.sin(w) * v


add(returned_from_handler_alone, X, "2")
add(returned_from_handler_alone, X, "-2", label="handled")


def bare_except(x, s):
    try:
        y = x ** float(s)
    except:  # noqa: E722
        y = np.cos(x)
    return y * x


add(bare_except, X, "2")
add(bare_except, X, None, label="handled")


def several_handlers(x, s):
    try:
        y = math.log(float(s)) * x
    except ValueError as error:
        y = x * len(error.args)
    except (TypeError, KeyError):
        y = x * x
    except Exception:
        y = -x
    return y * y


add(several_handlers, X, "3")
add(several_handlers, X, "x", label="value")
add(several_handlers, X, None, label="type")


def handler_with_exits(x, s):
    try:
        y = math.log(float(s)) * x
    except ValueError:
        if s == "stop":
            return x * 5.0
        y = x * x
    except TypeError:
        return x
    return y * y


add(handler_with_exits, X, "3")
add(handler_with_exits, X, "stop", label="stop")
add(handler_with_exits, X, "go", label="go")
add(handler_with_exits, X, None, label="type")


def with_else(x, s):
    try:
        v = float(s)
    except ValueError as error:
        y = x * len(str(error))
    else:
        y = x * v * v
        if v > 5.0:
            return y
    return y * x


add(with_else, X, "2")
add(with_else, X, "6", label="exit")
add(with_else, X, "two", label="handled")


def pure_finally(x, s):
    scale = 1.0
    try:
        y = float(s) * x
    except ValueError:
        y = x * x
    finally:
        scale = 3.0 * x
    return y * scale


add(pure_finally, X, "2")
add(pure_finally, X, "two", label="handled")


def finally_with_effect(x):
    old = np.seterr(all="ignore")
    try:
        y = np.log(x) * x
        if np.sum(y) > 100.0:
            return np.sum(y)
        z = y * y
    finally:
        print("restored")
        np.seterr(**{})
    return np.sum(z * len(old))


def finally_behind_a_return(x):
    try:
        return np.sin(x) * x
    finally:
        print("done")


add(finally_behind_a_return, X)


def finally_in_a_loop_with_exits(x):
    total = 0.0
    for i in range(6):
        try:
            if i == 1:
                continue
            if i == 4:
                break
            total += np.sin(x * i)
        finally:
            total *= x
    return total


add(finally_in_a_loop_with_exits, X)


def raised_again(x, s):
    try:
        try:
            y = float(s) * x
        except ValueError:
            if s == "again":
                raise
            y = x * 7.0
    except ValueError as error:
        y = x * x * len(str(error))
    return y


add(raised_again, X, "2")
add(raised_again, X, "two", label="handled")
add(raised_again, X, "again", label="again")


def raised_from_another(x, s):
    try:
        try:
            y = float(s) * x
        except ValueError as error:
            raise OutOfRange(3.0, limit=2.0) from error
    except OutOfRange as error:
        y = x * error.limit * error.value
    return y * x


add(raised_from_another, X, "2")
add(raised_from_another, X, "two", label="handled")


def raised_in_the_body(x):
    try:
        if x < 0.0:
            raise OutOfRange(2.0)
        y = x * x
    except OutOfRange as error:
        y = x * error.value
    return y * x


add(raised_in_the_body, X)
add(raised_in_the_body, -X, label="handled")


def unused_conversion_decides(x, s):
    try:
        float(s)
        is_number = True
    except ValueError:
        is_number = False
    if is_number:
        return x * x
    return x * x * x


add(unused_conversion_decides, X, "2")
add(unused_conversion_decides, X, "two", label="handled")


def unused_item_decides(x, table, key):
    try:
        table[key]
    except KeyError:
        return x * 2.0
    return x * x


add(unused_item_decides, X, {"a": 1.0}, "a")
add(unused_item_decides, X, {"a": 1.0}, "b", label="handled")


def tangent_raises_where_the_value_does_not(x, y):
    try:
        z = math.sqrt(x) * y
    except ZeroDivisionError:
        z = y * 100.0
    return z * y + y


add(tangent_raises_where_the_value_does_not, 0.0, X, wrt=(1,))


def in_a_loop(x, items):
    total = 0.0
    for s in items:
        try:
            v = float(s)
            w = math.log(v) * x * total
        except ValueError:
            continue
        total += v * w + x
    return total


add(in_a_loop, X, ["1.5", "q", "2.5", "-1", "0.5"])
add(in_a_loop, X, [], label="empty")
add(in_a_loop, X, ["q"], label="handled")


def left_by_break_in_a_handler(x, items):
    total = x
    for s in items:
        try:
            total = total * float(s) + np.sin(total)
        except ValueError:
            total = total * x
            break
    else:
        total = total * 3.0
    return total


add(left_by_break_in_a_handler, X, ["1.5", "q", "2.5"])
add(left_by_break_in_a_handler, X, ["1.5", "2.5"], label="through")


def until_it_fails(x, items):
    total, k = x, 0
    while True:
        try:
            v = items[k]
            if v > 3.0:
                return total * v
        except IndexError:
            break
        total = np.sin(total * v) * total
        k += 1
    return total * total


add(until_it_fails, X, [1.5, 0.5, 2.5])
add(until_it_fails, X, [1.5, 3.5, 2.5], label="return")
add(until_it_fails, X, [], label="empty")


def loop_inside(x, items):
    total = x
    try:
        product = 1.0
        for s in items:
            product = product * np.sin(float(s) * x)
        total = total + product
    except ValueError:
        total = total * x
    return total * x


add(loop_inside, X, ["1.5", "2.5"])
add(loop_inside, X, ["1.5", "q"], label="handled")
add(loop_inside, X, [], label="empty")


def loops_around_and_inside(x, rows):
    total = x
    for row in rows:
        try:
            part = 1.0
            for s in row:
                if s == "skip":
                    continue
                if s == "end":
                    break
                part = part * np.sin(float(s) * x * part)
            result = part * total
        except ValueError:
            total = total * np.cos(x * total)
        else:
            total = result + total
    return total


ROWS = [["1.5", "2.5"], ["3", "q"], ["1", "skip", "2"], [], ["1", "end", "q"], ["q"]]
add(loops_around_and_inside, X, ROWS, optional=True)


def branches_inside(x, s):
    try:
        if s == "a":
            y = x * x
        elif s == "b":
            y = math.sqrt(-x)
        else:
            y = float(s) * x
        y = y * np.sin(y)
    except ValueError:
        y = x * x * x
    return y


add(branches_inside, X, "a")
add(branches_inside, X, "b", label="b")
add(branches_inside, X, "2", label="number")
add(branches_inside, X, "c", label="handled")


def nested_attempts(x, s, t):
    try:
        a = float(s) * x
        try:
            b = float(t) * a
        except ValueError:
            b = a * a
        c = math.log(b)
    except ValueError:
        c = x * x
    return c * x


add(nested_attempts, X, "2", "3")
add(nested_attempts, X, "2", "q", label="inner")
add(nested_attempts, X, "q", "3", label="outer")
add(nested_attempts, X, "2", "-3", label="outer_after_inner")


def one_after_another(x, s, t):
    try:
        y = float(s) * x
    except ValueError:
        y = x * x
    try:
        z = float(t) * y
    except ValueError:
        z = y * y
    return z * y


add(one_after_another, X, "2", "3")
add(one_after_another, X, "q", "3", label="first")
add(one_after_another, X, "q", "q", label="both")


def written_last(x, i):
    y = x * 2.0
    try:
        y[i] = np.sum(x)
    except IndexError:
        y[0] = x[0] * x[1]
    return np.sum(y * y)


add(written_last, V, 1)
add(written_last, V, 7, label="handled")


def written_before_it_fails(x, s):
    y = x * 2.0
    z = x
    try:
        y = x * 3.0
        y[0] = x[1] * x[1]
        z = y * float(s)
    except ValueError:
        y = x * x
    return np.sum(z * y)


add(written_before_it_fails, V, "2")
add(written_before_it_fails, V, "q", label="handled")


def appended_last(x, items):
    kept = []
    for s in items:
        try:
            kept.append(float(s) * x)
        except ValueError:
            kept.append(x * x)
    total = 0.0
    for i in range(len(kept)):
        total += kept[i] * kept[i] * (i + 1)
    return total


add(appended_last, X, ["1", "q", "2"], optional=True)


def looked_up(x, table, key):
    try:
        v = table[key]
    except KeyError:
        v = table["default"]
        table = {"default": v * x}
    return v * x + table["default"]


add(looked_up, X, {"a": 1.5, "default": 0.5}, "a")
add(looked_up, X, {"a": 1.5, "default": 0.5}, "b", label="handled")
add(looked_up, X, {"a": 1.5, "default": 0.5}, "b", label="with_respect_to_both", wrt=(0, 1))


def helper_that_raises(v, limit):
    if v > limit:
        raise OutOfRange(v, limit)
    return np.sin(v) * v


def raised_by_a_helper(x, limit):
    try:
        y = helper_that_raises(x * x, limit)
    except OutOfRange as error:
        y = x * error.limit
    return y * x


add(raised_by_a_helper, X, 1.0)
add(raised_by_a_helper, X, 0.25, label="handled")


def helper_with_try(v, s):
    try:
        return float(s) * v, v
    except ValueError:
        return v * v, 2.0 * v


def called_with_try(x, s):
    a, b = helper_with_try(np.sin(x), s)
    return a * b + x


add(called_with_try, X, "2")
add(called_with_try, X, "q", label="handled")


def duck_typed(x):
    try:
        n = len(x)
    except TypeError:
        n = 1
        x = [x]
    total = 0.0
    for i in range(n):
        total += x[i] * x[i]
    return total


add(duck_typed, X)


def inner_function_that_fails(x, s):
    def scaled(v):
        return float(s) * v * x

    try:
        y = scaled(x)
    except ValueError:
        y = scaled.__name__ == "scaled" and x or x * 2.0
    return y * x


def try_in_an_inner_function(x, items):
    def number(s):
        try:
            return float(s) * x
        except ValueError:
            return x * x

    total = 0.0
    for s in items:
        total += number(s) * np.sin(total)
        total += number("2")
    return total


add(try_in_an_inner_function, X, ["1", "q", "3"])


def asserted_in_a_try(x):
    try:
        assert np.sum(x) > 0.0, "negative"
        y = x * x
    except AssertionError:
        y = x * 3.0
    return np.sum(y * x)


add(asserted_in_a_try, V)
add(asserted_in_a_try, -V, label="handled")


def division_by_zero(x, n):
    try:
        ratio = x / n
    except ZeroDivisionError:
        ratio = 0.0
    return ratio * x + x


add(division_by_zero, X, 2)
add(division_by_zero, X, 0, label="handled")


def reads_what_was_before(x, s):
    y = x * 2.0
    try:
        y = float(s) * y
    except ValueError:
        y = y * y
    return y


add(reads_what_was_before, X, "3")
add(reads_what_was_before, X, "q", label="handled")


# with


def silenced(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(x) / x
    return np.sum(y * y)


add(silenced, np.abs(V))


def silenced_in_a_loop(x):
    total = 0.0
    for i in range(3):
        with np.errstate(all="ignore"):
            y = x / (i + 1.0)
            total += np.sum(np.sin(y * total) + y)
    return total


add(silenced_in_a_loop, V)


def several_contexts(x):
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.nullcontext(3.0) as three:
        warnings.simplefilter("ignore")
        y = np.sin(x) * three
    with np.printoptions(precision=3):
        pass
    return np.sum(y * y)


add(several_contexts, V)


def exits_inside_of_contexts(x):
    total = 0.0
    for i in range(6):
        with np.errstate(all="ignore"):
            if i == 1:
                continue
            if i == 4:
                break
            total += np.sin(x * (i + 1))
        total = total * x
    with np.errstate(all="ignore"):
        if total > 100.0:
            return total
        total = total * total
    return total * x


add(exits_inside_of_contexts, X)


def return_in_a_context(x):
    with np.errstate(all="ignore"):
        return np.sum(np.sqrt(x) / x)


add(return_in_a_context, np.abs(V))


def suppressed(x, s):
    y = x
    with contextlib.suppress(ValueError, TypeError):
        y = float(s) * x
    return y * x


add(suppressed, X, "2")
add(suppressed, X, None, label="handled")


def locked(x):
    with lock:
        y = np.sin(x)
    with lock:
        y = y * x
    return y * y


add(locked, X)


@contextlib.contextmanager
def announced(name):
    print(f"begin {name}")
    try:
        yield len(name)
    finally:
        print(f"end {name}")


def announced_by_the_user(x):
    with announced("abc") as count:
        y = np.sin(x) * count
    return y * x


add(announced_by_the_user, X)


class Timer:
    """A context of the user that lets exceptions through."""

    def __init__(self, factor):
        self.factor = factor

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        print("elapsed")


def timed(x):
    with Timer(2.0) as timer:
        y = np.sin(x) * timer.factor
    return y * x


add(timed, X)


def try_around_with(x, s):
    try:
        with np.errstate(all="ignore"):
            y = np.log(x) * float(s)
    except ValueError:
        y = x * x
    return np.sum(y)


add(try_around_with, np.abs(V), "2")
add(try_around_with, np.abs(V), "q", label="handled")


def with_around_try(x, s):
    with np.errstate(all="ignore"):
        for i in range(2):
            try:
                y = np.log(x) * float(s)
                break
            except ValueError:
                y = x * x
                s = "3"
    return np.sum(y * x)


add(with_around_try, np.abs(V), "2")
add(with_around_try, np.abs(V), "q", label="handled")


# match


def matched_literals(x, kind):
    match kind:
        case "square":
            return x * x
        case "cube" | "third":
            y = x * x * x
        case 0 | None:
            y = x
        case -1.5:
            y = -x
        case _:
            y = np.sin(x)
    return y * x


for kind in ("square", "third", None, 0, -1.5, "other"):
    add(matched_literals, X, kind, label=str(kind))


def matched_with_guards(x, n):
    match n:
        case int() if n < 0:
            return x * 2.0
        case int(k) if k > 5:
            return x * k
        case int() | float():
            return x * n * n
    return x


for n in (-1, 7, 3, 2.5, "s"):
    add(matched_with_guards, X, n, label=str(n))


@dataclass
class Point:
    """A class whose patterns are positional."""

    a: float
    b: float


def matched_classes(x, p):
    match p:
        case Point(0.0, b):
            return x * b
        case Point(a=a, b=b) if a > b:
            return x * a * a
        case Point(a) as whole:
            return x * a + whole.b * x * x
        case _:
            return x


for label, p in (("zero", Point(0.0, 2.0)), ("guard", Point(3.0, 2.0)), ("whole", Point(1.0, 2.0)), ("other", 3)):
    add(matched_classes, X, p, label=label)


def matched_sequences(x, items):
    match items:
        case []:
            return x * x
        case [a]:
            return x * a
        case [a, 2.0, *rest]:
            total = x * a
            for r in rest:
                total = total * r + x
            return total
        case [_, *_, last]:
            return x * last


add(matched_sequences, X, [], label="empty")
add(matched_sequences, X, [1.5], label="one")
add(matched_sequences, X, [1.5, 2.0, 3.0, 4.0], label="rest")
add(matched_sequences, X, (1.5, 3.0, 4.0), label="last")


def matched_display(x, y):
    match (x > 0.0, y):
        case (True, "a"):
            return x * x
        case (False, _):
            return -x
        case (_, other):
            return x * len(other)


add(matched_display, X, "a")
add(matched_display, -X, "a", label="negative")
add(matched_display, X, "bcd", label="other")


def matched_mapping(x, options):
    match options:
        case {"kind": "power", "n": n}:
            return x**n
        case {"kind": kind}:
            return x * len(kind)
        case _:
            return np.cos(x)


add(matched_mapping, X, {"kind": "power", "n": 3, "more": 1})
add(matched_mapping, X, {"kind": "abc"}, label="kind")
add(matched_mapping, X, {}, label="other")


def matched_in_a_loop(x, commands):
    total = x
    for command in commands:
        match command:
            case "skip":
                continue
            case "end":
                break
            case ("scale", k):
                total = total * k
            case ("shift", k, *more) if not more:
                total = total + k * x
            case _:
                total = np.sin(total)
        total = total * x
    return total


add(matched_in_a_loop, X, [("scale", 2.0), "skip", ("shift", 3.0), "other", ("shift", 1.0, 2), "end", ("scale", 9.0)])


# names


def walrus_in_conditions(x):
    if (y := x * x) > 0.1 and (z := y * x) > 0.1:
        return y * z
    total = y
    while (t := total * 0.5) > 0.05:
        total = t * np.cos(t)
    return total * t


add(walrus_in_conditions, X)
add(walrus_in_conditions, 0.4, label="loop")


def popped_until_empty(x):
    stack = [x, x * x, np.sin(x), -x, x]
    total = 0.0
    while stack and stack.pop() > 0.0:
        total += len(stack) * x
    while (v := stack.pop()) is not None and stack:
        total += v * v
    else:
        total *= x
    return total * x


add(popped_until_empty, X)


def deleted(x):
    y = x * x
    parts = [x, y, y * x]
    del y
    del parts[0], parts[-1]
    y = parts[0]
    return y * x


add(deleted, X)


def imported_inside(x):
    import math as m
    import os.path
    from math import exp
    from math import log as ln

    import numpy.linalg
    from numpy import linalg as la

    try:
        import not_there_at_all as nt
    except ImportError:
        nt = None
    y = m.sin(x) * exp(x) + ln(x + 2.0) + len(os.path.sep)
    if nt is not None:
        return y
    v = np.array([y, x, 1.0])
    return la.norm(v) * numpy.linalg.norm(v * v)


add(imported_inside, X)


def declared_without_values(x):
    """A docstring."""
    y: float
    z: float = x * x
    if x > 0.0:
        y = z
    else:
        y = -z
    ...
    pass
    return y * z
    y = 3.0
    return y


add(declared_without_values, X)


counter = 2.0


def global_read(x):
    global counter
    return x * counter * x


add(global_read, X)


def targets_of_all_kinds(x):
    a, *b = (x, x * x, x * x * x)
    [c, (d, e)] = [b[0], (a, b[1])]
    first = second = c * d
    *f, g = [first, second, e]
    return f[0] * g + f[1] * len(f)


add(targets_of_all_kinds, X)


def exits_in_all_positions(x):
    total = x
    for i in range(4):
        if i == 0:
            continue
        for j in range(5):
            if j > i:
                break
            if i * j == 6:
                return total * x
            total = total + np.sin(total * j)
        else:
            total = total * 2.0
            continue
        k = 0
        while True:
            k += 1
            if k == 2:
                continue
            if k > 3:
                break
            total = total * np.cos(x * k)
    return total


add(exits_in_all_positions, X)


def raises_behind_everything(x):
    for i in range(3):
        if i == 2:
            return x * i
    raise ValueError("never")


add(raises_behind_everything, X)


def read_in_a_handler(x):
    y = x
    try:
        y = x * x
        y = y * float("two")
    except ValueError:
        y = y * 2.0
    return y


add(read_in_a_handler, X)


def read_after_a_handler(x):
    try:
        y = x * x
        z = y * float("two")
    except ValueError:
        z = x
    return y * z


add(read_after_a_handler, X)


def written_before_a_handler(x):
    y = np.zeros(2)
    try:
        y[0] = x
        y[1] = float("two")
    except ValueError:
        pass
    return y[0] * x


add(written_before_a_handler, X)


def one_of_two_paths_of_a_try_in_parts(x, s):
    try:
        if 2 + 2:
            pass
        y = halved_root(s)
    except ValueError:
        y = np.linalg.norm(1.5 + x)
    return y


def halved_root(s):
    return math.sqrt(s) / 2.0


add(one_of_two_paths_of_a_try_in_parts, V, X, wrt=(0, 1))
add(one_of_two_paths_of_a_try_in_parts, V, -X, wrt=(0, 1), label="the other path")


def number_that_is_no_flag(x, n):
    if n > 2:
        k = 2
        y = x
    else:
        k = 1
        z = x * x
    if k:
        return (y if n > 2 else z) * k
    return 0.0


add(number_that_is_no_flag, X, 3)
add(number_that_is_no_flag, X, 1, label="the other path")


# what functions whose bodies are put in the place of calls change in a `try`


class Total:
    """A sum that a method changes, by its last statement that may raise or before it."""

    def __init__(self, first):
        self.total = first

    def put(self, a):
        self.total = self.total + a
        return self.total

    def put_root(self, a):
        root = math.sqrt(a)
        self.total = self.total * root


def changed_by_a_method_in_a_try(x, values):
    total = Total(x)
    for v in values:
        total.put(v * x)
        try:
            total.put_root(v)
        except ValueError:
            total.put(x)
    return total.total * x


add(changed_by_a_method_in_a_try, X, [4.0, 0.5])
add(changed_by_a_method_in_a_try, X, [4.0, -0.5], label="handled")


def changed_by_an_inner_function_in_a_try(x, v):
    y = x

    def scale(by):
        nonlocal y
        root = math.sqrt(by)
        y = y * root

    try:
        scale(v)
    except ValueError:
        y = y * x
    return y * x


add(changed_by_an_inner_function_in_a_try, X, 4.0)
add(changed_by_an_inner_function_in_a_try, X, -4.0, label="handled")


def generator_that_raises(values):
    for v in values:
        yield math.sqrt(v)


def consumed_in_a_try(x, values):
    y = x
    try:
        roots = [root for root in generator_that_raises(values)]
        y = y * roots[0]
    except ValueError:
        y = y * x
    return y * x


add(consumed_in_a_try, X, [4.0, 0.5])
add(consumed_in_a_try, X, [4.0, -0.5], label="handled")


def scaled_in_loops_and_branches(x, values):
    y = np.sum(x)
    with np.errstate(divide="ignore"):
        for i in range(3):
            weight = np.exp(0.1 * i)
            other = (i + 1) % 4
            for v in values:
                y *= weight * other
            if values[0] > i:
                y = y * weight
    return y


add(scaled_in_loops_and_branches, V, [0.5])
add(scaled_in_loops_and_branches, V, [1.5, 0.5], label="branch")
