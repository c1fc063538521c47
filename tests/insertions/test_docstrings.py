"""The examples in the docstrings of rules and blocks run and print what stands below them."""

from __future__ import annotations

import doctest
import types

import pytest

import tangent.insertions
import tangent.runtime.surgery
import tangent.runtime.traced
import tangent.testing
from tangent.rules import users

MODULES = (users, tangent.insertions, tangent.runtime.surgery, tangent.runtime.traced, tangent.testing)


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: types.ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted >= 3
    assert found.failed == 0
