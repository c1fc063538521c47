"""The derivatives of library functions: data for `transform`, one module or package for a library.

Importing this package declares the rules of Python's operators and built-in functions, of `math` and of
NumPy.  Those of SciPy are declared when a function of it is met.

The package can be called: `with tangent.rules(adjoint_of={g: template}):` is `rules.users.rules`.
"""

import sys
import types
from contextlib import AbstractContextManager
from typing import Any

from tangent.rules import builtins, containers, math_, members, numpy, operators, runtime, users
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
    load_later,
    method,
    nondifferentiable,
    opaque,
    partials,
    refusal,
    refuse,
    registered,
    tangent_,
)

__all__ = [
    "Form", "Key", "MemberKey", "Rule", "adjoint", "attribute", "bilinear", "builtins", "containers", "d", "find",
    "linear", "load_later", "math_", "members", "method", "nondifferentiable", "numpy", "opaque", "operators",
    "partials", "refusal", "refuse", "registered", "runtime", "tangent_", "users",
]



class _Callable(types.ModuleType):
    """The module, as the function `tangent.rules(...)`."""

    def __call__(self, *args: Any, **kwargs: Any) -> AbstractContextManager[None]:
        return users.rules(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable

load_later("tensorflow", "tangent.rules.tensorflow")
load_later("scipy", "tangent.rules.scipy")
load_later("scipy.fft", "tangent.rules.scipy.fourier")
load_later("scipy.integrate", "tangent.rules.scipy.integrate")
load_later("scipy.interpolate", "tangent.rules.scipy.interpolate")
load_later("tangent.runtime.interpolation", "tangent.rules.scipy.interpolation")
load_later("scipy.linalg", "tangent.rules.scipy.linalg")
load_later("scipy.ndimage", "tangent.rules.scipy.ndimage")
load_later("scipy.optimize", "tangent.rules.scipy.optimize")
load_later("tangent.runtime.filters", "tangent.rules.scipy.ndimage")
load_later("tangent.runtime.resampling", "tangent.rules.scipy.ndimage")
load_later("scipy.signal", "tangent.rules.scipy.signal")
load_later("scipy.sparse", "tangent.rules.scipy.sparse")
load_later("scipy.spatial", "tangent.rules.scipy.spatial")
load_later("scipy.stats", "tangent.rules.scipy.stats")
