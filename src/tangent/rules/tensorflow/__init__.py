"""Rules of TensorFlow, by topic; they are declared when a function of TensorFlow is met."""

from tangent.rules.tensorflow import conversions, elementwise, linear_algebra, nn, nondifferentiable, reductions, shapes

__all__ = ["conversions", "elementwise", "linear_algebra", "nn", "nondifferentiable", "reductions", "shapes"]
