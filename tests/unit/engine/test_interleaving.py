"""Where the garbled tables stand among the messages of set-up."""

from itertools import pairwise

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILES
from mpctls.reference.mpc.engine.interleaving import FOLLOWED_BY_TABLES
from mpctls.reference.mpc.engine.messages import (
    CHOSEN_LABELS,
    COIN_OPENING,
    DECODING,
    LABELS,
    OUTPUT_LABEL_HASHES,
    TABLES,
)
from mpctls.reference.mpc.oblivious_transfer.messages import CONSISTENCY_RESPONSE, PUNCTURED_CHECK

from .parties import Session

_OF_THE_PLAN = {TABLES, OUTPUT_LABEL_HASHES}


def sent_by_the_prover(profile: str) -> list[int]:
    session = Session(prover_profile=profile, notary_profile=profile)
    kinds: list[int] = []

    def note(kind: int, payload: bytes) -> bytes:
        kinds.append(kind)
        return payload

    session.ends[0].tamper = note
    session.preprocess()
    return kinds


@pytest.mark.parametrize("profile", ENGINE_PROFILES)
def test_tables_fill_the_waits_of_set_up_and_decoding_follows_what_commits_to_the_masks(profile: str) -> None:
    kinds = sent_by_the_prover(profile)
    first, opening = kinds.index(TABLES), kinds.index(COIN_OPENING)
    assert opening < first, "the coin fixes the hash before a gate is garbled"
    followed = [after for kind, after in pairwise(kinds) if kind in FOLLOWED_BY_TABLES]
    assert followed[:4] == [TABLES] * 4
    set_up = [place for place, kind in enumerate(kinds) if kind not in _OF_THE_PLAN | {DECODING}]
    assert kinds.index(DECODING) > set_up[-1]


def test_a_chunk_in_another_place_is_refused() -> None:
    """The Notary's next message of set-up is not what it finds; nothing of the chunk is taken for it."""
    session = Session()
    held: list[bytes] = []

    def exchange(kind: int, payload: bytes) -> bytes:
        if kind in FOLLOWED_BY_TABLES and not held:
            held.append(payload)
            session.ends[0].duplex.send(TABLES, bytes(1 << 20))
        return payload

    session.ends[0].tamper = exchange
    with pytest.raises(Refused) as refusal:
        session.preprocess()
    assert refusal.value.reason == "engine/unexpected-message"


def test_a_notary_that_fails_the_check_of_its_transfers_has_tables_and_no_label() -> None:
    """It may guess bits of the difference before the check; what it then holds opens nothing."""
    session = Session()
    kinds: list[int] = []

    def note(kind: int, payload: bytes) -> bytes:
        kinds.append(kind)
        return payload

    def lie(kind: int, payload: bytes) -> bytes:
        return bytes(len(payload)) if kind == CONSISTENCY_RESPONSE else payload

    session.ends[0].tamper, session.ends[1].tamper = note, lie
    with pytest.raises(Refused, match="engine/inconsistent-oblivious-transfer"):
        session.preprocess()
    assert TABLES in kinds
    assert not {LABELS, CHOSEN_LABELS, DECODING} & set(kinds)


def test_decoding_before_the_masks_are_committed_is_refused() -> None:
    """A Prover that shows decoding bits first could choose its masks to fit."""
    session = Session()

    def early(kind: int, payload: bytes) -> bytes:
        if kind == PUNCTURED_CHECK:
            session.ends[0].duplex.send(kind, payload)
            session.ends[0].duplex.send(DECODING, bytes(33))
        return payload

    session.ends[0].tamper = early
    with pytest.raises(Refused, match="engine/unexpected-message"):
        session.preprocess()
