"""Records under AES-GCM: another library agrees; nothing forged, moved or late passes (catalogue E)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.protection import RecordOpener, RecordSealer
from mpctls.reference.tls.record_layer import ProtectedRecord

KEY, SALT = bytes(range(16)), b"salt"
FINISHED = bytes.fromhex("1400000c") + b"verify  data"


def seal(
    plaintext: bytes, *, sequence: int, kind: ContentType, nonce: bytes | None = None
) -> ProtectedRecord:
    """Protect one record as the standard says, with another library."""
    explicit = sequence.to_bytes(8, "big") if nonce is None else nonce
    cipher = AES.new(KEY, AES.MODE_GCM, nonce=SALT + explicit)
    cipher.update(
        sequence.to_bytes(8, "big") + bytes([kind]) + b"\x03\x03" + len(plaintext).to_bytes(2, "big")
    )
    ciphertext, tag = cipher.encrypt_and_digest(plaintext)
    return ProtectedRecord(content_type=kind, explicit_nonce=explicit, ciphertext=ciphertext, tag=tag)


def opener_after_finished() -> RecordOpener:
    opener = RecordOpener(key=KEY, salt=SALT)
    assert opener.open(seal(FINISHED, sequence=0, kind=ContentType.HANDSHAKE)) == FINISHED
    return opener


def data(content: bytes, sequence: int) -> ProtectedRecord:
    return seal(content, sequence=sequence, kind=ContentType.APPLICATION_DATA)


@given(st.lists(st.binary(min_size=1, max_size=100), max_size=5))
def test_an_independent_implementation_agrees(contents: list[bytes]) -> None:
    sealer, opener = RecordSealer(key=KEY, salt=SALT), opener_after_finished()
    assert sealer.finished(FINISHED) == seal(FINISHED, sequence=0, kind=ContentType.HANDSHAKE)
    for sequence, content in enumerate(contents, start=1):
        record = sealer.application_data(content)
        assert record == data(content, sequence)
        assert opener.open(record) == content
    closing = sealer.close_notify()
    assert closing == seal(b"\x01\x00", sequence=len(contents) + 1, kind=ContentType.ALERT)
    opener.open(closing)
    assert opener.close_notify_received


def flipped(octets: bytes) -> bytes:
    return octets[:-1] + bytes([octets[-1] ^ 1])


GENUINE = data(b"HTTP/1.1 200 OK", 1)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(replace(GENUINE, tag=flipped(GENUINE.tag)), id="tag"),
        pytest.param(replace(GENUINE, ciphertext=flipped(GENUINE.ciphertext)), id="ciphertext"),
        pytest.param(replace(GENUINE, explicit_nonce=b"elsewise"), id="nonce"),
        pytest.param(replace(GENUINE, ciphertext=GENUINE.ciphertext[:-1]), id="length"),
        pytest.param(replace(GENUINE, content_type=ContentType.ALERT), id="type"),
        pytest.param(replace(GENUINE, tag=data(b"another", 1).tag), id="tag of another record"),
        pytest.param(data(b"HTTP/1.1 200 OK", 2), id="a record was dropped before"),
    ],
)
def test_a_changed_record_is_refused(record: ProtectedRecord) -> None:
    with pytest.raises(Refused) as refusal:
        opener_after_finished().open(record)
    assert refusal.value.reason == "tls/bad-record-mac"


def test_reordered_records_are_refused() -> None:
    opener = opener_after_finished()
    with pytest.raises(Refused) as refusal:
        opener.open(data(b"second", 2))
    assert refusal.value.reason == "tls/bad-record-mac"
    assert opener.open(data(b"first", 1)) == b"first"


def test_a_duplicated_record_is_refused() -> None:
    opener = opener_after_finished()
    opener.open(GENUINE)
    with pytest.raises(Refused) as refusal:
        opener.open(GENUINE)
    assert refusal.value.reason == "tls/repeated-nonce"


def test_a_repeated_nonce_is_refused_although_the_tag_is_right() -> None:
    opener = opener_after_finished()
    opener.open(seal(b"first", sequence=1, kind=ContentType.APPLICATION_DATA, nonce=b"repeated"))
    with pytest.raises(Refused) as refusal:
        opener.open(seal(b"second", sequence=2, kind=ContentType.APPLICATION_DATA, nonce=b"repeated"))
    assert refusal.value.reason == "tls/repeated-nonce"


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(seal(bytes(4), sequence=1, kind=ContentType.HANDSHAKE), id="HelloRequest"),
        pytest.param(seal(FINISHED, sequence=1, kind=ContentType.HANDSHAKE), id="second Finished"),
        pytest.param(
            seal(b"\x04" + bytes(30), sequence=1, kind=ContentType.HANDSHAKE), id="NewSessionTicket"
        ),
        pytest.param(seal(b"\x01", sequence=1, kind=ContentType.CHANGE_CIPHER_SPEC), id="ChangeCipherSpec"),
    ],
)
def test_a_handshake_record_after_finished_is_refused(record: ProtectedRecord) -> None:
    with pytest.raises(Refused) as refusal:
        opener_after_finished().open(record)
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(data(b"HTTP/1.1 200 OK", 0), id="application data"),
        pytest.param(seal(FINISHED[:-1], sequence=0, kind=ContentType.HANDSHAKE), id="truncated Finished"),
        pytest.param(
            seal(FINISHED + bytes(4), sequence=0, kind=ContentType.HANDSHAKE), id="coalesced message"
        ),
    ],
)
def test_the_first_record_is_finished(record: ProtectedRecord) -> None:
    with pytest.raises(Refused) as refusal:
        RecordOpener(key=KEY, salt=SALT).open(record)
    assert refusal.value.reason == "tls/unexpected-message"


def test_nothing_is_accepted_after_close_notify() -> None:
    opener = opener_after_finished()
    opener.open(seal(b"\x01\x00", sequence=1, kind=ContentType.ALERT))
    with pytest.raises(Refused) as refusal:
        opener.open(data(b"more", 2))
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x02\x00", "tls/alert-received"),
        (b"\x02\x28", "tls/alert-received"),
        (b"\x01\x5a", "tls/alert-received"),
        (b"\x01\x00\x01\x00", "tls/malformed"),
        (b"\x01", "tls/malformed"),
    ],
)
def test_another_alert_than_close_notify_is_no_close(content: bytes, reason: str) -> None:
    opener = opener_after_finished()
    with pytest.raises(Refused) as refusal:
        opener.open(seal(content, sequence=1, kind=ContentType.ALERT))
    assert refusal.value.reason == reason
    assert not opener.close_notify_received


def test_sending_out_of_order_raises() -> None:
    sealer = RecordSealer(key=KEY, salt=SALT)
    with pytest.raises(RuntimeError):
        sealer.application_data(b"early")
    with pytest.raises(RuntimeError):
        sealer.finished(FINISHED[:-1])
    sealer.finished(FINISHED)
    for content in (b"", bytes(16385)):
        with pytest.raises(RuntimeError):
            sealer.application_data(content)
    sealer.close_notify()
    with pytest.raises(RuntimeError):
        sealer.application_data(b"late")
    with pytest.raises(RuntimeError):
        sealer.close_notify()


def test_the_longest_record_passes() -> None:
    sealer, opener = RecordSealer(key=KEY, salt=SALT), opener_after_finished()
    sealer.finished(FINISHED)
    assert opener.open(sealer.application_data(bytes(16384))) == bytes(16384)


@pytest.mark.parametrize(("key", "salt"), [(bytes(32), SALT), (KEY, bytes(12))])
def test_keys_of_another_size_raise(key: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError, match="a key of 16 octets"):
        RecordSealer(key=key, salt=salt)
    with pytest.raises(ValueError, match="a key of 16 octets"):
        RecordOpener(key=key, salt=salt)
