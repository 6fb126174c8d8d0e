"""Every cheat in the joint computation ends the session where the table says, for the reason it says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import (
    LexicalClass,
)
from mpctls.reference.mpc.engine.messages import RETURNED_BITS
from mpctls.reference.mpc.engine.plan import (
    PRE_MASTER_SECRET,
    SERVER_FINISHED_KEY_STREAM,
    SERVER_ROUND_KEYS,
    Disclosure,
    Earlier,
)
from mpctls.reference.mpc.engine.prover import ProverEngine
from tests.cheaters.computing_notaries import NOTARIES, NOTARIES_ELSEWHERE
from tests.cheaters.garblers import garble_otherwise
from tests.cheaters.match import play, prepared
from tests.cheaters.provers import PROVERS, PROVERS_ELSEWHERE
from tests.cheaters.submitting_provers import play_submission, requested, transcript
from tests.cheaters.table import Cheater, Elsewhere, Outcome, Role
from tests.unit.engine.test_cheating_prover import StubbornProver

pytestmark = pytest.mark.usefixtures("engine_profile")

ROOT = Path(__file__).parents[3]


def name(cheater: Cheater) -> str:
    return cheater.name


@pytest.mark.parametrize("prover_type", [ProverEngine, StubbornProver])
def test_honest_session_is_finished(prover_type: type[ProverEngine]) -> None:
    """The harness refuses nothing; nor does it when the Prover would go on where an honest one stops."""
    config = [requested(0, 16), requested(31, 33, LexicalClass.JSON_NUMBER)]
    outcome = play_submission(prover_type, config, transcript)
    assert outcome == Outcome(step=None, reasons={}, proved=True)


@pytest.mark.parametrize("cheater", PROVERS, ids=name)
def test_cheating_prover_is_caught(cheater: Cheater) -> None:
    outcome = cheater.play()
    assert (outcome.step, outcome.reasons.get(Role.NOTARY)) == (cheater.step, cheater.reason)


@pytest.mark.parametrize("cheater", NOTARIES, ids=name)
def test_cheating_notary_is_caught_before_anything_of_the_proof_is_sent(cheater: Cheater) -> None:
    outcome = cheater.play()
    assert (outcome.step, outcome.reasons.get(Role.PROVER)) == (cheater.step, cheater.reason)
    assert not outcome.proved


class Counting:
    """Notes kinds and lengths of what one end sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, int]] = []

    def __call__(self, kind: int, payload: bytes) -> bytes:
        self.sent.append((kind, len(payload)))
        return payload


def test_selective_failure_tells_one_bit_by_ending_the_session_and_nothing_by_how() -> None:
    """Eight rows fail for one value of a bit each; sessions that end do so alike, and alike with any other fault."""
    seen = []
    for gate, half in [*((gate, 1) for gate in range(8)), (20_000, 0), (20_000, 1)]:
        match = prepared()
        garble_otherwise(match, PRE_MASTER_SECRET, gate, half=half)
        count = Counting()
        match.ends[1].tamper = count
        outcome = play(match)
        seen.append((outcome.step, outcome.reasons.get(Role.NOTARY), tuple(count.sent)))
    ended = {each for each in seen if each[0] is not None}
    assert len(ended) == 1
    assert any(step is None for step, _, _ in seen)
    step, reason, sent = ended.pop()
    assert (step, reason) == ("key exchange", "engine/output-label-unknown")
    assert RETURNED_BITS not in dict(sent)


def test_of_the_read_direction_nothing_is_shared_and_nothing_can_be_converted() -> None:
    """The attack with zero as conversion input has nothing to work on: no share of H or E(J0) is ever made."""
    match = prepared()
    fed = {SERVER_ROUND_KEYS}
    disclosed = set()
    for application in match.notary.plan.applications:
        if any(isinstance(source, Earlier) and source.name in fed for source in application.sources):
            fed.add(application.name)
            if application.disclosure is not Disclosure.NOBODY:
                disclosed.add((application.name, application.disclosure, application.instances))
    assert disclosed == {(SERVER_FINISHED_KEY_STREAM, Disclosure.PROVER, 1)}
    match.key_exchange()
    match.key_schedule()
    with pytest.raises(Refused, match="engine/preprocessing-exhausted"):
        match.notary.hash_key_powers.convert(bytes(16))


@pytest.mark.parametrize("row", [*PROVERS_ELSEWHERE, *NOTARIES_ELSEWHERE], ids=lambda row: row.name)
def test_cheats_played_elsewhere_are_played(row: Elsewhere) -> None:
    path, _, function = row.test.partition("::")
    source = (ROOT / path).read_text()
    (found,) = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    assert row.reason in ast.unparse(found) or row.reason in source
