"""AES-128-GCM taken apart, because its parts belong to different parties: key stream, GHASH, tag.

J0 = nonce ‖ u32(1); key-stream block i = AES_K(nonce ‖ u32(i + 2)); H = AES_K(0¹²⁸);
tag = GHASH_H(AAD, C) ⊕ AES_K(J0). Source: NIST SP 800-38D, sections 6.4, 6.5, 7.1, for nonces of 96 bits.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from ..algebra.fields import BLOCK_LENGTH, FieldElement, binary_field, block_to_element, element_to_block

NONCE_LENGTH = 12

FIRST_COUNTER_OF_KEY_STREAM = 2
"""Block 1, J0, masks the tag, and is never opened before close; nor is the zero block, the hash key."""


def encrypt_block(key: bytes, block: bytes) -> bytes:
    """AES_K of one block of 16 octets: FIPS 197."""
    encryptor = Cipher(AES(key), ECB()).encryptor()  # One block: no mode of operation is meant.
    return encryptor.update(block) + encryptor.finalize()


def counter_block(nonce: bytes, counter: int) -> bytes:
    """nonce ‖ u32 big-endian: the block that is encrypted."""
    if len(nonce) != NONCE_LENGTH:
        raise ValueError(f"a nonce has {NONCE_LENGTH} octets, not {len(nonce)}")
    return nonce + counter.to_bytes(4, "big")


def hash_key(key: bytes) -> bytes:
    """H, the block whose powers the tag is a polynomial in."""
    return encrypt_block(key, bytes(BLOCK_LENGTH))


def tag_mask(key: bytes, nonce: bytes) -> bytes:
    """AES_K(J0), the block that hides GHASH in the tag."""
    return encrypt_block(key, counter_block(nonce, 1))


def key_stream(key: bytes, nonce: bytes, length: int) -> bytes:
    """The octets that plaintext is XORed with."""
    blocks = range(-(-length // BLOCK_LENGTH))
    return b"".join(
        encrypt_block(key, counter_block(nonce, FIRST_COUNTER_OF_KEY_STREAM + block)) for block in blocks
    )[:length]


def xor(left: bytes, right: bytes) -> bytes:
    """The exclusive or of two strings of octets of the same length."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def hash_blocks(additional_data: bytes, ciphertext: bytes) -> list[bytes]:
    """X_1 … X_n: additional data and ciphertext, each filled with zeros to whole blocks, then both bit
    lengths.
    """
    padded = b"".join(part + bytes(-len(part) % BLOCK_LENGTH) for part in (additional_data, ciphertext))
    lengths = (8 * len(additional_data)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    octets = padded + lengths
    return [octets[start : start + BLOCK_LENGTH] for start in range(0, len(octets), BLOCK_LENGTH)]


def hash_with_powers(powers: list[FieldElement], blocks: list[bytes]) -> bytes:
    """Σ X_j · H^(n-j+1), with powers[k-1] = H^k or one party's additive share of it.

    The sum is linear in the powers: over shares of the powers it gives shares of GHASH.
    """
    total = binary_field()(0)
    for block, power in zip(blocks, reversed(powers[: len(blocks)]), strict=True):
        total += block_to_element(block) * power
    return element_to_block(total)


def powers_of(key_of_hash: bytes, count: int) -> list[FieldElement]:
    """H^1 … H^count."""
    h = block_to_element(key_of_hash)
    powers = [h]
    while len(powers) < count:
        powers.append(powers[-1] * h)
    return powers


def authentication_tag(
    *, key_of_hash: bytes, mask: bytes, additional_data: bytes, ciphertext: bytes
) -> bytes:
    """The tag of a record from H and AES_K(J0): what the Notary recomputes of every record after close."""
    blocks = hash_blocks(additional_data, ciphertext)
    return xor(hash_with_powers(powers_of(key_of_hash, len(blocks)), blocks), mask)
