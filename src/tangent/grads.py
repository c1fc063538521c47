"""Rules of reverse mode by users: `@adjoint(g)` on a template in which `d[x]` is the adjoint of `x`."""

from tangent.rules.users import adjoint, d

__all__ = ["adjoint", "d"]
