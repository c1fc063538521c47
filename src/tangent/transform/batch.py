"""Several directions at once: a derivative with a leading axis in all that depends on the directions.

A program in which some parameters are directions (tangents, or the seed of a backward pass) becomes one that takes
many of each.  What depends on them is *varied* and has one value for each direction, along the first axis of its
arrays; what does not is computed once:

    y = np.sin(x)                                 y = np.sin(x)
    dy = np.cos(x) * dx             ->            dy = np.cos(x) * dx
    dz = dy[0]                                    dz = dy[:, 0]
    dw = np.matmul(a, dy)                         dw = tangent.each_direction(np.matmul, (1,), a, dy)

Arithmetic broadcasts, with axes of length 1 put in behind the first one where an operand may have fewer dimensions
than another, and with an array in the place of a list.  All else is left to the run: `each_direction` does in one call
what a function does for each direction, or calls it for one after the other.  Lists stay lists, of varied items.

Control flow does not depend on directions, since derivatives are linear in them; a program in which it does is
refused.  Where only one side of a branch is varied, or only the later iterations of a loop, the other values are
repeated for each direction.  Assumes normal form, before `protect` and `fold`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import Parameter as P
from typing import Any, assert_never

import numpy as np

from tangent import runtime
from tangent.analysis.calls import PLAIN_OPERATORS, function_of, is_call_of, is_of_runtime, is_structural, rule_of
from tangent.analysis.complex_numbers import complex_values
from tangent.analysis.kinds import Kinds, may_return_container
from tangent.analysis.libraries import Libraries
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Expr,
    For,
    Function,
    GeneratedFunction,
    Global,
    If,
    Lib,
    Parameter,
    Statement,
    Undefined,
    Var,
    While,
)
from tangent.ir.walk import all_statements, statement_vars
from tangent.rules.registry import MemberKey
from tangent.simplify import tidy
from tangent.transform.derivation import takes_keywords
from tangent.transform.facts import users_names
from tangent.transform.templates import runtime_path
from tangent.transform.varied import Functions, Key, NotBatched, Varied, contents, takes_shape

__all__ = ["NotBatched", "batched"]

ELEMENTWISE = frozenset({
    operator.add, operator.sub, operator.mul, operator.truediv, operator.neg, operator.pos, operator.pow,
    operator.mod, operator.floordiv,
})
MEMBERS: dict[str, Any] = {
    "T": np.transpose, "sum": np.sum, "mean": np.mean, "dot": np.dot, "ravel": np.ravel, "flatten": np.ravel,
    "squeeze": np.squeeze, "swapaxes": np.swapaxes, "cumsum": np.cumsum, "trace": np.trace, "repeat": np.repeat,
    "reshape": np.reshape, "transpose": np.transpose, "copy": runtime.copy, "clip": np.clip,
}
"""The functions that do what methods and attributes of arrays do."""
PATHS: dict[Any, tuple[Any, str]] = {operator.matmul: (np.matmul, "numpy.matmul")}
"""The names of the operators as functions; others are those of `operator`."""
CHECKS = (runtime.check_scalars, runtime.check_seed, runtime.check_tangent)
VIEW_CHECKS = (
    runtime.check_real, runtime.refuse_view, runtime.refuse_shared_items, runtime.check_view, runtime.require,
    runtime.check_factors,
)


def batched(program: Function, directions: Sequence[Var], like: Mapping[Var, Var]) -> Function:
    """The program with a leading axis in the parameters `directions`, and in all results.

    Args:
        program: a derivative, in normal form.
        directions: its parameters that are linear in a direction.
        like: for some of them, another parameter of the same shape and structure.

    Raises:
        NotBatched: control flow or an effect depends on a direction, a method is not known, or there are complex
            numbers.
    """
    if has_solutions(program, set()):
        raise NotBatched("what a solver found, which is differentiated by a function of the program itself")
    if complex_values(program, directions):
        raise NotBatched("an adjoint that is complex in one direction and real in another")
    if Libraries(program, Kinds(program)).known:
        raise NotBatched("arrays of another library than NumPy")
    functions = Functions()
    shapes = {d: frozenset({v}) for d, v in like.items()}
    top = Varied(functions, program, set(directions), shapes)
    functions.complete(top)
    return _Body(top, _Batched(functions)).function()


def has_solutions(program: Function, seen: set[GeneratedFunction]) -> bool:
    """Whether a program, or one that it calls, has what solvers found as such: that of a derivative has not."""
    for statement in all_statements(program.body):
        call = statement.value if type(statement) is Assign else None
        if type(call) is not Call:
            continue
        if is_call_of(call, primitives.solution):
            return True
        fn = call.fn
        if isinstance(fn, GeneratedFunction) and fn.function is not None and fn not in seen:
            seen.add(fn)
            if has_solutions(fn.function, seen):
                return True
    return False


class _Batched:
    """The called functions as they are batched."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.made: dict[Key, GeneratedFunction] = {}

    def function(self, key: Key) -> GeneratedFunction:
        """A called function, batched."""
        if key not in self.made:
            of = key[0]
            self.made[key] = made = GeneratedFunction(self.unique(f"{of.name}_each"), None, of.primal)
            body = _Body(self.functions.analyses[key], self)
            made.function = body.callee(made.name, self.functions.varied[key])
        return self.made[key]

    def unique(self, name: str) -> str:
        taken = {made.name for made in self.made.values()}
        names = [name, *(f"{name}{n}" for n in range(2, 1000))]
        return next(n for n in names if n not in taken)


def is_helper(call: Call) -> bool:
    """Whether a call is of one of Tangent's own functions, which have no effects but errors."""
    return type(call.fn) is Lib and is_of_runtime(call.fn.value)


@dataclass
class _Body:
    """The building of one batched function."""

    analysis: Varied
    functions: _Batched
    out: list[Statement] = field(default_factory=list)
    zeros: Var = field(default_factory=lambda: Var("zeros"))
    """A zero for each direction."""
    arrays: dict[Expr, Expr] = field(default_factory=dict)
    """The arrays that stand for values that may be lists, where arithmetic is done with them."""

    def __post_init__(self) -> None:
        self.program = self.analysis.program
        self.kinds, self.shapes = self.analysis.kinds, self.analysis.shapes
        self.definitions = self.analysis.definitions
        self.is_varied = self.analysis.is_varied
        self.origin: Any = None

    # --- functions ---------------------------------------------------------------------------

    def function(self) -> Function:
        """The outermost function: all its results are varied."""
        block = self.block(self.program.body, [True] * len(self.program.body.yields))
        directions = [p.var for p in self.program.parameters if p.var in self.analysis.start]
        zeros = Assign((self.zeros,), Call(lib(runtime.zero_each), tuple(directions)))
        return self.finished(replace(block, statements=(zeros, *block.statements)), self.program.parameters)

    def callee(self, name: str, varied: tuple[bool, ...]) -> Function:
        """A called function; it takes the zeros, last."""
        taken = {p.var.hint for p in self.program.parameters} | users_names(self.program)
        while self.zeros.hint in taken:
            self.zeros = Var(self.zeros.hint + "_")
        block = self.block(self.program.body, varied)
        parameter = Parameter(self.zeros, self.kind_of_zeros())
        return replace(self.finished(block, (*self.program.parameters, parameter)), name=name)

    def kind_of_zeros(self) -> Any:
        """Whether the zeros can follow the other arguments of a called function."""
        return P.KEYWORD_ONLY if takes_keywords(self.program) else P.POSITIONAL_OR_KEYWORD

    def finished(self, block: Block, parameters: tuple[Parameter, ...]) -> Function:
        varied = self.analysis.start
        facts = {v: fact for v, fact in self.program.facts.items() if v not in varied}
        parameters = tuple([replace(p, annotation=P.empty) if p.var in varied else p for p in parameters])
        return replace(self.program, parameters=parameters, body=tidy(block), facts=facts)

    # --- statements --------------------------------------------------------------------------

    def block(self, block: Block, varied: Iterable[bool]) -> Block:
        """A block of which the results that are to be varied have one value for each direction."""
        outer, self.out = self.out, []
        arrays, self.arrays = self.arrays, dict(self.arrays)
        if block is self.program.body:
            for parameter in self.program.params:
                if self.is_varied(parameter) and self.kinds.is_numeric(parameter):
                    self.array(parameter)  # dropped where it is not needed
        if block.stop is not None and self.is_varied(block.stop):
            raise NotBatched("the end of a loop depends on a direction")
        for statement in block.statements:
            self.origin = statement.origin
            self.statement(statement)
        yields = tuple([self.each(y) if want else y for y, want in zip(block.yields, varied, strict=True)])
        made, self.out, self.arrays = Block(tuple(self.out), yields, block.stop), outer, arrays
        return made

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign():
                if any(self.is_varied(v) for v in statement_vars(statement)):
                    self.assign(statement)
                else:
                    self.out.append(statement)
            case If(then=then, orelse=orelse, results=results):
                self.require_still(statement.test)
                varied = [self.is_varied(r) for r in results]
                then, orelse = self.block(then, varied), self.block(orelse, varied)
                self.out.append(replace(statement, then=then, orelse=orelse))
            case For() | While():
                self.loop(statement)
            case _:
                assert_never(statement)

    def loop(self, statement: For | While) -> None:
        varied = [self.is_varied(p) for p in statement.params]
        inits = tuple([self.each(i) if v else i for i, v in zip(statement.inits, varied, strict=True)])
        if type(statement) is For:
            self.require_still(*statement.bounds)
            self.out.append(replace(statement, inits=inits, body=self.block(statement.body, varied)))
            return
        self.require_still(*statement.header.yields)
        header = self.block(statement.header, [False] * len(statement.header.yields))
        self.out.append(replace(statement, inits=inits, header=header, body=self.block(statement.body, varied)))

    def require_still(self, *exprs: Expr) -> None:
        if any(self.is_varied(e) for e in exprs):
            raise NotBatched("the way through the program depends on a direction")

    # --- values ------------------------------------------------------------------------------

    def call(self, fn: Any, *args: Expr, hint: str) -> Var:
        target = Var(hint)
        self.out.append(Assign((target,), Call(lib(fn), args), self.origin))
        return target

    def each(self, expr: Expr) -> Expr:
        """A value with a leading axis; one that is the same in all directions is repeated."""
        if self.is_varied(expr) or isinstance(expr, Undefined) or (type(expr) is Const and expr.value is None):
            return expr
        definition = self.definitions.get(expr) if type(expr) is Var else None
        if definition is not None and function_of(definition) is primitives.make_list and not definition.args:
            return expr
        return self.call(runtime.all_directions, expr, self.zeros, hint=hint_of(expr))

    def assign(self, statement: Assign) -> None:
        call = statement.value
        if type(call) is not Call:
            self.out.append(statement)
            return
        fn = function_of(call)
        if isinstance(call.fn, GeneratedFunction):
            made = self.called(call)
        elif statement.effect and fn in CHECKS:
            return
        elif statement.effect and fn in VIEW_CHECKS:
            made = call
        elif not statement.targets or (statement.effect and not is_helper(call)):
            raise NotBatched("an effect depends on a direction")
        elif takes_shape(call) and not any(self.is_varied(v) for v in contents(call)):
            first = self.call(runtime.one_direction, call.args[0], hint=hint_of(call.args[0]))
            made = replace(call, args=(first, *call.args[1:]))
        elif is_structural(call):
            made = self.structural(call, fn)
        elif self.is_elementwise(call, fn):
            made = self.elementwise(call, fn)
        else:
            made = self.each_direction(call, fn)
        self.out.append(replace(statement, value=made))

    # --- arithmetic --------------------------------------------------------------------------

    def is_elementwise(self, call: Call, fn: Any) -> bool:
        """Whether NumPy's broadcasting does the same in each direction."""
        if call.kwargs or any(a in self.kinds.containers for a in call.args):
            return False
        if fn is np.where:
            return len(call.args) == 3
        if isinstance(fn, np.ufunc):
            return fn.signature is None and len(call.args) == fn.nin
        return type(call.fn) is Lib and any(fn is known for known in ELEMENTWISE)

    def elementwise(self, call: Call, fn: Any) -> Call:
        """The same arithmetic; not in place, since what was a number in one direction now has a dtype."""
        args = tuple([self.aligned(a, [o for o in call.args if o is not a]) for a in call.args])
        return Call(Lib(fn) if type(call.fn) is Lib and call.fn.value in PLAIN_OPERATORS else call.fn, args)

    def aligned(self, operand: Expr, others: list[Expr]) -> Expr:
        """An operand that broadcasts with the others in each direction."""
        if not self.is_varied(operand):
            return operand
        aligned = self.array(operand)
        for other in others:
            if not self.shapes[other] <= self.shapes[operand]:
                align = runtime.align_each if self.is_varied(other) else runtime.align
                like = self.array(other) if self.is_varied(other) else other
                aligned = self.call(align, aligned, like, hint=hint_of(operand))
        return aligned

    def array(self, expr: Expr) -> Expr:
        """A varied value as an operand of arithmetic, for which a list will do as well as an array."""
        if self.is_array(expr):
            return expr
        if expr not in self.arrays:
            self.arrays[expr] = self.call(runtime.array_each, expr, hint=hint_of(expr))
        return self.arrays[expr]

    def is_array(self, expr: Expr) -> bool:
        """Whether a varied value surely is an array, by what it was made of or by its annotation."""
        if type(expr) is not Var or self.program.facts.get(expr, "") in ("array", "scalar", "int"):
            return type(expr) is Var
        call = self.definitions.get(expr)
        if call is None:
            return False
        fn = function_of(call)
        if fn in (operator.getitem, primitives.update_item, primitives.add_item):
            container = call.args[0]
            read = container in self.program.params and container in self.arrays and fn is operator.getitem
            return self.is_varied(container) and (read or self.is_array(container))
        rule = rule_of(call)
        return self.is_elementwise(call, fn) or (rule is not None and not may_return_container(fn))

    # --- library functions -------------------------------------------------------------------

    def each_direction(self, call: Call, fn: Any) -> Call:
        """`tangent.each_direction(np.matmul, (1,), a, b)`"""
        args = list(call.args)
        reference: Expr
        if isinstance(fn, MemberKey):
            if fn.name not in MEMBERS or (any(self.is_varied(a) for a in args[1:]) and fn.name != "dot"):
                raise NotBatched(f"the method {fn.name} of what depends on a direction")
            if fn.name in ("reshape", "transpose") and len(args) > 2:
                args[1:] = [self.call(primitives.make_tuple, *args[1:], hint="axes")]
            reference = lib(MEMBERS[fn.name])
        elif type(call.fn) is Global:
            reference = call.fn
        elif type(call.fn) is Lib:
            reference = call.fn if call.fn.path else lib(fn)
        else:
            raise NotBatched("a call of what only the run knows")
        over = [i for i, a in enumerate(args) if self.is_varied(a)]
        named = [name for name, a in call.kwargs if self.is_varied(a)]
        places = self.call(primitives.make_tuple, *map(Const, (*over, *named)), hint="over")
        return Call(lib(runtime.each_direction), (reference, places, *args), call.kwargs)

    # --- the structure of data ---------------------------------------------------------------

    def structural(self, call: Call, fn: Any) -> Call:
        args = call.args
        if fn in (operator.getitem, primitives.element):
            if self.is_varied(args[1]):
                return self.each_direction(replace(call, fn=Lib(operator.getitem)), operator.getitem)
            container = self.arrays.get(args[0], args[0])
            return Call(Lib(operator.getitem), (container, self.place(args[0], container, args[1])))
        if fn in (primitives.update_item, primitives.add_item, runtime.add_at):
            return self.update(call, fn)
        if fn is primitives.unpack:
            return replace(call, args=(self.call(runtime.items_each, args[0], hint="items"), *args[1:]))
        if fn is primitives.make_dict:
            if any(self.is_varied(key) for key in args[::2]):
                raise NotBatched("a key depends on a direction")
            return replace(call, args=tuple([a if i % 2 == 0 else self.each(a) for i, a in enumerate(args)]))
        if fn is primitives.make_object:
            return replace(call, args=(args[0], *(self.each(a) if i % 2 else a for i, a in enumerate(args[1:]))))
        if fn in (primitives.list_pop, primitives.list_insert, primitives.dict_remove):
            self.require_still(args[1] if len(args) > 1 else Const(None))
            args = tuple([a if i == 1 else self.each(a) for i, a in enumerate(args)])
            return replace(call, args=args)
        return replace(call, args=tuple([self.each(a) for a in args]))

    def update(self, call: Call, fn: Any) -> Call:
        """A write into a container in each direction."""
        self.require_still(call.args[1])
        container, given = self.each(call.args[0]), call.args[2]
        index = self.place(call.args[0], container, call.args[1])
        value = given if self.kinds.is_numeric(call.args[0]) else self.each(given)
        item = self.shapes.of_call(Call(Lib(operator.getitem), call.args[:2]), Var("item"))
        fits = item <= self.shapes[given] and self.is_array(given)
        if value is not given or (self.is_varied(given) and not fits):
            added = Const(fn is not primitives.update_item)
            value = self.call(runtime.align_item, value, container, index, added, hint=hint_of(value))
        return replace(call, args=(container, index, value))

    def place(self, container: Expr, made: Expr, index: Expr) -> Expr:
        """The index of an item in each direction: `i` in a list, `:, i` in an array."""
        if container in self.kinds.containers and (self.kinds.is_element(index) or self.kinds.is_basic(index)):
            return index
        if type(index) is Const and isinstance(index.value, str):
            return index
        known = self.is_varied(container) and (self.is_array(container) or made in self.arrays.values())
        if not known or not self.kinds.is_basic(index):
            return self.call(runtime.place_each, made, index, hint="place")
        nothing = Const(None)
        whole = self.call(slice, nothing, nothing, nothing, hint="whole")
        definition = self.definitions.get(index) if type(index) is Var else None
        is_tuple = definition is not None and function_of(definition) is primitives.make_tuple
        if not is_tuple and not self.is_one(index, definition):
            return self.call(runtime.place_each, made, index, hint="place")
        parts = definition.args if is_tuple and definition is not None else (index,)
        return self.call(primitives.make_tuple, whole, *parts, hint="place")

    def is_one(self, index: Expr, definition: Call | None) -> bool:
        """Whether an index is an integer or a slice, and no tuple of several."""
        is_slice = definition is not None and function_of(definition) is slice
        return is_slice or self.kinds.is_integer(index) or type(index) is Const

    # --- functions with source ---------------------------------------------------------------

    def called(self, call: Call) -> Call:
        key = self.analysis.key(call)
        function = self.functions.function(key)
        assert key[0].function is not None
        if not takes_keywords(key[0].function):
            return Call(function, (*call.args, self.zeros), call.kwargs)
        name = "zeros"
        taken = {p.var.hint for p in key[0].function.parameters} | users_names(key[0].function)
        while name in taken:
            name += "_"
        return Call(function, call.args, (*call.kwargs, (name, self.zeros)))


def lib(fn: Any) -> Lib:
    """A reference to a function by the name that generated code has for it."""
    module = getattr(fn, "__module__", None) or ""
    if fn in PATHS:
        return Lib(*PATHS[fn])
    if module.startswith("tangent."):
        return Lib(fn, "" if module == "tangent.ir.primitives" else runtime_path(fn))
    if module == "_operator":
        return Lib(fn, f"operator.{fn.__name__}")
    if isinstance(fn, np.ufunc) or module.partition(".")[0] == "numpy":
        return Lib(fn, f"numpy.{'linalg.' if 'linalg' in module else ''}{fn.__name__}")
    return Lib(fn)


def hint_of(expr: Expr) -> str:
    return expr.hint if type(expr) is Var else "zero"
