"""Bindings: one audience, one nonce, one span of time, and everything that is presented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mpctls.reference.foundation.artifacts import HEADER, PRESENTATION, Binding, Presentation
from mpctls.reference.foundation.encoding import U64
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.presentation.binding import Challenge, bind, binding_message, check_binding
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.verification import Policy, verify_presentation
from tests.unit.attestation.material import (
    NOW,
    SENT,
    body_for,
    holder_extension,
    holder_key,
    material,
    notary_key,
    roots,
    sign,
    trust_store,
)
from tests.unit.foundation.refusals import refused

MATERIAL = material(bound=True)
NONCE = bytes(range(16))
CHALLENGE = Challenge(audience="verifier.example", nonce=NONCE)
Change = Callable[[Presentation], Presentation]


def bound(
    *,
    audience: str = "verifier.example",
    nonce: bytes = NONCE,
    issued: int = NOW,
    expiry: int = NOW + 60,
) -> Presentation:
    presentation = build_presentation(
        MATERIAL.attestation, MATERIAL.secrets, Selection(sent=RangeSet.of([(0, len(SENT))]))
    )
    return bind(
        presentation, holder=holder_key(), audience=audience, nonce=nonce, issued=issued, expiry=expiry
    )


PRESENTATION_BOUND = bound()
UNBOUND = PRESENTATION_BOUND.without_binding()
PLAIN = build_presentation(material().attestation, material().secrets, Selection())


def check(presentation: Presentation, *, challenge: Challenge | None = CHALLENGE, now: int = NOW) -> None:
    """The whole verification, so that the binding is looked at where it stands in the order."""
    verify_presentation(
        presentation,
        trust_store=trust_store(),
        roots=roots(),
        now=now,
        policy=Policy(challenge=challenge),
    )


def binding(**changes: Any) -> Change:
    """Change the binding and leave its signature."""

    def change(presentation: Presentation) -> Presentation:
        found = presentation.binding
        assert found is not None
        return replace(presentation, binding=replace(found, **changes))

    return change


def test_a_binding_is_the_holders_signature_over_everything() -> None:
    message = binding_message(
        PRESENTATION_BOUND, audience="verifier.example", nonce=NONCE, issued=NOW, expiry=NOW + 60
    )
    header = HEADER.encode(MATERIAL.attestation.header)
    written = (
        b"mpctls/1/binding\0"
        + sha256(b"mpctls/1/header-digest\0" + header)
        + sha256(b"mpctls/1/presentation-digest\0" + PRESENTATION.encode(UNBOUND))
        + b"\x10verifier.example"
        + b"\x10"
        + NONCE
        + U64.encode(NOW)
        + U64.encode(NOW + 60)
    )
    assert message == written
    found = PRESENTATION_BOUND.binding
    assert found is not None
    holder_key().verifying_key.verify(found.signature, message, reason="unexpected")


def test_a_bound_presentation_verifies_for_its_audience_and_without_a_challenge() -> None:
    check(PRESENTATION_BOUND)
    check(PRESENTATION_BOUND, challenge=None)
    check(PLAIN, challenge=None)
    check(bound(issued=NOW + 300, expiry=NOW + 300))
    check(bound(issued=NOW, expiry=NOW))


@pytest.mark.parametrize(
    ("presentation", "challenge", "reason"),
    [
        (UNBOUND, CHALLENGE, "binding-required"),
        (UNBOUND, None, "binding-required"),
        (PLAIN, CHALLENGE, "binding-required"),
        (replace(PLAIN, binding=PRESENTATION_BOUND.binding), CHALLENGE, "binding-without-holder-key"),
        (replace(PLAIN, binding=PRESENTATION_BOUND.binding), None, "binding-without-holder-key"),
        (bound(audience="other.example"), CHALLENGE, "binding-audience-mismatch"),
        (bound(audience="verifier.example."), CHALLENGE, "binding-audience-mismatch"),
        (bound(nonce=bytes(16)), CHALLENGE, "binding-nonce-mismatch"),
        (bound(nonce=NONCE + b"\0"), CHALLENGE, "binding-nonce-mismatch"),
        (bound(issued=NOW + 301, expiry=NOW + 600), CHALLENGE, "binding-not-yet-valid"),
        (bound(issued=NOW + 1, expiry=NOW), CHALLENGE, "binding-not-yet-valid"),
        (bound(issued=2**64 - 1, expiry=2**64 - 1), None, "binding-not-yet-valid"),
        (bound(issued=NOW - 60, expiry=NOW - 1), CHALLENGE, "binding-expired"),
        # The first of several faults is named.
        (
            bound(audience="other", nonce=bytes(16), issued=NOW + 900, expiry=1),
            CHALLENGE,
            "binding-audience-mismatch",
        ),
        (bound(nonce=bytes(16), issued=NOW + 900, expiry=1), CHALLENGE, "binding-nonce-mismatch"),
        (bound(issued=NOW + 900, expiry=1), CHALLENGE, "binding-not-yet-valid"),
    ],
)
def test_each_fault_has_its_reason(
    presentation: Presentation, challenge: Challenge | None, reason: str
) -> None:
    with refused(f"verification/{reason}"):
        check(presentation, challenge=challenge)


@pytest.mark.parametrize(
    "change",
    [
        binding(audience="other.example"),
        binding(nonce=bytes(16)),
        binding(issued=NOW - 1),
        binding(expiry=NOW + 61),
        binding(signature=bytes(64)),
        lambda presentation: replace(presentation, identity=None),
        lambda presentation: replace(presentation, transcript=None),
    ],
)
def test_nothing_that_is_bound_can_be_changed_or_left_out(change: Change) -> None:
    for challenge in (CHALLENGE, None):
        with refused("verification/binding-signature-invalid"):
            check(change(PRESENTATION_BOUND), challenge=challenge)


def test_added_predicates_break_the_binding() -> None:
    with refused("verification/binding-signature-invalid"):
        check_binding(replace(PRESENTATION_BOUND, predicates=(b"",)), challenge=None, now=NOW)


def test_a_binding_by_another_holder_or_to_another_attestation_is_refused() -> None:
    other = SigningKey.generate(SignatureAlgorithm.ECDSA_P256_SHA256)
    message = binding_message(UNBOUND, audience="a", nonce=NONCE, issued=NOW, expiry=NOW + 1)
    forged = Binding(audience="a", nonce=NONCE, issued=NOW, expiry=NOW + 1, signature=other.sign(message))
    with refused("verification/binding-signature-invalid"):
        check(replace(UNBOUND, binding=forged), challenge=None)
    key = notary_key(SignatureAlgorithm.ED25519)
    body = body_for(MATERIAL.secrets, key, prover_extensions=(holder_extension(),))
    again = sign(replace(body, connection_info=replace(body.connection_info, time=NOW)))
    with refused("verification/binding-signature-invalid"):
        check(replace(PRESENTATION_BOUND, attestation=again), challenge=None)


def test_a_malformed_holder_key_is_refused_before_any_binding_is_read() -> None:
    extension = replace(holder_extension(), value=b"\1")
    attestation = sign(replace(MATERIAL.attestation.body, prover_extensions=(extension,)))
    for presentation in (UNBOUND, PRESENTATION_BOUND):
        with refused("verification/unknown-critical-extension"):
            check(replace(presentation, attestation=attestation))
        with refused("verification/unknown-critical-extension"):
            check_binding(replace(presentation, attestation=attestation), challenge=None, now=NOW)
