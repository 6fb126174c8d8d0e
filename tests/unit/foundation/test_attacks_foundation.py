"""Attacks on encodings, signatures and hashes that stand below every artifact."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mpctls.reference.foundation.artifacts import (
    EXTENSIONS,
    TRANSCRIPT_COMMITMENT,
    EncodingCommitment,
    HandshakeData,
    HashCommitment,
)
from mpctls.reference.foundation.commitments import handshake_commitment
from mpctls.reference.foundation.encoding import BOOLEAN, U8, U64, Enumeration
from mpctls.reference.foundation.hashes import commitment_value
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.reference.foundation.merkle import leaf_hash
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.sha256 import compress
from mpctls.reference.foundation.signatures import SigningKey, VerifyingKey

from .refusals import refused

ROOT = Path(__file__).resolve().parents[3]
INVALID = "verification/signature-invalid"
ELLIPTIC = [each for each in SignatureAlgorithm if each is not SignatureAlgorithm.ED25519]
BLINDER = bytes(range(16))


def is_no_signature(key: VerifyingKey, signature: bytes) -> None:
    with refused(INVALID):
        key.verify(signature, b"message", reason=INVALID)


@pytest.mark.parametrize("algorithm", ELLIPTIC)
@pytest.mark.parametrize("recovery", [0, 1, 27, 28, 255])
def test_a_recovery_octet_is_not_part_of_a_signature(algorithm: SignatureAlgorithm, recovery: int) -> None:
    """Attack catalogue, A4: the forms of 65 octets, and of 64 with the parity in s (EIP-2098)."""
    key = SigningKey.generate(algorithm)
    signature = key.sign(b"message")
    is_no_signature(key.verifying_key, signature + bytes([recovery]))
    is_no_signature(key.verifying_key, bytes([recovery]) + signature)
    is_no_signature(key.verifying_key, signature[:32] + bytes([signature[32] | 0x80]) + signature[33:])


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_no_der_encoding_is_a_signature(algorithm: SignatureAlgorithm) -> None:
    """Attack catalogue, A6: what has one encoding of fixed length cannot be encoded laxly."""
    key = SigningKey.generate(algorithm)
    signature = key.sign(b"message")
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    encoded = encode_dss_signature(r, s)
    for other in (encoded, b"\x30\x81" + encoded[1:], encoded + b"\0", encoded[:64], encoded[-64:]):
        is_no_signature(key.verifying_key, other)


def padding(length: int) -> bytes:
    """The padding of SHA-256 for a message of `length` octets: FIPS 180-4, section 5.1.1."""
    return b"\x80" + bytes(-(length + 9) % 64) + (8 * length).to_bytes(8, "big")


def test_a_value_that_is_lengthened_opens_to_nothing() -> None:
    """Attack catalogue, B10: from a digest alone, that of the message, its padding and more can be computed."""
    octets, more = b"balance 1000", bytes(16)
    value = commitment_value(HashAlgorithm.SHA256, octets, BLINDER)
    context = b"mpctls/1/hash-commitment/sha256".ljust(64, b"\0")
    hashed = context + len(octets).to_bytes(4, "little") + octets + BLINDER
    message = hashed + padding(len(hashed)) + more
    lengthened = compress(value, more + padding(len(message)))
    assert lengthened == hashlib.sha256(message).digest(), "the extension itself works"
    rest = message[len(context) + 4 :]
    for cut in range(len(rest) - 15):
        assert commitment_value(HashAlgorithm.SHA256, rest[:cut], rest[cut : cut + 16]) != lengthened


def test_leaves_of_two_kinds_are_never_the_same_octets() -> None:
    """Attack catalogue, B6: the kind is the leaf's first octet."""
    ranges = RangeSet.of([(0, 1)])
    hashed = TRANSCRIPT_COMMITMENT.encode(
        HashCommitment(
            direction=Direction.SENT,
            ranges=ranges,
            lexical_class=LexicalClass.ANY,
            algorithm=1,
            value=bytes(32),
        )
    )
    encoded = TRANSCRIPT_COMMITMENT.encode(
        EncodingCommitment(
            direction=Direction.SENT,
            ranges=ranges,
            lexical_class=LexicalClass.ANY,
            commitment=bytes(32),
            offset=bytes(32),
            factor=bytes(32),
        )
    )
    assert (hashed[0], encoded[0]) == (0, 1)
    assert hashed[1:12] == encoded[1:12]
    assert leaf_hash(HashAlgorithm.SHA256, hashed) != leaf_hash(HashAlgorithm.SHA256, encoded)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_a_guessed_value_is_not_confirmed_without_its_blinder(algorithm: HashAlgorithm) -> None:
    """Attack catalogue, C8 and H6: all four-digit values are tried against one commitment."""
    value = commitment_value(algorithm, b"4711", BLINDER)
    guesses = {commitment_value(algorithm, b"%04d" % number, bytes(16)) for number in range(10_000)}
    assert len(guesses) == 10_000
    assert value not in guesses
    assert commitment_value(algorithm, b"4711", bytes(16)) in guesses


def test_truth_values_and_numbers_are_of_one_type_each() -> None:
    """Attack catalogue, J3: in Python `True` equals 1, so what was decoded must be told apart by its type."""
    assert BOOLEAN.decode(b"\1") is True
    assert BOOLEAN.decode(b"\0") is False
    assert type(U8.decode(b"\1")) is int
    assert type(U64.decode(b"\1" + bytes(7))) is int
    assert type(Enumeration((False, True)).decode(b"\1")) is bool


PROGRAM = """
from mpctls.reference.foundation.artifacts import EXTENSIONS, Extension
from mpctls.reference.foundation.ranges import RANGE_SET, RangeSet
names = {"holder-key", "purpose", "a", "b/c", "notary.x", "z"}
extensions = tuple(Extension(id=name, critical=False, value=b"") for name in sorted(names))
ranges = RangeSet.of({(9, 12), (0, 2), (40, 41), (3, 5)})
print(EXTENSIONS.encode(extensions).hex(), RANGE_SET.encode(ranges).hex(), hash("a"))
"""


def test_octets_do_not_depend_on_the_order_of_sets() -> None:
    """Attack catalogue, J8: two processes that hash text differently encode the same values alike."""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "src"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert outputs[0][:2] == outputs[1][:2]
    assert outputs[0][2] != outputs[1][2]
    assert EXTENSIONS.decode(bytes.fromhex(outputs[0][0]))[0].id == "a"


def test_a_known_server_is_not_confirmed_without_the_blinder() -> None:
    """Attack catalogue, H8: a Notary that knows every certificate and signature tries them on the commitment."""
    known = [
        HandshakeData(certificates=(bytes([server]),), signature_algorithm=0x0401, signature=bytes(256))
        for server in range(200)
    ]
    commitment = handshake_commitment(known[7], bytes(range(32)))
    guesses = {handshake_commitment(data, bytes(32)) for data in known}
    assert len(guesses) == 200
    assert commitment not in guesses
    assert commitment == handshake_commitment(known[7], bytes(range(32)))
