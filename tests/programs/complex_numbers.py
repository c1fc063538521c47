"""Programs of real numbers with complex numbers in between."""

import numpy as np

from tests.programs.case import Corpus

COMPLEX = Corpus()
add = COMPLEX.add

X = 0.7
V = np.array([0.3, -0.7, 1.1])
W = np.array([1.2, 0.4, -0.9])
M = np.array([[0.5, -1.2], [1.1, 0.4]])


def complex_modulus(x):
    return abs(x + 1j * x * x)


add(complex_modulus, X)
add(complex_modulus, V, label="arrays")


def complex_phase_of_zero(x):
    z = x * 0.0 * 1j
    return abs(z) + x


add(complex_phase_of_zero, X)


def complex_loop(c, d, n: int):
    z = 0.0
    for _ in range(n):
        z = z * z + (c + 1j * d)
    return z.real - 2.0 * z.imag


add(complex_loop, 0.2, 0.3, 4, wrt=(0, 1))
add(complex_loop, 0.2, 0.3, 0, wrt=(0, 1), label="no trips")
add(complex_loop, V * 0.1, W * 0.1, 3, wrt=(0, 1), label="arrays")


def complex_escape(c, d, bound):
    z, n = 0j, 0
    while abs(z) < bound and n < 20:
        z = z * z + c + d * 1j
        n += 1
    return np.log(abs(z)) * n


add(complex_escape, 0.6, 0.7, 4.0, wrt=(0, 1))


def complex_branch(x, y):
    if x > 0.5:
        z = np.exp(1j * y)
    else:
        z = x
    return np.real(z * (x + 2j)) + np.imag(z)


add(complex_branch, X, 1.3, wrt=(0, 1))
add(complex_branch, 0.2, 1.3, wrt=(0, 1), label="real side")


def complex_array_filled(x, y):
    z = np.zeros(3, dtype=complex)
    for i in range(3):
        z[i] = x[i] * np.exp(1j * y[2 - i])
    z[0] += y[1]
    z[1:] *= 2.0 - 1j
    return np.sum(np.abs(z) ** 2 * x) + np.sum(z.imag)


add(complex_array_filled, V, W, wrt=(0, 1))


def complex_array_of_reals_written(x):
    z = x + 0j
    z[0] = 1j * x[1]
    z[2] *= z[0] + x[0]
    return np.sum(z.real * x - z.imag ** 2)


add(complex_array_of_reals_written, V)


def complex_list(x, y):
    zs = []
    for a in x:
        zs.append(a * (y + 1j))
        zs.append(a + 0.5)
    total = 0.0
    for z in zs:
        total = total + z * z
    return abs(total)


add(complex_list, V, X, wrt=(0, 1))


def spectrum_power(x, w):
    spectrum = np.fft.rfft(x * w)
    return np.sum(np.abs(spectrum) ** 2 * np.arange(1.0, 3.0))


add(spectrum_power, V, W, wrt=(0, 1))


def spectrum_filtered(x, sigma):
    k = np.fft.fftfreq(3)
    filtered = np.fft.ifft(np.fft.fft(x) * np.exp(-0.5 * (k * sigma) ** 2))
    return filtered.real


add(spectrum_filtered, V, 1.5, wrt=(0, 1))


def spectrum_autocorrelation(x):
    f = np.fft.fft(x, 6)
    return np.real(np.fft.ifft(f * np.conj(f)))[:3]


add(spectrum_autocorrelation, V)


def impedance(w, r, c):
    z = r + 1.0 / (1j * w * c)
    return 20.0 * np.log10(np.abs(1.0 / (1j * w * c) / z)), np.angle(z)


add(impedance, np.array([0.5, 1.0, 3.0]), 0.8, 1.3, wrt=(0, 1, 2))


def of_complex(z, scale):
    return z * z * scale + scale


def modulus_of(z):
    return abs(z)  # real, but what is returned for a complex number may be complex, to the caller


def complex_helpers(x, y):
    z = x + 1j * y
    m = modulus_of(z * y)
    return np.real(m * of_complex(z, x) * (1 + 2j)) + np.imag(of_complex(m * 1j, z) + x)


add(complex_helpers, X, 1.3, wrt=(0, 1))
add(complex_helpers, V, W, wrt=(0, 1), label="arrays")


def complex_and_real_items(x):
    items = {"a": x * 1j, "b": x}
    items["a"], b = items["a"] * 2, items["b"]
    for k in ("a", "b"):
        items[k] = items[k] * items["b"] * 1j
    return np.sum(abs(items["a"] + items["b"] * b))


add(complex_and_real_items, X)
add(complex_and_real_items, V, label="arrays")


def powers_of(z, n):
    if n == 0:
        return z
    return z * powers_of(z * (1.0 + 0.1j), n - 1)


def complex_recursion(x):
    return np.imag(powers_of(x + 0.5j, 3))


add(complex_recursion, X)


def complex_solve(a, b):
    z = np.linalg.solve(a + 1j * np.eye(2), b)
    return np.sum(z.real * b[0]) + np.sum(z.imag)


add(complex_solve, M, np.array([0.3, 1.2]), wrt=(0, 1))


def complex_products(a, x):
    z = (a - 2j * a.T) @ (x * (1.0 + 0.5j))
    return np.real(z @ z) + np.imag(np.dot(np.conj(z), x * 1j))


add(complex_products, M, np.array([0.3, 1.2]), wrt=(0, 1))


def complex_number_by_dtype(x):
    total = np.zeros_like(x, dtype=complex)
    total = total + x * x
    total = total * 1j ** 3
    return total.imag


add(complex_number_by_dtype, V)


def complex_in_tuple(x):
    pair = (x * x, x * 1j)
    a, b = pair
    return np.real(a * 2.0 + b * b)


add(complex_in_tuple, X)


ROOTS_OF_ONE = np.exp(2j * np.pi * np.arange(3) / 3)


def of_complex_globals(x):
    return np.sum(np.abs(x * ROOTS_OF_ONE + 1.0))


add(of_complex_globals, V)


def roots_of_one(n):
    return np.exp(2j * np.pi * np.arange(n) / n)


def complex_constants_of_a_helper(x):
    return np.sum(np.abs(x * roots_of_one(3) + 1.0))


add(complex_constants_of_a_helper, V)


def complex_in_dict(x):
    parts = {"z": x * 1j, "x": x}
    return np.sum(parts["z"].imag * parts["x"])


add(complex_in_dict, V)


def complex_augmented(x):
    z = x[0] + 1j * x[1]
    z **= 2
    z *= x[2]
    z += x[0]
    z -= 1j
    z /= x[1]
    return z.real * z.imag


add(complex_augmented, V)


def complex_written_through_slices(x):
    z = x * 1j
    z[0] = x[1]
    z[1:] += x[:2] * z[0]
    return np.sum(z.imag * x) + np.sum(z.real ** 2)


add(complex_written_through_slices, V)


def complex_closure(x):
    f = lambda z: z * x
    return np.sum(np.real(f(f(1j * x))) + np.imag(f(1j)))


add(complex_closure, V)


def complex_where(x):
    z = np.exp(1j * x)
    return np.sum(np.where(np.abs(x) > 0.5, z, x).real) + np.var(x)


add(complex_where, V)
