"""Random programs over the whole language, and the driver that checks batches of them.

    python -m tests.programs.random_programs --count 2000 --seed 0

A program is text: one function `f`, and the helpers that it calls, with arguments to differentiate at.
Programs that fail, or that have a kink near their arguments, are discarded.  The only good outcomes are the
right number and the documented error.
"""

from __future__ import annotations

import argparse
import collections
import linecache
import math
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import tangent
from tests.numeric import leaves
from tests.programs.classes import CLASSES
from tests.programs.constructs import WORDS, Programmer, write_class
from tests.programs.helpers import HELPERS, Helper
from tests.programs.kinds import (
    INDEX,
    NUMBER,
    V2,
    V3,
    V4,
    WORD,
    Chooser,
    Kind,
    SeededChooser,
    array,
    dict_of,
    list_of,
    object_of,
    tuple_of,
)
from tests.programs.writer import Writer

PARAMETERS = [
    ("x", V3),
    ("x", V3),
    ("x", V2),
    ("x", V4),
    ("s", NUMBER),
    ("s", NUMBER),
    ("u", NUMBER),
    ("w", array(2, 3)),
    ("w", array(3, 3)),
    ("w", array(2, 2)),
    ("p", dict_of(a=NUMBER, b=V3)),
    ("p", dict_of(a=NUMBER, c=NUMBER)),
    ("q", list_of(NUMBER)),
    ("q", list_of(V3)),
    ("o", object_of("Pair")),
    ("o", object_of("Frame")),
    ("o", object_of("Point")),
    ("q", list_of(object_of("Pair"))),
    ("t", tuple_of(NUMBER, V3)),
    ("t", tuple_of(V2, list_of(NUMBER))),
]


@dataclass(frozen=True)
class Program:
    """A function as text, and the arguments to differentiate it at."""

    source: str
    arguments: tuple[Any, ...]
    wrt: tuple[int, ...]


def write_program(chooser: Chooser) -> Program:
    """Draw one program."""
    outline = Writer(chooser, "f", [], NUMBER)
    parameters = dict(outline.pick(PARAMETERS) for _ in range(chooser.integer(1, 3)))
    items = list(parameters.items())
    if outline.chance(40):
        items.append(("n", INDEX))
    if outline.chance(15):
        items.append(("m", WORD))
    result = outline.weighted([(8, NUMBER), (1, V3), (1, tuple_of(NUMBER, V3))])
    writer = Programmer(chooser, "f", items, result)
    if outline.chance(20):
        writer.classes["Drawn"] = write_class(chooser)
    if outline.chance(70):
        writer.helpers = [outline.pick(HELPERS) for _ in range(4)]
        if outline.chance(40):
            writer.helpers.append(write_helper(chooser))
    text = writer.function(chooser.integer(3, 12))
    sources = list(dict.fromkeys(h.source for h in writer.used.values() if h.source))
    arguments = tuple(draw_argument(outline, kind) for _, kind in items)
    real = [i for i, (_, kind) in enumerate(items) if kind.name not in "IW"]
    wrt = tuple(i for i in real if outline.chance(75)) or (real[0],)
    return Program("\n\n".join([*sources, text]), arguments, wrt)


def write_helper(chooser: Chooser) -> Helper:
    """Draw a small function for others to call."""
    outline = Writer(chooser, "g", [], NUMBER)
    parameters = [("x", outline.pick([V3, V3, NUMBER])), ("s", NUMBER)][: chooser.integer(1, 2)]
    result = outline.pick([NUMBER, NUMBER, V3])
    writer = Programmer(chooser, "g", parameters, result)
    text = writer.function(chooser.integer(1, 4))
    sources = [used.source for used in writer.used.values()]
    return Helper("g", tuple(k for _, k in parameters), result, "\n\n".join([*sources, text]))


def draw_argument(writer: Writer, kind: Kind) -> Any:
    """A value of `kind` whose numbers are between -1.2 and 1.2."""

    def one() -> float:
        return writer.chooser.integer(-1200, 1200) / 1000.0 + 0.000371

    match kind.name:
        case "S":
            value = one()
            return writer.weighted([(6, value), (2, np.float64(value)), (1, np.array(value))])
        case "A":
            return np.array([one() for _ in range(int(np.prod(kind.shape)))]).reshape(kind.shape)
        case "L":
            return [draw_argument(writer, kind.parts[0]) for _ in range(2)]
        case "T":
            return tuple(draw_argument(writer, part) for part in kind.parts)
        case "D":
            return {k: draw_argument(writer, p) for k, p in zip(kind.keys, kind.parts, strict=True)}
        case "W":
            return writer.pick(WORDS)
        case "O":
            known = CLASSES[kind.keys[0]]
            return known.made(*(draw_argument(writer, part) for part in known.fields.values()))
    return writer.chooser.integer(0, 3)


_loaded = 0


def load(source: str) -> Callable[..., Any]:
    """The function `f` of a source text, which `inspect.getsource` finds."""
    global _loaded
    _loaded += 1
    filename = f"<random program {_loaded}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace: dict[str, Any] = {
        "np": np,
        "math": math,
        "tangent": tangent,
        **{name: known.made for name, known in CLASSES.items()},
        "__name__": f"random_program_{_loaded}",
    }
    exec(compile(source, filename, "exec"), namespace)
    f: Callable[..., Any] = namespace["f"]
    return f


@dataclass(frozen=True)
class Verdict:
    """`right`, `refused`, `wrong`, `crashed` or `discarded`, and why."""

    outcome: str
    reason: str = ""


def judge(program: Program, forms: Sequence[tuple[str, bool]] | None = None, order: int = 1) -> Verdict:
    """Run a program, and compare its derivatives up to an order of 1 or 2 with the numerical ones."""
    from tests.programs.checking import expected_of

    with warnings.catch_warnings(), np.errstate(all="ignore"), time_limit(10 * order):
        warnings.simplefilter("ignore")
        try:
            f = load(program.source)
            expected = expected_of(f, program.arguments, program.wrt)
        except Exception as error:
            return Verdict("discarded", f"{type(error).__name__}: {error}")
        numbers = [leaf for _, leaf in leaves((expected.result, expected.gradient))]
        if not expected.smooth or any(np.any(np.abs(leaf) > 1e4) for leaf in numbers):
            return Verdict("discarded", "not smooth here")
        verdict = judge_forms(f, program, expected, forms)
        return judge_mixes(f, program, expected.seed) if order > 1 and verdict.outcome == "right" else verdict


def judge_forms(f: Any, program: Program, expected: Any, forms: Sequence[tuple[str, bool]] | None) -> Verdict:
    """The worst outcome over modes, optimized and raw."""
    from tangent.errors import TangentError
    from tests.programs.checking import problems
    from tests.programs.modes import MODES

    refused = ""
    for mode, optimized in forms or [(mode, optimized) for mode in MODES for optimized in (True, False)]:
        form = f"{mode}-{'optimized' if optimized else 'raw'}"
        try:
            found = problems(f, program.arguments, program.wrt, expected, mode, optimized, 1e-5)
        except TangentError as error:
            refused = f"{form}: {type(error).__name__}: {error}"
        except Exception as error:
            return Verdict("crashed", f"{form}: {type(error).__name__}: {error}")
        else:
            if found:
                return Verdict("wrong", "\n".join(f"{form}: {line}" for line in found))
    return Verdict("refused", refused) if refused else Verdict("right")


def judge_mixes(f: Any, program: Program, seed: Any) -> Verdict:
    """The worst outcome over the mixes of two modes, where the second derivative exists."""
    from tangent.errors import TangentError
    from tests.numeric import differences
    from tests.programs.second_order import MIXES, expected_of, numerical, point_of

    point = point_of(f, program.arguments, program.wrt, seed)
    product, smooth = numerical(point)
    if not smooth or any(np.any(np.abs(leaf) > 1e4) for _, leaf in leaves(product)):
        return Verdict("right")
    refused = ""
    for mix, optimized in [(mix, optimized) for mix in MIXES for optimized in (True, False)]:
        form = f"{mix}-{'optimized' if optimized else 'raw'}"
        try:
            found = differences(MIXES[mix](point, optimized), expected_of(point, mix, product), 1e-3, 1e-3)
        except TangentError as error:
            refused = f"{form}: {type(error).__name__}: {error}"
        except Exception as error:
            return Verdict("crashed", f"{form}: {type(error).__name__}: {error}")
        else:
            if found:
                return Verdict("wrong", "\n".join(f"{form}: {line}" for line in found))
    return Verdict("refused", refused) if refused else Verdict("right")


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise `TimeoutError` where the block takes longer; it is the time of the processor that counts."""

    def stop(*_: Any) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def report(program: Program, verdict: Verdict, small: bool, order: int) -> None:
    """Print a program and what is wrong with it, made smaller first."""
    from tests.programs.shrinking import shrink

    if small:
        kind = verdict.reason.split(":")[1] if verdict.outcome == "crashed" else ""

        def fails(source: str) -> bool:
            try:
                again = judge(Program(source, program.arguments, program.wrt), order=order)
            except (SyntaxError, ValueError):
                return False
            return again.outcome == verdict.outcome and kind in again.reason

        program = Program(shrink(program.source, fails), program.arguments, program.wrt)
        verdict = judge(program, order=order)
    print(
        f"{verdict.outcome}\n{verdict.reason}\n"
        f"arguments {program.arguments}\nwrt {program.wrt}\n{program.source}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0, help="the number of the first program")
    parser.add_argument("--order", type=int, default=1, help="2 checks second derivatives as well")
    parser.add_argument("--show", type=int, default=5, help="how many failing programs to print")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--reasons", action="store_true", help="count the reasons of refusals and discards")
    options = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    shown: set[str] = set()
    begin = time.perf_counter()
    for number in range(options.start, options.start + options.count):
        program = write_program(SeededChooser(options.seed * 1_000_003 + number))
        verdict = judge(program, order=options.order)
        counts[verdict.outcome] += 1
        if verdict.outcome in ("refused", "discarded", "crashed"):
            reasons[f"{verdict.outcome}: {summary(verdict.reason)}"] += 1
        alike = str(number)
        if verdict.outcome == "crashed":
            alike = re.sub(r"[@'\w.]*\d+", "", summary(verdict.reason))
        if verdict.outcome in ("wrong", "crashed") and len(shown) < options.show and alike not in shown:
            shown.add(alike)
            print(f"--- program {number} of seed {options.seed}: ", end="")
            report(program, verdict, not options.no_shrink, options.order)
    if options.reasons:
        for reason, count in reasons.most_common(25):
            print(f"{count:6} {reason}")
    order = ("right", "refused", "wrong", "crashed", "discarded")
    print(", ".join(f"{counts[name]} {name}" for name in order), f"in {time.perf_counter() - begin:.0f} s")
    return 1 if counts["wrong"] or counts["crashed"] else 0


def summary(reason: str) -> str:
    """The line of a reason that says what it is."""
    lines = [line for line in reason.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith("unsupported") or "rror:" in line]
    return (lines[4] if len(lines) > 4 else (telling or lines or [""])[-1])[:110]


if __name__ == "__main__":
    sys.exit(main())
