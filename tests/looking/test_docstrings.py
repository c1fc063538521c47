"""The examples in the docstrings of what shows derivatives run and print what stands below them."""

from __future__ import annotations

import doctest
import types

import pytest

from tangent.looking import explanation, profiling


@pytest.mark.parametrize("module", [explanation, profiling])
def test_examples(module: types.ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted >= 10
    assert found.failed == 0
