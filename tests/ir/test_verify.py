"""The verifier rejects what is not well-formed, and says what."""

from __future__ import annotations

import operator
from dataclasses import replace

import pytest

from tangent.ir.nodes import Assign, Block, Call, Const, Expr, For, If, Lib, Var, While
from tangent.ir.verify import VerificationError, verify
from tests.from_text import program

x, y, z = Var("x"), Var("y"), Var("z")


def assign(target: Var, *operands: Expr) -> Assign:
    return Assign((target,), Call(Lib(operator.add), operands))


def loop(index: Var, body: Block, params: tuple[Var, ...] = (), results: tuple[Var, ...] = ()) -> For:
    return For(index, (Const(0), Const(3), Const(1)), params, (Const(0.0),) * len(params), body, results)


def test_what_is_lowered_is_well_formed() -> None:
    verify(
        program("""
            def f(x, n):
                y = x
                while True:
                    for i in range(n):
                        y = y * x if i else y
                        if y > 10.0:
                            return y, i
                    n = n + 1
        """)
    )


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (Block((), (y,)), "y@.* is read where it is not bound"),
        (Block((assign(y, z), assign(z, x))), "z@.* is read where it is not bound"),
        (Block((assign(y, x), assign(y, x)), (y,)), "y@.* is bound twice"),
        (Block((If(x, Block((assign(y, x),)), Block(())),), (y,)), "y@.* is read where it is not bound"),
        (Block((If(x, Block((), (x,)), Block((), ()), (y,)),), (y,)), "0 values where 1 are expected"),
        (Block((loop(z, Block((assign(y, z),))),), (y,)), "y@.* is read where it is not bound"),
        (Block((loop(z, Block((), (Const(1.0),))),)), "1 values where 0 are expected"),
        (Block((loop(z, Block((), (z,)), (y,), ()),)), "0 values where 1 are expected"),
        (Block((), (Call(Lib(operator.neg), (Call(Lib(operator.neg), (y,)),)),)), "y@.* is read"),
        (Block((), (), y), "y@.* is read"),
        (Block((While(Block((), (y,)), (), (), Block((assign(y, x),)), ()),)), "y@.* is read"),
        (Block((While(Block((), (x,)), (), (), Block((assign(y, x),)), ()),), (y,)), "y@.* is read"),
    ],
)
def test_is_rejected(block: Block, message: str) -> None:
    with pytest.raises(VerificationError, match=message):
        verify(block, params=(x,))


def test_the_backward_pass_may_read_into_branches_only_before_saving() -> None:
    block = Block((If(x, Block((assign(y, x),)), Block(())),), (y,))
    verify(block, params=(x,), relaxed=True)
    with pytest.raises(VerificationError, match="y@"):
        verify(block, params=(x,))


def test_a_name_that_is_bound_nowhere_is_rejected_when_relaxed_too() -> None:
    with pytest.raises(VerificationError):
        verify(Block((), (y,)), params=(x,), relaxed=True)


def test_a_parameter_may_not_be_bound_again() -> None:
    function = program("def f(x):\n    return x\n")
    again = replace(function, body=Block((assign(function.params[0], Const(1.0)),), function.body.yields))
    with pytest.raises(VerificationError, match=r"x@.* is bound twice"):
        verify(again)


def test_the_index_of_a_loop_may_be_bound_again_by_its_mirror() -> None:
    index = Var("i")
    verify(Block((loop(index, Block(())), loop(index, Block((assign(y, index),))))))
