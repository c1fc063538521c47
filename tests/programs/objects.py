"""Programs with objects: classes of the user's, dataclasses, named tuples, methods, operators, attributes."""

import abc
import copy
import dataclasses
import functools
import types
from collections import namedtuple
from typing import Any, ClassVar, NamedTuple

import numpy as np

import tangent
from tests.programs.case import Corpus

OBJECTS = Corpus()
add = OBJECTS.add

X = 0.7
V = np.array([0.3, -0.7, 1.1])
M = np.array([[0.5, -1.2, 0.8], [1.1, 0.4, -0.6]])


# Objects that the function makes


class Ball:
    """A ball that falls."""

    gravity = 9.81

    def __init__(self, height, speed=0.0):
        self.height = height
        self.speed = speed

    def fall(self, dt):
        self.height += self.speed * dt
        self.speed = self.speed - self.gravity * dt
        return self

    @property
    def energy(self):
        return 0.5 * self.speed**2 + Ball.gravity * self.height

    @energy.setter
    def energy(self, value):
        self.speed = np.sqrt(2.0 * (value - self.gravity * self.height))

    @staticmethod
    def doubled(x):
        return 2.0 * x

    @classmethod
    def at_rest(cls, height):
        return cls(height)

    def __len__(self):
        return 3


class Bouncing(Ball):
    """One that comes back."""

    def __init__(self, height, speed, elasticity=0.9):
        super().__init__(height, speed)
        self.elasticity = elasticity

    def fall(self, dt):
        super().fall(dt)
        if self.height < 0.0:
            self.height = -self.height
            self.speed = -self.elasticity * self.speed
        return self


def attributes_change_in_a_loop(h, v, n):
    ball = Ball(h, v)
    for _ in range(n):
        ball.fall(0.1)
    return ball.energy * ball.height


add(attributes_change_in_a_loop, X, 0.4, 3, wrt=(0, 1))
add(attributes_change_in_a_loop, X, 0.4, 0, wrt=(0, 1), label="no iteration")


def two_names_for_an_object(h, v):
    ball = Ball(h, v)
    other = ball
    other.height = ball.height * v
    ball.speed = other.height + ball.speed
    return other.energy + ball.height


add(two_names_for_an_object, X, 0.4, wrt=(0, 1))


def two_objects_of_a_class(h, v):
    a, b = Ball(h, v), Ball(v, h)
    a.fall(0.2)
    b.fall(a.height)
    a.height, b.height = b.height, a.height
    return a.energy * b.speed + a.height


add(two_objects_of_a_class, X, 0.4, wrt=(0, 1))


def inherited(h, v, e):
    ball = Bouncing(h, v, elasticity=e)
    for _ in range(12):
        ball.fall(0.1)
    return ball.height * ball.speed


add(inherited, 0.3, 0.2, 0.7, wrt=(0, 1, 2))


def methods_are_chained(h, v):
    return Ball(h, v).fall(0.1).fall(h).energy


add(methods_are_chained, X, 0.4, wrt=(0, 1))


def property_is_set(h, e):
    ball = Ball(h)
    ball.energy = e
    return ball.speed * h


add(property_is_set, X, 20.0, wrt=(0, 1))


def static_and_class_methods(h):
    ball = Ball.at_rest(h * h)
    return ball.doubled(ball.height) + Ball.doubled(h) + type(ball).at_rest(h).energy + ball.at_rest(h).height


add(static_and_class_methods, X)


def object_in_a_branch(h, v):
    if h > v:
        ball = Ball(h * v, v)
    else:
        ball = Ball(v, h)
    return ball.energy


add(object_in_a_branch, X, 0.4, wrt=(0, 1))
add(object_in_a_branch, 0.4, X, wrt=(0, 1), label="other side")


def attribute_in_a_branch(h, v):
    ball = Ball(h)
    if v > 0.0:
        ball.speed = h * v
        ball.fall(v)
    return ball.energy


add(attribute_in_a_branch, X, 0.4, wrt=(0, 1))
add(attribute_in_a_branch, X, -0.4, wrt=(0, 1), label="other side")


def object_with_exits(h, xs):
    ball = Ball(h)
    for x in xs:
        if x > 1.0:
            break
        if x < 0.0:
            continue
        ball.height *= x
        ball.fall(x)
    else:
        ball.height = ball.height * 2.0
    return ball.energy


add(object_with_exits, X, V, wrt=(0, 1))
add(object_with_exits, X, V[:2], wrt=(0, 1), label="to the end")


def returns_early(h, n):
    ball = Ball(h)
    for i in range(n):
        ball.fall(0.3)
        if ball.height < 0.0:
            return ball.energy * i
    return ball.height


add(returns_early, X, 9)
add(returns_early, X, 1, label="late")


class Empty:
    """A bag of attributes."""


def attributes_come_later(x):
    bag = Empty()
    bag.total = x * x
    for i in range(3):
        bag.last = bag.total * i
        bag.total = bag.total + bag.last
    return bag.last * bag.total


add(attributes_come_later, X)


class Counter:
    """Attributes that are a list, a dict and an array, and are changed in place."""

    def __init__(self, size):
        self.seen = []
        self.table = {"first": 0.0}
        self.grid = np.zeros(size)
        self.count = 0

    def push(self, x):
        self.seen.append(x * x)
        self.table["first"] += x
        self.grid[self.count] = x
        self.grid[1:] *= 2.0
        self.count += 1
        return self.seen[-1]


def containers_as_attributes(xs):
    counter = Counter(len(xs))
    out = 0.0
    for x in xs:
        out += counter.push(x)
    return out * counter.table["first"] + np.sum(counter.grid * xs) + counter.seen[0] * counter.count


add(containers_as_attributes, V)


class Outer:
    """An object in an object."""

    def __init__(self, x):
        self.ball = Ball(x, x * x)
        self.__secret = x

    def step(self):
        self.ball.fall(self.__secret)
        return self.ball


def object_in_an_object(x):
    outer = Outer(x)
    inner = outer.ball
    outer.step().height += 1.0
    inner.height *= x
    return outer.ball.energy


add(object_in_an_object, X)


class Slotted:
    """Attributes without a dict."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def slots(x):
    s = Slotted(x)
    s.value = s.value * x
    return s.value


add(slots, X)


class Shape(abc.ABC):
    """A base class."""

    factor: ClassVar[float] = 2.0

    @abc.abstractmethod
    def area(self): ...

    def scaled(self):
        return self.factor * self.area()


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return np.pi * self.r**2


class Box(Shape):
    factor = 3.0

    def __init__(self, a, b):
        self.a, self.b = a, b

    def area(self):
        return self.a * self.b


def template_method(x, y):
    total = 0.0
    circle, box = Circle(x), Box(x, y)
    total += circle.scaled() * box.scaled()
    return total


add(template_method, X, 0.4, wrt=(0, 1))


def what_is_known_of_an_object(x):
    box = Box(x, 2.0)
    if isinstance(box, Circle) or not isinstance(box, Shape):
        return x
    if hasattr(box, "volume") or not callable(box.area) or type(box) is not Box:
        return x
    setattr(box, "a", getattr(box, "b") * x)
    return getattr(box, "depth", x) * box.a * len(Ball(x)) + (1.0 if box.__class__.__name__ == "Box" else x)


add(what_is_known_of_an_object, X)


class Cached:
    """A property that is computed once."""

    def __init__(self, x):
        self.x = x

    @functools.cached_property
    def square(self):
        return self.x * self.x


def cached_property(x):
    cached = Cached(x)
    first = cached.square
    cached.x = 5.0 * x
    return first * cached.square * cached.x


add(cached_property, X)


# Operators


class Complex:
    """A number of two parts."""

    def __init__(self, re, im=0.0):
        self.re = re
        self.im = im

    def __add__(self, other):
        other = other if isinstance(other, Complex) else Complex(other)
        return Complex(self.re + other.re, self.im + other.im)

    __radd__ = __add__

    def __neg__(self):
        return Complex(-self.re, -self.im)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        if not isinstance(other, Complex):
            return Complex(self.re * other, self.im * other)
        return Complex(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)

    def __rmul__(self, other):
        return self * other

    def __abs__(self):
        return np.hypot(self.re, self.im)

    def __getitem__(self, i):
        return self.im if i else self.re

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __bool__(self):
        return self.re != 0.0

    def __call__(self, scale):
        return self.re * scale + self.im

    def __contains__(self, x):
        return x in (self.re, self.im)

    def __iadd__(self, other):
        self.re = self.re + other
        return self


def arithmetic_of_objects(x, y):
    z = Complex(x, y)
    w = 2.0 * z * z + 1.0 - z * y
    return abs(w) + w[0] * w[1] + w(x)


add(arithmetic_of_objects, X, 0.4, wrt=(0, 1))


def mandelbrot(x, y, n):
    z, c = Complex(0.0), Complex(x, y)
    for i in range(n):
        z = z * z + c
        if abs(z) > 2.0:
            return abs(z) * i
    return abs(z)


add(mandelbrot, 0.3, 0.4, 4, wrt=(0, 1))
add(mandelbrot, 0.9, 0.8, 6, wrt=(0, 1), label="leaves")


def compared(x, y):
    a, b = Complex(x, y), Complex(y, 1.0)
    smaller = a if a < b else b
    if not smaller or a is b or a == b:
        return x
    if 5.0 in a:
        return y
    return abs(smaller + a)


add(compared, X, 0.4, wrt=(0, 1))
add(compared, 2.0, 0.4, wrt=(0, 1), label="other")


def changed_by_an_operator(x):
    z = Complex(x, 2.0)
    w = z
    z += x
    return w.re * z.im


add(changed_by_an_operator, X)


# Dataclasses and named tuples


@dataclasses.dataclass
class State:
    x: float
    v: float = 1.0
    path: list = dataclasses.field(default_factory=list)
    scale: float = dataclasses.field(init=False, default=2.0)

    def __post_init__(self):
        self.energy = self.v**2

    def step(self, dt):
        self.x, self.v = self.x + dt * self.v, self.v - dt * self.x
        self.path.append(self.x)


@dataclasses.dataclass(frozen=True)
class Vec:
    x: float
    y: float = 0.5

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def norm(self):
        return np.sqrt(self.dot(self))


class Point(NamedTuple):
    x: float
    y: float = 2.0

    def swapped(self):
        return Point(self.y, self.x)


Pair = namedtuple("Pair", "first second")


def dataclass_is_made(x, v):
    state = State(x, v)
    for _ in range(3):
        state.step(0.1)
    return state.x * state.energy + state.path[0] * state.scale


add(dataclass_is_made, X, 0.4, wrt=(0, 1))


def frozen_dataclass_moves(x, n):
    p, v = Vec(x, 0.1), Vec(1.0)
    for _ in range(n):
        p = p + v * x
        v = dataclasses.replace(v, y=p.x)
    return p.norm + v.dot(p)


add(frozen_dataclass_moves, X, 3)
add(frozen_dataclass_moves, X, 0, label="no iteration")


def named_tuple_is_made(x):
    p = Point(x)
    q = Pair(second=x * x, first=p)
    a, b = q
    return p.x * p[1] + b * a.y + q.first.x * q[-1] + sum(p)


add(named_tuple_is_made, X)


def named_tuple_in_a_loop(x, n):
    p = Point(x, 1.0)
    for _ in range(n):
        p = Point(p.y * x, p.x)
    return p.x + 2.0 * p.y


add(named_tuple_in_a_loop, X, 3)


def dataclass_argument(state, y):
    return state.x * y + state.v * np.sin(state.x)


add(dataclass_argument, State(X, 0.4), 1.3, wrt=(0, 1))


def array_attributes(vec, x):
    return np.sum(vec.x @ x * vec.y[:2]) + vec.y[-1]


add(array_attributes, Vec(M, V), V, wrt=(0, 1))


def method_of_an_argument(p: Vec, q: Vec):
    r = p + q * p.norm
    return r.dot(p)


add(method_of_an_argument, Vec(0.3, 0.7), Vec(1.1, -0.4), wrt=(0, 1))


def named_tuple_argument(p, y):
    a, b = p
    return p.x * p[1] * y + a * b


add(named_tuple_argument, Point(0.3, 0.7), 1.3, wrt=(0, 1))


def nested_argument(pair, y):
    total = pair.second["w"] * y
    for vec in pair.first:
        total += vec.x * vec.y
    return total


add(nested_argument, Pair([Vec(0.3, 0.7), Vec(1.1, -0.2)], {"w": 0.5}), 1.3, wrt=(0, 1))


def attribute_of_an_argument_is_assigned(state, y):
    state.x = state.x * y
    state.v += state.x
    return state.x * state.v


add(attribute_of_an_argument_is_assigned, State(X, 0.4), 1.3, wrt=(0, 1))


def object_as_result(x, y):
    p = Vec(x * y, y)
    return p + Vec(y, x)


add(object_as_result, X, 0.4, wrt=(0, 1))


def objects_in_a_tuple_as_result(x, y):
    return Point(x * y, y), [Vec(x, y), 2.0]


add(objects_in_a_tuple_as_result, X, 0.4, wrt=(0, 1))


def moved(p, dt):
    return Point(p.x + dt * p.y, p.y - dt * np.sin(p.x))


def named_tuple_through_a_helper(p, dt, n):
    for _ in range(n):
        p = moved(p, dt)
    return p.x * p[1]


add(named_tuple_through_a_helper, Point(1.0, 2.0), 0.1, 3, wrt=(0, 1))


def stepped(vec, k):
    return Vec(vec.x * k, vec.y + k)


def object_through_a_helper(x):
    v = Vec(x, x * x)
    for k in range(3):
        v = stepped(v, k + x)
    return v.norm


add(object_through_a_helper, X)


# Objects that exist when the derivative is made


class Model:
    """Parameters and a method."""

    scale = 2.0

    def __init__(self, W, rate):
        self.W = W
        self.rate = rate
        self.inner = Vec(0.5, 2.0)
        self.options = {"power": 2}

    def predict(self, x):
        return np.tanh(self.W @ x) * self.scale * self.rate + self.inner.norm

    def __call__(self, x):
        return np.sum(self.predict(x)) ** self.options["power"]

    def remembered(self, x):
        self.last = self.predict(x)
        self.rate = self.rate * 2.0
        for _ in range(2):
            self.rate = self.rate + x[0]
            self.last = self.last * self.rate
        return np.sum(self.last)


model = Model(M, 0.3)
settings = types.SimpleNamespace(gain=3.0, shape=(2, 3))


def method_of_a_global(x):
    return np.sum(model.predict(x) * model.rate) * settings.gain


add(method_of_a_global, V)


def call_of_a_global(x):
    m = model
    return m(x) + m.options["power"] + m.inner.dot(Vec(x[0], x[1])) + settings.shape[0]


add(call_of_a_global, V)


def copied_then_changed(x):
    a = Vec(x, 2.0)
    ball = Ball(x, 2.0)
    twin = copy.copy(ball)
    twin.height *= x
    return ball.height + twin.height * twin.speed + a.x


add(copied_then_changed, X)


def derivative_of_a_method(x):
    return tangent.grad(lambda y: Vec(y, x).norm)(x * x)


add(derivative_of_a_method, X)


class Polynomial:
    """A list of coefficients."""

    def __init__(self, *coefficients: Any):
        self.coefficients = list(coefficients)

    def __call__(self, x):
        total = 0.0
        for c in reversed(self.coefficients):
            total = total * x + c
        return total


def polynomial(a, x):
    return Polynomial(a, 2.0, a * a)(x)


add(polynomial, X, 1.3, wrt=(0, 1), optional=True)


def made_in_a_try_with_an_else(x):
    for _ in range(1, 3):
        try:
            ball = Ball(x, np.ones(3)[0])
        except KeyError:
            pass
        else:
            pass
        return x * x
    return x


add(made_in_a_try_with_an_else, X)


class Holder:
    """An object with another one as attribute."""

    def __init__(self, v):
        self.inner = Slotted(v)
        self.factor = 2.0 * v

    def total(self):
        return self.inner.value * self.factor


def object_with_an_object_in_a_branch(x):
    if x > 0.5:
        holder = Holder(x)
    else:
        holder = Holder(x * x)
    return holder.total()


add(object_with_an_object_in_a_branch, X)
add(object_with_an_object_in_a_branch, 0.4, label="other side")


def object_with_an_object_moves(x, n):
    holder = Holder(x)
    for _ in range(n):
        holder = Holder(holder.inner.value * x + holder.factor)
    return holder.total()


add(object_with_an_object_moves, X, 3)
add(object_with_an_object_moves, X, 0, label="no iteration")


# Objects in containers


class Particle:
    """One of many, in lists whose items only the run can count."""

    def __init__(self, x, v):
        self.x = x
        self.v = v

    def step(self, dt):
        self.x = self.x + dt * self.v
        self.v -= dt * np.sin(self.x)

    @property
    def energy(self):
        return 0.5 * self.v**2 - np.cos(self.x)


@dataclasses.dataclass
class Body:
    """An argument, or an item of one."""

    x: float
    v: float

    def step(self, dt):
        self.x = self.x + dt * self.v

    @property
    def action(self):
        return self.x * self.v

    @action.setter
    def action(self, value):
        self.x = value / self.v


@dataclasses.dataclass
class System:
    """A list of objects as an attribute."""

    bodies: list[Body]
    dt: float = 0.1

    def step(self):
        for body in self.bodies:
            body.step(self.dt)

    @property
    def action(self):
        return sum(body.action for body in self.bodies)


@dataclasses.dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        return np.tanh(self.W @ x + self.b)


@dataclasses.dataclass
class Net:
    encoder: Layer
    layers: list[Layer]

    def __call__(self, x):
        x = self.encoder.forward(x)
        for layer in self.layers:
            x = layer(x)
        return np.sum(x)


def layer(scale):
    return Layer(scale * np.array([[0.3, 0.2], [-0.4, 0.6]]), scale * np.array([0.1, -0.3]))


def bodies():
    return [Body(0.3, 0.4), Body(0.2, 0.1)]


U = np.array([0.5, 0.7])


def particles_move(xs, vs):
    particles = [Particle(x, v) for x, v in zip(xs, vs)]
    for _ in range(3):
        for particle in particles:
            particle.step(0.1)
    return sum(particle.energy for particle in particles)


add(particles_move, [0.1, 0.2], [0.3, 0.4], wrt=(0, 1))
add(particles_move, [], [], wrt=(0, 1), label="none")


def particles_are_appended(xs):
    particles = []
    for x in xs:
        particles.append(Particle(x, 1.0))
        particles[-1].step(0.1)
        for particle in particles:
            particle.v = particle.v * 1.1
    while len(particles) > 1:
        last = particles.pop()
        particles[0].x += last.energy
    return particles[0].energy


add(particles_are_appended, [0.1, 0.2, 0.4])


def particles_attract_each_other(xs):
    particles = [Particle(x, 2.0 * x) for x in xs]
    for i, p in enumerate(particles):
        for j, q in enumerate(particles):
            if i != j:
                p.v += 0.1 * (q.x - p.x)
    for p in particles:
        p.step(0.1)
    return sum(p.energy for p in particles)


add(particles_attract_each_other, [0.3, 0.4, 0.7])


def objects_in_a_dict_that_is_filled(x):
    table = {}
    for key in ("a", "b"):
        table[key] = Particle(x, 2.0 * x)
    table["a"].step(0.1)
    return table["a"].energy + table["b"].x


add(objects_in_a_dict_that_is_filled, X)


def item_replaced_and_still_used(xs):
    particles = [Particle(x, 2.0 * x) for x in xs]
    first = particles[0]
    particles[0] = Particle(xs[1], 1.0)
    first.step(0.5)
    return particles[0].x * first.x


add(item_replaced_and_still_used, [0.1, 0.2, 0.4])


def best_of_a_list(items: list[Body]):
    best = None
    for body in items:
        if best is None or body.action < best.action:
            best = body
    return best.action * best.x


add(best_of_a_list, bodies())


def last_one_is_kept(xs):
    last = None
    total = 0.0
    for x in xs:
        body = Body(x, 2.0)
        if last is not None:
            total += last.action * body.x
        last = body
    return total


add(last_one_is_kept, [0.1, 0.2, 0.4])


def items_are_sorted_and_chosen(items: list[Body]):
    ordered = sorted(items, key=lambda body: body.action)
    largest = max(items, key=lambda body: body.x)
    return ordered[0].action * 2.0 + ordered[-1].action * largest.x


add(items_are_sorted_and_chosen, bodies())


def property_of_an_item_is_set(items: list[Body]):
    for body in items:
        body.action = 2.0 * body.x
    return sum(body.action * body.x for body in items)


add(property_of_an_item_is_set, bodies())


def two_items_by_name(items: list[Body], i):
    a, b = items[i], items[1]
    a.x += 1.0
    b.v *= a.x
    return sum(body.action for body in items)


add(two_items_by_name, bodies(), 0)
add(two_items_by_name, bodies(), 1, label="the same")


def system_steps(system: System, n):
    for _ in range(n):
        system.step()
    return system.action


add(system_steps, System(bodies()), 2)
add(system_steps, System(bodies()), 0, label="no iteration")


def system_is_made(xs):
    system = System([Body(x, 2.0 * x) for x in xs])
    for _ in range(3):
        system.step()
    return system.action


add(system_is_made, [0.1, 0.2])


def dict_of_objects(table: dict[str, Body], k):
    for name in ("a", "b"):
        table[name].step(k)
    return table["a"].action * table["b"].x


add(dict_of_objects, dict(zip("ab", bodies(), strict=True)), 0.2, wrt=(0, 1))


def annotated_layers(layers: list[Layer], x):
    for one in layers:
        x = one(x)
    return np.sum(x)


add(annotated_layers, [layer(1.0), layer(2.0)], U, wrt=(0, 1))


def nested_models(net: Net, x):
    return net(x)


add(nested_models, Net(layer(1.0), [layer(1.0), layer(2.0)]), U, wrt=(0, 1))


# Objects whose class only the run knows


def layers_without_annotation(layers, x):
    for one in layers:
        x = one(one.forward(x))
    return np.sum(x)


add(layers_without_annotation, [layer(1.0), layer(2.0)], U, wrt=(0, 1))
add(layers_without_annotation, [layer(1.0), layer(2.0)], U, wrt=(1,), label="of the plain argument")
add(layers_without_annotation, [layer(1.0), layer(2.0)], U, wrt=(0,), label="of the list")


def method_of_an_attribute(net, x):
    return np.sum(net.encoder.forward(x) * net.encoder.b) + net(x)


add(method_of_an_attribute, Net(layer(1.0), [layer(1.0), layer(2.0)]), U, wrt=(0, 1))


def method_of_an_item(table, x):
    return np.sum(table["a"].forward(x)) + table["b"].b[0]


add(method_of_an_item, {"a": layer(1.0), "b": layer(2.0)}, U, wrt=(0, 1))


# Items of an object are what the methods of its class make of them


@dataclasses.dataclass
class Crossed:
    """Two numbers, in another order than that of their attributes."""

    u: float
    v: float
    w: np.ndarray

    def __getitem__(self, i):
        return self.v if i == 0 else self.u

    def __setitem__(self, i, value):
        if i == 0:
            self.v = value
        else:
            self.u = value


def crossed():
    return Crossed(0.4, -1.1, np.array([0.3, 0.9]))


def attribute_changed_beside_items(o: Crossed):
    o.u *= 2.0
    o.w[1] *= o.u
    return o.u * o[0] * o[1] * o.w[1]


def item_set_by_a_method(o: Crossed):
    o[0] = o.u * 3.0
    o[1] += o[0] * o.v
    return o.u * o.v


def item_set_in_a_loop(x):
    o = Crossed(x, 2.0 * x, np.zeros(2))
    for i in range(3):
        o[i % 2] = o[i % 2] * o.u + 0.3
        o[1] -= 0.1 * i
    return o.u * o.v + o[1]


def matched_by_attributes(o: Crossed):
    match o:
        case Crossed(u=a, v=b):
            return a * a * b
    return 0.0


def item_of_an_object_in_a_list(o: Crossed):
    both = [o]
    both[0].u *= 3.0
    return o.u * o[0] * both[0][1]


add(attribute_changed_beside_items, crossed())
add(item_set_by_a_method, crossed())
add(item_set_in_a_loop, X)
add(matched_by_attributes, crossed())
add(item_of_an_object_in_a_list, crossed())


def object_in_a_list_that_grows_in_nested_loops(x, w):
    runs = [Crossed(x, 2.0, w)]
    while x < 2.0:
        x = x + 0.8
        for item in w:
            if item > 0.0:
                runs.append(Crossed(x * item, 1.0, w))
    return runs[-1].u * runs[0].u


add(object_in_a_list_that_grows_in_nested_loops, X, V, wrt=(0, 1), optional=True)


def objects_in_a_reversed_list(w):
    both = [Crossed(w[0] * 2.0, 1.0, w.copy()), Crossed(w[1], w[2], w.copy())]
    for one in reversed(both):
        w[0] = one.u * one.v + w[1]
    return w[0] * w[1] * both[0].u


def halvings(a, n):
    for _ in range(n):
        a = 0.5 * np.sin(a)
        yield a


def attribute_given_to_a_generator(o: Crossed):
    total = 0.0
    for a in halvings(o.u, 3):
        total += a * o.u
    return total * o.v


add(objects_in_a_reversed_list, V)
add(attribute_given_to_a_generator, crossed())


# Names that stand for an object on one side of a branch, or in some iterations, beside others that always do


def name_for_an_object_in_a_branch(x, k):
    made = Crossed(x, 2.0, V)
    kept, named = [made], 0.0
    if k > 0:
        named = made
        named.u *= x
    return kept[0].u * x + made.v


def name_for_an_object_in_a_loop_that_is_left(x, k):
    kept = [Crossed(x, 2.0, V), Crossed(2.0, x, V)]
    total = 0.0
    while True:
        k += 1
        if k > 3:
            break
        for one in kept:
            one.u = one.u * x
            total = total + one.u * one.v
    return total * kept[-1].v


def name_for_an_object_after_continue(x, k):
    kept = {"a": Crossed(x, 2.0, V)}
    for i in range(3):
        if i == k:
            continue
        one = kept["a"]
        one.u = x * one.u
    return kept["a"].u * x


def object_stored_in_a_branch(x, k):
    made = Crossed(x, 2.0, V)
    kept, table = [made], [0.0, 0.0]
    if k > 0:
        table[k] = made
    return kept[0].u * x + made.u


def object_stored_in_each_iteration(x, k):
    made = Crossed(x, 2.0, V)
    kept, table = [made], [0.0, 0.0]
    for i in range(2):
        if i == k:
            continue
        table[i] = made
    return kept[0].u * x + made.u


def object_in_a_list_put_into_another(x, k):
    kept, table = {"a": Crossed(x, 2.0, V)}, []
    for i in range(3):
        if i >= k:
            table.append(kept["a"])
    return kept["a"].u * x + table[1].u


def object_in_nested_lists_stored(x, k):
    made = Crossed(x, 2.0, V)
    rows, table = [[made, 1.0], [made, 2.0]], [0.0, 0.0]
    table[k] = rows[0]
    return rows[1][0].u * made.u * table[k][0].v


for function in (
    name_for_an_object_in_a_branch, name_for_an_object_in_a_loop_that_is_left, name_for_an_object_after_continue,
    object_stored_in_a_branch, object_stored_in_each_iteration, object_in_a_list_put_into_another,
    object_in_nested_lists_stored,
):
    for k in (0, 1):  # the second derivative of some stores an object that may be one of several
        add(function, X, k, label=str(k), optional=True)


# Objects that say how to go through them


class Samples:
    """Values with an iterator of a list, and generators."""

    def __init__(self, values):
        self.values = list(values)

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)

    def scaled(self, by):
        for v in self:
            yield v * by

    @staticmethod
    def powers(x, n):
        for k in range(n):
            yield x**k


class Table:
    """Values by names, and their iterator."""

    def __init__(self, **values):
        self.values = values

    def __iter__(self):
        return iter(self.values.items())


class Series(Samples):
    """Values whose iterator is a generator."""

    def __iter__(self):
        for k, v in enumerate(self.values):
            yield v / (k + 1.0)


def gone_through(samples, x):
    total = 0.0
    for v in samples:
        if v > 1.0:
            break
        total = total + v * v
    for i, v in enumerate(samples):
        total = total + i * v
    first, *others = samples
    return total * first + sum(samples) + sum(v * v for v in samples) + others[0] * max(list(samples))


def two_gone_through_together(x):
    return sum(a * b * len(Samples([x])) for a, b in zip(Samples([x, 2.0 * x]), Samples([x * x, 3.0]), strict=True))


def pairs_of_a_table(x):
    return sum(v * len(name) for name, v in Table(a=x, bc=x * x))


def generator_methods(x):
    series, total = Series([x, x * x]), 0.0
    for v in series.scaled(x):
        total = total + v
    for samples in (Samples([x, 1.0]), Samples([2.0 * x])):
        for i, v in enumerate(samples.scaled(2.0)):
            total = total + i * v + sum(Samples.powers(v, 3))
    return total * sum(Series([1.0, x]).scaled(3.0))


def gone_through_samples(x):
    return gone_through(Samples([x, 2.0 * x, x * x]), x)


def gone_through_series(x):
    return gone_through(Series([x, 2.0 * x, x * x]), x)


for function in (
    gone_through_samples, gone_through_series, two_gone_through_together, pairs_of_a_table, generator_methods,
):
    add(function, X)
