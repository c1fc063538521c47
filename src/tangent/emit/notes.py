"""What tracebacks say about generated lines: the user's statements that they stem from, as notes of exceptions.

    def dlossdx(x, bloss=1.0):               compiled as         def dlossdx(x, bloss=1.0):
        y = math.log(x)                                              try:
        # y = math.log(x)                                                y = math.log(x)
        bx = bloss / x                                                   bx = bloss / x
        return bx                                                        return bx
                                                                     except:
                                                                         note()
                                                                         raise

The handler is in the code alone.  It has no line of its own in the text, what it calls is a constant and no variable,
and it costs nothing where nothing is raised: since Python 3.11 a `try` is an entry of a table, and the instructions
inside of it are those that are there without it.
"""

from __future__ import annotations

import dis
import functools
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tangent.errors import TangentError, cell_of
from tangent.ir.nodes import Origin, Role

__all__ = ["described", "with_notes"]

WORDS: dict[Role, str] = {
    "primal": "", "tangent": "the tangent of ", "adjoint": "the adjoint of ", "saved": "what is saved of ",
    "restored": "what is restored of ", "recomputed": "what is computed again of ", "inserted": "what is inserted at ",
}


def with_notes(code: types.CodeType) -> types.CodeType:
    """The code of a function with a handler behind it that calls `note`: nothing else of it changes.

    Of the handler, a debugger that steps through an exception sees the beginning of the function.  A Python that writes
    code in another way than the ones known here runs it without a handler, and so without notes.
    """
    handler = _handler()
    return code if handler is None else _with_handler(code, handler, note)


class _Entry(NamedTuple):
    """An entry of an exception table: from which instruction on it holds, for how many, and what handles them."""

    start: int
    length: int
    target: int
    rest: int
    """How much of the stack is kept, and whether the number of the instruction is put on it."""


class _Handler(NamedTuple):
    """The instructions of a handler, and the entries for them, by their numbers from its beginning."""

    before: bytes
    """What stands before the instruction that loads what is called."""
    after: bytes
    entries: tuple[_Entry, ...]
    stack: int


@functools.cache
def _handler() -> _Handler | None:
    """The handler as the compiler writes it, once it has been tried out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # about the constant that is called
        sample = _function("def f():\n try:\n  f\n except:\n  'called'()\n  raise\n")
    instructions, entries = sample.co_code, [*_entries(sample)]
    begin = entries[0].target
    (load,) = [step.offset // 2 for step in dis.get_instructions(sample) if step.argval == "called"]
    more = len(_loading(0)) // 2 - 1
    inside = [
        _Entry(e.start - begin, e.length + more, e.target - begin + more, e.rest)
        for e in entries if e.start <= load < e.start + e.length
    ]
    handler = _Handler(
        instructions[2 * begin : 2 * load], instructions[2 * load + 2 :], tuple(inside), sample.co_stacksize
    )
    return handler if _works(handler) else None


def _works(handler: _Handler) -> bool:
    """Whether a function with the handler is at the places where it was, and calls what the handler is given."""
    called: list[int] = []
    text = "def f(x):\n try:\n  y = [x, (\n   x)]\n except TypeError:\n  y = x\n return 1 / x\n"
    plain = _function(text)
    code = _with_handler(plain, handler, lambda: called.append(1))
    body, found = [*plain.co_positions()], [*code.co_positions()]
    try:
        types.FunctionType(code, {})(0)
    except ZeroDivisionError:
        return bool(called) and found[: len(body)] == body and {place[0] for place in found[len(body) :]} == {1}
    return False


def _function(text: str) -> types.CodeType:
    """The code of the function that a text defines."""
    return next(c for c in compile(text, "", "exec").co_consts if isinstance(c, types.CodeType))


def _loading(constant: int) -> bytes:
    """The instructions that load a constant, by its number in four bytes."""
    more, load = dis.opmap["EXTENDED_ARG"], dis.opmap["LOAD_CONST"]
    first, second, third, fourth = constant.to_bytes(4)
    return bytes([more, first, more, second, more, third, load, fourth])


def _with_handler(code: types.CodeType, handler: _Handler, called: Callable[[], object]) -> types.CodeType:
    """The code with the handler at its end, which calls `called`."""
    body = code.co_code
    whole = body + handler.before + _loading(len(code.co_consts)) + handler.after
    end = len(body) // 2
    table = bytearray()
    position = 0
    for entry in (*_entries(code), _Entry(end, 0, 0, 0)):
        if entry.start > position:
            _write(table, _Entry(position, entry.start - position, end, 0))
        if entry.length:
            _write(table, entry)
        position = entry.start + entry.length
    for entry in handler.entries:
        _write(table, entry._replace(start=entry.start + end, target=entry.target + end))
    return code.replace(
        co_code=whole, co_consts=(*code.co_consts, called), co_exceptiontable=bytes(table),
        co_linetable=code.co_linetable + _places(code, len(whole) // 2 - end),
        co_stacksize=max(code.co_stacksize, handler.stack),
    )


def _entries(code: types.CodeType) -> Iterator[_Entry]:
    """The exception table of a function (`Objects/exception_handling_notes.txt` of CPython 3.11).

    An entry is four numbers, by six bits in a byte, the highest first; a seventh bit is for more bytes.  The eighth is
    set in the first byte of an entry.
    """
    numbers, number = list[int](), 0
    for byte in code.co_exceptiontable:
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    for i in range(0, len(numbers), 4):
        yield _Entry(*numbers[i : i + 4])


def _write(table: bytearray, entry: _Entry) -> None:
    """Append an entry to an exception table."""
    first = len(table)
    for number in entry:
        shift = max(number.bit_length() - 1, 0) // 6 * 6
        for rest in range(shift, -1, -6):
            table.append(number >> rest & 63 | (64 if rest else 0))
    table[first] |= 128


def _places(code: types.CodeType, count: int) -> bytes:
    """Entries of a table of places behind that of `code`, for more instructions, all of the first line.

    Each is for up to eight instructions (`Objects/locations.md` of CPython 3.11): its first byte has the highest bit
    set, and the number of instructions less one in the lowest three.  Between them, 13 is for a line, by the difference
    from that before: the sign in the lowest bit, six bits in a byte, a seventh for more.
    """
    last = next(line for _, _, line in reversed([*code.co_lines()]) if line is not None)
    back, table = 2 * (last - code.co_firstlineno) + 1, bytearray()
    for done in range(0, count, 8):
        table.append(128 | 13 << 3 | (min(count - done, 8) - 1))
        while back >= 64:
            table.append(64 | back & 63)
            back >>= 6
        table.append(back)
        back = 0
    return bytes(table)


def note() -> None:
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
