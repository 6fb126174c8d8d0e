"""The handshake: its messages and hashes, and every way a server can get them wrong (catalogue D and E)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.constants import CipherSuite, ContentType, SignatureScheme
from mpctls.reference.tls.handshake import ChangeCipherSpec, ClientHandshake, ServerFlight
from mpctls.reference.tls.record_layer import PlainRecord
from mpctls.reference.tls.server_name import parse_server_name
from tests.unit.tls import scripted_server as server
from tests.unit.tls.scripted_server import after_flight, before_change_cipher_spec, give, started

FATAL_HANDSHAKE_FAILURE = b"\x02\x28"


def alert(content: bytes) -> PlainRecord:
    return PlainRecord(content_type=ContentType.ALERT, fragment=content)


CHANGE_CIPHER_SPEC = PlainRecord(content_type=ContentType.CHANGE_CIPHER_SPEC, fragment=b"\x01")


def test_client_hello_octet_by_octet() -> None:
    hello = ClientHandshake(
        server_name=parse_server_name("server.test"), client_random=server.CLIENT_RANDOM
    ).client_hello()
    extensions = (
        "0000 0010 000e 00 000b 7365727665722e74657374"  # server_name
        "000a 0004 0002 0017"  # supported_groups: secp256r1
        "000b 0002 01 00"  # ec_point_formats: uncompressed
        "000d 0012 0010 0403 0503 0804 0805 0806 0401 0501 0601"  # signature_algorithms, no SHA-1
        "0010 000b 0009 08 687474702f312e31"  # application protocol: http/1.1
        "0017 0000"  # extended_master_secret
        "ff01 0001 00"  # renegotiation_info
    )
    block = bytes.fromhex(extensions)
    body = b"\x03\x03" + server.CLIENT_RANDOM + b"\x00" + bytes.fromhex("0004 c02b c02f 01 00")
    assert hello == server.message(1, body + len(block).to_bytes(2, "big") + block)


def test_client_hello_without_name_and_extended_master_secret() -> None:
    hello = ClientHandshake(
        server_name=parse_server_name("192.0.2.1"),
        client_random=server.CLIENT_RANDOM,
        extended_master_secret=False,
    ).client_hello()
    assert b"192.0.2.1" not in hello
    assert bytes.fromhex("00170000") not in hello


def test_flight_is_read() -> None:
    received = give(started(), server.flight())
    assert isinstance(received, ServerFlight)
    assert received == ServerFlight(
        server_random=server.SERVER_RANDOM,
        cipher_suite=CipherSuite.ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        extended_master_secret=True,
        certificate_chain=(b"leaf", b"intermediate"),
        server_ephemeral_key=server.POINT,
        signature_scheme=SignatureScheme.RSA_PSS_RSAE_SHA256,
        signature=b"signature",
        certificate_requested=False,
    )


def test_hashes_cover_exactly_the_messages_so_far() -> None:
    handshake = ClientHandshake(
        server_name=parse_server_name("server.test"), client_random=server.CLIENT_RANDOM
    )
    transcript = handshake.client_hello() + server.flight()
    give(handshake, server.flight())
    transcript += handshake.client_key_exchange(server.POINT)
    assert transcript.endswith(server.message(16, b"\x41" + server.POINT))
    assert handshake.session_hash() == hashlib.sha256(transcript).digest()
    assert handshake.client_finished_hash() == handshake.session_hash()
    finished = handshake.client_finished(b"verify  data")
    assert finished == server.message(20, b"verify  data")
    assert handshake.receive(CHANGE_CIPHER_SPEC) == ChangeCipherSpec()
    assert handshake.server_finished_hash() == hashlib.sha256(transcript + finished).digest()
    handshake.check_server_finished(server.message(20, b"server  data"), b"server  data")


def test_certificate_request_is_answered_with_an_empty_certificate() -> None:
    handshake = started()
    received = give(
        handshake,
        server.server_hello()
        + server.certificate()
        + server.server_key_exchange()
        + server.certificate_request()
        + server.HELLO_DONE,
    )
    assert isinstance(received, ServerFlight)
    assert received.certificate_requested
    assert handshake.client_key_exchange(server.POINT).startswith(bytes.fromhex("0b000003000000 10"))


@given(st.lists(st.integers(min_value=1, max_value=200), max_size=40))
def test_fragments_and_coalesced_messages_read_the_same(cuts: list[int]) -> None:
    handshake, octets, received = started(), server.flight(), None
    for size in [*cuts, len(octets)]:
        if octets:
            received = give(handshake, octets[:size])
            octets = octets[size:]
    assert received == give(started(), server.flight())


HELLO_REASONS: dict[str, tuple[bytes, str]] = {
    "version 1.1": (server.server_hello(version=b"\x03\x02"), "tls/unsupported-version"),
    "version 1.3": (server.server_hello(version=b"\x03\x04"), "tls/unsupported-version"),
    "suite without forward secrecy": (server.server_hello(suite=0x009C), "tls/unsupported-suite"),
    "suite of TLS 1.3": (server.server_hello(suite=0x1301), "tls/unsupported-suite"),
    "null suite": (server.server_hello(suite=0), "tls/unsupported-suite"),
    "compression": (server.server_hello(compression=1), "tls/unsupported-compression"),
    "client random returned": (server.server_hello(random=server.CLIENT_RANDOM), "tls/reflected-random"),
    "HelloRetryRequest": (
        server.server_hello(random=hashlib.sha256(b"HelloRetryRequest").digest()),
        "tls/unexpected-message",
    ),
    "long session id": (server.server_hello(session_id=bytes(33)), "tls/malformed"),
    "no extensions": (server.server_hello(extensions=None), "tls/renegotiation-info-missing"),
    "no renegotiation_info": (
        server.server_hello(extensions=(server.EXTENDED_MASTER_SECRET,)),
        "tls/renegotiation-info-missing",
    ),
    "renegotiation_info of a renegotiation": (
        server.server_hello(extensions=((0xFF01, b"\x0c" + bytes(12)),)),
        "tls/bad-extension",
    ),
    "session ticket": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (35, b""))),
        "tls/bad-extension",
    ),
    "supported_versions": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (43, b"\x03\x04"))),
        "tls/bad-extension",
    ),
    "certificate status": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (5, b""))),
        "tls/bad-extension",
    ),
    "supported_groups": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (10, b"\x00\x02\x00\x17"))),
        "tls/bad-extension",
    ),
    "extension twice": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, server.RENEGOTIATION_INFO)),
        "tls/bad-extension",
    ),
    "extended master secret with content": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (23, b"\x00"))),
        "tls/bad-extension",
    ),
    "protocol h2": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (16, b"\x00\x03\x02h2"))),
        "tls/bad-extension",
    ),
    "compressed points alone": (
        server.server_hello(extensions=(server.RENEGOTIATION_INFO, (11, b"\x01\x01"))),
        "tls/bad-extension",
    ),
    "trailing octet": (server.server_hello(trailing=b"\x00"), "tls/malformed"),
}


@pytest.mark.parametrize("case", HELLO_REASONS)
def test_server_hello_is_refused(case: str) -> None:
    octets, reason = HELLO_REASONS[case]
    with pytest.raises(Refused) as refusal:
        give(started(), octets)
    assert refusal.value.reason == reason


def test_answers_to_every_offered_extension_are_accepted() -> None:
    extensions = (
        server.RENEGOTIATION_INFO,
        (0, b""),
        (11, b"\x03\x00\x01\x02"),
        (16, b"\x00\x09\x08http/1.1"),
    )
    octets = server.server_hello(extensions=extensions, session_id=bytes(32), suite=server.ECDSA_SUITE)
    octets += server.certificate() + server.server_key_exchange(scheme=0x0403) + server.HELLO_DONE
    received = give(started(), octets)
    assert isinstance(received, ServerFlight)
    assert not received.extended_master_secret


def test_extended_master_secret_that_was_not_offered_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        give(started(extended_master_secret=False), server.server_hello())
    assert refusal.value.reason == "tls/bad-extension"


def test_downgrade_mark_of_a_newer_server_is_accepted() -> None:
    """A server of TLS 1.3 sets it in every answer to an offer of TLS 1.2 (RFC 8446, section 4.1.3)."""
    assert give(started(), server.server_hello(random=bytes(24) + b"DOWNGRD\x01")) is None


KEY_EXCHANGE_REASONS: dict[str, tuple[bytes, str]] = {
    "explicit curve": (server.server_key_exchange(curve_type=1), "tls/unsupported-group"),
    "P-384": (server.server_key_exchange(group=24), "tls/unsupported-group"),
    "X25519": (server.server_key_exchange(group=29, point=bytes(32)), "tls/unsupported-group"),
    "infinity": (server.server_key_exchange(point=b"\x00"), "key-exchange/invalid-point"),
    "compressed": (
        server.server_key_exchange(point=b"\x03" + server.POINT[1:33]),
        "key-exchange/invalid-point",
    ),
    "hybrid": (server.server_key_exchange(point=b"\x07" + server.POINT[1:]), "key-exchange/invalid-point"),
    "off the curve": (
        server.server_key_exchange(point=server.POINT[:-1] + b"\xf4"),
        "key-exchange/invalid-point",
    ),
    "SHA-1 with RSA": (server.server_key_exchange(scheme=0x0201), "tls/unsupported-signature-scheme"),
    "SHA-1 with ECDSA": (server.server_key_exchange(scheme=0x0203), "tls/unsupported-signature-scheme"),
    "Ed25519": (server.server_key_exchange(scheme=0x0807), "tls/unsupported-signature-scheme"),
    "ECDSA in an RSA suite": (server.server_key_exchange(scheme=0x0403), "tls/unsupported-signature-scheme"),
    "empty signature": (server.server_key_exchange(signature=b""), "tls/malformed"),
    "huge signature": (server.server_key_exchange(signature=bytes(1025)), "tls/malformed"),
    "trailing octet": (server.server_key_exchange(trailing=b"\x00"), "tls/malformed"),
}


@pytest.mark.parametrize("case", KEY_EXCHANGE_REASONS)
def test_server_key_exchange_is_refused(case: str) -> None:
    octets, reason = KEY_EXCHANGE_REASONS[case]
    handshake = started()
    give(handshake, server.server_hello() + server.certificate())
    with pytest.raises(Refused) as refusal:
        give(handshake, octets)
    assert refusal.value.reason == reason


def test_rsa_signature_in_an_ecdsa_suite_is_refused() -> None:
    handshake = started()
    give(handshake, server.server_hello(suite=server.ECDSA_SUITE) + server.certificate())
    with pytest.raises(Refused) as refusal:
        give(handshake, server.server_key_exchange(scheme=0x0804))
    assert refusal.value.reason == "tls/unsupported-signature-scheme"


CERTIFICATE_REASONS: dict[str, tuple[bytes, str]] = {
    "no certificate": (server.certificate(()), "tls/certificate-missing"),
    "empty certificate": (server.certificate((b"leaf", b"")), "tls/malformed"),
    "too many": (server.certificate((b"c",) * 17), "tls/malformed"),
    "too long": (server.certificate((bytes(1 << 16),)), "tls/malformed"),
    "list shorter than message": (server.message(11, bytes.fromhex("000004 000001 aa bb")), "tls/malformed"),
    "entry beyond list": (server.message(11, bytes.fromhex("000004 000002 aa")), "tls/malformed"),
    "announced over the limit": (b"\x0b\x02\x00\x01", "tls/malformed"),
}


@pytest.mark.parametrize("case", CERTIFICATE_REASONS)
def test_certificate_message_is_refused(case: str) -> None:
    octets, reason = CERTIFICATE_REASONS[case]
    handshake = started()
    give(handshake, server.server_hello())
    with pytest.raises(Refused) as refusal:
        give(handshake, octets)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "request_message",
    [
        server.certificate_request(types=b""),
        server.certificate_request(schemes=b""),
        server.certificate_request(schemes=b"\x04\x01\x04"),
        server.certificate_request(names=b"\x00\x02a"),
        server.certificate_request(names=b"\x00\x00"),
    ],
)
def test_malformed_certificate_request_is_refused(request_message: bytes) -> None:
    handshake = started()
    give(handshake, server.server_hello() + server.certificate() + server.server_key_exchange())
    with pytest.raises(Refused) as refusal:
        give(handshake, request_message)
    assert refusal.value.reason == "tls/malformed"


PREFIXES = {
    "hello": b"",
    "certificate": server.server_hello(),
    "key exchange": server.server_hello() + server.certificate(),
    "done": server.server_hello() + server.certificate() + server.server_key_exchange(),
    "after request": server.server_hello()
    + server.certificate()
    + server.server_key_exchange()
    + server.certificate_request(),
}
MESSAGES = {
    "HelloRequest": server.message(0, b""),
    "ServerHello": server.server_hello(),
    "NewSessionTicket": server.message(4, bytes(4) + b"\x00\x01t"),
    "Certificate": server.certificate(),
    "ServerKeyExchange": server.server_key_exchange(),
    "CertificateRequest": server.certificate_request(),
    "ServerHelloDone": server.HELLO_DONE,
    "Finished": server.message(20, bytes(12)),
    "CertificateStatus": server.message(22, b"\x01\x00\x00\x01o"),
}
IN_ORDER = {
    ("hello", "ServerHello"),
    ("certificate", "Certificate"),
    ("key exchange", "ServerKeyExchange"),
    ("done", "CertificateRequest"),
    ("done", "ServerHelloDone"),
    ("after request", "ServerHelloDone"),
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", MESSAGES)
def test_only_the_next_message_in_order_is_accepted(prefix: str, name: str) -> None:
    handshake = started()
    if PREFIXES[prefix]:
        give(handshake, PREFIXES[prefix])
    if (prefix, name) in IN_ORDER:
        give(handshake, MESSAGES[name])
        return
    with pytest.raises(Refused) as refusal:
        give(handshake, MESSAGES[name])
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("state", [after_flight, before_change_cipher_spec])
def test_no_message_is_accepted_after_the_flight(name: str, state: Callable[[], ClientHandshake]) -> None:
    with pytest.raises(Refused) as refusal:
        give(state(), MESSAGES[name])
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize("kind", [1, 3, 15, 16, 24, 255])
def test_types_that_no_server_sends_are_refused_by_their_first_octet(kind: int) -> None:
    with pytest.raises(Refused) as refusal:
        give(started(), bytes([kind]))
    assert refusal.value.reason == "tls/malformed"


def test_octets_behind_the_flight_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        give(started(), server.flight() + b"\x14")
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize("state", [started, after_flight])
def test_early_change_cipher_spec_is_refused(state: Callable[[], ClientHandshake]) -> None:
    with pytest.raises(Refused) as refusal:
        state().receive(CHANGE_CIPHER_SPEC)
    assert refusal.value.reason == "tls/unexpected-message"


def test_change_cipher_spec_is_accepted_once() -> None:
    handshake = before_change_cipher_spec()
    handshake.receive(CHANGE_CIPHER_SPEC)
    with pytest.raises(Refused) as refusal:
        handshake.receive(CHANGE_CIPHER_SPEC)
    assert refusal.value.reason == "tls/unexpected-message"


def test_change_cipher_spec_inside_a_message_is_refused() -> None:
    handshake = before_change_cipher_spec()
    give(handshake, b"\x14\x00")
    with pytest.raises(Refused) as refusal:
        handshake.receive(CHANGE_CIPHER_SPEC)
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize("content", [b"\x00", b"\x01\x01", b"\x02"])
def test_change_cipher_spec_of_another_form_is_refused(content: bytes) -> None:
    record = PlainRecord(content_type=ContentType.CHANGE_CIPHER_SPEC, fragment=content)
    with pytest.raises(Refused) as refusal:
        before_change_cipher_spec().receive(record)
    assert refusal.value.reason == "tls/malformed"


def test_application_data_before_finished_is_refused() -> None:
    record = PlainRecord(content_type=ContentType.APPLICATION_DATA, fragment=b"HTTP")
    with pytest.raises(Refused) as refusal:
        started().receive(record)
    assert refusal.value.reason == "tls/unexpected-message"


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (FATAL_HANDSHAKE_FAILURE, "tls/alert-received", "handshake_failure"),
        (b"\x02\xfe", "tls/alert-received", "alert 254"),
        (b"\x01\x00", "tls/alert-received", "close_notify during the handshake"),
        (b"\x03\x28", "tls/malformed", "alert level 3"),
        (b"\x02", "tls/malformed", "an alert record of 1 octets"),
        (b"\x01\x70\x01\x70", "tls/malformed", "an alert record of 4 octets"),
    ],
)
def test_alerts_that_end_the_handshake(content: bytes, reason: str, detail: str) -> None:
    with pytest.raises(Refused) as refusal:
        started().receive(alert(content))
    assert (refusal.value.reason, refusal.value.detail) == (reason, detail)


def test_warnings_are_tolerated_four_times() -> None:
    handshake = started()
    for _ in range(4):
        assert handshake.receive(alert(b"\x01\x70")) is None
    with pytest.raises(Refused) as refusal:
        handshake.receive(alert(b"\x01\x70"))
    assert refusal.value.reason == "tls/alert-received"


@pytest.mark.parametrize(
    ("finished", "reason"),
    [
        (server.message(20, b"server  datA"), "mpc-tls/server-finished-mismatch"),
        (server.message(21, b"server  data"), "mpc-tls/server-finished-mismatch"),
        (server.message(20, b"server  data")[:-1], "tls/malformed"),
        (server.message(20, b"server  data") + b"\x00", "tls/malformed"),
        (b"", "tls/malformed"),
    ],
)
def test_server_finished_is_refused(finished: bytes, reason: str) -> None:
    handshake = before_change_cipher_spec()
    handshake.receive(CHANGE_CIPHER_SPEC)
    with pytest.raises(Refused) as refusal:
        handshake.check_server_finished(finished, b"server  data")
    assert refusal.value.reason == reason


def test_calls_out_of_order_raise() -> None:
    handshake = started()
    for call in (
        handshake.client_hello,
        handshake.session_hash,
        handshake.server_finished_hash,
        lambda: handshake.client_key_exchange(server.POINT),
        lambda: handshake.client_finished(bytes(12)),
        lambda: handshake.check_server_finished(bytes(16), bytes(12)),
    ):
        with pytest.raises(RuntimeError):
            call()


@given(st.data())
def test_a_mutated_flight_is_read_or_refused(data: st.DataObject) -> None:
    octets = bytearray(server.flight())
    for _ in range(data.draw(st.integers(min_value=1, max_value=4))):
        position = data.draw(st.integers(min_value=0, max_value=len(octets) - 1))
        if data.draw(st.booleans()):
            octets[position] = data.draw(st.integers(min_value=0, max_value=255))
        else:
            octets[position:position] = data.draw(st.binary(max_size=5))
    try:
        received = give(started(), bytes(octets))
    except Refused as refusal:
        assert refusal.reason.split("/")[0] in ("tls", "key-exchange")
    else:
        assert received is None or isinstance(received, ServerFlight)
