"""What the names of a random program hold, and where the decisions of the drawing come from."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol


class Chooser(Protocol):
    """Where the decisions come from: a seeded generator or Hypothesis."""

    def integer(self, low: int, high: int) -> int:
        """An integer between `low` and `high`, both included."""


class SeededChooser:
    """Decisions of a `random.Random`."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


@dataclass(frozen=True)
class Kind:
    """What a name holds.

    `name` is one of `S` (a number), `A` (an array of `shape`), `L` (a list of `parts[0]`), `T` (a tuple of
    `parts`), `D` (a dict of `parts` by `keys`), `I` (an index), `B` (a truth value), `W` (a word), `F` (a function of
    a number) and `O` (an object of the class `keys[0]`).
    """

    name: str
    shape: tuple[int, ...] = ()
    parts: tuple[Kind, ...] = ()
    keys: tuple[str, ...] = ()


NUMBER, INDEX, TRUTH, WORD, FUNCTION = Kind("S"), Kind("I"), Kind("B"), Kind("W"), Kind("F")


def array(*shape: int) -> Kind:
    return Kind("A", shape)


def list_of(part: Kind) -> Kind:
    return Kind("L", parts=(part,))


def tuple_of(*parts: Kind) -> Kind:
    return Kind("T", parts=parts)


def dict_of(**parts: Kind) -> Kind:
    return Kind("D", parts=tuple(parts.values()), keys=tuple(parts))


def object_of(name: str) -> Kind:
    return Kind("O", keys=(name,))


V2, V3, V4 = array(2), array(3), array(4)
