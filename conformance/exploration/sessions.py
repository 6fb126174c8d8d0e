"""Two sessions with one Notary, as they stand when their connections are over: what an attacker could want to mix.

Both have transcripts of equal lengths, the same config and the same algorithms, so that no part of one is refused in
the other for its form alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mpctls.spec.attestation import handshake_commitment
from mpctls.spec.commitments import CommitRequest, HashKind
from mpctls.spec.extensions import HOLDER_KEY, Extension
from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    HALF_GATES,
    PROTOCOL_VERSION,
    TLS_1_2,
    Closure,
    Direction,
    HashAlgorithm,
    LexicalClass,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.messages import SessionTerms, TlsHandshakeData
from mpctls.spec.notary_policy import LARGEST_BUDGET, NotaryPolicy
from mpctls.spec.notary_states import NotaryAgreed, NotaryFinalised, NotaryParametersRecorded
from mpctls.spec.prover_states import ProverAgreed, ProverFinalised, ProverParametersRecorded, TlsHandshake
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.transcript import Transcript

from ..generation.labelled import Labelled

Certify = Callable[[str, bytes, bytes, bytes], HandshakeData]
"""What a Server with a name sends, given both randoms and its ephemeral key."""

SERVERS = ("bank.example", "shop.example")
NOW = 1_780_272_000
TREE_ALGORITHM = HashAlgorithm.SHA256
SHOWN, HIDDEN, REQUEST = 0, 1, 2
"""Leaves of each session: what its owner shows, what stays hidden, and the request."""
_GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The base point of P-256 (SEC 2, section 2.4.2): an ephemeral key like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session: both parties after its connection, its holder, and what the Prover will commit to."""

    number: int
    prover: ProverFinalised
    notary: NotaryFinalised
    holder: SigningKey
    config: tuple[CommitRequest, ...]
    extensions: tuple[Extension, ...]


def signing_key(label: str) -> SigningKey:
    """A key of somebody."""
    return SigningKey(
        algorithm=SignatureAlgorithm.ED25519, secret=Labelled(label=f"exploration/{label}").octets(32)
    )


NOTARY, ATTACKER = signing_key("notary"), signing_key("attacker")


def session(number: int, certify: Certify) -> Session:
    """The first or the second session."""
    label = Labelled(label=f"exploration/session {number}")
    server_name = SERVERS[number]
    client_random, server_random = label.octets(32, "client"), label.octets(32, "server")
    data = certify(server_name, client_random, server_random, _GENERATOR)
    blinder = label.octets(32, "handshake blinder")
    terms = SessionTerms(
        protocol_version=PROTOCOL_VERSION,
        engine_profile=HALF_GATES,
        tls_version=TLS_1_2,
        cipher_suites=CIPHER_SUITES,
        signature_algorithm=NOTARY.algorithm,
        budget=LARGEST_BUDGET,
        session_id=label.octets(32, "session id"),
        verifying_key=NOTARY.verifying_key,
    )
    handshake = TlsHandshake(
        server_name=server_name,
        tls_version=TLS_1_2,
        cipher_suite=CIPHER_SUITES[0],
        client_random=client_random,
        server_random=server_random,
        extended_master_secret=False,
        session_hash=None,
        server_ephemeral_key=_GENERATOR,
        handshake_data=data,
    )
    parameters = TlsHandshakeData(
        tls_version=handshake.tls_version,
        cipher_suite=handshake.cipher_suite,
        client_random=client_random,
        server_random=server_random,
        extended_master_secret=False,
        session_hash=None,
        server_ephemeral_key=_GENERATOR,
        handshake_commitment=handshake_commitment(data, blinder),
    )
    transcript = Transcript(sent=label.octets(16, "sent"), received=label.octets(32, "received"))
    holder = signing_key(f"holder {number}")
    return Session(
        number=number,
        prover=ProverFinalised(
            connection=ProverParametersRecorded(
                agreed=ProverAgreed(kind=SessionKind.NOTARIZE, terms=terms),
                handshake=handshake,
                handshake_blinder=blinder,
            ),
            transcript=transcript,
            closure=Closure.CLOSE_NOTIFY_RECEIVED,
        ),
        notary=NotaryFinalised(
            connection=NotaryParametersRecorded(
                agreed=NotaryAgreed(
                    policy=NotaryPolicy(), signing_key=NOTARY, kind=SessionKind.NOTARIZE, terms=terms
                ),
                parameters=parameters,
            ),
            sent_length=len(transcript.sent),
            received_length=len(transcript.received),
            closure=Closure.CLOSE_NOTIFY_RECEIVED,
        ),
        holder=holder,
        config=(
            _request(Direction.RECEIVED, 0, 16),
            _request(Direction.RECEIVED, 16, 32),
            _request(Direction.SENT, 0, 16),
        ),
        extensions=(Extension(id=HOLDER_KEY, critical=True, value=holder.verifying_key.encode()),),
    )


def _request(direction: Direction, start: int, end: int) -> CommitRequest:
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of((start, end)),
        kind=HashKind(algorithm=HashAlgorithm.SHA256),
        lexical_class=LexicalClass.ANY,
    )
