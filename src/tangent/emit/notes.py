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
import dis
import functools
import sys
import types
from collections.abc import Iterable

from tangent.errors import TangentError, cell_of
from tangent.ir.nodes import Origin, Role

__all__ = ["described", "in_attempt", "noting", "with_notes", "with_place_filled"]

PLACE = "what stands here becomes tangent.emit.notes.NOTES"
"""The constant in the place of `NOTES` until the definition is compiled."""

WORDS: dict[Role, str] = {
    "primal": "", "tangent": "the tangent of ", "adjoint": "the adjoint of ", "saved": "what is saved of ",
    "restored": "what is restored of ", "recomputed": "what is computed again of ", "inserted": "what is inserted at ",
}


def in_attempt(text: str) -> str:
    """The text of a function that lets `NOTES` see what it raises; `with_notes` gives its code the lines of `text`."""
    signature, body = text.rstrip("\n").split("\n", 1)
    return f"{signature}\n  try:\n{body}\n  except:\n   {PLACE!r}.note()\n   raise\n"


def with_notes(plain: types.CodeType, tried: types.CodeType) -> types.CodeType | None:
    """The code of a function with the handler of `tried`, the code of `in_attempt` of its text, and `NOTES` in that.

    The instructions of the function are the same, but for one that does nothing where the `try` begins; so are their
    places in the text.  Of the handler, a debugger that steps through an exception sees the beginning of the function.
    None where the compiler has made something else of it, or writes places in another way.
    """
    return _put_together(plain, tried) if _writes_places_as_known() else None


@functools.cache
def _writes_places_as_known() -> bool:
    """Whether the tables of places of this Python are what `_with_places` takes them for: tried out once."""
    text = "def f(x):\n    y = [x, (\n        x)]\n    return y\n"
    plain, tried = (next(c for c in compile(t, "", "exec").co_consts if isinstance(c, types.CodeType))
                    for t in (text, in_attempt(text)))
    noted = _put_together(plain, tried)
    body, found = [*plain.co_positions()], [] if noted is None else [*noted.co_positions()]
    begin, nothing, rest, handler = found[:1], found[1:2], found[2 : len(body) + 1], found[len(body) + 1 :]
    return begin + rest == body and nothing == [(None,) * 4] and {place[0] for place in handler} == {1}


def _put_together(plain: types.CodeType, tried: types.CodeType) -> types.CodeType | None:
    body, whole = plain.co_code, tried.co_code
    start = next((i for i in range(0, len(body), 2) if body[i] != whole[i]), len(body))
    end = len(body) + 2
    table = _with_places(plain, start // 2, (len(whole) - end) // 2)
    nothing = bytes([dis.opmap["NOP"], 0])
    if table is None or body[:start] + nothing + body[start:] != whole[:end] or (
        tried.co_consts[-1:] != (PLACE,) or len(tried.co_consts) != len(plain.co_consts) + 1
        or tried.co_names[: len(plain.co_names)] != plain.co_names
    ):
        return None
    return plain.replace(
        co_code=whole, co_consts=(*plain.co_consts, NOTES), co_names=tried.co_names, co_linetable=table,
        co_exceptiontable=tried.co_exceptiontable, co_stacksize=tried.co_stacksize,
    )


def _with_places(code: types.CodeType, start: int, behind: int) -> bytes | None:
    """The table of places with one more instruction at `start`, without a place, and some of the first line behind all.

    Each entry is for up to eight instructions (`Objects/locations.md` of CPython 3.11): its first byte has the highest
    bit set, and the number of instructions less one in the lowest three.  Between them, 15 is for no place, and 13 for
    a line, by the difference from that before: the sign in the lowest bit, six bits in a byte, a seventh for more.
    """
    table, position, instructions = code.co_linetable, 0, 0
    while instructions < start and position < len(table):
        instructions += (table[position] & 7) + 1
        position += 1
        while position < len(table) and not table[position] & 128:
            position += 1
    if instructions != start or behind <= 0:
        return None
    last = next(line for _, _, line in reversed([*code.co_lines()]) if line is not None)
    back, added = 2 * (last - code.co_firstlineno) + 1, bytearray()
    for done in range(0, behind, 8):
        added.append(128 | 13 << 3 | (min(behind - done, 8) - 1))
        while back >= 64:
            added.append(64 | back & 63)
            back >>= 6
        added.append(back)
        back = 0
    return table[:position] + bytes([128 | 15 << 3]) + table[position:] + added


def noting(definition: ast.FunctionDef) -> ast.FunctionDef:
    """What `in_attempt` gives as syntax that has the places of the text already.

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


def with_place_filled(code: types.CodeType) -> types.CodeType:
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
