"""Reverse mode: the backward pass of a program.

For a statement `y = f(x)` with the adjoint `by` the backward pass has `bx += by * f'(x)`, in reverse order
(Griewank & Walther, Evaluating Derivatives, 2nd ed., chapter 3).  Single assignment makes this simple:

    y = x * x             by = ...                     defined by its last use, never zeroed
    z = y + sin(y)   ->   bx = by * x + by * x

    y = if c: ... a       bx = if c: ... from ba=by    a branch goes back through the same branch
    for ... with p = x    for ... with bp = by         a loop goes back through the same iterations, the
        yield q               ba of q is bp              adjoint of what it carries being carried

The backward pass reads the values of the forward pass as if all of them still existed; `transform.saving`
then decides how each gets there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, assert_never, cast

from tangent import runtime
from tangent.analysis.calls import (
    bind,
    function_of,
    is_call_of,
    is_nondifferentiable,
    is_structural,
    is_update,
    missing_rule,
    signature_of,
    source_function,
    without_derivative,
)
from tangent.analysis.kinds import Kinds
from tangent.analysis.shapes import SCALAR, Shapes
from tangent.errors import UnsupportedError
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt, is_bracket, is_setting
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Block,
    Call,
    Cond,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    If,
    Insertion,
    Lib,
    Origin,
    Region,
    Statement,
    Var,
    While,
    is_field,
    with_role,
)
from tangent.ir.walk import (
    all_bound,
    all_statements,
    bound,
    copy_block,
    expr_vars,
    in_role,
    map_statement,
    nested_blocks,
    rename,
    replaced,
    statement_vars,
    substitute,
    used_vars,
)
from tangent.rules import registry
from tangent.rules.registry import Rule
from tangent.transform.attempts import completed
from tangent.transform.builder import Builder
from tangent.transform.facts import passing_on, products_with_constants, refuse_containers, refuse_matrices, refuse_set
from tangent.transform.function_values import described, hint_of, is_known_to_the_run, operands_of, with_owner
from tangent.transform.insertions import holds_insertion
from tangent.transform.saving import define
from tangent.transform.solutions import Derive, adjoint_of_solution, is_of_solver, used_as_whole
from tangent.transform.templates import call_of, needed
from tangent.transform.transposition import NotTransposed, transposed

__all__ = ["Backward", "Callees", "Reverse"]


@dataclass(frozen=True, slots=True)
class Pending:
    """An adjoint that is still to be stretched to the shape of `like`: that of a summand."""

    atom: Atom
    like: Var


Adjoint = Atom | Pending
Callees = Callable[
    [Any, tuple[int, ...], tuple[int, ...], frozenset[tuple[int, str]], Origin | None],
    tuple[GeneratedFunction, GeneratedFunction],
]
"""Gives the forward and the backward function of a function, the positions of its active arguments, those of the
results that have an adjoint, and what is known of the arguments at some positions."""


@dataclass(frozen=True, slots=True, eq=False)
class Backward:
    """A program taken apart: the forward pass and the backward pass."""

    forward: Block
    """The primal statements; yields the results."""
    backward: Block
    """Yields the gradient with respect to each of `wrt`."""
    seeds: tuple[Var, ...]
    shapes: Shapes
    kinds: Kinds
    inserted: frozenset[Var]
    """The values that code of the user's in the backward pass binds."""


class Reverse(Builder):
    """Builds the backward pass of a function."""

    prefix = "b"
    role = "adjoint"

    def __init__(
        self, function: Function, active: set[Var], callees: Callees, derive: Derive, optimized: bool,
        checks: bool = False,
    ) -> None:
        super().__init__(function, active, derive, optimized)
        self.checks = checks
        """Whether the forward pass checks what only the run knows of factors."""
        self.callees = callees
        self.adjoints: dict[Var, Adjoint] = {}
        self.contexts: dict[Var, Var] = {}
        """What the backward pass enters for each context of the primal."""
        self.rewritten: dict[Statement, Statement] = {}
        self.before: dict[Statement, list[Statement]] = {}
        """Statements of the primal that become others in the forward pass, and what comes before them."""
        self.passing_on = passing_on(function, active, self.libraries)
        self.assignable: set[Expr] = set()
        """The adjoints of containers that surely are no tuples: their items can be accumulated in place."""
        self.arrays: set[Expr] = set()
        """The adjoints that were written in place."""
        self.stopped: Expr | None = None
        """What says whether the code that was gone through just now ends the backward pass of the loop around it."""
        self.of_loop: For | While | None = None
        self.inside_loop: set[Var] = set()
        """The loop around the statements that are gone through, and the values that it binds."""
        self.inserted: set[Var] = set()
        """The values that code of the user's in the backward pass binds."""
        self.loops = 0
        """How many loops there are around them."""
        self.factors: dict[Var, None] = {}
        """The arguments that must be no matrices, which take `*` for a product of matrices."""
        self.read_for_shape: set[Var] = set()
        """The values that were asked for zeros of their shape, which must exist on every path."""

    # --- the whole ---------------------------------------------------------------------------

    def build(self, wrt: Iterable[Var], with_adjoint: Iterable[int], seeds: Iterable[Var]) -> Backward:
        """The two passes; `with_adjoint` are the positions of the results that get a seed."""
        seeds = tuple(seeds)
        body = self.function.body
        for position, seed in zip(with_adjoint, seeds, strict=True):
            result = body.yields[position]
            self.shapes.known[seed] = self.shapes[result]
            self.accumulate(result, seed)
        self.block(body)
        self.origin = None
        gradients = [self.gradient(var) for var in wrt]
        forward = self.rewrite(body)
        checks = [check_of_factors(self.factors)] if self.factors else []
        forward = replace(forward, statements=(*checks, *define(forward.statements, self.read_for_shape)))
        backward = Block(tuple(self.out), tuple(gradients))
        return Backward(forward, backward, seeds, self.shapes, self.kinds, frozenset(self.inserted))

    def gradient(self, var: Var) -> Atom:
        """The adjoint of an argument, complete and in its structure."""
        untouched = var not in self.adjoints
        atom = self.adjoint(var)
        if self.kinds.is_numeric(var) or self.shapes.is_scalar(var) or not (untouched or var in self.taken_apart):
            return atom
        return self.call(runtime.match_structure, atom, var, hint="b" + var.hint)

    @cached_property
    def passed_by_solvers(self) -> set[tuple[Var, ...]]:
        """The tuples that solvers pass on to functions: these give the derivatives of their items."""
        calls = [s.value for s in all_statements(self.function.body) if type(s) is Assign]
        return {(a,) for c in calls if is_of_solver(c) for a in expr_vars(c)}

    @cached_property
    def taken_apart(self) -> set[Var]:
        """The values whose adjoint may be put together from parts: not those that only functions with source get."""
        found: set[Var] = set()
        for statement in all_statements(self.function.body):
            value = statement.value if type(statement) is Assign else None
            is_solution = value is not None and is_call_of(value, primitives.solution)
            if is_solution or bound(statement)[:1] in self.passed_by_solvers:
                continue
            if type(value) is not Call or is_structural(value) or not gives_whole_adjoints(value):
                found.update(statement_vars(statement))
            for block in nested_blocks(statement):
                found.update(y for y in block.yields if type(y) is Var)
        found.update(y for y in self.function.body.yields if type(y) is Var)
        return found

    def rewrite(self, block: Block) -> Block:
        """The forward pass: the primal, with what the backward pass needs from calls and loops."""
        if not self.rewritten and not self.before:
            return block
        statements: list[Statement] = []
        for statement in block.statements:
            statements += self.before.get(statement, ())
            statement = self.rewritten.get(statement, statement)
            match statement:
                case If(then=then, orelse=orelse):
                    statement = replace(statement, then=self.rewrite(then), orelse=self.rewrite(orelse))
                case For(body=body) | While(body=body):
                    statement = replace(statement, body=self.rewrite(body))
            statements.append(statement)
        return Block(tuple(statements), block.yields, block.stop)

    # --- building ----------------------------------------------------------------------------

    def call(self, fn: Any, *args: Expr, hint: Var | str, shape_of: Expr | None = None) -> Var:
        target = super().call(fn, *args, hint=hint, shape_of=shape_of)
        if fn in MAKE_LISTS or (fn in (runtime.add, runtime.as_complex) and any(a in self.assignable for a in args)):
            self.assignable.add(target)
        return target

    def zeros(self, var: Var) -> Atom:
        if self.optimized and self.shapes.is_scalar(var) and self.kinds.is_numeric(var):
            return Const(0.0)
        self.read_for_shape.add(var)
        zeros = self.call(runtime.zeros_like, var, hint=self.name_of(var), shape_of=var)
        return self.of_items(var, zeros)

    def of_items(self, container: Expr, zeros: Var) -> Var:
        """Zeros that the derivatives of items are added to: complex ones where one of the items may be complex."""
        assert type(container) is Var
        if self.function.facts.get(container) == "complex" and not self.kinds.is_numeric(container):
            return self.call(runtime.as_complex, zeros, hint=zeros.hint, shape_of=zeros)
        return zeros

    # --- adjoints ----------------------------------------------------------------------------

    def materialize(self, var: Var) -> Atom:
        """The adjoint of `var` as a value of the shape of `var`."""
        adjoint = self.adjoints[var]
        if isinstance(adjoint, Pending):
            adjoint = self.call(runtime.expand, adjoint.atom, var, hint=self.name_of(var), shape_of=var)
            self.adjoints[var] = adjoint
        return adjoint

    def take(self, var: Var) -> Atom:
        """The adjoint of `var`, which is complete: its statement is gone through now."""
        atom = self.materialize(var)
        del self.adjoints[var]
        return atom

    def adjoint(self, var: Var) -> Atom:
        """The adjoint of `var` so far, which may be nothing but zeros."""
        return self.materialize(var) if var in self.adjoints else self.zeros(var)

    def complete(self, var: Var) -> Atom:
        """What `take` gives, or zeros where nothing was added to it."""
        return self.take(var) if var in self.adjoints else self.zeros(var)

    def accumulate(self, expr: Expr, adjoint: Adjoint) -> None:
        """Add to the adjoint of a value."""
        assert not isinstance(expr, Call | Cond), "a program in normal form has atoms for operands"
        if type(expr) is not Var or expr not in self.active:
            return
        if expr not in self.adjoints:
            self.adjoints[expr] = adjoint
            return
        old = self.materialize(expr)
        if isinstance(adjoint, Pending):
            if self.shapes.is_scalar(adjoint.atom) or not self.optimized:
                adjoint = adjoint.atom if self.optimized and self.kinds.is_numeric(expr) else self.call(
                    runtime.expand, adjoint.atom, expr, hint=self.name_of(expr), shape_of=expr
                )
            else:
                adjoint = adjoint.atom
        add = operator.iadd if self.kinds.is_numeric(expr) else runtime.add
        if add is operator.iadd and expr in self.shapes.complex:  # a part may be real: it is no place for the sum
            add = operator.add
        self.adjoints[expr] = self.call(add, old, adjoint, hint=self.name_of(expr), shape_of=expr)

    # --- blocks ------------------------------------------------------------------------------

    def block(self, block: Block, of_loop: For | While | None = None) -> None:
        """The adjoints of a block, which may be the body of a loop."""
        self.statements(block.statements, of_loop)

    def statements(self, statements: Sequence[Statement], of_loop: For | While | None) -> None:
        for position in range(len(statements) - 1, -1, -1):
            statement = statements[position]
            self.origin = statement.origin
            match statement:
                case Assign():
                    self.assign(statement)
                case If():
                    self.if_(statement)
                case For() | While():
                    self.loop(statement)
                case _:
                    assert_never(statement)
            if self.stopped is not None:
                self.unless_stopped(statements[:position], of_loop)
                return

    def assign(self, statement: Assign) -> None:
        call = statement.value
        if type(call) is Call and type(call.fn) is Insertion:
            self.insertion(statement, call, call.fn)
            return
        if is_bracket(statement):
            self.bracket(statement, cast("Call", call))
            return
        if not any(t in self.adjoints for t in statement.targets):
            return
        assert type(call) is Call
        if is_call_of(call, primitives.solution):
            adjoint_of_solution(self, statement, call)
        elif is_structural(call):
            self.structural(statement, call)
        elif self.active.isdisjoint(expr_vars(call)) or is_nondifferentiable(call):
            for target in statement.targets:
                self.adjoints.pop(target, None)
        elif (rule := self.rule_of(call)) is not None:
            if self.checks:
                self.check_factors(statement, call)
            self.by_rule(rule, call, statement.targets[0])
        else:
            self.by_source(statement, call)

    def check_factors(self, statement: Assign, call: Call) -> None:
        """Let the forward pass refuse matrices where a factor is an argument, or an attribute, of unknown class."""
        for factor in products_with_constants(call, self.is_active, self.kinds, self.shapes):
            made = self.definitions.get(factor)
            if factor in self.function.params:
                self.factors[factor] = None
            elif made is not None and reads_field(made):
                self.before.setdefault(statement, []).append(check_of_factors([factor]))

    # --- code of the user's ------------------------------------------------------------------

    def insertion(self, statement: Assign, call: Call, made: Insertion) -> None:
        """The block of an `insert_grad_of`, between the adjoints of the statements behind it and before it."""
        values, targets = call.args[: len(statement.targets)], statement.targets
        self.goes_through(statement, values)
        adjoints = [self.complete(t) for t in targets]
        for adjoint, target in zip(adjoints, targets, strict=True):
            if type(adjoint) is Var:
                self.shapes.known[adjoint] = self.shapes[target]
        mapping = dict(zip((*made.derivatives, *made.reads), (*adjoints, *call.args[len(targets) :]), strict=True))
        names = {d.hint: self.name_of(t) for d, t in zip(made.derivatives, targets, strict=True)}
        block = in_role(copy_block(made.block, mapping), "inserted")
        block = rename(block, {
            v: Var(names[v.hint].hint, True)
            for s in all_statements(block) for v in all_bound(s) if v.named and v.hint in names
        })
        self.inserted.update(v for s in all_statements(block) for v in all_bound(s))
        mark = Assign((), Call(Lib(primitives.inserted), ()), None, effect=True)
        marks = [mark] if made.has_effects else []
        self.extend([*marks, *block.statements, *(marks if block.stop is None else [])])
        for value, target, given, before in zip(values, targets, block.yields, adjoints, strict=True):
            self.accumulate(value, before if given is before else self.as_derivative(cast("Atom", given), target))
        if block.stop is not None:
            if self.of_loop is None or self.loops > 1:
                raise UnsupportedError(
                    "unsupported: `break` in the backward pass of a loop inside of another loop",
                    "move the inner loop into a function of its own", statement.origin,
                )
            self.stopped = block.stop

    def goes_through(self, statement: Assign, values: Sequence[Expr]) -> None:
        """Let the values behind a block be the very values before it, in the forward pass."""
        same = [
            Assign((t,), Call(Lib(primitives.pass_through), (v,)), statement.origin)
            for t, v in zip(statement.targets, values, strict=True)
        ]
        self.before.setdefault(statement, []).extend(same[:-1])
        self.rewritten[statement] = same[-1]

    def as_derivative(self, adjoint: Atom, value: Var) -> Atom:
        """What a block has assigned, in the shape of the value whose adjoint it is."""
        if self.optimized and self.shapes[adjoint] == self.shapes[value]:
            return adjoint
        return self.call(runtime.as_derivative, adjoint, value, hint=self.name_of(value), shape_of=value)

    def unless_stopped(self, rest: Sequence[Statement], of_loop: For | While | None) -> None:
        """The adjoints of the statements before a block that may end the backward pass of the loop around it.

        Where it does, these statements and the iterations before count as constants: the adjoints of what the loop
        carries are zero, those of values from outside are what they are.
        """
        test, self.stopped = self.stopped, None
        assert test is not None and self.of_loop is not None
        test, when = self.test_of(test)
        before, outer, origin = dict(self.adjoints), self.out, self.origin
        self.out = []
        self.statements(rest, None)
        again, self.stopped = self.stopped, None
        after, going_on = self.adjoints, self.out
        inside = {v for s in rest for v in all_bound(s)}
        carried = self.of_loop.params if of_loop is not None else ()
        kept = [v for v in {**before, **after} if v not in inside and (v in after or v not in self.inside_loop)]
        changed = [v for v in kept if after.get(v) is not before.get(v) or v in carried]
        sides = []
        for adjoints, out, ends in ((before, [], True), (after, going_on, False)):
            self.adjoints, self.out = adjoints, out
            values = [
                UNDEFINED if ends and v in self.inside_loop and v not in carried
                else self.zeros(v) if v not in adjoints or (ends and v in carried) else self.materialize(v)
                for v in changed
            ]
            flag: Expr = Const(True) if ends else again if again is not None else Const(False)
            sides.append(Block(tuple(self.out), (*values, flag)))
        self.adjoints = {v: a for v, a in after.items() if v not in inside}
        self.out, self.origin = outer, origin
        results, stop = tuple(self.name_of(v) for v in changed), Var("stop")
        for var, result in zip(changed, results, strict=True):
            self.adjoints[var] = result
            self.shapes.known[result] = self.shapes[var]
        then, orelse = sides if when else reversed(sides)
        self.out.append(If(test, then, orelse, (*results, stop), origin))
        self.stopped = stop

    def test_of(self, flag: Expr) -> tuple[Expr, bool]:
        """What decides whether a flag is set that the last branch has set: its test, and the side that sets it."""
        last = next((s for s in reversed(self.out) if not is_mark(s)), None)
        if type(last) is If and flag in last.results:
            position = last.results.index(flag)
            values = last.then.yields[position], last.orelse.yields[position]
            if all(type(v) is Const and type(v.value) is bool for v in values):
                return last.test, cast("Const", values[0]).value
        return flag, True

    # --- library functions -------------------------------------------------------------------

    def by_rule(self, rule: Rule, call: Call, target: Var) -> None:
        if rule.form == "solver":
            raise used_as_whole(rule, call, self.origin, "reverse")
        template: Any = rule.reverse
        if template is None:
            try:
                template = transposed(rule)
            except NotTransposed as error:
                why = f"{rule.name} has a rule for forward mode only, and {error}"
                raise missing_rule(call, self.origin, "reverse", why) from None
        if rule.form == "partials":
            self.by_partials(rule, call, target)
            return
        by = self.take(target)
        statements, outputs, _ = self.instantiate(rule, template, call, target, {rule.result: by}, self.origin)
        arguments = [
            (name, arg) for name, arg in self.arguments(rule, call) if any(self.is_active(v) for v in expr_vars_of(arg))
        ]
        statements = needed(statements, [outputs[name] for name, _ in arguments if name in outputs])
        statements, outputs = self.named_outputs(statements, outputs, arguments)
        self.extend(statements)
        for name, arg in arguments:
            if name in rule.constant:
                continue
            if name not in outputs:
                raise without_derivative(rule, name, call, self.origin, "reverse")
            self.add_output(arg, outputs[name])

    def arguments(self, rule: Rule, call: Call) -> Iterable[tuple[str, Any]]:
        return (bind(rule, call) or {}).items()

    def add_output(self, arg: Any, output: Expr) -> None:
        """Add what a template gives for an argument to the adjoint of that argument."""
        if isinstance(arg, tuple):
            for position, item in enumerate(arg):
                if self.is_active(item):
                    self.accumulate(item, self.call(operator.getitem, output, Const(position), hint=self.name_of(item)))
            return
        pending = self.as_pending(arg, output)
        self.accumulate(arg, pending or cast("Atom", output))

    def as_pending(self, arg: Expr, output: Expr) -> Pending | None:
        """`expand(b, a)` of a scalar is left to whoever needs the full shape."""
        if not self.optimized or not self.out or not self.kinds.is_numeric(arg):
            return None
        last = self.out[-1]
        if not (type(last) is Assign and last.targets == (output,) and is_call_of(last.value, runtime.expand)):
            return None
        assert type(last.value) is Call and type(arg) is Var
        b, like, *rest = last.value.args
        absent = all(type(a) is Const and (a.value is None or a.value is False) for a in rest)
        if like is arg and absent and not last.value.kwargs and self.shapes.is_scalar(b):
            self.out.pop()
            return Pending(cast("Atom", b), arg)
        return None

    def named_outputs(
        self, statements: list[Statement], outputs: dict[str, Expr], arguments: list[tuple[str, Any]]
    ) -> tuple[list[Statement], dict[str, Expr]]:
        """Give what a template assigns to `d[x]` the name of the adjoint that it is."""
        bound_here = {v for s in statements for v in bound(s)}
        names: dict[Var, Var] = {}
        for name, arg in arguments:
            output = outputs.get(name)
            if type(arg) is Var and output in bound_here and output not in names:
                assert type(output) is Var
                names[output] = new = self.name_of(arg)
                self.shapes.known[new] = self.shapes[arg]
        renamed = tuple(
            map_statement(
                s, lambda e: replaced(e, names), lambda v: names.get(v, v), lambda b: substitute(b, names)
            )
            for s in statements
        )
        return list(renamed), {n: names.get(o, o) if type(o) is Var else o for n, o in outputs.items()}

    def extend(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.append(statement)

    def by_partials(self, rule: Rule, call: Call, target: Var) -> None:
        refuse_containers(call, target, self.kinds, self.is_active, self.origin)
        refuse_matrices(call, self.definitions, self.origin)
        by, shape = self.unstretched(target, call)
        assert rule.reverse is not None
        statements, _, partials = self.instantiate(rule, rule.reverse, call, target, {}, self.origin)
        names = list(rule.signature.parameters) if rule.signature is not None else []
        active = [(name, names.index(name), arg) for name, arg in self.arguments(rule, call) if self.is_active(arg)]
        self.extend(needed(statements, [partials[i] for _, i, _ in active if i < len(partials)]))
        for name, position, arg in active:
            partial = partials[position] if position < len(partials) else Const(None)
            if type(partial) is Const and partial.value is None:
                raise without_derivative(rule, name, call, self.origin, "reverse")
            self.accumulate(arg, self.times(by, partial, arg, target, shape))

    def unstretched(self, target: Var, call: Call) -> tuple[Atom, bool]:
        """The adjoint of an elementwise result, and whether it is a scalar that stands for all elements.

        It may do so only towards arguments that have the shape of the result: towards others the elements
        are summed.
        """
        adjoint = self.adjoints[target]
        if isinstance(adjoint, Pending) and all(
            self.shapes[a] == self.shapes[target] for a in call.args if self.is_active(a)
        ):
            del self.adjoints[target]
            return adjoint.atom, True
        return self.take(target), False

    def times(self, by: Atom, partial: Expr, arg: Var, target: Var, is_stretched: bool) -> Adjoint:
        """`by * partial`, in the shape of `arg`."""
        name = self.name_of(arg)
        if type(partial) is Const and partial.value == 1.0:
            product: Atom = by
        elif type(partial) is Const and partial.value == -1.0:
            product = self.call(operator.neg, by, hint=Var(name.hint))
        else:
            product = self.call(operator.mul, by, partial, hint=Var(name.hint))
        shape, wanted = self.shapes[product], self.shapes[arg]
        if shape == wanted and self.optimized:
            return product if product is by else self.named(product, name)
        if self.optimized and arg in self.passing_on and not is_stretched:
            return product if product is by else self.named(product, name)
        if is_stretched and shape == SCALAR:
            return Pending(product, arg)
        return self.call(runtime.unbroadcast, product, self.like(arg), hint=name, shape_of=arg)

    def named(self, product: Atom, name: Var) -> Atom:
        last = self.out[-1] if self.out else None
        if type(last) is Assign and last.targets == (product,):
            self.out[-1] = Assign((name,), last.value, last.origin, last.effect)
            self.shapes.known[name] = self.shapes[product]
            return name
        return product

    # --- the structure of data ---------------------------------------------------------------

    def structural(self, statement: Assign, call: Call) -> None:
        fn, args = function_of(call), call.args
        refuse_set(fn, self.origin)
        if fn is primitives.list_pop:
            self.list_pop(statement, args)
            return
        if fn is primitives.unpack:
            self.unpack(statement, args)
            return
        if fn in (operator.getitem, primitives.element):
            self.add_at(args[0], args[1], statement.targets[0])
            return
        by = self.take(statement.targets[0])
        if fn is primitives.pass_through:
            self.accumulate(args[0], by)
        elif fn is primitives.make_tuple or fn is primitives.make_list:
            for position, item in enumerate(args):
                if self.is_active(item):
                    self.accumulate(item, self.item(by, Const(position), item))
        elif fn is primitives.make_dict or fn is primitives.make_object:
            pairs = args if fn is primitives.make_dict else args[1:]
            for key, item in zip(pairs[::2], pairs[1::2], strict=True):
                if self.is_active(item):
                    self.accumulate(item, self.item(by, key, item))
        elif fn is primitives.list_append:
            self.list_append(args, by)
        elif fn is primitives.list_insert:
            self.list_insert(statement, args, by)
        elif fn is primitives.update_item:
            self.update_item(statement, args, by)
        elif fn is primitives.dict_remove:
            zero = self.of_items(args[0], self.zero_before(statement))
            self.accumulate(args[0], self.call(primitives.update_item, by, args[1], zero, hint=self.name_of(args[0])))
        elif fn is primitives.add_item or fn is runtime.add_at:
            self.accumulate(args[0], by)
            if self.is_active(args[2]):
                self.accumulate(args[2], self.fitted(self.item(by, args[1], args[2]), args[2], args[0]))
        else:
            raise AssertionError(fn)

    def item(self, by: Atom, index: Expr, like: Expr) -> Var:
        assert type(like) is Var
        return self.call(operator.getitem, by, index, hint=self.name_of(like))

    def fitted(self, adjoint: Var, like: Expr, container: Expr) -> Var:
        """The adjoint of a value that was put into a container, from that of the item."""
        assert type(like) is Var
        if self.kinds.is_object(like) or {like, container} <= self.kinds.containers:
            return adjoint
        if like in self.kinds.containers:  # a list that was assigned to a part of an array
            return self.call(runtime.unarray, adjoint, like, hint=self.name_of(like))
        if self.optimized and like in self.passing_on:
            return adjoint
        if not self.kinds.is_numeric(like):  # an item that may be a number or a container
            return self.call(runtime.fit, adjoint, like, hint=self.name_of(like), shape_of=like)
        return self.call(runtime.unbroadcast, adjoint, self.like(like), hint=self.name_of(like), shape_of=like)

    def like(self, value: Var) -> Expr:
        """A value of the shape of `value`: any number where that is a scalar."""
        return Const(0.0) if self.optimized and self.shapes.is_scalar(value) else value

    def add_at(self, container: Expr, index: Expr, element: Var) -> None:
        """`bx[i] += by`, on an adjoint that exists as a whole."""
        if not self.is_active(container):
            del self.adjoints[element]
            return
        adjoint = self.adjoints[element]
        if isinstance(adjoint, Pending) and self.kinds.is_numeric(container) and self.kinds.is_basic(index):
            self.adjoints[element] = adjoint.atom  # an assignment in place stretches it by itself
        by = self.take(element)
        assert type(container) is Var
        if self.is_whole(index):
            self.accumulate(container, self.call(runtime.unbroadcast, by, container, hint=self.name_of(container)))
            return
        if self.libraries.of(container) is not None:  # whose arrays are not written to
            name = self.name_of(container)
            whole = self.call(runtime.item_transpose, by, container, index, hint=name, shape_of=container)
            self.accumulate(container, whole)
            return
        outer = self.taken_here(container, element) if self.kinds.is_basic(index) and not is_field(index) else None
        is_numeric = self.kinds.is_numeric(element) or self.kinds.is_numeric(container)
        if outer is not None:
            self.add_inside(*outer, container, index, by, primitives.add_item if is_numeric else runtime.add_at)
            return
        old = self.adjoint(container)
        if old not in self.assignable and self.may_be_tuple(container):
            old = self.call(runtime.as_lists, old, hint=self.name_of(container), shape_of=container)
        name = self.name_of(container)
        in_place = self.kinds.names_once(index) and is_numeric and not self.libraries.may_be_fixed(container)
        fn: Any = primitives.add_item if in_place else runtime.add_at
        old = self.writable(old, container, index)
        self.adjoints[container] = added = self.call(fn, old, index, by, hint=name, shape_of=container)
        self.arrays.add(added)

    def taken_here(self, container: Var, element: Var) -> tuple[Var, Expr] | None:
        """What a container was taken from, by an index, in the block that takes an element from it: `a[i][j]`.

        None where the container has an adjoint of its own, or where what it was taken from may have one with items that
        can't be changed: a tuple in the structure that a function gives, or its tangent.
        """
        made = self.definitions.get(container)
        if made is None or container in self.adjoints or not is_call_of(made, operator.getitem, primitives.element):
            return None
        outer, index = made.args
        if type(outer) is not Var or not self.is_active(outer) or not is_structural(made) or is_field(index):
            return None
        if self.block_of[container] is not self.block_of[element] or not self.kinds.is_element(index):
            return None
        is_fixed = self.libraries.of(outer) is not None or self.libraries.may_be_fixed(outer)
        is_own = outer not in self.adjoints or self.adjoints[outer] in self.assignable
        can_change = self.kinds.is_numeric(outer) or is_own and not self.has_foreign_adjoints
        return (outer, index) if can_change and not is_fixed else None

    @cached_property
    def block_of(self) -> dict[Var, Block]:
        """The blocks that bind values."""
        return {v: block for statement, (block, _) in self.places.items() for v in bound(statement)}

    def add_inside(self, outer: Var, place: Expr, inner: Var, index: Expr, by: Atom, fn: Any) -> None:
        """`ba[i][j] += by`, where `a[i]` is read for the sake of its element alone: it needs no adjoint of its own.

        `fn` adds to an element of the inner one.
        """
        old = self.adjoint(outer)
        name = self.name_of(outer)
        if self.kinds.is_numeric(outer) and self.kinds.is_integer(place):
            made = self.definitions.get(index) if type(index) is Var else None
            parts = made.args if made is not None and is_call_of(made, primitives.make_tuple) else (index,)
            whole = self.call(primitives.make_tuple, place, *parts, hint="place")
            added = self.call(primitives.add_item, old, whole, by, hint=name, shape_of=outer)
        else:
            item = self.call(operator.getitem, old, place, hint=self.name_of(inner), shape_of=inner)
            item = self.call(fn, item, index, by, hint=self.name_of(inner), shape_of=inner)
            added = self.call(primitives.update_item, old, place, item, hint=name, shape_of=outer)
        self.adjoints[outer] = added
        self.arrays.add(added)

    def is_whole(self, index: Expr) -> bool:
        """Whether an index is `()`, which takes a number out of an array without dimensions, and all of any other."""
        definition = self.definitions.get(index) if type(index) is Var else None
        return definition is not None and is_call_of(definition, primitives.make_tuple) and not definition.args

    def may_be_tuple(self, container: Var) -> bool:
        """Whether the adjoint of a container may be a tuple: one that came from elsewhere."""
        return not self.kinds.is_numeric(container) and container not in self.written and self.has_foreign_adjoints

    @cached_property
    def has_foreign_adjoints(self) -> bool:
        """Whether functions with source, or the caller, give adjoints of containers."""
        if not all(self.kinds.is_numeric(y) for y in self.function.body.yields):
            return True
        calls = (s.value for s in all_statements(self.function.body) if type(s) is Assign)
        return any(
            type(c) is Call and not is_structural(c) and (type(c.fn) is Var or source_function(c) is not None)
            for c in calls
        )

    @cached_property
    def written(self) -> set[Expr]:
        """The containers that the primal writes into, in all their versions: none of them is a tuple."""
        found: set[Expr] = set()
        for statement in all_statements(self.function.body):
            if type(statement) is Assign and is_update(statement.value):
                found |= {statement.targets[0], statement.value.args[0]}
        pairs = [(a, b) for a, sources in self.integers.joins.items() for b in sources]
        changed = True
        while changed:
            changed = False
            for a, b in pairs:
                if (a in found) != (b in found):
                    found |= {a, b}
                    changed = True
        return found

    def update_item(self, statement: Assign, args: tuple[Expr, ...], by: Atom) -> None:
        container, index, value = args
        if container in self.kinds.containers and self.is_slice(index):
            index = self.place_of_part(statement)
        by = self.writable(by, container, index)
        if self.is_active(value):
            self.integers.refuse(statement.targets[0], self.origin)
            like = value if type(value) is Var else Var("item")
            read = operator.getitem if self.kinds.names_once(index) else runtime.item_written
            taken = self.call(read, by, index, hint=self.name_of(like))
            self.accumulate(value, self.fitted(taken, value, container))
        if self.is_active(container):
            assert type(container) is Var
            is_numeric = self.kinds.is_numeric(container)
            zero = Const(0.0) if is_numeric else self.of_items(container, self.zero_before(statement))
            cleared = self.call(
                primitives.update_item, by, index, zero, hint=self.name_of(container), shape_of=container
            )
            self.arrays.add(cleared)
            self.accumulate(container, cleared)

    def writable(self, by: Atom, container: Expr, index: Expr) -> Atom:
        """An adjoint that can be written at an index; where a mask takes all or nothing, it may be a number."""
        if by in self.arrays or container in self.kinds.containers or not self.kinds.is_mask(index):
            return by
        assert type(container) is Var
        return self.call(runtime.writable, by, hint=self.name_of(container), shape_of=container)

    def zero_before(self, statement: Assign) -> Var:
        """Let the forward pass give the zero derivative of the item that it replaces, in its own structure.

        An item that is changed and put back is looked at before the change.
        """
        assert type(statement.value) is Call
        zero = Var("zero")
        call = Call(Lib(runtime.zero_item, "tangent.zero_item"), statement.value.args[:2])
        self.before.setdefault(self.first_change(statement), []).append(Assign((zero,), call, statement.origin))
        return zero

    def first_change(self, statement: Assign) -> Assign:
        """Where the change begins of an item that is put back: that of `items` before `c[0] = items`."""
        assert type(statement.value) is Call
        container, index, *written = statement.value.args
        first = statement
        block, position = self.places[statement]
        for earlier in reversed(block.statements[:position]):
            if not {container, index}.isdisjoint(bound(earlier)):
                break
            if type(earlier) is Assign and is_update(earlier.value) and earlier.targets[0] in written:
                first, written = earlier, [earlier.value.args[0]]
        return first

    @cached_property
    def places(self) -> dict[Statement, tuple[Block, int]]:
        """The block and the position in it of each statement."""
        inner = [b for s in all_statements(self.function.body) for b in nested_blocks(s)]
        return {s: (block, i) for block in (self.function.body, *inner) for i, s in enumerate(block.statements)}

    def is_slice(self, index: Expr) -> bool:
        made = self.definitions.get(index) if type(index) is Var else None
        return made is not None and function_of(made) in (slice, runtime.place_written)

    def place_of_part(self, statement: Assign) -> Var:
        """Let the forward pass say where in a list the values are that it puts into the place of others."""
        assert type(statement.value) is Call
        place = Var("place")
        call = Call(Lib(runtime.place_written, "tangent.place_written"), statement.value.args)
        self.before.setdefault(statement, []).append(Assign((place,), call, statement.origin))
        return place

    def unpack(self, statement: Assign, args: tuple[Expr, ...]) -> None:
        container, before, after = args
        count = len(statement.targets)
        for position, target in enumerate(statement.targets):
            if target not in self.adjoints:
                continue
            index: Expr = Const(position)
            if type(after) is Const and after.value is not None:
                assert type(before) is Const
                if position == before.value:
                    end = Const(-after.value if after.value else None)
                    index = self.call(slice, Const(position), end, Const(None), hint="part")
                elif position > before.value:
                    index = Const(position - count)
            self.add_at(container, index, target)

    def list_append(self, args: tuple[Expr, ...], by: Atom) -> None:
        items, value = args
        rest, taken = self.name_of(items), Var("b" + (value.hint if type(value) is Var else "item"), True)
        self.append(Assign((rest, taken), Call(Lib(primitives.list_pop), (by,)), self.origin))
        self.accumulate(items, rest)
        self.accumulate(value, taken)

    def list_insert(self, statement: Assign, args: tuple[Expr, ...], by: Atom) -> None:
        items, index, value = args
        place = index if _is(index, 0) else self.place(statement, items, index)
        rest, taken = self.name_of(items), Var("b" + (value.hint if type(value) is Var else "item"), True)
        self.append(Assign((rest, taken), Call(Lib(primitives.list_pop), (by, place)), self.origin))
        self.accumulate(items, rest)
        self.accumulate(value, taken)

    def place(self, statement: Assign, items: Expr, index: Expr) -> Var:
        """Let the forward pass say where in a list an item is put, or taken from."""
        place = Var("place")
        call = Call(Lib(runtime.place_in, "tangent.place_in"), (items, index))
        self.before.setdefault(statement, []).append(Assign((place,), call, statement.origin))
        return place

    def list_pop(self, statement: Assign, args: tuple[Expr, ...]) -> None:
        items, value = statement.targets
        index = args[1] if len(args) > 1 else Const(-1)
        by_value = self.complete(value)
        by_items = self.complete(items)
        if type(args[0]) is not Var or not self.is_active(args[0]):
            return
        name = self.name_of(args[0])
        if _is(index, -1):
            longer = self.call(primitives.list_append, by_items, by_value, hint=name)
        else:
            place = index if _is_from_the_front(index) else self.place(statement, args[0], index)
            longer = self.call(primitives.list_insert, by_items, place, by_value, hint=name)
        self.accumulate(args[0], longer)

    # --- functions with source ---------------------------------------------------------------

    def by_value(self, statement: Assign, call: Call) -> None:
        """A call of a function that only the run knows: its two passes are made then."""
        before = self.before.setdefault(statement, [])
        found, call = with_owner(call, call.fn in self.active, self.origin)
        before += found
        operands, results = operands_of(call), statement.targets
        active = [i for i, a in enumerate(operands) if self.is_active(a)]
        seeds = [self.take(r) if r in self.adjoints else None for r in results]
        if not active:
            return
        forward, backward = Var(f"{hint_of(call)}_forward"), Var(f"{hint_of(call)}_backward")
        make = Call(Lib(runtime.derivatives, "tangent.derivatives"), described(call, active))
        before.append(Assign((forward, backward), make, statement.origin))
        result, saved = results[0], Var(f"{results[0].hint}_saved")
        seed = seeds[0]
        if len(results) > 1:
            result = Var("results")
            unpack = Call(Lib(primitives.unpack), (result, Const(len(results)), Const(None)))
            given = [self.zeros(r) if s is None else s for r, s in zip(results, seeds, strict=True)]
            seed = self.call(primitives.make_tuple, *given, hint="seeds")
        called = Assign((result, saved), Call(forward, operands), statement.origin, statement.effect)
        if len(results) > 1:
            before.append(called)
            called = Assign(results, unpack, statement.origin)
        self.rewritten[statement] = called
        assert seed is not None
        targets = tuple(self.name_of(operands[i]) for i in active)
        self.append(Assign(targets, Call(backward, (saved, seed)), self.origin))
        for target, position in zip(targets, active, strict=True):
            self.accumulate(operands[position], target)

    def by_source(self, statement: Assign, call: Call) -> None:
        if is_known_to_the_run(call):
            self.by_value(statement, call)
            return
        fn = source_function(call)
        if fn is None:
            raise missing_rule(call, self.origin, "reverse")
        signature = signature_of(fn)
        bound = signature.bind(*call.args, **dict(call.kwargs))
        names = list(signature.parameters)
        active = tuple(i for i, n in enumerate(names) if self.is_active(bound.arguments.get(n, Const(None))))
        results = statement.targets
        outputs = tuple(i for i, t in enumerate(results) if t in self.adjoints)
        forward, backward = self.callees(fn, active, outputs, self.facts(names, bound.arguments), self.origin)
        saved = Var(f"{results[0].hint}_saved")
        self.rewritten[statement] = Assign(
            (*results, saved), Call(forward, call.args, call.kwargs), statement.origin, statement.effect
        )
        seeds = [self.take(results[i]) for i in outputs]
        targets = tuple(self.name_of(bound.arguments[names[i]]) for i in active)
        self.append(Assign(targets, Call(backward, (saved, *seeds)), self.origin))
        for target, position in zip(targets, active, strict=True):
            self.shapes.known[target] = self.shapes[bound.arguments[names[position]]]
            self.accumulate(bound.arguments[names[position]], target)

    # --- branches ----------------------------------------------------------------------------

    def if_(self, statement: If) -> None:
        adjoints = [self.take(r) if r in self.adjoints else None for r in statement.results]
        before, outer = self.adjoints, self.out
        sides, stops = [], []
        for block in (statement.then, statement.orelse):
            self.adjoints, self.out, self.origin = dict(before), [], None
            for value, adjoint in zip(block.yields, adjoints, strict=True):
                if adjoint is not None:
                    self.accumulate(value, adjoint)
            self.block(block)
            sides.append((self.adjoints, self.out))
            stops.append(self.stopped)
            self.stopped = None
        self.adjoints, self.out, self.origin = before, outer, statement.origin
        inner = {v for b in (statement.then, statement.orelse) for s in all_statements(b) for v in all_bound(s)}
        changed = [
            v for v in {**sides[0][0], **sides[1][0]}
            if v not in inner and any(side.get(v) is not before.get(v) for side, _ in sides)
        ]
        blocks = []
        for adjoints_of, out in sides:
            self.adjoints, self.out = adjoints_of, out
            values = [self.materialize(v) if v in adjoints_of else self.zeros(v) for v in changed]
            blocks.append(Block(tuple(self.out), tuple(values)))
        self.adjoints, self.out = before, outer
        results = tuple(self.name_of(v) for v in changed)
        if stops != [None, None]:
            blocks = [
                replace(b, yields=(*b.yields, stop or Const(False))) for b, stop in zip(blocks, stops, strict=True)
            ]
            self.stopped = Var("stop")
        for i, (var, result) in enumerate(zip(changed, results, strict=True)):
            self.adjoints[var] = result
            self.shapes.known[result] = self.shapes[var]
            if all(b.yields[i] in self.assignable for b in blocks):
                self.assignable.add(result)
        if results or any(b.statements for b in blocks):
            region = Region(mirror=statement.region)
            test = self.completed(statement) if is_attempt(statement) else statement.test
            results = (*results, self.stopped) if type(self.stopped) is Var else results
            self.out.append(If(test, blocks[0], blocks[1], results, statement.origin, region))

    def completed(self, statement: If) -> Var:
        """Let a `try` of the forward pass say whether its body ran to the end."""
        said = completed(statement)
        if said is not None:
            return said[0] if said[1] else self.call(operator.not_, said[0], hint="completed")
        flag = Var("completed")
        self.rewritten[statement] = replace(
            statement, results=(*statement.results, flag),
            then=replace(statement.then, yields=(*statement.then.yields, Const(True))),
            orelse=replace(statement.orelse, yields=(*statement.orelse.yields, Const(False))),
        )
        return flag

    # --- contexts ----------------------------------------------------------------------------

    def bracket(self, statement: Assign, call: Call) -> None:
        """The statements inside of a setting have their adjoints inside of the same setting."""
        (entered,) = statement.targets or call.args
        assert type(entered) is Var
        context = self.definitions[entered]
        if not is_setting(context):
            return
        if not statement.targets:
            self.contexts[entered] = again = Var("entered")
            self.out.append(Assign((again,), context, statement.origin, effect=True))
        elif self.out and self.contexts[entered] in bound(self.out[-1]):
            self.out.pop()
        else:
            leave = Call(Lib(primitives.leave), (self.contexts[entered],))
            self.out.append(Assign((), leave, statement.origin, effect=True))

    # --- loops -------------------------------------------------------------------------------

    def loop(self, statement: For | While) -> None:
        carried = [
            (p, init, end, r)
            for p, init, end, r in zip(
                statement.params, statement.inits, statement.body.yields, statement.results, strict=True
            )
            if p in self.active or r in self.active or self.is_active(end)
        ]
        if not any(r in self.adjoints for _, _, _, r in carried) and not holds_insertion(statement.body):
            return
        self.active.update(p for p, _, _, _ in carried)
        origin, self.origin = self.origin, None
        outside = self.free_active(statement)
        inits = [self.complete(r) for _, _, _, r in carried]
        inits += [self.adjoint(v) for v in outside]
        params = tuple(self.name_of(v) for v in (*(p for p, _, _, _ in carried), *outside))
        for param, like in zip(params, (*(r for _, _, _, r in carried), *outside), strict=True):
            self.shapes.known[param] = self.shapes[like]
        for param, (p, _, end, _) in zip(params, carried, strict=False):
            if p in self.passing_on and self.shapes[p] != self.shapes[end]:
                self.shapes.known[param] = frozenset({param})
        self.assignable.update(params[i] for i in range(len(carried), len(params)) if inits[i] in self.assignable)
        steps, index, setup = self.backward_bounds(statement)
        before, outer, self.out = self.adjoints, self.out, list(setup)
        self.adjoints = dict(zip(outside, params[len(carried) :], strict=True))
        for (_, _, end, _), param in zip(carried, params, strict=False):
            self.accumulate(end, param)
        around = self.of_loop, self.inside_loop
        self.of_loop, self.loops = statement, self.loops + 1
        self.inside_loop = {*statement.params, *(v for s in all_statements(statement.body) for v in all_bound(s))}
        self.block(statement.body, statement)
        (self.of_loop, self.inside_loop), self.loops = around, self.loops - 1
        stop, self.stopped = self.stopped, None
        self.origin = None
        ends = [self.adjoint(p) for p, _, _, _ in carried]
        ends += [self.materialize(v) for v in outside]
        body = Block(tuple(self.out), tuple(ends), stop)
        self.adjoints, self.out, self.origin = before, outer, origin
        results = tuple(Var(p.hint, p.named) for p in params)
        region = Region(mirror=statement.region)
        self.append(For(index, steps, params, tuple(inits), body, results, statement.origin, region))
        for param, result, var in zip(params[len(carried) :], results[len(carried) :], outside, strict=True):
            self.adjoints[var] = result
            self.shapes.known[result] = self.shapes[var]
            if param in self.assignable:
                self.assignable.add(result)
        for (_, init, _, _), result in zip(carried, results, strict=False):
            self.shapes.known[result] = self.shapes[init]
            self.accumulate(init, result)

    def free_active(self, statement: For | While) -> list[Var]:
        """The active values from outside that the body reads."""
        inner = {v for s in all_statements(statement.body) for v in all_bound(s)} | set(statement.params)
        found = dict.fromkeys(v for v in used_vars(statement.body) if v in self.active and v not in inner)
        return list(found)

    def backward_bounds(
        self, statement: For | While
    ) -> tuple[tuple[Expr, Expr, Expr], Var, list[Statement]]:
        """The range of the backward loop, its index, and what gives the forward index in its body."""
        origin = statement.origin
        exits = statement.body.stop is not None
        if type(statement) is For and not exits:
            start, stop, step = statement.bounds
            if type(step) is Const and step.value in (1, -1):
                back = Const(-step.value)
                first = self.shifted(stop, -step.value)
                last = self.shifted(start, -step.value)
                return (first, last, back), statement.index, []
        if exits or type(statement) is While:
            count: Expr = self.counted(statement)
        else:
            steps = self.call(range, *statement.bounds, hint="steps")
            count = self.call(len, steps, hint="n")
        last = self.shifted(count, -1)
        bounds: tuple[Expr, Expr, Expr] = (last, Const(-1), Const(-1))
        if type(statement) is While:
            return bounds, Var("k"), []
        start, _, step = statement.bounds
        if _is(start, 0) and _is(step, 1):
            return bounds, statement.index, []
        k = Var("k")
        offset: Expr = k
        setup: list[Statement] = []
        if not _is(step, 1):
            offset = Var("offset")
            setup.append(Assign((offset,), Call(Lib(operator.mul), (k, step)), origin))
        setup.append(Assign((statement.index,), Call(Lib(operator.add), (start, offset)), origin))
        return bounds, k, setup

    def shifted(self, bound: Expr, by: int) -> Expr:
        if type(bound) is Const:
            return Const(bound.value + by)
        definition = self.definitions.get(bound) if type(bound) is Var else None
        if definition is not None and is_call_of(definition, operator.add, operator.sub):
            first, second = definition.args
            if type(second) is Const and type(second.value) is int:
                by += second.value if is_call_of(definition, operator.add) else -second.value
                bound = first
        if not by:
            return bound
        return self.call(operator.add if by > 0 else operator.sub, bound, Const(abs(by)), hint="last")

    def counted(self, statement: For | While) -> Var:
        """Let the forward loop count its iterations."""
        param, end, result = Var("n"), Var("n"), Var("n")
        plus = Assign((end,), Call(Lib(operator.add), (param, Const(1))), with_role(statement.origin, "saved"))
        current = self.rewritten.get(statement, statement)
        assert isinstance(current, For | While)
        body = current.body
        self.rewritten[statement] = replace(
            current,
            params=(*current.params, param),
            inits=(*current.inits, Const(0)),
            results=(*current.results, result),
            body=Block((plus, *body.statements), (*body.yields, end), body.stop),
        )
        self.shapes.known[result] = SCALAR
        return result


MAKE_LISTS = (runtime.zeros_like, runtime.as_lists, runtime.add_at, primitives.add_item, primitives.update_item)
"""What gives adjoints that are no tuples."""


def gives_whole_adjoints(call: Call) -> bool:
    """Whether the adjoints of the arguments of a call are in their structure: from source, or by a user's rule."""
    return source_function(call) is not None or registry.has_own(function_of(call))


def reads_field(call: Call) -> bool:
    """Whether a call reads an attribute of an object."""
    return is_call_of(call, operator.getitem) and is_field(call.args[1])


def check_of_factors(factors: Iterable[Var]) -> Assign:
    return Assign((), call_of(runtime.check_factors, *factors), None, effect=True)


def is_mark(statement: Statement) -> bool:
    return type(statement) is Assign and is_call_of(statement.value, primitives.inserted)


def expr_vars_of(arg: Any) -> Iterable[Var]:
    items = arg if isinstance(arg, tuple) else (arg,)
    return (v for item in items for v in expr_vars(item))


def _is_from_the_front(index: Expr) -> bool:
    """Whether an index is a literal that is counted from the front."""
    return type(index) is Const and type(index.value) is int and index.value >= 0


def _is(expr: Expr, value: int) -> bool:
    return type(expr) is Const and type(expr.value) is int and expr.value == value

