"""`python -m benchmarks`: measure, print tables, and on request save them as JSON."""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from benchmarks.cases import Case, cases, matrices
from benchmarks.run import (
    Compiled,
    Directions,
    Generation,
    Length,
    Run,
    compiled,
    directions,
    generation,
    geometric_mean,
    importing,
    length,
    running,
)
from benchmarks.sources import SHAPES
from tests.gallery.pairs import PAIRS

GROUPS = (
    "gallery", "forward", "mlp", "rnn", "scalar", "pendulum", "index", "elementwise", "hessian", "numba",
    "generation", "import",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Run the benchmarks; returns what `--json` saves."""
    options = parse(arguments)
    groups = options.only or GROUPS
    budget, repeats = (0.2, 5) if options.quick else (2.0, 25)
    console = Console()
    results: dict[str, Any] = {}

    def report(name: str, rows: list[Any], table: Callable[[list[Any]], Table]) -> None:
        if rows:
            console.print(table(rows))
            results[name] = [asdict(row) for row in rows]

    def each(items: Sequence[Any], what: str) -> Iterable[Any]:
        return track(items, what, console=console, transient=True)

    chosen = [case for case in cases(options.quick) if case.group in groups]
    report("running", [running(case, budget) for case in each(chosen, "running")], running_table)
    if "hessian" in groups:
        several = list(matrices(options.quick))
        report("hessian", [directions(matrix, budget) for matrix in each(several, "hessian")], directions_table)
    if "numba" in groups and importlib.util.find_spec("numba"):
        rows = [compiled(case, budget) for case in each(compilable(), "compiling")]
        report("numba", rows, compiled_table)
    if "generation" in groups:
        report("generation", [generation(pair, repeats) for pair in each(PAIRS, "making")], generation_table)
        report("length", [length(shape, repeats) for shape in each(SHAPES, "making")], length_table)
    if "import" in groups:
        results["import"] = importing(repeats)
        console.print(f"import tangent, on top of import numpy: {seconds(results['import'])}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return results


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    description = "What generated derivatives cost, as ratios of times taken in turn."
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=description)
    listed = ", ".join(GROUPS)
    parser.add_argument("--only", action="append", choices=GROUPS, metavar="NAME", help=f"one of {listed}")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the numbers")
    return parser.parse_args(arguments)


def compilable() -> list[Case]:
    """The cases for Numba, one for each function and mode."""
    by_function = {(case.primal, bool(case.tangents)): case for case in cases(quick=True) if case.compiles}
    return list(by_function.values())


def running_table(runs: Sequence[Run]) -> Table:
    """Times of the generated derivatives and their ratios; the gallery's modes have their geometric means below."""
    columns = ("over_by_hand", "over_autograd", "over_primal")
    table = numbers("running", "generated", "over by hand", "over Autograd", "over primal")
    for run in runs:
        table.add_row(Text(run.name), seconds(run.seconds), *(ratio(getattr(run, column)) for column in columns))
    table.add_section()
    for group in ("gallery", "forward"):
        chosen = [run for run in runs if run.group == group]
        if chosen:
            means = (geometric_mean(getattr(run, column) for run in chosen) for column in columns)
            table.add_row(f"{group}, geometric mean", "", *map(ratio, means))
    return table


def directions_table(rows: Sequence[Directions]) -> Table:
    """Jacobians and Hessians."""
    table = numbers("many directions", "together", "over one at a time", "over Autograd")
    for row in rows:
        table.add_row(Text(row.name), seconds(row.seconds), ratio(row.over_one_at_a_time), ratio(row.over_autograd))
    return table


def compiled_table(rows: Sequence[Compiled]) -> Table:
    """The compiled derivatives."""
    table = numbers("compiled by Numba", "derivative", "over primal", "over CPython")
    for row in rows:
        times = (seconds(row.seconds), ratio(row.over_primal), ratio(row.over_python))
        table.add_row(Text(row.name), *((row.problem,) if row.problem else times))
    return table


def generation_table(rows: Sequence[Generation]) -> Table:
    """The time to make derivatives, and their length."""
    table = numbers("making", "first time", "again", "statements", "by hand")
    for row in rows:
        times = (seconds(row.first_seconds), seconds(row.again_seconds))
        table.add_row(row.name, *times, str(row.statements), str(row.statements_by_hand))
    first, again = (median(getattr(row, name) for row in rows) for name in ("first_seconds", "again_seconds"))
    ours, by_hand = (sum(getattr(row, name) for row in rows) for name in ("statements", "statements_by_hand"))
    table.add_section()
    totals = (str(ours), f"{by_hand} ({ours / by_hand:.2f})")
    table.add_row("median, sum", seconds(first), seconds(again), *totals)
    return table


def length_table(rows: Sequence[Length]) -> Table:
    """The time to make the derivatives of long functions."""
    table = numbers("making, by length", "first time", "over half the length")
    for row in rows:
        table.add_row(row.name, seconds(row.seconds), ratio(row.over_half))
    return table


def numbers(title: str, *columns: str) -> Table:
    """A table of a name and right-aligned numbers."""
    table = Table()
    table.add_column(title, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def seconds(value: float | None) -> str:
    """A duration with three digits and a unit."""
    if value is None:
        return ""
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "us")):
        if value * factor >= 1.0:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def ratio(value: float | None) -> str:
    """A ratio with three digits."""
    return "" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    main()
