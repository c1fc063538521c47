"""Rules of forward mode by users: `@tangent_(g)` on a template in which `d[x]` is the tangent of `x`."""

from tangent.rules.users import d, tangent_

__all__ = ["d", "tangent_"]
