"""Writes the text of a random function, one statement after another.

Every name has a known kind, so that most programs run.  Values stay bounded: what grows is squashed by
`tanh` and `sin`, and divisors stay away from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.programs.classes import Class
from tests.programs.helpers import Helper
from tests.programs.kinds import (
    INDEX,
    NUMBER,
    TRUTH,
    V2,
    V3,
    V4,
    Chooser,
    Kind,
    array,
    dict_of,
    list_of,
    tuple_of,
)

T = TypeVar("T")


@dataclass
class Scope:
    """What may be used at a place of the program."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    loops: int = 0
    depth: int = 0

    def inner(self, freeze: Sequence[str] = (), loops: int = 0) -> Scope:
        """The scope of a block inside this one."""
        frozen = self.frozen | frozenset(freeze)
        return Scope(
            dict(self.kinds),
            dict(self.lengths),
            dict(self.bounds),
            frozen,
            self.loops + loops,
            self.depth + 1,
        )


class Writer:
    """Writes one function: draws statements and expressions, and keeps track of what each name holds."""

    def __init__(
        self, chooser: Chooser, name: str, parameters: Sequence[tuple[str, Kind]], result: Kind
    ) -> None:
        self.chooser, self.name, self.result = chooser, name, result
        self.helpers: list[Helper] = []
        self.used: dict[str, Helper | Class] = {}
        self.counter = 0
        self.budget = 0
        self.parameters = list(parameters)
        self.scope = Scope({n: kind for n, kind in parameters})
        for n, kind in parameters:
            if kind.name == "L":
                self.scope.lengths[n] = 2
            if kind.name == "I":
                self.scope.bounds[n] = 4

    # Decisions

    def chance(self, percent: int) -> bool:
        return self.chooser.integer(1, 100) <= percent

    def pick(self, options: Sequence[T]) -> T:
        return options[self.chooser.integer(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        at = self.chooser.integer(1, sum(weight for weight, _ in options))
        for weight, option in options:
            at -= weight
            if at <= 0:
                return option
        raise AssertionError

    def recent(self, names: Sequence[str]) -> str:
        """One of `names`, the later ones more often, so that what is computed is used."""
        return self.pick(names[-3:]) if self.chance(50) else self.pick(names)

    def constant(self) -> str:
        return self.pick(["0.3", "0.7", "1.1", "0.5", "2.0", "1.3", "-0.4", "1"])

    def fresh(self, prefix: str = "") -> str:
        self.counter += 1
        return (prefix or self.pick("abcdefghyz")) + str(self.counter)

    # What is at hand

    def names(self, kind: Kind, writable: bool = False) -> list[str]:
        scope = self.scope
        return [n for n, k in scope.kinds.items() if k == kind and not (writable and n in scope.frozen)]

    def arrays(self) -> list[str]:
        return [n for n, k in self.scope.kinds.items() if k.name == "A"]

    def index(self, length: int) -> str:
        """An index that is in range for `length` elements."""
        good = [n for n, bound in self.scope.bounds.items() if bound <= length and n in self.scope.kinds]
        if good and self.chance(60):
            name = self.pick(good)
            return f"{name} - 1" if self.chance(15) else name
        return str(self.chooser.integer(-length, length - 1))

    def places(self, kind: Kind) -> list[str]:
        """Elements of lists, tuples and dicts that hold `kind`."""
        found = []
        for n, k in self.scope.kinds.items():
            if k.name == "L" and k.parts[0] == kind and self.scope.lengths.get(n, 0) > 0:
                found.append(f"{n}[{self.index(self.scope.lengths[n])}]")
            elif k.name == "T":
                found += [f"{n}[{i}]" for i, part in enumerate(k.parts) if part == kind]
            elif k.name == "D":
                found += [f"{n}['{key}']" for key, part in zip(k.keys, k.parts, strict=True) if part == kind]
        return found

    # Conditions

    def condition(self, depth: int = 1) -> str:
        options: list[tuple[int, Callable[[], str]]] = [
            (6, lambda: f"{self.number(depth)} {self.pick(['<', '>', '<=', '>='])} {self.constant()}"),
            (3, lambda: f"{self.number(depth)} < {self.number(depth)}"),
            (1, lambda: f"-0.9 < {self.number(depth)} < {self.number(depth)} + 0.2"),
        ]
        indices = self.names(INDEX)
        if indices:
            options += [
                (4, lambda: f"{self.pick(indices)} % 2 == {self.pick('01')}"),
                (4, lambda: f"{self.pick(indices)} {self.pick(['==', '!=', '<', '>'])} {self.pick('0123')}"),
            ]
        if self.names(TRUTH):
            options.append((3, lambda: self.pick(self.names(TRUTH))))
        if depth > 0:
            options += [
                (1, lambda: f"{self.condition(0)} and {self.condition(0)}"),
                (1, lambda: f"{self.condition(0)} or {self.condition(0)}"),
                (1, lambda: f"not {self.condition(0)}"),
                (1, lambda: f"np.{self.pick(['any', 'all'])}({self.vector(3, 0)} > {self.constant()})"),
            ]
        return self.weighted(options)()

    # Expressions

    def expression(self, kind: Kind, depth: int = 2) -> str:
        """Text of an expression that gives `kind`."""
        match kind.name:
            case "S":
                return self.number(depth)
            case "A" if len(kind.shape) == 1:
                return self.vector(kind.shape[0], depth)
            case "A":
                return self.matrix(kind.shape[0], kind.shape[1], depth)
            case "L":
                names = self.names(kind)
                if names and depth < 2:
                    return self.pick(names)
                return "[" + ", ".join(self.expression(kind.parts[0], depth - 1) for _ in range(2)) + "]"
            case "T":
                names = self.names(kind)
                if names and depth < 2:
                    return self.pick(names)
                return "(" + ", ".join(self.expression(part, depth - 1) for part in kind.parts) + ",)"
            case "D":
                pairs = zip(kind.keys, kind.parts, strict=True)
                return "{" + ", ".join(f"'{k}': {self.expression(p, depth - 1)}" for k, p in pairs) + "}"
            case "B":
                return self.condition(0)
        return str(self.chooser.integer(0, 3))

    def call(self, result: Kind, depth: int) -> str | None:
        """A call of a helper that gives `result`, where there is one."""
        fitting = [h for h in self.helpers if h.result == result and self.callable_here(h)]
        if not fitting:
            return None
        return self.call_of(self.pick(fitting), depth)

    def callable_here(self, helper: Helper) -> bool:
        return all(p.name != "L" or self.names(p, writable=True) for p in helper.parameters)

    def call_of(self, helper: Helper, depth: int) -> str:
        self.used[helper.name] = helper
        arguments = []
        for parameter in helper.parameters:
            names = self.names(parameter, writable=True)
            if names and (parameter.name in "LD" or self.chance(60)):
                arguments.append(self.pick(names))
            else:
                arguments.append(self.expression(parameter, min(depth, 1)))
        if helper.name == "affine" and self.chance(50):
            return f"affine({arguments[0]}, {self.pick(['b', 'c'])}={arguments[1]})"
        if helper.name == "affine" and self.chance(30):
            return f"affine(b={arguments[0]}, a={arguments[1]})"
        return f"{helper.name}({', '.join(arguments)})"

    def number(self, depth: int) -> str:
        """Text of an expression that gives a number."""
        leaf: list[tuple[int, Callable[[], str]]] = [(1, self.constant)]
        if self.names(NUMBER):
            leaf.append((10, lambda: self.recent(self.names(NUMBER))))
        if self.names(INDEX):
            leaf.append((1, lambda: self.pick(self.names(INDEX))))
        if places := self.places(NUMBER):
            leaf.append((6, lambda: self.pick(places)))
        if self.arrays():
            leaf.append((7, lambda: self.element(self.recent(self.arrays()))))
        if depth <= 0:
            return self.weighted(leaf)()

        return self.weighted([(12, lambda: self.weighted(leaf)()), *self.numbers(depth)])()

    def numbers(self, depth: int) -> list[tuple[int, Callable[[], str]]]:
        """The expressions that give a number from others, with how often."""

        def n() -> str:
            return self.number(depth - 1)

        def v() -> str:
            return self.any_array(depth - 1)

        inner: list[tuple[int, Callable[[], str]]] = [
            (6, lambda: f"{n()} * {self.bracketed(n())}"),
            (4, lambda: f"{n()} + {n()}"),
            (3, lambda: f"{n()} - {self.bracketed(n())}"),
            (2, lambda: f"{n()} / (2.0 + np.cos({n()}))"),
            (1, lambda: f"-{self.bracketed(n())}"),
            (1, lambda: f"{self.bracketed(n())} ** {self.pick(['2', '3', '2.0'])}"),
            (1, lambda: f"(1.5 + np.sin({n()})) ** {self.bracketed(n())}"),
            (3, lambda: f"np.{self.pick(['sin', 'cos', 'tanh', 'arctan', 'abs'])}({n()})"),
            (2, lambda: f"math.{self.pick(['sin', 'cos', 'tanh', 'atan'])}({n()})"),
            (1, lambda: f"np.exp(np.tanh({n()}))"),
            (1, lambda: f"np.log(1.5 + np.sin({n()}))"),
            (1, lambda: f"math.sqrt(1.5 + math.cos({n()}))"),
            (1, lambda: f"abs({n()})"),
            (1, lambda: f"{self.pick(['max', 'min', 'np.maximum', 'np.minimum'])}({n()}, {n()})"),
            (1, lambda: f"float({n()})"),
            (2, lambda: f"({n()} if {self.condition(0)} else {n()})"),
            (1, lambda: f"({n()} {self.pick(['and', 'or'])} {n()})"),
            (1, lambda: f"np.where({self.condition(0)}, {n()}, {n()})"),
            (4, lambda: f"np.{self.pick(['sum', 'sum', 'mean', 'prod', 'max', 'min', 'var'])}({v()})"),
            (1, lambda: f"{self.bracketed(v())}.{self.pick(['sum', 'mean', 'max', 'prod'])}()"),
            (1, lambda: f"np.linalg.norm(1.5 + {self.vector(3, depth - 1)})"),
            (
                2,
                lambda: self.product(self.vector(3, depth - 1), self.vector(3, depth - 1)),
            ),
            (1, lambda: f"np.dot({self.vector(2, depth - 1)}, {self.vector(2, depth - 1)})"),
            (1, lambda: f"np.trace({self.matrix(2, 2, depth - 1)})"),
            (1, lambda: f"sum({self.vector(3, depth - 1)})"),
            (1, self.masked_sum),
            (1, self.fancy_sum),
        ]
        if lists := self.names(list_of(NUMBER)):
            inner += [
                (2, lambda: f"sum({self.pick(lists)})"),
                (1, lambda: f"{n()} * len({self.pick(lists)})"),
            ]
        if not self.scope.loops and (stacks := [m for m in self.lists(1) if m in lists]):
            inner.append((1, lambda: self.popped(self.pick(stacks))))
        if self.helpers:
            inner.append((8, lambda: self.call(NUMBER, depth - 1) or n()))
        if self.scope.depth < 3:
            inner += [(1, lambda: f"({self.function_of_number(depth - 1)})({n()})"), (1, lambda: self.slope(depth - 1))]
        return inner

    def function_of_number(self, depth: int) -> str:
        """A lambda of one number."""
        outer, name = self.scope, self.fresh("p")
        self.scope = outer.inner(loops=1)  # no `pop`, which would change a list of the enclosing function
        self.scope.kinds[name] = NUMBER
        body = self.number(depth)
        self.scope = outer
        return f"lambda {name}: {name} * {self.bracketed(body)}"

    def slope(self, depth: int) -> str:
        """A derivative that the program makes itself."""
        function, at = self.function_of_number(depth), self.number(depth)
        return self.pick([
            f"np.tanh(tangent.grad({function})({at}))",
            f"np.sin(tangent.jvp({function})({at}, {self.number(depth)}))",
            f"np.tanh(tangent.value_and_grad({function})({at})[1])",
        ])

    def popped(self, name: str) -> str:
        if self.scope.lengths[name] < 1:
            return self.constant()
        self.scope.lengths[name] -= 1
        return f"{name}.pop()"

    def bracketed(self, text: str) -> str:
        simple = text.replace("_", "").replace(".", "").isalnum()
        return text if simple else f"({text})"

    def product(self, left: str, right: str) -> str:
        return f"{self.bracketed(left)} @ {self.bracketed(right)}"

    def regular(self, size: int) -> str:
        """A matrix that has an inverse."""
        return f"np.eye({size}) * 4.0 + np.sin({self.matrix(size, size, 0)})"

    def rows(self, rows: int, columns: int) -> str:
        """A list of rows for a matrix."""
        return "[" + ", ".join(self.vector(columns, 0) for _ in range(rows)) + "]"

    def any_array(self, depth: int) -> str:
        if self.arrays() and self.chance(50):
            name = self.pick(self.arrays())
            return self.expression(self.scope.kinds[name], depth)
        return self.vector(self.pick([2, 3, 3]), depth)

    def element(self, name: str) -> str:
        shape = self.scope.kinds[name].shape
        if len(shape) == 1:
            return f"{name}[{self.index(shape[0])}]"
        first, second = self.index(shape[0]), self.index(shape[1])
        return f"{name}[{first}][{second}]" if self.chance(25) else f"{name}[{first}, {second}]"

    def masked_sum(self) -> str:
        if not self.arrays():
            return self.constant()
        name = self.pick(self.arrays())
        return f"np.sum({name}[{name} {self.pick(['<', '>'])} {self.constant()}])"

    def fancy_sum(self) -> str:
        if not self.arrays():
            return self.constant()
        name = self.pick(self.arrays())
        length = self.scope.kinds[name].shape[0]
        return f"np.sum({name}[[{', '.join(str(self.chooser.integer(0, length - 1)) for _ in range(3))}]])"

    def elementwise(self, e: Callable[[], str], n: Callable[[], str]) -> list[tuple[int, Callable[[], str]]]:
        """Expressions that keep a shape, from others of the shape and numbers."""
        return [
            (4, lambda: f"{self.bracketed(e())} * {self.bracketed(e())}"),
            (3, lambda: f"{e()} + {e()}"),
            (2, lambda: f"{e()} - {self.bracketed(e())}"),
            (3, lambda: f"{self.bracketed(e())} * {self.bracketed(n())}"),
            (2, lambda: f"{n()} - {self.bracketed(e())}"),
            (2, lambda: f"{self.bracketed(e())} / (2.0 + np.cos({self.pick([e, n])()}))"),
            (1, lambda: f"{self.bracketed(n())} / (2.0 + np.cos({e()}))"),
            (1, lambda: f"{self.bracketed(e())} ** {self.pick(['2', '3', '2.0'])}"),
            (1, lambda: f"(1.5 + np.sin({self.pick([e, n])()})) ** {self.bracketed(e())}"),
            (1, lambda: f"(1.5 + np.sin({e()})) ** {self.bracketed(n())}"),
            (3, lambda: f"np.{self.pick(['sin', 'cos', 'tanh', 'arctan', 'abs', 'square'])}({e()})"),
            (1, lambda: f"np.exp(np.tanh({e()}))"),
            (1, lambda: f"-{self.bracketed(e())}"),
            (1, lambda: f"np.where({e()} > {self.constant()}, {self.pick([e, n])()}, {e()})"),
            (1, lambda: f"np.{self.pick(['maximum', 'minimum'])}({e()}, {self.pick([e, n])()})"),
            (1, lambda: f"np.clip({e()}, -0.55, 0.65)"),
            (1, lambda: f"({e()} if {self.condition(0)} else {e()})"),
            (1, lambda: f"{self.bracketed(e())}[::-1]"),
            (1, lambda: f"{self.bracketed(e())}.copy()"),
            (1, lambda: f"np.{self.pick(['zeros_like', 'ones_like'])}({e()})"),
            (1, lambda: f"np.roll({e()}, 1)"),
            (1, lambda: f"np.flip({e()})"),
        ]

    def vector(self, length: int, depth: int) -> str:
        """Text of an expression that gives a vector."""
        leaf: list[tuple[int, Callable[[], str]]] = [
            (1, lambda: f"np.{self.pick(['zeros', 'ones'])}({length})"),
            (4, lambda: "np.array([" + ", ".join(self.real(0) for _ in range(length)) + "])"),
        ]
        if names := self.names(array(length)):
            leaf.append((16, lambda: self.recent(names)))
        if places := self.places(array(length)):
            leaf.append((6, lambda: self.pick(places)))
        leaf += [(3, lambda t=text: t) for text in self.parts_of_arrays(length)]  # type: ignore[misc]
        if depth <= 0:
            return self.weighted(leaf)()

        def e() -> str:
            return self.vector(length, depth - 1)

        def n() -> str:
            return self.number(depth - 1)

        other = 2 if length == 3 else 3
        inner = self.elementwise(e, n)
        inner += [
            (1, lambda: f"np.full({length}, {self.real(depth - 1)})"),
            (1, lambda: f"np.cumsum({e()})"),
            (
                2,
                lambda: self.product(self.matrix(length, other, 0), self.vector(other, 0)),
            ),
            (
                1,
                lambda: self.product(self.vector(other, 0), self.matrix(other, length, 0)),
            ),
            (1, lambda: f"np.dot({self.matrix(length, length, 0)}, {e()})"),
            (1, lambda: f"np.{self.pick(['sum', 'mean', 'max'])}({self.matrix(other, length, 0)}, axis=0)"),
            (1, lambda: f"np.sum({self.matrix(length, other, 0)}, axis={self.pick(['1', '-1'])})"),
            (
                1,
                lambda: (
                    f"{self.bracketed(self.matrix(other, length, 0))}.{self.pick(['mean', 'sum'])}(axis=0)"
                ),
            ),
            (
                1,
                lambda: (
                    f"{e()}[[{', '.join(str(self.chooser.integer(0, length - 1)) for _ in range(length))}]]"
                ),
            ),
            (1, lambda: f"np.diff({self.vector(length + 1, 0)})") if length < 4 else (1, e),
            (1, lambda: f"np.concatenate([{self.vector(length - 1, 0)}, {e()}[:1]])")
            if length > 2
            else (1, e),
            (
                1,
                lambda: f"np.linalg.solve({self.regular(length)}, {e()})",
            ),
        ]
        if self.helpers:
            inner.append((7, lambda: self.call(array(length), depth - 1) or e()))
        return self.weighted([(14, lambda: self.weighted(leaf)()), *inner])()

    def real(self, depth: int) -> str:
        """A number that is a float also where only indices are at hand."""
        text = self.number(depth)
        return f"1.0 * {self.bracketed(text)}" if text in self.scope.bounds or text == "1" else text

    def parts_of_arrays(self, length: int) -> list[str]:
        """Views and parts of named arrays that have one dimension of `length`."""
        found = []
        for n in self.arrays():
            shape = self.scope.kinds[n].shape
            if len(shape) == 1 and shape[0] == length + 1:
                found += [f"{n}[1:]", f"{n}[:-1]"]
            elif len(shape) == 1 and shape[0] == 4 and length == 2:
                found += [f"{n}[::2]", f"{n}[1:3]"]
            elif len(shape) == 2:
                if shape[1] == length:
                    found.append(f"{n}[{self.index(shape[0])}]")
                if shape[0] == length:
                    found.append(f"{n}[:, {self.index(shape[1])}]")
                if shape[0] * shape[1] == length:
                    found += [f"{n}.reshape({length})", f"np.ravel({n})"]
        return found

    def matrix(self, rows: int, columns: int, depth: int) -> str:
        """Text of an expression that gives a matrix."""
        leaf: list[tuple[int, Callable[[], str]]] = [
            (1, lambda: f"np.{self.pick(['zeros', 'ones'])}(({rows}, {columns}))"),
            (2, lambda: f"np.outer({self.vector(rows, 0)}, {self.vector(columns, 0)})"),
            (1, lambda: f"np.stack({self.rows(rows, columns)})"),
        ]
        if names := self.names(array(rows, columns)):
            leaf.append((16, lambda: self.recent(names)))
        if turned := self.names(array(columns, rows)):
            leaf.append((4, lambda: f"{self.pick(turned)}.T"))
        if rows == columns:
            leaf.append((1, lambda: f"np.eye({rows})"))
        if depth <= 0:
            return self.weighted(leaf)()

        def e() -> str:
            return self.matrix(rows, columns, depth - 1)

        def n() -> str:
            return self.number(depth - 1)

        inner = self.elementwise(e, n)
        inner += [
            (3, lambda: f"{self.bracketed(e())} * {self.bracketed(self.vector(columns, 0))}"),
            (2, lambda: f"{e()} + {self.bracketed(self.vector(rows, 0))}[:, None]"),
            (1, lambda: f"{self.bracketed(e())} / (2.0 + np.cos({self.vector(columns, 0)}))"),
            (1, lambda: f"{self.bracketed(e())} / np.sum(1.0 + np.square({e()}), axis=1, keepdims=True)"),
            (
                1,
                lambda: self.product(self.matrix(rows, 2, 0), self.matrix(2, columns, 0)),
            ),
            (
                1,
                lambda: f"np.{self.pick(['vstack', 'stack', 'array'])}({self.rows(rows, columns)})",
            ),
            (1, lambda: f"np.concatenate([{e()}[:1], {self.matrix(rows - 1, columns, 0)}], axis=0)")
            if rows > 2
            else (1, e),
            (1, lambda: f"np.transpose({self.matrix(columns, rows, depth - 1)})"),
            (1, lambda: f"np.reshape({self.matrix(columns, rows, depth - 1)}, ({rows}, {columns}))"),
        ]
        return self.weighted([(14, lambda: self.weighted(leaf)()), *inner])()

    def bounded(self, kind: Kind) -> str:
        """An expression, often squashed so that loops don't blow up."""
        text = self.expression(kind)
        if kind.name in "SA" and self.chance(45 if self.scope.loops else 15):
            return f"np.{self.pick(['tanh', 'sin'])}({text})"
        return text

    # Statements

    def block(self, count: int) -> list[str]:
        lines: list[str] = []
        for _ in range(count):
            if self.budget <= 0:
                break
            self.budget -= 1
            lines += self.statement()
        return lines or self.assign()

    def nested(self, count: int, freeze: Sequence[str] = (), loop: bool = False, **more: Any) -> list[str]:
        """An indented block in a scope of its own."""
        outer, self.scope = self.scope, self.scope.inner(freeze, int(loop))
        for name, kind in more.items():
            self.scope.kinds[name] = kind
        lines = self.block(count)
        inner, self.scope = self.scope, outer
        for name, length in outer.lengths.items():
            outer.lengths[name] = min(length, inner.lengths[name])
        return ["    " + line for line in lines]

    def statement(self) -> list[str]:
        return self.weighted(self.statements())()

    def statements(self) -> list[tuple[int, Callable[[], list[str]]]]:
        """The statements that may stand here, with how often."""
        options: list[tuple[int, Callable[[], list[str]]]] = [
            (16, self.assign),
            (8, self.reassign),
            (7, self.augment_name),
            (14, self.write_subscript),
            (4, self.alias),
            (3, self.write_by_call),
            (4, self.assign_tuple),
            (5, self.new_list),
            (5, self.append),
            (4, self.pop),
            (5, self.write_element),
            (2, self.new_dict),
            (2, self.new_tuple),
            (1, self.bound_truth),
            (1, self.no_effect),
            (9, self.call_for_effect),
            (3, self.unpack),
        ]
        if self.scope.depth < 3:
            options += [(7, self.branch), (4, self.branch_that_binds), (3, self.early_return)]
        if self.scope.loops < 2 and self.scope.depth < 3:
            options += [
                (8, self.for_range),
                (5, self.for_values),
                (3, self.for_pairs),
                (4, self.while_counted),
                (2, self.while_list),
            ]
        if self.scope.loops:
            options += [(6, self.exit_loop), (4, self.step_index)]
        return options

    def some_kind(self) -> Kind:
        return self.weighted(
            [(10, NUMBER), (7, V3), (3, V2), (1, V4), (2, array(2, 3)), (1, array(2, 2)), (1, array(3, 3))]
        )

    def assign(self) -> list[str]:
        kind = self.some_kind()
        text = self.bounded(kind)
        name = self.fresh()
        self.scope.kinds[name] = kind
        return [f"{name} = {text}"]

    def reassign(self) -> list[str]:
        good = [n for n, k in self.scope.kinds.items() if k.name in "SA" and n not in self.scope.frozen]
        if not good:
            return self.assign()
        name = self.pick(good)
        return [f"{name} = {self.bounded(self.scope.kinds[name])}"]

    def augment_name(self) -> list[str]:
        good = [n for n, k in self.scope.kinds.items() if k.name in "SA" and n not in self.scope.frozen]
        if not good:
            return self.assign()
        name = self.pick(good)
        return [self.augmented(name, self.scope.kinds[name])]

    def augmented(self, place: str, kind: Kind) -> str:
        """An augmented assignment to a place that holds `kind`, of an equal or a smaller shape."""
        operand = kind
        if kind.name == "A" and self.chance(40):
            operand = self.pick([NUMBER, array(*kind.shape[1:])]) if len(kind.shape) > 1 else NUMBER
        operator = self.pick(["+=", "+=", "-=", "*=", "*=", "/="])
        text = self.expression(operand, 1)
        return (
            f"{place} {operator} 2.0 + np.cos({text})" if operator == "/=" else f"{place} {operator} {text}"
        )

    def write_subscript(self) -> list[str]:
        good = [n for n in self.arrays() if n not in self.scope.frozen]
        if not good:
            return self.assign()
        name = self.pick(good)
        return [self.write_into(name, self.scope.kinds[name].shape)]

    def write_into(self, place: str, shape: tuple[int, ...]) -> str:
        """A write or an accumulation into part of an array."""
        subscript, part = self.target(place, shape)
        where = f"{place}{subscript}"
        if self.chance(45):
            return self.augmented(where, part)
        if part.name == "A" and self.chance(25):
            return f"{where} = {self.number(1)}"
        return f"{where} = {self.bounded(part)}"

    def write_by_call(self) -> list[str]:
        """A call of a function or a method that writes into an array, or into a view of one."""
        good = [n for n in self.arrays() if n not in self.scope.frozen]
        if not good:
            return self.assign()
        name = self.pick(good)
        shape = self.scope.kinds[name].shape
        place, kind = self.view(name, shape) if self.chance(30) else (name, self.scope.kinds[name])
        options = [
            f"np.multiply({self.bounded(kind)}, {self.number(1)}, out={place})",
            f"np.sin({place}, {place})",
            f"{place}.fill({self.number(1)})",
            f"np.copyto({place}, {self.bounded(kind)})",
            f"np.copyto({place}, {self.number(1)}, where={place} > 0.3)",
        ]
        if len(kind.shape) == 1:
            options.append(f"np.add.at({place}, [0, -1, 0], {self.number(1)})")
        return [self.pick(options)]

    def target(self, place: str, shape: tuple[int, ...]) -> tuple[str, Kind]:
        """A subscript to write to, and what goes there."""
        rows = shape[0]
        rest = array(*shape[1:]) if shape[1:] else NUMBER
        options: list[tuple[int, tuple[str, Kind]]] = [(8, (f"[{self.index(rows)}]", rest))]
        options.append((1, ("[:]", array(*shape))))
        options.append((1, ("[...]", array(*shape))))
        options.append((1, (f"[{place} {self.pick(['<', '>'])} {self.constant()}]", NUMBER)))
        if len(shape) == 1:
            options += [(3, ("[1:]", array(rows - 1))), (3, ("[:-1]", array(rows - 1)))] if rows > 2 else []
            options += [(1, ("[::-1]", array(rows))), (1, ("[[0, -1]]", V2)), (1, ("[None, :]", array(rows)))]
            options.append((1, (f"[[0, 0, {self.chooser.integer(0, rows - 1)}]]", V3)))
        else:
            columns = shape[1]
            options += [
                (6, (f"[{self.index(rows)}, {self.index(columns)}]", NUMBER)),
                (2, (f"[{self.index(rows)}][{self.index(columns)}]", NUMBER)),
                (3, (f"[:, {self.index(columns)}]", array(rows))),
                (1, (f"[..., {self.index(columns)}]", array(rows))),
                (1, ("[[0, 1], [1, 0]]", V2)),
                (1, ("[::-1]", array(*shape))),
            ]
        return self.weighted(options)

    def alias(self) -> list[str]:
        good = [n for n, k in self.scope.kinds.items() if k.name in "ALD" and n not in self.scope.frozen]
        if not good:
            return self.assign()
        source = self.pick(good)
        kind = self.scope.kinds[source]
        text = source
        if kind.name == "A" and self.chance(70):
            text, kind = self.view(source, kind.shape)
        name = self.fresh()
        self.scope.kinds[name] = kind
        if kind.name == "L":
            self.scope.lengths[name] = self.scope.lengths.get(source, 0)
        lines = [f"{name} = {text}"]
        if kind.name == "A" and self.chance(60):
            lines.append(
                self.write_into(self.pick([name, source]), self.scope.kinds[name].shape)
                if text == source
                else self.write_into(name, kind.shape)
            )
        return lines

    def view(self, source: str, shape: tuple[int, ...]) -> tuple[str, Kind]:
        if len(shape) == 1:
            n = shape[0]
            options = [
                (f"{source}[::-1]", array(n)),
                (f"{source}[:]", array(n)),
                (f"np.asarray({source})", array(n)),
            ]
            options += [(f"{source}[1:]", array(n - 1)), (f"{source}[:-1]", array(n - 1))] if n > 2 else []
            return self.pick(options)
        rows, columns = shape
        options = [(f"{source}[{self.index(rows)}]", array(columns)), (f"{source}.T", array(columns, rows))]
        options += [
            (f"{source}[:, {self.index(columns)}]", array(rows)),
            (f"{source}[::-1]", array(rows, columns)),
        ]
        options += [(f"{source}.reshape({columns}, {rows})", array(columns, rows))]
        options += [(f"{source}.ravel()", V4)] if rows * columns == 4 else []
        return self.pick(options)

    def assign_tuple(self) -> list[str]:
        numbers = self.names(NUMBER, writable=True)
        vectors = self.names(V3, writable=True)
        if len(numbers) > 1 and self.chance(40):
            a, b = self.pick(numbers), self.pick(numbers)
            return [f"{a}, {b} = {b}, {self.number(1)}"] if a != b else self.assign()
        if len(vectors) > 1 and self.chance(30):
            a, b = self.pick(vectors), self.pick(vectors)
            return [f"{a}, {b} = {b}, {a}"] if a != b else self.assign()
        if vectors and self.chance(40):
            a = self.pick(vectors)
            return [f"{a}[{self.index(3)}], {a}[{self.index(3)}] = {self.number(1)}, {self.number(1)}"]
        texts = [self.number(1), self.vector(3, 1), self.number(1)]
        a, b, c = self.fresh(), self.fresh(), self.fresh()
        self.scope.kinds |= {a: NUMBER, b: V3, c: NUMBER}
        return [f"{a}, ({b}, {c}) = {texts[0]}, ({texts[1]}, {texts[2]})"]

    def unpack(self) -> list[str]:
        if vectors := self.names(V3):
            source, (a, b, c) = self.pick(vectors), (self.fresh(), self.fresh(), self.fresh())
            if self.chance(30):
                self.scope.kinds |= {a: NUMBER, b: list_of(NUMBER)}
                self.scope.lengths[b] = 2
                return [f"{a}, *{b} = {source}"]
            self.scope.kinds |= {a: NUMBER, b: NUMBER, c: NUMBER}
            return [f"{a}, {b}, {c} = {source}"]
        tuples = [(n, k) for n, k in self.scope.kinds.items() if k.name == "T"]
        if not tuples:
            return self.assign()
        source, kind = self.pick(tuples)
        names = [self.fresh() for _ in kind.parts]
        for n, part in zip(names, kind.parts, strict=True):
            self.scope.kinds[n] = part
            if part.name == "L":
                self.scope.lengths[n] = 2
        return [f"{', '.join(names)} = {source}"]

    def new_list(self) -> list[str]:
        part = self.weighted([(4, NUMBER), (2, V3), (1, V2), (1, list_of(NUMBER))])
        size = self.pick([0, 1, 2, 2, 3])
        if part.name == "L":
            size = max(size, 1)
        texts = [self.expression(part, 1) for _ in range(size)]
        name = self.fresh()
        self.scope.kinds[name] = list_of(part)
        self.scope.lengths[name] = size
        return [f"{name} = [{', '.join(texts)}]"]

    def lists(self, minimum: int = 0) -> list[str]:
        return [
            n
            for n, k in self.scope.kinds.items()
            if k.name == "L" and n not in self.scope.frozen and self.scope.lengths.get(n, 0) >= minimum
        ]

    def append(self) -> list[str]:
        good = [n for n in self.lists() if not self.frozen_kind(self.scope.kinds[n])]
        if not good:
            return self.new_list()
        name = self.pick(good)
        part = self.scope.kinds[name].parts[0]
        if part.name == "L" and self.scope.lengths.get(name, 0) > 0 and not self.frozen_kind(part):
            if self.chance(40):
                return [f"{name}[{self.index(self.scope.lengths[name])}].append({self.number(1)})"]
        text = self.expression(part, 1)
        if self.chance(10):
            return [f"{name} += [{text}]"]
        self.scope.lengths[name] = self.scope.lengths.get(name, 0) + 1
        return [f"{name}.append({text})"]

    def frozen_kind(self, kind: Kind) -> bool:
        """Whether a list of this kind is being iterated, so that an alias of it must not grow."""
        return any(self.scope.kinds.get(n) == kind for n in self.scope.frozen)

    def pop(self) -> list[str]:
        good = [n for n in self.lists(1) if not self.frozen_kind(self.scope.kinds[n])]
        if not good or self.scope.loops:
            return self.append()
        name = self.pick(good)
        self.scope.lengths[name] -= 1
        target = self.fresh()
        kind = self.scope.kinds[name].parts[0]
        self.scope.kinds[target] = kind
        if kind.name == "L":
            self.scope.lengths[target] = 1
        return [f"{target} = {name}.pop({self.pick(['', '', '0', '-1'])})"]

    def write_element(self) -> list[str]:
        """Write or accumulate an element of a list or dict, or into an array in one."""
        places: list[tuple[str, Kind]] = []
        for n in self.lists(1):
            places.append((f"{n}[{self.index(self.scope.lengths[n])}]", self.scope.kinds[n].parts[0]))
        for n, k in self.scope.kinds.items():
            if k.name == "D" and n not in self.scope.frozen:
                places += [(f"{n}['{key}']", part) for key, part in zip(k.keys, k.parts, strict=True)]
        if not places:
            return self.new_list()
        place, kind = self.pick(places)
        if kind.name == "A" and self.chance(60):
            return [self.write_into(place, kind.shape)]
        if kind.name in "SA" and self.chance(40):
            return [self.augmented(place, kind)]
        return [f"{place} = {self.expression(kind, 1)}"]

    def new_dict(self) -> list[str]:
        kind = self.pick([dict_of(a=NUMBER, b=V3), dict_of(a=NUMBER, c=NUMBER), dict_of(k=V2, m=NUMBER)])
        text = self.expression(kind)
        name = self.fresh()
        self.scope.kinds[name] = kind
        return [f"{name} = {text}"]

    def new_tuple(self) -> list[str]:
        kind = self.pick([tuple_of(NUMBER, V3), tuple_of(NUMBER, NUMBER), tuple_of(V2, NUMBER)])
        text = self.expression(kind)
        name = self.fresh()
        self.scope.kinds[name] = kind
        return [f"{name} = {text}"]

    def bound_truth(self) -> list[str]:
        text = self.condition()
        name = self.fresh()
        self.scope.kinds[name] = TRUTH
        return [f"{name} = {text}"]

    def no_effect(self) -> list[str]:
        return [self.pick(["pass", f"assert {self.number(0)} < 1e6", f"print({self.number(0)} > 0.0)"])]

    def call_for_effect(self) -> list[str]:
        writing = [h for h in self.helpers if h.result is None and self.callable_here(h)]
        if writing and self.chance(60):
            helper = self.pick(writing)
            if helper.name == "push" and self.frozen_kind(list_of(NUMBER)):
                return self.assign()
            return [self.call_of(helper, 1)]
        pairs = [h for h in self.helpers if h.result == tuple_of(NUMBER, NUMBER)]
        if not pairs:
            return self.assign()
        text = self.call_of(self.pick(pairs), 1)
        a, b = self.fresh(), self.fresh()
        self.scope.kinds |= {a: NUMBER, b: NUMBER}
        return [f"{a}, {b} = {text}"]

    # Control flow

    def branch(self) -> list[str]:
        lines = [f"if {self.condition()}:", *self.nested(self.chooser.integer(1, 3))]
        if self.chance(20):
            lines += [f"elif {self.condition()}:", *self.nested(self.chooser.integer(1, 2))]
        if self.chance(50):
            lines += ["else:", *self.nested(self.chooser.integer(1, 3))]
        return lines

    def branch_that_binds(self) -> list[str]:
        kind = self.some_kind()
        condition, name = self.condition(), self.fresh()
        sides = []
        for _ in range(2):
            body = self.nested(1) if self.chance(40) else []
            sides.append([*body, f"    {name} = {self.bounded(kind)}"])
        self.scope.kinds[name] = kind
        return [f"if {condition}:", *sides[0], "else:", *sides[1]]

    def early_return(self) -> list[str]:
        return [f"if {self.condition()}:", f"    return {self.returned()}"]

    def exit_loop(self) -> list[str]:
        word = self.pick(["break", "continue", "break"])
        lines = [f"if {self.condition()}:"]
        if self.chance(40):
            lines += self.nested(1)
        return [*lines, f"    {word}"]

    def finish_loop(self, lines: list[str]) -> list[str]:
        if self.chance(12):
            lines += ["else:", *self.nested(1)]
        return lines

    def for_range(self) -> list[str]:
        i = self.fresh("i")
        text, bound = self.pick(
            [
                ("range(3)", 3),
                ("range(2)", 2),
                ("range(1, 3)", 3),
                ("range(2, -1, -1)", 3),
                ("range(0, 4, 2)", 3),
                ("reversed(range(3))", 3),
                ("range(0)", 1),
                ("range(3, 1, -1)", 4),
            ]
        )
        if (vectors := self.names(V3)) and self.chance(30):
            text, bound = f"range(len({self.pick(vectors)}))", 3
        outer = [n for n in self.names(INDEX) if self.scope.bounds.get(n, 9) <= 3]
        if outer and self.chance(40):
            o = self.recent(outer)
            text = self.pick(
                [f"range({o} + 1)", f"range({o}, 3)", f"range({o}, -1, -1)", f"range(3, {o}, -1)"]
            )
            text, bound = (f"reversed({text})" if self.chance(20) else text), 4
        if "n" in self.scope.kinds and self.chance(30):
            text, bound = "range(n)", 4
        self.scope.bounds[i] = bound
        body = self.nested(self.chooser.integer(1, 4), [i], True, **{i: INDEX})
        return self.finish_loop([f"for {i} in {text}:", *body])

    def for_values(self) -> list[str]:
        sources = [(n, k) for n, k in self.scope.kinds.items() if k.name in "AL"]
        if not sources:
            return self.for_range()
        source, kind = self.pick(sources)
        item = kind.parts[0] if kind.name == "L" else (array(*kind.shape[1:]) if kind.shape[1:] else NUMBER)
        v, freeze = self.fresh("v"), [source]
        text = f"reversed({source})" if self.chance(15) else source
        if item.name == "L":
            self.scope.lengths[v] = 1
        if self.chance(30):
            i = self.fresh("i")
            more = {i: INDEX, v: item}
            self.scope.bounds[i] = kind.shape[0] if kind.name == "A" else 9
            body = self.nested(self.chooser.integer(1, 3), [*freeze, i], True, **more)
            lines = [f"for {i}, {v} in enumerate({source}):", *body]
        else:
            lines = [
                f"for {v} in {text}:",
                *self.nested(self.chooser.integer(1, 3), freeze, True, **{v: item}),
            ]
        self.scope.lengths.pop(v, None)
        return self.finish_loop(lines)

    def for_pairs(self) -> list[str]:
        sources = [n for n, k in self.scope.kinds.items() if k.name in "A" and len(k.shape) == 1]
        sources += self.names(list_of(NUMBER))
        if not sources:
            return self.for_range()
        a, b = self.pick(sources), self.pick(sources)
        u, v = self.fresh("u"), self.fresh("v")
        body = self.nested(self.chooser.integer(1, 3), [a, b], True, **{u: NUMBER, v: NUMBER})
        return self.finish_loop([f"for {u}, {v} in zip({a}, {b}):", *body])

    def while_counted(self) -> list[str]:
        k = self.fresh("k")
        self.scope.bounds[k] = 9
        trips = self.pick(["2", "3", "0", "3"])
        extra = f" and {self.condition(0)}" if self.chance(40) else ""
        forever = self.chance(30)
        body = self.nested(self.chooser.integer(1, 3), [k], True, **{k: INDEX})
        head = [f"while {k} < {trips}{extra}:", f"    {k} += 1"]
        if forever:
            head = [
                "while True:",
                f"    {k} += 1",
                f"    if {k} > {trips}{extra.replace(' and ', ' or ')}:",
                "        break",
            ]
        lines = [f"{k} = 0", *head, *body]
        self.scope.kinds[k] = INDEX
        self.scope.frozen |= {k}
        return self.finish_loop(lines)

    def while_list(self) -> list[str]:
        good = [n for n in self.lists() if self.scope.kinds[n].parts[0].name in "SA"]
        if not good or self.scope.loops or self.frozen_kind(self.scope.kinds[good[0]]):
            return self.for_range()
        source, v = self.pick(good), self.fresh("v")
        item = self.scope.kinds[source].parts[0]
        self.scope.lengths[source] = 0
        body = self.nested(self.chooser.integer(1, 3), [source], True, **{v: item})
        return [f"while {self.pick([source, f'len({source}) > 0'])}:", f"    {v} = {source}.pop()", *body]

    def step_index(self) -> list[str]:
        indices = [n for n in self.names(INDEX) if n in self.scope.bounds]
        if not indices:
            return self.assign()
        name = self.fresh("j")
        text = self.pick(indices)
        self.scope.kinds[name] = INDEX
        self.scope.bounds[name] = 3
        return [f"{name} = ({text} + {self.pick('12')}) % 3"]

    # The whole

    def as_number(self, name: str, kind: Kind) -> str:
        match kind.name:
            case "S":
                return name
            case "A":
                return self.pick([f"np.sum({name})", f"np.sum({name} * {name})"])
            case "L" if self.scope.lengths.get(name, 0) > 0:
                return self.as_number(f"{name}[-1]", kind.parts[0])
            case "T":
                return self.as_number(f"{name}[0]", kind.parts[0])
            case "D":
                return " + ".join(
                    self.as_number(f"{name}['{k}']", p) for k, p in zip(kind.keys, kind.parts, strict=True)
                )
        return "0.5"

    def gathered(self) -> str:
        """A number in which many of the names at hand take part."""
        candidates = [(n, k) for n, k in self.scope.kinds.items() if k.name in "SATDFO"]
        candidates += [(n, self.scope.kinds[n]) for n, length in self.scope.lengths.items() if length > 0]
        if not candidates:
            return self.number(1)
        chosen = [*candidates[-3:], self.pick(candidates), self.pick(candidates)]
        return " + ".join(f"{self.constant()} * ({self.as_number(n, k)})" for n, k in chosen)

    def returned(self) -> str:
        match self.result.name:
            case "S":
                return self.gathered()
            case "T":
                return f"{self.gathered()}, {self.vector(3, 1)}"
        return f"({self.gathered()}) * {self.bracketed(self.expression(self.result, 1))}"

    def function(self, size: int) -> str:
        self.budget = size
        body = self.block(size)
        body.append(f"return {self.returned()}")
        names = ", ".join(f"{n}: {kind.keys[0]}" if kind.name == "O" else n for n, kind in self.parameters)
        return "\n".join([f"def {self.name}({names}):", *("    " + line for line in body)]) + "\n"
