"""Session messages: fixed indices, one form, limits, and refusals for everything else."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import fields, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.channel.messages import (
    LONG_MESSAGES,
    SESSION_ANSWER,
    SESSION_MESSAGE,
    SESSION_REQUEST,
    TLS_HANDSHAKE_DATA,
    Budget,
    CloseSession,
    CommitRequest,
    Disclosure,
    DisclosureAccepted,
    EncodingCommitments,
    EncodingRequest,
    FinishedHash,
    HashRequest,
    IncludeCommitments,
    MerkleTreeRoot,
    NotaryKeyShare,
    ProverKeyShare,
    ProverKeyShareCommitment,
    ReceivedRecord,
    Record,
    RecordedSessionParameters,
    Refusal,
    SentRecord,
    SentRecordCiphertext,
    SessionAnswer,
    SessionClosed,
    SessionMessage,
    SessionRequest,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
    TagShare,
    TlsHandshakeData,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.field_encoding import SCALAR_ORDER
from mpctls.reference.foundation.identifiers import (
    Direction,
    HashAlgorithm,
    LexicalClass,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.presentation.building import Selection, direct_disclosure
from tests.unit.attestation.material import SENT, holder_extension, material, notary_key
from tests.unit.foundation.refusals import refused

MATERIAL = material(encoding=True)
BUDGET = Budget(sent_octets=4096, sent_records=4, received_octets=65536, received_records=16)
RECORD = Record(
    content_type=23, version=0x0303, explicit_nonce=bytes(8), ciphertext=b"ciphertext", tag=bytes(16)
)
IDENTITY, PROOF = direct_disclosure(
    algorithm=HashAlgorithm.SHA256, secrets=MATERIAL.secrets, selection=Selection(sent=RangeSet.of([(0, 23)]))
)
REQUEST = SessionRequest(
    protocol_versions=(1,),
    engine_profiles=("half-gates-1",),
    tls_versions=(0x0303,),
    cipher_suites=(0xC02B, 0xC02F),
    kind=SessionKind.VERIFY,
    signature_algorithms=(1, 2, 250),
    budget=BUDGET,
    nonce=bytes(32),
)
ANSWER = SessionAnswer(
    protocol_version=1,
    engine_profile="half-gates-1",
    tls_version=0x0303,
    cipher_suites=(0xC02B,),
    signature_algorithm=1,
    budget=BUDGET,
    session_id=bytes(range(32)),
    verifying_key=notary_key(SignatureAlgorithm.ED25519).verifying_key,
    signature=bytes(64),
)
HANDSHAKE = TlsHandshakeData(
    tls_version=0x0303,
    cipher_suite=0xC02B,
    client_random=bytes(32),
    server_random=bytes(32),
    extended_master_secret=True,
    session_hash=bytes(32),
    server_ephemeral_key=bytes(65),
    handshake_commitment=bytes(32),
)
CONFIG = tuple(
    CommitRequest(
        direction=direction, ranges=RangeSet.of([(0, 3), (9, 10)]), kind=kind, lexical_class=lexical_class
    )
    for direction in Direction
    for kind in (HashRequest(algorithm=3), EncodingRequest())
    for lexical_class in LexicalClass
)

# One example of each message, in the order of their indices.
MESSAGES: tuple[SessionMessage, ...] = (
    Refusal(reason="tls-session/budget-exceeded"),
    REQUEST,
    ANSWER,
    ProverKeyShareCommitment(commitment=bytes(32)),
    NotaryKeyShare(public_key=bytes(65), random=bytes(32)),
    ProverKeyShare(public_key=bytes(65), random=bytes(32), blinder=b"blinder-" * 4),
    HANDSHAKE,
    RecordedSessionParameters(digest=bytes(32)),
    FinishedHash(direction=Direction.RECEIVED, hash=bytes(32)),
    SentRecordCiphertext(sequence_number=2**64 - 1, content_type=23, ciphertext=bytes(16384)),
    TagShare(sequence_number=1, share=bytes(16)),
    SentRecord(sequence_number=1, record=RECORD),
    ReceivedRecord(record=RECORD),
    CloseSession(),
    SessionClosed(),
    SubmitTranscriptCommitConfig(
        config=CONFIG, tree_algorithm=1, body_hash_algorithm=2, prover_extensions=(holder_extension(),)
    ),
    IncludeCommitments(commitments=tuple(each.commitment for each in MATERIAL.secrets.commitments)),
    MerkleTreeRoot(root=bytes(32)),
    SignedAttestation(attestation=MATERIAL.attestation, key_exchange_blinder=b"unblinds" * 4),
    Disclosure(identity=IDENTITY, transcript=PROOF),
    DisclosureAccepted(),
    EncodingCommitments(commitments=(bytes(32), (SCALAR_ORDER - 1).to_bytes(32, "little"))),
)


@pytest.mark.parametrize("index", range(len(MESSAGES)))
def test_each_message_has_its_index_and_round_trips(index: int) -> None:
    octets = SESSION_MESSAGE.encode(MESSAGES[index])
    assert octets[0] == index
    assert SESSION_MESSAGE.decode(octets) == MESSAGES[index]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_cut_and_extension_of_a_message_is_refused(message: SessionMessage) -> None:
    octets = SESSION_MESSAGE.encode(message)
    for cut in {*range(min(len(octets), 400)), len(octets) - 1}:
        with pytest.raises(Refused, match="encoding/"):
            SESSION_MESSAGE.decode(octets[:cut])
    with refused("encoding/trailing-octets"):
        SESSION_MESSAGE.decode(octets + b"\0")


@given(st.integers(0, len(MESSAGES) - 1), st.binary(max_size=120))
def test_random_content_is_refused_or_canonical(index: int, octets: bytes) -> None:
    content = bytes([index]) + octets
    try:
        message = SESSION_MESSAGE.decode(content)
    except Refused as refusal:
        assert refusal.reason.startswith("encoding/")
    else:
        assert SESSION_MESSAGE.encode(message) == content


@given(st.integers(0, len(MESSAGES) - 1), st.data())
def test_changed_messages_are_refused_or_canonical(index: int, data: st.DataObject) -> None:
    octets = bytearray(SESSION_MESSAGE.encode(MESSAGES[index]))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        message = SESSION_MESSAGE.decode(bytes(octets))
    except Refused as refusal:
        assert refusal.reason.startswith("encoding/")
    else:
        assert SESSION_MESSAGE.encode(message) == bytes(octets)


def test_unknown_messages_and_identifiers_are_refused() -> None:
    for octets in (b"\x16", b"\x7f", b"\x16\0"):
        with refused("encoding/unknown-variant"):
            SESSION_MESSAGE.decode(octets)
    with refused("encoding/not-minimal"):
        SESSION_MESSAGE.decode(b"\x8d\0")
    with refused("encoding/unknown-variant"):
        SESSION_MESSAGE.encode(replace(ANSWER, signature_algorithm=5))
    # The request's algorithms are plain numbers: an unknown one is passed over, not refused.
    assert SESSION_REQUEST.decode(SESSION_REQUEST.encode(REQUEST)).signature_algorithms[2] == 250


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ("protocol_versions", 16),
        ("tls_versions", 16),
        ("cipher_suites", 16),
        ("signature_algorithms", 8),
    ],
)
def test_lists_of_a_request_are_limited(change: str, most: int) -> None:
    allowed, excessive = (
        replace(REQUEST, **cast("Any", {change: (1,) * count})) for count in (most, most + 1)
    )
    assert SESSION_REQUEST.decode(SESSION_REQUEST.encode(allowed)) == allowed
    with refused("encoding/limit-exceeded"):
        SESSION_REQUEST.encode(excessive)


def test_a_ciphertext_is_at_most_one_record() -> None:
    message = SentRecordCiphertext(sequence_number=0, content_type=23, ciphertext=bytes(16385))
    with refused("encoding/limit-exceeded"):
        SESSION_MESSAGE.encode(message)
    octets = SESSION_MESSAGE.encode(replace(message, ciphertext=bytes(16384)))
    with refused("encoding/limit-exceeded"):
        SESSION_MESSAGE.decode(octets.replace(b"\x80\x80\x01", b"\x81\x80\x01") + b"\0")


def test_a_reason_has_at_most_64_octets() -> None:
    with refused("encoding/limit-exceeded"):
        SESSION_MESSAGE.encode(Refusal(reason="a" * 65))


def test_commitments_in_scalars_are_canonical() -> None:
    order = SCALAR_ORDER.to_bytes(32, "little")
    with refused("encoding/not-canonical"):
        EncodingCommitments(commitments=(bytes(32), order))
    with refused("encoding/not-canonical"):
        SESSION_MESSAGE.decode(b"\x15\x01" + order)
    with refused("encoding/not-canonical"):
        SESSION_MESSAGE.decode(b"\x15\x01" + b"\xff" * 32)


def test_signed_structures_have_no_index() -> None:
    for codec, message in (
        (SESSION_REQUEST, REQUEST),
        (SESSION_ANSWER, ANSWER),
        (TLS_HANDSHAKE_DATA, HANDSHAKE),
    ):
        assert SESSION_MESSAGE.encode(message)[1:] == codec.encode(message)  # type: ignore[arg-type]
    assert [each.name for each in fields(SessionAnswer)][-1] == "signature"


def test_only_the_marked_messages_are_long() -> None:
    assert [type(message) for message in MESSAGES if isinstance(message, LONG_MESSAGES)] == [
        SubmitTranscriptCommitConfig,
        IncludeCommitments,
        SignedAttestation,
        Disclosure,
        EncodingCommitments,
    ]


def test_no_representation_shows_a_blinder_or_disclosed_octets() -> None:
    shown = "".join(repr(message) for message in MESSAGES)
    for each in (b"blinder-", b"unblinds", SENT[:23]):
        assert repr(each)[2:-1] not in shown and each.hex() not in shown


@pytest.mark.parametrize("index", [15, 16, 19, 21])
def test_claimed_counts_cost_nothing(index: int) -> None:
    tracemalloc.start()
    for count in (b"\xff\xff\xff\xff\x0f", b"\x80\x20"):
        with pytest.raises(Refused, match="encoding/"):
            SESSION_MESSAGE.decode(bytes([index]) + count)
    assert tracemalloc.get_traced_memory()[1] < 200_000
    tracemalloc.stop()


def test_the_largest_config_of_single_ranges_decodes_quickly() -> None:
    config = tuple(
        CommitRequest(
            direction=Direction.SENT,
            ranges=RangeSet.of([(start, start + 1)]),
            kind=HashRequest(algorithm=1),
            lexical_class=LexicalClass.ANY,
        )
        for start in range(4096)
    )
    message = SubmitTranscriptCommitConfig(
        config=config, tree_algorithm=1, body_hash_algorithm=1, prover_extensions=()
    )
    octets = SESSION_MESSAGE.encode(message)
    started = time.monotonic()
    assert SESSION_MESSAGE.decode(octets) == message
    assert time.monotonic() - started < 10
