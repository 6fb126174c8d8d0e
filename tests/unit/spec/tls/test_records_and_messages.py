"""AES-128-GCM taken apart, record protection, and the handshake messages, against standards and
`cryptography`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.source import NotEncodableError
from mpctls.spec.tls.constants import HandshakeType
from mpctls.spec.tls.galois_counter_mode import (
    authentication_tag,
    counter_block,
    hash_blocks,
    hash_key,
    key_stream,
    tag_mask,
    xor,
)
from mpctls.spec.tls.handshake_messages import (
    HandshakeData,
    HandshakeMessageError,
    ServerKeyExchange,
    decode_certificates,
    decode_client_key_exchange,
    decode_server_key_exchange,
    encode_client_key_exchange,
    encode_server_key_exchange,
    finished_message,
    handshake_message,
    signed_parameters,
)
from mpctls.spec.tls.record_protection import (
    RecordAuthenticationError,
    WriteKey,
    additional_data,
    explicit_nonce_of,
    protect,
    record_nonce,
    unprotect,
)

keys = st.binary(min_size=16, max_size=16)


def test_the_gcm_specification_test_case_four() -> None:
    """McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test case 4: 60 octets, 20 of
    AAD.
    """
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308")
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plaintext = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    ciphertext = xor(plaintext, key_stream(key, nonce, len(plaintext)))
    assert ciphertext.hex() == (
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
    )
    assert hash_key(key).hex() == "b83b533708bf535d0aa6e52980d53b78"
    tag = authentication_tag(
        key_of_hash=hash_key(key), mask=tag_mask(key, nonce), additional_data=aad, ciphertext=ciphertext
    )
    assert tag.hex() == "5bc94fbc3221a5db94fae95ae7121a47"


@given(keys, st.binary(min_size=12, max_size=12), st.binary(max_size=40), st.binary(max_size=70))
@settings(max_examples=25)
def test_ciphertext_and_tag_are_those_of_an_independent_implementation(
    key: bytes, nonce: bytes, aad: bytes, plaintext: bytes
) -> None:
    ciphertext = xor(plaintext, key_stream(key, nonce, len(plaintext)))
    tag = authentication_tag(
        key_of_hash=hash_key(key), mask=tag_mask(key, nonce), additional_data=aad, ciphertext=ciphertext
    )
    assert ciphertext + tag == AESGCM(key).encrypt(nonce, plaintext, aad)


def test_the_number_of_blocks_of_a_record() -> None:
    assert len(hash_blocks(bytes(13), bytes(16384))) == 1026
    assert len(hash_blocks(bytes(13), bytes(16))) == 3


@given(keys, st.integers(0, 2**64 - 1), st.binary(min_size=1, max_size=50))
@settings(max_examples=25)
def test_a_record_opens_with_the_nonce_and_data_of_rfc_5288(
    key: bytes, number: int, plaintext: bytes
) -> None:
    write_key = WriteKey(key=key, implicit_nonce=b"salt")
    record = protect(
        write_key,
        sequence_number=number,
        content_type=23,
        explicit_nonce=explicit_nonce_of(number),
        plaintext=plaintext,
    )
    aad = number.to_bytes(8, "big") + b"\x17\x03\x03" + len(plaintext).to_bytes(2, "big")
    nonce = b"salt" + number.to_bytes(8, "big")
    assert record.ciphertext + record.tag == AESGCM(key).encrypt(nonce, plaintext, aad)
    assert record.to_wire()[:5] == b"\x17\x03\x03" + (len(plaintext) + 24).to_bytes(2, "big")
    assert unprotect(write_key, sequence_number=number, record=record) == plaintext
    for other in (
        replace(record, content_type=22),
        replace(record, tag=bytes(16)),
        replace(record, ciphertext=xor(record.ciphertext, b"\1" * len(plaintext))),
        replace(record, explicit_nonce=xor(record.explicit_nonce, b"\1" * 8)),
    ):
        with pytest.raises(RecordAuthenticationError):
            unprotect(write_key, sequence_number=number, record=other)
    with pytest.raises(RecordAuthenticationError):
        unprotect(write_key, sequence_number=number ^ 1, record=record)


def test_wrong_lengths_of_nonces_are_refused() -> None:
    with pytest.raises(ValueError, match="12 octets"):
        counter_block(bytes(11), 1)
    with pytest.raises(ValueError, match="4 implicit"):
        record_nonce(bytes(3), bytes(8))
    assert len(additional_data(sequence_number=0, content_type=23, version=0x0303, length=1)) == 13


POINT = b"\x04" + bytes(range(64))
KEY_EXCHANGE = ServerKeyExchange(
    server_ephemeral_key=POINT, signature_algorithm=0x0403, signature=b"signature"
)


def test_server_key_exchange_is_that_of_rfc_8422() -> None:
    body = encode_server_key_exchange(KEY_EXCHANGE)
    assert body == b"\x03\x00\x17\x41" + POINT + b"\x04\x03\x00\x09signature"
    assert decode_server_key_exchange(body) == KEY_EXCHANGE


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x03\x00\x18\x41" + POINT + b"\x04\x03\x00\x01s", "P-256"),
        (b"\x01\x00\x17\x41" + POINT + b"\x04\x03\x00\x01s", "P-256"),
        (b"\x03\x00\x17\x21" + POINT[:33] + b"\x04\x03\x00\x01s", "33 octets"),
        (encode_server_key_exchange(KEY_EXCHANGE)[:-1], "early"),
        (encode_server_key_exchange(KEY_EXCHANGE) + b"\0", "follow"),
        (encode_server_key_exchange(replace(KEY_EXCHANGE, signature=bytes(1025))), "too long"),
        (b"", "early"),
    ],
)
def test_other_server_key_exchanges_are_refused(body: bytes, words: str) -> None:
    with pytest.raises(HandshakeMessageError, match=words):
        decode_server_key_exchange(body)


def test_certificates_are_read_in_order() -> None:
    assert decode_certificates(b"\0\0\x0b\0\0\x04leaf\0\0\x01x") == (b"leaf", b"x")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\0\0\0", "0 certificates"),
        (b"\0\0\x04\0\0\x01xy", "follow"),
        (b"\0\0\x05\0\0\x04x", "early"),
        (b"\0\0\x44" + b"\0\0\x01x" * 17, "17 certificates"),
        (b"\1\0\3" + b"\1\0\0" + bytes(65536), "too long"),
    ],
)
def test_other_certificate_messages_are_refused(body: bytes, words: str) -> None:
    with pytest.raises(HandshakeMessageError, match=words):
        decode_certificates(body)


def test_small_messages() -> None:
    assert finished_message(b"v" * 12) == b"\x14\0\0\x0c" + b"v" * 12
    assert handshake_message(HandshakeType.CLIENT_KEY_EXCHANGE, encode_client_key_exchange(POINT)) == (
        b"\x10\0\0\x42\x41" + POINT
    )
    assert decode_client_key_exchange(b"\x41" + POINT) == POINT
    signed = signed_parameters(client_random=b"c" * 32, server_random=b"s" * 32, server_ephemeral_key=POINT)
    assert signed == b"c" * 32 + b"s" * 32 + b"\x03\x00\x17\x41" + POINT


def test_handshake_data_are_encoded_canonically() -> None:
    data = HandshakeData(certificates=(b"leaf", b"x"), signature_algorithm=0x0403, signature=b"sig")
    assert data.encode() == b"\x02\x04leaf\x01x\x03\x04\x03sig"
    assert HandshakeData.decode(data.encode()) == data
    with pytest.raises(NotEncodableError):
        HandshakeData(certificates=(), signature_algorithm=0, signature=b"").encode()
