"""Timing of functions against each other, in turn, within one run.

A machine's speed drifts; two numbers taken a second apart can't be compared.  `race` therefore takes many
short measurements in rounds, in each round one of every contender, in random order.  What is reported is
the median of the ratios within a round.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Timings", "median_seconds", "race"]

SHORTEST = 2e-3
"""Seconds that one measurement lasts at least, so that the clock's resolution does not matter."""


@dataclass(frozen=True)
class Timings:
    """Seconds for one call of each contender, one number a round."""

    rounds: dict[str, list[float]]

    def seconds(self, name: str) -> float:
        """The median time of one call."""
        return median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float | None:
        """The median of `name` over `other` within a round; None where one of them did not take part."""
        if name not in self.rounds or other not in self.rounds:
            return None
        return median(a / b for a, b in zip(self.rounds[name], self.rounds[other], strict=True))


def race(
    contenders: Mapping[str, Callable[[], Any]], budget: float = 2.0, fewest: int = 9, most: int = 200
) -> Timings:
    """Time the contenders in turn for about `budget` seconds."""
    for call in contenders.values():
        call()
    repeats = {name: max(1, round(SHORTEST / once(call))) for name, call in contenders.items()}
    lap = sum(once(call, repeats[name]) * repeats[name] for name, call in contenders.items())
    count = min(most, max(fewest, round(budget / lap)))
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    shuffle = random.Random(0).shuffle
    with without_garbage_collection():
        for _ in range(count):
            shuffle(names)  # what ran before leaves its mark on the caches and on the allocator
            for name in names:
                rounds[name].append(once(contenders[name], repeats[name]))
    return Timings(rounds)


def median_seconds(calls: Iterator[Callable[[], Any]]) -> float:
    """The median time of calls that are made once each."""
    with without_garbage_collection():
        return median(once(call) for call in calls)


def once(call: Callable[[], Any], repeats: int = 1) -> float:
    """Seconds for one call, the mean of `repeats`."""
    began = time.perf_counter()
    for _ in range(repeats):
        call()
    return max((time.perf_counter() - began) / repeats, 1e-9)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep the collector from running inside of a measurement."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
