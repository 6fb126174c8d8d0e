"""The implementation's hostile chains, names and signatures before the specification: refused for the same reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.tls.certificates import verify_chain
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.tls.server_identity import KeyExchange, verify_server_identity
from tests.servers.authority import TIME, certificate_authority, distinguished_name, key_usage, new_key, sign
from tests.unit.tls.identities import AUTHORITY, KEY, SERVER, ecdsa_data, issue
from tests.unit.tls.scripted_server import CLIENT_RANDOM, ECDSA_SUITE, POINT, SERVER_RANDOM
from tests.unit.tls.test_certificates import under, with_unknown_curve


def refused(
    chain: Sequence[bytes],
    *,
    server_name: str = "server.test",
    time: int = TIME,
    roots: Sequence[x509.Certificate] = (AUTHORITY.root,),
    signature: bytes | None = None,
) -> Reason:
    data = ecdsa_data()
    with pytest.raises(Rejection) as refusal:
        verify_server_identity(
            server_name=server_name,
            handshake_data=HandshakeData(
                certificates=tuple(chain),
                signature_algorithm=0x0403,
                signature=data.signature if signature is None else signature,
            ),
            key_exchange=KeyExchange(
                cipher_suite=ECDSA_SUITE,
                client_random=CLIENT_RANDOM,
                server_random=SERVER_RANDOM,
                server_ephemeral_key=POINT,
            ),
            roots=roots,
            time=time,
        )
    return refusal.value.reason


def not_an_authority() -> tuple[bytes, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = sign(AUTHORITY.server_builder(key, ["mine.test"]), AUTHORITY.intermediate_key)
    return under(key, issuer, (AUTHORITY.intermediate,))


def too_long() -> tuple[bytes, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = certificate_authority(
        subject=distinguished_name("One too many"),
        issuer=AUTHORITY.intermediate.subject,
        key=key,
        issuer_key=AUTHORITY.intermediate_key,
        path_length=None,
    )
    return under(key, sign(builder, AUTHORITY.intermediate_key), (AUTHORITY.intermediate,))


def constrained() -> tuple[bytes, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = certificate_authority(
        subject=distinguished_name("Constrained"),
        issuer=AUTHORITY.root.subject,
        key=key,
        issuer_key=AUTHORITY.root_key,
        path_length=0,
    ).add_extension(
        x509.NameConstraints(permitted_subtrees=[x509.DNSName("other.test")], excluded_subtrees=None),
        critical=True,
    )
    return under(key, sign(builder, AUTHORITY.root_key), ())


CHAINS: dict[str, tuple[bytes, ...]] = {
    "an intermediate that is no authority": not_an_authority(),
    "an authority below the path length": too_long(),
    "names outside the constraints": constrained(),
    "no intermediate": SERVER.der_chain[:1],
    "client authentication": issue(extended=ExtendedKeyUsageOID.CLIENT_AUTH),
    "an authority as server": issue(authority=True, usage=key_usage(key_cert_sign=True)),
    "RSA of 1024 bits": issue(key=rsa.generate_private_key(65537, 1024)),
    "no octets": (b"",),
    "no certificate": (b"\x30\x03\x02\x01\x01",),
    "a trailing octet": (SERVER.der_chain[0] + b"\x00", SERVER.der_chain[1]),
    "a truncated intermediate": (SERVER.der_chain[0], SERVER.der_chain[1][:-1]),
    "a key on an unknown curve": with_unknown_curve(),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
def test_a_chain_that_the_implementation_refuses_is_refused(chain: tuple[bytes, ...]) -> None:
    """Attack catalogue, D3."""
    with pytest.raises(Refused) as refusal:
        verify_chain(chain, server_name="server.test", time=TIME, roots=[AUTHORITY.root])
    assert refused(chain) == refusal.value.reason == Reason.VERIFICATION_CERTIFICATE_INVALID


def test_the_leaf_stands_first() -> None:
    """Attack catalogue, D3: a chain in another order, and another root."""
    leaf, intermediate = SERVER.der_chain
    assert refused((intermediate, leaf)) is Reason.VERIFICATION_SERVER_NAME_MISMATCH
    assert refused(SERVER.der_chain, roots=()) is Reason.VERIFICATION_CERTIFICATE_INVALID
    other = SERVER.chain[0].public_bytes(serialization.Encoding.DER)
    assert refused((other, other)) is Reason.VERIFICATION_CERTIFICATE_INVALID


@pytest.mark.parametrize(
    ("names", "subject"),
    [
        (None, "server.test"),
        (["other.test"], "server.test"),
        (["server.test\x00.evil.test"], ""),
        (["*"], ""),
        (["*.test."], ""),
        (["s*.test"], ""),
        (["*.*.test"], ""),
        (["server.*"], ""),
    ],
)
def test_names_that_only_resemble_the_servers_are_refused(names: list[str] | None, subject: str) -> None:
    """Attack catalogue, D1."""
    assert refused(issue(names=names, subject=subject)) is Reason.VERIFICATION_SERVER_NAME_MISMATCH


@pytest.mark.parametrize("moment", [0, -1, 1 << 62, 1 << 33])
def test_the_attested_time_decides(moment: int) -> None:
    """Attack catalogue, D2."""
    assert refused(SERVER.der_chain, time=moment) is Reason.VERIFICATION_CERTIFICATE_INVALID


def test_lax_encodings_of_a_signature_are_refused() -> None:
    """Attack catalogue, A6 and D4."""
    signature = ecdsa_data().signature
    assert isinstance(KEY, ec.EllipticCurvePrivateKey)
    lax = [
        b"\x30\x81" + signature[1:],
        signature + b"\x00",
        signature[:-1],
        b"",
        ecdsa_data(key=new_key("ecdsa")).signature,
        signature[:4] + bytes([signature[4] | 0x80]) + signature[5:],
    ]
    for each in lax:
        assert refused(SERVER.der_chain, signature=each) is Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID
