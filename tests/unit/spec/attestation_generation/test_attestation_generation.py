"""Attestation generation: the Prover accepts exactly what it saw, and the Notary keeps its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mpctls.spec.attestation import Header
from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    return_signed_attestation,
    sign_with_private_key,
)
from mpctls.spec.encoding import Structure
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Closure, HashAlgorithm, SessionKind, SignatureAlgorithm
from mpctls.spec.messages import MerkleTreeRoot, Refusal, SignedAttestation
from mpctls.spec.notary_states import NotaryDone
from mpctls.spec.prover_states import ProverAttested
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason, Rejection

from ..session.plans import OTHER_KEY
from ..session.stages import changed, rejects, resigned, rooted, signed
from ..tls.certificates import NOW

Change = Callable[[SignedAttestation], SignedAttestation]


def receive(
    change: Change = lambda message: message,
    *,
    now: int = NOW,
    known_extensions: frozenset[str] = frozenset(),
) -> ProverAttested:
    prover, notary = signed()
    _, message = return_signed_attestation.send(notary)
    return return_signed_attestation.receive(
        prover, change(message), now=now, tolerance=60, known_extensions=known_extensions
    )


def stated(path: str, new: object) -> Change:
    """The Notary states another body, signed by itself."""

    def change(message: SignedAttestation) -> SignedAttestation:
        body = changed(message.attestation.body, path, new)
        return replace(message, attestation=resigned(message.attestation, body=body))

    return change


def headed(path: str, new: object) -> Change:
    """The Notary signs another header."""

    def change(message: SignedAttestation) -> SignedAttestation:
        def change_header(header: Header) -> Header:
            header = changed(header, path, new)
            if path == "body_hash_algorithm":
                digest = message.attestation.body.digest(header.body_hash_algorithm)
                return replace(header, body_digest=digest)
            return header

        return replace(message, attestation=resigned(message.attestation, change_header=change_header))

    return change


def sent(path: str, new: object) -> Change:
    """Another message, nothing signed again."""

    def change(message: SignedAttestation) -> SignedAttestation:
        result: SignedAttestation = changed(message, path, new)
        return result

    return change


def extension(id_: str, *, critical: bool) -> tuple[Extension, ...]:
    return (Extension(id=id_, critical=critical, value=b""),)


FAULTS: list[tuple[Reason, Change]] = [
    (
        Reason.ATTESTATION_GENERATION_UNEXPECTED_KEY,
        sent("attestation.body.verifying_key", OTHER_KEY.verifying_key),
    ),
    (Reason.ATTESTATION_GENERATION_SIGNATURE_INVALID, sent("attestation.signature", bytes(64))),
    (Reason.ATTESTATION_GENERATION_BODY_DIGEST_MISMATCH, headed("body_digest", bytes(32))),
    (Reason.ATTESTATION_GENERATION_UNEXPECTED_FORMAT, headed("format_version", 2)),
    (
        Reason.ATTESTATION_GENERATION_UNEXPECTED_FORMAT,
        headed("signature_algorithm", SignatureAlgorithm.ECDSA_P256_SHA256),
    ),
    (
        Reason.ATTESTATION_GENERATION_UNEXPECTED_FORMAT,
        headed("body_hash_algorithm", HashAlgorithm.SHA256),
    ),
    (Reason.ATTESTATION_GENERATION_UNEXPECTED_FORMAT, headed("attestation_id", bytes(16))),
    (
        Reason.ATTESTATION_GENERATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
        stated("key_exchange_commitment", bytes(32)),
    ),
    (
        Reason.ATTESTATION_GENERATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
        sent("key_exchange_blinder", bytes(32)),
    ),
    (
        Reason.ATTESTATION_GENERATION_HANDSHAKE_COMMITMENT_MISMATCH,
        stated("handshake_commitment", bytes(32)),
    ),
    (
        Reason.ATTESTATION_GENERATION_TRANSCRIPT_COMMITMENTS_MISMATCH,
        stated("transcript_commitments.root", bytes(32)),
    ),
    (
        Reason.ATTESTATION_GENERATION_TRANSCRIPT_COMMITMENTS_MISMATCH,
        stated("transcript_commitments.leaf_count", 4),
    ),
    (
        Reason.ATTESTATION_GENERATION_TRANSCRIPT_COMMITMENTS_MISMATCH,
        stated("transcript_commitments.algorithm", HashAlgorithm.SHA256),
    ),
    (Reason.ATTESTATION_GENERATION_PROVER_EXTENSIONS_MISMATCH, stated("prover_extensions", ())),
    (
        Reason.ATTESTATION_GENERATION_NOTARY_EXTENSION_INVALID,
        stated("notary_extensions", extension("policy", critical=False)),
    ),
    (
        Reason.ATTESTATION_GENERATION_NOTARY_EXTENSION_INVALID,
        stated("notary_extensions", extension("notary/policy", critical=True)),
    ),
]
INFO_FAULTS = [
    ("mode", 2),
    ("tls_version", 0x0304),
    ("cipher_suite", 0xC02F),
    ("extended_master_secret", False),
    ("sent_length", 1),
    ("received_length", 1),
    ("closure", Closure.CLOSE_NOTIFY_NOT_RECEIVED),
]


@pytest.mark.parametrize(("reason", "change"), FAULTS, ids=[reason.value for reason, _ in FAULTS])
def test_one_field_that_is_not_what_the_prover_saw_is_refused(reason: Reason, change: Change) -> None:
    with rejects(reason):
        receive(change)


@pytest.mark.parametrize(("field", "new"), INFO_FAULTS)
def test_every_field_of_the_connection_info_is_compared(field: str, new: object) -> None:
    with rejects(Reason.ATTESTATION_GENERATION_CONNECTION_INFO_MISMATCH):
        receive(stated(f"connection_info.{field}", new))


def test_the_attested_time_may_differ_by_the_tolerance_and_no_more() -> None:
    receive(now=NOW + 60)
    receive(now=NOW - 60)
    for now in (NOW + 61, NOW - 61):
        with rejects(Reason.ATTESTATION_GENERATION_TIME_OUT_OF_TOLERANCE):
            receive(now=now)


def test_notary_extensions_that_are_harmless_or_known_are_accepted() -> None:
    receive(stated("notary_extensions", extension("notary/policy", critical=False)))
    receive(
        stated("notary_extensions", extension("notary/policy", critical=True)),
        known_extensions=frozenset({"notary/policy"}),
    )


def test_the_secrets_open_the_attestation() -> None:
    state = receive()
    body = state.attestation.body
    assert state.secrets.key_exchange.commitment() == body.key_exchange_commitment
    assert state.secrets.handshake.commitment() == body.handshake_commitment


def test_another_message_or_state_is_refused() -> None:
    prover, notary = signed()
    _, message = return_signed_attestation.send(notary)
    unexpected: list[tuple[object, Structure]] = [
        (prover, MerkleTreeRoot(root=bytes(32))),
        (notary, message),
        (prover, Refusal(reason="no such reason")),
    ]
    for state, wrong in unexpected:
        with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
            return_signed_attestation.receive(state, wrong, now=NOW, tolerance=0)  # type: ignore[arg-type]


def test_a_refusal_ends_the_session_for_the_peers_reason() -> None:
    refusal = Refusal(reason=Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS.value)
    with rejects(Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS):
        return_signed_attestation.receive(signed()[0], refusal, now=NOW, tolerance=0)  # type: ignore[arg-type]


def test_the_notary_builds_in_order_and_signs_nothing_in_a_session_of_kind_verify() -> None:
    _, notary = rooted()
    steps: list[Callable[[], object]] = [
        lambda: build_attestation_body.perform(NotaryDone()),  # type: ignore[arg-type]
        lambda: include_connection_info_keys_and_commitment.perform(notary, Randomness(b""), now=NOW),  # type: ignore[arg-type]
        lambda: sign_with_private_key.perform(notary, Randomness(b"")),  # type: ignore[arg-type]
        lambda: return_signed_attestation.send(notary),  # type: ignore[arg-type]
        lambda: build_attestation_body.perform(rooted(kind=SessionKind.VERIFY)[1]),
    ]
    for step in steps:
        with pytest.raises(Rejection) as caught:
            step()
        assert caught.value.reason is Reason.ATTESTATION_GENERATION_OUT_OF_ORDER


def test_the_header_names_the_algorithms_that_were_asked_for() -> None:
    _, notary = signed()
    header = notary.attestation.header
    assert header.body_hash_algorithm is HashAlgorithm.KECCAK256
    assert header.signature_algorithm is SignatureAlgorithm.ED25519
    assert any(header.attestation_id)
