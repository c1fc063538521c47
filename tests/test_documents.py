"""The code in README.md and docs/ runs and prints what stands below it.

A block of ```python is run; the blocks of one document share their names.  A block right below the line
`<!-- output -->` is what the block before it prints.  A first line `# name.py` gives a block a file name,
for messages that mention it.  What stands between `<!-- name -->` and `<!-- end -->` is made by the function
of that name in `tests.supported` or `tests.covered`.  `python -m tests.test_documents` writes all of this anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests import covered, supported

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PARTS = {**supported.PARTS, **covered.PARTS}
FENCE = re.compile(
    r"^(?P<output><!-- output -->\n+)?^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


PART = re.compile(r"^<!-- (?P<name>(?!output)\w+) -->\n(?P<text>.*?)^<!-- end -->\n", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """Code with the text that it has to print; None where the document does not say."""

    code: str
    expected: str | None = None


def blocks(document: str) -> list[Block]:
    """The runnable blocks of a document, in order."""
    found: list[Block] = []
    for fence in FENCE.finditer(document):
        if fence["output"]:
            found[-1].expected = fence["text"]
        elif fence["language"] == "python":
            found.append(Block(fence["text"]))
    return found


def run(document: str, folder: Path) -> list[tuple[str, str | None]]:
    """What each block prints beside what it is expected to print."""
    names: dict[str, object] = {"__name__": "__main__"}
    results = []
    for number, block in enumerate(blocks(document), start=1):
        given = re.match(r"# (\w+\.py)\n", block.code)
        filename = given[1] if given else f"block_{number}.py"
        (folder / filename).write_text(block.code)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.code, filename, "exec"), names)
        results.append((printed.getvalue(), block.expected))
    return results


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_of_document(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for printed, expected in run(path.read_text(), tmp_path):
        if expected is not None:
            assert without_marks(printed.strip()) == without_marks(expected.strip())


def without_marks(text: str) -> str:
    """A text without the marks under the lines of a traceback: which have some depends on the version of Python."""
    return re.sub(r"^ *[~^]+\n", "", text, flags=re.MULTILINE)


def test_a_wrong_output_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = "```python\nprint(1 + 1)\n```\n\n<!-- output -->\n```text\n3\n```\n"
    assert run(document, tmp_path) == [("2\n", "3\n")]


def test_readme_is_two_screens_and_names_its_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert "examples/digits.py" in commands[0]
    assert "-m pytest" in commands[1]
    assert len(readme.splitlines()) <= 130


def test_outputs_are_written_in_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = "```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n\n<!-- output -->\n```text\n```\nEnd.\n"
    assert with_outputs(document, tmp_path) == document.replace("```text\n", "```text\n2\n")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="NumPy 1 has fewer functions")
def test_parts_are_made_from_the_tables(path: Path) -> None:
    document = path.read_text()
    if "<!-- versions -->" in document and next(covered.versions()) not in document:
        pytest.skip("the tables are of other versions of NumPy or SciPy")
    assert with_parts(document) == document


def with_parts(document: str) -> str:
    """The document with its parts made anew."""

    def made(part: re.Match[str]) -> str:
        name = part["name"]
        return f"<!-- {name} -->\n\n" + "\n".join(PARTS[name]()).rstrip("\n") + "\n\n<!-- end -->\n"

    return PART.sub(made, document)


def with_outputs(document: str, folder: Path) -> str:
    """The document with what its code prints in the blocks for it."""
    printed = iter([text for text, expected in run(document, folder) if expected is not None])

    def replace(fence: re.Match[str]) -> str:
        if not fence["output"]:
            return fence[0]
        text = next(printed).strip("\n") + "\n"
        return f"{fence['output']}```{fence['language']}\n{text}```"

    return FENCE.sub(replace, document)


def main() -> None:
    for path in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            path.write_text(with_outputs(with_parts(path.read_text()), Path(folder)))


if __name__ == "__main__":
    main()
