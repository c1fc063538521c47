"""Rules of reverse mode by users: `@adjoint(g)` on a template in which `d[x]` is the adjoint of `x`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangent.rules import registry
from tangent.rules.registry import Key, d

__all__ = ["adjoint", "d"]


def adjoint(*functions: Key) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the rule of functions for reverse mode by a template.

    The first parameter of the template is the result, the others are the parameters of the function.  The
    template is never called; its statements are put into the derivative.

    Raises:
        RuleError: the template reads an unknown name, or its parameters are not those of the function.
    """

    def declare(template: Callable[..., Any]) -> Callable[..., Any]:
        return registry.adjoint(*functions)(registry.checked(template, functions))

    return declare
