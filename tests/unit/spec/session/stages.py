"""The states of an honest session between two steps, for tests that let exactly one thing go wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from mpctls.spec.attestation import Attestation, AttestationBody, Header
from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    sign_with_private_key,
)
from mpctls.spec.data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.files import decode_file
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import SessionKind
from mpctls.spec.messages import IncludeCommitments, SubmitTranscriptCommitConfig
from mpctls.spec.notary_states import (
    NotaryCommitted,
    NotaryConfigReceived,
    NotaryFinalised,
    NotaryRooted,
    NotarySigned,
)
from mpctls.spec.presentation import Presentation
from mpctls.spec.prover_states import (
    ProverAttested,
    ProverCommitted,
    ProverConfigSubmitted,
    ProverFinalised,
    ProverRooted,
)
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.session import CommitPlan

from ..tls.certificates import NOW
from .plans import NOTARY_KEY, honest_session, session_plan


def finalised(kind: SessionKind = SessionKind.NOTARIZE) -> tuple[ProverFinalised, NotaryFinalised]:
    """After the connection."""
    connection = honest_session(kind).connection
    return connection.prover, connection.notary


def proof_of(state: ProverFinalised) -> ZeroKnowledgeProof:
    """A proof about commitments that has just begun."""
    return ZeroKnowledgeProof(include_encoded_commitment_or_hash_range.transcript_witnesses(state.transcript))


def commit_plan() -> CommitPlan:
    """What the honest session commits to."""
    return session_plan().commitments


def submit(
    plan: CommitPlan | None = None, kind: SessionKind = SessionKind.NOTARIZE
) -> tuple[ProverConfigSubmitted, SubmitTranscriptCommitConfig]:
    """The config, sent."""
    plan = plan or commit_plan()
    return submit_transcript_commit_config.send(
        finalised(kind)[0],
        config=plan.config,
        tree_algorithm=plan.tree_algorithm,
        body_hash_algorithm=plan.body_hash_algorithm,
        prover_extensions=plan.prover_extensions,
    )


def included(
    plan: CommitPlan | None = None, kind: SessionKind = SessionKind.NOTARIZE
) -> tuple[ProverCommitted, NotaryConfigReceived, IncludeCommitments, ZeroKnowledgeProof]:
    """The commitments, sent and not yet received."""
    submitted, message = submit(plan, kind)
    received = submit_transcript_commit_config.receive(finalised(kind)[1], message)
    proof = proof_of(submitted.finalised)
    committed, commitments = include_encoded_commitment_or_hash_range.send(
        submitted, Randomness(b"prover"), proof
    )
    assert isinstance(committed, ProverCommitted)
    return committed, received, commitments, proof


def committed(
    plan: CommitPlan | None = None, kind: SessionKind = SessionKind.NOTARIZE
) -> tuple[ProverCommitted, NotaryCommitted]:
    """The commitments, proved."""
    prover, received, message, proof = included(plan, kind)
    notary = include_encoded_commitment_or_hash_range.receive(received, message, proof)
    assert isinstance(notary, NotaryCommitted)
    return prover, notary


def rooted(
    plan: CommitPlan | None = None, kind: SessionKind = SessionKind.NOTARIZE
) -> tuple[ProverRooted, NotaryRooted]:
    """The tree, built by both."""
    prover, notary = committed(plan, kind)
    notary_rooted, root = generate_merkle_tree_root.send(notary)
    return generate_merkle_tree_root.receive(prover, root), notary_rooted


def signed(plan: CommitPlan | None = None) -> tuple[ProverRooted, NotarySigned]:
    """The attestation, signed and not yet returned."""
    prover, notary = rooted(plan)
    started = build_attestation_body.perform(notary)
    body = include_connection_info_keys_and_commitment.perform(started, Randomness(b"notary"), now=NOW)
    return prover, sign_with_private_key.perform(body, Randomness(b"id"))


def attested() -> ProverAttested:
    """What the Prover keeps of the honest session."""
    state = honest_session().attested
    assert state is not None
    return state


@cache
def presentation() -> Presentation:
    """What the Prover presents in the honest session."""
    message = honest_session().presentation
    assert message is not None
    return decode_file(Presentation, message.octets)


def resigned(
    attestation: Attestation,
    *,
    body: AttestationBody | None = None,
    change_header: Callable[[Header], Header] = lambda header: header,
) -> Attestation:
    """The attestation as a Notary signs it that states another body or header."""
    body = body or attestation.body
    header = replace(attestation.header, body_digest=body.digest(attestation.header.body_hash_algorithm))
    header = change_header(header)
    return Attestation(header=header, body=body, signature=NOTARY_KEY.sign(header.signature_input()))


def rejects(reason: Reason) -> AbstractContextManager[pytest.ExceptionInfo[Rejection]]:
    """Expect a rejection for exactly this reason."""
    return pytest.raises(Rejection, check=lambda error: error.reason is reason)


def changed(value: Any, path: str, new: object) -> Any:
    """A copy of nested frozen dataclasses with one field replaced; the path is field names joined by dots."""
    name, _, rest = path.partition(".")
    return replace(value, **{name: changed(getattr(value, name), rest, new) if rest else new})
