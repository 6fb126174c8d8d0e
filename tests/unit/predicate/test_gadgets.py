"""The gadgets of the predicate compiler force what they say, and lose that with any of their constraints."""

from __future__ import annotations

import time

import pytest

from mpctls.zkp.soundness.predicate_statements import STATEMENTS
from mpctls.zkp.soundness.statements import Statement, decide

# The other kind of text is among those that `tests/soundness` decides when all are asked for.
QUICK = [statement for statement in STATEMENTS if "(string)" not in statement.name]


@pytest.mark.parametrize("statement", QUICK, ids=lambda statement: statement.name)
def test_holds(statement: Statement) -> None:
    verdict = decide(statement, time.monotonic() + 60)
    assert verdict.holds, verdict
    assert verdict.twins
