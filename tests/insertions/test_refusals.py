"""What errors say of blocks for the backward pass, word by word."""

from __future__ import annotations

import re

import pytest

import tangent
from tangent.errors import UnsupportedError
from tests.from_text import dedented, function_from

REFUSED = {
    "what is no variable": (
        """
        def f(x):
            with insert_grad_of(x + 1.0) as dx:
                print(dx)
            return x * x
        """,
        """
        File "model.py", line 2, in f
            with insert_grad_of(x + 1.0) as dx:
                                ^^^^^^^
        unsupported: a block for the adjoint of what is no variable
        Instead: give it a name before the block, and use the name behind it
        """,
    ),
    "a global variable": (
        """
        def f(x):
            with insert_grad_of(W) as dw:
                print(dw)
            return x * W
        """,
        """
        File "model.py", line 2, in f
            with insert_grad_of(W) as dw:
                                ^
        unsupported: a block for the adjoint of `W`, which is no variable of the function
        Instead: pass it as an argument, or give it a name in the function
        """,
    ),
    "too few names": (
        """
        def f(x, y):
            with insert_grad_of(x, y) as dx:
                print(dx)
            return x * y
        """,
        """
        File "model.py", line 2, in f
            with insert_grad_of(x, y) as dx:
                                         ^^
        the block needs a name for the adjoint of each of the 2 variables
        Instead: write `with insert_grad_of(x, y) as (dx, dy):`
        """,
    ),
    "no variable at all": (
        """
        def f(x):
            with insert_grad_of():
                print("here")
            return x
        """,
        """
        File "model.py", line 2, in f
            with insert_grad_of():
                 ^^^^^^^^^^^^^^^^
        insert_grad_of takes the variables whose adjoints the block is for
        Instead: name them: `with insert_grad_of(x) as dx:`
        """,
    ),
    "a variable twice": (
        """
        def f(x):
            with insert_grad_of(x, x) as (a, b):
                print(a, b)
            return x
        """,
        """
        File "model.py", line 2, in f
            with insert_grad_of(x, x) as (a, b):
                 ^^^^^^^^^^^^^^^^^^^^
        insert_grad_of names a variable twice
        Instead: name each of them once
        """,
    ),
    "a change of a variable of the function": (
        """
        def f(x):
            count = 0
            with insert_grad_of(x) as dx:
                count = count + 1
            return x * count
        """,
        """
        File "model.py", line 4, in f
            count = count + 1
            ^^^^^
        the block changes `count`, which is a variable of the function: the forward pass is over then
        Instead: use another name in the block; to keep something, append to a list of the module
        """,
    ),
    "a write into an argument": (
        """
        def f(x, history):
            with insert_grad_of(x) as dx:
                history.append(dx)
            return x * x
        """,
        """
        File "model.py", line 3, in f
            history.append(dx)
            ^^^^^^^
        the block changes `history`, which is a variable of the function: the forward pass is over then
        Instead: use another name in the block; to keep something, append to a list of the module
        """,
    ),
    "an assignment that is lost": (
        """
        def f(x):
            for i in range(3):
                with insert_grad_of(x) as dx:
                    dx = 2.0 * dx
                    if i == 1:
                        break
                x = x * x
            return x
        """,
        """
        File "model.py", line 6, in f
            break
            ^^^^^
        `dx` was assigned, and is lost: `break` ends the backward pass of the loop here, and what the loop carries \
has the adjoint zero
        Instead: leave the assignment out, or the `break`
        """,
    ),
    "break in a nested loop": (
        """
        def f(x):
            for j in range(2):
                for i in range(3):
                    with insert_grad_of(x) as dx:
                        if i == 1:
                            break
                    x = x * x
            return x
        """,
        """
        File "model.py", line 4, in f
            with insert_grad_of(x) as dx:
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        unsupported: `break` in the backward pass of a loop inside of another loop
        Instead: move the inner loop into a function of its own
        """,
    ),
    "break in a loop that is written out": (
        """
        def f(x):
            for g in [lambda t: t * t, lambda t: 2.0 * t]:
                with insert_grad_of(x) as dx:
                    if x > 0.0:
                        break
                x = g(x)
            return x
        """,
        """
        File "model.py", line 5, in f
            break
            ^^^^^
        unsupported: `break` in the backward pass of a loop that is written out, iteration by iteration, since it goes \
through functions
        Instead: make the loop one over numbers or arrays
        """,
    ),
    "return": (
        """
        def f(x):
            with insert_grad_of(x) as dx:
                return dx
            return x
        """,
        """
        File "model.py", line 3, in f
            return dx
            ^^^^^^^^^
        unsupported: `return` in a block for the backward pass
        Instead: put what follows under an `if`; `break` ends the backward pass of a loop
        """,
    ),
    "continue": (
        """
        def f(x):
            for i in range(3):
                with insert_grad_of(x) as dx:
                    if i == 1:
                        continue
                    print(dx)
                x = x * x
            return x
        """,
        """
        File "model.py", line 5, in f
            continue
            ^^^^^^^^
        unsupported: `continue` in a block for the backward pass
        Instead: put what follows under an `if`; `break` ends the backward pass of a loop
        """,
    ),
    "a block in a block": (
        """
        def f(x):
            with insert_grad_of(x) as dx:
                with insert_grad_of(x) as ddx:
                    print(ddx)
            return x
        """,
        """
        File "model.py", line 3, in f
            with insert_grad_of(x) as ddx:
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        unsupported: a block for the backward pass inside of another one
        Instead: put them one after the other
        """,
    ),
    "another context": (
        """
        def f(x):
            with np.errstate(all="ignore"), insert_grad_of(x) as dx:
                print(dx)
            return x
        """,
        """
        File "model.py", line 2, in f
            with np.errstate(all="ignore"), insert_grad_of(x) as dx:
                                            ^^^^^^^^^^^^^^^^^
        unsupported: `insert_grad_of` beside another context
        Instead: put it into a `with` statement of its own
        """,
    ),
    "a function": (
        """
        def f(x):
            g = lambda t: t * x
            with insert_grad_of(g) as dg:
                print(dg)
            return g(x)
        """,
        """
        File "model.py", line 3, in f
            with insert_grad_of(g) as dg:
                                ^
        unsupported: a block for the adjoint of an object or a function
        Instead: give the attribute that holds the numbers a name, and use that
        """,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_message(name: str) -> None:
    source, message = REFUSED[name]
    with pytest.raises(UnsupportedError) as caught:
        tangent.grad(function_from(source, insert_grad_of=tangent.insert_grad_of, W=3.0))
    assert re.sub(r"<test \d+>", "model.py", str(caught.value)).strip("\n") == dedented(message)


def test_a_block_in_forward_mode_is_looked_at_as_well() -> None:
    source, _ = REFUSED["too few names"]
    with pytest.raises(UnsupportedError, match="the block needs a name"):
        tangent.jvp(function_from(source, insert_grad_of=tangent.insert_grad_of))
