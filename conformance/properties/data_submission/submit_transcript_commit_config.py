"""A config is submitted only if it can be proved, and taken only in the form that the Notary signs.

Compared: the submitted message octet for octet; acceptance by the Notary; or the reason of either party.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import CommitRequest, EncodingKind, HashKind
from mpctls.spec.data_submission import submit_transcript_commit_config as step
from mpctls.spec.encoding import encode_as
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind
from mpctls.spec.messages import SessionMessage, SubmitTranscriptCommitConfig, decode_message
from mpctls.spec.ranges import RangeSet

from ...fields import Fields, listed, number, numbers, read_list, read_number, read_numbers
from ...property import Operation
from ..attestations import notary_finalised, prover_extensions, prover_finalised, sessions
from ..commitments import configs
from ..drawing import HASH_ALGORITHMS, extensions
from ..foundation.lexical_classes import words

_FAULTS = (
    "honest", "honest", "nothing", "too many", "bounds", "kind", "algorithm", "twice", "class twice", "tree", "body",
    "reserved", "extensions", "extensions",
)  # fmt: skip


@st.composite
def _send_inputs(draw: DrawFn) -> Fields:
    fields = draw(sessions())
    config = [CommitRequest.decode(octets) for octets in read_list(fields["config"])]
    place = draw(st.integers(0, len(config) - 1))
    match draw(st.sampled_from(("honest", "bounds", "class", "class", "encoding", "long encoding"))):
        case "encoding":
            config[place] = replace(config[place], kind=EncodingKind())
        case "long encoding":
            length = draw(st.sampled_from((65535, 65536)))
            # Out of bounds as well, or not.
            fields["received"] = b"1" * draw(st.sampled_from((length, length, 65535)))
            config = [
                CommitRequest(
                    direction=Direction.RECEIVED,
                    ranges=RangeSet.of((0, length)),
                    kind=EncodingKind(),
                    lexical_class=LexicalClass.JSON_NUMBER,
                )
            ]
        case "bounds":
            config[place] = replace(config[place], ranges=RangeSet.of((0, 41 + len(fields["sent"]))))
        case "class":
            octets = draw(words()) or b"1"
            config = [
                replace(
                    config[place],
                    direction=Direction.RECEIVED,
                    ranges=RangeSet.of((0, len(octets))),
                    lexical_class=draw(st.sampled_from(LexicalClass)),
                )
            ]
            fields["received"] = octets
    kind = SessionKind(int(draw(st.integers(0, 4)) == 4))
    return {**fields, "kind": number(kind), "config": listed([each.encode() for each in config])}


@st.composite
def _receive_inputs(draw: DrawFn) -> Fields:
    fields = draw(sessions())
    config = draw(configs(len(fields["sent"]), len(fields["received"])))
    submission = SubmitTranscriptCommitConfig(
        config=config,
        tree_algorithm=HashAlgorithm.SHA256,
        body_hash_algorithm=HashAlgorithm.SHA256,
        prover_extensions=draw(prover_extensions()),
    )
    first = replace(config[0], kind=HashKind(algorithm=HashAlgorithm.SHA256))
    submission = replace(
        submission, config=(first, *[each for each in config[1:] if _what(each) != _what(first)])
    )
    config = submission.config
    algorithms = list(HashAlgorithm)
    largest = 10
    changes: dict[str, dict[str, Any]] = {
        "nothing": {"config": ()},
        "bounds": {"config": (*config, replace(first, ranges=RangeSet.of((0, 50))))},
        "kind": {"config": (*config, replace(first, kind=EncodingKind()))},
        "twice": {"config": (*config, config[-1])},
        "class twice": {"config": (*config, replace(config[-1], lexical_class=LexicalClass.HEADER_VALUE))},
        "tree": {"tree_algorithm": HashAlgorithm.KECCAK256},
        "body": {"body_hash_algorithm": HashAlgorithm.BLAKE3},
        "extensions": {"prover_extensions": draw(extensions())},
        "reserved": {"prover_extensions": (Extension(id="notary/policy", critical=False, value=b""),)},
    }
    fault = draw(st.sampled_from(_FAULTS))
    if fault in changes:
        submission = replace(submission, **changes[fault])
    if fault in {"tree", "body"}:
        submission = replace(submission, config=(first,))
        algorithms = [HashAlgorithm.SHA256]
    if fault == "algorithm":
        algorithms = draw(st.lists(HASH_ALGORITHMS, min_size=1, max_size=2, unique=True))
    if fault == "too many":
        largest = len(submission.config) - 1
    octets = sum(each.ranges.octet_count for each in submission.config)
    return {
        **fields,
        "kind": number(SessionKind(int(draw(st.integers(0, 4)) == 4))),
        "message": encode_as(SessionMessage, submission),
        "largest count": number(largest),
        "largest octets": number(draw(st.sampled_from((2**20, octets, max(octets, 1) - 1)))),
        "hash algorithms": numbers(algorithms),
    }


def _what(request: CommitRequest) -> object:
    return request.direction, request.ranges, request.kind


def _send(fields: Fields) -> Fields:
    _, message = step.send(
        prover_finalised(fields, SessionKind(read_number(fields["kind"]))),
        config=tuple(CommitRequest.decode(octets) for octets in read_list(fields["config"])),
        tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
        body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
        prover_extensions=tuple(
            Extension.decode(octets) for octets in read_list(fields["prover extensions"])
        ),
    )
    return {"message": encode_as(SessionMessage, message)}


def _receive(fields: Fields) -> Fields:
    state = notary_finalised(fields, SessionKind(read_number(fields["kind"])))
    policy = replace(
        state.connection.agreed.policy,
        largest_commitment_count=read_number(fields["largest count"]),
        largest_committed_octets=read_number(fields["largest octets"]),
        hash_algorithms=frozenset(map(HashAlgorithm, read_numbers(fields["hash algorithms"]))),
    )
    agreed = replace(state.connection.agreed, policy=policy)
    state = replace(state, connection=replace(state.connection, agreed=agreed))
    message: Any = decode_message(fields["message"])
    step.receive(state, message)
    return {}


OPERATIONS = (
    Operation(name="data_submission/submit", inputs=_send_inputs, specification=_send),
    Operation(name="data_submission/check-config", inputs=_receive_inputs, specification=_receive),
)
