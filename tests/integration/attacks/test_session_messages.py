"""A Prover's messages that a Notary must not take, given to the role itself without the computation around it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

import pytest

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    Budget,
    CommitRequest,
    HashRequest,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
    SessionMessage,
    SubmitTranscriptCommitConfig,
)
from mpctls.reference.foundation.commitments import key_share_commitment
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.notary import NotarySession, NotarySettings
from mpctls.reference.settings import NotaryLimits
from mpctls.reference.tls import p256
from mpctls.reference.tls.registration import RecordRegister

SESSION_ID = bytes(range(32))
KEY = SigningKey.generate(SignatureAlgorithm.ED25519)
BUDGET = Budget(sent_octets=100, sent_records=2, received_octets=100, received_records=2)


class ScriptedLink:
    """A link on which a Prover says what it was told to say; what the Notary sends is kept."""

    def __init__(self, messages: Iterable[object]) -> None:
        self._messages = iter(messages)
        self.sent: list[SessionMessage] = []

    async def receive(self, *_expected: type, deadline: float | None = None) -> Any:
        said = next(self._messages)
        return said() if callable(said) else said

    async def send(self, message: SessionMessage) -> None:
        self.sent.append(message)


class _Answer:
    session_id = SESSION_ID


def session_with(*messages: object, limits: NotaryLimits | None = None) -> tuple[NotarySession, ScriptedLink]:
    """A Notary's session that hears these messages next."""
    link = ScriptedLink(messages)
    settings = NotarySettings(
        signing_keys=(KEY,), limits=limits or NotaryLimits(), randomness=SeededRandomness(b"notary")
    )
    session = NotarySession(cast(Link, link), settings)
    session._answer = cast(Any, _Answer())
    session._register = RecordRegister(BUDGET)
    return session, link


def register(session: NotarySession) -> None:
    """One received record of 20 octets of application data, after the Finished records of both directions."""
    records = session._register
    finished = SentRecordCiphertext(sequence_number=0, content_type=22, ciphertext=bytes(16))
    records.request_tag_share(finished)
    records.register_sent(SentRecord(sequence_number=0, record=record(22, 0, 16)))
    records.register_received(ReceivedRecord(record=record(22, 1, 16)))
    records.register_received(ReceivedRecord(record=record(23, 2, 20)))


def record(content_type: int, nonce: int, length: int) -> Record:
    return Record(
        content_type=content_type,
        version=0x0303,
        explicit_nonce=nonce.to_bytes(8, "big"),
        ciphertext=bytes(length),
        tag=bytes(16),
    )


def config(tree: HashAlgorithm, body: HashAlgorithm) -> SubmitTranscriptCommitConfig:
    return SubmitTranscriptCommitConfig(
        config=(
            CommitRequest(
                direction=Direction.RECEIVED,
                ranges=RangeSet.of([(0, 20)]),
                kind=HashRequest(algorithm=HashAlgorithm.SHA256.value),
                lexical_class=LexicalClass.ANY,
            ),
        ),
        tree_algorithm=tree.value,
        body_hash_algorithm=body.value,
        prover_extensions=(),
    )


@pytest.mark.parametrize(
    ("tree", "body"),
    [(HashAlgorithm.BLAKE3, HashAlgorithm.SHA256), (HashAlgorithm.SHA256, HashAlgorithm.KECCAK256)],
)
def test_the_notarys_hash_functions_hold_for_tree_and_body_too(
    tree: HashAlgorithm, body: HashAlgorithm
) -> None:
    """Attack catalogue, B7: a Prover that asks for a hash function the Notary does not offer."""
    limits = NotaryLimits(hash_algorithms=frozenset({HashAlgorithm.SHA256}))
    session, _ = session_with(config(HashAlgorithm.SHA256, HashAlgorithm.SHA256), limits=limits)
    register(session)
    asyncio.run(session.submit_transcript_commit_config())
    session, _ = session_with(config(tree, body), limits=limits)
    register(session)
    with pytest.raises(Refused, match="data-submission/unsupported-hash-algorithm"):
        asyncio.run(session.submit_transcript_commit_config())


def opening(scalar: int) -> tuple[ProverKeyShareCommitment, ProverKeyShare]:
    """A commitment to a key share and what opens it."""
    share = p256.public_point(scalar).encode()
    commitment = key_share_commitment(SESSION_ID, share, bytes(32), bytes(32))
    return (
        ProverKeyShareCommitment(commitment=commitment),
        ProverKeyShare(public_key=share, random=bytes(32), blinder=bytes(32)),
    )


def test_an_honest_key_share_gives_a_client_random_of_both() -> None:
    commitment, opened = opening(7)
    session, link = session_with(commitment, opened)
    asyncio.run(session._exchange_key_shares())
    (share,) = link.sent
    assert isinstance(share, NotaryKeyShare)
    assert len(session._client_random) == 32
    assert session._client_random not in (opened.random, share.random)


def test_a_key_share_chosen_after_the_notarys_is_refused() -> None:
    """Attack catalogue, F19: the Prover wants the sum to be a key of its own, so it answers with own − notary's."""
    commitment, opened = opening(7)
    wanted = p256.public_point(99)

    def rogue() -> ProverKeyShare:
        (share,) = link.sent
        assert isinstance(share, NotaryKeyShare)
        theirs = p256.decode_point(share.public_key)
        negative = p256.Point(x=theirs.x, y=p256.PRIME - theirs.y)
        chosen = p256.add_points(wanted, negative)
        assert p256.add_points(chosen, theirs) == wanted
        return ProverKeyShare(public_key=chosen.encode(), random=opened.random, blinder=opened.blinder)

    session, link = session_with(commitment, rogue)
    with pytest.raises(Refused, match="key-exchange/commitment-mismatch"):
        asyncio.run(session._exchange_key_shares())


def test_a_random_chosen_after_the_notarys_is_refused() -> None:
    """Attack catalogue, D13: the client random of an earlier session is wanted again."""
    commitment, opened = opening(7)
    changed = ProverKeyShare(public_key=opened.public_key, random=b"\1" * 32, blinder=opened.blinder)
    session, _ = session_with(commitment, changed)
    with pytest.raises(Refused, match="key-exchange/commitment-mismatch"):
        asyncio.run(session._exchange_key_shares())


@pytest.mark.parametrize("other", [b"", b"\x04" + bytes(64)])
def test_a_key_share_off_the_curve_is_refused(other: bytes) -> None:
    commitment, opened = opening(7)
    changed = ProverKeyShare(public_key=other, random=opened.random, blinder=opened.blinder)
    session, _ = session_with(commitment, changed)
    with pytest.raises(Refused, match="key-exchange/invalid-point"):
        asyncio.run(session._exchange_key_shares())
