"""Every program of the corpus, in every mode, optimized and raw, against numerical derivatives."""

from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np
import pytest

import tangent
from tangent.errors import TangentError
from tests.numeric import as_float64, assert_same, identical, is_container, quietly
from tests.programs.case import Case
from tests.programs.checking import Expected, expected_of, problems
from tests.programs.complex_numbers import COMPLEX
from tests.programs.corpus import CORPUS
from tests.programs.data import DATA
from tests.programs.functions import FUNCTIONS, UNKNOWN
from tests.programs.in_place import IN_PLACE
from tests.programs.modes import MODES, as_tuple
from tests.programs.objects import OBJECTS
from tests.programs.packages import PACKAGES
from tests.programs.realistic import REALISTIC
from tests.programs.statements import STATEMENTS

ALL = (CORPUS, COMPLEX, DATA, FUNCTIONS, UNKNOWN, IN_PLACE, OBJECTS, PACKAGES, STATEMENTS, REALISTIC)
CASES = {case.name: case for corpus in ALL for case in corpus}
SCALAR = {
    name: case
    for name, case in CASES.items()
    if not is_container(result := quietly(case.function, case.arguments)) and np.shape(result) == ()
}


@functools.cache
def expected(name: str) -> Expected:
    case = CASES[name]
    return expected_of(case.function, case.arguments, case.wrt)


def skip_if_optional(case: Case, error: TangentError) -> None:
    if not case.optional:
        raise error
    pytest.skip("refused, as it may be")


def test_names_are_unique() -> None:
    assert len(CASES) == sum(map(len, ALL))


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CASES)
def test_gradient(name: str, mode: str, optimized: bool) -> None:
    case = CASES[name]
    assert expected(name).smooth, "the numerical derivative is not reliable here"
    try:
        found = problems(case.function, case.arguments, case.wrt, expected(name), mode, optimized, case.rtol)
    except TangentError as error:
        skip_if_optional(case, error)
    else:
        assert not found, "\n".join(found)


@pytest.mark.parametrize("name", SCALAR)
def test_interfaces_agree(name: str) -> None:
    case = CASES[name]
    f, wrt = case.function, case.wrt
    result = expected(name).result
    try:
        gradient = quietly(tangent.grad(f, wrt=wrt), case.arguments)
    except TangentError as error:
        skip_if_optional(case, error)
        return
    value, with_value = quietly(tangent.value_and_grad(f, wrt=wrt), case.arguments)
    seeded = quietly(tangent.autodiff(f, wrt=wrt), [*case.arguments, 1.0])
    *kept_gradient, kept = quietly(tangent.autodiff(f, wrt=wrt, preserve_result=True), [*case.arguments, 1.0])
    assert_same(as_tuple(with_value, wrt), as_tuple(gradient, wrt), 1e-12, 1e-12)
    assert_same(as_tuple(seeded, wrt), as_tuple(gradient, wrt), 1e-12, 1e-12)
    assert_same(tuple(kept_gradient), as_tuple(gradient, wrt), 1e-12, 1e-12)
    assert_same(float(value), float(result), 1e-12, 1e-12)
    assert_same(float(kept), float(result), 1e-12, 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_forward_mode_gives_the_result_as_well(name: str) -> None:
    case = CASES[name]
    arguments = case.fresh_arguments()
    tangents = [as_float64(copy.deepcopy(arguments[i])) for i in case.wrt]
    try:
        *_, result = run(tangent.jvp(case.function, wrt=case.wrt, preserve_result=True), [*arguments, *tangents])
    except TangentError as error:
        skip_if_optional(case, error)
        return
    assert_same(result, expected(name).result, 1e-12, 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_split_forward_gives_the_result(name: str) -> None:
    case = CASES[name]
    try:
        forward, backward = tangent.autodiff(case.function, wrt=case.wrt, motion="split")
    except TangentError as error:
        skip_if_optional(case, error)
        return
    arguments = case.fresh_arguments()
    try:
        result, saved = run(forward, arguments)
    except TangentError as error:
        skip_if_optional(case, error)
        return
    assert_same(result, expected(name).result, 1e-12, 1e-12)
    assert identical(arguments, list(case.arguments))
    seed = expected(name).seed
    first = backward(saved, copy.deepcopy(seed))
    fresh = backward(run(forward, case.fresh_arguments())[1], copy.deepcopy(seed))
    assert_same(first, fresh, 1e-12, 1e-12)


def run(forward: Any, arguments: list[Any]) -> Any:
    """Call without copying, so that changes of the arguments show; printing is swallowed."""
    return quietly(lambda: forward(*arguments), ())


@pytest.mark.parametrize("name", [name for name in SCALAR if not name.startswith("raises")])
def test_check_grads(name: str) -> None:
    case = CASES[name]
    if case.rtol > 1e-5 or any(isinstance(leaf, np.float32) for leaf in case.arguments):
        pytest.skip("single precision")
    try:
        quietly(tangent.grad(case.function, wrt=case.wrt), case.arguments)
    except TangentError as error:
        skip_if_optional(case, error)
        return
    quietly(lambda *args: tangent.check_grads(case.function, args, wrt=case.wrt), case.arguments)
