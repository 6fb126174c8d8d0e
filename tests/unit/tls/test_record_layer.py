"""Records: any split of the stream reads the same; what must not pass does not (catalogue E)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.record_layer import (
    PlainRecord,
    ProtectedRecord,
    Record,
    RecordParser,
    plain_records,
)

PLAIN = st.builds(
    PlainRecord, content_type=st.sampled_from(ContentType), fragment=st.binary(min_size=1, max_size=80)
)
PROTECTED = st.builds(
    ProtectedRecord,
    content_type=st.sampled_from([ContentType.ALERT, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA]),
    explicit_nonce=st.binary(min_size=8, max_size=8),
    ciphertext=st.binary(min_size=1, max_size=80),
    tag=st.binary(min_size=16, max_size=16),
)


def read_all(parser: RecordParser) -> list[Record]:
    records = []
    while (record := parser.next_record()) is not None:
        records.append(record)
    return records


def header(content_type: int, length: int, version: bytes = b"\x03\x03") -> bytes:
    return bytes([content_type]) + version + length.to_bytes(2, "big")


@given(st.lists(PLAIN, max_size=5), st.lists(PROTECTED, max_size=5), st.integers(min_value=1, max_value=50))
def test_any_split_of_the_stream_yields_the_records(
    plain: list[PlainRecord], protected: list[ProtectedRecord], size: int
) -> None:
    parser = RecordParser()
    records: list[Record] = []
    for phase in (plain, protected):
        octets = b"".join(record.encode() for record in phase)
        for start in range(0, len(octets), size):
            parser.add(octets[start : start + size])
            records += read_all(parser)
        parser.begin_protection()
    assert records == [*plain, *protected]
    assert not parser.incomplete


def test_protection_begins_between_coalesced_records() -> None:
    """ChangeCipherSpec and Finished arrive in one piece; the switch falls exactly between them."""
    finished = ProtectedRecord(
        content_type=ContentType.HANDSHAKE, explicit_nonce=bytes(8), ciphertext=bytes(16), tag=bytes(16)
    )
    change = PlainRecord(content_type=ContentType.CHANGE_CIPHER_SPEC, fragment=b"\x01")
    parser = RecordParser()
    parser.add(change.encode() + finished.encode())
    assert parser.next_record() == change
    parser.begin_protection()
    assert parser.next_record() == finished


def test_protected_record_octet_by_octet() -> None:
    record = ProtectedRecord(
        content_type=ContentType.APPLICATION_DATA, explicit_nonce=b"nonce...", ciphertext=b"c", tag=b"t" * 16
    )
    assert record.encode() == bytes.fromhex("17 0303 0019") + b"nonce...c" + b"t" * 16


@pytest.mark.parametrize(("protected", "limit"), [(False, 16384), (True, 16384 + 24)])
def test_the_longest_record_is_read_and_a_longer_one_refused_by_its_header(
    protected: bool, limit: int
) -> None:
    parser = RecordParser()
    if protected:
        parser.begin_protection()
    parser.add(header(23, limit) + bytes(limit))
    assert parser.next_record() is not None
    parser.add(header(23, limit + 1))
    with pytest.raises(Refused) as refusal:
        parser.next_record()
    assert refusal.value.reason == "tls/record-overflow"


@pytest.mark.parametrize(
    ("protected", "octets", "reason"),
    [
        pytest.param(False, header(22, 0), "tls/malformed", id="empty handshake record"),
        pytest.param(False, header(23, 0), "tls/malformed", id="empty application data"),
        pytest.param(True, header(23, 24), "tls/malformed", id="nonce and tag without content"),
        pytest.param(True, header(23, 23), "tls/malformed", id="shorter than nonce and tag"),
        pytest.param(True, header(23, 0), "tls/malformed", id="empty protected record"),
        pytest.param(False, header(24, 5), "tls/unexpected-message", id="heartbeat"),
        pytest.param(False, b"\x80", "tls/unexpected-message", id="SSL 2"),
        pytest.param(False, b"HTTP/1.1 400", "tls/unexpected-message", id="plain HTTP"),
        pytest.param(True, header(20, 1), "tls/unexpected-message", id="second ChangeCipherSpec"),
        pytest.param(False, header(22, 5, b"\x03\x01"), "tls/unsupported-version", id="handshake of TLS 1.0"),
        pytest.param(False, header(22, 5, b"\x03\x04"), "tls/unsupported-version", id="handshake of TLS 1.3"),
        pytest.param(False, header(21, 2, b"\xfe\xfd"), "tls/unsupported-version", id="alert of DTLS"),
        pytest.param(
            True, header(21, 26, b"\x03\x01"), "tls/unsupported-version", id="protected alert of TLS 1.0"
        ),
    ],
)
def test_records_are_refused_by_their_header(protected: bool, octets: bytes, reason: str) -> None:
    parser = RecordParser()
    if protected:
        parser.begin_protection()
    parser.add(octets)
    with pytest.raises(Refused) as refusal:
        parser.next_record()
    assert refusal.value.reason == reason


def test_alert_of_an_older_server_is_read() -> None:
    parser = RecordParser()
    parser.add(header(21, 2, b"\x03\x01") + b"\x02\x46")
    assert parser.next_record() == PlainRecord(content_type=ContentType.ALERT, fragment=b"\x02\x46")


def test_an_unfinished_record_is_incomplete() -> None:
    parser = RecordParser()
    parser.add(header(22, 5) + b"four")
    assert parser.next_record() is None
    assert parser.incomplete


def test_long_content_is_cut_into_records() -> None:
    content = bytes(range(256)) * 100
    parser = RecordParser()
    parser.add(plain_records(ContentType.HANDSHAKE, content))
    records = read_all(parser)
    assert [len(record.fragment) for record in records if isinstance(record, PlainRecord)] == [16384, 9216]
    assert b"".join(record.fragment for record in records if isinstance(record, PlainRecord)) == content


@given(st.binary(max_size=200), st.booleans())
def test_any_octets_are_read_or_refused(octets: bytes, protected: bool) -> None:
    parser = RecordParser()
    if protected:
        parser.begin_protection()
    parser.add(octets)
    try:
        read_all(parser)
    except Refused as refusal:
        assert refusal.reason.startswith("tls/")
