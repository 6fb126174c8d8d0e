"""The Prover's side of the conversion: authenticators of its octets, and the check of what the Notary released."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from itertools import pairwise

from ...foundation.errors import Refused
from ...foundation.field_encoding import SCALAR_OCTETS, SCALAR_ORDER, authenticator, elements
from ..duplex import Duplex
from ..zero_knowledge.bits import Bits, Blocks, blocks_from_octets, blocks_to_octets, octets_of, select
from ..zero_knowledge.messages import receive_octets
from ..zero_knowledge.prover import ProverProof
from .differences import differences, field_digests, sum_of_digests, sum_of_selected
from .messages import BLOCK_OCTETS, CHECK_TRANSFERS, DIFFERENCES, RELEASE, Entry, Released

_FIRST_FACTOR = BLOCK_OCTETS * (1 + CHECK_TRANSFERS)


class ProverConversion:
    """Converts once, takes the release once, and checks it; nothing is sent in all of it.

    `bits` uint8[128] and `macs` uint64[128, 2] are the Prover's ends of the transfers that check the release.
    """

    def __init__(
        self, duplex: Duplex, *, session_id: bytes, proof: ProverProof, bits: Bits, macs: Blocks
    ) -> None:
        self._duplex = duplex
        self._session_id = session_id
        self._proof = proof
        self._reserved_bits = bits
        self._reserved_macs = macs
        self._entries: tuple[Entry, ...] = ()
        self._differences: list[bytes] = []
        self._authenticators: tuple[int, ...] = ()
        self._released = b""

    def convert(self, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Take the differences of all entries; returns the authenticator m of each.

        Requires a concluded proof and entries in strictly increasing order of their index. Rejects with
        `engine/out-of-order`, `engine/repeated-tweak` and, for a difference that is no scalar,
        `engine/not-canonical`.
        """
        if self._entries or not self._proof.concluded or not entries:
            raise Refused("engine/out-of-order", "the conversion follows the proof, once")
        if any(left.index >= right.index for left, right in pairwise(entries)):
            raise Refused("engine/repeated-tweak", "entries do not increase in their index")
        self._entries = tuple(entries)
        self._authenticators = tuple(self._convert(each) for each in entries)
        return self._authenticators

    def receive_release(self) -> None:
        """Take the release, whatever is in it; `check_release` judges it when nothing more is to be sent."""
        if not self._entries or self._released:
            raise Refused("engine/out-of-order", "the release follows the conversion, once")
        length = _FIRST_FACTOR + SCALAR_OCTETS * len(self._entries)
        self._released = receive_octets(self._duplex, RELEASE, length)

    def check_release(self) -> tuple[Released, ...]:
        """Offset and factor of every entry, recomputed from the Prover's own macs.

        Checks the reserved transfers, then every difference on both branches, then every authenticator, all of them
        whatever is found. Rejects with `data-submission/conversion-check-failed`; the caller must have sent the last
        of its messages before, since a false difference would otherwise test a guess of the octets.
        """
        if not self._released:
            raise Refused("engine/out-of-order", "nothing was released")
        blocks = blocks_from_octets(self._released[:_FIRST_FACTOR])
        delta, keys = blocks[0], blocks[1:]
        opened = self._reserved_macs ^ select(self._reserved_bits, delta)
        sound = hmac.compare_digest(blocks_to_octets(opened), blocks_to_octets(keys))
        found: list[Released] = []
        parts = zip(self._entries, self._differences, self._authenticators, strict=True)
        for number, (entry, given, held) in enumerate(parts):
            start = _FIRST_FACTOR + SCALAR_OCTETS * number
            factor = int.from_bytes(self._released[start : start + SCALAR_OCTETS], "little")
            sound &= 0 < factor < SCALAR_ORDER
            bits = self._proof.bits(entry.wires)
            own_keys = self._proof.macs(entry.wires) ^ select(bits, delta)
            expected, offset = differences(self._session_id, entry.index, own_keys, delta, factor)
            sound &= hmac.compare_digest(expected, given)
            sound &= held == authenticator(offset, factor, elements(octets_of(bits)))
            found.append(Released(offset=offset, factor=factor))
        if not sound:
            raise Refused(
                "data-submission/conversion-check-failed", "the Notary converted or released falsely"
            )
        return tuple(found)

    def _convert(self, entry: Entry) -> int:
        bits = self._proof.bits(entry.wires)
        octets = receive_octets(self._duplex, DIFFERENCES, SCALAR_OCTETS * len(bits))
        for start in range(0, len(octets), SCALAR_OCTETS):
            if int.from_bytes(octets[start : start + SCALAR_OCTETS], "little") >= SCALAR_ORDER:
                raise Refused("engine/not-canonical", f"a difference of commitment {entry.index}")
        self._differences.append(octets)
        digests = field_digests(self._session_id, entry.index, self._proof.macs(entry.wires))
        return (sum_of_digests(digests) - sum_of_selected(bits, octets)) % SCALAR_ORDER
