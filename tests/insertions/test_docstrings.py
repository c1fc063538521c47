"""The examples in the docstrings of rules and blocks run and print what stands below them."""

from __future__ import annotations

import doctest
import types

import pytest

import tangent.insertions
import tangent.runtime.surgery
import tangent.testing
from tangent.rules import users


@pytest.mark.parametrize("module", [users, tangent.insertions, tangent.runtime.surgery, tangent.testing])
def test_examples(module: types.ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted >= 4
    assert found.failed == 0
