"""The template of one mode from that of the other: where it is linear, its transpose.

With J the Jacobian of a function, the template of an adjoint takes `d[y]` to the products of it and J, that of a
tangent takes the `d[x]` to J times them.  Each is linear, and the transpose of the other (Griewank & Walther,
Evaluating Derivatives, 2nd ed., section 3.3; for rules: Frostig et al., Decomposing reverse-mode automatic
differentiation, 2021).  Reverse mode transposes what is linear: the adjoint of the template, with respect to its
derivatives alone, does not read them.

    d[x] = d[y] * 3.0 * x * x          ->          d[y] = d[x] * 3.0 * x * x
"""

from __future__ import annotations

import functools
from dataclasses import replace
from inspect import Parameter as P
from typing import Any, NoReturn

from tangent.analysis.activity import active_values
from tangent.analysis.linearity import where_not_linear
from tangent.errors import MissingRuleError, TangentError
from tangent.frontend.templates import Template
from tangent.ir import primitives
from tangent.ir.nodes import Assign, Atom, Block, Call, Function, Lib, Parameter, Var
from tangent.ir.walk import substitute
from tangent.rules.registry import Rule
from tangent.simplify import tidy
from tangent.transform.saving import save_values, split_passes
from tangent.transform.templates import differentiated, template_program

__all__ = ["NotTransposed", "transposed"]


class NotTransposed(Exception):
    """A template that is not linear in its derivatives, or not for sure; says where."""


@functools.cache
def transposed(rule: Rule) -> Template:
    """The template for the mode that a rule has none for.

    Raises:
        NotTransposed: the template that it has is not linear in the derivatives that it reads.
    """
    program = _with_names(template_program(rule, rule.reverse or rule.forward))
    taken = list(program.derivatives_in.items())
    given = [(name, atom) for name, atom in program.derivatives_out.items() if type(atom) is Var]
    body = Block(program.statements, tuple([atom for _, atom in given]))
    is_wrong, place = where_not_linear(
        Block(program.statements, tuple(program.derivatives_out.values())), [v for _, v in taken], differentiated
    )
    if is_wrong:
        read = " and ".join(f"d[{name}]" for name, _ in taken)
        line = f": {place.text or place.source_line.strip()}" if place is not None else ""
        raise NotTransposed(f"its template is not linear in {read}, or not for sure{line}")
    try:
        passes = _backward(rule, program, body, [v for _, v in taken])
    except TangentError as error:
        raise NotTransposed(f"its template has no transpose: {error.what}") from error
    seeds = dict(zip([name for name, _ in given], passes.seeds, strict=True))
    mark = Assign((), Call(Lib(primitives.backward_pass), ()), None, effect=True)
    whole = Block((*passes.forward.statements, mark, *passes.backward.statements), passes.backward.yields)
    whole = tidy(save_values(tidy(whole), passes.kinds))
    forward, backward = split_passes(whole)
    whole = Block((*forward, *backward), whole.yields)
    # only their shapes are read: those of what they are the derivatives of
    whole = substitute(whole, {v: program.params[name] for name, v in taken})
    outputs: dict[str, Atom] = {}
    for (name, _), value in zip(taken, whole.yields, strict=True):
        assert type(value) is not Call
        outputs[name] = value  # type: ignore[assignment]
    return Template(program.params, seeds, outputs, whole.statements, (), program.namespace)


def _with_names(program: Template) -> Template:
    """The template with the names of parameters for their derivatives, whose adjoints then are `bx`."""
    names = {v: Var(name) for name, v in program.derivatives_in.items()}
    block = substitute(Block(program.statements, tuple(program.derivatives_out.values())), dict(names))
    outputs = dict(zip(program.derivatives_out, block.yields, strict=True))
    inputs = {name: names[v] for name, v in program.derivatives_in.items()}
    return replace(program, derivatives_in=inputs, derivatives_out=outputs, statements=block.statements)  # type: ignore[arg-type]


def _backward(rule: Rule, program: Template, body: Block, wrt: list[Var]) -> Any:
    from tangent.transform.vjp import Reverse  # which uses templates

    parameters = tuple([Parameter(v, P.POSITIONAL_OR_KEYWORD) for v in (*program.params.values(), *wrt)])
    function = Function(rule.name, parameters, body, True, program.namespace)
    function = replace(function, body=tidy(body))
    reverse = Reverse(function, active_values(function.body, wrt), _no_callee, _no_callee, optimized=True)
    seeds = [Var("b" + (y.hint if type(y) is Var else "y")) for y in function.body.yields]
    return reverse.build(wrt, range(len(seeds)), seeds)


def _no_callee(*_: Any) -> NoReturn:
    raise MissingRuleError("a template that is transposed calls a function with source")

