"""Functions inside of functions: `def` and `lambda`, and the derivatives that the user's code makes itself.

    def f(x):                                    def f(x):
        g = lambda y: x * y               ->         slope = Derivative(of g, with x as an argument)(1.0, x)
        return x * tangent.grad(g)(1.0)              return x * slope

What a name stands for is known here, so a function is a value of the lowering and not of the program: a call puts
its body in its place, with the variables of the enclosing function as they are at that moment; those that it writes
(`nonlocal`) go back there.  A function that is
differentiated becomes a program of its own, which takes the variables that it reads as arguments; so the two
derivatives can't be mixed up.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from inspect import Parameter as P
from typing import Any

from tangent.frontend.attempts import AttemptLowering
from tangent.frontend.expressions import Arguments, Hint, Keywords
from tangent.frontend.functions import ANNOTATIONS, STARS, FunctionLowering, defaults_of
from tangent.frontend.source import FunctionSource
from tangent.frontend.syntax import names_from_outside
from tangent.ir import primitives
from tangent.ir.nodes import (
    Assign,
    Atom,
    Block,
    Call,
    Const,
    Derivative,
    Function,
    Global,
    Origin,
    Parameter,
    Undefined,
    Var,
    is_unknown,
)
from tangent.ir.walk import atoms_in
from tangent.simplify.dead_code import remove_dead_code

__all__ = [
    "DerivedFunction", "FunctionValue", "InnerFunction", "InnerLowering", "PartialFunction",
]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InnerFunction:
    """A function that is defined inside of the one that is lowered."""

    node: ast.FunctionDef | ast.Lambda
    defaults: Mapping[str, Atom]
    scope: str
    """The function in which it is defined, whose variables it reads."""
    source: FunctionSource
    """Where it is defined."""
    enclosing: frozenset[str]
    """The variables of the functions around it."""
    writable: frozenset[str]
    """Those that it may write where its body is put in the place of a call."""
    stands_for: Origin | None = None
    """What the user wrote instead, where it is made of something else."""

    @property
    def name(self) -> str:
        return self.node.name if isinstance(self.node, ast.FunctionDef) else "f"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DerivedFunction:
    """A derivative of a function, by one of `tangent.grad`, `tangent.jvp` and their like."""

    of: InnerFunction | DerivedFunction | Global
    transform: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartialFunction:
    """A function with some of its arguments: `functools.partial`, or one that a decorator was made of."""

    of: Atom
    args: Arguments
    kwargs: Keywords


FunctionValue = InnerFunction | DerivedFunction | PartialFunction
"""What a name stands for that is bound to a function inside of a function."""


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """A function as a program without variables of the enclosing one: it takes them as arguments."""

    program: Function | types.FunctionType | Derivative
    parameters: tuple[inspect.Parameter, ...]
    """Those that a caller passes."""
    order: tuple[str, ...]
    """Their names as the program takes them."""
    captured: tuple[Atom, ...]
    """What is passed for the variables of the enclosing function, after the first `own` of them."""
    own: int
    outputs: int | None
    """The number of results, where they are a tuple."""
    has_effects: bool


class InnerLowering(FunctionLowering):
    """Lowers functions that are defined, called and differentiated in the function."""

    def __init__(self, source: FunctionSource, active: tuple[types.FunctionType, ...]) -> None:
        super().__init__(source, active)
        self.scope = str(next(_scopes))
        """What tells this function from others: `scope:x` is the name of its `x` in the functions inside of it."""
        self.outer_scope = ""
        """The scope of the function in which this one is defined."""
        self.writable: frozenset[str] = frozenset()
        """The variables of the functions around this one that it may write."""
        self.inner_active: tuple[tuple[str, ast.AST], ...] = ()
        """The inner functions whose bodies are being put in the place of calls, each with the scope in which it is."""

    def inner_function(self, node: ast.FunctionDef | ast.Lambda) -> Atom:
        defaults = {arg.arg: self.expression(default) for arg, default in defaults_of(node.args)}
        enclosing, writable = self.locals | self.enclosing, self.locals | self.writable
        value: Atom = Const(InnerFunction(node, defaults, self.scope, self.source, enclosing, writable))
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        for decorator in reversed(decorators):
            call = ast.copy_location(ast.Call(decorator, [], []), decorator)
            value = self.apply(call, self.expression(decorator), (value,), ())
        return value

    def apply(
        self, node: ast.Call, fn: Atom, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...], hint: Hint = None
    ) -> Atom:
        if type(fn) is Const and isinstance(fn.value, InnerFunction):
            return self.put_in_place(node, fn.value, args, kwargs)
        if type(fn) is Const and isinstance(fn.value, DerivedFunction):
            return self.call_of_derivative(node, fn.value, args, kwargs, hint)
        if type(fn) is Const and isinstance(fn.value, PartialFunction):
            partial = fn.value
            given = {**dict(partial.kwargs), **dict(kwargs)}
            return self.apply(node, partial.of, (*partial.args, *args), tuple(given.items()), hint)
        return super().apply(node, fn, args, kwargs, hint)

    # --- calls of inner functions ------------------------------------------------------------

    def lowering_of(self, inner: InnerFunction) -> InnerLowering:
        """The lowering of an inner function, without its variables."""
        lowering = type(self)(inner.source.inner(inner.node), self.active_functions)
        lowering.inner_active = (*self.inner_active, (inner.scope, inner.node))
        lowering.outer_scope, lowering.enclosing = inner.scope, inner.enclosing
        return lowering

    def refuse_recursion(self, node: ast.AST, inner: InnerFunction) -> None:
        if (inner.scope, inner.node) in self.inner_active:
            what = f"unsupported: {inner.name}, which is defined inside of a function, calls itself"
            self.refuse(node, what, "define it at the top level of the module")

    def captured(self, functions: Sequence[Any]) -> dict[tuple[str, str], Atom]:
        """The variables that inner functions read, themselves or by others that they call, as they are now."""
        self.note_outer()
        found: dict[tuple[str, str], Atom] = {}
        work = list(functions)
        while work:
            function = work.pop()
            if not isinstance(function, InnerFunction):
                continue
            for name in names_from_outside(function.node):
                key = (function.scope, name)
                atom = self.env.get(name if function.scope == self.scope else f"{function.scope}:{name}")
                if atom is None or key in found:
                    continue
                found[key] = atom
                work += self.known_functions(atom)
        return found

    def note_outer(self) -> None:
        """Let the variables of the enclosing function be known to others as this one has them."""
        if not self.outer_scope:
            return
        prefix = f"{self.outer_scope}:"
        for name in self.env:
            variable = name.removeprefix(prefix)
            if variable != name and variable not in self.locals and variable in self.env:
                self.env[name] = self.env[variable]

    def give_back(self, captured: Mapping[tuple[str, str], Atom], outer: FunctionLowering) -> None:
        """Let the function whose call this one stands for have the captured variables as they are now."""
        assert isinstance(outer, InnerLowering)
        self.note_outer()
        for (scope, name), atom in captured.items():
            value = self.env[f"{scope}:{name}"]
            if value is atom:
                continue
            if scope == outer.scope:
                outer.env[name] = value
                continue
            outer.env[f"{scope}:{name}"] = value
            if scope == outer.outer_scope and name not in outer.locals:
                outer.env[name] = value

    def variables_of(self, caller: AttemptLowering, depth: int) -> Iterator[tuple[str, Atom]]:
        assert isinstance(caller, InnerLowering)
        yield from super().variables_of(caller, depth)
        self.note_outer()
        for name, atom in self.env.items():
            if ":" in name and not name.startswith("%"):
                yield name.removeprefix(f"{caller.scope}:"), atom

    def capture(self, captured: Mapping[tuple[str, str], Atom]) -> None:
        for (scope, name), atom in captured.items():
            self.env[f"{scope}:{name}"] = atom
            if scope == self.outer_scope and name not in self.locals:
                self.env[name] = atom

    def put_in_place(
        self, node: ast.Call, inner: InnerFunction, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...]
    ) -> Atom:
        """Put the body of an inner function in the place of its call."""
        self.refuse_recursion(node, inner)
        atoms = list(self.given_to(node, inner, args, kwargs).values())
        functions = [inner, *(f for atom in atoms for f in self.known_functions(atom))]
        body = self.lowering_of(inner)
        body.writable = inner.writable
        return self.run_in_place(node, body, atoms, functions)

    def given_to(self, node: ast.AST, inner: InnerFunction, args: Arguments, kwargs: Keywords) -> dict[str, Atom]:
        """The values of the parameters of an inner function in a call."""
        parameters = own_parameters(inner)
        given = self.bound(node, inner.name, parameters, args, kwargs)
        return {p.name: given.get(p.name, p.default) for p in parameters}

    # --- derivatives -------------------------------------------------------------------------

    def derivative_of(self, node: ast.Call, transform: Global) -> Atom:
        name = transform.value.__name__
        signature = inspect.signature(transform.value)
        given: dict[str, ast.expr] = dict(zip(signature.parameters, node.args, strict=False))
        given |= {k.arg: k.value for k in node.keywords if k.arg is not None}
        if name not in TRANSFORMS or "f" not in given:
            what = f"unsupported: `tangent.{name}` inside of a function"
            self.refuse(node, what, "make the derivative outside of the function")
        of = self.expression(given.pop("f"))
        if type(of) is Var and not self.is_known_function(of):  # made when the code runs
            return self.emit(node, transform, of, kwargs=tuple((k, self.expression(v)) for k, v in given.items()))
        options = {p.name: p.default for p in signature.parameters.values()}
        options |= {option: self.written_out(value) for option, value in given.items()}
        if options.get("motion", "joint") != "joint":
            self.refuse(node, "unsupported: motion='split' inside of a function", "use the joint derivative")
        known = of.value if type(of) is Const else of
        if isinstance(known, InnerFunction | DerivedFunction) or (
            type(known) is Global and isinstance(known.value, types.FunctionType)
        ):
            if name == "hvp":
                return Const(DerivedFunction(DerivedFunction(known, "grad", options), "jvp", options))
            return Const(DerivedFunction(known, name, options))
        self.refuse(node, "unsupported: the derivative of this function here",
                    "differentiate a function that is defined by `def` or `lambda`")

    def written_out(self, node: ast.expr) -> Any:
        """The value of an option."""
        found = self.resolve(node)
        if found is not None:
            return found.value
        try:
            return ast.literal_eval(node)
        except ValueError:
            self.refuse(node, "unsupported: an option that is only known when the code runs", "write it out")

    def call_of_derivative(
        self, node: ast.Call, derived: DerivedFunction, args: tuple[Atom, ...], kwargs: tuple[tuple[str, Atom], ...],
        hint: Hint,
    ) -> Atom:
        lifted = self.lifted(node, derived)
        given = {p.name: p.default for p in lifted.parameters}
        given |= self.bound(node, "the derivative", lifted.parameters, args, kwargs)
        passed = [given[name] for name in lifted.order if given[name] is not LEFT_OUT]
        atoms = (*passed[: lifted.own], *lifted.captured, *passed[lifted.own :])
        assert isinstance(lifted.program, Derivative)
        self.has_effects |= lifted.has_effects
        call = Call(lifted.program, atoms)
        count = lifted.outputs
        if count is None:
            result = self.target(hint) if type(hint) is Var else Var("slope")
            self.bind_results((result,), call, node, lifted.has_effects)
            return result
        results = self.result_targets if len(self.result_targets) == count else tuple(
            Var(f"slope_{i}") for i in range(count)
        )
        self.result_targets = ()
        self.bind_results(results, call, node, lifted.has_effects)
        packed = self.emit(node, primitives.make_tuple, *results)
        self.elements[packed] = results
        return packed

    def bind_results(self, results: tuple[Var, ...], call: Call, node: ast.AST, effect: bool) -> None:
        self.out.append(Assign(results, call, self.origin(node), effect))
        sources = frozenset[int]().union(*(self.parameters_of(a) for a in call.args if type(a) is Var))
        self.from_parameter.update(dict.fromkeys(results, sources))  # a gradient may be the seed itself

    def lifted(self, node: ast.AST, function: InnerFunction | DerivedFunction | Global) -> Lifted:
        match function:
            case InnerFunction():
                return self.lifted_inner(node, function)
            case Global(value=value):
                return self.lifted_global(node, function, value)
            case DerivedFunction():
                return self.lifted_derivative(node, function)

    def lifted_inner(
        self, node: ast.AST, inner: InnerFunction, captured: Mapping[tuple[str, str], Atom] | None = None,
        changed: Set[str] = frozenset(),
    ) -> Lifted:
        """An inner function as a program.

        `captured` are the variables that it takes, if not those that it reads.  Of a tuple that was written out, it
        takes the items.  `changed` are the attributes of which nothing that it gives may depend: it assigns to them, or
        nobody knows them.
        """
        self.refuse_recursion(node, inner)
        lowering = self.lowering_of(inner)
        captured = self.captured([inner]) if captured is None else captured
        lowering.set_apart(self)
        lowering.integers = self.integers
        own = own_parameters(inner)
        if any(p.kind in STARS for p in own):
            self.refuse(node, "unsupported: the derivative of a function with `*` or `**` parameters here",
                        "name the parameters one by one")
        attributes = self.attributes_of([a for a in captured.values() if type(a) is not Var])
        named: dict[Any, Atom] = {}
        for (scope, name), atom in captured.items():
            items = self.items_of_tuple(atom)
            named |= {(scope, name): atom} if items is None else {(name, a.hint): a for a in items}
        named |= {(key, key.rpartition(".")[2]): atom for key, atom in attributes.items()}
        free = self.parameters_for(named, {p.name for p in own})
        inside = {key: self.inside(node, lowering, a, free) for key, a in captured.items()}
        lowering.capture(inside)
        of_objects = {key: free[a] if type(a) is Var else a for key, a in attributes.items()}
        changed |= {key for key, atom in of_objects.items() if is_unknown(atom)}
        for key in changed:
            atom = of_objects[key]
            atom = Const(None) if is_unknown(atom) else atom
            of_objects[key] = lowering.emit(node, primitives.pass_through, atom)
        lowering.env |= of_objects
        lowering.integers |= {var for atom, var in free.items() if atom in self.integers}
        variables = [Var(p.name, named=True) for p in own]
        lowering.start(variables)
        values = lowering.run()
        assigned = {key for key, atom in of_objects.items() if lowering.env[key] is not atom}
        if not assigned <= changed:  # made again, with these as values of which it shows who reads them
            return self.lifted_inner(node, inner, captured, assigned | changed)
        taken = of_objects | {f"{scope}:{name}": atom for (scope, name), atom in inside.items()}
        read = atoms_in(remove_dead_code(Block(tuple(lowering.out), values)))
        if lowering.written(variables) or not self.leave_unknown(lowering, taken, read):
            self.refuse(
                node, f"unsupported: the derivative of {inner.name}, which changes what is not its own",
                "let it work on a copy",
            )
        facts = {v: f for v, p in zip(variables, own, strict=True) if (f := ANNOTATIONS.get(p.annotation))}
        facts |= dict.fromkeys((v for v in free.values() if v in lowering.integers), "int")
        program = Function(
            inner.name, tuple(Parameter(v, P.POSITIONAL_OR_KEYWORD) for v in (*variables, *free.values())),
            Block(tuple(lowering.out), values), lowering.outputs is not None, lowering.namespace,
            inner.source.origin(inner.node), None, facts,
        )
        self.dependencies += lowering.dependencies
        order = tuple(p.name for p in own)
        return Lifted(program, own, order, tuple(free), len(own), lowering.outputs, lowering.has_effects)

    def leave_unknown(self, body: FunctionLowering, taken: Mapping[str, Atom], read: Set[Any]) -> bool:
        """Let what a program of its own changes be unknown from here on: nobody says how often it is called.

        `taken` are the variables and attributes that it takes, and `read` what matters for its results and effects:
        False where that depends on what an earlier call has changed, or where it may be seen by another name.
        """
        changed = self.changed_in(body, taken)
        seen = [self.env[name] for name in changed.values() if type(self.env.get(name)) is Var]
        if any(taken.get(name) in read for name in changed) or any(
            sum(atom is one for atom in self.env.values()) > 1 for one in seen
        ):
            return False
        self.env |= {name: Undefined() for name in changed.values()}
        return True

    def changed_in(self, body: FunctionLowering, taken: Mapping[str, Atom]) -> dict[str, str]:
        """The names of what a program of its own changes, in that program, with the names that they have here."""
        changed = [name for name, atom in taken.items() if body.env[name] is not atom]
        return {name: name.removeprefix(f"{self.scope}:") for name in changed}

    def attributes_of(self, atoms: Sequence[Atom]) -> dict[str, Atom]:
        """The attributes of the objects that values are or hold, by their names in the environment: see `objects`."""
        raise NotImplementedError

    def items_of_tuple(self, atom: Atom) -> list[Var] | None:
        """The values in a tuple that was written out, and in such tuples in it; None where it is something else."""
        if type(atom) is not Var or atom not in self.tuples or atom not in self.elements:
            return None
        found: list[Var] = []
        for item in self.elements[atom]:
            inner = self.items_of_tuple(item)
            found += inner if inner is not None else [item] if type(item) is Var else []
        return found

    def inside(self, node: ast.AST, lowering: InnerLowering, atom: Atom, free: Mapping[Var, Var]) -> Atom:
        """A captured value as a function has it that is a program of its own."""
        if type(atom) is not Var:
            return atom
        if self.items_of_tuple(atom) is None:
            return free[atom]
        items = tuple([self.inside(node, lowering, item, free) for item in self.elements[atom]])
        made = lowering.emit(node, primitives.make_tuple, *items, hint=atom.hint)
        lowering.elements[made] = items
        return made

    def parameters_for(self, captured: Mapping[tuple[str, str], Atom], taken: set[str]) -> dict[Var, Var]:
        """The parameters that take captured values, by the values."""
        free: dict[Var, Var] = {}
        for (_, name), atom in captured.items():
            if type(atom) is Var and atom not in free:
                name = name.rpartition(":")[2]
                while name in taken:
                    name += "_"
                taken.add(name)
                free[atom] = Var(name, named=True)
        return free

    def lifted_global(self, node: ast.AST, name: Global, function: types.FunctionType) -> Lifted:
        parameters = tuple(inspect.signature(function, follow_wrapped=False).parameters.values())
        callee = self.callee(function)
        if callee is None:
            self.refuse(node, f"unsupported: the derivative of {name.path} here", "make it outside of the function")
        if callee.changes_something:
            self.refuse(node, f"unsupported: the derivative of {name.path}, which changes what is not its own",
                        "let it work on a copy")
        if self.changes_known():
            self.refuse(node, f"unsupported: the derivative of {name.path} in a function that changes an object before",
                        "pass the object as an argument")
        self.dependencies.append((name, function))
        if any(p.kind is P.KEYWORD_ONLY for p in parameters):
            self.refuse(node, "unsupported: the derivative of a function with keyword-only parameters here",
                        "make it outside of the function")
        plain = tuple(
            p if p.default is P.empty else p.replace(default=self.default_atom(node, function, p)) for p in parameters
        )
        own = sum(p.default is not LEFT_OUT for p in plain)
        outputs = len(callee.function.body.yields) if callee.function.returns_tuple else None
        return Lifted(function, plain, tuple(p.name for p in plain), (), own, outputs, callee.has_effects)

    def default_atom(self, node: ast.AST, function: types.FunctionType, parameter: inspect.Parameter) -> Atom:
        if parameter.name in getattr(function, "__seeds__", ()):
            return LEFT_OUT
        return self.held(node, parameter.name, parameter.default)

    def lifted_derivative(self, node: ast.AST, derived: DerivedFunction) -> Lifted:
        inner = self.lifted(node, derived.of)
        options = derived.options
        wrt = self.wanted(node, options["wrt"], [p.name for p in inner.parameters])
        forward = derived.transform == "jvp" or options.get("mode") == "forward"
        optional = derived.transform in ("grad", "value_and_grad") or (
            getattr(options.get("input_derivative"), "value", "") == "default_one"
        )
        first = derived.transform == "value_and_grad"
        keep = "first" if first else "last" if options.get("preserve_result") else ""
        places = [inner.order.index(name) for name in wrt]
        shifted = tuple(i if i < inner.own else i + len(inner.captured) for i in places)
        program = Derivative(
            inner.program, "forward" if forward else "reverse", shifted, keep, options["check_dims"], optional,
        )
        extra = [f"d{name}" for name in wrt] if forward else ["seed"]
        parameters, order = with_extra(inner, extra, optional and not forward)
        gradients = inner.outputs if forward else len(wrt) if len(wrt) > 1 else None
        outputs = gradients
        if keep:
            outputs = 2 if forward or first else (gradients or 1) + 1
        return Lifted(program, parameters, order, inner.captured, inner.own, outputs, inner.has_effects)

    def wanted(self, node: ast.AST, wrt: Any, names: list[str]) -> tuple[str, ...]:
        """The names of the arguments that `wrt` names."""
        given = (wrt,) if isinstance(wrt, int | str) else tuple(wrt)
        known = {**dict(enumerate(names)), **{i - len(names): n for i, n in enumerate(names)}}
        found = [one if one in names else known.get(one) for one in given]
        if not found or None in found:
            self.refuse(node, f"wrt={wrt!r} names no argument of the function; it has {', '.join(names)}", "name one")
        return tuple(name for name in found if name is not None)


_scopes = itertools.count()

TRANSFORMS = frozenset({"grad", "value_and_grad", "vjp", "jvp", "hvp", "autodiff"})

LEFT_OUT = Const(inspect.Parameter.empty)
"""The default of an optional seed: it is not passed."""


def own_parameters(inner: InnerFunction) -> tuple[inspect.Parameter, ...]:
    """The parameters of an inner function; all can be passed by position and by name."""
    args = inner.node.args
    return tuple(
        P(a.arg, kind, default=inner.defaults.get(a.arg, P.empty), annotation=annotation(a))
        for group, kind in (
            (args.posonlyargs, P.POSITIONAL_ONLY), (args.args, P.POSITIONAL_OR_KEYWORD),
            ([args.vararg], P.VAR_POSITIONAL), (args.kwonlyargs, P.KEYWORD_ONLY), ([args.kwarg], P.VAR_KEYWORD),
        )
        for a in group if a is not None
    )


def annotation(arg: ast.arg) -> Any:
    """What the annotation of a parameter says, by its text."""
    text = ast.unparse(arg.annotation) if arg.annotation is not None else ""
    return text if text in ANNOTATIONS else P.empty


def with_extra(
    function: Lifted, names: list[str], are_optional: bool
) -> tuple[tuple[inspect.Parameter, ...], tuple[str, ...]]:
    """The parameters of a derivative, for the caller and as the program takes them.

    The new ones stand after those of the function, and before the seeds that may be left out.
    """
    plain = [p for p in function.parameters if p.default is not LEFT_OUT]
    seeds = [p for p in function.parameters if p.default is LEFT_OUT]
    if not are_optional:
        plain = [p.replace(default=P.empty) for p in plain]
    taken = {p.name for p in function.parameters}
    new = []
    for name in names:
        while name in taken:
            name += "_"
        taken.add(name)
        new.append(P(name, P.POSITIONAL_OR_KEYWORD, default=LEFT_OUT if are_optional else P.empty))
    keywords = [p for p in plain if p.kind is P.KEYWORD_ONLY]
    parameters = (*(p for p in plain if p.kind is not P.KEYWORD_ONLY), *new, *seeds, *keywords)
    optional = {p.name for p in seeds}
    old = [name for name in function.order if name not in optional]
    return parameters, (*old, *(p.name for p in new), *(p.name for p in seeds))
