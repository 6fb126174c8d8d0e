"""A throw-away certificate authority: a root, an intermediate, and server certificates under it."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Kind = Literal["rsa", "ecdsa"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

VALID_FROM: Final = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
VALID_UNTIL: Final = datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC)
TIME: Final = int(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp())
"""A moment inside every validity, so that no test reads the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """A server's key and the chain it sends: its own certificate and the intermediate."""

    chain: tuple[x509.Certificate, ...]
    private_key: PrivateKey = field(repr=False)

    @property
    def der_chain(self) -> tuple[bytes, ...]:
        return tuple(each.public_bytes(serialization.Encoding.DER) for each in self.chain)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write chain and key as PEM files; return their paths."""
        chain_file, key_file = folder / "chain.pem", folder / "key.pem"
        chain_file.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.chain))
        key_file.touch(mode=0o600)
        key_file.write_bytes(
            self.private_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return chain_file, key_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One certificate authority (P-256) and its intermediate (P-384)."""

    root: x509.Certificate
    intermediate: x509.Certificate
    root_key: ec.EllipticCurvePrivateKey = field(repr=False)
    intermediate_key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def create(cls) -> Authority:
        root_key = ec.generate_private_key(ec.SECP256R1())
        intermediate_key = ec.generate_private_key(ec.SECP384R1())
        root_name = distinguished_name("Throw-away root")
        intermediate_name = distinguished_name("Intermediate")
        root = sign(
            certificate_authority(
                subject=root_name, issuer=root_name, key=root_key, path_length=1, issuer_key=root_key
            ),
            root_key,
        )
        intermediate = sign(
            certificate_authority(
                subject=intermediate_name,
                issuer=root_name,
                key=intermediate_key,
                path_length=0,
                issuer_key=root_key,
            ),
            root_key,
        )
        return cls(root=root, intermediate=intermediate, root_key=root_key, intermediate_key=intermediate_key)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def issue(
        self, kind: Kind, names: Sequence[str] = ("localhost", "127.0.0.1"), *, key: PrivateKey | None = None
    ) -> ServerCertificate:
        """Issue a server certificate, RSA 2048 or ECDSA P-256, for DNS names and addresses."""
        private_key = key or new_key(kind)
        leaf = sign(self.server_builder(private_key, names), self.intermediate_key)
        return ServerCertificate(chain=(leaf, self.intermediate), private_key=private_key)

    def server_builder(self, key: PrivateKey, names: Sequence[str]) -> x509.CertificateBuilder:
        """Return an unsigned server certificate with everything a browser asks for."""
        builder = certificate(
            subject=x509.Name([]), issuer=self.intermediate.subject, key=key, issuer_key=self.intermediate_key
        )
        return (
            builder.add_extension(alternative_names(names), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )


def new_key(kind: Kind) -> PrivateKey:
    """Return a fresh RSA 2048 or P-256 key."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def sign(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    """Sign with SHA-256, or SHA-384 for a P-384 key."""
    large = isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 384
    return builder.sign(key, hashes.SHA384() if large else hashes.SHA256())


def distinguished_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """Return subjectAltName for DNS names and addresses."""
    general: list[x509.GeneralName] = []
    for name in names:
        try:
            general.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            general.append(x509.DNSName(name))
    return x509.SubjectAlternativeName(general)


def key_usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=not digital_signature and not key_cert_sign,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def certificate(
    *, subject: x509.Name, issuer: x509.Name, key: PrivateKey, issuer_key: PrivateKey
) -> x509.CertificateBuilder:
    """Return the fields that every certificate here has."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )


def certificate_authority(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    issuer_key: PrivateKey,
    path_length: int | None,
) -> x509.CertificateBuilder:
    """Return an unsigned certificate of an authority."""
    builder = certificate(subject=subject, issuer=issuer, key=key, issuer_key=issuer_key)
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(key_usage(key_cert_sign=True), critical=True)
