"""Sums of products in the notation of `np.einsum`, and their transposes, which are such sums themselves."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from tangent.runtime.scalars import SCALAR, float_dtype
from tangent.runtime.shapes import unarray

__all__ = ["einsum_first", "einsum_like", "einsum_rest", "einsum_transposed"]


def einsum_transposed(subscripts: str, place: int, *operands: Any) -> str:
    """The subscripts by which the operand at `place` and the result have changed places.

    All indices are written out, those that `...` stands for as well.
    """
    terms, result = _written_out(subscripts.replace(" ", ""), operands)
    terms[place], result = result, terms[place]
    return f"{','.join(terms)}->{result}"


def einsum_first(subscripts: str) -> str:
    """The subscripts of the product of the first two operands, with the indices that the rest still needs.

    >>> einsum_first("ij,jk,kl->il")
    'ij,jk->ik'
    """
    first, second, *_ = subscripts.replace(" ", "").partition("->")[0].split(",")
    return f"{first},{second}->{einsum_rest(subscripts).partition(',')[0]}"


def einsum_rest(subscripts: str) -> str:
    """The subscripts of the whole, with one operand for the product of the first two: of `einsum_first`.

    >>> einsum_rest("ij,jk,kl->il")
    'ik,kl->il'
    """
    given, explicit, result = subscripts.replace(" ", "").partition("->")
    (first, second, *others), result = given.split(","), result if explicit else _implicit_result(given)
    needed = set(result).union(*others)
    both = "".join(label for label in dict.fromkeys(first + second) if label in needed and label != ".")
    return f"{','.join(['...' * ('...' in first + second) + both, *others])}->{result}"


def _implicit_result(given: str) -> str:
    """The indices of a result that is not written out: those that occur once, by the alphabet."""
    labels = sorted(set(given) - set(",."))
    return "..." * ("..." in given) + "".join(label for label in labels if given.count(label) == 1)


def _written_out(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    """The indices of each operand, and of the result."""
    given, explicit, result = subscripts.partition("->")
    terms = given.split(",")
    if not explicit:
        result = _implicit_result(given)
    if "..." in given:
        pairs = zip(terms, operands, strict=True)
        extra = [np.ndim(a) - len(term.replace("...", "")) if "..." in term else 0 for term, a in pairs]
        free = "".join(label for label in string.ascii_letters if label not in given)[: max(extra)]
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
