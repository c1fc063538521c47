"""Rules of the functions by which SciPy's own functions take what they are given as arrays.

    xp = array_namespace(x)
    x = xp_promote(x, force_floating=True, xp=xp)

They are private and differ from version to version: a rule is declared for those that there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangent.rules.registry import adjoint, d, nondifferentiable, tangent_
from tangent.runtime import cast, unarray, uncast

try:
    from scipy._lib import _array_api
except ImportError:
    _array_api = None


def _present(name: str) -> list[Any]:
    return [getattr(_array_api, name)] if hasattr(_array_api, name) else []


nondifferentiable(*_present("array_namespace"), gives_namespace=True)


@adjoint(*_present("xp_promote"), shares=("a",))
def xp_promote(y, a, *, force_floating=False, xp):
    d[a] = unarray(uncast(d[y], y, a), a)


@tangent_(*_present("xp_promote"), shares=("a",))
def xp_promote_tangent(y, a, *, force_floating=False, xp):
    d[y] = cast(np.asarray(d[a]), a, y)
