"""Rules evaluated on their own: the rule of a sample is found, bound, and its template run as it stands.

What `tangent.grad` makes of a rule is tested separately; this tells a wrong rule from a wrong transform, and
covers the templates of both modes.
"""

from __future__ import annotations

import ast
import copy
import inspect
import math
import operator
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import fft, interpolate, linalg, ndimage, signal, sparse, special, stats
from scipy._lib import _array_api as array_api
from scipy.sparse import linalg as sparse_linalg
from scipy.spatial import distance

from tangent import rules, runtime
from tangent.ir import primitives
from tangent.rules import Rule
from tests.numeric import numerical_gradient, seed_for
from tests.rules.samples import Sample

__all__ = ["NAMESPACE", "Use", "call", "function_of", "numerical", "pullback", "pushforward", "use_of"]

NAMESPACE: dict[str, Any] = {
    "np": np, "math": math, "operator": operator, "runtime": runtime, "array_api": array_api,
    "primitives": primitives, "special": special, "stats": stats, "linalg": linalg, "interpolate": interpolate,
    "signal": signal, "ndimage": ndimage, "distance": distance, "sparse": sparse, "sparse_linalg": sparse_linalg,
    "fft": fft, "copy": copy, "polynomial": np.polynomial,
}

BINARY: dict[type[ast.AST], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.FloorDiv: operator.floordiv,
    ast.MatMult: operator.matmul,
    ast.BitOr: operator.or_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
}


@dataclass(frozen=True)
class Use:
    """A rule in use: the arguments that it was called with, and by which names of the sample."""

    rule: Rule
    function: Callable[..., Any]
    names: dict[str, str]
    """For each parameter that is one variable of the sample, that variable."""
    arguments: dict[str, Any]


def function_of(sample: Sample) -> Callable[..., Any]:
    """The sample as a function of its arguments."""
    result: Callable[..., Any] = eval(f"lambda {', '.join(sample.args)}: {sample.text}", dict(NAMESPACE))
    return result


_numerical: dict[int, tuple[Sample, Any, tuple[Any, ...]]] = {}
"""What was computed for samples, by their identity."""


def numerical(sample: Sample) -> tuple[Any, tuple[Any, ...]]:
    """A random seed for a sample, and the numerical adjoints of its arguments: computed once for each sample."""
    if id(sample) not in _numerical:
        f, values = function_of(sample), list(sample.args.values())
        seed = seed_for(f(*values), np.random.default_rng(7))
        positions = [list(sample.args).index(name) for name in sample.wrt]
        _numerical[id(sample)] = sample, seed, numerical_gradient(f, values, positions, seed).gradient
    return _numerical[id(sample)][1:]


def use_of(sample: Sample) -> Use | None:
    """The rule that a sample tests, as it is called there; None where no rule fits."""
    node = ast.parse(sample.covers or sample.text, mode="eval").body
    key, operands, keywords = _operation(node)
    scope = {**NAMESPACE, **sample.args}

    def value(part: ast.expr) -> Any:
        return eval(compile(ast.Expression(part), "<sample>", "eval"), scope)

    for rule in rules.find(key):
        if rule.signature is None:
            return Use(rule, _callable(key), {}, {})
        try:
            bound = rule.signature.bind(*operands, **keywords).arguments
        except TypeError:
            continue
        names = {
            p: part.id for p, part in bound.items() if isinstance(part, ast.Name) and part.id in sample.wrt
        }
        values = {
            p: tuple(map(value, part)) if isinstance(part, tuple) else value(part)
            for p, part in bound.items()
        }
        return Use(rule, _callable(key), names, values)
    return None


def _operation(node: ast.expr) -> tuple[Any, list[ast.expr], dict[str, ast.expr]]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)], [left, right], {}
        case ast.UnaryOp(op=op, operand=operand):
            return BINARY[type(op)], [operand], {}
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return BINARY[type(op)], [left, right], {}
        case ast.Call(func=ast.Attribute(value=owner, attr=member)) if not is_of_a_module(owner):
            return rules.method(member), [owner, *node.args], _keywords(node)
        case ast.Call(func=func, args=args):
            key = eval(compile(ast.Expression(func), "<sample>", "eval"), dict(NAMESPACE))
            return key, args, _keywords(node)
        case ast.Attribute(value=owner, attr=member):
            return rules.attribute(member), [owner], {}
    raise AssertionError(ast.unparse(node))


def is_of_a_module(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in NAMESPACE


def _keywords(node: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}


def _callable(key: Any) -> Callable[..., Any]:
    if not isinstance(key, rules.MemberKey):
        return key
    if key.is_attribute:
        return operator.attrgetter(key.name)
    return lambda owner, *args, **kwargs: getattr(owner, key.name)(*args, **kwargs)


def call(use: Use, **changed: Any) -> Any:
    """The function with its arguments, some of them changed."""
    assert use.rule.signature is not None
    bound = inspect.BoundArguments(use.rule.signature, {**use.arguments, **changed})  # type: ignore[arg-type]
    return use.function(*bound.args, **bound.kwargs)


# --- templates


class _Derivatives(ast.NodeTransformer):
    """`d[x]` becomes `d["x"]`, and partial derivatives are only computed where they are asked for."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        arguments = ast.arguments([], [], None, [], [], None, [])
        later = [ast.Lambda(arguments, part or ast.Constant(None)) for part in parts]
        return ast.Return(ast.Tuple(list[ast.expr](later), ast.Load()))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "d" and isinstance(node.slice, ast.Name):
            node.slice = ast.Constant(node.slice.id)
        return node


_compiled: dict[Any, Callable[..., Any]] = {}


def run(
    rule: Rule, template: Callable[..., Any], derivatives: dict[str, Any], result: Any, arguments: dict[str, Any]
) -> Any:
    """Run a template, with `derivatives` in the place of `d`."""
    signature = inspect.signature(template)
    own = dict(zip(rule.signature.parameters, list(signature.parameters)[1:], strict=True))  # type: ignore[union-attr]
    given = {own[name]: argument for name, argument in arguments.items()}
    bound = inspect.BoundArguments(signature, {rule.result: result, **given})  # type: ignore[arg-type]
    bound.apply_defaults()
    if template not in _compiled:
        tree = ast.parse(textwrap.dedent(inspect.getsource(template)))
        tree.body[0].decorator_list = []  # type: ignore[attr-defined]
        _compiled[template] = compile(
            ast.fix_missing_locations(_Derivatives().visit(tree)), "<template>", "exec"
        )  # type: ignore[assignment]
    scope = {**template.__globals__, **inspect.getclosurevars(template).nonlocals, "d": derivatives}
    exec(_compiled[template], scope)  # type: ignore[arg-type]
    return scope[template.__name__](*bound.args, **bound.kwargs)


def pullback(use: Use, seed: Any) -> dict[str, Any]:
    """The adjoints of the arguments, by their names in the sample, from the adjoint of the result."""
    rule, result = use.rule, call(use)
    assert rule.signature is not None
    assert rule.reverse is not None
    adjoints: dict[str, Any] = {rule.result: seed}
    returned = run(rule, rule.reverse, adjoints, result, use.arguments)
    if rule.form == "partials":
        for parameter, slope in zip(rule.signature.parameters, returned, strict=False):
            if parameter in use.names and slope() is not None:
                adjoints[parameter] = runtime.unbroadcast(seed * slope(), use.arguments[parameter])
    return {name: adjoints[p] for p, name in use.names.items() if p in adjoints}


def pushforward(use: Use, tangents: dict[str, Any]) -> Any:
    """The tangent of the result, from those of the arguments by their names in the sample."""
    rule, result = use.rule, call(use)
    moving = {p: tangents[name] for p, name in use.names.items() if name in tangents}
    assert rule.signature is not None
    if rule.form == "partials":
        assert rule.reverse is not None
        slopes = zip(rule.signature.parameters, run(rule, rule.reverse, {}, result, use.arguments), strict=False)
        terms = [moving[p] * slope() for p, slope in slopes if p in moving and slope() is not None]
        return sum(terms, start=np.zeros(np.shape(result), np.result_type(np.asarray(result), np.float32)))
    if rule.form in ("linear", "bilinear"):
        return runtime_sum(
            [call(use, **{p: tangent}) for p, tangent in moving.items() if p in _declared(rule)]
        )
    assert rule.forward is not None
    defaults = {p: parameter.default for p, parameter in rule.signature.parameters.items()}
    still = {p: runtime.zeros_like(v) for p, v in {**defaults, **use.arguments}.items() if p not in moving}
    derivatives = {**still, **copy.deepcopy(moving)}
    run(rule, rule.forward, derivatives, result, use.arguments)
    return derivatives[rule.result]


def runtime_sum(terms: list[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = runtime.add(total, term)
    return total


def _declared(rule: Rule) -> set[str]:
    """The parameters for which a template gives a derivative."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule.reverse)))  # type: ignore[arg-type]
    return {
        node.slice.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.slice, ast.Name)
    }
