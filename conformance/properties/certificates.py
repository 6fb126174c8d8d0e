"""Certificates of servers that properties present: a root, an intermediate, and leaves with at most one fault.

Keys are fixed where the library lets them be; RSA keys are made once in a run, because no seed reproduces them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mpctls.spec.identifiers import ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE_RSA_WITH_AES_128_GCM_SHA256
from mpctls.spec.tls.constants import SignatureScheme

ServerKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
YEAR = timedelta(days=365)
SERVER_NAME = "bank.example"

_HASHES: dict[int, HashAlgorithm] = {
    SignatureScheme.ECDSA_SECP256R1_SHA256: SHA256(),
    SignatureScheme.RSA_PKCS1_SHA256: SHA256(),
    SignatureScheme.RSA_PKCS1_SHA384: SHA384(),
    SignatureScheme.RSA_PKCS1_SHA512: SHA512(),
    SignatureScheme.RSA_PSS_RSAE_SHA256: SHA256(),
    SignatureScheme.RSA_PSS_RSAE_SHA384: SHA384(),
    SignatureScheme.RSA_PSS_RSAE_SHA512: SHA512(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A certificate that signs others, and its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate's octets."""
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What a server's certificate says."""

    key: str = "ecdsa"
    names: tuple[str, ...] = (SERVER_NAME, "*.wild.example", "127.0.0.1")
    server_authentication: bool = True
    digital_signature: bool | None = None
    start: datetime = START
    common_name: str = ""


def _usage(*, signature: bool, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signature,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def server_key(kind: str) -> ServerKey:
    """A key by its kind: `ecdsa`, `p384`, `rsa`, `rsa-1024`."""
    match kind:
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "rsa-1024":
            return rsa.generate_private_key(65537, 1024)
        case "p384":
            return ec.derive_private_key(11, ec.SECP384R1())
        case _:
            return ec.derive_private_key(7, ec.SECP256R1())


@cache
def root(name: str = "Root") -> Issuer:
    """A self-signed root; only the one named "Root" is trusted."""
    return _issuer(name, None)


@cache
def intermediate() -> Issuer:
    """An issuer under the trusted root."""
    return _issuer("Intermediate", root())


def _issuer(name: str, parent: Issuer | None) -> Issuer:
    key = ec.derive_private_key(1000 + sum(name.encode()), ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = key if parent is None else parent.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if parent is None else parent.certificate.subject)
        .public_key(key.public_key())
        .serial_number(1000)
        .not_valid_before(START - YEAR)
        .not_valid_after(START + 10 * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(signature=False, certificates=True), critical=True)
    )
    if parent is not None:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    return Issuer(key=key, certificate=builder.sign(signer, SHA256()))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@cache
def issue(leaf: Leaf, issuer: str) -> bytes:
    """The DER certificate of a leaf under "Root", "Intermediate" or an unknown root."""
    parent = intermediate() if issuer == "Intermediate" else root(issuer)
    key = server_key(leaf.key)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, leaf.common_name)] if leaf.common_name else []
    usage = ExtendedKeyUsageOID.SERVER_AUTH if leaf.server_authentication else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(attributes))
        .issuer_name(parent.certificate.subject)
        .public_key(key.public_key())
        .serial_number(2000)
        .not_valid_before(leaf.start)
        .not_valid_after(leaf.start + YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.key.public_key()), critical=False
        )
    )
    if leaf.digital_signature is not None:
        builder = builder.add_extension(
            _usage(signature=leaf.digital_signature, certificates=False), critical=True
        )
    if leaf.names:
        names = x509.SubjectAlternativeName([_general_name(name) for name in leaf.names])
        builder = builder.add_extension(names, critical=not attributes)
    return builder.sign(parent.key, SHA256()).public_bytes(Encoding.DER)


def chain(leaf: Leaf, issuer: str = "Intermediate") -> tuple[bytes, ...]:
    """What a server sends: its certificate, and the intermediate if it is under that."""
    first = issue(leaf, issuer)
    return (first, intermediate().der) if issuer == "Intermediate" else (first,)


def sign_key_exchange(kind: str, scheme: int, signed: bytes) -> bytes:
    """The signature of a server's key under a scheme; of a scheme for another kind of key, one of its own kind."""
    key = server_key(kind)
    digest = _HASHES.get(scheme, SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(signed, ec.ECDSA(digest, deterministic_signing=True))
    if scheme in (
        SignatureScheme.RSA_PSS_RSAE_SHA256,
        SignatureScheme.RSA_PSS_RSAE_SHA384,
        SignatureScheme.RSA_PSS_RSAE_SHA512,
    ):
        # A key of 1024 bits has no room for the longest salt and digest.
        digest = digest if key.key_size >= 2048 else SHA256()
        return key.sign(signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    return key.sign(signed, padding.PKCS1v15(), digest)


def usual_scheme(kind: str) -> tuple[int, int]:
    """The suite and scheme that go with a kind of key."""
    if kind.startswith("rsa"):
        return ECDHE_RSA_WITH_AES_128_GCM_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256
    return ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, SignatureScheme.ECDSA_SECP256R1_SHA256


def trusted_roots() -> Sequence[bytes]:
    """The roots of a Verifier."""
    return (root().der,)
