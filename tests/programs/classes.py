"""Classes that random programs use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.kinds import NUMBER, V2, V3, Kind


@dataclass(frozen=True)
class Class:
    """A class, given or as text: its fields in the order of its constructor, and what its methods give.

    The methods are text, with `{o}` for the object and `{a}` for a number.
    """

    name: str
    fields: dict[str, Kind]
    source: str = ""
    made: type = object
    numbers: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    frozen: bool = False


class Body:
    drag = 0.3

    def __init__(self, mass, pos):
        self.mass = mass
        self.pos = pos

    def push(self, a):
        self.pos = self.pos + a * self.mass
        self.mass *= 0.9

    def stir(self, a):
        self.pos[0] = self.pos[1] * a
        return self

    def moved(self, a):
        return Body(self.mass * a, self.pos - a)

    def weight(self, a):
        return self.mass * a - self.drag * np.sum(self.pos)

    @property
    def energy(self):
        return 0.5 * self.mass * np.sum(self.pos * self.pos)

    def __add__(self, other):
        return Body(self.mass + other.mass, self.pos * other.pos)

    def __len__(self):
        return len(self.pos)


class Layer:
    def __init__(self, w):
        self.w = w
        self.calls = 0

    def __call__(self, a):
        self.calls += 1
        return self.act(self.w * a)

    def act(self, a):
        return np.tanh(a)


class Wave(Layer):
    def __init__(self, w, phase=0.2):
        super().__init__(w)
        self.phase = phase

    def act(self, a):
        return np.sin(a + self.phase) + super().act(a)


@dataclass
class Pair:
    u: float
    v: float = 0.4

    def product(self):
        return self.u * self.v

    def __mul__(self, other):
        return Pair(self.u * other.u - self.v * other.v, self.u * other.v + self.v * other.u)

    def __getitem__(self, i):
        return self.u if i == 0 else self.v


@dataclass(frozen=True)
class Frame:
    origin: np.ndarray
    scale: float

    def at(self, a):
        return self.origin[0] + self.scale * a

    @classmethod
    def unit(cls, a):
        return cls(np.ones(2) * a, 1.0)


class Point(NamedTuple):
    east: float
    north: float

    def turned(self, a):
        return Point(self.east * np.cos(a), self.north + a)


class Running:
    def __init__(self, parts):
        self.parts = [parts]
        self.total = parts

    def put(self, a):
        self.parts.append(a)
        self.total = self.total + a
        return self.total

    def mean(self):
        return sum(self.parts) / len(self.parts)


CLASSES = {
    c.name: c
    for c in [
        Class(
            "Body",
            made=Body,
            fields={"mass": NUMBER, "pos": V3},
            numbers=("{o}.weight({a})", "{o}.energy", "np.sum({o}.pos) * len({o})", "{o}.stir({a}).mass"),
            objects=("{o}.moved({a})", "{o} + {o}", "Body.moved({o}, {a})", "{o}.stir({a})"),
            changes=("{o}.push({a})", "{o}.stir({a})", "Body.push({o}, {a})", "{o}.mass += {a}"),
        ),
        Class("Layer", made=Layer, fields={"w": NUMBER}, numbers=("{o}({a})", "{o}.act({a})"), changes=("{o}.w = {a}",)),
        Class(
            "Wave", made=Wave, fields={"w": NUMBER, "phase": NUMBER},
            numbers=("{o}({a})", "{o}.calls * {a}"), changes=("{o}.phase = {a}",),
        ),
        Class(
            "Pair", made=Pair, fields={"u": NUMBER, "v": NUMBER},
            numbers=("{o}.product()", "{o}[0]", "{o}[1]"), objects=("{o} * {o}", "Pair({a})", "Pair(v={a}, u={a})"),
        ),
        Class(
            "Frame", made=Frame, fields={"origin": V2, "scale": NUMBER},
            numbers=("{o}.at({a})",), objects=("Frame.unit({a})",), frozen=True,
        ),
        Class(
            "Point", made=Point, fields={"east": NUMBER, "north": NUMBER},
            numbers=("sum({o})", "{o}[1]", "max({o})"), objects=("{o}.turned({a})", "{o}._replace(north={a})"), frozen=True,
        ),
        Class("Running", made=Running, fields={"total": NUMBER}, numbers=("{o}.put({a})", "{o}.mean()"), changes=("{o}.put({a})",)),
    ]
}
