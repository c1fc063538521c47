"""Each limit of the language is refused in its own words, and what they say to write instead is differentiated."""

from __future__ import annotations

import pytest

import tangent
from tangent.errors import TangentError
from tangent.frontend.unsupported import LIMITS
from tests.from_text import function_from
from tests.programs.limits import PAIRS, Pair

NAMES = [pair.limit.what for pair in PAIRS]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_is_refused_with_place_reason_and_rewrite(pair: Pair, mode: str) -> None:
    function = function_from(pair.refused)
    # a complex result has no gradient; the products of a Jacobian and a vector, which `mode` asks for, it has
    transform = tangent.hessian if pair.limit is LIMITS["complex"] and mode == "forward" else (
        tangent.grad if mode == "reverse" else tangent.jvp
    )
    arguments = (pair.argument, 1.0) if transform is tangent.jvp else (pair.argument,)
    with pytest.raises(TangentError) as caught:
        transform(function)(*arguments)
    error = caught.value
    assert pair.limit.why in error.what
    assert error.instead
    assert error.origin is not None
    assert error.origin.source_line.strip() in pair.refused


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_what_to_write_instead_works(pair: Pair) -> None:
    tangent.check_grads(function_from(pair.instead), (pair.argument,), order=2)


def test_each_limit_has_a_pair() -> None:
    assert {id(limit) for limit in LIMITS.values()} <= {id(pair.limit) for pair in PAIRS}
