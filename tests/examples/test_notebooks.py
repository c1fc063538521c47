"""The notebooks run, cell by cell, and say what the text between the cells tells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def executed(name: str) -> Any:
    """The notebook with the outputs of a run of now."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


def printed(notebook: Any) -> list[str]:
    """What each cell prints."""
    cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout") for outputs in cells]


@pytest.mark.filterwarnings("default")  # those of the client are not ours
def test_find_the_nan() -> None:
    notebook = executed("find_the_nan.ipynb")
    _, first, backward, frame, second, forward, fixed, _, source = printed(notebook)
    assert re.fullmatch(r"[\d.]+ nan nan nan\n", first)
    assert "bsquares[0, 0] is -inf in the backward pass, after `bsquares = bdistances * 0.5 / distances`" in backward
    assert "Cell In[2], line 3, in features\n" in backward
    assert "in dlossdcenterswv: the adjoint of line 8 of Cell In[2]: h = features(x, centers)" in backward
    assert "[[0, 0], [6, 1], [12, 2]]" in frame
    assert re.match(r"after \d+ steps the loss is nan", second)
    assert "Cell In[2], line 11, in loss\n    error = (y - mean) / deviation\n" in forward
    assert "in the forward pass, where" in forward
    reached = re.search(r"-> (\S+)", fixed)
    assert reached is not None
    assert float(reached[1]) < -0.8
    assert "tangent.check_finite(distances, cond, sqrt)" in source
    pictures = [o for cell in notebook.cells for o in cell.get("outputs", ()) if "image/png" in o.get("data", ())]
    assert len(pictures) == 2
