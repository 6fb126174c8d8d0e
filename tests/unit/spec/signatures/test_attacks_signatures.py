"""Other encodings of a right signature are wrong signatures."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.reasons import Reason
from mpctls.spec.signatures import SigningKey, VerifyingKey, verify_signature

from ..session.stages import rejects

ELLIPTIC = [algorithm for algorithm in SignatureAlgorithm if algorithm is not SignatureAlgorithm.ED25519]


def refused(key: VerifyingKey, signature: bytes) -> None:
    with rejects(Reason.VERIFICATION_SIGNATURE_INVALID):
        verify_signature(key, signature, b"message", otherwise=Reason.VERIFICATION_SIGNATURE_INVALID)


@pytest.mark.parametrize("algorithm", ELLIPTIC)
@pytest.mark.parametrize("recovery", [0, 1, 27, 28, 255])
def test_a_recovery_octet_is_not_part_of_a_signature(algorithm: SignatureAlgorithm, recovery: int) -> None:
    """Attack catalogue, A4: the form of 65 octets that Ethereum uses."""
    key = SigningKey(algorithm=algorithm, secret=bytes(31) + b"\x05")
    signature = key.sign(b"message")
    refused(key.verifying_key, signature + bytes([recovery]))
    refused(key.verifying_key, bytes([recovery]) + signature)
    # EIP-2098 puts the parity into the first bit of s.
    refused(key.verifying_key, signature[:32] + bytes([signature[32] | 0x80]) + signature[33:])


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_no_der_encoding_is_a_signature(algorithm: SignatureAlgorithm) -> None:
    """Attack catalogue, A6: what has one encoding of fixed length cannot be encoded laxly."""
    key = SigningKey(algorithm=algorithm, secret=bytes(31) + b"\x05")
    signature = key.sign(b"message")
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    encoded = encode_dss_signature(r, s)
    long_length = b"\x30\x81" + encoded[1:]
    for other in (encoded, long_length, encoded + b"\0", encoded[:64], encoded[-64:]):
        refused(key.verifying_key, other)


def test_a_key_under_another_name_is_another_key() -> None:
    """Attack catalogue, A3: one secp256k1 key serves two algorithms, and neither believes the other's signatures."""
    one, other = SignatureAlgorithm.ECDSA_SECP256K1_SHA256, SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256
    keys = [SigningKey(algorithm=algorithm, secret=bytes(31) + b"\x05") for algorithm in (one, other)]
    assert keys[0].verifying_key.key == keys[1].verifying_key.key
    assert keys[0].verifying_key != keys[1].verifying_key
    refused(keys[0].verifying_key, keys[1].sign(b"message"))
    refused(keys[1].verifying_key, keys[0].sign(b"message"))
