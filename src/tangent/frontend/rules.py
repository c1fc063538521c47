"""The check of a rule's template, when the rule is declared.

The template is lowered and looked at; what is wrong with it is an error with the place in the template.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import Parameter as P
from typing import Any, Literal, NoReturn

from tangent.errors import RuleError
from tangent.frontend.expressions import MISSING
from tangent.frontend.source import FunctionSource, read
from tangent.frontend.syntax import all_arguments, bound_names, walk_statements
from tangent.frontend.templates import TemplateLowering
from tangent.rules.registry import Form, Key, MemberKey

__all__ = ["CheckedTemplate", "checked_template"]


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """What a template says of the function that it is for."""

    result: str
    signature: inspect.Signature
    """The parameters of the function, with its defaults."""
    container: bool
    """Whether the result is taken apart as a tuple or a list is."""


def checked_template(
    form: Form, mode: Literal["reverse", "forward"], template: Any, key: Key, own: inspect.Signature | None
) -> CheckedTemplate:
    """The template of a rule for `key`, whose parameters are `own`, if it is one.

    Raises:
        RuleError: it is not.
        UnsupportedError: it has statements that no function may have.
    """
    if not isinstance(template, types.FunctionType):
        raise RuleError(f"the template of a rule is a function, not {template!r}", "define it by `def`")
    return _Check(form, mode, read(template), key, own).run()


class _Check:
    def __init__(
        self, form: Form, mode: str, source: FunctionSource, key: Key, own: inspect.Signature | None
    ) -> None:
        self.form = form
        self.mode = mode
        self.source = source
        self.key = key
        self.own = own
        self.lowering = TemplateLowering(source)
        self.body = self.lowering.body
        names = [a.arg for a in all_arguments(source.node.args)]
        self.result, self.parameters = (names[0] if names else ""), names[1:]

    def run(self) -> CheckedTemplate:
        signature = self.signature()
        for node in self.nodes():
            self.check_name(node)
            self.check_derivative(node)
        self.check_assigned()
        self.lowering.template()
        return CheckedTemplate(self.result, signature, self.takes_apart())

    def refuse(self, node: ast.AST | None, what: str, instead: str) -> NoReturn:
        raise RuleError(what, instead, self.source.origin(node if node is not None else self.head()))

    def head(self) -> ast.AST:
        """The line of the definition, below decorators."""
        node = self.source.node
        head = ast.copy_location(ast.Pass(), node)
        head.end_lineno = head.lineno
        text = self.source.text
        head.end_col_offset = len(text.lines[head.lineno - text.first_line].rstrip())
        return head

    def nodes(self) -> Iterator[ast.AST]:
        for statement in self.body:
            yield from ast.walk(statement)

    @property
    def name(self) -> str:
        return self.key.name if isinstance(self.key, MemberKey) else getattr(self.key, "__name__", repr(self.key))

    # --- parameters --------------------------------------------------------------------------

    def signature(self) -> inspect.Signature:
        """The parameters of the function, as the template has them, with the defaults of the function."""
        if not self.result:
            self.refuse(
                None, f"the template of {self.name} has no parameters",
                "the first is the result, the others are the parameters of the function",
            )
        _, *given = inspect.signature(self.source.function).parameters.values()
        if self.own is None:
            return inspect.Signature(given)
        own = list(self.own.parameters.values())
        expected = [p.name for p in own]
        taken = own[: len(given)]
        fits = [p.name for p in taken] == self.parameters and all(
            p.default is not p.empty or p.kind in (P.VAR_POSITIONAL, P.VAR_KEYWORD) for p in own[len(given) :]
        )
        if not fits and not any(p.kind is P.VAR_POSITIONAL for p in own):
            required = [p.name for p in own if p.default is p.empty]
            wanted = ", ".join([self.result, *expected[: max(len(given), len(required))]])
            self.refuse(
                None,
                f"the template has the parameters ({', '.join(self.parameters)}) behind the result, "
                f"{self.name} has ({', '.join(expected)})",
                f"give it those of the function: `def {self.source.text.name}({wanted}):`",
            )
        if not fits:  # the function takes any number of arguments: the template says which
            return inspect.Signature(given)
        return inspect.Signature([o.replace(annotation=P.empty) for o in taken])

    # --- names -------------------------------------------------------------------------------

    def check_name(self, node: ast.AST) -> None:
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id in self.known:
            return
        if node.id != "d" and self.lowering.lookup(node.id) is MISSING:
            self.refuse(
                node, f"{node.id!r} is neither a parameter of the template nor a name that is defined where it stands",
                f"its parameters are the result and the arguments of {self.name}: "
                f"({', '.join([self.result, *self.parameters])})",
            )

    @property
    def known(self) -> set[str]:
        bound = {n.id for n in self.nodes() if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        inner = {a.arg for n in self.nodes() if isinstance(n, ast.Lambda) for a in all_arguments(n.args)}
        return {self.result, *self.parameters, *bound_names(self.body), *bound, *inner}

    # --- derivatives -------------------------------------------------------------------------

    def check_derivative(self, node: ast.AST) -> None:
        """Whether `d[...]` stands where it means something."""
        if not isinstance(node, ast.Subscript) or not self.lowering.is_marker(node.value):
            return
        name = node.slice.id if isinstance(node.slice, ast.Name) else None
        if name is None or name not in (self.result, *self.parameters):
            self.refuse(
                node, f"`{ast.unparse(node)}`: `d[...]` takes a parameter of the template",
                f"its parameters are {', '.join([self.result, *self.parameters])}",
            )
        if self.form == "partials":
            self.refuse(
                node, "a template of partial derivatives has no `d[...]`",
                "return the partial derivatives, one for each parameter; `@adjoint` is for templates with `d[...]`",
            )
        is_result = name == self.result
        assigned = isinstance(node.ctx, ast.Store)
        if assigned and is_result is (self.mode == "reverse"):
            what = "adjoint of the result" if is_result else f"tangent of the argument {name}"
            wanted = f"d[{self.result}]" if not is_result else "the `d[...]` of arguments"
            self.refuse(node, f"`d[{name}]` is assigned, the {what}, which is given", f"assign {wanted} from it")
        if not assigned and is_result is (self.mode == "forward") and not self.assigns(name):
            what = "the template of a tangent reads those of the arguments" if is_result else (
                "the template of an adjoint reads that of the result"
            )
            self.refuse(node, f"`d[{name}]` is read, and not known: {what}", f"assign `d[{name}]` first")

    def assigns(self, name: str) -> bool:
        return name in self.assigned

    @property
    def assigned(self) -> set[str]:
        """The parameters whose `d[...]` the template assigns."""
        return {
            n.slice.id for n in self.nodes()
            if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store) and isinstance(n.slice, ast.Name)
            and self.lowering.is_marker(n.value)
        }

    def check_assigned(self) -> None:
        returns = [s for s in walk_statements(self.body) if isinstance(s, ast.Return)]
        if self.form == "partials":
            self.check_partials(returns)
            return
        if returns and returns[0].value is not None:
            self.refuse(returns[0], "the template of a rule returns nothing", "assign to `d[...]`")
        if self.mode == "forward" and not self.assigns(self.result):
            self.refuse(None, f"the template assigns no `d[{self.result}]`, the tangent of the result",
                        f"assign it: `d[{self.result}] = ...`")
        first = self.parameters[0] if self.parameters else "x"
        if self.mode == "reverse" and not self.assigned:
            self.refuse(None, "the template assigns no `d[...]`, the adjoint of an argument",
                        f"assign it: `d[{first}] = ... d[{self.result}] ...`")
        if self.form == "linear" and len(self.assigned) != 1:
            self.refuse(
                None, "the template of a linear function gives the `d[...]` of the one parameter that it is linear in",
                "use `@adjoint` for a function of several",
            )

    def check_partials(self, returns: list[ast.Return]) -> None:
        if len(returns) != 1:
            self.refuse(None, "a template of partial derivatives has one `return`, with one for each parameter",
                        f"return {len(self.parameters)} of them")
        value = returns[0].value
        count = len(value.elts) if isinstance(value, ast.Tuple) else 1
        if count != len(self.parameters):
            self.refuse(
                returns[0], f"the template returns {count} partial derivative{'s' * (count != 1)}, "
                f"{self.name} has the parameters ({', '.join(self.parameters)})",
                "return one for each of them, in their order, and None for one without derivative",
            )

    # --- results with parts ------------------------------------------------------------------

    def takes_apart(self) -> bool:
        """Whether the template, or the source of the function, shows that the result is a tuple, a list or a dict."""
        for node in self.nodes():
            match node:
                case ast.Subscript(value=inner) if self.is_of_result(inner) and not self.lowering.is_marker(inner):
                    return True
                case ast.Assign(targets=[ast.Tuple() | ast.List()], value=inner) if self.is_of_result(inner):
                    return True
                case ast.Assign(targets=[target], value=ast.Tuple() | ast.List() | ast.Dict()):
                    if self.is_of_result(target):
                        return True
        if not isinstance(self.key, types.FunctionType):
            return False
        try:
            body = read(self.key).node.body
        except (OSError, NotImplementedError):
            return False
        statements = walk_statements(body) if isinstance(body, list) else [ast.Return(body)]
        returned = [s.value for s in statements if isinstance(s, ast.Return)]
        return any(isinstance(v, ast.Tuple | ast.List | ast.Dict) for v in returned)

    def is_of_result(self, node: ast.AST) -> bool:
        """Whether an expression is the result or its derivative."""
        match node:
            case ast.Name(id=name):
                return name == self.result
            case ast.Subscript(value=marker, slice=ast.Name(id=name)):
                return name == self.result and self.lowering.is_marker(marker)
        return False
