"""Every program of the corpus is well-formed after every stage."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

import pytest

from tangent.emit.buffers import protect
from tangent.errors import TangentError
from tangent.frontend.entry import plain_function
from tangent.ir.nodes import Block, Function, Var
from tangent.ir.verify import verify
from tangent.transform.complex_numbers import Results
from tangent.transform.derivation import Options
from tangent.transform.forward import ForwardMode
from tangent.transform.reverse import ReverseMode
from tests.from_text import function_from
from tests.programs.corpus import CORPUS
from tests.programs.realistic import REALISTIC
from tests.programs.statements import STATEMENTS

CASES = {case.name: case for case in [*CORPUS, *STATEMENTS, *REALISTIC]}


class Verifying(ReverseMode):
    """Verifies the programs between the stages of reverse mode."""

    def __init__(self, optimized: bool) -> None:
        super().__init__(Options(optimized, trace=self.check))
        self.params: tuple[Var, ...] = ()
        self.packed: dict[tuple[Var, ...], tuple[Var, ...]] = {}
        """For the seeds of a tuple: the one parameter that holds them."""
        self.stages: list[str] = []

    def program(self, function: types.FunctionType) -> Function:
        program = super().program(function)
        verify(program)
        return program

    def seed(self, program: Function) -> Any:
        seed, seeds, setup = super().seed(program)
        self.packed[seeds] = (seed,)
        return seed, seeds, setup

    def passes(self, program: Function, wrt: Any, outputs: Iterable[int], seeds: Any, results: Results) -> Any:
        made = super().passes(program, wrt, outputs, seeds, results)
        self.params = (*program.params, *self.packed.get(seeds, seeds))
        return made

    def check(self, stage: str, block: Block) -> None:
        self.stages.append(stage)
        if stage != "lowered":
            verify(block, self.params, relaxed=stage != "values saved")

    def verify_functions(self, *functions: Function) -> None:
        halves = [f.function for pair in self.pairs.values() for f in pair if f.function is not None]
        for function in (*functions, *halves):
            verify(function)
            verify(protect(function)[0])


class VerifyingForward(ForwardMode):
    """Verifies the programs between the stages of forward mode."""

    def __init__(self, optimized: bool) -> None:
        super().__init__(Options(optimized, trace=self.check))
        self.params: tuple[Var, ...] = ()
        self.stages: list[str] = []

    def tangents(
        self, program: Function, wrt: Any, tangents: Iterable[Var], outputs: Any, keep: Any, of: Results
    ) -> Block:
        verify(program)
        outer, self.params = self.params, (*program.params, *(tangents := list(tangents)))
        block = super().tangents(program, wrt, tangents, outputs, keep, of)
        self.params = outer
        return block

    def check(self, stage: str, block: Block) -> None:
        self.stages.append(stage)
        if stage != "lowered":
            verify(block, self.params)

    def verify_functions(self, function: Function) -> None:
        for one in (function, *(f.function for f in self.made.values() if f.function is not None)):
            verify(one)
            verify(protect(one)[0])


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("name", CASES)
def test_programs_of_tangents_are_well_formed(name: str, optimized: bool) -> None:
    case = CASES[name]
    derivation = VerifyingForward(optimized)
    try:
        derivation.verify_functions(derivation.function(plain_function(case.function), case.wrt, "derivative", True))
    except TangentError:
        if not case.optional:
            raise
        pytest.skip("refused, as it may be")


@pytest.mark.parametrize("optimized", [True, False], ids=["optimized", "raw"])
@pytest.mark.parametrize("name", CASES)
def test_programs_are_well_formed(name: str, optimized: bool) -> None:
    case = CASES[name]
    joint, split = Verifying(optimized), Verifying(optimized)
    function = plain_function(case.function)
    try:
        joint.verify_functions(joint.joint(function, case.wrt, "derivative", "1.0", "last"))
        split.verify_functions(*split.split(function, case.wrt, "derivative"))
    except TangentError:
        if not case.optional:
            raise
        pytest.skip("refused, as it may be")


def test_the_stages_and_their_order() -> None:
    text = "def g(x):\n    return x * x\n\n\ndef f(x):\n    return g(x) + x\n"
    derivation = Verifying(optimized=True)
    derivation.joint(function_from(text), (0,), "derivative", "1.0", "")
    of_one = ["lowered", "backward pass", "optimized", "values saved"]
    assert derivation.stages == ["lowered", *of_one, *of_one[1:]]
    raw = Verifying(optimized=False)
    raw.joint(function_from("def f(x):\n    return x * x\n"), (0,), "derivative", "1.0", "")
    assert raw.stages == [s for s in of_one if s != "optimized"]
    forward = VerifyingForward(optimized=True)
    forward.function(function_from(text), (0,), "derivative", keep_result=False)
    # `g` is lowered for the names of its tangents, and when it is known what is used of it
    assert forward.stages == ["lowered", "lowered", "tangents", "optimized", "lowered", "tangents", "optimized"]
