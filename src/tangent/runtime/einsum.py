"""Sums of products in the notation of `np.einsum`, and their transposes, which are such sums themselves."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from tangent.runtime.scalars import SCALAR, float_dtype
from tangent.runtime.shapes import unarray

__all__ = ["einsum_like", "einsum_transposed"]


def einsum_transposed(subscripts: str, place: int, *operands: Any) -> str:
    """The subscripts by which the operand at `place` and the result have changed places.

    All indices are written out, those that `...` stands for as well.
    """
    terms, result = _written_out(subscripts.replace(" ", ""), operands)
    terms[place], result = result, terms[place]
    return f"{','.join(terms)}->{result}"


def _written_out(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    """The indices of each operand, and of the result."""
    given, explicit, result = subscripts.partition("->")
    terms = given.split(",")
    counts = {label: given.count(label) for label in sorted(set(given) - set(",."))}
    if not explicit:
        result = ("..." if "..." in given else "") + "".join(label for label in counts if counts[label] == 1)
    if "..." in given:
        pairs = zip(terms, operands, strict=True)
        extra = [np.ndim(a) - len(term.replace("...", "")) if "..." in term else 0 for term, a in pairs]
        free = "".join(label for label in string.ascii_letters if label not in counts)[: max(extra)]
        terms = [term.replace("...", free[len(free) - n :]) for term, n in zip(terms, extra, strict=True)]
        result = result.replace("...", free)
    return terms, result


def einsum_like(subscripts: str, like: Any, *operands: Any) -> Any:
    """`np.einsum(subscripts, *operands)` in the shape of `like`, which counts by its shape alone.

    The result may have indices that no operand has, and an index twice: it is constant along the one, and zero off
    the diagonal of the other.  Where an index of the result has the size 1, it is summed over.
    """
    given, _, result = subscripts.partition("->")
    shape = np.shape(like)
    sizes = dict(zip(result, shape, strict=True))
    kept = [label for label in sizes if sizes[label] != 1 and label in given]
    dtype = np.result_type(*[a if isinstance(a, SCALAR) else np.asarray(a) for a in operands])
    product = np.einsum(f"{given}->{''.join(kept)}", *[np.asarray(a, dtype) for a in operands])
    if not shape or (len(operands) > 1 and np.shape(product) == shape and len(kept) == len(result)):
        return unarray(product, like)
    array = np.zeros(shape, float_dtype(operands[0] if len(operands) == 1 else product, like))
    absent = tuple(axis for axis, label in enumerate(sizes) if label not in kept)
    np.einsum(f"{result}->{''.join(sizes)}", array)[...] = np.expand_dims(product, absent)
    return array
