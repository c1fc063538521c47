"""Lowering of `try` and `with`.

`try` is a branch of which the run decides: its one side is the body, the other what handles the exception, from the
state before the body.

    try:                              y_1 = if attempt(ValueError):
        y = math.sqrt(x)       ->         y_2 = math.sqrt(x); yield y_2
    except ValueError:                else:
        y = 0.0                           yield 0.0

A variable that the body changes before something else in it may raise is neither old nor new in the handler:
reading it there is refused.  Where it is read later, the body is taken in steps (`syntax.in_steps`).  `else` and
`finally` follow as statements of their own.  `with` is a bracket around statements, see `primitives.enter`.
"""

from __future__ import annotations

import ast
import contextlib
import decimal
import io
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tangent.errors import SourceError
from tangent.frontend.control import CHOSEN, RETURNED, SKIP, STOP, Side
from tangent.frontend.loops import LoopLowering
from tangent.frontend.source import read
from tangent.frontend.syntax import contains_exit, in_steps, walk_scope
from tangent.insertions import insert_grad_of
from tangent.ir import primitives
from tangent.ir.attempts import is_attempt, may_raise
from tangent.ir.nodes import Assign, Atom, Block, Call, Const, Expr, Global, If, Lib, Statement, Undefined, Var
from tangent.ir.walk import all_statements

__all__ = ["AttemptLowering"]

COMPLETED = "%completed"
"""The name of the environment for whether the body of a `try` ran to its end."""

SETTINGS: tuple[Any, ...] = (
    np.errstate, np.printoptions, warnings.catch_warnings, contextlib.nullcontext, decimal.localcontext,
)
"""Contexts that change nothing but how the statements in them are run: they hold in the backward pass as well."""

LETTING_THROUGH: tuple[type, ...] = (
    contextlib.closing, contextlib.redirect_stdout, contextlib.redirect_stderr, contextlib.chdir, io.IOBase,
    type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Semaphore,
)
"""Classes of contexts that let exceptions through."""


class AttemptLowering(LoopLowering):
    """Lowers `try` and `with`."""

    handling: Var | None = None
    """The exception that is handled by the statements that are lowered."""

    # --- try ---------------------------------------------------------------------------------

    def try_(self, node: ast.Try) -> None:
        if node.finalbody:
            self.try_finally(node)
            return
        node = in_steps(node, self.source.text.loads)
        types_, first, last = self.handled(node)

        def body() -> None:
            self.block(node.body)
            if node.orelse:
                self.env[COMPLETED] = Const(True)

        def handle() -> None:
            if node.orelse:
                self.env[COMPLETED] = Const(False)
            self.handler(node, first, last)

        self.attempt(node, types_, body, handle)
        if node.orelse:
            completed = ast.copy_location(ast.Name(COMPLETED, ast.Load()), node)
            self.guarded(node, [ast.copy_location(ast.If(completed, node.orelse, []), node)])
            self.env.pop(COMPLETED, None)

    def handled(self, node: ast.Try) -> tuple[tuple[Atom, ...], list[tuple[Atom, ast.ExceptHandler]], Any]:
        """The exceptions that are handled, the handlers that name some, and the one for all of the rest."""
        named = [(self.expression(h.type), h) for h in node.handlers if h.type is not None]
        rest = next((h for h in node.handlers if h.type is None), None)
        if rest is None:
            exceptions = [e for atom, _ in named for e in self.exceptions(atom)]
            named, (_, rest) = named[:-1], named[-1]
            return tuple(exceptions), named, rest
        return (), named, rest

    def exceptions(self, atom: Atom) -> Sequence[Atom]:
        """The exceptions that a handler names."""
        return self.elements.get(atom, (atom,)) if type(atom) is Var else (atom,)

    def handler(self, node: ast.Try, first: list[tuple[Atom, ast.ExceptHandler]], last: ast.ExceptHandler) -> None:
        """What runs if the body raised an exception: the first handler that fits it."""
        outer = self.handling
        name = next((h.name for h in node.handlers if h.name), "error")
        self.handling = error = self.emit(node, primitives.caught, hint=Var(name))

        def choose(handlers: list[tuple[Atom, ast.ExceptHandler]]) -> None:
            if not handlers:
                self.handler_body(last, error)
                return
            exceptions, handler = handlers[0]
            fits = self.emit(handler, isinstance, error, exceptions, hint="fits")
            self.fork(handler, fits, lambda: self.handler_body(handler, error), lambda: choose(handlers[1:]))

        choose(first)
        self.handling = outer

    def handler_body(self, handler: ast.ExceptHandler, error: Var) -> None:
        self.statement = handler
        if handler.name:
            self.env[handler.name] = error
        self.block(handler.body)
        if handler.name:  # as Python does
            self.env.pop(handler.name, None)

    def attempt(
        self, node: ast.AST, exceptions: tuple[Atom, ...], body: Callable[[], None], handle: Callable[[], None]
    ) -> None:
        """`try: body except exceptions: handle`"""
        before, outer, was_unreachable = self.env, self.out, self.unreachable
        watched = _Watched(self)
        self.out, self.env = watched, dict(before)
        body()
        then = Side(list(watched), self.env, self.unreachable)
        self.out = outer
        raises = has_effect if exceptions and all(map(is_name_error, exceptions)) else may_raise
        if not any(map(raises, all_statements(Block(tuple(watched))))):
            for statement in watched:
                self.out.append(statement)
            return
        unknown = watched.unknown()
        self.out, self.unreachable, self.env = [], was_unreachable, before | dict.fromkeys(unknown, Undefined())
        handle()
        orelse = self.side()
        self.out, self.unreachable, self.env = outer, was_unreachable, before
        self.join(node, Call(Lib(primitives.attempt), exceptions), then, orelse)

    def new_block(self) -> list[Statement]:
        return self.out.inner() if isinstance(self.out, _Watched) else super().new_block()

    @contextlib.contextmanager
    def in_place(self, body: AttemptLowering) -> Iterator[None]:
        """While the body of another function is lowered in the place of a call: it may change variables of this one."""
        running = self.out.running if isinstance(self.out, _Watched) else []
        running.append(body)
        try:
            yield
        finally:
            running.pop()

    def variables_of(self, caller: AttemptLowering, depth: int) -> Iterator[tuple[str, Atom]]:
        """The variables of the function in whose place this one is put, `depth` calls inside of it, as they are now."""
        prefix = "%outer:" * depth
        for name, atom in self.env.items():
            if name.startswith("@"):  # an attribute of an object
                yield name, atom
            elif name.startswith(prefix):
                yield name.removeprefix(prefix), atom

    # --- finally -----------------------------------------------------------------------------

    def try_finally(self, node: ast.Try) -> None:
        """The last block runs on each way out; where an exception leaves, only if it has an effect."""
        for statement in node.finalbody:
            if contains_exit(statement):
                self.refuse(statement, "unsupported: a way out of a `finally` block", "leave after the `try` statement")
        inner = ast.copy_location(ast.Try(node.body, node.handlers, node.orelse, []), node)

        def body() -> None:
            if node.handlers:
                self.try_(inner)
            else:
                self.block(node.body)

        def handle() -> None:
            self.block(node.finalbody)
            self.perform(node, primitives.raise_)
            self.unreachable = True

        state, outer = (dict(self.env), self.unreachable), self.out
        self.out = []
        body()
        has_effect = self.finally_(node)
        made, self.out = self.out, outer
        if has_effect:
            self.env, self.unreachable = state
            self.attempt(node, (), body, handle)
            self.finally_(node)
        else:
            for lowered in made:
                self.out.append(lowered)

    def finally_(self, node: ast.Try) -> bool:
        """The last block after the others, by whatever way they were left; returns whether it has an effect."""
        if self.unreachable:
            return True
        flags = {flag: self.env[flag] for flag in (SKIP, STOP, RETURNED)}
        known = dict(self.env)
        self.env |= dict.fromkeys(flags, Const(False))
        start, entry = len(self.out), dict(self.env)
        self.block(node.finalbody)
        changed = {n: a for n, a in self.env.items() if entry.get(n) is not a}
        self.env = known | changed | flags
        inside = all_statements(Block(tuple(self.out[start:])))
        return any(map(has_effect, inside))

    # --- with --------------------------------------------------------------------------------

    def with_(self, node: ast.With) -> None:
        self.in_contexts(node, node.items)

    def in_contexts(self, node: ast.With, items: list[ast.withitem]) -> None:
        if not items:
            self.block(node.body)
            return
        item, *rest = items
        self.statement = node
        found = self.resolve(item.context_expr.func) if isinstance(item.context_expr, ast.Call) else None
        if found is not None and found.value is insert_grad_of:
            self.refuse(
                item.context_expr, "unsupported: `insert_grad_of` beside another context",
                "put it into a `with` statement of its own",
            )
        if found is not None and found.value is contextlib.suppress:
            assert isinstance(item.context_expr, ast.Call)
            exceptions, _ = self.arguments(item.context_expr)
            self.attempt(node, exceptions, lambda: self.in_contexts(node, rest), lambda: None)
            return
        entered = self.enter(item, found.value if found is not None else None)
        if item.optional_vars is not None:
            self.assign(item.optional_vars, entered)
        self.in_contexts(node, rest)
        self.statement = node
        self.perform(node, primitives.leave, entered)

    def enter(self, item: ast.withitem, maker: Any) -> Var:
        node = item.context_expr
        self.refuse_swallowing(node, maker)
        found = self.resolve(node.func) if isinstance(node, ast.Call) else None
        if found is not None and isinstance(node, ast.Call):  # as it is written: the context is Python's own affair
            args, kwargs = self.arguments(node, found)
            given = tuple([(name, self.as_value(node, a)) for name, a in kwargs])
            context: Expr = Call(found, tuple([self.as_value(node, a) for a in args]), given)
        else:
            context = self.as_value(node, self.expression(node))
        hint = self.target_hint(item.optional_vars) if item.optional_vars is not None else None
        entered = self.target(hint) if type(hint) is Var else Var("entered")
        call = Call(Lib(primitives.enter), (context, Const(maker in SETTINGS)))
        self.out.append(Assign((entered,), call, self.origin(node), effect=True))
        self.has_effects |= maker not in SETTINGS
        return entered

    def target_hint(self, target: ast.expr) -> Any:
        """The variable that a target asks for; `lower.Lowering` knows."""
        raise NotImplementedError

    def refuse_swallowing(self, node: ast.expr, maker: Any) -> None:
        """Refuse a context that may keep exceptions to itself: the statements behind it would follow."""
        if maker is None and (found := self.resolve(node)) is not None:
            maker = type(found.value)
        if maker is None or not lets_through(maker):
            self.refuse(
                node, "unsupported: a context that may swallow an exception",
                "write `try` and `except`, or open the context around the call of the function",
            )


class _Watched(list[Statement]):
    """The statements of the body of a `try`, and which names were changed while something could still raise."""

    def __init__(self, lowering: AttemptLowering) -> None:
        super().__init__()
        self.lowering = lowering
        self.running: list[AttemptLowering] = []
        """The functions whose bodies are being put in the place of calls, each in that of the one before."""
        self.before = lowering.env
        self.early: set[str] = set()

    def append(self, statement: Statement) -> None:
        is_branch = type(statement) is If and not is_attempt(statement)  # whose sides are watched themselves
        if may_raise(statement) and not is_branch:
            self.note()
        super().append(statement)

    def inner(self) -> _Watched:
        """The statements of one side of a branch."""
        inner = _Watched(self.lowering)
        inner.before, inner.early, inner.running = self.before, self.early, self.running
        return inner

    def note(self) -> None:
        """Note the names that have other values than before."""
        before = self.before
        self.early |= {n for n, atom in self.lowering.env.items() if before.get(n) is not atom}
        for depth, function in enumerate(self.running, start=1):
            seen = function.variables_of(self.lowering, depth)
            self.early |= {n for n, atom in seen if before.get(n) is not atom and (n in before or n.startswith("@"))}

    def unknown(self) -> set[str]:
        """The names of which a handler does not know whether they were changed."""
        return {name for name in self.early if not is_flag(name)}


def is_name_error(exception: Atom) -> bool:
    """Whether an exception says that a name is not bound: that is known here."""
    kind = exception.value if type(exception) is Global else None
    return isinstance(kind, type) and issubclass(kind, NameError)


def has_effect(statement: Statement) -> bool:
    """Whether a statement does something but to compute values: it raises exceptions, or calls what is not known."""
    return type(statement) is Assign and statement.effect


def is_flag(name: str) -> bool:
    """Whether a name of the environment is one that only exits and values of expressions use."""
    return name in (SKIP, STOP, RETURNED, CHOSEN, COMPLETED) or name.startswith("%value")


def lets_through(maker: Any) -> bool:
    """Whether a context that is made by a call of `maker` surely lets exceptions through."""
    if maker in SETTINGS or maker is open or isinstance(maker, type) and issubclass(maker, LETTING_THROUGH):
        return True
    if isinstance(maker, type):
        return gives_nothing(getattr(maker, "__exit__", None))
    generator = getattr(maker, "__wrapped__", None)
    if isinstance(maker, types.FunctionType) and maker.__module__ == "contextlib" or generator is not None:
        return generator_lets_through(generator)
    return False


def gives_nothing(function: Any) -> bool:
    """Whether the source of an `__exit__` shows that it returns nothing that is true."""
    if not isinstance(function, types.FunctionType):
        return False
    try:
        node = read(function).node
    except SourceError:
        return False
    returned = [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
    return all(v is None or isinstance(v, ast.Constant) and not v.value for v in returned)


def generator_lets_through(function: Any) -> bool:
    """Whether a generator that `contextmanager` makes a context of handles no exception at its `yield`."""
    if not isinstance(function, types.FunctionType):
        return False
    try:
        node = read(function).node
    except SourceError:
        return False
    handling = [
        n for n in walk_scope_of(node) if isinstance(n, ast.With) or isinstance(n, ast.Try) and n.handlers
    ]
    return not any(isinstance(inner, ast.Yield) for n in handling for s in n.body for inner in walk_scope(s))


def walk_scope_of(node: ast.FunctionDef | ast.Lambda) -> list[ast.AST]:
    body = node.body if isinstance(node.body, list) else []
    return [n for s in body for n in walk_scope(s)]
