"""Solvers: library functions that take a function, and find something that depends on what it reads.

    brentq(f, a, b, args=(p,))      gives an x with f(x, p) = 0
    quad(f, a, b, args=(p,))        gives, as the first of its results, the integral of f(t, p) from a to b

A solver is declared by the parameters that take functions, and by what the parts of its result are; the derivative
follows from that (`transform.solutions`), whichever way the solver takes to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tangent.rules import registry

__all__ = [
    "Given", "Meaning", "Place", "Solver", "UNKNOWN", "WHOLE", "What", "declare", "find", "is_meaning", "meaning",
    "solution_of",
]

What = Literal["root", "minimum", "least value", "value", "integral", "path"]
"""What a part of the result is, of the function f and the values p that it reads:

root: x with f(x, p) = 0;  minimum: x at which the gradient of f by x is 0;  least value: f at its minimum;
value: f(x, p) at an x that depends on p;  integral: of f(t, p) between two limits;
path: the values at some times of a solution of dy/dt = f(t, y, p).
"""

Meaning = What | Callable[..., Any]
"""What a part of a result is: of the function itself, or as a function gives it of the part and the arguments of the
call, by calls of `solution_of`.  It has the parameters `found`, for the part, `result` and those of the solver that it
needs; its body is put in the place of the part."""


def solution_of(what: What, found: Any, f: Callable[..., Any], *operands: Any) -> Any:
    """`found`, as the root of a function of it, or another of the things that are differentiated as what they are."""
    raise NotImplementedError("only lowered programs have it")

Place = int | str | None
"""A part of a result: the position of an item, the name of an attribute, or None for the whole."""

WHOLE: Place = None
Given = Mapping[str, Any]
"""The arguments of a call by name: what is a literal, and `UNKNOWN` for everything else."""

UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class Solver:
    """What is known of a solver."""

    function: str
    """The parameter that takes the function."""
    parts: Callable[[Given], Mapping[Any, Meaning]]
    """What the parts of the result are that have a derivative, in a call with these arguments, by their places.

    A function may give several, by a tuple of places.
    """
    count: int = 1
    """With how many arguments the function is called, besides those of `args`."""
    others: Mapping[str, int] = field(default_factory=dict)
    """The parameters that take other functions of the same `args`, and with how many arguments these are called."""
    place: int = 0
    """Which of these arguments is the unknown."""
    operands: tuple[str, ...] | Callable[..., Any] = ()
    """The parameters on which the result depends besides, or a function of parameters that gives what it depends on."""
    options: tuple[str, ...] = ()
    """The parameters that say how the problem is solved, and with which that of the derivative is solved as well."""
    like: str = ""
    """The parameter of whose shape a root is."""
    is_scalar: bool = False
    """Whether the result and what the function is called with are numbers."""
    takes_array: bool = False
    """Whether what the function is called with is an array."""
    constraints: bool = False
    """Whether it takes constraints in `constraints`; a meaning gets all equations in `eq`, and `ineq`."""
    raises: Callable[[Given], bool] = lambda given: False
    """Whether it surely raises an exception where it finds nothing."""
    refused: Callable[[Given], tuple[str, str] | None] = lambda given: None
    """Why a call with these options has no derivative, and what to do instead; None if it has."""


_solvers: dict[Any, Solver] = {}
_meanings: set[Any] = set()


def declare(solver: Solver, *functions: Callable[..., Any]) -> None:
    """Declare library functions as solvers of one kind."""
    for function in functions:
        _solvers[function] = solver
        registry.solver(function, describe(solver))


def meaning(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a function that says what a part of a result is."""
    _meanings.add(function)
    return function


def is_meaning(function: Any) -> bool:
    """Whether a function says what a part of a result is."""
    return function in _meanings


def find(function: Any) -> Solver | None:
    """What is known of a function as a solver."""
    registry.load_for(function)
    try:
        return _solvers.get(function)
    except TypeError:  # an unhashable callable
        return None


def describe(solver: Solver) -> str:
    """The parts of the result that have a derivative, for an error message."""
    places = solver.parts({})
    all_places = [one for p in places for one in (p if isinstance(p, tuple) else (p,))]
    parts = [f"`.{p}`" if isinstance(p, str) else f"`[{p}]`" for p in all_places if p is not WHOLE]
    return " or ".join(parts) if parts else "the value itself"
