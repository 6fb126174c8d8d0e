"""The search finds no attack on the specification, and one of its kind for each flaw that is put in."""

from __future__ import annotations

import pytest

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.exploration.concrete import presented, taken
from mpctls.conformance.exploration.exploring import explore
from mpctls.conformance.exploration.flaws import FLAWS, Flaw
from mpctls.conformance.exploration.forgeries import Recipe
from mpctls.conformance.generation.rendering import specified_operations
from mpctls.spec.digests import sha256


def test_two_sessions_with_an_attacker_hold_no_attack() -> None:
    explored = explore()
    assert explored.rule is None
    # Fewer states would mean that the attacker can do less than it could.
    assert explored.states >= 150
    assert explored.presentations >= 20_000
    assert explored.believed > 0


@pytest.mark.slow
@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_each_flaw_has_an_attack_of_its_kind_that_works_on_real_cryptography(flaw: Flaw) -> None:
    explored = explore(flaw)
    assert explored.rule == flaw.rule
    assert list(explored.trace())
    found = explored.finding
    assert found is not None
    if flaw.name == "signed-before-committed":
        # What comes too early is no single operation: vectors of whole sessions hold the order.
        return
    operation, fields = (
        ("verification/verify", presented(found)) if isinstance(found, Recipe) else taken(found)
    )
    expected = specified_operations()[operation].specified(fields)
    assert ReferenceInProcess().run(operation, fields) == expected
    with flaw.applied():
        assert specified_operations()[operation].specified(fields) != expected


def test_the_specification_is_whole_again_afterwards() -> None:
    with pytest.raises(RuntimeError, match="enough"), FLAWS[0].applied():
        raise RuntimeError("enough")
    assert sha256(b"abc").hex().startswith("ba7816bf")
    assert explore(FLAWS[-2]).rule == FLAWS[-2].rule
    assert sha256(b"abc").hex().startswith("ba7816bf")
