"""Notary → Prover, "Generate Merkle Tree Root": one value for all commitments, computed by both."""

from __future__ import annotations

from ..attestation import TranscriptCommitments
from ..commitments import EncodingCommitment, encode_leaf
from ..merkle import tree_root
from ..messages import MerkleTreeRoot
from ..notary_states import NotaryCommitted, NotaryRooted
from ..prover_states import ProverCommitted, ProverRooted
from ..reasons import Reason, Rejection
from ..states import require_message, require_state


def send(state: NotaryCommitted) -> tuple[NotaryRooted, MerkleTreeRoot]:
    """Build the tree over the proved commitments, in the order of the config.

    Run by the Notary.
    """
    require_state(state, NotaryCommitted)
    algorithm = state.submission.tree_algorithm
    leaves = [encode_leaf(commitment) for commitment in state.commitments]
    tree = TranscriptCommitments(
        algorithm=algorithm, leaf_count=len(leaves), root=tree_root(algorithm, leaves)
    )
    after = NotaryRooted(finalised=state.finalised, submission=state.submission, transcript_commitments=tree)
    return after, MerkleTreeRoot(root=tree.root)


def receive(state: ProverCommitted, message: MerkleTreeRoot) -> ProverRooted:
    """Require that the Notary's root is that of the Prover's own commitments.

    Run by the Prover. Rejects with link/unexpected-message (or the reason of a refusal),
    data-submission/root-mismatch. After a release the mismatch becomes an objection instead, because the
    Prover is silent; an earlier objection stays.
    """
    given = require_message(message, MerkleTreeRoot, state, ProverCommitted)
    algorithm = state.submission.tree_algorithm
    leaves = [encode_leaf(secret.commitment) for secret in state.committed]
    tree = TranscriptCommitments(
        algorithm=algorithm, leaf_count=len(leaves), root=tree_root(algorithm, leaves)
    )
    objection = state.objection
    if given.root != tree.root:
        if not any(isinstance(secret.commitment, EncodingCommitment) for secret in state.committed):
            raise Rejection(Reason.DATA_SUBMISSION_ROOT_MISMATCH)
        objection = objection or Reason.DATA_SUBMISSION_ROOT_MISMATCH
    return ProverRooted(
        finalised=state.finalised,
        submission=state.submission,
        committed=state.committed,
        transcript_commitments=tree,
        objection=objection,
    )
