"""What not every version of SciPy has."""

from __future__ import annotations

from types import ModuleType
from typing import Any

__all__ = ["present"]


def present(module: ModuleType, *names: str) -> list[Any]:
    """The functions of some names that a module has in this version."""
    return [getattr(module, name) for name in names if hasattr(module, name)]
