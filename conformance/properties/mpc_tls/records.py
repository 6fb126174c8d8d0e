"""Sent records are those that one holder of the key would make, and only the Prover sees their key stream.

Compared: every complete record octet for octet, its tag the sum of both shares, and whether the Notary's view is
without key stream and plaintext. Their parts, as one who holds key or shares computes them: key stream, tag, share of
a tag, protected record.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.diagram import Role
from mpctls.spec.mpc_tls.messages import Record, SentRecordCiphertext
from mpctls.spec.mpc_tls.records import additional_data_of, tag_share
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.tls.constants import ContentType
from mpctls.spec.tls.galois_counter_mode import (
    authentication_tag,
    hash_blocks,
    hash_key,
    key_stream,
    tag_mask,
)
from mpctls.spec.tls.record_protection import WriteKey, explicit_nonce_of, protect, record_nonce

from ...fields import Fields, flag, listed, number, read_list, read_number
from ...property import Operation
from ..connections import after_key_schedule, conversations, shake_hands, write

BLOCKS = st.binary(min_size=16, max_size=16)
CONTENT_TYPES = st.sampled_from((21, 22, 23))


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    fields, written, _ = draw(conversations())
    return {**fields, "server finished": written[0].encode()}


@st.composite
def _streams(draw: DrawFn) -> Fields:
    return {
        "key": draw(BLOCKS),
        "implicit nonce": draw(st.binary(min_size=4, max_size=4)),
        "explicit nonce": draw(st.binary(min_size=8, max_size=8)),
        "length": number(draw(st.integers(1, 70))),
    }


@st.composite
def _tags(draw: DrawFn) -> Fields:
    return {
        "hash key": draw(BLOCKS),
        "tag mask": draw(BLOCKS),
        "additional data": draw(st.binary(max_size=40)),
        "ciphertext": draw(st.binary(max_size=70)),
    }


@st.composite
def _shares(draw: DrawFn) -> Fields:
    ciphertext = draw(st.binary(min_size=1, max_size=70))
    count = len(hash_blocks(additional_data_of(0, 0, 0), ciphertext))
    return {
        "powers": listed(draw(st.lists(BLOCKS, min_size=count, max_size=count))),
        "mask": draw(BLOCKS),
        "sequence number": number(draw(st.integers(0, 2**64 - 1))),
        "content type": number(draw(CONTENT_TYPES)),
        "ciphertext": ciphertext,
    }


@st.composite
def _plaintexts(draw: DrawFn) -> Fields:
    return {
        "key": draw(BLOCKS),
        "implicit nonce": draw(st.binary(min_size=4, max_size=4)),
        "sequence number": number(draw(st.integers(0, 2**64 - 1))),
        "content type": number(draw(CONTENT_TYPES)),
        "plaintext": draw(st.binary(min_size=1, max_size=70)),
    }


def _stream(fields: Fields) -> Fields:
    key, nonce = fields["key"], record_nonce(fields["implicit nonce"], fields["explicit nonce"])
    return {
        "hash key": hash_key(key),
        "tag mask": tag_mask(key, nonce),
        "key stream": key_stream(key, nonce, read_number(fields["length"])),
    }


def _tag(fields: Fields) -> Fields:
    return {
        "tag": authentication_tag(
            key_of_hash=fields["hash key"],
            mask=fields["tag mask"],
            additional_data=fields["additional data"],
            ciphertext=fields["ciphertext"],
        )
    }


def _share(fields: Fields) -> Fields:
    message = SentRecordCiphertext(
        sequence_number=read_number(fields["sequence number"]),
        content_type=read_number(fields["content type"]),
        ciphertext=fields["ciphertext"],
    )
    return {"share": tag_share(read_list(fields["powers"]), fields["mask"], message)}


def _protect(fields: Fields) -> Fields:
    sequence_number = read_number(fields["sequence number"])
    record = protect(
        WriteKey(key=fields["key"], implicit_nonce=fields["implicit nonce"]),
        sequence_number=sequence_number,
        content_type=read_number(fields["content type"]),
        explicit_nonce=explicit_nonce_of(sequence_number),
        plaintext=fields["plaintext"],
    )
    return {"record": record.to_wire()}


def _send(fields: Fields) -> Fields:
    _, connection = after_key_schedule(fields)
    connection = shake_hands(connection, fields, Record.decode(fields["server finished"]))
    for request in read_list(fields["requests"]):
        connection = write(connection, ContentType.APPLICATION_DATA, request)
    seen = connection.computation.views.of(Role.NOTARY)
    return {
        "records": listed([record.encode() for record in connection.notary.sent]),
        "hidden from the notary": flag(all(each.item is not Item.KEY_STREAM for each in seen)),
    }


OPERATIONS = (
    Operation(name="mpc_tls/key-stream", inputs=_streams, specification=_stream),
    Operation(name="mpc_tls/tag", inputs=_tags, specification=_tag),
    Operation(name="mpc_tls/tag-share", inputs=_shares, specification=_share),
    Operation(name="mpc_tls/protect-record", inputs=_plaintexts, specification=_protect),
    Operation(name="mpc_tls/send-records", inputs=_inputs, specification=_send, two_party=True),
)
