"""After close the transcript is authenticated for both parties, or refused by whoever finds the first fault.

Compared: what the Prover decrypts, what the Notary may attest of it, how the connection ended; or the reason. Each
party's check of tags also by itself: the Prover's with keys, the Notary's with what was proved to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.diagram import Role
from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.identifiers import Direction
from mpctls.spec.mpc_tls import close, finalisation
from mpctls.spec.mpc_tls.connection import (
    CLIENT_IMPLICIT_NONCE,
    CLIENT_KEY,
    SERVER_IMPLICIT_NONCE,
    SERVER_KEY,
    Connection,
    KeyScheduleParameters,
    ProverRecords,
)
from mpctls.spec.mpc_tls.finished import verify_data_name
from mpctls.spec.mpc_tls.messages import Budget, Record
from mpctls.spec.mpc_tls.record_state_machine import NotaryRecords
from mpctls.spec.mpc_tls.views import Item, ViewStep
from mpctls.spec.tls.constants import CLOSE_NOTIFY, ContentType
from mpctls.spec.tls.galois_counter_mode import hash_key, tag_mask
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.pseudorandom_function import TrafficKeys
from mpctls.spec.tls.record_protection import WriteKey, explicit_nonce_of, protect, record_nonce

from ...fields import Fields, listed, number, optional, read_list, read_optional
from ...property import Operation
from ..connections import after_key_schedule, conversations, read, shake_hands, write
from ..drawing import flipped

_NO_BUDGET = Budget(sent_octets=0, sent_records=0, received_octets=0, received_records=0)
_NO_PARAMETERS = KeyScheduleParameters(client_random=bytes(32), server_random=bytes(32), session_hash=None)
_VERIFY_DATA = {Direction.SENT: "client verify data", Direction.RECEIVED: "server verify data"}
_FAULTS = ("honest", "honest", "tag", "ciphertext", "order", "alert", "server finished", "client finished")


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields, written, server = draw(conversations())
    client_finished = None
    last = len(written) - 1
    match draw(st.sampled_from(_FAULTS)):
        case "tag":
            written[last] = replace(written[last], tag=flipped(written[last].tag, 9))
        case "ciphertext":
            written[1] = replace(written[1], ciphertext=flipped(written[1].ciphertext))
        case "order":
            # The Server counted this record elsewhere.
            written[1] = server.write(7, ContentType.APPLICATION_DATA, b"moved")
        case "alert":
            written = [each for each in written if each.content_type != ContentType.ALERT]
            written.append(server.write(len(written), ContentType.ALERT, b"\2\x28"))
        case "server finished":
            written[0] = server.write(0, ContentType.HANDSHAKE, b"\x14\0\0\x0c" + bytes(12))
        case "client finished":
            client_finished = b"\x14\0\0\x0c" + bytes(12)
    return {
        **fields,
        "received": listed([record.encode() for record in written]),
        "client finished": optional(client_finished),
    }


def protected(
    key: WriteKey, sequence_number: int, content_type: int, explicit_nonce: bytes, content: bytes
) -> Record:
    """One record as whoever holds the key makes it."""
    made = protect(
        key,
        sequence_number=sequence_number,
        content_type=content_type,
        explicit_nonce=explicit_nonce,
        plaintext=content,
    )
    return Record(
        content_type=made.content_type,
        explicit_nonce=made.explicit_nonce,
        ciphertext=made.ciphertext,
        tag=made.tag,
    )


@st.composite
def _records(draw: DrawFn) -> tuple[WriteKey, list[Record]]:
    """Records of one direction under one key, of which at most one has a fault."""
    octets = st.binary(min_size=16, max_size=16)
    key = WriteKey(key=draw(octets), implicit_nonce=draw(octets)[:4])
    contents = draw(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4))
    records = []
    for place, content in enumerate(contents):
        kind = ContentType.APPLICATION_DATA if place else ContentType.HANDSHAKE
        records.append(protected(key, place, kind, (7 * place + 3).to_bytes(8, "big"), content))
    place = draw(st.integers(0, len(records) - 1))
    match draw(st.sampled_from(("honest", "honest", "tag", "ciphertext", "type", "twice"))):
        case "tag":
            records[place] = replace(
                records[place], tag=flipped(records[place].tag, draw(st.integers(0, 15)))
            )
        case "ciphertext":
            records[place] = replace(records[place], ciphertext=flipped(records[place].ciphertext))
        case "type":
            records[place] = replace(records[place], content_type=ContentType.ALERT)
        case "twice":
            records.insert(place, records[place])
    return key, records


@st.composite
def _opening(draw: DrawFn) -> Fields:
    key, records = draw(_records())
    return {
        "key": key.key,
        "implicit nonce": key.implicit_nonce,
        "records": listed([record.encode() for record in records]),
    }


@st.composite
def _whole(draw: DrawFn) -> Fields:
    """The records of a connection, of which at most one has a fault; verify_data that is there or not."""
    fields: dict[str, bytes] = {}
    faulty = draw(st.sampled_from(("neither", "client", "server")))
    for party, name in (("client", "sent"), ("server", "received")):
        octets = draw(st.binary(min_size=16, max_size=16))
        key = WriteKey(key=octets, implicit_nonce=octets[:4])
        verify_data = draw(st.binary(min_size=12, max_size=12))
        contents = [(22, finished_message(verify_data))]
        contents += [(23, each) for each in draw(st.lists(st.binary(min_size=1, max_size=20), max_size=2))]
        fault = draw(st.sampled_from(("tag", "verify data", "absent", "none", "alert")))
        fault = fault if party == faulty else "honest"
        if party == "server" and (fault == "alert" or draw(st.booleans())):
            contents.append((21, b"\2\x28" if fault == "alert" else CLOSE_NOTIFY))
        records = [
            protected(key, place, kind, explicit_nonce_of(place), content)
            for place, (kind, content) in enumerate(contents)
        ]
        shown: bytes | None = verify_data
        match fault:
            case "tag":
                records[-1] = replace(records[-1], tag=flipped(records[-1].tag))
            case "verify data":
                shown = flipped(verify_data, 11)
            case "absent":
                shown = None
            case "none":
                records = []
        fields |= {
            f"{party} key": key.key,
            f"{party} implicit nonce": key.implicit_nonce,
            f"{party} verify data": optional(shown),
            name: listed([record.encode() for record in records]),
        }
    return fields


@st.composite
def _proved(draw: DrawFn) -> Fields:
    key, records = draw(_records())
    masks = [tag_mask(key.key, record_nonce(key.implicit_nonce, each.explicit_nonce)) for each in records]
    return {
        "hash key": hash_key(key.key),
        "tag masks": listed(masks),
        "records": listed([record.encode() for record in records]),
    }


def _open(fields: Fields) -> Fields:
    connection = Connection(
        computation=TwoPartyComputation(),
        parameters=_NO_PARAMETERS,
        prover=ProverRecords(received=tuple(map(Record.decode, read_list(fields["records"])))),
        notary=NotaryRecords(budget=_NO_BUDGET),
    )
    keys = TrafficKeys(
        client_key=bytes(16),
        server_key=fields["key"],
        client_implicit_nonce=bytes(4),
        server_implicit_nonce=fields["implicit nonce"],
    )
    return {"application data": finalisation.decrypt(connection, keys).received}


class _Proved(TwoPartyComputation):
    """A machine of which these values were proved."""

    def __init__(self, values: Sequence[bytes]) -> None:
        super().__init__()
        self._proved = iter(values)

    def prove_opening(self, item: Item, function: Callable[..., bytes], *inputs: str) -> bytes:
        """The next value."""
        return next(self._proved)


def _check_records(fields: Fields) -> Fields:
    machine, hashes = TwoPartyComputation(), {}
    for name in (CLIENT_KEY, SERVER_KEY, CLIENT_IMPLICIT_NONCE, SERVER_IMPLICIT_NONCE):
        machine.commit_input(Role.PROVER, name, fields[name])
    for direction, name in _VERIFY_DATA.items():
        verify_data = read_optional(fields[name])
        if verify_data is not None:
            machine.commit_input(Role.PROVER, verify_data_name(direction), verify_data)
            machine.open_to_both(ViewStep.KEY_SCHEDULE, Item.CLIENT_VERIFY_DATA, verify_data_name(direction))
            hashes[direction] = bytes(32)
    machine.close()
    sent, received = (tuple(map(Record.decode, read_list(fields[name]))) for name in ("sent", "received"))
    connection = Connection(
        computation=machine,
        parameters=_NO_PARAMETERS,
        prover=ProverRecords(),
        notary=NotaryRecords(budget=_NO_BUDGET, sent=sent, received=received),
        finished_hashes=hashes,
    )
    finalisation.prove_tags(machine, Direction.SENT, sent)
    finalisation.prove_tags(machine, Direction.RECEIVED, received)
    finalisation.prove_contents(connection)
    return {}


def _check_tags(fields: Fields) -> Fields:
    machine = _Proved((fields["hash key"], *read_list(fields["tag masks"])))
    records = tuple(map(Record.decode, read_list(fields["records"])))
    finalisation.prove_tags(machine, Direction.RECEIVED, records)
    return {}


def finalised(fields: Fields) -> finalisation.AuthenticatedConnection:
    """The connection after close and proof."""
    held, connection = after_key_schedule(fields)
    received = [Record.decode(octets) for octets in read_list(fields["received"])]
    other = read_optional(fields["client finished"])
    connection = shake_hands(connection, fields, received[0], client_finished=other)
    for request in read_list(fields["requests"]):
        connection = write(connection, ContentType.APPLICATION_DATA, request)
    for record in received[1:]:
        connection = read(connection, record)
    closed, _ = close.receive(connection, close.send(connection))
    return finalisation.perform(closed, held.prover)


def _finalise(fields: Fields) -> Fields:
    authenticated = finalised(fields)
    return {
        "sent": authenticated.transcript.sent,
        "received": authenticated.transcript.received,
        "sent length": number(authenticated.sent_length),
        "received length": number(authenticated.received_length),
        "closure": number(authenticated.closure),
    }


OPERATIONS = (
    Operation(name="mpc_tls/open-records", inputs=_opening, specification=_open),
    Operation(name="mpc_tls/check-tags", inputs=_proved, specification=_check_tags),
    Operation(name="mpc_tls/check-records", inputs=_whole, specification=_check_records),
    Operation(name="mpc_tls/finalise", inputs=_inputs, specification=_finalise, two_party=True),
)
