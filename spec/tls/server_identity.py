"""Who the Server is: its name, its certificate chain at a given time, and its signature over the key
exchange.

The Verifier runs it on an identity proof; the Prover, like any TLS client, before it sends anything. Sources:
RFC 5280 and the CA/Browser profile as `cryptography.x509.verification` has them, RFC 6125 section 6.4 for
names, RFC 8422 section 5.4 and RFC 8446 section 4.2.3 for the signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ..identifiers import ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDHE_RSA_WITH_AES_128_GCM_SHA256
from ..reasons import Reason, Rejection
from .constants import SignatureScheme
from .handshake_messages import HandshakeData, signed_parameters

MAXIMUM_NAME_LENGTH = 253

MINIMUM_RSA_BITS = 2048

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x.*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = int((datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _EPOCH).total_seconds())

_HASHES: dict[SignatureScheme, HashAlgorithm] = {
    SignatureScheme.ECDSA_SECP256R1_SHA256: SHA256(),
    SignatureScheme.RSA_PKCS1_SHA256: SHA256(),
    SignatureScheme.RSA_PKCS1_SHA384: SHA384(),
    SignatureScheme.RSA_PKCS1_SHA512: SHA512(),
    SignatureScheme.RSA_PSS_RSAE_SHA256: SHA256(),
    SignatureScheme.RSA_PSS_RSAE_SHA384: SHA384(),
    SignatureScheme.RSA_PSS_RSAE_SHA512: SHA512(),
}

_ECDSA_SCHEMES = frozenset({SignatureScheme.ECDSA_SECP256R1_SHA256})
_PSS_SCHEMES = frozenset(
    {
        SignatureScheme.RSA_PSS_RSAE_SHA256,
        SignatureScheme.RSA_PSS_RSAE_SHA384,
        SignatureScheme.RSA_PSS_RSAE_SHA512,
    }
)
SCHEMES_OF_SUITE: dict[int, frozenset[SignatureScheme]] = {
    ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: _ECDSA_SCHEMES,
    ECDHE_RSA_WITH_AES_128_GCM_SHA256: frozenset(SignatureScheme) - _ECDSA_SCHEMES,
}
"""The kind of signature that each suite asks for."""

ServerVerifyingKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchange:
    """The values that the Server's signature covers, and the suite that fixes its kind."""

    cipher_suite: int
    client_random: bytes
    server_random: bytes
    server_ephemeral_key: bytes


def verify_server_identity(
    *,
    server_name: str,
    handshake_data: HandshakeData,
    key_exchange: KeyExchange,
    roots: Sequence[x509.Certificate],
    time: int,
) -> None:
    """Require that the Server with this name took part in this key exchange.

    `time` is in Unix seconds. Rejects, the first that fails: verification/server-name-mismatch for a
    malformed name; verification/certificate-invalid when a certificate cannot be read;
    verification/server-name-mismatch when the leaf is for other names; verification/certificate-invalid for
    the chain and the leaf's own key; verification/unsupported-signature-scheme;
    verification/key-exchange-signature-invalid.
    """
    parse_server_name(server_name)
    leaf, *rest = [_parse(octets) for octets in handshake_data.certificates]
    verify_server_name(server_name, leaf)
    _verify_chain(server_name, leaf, rest, roots, time)
    _verify_key_exchange_signature(leaf, handshake_data, key_exchange)


def verify_server_name(server_name: str, certificate: x509.Certificate) -> None:
    """Require a well-formed name that a subject alternative name of the certificate covers.

    DNS names of the certificate are compared without case; a wildcard stands for exactly one label and is the
    whole leftmost one. The subject's common name counts for nothing. Rejects with
    verification/server-name-mismatch, and with verification/certificate-invalid when the alternative names
    cannot be read.
    """
    name = parse_server_name(server_name)
    alternatives = _alternative_names(certificate)
    if isinstance(name, x509.IPAddress):
        covered = name.value in (alternatives.get_values_for_type(x509.IPAddress) if alternatives else ())
    else:
        patterns = alternatives.get_values_for_type(x509.DNSName) if alternatives else ()
        covered = any(_covers(pattern.lower(), server_name.split(".")) for pattern in patterns)
    if not covered:
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the certificate is for other names")


def parse_server_name(server_name: str) -> x509.DNSName | x509.IPAddress:
    """Return the name as a certificate would carry it (decision 0017).

    A lower-case DNS name of letters, digits and hyphens, or an address in its canonical text. Nothing is
    mapped: another spelling is another name. Rejects with verification/server-name-mismatch.
    """
    try:
        address = ip_address(server_name)
    except ValueError:
        _require_dns_name(server_name)
        return x509.DNSName(server_name)
    if str(address) != server_name or "%" in server_name:
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "another spelling of an address")
    return x509.IPAddress(address)


def _require_dns_name(server_name: str) -> None:
    labels = server_name.split(".")
    if len(server_name) > MAXIMUM_NAME_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the name is not a DNS name")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the last label is a number")


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    except (x509.DuplicateExtension, ValueError) as error:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, str(error)) from error


def _covers(pattern: str, labels: list[str]) -> bool:
    first, *rest = pattern.split(".")
    if first == "*":
        return len(rest) > 1 and rest == labels[1:]
    return [first, *rest] == labels


def _parse(octets: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets)
    except ValueError as error:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, "a certificate cannot be read") from error


def _verify_chain(
    server_name: str,
    leaf: x509.Certificate,
    intermediates: list[x509.Certificate],
    roots: Sequence[x509.Certificate],
    time: int,
) -> None:
    if not 0 <= time <= _LAST_SECOND:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, "no certificate is valid at this time")
    if not roots:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, "there is no root to trust")
    try:
        verifier = (
            PolicyBuilder()
            .store(Store(list(roots)))
            .time(_EPOCH + timedelta(seconds=time))
            .build_server_verifier(parse_server_name(server_name))
        )
        verifier.verify(leaf, intermediates)
        _require_signing_key(leaf)
    except (VerificationError, UnsupportedAlgorithm, ValueError) as error:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, str(error)) from error


def _require_signing_key(leaf: x509.Certificate) -> None:
    """What path validation leaves open for the leaf's own key: its size, and that it may sign."""
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < MINIMUM_RSA_BITS:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, f"an RSA key of {key.key_size} bits")
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.digital_signature:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, "the key may not sign a key exchange")


def _verify_key_exchange_signature(
    certificate: x509.Certificate, handshake_data: HandshakeData, key_exchange: KeyExchange
) -> None:
    code = handshake_data.signature_algorithm
    allowed = SCHEMES_OF_SUITE.get(key_exchange.cipher_suite, frozenset())
    if code not in allowed:
        raise Rejection(Reason.VERIFICATION_UNSUPPORTED_SIGNATURE_SCHEME, f"scheme {code:#06x}")
    signed = signed_parameters(
        client_random=key_exchange.client_random,
        server_random=key_exchange.server_random,
        server_ephemeral_key=key_exchange.server_ephemeral_key,
    )
    try:
        _verify_signature(certificate, SignatureScheme(code), handshake_data.signature, signed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        raise Rejection(
            Reason.VERIFICATION_KEY_EXCHANGE_SIGNATURE_INVALID, "signature, key or randoms differ"
        ) from error


def _verify_signature(
    certificate: x509.Certificate, scheme: SignatureScheme, signature: bytes, signed: bytes
) -> None:
    """Check one signature with the leaf's key; a key of another kind or curve than the scheme's is a
    failure.
    """
    key = certificate.public_key()
    digest = _HASHES[scheme]
    if scheme in _ECDSA_SCHEMES:
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise InvalidSignature("the key is not on P-256")
        key.verify(signature, signed, ec.ECDSA(digest))
        return
    if not isinstance(key, rsa.RSAPublicKey):
        raise InvalidSignature("the key is not an RSA key")
    if scheme in _PSS_SCHEMES:
        key.verify(signature, signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    else:
        key.verify(signature, signed, padding.PKCS1v15(), digest)
