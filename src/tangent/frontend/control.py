"""Lowering of control flow: blocks, branches and the ways out of them.

Exits (`break`, `continue`, `return`) set a flag, and the rest of their block moves to where it is not set;
where one branch always exits this is the other branch, and no flag is left.

    for v in x:                  for ... :
        if v > 1.0:                  if v > 1.0:
            break           ->           yield y, stop=True
        y = y * v                    else:
                                         y_1 = y * v; yield y_1, stop=False
"""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tangent.analysis.calls import function_of, is_call_of, rule_of
from tangent.frontend.expressions import Arguments, ExpressionLowering, Hint, Keywords
from tangent.frontend.source import FunctionSource
from tangent.frontend.syntax import (
    all_arguments,
    can_fall_through,
    contains_exit,
    walk_statements,
    with_rest,
)
from tangent.frontend.unknowns import Unknowns
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    Global,
    If,
    Region,
    Statement,
    Undefined,
    Var,
    is_unknown,
)
from tangent.rules import registry

__all__ = [
    "CHOSEN", "RETURNED", "SKIP", "STOP", "ControlLowering", "Side", "display_name", "outputs",
    "same_constant", "value_key", "variable",
]

STOP, SKIP, RETURNED, CHOSEN = "%stop", "%skip", "%returned", "%chosen"
"""Names of the environment that no variable has: the flags of exits, and the value of an expression's branch."""


@dataclass(slots=True)
class Side:
    """One side of a branch: its statements, what the names stand for at its end, and whether that is reached."""

    out: list[Statement]
    env: dict[str, Atom]
    is_dead: bool


class ControlLowering(ExpressionLowering):
    """Lowers blocks and branches."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source)
        self.active_functions = active
        self.body = source.text.body
        self.locals = source.text.variables | {a.arg for a in all_arguments(source.node.args)}
        self.loop_depth = 0
        self.is_loop = False
        """Whether the innermost loop is one of the program, and not written out."""
        self.unreachable = False
        self.outputs = outputs(self.body)
        self.has_effects = False
        self.dependencies: list[tuple[Global, Any]] = []
        self.result_targets: tuple[Var, ...] = ()
        """The values that the tuple assignment being lowered is to bind."""
        self.from_parameter: dict[Atom, frozenset[int]] = {}
        """The values that may be the very object passed as a parameter, with the parameter's position."""
        self.augmented_parameters: frozenset[int] = frozenset()
        self.unknowns = Unknowns()

    def lower_statement(self, node: ast.stmt) -> None:
        """Lower one statement; `lower.Lowering` knows them all."""
        raise NotImplementedError

    def fails(self, node: ast.AST, error: type[Exception], *args: Any) -> Atom:
        atoms = [arg if type(arg) is Var else Const(arg) for arg in args]
        exception = self.emit(node, error, *atoms, hint="error")
        self.perform(node, primitives.raise_, exception)
        self.unreachable = self.has_effects = True
        return Const(None)

    def replace(self, old: Atom, new: Atom) -> None:
        """Let all names of the mutable value `old` stand for its new version."""
        for name, atom in self.env.items():
            if atom is old:
                self.env[name] = new

    def is_read_live(self, atom: Atom) -> bool:
        """Whether a value is an attribute of an object that is known when the function is lowered."""
        raise NotImplementedError

    def kept_views(self, before: Mapping[str, Atom], after: Sequence[Mapping[str, Atom]]) -> dict[str, Any]:
        """The names that are the same view before and after; `views.ViewLowering` knows them."""
        raise NotImplementedError

    def assume(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Note the assumption that these are views, before what they are a part of is changed."""
        raise NotImplementedError

    def read_views(self, kept: dict[str, Any]) -> None:
        """Read such views again."""
        raise NotImplementedError

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for position, statement in enumerate(statements):
            if self.unreachable or self.is_set(SKIP):
                return
            rest = statements[position + 1 :]
            if isinstance(statement, ast.If) and contains_exit(statement):
                self.exit_if(statement, rest)
                return
            if isinstance(statement, ast.Match):
                self.block([*self.cases(statement), *rest])
                return
            if isinstance(statement, ast.Try) and contains_exit(statement):
                statement, rest = with_rest(statement, rest)
            self.lower_statement(statement)
            if not isinstance(statement, ast.Return | ast.Break | ast.Continue) and contains_exit(statement):
                self.guarded(statement, rest)
                return

    def cases(self, node: ast.Match) -> list[ast.stmt]:
        """The statements that a `match` is; `matching.MatchLowering` knows the patterns."""
        raise NotImplementedError

    def is_set(self, flag: str) -> bool:
        value = self.env[flag]
        return type(value) is Const and value.value is True

    def exit_if(self, node: ast.If, rest: Sequence[ast.stmt]) -> None:
        """An `if` with an exit in it, and the statements after it."""
        self.begin(node)
        test = self.expression(node.test)
        then_falls, else_falls = can_fall_through(node.body), can_fall_through(node.orelse)
        if then_falls and else_falls:
            self.fork(node, test, lambda: self.block(node.body), lambda: self.block(node.orelse))
            self.guarded(node, rest)
        else:
            then = [*node.body, *rest] if then_falls else node.body
            orelse = [*node.orelse, *rest] if else_falls else node.orelse
            self.fork(node, test, lambda: self.block(then), lambda: self.block(orelse))

    def guarded(self, node: ast.stmt, rest: Sequence[ast.stmt]) -> None:
        """The statements after one that may have left the block."""
        skip = self.env[SKIP]
        if type(skip) is Const:
            self.block(rest)
        elif rest:

            def left() -> None:
                self.env[SKIP] = Const(True)

            def stayed() -> None:
                self.env |= {SKIP: Const(False), STOP: Const(False), RETURNED: Const(False)}
                self.block(rest)

            self.fork(node, skip, left, stayed)

    def branch(
        self, node: ast.AST, test: Atom, then: Callable[[], Atom], orelse: Callable[[], Atom], hint: Hint
    ) -> Atom:
        def value_of(lower: Callable[[], Atom]) -> Callable[[], None]:
            def run() -> None:
                self.env[CHOSEN] = lower()

            return run

        outer = self.env.get(CHOSEN)
        result = hint if type(hint) is Var else Var(hint or "chosen")
        self.fork(node, test, value_of(then), value_of(orelse), result)
        value = self.env.pop(CHOSEN)
        if outer is not None:
            self.env[CHOSEN] = outer
        return value

    def fork(
        self, node: ast.AST, test: Atom, then: Callable[[], None], orelse: Callable[[], None],
        chosen: Var | None = None,
    ) -> None:
        """A branch: lower both sides from the same environment and join what they changed.

        `chosen` is what the value of a conditional expression is bound to.
        """
        test = self.truth(node, test)
        if type(test) is Const:
            (then if test.value else orelse)()
            return
        before = self.env
        sides = []
        for value, lower in ((True, then), (False, orelse)):
            outer, self.out, self.env = self.out, self.new_block(), dict(before)
            known = self.unknowns.known(self.env, test, value)
            self.env |= known
            lower()
            self.env |= {name: before[name] for name, atom in known.items() if self.env.get(name) is atom}
            sides.append(self.side())
            self.out, self.unreachable = outer, False
        self.env = before
        if isinstance(node, ast.If):
            self.begin(node)
        self.join(node, test, sides[0], sides[1], chosen)

    def new_block(self) -> list[Statement]:
        """Where the statements of one side of a branch go."""
        return []

    def side(self) -> Side:
        """What has been lowered, as one side of a branch."""
        return Side(self.out, self.env, self.unreachable)

    def join(self, node: ast.AST, test: Expr, then: Side, orelse: Side, chosen: Var | None = None) -> None:
        """The branch with these sides, and the environment behind it."""
        self.unreachable = then.is_dead and orelse.is_dead
        origin, results, before = self.origin(node), {}, self.env
        unknown: dict[tuple[Atom, Atom], Atom] = {}

        def joint(a: Atom, b: Atom, like: str = "") -> Atom:
            if a is b or same_constant(a, b):
                return a
            key = (value_key(a), value_key(b))
            if key not in results:
                var = variable(like)
                if not like:
                    var = next((Var(v.hint, v.named) for v in (a, b) if type(v) is Var), Var("value"))
                if like == CHOSEN and chosen is not None:
                    var = self.target(chosen)
                results[key] = (var, a, b)
                self.join_facts(var, a, b)
                self.from_parameter[var] = self.parameters_of(a) | self.parameters_of(b)
            return results[key][0]

        if not then.is_dead and not orelse.is_dead:
            self.reconcile(node, (then, orelse))
        kept = self.kept_views(before, [side.env for side in (then, orelse) if not side.is_dead])
        self.env = dict(before)
        for name in {**then.env, **orelse.env}:
            a, b = (side.env[name] if name in side.env else self.absent(name) for side in (then, orelse))
            if then.is_dead or orelse.is_dead:
                only = b if then.is_dead else a
                if isinstance(only, Const | Global) or is_unknown(only):  # what is known, or unknown, on both sides
                    a = b = only
                if a is not b:
                    a, b = (UNDEFINED, b) if then.is_dead else (a, UNDEFINED)
            if ":" in name and UNDEFINED in (a, b):  # of a function that was made on one side alone
                known = a if b is UNDEFINED else b
                a, b = (a, b) if type(known) is Var else (known, known)
            if name in kept and a is not b and not same_constant(a, b):
                continue
            if a is not b and (is_unknown(a) or is_unknown(b)):
                self.env[name] = unknown.setdefault((a, b), Undefined())
            else:
                self.env[name] = joint(a, b, name)
        sides = [*unknown, *((a, b) for _, a, b in results.values())]
        flags = [flag for flag in results.values() if all(map(is_flag, flag[1:]))]
        if unknown:
            own = [(test, Const(True), Const(False))] if type(test) is Var else []
            self.unknowns.join(unknown, [*own, *flags], joint, sides)
        flags = [flag for flag in flags if all(type(f) is Const for f in flag[1:])]
        if flags:  # what says which side was run says as well what is not assigned there
            undefined = {(a, b): v for v, a, b in results.values() if UNDEFINED in (a, b)}
            self.unknowns.join(undefined, flags, joint, sides)
        joined = list(results.values())
        then_block = Block(tuple(then.out), tuple(a for _, a, _ in joined))
        else_block = Block(tuple(orelse.out), tuple(b for _, _, b in joined))
        region = Region(is_expression=chosen is not None)
        kept = self.assume(kept)
        self.out.append(If(test, then_block, else_block, tuple(v for v, _, _ in joined), origin, region))
        self.read_views(kept)

    def truth(self, node: ast.AST, test: Atom) -> Atom:
        """What decides a branch on a value; `objects.ObjectLowering` knows the classes that say it themselves."""
        return test

    def reconcile(self, node: ast.AST, sides: tuple[Side, Side]) -> None:
        """Let both sides of a branch end in values that can be joined."""

    def absent(self, name: str) -> Atom:
        """What a name stands for that the environment does not have."""
        return UNDEFINED

    def join_facts(self, joint: Var, a: Atom, b: Atom) -> None:
        """Note what is known of a value that is one of two."""

    def note_result(
        self, node: ast.AST, target: Var, call: Call, args: Arguments, kwargs: Keywords
    ) -> None:
        super().note_result(node, target, call, args, kwargs)
        if is_call_of(call, operator.not_):
            self.unknowns.negations[target] = args[0]
        known = self.from_parameter
        sources = [known[a] for a in args if a in known]
        if kwargs:
            sources += [known[a] for _, a in kwargs if a in known]
        if any(sources) and may_be_argument(call):
            self.from_parameter[target] = frozenset[int]().union(*sources)

    def parameters_of(self, atom: Atom) -> frozenset[int]:
        return self.from_parameter.get(atom, frozenset())


def outputs(body: list[ast.stmt]) -> int | None:
    """The number of values, where every `return` gives a tuple of that many."""
    returns = [s for s in walk_statements(body) if isinstance(s, ast.Return)]
    lengths = {
        len(r.value.elts)
        if isinstance(r.value, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in r.value.elts) else None
        for r in returns
    }
    return lengths.pop() if len(lengths) == 1 and not can_fall_through(body) else None


def is_flag(atom: Atom) -> bool:
    """Whether something may say which way was taken: True, False or a value of the program."""
    return type(atom) is Var or type(atom) is Const and type(atom.value) is bool


def may_be_argument(call: Call) -> bool:
    """Whether a call may return (a view of) one of its arguments: by the rule that fits it, where there is one."""
    if type(call.fn) is Var:
        return True
    key = function_of(call)
    if key in (operator.getitem, primitives.element, *STORES):
        return True
    fitting = rule_of(call)
    if fitting is not None:
        return bool(fitting.shares)
    rules = registry.find(key) if key is not None else ()
    return any(rule.shares for rule in rules) or (not rules and isinstance(key, types.FunctionType))


STORES = (primitives.make_tuple, primitives.make_list, primitives.make_dict, primitives.make_object)


def value_key(atom: Atom) -> Any:
    return (type(atom.value), repr(atom.value)) if type(atom) is Const else atom


def same_constant(a: Atom, b: Atom) -> bool:
    return type(a) is Const and type(b) is Const and value_key(a) == value_key(b)


def variable(name: str) -> Var:
    """A value for what the environment has under a name."""
    return Var(display_name(name), named="%" not in name and not name.startswith("d["))


def display_name(name: str) -> str:
    """The name of a variable for what the environment has under a name; `d[x]` is of a rule's template."""
    if name.startswith("%value"):
        return "result"
    if name.startswith("%iterated"):
        return "items"
    name = name.rpartition(":")[2]
    if name.startswith("@"):  # an attribute
        return name.partition(".")[2]
    return f"d{name[2:-1]}" if name.startswith("d[") else name.strip("%")


