"""Arrays that are written in place: through views, by `out=`, and by functions and methods that write."""

from collections import defaultdict

import numpy as np

from tests.programs.case import Corpus

IN_PLACE = Corpus()
add = IN_PLACE.add

V = np.array([0.3, -0.7, 1.1, 0.4])
M = np.array([[2.5, -1.2, 0.8], [1.1, 3.4, -0.6], [0.3, 0.2, 2.0]])


def elimination_by_rows(A):
    A = A.copy()
    n = len(A)
    for k in range(n):
        for i in range(k + 1, n):
            A[i] -= A[k] * (A[i, k] / A[k, k])
    return np.sum(A * A)


def elimination_through_names_of_rows(A):
    A = A.copy()
    n = A.shape[0]
    for k in range(n):
        pivot = A[k]
        for i in range(k + 1, n):
            row = A[i]
            row[k:] -= pivot[k:] * (row[k] / pivot[k])
    return np.sum(A * A)


def rows_exchanged(A):
    B = A * 1.0
    B[[0, 1]] = B[[1, 0]]
    tmp = B[2].copy()
    B[2] = B[0]
    B[0] = tmp
    return np.sum(B * B * A)


def two_buffers_exchanged(u, n):
    u = u.copy()
    v = np.zeros_like(u)
    for t in range(n):
        v[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u, v = (v, u)
    return np.sum(u * u)


def interior_view_stepped(u, n):
    u = u.copy()
    inner = u[1:-1]
    for t in range(n):
        lap = u[2:] - 2 * inner + u[:-2]
        inner += 0.1 * lap
    return np.sum(u * u)


def halves_written_in_turn(x):
    n = len(x) // 2
    y = x * 1.0
    left, right = (y[:n], y[n:])
    left += right * right
    right[:] = np.sin(left)
    return np.sum(y * y)


def chunks_in_a_loop(x):
    y = x * x
    for i in range(0, 4, 2):
        u = y[i:i + 2]
        u[0] = u[1] * y[0]
    return np.sum(y * y)


def butterfly_in_place(x):
    a = x.copy()
    e = a[::2]
    o = a[1::2]
    t = o * 0.7
    o[:] = e - t
    e += t
    return np.sum(a * a * x)


def scales_row(row, s):
    row *= s


def views_passed_to_a_function(A):
    B = A * 1.0
    scales_row(B[1], A[0, 0])
    scales_row(B[:, 0], 2.0)
    return np.sum(B * B)


def row_read_after_its_array_was_written(A):
    row = A[0]
    A[0, 1] = 5.0 * A[1, 1]
    return np.sum(row * row)


def item_that_is_a_number(x):
    t = x[0]
    x[0] = 5.0
    return t * x[0] * x[1]


def table_filled_through_rows(x):
    n = len(x)
    T = np.zeros((n, n))
    for i in range(n):
        prev = T[i - 1]
        cur = T[i]
        for j in range(n):
            cur[j] = prev[j - 1] * 0.5 + x[i] * x[j]
    return np.sum(T[-1])


def view_written_in_a_branch(x, c):
    y = x * x
    v = y[1:]
    if c:
        v[0] = x[0]
    else:
        y[1] = 2 * x[0]
    return np.sum(v * v) + np.sum(y)


def view_in_a_while_loop(x):
    y = x * x
    v = y[:2]
    k = 0
    while v[0] < 10.0 and k < 3:
        v += x[0]
        k += 1
    return np.sum(y * y)


def views_without_a_name(A):
    A.ravel()[2] = A[0, 0] * A[1, 1]
    A.T[0] = A[1] * 2
    A.reshape(-1)[0] = 3 * A[2, 2]
    return np.sum(A * A)


def arrays_in_a_list_written(x):
    states = [x * 1.0, x * x]
    for k in range(2):
        states[k][0] = states[1 - k][1] * x[2]
        for a in states:
            a += 1.0
    return np.sum(states[0] * states[1])


def gauss_seidel_in_place(b):
    x = np.zeros(4)
    for it in range(3):
        for i in range(4):
            s = b[i]
            if i > 0:
                s -= 0.3 * x[i - 1]
            if i < 3:
                s -= 0.3 * x[i + 1]
            x[i] = s / 2.0
    return np.sum(x * b)


def rows_scaled_by_their_sums(A):
    A = A.copy()
    for i, row in enumerate(A):
        row /= np.sum(np.abs(row))
    return np.sum(A * A * A)


def rows_scaled(A):
    A = A.copy()
    for row in A:
        row *= 2.0
    return np.sum(A * A)


def out_by_name_and_by_position(x):
    y = np.zeros(4)
    np.multiply(x, x, out=y)
    np.add(y, x, y)
    z = np.sin(y, out=y)
    return np.sum(z * y)


def out_in_a_tuple(x):
    y = np.empty_like(x)
    np.exp(x, out=(y,))
    np.cumsum(y, out=y)
    return np.sum(y * x)


def out_is_a_view(x):
    y = x * x
    np.add(y[1:], x[:-1], out=y[1:])
    np.multiply(y[::2], 2.0, out=y[::2])
    return np.sum(y * y)


def out_where(x):
    y = np.ones(4)
    np.divide(1.0, x - 0.3, out=y, where=x > 0.35)
    return np.sum(y * x)


def filled(x):
    y = x * x
    z = y * 2
    z.fill(x[0])
    y[1:].fill(x[1] * x[0])
    return np.sum(y * z * x)


def copied_into(x):
    y = np.zeros((2, 4))
    np.copyto(y, x)
    np.copyto(y, x * x, where=x > 0.35)
    return np.sum(y * y)


def added_at(x):
    y = x * x
    np.add.at(y, [0, 0, 1], x[:3])
    np.subtract.at(y, np.array([2, 2]), x[0])
    return np.sum(y * y)


def diagonal_filled(A):
    B = A * A
    np.fill_diagonal(B, A[0, 1])
    return np.sum(B * B)


def put_and_placed(x):
    y = x * x
    np.put(y, [0, 2], x[:2])
    y.put(1, x[3])
    np.place(y, y > 1, x[0])
    return np.sum(y * y)


def array_sorted_in_place(x):
    y = x * x
    y.sort()
    return np.sum(y * np.arange(4.0))


def out_of_products_and_reductions(A):
    c = np.empty((3, 3))
    v = np.empty(3)
    np.dot(A, A, out=c)
    np.matmul(c, A[0], out=v)
    A[0].dot(c, out=v)
    s = np.empty(3)
    A.sum(axis=0, out=s)
    np.clip(c, -1.0, 5.0, out=c)
    np.clip(v, -1.0, 2.0, v)
    return np.sum(c) + np.sum(v * s)


def out_in_a_loop(x):
    b = np.zeros(4)
    for i in range(3):
        np.multiply(x, i + 1.0, out=b)
        b.fill(b[0] * 2) if i == 1 else None
        np.add(b, x, out=x)
    return np.sum(x * b)


def flat_written(A):
    A = A * 1.0
    A.flat[3] = A[0, 0] * 2
    for v in A.flat:
        pass
    return np.sum(A * A)


def real_part(x):
    return np.sum((x * x).real)


def passes_out_on(a, out=None):
    return np.multiply(a, a, out=out)


def out_passed_on(x):
    b = np.zeros(4)
    y = passes_out_on(x)
    passes_out_on(y, b)
    return np.sum(b * y)


def same_row_by_two_names(A):
    B = A * A
    first = B[0]
    again = B[0]
    first[1] = again[2] * A[1, 1]
    again += first
    return np.sum(B * first)


def view_of_a_view_in_a_loop(x, n):
    y = x * x
    inner = y[1:]
    tail = inner[::-1]
    for i in range(n):
        tail[i] = inner[0] * y[1] + i
        inner *= 0.5
    return np.sum(y * y) + np.sum(tail)


def view_rebound_in_a_loop(x):
    y = x * x
    v = y[:2]
    for i in range(3):
        v[0] = v[1] * y[0]
        v = y[i : i + 2]
    return np.sum(y * y)


def view_of_nothing_written(x, n):
    y = x * x
    v = y[1:]
    for i in range(n):
        v[i] = 0.0
    return np.sum(y * v[0])


def view_after_an_exit(x):
    y = x * x
    v = y[1:]
    for i in range(3):
        v[i] = v[i] * 2.0
        if v[i] > 0.9:
            break
        y[0] += v[i]
    return np.sum(y * y)


def columns_normalized(A):
    B = A * 1.0
    for j in range(3):
        column = B[:, j]
        column -= np.sum(column) / 3.0
        column /= np.sqrt(column @ column)
    return np.sum(B * A * A)


def integrals(x):
    t = np.linspace(0.0, 1.0, 4)
    weighted = np.average(x, weights=t + 0.5) + np.average(x * x)
    return np.trapezoid(x * x, t) + np.trapezoid(np.sin(x), dx=0.5) + weighted + np.nanmean(x * t)


def selections(A):
    rows = np.take(A, [0, 2, 0], axis=0)
    ordered = np.sort(rows, axis=1)
    return np.sum(ordered * A) + np.sum(np.diag(A) * np.diagonal(rows)) + A.real[0, 1] * A.imag[0, 1]


def written_by_masks(x, y):
    x, y = np.asarray(x), np.asarray(y)
    r = np.hypot(x, y)
    beta = np.empty_like(r)
    bad = np.isclose(r, 0.0) | (r < 0.1)
    beta[~bad] = np.arctan(r[~bad] / y[~bad])
    beta[~bad] *= np.sin(beta[~bad])
    beta[bad & (r >= 0.0)] = 3.0
    return np.tan(beta)


def read_by_masks(x):
    x = np.asarray(x)
    return x[x > 0.0].sum() + np.sum(x[np.isfinite(x) & ~(x > 0.0)] ** 2)


def chosen_by_a_comparison(pair, x):
    return np.sum(pair[x > 0.0] * x)



def tables_of_tables(values, keys):
    rows = defaultdict(dict)
    for (i, j), v in zip(keys, values):
        rows[i][j] = v
    total = 0.0
    for i in (0, 1):
        rows[i]["sum"] = sum(rows[i].values())
        total += rows[i]["sum"] ** 2
    return total


def row_chosen_by_the_run(x, row):
    A = np.zeros((3, 3))
    A[1] = x
    A[row][0] = x * 5.0
    return np.sum(A * A)


def edges_of_a_grid_set_at_once(u):
    u = np.array(u, dtype=float)
    for _ in range(3):
        inner = u[1:-1, 1:-1]
        inner += 0.1 * (u[1:-1, 2:] - inner)
        u[0], u[-1] = u[1], u[-2]
        u[:, 0], u[0, -1] = u[:, 1], u[-1, 0]
    return (u * u).sum()


def rows_given_each_other(A):
    A = A * A
    A[0, 0], A[1] = A[1, 1], A[0]
    first, (A[2], last) = A[1], (A[0], A[2, 2])
    return np.sum(A * A) + np.sum(first) * last


def greatest_so_far(x):
    best, least = np.full(3, -np.inf), np.full(len(x), 2.0 * np.pi)
    for i in range(len(x)):
        best[i % 3] = max(best[i % 3], x[i] ** 2)
        least[i] = min(least[i], np.exp(x[i]))
    return np.sum(best) + np.sum(least)


FUNCTIONS_OF_VECTORS = (
    greatest_so_far,
    halves_written_in_turn, chunks_in_a_loop, butterfly_in_place, item_that_is_a_number, table_filled_through_rows,
    view_in_a_while_loop, arrays_in_a_list_written, gauss_seidel_in_place, out_by_name_and_by_position, out_in_a_tuple,
    out_is_a_view, out_where, filled, copied_into, added_at, put_and_placed, array_sorted_in_place, out_in_a_loop,
    real_part, out_passed_on, view_after_an_exit, integrals,
)
FUNCTIONS_OF_MATRICES = (
    elimination_by_rows, elimination_through_names_of_rows, rows_exchanged, views_passed_to_a_function,
    row_read_after_its_array_was_written, views_without_a_name, rows_scaled_by_their_sums, rows_scaled, diagonal_filled,
    out_of_products_and_reductions, edges_of_a_grid_set_at_once, rows_given_each_other,
    flat_written, same_row_by_two_names, columns_normalized, selections,
)
for f in FUNCTIONS_OF_VECTORS:
    add(f, V)
for f in FUNCTIONS_OF_MATRICES:
    add(f, M)
for f in (two_buffers_exchanged, interior_view_stepped, view_of_a_view_in_a_loop, view_of_nothing_written):
    add(f, V, 0, label="no_steps")
    add(f, V, 3)
add(view_written_in_a_branch, V, True, label="taken")
add(view_written_in_a_branch, V, False, label="not_taken")
add(view_rebound_in_a_loop, V, optional=True)
for x, label in ((np.float64(0.7), "number"), (np.array(0.7), "without_axes"), (np.array([0.7, 0.3, 0.05]), "vector")):
    add(written_by_masks, x, 0.8 * x, wrt=(0, 1), label=label)
    add(read_by_masks, x, label=label)
add(read_by_masks, np.float64(-0.3), label="negative")
PAIRS = {"list": [1.0, 2.0], "tuple": (1.0, 2.0), "of_arrays": [np.ones(3), 2.0], "rows": np.ones((2, 3))}
for label, pair in PAIRS.items():
    add(chosen_by_a_comparison, pair, 0.3, wrt=(0, 1), label=label)
add(tables_of_tables, [1.0, 2.0, 3.0], [(0, 0), (0, 2), (1, 1)])
add(row_chosen_by_the_run, 0.3, 1, label="number")
add(row_chosen_by_the_run, 0.3, slice(1, 3), label="slice")


def product_broadcast_to_an_array(x, t, w):
    x += t @ np.array([w[-1, 0], t[0], w[0, 0]])
    return x[1:] ** 3


ROOTS = np.arange(9.0).reshape(3, 3)
add(product_broadcast_to_an_array, V, V[:3], ROOTS, wrt=(0, 1, 2))


def array_copied_into_itself(x):
    x[1] += 0.5
    np.copyto(x, x)
    x[:] = x
    return x * x


add(array_copied_into_itself, V)
