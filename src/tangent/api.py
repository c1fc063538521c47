"""The public transforms: from a function to the function of its derivative.

What makes the derivatives is in `derive`, which is loaded when the first one is asked for: `import tangent`
costs little more than `import numpy`.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Iterable
from typing import Any, Literal

__all__ = ["INPUT_DERIVATIVE", "Wrt", "autodiff", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

Debug = Literal["nan", "dtype", "shape"]
"""What a derivative looks for when it runs, and raises an error at its place: see `grad`."""

Wrt = int | str | Iterable[int | str]
"""Which arguments to differentiate: positions or names, one or several."""


class INPUT_DERIVATIVE(enum.Enum):
    """How the seed of a derivative in reverse mode is passed."""

    Required = "required"
    """The seed is a required argument."""
    DefaultOne = "default_one"
    """The seed is optional and 1.0 where it is left out."""


def grad(
    f: Callable[..., Any],
    wrt: Wrt = (0,),
    optimized: bool = True,
    preserve_result: bool = False,
    check_dims: bool = True,
    verbose: int = 0,
    debug: Debug | None = None,
) -> types.FunctionType:
    """The gradient of a scalar-valued function, by reverse mode.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them, that returns a scalar.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the result; the plain translation gives the same numbers.
        preserve_result: whether to return the value of `f` as well, after the gradients.
        check_dims: whether the result checks that `f` returned a scalar.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: 'nan' makes a derivative that raises a `NonFiniteError` at the first NaN or infinity that arises, in
            either pass, with the values it arose from; 'dtype' one that raises a `PrecisionError` where float32 becomes
            float64; 'shape' one that raises a `ShapeError` where broadcasting makes a result larger than all operands,
            or a derivative has another shape than its value.  The checks can be read in the source of the derivative.

    Returns:
        A function of the arguments of `f` and the seed, which is optional and 1.0.  It returns the
        gradient, in the shape and structure of the argument, or a tuple of gradients where `wrt` names
        several arguments.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.

    >>> import tangent
    >>> def f(x):
    ...     return x * x * x
    >>> tangent.grad(f)(2.0)
    12.0
    """
    return _reverse(f, wrt, optimized, "last" if preserve_result else "", check_dims, True, verbose, debug)[0]


def value_and_grad(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, check_dims: bool = True, verbose: int = 0,
    debug: Debug | None = None,
) -> types.FunctionType:
    """The value of a scalar-valued function and its gradient, from one run: `(value, gradient)`.

    The arguments are those of `grad`.

    >>> import tangent
    >>> def f(x):
    ...     return x * x * x
    >>> tangent.value_and_grad(f)(2.0)
    (8.0, 12.0)
    """
    return _reverse(f, wrt, optimized, "first", check_dims, True, verbose, debug)[0]


def vjp(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, preserve_result: bool = False,
    check_dims: bool = True, verbose: int = 0, debug: Debug | None = None,
) -> types.FunctionType:
    """The product of a vector and the Jacobian of a function, by reverse mode.

    Returns:
        A function of the arguments of `f` and the seed: a vector of the shape and structure of the result.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     return x * x
    >>> tangent.vjp(f)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    return _reverse(f, wrt, optimized, "last" if preserve_result else "", check_dims, False, verbose, debug)[0]


def jvp(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, preserve_result: bool = False,
    check_dims: bool = True, verbose: int = 0, debug: Debug | None = None,
) -> types.FunctionType:
    """The product of the Jacobian of a function and a vector, by forward mode.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the result; the plain translation gives the same numbers.
        preserve_result: whether to return the value of `f` as well: `(tangent, value)`.
        check_dims: whether the result checks that a tangent has the shape and structure of its argument.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: what the derivative looks for when it runs, as `grad` says.

    Returns:
        A function of the arguments of `f` and the tangents of those that `wrt` names: the directions in which
        they move.  It returns the tangent of the result, in its shape and structure.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.

    >>> import numpy as np, tangent
    >>> def f(x, n):
    ...     return x ** n
    >>> df = tangent.jvp(f)
    >>> df(np.array([1.0, 2.0]), 3, np.array([1.0, 10.0]))
    array([  3., 120.])
    """
    return _forward(f, wrt, optimized, preserve_result, check_dims, verbose, debug)


def jacobian(
    f: Callable[..., Any], wrt: Wrt = (0,), mode: Literal["forward", "reverse"] | None = None, optimized: bool = True,
    verbose: int = 0, debug: Debug | None = None,
) -> types.FunctionType:
    """The Jacobian of a function: the derivative of each number of the result by each number of the argument.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them.
        wrt: positions or names of the arguments to differentiate with respect to.
        mode: 'forward' takes a run for each number of the arguments, 'reverse' one for each number of the result,
            many of them at once where the operations allow it.  Without it the run chooses the smaller number;
            where one mode lacks a rule, the other one is used.
        optimized: whether to simplify the derivatives.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: what the derivative looks for when it runs, as `grad` says.

    Returns:
        A function of the arguments of `f`.  For arrays it returns an array of the shape of the result followed by
        that of the argument.  Where the result is a structure, so is the Jacobian, and in the place of each array
        it has the structure of the argument with a block in the place of each array: the derivative of a dict by a
        list is a dict of lists.  Where `wrt` names several arguments, there is a tuple of blocks, one for each.
        Integers count as real numbers.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.
        ValueError: the mode is neither of the two.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     return np.array([x[0] * x[1], x[0] + x[1], x[0]])
    >>> tangent.jacobian(f)(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 1.],
           [1., 0.]])
    """
    modes = {None: "jacobian", "forward": "columns", "reverse": "rows"}
    if mode not in modes:
        raise ValueError(f"mode is 'forward', 'reverse' or None, not {mode!r}")
    return _second(f, wrt, modes[mode], optimized, True, verbose, debug=debug)


def hessian(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, verbose: int = 0, debug: Debug | None = None
) -> types.FunctionType:
    """The Hessian of a scalar-valued function: its second derivatives, by forward over reverse mode.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them, that returns a scalar.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the derivatives.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: what the derivative looks for when it runs, as `grad` says.

    Returns:
        A function of the arguments of `f`.  For one array it returns an array of its shape twice over.  A
        structure gives a structure of structures of blocks, several arguments a tuple of tuples of them: it is
        the Jacobian of the gradient.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.
        SeedError: when it runs, the result of `f` is no scalar.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     return x[0] * x[0] * x[1]
    >>> tangent.hessian(f)(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    return _second(f, wrt, "hessian", optimized, True, verbose, debug=debug)


def hvp(
    f: Callable[..., Any], wrt: Wrt = (0,), optimized: bool = True, check_dims: bool = True, verbose: int = 0,
    debug: Debug | None = None,
) -> types.FunctionType:
    """The product of the Hessian of a scalar-valued function and a vector, by forward over reverse mode.

    It costs a small multiple of `f`, whatever the size of the Hessian, which is never formed.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them, that returns a scalar.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the derivatives.
        check_dims: whether the result checks that `f` returned a scalar, and the shape of the vector.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: what the derivative looks for when it runs, as `grad` says.

    Returns:
        A function of the arguments of `f` and a vector: for each argument that `wrt` names, something of its shape
        and structure.  It returns the product, of the same shape and structure, or a tuple of products where
        `wrt` names several arguments.  The seed of the gradient is a last, optional argument.

    Raises:
        TangentError: `f` uses something that can't be differentiated; the error says where and what to
            write instead.

    >>> import numpy as np, tangent
    >>> def f(x):
    ...     return x[0] * x[0] * x[1]
    >>> tangent.hvp(f)(np.array([2.0, 3.0]), np.array([1.0, 10.0]))
    array([46.,  4.])
    """
    return _second(f, wrt, "hvp", optimized, check_dims, verbose, debug=debug)


def autodiff(
    f: Callable[..., Any],
    wrt: Wrt = (0,),
    optimized: bool = True,
    motion: Literal["joint", "split"] = "joint",
    mode: Literal["reverse", "forward"] = "reverse",
    preserve_result: bool = False,
    check_dims: bool = True,
    input_derivative: INPUT_DERIVATIVE = INPUT_DERIVATIVE.Required,
    verbose: int = 0,
    debug: Debug | None = None,
) -> Any:
    """The derivative of a function, in the general form.

    Args:
        f: a function of numbers, arrays, and lists, tuples and dicts of them.
        wrt: positions or names of the arguments to differentiate with respect to.
        optimized: whether to simplify the result.
        motion: 'joint' for one function; 'split' for a forward function `(args) -> (result, saved)` and a
            backward function `(saved, seed) -> gradient`.
        mode: 'reverse' takes the adjoint of the result, after the arguments; 'forward' takes the tangents of the
            arguments that `wrt` names, after the arguments.
        preserve_result: whether to return the value of `f` as well, last.
        check_dims: whether the result checks the shape of the seed, or of the tangents.
        input_derivative: whether the seed is required, or 1.0 where it is left out.
        verbose: 1 prints the generated source, 2 every stage on the way to it.
        debug: what the derivative looks for when it runs, as `grad` says.

    Returns:
        A function, or for `motion='split'` a pair of functions.

    >>> import tangent
    >>> def f(x, y):
    ...     return x * y
    >>> tangent.autodiff(f, wrt=("x", "y"))(2.0, 3.0, 1.0)
    (3.0, 2.0)
    >>> tangent.autodiff(f, wrt=("x", "y"), mode="forward")(2.0, 3.0, 1.0, 0.0)
    3.0
    """
    if motion not in ("joint", "split"):
        raise ValueError(f"motion is 'joint' or 'split', not {motion!r}")
    if mode == "forward":
        if motion == "split":
            raise ValueError("motion='split' takes reverse mode apart; forward mode has one pass")
        return _forward(f, wrt, optimized, preserve_result, check_dims, verbose, debug)
    if mode != "reverse":
        raise ValueError(f"mode is 'reverse' or 'forward', not {mode!r}")
    optional = input_derivative is INPUT_DERIVATIVE.DefaultOne
    keep = "split" if motion == "split" else "last" if preserve_result else ""
    made = _reverse(f, wrt, optimized, keep, check_dims, optional, verbose, debug)
    return made if motion == "split" else made[0]


def _reverse(
    f: Callable[..., Any], wrt: Wrt, optimized: bool, keep_result: str, check_dims: bool, optional_seed: bool,
    verbose: int, debug: Debug | None,
) -> tuple[types.FunctionType, ...]:
    from tangent.derive import Request, derivative, positions

    request = Request(
        "reverse", positions(f, wrt), optimized, keep_result, check_dims, optional_seed, debug=_looked_for(debug)
    )
    return derivative(f, request, verbose)


def _forward(
    f: Callable[..., Any], wrt: Wrt, optimized: bool, preserve_result: bool, check_dims: bool, verbose: int,
    debug: Debug | None,
) -> types.FunctionType:
    from tangent.derive import Request, derivative, positions

    keep = "last" if preserve_result else ""
    request = Request("forward", positions(f, wrt), optimized, keep, check_dims, debug=_looked_for(debug))
    return derivative(f, request, verbose)[0]


def _second(
    f: Callable[..., Any], wrt: Wrt, mode: str, optimized: bool, check_dims: bool, verbose: int,
    together: bool = True, debug: Debug | None = None,
) -> types.FunctionType:
    """What is made of products with the Jacobian or the Hessian; `together` says whether of many at once."""
    from tangent.derive import Request, derivative, positions

    request = Request(
        mode, positions(f, wrt), optimized, "", check_dims, together=together, debug=_looked_for(debug)
    )
    return derivative(f, request, verbose)[0]


def _looked_for(debug: Debug | None) -> Literal["", "nan", "dtype", "shape"]:
    if debug not in (None, "nan", "dtype", "shape"):
        raise ValueError(f"debug is 'nan', 'dtype', 'shape' or None, not {debug!r}")
    return debug or ""
