"""The server's signature over the key exchange: what must not pass (catalogue D1 to D4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mpctls.reference.foundation.artifacts import HandshakeData
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.certificates import (
    KeyExchange,
    verify_key_exchange_signature,
    verify_server,
)
from tests.servers.authority import (
    TIME,
    Authority,
    ServerCertificate,
    new_key,
)
from tests.unit.tls.identities import (
    AUTHORITY,
    KEY_EXCHANGE,
    RSA_SERVER,
    SERVER,
    SIGNED,
    ecdsa_data,
    issue,
    refused_signature,
)
from tests.unit.tls.scripted_server import CLIENT_RANDOM, POINT, RSA_SUITE, SERVER_RANDOM

HASHES = {0x04: hashes.SHA256(), 0x05: hashes.SHA384(), 0x06: hashes.SHA512()}


def rsa_data(
    scheme: int, *, salt_length: int | None = None, server: ServerCertificate = RSA_SERVER
) -> HandshakeData:
    key = server.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    if scheme >> 8 == 0x08:
        digest = HASHES[scheme & 0xFF]
        salt = digest.digest_size if salt_length is None else salt_length
        signature = key.sign(SIGNED, padding.PSS(padding.MGF1(digest), salt), digest)
    else:
        signature = key.sign(SIGNED, padding.PKCS1v15(), HASHES[scheme >> 8])
    return HandshakeData(certificates=server.der_chain, signature_algorithm=scheme, signature=signature)


RSA_EXCHANGE = replace(KEY_EXCHANGE, cipher_suite=RSA_SUITE)


def test_ecdsa_signature_is_accepted() -> None:
    path = verify_server(
        ecdsa_data(), key_exchange=KEY_EXCHANGE, server_name="server.test", time=TIME, roots=[AUTHORITY.root]
    )
    assert path[0] == SERVER.chain[0]


@pytest.mark.parametrize("scheme", [0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806])
def test_rsa_signatures_are_accepted(scheme: int) -> None:
    verify_key_exchange_signature(rsa_data(scheme), RSA_EXCHANGE)


def flip(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


OTHER_POINT = POINT[:33] + bytes.fromhex("b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a")


@pytest.mark.parametrize(
    "key_exchange",
    [
        pytest.param(
            replace(KEY_EXCHANGE, client_random=flip(CLIENT_RANDOM)), id="replayed to another client"
        ),
        pytest.param(replace(KEY_EXCHANGE, server_random=flip(SERVER_RANDOM)), id="other server random"),
        pytest.param(replace(KEY_EXCHANGE, server_ephemeral_key=OTHER_POINT), id="other point"),
        pytest.param(
            replace(
                KEY_EXCHANGE,
                client_random=CLIENT_RANDOM[:-1],
                server_random=CLIENT_RANDOM[-1:] + SERVER_RANDOM,
            ),
            id="same octets, other borders",
        ),
    ],
)
def test_signature_over_another_exchange_is_refused(key_exchange: KeyExchange) -> None:
    assert refused_signature(ecdsa_data(), key_exchange) == "verification/key-exchange-signature-invalid"


def test_signature_by_another_key_is_refused() -> None:
    forged = ecdsa_data(key=new_key("ecdsa"))
    assert refused_signature(forged) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize("salt_length", [0, 20, 31, 33])
def test_pss_with_another_salt_length_is_refused(salt_length: int) -> None:
    handshake_data = rsa_data(0x0804, salt_length=salt_length)
    assert refused_signature(handshake_data, RSA_EXCHANGE) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize(
    ("made", "claimed"),
    [(0x0804, 0x0401), (0x0401, 0x0804), (0x0401, 0x0501), (0x0805, 0x0804), (0x0601, 0x0806)],
)
def test_signature_of_another_scheme_is_refused(made: int, claimed: int) -> None:
    handshake_data = replace(rsa_data(made), signature_algorithm=claimed)
    assert refused_signature(handshake_data, RSA_EXCHANGE) == "verification/key-exchange-signature-invalid"


@pytest.mark.parametrize(
    "scheme", [0, 0x0101, 0x0201, 0x0203, 0x0503, 0x0603, 0x0807, 0x0809, 0x0804, 0xFFFF]
)
def test_schemes_outside_the_suite_are_refused(scheme: int) -> None:
    assert refused_signature(ecdsa_data(scheme=scheme)) == "verification/unsupported-signature-scheme"


def test_ecdsa_in_an_rsa_suite_and_an_unknown_suite_are_refused() -> None:
    reason = "verification/unsupported-signature-scheme"
    assert refused_signature(ecdsa_data(), RSA_EXCHANGE) == reason
    assert refused_signature(ecdsa_data(), replace(KEY_EXCHANGE, cipher_suite=0x009C)) == reason


def test_key_of_another_kind_than_the_suite_is_refused() -> None:
    reason = "verification/key-exchange-signature-invalid"
    assert refused_signature(replace(ecdsa_data(), certificates=RSA_SERVER.der_chain)) == reason
    assert refused_signature(replace(rsa_data(0x0804), certificates=SERVER.der_chain), RSA_EXCHANGE) == reason


def test_key_on_another_curve_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    chain = issue(key=key)
    signature = key.sign(SIGNED, ec.ECDSA(hashes.SHA256()))
    handshake_data = HandshakeData(certificates=chain, signature_algorithm=0x0403, signature=signature)
    assert refused_signature(handshake_data) == "verification/key-exchange-signature-invalid"


def test_lax_encodings_of_an_ecdsa_signature_are_refused() -> None:
    good = ecdsa_data()
    inner = good.signature[2:]
    variants = (
        good.signature + b"\x00",
        b"\x30\x81" + bytes([len(inner)]) + inner,
        b"\x30" + bytes([len(inner) + 1]) + inner + b"\x00",
        b"\x30\x06\x02\x01\x00\x02\x01\x00",
        b"",
    )
    for signature in variants:
        assert (
            refused_signature(replace(good, signature=signature))
            == "verification/key-exchange-signature-invalid"
        )


def test_a_good_chain_without_a_good_signature_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        verify_server(
            ecdsa_data(b"another content"),
            key_exchange=KEY_EXCHANGE,
            server_name="server.test",
            time=TIME,
            roots=[AUTHORITY.root],
        )
    assert refusal.value.reason == "verification/key-exchange-signature-invalid"


def test_chain_is_judged_before_the_signature() -> None:
    with pytest.raises(Refused) as refusal:
        verify_server(
            replace(ecdsa_data(), signature=b""),
            key_exchange=KEY_EXCHANGE,
            server_name="server.test",
            time=TIME,
            roots=[Authority.create().root],
        )
    assert refusal.value.reason == "verification/certificate-invalid"
