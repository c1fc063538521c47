"""The public interface: what the transforms take, what they return, and how that behaves."""

from __future__ import annotations

import bdb
import contextlib
import functools
import gc
import inspect
import io
import linecache
import pdb
import subprocess
import sys
import traceback
import types
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import tangent
from tangent.errors import SeedError, SourceError, TangentError
from tests.from_text import function_from, module_from, rewrite
from tests.programs import another_module, other_module

V = np.array([0.3, -0.7, 1.1])
scale = 2.0


def f(x, y, z=3.0):
    """Documented."""
    return np.sum(x * x * y) * z


def cube(x):
    return x * x * x


def square(x):
    return x * x


def keyword_only(x, *, k=2.0, m):
    return x * x * k * m


def scaled(x):
    return x * x * scale


# --- which arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("wrt", [0, "x", (0,), ["x"], -3, (-3,), np.int64(0).item()])
def test_one_argument_gives_the_bare_gradient(wrt: Any) -> None:
    np.testing.assert_allclose(tangent.grad(f, wrt=wrt)(V, 2.0), 12.0 * V)


@pytest.mark.parametrize("wrt", [(1, 0), ("y", "x"), [-2, -3], (1, "x"), iter(("y", 0))])
def test_several_arguments_give_a_tuple_in_the_order_of_wrt(wrt: Any) -> None:
    gradient = tangent.grad(f, wrt=wrt)(V, 2.0)
    assert type(gradient) is tuple
    np.testing.assert_allclose(gradient[0], 3.0 * np.sum(V * V))
    np.testing.assert_allclose(gradient[1], 12.0 * V)


@pytest.mark.parametrize(
    ("wrt", "error", "message"),
    [
        ((0, 0), ValueError, "twice"),
        (("x", 0), ValueError, "twice"),
        ((0, -3), ValueError, "twice"),
        ("w", ValueError, "f has no argument 'w'; it has x, y, z"),
        (3, ValueError, "f has no argument 3; it has 3: x, y, z"),
        (-4, ValueError, "f has no argument -4"),
        ((), ValueError, "names no argument"),
        (0.0, TypeError, None),
        (None, TypeError, None),
        (True, TypeError, "not True"),
        ((0, 1.0), TypeError, "not 1.0"),
    ],
)
def test_wrt_that_names_nothing_is_an_error(wrt: Any, error: type[Exception], message: str | None) -> None:
    with pytest.raises(error, match=message):
        tangent.grad(f, wrt=wrt)


# --- what is returned ------------------------------------------------------------------------------


def test_the_result_is_a_plain_function() -> None:
    derivative = tangent.grad(f, wrt=("x", "y"))
    assert type(derivative) is types.FunctionType
    assert derivative.__name__ == derivative.__qualname__ == "dfdxy"
    assert derivative.__module__ == __name__
    assert derivative.__doc__ is not None
    assert "f with respect to x, y" in derivative.__doc__


@pytest.mark.parametrize(
    ("made", "signature"),
    [
        (tangent.grad(cube), "(x, bcube=1.0)"),
        (tangent.grad(f), "(x, y, z=3.0, bf=1.0)"),
        (tangent.value_and_grad(cube), "(x, bcube=1.0)"),
        (tangent.vjp(cube), "(x, bcube)"),
        (tangent.autodiff(cube), "(x, bcube)"),
        (tangent.autodiff(cube, input_derivative=tangent.INPUT_DERIVATIVE.DefaultOne), "(x, bcube=1.0)"),
        (tangent.grad(keyword_only), "(x, bkeyword_only=1.0, *, k=2.0, m)"),
    ],
)
def test_the_signature_is_that_of_the_primal_and_the_seed(made: Callable[..., Any], signature: str) -> None:
    assert str(inspect.signature(made)) == signature
    assert inspect.getsource(made).startswith(f"def {made.__name__}{signature}:")


def test_a_result_with_a_name_gives_the_seed_its_name() -> None:
    derivative = tangent.grad(function_from("def f(x):\n    y = x * x\n    return y\n"))
    assert str(inspect.signature(derivative)) == "(x, by=1.0)"


def test_defaults_and_keywords() -> None:
    assert tangent.grad(f)(1.0, 2.0) == 12.0
    assert tangent.grad(f)(1.0, 2.0, 1.0) == 4.0
    assert tangent.grad(f)(y=2.0, x=1.0, bf=10.0) == 120.0
    assert tangent.grad(keyword_only)(3.0, m=5.0) == 60.0
    assert tangent.grad(keyword_only, wrt="m")(3.0, m=5.0, k=1.0) == 9.0
    with pytest.raises(SeedError, match="left out"):
        tangent.vjp(f)(1.0, 2.0)
    with pytest.raises(TypeError, match="unexpected keyword"):
        tangent.grad(f)(1.0, 2.0, w=1.0)


def test_a_default_is_the_object_of_the_primal() -> None:
    table = [1.0, 2.0]
    g = function_from("def g(x, t=table):\n    return x * x * t[1]\n", table=table)
    derivative = tangent.grad(g)
    assert derivative.__defaults__[0] is table
    table[1] = 5.0
    assert derivative(1.0) == 10.0


def test_the_source_is_what_runs() -> None:
    derivative = tangent.grad(f)
    space: dict[str, Any] = {"np": np, "tangent": tangent}
    exec(inspect.getsource(derivative), space)
    np.testing.assert_array_equal(space["dfdx"](V, 2.0), derivative(V, 2.0))


def test_a_traceback_shows_the_generated_line() -> None:
    derivative = tangent.grad(f)
    with pytest.raises(TypeError) as caught:
        derivative(V, "text")
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert frame.name == "dfdx"
    assert frame.line
    assert frame.line in inspect.getsource(derivative)


def test_a_debugger_steps_through_the_generated_lines() -> None:
    derivative = tangent.grad(cube)
    seen: list[str] = []

    class Stepper(bdb.Bdb):
        def user_line(self, frame: types.FrameType) -> None:
            if frame.f_code is derivative.__code__:
                seen.append(linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip())
            self.set_step()

    Stepper().runcall(derivative, 2.0)
    lines = [line.strip() for line in inspect.getsource(derivative).splitlines()[1:]]
    assert seen == [line for line in lines if line and not line.startswith("#")]


def test_pdb_lists_the_generated_source() -> None:
    derivative = tangent.grad(cube)
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO("n\nl\np x\nq\n"), stdout=out, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    with contextlib.suppress(bdb.BdbQuit):
        debugger.runcall(derivative, 2.5)
    assert "def dcubedx(x, bcube=1.0):" in out.getvalue()
    assert "\n2.5\n" in out.getvalue().replace("(Pdb) ", "\n")


def test_it_survives_cloudpickle_in_a_fresh_process(tmp_path: Path) -> None:
    g = function_from(
        """
        def helper(x):
            return np.sin(x)

        def g(x):
            return helper(x) * x * factor
        """,
        factor=3.0,
    )
    derivative = tangent.grad(g)
    (tmp_path / "derivative").write_bytes(cloudpickle.dumps(derivative))
    program = (
        "import pickle, sys, inspect\n"
        "derivative = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(repr(derivative(0.7)), str(inspect.signature(derivative)))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "derivative")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split(maxsplit=1) == [repr(derivative(0.7)), str(inspect.signature(derivative)) + "\n"]


# --- options -----------------------------------------------------------------------------------------


def test_raw_and_optimized_give_the_same_numbers() -> None:
    raw, optimized = tangent.grad(f, optimized=False), tangent.grad(f)
    np.testing.assert_allclose(raw(V, 2.0), optimized(V, 2.0), rtol=1e-15)
    assert len(inspect.getsource(raw).splitlines()) > len(inspect.getsource(optimized).splitlines())


def test_the_result_is_preserved_last() -> None:
    gradient, value = tangent.grad(cube, preserve_result=True)(2.0)
    assert (gradient, value) == (12.0, 8.0)
    dx, dy, value = tangent.vjp(f, wrt=(0, 1), preserve_result=True)(1.0, 2.0, 3.0, 1.0)
    assert (dx, dy, value) == (12.0, 3.0, 6.0)
    assert tangent.autodiff(cube, preserve_result=True)(2.0, 0.5) == (6.0, 8.0)


def test_value_and_gradient() -> None:
    assert tangent.value_and_grad(cube)(2.0) == (8.0, 12.0)
    assert tangent.value_and_grad(f, wrt=("x", "y"))(1.0, 2.0) == (6.0, (12.0, 3.0))


def test_vjp_takes_functions_whose_result_is_not_a_scalar() -> None:
    np.testing.assert_allclose(tangent.vjp(square)(V, np.array([1.0, 0.0, 2.0])), 2.0 * V * [1.0, 0.0, 2.0])


def test_results_that_are_tuples_take_a_tuple_as_seed() -> None:
    g = function_from("def g(x, y):\n    return x * y, np.sin(x)\n")
    assert tangent.vjp(g)(0.5, 2.0, (1.0, 0.0)) == 2.0
    gradient, value = tangent.vjp(g, preserve_result=True)(0.0, 2.0, (0.0, 1.0))
    assert (gradient, value) == (1.0, (0.0, 0.0))
    with pytest.raises(SeedError):
        tangent.vjp(g)(0.5, 2.0, (1.0, 0.0, 0.0))


def test_split_motion() -> None:
    forward, backward = tangent.autodiff(f, wrt=(0, 1), motion="split")
    assert (forward.__name__, backward.__name__) == ("dfdxy_forward", "dfdxy_backward")
    value, saved = forward(V, 2.0)
    assert value == f(V, 2.0)
    for seed in (1.0, 2.0):
        bx, by = backward(saved, seed)
        np.testing.assert_allclose(bx, 12.0 * V * seed)
        np.testing.assert_allclose(by, 3.0 * np.sum(V * V) * seed)


@pytest.mark.parametrize(
    "options", [{"motion": "sideways"}, {"mode": "backward"}], ids=["motion", "mode"]
)
def test_options_that_are_none(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not '"):
        tangent.autodiff(cube, **options)


def test_forward_mode_has_no_split_motion() -> None:
    with pytest.raises(ValueError, match="one pass"):
        tangent.autodiff(cube, mode="forward", motion="split")


def test_verbose_prints_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    derivative = tangent.grad(cube, verbose=1)
    assert capsys.readouterr().out.strip() == inspect.getsource(derivative).strip()
    tangent.grad(cube, verbose=1)
    assert "def dcubedx" in capsys.readouterr().out
    tangent.grad(cube)
    assert capsys.readouterr().out == ""


def test_verbose_prints_the_source_of_what_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    text = "def g(x):\n    return np.sin(x)\n\n\ndef f(x):\n    return g(x) * g(x)\n"
    tangent.grad(function_from(text), verbose=1)
    out = capsys.readouterr().out
    names = [line.partition("(")[0] for line in out.splitlines() if line.startswith("def ")]
    assert sorted(names) == ["def dfdx", "def g_backward", "def g_forward"]
    assert names[-1] == "def dfdx"


def test_verbose_prints_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    tangent.grad(cube, verbose=2)
    out = capsys.readouterr().out
    stages = ["# lowered", "# backward pass", "# optimized", "# values saved", "def dcubedx"]
    places = [out.index(stage) for stage in stages]
    assert places == sorted(places)
    assert "mul(x, x)" in out


# --- seeds -------------------------------------------------------------------------------------------


def test_a_function_whose_result_is_not_a_scalar_has_no_gradient() -> None:
    for derivative in (tangent.grad(square), tangent.value_and_grad(square)):
        with pytest.raises(SeedError, match="scalar"):
            derivative(V)
    assert tangent.grad(square)(2.0) == 4.0


@pytest.mark.parametrize("seed", [1.0, np.ones(2), np.ones((3, 1)), np.ones((1, 3)), [1.0, 1.0, 1.0], None])
def test_a_seed_of_another_shape_is_refused(seed: Any) -> None:
    with pytest.raises(SeedError):
        tangent.vjp(square)(V, seed)


def test_a_seed_for_a_scalar_is_a_scalar() -> None:
    with pytest.raises(SeedError):
        tangent.vjp(f)(V, 2.0, 3.0, V)
    assert tangent.vjp(f)(2.0, 2.0, 3.0, np.float64(2.0)) == 48.0
    assert tangent.vjp(f)(2.0, 2.0, 3.0, np.array(2.0)) == 48.0


def test_without_check_dims_the_seed_is_taken_as_it_is() -> None:
    np.testing.assert_allclose(tangent.grad(square, check_dims=False)(V), 2.0 * V)
    assert "check_seed" not in inspect.getsource(tangent.grad(square, check_dims=False))


def test_callers_arrays_and_seed_are_not_changed() -> None:
    g = function_from("""
        def g(x, items):
            y = x
            y[0] = y[1] * 2.0
            y *= x
            items[0][1] = 5.0
            items.append(y)
            return y * items[0]
    """)
    x, items, seed = V.copy(), [V * 2.0], np.array([1.0, 2.0, 3.0])
    for optimized in (True, False):
        try:
            tangent.vjp(g, wrt=(0, 1), optimized=optimized)(x, items, seed)
        except TangentError:
            pytest.fail("refused")
        np.testing.assert_array_equal(x, V)
        np.testing.assert_array_equal(seed, [1.0, 2.0, 3.0])
        assert len(items) == 1
        np.testing.assert_array_equal(items[0], V * 2.0)


# --- names -------------------------------------------------------------------------------------------


def test_globals_are_read_live(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = tangent.grad(scaled)
    assert derivative(1.0) == 4.0
    monkeypatch.setattr(sys.modules[__name__], "scale", 10.0)
    assert derivative(1.0) == 20.0


def test_closure_cells_are_read_live() -> None:
    def factory(k: float) -> tuple[Callable[..., Any], Callable[[float], None]]:
        def inner(x):
            return x * x * k

        def change(value: float) -> None:
            nonlocal k
            k = value

        return inner, change

    inner, change = factory(2.0)
    derivative = tangent.grad(inner)
    assert derivative(1.0) == 4.0
    change(10.0)
    assert derivative(1.0) == 20.0


def test_closures_of_one_factory_keep_their_values_apart() -> None:
    def factory(k):
        def inner(x):
            return x * x * k

        return inner

    assert [tangent.grad(g)(1.0) for g in map(factory, (2.0, 3.0, 4.0))] == [4.0, 6.0, 8.0]
    lambdas = [lambda x, k=k: x * x * k for k in (2.0, 3.0)]
    assert [tangent.grad(g)(1.0) for g in lambdas] == [4.0, 6.0]


def test_closures_as_callees_keep_their_values_apart() -> None:
    def factory(k):
        def inner(x):
            return x * x * k

        return inner

    double, triple = factory(2.0), factory(3.0)

    def both(x):
        return double(x) * 10.0 + triple(x)

    assert tangent.grad(both)(1.0) == 46.0


def test_globals_of_one_name_in_two_modules_are_told_apart() -> None:
    def both(x):
        return other_module.scaled(x) + 100.0 * another_module.scaled(x)

    h = 1e-6
    assert tangent.grad(both)(0.7) == pytest.approx((both(0.7 + h) - both(0.7 - h)) / (2.0 * h))


def test_the_users_module_is_not_touched() -> None:
    before = dict(globals())
    tangent.grad(f, wrt=(0, 1))(V, 2.0)
    tangent.grad(scaled)(1.0)
    assert globals() == before


# --- what may be differentiated ----------------------------------------------------------------------


def test_lambdas_on_one_line() -> None:
    first, second = (lambda x: x * x), (lambda x: x * x * x)
    assert (tangent.grad(first)(2.0), tangent.grad(second)(2.0)) == (4.0, 12.0)
    assert inspect.signature(tangent.grad(first)).parameters.keys() >= {"x"}


def twice(g: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(g)
    def wrapper(x):
        return 2.0 * g(x)

    return wrapper


@twice
def decorated(x):
    return x * x


@functools.lru_cache
def cached(x):
    return x * x


def test_decorated_functions_are_what_they_compute() -> None:
    assert tangent.grad(decorated)(3.0) == 12.0
    assert tangent.grad(cached)(3.0) == 6.0
    calls_them = function_from("def g(x):\n    return a(x) * b(x)\n", a=decorated, b=cached)
    assert tangent.grad(calls_them)(2.0) == pytest.approx(4 * 2.0 * 2.0**3)


class Model:
    def __init__(self) -> None:
        self.k = 2.0

    def method(self, x):
        return x * self.k

    def __call__(self, x):
        return x

    @staticmethod
    def static(x):
        return x * x * 3.0


def test_a_static_method_is_a_function() -> None:
    assert tangent.grad(Model.static)(2.0) == 12.0


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (Model, "class"),
        (np.random.rand, "written in C"),
        (None, "not a Python function"),
    ],
)
def test_what_is_no_function_is_refused_with_a_way_out(thing: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        tangent.grad(thing)
    assert "Instead: " in str(caught.value)


def test_text_that_was_executed_has_no_source() -> None:
    space: dict[str, Any] = {}
    exec("def g(x):\n    return x * x\n", space)
    with pytest.raises(SourceError, match="the source of g is not available"):
        tangent.grad(space["g"])


def test_a_file_that_was_edited_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    module = module_from(path, "def g(x):\n    return x * x\n")
    rewrite(path, "def g(x):\n    return x * x * x\n")
    with pytest.raises(SourceError, match="edited after the import"):
        tangent.grad(module.g)


def test_what_was_made_before_an_edit_stays_right(tmp_path: Path) -> None:
    path = tmp_path / "kept.py"
    module = module_from(path, "def g(x):\n    return x * x\n")
    derivative = tangent.grad(module.g)
    rewrite(path, "def g(x):\n    return x * x * x\n")
    assert derivative(3.0) == 6.0
    assert "2.0 * bg * x" in inspect.getsource(derivative)
    with contextlib.suppress(SourceError):
        assert tangent.value_and_grad(module.g)(3.0) == (9.0, 6.0)


# --- derivatives of derivatives ----------------------------------------------------------------------


def polynomial(x):
    y = x * x
    return y * x + 2.0 * y


def wave(x):
    return np.sin(x) * np.exp(-x * x)


def norm(x):
    return np.sum(x * x * x)


def power_in_a_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
    return y


def branch(x):
    if x > 0.0:
        return x * x * x
    return np.sin(x)


@pytest.mark.parametrize(
    ("function", "arguments", "second"),
    [
        (polynomial, (0.7,), 6.0 * 0.7 + 4.0),
        (wave, (0.7,), None),
        (branch, (0.7,), 4.2),
        (branch, (-0.7,), np.sin(0.7)),
        (power_in_a_loop, (0.7, 4), 12.0 * 0.7**2),
    ],
)
def test_a_gradient_can_be_differentiated(function: Callable[..., Any], arguments: Any, second: Any) -> None:
    first = tangent.grad(function)
    if second is None:
        h, (x,) = 1e-6, arguments
        second = (first(x + h) - first(x - h)) / (2.0 * h)
    assert tangent.grad(first)(*arguments) == pytest.approx(second)


def test_a_gradient_of_an_array_can_be_differentiated() -> None:
    second = tangent.vjp(tangent.grad(norm))(V, np.array([1.0, 0.0, 2.0]))
    np.testing.assert_allclose(second, 6.0 * V * [1.0, 0.0, 2.0])


def test_third_order() -> None:
    assert tangent.grad(tangent.grad(tangent.grad(cube)))(0.7) == pytest.approx(6.0)


# --- remembering -------------------------------------------------------------------------------------


def test_the_same_request_gives_the_same_function() -> None:
    assert tangent.grad(f) is tangent.grad(f)
    assert tangent.grad(f, wrt="y") is tangent.grad(f, wrt=1)
    assert tangent.grad(f, wrt=(0,)) is tangent.grad(f, "x")
    different = [
        tangent.grad(f), tangent.grad(f, wrt=1), tangent.grad(f, optimized=False), tangent.value_and_grad(f),
        tangent.grad(f, check_dims=False), tangent.vjp(f), tangent.grad(f, preserve_result=True),
    ]
    assert len({id(g) for g in different}) == len(different)


def test_it_is_made_anew_where_a_function_that_is_called_is_bound_anew() -> None:
    text = "def g(x):\n    return x * x\n\n\ndef f(x):\n    return g(x) * 10.0\n"
    caller = function_from(text)
    first = tangent.grad(caller)
    assert first(3.0) == 60.0
    assert tangent.grad(caller) is first
    caller.__globals__["g"] = cube
    again = tangent.grad(caller)
    assert again is not first
    assert again(3.0) == 270.0
    assert tangent.grad(caller) is again


def test_it_is_made_anew_where_a_function_with_a_rule_is_bound_anew() -> None:
    g = function_from("def g(x):\n    return activation(x)\n", activation=np.tanh)
    assert tangent.grad(g)(0.7) == pytest.approx(1.0 - np.tanh(0.7) ** 2)
    g.__globals__["activation"] = np.sin
    assert tangent.grad(g)(0.7) == pytest.approx(np.cos(0.7))


def test_it_is_made_anew_where_the_defaults_are_others() -> None:
    g = function_from("def g(x, k=2.0):\n    return x * k\n")
    assert tangent.grad(g)(1.0) == 2.0
    g.__defaults__ = (5.0,)
    assert tangent.grad(g)(1.0) == 5.0


def test_it_is_made_anew_where_the_code_is_another() -> None:
    g = function_from("def g(x):\n    return x * x\n")
    assert tangent.grad(g)(3.0) == 6.0
    g.__code__ = function_from("def g(x):\n    return x * x * x\n").__code__
    assert tangent.grad(g)(3.0) == 27.0


def test_functions_that_are_gone_are_forgotten() -> None:
    def factory(k):
        def inner(x):
            return x * x * k

        return inner

    g = factory(2.0)
    tangent.grad(g)
    reference = weakref.ref(g)
    del g
    gc.collect()
    assert reference() is None


# --- importing ---------------------------------------------------------------------------------------


def test_importing_is_silent_and_light() -> None:
    program = (
        "import sys, numpy\n"
        "before = set(sys.modules)\n"
        "import tangent\n"
        "third = {m.partition('.')[0] for m in set(sys.modules) - before}\n"
        "third -= set(sys.stdlib_module_names) | {'tangent', 'numpy'}\n"
        "assert not third, third\n"
        "assert 'tangent.numba_support' not in sys.modules\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_what_is_public_is_there() -> None:
    for name in tangent.__all__:
        assert hasattr(tangent, name)
