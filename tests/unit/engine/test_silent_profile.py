"""Profile `half-gates-silent-1`: the session of `half-gates-1`, its proof on silent transfers."""

from __future__ import annotations

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE, SILENT_ENGINE_PROFILE
from mpctls.reference.mpc.engine.profiles import PROFILES
from mpctls.reference.mpc.engine.setup import reserved_bits
from mpctls.reference.mpc.oblivious_transfer import messages
from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS

from .parties import Session


def flipped(payload: bytes) -> bytes:
    return bytes([payload[0] ^ 1]) + payload[1:]


def test_session_on_silent_transfers_is_finished_and_the_prover_sends_less() -> None:
    silent = Session(prover_profile=SILENT_ENGINE_PROFILE, notary_profile=SILENT_ENGINE_PROFILE)
    usual = Session()
    for session in (silent, usual):
        session.run()
    assert silent.delivered == usual.delivered != []
    sent = [session.notary.costs["preprocessing"].octets_received for session in (silent, usual)]
    # 15 bits for each transfer that the first batch saves: all of the proof's but those it is made from.
    reserved = reserved_bits(usual.prover.plan, PROFILES[ENGINE_PROFILE].proof_batch)
    saved = 15 / 8 * (reserved - PARAMETERS[20].consumed)
    assert sent[1] - sent[0] == pytest.approx(saved, rel=0.02)


def test_parties_of_different_profiles_do_not_run_on() -> None:
    session = Session(prover_profile=SILENT_ENGINE_PROFILE)
    with pytest.raises(Refused, match="engine/unexpected-message"):
        session.preprocess()


def test_false_tree_ends_the_session_in_preprocessing() -> None:
    session = Session(prover_profile=SILENT_ENGINE_PROFILE, notary_profile=SILENT_ENGINE_PROFILE)
    session.ends[1].tamper = lambda kind, payload: (
        flipped(payload) if kind == messages.TREE_CORRECTIONS else payload
    )
    with pytest.raises(Refused, match="engine/inconsistent-oblivious-transfer"):
        session.preprocess()
