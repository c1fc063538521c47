"""What a program changes of the objects that its globals stand for.

    f.total[0] += v                def total(f_total, v):
                            ->         f_total[0] += v

An attribute of an object that is known when a derivative is made is read live, as a global.  Where a program changes
such an object in place, it takes all of them as arguments: whether two are one object, which of them is read after
that, and which has to be copied before, are questions that are answered for arguments.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import replace
from inspect import Parameter as P
from typing import Any

import numpy as np

from tangent.analysis.calls import changes_operand
from tangent.analysis.memory import Memory
from tangent.ir.nodes import Assign, Function, Global, Parameter, Var
from tangent.ir.walk import all_statements, atoms_in, map_block, map_expr, substitute

__all__ = ["changes_globals", "is_mutable", "reading_globals", "taking_globals"]


def changes_globals(function: Function, memory: Memory | None = None) -> bool:
    """Whether a program changes what a global stands for: by its name, or by what `memory` says else."""
    outside = memory.foreign.difference(function.params) if memory is not None else ()
    for statement in all_statements(function.body) if memory is None or outside else ():
        if type(statement) is not Assign or not changes_operand(statement.value):
            continue
        changed = statement.value.args[0]
        if memory is None and type(changed) is Global and is_mutable(changed):
            return True
        if memory is not None and not memory.written(statement).isdisjoint(outside):
            return True
    return False


def taking_globals(function: Function) -> tuple[Function, Mapping[Var, Global]]:
    """The program with the objects that its globals stand for as arguments behind its own, and these."""
    names: dict[tuple[str, int], Var] = {}
    taken: dict[Var, Global] = {}
    arguments: dict[Any, Var] = {}
    for atom in sorted((a for a in atoms_in(function.body) if type(a) is Global and is_mutable(a)), key=path_of):
        key = atom.path, id(scope_of(atom))
        if key not in names:
            names[key] = Var(atom.path.rpartition(".")[2], named=True)
            taken[names[key]] = atom
        arguments[atom] = names[key]
    body = map_block(function.body, lambda e: map_expr(e, lambda a: arguments.get(a, a)), lambda v: v)
    parameters = tuple([Parameter(var, P.POSITIONAL_OR_KEYWORD) for var in taken])
    facts = {var: "array" for var, atom in taken.items() if isinstance(atom.value, np.ndarray)}
    return replace(
        function, parameters=(*function.parameters, *parameters), body=body, facts={**function.facts, **facts},
    ), taken


def reading_globals(function: Function, taken: Mapping[Var, Global]) -> Function:
    """The program that reads its globals again instead of taking them."""
    return replace(
        function, parameters=tuple([p for p in function.parameters if p.var not in taken]),
        body=substitute(function.body, taken), facts={v: f for v, f in function.facts.items() if v not in taken},
    )


def path_of(atom: Global) -> str:
    return atom.path


def scope_of(atom: Global) -> Any:
    """What the first name of a global is looked up in: the globals of a module, or the cell of a closure."""
    root = atom.path.partition(".")[0]
    return atom.home.cells.get(root, atom.home.globals)


def is_mutable(atom: Global) -> bool:
    """Whether a global stands for something that can be changed in place."""
    value = atom.value
    return not (
        isinstance(value, int | float | complex | str | bytes | np.generic | types.NoneType | types.ModuleType)
        or callable(value)
    )
