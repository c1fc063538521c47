"""The check for the cases that a formula leaves out, where only the run can tell."""

from __future__ import annotations

from tangent.errors import UnsupportedError

__all__ = ["require"]


def require(holds: bool, what: str, instead: str, where: str = "") -> None:
    """Refuse to go on unless a formula holds.

    Args:
        holds: whether it does.
        what: the case in which it does not.
        instead: what to write in that case.
        where: the place in the user's source, as the derivative gives it: `model.py, line 12, y = np.cross(u, v)`.

    Raises:
        UnsupportedError: it does not hold.
    """
    if holds:
        return
    file, _, rest = where.partition(", line ")
    line, _, text = rest.partition(", ")
    place = f'\nFile "{file}", line {line}\n    {text}\n' if where else ""
    raise UnsupportedError(f"{place}unsupported: the derivative of {what}", instead)
