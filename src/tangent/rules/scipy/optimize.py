"""The solvers of `scipy.optimize`: roots, fixed points and minima."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import optimize

from tangent.rules.solvers import WHOLE, Given, Meaning, Place, Solver, declare


def root_itself(given: Given) -> Mapping[Place, Meaning]:
    return {0 if given.get("full_output") else WHOLE: "root"}


declare(
    Solver("f", root_itself, is_scalar=True),
    optimize.brentq, optimize.brenth, optimize.bisect, optimize.ridder, optimize.toms748,
)
declare(
    Solver("func", root_itself, others={"fprime": 1, "fprime2": 1}, like="x0"),
    optimize.newton,
)
declare(
    Solver("func", root_itself, others={"fprime": 1}, takes_array=True),
    optimize.fsolve,
)
declare(
    Solver("fun", lambda given: {"x": "root"}, others={"jac": 1}, takes_array=True, with_derivative="jac"),
    optimize.root,
)
declare(
    Solver(
        "f", lambda given: {"root": "root"}, others={"fprime": 1, "fprime2": 1}, is_scalar=True,
        with_derivative="fprime",
    ),
    optimize.root_scalar,
)
declare(
    Solver("func", lambda given: {WHOLE: "fixed point"}, like="x0"),
    optimize.fixed_point,
)
