"""Signature algorithms of attestations and bindings: keys, signing, verification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from .encoding import Octets, Struct
from .errors import Refused
from .hashes import keccak256, sha256
from .identifiers import SIGNATURE_IDENTIFIER, SignatureAlgorithm

SIGNATURE_LENGTH: Final = 64
_ED25519_PRIME: Final = 2**255 - 19
_SMALL_ORDER_Y: Final = frozenset(
    {
        0,
        1,
        _ED25519_PRIME - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)
"""y coordinates of the eight points of small order on edwards25519."""

_ORDERS: Final = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def _curve(algorithm: SignatureAlgorithm) -> ec.EllipticCurve:
    return ec.SECP256R1() if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256 else ec.SECP256K1()


def _message_digest(algorithm: SignatureAlgorithm, message: bytes) -> bytes:
    if algorithm is SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256:
        return keccak256(message)
    return sha256(message)


def _check_ed25519_key(key: bytes) -> None:
    if len(key) != 32:
        raise Refused("encoding/not-canonical", f"an Ed25519 key of {len(key)} octets")
    ordinate = int.from_bytes(key, "little") & ((1 << 255) - 1)
    if ordinate >= _ED25519_PRIME or ordinate in _SMALL_ORDER_Y:
        raise Refused("encoding/not-canonical", "an Ed25519 key that is not canonical or of small order")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyingKey:
    """A public key with its one algorithm; refuses with `encoding/not-canonical` what is no key in canonical form."""

    algorithm: int = field(metadata=SIGNATURE_IDENTIFIER.wire)
    key: bytes = field(metadata=Octets(64).wire)

    def __post_init__(self) -> None:
        algorithm = SignatureAlgorithm(self.algorithm)
        if algorithm is SignatureAlgorithm.ED25519:
            _check_ed25519_key(self.key)
            return
        if len(self.key) != 33 or self.key[0] not in (2, 3):
            raise Refused("encoding/not-canonical", "an ECDSA key that is not a compressed point")
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(_curve(algorithm), self.key)
        except ValueError:
            raise Refused("encoding/not-canonical", "an ECDSA key that is not on its curve") from None

    def verify(self, signature: bytes, message: bytes, *, reason: str) -> None:
        """Refuse with `reason` unless `signature` (64 octets) is this key's over `message`.

        Ed25519 as in RFC 8032, cofactorless, S < L, R compared as octets; ECDSA with low s on both curves.
        """
        algorithm = SignatureAlgorithm(self.algorithm)
        try:
            if len(signature) != SIGNATURE_LENGTH:
                raise InvalidSignature
            if algorithm is SignatureAlgorithm.ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
                return
            curve = _curve(algorithm)
            r = int.from_bytes(signature[:32], "big")
            s = int.from_bytes(signature[32:], "big")
            order = _ORDERS[curve.name]
            if not 0 < r < order or not 0 < s <= order // 2:
                raise InvalidSignature
            public = ec.EllipticCurvePublicKey.from_encoded_point(curve, self.key)
            digest = _message_digest(algorithm, message)
            public.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        except InvalidSignature:
            raise Refused(reason, f"{algorithm.label} signature does not verify") from None


VERIFYING_KEY = Struct(VerifyingKey)


class SigningKey:
    """A private key bound to one algorithm; never shows the secret in `repr`."""

    __slots__ = ("_algorithm", "_private", "verifying_key")

    def __init__(self, algorithm: SignatureAlgorithm, private: PrivateKey) -> None:
        is_edwards = isinstance(private, ed25519.Ed25519PrivateKey)
        if is_edwards != (algorithm is SignatureAlgorithm.ED25519) or (
            isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name != _curve(algorithm).name
        ):
            raise Refused("command/unsuitable-key", f"the key is not one for {algorithm.label}")
        self._algorithm = algorithm
        self._private = private
        public = private.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            key = public.public_bytes_raw()
        else:
            key = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.verifying_key = VerifyingKey(algorithm=algorithm.value, key=key)

    def __repr__(self) -> str:
        return f"SigningKey({self._algorithm.label})"

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return self._algorithm

    @staticmethod
    def generate(algorithm: SignatureAlgorithm) -> SigningKey:
        """A fresh key from the operating system's randomness."""
        if algorithm is SignatureAlgorithm.ED25519:
            return SigningKey(algorithm, ed25519.Ed25519PrivateKey.generate())
        return SigningKey(algorithm, ec.generate_private_key(_curve(algorithm)))

    @staticmethod
    def from_pem(algorithm: SignatureAlgorithm, pem: bytes, password: bytes | None = None) -> SigningKey:
        """Read a PKCS #8 private key; refuses with `command/unsuitable-key` what is no key for `algorithm`."""
        try:
            private = load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Refused("command/unsuitable-key", "not a readable PKCS #8 private key") from None
        if not isinstance(private, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise Refused("command/unsuitable-key", f"the key is not one for {algorithm.label}")
        return SigningKey(algorithm, private)

    def to_pem(self, password: bytes | None = None) -> bytes:
        """The private key as PKCS #8 PEM, encrypted when a password is given; refuses an empty one."""
        if password == b"":
            raise Refused("command/unsuitable-key", "an empty password protects nothing")
        protection: KeySerializationEncryption = (
            NoEncryption() if password is None else BestAvailableEncryption(password)
        )
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)

    def sign(self, message: bytes) -> bytes:
        """64 octets: Ed25519 R ‖ S, or ECDSA r ‖ s big-endian with RFC 6979 nonce (HMAC-SHA-256) and low s."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        digest = _message_digest(self._algorithm, message)
        scheme = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
        r, s = decode_dss_signature(self._private.sign(digest, scheme))
        order = _ORDERS[self._private.curve.name]
        return r.to_bytes(32, "big") + min(s, order - s).to_bytes(32, "big")
