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

import numpy as np

from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.functions import FunctionLowering
from tangent.frontend.inner import DerivedFunction, InnerFunction, own_parameters
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
    Namespace,
    Parameter,
    Var,
)
from tangent.ir.primitives import UPDATES
from tangent.ir.walk import all_bound, all_statements, substitute, used_vars
from tangent.rules import solvers
from tangent.rules.solvers import UNKNOWN, WHOLE, Place, Solver
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

    what: str
    problem: Problem
    operands: tuple[Atom, ...]
    options: Keywords


class SolverLowering(UnpackingLowering):
    """Lowers calls of solvers, and reads of what they return."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.solved: dict[Atom, Mapping[Place, Part | Atom]] = {}
        """The parts of the results of solvers, by the results."""
        self.solving: tuple[Solver, Keywords] | None = None
        """The solver of which a part of the result is being put together, and of what shape that is."""

    def share(self, outer: FunctionLowering) -> None:
        super().share(outer)
        assert isinstance(outer, SolverLowering)
        self.solved, self.solving = outer.solved, outer.solving

    def call_of_function(self, node: ast.Call, fn: Global, args: Arguments, kwargs: Keywords, hint: Hint) -> Atom:
        solver = solvers.find(fn.value)
        if fn.value is callable and (type(args[0]) is not Var or self.is_known_function(args[0])):
            return Const(self.may_be_function(args[0]))
        if fn.value is solvers.solution_of:
            return self.solution(node, args, hint)
        if solver is None:
            return super().call_of_function(node, fn, args, kwargs, hint)
        self.depend_on(fn)
        choice = next((self.choices[a] for a in (*args, *(v for _, v in kwargs)) if a in self.choices), None)
        if choice is not None:  # one of two functions
            taken, others = ([
                (tuple(one if self.choices.get(a) is choice else a for a in args),
                 tuple((k, one if self.choices.get(v) is choice else v) for k, v in kwargs))
                for one in (choice.then, choice.orelse)
            ])
            return self.branch(
                node, choice.test, lambda: self.solve(node, fn, solver, *taken, hint),
                lambda: self.solve(node, fn, solver, *others, hint), hint or "found",
            )
        return self.solve(node, fn, solver, args, kwargs, hint)

    def is_known_argument(self, atom: Atom) -> bool:
        return super().is_known_argument(atom) or atom in self.solved

    # --- parts of results --------------------------------------------------------------------

    def part_of_result(self, node: ast.AST, found: Atom, part: Part, target: Var) -> Atom:
        """A value that a solver found, as what it is: `target`, unless that is bound to another one already."""
        operands = (found, Const(part.what), part.problem.function, *part.operands, *part.problem.items)
        options = (*part.options, *([("packed", Const(True))] if part.problem.is_packed else []))
        self.out.append(Assign((target,), Call(Lib(primitives.solution), operands, options), self.origin(node)))
        return target

    def read_part(self, node: ast.AST, result: Atom, place: Any, index: Atom, hint: Hint) -> Atom:
        part = self.solved[result].get(place)
        if part is not None and not isinstance(part, Part):
            return part
        target = hint if type(hint) is Var else Var(hint or (place if isinstance(place, str) else "value"))
        found = self.emit(node, operator.getitem, result, index, hint=Var(target.hint, target.named))
        return found if part is None else self.part_of_result(node, found, part, self.target(target))

    def member(self, node: ast.AST, owner: Atom, name: str, hint: Hint = None) -> Atom:
        if owner in self.solved:
            return self.read_part(node, owner, name, Const(Field(name)), hint)
        return super().member(node, owner, name, hint)

    def item(self, node: ast.AST, container: Atom, index: Atom, hint: Hint = None) -> Atom:
        if container in self.solved and type(index) is Const and index.value in self.solved[container]:
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
            if isinstance(part, Part):
                self.part_of_result(node, found[i], part, targets[i])
            else:
                self.out.append(Assign((targets[i],), Call(Lib(primitives.pass_through), (part,)), self.origin(node)))

    # --- the call ----------------------------------------------------------------------------

    def arguments(self, node: ast.Call, fn: Atom | None = None) -> tuple[Arguments, Keywords]:
        solver = solvers.find(fn.value) if type(fn) is Global else None
        if solver is None or any(isinstance(a, ast.Starred) for a in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            return super().arguments(node, fn)
        names = list(inspect.signature(fn.value).parameters)  # type: ignore[union-attr]
        args = tuple([self.expression(a, n) for n, a in zip(names, node.args, strict=False)])
        left = tuple([self.expression(a) for a in node.args[len(names) :]])
        return (*args, *left), tuple([(k.arg or "", self.expression(k.value, k.arg)) for k in node.keywords])

    def solve(
        self, node: ast.Call, fn: Global, solver: Solver, args: Arguments, kwargs: Keywords, hint: Hint
    ) -> Atom:
        signature = inspect.signature(fn.value)
        given = self.matched_with_rest(node, fn, signature, args, kwargs)
        literals = {name: atom.value if type(atom) is Const else UNKNOWN for name, atom in given.items()}
        why = solver.refused(literals)
        if why:
            self.refuse(node, f"unsupported: {fn.path} {why[0]}", why[1])
        passed = self.values_passed(given.get("args"))
        if passed is None:
            passed = self.taken_apart(node, solver, given)
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
        if solver.constraints and "constraints" in given:
            known = self.constraints_in(node, fn, given["constraints"])
            if known:
                given |= {kind: Const(self.together(node, known, kind)) for kind in ("eq", "ineq")}
                replaced["constraints"] = self.given_constraints(node, solver, given["constraints"], known)
        new_args, new_kwargs = with_operands(signature, args, kwargs, replaced)
        target = hint if type(hint) is Var else Var(hint or named_after_solver(fn, solver))
        found = self.emit(node, fn, *new_args, kwargs=new_kwargs, hint=Var(target.hint, target.named))
        parts: dict[Place, Part | Atom] = {}
        for place, what in solver.parts(literals).items():
            if isinstance(what, str):
                at = parts.get("x", Const(None))
                assert not isinstance(at, Part)
                part = self.part(node, fn, solver, what, given, problem, found, at)
                parts[place] = part
                if isinstance(place, str):  # whatever branches read it
                    value = self.emit(node, operator.getitem, found, Const(Field(place)), hint=place)
                    parts[place] = self.part_of_result(node, value, part, Var(place))
            else:
                parts |= self.parts_by_meaning(node, solver, place, what, given, found)
        if WHOLE in parts:
            whole = parts[WHOLE]
            return self.part_of_result(node, found, whole, self.target(target)) if isinstance(whole, Part) else whole
        self.solved[found] = parts
        return found

    def part(
        self, node: ast.Call, fn: Global, solver: Solver, what: str, given: Mapping[str, Atom], problem: Problem,
        found: Var, at: Atom,
    ) -> Part:
        """A part of the result of a solver that is something of the very function that it is given.

        A least value is that at `at`.
        """
        options: list[tuple[str, Atom]] = list(self.facts_of_root(solver, given))
        if what == "integral":
            options += [("by", fn), *((n, given[n]) for n in solver.options if n in given)]
        if what == "least value":
            options += [("at", at), ("like", Const(0.0))]
        if isinstance(solver.operands, tuple):
            operands = tuple(given[n] for n in solver.operands)
        else:
            value = self.given_by(node, solver.operands, {**given, "result": found})
            assert type(value) is Var
            operands = self.elements[value]
        if what == "path":
            options += [("by", fn), *((n, given[n]) for n in solver.options if n in given)]
        return Part(what, self.problem_of(what, problem), operands, tuple(options))

    def facts_of_root(self, solver: Solver, given: Mapping[str, Atom]) -> Keywords:
        """What is known of a root: of which shape it is, and whether it surely is one."""
        literals = {name: atom.value if type(atom) is Const else UNKNOWN for name, atom in given.items()}
        sure: Keywords = (("sure", Const(True)),) if solver.raises(literals) else ()
        if solver.is_scalar:
            return (("like", Const(0.0)), *sure)
        return (("like", given[solver.like]), *sure) if solver.like else sure

    def parts_by_meaning(
        self, node: ast.Call, solver: Solver, places: Any, meaning: Any, given: Mapping[str, Atom], found: Var
    ) -> dict[Place, Atom]:
        """The parts of a result that a function gives, see `rules.solvers.Meaning`."""
        keys = places if isinstance(places, tuple) else (places,)
        founds: list[Atom] = []
        for key in keys:
            index = Const(Field(key) if isinstance(key, str) else key)
            hint = key if isinstance(key, str) else "value"
            founds.append(found if key is WHOLE else self.emit(node, operator.getitem, found, index, hint=hint))
        first = founds[0]
        if isinstance(places, tuple):
            first = self.display_of(node, tuple(founds), "found", primitives.make_tuple)
        arguments = {"found": first, "result": found, **given, "f": given[solver.function]}
        passed = self.values_passed(given.get("args"))
        if passed is not None and not self.can_be_derived(given[solver.function]):
            wrapped = self.calling(node, given[solver.function], solver.count, passed)
            arguments |= {"f": Const(wrapped), "args": Const(())}
        outer, self.solving = self.solving, (solver, self.facts_of_root(solver, given))
        value = self.given_by(node, meaning, arguments)
        self.solving = outer
        values = self.elements[value] if isinstance(places, tuple) and type(value) is Var else (value,)
        return dict(zip(keys, values, strict=True))

    def given_by(self, node: ast.Call, definition: Any, arguments: Mapping[str, Atom]) -> Atom:
        """What a function of the rules gives, put in the place of the call."""
        wanted = inspect.signature(definition).parameters
        return self.inline(node, definition, (), tuple((n, arguments[n]) for n in wanted if n in arguments))

    def solution(self, node: ast.Call, args: Arguments, hint: Hint) -> Atom:
        """The value of `rules.solvers.solution_of`."""
        what, found, function, *operands = args
        assert type(what) is Const and self.solving is not None
        solver, shape = self.solving
        problem = Problem(function, ())
        if self.is_known_only(function):
            problem = self.as_programs(node, solver, {"f": function}, {"f": 1}, ())["f"]
        options = shape if what.value in ("root", "minimum") and found not in self.tuples else ()
        if what.value == "least value":
            options = (("at", operands.pop()),)
        if what.value in ("value", "least value"):
            options = (*options, ("like", Const(0.0)))
        target = Var(hint.hint if type(hint) is Var else hint or "value")
        part = Part(what.value, self.problem_of(what.value, problem), tuple(operands), options)
        return self.part_of_result(node, found, part, target)

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

    def taken_apart(self, node: ast.Call, solver: Solver, given: Mapping[str, Atom]) -> tuple[Atom, ...] | None:
        """The values in a tuple of which only the run knows how many there are, if the function says it.

        Where it takes a single one, this one may be given without a tuple.
        """
        args = given["args"]
        parameters = required_parameters(given[solver.function])
        if type(args) is not Var or parameters is None or len(parameters) < solver.count + 2:
            return None
        items = tuple([Var(name) for name in parameters[solver.count :]])
        self.unpack_into(node, items, args)
        return items

    def may_be_function(self, atom: Atom | None) -> bool:
        if atom is None or type(atom) is Global and not callable(atom.value):
            return False
        return type(atom) is not Const or not isinstance(atom.value, LITERALS)

    def is_known_only(self, atom: Atom) -> bool:
        """Whether a function is known while lowering alone, or what it reads or is may have been changed."""
        if type(atom) is not Global:
            return self.is_known_function(atom)
        if not isinstance(atom.value, types.FunctionType):
            return is_user_class(type(atom.value))
        callee = self.callee(atom.value)
        return self.changes_known() or callee is not None and callee.changes_known

    # --- constraints -------------------------------------------------------------------------

    def constraints_in(self, node: ast.AST, fn: Global, atom: Atom) -> list[dict[str, Atom]]:
        """Constraints as `scipy.optimize.minimize` takes them: dicts with 'type' and 'fun'."""
        match atom:
            case Const(value=None) | Const(value=()):
                return []
            case Global(path=path, value=dict() as table):
                self.dependencies.append((atom, table))
                return [{key: self.held(node, f"{path}_{key}", value) for key, value in table.items()}]
            case Global(value=list() | tuple() as items):
                self.dependencies.append((atom, items))
                return [
                    one for i, item in enumerate(items)
                    for one in self.constraints_in(node, fn, self.held(node, f"{atom.path}_{i}", item))
                ]
            case Var() if atom in self.entries and all(isinstance(k, str) for k in self.entries[atom]):
                keys = self.entries[atom]
                return [{key: self.item(node, atom, Const(key)) for key in keys}]
            case Var() if atom in self.elements:
                return [one for item in self.elements[atom] for one in self.constraints_in(node, fn, item)]
        self.refuse(node, f"unsupported: constraints of {fn.path} that are not dicts which are written out",
                    "write them as `{'type': 'eq', 'fun': f}`, or 'ineq'")

    def together(self, node: ast.Call, constraints: Sequence[Mapping[str, Atom]], kind: str) -> InnerFunction:
        """The function that gives the values of all constraints of a kind."""
        number = next(_numbers)
        names: dict[str, str] = {"numpy": f"%{number}:np"}
        self.env[names["numpy"]] = Global("np", np, Namespace({"np": np}, {}))
        terms = []
        for i, one in enumerate(constraints):
            made = one.get("type")
            value = made.value if isinstance(made, Const | Global) else None
            if value not in ("eq", "ineq"):
                self.refuse(node, "unsupported: a constraint of a type that is not written out", "write 'eq' or 'ineq'")
            if value != kind:
                continue
            passed = self.values_passed(one.get("args"))
            if passed is None:
                self.refuse(node, "unsupported: values for `args` of a constraint that are not written out",
                            "write the tuple out: `(a, b)`")
            names[f"constraint_{i}"] = f"%{number}:{kind}_{i}"
            self.env[names[f"constraint_{i}"]] = one["fun"]
            for j, value in enumerate(passed):
                names[f"given_{i}_{j}"] = f"%{number}:given_{i}_{j}"
                self.env[names[f"given_{i}_{j}"]] = value
            given = "".join(f", given_{i}_{j}" for j in range(len(passed)))
            terms.append(f"numpy.atleast_1d(constraint_{i}(x{given}))")
        values = terms[0] if len(terms) == 1 else f"numpy.concatenate(({', '.join(terms)},))" if terms else (
            "numpy.zeros(0)"
        )
        name = "equations" if kind == "eq" else "inequalities"
        return self.made_of_text(node, f"def {name}(x):\n    return {values}", names)

    def given_constraints(
        self, node: ast.Call, solver: Solver, atom: Atom, constraints: Sequence[Mapping[str, Atom]]
    ) -> Atom:
        """Constraints as the solver gets them: functions as programs."""
        made = []
        for one in constraints:
            functions = {key: one[key] for key in ("fun", "jac") if self.may_be_function(one.get(key))}
            passed = self.values_passed(one.get("args")) or ()
            if not any(self.is_known_only(a) for a in (*functions.values(), *passed)):
                pairs: dict[str, Any] = dict(one)
            else:
                problems = self.as_programs(node, solver, functions, dict.fromkeys(functions, 1), passed)
                items = self.emit(node, primitives.make_tuple, *problems["fun"].items, hint="args")
                pairs = {**one, **{key: p.function for key, p in problems.items()}, "args": items}
            flat = [a for key, value in pairs.items() for a in (Const(key), value)]
            self.out.append(Assign((table := Var("constraint"),), Call(Lib(primitives.make_dict), tuple(flat)),
                                   self.origin(node)))
            made.append(table)
        if type(atom) is Global:
            return atom
        return made[0] if len(made) == 1 else self.emit(node, primitives.make_list, *made, hint="constraints")

    # --- functions ---------------------------------------------------------------------------

    def as_programs(
        self, node: ast.Call, solver: Solver, functions: Mapping[str, Atom], counts: Mapping[str, int],
        passed: tuple[Atom, ...],
    ) -> dict[str, Problem]:
        """The functions that a solver takes as programs, which take what they read in one order."""
        if all(self.takes(atom, counts[name] + len(passed)) for name, atom in functions.items()) and not any(
            self.is_known_function(a) for a in passed
        ):
            inner = {name: atom.value for name, atom in functions.items() if type(atom) is Const}
        else:
            inner = {name: self.calling(node, atom, counts[name], passed) for name, atom in functions.items()}
            passed = ()
        programs, items = self.programs_of(node, inner)
        fact = "scalar" if solver.is_scalar else "array" if solver.takes_array else ""
        problems = {}
        for name, program in programs.items():
            facts = {program.params[min(solver.place, counts[name] - 1)]: fact} if fact else {}
            if counts[name] == 2 and solver.count == 2:
                facts[program.params[1 - solver.place]] = "scalar"  # the time
            program = replace(program, facts={**facts, **program.facts})
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
            items = tuple([a for a in one.captured if type(a) is Var])
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
            call = statement.value if type(statement) is Assign else None
            if type(call) is not Call or type(call.fn) is not Lib or call.args[:1] != (value,):
                continue
            if call.fn.value in CHANGES:
                self.refuse(node, f"unsupported: a solver is given {program.name}, which changes what is not its own",
                            "let it work on a copy")

    def can_be_derived(self, atom: Atom) -> bool:
        """Whether `tangent.grad(f)` of a function may stand in a function."""
        known = isinstance(atom, Const | Global) and atom.value
        return type(atom) is Var or isinstance(known, InnerFunction | DerivedFunction | types.FunctionType)

    def takes(self, atom: Atom, count: int) -> bool:
        """Whether an atom is a function that is defined here, with so many parameters."""
        if type(atom) is not Const or not isinstance(atom.value, InnerFunction):
            return False
        parameters = own_parameters(atom.value)
        return len(parameters) == count and all(p.kind in BY_POSITION for p in parameters)

    def calling(
        self, node: ast.Call, atom: Atom, count: int, passed: Sequence[Atom]
    ) -> InnerFunction:
        """A function of `count` arguments that calls another one with these and the values in `args`."""
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
        name = name_of_function(atom)
        if type(atom) is Global:  # which the function calls by that name
            name = f"{name}_of_{names[0]}"
        text = f"def {name}({', '.join(names[:count])}):\n    return called({', '.join(arguments)})"
        return self.made_of_text(node, text, placeholders)

    def made_of_text(self, node: ast.AST, text: str, names: Mapping[str, str]) -> InnerFunction:
        """A function of a text, in which `names` says what variable some names stand for."""
        definition = ast.parse(text).body[0]
        assert isinstance(definition, ast.FunctionDef)
        for part in ast.walk(definition):
            if isinstance(part, ast.Name):
                part.id = names.get(part.id, part.id)
            ast.copy_location(part, node)
        enclosing = self.locals | self.enclosing | set(names.values())
        place = self.origin(self.statement)
        return InnerFunction(definition, {}, self.scope, self.source, enclosing, frozenset(), place)

    def problem_of(self, what: str, problem: Problem) -> Problem:
        """The function whose root or integral a part of a result is."""
        if what != "minimum":
            return problem
        function = problem.function
        if not isinstance(function, GeneratedFunction):
            of: Any = function.value if type(function) is Global else function
        else:
            of = function.function
        return replace(problem, function=Derivative(of, "reverse", (0,), "", False, True))


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
    meanings = [m for m in solver.parts({}).values() if isinstance(m, str)]
    return meanings[0] if meanings and meanings[0] in ("root", "integral") else "found"


def names_of_parameters(atom: Atom) -> list[str]:
    """The names of the parameters of a function, as far as they are known."""
    if type(atom) is Const and isinstance(atom.value, InnerFunction):
        return [p.name for p in own_parameters(atom.value) if p.kind in BY_POSITION]
    if type(atom) is Global:
        try:
            parameters = inspect.signature(atom.value).parameters.values()
        except (TypeError, ValueError):
            return []
        return [p.name for p in parameters if p.kind in BY_POSITION]
    return []


def required_parameters(atom: Atom) -> list[str] | None:
    """The names of the parameters of a function; None where it does not say how many it takes."""
    if type(atom) is Const and isinstance(atom.value, InnerFunction):
        parameters: Iterable[inspect.Parameter] = own_parameters(atom.value)
    elif type(atom) is Global and isinstance(atom.value, types.FunctionType):
        parameters = inspect.signature(atom.value).parameters.values()
    else:
        return None
    if any(p.kind not in BY_POSITION or p.default is not p.empty for p in parameters):
        return None
    return [p.name for p in parameters]


def name_of_function(atom: Atom) -> str:
    value = getattr(atom, "value", None)
    name = getattr(value, "name", None) or getattr(value, "__name__", None) or "f"
    return name if isinstance(name, str) and name.isidentifier() else "f"
