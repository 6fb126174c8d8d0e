"""The Prover's check of what it gets back: one fault, one reason, in the order of the formats page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mpctls.reference.attestation.signing import sign_attestation
from mpctls.reference.attestation.validation import Expected, validate_attestation
from mpctls.reference.foundation.artifacts import (
    ATTESTATION,
    Attestation,
    AttestationBody,
    Extension,
    TranscriptCommitments,
)
from mpctls.reference.foundation.digests import signed_message
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure, HashAlgorithm, SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey
from tests.servers.authority import TIME
from tests.unit.foundation.refusals import refused

from .material import holder_extension, material, notary_key, sign

MATERIAL = material(bound=True)
GENUINE = MATERIAL.attestation
BODY = GENUINE.body
KEY = notary_key(SignatureAlgorithm.ED25519)
OTHER = SigningKey.generate(SignatureAlgorithm.ED25519)
EXPECTED = Expected(
    verifying_key=KEY.verifying_key,
    body_hash_algorithm=HashAlgorithm.SHA256,
    connection_info=replace(BODY.connection_info, time=TIME + 10),
    time_tolerance=30,
    key_exchange=MATERIAL.secrets.key_exchange,
    handshake_commitment=BODY.handshake_commitment,
    transcript_commitments=BODY.transcript_commitments,
    prover_extensions=BODY.prover_extensions,
)
Change = Callable[[Attestation], Attestation]


def body(**changes: Any) -> Change:
    """The Notary signs another body."""
    return lambda attestation: sign(replace(attestation.body, **changes))


def info(**changes: Any) -> Change:
    changed = replace(BODY.connection_info, **changes)
    return body(connection_info=changed)


def header(**changes: Any) -> Change:
    """The Notary signs another header."""

    def change(attestation: Attestation) -> Attestation:
        changed = replace(attestation.header, **changes)
        return replace(attestation, header=changed, signature=KEY.sign(signed_message(changed)))

    return change


def tree(**changes: Any) -> Change:
    changed: TranscriptCommitments = replace(BODY.transcript_commitments, **changes)
    return body(transcript_commitments=changed)


def by_another_key(attestation: Attestation) -> Attestation:
    return sign(replace(attestation.body, verifying_key=OTHER.verifying_key), OTHER)


def unsigned_body(changed: AttestationBody) -> Change:
    return lambda attestation: replace(attestation, body=changed)


def notary_extension(name: str, *, critical: bool) -> tuple[Extension, ...]:
    return (Extension(id=name, critical=critical, value=b""),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One change, and the reason it must be refused with; faults stand in the order of the checks."""

    name: str
    change: Change
    reason: str


FAULTS = [
    Fault(name="another key", change=by_another_key, reason="unexpected-key"),
    Fault(
        name="another signature",
        change=lambda each: replace(each, signature=OTHER.sign(signed_message(each.header))),
        reason="signature-invalid",
    ),
    Fault(
        name="unsigned header",
        change=lambda each: replace(each, header=replace(each.header, attestation_id=bytes([9]) * 16)),
        reason="signature-invalid",
    ),
    Fault(
        name="unsigned body",
        change=unsigned_body(replace(BODY, handshake_commitment=bytes(32))),
        reason="body-digest-mismatch",
    ),
    Fault(
        name="digest under another hash function",
        change=header(body_hash_algorithm=HashAlgorithm.BLAKE3.value),
        reason="body-digest-mismatch",
    ),
    Fault(name="version", change=header(format_version=2), reason="unexpected-format"),
    Fault(name="no version", change=header(format_version=0), reason="unexpected-format"),
    Fault(name="signature algorithm", change=header(signature_algorithm=2), reason="unexpected-format"),
    Fault(
        name="body hash algorithm",
        change=lambda each: sign(each.body, KEY, HashAlgorithm.KECCAK256),
        reason="unexpected-format",
    ),
    Fault(name="no id", change=header(attestation_id=bytes(16)), reason="unexpected-format"),
    Fault(name="mode", change=info(mode=2), reason="connection-info-mismatch"),
    Fault(name="TLS version", change=info(tls_version=0x0304), reason="connection-info-mismatch"),
    Fault(name="suite", change=info(cipher_suite=0xC02F), reason="connection-info-mismatch"),
    Fault(name="EMS", change=info(extended_master_secret=False), reason="connection-info-mismatch"),
    Fault(name="sent length", change=info(sent_length=1), reason="connection-info-mismatch"),
    Fault(name="received length", change=info(received_length=1), reason="connection-info-mismatch"),
    Fault(name="closure", change=info(closure=Closure.NOT_RECEIVED), reason="connection-info-mismatch"),
    Fault(name="too early", change=info(time=TIME - 21), reason="time-out-of-tolerance"),
    Fault(name="too late", change=info(time=TIME + 41), reason="time-out-of-tolerance"),
    Fault(
        name="key exchange",
        change=body(key_exchange_commitment=bytes(32)),
        reason="key-exchange-commitment-mismatch",
    ),
    Fault(
        name="handshake", change=body(handshake_commitment=bytes(32)), reason="handshake-commitment-mismatch"
    ),
    Fault(name="root", change=tree(root=bytes(32)), reason="transcript-commitments-mismatch"),
    Fault(name="leaf count", change=tree(leaf_count=6), reason="transcript-commitments-mismatch"),
    Fault(name="tree hash", change=tree(algorithm=2), reason="transcript-commitments-mismatch"),
    Fault(
        name="no prover extensions", change=body(prover_extensions=()), reason="prover-extensions-mismatch"
    ),
    Fault(
        name="holder key not critical",
        change=body(prover_extensions=(holder_extension(critical=False),)),
        reason="prover-extensions-mismatch",
    ),
    Fault(
        name="misplaced extension",
        change=body(notary_extensions=notary_extension("purpose", critical=False)),
        reason="notary-extension-invalid",
    ),
    Fault(
        name="unknown critical extension",
        change=body(notary_extensions=notary_extension("notary/x", critical=True)),
        reason="notary-extension-invalid",
    ),
]


def test_a_genuine_attestation_is_returned() -> None:
    assert validate_attestation(GENUINE, EXPECTED) is GENUINE
    named = sign(replace(BODY, notary_extensions=notary_extension("notary/x", critical=False)))
    assert validate_attestation(named, EXPECTED) is named


@pytest.mark.parametrize("seconds", [-20, 0, 40])
def test_times_within_the_tolerance_are_accepted(seconds: int) -> None:
    attestation = info(time=TIME + seconds)(GENUINE)
    assert validate_attestation(attestation, EXPECTED) is attestation


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_reason(fault: Fault) -> None:
    with refused(f"attestation-generation/{fault.reason}"):
        validate_attestation(fault.change(GENUINE), EXPECTED)


ORDERED: list[tuple[dict[str, Any], str]] = [
    ({"connection_info": replace(BODY.connection_info, mode=2, time=0)}, "connection-info-mismatch"),
    ({"connection_info": replace(BODY.connection_info, time=0)}, "time-out-of-tolerance"),
    ({"key_exchange_commitment": bytes(32)}, "key-exchange-commitment-mismatch"),
    ({"handshake_commitment": bytes(32)}, "handshake-commitment-mismatch"),
    (
        {"transcript_commitments": replace(BODY.transcript_commitments, root=bytes(32))},
        "transcript-commitments-mismatch",
    ),
    ({"prover_extensions": ()}, "prover-extensions-mismatch"),
    (
        {"notary_extensions": notary_extension("notary/x", critical=True)},
        "notary-extension-invalid",
    ),
]


@pytest.mark.parametrize("first", range(len(ORDERED)))
def test_the_first_of_several_faults_is_named(first: int) -> None:
    changes: dict[str, Any] = {}
    for change, _ in reversed(ORDERED[first:]):
        changes |= change
    faulty = replace(BODY, **changes)
    with refused(f"attestation-generation/{ORDERED[first][1]}"):
        validate_attestation(sign(faulty), EXPECTED)
    with refused("attestation-generation/unexpected-format"):
        validate_attestation(header(format_version=2)(sign(faulty)), EXPECTED)
    unsigned = replace(header(format_version=2)(GENUINE), body=faulty)
    with refused("attestation-generation/body-digest-mismatch"):
        validate_attestation(unsigned, EXPECTED)
    with refused("attestation-generation/signature-invalid"):
        validate_attestation(replace(unsigned, signature=bytes(64)), EXPECTED)
    other = replace(unsigned, body=replace(faulty, verifying_key=OTHER.verifying_key))
    with refused("attestation-generation/unexpected-key"):
        validate_attestation(replace(other, signature=bytes(64)), EXPECTED)


def test_no_changed_octet_is_accepted() -> None:
    octets = ATTESTATION.encode(GENUINE)
    for place in range(len(octets)):
        changed = octets[:place] + bytes([octets[place] ^ 1 << place % 8]) + octets[place + 1 :]
        with pytest.raises(Refused):
            validate_attestation(ATTESTATION.decode(changed), EXPECTED)


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
@pytest.mark.parametrize("body_algorithm", HashAlgorithm)
def test_every_algorithm_signs_and_validates(
    algorithm: SignatureAlgorithm, body_algorithm: HashAlgorithm
) -> None:
    made = material(signature_algorithm=algorithm, body_algorithm=body_algorithm)
    expected = replace(
        EXPECTED,
        verifying_key=notary_key(algorithm).verifying_key,
        body_hash_algorithm=body_algorithm,
        prover_extensions=(),
    )
    assert validate_attestation(made.attestation, expected) is made.attestation


def test_a_notary_signs_only_bodies_under_its_own_key() -> None:
    with refused("attestation-generation/unexpected-key"):
        sign_attestation(
            BODY, signing_key=OTHER, body_hash_algorithm=HashAlgorithm.SHA256, attestation_id=bytes(16)
        )
