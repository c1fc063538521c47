"""The order of the tests: those of one program of the corpus come one after the other, in whatever module they are.

They ask for the same derivatives, which are then made once in a process.  The processes share the cores, so that in
each of them the linear algebra has one: matrices of three rows gain nothing from more, and wait for each other.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from tests.programs.test_corpus import CASES

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow, where a test imports it, says what it is built for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(CASES)}

    def place(item: pytest.Item) -> int:
        callspec = getattr(item, "callspec", None)
        return -1 if callspec is None else places.get(callspec.params.get("name"), -1)

    items.sort(key=place)
