"""Every public function of `scipy.special` has a rule, is differentiated from source, or is refused."""

from __future__ import annotations

import types

import numpy as np
import pytest
from scipy import special

import tangent
from tangent.analysis.calls import is_foreign
from tangent.errors import MissingRuleError, TangentError, UnsupportedError
from tangent.rules import find

REFUSED = {
    # inverse functions by parameters, and distributions whose density SciPy does not have
    "bdtrik", "bdtrin", "btdtria", "btdtrib", "chdtriv", "chndtridf", "chndtrinc", "chndtrix", "fdtridfd", "gdtrib",
    "kolmogi", "kolmogorov", "nbdtrik", "nbdtrin", "ncfdtr", "ncfdtri", "ncfdtridfd", "ncfdtridfn", "ncfdtrinc",
    "nctdtr", "nctdtridf", "nctdtrinc", "nctdtrit", "pdtrik", "smirnov", "smirnovi", "stdtridf",
    # solutions of differential equations with periodic coefficients, and in spheroidal and ellipsoidal coordinates
    *(f"mathieu_{name}" for name in ("a", "b", "cem", "sem", "modcem1", "modcem2", "modsem1", "modsem2")),
    *(f"{kind}_{name}" for kind in ("pro", "obl") for name in (
        "ang1", "ang1_cv", "rad1", "rad1_cv", "rad2", "rad2_cv", "cv",
    )),
    # several values at once, in arrays of another shape
    "assoc_legendre_p", "assoc_legendre_p_all", "legendre_p", "legendre_p_all", "sph_harm_y", "sph_harm_y_all",
    "sph_legendre_p", "sph_legendre_p_all", "sph_harm",
    # integrals and others
    "besselpoly", "elliprg", "elliprj", "kelvin", "modfresnelm", "modfresnelp", "zetac",
}
NO_FUNCTIONS_OF_NUMBERS = {"geterr", "seterr", "errstate", "test"}


def public() -> list[str]:
    return [name for name in dir(special) if not name.startswith("_") and callable(getattr(special, name))]


def is_known(name: str) -> bool:
    function = getattr(special, name)
    has_source = isinstance(function, types.FunctionType) and not is_foreign(function)
    return bool(find(function)) or has_source or isinstance(function, type)


def test_every_function_has_a_rule_or_source_or_is_refused() -> None:
    known = {name for name in public() if is_known(name)}
    assert set(public()) - known - NO_FUNCTIONS_OF_NUMBERS - REFUSED == set()
    assert known & REFUSED == set()


def of_spheroid(x):
    return special.pro_ang1(1, 1, 2.0, x)[0]


def of_order(v):
    return special.jv(v, 1.0)


def of_shape(a):
    return special.gammainc(a, 2.0)


slope_by_shape = tangent.grad(of_shape)


def curved_by_shape(a):
    return slope_by_shape(a)


def of_shape_by_source(a):
    return np.sum(special.roots_jacobi(3, a, 0.5)[0])


@pytest.mark.parametrize("function", [of_spheroid, of_order, curved_by_shape, of_shape_by_source])
def test_what_has_no_derivative_in_closed_form_is_refused(function) -> None:
    with pytest.raises((MissingRuleError, UnsupportedError)):
        tangent.grad(function)(0.5)


def of_complex_scaled_bessel(x):
    return np.real(special.jve(1, x + 1j))


def test_a_function_that_is_not_holomorphic_is_refused_for_complex_numbers() -> None:
    with pytest.raises(UnsupportedError, match="the derivative of jve for complex numbers"):
        tangent.grad(of_complex_scaled_bessel)


def exactly(n):
    return special.comb(n, 2, exact=True)


def test_integers_without_end_are_refused() -> None:
    with pytest.raises(TangentError):
        tangent.grad(exactly)


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (special.ellipk, 0.0), (special.ellipe, 0.0), (special.exprel, 0.0), (special.spence, 1.0),
        (lambda x: special.lambertw(x).real, 0.0),
        (lambda x: special.eval_legendre(4, x), 1.0), (lambda x: special.diric(x, 5), 2.0 * np.pi),
        (lambda x: special.boxcox(1.7, x), 0.0), (lambda x: special.inv_boxcox(0.3, x), 0.0),
        (lambda x: special.spherical_jn(0, x, True), 0.0),
    ],
)
def test_the_derivative_holds_where_its_textbook_formula_is_a_quotient_of_zeros(function, at) -> None:
    h = 1e-4
    want = (function(at + h) - function(at - h)) / (2.0 * h)
    np.testing.assert_allclose(tangent.grad(lambda x: function(x))(at), want, rtol=1e-6, atol=1e-8)


def of_several(x):
    sine, cosine = special.sici(x)
    ai, _, _, slope = special.airy(-x)
    return sine * cosine + ai * slope


def test_functions_with_several_results_in_many_directions() -> None:
    x = np.array([0.4, 1.3, 2.2])
    jacobian = tangent.jacobian(of_several)
    tangent.check_grads(of_several, (x,), order=2)
    np.testing.assert_allclose(jacobian(x), np.diag(tangent.jvp(of_several)(x, np.ones(3))), atol=1e-12)
