"""Verifier → Verifier, "Check Commitment Consistency": what is opened is what the Notary signed.

First the identity, when one is proved: the key exchange and the Server's certificates. Then the transcript:
each opening against its leaf, the leaves against the signed root, openings against each other. Last the
predicates, which are about leaves that are shown and not opened.
`verify_identity` and `verify_transcript` are also what the partner runs on a disclosure in a session of kind
verify.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from ..attestation import ConnectionInfo, TranscriptCommitments
from ..commitments import (
    EncodingCommitment,
    EncodingOpening,
    HashCommitment,
    HashOpening,
    WithheldOpening,
    encode_leaf,
    hash_commitment_value,
)
from ..identifiers import Direction
from ..merkle import root_from_proof
from ..presentation import CommitmentOpening, IdentityProof, TranscriptProof
from ..reasons import Reason, Rejection
from ..states import require_state
from ..tls.server_identity import KeyExchange, verify_server_identity
from ..transcript import PartialOctets, PartialTranscript, runs_of
from ..verifier_states import VerifierConsistent, VerifierSignatureValid
from ..zero_knowledge.field_encoding import opens
from ..zero_knowledge.presented_predicates import Evidence, VerifiedPredicate, verify_predicates
from ..zero_knowledge.scalar_field import decode_scalar


def perform(state: VerifierSignatureValid) -> VerifierConsistent:
    """Require that every opening opens a signed commitment, and that the Server is who the proof says.

    Run by the Verifier. Rejects, the first that fails: for the identity, when there is one, with
    verification/key-exchange-commitment-mismatch, verification/handshake-commitment-mismatch,
    verification/server-name-mismatch, verification/certificate-invalid,
    verification/unsupported-signature-scheme, verification/key-exchange-signature-invalid; for the
    transcript, when there is a proof, as `verify_transcript`; for the predicates, when there are any, with
    verification/unsupported-predicate (by a Verifier without a compiler) or as `verify_predicates`.
    """
    require_state(state, VerifierSignatureValid)
    presentation = state.presentation
    body = presentation.attestation.body
    identity = presentation.identity
    if identity is not None:
        if identity.key_exchange.commitment() != body.key_exchange_commitment:
            raise Rejection(Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH)
        if identity.handshake.commitment() != body.handshake_commitment:
            raise Rejection(Reason.VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH)
        verify_identity(identity, body.connection_info, state.ready.roots)
    if presentation.transcript is not None:
        verify_transcript(presentation.transcript, body.transcript_commitments, body.connection_info)
    openings = presentation.transcript.openings if presentation.transcript is not None else ()
    predicates = _verify_predicates(state, openings) if presentation.predicates else ()
    return VerifierConsistent(
        ready=state.ready,
        presentation=presentation,
        notary_name=state.notary_name,
        openings=openings,
        predicates=predicates,
    )


def _verify_predicates(
    state: VerifierSignatureValid, openings: Sequence[CommitmentOpening]
) -> tuple[VerifiedPredicate, ...]:
    """Require that the predicates are proved of leaves that are checked already."""
    ready, presentation = state.ready, state.presentation
    if ready.compiler is None:
        raise Rejection(Reason.VERIFICATION_UNSUPPORTED_PREDICATE)
    identity, attestation = presentation.identity, presentation.attestation
    info = attestation.body.connection_info
    evidence = Evidence(
        header=attestation.header,
        binding=presentation.binding,
        partial=reconstruct(openings, info),
        leaves={opening.index: opening.commitment for opening in openings},
        closure=info.closure,
        server_name=identity.server_name if identity is not None else None,
        requests=ready.policy.requests,
        setups=ready.trust_store.setups,
        accept_development_setups=ready.policy.development_setups,
        compiler=ready.compiler,
        largest_row_count=ready.policy.largest_row_count,
    )
    return verify_predicates(presentation.predicates, evidence)


def reconstruct(openings: Sequence[CommitmentOpening], info: ConnectionInfo) -> PartialTranscript:
    """Return both directions from openings that are checked, with the signed lengths."""
    return PartialTranscript(
        sent=PartialOctets(length=info.sent_length, runs=runs_of(opened_octets(openings, Direction.SENT))),
        received=PartialOctets(
            length=info.received_length, runs=runs_of(opened_octets(openings, Direction.RECEIVED))
        ),
    )


def verify_identity(identity: IdentityProof, info: ConnectionInfo, roots: Sequence[x509.Certificate]) -> None:
    """Require that the named Server, certified at the attested time, signed this key exchange.

    Requires that both openings are checked. Rejects with verification/server-name-mismatch,
    verification/certificate-invalid, verification/unsupported-signature-scheme,
    verification/key-exchange-signature-invalid.
    """
    opening = identity.key_exchange
    verify_server_identity(
        server_name=identity.server_name,
        handshake_data=identity.handshake.handshake_data,
        key_exchange=KeyExchange(
            cipher_suite=info.cipher_suite,
            client_random=opening.client_random,
            server_random=opening.server_random,
            server_ephemeral_key=opening.server_ephemeral_key,
        ),
        roots=roots,
        time=info.time,
    )


def verify_transcript(proof: TranscriptProof, tree: TranscriptCommitments, info: ConnectionInfo) -> None:
    """Require that the openings open leaves of the tree and agree with each other.

    Rejects, for each opening in order, with verification/leaf-index-out-of-range,
    verification/range-out-of-bounds and, unless the leaf is withheld, verification/opening-kind-mismatch,
    verification/opening-length-mismatch, verification/opening-mismatch; then with
    verification/merkle-proof-invalid, verification/overlapping-openings-differ.
    """
    lengths = {Direction.SENT: info.sent_length, Direction.RECEIVED: info.received_length}
    for opening in proof.openings:
        _verify_opening(opening, tree.leaf_count, lengths[opening.commitment.direction])
    leaves = {opening.index: encode_leaf(opening.commitment) for opening in proof.openings}
    if root_from_proof(tree.algorithm, tree.leaf_count, leaves, proof.proof) != tree.root:
        raise Rejection(Reason.VERIFICATION_MERKLE_PROOF_INVALID, "the proof leads to another root")
    for direction in Direction:
        opened_octets(proof.openings, direction)


def opened_octets(openings: Sequence[CommitmentOpening], direction: Direction) -> dict[int, int]:
    """Return the octet at each position of a direction that an opening shows; a withheld leaf shows none.

    Requires openings whose lengths are checked. Rejects with verification/overlapping-openings-differ: both
    are signed, so one of them is not what the records decrypt to, and there is no telling which.
    """
    known: dict[int, int] = {}
    for opening in openings:
        if opening.commitment.direction is not direction or isinstance(opening.opening, WithheldOpening):
            continue
        positions = sorted(opening.commitment.ranges.positions())
        for position, octet in zip(positions, opening.opening.octets, strict=True):
            if known.setdefault(position, octet) != octet:
                raise Rejection(
                    Reason.VERIFICATION_OVERLAPPING_OPENINGS_DIFFER, f"{direction.name} octet {position}"
                )
    return known


def _verify_opening(opening: CommitmentOpening, leaf_count: int, length: int) -> None:
    commitment, where = opening.commitment, f"opening of leaf {opening.index}"
    if opening.index >= leaf_count:
        raise Rejection(Reason.VERIFICATION_LEAF_INDEX_OUT_OF_RANGE, where)
    if not commitment.ranges.is_within(length):
        raise Rejection(Reason.VERIFICATION_RANGE_OUT_OF_BOUNDS, where)
    match commitment, opening.opening:
        case _, WithheldOpening():
            return
        case HashCommitment() as leaf, HashOpening() as shown:
            _require_length(opening, shown.octets)
            opened = hash_commitment_value(leaf.algorithm, shown.octets, shown.blinder) == leaf.value
        case EncodingCommitment() as leaf, EncodingOpening() as shown:
            _require_length(opening, shown.octets)
            opened = opens(leaf, shown.octets, decode_scalar(shown.blinder))
        case _:
            raise Rejection(Reason.VERIFICATION_OPENING_KIND_MISMATCH, where)
    if not opened:
        raise Rejection(Reason.VERIFICATION_OPENING_MISMATCH, where)


def _require_length(opening: CommitmentOpening, octets: bytes) -> None:
    if len(octets) != opening.commitment.ranges.octet_count:
        raise Rejection(Reason.VERIFICATION_OPENING_LENGTH_MISMATCH, f"opening of leaf {opening.index}")
