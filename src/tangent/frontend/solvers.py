"""Calls of solvers: library functions that take a function (`rules.solvers`).

    root = brentq(lambda x: x * x - p, a, b)     ->     def f(x, p):
                                                            return x * x - p

                                                        found = brentq(f, a, b, args=(p,))
                                                        root = solution(found, "root", f, p)

A function with variables of the enclosing one becomes a program of its own, which takes these as arguments, and the
solver passes them on in `args`.  So what a solution depends on is an operand of it.  What the transforms make of
`solution` says `transform.solutions`; for everything else it is another name for what was found.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import operator
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.inner import InnerFunction, own_parameters
from tangent.frontend.objects import IN_PLACE
from tangent.frontend.source import FunctionSource
from tangent.frontend.unpacking import UnpackingLowering
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Call,
    Const,
    Derivative,
    Field,
    Function,
    GeneratedFunction,
    Global,
    Lib,
    Parameter,
    Var,
)
from tangent.ir.walk import all_bound, all_statements, substitute, used_vars
from tangent.ir.primitives import UPDATES
from tangent.rules import solvers
from tangent.rules.solvers import WHOLE, Meaning, Place, Solver
from tangent.runtime.structure import is_user_class

__all__ = ["SolverLowering"]

BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Problem:
    """A function as a solver gets it, and the values that the solver passes on to it."""

    function: Any
    items: tuple[Atom, ...]
    is_packed: bool = False
    """Whether the values are those of one tuple, of which only the run knows how many they are."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a result that has a derivative."""

    what: Meaning
    problem: Problem
    operands: tuple[Atom, ...]
    options: Keywords


class SolverLowering(UnpackingLowering):
    """Lowers calls of solvers, and reads of what they return."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.solved: dict[Atom, Mapping[Place, Part]] = {}
        """The parts of the results of solvers, by the results."""

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, SolverLowering)
        self.solved = outer.solved

    def call_of_function(self, node: ast.Call, fn: Global, args: Arguments, kwargs: Keywords, hint: Hint) -> Atom:
        solver = solvers.find(fn.value)
        if fn.value is callable and (not isinstance(args[0], Var) or self.is_known_function(args[0])):
            return Const(self.may_be_function(args[0]))
        if solver is None:
            return super().call_of_function(node, fn, args, kwargs, hint)
        self.depend_on(fn)
        return self.solve(node, fn, solver, args, kwargs, hint)

    def is_known_argument(self, atom: Atom) -> bool:
        return super().is_known_argument(atom) or atom in self.solved

    # --- parts of results --------------------------------------------------------------------

    def part_of_result(self, node: ast.AST, found: Atom, part: Part, target: Var) -> Var:
        """Bind `target` to a value that a solver found, as what it is."""
        operands = (found, Const(part.what), part.problem.function, *part.operands, *part.problem.items)
        options = (*part.options, *([("packed", Const(True))] if part.problem.is_packed else []))
        self.out.append(Assign((target,), Call(Lib(primitives.solution), operands, options), self.origin(node)))
        return target

    def read_part(self, node: ast.AST, result: Atom, place: Any, index: Atom, hint: Hint) -> Atom:
        target = hint if isinstance(hint, Var) else Var(hint or (place if isinstance(place, str) else "value"))
        found = self.emit(node, operator.getitem, result, index, hint=Var(target.hint, target.named))
        part = self.solved[result].get(place)
        return found if part is None else self.part_of_result(node, found, part, self.target(target))

    def member(self, node: ast.AST, owner: Atom, name: str, hint: Hint = None) -> Atom:
        if owner in self.solved:
            return self.read_part(node, owner, name, Const(Field(name)), hint)
        return super().member(node, owner, name, hint)

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        if container in self.solved and isinstance(index, Const) and index.value in self.solved[container]:
            return self.read_part(node, container, index.value, index, hint)
        return super().item(node, container, index, hint)

    def unpack_into(
        self, node: ast.AST, targets: tuple[Var, ...], value: Atom, before: int | None = None, after: int | None = None
    ) -> None:
        parts = self.solved.get(value, {})
        whole = len(targets) if after is None or before is None else before
        known = {i: part for i, part in parts.items() if isinstance(i, int) and i < whole}
        found = tuple([Var(t.hint, t.named) if i in known else t for i, t in enumerate(targets)])
        super().unpack_into(node, found, value, before, after)
        for i, part in known.items():
            self.part_of_result(node, found[i], part, targets[i])

    # --- the call ----------------------------------------------------------------------------

    def solve(
        self, node: ast.Call, fn: Global, solver: Solver, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        signature = inspect.signature(fn.value)
        given = self.matched_with_rest(node, fn, signature, args, kwargs)
        literals = {name: atom.value for name, atom in given.items() if isinstance(atom, Const)}
        why = solver.refused(literals)
        if why:
            self.refuse(node, f"unsupported: {fn.path} {why[0]}", why[1])
        passed = self.values_passed(given.get("args"))
        names = [n for n in (solver.function, *solver.others) if self.may_be_function(given.get(n))]
        replaced: dict[str, Any] = {}
        problem = Problem(given[solver.function], (given["args"],) if passed is None else passed, passed is None)
        if any(self.is_known_only(a) for a in (*(given[n] for n in names), *(passed or ()))):
            if passed is None:
                self.refuse(node, f"unsupported: values for `args` of {fn.path} that are not written out here",
                            "write the tuple out: `args=(a, b)`")
            counts = {solver.function: solver.count, **solver.others}
            problems = self.as_programs(node, solver, {n: given[n] for n in names}, counts, passed)
            replaced = {n: p.function for n, p in problems.items()}
            problem = problems[solver.function]
            replaced["args"] = self.emit(node, primitives.make_tuple, *problem.items, hint="args")
            if not problem.items and "args" not in given:
                del replaced["args"]
        target = hint if isinstance(hint, Var) else Var(hint or named_after_solver(fn, solver))
        options = tuple((n, given[n]) for n in solver.options if n in given)
        parts = {}
        for place, what in solver.parts(literals).items():
            own = self.problem_of(node, what, solver, literals, given[solver.function], passed, problem)
            like = (("like", Const(0.0) if solver.is_scalar else given[solver.like]),) if (
                solver.is_scalar or solver.like) else ()
            by = (("by", fn),) if what == "integral" else ()
            operands = tuple(given[n] for n in solver.operands)
            parts[place] = Part(what, own, operands, (*like, *by, *options))
        new_args, new_kwargs = with_operands(signature, args, kwargs, replaced)
        found = self.emit(node, fn, *new_args, kwargs=new_kwargs, hint=Var(target.hint, target.named))
        if WHOLE in parts:
            return self.part_of_result(node, found, parts[WHOLE], self.target(target))
        self.solved[found] = parts
        return found

    def matched_with_rest(
        self, node: ast.Call, fn: Global, signature: inspect.Signature, args: Arguments, kwargs: Keywords
    ) -> dict[str, Atom]:
        """The arguments of a call by name, those that `**options` takes included."""
        try:
            given = dict(signature.bind(*args, **dict(kwargs)).arguments)
        except TypeError as error:
            self.refuse(node, f"the call does not fit {fn.path}: {error}", "call it with its parameters")
        for parameter in signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                given |= given.pop(parameter.name, {})
        return given

    def values_passed(self, args: Atom | None) -> tuple[Atom, ...] | None:
        """The values in `args`; None where only the run knows how many they are."""
        match args:
            case None | Const(value=None) | Const(value=()):
                return ()
            case Const():
                return (args,)
            case Var() if args in self.elements:
                return self.elements[args]
        return None

    def may_be_function(self, atom: Atom | None) -> bool:
        if atom is None or isinstance(atom, Global) and not callable(atom.value):
            return False
        return not isinstance(atom, Const) or not isinstance(atom.value, LITERALS)

    def is_known_only(self, atom: Atom) -> bool:
        """Whether a function is known while lowering alone, or an object that the function may have changed."""
        if isinstance(atom, Global):
            return is_user_class(type(atom.value))
        return self.is_known_function(atom)

    # --- functions ---------------------------------------------------------------------------

    def as_programs(
        self, node: ast.Call, solver: Solver, functions: Mapping[str, Atom], counts: Mapping[str, int],
        passed: tuple[Atom, ...],
    ) -> dict[str, Problem]:
        """The functions that a solver takes as programs, which take what they read in one order."""
        if all(self.takes(atom, counts[name] + len(passed)) for name, atom in functions.items()) and not any(
            self.is_known_function(a) for a in passed
        ):
            inner = {name: atom.value for name, atom in functions.items() if isinstance(atom, Const)}
        else:
            inner = {name: self.calling(node, atom, counts[name], passed) for name, atom in functions.items()}
            passed = ()
        programs, items = self.programs_of(node, inner)
        fact = "scalar" if solver.is_scalar else "array" if solver.takes_array else ""
        problems = {}
        for name, program in programs.items():
            own = program.params[counts[name] - 1]
            program = replace(program, facts={**({own: fact} if fact else {}), **program.facts})
            problems[name] = Problem(GeneratedFunction(program.name, program, inner[name]), (*passed, *items))
        return problems

    def programs_of(
        self, node: ast.AST, functions: Mapping[str, InnerFunction]
    ) -> tuple[dict[str, Function], tuple[Var, ...]]:
        """Functions as programs that take the values which they read in one order, and these values."""
        captured = self.captured(list(functions.values()))
        lifted = {name: self.lifted_inner(node, function, captured) for name, function in functions.items()}
        items: tuple[Var, ...] = ()
        programs: dict[str, Function] = {}
        for name, one in lifted.items():
            assert isinstance(one.program, Function)
            programs[name] = one.program
            items = tuple([a for a in one.captured if isinstance(a, Var)])
        held: dict[Var, None] = {}  # by functions: the defaults of parameters, the arguments of `functools.partial`
        for program in programs.values():
            for var in free_values(program):
                self.refuse_writes(node, program, var)
                held[var] = None
        programs = {name: replace(program, namespace=self.home) for name, program in programs.items()}
        return {name: with_values(program, held) for name, program in programs.items()}, (*items, *held)

    def refuse_writes(self, node: ast.AST, program: Function, value: Var) -> None:
        """Refuse a function that changes a value in place that is not its own."""
        for statement in all_statements(program.body):
            call = statement.value if isinstance(statement, Assign) else None
            if not isinstance(call, Call) or not isinstance(call.fn, Lib) or call.args[:1] != (value,):
                continue
            if call.fn.value in CHANGES:
                self.refuse(node, f"unsupported: a solver is given {program.name}, which changes what is not its own",
                            "let it work on a copy")

    def takes(self, atom: Atom, count: int) -> bool:
        """Whether an atom is a function that is defined here, with so many parameters."""
        if not isinstance(atom, Const) or not isinstance(atom.value, InnerFunction):
            return False
        parameters = own_parameters(atom.value)
        return len(parameters) == count and all(p.kind in BY_POSITION for p in parameters)

    def calling(
        self, node: ast.Call, atom: Atom, count: int, passed: Sequence[Atom], form: str = "{call}"
    ) -> InnerFunction:
        """A function of `count` arguments that calls another one with these and the values in `args`.

        `form` says what it returns of the call: `{call}`, and `{x}` for the first argument.
        """
        known = names_of_parameters(atom)
        names = [*known[: count + len(passed)]]
        names += [name for name in NAMES if name not in names][: max(count + len(passed) - len(names), 0)]
        number = next(_numbers)
        called = f"%{number}:f"
        self.env[called] = atom
        arguments: list[str] = names[:count]
        placeholders = {"called": called}
        for name, value in zip(names[count:], passed, strict=True):
            self.env[f"%{number}:{name}"] = value
            placeholders[f"given_{name}"] = f"%{number}:{name}"
            arguments.append(f"given_{name}")
        text = form.format(call=f"called({', '.join(arguments)})", x=names[0])
        name = name_of_function(atom)
        definition = ast.parse(f"def {name}({', '.join(names[:count])}):\n    return {text}").body[0]
        assert isinstance(definition, ast.FunctionDef)
        for part in ast.walk(definition):
            if isinstance(part, ast.Name):
                part.id = placeholders.get(part.id, part.id)
            ast.copy_location(part, node)
        return InnerFunction(
            definition, {}, self.scope, self.source, self.locals | self.enclosing | set(placeholders.values()),
            frozenset(),
        )

    def problem_of(
        self, node: ast.Call, what: Meaning, solver: Solver, literals: Mapping[str, Any], f: Atom,
        passed: tuple[Atom, ...] | None, problem: Problem,
    ) -> Problem:
        """The function whose root or integral a part of a result is."""
        with_derivative = bool(solver.with_derivative) and literals.get(solver.with_derivative) is True
        form = "{call}[0]" if with_derivative else "{call}"
        if what == "fixed point":
            form += " - {x}"
        if form != "{call}":
            if passed is None:
                self.refuse(node, "unsupported: values for `args` that are not written out here",
                            "write the tuple out: `args=(a, b)`")
            inner = self.calling(node, f, solver.count, passed, form)
            programs, items = self.programs_of(node, {"f": inner})
            problem = Problem(GeneratedFunction(inner.name, programs["f"], inner), items)
        if what == "minimum":
            function = problem.function
            of = function.function if isinstance(function, GeneratedFunction) else function
            problem = replace(problem, function=Derivative(of, "reverse", (0,), "", False, True))
        return problem


_numbers = itertools.count()
CHANGES: frozenset[Any] = UPDATES | frozenset(IN_PLACE)
"""What is printed as a change of the first operand in place."""
LITERALS = (type(None), bool, int, float, str)
NAMES = ("x", "a", "b", "c", *(f"value_{i}" for i in range(100)))
"""The names of arguments of functions that do not say theirs."""


def free_values(program: Function) -> list[Var]:
    """The values that a program reads and does not bind."""
    own = {*program.params, *(v for s in all_statements(program.body) for v in all_bound(s))}
    return [v for v in dict.fromkeys(used_vars(program.body)) if v not in own]


def with_values(program: Function, values: Iterable[Var]) -> Function:
    """A program that takes values, which it reads, as its last arguments."""
    taken = {p.hint for p in program.params}
    own: dict[Var, Var] = {}
    for value in values:
        name = value.hint
        while name in taken:
            name += "_"
        taken.add(name)
        own[value] = Var(name, named=True)
    parameters = tuple(Parameter(v, inspect.Parameter.POSITIONAL_OR_KEYWORD) for v in own.values())
    return replace(
        program, parameters=(*program.parameters, *parameters), body=substitute(program.body, dict(own))
    )


def with_operands(
    signature: inspect.Signature, args: Arguments, kwargs: Keywords, replaced: Mapping[str, Any]
) -> tuple[tuple[Any, ...], tuple[tuple[str, Any], ...]]:
    """The arguments of a call with others for some parameters."""
    names = list(signature.parameters)
    new_args = tuple(replaced.get(name, a) for name, a in zip(names, args, strict=False))
    new_kwargs = {name: replaced.get(name, a) for name, a in kwargs}
    if "args" in replaced and "args" not in names[: len(args)] and "args" not in new_kwargs:
        new_kwargs = {"args": replaced["args"], **new_kwargs}
    return new_args, tuple(new_kwargs.items())


def named_after_solver(fn: Global, solver: Solver) -> str:
    """A name for the result of a solver."""
    meanings = set(solver.parts({}).values())
    return next(iter(meanings)) if meanings <= {"root", "integral"} else "found"


def names_of_parameters(atom: Atom) -> list[str]:
    """The names of the parameters of a function, as far as they are known."""
    if isinstance(atom, Const) and isinstance(atom.value, InnerFunction):
        return [p.name for p in own_parameters(atom.value) if p.kind in BY_POSITION]
    if isinstance(atom, Global):
        try:
            parameters = inspect.signature(atom.value).parameters.values()
        except (TypeError, ValueError):
            return []
        return [p.name for p in parameters if p.kind in BY_POSITION]
    return []


def name_of_function(atom: Atom) -> str:
    value = getattr(atom, "value", None)
    name = getattr(value, "name", None) or getattr(value, "__name__", None) or "f"
    return name if isinstance(name, str) and name.isidentifier() else "f"
