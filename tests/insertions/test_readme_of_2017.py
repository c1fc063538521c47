"""The NumPy code of the 2017 README on custom gradients, debugging and derivative surgery, as it is written there."""

from __future__ import annotations

import pdb
from typing import Any

import numpy as np
import pytest

import tangent
from tests.from_text import dedented, function_from

CUSTOM_GRADIENTS = """
import tangent
from tangent.grads import adjoint
def cube(x):
  return x * x * x
# Register the gradient of cube with Tangent
# NOTE! This is not a runnable function, but instead is a code template.
# Tangent will replace the names of the variables `result` and `x` with whatever
# is used in your containing function.
@adjoint(cube)
def dcube(result, x):
  d[x] = d[result] * 3 * x * x
def f(val):
  cubed_val = cube(val)
  return cubed_val
print(tangent.grad(f,verbose=1))
"""

SIGNATURE = """
result = orig_function(arg1,arg2)
"""

TEMPLATE = """
@adjoint(orig_function)
def grad_orig_function(result, arg1, arg2):
  d[arg1] = d[result]*...
  d[arg2] = d[result]*...
"""

DEBUGGING = """
from tangent import insert_grad_of
def f(x):
  ...
  with insert_grad_of(x) as dx:
    print("dc/dx = %2.2f" % dx)
    pdb.set_trace()
  ...
"""

SURGERY = """
def f(params, x):
  h = x
  for i in range(5):
    with insert_grad_of(h) as g:
      g = tf.clip_by_value(g, -1, 1)
    h = rnn(params, h)
  return h
dfdparams = tangent.grad(f)
"""


def adjoint_of_params(w: float, x: float) -> float:
    """The derivative of that function by `params`, where `rnn` is `tanh(params * h)`."""
    h, bw, by = [x], 0.0, 1.0
    for _ in range(5):
        h.append(np.tanh(w * h[-1]))
    for before, after in zip(h[-2::-1], h[:0:-1], strict=True):
        bproduct = by * (1.0 - after * after)
        bw, by = bw + bproduct * before, np.clip(bproduct * w, -1.0, 1.0)
    return bw


def test_custom_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    f = function_from(CUSTOM_GRADIENTS)
    printed = capsys.readouterr().out
    assert "    bval = bcubed_val * 3 * val * val\n" in printed
    assert printed.startswith("def dfdval(val, bcubed_val=1.0):\n")
    assert tangent.grad(f)(2.0) == 12.0
    tangent.check_grads(f, (np.array([0.5, -2.0]),), order=2)


def test_the_inlined_gradient_alone() -> None:
    f = function_from(CUSTOM_GRADIENTS)
    import inspect

    assert inspect.getsource(tangent.grad(f, check_dims=False)).rstrip() == dedented("""
        def dfdval(val, bcubed_val=1.0):
            # cubed_val = cube(val)
            bval = bcubed_val * 3 * val * val
            return bval
    """)


def test_the_signature_of_a_custom_gradient() -> None:
    names: dict[str, Any] = {}
    orig = function_from("def orig_function(arg1, arg2):\n    return arg1 * arg2\n")
    exec(SIGNATURE, {"orig_function": orig, "arg1": 2.0, "arg2": 3.0}, names)
    assert names["result"] == 6.0
    function_from(TEMPLATE, orig_function=orig, adjoint=tangent.grads.adjoint)
    use = function_from("def use(a, b):\n    return orig_function(a, b)\n", orig_function=orig)
    with pytest.raises(TypeError):  # the dots are for the reader to fill in
        tangent.grad(use)(2.0, 3.0)


def test_debugging(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stops = []
    monkeypatch.setattr(pdb, "set_trace", lambda: stops.append(True))
    f = function_from(DEBUGGING, pdb=pdb)
    assert tangent.grad(f)(2.0) == 0.0  # it returns nothing
    whole = DEBUGGING.replace("  ...\n  with", "  x = x * x\n  with").rstrip(". \n") + "\n  return np.sin(x)\n"
    assert tangent.grad(function_from(whole, pdb=pdb))(2.0) == pytest.approx(4.0 * np.cos(4.0))
    assert capsys.readouterr().out == "dc/dx = 0.00\ndc/dx = -0.65\n"
    assert stops == [True, True]


def rnn(params, h):
    return np.tanh(params * h)


def test_derivative_surgery() -> None:
    names = {"insert_grad_of": tangent.insert_grad_of, "rnn": rnn, "tangent": tangent}
    f = function_from(SURGERY.replace("tf.clip_by_value", "np.clip"), **names)
    bw = adjoint_of_params(3.0, 0.01)
    assert tangent.grad(f)(3.0, 0.01) == pytest.approx(bw)
    assert f.__globals__["dfdparams"](3.0, 0.01) == pytest.approx(bw)
