"""The programs of the documentation are differentiated."""

from __future__ import annotations

import pytest

import tangent
from tests.from_text import function_from
from tests.programs.accepted import ACCEPTED, Accepted


@pytest.mark.parametrize("case", ACCEPTED, ids=[case.what for case in ACCEPTED])
def test_program_of_the_documentation(case: Accepted) -> None:
    tangent.check_grads(function_from(case.program, tangent=tangent), case.arguments, order=2)
