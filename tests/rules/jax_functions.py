"""Writes `jax_functions.txt`: the functions that `jax.numpy` has with a derivative, by the names that NumPy has too.

    python -m tests.rules.jax_functions        (where JAX is installed)

A function has a derivative where JAX's forward mode gives one that is not zero for one of some usual calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(__file__).with_suffix(".txt")
NAMESPACES = ("", "linalg", "fft")


def calls(f: Callable[..., Any], x: Any) -> Iterator[Callable[[Any], Any]]:
    """Usual calls of a function, as functions of an array `x`; most of them do not fit."""
    from jax import numpy as jnp

    n, square = x.shape[0], jnp.outer(x, x) + jnp.diag(jnp.arange(2.0, 2.0 + x.shape[0]))
    index, mask = jnp.arange(n), x > 0.5
    yield lambda x: f(x)
    yield lambda x: f(x, x + 0.25)
    yield lambda x: f(x, x * 0.5, x + 0.25)
    yield lambda x: f([x, x * 2.0])
    yield lambda x: f((x, x * 2.0))
    yield lambda x: f(square * x)
    yield lambda x: f(square * x, x)
    yield lambda x: f(square * x, square)
    yield lambda x: f([square * x, square])
    yield lambda x: f(x, 2)
    yield lambda x: f(x, 1, 0)
    yield lambda x: f(square * x, 0, 1)
    yield lambda x: f(square * x, 2)
    yield lambda x: f(square * x, (1, 0))
    yield lambda x: f(x, (n, 1))
    yield lambda x: f(x, (2, n))
    yield lambda x: f(x[:, None, None], 2)
    yield lambda x: f(jnp.ones((2, n, 2)) * x[None, :, None], 2)
    yield lambda x: f(x, [1])
    yield lambda x: f(x, index)
    yield lambda x: f(x, index, axis=0)
    yield lambda x: f(mask, x)
    yield lambda x: f(mask, x, 0.0)
    yield lambda x: f([mask], [x])
    yield lambda x: f(x, [mask], [lambda t: t * t])
    yield lambda x: f(x, index, x, inplace=False)
    yield lambda x: f(square, x[0], inplace=False)
    yield lambda x: f(x, mask, x, inplace=False)
    yield lambda x: f(square, index[:, None], x[:, None], axis=1, inplace=False)
    yield lambda x: f(index, [x, x, x, x])
    yield lambda x: f(index, x)
    yield lambda x: f(index, weights=x)
    yield lambda x: f(x, weights=x)
    yield lambda x: f("i,i->i", x, x)
    yield lambda x: f(x[0], 2.0)
    yield lambda x: f(x[0], 2.0, 3)
    yield lambda x: f((2, 2), x[0])
    yield lambda x: f(x, x[0])
    yield lambda x: f(x, x, 1)
    yield lambda x: f(x, 1, x[0])
    yield lambda x: f(0.5, jnp.arange(float(n)), x)
    yield lambda x: f(lambda row: row * row, 0, x)
    yield lambda x: f(lambda a, axis: jnp.sum(a, axis), square * x, [0])
    yield lambda x: f(lambda v: v * v)(x)
    yield lambda x: f(lambda i, j: i * x[0] + j, (2, 2))
    yield lambda x: f(4, x[0])
    yield lambda x: f(x + 1j * x)
    yield lambda x: f(square * x + 1j)
    yield lambda x: f(jnp.eye(n * n).reshape(n, n, n, n) * x[0], square)
    yield lambda x: f(jnp.eye(n * n).reshape(n, n, n, n) * x[0])
    yield lambda x: f(x, float)


def has_derivative(f: Callable[..., Any]) -> bool:
    import jax
    from jax import numpy as jnp

    x = jnp.array([0.3, 0.9, 0.45, 0.65])
    for call in calls(f, x):
        try:
            _, tangents = jax.jvp(call, (x,), (jnp.array([1.0, 0.5, -0.25, 2.0]),))
            found = [t for t in jax.tree.leaves(tangents) if t.dtype != jax.dtypes.float0]
        except Exception:  # the call does not fit the function
            continue
        if any(bool(jnp.any(jnp.abs(t) > 0)) for t in found):
            return True
    return False


def names() -> Iterator[str]:
    """The functions of NumPy that `jax.numpy` has with a derivative, in the order of their names."""
    from jax import numpy as jnp

    for namespace in NAMESPACES:
        ours = getattr(np, namespace) if namespace else np
        theirs = getattr(jnp, namespace) if namespace else jnp
        for name in sorted(dir(theirs)):
            f = getattr(theirs, name)
            if name.startswith("_") or not callable(f) or isinstance(f, type) and name != "vectorize":
                continue
            if hasattr(ours, name) and has_derivative(f):
                yield f"{namespace}.{name}".lstrip(".")


if __name__ == "__main__":
    PATH.write_text("\n".join(names()) + "\n")
