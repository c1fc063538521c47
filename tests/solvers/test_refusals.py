"""What is refused of solvers, and where: when the derivative is made, or when it runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import brentq, minimize, newton, root

import tangent
from tangent.errors import ConvergenceError, MissingRuleError, UnsupportedError
from tangent.rules import registry, solvers
from tests.solvers import cases

BOTH = pytest.mark.parametrize("transform", [tangent.grad, tangent.jvp])


def counted(p):
    count = [0]

    def f(x):
        count[0] += 1
        return x**3 - p

    return brentq(f, 0.0, 5.0) * count[0]


def seen_by_another_name(p):
    calls = []
    places = calls

    def f(x):
        calls.append(x)
        return x**3 - p

    return brentq(f, 0.0, 5.0) * len(places)


def that_remembers(p):
    weight = [1.0]

    def f(x):
        weight[0] *= 1.01
        return x**3 - p * weight[0]

    return brentq(f, 0.0, 5.0)


class Valve:
    """One whose flow depends on how often it was asked for."""

    gain = 2.0
    asked = 0

    def flow(self, x, p):
        self.asked += 1
        return self.gain * x - p

    def worn(self, x, p):
        value = self.gain * x - p
        self.gain = 2.0 + value
        return value


VALVE = Valve()


def asked_for(p):
    return brentq(VALVE.flow, 0.0, 5.0, args=(p,)) * VALVE.asked


def asked_for_of_its_own(p):
    valve = Valve()
    return brentq(valve.flow, 0.0, 5.0, args=(p,)) * valve.asked


def worn(p):
    return brentq(VALVE.worn, 0.0, 5.0, args=(p,))


def worn_of_its_own(p):
    return brentq(Valve().worn, 0.0, 5.0, args=(p,))


def counting_by_nonlocal(p):
    count = 0

    def f(x):
        nonlocal count
        count += 1
        return x**3 - p

    return brentq(f, 0.0, 5.0) * count


@BOTH
@pytest.mark.parametrize(
    "function",
    [
        counted, seen_by_another_name, that_remembers, asked_for, asked_for_of_its_own, worn, worn_of_its_own,
        counting_by_nonlocal,
    ],
)
def test_what_a_solver_calls_is_refused_where_its_writes_matter(function, transform) -> None:
    with pytest.raises(UnsupportedError):
        transform(function)


def used_as_a_whole(p):
    return sum(quad(lambda t: p * t, 0.0, 1.0))


def residual_of_a_root(p):
    return root(lambda x: x - p, [0.5]).fun[0] * p


def error_of_an_integral(p):
    value, error = quad(lambda t: p * t, 0.0, 1.0)
    return value + error


@BOTH
@pytest.mark.parametrize("function", [used_as_a_whole, residual_of_a_root, error_of_an_integral])
def test_a_part_of_a_result_without_derivative_is_refused(function, transform) -> None:
    with pytest.raises(MissingRuleError, match="a part is used here that has no derivative, or all of it"):
        transform(function)


def success_decides(p):
    found = root(lambda x: x**3 - p, [1.0])
    return found.x[0] if found.success and found.nfev > 0 else 0.0


def test_what_has_no_derivative_may_decide_between_branches() -> None:
    assert tangent.grad(success_decides)(2.0) == pytest.approx(2.0 ** (-2.0 / 3.0) / 3.0)


def f_of_two(x, p, q):
    return x**3 - p * x - q


def values_in_a_tuple(args):
    return brentq(f_of_two, 0.0, 5.0, args=args)


def one_value_without_a_tuple(p):
    return brentq(lambda x, p: x**3 - p, 0.0, 5.0, args=p)


def test_values_in_a_tuple_are_counted_by_the_parameters_of_the_function() -> None:
    by_p, by_q = tangent.grad(values_in_a_tuple)((1.0, 2.0))
    x = values_in_a_tuple((1.0, 2.0))
    assert (by_p, by_q) == pytest.approx((x / (3.0 * x * x - 1.0), 1.0 / (3.0 * x * x - 1.0)))


@BOTH
def test_one_value_that_may_be_a_tuple_is_refused(transform) -> None:
    with pytest.raises(UnsupportedError, match=r"write the tuple out: `args=\(a, b\)`"):
        transform(one_value_without_a_tuple)


def complex_root(p):
    return newton(lambda z: z * z + p, 1j).imag


def complex_integral(p):
    return quad(lambda t: np.exp(1j * p * t), 0.0, 1.0, complex_func=True)[0].real


@BOTH
@pytest.mark.parametrize("function", [complex_root, complex_integral])
def test_complex_numbers_are_refused(function, transform) -> None:
    with pytest.raises(UnsupportedError, match="complex"):
        transform(function)


def weight_that_moves(w):
    return quad(lambda t: t, 0.0, 1.0, weight="cos", wvar=w)[0]


def limit_with_a_weight(b):
    return quad(lambda t: t, 0.0, b, weight="cos", wvar=3.0)[0]


@BOTH
@pytest.mark.parametrize("function", [weight_that_moves, limit_with_a_weight])
def test_derivatives_of_weighted_integrals_by_weight_or_limit_are_refused(function, transform) -> None:
    with pytest.raises(UnsupportedError, match="multiply the integrand by the weight"):
        transform(function)


def with_an_event(p):
    return solve_ivp(lambda t, y: -p * y, (0.0, 1.0), [1.0], events=lambda t, y: y[0] - 0.5).y[0, -1]


def with_dense_output(p):
    return solve_ivp(lambda t, y: -p * y, (0.0, 1.0), [1.0], dense_output=True).sol(0.5)[0]


def with_interior_points(p):
    return minimize(
        lambda x: np.sum((x - p) ** 2), np.zeros(2), method="trust-constr", bounds=[(0.0, 1.0), (0.0, 1.0)]
    ).x[0]


def with_another_loss(p):
    return optimize.least_squares(lambda x: x - p, np.zeros(2), loss="huber").x[0]


def with_a_callback(p):
    return minimize(lambda x: np.sum((x - p) ** 2), np.zeros(2), callback=print).x[0]


def with_linear_constraints(p):
    rule = optimize.LinearConstraint(np.ones((1, 2)), 1.0, 1.0)
    return minimize(lambda x: np.sum((x - p) ** 2), np.zeros(2), constraints=rule).x[0]


def by_another_solver(p):
    return optimize.curve_fit(lambda x, k: k * x * p, np.ones(3), np.ones(3))[0][0]


def over_ranges(p):
    return integrate.nquad(lambda x, y: p * x * y, [[0.0, 1.0], [0.0, 1.0]])[0]


@BOTH
@pytest.mark.parametrize("function", [
    with_an_event, with_dense_output, with_interior_points, with_another_loss, with_a_callback,
    with_linear_constraints, by_another_solver, over_ranges,
])
def test_options_by_which_there_is_no_derivative_are_refused(function, transform) -> None:
    with pytest.raises(UnsupportedError) as error:
        transform(function)
    assert error.value.origin is not None
    assert error.value.instead


def stopped_early(p):
    return minimize(lambda x: np.sum((x - p) ** 4), np.zeros(2), options={"maxiter": 2}).x[0]


def no_root(p):
    return root(lambda x: x * x + p, [0.5]).x[0]


def many_roots(p):
    return root(lambda x: np.array([x[0] + x[1] - p, 2.0 * (x[0] + x[1] - p)]), [0.5, 0.5], method="lm").x[0]


def a_path_with_a_pole(p):
    return solve_ivp(lambda t, y: p * y * y, (0.0, 2.0), [1.0]).y[0, -1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", [stopped_early, no_root, many_roots, a_path_with_a_pole])
def test_what_is_no_solution_is_an_error_when_the_derivative_runs(function) -> None:
    with pytest.raises(ConvergenceError, match="what a solver found has no derivative"):
        tangent.grad(function)(1.0)
    with pytest.raises(ConvergenceError, match="what a solver found has no derivative"):
        tangent.jvp(function)(1.0, 1.0)


def from_a_guess(guess, p):
    return brentq(lambda x: x**3 - p, guess, 5.0)


def test_the_derivative_by_a_guess_is_zero() -> None:
    assert tangent.grad(from_a_guess)(0.5, 2.0) == 0.0
    assert tangent.jvp(from_a_guess)(0.5, 2.0, 1.0) == 0.0


def applied(f, p):
    return brentq(f, 0.0, 5.0, args=(p, 2.0))


def applied_to_vectors(f, p):
    return np.sum(root(f, np.ones(2), args=(p,)).x)


def vectors(x, p):
    return [x[0] ** 2 - p, x[0] * x[1] - p]


def grown(f, p):
    return odeint(f, [1.0], np.array([0.0, 1.0]), args=(p, 1.0))[-1, 0]


def growth(y, t, p, q):
    return [p * y[0] * q]


def test_functions_that_only_the_run_knows_are_differentiated_then() -> None:
    x = applied(f_of_two, 1.0)
    slope = x / (3.0 * x * x - 1.0)
    assert tangent.grad(applied, wrt="p")(f_of_two, 1.0) == pytest.approx(slope)
    assert tangent.jvp(applied, wrt="p")(f_of_two, 1.0, 1.0) == pytest.approx(slope)
    assert tangent.grad(applied_to_vectors, wrt="p")(vectors, 4.0) == pytest.approx(0.5)
    assert tangent.grad(grown, wrt="p")(growth, 0.5) == pytest.approx(np.exp(0.5), rel=1e-6)
    second = tangent.hessian(applied, wrt="p")(f_of_two, 1.0)
    step = 1e-5
    gradient = tangent.grad(applied, wrt="p")
    assert second == pytest.approx((gradient(f_of_two, 1.0 + step) - gradient(f_of_two, 1.0 - step)) / (2.0 * step))


class Model:
    def __init__(self, slope: float) -> None:
        self.slope = slope

    def __call__(self, x: float) -> float:
        return x**3 + self.slope * x - 2.0


def root_of_an_object(f):
    return brentq(f, 0.0, 5.0)


def test_the_numbers_in_a_function_that_only_the_run_knows_are_not_forgotten() -> None:
    with pytest.raises(UnsupportedError, match="with respect to what its function holds"):
        tangent.grad(root_of_an_object)(Model(1.0))


def root_of_a_model(model: Model):
    return brentq(lambda x: model(x), 0.0, 5.0)


def test_the_numbers_in_an_object_of_a_known_class_are_differentiated() -> None:
    x = root_of_a_model(Model(1.0))
    assert tangent.grad(root_of_a_model)(Model(1.0)).slope == pytest.approx(-x / (3.0 * x * x + 1.0))


def test_every_solver_is_tested_or_refused() -> None:
    called = {
        solver
        for case in cases.CASES.values()
        for name in case.function.__code__.co_names
        if (solver := getattr(optimize, name, None) or getattr(integrate, name, None)) is not None
    }
    declared = {r.key for r in registry.registered() if r.form == "solver" and solvers.find(r.key).parts({})}
    legacy = {optimize.fmin, optimize.fmin_powell, optimize.fmin_cg, optimize.fmin_bfgs, optimize.fmin_ncg,
              optimize.brent, optimize.golden, optimize.differential_evolution, optimize.dual_annealing}
    assert declared - called - legacy - {tangent.integral} == set()


def parabola(x, p):
    return (x - p) ** 2 + x**4


def bowl(x, p):
    return np.sum((x - p) ** 2 + x**4)


def slope(x, p):
    return 2.0 * (x - p) + 4.0 * x**3


def curvature(x, p):
    return np.diag(2.0 + 12.0 * x**2)


def by_older_functions(p):
    guess = np.zeros(2)
    first = optimize.fmin(bowl, guess, (p,), xtol=1e-10, ftol=1e-14, disp=False)
    second = optimize.fmin_powell(bowl, guess, (p,), xtol=1e-10, ftol=1e-14, disp=False)
    third = optimize.fmin_cg(bowl, guess, slope, (p,), disp=False)
    fourth = optimize.fmin_bfgs(bowl, guess, slope, (p,), disp=False)
    fifth = optimize.fmin_ncg(bowl, guess, slope, fhess=curvature, args=(p,), disp=False)
    numbers = optimize.brent(parabola, (p,)) + optimize.golden(parabola, (p,))
    searched = optimize.differential_evolution(bowl, [(0.0, 3.0)] * 2, args=(p,), seed=1, tol=1e-10).x
    annealed = optimize.dual_annealing(bowl, [(0.0, 3.0)] * 2, args=(p,), seed=1, maxiter=50).x
    return np.sum(first + second + third + fourth + fifth + searched + annealed) + numbers


def test_the_older_functions_for_minima_and_searches_for_global_ones() -> None:
    x = brentq(lambda x: slope(x, 1.5), 0.0, 3.0)
    assert tangent.grad(by_older_functions)(1.5) == pytest.approx(16.0 * 2.0 / (2.0 + 12.0 * x * x), rel=1e-4)
