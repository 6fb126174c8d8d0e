"""Attacks on a presentation as a whole: other parts, other sessions, other roles of the same key."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mpctls.spec.commitments import HashOpening, hash_commitment_value
from mpctls.spec.contexts import Context
from mpctls.spec.extensions import HOLDER_KEY
from mpctls.spec.files import encode_file
from mpctls.spec.identifiers import Direction, HashAlgorithm, SignatureAlgorithm
from mpctls.spec.messages import SessionAnswer
from mpctls.spec.presentation import Presentation, TranscriptProof
from mpctls.spec.presentation_building import send_presentation
from mpctls.spec.presentation_building.generate_transcript_proof import open_leaves
from mpctls.spec.presentation_building.send_presentation import SentPresentation
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.session import run_session
from mpctls.spec.signatures import SigningKey, VerifyingKey
from mpctls.spec.source import NotEncodableError
from mpctls.spec.transcript import Transcript
from mpctls.spec.trust_store import TrustedNotary, TrustStore
from mpctls.spec.verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation
from mpctls.spec.verifier_policy import VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady

from ..session.plans import NOTARY_KEY, RECEIVED, SENT, commit_request, honest_session, session_plan, verifier
from ..session.stages import changed, commit_plan, presentation, rejects, resigned, rooted
from ..tls.certificates import NOW


def verify(presented: Presentation, ready: VerifierReady | None = None) -> VerifiedPresentation:
    state = send_presentation.receive(
        ready or verifier(VerifierPolicy()), SentPresentation(octets=encode_file(presented))
    )
    consistent = check_commitment_consistency.perform(verify_signature_validity.perform(state, now=NOW))
    return reconstruct_partial_transcript.perform(consistent, now=NOW)


def unbound() -> Presentation:
    """The presentation of an attestation without a holder, which any part may be left out of."""
    body = replace(presentation().attestation.body, prover_extensions=())
    return replace(presentation(), attestation=resigned(presentation().attestation, body=body), binding=None)


def transcript_proof() -> TranscriptProof:
    proof = presentation().transcript
    assert proof is not None
    return proof


@pytest.mark.parametrize("parts", list(product([True, False], repeat=2)))
def test_no_selection_of_parts_spares_the_signature(parts: tuple[bool, bool]) -> None:
    """Attack catalogue, A15: a path through the Verifier that forgets the Notary's signature."""
    shown = replace(
        unbound(),
        identity=unbound().identity if parts[0] else None,
        transcript=unbound().transcript if parts[1] else None,
    )
    verify(shown)
    forged = changed(shown, "attestation.signature", NOTARY_KEY.sign(b"something else"))
    with rejects(Reason.VERIFICATION_SIGNATURE_INVALID):
        verify(forged)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("key_exchange_commitment", "handshake_commitment"),
        ("prover_extensions", "notary_extensions"),
    ],
)
def test_fields_of_the_body_do_not_change_places(one: str, other: str) -> None:
    """Attack catalogue, A13."""
    body = presentation().attestation.body
    swapped = replace(body, **{one: getattr(body, other), other: getattr(body, one)})
    with rejects(Reason.VERIFICATION_BODY_DIGEST_MISMATCH):
        verify(changed(presentation(), "attestation.body", swapped))


def test_what_the_key_signed_for_another_purpose_is_no_attestation() -> None:
    """Attack catalogue, A9: the Notary's key signs session answers too, over octets that the peer helps to choose."""
    attestation = presentation().attestation
    header = attestation.header.encode()
    (answer,) = [each for each in honest_session().deliveries if isinstance(each.message, SessionAnswer)]
    assert isinstance(answer.message, SessionAnswer)
    for signature in (
        answer.message.signature,
        NOTARY_KEY.sign(header),
        NOTARY_KEY.sign(Context.SESSION_ANSWER.octets + header),
        NOTARY_KEY.sign(Context.BINDING.octets + header),
        NOTARY_KEY.sign(Context.ATTESTATION_HEADER.octets[:-1] + header),
    ):
        with rejects(Reason.VERIFICATION_SIGNATURE_INVALID):
            verify(changed(unbound(), "attestation.signature", signature))


def test_a_signature_by_the_rules_of_another_version_is_refused() -> None:
    """Attack catalogue, A11: contexts carry the version, so the octets signed under another one differ."""
    octets = unbound().attestation.header.signature_input()
    assert octets.startswith(b"mpctls/1/")
    older = b"mpctls/0/" + octets.removeprefix(b"mpctls/1/")
    with rejects(Reason.VERIFICATION_SIGNATURE_INVALID):
        verify(changed(unbound(), "attestation.signature", NOTARY_KEY.sign(older)))


def test_a_key_of_one_curve_is_not_taken_for_the_other() -> None:
    """Attack catalogue, A3: key octets that are a point of P-256 and of secp256k1, trusted for one of them."""
    p256, secp256k1 = SignatureAlgorithm.ECDSA_P256_SHA256, SignatureAlgorithm.ECDSA_SECP256K1_SHA256
    octets = next(octets for octets in candidates() if is_key(p256, octets) and is_key(secp256k1, octets))
    trusted = TrustedNotary(
        name="notary",
        verifying_key=VerifyingKey(algorithm=p256, key=octets),
        not_before=0,
        not_after=2 * NOW,
    )
    store = TrustStore(notaries=(trusted,))
    assert store.find(VerifyingKey(algorithm=p256, key=octets)) is trusted
    body = replace(unbound().attestation.body, verifying_key=VerifyingKey(algorithm=secp256k1, key=octets))
    claimed = resigned(
        unbound().attestation,
        body=body,
        change_header=lambda header: replace(header, signature_algorithm=secp256k1),
    )
    ready = replace(verifier(VerifierPolicy()), trust_store=store)
    with rejects(Reason.VERIFICATION_UNTRUSTED_NOTARY):
        verify(replace(unbound(), attestation=claimed), ready)


def candidates() -> list[bytes]:
    return [b"\x02" + number.to_bytes(32, "big") for number in range(1, 64)]


def is_key(algorithm: SignatureAlgorithm, octets: bytes) -> bool:
    try:
        VerifyingKey(algorithm=algorithm, key=octets)
    except Rejection:
        return False
    return True


def opened(place: int, path: str, new: object) -> Presentation:
    """The presentation with one opening changed."""
    openings = list(transcript_proof().openings)
    openings[place] = changed(openings[place], path, new)
    shown: Presentation = changed(unbound(), "transcript.openings", tuple(openings))
    return shown


def test_octets_of_one_direction_are_not_shown_as_the_others() -> None:
    """Attack catalogue, C5: a request line as if the server had said it."""
    first = transcript_proof().openings[0].commitment
    assert first.direction is Direction.SENT
    assert first.ranges.ranges[-1].end <= len(RECEIVED)
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(opened(0, "commitment.direction", Direction.RECEIVED))


def test_committed_octets_are_not_shown_at_another_place() -> None:
    """Attack catalogue, C7: the hash does not cover the place, the signed leaf does."""
    (piece,) = transcript_proof().openings[0].commitment.ranges.ranges
    assert piece.end < len(SENT)
    moved = RangeSet.of((piece.start + 1, piece.end + 1))
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(opened(0, "commitment.ranges", moved))
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(opened(0, "index", 1))


def test_more_octets_than_were_committed_are_not_shown() -> None:
    """Attack catalogue, C4."""
    first = transcript_proof().openings[0]
    assert isinstance(first.opening, HashOpening)
    longer = SENT[: len(first.opening.octets) + 1]
    with rejects(Reason.VERIFICATION_OPENING_LENGTH_MISMATCH):
        verify(opened(0, "opening.octets", longer))
    wider = changed(
        changed(first, "opening.octets", longer), "commitment.ranges", RangeSet.of((0, len(longer)))
    )
    others = transcript_proof().openings[1:]
    with rejects(Reason.VERIFICATION_OPENING_MISMATCH):
        verify(changed(unbound(), "transcript.openings", (wider, *others)))
    value = hash_commitment_value(HashAlgorithm.SHA256, longer, first.opening.blinder)
    wider = changed(wider, "commitment.value", value)
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(changed(unbound(), "transcript.openings", (wider, *others)))


def test_octets_of_another_session_are_not_shown_under_this_attestation() -> None:
    """Attack catalogue, C11: the same page fetched once more, with another blinder and another balance."""
    plan = session_plan()
    other = run_session(
        replace(plan, connection=replace(plan.connection, responses=(RECEIVED.replace(b"12.50", b"99.99"),))),
        b"another session",
    )
    assert other.attested is not None
    secrets = other.attested.secrets
    spliced = open_leaves(
        commit_plan().tree_algorithm,
        tuple(each.index for each in transcript_proof().openings),
        secrets.commitments,
        Transcript(sent=secrets.sent, received=secrets.received),
    )
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(replace(unbound(), transcript=spliced))
    one = replace(unbound(), transcript=replace(transcript_proof(), openings=spliced.openings[:1]))
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(one)


@pytest.mark.parametrize("algorithm", [HashAlgorithm.BLAKE3, HashAlgorithm.KECCAK256])
def test_another_hash_function_is_not_claimed_for_a_commitment(algorithm: HashAlgorithm) -> None:
    """Attack catalogue, B7: the leaf names the function, so a value under another one is another leaf."""
    first = transcript_proof().openings[0]
    assert isinstance(first.opening, HashOpening)
    with rejects(Reason.VERIFICATION_OPENING_MISMATCH):
        verify(opened(0, "commitment.algorithm", algorithm))
    value = hash_commitment_value(algorithm, first.opening.octets, first.opening.blinder)
    claimed = changed(changed(first, "commitment.algorithm", algorithm), "commitment.value", value)
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(changed(unbound(), "transcript.openings", (claimed, *transcript_proof().openings[1:])))


def test_digests_and_blinders_have_one_length() -> None:
    """Attack catalogue, B7 and C9: no value can be cut, no blinder be short."""
    for path, new in (
        ("commitment.value", bytes(31)),
        ("opening.blinder", bytes(15)),
        ("opening.blinder", b""),
    ):
        with pytest.raises(NotEncodableError):
            encode_file(opened(0, path, new))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_leaf_count_off_by_one_is_refused(change: int) -> None:
    """Attack catalogue, B3: a trusted Notary that signs another count signs another tree."""
    body = unbound().attestation.body
    tree = replace(body.transcript_commitments, leaf_count=body.transcript_commitments.leaf_count + change)
    attestation = resigned(unbound().attestation, body=replace(body, transcript_commitments=tree))
    some = replace(transcript_proof(), openings=transcript_proof().openings[:1])
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(replace(unbound(), attestation=attestation, transcript=some))


def test_an_index_is_not_used_twice() -> None:
    """Attack catalogue, B3 and B8."""
    first, second, *_ = transcript_proof().openings
    for openings in ((first, first), (second, first)):
        with rejects(Reason.ENCODING_NOT_CANONICAL):
            TranscriptProof(openings=openings, proof=())


def test_a_tree_of_one_leaf_has_no_room_for_a_second() -> None:
    """Attack catalogue, B5."""
    config = (commit_request(Direction.SENT, RangeSet.of((0, 3))),)
    plan = replace(commit_plan(), config=config, prover_extensions=())
    prover, _ = rooted(plan)
    proof = open_leaves(plan.tree_algorithm, (0,), prover.committed, prover.finalised.transcript)
    assert proof.proof == ()
    body = replace(
        unbound().attestation.body,
        transcript_commitments=replace(
            unbound().attestation.body.transcript_commitments,
            leaf_count=1,
            root=prover.transcript_commitments.root,
        ),
    )
    shown = replace(
        unbound(), attestation=resigned(unbound().attestation, body=body), transcript=proof, identity=None
    )
    assert verify(shown).transcript.sent.read(0, 3) == SENT[:3]
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(changed(shown, "transcript.proof", (bytes(32),)))
    with rejects(Reason.VERIFICATION_LEAF_INDEX_OUT_OF_RANGE):
        verify(changed(shown, "transcript.openings", (changed(proof.openings[0], "index", 1),)))


def test_a_presentation_without_identity_names_nobody() -> None:
    """Protocol review, item 14: randoms and the ephemeral key of the handshake link to packet captures."""
    identity = presentation().identity
    assert identity is not None
    octets = encode_file(replace(unbound(), identity=None))
    exchange = identity.key_exchange
    for value in (exchange.client_random, exchange.server_random, exchange.server_ephemeral_key[1:33]):
        assert value in encode_file(presentation())
        assert value not in octets


def test_a_binding_is_not_grafted_on_another_disclosure() -> None:
    """Protocol review, item 25: the holder bound what was shown, not the attestation alone."""
    bound = presentation()
    for shown in (replace(bound, identity=None), replace(bound, transcript=None)):
        with rejects(Reason.VERIFICATION_BINDING_SIGNATURE_INVALID):
            verify(shown)


def test_a_holder_key_cannot_be_taken_out_of_the_attestation() -> None:
    """Protocol review, item 25: without its holder key an attestation could be presented by anybody."""
    body = presentation().attestation.body
    without = tuple(each for each in body.prover_extensions if each.id != HOLDER_KEY)
    stripped = changed(replace(presentation(), binding=None), "attestation.body.prover_extensions", without)
    with rejects(Reason.VERIFICATION_BODY_DIGEST_MISMATCH):
        verify(stripped)
    with rejects(Reason.VERIFICATION_BINDING_REQUIRED):
        verify(replace(presentation(), binding=None))


def test_the_holders_signature_is_the_holders() -> None:
    """Attack catalogue, H1: somebody who saw a presentation binds it to another audience with a key of his own."""
    thief = SigningKey(algorithm=SignatureAlgorithm.ECDSA_P256_SHA256, secret=bytes(range(9, 41)))
    binding = presentation().binding
    assert binding is not None
    stolen = replace(binding, audience="another.example", signature=thief.sign(b"whatever"))
    with rejects(Reason.VERIFICATION_BINDING_SIGNATURE_INVALID):
        verify(replace(presentation(), binding=stolen))
