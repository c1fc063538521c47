"""Draws what `writer` does not: objects, exceptions, `match`, comprehensions, functions as values, generators.

One method for each construct.  The fields of an object are names as any other (`o.mass`), so that all statements
read and write them; a class is written with the same statements, over `self.mass`.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.programs.classes import CLASSES, Class
from tests.programs.helpers import CALLED
from tests.programs.kinds import (
    FUNCTION,
    INDEX,
    NUMBER,
    V3,
    WORD,
    Chooser,
    Kind,
    dict_of,
    list_of,
    object_of,
)
from tests.programs.writer import Writer

WORDS = ["square", "wave", "none"]


class Programmer(Writer):
    """Writes one function over the whole language."""

    def __init__(
        self, chooser: Chooser, name: str, parameters: Sequence[tuple[str, Kind]], result: Kind
    ) -> None:
        super().__init__(chooser, name, parameters, result)
        self.classes = dict(CLASSES)
        self.show_fields()

    # What is at hand

    def show_fields(self) -> None:
        """Make the fields of the objects at hand names."""
        for name in [n for n, k in self.scope.kinds.items() if k.name == "O"]:
            made = self.classes[self.scope.kinds[name].keys[0]]
            fields = {f"{name}.{key}": kind for key, kind in made.fields.items()}
            self.scope.kinds |= fields
            if made.frozen:
                self.scope.frozen |= frozenset(fields)

    def bind(self, kind: Kind, prefix: str = "") -> str:
        """A new name for `kind`."""
        name = self.fresh(prefix)
        self.scope.kinds[name] = kind
        if kind.name == "L":
            self.scope.lengths[name] = 2
        self.show_fields()
        return name

    @contextmanager
    def within(self, **more: Kind) -> Iterator[None]:
        """The scope of an expression that is evaluated elsewhere or several times."""
        outer = self.scope
        self.scope = outer.inner(loops=1)
        self.scope.kinds |= more
        self.show_fields()
        yield
        self.scope = outer

    def places(self, kind: Kind) -> list[str]:
        found = super().places(kind)
        for n, k in self.scope.kinds.items():
            if k.name == "L" and k.parts[0].name == "O" and self.scope.lengths.get(n, 0) > 0:
                fields = self.classes[k.parts[0].keys[0]].fields.items()
                found += [f"{n}[-1].{key}" for key, field in fields if field == kind]
        return found

    def objects(self) -> list[str]:
        return [n for n, k in self.scope.kinds.items() if k.name == "O"]

    def class_of(self, name: str) -> Class:
        made = self.classes[self.scope.kinds[name].keys[0]]
        self.used[made.name] = made
        return made

    def source_of_numbers(self) -> tuple[str, Kind]:
        """Text of something to iterate, and what it gives."""
        sources = [(n, NUMBER) for n, k in self.scope.kinds.items() if k.name == "A" and len(k.shape) == 1]
        sources += [(n, k.parts[0]) for n, k in self.scope.kinds.items() if k.name == "L" and k.parts[0] in (NUMBER, V3)]
        sources += [("range(3)", INDEX), (f"[{self.number(0)}, {self.number(0)}]", NUMBER)]
        return self.pick(sources)

    # Expressions

    def expression(self, kind: Kind, depth: int = 2) -> str:
        match kind.name:
            case "F":
                return self.function_value(depth)
            case "W":
                return self.pick(self.names(WORD) or [repr(self.pick(WORDS))])
            case "O":
                return self.object(kind, depth)
            case "L" if self.chance(25) and kind.parts[0] == NUMBER:
                return self.list_expression()
        return super().expression(kind, depth)

    def numbers(self, depth: int) -> list[tuple[int, Callable[[], str]]]:
        def n() -> str:
            return self.number(depth - 1)

        options = super().numbers(depth)
        options += [
            (3, self.reduced_comprehension),
            (1, lambda: self.sorted_item(depth - 1)),
            (1, lambda: self.called("summed", self.star_arguments(depth - 1))),
            (1, lambda: self.called("tuned", self.keyword_arguments(depth - 1))),
            (1, lambda: f"sum({self.called('steps', f'{n()}, 2')})"),
        ]
        if functions := self.names(FUNCTION):
            options.append((5, lambda: f"{self.recent(functions)}({n()})"))
        if self.scope.depth < 3:
            options.append((2, lambda: f"{self.bracketed(self.function_value(depth - 1))}({n()})"))
        if objects := [o for o in self.objects() if self.classes[self.scope.kinds[o].keys[0]].numbers]:
            options.append((6, lambda: self.from_object(self.recent(objects), depth - 1)))
        if lists := [m for m in self.lists(1) if self.scope.kinds[m].parts[0].name == "O"]:
            options.append((3, lambda: self.from_item(self.pick(lists), depth - 1)))
        if dicts := [m for m, k in self.scope.kinds.items() if k == dict_of(a=NUMBER, c=NUMBER)]:
            options.append((2, lambda: self.from_dict(self.pick(dicts), depth - 1)))
        return options

    def called(self, name: str, arguments: str) -> str:
        self.used[name] = CALLED[name]
        return f"{name}({arguments})"

    def star_arguments(self, depth: int) -> str:
        lists = self.names(list_of(NUMBER))
        more = f"*{self.pick(lists)}" if lists and self.chance(60) else self.number(depth)
        return f"{self.number(depth)}, {more}" + (f", scale={self.number(0)}" if self.chance(40) else "")

    def keyword_arguments(self, depth: int) -> str:
        gain = f"gain={self.number(depth)}" if self.chance(60) else f"**{{'gain': {self.number(depth)}}}"
        return f"{self.number(0)}, " + self.pick([gain, f"shift={self.number(0)}", f"{gain}, shift={self.number(0)}"])

    def from_object(self, name: str, depth: int) -> str:
        text = self.pick(self.class_of(name).numbers)
        return text.format(o=name, a=self.number(depth))

    def from_item(self, name: str, depth: int) -> str:
        made = self.classes[self.scope.kinds[name].parts[0].keys[0]]
        self.used[made.name] = made
        return self.pick(made.numbers).format(o=f"{name}[-1]", a=self.number(depth))

    def from_dict(self, name: str, depth: int) -> str:
        return self.pick([
            f"sum({name}.values())",
            f"{name}.get('a', {self.number(0)})",
            f"{name}.get('z', {self.number(depth)})",
            f"sum(v * i for i, v in enumerate({name}.values()))",
            f"sum([v * v for k, v in {name}.items() if k != 'a'])",
            f"max({name}.values())",
            f"({name} | {{'z': {self.number(0)}}})['z']",
        ])

    def comprehension(self) -> str:
        """The inside of a comprehension of numbers."""
        source, kind = self.source_of_numbers()
        v = self.fresh("v")
        with self.within(**{v: kind}):
            if kind == INDEX:
                self.scope.bounds[v] = 3
            test = f" if {self.condition(0)}" if self.chance(25) else ""
            return f"{self.number(1)} for {v} in {source}{test}"

    def reduced_comprehension(self) -> str:
        inside = self.comprehension()
        return self.pick([
            f"sum({inside})", f"sum([{inside}])", f"max([0.1, *({inside})])", f"sum(({inside}), {self.number(0)})",
            f"np.sum(np.array([{inside}]))", f"min(({inside}), default=0.3)",
        ])

    def list_expression(self) -> str:
        """A list of at least two numbers."""
        lists = [m for m in self.lists(2) if self.scope.kinds[m] == list_of(NUMBER)]
        v = self.fresh("v")
        with self.within(**{v: NUMBER}):
            term = self.number(1)
        with self.within(**{v: INDEX}):
            counted = self.number(1)
        options = [
            f"[{counted} for {v} in range(2)]",
            f"[{self.number(0)}] * 2",
            f"[{term} for {v} in ({self.number(0)}, {self.number(0)})]",
            f"list({self.called('steps', f'{self.number(0)}, 2')})",
        ]
        for name in lists:
            options += [
                f"sorted({name})", f"[*{name}, {self.number(0)}]", f"{name} + [{self.number(0)}]", f"{name}[:]",
                f"sorted({name}, key=lambda {v}: -{v})", f"list(reversed({name}))", f"{name}.copy()",
                f"[{term} for {v} in {name}]", f"[{v} * {v}2 for {v}, {v}2 in zip({name}, {name}[1:] + [0.2])]",
                f"list(map({self.function_value(0)}, {name}))",
            ]
        return self.pick(options)

    def sorted_item(self, depth: int) -> str:
        a, b = self.number(depth), self.number(depth)
        key = self.pick(["lambda r: r * r", "abs", "lambda r: -r", "np.sin"])
        return self.pick([
            f"sorted([{a}, {b}, 0.31])[{self.pick(['0', '1', '-1'])}]",
            f"{self.pick(['max', 'min'])}({a}, {b}, key={key})",
            f"sorted([{a}, {b}], key={key}, reverse=True)[0]",
            f"sorted([({a}, 0.5), ({b}, 0.7)])[0][1] * {self.number(0)}",
            f"{self.pick(['max', 'min'])}([({a}, 1.5), ({b}, 0.7)], key=lambda r: r[0])[1]",
        ])

    def function_value(self, depth: int) -> str:
        """A function of a number: a lambda, a function of a library, of the module, a closure, one of a table."""
        options: list[tuple[int, Callable[[], str]]] = [
            (4, lambda: self.function_of_number(max(depth, 0))),
            (2, lambda: self.pick(["np.sin", "np.tanh", "math.cos", "abs"])),
            (1, lambda: f"[np.sin, {self.function_of_number(0)}][{self.pick('01')}]"),
            (1, lambda: f"{{'a': np.cos, 'b': {self.function_of_number(0)}}}[{self.pick(['a', 'b'])!r}]"),
            (2, lambda: f"(np.sin if {self.condition(0)} else {self.function_of_number(0)})"),
        ]
        if names := self.names(FUNCTION):
            options.append((8, lambda: self.recent(names)))
        if depth > 0 and (call := self.call(FUNCTION, depth - 1)):
            options.append((4, lambda: call))
        for helper in self.helpers:
            if helper.parameters == (NUMBER,) and helper.result == NUMBER:
                options.append((2, lambda h=helper: self.global_function(h.name)))  # type: ignore[misc]
        return self.weighted(options)()

    def global_function(self, name: str) -> str:
        self.used[name] = next(h for h in self.helpers if h.name == name)
        return name

    def object(self, kind: Kind, depth: int) -> str:
        made = self.classes[kind.keys[0]]
        self.used[made.name] = made
        names = self.names(kind)
        if names and depth < 2 and self.chance(60):
            return self.pick(names)
        if names and made.objects and self.chance(60):
            return self.pick(made.objects).format(o=self.pick(names), a=self.number(1))
        arguments = [self.expression(field, 1) for field in made.fields.values()]
        if self.chance(25):
            arguments = [f"{key}={text}" for key, text in zip(made.fields, arguments, strict=True)]
            if made.name == "Running":
                return f"Running(parts={arguments[0].partition('=')[2]})"
        return f"{made.name}({', '.join(arguments)})"

    # Statements

    def statement(self) -> list[str]:
        lines = super().statement()
        self.show_fields()
        return lines

    def statements(self) -> list[tuple[int, Callable[[], list[str]]]]:
        options = super().statements()
        options += [
            (6, self.new_object), (3, self.new_objects), (5, self.change_object), (5, self.new_function),
            (3, self.list_by_method), (3, self.dict_by_method), (3, self.star_unpacking), (2, self.new_word),
            (3, self.walrus), (3, self.dict_comprehension), (2, self.array_of_comprehension),
        ]
        if self.scope.depth < 3:
            options += [
                (5, self.try_except), (3, self.try_raise), (2, self.with_errstate), (3, self.match_value),
                (2, self.match_shape), (3, self.inner_function),
            ]
        if self.scope.loops < 2 and self.scope.depth < 3:
            options += [(3, self.for_objects), (3, self.for_generated), (2, self.for_items)]
        return options

    def some_class(self) -> Class:
        return self.pick(list(self.classes.values()))

    def new_object(self) -> list[str]:
        kind = object_of(self.some_class().name)
        text = self.object(kind, 2)
        return [f"{self.bind(kind, 'o')} = {text}"]

    def new_objects(self) -> list[str]:
        """A list of objects, displayed, comprehended, or grown."""
        kind = object_of(self.some_class().name)
        texts = [self.object(kind, self.pick([1, 2])) for _ in range(2)]
        name = self.bind(list_of(kind), "os")
        return [f"{name} = [{', '.join(texts)}]"]

    def change_object(self) -> list[str]:
        good = [o for o in self.objects() if self.classes[self.scope.kinds[o].keys[0]].changes]
        if not good:
            return self.new_object()
        name = self.recent(good)
        return [self.pick(self.class_of(name).changes).format(o=name, a=self.number(1))]

    def for_objects(self) -> list[str]:
        lists = [n for n, k in self.scope.kinds.items() if k.name == "L" and k.parts[0].name == "O"]
        if not lists:
            return self.new_objects()
        source = self.pick(lists)
        kind = self.scope.kinds[source].parts[0]
        v = self.fresh("o")
        outer, self.scope = self.scope, self.scope.inner()
        self.scope.kinds[v] = kind
        self.show_fields()
        body = self.nested(self.chooser.integer(1, 3), [source, v], True)
        self.scope = outer
        return self.finish_loop([f"for {v} in {source}:", *body])

    def for_generated(self) -> list[str]:
        v = self.fresh("v")
        number = self.chance(60) or not self.names(V3)
        text = (
            self.called("steps", f"{self.number(1)}, {self.pick('230')}") if number
            else self.called("windows", self.pick(self.names(V3)))
        )
        kind = NUMBER if number else Kind("A", (2,))
        return self.finish_loop([f"for {v} in {text}:", *self.nested(2, [v], True, **{v: kind})])

    def for_items(self) -> list[str]:
        dicts = self.names(dict_of(a=NUMBER, c=NUMBER))
        if not dicts:
            return self.new_dict()
        source, k, v = self.pick(dicts), self.fresh("k"), self.fresh("v")
        body = self.nested(2, [source, v], True, **{k: WORD, v: NUMBER})
        if self.chance(40):
            body.append(f"    {source}[{k}] = {v} * {self.constant()}")
        return self.finish_loop([f"for {k}, {v} in {source}.items():", *body])

    def new_function(self) -> list[str]:
        text = self.function_value(2)
        return [f"{self.bind(FUNCTION, 'f')} = {text}"]

    def inner_function(self) -> list[str]:
        """A function that reads and changes names of the enclosing one, or a generator."""
        name, p = self.fresh("g"), self.fresh("p")
        outer, result = self.scope, self.result
        self.scope, self.result = outer.inner(), NUMBER
        self.scope.loops = 0
        self.scope.lengths = dict.fromkeys(outer.lengths, 0)
        self.scope.kinds[p] = NUMBER
        body = self.block(self.chooser.integer(1, 3))
        generator = self.chance(25) and not any("return" in line for line in body)
        body += [f"yield {self.number(1)}", f"yield {p}"] if generator else [f"return {self.gathered()}"]
        self.scope, self.result = outer, result
        changed = sorted(assigned("\n".join(body)) & set(outer.kinds))
        for changed_list in outer.lengths:
            outer.lengths[changed_list] = min(outer.lengths[changed_list], 2)
        head = [f"def {name}({p}):", *([f"    nonlocal {', '.join(changed)}"] if changed else [])]
        lines = [*head, *("    " + line for line in body)]
        if generator:
            text = f"sum({name}({self.number(1)}))"
            return [*lines, f"{self.bind(NUMBER)} = {text}"]
        self.scope.kinds[name] = FUNCTION
        return lines

    def list_by_method(self) -> list[str]:
        good = [n for n in self.lists(2) if self.scope.kinds[n] == list_of(NUMBER)]
        good = [n for n in good if not self.frozen_kind(self.scope.kinds[n])]
        if not good:
            text = self.list_expression()
            return [f"{self.bind(list_of(NUMBER))} = {text}"]
        name, place = self.pick(good), self.pick(["0", "1", "-1"])
        return [self.pick([
            f"{name}.insert({place}, {self.number(1)})", f"{name}.extend({self.list_expression()})",
            f"{name}.reverse()", f"{name}.sort()", f"{name}.sort(key=lambda r: r * r)",
            f"{name}[:2] = [{self.number(1)}, {self.number(1)}]", f"{name}[{place}], {name}[0] = {name}[0], {name}[{place}]",
            f"{name} = {self.list_expression()}", f"{name} += {self.list_expression()}",
        ])]

    def dict_by_method(self) -> list[str]:
        good = [n for n, k in self.scope.kinds.items() if k.name == "D" and n not in self.scope.frozen]
        if not good:
            return self.new_dict()
        name = self.pick(good)
        key, kind = self.pick(list(zip(self.scope.kinds[name].keys, self.scope.kinds[name].parts, strict=True)))
        value = self.expression(kind, 1)
        new = self.fresh()
        lines = [self.pick([
            f"{name}.update({key}={value})", f"{name}['{key}'] = {name}.pop('{key}')",
            f"{name}.setdefault('z', {self.number(1)})", f"{name} = {{**{name}, '{key}': {value}}}",
            f"{name} = {name} | {{'{key}': {value}}}", f"{name} = dict({name}, {key}={value})",
            f"{new} = {name}.copy()",
        ])]
        if lines[0].startswith(f"{new} ="):
            self.scope.kinds[new] = self.scope.kinds[name]
        return lines

    def dict_comprehension(self) -> list[str]:
        v = self.fresh("v")
        with self.within(**{v: NUMBER}):
            text = self.number(1)
        pairs = f"(('a', {self.number(0)}), ('c', {self.number(0)}))"
        return [f"{self.bind(dict_of(a=NUMBER, c=NUMBER))} = {{k: {text} for k, {v} in {pairs}}}"]

    def array_of_comprehension(self) -> list[str]:
        v = self.fresh("v")
        with self.within(**{v: NUMBER}):
            text = self.real(1)
        source = self.pick([*self.names(V3), self.vector(3, 0)])
        return [f"{self.bind(V3)} = np.array([{text} for {v} in {source}])"]

    def star_unpacking(self) -> list[str]:
        texts = [self.number(1) for _ in range(3)]
        a, b = self.bind(NUMBER), self.bind(list_of(NUMBER))
        return [f"{self.pick([f'{a}, *{b}', f'*{b}, {a}'])} = {', '.join(texts)}"]

    def new_word(self) -> list[str]:
        text = repr(self.pick(WORDS))
        if self.chance(40):
            text = f"{text} if {self.condition(0)} else {self.pick(WORDS)!r}"
        return [f"{self.bind(WORD, 'm')} = {text}"]

    def walrus(self) -> list[str]:
        text = self.number(1)
        name = self.bind(NUMBER)
        return [f"if ({name} := {text}) {self.pick('<>')} {self.constant()}:", *self.nested(2)]

    def with_errstate(self) -> list[str]:
        """A block whose names are seen after it."""
        loops = self.block(self.chooser.integer(1, 2))
        return ["with np.errstate(divide='ignore', invalid='ignore'):", *("    " + line for line in loops)]

    def failing(self) -> tuple[str, str]:
        """A statement that raises on some path, and the class of the exception."""
        name = self.fresh()
        return self.pick([
            (f"{name} = [{self.number(0)}][{self.pick('01')}]", "IndexError"),
            (f"{name} = {{'a': {self.number(0)}}}['{self.pick('ab')}']", "KeyError"),
            (f"{name} = math.sqrt({self.number(0)})", "ValueError"),
            (f"{name} = {self.called('checked', self.number(0))}", "ValueError"),
            (f"{name} = {self.number(0)} / (0 if {self.condition(0)} else 2.0)", "ZeroDivisionError"),
        ])

    def try_except(self) -> list[str]:
        statement, error = self.failing()
        before = self.nested(1) if self.chance(50) else []
        after = self.nested(1) if self.chance(50) else []
        caught = self.pick([error, error, "Exception", f"({error}, TypeError)", f"{error} as e"])
        lines = ["try:", *before, f"    {statement}", *after, f"except {caught}:", *self.nested(1)]
        lines += ["else:", *self.nested(1)] if self.chance(25) else []
        return lines + (["finally:", *self.nested(1)] if self.chance(20) else [])

    def try_raise(self) -> list[str]:
        name, text = self.fresh(), self.number(1)
        lines = ["try:", f"    if {self.condition()}:", "        raise ValueError('no')", f"    {name} = {text}"]
        lines += [*(self.nested(1) if self.chance(40) else []), "except ValueError:"]
        lines += [*(self.nested(1) if self.chance(40) else []), f"    {name} = {self.number(1)}"]
        self.scope.kinds[name] = NUMBER
        return lines

    def match_value(self) -> list[str]:
        words, indices = self.names(WORD), self.names(INDEX)
        if words and (not indices or self.chance(50)):
            subject, patterns = self.pick(words), ["'square'", "'wave' | 'a'"]
        elif indices:
            subject, patterns = f"{self.pick(indices)} % 3", ["0", "1 | 3"]
        else:
            return self.new_word()
        lines = [f"match {subject}:"]
        for pattern in patterns:
            lines += [f"    case {pattern}:", *("    " + line for line in self.nested(1))]
        return lines + ["    case _:", *("    " + line for line in self.nested(1))]

    def match_shape(self) -> list[str]:
        """A `match` that takes apart a tuple, a list or a dict."""
        a, b = self.fresh(), self.fresh()
        subject, pattern = self.pick([
            (f"({self.number(1)}, {self.number(1)})", f"({a}, {b})"),
            (f"[{self.number(0)}, {self.number(0)}, {self.number(0)}]", f"[{a}, *_, {b}]"),
            (f"{{'u': {self.number(0)}, 'v': {self.number(0)}}}", f"{{'u': {a}, 'v': {b}}}"),
            (f"({self.number(1)}, {self.number(1)})", f"({a}, {b}) if {self.condition(0)}"),
        ])
        more = {a: NUMBER, b: NUMBER}
        lines = [f"match {subject}:", f"    case {pattern}:"]
        lines += ["    " + line for line in self.nested(2, **more)]
        return lines + ["    case _:", *("    " + line for line in self.nested(1))]

    def as_number(self, name: str, kind: Kind) -> str:
        match kind.name:
            case "O":
                key, field = next(iter(self.classes[kind.keys[0]].fields.items()))
                return self.as_number(f"{name}.{key}", field)
            case "F":
                return f"{name}(0.3)"
        return super().as_number(name, kind)


def assigned(source: str) -> set[str]:
    """The names that a text assigns, outside of functions and comprehensions of its own."""
    function = ast.parse("def f():\n" + textwrap.indent(source, "    ")).body[0]
    found, nodes = set(), list(ast.iter_child_nodes(function))
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp):
            nodes += ast.iter_child_nodes(node)
    return found


def write_class(chooser: Chooser) -> Class:
    """Draw a class with two fields, a method that changes them and one that gives a number."""
    fields = {"m": NUMBER, "v": V3}
    own = [(f"self.{name}", kind) for name, kind in fields.items()]
    changing, giving = (Programmer(chooser, "g", [*own, ("a", NUMBER)], NUMBER) for _ in range(2))
    methods = []
    for name, writer in (("change", changing), ("give", giving)):
        writer.budget = 3
        body = [*writer.block(chooser.integer(1, 3)), f"return {writer.gathered()}"]
        methods += [f"    def {name}(self, a):", *("        " + line for line in body)]
    head = ["class Drawn:", "    def __init__(self, m, v):", "        self.m = m", "        self.v = v", ""]
    used = {**changing.used, **giving.used}
    sources = [u.source for u in used.values() if u.source]
    return Class(
        "Drawn", fields, "\n\n".join([*sources, "\n".join([*head, *methods]) + "\n"]),
        numbers=("{o}.give({a})", "{o}.change({a})"), changes=("{o}.change({a})",),
    )
