"""The server's identity: its chain at a given time, its signature over the key exchange (RFC 5280, 6125)."""

from __future__ import annotations

import datetime
import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ..foundation.artifacts import HandshakeData
from ..foundation.errors import Refused
from .constants import (
    KEY_EXCHANGE_SCHEMES,
    MAXIMUM_CERTIFICATES,
    POINT_SIZE,
    RANDOM_SIZE,
    CipherSuite,
    SignatureScheme,
)
from .messages import key_exchange_parameters
from .server_name import ServerName, read_server_name

_MINIMUM_RSA_BITS: Final = 2048
_LATEST_TIME: Final = 253_402_300_799  # The last second a certificate can name (RFC 5280, section 4.1.2.5).

_HASHES: Final[dict[SignatureScheme, hashes.HashAlgorithm]] = {
    SignatureScheme.ECDSA_SECP256R1_SHA256: hashes.SHA256(),
    SignatureScheme.RSA_PSS_RSAE_SHA256: hashes.SHA256(),
    SignatureScheme.RSA_PSS_RSAE_SHA384: hashes.SHA384(),
    SignatureScheme.RSA_PSS_RSAE_SHA512: hashes.SHA512(),
    SignatureScheme.RSA_PKCS1_SHA256: hashes.SHA256(),
    SignatureScheme.RSA_PKCS1_SHA384: hashes.SHA384(),
    SignatureScheme.RSA_PKCS1_SHA512: hashes.SHA512(),
}
_PROBABILISTIC: Final = frozenset(
    {
        SignatureScheme.RSA_PSS_RSAE_SHA256,
        SignatureScheme.RSA_PSS_RSAE_SHA384,
        SignatureScheme.RSA_PSS_RSAE_SHA512,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchange:
    """What the server signs: suite, both randoms (32 octets each), its ephemeral point (65 octets)."""

    cipher_suite: int
    client_random: bytes
    server_random: bytes
    server_ephemeral_key: bytes

    def signed_content(self) -> bytes:
        """Return the one exact content of the signature, 133 octets (RFC 8422, section 5.4).

        Fixed sizes keep the message of any other protocol from being read as this one.
        """
        sizes = (len(self.client_random), len(self.server_random), len(self.server_ephemeral_key))
        if sizes != (RANDOM_SIZE, RANDOM_SIZE, POINT_SIZE):
            raise Refused("verification/key-exchange-signature-invalid", f"fields of {sizes} octets")
        return self.client_random + self.server_random + key_exchange_parameters(self.server_ephemeral_key)


@functools.cache
def default_roots() -> tuple[x509.Certificate, ...]:
    """Return certifi's root certificates."""
    return read_roots(Path(certifi.where()).read_bytes())


def read_roots(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the root certificates in PEM text, at least one; refuses `tls/roots-malformed`."""
    try:
        with warnings.catch_warnings():
            # Some old roots have serial numbers that the library tolerates with a warning; users chose to
            # trust them.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise Refused("tls/roots-malformed", str(error)) from None


def verify_server(
    handshake_data: HandshakeData,
    *,
    key_exchange: KeyExchange,
    server_name: str,
    time: int,
    roots: Sequence[x509.Certificate],
) -> tuple[x509.Certificate, ...]:
    """Return the path from the server's certificate to a root, once name, chain and signature hold.

    `server_name` is the canonical spelling (`read_server_name`), `time` in Unix seconds. Run by the Prover
    before it uses the server's ephemeral key, and by the Verifier at the attested time. Order of checks and
    reasons: those of `verify_chain`, then those of `verify_key_exchange_signature`. Revocation is not
    checked: neither lists nor stapled answers are read.
    """
    path = verify_chain(handshake_data.certificates, server_name=server_name, time=time, roots=roots)
    verify_key_exchange_signature(handshake_data, key_exchange)
    return path


def verify_chain(
    certificates: Sequence[bytes], *, server_name: str, time: int, roots: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return the path of a chain (DER, the server's own certificate first) at `time` in Unix seconds.

    Refuses `verification/server-name-mismatch` first: a name that is not canonical, or that subjectAltName of
    the server's certificate does not hold (the common name is never read). All else is
    `verification/certificate-invalid`: what `cryptography.x509.verification` refuses (validity in time,
    unknown root, names again, constraints, RSA issuers below 2048 bits, SHA-1, extended key usage without
    server authentication) and what it leaves open for the server's own key: RSA below 2048 bits, key usage
    without digital signature. Intermediates may stand in any order and roots may be sent along.
    """
    name = _canonical(server_name)
    leaf, *intermediates = _parse(certificates)
    if not _covers(leaf, name):
        raise Refused("verification/server-name-mismatch", f"the certificate is not for {name.text}")
    if not 0 <= time <= _LATEST_TIME:
        raise Refused("verification/certificate-invalid", f"{time} is no time of a certificate")
    if not roots:
        raise Refused("verification/certificate-invalid", "no root certificate is trusted")
    moment = datetime.datetime.fromtimestamp(time, datetime.UTC)
    try:
        verifier = PolicyBuilder().store(Store(list(roots))).time(moment).build_server_verifier(name.subject)
        path = verifier.verify(leaf, intermediates)
        _check_own_key(leaf)
    except (VerificationError, ValueError, x509.DuplicateExtension) as error:
        raise Refused("verification/certificate-invalid", str(error)) from None
    return tuple(path)


def verify_key_exchange_signature(handshake_data: HandshakeData, key_exchange: KeyExchange) -> None:
    """Check the server's signature over randoms and ephemeral key with the key of its own certificate.

    Refuses `verification/unsupported-signature-scheme` (unknown, SHA-1, or not of the suite's kind),
    `verification/certificate-invalid` (a certificate or key that cannot be read), and
    `verification/key-exchange-signature-invalid`, also when the certificate's key cannot have made such a
    signature: another kind, or a curve other than P-256, the only one offered (RFC 8422, section 5.3).
    """
    try:
        scheme = SignatureScheme(handshake_data.signature_algorithm)
        allowed = scheme in KEY_EXCHANGE_SCHEMES[CipherSuite(key_exchange.cipher_suite)]
    except ValueError:
        allowed = False
    if not allowed:
        detail = f"{handshake_data.signature_algorithm:#06x} in suite {key_exchange.cipher_suite:#06x}"
        raise Refused("verification/unsupported-signature-scheme", detail)
    content = key_exchange.signed_content()
    try:
        key = _parse(handshake_data.certificates)[0].public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("verification/certificate-invalid", str(error)) from None
    if not _signature_verifies(key, scheme, handshake_data.signature, content):
        raise Refused(
            "verification/key-exchange-signature-invalid", "not by the certificate's key over this exchange"
        )


def _signature_verifies(
    key: CertificatePublicKeyTypes, scheme: SignatureScheme, signature: bytes, content: bytes
) -> bool:
    algorithm = _HASHES[scheme]
    elliptic = scheme is SignatureScheme.ECDSA_SECP256R1_SHA256
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) and elliptic:
            key.verify(signature, content, ec.ECDSA(algorithm))
            return True
        if isinstance(key, rsa.RSAPublicKey) and not elliptic:
            key.verify(signature, content, _rsa_padding(scheme, algorithm), algorithm)
            return True
    except InvalidSignature:
        return False
    return False


def _canonical(server_name: str) -> ServerName:
    try:
        return read_server_name(server_name)
    except Refused as refusal:
        raise Refused("verification/server-name-mismatch", refusal.detail) from None


def _parse(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    if not 0 < len(certificates) <= MAXIMUM_CERTIFICATES:
        raise Refused("verification/certificate-invalid", f"a chain of {len(certificates)} certificates")
    parsed: list[x509.Certificate] = []
    for position, der in enumerate(certificates):
        try:
            with warnings.catch_warnings():
                # What the library would only warn about in a chain is refused.
                warnings.simplefilter("error", CryptographyDeprecationWarning)
                parsed.append(x509.load_der_x509_certificate(der))
        except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning) as error:
            raise Refused("verification/certificate-invalid", f"certificate {position}: {error}") from None
    return parsed


def _covers(leaf: x509.Certificate, name: ServerName) -> bool:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    except (ValueError, x509.DuplicateExtension) as error:
        raise Refused("verification/certificate-invalid", str(error)) from None
    return name.covered_by(names)


def _check_own_key(leaf: x509.Certificate) -> None:
    """Refuse what the library leaves open for the server's own key: its size, and its use for signing."""
    try:
        key = leaf.public_key()
    except UnsupportedAlgorithm as error:
        raise Refused("verification/certificate-invalid", str(error)) from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _MINIMUM_RSA_BITS:
        raise Refused("verification/certificate-invalid", f"an RSA key of {key.key_size} bits")
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.digital_signature:
        raise Refused("verification/certificate-invalid", "its key may not sign a key exchange")


def _rsa_padding(scheme: SignatureScheme, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if scheme in _PROBABILISTIC:
        # RFC 8446, section 4.2.3: mask generation with the same hash, the salt as long as the digest.
        return padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)
    return padding.PKCS1v15()
