"""The hash functions of commitments inside the proof: digests of authenticated octets after a public context.

The context costs no gates: the state after its block is computed in the open by both parties.
"""

from __future__ import annotations

import numpy as np

from ..foundation.contexts import HASH_COMMITMENT_BLAKE3, HASH_COMMITMENT_KECCAK256, HASH_COMMITMENT_SHA256
from ..foundation.hashes import KECCAK256_BLOCK, SHA256_BLOCK
from ..foundation.identifiers import HashAlgorithm
from ..foundation.sha256 import compress
from ..mpc.circuits.blake3 import blake3_compression, blake3_parameters
from ..mpc.circuits.circuit import run
from ..mpc.circuits.keccak import keccak_permutation
from ..mpc.circuits.sha256 import INITIAL_STATE, sha256_compression
from ..mpc.zero_knowledge.batch import Proof, Wires
from ..mpc.zero_knowledge.bits import bits_of

_BLAKE3_CHUNK = 1024
_BLAKE3_BLOCK = 64
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT, _DERIVE_KEY_CONTEXT, _DERIVE_KEY_MATERIAL = 1, 2, 4, 8, 32, 64
_KECCAK_STATE_BITS = 1600


def commitment_digest(proof: Proof, algorithm: HashAlgorithm, octets: Wires, blinder: Wires) -> Wires:
    """Wires int64[256] of H(context block ‖ u32 length ‖ octets ‖ blinder), formats page section 5.

    `octets` are wires int64[8·n], `blinder` int64[128]. Cost: 22,271 AND for 64 octets with SHA-256, 10,298 with
    BLAKE3, 38,400 for 136 with Keccak-256.
    """
    length = proof.constant(bits_of((len(octets) // 8).to_bytes(4, "little")))
    message = np.concatenate([length, octets, blinder])
    if algorithm is HashAlgorithm.SHA256:
        return _sha256(proof, message)
    if algorithm is HashAlgorithm.KECCAK256:
        return _keccak256(proof, message)
    return _blake3(proof, message)


def _sha256(proof: Proof, message: Wires) -> Wires:
    context = HASH_COMMITMENT_SHA256.ljust(SHA256_BLOCK, b"\0")
    state = proof.constant(bits_of(compress(INITIAL_STATE, context)))
    length = len(message) // 8
    zeros = -(length + 9) % SHA256_BLOCK
    padding = b"\x80" + bytes(zeros) + (8 * (SHA256_BLOCK + length)).to_bytes(8, "big")
    padded = np.concatenate([message, proof.constant(bits_of(padding))])
    for block in padded.reshape(-1, 8 * SHA256_BLOCK):
        state = proof.apply(sha256_compression(), np.concatenate([state, block])[np.newaxis])[0]
    return state


def _keccak256(proof: Proof, message: Wires) -> Wires:
    context = HASH_COMMITMENT_KECCAK256.ljust(KECCAK256_BLOCK, b"\0")
    (absorbed,) = run(keccak_permutation(), int.from_bytes(context, "little"))
    state = proof.constant(bits_of(absorbed.to_bytes(_KECCAK_STATE_BITS // 8, "little")))
    missing = KECCAK256_BLOCK - len(message) // 8 % KECCAK256_BLOCK
    padding = b"\x81" if missing == 1 else b"\x01" + bytes(missing - 2) + b"\x80"
    padded = np.concatenate([message, proof.constant(bits_of(padding))])
    rate = 8 * KECCAK256_BLOCK
    for block in padded.reshape(-1, rate):
        mixed = np.concatenate([proof.exclusive_or(state[:rate], block), state[rate:]])
        state = proof.apply(keccak_permutation(), mixed[np.newaxis])[0]
    return state[:256]


def _blake3(proof: Proof, message: Wires) -> Wires:
    """BLAKE3 in derive-key mode (BLAKE3 paper, sections 2.3 to 2.5)."""
    key = proof.constant(bits_of(_derived_key()))
    chunks = [
        message[start : start + 8 * _BLAKE3_CHUNK] for start in range(0, len(message), 8 * _BLAKE3_CHUNK)
    ]
    return _subtree(proof, key, chunks, 0, root=True)


def _derived_key() -> bytes:
    """The key words of derive-key mode: the hash of the context string with its own flag."""
    context = HASH_COMMITMENT_BLAKE3[:-1]
    block = int.from_bytes(context, "little")
    flags = _CHUNK_START | _CHUNK_END | _ROOT | _DERIVE_KEY_CONTEXT
    parameters = blake3_parameters(0, len(context), flags)
    (digest,) = run(
        blake3_compression(),
        int.from_bytes(_blake3_initial_value(), "little"),
        block,
        int.from_bytes(parameters, "little"),
    )
    return digest.to_bytes(32, "little")


def _blake3_initial_value() -> bytes:
    """SHA-256's initial words, little-endian as BLAKE3 reads words."""
    words = [INITIAL_STATE[start : start + 4] for start in range(0, 32, 4)]
    return b"".join(word[::-1] for word in words)


def _subtree(proof: Proof, key: Wires, chunks: list[Wires], counter: int, *, root: bool) -> Wires:
    if len(chunks) == 1:
        return _chunk(proof, key, chunks[0], counter, root=root)
    left_count = 1 << ((len(chunks) - 1).bit_length() - 1)
    left = _subtree(proof, key, chunks[:left_count], counter, root=False)
    right = _subtree(proof, key, chunks[left_count:], counter + left_count, root=False)
    flags = _PARENT | _DERIVE_KEY_MATERIAL | (_ROOT if root else 0)
    return _compress(proof, key, np.concatenate([left, right]), 0, flags)


def _chunk(proof: Proof, key: Wires, chunk: Wires, counter: int, *, root: bool) -> Wires:
    width = 8 * _BLAKE3_BLOCK
    blocks = [chunk[start : start + width] for start in range(0, len(chunk), width)]
    state = key
    for index, block in enumerate(blocks):
        flags = _DERIVE_KEY_MATERIAL | (_CHUNK_START if index == 0 else 0)
        if index == len(blocks) - 1:
            flags |= _CHUNK_END | (_ROOT if root else 0)
        state = _compress(proof, state, block, counter, flags)
    return state


def _compress(proof: Proof, state: Wires, block: Wires, counter: int, flags: int) -> Wires:
    octets = len(block) // 8
    filled = np.concatenate([block, proof.constant(bits_of(bytes(_BLAKE3_BLOCK - octets)))])
    parameters = proof.constant(bits_of(blake3_parameters(counter, octets, flags)))
    inputs = np.concatenate([state, filled, parameters])
    compressed: Wires = proof.apply(blake3_compression(), inputs[np.newaxis])[0]
    return compressed
