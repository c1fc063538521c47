"""Tangent: derivatives of Python functions, as Python functions whose source a person can read."""

import importlib
from typing import TYPE_CHECKING, Any

from tangent import errors, testing
from tangent.api import INPUT_DERIVATIVE, autodiff, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from tangent.insertions import insert_grad_of, tangent
from tangent.runtime import *  # noqa: F403
from tangent.runtime.structure import register_pytree
from tangent.runtime.traced import trace
from tangent.testing import check_grads

if TYPE_CHECKING:
    from tangent import grads, tangents
    from tangent.looking.explanation import explain, source
    from tangent.looking.profiling import profile
    from tangent.rules.users import linear, nondifferentiable, partials, rules

__all__ = [
    "INPUT_DERIVATIVE", "autodiff", "check_grads", "errors", "explain", "grad", "grads", "hessian", "hvp",
    "insert_grad_of", "jacobian", "jvp", "linear", "nondifferentiable", "partials", "profile", "register_pytree",
    "rules", "source", "tangent", "tangents", "testing", "trace", "value_and_grad", "vjp",
]


def __getattr__(name: str) -> Any:
    """The modules of rules, what declares them, and what shows derivatives: loaded when they are first used."""
    if name in ("grads", "rules", "tangents"):
        return importlib.import_module(f"tangent.{name}")
    if name in ("linear", "nondifferentiable", "partials"):
        return getattr(importlib.import_module("tangent.rules.users"), name)
    if name in ("explain", "source"):
        return getattr(importlib.import_module("tangent.looking.explanation"), name)
    if name == "profile":
        return importlib.import_module("tangent.looking.profiling").profile
    raise AttributeError(f"module 'tangent' has no attribute {name!r}")
