"""Signatures of attestations, session answers and bindings: four algorithms, one form of key and signature
each.

A key has exactly one encoding and a message has, under one ECDSA key, exactly one signature that this module
makes: nonces are derived (RFC 6979, HMAC-SHA-256 over the 32-octet digest, also for Keccak-256) and s is at
most n/2. Ed25519 follows RFC 8032 with one verification rule: no cofactor, S < L, R compared as octets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .digests import sha256
from .encoding import Limit, Structure
from .hashes.keccak import keccak_256
from .identifiers import SignatureAlgorithm
from .reasons import Reason, Rejection

SIGNATURE_LENGTH = 64

_ED25519_PRIME = 2**255 - 19
_ED25519_D = -121665 * pow(121666, -1, _ED25519_PRIME) % _ED25519_PRIME

_ECDSA_OVER_32_OCTETS = Prehashed(hashes.SHA256())
"""SHA-256 here names the length of the digest and the hash in RFC 6979; the message may be hashed otherwise.
SHA-256 here names the length of the digest and the hash in RFC 6979; the message may be hashed otherwise.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _EcdsaAlgorithm:
    curve: ec.EllipticCurve
    order: int
    digest: Callable[[bytes], bytes]


_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_ECDSA = {
    SignatureAlgorithm.ECDSA_P256_SHA256: _EcdsaAlgorithm(
        curve=ec.SECP256R1(), order=_P256_ORDER, digest=sha256
    ),
    SignatureAlgorithm.ECDSA_SECP256K1_SHA256: _EcdsaAlgorithm(
        curve=ec.SECP256K1(), order=_SECP256K1_ORDER, digest=sha256
    ),
    SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: _EcdsaAlgorithm(
        curve=ec.SECP256K1(), order=_SECP256K1_ORDER, digest=keccak_256
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyingKey(Structure):
    """A public key for exactly one algorithm, in its only encoding.

    Ed25519: 32 octets, y < 2^255 - 19, not a small-order point. ECDSA: 33 octets, SEC 1 compressed, on the
    curve. Rejects with encoding/not-canonical.
    """

    algorithm: SignatureAlgorithm
    key: Annotated[bytes, Limit(64)]

    def __post_init__(self) -> None:
        if self.algorithm is SignatureAlgorithm.ED25519:
            _require_canonical_ed25519(self.key)
        else:
            _ecdsa_public_key(self)


def _require_canonical_ed25519(key: bytes) -> None:
    y = int.from_bytes(key, "little") & (2**255 - 1)
    if len(key) != 32 or y >= _ED25519_PRIME:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "an Ed25519 key is not the canonical 32 octets")
    # The eight small-order points: the identity and (0, -1) have y = ±1, the two of order four y = 0.
    # Doubling one of order eight gives y = 0, hence x² = -y², and the curve -x² + y² = 1 + d x² y² leaves d
    # y⁴ + 2 y² - 1 = 0.
    if y * (y**2 - 1) * (_ED25519_D * y**4 + 2 * y**2 - 1) % _ED25519_PRIME == 0:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "an Ed25519 key is a small-order point")


def _ecdsa_public_key(key: VerifyingKey) -> ec.EllipticCurvePublicKey:
    if len(key.key) != 33 or key.key[0] not in (2, 3):
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "an ECDSA key is not a compressed point of 33 octets")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_ECDSA[key.algorithm].curve, key.key)
    except ValueError:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, "an ECDSA key is not on its curve") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key for one algorithm, 32 octets: an Ed25519 seed or an ECDSA scalar, big-endian."""

    algorithm: SignatureAlgorithm
    secret: bytes = field(repr=False)

    @property
    def verifying_key(self) -> VerifyingKey:
        """The public key."""
        if self.algorithm is SignatureAlgorithm.ED25519:
            key = Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        else:
            public = self._scalar().public_key()
            key = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return VerifyingKey(algorithm=self.algorithm, key=key)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 octets of the signature: R ‖ S, or r ‖ s big-endian with s at most n/2."""
        if self.algorithm is SignatureAlgorithm.ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)
        parameters = _ECDSA[self.algorithm]
        algorithm = ec.ECDSA(_ECDSA_OVER_32_OCTETS, deterministic_signing=True)
        r, s = decode_dss_signature(self._scalar().sign(parameters.digest(message), algorithm))
        return r.to_bytes(32, "big") + min(s, parameters.order - s).to_bytes(32, "big")

    def _scalar(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self.secret, "big"), _ECDSA[self.algorithm].curve)


def verify_signature(key: VerifyingKey, signature: bytes, message: bytes, *, otherwise: Reason) -> None:
    """Require that `signature` is the signature of `message` under `key`; rejects with `otherwise`.

    For ECDSA 0 < r < n and 0 < s ≤ n/2, so that no third party can turn one valid signature into another.
    """
    try:
        if key.algorithm is SignatureAlgorithm.ED25519:
            Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
        else:
            _verify_ecdsa(key, signature, message)
    except InvalidSignature:
        raise Rejection(otherwise) from None


def _verify_ecdsa(key: VerifyingKey, signature: bytes, message: bytes) -> None:
    parameters = _ECDSA[key.algorithm]
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if (
        len(signature) != SIGNATURE_LENGTH
        or not 0 < r < parameters.order
        or not 0 < s <= parameters.order // 2
    ):
        raise InvalidSignature
    algorithm = ec.ECDSA(_ECDSA_OVER_32_OCTETS)
    _ecdsa_public_key(key).verify(encode_dss_signature(r, s), parameters.digest(message), algorithm)
