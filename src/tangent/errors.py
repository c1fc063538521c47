"""What Tangent says when it cannot give the exact derivative: one family, one shape.

    File "model.py", line 12, in loss
        y = np.unwrap(x)
            ^^^^^^^^^^^^
    unsupported: numpy.unwrap has no derivative rule and no Python source
    Instead: give it a rule with `@tangent.grads.adjoint(numpy.unwrap)`, or ...
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangent.ir.nodes import Origin

__all__ = [
    "AliasError", "ConvergenceError", "GradientCheckError", "MissingRuleError", "NonFiniteError", "PrecisionError",
    "RuleError", "SeedError", "ShapeError", "SourceError", "TangentError", "UnsupportedError",
]


class TangentError(Exception):
    """The base of all errors that Tangent raises on purpose.

    Args:
        what: what can't be done, and why.
        instead: what to write instead.
        origin: the place in the user's source.
    """

    def __init__(self, what: str, instead: str = "", origin: Origin | None = None) -> None:
        self.what, self.instead, self.origin = what, instead, origin
        super().__init__(_message(what, instead, origin))


class UnsupportedError(TangentError, NotImplementedError):
    """A construct of Python that Tangent does not differentiate."""


class MissingRuleError(TangentError, NotImplementedError):
    """A function with neither a rule nor source, or without a rule for this mode or argument."""


class RuleError(TangentError, TypeError):
    """A rule that is not well-formed."""


class SourceError(TangentError, OSError):
    """A function whose source can't be found, or no longer belongs to it."""


class AliasError(TangentError, RuntimeError):
    """Two names for one mutable value, in a way that can't be followed."""


class SeedError(TangentError, ValueError):
    """A seed (or a tangent) whose shape is not that of the value it belongs to."""


class ConvergenceError(TangentError, ArithmeticError):
    """What a solver returned is no solution, or not the only one near to it, so that it has no derivative."""


class NonFiniteError(TangentError, FloatingPointError):
    """A NaN or an infinity, at the place where it arose; of derivatives that look for it."""


class PrecisionError(TangentError, TypeError):
    """A value of another precision than those it belongs to; of derivatives that look for it."""


class ShapeError(TangentError, ValueError):
    """A value of another shape than those it belongs to; of derivatives that look for it."""


class GradientCheckError(TangentError, AssertionError):
    """A derivative that disagrees with numerical differentiation."""


def quoted(filename: str) -> str:
    return f'File "{filename}"'


def cell_of(filename: str) -> str:
    """The name of the notebook cell that a file stands for, as IPython has it (`Cell In[3]`); empty for other files."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)(filename)
    return " ".join(named) if named else ""


def _message(what: str, instead: str, origin: Origin | None) -> str:
    lines = []
    if origin is not None:
        lines.append(f"{cell_of(origin.filename) or quoted(origin.filename)}, line {origin.line}, in {origin.function}")
        text = origin.source_line.rstrip("\n")
        stripped = text.lstrip()
        if stripped:
            indent = len(text) - len(stripped)
            start = max(origin.column - indent, 0)
            width = max(min(origin.end_column, len(text)) - indent - start, 1)
            lines.append("    " + stripped)
            lines.append("    " + " " * start + "^" * width)
    lines.append(what)
    if instead:
        lines.append(f"Instead: {instead}")
    separator = "\n" if len(lines) > 1 else ""
    return separator + "\n".join(lines) if origin is not None else "\n".join(lines)
