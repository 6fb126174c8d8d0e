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

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMERIC_LABEL = re.compile(r"[0-9]+")
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
    malformed name; verification/certificate-invalid when the leaf is not DER;
    verification/server-name-mismatch when it is for other names; verification/certificate-invalid for the
    chain; verification/unsupported-signature-scheme; verification/key-exchange-signature-invalid.
    """
    _labels(server_name)
    first, *rest = handshake_data.certificates
    leaf = _parse(first)
    verify_server_name(server_name, leaf)
    _verify_chain(server_name, leaf, [_parse(octets) for octets in rest], roots, time)
    _verify_key_exchange_signature(leaf, handshake_data, key_exchange)


def verify_server_name(server_name: str, certificate: x509.Certificate) -> None:
    """Require a well-formed DNS name that a subject alternative name of the certificate covers.

    Letters, digits and hyphens, compared without case; no trailing dot, no address, no international form but
    the encoded one. A wildcard stands for exactly one label and is the whole leftmost one. The subject's
    common name counts for nothing. Rejects with verification/server-name-mismatch.
    """
    labels = _labels(server_name)
    if not any(_covers(pattern.lower(), labels) for pattern in _dns_names(certificate)):
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the certificate is for other names")


def _labels(server_name: str) -> list[str]:
    """The labels of a DNS name in lower case. Rejects with verification/server-name-mismatch."""
    labels = server_name.lower().split(".")
    if len(server_name) > MAXIMUM_NAME_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the name is not a DNS name")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        raise Rejection(Reason.VERIFICATION_SERVER_NAME_MISMATCH, "the name is an address")
    return labels


def _dns_names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return []
    return extension.value.get_values_for_type(x509.DNSName)


def _covers(pattern: str, labels: list[str]) -> bool:
    first, *rest = pattern.split(".")
    if first == "*":
        return len(rest) > 1 and rest == labels[1:]
    return [first, *rest] == labels


def _parse(octets: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets)
    except ValueError as error:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, "a certificate is not DER") from error


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
            .build_server_verifier(x509.DNSName(server_name))
        )
        verifier.verify(leaf, intermediates)
    except (VerificationError, ValueError) as error:
        raise Rejection(Reason.VERIFICATION_CERTIFICATE_INVALID, str(error)) from error


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
