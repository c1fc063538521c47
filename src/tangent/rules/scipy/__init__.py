"""Rules of SciPy, by topic; they are declared when a function of SciPy is met.

Those of a subpackage that not every import of SciPy loads wait until a function of it is met.
"""

from tangent.rules.scipy import array_namespaces, bessel, integrals, orthogonal, probability, special

__all__ = ["array_namespaces", "bessel", "integrals", "orthogonal", "probability", "special"]
