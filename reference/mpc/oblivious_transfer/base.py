"""Base oblivious transfer: endemic, secure against malicious parties (Masny and Rindal, eprint 2019/706).

One flight in each direction. For transfer i with choice c the receiver draws the point R_{1-c} uniformly and
a scalar t, and sends R_0, R_1 with R_c = t*G - H(i, c, R_{1-c}). The sender sends A = a*G and has the keys
a*(R_b + H(i, b, R_{1-b})); the receiver has t*A, the key of its choice. H, a random oracle into the group,
makes it infeasible to know the discrete logarithms behind both keys. Either party may influence its own
outputs: that is what "endemic" names, and the extension on top is secure with it. Not used: Chou-Orlandi,
which is not simulatable and malleable between sessions.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...foundation.randomness import Randomness
from ..duplex import Duplex
from . import group, messages

_HASH_TO_POINT: Final = b"mpctls/half-gates-1/base-transfer/point\x00"
_KEY: Final = b"mpctls/half-gates-1/base-transfer/key\x00"
_TRANSCRIPT: Final = b"mpctls/half-gates-1/base-transfer/transcript\x00"


def send_base(
    duplex: Duplex, randomness: Randomness, session_id: bytes, count: int, *, direction: bytes
) -> NDArray[np.uint64]:
    """Run `count` base transfers as the sender; return both seeds of each: uint64[count, 2 (choice), 2].

    `direction` names who sends to whom; together with the session id and the index it is bound in every hash,
    so a message of another session, index or direction gives the other side seeds it cannot know. Rejects
    with `engine/invalid-point`.
    """
    secret = group.random_scalar(randomness)
    sender_point = group.multiply_base(secret)
    duplex.send(messages.BASE_SENDER_POINT, sender_point)
    received = duplex.receive(messages.BASE_RECEIVER_POINTS, 2 * group.POINT_OCTETS * count)
    points = [
        group.valid_point(received[start : start + group.POINT_OCTETS])
        for start in range(0, len(received), group.POINT_OCTETS)
    ]
    context = _context(session_id, direction)
    transcript = _transcript(context, sender_point, received)
    seeds = bytearray()
    for index in range(count):
        pair = points[2 * index : 2 * index + 2]
        for choice in (0, 1):
            base = group.add(pair[choice], _point(context, index, choice, pair[1 - choice]))
            seeds += _seed(transcript, index, choice, group.multiply(secret, base))
    return np.frombuffer(bytes(seeds), dtype="<u8").reshape(count, 2, 2).astype(np.uint64)


def receive_base(
    duplex: Duplex, randomness: Randomness, session_id: bytes, choices: NDArray[np.uint8], *, direction: bytes
) -> NDArray[np.uint64]:
    """Run one base transfer for each choice bit as the receiver; return the chosen seeds: uint64[count, 2].

    `direction` is the same octets as the sender's. Rejects with `engine/invalid-point`.
    """
    context = _context(session_id, direction)
    bits = [int(choice) & 1 for choice in choices]
    secrets = [group.random_scalar(randomness) for _ in bits]
    sent = bytearray()
    for index, (choice, secret) in enumerate(zip(bits, secrets, strict=True)):
        other = group.multiply_base(group.random_scalar(randomness))
        own = group.subtract(group.multiply_base(secret), _point(context, index, choice, other))
        sent += other + own if choice else own + other
    duplex.send(messages.BASE_RECEIVER_POINTS, bytes(sent))
    sender_point = group.valid_point(duplex.receive(messages.BASE_SENDER_POINT, group.POINT_OCTETS))
    transcript = _transcript(context, sender_point, bytes(sent))
    seeds = b"".join(
        _seed(transcript, index, choice, group.multiply(secret, sender_point))
        for index, (choice, secret) in enumerate(zip(bits, secrets, strict=True))
    )
    return np.frombuffer(seeds, dtype="<u8").reshape(len(bits), 2).astype(np.uint64)


def _context(session_id: bytes, direction: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "little") + part for part in (session_id, direction))


def _point(context: bytes, index: int, choice: int, other: bytes) -> bytes:
    return group.hash_to_point(
        _HASH_TO_POINT + context + index.to_bytes(4, "little") + bytes([choice]) + other
    )


def _transcript(context: bytes, sender_point: bytes, receiver_points: bytes) -> bytes:
    return hashlib.sha256(_TRANSCRIPT + context + sender_point + receiver_points).digest()


def _seed(transcript: bytes, index: int, choice: int, shared: bytes) -> bytes:
    return hashlib.sha256(
        _KEY + transcript + index.to_bytes(4, "little") + bytes([choice]) + shared
    ).digest()[:16]
