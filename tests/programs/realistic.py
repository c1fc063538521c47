"""Little programs as people write them: integrators, filters, solvers, recurrences, dynamic programming."""

import math

import numpy as np

from tests.programs.case import Corpus

REALISTIC = Corpus()
add = REALISTIC.add

V = np.array([0.3, -0.7, 1.1])
V4 = np.array([0.9, -0.4, 0.6, 1.3])
M = np.array([[0.5, -1.2, 0.8], [1.1, 0.4, -0.6]])
POSITIVE = np.array([[2.0, 0.3, -0.1], [0.3, 1.5, 0.2], [-0.1, 0.2, 1.8]])
GENERAL = np.array([[2.0, 0.3, -0.1], [0.4, 1.5, 0.2], [-0.3, 0.1, 1.8]])


# Integrators


def pendulum_acceleration(theta, omega, friction, length):
    return -9.81 / length * np.sin(theta) - friction * omega


def euler(theta, omega, friction, length, dt, steps):
    for _ in range(steps):
        acceleration = pendulum_acceleration(theta, omega, friction, length)
        theta = theta + dt * omega
        omega = omega + dt * acceleration
    return theta * theta + omega


add(euler, 0.5, 0.1, 0.2, 1.3, 0.05, 6, wrt=(0, 1, 2, 3, 4))


def runge_kutta(y0, friction, dt, steps):
    path = np.zeros((steps + 1, 2))
    path[0] = y0
    for t in range(steps):
        y = path[t]
        k1 = oscillator(y, friction)
        k2 = oscillator(y + 0.5 * dt * k1, friction)
        k3 = oscillator(y + 0.5 * dt * k2, friction)
        k4 = oscillator(y + dt * k3, friction)
        path[t + 1] = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(path[1:] ** 2)


def oscillator(y, friction):
    return np.array([y[1], -np.sin(y[0]) - friction * y[1]])


add(runge_kutta, np.array([0.5, 0.1]), 0.2, 0.1, 4, wrt=(0, 1, 2))


def runge_kutta_on_scalars(theta, omega, friction, length, dt, n):
    loss = 0.0
    for _ in range(n):
        a1 = pendulum_acceleration(theta, omega, friction, length)
        w2 = omega + 0.5 * dt * a1
        a2 = pendulum_acceleration(theta + 0.5 * dt * omega, w2, friction, length)
        w3 = omega + 0.5 * dt * a2
        a3 = pendulum_acceleration(theta + 0.5 * dt * w2, w3, friction, length)
        w4 = omega + dt * a3
        a4 = pendulum_acceleration(theta + dt * w3, w4, friction, length)
        theta += dt / 6.0 * (omega + 2.0 * w2 + 2.0 * w3 + w4)
        omega += dt / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        loss += (theta - 0.1) ** 2
    return loss


add(runge_kutta_on_scalars, 0.5, 0.1, 0.2, 1.3, 0.05, 4, wrt=(2, 3))


def leapfrog(position, velocity, stiffness, dt, steps):
    velocity = velocity - 0.5 * dt * stiffness * position
    for step in range(steps):
        position += dt * velocity
        if step < steps - 1:
            velocity -= dt * stiffness * position**3
    velocity = velocity - 0.5 * dt * stiffness * position
    return np.sum(position * velocity)


add(leapfrog, V, V4[:3], 1.5, 0.1, 5, wrt=(0, 1, 2))


def adaptive_integration(x, rate):
    t = 0.0
    dt = 0.3
    while t < 1.0:
        if t + dt > 1.0:
            dt = 1.0 - t
        full = x + dt * rate * x
        half = x + 0.5 * dt * rate * x
        half = half + 0.5 * dt * rate * half
        if abs(full - half) > 0.01:
            dt *= 0.5
            continue
        x = 2.0 * half - full
        t += dt
        dt *= 1.2
    return x


add(adaptive_integration, 1.3, 0.8, wrt=(0, 1))


def n_body(positions, velocities, masses, dt, steps):
    n = len(masses)
    p = positions.copy()
    v = velocities.copy()
    for _ in range(steps):
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                difference = p[j] - p[i]
                distance = np.sqrt(np.sum(difference * difference) + 0.1)
                v[i] += dt * masses[j] * difference / distance**3
        p += dt * v
    energy = 0.0
    for i in range(n):
        energy += 0.5 * masses[i] * np.sum(v[i] ** 2)
    return energy


add(
    n_body,
    np.array([[0.0, 0.1], [1.0, 0.0], [0.2, 1.1]]),
    np.array([[0.1, 0.0], [0.0, 0.3], [-0.2, 0.1]]),
    np.array([1.0, 0.5, 0.8]),
    0.1,
    2,
    wrt=(0, 1, 2),
)


def lennard_jones(x, epsilon, sigma):
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            r2 = np.sum((x[i] - x[j]) ** 2)
            s6 = (sigma * sigma / r2) ** 3
            energy += 4.0 * epsilon * (s6 * s6 - s6)
    return energy


add(lennard_jones, np.array([[0.0, 0.0], [1.1, 0.1], [0.2, 1.2]]), 0.7, 1.0, wrt=(0, 1, 2))


# Statistics and learning


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def logistic_regression(w, b, features, labels, decay):
    p = sigmoid(features @ w + b)
    loss = -np.mean(labels * np.log(p) + (1.0 - labels) * np.log(1.0 - p))
    return loss + decay * np.sum(w * w)


add(
    logistic_regression,
    V,
    0.1,
    np.array([[0.5, -1.2, 0.8], [1.1, 0.4, -0.6], [0.2, 0.3, 0.9]]),
    np.array([1.0, 0.0, 1.0]),
    0.01,
    wrt=(0, 1, 2, 4),
)


def softmax_cross_entropy(x, w, b, target):
    logits = x @ w + b
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(x)), target])


add(softmax_cross_entropy, M, GENERAL, V, np.array([2, 0]), wrt=(0, 1, 2))


def multilayer_perceptron(parameters, x):
    for layer in parameters[:-1]:
        x = np.tanh(x @ layer["w"] + layer["b"])
    last = parameters[-1]
    return np.sum((x @ last["w"] + last["b"]) ** 2)


add(
    multilayer_perceptron,
    [{"w": GENERAL, "b": V}, {"w": GENERAL.T.copy(), "b": 0.1}, {"w": M.T.copy(), "b": np.array([0.1, 0.2])}],
    M,
    wrt=(0, 1),
    optional=True,
)


def lstm_cell(x, h, c, p):
    gates = p["w"] @ x + p["u"] @ h + p["b"]
    n = len(h)
    i = sigmoid(gates[:n])
    f = sigmoid(gates[n : 2 * n])
    o = sigmoid(gates[2 * n : 3 * n])
    g = np.tanh(gates[3 * n :])
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c


def lstm(inputs, p):
    h, c = np.zeros(2), np.zeros(2)
    loss = 0.0
    for x in inputs:
        h, c = lstm_cell(x, h, c, p)
        loss = loss + np.sum(h * h)
    return loss


RNG = np.random.default_rng(7)
add(
    lstm,
    M,
    {"w": RNG.normal(size=(8, 3)), "u": RNG.normal(size=(8, 2)), "b": RNG.normal(size=8)},
    wrt=(0, 1),
)


def kalman_filter(observations, transition, process, noise):
    mean, variance = 0.0, 1.0
    log_likelihood = 0.0
    for z in observations:
        mean = transition * mean
        variance = transition * variance * transition + process
        innovation = z - mean
        s = variance + noise
        gain = variance / s
        mean += gain * innovation
        variance *= 1.0 - gain
        log_likelihood += -0.5 * (innovation**2 / s + np.log(2.0 * np.pi * s))
    return log_likelihood


add(kalman_filter, V4, 0.9, 0.3, 0.5, wrt=(0, 1, 2, 3))


def kalman_filter_matrices(observations, a, q, r):
    n = len(a)
    x = np.zeros(n)
    p = np.eye(n)
    loss = 0.0
    for z in observations:
        x = a @ x
        p = a @ p @ a.T + q * np.eye(n)
        residual = z - x[0]
        s = p[0, 0] + r
        k = p[:, 0] / s
        x = x + k * residual
        p = p - np.outer(k, p[0])
        loss += residual * residual / s + np.log(s)
    return loss


add(kalman_filter_matrices, V4, np.array([[0.9, 0.2], [-0.1, 0.8]]), 0.3, 0.5, wrt=(0, 1, 2, 3))


def hidden_markov_log_likelihood(transition, emission, start, observations):
    alpha = start * emission[:, observations[0]]
    total = 0.0
    for t in range(1, len(observations)):
        norm = np.sum(alpha)
        total = total + np.log(norm)
        alpha = (alpha / norm) @ transition * emission[:, observations[t]]
    return total + np.log(np.sum(alpha))


add(
    hidden_markov_log_likelihood,
    np.array([[0.7, 0.3], [0.4, 0.6]]),
    np.array([[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]),
    np.array([0.6, 0.4]),
    [0, 2, 1, 1],
    wrt=(0, 1, 2),
)


def viterbi_score(scores, transition):
    best = scores[0]
    for t in range(1, len(scores)):
        new = np.zeros(len(best))
        for j in range(len(best)):
            candidate = best[0] + transition[0, j]
            for i in range(1, len(best)):
                if best[i] + transition[i, j] > candidate:
                    candidate = best[i] + transition[i, j]
            new[j] = candidate + scores[t, j]
        best = new
    return np.max(best)


add(viterbi_score, GENERAL, GENERAL.T.copy() * 0.3, wrt=(0, 1))


def k_means_step(points, centers):
    loss = 0.0
    for p in points:
        distances = np.sum((centers - p) ** 2, axis=1)
        k = np.argmin(distances)
        loss += distances[k]
    return loss / len(points)


add(
    k_means_step,
    np.array([[0.1, 0.2], [1.0, 0.9], [0.3, -0.2]]),
    np.array([[0.0, 0.0], [1.2, 1.0]]),
    wrt=(0, 1),
)


def gradient_descent_inside(start, target, rate, steps):
    x = start
    for _ in range(steps):
        gradient = 2.0 * (x - target) + np.cos(x)
        x = x - rate * gradient
    return np.sum((x - target) ** 2)


add(gradient_descent_inside, V, V4[:3], 0.1, 5, wrt=(0, 1, 2))


def momentum_in_place(x, rate, momentum, steps):
    x = x.copy()
    velocity = np.zeros_like(x)
    for _ in range(steps):
        gradient = x**3 - x
        velocity *= momentum
        velocity -= rate * gradient
        x += velocity
    return np.sum(x * x)


add(momentum_in_place, V, 0.1, 0.9, 4, wrt=(0, 1, 2))


def rosenbrock_loop(x):
    y = 0.0
    for i in range(len(x) - 1):
        y += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return y


add(rosenbrock_loop, V4)


def rosenbrock_vectorized(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


add(rosenbrock_vectorized, V4)


# Linear algebra by hand


def cholesky_log_determinant(a):
    n = a.shape[0]
    l = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= l[i, k] * l[j, k]
            if i == j:
                l[i, i] = math.sqrt(s)
            else:
                l[i, j] = s / l[j, j]
    total = 0.0
    for i in range(n):
        total += 2.0 * math.log(l[i, i])
    return total


add(cholesky_log_determinant, POSITIVE)


def cholesky_factor_sum(a):
    a = a.copy()
    n = len(a)
    for k in range(n):
        a[k, k] = np.sqrt(a[k, k])
        a[k + 1 :, k] /= a[k, k]
        for j in range(k + 1, n):
            a[j:, j] -= a[j:, k] * a[j, k]
    return a[0, 0] + a[1, 1] + a[2, 2] + a[2, 1] * a[1, 0]


add(cholesky_factor_sum, POSITIVE)


def gauss_elimination(a, b):
    a = a.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if pivot != k:
            for j in range(n):
                a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            x[k], x[pivot] = x[pivot], x[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            x[i] -= factor * x[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= a[i, j] * x[j]
        x[i] /= a[i, i]
    return np.sum(x * x)


add(gauss_elimination, np.array([[0.1, 2.0, 0.5], [1.5, 0.3, -0.2], [0.4, 0.6, 1.8]]), V, wrt=(0, 1))


def thomas_solver(lower, diagonal, upper, right):
    n = len(diagonal)
    c = np.zeros(n)
    d = np.zeros(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = right[0] / diagonal[0]
    for i in range(1, n):
        m = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / m
        d[i] = (right[i] - lower[i - 1] * d[i - 1]) / m
    x = np.zeros(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return x


add(thomas_solver, V * 0.3, V4 * 0.1 + 3.0, V * 0.2, V4, wrt=(0, 1, 2, 3))


def jacobi_iteration(a, b, steps):
    n = len(b)
    x = np.zeros(n)
    for _ in range(steps):
        new = np.zeros(n)
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s = s - a[i, j] * x[j]
            new[i] = s / a[i, i]
        x = new
    return np.sum(x * b)


add(jacobi_iteration, GENERAL, V, 3, wrt=(0, 1))


def gauss_seidel(a, b, steps):
    x = np.zeros(len(b))
    for _ in range(steps):
        for i in range(len(b)):
            x[i] = (b[i] - a[i, :i] @ x[:i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return np.sum(x * x)


add(gauss_seidel, GENERAL, V, 3, wrt=(0, 1))


def power_iteration(a, x, steps):
    for _ in range(steps):
        y = a @ x
        x = y / np.sqrt(np.sum(y * y))
    return x @ a @ x


add(power_iteration, GENERAL, V, 4, wrt=(0, 1))


def matrix_power(a, n):
    result = np.eye(len(a))
    while n > 0:
        if n % 2 == 1:
            result = result @ a
        a = a @ a
        n //= 2
    return np.trace(result)


add(matrix_power, GENERAL * 0.5, 5)
add(matrix_power, GENERAL * 0.5, 0, label="zero")


def conjugate_gradient(a, b, steps):
    x = np.zeros_like(b)
    r = b - a @ x
    p = r
    rr = r @ r
    for _ in range(steps):
        ap = a @ p
        alpha = rr / (p @ ap)
        x = x + alpha * p
        r = r - alpha * ap
        new = r @ r
        p = r + (new / rr) * p
        rr = new
    return np.sum(x * b)


add(conjugate_gradient, POSITIVE, V, 2, wrt=(0, 1))


def matrix_product_by_loops(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


add(matrix_product_by_loops, M, GENERAL, wrt=(0, 1))


def gram_schmidt(a):
    q = a.copy()
    for i in range(len(a)):
        for j in range(i):
            q[i] -= (q[i] @ q[j]) * q[j]
        q[i] /= np.sqrt(q[i] @ q[i])
    return q


add(gram_schmidt, GENERAL)


def determinant_by_minors(a):
    if len(a) == 1:
        return a[0, 0]
    total = 0.0
    sign = 1.0
    for j in range(len(a)):
        minor = np.concatenate([a[1:, :j], a[1:, j + 1 :]], axis=1)
        total += sign * a[0, j] * determinant_by_minors(minor)
        sign = -sign
    return total


add(determinant_by_minors, GENERAL)


# Roots and sums


def horner(coefficients, x):
    y = 0.0
    for c in coefficients:
        y = y * x + c
    return y


add(horner, V4, 0.7, wrt=(0, 1))


def newton_square_root(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


add(newton_square_root, 2.3)


def newton_with_break(a, x):
    for _ in range(50):
        step = (x**3 - a) / (3.0 * x**2)
        x = x - step
        if abs(step) < 1e-13:
            break
    else:
        raise ValueError("no convergence")
    return x


add(newton_with_break, 2.3, 1.0)


def bisection(a, steps):
    low, high = 0.0, a
    for _ in range(steps):
        middle = 0.5 * (low + high)
        if middle * middle > 0.4:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


add(bisection, 2.3, 8)


def secant(a, x0, x1):
    f0 = x0 * x0 * x0 - a
    f1 = x1 * x1 * x1 - a
    while abs(f1) > 1e-3:
        x0, x1 = x1, x1 - f1 * (x1 - x0) / (f1 - f0)
        f0, f1 = f1, x1 * x1 * x1 - a
    return x1


add(secant, 2.3, 1.0, 1.5, wrt=(0, 1, 2))


def arithmetic_geometric_mean(a, b):
    while abs(a - b) > 1e-12:
        a, b = 0.5 * (a + b), math.sqrt(a * b)
    return a


add(arithmetic_geometric_mean, 1.3, 2.4, wrt=(0, 1))


def exponential_series(x):
    term = 1.0
    total = 1.0
    n = 1
    while True:
        term = term * x / n
        if abs(term) < 1e-14:
            return total
        total += term
        n += 1


add(exponential_series, 0.7)


def trapezoid(a, b, p, n):
    h = (b - a) / n
    total = 0.5 * (math.exp(-p * a * a) + math.exp(-p * b * b))
    for i in range(1, n):
        x = a + i * h
        total += math.exp(-p * x * x)
    return total * h


add(trapezoid, 0.1, 1.3, 0.8, 5, wrt=(0, 1, 2))


def simpson(p, n):
    x = np.linspace(0.0, 1.0, 2 * n + 1)
    y = np.sin(p * x) * np.exp(-x)
    return (y[0] + 4.0 * np.sum(y[1::2]) + 2.0 * np.sum(y[2:-1:2]) + y[-1]) / (6.0 * n)


add(simpson, 1.7, 4)


def adaptive_quadrature(p, a, b, depth):
    c = 0.5 * (a + b)
    coarse = (b - a) * np.sin(p * c)
    fine = 0.5 * (b - a) * (np.sin(p * 0.5 * (a + c)) + np.sin(p * 0.5 * (c + b)))
    if depth == 0 or abs(coarse - fine) < 1e-3:
        return fine
    return adaptive_quadrature(p, a, c, depth - 1) + adaptive_quadrature(p, c, b, depth - 1)


add(adaptive_quadrature, 1.7, 0.1, 1.4, 5, wrt=(0, 1, 2))


def collatz_like(x, n):
    y = x * 2.0
    for i in range(n):
        if y > 1.0:
            y = y * np.sin(y)
        else:
            y = y + x
    return y


add(collatz_like, 0.7, 6)


# Grids and sequences


def heat_equation_in_place(u, conductivity, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] += conductivity * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


add(heat_equation_in_place, np.array([0.1, 0.5, 1.2, -0.3, 0.4]), 0.2, 3, wrt=(0, 1))


def heat_equation_elementwise(u, conductivity, steps):
    for _ in range(steps):
        previous = u[0]
        for i in range(1, len(u) - 1):
            here = u[i]
            u[i] = here + conductivity * (u[i + 1] - 2.0 * here + previous)
            previous = here
    return np.sum(u * u)


add(heat_equation_elementwise, np.array([0.1, 0.5, 1.2, -0.3, 0.4]), 0.2, 3, wrt=(0, 1))


def wave_equation(u0, c, steps):
    old = u0
    now = u0 * 1.0
    for _ in range(steps):
        new = np.zeros_like(now)
        new[1:-1] = 2.0 * now[1:-1] - old[1:-1] + c * c * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        old, now = now, new
    return np.sum(now**2)


add(wave_equation, np.array([0.0, 0.5, 1.2, -0.3, 0.0]), 0.4, 3, wrt=(0, 1))


def advection_upwind(u, velocity, steps):
    for _ in range(steps):
        u = u - velocity * (u - np.roll(u, 1)) * (1.0 + u)
    return np.sum(u[:2] ** 2)


add(advection_upwind, V4, 0.3, 3, wrt=(0, 1))


def cellular_update(grid, rate, steps):
    rows, columns = grid.shape
    for _ in range(steps):
        new = np.zeros((rows, columns))
        for i in range(rows):
            for j in range(columns):
                s = 0.0
                for di in (-1, 0, 1):
                    for dj in (-1, 0, 1):
                        if di == 0 and dj == 0:
                            continue
                        s += grid[(i + di) % rows, (j + dj) % columns]
                new[i, j] = s * rate if s > 0.5 else grid[i, j] * s
        grid = new
    return np.sum(grid)


add(cellular_update, GENERAL, 0.1, 2, wrt=(0, 1))


def binomial_option(spot, strike, rate, volatility, steps):
    dt = 1.0 / steps
    up = math.exp(volatility * math.sqrt(dt))
    down = 1.0 / up
    p = (math.exp(rate * dt) - down) / (up - down)
    values = np.zeros(steps + 1)
    for i in range(steps + 1):
        values[i] = max(strike - spot * up**i * down ** (steps - i), 0.0)
    for t in range(steps - 1, -1, -1):
        for i in range(t + 1):
            held = math.exp(-rate * dt) * (p * values[i + 1] + (1.0 - p) * values[i])
            exercised = strike - spot * up**i * down ** (t - i)
            values[i] = max(held, exercised)
    return values[0]


add(binomial_option, 1.0, 1.07, 0.05, 0.3, 4, wrt=(0, 1, 2, 3))


def black_scholes_call(spot, strike, rate, volatility):
    d1 = (math.log(spot / strike) + rate + 0.5 * volatility**2) / volatility
    d2 = d1 - volatility
    return spot * 0.5 * (1.0 + math.erf(d1 / math.sqrt(2.0))) - strike * math.exp(-rate) * 0.5 * (
        1.0 + math.erf(d2 / math.sqrt(2.0))
    )


add(black_scholes_call, 1.0, 1.07, 0.05, 0.3, wrt=(0, 1, 2, 3))


def discrete_fourier_power(x, k):
    real = 0.0
    imaginary = 0.0
    for n in range(len(x)):
        angle = 2.0 * math.pi * k * n / len(x)
        real += x[n] * math.cos(angle)
        imaginary -= x[n] * math.sin(angle)
    return real * real + imaginary * imaginary


add(discrete_fourier_power, V4, 1)
add(discrete_fourier_power, V4, 1.3, wrt=(0, 1), label="real_frequency")


def convolution(signal, kernel):
    n = len(signal) - len(kernel) + 1
    result = np.zeros(n)
    for i in range(n):
        for j in range(len(kernel)):
            result[i] += signal[i + j] * kernel[j]
    return result


add(convolution, np.array([0.1, 0.5, 1.2, -0.3, 0.4]), V, wrt=(0, 1))


def moving_average(x, width):
    result = np.zeros(len(x) - width + 1)
    total = np.sum(x[:width])
    result[0] = total / width
    for i in range(width, len(x)):
        total += x[i] - x[i - width]
        result[i - width + 1] = total / width
    return np.sum(result**2)


add(moving_average, np.array([0.1, 0.5, 1.2, -0.3, 0.4]), 3)


def exponential_moving_average(x, decay):
    smoothed = [x[0]]
    for v in x[1:]:
        smoothed.append(decay * smoothed[-1] + (1.0 - decay) * v)
    total = 0.0
    for s, v in zip(smoothed, x):
        total += (s - v) ** 2
    return total


add(exponential_moving_average, V4, 0.6, wrt=(0, 1))


def cumulative_product_in_place(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] *= y[i - 1]
    return np.sum(y)


add(cumulative_product_in_place, V4)


def prefix_sums_by_doubling(x):
    y = x.copy()
    d = 1
    while d < len(y):
        y[d:] += y[:-d].copy()
        d *= 2
    return np.sum(y * x)


add(prefix_sums_by_doubling, V4)


def sorting_network(x):
    x = x.copy()
    for i, j in ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2)):
        if x[i] > x[j]:
            x[i], x[j] = x[j], x[i]
    return x[0] + 2.0 * x[1] * x[1] + 3.0 * x[2] * x[3]


add(sorting_network, V4)


def bubble_sort(x):
    x = x * 1.0
    swapped = True
    while swapped:
        swapped = False
        for i in range(len(x) - 1):
            if x[i] > x[i + 1]:
                t = x[i]
                x[i] = x[i + 1]
                x[i + 1] = t
                swapped = True
    return x[0] * x[1] + 2.0 * x[2] * x[3]


add(bubble_sort, V4)


def interpolate(x, knots, values):
    for i in range(len(knots) - 1):
        if knots[i] <= x < knots[i + 1]:
            t = (x - knots[i]) / (knots[i + 1] - knots[i])
            return values[i] + t * (values[i + 1] - values[i])
    return values[-1]


add(interpolate, 0.6, np.array([0.0, 0.5, 1.0, 2.0]), V4, wrt=(0, 1, 2))
add(interpolate, 5.0, np.array([0.0, 0.5, 1.0, 2.0]), V4, wrt=(0, 1, 2), label="outside")


def interpolate_by_bisection(x, knots, values):
    low, high = 0, len(knots) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if knots[middle] > x:
            high = middle
        else:
            low = middle
    t = (x - knots[low]) / (knots[high] - knots[low])
    return (1.0 - t) * values[low] + t * values[high]


add(interpolate_by_bisection, 0.6, np.array([0.0, 0.5, 1.0, 2.0]), V4, wrt=(0, 1, 2))


def edit_distance(a, b, gap):
    d = np.zeros((len(a) + 1, len(b) + 1))
    for i in range(1, len(a) + 1):
        d[i, 0] = d[i - 1, 0] + gap
    for j in range(1, len(b) + 1):
        d[0, j] = d[0, j - 1] + gap
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            match = d[i - 1, j - 1] + (a[i - 1] - b[j - 1]) ** 2
            d[i, j] = min(match, d[i - 1, j] + gap, d[i, j - 1] + gap * 1.1)
    return d[-1, -1]


add(edit_distance, V, V4, 0.45, wrt=(0, 1, 2))


def longest_path(weights):
    best = [0.0]
    for j in range(1, len(weights)):
        length = best[0] + weights[0, j]
        for i in range(1, j):
            if best[i] + weights[i, j] > length:
                length = best[i] + weights[i, j]
        best.append(length)
    return best[-1]


add(longest_path, GENERAL)


def stack_machine(x, program):
    stack = []
    for op in program:
        if op == "x":
            stack.append(x)
        elif op == "+":
            b = stack.pop()
            a = stack.pop()
            stack.append(a + b)
        elif op == "*":
            b = stack.pop()
            a = stack.pop()
            stack.append(a * b)
        else:
            stack.append(2.0)
    return stack.pop()


add(stack_machine, 0.7, ["x", "x", "*", "2", "+", "x", "*"])


def random_walk_with_reset(noise, drift):
    x = 0.0
    path = []
    for n in noise:
        x = x + drift + n
        if x > 1.0:
            x = x * 0.1
        path.append(x)
    return sum(path) / len(path) + max(path)


add(random_walk_with_reset, V4, 0.3, wrt=(0, 1))


def attention(queries, keys, values):
    scores = queries @ keys.T / math.sqrt(keys.shape[1])
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights /= np.sum(weights, axis=1, keepdims=True)
    return np.sum((weights @ values) ** 2)


add(attention, M, GENERAL, GENERAL * 0.5, wrt=(0, 1, 2))


def layer_normalization(x, gain, bias):
    mean = x.mean(axis=1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5) * gain + bias


add(layer_normalization, M, V, V * 0.2, wrt=(0, 1, 2))


def gaussian_process_likelihood(x, y, length, noise):
    n = len(x)
    k = np.exp(-0.5 * (x[:, None] - x[None, :]) ** 2 / length**2) + noise * np.eye(n)
    _, log_determinant = np.linalg.slogdet(k)
    return 0.5 * y @ np.linalg.solve(k, y) + 0.5 * log_determinant


add(gaussian_process_likelihood, V, V4[:3], 0.8, 0.3, wrt=(0, 1, 2, 3))


def polygon_area(x, y):
    area = 0.0
    j = len(x) - 1
    for i in range(len(x)):
        area += (x[j] + x[i]) * (y[j] - y[i])
        j = i
    return abs(area) / 2.0


add(polygon_area, np.array([0.0, 1.0, 1.2, 0.1]), np.array([0.0, 0.1, 1.1, 0.9]), wrt=(0, 1))


def robot_arm(angles, lengths, target):
    x, y, total = 0.0, 0.0, 0.0
    for angle, length in zip(angles, lengths):
        total += angle
        x += length * np.cos(total)
        y += length * np.sin(total)
    return (x - target[0]) ** 2 + (y - target[1]) ** 2


add(robot_arm, V, [1.0, 0.8, 0.5], (0.5, 0.7), wrt=(0, 1, 2))


def predator_prey(state, p, dt, steps):
    prey, predators = state
    for _ in range(steps):
        births = p["birth"] * prey
        eaten = p["eat"] * prey * predators
        prey = prey + dt * (births - eaten)
        predators = predators + dt * (p["grow"] * eaten - p["die"] * predators)
    return prey - predators


add(
    predator_prey,
    (1.2, 0.7),
    {"birth": 1.1, "eat": 0.4, "grow": 0.3, "die": 0.6},
    0.1,
    5,
    wrt=(0, 1),
)
