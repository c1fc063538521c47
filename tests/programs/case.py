"""A program of the corpus: a function, where it is differentiated, and with respect to what."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One entry of the corpus; an `optional` one may also be refused."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    wrt: tuple[int, ...]
    rtol: float = 1e-6
    optional: bool = False

    def fresh_arguments(self) -> list[Any]:
        """Copies of the arguments, for one call."""
        return copy.deepcopy(list(self.arguments))


class Corpus(list[Case]):
    """A list of cases with a short way to add to it."""

    def add(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        wrt: tuple[int, ...] = (0,),
        label: str = "",
        rtol: float = 1e-6,
        optional: bool = False,
    ) -> None:
        """Add `function` at `arguments`; `label` tells several cases of one function apart."""
        name = f"{function.__name__}-{label}" if label else function.__name__
        assert all(case.name != name for case in self), f"two cases named {name}"
        self.append(Case(name, function, arguments, wrt, rtol, optional))
