"""Rules of NumPy, by topic."""

from tangent.rules.numpy import (
    creation,
    elementwise,
    fourier,
    linear_algebra,
    nondifferentiable,
    reductions,
    selections,
    shapes,
)

__all__ = [
    "creation", "elementwise", "fourier", "linear_algebra", "nondifferentiable", "reductions", "selections", "shapes",
]
