"""Rules of NumPy, by topic."""

from tangent.rules.numpy import (
    creation,
    eigenvalues,
    elementwise,
    formulas,
    fourier,
    functionals,
    interpolation,
    linear_algebra,
    masked,
    nondifferentiable,
    polynomials,
    rearrangements,
    reductions,
    selections,
    series,
    series_classes,
    shapes,
    standard,
    ufuncs,
)

__all__ = [
    "creation", "eigenvalues", "elementwise", "formulas", "fourier", "functionals", "interpolation", "linear_algebra",
    "masked", "nondifferentiable", "polynomials", "rearrangements", "reductions", "selections", "series",
    "series_classes", "shapes", "standard", "ufuncs",
]
