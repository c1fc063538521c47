"""Make a failing program smaller while it keeps failing: statements and subexpressions are dropped."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator


def shrink(source: str, fails: Callable[[str], bool], attempts: int = 400) -> str:
    """The smallest source found in at most `attempts` trials for which `fails` is still true."""
    best = ast.unparse(ast.parse(source))
    if not fails(best):
        return source
    progress = True
    while progress and attempts > 0:
        progress = False
        for candidate in candidates(best):
            attempts -= 1
            if attempts <= 0:
                break
            if len(candidate) < len(best) and fails(candidate):
                best, progress = candidate, True
                break
    return best


def candidates(source: str) -> Iterator[str]:
    """Sources with one thing left out, the largest things first."""
    tree = ast.parse(source)
    yield from without_functions(tree)
    count = sum(1 for _ in blocks(tree))
    for index in range(count):
        yield from without_statements(tree, index)
    expressions = sum(1 for _ in slots(tree))
    for index in range(expressions):
        yield from smaller_expression(tree, index)


def without_functions(tree: ast.Module) -> Iterator[str]:
    for i, statement in enumerate(tree.body[:-1]):
        if isinstance(statement, ast.FunctionDef):
            yield ast.unparse(ast.Module(tree.body[:i] + tree.body[i + 1 :], []))


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements in the tree, the module's own left out."""
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and not isinstance(node, ast.Module):
                yield block


def without_statements(tree: ast.Module, index: int) -> Iterator[str]:
    """One block with one statement removed, or replaced by its own body."""
    size = len(list(blocks(tree))[index])
    for i in range(size):
        for replace in (False, True):
            work = copy.deepcopy(tree)
            block = list(blocks(work))[index]
            inner = [*getattr(block[i], "body", []), *getattr(block[i], "orelse", [])] if replace else []
            if replace and not inner:
                continue
            block[i : i + 1] = inner
            if not block:
                block.append(ast.Pass())
            try:
                yield ast.unparse(work)
            except (AttributeError, ValueError):
                continue


def slots(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr]]:
    """Every place in the tree that holds an expression that is read."""
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and not isinstance(getattr(value, "ctx", None), ast.Store):
                yield node, field, None, value
            elif isinstance(value, list):
                for i, part in enumerate(value):
                    if isinstance(part, ast.expr) and not isinstance(getattr(part, "ctx", None), ast.Store):
                        yield node, field, i, part


def smaller_expression(tree: ast.Module, index: int) -> Iterator[str]:
    """One expression replaced by one of the expressions in it, or by a constant."""
    _, _, _, expression = list(slots(tree))[index]
    if isinstance(expression, (ast.Constant, ast.Name)):
        return
    parts = [part for part in ast.walk(expression) if isinstance(part, ast.expr) and part is not expression]
    for part in [*parts, ast.Constant(2.0)]:
        work = copy.deepcopy(tree)
        parent, field, i, _ = list(slots(work))[index]
        if i is None:
            setattr(parent, field, copy.deepcopy(part))
        else:
            getattr(parent, field)[i] = copy.deepcopy(part)
        try:
            yield ast.unparse(work)
        except (AttributeError, ValueError):
            continue
