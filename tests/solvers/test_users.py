"""Programs as people write them around SciPy's solvers, with the derivative that is known from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq, fsolve, minimize, newton, root
from scipy.special import ellipe, ellipk

import tangent


def numerical(f, args, position, step=1e-4):
    """The derivative by one argument, from differences of the fourth order."""

    def at(offset):
        moved = list(args)
        moved[position] = moved[position] + offset
        return f(*moved)

    return (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step)


# --- implied volatility: the Greeks of an option by the market's price


def black_scholes(spot, strike, years, rate, volatility):
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / (volatility * np.sqrt(years))
    d2 = d1 - volatility * np.sqrt(years)
    return spot * stats.norm.cdf(d1) - strike * np.exp(-rate * years) * stats.norm.cdf(d2)


def implied_volatility(price, spot, strike=100.0, years=0.5, rate=0.02):
    return brentq(lambda volatility: black_scholes(spot, strike, years, rate, volatility) - price, 1e-3, 3.0)


def test_implied_volatility_moves_by_one_over_vega() -> None:
    by_price, by_spot = tangent.grad(implied_volatility, wrt=("price", "spot"))(8.0, 102.0)
    volatility = implied_volatility(8.0, 102.0)
    vega = tangent.grad(black_scholes, wrt="volatility")(102.0, 100.0, 0.5, 0.02, volatility)
    delta = tangent.grad(black_scholes, wrt="spot")(102.0, 100.0, 0.5, 0.02, volatility)
    assert by_price == pytest.approx(1.0 / vega, rel=1e-9)
    assert by_spot == pytest.approx(-delta / vega, rel=1e-9)


# --- the friction factor of a pipe (Colebrook), by two solvers


def colebrook(x, roughness, reynolds):
    return x + 2.0 * np.log10(roughness / 3.7 + 2.51 * x / reynolds)


def pressure_drop(roughness, reynolds):
    x = fsolve(colebrook, 7.0, args=(roughness, reynolds), xtol=1e-13)[0]
    return 1.0 / x**2


def pressure_drop_by_newton(roughness, reynolds):
    x = newton(lambda x: x + 2.0 * np.log10(roughness / 3.7 + 2.51 * x / reynolds), 7.0, tol=1e-13)
    return 1.0 / x**2


def test_the_friction_of_a_pipe_by_two_solvers() -> None:
    args = 1e-3, 1e5
    first = tangent.grad(pressure_drop, wrt=(0, 1))(*args)
    second = tangent.grad(pressure_drop_by_newton, wrt=(0, 1))(*args)
    assert first == pytest.approx(second, rel=1e-9)
    x = 1.0 / np.sqrt(pressure_drop(*args))
    inner = args[0] / 3.7 + 2.51 * x / args[1]
    scale = 2.0 / (inner * np.log(10.0))
    dx = -scale / 3.7 / (1.0 + scale * 2.51 / args[1])
    assert first[0] == pytest.approx(-2.0 / x**3 * dx, rel=1e-9)


# --- the period of a pendulum


def period(amplitude, length, gravity=9.81):
    k = np.sin(0.5 * amplitude)
    integral, _ = quad(lambda angle: 1.0 / np.sqrt(1.0 - (k * np.sin(angle)) ** 2), 0.0, 0.5 * np.pi)
    return 4.0 * np.sqrt(length / gravity) * integral


def test_the_period_of_a_pendulum_grows_with_its_amplitude() -> None:
    by_amplitude, by_length = tangent.grad(period, wrt=("amplitude", "length"))(1.2, 0.8)
    m = np.sin(0.6) ** 2
    slope = (ellipe(m) - (1.0 - m) * ellipk(m)) / (2.0 * m * (1.0 - m))
    expected = 4.0 * np.sqrt(0.8 / 9.81) * slope * np.sin(1.2) / 2.0
    assert by_amplitude == pytest.approx(expected, rel=1e-8)
    assert by_length == pytest.approx(period(1.2, 0.8) / 1.6, rel=1e-9)
    assert tangent.hessian(period, wrt="length")(1.2, 0.8) == pytest.approx(-period(1.2, 0.8) / (4.0 * 0.64), rel=1e-8)


# --- parameters of a population model from observations


DAYS = np.linspace(0.0, 4.0, 9)
TRUE = np.array([1.1, 0.4, 0.1, 0.4])


def lotka_volterra(state, t, alpha, beta, delta, gamma):
    prey, predators = state
    return [alpha * prey - beta * prey * predators, delta * prey * predators - gamma * predators]


def observed():
    return odeint(lotka_volterra, [10.0, 5.0], DAYS, args=tuple(TRUE), rtol=1e-10, atol=1e-10)


def misfit(theta, data):
    path = odeint(lotka_volterra, [10.0, 5.0], DAYS, args=tuple(theta), rtol=1e-10, atol=1e-10)
    return np.sum((path - data) ** 2)


def misfit_by_solve_ivp(theta, data):
    def speed(t, state):
        prey, predators = state
        return [theta[0] * prey - theta[1] * prey * predators, theta[2] * prey * predators - theta[3] * predators]

    path = solve_ivp(speed, (0.0, 4.0), [10.0, 5.0], t_eval=DAYS, rtol=1e-10, atol=1e-10)
    return np.sum((path.y.T - data) ** 2)


def test_a_population_model_is_fitted_by_its_gradient() -> None:
    data, start = observed(), TRUE * 1.03
    one, other = tangent.grad(misfit)(start, data), tangent.grad(misfit_by_solve_ivp)(start, data)
    np.testing.assert_allclose(one, other, rtol=1e-5)
    found = minimize(
        tangent.value_and_grad(misfit), start, args=(data,), jac=True, method="L-BFGS-B",
        bounds=[(0.8 * v, 1.2 * v) for v in TRUE], options={"ftol": 1e-15, "gtol": 1e-8},
    )
    np.testing.assert_allclose(found.x, TRUE, rtol=1e-3)


# --- Kepler's equation


def place_on_orbit(anomaly, eccentricity):
    e = newton(lambda e: e - eccentricity * np.sin(e) - anomaly, anomaly, tol=1e-13)
    return np.array([np.cos(e) - eccentricity, np.sqrt(1.0 - eccentricity**2) * np.sin(e)])


def test_a_planet_keeps_its_energy() -> None:
    place = place_on_orbit(1.3, 0.4)
    speed = tangent.jacobian(place_on_orbit)(1.3, 0.4)
    assert 0.5 * speed @ speed - 1.0 / np.linalg.norm(place) == pytest.approx(-0.5, rel=1e-10)
    angular_momentum = place[0] * speed[1] - place[1] * speed[0]
    assert angular_momentum == pytest.approx(np.sqrt(1.0 - 0.4**2), rel=1e-10)


# --- a chemical equilibrium


def concentrations(acidity, total):
    """H+, A- and HA of a weak acid."""

    def balance(x):
        h, a, ha = x
        return [h * a / ha - acidity, a + ha - total, h - a]

    return root(balance, [0.01, 0.01, 0.09], tol=1e-14).x


def strength(acidity, total):
    return -np.log10(concentrations(acidity, total)[0])


def test_the_strength_of_an_acid() -> None:
    acidity, total = 1.8e-3, 0.1
    h = (-acidity + np.sqrt(acidity**2 + 4.0 * acidity * total)) / 2.0
    by_total = -acidity / ((2.0 * h + acidity) * h * np.log(10.0))
    assert tangent.grad(strength, wrt="total")(acidity, total) == pytest.approx(by_total, rel=1e-7)


# --- a portfolio under bounds and a budget


MEAN, COVARIANCE = np.array([0.08, 0.11, 0.03]), np.array([[0.1, 0.02, 0.01], [0.02, 0.09, 0.0], [0.01, 0.0, 0.12]])


def weights(mean, aversion):
    def cost(w):
        return 0.5 * aversion * w @ COVARIANCE @ w - mean @ w

    return minimize(
        cost, np.full(3, 1.0 / 3.0), method="SLSQP", bounds=[(0.0, 1.0)] * 3,
        jac=lambda w: aversion * COVARIANCE @ w - mean, options={"ftol": 1e-15},
        constraints={"type": "eq", "fun": lambda w: np.sum(w) - 1.0},
    ).x


def test_weights_of_a_portfolio_sum_up_to_one_however_they_move() -> None:
    jacobian = tangent.jacobian(weights)(MEAN, 1.0)
    np.testing.assert_allclose(np.sum(jacobian, 0), 0.0, atol=1e-10)
    held = weights(MEAN, 1.0) > 1e-9
    assert np.sum(held) == 2
    np.testing.assert_allclose(jacobian[~held], 0.0, atol=1e-12)
    ones = np.ones((2, 1))
    system = np.block([[COVARIANCE[np.ix_(held, held)], ones], [ones.T, np.zeros((1, 1))]])
    np.testing.assert_allclose(jacobian[np.ix_(held, held)], np.linalg.inv(system)[:2, :2], rtol=1e-6)


# --- a path of least energy


def energy(heights, stiffness, weight):
    line = np.concatenate((np.array([0.0]), heights, np.array([0.0])))
    return 0.5 * stiffness * np.sum(np.diff(line) ** 2) + weight * np.sum(heights)


def sag_of_rope(stiffness, weight):
    slope = tangent.grad(energy)
    found = minimize(energy, np.zeros(7), args=(stiffness, weight), jac=slope, method="BFGS", options={"gtol": 1e-9})
    return found.x[3], found.fun


def test_the_sag_of_a_rope() -> None:
    depth, least = tangent.jacobian(sag_of_rope, wrt="weight")(2.0, 0.3)
    assert depth == pytest.approx(-8.0 / 2.0, rel=1e-7)
    assert least == pytest.approx(2.0 * sag_of_rope(2.0, 0.3)[1] / 0.3, rel=1e-7)


# --- maximum likelihood, and how the estimate moves with the data


DATA = np.array([0.3, 1.7, 0.9, 2.2, 1.1, 0.4])


def shape_and_scale(data):
    def cost(theta):
        return -np.sum(stats.gamma.logpdf(data, theta[0], scale=theta[1]))

    return minimize(cost, np.array([1.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-14}).x


def mean_of_estimate(data):
    shape, scale = shape_and_scale(data)
    return shape * scale


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_mean_of_a_fitted_gamma_distribution_is_that_of_the_data() -> None:
    influence = tangent.grad(mean_of_estimate)(DATA)
    np.testing.assert_allclose(influence, np.full(6, 1.0 / 6.0), rtol=1e-5)


# --- stiff kinetics (Robertson)


def products(k1, k2, k3):
    def speed(t, y):
        a, b, c = y
        return [-k1 * a + k2 * b * c, k1 * a - k2 * b * c - k3 * b * b, k3 * b * b]

    found = solve_ivp(speed, (0.0, 40.0), [1.0, 0.0, 0.0], method="BDF", t_eval=[4.0, 40.0], rtol=1e-9, atol=1e-12)
    return found.y[2]


def test_stiff_kinetics() -> None:
    args = 0.04, 1e4, 3e7
    jacobian = tangent.jacobian(products, wrt=(0, 1, 2), mode="forward")(*args)
    backward = tangent.jacobian(products, wrt=(0, 1, 2), mode="reverse")(*args)
    for position, (one, other) in enumerate(zip(jacobian, backward, strict=True)):
        relative = one * args[position]
        expected = [
            args[position] * numerical(lambda *a, i=i: products(*a)[i], args, position, 1e-3 * args[position])
            for i in (0, 1)
        ]
        np.testing.assert_allclose(relative, expected, rtol=1e-4)
        np.testing.assert_allclose(other * args[position], relative, rtol=1e-5)
