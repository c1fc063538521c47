"""Functions that call themselves and can't be called by name: what is inside of a function, or given functions.

    def f(x):                                     def power(k, x):
        def power(k):                                 return 1.0 if k == 0 else x * power(k - 1, x)
            return 1.0 if k == 0 else         ->
                x * power(k - 1)                  def f(x):
        return power(3)                               return power(3, x)

Such a function becomes a program of its own, which takes the variables that it reads as arguments.  The functions
that it is given are known in it.  So does a function that is given functions and was put in the place of many calls:
the size of the program stays linear in that of the source.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import Parameter as P
from typing import Any, NoReturn

from tangent.errors import TangentError
from tangent.frontend.control import value_key
from tangent.frontend.expressions import Arguments, Keywords, Literal
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.inner import FunctionValue, InnerFunction
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import names_from_outside
from tangent.frontend.values import ValueLowering
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Atom, Block, Call, Const, Function, GeneratedFunction, Global, Parameter, Var

__all__ = ["RecursionLowering"]

MOST_COPIES = 8
"""How often a function is put in the place of its calls before it becomes a program of its own."""

Variable = tuple[str, str]
"""A variable of an enclosing function, by scope and name."""


@dataclass(slots=True, eq=False)
class Lifting:
    """A function as a program of its own."""

    generated: GeneratedFunction
    free: tuple[Variable, ...]
    """The variables that it takes after its own arguments."""
    outputs: int | None
    known: tuple[Atom, ...]
    """The functions that it was given, and the constants that it reads."""
    has_effects: bool = True


class RecursionLowering(ValueLowering):
    """Lowers calls of functions that call themselves and can't be called by name."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.liftings: dict[Any, Lifting] = {}
        self.copies: Counter[types.FunctionType] = Counter()
        """How often functions were put in the place of their calls."""
        self.recursive: dict[types.FunctionType, bool] = {}
        """Whether such functions read a name that stands for themselves."""
        self.never_lifted: set[types.FunctionType] = set()
        """Those that can't be programs of their own, because of what they do."""

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, RecursionLowering)
        self.share_liftings(outer)

    def share_liftings(self, outer: RecursionLowering) -> None:
        self.liftings, self.copies, self.never_lifted = outer.liftings, outer.copies, outer.never_lifted
        self.recursive = outer.recursive

    def put_in_place(self, node: ast.Call, inner: InnerFunction, args: Arguments, kwargs: Keywords) -> Atom:
        if not any(inner in self.known_functions(atom) for atom in self.captured([inner]).values()):
            return super().put_in_place(node, inner, args, kwargs)
        given = self.given_to(node, inner, args, kwargs)
        return self.lifted_call(node, inner, inner.name, self.lowering_of(inner), given)

    def inline(self, node: ast.Call, fn: types.FunctionType, args: Arguments, kwargs: Keywords) -> Atom:
        if fn not in self.recursive:
            self.recursive[fn] = reads_itself(fn)
        if self.recursive[fn]:
            return self.lifted_global_call(node, fn, args, kwargs)
        self.copies[fn] += 1
        if self.copies[fn] > MOST_COPIES and self.may_be_lifted(fn, (*args, *(v for _, v in kwargs))):
            before = len(self.out)
            try:
                return self.lifted_global_call(node, fn, args, kwargs)
            except TangentError:
                del self.out[before:]
                self.never_lifted.add(fn)
        return super().inline(node, fn, args, kwargs)

    def may_be_lifted(self, fn: types.FunctionType, given: Arguments) -> bool:
        """Whether a function can be a program of its own in which the functions that it is given are known."""
        has_stars = fn.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        return not has_stars and fn not in self.never_lifted and not self.changes_known() and all(
            isinstance(a, Const | Global) or not self.is_known_function(a) for a in given
        )

    def lifted_global_call(
        self, node: ast.Call, fn: types.FunctionType, args: Arguments, kwargs: Keywords
    ) -> Atom:
        body = self.lowering_of_global(fn)
        return self.lifted_call(node, fn, fn.__name__, body, self.given_to_global(node, fn, args, kwargs))

    def lifted_call(
        self, node: ast.AST, of: Any, name: str, body: FunctionLowering, given: Mapping[str, Atom]
    ) -> Atom:
        """A call of a function that becomes a program of its own."""
        assert isinstance(body, RecursionLowering)
        functions = [f for atom in (Const(of), *given.values()) for f in self.known_functions(atom)]
        captured = self.captured(functions)
        atoms = (*given.values(), *captured.values())
        if any(type(a) is Const and not isinstance(a.value, FunctionValue | Literal) for a in atoms):
            self.refuse(node, f"unsupported: {name}, which works on objects, calls itself",
                        "pass and return numbers and arrays")
        fixed = {n: a for n, a in given.items() if isinstance(a, Const | Global) and self.is_known_function(a)}
        known: dict[Any, Atom] = {**fixed, **{v: a for v, a in captured.items() if type(a) is not Var}}
        free = frozenset(variable for variable in captured if variable not in known)
        if self.changes_known():
            self.refuse_lifting(node, name)
        key = of, frozenset((n, identity(a)) for n, a in known.items()), free
        if key not in self.liftings:
            generated = GeneratedFunction(name, None, of)
            self.liftings[key] = Lifting(generated, tuple(sorted(free)), body.outputs, tuple(known.values()))
            try:
                self.lift(node, self.liftings[key], body, {n: fixed.get(n) for n in given}, captured)
            except TangentError:
                del self.liftings[key]
                raise
        lifting = self.liftings[key]
        self.has_effects |= lifting.has_effects
        passed = [*(a for n, a in given.items() if n not in fixed), *(captured[v] for v in lifting.free)]
        results = tuple(Var(name if lifting.outputs is None else f"{name}_{i}") for i in range(lifting.outputs or 1))
        call = Call(lifting.generated, tuple(passed))
        self.out.append(Assign(results, call, self.origin(node), lifting.has_effects))
        sources = frozenset[int]().union(*(self.parameters_of(a) for a in passed))
        self.from_parameter.update(dict.fromkeys(results, sources))
        return results[0] if lifting.outputs is None else self.display_of(node, results, None, primitives.make_tuple)

    def refuse_lifting(self, node: ast.AST, name: str) -> NoReturn:
        self.refuse(node, f"unsupported: {name} calls itself, and changes what it is given or reads",
                    "return the new value instead")

    def lift(
        self, node: ast.AST, lifting: Lifting, body: RecursionLowering, fixed: Mapping[str, Atom | None],
        captured: Mapping[Variable, Atom],
    ) -> None:
        """Make the program; while it is made, it may refer to itself."""
        body.share_liftings(self)
        body.set_apart(self)
        own = {name: Var(name, named=True) for name, atom in fixed.items() if atom is None}
        taken, free = set(own), {}
        for variable in lifting.free:
            name = variable[1]
            while name in taken:
                name += "_"
            taken.add(name)
            free[variable] = Var(name, named=True)
        inside = {variable: free.get(variable, atom) for variable, atom in captured.items()}
        body.capture(inside)
        atoms = [own[name] if atom is None else atom for name, atom in fixed.items()]
        body.start(atoms)
        values = body.run()
        is_changed = any(body.env[f"{s}:{n}"] is not atom for (s, n), atom in inside.items())
        if is_changed or body.written(atoms) or body.changes_known():
            self.refuse_lifting(node, lifting.generated.name)
        if any(body.holds_known(value) for value in values):
            self.refuse(node, f"unsupported: {lifting.generated.name} calls itself, and returns a function",
                        "return numbers and arrays")
        lifting.has_effects = body.has_effects
        self.dependencies += body.dependencies
        parameters = tuple(Parameter(v, P.POSITIONAL_OR_KEYWORD) for v in (*own.values(), *free.values()))
        lifting.generated.function = Function(
            lifting.generated.name, parameters,
            Block(tuple(body.out), values), lifting.outputs is not None, body.namespace,
            body.source.origin(body.source.node),
        )


def identity(atom: Atom) -> Any:
    """What tells the known values of parameters and variables apart."""
    if type(atom) is Global:
        return id(atom.value), atom.path
    return atom.value if type(atom) is Const and isinstance(atom.value, FunctionValue) else value_key(atom)


def reads_itself(fn: types.FunctionType) -> bool:
    """Whether a function reads a name that stands for itself."""
    closure, names = inspect.getclosurevars(fn), names_from_outside(read(fn).node)
    known = (closure.globals, closure.nonlocals)
    return any(value is fn and name in names for table in known for name, value in table.items())
