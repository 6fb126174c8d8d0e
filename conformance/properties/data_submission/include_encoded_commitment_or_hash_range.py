"""Commitments are functions of transcript and blinder; the Notary takes those it was promised, once they are proved.

Compared: the commitments octet for octet; acceptance, or the reason. The proof runs between the real parties, over
what the registered records decrypt to; there only the outcome is compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import (
    CommitRequest,
    EncodingCommitment,
    HashCommitment,
    HashKind,
    hash_commitment_value,
)
from mpctls.spec.data_submission import include_encoded_commitment_or_hash_range as step
from mpctls.spec.encoding import encode_as
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.messages import (
    IncludeCommitments,
    SessionMessage,
    SubmitTranscriptCommitConfig,
    decode_message,
)
from mpctls.spec.notary_states import NotaryConfigReceived, NotaryFinalised
from mpctls.spec.prover_states import ProverConfigSubmitted
from mpctls.spec.ranges import RangeSet

from ...fields import Fields, flag, listed, optional, read_flag, read_list
from ...property import Operation
from ..attestations import committed_of, notary_finalised, prover_finalised, sessions, submission_of
from ..connections import conversations
from ..drawing import PrescribedRandomness, flipped
from ..mpc_tls.finalisation import finalised


@st.composite
def _mismatched(draw: DrawFn) -> Fields:
    fields = draw(sessions())
    commitments: list[Any] = [each.commitment for each in committed_of(fields)]
    place = draw(st.integers(0, len(commitments) - 1))
    chosen = commitments[place]
    match draw(
        st.sampled_from(("honest", "missing", "extra", "direction", "ranges", "class", "algorithm", "kind"))
    ):
        case "missing":
            del commitments[place]
        case "extra":
            commitments.append(chosen)
        case "direction":
            commitments[place] = replace(chosen, direction=Direction(1 - chosen.direction))
        case "ranges":
            end = chosen.ranges.ranges[-1].end
            commitments[place] = replace(chosen, ranges=RangeSet.of((end, end + 1)))
        case "class":
            commitments[place] = replace(chosen, lexical_class=LexicalClass.JSON_NUMBER)
        case "algorithm":
            commitments[place] = replace(chosen, algorithm=HashAlgorithm(chosen.algorithm % 3 + 1))
        case "kind":
            commitments[place] = EncodingCommitment(
                direction=chosen.direction,
                ranges=chosen.ranges,
                lexical_class=chosen.lexical_class,
                commitment=bytes(32),
                offset=bytes(32),
                factor=bytes(32),
            )
    message = IncludeCommitments(commitments=tuple(commitments))
    return {**fields, "message": encode_as(SessionMessage, message)}


@st.composite
def _proved(draw: DrawFn) -> Fields:
    fields, written, _ = draw(conversations(close=False))
    response = b"".join(record.ciphertext for record in written[1:])
    length = draw(st.integers(1, min(20, len(response))))
    algorithm, lexical_class = draw(st.sampled_from(HashAlgorithm)), draw(st.sampled_from(LexicalClass))
    if draw(st.booleans()):
        lexical_class = LexicalClass.ANY
    request = CommitRequest(
        direction=draw(st.sampled_from(Direction)),
        ranges=RangeSet.of((0, 1)) if length == 1 else RangeSet.of((0, 1), (2, length + 1)),
        kind=HashKind(algorithm=algorithm),
        lexical_class=lexical_class,
    )
    within = request.ranges.ranges[-1].end
    lengths = (len(b"".join(read_list(fields["requests"]))), len(response))
    if within > lengths[request.direction]:
        request = replace(request, ranges=RangeSet.of((0, 1)))
    return {
        **fields,
        "received": listed([record.encode() for record in written]),
        "client finished": optional(None),
        "config": listed([request.encode()]),
        "altered": flag(draw(st.integers(0, 2)) == 0),
    }


def _commit(fields: Fields) -> Fields:
    blinders = {f"blinder {index}": each for index, each in enumerate(read_list(fields["blinders"]))}
    state = ProverConfigSubmitted(finalised=prover_finalised(fields), submission=submission_of(fields))
    proof = ZeroKnowledgeProof(step.transcript_witnesses(state.finalised.transcript))
    _, message = step.send(state, PrescribedRandomness(blinders), proof)
    return {"message": encode_as(SessionMessage, message)}


def _check(fields: Fields) -> Fields:
    prover = ProverConfigSubmitted(finalised=prover_finalised(fields), submission=submission_of(fields))
    proof = ZeroKnowledgeProof(step.transcript_witnesses(prover.finalised.transcript))
    blinders = {f"blinder {index}": each for index, each in enumerate(read_list(fields["blinders"]))}
    step.send(prover, PrescribedRandomness(blinders), proof)
    state = NotaryConfigReceived(finalised=notary_finalised(fields), submission=submission_of(fields))
    message: Any = decode_message(fields["message"])
    step.receive(state, message, proof)
    return {}


def _prove(fields: Fields) -> Fields:
    authenticated = finalised(fields)
    request = CommitRequest.decode(read_list(fields["config"])[0])
    kind, blinder = cast(HashKind, request.kind), bytes(16)
    octets = request.ranges.gather(authenticated.transcript.octets(request.direction))
    value = hash_commitment_value(kind.algorithm, octets, blinder)
    authenticated.proof.commit(step.blinder_witness(0), blinder)
    commitment = HashCommitment(
        direction=request.direction,
        ranges=request.ranges,
        lexical_class=request.lexical_class,
        algorithm=kind.algorithm,
        value=flipped(value) if read_flag(fields["altered"]) else value,
    )
    submission = SubmitTranscriptCommitConfig(
        config=(request,),
        tree_algorithm=kind.algorithm,
        body_hash_algorithm=kind.algorithm,
        prover_extensions=(),
    )
    # What the Notary holds of the connection is not looked at by this step.
    state = NotaryConfigReceived(finalised=cast(NotaryFinalised, None), submission=submission)
    step.receive(state, IncludeCommitments(commitments=(commitment,)), authenticated.proof)
    return {}


OPERATIONS = (
    Operation(name="data_submission/commit", inputs=sessions, specification=_commit),
    Operation(name="data_submission/check-commitments", inputs=_mismatched, specification=_check),
    Operation(name="data_submission/prove", inputs=_proved, specification=_prove, two_party=True),
)
