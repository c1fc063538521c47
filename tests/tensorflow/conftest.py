"""TensorFlow is imported when a test asks for it, as that takes seconds: not while tests are collected."""

from __future__ import annotations

import importlib
import os
import types

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def tf() -> types.ModuleType:
    return importlib.import_module("tensorflow")
