"""The derivatives of library functions: data for `transform`, one module or package for a library.

Importing this package declares the rules of Python's operators and built-in functions, of `math` and of
NumPy.
"""

from tangent.rules import builtins, math_, numpy, operators, runtime
from tangent.rules.registry import (
    Form,
    Key,
    MemberKey,
    Rule,
    adjoint,
    attribute,
    bilinear,
    d,
    find,
    linear,
    method,
    nondifferentiable,
    partials,
    registered,
    tangent_,
)

__all__ = [
    "Form", "Key", "MemberKey", "Rule", "adjoint", "attribute", "bilinear", "builtins", "d", "find", "linear",
    "math_", "method", "nondifferentiable", "numpy", "operators", "partials", "registered", "runtime",
    "tangent_",
]
