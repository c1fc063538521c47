"""Lowering of loops: which names they carry from one iteration to the next, and how they run.

Every `for` loop runs over a range; what else there is to run through is read by its index.

    for a, b in zip(x, y):       for i in range(min(len(x), len(y))):
        ...                 ->       a = x[i]; b = y[i]; ...
"""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, overload

from tangent import runtime
from tangent.frontend.control import (
    RETURNED,
    SKIP,
    STOP,
    ControlLowering,
    value_key,
    variable,
)
from tangent.frontend.syntax import (
    bound_names,
    contains_exit,
    contains_return,
    goes_by_keys,
    names_read,
    walk_statements,
    written_names,
)
from tangent.ir import primitives
from tangent.ir.nodes import (
    UNDEFINED,
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Expr,
    For,
    Global,
    Lib,
    Statement,
    Undefined,
    Var,
    While,
    is_unknown,
)
from tangent.ir.walk import all_statements, joined, substitute

__all__ = ["ENDLESS", "Iteration", "LoopLowering", "named_after"]


ENDLESS = Const(sys.maxsize)
"""The number of iterations of a loop that only an exit ends."""


@dataclass(frozen=True, slots=True)
class Iteration:
    """How a `for` loop runs: a range, and the loop target's value for each index."""

    bounds: tuple[Atom, Atom, Atom]
    element: Callable[[Var, ast.expr | None], Any]
    """The element for an index, as an atom or a tuple of elements (nested), named after the target if that is given."""
    index_target: Callable[[ast.expr], ast.expr | None] = lambda _: None
    """The part of the loop's target that the index itself is bound to."""


class LoopLowering(ControlLowering):
    """Lowers loops."""

    views_at_start: dict[str, Any]
    """The views that the body being lowered starts by reading again."""

    def assign(self, target: ast.expr, value: Atom) -> None:
        """Bind a target to a value; `lower.Lowering` knows all targets."""
        raise NotImplementedError

    def is_fixed(self, value: Atom | None) -> bool:
        """Whether nothing that is done with a value changes it."""
        return isinstance(value, Const | Global)

    def output_names(self) -> list[str]:
        """The names of the environment for what the function returns."""
        return [f"%value{i}" for i in range(self.outputs if self.outputs is not None else 1)]

    def for_loop(self, node: ast.For) -> None:
        others = {name for name in self.env if name.startswith("%iterated")}
        outer, self.read_later = self.read_later, {}
        iteration = self.iteration(node.iter, node)
        read_later, self.read_later = self.read_later, outer
        iterated = [a for name, a in self.env.items() if name.startswith("%iterated") and name not in others]
        index = named_after(iteration.index_target(node.target), "i")
        self.integers.add(index)

        def body() -> None:
            self.begin(node)
            self.read_views(self.views_at_start)
            self.assign_element(node.target, iteration.element(index, node.target))
            self.block(node.body)

        def build(params: Any, inits: Any, block: Block, results: Any, _: Any) -> Statement:
            if any(init in iterated and changes_length(block, p) for p, init in zip(params, inits, strict=True)):
                self.refuse(
                    node, "unsupported: a loop over a list whose length it changes",
                    "loop over a copy: `list(items)`, or use a `while` loop",
                )
            return For(index, iteration.bounds, params, inits, block, results, self.source.origin(node))

        self.loop(node, body, build)
        changed = [name for name, atom in read_later.items() if self.env.get(name) is not atom]
        if changed:
            what = f"unsupported: an iterator that reads `{changed[0].rpartition(':')[2]}`, which the loop changes"
            self.refuse(node.iter, what, "make a list before the loop, if it is not to see the changes: `list(...)`")

    def note_read_later(self, node: ast.expr) -> None:
        """Note what an iterator reads each time when it is asked for an item: the loop is not to change it."""
        names = names_read(node)
        self.read_later |= {name: self.env[name] for name in names if name in self.env}
        functions = [f for name in names if name in self.env for f in self.known_functions(self.env[name])]
        for (scope, name), atom in self.captured(functions).items():
            self.read_later[name if self.env.get(name) is atom else f"{scope}:{name}"] = atom
        if any(isinstance(part, ast.Attribute) for part in ast.walk(node)):
            self.read_later |= {name: atom for name, atom in self.env.items() if name.startswith("@")}

    def known_functions(self, atom: Atom) -> Sequence[Any]:
        """The functions that a value is or holds and that are known while lowering alone: see `values`."""
        raise NotImplementedError

    def captured(self, functions: Sequence[Any]) -> dict[tuple[str, str], Atom]:
        """The variables that inner functions read, by scope and name: see `inner`."""
        raise NotImplementedError

    def assign_element(self, target: ast.expr, element: Any) -> None:
        if not isinstance(element, tuple):
            self.assign(target, element)
        elif isinstance(target, ast.Tuple | ast.List) and len(target.elts) == len(element) and not any(
            isinstance(t, ast.Starred) for t in target.elts
        ):
            for inner, part in zip(target.elts, element, strict=True):
                self.assign_element(inner, part)
        else:
            self.assign(target, self.pack(target, element))

    def pack(self, node: ast.AST, element: Any) -> Atom:
        if not isinstance(element, tuple):
            atom: Atom = element
            return atom
        atoms = tuple(self.pack(node, e) for e in element)
        result = self.emit(node, primitives.make_tuple, *atoms)
        self.elements[result] = atoms
        return result

    def iteration(self, node: ast.expr, loop: ast.For) -> Iteration:
        """How to run through an iterable by an index."""
        if isinstance(node, ast.Call) and not node.keywords or isinstance(node, ast.Call) and len(node.keywords) == 1:
            found = self.resolve(node.func)
            value = found.value if found is not None else None
            if value is range and not node.keywords:
                bounds = [self.expression(a) for a in node.args]
                if len(bounds) in (1, 2, 3):
                    start, stop, step = [Const(0), *bounds, Const(1)] if len(bounds) == 1 else (
                        [*bounds, Const(1)] if len(bounds) == 2 else bounds
                    )
                    return Iteration((start, stop, step), lambda i, _: i, lambda target: target)
            if value is enumerate and node.args:
                return self.enumerate_(node, loop)
            if value is zip and node.args and is_strictness(node.keywords):
                return self.zip_(node, loop)
            if value is reversed and len(node.args) == 1:
                return self.reversed_(node, loop)
            method = node.func if isinstance(node.func, ast.Attribute) and not node.args and found is None else None
            if method is not None and method.attr in ("items", "keys", "values"):
                return self.dict_view(node, method)
        return self.sequence(node, self.expression(node), loop)

    def sequence(self, node: ast.expr, items: Atom, loop: ast.For) -> Iteration:
        if self.has_keys(node, loop):
            # `for key in table: ... table[key] ...`
            items = self.emit(node, Lib(list), items, hint="keys")
        name = self.iterated(items)
        length = self.emit(node, Lib(len), items)

        def element(index: Var, target: ast.expr | None) -> Atom:
            return self.emit(node, primitives.element, self.env[name], index, hint=named_after(target))

        return Iteration((Const(0), length, Const(1)), element)

    def iterated(self, items: Atom) -> str:
        """The name of what a loop runs through: the elements are those of the array as the loop changes it."""
        name = f"%iterated:{sum(n.startswith('%iterated') for n in self.env)}"
        self.env[name] = items
        return name

    def has_keys(self, node: ast.expr, loop: ast.For) -> bool:
        """Whether going through a value gives keys, which are no indices: it is a dict or a set."""
        found = self.resolve(node)
        if found is not None:
            return isinstance(found.value, Mapping | Set)
        if isinstance(node, ast.Call):
            made = self.resolve(node.func)
            return made is not None and any(made.value is f for f in (dict, set, frozenset))
        if isinstance(node, ast.Set | ast.SetComp | ast.Dict | ast.DictComp):
            return True
        return isinstance(node, ast.Name) and goes_by_keys(loop, node.id, self.body)

    def enumerate_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inner = self.from_zero(node.args[0], self.iteration(node.args[0], loop), loop)
        starts = [*node.args[1:], *(k.value for k in node.keywords)]
        start = self.expression(starts[0]) if starts else Const(0)
        if type(start) is Const and start.value == 0:
            return Iteration(
                inner.bounds, lambda i, target: (i, inner.element(i, part(target, 1, 2))),
                lambda target: part(target, 0, 2),
            )

        def counted(index: Var, target: ast.expr | None) -> Any:
            count = self.emit(node, operator.add, index, start, hint=named_after(part(target, 0, 2), "count"))
            return count, inner.element(index, part(target, 1, 2))

        return Iteration(inner.bounds, counted)

    def zip_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inners = [self.from_zero(a, self.iteration(a, loop), loop) for a in node.args]
        lengths = [inner.bounds[1] for inner in inners if inner.bounds[1] is not ENDLESS] or [ENDLESS]
        length = lengths[0]
        if any(ast.literal_eval(k.value) for k in node.keywords):
            length = self.emit(node, Lib(runtime.same_length, "tangent.same_length"), *lengths, hint="length")
            lengths = lengths[:1]
        for other in lengths[1:]:
            length = self.emit(node, Lib(min), length, other, hint="length")
        count = len(inners)
        return Iteration(
            (Const(0), length, Const(1)),
            lambda i, target: tuple(inner.element(i, part(target, k, count)) for k, inner in enumerate(inners)),
        )

    def from_zero(self, node: ast.expr, iteration: Iteration, loop: ast.For) -> Iteration:
        """The same iteration over range(length)."""
        start, _, step = iteration.bounds
        if type(start) is Const and start.value == 0 and type(step) is Const and step.value == 1:
            return iteration
        steps = self.emit(node, Lib(range), *iteration.bounds, hint="steps")
        length = self.emit(node, Lib(len), steps)
        return Iteration(
            (Const(0), length, Const(1)),
            lambda i, target: iteration.element(self.emit(node, operator.getitem, steps, i, hint="step"), target),
        )

    def reversed_(self, node: ast.Call, loop: ast.For) -> Iteration:
        inner = self.from_zero(node.args[0], self.iteration(node.args[0], loop), loop)
        last = self.emit(node, operator.sub, inner.bounds[1], Const(1), hint="last")
        return Iteration((last, Const(-1), Const(-1)), inner.element)

    def dict_view(self, node: ast.Call, view: ast.Attribute) -> Iteration:
        table = self.expression(view.value)
        keys = self.emit(node, Lib(list), table, hint="keys")
        length = self.emit(node, Lib(len), keys)
        name = self.iterated(table)

        def element(index: Var, target: ast.expr | None) -> Any:
            key_target = {"keys": target, "items": part(target, 0, 2)}.get(view.attr)
            key = self.emit(node, primitives.element, keys, index, hint=named_after(key_target, "key"))
            if view.attr == "keys":
                return key
            value_target = target if view.attr == "values" else part(target, 1, 2)
            value = self.emit(node, operator.getitem, self.env[name], key, hint=named_after(value_target, "value"))
            return value if view.attr == "values" else (key, value)

        return Iteration((Const(0), length, Const(1)), element)

    def while_loop(self, node: ast.While) -> None:
        header = Block(())
        if self.changes_names(node.test):
            self.while_loop(self.tested_inside(node))
            return

        def body() -> None:
            nonlocal header
            views = self.views_at_start
            outer, self.out = self.out, []
            self.begin(node)
            self.read_views(views)
            test = self.expression(node.test)
            header, self.out = Block(tuple(self.out), (test,)), outer
            self.read_views(views)
            self.block(node.body)

        def build(params: Any, inits: Any, block: Block, results: Any, unchanged: Any) -> Statement:
            return While(substitute(header, unchanged), params, inits, block, results, self.source.origin(node))

        self.loop(node, body, build)

    def changes_names(self, test: ast.expr) -> bool:
        """Whether the condition of a loop binds names, or changes containers."""
        before, outer, self.out = self.env, self.out, []
        self.env = dict(before)
        self.expression(test)
        after, self.env, self.out = self.env, before, outer
        return any(before.get(name) is not atom for name, atom in after.items())

    def tested_inside(self, node: ast.While) -> ast.While:
        """`while True:`, with the test and a `break` in the body."""
        if any(contains_exit(s) for s in node.orelse):
            self.refuse(
                node.test, "unsupported: a way out of the `else` of a `while` whose condition changes a name",
                "write `while True:`, and test and `break` in the body",
            )
        leave = ast.copy_location(ast.Break(), node.test)
        exit_ = ast.If(ast.UnaryOp(ast.Not(), node.test), [*node.orelse, leave], [])
        true = ast.copy_location(ast.Constant(True), node.test)
        for new in (exit_, exit_.test):
            ast.copy_location(new, node.test)
        return ast.copy_location(ast.While(true, [exit_, *node.body], []), node)

    def loop(
        self, node: ast.For | ast.While, body: Callable[[], None],
        build: Callable[[Any, Any, Block, Any, Any], Statement],
    ) -> None:
        """Lower a loop: find out which names it carries from one iteration to the next."""
        outer_flags = {flag: self.env[flag] for flag in (STOP, SKIP)}
        may_change = [n for n in written_names([node]) if not self.is_fixed(self.env.get(n))]
        names = set(bound_names([node]) + may_change)
        written = {self.env[n] for n in may_change if isinstance(self.env.get(n), Var)}
        names |= {n for n, atom in self.env.items() if atom in written}
        if contains_return(node):
            names |= {RETURNED, *self.output_names()}
        has_exit = any(isinstance(s, ast.Break | ast.Return) for s in walk_statements([node]))
        broke = Var("broke") if node.orelse and has_exit else None
        share, rebound, facts = True, set[str](), dict[str, Any]()
        for _ in range(50):
            attempt = self.attempt_loop(names, share, body, broke, rebound, facts)
            if isinstance(attempt, set):
                names |= attempt
            elif attempt is None:
                share = False
            else:
                break
        else:
            self.refuse(node, "unsupported: a loop whose names for mutable values change too often", "split the loop")
        params, inits, block, results, env, unchanged, views = attempt
        stopped = env.pop("%broke", Const(False))
        self.env = {**env, **outer_flags}
        self.out.append(build(params, inits, block, results, unchanged))
        self.read_views(views)
        if contains_return(node):
            self.env[SKIP] = self.env[RETURNED]
            if self.loop_depth:
                self.env[STOP] = self.env[RETURNED]
        if node.orelse:
            self.fork(node, stopped, lambda: None, lambda: self.block(node.orelse))

    def as_value(self, node: ast.AST, atom: Atom) -> Atom:
        """What stands for a value in the program, where that has to hold it."""
        return atom

    def is_kept(self, atom: Atom) -> bool:
        """Whether a value can't be carried by a loop, since a program can't hold it: what its name stands for stays."""
        return False

    def relocate(self, before: dict[str, Atom], after: dict[str, Atom], names: set[str]) -> bool:
        """Prepare another attempt at a loop in which a name that was kept stood for something else at the end."""
        return False

    def values_before(self, after: Mapping[str, Atom]) -> bool:
        """Make values of the objects that the body of a loop makes values of; whether there are such."""
        return False

    def mark(self) -> int:
        """A moment, by which to tell what was made before."""
        return 0

    def begin_carrying(self, parameter: Var, name: str, init: Atom, facts: Mapping[str, Any]) -> None:
        """Note what is known of a value that a loop carries: as it begins, or as other attempts have shown."""

    def is_settled(self, parameter: Var, name: str, init: Atom, end: Atom, facts: dict[str, Any]) -> bool:
        """Whether what was noted of such a value holds at the end of each iteration; else `facts` gets what does."""
        return True

    def belongs_outside(self, name: str, mark: int) -> bool:
        """Whether a name that an iteration brought up is of something that was there before."""
        return False

    def end_iteration(self, kept: set[str], carried: list[str], new: set[str], mark: int) -> None:
        """Let the names that are kept stand for what they stood for at the beginning, if they can.

        What a name that is `new` in the loop stands for is not known behind it, if that was made before the `mark`.
        """

    def attempt_loop(
        self, names: set[str], share: bool, body: Callable[[], None], broke: Var | None, rebound: set[str],
        facts: dict[str, Any],
    ) -> tuple[Any, Any, Block, Any, dict[str, Atom], dict[Var, Expr], dict[str, Any]] | set[str] | None:
        """Lower the body once; returns the loop's parts, further names to carry, or None for 'do not share'.

        Names of views are not carried but read again, except those that are `rebound` to something else.  `facts` is
        what attempts have shown of the values that names have in all iterations.
        """
        before, outer = self.env, self.out
        known = {n: view for n, view in self.kept_views(before, []).items() if n not in rebound}
        names |= self.holders([view.holder for n, view in known.items() if n in names], share)
        views = self.assume({n: view for n, view in known.items() if view.holder in names})
        names |= views.keys()
        possible = {n for n in names if (n in before or n in self.locals) and not is_unknown(before.get(n))}
        carried = sorted(possible - views.keys(), key=order_in(before))
        kept = {n for n in carried if self.is_kept(before.get(n, UNDEFINED))}
        carried = [n for n in carried if n not in kept]
        before |= {n: UNDEFINED for n in carried if n not in before}
        for name in carried:
            if name in before:
                before[name] = self.as_value(self.statement, before[name])
        carried = [n for n in carried if n in before]  # an object that became a value has no attributes to carry
        groups: dict[Any, list[str]] = {}
        for name in carried:
            init = before.get(name, UNDEFINED)
            is_shared = share and (type(init) is Var or self.is_read_live(init))
            groups.setdefault(init if is_shared else name, []).append(name)
        params = {key: variable(group[0]) for key, group in groups.items()}
        for key, group in groups.items():
            self.from_parameter[params[key]] = self.parameters_of(before.get(group[0], UNDEFINED))
            self.begin_carrying(params[key], group[0], before.get(group[0], UNDEFINED), facts)
        inside = dict(before)
        for key, group in groups.items():
            inside.update(dict.fromkeys(group, params[key]))
        inside |= {STOP: Const(False), SKIP: Const(False)}
        entry = dict(inside)
        self.env, self.out = inside, []
        mark = self.mark()
        self.loop_depth += 1
        outer_is_loop, self.is_loop = self.is_loop, True
        self.views_at_start = views
        body()
        self.is_loop = outer_is_loop
        self.loop_depth -= 1
        self.end_iteration(kept, carried, {n for n in carried if before[n] is UNDEFINED}, mark)
        after, statements = self.env, self.out
        self.env, self.out, self.unreachable = before, outer, False
        if self.values_before(after):
            return set()
        unknown = [
            n for n, atom in after.items()
            if is_unknown(atom) and not is_unknown(before.get(n)) and (n in before or n in self.locals)
        ]
        if unknown:
            self.env = before | dict.fromkeys(unknown, Undefined())
            return set(unknown)
        changed = {
            n for n, atom in entry.items() if after.get(n) is not atom and n not in names and n not in (STOP, SKIP)
        }
        if any(after.get(n) is not before[n] for n in kept):
            if self.relocate(before, after, kept):
                return set()
            self.refuse(
                self.statement, "unsupported: a name stands for another function or object in each iteration",
                "use a name of its own for it in the loop",
            )
        new = {n: self.absent(n) for n in after if n not in entry and self.belongs_outside(n, mark)}
        before |= new
        if changed or new:
            return changed | new.keys()
        lost = {n for n, view in views.items() if after[view.holder] is entry[view.holder]}
        lost |= views.keys() - self.kept_views(before, [after]).keys()
        if lost:
            rebound |= lost
            return set()
        if any(len({value_key(after.get(n, UNDEFINED)) for n in group}) > 1 for group in groups.values()):
            return None
        ends = [
            self.is_settled(
                params[key], group[0], before.get(group[0], UNDEFINED), after.get(group[0], UNDEFINED), facts
            )
            for key, group in groups.items()
        ]
        if not all(ends):
            return set()
        unchanged: dict[Var, Expr] = {}
        for key, group in list(groups.items()):
            init = before.get(group[0], UNDEFINED)
            if after.get(group[0]) is params[key] and not isinstance(init, Undefined):
                unchanged[params.pop(key)] = init
                del groups[key]
        inits = [before.get(group[0], UNDEFINED) for group in groups.values()]
        yields = [after.get(group[0], UNDEFINED) for group in groups.values()]
        parameters = list(params.values())
        stop = after[STOP]
        if broke is not None:
            parameters.append(broke)
            inits.append(Const(False))
            yields.append(stop)
        results = tuple(Var(p.hint, p.named) for p in parameters)
        env = dict(before)
        for result, init, end, group in zip(results, inits, yields, groups.values(), strict=False):
            env.update(dict.fromkeys(group, UNDEFINED if init is end is UNDEFINED else result))
            self.from_parameter[result] = self.parameters_of(init) | self.parameters_of(end)
            self.join_facts(result, init, end)
        if broke is not None:
            env["%broke"] = results[-1]
        no_stop = type(stop) is Const and stop.value is False
        block = substitute(Block(tuple(statements), tuple(yields), None if no_stop else stop), unchanged)
        return tuple(parameters), tuple(inits), block, results, env, unchanged, views

    def holders(self, names: Sequence[str], share: bool) -> set[str]:
        """Names of what views are a part of, and all others that stand for the same values: a change is one of all."""
        held = {atom for n in names if share and isinstance(atom := self.env[n], Var)}
        return {*names, *(n for n, atom in self.env.items() if atom in held)}


def changes_length(block: Block, items: Var) -> bool:
    """Whether a block puts something into a list, or takes something out, under whatever name."""
    versions: set[Expr] = {items}
    sources = joined(block)
    changed = True
    while changed:
        found = {v for v, both in sources.items() if any(b in versions for b in both)}
        for statement in all_statements(block):
            call = statement.value if type(statement) is Assign else None
            if type(statement) is Assign and type(call) is Call and type(call.fn) is Lib and (
                call.args and call.args[0] in versions
            ):
                if call.fn.value in LENGTHENING:
                    return True
                if call.fn.value in (primitives.update_item, primitives.put_back, operator.iadd):
                    found.update(statement.targets[:1])
        changed = not found <= versions
        versions |= found
    return False


LENGTHENING: frozenset[Any] = frozenset({
    primitives.list_append, primitives.list_insert, primitives.list_pop, primitives.set_add, primitives.set_discard,
    primitives.dict_remove,
})


def part(target: ast.expr | None, position: int, count: int) -> ast.expr | None:
    """The target at `position` of a target for `count` elements."""
    if isinstance(target, ast.Tuple | ast.List) and len(target.elts) == count:
        return target.elts[position]
    return None


@overload
def named_after(target: ast.expr | None, otherwise: str) -> Var: ...
@overload
def named_after(target: ast.expr | None) -> Var | None: ...
def named_after(target: ast.expr | None, otherwise: str = "") -> Var | None:
    """A variable of the name that a target is."""
    if isinstance(target, ast.Name):
        return variable(target.id)
    return Var(otherwise) if otherwise else None


def is_strictness(keywords: list[ast.keyword]) -> bool:
    """Whether the keyword arguments of `zip` are none, or `strict=True` or `strict=False`."""
    return all(k.arg == "strict" and isinstance(k.value, ast.Constant) for k in keywords)


def order_in(env: dict[str, Atom]) -> Callable[[str], tuple[int, str]]:
    positions = {name: i for i, name in enumerate(env)}
    return lambda name: (positions.get(name, len(positions)), name)
