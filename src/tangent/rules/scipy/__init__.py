"""Rules of SciPy, by topic; they are declared when a function of SciPy is met."""

from tangent.rules.scipy import array_namespaces, special, stats

__all__ = ["array_namespaces", "special", "stats"]
