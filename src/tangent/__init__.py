"""Tangent: derivatives of Python functions, as Python functions whose source a person can read."""

from tangent import errors, grads, rules, tangents
from tangent.api import INPUT_DERIVATIVE, autodiff, grad, value_and_grad, vjp
from tangent.runtime import *  # noqa: F403
from tangent.testing import check_grads

__all__ = [
    "INPUT_DERIVATIVE", "autodiff", "check_grads", "errors", "grad", "grads", "rules", "tangents",
    "value_and_grad", "vjp",
]
