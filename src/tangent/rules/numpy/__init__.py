"""Rules of NumPy, by topic."""

from tangent.rules.numpy import (
    creation,
    elementwise,
    formulas,
    fourier,
    linear_algebra,
    nondifferentiable,
    reductions,
    selections,
    shapes,
)

__all__ = [
    "creation", "elementwise", "formulas", "fourier", "linear_algebra", "nondifferentiable", "reductions", "selections",
    "shapes",
]
