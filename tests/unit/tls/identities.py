"""A throw-away authority, servers that it vouches for, and one key exchange to be signed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from mpctls.reference.foundation.artifacts import HandshakeData
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.certificates import (
    KeyExchange,
    verify_chain,
    verify_key_exchange_signature,
)
from tests.servers.authority import (
    TIME,
    VALID_FROM,
    VALID_UNTIL,
    Authority,
    PrivateKey,
    alternative_names,
    distinguished_name,
    key_usage,
    new_key,
)
from tests.unit.tls.scripted_server import CLIENT_RANDOM, ECDSA_SUITE, POINT, SERVER_RANDOM

AUTHORITY = Authority.create()
KEY = new_key("ecdsa")
SERVER = AUTHORITY.issue("ecdsa", ["server.test", "*.pages.test", "192.0.2.7", "2001:db8::7"], key=KEY)
RSA_SERVER = AUTHORITY.issue("rsa", ["server.test"])
KEY_EXCHANGE = KeyExchange(
    cipher_suite=ECDSA_SUITE,
    client_random=CLIENT_RANDOM,
    server_random=SERVER_RANDOM,
    server_ephemeral_key=POINT,
)
SIGNED = CLIENT_RANDOM + SERVER_RANDOM + bytes.fromhex("03001741") + POINT


def der(*certificates: x509.Certificate) -> tuple[bytes, ...]:
    return tuple(each.public_bytes(serialization.Encoding.DER) for each in certificates)


def refused_chain(
    chain: Sequence[bytes],
    *,
    server_name: str = "server.test",
    time: int = TIME,
    roots: Sequence[x509.Certificate] = (AUTHORITY.root,),
) -> str:
    with pytest.raises(Refused) as refusal:
        verify_chain(chain, server_name=server_name, time=time, roots=roots)
    return refusal.value.reason


def issue(
    *,
    key: PrivateKey = KEY,
    names: Sequence[str] | None = ("server.test",),
    subject: str = "",
    authority: bool = False,
    usage: x509.KeyUsage | None = None,
    extended: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    valid: tuple[datetime.datetime, datetime.datetime] = (VALID_FROM, VALID_UNTIL),
) -> tuple[bytes, ...]:
    """A chain whose leaf differs from the usual one in one place."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name(subject) if subject else x509.Name([]))
        .issuer_name(AUTHORITY.intermediate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(AUTHORITY.intermediate_key.public_key()),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage or key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(alternative_names(names), critical=not subject)
    leaf = builder.sign(AUTHORITY.intermediate_key, hashes.SHA384())
    return der(leaf, AUTHORITY.intermediate)


def ecdsa_data(content: bytes = SIGNED, *, key: PrivateKey = KEY, scheme: int = 0x0403) -> HandshakeData:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    return HandshakeData(certificates=SERVER.der_chain, signature_algorithm=scheme, signature=signature)


def refused_signature(handshake_data: HandshakeData, key_exchange: KeyExchange = KEY_EXCHANGE) -> str:
    with pytest.raises(Refused) as refusal:
        verify_key_exchange_signature(handshake_data, key_exchange)
    return refusal.value.reason
