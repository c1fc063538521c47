"""What variables stand for where that depends on the way taken, and a flag says which way it was.

    try:
        v = float(s)                behind this, `v` is unknown: it may or may not have been assigned when the
        y = v * x                   exception was raised
        ok = True
    except ValueError:
        ok = False
    if ok:
        y = y * v                   here it is known
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping

from tangent.ir.nodes import UNDEFINED, Atom, Const, is_unknown

__all__ = ["Unknowns"]

Joint = Callable[[Atom, Atom], Atom]
"""Gives what a value of the one side of a branch and one of the other are behind the branch."""


class Unknowns:
    """The unknown values of variables, and what they are where a flag has a value."""

    def __init__(self) -> None:
        self.known_if: dict[tuple[Atom, bool], dict[Atom, Atom]] = {}
        self.negations: dict[Atom, Atom] = {}
        """The flags that are `not` another one."""

    def key(self, flag: Atom, value: bool) -> tuple[Atom, bool]:
        while flag in self.negations:
            flag, value = self.negations[flag], not value
        return flag, value

    def known(self, env: Mapping[str, Atom], flag: Atom, value: bool) -> dict[str, Atom]:
        """The names of an environment that stand for something else where `flag` is `value`."""
        known = self.known_if.get(self.key(flag, value), {})
        return {name: known[atom] for name, atom in env.items() if atom in known}

    def join(
        self, pairs: Mapping[tuple[Atom, Atom], Atom], flags: Iterable[tuple[Atom, Atom, Atom]], joint: Joint,
        joined: Iterable[tuple[Atom, Atom]],
    ) -> None:
        """Note what the unknown values behind a branch are.

        `pairs` gives the unknown value for what it is on each side, `flags` are values behind the branch, each with
        what it is on the sides.  `joined` are all values that differ on the sides.
        """
        of_first, of_second = map(set, zip(*joined, strict=True))
        inside = {key: dict(table) for key, table in self.known_if.items()}
        passed: set[Atom] = set()
        for flag, *of_sides in flags:
            if not any(map(self.is_flag, of_sides)):
                continue
            for value in (True, False):
                table = self.known_if.setdefault(self.key(flag, value), {})
                for pair, unknown in pairs.items():
                    a, b = (self.given(f, value, atom) for f, atom in zip(of_sides, pair, strict=True))
                    if not is_unknown(a) and not is_unknown(b):
                        table[unknown] = joint(a, b)
                    elif UNDEFINED in (a, b):  # it is what it is on one side
                        table[unknown] = a if is_unknown(a) else b
                        if is_unknown(a):
                            self.pass_out(a, inside, passed, of_first, lambda x: joint(x, UNDEFINED))
                        else:
                            self.pass_out(b, inside, passed, of_second, lambda x: joint(UNDEFINED, x))

    def is_flag(self, atom: Atom) -> bool:
        """Whether an atom is True or False, or tells what some unknown value is."""
        if type(atom) is Const:
            return isinstance(atom.value, bool)
        return any(self.key(atom, value) in self.known_if for value in (True, False))

    def given(self, flag: Atom, value: bool, atom: Atom) -> Atom:
        """What an atom stands for where `flag` is `value`; UNDEFINED if that can't be."""
        if type(flag) is Const:
            return atom if flag.value is value else UNDEFINED
        return self.known_if.get(self.key(flag, value), {}).get(atom, atom)

    def pass_out(
        self, unknown: Atom, inside: Mapping[tuple[Atom, bool], Mapping[Atom, Atom]], passed: set[Atom],
        values: Container[Atom], outside: Callable[[Atom], Atom],
    ) -> None:
        """Let what is known of a value inside of one side of a branch be known behind it.

        `values` are what variables stand for on that side: another flag can't be asked behind it.
        """
        if unknown in passed:
            return
        passed.add(unknown)
        for (flag, value), known in inside.items():
            found = known.get(unknown)
            if found is not None and flag in values:
                table = self.known_if.setdefault((outside(flag), value), {})
                table[unknown] = found if is_unknown(found) else outside(found)
                if is_unknown(found):
                    self.pass_out(found, inside, passed, values, outside)
