"""The Notary registers records in the one order that is allowed, and refuses the first that is not.

Compared: the records registered in each direction and the octets they count for; or the reason. Sequences have at
most one fault: a message dropped, repeated, moved, changed, or added after close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.messages import decode_message, encode_message
from mpctls.spec.mpc_tls import record_state_machine as machine
from mpctls.spec.mpc_tls.messages import (
    Budget,
    CloseSession,
    ReceivedRecord,
    Record,
    SentRecord,
    SentRecordCiphertext,
)
from mpctls.spec.tls.record_protection import explicit_nonce_of

from ...fields import Fields, listed, number, read_list
from ...property import Operation
from ..drawing import flipped

_TYPES = st.sampled_from((20, 21, 22, 23, 24, 0))


def _pair(draw: DrawFn, sequence: int, kind: int, length: int) -> list[Any]:
    ciphertext = draw(st.binary(min_size=1, max_size=1)) * length
    record = Record(
        content_type=kind,
        explicit_nonce=explicit_nonce_of(sequence),
        ciphertext=ciphertext,
        tag=draw(st.binary(min_size=16, max_size=16)),
    )
    asked = SentRecordCiphertext(sequence_number=sequence, content_type=kind, ciphertext=ciphertext)
    return [asked, SentRecord(sequence_number=sequence, record=record)]


def _received(draw: DrawFn, sequence: int, kind: int, length: int) -> ReceivedRecord:
    record = Record(
        content_type=kind,
        explicit_nonce=(sequence * 7 + 1).to_bytes(8, "big"),
        ciphertext=draw(st.binary(min_size=1, max_size=1)) * length,
        tag=bytes(16),
    )
    return ReceivedRecord(record=record)


@st.composite
def honest_messages(draw: DrawFn) -> list[Any]:
    """What a Prover sends from its Finished to the end of the response, without close."""
    messages = _pair(draw, 0, 22, 16)
    messages.append(_received(draw, 0, 22, 16))
    lengths = st.integers(1, 40)
    requests, responses = draw(st.lists(lengths, max_size=3)), draw(st.lists(lengths, max_size=3))
    for sequence, length in enumerate(requests, start=1):
        messages += _pair(draw, sequence, 23, length)
    for sequence, length in enumerate(responses, start=1):
        messages.append(_received(draw, sequence, 23, length))
    if draw(st.booleans()):
        messages.append(_received(draw, len(responses) + 1, 21, 2))
    return messages


@st.composite
def _changed(draw: DrawFn, message: Any) -> Any:
    """A message with one field changed."""
    if isinstance(message, SentRecordCiphertext):
        changes: list[dict[str, Any]] = [
            {"sequence_number": message.sequence_number + draw(st.sampled_from((1, 2, 2**63)))},
            {"content_type": draw(_TYPES)},
            {"ciphertext": draw(st.sampled_from((b"", bytes(15), bytes(17), bytes(16384))))},
        ]
        return replace(message, **draw(st.sampled_from(changes)))
    record = message.record
    changes = [
        {"content_type": draw(_TYPES)},
        {"version": draw(st.sampled_from((0x0302, 0x0304)))},
        {
            "explicit_nonce": draw(
                st.sampled_from((flipped(record.explicit_nonce, 7), (1).to_bytes(8, "big")))
            )
        },
        {"ciphertext": draw(st.sampled_from((b"", flipped(record.ciphertext), bytes(15), bytes(3))))},
        {"tag": flipped(record.tag)},
    ]
    changed = replace(message, record=replace(record, **draw(st.sampled_from(changes))))
    if isinstance(message, SentRecord) and draw(st.integers(0, 4)) == 0:
        return replace(message, sequence_number=message.sequence_number + 1)
    return changed


@st.composite
def faulty_messages(draw: DrawFn) -> list[Any]:
    """A sequence with at most one fault."""
    messages: list[Any] = draw(honest_messages())
    place = draw(st.integers(0, len(messages) - 1))
    match draw(st.sampled_from(("honest", "dropped", "twice", "swapped", "changed", "changed", "changed"))):
        case "dropped":
            del messages[place]
        case "twice":
            messages.insert(draw(st.integers(place, len(messages))), messages[place])
        case "swapped":
            messages[place : place + 2] = messages[place : place + 2][::-1]
        case "changed":
            messages[place] = draw(_changed(messages[place]))
    return messages


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    messages = draw(faulty_messages())
    if draw(st.integers(0, 3)) == 0:
        messages.insert(draw(st.integers(len(messages) // 2, len(messages))), CloseSession())
    budget = Budget(
        sent_octets=draw(st.sampled_from((120, 120, 60, 30))),
        sent_records=draw(st.sampled_from((3, 3, 2, 1))),
        received_octets=draw(st.sampled_from((120, 120, 60, 30))),
        received_records=draw(st.sampled_from((3, 3, 2, 1))),
    )
    return {"budget": budget.encode(), "messages": listed([encode_message(each) for each in messages])}


def play(budget: Budget, messages: Sequence[Any]) -> machine.NotaryRecords:
    """The Notary's records after these messages; registration is all that happens."""
    state = machine.NotaryRecords(budget=budget)
    for message in messages:
        match message:
            case SentRecordCiphertext():
                state = machine.accept_ciphertext(state, message)
            case SentRecord():
                state = machine.register_sent_record(state, message)
            case ReceivedRecord():
                state = machine.register_received_record(state, message)
            case CloseSession():
                state = machine.close(state)
    return state


def records_of(state: machine.NotaryRecords) -> Fields:
    """What is registered, as fields."""
    return {
        "sent": listed([record.encode() for record in state.sent]),
        "received": listed([record.encode() for record in state.received]),
        "sent length": number(machine.application_data_length(state.sent)),
        "received length": number(machine.application_data_length(state.received)),
    }


def _register(fields: Fields) -> Fields:
    messages = [decode_message(octets) for octets in read_list(fields["messages"])]
    return records_of(play(Budget.decode(fields["budget"]), messages))


OPERATIONS = (Operation(name="mpc_tls/register", inputs=_inputs, specification=_register),)
