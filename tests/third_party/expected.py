"""What is known of the functions of the corpus: which are refused, and why; which are given where they have a kink."""

from __future__ import annotations

__all__ = ["AT_A_KINK", "REFUSED"]

REFUSED: dict[str, tuple[str, ...]] = {
}
"""The functions that are refused, by a part of what the error says."""

AT_A_KINK: frozenset[str] = frozenset({
})
"""The functions whose example is at a kink or a step of the function: the derivative is that of one of its sides."""
