"""Attacks on a presentation as a whole: paths around the signature, signatures for something else, changed memory."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from itertools import product

import pytest

from mpctls.reference.channel.establishment import answer_request, session_request
from mpctls.reference.channel.messages import Budget
from mpctls.reference.foundation import contexts
from mpctls.reference.foundation.artifacts import HEADER, PRESENTATION, PRESENTATION_FILE, Presentation
from mpctls.reference.foundation.digests import signed_message
from mpctls.reference.foundation.identifiers import SessionKind, SignatureAlgorithm
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import VerifyingKey
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.verification import VerifiedPresentation, verify_presentation
from tests.unit.attestation.material import (
    NOW,
    RECEIVED,
    SENT,
    SERVER_NAME,
    material,
    notary_key,
    roots,
    trust_store,
)
from tests.unit.foundation.refusals import refused

GENUINE = material()
KEY = notary_key(SignatureAlgorithm.ED25519)
EVERYTHING = Selection(sent=RangeSet.of([(0, len(SENT))]), received=RangeSet.of([(0, len(RECEIVED))]))
PRESENTATION_OF_EVERYTHING = build_presentation(GENUINE.attestation, GENUINE.secrets, EVERYTHING)
PARTS = list(product([True, False], repeat=2))


def verify(presentation: Presentation) -> VerifiedPresentation:
    return verify_presentation(presentation, trust_store=trust_store(), roots=roots(), now=NOW)


def signed(signature: bytes) -> Presentation:
    attestation = replace(GENUINE.attestation, signature=signature)
    return replace(PRESENTATION_OF_EVERYTHING, attestation=attestation)


def without(presentation: Presentation, *, identity: bool, transcript: bool) -> Presentation:
    return replace(
        presentation,
        identity=presentation.identity if identity else None,
        transcript=presentation.transcript if transcript else None,
    )


@pytest.mark.parametrize(("identity", "transcript"), PARTS)
def test_no_selection_of_parts_spares_the_signature(identity: bool, transcript: bool) -> None:
    """Attack catalogue, A15: a path through the Verifier that forgets the Notary's signature."""
    verify(without(PRESENTATION_OF_EVERYTHING, identity=identity, transcript=transcript))
    forged = without(signed(KEY.sign(b"something else")), identity=identity, transcript=transcript)
    with refused("verification/signature-invalid"):
        verify(forged)


def test_nothing_but_the_signature_stops_a_wrong_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack catalogue, A15, the other way round: a Verifier without this check accepts, so the check decides."""
    forged = signed(bytes(64))
    with refused("verification/signature-invalid"):
        verify(forged)
    monkeypatch.setattr(VerifyingKey, "verify", lambda *arguments, **options: None)
    assert verify(forged).server_name == SERVER_NAME


def test_what_the_key_signed_for_another_purpose_is_no_attestation() -> None:
    """Attack catalogue, A9: the Notary's key signs session answers too, over octets that the peer helps to choose."""
    header = HEADER.encode(GENUINE.attestation.header)
    request = session_request(
        kind=SessionKind.NOTARIZE,
        signature_algorithms=(SignatureAlgorithm.ED25519,),
        budget=Budget(sent_octets=1, sent_records=1, received_octets=1, received_records=1),
        nonce=header[:32],
    )
    answer, _ = answer_request(
        request,
        signing_keys=(KEY,),
        kinds=(SessionKind.NOTARIZE,),
        largest=request.budget,
        session_id=header[:32],
    )
    signatures = [answer.signature, KEY.sign(header), KEY.sign(contexts.ATTESTATION_HEADER[:-1] + header)]
    signatures += [
        KEY.sign(context + header) for context in contexts.REGISTRY if context != contexts.ATTESTATION_HEADER
    ]
    for signature in signatures:
        with refused("verification/signature-invalid"):
            verify(signed(signature))
    verify(signed(KEY.sign(contexts.ATTESTATION_HEADER + header)))


def test_a_signature_by_the_rules_of_another_version_is_refused() -> None:
    """Attack catalogue, A11: contexts carry the version, so the octets signed under another one differ."""
    octets = signed_message(GENUINE.attestation.header)
    assert octets.startswith(b"mpctls/1/")
    for version in (b"0", b"2", b"10"):
        older = b"mpctls/" + version + octets.removeprefix(b"mpctls/1")
        with refused("verification/signature-invalid"):
            verify(signed(KEY.sign(older)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("key_exchange_commitment", "handshake_commitment"), ("prover_extensions", "notary_extensions")],
)
def test_fields_of_the_body_do_not_change_places(one: str, other: str) -> None:
    """Attack catalogue, A13."""
    body = material(bound=True).attestation.body
    swapped = replace(body, **{one: getattr(body, other), other: getattr(body, one)})
    attestation = replace(material(bound=True).attestation, body=swapped)
    with refused("verification/body-digest-mismatch"):
        verify(replace(PRESENTATION_OF_EVERYTHING, attestation=attestation))


def test_a_presentation_without_identity_names_nobody() -> None:
    """Protocol review, item 14: randoms and the ephemeral key of the handshake link to packet captures."""
    exchange = GENUINE.secrets.key_exchange
    octets = PRESENTATION.encode(replace(PRESENTATION_OF_EVERYTHING, identity=None))
    for value in (exchange.client_random, exchange.server_random, exchange.server_ephemeral_key[1:33]):
        assert value in PRESENTATION.encode(PRESENTATION_OF_EVERYTHING)
        assert value not in octets


def values_of(value: object) -> list[object]:
    """A value with everything inside it."""
    found = [value]
    if is_dataclass(value):
        for each in fields(value):
            found += values_of(getattr(value, each.name))
    elif isinstance(value, tuple | list | dict | set):
        for item in value:
            found += values_of(item)
    return found


def test_nothing_that_was_verified_can_change_afterwards() -> None:
    """Attack catalogue, J11: memory that is written again after it was verified."""
    octets = PRESENTATION_FILE.encode(PRESENTATION_OF_EVERYTHING)
    for buffer in (bytearray(octets), memoryview(bytearray(octets))):
        with pytest.raises((TypeError, AttributeError)):
            verify(PRESENTATION_FILE.decode(buffer))  # type: ignore[arg-type]
    for value in values_of(verify(PRESENTATION_FILE.decode(octets))):
        assert not isinstance(value, bytearray | memoryview | list | dict | set)
        if is_dataclass(value):
            name = fields(value)[0].name
            with pytest.raises(FrozenInstanceError):
                setattr(value, name, getattr(value, name))
