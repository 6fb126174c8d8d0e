"""Presentations of the reference: what the Prover builds, and what the Verifier makes of it."""

from __future__ import annotations

from mpctls.reference.foundation.artifacts import (
    ATTESTATION,
    ATTESTATION_SECRETS,
    PRESENTATION,
    PRESENTATION_FILE,
    IdentityProof,
    Presentation,
    TranscriptProof,
)
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.ranges import RANGE_SET, RangeSet
from mpctls.reference.foundation.signatures import VERIFYING_KEY
from mpctls.reference.foundation.transcript import PartialDirection
from mpctls.reference.presentation.binding import Challenge, bind, check_ready_to_send
from mpctls.reference.presentation.building import Selection, build_presentation, select_commitments
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import (
    Policy,
    verify_commitments,
    verify_identity,
    verify_presentation,
    verify_signature,
)

from ...fields import (
    Fields,
    listed,
    number,
    numbers,
    optional,
    read_flag,
    read_list,
    read_number,
    read_optional,
)
from .foundation import read_roots, signing_key


def _ranges(octets: bytes) -> RangeSet | None:
    found = read_optional(octets)
    return None if found is None else RANGE_SET.decode(found)


def _selection(fields: Fields) -> Selection:
    return Selection(
        sent=_ranges(fields["sent ranges"]),
        received=_ranges(fields["received ranges"]),
        identity=read_flag(fields["identity"]),
    )


def _build(fields: Fields) -> Presentation:
    return build_presentation(
        ATTESTATION.decode(fields["attestation"]),
        ATTESTATION_SECRETS.decode(fields["secrets"]),
        _selection(fields),
    )


def _select(fields: Fields) -> Fields:
    _build(fields)
    opened = select_commitments(ATTESTATION_SECRETS.decode(fields["secrets"]), _selection(fields))
    return {"opened": numbers(opened)}


def _transcript_proof(fields: Fields) -> Fields:
    proof = _build(fields).transcript
    return {"proof": optional(None if proof is None else Struct(TranscriptProof).encode(proof))}


def _identity_proof(fields: Fields) -> Fields:
    identity = _build(fields).identity
    return {"identity": optional(None if identity is None else Struct(IdentityProof).encode(identity))}


def _send(fields: Fields) -> Fields:
    presentation = _build(fields)
    holder = read_optional(fields["holder"])
    if holder is not None:
        algorithm, secret = read_list(holder)
        presentation = bind(
            presentation,
            holder=signing_key(read_number(algorithm), secret),
            audience=fields["audience"].decode(),
            nonce=fields["nonce"],
            issued=read_number(fields["issued"]),
            expiry=read_number(fields["expiry"]),
        )
    check_ready_to_send(presentation)
    return {"file": PRESENTATION_FILE.encode(presentation)}


def _trust(octets: bytes) -> TrustStore:
    return TrustStore(
        notaries=tuple(
            TrustedNotary(
                name="notary",
                verifying_key=VERIFYING_KEY.decode(key),
                not_before=read_number(not_before),
                not_after=read_number(not_after),
            )
            for key, not_before, not_after in map(read_list, read_list(octets))
        )
    )


def _signature(fields: Fields) -> Fields:
    presentation = PRESENTATION_FILE.decode(fields["file"])
    verify_signature(
        presentation.attestation, trust_store=_trust(fields["trust"]), now=read_number(fields["now"])
    )
    return {}


def _consistency(fields: Fields) -> Fields:
    presentation = PRESENTATION.decode(fields["presentation"])
    body = presentation.attestation.body
    if presentation.identity is not None:
        verify_identity(presentation.identity, body, roots=read_roots(fields["roots"]))
    verify_commitments(presentation.transcript, body)
    return {}


def _direction(name: str, direction: PartialDirection) -> dict[str, bytes]:
    return {
        f"{name} length": number(direction.length),
        f"{name} runs": listed([listed([number(piece.start), octets]) for piece, octets in direction.pieces]),
    }


def _verify(fields: Fields) -> Fields:
    names, age = read_optional(fields["server names"]), read_optional(fields["maximum age"])
    asked = read_optional(fields["challenge"])
    challenge = None
    if asked is not None:
        audience, nonce = read_list(asked)
        challenge = Challenge(audience=audience.decode(), nonce=nonce)
    policy = Policy(
        server_names=None if names is None else frozenset(name.decode() for name in read_list(names)),
        maximum_age=None if age is None else read_number(age),
        required_extensions=frozenset(name.decode() for name in read_list(fields["required extensions"])),
        challenge=challenge,
    )
    verified = verify_presentation(
        PRESENTATION_FILE.decode(fields["file"]),
        trust_store=_trust(fields["trust"]),
        roots=read_roots(fields["roots"]),
        now=read_number(fields["now"]),
        policy=policy,
    )
    return {
        "server name": optional(None if verified.server_name is None else verified.server_name.encode()),
        **_direction("sent", verified.transcript.sent),
        **_direction("received", verified.transcript.received),
    }


HANDLERS = {
    "presentation_building/select": _select,
    "presentation_building/transcript-proof": _transcript_proof,
    "presentation_building/identity-proof": _identity_proof,
    "presentation_building/send": _send,
    "verification/signature": _signature,
    "verification/consistency": _consistency,
    "verification/verify": _verify,
}
