"""Random and chosen oblivious transfers out of correlated ones."""

from __future__ import annotations

import hashlib
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...foundation.errors import Refused
from ..duplex import Duplex
from ..kernels.circular_hash import counter_tweaks, hash_labels
from . import messages

Words: TypeAlias = NDArray[np.uint64]
Bits: TypeAlias = NDArray[np.uint8]

_DOMAIN: Final = b"mpctls/half-gates-1/random-transfer/domain\x00"
_NOT_GARBLING: Final = 1 << 63


def random_sender(
    round_keys: Words, keys: Words, delta: Words, *, first: int, direction: bytes
) -> tuple[Words, Words]:
    """Hash correlated transfers into random ones, as the sender; return the messages of choice 0 and 1.

    `keys` is uint64[n, 2] of `CorrelatedSender.extend`, `first` the number of the first of them within the
    session and direction (`extended` before that call), `round_keys` those of the session's hash. The hash is
    correlation robust with a tweak of its own for each transfer and direction, which a receiver that
    influences its macs makes necessary (Roy, eprint 2022/192; hash: eprint 2019/074, section 7.4).
    """
    tweaks = counter_tweaks(first=first, count=keys.shape[0], domain=_domain(direction))
    return hash_labels(round_keys, keys, tweaks), hash_labels(round_keys, keys ^ delta, tweaks)


def random_receiver(round_keys: Words, macs: Words, *, first: int, direction: bytes) -> Words:
    """Hash correlated transfers into random ones, as the receiver; return chosen messages uint64[n, 2]."""
    return hash_labels(
        round_keys, macs, counter_tweaks(first=first, count=macs.shape[0], domain=_domain(direction))
    )


def send_choice_corrections(duplex: Duplex, bits: Bits, random_bits: Bits) -> None:
    """Turn random choices into chosen ones, as the receiver: send where they differ, eight to an octet."""
    duplex.send(messages.CHOICE_DERANDOMISATION, np.packbits(bits ^ random_bits, bitorder="little").tobytes())


def receive_choice_corrections(duplex: Duplex, count: int) -> Bits:
    """Receive, as the sender, where choices differ, uint8[count].

    In those transfers both messages change places, or delta is added to the key. Rejects with
    `engine/not-canonical` when bits that fill the last octet are set.
    """
    octets = duplex.receive(messages.CHOICE_DERANDOMISATION, (count + 7) // 8)
    return unpacked_bits(octets, count)


def unpacked_bits(octets: bytes, count: int) -> Bits:
    """Unpack `count` bits, lowest first; rejects with `engine/not-canonical` when filling bits are set."""
    bits = np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little")
    if bits[count:].any():
        raise Refused("engine/not-canonical", "bits after the last choice")
    return bits[:count]


def _domain(direction: bytes) -> int:
    digest = hashlib.sha256(_DOMAIN + direction).digest()
    return int.from_bytes(digest[:8], "little") | _NOT_GARBLING
