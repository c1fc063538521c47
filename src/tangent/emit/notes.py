"""What tracebacks say about generated lines: the user's statements that they stem from, as notes of exceptions.

    def dlossdx(x, bloss=1.0):               compiled as         def dlossdx(x, bloss=1.0):
        y = math.log(x)                                              try:
        # y = math.log(x)                                                y = math.log(x)
        bx = bloss / x                                                   bx = bloss / x
        return bx                                                        return bx
                                                                     except:
                                                                         NOTES.note()
                                                                         raise

The handler is in the code alone.  It has no line of its own in the text, what it calls is a constant and no variable,
and it costs nothing where nothing is raised: since Python 3.11 a `try` is an entry of a table, and the instructions
inside of it are those that are there without it.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterable

from tangent.errors import TangentError, cell_of
from tangent.ir.nodes import Origin, Role

__all__ = ["described", "noting", "with_notes"]

PLACE = "what stands here becomes tangent.emit.notes.NOTES"
"""The constant in the place of `NOTES` until the definition is compiled."""

WORDS: dict[Role, str] = {
    "primal": "", "tangent": "the tangent of ", "adjoint": "the adjoint of ", "saved": "what is saved of ",
    "restored": "what is restored of ", "recomputed": "what is computed again of ", "inserted": "what is inserted at ",
}


def noting(definition: ast.FunctionDef) -> ast.FunctionDef:
    """The definition of a function that lets `NOTES` see what it raises; `with_notes` puts them into its code.

    Of the line of the handler a debugger that steps through an exception sees the beginning of the function.
    """
    call = ast.Expr(ast.Call(ast.Attribute(ast.Constant(PLACE), "note", ast.Load()), [], []))
    handler = ast.ExceptHandler(None, None, [call, ast.Raise(None, None)])
    whole = ast.Try(definition.body, [handler], [], [])
    made = ast.FunctionDef(definition.name, definition.args, [whole], [], definition.returns, None)
    new: tuple[ast.stmt | ast.ExceptHandler, ...] = (made, whole, handler)
    for node in new:
        node.lineno = node.end_lineno = definition.lineno
        node.col_offset = node.end_col_offset = definition.col_offset
    ast.fix_missing_locations(handler)  # what is in it gets its place
    return made


def with_notes(code: types.CodeType) -> types.CodeType:
    """The code of such a definition with `NOTES` in it."""
    return code.replace(co_consts=tuple([NOTES if constant == PLACE else constant for constant in code.co_consts]))


class Notes:
    """What the handlers of generated functions call."""

    def note(self) -> None:
        """Let the exception that leaves a generated function say what the line it comes from stems from."""
        from tangent.emit.load import origins  # which compiles functions that call this

        error = sys.exception()
        if not isinstance(error, Exception) or error.__traceback__ is None:
            return  # it asks the program to stop
        code, line = error.__traceback__.tb_frame.f_code, error.__traceback__.tb_lineno
        found = origins(code.co_filename, line)
        if not found or isinstance(error, TangentError) and error.origin is not None and is_at(error.origin, found):
            return
        said = f"in {code.co_name}: {described(found)}"
        if said not in getattr(error, "__notes__", ()):  # a function may call itself
            error.add_note(said)


NOTES = Notes()


def described(origins: Iterable[Origin]) -> str:
    """A line of generated code by what it stems from: `the adjoint of line 12 of model.py: y = np.log(x)`.

    >>> from tangent.ir.nodes import Origin
    >>> described([Origin("model.py", "f", 12, 4, 17, "y = np.log(x)", "    y = np.log(x)", 12, "adjoint")])
    'the adjoint of line 12 of model.py: y = np.log(x)'
    """
    return "\n    which is ".join(
        f"{WORDS[o.role]}line {o.statement_line or o.line} of {cell_of(o.filename) or o.filename.rpartition('/')[2]}: "
        f"{o.text or o.source_line.strip()}"
        for o in origins
    )


def is_at(place: Origin, origins: Iterable[Origin]) -> bool:
    """Whether an error names the place already."""
    return any((o.filename, o.statement_line) == (place.filename, place.statement_line) for o in origins)
