"""Forward mode: a program with the tangent of each value beside it.

For a statement `y = f(x)` with the tangent `dx` the program computes `dy = f'(x) * dx` (Griewank & Walther,
Evaluating Derivatives, 2nd ed., section 3.1), right before the statement itself, or right after it where the
tangent reads `y`:

    a = x * x                 da = 2.0 * x * dx
    b = np.tanh(a)     ->     a = x * x
                              b = np.tanh(a)
                              db = (1.0 - b * b) * da

    y = if c: ... yield a     y, dy = if c: ... yield a, da
    for ... with p = x        for ... with p = x, dp = dx

A value without a tangent has the derivative zero; zeros are written out only where something has to stand:
in the other side of a branch, at the start of a loop, as an item of a list.  The tangent of an elementwise
result may be smaller than the result (that of `x + c` is `dx`, whatever the shape of `c`) until something
reads it that is not elementwise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeGuard, assert_never

from tangent import runtime
from tangent.analysis.activity import TAKES, differentiable_operands
from tangent.analysis.calls import (
    Source,
    bind,
    changes_operand,
    function_of,
    is_call_of,
    is_nondifferentiable,
    is_structural,
    missing_rule,
    signature_of,
    source_function,
    without_derivative,
)
from tangent.analysis.memory import STORED
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    If,
    Lib,
    Origin,
    Undefined,
    Var,
    While,
)
from tangent.ir.walk import all_statements, bound, expr_vars, map_statement, used_vars
from tangent.rules.registry import Rule
from tangent.transform.attempts import behind, completed, is_raised
from tangent.transform.builder import Builder
from tangent.transform.facts import refuse_containers, refuse_matrices, refuse_set
from tangent.transform.function_values import described, hint_of, is_known_to_the_run, operands_of, with_owner
from tangent.transform.solutions import Derive, tangent_of_solution, used_as_whole
from tangent.transform.templates import differentiated, needed, runtime_path, template_program
from tangent.transform.transposition import NotTransposed, transposed
from tangent.transform.zeros import without_zeros

__all__ = ["Callee", "Callees", "Forward"]

@dataclass(frozen=True, slots=True)
class Callee:
    """A function that gives the tangents and the results of another."""

    function: GeneratedFunction
    keywords: tuple[str, ...] | None
    """The names by which it takes the tangents; None where they follow the arguments."""


Callees = Callable[[Call, Source, tuple[int, ...], frozenset[tuple[int, str]], Origin | None], Callee]
"""Gives the function to call, from the call of the primal and the positions of the arguments with a tangent."""


class Forward(Builder):
    """Builds the program of the tangents of a function."""

    prefix = "d"
    role = "tangent"

    def __init__(
        self, function: Function, active: set[Var], callees: Callees, derive: Derive, optimized: bool
    ) -> None:
        super().__init__(function, active, derive, optimized)
        self.callees = callees
        self.tangents: dict[Expr, Atom] = {}
        """The tangents of the values that have one that may differ from zero."""
        self.sequences: dict[Var, Expr] = {}
        """For the tangents that are read element by element: the sequence that each belongs to."""
        self.smaller: set[Var] = set()
        """The loop-carried values whose tangents may have a smaller shape than theirs."""
        self.passed_on: set[Var] = set()
        """The tangents that came out of branches and loops, or into loops, and may be those of other values."""
        self.of_handlers: set[Var] = set()
        """The tangents from the handlers of `try`, which must exist on every path."""
        self.has_listed_zeros = False
        """Whether the zeros of a value of unknown structure were taken: lists in the place of tuples."""

    # --- the whole ---------------------------------------------------------------------------

    def build(self, wrt: Iterable[Var], tangents: Iterable[Var], outputs: Iterable[int]) -> Block:
        """The program; it yields the tangents of the results at the positions `outputs`, then all results."""
        for var, tangent in zip(wrt, tangents, strict=True):
            self.tangents[var] = tangent
            self.shapes.known[tangent] = self.shapes[var]
        body = self.function.body
        self.block(body)
        self.origin = None
        made = tuple([self.structured(body.yields[i]) for i in outputs])
        return Block(tuple(self.out), (*made, *body.yields))

    def structured(self, result: Expr) -> Atom:
        """The tangent of a result, in its structure."""
        tangent = self.full(result)
        if type(result) is not Var or not self.has_listed_zeros or self.kinds.is_numeric(result):
            return tangent
        made = self.definitions.get(result)
        if self.moves(result) and made is not None and function_of(made) is runtime.match_structure:
            return tangent
        return self.call(runtime.match_structure, tangent, result, hint=self.name_of(result))

    # --- tangents ----------------------------------------------------------------------------

    def moves(self, expr: Any) -> TypeGuard[Var]:
        """Whether an expression is a value with a tangent."""
        return type(expr) is Var and expr in self.tangents

    def full(self, expr: Expr) -> Atom:
        """The tangent of a value, in the shape of the value; zeros where it has none."""
        if isinstance(expr, Undefined):
            return UNDEFINED
        if not self.moves(expr):
            return self.zeros(expr)
        tangent = self.tangents[expr]
        if self.shapes[tangent] == self.shapes[expr]:
            return tangent
        stretched = self.call(runtime.stretch, tangent, expr, hint=self.name_of(expr), shape_of=expr)
        self.tangents[expr] = stretched
        return stretched

    def zeros(self, expr: Expr) -> Atom:
        """Zeros in the shape and structure of a value."""
        if type(expr) is Const or (self.shapes.is_scalar(expr) and self.kinds.is_numeric(expr)):
            return Const(0.0)
        definition = self.definitions.get(expr) if type(expr) is Var else None
        if definition is not None and is_call_of(definition, primitives.make_list) and not definition.args:
            return self.call(primitives.make_list, hint=self.name_of(expr))
        self.has_listed_zeros |= not self.kinds.is_numeric(expr)
        return self.call(runtime.zeros_like, expr, hint=self.name_of(expr), shape_of=expr)

    def define(self, target: Var, tangent: Atom) -> None:
        """Let `tangent` be that of `target`, and have its name if it was bound just now, for nothing else."""
        last = self.out[-1] if self.out else None
        if (
            type(tangent) is Var and not tangent.named and last is not None and tangent in bound(last)
            and tangent not in self.tangents.values()
        ):
            named = self.name_of(target)
            self.shapes.known[named] = self.shapes[tangent]
            self.out[-1] = map_statement(last, lambda e: e, lambda v: named if v is tangent else v, lambda b: b)
            tangent = named
        self.tangents[target] = tangent

    # --- blocks ------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        for statement in block.statements:
            self.origin = statement.origin
            match statement:
                case Assign():
                    self.assign(statement)
                case If() if is_attempt(statement):
                    self.attempt(statement)
                case If():
                    self.if_(statement)
                case For() | While():
                    self.loop(statement)
                case _:
                    assert_never(statement)

    def assign(self, statement: Assign) -> None:
        call = statement.value
        moving = any(self.moves(v) for v in differentiable_operands(call))
        if not moving or not any(t in self.active for t in statement.targets):
            self.out.append(statement)
            return
        assert type(call) is Call
        if is_nondifferentiable(call):
            self.out.append(statement)
        elif is_call_of(call, primitives.solution):
            tangent_of_solution(self, statement, call)
        elif is_structural(call):
            self.structural(statement, call)
            self.out.append(statement)
        elif (rule := self.rule_of(call)) is not None:
            self.by_rule(rule, call, statement)
        else:
            self.by_source(statement, call)

    # --- library functions -------------------------------------------------------------------

    def by_rule(self, rule: Rule, call: Call, statement: Assign) -> None:
        """The tangent statements before the statement, or after it where they read its result."""
        outer, self.out = self.out, []
        tangent = self.tangent_by_rule(rule, call, statement.targets[0])
        made, self.out = self.out, outer
        target = statement.targets[0]
        reads_result = target in set(used_vars(Block(tuple(made))))
        if reads_result:
            self.out.append(statement)
        self.out += made
        if tangent is not None:
            self.define(target, tangent)
        if not reads_result:
            self.out.append(statement)

    def tangent_by_rule(self, rule: Rule, call: Call, target: Var) -> Atom | None:
        match rule.form:
            case "solver":
                raise used_as_whole(rule, call, self.origin, "forward")
            case "partials":
                return self.by_partials(rule, call, target)
            case "linear" | "bilinear":
                return self.by_linearity(rule, call, target)
        return self.by_template(rule, call, target)

    def by_partials(self, rule: Rule, call: Call, target: Var) -> Atom | None:
        assert rule.reverse is not None
        refuse_containers(call, target, self.kinds, self.moves, self.origin)
        refuse_matrices(call, self.definitions, self.origin)
        statements, _, partials = self.instantiate(rule, rule.reverse, call, target, {}, self.origin)
        names = list(rule.signature.parameters) if rule.signature is not None else []
        factors = []
        for name, arg in (bind(rule, call) or {}).items():
            if not self.moves(arg):
                continue
            position = names.index(name)
            partial = partials[position] if position < len(partials) else Const(None)
            if type(partial) is Const and partial.value is None:
                raise without_derivative(rule, name, call, self.origin, "forward")
            factors.append((partial, arg))
        if len(factors) == 2 and is_call_of(call, operator.iadd, operator.isub) and not self.is_item(call.args[0]):
            first, second = call.args
            return self.call(call.fn, self.full(first), self.tangents[second], hint=self.name_of(target))
        for statement in needed(statements, [partial for partial, _ in factors]):
            self.append(statement)
        total: Atom | None = None
        for partial, arg in factors:
            total = self.plus(total, partial, arg, target)
        return total

    def is_item(self, expr: Expr) -> bool:
        """Whether a value was taken out of a container to be put back: `c[i] += v`."""
        definition = self.definitions.get(expr) if type(expr) is Var else None
        return definition is not None and function_of(definition) is operator.getitem

    def plus(self, total: Atom | None, partial: Expr, arg: Expr, target: Var) -> Atom:
        """`total + partial * darg`, where either may be absent."""
        tangent, hint = self.tangents[arg], "d" + target.hint
        if type(partial) is Const and partial.value == -1.0 and total is not None:
            return self.call(operator.sub, total, tangent, hint=hint)
        if type(partial) is Const and partial.value == 1.0:
            term: Atom = tangent
        elif type(partial) is Const and partial.value == -1.0:
            term = self.call(operator.neg, tangent, hint=hint)
        elif total is None and partial in self.definitions[target].args[1:]:  # x * y: dx * y + x * dy
            term = self.call(operator.mul, tangent, partial, hint=hint)
        else:
            term = self.call(operator.mul, partial, tangent, hint=hint)
        return term if total is None else self.call(operator.add, total, term, hint=hint)

    def by_linearity(self, rule: Rule, call: Call, target: Var) -> Atom | None:
        """The tangent of a function that is linear in each of some arguments: the function itself."""
        total: Atom | None = None
        linear = differentiated(rule)
        for name, arg in (bind(rule, call) or {}).items():
            items = arg if isinstance(arg, tuple) else (arg,)
            if name in rule.constant or not any(self.moves(v) for item in items for v in expr_vars(item)):
                continue
            if name not in linear:
                raise without_derivative(rule, name, call, self.origin, "forward")
            new = Var("d" + target.hint)
            self.append(Assign((new,), self.with_tangent(rule, call, name), self.origin))
            self.shapes.known[new] = self.shapes[target]
            add = operator.add if self.kinds.is_numeric(target) else runtime.add
            total = new if total is None else self.call(add, total, new, hint=new.hint, shape_of=target)
        return total

    def with_tangent(self, rule: Rule, call: Call, name: str) -> Call:
        """A call with the tangent of the argument `name` in the place of the argument."""
        assert rule.signature is not None
        parameter = rule.signature.parameters[name]
        position = list(rule.signature.parameters).index(name)
        args, kwargs = list(call.args), dict(call.kwargs)
        if parameter.kind is parameter.VAR_POSITIONAL:
            args[position:] = [self.full(a) for a in args[position:]]
        elif position < len(args):
            args[position] = self.full(args[position])
        else:
            kwargs[name] = self.full(kwargs[name])
        return Call(call.fn, tuple(args), tuple(kwargs.items()))

    def by_template(self, rule: Rule, call: Call, target: Var) -> Atom | None:
        template: Any = rule.forward
        if template is None:
            try:
                template = transposed(rule)
            except NotTransposed as error:
                why = f"{rule.name} has a rule for reverse mode only, and {error}"
                raise missing_rule(call, self.origin, "forward", why) from None
        arguments = bind(rule, call) or {}
        moving: dict[str, Atom] = {}
        for name, argument in arguments.items():
            if isinstance(argument, tuple) and any(map(self.moves, argument)) and name not in rule.constant:
                moving[name] = self.call(primitives.make_tuple, *map(self.full, argument), hint="d" + name)
            elif self.moves(argument) and name not in rule.constant:
                moving[name] = self.full(argument)
        for name in moving:
            if name not in template_program(rule, template).derivatives_in:
                raise without_derivative(rule, name, call, self.origin, "forward")
        zeros = {Var("zero"): n for n in (rule.signature.parameters if rule.signature else ()) if n not in moving}
        still = {name: zero for zero, name in zeros.items()}
        statements, outputs, _ = self.instantiate(rule, template, call, target, {**moving, **still}, self.origin)
        if rule.result not in outputs:
            raise missing_rule(call, self.origin, "forward", f"{rule.name} has no rule that assigns d[{rule.result}]")

        def written_out(zero: Var) -> Atom:
            argument = arguments.get(zeros[zero], Const(0.0))
            return Const(0.0) if isinstance(argument, tuple) else self.zeros(argument)

        left = without_zeros(statements, outputs[rule.result], zeros, written_out)
        for statement in left.statements:
            self.append(statement)
        if type(left.value) is Var and (rule.container or not left.is_smaller):
            self.shapes.known[left.value] = self.shapes[target]
        return left.value

    # --- the structure of data ---------------------------------------------------------------

    def structural(self, statement: Assign, call: Call) -> None:
        """The same operation on the tangents; their indices and keys are those of the values."""
        fn, args, targets = function_of(call), call.args, statement.targets
        refuse_set(fn, self.origin)
        if fn is primitives.pass_through:
            self.tangents[targets[0]] = self.tangents[args[0]]
            return
        if fn in (primitives.update_item, primitives.add_item, runtime.add_at):
            operands: tuple[Expr, ...] = (self.changeable(args[0]), args[1], self.stored(args[0], args[2]))
            if fn is primitives.update_item and self.moves(args[2]):
                self.integers.refuse(targets[0], self.origin)
        elif fn in TAKES:
            operands = (self.full(args[0]), *args[1:])
            if fn is primitives.element and type(operands[0]) is Var:
                self.sequences[operands[0]] = args[0]
        elif fn is primitives.list_insert:
            operands = (self.full(args[0]), args[1], self.full(args[2]))
        elif fn is primitives.make_dict:
            operands = tuple([a if i % 2 == 0 else self.full(a) for i, a in enumerate(args)])
        elif fn is primitives.make_object:
            record = Lib(runtime.Record, runtime_path(runtime.Record))
            operands = (record, *(self.full(a) if i % 2 else a for i, a in enumerate(args[1:])))
        else:
            operands = tuple([self.full(a) for a in args])
        if fn in STORED and self.changes_items:
            first = STORED[fn]
            own = [self.own(o, a) for o, a in zip(operands[first:], args[first:], strict=True)]
            operands = (*operands[:first], *own)
        new = tuple([self.name_of(t) for t in targets])
        self.append(Assign(new, Call(call.fn, operands, call.kwargs), self.origin))
        for target, tangent in zip(targets, new, strict=True):
            if target in self.active:
                self.tangents[target] = tangent
                self.shapes.known[tangent] = self.shapes[target]

    @cached_property
    def changes_items(self) -> bool:
        """Whether the primal changes items of containers in place."""
        updates = [s.value for s in all_statements(self.function.body) if type(s) is Assign]
        return any(self.changes_item(update) for update in updates if changes_operand(update))

    def changes_item(self, update: Call) -> bool:
        """Whether what is changed in place was taken out of a container, or is put back into one."""
        changed, value = update.args[0], update.args[-1]
        taken = self.definitions.get(changed) if type(changed) is Var else None
        put = self.definitions.get(value) if type(value) is Var else None
        return (taken is not None and function_of(taken) in (operator.getitem, primitives.element)) or (
            put is not None and changes_operand(put)
        )

    def own(self, tangent: Expr, value: Expr) -> Expr:
        """The tangent of a value that is put into a container: one of its own, if other values may have the same.

        The primal may change items of the container in place, which are not those values.
        """
        if type(tangent) is not Var or not self.moves(value) or self.shapes.is_scalar(value):
            return tangent
        is_shared = any(t is tangent and v is not value for v, t in self.tangents.items())
        if not is_shared and tangent not in self.passed_on:
            return tangent
        return self.call(runtime.copy, tangent, hint=tangent.hint, shape_of=value)

    def stored(self, container: Expr, value: Expr) -> Atom:
        """The tangent of a value that is assigned to a part of a container."""
        if not self.kinds.is_numeric(container):
            return self.full(value)
        return self.tangents[value] if self.moves(value) else Const(0.0)  # an assignment in place stretches it

    def changeable(self, container: Expr) -> Atom:
        """The tangent of a container of which an item is assigned: that of a sum may be the tuple of one summand."""
        tangent = self.full(container)
        made = self.definitions.get(container) if type(container) is Var else None
        while made is not None and function_of(made) in (runtime.copy, runtime.shallow_copy):
            made = self.definitions.get(made.args[0]) if type(made.args[0]) is Var else None
        if made is None or function_of(made) is not runtime.add or self.kinds.is_numeric(container):
            return tangent
        return self.call(runtime.as_lists, tangent, hint=self.name_of(container), shape_of=container)

    # --- functions with source ---------------------------------------------------------------

    def by_value(self, statement: Assign, call: Call) -> None:
        """A call of a function that only the run knows: its tangent is made then."""
        found, call = with_owner(call, call.fn in self.tangents, self.origin)
        for statement_before in found:
            self.append(statement_before)
        operands = operands_of(call)
        moving = [i for i, a in enumerate(operands) if self.moves(a)]
        if not moving:
            self.out.append(statement)
            return
        tangents = [self.full(operands[i]) for i in moving]
        made = self.call(runtime.tangent_of, *described(call, moving), hint=f"d{hint_of(call)}")
        targets = statement.targets if len(statement.targets) == 1 else (Var("results"),)
        new = tuple([self.name_of(t) for t in targets])
        called = Call(made, (*operands, *tangents))
        self.append(Assign((*new, *targets), called, self.origin, statement.effect))
        if targets is not statement.targets:
            results = new, targets
            new = tuple([self.name_of(t) for t in statement.targets])
            count = Const(len(new))
            for bound_here, (packed,) in zip((new, statement.targets), results, strict=True):
                self.append(Assign(bound_here, Call(Lib(primitives.unpack), (packed, count, Const(None))), self.origin))
        for target, tangent in zip(statement.targets, new, strict=True):
            if target in self.active:
                self.tangents[target] = tangent
                self.shapes.known[tangent] = self.shapes[target]

    def by_source(self, statement: Assign, call: Call) -> None:
        if is_known_to_the_run(call):
            self.by_value(statement, call)
            return
        fn = source_function(call)
        if fn is None:
            raise missing_rule(call, self.origin, "forward")
        call_bound = signature_of(fn).bind(*call.args, **dict(call.kwargs))
        given = call_bound.arguments
        names = list(call_bound.signature.parameters)
        moving = tuple([i for i, n in enumerate(names) if self.moves(given.get(n, Const(None)))])
        callee = self.callees(call, fn, moving, self.facts(names, given), self.origin)
        tangents = [self.full(given[names[i]]) for i in moving]
        if callee.keywords is None:
            made = Call(callee.function, (*call_bound.args, *tangents))
        else:
            made = Call(callee.function, call.args, (*call.kwargs, *zip(callee.keywords, tangents, strict=True)))
        targets = tuple([self.name_of(t) for t in statement.targets])
        self.append(Assign((*targets, *statement.targets), made, self.origin, statement.effect))
        for target, tangent in zip(statement.targets, targets, strict=True):
            if target in self.active:
                self.tangents[target] = tangent
                self.shapes.known[tangent] = self.shapes[target]

    # --- branches ----------------------------------------------------------------------------

    def if_(self, statement: If) -> None:
        before, outer = dict(self.tangents), self.out
        sides = []
        for block in (statement.then, statement.orelse):
            self.tangents, self.out = dict(before), []
            self.block(block)
            sides.append((self.tangents, self.out))
        self.tangents, self.out, self.origin = before, outer, statement.origin
        moving = [
            i for i, r in enumerate(statement.results)
            if r in self.active and any(
                side[0].get(block.yields[i]) is not None
                for side, block in zip(sides, (statement.then, statement.orelse), strict=True)
            )
        ]
        blocks = []
        for (tangents, out), block in zip(sides, (statement.then, statement.orelse), strict=True):
            self.tangents, self.out = tangents, out
            yields = tuple([self.full(block.yields[i]) for i in moving])
            blocks.append(Block(tuple(self.out), (*block.yields, *yields), block.stop))
        self.tangents, self.out = before, outer
        results = tuple([self.name_of(statement.results[i]) for i in moving])
        self.passed_on.update(results)
        for i, result in zip(moving, results, strict=True):
            self.tangents[statement.results[i]] = result
        self.out.append(
            replace(statement, then=blocks[0], orelse=blocks[1], results=(*statement.results, *results))
        )
        for i, result in zip(moving, results, strict=True):
            self.shapes.known[result] = self.shapes[statement.results[i]]

    def attempt(self, statement: If) -> None:
        """A `try`: the tangents of its body come behind it, those of its handlers are in these."""
        then, orelse = statement.then, statement.orelse
        before, outer, origin = dict(self.tangents), self.out, self.origin
        sides = []
        for block in (then, orelse):
            self.tangents, self.out = dict(before), []
            self.block(block)
            sides.append((self.tangents, self.out))
        moving = [
            i for i, (r, a, b) in enumerate(zip(statement.results, then.yields, orelse.yields, strict=True))
            if r in self.active and (sides[0][0].get(a) is not None or sides[1][0].get(b) is not None)
        ]
        yields = []
        for (self.tangents, self.out), block in zip(sides, (then, orelse), strict=True):
            yields.append(tuple([self.full(block.yields[i]) for i in moving]))
        (_, made), (_, handled) = sides
        self.tangents, self.out, self.origin = before, outer, origin
        if not moving:
            self.out.append(statement)
            return
        later = behind(then, made, yields[0])
        self.shapes.known |= {new: self.shapes[old] for old, new in later.renamed.items()}
        results = tuple([self.name_of(statement.results[i]) for i in moving])
        from_handler = tuple([self.name_of(statement.results[i]) for i in moving])
        self.of_handlers.update(y for y in (*yields[1], *orelse.yields) if type(y) is Var)
        for i, pair in zip(moving, zip(results, from_handler, strict=True), strict=True):
            self.shapes.known |= dict.fromkeys(pair, self.shapes[statement.results[i]])
        said = completed(statement)
        flag, meaning = said or (Var("completed"), True)
        flags = ((), ()) if said else ((Const(True),), (Const(False),))
        nothing = (UNDEFINED,) * len(moving), (UNDEFINED,) * len(later.passed)
        self.out.append(replace(
            statement,
            then=replace(then, yields=(*then.yields, *flags[0], *later.passed, *nothing[0])),
            orelse=Block(tuple(handled), (*orelse.yields, *flags[1], *nothing[1], *yields[1]), orelse.stop),
            results=(*statement.results, *(() if said else (flag,)), *later.passed.values(), *from_handler),
        ))
        if is_raised(orelse):
            self.out += later.block.statements
            results = later.block.yields  # type: ignore[assignment]
        else:
            first, second = later.block, Block((), from_handler)
            first, second = (first, second) if meaning else (second, first)
            self.out.append(If(flag, first, second, results, origin))
        for i, result in zip(moving, results, strict=True):
            self.tangents[statement.results[i]] = result

    # --- loops -------------------------------------------------------------------------------

    def loop(self, statement: For | While) -> None:
        moving = [
            i for i, (param, init, end, result) in enumerate(
                zip(statement.params, statement.inits, statement.body.yields, statement.results, strict=True)
            )
            if self.moves(init) or any(v in self.active for v in (param, end, result))
        ]
        outer = self.out
        inits = tuple([self.full(statement.inits[i]) for i in moving])
        before = dict(self.tangents)
        while True:
            self.tangents, self.out = dict(before), []
            params = tuple([self.name_of(statement.params[i]) for i in moving])
            self.passed_on.update(params)
            for i, param in zip(moving, params, strict=True):
                self.tangents[statement.params[i]] = param
                shape = self.shapes[statement.params[i]]
                self.shapes.known[param] = frozenset({param}) if statement.params[i] in self.smaller else shape
            self.block(statement.body)
            self.origin = None
            smaller = {
                statement.params[i] for i in moving if self.is_smaller(statement.params[i], statement.body.yields[i])
            } - self.smaller
            if not smaller:
                break
            self.smaller |= smaller
        ends = [self.end(statement.params[i], statement.body.yields[i]) for i in moving]
        body = Block(tuple(self.out), (*statement.body.yields, *ends), statement.body.stop)
        self.tangents, self.out, self.origin = before, outer, statement.origin
        results = tuple([self.name_of(statement.results[i]) for i in moving])
        self.passed_on.update(results)
        self.out.append(
            replace(
                statement, params=(*statement.params, *params), inits=(*statement.inits, *inits), body=body,
                results=(*statement.results, *results),
            )
        )
        for i, result in zip(moving, results, strict=True):
            self.tangents[statement.results[i]] = result
            is_smaller = statement.params[i] in self.smaller
            self.shapes.known[result] = frozenset({result}) if is_smaller else self.shapes[statement.results[i]]

    def end(self, param: Var, end: Expr) -> Atom:
        """What an iteration yields as the tangent of `param`."""
        return self.tangents[end] if param in self.smaller and self.moves(end) else self.full(end)

    def is_smaller(self, param: Var, end: Expr) -> bool:
        """Whether an iteration may leave a tangent of another shape than its value has."""
        return self.moves(end) and self.kinds.is_numeric(param) and self.shapes[self.tangents[end]] != self.shapes[end]
