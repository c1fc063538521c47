"""Lowering of blocks for the backward pass: `with insert_grad_of(x) as dx: ...`.

The block becomes an `ir.nodes.Insertion`, a closed piece of program, and the statement a call of it:

    h = 2.0 * x                           h = mul(2.0, x)
    with insert_grad_of(h) as dh:   ->    h.2 = insert_grad_of(h, x)
        dh = dh * x                           in the backward pass, of dh, x: yield mul(dh, x)
    return h * h                          yield mul(h.2, h.2)

From there on all names of the value stand for the result of that call.
"""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tangent.frontend.blocks import Inserted
from tangent.frontend.control import RETURNED, SKIP, STOP
from tangent.frontend.expressions import MISSING
from tangent.frontend.functions import MUTATORS
from tangent.frontend.generators import GeneratorLowering
from tangent.frontend.syntax import blocks, bound_names
from tangent.ir.nodes import UNDEFINED, Assign, Atom, Block, Call, Const, Global, Insertion, Lib, Method, Var
from tangent.ir.walk import all_bound, all_statements, substitute, used_vars, with_blocks
from tangent.rules import registry
from tangent.runtime import copy

__all__ = ["InsertionLowering"]


class InsertionLowering(GeneratorLowering):
    """Lowers the blocks that are for the backward pass."""

    inserting: Inserted | None = None
    """The block that is lowered."""
    adjoints: tuple[tuple[str, Var], ...] = ()
    """The names of the adjoints in that block, and what they stand for at its beginning."""

    def insert(self, node: Inserted) -> None:
        self.check_block(node)
        names = self.names_of_adjoints(node)
        values = [self.value_of(v) for v in node.values]
        derivatives = tuple(Var(name or "derivative", named=True) for name in names)
        known = [(n, v) for n, v in zip(names, derivatives, strict=True) if n is not None]
        block = self.lowered_block(node, tuple(known), derivatives)
        inside = {*derivatives, *(v for s in all_statements(block) for v in all_bound(s))}
        free = list(dict.fromkeys(v for v in used_vars(block) if v not in inside))
        reads = tuple(Var(v.hint, v.named) for v in free)
        block = substitute(block, dict(zip(free, reads, strict=True)))
        has_effects = any(type(s) is Assign and s.effect for s in all_statements(block))
        insertion = Insertion(derivatives, reads, block, has_effects)
        targets = tuple(Var(v.id, named=True) for v in node.values if isinstance(v, ast.Name))
        call = Call(insertion, (*values, *free))
        self.out.append(Assign(targets, call, self.source.origin(node), effect=True))
        for place, value, target in zip(node.values, values, targets, strict=True):
            assert isinstance(place, ast.Name)
            self.rebind(place.id, value, target)

    def rebind(self, name: str, old: Atom, new: Var) -> None:
        """Let all names of a value stand for the same value behind a block."""
        self.join_facts(new, old, old)
        self.from_parameter[new] = self.parameters_of(old)
        for other, atom in self.env.items():
            if type(old) is Var and atom is old and not other.startswith("%argument"):
                self.env[other] = new
        self.env[name] = new

    # --- what the statement says -------------------------------------------------------------

    def check_block(self, node: Inserted) -> None:
        if self.inserting is not None:
            self.refuse(node, "unsupported: a block for the backward pass inside of another one",
                        "put them one after the other")
        if node.call.keywords or not node.values:
            self.refuse(node.call, "insert_grad_of takes the variables whose adjoints the block is for",
                        "name them: `with insert_grad_of(x) as dx:`")
        for value in node.values:
            if not isinstance(value, ast.Name):
                self.refuse(
                    value, "unsupported: a block for the adjoint of what is no variable",
                    "give it a name before the block, and use the name behind it",
                )
        named = [v.id for v in node.values if isinstance(v, ast.Name)]
        if len(set(named)) < len(named):
            self.refuse(node.call, "insert_grad_of names a variable twice", "name each of them once")

    def names_of_adjoints(self, node: Inserted) -> Sequence[str | None]:
        match node.target:
            case None:
                return [None] * len(node.values)
            case ast.Name(id=name) if len(node.values) == 1:
                return [name]
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                names = [t.id for t in targets if isinstance(t, ast.Name)]
                if len(names) == len(targets) == len(set(names)) == len(node.values):
                    return names
        variables = ", ".join(ast.unparse(v) for v in node.values)
        target = ", ".join(f"d{ast.unparse(v)}" for v in node.values)
        target = f"({target})" if len(node.values) > 1 else target
        self.refuse(
            node.target or node, f"the block needs a name for the adjoint of each of the {len(node.values)} variables",
            f"write `with insert_grad_of({variables}) as {target}:`",
        )

    def value_of(self, node: ast.expr) -> Atom:
        is_outer = isinstance(node, ast.Name) and node.id not in self.env and self.lookup(node.id) is not MISSING
        atom = UNDEFINED if is_outer else self.expression(node)
        if is_outer or type(atom) is Global:
            self.refuse(
                node,
                f"unsupported: a block for the adjoint of `{ast.unparse(node)}`, which is no variable of the function",
                "pass it as an argument, or give it a name in the function",
            )
        if self.holds_known(atom) or not isinstance(atom, Var | Const):
            self.refuse(
                node, "unsupported: a block for the adjoint of an object or a function",
                "give the attribute that holds the numbers a name, and use that",
            )
        return atom

    # --- the block ---------------------------------------------------------------------------

    def lowered_block(
        self, node: Inserted, adjoints: tuple[tuple[str, Var], ...], derivatives: Sequence[Var]
    ) -> Block:
        """The program of a block, which yields the adjoints as it leaves them."""
        outer = self.env, self.out, self.unreachable, self.locals, self.augmented_parameters, self.has_effects
        before, names = self.env, {name for name, _ in adjoints}
        self.refuse_exits(node.body)
        self.part_of |= dict.fromkeys((n for s in node.body for n in ast.walk(s)), node)
        self.inserting, self.adjoints = node, adjoints
        self.locals = self.locals | frozenset(bound_names(node.body)) | names
        self.env, self.out = before | dict(adjoints), []
        self.env |= {STOP: Const(False), SKIP: Const(False), RETURNED: Const(False)}
        for position, (_, var) in enumerate(adjoints):
            self.from_parameter[var] = frozenset({-1 - position})
        self.block(node.body)
        self.refuse_changes(node, before, names)
        after = dict(zip((v for _, v in adjoints), (self.env[n] for n, _ in adjoints), strict=True))
        stop = self.env[STOP]
        yields = tuple(after.get(d, d) for d in derivatives)
        made = Block(tuple(self.out), yields, None if type(stop) is Const and not stop.value else stop)
        made = with_plain_operators(made)
        self.inserting, self.adjoints = None, ()
        self.env, self.out, self.unreachable, self.locals, self.augmented_parameters, self.has_effects = outer
        self.begin(node)
        return made

    def refuse_exits(self, body: Sequence[ast.stmt]) -> None:
        """Refuse the ways out of a block for which the backward pass has nothing."""
        for exit_ in exits(body):
            if isinstance(exit_, ast.Break):
                if not self.is_loop:
                    self.refuse(
                        exit_, "unsupported: `break` in the backward pass of a loop that is written out, iteration by "
                        "iteration, since it goes through functions", "make the loop one over numbers or arrays",
                    )
                continue
            word = "return" if isinstance(exit_, ast.Return) else "continue"
            self.refuse(
                exit_, f"unsupported: `{word}` in a block for the backward pass",
                "put what follows under an `if`; `break` ends the backward pass of a loop",
            )

    def refuse_changes(self, node: Inserted, before: dict[str, Atom], names: set[str]) -> None:
        """Refuse a block that changes what the function goes on with: when the block runs, that is over."""
        for name, atom in self.env.items():
            if name in names or name.startswith("%") or name not in before or before[name] is atom:
                continue
            shown = name.rpartition(".")[2].rpartition(":")[2]
            self.refuse(
                next((n for s in node.body for n in ast.walk(s) if _mentions(n, shown)), node),
                f"the block changes `{shown}`, which is a variable of the function: the forward pass is over then",
                "use another name in the block; to keep something, append to a list of the module",
            )

    def leave_loop(self, node: ast.Break) -> None:
        """`break` in a block: what it has assigned to the adjoints is lost."""
        if self.inserting is None or not any(e is node for e in exits(self.inserting.body)):
            return
        for name, var in self.adjoints:
            if self.env[name] is not var:
                self.refuse(
                    node, f"`{name}` was assigned, and is lost: `break` ends the backward pass of the loop here, and "
                    "what the loop carries has the adjoint zero", "leave the assignment out, or the `break`",
                )

    # --- what blocks are for besides derivatives ---------------------------------------------

    def effect_in_block(self, node: ast.expr) -> bool:
        """Lower a call that is made for its effect, as it is written; False where it is none of which nothing is known.

        What a block does besides, its derivative does, and that of the derivative as well.
        """
        if self.inserting is None and self.follows or not isinstance(node, ast.Call):
            return False
        called: Global | Var | Method | None = None
        owner: tuple[Atom, ...] = ()
        found = self.resolve(node.func)
        keeps = True
        if found is None and isinstance(node.func, ast.Attribute):
            of = self.resolve_object(node.func.value)
            called, owner = (Method(node.func.attr), (of,)) if of is not None else (None, ())
        elif found is None and isinstance(node.func, ast.Name) and isinstance(of := self.env.get(node.func.id), Var):
            called = of
        elif found is not None and found.value is not MISSING and not registry.find(found.value):
            callee = self.callee(found.value) if isinstance(found.value, types.FunctionType) else None
            writes = callee is not None and callee.writes or any(found.value is m for m in MUTATORS)
            called, keeps = (None if writes else found), callee is None
        if called is None:
            return False
        args, kwargs = self.arguments(node)
        values = [self.as_value(node, a) for a in args]
        named = [(name, self.as_value(node, a)) for name, a in kwargs]
        if keeps:
            values, named = [self.kept(a) for a in values], [(name, self.kept(a)) for name, a in named]
        call = Call(called, (*owner, *values), tuple(named))
        self.out.append(Assign((), call, self.origin(node), effect=True))
        self.has_effects = True
        return True

    def resolve_object(self, node: ast.expr) -> Atom | None:
        """An object of the module, or of a function around this one, and attributes of it: `history`, `log.norms`."""
        match node:
            case ast.Name():
                found = self.resolve(node)
                return found if found is not None and not callable(found.value) else None
            case ast.Attribute(value=base):
                return self.expression(node) if self.resolve_object(base) is not None else None
        return None

    def kept(self, atom: Atom) -> Atom:
        """What is given to who may keep it: a copy of an adjoint, which the backward pass may go on to change."""
        if self.inserting is None or type(atom) is not Var or not self.parameters_of(atom):
            return atom
        return self.emit(self.statement, Lib(copy, "tangent.copy"), atom, hint=atom.hint)


def exits(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block that leave it."""
    for statement in body:
        match statement:
            case ast.Return() | ast.Continue() | ast.Break():
                yield statement
            case ast.For(body=inner, orelse=orelse) | ast.While(body=inner, orelse=orelse):
                yield from (s for s in exits(inner) if isinstance(s, ast.Return))
                yield from exits(orelse)
            case _:
                for block in blocks(statement):
                    yield from exits(block)


def with_plain_operators(block: Block) -> Block:
    """`dx = dx * 2.0` for `dx *= 2.0`: an adjoint may share its memory with others, and is not written in place."""
    statements = []
    for statement in block.statements:
        call = statement.value if type(statement) is Assign else None
        if type(call) is Call and type(call.fn) is Lib and (plain := PLAIN.get(call.fn.value)) is not None:
            statement = replace(statement, value=Call(Lib(plain), call.args))  # type: ignore[arg-type]
        statements.append(with_blocks(statement, with_plain_operators))
    return replace(block, statements=tuple(statements))


PLAIN: dict[Any, Any] = {getattr(operator, f"__i{name}__"): getattr(operator, f"__{name}__") for name in (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift", "or", "xor", "and",
)}


def _mentions(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name or isinstance(node, ast.Attribute) and node.attr == name

