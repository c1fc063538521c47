"""Code of the user's in the backward pass: `with insert_grad_of(x) as dx:`, and `stop_gradient`.

The block of an `insert_grad_of` stands in the backward pass of the derivative, at the place at which it stands in
the function.  When the function itself is called there is no backward pass, and nothing that the block could mean.
"""

from __future__ import annotations

import sys
import types
from typing import Any, NoReturn, TypeVar

from tangent.errors import UnsupportedError

__all__ = ["insert_grad_of", "tangent"]

F = TypeVar("F")


class insert_grad_of:
    """A block of code for this place of the backward pass: `with insert_grad_of(x) as dx:`.

    In the block `dx` is the adjoint of `x`: the derivative of the result with respect to the value that `x` has at
    this place, as far as the statements behind it have given it.  What the block assigns to `dx` is the adjoint that
    the statements before it get.  Other names stand for what they stand for at this place.  `break` ends the backward
    pass of the loop around the block: to the iterations before, the values that the loop carries are constants.

    The block takes part in reverse mode alone: forward mode has no backward pass, and goes through the function from
    the beginning, where the adjoint of `x` is not known.

    Args:
        values: names of variables; `with insert_grad_of(x, y) as (dx, dy):` for several.

    Raises:
        UnsupportedError: when it is called, as part of a function that is called and not differentiated; the
            decorator `tangent.tangent` makes such a function callable.

    >>> import numpy as np, tangent
    >>> from tangent import insert_grad_of
    >>> def f(x):
    ...     y = x * x
    ...     with insert_grad_of(y) as dy:
    ...         dy = np.clip(dy, -1.0, 1.0)
    ...     return 10.0 * y
    >>> print(tangent.grad(f)(3.0))
    6.0
    """

    def __init__(self, *values: Any) -> None:
        _refuse_call(sys._getframe(1))

    def __enter__(self) -> Any:
        raise NotImplementedError("a block for the backward pass is not run")

    def __exit__(self, *exception: object) -> None:
        raise NotImplementedError("a block for the backward pass is not run")


def _refuse_call(frame: types.FrameType) -> NoReturn:
    """Raise the error for a function that is called with its blocks, at the line of the block."""
    import linecache

    from tangent.ir.nodes import Origin

    code, line = frame.f_code, frame.f_lineno
    linecache.checkcache(code.co_filename)
    text = linecache.getline(code.co_filename, line, frame.f_globals)
    start = len(text) - len(text.lstrip())
    place = Origin(code.co_filename, code.co_name, line, start, len(text.rstrip()), text.strip(), text)
    raise UnsupportedError(
        f"{code.co_name} is called, and has code for its backward pass, which runs in a derivative alone",
        f"put `@tangent.tangent` in front of `def {code.co_name}`: calls then leave such blocks out",
        place,
    )


def tangent(function: F) -> F:
    """Let a function with `insert_grad_of` blocks be called as usual: a decorator.

    A call of the function leaves the blocks out, at no cost.  Its derivatives have them.

    Args:
        function: a function with source.

    Returns:
        The same function.

    Raises:
        UnsupportedError: it is no Python function.
        SourceError: its source can't be found.

    >>> import tangent
    >>> from tangent import insert_grad_of
    >>> @tangent.tangent
    ... def f(x):
    ...     with insert_grad_of(x) as dx:
    ...         print("dx is", dx)
    ...     return x * x
    >>> f(3.0)
    9.0
    >>> tangent.grad(f)(3.0)
    dx is 6.0
    6.0
    """
    if not isinstance(function, types.FunctionType):
        raise UnsupportedError(
            f"`@tangent.tangent` takes a Python function, not {function!r}",
            "put it right in front of the `def`, below other decorators",
        )
    from tangent.frontend.source import code_without_blocks

    function.__code__ = code_without_blocks(function)
    return function
