"""The hash of wire labels to scalars, and the Notary's differences d of one commitment (formats page, section 5.1).

Sums of hashes are taken over words of 32 bits and reduced once; nothing here branches on a bit or a label.
"""

from __future__ import annotations

import hashlib
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from ...foundation.contexts import FIELD_ENCODING
from ...foundation.field_encoding import ELEMENT_BITS, SCALAR_OCTETS, SCALAR_ORDER
from ..zero_knowledge.bits import Bits, Blocks

_DIGEST_OCTETS: Final = 64
_WORD_BITS: Final = 32
Octets: TypeAlias = npt.NDArray[np.uint8]


def field_digests(session_id: bytes, index: int, blocks: Blocks) -> list[bytes]:
    """SHA-512 digests of the labels or keys uint64[n, 2] of the bits of commitment `index`, each under its own tweak.

    A digest, read as a little-endian integer modulo r, is H_F(W; j, e, i) of the n-th bit: i counts within the
    element e, e from 1.
    """
    context = FIELD_ENCODING + session_id + index.to_bytes(4, "little")
    numbers = np.arange(len(blocks))
    inputs = np.empty((len(blocks), len(context) + 19), np.uint8)
    inputs[:, : len(context)] = np.frombuffer(context, np.uint8)
    inputs[:, -19:-17] = (numbers // ELEMENT_BITS + 1).astype("<u2")[:, None].view(np.uint8)
    inputs[:, -17] = numbers % ELEMENT_BITS
    inputs[:, -16:] = np.ascontiguousarray(blocks, "<u8").view(np.uint8)
    octets, size = inputs.tobytes(), inputs.shape[1]
    sha512 = hashlib.sha512
    return [sha512(octets[start : start + size]).digest() for start in range(0, len(octets), size)]


def sum_of_digests(digests: list[bytes]) -> int:
    """The sum of digests as scalars."""
    return _sum_of_words(np.frombuffer(b"".join(digests), np.uint8).reshape(-1, _DIGEST_OCTETS))


def sum_of_selected(bits: Bits, differences: bytes) -> int:
    """Σ b·d over bits uint8[n] and n differences of 32 octets, as a scalar; in the same steps whatever the bits."""
    octets = np.frombuffer(differences, np.uint8).reshape(-1, SCALAR_OCTETS)
    masks = (0 - bits.astype(np.int16)).astype(np.uint8)
    return _sum_of_words(octets & masks[:, None])


def differences(session_id: bytes, index: int, keys: Blocks, delta: Blocks, factor: int) -> tuple[bytes, int]:
    """The differences d of all bits of commitment `index`, 32 octets each, and its offset k = Σ H_F(K).

    `keys` uint64[n, 2] are the Notary's, `delta` its difference uint64[2], `factor` the commitment's own Δ_j.
    d = H_F(K ⊕ Δ) − H_F(K) − 2^i·Δ_j^e.
    """
    zeros = field_digests(session_id, index, keys)
    ones = field_digests(session_id, index, keys ^ delta)
    found: list[bytes] = []
    power = 1
    for start in range(0, len(zeros), ELEMENT_BITS):
        power = power * factor % SCALAR_ORDER
        pairs = zip(zeros[start : start + ELEMENT_BITS], ones[start : start + ELEMENT_BITS], strict=True)
        found += [
            (
                (int.from_bytes(one, "little") - int.from_bytes(zero, "little") - (power << bit))
                % SCALAR_ORDER
            ).to_bytes(SCALAR_OCTETS, "little")
            for bit, (zero, one) in enumerate(pairs)
        ]
    return b"".join(found), sum_of_digests(zeros)


def _sum_of_words(octets: Octets) -> int:
    """Sum rows of little-endian octets modulo r; columns of words are summed first, which cannot overflow."""
    words = np.ascontiguousarray(octets).view("<u4").sum(axis=0, dtype=np.uint64)
    total = sum(int(word) << (_WORD_BITS * position) for position, word in enumerate(words))
    return total % SCALAR_ORDER
