"""Programs that change only what is their own come out as by the analysis of memory."""

import textwrap
from dataclasses import replace

import pytest

import tangent
from tangent import derive
from tangent.analysis import alias
from tangent.analysis.memory import Apart
from tangent.analysis.ownership import changes_only_its_own
from tangent.emit import buffers
from tangent.emit import functions as emit_functions
from tangent.errors import TangentError
from tangent.ir.show import show
from tangent.simplify import tidy
from tangent.simplify.fold import fold_temporaries
from tangent.transform import derivation
from tests.from_text import dedented, function_from, program
from tests.programs.test_corpus import CASES

found: set[str] = set()


def protected(program):
    """The program that is printed, by either way where there are two."""
    made, memory = buffers.protect(program)
    if not isinstance(memory, Apart):
        return made, memory
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buffers, "changes_of_its_own", lambda program: None)
        other, analysed = buffers.protect(program)
    texts = [
        show(replace(p, body=fold_temporaries(p.body, m))) for p, m in ((made, memory), (other, analysed))
    ]
    assert texts[0] == texts[1]
    found.add(program.name)
    return made, memory


def checked(program):
    made = alias.check_aliases(program)
    if made is program:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alias, "changes_only_its_own", lambda program: False)
            assert show(alias.check_aliases(program)) == show(program)
    return made


@pytest.mark.parametrize("part", range(8))
def test_both_ways_print_the_same(part, monkeypatch):
    monkeypatch.setattr(emit_functions, "protect", protected)
    monkeypatch.setattr(derivation, "check_aliases", checked)
    monkeypatch.setattr(derive, "_cache", type(derive._cache)())
    found.clear()
    for case in list(CASES.values())[part::8]:
        try:
            tangent.vjp(case.function, wrt=case.wrt)
        except TangentError:
            continue
    assert len(found) > 20  # most programs are so


@pytest.mark.parametrize(("other", "is_own"), [("v * 3.0", True), ("x", False)])
@pytest.mark.parametrize("order", ["c", "not c"])
def test_what_may_be_an_argument_in_a_later_iteration_is_none_of_its_own(other, is_own, order):
    function = program(
        f"""
        def f(x, v, c, n):
            p = v * 2.0
            for i in range(n):
                if {order}:
                    p = unbroadcast(p, v)
                    p += v
                else:
                    p = {other}
            return p
        """,
        unbroadcast=tangent.unbroadcast,
    )
    assert changes_only_its_own(replace(function, body=tidy(function.body))) is is_own


HANDED_ON = {
    "from loop to loop": """
        for i in range(3):
            x = x * y + np.sin(x)
        y = y + x
        for i in range(3):
            x = x * y
    """,
    "from branch to branch": """
        if x > 1.0:
            x = x - y
        else:
            x = x + y
        if x > 2.0:
            x = x * y
        else:
            x = y
    """,
    "to a loop until a test fails": """
        while x > 1.0:
            x = np.sqrt(x) * y
        y = y + x
        while x > 0.3:
            x = x * 0.2 * y
    """,
    "by functions": """
        x = recursive(x, y) + recursive(y, x)
        y = recursive(x, y)
        x = x * y
    """,
}
RECURSIVE = """
def recursive(a, b, n=2):
    return a * recursive(a, b, n - 1) + b if n else a
"""


@pytest.mark.parametrize("name", HANDED_ON)
def test_sums_that_are_handed_on_need_no_analysis_of_memory(name, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("memory is analysed")

    monkeypatch.setattr(buffers, "Memory", refuse)
    text = f"{RECURSIVE}def f(x, y):\n{textwrap.indent(dedented(HANDED_ON[name]), '    ')}\n    return x"
    function = function_from(text)
    tangent.check_grads(function, (1.7, 0.9), modes=("reverse",))


@pytest.mark.parametrize(
    ("kept", "is_own"), [("x", True), ("before", False), ("part", False), ("[before]", False), ("other", False)]
)
def test_what_is_needed_beside_the_sum_is_not_written_into(kept, is_own):
    function = program(
        f"""
        def f(v, w, n):
            before = v * 2.0
            part = before[0]
            other = unbroadcast(before, w)
            x = unbroadcast(before, w)
            for i in range(n):
                x += w * i
            return x, {kept}
        """,
        unbroadcast=tangent.unbroadcast,
    )
    assert changes_only_its_own(replace(function, body=tidy(function.body))) is is_own
