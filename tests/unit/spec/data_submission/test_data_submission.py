"""Data submission: what the Notary accepts to sign, and the proof that commitments are true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mpctls.spec.commitments import (
    CommitRequest,
    EncodingCommitment,
    EncodingKind,
    HashCommitment,
    hash_commitment_value,
)
from mpctls.spec.data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind
from mpctls.spec.messages import IncludeCommitments, MerkleTreeRoot, SubmitTranscriptCommitConfig
from mpctls.spec.notary_policy import NotaryPolicy
from mpctls.spec.notary_states import NotaryConfigReceived
from mpctls.spec.randomness import Randomness
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import OutOfOrderError, Reason
from mpctls.spec.transcript import Transcript

from ..session.plans import (
    BALANCE,
    CONFIG,
    HOLDER_SIGNING_KEY,
    RECEIVED,
    SENT,
    TOKEN,
    commit_request,
)
from ..session.stages import changed, commit_plan, committed, finalised, included, proof_of, rejects, submit

HOLDER = Extension(id=HOLDER_KEY, critical=True, value=HOLDER_SIGNING_KEY.verifying_key.encode())
ENCODING = CommitRequest(
    direction=Direction.SENT, ranges=TOKEN, kind=EncodingKind(), lexical_class=LexicalClass.ANY
)
POLICY = NotaryPolicy(hash_algorithms=frozenset({HashAlgorithm.SHA256}), largest_commitment_count=len(CONFIG))


def receive(policy: NotaryPolicy | None = None, **fields: object) -> NotaryConfigReceived:
    """The Notary receives the honest config with some fields replaced."""
    state = finalised()[1]
    if policy is not None:
        state = changed(state, "connection.agreed.policy", policy)
    message = replace(submit()[1], **fields)  # type: ignore[arg-type]
    return submit_transcript_commit_config.receive(state, message)


FAULTS: list[tuple[Reason, dict[str, object]]] = [
    (Reason.DATA_SUBMISSION_NO_COMMITMENTS, {"config": ()}),
    (
        Reason.DATA_SUBMISSION_TOO_MANY_COMMITMENTS,
        {"policy": POLICY, "config": (*CONFIG, CONFIG[0])},
    ),
    (
        Reason.DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS,
        {"config": (commit_request(Direction.SENT, RangeSet.of((0, len(SENT) + 1))),)},
    ),
    (
        Reason.DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS,
        {"config": (commit_request(Direction.RECEIVED, RangeSet.of((2**32 - 2, 2**32 - 1))),)},
    ),
    (
        Reason.DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND,
        {"policy": NotaryPolicy(encoding_commitments=False), "config": (ENCODING,)},
    ),
    (Reason.DATA_SUBMISSION_DUPLICATE_COMMITMENT, {"config": (ENCODING, *CONFIG, ENCODING)}),
    (
        Reason.DATA_SUBMISSION_UNSUPPORTED_HASH_ALGORITHM,
        {"policy": POLICY, "config": CONFIG[1:2]},
    ),
    (
        Reason.DATA_SUBMISSION_UNSUPPORTED_HASH_ALGORITHM,
        {"policy": POLICY, "config": CONFIG[:1], "body_hash_algorithm": HashAlgorithm.SHA256},
    ),
    (
        Reason.DATA_SUBMISSION_UNSUPPORTED_HASH_ALGORITHM,
        {"policy": POLICY, "config": CONFIG[:1], "tree_algorithm": HashAlgorithm.SHA256},
    ),
    (Reason.DATA_SUBMISSION_DUPLICATE_COMMITMENT, {"config": (*CONFIG, CONFIG[0])}),
    (
        Reason.DATA_SUBMISSION_DUPLICATE_COMMITMENT,
        {"config": (CONFIG[4], commit_request(Direction.RECEIVED, BALANCE))},
    ),
    (
        Reason.DATA_SUBMISSION_RESERVED_EXTENSION,
        {"prover_extensions": (Extension(id="notary/policy", critical=False, value=b""),)},
    ),
    (
        Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED,
        {"prover_extensions": (Extension(id="unknown", critical=False, value=b""),)},
    ),
    (
        Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED,
        {"prover_extensions": (replace(HOLDER, value=b"no key"),)},
    ),
    (
        Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED,
        {"prover_extensions": (replace(HOLDER, critical=False),)},
    ),
    (
        Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED,
        {"prover_extensions": (Extension(id=PURPOSE, critical=False, value=b"\xff"),)},
    ),
    (
        Reason.DATA_SUBMISSION_EXTENSION_NOT_ALLOWED,
        {"prover_extensions": (Extension(id=PURPOSE, critical=True, value=b"a loan"),)},
    ),
]


@pytest.mark.parametrize(("reason", "fields"), FAULTS, ids=[reason.value for reason, _ in FAULTS])
def test_the_notary_refuses_a_config_with_one_fault(reason: Reason, fields: dict[str, object]) -> None:
    with rejects(reason):
        receive(**fields)  # type: ignore[arg-type]


def test_a_partner_that_verifies_itself_takes_no_encoding_commitments() -> None:
    message = replace(submit()[1], config=(ENCODING,))
    with rejects(Reason.DATA_SUBMISSION_UNSUPPORTED_COMMITMENT_KIND):
        submit_transcript_commit_config.receive(finalised(SessionKind.VERIFY)[1], message)


def test_an_encoding_commitment_is_to_65535_octets_at_most() -> None:
    def receive_of(length: int) -> NotaryConfigReceived:
        state = replace(finalised()[1], received_length=2**17)
        entry = replace(ENCODING, direction=Direction.RECEIVED, ranges=RangeSet.of((1, 1 + length)))
        return submit_transcript_commit_config.receive(state, replace(submit()[1], config=(entry,)))

    receive_of(65535)
    with rejects(Reason.DATA_SUBMISSION_ENCODING_TOO_LONG):
        receive_of(65536)


def test_an_unordered_list_of_extensions_is_no_config() -> None:
    purpose = Extension(id=PURPOSE, critical=False, value=b"")
    for extensions in ((purpose, HOLDER), (HOLDER, HOLDER)):
        with rejects(Reason.ENCODING_NOT_CANONICAL):
            receive(prover_extensions=extensions)


def test_the_same_octets_may_be_committed_with_another_algorithm_or_overlap() -> None:
    receive(
        config=(
            commit_request(Direction.SENT, TOKEN),
            commit_request(Direction.SENT, TOKEN, HashAlgorithm.BLAKE3),
            commit_request(Direction.SENT, RangeSet.of((0, len(SENT)))),
            commit_request(Direction.RECEIVED, TOKEN),
        )
    )


def test_the_prover_submits_nothing_outside_its_transcript_or_its_class() -> None:
    number = commit_request(Direction.SENT, TOKEN, lexical_class=LexicalClass.JSON_NUMBER)
    with rejects(Reason.DATA_SUBMISSION_NOT_IN_LEXICAL_CLASS):
        submit(replace(commit_plan(), config=(number,)))
    beyond = commit_request(Direction.RECEIVED, RangeSet.of((0, len(RECEIVED) + 1)))
    with rejects(Reason.DATA_SUBMISSION_RANGE_OUT_OF_BOUNDS):
        submit(replace(commit_plan(), config=(beyond,)))


Included = Callable[[IncludeCommitments], IncludeCommitments]


def commitment(path: str, new: object) -> Included:
    def change(message: IncludeCommitments) -> IncludeCommitments:
        first, *others = message.commitments
        return IncludeCommitments(commitments=(changed(first, path, new), *others))

    return change


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (
            Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH,
            lambda message: IncludeCommitments(commitments=message.commitments[:-1]),
        ),
        (
            Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH,
            lambda message: IncludeCommitments(commitments=message.commitments[::-1]),
        ),
        (Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, commitment("direction", Direction.RECEIVED)),
        (Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, commitment("ranges", RangeSet.of((0, 1)))),
        (
            Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH,
            commitment("lexical_class", LexicalClass.HEADER_VALUE),
        ),
        (Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH, commitment("algorithm", HashAlgorithm.BLAKE3)),
        (Reason.DATA_SUBMISSION_COMMITMENT_PROOF_INVALID, commitment("value", bytes(32))),
    ],
)
def test_the_notary_refuses_commitments_with_one_fault(reason: Reason, change: Included) -> None:
    _, received, message, proof = included()
    with rejects(reason):
        include_encoded_commitment_or_hash_range.receive(received, change(message), proof)


def test_an_encoding_commitment_is_no_answer_to_a_request_for_a_hash() -> None:
    _, received, message, proof = included()
    first = message.commitments[0]
    encoding = EncodingCommitment(
        direction=first.direction,
        ranges=first.ranges,
        lexical_class=first.lexical_class,
        commitment=bytes(32),
        offset=bytes(32),
        factor=bytes(32),
    )
    with rejects(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH):
        include_encoded_commitment_or_hash_range.receive(
            received, IncludeCommitments(commitments=(encoding, *message.commitments[1:])), proof
        )


def lying(transcript: Transcript, config: tuple[CommitRequest, ...]) -> None:
    """A Prover that commits to another transcript than the one the registered records decrypt to."""
    prover, notary = finalised()
    message = SubmitTranscriptCommitConfig(
        config=config,
        tree_algorithm=HashAlgorithm.SHA256,
        body_hash_algorithm=HashAlgorithm.SHA256,
        prover_extensions=(),
    )
    received = submit_transcript_commit_config.receive(notary, message)
    proof = proof_of(prover)
    commitments = []
    for index, request in enumerate(config):
        blinder = bytes([index] * 16)
        proof.commit(include_encoded_commitment_or_hash_range.blinder_witness(index), blinder)
        octets = request.ranges.gather(transcript.octets(request.direction))
        commitments.append(
            HashCommitment(
                direction=request.direction,
                ranges=request.ranges,
                lexical_class=request.lexical_class,
                algorithm=HashAlgorithm.SHA256,
                value=hash_commitment_value(HashAlgorithm.SHA256, octets, blinder),
            )
        )
    included_ = IncludeCommitments(commitments=tuple(commitments))
    include_encoded_commitment_or_hash_range.receive(received, included_, proof)


def test_commitments_to_another_transcript_or_class_are_not_proved() -> None:
    truth = finalised()[0].transcript
    richer = replace(truth, received=truth.received.replace(b"12.50e2", b"99.99e9"))
    balance = commit_request(Direction.RECEIVED, BALANCE)
    lying(truth, (balance,))
    with rejects(Reason.DATA_SUBMISSION_COMMITMENT_PROOF_INVALID):
        lying(richer, (balance,))
    name = commit_request(Direction.RECEIVED, BALANCE, lexical_class=LexicalClass.JSON_LITERAL)
    with rejects(Reason.DATA_SUBMISSION_LEXICAL_CLASS_PROOF_INVALID):
        lying(truth, (name,))


def test_blinders_differ_so_equal_octets_do_not_show() -> None:
    config = (
        commit_request(Direction.SENT, RangeSet.of((6, 7))),
        commit_request(Direction.SENT, RangeSet.of((7, 8))),
    )
    assert SENT[6] == SENT[7]
    state, _ = committed(replace(commit_plan(), config=config))
    values = [
        secret.commitment.value for secret in state.committed if isinstance(secret.commitment, HashCommitment)
    ]
    assert len(set(values)) == 2


def test_the_prover_refuses_another_root() -> None:
    prover, notary = committed()
    _, root = generate_merkle_tree_root.send(notary)
    assert generate_merkle_tree_root.receive(prover, root).transcript_commitments.root == root.root
    with rejects(Reason.DATA_SUBMISSION_ROOT_MISMATCH):
        generate_merkle_tree_root.receive(prover, MerkleTreeRoot(root=bytes(32)))


def test_steps_are_refused_out_of_order() -> None:
    prover, notary = committed()
    message = submit()[1]
    proof = ZeroKnowledgeProof({})
    own: list[Callable[[], object]] = [
        lambda: generate_merkle_tree_root.send(prover),  # type: ignore[arg-type]
        lambda: include_encoded_commitment_or_hash_range.send(prover, Randomness(b""), proof),  # type: ignore[arg-type]
    ]
    for step in own:
        with pytest.raises(OutOfOrderError):
            step()
    of_peer: list[Callable[[], object]] = [
        lambda: submit_transcript_commit_config.receive(notary, message),  # type: ignore[arg-type]
        lambda: submit_transcript_commit_config.receive(finalised()[1], MerkleTreeRoot(root=bytes(32))),  # type: ignore[arg-type]
        lambda: include_encoded_commitment_or_hash_range.receive(notary, included()[2], proof),  # type: ignore[arg-type]
        lambda: generate_merkle_tree_root.receive(notary, MerkleTreeRoot(root=bytes(32))),  # type: ignore[arg-type]
    ]
    for step in of_peer:
        with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
            step()
