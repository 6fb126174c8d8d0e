"""Verification: each refusal from one fault in an otherwise valid presentation, and the mask of what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.binding import CLOCK_TOLERANCE, bind
from mpctls.spec.commitments import (
    EncodingCommitment,
    EncodingOpening,
    HashOpening,
    WithheldOpening,
    encode_leaf,
    hash_commitment_value,
)
from mpctls.spec.extensions import HOLDER_KEY, Extension
from mpctls.spec.files import encode_file
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.spec.merkle import make_proof, tree_root
from mpctls.spec.presentation import CommitmentOpening, Presentation, TranscriptProof
from mpctls.spec.presentation_building import send_presentation
from mpctls.spec.presentation_building.generate_transcript_proof import open_leaves
from mpctls.spec.presentation_building.send_presentation import SentPresentation
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import OutOfOrderError, Reason, Rejection
from mpctls.spec.source import NotEncodableError
from mpctls.spec.transcript import Transcript
from mpctls.spec.trust_store import TrustStore
from mpctls.spec.verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation
from mpctls.spec.verifier_policy import VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady

from ..session.plans import (
    BINDING_REQUEST,
    HOLDER_SIGNING_KEY,
    OTHER_KEY,
    RECEIVED,
    SENT,
    SERVER_NAME,
    commit_request,
    verifier,
)
from ..session.stages import changed, commit_plan, presentation, rejects, resigned, rooted
from ..tls.certificates import NOW, make_authority

Change = Callable[[Presentation], Presentation]


def verify(
    presented: Presentation, ready: VerifierReady | None = None, now: int = NOW
) -> VerifiedPresentation:
    """All three steps."""
    message = SentPresentation(octets=encode_file(presented))
    state = send_presentation.receive(ready or verifier(), message)
    signature_valid = verify_signature_validity.perform(state, now=now)
    consistent = check_commitment_consistency.perform(signature_valid)
    return reconstruct_partial_transcript.perform(consistent, now=now)


def signed_body(path: str, new: object) -> Change:
    """A trusted Notary states another body."""

    def change(presented: Presentation) -> Presentation:
        body = changed(presented.attestation.body, path, new)
        return replace(presented, attestation=resigned(presented.attestation, body=body))

    return change


def signed_header(path: str, new: object) -> Change:
    """A trusted Notary signs another header."""

    def change(presented: Presentation) -> Presentation:
        attestation = resigned(presented.attestation, change_header=lambda header: changed(header, path, new))
        return replace(presented, attestation=attestation)

    return change


def part(path: str, new: object) -> Change:
    """Another part of the presentation, nothing signed again."""
    return lambda presented: changed(presented, path, new)


def extension(id_: str, *, critical: bool = True, value: bytes = b"") -> tuple[Extension, ...]:
    return (Extension(id=id_, critical=critical, value=value),)


SIGNATURE_FAULTS: list[tuple[Reason, Change]] = [
    (Reason.VERIFICATION_UNKNOWN_FORMAT_VERSION, signed_header("format_version", 2)),
    (
        Reason.VERIFICATION_ALGORITHM_MISMATCH,
        signed_header("signature_algorithm", SignatureAlgorithm.ECDSA_P256_SHA256),
    ),
    (Reason.VERIFICATION_UNTRUSTED_NOTARY, signed_body("verifying_key", OTHER_KEY.verifying_key)),
    (Reason.VERIFICATION_NOTARY_KEY_EXPIRED, signed_body("connection_info.time", NOW + 1001)),
    (Reason.VERIFICATION_NOTARY_KEY_EXPIRED, signed_body("connection_info.time", NOW - 1001)),
    (Reason.VERIFICATION_SIGNATURE_INVALID, part("attestation.signature", bytes(64))),
    (Reason.VERIFICATION_SIGNATURE_INVALID, part("attestation.header.attestation_id", bytes(16))),
    (Reason.VERIFICATION_BODY_DIGEST_MISMATCH, signed_header("body_digest", bytes(32))),
    (
        Reason.VERIFICATION_BODY_DIGEST_MISMATCH,
        part("attestation.body.connection_info.sent_length", 1),
    ),
    (Reason.VERIFICATION_UNSUPPORTED_MODE, signed_body("connection_info.mode", 2)),
    (Reason.VERIFICATION_UNSUPPORTED_TLS_VERSION, signed_body("connection_info.tls_version", 0x0304)),
    (Reason.VERIFICATION_UNSUPPORTED_CIPHER_SUITE, signed_body("connection_info.cipher_suite", 0xC030)),
    (Reason.VERIFICATION_MISPLACED_EXTENSION, signed_body("prover_extensions", extension("notary/a"))),
    (Reason.VERIFICATION_MISPLACED_EXTENSION, signed_body("notary_extensions", extension("purpose"))),
    (Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION, signed_body("prover_extensions", extension("a"))),
    (
        Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION,
        signed_body("notary_extensions", extension("notary/a")),
    ),
    (
        Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION,
        signed_body("prover_extensions", extension(HOLDER_KEY, value=b"no key")),
    ),
    (
        Reason.VERIFICATION_UNKNOWN_CRITICAL_EXTENSION,
        signed_body(
            "prover_extensions",
            extension(HOLDER_KEY, critical=False, value=HOLDER_SIGNING_KEY.verifying_key.encode()),
        ),
    ),
    (
        Reason.VERIFICATION_ATTESTED_IN_THE_FUTURE,
        signed_body("connection_info.time", NOW + CLOCK_TOLERANCE + 1),
    ),
]


IDENTITY_FAULTS: list[tuple[Reason, Change]] = [
    (
        Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
        part("identity.key_exchange.server_random", bytes(32)),
    ),
    (
        Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
        part("identity.key_exchange.blinder", bytes(32)),
    ),
    (Reason.VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH, part("identity.handshake.blinder", bytes(32))),
    (
        Reason.VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH,
        part("identity.handshake.handshake_data.signature", b""),
    ),
    (Reason.VERIFICATION_SERVER_NAME_MISMATCH, part("identity.server_name", "other.example")),
]


def transcript_of(presented: Presentation) -> TranscriptProof:
    assert presented.transcript is not None
    return presented.transcript


def opening(path: str, new: object) -> Change:
    """Another first opening."""

    def change(presented: Presentation) -> Presentation:
        first, *others = transcript_of(presented).openings
        openings = (changed(first, path, new), *others)
        return replace(presented, transcript=changed(presented.transcript, "openings", openings))

    return change


def proof(change_proof: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Change:
    """Another list of hashes."""
    return lambda presented: changed(
        presented, "transcript.proof", change_proof(transcript_of(presented).proof)
    )


def withheld(leaf: EncodingCommitment) -> Change:
    """The first opening shows another leaf without its octets."""

    def change(presented: Presentation) -> Presentation:
        first, *others = transcript_of(presented).openings
        first = replace(first, commitment=leaf, opening=WithheldOpening())
        return replace(presented, transcript=changed(presented.transcript, "openings", (first, *others)))

    return change


ENCODING = EncodingCommitment(
    direction=Direction.SENT,
    ranges=RangeSet.of((0, 1)),
    lexical_class=LexicalClass.ANY,
    commitment=bytes(32),
    offset=bytes(32),
    factor=bytes(32),
)

TRANSCRIPT_FAULTS: list[tuple[Reason, Change]] = [
    (Reason.VERIFICATION_OPENING_KIND_MISMATCH, opening("commitment", ENCODING)),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, withheld(ENCODING)),
    (
        Reason.VERIFICATION_LEAF_INDEX_OUT_OF_RANGE,
        signed_body("transcript_commitments.leaf_count", 3),
    ),
    (
        Reason.VERIFICATION_RANGE_OUT_OF_BOUNDS,
        opening("commitment.ranges", RangeSet.of((0, len(SENT) + 1))),
    ),
    (
        Reason.VERIFICATION_OPENING_KIND_MISMATCH,
        opening("opening", EncodingOpening(octets=b"", blinder=bytes(32))),
    ),
    (Reason.VERIFICATION_OPENING_LENGTH_MISMATCH, opening("opening.octets", b"GET")),
    (Reason.VERIFICATION_OPENING_MISMATCH, opening("opening.blinder", bytes(16))),
    (Reason.VERIFICATION_OPENING_MISMATCH, opening("commitment.value", bytes(32))),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, opening("commitment.lexical_class", LexicalClass.JSON_NUMBER)),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, proof(lambda hashes: hashes[:-1])),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, proof(lambda hashes: (*hashes, bytes(32)))),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, proof(lambda hashes: (*hashes[:-1], bytes(32)))),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, signed_body("transcript_commitments.root", bytes(32))),
    (Reason.VERIFICATION_MERKLE_PROOF_INVALID, signed_body("transcript_commitments.leaf_count", 4)),
    (Reason.VERIFICATION_UNSUPPORTED_PREDICATE, part("predicates", (b"a proof",))),
]

BINDING_FAULTS: list[tuple[Reason, Change]] = [
    (Reason.VERIFICATION_BINDING_REQUIRED, part("binding", None)),
    (Reason.VERIFICATION_BINDING_WITHOUT_HOLDER_KEY, signed_body("prover_extensions", ())),
    (Reason.VERIFICATION_BINDING_SIGNATURE_INVALID, part("binding.signature", bytes(64))),
    (Reason.VERIFICATION_BINDING_SIGNATURE_INVALID, part("binding.expiry", NOW + 10**6)),
    (Reason.VERIFICATION_BINDING_SIGNATURE_INVALID, part("identity", None)),
]


def identifiers(faults: list[tuple[Reason, Change]]) -> list[str]:
    return [reason.value for reason, _ in faults]


ALL_FAULTS = SIGNATURE_FAULTS + IDENTITY_FAULTS + TRANSCRIPT_FAULTS + BINDING_FAULTS


@pytest.mark.parametrize(("reason", "change"), ALL_FAULTS, ids=identifiers(ALL_FAULTS))
def test_one_fault_gives_its_reason(reason: Reason, change: Change) -> None:
    with rejects(reason):
        verify(change(presentation()))


def test_the_honest_presentation_is_accepted() -> None:
    assert verify(presentation()).server_name == SERVER_NAME


def test_the_first_of_two_faults_decides() -> None:
    both = part("identity.server_name", "other.example")(part("predicates", (b"",))(presentation()))
    with rejects(Reason.VERIFICATION_SERVER_NAME_MISMATCH):
        verify(both)


def test_a_key_is_trusted_for_its_algorithm_only() -> None:
    ready = replace(verifier(), trust_store=TrustStore(notaries=()))
    with rejects(Reason.VERIFICATION_UNTRUSTED_NOTARY):
        verify(presentation(), ready)


def test_a_chain_to_another_root_is_refused() -> None:
    ready = replace(verifier(), roots=(make_authority("Other").certificate,))
    with rejects(Reason.VERIFICATION_CERTIFICATE_INVALID):
        verify(presentation(), ready)


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        (0x0201, Reason.VERIFICATION_UNSUPPORTED_SIGNATURE_SCHEME),
        (0x0403, Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID),
    ],
)
def test_a_committed_signature_that_is_not_the_servers_is_refused(scheme: int, reason: Reason) -> None:
    presented = presentation()
    assert presented.identity is not None
    handshake = presented.identity.handshake
    handshake = changed(handshake, "handshake_data.signature_algorithm", scheme)
    handshake = changed(handshake, "handshake_data.signature", b"no signature")
    presented = signed_body("handshake_commitment", handshake.commitment())(presented)
    with rejects(reason):
        verify(changed(presented, "identity.handshake", handshake))


def rebound(issued: int = NOW, expiry: int = NOW, **request: object) -> Presentation:
    """The presentation with another valid signature of the holder."""
    wanted = replace(BINDING_REQUEST, **request)  # type: ignore[arg-type]
    return bind(
        presentation(),
        HOLDER_SIGNING_KEY,
        audience=wanted.audience,
        nonce=wanted.nonce,
        issued=issued,
        expiry=expiry,
    )


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        (rebound(audience="other.example"), Reason.VERIFICATION_BINDING_AUDIENCE_MISMATCH),
        (rebound(nonce=bytes(16)), Reason.VERIFICATION_BINDING_NONCE_MISMATCH),
        (
            rebound(issued=NOW + CLOCK_TOLERANCE + 1, expiry=NOW + 10**6),
            Reason.VERIFICATION_BINDING_NOT_YET_VALID,
        ),
        (rebound(issued=NOW + 1), Reason.VERIFICATION_BINDING_NOT_YET_VALID),
        (rebound(issued=NOW - 10, expiry=NOW - 1), Reason.VERIFICATION_BINDING_EXPIRED),
    ],
)
def test_a_binding_for_somebody_or_some_time_else_is_refused(bound: Presentation, reason: Reason) -> None:
    with rejects(reason):
        verify(bound)


def test_the_limits_of_a_binding_are_inside() -> None:
    verify(rebound(issued=NOW + CLOCK_TOLERANCE, expiry=NOW + CLOCK_TOLERANCE))
    verify(rebound(issued=NOW, expiry=NOW))


def test_without_a_request_audience_and_nonce_are_free_but_the_binding_is_still_required() -> None:
    ready = verifier(VerifierPolicy())
    verify(rebound(audience="anyone", nonce=bytes(64)), ready)
    with rejects(Reason.VERIFICATION_BINDING_REQUIRED):
        verify(replace(presentation(), binding=None), ready)


def test_a_verifier_that_asks_for_a_binding_refuses_an_attestation_without_holder() -> None:
    presented = replace(signed_body("prover_extensions", ())(presentation()), binding=None)
    with rejects(Reason.VERIFICATION_BINDING_REQUIRED):
        verify(presented)
    assert verify(presented, verifier(VerifierPolicy())).body.prover_extensions == ()


@pytest.mark.parametrize(
    ("policy", "now", "reason"),
    [
        ({"server_names": frozenset({"other.example"})}, NOW, Reason.VERIFICATION_SERVER_NOT_ALLOWED),
        ({"maximum_age": 59}, NOW + 60, Reason.VERIFICATION_ATTESTATION_TOO_OLD),
        (
            {"required_extensions": frozenset({"notary/a"})},
            NOW,
            Reason.VERIFICATION_REQUIRED_EXTENSION_MISSING,
        ),
    ],
)
def test_what_the_verifiers_policy_excludes_is_refused(
    policy: dict[str, object], now: int, reason: Reason
) -> None:
    with rejects(reason):
        verify(presentation(), verifier(VerifierPolicy(**policy)), now)  # type: ignore[arg-type]


def test_a_policy_that_is_met_is_met() -> None:
    policy = VerifierPolicy(
        server_names=frozenset({SERVER_NAME.upper()}),
        maximum_age=60,
        required_extensions=frozenset({HOLDER_KEY}),
    )
    verify(presentation(), verifier(policy), NOW + 60)


def test_an_expected_server_needs_an_identity_proof() -> None:
    stripped = replace(presentation(), identity=None, binding=None)
    bound = bind(
        stripped,
        HOLDER_SIGNING_KEY,
        audience=BINDING_REQUEST.audience,
        nonce=BINDING_REQUEST.nonce,
        issued=NOW,
        expiry=NOW,
    )
    with rejects(Reason.VERIFICATION_IDENTITY_REQUIRED):
        verify(bound)
    assert verify(bound, verifier(VerifierPolicy())).server_name is None


def test_a_presentation_may_show_nothing_but_the_attestation() -> None:
    bare = signed_body("prover_extensions", ())(presentation())
    bare = replace(bare, identity=None, transcript=None, binding=None)
    verified = verify(bare, verifier(VerifierPolicy()))
    assert verified.transcript.sent.authenticated is None
    assert not any(verified.transcript.sent.mask)
    assert verified.transcript.received.length == len(RECEIVED)


def overlapping() -> Presentation:
    """Two leaves that a lying Notary signed: they differ in an octet that both cover."""
    first = commit_request(Direction.SENT, RangeSet.of((0, 3)))
    second = commit_request(Direction.SENT, RangeSet.of((2, 5)), HashAlgorithm.KECCAK256)
    plan = replace(commit_plan(), config=(first, second), prover_extensions=())
    prover, _ = rooted(plan)
    other = Transcript(sent=b"XXXXX", received=b"")
    honest = open_leaves(plan.tree_algorithm, (0, 1), prover.committed, prover.finalised.transcript)
    lying = open_leaves(plan.tree_algorithm, (0, 1), prover.committed, other)
    return _signed_openings((honest.openings[0], lying.openings[1]))


def _signed_openings(openings: tuple[CommitmentOpening, ...]) -> Presentation:
    valued = []
    for each in openings:
        assert isinstance(each.opening, HashOpening)
        assert not isinstance(each.commitment, EncodingCommitment)
        value = hash_commitment_value(each.commitment.algorithm, each.opening.octets, each.opening.blinder)
        valued.append(changed(each, "commitment.value", value))
    leaves = [encode_leaf(each.commitment) for each in valued]
    algorithm = HashAlgorithm.SHA256
    body = replace(presentation().attestation.body, prover_extensions=())
    tree = replace(
        body.transcript_commitments,
        algorithm=algorithm,
        leaf_count=len(leaves),
        root=tree_root(algorithm, leaves),
    )
    body = replace(body, transcript_commitments=tree)
    return replace(
        presentation(),
        attestation=resigned(presentation().attestation, body=body),
        transcript=TranscriptProof(
            openings=tuple(valued), proof=make_proof(algorithm, leaves, range(len(leaves)))
        ),
        binding=None,
    )


def test_overlapping_openings_must_agree() -> None:
    with rejects(Reason.VERIFICATION_OVERLAPPING_OPENINGS_DIFFER):
        verify(overlapping(), verifier(VerifierPolicy()))


def test_overlapping_openings_that_agree_are_one_run() -> None:
    first = commit_request(Direction.SENT, RangeSet.of((0, 3)))
    second = commit_request(Direction.SENT, RangeSet.of((2, 5)), HashAlgorithm.KECCAK256)
    plan = replace(commit_plan(), config=(first, second), prover_extensions=())
    prover, _ = rooted(plan)
    openings = open_leaves(
        plan.tree_algorithm, (0, 1), prover.committed, prover.finalised.transcript
    ).openings
    sent = verify(_signed_openings(openings), verifier(VerifierPolicy())).transcript.sent
    assert sent.read(0, 5) == SENT[:5]
    assert sent[4] == SENT[4]
    assert sent.authenticated == RangeSet.of((0, 5))


@given(st.data())
def test_a_mutated_octet_is_never_accepted(data: st.DataObject) -> None:
    octets = encode_file(presentation())
    position = data.draw(st.integers(0, len(octets) - 1))
    mask = data.draw(st.integers(1, 255))
    mutated = bytearray(octets)
    mutated[position] ^= mask
    with pytest.raises(Rejection):
        state = send_presentation.receive(verifier(), SentPresentation(octets=bytes(mutated)))
        consistent = check_commitment_consistency.perform(verify_signature_validity.perform(state, now=NOW))
        reconstruct_partial_transcript.perform(consistent, now=NOW)


def test_steps_are_refused_out_of_order() -> None:
    ready = verifier()
    state = send_presentation.receive(ready, SentPresentation(octets=encode_file(presentation())))
    for step in (
        lambda: verify_signature_validity.perform(ready, now=NOW),  # type: ignore[arg-type]
        lambda: check_commitment_consistency.perform(state),  # type: ignore[arg-type]
        lambda: reconstruct_partial_transcript.perform(state, now=NOW),  # type: ignore[arg-type]
        lambda: send_presentation.receive(state, SentPresentation(octets=b"")),  # type: ignore[arg-type]
    ):
        with pytest.raises(OutOfOrderError):
            step()


def test_a_nonce_that_is_too_short_cannot_be_sent() -> None:
    with pytest.raises(NotEncodableError):
        rebound(nonce=bytes(15))
