"""`tangent.explain` and `tangent.source`: what they take and give."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

import tangent
from tangent.looking.facts import CodeLine
from tests.from_text import function_from, module_from, rewrite
from tests.looking import samples


def kept(section: Any) -> dict[str, str]:
    return {k.name: k.how for k in section.kept}


def test_source_is_the_text_of_a_derivative_behind_those_that_it_calls() -> None:
    df = tangent.grad(samples.loss)
    names = [line.split("(")[0] for line in tangent.source(df).splitlines() if line.startswith("def ")]
    assert names[-1] == "def dlossdW"
    assert sorted(names[:-1]) == ["def step_backward", "def step_forward"]
    assert tangent.source(df).endswith(inspect.getsource(df))


def test_source_of_both_functions_of_split_motion() -> None:
    pair = tangent.autodiff(samples.step, motion="split")
    assert all(inspect.getsource(function) in tangent.source(pair) for function in pair)


def test_every_value_that_the_backward_pass_reads_is_said_to_be_kept() -> None:
    main, helper = tangent.explain(tangent.grad(samples.loss)).sections
    assert kept(main) | {"state": "list"} == {
        "error": "variable", "worst": "variable", "W": "argument", "n": "argument", "state_saved": "list",
        "sum_state": "list", "state": "list", "state2": "recomputed",
    }
    assert kept(helper) == {"hidden": "returned", "state": "returned", "W": "returned"}


def test_forward_mode_keeps_nothing() -> None:
    assert all(not section.kept for section in tangent.explain(tangent.jvp(samples.loss)).sections)


def test_all_lines_that_compute_something_stem_from_a_line_of_the_user() -> None:
    def computes(line: CodeLine) -> bool:
        text = line.text.strip()
        frame = ("def ", "return ", "tangent.check", "#")
        return bool(text) and not text.startswith(frame) and "zeros_like" not in text

    for df in (tangent.grad(samples.loss), tangent.jvp(samples.loss), tangent.hvp(samples.damped(0.5))):
        for section in tangent.explain(df).sections:
            for panel in section.panels:
                unknown = [line.text for line in panel.lines if computes(line) and line.place is None]
                assert [text for text in unknown if " = saved" not in text] == []


def test_a_jacobian_is_explained_by_the_derivatives_that_it_calls() -> None:
    explained = tangent.explain(tangent.jacobian(samples.step))
    panels = [panel.name for section in explained.sections for panel in section.panels]
    assert len(panels) == 2
    assert "dstepdstate" in panels


def test_a_function_that_was_edited_since_is_shown_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    module = module_from(path, "def f(x):\n    y = x * x\n    return y * y\n")
    df = tangent.grad(module.f)
    rewrite(path, "# nothing\n")
    (fragment,) = tangent.explain(df).sections[0].primal
    assert [line.text for line in fragment.lines] == ["def f(x):", "    y = x * x", "    return y * y"]


@pytest.mark.parametrize("shown", [tangent.explain, tangent.source])
def test_what_is_no_derivative_is_refused(shown: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a derivative, and step was not made by Tangent: write `tangent\.\w+\("):
        shown(samples.step)
    with pytest.raises(TypeError, match="not an empty sequence"):
        shown(())


def test_a_derivative_from_another_process_says_so() -> None:
    df = pickle.loads(cloudpickle.dumps(tangent.grad(function_from("def f(x):\n    return x * x"))))
    df.__code__ = df.__code__.replace(co_filename="<tangent dfdx of another process>")
    with pytest.raises(TypeError, match="made in another process"):
        tangent.explain(df)


def test_a_lambda_and_a_nested_function() -> None:
    (section,) = tangent.explain(tangent.grad(samples.cubed)).sections
    assert [line.text for fragment in section.primal for line in fragment.lines] == ["cubed = lambda x: x ** 3"]
    (section,) = tangent.explain(tangent.grad(samples.damped(1.0))).sections
    assert section.primal[0].lines[0].text.strip() == "def decay(x: float, n: int):"
