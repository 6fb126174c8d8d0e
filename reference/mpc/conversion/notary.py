"""The Notary's side of the conversion: differences for every commitment, then the release of everything secret."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...foundation.errors import Refused
from ...foundation.field_encoding import SCALAR_ORDER, scalar_octets
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..zero_knowledge.bits import Blocks, blocks_to_octets
from ..zero_knowledge.messages import send_octets
from ..zero_knowledge.verifier import NotaryProof
from .differences import differences
from .messages import DIFFERENCES, RELEASE, Entry, Released


class NotaryConversion:
    """Converts once and releases once, in this order, when the proof has concluded.

    `reserved` are the Notary's keys uint64[128, 2] of the transfers that check the release.
    """

    def __init__(
        self,
        duplex: Duplex,
        randomness: Randomness,
        *,
        session_id: bytes,
        proof: NotaryProof,
        reserved: Blocks,
    ) -> None:
        self._duplex = duplex
        self._randomness = randomness
        self._session_id = session_id
        self._proof = proof
        self._reserved = reserved
        self._converted: tuple[Released, ...] | None = None
        self._ended = False

    def convert(self, entries: Sequence[Entry]) -> None:
        """Send the differences of all entries, each under a factor of its own.

        Requires a concluded proof and entries in strictly increasing order of their index, so that no tweak serves
        twice. Rejects with `engine/out-of-order` and `engine/repeated-tweak`.
        """
        if self._ended or self._converted is not None or not self._proof.concluded or not entries:
            raise Refused("engine/out-of-order", "the conversion follows the proof, once")
        if any(left.index >= right.index for left, right in pairwise(entries)):
            raise Refused("engine/repeated-tweak", "entries do not increase in their index")
        self._converted = tuple(self._convert(each) for each in entries)

    def release(self, registered: Sequence[bytes]) -> tuple[Released, ...]:
        """Release the difference, the reserved keys and all factors, and erase what depends on them.

        `registered` are the Prover's commitments, one for each entry: what comes later changes none of them. Returns
        offset and factor of each entry. Rejects with `engine/out-of-order`: no conversion, a second release, or not
        one commitment for each entry.
        """
        if self._ended or self._converted is None or len(registered) != len(self._converted):
            raise Refused("engine/out-of-order", "the release follows all commitments, once")
        self._ended = True
        factors = b"".join(scalar_octets(each.factor) for each in self._converted)
        secrets = blocks_to_octets(self._released_difference()) + blocks_to_octets(self._reserved) + factors
        send_octets(self._duplex, RELEASE, secrets)
        self._reserved = np.empty((0, 2), np.uint64)
        self._proof.erase_keys()
        return self._converted

    def _convert(self, entry: Entry) -> Released:
        factor = self._draw_factor(entry)
        keys = self._proof.keys(entry.wires)
        octets, offset = differences(self._session_id, entry.index, keys, self._proof.delta, factor)
        send_octets(self._duplex, DIFFERENCES, octets)
        return Released(offset=offset, factor=factor)

    def _draw_factor(self, entry: Entry) -> int:
        """A fresh factor for each commitment: the Prover must not know it, nor a multiple of it, before it commits."""
        return 1 + self._randomness.below(SCALAR_ORDER - 1)

    def _released_difference(self) -> Blocks:
        return self._proof.delta
