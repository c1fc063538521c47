"""The text of the derivatives of constructs, and of functions of libraries, compared with the stored one.

A change in what people read shows in review as a change of `tests/gallery/golden/constructs/` and `functions/`.  This
writes the files anew:

    python -m tests.gallery.test_constructs
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tangent
from tests.gallery.constructs import CONSTRUCTS
from tests.gallery.functions import FUNCTIONS

FOLDER = Path(__file__).parent / "golden"


def generated(function: Callable[..., Any]) -> str:
    """What is printed for the derivative of a function in reverse mode, and in forward mode.

    Of a function of a library, that is the derivative by all arguments.
    """
    wrt = range(function.__code__.co_argcount) if function in FUNCTIONS else (0,)
    texts = []
    for transform in (tangent.vjp if function in FUNCTIONS else tangent.grad, tangent.jvp):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            transform(function, wrt=tuple(wrt), verbose=1)
        texts.append(text.getvalue().strip() + "\n")
    return "\n\n".join(texts)


def file(function: Callable[..., Any]) -> Path:
    return FOLDER / ("functions" if function in FUNCTIONS else "constructs") / f"{function.__name__}.txt"


@pytest.mark.parametrize("function", [*CONSTRUCTS, *FUNCTIONS], ids=lambda function: function.__name__)
def test_text_is_the_stored_one(function: Callable[..., Any]) -> None:
    assert file(function).exists(), "run python -m tests.gallery.test_constructs"
    assert generated(function) == file(function).read_text()


def write_golden_files() -> None:
    """Store the derivatives as they are now, and drop what is no longer one."""
    for path in FOLDER.glob("*/*.txt"):
        path.unlink()
    for function in (*CONSTRUCTS, *FUNCTIONS):
        file(function).parent.mkdir(parents=True, exist_ok=True)
        file(function).write_text(generated(function))


if __name__ == "__main__":
    write_golden_files()
