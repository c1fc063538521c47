"""Questions about syntax that lowering asks before it descends."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

__all__ = [
    "all_arguments", "all_nodes", "bound_names", "can_fall_through", "contains_exit", "contains_return", "count_loads",
    "goes_by_keys", "in_steps", "is_irrefutable", "is_keyed", "names_declared_outer", "names_from_outside",
    "names_read", "statements_inside", "walk_scope", "walk_statements", "with_rest", "written_names",
]  # fmt: skip

CHANGING_METHODS = (
    "append", "insert", "pop", "extend", "remove", "clear", "reverse", "sort", "update", "setdefault", "add", "discard",
    "appendleft", "popleft",
)
"""Methods that change a list, a dict or a set."""

_COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each class of nodes that may hold such, without some."""

    def __init__(self, *without: str) -> None:
        self.without = frozenset(without)

    def __missing__(self, cls: type[ast.AST]) -> tuple[str, ...]:
        if cls is ast.Starred:
            found: tuple[str, ...] = ("value",)  # which may be a target
        else:
            names = () if cls is ast.Constant else cls._fields
            found = tuple([name for name in names if name not in self.without])
        self[cls] = found
        return found


_NO_NODES = ("ctx", "op", "ops", "id", "attr", "arg")
"""The fields of operators and contexts, and some that hold no nodes."""
_FIELDS = _Fields(*_NO_NODES)
_TARGETS = _Fields(*_NO_NODES, "value", "test", "iter", "exc", "cause", "msg", "annotation", "context_expr", "subject",
                   "guard", "slice")
"""The fields without those of expressions, in which only `:=` binds a name."""


def walk_scope(node: ast.AST, fields: _Fields = _FIELDS) -> Iterator[ast.AST]:
    """The nodes below `node` that belong to the same scope, in the order of the text."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _SCOPES):
            pending += reversed(_children(node, fields))


def all_nodes(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Nodes and all below them, without operators and contexts: a fifth of the time of `ast.walk`."""
    pending = list(nodes)
    found: list[ast.AST] = []
    while pending:
        node = pending.pop()
        found.append(node)
        pending += _children(node)
    return found


def statements_inside(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Statements and all in them, those of inner functions included, with the handlers and cases that they are in."""
    pending = list(nodes)
    found: list[ast.AST] = []
    while pending:
        node = pending.pop()
        found.append(node)
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            pending += getattr(node, name, ())
    return found


def _children(node: ast.AST, fields: _Fields = _FIELDS) -> list[ast.AST]:
    """The nodes in a node."""
    found: list[ast.AST] = []
    for name in fields[type(node)]:
        part = getattr(node, name, None)
        if type(part) is list:
            found += [p for p in part if isinstance(p, ast.AST)]
        elif isinstance(part, ast.AST):
            found.append(part)
    return found


def walk_statements(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements and those in them that belong to the same scope."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.For | ast.While):
            inner = [statement.body, statement.orelse]
        else:
            inner = blocks(statement)
        for block in inner:
            yield from walk_statements(block)


def bound_names(statements: Sequence[ast.stmt], in_expressions: bool = True) -> list[str]:
    """The names that statements bind, those that expressions in them bind (`:=`) included or not."""
    names: dict[str, None] = {}
    for statement in statements:
        for node in walk_scope(statement, _FIELDS if in_expressions else _TARGETS):
            if type(node) is ast.Name:
                if type(node.ctx) is not ast.Load:
                    names[node.id] = None
                continue
            if isinstance(node, ast.expr) and not isinstance(node, _COMPREHENSIONS):
                continue
            match node:
                case ast.FunctionDef(name=name):
                    names[name] = None
                case (
                    ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name))
                    | ast.MatchMapping(rest=str(name))
                ):
                    names[name] = None
                case ast.alias(name=name, asname=asname):
                    names[asname or name.partition(".")[0]] = None
                case ast.expr():
                    assigned = (n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
                    names |= dict.fromkeys(n.target.id for n in assigned)
    return list(names)


def names_declared_outer(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that statements declare to be variables of the enclosing function."""
    return {name for s in walk_statements(statements) if isinstance(s, ast.Nonlocal) for name in s.names}


def names_read(node: ast.AST) -> list[str]:
    """The names that are read in a definition, those of the definitions in it included."""
    names: dict[str, None] = {}
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                names[name] = None
            case ast.Nonlocal(names=outer):
                names |= dict.fromkeys(outer)
    return list(names)


@lru_cache(maxsize=256)
def names_from_outside(node: ast.FunctionDef | ast.Lambda) -> tuple[str, ...]:
    """The names that a function reads and does not bind itself."""
    body = node.body if isinstance(node.body, list) else []
    own = {*bound_names(body), *(a.arg for a in all_arguments(node.args))} - names_declared_outer(body)
    return tuple([name for name in names_read(node) if name not in own])


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """The parameters, in the order of `inspect.signature`."""
    star, stars = [args.vararg] if args.vararg else [], [args.kwarg] if args.kwarg else []
    return [*args.posonlyargs, *args.args, *star, *args.kwonlyargs, *stars]


def written_names(statements: Sequence[ast.stmt]) -> list[str]:
    """The names of containers that statements write into."""
    names: dict[str, None] = {}
    for statement in statements:
        for node in walk_scope(statement):
            match node:
                case ast.Subscript(ctx=ast.Store()):
                    names |= dict.fromkeys(_root(node))
                case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in CHANGING_METHODS:
                    names |= dict.fromkeys(_root(base))
                case ast.Call(args=[ast.Name(id=name), *_]):
                    names[name] = None  # a function may write into its argument
    return list(names)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def contains_exit(node: ast.stmt) -> bool:
    """Whether a statement may leave the block that it stands in by break, continue or return."""
    if isinstance(node, ast.Return | ast.Break | ast.Continue):
        return True
    if isinstance(node, ast.For | ast.While):
        return contains_return(node) or any(contains_exit(s) for s in node.orelse)
    return any(contains_exit(s) for block in blocks(node) for s in block)


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a statement that is no loop."""
    match node:
        case ast.If(body=body, orelse=orelse):
            return [body, orelse]
        case ast.With(body=body):
            return [body]
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
            return [body, *(h.body for h in handlers), orelse, last]
        case ast.Match(cases=cases):
            return [case.body for case in cases]
    return []


def with_rest(node: ast.Try, rest: Sequence[ast.stmt]) -> tuple[ast.Try, Sequence[ast.stmt]]:
    """A `try` whose body always leaves the block, with what follows at the end of the handler that does not."""
    falling = [h for h in node.handlers if can_fall_through(h.body)]
    if can_fall_through(node.body) or node.finalbody or len(falling) != 1 or falling[0].name:
        return node, rest
    handlers = [
        ast.copy_location(ast.ExceptHandler(h.type, h.name, [*h.body, *rest] if h in falling else h.body), h)
        for h in node.handlers
    ]
    return ast.copy_location(ast.Try(node.body, handlers, [], []), node), []


def in_steps(node: ast.Try, loads: Counter[str]) -> ast.Try:
    """A `try` whose handlers, and what follows them, know which names its body has changed: in several steps.

    `loads` says how often the function reads each name.

        try:                           try:
            x = float(s)                   x = float(s)
            y = x / n                  except ValueError: ...
        except ValueError: ...         else:
                                           try:
                                               y = x / n
                                           except ValueError: ...
    """
    read = names_read_after_failure(node, loads)
    for position, statement in enumerate(node.body, start=1):
        rest = node.body[position:]
        if not read.isdisjoint(changed_names(statement)) and not all(map(is_certain, rest)):
            second = ast.copy_location(ast.Try(rest, node.handlers, node.orelse, []), node)
            return ast.copy_location(ast.Try(node.body[:position], node.handlers, [second], []), node)
    return node


def names_read_after_failure(node: ast.Try, loads: Counter[str]) -> set[str]:
    """The names that may be read as the body of a `try` left them when it raised an exception."""
    read = {name for handler in node.handlers for name in names_read(handler)}
    falling = [h for h in node.handlers if can_fall_through(h.body)]
    if falling and not has_flag(node, falling):
        assigned = set.intersection(*(assigned_names(h.body) for h in falling))
        own = count_loads(all_nodes([*node.body, *node.orelse]))
        read |= {name for name, count in loads.items() if count > own[name]} - assigned
    return read


def count_loads(nodes: Iterable[ast.AST]) -> Counter[str]:
    """How often nodes are the reading of each name."""
    return Counter([n.id for n in nodes if type(n) is ast.Name and type(n.ctx) is ast.Load])


def has_flag(node: ast.Try, falling: Sequence[ast.ExceptHandler]) -> bool:
    """Whether a `try` says by a flag whether its body was completed: what follows asks that."""
    return any(
        all(flags_in(h.body).get(name) is (not value) for h in falling) for name, value in flags_in(node.body).items()
    )


def flags_in(statements: Sequence[ast.stmt]) -> dict[str, bool]:
    """The names that a block sets to True or False."""
    found = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool() as value)):
                found[name] = value
    return found


def changed_names(statement: ast.stmt) -> list[str]:
    """The names that a statement binds, and those of the values that it writes into."""
    names = bound_names([statement])
    for node in walk_scope(statement):
        match node:
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                names += names_read(node.value)
            case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in CHANGING_METHODS:
                names += names_read(base)
    return names


def assigned_names(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that a block assigns, whatever way is taken in it."""
    return set(bound_names([s for s in statements if isinstance(s, ast.Assign)]))


def is_certain(statement: ast.stmt) -> bool:
    """Whether a statement surely raises nothing."""
    match statement:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Return(value=value) | ast.Expr(value=value):
            return isinstance(value, ast.Name | ast.Constant | None)
    return isinstance(statement, ast.Pass | ast.Break | ast.Continue)


def contains_return(node: ast.stmt) -> bool:
    return any(isinstance(n, ast.Return) for n in walk_statements([node]))


def can_fall_through(statements: Sequence[ast.stmt]) -> bool:
    """Whether the end of a block can be reached."""
    for statement in statements:
        match statement:
            case ast.Return() | ast.Break() | ast.Continue() | ast.Raise():
                return False
            case ast.If(body=body, orelse=orelse):
                if not can_fall_through(body) and not can_fall_through(orelse):
                    return False
            case ast.While(test=ast.Constant(value=value), body=body) if value:
                if not any(_breaks(s) for s in body):
                    return False
            case ast.With(body=body):
                if not can_fall_through(body):
                    return False
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
                ends = [[*body, *orelse], *(h.body for h in handlers)]
                if not can_fall_through(last) or not any(can_fall_through(end) for end in ends):
                    return False
            case ast.Match(cases=cases):
                is_complete = any(is_irrefutable(case) for case in cases)
                if is_complete and not any(can_fall_through(case.body) for case in cases):
                    return False
    return True


def is_irrefutable(case: ast.match_case) -> bool:
    """Whether a case takes everything: `case _:` or `case name:`."""
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def _breaks(node: ast.stmt) -> bool:
    match node:
        case ast.Break():
            return True
        case ast.For(orelse=orelse) | ast.While(orelse=orelse):
            return any(_breaks(s) for s in orelse)
    return any(_breaks(s) for block in blocks(node) for s in block)


def goes_by_keys(loop: ast.For, name: str, function: Sequence[ast.stmt]) -> bool:
    """Whether the variable `name`, which a loop in a function goes through, is used as a dict or a set is.

    It is if the loop's target is a subscript of it, or by what the function binds it to or calls of it.
    """
    targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
    for node in (n for statement in (*loop.body, *function) for n in walk_scope(statement)):
        match node:
            case ast.Subscript(value=ast.Name(id=used), slice=ast.Name(id=key)) if used == name and key in targets:
                return True
    return is_keyed(name, (*loop.body, *function))


def is_keyed(name: str, function: Sequence[ast.stmt]) -> bool:
    """Whether a function uses the variable `name` as a dict or a set is, by what it binds it to or calls of it."""
    for node in (n for statement in function for n in walk_scope(statement)):
        match node:
            case ast.Subscript(value=ast.Name(id=used), slice=ast.Constant(value=str())) if used == name:
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=used), attr=method)) if used == name:
                if method in _METHODS_OF_DICTS_AND_SETS:
                    return True
            case ast.Assign(targets=[ast.Name(id=used)], value=value) if used == name:
                if isinstance(value, ast.Dict | ast.DictComp | ast.Set | ast.SetComp) or (
                    isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
                    and value.func.id in ("dict", "set", "frozenset")
                ):
                    return True
    return False


_METHODS_OF_DICTS_AND_SETS = (
    "items", "keys", "values", "get", "update", "setdefault", "add", "discard", "union", "difference", "intersection",
)
