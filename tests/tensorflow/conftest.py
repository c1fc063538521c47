"""TensorFlow is imported when a test asks for it, as that takes seconds: not while tests are collected."""

from __future__ import annotations

import importlib
import types

import pytest


@pytest.fixture(scope="session")
def tf() -> types.ModuleType:
    return importlib.import_module("tensorflow")
