"""What is opened is what the Notary signed: identity first, then every opening, the tree, and openings together.

Compared: acceptance, or the reason. Faults are those that a Prover can bring about, who cannot sign for the Notary,
and those that need a Notary that signed nonsense.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryptography import x509
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import (
    EncodingCommitment,
    EncodingOpening,
    HashCommitment,
    HashOpening,
    Opening,
    TranscriptCommitment,
    WithheldOpening,
)
from mpctls.spec.presentation import Presentation, TranscriptProof
from mpctls.spec.ranges import RangeSet
from mpctls.spec.trust_store import TrustStore
from mpctls.spec.verification import check_commitment_consistency as step
from mpctls.spec.verifier_policy import VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady, VerifierSignatureValid
from mpctls.spec.zero_knowledge.field_encoding import commit, elements_of, encoding_header, message_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER, decode_scalar, encode_scalar

from ...fields import Fields, listed, read_list
from ...property import Operation
from ..certificates import root, trusted_roots
from ..commitments import of_other_kind
from ..drawing import flipped
from ..presentations import presentations
from .verify_signature_validity import notary_key, signed_again

_OFFSET, _FACTOR, _BLINDER = 3, 5, 7
_IDENTITY = ("name", "random", "ephemeral key", "blinder", "handshake blinder", "signature", "root", "chain")
_TRANSCRIPT = (
    "octet", "opening blinder", "length", "index", "index", "kind", "opening kind", "bounds", "value", "missing hash",
    "extra hash", "changed hash", "count", "differ", "withheld", "encoding", "other encoding",
)  # fmt: skip


def _encoding_commitment(leaf: TranscriptCommitment, octets: bytes) -> EncodingCommitment:
    """The encoding commitment to octets in the place of another leaf: what opens it is no leaf of the signed tree."""
    elements = elements_of(octets)
    message = message_of(_OFFSET, _FACTOR, elements)
    value = commit(encoding_header(leaf.direction, len(octets)), message, _BLINDER, elements)
    return EncodingCommitment(
        direction=leaf.direction,
        ranges=leaf.ranges,
        lexical_class=leaf.lexical_class,
        commitment=encode_scalar(value),
        offset=encode_scalar(_OFFSET),
        factor=encode_scalar(_FACTOR),
    )


def _other_blinder(opening: Any) -> bytes:
    """Another blinder; one of an encoding commitment stays a scalar."""
    if isinstance(opening, EncodingOpening):
        return encode_scalar((int.from_bytes(opening.blinder, "little") + 1) % ORDER)
    return flipped(opening.blinder)


@st.composite
def _faulty_opening(draw: DrawFn, presentation: Presentation, fault: str) -> Presentation:
    """One opening of the transcript proof with a fault."""
    proof = presentation.transcript
    if proof is None:
        return presentation
    place = draw(st.integers(0, len(proof.openings) - 1))
    chosen: Any = proof.openings[place]
    commitment, opening = chosen.commitment, chosen.opening
    body = presentation.attestation.body
    hashes = proof.proof
    match fault:
        case "octet":
            chosen = replace(chosen, opening=replace(opening, octets=flipped(opening.octets)))
        case "opening blinder":
            chosen = replace(chosen, opening=replace(opening, blinder=_other_blinder(opening)))
        case "length":
            octets = draw(st.sampled_from((opening.octets + b"\0", opening.octets[:-1])))
            chosen = replace(chosen, opening=replace(opening, octets=octets))
        case "index" if place == len(proof.openings) - 1:
            chosen = replace(chosen, index=chosen.index + draw(st.integers(1, 3)))
        case "kind":
            chosen = replace(chosen, commitment=of_other_kind(commitment))
        case "opening kind":
            other: Opening = EncodingOpening(octets=opening.octets, blinder=bytes(32))
            if isinstance(opening, EncodingOpening):
                other = HashOpening(octets=opening.octets, blinder=bytes(16))
            chosen = replace(chosen, opening=other)
        case "withheld":
            chosen = replace(chosen, opening=WithheldOpening())
        case "encoding" | "other encoding":
            octets = opening.octets if fault == "encoding" else flipped(opening.octets)
            chosen = replace(
                chosen,
                commitment=_encoding_commitment(commitment, octets),
                opening=EncodingOpening(octets=opening.octets, blinder=encode_scalar(_BLINDER)),
            )
        case "bounds":
            end = body.connection_info.sent_length + body.connection_info.received_length
            chosen = replace(chosen, commitment=replace(commitment, ranges=RangeSet.of((end, end + 1))))
        case "value":
            if isinstance(commitment, HashCommitment):
                value = {"value": flipped(commitment.value)}
            else:
                name = draw(st.sampled_from(("commitment", "offset", "factor")))
                value = {name: encode_scalar((decode_scalar(getattr(commitment, name)) + 1) % ORDER)}
            chosen = replace(chosen, commitment=replace(commitment, **value))
        case "missing hash":
            hashes = hashes[:-1]
        case "extra hash":
            hashes = (*hashes, bytes(32))
        case "changed hash" if hashes:
            hashes = (flipped(hashes[0]), *hashes[1:])
    openings = (*proof.openings[:place], chosen, *proof.openings[place + 1 :])
    return replace(presentation, transcript=TranscriptProof(openings=openings, proof=hashes))


def _faulty_identity(presentation: Presentation, fault: str, name: str) -> Presentation:
    identity = presentation.identity
    if identity is None:
        return presentation
    exchange, handshake = identity.key_exchange, identity.handshake
    data = handshake.handshake_data
    match fault:
        case "name":
            identity = replace(identity, server_name=name)
        case "random":
            changed = replace(exchange, server_random=flipped(exchange.server_random))
            identity = replace(identity, key_exchange=changed)
        case "ephemeral key":
            changed = replace(exchange, server_ephemeral_key=flipped(exchange.server_ephemeral_key, 50))
            identity = replace(identity, key_exchange=changed)
        case "blinder":
            identity = replace(identity, key_exchange=replace(exchange, blinder=flipped(exchange.blinder)))
        case "handshake blinder":
            identity = replace(identity, handshake=replace(handshake, blinder=flipped(handshake.blinder)))
        case "signature":
            # The Notary cannot check it: it committed to what the Prover sent.
            broken = replace(data, signature=flipped(data.signature, 9))
            identity = replace(identity, handshake=replace(handshake, handshake_data=broken))
        case "chain":
            identity = replace(
                identity,
                handshake=replace(
                    handshake, handshake_data=replace(data, certificates=data.certificates[:1])
                ),
            )
    changed_presentation = replace(presentation, identity=identity)
    if fault in {"signature", "chain"}:
        body = replace(presentation.attestation.body, handshake_commitment=identity.handshake.commitment())
        return signed_again(changed_presentation, notary_key(presentation), body)
    return changed_presentation


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    presentation = draw(presentations())
    roots = trusted_roots()
    fault = draw(st.sampled_from(("honest", "honest", *_IDENTITY, *_TRANSCRIPT)))
    if fault == "root":
        roots = (root("Unknown").der,)
    elif fault == "count":
        body = presentation.attestation.body
        tree = body.transcript_commitments
        body = replace(body, transcript_commitments=replace(tree, leaf_count=draw(st.integers(0, 2**32 - 1))))
        presentation = signed_again(presentation, notary_key(presentation), body)
    elif fault in _IDENTITY:
        name = draw(st.sampled_from(("other.example", "a.wild.example", "BANK.example", "")))
        presentation = _faulty_identity(presentation, fault, name)
    elif fault in _TRANSCRIPT:
        presentation = draw(_faulty_opening(presentation, fault))
    return {"presentation": presentation.encode(), "roots": listed(roots)}


def _check(fields: Fields) -> Fields:
    roots = tuple(x509.load_der_x509_certificate(octets) for octets in read_list(fields["roots"]))
    ready = VerifierReady(trust_store=TrustStore(notaries=()), roots=roots, policy=VerifierPolicy())
    presentation = Presentation.decode(fields["presentation"])
    step.perform(VerifierSignatureValid(ready=ready, presentation=presentation, notary_name="notary"))
    return {}


OPERATIONS = (Operation(name="verification/consistency", inputs=_inputs, specification=_check),)
