"""Programs with comprehensions, containers, strings, and what library code does before it computes."""

import bisect
import collections
import copy
import functools
import itertools
import logging
import math
import operator
import warnings

import numpy as np

from tests.programs.case import Corpus

DATA = Corpus()
add = DATA.add

X = 0.77
V = np.array([0.3, -0.7, 1.1])
M = np.array([[0.5, -1.2, 0.8], [1.1, 0.4, -0.6]])

TABLE = {"air": {"a": 1.0, "b": [1.0, 2.0, 3.0]}, "co2": {"a": 2.0, "b": [0.5, 0.1, 3.0]}}
XS = [0.0, 0.5, 1.0, 2.0]
YS = [1.0, 3.0, 2.0, 5.0]
COEF = {"a": (1.0, 2.0), "b": (0.5, -1.0)}
POLY = [(1.0, 2), (3.0, 1), (-2.0, 0)]
NAMES = ("p", "q", "r")
UNITS = {"m": 1.0, "km": 1000.0}
log = logging.getLogger(__name__)


# Comprehensions and generator expressions


def squares_as_an_array(x):
    return np.sum(np.array([v * v for v in x]))


add(squares_as_an_array, V)


def sum_of_a_filtered_generator(x):
    return sum(v * v for v in x if v > 0)


add(sum_of_a_filtered_generator, V)


def comprehension_variable_does_not_leak(x):
    v = 2.0 * x[0]
    y = [v * v for v in x]
    return v * y[0] * y[1]


add(comprehension_variable_does_not_leak, V)


def function_reads_the_outer_variable_of_the_name(x):
    g = lambda t: t * v
    v = x[0]
    return sum([g(v) for v in x])


add(function_reads_the_outer_variable_of_the_name, V)


def nested_generators_over_zip_and_enumerate(x):
    return sum((a * b * np.sin(c) for i, (a, b) in enumerate(itertools.pairwise(x)) for c in x if i > 0))


add(nested_generators_over_zip_and_enumerate, V)


def dict_comprehension_and_its_values(x):
    d = {i: v * v for i, v in enumerate(x)}
    return d[0] * d[2] + sum(d.values())


add(dict_comprehension_and_its_values, V)


def any_of_a_generator_decides(x):
    return x[0] * x[1] if any(v > 1 for v in x) else x[2]


add(any_of_a_generator_decides, V)


def all_of_a_generator_decides(x):
    return x[0] * x[1] if all(v > 1 for v in x) else x[2] ** 2


add(all_of_a_generator_decides, V)


def next_of_a_generator(x):
    return next(v * v for v in x if v < 0) * x[0]


add(next_of_a_generator, V)


def next_with_default(x):
    return next((v * v for v in x if v > 100), x[0] ** 3)


add(next_with_default, V)


def largest_and_smallest_of_generators(x):
    return max(v * v for v in x) * min(np.sin(v) for v in x)


add(largest_and_smallest_of_generators, V)


def sum_over_rows_of_sums(m):
    return sum(sum(v * v for v in row) for row in m)


add(sum_over_rows_of_sums, M)


def nested_list_comprehension(m):
    return np.sum(np.array([[a * b for a in m[0]] for b in m[1]]))


add(nested_list_comprehension, M)


def sum_of_a_map(x):
    return sum(map(lambda v: v * v, x))


add(sum_of_a_map, V)


def list_of_a_map_over_two(x):
    return sum(list(map(lambda a, b: a * b * b, x, x[1:])))


add(list_of_a_map_over_two, V)


def sum_of_a_filter(x):
    return sum(filter(lambda v: v > 0, x)) ** 2


add(sum_of_a_filter, V)


def two_conditions_between_two_loops(x):
    return sum(v * u for v in x for u in x if v > 0 if u > 0)


add(two_conditions_between_two_loops, V)


def comprehension_over_a_comprehension(x):
    return sum(v for v in [t * t for t in x])


add(comprehension_over_a_comprehension, V)


def comprehension_over_its_own_name(x):
    return sum([x * x for x in x])


add(comprehension_over_its_own_name, V)


def dict_comprehension_over_zip_of_a_string(x):
    y = {k: v * v for k, v in zip("abc", x)}
    return y["a"] * y["c"] + sum((v * len(k) for k, v in y.items()))


add(dict_comprehension_over_zip_of_a_string, V)


def comprehension_in_a_loop(x):
    r = []
    for n in range(3):
        r.append(sum([v**n for v in x]))
    return r[0] * r[1] * r[2]


add(comprehension_in_a_loop, V)


def loop_over_a_generator(x):
    s = 0.0
    for v in (u * u for u in x):
        s = s + v * s + v
    return s


add(loop_over_a_generator, V)


def product_of_a_generator(x):
    return math.prod(v + 2 for v in x)


add(product_of_a_generator, V)


def sum_of_a_generator_with_start(x):
    return sum((v * v for v in x), x[0])


add(sum_of_a_generator_with_start, V)


def choice_in_a_comprehension(x):
    return np.sum(np.asarray([math.sin(v) if v > 0 else v for v in x]))


add(choice_in_a_comprehension, V)


def sum_of_nothing(x):
    return sum([]) + x[0] + sum(v for v in x if v > 50)


add(sum_of_nothing, V)


def largest_with_default(x):
    return max([abs(v) for v in x], default=0.0)


add(largest_with_default, V)


# Functions and methods of containers


def slice_of_a_list_of_an_array(x):
    return sum(list(x)[1:]) + x[1] ** 2


add(slice_of_a_list_of_an_array, V)


def sorted_both_ways(x):
    return sorted(x)[0] ** 2 * sorted(x, reverse=True)[0]


add(sorted_both_ways, V)


def sorted_and_extremes_by_key(x):
    return sorted(x, key=lambda v: -v)[0] ** 2 * max(x, key=abs) * min(x, key=lambda v: v * v)


add(sorted_and_extremes_by_key, V)


def tuple_of_an_array(x):
    return tuple(x)[1] ** 2


add(tuple_of_an_array, V)


def list_of_zeros_written(x):
    a = [0.0] * 4
    a[1] = x[0]
    a[2] = x[1] * x[0]
    return sum(a) * a[1]


add(list_of_zeros_written, V)


def sum_of_lists(x):
    a = [x[0], x[1]]
    b = a + [x[2] ** 2]
    return b[0] * b[2] * sum(b)


add(sum_of_lists, V)


def extended_in_three_ways(x):
    a = []
    a.extend([x[0] * 2, x[1]])
    a += [x[2]]
    b = a
    b.extend(v * v for v in x)
    return a[5] * a[0] * len(a)


add(extended_in_three_ways, V)


def reversed_in_place(x):
    a = [x[0], x[1], x[2]]
    a.reverse()
    return a[0] ** 3


add(reversed_in_place, V)


def sorted_in_place(x):
    a = list(x)
    a.sort()
    return a[0] ** 3


add(sorted_in_place, V)


def sorted_in_place_by_key(x):
    a = list(x)
    a.sort(key=lambda v: v * v, reverse=True)
    return a[0] ** 3


add(sorted_in_place_by_key, V)


def dict_get(x):
    d = {"a": x[0], "b": x[1]}
    return d.get("a", 0.0) * d.get("c", x[2])


add(dict_get, V)


def dict_update_setdefault_and_pop(x):
    d = {"a": x[0]}
    d.update({"b": x[1] ** 2})
    d.update(c=x[2])
    d.setdefault("a", 3.0)
    d.setdefault("z", x[0] * x[1])
    v = d.pop("b")
    return v * d["c"] * d["z"] * d["a"]


add(dict_update_setdefault_and_pop, V)


def dict_display_with_unpacking(x):
    d = dict(a=x[0], b=x[1])
    e = {**d, "a": x[2]}
    return e["a"] * e["b"] * d["a"]


add(dict_display_with_unpacking, V)


def displays_with_unpacking(x):
    a = [*x, x[0] * x[1]]
    b = (*a, *x)
    return a[3] * b[5] * b[0]


add(displays_with_unpacking, V)


def dict_of_a_zip(x):
    d = dict(zip("abc", x))
    return d["a"] * d["c"]


add(dict_of_a_zip, V)


def transposed_by_zip(x):
    rows = [[v, v * v] for v in x]
    a, b = zip(*rows)
    return a[0] * b[2]


add(transposed_by_zip, V)


def mapped_arrays_unpacked(x):
    a, b = map(np.asarray, (x, x * 2))
    return np.sum(a * b)


add(mapped_arrays_unpacked, V)


def matrix_of_nested_lists(x):
    a = [[0.0] * 2 for _ in range(2)]
    a[0][1] = x[0]
    a[1][0] = x[1] * a[0][1]
    return a[1][0] * a[0][1]


add(matrix_of_nested_lists, V)


def copies_of_lists_are_apart(x):
    a = [x[0], x[1], x[2]]
    b = a.copy()
    b[0] = 3 * x[1]
    c = a[:]
    c[1] = x[0]
    return a[0] * b[0] * c[1] * a[1]


add(copies_of_lists_are_apart, V)


def slice_replaced_by_a_longer_one(x):
    a = [v for v in x]
    a[1:2] = [x[0], x[0] ** 2]
    return a[2] * a[3]


add(slice_replaced_by_a_longer_one, V)


def removed_inserted_and_found(x):
    a = [v for v in x]
    a.remove(a[1])
    a.insert(0, x[0] ** 2)
    n = a.index(x[0])
    a.clear() if n > 5 else None
    return a[0] * a[1] * a[n]


add(removed_inserted_and_found, V)


def extremes_of_sequences_and_of_arguments(x):
    return max(x) * min(x[0], x[1], x[2] ** 2) * max(x[0] * 2, x[2])


add(extremes_of_sequences_and_of_arguments, V)


def quotient_and_remainder(x):
    q, r = divmod(x[0] * 10, 0.7)
    return q * r


add(quotient_and_remainder, V)


def reduced(x):
    return functools.reduce(lambda a, b: a * b + a, x)


add(reduced, V)


def combinations_and_product(x):
    return sum((a * b for a, b in itertools.combinations(x, 2))) + sum(
        (a * b for a, b in itertools.product(x, x))
    )


add(combinations_and_product, V)


def chained(x):
    t = 0.0
    for a in itertools.chain(x, [x[0] ** 2]):
        t = t + a * a * t + a
    return t


add(chained, V)


def accumulated(x):
    return sum(itertools.accumulate(x))


add(accumulated, V)


def lists_of_enumerate_and_zip(x):
    return list(enumerate(x))[1][1] ** 2 + list(zip(x, x))[0][1] ** 3


add(lists_of_enumerate_and_zip, V)


def reversed_lists(x):
    return sum(reversed(x)) * list(reversed(x))[0]


add(reversed_lists, V)


def array_of_lists(x):
    return x[0] * (np.array([[x[0], x[1]], [1.0, x[2]]]) @ np.array([x[0], 2.0]))[1]


add(array_of_lists, V)


def sums_and_means_of_lists(x):
    return np.sum([v * v for v in x]) + np.mean([x[0], x[1] * 2])


add(sums_and_means_of_lists, V)


def dot_product_of_lists(x):
    return np.dot([v * v for v in x], [1.0, 2.0, 3.0])


add(dot_product_of_lists, V)


def compared_tuples(x):
    return (x[0], x[1]) < (x[2], x[0]) and x[0] * 2 or x[1] * 3


add(compared_tuples, V)


def sum_of_tuples(x):
    a = (x[0], x[1]) + (x[2],)
    return a[2] * a[0]


add(sum_of_tuples, V)


def repeated_list(x):
    a = [x[0]] * 3
    return a[2] * a[0]


add(repeated_list, V)


# Strings, options, and what libraries do before they compute


def method_by_its_name(x, method="Linear "):
    m = method.lower().strip()
    if m == "linear":
        return x * 2
    elif m in ("a", "b"):
        return x**3
    raise ValueError(f"unknown method {method!r}")


add(method_by_its_name, X, "Linear ")


def table_of_tables(x, gas="air"):
    t = TABLE[gas]
    return sum((c * x**i for i, c in enumerate(t["b"]))) * t["a"]


add(table_of_tables, X, "air")


def interpolation_by_hand(x):
    i = bisect.bisect_right(XS, x) - 1
    t = (x - XS[i]) / (XS[i + 1] - XS[i])
    return YS[i] * (1 - t) + YS[i + 1] * t


add(interpolation_by_hand, X)


def looks_at_what_it_got(x):
    if not isinstance(x, np.ndarray):
        x = np.asarray(x)
    if not hasattr(x, "shape"):
        return 0.0
    if x.ndim == 0:
        return x * x
    return np.sum(x * x)


add(looks_at_what_it_got, X)


def arguments_left_out(x, y=None, w=None, unit="km"):
    if y is None:
        y = x * 2
    if w is None or callable(w):
        w = 3.0
    return x * y * w * UNITS[unit]


add(arguments_left_out, X, None, None, "km")


def name_and_value_of_a_branch(x):
    if x > 0:
        name, val = ("pos", x * x)
    else:
        name, val = (None, x)
    return val if name is None else val * len(name)


add(name_and_value_of_a_branch, X)


def dict_of_numbers_and_others(x):
    d = {"x": x * x, "name": "a", "flag": True, "n": None}
    if d["flag"] and d["name"] == "a" and (d["n"] is None):
        return d["x"]
    return 0.0


add(dict_of_numbers_and_others, X)


def integers_of_floats(x):
    x = float(x)
    n = int(x * 10)
    b = bool(n)
    return x * n + x // 0.3 + x % 0.4 if b else x


add(integers_of_floats, X)


def digitized(x):
    i = int(np.digitize(x, XS))
    return XS[i] * x + x * np.argmin(np.abs(np.array(XS) - x))


add(digitized, X)


def warns_and_logs(x):
    if x > 100:
        warnings.warn("careful %s" % x)  # noqa: UP031
    log.debug("value %s", x)
    return x * x


add(warns_and_logs, X)


def broadcast_arrays(x):
    v = np.atleast_1d(x)
    a, b = np.broadcast_arrays(v, np.ones(3))
    return np.sum(a * b * a)


add(broadcast_arrays, X)


def computed_format(x):
    w = 8
    p = 3
    s = f"{x:{w}.{p}f} {x!r:>10} {x}"
    return x * len(s[:4])


add(computed_format, X)


def type_is_looked_at(x):
    if type(x) is float:
        return x * x
    if issubclass(type(x), float):
        return x * x * x
    return x


add(type_is_looked_at, X)


def attribute_or_default(x):
    shape = getattr(x, "shape", None)
    return x * x if shape is None or shape == () else np.sum(x)


add(attribute_or_default, X)


def methods_of_strings(x):
    s = "abc".upper().split("B")
    t = "-".join(str(i) for i in range(3))
    u = "{:.2f}".format(x)  # noqa: UP032
    return x * len(s) * len(t) * len(u)


add(methods_of_strings, X)


def numpy_scalars(x):
    return np.float64(x) * np.float64(2)


add(numpy_scalars, X)


def member_of_a_set_of_constants(x):
    seen = {1, 2, 3}
    return sum((v for i, v in enumerate(x) if i in seen))


add(member_of_a_set_of_constants, V)


def set_of_what_was_seen(x):
    names = set()
    out = 0.0
    for n, v in zip(["a", "b", "a"], x):
        if n in names:
            continue
        names.add(n)
        out = out + v * v
    return out


add(set_of_what_was_seen, V)


def range_as_a_value(x):
    r = range(0, len(x), 2)
    return sum(x[i] for i in r) * len(r)


add(range_as_a_value, V)


def slice_as_a_value(x):
    s = slice(0, 2)
    return np.sum(x[s] ** 2)


add(slice_as_a_value, V)


def prelude_of_a_library_function(x):
    x = np.asanyarray(x, dtype=float)
    scalar = np.isscalar(x) or x.ndim == 0
    y = np.ascontiguousarray(x) * 2
    return y[0] if scalar else np.sum(y * x)


add(prelude_of_a_library_function, V)


def largest_tuple(x):
    best = max(((v * v, i) for i, v in enumerate(x)))
    return best[0] * best[1]


add(largest_tuple, V)


def grouped_by_setdefault(x):
    groups = {}
    for i, v in enumerate(x):
        groups.setdefault(i % 2, []).append(v)
    return sum(sum(g) ** 2 for g in groups.values())


add(grouped_by_setdefault, V)


def unpacked_generators(x):
    a, b, c = [float(v) for v in x]
    u, w = (f * 2 for f in (a, b))
    return a * b * c * u * w


add(unpacked_generators, V)


def union_of_dicts(x):
    d = {"a": x[0]} | {"b": x[1], "a": x[2]}
    return d["a"] * d["b"]


add(union_of_dicts, V)


def rows_of_a_transposed_display(x):
    t = 0.0
    for row in zip(*[x, x * 2, x * 3]):
        t = t + row[0] * row[2]
    return t


add(rows_of_a_transposed_display, V)


def sorted_pairs(x):
    pts = sorted(zip(x, range(3)), reverse=True)
    return pts[0][0] * pts[1][1] + sum(p[0] ** 2 * p[1] for p in pts)


add(sorted_pairs, V)


def rows_and_columns(x):
    rows = [[v * j for j in range(3)] for v in x]
    t = [list(r) for r in zip(*rows)]
    m = np.array(rows)
    return t[1][2] * np.sum(m * m)


add(rows_and_columns, V)


def polynomial_of_a_global_table(x):
    return sum((c * x**n for c, n in POLY))


add(polynomial_of_a_global_table, X)


def dict_filled_from_a_global_dict(x):
    res = {}
    for name, (a, b) in COEF.items():
        res[name] = a * x + b * x * x
    return res["a"] * res["b"]


add(dict_filled_from_a_global_dict, X)


def loop_over_the_keys_of_a_global_dict(x):
    tot = 0.0
    for k in COEF:
        tot += COEF[k][0] * x ** len(k)
    return tot


add(loop_over_the_keys_of_a_global_dict, X)


def loop_over_a_set(x):
    for k in set(NAMES):
        x = x * 1.5
    return x * x


add(loop_over_a_set, X)


def dict_from_keys(x):
    vals = dict.fromkeys(NAMES, 0.0)
    for n, v in zip(NAMES, x):
        vals[n] += v * v
    return vals["p"] * vals["r"]


add(dict_from_keys, V)


def string_counted(x):
    s = ""
    for v in x:
        s += "p" if v > 0 else "n"
    return x[0] * s.count("p") + x[1] * s.index("n")


add(string_counted, V)


def items_at_computed_places(x):
    return x[int(len(x) / 2)] * x[-1] * x[len(x) // 2]


add(items_at_computed_places, V)


def sorted_lookup(x):
    lo, hi = (0, len(x) - 1)
    srt = sorted(x)
    return srt[lo] * srt[hi] * srt[(lo + hi) // 2]


add(sorted_lookup, V)


def median_of_deviations(x):
    med = sorted(x)[len(x) // 2]
    dev = sorted(abs(v - med) for v in x)
    return med * dev[1]


add(median_of_deviations, V)


def determinant_by_lists(x):
    n = len(x)
    A = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            A[i][j] = x[i] * x[j] + (2.0 if i == j else 0.0)
    det = 1.0
    for i in range(n):
        for k in range(i + 1, n):
            f = A[k][i] / A[i][i]
            for j in range(i, n):
                A[k][j] -= f * A[i][j]
        det *= A[i][i]
    return det


add(determinant_by_lists, V)


def matrix_of_lists(x):
    T = [[v * (j + 1) for j in range(3)] for v in x]
    return sum(T[i][i] for i in range(3)) * sum(row[0] for row in T)


add(matrix_of_lists, V)


def neighbours(x):
    return [a * b for a, b in zip(x, x[1:])][-1] * sum(abs(a - b) for a, b in itertools.pairwise(x))  # noqa: RUF007


add(neighbours, V)


def ordered_dict(x):
    h = collections.OrderedDict()
    h["u"] = x[0] * 2
    h["v"] = x[1]
    return sum(h.values()) * h["u"]


add(ordered_dict, V)


def queue(x):
    q = collections.deque()
    q.append(x[0])
    q.append(x[1])
    q.appendleft(x[2])
    return q.popleft() * q.pop()


add(queue, V)


def list_of_dicts(x):
    hist = []
    for v in x:
        hist.append({"v": v, "sq": v * v, "tag": "neg" if v < 0 else "pos"})
    return sum(h["sq"] for h in hist if h["tag"] == "pos") * hist[1]["v"]


add(list_of_dicts, V)


def largest_by_a_part(x):
    return max(((i, v) for i, v in enumerate(x)), key=lambda p: p[1])[1] ** 2


add(largest_by_a_part, V)


def sorted_positions(x):
    return x[sorted(range(len(x)), key=lambda i: -x[i])[0]] ** 2


add(sorted_positions, V)


def starred_map(x):
    return np.array(list(map(float, x))).sum() + np.array([*map(math.sin, x)])[0]


add(starred_map, V)


def sorted_items_of_a_dict(x):
    return sum((v for k, v in sorted({"b": x[0], "a": x[1] ** 2}.items()) if k == "a"))


add(sorted_items_of_a_dict, V)


def sorted_and_unpacked(x):
    a, b, *c = sorted(x, reverse=True)
    return a * b * c[0]


add(sorted_and_unpacked, V)


def reduced_by_operators(x):
    return functools.reduce(operator.mul, x) + functools.reduce(operator.add, [v * v for v in x])


add(reduced_by_operators, V)


def accumulated_products(x):
    return list(itertools.accumulate(x, operator.mul))[-1]


add(accumulated_products, V)


def slice_of_a_generator_and_chain_of_one(x):
    return sum(itertools.islice((v * v for v in x), 2)) + sum(
        v for v in itertools.chain.from_iterable([[x[0]], [x[1] * 2]])
    )


add(slice_of_a_generator_and_chain_of_one, V)


def counted_and_repeated(x):
    return sum((a * i for i, a in zip(itertools.count(1), x))) + sum(
        (a * w for a, w in zip(x, itertools.repeat(2.0)))
    )


add(counted_and_repeated, V)


def zip_with_a_string(x):
    return sum((v for g, v in zip("aab", x) if g == "a"))


add(zip_with_a_string, V)


def part_of_a_string(x):
    return (x[0] if "lin" in "linear" else x[1]) * {"k": x[2]}["k"]


add(part_of_a_string, V)


def columns_by_zip(x):
    pts = [(v, v * v) for v in x]
    xs, ys = zip(*pts)
    return sum(xs) * sum(ys) + np.dot(xs, ys)


add(columns_by_zip, V)


def list_as_a_queue(x):
    xs = list(x)
    tot = 0.0
    while xs:
        tot = tot * xs[-1] + xs.pop(0)
    return tot


add(list_as_a_queue, V)


def any_of_a_list(x):
    return [v for v in x if v > 0][-1] ** 2 if any([v > 0 for v in x]) else 0.0


add(any_of_a_list, V)


def statistics_of_comprehensions(x):
    return np.mean([np.sin(r).sum() for r in x]) + np.std([r[0] for r in x])


add(statistics_of_comprehensions, M)


def functions_of_lists(x):
    return np.linalg.norm([x[0], x[1] * x[2]]) + np.prod([x[0], x[2]]) + np.exp([x[0], x[1]]).sum()


add(functions_of_lists, V)


def matrices_of_displays(x):
    return np.array([[x[0], 0], [0, x[1]]]).trace() + np.linalg.det([[x[0], 1.0], [x[1], x[2]]])


add(matrices_of_displays, V)


# Names, loops and helpers


def list_copied_and_appended_to(x):
    a = [x[0], x[1]]
    b = list(a)
    b[0] = x[2]
    a.append(b[0] * a[1])
    return a[0] * a[2] * b[0]


add(list_copied_and_appended_to, V)


def sum_of_lists_rebinds(x):
    a = [x[0]]
    b = a
    a = a + [x[1]]
    return len(b) * b[0] * a[1]


add(sum_of_lists_rebinds, V)


def extend_twice(items, v):
    items.extend([v, v * v])
    return len(items)


def helper_extends_its_argument(x):
    a = [x[0]]
    n = extend_twice(a, x[1])
    return a[2] * a[0] * n


add(helper_extends_its_argument, V)


def squares_in_two_ways(seq):
    return ([v * v for v in seq], {k: v for k, v in zip("ab", seq)})


def helper_returns_a_list_and_a_dict(x):
    l, d = squares_in_two_ways(x)
    return l[0] * d["b"]


add(helper_returns_a_list_and_a_dict, V)


def condition_reads_the_running_total(x):
    t = 0.0
    for i in range(4):
        t = t + sum([v * i for v in x if v > t])
    return t


add(condition_reads_the_running_total, V)


def list_added_to_itself_in_a_loop(x):
    out = []
    for v in x:
        if v < 0:
            continue
        out += [v * w for w in out] + [v]
    return sum(out)


add(list_added_to_itself_in_a_loop, V)


def extended_by_its_own_items(x):
    y = [v for v in x]
    while len(y) < 6:
        y.extend([y[-1] * y[-2]])
    return y[-1] + y[3]


add(extended_by_its_own_items, V)


def extremes_of_rows(m):
    return sum(max(r) * min(r) for r in m)


add(extremes_of_rows, M)


def products_of_rows(m):
    return sum([r @ r for r in m])


add(products_of_rows, M)


def arrays_in_comprehensions(m):
    cols = [m[:, j] for j in range(m.shape[1])]
    return np.stack([c * c for c in cols]).sum() + np.concatenate([c for c in cols])[2]


add(arrays_in_comprehensions, M)


def comprehensions_rebind_their_source(x):
    x = [v * 2 for v in x]
    x = [v * v for v in x if v > -1]
    return x[0] * x[-1]


add(comprehensions_rebind_their_source, V)


def item_of_a_comprehension(x):
    return [v for v in x][0] * [i for i, v in enumerate(x) if v < 0][0] + {i: v * v for i, v in enumerate(x)}[
        2
    ]


add(item_of_a_comprehension, V)


def inner_function_with_a_generator(x):

    def g(u):
        return sum(w * u for w in x)

    return g(x[0]) * sum(g(v) for v in x)


add(inner_function_with_a_generator, V)


def combinations_of_indices(x):
    total = 0.0
    for i, j in itertools.combinations(range(len(x)), 2):
        total = total + x[i] * x[j]
    return total


add(combinations_of_indices, V)


def two_names_for_a_dict(x):
    d = {"a": x[0]}
    e = d
    e["b"] = x[1]
    return d["b"] * d.get("a", 1.0) * sum(d[k] for k in d)


add(two_names_for_a_dict, V)


def dict_get_accumulates(x):
    d = {}
    for k, v in zip("aba", x):
        d[k] = d.get(k, 0.0) + v * v
    return d["a"] * d["b"]


add(dict_get_accumulates, V)


def repeated_list_written(x):
    a = [x[0]] * 3
    a[1] = x[1]
    return a[0] * a[1] * a[2]


add(repeated_list_written, V)


def zeros_for_each_item(x):
    r = [0.0 for _ in x]
    for i, v in enumerate(x):
        r[i] = v * (r[i - 1] if i else 1.0)
    return sum(r)


add(zeros_for_each_item, V)


def comprehension_unpacked_with_a_star(x):
    a, *b = [v * v for v in x]
    return a * b[0] * b[1]


add(comprehension_unpacked_with_a_star, V)


def smallest_two(x):
    return sum(sorted([v * v for v in x])[:2])


add(smallest_two, V)


def list_of_tuples_sorted_by_key(x):
    q = [(v, i) for i, v in enumerate(x)]
    q.sort(key=lambda p: -p[0])
    return q[0][0] ** 2 * q[2][0]


add(list_of_tuples_sorted_by_key, V)


def stack_in_a_while_loop(x):
    s = [x[0]]
    while s:
        v = s.pop()
        if abs(v) < 0.01:
            break
        s.append(v * v)
    return v


add(stack_in_a_while_loop, V)


def product_with_reversed(x):
    return math.prod((a + b for a, b in zip(x, reversed(x))))


add(product_with_reversed, V)


def reduced_from_a_start(x):
    return functools.reduce(lambda a, b: a * 0.5 + b * b, x, x[0])


add(reduced_from_a_start, V)


def three_loops_in_a_generator(x):
    return sum(v for row in [x, x * 2] for v in row if v > 0 for _ in range(2))


add(three_loops_in_a_generator, V)


def slices_of_lists_of_other_lengths(x):
    lst = [x[0], x[1]]
    lst[:] = [v * 2 for v in lst]
    lst[1:1] = [x[2], x[2]]
    lst[-1:] = []
    return lst[0] * lst[1] * lst[-1]


add(slices_of_lists_of_other_lengths, V)


def list_of_constants_appended_to(x):
    b = [1.0]
    c = [v for v in b]
    c.append(x[0])
    return sum(b) * sum(c) * len(c)


add(list_of_constants_appended_to, V)


def smallest_tuple_of_a_generator(x):
    return min((abs(v - 0.5), v * v) for v in x)[1]


add(smallest_tuple_of_a_generator, V)


def largest_of_arguments_by_key(x):
    return max(x, key=lambda v: -v * v) * max([x[0]], [x[1], x[2]], key=len)[1]


add(largest_of_arguments_by_key, V)


def items_counted(x):
    return sum([1 for v in x if v > 0]) * x[0]


add(items_counted, V)


def coefficients_with_indices(x):
    return sum((x[i] * c for i, c in enumerate((1.0, 2.0, 3.0)))) * np.dot(x, [c * c for c in (1, 2, 3)])


add(coefficients_with_indices, V)


def list_in_a_dict_changed(x):
    p = {"k": [x[0], x[1]]}
    p["k"].extend([x[2]])
    p["k"][0] = x[2] * 2
    return sum(p["k"]) * p["k"][0]


add(list_in_a_dict_changed, V)


def accumulators_by_remainder(x):
    acc = [0.0] * 2
    for j, v in enumerate(x):
        acc[j % 2] += v * v * acc[(j + 1) % 2] + v
    return acc[0] * acc[1]


add(accumulators_by_remainder, V)


def sum_of_nested_lists(x):
    return np.sum([[v * w for v in x] for w in x]) + np.max([v for v in x])


add(sum_of_nested_lists, V)


def array_from_an_iterator(x):
    return np.sum(np.fromiter((v * v for v in x), float))


add(array_from_an_iterator, V)


# Arrays in containers, changed in place


def equal_arrays_in_a_list_changed(x):
    rows = [x * 1.0 for _ in range(2)]
    rows[0][0] = 7.0 * x[1]
    return rows[1][0] * rows[0][0]


add(equal_arrays_in_a_list_changed, V)


def arrays_with_one_tangent_in_a_display(x):
    a = x * 1.0
    b = x + 2.0
    rows = [a, b]
    rows[0][0] = 7.0 * x[1]
    return rows[1][0] * rows[0][0]


add(arrays_with_one_tangent_in_a_display, V)


def arrays_of_branches_in_a_list_changed(x):
    a = x * 1.0 if x[0] > 0 else x + 0.0
    rows = [a, x * 1.0, x + 1.0]
    rows[0][0] = 7.0 * x[1]
    rows[2][1] = 3.0 * x[2]
    return rows[1][0] * rows[0][0] * rows[2][1] * rows[1][1]


add(arrays_of_branches_in_a_list_changed, V)


def arrays_in_a_dict_changed(x):
    d = {"a": x + 1.0, "b": x - 2.0}
    d["a"][0] *= x[1]
    d["b"] += 1.0
    return d["a"][0] * d["b"][0] * x[0]


add(arrays_in_a_dict_changed, V)


# Items that change and are put back


def item_of_a_list_appended_to_twice(x):
    c = [[x, x * x], [x]]
    c[0].append(np.sin(x))
    c[0].append(np.cos(x))
    return sum(c[0]) * c[1][0]


add(item_of_a_list_appended_to_twice, 0.4)


def items_appended_to_in_a_loop(x):
    c = [[x * 2.0], [x]]
    for i in range(3):
        c[i % 2].append(x * i)
    return sum(c[0]) * sum(c[1]) ** 2


add(items_appended_to_in_a_loop, 0.4)


def item_with_another_structure_put_into_an_item(x):
    c = [[x, x], {"a": x}]
    c[0][1] = x * 2.0
    c[1]["b"] = x * x
    c[1]["c"] = np.array([x, x + 1.0])
    c[1]["a"] = [x, 3.0 * x]
    return c[0][1] * c[1]["b"] + np.sum(c[1]["c"]) * c[1]["a"][1]


add(item_with_another_structure_put_into_an_item, 0.4)


def item_popped_from_an_item(x):
    c = [[x, x * x, 3.0 * x], [x]]
    a = c[0].pop()
    c[1].append(a)
    b = c[0].pop(0)
    return sum(c[0]) * sum(c[1]) + a * b


add(item_popped_from_an_item, 0.4)

def item_of_a_dict_deleted(x):
    d = {"a": x * 2.0, "b": x * x}
    s = np.sum(d["a"])
    del d["a"]
    return s * sum(np.sum(v) for v in d.values())


add(item_of_a_dict_deleted, V)


def key_of_a_dict_deleted(x, key):
    d = {1: x * 2.0, 5: x * x}
    s = np.sum(d[key])
    del d[key]
    return s * sum(np.sum(v) for v in d.values())


add(key_of_a_dict_deleted, V, 1)
add(key_of_a_dict_deleted, V, 5, label="last")


def key_of_a_dict_popped(x, key):
    d = {"a": x * 2.0, "b": x * x}
    s = np.sum(d.pop(key))
    return s * sum(np.sum(v) for v in d.values())


add(key_of_a_dict_popped, V, "a")


def keys_deleted_in_a_loop(x):
    d = {}
    for i in range(3):
        d[i] = x[i] * x[i]
    for i in range(2):
        del d[i]
    return d[2] * len(d)


add(keys_deleted_in_a_loop, V)


def items_of_items_deleted(x):
    d = {"a": {"p": x[0], "q": x[1]}, "b": [x[0], x[2]]}
    del d["a"]["p"]
    del d["b"][0]
    d["a"]["r"] = x[2] * x[0]
    return d["a"]["q"] * d["b"][0] * d["a"]["r"]


add(items_of_items_deleted, V)


def items_of_a_list_deleted(x, i):
    y = list(x)
    v = y[i]
    del y[i], y[-1]
    return v * y[0]


add(items_of_a_list_deleted, V, 1)


def options_in_a_text(x, text):
    options = {}
    for part in text.split(";"):
        key, sep, value = part.partition("=")
        options[key.strip()] = float(value) if sep else x
    return sum(v * x**i for i, (_, v) in enumerate(sorted(options.items())))


add(options_in_a_text, 0.7, "a=2;b=3;c")


# What is evaluated before a container is changed, and what while it is changed


def update_by_keywords(x):
    state = {"place": x, "speed": 2 * x}
    state.update(place=state["speed"] * x, speed=state["place"] * 3)
    return state["place"] * state["speed"] ** 2


def update_by_a_dict_and_keywords(x):
    state = {"place": x, "speed": 2 * x}
    state.update({"place": state["speed"] * x}, speed=state["place"] * 3)
    return state["place"] * state["speed"] ** 2


def update_by_a_generator_that_reads_the_dict(x):
    state = {"place": x, "speed": 2 * x}
    state.update((key, state["place"] * x) for key in ("place", "speed"))
    return state["place"] * state["speed"] ** 2


def list_extended_by_a_generator_that_reads_it(x):
    values = [x, 2 * x]
    values.extend(values[-1] * k * x for k in (1, 2))
    return values[2] * values[3] ** 2


def list_extended_by_a_list_that_reads_it(x):
    values = [x, 2 * x]
    values.extend([values[-1] * k * x for k in (1, 2)])
    return values[2] * values[3] ** 2


def list_extended_by_a_map_that_reads_it(x):
    values = [x, 2 * x]
    values.extend(map(lambda k: values[-1] * k * x, (1, 2)))
    return values[2] * values[3] ** 2


def generator_reads_what_its_loop_assigns(x):
    a, total = x, 0
    for v in (a * k for k in (1, 2, 3)):
        a = a + v
        total += v
    return total


def generators_beside_others_read_what_their_loop_assigns(x):
    a, total = x, 0
    for i, (v, w) in enumerate(zip((a * k for k in (1, 2, 3)), (3, 2, 1))):
        a = a + v
        total += v * w * i
    return total


for function in (
    update_by_keywords, update_by_a_dict_and_keywords, update_by_a_generator_that_reads_the_dict,
    list_extended_by_a_generator_that_reads_it, list_extended_by_a_list_that_reads_it,
    list_extended_by_a_map_that_reads_it, generator_reads_what_its_loop_assigns,
    generators_beside_others_read_what_their_loop_assigns,
):
    add(function, X)


# Containers in containers that are changed in nested loops


def momentum_in_dicts(layers, rate):
    layers = copy.deepcopy(layers)
    speeds = [{k: np.zeros_like(v) for k, v in layer.items()} for layer in layers]
    for _ in range(2):
        for layer, speed in zip(layers, speeds):
            for k in layer:
                speed[k] = 0.9 * speed[k] - rate * layer[k] ** 2
                layer[k] = layer[k] + speed[k]
    return sum(np.sum(layer["w"] * layer["b"]) for layer in layers)


def items_changed_while_they_are_read(x):
    rows = [{"a": x, "b": x * x} for _ in range(2)]
    for row in rows:
        for k, v in row.items():
            row[k] = v * row["a"]
    return rows[0]["b"] * rows[1]["a"]


def elements_of_rows_by_two_loops(x):
    rows = [[x * i for i in range(1, 3)] for _ in range(2)]
    for i, row in enumerate(rows):
        for j in range(len(row)):
            row[j] = row[j] * x + rows[i - 1][0]
    return rows[0][0] * rows[1][1]


def flattened_by_sum(x):
    pairs = sum([(x, 2.0 * x), (x * x,)], ())
    items = sum(([v * x] * 2 for v in pairs), [])  # noqa: RUF017
    items.append(pairs[2])
    return sum(item * items[-1] for item in items)


for function in (items_changed_while_they_are_read, elements_of_rows_by_two_loops, flattened_by_sum):
    add(function, X)
LAYERS = [{"w": np.array([0.5, 0.7]), "b": 0.3}, {"w": np.array([0.2, -0.4]), "b": -0.6}]
add(momentum_in_dicts, LAYERS, 0.3, wrt=(0, 1))


def symmetric_entries_by_pairs(x):
    entries = {}
    for i in range(3):
        for j in range(i, 3):
            entries[i, j] = entries.get((i, j), 0.0) + x * (i + 1)
            entries.setdefault((j, i), x * x)
    return sum(v * v * (k[0] + 1) for k, v in sorted(entries.items()))


add(symmetric_entries_by_pairs, X)


def great_circle(x, to):
    (latitude, longitude), (other, there) = map(np.radians, x), (v * 0.1 for v in to)
    half = np.sin((latitude - other) / 2.0) ** 2
    return half + np.cos(latitude) * np.cos(other) * np.sin((longitude - there) / 2.0) ** 2


add(great_circle, np.array([10.0, 20.0]), (0.5, 0.2))


def smallest_of_each_iteration(x):
    for v in [x, 2.0 * x, x]:
        x = x + min((v * v for _ in range(3)), default=0.3)
        x = x * max([v for _ in range(2) if v > 1.0], default=v)
    return x


add(smallest_of_each_iteration, X)


def largest_changed_in_place(a, b):
    y = max(a, b)
    y *= 0.5
    z = min([y, a])
    z += a
    return y * z * b


add(largest_changed_in_place, X, 0.3, wrt=(0, 1))


def elements_of_elements(a, x):
    total = 0.0
    for i in range(len(a)):
        for j in range(len(x)):
            total = total * 0.9 + a[i][j] * x[j] ** 2 + a[i][0]
    return total


def elements_and_whole_rows(a, v):
    total = 0.0
    for i in range(2):
        row = a[i]
        total = total + row[1] ** 2 * v
        total = total + np.sum(np.asarray(row)) * row[0]
        total = total + np.sum(np.asarray(a[i][1:])) * a[-1][-1]
    return total


def elements_of_elements_changed(a, v):
    a = [list(row) for row in a]
    for i in range(1, 2):
        a[i][0] = a[i - 1][0] * v + a[i][1]
        a[i][1] *= a[i - 1][1]
    return a[1][0] * a[1][1] + a[0][2]


def rows_that_are_one(v):
    row = [v, v * 2.0]
    rows = [row, row, [v**2, 1.0]]
    return rows[0][0] * rows[1][0] + rows[1][1] * rows[2][0] * rows[0][1]


def elements_of_dicts(d, v):
    total = 0.0
    for name in ("p", "q"):
        for i in range(2):
            total += d[name][i] * d["p"][0] * v
    return total + d["n"]["m"] ** 2


def elements_of_what_is_returned(a, v):
    return [a[0][1] * v, [a, a[1][0]]]


ROWS = {"array": M, "list": M.tolist(), "tuple": tuple(map(tuple, M.tolist())), "arrays": [*M]}
for label, rows in ROWS.items():
    add(elements_of_elements, rows, V, wrt=(0, 1), label=label)
    add(elements_and_whole_rows, rows, 0.7, wrt=(0, 1), label=label)
    add(elements_of_elements_changed, rows, 0.7, wrt=(0, 1), label=label)
    add(elements_of_what_is_returned, rows, 0.7, wrt=(0, 1), label=label)
add(rows_that_are_one, 0.7)
for label, row in (("list", [1.0, 2.0]), ("array", np.array([1.0, 2.0]))):
    add(elements_of_dicts, {"p": row, "q": (3.0, 4.0), "n": {"m": 0.5}}, 0.7, wrt=(0, 1), label=label)
