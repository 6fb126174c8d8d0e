"""Commitments are functions of transcript and blinder; the Notary takes those it was promised, once they are proved.

Compared: the Prover's messages octet for octet, hash commitments before the proof and encoding commitments after it;
the root that the Notary comes to, or the reason, whatever arrives in place of either message. Proof, conversion and
release run between the real parties, over what the registered records decrypt to; there only outcomes are compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import (
    CommitRequest,
    EncodingCommitment,
    EncodingKind,
    HashCommitment,
    HashKind,
    hash_commitment_value,
)
from mpctls.spec.data_submission import generate_merkle_tree_root
from mpctls.spec.data_submission import include_encoded_commitment_or_hash_range as step
from mpctls.spec.encoding import encode_as
from mpctls.spec.ideal.encoding_commitment import FieldConversion
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.messages import (
    EncodingCommitments,
    IncludeCommitments,
    MerkleTreeRoot,
    Refusal,
    SessionMessage,
    SubmitTranscriptCommitConfig,
    decode_message,
    refuse,
)
from mpctls.spec.mpc_tls.messages import CloseSession
from mpctls.spec.mpc_tls.views import ViewLog
from mpctls.spec.notary_states import NotaryConfigReceived, NotaryFinalised, NotaryIncluded
from mpctls.spec.prover_states import ProverConfigSubmitted, ProverIncluded
from mpctls.spec.randomness import Randomness
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.zero_knowledge.field_encoding import elements_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER, SCALAR_LENGTH, encode_scalar

from ...fields import Fields, flag, listed, number, optional, read_flag, read_list, read_optional
from ...property import Operation
from ..attestations import notary_finalised, prover_finalised, sessions
from ..commitments import conversion_of, of_other_kind, submission_of
from ..connections import conversations
from ..drawing import PrescribedRandomness, flipped, range_sets
from ..mpc_tls.finalisation import finalised

LABEL_LENGTH = 16
_PROMISED = (
    "honest", "honest", "missing", "extra", "direction", "ranges", "class", "algorithm", "kind", "scalar", "message",
)  # fmt: skip
_ENCODED = ("honest", "honest", "fewer", "more", "other value", "not canonical", "message")


@st.composite
def _answered(draw: DrawFn) -> Fields:
    """Both messages of the Prover, of which one may have a fault."""
    fields = draw(sessions())
    included, encoded = _sent(fields)
    messages = [encode_as(SessionMessage, included)]
    if draw(st.booleans()) or encoded is None:
        messages = [draw(_promised_otherwise(included, draw(st.sampled_from(_PROMISED))))]
    if encoded is not None:
        messages.append(draw(_encoded_otherwise(encoded, draw(st.sampled_from(_ENCODED)))))
    return {**fields, "messages": listed(messages)}


def _others() -> st.SearchStrategy[bytes]:
    """Messages that have no place here."""
    return st.sampled_from(
        [
            encode_as(SessionMessage, message)
            for message in (
                IncludeCommitments(commitments=()),
                EncodingCommitments(commitments=()),
                MerkleTreeRoot(root=bytes(32)),
                CloseSession(),
                refuse(Reason.DATA_SUBMISSION_ROOT_MISMATCH),
                Refusal(reason="no/reason"),
            )
        ]
    )


@st.composite
def _promised_otherwise(draw: DrawFn, included: IncludeCommitments, fault: str) -> bytes:
    commitments: list[Any] = list(included.commitments)
    place = draw(st.integers(0, len(commitments) - 1))
    chosen = commitments[place]
    encoded = isinstance(chosen, EncodingCommitment)
    match fault:
        case "message":
            return draw(_others())
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
        case "algorithm" if not encoded:
            commitments[place] = replace(chosen, algorithm=HashAlgorithm(chosen.algorithm % 3 + 1))
        case "kind":
            commitments[place] = of_other_kind(chosen)
        case "scalar" if encoded:
            name = draw(st.sampled_from(("commitment", "offset", "factor")))
            commitments[place] = replace(chosen, **{name: encode_scalar(1)})
    return encode_as(SessionMessage, IncludeCommitments(commitments=tuple(commitments)))


@st.composite
def _encoded_otherwise(draw: DrawFn, encoded: EncodingCommitments, fault: str) -> bytes:
    values = list(encoded.commitments)
    place = draw(st.integers(0, len(values) - 1))
    match fault:
        case "message":
            return draw(_others())
        case "fewer":
            del values[place]
        case "more":
            values.insert(place, values[place])
        case "other value":
            # Which octets it is to is the opening's matter, and not the Notary's.
            values[place] = encode_scalar(draw(st.integers(0, ORDER - 1)))
        case "not canonical":
            octets = encode_as(SessionMessage, encoded)
            return octets[:-32] + draw(st.integers(ORDER, 2**256 - 1)).to_bytes(32, "little")
    return encode_as(SessionMessage, EncodingCommitments(commitments=tuple(values)))


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


@st.composite
def _converted(draw: DrawFn) -> Fields:
    """An encoding entry that an honest Prover commits to before an honest Notary, or one of the two does not."""
    fields, written, _ = draw(conversations(close=False))
    direction = draw(st.sampled_from(Direction))
    sent = b"".join(read_list(fields["requests"]))
    lengths = (len(sent), sum(len(record.ciphertext) for record in written[1:]))
    ranges = draw(range_sets(lengths[direction], most=2))
    count = len(ranges.positions())
    message, place, claimed = b"", 0, None
    match draw(
        st.sampled_from(("honest", "differences", "difference", "reserved", "factor", "octets", "octets"))
    ):
        case "differences":
            message, place = b"differences", SCALAR_LENGTH * draw(st.integers(0, 8 * count - 1))
        case "difference":
            message, place = b"release", draw(st.integers(0, LABEL_LENGTH - 1))
        case "reserved":
            message, place = b"release", draw(st.integers(LABEL_LENGTH, LABEL_LENGTH * 129 - 1))
        case "factor":
            message, place = b"release", LABEL_LENGTH * 129
        case "octets":
            claimed = draw(st.binary(min_size=count, max_size=count))
    request = CommitRequest(
        direction=direction, ranges=ranges, kind=EncodingKind(), lexical_class=LexicalClass.ANY
    )
    return {
        **fields,
        "received": listed([record.encode() for record in written]),
        "client finished": optional(None),
        "request": request.encode(),
        "altered message": message,
        "altered octet": number(place),
        "claimed": optional(claimed),
    }


def _sent(fields: Fields) -> tuple[IncludeCommitments, EncodingCommitments | None]:
    """Both messages of an honest Prover, the second when the config has encoding entries."""
    _, included, encoded, _ = _include(fields)
    return included, encoded


def _include(
    fields: Fields,
) -> tuple[ZeroKnowledgeProof, IncludeCommitments, EncodingCommitments | None, FieldConversion]:
    blinders = {
        ("encoding blinder" if isinstance(request.kind, EncodingKind) else "blinder") + f" {index}": blinder
        for index, (request, blinder) in enumerate(
            zip(submission_of(fields).config, read_list(fields["blinders"]), strict=True)
        )
    }
    state = ProverConfigSubmitted(finalised=prover_finalised(fields), submission=submission_of(fields))
    proof = ZeroKnowledgeProof(step.transcript_witnesses(state.finalised.transcript))
    conversion = conversion_of(fields, proof)
    after, included = step.send(state, PrescribedRandomness(blinders), proof)
    if not isinstance(after, ProverIncluded):
        return proof, included, None, conversion
    proof.challenge()
    _, encoded = step.send_encodings(after, conversion)
    return proof, included, encoded, conversion


def _commit(fields: Fields) -> Fields:
    return {
        "messages": listed(
            [encode_as(SessionMessage, message) for message in _sent(fields) if message is not None]
        )
    }


def _check(fields: Fields) -> Fields:
    proof, _, _, conversion = _include(fields)
    messages = read_list(fields["messages"])
    state = NotaryConfigReceived(finalised=notary_finalised(fields), submission=submission_of(fields))
    first: Any = decode_message(messages[0])
    after = step.receive(state, first, proof)
    if isinstance(after, NotaryIncluded):
        second: Any = decode_message(messages[1])
        after = step.receive_encodings(after, second, conversion)
    _, root = generate_merkle_tree_root.send(after)
    return {"root": encode_as(SessionMessage, root)}


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


def _encode(fields: Fields) -> Fields:
    authenticated = finalised(fields)
    request = CommitRequest.decode(fields["request"])
    octets = request.ranges.gather(authenticated.transcript.octets(request.direction))
    conversion = FieldConversion(authenticated.proof, Randomness(b"conversion"), ViewLog())
    if fields["altered message"]:
        # The Prover finds every false difference and every false release: one kind of deviation stands for all.
        conversion.deviate(0, {0: 1})
    authenticated.proof.challenge()
    message = conversion.commit(0, request.direction, request.ranges)
    claimed = read_optional(fields["claimed"]) or octets
    if claimed != octets:
        conversion.replace(0, message=message, elements=elements_of(claimed))
    conversion.release()
    conversion.learn_release()
    return {"opens": flag(conversion.opens(0, elements_of(claimed)))}


OPERATIONS = (
    Operation(name="data_submission/commit", inputs=sessions, specification=_commit),
    Operation(name="data_submission/check-commitments", inputs=_answered, specification=_check),
    Operation(name="data_submission/prove", inputs=_proved, specification=_prove, two_party=True),
    Operation(name="data_submission/encode", inputs=_converted, specification=_encode, two_party=True),
)
