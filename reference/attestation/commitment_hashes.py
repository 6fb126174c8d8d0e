"""The hash functions of commitments inside the proof: digests of authenticated octets after a public context.

The context costs no gates: the state after its block is computed in the open by both parties.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Final

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
_KECCAK_STATE_OCTETS = 200
_BLAKE3_VALUE_BITS = 256
_PREFIX_OCTETS = 4
_BLINDER_OCTETS = 16


class CommitmentHash(ABC):
    """The digest of authenticated octets that come piece by piece; holds the wires of its state and of the rest.

    `held` and `hold` let the proof forget everything between two pieces but these wires.
    """

    def __init__(self, proof: Proof, context_state: bytes, piece_octets: int) -> None:
        self._proof = proof
        self._state = proof.constant(bits_of(context_state))
        self._rest: Wires = np.empty(0, np.int64)
        self._piece_bits = 8 * piece_octets

    def absorb(self, octets: Wires) -> None:
        """Take further octets, wires int64[8·n]; the last whole piece waits until it is known whether more follow."""
        waiting = np.concatenate([self._rest, octets])
        whole = max(0, len(waiting) - 1) // self._piece_bits * self._piece_bits
        self._rest = waiting[whole:]
        for piece in waiting[:whole].reshape(-1, self._piece_bits):
            self._take(piece)

    def held(self) -> list[Wires]:
        """The wires that the rest of the computation needs."""
        return [self._state, self._rest]

    def hold(self, wires: Sequence[Wires]) -> None:
        """Go on with other numbers for what `held` gave, in the same order."""
        self._state, self._rest = wires

    @abstractmethod
    def digest(self) -> Wires:
        """Wires int64[256] of the hash; the last call."""

    @abstractmethod
    def _take(self, piece: Wires) -> None:
        """Take a whole piece that is not the last."""


def commitment_hash(proof: Proof, algorithm: HashAlgorithm) -> CommitmentHash:
    """The hash of what follows the context block of its algorithm, formats page section 5."""
    return _HASHES[algorithm](proof)


def commitment_digest(proof: Proof, algorithm: HashAlgorithm, octets: Wires, blinder: Wires) -> Wires:
    """Wires int64[256] of H(context block ‖ u32 length ‖ octets ‖ blinder), formats page section 5.

    `octets` are wires int64[8·n], `blinder` int64[128]. Cost: 22,271 AND for 64 octets with SHA-256, 10,298 with
    BLAKE3, 38,400 for 136 with Keccak-256.
    """
    state = commitment_hash(proof, algorithm)
    state.absorb(np.concatenate([length_prefix(proof, len(octets) // 8), octets, blinder]))
    return state.digest()


def hash_gates(algorithm: HashAlgorithm, length: int) -> int:
    """How many AND gates the commitment to `length` octets takes."""
    octets = _PREFIX_OCTETS + length + _BLINDER_OCTETS
    if algorithm is HashAlgorithm.SHA256:
        return -(-(octets + 9) // SHA256_BLOCK) * sha256_compression().and_count
    if algorithm is HashAlgorithm.KECCAK256:
        return (octets // KECCAK256_BLOCK + 1) * keccak_permutation().and_count
    compressions = -(-octets // _BLAKE3_BLOCK) + -(-octets // _BLAKE3_CHUNK) - 1
    return compressions * blake3_compression().and_count


def length_prefix(proof: Proof, length: int) -> Wires:
    """Wires int64[32] of the number of committed octets, public."""
    return proof.constant(bits_of(length.to_bytes(4, "little")))


class _Sha256(CommitmentHash):
    def __init__(self, proof: Proof) -> None:
        context = HASH_COMMITMENT_SHA256.ljust(SHA256_BLOCK, b"\0")
        super().__init__(proof, compress(INITIAL_STATE, context), SHA256_BLOCK)
        self._blocks = 1

    def _take(self, piece: Wires) -> None:
        compressed = self._proof.apply(sha256_compression(), np.concatenate([self._state, piece])[np.newaxis])
        self._state = compressed[0]
        self._blocks += 1

    def digest(self) -> Wires:
        rest = len(self._rest) // 8
        length = SHA256_BLOCK * self._blocks + rest
        padding = b"\x80" + bytes(-(rest + 9) % SHA256_BLOCK) + (8 * length).to_bytes(8, "big")
        padded = np.concatenate([self._rest, self._proof.constant(bits_of(padding))])
        for block in padded.reshape(-1, self._piece_bits):
            self._take(block)
        return self._state


class _Keccak256(CommitmentHash):
    def __init__(self, proof: Proof) -> None:
        context = HASH_COMMITMENT_KECCAK256.ljust(KECCAK256_BLOCK, b"\0")
        (absorbed,) = run(keccak_permutation(), int.from_bytes(context, "little"))
        super().__init__(proof, absorbed.to_bytes(_KECCAK_STATE_OCTETS, "little"), KECCAK256_BLOCK)

    def _take(self, piece: Wires) -> None:
        rate = self._piece_bits
        mixed = np.concatenate([self._proof.exclusive_or(self._state[:rate], piece), self._state[rate:]])
        self._state = self._proof.apply(keccak_permutation(), mixed[np.newaxis])[0]

    def digest(self) -> Wires:
        missing = KECCAK256_BLOCK - len(self._rest) // 8 % KECCAK256_BLOCK
        padding = b"\x81" if missing == 1 else b"\x01" + bytes(missing - 2) + b"\x80"
        padded = np.concatenate([self._rest, self._proof.constant(bits_of(padding))])
        for block in padded.reshape(-1, self._piece_bits):
            self._take(block)
        return self._state[:256]


class _Blake3(CommitmentHash):
    """BLAKE3 in derive-key mode (BLAKE3 paper, sections 2.3 to 2.5); a piece is a chunk.

    `_state` are the chaining values of the subtrees that wait for their right neighbours, the largest first.
    """

    def __init__(self, proof: Proof) -> None:
        super().__init__(proof, b"", _BLAKE3_CHUNK)
        self._key = proof.constant(bits_of(_derived_key()))
        self._chunks = 0

    def _take(self, piece: Wires) -> None:
        value = self._chunk(piece, root=False)
        self._chunks += 1
        # As many subtrees are complete as the number of chunks has zeros at its end; more chunks follow.
        for _ in range((self._chunks & -self._chunks).bit_length() - 1):
            value = self._parent(self._pop(), value, root=False)
        self._state = np.concatenate([self._state, value])

    def digest(self) -> Wires:
        value = self._chunk(self._rest, root=not len(self._state))
        while len(self._state):
            left = self._pop()
            value = self._parent(left, value, root=not len(self._state))
        return value

    def _pop(self) -> Wires:
        last, self._state = self._state[-_BLAKE3_VALUE_BITS:], self._state[:-_BLAKE3_VALUE_BITS]
        return last

    def _chunk(self, chunk: Wires, *, root: bool) -> Wires:
        width = 8 * _BLAKE3_BLOCK
        blocks = [chunk[start : start + width] for start in range(0, len(chunk), width)]
        value = self._key
        for index, block in enumerate(blocks):
            flags = _DERIVE_KEY_MATERIAL | (_CHUNK_START if index == 0 else 0)
            if index == len(blocks) - 1:
                flags |= _CHUNK_END | (_ROOT if root else 0)
            value = self._compress(value, block, self._chunks, flags)
        return value

    def _parent(self, left: Wires, right: Wires, *, root: bool) -> Wires:
        flags = _PARENT | _DERIVE_KEY_MATERIAL | (_ROOT if root else 0)
        return self._compress(self._key, np.concatenate([left, right]), 0, flags)

    def _compress(self, value: Wires, block: Wires, counter: int, flags: int) -> Wires:
        octets = len(block) // 8
        filled = np.concatenate([block, self._proof.constant(bits_of(bytes(_BLAKE3_BLOCK - octets)))])
        parameters = self._proof.constant(bits_of(blake3_parameters(counter, octets, flags)))
        inputs = np.concatenate([value, filled, parameters])
        compressed: Wires = self._proof.apply(blake3_compression(), inputs[np.newaxis])[0]
        return compressed


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


_HASHES: Final[Mapping[HashAlgorithm, Callable[[Proof], CommitmentHash]]] = {
    HashAlgorithm.SHA256: _Sha256,
    HashAlgorithm.KECCAK256: _Keccak256,
    HashAlgorithm.BLAKE3: _Blake3,
}
