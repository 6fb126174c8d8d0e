"""A session with encoding commitments for tests: the name is opened, the balance stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    return_signed_attestation,
    sign_with_private_key,
)
from mpctls.spec.commitments import CommitRequest, EncodingKind
from mpctls.spec.data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.ideal.encoding_commitment import FieldConversion
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction, LexicalClass
from mpctls.spec.messages import EncodingCommitments, MerkleTreeRoot, SignedAttestation
from mpctls.spec.mpc_tls.views import ViewLog
from mpctls.spec.notary_states import NotaryCommitted, NotaryIncluded
from mpctls.spec.prover_states import DisclosureSelection, ProverAttested, ProverEncoded, ProverIncluded
from mpctls.spec.randomness import Randomness
from mpctls.spec.ranges import RangeSet
from mpctls.spec.session import SessionPlan, SessionResult, run_session

from ..session.plans import (
    AROUND,
    BALANCE,
    NAME,
    RECEIVED,
    REQUEST_LINE,
    SEED,
    TOKEN,
    commit_request,
    session_plan,
)
from ..session.stages import finalised, proof_of, submit
from ..tls.certificates import NOW


def encoding_request(
    direction: Direction, ranges: RangeSet, lexical_class: LexicalClass = LexicalClass.ANY
) -> CommitRequest:
    """An entry of a config for an encoding commitment."""
    return CommitRequest(direction=direction, ranges=ranges, kind=EncodingKind(), lexical_class=lexical_class)


CONFIG = (
    commit_request(Direction.SENT, REQUEST_LINE),
    encoding_request(Direction.SENT, TOKEN, LexicalClass.HEADER_VALUE),
    commit_request(Direction.RECEIVED, AROUND),
    encoding_request(Direction.RECEIVED, NAME, LexicalClass.JSON_STRING_INTERIOR),
    encoding_request(Direction.RECEIVED, BALANCE, LexicalClass.JSON_NUMBER),
    encoding_request(Direction.RECEIVED, RangeSet.of((2, 40), (41, 60))),
)


def encoding_plan() -> SessionPlan:
    """Name opened, token and balance withheld for a structured view."""
    plan = session_plan()
    return replace(
        plan,
        commitments=replace(plan.commitments, config=CONFIG),
        selection=DisclosureSelection(
            sent=REQUEST_LINE,
            received=RangeSet.of((0, BALANCE.ranges[0].start), (len(RECEIVED) - 1, len(RECEIVED))),
            identity=True,
            structured=True,
        ),
    )


@cache
def encoding_session() -> SessionResult:
    """Run once for all tests."""
    return run_session(encoding_plan(), SEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Both parties after message 16 and its proof, and the machine between them."""

    prover: ProverIncluded
    notary: NotaryIncluded
    proof: ZeroKnowledgeProof
    conversion: FieldConversion


def proved(seed: bytes = b"machine") -> Proved:
    """Hash commitments and classes proved; no octet is converted yet."""
    plan = encoding_plan().commitments
    submitted, config = submit(plan)
    received = submit_transcript_commit_config.receive(finalised()[1], config)
    proof = proof_of(submitted.finalised)
    prover, message = include_encoded_commitment_or_hash_range.send(submitted, Randomness(b"prover"), proof)
    notary = include_encoded_commitment_or_hash_range.receive(received, message, proof)
    assert isinstance(prover, ProverIncluded)
    assert isinstance(notary, NotaryIncluded)
    conversion = FieldConversion(proof, Randomness(seed), ViewLog())
    return Proved(prover=prover, notary=notary, proof=proof, conversion=conversion)


def registered(state: Proved) -> tuple[ProverEncoded, EncodingCommitments, NotaryCommitted]:
    """Encoding commitments made, received, and everything released."""
    prover, message = include_encoded_commitment_or_hash_range.send_encodings(state.prover, state.conversion)
    notary = include_encoded_commitment_or_hash_range.receive_encodings(
        state.notary, message, state.conversion
    )
    return prover, message, notary


def finish(
    state: Proved,
    *,
    change_root: Callable[[MerkleTreeRoot], MerkleTreeRoot] = lambda root: root,
    change_notary: Callable[[NotaryCommitted], NotaryCommitted] = lambda notary: notary,
) -> tuple[bytes, Callable[[], ProverAttested]]:
    """Play a session to its end with a Notary that signs whatever happens.

    Returns every octet that the Prover sent from message 16 on, and what it does with the attestation.
    """
    encoded, message, notary = registered(state)
    complete = include_encoded_commitment_or_hash_range.learn_release(encoded, state.conversion)
    notary_rooted, root = generate_merkle_tree_root.send(change_notary(notary))
    rooted = generate_merkle_tree_root.receive(complete, change_root(root))
    started = build_attestation_body.perform(notary_rooted)
    body = include_connection_info_keys_and_commitment.perform(started, Randomness(b"notary"), now=NOW)
    _, returned = return_signed_attestation.send(sign_with_private_key.perform(body, Randomness(b"id")))

    def read(last: SignedAttestation = returned) -> ProverAttested:
        return return_signed_attestation.receive(rooted, last, now=NOW, tolerance=60)

    return message.encode(), read
